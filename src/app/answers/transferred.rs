//! A meter was transferred, or not.

use super::{Answered, in_step, not_wanted, taken, told_failed, waits};
use crate::app::effect::{Effect, Request, StationTask, Ticket};
use crate::app::model::Model;
use crate::app::remark::Remark;
use crate::app::transfer_task::TransferReply;
use crate::app::under_way::OpenQuestion;
use crate::domain::association::UploadId;
use crate::domain::words::key;

/// The step that asked takes the answer. What is done is told to whoever is there, and the panel is brought up to it.
pub(super) fn transferred(model: Model, question: &OpenQuestion, ticket: Ticket, answer: TransferReply) -> Answered {
    let is_done = matches!(answer, TransferReply::Moved(Ok(_)));
    if !waits(&model, ticket) {
        return match answer {
            TransferReply::Offer(_) | TransferReply::Checks(_) => not_wanted(model, question),
            TransferReply::Standing(Ok(_)) => taken(model, Vec::new()),
            TransferReply::Standing(Err(problem)) => told_failed(model, key::TOLD_NOT_NOTED, problem),
            TransferReply::Moved(Err(problem)) => told_failed(model, key::TOLD_NOT_TRANSFERRED, problem),
            TransferReply::Moved(Ok(_)) => {
                let (mut model, effects) = looked_at_anew(model);
                model.remark = Some(Remark::Happened(key::TOLD_TRANSFERRED));
                taken(model, effects)
            }
        };
    }
    let (model, effects, fate) = in_step(model, |step, context| step.transfer_answered(answer, context));
    if !is_done {
        return (model, effects, fate);
    }
    let (model, more) = looked_at_anew(model);
    (model, [effects, more].concat(), fate)
}

/// Whose the readings in the panel are may have changed.
pub(super) fn looked_at_anew(mut model: Model) -> (Model, Vec<Effect>) {
    let Some(session) = model.working().map(|working| working.session.clone()) else { return (model, Vec::new()) };
    let shown: Vec<UploadId> = model.panel.on_disk().map(|upload| upload.id.clone()).collect();
    let load = |upload| {
        let task = StationTask::LoadUpload { upload };
        Effect::Ask(model.tickets.next(), Request::of(session.clone(), task))
    };
    let effects = shown.into_iter().map(load).collect();
    (model, effects)
}
