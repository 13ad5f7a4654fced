//! Which readings are looked at by their meal marker.

use serde::{Deserialize, Serialize};

use crate::domain::reading::{Meal, Reading};

/// Which readings are looked at, by the marker that the meter gave. Nothing is guessed from the time of the day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MealFilter {
    /// All of them.
    #[default]
    All,
    /// Those before a meal.
    Before,
    /// Those after a meal.
    After,
    /// Those that were marked as fasting.
    Fasting,
    /// Those at bedtime.
    Bedtime,
    /// Those without a marker that says anything: the meter has none, or nobody set it.
    Unmarked,
}

impl MealFilter {
    /// All of them, in the order in which they follow one another.
    pub const ALL: [Self; 6] = [Self::All, Self::Before, Self::After, Self::Fasting, Self::Bedtime, Self::Unmarked];

    /// The next; after the last the first.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::All => Self::Before,
            Self::Before => Self::After,
            Self::After => Self::Fasting,
            Self::Fasting => Self::Bedtime,
            Self::Bedtime => Self::Unmarked,
            Self::Unmarked => Self::All,
        }
    }

    /// Whether a reading is among them.
    #[must_use]
    pub const fn takes(self, reading: &Reading) -> bool {
        match (self, reading.meal) {
            (Self::All, _)
            | (Self::Before, Some(Meal::Before))
            | (Self::After, Some(Meal::After))
            | (Self::Fasting, Some(Meal::Fasting))
            | (Self::Bedtime, Some(Meal::Bedtime))
            | (Self::Unmarked, None | Some(Meal::None | Meal::Casual)) => true,
            (Self::Before | Self::After | Self::Fasting | Self::Bedtime | Self::Unmarked, _) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::glucose::{Concentration, Measured};
    use crate::domain::reading::Kind;

    fn marked(meal: Option<Meal>) -> Reading {
        Reading {
            corrected_from: None,
            index: 0,
            time: None,
            measured: Measured::Value(Concentration::mg_per_dl(100)),
            kind: Kind::Blood,
            meal,
            doubts: Vec::new(),
            raw: std::collections::BTreeMap::new(),
        }
    }

    /// Each marker is in one part, so that the parts together are all.
    #[test]
    fn every_reading_is_in_exactly_one_part() {
        let markers = [Meal::None, Meal::Before, Meal::After, Meal::Fasting, Meal::Bedtime, Meal::Casual];
        for meal in markers.map(Some).into_iter().chain([None]) {
            let parts = MealFilter::ALL.into_iter().filter(|filter| *filter != MealFilter::All);
            assert_eq!(parts.filter(|filter| filter.takes(&marked(meal))).count(), 1, "{meal:?}");
            assert!(MealFilter::All.takes(&marked(meal)));
        }
    }

    #[test]
    fn they_follow_one_another_in_a_ring() {
        for (filter, next) in MealFilter::ALL.into_iter().zip(MealFilter::ALL.into_iter().cycle().skip(1)) {
            assert_eq!(filter.next(), next);
        }
    }
}
