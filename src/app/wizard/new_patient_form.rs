//! The fields of a new patient, and what is allowed in each.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::app::text_field::TextField;
use crate::domain::calendar;
use crate::domain::patient::{Gender, Identifier, NewPatient};
use crate::domain::text::{Clean, Private};

/// A field of the form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum FormField {
    /// Family name.
    #[default]
    Family,
    /// Given names.
    Given,
    /// Date of birth.
    Born,
    /// The clinic's number.
    Mrn,
    /// Administrative gender.
    Gender,
    /// A second identifier, without its label.
    OtherIdentifier,
    /// Electronic mail.
    Email,
    /// Telephone.
    Phone,
}

impl FormField {
    /// The fields of the required page.
    pub const REQUIRED: [Self; 4] = [Self::Family, Self::Given, Self::Born, Self::Mrn];
    /// The fields of the optional page.
    pub const OPTIONAL: [Self; 4] = [Self::Gender, Self::OtherIdentifier, Self::Email, Self::Phone];

    /// The last field of a page: Enter there submits the page.
    #[must_use]
    pub const fn last(on_required_page: bool) -> Self {
        if on_required_page { Self::Mrn } else { Self::Phone }
    }

    const fn page(on_required_page: bool) -> [Self; 4] {
        if on_required_page { Self::REQUIRED } else { Self::OPTIONAL }
    }
}

/// What is typed of a new patient.
#[derive(Debug, Clone)]
pub struct NewPatientForm {
    fields: BTreeMap<FormField, TextField>,
    /// Administrative gender.
    pub gender: Gender,
    /// Which field has the keys.
    pub focus: FormField,
    /// What is wrong with which field, as keys of the word files.
    pub complaints: BTreeMap<FormField, &'static str>,
    /// Why the patient is created although the same person seems to exist.
    pub reason: Option<Clean>,
}

impl Default for NewPatientForm {
    fn default() -> Self {
        Self {
            fields: BTreeMap::new(),
            gender: Gender::Unknown,
            focus: FormField::Family,
            complaints: BTreeMap::new(),
            reason: None,
        }
    }
}

impl NewPatientForm {
    /// What is typed in a field.
    #[must_use]
    pub fn text(&self, field: FormField) -> &str {
        self.fields.get(&field).map_or("", TextField::text)
    }

    /// Where the cursor stands in a field that has the keys.
    #[must_use]
    pub fn cursor(&self, field: FormField) -> Option<usize> {
        (self.focus == field).then(|| self.fields.get(&field).map_or(0, TextField::cursor))
    }

    /// The text field that has the keys; none on the gender, which is chosen.
    pub fn focused_field(&mut self) -> Option<&mut TextField> {
        self.complaints.remove(&self.focus);
        (self.focus != FormField::Gender).then(|| self.fields.entry(self.focus).or_default())
    }

    /// Moves the keys to the next or previous field of the page.
    pub fn move_focus(&mut self, forward: bool, on_required_page: bool) {
        let page = FormField::page(on_required_page);
        let place = page.iter().position(|field| *field == self.focus).unwrap_or(0);
        let moved = if forward { place + 1 } else { place + page.len() - 1 } % page.len();
        self.focus = page.get(moved).copied().unwrap_or(self.focus);
    }

    /// Chooses the next gender, while the gender has the keys.
    pub const fn change_gender(&mut self) {
        if matches!(self.focus, FormField::Gender) {
            self.gender = match self.gender {
                Gender::Unknown => Gender::Female,
                Gender::Female => Gender::Male,
                Gender::Male => Gender::Other,
                Gender::Other => Gender::Unknown,
            };
        }
    }

    /// Checks the form. `None`: the complaints say what is wrong, and the first such field has the keys.
    pub fn check(&mut self, today: Date) -> Option<NewPatient> {
        self.complaints.clear();
        let clean = |form: &Self, field| Clean::new(form.text(field), 60);
        let (family, given, mrn) =
            (clean(self, FormField::Family), clean(self, FormField::Given), clean(self, FormField::Mrn));
        for (field, text) in [(FormField::Family, &family), (FormField::Given, &given)] {
            if !text.as_str().chars().any(char::is_alphabetic) {
                self.complaints.insert(field, "complaint-name");
            }
        }
        let number_is_sound = (1..=25).contains(&mrn.as_str().chars().count())
            && mrn.as_str().chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !number_is_sound {
            self.complaints.insert(FormField::Mrn, "complaint-mrn");
        }
        let born = calendar::parse(self.text(FormField::Born));
        match born {
            None => drop(self.complaints.insert(FormField::Born, "complaint-birth-date")),
            Some(born) if born > today => drop(self.complaints.insert(FormField::Born, "complaint-born-in-future")),
            Some(born) if born < calendar::EARLIEST_BIRTH => {
                self.complaints.insert(FormField::Born, "complaint-born-too-early");
            }
            Some(_) => {}
        }
        let email = clean(self, FormField::Email);
        if !email.is_empty() && !email.as_str().contains('@') {
            self.complaints.insert(FormField::Email, "complaint-email");
        }
        if let Some(first) = self.complaints.keys().next() {
            self.focus = *first;
            return None;
        }
        let other = clean(self, FormField::OtherIdentifier);
        let phone = clean(self, FormField::Phone);
        Some(NewPatient {
            family: Private::new(family),
            given: Private::new(given),
            born: Private::new(born?),
            mrn: Private::new(mrn),
            gender: self.gender,
            other_identifier: (!other.is_empty())
                .then(|| Identifier { label: Clean::new("ID", 10), value: Private::new(other) }),
            email: (!email.is_empty()).then(|| Private::new(email)),
            phone: (!phone.is_empty()).then(|| Private::new(phone)),
            reason_despite_look_alike: self.reason.clone(),
        })
    }
}
