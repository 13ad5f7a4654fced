//! A meter's readings are on disk: what each step does with that.

use crate::app::remark::Remark;
use crate::app::wizard::confirm_device::ConfirmDevice;
use crate::app::wizard::intake_question::{IntakeQuestion, IntakeSubject};
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::Upload;
use crate::domain::clinic::SessionId;
use crate::domain::words::key;

impl Step {
    /// A meter's readings are on disk; the upload step goes on with them if they were read in this session. What was
    /// read again on the way to the confirmation is asked about anew: what was said of its clock holds no longer.
    #[must_use]
    pub fn meter_stored(self, upload: &Upload, read_in: Option<SessionId>, context: &mut StepContext<'_>) -> Self {
        match self {
            Self::Upload(step) if read_in == Some(context.session.id) => step.meter_stored(upload, context),
            Self::AssociationPending(mut step) if step.upload.id == upload.id => {
                // With nobody in hand the question comes once somebody is: no upload goes into a
                // record before it was answered, the store sees to that.
                if let Some(patient) = step.proposed.as_ref().filter(|_| upload.asks_for_clock()) {
                    return IntakeQuestion::ask(IntakeSubject::Clock, upload.clone(), patient.clone());
                }
                context.remark = Some(Remark::Happened(key::TOLD_READ_AGAIN));
                step.upload = upload.clone();
                Self::AssociationPending(step)
            }
            Self::ConfirmDevice(mut step) if step.upload.id == upload.id => {
                if let Some(patient) = step.proposed.as_ref().filter(|_| upload.asks_for_clock()) {
                    return IntakeQuestion::ask(IntakeSubject::Clock, upload.clone(), patient.clone());
                }
                context.remark = Some(Remark::Happened(key::TOLD_READ_AGAIN));
                *step = ConfirmDevice::new(upload.clone(), step.proposed.take());
                Self::ConfirmDevice(step)
            }
            Self::IntakeQuestion(step) if step.upload.id == upload.id => step.read_again(upload, context),
            Self::FindPatient(mut step) => {
                if let Some(shown) = step.upload.as_mut().filter(|shown| shown.id == upload.id) {
                    **shown = upload.clone();
                }
                Self::FindPatient(step)
            }
            // Later steps keep what was confirmed. The store compares it with what is there when it
            // is assigned, and refuses it as changed.
            other => other,
        }
    }
}
