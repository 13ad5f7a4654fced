//! What the care platform says while somebody confirms: another terminal may have changed the person, or given the
//! meter to somebody else.

use super::{AssignmentWork, ConfirmAssignment, IdentityNotice};
use crate::app::asked::Asked;
use crate::app::effect::{PlatformTask, Ticket};
use crate::app::remark::Remark;
use crate::app::wizard::other_owner::OtherOwner;
use crate::app::wizard::select_patient::SelectPatient;
use crate::app::wizard::{Step, StepContext, not_selectable};
use crate::domain::association::{Owner, Upload};
use crate::domain::patient::Patient;
use crate::domain::platform_check::{PlatformCheck, PlatformFinding};
use crate::domain::problem::Problem;
use crate::domain::words::key;

/// Asks what the platform has of the two.
pub(super) fn ask(upload: &Upload, patient: &Patient, context: &mut StepContext<'_>) -> Ticket {
    // Of meters that cannot be told apart the platform would name the owner of another one.
    let meter = (upload.owner != Owner::Unidentifiable).then(|| Box::new(upload.meter.clone()));
    context.ask(PlatformTask::CheckAtPlatform { patient: patient.id.clone(), meter, owner: None })
}

/// What becomes of a confirmation of which the platform told.
#[derive(Debug)]
pub(in crate::app::wizard) enum ConfirmedThere {
    /// It stands.
    AsConfirmed(Box<ConfirmAssignment>),
    /// It stands no more: this comes in its place.
    Elsewhere(Box<Step>),
}

impl ConfirmAssignment {
    /// Whether it is not known yet what the platform has of the two.
    #[must_use]
    pub const fn is_asking_platform(&self) -> bool {
        self.at_platform.is_waiting()
    }

    /// What the platform has of the two came, or it is not known. Once the assignment is under way it comes too late:
    /// what becomes of that decides.
    pub fn checked_at_platform(
        self: Box<Self>,
        check: Result<Box<PlatformCheck>, Problem>,
        context: &mut StepContext<'_>,
    ) -> Step {
        match self.held_against_platform(check, context) {
            ConfirmedThere::AsConfirmed(step) => Step::ConfirmAssignment(step),
            ConfirmedThere::Elsewhere(step) => *step,
        }
    }

    /// The same, also where the step waits behind a question.
    pub(in crate::app::wizard) fn held_against_platform(
        mut self: Box<Self>,
        check: Result<Box<PlatformCheck>, Problem>,
        context: &mut StepContext<'_>,
    ) -> ConfirmedThere {
        self.at_platform = Asked::Idle;
        if matches!(self.work, AssignmentWork::Assigning(_)) {
            return ConfirmedThere::AsConfirmed(self);
        }
        let check = match check {
            Ok(check) => check,
            Err(problem) => {
                // Told and gone on with: a clinic must be able to work while the server does not
                // answer, and the delivery looks again.
                context.remark = Some(Remark::failed(key::TOLD_NOT_CHECKED, problem));
                return ConfirmedThere::AsConfirmed(self);
            }
        };
        ConfirmedThere::Elsewhere(Box::new(match check.finding(&self.patient) {
            PlatformFinding::AsSelected(there) => {
                self.patient = there;
                return ConfirmedThere::AsConfirmed(self);
            }
            PlatformFinding::Changed(there) => {
                // Who is like them is asked anew, and what was typed so far was compared with what is no longer so.
                context.remember(&there);
                let mut anew = Self::begin(self.upload, there, context);
                anew.told = Some(IdentityNotice::PersonChanged);
                Step::ConfirmAssignment(Box::new(anew))
            }
            PlatformFinding::Gone => {
                Step::SelectPatient(Box::new(SelectPatient::anew(self.upload, key::IDENTITY_PERSON_GONE)))
            }
            PlatformFinding::NotSelectable(there) => {
                context.remark = not_selectable(&there).map(Remark::NotSelectable);
                Step::SelectPatient(Box::new(SelectPatient::new(self.upload, None)))
            }
            PlatformFinding::OwnedBy(owner) => {
                let mut upload = self.upload;
                upload.owner = Owner::Patient(Box::new(owner));
                OtherOwner::stop(self.patient, upload, context)
            }
            PlatformFinding::OwnedByUnshown => OtherOwner::stop(self.patient, self.upload, context),
        }))
    }
}
