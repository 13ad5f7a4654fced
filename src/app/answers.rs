//! Answers: what becomes of each, wherever the person is by then.
//!
//! Whoever waits for an answer takes it. Where nobody does any more, because the step was left, the plug pulled or the
//! session ended, it depends on what was asked:
//!
//! - What changes nothing outside (a search, a list, look-alikes, a dashboard, a look at it, a cable's memory, how a
//!   person stands here or at the platform, a sign-in) is dropped, with the [`Reason`].
//! - How an upload stands, the panel shows.
//! - A read of a meter goes on to quarantine for the person who began it, unless somebody stopped it.
//! - Where the sign-in has ended at the platform, the step's own answers wait for its person ([`super::paused`]).
//! - What changes something (quarantine, what was said of an upload, assignment, undoing, transfer, end, correction,
//!   new and noted patients, redelivery, export, wrong answers, notes) is never dropped: whoever is there is told.

mod assigned;
mod ended;
mod exported;
mod from_platform;
mod noted_person;
mod released;
mod sign_in;
mod times;
mod transferred;
mod undone;

use self::assigned::assigned;
use self::ended::ended;
use self::exported::exported;
use self::noted_person::noted_person;
use self::released::released;
use self::sign_in::{code_asked, sign_in_begun, signed_in};
use self::times::times;
use self::transferred::transferred;
use self::undone::undone;
use super::asked::Asked;
use super::effect::{Effect, PlatformTask, Request, StationTask, Ticket};
use super::event::EffectResult;
use super::model::{AppState, Model};
use super::panel::Kept;
use super::paused;
use super::remark::Remark;
use super::under_way::{Matter, OpenQuestion};
use super::wizard::{Step, StepContext};
use crate::domain::association::{Upload, UploadId};
use crate::domain::download::Download;
use crate::domain::identity_check::IdentityStanding;
use crate::domain::patient::{Patient, PatientId, SearchPage};
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::sign_in::Withheld;
use crate::domain::words::{TextKey, key};
use crate::domain::work_list::WorkList;

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It did what it was asked for, or was told to whoever is there.
    Taken,
    /// It waits for whoever asked to sign in again, or is asked for again then.
    Kept,
    /// It changes nothing.
    Dropped(Reason),
}

/// Why an answer changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It answers nothing that is open: it came twice, or answers something else than was asked.
    NobodyAsked,
    /// The step that asked was left, or has asked anew, and the question changed nothing outside.
    NoLongerWanted,
    /// Whoever asked has signed out, and the question changed nothing outside.
    SignedOut,
    /// Somebody stopped this read.
    ReadStopped,
    /// The plug that it was about was pulled.
    PlugPulled,
}

/// A state with what it asks for, and what became of the answer that led to it.
pub type Answered = (Model, Vec<Effect>, Fate);

