//! Functions of time. Those that read the clock have no known result.
//!
//! Source: Terraform, `internal/lang/funcs/datetime.go`; `cty/function/stdlib/datetime.go`.

mod duration;
mod format;
mod timestamp;

use super::Want::{Number, String};
use super::{Function, Param, unknown_from};
use crate::cty::{Fault, Type, Value};
use crate::files::Files;
use timestamp::Timestamp;

const STRING: Param = Param::of(String);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("formatdate", &[STRING, STRING], String, formatdate),
    Function::new("plantimestamp", &[], String, now),
    Function::new("timeadd", &[STRING, STRING], String, timeadd),
    Function::new("timecmp", &[STRING, STRING], Number, timecmp),
    Function::new("timestamp", &[], String, now),
];

fn text(args: &[Value], position: usize) -> Result<&str, Fault> {
    args.get(position).and_then(Value::as_str).ok_or_else(|| Fault::error("a string is required"))
}

fn now(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    Ok(unknown_from(args, Type::String))
}

fn formatdate(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let (format, time) = (text(args, 0)?, Timestamp::parse(text(args, 1)?)?);
    format::format(format, &time).map(Value::from)
}

fn timeadd(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let (time, duration) = (Timestamp::parse(text(args, 0)?)?, duration::parse(text(args, 1)?)?);
    Ok(time.plus(duration).to_string().into())
}

fn timecmp(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let (one, other) = (Timestamp::parse(text(args, 0)?)?, Timestamp::parse(text(args, 1)?)?);
    let order: i64 = (one.nanoseconds.cmp(&other.nanoseconds) as i8).into();
    Ok(order.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(time: &str, duration: &str) -> Option<std::string::String> {
        Some(Timestamp::parse(time).ok()?.plus(duration::parse(duration).ok()?).to_string())
    }

    /// Each as Terraform 1.11.4 answers it.
    #[test]
    fn durations_are_added() {
        let day = "2017-11-22T00:00:00Z";
        for (time, duration, sum) in [
            (day, "-10m", "2017-11-21T23:50:00Z"),
            (day, "1.5h", "2017-11-22T01:30:00Z"),
            (day, "1s500ms", "2017-11-22T00:00:01Z"),
            (day, "-1ns", "2017-11-21T23:59:59Z"),
            ("2024-02-29T12:00:00-05:30", "24h", "2024-03-01T12:00:00-05:30"),
            ("9999-12-31T23:59:59Z", "1s", "10000-01-01T00:00:00Z"),
            ("0000-01-01T00:00:00Z", "-1s", "-0001-12-31T23:59:59Z"),
        ] {
            assert_eq!(added(time, duration).as_deref(), Some(sum), "{time} {duration}");
        }
        for none in ["", "10", "1d", "h", ".h", "1h 5m", "2562048h", "1h-5m"] {
            assert_eq!(added(day, none), None, "{none}");
        }
    }

    #[test]
    fn timestamps_are_written_in_full() {
        for none in [
            "2018-01-02",
            "2018-1-02T23:12:01Z",
            "2018-01-02 03:04:05Z",
            "2018-01-02t03:04:05z",
            "2018-02-29T03:04:05Z",
            "2018-01-02T24:00:00Z",
            "2018-01-02T23:59:60Z",
            "2018-01-02T03:04:05.Z",
            "2018-01-02T03:04:05+24:00",
            "2018-01-02T03:04:05",
        ] {
            assert!(Timestamp::parse(none).is_err(), "{none}");
        }
    }

    #[test]
    fn dates_have_a_format() {
        let time = Timestamp::parse("2018-01-02T23:12:01-08:00").unwrap();
        for (format, text) in [
            ("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "Tuesday, 02-Jan-18 23:12:01 -0800"),
            ("h'h'm'm'", "23h12m"),
            ("H 'o''clock' AA", "11 o'clock PM"),
            ("YYYY-MM-DD'T'hh:mm:ssZ", "2018-01-02T23:12:01-08:00"),
            ("1-2_3é''", "1-2_3é'"),
        ] {
            assert_eq!(format::format(format, &time).as_deref(), Ok(text));
        }
        for none in ["YYY", "ZZ", "X", "'X", "A"] {
            assert!(format::format(none, &time).is_err(), "{none}");
        }
    }
}
