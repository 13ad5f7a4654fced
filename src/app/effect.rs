//! What the app asks to be done outside. Data: the engine carries it out and answers with the effect's ticket.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::association::{Assignment, AuditEntry, IdempotencyKey, IntakeAnswer, Seen, UploadId};
use crate::domain::cable::CableKey;
use crate::domain::clinic::{Credentials, Session};
use crate::domain::download::Download;
use crate::domain::meter::AttachmentId;
use crate::domain::patient::{NewPatient, PageCursor, Patient, PatientId};
use crate::domain::statistics::Period;

/// Ties an answer to the question: an answer whose ticket the state no longer holds is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ticket(pub u64);

/// Tells a simulated meter of the demo clinic from the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoMeterId(pub String);

/// Something to be done outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    /// Check a name and a password, which is never written down.
    #[serde(skip)]
    SignIn {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// What was typed.
        credentials: Credentials,
    },
    /// Search patients.
    SearchPatients {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// For whom.
        session: Session,
        /// What was typed.
        query: String,
        /// Where the page begins; nothing for the first.
        from: Option<PageCursor>,
    },
    /// Load the user's recent patients.
    LoadRecents {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// For whom.
        session: Session,
    },
    /// Note that the user selected a patient.
    Remember {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// For whom.
        session: Session,
        /// The person, as the directory told them.
        patient: Box<Patient>,
    },
    /// Load the uploads that wait for a patient.
    LoadPending {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// For whom.
        session: Session,
    },
    /// Look for people who may be taken for the new one.
    FindLookAlikes {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// For whom.
        session: Session,
        /// The new one.
        new: Box<NewPatient>,
    },
    /// Create a patient.
    CreatePatient {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// For whom.
        session: Session,
        /// The new one.
        new: Box<NewPatient>,
        /// Makes a repeated request harmless.
        key: IdempotencyKey,
    },
    /// Read a plugged meter.
    ReadMeter {
        /// Ties progress and answer to this read.
        ticket: Ticket,
        /// For whom: what is read is put on disk under this user.
        session: Session,
        /// The plug.
        attachment: AttachmentId,
        /// For a generic cable: the driver of the meter that a person said is behind it.
        driver: Option<String>,
    },
    /// Stop a read. The read answers all the same.
    CancelRead {
        /// The read.
        ticket: Ticket,
    },
    /// Look up which model was last read through a generic cable. Asks nothing of the cable or the meter.
    RecallCable {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// Which cable.
        cable: CableKey,
    },
    /// Note which model a person chose and had read, to the end, through a generic cable.
    RememberCable {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// Which cable.
        cable: CableKey,
        /// The model's slug in the catalogue.
        model: String,
    },
    /// Put a complete download on disk.
    Quarantine {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// For whom.
        session: Session,
        /// The download.
        download: Box<Download>,
    },
    /// Look again at an upload: its owner may have changed.
    LoadUpload {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// For whom.
        session: Session,
        /// The upload.
        upload: UploadId,
    },
    /// Keep what a person said of an upload before it may be assigned. Answered with the upload as it stands then.
    AnswerIntake {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// For whom.
        session: Session,
        /// The upload.
        upload: UploadId,
        /// When the meter was read last of what was shown: what was said is about that.
        read_at: Timestamp,
        /// What else was shown that another station may change.
        seen: Seen,
        /// What was said.
        answer: IntakeAnswer,
    },
    /// Begin the check of a person for an upload.
    BeginIdentityCheck {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// For whom.
        session: Session,
        /// The upload.
        upload: UploadId,
        /// The person.
        patient: PatientId,
    },
    /// Count a wrong answer to the check of a person for an upload.
    NoteMismatch {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// For whom.
        session: Session,
        /// The upload.
        upload: UploadId,
        /// The person whose identity was asked for.
        patient: PatientId,
    },
    /// Make a person the owner of a meter and move the readings into the record; or append to the record of the owner.
    Assign {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// For whom.
        session: Session,
        /// Which upload, whom, once.
        assignment: Assignment,
    },
    /// Load a person's dashboard.
    LoadDashboard {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// For whom.
        session: Session,
        /// The person.
        patient: PatientId,
        /// How far back.
        period: Period,
    },
    /// Write a line of the audit trail.
    Audit {
        /// Ties the answer to this question.
        ticket: Ticket,
        /// For whom.
        session: Session,
        /// The line.
        entry: AuditEntry,
    },
    /// Plug or unplug a simulated meter of the demo clinic.
    ToggleDemoMeter {
        /// Which one.
        meter: DemoMeterId,
    },
    /// Repaint the whole screen, for a terminal that something else has written on.
    Repaint,
    /// Leave the program.
    Quit,
}
