//! The calls of the station, in the order in which they are asked, and what the log is told of them.

use tokio::sync::Notify;

use super::super::noted;
use super::calls::{CallTag, CallThread, QueuedCall};
use super::remote::Remote;
use super::transfer;
use crate::app::effect::StationTask;
use crate::app::event::EffectResult;
use crate::domain::association::{Assignment, AssignmentResult, AuditEntry, IdempotencyKey, Upload, UploadId};
use crate::domain::clinic::Actor;
use crate::domain::download::Download;
use crate::domain::identity_check::IdentityStanding;
use crate::domain::patient::PatientId;
use crate::domain::problem::Problem;
use crate::domain::text::Clean;
use crate::domain::undo::{UndoRequest, Undone};
use crate::station::{Station, StationError};

impl CallThread<Station> {
    /// Asks the station.
    pub(super) fn ask<T: 'static>(
        &self,
        tag: CallTag,
        wrap: fn(Result<T, Problem>) -> EffectResult,
        work: impl FnOnce(&Station) -> Result<T, StationError> + Send + 'static,
    ) {
        let work =
            move |station: &Station| work(station).map_err(|error| noted::failed(tag.name, error.problem(), &error));
        self.call(QueuedCall::new(tag, wrap, work));
    }
}

/// Asks the station for whoever it is, signed in or not by now, in the order in which it is asked.
pub(super) fn start(station: &CallThread<Station>, remote: &Remote, actor: Actor, call: CallTag, task: StationTask) {
    match task {
        StationTask::LoadRecents => station.ask(call, EffectResult::Recents, move |station| station.recents(&actor)),
        StationTask::Remember { patient } => {
            station.ask(call, EffectResult::Noted, move |station| station.remember(&actor, &patient));
        }
        StationTask::LoadWorkList => {
            station.ask(call, EffectResult::WorkList, move |station| station.work_list(&actor).map(Box::new));
        }
        StationTask::Release { key, reason } => {
            let bell = remote.bell();
            station.ask(call, EffectResult::Released, move |station| release(station, &actor, &key, &reason, &bell));
        }
        StationTask::Quarantine { download } => {
            let bell = remote.bell();
            station.ask(call, EffectResult::Quarantined, move |station| quarantine(station, &actor, &download, &bell));
        }
        StationTask::LoadUpload { upload } => {
            station.ask(call, EffectResult::Upload, move |station| station.upload(&actor, &upload).map(Box::new));
        }
        StationTask::LoadSources { patient, reading } => {
            station.ask(call, EffectResult::Sources, move |station| station.sources_of(&actor, &patient, &reading));
        }
        StationTask::LookForChange { patient, since } => {
            let look = move |station: &Station| station.changed_since(&actor, &patient, since);
            station.ask(call, EffectResult::LookedForChange, look);
        }
        StationTask::LoadPopulation { query } => {
            station
                .ask(call, EffectResult::Population, move |station| station.population(&actor, &query).map(Box::new));
        }
        StationTask::BeginIdentityCheck { upload, patient } => {
            station.ask(call, EffectResult::IdentityCheck, move |station| {
                station.begin_identity_check(&actor, &upload, &patient).map(Box::new)
            });
        }
        StationTask::NoteMismatch { upload, patient } => {
            station.ask(call, EffectResult::Standing, move |station| note_mismatch(station, &actor, &upload, &patient));
        }
        StationTask::AnswerIntake { upload, read_at, seen, answer } => {
            station.ask(call, EffectResult::Upload, move |station| {
                station.answer_intake(&actor, &upload, &answer, read_at, &seen).map(Box::new)
            });
        }
        StationTask::LookAtUse { upload, patient } => {
            station.ask(call, EffectResult::Oddities, move |station| station.oddities(&actor, &upload, &patient));
        }
        StationTask::AnswerUse { answer, read_at } => {
            station.ask(call, EffectResult::Upload, move |station| {
                station.answer_use(&actor, &answer, read_at).map(Box::new)
            });
        }
        StationTask::Assign { assignment } => {
            let bell = remote.bell();
            station.ask(call, EffectResult::Assigned, move |station| assign(station, &actor, &assignment, &bell));
        }
        StationTask::LoadUndoOffer { upload } => {
            station
                .ask(call, EffectResult::UndoOffer, move |station| station.undo_offer(&actor, &upload).map(Box::new));
        }
        StationTask::Undo { request } => {
            let bell = remote.bell();
            station.ask(call, EffectResult::Undone, move |station| undo(station, &actor, &request, &bell));
        }
        StationTask::Transfer(task) => transfer::start(station, actor, call, *task),
        StationTask::SignOut => {
            station.ask(call, EffectResult::Noted, move |station| audit(station, &actor, &AuditEntry::SignedOut));
        }
        StationTask::Audit { entry } => {
            station.ask(call, EffectResult::Noted, move |station| audit(station, &actor, &entry));
        }
    }
}

/// [`Station::quarantine`]. Rings for whoever tells others what waits.
fn quarantine(
    station: &Station,
    actor: &Actor,
    download: &Download,
    bell: &Notify,
) -> Result<Box<Upload>, StationError> {
    let kept = station.quarantine(actor, download).inspect(|upload| noted::quarantined(actor, upload));
    // Rung whatever came of it: a look at the outbox costs little. `notify_one` keeps a ring for a
    // courier that is busy, which `notify_waiters` would lose.
    bell.notify_one();
    kept.map(Box::new)
}

/// [`Station::note_mismatch`].
fn note_mismatch(
    station: &Station,
    actor: &Actor,
    upload: &UploadId,
    patient: &PatientId,
) -> Result<IdentityStanding, StationError> {
    // Before it is counted: that somebody answered wrongly is in the log also where the store
    // cannot be written.
    noted::mismatched(actor, upload, patient);
    station.note_mismatch(actor, upload, patient)
}

/// [`Station::assign`]. Rings for whoever carries to the platform what was decided.
fn assign(
    station: &Station,
    actor: &Actor,
    assignment: &Assignment,
    bell: &Notify,
) -> Result<AssignmentResult, StationError> {
    let assigned = station.assign(actor, assignment).inspect(|result| noted::assigned(actor, assignment, *result));
    bell.notify_one();
    assigned
}

/// [`Station::undo`]. Rings for whoever carries to the platform what is to be taken back there, and tells what waits.
fn undo(station: &Station, actor: &Actor, request: &UndoRequest, bell: &Notify) -> Result<Undone, StationError> {
    let undone = station.undo(actor, request).inspect(|undone| noted::undone(actor, request, *undone));
    bell.notify_one();
    undone
}

/// [`Station::release`]. Rings for whoever carries to the platform.
fn release(
    station: &Station,
    actor: &Actor,
    key: &IdempotencyKey,
    reason: &Clean,
    bell: &Notify,
) -> Result<bool, StationError> {
    let released = station.release(actor, key, reason);
    bell.notify_one();
    released
}

/// [`Station::audit`].
fn audit(station: &Station, actor: &Actor, entry: &AuditEntry) -> Result<(), StationError> {
    noted::audited(actor, entry);
    station.audit(actor, entry)
}
