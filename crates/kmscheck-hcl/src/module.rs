//! The files of one directory, together.

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::structure::{Block, Body};
use kmscheck_model::{Declaration, Location, Mode, Position};

use crate::declaration::{declaration, overridden};
use crate::lines::Lines;
use crate::parse::parse;
use crate::policy_document::{POLICY_DOCUMENT, made_by_documents, statements};

/// A file of a module.
#[derive(Debug, Clone, Copy)]
pub struct SourceFile<'t> {
    /// How it is called in reports.
    pub path: &'t str,
    /// What is in it.
    pub text: &'t [u8],
}

/// What the files of one directory declare.
#[derive(Debug, Default)]
pub struct Module {
    blocks: BTreeMap<Name, Arc<Declaration>>,
    calls: BTreeMap<String, ModuleCall>,
    /// Which attributes of which blocks are made by a policy document.
    documents: Vec<(Name, Vec<(String, String)>)>,
}

/// A `module` block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleCall {
    /// The `source`, if it is a literal.
    pub source: Option<String>,
    /// The header of the block.
    pub location: Location,
}

/// A file that can't be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The file.
    pub path: String,
    /// Where it goes wrong.
    pub position: Position,
    /// What is wrong.
    pub message: String,
}

/// What tells the blocks of a module from each other.
type Name = (Mode, String, String);

/// Whether Terraform and OpenTofu read a file of this name as source in their own syntax.
pub fn is_read_by_terraform(name: &str) -> bool {
    (name.ends_with(".tf") || name.ends_with(".tofu")) && !name.starts_with('.')
}

/// Whether Terraform and OpenTofu read a file of this name as source in JSON.
pub fn is_json_source(name: &str) -> bool {
    (name.ends_with(".tf.json") || name.ends_with(".tofu.json")) && !name.starts_with('.')
}

/// Whether a source file changes what the others say. Source: Terraform, "Override Files".
pub fn is_override(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    stem == "override" || stem.ends_with("_override")
}

impl Module {
    /// Reads the files of a directory, in any order. A file that can't be parsed is lost, and no other.
    pub fn read(files: &[SourceFile<'_>]) -> (Self, Vec<SyntaxError>) {
        let mut files = files.to_vec();
        files.sort_by_key(|file| (is_override(file.path), file.path));
        let mut module = Self::default();
        let errors = files.iter().filter_map(|file| module.add(file).err()).collect();
        module.add_statements();
        (module, errors)
    }

    /// The block of a resource or data source.
    pub fn declaration(&self, mode: Mode, resource_type: &str, name: &str) -> Option<&Arc<Declaration>> {
        self.blocks.get(&(mode, resource_type.to_owned(), name.to_owned()))
    }

    /// The block that calls a module.
    pub fn call(&self, name: &str) -> Option<&ModuleCall> {
        self.calls.get(name)
    }

    fn add(&mut self, file: &SourceFile<'_>) -> Result<(), SyntaxError> {
        let lines = Lines::of(file.path.into(), file.text);
        let parsed = parse(file.text).map_err(|error| SyntaxError {
            path: file.path.to_owned(),
            position: lines.position(error.offset),
            message: error.message,
        })?;
        for block in parsed.body.blocks() {
            let labels: Vec<_> = block.labels.iter().map(|label| label.as_str()).collect();
            match (block.ident.as_str(), labels.as_slice()) {
                ("resource", [kind, name]) => {
                    self.resource(Mode::Managed, (kind, name), block, &lines, &parsed.renamed);
                }
                ("data", [kind, name]) => {
                    self.resource(Mode::Data, (kind, name), block, &lines, &parsed.renamed);
                }
                ("module", [name]) => self.module_call(name, block, &lines),
                _ => {}
            }
        }
        Ok(())
    }

    /// Adds to each policy that a data source makes where its statements stand.
    fn add_statements(&mut self) {
        for (name, attributes) in std::mem::take(&mut self.documents) {
            let places = attributes.iter().flat_map(|(attribute, document)| {
                let document = self.declaration(Mode::Data, POLICY_DOCUMENT, document);
                document.map(|document| statements(attribute, document)).unwrap_or_default()
            });
            let places: Vec<_> = places.collect();
            if let Some(block) = self.blocks.get_mut(&name).filter(|_| !places.is_empty()) {
                Arc::make_mut(block).places.extend(places);
            }
        }
    }

    fn resource(
        &mut self,
        mode: Mode,
        (kind, name): (&str, &str),
        block: &Block,
        lines: &Lines<'_>,
        renamed: &BTreeMap<usize, String>,
    ) {
        let Some(own) = declaration(block, lines, renamed) else { return };
        let key = (mode, kind.to_owned(), name.to_owned());
        self.drop_documents(&key, &block.body);
        let documents = made_by_documents(&block.body);
        if !documents.is_empty() {
            self.documents.push((key.clone(), documents));
        }
        let entry = self.blocks.entry(key);
        let merged = |base: &mut Arc<Declaration>| *base = Arc::new(overridden(base, own.clone(), block));
        entry.and_modify(merged).or_insert_with(|| Arc::new(own.clone()));
    }

    /// An attribute that an override file gives is no longer made by the document of the base.
    fn drop_documents(&mut self, key: &Name, over: &Body) {
        if !self.blocks.contains_key(key) {
            return;
        }
        for (_, attributes) in self.documents.iter_mut().filter(|(own, _)| own == key) {
            attributes.retain(|(attribute, _)| !over.has_attribute(attribute));
        }
    }

    fn module_call(&mut self, name: &str, block: &Block, lines: &Lines<'_>) {
        let source = block.body.get_attribute("source");
        let source = source.and_then(|source| source.value.as_str()).map(ToOwned::to_owned);
        let end = block.labels.last().and_then(Span::span).unwrap_or_default().end;
        let start = block.ident.span().unwrap_or_default().start;
        let call = ModuleCall { source: source.clone(), location: lines.location(start..end) };
        let entry = self.calls.entry(name.to_owned());
        entry.and_modify(|base| base.source = source.or_else(|| base.source.take())).or_insert(call);
    }
}

#[cfg(test)]
mod tests {
    use kmscheck_model::IgnoreChanges;
    use kmscheck_value::{AttributePath, Truth};

