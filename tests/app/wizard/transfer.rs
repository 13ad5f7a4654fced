//! A meter goes to another patient from a day on: every question is answered before anything is moved, one key too many
//! moves nothing, and what was shown and typed is what is asked for.

use glucodock::app::effect::{Effect, Request, StationTask, Task};
use glucodock::app::key::Key;
use glucodock::app::remark::Remark;
use glucodock::app::transfer_task::TransferTask;
use glucodock::domain::clinic::Role;
use glucodock::domain::patient::PatientId;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::transfer::TransferOrder;
use glucodock::domain::words::key;
use glucodock::ui::linear::{keys, render};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::civil::date;
use rstest::rstest;

use crate::clinic::{Clinic, transfer_offer};
use crate::wizard_screens::cases::{
    at_devices, to_the_decision, to_the_first_day, to_the_identities, to_the_reason, type_person,
};
use crate::wizard_screens::tabs;

fn said(clinic: &Clinic) -> String {
    serde_json::to_string(&view(&clinic.model, &Words::english())).unwrap()
}

/// What the station was asked about transfers.
fn asked(clinic: &Clinic) -> Vec<TransferTask> {
    let task = |effect: &Effect| match effect {
        Effect::Ask(_, Request::For(_, Task::Station(StationTask::Transfer(task)))) => Some((**task).clone()),
        _ => None,
    };
    clinic.asked.iter().filter_map(task).collect()
}

fn requests(clinic: &Clinic) -> Vec<TransferOrder> {
    let moves = asked(clinic).into_iter();
    moves.filter_map(|task| if let TransferTask::Move { request } = task { Some(request) } else { None }).collect()
}

#[test]
fn what_was_shown_and_typed_is_asked_for_and_what_was_done_is_told() {
    let mut clinic = at_devices();
    to_the_decision(&mut clinic);
    assert_eq!((clinic.step(), requests(&clinic).len()), ("transfer_decide", 0));
    let shown = said(&clinic);
    for told in [
        "61 readings from 01-Jul-2026 on",
        "655 readings from before 01-Jul-2026",
        "4 readings without a sure time",
        "her sister has used it since July",
        "92500000042",
        "Nothing is deleted",
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    clinic.keys([Key::Tab, Key::Enter]);
    let [request] = requests(&clinic).try_into().unwrap();
    assert_eq!((&request.plan.to, request.plan.first_day), (&PatientId("3".into()), date(2026, 7, 1)));
    assert_eq!((request.plan.ownership.0.as_str(), request.seen), ("0042", transfer_offer().counts));
    assert_eq!(request.reason.as_str(), "her sister has used it since July");
    let typed = [&request.answers.from, &request.answers.to]
        .map(|typed| (typed.who.expose().to_string(), typed.born.expose().to_string()));
    assert_eq!(typed, [("am".to_owned(), "1961".to_owned()), ("cm".to_owned(), "1972".to_owned())]);
    assert_eq!(clinic.step(), "transfer_done");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "dashboard");
}

/// Enter once more than was meant, Esc, and the keys that move.
#[rstest]
#[case::enter(&[Key::Enter], "dashboard")]
#[case::escape(&[Key::Escape], "dashboard")]
#[case::round_and_enter(&[Key::Tab, Key::Tab, Key::Enter], "dashboard")]
#[case::up_and_down(&[Key::Up, Key::Down, Key::Enter], "dashboard")]
fn one_key_too_many_moves_nothing(#[case] pressed: &[Key], #[case] step: &str) {
    let mut clinic = at_devices();
    to_the_decision(&mut clinic);
    clinic.keys(pressed.to_vec());
    assert_eq!((clinic.step(), requests(&clinic).len()), (step, 0));
}

#[test]
fn nobody_gets_it_who_has_it_or_takes_no_readings() {
    let mut clinic = at_devices();
    clinic.keys([Key::Char('t')]);
    clinic.text("mul");
    for (rows, why) in [(1, key::REASON_HAS_THE_METER), (2, key::REASON_INACTIVE)] {
        clinic.keys(vec![Key::Down; rows]);
        clinic.keys([Key::Enter]);
        assert_eq!((clinic.step(), clinic.model.remark.clone()), ("transfer_to", Some(Remark::NotSelectable(why))));
        clinic.keys([Key::Char('/')]);
    }
    // Its own key is a letter of the search.
    clinic.keys([Key::Control('u')]);
    clinic.text("t");
    assert_eq!(clinic.step(), "transfer_to");
}

