//! Step 6: the success message, and the way to the dashboard.

mod follow_up;

pub use self::follow_up::{FollowUp, Saying};

use crate::app::action::Action;
use crate::app::key_intent::KeyIntent;
use crate::app::wizard::dashboard::{CameFrom, DashboardStep};
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::in_hand::STEPS;
use crate::app::wizard::other_owner::OtherOwner;
use crate::app::wizard::undo::{UndoFrom, UndoStep};
use crate::app::wizard::{Step, StepContext, next_meter};
use crate::domain::association::{AssignmentResult, Upload};
use crate::domain::delivery::{DeliveryStanding, FollowedDelivery};
use crate::domain::patient::Patient;
use crate::domain::problem::Problem;

/// The readings are in the record.
#[derive(Debug, Clone)]
pub struct Done {
    /// The person.
    pub patient: Patient,
    /// The upload that was assigned.
    pub upload: Upload,
    /// What it added.
    pub result: AssignmentResult,
    /// Whether the meter was this person's already.
    pub was_known: bool,
    /// Where the cursor stands.
    pub focus: DoneFocus,
    /// How the care platform takes it.
    pub delivery: FollowUp,
}

/// The ways on from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoneFocus {
    /// To the dashboard.
    Dashboard,
    /// To the next patient.
    NextPatient,
    /// To the next meter of this patient, while there is one: behind the others, which stand where they always are.
    NextMeter,
}

impl DoneFocus {
    /// The next of the ways there are.
    const fn next(self, has_meter: bool) -> Self {
        match self {
            Self::Dashboard => Self::NextPatient,
            Self::NextPatient if has_meter => Self::NextMeter,
            Self::NextPatient | Self::NextMeter => Self::Dashboard,
        }
    }

    /// The one before.
    const fn previous(self, has_meter: bool) -> Self {
        match self {
            Self::Dashboard if has_meter => Self::NextMeter,
            Self::Dashboard | Self::NextMeter => Self::NextPatient,
            Self::NextPatient => Self::Dashboard,
        }
    }
}

impl Done {
    /// The meter was assigned.
    pub fn assigned(patient: Patient, upload: Upload, result: AssignmentResult, context: &mut StepContext<'_>) -> Step {
        let delivery = FollowUp::begin(&patient.id, &upload.id, context);
        Step::Done(Box::new(Self { patient, upload, result, was_known: false, focus: DoneFocus::Dashboard, delivery }))
    }

    /// The meter was this person's already; its new readings were appended.
    pub fn appended(patient: Patient, upload: Upload, result: AssignmentResult, context: &mut StepContext<'_>) -> Step {
        let delivery = FollowUp::begin(&patient.id, &upload.id, context);
        let focus = DoneFocus::Dashboard;
        Step::Done(Box::new(Self { patient, upload, result, was_known: true, focus, delivery }))
    }

    /// How the platform takes it, or why that is not known. A meter of somebody else there is a hard stop here, too.
    pub fn followed(
        mut self: Box<Self>,
        followed: Result<Box<FollowedDelivery>, Problem>,
        context: &mut StepContext<'_>,
    ) -> Step {
        match followed.map(|followed| *followed) {
            Ok(FollowedDelivery { standing: Some(DeliveryStanding::OwnedBy(_)), owner, .. }) => {
                return OtherOwner::lost(self.patient, self.upload, owner, context);
            }
            Ok(FollowedDelivery { standing, kept, .. }) => {
                self.delivery.keeps(kept);
                self.delivery.came(Ok(standing));
            }
            Err(problem) => self.delivery.came(Err(problem)),
        }
        Step::Done(self)
    }

    /// Something came of a delivery: how it stands is asked anew, unless that is asked already.
    pub fn look_again(&mut self, context: &mut StepContext<'_>) {
        self.delivery.look_again(&self.upload.id, context);
    }

    fn open_dashboard(self: Box<Self>, context: &mut StepContext<'_>) -> Step {
        let mut done = self.done();
        done[STEPS - 1] = true;
        Step::Dashboard(Box::new(DashboardStep::open(self.patient, CameFrom::Done(done), context)))
    }

    /// Whether there is anything to be undone, as far as is known.
    #[must_use]
    pub const fn can_be_undone(&self) -> bool {
        !matches!(self.delivery.saying(), Saying::Stands(DeliveryStanding::Undone))
    }

    /// What the cursor stands on: the next meter only while there is one.
    #[must_use]
    pub fn focus(&self, has_meter: bool) -> DoneFocus {
        if self.focus == DoneFocus::NextMeter && !has_meter { DoneFocus::Dashboard } else { self.focus }
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        let has_meter = next_meter::count(&self.patient, context.panel, context.waiting, context.handled) > 0;
        self.focus = self.focus(has_meter);
        match (intent, self.focus) {
            (KeyIntent::Act(Action::StopReading), _) => {
                self.delivery.stop_waiting();
                Step::Done(self)
            }
            (KeyIntent::Act(Action::GoOn), DoneFocus::Dashboard) | (KeyIntent::Act(Action::OpenDashboard), _) => {
                self.open_dashboard(context)
            }
            (KeyIntent::Act(Action::GoOn), DoneFocus::NextMeter) | (KeyIntent::Act(Action::WaitingMeters), _) => {
                FindPatient::default().choose(self.patient, context)
            }
            (KeyIntent::Act(Action::GoOn), DoneFocus::NextPatient)
            // There is no way back into what was confirmed: it is done.
            | (KeyIntent::Act(Action::Back | Action::NextPatient), _) => FindPatient::fresh(),
            (KeyIntent::Act(Action::UndoAssignment), _) if self.can_be_undone() => {
                UndoStep::open(self.upload.id.clone(), UndoFrom::Done(self), context)
            }
            (KeyIntent::Act(Action::NextControl | Action::Right | Action::Down), focus) => {
                self.focus = focus.next(has_meter);
                Step::Done(self)
            }
            (KeyIntent::Act(Action::PreviousControl | Action::Left | Action::Up), focus) => {
                self.focus = focus.previous(has_meter);
                Step::Done(self)
            }
            (KeyIntent::Act(_) | KeyIntent::Edit(_), _) => Step::Done(self),
        }
    }
}
