//! Which modules that are not here may have to do with the keys of a project.
//!
//! Source is read as what it makes where there is nothing yet: a module that nothing leads to from a key can't name it.

use std::collections::BTreeSet;
use std::sync::Arc;

use kmscheck_model::Mode;

use super::tree::{Called, ModuleTree};
use crate::lang::{Block, Body, Expr};

/// What a module must be handed to have to do with a key: something of these types.
const TYPES: [&str; 2] = ["aws_kms_", "aws_s3_bucket"];

/// A module, and the calls that lead there.
#[derive(Clone, Copy)]
struct Place<'t> {
    tree: &'t ModuleTree,
    caller: Option<(&'t Self, &'t Block)>,
}

impl ModuleTree {
    /// A module that is not here and may have resources that have to do with a key of the project.
    pub(super) fn missing_with_keys(&self) -> Option<String> {
        Place { tree: self, caller: None }.missing()
    }
}

impl<'t> Place<'t> {
    fn missing(&self) -> Option<String> {
        self.tree.children.iter().find_map(|(name, called)| {
            let block = self.tree.module.config.calls.get(name)?;
            match called {
                Called::Missing => {
                    let leads = self.body_leads(&block.body, &mut BTreeSet::new());
                    leads.then(|| format!("module.{name}"))
                }
                Called::Here(tree) => {
                    let inner = Place { tree, caller: Some((self, block)) }.missing()?;
                    Some(format!("module.{name}.{inner}"))
                }
            }
        })
    }

    fn body_leads(&self, body: &Body, seen: &mut BTreeSet<*const Expr>) -> bool {
        let arguments = body.arguments.iter().filter(|(name, _)| &***name != "providers");
        arguments.into_iter().any(|(_, argument)| self.leads(&argument.value, seen))
            || body.blocks.iter().any(|block| self.body_leads(&block.body, seen))
    }

    /// Whether a value may be made from a key.
    fn leads(&self, expr: &Expr, seen: &mut BTreeSet<*const Expr>) -> bool {
        if !seen.insert(std::ptr::from_ref(expr)) {
            return false;
        }
        let mut is_named = false;
        // As JSON has a reference: in `depends_on`.
        expr.visit(&mut |part| {
            is_named |= part.as_str().is_some_and(|text| TYPES.iter().any(|of| text.starts_with(of)));
        });
        is_named || expr.references().iter().any(|names| self.reference_leads(names, seen))
    }

    fn reference_leads(&self, names: &[&str], seen: &mut BTreeSet<*const Expr>) -> bool {
        let config = &self.tree.module.config;
        match names {
            ["var", name, ..] => self.caller.is_some_and(|(caller, block)| {
                block.body.value(name).is_some_and(|argument| caller.leads(argument, seen))
                    || ["for_each", "count"].iter().any(|meta| {
                        block.body.value(meta).is_some_and(|argument| caller.leads(argument, seen))
                    })
            }),
            ["local", name, ..] => {
                config.locals.get(*name).is_some_and(|argument| self.leads(&argument.value, seen))
            }
            ["module", name, ..] => self.module_leads(name, seen),
            ["data", kind, name, ..] => self.resource_leads(Mode::Data, kind, name, seen),
            ["resource", kind, name, ..] | [kind, name, ..] => {
                TYPES.iter().any(|of| kind.starts_with(of))
                    || self.resource_leads(Mode::Managed, kind, name, seen)
            }
            _ => false,
        }
    }

    fn module_leads(&self, name: &str, seen: &mut BTreeSet<*const Expr>) -> bool {
        let (Some(Called::Here(tree)), Some(block)) =
            (self.tree.children.get(name), self.tree.module.config.calls.get(name))
        else {
            return false;
        };
        let place = Place { tree, caller: Some((self, block)) };
        let outputs: Vec<_> = tree.module.config.outputs.values().collect();
        outputs.into_iter().any(|output| place.body_leads(&output.body, seen))
    }

    fn resource_leads(&self, mode: Mode, kind: &str, name: &str, seen: &mut BTreeSet<*const Expr>) -> bool {
        let wanted = (mode, Arc::from(kind), Arc::from(name));
        let found = self.tree.module.config.resources.get(&wanted);
        found.is_some_and(|resource| self.body_leads(&resource.block().body, seen))
    }
}
