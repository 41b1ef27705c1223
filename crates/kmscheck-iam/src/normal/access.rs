//! What a statement gives or takes, in a form that can be compared.

use kmscheck_value::Text;

use crate::{
    Clause, Condition, Effect, Principal, PrincipalCategory, PrincipalKind, ServiceEndpoint, Statement, texts,
};

/// To whom, under which conditions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Access {
    pub(super) effect: Effect,
    who: Who,
    /// In order, each once.
    conditions: Vec<Requirement>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Everyone,
    Principal(PrincipalCategory, Text),
    /// Everyone but these, in order, each once.
    Not(Vec<(PrincipalCategory, Text)>),
}

/// Operator and key in lower case, and the values in order, each once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Requirement {
    operator: Text,
    key: Text,
    values: Vec<Text>,
}

/// What stands for the Region of a key in its policy.
const OWN_REGION: &str = "(own Region)";

/// What a statement gives to each of its principals.
pub(super) fn given(statement: &Statement, effect: Effect) -> Option<Vec<Access>> {
    let conditions: Vec<_> = statement.conditions.iter().map(Requirement::of).collect();
    let all = principals(statement)?.into_iter().map(|who| {
        let mut access = Access { effect, who, conditions: conditions.clone() };
        access.sort();
        access
    });
    Some(all.collect())
}

impl Access {
    /// Whether it allows what `other` does, to the same or to everyone, under the same conditions or fewer.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.effect == Effect::Allow
            && (self.who == other.who || self.who == Who::Everyone)
            && self.conditions.iter().all(|own| other.conditions.binary_search(own).is_ok())
    }

    /// The same without the Region; `None` if it does not name it.
    pub(super) fn without_region(&self, region: &str) -> Option<Self> {
        let neutral = |text: &Text| without_region(text, region).unwrap_or_else(|| text.clone());
        let principal = |(category, text): &(PrincipalCategory, Text)| (category.clone(), neutral(text));
        let who = match &self.who {
            Who::Everyone => Who::Everyone,
            Who::Principal(category, text) => Who::Principal(category.clone(), neutral(text)),
            Who::Not(all) => Who::Not(all.iter().map(principal).collect()),
        };
        let requirement = |one: &Requirement| Requirement {
            values: one.values.iter().map(neutral).collect(),
            ..one.clone()
        };
        let conditions = self.conditions.iter().map(requirement).collect();
        let mut neutral = Self { effect: self.effect, who, conditions };
        neutral.sort();
        (neutral != *self).then_some(neutral)
    }

    fn sort(&mut self) {
        if let Who::Not(all) = &mut self.who {
            sort(all);
        }
        for condition in &mut self.conditions {
            sort(&mut condition.values);
        }
        sort(&mut self.conditions);
    }
}

fn sort<T: Ord>(all: &mut Vec<T>) {
    all.sort();
    all.dedup();
}

fn principals(statement: &Statement) -> Option<Vec<Who>> {
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

fn named(principal: &Principal) -> Option<(PrincipalCategory, Text)> {
    let text = match &principal.kind {
        PrincipalKind::Account { account } => account.clone(),
        PrincipalKind::Unknown => return None,
        _ => principal.written.clone(),
    };
    Some((principal.category.clone(), text))
}

impl Requirement {
    fn of(condition: &Condition) -> Self {
        let lower = |text: &Text| texts::map_literals(text, str::to_ascii_lowercase);
        Self {
            operator: lower(&condition.operator.written),
            key: lower(&condition.key),
            values: condition.values.items.clone(),
        }
    }
}

/// The text with the key's own Region taken out of it; `None` if it does not name it.
fn without_region(text: &Text, region: &str) -> Option<Text> {
    if !texts::mentions(text, region) {
        return None;
    }
    if let Some(literal) = text.as_str() {
        let neutral = (literal == region)
            .then(|| OWN_REGION.to_owned())
            .or_else(|| without_region_of_endpoint(literal, region))
            .or_else(|| without_region_of_arn(literal, region));
        return neutral.map(|neutral| texts::like(text, neutral.as_str().into()));
    }
    let mut fields = texts::split(text, ':');
    if fields.first().and_then(Text::as_str) != Some("arn") {
        return None;
    }
    let field = fields.get_mut(3).filter(|field| field.as_str() == Some(region))?;
    *field = OWN_REGION.into();
    Some(texts::like(text, texts::join(&fields, ":")))
}

fn without_region_of_endpoint(text: &str, region: &str) -> Option<String> {
    let endpoint = ServiceEndpoint::parse(text).filter(|endpoint| endpoint.region == region)?;
    Some(format!("{}.{OWN_REGION}.amazonaws.com", endpoint.service))
}

/// The Region is the fourth field of an ARN.
fn without_region_of_arn(text: &str, region: &str) -> Option<String> {
    let (colon, _) = text.strip_prefix("arn:")?.match_indices(':').nth(1)?;
    let (before, own) = text.split_at_checked("arn:".len() + colon + 1)?;
    let after = own.strip_prefix(region).filter(|after| after.is_empty() || after.starts_with(':'))?;
    Some(format!("{before}{OWN_REGION}{after}"))
}
