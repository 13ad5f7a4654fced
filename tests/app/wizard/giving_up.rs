//! What nobody waits for any more is given up, and nothing that changes something is.

use glucodock::app::effect::{Command, Effect, PlatformTask, Request, StationTask, Task, Ticket, ToEngine};
use glucodock::app::event::Event;
use glucodock::app::key::Key;
use glucodock::domain::association::Owner;

use super::super::clinic::{Clinic, upload};

/// The questions that were given up, in the order in which they were.
fn given_up(clinic: &Clinic) -> Vec<Ticket> {
    let ticket = |effect: &Effect| match effect {
        Effect::Do(Command::GiveUp { ticket }) => Some(*ticket),
        _ => None,
    };
    clinic.asked.iter().filter_map(ticket).collect()
}

/// The questions that are not answered.
fn held(clinic: &Clinic) -> Vec<Ticket> {
    let ticket = |effect: &Effect| match effect {
        Effect::Ask(ticket, _) => Some(*ticket),
        _ => None,
    };
    clinic.held.iter().filter_map(ticket).collect()
}

#[test]
fn a_newer_search_gives_up_the_one_before_it() {
    let mut clinic = Clinic::signed_in();
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))));
    clinic.text("mul");
    let [first, second, _] = held(&clinic).try_into().unwrap();
    assert_eq!(given_up(&clinic), [first, second], "and the newest is wanted");
    clinic.event(Event::GivenUp(first));
    clinic.keys([Key::Backspace, Key::Backspace, Key::Backspace]);
    let asked = held(&clinic);
    assert_eq!(given_up(&clinic), asked, "nothing is searched for any more, and each is given up once");
}

#[test]
fn a_search_whose_step_is_left_is_given_up() {
    let mut clinic = Clinic::new();
    clinic.waiting = vec![upload(Owner::Nobody)];
    clinic.sign_in();
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))));
    clinic.text("m");
    // The form leads back to this search, which is waited for until it is left for good.
    clinic.keys([Key::Function(2)]);
    assert_eq!((clinic.step(), given_up(&clinic).len()), ("create_patient", 0));
    clinic.keys([Key::Escape]);
    assert_eq!((clinic.step(), given_up(&clinic).len()), ("find_patient", 0));
    clinic.keys([Key::Function(3)]);
    assert_eq!(clinic.step(), "waiting_meters");
    assert_eq!(given_up(&clinic), held(&clinic));
}

#[test]
fn looking_again_gives_up_the_dashboard_before_it_and_leaving_gives_up_both() {
    let mut clinic = Clinic::signed_in();
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::LoadDashboard { .. }))));
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    assert_eq!(clinic.step(), "dashboard");
    clinic.keys([Key::Function(5)]);
    let [first, second] = held(&clinic).try_into().unwrap();
    assert_eq!(given_up(&clinic), [first]);
    clinic.keys([Key::Escape]);
    assert_eq!(given_up(&clinic), [first, second]);
}

#[test]
fn signing_out_gives_up_what_the_session_looked_for_but_not_what_it_writes() {
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    clinic.holds = |effect| {
        matches!(
            effect,
            Effect::Ask(
                _,
                Request::For(
                    _,
                    Task::Station(StationTask::Assign { .. }) | Task::Platform(PlatformTask::CheckAtPlatform { .. })
                )
            )
        )
    };
    clinic.keys([Key::Escape]);
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!((clinic.step(), held(&clinic).len()), ("confirm_assignment", 1));
    clinic.text("am");
    clinic.keys([Key::Enter]);
    clinic.text("1961");
    clinic.keys([Key::Enter, Key::Enter]);
    let [check, _] = held(&clinic).try_into().unwrap();
    clinic.keys([Key::Function(10), Key::End, Key::Up, Key::Enter]);
    assert!(clinic.model.working().is_none(), "signed out");
    assert_eq!(given_up(&clinic), [check], "the assignment is done, whoever is there");
}

/// What is under way when the program ends is given up before it ends.
#[test]
fn leaving_gives_up_first() {
    let mut clinic = Clinic::signed_in();
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))));
    clinic.text("m");
    let before = clinic.asked.len();
    clinic.keys([Key::Control('c'), Key::Left, Key::Enter]);
    let [Effect::Do(Command::GiveUp { ticket }), .., Effect::Engine(ToEngine::Quit)] = &clinic.asked[before..] else {
        panic!("{:?}", &clinic.asked[before..])
    };
    assert_eq!([*ticket], *held(&clinic));
}
