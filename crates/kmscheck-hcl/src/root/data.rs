//! Data sources whose results follow from the configuration.

use std::rc::Rc;
use std::sync::Arc;

use kmscheck_iam::{Assembly, Block, List, Part};
use kmscheck_model::arn::partition_of;
use kmscheck_model::{Mode, Region};
use kmscheck_value::{Because, Text};

use super::Root;
use super::instance::Item;
use super::object::ResourceObject;
use super::provider::Provider;
use crate::cty::{Fault, Kind, Type, Unknown, Value, convert};

impl<'r> Root<'r> {
    /// An attribute that the provider makes from the configuration alone; `None` if it asks AWS.
    pub(super) fn made_by_provider(
        &self,
        id: usize,
        object: &ResourceObject<'r>,
        name: &str,
    ) -> Result<Option<Value>, Fault> {
        let (mode, kind, _) = object.name;
        match (mode, &**kind, name) {
            (Mode::Data, "aws_iam_policy_document", "json" | "minified_json") => {
                self.policy_once(id, object, name)
            }
            (Mode::Data, "aws_caller_identity", "account_id" | "id") => {
                let provider = self.provider_of_object(object);
                Ok(provider.map(|provider| account(&provider)))
            }
            (Mode::Data, "aws_region", "name" | "id" | "region") => {
                Ok(self.region_name(object)?.map(|name| (&*name).into()))
            }
            (Mode::Data, "aws_partition", _) => {
                Ok(self.region_name(object)?.and_then(|region| partition(&region, name)))
            }
            (Mode::Data, "aws_arn", _) => self.part_of_arn(object, name),
            _ => Ok(None),
        }
    }

    fn policy_once(
        &self,
        id: usize,
        object: &ResourceObject<'r>,
        name: &str,
    ) -> Result<Option<Value>, Fault> {
        let block = object.block();
        let item = Item::Made(id, name.into());
        let called = format!("{}.{name}", object.address());
        let text = self.once(&object.instance, item, &called, (block.file, &block.header), || {
            // Null stands for a document that can't be written down.
            Ok(self.policy(id, object, name).unwrap_or(Value::NULL))
        })?;
        Ok(Some(text).filter(|text| !text.is_null()))
    }

    fn provider_of_object(&self, object: &ResourceObject<'r>) -> Option<Rc<Provider>> {
        self.provider_of(&object.instance, &object.name.1, object.block())
    }

    /// The Region of a data source, if it is known.
    fn region_name(&self, object: &ResourceObject<'r>) -> Result<Option<Arc<str>>, Fault> {
        for own in ["region", "name"] {
            if let Some(value) = self.argument(object, own)?.filter(|value| !value.is_null()) {
                return Ok(value.as_str().map(Arc::from));
            }
        }
        Ok(match self.provider_of_object(object).map(|provider| provider.region.clone()) {
            Some(Region::Known(name, _)) => Some(name),
            _ => None,
        })
    }

    fn argument(&self, object: &ResourceObject<'r>, name: &str) -> Result<Option<Value>, Fault> {
        let argument = object.block().body.argument(name);
        argument.map(|argument| self.eval(&object.instance, &object.each, &argument.value)).transpose()
    }

    /// Source: provider, `arn_data_source.go`.
    fn part_of_arn(&self, object: &ResourceObject<'r>, name: &str) -> Result<Option<Value>, Fault> {
        const PARTS: [&str; 5] = ["partition", "service", "region", "account", "resource"];
        let arn = self.argument(object, "arn")?;
        let arn = arn.as_ref().and_then(Value::as_str).and_then(|arn| arn.strip_prefix("arn:"));
        let position = PARTS.iter().position(|part| *part == name);
        Ok(arn.zip(position).and_then(|(arn, position)| arn.splitn(5, ':').nth(position).map(Value::from)))
    }

