//! The clinic's patients as a list: nobody is chosen by itself, and every way leads back to the same row.

use glucodock::app::effect::{Effect, Request, StationTask, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::population::PopulationStep;
use glucodock::domain::patient::{Identifier, Patient, PatientId};
use glucodock::domain::population::{PopulationFilter, PopulationOrder, PopulationPage, PopulationRow};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::json;
use glucodock::ui::paint::drawn;
use glucodock::ui::theme::{Colours, Theme};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use crate::clinic::{Clinic, anna, berta, carla, patient};

fn at_list() -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.keys([Key::Control('p')]);
    assert_eq!(clinic.step(), "population");
    clinic
}

fn list(clinic: &Clinic) -> &PopulationStep {
    match &clinic.model.state {
        AppState::Working(working) => match &working.step {
            Step::Population(step) => step,
            other => panic!("this is {}", other.name()),
        },
        _ => panic!("nobody is signed in"),
    }
}

fn ids(clinic: &Clinic) -> Vec<PatientId> {
    list(clinic).ids().into_iter().cloned().collect()
}

#[test]
fn nobody_is_chosen_until_somebody_moves_there_and_every_way_leads_back() {
    let mut clinic = at_list();
    assert_eq!(ids(&clinic), [anna().id, carla().id]);
    assert_eq!(list(&clinic).selection.id(), None);
    // Enter leads to the list: it never opens a record that nobody has chosen.
    clinic.keys([Key::Enter]);
    assert_eq!((clinic.step(), list(&clinic).selection.id()), ("population", Some(&anna().id)));
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "dashboard");
    clinic.keys([Key::Escape]);
    assert_eq!(list(&clinic).selection.id(), Some(&carla().id), "the same row");
    clinic.keys([Key::Escape]);
    assert_eq!(clinic.step(), "find_patient");
}

#[test]
fn another_order_or_filter_takes_the_cursor_away() {
    let mut clinic = at_list();
    for (key, order, filter) in [
        (Key::Right, PopulationOrder::Lows, PopulationFilter::All),
        (Key::Left, PopulationOrder::LastUpload, PopulationFilter::All),
        (Key::Char('f'), PopulationOrder::LastUpload, PopulationFilter::Active),
        (Key::Char('f'), PopulationOrder::LastUpload, PopulationFilter::WithWaiting),
    ] {
        clinic.keys([Key::Down, key]);
        let list = list(&clinic);
        assert_eq!((list.order, list.filter, list.selection.id()), (order, filter, None));
    }
    assert_eq!(ids(&clinic), []);
    clinic.keys([Key::Enter, Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "population", "there is nobody to open");
}

/// At the end of what has come, the next page is appended: no row above it moves.
#[test]
fn a_further_page_is_appended() {
    let mut clinic = at_list();
    clinic.keys([Key::Down, Key::Down, Key::Down]);
    assert_eq!(ids(&clinic), [anna().id, carla().id, berta().id]);
    assert_eq!(list(&clinic).selection.id(), Some(&carla().id));
    clinic.keys([Key::Down]);
    assert_eq!(list(&clinic).selection.id(), Some(&berta().id));
    clinic.keys([Key::Down, Key::End]);
    assert_eq!(ids(&clinic).len(), 3, "there are no more");
}

/// An answer about another list that comes late is nobody's, and what fails is said and tried again.
#[test]
fn a_late_page_of_another_list_changes_nothing() {
    let mut clinic = Clinic::signed_in();
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadPopulation { .. }))));
    clinic.keys([Key::Control('p'), Key::Right]);
    let open: Vec<_> = clinic.model.under_way.open().map(|(ticket, _)| ticket).collect();
    let [first, second] = open.as_slice() else { panic!("{open:?}") };
    let row = |id: &str| PopulationRow {
        patient: patient(id, "Late", "Ida", 1950),
        last_reading: None,
        low: 0,
        very_low: 0,
        high: 0,
        waiting: 0,
    };
    let page = |id| Ok(Box::new(PopulationPage { rows: vec![row(id)], next: None, known_only: false }));
    clinic.event(Event::EffectDone { ticket: *first, answer: EffectResult::Population(page("8")) });
    assert_eq!(ids(&clinic), []);
    let problem = Problem::new(ProblemCode::StoreUnreadable, "the file is damaged");
    clinic.event(Event::EffectDone { ticket: *second, answer: EffectResult::Population(Err(problem)) });
    assert!(list(&clinic).problem().is_some());
    clinic.holds = |_| false;
    clinic.keys([Key::Function(5)]);
    assert!(list(&clinic).problem().is_none());
    assert_eq!(ids(&clinic).len(), 2);
}

/// Two namesakes with a long name are told apart on the usual terminal, whatever the list is sorted by: their numbers
/// and birth dates stand whole, and the name is cut. Who has only readings that do not count is nobody who never
/// measured.
#[test]
fn namesakes_with_a_long_name_are_told_apart() {
    let row = |id: &str, year: i16| PopulationRow {
        patient: Patient {
            last_upload: Some(crate::clinic::now()),
            identifiers: vec![Identifier::new("MRN", &format!("M12345678{id}"))],
            ..patient(id, "Wolfeschlegelsteinhausenbergerdorff", "Hubert Blaine 2", year)
        },
        last_reading: None,
        low: 0,
        very_low: 0,
        high: 0,
        waiting: u32::from(id == "8"),
    };
    let mut clinic = Clinic::signed_in();
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadPopulation { .. }))));
    clinic.keys([Key::Control('p')]);
    for _ in PopulationOrder::ALL {
        let (ticket, _) = clinic.model.under_way.open().last().unwrap();
        let page = PopulationPage { rows: vec![row("8", 1950), row("9", 1951)], next: None, known_only: false };
        clinic.event(Event::EffectDone { ticket, answer: EffectResult::Population(Ok(Box::new(page))) });
        let theme = Theme::new(Colours::Mono, GlyphSet::Ascii);
        let rows = json::rows(&drawn(&view(&clinic.model, &Words::english()), &theme, 80, 24).0);
        for (id, year) in [("8", 1950), ("9", 1951)] {
            let is_told = |row: &&String| row.contains(&format!("M12345678{id}")) && row.contains(&year.to_string());
            assert_eq!(rows.iter().filter(is_told).count(), 1, "{rows:#?}");
        }
        if list(&clinic).order == PopulationOrder::DaysWithout {
            assert!(rows.iter().any(|row| row.contains("none counts")), "{rows:#?}");
        }
        clinic.keys([Key::Right]);
    }
}
