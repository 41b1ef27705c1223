use kmscheck_value::Text;

use super::*;
use crate::Document;

fn normal(region: &str, statements: &str) -> Knowledge<Normal> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let document = Document::parse(&text.as_str().into()).unwrap();
    let account = "111122223333".into();
    let arn: Text = format!("arn:aws:kms:{region}:111122223333:key/mrk-1").as_str().into();
    Normal::of(KeyPolicy::new(&document, &account, &arn), Some(region), ActionSet::default())
}

/// A policy of a key in eu-west-1 against one of a key in us-east-1.
fn compare(first: &str, second: &str) -> Comparison {
    let first = normal("eu-west-1", first).ok().unwrap();
    first.compare(&normal("us-east-1", second).ok().unwrap())
}

fn allow(principal: &str, action: &str) -> String {
    statement("Allow", principal, action, "")
}

fn statement(effect: &str, principal: &str, action: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", "Principal": {principal}, "Action": {action}, "Resource": "*", "Condition": {{{condition}}}}}"#
    )
}

fn names(actions: ActionSet) -> Vec<&'static str> {
    actions.iter().map(|action| action.name).collect()
}

const ROOT: &str = r#"{"AWS": "arn:aws:iam::111122223333:root"}"#;
const ROLE: &str = r#"{"AWS": "arn:aws:iam::111122223333:role/app"}"#;

#[test]
fn order_spelling_and_layout_make_no_difference() {
    let first = [
        r#"{"Sid": "A", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}"#,
        r#"{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111122223333:role/b", "arn:aws:iam::111122223333:role/a"]}, "Action": ["kms:Encrypt", "kms:ReEncrypt*"], "Resource": "*"}"#,
    ]
    .join(",");
    let second = [
        allow(
            r#"{"AWS": "arn:aws:iam::111122223333:role/a"}"#,
            r#"["kms:ReEncryptTo", "kms:ReEncryptFrom"]"#,
        ),
        allow(
            r#"{"AWS": ["arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b"]}"#,
            r#""KMS:encrypt""#,
        ),
        allow(r#"{"AWS": ["arn:aws:iam::111122223333:role/b"]}"#, r#"["kms:ReEncrypt*", "s3:GetObject"]"#),
        allow(r#"{"AWS": "111122223333"}"#, r#"["kms:*"]"#),
    ]
    .join(",");
    assert!(compare(&first, &second).is_same());
}

#[test]
fn the_own_region_is_the_same_everywhere_and_another_is_not() {
    let policy = |region: &str| {
        let condition = format!(
            r#""StringEquals": {{"kms:ViaService": "s3.{region}.amazonaws.com"}}, "ArnLike": {{"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:{region}:111122223333:*"}}, "StringLike": {{"aws:RequestedRegion": "{region}"}}"#
        );
        statement(
            "Allow",
            &format!(r#"{{"Service": "logs.{region}.amazonaws.com"}}"#),
            r#""kms:Decrypt""#,
            &condition,
        )
    };
    assert!(compare(&policy("eu-west-1"), &policy("us-east-1")).is_same());
    assert!(!compare(&policy("eu-west-1"), &policy("ap-south-1")).is_same());
}

#[test]
fn a_policy_that_names_the_regions_of_all_keys_is_the_same_on_each() {
    let policy = statement(
        "Allow",
        r#"{"Service": ["logs.eu-west-1.amazonaws.com", "logs.us-east-1.amazonaws.com"]}"#,
        r#""kms:Decrypt""#,
        r#""StringEquals": {"kms:ViaService": ["s3.eu-west-1.amazonaws.com", "s3.us-east-1.amazonaws.com"]}"#,
    );
    assert!(compare(&policy, &policy).is_same());
    assert!(names(compare(&policy, &policy).gained).is_empty());
}

#[test]
fn what_one_gives_and_the_other_does_not_is_gained_or_lost() {
    let both = allow(ROOT, r#""kms:Describe*""#);
    let more = [both.clone(), allow(ROLE, r#"["kms:Decrypt", "kms:Encrypt"]"#)].join(",");
    let comparison = compare(&both, &more);
    assert_eq!((comparison.first_only.as_slice(), comparison.second_only.as_slice()), (&[][..], &[1][..]));
    assert_eq!(
        (names(comparison.gained), names(comparison.lost)),
        (vec!["kms:Decrypt", "kms:Encrypt"], vec![])
    );
    let back = compare(&more, &both);
    assert_eq!((names(back.gained), names(back.lost)), (vec![], vec!["kms:Decrypt", "kms:Encrypt"]));
}

#[test]
fn narrower_access_is_not_gained() {
    let plain = allow(ROLE, r#""kms:Decrypt""#);
    let narrow =
        statement("Allow", ROLE, r#""kms:Decrypt""#, r#""StringEquals": {"kms:EncryptionContext:app": "a"}"#);
    let comparison = compare(&plain, &narrow);
    assert!(!comparison.is_same());
    assert_eq!((names(comparison.gained), names(comparison.lost)), (vec![], vec!["kms:Decrypt"]));
    let everyone = allow(r#""*""#, r#""kms:*""#);
    assert!(names(compare(&everyone, &plain).gained).is_empty());
}

#[test]
fn a_deny_that_is_missing_gives_what_it_took() {
    let open = allow(ROLE, r#""kms:Decrypt""#);
    let closed = [open.clone(), statement("Deny", ROLE, r#""kms:*""#, "")].join(",");
    assert_eq!(names(compare(&closed, &open).gained), ["kms:Decrypt"]);
    assert_eq!(names(compare(&open, &closed).lost), ["kms:Decrypt"]);
    assert!(names(compare(&open, &closed).gained).is_empty());
}

#[test]
fn actions_can_be_left_out_and_those_without_effect_do_not_count() {
    let document = |action: &str| {
        let text = format!(r#"{{"Statement": [{}]}}"#, allow(ROLE, action));
        Document::parse(&text.as_str().into()).unwrap()
    };
    let (account, arn): (Text, Text) =
        ("111122223333".into(), "arn:aws:kms:eu-west-1:111122223333:key/1".into());
    let without = ActionSet::matching("kms:ReplicateKey");
    let read = |action: &str| Normal::of(KeyPolicy::new(&document(action), &account, &arn), None, without);
    let same =
        |action: &str, other: &str| read(action).ok().unwrap().compare(&read(other).ok().unwrap()).is_same();
    assert!(same(r#"["kms:Decrypt", "kms:ReplicateKey", "kms:CreateKey"]"#, r#""kms:Decrypt""#));
    assert!(!same(r#"["kms:Decrypt", "kms:Encrypt"]"#, r#""kms:Decrypt""#));
}

#[test]
fn everyone_but_some_is_compared_as_a_whole() {
    let not = |roles: &str| {
        format!(
            r#"{{"Effect": "Deny", "NotPrincipal": {{"AWS": [{roles}]}}, "Action": "kms:*", "Resource": "*"}}"#
        )
    };
    let (a, b) = (r#""arn:aws:iam::111122223333:role/a""#, r#""arn:aws:iam::111122223333:role/b""#);
    assert!(compare(&not(&format!("{a}, {b}")), &not(&format!("{b}, {a}"))).is_same());
    assert!(!compare(&not(a), &not(b)).is_same());
}

#[test]
fn what_is_not_known_is_not_compared() {
    assert!(
        normal("eu-west-1", r#"{"Effect": "Maybe", "Principal": "*", "Action": "*", "Resource": "*"}"#)
            .because()
            .is_some()
    );
}
