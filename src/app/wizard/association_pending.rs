//! "Device association is pending": the readings are on disk and belong to nobody yet.

use crate::app::action::Action;
use crate::app::key_intent::KeyIntent;
use crate::app::wizard::confirm_device::ConfirmDevice;
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::upload::UploadStep;
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::Upload;
use crate::domain::patient::Patient;

/// The readings are safe; now they get an owner.
#[derive(Debug, Clone)]
pub struct AssociationPending {
    /// The upload in quarantine.
    pub upload: Upload,
    /// The person of step 1; none after the identity did not match.
    pub proposed: Option<Patient>,
}

impl AssociationPending {
    /// Reacts to a key.
    pub fn press(self: Box<Self>, intent: &KeyIntent, _context: &mut StepContext<'_>) -> Step {
        match intent {
            KeyIntent::Act(Action::GoOn) => {
                Step::ConfirmDevice(Box::new(ConfirmDevice::new(self.upload, self.proposed)))
            }
            KeyIntent::Act(Action::Back) => match self.proposed {
                // Not `enter`, which would go on with this meter at once.
                Some(patient) => UploadStep::come_back(patient),
                None => Step::FindPatient(FindPatient::for_upload(Box::new(self.upload))),
            },
            KeyIntent::Act(_) | KeyIntent::Edit(_) => Step::AssociationPending(self),
        }
    }
}
