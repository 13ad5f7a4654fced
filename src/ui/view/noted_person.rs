//! Who was noted as a new patient while the care platform did not answer: that they were, and how it stands with them.

use super::{StepPage, View};
use crate::app::wizard::noted_person::{NotedChoice, NotedFrom, NotedPersonStep};
use crate::domain::calendar;
use crate::domain::noted_person::{NotedPerson, NotedStanding, WhyUndecided};
use crate::domain::patient::NewPatient;
use crate::domain::words::key;
use crate::ui::scene::{Block, Choice, Choices, TextRole};

pub(super) fn page(view: &View<'_>, step: &NotedPersonStep) -> StepPage {
    let NotedPerson { new, since, standing, .. } = &step.person;
    let facts = vec![
        view.fact(key::LABEL_PATIENT, name(new), TextRole::Accent),
        view.fact(key::LABEL_BORN, calendar::written(*new.born.expose()), TextRole::Text),
        view.fact(key::LABEL_MRN, new.mrn.expose().to_string(), TextRole::Text),
        view.fact(key::LABEL_NOTED_AT, view.moment(*since), TextRole::Text),
    ];
    let (role, state, instruction) = match (&step.came_from, standing) {
        (NotedFrom::Form(_), _) => (TextRole::Warning, key::NOTED_WAITS, key::INSTRUCTION_NOTED_NOW),
        _ if step.is_over => (TextRole::Ok, key::NOTED_IS_OVER, key::INSTRUCTION_NOTED_OVER),
        (_, NotedStanding::Waiting) => (TextRole::Warning, key::NOTED_WAITS, key::INSTRUCTION_NOTED_WAITS),
        (_, NotedStanding::Begun) => (TextRole::Warning, key::NOTED_BEGUN, key::INSTRUCTION_NOTED_BEGUN),
        (_, NotedStanding::ToDecide(WhyUndecided::Alike)) => {
            (TextRole::Problem, key::NOTED_ALIKE, key::INSTRUCTION_NOTED_DECIDE)
        }
        (_, NotedStanding::ToDecide(WhyUndecided::NotTaken)) => {
            (TextRole::Problem, key::NOTED_NOT_TAKEN, key::INSTRUCTION_NOTED_DECIDE)
        }
        (_, NotedStanding::Created(_) | NotedStanding::TakenAs(_) | NotedStanding::Dropped) => {
            (TextRole::Ok, key::NOTED_IS_OVER, key::INSTRUCTION_NOTED_OVER)
        }
    };
    let mut blocks = vec![Block::Facts { title: String::new(), facts }, view.notice(role, state)];
    let choices = step.choices();
    if !choices.is_empty() {
        let row = |_, choice: &NotedChoice| {
            let words = match choice {
                NotedChoice::Decide => key::NOTED_DECIDE,
                NotedChoice::Drop => key::NOTED_DROP,
            };
            Choice { cells: vec![view.text(words)], tag: String::new(), disabled: None }
        };
        let selected = step.selected().and_then(|chosen| choices.iter().position(|choice| *choice == chosen));
        blocks.push(Block::Choices(Choices {
            title: view.text(key::TITLE_NOTED_CHOICES),
            ..view.choices(&choices, selected, row)
        }));
    }
    StepPage {
        step: "noted_person",
        number: None,
        heading: view.text(key::HEADING_NOTED),
        instruction: view.text(instruction),
        blocks,
    }
}

/// `MUELLER, Anna`, as a patient is named.
fn name(new: &NewPatient) -> String {
    format!("{}, {}", new.family.expose().as_str().to_uppercase(), new.given.expose())
}

/// Who was noted and when, above what is decided about them.
pub(super) fn summary(view: &View<'_>, noted: &NotedPerson) -> Block {
    let new = &noted.new;
    let values = [
        ("at", view.moment(noted.since).into()),
        ("family", new.family.expose().as_str().to_uppercase().into()),
        ("given", new.given.expose().as_str().into()),
        ("born", calendar::written(*new.born.expose()).into()),
        ("mrn", new.mrn.expose().as_str().into()),
    ];
    Block::Text { role: TextRole::Accent, text: view.filled(key::NOTED_SUMMARY, &values) }
}

/// A row among the meters that wait.
pub(super) fn row(view: &View<'_>, noted: &NotedPerson) -> Choice {
    let is_to_decide = noted.standing.question().is_none();
    let tag = if is_to_decide { key::TAG_NOTED_TO_DECIDE } else { key::TAG_NOTED };
    let cells = vec![name(&noted.new), calendar::written(*noted.new.born.expose()), view.moment(noted.since)];
    Choice { cells, tag: view.text(tag), disabled: None }
}
