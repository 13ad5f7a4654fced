//! A meter goes from one patient to another, one question a page: to whom, from which day of its own clock on, why, who
//! both people are, and whether that is meant. See [`crate::domain::transfer`].

mod decide;
mod identify;
mod reason;

pub use self::identify::IdentifyPage;

use jiff::civil::Date;

use super::dashboard::{DashboardStep, DayFault, day_typed};
use super::patient_search::{PatientSearch, Searched};
use super::{Step, StepContext, not_selectable};
use crate::app::action::Action;
use crate::app::asked::{Asked, Attempt};
use crate::app::effect::Ticket;
use crate::app::key_intent::{KeyIntent, Typing};
use crate::app::remark::Remark;
use crate::app::text_field::TextField;
use crate::app::transfer_task::TransferReply;
use crate::domain::association::IdempotencyKey;
use crate::domain::held_meter::HeldMeter;
use crate::domain::patient::Patient;
use crate::domain::permission::Permission;
use crate::domain::problem::Problem;
use crate::domain::text::Clean;
use crate::domain::transfer::{TransferAnswers, TransferCounts, TransferOffer, TransferPlan};
use crate::domain::words::{TextKey, key};

/// A meter that is to go to another patient.
#[derive(Debug, Clone)]
pub struct TransferStep {
    /// The meter.
    pub meter: HeldMeter,
    /// Who has it.
    pub owner: Patient,
    /// What is asked now.
    pub page: TransferPage,
    /// Where it leads back to.
    came_from: Box<DashboardStep>,
}

/// What is asked, with what the pages before it settled.
#[derive(Debug, Clone)]
pub enum TransferPage {
    /// To whom.
    To(Box<PatientSearch>),
    /// From which day on.
    FirstDay(Box<FirstDayPage>),
    /// What would go where; and why.
    Reason(Box<ReasonPage>),
    /// Who both people are.
    Identify(Box<IdentifyPage>),
    /// Whether it is meant.
    Decide(Box<DecidePage>),
    /// It is done: what went where.
    Done(Box<Settled>, TransferCounts),
}

/// From which day of its own clock on the meter is the other's.
#[derive(Debug, Clone)]
pub struct FirstDayPage {
    /// Who gets it.
    pub to: Patient,
    /// The day as it is typed.
    pub day: TextField,
    /// What is wrong with it.
    pub fault: Option<DayFault>,
}

/// What would go where, and why.
#[derive(Debug, Clone)]
pub struct ReasonPage {
    /// Who gets it.
    pub to: Patient,
    /// From which day on.
    pub first_day: Date,
    /// What would go where.
    pub offer: Asked<Box<TransferOffer>>,
    /// Why.
    pub reason: TextField,
    /// Where the cursor stands.
    pub focus: ReasonFocus,
}

/// What can be acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasonFocus {
    /// The field, once it is known that the meter can be transferred.
    Reason,
    /// To go on.
    GoOn,
    /// To leave all as it is.
    Leave,
}

impl ReasonFocus {
    /// Those there are, in their order: without an offer there is nothing to say why, and nothing to go on to.
    pub(super) const fn controls(is_offered: bool) -> &'static [Self] {
        if is_offered { &[Self::Reason, Self::GoOn, Self::Leave] } else { &[Self::Leave] }
    }
}

/// What is settled: what was shown, and why it is done.
#[derive(Debug, Clone)]
pub struct Settled {
    plan: TransferPlan,
    /// What was shown.
    pub offer: Box<TransferOffer>,
    /// Why.
    pub reason: Clean,
    /// Makes the request once, however often it is sent.
    key: IdempotencyKey,
}

/// Both people were identified.
#[derive(Debug, Clone)]
pub struct DecidePage {
    /// What it is about.
    pub settled: Settled,
    answers: TransferAnswers,
    /// Whether the cursor stands on the transfer; else on leaving all as it is.
    pub is_on_transfer: bool,
    /// That it is done, asked for.
    pub moving: Attempt,
}

impl TransferStep {
    /// Asks to whom a meter of the patient of this dashboard is to go.
    #[must_use]
    pub fn open(meter: HeldMeter, owner: Patient, came_from: Box<DashboardStep>) -> Step {
        Step::Transfer(Box::new(Self { meter, owner, page: TransferPage::To(Box::default()), came_from }))
    }

