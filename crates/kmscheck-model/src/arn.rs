//! Where things are, by their names: the parts of ARNs, accounts, Regions, partitions, and what has no Region.

use std::sync::Arc;

/// The Region in an ARN, if it has one.
pub fn region_of(arn: &str) -> Option<Arc<str>> {
    let region = field(arn, 3)?;
    is_region(region).then(|| region.into())
}

/// The account in an ARN, if it has one.
pub fn account_of(arn: &str) -> Option<Arc<str>> {
    let account = field(arn, 4)?;
    is_account(account).then(|| account.into())
}

fn field(arn: &str, position: usize) -> Option<&str> {
    arn.starts_with("arn:").then(|| arn.split(':').nth(position)).flatten()
}

/// Whether a text is an account's number.
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text has the form of a Region's name: `eu-west-1`, `us-gov-east-1`.
pub fn is_region(text: &str) -> bool {
    let Some((area, number)) = text.rsplit_once('-') else { return false };
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number && area.contains('-') && area.split('-').all(is_word)
}

/// The partition that a Region is in.
/// Source: AWS General Reference, "Amazon Resource Names"; botocore, `partitions.json`.
pub fn partition_of(region: &str) -> &'static str {
    const OTHERS: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    OTHERS.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}

/// Whether a type belongs to a service without Regions.
///
/// Source: "Global services" in <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/>, and
/// the types without `region` in version 6 of the provider.
pub fn is_global(resource_type: &str) -> bool {
    const SERVICES: &[&str] = &[
        "account",
        "billing",
        "budgets",
        "caller_identity",
        "ce",
        "cloudfront",
        "cur",
        "globalaccelerator",
        "iam",
        "networkmanager",
        "organizations",
        "partition",
        "route53",
        "route53domains",
        "route53recoverycontrolconfig",
        "route53recoveryreadiness",
        "savingsplans",
        "shield",
        "waf",
    ];
    let name = resource_type.strip_prefix("aws_").unwrap_or(resource_type);
    let is_of = |service: &&str| {
        name.strip_prefix(*service).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    SERVICES.iter().any(is_of) && !name.starts_with("route53_resolver")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_says_its_region_and_account_if_it_has_them() {
        let key = "arn:aws:kms:eu-west-1:111122223333:key/x";
        assert_eq!(region_of(key).as_deref(), Some("eu-west-1"));
        assert_eq!(account_of(key).as_deref(), Some("111122223333"));
        assert_eq!(region_of("arn:aws:iam::111122223333:role/x"), None);
        assert_eq!(account_of("arn:aws:s3:::bucket"), None);
        assert_eq!(account_of("alias/x:a:b:c:111122223333"), None);
    }
}
