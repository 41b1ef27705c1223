//! What the graph and the checks read of each resource type.

use std::sync::LazyLock;

use kmscheck_model::{Attributes, Interest};
use rustc_hash::FxHashMap;

use crate::RegionRule;
use crate::consumer_table::all_rows;
use crate::documents::ASSEMBLED;
use crate::key::KEY_TYPES;

/// The types and attributes that the graph reads.
#[derive(Debug, Clone, Copy, Default)]
pub struct KmsInterest;

/// All attributes of the types that the graph reads, for people who want to see them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Everything;

impl Interest for KmsInterest {
    fn attributes(&self, resource_type: &str) -> Attributes {
        TYPES.get(resource_type).map_or(Attributes::None, |found| Attributes::Only(&found.attributes))
    }

    /// Those who use a document have its text: it matters only for what gets lost on the way.
    fn reasons_when_read(&self, resource_type: &str) -> Option<&'static [&'static str]> {
        match resource_type {
            "aws_iam_policy_document" => Some(&ASSEMBLED),
            other => self.reasons(other),
        }
    }

    /// A document is what the policies say that are made from it.
    /// What is put together from other documents is looked at for how it is put together.
    fn only_if_referred_to(&self, resource_type: &str) -> Option<&'static [&'static str]> {
        (resource_type == "aws_iam_policy_document").then_some(&ASSEMBLED)
    }

    fn is_chosen_by_provider(&self, resource_type: &str, attribute: &str) -> bool {
        match (resource_type, attribute) {
            ("aws_iam_policy_document", _) | ("aws_kms_key_policy", "policy") | ("aws_kms_grant", "name") => {
                false
            }
            (key, _) if key.starts_with("aws_kms_") => CHOSEN_OF_KEYS.contains(&attribute),
            _ => true,
        }
    }

    /// A key policy that names a role must come after it.
    fn is_ordered(&self, resource_type: &str) -> bool {
        resource_type == "aws_kms_key_policy" || KEY_TYPES.iter().any(|(key, _)| *key == resource_type)
    }

    /// A consumer that names no key and named none is nothing to the graph.
    fn reasons(&self, resource_type: &str) -> Option<&'static [&'static str]> {
        TYPES.get(resource_type)?.reasons.as_deref()
    }
}

/// What the provider chooses for a key or alias where the configuration says nothing.
///
/// Source: the schemas of versions 5.100 and 6, optional and computed attributes.
const CHOSEN_OF_KEYS: [&str; 12] = [
    "description",
    "enabled",
    "id",
    "key_spec",
    "key_usage",
    "multi_region",
    "name",
    "name_prefix",
    "policy",
    "region",
    "rotation_period_in_days",
    "tags_all",
];

impl Interest for Everything {
    fn attributes(&self, resource_type: &str) -> Attributes {
        if TYPES.contains_key(resource_type) { Attributes::All } else { Attributes::None }
    }
}

/// What is read of a resource type.
#[derive(Default)]
struct Type {
    /// Sorted.
    attributes: Vec<&'static str>,
    /// Where it names keys, if it matters for nothing else.
    reasons: Option<Vec<&'static str>>,
}

static TYPES: LazyLock<FxHashMap<&'static str, Type>> = LazyLock::new(|| {
    let mut types: FxHashMap<&'static str, Type> = FxHashMap::default();
    for row in all_rows() {
        let found = types.entry(row.resource_type).or_default();
        found.attributes.extend(["arn", "region"]);
        found.attributes.extend(row.path.split(['.', '[']).next());
        found.attributes.extend(row.when.map(|(attribute, _)| attribute));
        if let RegionRule::Bucket(attribute) = row.region {
            found.attributes.push(attribute);
        }
        found.reasons.get_or_insert_default().extend(Some(row.path).filter(|_| !row.accepts.indirect));
    }
    for (resource_type, names) in OWN {
        let found = types.entry(resource_type).or_default();
        found.attributes.extend(*names);
        found.reasons = None;
    }
    let sorted = |(resource_type, mut found): (&'static str, Type)| {
        found.attributes.sort_unstable();
        found.attributes.dedup();
        (resource_type, found)
    };
    types.into_iter().map(sorted).collect()
});

