//! What the numbers take for LO and HI, which have none. Where a record has a few of them, this decides about its mean,
//! its standard deviation and its risk; counts and percents are the same whatever is taken.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::domain::reading::{Beyond, Reading};

/// What stands for LO and HI where a number is needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LowHighPolicy {
    /// The next number beyond the range of the meter: 19 for LO and 601 for HI of one that measures 20 to 600 mg/dL.
    #[default]
    Limits,
    /// 9 for LO and 601 for HI, whatever the meter, as Tidepool does: for comparison with its reports.
    Tidepool,
    /// Nothing: they are counted in their ranges, and in no number.
    Exclude,
}

impl LowHighPolicy {
    /// All of them, the one that is used unless told otherwise first.
    pub const ALL: [Self; 3] = [Self::Limits, Self::Tidepool, Self::Exclude];

    /// The next; after the last the first.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Limits => Self::Exclude,
            Self::Exclude => Self::Tidepool,
            Self::Tidepool => Self::Limits,
        }
    }

    /// What stands for a result beyond the range of its meter, in mg/dL.
    #[must_use]
    pub fn number(self, beyond: Beyond, limits: MeterLimits) -> Option<u32> {
        match (self, beyond) {
            (Self::Exclude, _) => None,
            (Self::Tidepool, Beyond::Below) => Some(TIDEPOOL_LO),
            (Self::Tidepool, Beyond::Above) => Some(TIDEPOOL_HI),
            (Self::Limits, Beyond::Below) => Some(limits.lowest.saturating_sub(1)),
            (Self::Limits, Beyond::Above) => Some(limits.highest.saturating_add(1)),
        }
    }
}

/// What Tidepool's driver for meters of Roche stores for LO: the least range of all, of 10 mg/dL, begins above it.
const TIDEPOOL_LO: u32 = 9;
/// What Tidepool's driver for meters of Roche stores for HI: the range of most meters ends at 600 mg/dL.
const TIDEPOOL_HI: u32 = 601;

/// What the meter can measure that sent a result beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeyondLimits {
    /// The time of the result.
    pub time: DateTime,
    /// On which side it lies.
    pub beyond: Beyond,
    /// Its place in the order in which the meter sent its memory, from 0.
    pub index: u32,
    /// What the meter can measure.
    pub limits: MeterLimits,
}

/// Where a result stands among those beyond their meters: its time, whether it lies above, its place in the memory. Two
/// meters may have one of the same.
pub(super) type BeyondPlace = (DateTime, bool, u32);

impl BeyondLimits {
    /// Where it stands among others.
    pub(super) const fn place(&self) -> BeyondPlace {
        (self.time, matches!(self.beyond, Beyond::Above), self.index)
    }

    /// Where a reading would stand among them; nothing for one that its meter can measure, or without a time.
    pub(super) fn place_of(reading: &Reading) -> Option<BeyondPlace> {
        Some((reading.time?, reading.beyond()? == Beyond::Above, reading.index))
    }
}

/// What a meter can measure, in mg/dL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterLimits {
    /// The least value that it shows as a number.
    pub lowest: u32,
    /// The greatest value that it shows as a number.
    pub highest: u32,
}

impl Default for MeterLimits {
    /// Those of most meters, where it is not known which meter it was.
    fn default() -> Self {
        Self { lowest: 20, highest: 600 }
    }
}
