//! The times of a meter whose clock was wrong are corrected in one record: a span is named and by how much it is off,
//! then what that does is shown, and a person says so with a reason. Before it is done once more, or otherwise, it is
//! undone here.

mod span_form;

pub use self::span_form::{SpanFault, SpanField, SpanForm};

use super::dashboard::DashboardStep;
use super::{Step, StepContext};
use crate::app::action::Action;
use crate::app::asked::{Asked, Attempt};
use crate::app::controls::control_behind;
use crate::app::effect::Ticket;
use crate::app::key_intent::KeyIntent;
use crate::app::remark::Remark;
use crate::app::text_field::TextField;
use crate::app::times_task::TimesTask;
use crate::domain::association::{IdempotencyKey, UploadId};
use crate::domain::patient::PatientId;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::text::Clean;
use crate::domain::time_correction::{
    CorrectionOffer, CorrectionPlan, CorrectionRequest, CorrectionUndoRequest, StandingCorrection, TimesMoved,
};
use crate::domain::undo::UndoTerms;
use crate::domain::validation::{self, LONGEST_REASON};
use crate::domain::words::{TextKey, key};

/// A meter in a record whose times may be corrected.
#[derive(Debug, Clone)]
pub struct TimeCorrectionStep {
    /// The upload from which it was come to.
    upload: UploadId,
    /// In whose record.
    patient: PatientId,
    /// What the record has of the meter.
    pub offer: Asked<Box<CorrectionOffer>>,
    /// From when to when, and by how much.
    pub form: SpanForm,
    /// What is shown.
    pub page: CorrectionPage,
    /// Where the cursor stands.
    pub focus: CorrectionFocus,
    /// What was asked to be done.
    pub doing: Attempt,
    /// Where it leads back to.
    pub came_from: Box<DashboardStep>,
}

/// What is shown.
#[derive(Debug, Clone)]
pub enum CorrectionPage {
    /// The span is named.
    Span,
    /// What it does, before it is done.
    Check {
        /// That.
        plan: Box<CorrectionPlan>,
        /// Makes the request once, however often it is sent.
        key: IdempotencyKey,
        /// Why it is done.
        reason: TextField,
    },
    /// The correction that was made last, before it is undone.
    Undo {
        /// That.
        last: Box<StandingCorrection>,
        /// Makes the request once, however often it is sent.
        key: IdempotencyKey,
        /// Why it is undone.
        reason: TextField,
    },
}

/// What can be acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrectionFocus {
    /// A field of the span.
    Field(SpanField),
    /// To see what it does.
    Check,
    /// To see what was corrected last, and undo it.
    LookAtLast,
    /// The field for the reason.
    Reason,
    /// To do it.
    Act,
    /// To leave all as it is; on the second page, to go back to the first.
    Leave,
}

/// The fields of the span, in their order, and the control behind them.
const FORM: [CorrectionFocus; 4] = [
    CorrectionFocus::Field(SpanField::First),
    CorrectionFocus::Field(SpanField::Last),
    CorrectionFocus::Field(SpanField::Was),
    CorrectionFocus::Check,
];

impl TimeCorrectionStep {
    /// Asks what the record has of the meter of an upload.
    pub fn open(
        upload: UploadId,
        patient: PatientId,
        came_from: Box<DashboardStep>,
        context: &mut StepContext<'_>,
    ) -> Step {
        let task = TimesTask::LoadOffer { upload: upload.clone(), patient: patient.clone() };
        let offer = Asked::Waiting(context.ask(task));
        Step::TimeCorrection(Box::new(Self {
            upload,
            patient,
            offer,
            form: SpanForm::default(),
            page: CorrectionPage::Span,
            // One key too many corrects nothing.
            focus: CorrectionFocus::Leave,
            doing: Asked::Idle,
            came_from,
        }))
    }

    /// Whether there is anything to be corrected.
    #[must_use]
    pub fn can_correct(&self) -> bool {
        self.offer.ready().is_some_and(|offer| !offer.readings.is_empty())
    }

    /// The correction that was made last, of those that stand.
    #[must_use]
    pub fn last(&self) -> Option<&StandingCorrection> {
        self.offer.ready().and_then(|offer| offer.standing.first())
    }

