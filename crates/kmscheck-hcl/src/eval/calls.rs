//! Function calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::evaluator::made_from;
use super::{Evaluator, Outcome, References, Resolved, Scope};
use crate::cty::{Fault, Kind, Lazy, Type, Value, type_of};
use crate::files::Files;
use crate::functions;
use crate::lang::{Expr, Part, template};

/// How large a file may be that is read as a template.
const TEMPLATE: usize = 4 << 20;

impl Evaluator {
    pub(super) fn call(&self, name: &str, args: &[Expr], expand: bool, scope: Scope<'_>) -> Outcome {
        let name = name.strip_prefix("core::").unwrap_or(name);
        let by_values: &dyn Fn(Vec<Value>) -> Outcome = match name {
            "try" if !expand => return self.try_each(args, scope),
            "can" if !expand => return self.can(args, scope),
            "try" => return self.try_expanded(args, scope),
            "can" => &|args| only(&args).map(|_| true.into()),
            "templatefile" => &|args| self.template_file(&args, scope),
            "templatestring" => &|args| self.template_string(&args, scope),
            provider if provider.starts_with("provider::") => &|args| {
                self.risk.set(true);
                Ok(made_from(&args, Type::Any))
            },
            // A part that is not known leaves the others known.
            "jsonencode" => &|args| {
                let args = args.into_iter().map(|arg| self.parts_identified(arg)).collect();
                self.builtin(name, args, scope)
            },
            name => &|args| self.builtin(name, args, scope),
        };
        if !expand {
            let args: Result<Vec<_>, _> = args.iter().map(|arg| self.eval(arg, scope)).collect();
            return by_values(args?);
        }
        self.with_expanded(args, scope, by_values)
    }

    fn builtin(&self, name: &str, args: Vec<Value>, scope: Scope<'_>) -> Outcome {
        let missing = || Fault::error(format!("there is no function {name}"));
        let function = functions::find(name).ok_or_else(missing)?;
        let is_known = args.iter().all(Value::is_wholly_known);
        let may_fail = || function.may_fail() || args.iter().any(|arg| type_of(arg).holds_any());
        self.risk.set(self.risk.get() || !is_known && may_fail());
        function.call(args, scope.references.files())
    }

