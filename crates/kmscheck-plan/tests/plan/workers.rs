//! Who does the work makes no difference.

use kmscheck_model::Workers;
use kmscheck_plan::{ReadError, ReadOptions, Reading, read, read_with};
use serde_json::{Value as Json, json};

use super::{Aws, block, changed, created, plan, references};

/// Does the last piece first.
struct Backwards;

impl Workers for Backwards {
    fn join<A: Send, B: Send>(
        &self,
        first: impl FnOnce() -> A + Send,
        second: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        let second = second();
        (first(), second)
    }

    fn map<T: Send, R: Send>(&self, items: Vec<T>, work: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
        let mut results: Vec<_> = items.into_iter().rev().map(work).collect();
        results.reverse();
        results
    }
}

/// More aliases than are read in one go, each of a key far away from it, and some objects that go.
fn large() -> Json {
    let each = |name: &str, number: usize| format!("aws_kms_{name}.x[{number}]");
    let keys = (0..3000).map(|number| {
        let arn = format!("arn:aws:kms:eu-west-1:111122223333:key/{number}");
        match number % 3 {
            0 => created(&each("key", number), json!({}), json!({"arn": true})),
            1 => changed(
                &each("key", number),
                json!(["no-op"]),
                json!({"arn": arn}),
                json!({"arn": arn}),
                json!({}),
            ),
            _ => changed(&each("key", number), json!(["delete"]), json!({"arn": arn}), Json::Null, json!({})),
        }
    });
    let aliases = (0..3000).map(|number| {
        created(
            &each("alias", number),
            json!({"name": format!("alias/{number}")}),
            json!({"target_key_id": true}),
        )
    });
    let target = references(&["aws_kms_key.x", "count.index"]);
    let blocks = json!([
        block("aws_kms_key.x", json!({})),
        block("aws_kms_alias.x", json!({"target_key_id": target}))
    ]);
    plan(keys.chain(aliases).collect(), json!({"resources": blocks}), json!({"aws": {"name": "aws"}}))
}

fn shown(reading: Result<Reading, ReadError>) -> String {
    format!("{:?}", reading.map(|reading| reading.project))
}

#[test]
fn the_order_of_the_work_does_not_matter() {
    let text = large().to_string();
    let options = ReadOptions::named("plan.json");
    let alone = shown(read(text.as_bytes(), &options, &Aws));
    assert!(alone.contains("alias/2999") && alone.contains("Observed"));
    assert!(alone == shown(read_with(&Backwards, text.as_bytes(), &options, &Aws)));
}

#[test]
fn of_several_errors_the_first_is_told() {
    let mut plan = large();
    for number in [10, 2500, 4000] {
        plan["resource_changes"][number]["change"]["after"] = json!("no object");
    }
    let text = plan.to_string();
    let options = ReadOptions::named("plan.json");
    let alone = read(text.as_bytes(), &options, &Aws).unwrap_err();
    assert_eq!(alone, read_with(&Backwards, text.as_bytes(), &options, &Aws).unwrap_err());
    let (line, column) = alone.position().unwrap();
    let before = text.get(..column).unwrap();
    assert_eq!((line, before.matches("no object").count()), (1, 1));
}
