//! Who owns a meter: pending, assigned; and what follows for a download of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::download::Counts;
use super::identity_check::Typed;
use super::intake_check::{self, ClockVerdict};
use super::meter::MeterIdentity;
use super::meter_clock::ClockReading;
use super::patient::{Patient, PatientId};
use super::text::Clean;

/// Identifies a download that is kept in quarantine or was assigned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UploadId(pub String);

/// Makes a write happen once however often it is sent; made when the step that asks for it is entered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdempotencyKey(pub String);

/// A complete download that is safely on disk, and whose meter it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its key in the store.
    pub id: UploadId,
    /// The meter.
    pub meter: MeterIdentity,
    /// The meter's clock against ours at reading time.
    pub clock: Option<ClockReading>,
    /// When it was read.
    pub read_at: Timestamp,
    /// How many readings of what sort.
    pub counts: Counts,
    /// Readings of this download that no earlier download of this meter had.
    pub new_readings: u32,
    /// The meter's own time of the first reading that has one.
    pub first: Option<jiff::civil::DateTime>,
    /// The meter's own time of the last reading.
    pub last: Option<jiff::civil::DateTime>,
    /// How many warnings the download came with.
    pub warnings: u32,
    /// Who owns the meter now.
    pub owner: Owner,
    /// What a person said of its clock since it was last read, if that had to be asked.
    pub clock_verdict: Option<ClockVerdict>,
    /// For a meter without serial number: patients who have so many of these readings already that it is no chance.
    pub held: Vec<Holding>,
}

impl Upload {
    /// Whether it can be assigned only after a person said which clock is right.
    #[must_use]
    pub fn asks_for_clock(&self) -> bool {
        intake_check::must_ask(self.clock.as_ref())
    }

    /// Who else than `patient` has these readings already, those with the most first.
    pub fn held_by_others(&self, patient: &PatientId) -> impl Iterator<Item = &Holding> {
        self.held.iter().filter(move |holding| holding.patient.id != *patient)
    }
}

/// Readings of an upload that a patient has already, from another upload of such a meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The patient.
    pub patient: Box<Patient>,
    /// How many of the readings.
    pub readings: u32,
}

/// What a person says of an upload before it may be assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntakeAnswer {
    /// Which clock is right.
    Clock(ClockVerdict),
    /// The readings are this patient's, although another patient has them too.
    Shared(PatientId),
}

/// Who owns a meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owner {
    /// Nobody yet: "device association is pending".
    Nobody,
    /// This person.
    Patient(Box<Patient>),
    /// The serial number cannot tell this meter from others: each upload is assigned by hand.
    Unidentifiable,
}

impl Owner {
    /// Whether `patient` may receive this upload without any transfer of ownership.
    #[must_use]
    pub fn relation(&self, patient: &PatientId) -> Relation {
        match self {
            Self::Nobody | Self::Unidentifiable => Relation::Unowned,
            Self::Patient(owner) if owner.id == *patient => Relation::Same,
            Self::Patient(_) => Relation::Other,
        }
    }
}

/// How a meter stands to the patient in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// Nobody owns it: it may be assigned after confirmation.
    Unowned,
    /// It is this patient's: new readings are appended.
    Same,
    /// It is somebody else's: a hard stop, nothing is moved.
    Other,
}

/// Everything the assignment needs, proved by the steps before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The download in quarantine.
    pub upload: UploadId,
    /// The person.
    pub patient: PatientId,
    /// Makes a repeated request harmless.
    pub key: IdempotencyKey,
    /// Why it is this person.
    pub proof: Proof,
    /// How many readings the upload had when it was shown. If the meter was read again since, what would be assigned is not
    /// what was confirmed, and nothing is.
    pub seen: u32,
}

/// Why readings are a person's. The store looks at it again before it gives them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The meter is theirs already.
    Owner,
    /// What was typed on the confirm screen.
    Typed(Typed),
}

/// What an assignment or an append did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignmentResult {
    /// Readings that the record did not have.
    pub new: u32,
    /// Readings that were already there.
    pub already_there: u32,
}

/// A line of the clinic's audit trail that a step asks to be written. Names nobody: the store adds the signed-in user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuditEntry {
    /// A meter of somebody else was met and nothing was moved.
    OwnerConflict {
        /// The download.
        upload: UploadId,
        /// The person in hand.
        patient: PatientId,
    },
    /// A person's dashboard was opened.
    PatientViewed {
        /// The person.
        patient: PatientId,
    },
    /// Somebody signed out.
    SignedOut,
}

/// A past upload as listed on the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastUpload {
    /// When the meter was read.
    pub read_at: Timestamp,
    /// The meter's name.
    pub model: Clean,
    /// The last characters of its serial number.
    pub serial_end: super::text::Private<Clean>,
    /// Readings it added to the record.
    pub new: u32,
    /// Who did it.
    pub user: Clean,
}
