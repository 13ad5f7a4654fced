//! Numbers with what they are of, for whoever writes them down.

use jiff::civil::Date;

use super::summary::{Counting, Summary};
use crate::domain::glucose::Unit;

/// What was computed of which readings.
#[derive(Debug, Clone, PartialEq)]
pub struct ComputedNumbers {
    /// The numbers.
    pub summary: Summary,
    /// How was counted.
    pub counting: Counting,
    /// What stands for the LO and the HI among the readings, in mg/dL: nothing where there is none, where nothing does,
    /// or where it is another for each meter.
    pub stand_ins: [Option<u32>; 2],
    /// The unit in which they are written.
    pub unit: Unit,
    /// The first and the last day that are looked at; none without a reading.
    pub days: Option<(Date, Date)>,
    /// Readings that lie before these days.
    pub outside_window: usize,
    /// Whether they are of all readings there are, as far as that is known.
    pub is_whole: bool,
}
