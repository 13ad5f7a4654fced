//! The clinic's patients as a list: who uploaded last, who had lows, who has no data, whose meter waits.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::patient::{PageCursor, Patient};

/// The days over which lows are counted, and without an upload after which somebody is looked for.
pub const WINDOW_DAYS: i64 = 14;

/// By what the list is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PopulationOrder {
    /// Whose meter was read last comes first; who never had one read comes last.
    #[default]
    LastUpload,
    /// Who had the most readings below 70 mg/dL in the last [`WINDOW_DAYS`] comes first.
    Lows,
    /// Who is without a reading for the longest time comes first; who never had any comes last.
    DaysWithout,
    /// Who has the most meters that wait comes first.
    Waiting,
}

impl PopulationOrder {
    /// All of them, in the order in which the keys go through them.
    pub const ALL: [Self; 4] = [Self::LastUpload, Self::Lows, Self::DaysWithout, Self::Waiting];

    /// The stable name, for the audit trail.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LastUpload => "last-upload",
            Self::Lows => "lows",
            Self::DaysWithout => "days-without",
            Self::Waiting => "waiting",
        }
    }

    /// The one behind it, round.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::LastUpload => Self::Lows,
            Self::Lows => Self::DaysWithout,
            Self::DaysWithout => Self::Waiting,
            Self::Waiting => Self::LastUpload,
        }
    }

    /// The one before it, round.
    #[must_use]
    pub const fn previous(self) -> Self {
        self.next().next().next()
    }
}

/// Who is listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PopulationFilter {
    /// Everybody.
    #[default]
    All,
    /// Who may receive readings.
    Active,
    /// Whose meter waits.
    WithWaiting,
    /// For whom no meter was read in the last [`WINDOW_DAYS`].
    NoUpload,
    /// Who had a reading below 70 mg/dL in the last [`WINDOW_DAYS`].
    WithLows,
}

impl PopulationFilter {
    /// All of them, in the order in which the key goes through them.
    pub const ALL: [Self; 5] = [Self::All, Self::Active, Self::WithWaiting, Self::NoUpload, Self::WithLows];

    /// The stable name, for the audit trail.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Active => "active",
            Self::WithWaiting => "with-waiting",
            Self::NoUpload => "no-upload",
            Self::WithLows => "with-lows",
        }
    }

    /// The one behind it, round.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::All => Self::Active,
            Self::Active => Self::WithWaiting,
            Self::WithWaiting => Self::NoUpload,
            Self::NoUpload => Self::WithLows,
            Self::WithLows => Self::All,
        }
    }
}

/// Which part of the list is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopulationQuery {
    /// By what it is sorted.
    pub order: PopulationOrder,
    /// Who is listed.
    pub filter: PopulationFilter,
    /// The day at the clinic: the last of those that are counted.
    pub today: Date,
    /// Where the page begins; nothing for the first.
    pub from: Option<PageCursor>,
}

/// Somebody of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopulationRow {
    /// Who.
    pub patient: Patient,
    /// The last reading that the numbers use, by the meter's own time.
    pub last_reading: Option<DateTime>,
    /// How many readings of the last [`WINDOW_DAYS`] lie below 70 mg/dL, those below 54 among them.
    pub low: u32,
    /// How many of them lie below 54 mg/dL.
    pub very_low: u32,
    /// How many readings of the same days lie above 180 mg/dL.
    pub high: u32,
    /// How many of their meters wait.
    pub waiting: u32,
}

impl PopulationRow {
    /// The whole days since the last reading; nothing if there is none. One of today, or of a clock that runs ahead, is
    /// no day ago.
    #[must_use]
    pub fn days_without(&self, today: Date) -> Option<u32> {
        let days = today.since(self.last_reading?.date()).ok()?.get_days();
        Some(u32::try_from(days).unwrap_or(0))
    }
}

/// One page of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopulationPage {
    /// The people on it.
    pub rows: Vec<PopulationRow>,
    /// Where the next page begins, if there are more behind them.
    pub next: Option<PageCursor>,
    /// Whether there are others at the care platform who are not known at this station.
    pub known_only: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_and_filter_is_come_to_and_left() {
        for order in PopulationOrder::ALL {
            assert_eq!(order.next().previous(), order);
        }
        let orders: Vec<_> =
            std::iter::successors(Some(PopulationOrder::default()), |order| Some(order.next())).take(4).collect();
        assert_eq!(orders, PopulationOrder::ALL);
        let filters: Vec<_> =
            std::iter::successors(Some(PopulationFilter::default()), |filter| Some(filter.next())).take(5).collect();
        assert_eq!(filters, PopulationFilter::ALL);
        assert_eq!(PopulationFilter::WithLows.next(), PopulationFilter::All);
    }
}
