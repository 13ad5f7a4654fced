//! Somebody at the keys: mostly knows what comes next, sometimes errs, sometimes hits any key.

use std::collections::VecDeque;

use glucodock::app::key::Key;
use glucodock::app::model::{AppState, Model};
use glucodock::app::wizard::Step;
use glucodock::domain::identity_check::{Born, IdentityQuestion, Who};
use glucodock::domain::patient::Patient;

use super::chance::Chance;

/// Beginnings of the names of people in the store; the last finds everybody.
const NAMES: [&str; 6] = ["adler", "anna", "be", "cze", "mul", "m"];

const ANY: [Key; 24] = [
    Key::Enter,
    Key::Enter,
    Key::Tab,
    Key::BackTab,
    Key::Up,
    Key::Down,
    Key::Down,
    Key::Left,
    Key::Right,
    Key::PageUp,
    Key::PageDown,
    Key::Home,
    Key::End,
    Key::Escape,
    Key::Escape,
    Key::Function(1),
    Key::Function(2),
    Key::Function(3),
    Key::Function(4),
    Key::Function(5),
    Key::Function(7),
    Key::Function(8),
    Key::Function(9),
    Key::Function(10),
];

/// What is going to be typed.
#[derive(Default)]
pub(super) struct Keyboard(VecDeque<Key>);

impl Keyboard {
    /// The next key.
    pub(super) fn next(&mut self, model: &Model, chance: &mut Chance) -> Key {
        if chance.one_in(40) {
            self.0.clear();
            return any(chance);
        }
        if self.0.is_empty() {
            self.0 = plan(model, chance).into();
        }
        self.0.pop_front().unwrap_or_else(|| any(chance))
    }
}

fn any(chance: &mut Chance) -> Key {
    if chance.one_in(5) {
        return Key::Char(*chance.pick(&['a', 'm', 'M', '1', '9', '-', 'ü', '?', '/']));
    }
    chance.pick(&ANY).clone()
}

fn typed(text: &str) -> impl Iterator<Item = Key> {
    text.chars().map(Key::Char).collect::<Vec<_>>().into_iter()
}

fn downs(chance: &mut Chance, most: usize) -> Vec<Key> {
    vec![Key::Down; 1 + chance.below(most)]
}

/// The keys with which somebody goes on from here.
fn plan(model: &Model, chance: &mut Chance) -> Vec<Key> {
    if model.overlay.is_some() {
        return vec![Key::Escape];
    }
    let working = match &model.state {
        AppState::SignIn(_) => {
            let login = *chance.pick(&["nora", "otto", "ida"]);
            return typed(login).chain([Key::Enter]).chain(typed("x")).chain([Key::Enter]).collect();
        }
        AppState::SignInByCode(_) => panic!("these terminals have passwords"),
        AppState::Working(working) => working,
    };
    if chance.one_in(60) {
        // Sign out: the last row but one of the menu.
        return vec![Key::Function(10), Key::End, Key::Up, Key::Enter];
    }
    match &working.step {
        Step::FindPatient(step) if step.upload.is_none() && !working.waiting.is_empty() && chance.one_in(3) => {
            [vec![Key::Function(3)], downs(chance, 4), vec![Key::Enter]].concat()
        }
        Step::FindPatient(_) if chance.one_in(20) => vec![Key::Control('p')],
        Step::FindPatient(_) | Step::SelectPatient(_) => {
            let mut keys = Vec::new();
            if chance.one_in(2) {
                keys.push(Key::Control('u'));
                let name = NAMES[chance.below(NAMES.len())];
                keys.extend(typed(name));
            }
            keys.extend(downs(chance, 3));
            keys.push(Key::Enter);
            keys
        }
        Step::CreatePatient(_)
        | Step::Undelivered(_)
        | Step::NotedPerson(_)
        | Step::Transfer(_)
        | Step::TimeCorrection(_) => vec![Key::Escape],
        Step::Population(_) if chance.one_in(2) => vec![Key::Escape],
        Step::WaitingMeters(_) | Step::Upload(_) | Step::Population(_) => [downs(chance, 4), vec![Key::Enter]].concat(),
        Step::IntakeQuestion(_) => [downs(chance, 3), vec![Key::Enter]].concat(),
        Step::AssociationPending(_) => vec![Key::Enter],
        Step::ConfirmDevice(_) => vec![Key::Tab, Key::Enter],
        Step::ConfirmAssignment(step) => identity(&step.patient, step.question(), chance),
        Step::Done(_) if chance.one_in(3) => vec![Key::Char('z'), Key::Tab, Key::Enter],
        Step::Done(_) if chance.one_in(3) => vec![Key::Function(4)],
        Step::Dashboard(_) if chance.one_in(2) => {
            [vec![Key::Char('6')], downs(chance, 2), vec![Key::Char('z')]].concat()
        }
        Step::Undo(step) if step.wants_reason() => typed("wrong").chain([Key::Enter, Key::Enter]).collect(),
        Step::Undo(_) => vec![if chance.one_in(3) { Key::Tab } else { Key::Escape }, Key::Enter],
        Step::OtherOwner(_) | Step::Done(_) | Step::Dashboard(_) => vec![Key::Function(7)],
    }
}

/// What is asked of this person: right, or as those of somebody else.
fn identity(patient: &Patient, question: IdentityQuestion, chance: &mut Chance) -> Vec<Key> {
    let first = |text: &str| text.chars().next().unwrap().to_string();
    let initials = format!("{}{}", first(patient.given.expose().as_str()), first(patient.family.expose().as_str()));
    let year = patient.born.expose().year();
    let who = match question.who {
        Who::Initials | Who::InitialsOrIdentifier => initials,
        Who::Identifier => patient.identifiers[0].value.expose().to_string(),
    };
    let (who, year) = match chance.below(10) {
        0 => ("xx".to_owned(), year),
        1 => (who, year + 1),
        _ => (who, year),
    };
    let born = match question.born {
        Born::Year => year.to_string(),
        Born::Date => format!("14-Jul-{year}"),
    };
    typed(&who).chain([Key::Enter]).chain(typed(&born)).chain([Key::Enter, Key::Enter]).collect()
}
