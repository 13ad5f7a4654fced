//! The fields of a new patient; what is allowed in each says [`crate::domain::validation`].

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::app::text_field::TextField;
use crate::domain::calendar;
use crate::domain::patient::{Gender, NewPatient};
use crate::domain::text::{Clean, Private};
use crate::domain::typed_date::{self, Typed};
use crate::domain::validation::{self, Field, FieldFault, Written};

/// The label of the second identifier, which the form does not ask for.
pub(super) const OTHER_LABEL: &str = "ID";

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

    /// The field in which a patient's value is typed; the reason has its own page.
    const fn of(field: Field) -> Option<Self> {
        match field {
            Field::Family => Some(Self::Family),
            Field::Given => Some(Self::Given),
            Field::Born => Some(Self::Born),
            Field::Mrn => Some(Self::Mrn),
            Field::OtherIdentifier => Some(Self::OtherIdentifier),
            Field::Email => Some(Self::Email),
            Field::Phone => Some(Self::Phone),
            Field::Gender => Some(Self::Gender),
            Field::Reason | Field::Login | Field::Name | Field::Password | Field::Query => None,
        }
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
    /// Which field has the focus.
    pub focus: FormField,
    /// What is wrong with which field.
    pub complaints: BTreeMap<FormField, FieldFault>,
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
    /// Begins with what was searched for and not found: a birth date, a number, a name, each in its field. Of a name
    /// without a comma nobody knows which part is which.
    #[must_use]
    pub fn begun_with(searched: &str) -> Self {
        let mut form = Self::default();
        let words = typed_date::words(validation::behind_label(searched).unwrap_or(searched));
        let (mut names, mut number) = (Vec::new(), String::new());
        if typed_date::plain(searched).is_some() {
            form.fill(FormField::Born, searched.trim());
        } else {
            for word in &words {
                match typed_date::read(word) {
                    Typed::Days(_) => form.fill(FormField::Born, word),
                    // A year or a month alone is no birth date.
                    Typed::Year(_) | Typed::Month(..) => {}
                    // Digits of a number may be typed in groups, as they are printed.
                    Typed::Nothing if word.contains(|c: char| c.is_ascii_digit()) => number.push_str(word),
                    Typed::Nothing => names.push(word.as_ref()),
                }
            }
        }
        let name = names.join(" ");
        let (family, given) = name.split_once(',').unwrap_or((&name, ""));
        form.fill(FormField::Family, family.trim());
        form.fill(FormField::Given, given.trim());
        form.fill(FormField::Mrn, &number);
        form.focus = FormField::REQUIRED.into_iter().find(|field| form.text(*field).is_empty()).unwrap_or_default();
        form
    }

    /// Holds what was typed of somebody before.
    #[must_use]
    pub fn of(new: &NewPatient) -> Self {
        let mut form = Self { gender: new.gender, ..Self::default() };
        let optional = |value: &Option<Private<Clean>>| value.as_ref().map(|value| value.expose().to_string());
        let other = new.other_identifier.as_ref().map(|other| other.value.expose().to_string());
        for (field, text) in [
            (FormField::Family, Some(new.family.expose().to_string())),
            (FormField::Given, Some(new.given.expose().to_string())),
            (FormField::Born, Some(calendar::written(*new.born.expose()))),
            (FormField::Mrn, Some(new.mrn.expose().to_string())),
            (FormField::OtherIdentifier, other),
            (FormField::Email, optional(&new.email)),
            (FormField::Phone, optional(&new.phone)),
        ] {
            form.fill(field, &text.unwrap_or_default());
        }
        form
    }

    fn fill(&mut self, field: FormField, text: &str) {
        // A day that can be read in one way is put down in the way in which it is always written.
        let written = (field == FormField::Born).then(|| typed_date::only(text)).flatten().map(calendar::written);
        self.fields.insert(field, TextField::with_text(written.as_deref().unwrap_or(text)));
    }

    /// Whether nothing is typed.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.fields.values().all(TextField::is_blank)
    }

    /// The MRN, if what is typed can be one.
    #[must_use]
    pub fn number(&self) -> Option<String> {
        validation::mrn(self.text(FormField::Mrn)).ok().map(|number| number.to_string())
    }

    /// What is typed in a field.
    #[must_use]
    pub fn text(&self, field: FormField) -> &str {
        self.fields.get(&field).map_or("", TextField::text)
    }

    /// Where the cursor stands in a field that has the focus.
    #[must_use]
    pub fn cursor(&self, field: FormField) -> Option<usize> {
        (self.focus == field).then(|| self.fields.get(&field).map_or(0, TextField::cursor))
    }

    /// The focused text field; none on the gender, which is chosen.
    pub fn focused_field(&mut self) -> Option<&mut TextField> {
        self.complaints.remove(&self.focus);
        (self.focus != FormField::Gender).then(|| self.fields.entry(self.focus).or_default())
    }

    /// Moves the focus to the next or previous field of the page.
    pub fn move_focus(&mut self, forward: bool, on_required_page: bool) {
        let page = FormField::page(on_required_page);
        let place = page.iter().position(|field| *field == self.focus).unwrap_or(0);
        // The remainder is that of both branches.
        let moved = if forward { place + 1 } else { place + page.len() - 1 } % page.len();
        self.focus = page.get(moved).copied().unwrap_or(self.focus);
    }

    /// Chooses the next gender, while the gender has the focus.
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

    /// Says what is wrong with the focused field, and of no other.
    pub fn complain(&mut self, today: Date) {
        let mut checked = self.clone();
        checked.check(today);
        if let Some(fault) = checked.complaints.get(&self.focus) {
            self.complaints.insert(self.focus, *fault);
        }
    }

    /// Checks the form. `None`: the complaints say what is wrong, and the first such field is focused.
    pub fn check(&mut self, today: Date) -> Option<NewPatient> {
        self.complaints.clear();
        let other = self.text(FormField::OtherIdentifier);
        let written = Written {
            family: self.text(FormField::Family),
            given: self.text(FormField::Given),
            born: validation::born(self.text(FormField::Born)),
            mrn: self.text(FormField::Mrn),
            gender: self.gender,
            other_identifier: (!other.trim().is_empty()).then_some((OTHER_LABEL, other)),
            email: self.text(FormField::Email),
            phone: self.text(FormField::Phone),
            reason: self.reason.as_ref().map_or("", Clean::as_str),
        };
        let complaints = match written.check(today) {
            Ok(new) => return Some(new),
            Err(complaints) => complaints,
        };
        self.complaints = complaints
            .iter()
            .filter_map(|complaint| Some((FormField::of(complaint.field)?, complaint.fault)))
            .collect();
        // The map is in the order of `FormField`, which is that of the fields on the page.
        if let Some(first) = self.complaints.keys().next() {
            self.focus = *first;
        }
        None
    }
}
