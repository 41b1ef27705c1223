//! What the resources themselves show of where they are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kmscheck_model::arn::{account_of, is_account, is_global, is_region, region_of};
use kmscheck_model::{Mode, Resource};
use kmscheck_value::Value;

use crate::provider::ProviderKey;

/// What AWS has reported through provider configurations.
#[derive(Debug, Default)]
pub(crate) struct Observed {
    pub(crate) regions: BTreeMap<ProviderKey, BTreeSet<Arc<str>>>,
    pub(crate) accounts: BTreeMap<ProviderKey, BTreeSet<Arc<str>>>,
}

impl Observed {
    /// Adds what was observed elsewhere.
    pub(crate) fn join(&mut self, other: Self) {
        for (key, regions) in other.regions {
            self.regions.entry(key).or_default().extend(regions);
        }
        for (key, accounts) in other.accounts {
            self.accounts.entry(key).or_default().extend(accounts);
        }
    }

    /// Takes note of what a resource shows of where it is.
    pub(crate) fn add(&mut self, key: &ProviderKey, resource: &Resource) {
        let kind = &*resource.address.resource_type;
        let is_data = resource.address.mode == Mode::Data;
        let by_provider = resource.configured.sets("region").is_no();
        let region = match kind {
            "aws_region" if is_data => text(resource, "name").or_else(|| text(resource, "id")).map(Arc::from),
            _ if is_data => witness(kind).and_then(|attribute| shown_region(text(resource, attribute)?)),
            _ if is_global(kind) => None,
            _ => own_region(resource).or_else(|| text(resource, "arn").and_then(region_of)),
        };
        let account = match kind {
            "aws_caller_identity" if is_data => text(resource, "account_id").map(Arc::from),
            _ if is_data => None,
            _ => text(resource, "arn").and_then(account_of),
        };
        if let Some(region) = region.filter(|region| by_provider && is_region(region)) {
            self.regions.entry(key.clone()).or_default().insert(region);
        }
        if let Some(account) = account.filter(|account| is_account(account)) {
            self.accounts.entry(key.clone()).or_default().insert(account);
        }
    }
}

/// The attribute of a data source that shows the Region in which it was read. Of these types nothing is found in another
/// Region than that of the provider; of others something may be: a secret or a bucket by its ARN.
///
/// Source: provider, the data sources: they make the ARN of the client's own Region, or get it from an API that knows its
/// own Region only; `availability_zones_data_source.go` takes the Region for its id.
pub(crate) fn witness(resource_type: &str) -> Option<&'static str> {
    const BY_ARN: [&str; 8] = [
        "aws_ami",
        "aws_kms_alias",
        "aws_kms_key",
        "aws_security_group",
        "aws_ssm_parameter",
        "aws_subnet",
        "aws_vpc",
        "aws_vpc_endpoint",
    ];
    match resource_type {
        "aws_availability_zones" => Some("id"),
        other => BY_ARN.contains(&other).then_some("arn"),
    }
}

fn shown_region(text: &str) -> Option<Arc<str>> {
    region_of(text).or_else(|| Some(text).filter(|text| is_region(text)).map(Arc::from))
}

/// The `region` that the resource itself shows, as the provider has from version 6 on.
pub(crate) fn own_region(resource: &Resource) -> Option<Arc<str>> {
    let is_result = resource.address.mode == Mode::Data && &*resource.address.resource_type == "aws_region";
    text(resource, "region").filter(|region| !is_result && is_region(region)).map(Arc::from)
}

/// A string attribute that is known, now or from before.
pub(crate) fn text<'r>(resource: &'r Resource, name: &str) -> Option<&'r str> {
    let after = resource.after(name).and_then(Value::as_str);
    after.or_else(|| resource.before(name).and_then(Value::as_str))
}

pub(crate) fn sole(found: Option<&BTreeSet<Arc<str>>>) -> Option<Arc<str>> {
    let mut found = found?.iter();
    let first = found.next()?;
    found.next().is_none().then(|| Arc::clone(first))
}
