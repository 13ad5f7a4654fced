//! The details of what went wrong: offered wherever a problem is told, and about nobody.

use std::collections::BTreeSet;

use glucodock::app::action::Action;
use glucodock::app::asked::Asked;
use glucodock::app::event::Event;
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::offers;
use glucodock::app::overlay::Overlay;
use glucodock::app::problems;
use glucodock::domain::association::Owner;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::ui::linear::render;
use glucodock::ui::scene::Scene;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use super::{cases, seen, variants};
use crate::clinic::{Clinic, upload};

/// The codes that stand anywhere in a scene.
fn codes(scene: &Scene) -> BTreeSet<&'static str> {
    let all = format!("{scene:?}");
    let stands = |code: &&str| all.split(code).skip(1).any(|rest| !rest.starts_with(char::is_numeric));
    ProblemCode::ALL.iter().map(|code| code.code()).filter(stands).collect()
}

fn clinics() -> impl Iterator<Item = (String, Clinic)> {
    seen::clinics().chain(variants::all_problems()).chain(cases::full_panels()).chain(cases::after_work())
}

#[test]
fn every_code_on_a_screen_has_its_details_and_no_screen_without_one_offers_them() {
    let words = Words::english();
    let (mut with, mut without) = (0, 0);
    for (case, clinic) in clinics() {
        let known: BTreeSet<&str> = problems::shown(&clinic.model).iter().map(|problem| problem.code.code()).collect();
        let told = codes(&view(&clinic.model, &words));
        assert!(told.is_subset(&known), "{case}: {told:?} of {known:?}");
        let is_offered = offers::of_state(&clinic.model).iter().any(|offer| offer.action == Action::Details);
        assert_eq!(is_offered, !known.is_empty(), "{case}");
        if is_offered { with += 1 } else { without += 1 }
    }
    assert!(with > 100 && without > 30, "{with} {without}");
}

#[test]
fn the_details_open_and_close_with_their_key_and_say_code_detail_and_log_also_in_lines() {
    let words = Words::english();
    for (case, mut clinic) in clinics().filter(|(_, clinic)| clinic.model.overlay.is_none()) {
        let told = problems::shown(&clinic.model).into_iter().cloned().collect::<Vec<_>>();
        clinic.keys([Key::Control('x')]);
        if told.is_empty() {
            assert_eq!(clinic.model.overlay, None, "{case}");
            continue;
        }
        assert!(matches!(clinic.model.overlay, Some(Overlay::Details(_))), "{case}");
        let scene = view(&clinic.model, &words);
        let said = render(None, &scene).join("\n");
        for problem in told.iter().take(2) {
            assert!(said.contains(problem.code.code()) && said.contains(problem.detail.as_str()), "{case}: {said}");
        }
        assert!(said.contains("/home/station/.local/state/glucodock/log"), "{case}: {said}");
        assert!(said.contains("0.0.1"), "{case}: {said}");
        let overlay = format!("{:?}", scene.overlay);
        for whose in ["MÜLLER", "Anna", "1961", "M1001", "925", "0042", "Nora", "nurse"] {
            assert!(!overlay.contains(whose), "{case}: {whose} in {overlay}");
        }
        clinic.keys([Key::Control('x')]);
        assert_eq!(clinic.model.overlay, None, "{case}");
    }
}

#[test]
fn the_details_are_in_the_menu_and_go_when_nothing_is_wrong_any_more() {
    let mut clinic = Clinic::signed_in();
    cases::lists_fail(&mut clinic);
    clinic.keys([Key::Function(10)]);
    let place = offers::menu_rows(&clinic.model);
    let details = glucodock::app::overlay::MenuRow::Do(Action::Details);
    let downs = place.iter().position(|row| *row == details).unwrap();
    clinic.keys((0..downs).map(|_| Key::Down));
    clinic.keys([Key::Enter]);
    assert!(matches!(clinic.model.overlay, Some(Overlay::Details(_))));
    // Keys of other commands do nothing here.
    clinic.keys([Key::Function(2)]);
    assert!(matches!(clinic.model.overlay, Some(Overlay::Details(_))));
    clinic.keys([Key::Escape]);
    assert_eq!(clinic.model.overlay, None);
    clinic.keys([Key::Control('x'), Key::Enter]);
    assert_eq!(clinic.model.overlay, None);

    clinic.keys([Key::Control('x')]);
    assert!(matches!(clinic.model.overlay, Some(Overlay::Details(_))));
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    (working.recents_asked, working.waiting_asked) = (Asked::Idle, Asked::Idle);
    clinic.event(Event::Deadline);
    assert_eq!(clinic.model.overlay, None, "what went wrong is over");
}

/// Also what the screen says in its own words, without the code.
#[test]
fn what_failed_beside_the_step_has_its_details_too() {
    let codes = |clinic: &Clinic| problems::shown(&clinic.model).iter().map(|problem| problem.code).collect::<Vec<_>>();
    let problem = || Problem::new(ProblemCode::StoreUnreadable, "damaged");
    let mut clinic = Clinic::signed_in();
    clinic.look_alikes = Err(problem());
    clinic.go_to_confirm_assignment();
    assert_eq!(codes(&clinic), [ProblemCode::StoreUnreadable], "who may be taken for them is not known");

    let mut clinic = Clinic::new();
    clinic.waiting = vec![upload(Owner::Nobody)];
    clinic.sign_in();
    clinic.keys([Key::Function(3)]);
    assert_eq!((clinic.step(), codes(&clinic).len()), ("waiting_meters", 0));
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    working.waiting_asked = Asked::failed(problem());
    assert_eq!(codes(&clinic), [ProblemCode::StoreUnreadable], "the list may be old");
}
