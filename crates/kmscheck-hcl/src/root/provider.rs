//! Provider configurations, and which of them a block uses.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use kmscheck_model::arn::{account_of, is_account, is_region};
use kmscheck_model::{Account, Region, RegionSource};
use kmscheck_value::{Because, Piece};

use super::instance::Instance;
use super::{Each, Root};
use crate::config::ProviderName;
use crate::cty::{Kind, Type, Unknown, Value};
use crate::lang::{Block, Body, Expr, Key, Node};

/// A provider configuration, for a block that uses it.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    /// Its name, as plans have it.
    pub(crate) key: Arc<str>,
    pub(crate) region: Region,
    pub(crate) account: Account,
    /// The tags that it adds to all resources; null if there are none.
    pub(crate) default_tags: Value,
}

/// The arguments that make up credentials, beside the role that is assumed with them.
///
/// Source: provider documentation, "Authentication and Configuration".
const CREDENTIALS: [&str; 7] = [
    "access_key",
    "profile",
    "secret_key",
    "shared_config_files",
    "shared_credentials_file",
    "shared_credentials_files",
    "token",
];

impl<'r> Root<'r> {
    /// The provider configuration of a resource block of this type.
    pub(super) fn provider_of(
        &self,
        instance: &Rc<Instance<'r>>,
        kind: &str,
        block: &Block,
    ) -> Option<Rc<Provider>> {
        let written = block.body.value("provider").and_then(provider_name);
        let default = || (Arc::from(kind.split('_').next().unwrap_or(kind)), None);
        self.provider(instance, &written.unwrap_or_else(default))
    }

    /// The provider configuration that a module instance calls by this name; `None` if it is handed none.
    fn provider(&self, instance: &Rc<Instance<'r>>, name: &ProviderName) -> Option<Rc<Provider>> {
        if let Some(provider) = instance.providers.borrow().get(name) {
            return provider.clone();
        }
        // What is made while it is being worked out does without.
        instance.providers.borrow_mut().insert(name.clone(), None);
        let provider = self.find_provider(instance, name);
        instance.providers.borrow_mut().insert(name.clone(), provider.clone());
        provider
    }

    fn find_provider(&self, instance: &Rc<Instance<'r>>, name: &ProviderName) -> Option<Rc<Provider>> {
        let own = instance.tree.module.config.providers.get(name);
        let handed = instance.caller.as_ref().and_then(|caller| handed(caller.block, name));
        match (&instance.caller, handed, own) {
            (Some(caller), Some(name), _) => self.provider(&caller.instance, &name),
            (_, None, Some(block)) => Some(Rc::new(self.configured_provider(instance, name, &block.body))),
            (Some(caller), None, None) if name.1.is_none() => self.provider(&caller.instance, name),
            (None, _, None) if name.1.is_none() => {
                Some(Rc::new(self.configured_provider(instance, name, &Default::default())))
            }
            _ => None,
        }
    }

    fn configured_provider(&self, instance: &Rc<Instance<'r>>, name: &ProviderName, body: &Body) -> Provider {
        let key = key(instance, name);
        let argument = |name: &str| {
            let argument = body.argument(name)?;
            let value = self.evaluator.apart(|| self.eval(instance, &Each::None, &argument.value));
            let value = value.inspect_err(|fault| self.fault(instance, argument.file, &argument.span, fault));
            Some(value.unwrap_or_else(|_| unclear()))
        };
        let role = self.assumed_role(instance, body);
        let account = self.account(&key, role.as_ref(), &argument);
        let default_tags = self.default_tags(instance, body);
        Provider { region: self.region(&key, argument("region").as_ref()), account, default_tags, key }
    }

    fn region(&self, key: &str, value: Option<&Value>) -> Region {
        let given = value.filter(|value| !value.is_null() && value.as_str() != Some(""));
        match (given, &self.inputs.region) {
            (Some(value), _) => match value.as_str().filter(|region| is_region(region)) {
                Some(region) => Region::Known(region.into(), RegionSource::Provider),
                None => Region::Unknown(unknown_region(key, value)),
            },
            (None, Some(region)) => Region::Known(Arc::clone(region), RegionSource::Environment),
            (None, None) => Region::Unknown(
                Because::new(format!("provider `{key}` takes its Region from the environment"))
                    .settled_by("set `region` in the provider block, or pass `--region`"),
            ),
        }
    }

    fn default_tags(&self, instance: &Rc<Instance<'r>>, body: &Body) -> Value {
        let blocks = self.evaluator.apart(|| self.blocks_in(instance, body, "default_tags"));
        let blocks = blocks.unwrap_or_else(|_| unclear());
        match blocks.items().map(|items| &**items) {
            Some([]) => Value::NULL,
            Some([block, ..]) => {
                block.entries().and_then(|block| block.get("tags").cloned()).unwrap_or(Value::NULL)
            }
            None => blocks,
        }
    }

    /// The role that is assumed; of a chain of roles the last.
    fn assumed_role(&self, instance: &Rc<Instance<'r>>, body: &Body) -> Option<Value> {
        let kinds = ["assume_role", "assume_role_with_web_identity"];
        let kind = kinds.into_iter().find(|kind| body.block_kinds().iter().any(|own| ***own == **kind))?;
        let blocks = self.evaluator.apart(|| self.blocks_in(instance, body, kind));
        let Ok(blocks) = blocks else { return Some(unclear()) };
        match blocks.items() {
            Some(items) => {
                let role = items.last()?.entries()?.get("role_arn").cloned();
                role.filter(|role| !role.is_null() && role.as_str() != Some(""))
            }
            None => Some(blocks),
        }
    }

