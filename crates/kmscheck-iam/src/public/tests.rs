use super::*;
use crate::{Document, KeyPolicy};
use kmscheck_value::Text;

/// What the first statement of a policy opens: how it is narrowed, and how many actions.
fn judge(statements: &str) -> Knowledge<Option<(Narrowing, usize)>> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    judge_text(&text.as_str().into())
}

fn judge_text(text: &Text) -> Knowledge<Option<(Narrowing, usize)>> {
    let document = Document::parse(text).unwrap();
    let (account, arn): (Text, Text) =
        ("111122223333".into(), "arn:aws:kms:eu-west-1:111122223333:key/1".into());
    let policy = KeyPolicy::new(&document, &account, &arn);
    let statement = document.statements.first().unwrap();
    let exposure = PublicStatement { policy, statement }.exposure();
    exposure.map(|found| found.map(|exposure| (least(&exposure), exposure.actions.len())))
}

fn least(exposure: &Exposure<'_>) -> Narrowing {
    exposure.actions.iter().map(|(_, narrowing)| *narrowing).min().unwrap()
}

fn statement(effect: &str, principal: &str, action: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", {principal}, "Action": {action}, "Resource": "*", "Condition": {{{condition}}}}}"#
    )
}

const EVERYONE: &str = r#""Principal": "*""#;
const DECRYPT: &str = r#""kms:Decrypt""#;

fn narrowing(condition: &str) -> Option<Narrowing> {
    let judged = judge(&statement("Allow", EVERYONE, DECRYPT, condition));
    judged.known().expect("determined").map(|(narrowing, _)| narrowing)
}

fn with_deny(deny: &str) -> Option<Narrowing> {
    let judged = judge(&[statement("Allow", EVERYONE, DECRYPT, ""), deny.to_owned()].join(","));
    judged.known().expect("determined").map(|(narrowing, _)| narrowing)
}

const OPEN: Option<Narrowing> = Some(Narrowing::Nothing);

#[test]
fn everyone_is_written_in_many_ways() {
    for principal in [
        EVERYONE,
        r#""Principal": {"AWS": "*"}"#,
        r#""Principal": {"AWS": ["arn:aws:iam::111122223333:root", "*"]}"#,
        r#""NotPrincipal": {"AWS": "arn:aws:iam::444455556666:root"}"#,
    ] {
        assert_eq!(
            judge(&statement("Allow", principal, DECRYPT, "")),
            Knowledge::Known(Some((Narrowing::Nothing, 1)))
        );
    }
    for principal in [
        r#""Principal": {"AWS": "arn:aws:iam::111122223333:root"}"#,
        r#""Principal": {"Service": "s3.amazonaws.com"}"#,
    ] {
        assert_eq!(judge(&statement("Allow", principal, DECRYPT, "")), Knowledge::Known(None));
    }
}

