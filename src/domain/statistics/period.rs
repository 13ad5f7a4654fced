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
}

impl Period {
    /// All periods, the shortest first.
    pub const ALL: [Self; 4] = [Self::Days7, Self::Days14, Self::Days30, Self::Days90];

    /// The next longer one; after the longest the shortest.
    #[must_use]
    pub const fn longer(self) -> Self {
        match self {
            Self::Days7 => Self::Days14,
            Self::Days14 => Self::Days30,
            Self::Days30 => Self::Days90,
            Self::Days90 => Self::Days7,
        }
    }

    /// The next shorter one; before the shortest the longest.
    #[must_use]
    pub const fn shorter(self) -> Self {
        match self {
            Self::Days7 => Self::Days90,
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
        }
    }
}

impl Period {
    /// The wall time of the period whose last day is `until`. Both its ends belong to it: of 14 days, 13
    /// lie before the last.
    #[must_use]
    pub fn span(self, until: Date) -> Span {
        let first = until.saturating_sub(jiff::Span::new().days(self.days() - 1));
        let after = until.saturating_add(jiff::Span::new().days(1));
        Span { from: first.to_datetime(Time::MIN), to: after.to_datetime(Time::MIN) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_is_where_it_began() {
        for (period, next) in Period::ALL.into_iter().zip(Period::ALL.into_iter().cycle().skip(1)) {
            assert_eq!((period.longer(), next.shorter()), (next, period));
        }
    }
}
