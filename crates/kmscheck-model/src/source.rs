//! Where a resource is written, and what only its source tells.

use std::sync::Arc;

use kmscheck_value::{AttributePath, Truth};

use crate::Address;

/// A range of a source file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file, relative to the repository root, with `/`.
    pub path: Arc<str>,
    /// The first character.
    pub start: Position,
    /// The character after the last one.
    pub end: Position,
}

/// A position in a source file, counted from 1; columns in Unicode scalars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// The block that declares a resource, and the module calls that lead there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The block.
    pub declaration: Arc<Declaration>,
    /// The calls, the one in the root module first.
    pub calls: Arc<[Location]>,
    /// What its expressions lead to.
    pub leads: Arc<Leads>,
}

/// What the expressions of a block lead to: through local values, variables, outputs and the calls of modules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leads {
    /// The strings that are written out in its arguments and nested blocks, as far as that matters.
    pub spelled: Vec<Spelled>,
    /// The blocks that Terraform sees to before this one, as far as that matters.
    pub before: Before,
}

/// The strings that the value of an argument, or what is in nested blocks of one kind, is made from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spelled {
    /// The argument, or the kind of the blocks.
    pub name: Arc<str>,
    /// The strings; of a string with interpolations the parts between them.
    pub words: Vec<Arc<str>>,
    /// A module that may have further ones, and is not at hand.
    pub missing: Option<Arc<str>>,
}

/// The blocks that Terraform sees to before another one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Before {
    /// The blocks, by addresses without the keys of instances; sorted.
    pub blocks: Vec<Address>,
    /// A module that may have further ones, and is not at hand.
    pub missing: Option<Arc<str>>,
}

impl Leads {
    /// What is written out in the argument `name`, or in blocks of this kind.
    pub fn spelled_in(&self, name: &str) -> Option<&Spelled> {
        self.spelled.iter().find(|spelled| *spelled.name == *name)
    }
}

impl Before {
    /// Whether the block of a resource is one of them.
    pub fn has(&self, address: &Address) -> bool {
        self.blocks.binary_search(&address.without_keys()).is_ok()
    }
}

/// A `resource` or `data` block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The type and the labels of the block.
    pub header: Location,
    /// Where its arguments, nested blocks and what is in them stand.
    pub places: Vec<(AttributePath, Location)>,
    /// What its `lifecycle` block says.
    pub lifecycle: Lifecycle,
}

/// The meta-arguments in a `lifecycle` block that matter to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifecycle {
    /// Whether Terraform refuses to destroy the resource. Unknown if the argument is no literal.
    pub prevent_destroy: Truth,
    /// What Terraform does not update.
    pub ignore_changes: IgnoreChanges,
}

/// The arguments whose changes Terraform ignores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IgnoreChanges {
    /// `all`.
    All,
    /// The whole of these arguments.
    These(Vec<Arc<str>>),
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self { prevent_destroy: Truth::No, ignore_changes: IgnoreChanges::These(Vec::new()) }
    }
}

impl Lifecycle {
    /// Whether Terraform leaves the argument `name` as it is.
    pub fn ignores_changes_of(&self, name: &str) -> bool {
        match &self.ignore_changes {
            IgnoreChanges::All => true,
            IgnoreChanges::These(names) => names.iter().any(|own| **own == *name),
        }
    }
}

impl Declaration {
    /// The smallest place that holds this part of the resource: the header if the part does not stand in the block.
    pub fn place_of(&self, part: &AttributePath) -> &Location {
        let holds = |path: &AttributePath| part.steps().starts_with(path.steps());
        let holding = self.places.iter().filter(|(path, _)| holds(path));
        let smallest = holding.max_by_key(|(path, _)| path.steps().len());
        smallest.map_or(&self.header, |(_, location)| location)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(line: usize) -> Location {
        let position = Position { line, column: 1 };
        Location { path: "main.tf".into(), start: position, end: position }
    }

    #[test]
    fn a_part_stands_in_the_smallest_place_that_holds_it() {
        let policy = || AttributePath::root().key("policy");
        let statement = |index| policy().key("statement").index(index);
        let declaration = Declaration {
            header: location(1),
            places: vec![(policy(), location(2)), (statement(0), location(3)), (statement(1), location(5))],
            lifecycle: Lifecycle::default(),
        };
        let line = |part: AttributePath| declaration.place_of(&part).start.line;
        assert_eq!(line(statement(1).key("principal")), 5);
        assert_eq!(line(statement(2)), 2);
        assert_eq!(line(policy()), 2);
        assert_eq!(line(AttributePath::root().key("multi_region")), 1, "it is left out");
        assert_eq!(line(AttributePath::root()), 1);
    }

    #[test]
    fn all_includes_every_argument() {
        let lifecycle = |ignore_changes| Lifecycle { prevent_destroy: Truth::No, ignore_changes };
        assert!(lifecycle(IgnoreChanges::All).ignores_changes_of("policy"));
        let these = lifecycle(IgnoreChanges::These(vec!["tags".into()]));
        assert!(these.ignores_changes_of("tags") && !these.ignores_changes_of("policy"));
    }
}
