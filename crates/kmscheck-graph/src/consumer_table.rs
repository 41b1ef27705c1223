//! Which attributes of which resources name a KMS key: `data/consumers.tsv`, read once.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use kmscheck_value::Value;
use rustc_hash::FxHashMap;

const TABLE: &str = include_str!("../data/consumers.tsv");

/// An attribute that names a KMS key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerRow {
    /// The resource type.
    pub resource_type: &'static str,
    /// The attribute, `[]` after a nested block: `rule[].destination[].replica_kms_key_id`.
    pub path: &'static str,
    /// The same, taken apart.
    pub(crate) segments: Vec<Segment>,
    /// The service, as in `kms:ViaService`; `None` for the `aws_kms_*` resources.
    pub service: Option<&'static str>,
    /// The ways to name a key that the attribute takes.
    pub accepts: Accepts,
    /// Where the key must be.
    pub region: RegionRule,
    /// Where the key stands in the JSON document that the attribute holds.
    pub json: Option<&'static str>,
    /// The attribute of the resource, and the value that it must have, for a key here to count.
    pub(crate) when: Option<(&'static str, &'static str)>,
    /// Whether the provider fills the attribute in when it is left out; `None` if that is not known.
    pub computed: Option<bool>,
}

/// A part of a [`ConsumerRow::path`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    /// The attribute or block type.
    pub(crate) name: Arc<str>,
    /// Whether it is a block type.
    pub(crate) is_block: bool,
}

/// The ways to name a key that an attribute takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepts {
    /// A key ARN.
    pub arn: bool,
    /// A key id.
    pub id: bool,
    /// An alias name.
    pub alias: bool,
    /// An alias ARN.
    pub alias_arn: bool,
    /// Not a key but something that has one: a vault, a grant.
    pub indirect: bool,
}

/// Where the key that an attribute names must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionRule {
    /// In the Region of the resource.
    Resource,
    /// In the Region that these attributes, the first that is given, of the nearest enclosing block name.
    Block(&'static str),
    /// The same; in the Region of the resource if none is given.
    BlockOrResource(&'static str),
    /// In the Region of the S3 bucket that this attribute of the nearest enclosing block names.
    Bucket(&'static str),
    /// Always in this Region.
    Fixed(&'static str),
    /// In another Region on purpose, or in one that the resource does not tell.
    Any,
    /// The attribute names no key.
    None,
}

impl ConsumerRow {
    /// Whether a key counts in a resource whose attributes `top` gives; also where the one that decides is not known.
    pub(crate) fn counts<'v>(&self, top: impl Fn(&str) -> Option<&'v Value>) -> bool {
        self.when
            .is_none_or(|(name, wanted)| top(name).and_then(Value::as_str).is_none_or(|own| own == wanted))
    }
}

struct Table {
    rows: Vec<ConsumerRow>,
    by_type: FxHashMap<&'static str, Range<usize>>,
}

static ROWS: LazyLock<Table> = LazyLock::new(|| {
    let mut rows: Vec<ConsumerRow> =
        TABLE.lines().skip_while(|line| line.starts_with('#')).skip(1).filter_map(row).collect();
    rows.sort_by_key(|row| row.resource_type);
    let mut by_type: FxHashMap<&'static str, Range<usize>> = FxHashMap::default();
    for (position, row) in rows.iter().enumerate() {
        by_type.entry(row.resource_type).or_insert(position..position).end = position + 1;
    }
    Table { rows, by_type }
});

/// The attributes of `resource_type` that name a KMS key.
pub fn consumer_rows(resource_type: &str) -> &'static [ConsumerRow] {
    let range = ROWS.by_type.get(resource_type).cloned().unwrap_or_default();
    ROWS.rows.get(range).unwrap_or_default()
}

/// All rows, by resource type.
pub(crate) fn all_rows() -> &'static [ConsumerRow] {
    &ROWS.rows
}

fn row(line: &'static str) -> Option<ConsumerRow> {
    let mut fields = line.split('\t');
    let [resource_type, path, service, accepts, region, json, when, computed] =
        std::array::from_fn(|_| fields.next());
    Some(ConsumerRow {
        resource_type: resource_type?,
        path: path?,
        segments: path?.split('.').map(segment).collect(),
        service: service.filter(|service| *service != "-"),
        accepts: accepted(accepts?),
        region: region_rule(region?),
        json: json.filter(|json| *json != "-"),
        when: when?.split_once('='),
        computed: match computed? {
            "computed" => Some(true),
            "-" => Some(false),
            _ => None,
        },
    })
}

fn segment(text: &str) -> Segment {
    let name = text.strip_suffix("[]");
    Segment { name: name.unwrap_or(text).into(), is_block: name.is_some() }
}

fn accepted(field: &str) -> Accepts {
    let has = |word: &str| field.split('|').any(|form| form == word);
    Accepts {
        arn: has("arn"),
        id: has("id"),
        alias: has("alias"),
        alias_arn: has("alias-arn"),
        indirect: has("indirect"),
    }
}

