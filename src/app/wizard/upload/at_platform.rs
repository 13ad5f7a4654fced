//! A meter that is somebody's already, of patients of a care platform: what the platform says now is asked before
//! anything is added to a record, or refused. It may have given the meter to another, retired the patient, or merged
//! the owner's record into that of the patient in hand. Without an answer it goes on as it stands here: whoever carries
//! it to the platform looks again.

use super::{UploadStep, UploadWork};
use crate::app::effect::{PlatformTask, Task};
use crate::app::remark::Remark;
use crate::app::wizard::confirm_assignment::{ConfirmAssignment, IdentityNotice};
use crate::app::wizard::other_owner::OtherOwner;
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::{Owner, Relation, Upload};
use crate::domain::patient::Patient;
use crate::domain::platform_check::{PlatformCheck, PlatformFinding};
use crate::domain::problem::Problem;
use crate::domain::words::key;

impl UploadStep {
    /// Asks about the patient in hand and their meter, or about both the patient and the owner if that is somebody
    /// else: either record may have been merged into the other's. Gives the upload back where there is nobody to ask.
    pub(super) fn ask_platform(
        mut self: Box<Self>,
        upload: Box<Upload>,
        context: &mut StepContext<'_>,
    ) -> Result<Step, (Box<Self>, Box<Upload>)> {
        let task = match (&upload.owner, upload.relation(&self.patient)) {
            _ if !self.patient.id.is_of_directory() => return Err((self, upload)),
            (Owner::Patient(_), Relation::Same) => Task::Platform(PlatformTask::CheckAtPlatform {
                patient: self.patient.id.clone(),
                meter: Some(Box::new(upload.meter.clone())),
                owner: None,
            }),
            // Under one key there is nobody else to ask for.
            (Owner::Patient(owner), Relation::Other) if owner.id.is_of_directory() && owner.id != self.patient.id => {
                Task::Platform(PlatformTask::CheckAtPlatform {
                    patient: self.patient.id.clone(),
                    meter: None,
                    owner: Some(owner.id.clone()),
                })
            }
            _ => return Err((self, upload)),
        };
        self.work = UploadWork::AskingPlatform { ticket: context.ask(task), upload };
        Ok(Step::Upload(self))
    }

    /// What the platform says came, or it is not known.
    pub fn checked_at_platform(
        mut self: Box<Self>,
        check: Result<Box<PlatformCheck>, Problem>,
        context: &mut StepContext<'_>,
    ) -> Step {
        let (upload, check) = match (std::mem::replace(&mut self.work, UploadWork::Idle), check) {
            (UploadWork::AskingPlatform { upload, .. }, Ok(check)) => (upload, check),
            (UploadWork::AskingPlatform { upload, .. }, Err(problem)) => {
                context.remark = Some(Remark::failed(key::TOLD_NOT_CHECKED, problem));
                return self.go_on_as_it_stands(upload, context);
            }
            (work, _) => {
                self.work = work;
                return Step::Upload(self);
            }
        };
        if upload.relation(&self.patient) == Relation::Other {
            return self.both_found(upload, *check, context);
        }
        let is_taken_off = check.is_taken_off();
        match check.finding(&self.patient) {
            PlatformFinding::AsSelected(there) => self.go_on_or_ask(there, upload, is_taken_off, context),
            PlatformFinding::Changed(there) if self.patient.can_be_still(&there) => {
                context.remember(&there);
                self.go_on_or_ask(there, upload, is_taken_off, context)
            }
            // The meter is this person's: nobody else can be selected for it.
            PlatformFinding::Changed(_) => OtherOwner::closed(self.patient, *upload, key::RECORD_IS_ANOTHERS, context),
            PlatformFinding::Gone => OtherOwner::closed(self.patient, *upload, key::RECORD_IS_GONE, context),
            PlatformFinding::NotSelectable(there) => {
                OtherOwner::closed(there, *upload, key::RECORD_IS_NOT_ACTIVE, context)
            }
            PlatformFinding::OwnedBy(owner) => {
                let upload = Upload { owner: Owner::Patient(Box::new(owner)), ..*upload };
                OtherOwner::stop(self.patient, upload, context)
            }
            PlatformFinding::OwnedByUnshown => OtherOwner::stop(self.patient, *upload, context),
        }
    }

    /// Waits no longer.
    pub(super) fn stop_asking(mut self: Box<Self>, context: &mut StepContext<'_>) -> Step {
        match std::mem::replace(&mut self.work, UploadWork::Idle) {
            UploadWork::AskingPlatform { upload, .. } => self.go_on_as_it_stands(upload, context),
            work => {
                self.work = work;
                Step::Upload(self)
            }
        }
    }

    /// Who the patient in hand and the owner are by now: one, if the record of either was merged into the other's. If
    /// that can be another person's than the one in hand, they are asked who they are.
    fn both_found(
        mut self: Box<Self>,
        upload: Box<Upload>,
        check: PlatformCheck,
        context: &mut StepContext<'_>,
    ) -> Step {
        match check.finding(&self.patient) {
            PlatformFinding::AsSelected(there) | PlatformFinding::Changed(there) => {
                let is_in_hand = self.patient.can_be_still(&there);
                let upload = Box::new(Upload { owner: Owner::Patient(Box::new(there.clone())), ..*upload });
                context.remember(&there);
                self.patient = there;
                if is_in_hand {
                    self.go_on_with(upload, context)
                } else {
                    ConfirmAssignment::enter_for_owner(*upload, self.patient, IdentityNotice::OwnerMerged, context)
                }
            }
            PlatformFinding::Gone
            | PlatformFinding::NotSelectable(_)
            | PlatformFinding::OwnedBy(_)
            | PlatformFinding::OwnedByUnshown => OtherOwner::stop(self.patient, *upload, context),
        }
    }

    /// What is new is theirs. Of a meter that was taken off them at the platform somebody says first who they are.
    fn go_on_or_ask(
        mut self: Box<Self>,
        there: Patient,
        upload: Box<Upload>,
        is_taken_off: bool,
        context: &mut StepContext<'_>,
    ) -> Step {
        if is_taken_off {
            return ConfirmAssignment::enter_for_owner(*upload, there, IdentityNotice::TakenOff, context);
        }
        self.patient = there;
        self.append(upload, context)
    }

    fn go_on_as_it_stands(self: Box<Self>, upload: Box<Upload>, context: &mut StepContext<'_>) -> Step {
        match upload.relation(&self.patient) {
            Relation::Other => OtherOwner::stop(self.patient, *upload, context),
            Relation::Same | Relation::Unowned => self.append(upload, context),
        }
    }
}
