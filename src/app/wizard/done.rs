//! Step 6: the success message, and the way to the dashboard.

use crate::app::action::Action;
use crate::app::dashboard::{CameFrom, DashboardStep};
use crate::app::press::Press;
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::in_hand::STEPS;
use crate::app::wizard::{Desk, Step};
use crate::domain::association::{AssignmentResult, Upload};
use crate::domain::patient::Patient;

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
    /// Whether the cursor stands on the way to the dashboard, else on the next patient.
    pub to_dashboard: bool,
}

impl Done {
    /// The meter was assigned.
    #[must_use]
    pub const fn assigned(patient: Patient, upload: Upload, result: AssignmentResult) -> Self {
        Self { patient, upload, result, was_known: false, to_dashboard: true }
    }

    /// The meter was this person's already; its new readings were appended.
    #[must_use]
    pub const fn appended(patient: Patient, upload: Upload, result: AssignmentResult) -> Self {
        Self { patient, upload, result, was_known: true, to_dashboard: true }
    }

    fn open_dashboard(self: Box<Self>, desk: &mut Desk<'_>) -> Step {
        let mut done = self.done();
        done[STEPS - 1] = true;
        Step::Dashboard(Box::new(DashboardStep::open(self.patient, CameFrom::Done(done), desk)))
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, press: &Press, desk: &mut Desk<'_>) -> Step {
        match press {
            Press::Act(Action::GoOn) if self.to_dashboard => self.open_dashboard(desk),
            Press::Act(Action::OpenDashboard) => self.open_dashboard(desk),
            Press::Act(Action::GoOn | Action::Back | Action::NextPatient) => FindPatient::fresh(),
            Press::Act(
                Action::NextControl
                | Action::PreviousControl
                | Action::Left
                | Action::Right
                | Action::Up
                | Action::Down,
            ) => {
                self.to_dashboard = !self.to_dashboard;
                Step::Done(self)
            }
            Press::Act(_) | Press::Edit(_) => Step::Done(self),
        }
    }
}
