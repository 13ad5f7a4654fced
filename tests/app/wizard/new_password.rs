//! A new password at the sign-in: chosen because somebody else knows the old one, or because its owner wants another.

use glucodock::app::effect::{Effect, Request, StationTask, Task};
use glucodock::app::event::Event;
use glucodock::app::idle_lock::IdleLock;
use glucodock::app::key::Key;
use glucodock::domain::clinic::Credentials;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use jiff::SignedDuration;

use crate::clinic::{Clinic, now};

/// What the last sign-in was asked with.
fn asked(clinic: &Clinic) -> &Credentials {
    let of = |effect| match effect {
        &Effect::Ask(_, Request::SignIn { ref credentials }) => Some(credentials),
        _ => None,
    };
    clinic.asked.iter().rev().find_map(of).unwrap()
}

fn sign_ins(clinic: &Clinic) -> usize {
    clinic.asked.iter().filter(|effect| matches!(effect, Effect::Ask(_, Request::SignIn { .. }))).count()
}

/// Which screen is shown.
fn screen(clinic: &Clinic) -> &'static str {
    view(&clinic.model, &Words::english()).step
}

/// All that is said on the screen.
fn said(clinic: &Clinic) -> String {
    serde_json::to_string(&view(&clinic.model, &Words::english())).unwrap()
}

/// Types this into the field, and goes on.
fn enter(clinic: &mut Clinic, text: &str) {
    clinic.text(text);
    clinic.keys([Key::Enter]);
}

/// Nora's password was given by somebody else: she stands where she chooses another.
pub(crate) fn given() -> Clinic {
    let mut clinic = Clinic::new();
    clinic.sign_in_problem = Some(ProblemCode::PasswordToChange);
    enter(&mut clinic, "nurse");
    enter(&mut clinic, "secret");
    assert_eq!(screen(&clinic), "new_password");
    clinic.sign_in_problem = None;
    clinic
}

#[test]
fn a_password_that_somebody_gave_is_changed_before_anybody_is_signed_in() {
    let mut clinic = given();
    let text = said(&clinic);
    assert!(text.contains("The password of nurse was given by somebody else"), "{text}");
    assert!(!text.contains("E-SIGN-8"), "nothing went wrong: {text}");
    enter(&mut clinic, "stapler mit brille");
    assert_eq!(sign_ins(&clinic), 1, "not before it was typed twice");
    enter(&mut clinic, "stapler mit brille");
    let asked = asked(&clinic);
    assert_eq!((asked.password.expose(), asked.new.as_ref().unwrap().expose()), ("secret", "stapler mit brille"));
    assert_eq!(screen(&clinic), "find_patient");
}

#[test]
fn what_cannot_be_a_password_is_told_and_asks_nobody() {
    let mut clinic = given();
    for (new, says) in [
        ("short", "Too short"),
        ("password", "among the passwords that are guessed first"),
        ("secret", "Too short"),
        ("nurse123", "among the passwords that are guessed first"),
    ] {
        enter(&mut clinic, new);
        let text = said(&clinic);
        assert!(text.contains(says), "{new}: {text}");
        assert!(!text.contains(&format!("\"{new}\"")), "{new}");
        clinic.keys([Key::Control('u')]);
    }
    enter(&mut clinic, "stapler mit brille");
    enter(&mut clinic, "stapler mit brillen");
    assert!(said(&clinic).contains("The two are not the same"));
    assert_eq!(sign_ins(&clinic), 1);
    // In which of the two the slip is nobody sees: both are typed again.
    enter(&mut clinic, "stapler mit brille");
    enter(&mut clinic, "stapler mit brille");
    assert_eq!(screen(&clinic), "find_patient");
}

#[test]
fn its_owner_changes_a_password_and_a_wrong_old_one_changes_nothing() {
    let mut clinic = Clinic::new();
    clinic.keys([Key::Control('n')]);
    assert_eq!(screen(&clinic), "sign_in", "whose, and from what, is not known");
    clinic.text("nurse");
    clinic.keys([Key::Control('n')]);
    assert_eq!((screen(&clinic), sign_ins(&clinic)), ("new_password", 0));
    enter(&mut clinic, "");
    assert!(said(&clinic).contains("Please fill this in."), "{}", said(&clinic));
    enter(&mut clinic, "wrong");
    enter(&mut clinic, "stapler mit brille");
    enter(&mut clinic, "stapler mit brille");
    assert_eq!(screen(&clinic), "sign_in");
    assert!(said(&clinic).contains("E-SIGN-1"));
    clinic.keys([Key::Control('n')]);
    enter(&mut clinic, "secret");
    enter(&mut clinic, "stapler mit brille");
    enter(&mut clinic, "stapler mit brille");
    assert_eq!(screen(&clinic), "find_patient");
}

