//! Somebody at the keys: mostly knows what comes next, sometimes errs, sometimes hits any key.

use std::collections::VecDeque;

use glucodock::app::key::{Burst, BurstEnd, Key};
use glucodock::app::model::{AppState, Model};
use glucodock::app::wizard::Step;
use glucodock::app::wizard::dashboard::DashboardStep;
use glucodock::app::wizard::ending::EndingPage;
use glucodock::app::wizard::identity_form::IdentityFocus;
use glucodock::app::wizard::time_correction::{CorrectionFocus, CorrectionPage, SpanField, TimeCorrectionStep};
use glucodock::app::wizard::transfer::{ReasonFocus, TransferPage};
use glucodock::domain::calendar;
use glucodock::domain::held_meter::HeldMeter;
use glucodock::domain::identity_check::{Born, IdentityQuestion, Who};
use glucodock::domain::patient::Patient;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::chance::Chance;
use super::meters::FIRST_DAY;

/// Beginnings of the names of people in the store; the last finds everybody.
const NAMES: [&str; 6] = ["adler", "anna", "be", "cze", "mul", "m"];

/// Barcodes of nobody and of no meter, and what only looks so.
const SCANNED: [&str; 5] = ["M7777777", "14-Jul-1961", "1234567", "]d2010000000000001721Z1", "]d2x"];

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
        // What takes many keys would never come to its end.
        if chance.one_in(if is_long(model) { 240 } else { 40 }) {
            self.0.clear();
            return any(chance);
        }
        if self.0.is_empty() {
            self.0 = plan(model, chance).into();
        }
        self.0.pop_front().unwrap_or_else(|| any(chance))
    }
}

fn is_long(model: &Model) -> bool {
    model
        .working()
        .is_some_and(|working| matches!(working.step, Step::Transfer(_) | Step::TimeCorrection(_) | Step::Ending(_)))
}

fn any(chance: &mut Chance) -> Key {
    if chance.one_in(5) {
        return Key::Char(*chance.pick(&['a', 'm', 'M', '1', '9', '-', 'ü', '?', '/']));
    }
    if chance.one_in(8) {
        let text = (*chance.pick(&SCANNED)).to_owned();
        return Key::Scan(Burst { text, end: *chance.pick(&[BurstEnd::Nothing, BurstEnd::Enter, BurstEnd::Tab]) });
    }
    chance.pick(&ANY).clone()
}

fn scanned(text: &str) -> Key {
    Key::Scan(Burst { text: text.to_owned(), end: BurstEnd::Enter })
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
        Step::FindPatient(_) if chance.one_in(3) => {
            let mut keys = somebody(chance);
            *keys.last_mut().unwrap() = Key::Function(4);
            keys
        }
        Step::FindPatient(_) if chance.one_in(20) => vec![Key::Control('p')],
        Step::FindPatient(_) | Step::SelectPatient(_) => somebody(chance),
        Step::CreatePatient(_) | Step::Undelivered(_) | Step::NotedPerson(_) => vec![Key::Escape],
        Step::Transfer(_) | Step::TimeCorrection(_) | Step::Ending(_) if chance.one_in(12) => vec![Key::Escape],
        Step::Ending(step) => ending(&step.page, chance),
        Step::Transfer(step) => transfer(&step.page, chance),
        Step::TimeCorrection(step) => correction(step, chance),
        Step::Population(_) | Step::OtherOwner(_) if chance.one_in(2) => vec![Key::Escape],
        Step::WaitingMeters(_) | Step::Upload(_) | Step::Population(_) | Step::IntakeQuestion(_) => {
            [downs(chance, 4), vec![Key::Enter]].concat()
        }
        Step::AssociationPending(_) => vec![Key::Enter],
        Step::ConfirmDevice(step) if chance.one_in(4) => {
            let serial = step.upload.meter.serial.expose().to_string();
            vec![if chance.one_in(4) { scanned("M7777777") } else { scanned(&serial) }, Key::Tab, Key::Enter]
        }
        Step::ConfirmDevice(_) => vec![Key::Tab, Key::Enter],
        Step::ConfirmAssignment(step) if chance.one_in(4) => {
            let own = step.patient.identifiers[0].value.expose().to_string();
            let band = if chance.one_in(4) { scanned("M7777777") } else { scanned(&own) };
            let born = calendar::written(*step.patient.born.expose());
            [band].into_iter().chain(typed(&born)).chain([Key::Enter, Key::Enter]).collect()
        }
        Step::ConfirmAssignment(step) => identity(&step.patient, step.question(), chance),
        Step::Done(_) if chance.one_in(3) => vec![Key::Char('z'), Key::Tab, Key::Enter],
        Step::Done(_) if chance.one_in(2) => vec![Key::Function(4)],
        Step::Dashboard(step) if !chance.one_in(9) => on_the_dashboard(step, chance),
        Step::Undo(step) if step.wants_reason() => typed("wrong").chain([Key::Enter, Key::Enter]).collect(),
        Step::Undo(_) => vec![if chance.one_in(3) { Key::Tab } else { Key::Escape }, Key::Enter],
        Step::OtherOwner(_) | Step::Done(_) | Step::Dashboard(_) => vec![Key::Function(7)],
    }
}

