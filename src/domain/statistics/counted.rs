//! The readings that count, taken out of a record once: a look at each of many readings costs more than the numbers do.

use jiff::civil::DateTime;

use super::range::Range;
use crate::domain::glucose::Measured;
use crate::domain::reading::Meal;

/// A reading that counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct CountedReading {
    /// Its place among the readings of the period.
    pub(super) place: u32,
    /// When, by the meter's clock.
    pub(super) time: DateTime,
    /// Where it lies.
    pub(super) range: Range,
    /// The meal marker that the meter gave.
    pub(super) meal: Option<Meal>,
    /// What the meter showed.
    pub(super) measured: Measured,
    /// Its number in mg/dL; of LO and HI what stands for them, if anything does.
    pub(super) mg_per_dl: Option<f64>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct CountedReadings {
    by_time: Vec<CountedReading>,
    /// Each number in mg/dL with the place of its reading among the former.
    by_value: Vec<(f64, usize)>,
}

impl CountedReadings {
    /// These, in any order.
    pub(super) fn of(mut readings: Vec<CountedReading>) -> Self {
        // Stable: what was measured at one time stays in its order.
        readings.sort_by_key(|reading| reading.time);
        let numbers = readings.iter().enumerate();
        let mut by_value: Vec<(f64, usize)> =
            numbers.filter_map(|(place, reading)| Some((reading.mg_per_dl?, place))).collect();
        // Once, and then handed out in order: every percentile is of ascending values.
        by_value.sort_unstable_by(|(one, _), (other, _)| one.total_cmp(other));
        Self { by_time: readings, by_value }
    }

    /// In the order of their times.
    pub(super) fn by_time(&self) -> &[CountedReading] {
        &self.by_time
    }

    /// Those with a number, in the order of their numbers.
    pub(super) fn by_value(&self) -> impl Iterator<Item = (f64, &CountedReading)> {
        self.by_value.iter().filter_map(|(value, place)| Some((*value, self.by_time.get(*place)?)))
    }
}
