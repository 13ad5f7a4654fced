//! The risk indices of self-monitoring: LBGI, HBGI and ADRR.
//!
//! Formulas: Kovatchev 1997 (symmetrization of the blood glucose scale) and 1998 (LBGI), Kovatchev 2006 (ADRR), for
//! G in mg/dL. They were validated for meters; those of sensors cannot be compared with them.

use serde::{Deserialize, Serialize};

use super::minimum::TooFew;

/// A day with fewer readings has no average daily risk range.
pub const LEAST_A_DAY: u32 = 3;
/// With fewer such days the average daily risk range says nothing (Kovatchev 2006 asks for two weeks at the least).
pub const LEAST_DAYS: u32 = 14;

/// Below this, in mg/dL, the scale has no risk: the logarithm of a logarithm. Nobody lives there, and no meter measures
/// there; a number so low is taken for it.
const LEAST_ON_SCALE: f64 = 1.0;

/// The risk of one value: of a low below zero on the symmetrized scale, of a high above.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct ValueRisk {
    low: f64,
    high: f64,
}

impl ValueRisk {
    /// That of a value in mg/dL.
    pub(super) fn of(mg_per_dl: f64) -> Self {
        let symmetrized = 1.509 * (mg_per_dl.max(LEAST_ON_SCALE).ln().powf(1.084) - 5.381);
        // The factors of Kovatchev as they were published. Some programs write 22.77 for ten times
        // the square of 1.509, and their indices are 0.004 % lower.
        let risk = 10.0 * symmetrized.powi(2);
        if symmetrized < 0.0 { Self { low: risk, high: 0.0 } } else { Self { low: 0.0, high: risk } }
    }

    /// Its part in the low blood glucose index; zero of a high.
    pub(super) const fn low(self) -> f64 {
        self.low
    }

    /// Its part in the high blood glucose index; zero of a low.
    pub(super) const fn high(self) -> f64 {
        self.high
    }
}

/// The risk of a record. There is none without any value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GlucoseRisk {
    /// Low blood glucose index: below 2.5 the risk of severe lows is low, above 5 it is high.
    pub lbgi: f64,
    /// High blood glucose index.
    pub hbgi: f64,
    /// Average daily risk range over the days with at least [`LEAST_A_DAY`] values; `None` without such a day.
    pub adrr: Option<f64>,
    /// How many such days there are.
    pub adrr_days: u32,
}

/// How high a risk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskLevel {
    /// Low.
    Low,
    /// Moderate.
    Moderate,
    /// High.
    High,
}

/// From here on the risk of lows is moderate, above the second it is high (Kovatchev 1998).
const LEVELS_OF_LOWS: (f64, f64) = (MODERATE_LBGI, 5.0);
/// The same of the risk of highs, as guides to the index have them.
const LEVELS_OF_HIGHS: (f64, f64) = (MODERATE_HBGI, 9.0);
/// The low blood glucose index from which on the risk is moderate (Kovatchev 1998).
pub(super) const MODERATE_LBGI: f64 = 2.5;
/// The high blood glucose index from which on the risk is moderate.
pub(super) const MODERATE_HBGI: f64 = 4.5;

impl RiskLevel {
    fn of(index: f64, (moderate, high): (f64, f64)) -> Self {
        if index > high {
            Self::High
        } else if index >= moderate {
            Self::Moderate
        } else {
            Self::Low
        }
    }
}

impl GlucoseRisk {
    /// How high the risk of lows is.
    #[must_use]
    pub fn of_lows(&self) -> RiskLevel {
        RiskLevel::of(self.lbgi, LEVELS_OF_LOWS)
    }

    /// How high the risk of highs is.
    #[must_use]
    pub fn of_highs(&self) -> RiskLevel {
        RiskLevel::of(self.hbgi, LEVELS_OF_HIGHS)
    }

    /// The average daily risk range, if it may be shown.
    ///
    /// # Errors
    /// With fewer than [`LEAST_DAYS`] days it may not.
    pub fn adrr_to_show(&self) -> Result<f64, TooFew> {
        let too_few = TooFew::Days { have: self.adrr_days, need: LEAST_DAYS };
        self.adrr.filter(|_| self.adrr_days >= LEAST_DAYS).ok_or(too_few)
    }
}

/// Adds up the greatest risks of each day, value by value.
#[derive(Debug, Default)]
pub(super) struct DailyRisk {
    day: ValuesOfDay,
    days: u32,
    ranges: f64,
}

