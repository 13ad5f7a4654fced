//! What a patient's record holds: the raw material of a dashboard.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

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

/// Where what is told of a record is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordOrigin {
    /// The record is in the store of this computer.
    Here,
    /// From the care platform as it was at this time, and from here: readings that wait to be delivered are among them.
    Platform {
        /// How many are there only, from other stations and devices.
        elsewhere: u32,
        /// When it was asked.
        at: Timestamp,
    },
    /// From here alone: the care platform does not answer.
    WithoutPlatform,
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
    /// Where it is from.
    pub origin: RecordOrigin,
}
