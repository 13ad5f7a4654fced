//! Where a reading of a record is from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::reading::Reading;
use super::text::{Clean, Private};

/// A reading of a record of which is asked where it is from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoughtReading {
    /// As it stands in the record.
    pub reading: Reading,
    /// How many before it in the record were sent alike: two meters may have sent the same.
    pub alike_before: usize,
}

/// One read of a meter that had a reading: the same result may have been read again with each visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingSource {
    /// When the meter was read.
    pub read_at: Timestamp,
    /// The meter's name.
    pub model: Clean,
    /// The last characters of its serial number.
    pub serial_end: Private<Clean>,
    /// Who read it.
    pub user: Clean,
    /// Its place in the order in which the meter sent its memory then, from 0.
    pub place: u32,
}
