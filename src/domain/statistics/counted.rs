//! The readings that count, taken out of a record once: a look at each of many readings costs more than the numbers do.

use jiff::civil::DateTime;

use super::parts::minute_of;
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

/// The number of a reading that counts, with what it is counted by: whoever goes through them in the order of their
/// numbers would look for each of the readings somewhere else.
#[derive(Debug, Clone, Copy)]
pub(super) struct CountedValue {
    /// In mg/dL.
    pub(super) mg_per_dl: f64,
    /// The minute of the day, by the meter's clock.
    pub(super) minute: u16,
    /// The meal marker that the meter gave.
    pub(super) meal: Option<Meal>,
    /// The place of its reading among those in the order of their times.
    of: u32,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct CountedReadings {
    by_time: Vec<CountedReading>,
    by_value: Vec<CountedValue>,
}

impl CountedReadings {
    /// These, in any order.
    pub(super) fn of(mut readings: Vec<CountedReading>) -> Self {
        // Stable: what was measured at one time stays in its order.
        readings.sort_by_key(|reading| reading.time);
        let mut by_value = Vec::with_capacity(readings.len());
        by_value.extend((0..).zip(&readings).filter_map(|(of, CountedReading { time, meal, mg_per_dl, .. })| {
            Some(CountedValue { mg_per_dl: (*mg_per_dl)?, minute: minute_of(time.time()), meal: *meal, of })
        }));
        // Once, and then handed out in order: every percentile is of ascending values.
        by_value.sort_unstable_by(|one, other| one.mg_per_dl.total_cmp(&other.mg_per_dl));
        Self { by_time: readings, by_value }
    }

    /// In the order of their times.
    pub(super) fn by_time(&self) -> &[CountedReading] {
        &self.by_time
    }

    /// Those with a number, in the order of their numbers.
    pub(super) fn by_value(&self) -> &[CountedValue] {
        &self.by_value
    }

    /// The reading of one of those.
    pub(super) fn reading(&self, value: &CountedValue) -> Option<&CountedReading> {
        self.by_time.get(usize::try_from(value.of).ok()?)
    }
}

#[cfg(test)]
impl CountedReadings {
    /// Readings with these values in mg/dL at these times.
    pub(super) fn of_values(values: impl IntoIterator<Item = (DateTime, f64)>) -> Self {
        let counted = (0..).zip(values).map(|(place, (time, mg_per_dl))| CountedReading {
            place,
            time,
            range: Range::of_mg_per_dl(mg_per_dl),
            meal: None,
            measured: Measured::Low,
            mg_per_dl: Some(mg_per_dl),
        });
        Self::of(counted.collect())
    }
}
