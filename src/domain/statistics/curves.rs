//! The standard day as curves: percentiles by time of day, all days as one.

use serde::{Deserialize, Serialize};

use super::counted::CountedValue;
use super::distribution::{LEAST_FOR_SPREAD, PercentilePlace};
use super::minimum::TooFew;
use super::parts::{LEAST_FOR_MEDIAN, LEAST_FOR_QUARTILES, minute_of};
use crate::domain::reading::Reading;

/// The points of a curve: one for each half hour, because nobody plans a day more finely.
pub const POINTS: usize = 48;
/// The minutes of a day.
const DAY: usize = 24 * 60;
/// The minutes between two points.
const STEP: usize = DAY / POINTS;
/// A point is of the readings of its half hour and of so many before and behind it: two and a half hours, nearly as
/// long as a block of the standard day, so that the same rules of enough readings hold.
const REACH: usize = 2;
/// With fewer values the 5th percentile lies between the lowest two: a twentieth of them is less than one.
const LEAST_FOR_TAILS: usize = 20;

/// A time of day. Each number is there if enough readings lie around it; all are in mg/dL.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// The 5th and the 95th percentile.
    pub tails: Option<(f64, f64)>,
    /// The 25th and the 75th.
    pub quartiles: Option<(f64, f64)>,
    /// The median.
    pub median: Option<f64>,
}

/// The curves of a standard day, from midnight on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayCurves {
    /// The points, of which the first is of 0:15 o'clock.
    pub points: Vec<CurvePoint>,
}

/// A reading of a standard day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DayValue {
    /// The minute of the day.
    pub minute: u16,
    /// The value in mg/dL, or what stands for it.
    pub mg_per_dl: f64,
}

impl DayValue {
    /// That of a reading that counts and has this number.
    #[must_use]
    pub fn of(reading: &Reading, number: Option<f64>) -> Option<Self> {
        if !reading.is_in_numbers() {
            return None;
        }
        Some(Self { minute: minute_of(reading.time?.time()), mg_per_dl: number? })
    }
}

impl DayCurves {
    /// The curves of these values, in ascending order: each point gets its own in that order, as percentiles want them.
    ///
    /// # Errors
    /// With fewer than [`LEAST_FOR_SPREAD`] values there are none: they would say more of chance than of the patient.
    pub(super) fn of(values: &[CountedValue]) -> Result<Self, TooFew> {
        let have = u32::try_from(values.len()).unwrap_or(u32::MAX);
        if have < LEAST_FOR_SPREAD {
            return Err(TooFew::Readings { have, need: LEAST_FOR_SPREAD });
        }
        // From the last points of the day on to its first: a day follows another.
        let near = |value: &CountedValue| {
            let step = usize::from(value.minute) / STEP;
            (step + POINTS - REACH..=step + POINTS + REACH).map(|place| place % POINTS)
        };
        // Counted before, so that each of many values, which is in five points, need not be kept for them.
        let mut counts = [0; POINTS];
        for place in values.iter().flat_map(near) {
            counts.get_mut(place).into_iter().for_each(|count| *count += 1);
        }
        let mut around = counts.map(PassingValues::of);
        for value in values {
            for place in near(value) {
                around.get_mut(place).into_iter().for_each(|point| point.pass(value.mg_per_dl));
            }
        }
        Ok(Self { points: around.iter().map(CurvePoint::of).collect() })
    }

    /// The time of day of a point: the hour and the minute.
    #[must_use]
    pub const fn time_of(place: usize) -> (usize, usize) {
        let minute = place * STEP + STEP / 2;
        (minute / 60, minute % 60)
    }
}

/// The percentiles of a point.
const PERCENTS: [u8; 5] = [5, 25, 50, 75, 95];

/// Ascending values that come one by one, of which those are kept that percentiles lie between.
#[derive(Debug)]
struct PassingValues {
    count: usize,
    /// How many came.
    passed: usize,
    /// The places that are kept, ascending, each with its value as soon as that has come.
    kept: Vec<(usize, f64)>,
    /// How many of those have theirs.
    filled: usize,
}

