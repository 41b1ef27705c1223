//! The files of one directory, together.

use std::sync::Arc;

use kmscheck_model::{Attributes, Declaration, Interest, Location, Mode, Position};
use kmscheck_value::AttributePath;

use crate::config::{Config, Resource};
use crate::declaration::declaration;
use crate::lang::{Block, Body, Lowering, Span, json_body};
use crate::lines::Lines;
use crate::parse::{ParseError, parse};
use crate::policy_document::{POLICY_DOCUMENT, made_by_documents, statements};
use crate::repair::json_text;
use crate::unread::wanted_body;

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
    files: Vec<Lines>,
    /// The files that could not be read: what they declare is not known.
    pub(crate) unread: Vec<Arc<str>>,
    pub(crate) config: Config,
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

/// Whether Terraform and OpenTofu read a file of this name as source.
pub fn is_source(name: &str) -> bool {
    const ENDS: [&str; 4] = [".tf", ".tf.json", ".tofu", ".tofu.json"];
    ENDS.iter().any(|end| name.ends_with(end)) && !name.starts_with('.')
}

/// The file of a module that OpenTofu reads instead of this one, if both are there: `main.tofu` for `main.tf`.
/// Source: OpenTofu 1.8, "Files and Directories".
pub fn replaced_by(name: &str) -> Option<String> {
    let stem = name
        .strip_suffix(".tf")
        .map(|stem| (stem, ""))
        .or_else(|| Some((name.strip_suffix(".tf.json")?, ".json")));
    stem.map(|(stem, json)| format!("{stem}.tofu{json}"))
}

/// Whether a source file changes what the others say. Source: Terraform, "Override Files".
fn is_override(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    stem == "override" || stem.ends_with("_override")
}

impl Module {
    /// Reads the files of a directory, in any order. A file that can't be parsed is lost, and no other.
    pub fn read(files: &[SourceFile<'_>]) -> (Self, Vec<SyntaxError>) {
        let (files, errors): (Vec<_>, Vec<_>) = files.iter().map(ParsedFile::read).partition(Result::is_ok);
        let errors: Vec<_> = errors.into_iter().filter_map(Result::err).collect();
        let unread = errors.iter().map(|error| Arc::from(error.path.as_str()));
        (Self::of(files.into_iter().flatten(), unread), errors)
    }

    /// The files of one directory together, in any order, and the names of those that could not be read.
    pub fn of(
        files: impl IntoIterator<Item = ParsedFile>,
        unread: impl IntoIterator<Item = Arc<str>>,
    ) -> Self {
        let unread: Vec<_> = unread.into_iter().collect();
        if unread.iter().any(|name| is_override(name)) {
            // What the other files say may not hold.
            return Self { unread, ..Self::default() };
        }
        let mut files: Vec<_> = files.into_iter().collect();
        files.sort_by_key(|file| (is_override(&file.lines.path()), file.lines.path()));
        let mut module = Self { unread, ..Self::default() };
        for (number, file) in files.into_iter().enumerate() {
            // What overrides a block of a file that was not read is no block of its own.
            let is_part = !module.unread.is_empty() && is_override(&file.lines.path());
            module.config.add(file.body.in_file(number), file.lines.text(), is_part);
            module.files.push(file.lines);
        }
        module
    }

    /// The block of a resource or data source.
    pub fn declaration(&self, mode: Mode, resource_type: &str, name: &str) -> Option<Arc<Declaration>> {
        let resource = self.config.resources.get(&(mode, resource_type.into(), name.into()))?;
        Some(self.declaration_of(resource, Attributes::All))
    }

    /// Where the attributes stand that are wanted when somebody first asks.
    pub(crate) fn declaration_of(&self, resource: &Resource, wanted: Attributes) -> Arc<Declaration> {
        let declared = resource.declaration.get_or_init(|| {
            let mut declared = declaration(resource.block(), wanted, &|file, span| self.location(file, span));
            declared.places.extend(self.statements(&resource.block().body));
            Arc::new(declared)
        });
        Arc::clone(declared)
    }

    /// Where the statements of policies stand that a data source makes.
    fn statements(&self, body: &Body) -> Vec<(AttributePath, Location)> {
        let places = made_by_documents(body).flat_map(|(attribute, document)| {
            let document = self.declaration(Mode::Data, POLICY_DOCUMENT, document);
            document.map(|document| statements(attribute, &document)).unwrap_or_default()
        });
        places.collect()
    }

    /// The names of its variables.
    pub fn variables(&self) -> impl Iterator<Item = &Arc<str>> {
        self.config.variables.keys()
    }

    /// The block that calls a module.
    pub fn call(&self, name: &str) -> Option<ModuleCall> {
        self.config.calls.get(name).map(|block| self.call_of(block))
    }

    /// The blocks that call modules, with their names.
    pub fn calls(&self) -> impl Iterator<Item = (&Arc<str>, ModuleCall)> {
        self.config.calls.iter().map(|(name, block)| (name, self.call_of(block)))
    }

    fn call_of(&self, block: &Block) -> ModuleCall {
        let source = block.body.value("source").and_then(|source| source.as_str()).map(ToOwned::to_owned);
        ModuleCall { source, location: self.location(block.file, block.header.clone()) }
    }

    pub(crate) fn location(&self, file: usize, span: Span) -> Location {
        let nowhere = || {
            let start = Position { line: 1, column: 1 };
            Location { path: Arc::default(), start, end: start }
        };
        self.files.get(file).map_or_else(nowhere, |lines| lines.location(span))
    }
}

/// What one file says.
#[derive(Debug)]
pub struct ParsedFile {
    body: Body,
    lines: Lines,
}

impl ParsedFile {
    /// Reads a file.
    ///
    /// # Errors
    /// If it is no Terraform.
    pub fn read(file: &SourceFile<'_>) -> Result<Self, SyntaxError> {
        Self::of(file.path.into(), file.text.into(), None)
    }

