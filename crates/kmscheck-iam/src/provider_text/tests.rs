use std::collections::BTreeSet;
use std::fmt;

use kmscheck_value::Symbol;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::{Block, Clause, Condition, Document, Effect, Statement};

const GOLDEN: &str = include_str!("../../../../testdata/policy-document/golden.json");

/// What the provider takes and kmscheck does not undertake to write.
const LEFT_OUT: [&str; 3] =
    ["source_names_in_two_spellings", "source_statement_twice", "source_surrogate_alone"];

fn cases() -> Vec<Value> {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    golden["cases"].as_array().unwrap().clone()
}

fn text(value: &Value) -> Option<Text> {
    value.as_str().map(Text::from)
}

fn list<T>(value: &Value, read: impl Fn(&Value) -> T) -> List<T> {
    List::closed(value.as_array().into_iter().flatten().map(read).collect())
}

fn texts(value: &Value) -> List<Text> {
    list(value, |value| text(value).unwrap())
}

fn block(value: &Value) -> Block {
    let principals =
        |name| list(&value[name], |one| (text(&one["type"]).unwrap(), texts(&one["identifiers"])));
    Block {
        sid: text(&value["sid"]),
        effect: text(&value["effect"]),
        principals: principals("principals"),
        not_principals: principals("not_principals"),
        actions: texts(&value["actions"]),
        not_actions: texts(&value["not_actions"]),
        resources: texts(&value["resources"]),
        not_resources: texts(&value["not_resources"]),
        conditions: list(&value["condition"], |one| {
            (text(&one["test"]).unwrap(), text(&one["variable"]).unwrap(), texts(&one["values"]))
        }),
    }
}

fn assembly(arguments: &Value) -> Assembly {
    let parts = |name| list(&arguments[name], |value| Part::Text(text(value).unwrap()));
    Assembly {
        version: text(&arguments["version"]),
        id: text(&arguments["policy_id"]),
        sources: parts("source_policy_documents"),
        statements: list(&arguments["statement"], block),
        overrides: parts("override_policy_documents"),
    }
}

#[test]
fn every_document_is_that_of_the_provider() {
    for case in cases() {
        let name = case["name"].as_str().unwrap();
        let assembly = assembly(&case["arguments"]);
        let (json, minified) = (assembly.json(), assembly.minified_json());
        if case["error"].is_string() || LEFT_OUT.contains(&name) {
            assert!(json.is_err() && minified.is_err(), "{name}: {json:?}");
            continue;
        }
        assert_eq!(json.unwrap().as_str(), case["json"].as_str(), "{name}");
        assert_eq!(minified.unwrap().as_str(), case["minified_json"].as_str(), "{name}");
    }
}

fn symbol(name: &str) -> Text {
    Text::symbol(Symbol::new(name, "arn"))
}

fn everything() -> Block {
    Block {
        sid: Some(symbol("sid")),
        effect: Some(symbol("effect")),
        principals: List::closed(vec![
            ("AWS".into(), List::closed(vec![arn("role"), "222233334444".into()])),
            ("AWS".into(), List::closed(vec![arn("other")])),
        ]),
        actions: List::closed(vec!["kms:Decrypt".into(), symbol("action"), "kms:Encrypt".into()]),
        resources: List::closed(vec![symbol("key")]),
        conditions: List::closed(vec![(
            "StringEquals".into(),
            "kms:ViaService".into(),
            List::closed(vec![symbol("service")]),
        )]),
        ..Block::default()
    }
}

fn arn(name: &str) -> Text {
    texts::join(&["arn:aws:iam::111122223333:role/".into(), symbol(name)], "")
}

fn of(block: Block) -> Assembly {
    Assembly { statements: List::closed(vec![block]), ..Assembly::default() }
}

#[test]
fn symbols_stand_in_their_strings_and_are_read_again() {
    let text = of(everything()).minified_json().unwrap();
    assert_eq!(
        text.to_string(),
        concat!(
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"${sid.arn}","Effect":"${effect.arn}","#,
            r#""Action":["${action.arn}","kms:Encrypt","kms:Decrypt"],"Resource":"${key.arn}","#,
            r#""Principal":{"AWS":["arn:aws:iam::111122223333:role/${role.arn}","222233334444","#,
            r#""arn:aws:iam::111122223333:role/${other.arn}"]},"#,
            r#""Condition":{"StringEquals":{"kms:ViaService":"${service.arn}"}}}]}"#
        )
    );
    let document = Document::parse(&of(everything()).json().unwrap()).unwrap();
    let resources = document.statements.first().and_then(|statement| statement.resources.list());
    assert_eq!(resources, Some(&List::closed(vec![symbol("key")])));
    let part = || List::closed(vec![Part::Text(text.clone())]);
    let again = Assembly { sources: part(), ..Assembly::default() }.minified_json().unwrap();
    let sorted = r#"/${role.arn}","arn:aws:iam::111122223333:role/${other.arn}","222233334444"]}"#;
    assert!(again.to_string().contains(sorted), "{again}");
}

