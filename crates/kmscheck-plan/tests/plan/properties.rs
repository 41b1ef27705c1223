//! Whatever the bytes, nothing panics.

use kmscheck_plan::{ReadOptions, read};
use proptest::prelude::*;
use serde_json::json;

use super::{Aws, block, created, plan, references};

fn whole() -> Vec<u8> {
    let changes = json!([
        created("aws_kms_key.k[\"a\"]", json!({"tags": {"x": "é"}}), json!({"policy": true, "arn": true})),
        created(
            "module.m[0].aws_kms_alias.a",
            json!({"list": [null, 1]}),
            json!({"target_key_id": true, "list": [true]})
        ),
    ]);
    let call = json!({"expressions": {"key": references(&["aws_kms_key.k", "count.index", "local.x"])},
        "module": {"variables": {"key": {}}, "outputs": {"o": {"expression": {}}},
            "resources": [block("aws_kms_alias.a", json!({"target_key_id": references(&["var.key"])}))]}});
    let root = json!({"resources": [block("aws_kms_key.k", json!({"policy": references(&["module.m[0].o", "module.m"])}))],
        "module_calls": {"m": call}});
    let provider = json!({"aws": {"name": "aws", "expressions": {"region": references(&["var.r"])}}});
    plan(changes, root, provider).to_string().into_bytes()
}

proptest! {
    #[test]
    fn no_change_of_a_few_bytes_makes_the_reader_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = whole();
        for (place, byte) in edits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = read(&bytes, &ReadOptions::default(), &Aws);
    }

    #[test]
    fn no_cut_makes_the_reader_panic(from in any::<prop::sample::Index>(), length in 0usize..40) {
        let mut bytes = whole();
        let from = from.index(bytes.len());
        bytes.drain(from..(from + length).min(bytes.len()));
        let _ = read(&bytes, &ReadOptions::default(), &Aws);
        bytes.truncate(from);
        prop_assert!(read(&bytes, &ReadOptions::default(), &Aws).is_err());
    }
}
