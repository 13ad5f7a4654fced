//! Something that was decided here and that the care platform has not recorded: whose it is, and why it is not there.
//! What the platform does not take is sent again by whoever had it looked at, for a reason that goes into the trail.

use super::dashboard::DashboardStep;
use super::waiting_meters::WaitingMeters;
use super::{Step, StepContext};
use crate::app::action::Action;
use crate::app::asked::{Asked, Attempt};
use crate::app::effect::StationTask;
use crate::app::key_intent::KeyIntent;
use crate::app::remark::Remark;
use crate::app::text_field::TextField;
use crate::domain::problem::Problem;
use crate::domain::validation::{self, LONGEST_REASON};
use crate::domain::words::key;
use crate::domain::work_list::Undelivered;

/// One thing that the care platform has not recorded.
#[derive(Debug, Clone)]
pub struct UndeliveredStep {
    /// What, as it was known last.
    pub item: Undelivered,
    /// Whether it is left to be done no more: it is at the platform, or was taken back.
    pub is_over: bool,
    /// Why it is sent again.
    pub reason: TextField,
    /// That it is sent again, asked for.
    pub release: Attempt,
    /// Where it leads back to.
    pub came_from: UndeliveredFrom,
}

/// From where somebody came to look.
#[derive(Debug, Clone)]
pub enum UndeliveredFrom {
    /// From the list of what is left to be done.
    WaitingMeters(WaitingMeters),
    /// From the person's dashboard.
    Dashboard(Box<DashboardStep>),
}

impl UndeliveredStep {
    /// Looks at it.
    #[must_use]
    pub fn open(item: Undelivered, came_from: UndeliveredFrom) -> Step {
        let (reason, release) = (TextField::default(), Asked::Idle);
        Step::Undelivered(Box::new(Self { item, is_over: false, reason, release, came_from }))
    }

    /// Whether a reason can be typed: while the platform does not take it or has it misplaced, and nothing was asked.
    #[must_use]
    pub const fn is_typing(&self) -> bool {
        !self.is_over && self.item.because.needs_a_person() && !self.release.is_waiting()
    }

    /// How it stands now, among all that is left to be done.
    pub fn look_at(&mut self, all: &[Undelivered]) {
        match all.iter().find(|other| other.key == self.item.key) {
            Some(now) => self.item = now.clone(),
            None => self.is_over = true,
        }
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        match intent {
            KeyIntent::Act(Action::Back) => return self.back(context),
            KeyIntent::Act(Action::GoOn) if self.is_typing() => self.send_again(context),
            KeyIntent::Edit(edit) if self.is_typing() => {
                self.reason.edit(edit);
            }
            KeyIntent::Act(_) | KeyIntent::Edit(_) => {}
        }
        Step::Undelivered(self)
    }

    fn send_again(&mut self, context: &mut StepContext<'_>) {
        match validation::whole(self.reason.text(), LONGEST_REASON) {
            Ok(reason) if !reason.is_empty() => {
                let ticket = context.ask(StationTask::Release { key: self.item.key.clone(), reason });
                self.release = Asked::Waiting(ticket);
            }
            Ok(_) => context.remark = Some(Remark::NotNow(key::REASON_SAY_WHY_AGAIN)),
            Err(_) => context.remark = Some(Remark::NotNow(key::REASON_TOO_LONG)),
        }
    }

    /// It is sent again; or it was not refused any more, and is looked at as it stands now; or it could not be noted.
    pub fn released(mut self: Box<Self>, result: Result<bool, Problem>, context: &mut StepContext<'_>) -> Step {
        match result {
            Ok(true) => self.back(context),
            Ok(false) => {
                self.release = Asked::Idle;
                Step::Undelivered(self)
            }
            Err(problem) => {
                self.release = Asked::failed(problem);
                Step::Undelivered(self)
            }
        }
    }

    fn back(self: Box<Self>, context: &mut StepContext<'_>) -> Step {
        match self.came_from {
            UndeliveredFrom::WaitingMeters(list) => Step::WaitingMeters(list),
            // What it had asked for may have been given up, and more may be in the record by now.
            UndeliveredFrom::Dashboard(dashboard) => Step::Dashboard(dashboard.loaded_anew(context)),
        }
    }
}
