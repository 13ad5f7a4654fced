//! How far a dashboard looks back.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::domain::record::Span;

/// How many days a dashboard looks back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Period {
    /// A week.
    Days7,
    /// Fourteen days.
    #[default]
    Days14,
    /// Thirty days.
    Days30,
    /// Ninety days.
    Days90,
    /// So many days, at least one: from a day to another that somebody named.
    Other(u16),
}

/// So many marks of days stand side by side at most.
const MOST_MARKS: u16 = 45;

impl Period {
    /// The periods that a key leads to, the shortest first.
    pub const ALL: [Self; 4] = [Self::Days7, Self::Days14, Self::Days30, Self::Days90];

    /// The next longer one; after the longest the shortest.
    #[must_use]
    pub const fn longer(self) -> Self {
        match self {
            Self::Days7 => Self::Days14,
            Self::Days14 => Self::Days30,
            Self::Days30 => Self::Days90,
            Self::Days90 | Self::Other(_) => Self::Days7,
        }
    }

    /// The next shorter one; before the shortest the longest.
    #[must_use]
    pub const fn shorter(self) -> Self {
        match self {
            Self::Days7 | Self::Other(_) => Self::Days90,
            Self::Days14 => Self::Days7,
            Self::Days30 => Self::Days14,
            Self::Days90 => Self::Days30,
        }
    }

    /// The number of days.
    #[must_use]
    pub const fn days(self) -> i64 {
        match self {
            Self::Days7 => 7,
            Self::Days14 => 14,
            Self::Days30 => 30,
            Self::Days90 => 90,
            Self::Other(0) => 1,
            Self::Other(days) => days as i64,
        }
    }
}

impl Period {
    /// So many days have one mark together where the days of a period stand side by side: more than 45 marks have no
    /// room on the usual terminal.
    #[must_use]
    pub fn days_per_mark(self) -> u16 {
        u16::try_from(self.days()).unwrap_or(u16::MAX).div_ceil(MOST_MARKS).max(1)
    }

    /// The longest, in days: a hundred years, more than anybody measures.
    pub const LONGEST: i64 = 36_525;

    /// So many days; nothing if there are none, or more than [`Period::LONGEST`].
    #[must_use]
    pub fn of_days(days: i64) -> Option<Self> {
        let other = u16::try_from(days).ok().filter(|_| (1..=Self::LONGEST).contains(&days))?;
        Some(Self::ALL.into_iter().find(|period| period.days() == days).unwrap_or(Self::Other(other)))
    }

    /// From one day to another, both of it; nothing if the last lies before the first.
    #[must_use]
    pub fn between(first: Date, last: Date) -> Option<Self> {
        Self::of_days(i64::from((last - first).get_days()) + 1)
    }

    /// The wall time of the period whose last day is `until`. Both its ends belong to it: of 14 days, 13
    /// lie before the last.
    #[must_use]
    pub fn span(self, until: Date) -> Span {
        let first = until.saturating_sub(jiff::Span::new().days(self.days() - 1));
        let after = until.saturating_add(jiff::Span::new().days(1));
        Span { from: first.to_datetime(Time::MIN), to: after.to_datetime(Time::MIN) }
    }

    /// The last day of the period of the same length before it.
    #[must_use]
    pub fn until_before(self, until: Date) -> Date {
        until.saturating_sub(jiff::Span::new().days(self.days()))
    }

    /// The wall time of the period and of that before it.
    #[must_use]
    pub fn span_with_before(self, until: Date) -> Span {
        Span { from: self.span(self.until_before(until)).from, ..self.span(until) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_before_ends_where_the_period_begins() {
        let until = jiff::civil::date(2026, 7, 14);
        for period in Period::ALL.into_iter().chain([1, 45, 400].map(Period::Other)) {
            let (now, before) = (period.span(until), period.span(period.until_before(until)));
            assert_eq!(
                (before.to, period.days()),
                (now.from, before.from.date().duration_until(before.to.date()).as_hours() / 24)
            );
            assert_eq!(period.span_with_before(until), Span { from: before.from, to: now.to });
        }
    }

    #[test]
    fn a_period_has_both_of_its_ends() {
        let last = jiff::civil::date(2026, 7, 14);
        for (first, period) in [
            ((2026, 7, 14), Some(Period::Other(1))),
            ((2026, 7, 1), Some(Period::Days14)),
            ((2026, 6, 1), Some(Period::Other(44))),
            ((2024, 7, 14), Some(Period::Other(731))),
            ((2026, 7, 15), None),
            ((1900, 1, 1), None),
        ] {
            let first = jiff::civil::date(first.0, first.1, first.2);
            let found = Period::between(first, last);
            assert_eq!(found, period, "{first}");
            assert!(found.is_none_or(|found| found.span(last).from.date() == first));
        }
        assert_eq!((Period::of_days(0), Period::of_days(Period::LONGEST + 1)), (None, None));
    }

    #[test]
    fn marks_of_days_are_never_more_than_have_room() {
        let marks = |period: Period| {
            let days = u16::try_from(period.days()).unwrap();
            (period.days_per_mark(), days.div_ceil(period.days_per_mark()))
        };
        let periods = Period::ALL.into_iter().chain([1, 45, 46, 36_525].map(Period::Other));
        let told: Vec<(u16, u16)> = periods.map(marks).collect();
        assert_eq!(told, [(1, 7), (1, 14), (1, 30), (2, 45), (1, 1), (1, 45), (2, 23), (812, 45)]);
    }

    #[test]
    fn there_and_back_is_where_it_began() {
        for (period, next) in Period::ALL.into_iter().zip(Period::ALL.into_iter().cycle().skip(1)) {
            assert_eq!((period.longer(), next.shorter()), (next, period));
        }
    }
}
