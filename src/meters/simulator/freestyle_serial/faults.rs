//! What is wrong or odd about the Lite and Optium on the bench, for tests of their drivers.

/// An odd meter, or a broken one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FreeStyleOddity {
    /// STX stands before each answer and ETX behind it.
    Framed,
    /// One more LF behind the count, as a real Lite sends it.
    ExtraLineFeed,
    /// An empty log ends without a check sum.
    EmptyWithoutSum,
    /// The sum of the log is always wrong.
    WrongChecksum,
    /// The log announces one record too few, under a right sum.
    CountTooLow,
    /// The answer stops before its last line.
    NoEnd,
    /// Every command is refused.
    Refuses,
    /// The log carries another serial number than `$colq`.
    OtherSerial,
}

/// What this family of meters does wrong, or differently, on the bench. Positions count from 0 at the newest record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FreeStyleFaults {
    /// What is odd about it, if anything.
    pub oddity: Option<FreeStyleOddity>,
    /// So many commands are swallowed before the meter answers.
    pub swallowed: u32,
    /// So many commands are echoed before one is answered.
    pub echoed: u32,
    /// The log announces so many records too many, under a right sum.
    pub count_too_high: u32,
    /// The line of this record is not one, under a right sum.
    pub damaged: Option<usize>,
    /// This record is from before the clock was set again.
    pub time_lost: Option<usize>,
}

impl FreeStyleFaults {
    pub(super) fn is(&self, oddity: FreeStyleOddity) -> bool {
        self.oddity == Some(oddity)
    }
}
