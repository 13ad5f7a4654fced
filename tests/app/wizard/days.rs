//! Days of a dashboard that somebody names.

use glucodock::app::effect::{Effect, PlatformTask, Request, Task};
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::dashboard::TabKind;
use glucodock::domain::statistics::Period;
use glucodock::ui::linear::keys;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::civil::{Date, date};

use crate::clinic::Clinic;
use crate::wizard_screens::tabs::at;

/// Which days were asked for, in order.
fn asked(clinic: &Clinic) -> Vec<(Period, Option<Date>)> {
    let days = |effect: &Effect| match effect {
        Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::LoadDashboard { period, until, .. }))) => {
            Some((*period, *until))
        }
        _ => None,
    };
    clinic.asked.iter().filter_map(days).collect()
}

fn said(clinic: &Clinic) -> String {
    serde_json::to_string(&view(&clinic.model, &Words::english())).unwrap()
}

/// The dashboard on a tab, and then its form with these days.
fn with(first: &str, last: &str) -> Clinic {
    let mut clinic = at(&[Key::Char('3'), Key::Char('d')]);
    clinic.asked.clear();
    clinic.text(first);
    clinic.keys([Key::Enter]);
    clinic.text(last);
    clinic.keys([Key::Enter]);
    clinic
}

/// The clock of these tests stands at 14-Jul-2026.
#[test]
fn days_are_typed_in_every_way_that_has_one_meaning() {
    for (first, last, period, until) in [
        ("14-Jun-2026", "20-Jun-2026", Period::Days7, date(2026, 6, 20)),
        ("1 jan 2026", "", Period::Other(195), date(2026, 7, 14)),
        ("2025-12-01", "31.12.2025", Period::Other(31), date(2025, 12, 31)),
        ("20260714", "14 July 2026", Period::Other(1), date(2026, 7, 14)),
        ("25/6/2026", "", Period::Other(20), date(2026, 7, 14)),
    ] {
        let clinic = with(first, last);
        assert_eq!(asked(&clinic), [(period, Some(until))], "{first} {last}: {}", said(&clinic));
        let AppState::Working(working) = &clinic.model.state else { panic!("nobody is signed in") };
        let Step::Dashboard(step) = &working.step else { panic!("no dashboard") };
        assert_eq!(step.tab.kind(), TabKind::Logbook, "the tab stays");
    }
    let mut clinic = with("1-Jun-2026", "14-Jun-2026");
    assert!(said(&clinic).contains("Dashboard: 01-Jun-2026 to 14-Jun-2026, in mg/dL"), "{}", said(&clinic));
    // The same days again, and then the last ones up to today.
    clinic.keys([Key::Function(5), Key::Right]);
    let until = Some(date(2026, 6, 14));
    assert_eq!(asked(&clinic), [(Period::Days14, until), (Period::Days14, until), (Period::Days30, None)]);
    assert!(said(&clinic).contains("Dashboard: the last 30 days, in mg/dL"));
}

#[test]
fn what_is_no_day_is_told_at_its_field_with_what_helps() {
    for (first, last, words) in [
        ("yesterday", "", "Please type the day like 14-Jul-2026."),
        ("Jun-2026", "", "Please type the day like 14-Jul-2026."),
        ("31-Jun-2026", "", "There is no such day: Jun-2026 has 30 days."),
        ("2026-02-30", "", "There is no such day: Feb-2026 has 28 days."),
        ("29 february 2025", "", "There is no such day: Feb-2025 has 28 days."),
        ("32-Jun-2026", "", "Please type the day like 14-Jul-2026."),
        ("5/6/2026", "", "This may be 06-May-2026 or 05-Jun-2026. Please type the month in letters."),
        ("1-Jun-26", "", "This may be 01-Jun-1926 or 01-Jun-2026. Please type the year in four digits."),
        ("15-Jul-2026", "", "This day is in the future."),
        ("1-Jun-2026", "31-May-2026", "This lies before the first day, 01-Jun-2026."),
        ("1-Jun-2026", "1-Aug-2026", "This day is in the future."),
        ("1-Jan-1902", "", "These are more than 36525 days."),
    ] {
        let clinic = with(first, last);
        assert!(said(&clinic).contains(words), "{first} {last}: {}", said(&clinic));
        assert_eq!(asked(&clinic), []);
    }
    // What stands there is taken away.
    let mut clinic = at(&[Key::Char('d')]);
    clinic.asked.clear();
    clinic.keys([Key::Control('u'), Key::Enter]);
    assert!(said(&clinic).contains("Please fill this in."), "{}", said(&clinic));
    assert_eq!(asked(&clinic), []);
}

#[test]
fn the_form_can_be_left_and_what_is_typed_there_is_no_command() {
    let mut clinic = at(&[Key::Char('d')]);
    clinic.asked.clear();
    clinic.text("7udm1");
    assert!(said(&clinic).contains("7udm1"));
    clinic.keys([Key::Escape]);
    assert!(said(&clinic).contains("Dashboard: the last 14 days, in mg/dL") && asked(&clinic).is_empty());
}

#[test]
fn in_lines_the_days_are_typed_one_after_the_other() {
    let mut clinic = at(&[]);
    clinic.asked.clear();
    for line in ["=d", "1-Jun-2026", "7-Jun-2026"] {
        let scene = view(&clinic.model, &Words::english());
        clinic.keys(keys(line, &scene));
    }
    assert_eq!(asked(&clinic), [(Period::Days7, Some(date(2026, 6, 7)))]);
}

/// A day that was refused, or come back to, is typed anew: what is typed takes its place. Whoever moves in it changes
/// it.
#[test]
fn what_is_typed_in_a_field_that_was_come_to_takes_the_place_of_what_is_there() {
    let typed = |clinic: &Clinic| {
        let scene = view(&clinic.model, &Words::english());
        let field = scene.focused_field().unwrap();
        (field.value.clone(), field.is_replaced)
    };
    let mut clinic = at(&[Key::Char('d')]);
    clinic.text("5/6/2026");
    clinic.keys([Key::Enter]);
    assert_eq!(typed(&clinic), ("5/6/2026".into(), true));
    clinic.text("5-Jun-2026");
    assert_eq!(typed(&clinic), ("5-Jun-2026".into(), false));
    // To the other field and back.
    clinic.keys([Key::Enter]);
    assert_eq!(typed(&clinic), ("14-Jul-2026".into(), true));
    clinic.keys([Key::BackTab]);
    assert_eq!(typed(&clinic), ("5-Jun-2026".into(), true));
    clinic.keys([Key::Backspace]);
    clinic.text("5");
    assert_eq!(typed(&clinic), ("5-Jun-2025".into(), false));
}
