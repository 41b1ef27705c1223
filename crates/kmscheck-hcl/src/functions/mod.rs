//! Terraform's built-in functions.
//!
//! Source: Terraform 1.11, `internal/lang/funcs`, and `cty/function/stdlib`. `templatefile`, `templatestring`, `try` and
//! `can` evaluate their arguments themselves and are part of the evaluation.

#[cfg(test)]
mod calling;
mod collections;
mod conversion;
mod datetime;
mod encoding;
mod filesystem;
mod hash;
mod network;
mod numeric;
mod strings;
#[cfg(test)]
mod testing;
mod text;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::cty::{Fault, Kind, Type, Unknown, Value, convert};
use crate::files::Files;

/// A function.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) params: &'static [Param],
    /// What further arguments are.
    pub(crate) rest: Option<Param>,
    pub(crate) returns: Want,
    pub(crate) unknowns: Unknowns,
    pub(crate) marks: Marks,
    pub(crate) body: Body,
}

/// From arguments of the right number and types to a result.
pub(crate) type Body = fn(&[Value], &dyn Files) -> Result<Value, Fault>;

/// A parameter.
#[derive(Clone, Copy)]
pub(crate) struct Param {
    pub(crate) want: Want,
    /// Whether null is an argument as any other.
    pub(crate) nullable: bool,
}

/// The type of a parameter or result.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Want {
    Any,
    Bool,
    Number,
    String,
    List(&'static Self),
    Set(&'static Self),
    Map(&'static Self),
}

/// What becomes of arguments that are not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unknowns {
    /// If anything in an argument is not known, neither is the result. The body sees known values only.
    Spread,
    /// The body makes the best of them.
    Handled,
}

/// When the result must not be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marks {
    /// If anything in an argument must not.
    Deep,
    /// If an argument itself must not. What is sensitive in it stays so.
    Shallow,
    /// The body decides.
    Handled,
}

impl Param {
    pub(crate) const fn of(want: Want) -> Self {
        Self { want, nullable: false }
    }

    pub(crate) const fn nullable(want: Want) -> Self {
        Self { want, nullable: true }
    }
}

impl Want {
    pub(crate) fn to_type(self) -> Type {
        match self {
            Self::Any => Type::Any,
            Self::Bool => Type::Bool,
            Self::Number => Type::Number,
            Self::String => Type::String,
            Self::List(of) => Type::list(of.to_type()),
            Self::Set(of) => Type::set(of.to_type()),
            Self::Map(of) => Type::map(of.to_type()),
        }
    }
}

impl Function {
    /// A function of known values.
    pub(crate) const fn new(name: &'static str, params: &'static [Param], returns: Want, body: Body) -> Self {
        Self { name, params, rest: None, returns, unknowns: Unknowns::Spread, marks: Marks::Deep, body }
    }

    /// A function that looks into collections: their elements may be unknown or sensitive, and stay so.
    pub(crate) const fn structural(
        name: &'static str,
        params: &'static [Param],
        returns: Want,
        body: Body,
    ) -> Self {
        Self { name, params, rest: None, returns, unknowns: Unknowns::Handled, marks: Marks::Shallow, body }
    }

    /// With further arguments.
    pub(crate) const fn rest(self, rest: Param) -> Self {
        Self { rest: Some(rest), ..self }
    }

    pub(crate) const fn marks(self, marks: Marks) -> Self {
        Self { marks, ..self }
    }

    pub(crate) const fn unknowns(self, unknowns: Unknowns) -> Self {
        Self { unknowns, ..self }
    }
}

static FUNCTIONS: LazyLock<FxHashMap<&'static str, &'static Function>> = LazyLock::new(|| {
    let all = [
        collections::FUNCTIONS,
        conversion::FUNCTIONS,
        datetime::FUNCTIONS,
        encoding::FUNCTIONS,
        filesystem::FUNCTIONS,
        hash::FUNCTIONS,
        network::FUNCTIONS,
        numeric::FUNCTIONS,
        strings::FUNCTIONS,
    ];
    all.into_iter().flatten().map(|function| (function.name, function)).collect()
});

/// The function of this name: `upper` or `core::upper`.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.get(name.strip_prefix("core::").unwrap_or(name)).copied()
}

