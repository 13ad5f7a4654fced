//! A meter that is or was somebody's: since when, until when and why until then.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::ownership::{EndingReason, OwnershipId};
use super::text::{Clean, Private};
use super::time_correction::ClockCorrection;

/// A meter that is or was a person's. One that they had twice is there twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldMeter {
    /// That it is or was theirs.
    pub ownership: OwnershipId,
    /// The meter's name.
    pub model: Clean,
    /// The last characters of its serial number.
    pub serial_end: Private<Clean>,
    /// When it was assigned to them.
    pub since: Timestamp,
    /// From which day of its own clock it is theirs, if it was another patient's before.
    pub first_day: Option<Date>,
    /// When it was read last of what went into their record.
    pub last_upload: Option<Timestamp>,
    /// The end of it; `None` while it is theirs.
    pub end: Option<OwnershipEnd>,
    /// The corrections of its times in this record that stand, the last first.
    pub corrections: Vec<MeterCorrection>,
}

/// That readings of a meter stand in a record by corrected times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterCorrection {
    /// From when to when by the meter's own clock, and by how much.
    #[serde(flatten)]
    pub correction: ClockCorrection,
    /// How many readings.
    pub readings: u32,
    /// Why.
    pub reason: Clean,
}

impl HeldMeter {
    /// Whether it became nobody's, and nobody has had it since: then that can be undone.
    #[must_use]
    pub fn is_ended_and_nobodys(&self) -> bool {
        self.end.as_ref().and_then(|end| end.ended.as_ref()).is_some_and(|ended| ended.is_undoable)
    }

    /// Its name with the end of its number, as a person's meters are named: `Accu-Chek Guide 0042`.
    #[must_use]
    pub fn name(&self) -> String {
        let end = self.serial_end.expose().as_str();
        format!("{} {end}", self.model).trim_end().to_owned()
    }
}

/// When and why a meter was somebody's no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnershipEnd {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: OwnershipEndReason,
    /// That it was given to somebody else, if it was.
    pub given_on: Option<GivenOn>,
    /// That it is nobody's since, if that was written down.
    pub ended: Option<EndedUse>,
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

/// On which terms a meter was given to somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenOn {
    /// From which day of its own clock on.
    pub first_day: Date,
    /// Why.
    pub reason: Clean,
}

/// That a meter became nobody's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedUse {
    /// Why.
    pub why: EndingReason,
    /// The last day of its own clock on which it was theirs; nothing if it never was.
    pub last_day: Option<Date>,
    /// What was said of it beside.
    pub reason: Clean,
    /// Whether nobody has had it since: then it can be undone.
    #[serde(skip)]
    pub is_undoable: bool,
}
