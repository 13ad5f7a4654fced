//! Creating a patient: required page, look-alikes, optional page.

use super::frame::create_page_name;
use super::{StepPage, View};
use crate::app::reach::Reach;
use crate::app::wizard::create_patient::{CreatePage, CreatePatient, LookAlikeRow, LookAlikes};
use crate::app::wizard::new_patient_form::FormField;
use crate::domain::calendar;
use crate::domain::patient::Patient;
use crate::domain::typed_date;
use crate::domain::validation::FieldFault;
use crate::domain::words::key;
use crate::ui::scene::{Block, Choice, Choices, InputField, TextRole};

pub(super) fn page(view: &View<'_>, step: &CreatePatient) -> StepPage {
    let (name, heading) = create_page_name(&step.page);
    let mut blocks = Vec::new();
    let instruction = match &step.page {
        CreatePage::Required { check } => {
            blocks.extend(step.noted.as_deref().map(|noted| super::noted_person::summary(view, noted)));
            if step.is_resumed {
                blocks.push(view.notice(TextRole::Warning, key::CREATE_KEPT));
            } else if step.noted.is_none() && is_silent(view) {
                blocks.push(view.notice(TextRole::Warning, key::NOTING_BEGINS));
            }
            blocks.extend(FormField::REQUIRED.map(|field| field_block(view, step, field)));
            if check.is_waiting() {
                blocks.push(view.notice(TextRole::Accent, key::LOOKING_FOR_LOOK_ALIKES));
            }
            key::INSTRUCTION_CREATE_REQUIRED
        }
        CreatePage::LookAlikes(others) => {
            look_alike_blocks(view, step, others, &mut blocks);
            key::INSTRUCTION_CREATE_LOOK_ALIKES
        }
        CreatePage::Optional { creation, .. } => {
            if let Some(new) = step.typed(view.today) {
                let values = [
                    ("family", new.family.expose().as_str().to_uppercase().into()),
                    ("given", new.given.expose().as_str().into()),
                    ("born", calendar::written(*new.born.expose()).into()),
                    ("mrn", new.mrn.expose().as_str().into()),
                ];
                blocks.push(Block::Text { role: TextRole::Accent, text: view.filled(key::CREATE_SUMMARY, &values) });
            }
            if step.is_noting {
                blocks.push(view.notice(TextRole::Warning, key::NOTING_COMPARED));
            }
            blocks.extend(FormField::OPTIONAL.map(|field| field_block(view, step, field)));
            if creation.is_waiting() && !step.is_noting {
                blocks.push(view.notice(TextRole::Accent, key::CREATING_PATIENT));
            }
            if step.form.focus == FormField::Gender {
                key::INSTRUCTION_CREATE_GENDER
            } else if step.is_noting {
                key::INSTRUCTION_NOTE_OPTIONAL
            } else {
                key::INSTRUCTION_CREATE_OPTIONAL
            }
        }
    };
    if let Some(problem) = step.problem() {
        blocks.push(view.words.problem(problem));
    }
    StepPage { step: name, number: Some(1), heading: view.text(heading), instruction: view.text(instruction), blocks }
}

fn field_block(view: &View<'_>, step: &CreatePatient, field: FormField) -> Block {
    let (label, example) = match field {
        FormField::Family => (key::LABEL_FAMILY, None),
        FormField::Given => (key::LABEL_GIVEN, None),
        FormField::Born => (key::LABEL_BORN, Some(key::EXAMPLE_BORN)),
        FormField::Mrn => (key::LABEL_MRN, Some(key::EXAMPLE_MRN)),
        FormField::Gender => (key::LABEL_GENDER, None),
        FormField::OtherIdentifier => (key::LABEL_OTHER_IDENTIFIER, Some(key::EXAMPLE_OTHER_IDENTIFIER)),
        FormField::Email => (key::LABEL_EMAIL, None),
        FormField::Phone => (key::LABEL_PHONE, None),
    };
    let mut value = step.form.text(field).to_owned();
    let mut cursor = step.form.cursor(field);
    let mut complaint = step.form.complaints.get(&field).map(|fault| match (fault, unclear(view, &value)) {
        (FieldFault::NotADate, Some(unclear)) => unclear,
        (FieldFault::Taken, _) if field == FormField::Mrn => taken(view, step.number_holder()),
        (FieldFault::Taken, _) if field == FormField::OtherIdentifier => taken(view, step.other_holder()),
        _ => complaint_words(view, *fault),
    });
    if field == FormField::Gender {
        value = view.gender(step.form.gender);
        // It is chosen and not typed, so that its cursor has one place.
        cursor = cursor.map(|_| 0);
        if cursor.is_some() {
            complaint = None;
        }
    }
    let example = example.map_or_else(String::new, |example| view.text(example));
    Block::Field(InputField {
        label: view.text(label),
        value,
        cursor,
        example,
        complaint,
        hidden: false,
        is_replaced: false,
    })
}

