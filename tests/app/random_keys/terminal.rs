//! One terminal: the app, what it asked that was not done yet, what was done that it has not heard of yet, and somebody
//! who presses keys, with some sense or none.

use std::collections::VecDeque;

use glucodock::app::action::Keymap;
use glucodock::app::effect::{Effect, NotedTask, PlatformTask, Request, StationTask, Task, Ticket};
use glucodock::app::ending_task::{EndingAnswer, EndingTask};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::model::Model;
use glucodock::app::setup::AppSetup;
use glucodock::app::times_task::{TimesAnswer, TimesTask};
use glucodock::app::transfer_task::{TransferReply, TransferTask};
use glucodock::domain::association::{AuditEntry, IdempotencyKey};
use glucodock::domain::clinic::{Actor, Role, Session, User};
use glucodock::domain::meter::AttachmentId;
use glucodock::domain::noted_person::NotedEvent;
use glucodock::domain::platform_check::{OwnerThere, PlatformCheck};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::report::ExportOrder;
use glucodock::domain::report_kind::{ExportTarget, Paper, WrittenExport};
use glucodock::domain::statistics::Dashboard;
use glucodock::engine::effects::Backend;
use glucodock::engine::export::FormedExport;
use glucodock::platform::{Platform, RemoteError};
use glucodock::station::{Station, StationError};
use jiff::{SignedDuration, Timestamp, Zoned};

use super::super::embedded::answered;
use super::keyboard::Keyboard;
use super::other_process::OtherProcess;

/// Who may correct times and transfer meters.
const CLINICIANS: [&str; 2] = ["otto", "ida"];

/// A read under way.
pub(super) struct Read {
    pub(super) ticket: Ticket,
    /// Who began it.
    pub(super) session: Session,
    /// Which meter is read.
    pub(super) meter: usize,
    pub(super) plug: AttachmentId,
    pub(super) cancelled: bool,
}

/// Where the calls of a terminal are made.
pub(super) enum CalledProcess {
    /// In this process.
    Here(Box<Backend>),
    /// In another one.
    There(OtherProcess),
}

impl CalledProcess {
    fn carry_out(&mut self, effect: &Effect, now: &Zoned) -> EffectResult {
        // A password hash takes longer than a thousand keys; who is who is not what is tested here.
        if let Effect::Ask(_, Request::SignIn { credentials, .. }) = effect {
            let login = credentials.login.expose().clone();
            let role = if CLINICIANS.contains(&login.as_str()) { Role::Clinician } else { Role::Assistant };
            let user = User { id: format!("user {login}"), name: login.clone(), login, role };
            return EffectResult::SignedIn(Ok(user));
        }
        match self {
            Self::There(other) => other.carry_out(effect, now),
            Self::Here(backend) => carry_out(backend, effect, now),
        }
    }
}

/// A terminal.
pub(super) struct Terminal {
    pub(super) place: CalledProcess,
    pub(super) model: Model,
    /// Calls of the platform in the order in which they were asked for; nothing of them is done yet.
    pub(super) calls: VecDeque<Effect>,
    /// What was done and has not been told yet.
    pub(super) answers: VecDeque<Event>,
    pub(super) reads: Vec<Read>,
    pub(super) keyboard: Keyboard,
    starts: u32,
    number: usize,
}

impl Terminal {
    pub(super) fn start(number: usize, place: CalledProcess, at: Timestamp) -> Self {
        Self {
            place,
            model: model(&format!("{number}.0"), at),
            calls: VecDeque::new(),
            answers: VecDeque::new(),
            reads: Vec::new(),
            keyboard: Keyboard::default(),
            starts: 0,
            number,
        }
    }

    /// The program was ended or killed, and starts anew.
    pub(super) fn restart(&mut self, at: Timestamp) {
        self.starts += 1;
        if let CalledProcess::There(other) = &mut self.place {
            other.restart();
        }
        self.model = model(&format!("{}.{}", self.number, self.starts), at);
        self.calls.clear();
        self.answers.clear();
        self.reads.clear();
        self.keyboard = Keyboard::default();
    }

    pub(super) fn user(&self) -> Option<&str> {
        self.model.working().map(|working| working.session.user.id.as_str())
    }
}

