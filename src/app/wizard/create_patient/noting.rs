//! Noting a new patient while the care platform does not answer, and deciding afterwards who they are.

use super::{CreatePage, CreatePatient};
use crate::app::asked::Asked;
use crate::app::effect::{NotedTask, PlatformTask, Task};
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::new_patient_form::NewPatientForm;
use crate::app::wizard::noted_person::NotedPersonStep;
use crate::app::wizard::{Step, StepContext, not_selectable};
use crate::domain::association::IdempotencyKey;
use crate::domain::noted_person::NotedPerson;
use crate::domain::patient::{NewPatient, Patient};
use crate::domain::problem::{Problem, ProblemCode};

/// What is asked at the end of the form: that they are created, were noted before or not; or noted.
pub(super) fn task(new: Box<NewPatient>, key: IdempotencyKey, was_noted: bool, is_noting: bool) -> Task {
    if was_noted {
        return Task::AboutNoted { key, what: NotedTask::Create(new) };
    }
    if !is_noting {
        return Task::Platform(PlatformTask::CreatePatient { new, key });
    }
    // Whoever is alike at the platform is looked at when it has named them: no reason of today holds for that.
    let new = NewPatient { reason_despite_look_alike: None, ..*new };
    Task::AboutNoted { key, what: NotedTask::Note(Box::new(new)) }
}

/// Why nothing can be decided now.
pub(super) fn only_those_known() -> Problem {
    Problem::new(ProblemCode::PlatformUnreachable, "only those known here could be compared")
}

impl CreatePatient {
    /// Looks at who is alike of somebody who was noted.
    pub fn decide(noted: NotedPerson, context: &mut StepContext<'_>) -> Step {
        let check = Asked::Waiting(context.ask(PlatformTask::FindLookAlikes { new: noted.new.clone() }));
        let mut step = Self::new(FindPatient::default());
        step.form = NewPatientForm::of(&noted.new);
        step.page = CreatePage::Required { check };
        step.noted = Some(Box::new(noted));
        Step::CreatePatient(Box::new(step))
    }

    /// They were noted, or why not.
    #[must_use]
    pub fn noted(mut self: Box<Self>, noted: Result<Box<NotedPerson>, Problem>) -> Step {
        match (noted, &mut self.page) {
            (Ok(person), _) => return NotedPersonStep::noted(*person, self.found),
            (Err(problem), CreatePage::Optional { creation, .. }) => *creation = Asked::failed(problem),
            (Err(_), CreatePage::Required { .. } | CreatePage::LookAlikes(_)) => {}
        }
        Step::CreatePatient(self)
    }

    /// Whoever was noted is this patient, who can be chosen.
    pub(super) fn take_as(&self, patient: &Patient, context: &mut StepContext<'_>) {
        // With somebody who can receive no readings nothing is decided, and the note stays in the
        // list.
        if let Some(noted) = self.noted.as_ref().filter(|_| not_selectable(patient).is_none()) {
            let what = NotedTask::TakeAs(patient.id.clone());
            context.ask(Task::AboutNoted { key: noted.key.clone(), what });
            context.look_who_waits();
        }
    }
}
