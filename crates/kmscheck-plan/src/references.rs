//! The texts in `references`: `aws_kms_key.this["a"].arn`, `var.x.y`, `module.m[0].out`.

use std::fmt;

use kmscheck_model::{InstanceKey, Mode};

use crate::strings::Str;

/// A reference: what it names, and the way from there.
#[derive(Debug, PartialEq)]
pub(crate) struct Reference<'t> {
    pub(crate) subject: Subject<'t>,
    pub(crate) steps: Vec<Step<'t>>,
}

/// What a reference names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Subject<'t> {
    Resource {
        mode: Mode,
        resource_type: &'t str,
        name: &'t str,
    },
    Module(&'t str),
    Variable(&'t str),
    /// A local value: the plan has neither its expression nor its value.
    Local(&'t str),
    EachValue,
    /// `each.key` and `count.index`.
    OwnKey,
    /// `path.*`, `terraform.*`: known whenever there is a plan.
    Surroundings,
    /// Anything else, such as `self` or an ephemeral resource.
    Other,
}

/// A step from what a reference names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step<'t> {
    Attribute(&'t str),
    Index(InstanceKey),
}

impl<'t> Reference<'t> {
    /// Reads a reference. A text that is none refers to [`Subject::Other`].
    pub(crate) fn parse(text: &'t str) -> Self {
        let steps = steps(text).unwrap_or_default();
        let mut rest = steps.into_iter();
        let subject = subject(&mut rest).unwrap_or(Subject::Other);
        Reference { subject, steps: rest.collect() }
    }
}

fn subject<'t>(steps: &mut impl Iterator<Item = Step<'t>>) -> Option<Subject<'t>> {
    let mut name = || match steps.next() {
        Some(Step::Attribute(name)) => Some(name),
        _ => None,
    };
    Some(match name()? {
        "var" => Subject::Variable(name()?),
        "local" => Subject::Local(name()?),
        "module" => Subject::Module(name()?),
        "each" if name()? == "value" => Subject::EachValue,
        "each" | "count" => Subject::OwnKey,
        "path" | "terraform" => Subject::Surroundings,
        "self" | "ephemeral" => Subject::Other,
        "data" => Subject::Resource { mode: Mode::Data, resource_type: name()?, name: name()? },
        "resource" => Subject::Resource { mode: Mode::Managed, resource_type: name()?, name: name()? },
        resource_type => Subject::Resource { mode: Mode::Managed, resource_type, name: name()? },
    })
}

/// The steps of a traversal, from its root; `None` if it is none.
fn steps(text: &str) -> Option<Vec<Step<'_>>> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(index) = rest.strip_prefix('[') {
            let end = index_end(index)?;
            steps.push(Step::Index(index.get(..end)?.parse().ok()?));
            rest = index.get(end + 1..)?;
        } else {
            let name = if steps.is_empty() { rest } else { rest.strip_prefix('.')? };
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let (name, after) = name.split_at_checked(end).filter(|(name, _)| !name.is_empty())?;
            steps.push(Step::Attribute(name));
            rest = after;
        }
    }
    Some(steps)
}

/// Where the bracket closes, outside of quotes.
fn index_end(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    text.char_indices().find_map(|(position, character)| {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ']' if !quoted => return Some(position),
            _ => {}
        }
        None
    })
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(name) => write!(f, ".{name}"),
            Self::Index(key) => write!(f, "[{key}]"),
        }
    }
}

/// A reference as it stands in the source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Written<'t> {
    pub(crate) text: &'t str,
    /// Whether `each.key` or `count.index` follows, as in `aws_kms_key.this[each.key]`: the collection and the key
    /// of an index expression are listed one after the other.
    pub(crate) by_own_key: bool,
}

/// The references that stand in the source. Terraform lists each of them from long to short:
/// `aws_kms_key.this["a"].arn`, `aws_kms_key.this["a"]`, `aws_kms_key.this`.
///
/// Source: `marshalExpression` in `internal/command/jsonconfig/expression.go` of Terraform.
pub(crate) fn written<'t>(references: &'t [Str<'_>]) -> Vec<Written<'t>> {
    let mut written: Vec<Written<'t>> = Vec::new();
    let mut last: &str = "";
    for text in references {
        if let (Some(collection), "each.key" | "count.index") = (written.last_mut(), &**text) {
            collection.by_own_key = true;
        }
        if !is_shorter(text, last) {
            written.push(Written { text, by_own_key: false });
        }
        last = text;
    }
    written
}

/// Whether `text` is `longer` with its last steps left out.
fn is_shorter(text: &str, longer: &str) -> bool {
    longer.strip_prefix(text).is_some_and(|rest| rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(references: &[&str]) -> Vec<(String, bool)> {
        let references: Vec<_> = references.iter().map(|text| Str::from(*text)).collect();
        written(&references).iter().map(|one| (one.text.to_owned(), one.by_own_key)).collect()
    }

    #[test]
    fn only_the_longest_of_each_run_was_written() {
        let list =
            ["aws_kms_key.this[\"a.b\"].arn", "aws_kms_key.this[\"a.b\"]", "aws_kms_key.this", "var.x"];
        assert_eq!(texts(&list), [("aws_kms_key.this[\"a.b\"].arn".into(), false), ("var.x".into(), false)]);
        assert_eq!(texts(&["a.b.c", "a.b", "a.b"]).len(), 2);
        assert_eq!(texts(&["a.b", "a.bc"]).len(), 2);
    }

    #[test]
    fn an_index_by_the_own_key_is_listed_after_its_collection() {
        assert!(texts(&["aws_kms_key.this", "each.key"])[0].1);
        assert!(texts(&["module.keys", "count.index"])[0].1);
        assert!(texts(&["module.m.keys", "module.m", "each.key"])[0].1);
        assert!(!texts(&["aws_kms_key.this", "each.value"])[0].1);
    }

    #[test]
    fn references_are_read_with_their_keys() {
        let reference = Reference::parse("data.aws_kms_key.x[\"a]\\\"b\"].arn");
        let subject = Subject::Resource { mode: Mode::Data, resource_type: "aws_kms_key", name: "x" };
        assert_eq!(reference.subject, subject);
        let key = InstanceKey::Key("a]\"b".into());
        assert_eq!(reference.steps, [Step::Index(key), Step::Attribute("arn")]);
        assert_eq!(Reference::parse("module.m[0].out").subject, Subject::Module("m"));
        assert_eq!(Reference::parse("each.value.x").steps, [Step::Attribute("x")]);
        for text in ["", "var", "a[", "[0]", "..", "a.b[\"x"] {
            assert_eq!(Reference::parse(text).subject, Subject::Other, "{text}");
        }
    }
}
