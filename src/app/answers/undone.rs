//! An assignment was undone, or not.

use super::{Answered, in_step, load_waiting, taken, told_failed, waits};
use crate::app::effect::{Effect, Request, StationTask, Ticket};
use crate::app::model::{AppState, Model};
use crate::app::remark::Remark;
use crate::app::under_way::{Matter, OpenQuestion};
use crate::domain::problem::Problem;
use crate::domain::undo::Undone;
use crate::domain::words::key;

/// The readings are in no record and wait: the lists and the panel are brought up to that, wherever the person is.
pub(super) fn undone(
    mut model: Model,
    question: &OpenQuestion,
    ticket: Ticket,
    result: Result<Undone, Problem>,
) -> Answered {
    let is_done = result.is_ok();
    let mut effects: Vec<Effect> = Vec::new();
    if is_done {
        effects.extend(load_waiting(&mut model));
        if let (Matter::Undoing(upload), Some(session)) = (&question.matter, question.session.clone()) {
            if let AppState::Working(working) = &mut model.state {
                working.handled.retain(|handled| handled != upload);
            }
            let task = StationTask::LoadUpload { upload: upload.clone() };
            effects.push(Effect::Ask(model.tickets.next(), Request::of(session, task)));
        }
    }
    if !waits(&model, ticket) {
        if let Err(problem) = result {
            return told_failed(model, key::TOLD_NOT_UNDONE, problem);
        }
        model.remark = Some(Remark::Happened(key::TOLD_UNDONE));
        return taken(model, effects);
    }
    let (mut model, more, fate) = in_step(model, |step, context| step.undone(result, context));
    if is_done {
        model.remark = Some(Remark::Happened(key::TOLD_UNDONE));
    }
    (model, [effects, more].concat(), fate)
}
