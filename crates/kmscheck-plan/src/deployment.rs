//! The account and Region that each resource goes to.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kmscheck_model::arn::{account_of, is_global, region_of};
use kmscheck_model::{Account, Deployment, Mode, Region, RegionSource, Resource};
use kmscheck_value::Because;

use crate::ReadOptions;
use crate::observed::{Observed, own_region, sole, text};
use crate::provider::{Provider, ProviderKey, Providers, StatedRegion};

/// What settles the Region of a provider configuration.
const SETTLE_REGION: &str = "give the source too, or add a `data \"aws_region\"` that uses this provider";

/// Says where the resources of a plan go.
struct Deployments<'d, 'a> {
    options: &'d ReadOptions,
    providers: &'d Providers<'a>,
    observed: &'d Observed,
    /// What was worked out before, by provider configuration.
    places: RefCell<BTreeMap<ProviderKey, (Region, Account)>>,
}

/// A deployment of which nothing is known but the name of its provider configuration in the plan, if that is known.
pub(crate) fn pending(provider: Option<Arc<str>>) -> Deployment {
    let account = Account::Credentials(Arc::default());
    Deployment { provider: provider.unwrap_or_default(), region: Region::Global, account }
}

/// Tells every resource where it goes.
pub(crate) fn deploy(
    resources: &mut [Resource],
    providers: &Providers<'_>,
    observed: &Observed,
    options: &ReadOptions,
) {
    let deployments = Deployments { options, providers, observed, places: RefCell::default() };
    for resource in resources {
        resource.deployment = deployments.of(resource);
    }
}

impl Deployments<'_, '_> {
    fn of(&self, resource: &Resource) -> Deployment {
        let key = self.providers.key(resource);
        let provider = match &key {
            Some(ProviderKey::Named(name) | ProviderKey::OneOf(name, _)) => Arc::clone(name),
            None => "aws".into(),
        };
        let region = self.region(resource, key.as_ref());
        Deployment { provider, region, account: self.account(resource, key.as_ref()) }
    }

    fn region(&self, resource: &Resource, key: Option<&ProviderKey>) -> Region {
        if is_global(&resource.address.resource_type) {
            return Region::Global;
        }
        if let Some(region) = own_region(resource) {
            let argument = resource.configured.sets("region").is_yes();
            return Region::Known(
                region,
                if argument { RegionSource::Argument } else { RegionSource::Provider },
            );
        }
        if resource.attribute("region").is_some_and(|region| region.unknown().is_some()) {
            return Region::Unknown(Because::new("its `region` argument is not known before apply"));
        }
        let of_provider = match key {
            Some(key) => self.place(key).0,
            None => Region::Unknown(
                Because::new("the input does not say through which provider configuration it is managed")
                    .settled_by("give the JSON of a plan"),
            ),
        };
        match (of_provider, text(resource, "arn").and_then(region_of)) {
            (Region::Unknown(_), Some(region)) => Region::Known(region, RegionSource::Observed),
            (of_provider, _) => of_provider,
        }
    }

    fn place(&self, key: &ProviderKey) -> (Region, Account) {
        if let Some(place) = self.places.borrow().get(key) {
            return place.clone();
        }
        let place = match key {
            ProviderKey::Named(name) => (self.region_of_provider(name), self.account_of_provider(name)),
            ProviderKey::OneOf(name, candidates) => {
                (self.region_of_one(name, candidates, key), self.account_of_one(name, candidates, key))
            }
        };
        self.places.borrow_mut().insert(key.clone(), place.clone());
        place
    }