/// Takes an answer, in whatever state it arrives.
#[must_use]
pub fn take(mut model: Model, ticket: Ticket, answer: EffectResult) -> Answered {
    // Before anybody else takes it: an answer for work that stands still is its own person's, and
    // is neither dropped nor shown to whoever is at the screen now.
    let Some(answer) = paused::keep(&mut model, ticket, answer) else { return (model, Vec::new(), Fate::Kept) };
    let Some(question) = model.under_way.take(ticket, &answer) else {
        return (model, Vec::new(), Fate::Dropped(Reason::NobodyAsked));
    };
    let told = from_platform::told(&answer);
    let answered = match answer {
        EffectResult::SignedIn(result) => signed_in(model, ticket, result),
        EffectResult::SignInBegun(result) => sign_in_begun(model, ticket, result),
        EffectResult::CodeAsked(result) => code_asked(model, ticket, result),
        EffectResult::Found(found) => found_patients(model, &question, ticket, found),
        EffectResult::Recents(loaded) => recents(model, &question, ticket, loaded),
        EffectResult::Withheld(told) => withheld(model, &question, ticket, told),
        EffectResult::WorkList(loaded) => work_list(model, &question, ticket, loaded.map(|list| *list)),
        EffectResult::Released(result) => released(model, ticket, result),
        EffectResult::LookAlikes(found) => {
            to_who_waits(model, &question, ticket, |step, _| step.look_alikes_found(found))
        }
        EffectResult::Created(created) => created_patient(model, ticket, created),
        EffectResult::NotedPerson(result) => noted_person(model, &question, ticket, result),
        EffectResult::Read(result) => read(model, ticket, result),
        EffectResult::Recalled(result) => recalled(model, ticket, result),
        EffectResult::Quarantined(result) => quarantined(model, ticket, result),
        EffectResult::Upload(result) => upload(model, &question, ticket, result),
        EffectResult::IdentityCheck(result) => {
            to_who_waits(model, &question, ticket, |step, context| step.identity_checked(result, context))
        }
        EffectResult::PlatformCheck(result) => {
            to_who_waits(model, &question, ticket, |step, context| step.checked_at_platform(result, context))
        }
        EffectResult::Standing(result) => mismatch(model, ticket, result),
        EffectResult::Assigned(result) => assigned(model, &question, ticket, result),
        EffectResult::Followed(followed) => {
            to_who_waits(model, &question, ticket, |step, context| step.delivery_followed(followed, context))
        }
        EffectResult::Dashboard(loaded) => {
            to_who_waits(model, &question, ticket, |step, context| step.dashboard_loaded(loaded, context))
        }
        EffectResult::LookedForChange(found) => {
            to_who_waits(model, &question, ticket, |step, context| step.looked_for_change(&found, context))
        }
        EffectResult::Oddities(odd) => {
            to_who_waits(model, &question, ticket, |step, context| step.oddities_found(odd, context))
        }
        EffectResult::UndoOffer(offer) => to_who_waits(model, &question, ticket, |step, _| step.undo_offered(offer)),
        EffectResult::Undone(result) => undone(model, &question, ticket, result),
        EffectResult::Transfer(answer) => transferred(model, &question, ticket, answer),
        EffectResult::Times(answer) => times(model, &question, ticket, answer),
        EffectResult::Ending(answer) => ended(model, &question, ticket, answer),
        EffectResult::Sources(found) => to_who_waits(model, &question, ticket, |step, _| step.sources_found(found)),
        EffectResult::Population(page) => {
            to_who_waits(model, &question, ticket, |step, _| step.population_loaded(page))
        }
        EffectResult::Exported(result) => exported(model, ticket, result),
        EffectResult::Noted(result) => noted(model, &question, result),
    };
    from_platform::heard(answered, told)
}

/// Something came of a delivery that nobody waits for. What was taken back waits again, and whoever is there is told;
/// and so is that not all of what was undone could be taken back at the platform.
pub(super) fn delivered(model: Model, patient: &PatientId, is_lost: bool, has_stayed: bool) -> (Model, Vec<Effect>) {
    let (mut model, mut effects) = model.with_step(|step, context| step.delivered(patient, is_lost, context));
    if is_lost && let AppState::Working(working) = &model.state {
        let session = working.session.clone();
        let is_theirs = |upload: &&Upload| upload.record.as_ref().is_some_and(|holder| holder.id == *patient);
        let theirs: Vec<UploadId> = model.panel.on_disk().filter(is_theirs).map(|upload| upload.id.clone()).collect();
        for upload in theirs {
            let ticket = model.tickets.next();
            effects.push(Effect::Ask(ticket, Request::of(session.clone(), StationTask::LoadUpload { upload })));
        }
        // Where it was decided, the screen itself comes to a stop.
        if !matches!(&working.step, Step::Done(step) if step.patient.id == *patient) {
            model.remark = Some(Remark::Happened(key::TOLD_TAKEN_BACK));
        }
    }
    if has_stayed && model.working().is_some() {
        model.remark = Some(Remark::Happened(key::TOLD_STAYED));
    }
    effects.extend(work_list_changed(&mut model));
    (model, effects)
}

const fn taken(model: Model, effects: Vec<Effect>) -> Answered {
    (model, effects, Fate::Taken)
}

/// Nobody waits any more for the answer to a question that changed nothing outside.
fn not_wanted(model: Model, question: &OpenQuestion) -> Answered {
    let present = model.working().map(|working| working.session.id);
    let asked_by = question.session.as_ref().map(|session| session.id);
    let reason = if asked_by.is_some() && asked_by != present { Reason::SignedOut } else { Reason::NoLongerWanted };
    (model, Vec::new(), Fate::Dropped(reason))
}

/// Tells whoever is there.
fn told(mut model: Model, key: TextKey, effects: Vec<Effect>) -> Answered {
    model.remark = Some(Remark::Happened(key));
    taken(model, effects)
}

