//! The numbers of a dashboard, from a patient's blood glucose in mg/dL.
//!
//! Formulas and thresholds: International consensus on time in range (Battelino 2019) as coded by the peers, the risk
//! indices of Kovatchev. Everything is computed in mg/dL and rounded once, when it is shown; the unit in which it is
//! shown changes no number. There is no GMI: it is defined for the mean of a sensor.

mod computed;
mod counted;
mod curves;
mod dashboard;
mod days;
mod distribution;
mod frequency;
mod low_high;
mod meal_filter;
mod minimum;
mod parts;
mod patterns;
mod period;
mod range;
mod risk;
mod summary;
mod trend;

pub use self::computed::ComputedNumbers;
pub use self::curves::{CurvePoint, DayCurves, DayValue, POINTS};
pub use self::dashboard::Dashboard;
pub use self::distribution::{Distribution, LEAST_FOR_SPREAD};
pub use self::frequency::TestFrequency;
pub use self::low_high::{BeyondLimits, LowHighPolicy, MeterLimits};
pub use self::meal_filter::MealFilter;
pub use self::minimum::TooFew;
pub use self::parts::{BLOCKS, LEAST_FOR_MEDIAN, LEAST_FOR_QUARTILES, MealNumbers, PartNumbers};
pub use self::patterns::{
    FoundPattern, LEAST_DAYS_WITH, LEAST_READINGS, PatternEvidence, PatternKind, PatternReading, PatternState,
};
pub use self::period::Period;
pub use self::range::{Range, RangeCounts};
pub use self::risk::{GlucoseRisk, LEAST_A_DAY, LEAST_DAYS, RiskLevel};
pub use self::summary::{Counting, LastLow, Summary, Uncounted, summarise, summarise_each};
pub use self::trend::TrendPoint;

#[cfg(test)]
mod reference;
