//! Timestamps of RFC 3339.

use std::fmt;

use crate::cty::Fault;

const SECOND: i128 = 1_000_000_000;
const DAY: i64 = 86_400;

/// A moment, and the offset in which it is written.
pub(super) struct Timestamp {
    /// Since 1970, without leap seconds.
    pub(super) nanoseconds: i128,
    /// In minutes.
    pub(super) offset: i64,
}

/// The moment as clocks and calendars of its offset show it.
pub(super) struct Civil {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
    /// From Sunday, which is 0.
    pub(super) weekday: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
}

impl Timestamp {
    /// # Errors
    /// If it is none as Terraform reads them: with all digits, `T` and `Z` in upper case.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        read(text).ok_or_else(|| Fault::error("that is no RFC 3339 timestamp"))
    }

    pub(super) fn plus(&self, nanoseconds: i64) -> Self {
        Self { nanoseconds: self.nanoseconds + i128::from(nanoseconds), offset: self.offset }
    }

    pub(super) fn civil(&self) -> Civil {
        let seconds = i64::try_from(self.nanoseconds.div_euclid(SECOND)).unwrap_or(0) + self.offset * 60;
        let (days, of_day) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let (year, month, day) = date_of(days);
        Civil {
            year,
            month,
            day,
            // The first day of 1970 was a Thursday.
            weekday: (days + 4).rem_euclid(7),
            hour: of_day / 3_600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
        }
    }
}

/// As Terraform writes it: without fractions of a second.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.civil();
        let sign = if at.year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}-{:02}-{:02}", at.year.abs(), at.month, at.day)?;
        write!(f, "T{:02}:{:02}:{:02}", at.hour, at.minute, at.second)?;
        match self.offset {
            0 => f.write_str("Z"),
            offset => f.write_str(&offset_text(offset, ":")),
        }
    }
}

/// `+01:30`, or with another separator.
pub(super) fn offset_text(offset: i64, separator: &str) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    format!("{sign}{:02}{separator}{:02}", offset.abs() / 60, offset.abs() % 60)
}

fn read(text: &str) -> Option<Timestamp> {
    let mut rest = text;
    let year = number(&mut rest, 4, 0..=9_999)?;
    let month = after(&mut rest, "-", 1..=12)?;
    let day = after(&mut rest, "-", 1..=31)?;
    if day > days_in(year, month) {
        return None;
    }
    let hour = after(&mut rest, "T", 0..=23)?;
    let minute = after(&mut rest, ":", 0..=59)?;
    let second = after(&mut rest, ":", 0..=59)?;
    let fraction = fraction(&mut rest)?;
    let offset = match rest {
        "Z" => 0,
        _ => {
            let sign = if rest.starts_with('-') { -1 } else { 1 };
            rest = rest.strip_prefix(['-', '+'])?;
            let hours = number(&mut rest, 2, 0..=23)?;
            let minutes = after(&mut rest, ":", 0..=59)?;
            rest.is_empty().then_some(sign * (hours * 60 + minutes))?
        }
    };
    let seconds = days_to(year, month, day) * DAY + hour * 3_600 + (minute - offset) * 60 + second;
    Some(Timestamp { nanoseconds: i128::from(seconds) * SECOND + i128::from(fraction), offset })
}

fn after(rest: &mut &str, separator: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
    *rest = rest.strip_prefix(separator)?;
    number(rest, 2, range)
}

fn number(rest: &mut &str, digits: usize, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
    let (number, behind) = rest.split_at_checked(digits)?;
    *rest = behind;
    let number = number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok())??;
    range.contains(&number).then_some(number)
}

/// Nanoseconds; more digits are cut.
fn fraction(rest: &mut &str) -> Option<i64> {
    let Some(behind) = rest.strip_prefix('.') else { return Some(0) };
    let end = behind.find(|char: char| !char.is_ascii_digit()).unwrap_or(behind.len());
    let (digits, behind) = behind.split_at_checked(end).filter(|(digits, _)| !digits.is_empty())?;
    *rest = behind;
    format!("{digits:0<9}").get(..9)?.parse().ok()
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Years that begin in March end with the leap day, and 400 of them have always as many days.
const DAYS_OF_400_YEARS: i64 = 146_097;
/// From the first of March of year 0 to 1970.
const EPOCH: i64 = 719_468;

fn days_to(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * DAYS_OF_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH
}

fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH;
    let (era, of_era) = (days.div_euclid(DAYS_OF_400_YEARS), days.rem_euclid(DAYS_OF_400_YEARS));
    let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * years + years / 4 - years / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + years;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}
