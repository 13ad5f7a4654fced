//! A meter is a patient's no more: it was replaced, is lost, or came back; or it never was theirs (clinic-safety
//! DEV-05). After the last day of its own clock on which it was theirs it is nobody's, and its next upload asks whose
//! it is. What it sends later of the days until then belongs to them still, and goes to nobody else.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::association::IdempotencyKey;
use super::identity_check::TypedAnswer;
use super::ownership::{EndingReason, OwnershipId};
use super::patient::Patient;
use super::text::{Clean, Private};
use super::undo::UndoTerms;

/// Which end is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingPlan {
    /// Whose the meter is now.
    pub ownership: OwnershipId,
    /// Why it is theirs no more.
    pub why: EndingReason,
    /// The last day of its own clock on which it was theirs; nothing if it never was.
    pub last_day: Option<Date>,
}

/// What there is of a meter's readings when it is to be nobody's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingCounts {
    /// In the patient's record, where they stay.
    pub in_record: u32,
    /// The day of the last of these that has a sure time.
    pub last: Option<Date>,
    /// In nobody's record, and of the days until the last one: they go to nobody else.
    pub kept: u32,
    /// In nobody's record, and of later days: whoever the meter is given to next has them.
    pub free: u32,
    /// In nobody's record and without a sure time: they go to nobody else either.
    pub unsure: u32,
}

/// What whoever ends it is shown before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingOffer {
    /// Who has the meter.
    pub patient: Box<Patient>,
    /// The meter's name.
    pub model: Clean,
    /// Its serial number.
    pub serial: Private<Clean>,
    /// Why it is theirs no more.
    pub why: EndingReason,
    /// The last day of its own clock on which it was theirs; nothing if it never was.
    pub last_day: Option<Date>,
    /// Its readings.
    pub counts: EndingCounts,
}

/// That it is to be ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingOrder {
    /// Which, why, until when.
    pub plan: EndingPlan,
    /// Makes a repeated request harmless.
    pub key: IdempotencyKey,
    /// What was shown of it. If something of it changed since, nothing is ended.
    pub seen: EndingCounts,
    /// What is to be said of it beside.
    pub reason: Clean,
    /// What was typed of the patient.
    pub answer: TypedAnswer,
}

/// What whoever undoes it is shown before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingUndoOffer {
    /// Whose the meter was, and is again.
    pub patient: Box<Patient>,
    /// The meter's name.
    pub model: Clean,
    /// Its serial number.
    pub serial: Private<Clean>,
    /// Why it was theirs no more.
    pub why: EndingReason,
    /// The last day of its own clock on which it was theirs; nothing if it never was.
    pub last_day: Option<Date>,
    /// What was said of it beside.
    pub reason: Clean,
    /// When it was ended.
    pub ended_at: Timestamp,
    /// Who did it, by name.
    pub ended_by: Clean,
    /// On which terms the one who asked may undo it.
    pub terms: UndoTerms,
}

/// That it is to be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingUndoRequest {
    /// What ended. It ended once: what is undone is what was shown.
    pub ownership: OwnershipId,
    /// Makes a repeated request harmless.
    pub key: IdempotencyKey,
    /// Why, where that was asked for.
    pub reason: Option<Clean>,
}