    fn region_of_provider(&self, name: &Arc<str>) -> Region {
        let stated = self.providers.get(name).map_or(&StatedRegion::Absent, |provider| &provider.region);
        let observed = sole(self.observed.regions.get(&ProviderKey::Named(Arc::clone(name))));
        match (stated, observed) {
            (StatedRegion::Constant(region), _) => Region::Known(Arc::clone(region), RegionSource::Provider),
            (StatedRegion::Passed { region, .. }, Some(observed)) if *region == observed => {
                Region::Known(observed, RegionSource::Provider)
            }
            (_, Some(observed)) => Region::Known(observed, RegionSource::Observed),
            (StatedRegion::Passed { region, source }, None) => match self.providers.twin_of(name) {
                None => Region::Known(Arc::clone(region), RegionSource::Provider),
                Some(twin) => Region::Unknown(
                    Because::new(format!(
                        "providers `{name}` and `{twin}` both make their Region from `{source}`, at least one of them another \
                         than that"
                    ))
                    .settled_by(SETTLE_REGION),
                ),
            },
            (StatedRegion::Absent, None) => self.ambient_region(name),
            (StatedRegion::Unclear(source), None) => Region::Unknown(
                Because::new(format!(
                    "provider `{name}` takes its Region from `{source}`, whose value the plan does not have"
                ))
                .settled_by(SETTLE_REGION),
            ),
        }
    }

    fn ambient_region(&self, name: &str) -> Region {
        match &self.options.region {
            Some(region) => Region::Known(Arc::clone(region), RegionSource::Environment),
            None => Region::Unknown(
                Because::new(format!("provider `{name}` takes its Region from the environment"))
                    .settled_by("set `region` in the provider block, or pass `--region`"),
            ),
        }
    }

    /// The Region of one of several provider configurations, if they all agree.
    fn region_of_one(&self, name: &str, candidates: &[Arc<str>], key: &ProviderKey) -> Region {
        if let Some(observed) = sole(self.observed.regions.get(key)) {
            return Region::Known(observed, RegionSource::Observed);
        }
        let regions: Vec<_> = candidates.iter().map(|candidate| self.region_of_provider(candidate)).collect();
        match regions.split_first() {
            Some((first, rest)) if rest.iter().all(|region| region.name() == first.name()) => first.clone(),
            _ => Region::Unknown(Because::new(format!(
                "the plan does not say which provider configuration `{name}` stands for"
            ))),
        }
    }

    fn account(&self, resource: &Resource, key: Option<&ProviderKey>) -> Account {
        let of_provider = match key {
            Some(key) => self.place(key).1,
            None => Account::Credentials(format!("the provider of {}", resource.address).into()),
        };
        let own =
            || text(resource, "arn").filter(|_| resource.address.mode == Mode::Managed).and_then(account_of);
        match of_provider {
            Account::Known(_) => of_provider,
            Account::Credentials(_) => own().map_or(of_provider, Account::Known),
        }
    }

    fn account_of_provider(&self, name: &Arc<str>) -> Account {
        let provider = self.providers.get(name);
        let credentials = provider.map_or(Account::AMBIENT, |provider| &provider.credentials);
        let stated = provider.and_then(|provider| provider.account.clone());
        let observed = sole(self.observed.accounts.get(&ProviderKey::Named(Arc::clone(name))));
        let known = stated.or(observed).or_else(|| self.account_of_credentials(credentials));
        known.map_or_else(|| Account::Credentials(credentials.into()), Account::Known)
    }

    /// The account that AWS reported through any provider configuration with these credentials.
    fn account_of_credentials(&self, credentials: &str) -> Option<Arc<str>> {
        let shared = |provider: &&Provider| &*provider.credentials == credentials;
        let with = self.providers.all().filter(|(_, provider)| shared(provider));
        let accounts =
            with.filter_map(|(name, _)| self.observed.accounts.get(&ProviderKey::Named(Arc::clone(name))));
        let accounts: BTreeSet<_> = accounts.flatten().cloned().collect();
        let given = || {
            self.options.account.clone().filter(|_| credentials == Account::AMBIENT && accounts.is_empty())
        };
        sole(Some(&accounts)).or_else(given)
    }

    fn account_of_one(&self, name: &str, candidates: &[Arc<str>], key: &ProviderKey) -> Account {
        if let Some(observed) = sole(self.observed.accounts.get(key)) {
            return Account::Known(observed);
        }
        let accounts: Vec<_> =
            candidates.iter().map(|candidate| self.account_of_provider(candidate)).collect();
        match accounts.split_first() {
            Some((first, rest)) if rest.iter().all(|account| account == first) => first.clone(),
            _ => Account::Credentials(format!("provider {name}").into()),
        }
    }
}
