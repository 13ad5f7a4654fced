//! Everything is settled and the patient is identified: whether it is meant is asked last.

use super::{EndingDecidePage, EndingIdentifyPage, EndingPage, EndingReasonPage, SettledEnding};
use crate::app::action::Action;
use crate::app::asked::Asked;
use crate::app::ending_task::EndingTask;
use crate::app::key_intent::KeyIntent;
use crate::app::remark::Remark;
use crate::app::wizard::StepContext;
use crate::domain::ending::{EndingCounts, EndingOrder};
use crate::domain::identity_check::TypedAnswer;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::words::key;

impl EndingDecidePage {
    pub(super) fn ask(settled: SettledEnding, answer: TypedAnswer) -> EndingPage {
        // One key too many ends nothing.
        EndingPage::Decide(Box::new(Self { settled, answer, is_on_end: false, ending: Asked::Idle }))
    }

    /// Nothing if all is left as it is.
    pub(super) fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Option<EndingPage> {
        if self.ending.is_waiting() {
            return Some(EndingPage::Decide(self));
        }
        match intent {
            KeyIntent::Act(Action::GoOn) if !self.is_on_end => return None,
            KeyIntent::Act(Action::GoOn) => {
                let SettledEnding { plan, offer, reason, key } = self.settled.clone();
                // What the screens showed: the store compares it with what is there.
                let request = EndingOrder { plan, key, seen: offer.counts, reason, answer: self.answer.clone() };
                self.ending = Asked::Waiting(context.ask(EndingTask::End { request: Box::new(request) }));
            }
            KeyIntent::Act(
                Action::NextControl
                | Action::PreviousControl
                | Action::Up
                | Action::Down
                | Action::Left
                | Action::Right,
            ) => self.is_on_end = !self.is_on_end,
            KeyIntent::Act(_) | KeyIntent::Edit(_) => {}
        }
        Some(EndingPage::Decide(self))
    }

    /// What came of it. If it is not as it was shown, that is shown anew before anything else.
    pub(super) fn ended(
        mut self: Box<Self>,
        result: Result<EndingCounts, Problem>,
        context: &mut StepContext<'_>,
    ) -> EndingPage {
        match result {
            Ok(counts) => EndingPage::Done(Box::new(self.settled), counts),
            Err(problem) if problem.code == ProblemCode::IdentityNotProved => {
                context.remark = Some(Remark::failed(key::TOLD_NOT_ENDED, problem));
                EndingIdentifyPage::begin(self.settled, context)
            }
            // What is there now is shown before anything else.
            Err(problem) if problem.code == ProblemCode::UploadChanged => {
                let SettledEnding { plan, reason, .. } = self.settled;
                context.remark = Some(Remark::failed(key::TOLD_NOT_ENDED, problem));
                EndingReasonPage::ask(plan, reason.as_str(), context)
            }
            Err(problem) => {
                self.ending = Asked::failed(problem);
                EndingPage::Decide(self)
            }
        }
    }
}
