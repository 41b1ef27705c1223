use kmscheck_value::Piece;

use super::*;

fn aws(text: impl Into<Text>) -> PrincipalKind {
    Principal::new(PrincipalCategory::Aws, text.into(), Origin::default()).kind
}

fn named(account: &str, name: &str) -> Named {
    Named { account: account.into(), name: name.into() }
}

fn with_symbol(before: &str, after: &str) -> Text {
    Text::concat([Piece::Literal(before.into()), Piece::Symbol(symbol()), Piece::Literal(after.into())])
}

fn symbol() -> Symbol {
    Symbol::new("data.aws_caller_identity.current", "account_id")
}

#[test]
fn the_root_arn_and_the_bare_twelve_digits_are_the_account_principal_in_every_partition() {
    let account = PrincipalKind::Account { account: "123456789012".into() };
    assert_eq!(aws("123456789012"), account);
    for partition in ["aws", "aws-cn", "aws-us-gov"] {
        assert_eq!(aws(format!("arn:{partition}:iam::123456789012:root").as_str()), account);
    }
}

#[test]
fn identities_have_an_account_and_a_name_with_its_path() {
    assert_eq!(
        aws("arn:aws:iam::123456789012:role/team/app"),
        PrincipalKind::Role(named("123456789012", "team/app"))
    );
    assert_eq!(aws("arn:aws:iam::123456789012:user/bob"), PrincipalKind::User(named("123456789012", "bob")));
    assert_eq!(aws("arn:aws:iam::123456789012:group/g"), PrincipalKind::Group(named("123456789012", "g")));
    assert_eq!(
        aws("arn:aws:sts::123456789012:assumed-role/app/i-1"),
        PrincipalKind::AssumedRoleSession { role: named("123456789012", "app"), session: "i-1".into() }
    );
    assert_eq!(
        aws("arn:aws:sts::123456789012:federated-user/bob"),
        PrincipalKind::FederatedUser(named("123456789012", "bob"))
    );
}

#[test]
fn a_wildcard_in_a_part_of_an_arn_is_malformed_and_a_lone_one_is_everyone() {
    let wildcard = PrincipalKind::Malformed(Malformation::Wildcard);
    assert_eq!(aws("*"), PrincipalKind::Everyone);
    assert_eq!(aws("arn:aws:iam::*:root"), wildcard);
    assert_eq!(aws("arn:aws:iam::123456789012:role/*"), wildcard);
    assert_eq!(aws("12345678901*"), wildcard);
    assert_eq!(aws("nobody"), PrincipalKind::Malformed(Malformation::NotAPrincipal));
    assert_eq!(aws("arn:aws:iam::123:root"), PrincipalKind::Malformed(Malformation::NotAPrincipal));
    assert_eq!(aws("arn:aws:iam::123456789012:role/"), PrincipalKind::Malformed(Malformation::NotAPrincipal));
    assert_eq!(aws("arn:aws:sts::123456789012:user/bob"), PrincipalKind::Unknown);
    assert_eq!(aws("arn:aws:s3:::bucket"), PrincipalKind::Malformed(Malformation::NotAPrincipal));
}

#[test]
fn a_unique_id_is_what_is_left_of_somebody_deleted() {
    assert!(matches!(aws("AROAEXAMPLEEXAMPLE123"), PrincipalKind::UniqueId(_)));
    assert!(matches!(aws("AIDAEXAMPLEEXAMPLE123"), PrincipalKind::UniqueId(_)));
    assert!(matches!(aws("AROAlowercase12345678"), PrincipalKind::Malformed(_)));
}

#[test]
fn literal_parts_decide_beside_symbols() {
    let PrincipalKind::Account { account } = aws(with_symbol("arn:aws:iam::", ":root")) else { panic!() };
    assert_eq!(account.as_symbol(), Some(&symbol()));
    let PrincipalKind::Role(role) = aws(with_symbol("arn:aws:iam::123456789012:role/", "")) else { panic!() };
    assert_eq!((role.account.as_str(), role.name.as_symbol()), (Some("123456789012"), Some(&symbol())));
    assert!(matches!(aws(with_symbol("arn:", ":iam::123456789012:root")), PrincipalKind::Account { .. }));
    assert_eq!(aws(with_symbol("arn:aws:iam::123456789012:", "")), PrincipalKind::Unknown);
    assert_eq!(aws(with_symbol("arn:aws:iam::", ":*")), PrincipalKind::Malformed(Malformation::Wildcard));
    assert_eq!(aws(Text::symbol(symbol())), PrincipalKind::Unknown);
}

#[test]
fn a_symbol_becomes_what_the_caller_says_it_is_and_what_was_written_stays() {
    let role = Symbol::new("aws_iam_role.app", "arn");
    let principal = Principal::new(PrincipalCategory::Aws, Text::symbol(role.clone()), Origin::default());
    assert_eq!(principal.is_everyone(), Truth::Unknown);
    let resolved = principal.resolve(&|_| Some("arn:aws:iam::123456789012:role/app".into()));
    assert_eq!(resolved.kind, PrincipalKind::Role(named("123456789012", "app")));
    assert_eq!(resolved.written.as_symbol(), Some(&role));
    assert_eq!(resolved.is_everyone(), Truth::No);
}

#[test]
fn a_secret_principal_stays_one() {
    let PrincipalKind::Role(role) = aws(Text::from("arn:aws:iam::123456789012:role/app").into_sensitive())
    else {
        panic!()
    };
    assert!(role.name.is_sensitive() && role.account.is_sensitive());
}

#[test]
fn a_service_is_never_an_identity_of_iam_even_if_it_is_not_known_which() {
    let service = Principal::new(
        PrincipalCategory::Service,
        Text::symbol(Symbol::new("var.service", "")),
        Origin::default(),
    );
    assert_eq!(service.is_everyone(), Truth::No);
    assert_eq!(service.is_identity(), Truth::No);
}
