//! Values of `kms:ViaService`.

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

#[cfg(test)]
mod tests {
    use super::*;

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
