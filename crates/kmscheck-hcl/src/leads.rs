//! What the expressions of blocks lead to.

use std::collections::BTreeSet;
use std::sync::Arc;

use kmscheck_model::{Address, Attributes, Before, Interest, Leads, Mode, ModuleStep, Spelled};

use crate::config::ResourceName;
use crate::lang::{Block, Body, Expr, Item as Entry, Key, Node, Part, Step};
use crate::root::{Called, ModuleTree};

/// Shorter strings name nothing for which it matters whether they are written out.
const SHORTEST: usize = 36;

/// A module, by the names of the calls that lead there.
type Path<'t> = Vec<&'t str>;

/// What the expressions of a block lead to; `modules` are the names of the calls that lead to its module.
pub fn leads(tree: &ModuleTree, modules: &[&str], block: &Address, interest: &dyn Interest) -> Leads {
    let path = follow(tree, modules);
    let name = (block.mode, Arc::clone(&block.resource_type), Arc::clone(&block.name));
    let found =
        path.and_then(|(path, module)| Some((path, module.module.config.resources.get_key_value(&name)?)));
    let Some((path, (name, resource))) = found else { return Leads::default() };
    let spelled = spelled(tree, &path, resource.block(), interest.attributes(&name.1));
    let before = if interest.is_ordered(&name.1) { before(tree, &path, name) } else { Before::default() };
    Leads { spelled, before }
}

/// The module that these calls lead to.
fn follow<'t>(tree: &'t ModuleTree, modules: &[&str]) -> Option<(Path<'t>, &'t ModuleTree)> {
    let mut found = (Path::new(), tree);
    for name in modules {
        let (name, Called::Here(child)) = found.1.children.get_key_value(*name)? else { return None };
        found.0.push(name);
        found.1 = child;
    }
    Some(found)
}

fn spelled(tree: &ModuleTree, path: &Path<'_>, block: &Block, wanted: Attributes) -> Vec<Spelled> {
    let Some((path, _)) = follow(tree, path) else { return Vec::new() };
    let body = &block.body;
    let names = body.arguments.keys().chain(body.block_kinds()).filter(|name| wanted.contains(name));
    let names: BTreeSet<_> = names.collect();
    let of = |name: &Arc<str>| {
        let mut walk = Walk::new(tree, false);
        walk.each = body.value("for_each");
        body.argument(name).into_iter().for_each(|argument| walk.expr(&path, &argument.value));
        let blocks = body.blocks.iter().filter(|block| block.makes() == Some(name));
        blocks.for_each(|block| walk.body(&path, &block.body));
        walk.finish();
        Spelled {
            name: Arc::clone(name),
            words: walk.words.into_iter().map(Arc::from).collect(),
            missing: walk.missing.map(Arc::from),
        }
    };
    let all = names.into_iter().map(of);
    all.filter(|spelled| !spelled.words.is_empty() || spelled.missing.is_some()).collect()
}

/// The blocks on which one depends, and those on which they depend.
fn before(tree: &ModuleTree, path: &Path<'_>, name: &ResourceName) -> Before {
    let Some((path, _)) = follow(tree, path) else { return Before::default() };
    let mut walk = Walk::new(tree, true);
    walk.reach(path.clone(), Item::Block(name));
    walk.finish();
    let itself = (path, Item::Block(name));
    let reached = walk.seen.into_iter().filter(|item| *item != itself);
    let mut blocks: Vec<_> = reached.filter_map(|(path, item)| address(&path, &item)).collect();
    blocks.sort();
    Before { blocks, missing: walk.missing.map(Arc::from) }
}

fn address(path: &Path<'_>, item: &Item<'_>) -> Option<Address> {
    let Item::Block((mode, resource_type, name)) = item else { return None };
    Some(Address {
        module: path.iter().map(|name| ModuleStep { name: (*name).into(), key: None }).collect(),
        mode: *mode,
        resource_type: Arc::clone(resource_type),
        name: Arc::clone(name),
        key: None,
    })
}

