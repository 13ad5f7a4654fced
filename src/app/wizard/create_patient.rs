//! Creating a new patient: the required page, a check for an existing same person, the optional page.

mod look_alikes;
mod noting;
mod numbers;

pub use self::look_alikes::{LookAlikeRow, LookAlikes};
use self::numbers::Number;
use crate::app::action::Action;
use crate::app::asked::{Asked, Attempt};
use crate::app::effect::{PlatformTask, StationTask, Ticket};
use crate::app::key_intent::{KeyIntent, Typing};
use crate::app::list::Selection;
use crate::app::remark::Remark;
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::new_patient_form::{FormField, NewPatientForm};
use crate::app::wizard::waiting_meters::WaitingMeters;
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::IdempotencyKey;
use crate::domain::noted_person::NotedPerson;
use crate::domain::patient::{ComparedPeople, NewPatient, Patient, SearchPage};
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::text::Private;
use crate::domain::validation::{FieldFault, MRN};
use crate::domain::words::key;

/// Creating a patient.
#[derive(Debug, Clone)]
pub struct CreatePatient {
    /// The search that led here, as it was.
    pub found: FindPatient,
    /// What is typed.
    pub form: NewPatientForm,
    /// Which page is shown.
    pub page: CreatePage,
    /// Whether the form was left before and holds what was typed then.
    pub is_resumed: bool,
    /// Whether only those known at this station could be compared, because the care platform does not answer: then they
    /// are noted, not created.
    pub is_noting: bool,
    /// Who was noted before, if it is about them that is decided.
    pub noted: Option<Box<NotedPerson>>,
    /// The MRN that was looked up last, and who has it.
    number: Option<Number>,
    /// The other identifier that was looked up last, and who has it.
    other: Option<Number>,
}

/// The pages of creating a patient.
#[derive(Debug, Clone)]
pub enum CreatePage {
    /// Family name, given name, birth date, MRN.
    Required {
        /// The look-alike check of what was typed.
        check: Attempt,
    },
    /// People who may be the same one.
    LookAlikes(Box<LookAlikes>),
    /// Gender, second identifier, mail, telephone.
    Optional {
        /// The creation of who was typed.
        creation: Attempt,
        /// One key for all tries with these data.
        key: Option<IdempotencyKey>,
    },
}

impl CreatePatient {
    /// Starts with what was searched for, or goes on with the form that was left.
    #[must_use]
    pub fn new(mut found: FindPatient) -> Self {
        let draft = found.draft.take();
        let is_resumed = draft.is_some();
        let form = draft.map_or_else(|| NewPatientForm::begun_with(found.search.field.text()), |draft| *draft);
        let page = CreatePage::Required { check: Asked::Idle };
        Self { found, form, page, is_resumed, is_noting: false, noted: None, number: None, other: None }
    }

    /// Where what is typed goes.
    #[must_use]
    pub const fn typing(&self) -> Typing {
        match &self.page {
            CreatePage::LookAlikes(others) if others.reason.is_none() => Typing::Beside,
            CreatePage::Optional { .. } if matches!(self.form.focus, FormField::Gender) => Typing::Nowhere,
            CreatePage::Required { .. } | CreatePage::LookAlikes(_) | CreatePage::Optional { .. } => Typing::Field,
        }
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        // Only Esc leads away. A creation that was left is not taken back by that: what comes of it
        // is told wherever the person is by then.
        if self.is_waiting() && !matches!(intent, KeyIntent::Act(Action::Back)) {
            return Step::CreatePatient(self);
        }
        // Taken out of the page. Whatever does not leave the list puts it back at its end.
        if let CreatePage::LookAlikes(others) = self.page {
            self.page = CreatePage::Required { check: Asked::Idle };
            return self.press_look_alikes(others, intent, context);
        }
        let on_required_page = matches!(self.page, CreatePage::Required { .. });
        let left = self.form.focus;
        match intent {
            KeyIntent::Edit(edit) => {
                if let Some(field) = self.form.focused_field() {
                    field.edit(edit);
                }
            }
            KeyIntent::Act(Action::NextControl | Action::Down) => self.form.move_focus(true, on_required_page),
            KeyIntent::Act(Action::PreviousControl | Action::Up) => self.form.move_focus(false, on_required_page),
            KeyIntent::Act(Action::Left | Action::Right) => self.form.change_gender(),
            KeyIntent::Act(Action::Back) if on_required_page && self.noted.is_some() => {
                return Step::WaitingMeters(WaitingMeters::default());
            }
            KeyIntent::Act(Action::Back) if on_required_page => {
                let Self { mut found, form, .. } = *self;
                found.draft = (!form.is_blank()).then(|| Box::new(form));
                return Step::FindPatient(found);
            }
            KeyIntent::Act(Action::Back) => {
                self.page = CreatePage::Required { check: Asked::Idle };
                self.form.focus = FormField::Family;
            }
            KeyIntent::Act(Action::GoOn) => {
                if self.form.focus == FormField::last(on_required_page) {
                    self.submit(context);
                } else if on_required_page && self.form.text(self.form.focus).trim().is_empty() {
                    self.form.complain(context.today);
                } else {
                    self.form.move_focus(true, on_required_page);
                }
            }
            KeyIntent::Act(_) => {}
        }
        // When the field is left, not at the end of the form: a taken number is told where it is
        // typed.
        if left == FormField::Mrn && self.form.focus != left {
            self.look_up_number(context);
        }
        Step::CreatePatient(self)
    }