/// Whoever comes to a choice of a new password that was left alone would be signed in as its owner.
#[test]
fn a_choice_that_was_left_alone_is_given_up() {
    for wanted in [false, true] {
        let mut clinic = if wanted { Clinic::new() } else { given() };
        if wanted {
            clinic.text("nurse");
            clinic.keys([Key::Control('n')]);
            enter(&mut clinic, "secret");
        }
        // Also where the station never locks.
        clinic.model.idle = IdleLock::new(None, now());
        let due = now().checked_add(SignedDuration::from_mins(5)).unwrap();
        assert_eq!(clinic.model.deadline(), Some(due));
        clinic.event_at(Event::Deadline, due);
        assert_eq!(screen(&clinic), "sign_in");
        assert!(!said(&clinic).contains("nurse"));
    }
}

#[test]
fn whoever_goes_back_keeps_the_old_one() {
    let mut clinic = given();
    clinic.text("stapler");
    clinic.keys([Key::Escape]);
    assert_eq!((screen(&clinic), sign_ins(&clinic)), ("sign_in", 1));
    assert!(!said(&clinic).contains("stapler"));
    enter(&mut clinic, "secret");
    assert!(asked(&clinic).new.is_none());
    assert_eq!(screen(&clinic), "find_patient");
}

#[test]
fn one_that_the_store_does_not_take_is_typed_again_in_its_place() {
    let mut clinic = given();
    clinic.sign_in_problem = Some(ProblemCode::PasswordUnfit);
    enter(&mut clinic, "stapler mit brille");
    enter(&mut clinic, "stapler mit brille");
    assert_eq!(screen(&clinic), "new_password");
    assert!(said(&clinic).contains("E-SIGN-9"));
    clinic.sign_in_problem = None;
    enter(&mut clinic, "gulasch regen tapete");
    enter(&mut clinic, "gulasch regen tapete");
    assert_eq!(screen(&clinic), "find_patient");
}

/// A password that is typed once more while it is checked is no search.
#[test]
fn neither_the_old_nor_the_new_one_gets_into_the_search() {
    for typed in ["secret", "stapler mit"] {
        let mut clinic = given();
        clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::SignIn { .. }));
        enter(&mut clinic, "stapler mit brille");
        enter(&mut clinic, "stapler mit brille");
        clinic.text(typed);
        clinic.holds = |_| false;
        clinic.release();
        assert_eq!(screen(&clinic), "find_patient");
        assert!(!said(&clinic).contains(typed), "{typed}");
    }
}

#[test]
fn who_was_disabled_is_told_so() {
    let mut clinic = Clinic::new();
    clinic.sign_in_problem = Some(ProblemCode::StaffDisabled);
    enter(&mut clinic, "nurse");
    enter(&mut clinic, "secret");
    assert_eq!(screen(&clinic), "sign_in");
    assert!(said(&clinic).contains("E-SIGN-7"));
}

/// Whoever is disabled while they work is signed out by the next answer: nobody goes on reading what stands there.
#[test]
fn whoever_is_disabled_at_work_is_signed_out_and_told() {
    let mut clinic = Clinic::new();
    clinic.sign_in();
    clinic.noted = Err(Problem::new(ProblemCode::StaffDisabled, ""));
    clinic.text("mul");
    assert_ne!(screen(&clinic), "sign_in");
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(screen(&clinic), "sign_in");
    let text = said(&clinic);
    assert!(text.contains("E-SIGN-7") && !text.to_lowercase().contains("müller"), "{text}");
    let signed_out =
        |effect: &&Effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::SignOut))));
    assert_eq!(clinic.asked.iter().filter(signed_out).count(), 1);
    // The rest of what she was typing was meant for another screen.
    clinic.text("ler, Anna");
    assert!(!said(&clinic).contains("ler, Anna"));
    clinic.event_at(Event::Deadline, now().checked_add(SignedDuration::from_secs(2)).unwrap());
    clinic.text("nurse");
    assert!(said(&clinic).contains("nurse"));
}