    use super::*;

    fn read(files: &[(&str, &str)]) -> (Module, Vec<SyntaxError>) {
        let files: Vec<_> =
            files.iter().map(|(path, text)| SourceFile { path, text: text.as_bytes() }).collect();
        Module::read(&files)
    }

    fn key(files: &[(&str, &str)]) -> Arc<Declaration> {
        let (module, errors) = read(files);
        assert_eq!(errors, []);
        Arc::clone(module.declaration(Mode::Managed, "aws_kms_key", "app").unwrap())
    }

    /// The line and column of a part, and the line and column of its end.
    fn place(declaration: &Declaration, part: &AttributePath) -> (usize, usize, usize, usize) {
        let Location { start, end, .. } = declaration.place_of(part);
        (start.line, start.column, end.line, end.column)
    }

    const KEY: &str = r#"
resource "aws_kms_key" "app" {
  multi_region = true
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = "*", Action = "kms:*" },
      { Effect = "Deny", Principal = { AWS = "*" } },
    ]
  })
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [policy, tags["a"], "description"]
  }
}
"#;

    #[test]
    fn each_part_has_its_place() {
        let key = key(&[("main.tf", KEY)]);
        let policy = || AttributePath::root().key("policy");
        let statement = |index| policy().key("statement").index(index);
        assert_eq!(place(&key, &AttributePath::root()), (2, 1, 2, 29));
        assert_eq!(place(&key, &AttributePath::root().key("multi_region")), (3, 3, 3, 22));
        assert_eq!(place(&key, &policy()), (4, 3, 10, 5));
        assert_eq!(place(&key, &statement(0)), (7, 7, 7, 62));
        assert_eq!(place(&key, &statement(1).key("principal")), (8, 26, 8, 51));
        assert_eq!(place(&key, &statement(7)), (6, 5, 9, 6), "the list of them");
    }

    #[test]
    fn a_single_statement_is_a_list_of_one() {
        let key = key(&[(
            "main.tf",
            r#"resource "aws_kms_key" "app" {
  policy = (jsonencode({ "Statement" = { "Principal" = "*" } }))
}"#,
        )]);
        let statement = AttributePath::root().key("policy").key("statement").index(0);
        assert_eq!(place(&key, &statement.key("principal")), (2, 42, 2, 59));
    }

    #[test]
    fn blocks_are_counted_unless_some_are_generated() {
        let queue = |dynamic: &str| {
            let text = format!(
                "data \"aws_x\" \"q\" {{\n rule {{\n  a = 1\n }}\n rule {{\n  a = 2\n }}\n{dynamic}}}\n"
            );
            let (module, _) = read(&[("main.tf", &text)]);
            let declaration = module.declaration(Mode::Data, "aws_x", "q").unwrap();
            place(declaration, &AttributePath::root().key("rule").index(1).key("a")).0
        };
        assert_eq!(queue(""), 6);
        assert_eq!(queue(" dynamic \"rule\" {\n  for_each = []\n  content {}\n }\n"), 2);
    }

    const DOCUMENT: &str = r#"