    /// Asks who has the MRN that is typed, unless that is known. Returns the question that is open then.
    fn look_up_number(&mut self, context: &mut StepContext<'_>) -> Option<Ticket> {
        let value = Private::new(self.form.number()?);
        if let Some(number) = self.number.as_ref().filter(|number| number.value == value) {
            match number.holder {
                Asked::Waiting(ticket) => return Some(ticket),
                Asked::Ready(Some(_)) => self.refuse_number(),
                Asked::Idle | Asked::Ready(None) | Asked::Failed(_) => {}
            }
            return None;
        }
        let ticket = context.ask(PlatformTask::SearchPatients { query: value.expose().clone(), from: None });
        self.number = Some(Number { value, holder: Asked::Waiting(ticket) });
        Some(ticket)
    }

    fn refuse_number(&mut self) {
        self.form.complaints.insert(FormField::Mrn, FieldFault::Taken);
    }

    /// Whether this asked who has the MRN, or the other identifier.
    #[must_use]
    pub fn asked_for_number(&self, ticket: Ticket) -> bool {
        self.number.as_ref().is_some_and(|number| number.holder.waits_for(ticket)) || self.asked_for_other(ticket)
    }

    /// Who has the MRN that is typed, if that was looked up and is somebody.
    #[must_use]
    pub fn number_holder(&self) -> Option<&Patient> {
        let typed = self.form.number()?;
        self.number.as_ref().filter(|number| *number.value.expose() == typed)?.holder.ready()?.as_deref()
    }

    /// Whoever has the number that was asked for is among these, or nobody has it. If that is not known, creating
    /// tells, and it is looked up anew: who is known at this station is not everybody, and somebody else may have it.
    pub fn number_looked_up(
        mut self: Box<Self>,
        ticket: Ticket,
        found: Option<&SearchPage>,
        context: &mut StepContext<'_>,
    ) -> Step {
        if self.asked_for_other(ticket) {
            return self.other_looked_up(found);
        }
        let Some(number) = &mut self.number else { return Step::CreatePatient(self) };
        let is_taken = number.looked_up(MRN, found);
        let is_free = found.is_some_and(|page| !page.known_only);
        let is_still_typed = self.form.number().as_ref() == Some(number.value.expose());
        let was_submitted = self.stop_waiting();
        if is_taken && is_still_typed {
            // Where two numbers were typed, the platform says only that one is taken, and the other
            // identifier was blamed. It was the MRN.
            let was_refused = self.form.complaints.remove(&FormField::OtherIdentifier) == Some(FieldFault::Taken);
            self.refuse_number();
            if was_refused {
                self.page = CreatePage::Required { check: Asked::Idle };
            }
            if was_submitted || was_refused {
                self.form.focus = FormField::Mrn;
            }
        } else if was_submitted {
            self.submit_number_looked_up(context);
        }
        if !is_taken && !is_free {
            self.number = None;
        }
        Step::CreatePatient(self)
    }

    /// The required page waits for nothing any more; whether it did.
    fn stop_waiting(&mut self) -> bool {
        match &mut self.page {
            CreatePage::Required { check } if check.is_waiting() => {
                *check = Asked::Idle;
                true
            }
            CreatePage::Required { .. } | CreatePage::LookAlikes(_) | CreatePage::Optional { .. } => false,
        }
    }

    /// Why the last try failed.
    #[must_use]
    pub const fn problem(&self) -> Option<&Problem> {
        match &self.page {
            CreatePage::Required { check } => check.problem(),
            CreatePage::Optional { creation, .. } => creation.problem(),
            CreatePage::LookAlikes(_) => None,
        }
    }

