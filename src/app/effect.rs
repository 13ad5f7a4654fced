//! What the app asks to be done outside. Data: the engine carries it out and answers with the effect's ticket.

mod names;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::ending_task::EndingTask;
use super::times_task::TimesTask;
use super::transfer_task::TransferTask;
use crate::domain::association::{
    Assignment, AuditEntry, DecisionBasis, IdempotencyKey, IntakeAnswer, UploadId, UseAnswer,
};
use crate::domain::cable::CableKey;
use crate::domain::clinic::{Credentials, Session};
use crate::domain::download::Download;
use crate::domain::meter::{AttachmentId, MeterIdentity};
use crate::domain::patient::{NewPatient, PageCursor, Patient, PatientId};
use crate::domain::population::PopulationQuery;
use crate::domain::reading_source::SoughtReading;
use crate::domain::record::ChangeMark;
use crate::domain::report::ExportOrder;
use crate::domain::sign_in::DeviceCode;
use crate::domain::statistics::Period;
use crate::domain::text::Clean;
use crate::domain::undo::UndoRequest;

/// Ties an answer to its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ticket(pub u64);

/// Tells a simulated meter of the demo clinic from the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoMeterId(pub String);

/// Something to be done outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "nearly every effect is a request, and there are few at a time")]
pub enum Effect {
    /// A request. It is answered exactly once, with its ticket; an answer whose ticket the state no
    /// longer holds is dropped.
    Ask(Ticket, Request),
    /// A command, which nobody answers.
    Do(Command),
    /// Something that the engine itself does.
    Engine(ToEngine),
}

/// What is asked, and answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Check a name and a password, which is never written down.
    #[serde(skip)]
    SignIn {
        /// What was typed.
        credentials: Credentials,
    },
    /// What a sign-in begins with at this platform.
    BeginSignIn,
    /// Ask whether this code was typed on another device.
    #[serde(skip)]
    SignInByCode {
        /// The code.
        code: Box<DeviceCode>,
    },
    /// Look up which model was last read through a generic cable. Asks nothing of the cable or the meter.
    RecallCable {
        /// Which cable.
        cable: CableKey,
    },
    /// Note which model a person chose and had read, to the end, through a generic cable.
    RememberCable {
        /// Which cable.
        cable: CableKey,
        /// The model's slug in the catalogue.
        model: String,
    },
    /// Do this for whoever asked, signed in or not by the time it is done.
    For(Session, Task),
}

/// What is done for somebody who signed in, by whom it is done: each has a lane of its own, and what one lane waits for
/// never delays another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Task {
    /// The station does it, one after the other.
    Station(StationTask),
    /// The station does it, in the order in which it is asked: something about the times of a meter.
    AboutTimes(TimesTask),
    /// The same: that a meter is a patient's no more, or is again.
    AboutEnding(Box<EndingTask>),
    /// The care platform is asked, each question beside the others.
    Platform(PlatformTask),
    /// Something about somebody who is noted as a new patient while the care platform does not answer.
    AboutNoted {
        /// By which they are told from others, and under which they are created.
        key: IdempotencyKey,
        /// What.
        what: NotedTask,
    },
    /// Write what is seen of a record into a file. The station does it, in the order in which it is asked.
    Export(Box<ExportOrder>),
    /// Read a plugged meter. What is read is put on disk under the user for whom it is read.
    ReadMeter {
        /// The plug.
        attachment: AttachmentId,
        /// For a generic cable: the driver of the meter that a person said is behind it.
        driver: Option<String>,
    },
}

/// What this computer does itself, on its store. In the order in which it is asked, whatever the network does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum StationTask {
    /// Load the user's recent patients.
    LoadRecents,
    /// Note that the user selected a patient.
    Remember {
        /// The person, as the directory told them.
        patient: Box<Patient>,
    },
    /// Load the uploads that wait for a patient, and what the care platform has not recorded.
    LoadWorkList,
    /// Have something delivered again that the care platform did not take.
    Release {
        /// What.
        key: IdempotencyKey,
        /// Why, for the audit trail.
        reason: Clean,
    },
    /// Put a complete download on disk.
    Quarantine {
        /// The download, which whoever asked keeps too until it is there.
        download: Arc<Download>,
    },
    /// Look again at an upload: its owner may have changed.
    LoadUpload {
        /// The upload.
        upload: UploadId,
    },
    /// Keep what a person said of an upload before it may be assigned. Answered with the upload as it stands then.
    AnswerIntake {
        /// The upload.
        upload: UploadId,
        /// When the meter was read last of what was shown: what was said is about that.
        read_at: Timestamp,
        /// What else was shown that another station may change.
        seen: DecisionBasis,
        /// What was said.
        answer: IntakeAnswer,
    },
    /// Look what is odd about the readings of an upload, if they go into a person's record.
    LookAtUse {
        /// The upload.
        upload: UploadId,
        /// The person.
        patient: PatientId,
    },
    /// Keep what a person said who uses the meter of an upload. Answered with the upload as it stands.
    AnswerUse {
        /// What was said, of what.
        answer: Box<UseAnswer>,
        /// When the meter was read last of what was shown.
        read_at: Timestamp,
    },
    /// Begin the check of a person for an upload.
    BeginIdentityCheck {
        /// The upload.
        upload: UploadId,
        /// The person.
        patient: PatientId,
    },
    /// Count a wrong answer to the check of a person for an upload.
    NoteMismatch {
        /// The upload.
        upload: UploadId,
        /// The person whose identity was asked for.
        patient: PatientId,
    },
    /// Make a person the owner of a meter and move the readings into the record; or append to the record of the owner.
    Assign {
        /// Which upload, whom, once.
        assignment: Assignment,
    },
    /// Load what undoing the assignment of an upload would do.
    LoadUndoOffer {
        /// The upload.
        upload: UploadId,
    },
    /// Undo the assignment of an upload.
    Undo {
        /// Which, as it was shown, once.
        request: Box<UndoRequest>,
    },
    /// About a meter that is to go to another patient.
    Transfer(Box<TransferTask>),
    /// Load which reads of a meter had a reading of a person's record.
    LoadSources {
        /// The person.
        patient: PatientId,
        /// The reading.
        reading: Box<SoughtReading>,
    },
    /// Look whether somebody has changed a person's record.
    LookForChange {
        /// The person.
        patient: PatientId,
        /// Up to where it is known.
        since: ChangeMark,
    },
    /// Load a page of the clinic's patients.
    LoadPopulation {
        /// Which.
        query: PopulationQuery,
    },
    /// They sign out: that goes into the audit trail.
    SignOut,
    /// Write a line of the audit trail.
    Audit {
        /// The line.
        entry: AuditEntry,
    },
}

