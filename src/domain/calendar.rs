//! Dates as people write and read them: always with the month in letters, so that nobody mistakes 07-08 for 08-07.

use jiff::civil::{Date, DateTime, date};

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

/// Reads a date as typed: `14-Jul-1961`, `14 jul 1961`, `14july1961`, `1961-07-14`, or `14.7.1961` with dots, which
/// everywhere means day first. Digits with slashes are refused: they mean two things.
#[must_use]
pub fn parse(typed: &str) -> Option<Date> {
    let typed = typed.trim();
    let with_letters = typed.chars().any(char::is_alphabetic);
    let mut parts: Vec<String> = Vec::new();
    let mut last_was_letter = false;
    for c in typed.chars() {
        if !c.is_alphanumeric() {
            if !matches!(c, '-' | '.' | ' ' | ',') {
                return None;
            }
            parts.push(String::new());
            continue;
        }
        if parts.is_empty() || last_was_letter != c.is_alphabetic() {
            parts.push(String::new());
        }
        last_was_letter = c.is_alphabetic();
        if let Some(part) = parts.last_mut() {
            part.extend(c.to_lowercase());
        }
    }
    parts.retain(|part| !part.is_empty());
    let [first, second, third] = parts.as_slice() else { return None };
    if with_letters {
        let month = MONTHS.iter().position(|month| second.len() >= 3 && second.starts_with(&month.to_lowercase()))?;
        return make(third, &(month + 1).to_string(), first);
    }
    if typed.contains('-') && first.len() == 4 {
        return make(first, second, third);
    }
    if typed.contains('.') { make(third, second, first) } else { None }
}

fn make(year: &str, month: &str, day: &str) -> Option<Date> {
    let (year, month, day): (i16, i8, i8) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    if !(1000..=9999).contains(&year) {
        return None;
    }
    Date::new(year, month, day).ok()
}

/// Whole years between birth and `today`; `None` for a birth date in the future.
#[must_use]
pub fn age(born: Date, today: Date) -> Option<u16> {
    let years = today.year() - born.year() - i16::from((today.month(), today.day()) < (born.month(), born.day()));
    u16::try_from(years).ok()
}

/// The earliest birth date that is taken for true.
pub const EARLIEST_BIRTH: Date = date(1900, 1, 1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_their_unambiguous_forms() {
        let expected = Some(date(1961, 7, 14));
        for typed in
            ["14-Jul-1961", "14 jul 1961", "14july1961", "14Jul1961", "1961-07-14", "14.7.1961", " 14.07.1961 "]
        {
            assert_eq!(parse(typed), expected, "{typed}");
        }
    }

    #[test]
    fn anything_ambiguous_or_impossible_is_refused() {
        for typed in [
            "07/14/1961",
            "14-07-1961",
            "14 7 1961",
            "14-Jul-61",
            "31-Feb-1961",
            "",
            "14-Jux-1961",
            "1961-07",
            "0061-07-14",
        ] {
            assert_eq!(parse(typed), None, "{typed}");
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
