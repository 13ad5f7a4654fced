//! What is wrong or odd about the Lite and Optium on the bench, for tests of their drivers.

use crate::meters::simulator::cases::Case;

/// An odd meter, or a broken one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FreeStyleOddity {
    /// STX stands before each answer and ETX behind it.
    Framed,
    /// The line of the count ends as that of the other meter: CR LF on a Lite, CR LF LF on an Optium.
    OtherLineFeed,
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

/// The cases: how an answer is framed and ended on either relative, and a first command that gets no answer.
pub(in super::super) const CASES: &[Case<FreeStyleFaults>] = &[
    Case::plain("framed", "STX stands before each answer and ETX behind it", |faults, _| {
        faults.oddity = Some(FreeStyleOddity::Framed);
    }),
    Case::plain("other-line-feed", "the count ends as the other meter's: CR LF, or CR LF LF", |faults, _| {
        faults.oddity = Some(FreeStyleOddity::OtherLineFeed);
    }),
    Case::plain("empty-without-sum", "an empty log ends without a check sum", |faults, _| {
        faults.oddity = Some(FreeStyleOddity::EmptyWithoutSum);
    }),
    Case::plain("wrong-sums", "the sum of the log is always wrong", |faults, _| {
        faults.oddity = Some(FreeStyleOddity::WrongChecksum);
    }),
    Case::plain("count-low", "the log announces one record too few, under a right sum", |faults, _| {
        faults.oddity = Some(FreeStyleOddity::CountTooLow);
    }),
    Case::plain("no-end", "the answer stops before its last line", |faults, _| {
        faults.oddity = Some(FreeStyleOddity::NoEnd);
    }),
    Case::plain("refuses", "every command is refused", |faults, _| faults.oddity = Some(FreeStyleOddity::Refuses)),
    Case::plain("other-serial", "the log carries another serial number than the meter told", |faults, _| {
        faults.oddity = Some(FreeStyleOddity::OtherSerial);
    }),
    Case::at("deaf", "N commands are swallowed before the meter answers", |faults, n| faults.swallowed = n.amount()),
    Case::at("echoes", "N commands are echoed before one is answered", |faults, n| faults.echoed = n.amount()),
    Case::at("damaged", "the line of record N is not one, under a right sum", |faults, n| {
        faults.damaged = Some(n.place());
    }),
    Case::at("time-lost", "record N is from before the clock was set again", |faults, n| {
        faults.time_lost = Some(n.place());
    }),
];

impl FreeStyleFaults {
    pub(super) fn is(&self, oddity: FreeStyleOddity) -> bool {
        self.oddity == Some(oddity)
    }
}