#[test]
fn the_order_in_which_symbols_are_written_makes_no_difference() {
    let turned = |list: List<Text>| List { items: list.items.into_iter().rev().collect(), ..list };
    let block = everything();
    let principals = block.principals.items.clone().into_iter().rev();
    let other = Block {
        actions: turned(block.actions.clone()),
        principals: List::closed(principals.map(|(of, list)| (of, turned(list))).collect()),
        ..block
    };
    assert_eq!(of(other).json(), of(everything()).json());
}

#[test]
fn a_part_that_is_not_known_is_the_reason() {
    let unknown = || Because::new("a variable is unknown");
    let open = || List { items: vec!["a".into()], more: Some(unknown()) };
    let because = |block: Block| of(block).json().unwrap_err().to_string();
    let condition = |list| List::closed(vec![("Bool".into(), "a".into(), list)]);
    for block in [
        Block { actions: open(), ..Block::default() },
        Block { not_actions: open(), ..Block::default() },
        Block { resources: open(), ..Block::default() },
        Block { not_resources: open(), ..Block::default() },
        Block { principals: List::unknown(unknown()), ..Block::default() },
        Block { not_principals: List::closed(vec![("AWS".into(), open())]), ..Block::default() },
        Block { conditions: condition(open()), ..Block::default() },
        Block { conditions: List::unknown(unknown()), ..Block::default() },
    ] {
        assert_eq!(because(block), "statement 0: a variable is unknown");
    }
    let json = |assembly: Assembly| assembly.json().unwrap_err().to_string();
    let list = || List { items: vec![], more: Some(unknown()) };
    assert_eq!(json(Assembly { sources: list(), ..Assembly::default() }), "a variable is unknown");
    assert_eq!(json(Assembly { overrides: list(), ..Assembly::default() }), "a variable is unknown");
    let statements = List { items: vec![Block::default()], more: Some(unknown()) };
    assert_eq!(json(Assembly { statements, ..Assembly::default() }), "a variable is unknown");
    let part = |part| Assembly { sources: List::closed(vec![part]), ..Assembly::default() };
    assert_eq!(json(part(Part::Unknown(unknown()))), "source document 0: a variable is unknown");
    assert_eq!(
        json(part(Part::Text(symbol("a")))),
        "source document 0: `${a.arn}` is not known before apply"
    );
    assert!(part(Part::Document(Document::default())).json().is_err());
    for unclear in ["{\"Statement\": [{\"Action\": ", "{\"Statement\": [{\"Principal\": {\"AWS\": ["] {
        let end = if unclear.ends_with('[') { "]}}]}" } else { "}]}" };
        let text = texts::join(&[unclear.into(), symbol("a"), end.into()], "");
        let because = json(part(Part::Text(text)));
        assert_eq!(because, "source document 0: `${a.arn}` is not known before apply");
    }
}