/// What returns a collection of a type that depends on the arguments, and no part of them.
const NEVER_NULL: [&str; 8] =
    ["keys", "merge", "regex", "reverse", "setproduct", "slice", "values", "zipmap"];

/// How many combinations of choices are tried.
const COMBINATIONS: usize = 16;

impl Function {
    /// What the function makes of the arguments.
    ///
    /// # Errors
    /// If it can't be called with them.
    pub(crate) fn call(&self, args: Vec<Value>, files: &dyn Files) -> Result<Value, Fault> {
        self.check_count(args.len())?;
        match has_choice(&args).then(|| combinations(&args)).flatten() {
            Some(combinations) => self.call_each(combinations, files),
            None => self.call_one(args, files),
        }
    }

    /// Whether it may be an error to call it with what is not known. What only looks at the arguments' structure fails at once.
    pub(crate) fn may_fail(&self) -> bool {
        !matches!(
            self.name,
            "jsonencode"
                | "toset"
                | "tolist"
                | "tomap"
                | "sensitive"
                | "nonsensitive"
                | "compact"
                | "distinct"
        )
    }

    fn check_count(&self, count: usize) -> Result<(), Fault> {
        let least = self.params.len();
        if count < least || count > least && self.rest.is_none() {
            return Err(Fault::error(format!("{} takes {least} arguments", self.name)));
        }
        Ok(())
    }

    /// With each of the combinations. Terraform fails with those that are errors, so the value is that of another.
    fn call_each(&self, combinations: Vec<Vec<Value>>, files: &dyn Files) -> Result<Value, Fault> {
        let mut results = Vec::new();
        let mut fault = None;
        for args in combinations {
            match self.call_one(args, files) {
                Ok(result) => results.push(result),
                Err(error) => fault = Some(error),
            }
        }
        match (results.is_empty(), fault) {
            (true, Some(fault)) => Err(fault),
            _ => Ok(Value::one_of(results)),
        }
    }

    fn call_one(&self, args: Vec<Value>, files: &dyn Files) -> Result<Value, Fault> {
        let mut converted = Vec::with_capacity(args.len());
        for (position, arg) in args.into_iter().enumerate() {
            let Some(param) = self.params.get(position).or(self.rest.as_ref()) else { continue };
            if arg.is_null() && !param.nullable {
                return Err(Fault::error(format!("an argument of {} must not be null", self.name)));
            }
            converted.push(convert(arg, &param.want.to_type())?);
        }
        let sensitive = match self.marks {
            Marks::Deep => converted.iter().any(Value::holds_sensitive),
            Marks::Shallow => converted.iter().any(|arg| arg.sensitive),
            Marks::Handled => false,
        };
        if self.unknowns == Unknowns::Spread && !converted.iter().all(Value::is_wholly_known) {
            return Ok(self.unknown(&converted).marked(sensitive));
        }
        let result = (self.body)(&converted, files)?.marked(sensitive);
        Ok(if NEVER_NULL.contains(&self.name) { result.not_null() } else { result })
    }

    /// The result where it is not known.
    fn unknown(&self, args: &[Value]) -> Value {
        unknown_from(args, self.returns.to_type())
    }
}

/// What is made from these values and not known. Functions do not return null, but for those that pass values on.
pub(crate) fn unknown_from(args: &[Value], of: Type) -> Value {
    let sources: BTreeSet<_> = args.iter().flat_map(Value::sources).collect();
    let not_null = of != Type::Any;
    Value::from(Unknown { not_null, ..Unknown::made_from(sources, of) })
}

fn has_choice(args: &[Value]) -> bool {
    args.iter().any(|arg| matches!(arg.kind, Kind::Choice(_)))
}

/// The arguments with each choice decided in each way; `None` if these are too many.
fn combinations(args: &[Value]) -> Option<Vec<Vec<Value>>> {
    let mut all = vec![Vec::with_capacity(args.len())];
    for arg in args {
        let options = match &arg.kind {
            Kind::Choice(options) => options.iter().map(|one| one.clone().marked(arg.sensitive)).collect(),
            _ => vec![arg.clone()],
        };
        if all.len() * options.len() > COMBINATIONS {
            return None;
        }
        let further = |start: Vec<Value>| {
            options.iter().map(move |option| start.iter().chain([option]).cloned().collect::<Vec<_>>())
        };
        all = all.into_iter().flat_map(further).collect();
    }
    Some(all)
}
