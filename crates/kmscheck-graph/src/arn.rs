//! ARNs and the ways to name a KMS key.

/// The parts of an ARN: `arn:partition:service:region:account:resource`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'t> {
    /// `aws`, `aws-cn`, `aws-us-gov` …
    pub partition: &'t str,
    /// The service prefix.
    pub service: &'t str,
    /// The Region, empty for global services.
    pub region: &'t str,
    /// The account, empty where the service has none in its ARNs.
    pub account: &'t str,
    /// What follows, colons and all.
    pub resource: &'t str,
}

impl<'t> Arn<'t> {
    /// Reads an ARN; `None` for anything else.
    pub fn parse(text: &'t str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next() != Some("arn") {
            return None;
        }
        let [partition, service, region, account, resource] = std::array::from_fn(|_| parts.next());
        Some(Self {
            partition: partition?,
            service: service?,
            region: region?,
            account: account?,
            resource: resource?,
        })
    }
}

/// The four ways to name a KMS key, and what is none of them.
/// Source: KMS API reference, `KeyId` parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyIdentifier<'t> {
    /// `arn:aws:kms:REGION:ACCOUNT:key/ID`.
    KeyArn(Arn<'t>, &'t str),
    /// The key id: resolved in the Region and account of whoever uses it.
    KeyId(&'t str),
    /// `arn:aws:kms:REGION:ACCOUNT:alias/NAME`, with `alias/NAME`.
    AliasArn(Arn<'t>, &'t str),
    /// `alias/NAME`: resolved in the Region and account of whoever uses it.
    AliasName(&'t str),
}

impl<'t> KeyIdentifier<'t> {
    /// Reads an identifier; `None` for a text that names no key.
    pub fn parse(text: &'t str) -> Option<Self> {
        if text.starts_with("alias/") {
            return Some(Self::AliasName(text));
        }
        if let Some(arn) = Arn::parse(text) {
            if arn.service != "kms" {
                return None;
            }
            if let Some(id) = arn.resource.strip_prefix("key/") {
                return Some(Self::KeyArn(arn, id));
            }
            return arn.resource.starts_with("alias/").then_some(Self::AliasArn(arn, arn.resource));
        }
        is_key_id(text).then_some(Self::KeyId(text))
    }

    /// The alias name if it names an alias.
    pub fn alias(self) -> Option<&'t str> {
        match self {
            Self::AliasArn(_, name) | Self::AliasName(name) => Some(name),
            Self::KeyArn(..) | Self::KeyId(_) => None,
        }
    }
}

/// A UUID, or `mrk-` and 32 hexadecimal digits for a multi-Region key. Stand-ins for AWS such as moto write the latter
/// with the hyphens of a UUID.
fn is_key_id(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix("mrk-") {
        return digits.len() == 32 && is_hexadecimal(digits) || is_uuid(digits);
    }
    is_uuid(text)
}

fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.split('-').all(is_hexadecimal)
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a key id is that of a multi-Region key. Source: KMS developer guide, "multi-Region keys": their ids begin
/// with `mrk-`, and no others do.
pub fn is_multi_region_id(id: &str) -> bool {
    id.starts_with("mrk-")
}

#[cfg(test)]
mod tests {
    use kmscheck_model::arn::partition_of;

    use super::*;

    #[test]
    fn a_key_can_be_named_in_four_ways() {
        let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
        let arn = format!("arn:aws-cn:kms:cn-north-1:111122223333:key/{id}");
        let Some(KeyIdentifier::KeyArn(parsed, found)) = KeyIdentifier::parse(&arn) else { panic!("{arn}") };
        assert_eq!(
            (parsed.region, parsed.account, parsed.partition, found),
            ("cn-north-1", "111122223333", "aws-cn", id)
        );
        assert_eq!(KeyIdentifier::parse(id), Some(KeyIdentifier::KeyId(id)));
        assert_eq!(KeyIdentifier::parse("alias/app").and_then(KeyIdentifier::alias), Some("alias/app"));
        let alias = "arn:aws:kms:eu-west-1:111122223333:alias/team/app";
        assert_eq!(KeyIdentifier::parse(alias).and_then(KeyIdentifier::alias), Some("alias/team/app"));
        assert!(KeyIdentifier::parse("mrk-1234abcd12ab34cd56ef1234567890ab").is_some());
        assert!(KeyIdentifier::parse("mrk-1234abcd-12ab-34cd-56ef-1234567890ab").is_some());
    }

    #[test]
    fn other_texts_name_no_key() {
        for text in [
            "",
            "app",
            "AWS_OWNED_KMS_KEY",
            "arn:aws:s3:::bucket",
            "arn:aws:kms:eu-west-1",
            "mrk-12",
            "mrk-mrk-1234abcd-12ab-34cd-56ef-1234567890ab",
            "a-b-c-d-e",
        ] {
            assert_eq!(KeyIdentifier::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_region_says_its_partition() {
        for (region, partition) in [
            ("eu-west-1", "aws"),
            ("us-east-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-east-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eusc-de-east-1", "aws-eusc"),
        ] {
            assert_eq!(partition_of(region), partition, "{region}");
        }
    }
}
