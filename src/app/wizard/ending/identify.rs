//! Who the patient is, is said by them and typed. Wrong answers are counted by the store.

use super::{EndingDecidePage, EndingPage, EndingReasonPage, SettledEnding};
use crate::app::asked::Asked;
use crate::app::effect::Ticket;
use crate::app::ending_task::EndingTask;
use crate::app::key_intent::KeyIntent;
use crate::app::remark::Remark;
use crate::app::wizard::StepContext;
use crate::app::wizard::confirm_assignment::IdentityNotice;
use crate::app::wizard::identity_form::{IdentityForm, IdentityKey, JudgedAnswer};
use crate::domain::identity_check::{self, IdentityCheck, IdentityQuestion, IdentityStanding, Others, Shared, Who};
use crate::domain::patient::Patient;
use crate::domain::problem::Problem;
use crate::domain::words::key;

/// Who the patient is.
#[derive(Debug, Clone)]
pub struct EndingIdentifyPage {
    /// What it is about.
    pub settled: SettledEnding,
    /// How they stand, and who may be taken for them.
    pub check: Asked<Box<IdentityCheck>>,
    /// What is typed.
    pub form: IdentityForm,
    /// That a wrong answer is counted.
    noting: Option<Ticket>,
}

impl EndingIdentifyPage {
    /// Asks how the patient stands.
    pub(super) fn begin(settled: SettledEnding, context: &mut StepContext<'_>) -> EndingPage {
        let ownership = settled.plan.ownership.clone();
        let check = Asked::Waiting(context.ask(EndingTask::BeginCheck { ownership }));
        EndingPage::Identify(Box::new(Self { settled, check, form: IdentityForm::default(), noting: None }))
    }

    /// The person who is asked for.
    #[must_use]
    pub fn patient(&self) -> &Patient {
        &self.settled.offer.patient
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
        self.check.waits_for(ticket) || self.noting == Some(ticket)
    }

    /// What is asked of this person.
    #[must_use]
    pub fn question(&self) -> IdentityQuestion {
        let standing = self.check.ready().map_or(IdentityStanding::Open, |check| check.standing);
        identity_check::question(self.patient(), self.others(), standing)
    }

    fn others(&self) -> Others<'_> {
        match &self.check {
            Asked::Ready(check) => Others::Known(&check.look_alikes, check.shared),
            Asked::Failed(_) => Others::Unknown,
            // Until it is known, the easiest question stands there; nothing is judged by it.
            Asked::Idle | Asked::Waiting(_) => Others::Known(&[], Shared::Nothing),
        }
    }

    pub(super) fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> EndingPage {
        // What is counted just now is waited for.
        if self.is_noting() {
            return EndingPage::Identify(self);
        }
        match self.form.press(intent) {
            IdentityKey::Used => EndingPage::Identify(self),
            IdentityKey::Back => EndingReasonPage::again(self.settled),
            IdentityKey::Judge => self.judge(context),
        }
    }

    fn judge(mut self: Box<Self>, context: &mut StepContext<'_>) -> EndingPage {
        // Nobody is judged before it is known who may be taken for them.
        if self.check.is_waiting() {
            context.remark = Some(Remark::NotNow(key::REASON_LOADING));
            return EndingPage::Identify(self);
        }
        let mut form = std::mem::take(&mut self.form);
        let answer = form.judge(self.question(), self.patient(), self.others());
        self.form = form;
        match answer {
            JudgedAnswer::Right(answer) => return EndingDecidePage::ask(self.settled, answer),
            JudgedAnswer::NotYet => {}
            JudgedAnswer::Wrong => {
                let ownership = self.settled.plan.ownership.clone();
                self.noting = Some(context.ask(EndingTask::NoteMismatch { ownership }));
            }
        }
        EndingPage::Identify(self)
    }

    /// How they stand came; or what is to be told where they are blocked.
    pub(super) fn checked(
        mut self: Box<Self>,
        check: Result<Box<IdentityCheck>, Problem>,
        context: &mut StepContext<'_>,
    ) -> Result<EndingPage, Remark> {
        if check.as_ref().is_ok_and(|check| check.standing == IdentityStanding::Blocked) {
            return Err(Remark::Happened(key::TOLD_ENDING_BLOCKED));
        }
        self.check = check.into();
        // Initials that were typed before anybody knew that an identifier is asked for are no wrong answer.
        if self.question().who == Who::Identifier && !self.form.who.is_blank() {
            self.form.ask_anew(Some(IdentityNotice::AskedAnew));
            context.remark = None;
        }
        Ok(EndingPage::Identify(self))
    }

    /// A wrong answer was counted, or could not be; then, and after two of them, all is left as it is.
    pub(super) fn noted(
        mut self: Box<Self>,
        standing: Result<IdentityStanding, Problem>,
    ) -> Result<EndingPage, Remark> {
        self.noting = None;
        match standing {
            Ok(IdentityStanding::Open | IdentityStanding::OneMoreTry) => {
                if let Asked::Ready(check) = &mut self.check {
                    check.standing = IdentityStanding::OneMoreTry;
                }
                self.form.ask_anew(Some(IdentityNotice::Mismatch));
                Ok(EndingPage::Identify(self))
            }
            Ok(IdentityStanding::IdentifierNeeded | IdentityStanding::Blocked) => {
                Err(Remark::Happened(key::TOLD_ENDING_BLOCKED))
            }
            Err(problem) => Err(Remark::failed(key::TOLD_NOT_NOTED, problem)),
        }
    }
}
