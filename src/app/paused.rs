//! Work whose sign-in has ended at the care platform. It stands still until its person has signed in again, and goes on
//! at the same step with nothing lost: what was asked of the platform is asked anew, and what came meanwhile is told
//! then. If somebody else signs in, it is over.
//!
//! What a meter sends does not wait for that: it goes to quarantine for whoever began the read.

use super::code_sign_in::CodeSignIn;
use super::effect::{Effect, Request, Ticket};
use super::event::EffectResult;
use super::model::{AppState, Model, PausedWork};
use crate::domain::clinic::Session;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::sign_in::Withheld;

/// Takes an answer if it is that the sign-in has ended, or for work that stands still because of that. Gives it back
/// if it is neither.
pub fn keep(model: &mut Model, ticket: Ticket, answer: EffectResult) -> Option<EffectResult> {
    if let Some(paused) = &mut model.paused {
        if !paused.waits_for(ticket) {
            return Some(answer);
        }
        match ended(&answer).and_then(|_| model.under_way.take(ticket, &answer)?.task) {
            Some(task) => paused.again.push((ticket, task)),
            None => paused.came.push((ticket, answer)),
        }
        return None;
    }
    let (Some(problem), true) = (ended(&answer).cloned(), model.signs_in_by_code) else { return Some(answer) };
    let waits = if let AppState::Working(working) = &mut model.state { working.waits_for(ticket) } else { false };
    let asked = if waits { model.under_way.take(ticket, &answer).and_then(|question| question.task) } else { None };
    let Some(task) = asked else { return Some(answer) };
    let ended = AppState::SignInByCode(Box::new(CodeSignIn::Failed(problem)));
    if let AppState::Working(working) = std::mem::replace(&mut model.state, ended) {
        let again = vec![(ticket, task)];
        model.paused = Some(Box::new(PausedWork { working: *working, again, came: Vec::new() }));
    }
    model.overlay = None;
    None
}

/// The work goes on in this sign-in of the same person. What came meanwhile is to be told next.
pub fn go_on(
    model: &mut Model,
    paused: PausedWork,
    session: &Session,
    withheld: Vec<Withheld>,
) -> (Vec<Effect>, Vec<(Ticket, EffectResult)>) {
    let PausedWork { mut working, again, came } = paused;
    working.session = session.clone();
    working.withheld = withheld;
    let mut effects = model.panel.read_waiting(session, &mut model.tickets);
    effects.extend(again.into_iter().map(|(ticket, task)| Effect::Ask(ticket, Request::For(session.clone(), task))));
    model.state = AppState::Working(Box::new(working));
    (effects, came)
}

/// That the sign-in has ended, if an answer says so.
fn ended(answer: &EffectResult) -> Option<&Problem> {
    let problem = match answer {
        EffectResult::Found(answer) => answer.as_ref().err(),
        EffectResult::LookAlikes(answer) => answer.as_ref().err(),
        EffectResult::Created(answer) => answer.as_ref().err(),
        EffectResult::PlatformCheck(answer) => answer.as_ref().err(),
        EffectResult::Dashboard(answer) => answer.as_ref().err(),
        _ => None,
    };
    problem.filter(|problem| problem.code == ProblemCode::SignInEnded)
}
