//! What was asked and has not been answered. Every answer finds its question here, whatever the screen shows by then,
//! or it is known that nobody asked for it.

use std::collections::BTreeMap;

use super::effect::{Effect, NotedTask, PlatformTask, Request, StationTask, Task, Ticket};
use super::ending_task::EndingMatter;
use super::event::EffectResult;
use super::times_task::TimesMatter;
use super::transfer_task::{TransferReply, TransferTask};
use crate::domain::association::UploadId;
use crate::domain::clinic::Session;

/// The questions without an answer.
#[derive(Debug, Clone, Default)]
pub struct UnderWay(BTreeMap<Ticket, OpenQuestion>);

/// A question.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenQuestion {
    /// What was asked.
    pub matter: Matter,
    /// For whom; for nobody before the sign-in.
    pub session: Option<Session>,
    /// What the care platform was asked for somebody, so that it can be asked again.
    pub task: Option<Task>,
    /// Whether it was given up. It may be answered all the same.
    is_given_up: bool,
}

/// What was asked, with what is needed of it once the screen that asked is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matter {
    /// To check a name and a password.
    SignIn,
    /// What a sign-in begins with.
    SignInStart,
    /// Whether a code was typed.
    Code,
    /// To find patients.
    Search,
    /// The recent patients.
    Recents,
    /// What the platform does not allow.
    Withheld,
    /// What is left to be done.
    WorkList,
    /// To have something delivered again.
    Release,
    /// People who look alike.
    LookAlikes,
    /// To create a patient.
    Creation,
    /// To note somebody as a new patient.
    PersonNote,
    /// About whoever was noted as a new patient.
    NotedQuestion,
    /// To read a meter.
    Read,
    /// What a cable was last used for.
    Recall,
    /// To note what a cable was used for.
    CableNote,
    /// To put a download on disk.
    Quarantine,
    /// How an upload stands.
    Upload,
    /// How a person stands to an upload.
    IdentityCheck,
    /// What the care platform has of a person and a meter.
    PlatformCheck,
    /// To count a wrong answer.
    Mismatch,
    /// To keep what was said of an upload.
    IntakeAnswer,
    /// To put an upload into a record.
    Assignment(UploadId),
    /// How a delivery goes.
    Delivery,
    /// A dashboard.
    Dashboard,
    /// What undoing an assignment would do.
    UndoOffer,
    /// What is odd about readings.
    Oddities,
    /// To undo the assignment of an upload.
    Undoing(UploadId),
    /// What transferring a meter would do.
    TransferOffer,
    /// How the two people of a transfer stand.
    TransferChecks,
    /// To count a wrong answer before a transfer.
    TransferMismatch,
    /// To transfer a meter.
    Transfer,
    /// The times of a meter.
    Times(TimesMatter),
    /// That a meter is a patient's no more.
    Ending(EndingMatter),
    /// Where a reading is from.
    Sources,
    /// Whether a record has changed.
    ChangeOfRecord,
    /// A page of the clinic's patients.
    Population,
    /// To write what is seen of a record into a file.
    Export,
    /// To tell the platform of a sign-out.
    SignInEnd,
    /// To note who was selected, or a line of the audit trail.
    Note,
}

impl UnderWay {
    /// Notes what an effect asks.
    pub fn ask(&mut self, effect: &Effect) {
        if let Effect::Ask(ticket, request) = effect {
            self.0.insert(*ticket, OpenQuestion::of(request));
        }
    }

    /// The question to which this is the answer; each has one. A question of another kind stays open.
    pub fn take(&mut self, ticket: Ticket, answer: &EffectResult) -> Option<OpenQuestion> {
        let fits = self.0.get(&ticket).is_some_and(|question| question.matter.is_answered_by(answer));
        if fits { self.0.remove(&ticket) } else { None }
    }

    /// What the care platform was asked without anything that changes there, and was not given up yet.
    pub fn that_can_be_given_up(&self) -> impl Iterator<Item = Ticket> {
        self.open()
            .filter(|(_, question)| question.matter.nature().can_be_given_up && !question.is_given_up)
            .map(|open| open.0)
    }

    /// This question is given up.
    pub fn give_up(&mut self, ticket: Ticket) {
        if let Some(question) = self.0.get_mut(&ticket) {
            question.is_given_up = true;
        }
    }

    /// This question will not be answered.
    pub fn forget(&mut self, ticket: Ticket) {
        self.0.remove(&ticket);
    }

