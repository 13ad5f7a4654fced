//! A meter that is or was somebody's: since when, until when and why until then.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::text::{Clean, Private};

/// A meter that is or was a person's. One that they had twice is there twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldMeter {
    /// The meter's name.
    pub model: Clean,
    /// The last characters of its serial number.
    pub serial_end: Private<Clean>,
    /// When it was assigned to them.
    pub since: Timestamp,
    /// When it was read last of what went into their record.
    pub last_upload: Option<Timestamp>,
    /// The end of it; `None` while it is theirs.
    pub end: Option<OwnershipEnd>,
}

impl HeldMeter {
    /// Its name with the end of its number, as a person's meters are named: `Accu-Chek Guide 0042`.
    #[must_use]
    pub fn name(&self) -> String {
        let end = self.serial_end.expose().as_str();
        format!("{} {end}", self.model).trim_end().to_owned()
    }
}

/// When and why a meter was somebody's no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnershipEnd {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: OwnershipEndReason,
}

/// Why a meter was somebody's no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnershipEndReason {
    /// It was given to somebody else.
    Transferred,
    /// That it was theirs was taken back.
    Undone,
    /// They gave it back, or have it no more.
    Ended,
}