/// After so long without a key a terminal locks.
pub(super) const LOCKS_AFTER: SignedDuration = SignedDuration::from_mins(2);

fn model(nonce: &str, at: Timestamp) -> Model {
    let (model, effects) = Model::new(AppSetup {
        site: "Test Clinic".into(),
        at,
        zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
        keymap: Keymap::embedded().unwrap(),
        nonce: nonce.to_owned(),
        guides: crate::clinic::guides(),
        demo: vec![],
        demo_logins: vec![],
        has_usb: true,
        signs_in_by_code: false,
        version: "0.0.1",
        log: None,
        exports: ExportTarget::default(),
        unit: None,
        scanner: glucodock::domain::scanned_code::ScannerRules::default(),
        locks_after: Some(LOCKS_AFTER),
    });
    assert!(effects.is_empty());
    model
}

/// What became of a call: its ticket, the true answer if it was done, and what the app hears.
pub(super) struct Called {
    pub(super) ticket: Ticket,
    pub(super) done: Option<EffectResult>,
    pub(super) heard: EffectResult,
}

/// How a call goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fortune {
    /// As it should.
    Good,
    /// It fails, and nothing was done.
    FailsBefore,
    /// It is done, and the answer gets lost.
    FailsAfter,
}

/// Carries out a call as the engine does, with this fortune.
pub(super) fn call(place: &mut CalledProcess, effect: &Effect, now: &Zoned, fortune: Fortune) -> Called {
    let lost = || Problem::new(ProblemCode::StoreUnwritable, "staged");
    let (ticket, failed) = failure(effect, lost());
    if fortune == Fortune::FailsBefore {
        return Called { ticket, done: None, heard: failed };
    }
    let done = place.carry_out(effect, now);
    let heard = if fortune == Fortune::FailsAfter { failed } else { done.clone() };
    Called { ticket, done: Some(done), heard }
}

fn kept<T>(result: Result<T, StationError>) -> Result<T, Problem> {
    result.map_err(|error| error.problem())
}

fn told<T>(answer: impl Future<Output = Result<T, RemoteError>>) -> Result<T, Problem> {
    answered(answer).map_err(|error| error.problem())
}

/// Carries out a call of the station or the platform.
pub(crate) fn carry_out(backend: &Backend, effect: &Effect, now: &Zoned) -> EffectResult {
    let Effect::Ask(_, Request::For(session, task)) = effect else {
        panic!("no call of the station or the platform: {effect:?}")
    };
    let by = &Actor { user: session.user.clone(), session: session.id.0.to_string(), at: now.timestamp() };
    match task {
        Task::Station(task) => done_by_station(&backend.station, by, task),
        Task::Platform(task) => answer_of_platform(&backend.platform, by, task, now),
        Task::AboutTimes(task) => EffectResult::Times(about_times(&backend.station, by, task, now)),
        Task::AboutEnding(task) => EffectResult::Ending(about_ending(&backend.station, by, task)),
        Task::AboutNoted { key, what } => about_noted(backend, by, key, what),
        Task::Export(order) => EffectResult::Exported(kept(exported(&backend.station, by, order, now)).map(Box::new)),
        Task::ReadMeter { .. } => panic!("no call of the station or the platform: {task:?}"),
    }
}

fn about_times(station: &Station, by: &Actor, task: &TimesTask, now: &Zoned) -> TimesAnswer {
    let zone = now.time_zone();
    match task {
        TimesTask::LoadOffer { upload, patient } => {
            TimesAnswer::Offer(kept(station.correction_offer(by, upload, patient, zone)).map(Box::new))
        }
        TimesTask::Correct { request } => TimesAnswer::Corrected(kept(station.correct_times(by, request, zone))),
        TimesTask::Undo { request } => TimesAnswer::Undone(kept(station.undo_correction(by, request))),
    }
}

