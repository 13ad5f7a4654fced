//! What Contour meters do differently, or wrong, on the bench.

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
