//! The text of a document that is put together, byte for byte as the provider writes it.
//!
//! Source: provider, `internal/service/iam/policy_document_data_source.go` and `policy_model.go`, and the encoder of Go's
//! `encoding/json`; every rule observed with provider 5.100 (`testdata/policy-document`).
//!
//! A symbol is written into the string that it stands in. It is taken to stand for a string that needs no escapes and is
//! none of the others in its list. The order of a list in which a symbol would decide it is fixed by the symbol's name:
//! IAM gives the order of a list no meaning.

use kmscheck_value::{Because, Text, Truth};

use self::statement::Written;
use self::tree::{Layout, Tree};
use crate::{Assembly, List, Part, texts};

mod block;
mod principals;
mod set;
mod source;
mod statement;
mod tree;

const NEWEST: &str = "2012-10-17";
const OLDEST: &str = "2008-10-17";

impl Assembly {
    /// `json` of `aws_iam_policy_document`. A source or override document must be a text: one that is only known as it
    /// was read no longer shows how it was written.
    ///
    /// # Errors
    /// Why it can't be written down: a part is not known, or the provider refuses the arguments.
    pub fn json(&self) -> Result<Text, Because> {
        self.text(Layout::Indented)
    }

    /// `minified_json` of `aws_iam_policy_document`.
    ///
    /// # Errors
    /// As for [`Assembly::json`].
    pub fn minified_json(&self) -> Result<Text, Because> {
        self.text(Layout::Minified)
    }

    fn text(&self, layout: Layout) -> Result<Text, Because> {
        let mut merged = Merged::default();
        merged.add_sources(&self.sources)?;
        merged.add_own(self)?;
        merged.add_overrides(&self.overrides)?;
        let sensitive = self.parts().any(|part| matches!(part, Part::Text(text) if text.is_sensitive()));
        let text = tree::write(&merged.tree(), layout);
        Ok(if sensitive { text.into_sensitive() } else { text })
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.sources.iter().chain(&self.overrides)
    }
}

/// A document, in the form in which it is written.
#[derive(Debug, Default)]
struct Merged {
    version: Option<Text>,
    id: Option<Text>,
    statements: Vec<Written>,
}

impl Merged {
    /// No two statements of all sources may have one `Sid`. Where two may have, and the document can be made at all, they
    /// have not.
    fn add_sources(&mut self, sources: &List<Part>) -> Result<(), Because> {
        for (index, part) in closed(sources)?.iter().enumerate() {
            let in_source = |because| within(&format!("source document {index}"), because);
            let Some(source) = source::read(part).map_err(in_source)? else { continue };
            for statement in source.statements {
                self.refuse_twin(&statement).map_err(in_source)?;
                self.statements.push(statement);
            }
            self.set_head(source.version, source.id).map_err(in_source)?;
        }
        Ok(())
    }

    fn add_own(&mut self, assembly: &Assembly) -> Result<(), Because> {
        let version = version(assembly.version.as_ref())?;
        let mut own = Self::default();
        for (index, block) in closed(&assembly.statements)?.iter().enumerate() {
            let in_block = |because| within(&format!("statement {index}"), because);
            let statement = block.written(&version).map_err(in_block)?;
            own.refuse_twin(&statement).map_err(in_block)?;
            own.statements.push(statement);
        }
        let before = self.statements.len();
        for statement in own.statements {
            self.replace_or_add(statement, before)?;
        }
        self.set_head(Some(version), assembly.id.clone())
    }

    fn add_overrides(&mut self, overrides: &List<Part>) -> Result<(), Because> {
        for (index, part) in closed(overrides)?.iter().enumerate() {
            let in_override = |because| within(&format!("override document {index}"), because);
            let Some(document) = source::read(part).map_err(in_override)? else { continue };
            for statement in document.statements {
                self.replace_or_add(statement, self.statements.len()).map_err(in_override)?;
            }
            self.set_head(document.version, document.id).map_err(in_override)?;
        }
        Ok(())
    }

    fn refuse_twin(&self, statement: &Written) -> Result<(), Because> {
        let Some(sid) = &statement.sid else { return Ok(()) };
        let is_twin =
            |other: &Written| other.sid.as_ref().is_some_and(|other| texts::equal(sid, other).is_yes());
        if self.statements.iter().any(is_twin) {
            return Err(Because::new(format!("the provider refuses a second statement with `Sid` `{sid}`")));
        }
        Ok(())
    }

    /// Puts a statement in the place of the one with its `Sid` among the first `among`, or at the end.
    fn replace_or_add(&mut self, statement: Written, among: usize) -> Result<(), Because> {
        let mut doubtful = false;
        for other in self.statements.iter_mut().take(among) {
            match statement.replaces(other) {
                Truth::Yes => {
                    *other = statement;
                    return Ok(());
                }
                Truth::Unknown => doubtful = true,
                Truth::No => {}
            }
        }
        if doubtful {
            let sid = statement.sid.unwrap_or_else(|| "".into());
            return Err(Because::new(format!(
                "whether another statement has the `Sid` `{sid}` is not known"
            )));
        }
        self.statements.push(statement);
        Ok(())
    }

    /// The greatest version and the last id that is given stay.
    fn set_head(&mut self, version: Option<Text>, id: Option<Text>) -> Result<(), Because> {
        if let Some(id) = id.filter(|id| id.as_str() != Some("")) {
            self.id = Some(id);
        }
        let Some(version) = version else { return Ok(()) };
        let greater = match &self.version {
            None => true,
            Some(own) if own.pieces() == version.pieces() => false,
            Some(own) => match own.as_str().zip(version.as_str()) {
                Some((own, other)) => other > own,
                None => return Err(Because::new("which of two versions is the newer is not known")),
            },
        };
        if greater {
            self.version = Some(version);
        }
        Ok(())
    }

    fn tree(self) -> Tree {
        let statements: Vec<_> = self.statements.into_iter().map(|statement| statement.tree).collect();
        tree::elements([
            ("Version", self.version.map(Tree::Text)),
            ("Id", self.id.map(Tree::Text)),
            ("Statement", Some(statements).filter(|all| !all.is_empty()).map(Tree::Array)),
        ])
    }
}

/// `version`, of which the provider takes two.
fn version(version: Option<&Text>) -> Result<Text, Because> {
    let Some(version) = version else { return Ok(NEWEST.into()) };
    match version.as_str() {
        None | Some(NEWEST | OLDEST) => Ok(version.clone()),
        Some(_) => Err(Because::new(format!("the provider refuses `{version}` as a version"))),
    }
}

/// The elements of a list that is known as a whole.
fn closed<T>(list: &List<T>) -> Result<&[T], Because> {
    match &list.more {
        None => Ok(&list.items),
        Some(because) => Err(because.clone()),
    }
}

fn within(place: &str, because: Because) -> Because {
    Because { reason: format!("{place}: {}", because.reason).into(), ..because }
}

#[cfg(test)]
mod tests;
