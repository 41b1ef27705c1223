//! Reading addresses. An instance key may hold dots and brackets (`x["a.b[0]"]`), so this is a scanner, not a split.

use std::fmt;
use std::sync::Arc;

use crate::{Address, InstanceKey, Mode, ModulePath, ModuleStep};

/// A text that is not an absolute resource address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressError {
    text: String,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a resource address", self.text)
    }
}

impl std::error::Error for AddressError {}

pub(crate) fn address(text: &str) -> Result<Address, AddressError> {
    let mut scanner = Scanner { rest: text };
    scanner.address().filter(|_| scanner.rest.is_empty()).ok_or_else(|| error(text))
}

pub(crate) fn instance_key(text: &str) -> Result<InstanceKey, AddressError> {
    let mut scanner = Scanner { rest: text };
    scanner.key().filter(|_| scanner.rest.is_empty()).ok_or_else(|| error(text))
}

pub(crate) fn module_path(text: &str) -> Result<ModulePath, AddressError> {
    let mut scanner = Scanner { rest: text };
    if text.is_empty() {
        return Ok(ModulePath::root());
    }
    let mut steps = Vec::new();
    loop {
        let step =
            scanner.keyword("module.").then(|| scanner.module_step()).flatten().ok_or_else(|| error(text))?;
        steps.push(step);
        if scanner.rest.is_empty() {
            return Ok(steps.into_iter().collect());
        }
        if !scanner.keyword(".") {
            return Err(error(text));
        }
    }
}

fn error(text: &str) -> AddressError {
    AddressError { text: text.to_owned() }
}

struct Scanner<'t> {
    rest: &'t str,
}

impl<'t> Scanner<'t> {
    fn address(&mut self) -> Option<Address> {
        let mut steps = Vec::new();
        while self.keyword("module.") {
            steps.push(self.module_step()?);
            self.keyword(".").then_some(())?;
        }
        let mode = if self.keyword("data.") { Mode::Data } else { Mode::Managed };
        let resource_type = self.identifier()?;
        self.keyword(".").then_some(())?;
        let name = self.identifier()?;
        let key = self.instance_key()?;
        let module = steps.into_iter().collect();
        Some(Address { module, mode, resource_type: resource_type.into(), name: name.into(), key })
    }

    fn module_step(&mut self) -> Option<ModuleStep> {
        let name = self.identifier()?.into();
        Some(ModuleStep { name, key: self.instance_key()? })
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        match self.rest.strip_prefix(keyword) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn identifier(&mut self) -> Option<&'t str> {
        let end = self.rest.find(['.', '[']).unwrap_or(self.rest.len());
        let (identifier, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!identifier.is_empty()).then_some(identifier)
    }

    /// The outer option is failure; the inner one says whether there is a key.
    #[expect(clippy::option_option, reason = "an absent key and a broken one are two things")]
    fn instance_key(&mut self) -> Option<Option<InstanceKey>> {
        if !self.keyword("[") {
            return Some(None);
        }
        let key = self.key()?;
        self.keyword("]").then_some(Some(key))
    }

    /// What stands between the brackets.
    fn key(&mut self) -> Option<InstanceKey> {
        if self.keyword("\"") {
            return Some(InstanceKey::Key(self.quoted()?));
        }
        let end = self.rest.find(']').unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        if text == "?" { Some(InstanceKey::Any) } else { text.parse().ok().map(InstanceKey::Index) }
    }

    /// The rest of a quoted key, up to and with its closing quote.
    fn quoted(&mut self) -> Option<Arc<str>> {
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((position, character)) = chars.next() {
            match character {
                '"' => {
                    self.rest = self.rest.get(position + 1..)?;
                    return Some(text.into());
                }
                '\\' => text.push(match chars.next()?.1 {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => unicode(&mut chars, 4)?,
                    'U' => unicode(&mut chars, 8)?,
                    plain => plain,
                }),
                '$' | '%' if doubled_before_brace(self.rest, position, character) => {
                    chars.next();
                    text.push(character);
                }
                other => text.push(other),
            }
        }
        None
    }
}

/// Whether `$${` or `%%{`, the escape for a literal `${` or `%{`, begins at `position`.
fn doubled_before_brace(text: &str, position: usize, character: char) -> bool {
    let mut next = text.get(position + 1..).unwrap_or_default().chars();
    next.next() == Some(character) && next.next() == Some('{')
}

fn unicode(chars: &mut std::str::CharIndices<'_>, digits: usize) -> Option<char> {
    let code: String = chars.take(digits).map(|(_, digit)| digit).collect();
    char::from_u32(u32::from_str_radix(&code, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_read_and_printed_as_terraform_prints_them() {
        for text in [
            "aws_kms_key.app",
            "data.aws_kms_key.app[0]",
            "module.keys[\"eu\"].aws_kms_key.app[0]",
            "module.a.module.b[1].data.aws_iam_policy_document.x[\"a.b[0]\"]",
            r#"aws_kms_key.x["a\"b"]"#,
            r#"aws_kms_key.x["x$${y}"]"#,
            r#"aws_kms_key.x["%%{if}"]"#,
            r#"aws_kms_key.x["new\nline"]"#,
            "aws_kms_key.x[?]",
        ] {
            assert_eq!(text.parse::<Address>().map(|address| address.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn a_data_source_in_a_module_has_both() {
        let address: Address = "module.a[\"k\"].data.aws_kms_alias.b".parse().unwrap();
        assert_eq!(address.mode, Mode::Data);
        assert_eq!(address.module.to_string(), "module.a[\"k\"]");
        assert_eq!(address.module.parent().map(|(parent, _)| parent), Some(ModulePath::root()));
    }

    #[test]
    fn an_instance_key_is_read_by_itself() {
        assert_eq!("0".parse(), Ok(InstanceKey::Index(0)));
        assert_eq!(r#""a\"]""#.parse(), Ok(InstanceKey::Key("a\"]".into())));
        assert!("a".parse::<InstanceKey>().is_err() && "\"a\"]".parse::<InstanceKey>().is_err());
    }

    #[test]
    fn what_is_not_an_address_is_an_error() {
        for text in ["", "aws_kms_key", "module.a", "a.b[", "a.b[x]", "a.b[\"x]", "a.b.c", "module.a.", ".."]
        {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
        assert!("module.a.b".parse::<ModulePath>().is_err());
    }

    proptest! {
        #[test]
        fn every_key_survives_printing_and_reading(key in ".*") {
            let step = ModuleStep { name: "m".into(), key: Some(InstanceKey::Key(key.as_str().into())) };
            let address = Address {
                module: ModulePath::root().child(step),
                mode: Mode::Managed,
                resource_type: "aws_kms_key".into(),
                name: "x".into(),
                key: Some(InstanceKey::Key(key.into())),
            };
            prop_assert_eq!(address.to_string().parse::<Address>(), Ok(address));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = text.parse::<Address>();
            let _ = text.parse::<ModulePath>();
        }
    }
}
