//! How far something has come that is to be delivered, and how that is told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::association::IdempotencyKey;
use crate::domain::patient::PatientId;
use crate::domain::text::Clean;

/// What came of the last attempt to deliver an item, and why, where it is sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LastAttempt {
    /// That is not known yet, or the program ended before it was.
    UnderWay,
    /// The platform recorded it.
    Recorded,
    /// The platform had it.
    AlreadyThere,
    /// The platform took back what was undone, but for so many readings, behind which another station stands.
    TakenBackBut(u32),
    /// The platform wanted it later, for this reason.
    PutOff(Clean),
    /// The platform does not let whoever is signed in do it, for this reason.
    NotAllowed(Clean),
    /// There was no answer, for this reason.
    Unanswered(Clean),
    /// The platform did not take it, or it was somebody else's.
    Refused,
}

/// How far an item has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// It waits for its turn, and is not sent before this time.
    Queued(Timestamp),
    /// It is under way.
    Sending,
    /// The platform has it.
    Delivered,
    /// The platform does not take it, for this reason of its own. A person must look.
    Refused(Clean),
    /// The meter is this person's there, so it is never sent: what was decided is taken back.
    Withdrawn(PatientId),
    /// Somebody undid it, so it is never sent any more: what may have been sent of it is withdrawn by another item.
    Undone,
    /// The platform has it in the record of this other person, or may have it there if no answer said so: when it was
    /// sent, that was this one's, by a merger that was taken back since. A person must put that right there; meanwhile
    /// neither it nor what comes later is sent.
    Misplaced(PatientId),
}

impl DeliveryState {
    /// Whether nothing is left to be done about it.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Delivered | Self::Withdrawn(_) | Self::Undone)
    }

    /// Whether the platform has not taken it yet, so that it need not.
    pub(super) const fn can_be_withdrawn(&self) -> bool {
        matches!(self, Self::Queued(_) | Self::Sending | Self::Refused(_))
    }
}

/// How an item stands, as a person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemStanding<'a> {
    /// It waits for its turn or its time.
    Queued,
    /// It is under way.
    Sending,
    /// The platform has it.
    Delivered,
    /// The platform does not take it.
    Refused(&'a Clean),
    /// What it builds on was refused, or is misplaced: this item.
    Blocked(&'a IdempotencyKey),
    /// It was taken back: the meter is this person's.
    Withdrawn(&'a PatientId),
    /// Somebody undid it.
    Undone,
    /// The platform has it in the record of this other person, or may have it there.
    Misplaced(&'a PatientId),
}
