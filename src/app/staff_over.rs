//! Whoever works here no more, or no more with the role they had, is signed out as soon as the store says so: what
//! stands on their screen was for what they were. What is being read is kept for whoever began it.

use super::effect::{Effect, Ticket};
use super::event::EffectResult;
use super::model::{AppState, Model};
use super::sign_in::SignInForm;
use super::sign_out;
use super::times_task::TimesAnswer;
use super::transfer_task::TransferReply;
use crate::domain::problem::{Problem, ProblemCode};

/// That an answer to whoever is at the screen says so.
#[must_use]
pub(super) fn told(model: &Model, ticket: Ticket, answer: &EffectResult) -> Option<Problem> {
    let problem = problem(answer)?;
    let is_over = matches!(problem.code, ProblemCode::StaffDisabled | ProblemCode::SignInOver);
    let here = &model.working()?.session;
    let asked = model.under_way.open().find(|(open, _)| *open == ticket);
    let is_theirs = asked.is_some_and(|(_, question)| question.session.as_ref() == Some(here));
    (is_over && is_theirs).then(|| problem.clone())
}

/// Signs them out, and says why where the next one signs in. Where somebody signed in meanwhile, they stay.
#[must_use]
pub(super) fn end(mut model: Model, problem: Problem) -> (Model, Vec<Effect>) {
    // Nobody has chosen to leave: what could not be put on disk is tried once more before it is gone.
    let mut effects = model.panel.save_again(&mut model.tickets);
    let (ended, more) = sign_out::end(model);
    (model, effects) = (ended, effects.into_iter().chain(more).collect());
    if let AppState::SignIn(form) = &mut model.state {
        **form = SignInForm::told(problem, model.at);
    }
    (model.overlay, model.remark) = (None, None);
    (model, effects)
}

/// Why there is no answer.
fn problem(answer: &EffectResult) -> Option<&Problem> {
    match answer {
        EffectResult::Recents(answer) => answer.as_ref().err(),
        EffectResult::WorkList(answer) => answer.as_ref().err(),
        EffectResult::Released(answer) => answer.as_ref().err(),
        EffectResult::NotedPerson(answer) => answer.as_ref().err(),
        EffectResult::Upload(answer) => answer.as_ref().err(),
        EffectResult::Oddities(answer) => answer.as_ref().err(),
        EffectResult::UndoOffer(answer) => answer.as_ref().err(),
        EffectResult::Undone(answer) => answer.as_ref().err(),
        EffectResult::Sources(answer) => answer.as_ref().err(),
        EffectResult::LookedForChange(answer) => answer.as_ref().err(),
        EffectResult::Population(answer) => answer.as_ref().err(),
        EffectResult::Exported(answer) => answer.as_ref().err(),
        EffectResult::IdentityCheck(answer) => answer.as_ref().err(),
        EffectResult::Standing(answer) => answer.as_ref().err(),
        EffectResult::Assigned(answer) => answer.as_ref().err(),
        EffectResult::Followed(answer) => answer.as_ref().err(),
        EffectResult::Noted(answer) => answer.as_ref().err(),
        EffectResult::Found(answer) => answer.as_ref().err(),
        EffectResult::LookAlikes(answer) => answer.as_ref().err(),
        EffectResult::Created(answer) => answer.as_ref().err(),
        EffectResult::PlatformCheck(answer) => answer.as_ref().err(),
        EffectResult::Dashboard(answer) => answer.as_ref().err(),
        EffectResult::Transfer(answer) => match answer {
            TransferReply::Offer(answer) => answer.as_ref().err(),
            TransferReply::Checks(answer) => answer.as_ref().err(),
            TransferReply::Standing(answer) => answer.as_ref().err(),
            TransferReply::Moved(answer) => answer.as_ref().err(),
        },
        EffectResult::Times(answer) => match answer {
            TimesAnswer::Offer(answer) => answer.as_ref().err(),
            TimesAnswer::Corrected(answer) | TimesAnswer::Undone(answer) => answer.as_ref().err(),
        },
        EffectResult::Ending(answer) => answer.problem(),
        // Nobody is asked who they are for these, or they have not signed in yet. What a meter sends is kept whoever
        // holds it.
        EffectResult::SignedIn(_)
        | EffectResult::SignInBegun(_)
        | EffectResult::CodeAsked(_)
        | EffectResult::Withheld(_)
        | EffectResult::Read(_)
        | EffectResult::Recalled(_)
        | EffectResult::Quarantined(_) => None,
    }
}