/// No day is proposed, none is guessed, and none is to come.
#[test]
fn the_day_is_typed() {
    let mut clinic = at_devices();
    to_the_first_day(&mut clinic);
    for (typed, told) in [
        ("", "Please"),
        ("July", "Please type the day like 14-Jul-2026"),
        ("7/8/2026", "This may be"),
        ("15-Jul-2026", "in the future"),
    ] {
        clinic.keys([Key::Control('u')]);
        clinic.text(typed);
        clinic.keys([Key::Enter]);
        assert_eq!(clinic.step(), "transfer_first_day", "{typed}");
        assert!(said(&clinic).contains(told), "{typed}: {}", said(&clinic));
    }
    assert!(asked(&clinic).is_empty());
    clinic.keys([Key::Control('u')]);
    clinic.text("14-Jul-2026");
    clinic.keys([Key::Enter]);
    let asked = asked(&clinic);
    let [TransferTask::LoadOffer { plan }] = asked.as_slice() else { panic!("one question") };
    assert_eq!(plan.first_day, date(2026, 7, 14));
}

#[test]
fn a_reason_is_typed_before_anybody_is_asked_who_they_are() {
    let mut clinic = at_devices();
    to_the_reason(&mut clinic);
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_SAY_WHY_TRANSFERRED)));
    clinic.text("  ");
    clinic.keys([Key::Tab, Key::Enter]);
    assert_eq!((clinic.step(), asked(&clinic).len()), ("transfer_reason", 1));
    // Back leads to the day, which is typed anew.
    clinic.keys([Key::Escape]);
    assert_eq!(clinic.step(), "transfer_first_day");
    clinic.keys([Key::Escape, Key::Escape]);
    assert_eq!(clinic.step(), "dashboard");
}

#[test]
fn why_it_cannot_be_done_is_told_with_what_helps() {
    for (code, helps) in [
        (ProblemCode::MoveRestedOn, "Undo the assignment of the meter without a serial number"),
        (ProblemCode::MoveAtPlatform, "at the care platform"),
        (ProblemCode::MoveReachesThird, "Type a later day"),
    ] {
        let mut clinic = at_devices();
        clinic.transfer_offer = Err(Problem::new(code, "no"));
        to_the_reason(&mut clinic);
        let shown = said(&clinic);
        assert!(shown.contains(helps) && shown.contains(code.code()) && !shown.contains("Go on"), "{shown}");
        clinic.keys([Key::Tab, Key::Enter]);
        assert_eq!((clinic.step(), requests(&clinic).len()), ("dashboard", 0));
    }
}

/// The first wrong answer may be a slip; the second leaves all as it is. Of each of the two, and counted each time.
#[test]
fn whoever_is_typed_wrong_twice_is_not_asked_a_third_time() {
    for is_new_owner in [false, true] {
        let mut clinic = at_devices();
        to_the_identities(&mut clinic);
        if is_new_owner {
            type_person(&mut clinic, "am", "1961");
        }
        type_person(&mut clinic, "xx", "1961");
        assert!(said(&clinic).contains("one more try"), "{}", said(&clinic));
        // A year of two digits, or a date that can be read in two ways, is no answer.
        for born in ["61", "7/8/1961"] {
            type_person(&mut clinic, "am", born);
            clinic.keys([Key::BackTab, Key::Control('u')]);
        }
        assert_eq!((clinic.step(), clinic.transfer_mismatches.len()), ("transfer_identify", 1));
        type_person(&mut clinic, "xx", "1961");
        assert_eq!(clinic.transfer_mismatches.len(), 2);
        assert_eq!(clinic.step(), "dashboard");
        assert_eq!(clinic.model.remark, Some(Remark::Happened(key::TOLD_TRANSFER_BLOCKED)));
        assert!(requests(&clinic).is_empty());
    }
}

