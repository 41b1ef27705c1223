use kmscheck_value::{Piece, Symbol};

use super::*;

const ACCOUNT: &str = "111122223333";

struct Answer {
    default: Truth,
    account: Truth,
    named: Vec<(String, Truth)>,
    delegates: Truth,
}

/// Who may write the policy of a key in account 111122223333 that has these statements.
fn judge(statements: &str) -> Answer {
    judge_text(&format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#).as_str().into())
}

fn judge_text(text: &Text) -> Answer {
    let document = Document::parse(text).unwrap();
    let account = ACCOUNT.into();
    let id = Piece::Symbol(Symbol::new("aws_kms_key.a", "key_id"));
    let arn = Text::concat([Piece::Literal(format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/").into()), id]);
    let policy = KeyPolicy::new(&document, &account, &arn);
    let administrators = policy.administrators(Action::named("kms:PutKeyPolicy").unwrap());
    let named =
        administrators.named.iter().map(|(principal, may)| (principal.written.to_string(), may.truth()));
    let default = policy.is_default();
    Answer {
        default,
        account: administrators.account.truth(),
        named: named.collect(),
        delegates: policy.delegates().truth(),
    }
}

fn statement(effect: &str, principal: &str, action: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", "Principal": {principal}, "Action": {action}, "Resource": "*", "Condition": {{{condition}}}}}"#
    )
}

fn allow(principal: &str, action: &str) -> String {
    statement("Allow", principal, action, "")
}

const ROOT: &str = r#"{"AWS": "arn:aws:iam::111122223333:root"}"#;
const ROLE: &str = r#"{"AWS": "arn:aws:iam::111122223333:role/admin"}"#;
const EVERYONE: &str = r#""*""#;

#[test]
fn the_default_policy_gives_the_account_everything() {
    let answer = judge(&allow(ROOT, r#""kms:*""#));
    assert_eq!((answer.account, answer.delegates), (Truth::Yes, Truth::Yes));
    assert!(answer.named.is_empty());
    assert_eq!(judge(&allow(r#"{"AWS": "111122223333"}"#, r#""KMS:put*""#)).account, Truth::Yes);
}

#[test]
fn only_the_policy_that_aws_applies_is_the_default() {
    assert_eq!(judge(&allow(ROOT, r#""kms:*""#)).default, Truth::Yes);
    assert_eq!(judge(&allow(r#"{"AWS": ["111122223333"]}"#, r#"["*"]"#)).default, Truth::Yes);
    let others = [
        allow(ROOT, r#""kms:Describe*""#),
        allow(ROLE, r#""kms:*""#),
        statement("Deny", ROOT, r#""kms:*""#, ""),
        statement("Allow", ROOT, r#""kms:*""#, r#""Bool": {"aws:SecureTransport": true}"#),
        [allow(ROOT, r#""kms:*""#), allow(ROLE, r#""kms:Decrypt""#)].join(","),
    ];
    for other in others {
        assert_eq!(judge(&other).default, Truth::No, "{other}");
    }
}

#[test]
fn the_document_of_kms_is_known_by_its_sid() {
    let by_kms = |sid: &str| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{{sid} "Effect": "Allow", "Principal": {ROOT}, "Action": "kms:*", "Resource": "*"}}]}}"#
        );
        let document = Document::parse(&text.as_str().into()).unwrap();
        KeyPolicy::new(&document, &ACCOUNT.into(), &Text::from("arn:aws:kms:eu-west-1:111122223333:key/a"))
            .may_be_written_by_kms()
    };
    assert!(by_kms(r#""Sid": "Enable IAM User Permissions","#));
    assert!(!by_kms(r#""Sid": "Default","#));
    assert!(!by_kms(""));
}

#[test]
fn only_the_own_account_counts() {
    let foreign = judge(&allow(
        r#"{"AWS": ["arn:aws:iam::444455556666:root", "arn:aws:iam::444455556666:role/a"]}"#,
        r#""*""#,
    ));
    assert_eq!((foreign.account, foreign.delegates), (Truth::No, Truth::No));
    assert!(foreign.named.is_empty());
    for nobody in
        [r#"{"Service": "s3.amazonaws.com"}"#, r#"{"AWS": "AROAEXAMPLEEXAMPLE123"}"#, r#"{"Federated": "x"}"#]
    {
        let answer = judge(&allow(nobody, r#""*""#));
        assert_eq!(answer.account, Truth::No);
        assert!(answer.named.is_empty());
    }
}

#[test]
fn delegation_reaches_as_far_as_its_actions() {
    let answer = judge(&allow(ROOT, r#"["kms:Describe*", "kms:Decrypt"]"#));
    assert_eq!((answer.account, answer.delegates), (Truth::No, Truth::Yes));
    let but = r#"{"Effect": "Allow", "Principal": "*", "NotAction": "kms:PutKeyPolicy", "Resource": "*"}"#;
    assert_eq!(judge(but).account, Truth::No);
}

#[test]
fn everyone_includes_the_account_and_names_nobody() {
    let answer = judge(&allow(EVERYONE, r#""kms:*""#));
    assert_eq!((answer.account, answer.delegates), (Truth::Yes, Truth::No));
}

#[test]
fn named_principals_are_told_apart() {
    let two = r#"{"AWS": ["arn:aws:iam::111122223333:role/admin", "arn:aws:iam::111122223333:user/bob"]}"#;
    let answer = judge(&[allow(two, r#""kms:PutKeyPolicy""#), allow(ROLE, r#""kms:*""#)].join(","));
    assert_eq!(answer.account, Truth::No);
    assert_eq!(
        answer.named,
        [
            ("arn:aws:iam::111122223333:role/admin".to_owned(), Truth::Yes),
            ("arn:aws:iam::111122223333:user/bob".to_owned(), Truth::Yes)
        ]
    );
}

#[test]
fn a_statement_needs_a_resource_that_is_the_key() {
    let with = |resource: &str| {
        judge(&format!(r#"{{"Effect": "Allow", "Principal": {ROOT}, "Action": "kms:*"{resource}}}"#)).account
    };
    assert_eq!(with(""), Truth::No);
    assert_eq!(with(r#", "Resource": "*""#), Truth::Yes);
    assert_eq!(with(r#", "Resource": "arn:aws:kms:eu-west-1:111122223333:key/*""#), Truth::Yes);
    assert_eq!(with(r#", "Resource": "arn:aws:kms:eu-west-1:444455556666:key/*""#), Truth::No);
    assert_eq!(with(r#", "Resource": "arn:aws:kms:eu-west-1:111122223333:key/1234""#), Truth::Unknown);
}

#[test]
fn a_condition_that_no_request_meets_gives_nothing() {
    let with = |condition: &str| judge(&statement("Allow", ROOT, r#""kms:*""#, condition)).account;
    assert_eq!(with(r#""StringEquals": {"kms:EncryptionContext:app": "a"}"#), Truth::No);
    assert_eq!(with(r#""StringEquals": {"kms:CallerAccount": "111122223333"}"#), Truth::Yes);
    assert_eq!(with(r#""StringEquals": {"kms:CallerAccount": "444455556666"}"#), Truth::No);
    assert_eq!(with(r#""StringEquals": {"aws:PrincipalTag/team": "a"}"#), Truth::Unknown);
    assert_eq!(with(r#""Bool": {"kms:BypassPolicyLockoutSafetyCheck": "false"}"#), Truth::Yes);
}

#[test]
fn a_deny_takes_away_what_it_hits_in_every_request() {
    let with = |deny: String| judge(&[allow(ROOT, r#""kms:*""#), deny].join(",")).account;
    let deny =
        |principal: &str, condition: &str| with(statement("Deny", principal, r#""kms:Put*""#, condition));
    assert_eq!(deny(EVERYONE, ""), Truth::No);
    assert_eq!(deny(ROOT, ""), Truth::No);
    assert_eq!(deny(ROLE, ""), Truth::Yes);
    assert_eq!(deny(EVERYONE, r#""StringNotEquals": {"kms:EncryptionContext:app": "a"}"#), Truth::No);
    assert_eq!(deny(EVERYONE, r#""StringEquals": {"kms:EncryptionContext:app": "a"}"#), Truth::Yes);
    assert_eq!(deny(EVERYONE, r#""Bool": {"kms:BypassPolicyLockoutSafetyCheck": "true"}"#), Truth::Yes);
    assert_eq!(
        deny(EVERYONE, r#""StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/admin"}"#),
        Truth::Unknown
    );
    assert_eq!(with(statement("Deny", EVERYONE, r#""kms:Decrypt""#, "")), Truth::Yes);
}

#[test]
fn the_organization_of_the_account_is_known_to_whoever_looks_it_up() {
    let deny =
        statement("Deny", EVERYONE, r#""kms:*""#, r#""StringNotEquals": {"aws:PrincipalOrgID": "o-1"}"#);
    let text = format!(r#"{{"Statement": [{}, {deny}]}}"#, allow(ROOT, r#""kms:*""#));
    let document = Document::parse(&text.as_str().into()).unwrap();
    let (account, arn): (Text, Text) = (ACCOUNT.into(), "arn:aws:kms:eu-west-1:111122223333:key/1".into());
    let may = |organization: Option<&Text>| {
        let policy = KeyPolicy::new(&document, &account, &arn).in_organization(organization);
        policy.administrators(Action::named("kms:PutKeyPolicy").unwrap()).account.truth()
    };
    assert_eq!(may(None), Truth::Unknown);
    assert_eq!(may(Some(&"o-1".into())), Truth::Yes);
    assert_eq!(may(Some(&"o-2".into())), Truth::No);
}

#[test]
fn not_principal_exempts_only_with_the_account() {
    let deny = |exempted: &str| {
        format!(
            r#"{{"Effect": "Deny", "NotPrincipal": {{"AWS": [{exempted}]}}, "Action": "kms:*", "Resource": "*"}}"#
        )
    };
    let role = r#""arn:aws:iam::111122223333:role/admin""#;
    let root = r#""arn:aws:iam::111122223333:root""#;
    let judge = |exempted: &str| {
        let answer = judge(&[allow(ROOT, r#""kms:*""#), allow(ROLE, r#""kms:*""#), deny(exempted)].join(","));
        (answer.account, answer.named.first().map(|(_, may)| *may))
    };
    assert_eq!(judge(role), (Truth::No, None));
    assert_eq!(judge(root), (Truth::Yes, None));
    assert_eq!(judge(&format!("{root}, {role}")), (Truth::Yes, Some(Truth::Unknown)));
}

#[test]
fn a_deny_on_a_role_hits_its_sessions() {
    let session = r#"{"AWS": "arn:aws:sts::111122223333:assumed-role/admin/ci"}"#;
    let with_path = r#"{"AWS": "arn:aws:iam::111122223333:role/team/admin"}"#;
    let named = |deny: &str| judge(&[allow(session, r#""kms:*""#), deny.to_owned()].join(",")).named.len();
    assert_eq!(named(&statement("Deny", with_path, r#""kms:*""#, "")), 0);
    assert_eq!(
        named(&statement("Deny", r#"{"AWS": "arn:aws:iam::111122223333:role/other"}"#, r#""kms:*""#, "")),
        1
    );
}

#[test]
fn what_is_not_known_leaves_open_what_it_could_decide() {
    let symbol = |name: &str| Piece::Symbol(Symbol::new(name, ""));
    let text = |principal: Piece| {
        let before = Piece::Literal(r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": ""#.into());
        Text::concat([
            before,
            principal,
            Piece::Literal(r#""}, "Action": "kms:*", "Resource": "*"}]}"#.into()),
        ])
    };
    let unknown = judge_text(&text(symbol("var.admin")));
    assert_eq!((unknown.account, unknown.delegates), (Truth::Unknown, Truth::Unknown));
    let statements = Text::concat([
        Piece::Literal(r#"{"Statement": "#.into()),
        symbol("var.s"),
        Piece::Literal("}".into()),
    ]);
    assert_eq!(judge_text(&statements).account, Truth::Unknown);
}
