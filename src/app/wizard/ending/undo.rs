//! That a meter is nobody's is undone: whose it is again is shown first, then a person says so, with a reason where one
//! is asked for.

use super::EndingPage;
use crate::app::action::Action;
use crate::app::asked::{Asked, Attempt};
use crate::app::controls::control_behind;
use crate::app::effect::Ticket;
use crate::app::ending_task::EndingTask;
use crate::app::key_intent::KeyIntent;
use crate::app::remark::Remark;
use crate::app::text_field::TextField;
use crate::app::wizard::StepContext;
use crate::app::wizard::undo::UndoFocus;
use crate::domain::association::IdempotencyKey;
use crate::domain::ending::{EndingUndoOffer, EndingUndoRequest};
use crate::domain::held_meter::HeldMeter;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::undo::UndoTerms;
use crate::domain::validation::{self, LONGEST_REASON};
use crate::domain::words::key;

/// Whether the end of a meter is undone.
#[derive(Debug, Clone)]
pub struct EndingUndoPage {
    /// What undoing it would do.
    pub offer: Asked<Box<EndingUndoOffer>>,
    /// Why it is undone.
    pub reason: TextField,
    /// Where the cursor stands.
    pub focus: UndoFocus,
    /// That it is undone, asked for.
    pub undoing: Attempt,
    /// Makes the request once, however often it is sent.
    key: IdempotencyKey,
}

impl EndingUndoPage {
    /// Asks what undoing it would do.
    pub(super) fn ask(meter: &HeldMeter, context: &mut StepContext<'_>) -> EndingPage {
        let offer = Asked::Waiting(context.ask(EndingTask::LoadUndoOffer { ownership: meter.ownership.clone() }));
        EndingPage::Undo(Box::new(Self {
            offer,
            reason: TextField::default(),
            // One key too many undoes nothing.
            focus: UndoFocus::Leave,
            undoing: Asked::Idle,
            key: context.tickets.key(),
        }))
    }

    fn terms(&self) -> Option<UndoTerms> {
        self.offer.ready().map(|offer| offer.terms)
    }

    /// Whether a reason is asked for.
    #[must_use]
    pub fn wants_reason(&self) -> bool {
        self.terms() == Some(UndoTerms::WithReason)
    }

    /// Whether it can be undone by whoever looks at it.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.terms().is_some_and(|terms| terms != UndoTerms::Refused)
    }

    /// Whether a reason is being typed.
    #[must_use]
    pub const fn is_typing(&self) -> bool {
        matches!(self.focus, UndoFocus::Reason) && !self.undoing.is_waiting()
    }

    /// Whether the answer to this question is waited for.
    #[must_use]
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        self.offer.waits_for(ticket) || self.undoing.waits_for(ticket)
    }

    /// The controls there are, in their order.
    fn controls(&self) -> &'static [UndoFocus] {
        match (self.wants_reason(), self.can_undo()) {
            (true, _) => &[UndoFocus::Reason, UndoFocus::Undo, UndoFocus::Leave],
            (false, true) => &[UndoFocus::Leave, UndoFocus::Undo],
            (false, false) => &[UndoFocus::Leave],
        }
    }

    fn move_by(&mut self, places: usize) {
        self.focus = control_behind(self.controls(), self.focus, places);
    }

    /// Nothing if all is left as it is.
    pub(super) fn press(
        mut self: Box<Self>,
        intent: &KeyIntent,
        meter: &HeldMeter,
        context: &mut StepContext<'_>,
    ) -> Option<EndingPage> {
        // What was asked for is done or not: its answer says which.
        if self.undoing.is_waiting() {
            return Some(EndingPage::Undo(self));
        }
        let before = self.controls().len() - 1;
        match intent {
            KeyIntent::Act(Action::GoOn) => match self.focus {
                UndoFocus::Leave => return None,
                UndoFocus::Reason if self.reason.is_blank() => {
                    context.remark = Some(Remark::NotNow(key::REASON_SAY_WHY_UNDONE));
                }
                UndoFocus::Reason => self.focus = UndoFocus::Undo,
                UndoFocus::Undo => self.undo(meter, context),
            },
            KeyIntent::Act(Action::NextControl | Action::Down | Action::Right) => self.move_by(1),
            KeyIntent::Act(Action::PreviousControl | Action::Up | Action::Left) => self.move_by(before),
            KeyIntent::Edit(edit) if self.is_typing() => {
                self.reason.edit(edit);
            }
            KeyIntent::Act(_) | KeyIntent::Edit(_) => {}
        }
        Some(EndingPage::Undo(self))
    }

    fn undo(&mut self, meter: &HeldMeter, context: &mut StepContext<'_>) {
        let reason = match validation::whole(self.reason.text(), LONGEST_REASON) {
            Ok(reason) if reason.is_empty() => None,
            Ok(reason) => Some(reason),
            Err(_) => {
                (self.focus, context.remark) = (UndoFocus::Reason, Some(Remark::NotNow(key::REASON_TOO_LONG)));
                return;
            }
        };
        if reason.is_none() && self.wants_reason() {
            (self.focus, context.remark) = (UndoFocus::Reason, Some(Remark::NotNow(key::REASON_SAY_WHY_UNDONE)));
            return;
        }
        let (ownership, key) = (meter.ownership.clone(), self.key.clone());
        let request = Box::new(EndingUndoRequest { ownership, key, reason });
        self.undoing = Asked::Waiting(context.ask(EndingTask::Undo { request }));
    }

    /// What undoing it would do, or why that cannot be said.
    pub(super) fn offered(mut self: Box<Self>, offer: Result<Box<EndingUndoOffer>, Problem>) -> EndingPage {
        self.offer = offer.into();
        // It begins where something is to be typed; what is pressed too early leaves all as it is.
        self.focus = if self.wants_reason() { UndoFocus::Reason } else { UndoFocus::Leave };
        EndingPage::Undo(self)
    }

    /// It is undone, and nothing is left to be asked; or why not.
    pub(super) fn undone(
        mut self: Box<Self>,
        result: Result<(), Problem>,
        meter: &HeldMeter,
        context: &mut StepContext<'_>,
    ) -> Option<EndingPage> {
        let problem = result.err()?;
        // Time has passed: on which terms it can be undone is looked at anew.
        if matches!(problem.code, ProblemCode::EndReasonMissing | ProblemCode::UndoRefused) {
            let ownership = meter.ownership.clone();
            self.offer = Asked::Waiting(context.ask(EndingTask::LoadUndoOffer { ownership }));
            self.focus = UndoFocus::Leave;
        }
        self.undoing = Asked::failed(problem);
        Some(EndingPage::Undo(self))
    }
}