/// Whose a number is that is taken, as far as it was looked up: name, birth date and state, as a list of
/// patients tells them.
fn taken(view: &View<'_>, holder: Option<&Patient>) -> String {
    let Some(holder) = holder else { return complaint_words(view, FieldFault::Taken) };
    let values = [
        ("name", holder.full_name().into()),
        ("born", view.born(holder).into()),
        ("status", view.status(holder.status).into()),
    ];
    view.filled(key::COMPLAINT_TAKEN_BY, &values)
}

/// The days that a date may mean, if there are several.
fn unclear(view: &View<'_>, typed: &str) -> Option<String> {
    typed_date::unclear(typed, view.today).map(|(_, days)| view.unclear_date(&days))
}

/// What is said of a wrong field.
pub(super) fn complaint_words(view: &View<'_>, fault: FieldFault) -> String {
    match fault.limit() {
        Some(limit) => view.filled(fault.words(), &[("limit", limit.into())]),
        None => view.text(fault.words()),
    }
}

/// Whether the care platform does not answer, as far as that is known.
fn is_silent(view: &View<'_>) -> bool {
    view.model.working().is_some_and(|working| matches!(working.reach, Reach::Silent(_)))
}

fn look_alike_blocks(view: &View<'_>, step: &CreatePatient, others: &LookAlikes, blocks: &mut Vec<Block>) {
    blocks.extend(step.noted.as_deref().map(|noted| super::noted_person::summary(view, noted)));
    if step.is_noting {
        blocks.push(view.notice(TextRole::Warning, key::NOTING_COMPARED));
    } else if others.needs_reason() {
        blocks.push(view.notice(TextRole::Problem, key::SAME_PERSON_FOUND));
    } else {
        blocks.push(view.notice(TextRole::Warning, key::LOOK_ALIKES_FOUND));
    }
    let rows = others.rows();
    let row = |place: usize, _: &LookAlikeRow| {
        let Some(other) = others.found.get(place) else {
            let none = if step.is_noting { key::NOTE_ALL_THE_SAME } else { key::CREATE_ALL_THE_SAME };
            return Choice { cells: vec![view.text(none)], tag: String::new(), disabled: None };
        };
        let mut row = view.person_row(&other.patient);
        // Without the age, which says nothing beside the birth date: names stand in full where they decide.
        if let Some(born) = row.cells.get_mut(1) {
            *born = calendar::written(*other.patient.born.expose());
        }
        // That somebody cannot be selected says more than how they are alike.
        if row.tag.is_empty() {
            row.tag = view.text(other.likeness.words());
        }
        row
    };
    blocks.push(Block::Choices(Choices {
        title: view.text(key::TITLE_LOOK_ALIKES),
        focused: others.reason.is_none(),
        ..view.choices(&rows, others.selection.place(&rows), row)
    }));
    if let Some(reason) = &others.reason {
        blocks.push(Block::Field(InputField {
            label: view.text(key::LABEL_REASON),
            value: reason.text().to_owned(),
            cursor: Some(reason.cursor()),
            example: view.text(key::EXAMPLE_REASON),
            complaint: None,
            hidden: false,
            is_replaced: false,
        }));
    }
}
