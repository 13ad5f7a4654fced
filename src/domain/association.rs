//! Who owns a meter: pending, assigned; and what follows for a download of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::download::Counts;
use super::glucose::Measured;
use super::identity_check::TypedAnswer;
use super::intake_check::{self, ClockVerdict};
use super::meter::{MeterIdentity, ReadWay};
use super::meter_clock::ClockReading;
use super::not_theirs::NotTheirs;
use super::oddity::{Oddity, WhoUses};
use super::ownership::FormerOwner;
use super::patient::{Patient, PatientId};
use super::reading::Kind;
use super::report_kind::ReportKind;
use super::taken_back::TakenBack;
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
    /// What a meter without a serial number has of that time, usually one result: its display shows it as the last.
    pub last_results: Vec<LastResult>,
    /// How many warnings the download came with.
    pub warnings: u32,
    /// Who owns the meter now.
    pub owner: Owner,
    /// What a person said of its clock since it was last read, if that had to be asked.
    pub clock_verdict: Option<ClockVerdict>,
    /// For a meter without serial number: patients who have so many of these readings already that it is no chance.
    pub held: Vec<Holding>,
    /// Whose record the readings went into; nobody's while they wait.
    pub record: Option<Box<Patient>>,
    /// Why it waits again, if it was assigned before.
    pub taken_back: Option<TakenBack>,
    /// While it waits: what of it is not its owner's, if the meter was another patient's before.
    pub not_theirs: Option<NotTheirs>,
    /// While it waits and the meter is nobody's: who had it last.
    pub former_owner: Option<FormerOwner>,
}

impl Upload {
    /// What a decision about it rests on.
    #[must_use]
    pub fn seen(&self) -> DecisionBasis {
        DecisionBasis {
            readings: self.counts.total(),
            clock_verdict: self.clock_verdict,
            held_by: self.held.iter().map(|holding| holding.patient.id.clone()).collect(),
            not_theirs: self.not_theirs,
            ended: self.former_owner.as_ref().map(|former| former.last_day),
        }
    }

    /// Whether it can be assigned only after a person said which clock is right.
    #[must_use]
    pub fn asks_for_clock(&self) -> bool {
        intake_check::must_ask(self.clock.as_ref())
    }

    /// Whether its readings wait although the record of the meter's owner has every one of them: another read, here or
    /// on another station, was faster. They are kept until they are gone on with for the owner, which adds nothing.
    #[must_use]
    pub fn adds_nothing(&self) -> bool {
        // Of a meter with an owner, what an earlier upload had is in the owner's record: one upload waits at a time.
        let is_owned = self.record.is_none() && matches!(self.owner, Owner::Patient(_));
        is_owned && self.new_readings == 0 && self.counts.total() > 0
    }

    /// How many of its readings wait. What the owner of the meter has already from an earlier upload waits for nobody.
    #[must_use]
    pub const fn waiting(&self) -> u32 {
        match self.owner {
            Owner::Patient(_) => self.new_readings,
            // What was read while it was theirs waits for nobody else.
            Owner::Nobody if self.former_owner.is_some() => self.new_readings,
            Owner::Nobody | Owner::Unidentifiable => self.counts.total(),
        }
    }

    /// How it stands to a patient: by the record that its readings are in, and while they wait by
    /// the owner of the meter.
    #[must_use]
    pub fn relation(&self, patient: &Patient) -> Relation {
        match &self.record {
            Some(holder) => Relation::of(holder, patient),
            None => self.owner.relation(patient),
        }
    }

    /// Where its readings are, as it is to be said to whoever has `in_hand` in hand.
    #[must_use]
    pub fn whereabouts(&self, in_hand: Option<&PatientId>) -> Whereabouts {
        match (&self.record, &self.owner, in_hand) {
            (Some(_), _, None) => Whereabouts::InARecord,
            (Some(holder), _, Some(patient)) if holder.id == *patient => Whereabouts::InThisRecord,
            (Some(_), _, Some(_)) => Whereabouts::InAnotherRecord,
            (None, Owner::Nobody | Owner::Unidentifiable, _) => Whereabouts::Wait,
            (None, Owner::Patient(_), None) => Whereabouts::WaitForOwner,
            (None, Owner::Patient(owner), Some(patient)) if owner.id == *patient => Whereabouts::WaitForThis,
            (None, Owner::Patient(_), Some(_)) => Whereabouts::WaitForAnother,
        }
    }

    /// Who has the readings, or the meter.
    #[must_use]
    pub fn holder(&self) -> Option<&Patient> {
        match (&self.record, &self.owner) {
            (Some(patient), _) | (None, Owner::Patient(patient)) => Some(patient),
            (None, Owner::Nobody | Owner::Unidentifiable) => None,
        }
    }

