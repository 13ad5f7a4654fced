//! A meter is a patient's no more, one question a page: why, until which day of its own clock, what there is to be said
//! of it beside, who the patient is, and whether that is meant. And that this is undone. See [`crate::domain::ending`].

mod decide;
mod identify;
mod reason;
mod undo;

pub use self::identify::EndingIdentifyPage;
pub use self::undo::EndingUndoPage;

use jiff::civil::Date;

use super::dashboard::{DashboardStep, DayFault, day_typed};
use super::transfer::ReasonFocus;
use super::{Step, StepContext};
use crate::app::action::Action;
use crate::app::asked::{Asked, Attempt};
use crate::app::effect::Ticket;
use crate::app::ending_task::EndingAnswer;
use crate::app::key_intent::{KeyIntent, Typing};
use crate::app::list::Selection;
use crate::app::remark::Remark;
use crate::app::text_field::TextField;
use crate::domain::association::IdempotencyKey;
use crate::domain::ending::{EndingCounts, EndingOffer, EndingPlan};
use crate::domain::held_meter::HeldMeter;
use crate::domain::identity_check::TypedAnswer;
use crate::domain::ownership::EndingReason;
use crate::domain::patient::Patient;
use crate::domain::permission::Permission;
use crate::domain::problem::Problem;
use crate::domain::text::Clean;
use crate::domain::words::key;

/// A meter that is to be a patient's no more, or is again.
#[derive(Debug, Clone)]
pub struct EndingStep {
    /// The meter.
    pub meter: HeldMeter,
    /// Who has it.
    pub owner: Patient,
    /// What is asked now.
    pub page: EndingPage,
    /// Where it leads back to.
    came_from: Box<DashboardStep>,
}

/// What is asked, with what the pages before it settled.
#[derive(Debug, Clone)]
pub enum EndingPage {
    /// Why: the one under the cursor; none at first.
    Why(Selection<EndingReason>),
    /// Until which day.
    LastDay(Box<LastDayPage>),
    /// What there is of its readings; and what is to be said beside.
    Reason(Box<EndingReasonPage>),
    /// Who the patient is.
    Identify(Box<EndingIdentifyPage>),
    /// Whether it is meant.
    Decide(Box<EndingDecidePage>),
    /// It is done: what there is of its readings.
    Done(Box<SettledEnding>, EndingCounts),
    /// Whether the end is undone.
    Undo(Box<EndingUndoPage>),
}

/// Until which day of its own clock the meter was theirs.
#[derive(Debug, Clone)]
pub struct LastDayPage {
    /// Why it is theirs no more.
    pub why: EndingReason,
    /// The day as it is typed.
    pub day: TextField,
    /// What is wrong with it.
    pub fault: Option<DayFault>,
}

/// What there is of its readings, and what is to be said beside.
#[derive(Debug, Clone)]
pub struct EndingReasonPage {
    plan: EndingPlan,
    /// What ending it would leave.
    pub offer: Asked<Box<EndingOffer>>,
    /// What is said beside.
    pub reason: TextField,
    /// Where the cursor stands.
    pub focus: ReasonFocus,
}

/// What is settled: what was shown, and what was said beside.
#[derive(Debug, Clone)]
pub struct SettledEnding {
    plan: EndingPlan,
    /// What was shown.
    pub offer: Box<EndingOffer>,
    /// What was said beside.
    pub reason: Clean,
    /// Makes the request once, however often it is sent.
    key: IdempotencyKey,
}

/// The patient was identified.
#[derive(Debug, Clone)]
pub struct EndingDecidePage {
    /// What it is about.
    pub settled: SettledEnding,
    answer: TypedAnswer,
    /// Whether the cursor stands on the end; else on leaving all as it is.
    pub is_on_end: bool,
    /// That it is done, asked for.
    pub ending: Attempt,
}

impl Step {
    /// What came of a question about the end of an ownership, for the step that asked.
    #[must_use]
    pub fn ending_answered(self, answer: EndingAnswer, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::Ending(step) => step.answered(answer, context),
            other => other,
        }
    }
}

