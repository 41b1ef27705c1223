//! Operations on texts that keep their symbols.

use kmscheck_value::{Piece, Symbol, Text, Truth};

use crate::Pattern;

/// The parts of `text` between `separator`s. A symbol is taken to hold none: it stands for one part of an ARN.
pub(crate) fn split(text: &Text, separator: char) -> Vec<Text> {
    if let Some(literal) = text.as_str() {
        return literal.split(separator).map(|part| like(text, part.into())).collect();
    }
    let mut parts = vec![Vec::new()];
    for piece in text.pieces().iter() {
        match piece {
            Piece::Symbol(_) => push(&mut parts, piece.clone()),
            Piece::Literal(literal) => {
                for (position, part) in literal.split(separator).enumerate() {
                    if position > 0 {
                        parts.push(Vec::new());
                    }
                    push(&mut parts, Piece::Literal(part.into()));
                }
            }
        }
    }
    parts.into_iter().map(|pieces| like(text, Text::concat(pieces))).collect()
}

fn push(parts: &mut [Vec<Piece>], piece: Piece) {
    if let Some(last) = parts.last_mut() {
        last.push(piece);
    }
}

/// What comes before the first `separator` of `text`, and what after it, if it has one.
pub(crate) fn split_once(text: &Text, separator: char) -> (Text, Option<Text>) {
    if let Some(literal) = text.as_str() {
        return match literal.split_once(separator) {
            Some((first, rest)) => (like(text, first.into()), Some(like(text, rest.into()))),
            None => (text.clone(), None),
        };
    }
    let parts = split(text, separator);
    match parts.split_first() {
        Some((first, rest @ [_, ..])) => {
            (first.clone(), Some(join(rest, separator.encode_utf8(&mut [0; 4]))))
        }
        _ => (text.clone(), None),
    }
}

/// What comes after the last `separator`; all of it if there is none.
pub(crate) fn after_last(text: &Text, separator: char) -> Text {
    split(text, separator).pop().unwrap_or_else(|| text.clone())
}

/// The parts of `parts` with `separator` between them.
pub(crate) fn join(parts: &[Text], separator: &str) -> Text {
    let mut pieces = Vec::new();
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            pieces.push(Piece::Literal(separator.into()));
        }
        pieces.extend(part.pieces().iter().cloned());
    }
    let joined = Text::concat(pieces);
    if parts.iter().any(Text::is_sensitive) { joined.into_sensitive() } else { joined }
}

/// `text` with what its symbols stand for, where `meaning` knows it.
pub(crate) fn resolve(text: &Text, meaning: &dyn Fn(&Symbol) -> Option<Text>) -> Text {
    if text.as_str().is_some() {
        return text.clone();
    }
    let mut pieces = Vec::new();
    let mut sensitive = text.is_sensitive();
    for piece in text.pieces().iter() {
        match piece {
            Piece::Symbol(symbol) => match meaning(symbol) {
                Some(known) => {
                    sensitive |= known.is_sensitive();
                    pieces.extend(known.pieces().iter().cloned());
                }
                None => pieces.push(piece.clone()),
            },
            Piece::Literal(_) => pieces.push(piece.clone()),
        }
    }
    let resolved = Text::concat(pieces);
    if sensitive { resolved.into_sensitive() } else { resolved }
}

/// `text` with `change` applied to its literal parts.
pub(crate) fn map_literals(text: &Text, change: impl Fn(&str) -> String) -> Text {
    if let Some(literal) = text.as_str() {
        return like(text, change(literal).as_str().into());
    }
    let pieces = text.pieces();
    let changed = pieces.iter().map(|piece| match piece {
        Piece::Literal(literal) => Piece::Literal(change(literal).into()),
        Piece::Symbol(_) => piece.clone(),
    });
    like(text, Text::concat(changed))
}

/// Whether a literal part of `text` contains `needle`.
pub(crate) fn mentions(text: &Text, needle: &str) -> bool {
    if let Some(literal) = text.as_str() {
        return literal.contains(needle);
    }
    text.pieces().iter().any(|piece| match piece {
        Piece::Literal(literal) => literal.contains(needle),
        Piece::Symbol(_) => false,
    })
}

/// Whether `text` may hold a wildcard: one that is written, or one in a symbol.
pub(crate) fn wildcard(text: &Text) -> Truth {
    if mentions(text, "*") || mentions(text, "?") {
        return Truth::Yes;
    }
    let is_known = |piece: &Piece| match piece {
        Piece::Literal(_) => true,
        Piece::Symbol(symbol) => symbol.is_name(),
    };
    if text.pieces().iter().all(is_known) { Truth::No } else { Truth::Unknown }
}

/// Whether two texts are the same string, whether or not it may be shown.
pub(crate) fn equal(a: &Text, b: &Text) -> Truth {
    if let (Some(a), Some(b)) = (a.as_str(), b.as_str()) {
        return (a == b).into();
    }
    if a.pieces() == b.pieces() {
        return Truth::Yes;
    }
    Pattern::exact(a).matches(b)
}

/// `text`, marked as `model` is.
pub(crate) fn like(model: &Text, text: Text) -> Text {
    if model.is_sensitive() { text.into_sensitive() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbol(name: &str) -> Text {
        Text::symbol(Symbol::new(name, ""))
    }

    #[test]
    fn splitting_and_joining_keep_symbols_and_secrecy() {
        let arn = join(&["arn:aws:iam:".into(), symbol("account"), "root".into()], ":").into_sensitive();
        let parts = split(&arn, ':');
        assert_eq!(parts.len(), 6);
        assert_eq!(parts.get(4).map(Text::pieces), Some(symbol("account").pieces()));
        assert!(parts.iter().all(Text::is_sensitive));
        assert_eq!(join(&parts, ":"), arn);
        assert_eq!(split_once(&arn, ':'), (parts[0].clone(), Some(join(&parts[1..], ":"))));
        assert_eq!(split_once(&"a/b/c".into(), '/'), ("a".into(), Some("b/c".into())));
        assert_eq!(split_once(&symbol("account"), '/'), (symbol("account"), None));
    }

    #[test]
    fn texts_are_equal_different_or_perhaps_equal() {
        let role = |account: Text| join(&["arn:aws:iam:".into(), account, "role/a".into()], ":");
        assert_eq!(equal(&role(symbol("a")), &role(symbol("a"))), Truth::Yes);
        assert_eq!(equal(&role(symbol("a")), &role(symbol("b"))), Truth::Unknown);
        assert_eq!(equal(&role(symbol("a")), &"arn:aws:iam::1:role/b".into()), Truth::No);
        assert_eq!(equal(&Text::from("x").into_sensitive(), &"x".into()), Truth::Yes);
        assert_eq!(equal(&"kms:*".into(), &"kms:Decrypt".into()), Truth::No);
    }
}
