//! Work whose sign-in has ended at the care platform, or that was left alone until the station locked itself
//! (clinic-safety SEC-02). It stands still until its person has signed in again, and goes on at the same step with
//! nothing lost: what was asked of the platform is asked anew, and what came meanwhile is told then. It is theirs
//! alone: whoever else signs in meanwhile begins at the search, and sees nothing of it. Whom they found gone they sign
//! out.
//!
//! What a meter sends does not wait for that: it goes to quarantine for whoever began the read.

use jiff::Timestamp;

use super::asked::Asked;
use super::code_sign_in::CodeSignIn;
use super::effect::{Effect, Request, StationTask, Ticket};
use super::event::EffectResult;
use super::model::{AppState, Model, PauseReason, PausedWork};
use crate::domain::clinic::{Session, User};
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::sign_in::Withheld;

/// Of how many people work stands still at once: more than come to one station in the time of a sign-in. Each holds
/// what their screen shows; of one more, that of the first is over.
const MOST_PAUSED: usize = 12;

/// What becomes of work that stood still when somebody signs in.
#[derive(Debug)]
pub enum Before {
    /// There is none of theirs.
    Nothing,
    /// It goes on.
    GoesOn(Box<PausedWork>),
    /// It was with another role, and is over.
    IsOver(Box<PausedWork>),
}

/// Takes the work of this person that stood still.
pub fn of(model: &mut Model, user: &User) -> Before {
    let Some(place) = model.paused.iter().position(|paused| paused.is_of(user)) else { return Before::Nothing };
    let paused = Box::new(model.paused.remove(place));
    if paused.session().user.role == user.role { Before::GoesOn(paused) } else { Before::IsOver(paused) }
}

/// Locks the station if somebody works there and has pressed no key for so long; whether it did.
pub fn lock_if_due(model: &mut Model, now: Timestamp) -> bool {
    model.idle.at(now);
    let is_due = model.idle.due().is_some_and(|due| due <= now);
    let nobody = AppState::nobody(model.signs_in_by_code);
    // A password that was right stands behind the choice of a new one: whoever comes now is to show who they are.
    let holds_password = matches!(&model.state, AppState::SignIn(sign_in) if sign_in.holds_password());
    if holds_password && model.idle.due_for_password() <= now {
        (model.state, model.overlay, model.remark) = (nobody, None, None);
        return true;
    }
    // Nobody is to be locked out of a sign-in, and what is typed there is in nobody's record.
    if !is_due || model.working().is_none() {
        return false;
    }
    if let AppState::Working(working) = std::mem::replace(&mut model.state, nobody) {
        let (why, notes) = (PauseReason::LeftAlone, model.panel.take_notes());
        model.paused.push(PausedWork { why, working: *working, again: Vec::new(), came: Vec::new(), notes });
    }
    // What lay over the screen was about that screen, and so was what was just said.
    (model.overlay, model.remark) = (None, None);
    true
}

/// The work on which the station is locked, if it is.
#[must_use]
pub fn locked(model: &Model) -> Option<&PausedWork> {
    model.paused.iter().find(|work| work.why == PauseReason::LeftAlone)
}

/// Takes the work on which the station is locked: somebody else has come.
pub fn take_locked(model: &mut Model) -> Vec<PausedWork> {
    let is_locked = |work: &PausedWork| work.why == PauseReason::LeftAlone;
    let (locked, others) = std::mem::take(&mut model.paused).into_iter().partition(is_locked);
    model.paused = others;
    locked
}

