//! A station that is left alone locks itself (clinic-safety SEC-02): nobody sees any more what was on the screen, the
//! same person goes on where they were, and whoever else comes signs them out.

use glucodock::app::effect::{Effect, Request, StationTask, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::idle_lock::IdleLock;
use glucodock::app::key::Key;
use glucodock::app::paused;
use glucodock::domain::download::Completeness;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::{SignedDuration, Timestamp};

use crate::clinic::{Clinic, attachment, download, now};

const AFTER: SignedDuration = SignedDuration::from_mins(5);

/// So many seconds after the beginning.
fn at(seconds: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

/// Nora has chosen somebody, and stands at the upload step.
fn at_upload() -> Clinic {
    let mut clinic = Clinic::new();
    clinic.model.idle = IdleLock::new(Some(AFTER), now());
    clinic.sign_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "upload");
    clinic
}

/// Types a name and a password, wherever that leads.
fn type_sign_in(clinic: &mut Clinic, login: &str) {
    clinic.text(login);
    clinic.keys([Key::Enter]);
    clinic.text("secret");
    clinic.keys([Key::Enter]);
}

/// Who has signed out, in order.
fn signed_out(clinic: &Clinic) -> Vec<&str> {
    let who = |effect| match effect {
        &Effect::Ask(_, Request::For(ref session, Task::Station(StationTask::SignOut))) => {
            Some(session.user.login.as_str())
        }
        _ => None,
    };
    clinic.asked.iter().filter_map(who).collect()
}

/// All that is said on the screen.
fn said(clinic: &Clinic) -> String {
    serde_json::to_string(&view(&clinic.model, &Words::english())).unwrap()
}

#[test]
fn the_station_locks_after_some_minutes_without_a_key_and_not_before() {
    let mut clinic = at_upload();
    assert_eq!(clinic.model.deadline(), Some(at(300)));
    clinic.event_at(Event::Deadline, at(299));
    assert_eq!(clinic.step(), "upload");
    // A key that does nothing shows that somebody is there; a meter does not.
    clinic.event_at(Event::Key(Key::Function(7)), at(299));
    clinic.event_at(Event::MeterArrived(attachment(1)), at(598));
    assert_ne!(clinic.step(), "sign_in");
    clinic.event_at(Event::Deadline, at(599));
    assert_eq!(clinic.step(), "sign_in");
    assert!(paused::locked(&clinic.model).is_some());
    let said = said(&clinic);
    assert!(said.contains("Locked: for 5 minutes no key was pressed.") && said.contains("Nurse"), "{said}");
    assert!(!said.to_lowercase().contains("müller"), "{said}");
    assert!(signed_out(&clinic).is_empty(), "she is not signed out yet");
}

#[test]
fn the_same_person_goes_on_at_the_same_step_with_what_came_meanwhile() {
    let mut clinic = at_upload();
    clinic.event(Event::MeterArrived(attachment(1)));
    let ticket = clinic.read_ticket().unwrap();
    clinic.event_at(Event::Deadline, at(300));
    assert_eq!(clinic.step(), "sign_in");
    let answer = EffectResult::Read(Ok(Box::new(download(Completeness::Complete))));
    clinic.event_at(Event::EffectDone { ticket, answer }, at(310));
    assert_eq!(clinic.kept, 1, "what a meter sends waits for nobody");
    type_sign_in(&mut clinic, "nurse");
    assert_eq!(clinic.step(), "upload");
    assert!(paused::locked(&clinic.model).is_none());
    assert!(signed_out(&clinic).is_empty());
    // It counts from the sign-in on.
    assert_eq!(clinic.model.deadline(), Some(clinic.model.at.checked_add(AFTER).unwrap()));
}

#[test]
fn whoever_else_comes_begins_at_the_search_and_signs_the_other_out() {
    let mut clinic = at_upload();
    clinic.event_at(Event::Deadline, at(300));
    type_sign_in(&mut clinic, "otto");
    assert_eq!(clinic.step(), "find_patient");
    assert_eq!(signed_out(&clinic), ["nurse"]);
    assert!(clinic.model.paused.is_empty());
    // She begins anew as well.
    clinic.sign_out();
    type_sign_in(&mut clinic, "nurse");
    assert_eq!(clinic.step(), "find_patient");
}

/// The computer slept: the first key comes before the program is told what time it is.
#[test]
fn a_key_that_comes_too_late_does_nothing_on_the_screen_it_was_meant_for() {
    let mut clinic = at_upload();
    clinic.event_at(Event::Key(Key::Escape), at(3_600));
    assert_eq!(clinic.step(), "sign_in");
    assert!(!said(&clinic).contains("find"), "{}", said(&clinic));
    clinic.event_at(Event::Deadline, at(3_601));
    type_sign_in(&mut clinic, "nurse");
    assert_eq!(clinic.step(), "upload", "the key led nowhere");
}

#[test]
fn a_clock_that_is_set_back_makes_no_wait_longer() {
    let mut clinic = at_upload();
    clinic.event_at(Event::Key(Key::Function(7)), at(10_000 - 9_800));
    clinic.event_at(Event::MeterArrived(attachment(1)), at(-86_400));
    assert_eq!(clinic.model.deadline(), Some(at(-86_400 + 300)));
    clinic.event_at(Event::Deadline, at(-86_400 + 300));
    assert_eq!(clinic.step(), "sign_in");
}

#[test]
fn a_sign_in_is_not_locked_and_a_station_without_a_lock_never_is() {
    let mut clinic = Clinic::new();
    clinic.model.idle = IdleLock::new(Some(AFTER), now());
    clinic.text("nu");
    assert_eq!(clinic.model.deadline(), None);
    clinic.event_at(Event::Deadline, at(3_600));
    clinic.event_at(Event::Key(Key::Char('r')), at(3_601));
    clinic.text("se");
    clinic.keys([Key::Enter]);
    clinic.text("secret");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "find_patient", "what was typed is still there");

    let mut open = Clinic::signed_in();
    assert_eq!(open.model.deadline(), None);
    open.event_at(Event::Key(Key::Function(7)), at(86_400));
    assert_eq!(open.step(), "find_patient");
}
