//! The access that a policy gives, in a form in which two policies can be compared.
//!
//! Order, `Sid`, single elements and lists, the spelling of accounts and of actions make no difference; neither does how
//! the access is spread over statements.

use std::collections::BTreeSet;

use kmscheck_value::{Because, Knowledge, Truth};

use self::access::{Access, given};
use crate::{ActionSet, Effect, KeyPolicy};

mod access;

/// The access that the policy of one key gives, as it is written and with the key's own Region taken out. What is the
/// same in one of the two forms is the same: a policy may name its own Region, and it may name all Regions of its
/// relatives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normal {
    /// In the order of the written form.
    access: Vec<(Forms, Granted)>,
    /// The neutral forms that are not as they are written, in order.
    neutral: Vec<(Access, ActionSet)>,
}

/// The two forms of one access.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Forms {
    written: Access,
    /// `None` if it is the same.
    neutral: Option<Access>,
}

/// Which actions, and the statement that covers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Granted {
    actions: ActionSet,
    statement: usize,
}

/// What two policies do not have in common.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The statements of the first policy that give or take what the second does not.
    pub first_only: Vec<usize>,
    /// The statements of the second policy that give or take what the first does not.
    pub second_only: Vec<usize>,
    /// The actions that the second policy allows somebody whom the first does not allow them.
    pub gained: ActionSet,
    /// The actions that the first policy allows somebody whom the second does not allow them.
    pub lost: ActionSet,
}

impl Normal {
    /// The access that `policy` gives to a key in `region`, but for the actions in `without`. Where the policy names the
    /// key's own Region (in an ARN, in `kms:ViaService`, as a service in that Region), any key's Region is the same.
    pub fn of(policy: KeyPolicy<'_>, region: Option<&str>, without: ActionSet) -> Knowledge<Self> {
        Self::read(policy, region, without).into()
    }

    fn read(policy: KeyPolicy<'_>, region: Option<&str>, without: ActionSet) -> Result<Self, Because> {
        let mut access = Vec::new();
        if let Some(because) = policy.document.openness() {
            return Err(because.clone());
        }
        for statement in &policy.document.statements {
            let unclear =
                |what| Because::new(format!("{what} of statement {} is not known", statement.index));
            match policy.covers_key(statement) {
                Truth::Yes => {}
                Truth::No => continue,
                Truth::Unknown => return Err(unclear("the resource")),
            }
            let effect = *statement.effect.as_ref().ok()?;
            let coverage = statement.actions.coverage();
            if coverage.certain != coverage.possible {
                return Err(unclear("an action"));
            }
            let actions = coverage.certain.intersection(ActionSet::in_key_policies()).without(without);
            if actions.is_empty() {
                continue;
            }
            let granted = Granted { actions, statement: statement.index };
            let given = given(statement, effect).ok_or_else(|| unclear("a principal"))?;
            access.extend(given.into_iter().map(|written| (Forms::new(written, region), granted)));
        }
        Ok(Self::new(access))
    }

    fn new(mut access: Vec<(Forms, Granted)>) -> Self {
        access.sort_by(|(a, _), (b, _)| a.written.cmp(&b.written));
        let neutral =
            access.iter().filter_map(|(forms, granted)| Some((forms.neutral.clone()?, granted.actions)));
        let mut neutral: Vec<_> = neutral.collect();
        neutral.sort();
        Self { access, neutral }
    }

    /// What this policy and `other` do not have in common; nothing if they give the same access.
    pub fn compare(&self, other: &Self) -> Comparison {
        let (first_only, second_only) = (self.beyond(other), other.beyond(self));
        if first_only.is_empty() && second_only.is_empty() {
            return Comparison::default();
        }
        let (gained, lost) = (other.gained_over(self), self.gained_over(other));
        Comparison { first_only, second_only, gained, lost }
    }

    /// The statements that give or take what `other` does not.
    fn beyond(&self, other: &Self) -> Vec<usize> {
        let more = self
            .access
            .iter()
            .filter(|(forms, granted)| !granted.actions.without(other.same(forms)).is_empty());
        more.map(|(_, granted)| granted.statement).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The actions that this policy allows somebody whom `other` does not allow them, or denies.
    fn gained_over(&self, other: &Self) -> ActionSet {
        let gained = self
            .of_effect(Effect::Allow)
            .map(|(forms, granted)| granted.actions.without(other.allowed(forms)));
        let freed =
            other.of_effect(Effect::Deny).map(|(forms, granted)| granted.actions.without(self.same(forms)));
        let anything = union(self.of_effect(Effect::Allow).map(|(_, granted)| granted.actions));
        union(gained).union(union(freed).intersection(anything))
    }

    fn of_effect(&self, effect: Effect) -> impl Iterator<Item = (&Forms, &Granted)> {
        let all = self.access.iter().map(|(forms, granted)| (forms, granted));
        all.filter(move |(forms, _)| forms.written.effect == effect)
    }

    /// The actions of the same access here.
    fn same(&self, forms: &Forms) -> ActionSet {
        let written = union(self.written_as(&forms.written).map(|(_, granted)| granted.actions));
        let Some(neutral) = &forms.neutral else {
            return written.union(self.in_neutral_form(&forms.written));
        };
        let always_neutral = self.written_as(neutral).filter(|(own, _)| own.neutral.is_none());
        let always_neutral = union(always_neutral.map(|(_, granted)| granted.actions));
        written.union(always_neutral).union(self.in_neutral_form(neutral))
    }

    fn written_as(&self, access: &Access) -> impl Iterator<Item = &(Forms, Granted)> {
        let from = self.access.partition_point(|(own, _)| own.written < *access);
        self.access.iter().skip(from).take_while(move |(own, _)| own.written == *access)
    }

    /// The actions of what has this neutral form and is not written so.
    fn in_neutral_form(&self, access: &Access) -> ActionSet {
        let from = self.neutral.partition_point(|(own, _)| own < access);
        let same = self.neutral.iter().skip(from).take_while(|(own, _)| own == access);
        union(same.map(|(_, actions)| *actions))
    }

    /// The actions that are allowed to whoever has an access: under the same conditions or fewer, or as to everyone.
    fn allowed(&self, forms: &Forms) -> ActionSet {
        let covering = self.access.iter().filter(|(other, _)| {
            other.written.covers(&forms.written) || other.neutral().covers(forms.neutral())
        });
        union(covering.map(|(_, granted)| granted.actions))
    }
}

impl Forms {
    fn new(written: Access, region: Option<&str>) -> Self {
        let neutral = region.and_then(|region| written.without_region(region));
        Self { written, neutral }
    }

    fn neutral(&self) -> &Access {
        self.neutral.as_ref().unwrap_or(&self.written)
    }
}

fn union(sets: impl Iterator<Item = ActionSet>) -> ActionSet {
    sets.fold(ActionSet::default(), ActionSet::union)
}

impl Comparison {
    /// Whether the policies give the same access.
    pub fn is_same(&self) -> bool {
        self.first_only.is_empty() && self.second_only.is_empty()
    }
}

#[cfg(test)]
mod tests;
