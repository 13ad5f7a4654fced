//! A meter is a patient's no more, or is again, or not.

use super::transferred::looked_at_anew;
use super::{Answered, in_step, not_wanted, taken, told_failed, waits};
use crate::app::effect::Ticket;
use crate::app::ending_task::EndingAnswer;
use crate::app::model::Model;
use crate::app::remark::Remark;
use crate::app::under_way::OpenQuestion;
use crate::domain::words::key;

/// The step that asked takes the answer. What is done is told to whoever is there, and the panel is brought up to it.
pub(super) fn ended(model: Model, question: &OpenQuestion, ticket: Ticket, answer: EndingAnswer) -> Answered {
    let done = match answer {
        EndingAnswer::Ended(Ok(_)) => Some(key::TOLD_ENDED),
        EndingAnswer::Undone(Ok(())) => Some(key::TOLD_END_UNDONE),
        _ => None,
    };
    let is_undone = matches!(answer, EndingAnswer::Undone(_));
    if !waits(&model, ticket) {
        return match (answer, done) {
            (_, Some(done)) => {
                let (mut model, effects) = looked_at_anew(model);
                model.remark = Some(Remark::Happened(done));
                taken(model, effects)
            }
            (EndingAnswer::Standing(Err(problem)), _) => told_failed(model, key::TOLD_NOT_NOTED, problem),
            (EndingAnswer::Ended(Err(problem)), _) => told_failed(model, key::TOLD_NOT_ENDED, problem),
            (EndingAnswer::Undone(Err(problem)), _) => told_failed(model, key::TOLD_END_NOT_UNDONE, problem),
            (EndingAnswer::Standing(Ok(_)), _) => taken(model, Vec::new()),
            (_, None) => not_wanted(model, question),
        };
    }
    let (model, effects, fate) = in_step(model, |step, context| step.ending_answered(answer, context));
    let Some(done) = done else { return (model, effects, fate) };
    let (mut model, more) = looked_at_anew(model);
    // The page that was reached by ending it says so itself.
    if is_undone {
        model.remark = Some(Remark::Happened(done));
    }
    (model, [effects, more].concat(), fate)
}
