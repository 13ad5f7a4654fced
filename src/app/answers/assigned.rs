//! An upload was put into a record, or not.

use super::{Answered, in_step, load_waiting, told, told_failed, waits};
use crate::app::effect::{Effect, Request, StationTask, Ticket};
use crate::app::model::{AppState, Model};
use crate::app::under_way::{Matter, OpenQuestion};
use crate::domain::association::{AssignmentResult, UploadId};
use crate::domain::problem::Problem;
use crate::domain::words::key;

pub(super) fn assigned(
    model: Model,
    question: &OpenQuestion,
    ticket: Ticket,
    result: Result<AssignmentResult, Problem>,
) -> Answered {
    if waits(&model, ticket) {
        return in_step(model, |step, context| step.assigned(result, context));
    }
    match (result, &question.matter) {
        (Ok(_), Matter::Assignment(upload)) => assigned_meanwhile(model, question, upload.clone()),
        (Ok(_), _) => told(model, key::TOLD_ASSIGNED, Vec::new()),
        (Err(problem), _) => told_failed(model, key::TOLD_NOT_ASSIGNED, problem),
    }
}

/// An upload is in a record, and the step that asked for it was left: the lists and the panel are brought up to it.
fn assigned_meanwhile(mut model: Model, question: &OpenQuestion, upload: UploadId) -> Answered {
    let mut effects: Vec<Effect> = load_waiting(&mut model).into_iter().collect();
    if let AppState::Working(working) = &mut model.state {
        working.handled.push(upload.clone());
        working.waiting.retain(|waiting| waiting.id != upload);
    }
    if let Some(session) = question.session.clone() {
        effects.push(Effect::Ask(model.tickets.next(), Request::of(session, StationTask::LoadUpload { upload })));
    }
    told(model, key::TOLD_ASSIGNED, effects)
}
