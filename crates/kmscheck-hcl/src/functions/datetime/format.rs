//! The format of `formatdate`.

use super::timestamp::{Civil, Timestamp, offset_text};
use crate::cty::Fault;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Runs of one letter mean a part of the time; what stands in quotes, and all that is no letter, means itself.
pub(super) fn format(format: &str, time: &Timestamp) -> Result<String, Fault> {
    let civil = time.civil();
    let mut out = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            rest = quoted(rest, &mut out)?;
            continue;
        }
        let end = if first.is_ascii_alphabetic() {
            rest.find(|char| char != first).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = behind;
        if first.is_ascii_alphabetic() {
            let part = part(token, &civil, time.offset);
            out.push_str(&part.ok_or_else(|| Fault::error(format!("a date has no {token:?}")))?);
        } else {
            out.push_str(token);
        }
    }
    Ok(out)
}

/// What stands in quotes, two of which mean one. Outside of quotes two mean one as well.
fn quoted<'f>(text: &'f str, out: &mut String) -> Result<&'f str, Fault> {
    let mut rest = text.strip_prefix('\'').unwrap_or(text);
    if let Some(behind) = rest.strip_prefix('\'') {
        out.push('\'');
        return Ok(behind);
    }
    loop {
        let (inside, behind) = rest.split_once('\'').ok_or_else(|| Fault::error("a quote is not closed"))?;
        out.push_str(inside);
        let Some(further) = behind.strip_prefix('\'') else { return Ok(behind) };
        out.push('\'');
        rest = further;
    }
}

fn part(token: &str, at: &Civil, offset: i64) -> Option<String> {
    let name = |names: &[&'static str], position: i64| {
        usize::try_from(position).ok().and_then(|position| names.get(position)).copied()
    };
    let short = |name: &str| name.get(..3).map(str::to_owned);
    let on_dial = if at.hour % 12 == 0 { 12 } else { at.hour % 12 };
    let two = |number: i64| Some(format!("{number:02}"));
    match token {
        "YYYY" => Some(format!("{:04}", at.year)),
        "YY" => two(at.year % 100),
        "MMMM" => name(&MONTHS, at.month - 1).map(str::to_owned),
        "MMM" => name(&MONTHS, at.month - 1).and_then(short),
        "MM" => two(at.month),
        "M" => Some(at.month.to_string()),
        "DD" => two(at.day),
        "D" => Some(at.day.to_string()),
        "EEEE" => name(&DAYS, at.weekday).map(str::to_owned),
        "EEE" => name(&DAYS, at.weekday).and_then(short),
        "hh" => two(at.hour),
        "h" => Some(at.hour.to_string()),
        "HH" => two(on_dial),
        "H" => Some(on_dial.to_string()),
        "AA" => Some(if at.hour < 12 { "AM" } else { "PM" }.to_owned()),
        "aa" => Some(if at.hour < 12 { "am" } else { "pm" }.to_owned()),
        "mm" => two(at.minute),
        "m" => Some(at.minute.to_string()),
        "ss" => two(at.second),
        "s" => Some(at.second.to_string()),
        "Z" if offset == 0 => Some("Z".to_owned()),
        "ZZZ" if offset == 0 => Some("UTC".to_owned()),
        "Z" | "ZZZZZ" => Some(offset_text(offset, ":")),
        "ZZZ" | "ZZZZ" => Some(offset_text(offset, "")),
        _ => None,
    }
}
