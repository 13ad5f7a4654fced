//! Everything is settled and both people are identified: whether it is meant is asked last.

use super::{DecidePage, IdentifyPage, ReasonPage, Settled, TransferPage};
use crate::app::action::Action;
use crate::app::asked::Asked;
use crate::app::effect::StationTask;
use crate::app::key_intent::KeyIntent;
use crate::app::remark::Remark;
use crate::app::transfer_task::TransferTask;
use crate::app::wizard::StepContext;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::transfer::{TransferAnswers, TransferCounts, TransferOrder};
use crate::domain::words::key;

impl DecidePage {
    pub(super) fn ask(settled: Settled, answers: TransferAnswers) -> TransferPage {
        // One key too many moves nothing.
        TransferPage::Decide(Box::new(Self { settled, answers, is_on_transfer: false, moving: Asked::Idle }))
    }

    /// Nothing if all is left as it is.
    pub(super) fn press(
        mut self: Box<Self>,
        intent: &KeyIntent,
        context: &mut StepContext<'_>,
    ) -> Option<TransferPage> {
        if self.moving.is_waiting() {
            return Some(TransferPage::Decide(self));
        }
        match intent {
            KeyIntent::Act(Action::GoOn) if !self.is_on_transfer => return None,
            KeyIntent::Act(Action::GoOn) => {
                let Settled { plan, offer, reason, key } = self.settled.clone();
                // What the screens showed: the store compares it with what is there.
                let seen = offer.counts;
                let request = TransferOrder { plan, key, seen, reason, answers: self.answers.clone() };
                let task = StationTask::Transfer(Box::new(TransferTask::Move { request }));
                self.moving = Asked::Waiting(context.ask(task));
            }
            KeyIntent::Act(
                Action::NextControl
                | Action::PreviousControl
                | Action::Up
                | Action::Down
                | Action::Left
                | Action::Right,
            ) => self.is_on_transfer = !self.is_on_transfer,
            KeyIntent::Act(_) | KeyIntent::Edit(_) => {}
        }
        Some(TransferPage::Decide(self))
    }

    /// What came of it. If it is not as it was shown, that is shown anew before anything else.
    pub(super) fn moved(
        mut self: Box<Self>,
        result: Result<TransferCounts, Problem>,
        context: &mut StepContext<'_>,
    ) -> TransferPage {
        match result {
            Ok(counts) => TransferPage::Done(Box::new(self.settled), counts),
            Err(problem) if problem.code == ProblemCode::IdentityNotProved => {
                context.remark = Some(Remark::failed(key::TOLD_NOT_TRANSFERRED, problem));
                IdentifyPage::begin(self.settled, context)
            }
            // What is there now is shown before anything else.
            Err(problem) if problem.code == ProblemCode::UploadChanged => {
                let Settled { plan, offer, reason, .. } = self.settled;
                context.remark = Some(Remark::failed(key::TOLD_NOT_TRANSFERRED, problem));
                ReasonPage::anew((*offer.to).clone(), plan, &reason, context)
            }
            Err(problem) => {
                self.moving = Asked::failed(problem);
                TransferPage::Decide(self)
            }
        }
    }
}
