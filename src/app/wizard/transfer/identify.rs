//! Who the two people are is said by them and typed, by the rules of [`identity_check`]: first of the one who has the
//! meter, then of the one who gets it. Wrong answers are counted by the store.

use super::{DecidePage, ReasonFocus, ReasonPage, Settled, TransferPage};
use crate::app::action::Action;
use crate::app::asked::Asked;
use crate::app::effect::{StationTask, Ticket};
use crate::app::key_intent::KeyIntent;
use crate::app::remark::Remark;
use crate::app::text_field::TextField;
use crate::app::transfer_task::TransferTask;
use crate::app::wizard::StepContext;
use crate::app::wizard::confirm_assignment::IdentityNotice;
use crate::domain::identity_check::{
    self, IdentityCheck, IdentityQuestion, IdentityStanding, Others, Shared, TypedAnswer, Verdict, Who,
};
use crate::domain::patient::Patient;
use crate::domain::problem::Problem;
use crate::domain::text::Private;
use crate::domain::transfer::{TransferAnswers, TransferChecks};
use crate::domain::typed_date;
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
    /// What is typed in the first field.
    pub who: TextField,
    /// What is typed in the second.
    pub born: TextField,
    /// Where the cursor stands.
    pub focus: IdentifyFocus,
    /// A field that was to be acted on and is empty.
    pub missing: Option<IdentifyFocus>,
    /// What is said of the last answer.
    pub told: Option<IdentityNotice>,
    /// That a wrong answer is counted.
    noting: Option<Ticket>,
}

/// The controls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifyFocus {
    /// The first field: who.
    Who,
    /// The second field: born when.
    Born,
    /// To go on.
    GoOn,
    /// Back to the reason.
    Back,
}

impl IdentifyFocus {
    const fn next(self) -> Self {
        match self {
            Self::Who => Self::Born,
            Self::Born => Self::GoOn,
            Self::GoOn => Self::Back,
            Self::Back => Self::Who,
        }
    }
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
            who: TextField::default(),
            born: TextField::default(),
            focus: IdentifyFocus::Who,
            missing: None,
            told: None,
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
        matches!(self.focus, IdentifyFocus::Who | IdentifyFocus::Born) && !self.is_noting()
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

    fn typed(&self) -> TypedAnswer {
        TypedAnswer { who: Private::new(self.who.clean()), born: Private::new(self.born.clean()) }
    }

    pub(super) fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> TransferPage {
        // What is counted just now is waited for.
        if self.is_noting() {
            return TransferPage::Identify(self);
        }
        match intent {
            KeyIntent::Act(Action::Back) => return self.back(),
            KeyIntent::Edit(edit) => {
                self.missing = None;
                match self.focus {
                    IdentifyFocus::Who => self.who.edit(edit),
                    IdentifyFocus::Born => self.born.edit(edit),
                    IdentifyFocus::GoOn | IdentifyFocus::Back => false,
                };
            }
            KeyIntent::Act(Action::GoOn) => match self.focus {
                IdentifyFocus::Who if self.who.is_blank() => self.missing = Some(self.focus),
                IdentifyFocus::Born if self.born.is_blank() => self.missing = Some(self.focus),
                IdentifyFocus::Who | IdentifyFocus::Born => self.focus = self.focus.next(),
                IdentifyFocus::Back => return self.back(),
                IdentifyFocus::GoOn => return self.judge(context),
            },
            KeyIntent::Act(Action::NextControl | Action::Down | Action::Right) => self.focus = self.focus.next(),
            KeyIntent::Act(Action::PreviousControl | Action::Up | Action::Left) => {
                // Of four controls, three further is one back.
                self.focus = self.focus.next().next().next();
            }
            KeyIntent::Act(_) => {}
        }
        TransferPage::Identify(self)
    }

    fn judge(mut self: Box<Self>, context: &mut StepContext<'_>) -> TransferPage {
        if self.who.is_blank() || self.born.is_blank() {
            self.focus = if self.who.is_blank() { IdentifyFocus::Who } else { IdentifyFocus::Born };
            self.missing = Some(self.focus);
            return TransferPage::Identify(self);
        }
        // Nobody is judged before it is known who may be taken for them.
        if self.checks.is_waiting() {
            context.remark = Some(Remark::NotNow(key::REASON_LOADING));
            return TransferPage::Identify(self);
        }
        // Both before the verdict: what can be read in more than one way is no answer, and no wrong one.
        if typed_date::lacks_century(self.born.text()) {
            self.ask_for_the_date(IdentityNotice::YearShort);
            return TransferPage::Identify(self);
        }
        if matches!(typed_date::read(self.born.text().trim()), typed_date::Typed::Days(days) if days.len() > 1) {
            self.ask_for_the_date(IdentityNotice::DateUnclear);
            return TransferPage::Identify(self);
        }
        let typed = self.typed();
        match identity_check::verdict(self.question(), self.patient(), self.others(), &typed) {
            Verdict::Match => {
                if let Some(from) = self.proved.take() {
                    return DecidePage::ask(self.settled, TransferAnswers { from, to: typed });
                }
                self.proved = Some(typed);
                self.ask_anew(None);
            }
            Verdict::DateNeeded => self.ask_for_the_date(IdentityNotice::DateNeeded),
            Verdict::Mismatch => {
                let (ownership, patient) = (self.settled.plan.ownership.clone(), self.patient().id.clone());
                let task = StationTask::Transfer(Box::new(TransferTask::NoteMismatch { ownership, patient }));
                self.noting = Some(context.ask(task));
            }
        }
        TransferPage::Identify(self)
    }

    fn ask_for_the_date(&mut self, why: IdentityNotice) {
        self.told = Some(why);
        self.born.clear();
        self.focus = IdentifyFocus::Born;
    }

    fn ask_anew(&mut self, why: Option<IdentityNotice>) {
        self.told = why;
        self.who.clear();
        self.born.clear();
        self.focus = IdentifyFocus::Who;
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
        if self.question().who == Who::Identifier && !self.who.is_blank() {
            self.ask_anew(Some(IdentityNotice::AskedAnew));
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
                self.ask_anew(Some(IdentityNotice::Mismatch));
                Ok(TransferPage::Identify(self))
            }
            Ok(IdentityStanding::IdentifierNeeded | IdentityStanding::Blocked) => {
                Err(Remark::Happened(key::TOLD_TRANSFER_BLOCKED))
            }
            Err(problem) => Err(Remark::failed(key::TOLD_NOT_NOTED, problem)),
        }
    }
}
