//! What there is of the meter's readings is shown, and what is to be said of it beside is typed.

use super::{EndingIdentifyPage, EndingPage, EndingReasonPage, LastDayPage, SettledEnding};
use crate::app::action::Action;
use crate::app::asked::Asked;
use crate::app::controls::control_behind;
use crate::app::ending_task::EndingTask;
use crate::app::key_intent::KeyIntent;
use crate::app::list::Selection;
use crate::app::remark::Remark;
use crate::app::text_field::TextField;
use crate::app::wizard::StepContext;
use crate::app::wizard::transfer::ReasonFocus;
use crate::domain::calendar;
use crate::domain::ending::{EndingOffer, EndingPlan};
use crate::domain::problem::Problem;
use crate::domain::validation::{self, LONGEST_REASON};
use crate::domain::words::key;

impl EndingReasonPage {
    /// Asks what ending it would leave.
    pub(super) fn ask(plan: EndingPlan, reason: &str, context: &mut StepContext<'_>) -> EndingPage {
        let offer = Asked::Waiting(context.ask(EndingTask::LoadOffer { plan: plan.clone() }));
        let reason = TextField::with_text(reason);
        EndingPage::Reason(Box::new(Self { plan, offer, reason, focus: ReasonFocus::Leave }))
    }

    /// Back from what comes behind it.
    pub(super) fn again(settled: SettledEnding) -> EndingPage {
        let SettledEnding { plan, offer, reason, .. } = settled;
        let (offer, reason) = (Asked::Ready(offer), TextField::with_text(reason.as_str()));
        EndingPage::Reason(Box::new(Self { plan, offer, reason, focus: ReasonFocus::Reason }))
    }

    /// What it would leave, or why it cannot be done.
    pub(super) fn offered(mut self: Box<Self>, offer: Result<Box<EndingOffer>, Problem>) -> EndingPage {
        self.offer = offer.into();
        self.focus = if self.offer.ready().is_some() { ReasonFocus::Reason } else { ReasonFocus::Leave };
        EndingPage::Reason(self)
    }

    /// The controls there are, in their order.
    fn controls(&self) -> &'static [ReasonFocus] {
        ReasonFocus::controls(self.offer.ready().is_some())
    }

    fn move_by(&mut self, places: usize) {
        self.focus = control_behind(self.controls(), self.focus, places);
    }

    /// Nothing if all is left as it is.
    pub(super) fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Option<EndingPage> {
        let before = self.controls().len() - 1;
        match intent {
            KeyIntent::Act(Action::Back) => return Some(self.back()),
            KeyIntent::Act(Action::GoOn) => match self.focus {
                ReasonFocus::Leave => return None,
                ReasonFocus::Reason if !self.reason.is_blank() => self.focus = ReasonFocus::GoOn,
                ReasonFocus::Reason | ReasonFocus::GoOn => return Some(self.go_on(context)),
            },
            KeyIntent::Act(Action::NextControl | Action::Down | Action::Right) => self.move_by(1),
            KeyIntent::Act(Action::PreviousControl | Action::Up | Action::Left) => self.move_by(before),
            KeyIntent::Edit(edit) if self.focus == ReasonFocus::Reason => {
                self.reason.edit(edit);
            }
            KeyIntent::Act(_) | KeyIntent::Edit(_) => {}
        }
        Some(EndingPage::Reason(self))
    }

    fn back(self) -> EndingPage {
        let why = self.plan.why;
        match self.plan.last_day {
            None => EndingPage::Why(Selection::on(why)),
            Some(day) => {
                let day = TextField::with_text(&calendar::written(day));
                EndingPage::LastDay(Box::new(LastDayPage { why, day, fault: None }))
            }
        }
    }

    fn go_on(mut self: Box<Self>, context: &mut StepContext<'_>) -> EndingPage {
        let reason = match validation::whole(self.reason.text(), LONGEST_REASON) {
            Ok(reason) if !reason.is_empty() => reason,
            result => {
                let why = if result.is_ok() { key::REASON_SAY_WHY_ENDED } else { key::REASON_TOO_LONG };
                (self.focus, context.remark) = (ReasonFocus::Reason, Some(Remark::NotNow(why)));
                return EndingPage::Reason(self);
            }
        };
        let Some(offer) = self.offer.ready().cloned() else { return EndingPage::Reason(self) };
        let settled = SettledEnding { plan: self.plan, offer, reason, key: context.tickets.key() };
        EndingIdentifyPage::begin(settled, context)
    }
}
