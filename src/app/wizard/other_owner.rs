//! The hard stop: the meter belongs to somebody else. Nothing is moved, and no key leads on from here.

use crate::app::action::Action;
use crate::app::effect::Task;
use crate::app::press::Press;
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::{Desk, Step};
use crate::domain::association::{AuditEntry, Upload};
use crate::domain::patient::Patient;

/// A meter of somebody else.
#[derive(Debug, Clone)]
pub struct OtherOwner {
    /// The person in hand.
    pub patient: Patient,
    /// The upload, which stays in quarantine.
    pub upload: Upload,
}

impl OtherOwner {
    /// Stops, and writes it into the audit trail.
    pub fn stop(patient: Patient, upload: Upload, desk: &mut Desk<'_>) -> Step {
        let entry = AuditEntry::OwnerConflict { upload: upload.id.clone(), patient: patient.id.clone() };
        desk.ask(Task::Audit { entry });
        desk.handled.push(upload.id.clone());
        desk.look_who_waits();
        Step::OtherOwner(Box::new(Self { patient, upload }))
    }

    /// Reacts to a key: every way leads back to the search.
    pub fn press(self: Box<Self>, press: &Press, _desk: &mut Desk<'_>) -> Step {
        match press {
            Press::Act(Action::GoOn | Action::Back | Action::NextPatient) => FindPatient::fresh(),
            Press::Act(_) | Press::Edit(_) => Step::OtherOwner(self),
        }
    }
}
