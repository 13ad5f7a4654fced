//! The five classes of glucose values.

use serde::{Deserialize, Serialize};

use crate::domain::glucose::{Measured, Unit};
use crate::domain::reading::{Beyond, Reading};

/// Where a value lies. The limits are those of the international consensus on time in range (Battelino 2019).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Range {
    /// Below 54 mg/dL, and LO.
    VeryLow,
    /// 54 to 69 mg/dL.
    Low,
    /// 70 to 180 mg/dL.
    Target,
    /// 181 to 250 mg/dL.
    High,
    /// Above 250 mg/dL, and HI.
    VeryHigh,
}

impl Range {
    /// All ranges, lowest first.
    pub const ALL: [Self; 5] = [Self::VeryLow, Self::Low, Self::Target, Self::High, Self::VeryHigh];

    /// The range of a measured glucose; `None` for a number that is no value. A value is classified once, as a whole
    /// number of mg/dL, so that the unit in which it is shown never moves it into another range.
    #[must_use]
    pub fn of(measured: Measured) -> Option<Self> {
        let concentration = match measured {
            Measured::Low => return Some(Self::VeryLow),
            Measured::High => return Some(Self::VeryHigh),
            Measured::Value(concentration) => concentration,
            Measured::Unscaled(_) => return None,
        };
        Some(Self::of_mg_per_dl(concentration.glucose_mg_per_dl()))
    }

    /// The range of a number of mg/dL, rounded to a whole one.
    #[must_use]
    pub fn of_mg_per_dl(mg_per_dl: f64) -> Self {
        // Without this, 10.0 and 13.9 mmol/L (180.16 and 250.42 mg/dL) would lie above the limits
        // that are shown for them.
        let mg_per_dl = mg_per_dl.round();
        if mg_per_dl < 54.0 {
            Self::VeryLow
        } else if mg_per_dl < 70.0 {
            Self::Low
        } else if mg_per_dl <= 180.0 {
            Self::Target
        } else if mg_per_dl <= 250.0 {
            Self::High
        } else {
            Self::VeryHigh
        }
    }

    /// The lowest and the highest value in range, as they are shown in a unit.
    #[must_use]
    pub const fn target_edges(unit: Unit) -> (&'static str, &'static str) {
        match unit {
            Unit::MgPerDl => ("70", "180"),
            Unit::MmolPerL => ("3.9", "10.0"),
        }
    }

    /// The range in which a reading is counted: that of its value, and very low or very high where it lies beyond what
    /// its meter can measure, whether it says so by a word or by a number.
    #[must_use]
    pub fn of_reading(reading: &Reading) -> Option<Self> {
        match reading.beyond() {
            Some(Beyond::Below) => Some(Self::VeryLow),
            Some(Beyond::Above) => Some(Self::VeryHigh),
            None => Self::of(reading.measured),
        }
    }

    /// Its limits as they are shown in a unit; those of mmol/L are for show, nothing is classified by them.
    #[must_use]
    pub const fn limits(self, unit: Unit) -> &'static str {
        match (self, unit) {
            (Self::VeryLow, Unit::MgPerDl) => "<54",
            (Self::VeryLow, Unit::MmolPerL) => "<3.0",
            (Self::Low, Unit::MgPerDl) => "54-69",
            (Self::Low, Unit::MmolPerL) => "3.0-3.8",
            (Self::Target, Unit::MgPerDl) => "70-180",
            (Self::Target, Unit::MmolPerL) => "3.9-10.0",
            (Self::High, Unit::MgPerDl) => "181-250",
            (Self::High, Unit::MmolPerL) => "10.1-13.9",
            (Self::VeryHigh, Unit::MgPerDl) => ">250",
            (Self::VeryHigh, Unit::MmolPerL) => ">13.9",
        }
    }

    /// Its place in [`Range::ALL`].
    pub(super) const fn place(self) -> usize {
        match self {
            Self::VeryLow => 0,
            Self::Low => 1,
            Self::Target => 2,
            Self::High => 3,
            Self::VeryHigh => 4,
        }
    }
}

/// How many readings lie in each of [`Range::ALL`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeCounts([u32; 5]);

impl RangeCounts {
    /// One more in this range.
    pub(super) fn add(&mut self, range: Range) {
        if let Some(count) = self.0.get_mut(range.place()) {
            *count += 1;
        }
    }

    /// How many lie in this range.
    #[must_use]
    pub fn of(&self, range: Range) -> u32 {
        self.0.get(range.place()).copied().unwrap_or(0)
    }

    /// Each range, lowest first, with its count.
    pub fn each(&self) -> impl Iterator<Item = (Range, u32)> + use<> {
        Range::ALL.into_iter().zip(self.0)
    }

    /// How many there are in all.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.0.iter().sum()
    }

    /// How many lie below 70 mg/dL, LO among them.
    #[must_use]
    pub fn below_70(&self) -> u32 {
        self.of(Range::VeryLow) + self.of(Range::Low)
    }

    /// How many lie above 180 mg/dL, HI among them.
    #[must_use]
    pub fn above_180(&self) -> u32 {
        self.of(Range::High) + self.of(Range::VeryHigh)
    }

    /// The percent that lie in this range, unrounded; `None` without any reading.
    #[must_use]
    pub fn percent(&self, range: Range) -> Option<f64> {
        let total = self.total();
        (total > 0).then(|| 100.0 * f64::from(self.of(range)) / f64::from(total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::glucose::Concentration;

    fn range(concentration: Concentration) -> Range {
        Range::of(Measured::Value(concentration)).unwrap()
    }

    /// The inclusive limits of the consensus: 54 is low, 70 and 180 are in range, 250 is high.
    #[test]
    fn limits_belong_where_the_consensus_puts_them() {
        assert_eq!(
            [53, 54, 69, 70, 180, 181, 250, 251].map(|value| range(Concentration::mg_per_dl(value))),
            [
                Range::VeryLow,
                Range::Low,
                Range::Low,
                Range::Target,
                Range::Target,
                Range::High,
                Range::High,
                Range::VeryHigh,
            ]
        );
    }

    /// The limits that are shown beside mmol/L are those by which a meter's mmol/L are classified: everything with one
    /// decimal that a meter can send.
    #[test]
    fn what_a_meter_sends_in_mmol_per_l_is_classified_by_the_limits_that_are_shown() {
        for tenths in 5..=340 {
            let expected = match tenths {
                ..30 => Range::VeryLow,
                30..=38 => Range::Low,
                39..=100 => Range::Target,
                101..=139 => Range::High,
                _ => Range::VeryHigh,
            };
            assert_eq!(range(Concentration::new(tenths, 1, Unit::MmolPerL)), expected, "{tenths}");
        }
    }
}
