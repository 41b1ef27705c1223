//! What the versions of YAML do not agree on, or libyaml and the parser in use.
//!
//! What is found here is not read at all.

/// Whether the text holds some of it.
pub(super) fn is_read_differently(text: &str) -> bool {
    let ends_early = || {
        let after_end = text.lines().skip_while(|line| !line.starts_with("...")).skip(1);
        after_end.into_iter().any(|line| !line.trim().is_empty())
    };
    let last = text.rsplit('\n').next().unwrap_or_default();
    text.contains(is_odd)
        || text.contains("\\/")
        || text.contains("!<")
        || text.lines().any(|line| line.starts_with('%'))
        || text.replace("\r\n", "\n").contains('\r')
        || !last.is_empty() && last.trim().is_empty()
        || has_odd_name(text)
        || ends_early()
}

/// Tabs, other line breaks and control characters.
fn is_odd(char: char) -> bool {
    matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}') || char.is_control() && !"\r\n".contains(char)
}

/// Whether there is an anchor or alias whose name is not of letters and digits.
fn has_odd_name(text: &str) -> bool {
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let starts = before.is_whitespace() || "[{,".contains(before);
        if starts && "&*".contains(char) {
            let mut name = chars.clone().take_while(|char| !char.is_whitespace() && !",]}".contains(*char));
            if !name.clone().all(|char| char.is_ascii_alphanumeric() || "_-".contains(char))
                || name.next().is_none()
            {
                return true;
            }
        }
        before = char;
    }
    false
}

/// Whether a string without quotation marks is one that could be none: in brackets libyaml takes other characters for signs.
pub(super) fn is_odd_plain(text: &str, has_flow: bool) -> bool {
    let odd_in_flow = || text.contains('?') || text.starts_with(':') || text.ends_with(':');
    text.starts_with(['|', '>', '@', '`', '%', '&', '*', '!']) || has_flow && odd_in_flow()
}

/// Whether no colon follows the key on its line, or not as everybody reads it.
pub(super) fn is_odd_key(after: &[char], is_plain: bool) -> bool {
    let mut after = after.iter().skip_while(|char| **char == ' ');
    if after.next() != Some(&':') {
        return true;
    }
    match after.next() {
        None | Some(' ' | '\n' | '\r') => false,
        Some(next) => is_plain || ",]}".contains(*next),
    }
}
