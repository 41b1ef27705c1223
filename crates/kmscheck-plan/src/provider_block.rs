//! What the block of a provider configuration says.

use std::collections::BTreeMap;
use std::sync::Arc;

use kmscheck_model::Account;
use kmscheck_model::arn::{account_of, is_region};
use serde_json::value::RawValue;

use crate::expressions::{Expression, Expressions};
use crate::provider::{Provider, StatedRegion};
use crate::references::written;
use crate::resolver::{Resolver, Scope};

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

/// The block of a provider configuration.
pub(crate) struct Block<'b, 'a> {
    pub(crate) resolver: &'b Resolver<'b, 'a>,
    pub(crate) scope: Scope<'b, 'a>,
    pub(crate) arguments: &'b Expressions<'a>,
    pub(crate) key: &'b str,
}

impl<'a> Block<'_, 'a> {
    /// What it says. `signatures` are the credentials of earlier blocks, with their names.
    pub(crate) fn provider(&self, signatures: &mut BTreeMap<Vec<String>, Arc<str>>) -> Provider {
        let role = self.role();
        let role_account = role.and_then(|role| account_of(&self.text(role)?));
        let profile = self.arguments.get("profile").and_then(|profile| self.text(profile));
        let signature: Vec<_> = CREDENTIALS
            .into_iter()
            .map(|name| self.signature(self.arguments.get(name)))
            .chain([self.signature(role)])
            .collect();
        let fresh = || match (&role, &profile) {
            _ if signature.iter().all(String::is_empty) => Account::AMBIENT.into(),
            (None, Some(profile)) => format!("profile {profile:?}").into(),
            _ => format!("provider {}", self.key).into(),
        };
        let credentials = signatures.entry(signature.clone()).or_insert_with(fresh).clone();
        Provider {
            region: self.region(),
            account: role_account.or_else(|| self.allowed_account()),
            credentials,
            arguments: self.argument_names(),
        }
    }

    fn argument_names(&self) -> Vec<Arc<str>> {
        let mut names: Vec<Arc<str>> = self.arguments.iter().map(|(name, _)| Arc::from(&**name)).collect();
        names.sort_unstable();
        names
    }

    fn region(&self) -> StatedRegion {
        let Some(expression) = self.arguments.get("region") else { return StatedRegion::Absent };
        if is_absent(expression) {
            return StatedRegion::Absent;
        }
        let text = self.text(expression).filter(|text| is_region(text));
        let source = match expression {
            Expression::References(references) => written(references).first().map_or("", |first| first.text),
            _ => "a function call",
        };
        match (text, expression) {
            (Some(region), Expression::Constant(_)) => StatedRegion::Constant(region.into()),
            (Some(region), _) => StatedRegion::Passed { region: region.into(), source: source.into() },
            (None, _) => StatedRegion::Unclear(source.into()),
        }
    }

    /// The role that is assumed; of a chain of roles the last.
    fn role(&self) -> Option<&Expression<'a>> {
        let blocks = ["assume_role", "assume_role_with_web_identity"];
        let block = blocks.into_iter().find_map(|name| match self.arguments.get(name)? {
            Expression::Blocks(blocks) => blocks.last(),
            block => Some(block),
        })?;
        let Expression::Block(arguments) = block else { return None };
        arguments.get("role_arn").filter(|role| !is_absent(role))
    }

    fn allowed_account(&self) -> Option<Arc<str>> {
        let raw = self.value(self.arguments.get("allowed_account_ids")?)?;
        match serde_json::from_str::<Vec<&str>>(raw.get()).ok()?.as_slice() {
            [one] => Some((*one).into()),
            _ => None,
        }
    }

    /// What tells one credential from another: the value if it is known, else the references. Never shown.
    fn signature(&self, expression: Option<&Expression<'a>>) -> String {
        let Some(expression) = expression.filter(|expression| !is_absent(expression)) else {
            return String::new();
        };
        match (self.value(expression).filter(|value| !is_nothing(value)), expression) {
            (Some(value), _) => value.get().to_owned(),
            (None, Expression::References(references)) => {
                let names: Vec<_> = references.iter().map(|reference| &**reference).collect();
                format!("{}:{}", self.module(), names.join(","))
            }
            (None, _) => format!("of {}", self.key),
        }
    }

    fn module(&self) -> String {
        let module = self.resolver.instances.modules.get(self.scope.module);
        module.map(|module| module.path.to_string()).unwrap_or_default()
    }

    fn value(&self, expression: &Expression<'a>) -> Option<&'a RawValue> {
        self.resolver.constant(expression, self.scope)
    }

    fn text(&self, expression: &Expression<'a>) -> Option<String> {
        serde_json::from_str(self.value(expression)?.get()).ok()
    }
}

/// Whether it is written out that there is nothing. What is made from a variable that is null need not be null.
fn is_absent(expression: &Expression<'_>) -> bool {
    matches!(expression, Expression::Constant(value) if is_nothing(value))
}

fn is_nothing(value: &RawValue) -> bool {
    matches!(value.get(), "null" | "\"\"")
}
