//! What would go where is shown, and why it is done is typed.

use jiff::civil::Date;

use super::{FirstDayPage, IdentifyPage, ReasonFocus, ReasonPage, Settled, TransferPage};
use crate::app::action::Action;
use crate::app::asked::Asked;
use crate::app::controls::control_behind;
use crate::app::effect::StationTask;
use crate::app::key_intent::KeyIntent;
use crate::app::remark::Remark;
use crate::app::text_field::TextField;
use crate::app::transfer_task::TransferTask;
use crate::app::wizard::StepContext;
use crate::domain::held_meter::HeldMeter;
use crate::domain::patient::Patient;
use crate::domain::problem::Problem;
use crate::domain::text::Clean;
use crate::domain::transfer::{TransferOffer, TransferPlan};
use crate::domain::validation::{self, LONGEST_REASON};
use crate::domain::words::key;

impl ReasonPage {
    /// Asks what would go where.
    pub(super) fn ask(to: Patient, first_day: Date, meter: &HeldMeter, context: &mut StepContext<'_>) -> TransferPage {
        let plan = TransferPlan { ownership: meter.ownership.clone(), to: to.id.clone(), first_day };
        let task = StationTask::Transfer(Box::new(TransferTask::LoadOffer { plan }));
        let offer = Asked::Waiting(context.ask(task));
        TransferPage::Reason(Box::new(Self {
            to,
            first_day,
            offer,
            reason: TextField::default(),
            focus: ReasonFocus::Leave,
        }))
    }

    /// Asks once more what would go where: something of it has changed since it was shown.
    pub(super) fn anew(to: Patient, plan: TransferPlan, reason: &Clean, context: &mut StepContext<'_>) -> TransferPage {
        let first_day = plan.first_day;
        let task = StationTask::Transfer(Box::new(TransferTask::LoadOffer { plan }));
        let (offer, reason) = (Asked::Waiting(context.ask(task)), TextField::with_text(reason.as_str()));
        TransferPage::Reason(Box::new(Self { to, first_day, offer, reason, focus: ReasonFocus::Leave }))
    }

    /// What would go where, or why it cannot be done.
    pub(super) fn offered(mut self: Box<Self>, offer: Result<Box<TransferOffer>, Problem>) -> TransferPage {
        self.offer = offer.into();
        self.focus = if self.offer.ready().is_some() { ReasonFocus::Reason } else { ReasonFocus::Leave };
        TransferPage::Reason(self)
    }

    /// The controls there are, in their order.
    fn controls(&self) -> &'static [ReasonFocus] {
        ReasonFocus::controls(self.offer.ready().is_some())
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
    ) -> Option<TransferPage> {
        let before = self.controls().len() - 1;
        match intent {
            KeyIntent::Act(Action::Back) => {
                return Some(TransferPage::FirstDay(Box::new(FirstDayPage::new(self.to))));
            }
            KeyIntent::Act(Action::GoOn) => match self.focus {
                ReasonFocus::Leave => return None,
                ReasonFocus::Reason if !self.reason.is_blank() => self.focus = ReasonFocus::GoOn,
                ReasonFocus::Reason | ReasonFocus::GoOn => return Some(self.go_on(meter, context)),
            },
            KeyIntent::Act(Action::NextControl | Action::Down | Action::Right) => self.move_by(1),
            KeyIntent::Act(Action::PreviousControl | Action::Up | Action::Left) => self.move_by(before),
            KeyIntent::Edit(edit) if self.focus == ReasonFocus::Reason => {
                self.reason.edit(edit);
            }
            KeyIntent::Act(_) | KeyIntent::Edit(_) => {}
        }
        Some(TransferPage::Reason(self))
    }

    fn go_on(mut self: Box<Self>, meter: &HeldMeter, context: &mut StepContext<'_>) -> TransferPage {
        let reason = match validation::whole(self.reason.text(), LONGEST_REASON) {
            Ok(reason) if !reason.is_empty() => reason,
            result => {
                let why = if result.is_ok() { key::REASON_SAY_WHY_TRANSFERRED } else { key::REASON_TOO_LONG };
                (self.focus, context.remark) = (ReasonFocus::Reason, Some(Remark::NotNow(why)));
                return TransferPage::Reason(self);
            }
        };
        let Some(offer) = self.offer.ready().cloned() else { return TransferPage::Reason(self) };
        let plan =
            TransferPlan { ownership: meter.ownership.clone(), to: self.to.id.clone(), first_day: self.first_day };
        IdentifyPage::begin(Settled { plan, offer, reason, key: context.tickets.key() }, context)
    }
}
