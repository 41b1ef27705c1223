//! The access that a policy gives, in a form in which two policies can be compared.
//!
//! Order, `Sid`, single elements and lists, the spelling of accounts and of actions make no difference; neither does how
//! the access is spread over statements.

use std::collections::{BTreeMap, BTreeSet};

use kmscheck_value::{Because, Knowledge, Text, Truth};

use crate::{
    Action, ActionSet, Clause, Condition, Effect, KeyPolicy, Principal, PrincipalCategory, PrincipalKind,
    ServiceEndpoint, Statement, texts,
};

/// The access that the policy of one key gives, as it is written and with the key's own Region taken out. What is the
/// same in one of the two forms is the same: a policy may name its own Region, and it may name all Regions of its
/// relatives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normal {
    access: Vec<(Forms, Granted)>,
    written: BTreeMap<Access, ActionSet>,
    neutral: BTreeMap<Access, ActionSet>,
}

/// The two forms of one access.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Forms {
    written: Access,
    neutral: Access,
}

/// To whom, under which conditions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Access {
    effect: Effect,
    who: Who,
    conditions: BTreeSet<(Text, Text, BTreeSet<Text>)>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Everyone,
    Principal(PrincipalCategory, Text),
    /// Everyone but these.
    Not(BTreeSet<(PrincipalCategory, Text)>),
}

/// Which actions, and the statement that covers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Granted {
    actions: ActionSet,
    statement: usize,
}

/// What stands for the Region of a key in its policy.
const OWN_REGION: &str = "(own Region)";

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
            let actions = effective(coverage.certain).without(without);
            if actions.is_empty() {
                continue;
            }
            let granted = Granted { actions, statement: statement.index };
            let written = forms(statement, effect, None).ok_or_else(|| unclear("a principal"))?;
            let neutral = forms(statement, effect, region).ok_or_else(|| unclear("a principal"))?;
            let both = written.into_iter().zip(neutral).map(|(written, neutral)| Forms { written, neutral });
            access.extend(both.map(|forms| (forms, granted)));
        }
        Ok(Self::new(access))
    }

    fn new(access: Vec<(Forms, Granted)>) -> Self {
        let (mut written, mut neutral) = (BTreeMap::new(), BTreeMap::new());
        for (forms, granted) in &access {
            add(&mut written, &forms.written, granted.actions);
            add(&mut neutral, &forms.neutral, granted.actions);
        }
        Self { access, written, neutral }
    }

    /// What this policy and `other` do not have in common; nothing if they give the same access.
    pub fn compare(&self, other: &Self) -> Comparison {
        Comparison {
            first_only: self.beyond(other),
            second_only: other.beyond(self),
            gained: other.gained_over(self),
            lost: self.gained_over(other),
        }
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
        let find = |map: &BTreeMap<Access, ActionSet>, access| map.get(access).copied().unwrap_or_default();
        find(&self.written, &forms.written).union(find(&self.neutral, &forms.neutral))
    }

    /// The actions that are allowed to whoever has an access: under the same conditions or fewer, or as to everyone.
    fn allowed(&self, forms: &Forms) -> ActionSet {
        let covers = |other: &Access, access: &Access| {
            other.effect == Effect::Allow
                && (other.who == access.who || other.who == Who::Everyone)
                && other.conditions.is_subset(&access.conditions)
        };
        let covering = self.access.iter().filter(|(other, _)| {
            covers(&other.written, &forms.written) || covers(&other.neutral, &forms.neutral)
        });
        union(covering.map(|(_, granted)| granted.actions))
    }
}

fn union(sets: impl Iterator<Item = ActionSet>) -> ActionSet {
    sets.fold(ActionSet::default(), ActionSet::union)
}

fn add(map: &mut BTreeMap<Access, ActionSet>, access: &Access, actions: ActionSet) {
    match map.get_mut(access) {
        Some(known) => *known = known.union(actions),
        None => drop(map.insert(access.clone(), actions)),
    }
}

/// What a statement gives to each of its principals.
fn forms(statement: &Statement, effect: Effect, region: Option<&str>) -> Option<Vec<Access>> {
    let conditions = statement.conditions.iter().map(|condition| normal_condition(condition, region));
    let conditions: BTreeSet<_> = conditions.collect();
    let all = principals(statement, region)?.into_iter();
    Some(all.map(|who| Access { effect, who, conditions: conditions.clone() }).collect())
}

impl Comparison {
    /// Whether the policies give the same access.
    pub fn is_same(&self) -> bool {
        self.first_only.is_empty() && self.second_only.is_empty()
    }
}

/// The actions that a key policy can give.
fn effective(actions: ActionSet) -> ActionSet {
    actions.iter().filter(|action: &&Action| action.in_key_policies).collect()
}

fn principals(statement: &Statement, region: Option<&str>) -> Option<Vec<Who>> {
    let named = |principal: &Principal| normal_principal(principal, region);
    match &statement.principals {
        Clause::Only(list) => list
            .iter()
            .map(|principal| match principal.kind {
                PrincipalKind::Everyone => Some(Who::Everyone),
                _ => named(principal).map(|(category, text)| Who::Principal(category, text)),
            })
            .collect(),
        Clause::Not(list) => Some(vec![Who::Not(list.iter().map(named).collect::<Option<_>>()?)]),
        Clause::Absent => Some(Vec::new()),
    }
}

fn normal_principal(principal: &Principal, region: Option<&str>) -> Option<(PrincipalCategory, Text)> {
    let text = match &principal.kind {
        PrincipalKind::Account { account } => account.clone(),
        PrincipalKind::Unknown => return None,
        _ => without_region(&principal.written, region),
    };
    Some((principal.category.clone(), text))
}

fn normal_condition(condition: &Condition, region: Option<&str>) -> (Text, Text, BTreeSet<Text>) {
    let lower = |text: &Text| texts::map_literals(text, str::to_ascii_lowercase);
    let values = condition.values.iter().map(|value| without_region(value, region));
    (lower(&condition.operator.written), lower(&condition.key), values.collect())
}

/// The text with the key's own Region taken out of it.
fn without_region(text: &Text, region: Option<&str>) -> Text {
    let Some(region) = region else { return text.clone() };
    if let Some(endpoint) =
        text.as_str().and_then(ServiceEndpoint::parse).filter(|endpoint| endpoint.region == region)
    {
        let neutral = format!("{}.{OWN_REGION}.amazonaws.com", endpoint.service);
        return texts::like(text, neutral.as_str().into());
    }
    let mut fields = texts::split(text, ':');
    if fields.first().and_then(Text::as_str) != Some("arn") {
        return text.clone();
    }
    match fields.get_mut(3) {
        Some(field) if field.as_str() == Some(region) => *field = OWN_REGION.into(),
        _ => return text.clone(),
    }
    texts::like(text, texts::join(&fields, ":"))
}

#[cfg(test)]
mod tests;