impl EndingStep {
    /// Asks why a meter is the patient's of this dashboard no more.
    #[must_use]
    pub fn open(meter: HeldMeter, owner: Patient, came_from: Box<DashboardStep>) -> Step {
        let page = EndingPage::Why(Selection::default());
        Step::Ending(Box::new(Self { meter, owner, page, came_from }))
    }

    /// Asks what undoing the end of a meter would do.
    pub fn undo(
        meter: HeldMeter,
        owner: Patient,
        came_from: Box<DashboardStep>,
        context: &mut StepContext<'_>,
    ) -> Step {
        let page = EndingUndoPage::ask(&meter, context);
        Step::Ending(Box::new(Self { meter, owner, page, came_from }))
    }

    /// Stable name of the page, for tests and the harness.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self.page {
            EndingPage::Why(_) => "ending_why",
            EndingPage::LastDay(_) => "ending_last_day",
            EndingPage::Reason(_) => "ending_reason",
            EndingPage::Identify(_) => "ending_identify",
            EndingPage::Decide(_) => "ending_decide",
            EndingPage::Done(..) => "ending_done",
            EndingPage::Undo(_) => "ending_undo",
        }
    }

    /// Where what is typed goes.
    #[must_use]
    pub const fn typing(&self) -> Typing {
        let is_typing = match &self.page {
            EndingPage::LastDay(_) => true,
            EndingPage::Reason(page) => matches!(page.focus, ReasonFocus::Reason),
            EndingPage::Identify(page) => page.is_typing(),
            EndingPage::Undo(page) => page.is_typing(),
            EndingPage::Why(_) | EndingPage::Decide(_) | EndingPage::Done(..) => false,
        };
        if is_typing { Typing::Field } else { Typing::Nowhere }
    }

    /// The dashboard to which it leads back.
    pub fn behind(&mut self) -> &mut DashboardStep {
        &mut self.came_from
    }

    /// Whether the answer to this question is waited for.
    #[must_use]
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        match &self.page {
            EndingPage::Reason(page) => page.offer.waits_for(ticket),
            EndingPage::Identify(page) => page.waits_for(ticket),
            EndingPage::Decide(page) => page.ending.waits_for(ticket),
            EndingPage::Undo(page) => page.waits_for(ticket),
            EndingPage::Why(_) | EndingPage::LastDay(_) | EndingPage::Done(..) => false,
        }
    }

    /// What went wrong, as the page tells it.
    #[must_use]
    pub fn problems(&self) -> Vec<&Problem> {
        match &self.page {
            EndingPage::Reason(page) => page.offer.problem().into_iter().collect(),
            EndingPage::Identify(page) => page.check.problem().into_iter().collect(),
            EndingPage::Decide(page) => page.ending.problem().into_iter().collect(),
            EndingPage::Undo(page) => page.offer.problem().into_iter().chain(page.undoing.problem()).collect(),
            EndingPage::Why(_) | EndingPage::LastDay(_) | EndingPage::Done(..) => Vec::new(),
        }
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        // Where nothing is asked any more, both lead to the dashboard as it is now.
        let leaves = matches!(intent, KeyIntent::Act(Action::Back)) && !self.is_on_its_way();
        if leaves
            && matches!(
                self.page,
                EndingPage::Why(_) | EndingPage::Decide(_) | EndingPage::Done(..) | EndingPage::Undo(_)
            )
        {
            return self.leave(context);
        }
        let next = match self.page {
            EndingPage::Why(selection) => Some(press_why(selection, intent, &self.meter, context)),
            EndingPage::LastDay(page) => Some(page.press(intent, &self.meter, context)),
            EndingPage::Reason(page) => page.press(intent, context),
            EndingPage::Identify(page) => Some(page.press(intent, context)),
            EndingPage::Decide(page) => page.press(intent, context),
            EndingPage::Done(settled, counts) => {
                let stays = !matches!(intent, KeyIntent::Act(Action::GoOn));
                stays.then_some(EndingPage::Done(settled, counts))
            }
            EndingPage::Undo(page) => page.press(intent, &self.meter, context),
        };
        match next {
            Some(page) => {
                self.page = page;
                Step::Ending(self)
            }
            None => leave(self.came_from, context),
        }
    }

    /// Whether what was decided is on its way: its answer decides.
    fn is_on_its_way(&self) -> bool {
        match &self.page {
            EndingPage::Decide(page) => page.ending.is_waiting(),
            EndingPage::Undo(page) => page.undoing.is_waiting(),
            _ => false,
        }
    }

    fn leave(self, context: &mut StepContext<'_>) -> Step {
        leave(self.came_from, context)
    }

    /// What came of a question.
    pub fn answered(mut self: Box<Self>, answer: EndingAnswer, context: &mut StepContext<'_>) -> Step {
        let next = match (self.page, answer) {
            (EndingPage::Reason(page), EndingAnswer::Offer(offer)) => Ok(page.offered(offer)),
            (EndingPage::Identify(page), EndingAnswer::Check(check)) => page.checked(check, context),
            (EndingPage::Identify(page), EndingAnswer::Standing(standing)) => page.noted(standing),
            (EndingPage::Decide(page), EndingAnswer::Ended(result)) => Ok(page.ended(result, context)),
            (EndingPage::Undo(page), EndingAnswer::UndoOffer(offer)) => Ok(page.offered(offer)),
            (EndingPage::Undo(page), EndingAnswer::Undone(result)) => match page.undone(result, &self.meter, context) {
                Some(page) => Ok(page),
                None => return leave(self.came_from, context),
            },
            (page, _) => Ok(page),
        };
        match next {
            Ok(page) => {
                self.page = page;
                Step::Ending(self)
            }
            Err(told) => {
                context.remark = Some(told);
                leave(self.came_from, context)
            }
        }
    }
}