    /// Whether an answer is waited for.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        match &self.page {
            CreatePage::Required { check } => check.is_waiting(),
            CreatePage::Optional { creation, .. } => creation.is_waiting(),
            CreatePage::LookAlikes(_) => false,
        }
    }

    fn submit(&mut self, context: &mut StepContext<'_>) {
        if self.form.check(context.today).is_none() {
            return;
        }
        if matches!(self.page, CreatePage::Required { .. })
            && let Some(ticket) = self.look_up_number(context)
        {
            self.page = CreatePage::Required { check: Asked::Waiting(ticket) };
            return;
        }
        self.submit_number_looked_up(context);
    }

    /// Submits a page for whose number nothing more is asked.
    fn submit_number_looked_up(&mut self, context: &mut StepContext<'_>) {
        let Some(new) = self.form.check(context.today) else { return };
        if matches!(self.page, CreatePage::Required { .. }) && self.number_holder().is_some() {
            self.refuse_number();
            return;
        }
        match &mut self.page {
            CreatePage::Required { check } => {
                *check = Asked::Waiting(context.ask(PlatformTask::FindLookAlikes { new: Box::new(new) }));
            }
            CreatePage::Optional { creation, key } => {
                // One key however often Enter is pressed: a creation whose answer was lost must not
                // make a second patient. Whoever was noted has kept theirs since then.
                let noted = self.noted.as_ref().map(|noted| noted.key.clone());
                let key = noted.clone().unwrap_or_else(|| key.get_or_insert_with(|| context.tickets.key()).clone());
                let task = noting::task(Box::new(new), key, noted.is_some(), self.is_noting);
                *creation = Asked::Waiting(context.ask(task));
            }
            CreatePage::LookAlikes(_) => {}
        }
    }

    fn show_optional(&mut self) {
        // With another key each time: what was changed on the page before makes it another
        // creation.
        self.page = CreatePage::Optional { creation: Asked::Idle, key: None };
        self.form.focus = FormField::Gender;
    }

    /// The people who may be the same one came, or why they did not.
    #[must_use]
    pub fn look_alikes_found(mut self: Box<Self>, found: Result<ComparedPeople, Problem>) -> Step {
        self.page = CreatePage::Required { check: Asked::Idle };
        self.is_noting = found.as_ref().is_ok_and(|found| found.known_only);
        match found {
            // Whoever was noted is decided about only among all.
            Ok(found) if found.known_only && self.noted.is_some() => {
                self.page = CreatePage::Required { check: Asked::failed(noting::only_those_known()) };
            }
            Ok(found) if found.alike.is_empty() => self.show_optional(),
            Ok(ComparedPeople { alike: found, .. }) => {
                let others = LookAlikes { found, selection: Selection::default(), reason: None };
                self.page = CreatePage::LookAlikes(Box::new(others));
            }
            Err(problem) => self.page = CreatePage::Required { check: Asked::failed(problem) },
        }
        Step::CreatePatient(self)
    }

    /// The new patient is there, or why not.
    pub fn created(mut self: Box<Self>, created: Result<Box<Patient>, Problem>, context: &mut StepContext<'_>) -> Step {
        if let CreatePage::Optional { creation, .. } = &mut self.page {
            *creation = Asked::Idle;
        }
        match created {
            Ok(patient) => {
                if self.noted.is_some() {
                    context.look_who_waits();
                }
                return self.found.choose(*patient, context);
            }
            // They are there, and so is somebody else with their number: nothing more can be sent from here.
            Err(problem) if problem.code == ProblemCode::CreatedBeside => {
                *context.recents_asked = Asked::Waiting(context.ask(StationTask::LoadRecents));
                context.look_who_waits();
                context.remark = Some(Remark::failed(key::PROBLEM_E_PLAT_16_WHAT, problem));
                return Step::FindPatient(self.found);
            }
            Err(problem) => self.refused(problem, context),
        }
        Step::CreatePatient(self)
    }

    /// A taken number is mended at its field; the rest of what was typed stays. The MRN was free when it was looked up:
    /// of two numbers the other one is taken, unless the MRN was given away since.
    fn refused(&mut self, problem: Problem, context: &mut StepContext<'_>) {
        if problem.code == ProblemCode::IdentifierTaken && !self.form.text(FormField::OtherIdentifier).trim().is_empty()
        {
            self.form.complaints.insert(FormField::OtherIdentifier, FieldFault::Taken);
            self.form.focus = FormField::OtherIdentifier;
            self.number = None;
            self.look_up_number(context);
            self.look_up_other(context);
            return;
        }
        if problem.code == ProblemCode::IdentifierTaken {
            self.page = CreatePage::Required { check: Asked::failed(problem) };
            self.form.focus = FormField::Mrn;
            // Nobody had it when it was looked up: who has it now is said, and it is not sent once more.
            self.number = None;
            self.look_up_number(context);
        } else if let (ProblemCode::SamePerson, Some(new)) = (problem.code, self.typed(context.today)) {
            // Registered since the check, at another station: they are shown as if the check had found them.
            context.remark = Some(Remark::failed(key::PROBLEM_E_PLAT_11_WHAT, problem));
            let check = Asked::Waiting(context.ask(PlatformTask::FindLookAlikes { new: Box::new(new) }));
            self.page = CreatePage::Required { check };
            self.form.focus = FormField::Family;
        } else if let CreatePage::Optional { creation, .. } = &mut self.page {
            *creation = Asked::failed(problem);
        }
    }

    /// The new patient as typed so far, if the required page is valid. For the summary on the optional page.
    #[must_use]
    pub fn typed(&self, today: jiff::civil::Date) -> Option<NewPatient> {
        self.form.clone().check(today)
    }
}
