//! Times were corrected, or that was undone, or not.

use super::{Answered, in_step, to_who_waits, told, told_failed, waits};
use crate::app::effect::Ticket;
use crate::app::model::Model;
use crate::app::remark::Remark;
use crate::app::times_task::TimesAnswer;
use crate::app::under_way::OpenQuestion;
use crate::domain::problem::Problem;
use crate::domain::time_correction::TimesMoved;
use crate::domain::words::{TextKey, key};

/// What can be corrected is for who waits for it; what was changed is told to whoever is there.
pub(super) fn times(model: Model, question: &OpenQuestion, ticket: Ticket, answer: TimesAnswer) -> Answered {
    match answer {
        TimesAnswer::Offer(offer) => to_who_waits(model, question, ticket, |step, _| step.correction_offered(offer)),
        TimesAnswer::Corrected(result) => {
            changed(model, ticket, result, (key::TOLD_TIMES_CORRECTED, key::TOLD_TIMES_NOT_CORRECTED))
        }
        TimesAnswer::Undone(result) => {
            changed(model, ticket, result, (key::TOLD_CORRECTION_UNDONE, key::TOLD_CORRECTION_NOT_UNDONE))
        }
    }
}

fn changed(
    model: Model,
    ticket: Ticket,
    result: Result<TimesMoved, Problem>,
    (done, failed): (TextKey, TextKey),
) -> Answered {
    if !waits(&model, ticket) {
        return match result {
            Ok(_) => told(model, done, Vec::new()),
            Err(problem) => told_failed(model, failed, problem),
        };
    }
    let is_done = result.is_ok();
    let (mut model, effects, fate) = in_step(model, |step, context| step.times_changed(result, context));
    if is_done {
        model.remark = Some(Remark::Happened(done));
    }
    (model, effects, fate)
}
