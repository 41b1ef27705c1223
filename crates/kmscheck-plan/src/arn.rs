//! The few parts of ARNs that say where something is.

use std::sync::Arc;

/// The Region in an ARN, if it has one.
pub(crate) fn region_of(arn: &str) -> Option<Arc<str>> {
    let region = field(arn, 3)?;
    is_region(region).then(|| region.into())
}

/// The account in an ARN, if it has one.
pub(crate) fn account_of(arn: &str) -> Option<Arc<str>> {
    let account = field(arn, 4)?;
    is_account(account).then(|| account.into())
}

fn field(arn: &str, position: usize) -> Option<&str> {
    arn.starts_with("arn:").then(|| arn.split(':').nth(position)).flatten()
}

/// Whether a text is an account's number.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text has the form of a Region's name: `eu-west-1`, `us-gov-east-1`.
pub(crate) fn is_region(text: &str) -> bool {
    let Some((area, number)) = text.rsplit_once('-') else { return false };
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number && area.contains('-') && area.split('-').all(is_word)
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
