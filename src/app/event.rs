//! What can happen to the app.

use serde::{Deserialize, Serialize};

use crate::domain::association::{AssignmentResult, Upload};
use crate::domain::clinic::User;
use crate::domain::delivery::FollowedDelivery;
use crate::domain::download::Download;
use crate::domain::identity_check::{IdentityCheck, IdentityStanding};
use crate::domain::meter::{Attachment, AttachmentId};
use crate::domain::noted_person::NotedPerson;
use crate::domain::oddity::Oddity;
use crate::domain::patient::{ComparedPeople, Patient, PatientId, SearchPage};
use crate::domain::platform_check::PlatformCheck;
use crate::domain::population::PopulationPage;
use crate::domain::problem::Problem;
use crate::domain::reading_source::ReadingSource;
use crate::domain::record::ChangeMark;
use crate::domain::report_kind::WrittenExport;
use crate::domain::sign_in::{SignInOutcome, SignInStart, Withheld};
use crate::domain::statistics::Dashboard;
use crate::domain::text::Clean;
use crate::domain::undo::{UndoOffer, Undone};
use crate::domain::work_list::WorkList;

use super::effect::Ticket;
use super::ending_task::EndingAnswer;
use super::key::Key;
use super::times_task::TimesAnswer;
use super::transfer_task::TransferReply;

/// Something happened. The time at which it happened is given beside it.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// A key was pressed while the screen did not show all that must be seen.
    KeyUnseen(Key),
    /// The platform is open, and so it is known how this site is shown.
    Opened(Clean),
    /// What is seen of the list or table that PgUp and PgDn turn. Told before the key that is pressed then.
    Page(Page),
    /// The deadline of [`super::model::Model::deadline`] has come.
    Deadline,
    /// A meter was plugged in.
    MeterArrived(Attachment),
    /// What is known of a plugged meter changed, its access for instance.
    MeterChanged(Attachment),
    /// A meter was unplugged.
    MeterLeft(AttachmentId),
    /// A read has come further.
    ReadProgress {
        /// Which read.
        ticket: Ticket,
        /// Readings received.
        done: u32,
        /// Readings announced, once known.
        of: Option<u32>,
    },
    /// Something came of an attempt to deliver what was decided about this person.
    Delivered {
        /// The person.
        patient: PatientId,
        /// The meter is somebody else's at the platform: what was decided is taken back.
        is_lost: bool,
        /// Some of what was undone stays at the platform, because another station stands behind it.
        has_stayed: bool,
    },
    /// What came of deliveries cannot be kept on this computer, for this reason: they are made again.
    OutboxNotKept(Problem),
    /// An effect is done.
    EffectDone {
        /// Which effect.
        ticket: Ticket,
        /// What came of it.
        answer: EffectResult,
    },
    /// A question was given up, because nobody waits for it: it is not answered.
    GivenUp(Ticket),
}

/// What is seen at once of a list or a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// So many rows.
    pub rows: usize,
    /// Where a table stands.
    pub table: Option<Scrolled>,
}

/// Where a table stands on a screen. Its rows take one line or several, so that not every page has as many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scrolled {
    /// The first row that is seen.
    pub top: usize,
    /// How many rows the page before it has.
    pub above: usize,
}

/// What came of an effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum EffectResult {
    /// Of [`super::effect::Request::SignIn`].
    SignedIn(Result<User, Problem>),
    /// Of [`super::effect::Request::BeginSignIn`]. Never written down: it holds a code.
    #[serde(skip)]
    SignInBegun(Result<SignInStart, Problem>),
    /// Of [`super::effect::Request::SignInByCode`].
    #[serde(skip)]
    CodeAsked(Result<SignInOutcome, Problem>),
    /// Of [`super::effect::PlatformTask::SearchPatients`].
    Found(Result<SearchPage, Problem>),
    /// Of [`super::effect::StationTask::LoadRecents`].
    Recents(Result<Vec<Patient>, Problem>),
    /// Of [`super::effect::PlatformTask::LoadWithheld`].
    Withheld(Result<Vec<Withheld>, Problem>),
    /// Of [`super::effect::StationTask::LoadWorkList`].
    WorkList(Result<Box<WorkList>, Problem>),
    /// Of [`super::effect::StationTask::LookAtUse`].
    Oddities(Result<Vec<Oddity>, Problem>),
    /// Of [`super::effect::StationTask::LoadUndoOffer`].
    UndoOffer(Result<Box<UndoOffer>, Problem>),
    /// Of [`super::effect::StationTask::Undo`].
    Undone(Result<Undone, Problem>),
    /// Of [`super::effect::StationTask::Transfer`].
    Transfer(TransferReply),
    /// Of [`super::effect::Task::AboutTimes`].
    Times(TimesAnswer),
    /// Of [`super::effect::Task::AboutEnding`].
    Ending(EndingAnswer),
    /// Of [`super::effect::StationTask::Release`]: whether it was refused until then.
    Released(Result<bool, Problem>),
    /// Of [`super::effect::PlatformTask::FindLookAlikes`].
    LookAlikes(Result<ComparedPeople, Problem>),
    /// Of [`super::effect::PlatformTask::CreatePatient`] and [`super::effect::NotedTask::Create`].
    Created(Result<Box<Patient>, Problem>),
    /// Of [`super::effect::NotedTask::Note`] and [`super::effect::NotedTask::Ask`].
    NotedPerson(Result<Box<NotedPerson>, Problem>),
    /// Of [`super::effect::Task::ReadMeter`]: a download, complete or partial, or why there is none.
    Read(Result<Box<Download>, Problem>),
    /// Of [`super::effect::Request::RecallCable`]: the slug of the model, if one is remembered.
    Recalled(Result<Option<String>, Problem>),
    /// Of [`super::effect::StationTask::Quarantine`].
    Quarantined(Result<Box<Upload>, Problem>),
    /// Of [`super::effect::StationTask::LoadUpload`], [`super::effect::StationTask::AnswerIntake`] and
    /// [`super::effect::StationTask::AnswerUse`].
    Upload(Result<Box<Upload>, Problem>),
    /// Of [`super::effect::StationTask::BeginIdentityCheck`].
    IdentityCheck(Result<Box<IdentityCheck>, Problem>),
    /// Of [`super::effect::PlatformTask::CheckAtPlatform`].
    PlatformCheck(Result<Box<PlatformCheck>, Problem>),
    /// Of [`super::effect::StationTask::NoteMismatch`].
    Standing(Result<IdentityStanding, Problem>),
    /// Of [`super::effect::StationTask::Assign`].
    Assigned(Result<AssignmentResult, Problem>),
    /// Of [`super::effect::PlatformTask::FollowDelivery`].
    Followed(Result<Box<FollowedDelivery>, Problem>),
    /// Of [`super::effect::PlatformTask::LoadDashboard`].
    Dashboard(Result<Box<Dashboard>, Problem>),
    /// Of [`super::effect::StationTask::LoadSources`].
    Sources(Result<Vec<ReadingSource>, Problem>),
    /// Of [`super::effect::StationTask::LookForChange`]: up to where the record was changed, if it was.
    LookedForChange(Result<Option<ChangeMark>, Problem>),
    /// A page of the clinic's patients.
    Population(Result<Box<PopulationPage>, Problem>),
    /// Of [`super::effect::Task::Export`].
    Exported(Result<Box<WrittenExport>, Problem>),
    /// Of an effect whose outcome changes nothing: recents, audit lines, the end of a sign-in, and
    /// what is remembered of a cable.
    Noted(Result<(), Problem>),
}
