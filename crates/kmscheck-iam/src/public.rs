//! Statements of a key policy that are open to principals of any account.
//!
//! Sources: KMS developer guide, "Key policies in AWS KMS" (an asterisk is every identity in every account); AWS Config
//! rule `kms-key-policy-no-public-access` and Amazon S3, "The meaning of public" (only fixed values of a condition that
//! tells who calls make a policy non-public); IAM user guide, "AWS global condition context keys" (which keys a request
//! may lack).

mod fixed;

use kmscheck_value::{Because, Knowledge, Truth};

use crate::condition_key::{Carriage, ConditionKey};
use crate::{
    Action, Clause, Condition, Effect, KeyPolicy, Operator, Polarity, Principal, Quantifier, Statement, Test,
};

/// How a statement that is open to every account is narrowed, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Narrowing {
    /// Not at all.
    Nothing,
    /// To calls through certain services, which anybody can make.
    Service,
    /// To certain networks.
    Network,
    /// To certain identities: it is not open to every account.
    Identity,
}

/// What a statement opens to every account.
#[derive(Debug, PartialEq)]
pub struct Exposure<'d> {
    /// The actions that principals of other accounts can call, each with how that is narrowed: a `Deny` may be about some
    /// of them only.
    pub actions: Vec<(&'static Action, Narrowing)>,
    /// Its conditions, none of which tells who calls.
    pub useless: Vec<&'d Condition>,
}

/// A statement that may be open to every account.
#[derive(Debug, Clone, Copy)]
pub struct PublicStatement<'d> {
    /// The policy that it is in.
    pub policy: KeyPolicy<'d>,
    /// The statement.
    pub statement: &'d Statement,
}

/// What is certain about a narrowing, and what is possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    certain: Narrowing,
    possible: Narrowing,
}

/// The keys of the requests that every identity of IAM signs: `IfExists` changes nothing about them.
const ALWAYS_THERE: [&str; 4] =
    ["aws:principalaccount", "aws:principalarn", "aws:userid", "kms:calleraccount"];

/// The keys that tell a network.
const NETWORKS: [&str; 3] = ["aws:sourceip", "aws:sourcevpc", "aws:sourcevpce"];

