//! Function calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::evaluator::made_from;
use super::{Evaluator, Outcome, References, Resolved, Scope};
use crate::cty::{Fault, Kind, Lazy, Type, Value};
use crate::files::Files;
use crate::functions;
use crate::lang::{Expr, Part, template};

/// How large a file may be that is read as a template.
const TEMPLATE: usize = 4 << 20;

/// The arguments of a call.
struct Args {
    values: Vec<Value>,
    /// Whether these are all. Else the last one holds others, and how many is not known.
    are_all: bool,
}

impl Evaluator {
    pub(super) fn call(&self, name: &str, args: &[Expr], expand: bool, scope: Scope<'_>) -> Outcome {
        let name = name.strip_prefix("core::").unwrap_or(name);
        match name {
            "try" => return self.try_each(args, scope),
            "can" => return self.can(args, scope),
            _ => {}
        }
        let Args { values, are_all } = self.args(args, expand, scope)?;
        match name {
            provider if provider.starts_with("provider::") => {
                self.risk.set(true);
                Ok(made_from(&values, Type::Any))
            }
            "templatefile" | "templatestring" if !are_all => {
                self.risk.set(true);
                Ok(made_from(&values, Type::String))
            }
            "templatefile" => self.template_file(&values, scope),
            "templatestring" => self.template_string(&values, scope),
            name => {
                let missing = || Fault::error(format!("there is no function {name}"));
                let function = functions::find(name).ok_or_else(missing)?;
                if !are_all {
                    self.risk.set(true);
                    return Ok(made_from(&values, function.returns.to_type()));
                }
                let is_known = values.iter().all(Value::is_wholly_known);
                self.risk.set(self.risk.get() || !is_known && function.may_fail());
                function.call(values, scope.references.files())
            }
        }
    }

    fn args(&self, args: &[Expr], expand: bool, scope: Scope<'_>) -> Result<Args, Fault> {
        let mut values: Vec<_> = args.iter().map(|arg| self.eval(arg, scope)).collect::<Result<_, _>>()?;
        let Some(last) = values.pop_if(|_| expand) else { return Ok(Args { values, are_all: true }) };
        match &last.kind {
            Kind::List(items) | Kind::Set(items) | Kind::Tuple(items) => {
                values.extend(items.iter().map(|item| item.clone().marked(last.sensitive)));
                Ok(Args { values, are_all: true })
            }
            Kind::Null => Err(Fault::error("the expanded argument must not be null")),
            Kind::Unknown(_) | Kind::Choice(_) | Kind::Lazy(_) => {
                values.push(last);
                Ok(Args { values, are_all: false })
            }
            _ => Err(Fault::error("the expanded argument must be a list")),
        }
    }

    /// The first that is no error. One that may be an error, and may not, leaves it open.
    fn try_each(&self, args: &[Expr], scope: Scope<'_>) -> Outcome {
        let before = self.risk.get();
        let mut options = Vec::new();
        for arg in args {
            self.risk.set(false);
            match self.eval(arg, scope) {
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
                let parts = parse(text)?;
                let variables = Variables { entries, outer: scope.references };
                match parts.as_slice() {
                    [Part::Interpolation(expr)] => self.eval(expr, Scope::of(&variables)),
                    parts => self.template(parts, Scope::of(&variables)),
                }
            })
        })
    }
}

fn parse(text: &str) -> Result<Vec<Part>, Fault> {
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