/// What an expression may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Item<'t> {
    Variable(&'t str),
    Local(&'t str),
    Output(&'t str),
    Block(&'t ResourceName),
    /// All that a module has.
    Module,
}

struct Walk<'t> {
    tree: &'t ModuleTree,
    /// Whether it goes on through the blocks that it comes to.
    through_blocks: bool,
    seen: BTreeSet<(Path<'t>, Item<'t>)>,
    pending: Vec<(Path<'t>, Item<'t>)>,
    words: BTreeSet<&'t str>,
    missing: Option<String>,
    /// What `each` goes through.
    each: Option<&'t Expr>,
}

impl<'t> Walk<'t> {
    fn new(tree: &'t ModuleTree, through_blocks: bool) -> Self {
        Self {
            tree,
            through_blocks,
            seen: BTreeSet::new(),
            pending: Vec::new(),
            words: BTreeSet::new(),
            missing: None,
            each: None,
        }
    }

    fn reach(&mut self, path: Path<'t>, item: Item<'t>) {
        if self.seen.insert((path.clone(), item)) {
            self.pending.push((path, item));
        }
    }

    fn finish(&mut self) {
        while let Some((path, item)) = self.pending.pop() {
            if let Some((path, module)) = follow(self.tree, &path) {
                self.item(&path, module, item);
            }
        }
    }

    fn item(&mut self, path: &Path<'t>, module: &'t ModuleTree, item: Item<'t>) {
        let config = &module.module.config;
        self.each = None;
        match item {
            Item::Local(name) => {
                config.locals.get(name).into_iter().for_each(|local| self.expr(path, &local.value));
            }
            Item::Output(name) => {
                config.outputs.get(name).into_iter().for_each(|output| self.body(path, &output.body));
            }
            Item::Variable(name) => self.variable(path, module, name),
            Item::Block(name) => {
                if let Some(resource) = config.resources.get(name).filter(|_| self.through_blocks) {
                    self.body(path, &resource.block().body);
                    self.calls(path);
                }
            }
            Item::Module => {
                config.outputs.keys().for_each(|name| self.reach(path.clone(), Item::Output(name)));
                config.resources.keys().for_each(|name| self.reach(path.clone(), Item::Block(name)));
                module.children.keys().for_each(|name| self.call(path, name));
            }
        }
    }

    /// What is given to a variable, or what holds if nothing is.
    fn variable(&mut self, path: &Path<'t>, module: &'t ModuleTree, name: &str) {
        if let Some((above, call)) = self.caller(path)
            && let Some(argument) = call.body.value(name)
        {
            self.each = call.body.value("for_each");
            return self.expr(&above, argument);
        }
        let variable = module.module.config.variables.get(name);
        variable
            .and_then(|block| block.body.value("default"))
            .into_iter()
            .for_each(|value| self.expr(path, value));
    }

    /// The block that calls a module, and the module that it stands in.
    fn caller(&self, path: &Path<'t>) -> Option<(Path<'t>, &'t Block)> {
        let (name, above) = path.split_last()?;
        let (above, module) = follow(self.tree, above)?;
        Some((above, module.module.config.calls.get(*name)?))
    }

    /// What the calls that lead to a module wait for.
    fn calls(&mut self, path: &Path<'t>) {
        let mut inner = path.clone();
        while let Some((above, call)) = self.caller(&inner) {
            let waits =
                ["count", "depends_on", "for_each"].into_iter().filter_map(|name| call.body.value(name));
            waits.for_each(|value| self.expr(&above, value));
            inner = above;
        }
    }

    fn body(&mut self, path: &Path<'t>, body: &'t Body) {
        let outer = self.each;
        self.each = body.value("for_each").or(outer);
        body.arguments.iter().for_each(|(name, argument)| match &**name {
            // In JSON these are strings.
            "depends_on" => self.waits(path, &argument.value),
            _ => self.expr(path, &argument.value),
        });
        body.blocks.iter().for_each(|block| self.body(path, &block.body));
        self.each = outer;
    }

    fn waits(&mut self, path: &Path<'t>, value: &'t Expr) {
        let Node::Tuple(items) = &value.node else { return };
        for item in items {
            let names: Vec<_> = item.as_str().map(|text| text.split('.').collect()).unwrap_or_default();
            match names.split_first() {
                Some((root, names)) => self.reference(path, root, names),
                None => self.expr(path, item),
            }
        }
    }

    fn expr(&mut self, path: &Path<'t>, expr: &'t Expr) {
        match &expr.node {
            Node::Literal(value) => value.as_str().into_iter().for_each(|text| self.word(text)),
            Node::Invalid(_) => {}
            Node::Template(parts) => self.parts(path, parts),
            Node::Tuple(items) | Node::Call { args: items, .. } => {
                items.iter().for_each(|item| self.expr(path, item));
            }
            Node::Object(items) => items.iter().for_each(|item| self.entry(path, item)),
            Node::Variable(name) => self.reference(path, name, &[]),
            Node::Traversal { of, steps } => self.traversal(path, of, steps),
            Node::Conditional(three) => three.iter().for_each(|one| self.expr(path, one)),
            Node::Not(one) | Node::Negate(one) => self.expr(path, one),
            Node::Binary(_, two) => two.iter().for_each(|one| self.expr(path, one)),
            Node::For(made) => {
                let others = [&made.item_key, &made.condition].into_iter().flatten();
                [&made.of, &made.item].into_iter().chain(others).for_each(|one| self.expr(path, one));
            }
        }
    }

    fn word(&mut self, text: &'t str) {
        if !self.through_blocks && text.len() >= SHORTEST {
            self.words.insert(text);
        }
    }

    fn entry(&mut self, path: &Path<'t>, entry: &'t Entry) {
        if let Key::Expr(key) = &entry.key {
            self.expr(path, key);
        }
        self.expr(path, &entry.value);
    }

    fn parts(&mut self, path: &Path<'t>, parts: &'t [Part]) {
        for part in parts {
            match part {
                Part::Literal(text) => self.word(text),
                Part::Interpolation(expr) => self.expr(path, expr),
                Part::If { condition, then, otherwise } => {
                    self.expr(path, condition);
                    self.parts(path, then);
                    self.parts(path, otherwise);
                }
                Part::For { of, body, .. } => {
                    self.expr(path, of);
                    self.parts(path, body);
                }
            }
        }
    }

    fn traversal(&mut self, path: &Path<'t>, of: &'t Expr, steps: &'t [Step]) {
        self.indices(path, steps);
        match &of.node {
            Node::Variable(root) => self.reference(path, root, &attributes(steps)),
            _ => self.expr(path, of),
        }
    }

    fn indices(&mut self, path: &Path<'t>, steps: &'t [Step]) {
        for step in steps {
            match step {
                Step::Attribute(_) => {}
                Step::Index(index) => self.expr(path, index),
                Step::Splat(steps) => self.indices(path, steps),
            }
        }
    }

    /// A name that stands for nothing, such as that of an element in a `for`, leads nowhere.
    fn reference(&mut self, path: &Path<'t>, root: &str, names: &[&'t str]) {
        match (root, names) {
            ("var", [name, ..]) => self.reach(path.clone(), Item::Variable(name)),
            ("local", [name, ..]) => self.reach(path.clone(), Item::Local(name)),
            ("module", [name]) => self.call(path, name),
            ("module", [name, output, ..]) => self.output(path, name, output),
            ("data", [kind, name, ..]) => self.resource(path, Mode::Data, kind, name),
            ("resource", [kind, name, ..]) => self.resource(path, Mode::Managed, kind, name),
            ("each", _) => {
                if let Some(each) = self.each.take() {
                    self.expr(path, each);
                    self.each = Some(each);
                }
            }
            (kind, [name, ..]) => self.resource(path, Mode::Managed, kind, name),
            _ => {}
        }
    }

    fn resource(&mut self, path: &Path<'t>, mode: Mode, kind: &str, name: &str) {
        let Some((_, module)) = follow(self.tree, path) else { return };
        let wanted = (mode, Arc::from(kind), Arc::from(name));
        if let Some((name, _)) = module.module.config.resources.get_key_value(&wanted) {
            self.reach(path.clone(), Item::Block(name));
        }
    }

    fn call(&mut self, path: &Path<'t>, name: &str) {
        self.inside(path, name, Item::Module);
    }

    fn output(&mut self, path: &Path<'t>, name: &str, output: &'t str) {
        self.inside(path, name, Item::Output(output));
    }

    /// Something of the module that is called by `name`.
    fn inside(&mut self, path: &Path<'t>, name: &str, item: Item<'t>) {
        let Some((mut inner, module)) = follow(self.tree, path) else { return };
        match module.children.get_key_value(name) {
            Some((name, Called::Here(_))) => {
                inner.push(name);
                self.reach(inner, item);
            }
            Some((name, Called::Missing)) => {
                let above: String = inner.iter().map(|name| format!("module.{name}.")).collect();
                self.missing.get_or_insert_with(|| format!("{above}module.{name}"));
            }
            None => {}
        }
    }
}

/// The attributes in `a[0].b[*].c`, without the indices between them.
fn attributes(steps: &[Step]) -> Vec<&str> {
    steps.iter().flat_map(attributes_of).collect()
}

fn attributes_of(step: &Step) -> Vec<&str> {
    match step {
        Step::Attribute(name) => vec![name],
        Step::Index(_) => Vec::new(),
        Step::Splat(steps) => attributes(steps),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{Module, SourceFile};

    /// All attributes, and the order of keys.
    struct All;

    impl Interest for All {
        fn attributes(&self, _: &str) -> Attributes {
            Attributes::All
        }

        fn is_ordered(&self, resource_type: &str) -> bool {
            resource_type == "aws_kms_key"
        }
    }

    const WORD: &str = "a-word-that-is-long-enough-to-matter-here";

    /// A root module, with those that it calls by these names; without a text one is not at hand.
    fn tree(root: &str, called: &[(&str, Option<&str>)]) -> ModuleTree {
        let (module, errors) = Module::read(&[SourceFile { path: "main.tf", text: root.as_bytes() }]);
        assert_eq!(errors, []);
        let child = |(name, text): &(&str, Option<&str>)| {
            let child = text.map_or(Called::Missing, |text| Called::Here(Arc::new(tree(text, &[]))));
            (Arc::from(*name), child)
        };
        let children: BTreeMap<_, _> = called.iter().map(child).collect();
        ModuleTree { module: Arc::new(module), directory: ".".into(), calls: Arc::default(), children }
    }

    fn leads_of(root: &str, called: &[(&str, Option<&str>)], address: &str) -> Leads {
        let block: Address = address.parse().unwrap();
        let modules: Vec<_> = block.module.steps().iter().map(|step| &*step.name).collect();
        leads(&tree(root, called), &modules, &block, &All)
    }

    /// Whether the word is one of the argument `a` of `x.x`, which is `value`.
    fn spells(value: &str, others: &str, called: &[(&str, Option<&str>)]) -> bool {
        let root = format!("resource \"x\" \"x\" {{\n  a = {value}\n  b = 1\n}}\n{others}\n");
        let leads = leads_of(&root, called, "x.x");
        assert!(leads.spelled_in("b").is_none());
        leads.spelled_in("a").is_some_and(|spelled| spelled.words.iter().any(|word| word.contains(WORD)))
    }

    /// The blocks before `aws_kms_key.k`.
    fn before_key(root: &str, called: &[(&str, Option<&str>)]) -> Vec<String> {
        let before = leads_of(root, called, "aws_kms_key.k").before;
        before.blocks.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn words_are_found_through_names() {
        let word = format!("\"{WORD}\"");
        let (local, variable) =
            (format!("locals {{\n  w = {word}\n}}"), format!("variable \"w\" {{\n  default = {word}\n}}"));
        assert!(spells(&word, "", &[]) && spells(&format!("\"${{var.p}}{WORD}\""), "", &[]));
        assert!(spells("[for w in [local.w] : w]", &local, &[]) && spells("var.w", &variable, &[]));
        assert!(spells("true ? local.w : null", &local, &[]) && spells("upper(local.w)", &local, &[]));
        assert!(spells("{ (local.w) = 1 }", &local, &[]) && spells("b.c[local.w]", &local, &[]));
        assert!(!spells("local.other", &local, &[]) && !spells("\"short\"", &local, &[]));
        let output = format!("output \"w\" {{\n  value = {word}\n}}");
        let call = "module \"m\" {\n  source = \"./m\"\n}";
        assert!(spells("module.m[0].w", call, &[("m", Some(&output))]));
        assert!(!spells("module.m.v", call, &[("m", Some(&output))]));
        let other = format!("resource \"y\" \"y\" {{\n  a = {word}\n}}");
        assert!(!spells("y.y.a", &other, &[]), "that one has it");
    }

    #[test]
    fn a_variable_of_a_module_is_what_the_call_gives() {
        let module =
            "variable \"w\" {\n  default = 1\n}\nresource \"x\" \"x\" {\n  a {\n    b = var.w\n  }\n}\n";
        let spelled = |given: &str| {
            let root = format!(
                "module \"m\" {{\n  source = \"./m\"\n  for_each = {{ a = \"{WORD}\" }}\n{given}}}\n"
            );
            let leads = leads_of(&root, &[("m", Some(module))], "module.m[\"a\"].x.x");
            leads.spelled_in("a").is_some()
        };
        assert!(spelled(&format!("  w = \"{WORD}\"\n")) && spelled("  w = each.value\n"));
        assert!(!spelled("") && !spelled("  w = y.y.arn\n"));
    }

    #[test]
    fn what_is_not_at_hand_is_missing() {
        let call =
            "resource \"x\" \"x\" {\n  a = module.m.w\n  b = 1\n}\nmodule \"m\" {\n  source = \"m\"\n}\n";
        let leads = leads_of(call, &[("m", None)], "x.x");
        assert_eq!(leads.spelled_in("a").unwrap().missing.as_deref(), Some("module.m"));
        assert_eq!(leads.before, Before::default(), "of this type it does not matter");
    }

    const DOCUMENT: &str = "data \"d\" \"d\" {\n  statement {\n    who = [local.role]\n  }\n}\nlocals {\n  role = role.r[0].arn\n}\n\
                            resource \"role\" \"r\" {}\nresource \"role\" \"other\" {}\n";

    #[test]
    fn blocks_come_before_those_that_lead_to_them() {
        let key = |body: &str| format!("resource \"aws_kms_key\" \"k\" {{\n{body}\n}}\n{DOCUMENT}");
        assert_eq!(before_key(&key("  policy = data.d.d.json"), &[]), ["role.r", "data.d.d"]);
        assert_eq!(before_key(&key("  depends_on = [role.other]"), &[]), ["role.other"]);
        assert!(before_key(&key("  policy = \"role.r\""), &[]).is_empty());
    }

    #[test]
    fn a_module_waits_for_what_its_call_waits_for() {
        let module = "resource \"aws_kms_key\" \"k\" {}\nresource \"role\" \"r\" {}\n";
        let root = format!(
            "module \"m\" {{\n  source = \"./m\"\n  depends_on = [role.r, module.n]\n}}\n\
                            module \"n\" {{\n  source = \"./n\"\n}}\n{DOCUMENT}"
        );
        let leads = leads_of(&root, &[("m", Some(module)), ("n", Some(module))], "module.m.aws_kms_key.k");
        let blocks: Vec<_> = leads.before.blocks.iter().map(ToString::to_string).collect();
        assert_eq!(blocks, ["role.r", "module.n.aws_kms_key.k", "module.n.role.r"]);
        assert!(leads.before.has(&"module.n[\"a\"].role.r[0]".parse().unwrap()));
        assert!(!leads.before.has(&"module.m.role.r".parse().unwrap()));
    }

    #[test]
    fn source_in_json_waits_too() {
        let json = r#"{"resource": {"aws_kms_key": {"k": {"depends_on": ["role.r"]}}, "role": {"r": {}}}}"#;
        let (module, _) = Module::read(&[SourceFile { path: "main.tf.json", text: json.as_bytes() }]);
        let tree = ModuleTree {
            module: Arc::new(module),
            directory: ".".into(),
            calls: Arc::default(),
            children: BTreeMap::new(),
        };
        let before = leads(&tree, &[], &"aws_kms_key.k".parse().unwrap(), &All).before;
        assert!(before.has(&"role.r".parse().unwrap()));
    }
}