    /// Does something with arguments of which the last one holds any number.
    fn with_expanded(&self, args: &[Expr], scope: Scope<'_>, act: impl Fn(Vec<Value>) -> Outcome) -> Outcome {
        let mut values: Vec<_> = args.iter().map(|arg| self.eval(arg, scope)).collect::<Result<_, _>>()?;
        let Some(last) = values.pop() else { return act(values) };
        self.of_each(last, |last| match &last.kind {
            Kind::List(items) | Kind::Set(items) | Kind::Tuple(items) => {
                act(values.iter().chain(items.iter()).cloned().collect())
            }
            Kind::Unknown(unknown)
                if matches!(unknown.of, Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_)) =>
            {
                self.risk.set(true);
                Ok(made_from(values.iter().chain([last]), Type::Any))
            }
            Kind::Null(_) => Err(Fault::error("the expanded argument must not be null")),
            _ => Err(Fault::error("the expanded argument must be a list")),
        })
    }

    /// The first that is no error. One that may be an error, and may not, leaves it open.
    fn try_each(&self, args: &[Expr], scope: Scope<'_>) -> Outcome {
        self.first(args.iter().map(|arg| || self.eval(arg, scope)))
    }

    /// The values of an argument that is expanded are there before anything is tried.
    fn try_expanded(&self, args: &[Expr], scope: Scope<'_>) -> Outcome {
        let Some((last, args)) = args.split_last() else { return self.try_each(args, scope) };
        self.with_expanded(std::slice::from_ref(last), scope, |values| {
            let tried = args.iter().map(|arg| Box::new(|| self.eval(arg, scope)) as Box<dyn Fn() -> Outcome>);
            let given = values
                .into_iter()
                .map(|value| Box::new(move || Ok(value.clone())) as Box<dyn Fn() -> Outcome>);
            self.first(tried.chain(given))
        })
    }

    fn first(&self, args: impl Iterator<Item = impl Fn() -> Outcome>) -> Outcome {
        let before = self.risk.get();
        let mut options = Vec::new();
        for arg in args {
            self.risk.set(false);
            match arg() {
                Ok(value) => {
                    let is_certain = !self.risk.get();
                    options.push(value);
                    if is_certain {
                        self.risk.set(before);
                        return Ok(Value::one_of(options));
                    }
                }
                Err(Fault::Error(_)) => {}
                Err(limit) => {
                    self.risk.set(before);
                    return Err(limit);
                }
            }
        }
        self.risk.set(true);
        if options.is_empty() {
            return Err(Fault::error("no argument of try has a value"));
        }
        Ok(Value::one_of(options))
    }

    fn can(&self, args: &[Expr], scope: Scope<'_>) -> Outcome {
        let [arg] = args else { return Err(Fault::error("can takes one argument")) };
        let before = self.risk.replace(false);
        let outcome = self.eval(arg, scope);
        let risk = self.risk.replace(before);
        match outcome {
            Err(Fault::Error(_)) => Ok(false.into()),
            Err(limit) => Err(limit),
            Ok(value) if risk => Ok(made_from([&value], Type::Bool)),
            Ok(_) => Ok(true.into()),
        }
    }

    fn template_file(&self, args: &[Value], scope: Scope<'_>) -> Outcome {
        let [path, variables] = args else { return Err(Fault::error("templatefile takes two arguments")) };
        let text = functions::find("file")
            .map_or(Ok(Value::NULL), |file| file.call(vec![path.clone()], scope.references.files()))?;
        self.render(&text, variables, scope)
    }

    fn template_string(&self, args: &[Value], scope: Scope<'_>) -> Outcome {
        let [text, variables] = args else { return Err(Fault::error("templatestring takes two arguments")) };
        self.render(text, variables, scope)
    }

    /// The string that a template is, of which the text may not be known.
    fn render(&self, text: &Value, variables: &Value, scope: Scope<'_>) -> Outcome {
        self.of_each(text.clone(), |text| {
            self.of_each(variables.clone(), |variables| {
                let (Some(text), Some(entries)) = (text.as_str(), variables.entries()) else {
                    let is_error = text.is_known() && text.as_str().is_none()
                        || variables.is_known() && variables.entries().is_none();
                    self.risk.set(true);
                    return if is_error {
                        Err(Fault::error("a template needs a string and a map"))
                    } else {
                        Ok(made_from([text, variables], Type::String))
                    };
                };
                if let Some(name) = entries.keys().find(|name| !is_identifier(name)) {
                    return Err(Fault::error(format!("{name:?} is no name of a variable")));
                }
                let parts = parse(text)?;
                let variables = Variables { entries, outer: scope.references };
                let value = match parts.as_slice() {
                    [Part::Interpolation(expr)] => self.eval(expr, Scope::of(&variables))?,
                    parts => self.template(parts, Scope::of(&variables))?,
                };
                if value.is_null() {
                    return Err(Fault::error("the result of a template must not be null"));
                }
                Ok(value)
            })
        })
    }
}

/// The one value of a function that takes one.
fn only(args: &[Value]) -> Result<&Value, Fault> {
    match args {
        [one] => Ok(one),
        _ => Err(Fault::error("one argument is expected")),
    }
}

/// Whether a variable may have this name. Source: `hclsyntax.ValidIdentifier`.
fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_' || letter == '-')
}

fn parse(text: &str) -> Result<Vec<Part>, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > TEMPLATE {
        return Err(Fault::limit("a template is too long"));
    }
    let parsed = hcl_edit::parser::parse_template(text);
    let parsed =
        parsed.map_err(|error| Fault::limit(format!("a template can't be read: {}", error.message())))?;
    Ok(template(&parsed, text))
}

/// The names in a template that stands in a file: its variables, and nothing of the module.
struct Variables<'v> {
    entries: &'v BTreeMap<Arc<str>, Value>,
    /// What knows the resources that the variables may be.
    outer: &'v dyn References,
}

impl References for Variables<'_> {
    fn resolve(&self, root: &str, _: &[&str]) -> Result<Resolved, Fault> {
        let missing = || Fault::error(format!("the template has no variable {root:?}"));
        self.entries.get(root).cloned().map(|value| Resolved { value, names: 0 }).ok_or_else(missing)
    }

    /// A template is read when it is rendered.
    fn refuse(&self, fault: Fault) -> Fault {
        fault
    }

    fn attribute(&self, of: &Lazy, name: &str) -> Outcome {
        self.outer.attribute(of, name)
    }

    fn element(&self, of: &Lazy, key: &Value) -> Outcome {
        self.outer.element(of, key)
    }

    fn files(&self) -> &dyn Files {
        self.outer.files()
    }
}