#[test]
fn a_deny_for_everyone_is_not_public() {
    assert_eq!(judge(&statement("Deny", EVERYONE, r#""*""#, "")), Knowledge::Known(None));
}

#[test]
fn only_actions_that_work_across_accounts_count() {
    assert_eq!(judge(&statement("Allow", EVERYONE, r#""kms:PutKeyPolicy""#, "")), Knowledge::Known(None));
    let all = judge(&statement("Allow", EVERYONE, r#""kms:*""#, ""));
    assert!(all.known().is_some_and(|found| found.is_some_and(|(_, actions)| actions > 15)));
    let no_resource = r#"{"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt"}"#;
    assert_eq!(judge(no_resource), Knowledge::Known(None));
}

#[test]
fn fixed_values_of_who_calls_make_it_non_public() {
    for condition in [
        r#""StringEquals": {"kms:CallerAccount": "111122223333"}"#,
        r#""StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#,
        r#""StringEqualsIfExists": {"kms:CallerAccount": "111122223333"}"#,
        r#""ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}"#,
        r#""ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}"#,
        r#""ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket/*"}"#,
        r#""StringLike": {"aws:userid": "AROAEXAMPLE:*"}"#,
        r#""StringEquals": {"aws:SourceAccount": "111122223333"}"#,
        r#""StringEquals": {"kms:CallerAccount": "*"}"#,
        r#""Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:PrincipalAccount": ["111122223333", "444455556666"]}"#,
    ] {
        assert_eq!(narrowing(condition), None, "{condition}");
    }
}

#[test]
fn whatever_does_not_tell_who_calls_leaves_it_open() {
    for condition in [
        "",
        r#""Bool": {"aws:SecureTransport": "true"}"#,
        r#""StringEquals": {"kms:EncryptionContext:app": "a"}"#,
        r#""StringLike": {"aws:PrincipalOrgID": "o-*"}"#,
        r#""StringLike": {"kms:CallerAccount": "*"}"#,
        r#""StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#,
        r#""ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#,
        r#""StringNotEquals": {"kms:CallerAccount": "444455556666"}"#,
        r#""StringEquals": {"kms:CallerAccount": ["111122223333", "${aws:PrincipalAccount}"]}"#,
        r#""ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}"#,
        r#""ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}"#,
        r#""Null": {"aws:PrincipalOrgID": "false"}"#,
    ] {
        assert_eq!(narrowing(condition), OPEN, "{condition}");
    }
}

#[test]
fn a_service_or_a_network_narrows_without_telling_who_calls() {
    let via = r#""StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}"#;
    assert_eq!(narrowing(via), Some(Narrowing::Service));
    let network = r#""IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}"#;
    assert_eq!(narrowing(network), Some(Narrowing::Network));
    assert_eq!(narrowing(r#""IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/0"]}"#), OPEN);
    assert_eq!(narrowing(r#""StringEquals": {"aws:SourceVpce": "vpce-1"}"#), Some(Narrowing::Network));
    assert_eq!(narrowing(r#""StringLike": {"aws:SourceVpc": "vpc-*"}"#), OPEN);
}

#[test]
fn a_condition_that_no_request_meets_opens_nothing() {
    assert_eq!(narrowing(r#""Bool": {"kms:GrantIsForAWSResource": "true"}"#), None);
    let two = r#"["kms:Decrypt", "kms:CreateGrant"]"#;
    let judged =
        judge(&statement("Allow", EVERYONE, two, r#""Bool": {"kms:GrantIsForAWSResource": "true"}"#));
    assert_eq!(judged, Knowledge::Known(Some((Narrowing::Nothing, 1))));
}

#[test]
fn a_deny_can_fix_who_calls() {
    let deny = |action: &str, condition: &str| with_deny(&statement("Deny", EVERYONE, action, condition));
    let other_organizations = r#""StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#;
    assert_eq!(deny(r#""kms:*""#, other_organizations), None);
    assert_eq!(deny(r#""kms:Encrypt""#, other_organizations), OPEN);
    let but_services = format!(r#"{other_organizations}, "Bool": {{"aws:PrincipalIsAWSService": "false"}}"#);
    assert_eq!(deny(r#""kms:*""#, &but_services), None);
    let with_a_way_out = format!(r#"{other_organizations}, "Bool": {{"aws:ViaAWSService": "false"}}"#);
    assert_eq!(deny(r#""kms:*""#, &with_a_way_out), OPEN);
    assert_eq!(deny(r#""kms:*""#, r#""StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#), OPEN);
    assert_eq!(
        deny(r#""kms:*""#, r#""StringNotEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}"#),
        Some(Narrowing::Service)
    );
    assert_eq!(
        with_deny(
            r#"{"Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "Action": "*", "Resource": "*"}"#
        ),
        None
    );
    assert_eq!(
        with_deny(&statement(
            "Deny",
            r#""Principal": {"AWS": "arn:aws:iam::111122223333:role/a"}"#,
            r#""*""#,
            ""
        )),
        OPEN
    );
}

#[test]
fn variables_of_an_old_document_are_plain_text() {
    let text = r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*",
        "Condition": {"StringEquals": {"kms:CallerAccount": "${aws:PrincipalAccount}"}}}]}"#;
    assert_eq!(judge_text(&text.into()), Knowledge::Known(None));
}

#[test]
fn what_is_not_known_is_undetermined() {
    use kmscheck_value::{Piece, Symbol};
    let symbol = || Piece::Symbol(Symbol::new("var.x", ""));
    let literal = |text: &str| Piece::Literal(text.into());
    let around = |before: &str, after: &str| Text::concat([literal(before), symbol(), literal(after)]);
    let principal = around(
        r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": ""#,
        r#""}, "Action": "kms:*", "Resource": "*"}]}"#,
    );
    assert!(judge_text(&principal).because().is_some());
    let value = |operator: &str| {
        around(
            &format!(
                r#"{{"Statement": [{{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": {{"{operator}": {{"kms:CallerAccount": ""#
            ),
            r#""}}}]}"#,
        )
    };
    assert!(judge_text(&value("StringLike")).because().is_some());
    assert_eq!(judge_text(&value("StringEquals")), Knowledge::Known(None));
}

#[test]
fn what_a_deny_closes_is_not_open() {
    let actions = r#"["kms:Decrypt", "kms:DescribeKey"]"#;
    let judged = |deny: &str| judge(&[statement("Allow", EVERYONE, actions, ""), deny.to_owned()].join(","));
    let elsewhere = r#""StringNotEquals": {"aws:PrincipalOrgID": "o-1"}"#;
    assert_eq!(
        judged(&statement("Deny", EVERYONE, DECRYPT, elsewhere)),
        Knowledge::Known(Some((Narrowing::Nothing, 1)))
    );
    assert_eq!(judged(&statement("Deny", EVERYONE, r#""kms:*""#, elsewhere)), Knowledge::Known(None));
}

#[test]
fn a_condition_without_values_lets_nobody_through() {
    let empty = |operator: &str| {
        judge(&statement(
            "Allow",
            EVERYONE,
            DECRYPT,
            &format!(r#""{operator}": {{"kms:EncryptionContext:a": []}}"#),
        ))
    };
    assert_eq!(empty("StringEquals"), Knowledge::Known(None));
    for lenient in ["StringEqualsIfExists", "ForAllValues:StringEquals", "StringNotEquals"] {
        assert_eq!(empty(lenient), Knowledge::Known(Some((Narrowing::Nothing, 1))), "{lenient}");
    }
}