    /// The questions without an answer, oldest first.
    pub fn open(&self) -> impl Iterator<Item = (Ticket, &OpenQuestion)> {
        self.0.iter().map(|(ticket, question)| (*ticket, question))
    }
}

impl OpenQuestion {
    fn of(request: &Request) -> Self {
        let (matter, session) = match request {
            Request::SignIn { .. } => (Matter::SignIn, None),
            Request::BeginSignIn => (Matter::SignInStart, None),
            Request::SignInByCode { .. } => (Matter::Code, None),
            Request::RecallCable { .. } => (Matter::Recall, None),
            Request::RememberCable { .. } => (Matter::CableNote, None),
            Request::For(session, task) => (Matter::of(task), Some(session.clone())),
        };
        let task = match request {
            Request::For(_, task) if matter.nature().is_of_the_platform => Some(task.clone()),
            _ => None,
        };
        Self { matter, session, task, is_given_up: false }
    }
}

/// What there is to know of a matter before it is answered.
struct MatterNature {
    /// The care platform is asked for somebody who waits for the answer.
    is_of_the_platform: bool,
    /// The care platform is asked, and nothing changes there.
    can_be_given_up: bool,
}

impl Matter {
    fn of(task: &Task) -> Self {
        match task {
            Task::Station(task) => Self::of_station(task),
            Task::Platform(task) => Self::of_platform(task),
            Task::AboutTimes(task) => Self::Times(task.matter()),
            Task::AboutEnding(task) => Self::Ending(task.matter()),
            Task::AboutNoted { what, .. } => Self::of_noted(what),
            Task::Export(_) => Self::Export,
            Task::ReadMeter { .. } => Self::Read,
        }
    }

    fn of_station(task: &StationTask) -> Self {
        match task {
            StationTask::LoadRecents => Self::Recents,
            StationTask::LoadWorkList => Self::WorkList,
            StationTask::Release { .. } => Self::Release,
            StationTask::Quarantine { .. } => Self::Quarantine,
            StationTask::LoadUpload { .. } => Self::Upload,
            StationTask::BeginIdentityCheck { .. } => Self::IdentityCheck,
            StationTask::NoteMismatch { .. } => Self::Mismatch,
            StationTask::AnswerIntake { .. } | StationTask::AnswerUse { .. } => Self::IntakeAnswer,
            StationTask::LookAtUse { .. } => Self::Oddities,
            StationTask::Assign { assignment } => Self::Assignment(assignment.upload.clone()),
            StationTask::LoadUndoOffer { .. } => Self::UndoOffer,
            StationTask::Undo { request } => Self::Undoing(request.upload.clone()),
            StationTask::Transfer(task) => match **task {
                TransferTask::LoadOffer { .. } => Self::TransferOffer,
                TransferTask::BeginChecks { .. } => Self::TransferChecks,
                TransferTask::NoteMismatch { .. } => Self::TransferMismatch,
                TransferTask::Move { .. } => Self::Transfer,
            },
            StationTask::LoadSources { .. } => Self::Sources,
            StationTask::LookForChange { .. } => Self::ChangeOfRecord,
            StationTask::LoadPopulation { .. } => Self::Population,
            StationTask::Remember { .. } | StationTask::SignOut | StationTask::Audit { .. } => Self::Note,
        }
    }

    const fn of_platform(task: &PlatformTask) -> Self {
        match task {
            PlatformTask::SearchPatients { .. } => Self::Search,
            PlatformTask::LoadWithheld => Self::Withheld,
            PlatformTask::FindLookAlikes { .. } => Self::LookAlikes,
            PlatformTask::CreatePatient { .. } => Self::Creation,
            PlatformTask::CheckAtPlatform { .. } => Self::PlatformCheck,
            PlatformTask::FollowDelivery { .. } => Self::Delivery,
            PlatformTask::LoadDashboard { .. } => Self::Dashboard,
            PlatformTask::EndSignIn => Self::SignInEnd,
        }
    }

    const fn of_noted(task: &NotedTask) -> Self {
        match task {
            NotedTask::Note(_) => Self::PersonNote,
            NotedTask::Ask => Self::NotedQuestion,
            NotedTask::Create(_) => Self::Creation,
            NotedTask::TakeAs(_) | NotedTask::Drop => Self::Note,
        }
    }