/// Beside the consumers of keys.
const OWN: &[(&str, &[&str])] = &[
    ("aws_caller_identity", &["account_id", "arn"]),
    ("aws_cloudtrail", &["advanced_event_selector", "event_selector"]),
    ("aws_iam_policy", &["arn", "policy"]),
    (
        "aws_iam_policy_document",
        &[
            "json",
            "minified_json",
            "override_policy_documents",
            "policy_id",
            "source_policy_documents",
            "statement",
            "version",
        ],
    ),
    ("aws_iam_group_policy", &["group", "policy"]),
    ("aws_iam_role", &["arn", "name", "path"]),
    ("aws_iam_role_policy", &["policy", "role"]),
    ("aws_iam_user", &["arn", "name", "path"]),
    ("aws_iam_user_policy", &["policy", "user"]),
    ("aws_kms_alias", &["arn", "id", "name", "name_prefix", "region", "target_key_arn", "target_key_id"]),
    ("aws_kms_ciphertext", &["key_id", "plaintext", "region"]),
    ("aws_kms_custom_key_store", &["key_store_password"]),
    (
        "aws_kms_external_key",
        &[
            "arn",
            "bypass_policy_lockout_safety_check",
            "deletion_window_in_days",
            "enabled",
            "id",
            "key_id",
            "key_material_base64",
            "key_spec",
            "key_state",
            "key_usage",
            "multi_region",
            "policy",
            "region",
            "tags",
            "tags_all",
            "valid_to",
        ],
    ),
    (
        "aws_kms_grant",
        &["constraints", "grantee_principal", "key_id", "name", "operations", "region", "retiring_principal"],
    ),
    (
        "aws_kms_key",
        &[
            "arn",
            "bypass_policy_lockout_safety_check",
            "custom_key_store_id",
            "customer_master_key_spec",
            "deletion_window_in_days",
            "enable_key_rotation",
            "enabled",
            "id",
            "is_enabled",
            "key_id",
            "key_spec",
            "key_state",
            "key_usage",
            "multi_region",
            "multi_region_configuration",
            "origin",
            "policy",
            "region",
            "rotation_period_in_days",
            "tags",
            "tags_all",
            "xks_key_id",
        ],
    ),
    ("aws_kms_key_policy", &["bypass_policy_lockout_safety_check", "id", "key_id", "policy", "region"]),
    (
        "aws_kms_replica_external_key",
        &[
            "arn",
            "bypass_policy_lockout_safety_check",
            "deletion_window_in_days",
            "enabled",
            "id",
            "key_id",
            "key_material_base64",
            "key_state",
            "key_usage",
            "policy",
            "primary_key_arn",
            "region",
            "tags",
            "tags_all",
            "valid_to",
        ],
    ),
    (
        "aws_kms_replica_key",
        &[
            "arn",
            "bypass_policy_lockout_safety_check",
            "deletion_window_in_days",
            "enabled",
            "id",
            "key_id",
            "key_rotation_enabled",
            "key_spec",
            "key_usage",
            "policy",
            "primary_key_arn",
            "region",
            "tags",
            "tags_all",
        ],
    ),
    ("aws_kms_secrets", &["secret"]),
    ("aws_organizations_organization", &["accounts", "id"]),
    ("aws_region", &["id", "name", "region"]),
    (
        "aws_s3_bucket",
        &[
            "arn",
            "bucket",
            "bucket_region",
            "id",
            "region",
            "replication_configuration",
            "server_side_encryption_configuration",
        ],
    ),
    ("aws_s3_bucket_replication_configuration", &["bucket", "role", "rule"]),
    ("aws_s3_bucket_server_side_encryption_configuration", &["bucket", "rule"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consumer_is_read_for_its_key_and_for_where_the_key_must_be() {
        let trail = KmsInterest.attributes("aws_cloudtrail");
        for name in ["kms_key_id", "s3_bucket_name", "event_selector", "region"] {
            assert!(trail.contains(name), "{name}");
        }
        assert!(!trail.contains("tags"));
        assert_eq!(KmsInterest.attributes("aws_vpc"), Attributes::None);
        assert_eq!(Everything.attributes("aws_kms_key"), Attributes::All);
    }

    #[test]
    fn a_type_that_is_read_for_more_than_its_keys_always_matters() {
        let volumes = ["ebs_block_device[].kms_key_id", "root_block_device[].kms_key_id"];
        assert_eq!(KmsInterest.reasons("aws_instance"), Some(volumes.as_slice()));
        assert_eq!(KmsInterest.reasons("aws_ram_resource_association"), Some([].as_slice()), "names no key");
        for own in ["aws_cloudtrail", "aws_iam_role", "aws_kms_alias", "aws_kms_key", "aws_s3_bucket"] {
            assert_eq!(KmsInterest.reasons(own), None, "{own}");
        }
        assert_eq!(Everything.reasons("aws_instance"), None);
    }

    #[test]
    fn the_provider_chooses_a_policy_but_no_end_of_key_material() {
        let key = "aws_kms_external_key";
        assert!(KmsInterest.is_chosen_by_provider(key, "policy"));
        assert!(!KmsInterest.is_chosen_by_provider(key, "valid_to"));
        assert!(!KmsInterest.is_chosen_by_provider("aws_kms_key_policy", "policy"));
        assert!(KmsInterest.is_chosen_by_provider("aws_ebs_volume", "kms_key_id"));
    }

    #[test]
    fn a_document_that_was_read_matters_if_it_is_put_together_from_others() {
        let document = "aws_iam_policy_document";
        assert_eq!(KmsInterest.reasons(document), None);
        assert_eq!(KmsInterest.reasons_when_read(document), Some(ASSEMBLED.as_slice()));
        assert!(KmsInterest.attributes(document).contains("statement"));
        assert_eq!(KmsInterest.reasons_when_read("aws_instance"), KmsInterest.reasons("aws_instance"));
        assert_eq!(KmsInterest.reasons_when_read("aws_caller_identity"), None);
    }
}
