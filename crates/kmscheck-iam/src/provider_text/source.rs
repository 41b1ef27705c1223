//! Source and override documents, as Go's decoder reads them into the provider's structures.

use kmscheck_value::{Because, Text};

use super::principals::{self, Entry};
use super::set::OneOrMany;
use super::statement::{self, Comparison, Elements, Written};
use super::tree::{self, Tree};
use crate::Part;
use crate::parse::json::{Json, Object};
use crate::parse::symbols::Symbols;

/// What is read of a document.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) version: Option<Text>,
    pub(super) id: Option<Text>,
    pub(super) statements: Vec<Written>,
}

/// The document; `None` for an empty string, which the provider passes over.
pub(super) fn read(part: &Part) -> Result<Option<Source>, Because> {
    let text = match part {
        Part::Text(text) if text.as_str() == Some("") => return Ok(None),
        Part::Text(text) => text,
        Part::Document(_) => return Err(Because::new("how it is written is not known, only what it says")),
        Part::Unknown(because) => return Err(because.clone()),
    };
    let (json, symbols) = Symbols::encode(text).map_err(|error| Because::new(error.to_string()))?;
    let json: Json<'_> = serde_json::from_str(&json).map_err(|error| {
        Because::new(format!("it is not JSON (line {}, column {})", error.line(), error.column()))
    })?;
    Reader { symbols: &symbols }.document(&json).map(Some)
}

struct Reader<'s> {
    symbols: &'s Symbols,
}