fn about_ending(station: &Station, by: &Actor, task: &EndingTask) -> EndingAnswer {
    match task {
        EndingTask::LoadOffer { plan } => EndingAnswer::Offer(kept(station.ending_offer(by, plan)).map(Box::new)),
        EndingTask::BeginCheck { ownership } => {
            EndingAnswer::Check(kept(station.begin_ending_check(by, ownership)).map(Box::new))
        }
        EndingTask::NoteMismatch { ownership } => {
            EndingAnswer::Standing(kept(station.note_ending_mismatch(by, ownership)))
        }
        EndingTask::End { request } => EndingAnswer::Ended(kept(station.end_ownership(by, request))),
        EndingTask::LoadUndoOffer { ownership } => {
            EndingAnswer::UndoOffer(kept(station.ending_undo_offer(by, ownership)).map(Box::new))
        }
        EndingTask::Undo { request } => EndingAnswer::Undone(kept(station.undo_ending(by, request))),
    }
}

/// All of an export but its file.
fn exported(station: &Station, by: &Actor, order: &ExportOrder, now: &Zoned) -> Result<WrittenExport, StationError> {
    let report = station.report(by, order.dashboard.clone(), now.clone(), order.site.clone())?;
    let formed = FormedExport::of(&report, order.kind, Paper::A4).unwrap();
    station.audit(by, &formed.entry)?;
    let (readings, bytes) = (u32::try_from(report.readings.len()).unwrap(), formed.bytes.len());
    let file = order.kind.file_name(now).as_str().into();
    Ok(WrittenExport { file, kind: order.kind, readings, bytes })
}

fn answer_of_platform(platform: &Platform, by: &Actor, task: &PlatformTask, now: &Zoned) -> EffectResult {
    match task {
        PlatformTask::SearchPatients { query, from, .. } => {
            EffectResult::Found(told(platform.directory.search(by, query, from.as_ref(), 20)))
        }
        PlatformTask::FindLookAlikes { new, .. } => {
            EffectResult::LookAlikes(told(platform.directory.look_alikes(by, new)))
        }
        PlatformTask::CreatePatient { new, key, .. } => {
            EffectResult::Created(told(platform.directory.create(by, new, key)).map(Box::new))
        }
        PlatformTask::LoadDashboard { patient, period, until } => {
            let until = until.unwrap_or_else(|| now.date());
            let record = told(platform.record.readings(by, patient, period.span_with_before(until)));
            EffectResult::Dashboard(record.map(|record| Box::new(Dashboard::of(record, *period, until))))
        }
        PlatformTask::CheckAtPlatform { patient, meter, owner } => {
            let there = told(platform.directory.fetch(by, patient));
            let owner = match meter {
                Some(meter) => told(platform.record.owner(by, meter)).map(|ownership| ownership.owner),
                None => Ok(owner.clone()),
            };
            let fetched = |id| told(platform.directory.fetch(by, &id));
            let owner = owner.and_then(|owner| owner.map_or(Ok(None), fetched));
            let owner = owner.map(|owner| owner.map(|owner| OwnerThere::Known(Box::new(owner))));
            let check = there.and_then(|patient| Ok(Box::new(PlatformCheck { patient, owner: owner? })));
            EffectResult::PlatformCheck(check)
        }
        PlatformTask::LoadWithheld => EffectResult::Withheld(Ok(Vec::new())),
        PlatformTask::EndSignIn => EffectResult::Noted(Ok(())),
        PlatformTask::FollowDelivery { .. } => panic!("nobody follows a delivery here: {task:?}"),
    }
}