    fn account(&self, key: &str, role: Option<&Value>, argument: &dyn Fn(&str) -> Option<Value>) -> Account {
        let stated = role
            .and_then(role_account)
            .or_else(|| argument("allowed_account_ids").as_ref().and_then(sole_account));
        if let Some(account) = stated {
            return Account::Known(account);
        }
        let credentials = self.credentials_of(key, role, argument);
        match &self.inputs.account {
            Some(account) if *credentials == *Account::AMBIENT => Account::Known(Arc::clone(account)),
            _ => Account::Credentials(credentials),
        }
    }

    /// The name of the credentials, shared by all configurations that have the same.
    fn credentials_of(
        &self,
        key: &str,
        role: Option<&Value>,
        argument: &dyn Fn(&str) -> Option<Value>,
    ) -> Arc<str> {
        let values: Vec<_> = CREDENTIALS.iter().map(|name| argument(name)).collect();
        let given = values.iter().map(Option::as_ref).chain([role]);
        let signature: Vec<_> = given.map(|value| signature(key, value)).collect();
        if signature.iter().all(String::is_empty) {
            return Account::AMBIENT.into();
        }
        let profile = argument("profile").and_then(|profile| profile.as_str().map(ToOwned::to_owned));
        let fresh = || match (role, profile) {
            (None, Some(profile)) => format!("profile {profile:?}").into(),
            _ => Arc::from(format!("provider {key}")),
        };
        Arc::clone(self.credentials.borrow_mut().entry(signature).or_insert_with(fresh))
    }
}

/// What can't be evaluated.
fn unclear() -> Value {
    Unknown::made_from(BTreeSet::new(), Type::Any).into()
}

/// What tells one credential from another. Never shown.
fn signature(key: &str, value: Option<&Value>) -> String {
    match value.map(|value| &value.kind) {
        None | Some(Kind::Null(_)) => String::new(),
        Some(Kind::String(text)) if text.as_str().is_some() => text.as_str().unwrap_or_default().to_owned(),
        Some(Kind::Unknown(unknown)) if unknown.symbol.is_some() => format!("{:?}", unknown.symbol),
        Some(Kind::String(text)) => format!("{:?}", text.pieces()),
        Some(_) => format!("of {key}"),
    }
}

/// The account in the ARN of a role, which may be known in this part only.
fn role_account(role: &Value) -> Option<Arc<str>> {
    let Kind::String(text) = &role.kind else { return None };
    let pieces = text.pieces();
    match (text.as_str(), pieces.first()) {
        (Some(arn), _) => account_of(arn),
        // `arn:aws:iam::111122223333:role/` and something.
        (None, Some(Piece::Literal(start))) if start.matches(':').count() >= 5 => account_of(start),
        _ => None,
    }
}

fn sole_account(value: &Value) -> Option<Arc<str>> {
    match value.items().map(|items| &**items) {
        Some([one]) => one.as_str().filter(|account| is_account(account)).map(Arc::from),
        _ => None,
    }
}

fn unknown_region(key: &str, value: &Value) -> Because {
    let sources: Vec<_> = value.sources().iter().map(|source| format!("`{source}`")).collect();
    let from =
        if sources.is_empty() { "an expression that is not known".to_owned() } else { sources.join(", ") };
    Because::new(format!("provider `{key}` takes its Region from {from}"))
        .settled_by("give the value with `--var`, or scan the JSON of a plan")
}

/// The name in `aws.replica` or `"aws.replica"`.
fn provider_name(expr: &Expr) -> Option<ProviderName> {
    match expr.names()?.as_slice() {
        [name] => Some((Arc::clone(name), None)),
        [name, alias] => Some((Arc::clone(name), Some(Arc::clone(alias)))),
        _ => None,
    }
}

/// What a call hands to the module under this name.
fn handed(call: &Block, (name, alias): &ProviderName) -> Option<ProviderName> {
    let Node::Object(items) = &call.body.value("providers")?.node else { return None };
    let wanted = alias.as_ref().map_or_else(|| name.to_string(), |alias| format!("{name}.{alias}"));
    let is_wanted = |key: &Key| match key {
        Key::Name(own) => **own == *wanted,
        Key::Expr(expr) => expr.names().is_some_and(|names| names.join(".") == wanted),
    };
    items.iter().find(|item| is_wanted(&item.key)).and_then(|item| provider_name(&item.value))
}

/// How plans call a provider configuration: `aws`, `aws.replica`, `module.a.module.b:aws.x`.
fn key(instance: &Instance<'_>, (name, alias): &ProviderName) -> Arc<str> {
    let own = alias.as_ref().map_or_else(|| name.to_string(), |alias| format!("{name}.{alias}"));
    if instance.path.is_root() {
        return own.into();
    }
    let modules: Vec<_> = instance.path.steps().iter().map(|step| format!("module.{}", step.name)).collect();
    format!("{}:{own}", modules.join(".")).into()
}
