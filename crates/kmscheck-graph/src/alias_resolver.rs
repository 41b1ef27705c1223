//! From an attribute that names an alias to the key that the alias stands for.

use std::sync::Arc;

use kmscheck_model::Account;
use kmscheck_value::{Because, Knowledge, Truth};

use crate::alias::{Alias, AliasId};
use crate::place::Place;
use crate::resolver::{Resolver, User, elsewhere};
use crate::{Arn, Key, KeyIdentifier, KeyReference, Target, Written, is_multi_region_id};

impl<'p> Resolver<'_, 'p> {
    pub(crate) fn literal_alias(&self, user: &User<'p>, name: &str) -> KeyReference {
        if is_aws_managed(name) {
            let written = Written::AliasName(name.into());
            return KeyReference { target: Target::AwsManaged, written, astray: Knowledge::Known(None) };
        }
        self.by_name(user, Some(name), &self.named(user.account(), name))
    }

    /// The key of the alias with this ARN, if it is here.
    pub(crate) fn by_alias_arn(&self, arn: Arn<'_>, name: &str) -> Option<Target> {
        if is_aws_managed(name) {
            return Some(Target::AwsManaged);
        }
        let named = self.named(&Account::Known(arn.account.into()), name);
        let alias =
            named.into_iter().find(|alias| alias.node.region().known().is_some_and(|own| *own == arn.region));
        alias.map(|alias| alias.target.target.clone())
    }

    /// The key with this id, if only an alias that was looked up shows it. A multi-Region key may have relatives that
    /// nothing shows.
    pub(crate) fn id_of_an_alias(&self, user: &User<'p>, id: &str) -> Option<KeyReference> {
        let alias = self.alias(self.alias_index.of_foreign_key(id)?)?;
        let target = alias.target.target.clone();
        let Target::Elsewhere { region: Some(region), .. } = &target else { return None };
        let astray = user.astray(&Place::in_region(Knowledge::Known(Arc::clone(region))));
        (!is_multi_region_id(id)).then_some(KeyReference { target, written: Written::KeyId, astray })
    }

    /// The key that an attribute of an alias stands for.
    pub(crate) fn of_alias(
        &self,
        user: &User<'p>,
        alias: &Alias<'p>,
        attribute: &str,
    ) -> Option<KeyReference> {
        let target = || alias.target.target.clone();
        let astray = || user.astray(&Place::of(alias.node));
        match attribute {
            "arn" => Some(KeyReference { target: target(), written: Written::AliasArn, astray: astray() }),
            "target_key_arn" => Some(self.target_arn(user, alias)),
            "target_key_id" => Some(self.target_id(user, alias)),
            "name" | "id" => Some(match alias.name() {
                Some(name) => self.literal_alias(user, name),
                None => self.by_name(user, None, &[alias]),
            }),
            "" => {
                let by_name = self.of_alias(user, alias, "name")?;
                Some(KeyReference::one_of(&[self.of_alias(user, alias, "arn")?, by_name]))
            }
            _ => None,
        }
    }

    /// The ARN of the key that an alias stands for. It is of the Region of the alias. Source: KMS API reference,
    /// `CreateAlias`, `TargetKeyId`.
    fn target_arn(&self, user: &User<'p>, alias: &Alias<'p>) -> KeyReference {
        let key = alias.target.key().and_then(|key| self.keys.get(key.0));
        let there = key.map_or_else(|| Place::of(alias.node), Key::place);
        let target = alias.target.target.clone();
        KeyReference { target, written: Written::Arn, astray: user.astray(&there) }
    }

    /// What was written there: an id, of an `aws_kms_alias` perhaps an ARN.
    fn target_id(&self, user: &User<'p>, alias: &Alias<'p>) -> KeyReference {
        let is_arn = alias.is_managed() && alias.target.written == Written::Arn;
        match alias.target.key().filter(|_| !is_arn).and_then(|key| self.keys.get(key.0)) {
            Some(key) => self.by_id(user, key),
            None => self.target_arn(user, alias),
        }
    }

    /// The alias of this name where the key is needed; if there is none, those in other Regions.
    fn by_name(&self, user: &User<'p>, name: Option<&str>, candidates: &[&Alias<'p>]) -> KeyReference {
        let is_here =
            |alias: &&&Alias<'p>| Place::of(alias.node).shares_region(&user.place) == Knowledge::Known(true);
        let local = candidates.iter().find(is_here);
        let astray = match local {
            Some(_) => Ok(None),
            None => self.name_astray(user, name, candidates).map(Some),
        };
        let found = local.map_or(candidates, std::slice::from_ref);
        let written = name.map_or(Written::Unclear, |name| Written::AliasName(name.into()));
        let target = match found {
            [] => elsewhere(KeyIdentifier::AliasName(name.unwrap_or_default())),
            found => {
                let targets = found.iter().map(|alias| alias.target.clone());
                KeyReference::one_of(&targets.collect::<Vec<_>>()).target
            }
        };
        KeyReference { target, written, astray: astray.into() }
    }

    /// The Region of the alias, of which none of the `candidates` is where the key is needed.
    fn name_astray(
        &self,
        user: &User<'p>,
        name: Option<&str>,
        candidates: &[&Alias<'p>],
    ) -> Result<Arc<str>, Because> {
        let here = user.place.region().as_ref().ok()?;
        let owned = candidates.iter().filter(|alias| account(alias).same(user.account()).is_yes());
        let there = owned.filter_map(|alias| alias.node.region().known().copied()).next();
        let unnamed = self.alias_index.unnamed().iter().filter_map(|id| self.alias(*id));
        let mut others = candidates.iter().copied().chain(unnamed);
        let may_be_it = |alias: &&Alias<'p>| {
            alias.node.region().known().is_none_or(|region| *region == &**here) && alias.may_be_called(name)
        };
        match (there, others.find(may_be_it), self.families.open()) {
            (_, _, Some(open)) => Err(open.clone()),
            (_, Some(other), None) => {
                Err(Because::new(format!("{} may be the alias that {} names", other.node, user.node)))
            }
            (None, None, None) => Err(no_alias(user)),
            (Some(there), None, None) => Ok(there.into()),
        }
    }

    /// The aliases of this name that are in AWS KMS after the change, unless they are known to be of another account.
    fn named(&self, user: &Account, name: &str) -> Vec<&Alias<'p>> {
        let aliases = self.alias_index.named(name).iter().filter_map(|id| self.alias(*id));
        let may_be_seen = |alias: &&Alias<'p>| alias.node.stays() && account(alias).same(user) != Truth::No;
        aliases.filter(may_be_seen).collect()
    }

    fn alias(&self, id: AliasId) -> Option<&Alias<'p>> {
        self.aliases.get(id.0)
    }
}

fn no_alias(user: &User<'_>) -> Because {
    Because::new(format!("the alias that {} names is not in this input", user.node))
        .settled_by("give the plan that has the alias in the same call")
}

fn account<'p>(alias: &Alias<'p>) -> &'p Account {
    &alias.node.resource.deployment.account
}

fn is_aws_managed(name: &str) -> bool {
    name.starts_with("alias/aws/")
}
