//! The question about who was noted as a new patient, asked for whoever is signed in and may create patients.

use super::effect::{Effect, NotedTask, Request, Task};
use super::model::{AppState, Model};

/// Asks about the next one, if it is time.
pub(super) fn ask(model: &mut Model) -> Option<Effect> {
    let AppState::Working(working) = &mut model.state else { return None };
    if working.noted_due()? > model.at {
        return None;
    }
    let ticket = model.tickets.next();
    let key = working.noted.begin(ticket)?;
    let task = Task::AboutNoted { key, what: NotedTask::Ask };
    Some(Effect::Ask(ticket, Request::For(working.session.clone(), task)))
}