impl<'d> PublicStatement<'d> {
    /// What the statement opens to every account; `None` if it opens nothing.
    pub fn exposure(self) -> Knowledge<Option<Exposure<'d>>> {
        self.judge().into()
    }

    fn judge(self) -> Result<Option<Exposure<'d>>, Because> {
        let is_open = self.is_open_to_everyone();
        if is_open == Knowledge::Known(false) {
            return Ok(None);
        }
        let exposed = self.exposed();
        if exposed.is_empty() {
            return Ok(None);
        }
        is_open.ok()?;
        let covered = || exposed.iter().filter(|(_, covered, _)| covered.is_yes());
        let open = covered().filter(|(_, _, range)| range.possible != Narrowing::Identity);
        let actions: Vec<_> = open.map(|(action, _, range)| (*action, range.possible)).collect();
        match (actions.is_empty(), covered().next()) {
            (false, _) => Ok(Some(Exposure { actions, useless: self.statement.conditions.iter().collect() })),
            (true, Some(_)) => Err(self.because("whether a condition fixes who may use statement")),
            (true, None) => Err(self.because("which actions are covered by statement")),
        }
    }

    fn because(self, what: &str) -> Because {
        let open = self.statement.openness().cloned();
        open.unwrap_or_else(|| Because::new(format!("{what} {} is not known", self.statement.index)))
    }

    /// Whether it allows everyone, or everyone but some.
    fn is_open_to_everyone(self) -> Knowledge<bool> {
        let statement = self.statement;
        let everyone = match &statement.principals {
            Clause::Only(list) => list.any(Principal::is_everyone),
            Clause::Not(_) => Truth::Yes,
            Clause::Absent => Truth::No,
        };
        let fact = |truth: Truth, what: &str| match truth {
            Truth::Yes => Knowledge::Known(true),
            Truth::No => Knowledge::Known(false),
            Truth::Unknown => Knowledge::Undetermined(self.because(what)),
        };
        Knowledge::all([
            statement.effect.clone().map(|effect| effect == Effect::Allow),
            fact(everyone, "whom is allowed by statement"),
            fact(self.policy.covers_key(statement), "whether the key is a resource of statement"),
        ])
    }

    /// The actions that other accounts can call, whether it covers them, and how they are narrowed; without those that
    /// are narrowed to certain identities.
    fn exposed(self) -> Vec<(&'static Action, Truth, Range)> {
        let coverage = self.statement.actions.coverage();
        let own = self.narrowing();
        let across =
            coverage.possible.iter().filter(|action| action.across_accounts && action.in_key_policies);
        let possible = across.filter(|action| !self.is_impossible(action));
        let covered = |action| if coverage.certain.contains(action) { Truth::Yes } else { Truth::Unknown };
        let exposed = possible.map(|action| (action, covered(action), own.stronger(self.denied(action))));
        exposed.filter(|(_, _, range)| range.certain != Narrowing::Identity).collect()
    }

    /// Whether a condition requires what no request for the action carries. Everyone includes services: what only they
    /// carry may be there.
    fn is_impossible(self, action: &Action) -> bool {
        self.statement.conditions.iter().any(|condition| {
            let key = ConditionKey::of(&condition.key);
            let is_never_carried = key.carried_by(action) == Carriage::Never
                && !key.tells_the_source()
                && condition.without_key().is_no();
            is_never_carried || condition.can_never_hold()
        })
    }

    /// How its own conditions narrow it.
    fn narrowing(self) -> Range {
        let own = self.statement.conditions.iter().map(|condition| self.allowed(condition));
        let own = own.fold(Range::sure(Narrowing::Nothing), Range::stronger);
        if self.statement.conditions.more.is_some() { own.perhaps_identity() } else { own }
    }

    /// How a condition narrows an `Allow`.
    fn allowed(self, condition: &Condition) -> Range {
        let key = ConditionKey::of(&condition.key);
        if !condition.operator.demands(&key) {
            let unknown = condition.operator.test == Test::Unknown;
            return if unknown { Range::unknown() } else { Range::sure(Narrowing::Nothing) };
        }
        self.by_values(condition, &key)
    }

    fn by_values(self, condition: &Condition, key: &ConditionKey) -> Range {
        let variables = self.policy.document.has_policy_variables();
        if key.is("kms:viaservice") {
            return Range::sure(Narrowing::Service);
        }
        if key.is_one_of(&NETWORKS) {
            let fixed = condition.values.all(|value| fixed::network(key, value));
            return Range::from_truth(fixed, Narrowing::Network);
        }
        match fixed::identity(key) {
            Some(part) => {
                let fixed =
                    condition.values.all(|value| part.is_fixed(value, condition.operator.test, variables));
                Range::from_truth(fixed, Narrowing::Identity)
            }
            None => Range::sure(Narrowing::Nothing),
        }
    }

    /// How `Deny` statements of the policy narrow the action for everyone.
    fn denied(self, action: &Action) -> Range {
        let statements = self.policy.document.statements.iter();
        let denies = statements.map(|statement| self.denied_by(statement, action));
        let denied = denies.fold(Range::sure(Narrowing::Nothing), Range::stronger);
        if self.policy.document.more.is_some() { denied.perhaps_identity() } else { denied }
    }

    fn denied_by(self, statement: &Statement, action: &Action) -> Range {
        let everyone = match &statement.principals {
            Clause::Only(list) => list.any(Principal::is_everyone),
            Clause::Not(list) => list.all(|principal| principal.is_everyone().negate()),
            Clause::Absent => Truth::No,
        };
        let applies = statement
            .has_effect(Effect::Deny)
            .and(everyone)
            .and(statement.covers(action))
            .and(self.policy.covers_key(statement));
        // Who fails one of the conditions is not denied: the weakest of them counts.
        let conditions = statement.conditions.iter().map(|condition| self.excluded(condition));
        let conditions = conditions.fold(Range::sure(Narrowing::Identity), Range::weaker);
        let open = statement.conditions.more.is_some();
        match applies {
            Truth::No => Range::sure(Narrowing::Nothing),
            Truth::Yes if !open => conditions,
            Truth::Yes | Truth::Unknown => Range { certain: Narrowing::Nothing, ..conditions },
        }
    }

    /// How a condition of a `Deny` narrows: whom it does not hold of.
    fn excluded(self, condition: &Condition) -> Range {
        let key = ConditionKey::of(&condition.key);
        // It holds of every identity of IAM: services alone are left in.
        if key.is("aws:principalisawsservice") && condition.operator.test == Test::Bool {
            let excludes = condition.values.any(|value| fixed::says(value, "false"));
            return Range::from_truth(excludes, Narrowing::Identity);
        }
        let negated = condition.operator.polarity() == Some(Polarity::Negated)
            && condition.operator.quantifier != Some(Quantifier::ForAnyValue);
        match (negated, condition.operator.test) {
            (true, _) => self.by_values(condition, &key),
            (false, Test::Unknown) => Range::unknown(),
            (false, _) => Range::sure(Narrowing::Nothing),
        }
    }
}

impl Operator {
    /// Whether it lets through only requests that carry the key with one of the values.
    fn demands(&self, key: &ConditionKey) -> bool {
        let lenient = self.if_exists || self.quantifier == Some(Quantifier::ForAllValues);
        self.polarity() == Some(Polarity::Positive) && (!lenient || key.is_one_of(&ALWAYS_THERE))
    }
}

impl ConditionKey {
    /// Whether it tells for whom a service acts.
    fn tells_the_source(&self) -> bool {
        self.is_one_of(&["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"])
    }
}

impl Range {
    fn sure(narrowing: Narrowing) -> Self {
        Self { certain: narrowing, possible: narrowing }
    }

    fn unknown() -> Self {
        Self { certain: Narrowing::Nothing, possible: Narrowing::Identity }
    }

    fn from_truth(truth: Truth, narrowing: Narrowing) -> Self {
        match truth {
            Truth::Yes => Self::sure(narrowing),
            Truth::No => Self::sure(Narrowing::Nothing),
            Truth::Unknown => Self { certain: Narrowing::Nothing, possible: narrowing },
        }
    }

    fn perhaps_identity(self) -> Self {
        Self { possible: Narrowing::Identity, ..self }
    }

    fn stronger(self, other: Self) -> Self {
        Self { certain: self.certain.max(other.certain), possible: self.possible.max(other.possible) }
    }

    fn weaker(self, other: Self) -> Self {
        Self { certain: self.certain.min(other.certain), possible: self.possible.min(other.possible) }
    }
}

#[cfg(test)]
mod tests;