    /// Who else than `patient` has these readings already, those with the most first.
    pub fn held_by_others(&self, patient: &PatientId) -> impl Iterator<Item = &Holding> {
        self.held.iter().filter(move |holding| holding.patient.id != *patient)
    }
}

/// A result as the display of the meter shows it, so that a meter without a serial number can be told by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastResult {
    /// What was measured.
    pub kind: Kind,
    /// What the meter showed.
    pub measured: Measured,
}

/// Readings of an upload that a patient has already, from another upload of such a meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The patient.
    pub patient: Box<Patient>,
    /// How many of the readings that can be told by time and value; control tests are not among them.
    pub readings: u32,
    /// How many of all readings, control tests and those without a time among them, would not be added again.
    pub repeated: u32,
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

/// What a person says who uses the meter of an upload, before its readings, which are odd, may go into a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseAnswer {
    /// The upload.
    pub upload: UploadId,
    /// Whose record they are to go into.
    pub patient: PatientId,
    /// Who uses it.
    pub who: WhoUses,
    /// What is odd, as it was shown.
    pub about: Vec<Oddity>,
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
    pub fn relation(&self, patient: &Patient) -> Relation {
        match self {
            Self::Nobody | Self::Unidentifiable => Relation::Unowned,
            Self::Patient(owner) => Relation::of(owner, patient),
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

impl Relation {
    /// Between whoever has a meter or its readings and the patient in hand. One key is not enough: a server that was
    /// set up anew gives it to another person.
    fn of(holder: &Patient, patient: &Patient) -> Self {
        if holder.id == patient.id && holder.can_be_still(patient) { Self::Same } else { Self::Other }
    }
}

/// Where the readings of an upload are. What the device panel, the lists and the hard stop say is made from this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// They wait, and nobody has the meter.
    Wait,
    /// They wait, and the meter is of the patient in hand.
    WaitForThis,
    /// They wait, and the meter is somebody else's than the patient's in hand.
    WaitForAnother,
    /// They wait, the meter is somebody's, and nobody is in hand.
    WaitForOwner,
    /// They are in the record of the patient in hand.
    InThisRecord,
    /// They are in the record of somebody else than the patient in hand.
    InAnotherRecord,
    /// They are in somebody's record, and nobody is in hand.
    InARecord,
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
    /// What the decision rests on. If something of it changed since, what would be assigned is not what was confirmed,
    /// and nothing is.
    pub seen: DecisionBasis,
}

/// What of an upload a decision about it rests on, as it was shown to whoever decided. Another station may change each
/// of it meanwhile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionBasis {
    /// How many readings it had: a meter that is read again adds to them.
    pub readings: u32,
    /// What had been said of its clock.
    pub clock_verdict: Option<ClockVerdict>,
    /// Who had its readings from another upload of such a meter.
    pub held_by: BTreeSet<PatientId>,
    /// What of it was not its owner's: the meter may be transferred meanwhile.
    pub not_theirs: Option<NotTheirs>,
    /// The last day on which the meter was anybody's, while it was nobody's: that may begin meanwhile, or be undone.
    pub ended: Option<Date>,
}

/// Why readings are a person's. The store looks at it again before it gives them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The meter is theirs already.
    Owner,
    /// What was typed on the confirm screen.
    Typed(TypedAnswer),
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
    /// A person's record was exported, or tried to be: the line comes first.
    RecordExported {
        /// The person.
        patient: PatientId,
        /// In which form.
        kind: ReportKind,
        /// How many readings.
        readings: u32,
    },
    /// The barcode of a meter was not that of the one that was read.
    SerialMismatch {
        /// The download.
        upload: UploadId,
    },
    /// A wristband was not that of the person who was selected.
    WristbandMismatch {
        /// The download.
        upload: UploadId,
        /// The person who was selected.
        patient: PatientId,
    },
    /// The audit trail was exported, or tried to be: the line comes first, and is not in it.
    TrailExported {
        /// How many lines.
        lines: u64,
    },
    /// Somebody signed out.
    SignedOut,
}

/// A past upload as listed on the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastUpload {
    /// Its key in the store.
    pub upload: UploadId,
    /// When the meter was read.
    pub read_at: Timestamp,
    /// The meter's name.
    pub model: Clean,
    /// The last characters of its serial number.
    pub serial_end: super::text::Private<Clean>,
    /// Readings it added to the record.
    pub new: u32,
    /// Readings of it that the record had.
    pub already_there: u32,
    /// Who did it.
    pub user: Clean,
    /// How they came to this station.
    pub way: ReadWay,
    /// Whether they came with a meter that was another patient's before.
    pub is_transferred: bool,
}

#[cfg(test)]
mod tests;
