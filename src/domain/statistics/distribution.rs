//! Mean, spread and percentiles of values in mg/dL.

use serde::{Deserialize, Serialize};

use super::minimum::TooFew;

/// Standard deviation and coefficient of variation of fewer values say more of chance than of the patient: the rule
/// of Tidepool's reports for meters.
pub const LEAST_FOR_SPREAD: u32 = 30;

/// How values are distributed. There is none without any value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// How many values it is of. LO and HI are among them if something stands for them.
    pub count: u32,
    /// Arithmetic mean in mg/dL.
    pub mean: f64,
    /// Standard deviation of the sample (divided by n - 1) in mg/dL; `None` of a single value.
    pub sd: Option<f64>,
    /// 5th percentile in mg/dL. This one and the others are of type 7 (Hyndman and Fan 1996), as R and numpy have them.
    pub p05: f64,
    /// 25th percentile in mg/dL.
    pub p25: f64,
    /// 50th percentile in mg/dL.
    pub median: f64,
    /// 75th percentile in mg/dL.
    pub p75: f64,
    /// 95th percentile in mg/dL.
    pub p95: f64,
}

impl Distribution {
    /// The distribution of these values, in any order; it brings them into ascending order.
    pub(super) fn of(values: &mut [f64]) -> Option<Self> {
        let count = u32::try_from(values.len()).ok().filter(|count| *count > 0)?;
        // Before the sum: sums of binary fractions depend on the order, and the mean must not
        // change in its last digit with the order in which a meter sends its memory.
        values.sort_unstable_by(f64::total_cmp);
        let number = f64::from(count);
        let mean = values.iter().sum::<f64>() / number;
        // In a second pass over the values. The mean of the squares minus the square of the mean
        // loses its digits where the spread is small.
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let at = |percent| percentile(values, percent);
        Some(Self {
            count,
            mean,
            sd: (count > 1).then(|| (squares / (number - 1.0)).sqrt()),
            p05: at(5)?,
            p25: at(25)?,
            median: at(50)?,
            p75: at(75)?,
            p95: at(95)?,
        })
    }

    /// Coefficient of variation in percent; `None` of a single value.
    #[must_use]
    pub fn cv(&self) -> Option<f64> {
        self.sd.filter(|_| self.mean > 0.0).map(|sd| 100.0 * sd / self.mean)
    }

    /// The standard deviation, if it may be shown.
    ///
    /// # Errors
    /// With fewer than [`LEAST_FOR_SPREAD`] values it may not.
    pub fn sd_to_show(&self) -> Result<f64, TooFew> {
        self.spread_to_show(self.sd)
    }

    /// The coefficient of variation in percent, if it may be shown.
    ///
    /// # Errors
    /// With fewer than [`LEAST_FOR_SPREAD`] values it may not.
    pub fn cv_to_show(&self) -> Result<f64, TooFew> {
        self.spread_to_show(self.cv())
    }

    fn spread_to_show(&self, spread: Option<f64>) -> Result<f64, TooFew> {
        let too_few = TooFew::Readings { have: self.count, need: LEAST_FOR_SPREAD };
        spread.filter(|_| self.count >= LEAST_FOR_SPREAD).ok_or(too_few)
    }
}

/// The value below which this percent of ascending values lie: between the two values around the place (n - 1) p, in
/// proportion. The place is found in whole numbers, so that no value is missed by a rounded product.
pub(super) fn percentile(values: &[f64], percent: u8) -> Option<f64> {
    let place = PercentilePlace::of(values.len(), percent)?;
    Some(place.between(*values.get(place.below)?, *values.get(place.above)?))
}

/// Where among so many ascending values a percentile lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct PercentilePlace {
    /// The place of the value before it, from 0 on.
    pub(super) below: usize,
    /// The place of the value behind it, or the same.
    pub(super) above: usize,
    /// How far it is from the one to the other, in hundredths.
    hundredths: u8,
}

impl PercentilePlace {
    /// That of a percentile of `count` values; nothing without any.
    pub(super) fn of(count: usize, percent: u8) -> Option<Self> {
        let whole = count.checked_sub(1)? * usize::from(percent);
        let hundredths = u8::try_from(whole % 100).unwrap_or(0);
        Some(Self { below: whole / 100, above: whole.div_ceil(100), hundredths })
    }

    /// The percentile, by the values at its two places.
    pub(super) fn between(self, below: f64, above: f64) -> f64 {
        below + (above - below) * (f64::from(self.hundredths) / 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_lie_between_values_in_proportion() {
        let values = [10.0, 20.0, 40.0, 80.0];
        assert_eq!(percentile(&values, 0), Some(10.0));
        assert_eq!(percentile(&values, 25), Some(17.5));
        assert_eq!(percentile(&values, 50), Some(30.0));
        assert_eq!(percentile(&values, 100), Some(80.0));
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn spread_is_shown_from_thirty_values_on() {
        let of = |count: u32| Distribution::of(&mut (0..count).map(f64::from).collect::<Vec<_>>());
        assert_eq!(of(0), None);
        assert_eq!(of(1).map(|one| (one.sd, one.cv())), Some((None, None)));
        let too_few = TooFew::Readings { have: 29, need: 30 };
        let (few, enough) = (of(29).unwrap(), of(30).unwrap());
        assert_eq!((few.sd_to_show(), few.cv_to_show()), (Err(too_few), Err(too_few)));
        assert_eq!((enough.sd_to_show().ok(), enough.cv_to_show().ok()), (enough.sd, enough.cv()));
    }
}
