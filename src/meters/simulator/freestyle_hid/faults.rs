//! What is wrong or odd about the HID meters on the bench, for tests of their drivers.

use std::collections::BTreeSet;

/// An odd meter, or a broken one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HidOddity {
    /// A keep-alive stands between the parts of an answer.
    KeepAlives,
    /// Instead of any answer, keep-alives come for ever.
    OnlyKeepAlives,
    /// A part of an answer from before the plug is still on its way.
    LateFragment,
    /// The CR LF behind `CMD OK` comes in a report of its own.
    SplitEnd,
    /// Every text command is refused.
    Refuses,
    /// It answers in cipher only, as a Libre 2.
    Encrypted,
    /// Every answer's sum is wrong.
    WrongChecksum,
    /// The sum of the records is wrong under a right sum of the answer.
    WrongRecordSum,
    /// A list announces one record too few.
    CountTooLow,
    /// The clock is lost: 255 in every field.
    ClockLost,
}

/// What these meters do wrong, or differently, on the bench.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HidFaults {
    /// What is odd about it, if anything.
    pub oddity: Option<HidOddity>,
    /// A list announces so many records too many.
    pub count_too_high: u32,
    /// This row of each list has the shape that a real Libre reader once sent: shifted, 21 fields.
    pub damaged_row: Option<usize>,
    /// So many records of insulin stand in front.
    pub insulin: usize,
    /// Before this reading (from the oldest) was stored, the clock was put forward by so many seconds.
    pub clock_change: Option<(usize, i64)>,
    /// Sensor readings at these places (from the oldest) are scans; the others are history.
    pub scans: BTreeSet<usize>,
    /// The reading at this place (from the oldest) is marked as invalid by a Libre.
    pub invalid: Option<usize>,
}

impl HidFaults {
    pub(super) fn is(&self, oddity: HidOddity) -> bool {
        self.oddity == Some(oddity)
    }
}