/// What the care platform is asked, with a deadline, and given up when nobody waits for it any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PlatformTask {
    /// Search patients.
    SearchPatients {
        /// What was typed.
        query: String,
        /// Where the page begins; nothing for the first.
        from: Option<PageCursor>,
    },
    /// Load what the care platform does not let them do.
    LoadWithheld,
    /// Look for people who may be taken for the new one.
    FindLookAlikes {
        /// The new one.
        new: Box<NewPatient>,
    },
    /// Create a patient.
    CreatePatient {
        /// The new one.
        new: Box<NewPatient>,
        /// Makes a repeated request harmless.
        key: IdempotencyKey,
    },
    /// Ask the care platform what it has of a person and of the meter that is about to be theirs.
    CheckAtPlatform {
        /// The person who was selected.
        patient: PatientId,
        /// The meter, if it can be told from others: what cannot be told has no owner.
        meter: Option<Box<MeterIdentity>>,
        /// Whoever has the meter as the station knows it, to be asked about in the place of the meter's owner there.
        owner: Option<PatientId>,
    },
    /// Follow how the care platform takes what was decided of an upload, for as long as a person waits at most.
    FollowDelivery {
        /// The upload.
        upload: UploadId,
    },
    /// Load a person's dashboard.
    LoadDashboard {
        /// The person.
        patient: PatientId,
        /// How far back.
        period: Period,
        /// The last day; without it today.
        until: Option<Date>,
    },
    /// The platform is told that they sign out: what it gave them is worth nothing any more.
    EndSignIn,
}

/// What is done about somebody who was noted as a new patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotedTask {
    /// Note them. Answered with them as they stand.
    Note(Box<NewPatient>),
    /// Ask the care platform what is to be asked about them, and have them created if nobody is alike. Answered with
    /// them as they stand then.
    Ask,
    /// Create them, although somebody is alike: a person has decided. Answered with the patient.
    Create(Box<NewPatient>),
    /// Note that they are this patient, who was there before.
    TakeAs(PatientId),
    /// Take back that they were noted.
    Drop,
}

/// What is begun or ended without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Stop a read. The read answers all the same.
    CancelRead {
        /// The read.
        ticket: Ticket,
    },
    /// Give up what the care platform was asked: nobody waits for it. Unless it was answered meanwhile, it never is.
    GiveUp {
        /// The question.
        ticket: Ticket,
    },
    /// The care platform answers again: what it did not answer is delivered now, and not when its wait is over.
    HurryDelivery,
    /// Plug or unplug a simulated meter of the demo clinic.
    ToggleDemoMeter {
        /// Which one.
        meter: DemoMeterId,
    },
}

/// What is asked of the engine itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToEngine {
    /// Repaint the whole screen, for a terminal that something else has written on.
    Repaint,
    /// Leave the program.
    Quit,
}

impl Request {
    /// What this one asks for.
    #[must_use]
    pub fn of(session: Session, task: impl Into<Task>) -> Self {
        Self::For(session, task.into())
    }
}

impl From<StationTask> for Task {
    fn from(task: StationTask) -> Self {
        Self::Station(task)
    }
}

impl From<TimesTask> for Task {
    fn from(task: TimesTask) -> Self {
        Self::AboutTimes(task)
    }
}

impl From<EndingTask> for Task {
    fn from(task: EndingTask) -> Self {
        Self::AboutEnding(Box::new(task))
    }
}

impl From<PlatformTask> for Task {
    fn from(task: PlatformTask) -> Self {
        Self::Platform(task)
    }
}