#[test]
fn what_a_symbol_would_decide_is_not_guessed() {
    let sid = |sid: Text| Block { sid: Some(sid), ..Block::default() };
    let source = || List::closed(vec![Part::Text(r#"{"Statement": [{"Sid": "A"}]}"#.into())]);
    let json = |block: Block| Assembly { sources: source(), ..of(block) }.minified_json();
    assert!(json(sid(symbol("a"))).is_err());
    assert!(json(sid(texts::join(&["B".into(), symbol("a")], ""))).is_ok());
    let twice = |text: &Text| Assembly {
        overrides: List::closed(vec![Part::Text(of(sid(text.clone())).json().unwrap())]),
        ..of(sid(text.clone()))
    };
    assert!(twice(&symbol("a")).json().is_err(), "it may be empty");
    assert!(twice(&arn("a")).json().is_ok());
    let principals = |category: Text, identifier: Text| Block {
        principals: List::closed(vec![(category, List::closed(vec![identifier]))]),
        ..Block::default()
    };
    assert!(of(principals("*".into(), symbol("a"))).json().is_err());
    assert!(of(principals(symbol("a"), "*".into())).json().is_err());
    assert!(of(principals(symbol("a"), "111122223333".into())).json().is_ok());
    assert!(of(principals("*".into(), arn("a"))).json().is_ok());
    let mut types = principals(symbol("a"), "1".into());
    types.principals.items.push(("AWS".into(), List::default()));
    assert!(of(types).json().is_err());
    let resource = Block { resources: List::closed(vec!["&{a}".into()]), ..Block::default() };
    assert!(Assembly { version: Some(symbol("a")), ..of(resource) }.json().is_err());
    let versions = Assembly { version: Some(symbol("a")), ..Assembly::default() };
    assert!(versions.json().is_ok());
    let newer = List::closed(vec![Part::Text(r#"{"Version": "2012-10-17"}"#.into())]);
    assert!(Assembly { sources: newer, ..versions }.json().is_err());
}

#[test]
fn two_blocks_whose_sids_would_be_refused_if_equal_are_both_written() {
    let sid = |sid: Text| Block { sid: Some(sid), ..Block::default() };
    let statements = List::closed(vec![sid("A".into()), sid(symbol("a")), sid(symbol("b"))]);
    let written = Assembly { statements, ..Assembly::default() }.minified_json().unwrap();
    assert_eq!(Document::parse(&written).unwrap().statements.len(), 3);
}

#[test]
fn what_is_made_from_something_sensitive_is_sensitive() {
    let action = Text::from("kms:Decrypt").into_sensitive();
    let block = Block { actions: List::closed(vec![action]), ..Block::default() };
    assert!(of(block).json().unwrap().is_sensitive());
    let source = Text::from("{}").into_sensitive();
    let assembly = Assembly { sources: List::closed(vec![Part::Text(source)]), ..Assembly::default() };
    assert!(assembly.json().unwrap().is_sensitive());
    assert!(!of(Block::default()).json().unwrap().is_sensitive());
}

/// What a statement says, whatever the order of its lists and how often something stands there.
fn meaning(statement: &Statement) -> Vec<String> {
    fn clause<T: fmt::Display>(name: &str, clause: &Clause<T>) -> String {
        let all: BTreeSet<_> = clause.list().into_iter().flatten().map(ToString::to_string).collect();
        match clause {
            Clause::Only(_) => format!("{name} {all:?}"),
            Clause::Not(_) => format!("Not{name} {all:?}"),
            Clause::Absent => String::new(),
        }
    }
    let principals = statement.principals.map(|one| format!("{} {}", one.category, one.written));
    let effect = statement.effect.known().map_or("?", |effect| effect.name());
    let condition = |condition: &Condition| {
        let values: BTreeSet<_> = condition.values.iter().map(ToString::to_string).collect();
        format!("{} {} {values:?}", condition.operator, condition.key)
    };
    let conditions: BTreeSet<_> = statement.conditions.iter().map(condition).collect();
    vec![
        format!("{:?} {effect}", statement.sid),
        clause("Action", statement.actions.written()),
        clause("Resource", &statement.resources),
        clause("Principal", &principals),
        format!("{conditions:?}"),
    ]
}

#[test]
fn what_is_written_says_what_the_document_says() {
    for case in cases() {
        let assembly = assembly(&case["arguments"]);
        let Ok(json) = assembly.json() else { continue };
        // A document without statements, or with an action that is no string, is no policy for AWS.
        let (Ok(read), Ok(document)) = (Document::parse(&json), assembly.document()) else { continue };
        let all = |document: &Document| document.statements.iter().map(meaning).collect::<Vec<_>>();
        assert_eq!(all(&document), all(&read), "{}", case["name"]);
    }
}

proptest! {
    #[test]
    fn any_string_is_read_as_it_was_written(sid in ".{1,12}", action in "(.|[\u{0}-\u{40}\u{2028}\u{10ffff}]){0,12}") {
        let block = Block {
            sid: Some(sid.as_str().into()),
            actions: List::closed(vec![action.as_str().into()]),
            ..Block::default()
        };
        for text in [of(block.clone()).json(), of(block).minified_json()] {
            let json: Value = serde_json::from_str(text.unwrap().as_str().unwrap()).unwrap();
            prop_assert_eq!(json["Statement"][0]["Sid"].as_str(), Some(sid.as_str()));
            prop_assert_eq!(json["Statement"][0]["Action"].as_str(), Some(action.as_str()));
            prop_assert_eq!(json["Statement"][0]["Effect"].as_str(), Some(Effect::Allow.name()));
        }
    }
}