    /// Reads a file for somebody who wants nothing but what matters. What is in other resources is read when an expression
    /// refers to them.
    ///
    /// # Errors
    /// If it is no Terraform.
    pub fn read_for(interest: &dyn Interest, path: Arc<str>, text: Arc<[u8]>) -> Result<Self, SyntaxError> {
        let wanted = if path.ends_with(".json") { None } else { wanted_body(interest, &text) };
        Self::of(path, text, wanted)
    }

    /// `body` is what it says, if that is known already.
    fn of(path: Arc<str>, text: Arc<[u8]>, body: Option<Body>) -> Result<Self, SyntaxError> {
        let body = body.map_or_else(|| whole_body(&path, &text), Ok);
        let lines = Lines::of(path, text);
        match body {
            Ok(body) => Ok(Self { body, lines }),
            Err(error) => Err(SyntaxError {
                path: lines.path().to_string(),
                position: lines.position(error.offset),
                message: error.message,
            }),
        }
    }
}

fn whole_body(path: &str, text: &[u8]) -> Result<Body, ParseError> {
    if path.ends_with(".json") {
        return json_body(&json_text(text));
    }
    let parsed = parse(text)?;
    let lowering = Lowering { text: &parsed.text, renamed: &parsed.renamed, from: 0, place: None };
    Ok(lowering.body(&parsed.tree))
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
        module.declaration(Mode::Managed, "aws_kms_key", "app").unwrap()
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
            place(&declaration, &AttributePath::root().key("rule").index(1).key("a")).0
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

    struct Aliases;

    impl Interest for Aliases {
        fn attributes(&self, resource_type: &str) -> Attributes {
            if resource_type == "aws_kms_alias" { Attributes::All } else { Attributes::None }
        }
    }

    #[test]
    fn a_block_that_nobody_wanted_is_read_later_and_is_the_same() {
        let later = |text: &str| {
            let file = ParsedFile::read_for(&Aliases, "main.tf".into(), text.as_bytes().into());
            Module::of(file, []).declaration(Mode::Managed, "aws_kms_key", "app").unwrap()
        };
        let number =
            "# é\nresource \"aws_kms_key\" \"app\" {\n  days = - 7\n  tags = { é = 1, (\"b\") = 2 }\n}";
        // An object with two equal keys has to be repaired.
        let repaired = "a = { b = 1, b = 2 }\nresource \"aws_kms_key\" \"app\" {\n  c = 1\n}\n";
        for text in [KEY, DOCUMENT, number, repaired] {
            assert_eq!(later(text), key(&[("main.tf", text)]), "{text}");
        }
    }

    #[test]
    fn what_nobody_wants_is_an_error_if_it_can_not_be_parsed() {
        let text = "resource \"aws_kms_key\" \"app\" {\n  a = \n}\n";
        assert!(ParsedFile::read_for(&Aliases, "main.tf".into(), text.as_bytes().into()).is_err());
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
    fn source_in_json_is_source() {
        let json = r#"{
  "//": "a comment",
  "resource": {
    "aws_kms_key": {
      "app": {
        "multi_region": true,
        "policy": "${jsonencode({ Statement = [{ Principal = \"*\" }] })}",
        "lifecycle": { "prevent_destroy": true, "ignore_changes": ["policy"] }
      }
    }
  },
  "module": [{ "keys": { "source": "./keys" } }]
}"#;
        let (module, errors) = read(&[("main.tf.json", json)]);
        assert_eq!(errors, []);
        let key = module.declaration(Mode::Managed, "aws_kms_key", "app").unwrap();
        assert_eq!(place(&key, &AttributePath::root()).0, 5);
        assert_eq!(place(&key, &AttributePath::root().key("multi_region")), (6, 9, 6, 29));
        assert_eq!(key.lifecycle.prevent_destroy, Truth::Yes);
        assert!(key.lifecycle.ignores_changes_of("policy"));
        assert_eq!(module.call("keys").unwrap().source.as_deref(), Some("./keys"));
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
        for name in ["main.tf", "main.tofu", "main.tf.json", "main.tofu.json"] {
            assert!(is_source(name), "{name}");
        }
        assert!(!is_source(".main.tf") && !is_source("main.tfvars") && !is_source("plan.json"));
        assert_eq!(replaced_by("main.tf").as_deref(), Some("main.tofu"));
        assert_eq!(replaced_by("main.tf.json").as_deref(), Some("main.tofu.json"));
        assert_eq!(replaced_by("main.tofu"), None);
        assert!(is_override("a/override.tf") && is_override("main_override.tf.json"));
        assert!(!is_override("override/main.tf") && !is_override("overrides.tf"));
    }
}
