use std::path::Path;

use super::compare::ELUSIVE;
use super::{Summary, summary};

#[test]
fn source_has_the_values_of_its_plan() {
    let Summary { plans, resources, attributes } =
        summary(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
    assert_eq!(attributes.different, Vec::<String>::new());
    assert!(
        plans > 900 && resources > 2_000 && attributes.equal > 3_000,
        "{plans} {resources} {attributes:?}"
    );
    let elusive = attributes.reasons.get(ELUSIVE).copied().unwrap_or_default();
    assert!(elusive <= 10, "{elusive} attributes are not evaluated: {attributes:?}");
}