    /// What is typed as the reason, on a page that asks for one.
    #[must_use]
    pub fn reason(&self) -> Option<&TextField> {
        match &self.page {
            CorrectionPage::Check { reason, .. } => Some(reason),
            CorrectionPage::Undo { last, reason, .. } if last.terms == UndoTerms::WithReason => Some(reason),
            CorrectionPage::Undo { .. } | CorrectionPage::Span => None,
        }
    }

    /// Whether something is being typed.
    #[must_use]
    pub const fn is_typing(&self) -> bool {
        matches!(self.focus, CorrectionFocus::Field(_) | CorrectionFocus::Reason) && !self.doing.is_waiting()
    }

    /// Whether the answer to this question is waited for.
    #[must_use]
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        self.offer.waits_for(ticket) || self.doing.waits_for(ticket)
    }

    /// The controls there are, in their order.
    #[must_use]
    pub fn controls(&self) -> Vec<CorrectionFocus> {
        use CorrectionFocus::{Act, Leave, LookAtLast, Reason};
        match &self.page {
            CorrectionPage::Span => {
                let form = self.can_correct().then_some(FORM).into_iter().flatten();
                form.chain(self.last().map(|_| LookAtLast)).chain([Leave]).collect()
            }
            CorrectionPage::Undo { last, .. } if last.terms == UndoTerms::Refused => vec![Leave],
            CorrectionPage::Check { .. } | CorrectionPage::Undo { .. } => {
                self.reason().map(|_| Reason).into_iter().chain([Act, Leave]).collect()
            }
        }
    }

    fn move_by(&mut self, places: usize) {
        self.go_to(control_behind(&self.controls(), self.focus, places));
    }

    fn go_to(&mut self, focus: CorrectionFocus) {
        self.focus = focus;
        if let CorrectionFocus::Field(field) = focus {
            self.form.come_to(field);
        }
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        // What was asked for is done or not: its answer says which.
        if self.doing.is_waiting() {
            return Step::TimeCorrection(self);
        }
        let before = self.controls().len() - 1;
        match intent {
            KeyIntent::Act(Action::Back) => return self.back(context),
            KeyIntent::Act(Action::GoOn) => match self.focus {
                CorrectionFocus::Leave => return self.back(context),
                CorrectionFocus::Field(SpanField::First | SpanField::Last) => self.move_by(1),
                CorrectionFocus::Field(SpanField::Was) | CorrectionFocus::Check => self.check(context),
                CorrectionFocus::LookAtLast => self.look_at_last(context),
                CorrectionFocus::Reason if self.reason().is_none_or(TextField::is_blank) => {
                    context.remark = Some(Remark::NotNow(key::REASON_SAY_WHY_TIMES));
                }
                CorrectionFocus::Reason => self.focus = CorrectionFocus::Act,
                CorrectionFocus::Act => self.act(context),
            },
            KeyIntent::Act(Action::NextControl | Action::Down | Action::Right) => self.move_by(1),
            KeyIntent::Act(Action::PreviousControl | Action::Up | Action::Left) => self.move_by(before),
            KeyIntent::Edit(edit) if self.is_typing() => match (self.focus, &mut self.page) {
                (CorrectionFocus::Field(field), _) => self.form.edit(field, edit),
                (_, CorrectionPage::Check { reason, .. } | CorrectionPage::Undo { reason, .. }) => {
                    reason.edit(edit);
                }
                (_, CorrectionPage::Span) => {}
            },
            KeyIntent::Act(_) | KeyIntent::Edit(_) => {}
        }
        Step::TimeCorrection(self)
    }

    /// Shows what it would do, or what is wrong with what was typed.
    fn check(&mut self, context: &mut StepContext<'_>) {
        let Some(offer) = self.offer.ready() else { return };
        self.doing = Asked::Idle;
        match self.form.plan(&offer.readings) {
            Ok(plan) => {
                let (plan, key) = (Box::new(plan), context.tickets.key());
                self.page = CorrectionPage::Check { plan, key, reason: TextField::default() };
                self.focus = CorrectionFocus::Leave;
            }
            Err(field) => self.go_to(CorrectionFocus::Field(field)),
        }
    }

    fn look_at_last(&mut self, context: &mut StepContext<'_>) {
        let Some(last) = self.last().cloned() else { return };
        self.doing = Asked::Idle;
        self.page =
            CorrectionPage::Undo { last: Box::new(last), key: context.tickets.key(), reason: TextField::default() };
        self.focus = CorrectionFocus::Leave;
    }

    fn act(&mut self, context: &mut StepContext<'_>) {
        let reason = match self.typed_reason() {
            Ok(reason) => reason,
            Err(words) => {
                (self.focus, context.remark) = (CorrectionFocus::Reason, Some(Remark::NotNow(words)));
                return;
            }
        };
        let task = match (&self.page, reason) {
            (CorrectionPage::Check { plan, key, .. }, Some(reason)) => {
                // What the screen showed: the store compares it with what is there, and corrects nothing that nobody
                // has seen.
                let (correction, seen) = (plan.correction, plan.seen(&self.patient));
                let (upload, key) = (self.upload.clone(), key.clone());
                TimesTask::Correct { request: Box::new(CorrectionRequest { upload, key, correction, seen, reason }) }
            }
            (CorrectionPage::Undo { last, key, .. }, reason) => {
                let (correction, key) = (last.id.clone(), key.clone());
                TimesTask::Undo { request: Box::new(CorrectionUndoRequest { correction, key, reason }) }
            }
            (CorrectionPage::Check { .. } | CorrectionPage::Span, _) => return,
        };
        self.doing = Asked::Waiting(context.ask(task));
    }

    /// The reason that was typed, if one is asked for; else why it does not do, as a key of the word files.
    fn typed_reason(&self) -> Result<Option<Clean>, TextKey> {
        let Some(field) = self.reason() else { return Ok(None) };
        match validation::whole(field.text(), LONGEST_REASON) {
            Ok(reason) if reason.is_empty() => Err(key::REASON_SAY_WHY_TIMES),
            Ok(reason) => Ok(Some(reason)),
            Err(_) => Err(key::REASON_TOO_LONG),
        }
    }

    /// What the record has of the meter, or why that cannot be said.
    #[must_use]
    pub fn offered(mut self: Box<Self>, offer: Result<Box<CorrectionOffer>, Problem>) -> Step {
        if let (Ok(offer), true) = (&offer, self.form.is_empty()) {
            self.form = SpanForm::of(offer.span);
        }
        self.offer = offer.into();
        self.page = CorrectionPage::Span;
        let begin = if self.can_correct() { CorrectionFocus::Field(SpanField::First) } else { CorrectionFocus::Leave };
        self.go_to(begin);
        Step::TimeCorrection(self)
    }

    /// It is done, and the record has other times; or why not.
    pub fn changed(mut self: Box<Self>, result: Result<TimesMoved, Problem>, context: &mut StepContext<'_>) -> Step {
        match result {
            Ok(_) => Step::Dashboard(self.came_from.loaded_anew(context)),
            Err(problem) => {
                // Somebody else decided meanwhile, or time has passed: it is looked at anew.
                if matches!(
                    problem.code,
                    ProblemCode::TimesReasonMissing | ProblemCode::UndoRefused | ProblemCode::UploadChanged
                ) {
                    let (upload, patient) = (self.upload.clone(), self.patient.clone());
                    self.offer = Asked::Waiting(context.ask(TimesTask::LoadOffer { upload, patient }));
                    (self.page, self.focus) = (CorrectionPage::Span, CorrectionFocus::Leave);
                }
                self.doing = Asked::failed(problem);
                Step::TimeCorrection(self)
            }
        }
    }

    fn back(mut self: Box<Self>, context: &mut StepContext<'_>) -> Step {
        match self.page {
            // What it had asked for may have been given up, and more may be in the record by now.
            CorrectionPage::Span => Step::Dashboard(self.came_from.loaded_anew(context)),
            CorrectionPage::Check { .. } | CorrectionPage::Undo { .. } => {
                (self.page, self.doing) = (CorrectionPage::Span, Asked::Idle);
                self.focus = CorrectionFocus::Leave;
                Step::TimeCorrection(self)
            }
        }
    }
}
