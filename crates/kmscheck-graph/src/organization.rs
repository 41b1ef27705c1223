//! AWS organizations, as far as data sources show them.

use kmscheck_model::Account;
use kmscheck_value::{Text, Value};
use rustc_hash::FxHashMap;

use crate::index::TypeIndex;

/// The organization of each account. `aws_organizations_organization` looks up the one that its own account is in, and may
/// list the others in it.
#[derive(Default)]
pub(crate) struct Organizations {
    by_account: FxHashMap<Account, Text>,
}

impl Organizations {
    pub(crate) fn of(types: &TypeIndex<'_>) -> Self {
        let mut all = Self::default();
        for node in types.data("aws_organizations_organization") {
            let Some(id) = node.attribute("id").and_then(Value::as_text).filter(|id| id.as_str().is_some())
            else {
                continue;
            };
            let listed = node.attribute("accounts").map(Value::items).unwrap_or_default().iter();
            let listed = listed.filter_map(|account| account.get("id")?.as_str());
            let accounts = listed.map(|account| Account::Known(account.into()));
            for account in accounts.chain([node.resource.deployment.account.clone()]) {
                all.by_account.insert(account, id.clone());
            }
        }
        all
    }

    /// The organization that an account is in, if that is known.
    pub(crate) fn of_account(&self, account: &Account) -> Option<&Text> {
        self.by_account.get(account)
    }
}