resource "aws_kms_key" "app" {
  policy = data.aws_iam_policy_document.app[0].json
}
data "aws_iam_policy_document" "app" {
  statement {
    actions = ["kms:*"]
  }
  statement {
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
    }
  }
}
"#;

    #[test]
    fn the_statements_of_a_policy_document_stand_in_its_blocks() {
        let line = |text: &str, part: AttributePath| place(&key(&[("main.tf", text)]), &part).0;
        let statement = |index| AttributePath::root().key("policy").key("statement").index(index);
        assert_eq!(line(DOCUMENT, statement(0)), 6);
        assert_eq!(line(DOCUMENT, statement(1).key("principal")), 10);
        assert_eq!(line(DOCUMENT, statement(1).key("condition")), 14);
        assert_eq!(line(DOCUMENT, statement(0).key("principal")), 6, "the statement has none");
        assert_eq!(line(DOCUMENT, statement(2)), 3, "the policy");
        let merged = DOCUMENT.replace(
            "  statement {\n    actions",
            "  source_policy_documents = []\n  statement {\n    actions",
        );
        assert_eq!(line(&merged, statement(0)), 3, "other documents have statements too");
        let over = "resource \"aws_kms_key\" \"app\" {\n  policy = null\n}\n";
        let overridden = key(&[("main.tf", DOCUMENT), ("override.tf", over)]);
        assert_eq!(place(&overridden, &statement(0)).0, 2, "the override file has another policy");
        let other = DOCUMENT.replace("document.app[0].json", "document.app[0].minified_json");
        assert_eq!(line(&other, statement(0)), 3);
    }

    #[test]
    fn the_lifecycle_is_read() {
        let lifecycle = key(&[("main.tf", KEY)]).lifecycle.clone();
        assert_eq!(lifecycle.prevent_destroy, Truth::Yes);
        assert_eq!(
            lifecycle.ignore_changes,
            IgnoreChanges::These(vec!["policy".into(), "description".into()])
        );
        let ignores = |what: &str| {
            let text = format!(
                "resource \"aws_kms_key\" \"app\" {{\n lifecycle {{\n  ignore_changes = {what}\n }}\n}}\n"
            );
            key(&[("main.tf", &text)]).lifecycle.ignores_changes_of("policy")
        };
        assert!(ignores("all") && ignores("[\"*\"]") && ignores("[policy]"));
        assert!(!ignores("[tags]") && !ignores("[]"));
        let plain = key(&[("main.tf", "resource \"aws_kms_key\" \"app\" {}")]);
        assert_eq!(plain.lifecycle, kmscheck_model::Lifecycle::default());
        let unknown = "resource \"aws_kms_key\" \"app\" {\n lifecycle {\n  prevent_destroy = var.x\n }\n}\n";
        assert_eq!(key(&[("main.tf", unknown)]).lifecycle.prevent_destroy, Truth::Unknown);
    }

    #[test]
    fn an_override_replaces_arguments_one_by_one() {
        let over = "resource \"aws_kms_key\" \"app\" {\n multi_region = false\n lifecycle {\n  prevent_destroy = false\n }\n}\n";
        let key = key(&[("a_override.tf", over), ("main.tf", KEY)]);
        let at = |name: &str| key.place_of(&AttributePath::root().key(name)).path.clone();
        assert_eq!((&*at("multi_region"), &*at("policy")), ("a_override.tf", "main.tf"));
        assert_eq!(key.header.path, "main.tf".into());
        assert_eq!(key.lifecycle.prevent_destroy, Truth::No);
        assert!(key.lifecycle.ignores_changes_of("policy"));
    }

    #[test]
    fn module_calls_have_a_source_and_a_place() {
        let text =
            "module \"keys\" {\n  source = \"./modules/keys\"\n}\nmodule \"odd\" {\n  source = var.x\n}\n";
        let (module, _) = read(&[("main.tf", text), ("override.tf", "module \"keys\" {\n a = 1\n}\n")]);
        let call = module.call("keys").unwrap();
        assert_eq!(call.source.as_deref(), Some("./modules/keys"));
        assert_eq!((call.location.start.line, call.location.end.column), (1, 14));
        assert_eq!(module.call("odd").unwrap().source, None);
        assert!(module.call("none").is_none());
    }

    #[test]
    fn a_file_with_an_error_is_lost_alone() {
        let (module, errors) = read(&[("bad.tf", "a = 1\nb = \n"), ("main.tf", KEY)]);
        assert_eq!((errors[0].path.as_str(), errors[0].position.line), ("bad.tf", 2));
        assert!(module.declaration(Mode::Managed, "aws_kms_key", "app").is_some());
    }

    #[test]
    fn terraform_reads_files_by_their_names() {
        let read = |name| is_read_by_terraform(name);
        assert!(read("main.tf") && read("main.tofu"));
        assert!(!read("main.tf.json") && !read(".main.tf") && !read("main.tfvars"));
        assert!(is_json_source("main.tf.json") && is_json_source("main.tofu.json"));
        assert!(!is_json_source("plan.json") && !is_json_source("main.tf"));
        assert!(is_override("a/override.tf") && is_override("main_override.tf.json"));
        assert!(!is_override("override/main.tf") && !is_override("overrides.tf"));
    }
}
