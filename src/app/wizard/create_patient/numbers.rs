//! Whose a number of a new patient is: of the MRN before somebody is created, and of the other identifier once the
//! platform has said that somebody has it.

use super::{CreatePage, CreatePatient};
use crate::app::asked::Asked;
use crate::app::effect::{PlatformTask, Ticket};
use crate::app::key_intent::{KeyIntent, Typing};
use crate::app::remark::Remark;
use crate::app::text_field::{Edit, TextField};
use crate::app::wizard::new_patient_form::{FormField, OTHER_LABEL};
use crate::app::wizard::scan::Scan;
use crate::app::wizard::{Step, StepContext};
use crate::domain::patient::{Identifier, Patient, SearchPage};
use crate::domain::text::Private;
use crate::domain::words::key;

/// A number that was looked up.
#[derive(Debug, Clone)]
pub(super) struct Number {
    pub(super) value: Private<String>,
    /// Who has it: nobody, as far as is known, or another patient.
    pub(super) holder: Asked<Option<Box<Patient>>>,
}

impl Number {
    /// Notes who of those found has it as a number of this sort; whether somebody has.
    pub(super) fn looked_up(&mut self, label: &str, found: Option<&SearchPage>) -> bool {
        let number = Identifier::new(label, self.value.expose());
        // A search finds by names and beginnings, and the same digits may be a number of another
        // sort. The holder is named on the screen: a wrong one may be taken for the person who is
        // meant.
        let holder = found.and_then(|page| number.holder(&page.patients));
        self.holder = Asked::Ready(holder.map(|patient| Box::new(patient.clone())));
        holder.is_some()
    }
}

impl CreatePatient {
    /// Takes what was scanned: a number into the field of a number that has the focus. A name is never scanned, and a
    /// birth date, a mail address or a telephone number is typed, however fast. A scan creates nobody.
    pub fn scan(mut self: Box<Self>, scan: &Scan, context: &mut StepContext<'_>) -> Step {
        let is_open = self.typing() == Typing::Field && !matches!(self.page, CreatePage::LookAlikes(_));
        let number = scan.code.patient_number();
        match self.form.focus {
            _ if !is_open || self.is_waiting() => context.remark = Some(Remark::NotNow(key::SCAN_NOT_HERE)),
            FormField::Mrn | FormField::OtherIdentifier => {
                let is_mrn = self.form.focus == FormField::Mrn;
                if let Some(field) = self.form.focused_field() {
                    *field = TextField::with_text(number);
                }
                if is_mrn {
                    self.look_up_number(context);
                }
            }
            FormField::Born | FormField::Email | FormField::Phone => {
                return self.press(&KeyIntent::Edit(Edit::Insert(scan.text.clone())), context);
            }
            FormField::Family | FormField::Given | FormField::Gender => {
                context.remark = Some(Remark::NotNow(key::SCAN_INTO_NUMBER));
            }
        }
        Step::CreatePatient(self)
    }

    /// Asks who has the other identifier that is typed.
    pub(super) fn look_up_other(&mut self, context: &mut StepContext<'_>) {
        let value = Private::new(self.typed_other());
        let ticket = context.ask(PlatformTask::SearchPatients { query: value.expose().clone(), from: None });
        self.other = Some(Number { value, holder: Asked::Waiting(ticket) });
    }

    fn typed_other(&self) -> String {
        self.form.text(FormField::OtherIdentifier).trim().to_owned()
    }

    /// Whether this asked who has the other identifier.
    pub(super) fn asked_for_other(&self, ticket: Ticket) -> bool {
        self.other.as_ref().is_some_and(|other| other.holder.waits_for(ticket))
    }

    /// Who has the other identifier that is typed, if that was looked up and is somebody.
    #[must_use]
    pub fn other_holder(&self) -> Option<&Patient> {
        let other = self.other.as_ref().filter(|other| *other.value.expose() == self.typed_other())?;
        other.holder.ready()?.as_deref()
    }

    /// Whoever has the other identifier that was asked for is among these, or it is not known.
    pub(super) fn other_looked_up(mut self: Box<Self>, found: Option<&SearchPage>) -> Step {
        if let Some(other) = &mut self.other {
            other.looked_up(OTHER_LABEL, found);
        }
        Step::CreatePatient(self)
    }
}
