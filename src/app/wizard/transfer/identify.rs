//! Who the two people are is said by them and typed, by the rules of [`identity_check`]: first of the one who has the
//! meter, then of the one who gets it. Wrong answers are counted by the store.

use super::{DecidePage, ReasonFocus, ReasonPage, Settled, TransferPage};
use crate::app::asked::Asked;
use crate::app::effect::{StationTask, Ticket};
use crate::app::key_intent::KeyIntent;
use crate::app::remark::Remark;
use crate::app::text_field::TextField;
use crate::app::transfer_task::TransferTask;
use crate::app::wizard::StepContext;
use crate::app::wizard::confirm_assignment::IdentityNotice;
use crate::app::wizard::identity_form::{IdentityForm, IdentityKey, JudgedAnswer};
use crate::domain::identity_check::{
    self, IdentityCheck, IdentityQuestion, IdentityStanding, Others, Shared, TypedAnswer, Who,
};
use crate::domain::patient::Patient;
use crate::domain::problem::Problem;
use crate::domain::transfer::{TransferAnswers, TransferChecks};
use crate::domain::words::key;

/// Who one of the two people is.
#[derive(Debug, Clone)]
pub struct IdentifyPage {
    /// What it is about.
    pub settled: Settled,
    /// How both stand, and who may be taken for them.
    pub checks: Asked<Box<TransferChecks>>,
    /// What was typed of the one who has the meter, once it was right: then the other one is asked.
    proved: Option<TypedAnswer>,
    /// What is typed.
    pub form: IdentityForm,
    /// That a wrong answer is counted.
    noting: Option<Ticket>,
}

impl IdentifyPage {
    /// Asks how both people stand.
    pub(super) fn begin(settled: Settled, context: &mut StepContext<'_>) -> TransferPage {
        let (ownership, to) = (settled.plan.ownership.clone(), settled.plan.to.clone());
        let task = StationTask::Transfer(Box::new(TransferTask::BeginChecks { ownership, to }));
        TransferPage::Identify(Box::new(Self {
            settled,
            checks: Asked::Waiting(context.ask(task)),
            proved: None,
            form: IdentityForm::default(),
            noting: None,
        }))
    }

    /// Whether it is the one who gets the meter that is asked for.
    #[must_use]
    pub const fn is_of_new_owner(&self) -> bool {
        self.proved.is_some()
    }

    /// The person who is asked for.
    #[must_use]
    pub fn patient(&self) -> &Patient {
        if self.is_of_new_owner() { &self.settled.offer.to } else { &self.settled.offer.from }
    }

    /// How that person stands.
    #[must_use]
    pub fn check(&self) -> Option<&IdentityCheck> {
        self.checks.ready().map(|checks| if self.is_of_new_owner() { &checks.to } else { &checks.from })
    }

    /// Whether a field has the focus.
    #[must_use]
    pub const fn is_typing(&self) -> bool {
        self.form.is_typing() && !self.is_noting()
    }

    /// Whether a wrong answer is being counted.
    #[must_use]
    pub const fn is_noting(&self) -> bool {
        self.noting.is_some()
    }

    /// Whether the answer to this question is waited for.
    #[must_use]
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        self.checks.waits_for(ticket) || self.noting == Some(ticket)
    }

    /// What is asked of this person.
    #[must_use]
    pub fn question(&self) -> IdentityQuestion {
        let standing = self.check().map_or(IdentityStanding::Open, |check| check.standing);
        identity_check::question(self.patient(), self.others(), standing)
    }

    fn others(&self) -> Others<'_> {
        match (&self.checks, self.check()) {
            (_, Some(check)) => Others::Known(&check.look_alikes, check.shared),
            (Asked::Failed(_), None) => Others::Unknown,
            // Until it is known, the easiest question stands there; nothing is judged by it.
            (_, None) => Others::Known(&[], Shared::Nothing),
        }
    }

    pub(super) fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> TransferPage {
        // What is counted just now is waited for.
        if self.is_noting() {
            return TransferPage::Identify(self);
        }
        match self.form.press(intent) {
            IdentityKey::Used => TransferPage::Identify(self),
            IdentityKey::Back => self.back(),
            IdentityKey::Judge => self.judge(context),
        }
    }

    fn judge(mut self: Box<Self>, context: &mut StepContext<'_>) -> TransferPage {
        // Nobody is judged before it is known who may be taken for them.
        if self.checks.is_waiting() {
            context.remark = Some(Remark::NotNow(key::REASON_LOADING));
            return TransferPage::Identify(self);
        }
        let mut form = std::mem::take(&mut self.form);
        let answer = form.judge(self.question(), self.patient(), self.others());
        self.form = form;
        match answer {
            JudgedAnswer::Right(typed) => {
                if let Some(from) = self.proved.take() {
                    return DecidePage::ask(self.settled, TransferAnswers { from, to: typed });
                }
                self.proved = Some(typed);
                self.form.ask_anew(None);
            }
            JudgedAnswer::NotYet => {}
            JudgedAnswer::Wrong => {
                let (ownership, patient) = (self.settled.plan.ownership.clone(), self.patient().id.clone());
                let task = StationTask::Transfer(Box::new(TransferTask::NoteMismatch { ownership, patient }));
                self.noting = Some(context.ask(task));
            }
        }
        TransferPage::Identify(self)
    }

    fn back(self: Box<Self>) -> TransferPage {
        let Settled { plan, offer, reason, .. } = self.settled;
        TransferPage::Reason(Box::new(ReasonPage {
            to: (*offer.to).clone(),
            first_day: plan.first_day,
            offer: Asked::Ready(offer),
            reason: TextField::with_text(reason.as_str()),
            focus: ReasonFocus::Reason,
        }))
    }

    /// How both stand came; or what is to be told where one of them is blocked.
    pub(super) fn checked(
        mut self: Box<Self>,
        checks: Result<Box<TransferChecks>, Problem>,
        context: &mut StepContext<'_>,
    ) -> Result<TransferPage, Remark> {
        if let Ok(checks) = &checks
            && [&checks.from, &checks.to].into_iter().any(|check| check.standing == IdentityStanding::Blocked)
        {
            return Err(Remark::Happened(key::TOLD_TRANSFER_BLOCKED));
        }
        self.checks = checks.into();
        // Initials that were typed before anybody knew that an identifier is asked for are no wrong answer.
        if self.question().who == Who::Identifier && !self.form.who.is_blank() {
            self.form.ask_anew(Some(IdentityNotice::AskedAnew));
            context.remark = None;
        }
        Ok(TransferPage::Identify(self))
    }

    /// A wrong answer was counted, or could not be; then, and after two of them, all is left as it is.
    pub(super) fn noted(
        mut self: Box<Self>,
        standing: Result<IdentityStanding, Problem>,
    ) -> Result<TransferPage, Remark> {
        self.noting = None;
        match standing {
            Ok(IdentityStanding::Open | IdentityStanding::OneMoreTry) => {
                let is_new = self.is_of_new_owner();
                if let Asked::Ready(checks) = &mut self.checks {
                    let check = if is_new { &mut checks.to } else { &mut checks.from };
                    check.standing = IdentityStanding::OneMoreTry;
                }
                self.form.ask_anew(Some(IdentityNotice::Mismatch));
                Ok(TransferPage::Identify(self))
            }
            Ok(IdentityStanding::IdentifierNeeded | IdentityStanding::Blocked) => {
                Err(Remark::Happened(key::TOLD_TRANSFER_BLOCKED))
            }
            Err(problem) => Err(Remark::failed(key::TOLD_NOT_NOTED, problem)),
        }
    }
}