    /// What there is to know of it before it is answered, of each in one place.
    const fn nature(&self) -> MatterNature {
        let (is_of_the_platform, can_be_given_up) = match self {
            Self::Search | Self::LookAlikes | Self::PlatformCheck | Self::Dashboard => (true, true),
            // It is asked again after a sign-in that ended in the middle, and is never given up:
            // whether it was done is not known, and its key keeps it from being done twice.
            Self::Creation => (true, false),
            Self::SignInStart | Self::Withheld | Self::Delivery => (false, true),
            Self::SignIn
            | Self::Code
            | Self::Recents
            | Self::WorkList
            | Self::Release
            | Self::PersonNote
            | Self::NotedQuestion
            | Self::Read
            | Self::Recall
            | Self::CableNote
            | Self::Quarantine
            | Self::Upload
            | Self::UndoOffer
            | Self::Oddities
            | Self::Undoing(_)
            | Self::TransferOffer
            | Self::TransferChecks
            | Self::TransferMismatch
            | Self::Transfer
            | Self::Times(_)
            | Self::Ending(_)
            | Self::Sources
            | Self::ChangeOfRecord
            | Self::Population
            | Self::Export
            | Self::IdentityCheck
            | Self::Mismatch
            | Self::IntakeAnswer
            | Self::Assignment(_)
            | Self::SignInEnd
            | Self::Note => (false, false),
        };
        MatterNature { is_of_the_platform, can_be_given_up }
    }

    /// Whether an answer is of the kind that was asked for.
    const fn is_answered_by(&self, answer: &EffectResult) -> bool {
        match answer {
            EffectResult::SignedIn(_) => matches!(self, Self::SignIn),
            EffectResult::SignInBegun(_) => matches!(self, Self::SignInStart),
            EffectResult::CodeAsked(_) => matches!(self, Self::Code),
            EffectResult::Found(_) => matches!(self, Self::Search),
            EffectResult::Recents(_) => matches!(self, Self::Recents),
            EffectResult::Withheld(_) => matches!(self, Self::Withheld),
            EffectResult::WorkList(_) => matches!(self, Self::WorkList),
            EffectResult::Released(_) => matches!(self, Self::Release),
            EffectResult::LookAlikes(_) => matches!(self, Self::LookAlikes),
            EffectResult::Created(_) => matches!(self, Self::Creation),
            EffectResult::NotedPerson(_) => matches!(self, Self::PersonNote | Self::NotedQuestion),
            EffectResult::Read(_) => matches!(self, Self::Read),
            EffectResult::Recalled(_) => matches!(self, Self::Recall),
            EffectResult::Quarantined(_) => matches!(self, Self::Quarantine),
            EffectResult::Upload(_) => matches!(self, Self::Upload | Self::IntakeAnswer),
            EffectResult::IdentityCheck(_) => matches!(self, Self::IdentityCheck),
            EffectResult::PlatformCheck(_) => matches!(self, Self::PlatformCheck),
            EffectResult::Standing(_) => matches!(self, Self::Mismatch),
            EffectResult::Assigned(_) => matches!(self, Self::Assignment(_)),
            EffectResult::Followed(_) => matches!(self, Self::Delivery),
            EffectResult::Dashboard(_) => matches!(self, Self::Dashboard),
            EffectResult::Oddities(_) => matches!(self, Self::Oddities),
            EffectResult::UndoOffer(_) => matches!(self, Self::UndoOffer),
            EffectResult::Undone(_) => matches!(self, Self::Undoing(_)),
            EffectResult::Transfer(TransferReply::Offer(_)) => matches!(self, Self::TransferOffer),
            EffectResult::Transfer(TransferReply::Checks(_)) => matches!(self, Self::TransferChecks),
            EffectResult::Transfer(TransferReply::Standing(_)) => matches!(self, Self::TransferMismatch),
            EffectResult::Transfer(TransferReply::Moved(_)) => matches!(self, Self::Transfer),
            EffectResult::Times(answer) => matches!(self, Self::Times(matter) if answer.matter().is(*matter)),
            EffectResult::Ending(answer) => matches!(self, Self::Ending(matter) if answer.matter().is(*matter)),
            EffectResult::Sources(_) => matches!(self, Self::Sources),
            EffectResult::LookedForChange(_) => matches!(self, Self::ChangeOfRecord),
            EffectResult::Population(_) => matches!(self, Self::Population),
            EffectResult::Exported(_) => matches!(self, Self::Export),
            EffectResult::Noted(_) => matches!(self, Self::Note | Self::CableNote | Self::SignInEnd),
        }
    }
}
