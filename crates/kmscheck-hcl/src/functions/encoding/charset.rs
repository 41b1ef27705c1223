//! `textencodebase64` and `textdecodebase64`.
//!
//! Of the encodings that the IANA lists, those in use.

use super::super::text::{check_size, string};
use super::base64::{from_base64, to_base64};
use crate::cty::{Fault, Value};
use crate::files::Files;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Charset {
    Ascii,
    Latin1,
    Windows1252,
    Utf8,
    /// Great or little end first.
    Utf16 {
        little: bool,
        mark: bool,
    },
}

pub(super) fn encode(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let text = string(args, 0);
    check_size(text.len().saturating_mul(2))?;
    let bytes = Charset::named(string(args, 1))?.encode(text);
    let bytes =
        bytes.ok_or_else(|| Fault::error("the string contains characters that cannot be represented"))?;
    Ok(Value::from(to_base64(&bytes)))
}

pub(super) fn decode(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let charset = Charset::named(string(args, 1))?;
    let text = charset.decode(&from_base64(string(args, 0))?);
    let text = text.filter(|text| !text.contains(char::REPLACEMENT_CHARACTER));
    text.map(Value::from).ok_or_else(|| Fault::error("the string contains symbols that are not defined"))
}

impl Charset {
    fn named(name: &str) -> Result<Self, Fault> {
        Ok(match name.to_ascii_lowercase().as_str() {
            "us-ascii" | "ansi_x3.4-1968" => Self::Ascii,
            "iso-8859-1" | "iso_8859-1" | "iso_8859-1:1987" | "latin1" => Self::Latin1,
            "windows-1252" => Self::Windows1252,
            "utf-8" => Self::Utf8,
            "utf-16" => Self::Utf16 { little: false, mark: true },
            "utf-16be" => Self::Utf16 { little: false, mark: false },
            "utf-16le" => Self::Utf16 { little: true, mark: false },
            _ => return Err(Fault::limit(format!("the encoding {name:?}"))),
        })
    }

    fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
            Self::Latin1 => text.chars().map(|char| u8::try_from(char).ok()).collect(),
            Self::Windows1252 => text.chars().map(windows_byte).collect(),
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Utf16 { little, mark } => {
                let units = mark.then_some(BYTE_ORDER_MARK).into_iter().chain(text.encode_utf16());
                Some(
                    units
                        .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
                        .collect(),
                )
            }
        }
    }

    fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Ascii => bytes.is_ascii().then(|| bytes.iter().map(|byte| char::from(*byte)).collect()),
            Self::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Self::Windows1252 => bytes.iter().map(|byte| windows_char(*byte)).collect(),
            Self::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
            Self::Utf16 { little, mark } => utf16(bytes, little, mark),
        }
    }
}

const BYTE_ORDER_MARK: u16 = 0xFEFF;

fn utf16(bytes: &[u8], little: bool, mark: bool) -> Option<String> {
    let (bytes, little) = match bytes.split_at_checked(2) {
        Some(([0xFE, 0xFF], rest)) if mark => (rest, false),
        Some(([0xFF, 0xFE], rest)) if mark => (rest, true),
        _ => (bytes, little),
    };
    let (pairs, []) = bytes.as_chunks::<2>() else { return None };
    let unit = |pair: &[u8; 2]| if little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) };
    let units: Vec<_> = pairs.iter().map(unit).collect();
    String::from_utf16(&units).ok()
}

/// What Windows has for 0x80 to 0x9F. Source: WHATWG, "Encoding", index windows-1252, without the control characters.
const WINDOWS: &str = "€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ";

fn windows_char(byte: u8) -> Option<char> {
    match byte {
        0x80..=0x9F => WINDOWS.chars().nth(usize::from(byte - 0x80)).filter(|char| *char != '\0'),
        _ => Some(char::from(byte)),
    }
}

fn windows_byte(char: char) -> Option<u8> {
    (0..=255).find(|byte| windows_char(*byte) == Some(char))
}