fn region_rule(field: &'static str) -> RegionRule {
    match field.split_once(':') {
        None if field == "resource" => RegionRule::Resource,
        None if field == "any" => RegionRule::Any,
        Some(("block", attributes)) => RegionRule::Block(attributes),
        Some(("block-or-resource", attributes)) => RegionRule::BlockOrResource(attributes),
        Some(("s3-bucket", attribute)) => RegionRule::Bucket(attribute),
        Some(("fixed", region)) => RegionRule::Fixed(region),
        _ => RegionRule::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row_of(resource_type: &str, path: &str) -> &'static ConsumerRow {
        let found = consumer_rows(resource_type).iter().find(|row| row.path == path);
        found.unwrap_or_else(|| panic!("{resource_type} has no {path}"))
    }

    fn region(resource_type: &str, path: &str) -> RegionRule {
        row_of(resource_type, path).region
    }

    #[test]
    fn every_line_of_the_table_is_a_row() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(all_rows().len(), lines - 1);
        for row in all_rows() {
            assert_eq!(row.region == RegionRule::None, row.accepts.indirect, "{row:?}");
            assert!(row.accepts.arn || row.accepts.id || row.accepts.indirect, "{row:?}");
        }
    }

    #[test]
    fn the_key_of_a_replica_must_be_where_the_replica_is() {
        let block = RegionRule::Block;
        assert_eq!(region("aws_dynamodb_table", "replica[].kms_key_arn"), block("region_name"));
        assert_eq!(
            region("aws_dynamodb_table", "server_side_encryption[].kms_key_arn"),
            RegionRule::Resource
        );
        assert_eq!(region("aws_dynamodb_table_replica", "kms_key_arn"), RegionRule::Resource);
        assert_eq!(region("aws_secretsmanager_secret", "replica[].kms_key_id"), block("region"));
        assert_eq!(region("aws_secretsmanager_secret", "kms_key_id"), RegionRule::Resource);
        let zone = block("region,availability_zone_name");
        assert_eq!(region("aws_efs_replication_configuration", "destination[].kms_key_id"), zone);
        assert_eq!(region("aws_kms_replica_key", "primary_key_arn"), RegionRule::Any);
    }

    #[test]
    fn the_key_for_objects_must_be_where_their_bucket_is() {
        let bucket = RegionRule::Bucket;
        let replication = "rule[].destination[].encryption_configuration[].replica_kms_key_id";
        assert_eq!(region("aws_s3_bucket_replication_configuration", replication), bucket("bucket"));
        let inline = "replication_configuration[].rules[].destination[].replica_kms_key_id";
        assert_eq!(region("aws_s3_bucket", inline), bucket("bucket"));
        assert_eq!(region("aws_cloudtrail", "kms_key_id"), bucket("s3_bucket_name"));
        assert_eq!(region("aws_config_delivery_channel", "s3_kms_key_arn"), bucket("s3_bucket_name"));
        let firehose = "extended_s3_configuration[].kms_key_arn";
        assert_eq!(region("aws_kinesis_firehose_delivery_stream", firehose), bucket("bucket_arn"));
        let sync = region("aws_ssm_resource_data_sync", "s3_destination[].kms_key_arn");
        assert_eq!(sync, RegionRule::Block("region"), "the bucket's Region is an argument");
    }

    #[test]
    fn some_keys_must_be_elsewhere() {
        let dnssec = region("aws_route53_key_signing_key", "key_management_service_arn");
        assert_eq!(dnssec, RegionRule::Fixed("us-east-1"));
        let pipeline = region("aws_codepipeline", "artifact_store[].encryption_key[].id");
        assert_eq!(pipeline, RegionRule::BlockOrResource("region"));
    }

    #[test]
    fn an_attribute_that_the_provider_fills_in_is_known_as_such() {
        let computed = |resource_type, path| row_of(resource_type, path).computed;
        assert_eq!(computed("aws_dynamodb_table", "replica[].kms_key_arn"), Some(true));
        assert_eq!(computed("aws_ebs_volume", "kms_key_id"), Some(true));
        assert_eq!(computed("aws_ssm_parameter", "key_id"), Some(true));
        assert_eq!(computed("aws_sqs_queue", "kms_master_key_id"), Some(false));
        assert_eq!(computed("aws_eks_cluster", "encryption_config[].provider[].key_arn"), Some(false));
        assert_eq!(computed("aws_agentregistry_registry", "encryption_configuration[].kms_key_arn"), None);
    }

    #[test]
    fn some_keys_count_for_one_kind_of_the_resource_only() {
        let (encryption, network) = (Value::text("encryption"), Value::text("network"));
        let policy = row_of("aws_opensearchserverless_security_policy", "policy");
        assert!(policy.counts(|name| Some(&encryption).filter(|_| name == "type")));
        assert!(!policy.counts(|name| Some(&network).filter(|_| name == "type")));
        assert!(policy.counts(|_| None), "not known");
        assert!(row_of("aws_sqs_queue", "kms_master_key_id").counts(|_| Some(&network)));
        let conditional: Vec<_> =
            all_rows().iter().filter_map(|row| row.when.map(|_| row.resource_type)).collect();
        assert_eq!(
            conditional,
            [
                "aws_kinesis_stream",
                "aws_opensearchserverless_security_policy",
                "aws_ssm_document",
                "aws_ssm_parameter"
            ]
        );
    }

    #[test]
    fn an_unrelated_type_has_no_rows() {
        assert!(consumer_rows("aws_vpc").is_empty());
    }
}
