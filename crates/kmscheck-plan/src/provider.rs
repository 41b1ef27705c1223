//! The provider configurations of a plan: which of them a block uses, and what they say about Region and credentials.

use std::collections::BTreeMap;
use std::sync::Arc;

use kmscheck_model::{Account, ModulePath, Resource};

use crate::configuration::{ModuleConfig, ProviderConfig, ResourceConfig};
use crate::modules::Modules;
use crate::provider_block::Block;
use crate::resolver::{Resolver, Scope};

/// A provider configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Provider {
    pub(crate) region: StatedRegion,
    /// The account, as far as the configuration says.
    pub(crate) account: Option<Arc<str>>,
    /// The name of its credentials, shared by all configurations that have the same.
    pub(crate) credentials: Arc<str>,
    /// The names of its arguments.
    pub(crate) arguments: Vec<Arc<str>>,
}

/// What a provider configuration says about its Region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StatedRegion {
    /// It is written out.
    Constant(Arc<str>),
    /// It refers to one thing, whose value is this Region. (It might be made from it, too.)
    Passed { region: Arc<str>, source: Arc<str> },
    /// It comes from the environment.
    Absent,
    /// It refers to this, which the plan does not have.
    Unclear(Arc<str>),
}

/// The provider configuration of a block.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum ProviderKey {
    /// This one.
    Named(Arc<str>),
    /// One that the plan leaves open; the first is its name in the plan, the others are those that it may be.
    OneOf(Arc<str>, Vec<Arc<str>>),
}

/// The provider configurations of a plan, and which blocks use which.
#[derive(Debug, Default)]
pub(crate) struct Providers<'a> {
    /// By their keys in the plan.
    all: BTreeMap<Arc<str>, (ModulePath, Provider)>,
    /// The blocks, if the plan has them.
    config: Option<&'a ModuleConfig<'a>>,
}

impl<'a> Providers<'a> {
    /// Those of the AWS provider.
    pub(crate) fn new(resolver: &Resolver<'_, 'a>) -> Self {
        let configuration = resolver.document.configuration.as_ref();
        let all = configuration.and_then(|configuration| configuration.provider_config.as_ref());
        let mut signatures = BTreeMap::new();
        let mut providers = BTreeMap::new();
        for (key, config) in
            all.into_iter().flat_map(|all| all.iter()).filter(|(_, config)| config.is_block())
        {
            let module = config.module_address.as_deref().and_then(|address| address.parse().ok());
            let module: ModulePath = module.unwrap_or_default();
            let arguments = resolver.cache.get(config.expressions);
            let scope = resolver.instances.modules.find(&module).unwrap_or(Modules::ROOT);
            let scope = Scope { module: scope, key: None, for_each: None };
            let block = Block { resolver, scope, arguments: &arguments, key };
            providers.insert(Arc::from(&**key), (module, block.provider(&mut signatures)));
        }
        let mut providers =
            Self { all: providers, config: configuration.map(|configuration| &configuration.root_module) };
        providers.part_twins();
        providers
    }

    /// A `dynamic "assume_role"` leaves no trace in a plan. But of two configurations that look the same, the one with an
    /// alias is there for something: it may go to another account.
    fn part_twins(&mut self) {
        let is_twin = |key: &str, provider: &Provider| {
            let same_region = matches!(provider.region, StatedRegion::Constant(_) | StatedRegion::Absent);
            same_region
                && *provider.credentials == *Account::AMBIENT
                && key.contains('.')
                && self.twin_of(key).is_some()
        };
        let twins = self.all().filter(|(key, provider)| is_twin(key, provider));
        let twins: Vec<_> = twins.map(|(key, _)| Arc::clone(key)).collect();
        for key in twins {
            if let Some((_, provider)) = self.all.get_mut(&key) {
                provider.credentials = format!("provider {key}").into();
            }
        }
    }

