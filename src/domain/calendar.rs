//! Dates as they are written: always with the month in letters, so that nobody mistakes 07-08 for 08-07. How they are
//! read is in [`super::typed_date`].

use std::ops::RangeInclusive;

use jiff::civil::{Date, DateTime, date};

/// The months as they are written, in English for every language: a number would be read as day or month (DD/MM,
/// MM/DD).
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `14-Jul-2026`.
#[must_use]
pub fn written(day: Date) -> String {
    let month = usize::try_from(day.month() - 1).ok().and_then(|month| MONTHS.get(month)).unwrap_or(&"");
    format!("{:02}-{month}-{:04}", day.day(), day.year())
}

/// `14-Jul-2026 09:05`.
#[must_use]
pub fn written_with_time(moment: DateTime) -> String {
    format!("{} {:02}:{:02}", written(moment.date()), moment.hour(), moment.minute())
}

/// `14-Jul-2026 09:05:12`.
#[must_use]
pub fn written_to_the_second(moment: DateTime) -> String {
    format!("{}:{:02}", written_with_time(moment), moment.second())
}

/// What is shown where a time is not written so that [`parse_moment`] reads it.
pub const MOMENT_FORM: &str =
    "a day and a time such as 2026-07-14T08:30:12: whole seconds from 00 to 59, without a time zone";

/// Reads a time on some clock as it stands there: `2026-07-14T08:30:12`, with a space for the `T`, or without seconds.
/// Nothing is dropped and nothing put right: a zone, parts of a second, a second 60 and a day alone are refused.
#[must_use]
pub fn parse_moment(typed: &str) -> Option<DateTime> {
    let moment: DateTime = typed.parse().ok()?;
    let forms = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    // The parser takes more than that, and puts a second 60 right. Written back, only what was
    // taken as it stood is the same.
    forms.iter().any(|form| moment.strftime(form).to_string() == typed).then_some(moment)
}

/// Whole years between birth and `today`; `None` for a birth date in the future.
#[must_use]
pub fn age(born: Date, today: Date) -> Option<u16> {
    // Who was born on the 29th of February is a year older from the 1st of March on: by month and
    // day, not by counting days.
    let years = today.year() - born.year() - i16::from((today.month(), today.day()) < (born.month(), born.day()));
    u16::try_from(years).ok()
}

/// The years that meters' clocks have: many keep two digits.
pub const METER_YEARS: RangeInclusive<i16> = 2000..=2099;

/// The earliest birth date that is taken for true.
pub const EARLIEST_BIRTH: Date = date(1900, 1, 1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_it_is_written_or_not_at_all() {
        let moment = |second| Some(date(2026, 7, 14).at(8, 30, second, 0));
        for (typed, read) in [
            ("2026-07-14T08:30:12", moment(12)),
            ("2026-07-14 08:30:12", moment(12)),
            ("2026-07-14T08:30", moment(0)),
            ("2026-07-14T08:30:59", moment(59)),
            ("2026-07-14T08:30:60", None),
            ("2026-07-14T08:30:12.5", None),
            ("2026-07-14T08:30:12+02:00", None),
            ("2026-07-14T08:30:12Z", None),
            ("2026-07-14T08:30:12[Europe/Berlin]", None),
            ("2026-07-14T08", None),
            ("2026-07-14", None),
            ("2026-02-30T08:30:12", None),
            (" 2026-07-14T08:30:12", None),
            ("", None),
        ] {
            assert_eq!(parse_moment(typed), read, "{typed}");
        }
    }

    #[test]
    fn a_date_is_written_with_its_month_in_letters() {
        assert_eq!(written(date(2026, 7, 4)), "04-Jul-2026");
        assert_eq!(written_with_time(date(2026, 12, 31).at(9, 5, 59, 0)), "31-Dec-2026 09:05");
    }

    #[test]
    fn a_leap_day_child_turns_on_the_first_of_march() {
        let born = date(2000, 2, 29);
        assert_eq!(age(born, date(2026, 2, 28)), Some(25));
        assert_eq!(age(born, date(2026, 3, 1)), Some(26));
        assert_eq!(age(date(2027, 1, 1), date(2026, 3, 1)), None);
    }
}
