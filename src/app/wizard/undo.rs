//! An assignment is undone: whose record the readings leave is shown first, then a person says so, with a reason where
//! one is asked for.

use super::dashboard::DashboardStep;
use super::done::Done;
use super::waiting_meters::WaitingMeters;
use super::{Step, StepContext};
use crate::app::action::Action;
use crate::app::asked::{Asked, Attempt};
use crate::app::controls::control_behind;
use crate::app::effect::{StationTask, Ticket};
use crate::app::key_intent::KeyIntent;
use crate::app::remark::Remark;
use crate::app::text_field::TextField;
use crate::domain::association::{IdempotencyKey, UploadId};
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::undo::{UndoOffer, UndoRequest, UndoTerms, Undone};
use crate::domain::validation::{self, LONGEST_REASON};
use crate::domain::words::key;

/// One assignment that may be undone.
#[derive(Debug, Clone)]
pub struct UndoStep {
    /// The upload that was assigned.
    upload: UploadId,
    /// Makes the request once, however often it is sent.
    key: IdempotencyKey,
    /// What undoing it would do.
    pub offer: Asked<Box<UndoOffer>>,
    /// Why it is undone.
    pub reason: TextField,
    /// Where the cursor stands.
    pub focus: UndoFocus,
    /// That it is undone, asked for.
    pub undoing: Attempt,
    /// Where it leads back to.
    pub came_from: UndoFrom,
}

/// What can be acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UndoFocus {
    /// The field for the reason, while one is asked for.
    Reason,
    /// To undo it.
    Undo,
    /// To leave it as it is.
    Leave,
}

/// From where somebody came to undo it.
#[derive(Debug, Clone)]
pub enum UndoFrom {
    /// From the success message.
    Done(Box<Done>),
    /// From the person's dashboard.
    Dashboard(Box<DashboardStep>),
}

impl UndoStep {
    /// Asks what undoing the assignment of an upload would do.
    pub fn open(upload: UploadId, came_from: UndoFrom, context: &mut StepContext<'_>) -> Step {
        let offer = Asked::Waiting(context.ask(StationTask::LoadUndoOffer { upload: upload.clone() }));
        Step::Undo(Box::new(Self {
            upload,
            key: context.tickets.key(),
            offer,
            reason: TextField::default(),
            // One key too many undoes nothing.
            focus: UndoFocus::Leave,
            undoing: Asked::Idle,
            came_from,
        }))
    }

    /// Whether a reason is asked for.
    #[must_use]
    pub fn wants_reason(&self) -> bool {
        self.offer.ready().is_some_and(|offer| offer.terms == UndoTerms::WithReason)
    }

    /// Whether it can be undone by whoever looks at it.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.offer.ready().is_some_and(|offer| offer.terms != UndoTerms::Refused)
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
            // Read out before the offer is there it is the first alone: no number changes what it does.
            (false, true) => &[UndoFocus::Leave, UndoFocus::Undo],
            (false, false) => &[UndoFocus::Leave],
        }
    }

    fn move_by(&mut self, places: usize) {
        self.focus = control_behind(self.controls(), self.focus, places);
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        // What was asked for is done or not: its answer says which.
        if self.undoing.is_waiting() {
            return Step::Undo(self);
        }
        let before = self.controls().len() - 1;
        match intent {
            KeyIntent::Act(Action::Back) => return self.back(context),
            KeyIntent::Act(Action::GoOn) => match self.focus {
                UndoFocus::Leave => return self.back(context),
                UndoFocus::Reason if self.reason.is_blank() => {
                    context.remark = Some(Remark::NotNow(key::REASON_SAY_WHY_UNDONE));
                }
                UndoFocus::Reason => self.focus = UndoFocus::Undo,
                UndoFocus::Undo => self.undo(context),
            },
            KeyIntent::Act(Action::NextControl | Action::Down | Action::Right) => self.move_by(1),
            KeyIntent::Act(Action::PreviousControl | Action::Up | Action::Left) => self.move_by(before),
            KeyIntent::Edit(edit) if self.is_typing() => {
                self.reason.edit(edit);
            }
            KeyIntent::Act(_) | KeyIntent::Edit(_) => {}
        }
        Step::Undo(self)
    }

    fn undo(&mut self, context: &mut StepContext<'_>) {
        let Some(offer) = self.offer.ready() else { return };
        let reason = match validation::whole(self.reason.text(), LONGEST_REASON) {
            Ok(reason) if reason.is_empty() => None,
            Ok(reason) => Some(reason),
            Err(_) => {
                (self.focus, context.remark) = (UndoFocus::Reason, Some(Remark::NotNow(key::REASON_TOO_LONG)));
                return;
            }
        };
        if reason.is_none() && offer.terms == UndoTerms::WithReason {
            (self.focus, context.remark) = (UndoFocus::Reason, Some(Remark::NotNow(key::REASON_SAY_WHY_UNDONE)));
            return;
        }
        // What the screen showed: the store compares it with what is there, and undoes nothing that nobody has seen.
        let (upload, key, seen) = (self.upload.clone(), self.key.clone(), offer.seen());
        let request = Box::new(UndoRequest { upload, key, seen, reason });
        self.undoing = Asked::Waiting(context.ask(StationTask::Undo { request }));
    }

    /// What undoing it would do, or why that cannot be said.
    #[must_use]
    pub fn offered(mut self: Box<Self>, offer: Result<Box<UndoOffer>, Problem>) -> Step {
        self.offer = offer.into();
        // It begins where something is to be typed; what is pressed too early leaves all as it is.
        self.focus = if self.wants_reason() { UndoFocus::Reason } else { UndoFocus::Leave };
        Step::Undo(self)
    }

    /// It is undone, and the readings are on the list of what waits; or why not.
    pub fn undone(mut self: Box<Self>, result: Result<Undone, Problem>, context: &mut StepContext<'_>) -> Step {
        match result {
            Ok(_) => {
                context.handled.retain(|handled| *handled != self.upload);
                Step::WaitingMeters(WaitingMeters::default())
            }
            Err(problem) => {
                // Time has passed, or somebody else decided meanwhile: what would be undone is looked at anew.
                if matches!(
                    problem.code,
                    ProblemCode::UndoReasonMissing | ProblemCode::UndoRefused | ProblemCode::UploadChanged
                ) {
                    let upload = self.upload.clone();
                    self.offer = Asked::Waiting(context.ask(StationTask::LoadUndoOffer { upload }));
                    self.focus = UndoFocus::Leave;
                }
                self.undoing = Asked::failed(problem);
                Step::Undo(self)
            }
        }
    }

    fn back(self, context: &mut StepContext<'_>) -> Step {
        match self.came_from {
            UndoFrom::Done(mut done) => {
                // What came of its delivery meanwhile was told to nobody.
                done.look_again(context);
                Step::Done(done)
            }
            // What it had asked for may have been given up, and more may be in the record by now.
            UndoFrom::Dashboard(dashboard) => Step::Dashboard(dashboard.loaded_anew(context)),
        }
    }
}
