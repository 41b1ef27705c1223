use kmscheck_value::{Piece, Symbol, Truth};
use proptest::prelude::*;

use super::*;
use crate::PrincipalKind;

fn aws(json: &str) -> Document {
    parse(&json.into(), Dialect::Aws).unwrap()
}

fn statement(json: &str) -> Statement {
    aws(&format!(r#"{{"Statement": {json}}}"#)).statements.remove(0)
}

fn texts(list: Option<&List<Text>>) -> Vec<String> {
    list.into_iter().flatten().map(ToString::to_string).collect()
}

#[test]
fn single_elements_and_lists_are_the_same() {
    let single = statement(
        r#"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*"}"#,
    );
    let lists = statement(
        r#"[{"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": ["kms:Decrypt"], "Resource": ["*"]}]"#,
    );
    assert_eq!(single, lists);
    assert_eq!(texts(single.actions.list()), ["kms:Decrypt"]);
}

#[test]
fn numbers_and_booleans_in_conditions_are_spelled_out() {
    let statement = statement(
        r#"{"Effect": "Deny", "Condition": {"NumericLessThan": {"kms:RotationPeriodInDays": [90, "91"]}, "Bool": {"aws:SecureTransport": false}}}"#,
    );
    let values: Vec<_> =
        statement.conditions.iter().map(|condition| texts(Some(&condition.values))).collect();
    assert_eq!(values, [vec!["false"], vec!["90", "91"]]);
}

#[test]
fn what_is_no_policy_says_why() {
    let error = |text: &str| parse(&text.into(), Dialect::Aws).unwrap_err();
    assert_eq!(error("{\n  \"Statement\": [,]\n}"), DocumentError::Json { line: 2, column: 17 });
    assert_eq!(error("[]"), DocumentError::NotAnObject);
    assert_eq!(error(r#"{"Version": "2012-10-17"}"#), DocumentError::NoStatement);
    assert_eq!(
        error(r#"{"Statement": [{"Effect": "Allow"}, {"Effect": "Allow", "Action": {"kms": "*"}}]}"#),
        DocumentError::Malformed { statement: Some(1), element: "Action" }
    );
}

#[test]
fn an_effect_that_cannot_be_told_is_undetermined() {
    for text in [
        r#"{"Action": "*"}"#,
        r#"{"Effect": "allow"}"#,
        r#"{"Effect": "Allow", "Action": "*", "NotAction": "*"}"#,
        r#"{"Effect": "Allow", "principal": "*"}"#,
    ] {
        assert!(statement(text).effect.because().is_some(), "{text}");
    }
}

#[test]
fn symbols_keep_their_identity_inside_strings_and_are_unknown_outside() {
    let symbol = |name: &str| Piece::Symbol(Symbol::new(name, ""));
    let literal = |text: &str| Piece::Literal(text.into());
    let document = Text::concat([
        literal(r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::"#),
        symbol("account"),
        literal(r#":root"}, "Action": "#),
        symbol("actions"),
        literal(r#", "Resource": ["*", "\""#),
        symbol("account"),
        literal("\"]}]}"),
    ]);
    let document = parse(&document, Dialect::Aws).unwrap();
    let statement = document.statements.first().unwrap();
    let principal = statement.principals.list().unwrap().iter().next().unwrap();
    assert!(matches!(&principal.kind, PrincipalKind::Account { account } if account.as_symbol().is_some()));
    assert!(statement.actions.list().unwrap().more.is_some());
    assert_eq!(texts(statement.resources.list()), ["*", "\"${account}"]);
    assert!(document.is_open());
}

#[test]
fn the_provider_reads_documents_in_its_own_way() {
    let read = |text: &str| parse(&text.into(), Dialect::Provider);
    let text = r#"{"statement": [{"effect": "Deny", "principal": "anybody", "action": "*",
        "condition": {"NumericLessThan": {"kms:RotationPeriodInDays": 90}, "Bool": {"aws:SecureTransport": false}}}]}"#;
    let document = read(text).unwrap();
    let statement = document.statements.first().unwrap();
    assert_eq!(statement.effect, Knowledge::Known(Effect::Deny));
    assert_eq!(statement.principals.list().unwrap().any(Principal::is_everyone), Truth::Yes);
    assert_eq!(
        statement.conditions.iter().map(|one| one.key.to_string()).collect::<Vec<_>>(),
        ["aws:SecureTransport"]
    );
    assert_eq!(read(r#"{"Statement": {}}"#), Err(DocumentError::NoStatement));
    assert_eq!(read("{}").map(|document| document.statements.len()), Ok(0));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in r#"[\[\]{}:,"a-zA-Z*0-9 ]{0,64}"#) {
        let _ = parse(&text.as_str().into(), Dialect::Aws);
        let _ = parse(&text.as_str().into(), Dialect::Provider);
    }
}
