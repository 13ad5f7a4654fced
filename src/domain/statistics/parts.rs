//! The numbers of a part of the readings: of one meal marker, of three hours of the day.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::distribution::Distribution;
use super::minimum::TooFew;
use super::range::{Range, RangeCounts};
use crate::domain::reading::Meal;

/// A block of the standard day with fewer values has no median that may be shown (Tidepool's rule for meters).
pub const LEAST_FOR_MEDIAN: u32 = 3;
/// A block of the standard day with fewer values has no quartiles that may be shown (Tidepool's rule for meters).
pub const LEAST_FOR_QUARTILES: u32 = 5;
/// The blocks of a standard day, of three hours each: 0:00 to 2:59, and so on.
pub const BLOCKS: usize = 8;
/// The hours of a block.
const HOURS_OF_BLOCK: u16 = 3;

/// The numbers of a part of the readings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct PartNumbers {
    /// How many lie in which range.
    pub ranges: RangeCounts,
    /// How those with a number are distributed; `None` without any.
    pub distribution: Option<Distribution>,
}

impl PartNumbers {
    /// The median in mg/dL, if it may be shown.
    ///
    /// # Errors
    /// With fewer than [`LEAST_FOR_MEDIAN`] values it may not.
    pub fn median_to_show(&self) -> Result<f64, TooFew> {
        self.with_at_least(LEAST_FOR_MEDIAN).map(|distribution| distribution.median)
    }

    /// The 25th and the 75th percentile in mg/dL, if they may be shown.
    ///
    /// # Errors
    /// With fewer than [`LEAST_FOR_QUARTILES`] values they may not.
    pub fn quartiles_to_show(&self) -> Result<(f64, f64), TooFew> {
        self.with_at_least(LEAST_FOR_QUARTILES).map(|distribution| (distribution.p25, distribution.p75))
    }

    fn with_at_least(&self, need: u32) -> Result<Distribution, TooFew> {
        let have = self.distribution.map_or(0, |distribution| distribution.count);
        self.distribution.filter(|_| have >= need).ok_or(TooFew::Readings { have, need })
    }
}

/// Gathers a [`PartNumbers`].
#[derive(Debug, Default)]
pub(super) struct PartSum {
    ranges: RangeCounts,
    values: Vec<f64>,
}

impl PartSum {
    /// One more reading of it.
    pub(super) fn count(&mut self, range: Range) {
        self.ranges.add(range);
    }

    /// The number of one of them in mg/dL.
    pub(super) fn add(&mut self, mg_per_dl: f64) {
        if self.values.is_empty() {
            // All were counted before: the list is not made longer again and again.
            self.values.reserve(usize::try_from(self.ranges.total()).unwrap_or(0));
        }
        self.values.push(mg_per_dl);
    }

    /// Its numbers.
    pub(super) fn part(mut self) -> PartNumbers {
        PartNumbers { ranges: self.ranges, distribution: Distribution::of(&mut self.values) }
    }
}

/// The place among the [`BLOCKS`] of a day of a time.
pub(super) fn block_of(time: Time) -> usize {
    block_at(minute_of(time))
}

/// The part of the day in which a minute of it lies.
pub(super) fn block_at(minute: u16) -> usize {
    usize::from(minute / (60 * HOURS_OF_BLOCK))
}

/// The minute of the day at a time.
pub(super) fn minute_of(time: Time) -> u16 {
    60 * u16::from(time.hour().unsigned_abs()) + u16::from(time.minute().unsigned_abs())
}

/// The numbers by the meal marker that the meter gave. Nothing is guessed from the time of the day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct MealNumbers {
    /// Before a meal.
    pub before: PartNumbers,
    /// After a meal.
    pub after: PartNumbers,
    /// Fasting.
    pub fasting: PartNumbers,
    /// At bedtime.
    pub bedtime: PartNumbers,
    /// Without a marker that says anything: the meter has none, or nobody set it.
    pub unmarked: PartNumbers,
}

/// Gathers [`MealNumbers`].
#[derive(Debug, Default)]
pub(super) struct MealSums {
    before: PartSum,
    after: PartSum,
    fasting: PartSum,
    bedtime: PartSum,
    unmarked: PartSum,
}

impl MealNumbers {
    /// Whether anything was marked: else there is nothing to tell apart.
    #[must_use]
    pub fn are_marked(&self) -> bool {
        [&self.before, &self.after, &self.fasting, &self.bedtime].iter().any(|part| part.ranges.total() > 0)
    }
}

impl MealSums {
    /// One more reading.
    pub(super) fn count(&mut self, meal: Option<Meal>, range: Range) {
        self.of(meal).count(range);
    }

    /// The number of one of them in mg/dL.
    pub(super) fn add(&mut self, meal: Option<Meal>, mg_per_dl: f64) {
        self.of(meal).add(mg_per_dl);
    }

    const fn of(&mut self, meal: Option<Meal>) -> &mut PartSum {
        match meal {
            Some(Meal::Before) => &mut self.before,
            Some(Meal::After) => &mut self.after,
            Some(Meal::Fasting) => &mut self.fasting,
            Some(Meal::Bedtime) => &mut self.bedtime,
            None | Some(Meal::None | Meal::Casual) => &mut self.unmarked,
        }
    }

    /// Their numbers.
    pub(super) fn numbers(self) -> MealNumbers {
        MealNumbers {
            before: self.before.part(),
            after: self.after.part(),
            fasting: self.fasting.part(),
            bedtime: self.bedtime.part(),
            unmarked: self.unmarked.part(),
        }
    }
}
