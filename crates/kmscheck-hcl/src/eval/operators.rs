//! Operators.

use super::evaluator::made_from;
use super::{Evaluator, Outcome};
use crate::cty::{Fault, Kind, Number, Type, Value, convert};
use crate::lang::Binary;

impl Evaluator {
    pub(super) fn not(&self, operand: &Value) -> Outcome {
        self.on_known([operand], Type::Bool, Type::Bool, |[flag]| {
            Ok(flag.as_bool().map_or(Value::NULL, |flag| Value::from(!flag)))
        })
    }

    pub(super) fn negate(&self, operand: &Value) -> Outcome {
        self.on_known([operand], Type::Number, Type::Number, |[number]| {
            number.as_number().map_or(Ok(Value::NULL), |number| number.neg().map(Value::from))
        })
    }

    pub(super) fn binary(&self, operator: Binary, one: &Value, other: &Value) -> Outcome {
        match operator {
            Binary::Equal => Ok(self.equality(one, other)),
            Binary::NotEqual => {
                let equal = self.equality(one, other);
                match equal.kind {
                    Kind::Bool(flag) => Ok(Value { kind: Kind::Bool(!flag), ..equal }),
                    _ => Ok(equal),
                }
            }
            Binary::And | Binary::Or => self.logic(operator == Binary::Or, one, other),
            _ => self.of_each(one.clone(), |one| {
                self.of_each(other.clone(), |other| self.number(operator, one, other))
            }),
        }
    }

    fn number(&self, operator: Binary, one: &Value, other: &Value) -> Outcome {
        let to = match operator {
            Binary::Less | Binary::LessOrEqual | Binary::Greater | Binary::GreaterOrEqual => Type::Bool,
            _ => Type::Number,
        };
        let is_comparison = to == Type::Bool;
        self.on_known([one, other], Type::Number, to, |[one, other]| {
            let (Some(one), Some(other)) = (one.as_number(), other.as_number()) else {
                return Ok(Value::NULL);
            };
            if !is_comparison {
                return calculate(operator, one, other);
            }
            Ok(one.partial_cmp(other).map_or(Value::NULL, |order| compares(operator, order).into()))
        })
    }

    /// One that is known may decide, whatever the other is.
    fn logic(&self, decisive: bool, one: &Value, other: &Value) -> Outcome {
        let known = |value: &Value| match value {
            value if value.is_null() => Err(Fault::error("an operand must not be null")),
            value => convert(value.clone(), &Type::Bool),
        };
        // What is not known may be null, or no boolean.
        let is_sure = [one, other].into_iter().all(|operand| operand.is_certain(&Type::Bool));
        let (one, other) = (known(one)?, known(other)?);
        let sensitive = one.sensitive || other.sensitive;
        let value = match (one.as_bool(), other.as_bool()) {
            (Some(flag), _) | (_, Some(flag)) if flag == decisive => decisive.into(),
            (Some(_), Some(_)) => (!decisive).into(),
            (Some(_), None) => other.not_null(),
            (None, Some(_)) => one.not_null(),
            (None, None) => made_from([&one, &other], Type::Bool),
        };
        self.risk.set(self.risk.get() || !is_sure);
        Ok(value.marked(sensitive))
    }

    /// What is made from operands of one type, if they are known.
    fn on_known<const N: usize>(
        &self,
        operands: [&Value; N],
        of: Type,
        to: Type,
        act: impl Fn([&Value; N]) -> Outcome,
    ) -> Outcome {
        let mut converted = Vec::with_capacity(N);
        for operand in operands {
            if operand.is_null() {
                return Err(Fault::error("an operand must not be null"));
            }
            converted.push(convert(operand.clone(), &of)?);
        }
        let sensitive = converted.iter().any(|value| value.sensitive);
        if let Ok(known) = <[&Value; N]>::try_from(converted.iter().collect::<Vec<_>>())
            && known.iter().all(|value| value.is_known())
        {
            return act(known).map(|value| value.marked(sensitive));
        }
        self.risk.set(true);
        Ok(made_from(&converted, to).marked(sensitive))
    }
}

fn compares(operator: Binary, order: std::cmp::Ordering) -> bool {
    match operator {
        Binary::Less => order.is_lt(),
        Binary::LessOrEqual => order.is_le(),
        Binary::Greater => order.is_gt(),
        _ => order.is_ge(),
    }
}

fn calculate(operator: Binary, one: &Number, other: &Number) -> Outcome {
    let number = match operator {
        Binary::Plus => one.add(other),
        Binary::Minus => one.sub(other),
        Binary::Times => one.mul(other),
        Binary::DividedBy => one.div(other),
        _ => one.rem(other),
    };
    number.map(Value::from)
}
