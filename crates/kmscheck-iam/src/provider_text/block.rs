//! `statement` blocks.

use kmscheck_value::{Because, Text, Truth};

use super::principals::{self, Entry};
use super::set::{self, OneOrMany};
use super::statement::{self, Comparison, Elements, Written};
use super::tree::Tree;
use super::{OLDEST, closed};
use crate::assembly::policy_variables;
use crate::{Block, List, texts};

impl Block {
    /// The statement, in a document that says to be of `version`.
    pub(super) fn written(&self, version: &Text) -> Result<Written, Because> {
        let variables = Variables { version };
        let resources = |list| strings(list)?.map(|all| variables.replace_all(all)).transpose();
        let elements = Elements {
            sid: self.sid.clone(),
            effect: Some(self.written_effect()?),
            action: strings(&self.actions)?.map(OneOrMany::tree),
            not_action: strings(&self.not_actions)?.map(OneOrMany::tree),
            resource: resources(&self.resources)?.map(OneOrMany::tree),
            not_resource: resources(&self.not_resources)?.map(OneOrMany::tree),
            principal: variables.principals(&self.principals)?,
            not_principal: variables.principals(&self.not_principals)?,
            condition: variables.condition(&self.conditions)?,
        };
        Ok(elements.written())
    }

    /// A symbol is written as any other: the argument takes nothing but the two effects.
    fn written_effect(&self) -> Result<Text, Because> {
        let Some(effect) = &self.effect else { return Ok("Allow".into()) };
        match effect.as_str() {
            None | Some("Allow" | "Deny") => Ok(effect.clone()),
            Some(_) => Err(Because::new(format!("the provider refuses `{effect}` as an effect"))),
        }
    }
}

/// The strings of a set, backwards; nothing if it is empty.
fn strings(list: &List<Text>) -> Result<Option<OneOrMany>, Because> {
    let texts = set::backwards(set::distinct(closed(list)?));
    Ok(Some(texts).filter(|texts| !texts.is_empty()).map(OneOrMany::flat))
}

/// `&{…}` for policy variables, which the older version does not have.
struct Variables<'v> {
    version: &'v Text,
}

impl Variables<'_> {
    fn replace(&self, text: &Text) -> Result<Text, Because> {
        if !texts::mentions(text, "&{") {
            return Ok(text.clone());
        }
        match texts::equal(self.version, &OLDEST.into()) {
            Truth::No => Ok(policy_variables(text)),
            Truth::Yes => {
                Err(Because::new(format!("the provider refuses `&{{` in a document of version {OLDEST}")))
            }
            Truth::Unknown => Err(Because::new("the version, which decides about `&{`, is not known")),
        }
    }

    fn replace_all(&self, all: OneOrMany) -> Result<OneOrMany, Because> {
        Ok(match all {
            OneOrMany::One(text) => OneOrMany::One(self.replace(&text)?),
            OneOrMany::Many(texts) => {
                OneOrMany::Many(texts.iter().map(|text| self.replace(text)).collect::<Result<_, _>>()?)
            }
        })
    }

    fn principals(&self, blocks: &List<(Text, List<Text>)>) -> Result<Option<Tree>, Because> {
        let mut written: Vec<(Text, Vec<Text>)> = Vec::new();
        for (category, identifiers) in closed(blocks)? {
            written.push((category.clone(), set::distinct(closed(identifiers)?)));
        }
        let mut entries: Vec<Entry> = Vec::new();
        for (category, identifiers) in set::in_order(written, set::principals_code) {
            entries.push((category, self.replace_all(OneOrMany::flat(identifiers))?));
        }
        principals::element(entries)
    }

    fn condition(&self, blocks: &List<(Text, Text, List<Text>)>) -> Result<Option<Tree>, Because> {
        let mut written: Vec<Comparison> = Vec::new();
        for (test, variable, values) in closed(blocks)? {
            written.push((test.clone(), variable.clone(), closed(values)?.to_vec()));
        }
        let mut comparisons = set::in_order(written, set::condition_code);
        for value in comparisons.iter_mut().flat_map(|(.., values)| values) {
            *value = self.replace(value)?;
        }
        statement::condition(comparisons)
    }
}
