//! Which arguments the configuration gives a value.

use kmscheck_model::{Action, Configured};
use kmscheck_value::{Kind, Map, Truth, Value};
use serde_json::value::RawValue;

use crate::expressions::{Expression, Expressions};
use crate::resolver::{Resolver, Scope};
use crate::strings::Interner;

/// What there is to judge an argument by, beside its expression.
pub(crate) struct Evidence<'e, 'a> {
    pub(crate) resolver: &'e Resolver<'e, 'a>,
    pub(crate) scope: Scope<'e, 'a>,
    pub(crate) action: Action,
    pub(crate) before: Option<&'e Map>,
    pub(crate) after: &'e Map,
}

/// All arguments in the configuration of an instance, each with whether it gives a value.
pub(crate) fn arguments<'a>(
    expressions: &Expressions<'a>,
    evidence: &Evidence<'_, 'a>,
    interner: &Interner,
) -> Configured {
    let written = expressions
        .iter()
        .map(|(name, expression)| (interner.get(name), evidence.gives_a_value(name, expression)));
    let hidden = evidence
        .after
        .iter()
        .filter(|(name, value)| expressions.get(name).is_none() && may_be_dynamic(value))
        .map(|(name, _)| (interner.get(name), Truth::Unknown));
    Configured::arguments(written.chain(hidden))
}

/// Whether blocks that the configuration does not show may come from a `dynamic` block.
fn may_be_dynamic(value: &Value) -> bool {
    value.items().iter().any(|item| item.as_map().is_some())
}

impl<'a> Evidence<'_, 'a> {
    fn gives_a_value(&self, name: &str, expression: &Expression<'a>) -> Truth {
        match expression {
            Expression::Constant(_) if is_left_out(name, expression) => Truth::No,
            Expression::Blocks(blocks) => Truth::from(!blocks.is_empty()),
            Expression::Constant(_) | Expression::Computed | Expression::Block(_) => Truth::Yes,
            Expression::References(_) => self.judge_by_value(name, expression),
        }
    }

    /// The value that the plan shows says more than the expression, of which it has only the references.
    fn judge_by_value(&self, name: &str, expression: &Expression<'a>) -> Truth {
        let after = self.after.get(name);
        match after.map(|value| &value.kind) {
            // The value of a write-only argument is never shown.
            Some(Kind::Null) if name.ends_with("_wo") => Truth::Unknown,
            Some(Kind::Null | Kind::Unset) => Truth::No,
            Some(Kind::Text(text)) if name == "policy" && text.as_str() == Some("") => Truth::No,
            // What a provider would choose is not known yet; so this is the argument's.
            Some(Kind::Unknown(_)) => yes_or_unknown(self.resolver.is_certainly_set(expression, self.scope)),
            // From version 6 on the provider puts its own Region where the argument is null.
            Some(_) if name == "region" => match self.judge_by_expression(name, expression) {
                Truth::No => Truth::No,
                Truth::Yes | Truth::Unknown => Truth::Yes,
            },
            Some(_) if self.action.creates() => Truth::Yes,
            // Perhaps it is only what the provider chose earlier.
            Some(_) if after == self.before.and_then(|before| before.get(name)) => {
                self.judge_by_expression(name, expression)
            }
            Some(_) => Truth::Yes,
            // Nobody asks for it.
            None => Truth::Unknown,
        }
    }

    /// Whether what the attribute shows is what the expression gives, if that is the value of what it refers to. A
    /// switch that it refers to is not.
    fn judge_by_expression(&self, name: &str, expression: &Expression<'a>) -> Truth {
        let Some(value) = self.resolver.constant(expression, self.scope) else {
            return yes_or_unknown(self.resolver.is_certainly_set(expression, self.scope));
        };
        match value.get() {
            "null" => Truth::No,
            "\"\"" if name == "policy" => Truth::No,
            _ => yes_or_unknown(self.after.get(name).is_some_and(|shown| may_be(shown, value))),
        }
    }
}

/// Whether an attribute that is `shown` may have been given the value of `written`. AWS writes documents in its own way.
fn may_be(shown: &Value, written: &RawValue) -> bool {
    let Ok(written) = serde_json::from_str::<serde_json::Value>(written.get()) else { return false };
    match (&shown.kind, written) {
        (Kind::Text(shown), serde_json::Value::String(written)) => match shown.as_str() {
            Some(shown) if shown.starts_with('{') => written.trim_start().starts_with('{'),
            shown => shown == Some(&*written),
        },
        (Kind::Bool(shown), serde_json::Value::Bool(written)) => *shown == written,
        (Kind::Number(_), serde_json::Value::Number(_))
        | (Kind::List(_), serde_json::Value::Array(_))
        | (Kind::Map(_), serde_json::Value::Object(_)) => true,
        _ => false,
    }
}

/// The provider takes an empty policy for none: the SDK does not tell an empty string from a missing one.
fn is_left_out(name: &str, expression: &Expression<'_>) -> bool {
    expression.is_null() || name == "policy" && expression.is_empty_string()
}

fn yes_or_unknown(certain: bool) -> Truth {
    if certain { Truth::Yes } else { Truth::Unknown }
}