impl Reader<'_> {
    fn document(&self, json: &Json<'_>) -> Result<Source, Because> {
        let document = match json {
            Json::Null => return Ok(Source::default()),
            Json::Object(document) => document,
            other => return Err(self.refused(other, "The document")),
        };
        if document.has_repeated() {
            return Err(Because::new("an element of it stands there twice"));
        }
        let statements = match element(document, "Statement")? {
            None | Some(Json::Null) => &[][..],
            Some(Json::Array(statements)) => statements,
            Some(other) => return Err(self.refused(other, "`Statement`")),
        };
        Ok(Source {
            version: self.text(document, "Version")?,
            id: self.text(document, "Id")?,
            statements: statements.iter().map(|json| self.statement(json)).collect::<Result<_, _>>()?,
        })
    }

    fn statement(&self, json: &Json<'_>) -> Result<Written, Because> {
        let Json::Object(statement) = json else { return Err(self.refused(json, "`Statement`")) };
        let as_it_is = |name| match element(statement, name)? {
            None | Some(Json::Null) => Ok(None),
            Some(json) => self.tree(json).map(Some),
        };
        let elements = Elements {
            sid: self.text(statement, "Sid")?,
            effect: self.text(statement, "Effect")?,
            action: as_it_is("Action")?,
            not_action: as_it_is("NotAction")?,
            resource: as_it_is("Resource")?,
            not_resource: as_it_is("NotResource")?,
            principal: self.principals(statement, "Principal")?,
            not_principal: self.principals(statement, "NotPrincipal")?,
            condition: self.condition(element(statement, "Condition")?)?,
        };
        Ok(elements.written())
    }

    /// A string; `None` also for an empty one, which is not written.
    fn text(&self, object: &Object<'_>, name: &str) -> Result<Option<Text>, Because> {
        match element(object, name)? {
            None | Some(Json::Null) => Ok(None),
            Some(json) => {
                let text = self.string(json).ok_or_else(|| self.refused(json, &format!("`{name}`")))?;
                Ok(Some(text).filter(|text| text.as_str() != Some("")))
            }
        }
    }

    /// Any JSON, as it is.
    fn tree(&self, json: &Json<'_>) -> Result<Tree, Because> {
        Ok(match json {
            Json::Null => Tree::Word("null".into()),
            Json::Bool(value) => Tree::Word(value.to_string()),
            Json::Number(number) => tree::number(number.as_f64().unwrap_or_default()),
            Json::String(_) => Tree::Text(self.string(json).ok_or_else(|| self.refused(json, "An element"))?),
            Json::Array(items) => {
                Tree::Array(items.iter().map(|item| self.tree(item)).collect::<Result<_, _>>()?)
            }
            Json::Object(object) => {
                let element = |(name, json)| Ok((self.symbols.decode(name), self.tree(json)?));
                Tree::Object(object.iter().map(element).collect::<Result<_, Because>>()?)
            }
        })
    }

    /// Any string is everyone; a list of one stays a list.
    fn principals(&self, statement: &Object<'_>, name: &str) -> Result<Option<Tree>, Because> {
        let refused = |json| self.refused(json, &format!("`{name}`"));
        let types = match element(statement, name)? {
            None => return Ok(None),
            Some(Json::Object(types)) => types,
            Some(json) if self.string(json).is_some() => return Ok(Some(Tree::Text("*".into()))),
            Some(other) => return Err(refused(other)),
        };
        let mut entries: Vec<Entry> = Vec::new();
        for (category, json) in types.iter() {
            let identifiers = match json {
                Json::Array(_) => self.strings(json).map(OneOrMany::Many),
                json => self.string(json).map(OneOrMany::One),
            };
            entries.push((self.symbols.decode(category), identifiers.ok_or_else(|| refused(json))?));
        }
        principals::element(entries)
    }

    fn condition(&self, json: Option<&Json<'_>>) -> Result<Option<Tree>, Because> {
        let refused = |json| self.refused(json, "`Condition`");
        let operators = match json {
            None | Some(Json::Null) => return Ok(None),
            Some(Json::Object(operators)) => operators,
            Some(other) => return Err(refused(other)),
        };
        let mut comparisons: Vec<Comparison> = Vec::new();
        for (operator, json) in operators.iter() {
            let keys = match json {
                Json::Null => continue,
                Json::Object(keys) => keys,
                other => return Err(refused(other)),
            };
            for (key, json) in keys.iter() {
                if let Some(values) = self.values(json)? {
                    comparisons.push((self.symbols.decode(operator), self.symbols.decode(key), values));
                }
            }
        }
        statement::condition(comparisons)
    }

    /// The values for a key; `None` for what the provider loses, which is a number for one. In a list it crashes of it.
    fn values(&self, json: &Json<'_>) -> Result<Option<Vec<Text>>, Because> {
        match json {
            Json::Bool(value) => Ok(Some(vec![value.to_string().as_str().into()])),
            Json::Null | Json::Number(_) | Json::Object(_) => Ok(None),
            json => self.strings(json).map(Some).ok_or_else(|| self.refused(json, "`Condition`")),
        }
    }

    /// A string or several; `None` if anything else is among them.
    fn strings(&self, json: &Json<'_>) -> Option<Vec<Text>> {
        match json {
            Json::Array(items) => items.iter().map(|item| self.string(item)).collect(),
            single => Some(vec![self.string(single)?]),
        }
    }

    /// A string that is known to be one.
    fn string(&self, json: &Json<'_>) -> Option<Text> {
        match json {
            Json::String(string) if !self.symbols.is_unknown(string) => Some(self.symbols.decode(string)),
            _ => None,
        }
    }

    fn refused(&self, json: &Json<'_>, what: &str) -> Because {
        let unknown = |json: &Json<'_>| match json {
            Json::String(string) if self.symbols.is_unknown(string) => Some(self.symbols.decode(string)),
            _ => None,
        };
        let inside = |json: &Json<'_>| match json {
            Json::Array(items) => items.iter().find_map(unknown),
            other => unknown(other),
        };
        match inside(json) {
            Some(symbol) => Because::new(format!("`{symbol}` is not known before apply")),
            None => Because::new(format!("the provider can't read it: {what} is of another form")),
        }
    }
}

/// The element of this name, in any case. Which of two in different spellings counts is not known.
fn element<'j, 't>(object: &'j Object<'t>, name: &str) -> Result<Option<&'j Json<'t>>, Because> {
    let mut found = object.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, json)| json);
    match (found.next(), found.next()) {
        (_, Some(_)) => Err(Because::new(format!("`{name}` is there in two spellings"))),
        (first, None) => Ok(first),
    }
}
