//! What is wrong or odd about the HID meters on the bench, for tests of their drivers.

use std::collections::BTreeSet;

use crate::meters::simulator::cases::Case;

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
    /// So many answers to the question for the serial number are late ones to other questions.
    pub stale_serial: u32,
    /// Sensor readings at these places (from the oldest) are scans; the others are history.
    pub scans: BTreeSet<usize>,
    /// The reading at this place (from the oldest) is marked as invalid by a Libre.
    pub invalid: Option<usize>,
}

/// The cases: reports that are no part of the answer, and two sums and a count that can each be wrong alone.
pub(in super::super) const CASES: &[Case<HidFaults>] = &[
    Case::plain("keep-alives", "a keep-alive stands between the parts of an answer", |faults, _| {
        faults.oddity = Some(HidOddity::KeepAlives);
    }),
    Case::plain("only-keep-alives", "instead of any answer, keep-alives come for ever", |faults, _| {
        faults.oddity = Some(HidOddity::OnlyKeepAlives);
    }),
    Case::plain("late-fragment", "a part of an answer from before the plug is still on its way", |faults, _| {
        faults.oddity = Some(HidOddity::LateFragment);
    }),
    Case::plain("split-end", "the last line end comes in a report of its own", |faults, _| {
        faults.oddity = Some(HidOddity::SplitEnd);
    }),
    Case::plain("refuses", "every text command is refused", |faults, _| faults.oddity = Some(HidOddity::Refuses)),
    Case::plain("encrypted", "it answers in cipher only, as a Libre 2", |faults, _| {
        faults.oddity = Some(HidOddity::Encrypted);
    }),
    Case::plain("wrong-sums", "every answer's sum is wrong", |faults, _| {
        faults.oddity = Some(HidOddity::WrongChecksum);
    }),
    Case::plain("wrong-record-sum", "the sum of the records is wrong under a right sum of the answer", |faults, _| {
        faults.oddity = Some(HidOddity::WrongRecordSum);
    }),
    Case::plain("count-low", "a list announces one record too few", |faults, _| {
        faults.oddity = Some(HidOddity::CountTooLow);
    }),
    Case::plain("clock-lost", "the clock is lost", |faults, _| faults.oddity = Some(HidOddity::ClockLost)),
    Case::at("damaged", "row N of each list is shifted, as a real reader once sent it", |faults, n| {
        faults.damaged_row = Some(n.place());
    }),
    Case::at("insulin", "N records of insulin stand in front", |faults, n| faults.insulin = n.place().min(1000)),
    Case::at(
        "stale-serial",
        "N answers to the question for the serial number are late ones to other questions",
        |faults, n| {
            faults.stale_serial = n.amount();
        },
    ),
    Case::at("invalid", "the reading at place N, from the oldest, is marked as invalid by a Libre", |faults, n| {
        faults.invalid = Some(n.place());
    }),
];

impl HidFaults {
    pub(super) fn is(&self, oddity: HidOddity) -> bool {
        self.oddity == Some(oddity)
    }
}
