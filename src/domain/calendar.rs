//! Dates as they are written: always with the month in letters, so that nobody mistakes 07-08 for 08-07. How they are
//! read is in [`super::typed_date`].

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
