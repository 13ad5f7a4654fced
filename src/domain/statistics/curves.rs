//! The standard day as curves: percentiles by time of day, all days as one.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::distribution::{LEAST_FOR_SPREAD, percentile};
use super::minimum::TooFew;
use super::parts::{LEAST_FOR_MEDIAN, LEAST_FOR_QUARTILES};
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
        Self::at(reading.time?.time(), number?)
    }

    /// A number at this time of the day.
    pub(super) fn at(time: Time, mg_per_dl: f64) -> Option<Self> {
        let minute = u16::try_from(time.hour()).ok()? * 60 + u16::try_from(time.minute()).ok()?;
        Some(Self { minute, mg_per_dl })
    }
}

impl DayCurves {
    /// The curves of these values.
    ///
    /// # Errors
    /// With fewer than [`LEAST_FOR_SPREAD`] values there are none: they would say more of chance than of the patient.
    pub fn of(mut values: Vec<DayValue>) -> Result<Self, TooFew> {
        let have = u32::try_from(values.len()).unwrap_or(u32::MAX);
        if have < LEAST_FOR_SPREAD {
            return Err(TooFew::Readings { have, need: LEAST_FOR_SPREAD });
        }
        // Once, and then handed out in order: each point gets its values ascending, as its
        // percentiles want them.
        values.sort_unstable_by(|one, other| one.mg_per_dl.total_cmp(&other.mg_per_dl));
        let mut around = vec![Vec::new(); POINTS];
        for value in values {
            let step = usize::from(value.minute) / STEP;
            // From the last points of the day on to its first: a day follows another.
            for place in step + POINTS - REACH..=step + POINTS + REACH {
                if let Some(point) = around.get_mut(place % POINTS) {
                    point.push(value.mg_per_dl);
                }
            }
        }
        Ok(Self { points: around.iter().map(|values| CurvePoint::of(values)).collect() })
    }

    /// The time of day of a point: the hour and the minute.
    #[must_use]
    pub const fn time_of(place: usize) -> (usize, usize) {
        let minute = place * STEP + STEP / 2;
        (minute / 60, minute % 60)
    }
}

impl CurvePoint {
    /// That of ascending values.
    fn of(values: &[f64]) -> Self {
        let from = |least: usize, percent| percentile(values, percent).filter(|_| values.len() >= least);
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
    use super::*;

    fn at(hour: u16, values: impl IntoIterator<Item = u32>) -> Vec<DayValue> {
        values.into_iter().map(|value| DayValue { minute: hour * 60, mg_per_dl: f64::from(value) }).collect()
    }

    #[test]
    fn there_are_curves_from_thirty_values_on() {
        assert_eq!(DayCurves::of(at(8, 0..29)), Err(TooFew::Readings { have: 29, need: 30 }));
        assert!(DayCurves::of(at(8, 0..30)).is_ok());
    }

    /// What lies in the half hours around a point is in it, over midnight too; nothing else is.
    #[test]
    fn a_point_is_of_the_readings_around_it() {
        let curves = DayCurves::of(at(0, std::iter::repeat_n(100, 30))).unwrap();
        let with: Vec<usize> = (0..POINTS).filter(|place| curves.points[*place].median.is_some()).collect();
        assert_eq!(with, [0, 1, 2, 46, 47]);
        assert!(with.iter().all(|place| {
            let point = curves.points[*place];
            (point.median, point.quartiles, point.tails) == (Some(100.0), Some((100.0, 100.0)), Some((100.0, 100.0)))
        }));
        assert_eq!(DayCurves::time_of(47), (23, 45));
    }

    #[test]
    fn each_number_has_its_own_least() {
        let of = |count: u32| CurvePoint::of(&(1..=count).map(f64::from).collect::<Vec<_>>());
        assert_eq!(of(2), CurvePoint::default());
        assert_eq!(of(3), CurvePoint { median: Some(2.0), ..CurvePoint::default() });
        assert_eq!(of(5), CurvePoint { median: Some(3.0), quartiles: Some((2.0, 4.0)), tails: None });
        assert_eq!((of(19).tails, of(21).tails), (None, Some((2.0, 20.0))));
    }
}