    /// The text of a policy document, if it can be written down.
    fn policy(&self, id: usize, object: &ResourceObject<'r>, name: &str) -> Option<Value> {
        let argument = |name: &str| match self.configured(id, object, name) {
            Ok(value) => Some(value.unwrap_or(Value::NULL)),
            Err(_) => None,
        };
        let statements = argument("statement")?;
        let sources = argument("source_policy_documents")?;
        let overrides = argument("override_policy_documents")?;
        let assembly = Assembly {
            version: text(&argument("version")?)?,
            id: text(&argument("policy_id")?)?,
            sources: elements(&sources, part),
            statements: elements(&statements, statement),
            overrides: elements(&overrides, part),
        };
        let sensitive = [&statements, &sources, &overrides].into_iter().any(Value::holds_sensitive);
        let text = if name == "json" { assembly.json() } else { assembly.minified_json() };
        text.ok().map(|text| Value::from(text).marked(sensitive))
    }
}

/// The account of a provider configuration: one that is not known is the same for all who share the credentials.
fn account(provider: &Provider) -> Value {
    let text = provider.account.text();
    match text.as_symbol() {
        Some(symbol) => Unknown { not_null: true, ..Unknown::of(symbol.clone(), Type::String) }.into(),
        None => text.into(),
    }
}

/// Source: provider, `partition_data_source.go`; botocore, `partitions.json`.
fn partition(region: &str, name: &str) -> Option<Value> {
    let partition = partition_of(region);
    let suffix = match partition {
        "aws" | "aws-us-gov" => "amazonaws.com",
        "aws-cn" => "amazonaws.com.cn",
        _ => return matches!(name, "partition" | "id").then(|| partition.into()),
    };
    match name {
        "partition" | "id" => Some(partition.into()),
        "dns_suffix" => Some(suffix.into()),
        "reverse_dns_prefix" => Some(suffix.split('.').rev().collect::<Vec<_>>().join(".").into()),
        _ => None,
    }
}

/// A string that may be left out; `None` if it can't be told whether it is.
fn text(value: &Value) -> Option<Option<Text>> {
    if value.is_null() {
        return Some(None);
    }
    string(value).map(Some)
}

/// A string, or the symbol of one.
fn string(value: &Value) -> Option<Text> {
    match convert(value.clone(), &Type::String).ok()?.kind {
        Kind::String(text) => Some(text),
        Kind::Unknown(unknown) => unknown.symbol.map(Text::symbol),
        _ => None,
    }
}

/// The elements of a list, which is open if they are not known.
fn elements<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> List<T> {
    let unclear = || List::unknown(Because::new("a part of the document is not known"));
    if value.is_null() {
        return List::closed(Vec::new());
    }
    let Some(items) = value.items() else { return unclear() };
    let read: Option<Vec<T>> = items.iter().filter(|item| !item.is_null()).map(read).collect();
    read.map_or_else(unclear, List::closed)
}

fn part(value: &Value) -> Option<Part> {
    match &value.kind {
        Kind::String(text) if text.as_str() == Some("") => None,
        Kind::String(text) => Some(Part::Text(text.clone())),
        _ => None,
    }
}

/// A `statement` block.
fn statement(block: &Value) -> Option<Block> {
    let entries = block.entries()?;
    let get = |name: &str| entries.get(name).unwrap_or(&Value::NULL);
    let texts = |name: &str| elements(get(name), string);
    let principals = |name: &str| {
        elements(get(name), |one| {
            let one = one.entries()?;
            Some((string(one.get("type")?)?, elements(one.get("identifiers")?, string)))
        })
    };
    Some(Block {
        sid: text(get("sid"))?,
        effect: text(get("effect"))?,
        principals: principals("principals"),
        not_principals: principals("not_principals"),
        actions: texts("actions"),
        not_actions: texts("not_actions"),
        resources: texts("resources"),
        not_resources: texts("not_resources"),
        conditions: elements(get("condition"), |one| {
            let one = one.entries()?;
            Some((
                string(one.get("test")?)?,
                string(one.get("variable")?)?,
                elements(one.get("values")?, string),
            ))
        }),
    })
}
