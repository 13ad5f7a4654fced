//! What a patient's record holds: the raw material of a dashboard.

use jiff::civil::DateTime;

use super::association::PastUpload;
use super::glucose::Unit;
use super::left_out::LeftOut;
use super::patient::Patient;
use super::reading::Reading;

/// A span of wall time: from its beginning up to but without its end. Readings without a time are in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub from: DateTime,
    /// Where it ends.
    pub to: DateTime,
}

impl Span {
    /// All time.
    pub const ALL: Self = Self { from: DateTime::MIN, to: DateTime::MAX };
}

/// One person's record over a span of time.
#[derive(Debug, Clone)]
pub struct PatientRecord {
    /// The person.
    pub patient: Patient,
    /// The readings of the span, newest first.
    pub readings: Vec<Reading>,
    /// All readings of the record, of any time.
    pub total: u32,
    /// Those of any time whose time is doubted.
    pub left_out: LeftOut,
    /// The unit in which most of the blood glucose was sent; `None` without any.
    pub unit: Option<Unit>,
    /// The last uploads, newest first.
    pub uploads: Vec<PastUpload>,
}
