//! Step 5: confirm the assignment. Device and person stand on one screen; the person's initials and year of birth are
//! typed again, with one retry for a slip of the finger.

use crate::app::action::Action;
use crate::app::effect::{Effect, Ticket};
use crate::app::press::Press;
use crate::app::text_field::TextField;
use crate::app::wizard::done::Done;
use crate::app::wizard::select_patient::SelectPatient;
use crate::app::wizard::upload::UploadStep;
use crate::app::wizard::{Desk, Step};
use crate::domain::association::{Assignment, AssignmentResult, AuditEntry, IdempotencyKey, Owner, Upload};
use crate::domain::identity_check;
use crate::domain::patient::{Identifier, LookAlike, NewPatient, Patient};
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::text::{Clean, Private};

/// Confirming that this device belongs to this person.
#[derive(Debug, Clone)]
pub struct ConfirmAssignment {
    /// The upload whose device was confirmed.
    pub upload: Upload,
    /// The person who was selected.
    pub patient: Patient,
    /// Who may be taken for this person.
    pub look_alikes: LookAlikes,
    /// The initials typed again.
    pub initials: TextField,
    /// The year of birth typed again.
    pub birth_year: TextField,
    /// What has the keys.
    pub focus: AssignmentFocus,
    /// Whether a first try did not match.
    pub mismatched: bool,
    /// One key for all tries of this assignment: however often it is sent, it happens once.
    key: IdempotencyKey,
    /// What is under way.
    pub work: AssignmentWork,
}

/// What is known of people who may be taken for the one who was selected.
#[derive(Debug, Clone)]
pub enum LookAlikes {
    /// The platform is looking.
    Asked(Ticket),
    /// These; usually nobody.
    Known(Vec<LookAlike>),
    /// The platform could not look, so there may be somebody.
    Unknown,
}

/// The controls of the confirm screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignmentFocus {
    /// The initials.
    Initials,
    /// The year of birth.
    BirthYear,
    /// The confirming control.
    Confirm,
    /// The control that leads back.
    Back,
}

/// What the confirm screen waits for.
#[derive(Debug, Clone, PartialEq)]
pub enum AssignmentWork {
    /// Nothing but keys.
    Idle,
    /// The assignment.
    Assigning(Ticket),
    /// Nothing: the last try failed. The fields still hold what matched.
    Failed(Problem),
}

impl ConfirmAssignment {
    /// Enters the step and asks who may be taken for the person.
    pub fn enter(upload: Upload, patient: Patient, desk: &mut Desk<'_>) -> Step {
        let ticket = desk.tickets.next();
        let new = Box::new(as_new(&patient));
        desk.effects.push(Effect::FindLookAlikes { ticket, session: desk.session.clone(), new });
        Step::ConfirmAssignment(Box::new(Self {
            upload,
            patient,
            look_alikes: LookAlikes::Asked(ticket),
            initials: TextField::default(),
            birth_year: TextField::default(),
            focus: AssignmentFocus::Initials,
            mismatched: false,
            key: desk.tickets.key(),
            work: AssignmentWork::Idle,
        }))
    }

    /// Whether a text field has the keys.
    #[must_use]
    pub const fn is_typing(&self) -> bool {
        matches!(self.focus, AssignmentFocus::Initials | AssignmentFocus::BirthYear)
            && !matches!(self.work, AssignmentWork::Assigning(_))
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, press: &Press, desk: &mut Desk<'_>) -> Step {
        if matches!(self.work, AssignmentWork::Assigning(_)) {
            // The write is on its way and cannot be called back; its answer decides.
            return Step::ConfirmAssignment(self);
        }
        match press {
            Press::Edit(edit) => {
                match self.focus {
                    AssignmentFocus::Initials => self.initials.edit(edit),
                    AssignmentFocus::BirthYear => self.birth_year.edit(edit),
                    AssignmentFocus::Confirm | AssignmentFocus::Back => false,
                };
            }
            Press::Act(Action::GoOn) => return self.go_on(desk),
            Press::Act(Action::Back) => return self.back(),
            Press::Act(Action::NextControl | Action::Down | Action::Right) => self.focus = self.focus.next(),
            Press::Act(Action::PreviousControl | Action::Up | Action::Left) => {
                self.focus = self.focus.next().next().next();
            }
            Press::Act(_) => {}
        }
        Step::ConfirmAssignment(self)
    }

