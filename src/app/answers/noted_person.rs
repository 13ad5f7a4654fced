//! Somebody was noted as a new patient, or the care platform was asked about them.

use super::{Answered, in_step, load_waiting, not_wanted, taken, told, told_failed, waits};
use crate::app::asked::Asked;
use crate::app::effect::{Effect, Request, StationTask, Ticket};
use crate::app::model::{AppState, Model};
use crate::app::under_way::{Matter, OpenQuestion};
use crate::domain::noted_person::{NotedPerson, NotedStanding};
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::words::key;

pub(super) fn noted_person(
    model: Model,
    question: &OpenQuestion,
    ticket: Ticket,
    result: Result<Box<NotedPerson>, Problem>,
) -> Answered {
    match (result, &question.matter) {
        (result, Matter::NotedQuestion) => asked_about(model, question, ticket, result),
        (result, _) if waits(&model, ticket) => {
            let mut waiting = model;
            let lists = load_waiting(&mut waiting);
            let (model, effects, fate) = in_step(waiting, |step, _| step.person_noted(result));
            (model, lists.into_iter().chain(effects).collect(), fate)
        }
        (Ok(_), _) => told(model, key::TOLD_PERSON_NOTED, Vec::new()),
        (Err(problem), _) => told_failed(model, key::TOLD_PERSON_NOT_NOTED, problem),
    }
}

/// What is known of them now stands in the list of whoever is there. Why nothing is known is not told: the platform is
/// asked again.
fn asked_about(
    mut model: Model,
    question: &OpenQuestion,
    ticket: Ticket,
    result: Result<Box<NotedPerson>, Problem>,
) -> Answered {
    let at = model.at;
    let is_created = result.as_ref().is_ok_and(|person| matches!(person.standing, NotedStanding::Created(_)));
    let waiting = match &mut model.state {
        AppState::Working(working) => working.noted.take(ticket, &result, at).then_some(working),
        AppState::SignIn(_) | AppState::SignInByCode(_) => None,
    };
    let Some(working) = waiting else {
        return match result {
            Ok(_) if is_created => told(model, key::TOLD_NOTED_CREATED, Vec::new()),
            // Whoever is there now hears of it: nothing else would say that there are two.
            Err(problem) if problem.code == ProblemCode::CreatedBeside => {
                told_failed(model, key::PROBLEM_E_PLAT_16_WHAT, problem)
            }
            Ok(_) | Err(_) => not_wanted(model, question),
        };
    };
    working.look_at_noted();
    let person = match result {
        Ok(person) => person,
        // The station has noted that they are there: the lists have that, and a person must hear of the other record.
        Err(problem) if problem.code == ProblemCode::CreatedBeside => {
            let (recents, lists) = (load_recents(&mut model), load_waiting(&mut model));
            let (model, told, fate) = told_failed(model, key::PROBLEM_E_PLAT_16_WHAT, problem);
            return (model, recents.into_iter().chain(lists).chain(told).collect(), fate);
        }
        Err(_) => return taken(model, Vec::new()),
    };
    match person.standing {
        NotedStanding::Created(_) => {
            let recents = load_recents(&mut model);
            told(model, key::TOLD_NOTED_CREATED, recents.into_iter().collect())
        }
        NotedStanding::ToDecide(_) => told(model, key::TOLD_NOTED_TO_DECIDE, Vec::new()),
        NotedStanding::Waiting | NotedStanding::Begun | NotedStanding::TakenAs(_) | NotedStanding::Dropped => {
            taken(model, Vec::new())
        }
    }
}

/// Whoever was created is among the recent patients.
fn load_recents(model: &mut Model) -> Option<Effect> {
    let AppState::Working(working) = &mut model.state else { return None };
    let ticket = model.tickets.next();
    working.recents_asked = Asked::Waiting(ticket);
    Some(Effect::Ask(ticket, Request::of(working.session.clone(), StationTask::LoadRecents)))
}