/// Back to the dashboard: what it had asked for may have been given up, and the meter may be nobody's by now.
fn leave(came_from: Box<DashboardStep>, context: &mut StepContext<'_>) -> Step {
    // As nothing of a record is loaded for whoever may not see one.
    if !context.session.user.role.allows(Permission::SeeRecords) {
        return Step::Dashboard(came_from);
    }
    Step::Dashboard(came_from.loaded_anew(context))
}

fn press_why(
    mut selection: Selection<EndingReason>,
    intent: &KeyIntent,
    meter: &HeldMeter,
    context: &mut StepContext<'_>,
) -> EndingPage {
    match (intent, selection.id().copied()) {
        (KeyIntent::Act(Action::GoOn), None) => context.remark = Some(Remark::NotNow(key::REASON_NOTHING_ANSWERED)),
        (KeyIntent::Act(Action::GoOn), Some(why)) if why.has_last_day() => return LastDayPage::ask(why),
        (KeyIntent::Act(Action::GoOn), Some(why)) => {
            let plan = EndingPlan { ownership: meter.ownership.clone(), why, last_day: None };
            return EndingReasonPage::ask(plan, "", context);
        }
        (KeyIntent::Act(action), _) => {
            selection.act(*action, &EndingReason::ALL, context.page);
        }
        (KeyIntent::Edit(_), _) => {}
    }
    EndingPage::Why(selection)
}

impl LastDayPage {
    fn ask(why: EndingReason) -> EndingPage {
        EndingPage::LastDay(Box::new(Self { why, day: TextField::default(), fault: None }))
    }

    fn press(mut self: Box<Self>, intent: &KeyIntent, meter: &HeldMeter, context: &mut StepContext<'_>) -> EndingPage {
        match intent {
            KeyIntent::Act(Action::Back) => return EndingPage::Why(Selection::on(self.why)),
            KeyIntent::Edit(edit) => {
                if self.day.edit(edit) {
                    self.fault = None;
                }
            }
            KeyIntent::Act(Action::GoOn) => match day_typed(self.day.text(), context.today) {
                Ok(last_day) => {
                    let plan = self.plan(meter, last_day);
                    return EndingReasonPage::ask(plan, "", context);
                }
                Err(fault) => self.fault = Some(fault),
            },
            KeyIntent::Act(_) => {}
        }
        EndingPage::LastDay(self)
    }

    fn plan(&self, meter: &HeldMeter, last_day: Date) -> EndingPlan {
        EndingPlan { ownership: meter.ownership.clone(), why: self.why, last_day: Some(last_day) }
    }
}