/// What went wrong is told where it was asked; under the same key it is asked again. What was typed and does not prove
/// the person any more is typed anew.
#[test]
fn what_went_wrong_is_told_and_done_once() {
    let mut clinic = at_devices();
    to_the_decision(&mut clinic);
    clinic.transferred = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
    clinic.keys([Key::Tab, Key::Enter]);
    assert!(said(&clinic).contains("E-STORE-2"), "{}", said(&clinic));
    clinic.transferred = Err(Problem::new(ProblemCode::IdentityNotProved, "not proved"));
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "transfer_identify");
    type_person(&mut clinic, "am", "1961");
    type_person(&mut clinic, "cm", "1972");
    clinic.transferred = Ok(transfer_offer().counts);
    clinic.keys([Key::Tab, Key::Enter]);
    let keys: Vec<_> = requests(&clinic).into_iter().map(|request| request.key).collect();
    assert!(keys.len() == 3 && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    assert_eq!(clinic.step(), "transfer_done");
}

/// While it is done no key is taken; and whoever comes next hears what came of it.
#[test]
fn what_came_of_it_is_told_to_whoever_is_there() {
    for (is_done, told) in [(true, key::TOLD_TRANSFERRED), (false, key::TOLD_NOT_TRANSFERRED)] {
        let mut clinic = at_devices();
        to_the_decision(&mut clinic);
        if !is_done {
            clinic.transferred = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
        }
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Transfer(task))))
                if matches!(**task, TransferTask::Move { .. }))
        };
        clinic.keys([Key::Tab, Key::Enter, Key::Enter, Key::Escape]);
        assert_eq!((clinic.step(), requests(&clinic).len()), ("transfer_decide", 1));
        clinic.sign_out();
        clinic.sign_in_as("ida");
        clinic.holds = |_| false;
        clinic.release();
        assert_eq!(clinic.model.remark.clone().unwrap().words(), told);
    }
}

/// Whoever is no clinician is not offered it, nor is a meter that is theirs no more.
#[test]
fn only_a_clinician_is_offered_it_and_only_of_what_is_theirs() {
    let mut assistant = tabs::at(&[Key::Char('5')]);
    assert!(!said(&assistant).contains("transfer the meter"));
    assistant.keys([Key::Char('t')]);
    assert_eq!(assistant.step(), "dashboard");
    let mut clinic = at_devices();
    assert_eq!(clinic.role, Role::Clinician);
    assert!(said(&clinic).contains("transfer the meter"));
    clinic.keys([Key::Down]);
    assert!(!said(&clinic).contains("transfer the meter"));
    clinic.keys([Key::Char('t')]);
    assert_eq!(clinic.step(), "dashboard");
    clinic.keys([Key::Char('6'), Key::Char('t')]);
    assert_eq!(clinic.step(), "dashboard");
}

/// A line of the screen reader's mode, as keys on what is shown.
fn line(clinic: &mut Clinic, line: &str) {
    let pressed = keys(line, &view(&clinic.model, &Words::english()));
    clinic.keys(pressed);
}

/// In lines it is said in the same order, and a number chooses.
#[test]
fn it_is_transferred_in_lines_as_well() {
    let mut clinic = at_devices();
    line(&mut clinic, "t");
    line(&mut clinic, "mul");
    let told = render(None, &view(&clinic.model, &Words::english()));
    let carla = told.iter().find(|line| line.contains("Carla")).and_then(|line| line.split_once(':')).unwrap();
    let number = carla.0.to_owned();
    line(&mut clinic, &number);
    assert_eq!(clinic.step(), "transfer_first_day", "{told:?}");
    line(&mut clinic, "1-Jul-2026");
    assert_eq!(clinic.step(), "transfer_reason");
    let told = render(None, &view(&clinic.model, &Words::english()));
    assert!(told.iter().any(|line| line.contains("Goes along: 61 readings from 01-Jul-2026 on")), "{told:?}");
    line(&mut clinic, "her sister has it");
    let press = |clinic: &mut Clinic, button: &str| {
        let told = render(None, &view(&clinic.model, &Words::english()));
        let number = told.iter().find_map(|line| line.strip_suffix(&format!(": {button}"))).unwrap().to_owned();
        line(clinic, &number);
    };
    press(&mut clinic, "Go on");
    for (who, born) in [("am", "1961"), ("cm", "1972")] {
        assert_eq!(clinic.step(), "transfer_identify");
        line(&mut clinic, who);
        line(&mut clinic, born);
        press(&mut clinic, "Go on");
    }
    assert!(requests(&clinic).is_empty());
    press(&mut clinic, "Transfer the meter");
    assert_eq!((requests(&clinic).len(), clinic.step()), (1, "transfer_done"));
}