    /// The provider configuration of a resource. One that the configuration no longer has used one that nobody knows,
    /// unless there is only one.
    pub(crate) fn key(&self, resource: &Resource) -> Option<ProviderKey> {
        let block = || block_at(self.config?, &resource.address)?.provider_config_key.as_deref();
        let pending = Some(&*resource.deployment.provider).filter(|key| !key.is_empty());
        if let Some(key) = pending.or_else(block) {
            return Some(self.of(&resource.address.module, key));
        }
        let mut all = self.all();
        let (only, _) = all.next().filter(|_| self.config.is_some())?;
        all.next().is_none().then(|| ProviderKey::Named(Arc::clone(only)))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Provider> {
        self.all.get(key).map(|(_, provider)| provider)
    }

    /// Another configuration that has the same arguments in the same module, and its Region from the same text or
    /// reference. As nobody needs two that are the same, they differ in something that the plan does not show.
    pub(crate) fn twin_of(&self, name: &str) -> Option<&Arc<str>> {
        let own = self.all.get(name)?;
        self.all.iter().find(|(other, entry)| &***other != name && *entry == own).map(|(other, _)| other)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&Arc<str>, &Provider)> {
        self.all.iter().map(|(key, (_, provider))| (key, provider))
    }

    /// The configuration that a block in `module` uses, which the plan calls `key`. The default configuration of the root
    /// module need not have a block.
    ///
    /// Terraform resolves `providers` maps into the key since 1.1, but not through a module that has no resource of
    /// the provider itself; before, it wrote the name of the module call and the local name. In both cases the key
    /// has no configuration of its own, and it may be any that an enclosing module could hand down.
    fn of(&self, module: &ModulePath, key: &str) -> ProviderKey {
        if let Some((key, _)) = self.all.get_key_value(key) {
            return ProviderKey::Named(Arc::clone(key));
        }
        if !key.contains(':') {
            return ProviderKey::Named(key.into());
        }
        let local = local_name(key);
        let names: Vec<_> = module.steps().iter().map(|step| &step.name).collect();
        let own = self.all.iter().find(|(entry, (at, _))| is_at(at, &names) && local_name(entry) == local);
        if let Some((key, _)) = own {
            return ProviderKey::Named(Arc::clone(key));
        }
        let provider = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
        let handed_down = self.all.iter().filter(|(entry, (at, _))| {
            at.steps().len() < names.len().max(1)
                && at.steps().iter().zip(&names).all(|(step, name)| step.name == **name)
                && provider(local_name(entry)) == provider(local)
        });
        let mut candidates: Vec<_> = handed_down.map(|(entry, _)| Arc::clone(entry)).collect();
        let default = provider(local);
        if !self.all.contains_key(&*default) {
            candidates.push(default.into());
        }
        match candidates.as_slice() {
            [one] if !local.contains('.') => ProviderKey::Named(Arc::clone(one)),
            _ => ProviderKey::OneOf(key.into(), candidates),
        }
    }
}

fn local_name(key: &str) -> &str {
    key.rsplit(':').next().unwrap_or(key)
}

fn is_at(module: &ModulePath, names: &[&Arc<str>]) -> bool {
    module.steps().len() == names.len()
        && module.steps().iter().zip(names).all(|(step, name)| step.name == **name)
}

impl ProviderConfig<'_> {
    /// Whether it is a configuration by itself. An entry of a module without arguments only says that the module needs
    /// the provider.
    fn is_block(&self) -> bool {
        let is_aws = self.name.as_deref() == Some("aws")
            || self.full_name.as_deref().is_some_and(|name| name.ends_with("/aws"));
        is_aws && (self.module_address.is_none() || self.expressions.is_some())
    }
}

/// The block of a resource as it is written, by the names of its modules.
fn block_at<'a>(
    root: &'a ModuleConfig<'a>,
    address: &kmscheck_model::Address,
) -> Option<&'a ResourceConfig<'a>> {
    let module = address
        .module
        .steps()
        .iter()
        .try_fold(root, |module, step| Some(&module.module_calls.as_ref()?.get(&step.name)?.module))?;
    module.resources.get(address.mode, &address.resource_type, &address.name)
}
