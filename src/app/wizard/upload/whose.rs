//! Whose the meter is whose readings are on disk, and what follows: the owner's record takes what is new, nobody's
//! meter is asked about, and another's is where it stops.

use super::{UploadStep, UploadView, UploadWork};
use crate::app::effect::StationTask;
use crate::app::list::Selection;
use crate::app::panel::SlotState;
use crate::app::wizard::association_pending::AssociationPending;
use crate::app::wizard::confirm_assignment::{ConfirmAssignment, IdentityNotice};
use crate::app::wizard::done::Done;
use crate::app::wizard::intake_question::{IntakeQuestion, IntakeSubject, UseAskedBy};
use crate::app::wizard::other_owner::OtherOwner;
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::{Assignment, AssignmentResult, Owner, Proof, Relation, Upload, UploadId};
use crate::domain::patient::Patient;
use crate::domain::problem::{Problem, ProblemCode};

impl UploadStep {
    /// Asks whose the meter is, as it stands now.
    pub(super) fn check(mut self, upload: UploadId, context: &mut StepContext<'_>) -> Step {
        self.work = UploadWork::Checking(context.ask(StationTask::LoadUpload { upload }));
        Step::Upload(Box::new(self))
    }

    /// A meter's readings are on disk. With one meter plugged in for this patient there is nothing to choose: go on.
    pub fn meter_stored(self: Box<Self>, upload: &Upload, context: &mut StepContext<'_>) -> Step {
        let others = context.panel.for_patient(&self.patient.id).filter(|slot| match &slot.state {
            SlotState::Stored(stored) => stored.id != upload.id && !context.handled.contains(&stored.id),
            _ => true,
        });
        let only_one = others.count() == 0;
        let idle = matches!(self.work, UploadWork::Idle | UploadWork::Failed(_));
        // Whoever has moved in the list, or reads how to connect another meter, is not torn away.
        if only_one && idle && self.view == UploadView::Meters(Selection::default()) {
            return self.check(upload.id.clone(), context);
        }
        Step::Upload(self)
    }

    /// How the upload stands that was asked for, or why that is not known.
    pub fn loaded(mut self: Box<Self>, loaded: Result<Box<Upload>, Problem>, context: &mut StepContext<'_>) -> Step {
        match loaded {
            Ok(upload) => self.owner_known(upload, context),
            Err(problem) => {
                self.work = UploadWork::Failed(problem);
                Step::Upload(self)
            }
        }
    }

    /// The new readings are in the owner's record, or why they are not.
    pub fn appended(
        mut self: Box<Self>,
        result: Result<AssignmentResult, Problem>,
        context: &mut StepContext<'_>,
    ) -> Step {
        match (result, std::mem::replace(&mut self.work, UploadWork::Idle)) {
            (Ok(result), UploadWork::Appending { mut upload, .. }) => {
                context.is_recorded(&mut upload, &self.patient);
                Done::appended(self.patient, *upload, result, context)
            }
            (
                Ok(_),
                UploadWork::Idle | UploadWork::Checking(_) | UploadWork::AskingPlatform { .. } | UploadWork::Failed(_),
            ) => Step::Upload(self),
            (Err(problem), UploadWork::Appending { upload, .. }) if problem.code == ProblemCode::IdentityNotProved => {
                // The record that it was given to was merged into theirs, which can be another person's; of a patient
                // of this store an end was undone.
                let why = if self.patient.id.is_of_directory() {
                    IdentityNotice::OwnerMerged
                } else {
                    IdentityNotice::EndUndone
                };
                ConfirmAssignment::enter_for_owner(*upload, self.patient, why, context)
            }
            (Err(problem), UploadWork::Appending { upload, .. }) if problem.code == ProblemCode::UseUnanswered => {
                let patient = self.patient.clone();
                IntakeQuestion::ask_who_uses(UseAskedBy::Owner(self), *upload, patient, context)
            }
            (Err(problem), _) => {
                self.work = UploadWork::Failed(problem);
                Step::Upload(self)
            }
        }
    }

    /// Goes on with a meter of which was said which clock is right.
    pub fn clock_is_judged(patient: Patient, upload: Box<Upload>, context: &mut StepContext<'_>) -> Step {
        let view = UploadView::Meters(Selection::default());
        Box::new(Self { patient, view, work: UploadWork::Idle }).go_on_with(upload, context)
    }

    fn owner_known(self: Box<Self>, upload: Box<Upload>, context: &mut StepContext<'_>) -> Step {
        // Somebody else's meter goes no further whatever its clock says: to ask which clock is
        // right would promise that it does.
        let is_other = upload.relation(&self.patient) == Relation::Other;
        if upload.record.is_none() && upload.asks_for_clock() && !is_other {
            context.panel.refresh(&upload);
            return IntakeQuestion::ask(IntakeSubject::Clock, *upload, self.patient);
        }
        self.go_on_with(upload, context)
    }

    pub(super) fn go_on_with(self: Box<Self>, mut upload: Box<Upload>, context: &mut StepContext<'_>) -> Step {
        context.panel.refresh(&upload);
        match upload.relation(&self.patient) {
            // Of a patient of this store what is there is counted: a part of it may be another patient's by now.
            Relation::Same
                if upload.record.is_some()
                    && matches!(upload.owner, Owner::Patient(_))
                    && !self.patient.id.is_of_directory() =>
            {
                self.append(upload, context)
            }
            Relation::Same if upload.record.is_some() => {
                // Another station was faster, or an earlier try whose answer was lost: the readings
                // are there, and nothing is sent a second time.
                let result = AssignmentResult { new: 0, already_there: upload.counts.total() };
                context.is_recorded(&mut upload, &self.patient);
                Done::appended(self.patient, *upload, result, context)
            }
            Relation::Unowned => {
                Step::AssociationPending(Box::new(AssociationPending { upload: *upload, proposed: Some(self.patient) }))
            }
            Relation::Same => match self.ask_platform(upload, context) {
                Ok(step) => step,
                Err((this, upload)) => this.append(upload, context),
            },
            // Not refused by what is known here alone: the owner's record may have been merged into
            // that of the patient in hand since.
            Relation::Other => match self.ask_platform(upload, context) {
                Ok(step) => step,
                Err((this, upload)) => OtherOwner::stop(this.patient, *upload, context),
            },
        }
    }

    /// Adds the new readings of the owner's meter to their record.
    pub(in crate::app::wizard) fn append(
        mut self: Box<Self>,
        upload: Box<Upload>,
        context: &mut StepContext<'_>,
    ) -> Step {
        let key = context.tickets.key();
        let (upload_id, patient) = (upload.id.clone(), self.patient.id.clone());
        let seen = upload.seen();
        let assignment = Assignment { upload: upload_id, patient, key, proof: Proof::Owner, seen };
        self.work = UploadWork::Appending { ticket: context.ask(StationTask::Assign { assignment }), upload };
        Step::Upload(self)
    }
}
