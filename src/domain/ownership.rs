//! That a meter is somebody's, or was.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::patient::Patient;

/// Identifies that a meter is somebody's, from when it became theirs until it is theirs no more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OwnershipId(pub String);

/// Why a meter is a patient's no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndingReason {
    /// They have another one in its place.
    Replaced,
    /// They do not know where it is, or it was stolen. Whoever brings it is not given it before somebody looked into
    /// that.
    Lost,
    /// They gave it back.
    Returned,
    /// It never was theirs: nothing it sent is in their record.
    Error,
}

impl EndingReason {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Replaced, Self::Lost, Self::Returned, Self::Error];

    /// Whether it was theirs until a day.
    #[must_use]
    pub const fn has_last_day(self) -> bool {
        !matches!(self, Self::Error)
    }
}

/// Who had a meter last that is nobody's now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerOwner {
    /// That it was theirs.
    pub ownership: OwnershipId,
    /// Who.
    pub patient: Box<Patient>,
    /// The last day of its own clock on which it was theirs.
    pub last_day: Date,
    /// Why it is theirs no more.
    pub why: EndingReason,
}
