//! Values of `kms:ViaService`.

use kmscheck_value::{Piece, Symbol, Text, Truth};

/// The services that AWS KMS is called by, and where the name is from: `kms-developer-guide`, the table "Services that
/// support the kms:ViaService condition key" of the KMS developer guide (May 2023); `service-prefix`, the prefix in the
/// service authorization reference of a service that takes a key and is not in that table.
const SERVICES: &str = include_str!("../data/via-services.tsv");

/// What ends a value. Source: KMS developer guide, "kms:ViaService": the first, in all partitions.
const SUFFIX: &str = ".amazonaws.com";

/// What ends the names of services in the Regions of China, and is not taken for a fault there.
const SUFFIX_IN_CHINA: &str = ".amazonaws.com.cn";

/// A service in a Region, as `kms:ViaService` names it: `s3.eu-west-1.amazonaws.com`.
///
/// Source: KMS developer guide, "kms:ViaService": the form is the same in all partitions, and in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceEndpoint<'t> {
    /// `s3`.
    pub service: &'t str,
    /// `eu-west-1`.
    pub region: &'t str,
}

impl<'t> ServiceEndpoint<'t> {
    /// Reads a value of `kms:ViaService`, or the principal of a service in one Region; `None` for anything else.
    pub fn parse(text: &'t str) -> Option<Self> {
        let (service, region) = text.strip_suffix(".amazonaws.com")?.rsplit_once('.')?;
        let plain = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
                })
        };
        (plain(service) && is_region(region)).then_some(Self { service, region })
    }

    /// The Region that a value of `kms:ViaService` names, whatever stands for the service; `None` if it names none.
    pub fn region_in(text: &'t str) -> Option<&'t str> {
        let (_, region) = text.strip_suffix(".amazonaws.com")?.rsplit_once('.')?;
        is_region(region).then_some(region)
    }
}

/// Whether a text has the form of a Region's name: `eu-west-1`, `us-gov-east-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else { return false };
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    (2..=3).contains(&words.len())
        && words.iter().all(word)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a condition on `kms:ViaService` compares with, read as a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePattern {
    /// The text, with `*` for what may be anything and a Region for a symbol that stands for one.
    form: String,
    /// Whether a part is not known.
    open: bool,
}

impl ServicePattern {
    /// Reads a value. `is_region` tells which symbols stand for the name of a Region.
    pub fn new(value: &Text, ignore_case: bool, is_region: impl Fn(&Symbol) -> bool) -> Self {
        let (mut form, mut open) = (String::new(), false);
        for piece in value.pieces().iter() {
            match piece {
                Piece::Literal(literal) => form.push_str(&without_variables(literal)),
                Piece::Symbol(symbol) if is_region(symbol) => form.push_str("us-east-1"),
                Piece::Symbol(_) => {
                    open = true;
                    form.push('*');
                }
            }
        }
        if ignore_case {
            form.make_ascii_lowercase();
        }
        Self { form, open }
    }

    /// Whether there may be a service in a Region that matches it.
    pub fn is_possible(&self) -> Truth {
        match (fits(&self.form), self.open) {
            (false, _) => Truth::No,
            (true, true) => Truth::Unknown,
            (true, false) => Truth::Yes,
        }
    }

    /// The service, if it is written out.
    pub fn service(&self) -> Option<&str> {
        let (service, _) = self.form.split_once('.')?;
        (!service.is_empty() && !service.contains(['*', '?'])).then_some(service)
    }
}

/// Whether a service of this name is known to call AWS KMS. The list ages.
pub fn is_known_service(name: &str) -> bool {
    SERVICES.lines().skip(1).filter_map(|line| line.split('\t').next()).any(|known| known == name)
}

/// A literal with `*` for policy variables, and a letter that no value has for `${*}`, `${?}` and `${$}`.
fn without_variables(literal: &str) -> String {
    let (mut form, mut rest) = (String::new(), literal);
    while let Some((before, (variable, after))) =
        rest.split_once("${").and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        form.push_str(before);
        form.push(if matches!(variable, "*" | "?" | "$") { '$' } else { '*' });
        rest = after;
    }
    form + rest
}