/// Takes an answer if it is that the sign-in has ended, or for work that stands still because of that. Gives it back
/// if it is neither.
pub fn keep(model: &mut Model, ticket: Ticket, answer: EffectResult) -> Option<EffectResult> {
    if let Some(paused) = model.paused.iter_mut().find_map(|paused| paused.waits_for(ticket).then_some(paused)) {
        // A second question of the same work, refused for the same reason: it is asked anew like
        // the first. What else came stays open under its ticket until its person is back, because
        // it goes through the same door as every other answer then.
        match ended(&answer).and_then(|_| model.under_way.take(ticket, &answer)?.task) {
            Some(task) => paused.again.push((ticket, task)),
            None => paused.came.push((ticket, answer)),
        }
        return None;
    }
    // A password of this computer brings no new token of the platform. Where people sign in with
    // one, that a sign-in has ended is told as a problem like others.
    let (Some(problem), true) = (ended(&answer).cloned(), model.signs_in_by_code) else { return Some(answer) };
    let waits = if let AppState::Working(working) = &mut model.state { working.waits_for(ticket) } else { false };
    let asked = if waits { model.under_way.take(ticket, &answer).and_then(|question| question.task) } else { None };
    let Some(task) = asked else { return Some(answer) };
    let ended = AppState::SignInByCode(Box::new(CodeSignIn::Failed(problem)));
    if let AppState::Working(working) = std::mem::replace(&mut model.state, ended) {
        let (again, notes) = (vec![(ticket, task)], model.panel.take_notes());
        let why = PauseReason::SignInEnded;
        model.paused.push(PausedWork { why, working: *working, again, came: Vec::new(), notes });
    }
    // What lay over the screen was about that screen, and would lie over the sign-in.
    model.overlay = None;
    None
}

/// The work goes on in this sign-in of the same person. What came meanwhile is to be told next.
pub fn go_on(
    model: &mut Model,
    paused: PausedWork,
    session: &Session,
    withheld: Asked<Vec<Withheld>>,
) -> (Vec<Effect>, Vec<(Ticket, EffectResult)>) {
    let PausedWork { why: _, mut working, again, came, notes } = paused;
    working.session = session.clone();
    working.withheld = withheld;
    working.noted.go_on();
    model.panel.put_back(notes);
    let mut effects = model.panel.read_waiting(session, &mut model.tickets);
    // Somebody else may have dealt with what was left to be done.
    if !working.waiting_asked.is_waiting() {
        let ticket = model.tickets.next();
        working.waiting_asked = Asked::Waiting(ticket);
        effects.push(Effect::Ask(ticket, Request::of(session.clone(), StationTask::LoadWorkList)));
    }
    // Under the old tickets: the step waits for these still.
    effects.extend(again.into_iter().map(|(ticket, task)| Effect::Ask(ticket, Request::For(session.clone(), task))));
    model.state = AppState::Working(Box::new(working));
    (effects, came)
}

/// The work of which one more is not kept, if there is any.
pub fn too_much(model: &mut Model) -> Option<PausedWork> {
    (model.paused.len() > MOST_PAUSED).then(|| model.paused.remove(0))
}

/// That the sign-in has ended, if an answer says so.
fn ended(answer: &EffectResult) -> Option<&Problem> {
    let problem = match answer {
        EffectResult::Found(answer) => answer.as_ref().err(),
        EffectResult::LookAlikes(answer) => answer.as_ref().err(),
        EffectResult::Created(answer) => answer.as_ref().err(),
        EffectResult::PlatformCheck(answer) => answer.as_ref().err(),
        EffectResult::Dashboard(answer) => answer.as_ref().err(),
        // The others are this computer's, or nobody waits for them.
        EffectResult::SignedIn(_)
        | EffectResult::SignInBegun(_)
        | EffectResult::CodeAsked(_)
        | EffectResult::Recents(_)
        | EffectResult::Withheld(_)
        | EffectResult::WorkList(_)
        | EffectResult::Released(_)
        | EffectResult::NotedPerson(_)
        | EffectResult::Read(_)
        | EffectResult::Recalled(_)
        | EffectResult::Quarantined(_)
        | EffectResult::Upload(_)
        | EffectResult::UndoOffer(_)
        | EffectResult::Oddities(_)
        | EffectResult::Undone(_)
        | EffectResult::Transfer(_)
        | EffectResult::Times(_)
        | EffectResult::Ending(_)
        | EffectResult::Sources(_)
        | EffectResult::LookedForChange(_)
        | EffectResult::Population(_)
        | EffectResult::Exported(_)
        | EffectResult::IdentityCheck(_)
        | EffectResult::Standing(_)
        | EffectResult::Assigned(_)
        | EffectResult::Followed(_)
        | EffectResult::Noted(_) => None,
    };
    problem.filter(|problem| problem.code == ProblemCode::SignInEnded)
}
