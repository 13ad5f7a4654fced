//! What Contour meters do differently, or wrong, on the bench.

use crate::meters::simulator::cases::Case;

/// Positions count the records of the transmission from 0, the header; 1 is the patient record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a habit of its own, and they combine")]
pub struct ContourQuirks {
    /// The header announces so many results too many.
    pub count_too_high: u32,
    /// So many openers pass before the meter hears one.
    pub deaf_openers: u32,
    /// It requests to transmit (ENQ) before it sends its header.
    pub asks_first: bool,
    /// The frame of this record has a wrong checksum, so many times.
    pub damaged: Option<(usize, u32)>,
    /// The frame of this record comes twice.
    pub twice: Option<usize>,
    /// From this record on, every frame has a number one too high.
    pub skips_number: Option<usize>,
    /// Instead of this record it breaks off the transmission (CAN).
    pub cancelled: Option<usize>,
    /// It ends the transmission without the last record.
    pub has_no_end: bool,
    /// Its last record says that it did not end well.
    pub ends_badly: bool,
    /// A message that fills its last report is followed by an empty one.
    pub ends_full_reports: bool,
    /// The length of every result's frame is made a multiple of 60 bytes, by a field at its end.
    pub fills_reports: bool,
    /// It marks control tests by an order in front of them and not in the result.
    pub orders_controls: bool,
    /// An entry of insulin and one of carbohydrates stand behind the first result.
    pub has_logbook: bool,
    /// The result of this number (from 1) has a unit that nobody knows.
    pub strange_unit: Option<u32>,
    /// The result of this number has the marks `ZC` besides its own.
    pub three_hours_after: Option<u32>,
}

/// The cases: ways to begin and to end a transmission, and marks that only some models write.
pub(in super::super) const CASES: &[Case<ContourQuirks>] = &[
    Case::at("deaf", "N openers pass before the meter hears one", |faults, n| faults.deaf_openers = n.amount()),
    Case::plain("asks-first", "it requests to transmit (ENQ) before it sends its header", |faults, _| {
        faults.asks_first = true;
    }),
    Case::at("damaged", "the frame of record N (0 the header) has a wrong checksum every time", |faults, n| {
        faults.damaged = Some((n.place(), u32::MAX));
    }),
    Case::at("damaged-once", "the frame of record N (0 the header) has a wrong checksum once", |faults, n| {
        faults.damaged = Some((n.place(), 1));
    }),
    Case::at("twice", "the frame of record N (0 the header) comes twice", |faults, n| faults.twice = Some(n.place())),
    Case::at("skips-number", "from record N on, every frame has a number one too high", |faults, n| {
        faults.skips_number = Some(n.place());
    }),
    Case::at("cancelled", "instead of record N it breaks off the transmission (CAN)", |faults, n| {
        faults.cancelled = Some(n.place());
    }),
    Case::plain("no-end", "it ends the transmission without the last record", |faults, _| faults.has_no_end = true),
    Case::plain("ends-badly", "its last record says that it did not end well", |faults, _| faults.ends_badly = true),
    Case::plain("full-reports", "every result fills its last report, and an empty one follows", |faults, _| {
        (faults.fills_reports, faults.ends_full_reports) = (true, true);
    }),
    Case::plain("filled-reports", "every result fills its last report, and none follows", |faults, _| {
        faults.fills_reports = true;
    }),
    Case::plain("orders-controls", "control tests are marked by an order in front of them", |faults, _| {
        faults.orders_controls = true;
    }),
    Case::plain(
        "logbook",
        "an entry of insulin and one of carbohydrates stand behind the first result",
        |faults, _| faults.has_logbook = true,
    ),
    Case::at("strange-unit", "result N (from 1) has a unit that nobody knows", |faults, n| {
        faults.strange_unit = Some(n.amount());
    }),
    Case::at("three-hours-after", "result N (from 1) has the marks ZC besides its own", |faults, n| {
        faults.three_hours_after = Some(n.amount());
    }),
];