/// Whether a service in a Region may match a pattern.
fn fits(form: &str) -> bool {
    let allowed = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'*' | b'?')
    };
    if !form.bytes().all(allowed) {
        return false;
    }
    let Some(wildcard) = form.rfind(['*', '?']) else {
        let in_china = || ServiceEndpoint::parse(form.strip_suffix(".cn")?);
        return ServiceEndpoint::parse(form).is_some()
            || in_china().is_some_and(|endpoint| endpoint.region.starts_with("cn-"));
    };
    let tail = form.get(wildcard + 1..).unwrap_or_default();
    [SUFFIX, SUFFIX_IN_CHINA].iter().any(|suffix| match tail.strip_suffix(suffix) {
        // The Region is known as a whole only after a dot.
        Some(rest) => rest.rsplit_once('.').is_none_or(|(_, region)| is_region(region)),
        None => suffix.ends_with(tail),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn possible(value: &str) -> Truth {
        ServicePattern::new(&value.into(), false, |_| false).is_possible()
    }

    #[test]
    fn a_pattern_is_possible_if_a_service_in_a_region_matches_it() {
        for value in [
            "s3.eu-west-1.amazonaws.com",
            "s3.cn-north-1.amazonaws.com",
            "s3.cn-north-1.amazonaws.com.cn",
            "s3.*.amazonaws.com",
            "*.eu-west-1.amazonaws.com",
            "*.cn-north-1.amazonaws.com.cn",
            "s3.eu-*-1.amazonaws.com",
            "s?.eu-west-1.amazonaws.com",
            "s3.eu-west-1.*",
            "*com",
            "*",
            "s3.${aws:RequestedRegion}.amazonaws.com",
        ] {
            assert_eq!(possible(value), Truth::Yes, "{value}");
        }
    }

    #[test]
    fn a_pattern_is_impossible_if_none_does() {
        for value in [
            "",
            "s3",
            "s3.amazonaws.com",
            "s3.eu-west-1.amazonaws.com/",
            "https://s3.eu-west-1.amazonaws.com",
            "https://*.amazonaws.com",
            "S3.eu-west-1.amazonaws.com",
            "s3.us-east-1.amazonaws.com.cn",
            "*.s3.amazonaws.com",
            "s3.*.amazon.com",
            "s3.${*}.amazonaws.com",
            "s3.${aws:RequestedRegion.amazonaws.com",
        ] {
            assert_eq!(possible(value), Truth::No, "{value}");
        }
        let any_case = ServicePattern::new(&"S3.eu-west-1.AMAZONAWS.com".into(), true, |_| false);
        assert_eq!((any_case.is_possible(), any_case.service()), (Truth::Yes, Some("s3")));
    }

    #[test]
    fn what_is_not_known_decides_only_if_the_rest_does_not() {
        let symbol = || Piece::Symbol(Symbol::new("data.aws_region.a", "name"));
        let text =
            |tail: &str| Text::concat([Piece::Literal("s3.".into()), symbol(), Piece::Literal(tail.into())]);
        let possible = |tail: &str, is_region: bool| {
            ServicePattern::new(&text(tail), false, |_| is_region).is_possible()
        };
        assert_eq!(possible(".amazonaws.com", false), Truth::Unknown);
        assert_eq!(possible(".amazonaws.com", true), Truth::Yes);
        assert_eq!(possible(".amazonaws.com/", false), Truth::No);
    }

    #[test]
    fn services_are_known_by_the_name_before_the_region() {
        let service = |value: &str| {
            ServicePattern::new(&value.into(), false, |_| false).service().map(ToOwned::to_owned)
        };
        assert_eq!(service("s3.*.amazonaws.com").as_deref(), Some("s3"));
        assert_eq!((service("s*.eu-west-1.amazonaws.com"), service("*"), service(".a")), (None, None, None));
        assert!(is_known_service("s3") && is_known_service("states"));
        assert!(!is_known_service("ebs") && !is_known_service("service") && !is_known_service(""));
    }

    #[test]
    fn an_endpoint_has_a_service_and_a_region() {
        let parts = |text| ServiceEndpoint::parse(text).map(|one| (one.service, one.region));
        assert_eq!(parts("s3.eu-west-1.amazonaws.com"), Some(("s3", "eu-west-1")));
        assert_eq!(parts("logs.us-gov-east-1.amazonaws.com"), Some(("logs", "us-gov-east-1")));
        for other in [
            "s3.amazonaws.com",
            "s3.*.amazonaws.com",
            "*.eu-west-1.amazonaws.com",
            "S3.eu-west-1.amazonaws.com",
            "s3.eu-west-1.amazonaws.com.cn",
            "eu-west-1.amazonaws.com",
            "",
        ] {
            assert_eq!(parts(other), None, "{other}");
        }
    }

    #[test]
    fn a_region_is_named_beside_a_wildcard_too() {
        assert_eq!(ServiceEndpoint::region_in("*.eu-west-1.amazonaws.com"), Some("eu-west-1"));
        assert_eq!(ServiceEndpoint::region_in("s3.*.amazonaws.com"), None);
        assert_eq!(ServiceEndpoint::region_in("s3.amazonaws.com"), None);
    }
}