    fn go_on(mut self: Box<Self>, desk: &mut Desk<'_>) -> Step {
        match self.focus {
            // Enter on an empty field does nothing.
            AssignmentFocus::Initials if self.initials.is_blank() => {}
            AssignmentFocus::BirthYear if self.birth_year.is_blank() => {}
            AssignmentFocus::Initials | AssignmentFocus::BirthYear => self.focus = self.focus.next(),
            AssignmentFocus::Back => return self.back(),
            AssignmentFocus::Confirm => return self.confirm(desk),
        }
        Step::ConfirmAssignment(self)
    }

    fn back(self: Box<Self>) -> Step {
        Step::SelectPatient(Box::new(SelectPatient::new(self.upload, Some(self.patient))))
    }

    fn confirm(mut self: Box<Self>, desk: &mut Desk<'_>) -> Step {
        if self.initials.is_blank() || self.birth_year.is_blank() {
            self.focus = if self.initials.is_blank() { AssignmentFocus::Initials } else { AssignmentFocus::BirthYear };
            return Step::ConfirmAssignment(self);
        }
        if !identity_check::matches(&self.patient, self.initials.text(), self.birth_year.text()) {
            return self.mismatch(desk);
        }
        let ticket = desk.tickets.next();
        let assignment =
            Assignment { upload: self.upload.id.clone(), patient: self.patient.id.clone(), key: self.key.clone() };
        desk.effects.push(Effect::Assign { ticket, session: desk.session.clone(), assignment });
        self.work = AssignmentWork::Assigning(ticket);
        Step::ConfirmAssignment(self)
    }

    fn mismatch(mut self: Box<Self>, desk: &mut Desk<'_>) -> Step {
        let ticket = desk.tickets.next();
        let attempt = if self.mismatched { 2 } else { 1 };
        let entry = AuditEntry::IdentityMismatch { patient: self.patient.id.clone(), attempt };
        desk.effects.push(Effect::Audit { ticket, session: desk.session.clone(), entry });
        if self.mismatched {
            return Step::SelectPatient(Box::new(SelectPatient::after_mismatch(self.upload)));
        }
        self.mismatched = true;
        self.initials.clear();
        self.birth_year.clear();
        self.focus = AssignmentFocus::Initials;
        Step::ConfirmAssignment(self)
    }

    /// The people who may be taken for this one came, or it is not known who they are.
    #[must_use]
    pub fn look_alikes_found(mut self: Box<Self>, found: Result<Vec<LookAlike>, Problem>) -> Step {
        self.look_alikes = match found {
            Ok(mut found) => {
                found.retain(|other| other.patient.id != self.patient.id);
                LookAlikes::Known(found)
            }
            Err(_) => LookAlikes::Unknown,
        };
        Step::ConfirmAssignment(self)
    }

    /// The readings are in the record, or why they are not.
    pub fn assigned(mut self: Box<Self>, result: Result<AssignmentResult, Problem>, desk: &mut Desk<'_>) -> Step {
        match result {
            Ok(result) => {
                desk.handled.push(self.upload.id.clone());
                let mut upload = self.upload;
                if upload.owner == Owner::Nobody {
                    upload.owner = Owner::Patient(Box::new(self.patient.clone()));
                }
                desk.panel.refresh(&upload);
                let ticket = desk.tickets.next();
                desk.effects.push(Effect::LoadPending { ticket, session: desk.session.clone() });
                Step::Done(Box::new(Done::assigned(self.patient, upload, result)))
            }
            // Somebody was faster: the check of the upload step finds the new owner and stops.
            Err(problem) if problem.code == ProblemCode::AlreadyAssigned => {
                UploadStep::check_waiting(self.patient, &self.upload, desk)
            }
            Err(problem) => {
                self.work = AssignmentWork::Failed(problem);
                self.focus = AssignmentFocus::Confirm;
                Step::ConfirmAssignment(self)
            }
        }
    }
}

impl AssignmentFocus {
    const fn next(self) -> Self {
        match self {
            Self::Initials => Self::BirthYear,
            Self::BirthYear => Self::Confirm,
            Self::Confirm => Self::Back,
            Self::Back => Self::Initials,
        }
    }
}

/// The question "who looks like this person" is asked with the form of a new patient.
fn as_new(patient: &Patient) -> NewPatient {
    let mrn = patient
        .identifiers
        .first()
        .map_or_else(|| Private::new(Clean::default()), |Identifier { value, .. }| value.clone());
    NewPatient {
        family: patient.family.clone(),
        given: patient.given.clone(),
        born: patient.born.clone(),
        mrn,
        gender: patient.gender,
        other_identifier: None,
        email: None,
        phone: None,
        reason_despite_look_alike: None,
    }
}
