//! What is carried to the care platform.

use jiff::{SignedDuration, Timestamp};

use super::{Item, ItemKind, LastAttempt};
use crate::domain::association::IdempotencyKey;
use crate::domain::meter::MeterIdentity;
use crate::domain::meter_clock::ClockReading;
use crate::domain::patient::PatientId;
use crate::domain::reading::Reading;

/// What an item carries, for whoever has a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The same at every attempt.
    pub key: IdempotencyKey,
    /// The person.
    pub patient: PatientId,
    /// The meter.
    pub meter: MeterIdentity,
    /// When the meter was read last before it was decided.
    pub read_at: Timestamp,
    /// Its clock against ours then, where it told it.
    pub clock: Option<ClockReading>,
    /// Who decided it, as the key of a user.
    pub decided_by: String,
    /// When.
    pub decided_at: Timestamp,
    /// What is known of the attempts before this one.
    pub before: AttemptsBefore,
    /// What is told of them.
    pub content: Content,
}

/// What is known of the attempts to deliver something before this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptsBefore {
    /// There were none.
    None,
    /// The last one was not carried to its end, as was noted. Some of it may be there.
    CutOff,
    /// The program ended before it was noted what came of the last one: all of it may be there.
    Unknown,
}

impl AttemptsBefore {
    /// As it was when an item was taken.
    #[must_use]
    pub const fn of(item: &Item) -> Self {
        match (item.attempts, &item.last) {
            (0, _) => Self::None,
            (_, Some(LastAttempt::UnderWay)) => Self::Unknown,
            // Also where why it was silent is no reason any more.
            _ => Self::CutOff,
        }
    }
}

impl Parcel {
    /// Whether some of it may be there from an attempt before.
    #[must_use]
    pub const fn is_repeated(&self) -> bool {
        !matches!(self.before, AttemptsBefore::None)
    }
}

/// What is told of a person and a meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The meter is theirs.
    Ownership,
    /// These readings of it are theirs, as they were sent.
    Readings(Vec<NumberedReading>),
    /// The assignment that told this was undone.
    Withdrawal(Box<WithdrawnParcels>),
    /// Of these readings, which were told before, times were corrected, or that was undone.
    Correction(Box<CorrectedTimes>),
}

/// Readings that have other times now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectedTimes {
    /// They.
    pub readings: Vec<RetimedReading>,
    /// Whether they have the meter's own times again.
    pub is_undone: bool,
    /// Whether what is undone was sent once and answered: then nothing of it is on its way any more.
    pub is_answered: bool,
    /// How long nothing of it was sent, by the clock of this computer: since the last attempt ended. Nothing where none
    /// did.
    pub quiet_for: Option<SignedDuration>,
}

/// A reading before and after its time was corrected, or that was undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetimedReading {
    /// As it was told so far, if it was.
    pub before: NumberedReading,
    /// As it is now.
    pub after: NumberedReading,
}

/// What an assignment told the platform, or may have told, and is to be taken back there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawnParcels {
    /// By which it was told that the meter is the patient's, if the assignment said so.
    pub claim: Option<IdempotencyKey>,
    /// By which its readings were told.
    pub told_as: IdempotencyKey,
    /// All its readings, as they were sent.
    pub readings: Vec<NumberedReading>,
    /// Into whose records any of it was sent, or may have been, beside the patient's of the parcel.
    pub records: Vec<PatientId>,
    /// Whether each of its items was sent once and answered: then nothing of it is on its way any more.
    pub is_answered: bool,
    /// How long nothing of it was sent, by the clock of this computer: since the last attempt to withdraw it ended.
    /// Nothing where none did.
    pub quiet_for: Option<SignedDuration>,
}

/// A reading, and which one it is of equal results that the meter has at one time: of its kind, with its value. The
/// station numbers them as it finds them, from zero, and never anew, so that the second is not taken for the first
/// that went with an earlier upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedReading {
    /// What the meter sent.
    pub reading: Reading,
    /// How many equal ones were there before it.
    pub occurrence: u32,
}

impl Content {
    /// Of which kind the item is that carries it.
    #[must_use]
    pub const fn kind(&self) -> ItemKind {
        match self {
            Self::Ownership => ItemKind::Ownership,
            Self::Readings(_) => ItemKind::Readings,
            Self::Withdrawal(_) => ItemKind::Withdrawal,
            Self::Correction(_) => ItemKind::Correction,
        }
    }
}
