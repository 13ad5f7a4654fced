//! The hard stop: the meter belongs to somebody else, or to somebody whose record takes nothing. Nothing is moved, and
//! no key leads on from here.

use crate::app::action::Action;
use crate::app::effect::StationTask;
use crate::app::key_intent::KeyIntent;
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::{AuditEntry, Owner, Upload};
use crate::domain::patient::Patient;
use crate::domain::taken_back::TakenBack;
use crate::domain::words::TextKey;

/// A meter of somebody else.
#[derive(Debug, Clone)]
pub struct OtherOwner {
    /// The person in hand.
    pub patient: Patient,
    /// The upload, which stays in quarantine.
    pub upload: Upload,
    /// Why the record takes nothing, if the meter is that of the person in hand.
    pub closed: Option<TextKey>,
}

impl OtherOwner {
    /// Stops, and writes it into the audit trail.
    pub fn stop(patient: Patient, upload: Upload, context: &mut StepContext<'_>) -> Step {
        let entry = AuditEntry::OwnerConflict { upload: upload.id.clone(), patient: patient.id.clone() };
        context.ask(StationTask::Audit { entry });
        context.handled.push(upload.id.clone());
        context.look_who_waits();
        Step::OtherOwner(Box::new(Self { patient, upload, closed: None }))
    }

    /// Stops because the owner's record takes nothing at the care platform, for this reason.
    pub fn closed(patient: Patient, upload: Upload, why: TextKey, context: &mut StepContext<'_>) -> Step {
        context.handled.push(upload.id.clone());
        context.look_who_waits();
        Step::OtherOwner(Box::new(Self { patient, upload, closed: Some(why) }))
    }

    /// Stops after the assignment: the care platform says that the meter is somebody else's, who is told if that is
    /// known, and what was assigned here is taken back.
    pub fn lost(
        patient: Patient,
        mut upload: Upload,
        owner: Option<Box<Patient>>,
        context: &mut StepContext<'_>,
    ) -> Step {
        // What the station has done by now is said at once, on every screen: the readings wait
        // again, and are in nobody's record.
        (upload.record, upload.taken_back) = (None, Some(TakenBack::LostRace));
        upload.owner = owner.map_or(Owner::Nobody, Owner::Patient);
        context.panel.refresh(&upload);
        Self::stop(patient, upload, context)
    }

    /// Reacts to a key: every way leads back to the search.
    pub fn press(self: Box<Self>, intent: &KeyIntent, _context: &mut StepContext<'_>) -> Step {
        match intent {
            KeyIntent::Act(Action::GoOn | Action::Back | Action::NextPatient) => FindPatient::fresh(),
            KeyIntent::Act(_) | KeyIntent::Edit(_) => Step::OtherOwner(self),
        }
    }
}
