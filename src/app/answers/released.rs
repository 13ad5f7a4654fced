//! What the platform did not take is delivered again, or not.

use super::{Answered, load_waiting, taken, waits};
use crate::app::effect::{Effect, Ticket};
use crate::app::model::Model;
use crate::app::remark::Remark;
use crate::domain::problem::Problem;
use crate::domain::words::key;

/// Something that the platform did not take is delivered again, or why not.
pub(super) fn released(mut model: Model, ticket: Ticket, result: Result<bool, Problem>) -> Answered {
    let effects: Vec<Effect> = load_waiting(&mut model).into_iter().collect();
    let remark = match &result {
        Ok(true) => Remark::Happened(key::TOLD_RELEASED),
        Ok(false) => Remark::Happened(key::TOLD_NOT_REFUSED),
        Err(problem) => Remark::failed(key::TOLD_NOT_RELEASED, problem.clone()),
    };
    if !waits(&model, ticket) {
        model.remark = Some(remark);
        return taken(model, effects);
    }
    let is_noted = result.is_ok();
    let (mut model, more) = model.with_step(|step, context| step.released(result, context));
    if is_noted {
        model.remark = Some(remark);
    }
    taken(model, [effects, more].concat())
}