/// Somebody is searched for and chosen.
fn somebody(chance: &mut Chance) -> Vec<Key> {
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

/// From the meters and the uploads that somebody has: one is undone, corrected, transferred or ended.
fn on_the_dashboard(step: &DashboardStep, chance: &mut Chance) -> Vec<Key> {
    let Some(dashboard) = step.content.ready() else { return vec![Key::Tab] };
    let meter = dashboard.meters.iter().position(|meter| meter.end.is_none());
    let ended = dashboard.meters.iter().position(HeldMeter::is_ended_and_nobodys);
    let (tab, row, key) = match (chance.below(5), meter) {
        _ if ended.is_some() && chance.one_in(3) => ('5', ended.unwrap(), 'z'),
        (0, Some(meter)) => ('5', meter, 't'),
        (1, Some(meter)) => ('5', meter, 'e'),
        (0, None) => ('6', 0, 'z'),
        _ if dashboard.uploads.is_empty() => return vec![Key::Function(7)],
        (2, _) => ('6', chance.below(dashboard.uploads.len()), 'z'),
        (_, _) => ('6', chance.below(dashboard.uploads.len()), 'c'),
    };
    [vec![Key::Char(tab), Key::Home], vec![Key::Down; row], vec![Key::Char(key)]].concat()
}

/// A meter is nobody's after a day on which it may have measured, or is somebody's again.
fn ending(page: &EndingPage, chance: &mut Chance) -> Vec<Key> {
    match page {
        EndingPage::Why(_) => [vec![Key::Home], vec![Key::Down; chance.below(4)], vec![Key::Enter]].concat(),
        EndingPage::LastDay(_) => {
            let day = FIRST_DAY.saturating_add(jiff::Span::new().days(i64::try_from(chance.below(120)).unwrap()));
            [Key::Control('u')].into_iter().chain(typed(&calendar::written(day))).chain([Key::Enter]).collect()
        }
        EndingPage::Reason(page) if page.focus == ReasonFocus::Reason => {
            typed("gone").chain([Key::Enter, Key::Enter]).collect()
        }
        EndingPage::Identify(page) if page.form.focus == IdentityFocus::Who => {
            identity(page.patient(), page.question(), chance)
        }
        EndingPage::Decide(page) if page.is_on_end => vec![Key::Enter],
        EndingPage::Reason(page) if page.offer.ready().is_none() => vec![Key::Enter],
        EndingPage::Done(..) => vec![Key::Enter],
        EndingPage::Undo(page) if page.wants_reason() => typed("found").chain([Key::Enter, Key::Enter]).collect(),
        EndingPage::Undo(_) => vec![if chance.one_in(2) { Key::Tab } else { Key::Escape }, Key::Enter],
        EndingPage::Reason(_) | EndingPage::Identify(_) | EndingPage::Decide(_) => vec![Key::Tab],
    }
}

/// A meter goes to somebody else, from a day on which it measures.
fn transfer(page: &TransferPage, chance: &mut Chance) -> Vec<Key> {
    match page {
        TransferPage::To(_) => somebody(chance),
        TransferPage::FirstDay(_) => {
            let day = FIRST_DAY.saturating_add(jiff::Span::new().days(i64::try_from(chance.below(90)).unwrap()));
            [Key::Control('u')].into_iter().chain(typed(&calendar::written(day))).chain([Key::Enter]).collect()
        }
        TransferPage::Reason(page) if page.focus == ReasonFocus::Reason => {
            typed("lent").chain([Key::Enter, Key::Enter]).collect()
        }
        TransferPage::Identify(page) if page.form.focus == IdentityFocus::Who => {
            identity(page.patient(), page.question(), chance)
        }
        TransferPage::Decide(page) if page.is_on_transfer => vec![Key::Enter],
        TransferPage::Reason(page) if page.offer.ready().is_none() => vec![Key::Enter],
        TransferPage::Done(..) => vec![Key::Enter],
        TransferPage::Reason(_) | TransferPage::Identify(_) | TransferPage::Decide(_) => vec![Key::Tab],
    }
}

/// The times of a span are corrected, by up to two days, or that is undone.
fn correction(step: &TimeCorrectionStep, chance: &mut Chance) -> Vec<Key> {
    let controls = step.controls();
    let place = |of: CorrectionFocus| controls.iter().position(|control| *control == of);
    let to = |of: CorrectionFocus| {
        let (Some(here), Some(there)) = (place(step.focus), place(of)) else { return vec![Key::Escape] };
        vec![Key::Tab; (there + controls.len() - here) % controls.len()]
    };
    let with_reason = |keys: Vec<Key>| keys.into_iter().chain(typed("wrong")).chain([Key::Enter, Key::Enter]).collect();
    match &step.page {
        CorrectionPage::Span if step.last().is_some() && chance.one_in(3) => {
            [to(CorrectionFocus::LookAtLast), vec![Key::Enter]].concat()
        }
        CorrectionPage::Span => {
            let readings = step.offer.ready().map(|offer| offer.readings.as_slice()).unwrap_or_default();
            let free: Vec<DateTime> =
                readings.iter().filter(|reading| !reading.is_corrected()).map(|reading| reading.time).collect();
            if free.is_empty() {
                return vec![Key::Escape];
            }
            let one = chance.below(free.len());
            let (first, last) = (free[one], free[one + chance.below((free.len() - one).min(4))]);
            let hours = i64::try_from(chance.below(97)).unwrap() - 48;
            let was = first.saturating_add(SignedDuration::from_hours(hours));
            let fields = [first, last, was].map(calendar::written_with_time);
            let typed = fields.iter().flat_map(|text| {
                [Key::Control('u')].into_iter().chain(typed(text)).chain([Key::Enter]).collect::<Vec<_>>()
            });
            to(CorrectionFocus::Field(SpanField::First)).into_iter().chain(typed).collect()
        }
        CorrectionPage::Check { .. } | CorrectionPage::Undo { .. } if step.reason().is_some() => {
            with_reason(to(CorrectionFocus::Reason))
        }
        CorrectionPage::Check { .. } | CorrectionPage::Undo { .. } => {
            [to(CorrectionFocus::Act), vec![Key::Enter]].concat()
        }
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
