//! Where things are, and whether two of them are in one Region.

use std::sync::Arc;

use kmscheck_model::Region;
use kmscheck_value::Knowledge;

use crate::Node;

/// Where something is: in a Region that is known, or else at least where a resource goes.
#[derive(Debug, Clone)]
pub(crate) struct Place<'p> {
    region: Knowledge<Arc<str>>,
    /// A resource that is there.
    node: Option<Node<'p>>,
}

impl<'p> Place<'p> {
    /// Where a resource goes.
    pub(crate) fn of(node: Node<'p>) -> Self {
        Self { region: node.shared_region(), node: Some(node) }
    }

    /// In a Region, if that is known.
    pub(crate) fn in_region(region: Knowledge<Arc<str>>) -> Self {
        Self { region, node: None }
    }

    /// In a Region, and if that is not known, where this resource goes.
    pub(crate) fn in_region_or_at(region: Knowledge<Arc<str>>, node: Node<'p>) -> Self {
        Self { region, node: Some(node) }
    }

    /// The Region.
    pub(crate) fn region(&self) -> &Knowledge<Arc<str>> {
        &self.region
    }

    /// Whether both are in one Region. What one provider configuration manages is, even where nobody can tell which
    /// Region that is.
    pub(crate) fn shares_region(&self, other: &Self) -> Knowledge<bool> {
        match (&self.region, &other.region) {
            (Knowledge::Known(own), Knowledge::Known(others)) => Knowledge::Known(own == others),
            _ if self.goes_where(other) => Knowledge::Known(true),
            (Knowledge::Undetermined(because), _) | (_, Knowledge::Undetermined(because)) => {
                Knowledge::Undetermined(because.clone())
            }
        }
    }

    fn goes_where(&self, other: &Self) -> bool {
        self.node.zip(other.node).is_some_and(|(own, others)| go_together(own, others))
    }
}

/// Whether both go by one provider configuration, and neither has a `region` of its own. A name that stands for
/// whatever a module is handed means the same only within that module.
fn go_together(one: Node<'_>, other: Node<'_>) -> bool {
    let is_regional = |node: Node<'_>| node.resource.deployment.region != Region::Global;
    let by_provider = |node: Node<'_>| is_regional(node) && node.resource.configured.sets("region").is_no();
    let provider = &*one.resource.deployment.provider;
    one.id.0 == other.id.0
        && by_provider(one)
        && by_provider(other)
        && *provider == *other.resource.deployment.provider
        && (!provider.contains(':') || one.module_names().eq(other.module_names()))
}

#[cfg(test)]
mod tests {
    use kmscheck_model::{
        Account, Change, Configured, Deployment, InputKind, Project, RegionSource, Resource, Scope,
    };
    use kmscheck_value::{Because, Existence, Map, Truth};

    use super::*;
    use crate::KmsGraph;

    /// A key in a Region that nobody knows.
    fn key(address: &str, provider: &str, configured: Configured) -> Resource {
        Resource {
            address: address.parse().unwrap(),
            previous_address: None,
            change: Change::default(),
            before: None,
            after: Some(Map::default()),
            deployment: Deployment {
                provider: provider.into(),
                region: Region::Unknown(Because::new("nobody knows")),
                account: Account::Known("111122223333".into()),
            },
            existence: Existence::Certain,
            configured,
            source: None,
        }
    }

    fn by_provider(address: &str, provider: &str) -> Resource {
        key(address, provider, Configured::arguments([]))
    }

    fn share(keys: [Resource; 2]) -> Option<bool> {
        let projects = [Project::new("plan.json", InputKind::Plan, Scope::Closed, keys.into())];
        let graph = KmsGraph::build(&projects);
        graph.keys()[0].shares_region(&graph.keys()[1]).known().copied()
    }

    #[test]
    fn one_provider_configuration_is_one_region() {
        let pair = |a, b| [by_provider("aws_kms_key.a", a), by_provider("aws_kms_key.b", b)];
        assert_eq!(share(pair("aws.x", "aws.x")), Some(true));
        assert_eq!(share(pair("aws.x", "aws.y")), None);
        let with_argument = || Configured::arguments([("region".into(), Truth::Unknown)]);
        let other = || by_provider("aws_kms_key.b", "aws.x");
        assert_eq!(share([key("aws_kms_key.a", "aws.x", with_argument()), other()]), None);
        assert_eq!(share([key("aws_kms_key.a", "aws.x", Configured::unknown()), other()]), None);
    }

    #[test]
    fn two_regions_that_are_known_are_compared() {
        let at = |address: &str, region: &str| {
            let mut key = by_provider(address, "aws.x");
            key.deployment.region = Region::Known(region.into(), RegionSource::Argument);
            key
        };
        let pair = |other| [at("aws_kms_key.a", "eu-west-1"), at("aws_kms_key.b", other)];
        assert_eq!(share(pair("eu-west-1")), Some(true));
        assert_eq!(share(pair("us-east-1")), Some(false));
    }

    #[test]
    fn what_has_no_region_shares_none() {
        let global = |address: &str| {
            let mut key = by_provider(address, "aws.x");
            key.deployment.region = Region::Global;
            key
        };
        assert_eq!(share(["aws_kms_key.a", "aws_kms_key.b"].map(global)), None);
    }

    #[test]
    fn what_a_module_is_handed_means_the_same_only_within_it() {
        let pair = |provider, a: &str, b: &str| [a, b].map(|address| by_provider(address, provider));
        let (one, two) = ("module.m[0].aws_kms_key.a", "module.m[1].aws_kms_key.b");
        assert_eq!(share(pair("module.m:aws.x", one, two)), Some(true), "one call, two instances");
        assert_eq!(share(pair("m:aws.x", one, "module.n.module.m.aws_kms_key.b")), None);
        assert_eq!(share(pair("aws.x", one, "module.n.module.m.aws_kms_key.b")), Some(true));
    }
}
