//! Step 1: find the patient, or create a new one.

use crate::app::action::Action;
use crate::app::asked::Asked;
use crate::app::effect::StationTask;
use crate::app::key_intent::KeyIntent;
use crate::app::remark::Remark;
use crate::app::wizard::create_patient::CreatePatient;
use crate::app::wizard::dashboard::{CameFrom, DashboardStep};
use crate::app::wizard::new_patient_form::NewPatientForm;
use crate::app::wizard::patient_search::{PatientSearch, Searched};
use crate::app::wizard::population::PopulationStep;
use crate::app::wizard::upload::UploadStep;
use crate::app::wizard::waiting_meters::WaitingMeters;
use crate::app::wizard::{Step, StepContext, not_selectable};
use crate::domain::association::Upload;
use crate::domain::patient::Patient;

/// Finding the patient.
#[derive(Debug, Clone, Default)]
pub struct FindPatient {
    /// The search.
    pub search: PatientSearch,
    /// A meter that was read earlier and now gets its patient.
    pub upload: Option<Box<Upload>>,
    /// A new patient whose form was left, with what was typed in it.
    pub draft: Option<Box<NewPatientForm>>,
}

impl FindPatient {
    /// Finds the patient for a meter that was read earlier.
    #[must_use]
    pub fn for_upload(upload: Box<Upload>) -> Self {
        Self { upload: Some(upload), ..Self::default() }
    }

    /// Reacts to a key.
    pub fn press(mut self, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        match self.search.press(intent, None, context) {
            Searched::Chose(patient) => return self.choose(*patient, context),
            Searched::Used => return Step::FindPatient(self),
            Searched::NotMine => {}
        }
        match intent {
            KeyIntent::Act(Action::NewPatient) => Step::CreatePatient(Box::new(CreatePatient::new(self))),
            KeyIntent::Act(Action::WaitingMeters) => {
                context.look_who_waits();
                Step::WaitingMeters(WaitingMeters::default())
            }
            KeyIntent::Act(Action::ShowPopulation) => PopulationStep::open(self, context),
            KeyIntent::Act(Action::ReadAgain) => {
                *context.recents_asked = Asked::Waiting(context.ask(StationTask::LoadRecents));
                context.look_who_waits();
                // F5 is told as the remedy of what could not be saved, also where no meter is in
                // sight any more.
                context.effects.extend(context.panel.save_again(context.tickets));
                Step::FindPatient(self)
            }
            KeyIntent::Act(Action::OpenDashboard) => {
                if let Some(patient) = self.search.selected(None, context.recents).cloned() {
                    let came_from = CameFrom::Search(Box::new(self));
                    return Step::Dashboard(Box::new(DashboardStep::open(patient, came_from, context)));
                }
                Step::FindPatient(self)
            }
            // Without a meter this is the first step of all: Esc leads nowhere, and never out of
            // the program.
            KeyIntent::Act(Action::Back) if self.upload.is_some() => Step::WaitingMeters(WaitingMeters::default()),
            KeyIntent::Act(_) | KeyIntent::Edit(_) => Step::FindPatient(self),
        }
    }

    /// Takes a person in hand and goes on to the upload, if they may receive readings.
    pub fn choose(self, patient: Patient, context: &mut StepContext<'_>) -> Step {
        if let Some(reason) = not_selectable(&patient) {
            context.remark = Some(Remark::NotSelectable(reason));
            return Step::FindPatient(self);
        }
        context.remember(&patient);
        match self.upload {
            Some(upload) => UploadStep::check_waiting(patient, &upload, context),
            None => UploadStep::enter(patient, context),
        }
    }

    /// The question that this step has under way, taken back: it starts anew with an empty field.
    #[must_use]
    pub fn fresh() -> Step {
        Step::FindPatient(Self::default())
    }
}