impl PassingValues {
    /// So many will come.
    fn of(count: usize) -> Self {
        let places = PERCENTS.into_iter().filter_map(|percent| PercentilePlace::of(count, percent));
        let mut kept: Vec<(usize, f64)> =
            places.flat_map(|place| [place.below, place.above]).map(|place| (place, 0.0)).collect();
        kept.sort_unstable_by_key(|(place, _)| *place);
        kept.dedup_by_key(|(place, _)| *place);
        Self { count, passed: 0, kept, filled: 0 }
    }

    /// The next.
    fn pass(&mut self, value: f64) {
        if let Some((_, kept)) = self.kept.get_mut(self.filled).filter(|(place, _)| *place == self.passed) {
            *kept = value;
            self.filled += 1;
        }
        self.passed += 1;
    }

    /// A percentile of them, when all have come.
    fn percentile(&self, percent: u8) -> Option<f64> {
        let place = PercentilePlace::of(self.count, percent)?;
        let at = |place: usize| {
            let found = self.kept.binary_search_by_key(&place, |(place, _)| *place).ok()?;
            self.kept.get(found).map(|(_, value)| *value)
        };
        Some(place.between(at(place.below)?, at(place.above)?))
    }
}

impl CurvePoint {
    fn of(values: &PassingValues) -> Self {
        let from = |least: usize, percent| values.percentile(percent).filter(|_| values.count >= least);
        let [median, quartiles] =
            [LEAST_FOR_MEDIAN, LEAST_FOR_QUARTILES].map(|least| usize::try_from(least).unwrap_or(usize::MAX));
        Self {
            tails: from(LEAST_FOR_TAILS, 5).zip(from(LEAST_FOR_TAILS, 95)),
            quartiles: from(quartiles, 25).zip(from(quartiles, 75)),
            median: from(median, 50),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::counted::CountedReadings;
    use super::super::distribution::percentile;
    use super::*;

    fn at(hour: i8, values: impl IntoIterator<Item = u32>) -> CountedReadings {
        let time = date(2026, 7, 14).at(hour, 0, 0, 0);
        CountedReadings::of_values(values.into_iter().map(|value| (time, f64::from(value))))
    }

    #[test]
    fn there_are_curves_from_thirty_values_on() {
        assert_eq!(DayCurves::of(at(8, 0..29).by_value()), Err(TooFew::Readings { have: 29, need: 30 }));
        assert!(DayCurves::of(at(8, 0..30).by_value()).is_ok());
    }

    /// What lies in the half hours around a point is in it, over midnight too; nothing else is.
    #[test]
    fn a_point_is_of_the_readings_around_it() {
        let curves = DayCurves::of(at(0, std::iter::repeat_n(100, 30)).by_value()).unwrap();
        let with: Vec<usize> = (0..POINTS).filter(|place| curves.points[*place].median.is_some()).collect();
        assert_eq!(with, [0, 1, 2, 46, 47]);
        assert!(with.iter().all(|place| {
            let point = curves.points[*place];
            (point.median, point.quartiles, point.tails) == (Some(100.0), Some((100.0, 100.0)), Some((100.0, 100.0)))
        }));
        assert_eq!(DayCurves::time_of(47), (23, 45));
    }

    /// What is kept of values that pass is enough for each of their percentiles.
    #[test]
    fn percentiles_of_passing_values_are_those_of_all_of_them() {
        for count in [1, 2, 3, 7, 20, 21, 99, 100, 101, 1000_usize] {
            let all: Vec<f64> = (0..u32::try_from(count).unwrap()).map(|value| f64::from(value * value)).collect();
            let mut passing = PassingValues::of(count);
            for value in &all {
                passing.pass(*value);
            }
            for percent in PERCENTS {
                assert_eq!(passing.percentile(percent), percentile(&all, percent), "{percent} % of {count}");
            }
        }
    }

    #[test]
    fn each_number_has_its_own_least() {
        let of = |count: u32| {
            let mut values = PassingValues::of(usize::try_from(count).unwrap());
            for value in 1..=count {
                values.pass(f64::from(value));
            }
            CurvePoint::of(&values)
        };
        assert_eq!(of(2), CurvePoint::default());
        assert_eq!(of(3), CurvePoint { median: Some(2.0), ..CurvePoint::default() });
        assert_eq!(of(5), CurvePoint { median: Some(3.0), quartiles: Some((2.0, 4.0)), tails: None });
        assert_eq!((of(19).tails, of(21).tails), (None, Some((2.0, 20.0))));
    }
}
