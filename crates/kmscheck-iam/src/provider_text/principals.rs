//! `Principal` and `NotPrincipal`.

use kmscheck_value::{Because, Text, Truth};

use super::set::{self, OneOrMany};
use super::tree::Tree;
use crate::texts;

/// Principals of one type, in one block or one element of a document.
pub(super) type Entry = (Text, OneOrMany);

/// The element; none without entries. Each list is sorted, and those of one type are joined.
pub(super) fn element(entries: Vec<Entry>) -> Result<Option<Tree>, Because> {
    if let [entry] = entries.as_slice() {
        match is_everyone(entry) {
            Truth::Yes => return Ok(Some(Tree::Text("*".into()))),
            Truth::Unknown => return Err(Because::new("whether a principal is `*` is not known")),
            Truth::No => {}
        }
    }
    let mut types = Vec::new();
    for (category, lists) in set::group(entries)? {
        types.push((category, joined(lists).tree()));
    }
    Ok(Some(types).filter(|all| !all.is_empty()).map(Tree::Object))
}

/// Type `*` with the one identifier `*`, which is written as a string alone.
fn is_everyone((category, identifiers): &Entry) -> Truth {
    let star = |text: &Text| texts::equal(text, &"*".into());
    match identifiers.texts() {
        [identifier] => star(category).and(star(identifier)),
        _ => Truth::No,
    }
}

fn joined(mut lists: Vec<OneOrMany>) -> OneOrMany {
    match (lists.pop(), lists.is_empty()) {
        (Some(OneOrMany::One(only)), true) => OneOrMany::One(only),
        (last, _) => {
            let all = lists.into_iter().chain(last);
            OneOrMany::Many(all.flat_map(|list| set::backwards(list.into_texts())).collect())
        }
    }
}
