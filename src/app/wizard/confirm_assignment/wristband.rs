//! A wristband that is scanned beside the person who was selected. It stands for who they are; when they were born is
//! typed all the same, so that two identifiers were given (clinic-safety ID-08). Another person's stops the way.

use super::{AssignmentFocus, ConfirmAssignment};
use crate::app::effect::StationTask;
use crate::app::key_intent::KeyIntent;
use crate::app::text_field::{Edit, TextField};
use crate::app::wizard::scan::{Scan, ScanMatch};
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::AuditEntry;
use crate::domain::identity_check::{self, Who};
use crate::domain::typed_date;

impl ConfirmAssignment {
    /// Takes what was scanned.
    pub fn scan(mut self: Box<Self>, scan: &Scan, context: &mut StepContext<'_>) -> Step {
        if self.is_waiting() {
            return Step::ConfirmAssignment(self);
        }
        // No number of anybody is a day: it was typed fast, as over a slow network.
        if self.focus == AssignmentFocus::Born && typed_date::only(scan.text.trim()).is_some() {
            return self.press(&KeyIntent::Edit(Edit::Insert(scan.text.clone())), context);
        }
        self.missing = None;
        self.told = self.told.filter(|told| !told.is_of_answer());
        if scan.code.is_of(&self.patient) {
            self.take_wristband(scan);
        } else {
            self.scanned = ScanMatch::Mismatch;
            let (upload, patient) = (self.upload.id.clone(), self.patient.id.clone());
            context.ask(StationTask::Audit { entry: AuditEntry::WristbandMismatch { upload, patient } });
        }
        Step::ConfirmAssignment(self)
    }

    fn take_wristband(&mut self, scan: &Scan) {
        let initials = identity_check::typed_initials(&self.patient).filter(|_| self.question().who == Who::Initials);
        let said = initials.unwrap_or_else(|| scan.code.patient_number().to_owned());
        self.who = TextField::with_text(&said);
        self.scanned = ScanMatch::Match;
        if self.focus == AssignmentFocus::Who {
            self.focus = AssignmentFocus::Born;
        }
    }
}
