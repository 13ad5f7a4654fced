//! How numbers are counted and written, as commands that print them are told it.

use clap::ValueEnum;

use crate::domain::glucose::Unit;
use crate::domain::statistics::LowHighPolicy;

/// The unit of numbers, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum UnitOption {
    #[value(name = "mg/dL", aliases = ["mgdl", "mg"])]
    MgPerDl,
    #[value(name = "mmol/L", aliases = ["mmoll", "mmol"])]
    MmolPerL,
}

impl UnitOption {
    /// The unit.
    pub(super) const fn unit(self) -> Unit {
        match self {
            Self::MgPerDl => Unit::MgPerDl,
            Self::MmolPerL => Unit::MmolPerL,
        }
    }
}

/// What stands for LO and HI, as it is typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum LowHighOption {
    /// The next number beyond what the meter measures: 19 and 601 mg/dL if that is not known
    #[default]
    Limits,
    /// 9 and 601 mg/dL, as in reports of Tidepool
    Tidepool,
    /// Nothing: they are counted in their ranges, and in no number
    Exclude,
}

impl LowHighOption {
    /// The same as the numbers know it.
    pub(super) const fn policy(self) -> LowHighPolicy {
        match self {
            Self::Limits => LowHighPolicy::Limits,
            Self::Tidepool => LowHighPolicy::Tidepool,
            Self::Exclude => LowHighPolicy::Exclude,
        }
    }
}