fn done_by_station(station: &Station, by: &Actor, task: &StationTask) -> EffectResult {
    match task {
        StationTask::LoadRecents => EffectResult::Recents(kept(station.recents(by))),
        StationTask::Remember { patient, .. } => EffectResult::Noted(kept(station.remember(by, patient))),
        StationTask::LoadWorkList => EffectResult::WorkList(kept(station.work_list(by)).map(Box::new)),
        StationTask::Release { key, reason } => EffectResult::Released(kept(station.release(by, key, reason))),
        StationTask::Quarantine { download, .. } => {
            EffectResult::Quarantined(kept(station.quarantine(by, download)).map(Box::new))
        }
        StationTask::LoadUpload { upload, .. } => EffectResult::Upload(kept(station.upload(by, upload)).map(Box::new)),
        StationTask::LoadUndoOffer { upload } => {
            EffectResult::UndoOffer(kept(station.undo_offer(by, upload)).map(Box::new))
        }
        StationTask::Undo { request } => EffectResult::Undone(kept(station.undo(by, request))),
        StationTask::Transfer(task) => EffectResult::Transfer(match &**task {
            TransferTask::LoadOffer { plan } => {
                TransferReply::Offer(kept(station.transfer_offer(by, plan)).map(Box::new))
            }
            TransferTask::BeginChecks { ownership, to } => {
                TransferReply::Checks(kept(station.begin_transfer_check(by, ownership, to)).map(Box::new))
            }
            TransferTask::NoteMismatch { ownership, patient } => {
                TransferReply::Standing(kept(station.note_transfer_mismatch(by, ownership, patient)))
            }
            TransferTask::Move { request } => TransferReply::Moved(kept(station.transfer(by, request))),
        }),
        StationTask::LoadSources { patient, reading } => {
            EffectResult::Sources(kept(station.sources_of(by, patient, reading)))
        }
        StationTask::LookForChange { patient, since } => {
            EffectResult::LookedForChange(kept(station.changed_since(by, patient, *since)))
        }
        StationTask::LoadPopulation { query } => {
            EffectResult::Population(kept(station.population(by, query)).map(Box::new))
        }
        StationTask::BeginIdentityCheck { upload, patient, .. } => {
            EffectResult::IdentityCheck(kept(station.begin_identity_check(by, upload, patient)).map(Box::new))
        }
        StationTask::NoteMismatch { upload, patient, .. } => {
            EffectResult::Standing(kept(station.note_mismatch(by, upload, patient)))
        }
        StationTask::AnswerIntake { upload, read_at, seen, answer, .. } => {
            EffectResult::Upload(kept(station.answer_intake(by, upload, answer, *read_at, seen)).map(Box::new))
        }
        StationTask::LookAtUse { upload, patient } => {
            EffectResult::Oddities(kept(station.oddities(by, upload, patient)))
        }
        StationTask::AnswerUse { answer, read_at } => {
            EffectResult::Upload(kept(station.answer_use(by, answer, *read_at)).map(Box::new))
        }
        StationTask::Assign { assignment, .. } => EffectResult::Assigned(kept(station.assign(by, assignment))),
        StationTask::SignOut => EffectResult::Noted(kept(station.audit(by, &AuditEntry::SignedOut))),
        StationTask::Audit { entry, .. } => EffectResult::Noted(kept(station.audit(by, entry))),
    }
}

/// A platform that always answers is asked nothing about who was noted: what a person decides is kept.
fn about_noted(backend: &Backend, by: &Actor, key: &IdempotencyKey, what: &NotedTask) -> EffectResult {
    let Backend { station, platform } = backend;
    let noted = |event| EffectResult::Noted(kept(station.note_happened(by, key, event)).map(drop));
    match what {
        NotedTask::Note(new) => EffectResult::NotedPerson(kept(station.note_person(by, new, key)).map(Box::new)),
        NotedTask::Ask => EffectResult::NotedPerson(kept(station.noted_person(by, key)).map(Box::new)),
        NotedTask::Create(new) => EffectResult::Created(told(platform.directory.create(by, new, key)).map(Box::new)),
        NotedTask::TakeAs(patient) => noted(NotedEvent::TakeAs(patient.clone())),
        NotedTask::Drop => noted(NotedEvent::Drop),
    }
}