/// The values of a day. A low is the riskier the lower it is, and a high the higher: the greatest risks are those of
/// the lowest and of the highest.
#[derive(Debug, Default)]
struct ValuesOfDay {
    count: u32,
    extremes: Option<(f64, f64)>,
}

impl DailyRisk {
    /// One more value of the day.
    pub(super) fn add(&mut self, mg_per_dl: f64) {
        let (lowest, highest) = self.day.extremes.unwrap_or((mg_per_dl, mg_per_dl));
        self.day.count += 1;
        self.day.extremes = Some((lowest.min(mg_per_dl), highest.max(mg_per_dl)));
    }

    /// The day is over.
    pub(super) fn end_day(&mut self) {
        let ValuesOfDay { count, extremes } = std::mem::take(&mut self.day);
        // A day with one reading has no range, and would pull the average down: whoever measures
        // seldom would seem to be safe.
        if let Some((lowest, highest)) = extremes
            && count >= LEAST_A_DAY
        {
            self.days += 1;
            self.ranges += ValueRisk::of(lowest).low + ValueRisk::of(highest).high;
        }
    }

    /// The risk of all days that are over, whose values these are, ascending; `None` without any.
    pub(super) fn risk(&self, ascending: &[f64]) -> Option<GlucoseRisk> {
        let count = u32::try_from(ascending.len()).ok().filter(|count| *count > 0).map(f64::from)?;
        let (mut low, mut high) = (0.0, 0.0);
        // Of equal values once: a record of many years has a few hundred different ones, and logarithms cost more than
        // all else of it.
        for equal in ascending.chunk_by(|one, other| one.total_cmp(other).is_eq()) {
            let times = u32::try_from(equal.len()).map_or(0.0, f64::from);
            let risk = equal.first().copied().map(ValueRisk::of).unwrap_or_default();
            low += risk.low * times;
            high += risk.high * times;
        }
        Some(GlucoseRisk {
            lbgi: low / count,
            hbgi: high / count,
            adrr: (self.days > 0).then(|| self.ranges / f64::from(self.days)),
            adrr_days: self.days,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scale is made so that 112.5 mg/dL has no risk and 20 and 600 mg/dL have 100.
    #[test]
    fn the_scale_is_symmetric_around_its_middle() {
        let [least, middle, most] = [20.0, 112.5, 600.0].map(ValueRisk::of);
        assert!(middle.low + middle.high < 0.001, "{middle:?}");
        assert!((least.low - 100.0).abs() < 0.5 && least.high == 0.0, "{least:?}");
        assert!((most.high - 100.0).abs() < 0.5 && most.low == 0.0, "{most:?}");
        assert_eq!(ValueRisk::of(0.0), ValueRisk::of(1.0));
    }

    #[test]
    fn levels_begin_where_they_are_published() {
        let of = |lbgi, hbgi| {
            let risk = GlucoseRisk { lbgi, hbgi, adrr: None, adrr_days: 0 };
            (risk.of_lows(), risk.of_highs())
        };
        assert_eq!(of(2.49, 4.49), (RiskLevel::Low, RiskLevel::Low));
        assert_eq!(of(2.5, 4.5), (RiskLevel::Moderate, RiskLevel::Moderate));
        assert_eq!(of(5.0, 9.0), (RiskLevel::Moderate, RiskLevel::Moderate));
        assert_eq!(of(5.01, 9.01), (RiskLevel::High, RiskLevel::High));
    }

    #[test]
    fn the_daily_risk_range_is_shown_from_fourteen_days_on() {
        let of_days = |days: u32| {
            let (mut sum, mut all) = (DailyRisk::default(), Vec::new());
            let days = std::iter::repeat_n(vec![100.0, 60.0, 250.0], usize::try_from(days).unwrap());
            // Two values are no range of a day.
            for values in days.chain([vec![40.0, 500.0]]) {
                for value in &values {
                    sum.add(*value);
                }
                all.extend(values);
                sum.end_day();
            }
            all.sort_unstable_by(f64::total_cmp);
            sum.risk(&all).unwrap()
        };
        let expected = ValueRisk::of(60.0).low + ValueRisk::of(250.0).high;
        assert_eq!(of_days(0).adrr, None);
        assert_eq!(of_days(13).adrr_to_show(), Err(TooFew::Days { have: 13, need: 14 }));
        assert!((of_days(14).adrr_to_show().unwrap() - expected).abs() < 1e-9);
    }
}
