//! Step 4: select the patient whose meter this is. The person of step 1 is proposed, never taken without a word.

use crate::app::action::Action;
use crate::app::key_intent::KeyIntent;
use crate::app::remark::Remark;
use crate::app::wizard::confirm_assignment::ConfirmAssignment;
use crate::app::wizard::confirm_device::ConfirmDevice;
use crate::app::wizard::create_patient::CreatePatient;
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::intake_question::{IntakeQuestion, IntakeSubject};
use crate::app::wizard::patient_search::{PatientSearch, Searched};
use crate::app::wizard::{Step, StepContext, not_selectable};
use crate::domain::association::Upload;
use crate::domain::patient::Patient;
use crate::domain::words::TextKey;

/// Selecting the patient of a confirmed device.
#[derive(Debug, Clone)]
pub struct SelectPatient {
    /// The upload whose device was confirmed.
    pub upload: Upload,
    /// The person of step 1. None after the identity did not match: then the search starts anew.
    pub proposed: Option<Patient>,
    /// The search.
    pub search: PatientSearch,
    /// Why the search starts anew, as a key of the word files, if it does.
    pub anew: Option<TextKey>,
}

impl SelectPatient {
    /// Proposes the person of step 1.
    #[must_use]
    pub fn new(upload: Upload, proposed: Option<Patient>) -> Self {
        Self { upload, proposed, search: PatientSearch::default(), anew: None }
    }

    /// The search starts anew, for the reason with this key, and nobody is proposed.
    #[must_use]
    pub fn anew(upload: Upload, why: TextKey) -> Self {
        Self { upload, proposed: None, search: PatientSearch::default(), anew: Some(why) }
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        let proposed = self.proposed.clone();
        match self.search.press(intent, proposed.as_ref(), context) {
            Searched::Chose(patient) => return self.choose(*patient, context),
            Searched::Used => return Step::SelectPatient(self),
            Searched::NotMine => {}
        }
        match intent {
            // Whose record is not there yet: it is made in step 1, with the meter and what was typed to find them.
            KeyIntent::Act(Action::NewPatient) => {
                let found = FindPatient { search: self.search, upload: Some(Box::new(self.upload)), draft: None };
                Step::CreatePatient(Box::new(CreatePatient::new(found)))
            }
            KeyIntent::Act(Action::Back) => {
                Step::ConfirmDevice(Box::new(ConfirmDevice::new(self.upload, self.proposed)))
            }
            KeyIntent::Act(_) | KeyIntent::Edit(_) => Step::SelectPatient(self),
        }
    }

    fn choose(self: Box<Self>, patient: Patient, context: &mut StepContext<'_>) -> Step {
        if let Some(reason) = not_selectable(&patient) {
            context.remark = Some(Remark::NotSelectable(reason));
            return Step::SelectPatient(self);
        }
        context.remember(&patient);
        // The store takes no assignment before this is answered: it is asked now, and not after
        // somebody has said and typed who they are.
        if self.upload.held_by_others(&patient.id).next().is_some() {
            return IntakeQuestion::ask(IntakeSubject::Shared, self.upload, patient);
        }
        ConfirmAssignment::enter(self.upload, patient, context)
    }
}