/// Tells whoever is there what went wrong, and keeps why for the details.
fn told_failed(mut model: Model, key: TextKey, problem: Problem) -> Answered {
    model.remark = Some(Remark::failed(key, problem));
    taken(model, Vec::new())
}

/// The step of whoever is signed in, if it waits for this answer.
fn waits(model: &Model, ticket: Ticket) -> bool {
    model.working().is_some_and(|working| working.step.waits_for(ticket))
}

fn in_step(model: Model, act: impl FnOnce(Step, &mut StepContext<'_>) -> Step) -> Answered {
    let (model, effects) = model.with_step(act);
    taken(model, effects)
}

/// An answer that changes nothing outside: the step that waits for it takes it, and nobody else.
fn to_who_waits(
    model: Model,
    question: &OpenQuestion,
    ticket: Ticket,
    act: impl FnOnce(Step, &mut StepContext<'_>) -> Step,
) -> Answered {
    if waits(&model, ticket) { in_step(model, act) } else { not_wanted(model, question) }
}

fn found_patients(
    mut model: Model,
    question: &OpenQuestion,
    ticket: Ticket,
    found: Result<SearchPage, Problem>,
) -> Answered {
    if let AppState::Working(working) = &mut model.state
        && let Some(search) = working.step.search_that_asked(ticket)
    {
        let is_answered = found.as_ref().is_ok_and(|page| !page.known_only);
        search.found(found);
        let is_asked_again = is_answered && working.withheld.problem().is_some();
        let again = is_asked_again.then(|| {
            let asking = model.tickets.next();
            working.withheld = Asked::Waiting(asking);
            Effect::Ask(asking, Request::of(working.session.clone(), PlatformTask::LoadWithheld))
        });
        return taken(model, again.into_iter().collect());
    }
    if model.working().is_some_and(|working| working.step.asked_for_number(ticket)) {
        return in_step(model, |step, context| step.number_looked_up(ticket, found.as_ref().ok(), context));
    }
    not_wanted(model, question)
}

fn recents(
    mut model: Model,
    question: &OpenQuestion,
    ticket: Ticket,
    loaded: Result<Vec<Patient>, Problem>,
) -> Answered {
    match &mut model.state {
        AppState::Working(working) if working.recents_asked.waits_for(ticket) => {
            working.recents_loaded(loaded);
            taken(model, Vec::new())
        }
        AppState::Working(_) | AppState::SignIn(_) | AppState::SignInByCode(_) => not_wanted(model, question),
    }
}

/// What the platform does not allow is known now; or not yet, and is asked again once the platform answers a search.
fn withheld(
    mut model: Model,
    question: &OpenQuestion,
    ticket: Ticket,
    told: Result<Vec<Withheld>, Problem>,
) -> Answered {
    match &mut model.state {
        AppState::Working(working) if working.withheld.waits_for(ticket) => {
            working.withheld = told.into();
            taken(model, Vec::new())
        }
        AppState::Working(_) | AppState::SignIn(_) | AppState::SignInByCode(_) => not_wanted(model, question),
    }
}

fn work_list(mut model: Model, question: &OpenQuestion, ticket: Ticket, loaded: Result<WorkList, Problem>) -> Answered {
    match &mut model.state {
        AppState::Working(working) if working.waiting_asked.waits_for(ticket) => {
            let is_stale = working.work_list_loaded(loaded);
            let mut effects = look_at_changed(&mut model);
            effects.extend(is_stale.then(|| load_waiting(&mut model)).flatten());
            taken(model, effects)
        }
        AppState::Working(_) | AppState::SignIn(_) | AppState::SignInByCode(_) => not_wanted(model, question),
    }
}

/// Brings the panel up to the list of what waits. What waits no longer went into a record meanwhile, perhaps at another
/// station: how it stands is asked.
fn look_at_changed(model: &mut Model) -> Vec<Effect> {
    let AppState::Working(working) = &model.state else { return Vec::new() };
    // The list of before is kept where a new one did not come. That an upload is not on it says
    // nothing then.
    if working.waiting_asked.problem().is_some() {
        return Vec::new();
    }
    for upload in &working.waiting {
        model.panel.refresh(upload);
    }
    let is_gone = |upload: &&Upload| working.waiting.iter().all(|waiting| waiting.id != upload.id);
    let gone: Vec<UploadId> = model.panel.waiting().filter(is_gone).map(|upload| upload.id.clone()).collect();
    let load = |upload| {
        let ticket = model.tickets.next();
        Effect::Ask(ticket, Request::of(working.session.clone(), StationTask::LoadUpload { upload }))
    };
    gone.into_iter().map(load).collect()
}

fn created_patient(model: Model, ticket: Ticket, created: Result<Box<Patient>, Problem>) -> Answered {
    if waits(&model, ticket) {
        return in_step(model, |step, context| step.patient_created(created, context));
    }
    match created {
        Ok(_) => told(model, key::TOLD_PATIENT_CREATED, Vec::new()),
        Err(problem) => told_failed(model, key::TOLD_PATIENT_NOT_CREATED, problem),
    }
}

fn read(mut model: Model, ticket: Ticket, result: Result<Box<Download>, Problem>) -> Answered {
    match model.panel.read_ended(ticket, result, &mut model.tickets) {
        Some(effects) => taken(model, effects),
        None => (model, Vec::new(), Fate::Dropped(Reason::ReadStopped)),
    }
}

fn recalled(mut model: Model, ticket: Ticket, result: Result<Option<String>, Problem>) -> Answered {
    match model.panel.recalled(ticket, result) {
        Some(Ok(())) => taken(model, Vec::new()),
        Some(Err(problem)) => told_failed(model, key::TOLD_CABLES_UNREADABLE, problem),
        None => (model, Vec::new(), Fate::Dropped(Reason::PlugPulled)),
    }
}

fn quarantined(mut model: Model, ticket: Ticket, result: Result<Box<Upload>, Problem>) -> Answered {
    let (upload, session) = match model.panel.kept(ticket, result) {
        Kept::Stored(upload, session) => (upload, session),
        Kept::Failed => return taken(model, Vec::new()),
        Kept::Lost(problem) => return told_failed(model, key::TOLD_NOT_SAVED, problem),
    };
    let mut effects: Vec<Effect> = load_waiting(&mut model).into_iter().collect();
    let (model, more) = model.with_step(|step, context| step.meter_stored(&upload, session, context));
    effects.extend(more);
    taken(model, effects)
}

/// Something came of a delivery: what is left is asked for anew, once what was asked before has come. A server that
/// comes back after a day takes many in a second.
fn work_list_changed(model: &mut Model) -> Option<Effect> {
    let AppState::Working(working) = &mut model.state else { return None };
    if working.waiting_asked.is_waiting() {
        working.is_stale = true;
        return None;
    }
    load_waiting(model)
}

/// Asks whoever is signed in for what is left to be done now.
fn load_waiting(model: &mut Model) -> Option<Effect> {
    let AppState::Working(working) = &mut model.state else { return None };
    let ticket = model.tickets.next();
    working.waiting_asked = Asked::Waiting(ticket);
    Some(Effect::Ask(ticket, Request::of(working.session.clone(), StationTask::LoadWorkList)))
}

fn upload(mut model: Model, question: &OpenQuestion, ticket: Ticket, result: Result<Box<Upload>, Problem>) -> Answered {
    if waits(&model, ticket) {
        return in_step(model, |step, context| step.upload_loaded(result, context));
    }
    match result {
        Ok(upload) => {
            model.panel.refresh(&upload);
            taken(model, Vec::new())
        }
        Err(problem) if question.matter == Matter::IntakeAnswer => told_failed(model, key::TOLD_NOT_NOTED, problem),
        Err(_) => not_wanted(model, question),
    }
}

fn mismatch(model: Model, ticket: Ticket, result: Result<IdentityStanding, Problem>) -> Answered {
    if waits(&model, ticket) {
        return in_step(model, |step, context| step.mismatch_noted(result, context));
    }
    match result {
        Ok(_) => taken(model, Vec::new()),
        Err(problem) => told_failed(model, key::TOLD_NOT_NOTED, problem),
    }
}

fn noted(model: Model, question: &OpenQuestion, result: Result<(), Problem>) -> Answered {
    match (result, &question.matter) {
        (Ok(()), _) => taken(model, Vec::new()),
        (Err(problem), Matter::SignInEnd) => told_failed(model, key::TOLD_SIGN_IN_NOT_ENDED, problem),
        (Err(problem), Matter::CableNote) => told_failed(model, key::TOLD_CABLE_NOT_REMEMBERED, problem),
        (Err(problem), _) if problem.code == ProblemCode::AnotherPerson => {
            told_failed(model, key::TOLD_ANOTHER_PERSON, problem)
        }
        (Err(problem), _) => told_failed(model, key::TOLD_NOT_NOTED, problem),
    }
}
