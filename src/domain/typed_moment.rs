//! A day with a time as people type it: `14-Jul-2026 07:30`, `14.7.2026 7:30:12`. The day is read as everywhere
//! ([`super::typed_date`]), in a way that has one meaning.

use jiff::civil::{Date, DateTime, Time};

use super::typed_date::{self, Typed};

/// A moment on some clock, to the minute or to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypedMoment {
    /// Its beginning: a minute that was typed without seconds begins with its first.
    pub begin: DateTime,
    /// Whether seconds were typed.
    pub has_seconds: bool,
}

/// What is wrong with a moment that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MomentFault {
    /// Nothing was typed.
    Empty,
    /// There is no day, or no time behind it.
    Nothing,
    /// The day may be several.
    Unclear(Vec<Date>),
}

impl TypedMoment {
    /// Whether a time is within it: of the minute, or of the second, that was typed.
    #[must_use]
    pub fn holds(&self, time: DateTime) -> bool {
        let is_in_minute =
            (time.date(), time.hour(), time.minute()) == (self.begin.date(), self.begin.hour(), self.begin.minute());
        is_in_minute && (!self.has_seconds || time.second() == self.begin.second())
    }
}

/// Reads a moment: a day, a blank or a `T`, and a time of 24 hours with or without seconds.
///
/// # Errors
/// What is wrong with it.
pub fn read(typed: &str) -> Result<TypedMoment, MomentFault> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(MomentFault::Empty);
    }
    // From the end: a day may have blanks of its own, a time has none.
    let (day, time) = typed.rsplit_once([' ', 'T']).ok_or(MomentFault::Nothing)?;
    let (time, has_seconds) = clock(time).ok_or(MomentFault::Nothing)?;
    let day = match (typed_date::plain(day), typed_date::read(day.trim())) {
        (Some(day), _) => day,
        (None, Typed::Days(days)) => <[Date; 1]>::try_from(days).map(|[day]| day).map_err(MomentFault::Unclear)?,
        (None, Typed::Month(..) | Typed::Year(_) | Typed::Nothing) => return Err(MomentFault::Nothing),
    };
    Ok(TypedMoment { begin: day.to_datetime(time), has_seconds })
}

/// `07:30`, `7:30` or `07:30:12`, and whether it has seconds.
fn clock(typed: &str) -> Option<(Time, bool)> {
    let parts: Vec<i8> = typed.split(':').map(number).collect::<Option<_>>()?;
    match parts.as_slice() {
        [hour, minute] => Some((Time::new(*hour, *minute, 0, 0).ok()?, false)),
        [hour, minute, second] => Some((Time::new(*hour, *minute, *second, 0).ok()?, true)),
        _ => None,
    }
}

/// One or two digits, and no sign.
fn number(typed: &str) -> Option<i8> {
    let is_number = (1..=2).contains(&typed.len()) && typed.bytes().all(|byte| byte.is_ascii_digit());
    typed.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("14-Jul-2026 07:30", (2026, 7, 14), (7, 30, 0), false)]
    #[case("  14 july 2026 7:30  ", (2026, 7, 14), (7, 30, 0), false)]
    #[case("2026-07-14T23:59:58", (2026, 7, 14), (23, 59, 58), true)]
    #[case("14.7.2026 0:00", (2026, 7, 14), (0, 0, 0), false)]
    #[case("1-Jan-2020 00:00:00", (2020, 1, 1), (0, 0, 0), true)]
    fn a_day_and_a_time_are_a_moment(
        #[case] typed: &str,
        #[case] (year, month, day): (i16, i8, i8),
        #[case] (hour, minute, second): (i8, i8, i8),
        #[case] has_seconds: bool,
    ) {
        let begin = date(year, month, day).at(hour, minute, second, 0);
        assert_eq!(read(typed), Ok(TypedMoment { begin, has_seconds }));
    }

    #[test]
    fn what_is_none_or_may_be_two_is_refused() {
        assert_eq!(read("   "), Err(MomentFault::Empty));
        for typed in [
            "14-Jul-2026",
            "07:30",
            "14-Jul-2026 24:00",
            "14-Jul-2026 07:60",
            "14-Jul-2026 7",
            "14-Jul-2026 7:30 pm",
            "14-Jul-2026 -7:30",
            "14-Jul-2026 07:30:60",
            "14-Jul-2026 007:30",
            "Jul-2026 07:30",
            "31-Jun-2026 07:30",
        ] {
            assert_eq!(read(typed), Err(MomentFault::Nothing), "{typed}");
        }
        let either = vec![date(2026, 7, 8), date(2026, 8, 7)];
        assert_eq!(read("07/08/2026 07:30"), Err(MomentFault::Unclear(either)));
    }

    #[test]
    fn a_minute_without_seconds_holds_all_of_them() {
        let [whole, exact] = ["14-Jul-2026 07:30", "14-Jul-2026 07:30:12"].map(|typed| read(typed).unwrap());
        let at = |minute, second| date(2026, 7, 14).at(7, minute, second, 0);
        assert_eq!(
            [at(30, 0), at(30, 59), at(29, 59), at(31, 0)].map(|time| whole.holds(time)),
            [true, true, false, false]
        );
        assert_eq!([at(30, 12), at(30, 13)].map(|time| exact.holds(time)), [true, false]);
    }
}