/// The answer of a call that failed.
fn failure(effect: &Effect, problem: Problem) -> (Ticket, EffectResult) {
    match effect {
        Effect::Ask(ticket, Request::SignIn { .. }) => (*ticket, EffectResult::SignedIn(Err(problem))),
        Effect::Ask(ticket, Request::For(_, Task::Station(task))) => (*ticket, failure_of_station(task, problem)),
        Effect::Ask(ticket, Request::For(_, Task::Platform(task))) => (*ticket, failure_of_platform(task, problem)),
        Effect::Ask(ticket, Request::For(_, Task::AboutTimes(task))) => {
            (*ticket, EffectResult::Times(failure_of_times(task, problem)))
        }
        Effect::Ask(ticket, Request::For(_, Task::AboutEnding(task))) => {
            (*ticket, EffectResult::Ending(task.failed(problem)))
        }
        Effect::Ask(ticket, Request::For(_, Task::AboutNoted { what, .. })) => {
            (*ticket, failure_of_noted(what, problem))
        }
        Effect::Ask(ticket, Request::For(_, Task::Export(_))) => (*ticket, EffectResult::Exported(Err(problem))),
        Effect::Ask(
            _,
            Request::BeginSignIn
            | Request::SignInByCode { .. }
            | Request::For(_, Task::ReadMeter { .. })
            | Request::RecallCable { .. }
            | Request::RememberCable { .. },
        )
        | Effect::Do(_)
        | Effect::Engine(_) => panic!("no call of the platform: {effect:?}"),
    }
}

const fn failure_of_times(task: &TimesTask, problem: Problem) -> TimesAnswer {
    match task {
        TimesTask::LoadOffer { .. } => TimesAnswer::Offer(Err(problem)),
        TimesTask::Correct { .. } => TimesAnswer::Corrected(Err(problem)),
        TimesTask::Undo { .. } => TimesAnswer::Undone(Err(problem)),
    }
}

fn failure_of_station(task: &StationTask, problem: Problem) -> EffectResult {
    match task {
        StationTask::LoadRecents => EffectResult::Recents(Err(problem)),
        StationTask::LoadWorkList => EffectResult::WorkList(Err(problem)),
        StationTask::Release { .. } => EffectResult::Released(Err(problem)),
        StationTask::Quarantine { .. } => EffectResult::Quarantined(Err(problem)),
        StationTask::LoadUpload { .. } | StationTask::AnswerIntake { .. } | StationTask::AnswerUse { .. } => {
            EffectResult::Upload(Err(problem))
        }
        StationTask::LookAtUse { .. } => EffectResult::Oddities(Err(problem)),
        StationTask::BeginIdentityCheck { .. } => EffectResult::IdentityCheck(Err(problem)),
        StationTask::NoteMismatch { .. } => EffectResult::Standing(Err(problem)),
        StationTask::Assign { .. } => EffectResult::Assigned(Err(problem)),
        StationTask::LoadUndoOffer { .. } => EffectResult::UndoOffer(Err(problem)),
        StationTask::Undo { .. } => EffectResult::Undone(Err(problem)),
        StationTask::Transfer(task) => EffectResult::Transfer(task.failed(problem)),
        StationTask::LoadSources { .. } => EffectResult::Sources(Err(problem)),
        StationTask::LookForChange { .. } => EffectResult::LookedForChange(Err(problem)),
        StationTask::LoadPopulation { .. } => EffectResult::Population(Err(problem)),
        StationTask::Remember { .. } | StationTask::SignOut | StationTask::Audit { .. } => {
            EffectResult::Noted(Err(problem))
        }
    }
}

fn failure_of_platform(task: &PlatformTask, problem: Problem) -> EffectResult {
    match task {
        PlatformTask::SearchPatients { .. } => EffectResult::Found(Err(problem)),
        PlatformTask::LoadWithheld => EffectResult::Withheld(Err(problem)),
        PlatformTask::FindLookAlikes { .. } => EffectResult::LookAlikes(Err(problem)),
        PlatformTask::CreatePatient { .. } => EffectResult::Created(Err(problem)),
        PlatformTask::CheckAtPlatform { .. } => EffectResult::PlatformCheck(Err(problem)),
        PlatformTask::LoadDashboard { .. } => EffectResult::Dashboard(Err(problem)),
        PlatformTask::EndSignIn => EffectResult::Noted(Err(problem)),
        PlatformTask::FollowDelivery { .. } => panic!("no call of the platform: {task:?}"),
    }
}

fn failure_of_noted(what: &NotedTask, problem: Problem) -> EffectResult {
    match what {
        NotedTask::Create(_) => EffectResult::Created(Err(problem)),
        NotedTask::Note(_) | NotedTask::Ask => EffectResult::NotedPerson(Err(problem)),
        NotedTask::TakeAs(_) | NotedTask::Drop => EffectResult::Noted(Err(problem)),
    }
}