    /// Stable name of the page, for tests and the harness.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self.page {
            TransferPage::To(_) => "transfer_to",
            TransferPage::FirstDay(_) => "transfer_first_day",
            TransferPage::Reason(_) => "transfer_reason",
            TransferPage::Identify(_) => "transfer_identify",
            TransferPage::Decide(_) => "transfer_decide",
            TransferPage::Done(..) => "transfer_done",
        }
    }

    /// Where what is typed goes.
    #[must_use]
    pub const fn typing(&self) -> Typing {
        let is_typing = match &self.page {
            TransferPage::To(search) => return search.typing(),
            TransferPage::FirstDay(_) => true,
            TransferPage::Reason(page) => matches!(page.focus, ReasonFocus::Reason),
            TransferPage::Identify(page) => page.is_typing(),
            TransferPage::Decide(_) | TransferPage::Done(..) => false,
        };
        if is_typing { Typing::Field } else { Typing::Nowhere }
    }

    /// The search, or the one to which it leads back.
    pub fn search(&mut self) -> Option<&mut PatientSearch> {
        match &mut self.page {
            TransferPage::To(search) => Some(search),
            _ => self.came_from.search_behind(),
        }
    }

    /// Whether the answer to this question is waited for. A search is not asked here.
    #[must_use]
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        match &self.page {
            TransferPage::Reason(page) => page.offer.waits_for(ticket),
            TransferPage::Identify(page) => page.waits_for(ticket),
            TransferPage::Decide(page) => page.moving.waits_for(ticket),
            TransferPage::To(_) | TransferPage::FirstDay(_) | TransferPage::Done(..) => false,
        }
    }

    /// What went wrong, as the page tells it.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match &self.page {
            TransferPage::To(search) => search.problem(),
            TransferPage::Reason(page) => page.offer.problem(),
            TransferPage::Identify(page) => page.checks.problem(),
            TransferPage::Decide(page) => page.moving.problem(),
            TransferPage::FirstDay(_) | TransferPage::Done(..) => None,
        }
    }

    /// The patients that are listed, and the one who has the meter is among them no choice.
    pub fn keep_selection(&mut self, recents: &[Patient]) {
        if let TransferPage::To(search) = &mut self.page {
            search.keep_selection(None, recents);
        }
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        // Where nothing is asked any more, both lead to the dashboard as it is now.
        let leaves = matches!(intent, KeyIntent::Act(Action::Back)) && !self.is_moving();
        if leaves && matches!(self.page, TransferPage::To(_) | TransferPage::Decide(_) | TransferPage::Done(..)) {
            return self.leave(context);
        }
        self.page = match self.page {
            TransferPage::To(mut search) => match search.press(intent, None, context) {
                Searched::Chose(patient) => match refused(&patient, &self.owner) {
                    None => {
                        context.remember(&patient);
                        TransferPage::FirstDay(Box::new(FirstDayPage::new(*patient)))
                    }
                    Some(reason) => {
                        context.remark = Some(Remark::NotSelectable(reason));
                        TransferPage::To(search)
                    }
                },
                Searched::Used | Searched::NotMine => TransferPage::To(search),
            },
            TransferPage::FirstDay(page) => page.press(intent, &self.meter, context),
            TransferPage::Reason(page) => match page.press(intent, &self.meter, context) {
                Some(page) => page,
                None => return leave(self.came_from, context),
            },
            TransferPage::Identify(page) => page.press(intent, context),
            TransferPage::Decide(page) => match page.press(intent, context) {
                Some(page) => page,
                None => return leave(self.came_from, context),
            },
            TransferPage::Done(settled, counts) => {
                if matches!(intent, KeyIntent::Act(Action::GoOn)) {
                    return leave(self.came_from, context);
                }
                TransferPage::Done(settled, counts)
            }
        };
        Step::Transfer(self)
    }

    /// Whether the transfer is on its way: its answer decides.
    fn is_moving(&self) -> bool {
        matches!(&self.page, TransferPage::Decide(page) if page.moving.is_waiting())
    }

    fn leave(self, context: &mut StepContext<'_>) -> Step {
        leave(self.came_from, context)
    }

    /// What came of a question.
    pub fn answered(mut self: Box<Self>, answer: TransferReply, context: &mut StepContext<'_>) -> Step {
        self.page = match (self.page, answer) {
            (TransferPage::Reason(page), TransferReply::Offer(offer)) => page.offered(offer),
            (TransferPage::Identify(page), TransferReply::Checks(checks)) => match page.checked(checks, context) {
                Ok(page) => page,
                Err(told) => {
                    context.remark = Some(told);
                    return leave(self.came_from, context);
                }
            },
            (TransferPage::Identify(page), TransferReply::Standing(standing)) => match page.noted(standing) {
                Ok(page) => page,
                Err(told) => {
                    context.remark = Some(told);
                    return leave(self.came_from, context);
                }
            },
            (TransferPage::Decide(page), TransferReply::Moved(result)) => page.moved(result, context),
            (page, _) => page,
        };
        Step::Transfer(self)
    }
}

/// Back to the dashboard: what it had asked for may have been given up, and the meter may be somebody else's by now.
fn leave(came_from: Box<DashboardStep>, context: &mut StepContext<'_>) -> Step {
    // As nothing of a record is loaded for whoever may not see one.
    if !context.session.user.role.allows(Permission::SeeRecords) {
        return Step::Dashboard(came_from);
    }
    Step::Dashboard(came_from.loaded_anew(context))
}

/// Why this person cannot get the meter, as a key of the word files.
fn refused(patient: &Patient, owner: &Patient) -> Option<TextKey> {
    if patient.id == owner.id { Some(key::REASON_HAS_THE_METER) } else { not_selectable(patient) }
}

impl FirstDayPage {
    fn new(to: Patient) -> Self {
        Self { to, day: TextField::default(), fault: None }
    }

    fn press(
        mut self: Box<Self>,
        intent: &KeyIntent,
        meter: &HeldMeter,
        context: &mut StepContext<'_>,
    ) -> TransferPage {
        match intent {
            KeyIntent::Act(Action::Back) => return TransferPage::To(Box::default()),
            KeyIntent::Edit(edit) => {
                if self.day.edit(edit) {
                    self.fault = None;
                }
            }
            KeyIntent::Act(Action::GoOn) => match day_typed(self.day.text(), context.today) {
                Ok(first_day) => return ReasonPage::ask(self.to, first_day, meter, context),
                Err(fault) => self.fault = Some(fault),
            },
            KeyIntent::Act(_) => {}
        }
        TransferPage::FirstDay(self)
    }
}
