//! Sets, and the orders in which their elements come.

use kmscheck_value::{Because, Piece, Symbol, Text, Truth};

use super::statement::Comparison;
use super::tree::Tree;
use crate::texts;

/// Strings that are written as a string or as a list.
#[derive(Debug)]
pub(super) enum OneOrMany {
    One(Text),
    Many(Vec<Text>),
}

impl OneOrMany {
    /// A string for a list of one.
    pub(super) fn flat(texts: Vec<Text>) -> Self {
        match <[Text; 1]>::try_from(texts) {
            Ok([only]) => Self::One(only),
            Err(texts) => Self::Many(texts),
        }
    }

    pub(super) fn texts(&self) -> &[Text] {
        match self {
            Self::One(only) => std::slice::from_ref(only),
            Self::Many(texts) => texts,
        }
    }

    pub(super) fn into_texts(self) -> Vec<Text> {
        match self {
            Self::One(only) => vec![only],
            Self::Many(texts) => texts,
        }
    }

    pub(super) fn tree(self) -> Tree {
        match self {
            Self::One(only) => Tree::Text(only),
            Self::Many(texts) => Tree::Array(texts.into_iter().map(Tree::Text).collect()),
        }
    }
}

/// What texts are ordered by: byte after byte, and symbols after all bytes, by their names.
type Order = Vec<Unit>;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Byte(u8),
    Symbol(Symbol),
}

fn order(text: &Text) -> Order {
    let mut units = Vec::new();
    for piece in text.pieces().iter() {
        match piece {
            Piece::Literal(literal) => units.extend(literal.bytes().map(Unit::Byte)),
            Piece::Symbol(symbol) => units.push(Unit::Symbol(symbol.clone())),
        }
    }
    units
}

/// From the greatest to the least.
pub(super) fn backwards(mut texts: Vec<Text>) -> Vec<Text> {
    texts.sort_by_cached_key(|text| std::cmp::Reverse(order(text)));
    texts
}

/// Each text once.
pub(super) fn distinct(texts: &[Text]) -> Vec<Text> {
    let mut sorted = texts.to_vec();
    sorted.sort_by_cached_key(order);
    sorted.dedup_by(|a, b| a.pieces() == b.pieces());
    sorted
}

/// What has one name, together, in the order of the names.
pub(super) fn group<T>(all: impl IntoIterator<Item = (Text, T)>) -> Result<Vec<(Text, Vec<T>)>, Because> {
    let mut groups: Vec<(Text, Vec<T>)> = Vec::new();
    'all: for (name, one) in all {
        for (other, members) in &mut groups {
            match texts::equal(&name, other) {
                Truth::Yes => {
                    members.push(one);
                    continue 'all;
                }
                Truth::Unknown => {
                    return Err(Because::new(format!(
                        "whether `{name}` and `{other}` are the same is not known"
                    )));
                }
                Truth::No => {}
            }
        }
        groups.push((name, vec![one]));
    }
    groups.sort_by_cached_key(|(name, _)| order(name));
    Ok(groups)
}

/// Blocks in the order of their set, equal ones once: the order of the decimal numbers of their hashes, as strings.
/// Source: `schema.Set` of terraform-plugin-sdk.
pub(super) fn in_order<T>(mut blocks: Vec<T>, code: impl Fn(&T) -> (String, String)) -> Vec<T> {
    blocks.sort_by_cached_key(&code);
    blocks.dedup_by(|a, b| code(a) == code(b));
    blocks
}

/// What a `principals` block is ordered by: the hash of what it is written as, and that itself.
pub(super) fn principals_code((category, identifiers): &(Text, Vec<Text>)) -> (String, String) {
    let element = |text: &Text| format!("{};", spelled(text));
    let mut elements: Vec<_> = identifiers.iter().map(|text| hashed(element(text))).collect();
    elements.sort();
    let identifiers: String = elements.into_iter().map(|(_, element)| element).collect();
    hashed(format!("identifiers:{{{identifiers}}};type:{};", spelled(category)))
}

/// What a `condition` block is ordered by.
pub(super) fn condition_code((test, variable, values): &Comparison) -> (String, String) {
    let values: String = values.iter().map(|value| format!("{};", spelled(value))).collect();
    hashed(format!("test:{};values:({values});variable:{};", spelled(test), spelled(variable)))
}

fn hashed(text: String) -> (String, String) {
    (crc32(text.as_bytes()).to_string(), text)
}

/// The string, with a name for each symbol. It is not shown.
fn spelled(text: &Text) -> String {
    let spelled = |piece: &Piece| match piece {
        Piece::Literal(literal) => literal.to_string(),
        Piece::Symbol(symbol) => format!("${{{symbol}}}"),
    };
    text.pieces().iter().map(spelled).collect()
}

/// CRC-32 as of IEEE 802.3, which Go's `hash/crc32` calls `ChecksumIEEE`.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    let add = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    !bytes.iter().fold(u32::MAX, add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn texts_are_ordered_by_bytes_as_far_as_these_decide() {
        let text = |start: &str, symbol: &str| {
            let symbol = Piece::Symbol(Symbol::new(symbol, ""));
            Text::concat([Piece::Literal(start.into()), symbol])
        };
        let all = vec![text("a", "y"), "ab".into(), text("b", "x"), text("a", "x"), "a".into(), "ab".into()];
        let shown: Vec<_> = backwards(distinct(&all)).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["b${x}", "a${y}", "a${x}", "ab", "a"]);
    }
}
