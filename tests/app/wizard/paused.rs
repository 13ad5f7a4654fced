//! The sign-in ends at the care platform while somebody works: they sign in again and are where they were, and nothing
//! of what they did, and nothing that came meanwhile, is lost.

use glucodock::app::code_sign_in::CodeSignIn;
use glucodock::app::effect::{Effect, PlatformTask, Request, StationTask, Task, Ticket};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::domain::clinic::{Role, User};
use glucodock::domain::download::Completeness;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::sign_in::{SignInOutcome, SignInStart};

use super::code_sign_in::code;
use crate::clinic::{Clinic, attachment, download};

fn user(id: &str) -> User {
    User { id: id.into(), login: "nora".into(), name: "Nurse Nora".into(), role: Role::Assistant }
}

/// Somebody signs in by a code.
fn sign_in(clinic: &mut Clinic, user: User) {
    let holds = clinic.holds;
    clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::BeginSignIn | Request::SignInByCode { .. }));
    clinic.keys([Key::Enter]);
    let begun = EffectResult::SignInBegun(Ok(SignInStart::DeviceCode(Box::new(code()))));
    let ticket = held(clinic);
    clinic.event(Event::EffectDone { ticket, answer: begun });
    let when = clinic.model.deadline().unwrap();
    clinic.event_at(Event::Deadline, when);
    let ticket = held(clinic);
    clinic.holds = holds;
    let answer = EffectResult::CodeAsked(Ok(SignInOutcome::SignedIn(user, Vec::new())));
    clinic.event(Event::EffectDone { ticket, answer });
}

fn held(clinic: &mut Clinic) -> Ticket {
    let Some(Effect::Ask(ticket, _)) = clinic.held.pop() else { panic!("{:?}", clinic.held) };
    ticket
}

fn clinic() -> Clinic {
    let mut clinic = Clinic::new();
    clinic.model.signs_in_by_code = true;
    clinic.model.state = AppState::nobody(true);
    sign_in(&mut clinic, user("n7"));
    clinic
}

fn ended() -> Problem {
    Problem::new(ProblemCode::SignInEnded, "the sign-in at the platform has ended")
}

/// At the confirm screen, where the platform was asked and says that the sign-in has ended.
fn stopped() -> Clinic {
    let mut clinic = clinic();
    clinic.is_remote = true;
    clinic.at_platform = Some(Err(ended()));
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    clinic.plug_and_read(Completeness::Complete);
    clinic.keys([Key::Enter, Key::Tab, Key::Enter, Key::Down, Key::Enter]);
    let AppState::SignInByCode(shown) = &clinic.model.state else { panic!("{:?}", clinic.model.state) };
    assert!(matches!(&**shown, CodeSignIn::Failed(problem) if problem.code == ProblemCode::SignInEnded));
    assert!(clinic.model.overlay.is_none());
    clinic.at_platform = None;
    clinic
}

/// What the platform was asked, by whom.
fn asked_at_platform(clinic: &Clinic) -> Vec<(Ticket, u64)> {
    let of = |effect: &Effect| match effect {
        Effect::Ask(ticket, Request::For(session, Task::Platform(PlatformTask::CheckAtPlatform { .. }))) => {
            Some((*ticket, session.id.0))
        }
        _ => None,
    };
    clinic.asked.iter().filter_map(of).collect()
}

#[test]
fn whoever_signs_in_again_is_where_they_were() {
    let mut clinic = stopped();
    sign_in(&mut clinic, user("n7"));
    assert_eq!(clinic.step(), "confirm_assignment");
    let asked = asked_at_platform(&clinic);
    let [(first, before), (again, after)] = asked[..] else { panic!("{asked:?}") };
    assert!(first == again && before != after, "the same question, in the new sign-in: {asked:?}");
    assert_eq!(clinic.model.working().unwrap().session.id.0, after);
    assert!(clinic.model.paused.is_empty());
    assert!(clinic.model.under_way.open().next().is_none(), "every answer was taken");
}

#[test]
fn it_can_end_as_often_as_it_likes() {
    let mut clinic = stopped();
    for _ in 0..3 {
        clinic.at_platform = Some(Err(ended()));
        sign_in(&mut clinic, user("n7"));
        assert!(!clinic.model.paused.is_empty());
    }
    clinic.at_platform = None;
    sign_in(&mut clinic, user("n7"));
    assert_eq!(clinic.step(), "confirm_assignment");
}

/// Who signed out, in the order in which they did.
fn left(clinic: &Clinic) -> Vec<&str> {
    let of = clinic.asked.iter().filter_map(|effect| match effect {
        Effect::Ask(_, Request::For(session, Task::Station(StationTask::SignOut))) => Some(session.user.id.as_str()),
        _ => None,
    });
    of.collect()
}

/// Another person begins at the search, and sees nothing of work that stands still. Its own person comes back to it.
#[test]
fn work_that_stands_still_waits_for_its_own_person() {
    let mut clinic = stopped();
    sign_in(&mut clinic, user("n8"));
    assert_eq!(clinic.step(), "find_patient");
    let working = clinic.model.working().unwrap();
    assert_eq!(working.session.user.id, "n8");
    assert!(!super::said(&clinic).contains("mul"), "what was typed is nobody else's");
    assert_eq!(asked_at_platform(&clinic).len(), 1, "nothing of it is asked for somebody else");
    clinic.keys([Key::Function(10), Key::End, Key::Up, Key::Enter]);
    assert_eq!(left(&clinic), ["n8"], "and hers has not ended with it");
    sign_in(&mut clinic, user("n7"));
    assert_eq!(clinic.step(), "confirm_assignment");
    assert!(clinic.model.paused.is_empty());
    assert_eq!(asked_at_platform(&clinic).len(), 2);
    assert!(clinic.model.under_way.open().next().is_none(), "every answer was taken");
}

/// The sign-in of the other one ends as well: each comes back to their own.
#[test]
fn each_comes_back_to_their_own() {
    let mut clinic = stopped();
    sign_in(&mut clinic, user("n8"));
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))));
    clinic.text("zor");
    let ticket = held(&mut clinic);
    clinic.holds = |_| false;
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Found(Err(ended())) });
    assert_eq!(clinic.model.paused.len(), 2);
    sign_in(&mut clinic, user("n7"));
    assert_eq!(clinic.step(), "confirm_assignment");
    clinic.keys([Key::Function(10), Key::End, Key::Up, Key::Enter]);
    sign_in(&mut clinic, user("n8"));
    assert_eq!(clinic.step(), "find_patient");
    assert!(super::said(&clinic).contains("zor"), "{}", super::said(&clinic));
    assert_eq!(left(&clinic), ["n7"]);
}

/// Whoever comes back with another role begins anew; the work that stood still is over, as if signed out.
#[test]
fn work_of_another_role_is_over() {
    let mut clinic = stopped();
    sign_in(&mut clinic, User { role: Role::Clinician, ..user("n7") });
    assert_eq!(clinic.step(), "find_patient");
    assert!(clinic.model.paused.is_empty());
    assert_eq!(left(&clinic), ["n7"]);
    assert_eq!(asked_at_platform(&clinic).len(), 1);
}

/// Not everybody who ever left is remembered: of the thirteenth the first is over, as if signed out.
#[test]
fn the_work_of_twelve_stands_still_at_most() {
    let mut clinic = stopped();
    for number in 0..12 {
        sign_in(&mut clinic, user(&format!("m{number}")));
        clinic.holds = |effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))))
        };
        clinic.text("zor");
        let ticket = held(&mut clinic);
        clinic.holds = |_| false;
        clinic.event(Event::EffectDone { ticket, answer: EffectResult::Found(Err(ended())) });
        assert!(left(&clinic).is_empty());
    }
    sign_in(&mut clinic, user("m12"));
    assert_eq!((clinic.model.paused.len(), left(&clinic)), (12, vec!["n7"]));
}

/// A meter that is being read goes to quarantine meanwhile, for whoever began it.
#[test]
fn what_is_read_is_kept_meanwhile() {
    let mut clinic = clinic();
    clinic.is_remote = true;
    clinic.event(Event::MeterArrived(attachment(1)));
    let read = clinic.read_ticket().unwrap();
    clinic.holds =
        |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::SearchPatients { .. }))));
    clinic.text("mul");
    let ticket = held(&mut clinic);
    clinic.holds = |_| false;
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Found(Err(ended())) });
    assert!(!clinic.model.paused.is_empty());
    let answer = EffectResult::Read(Ok(Box::new(download(Completeness::Complete))));
    clinic.event(Event::EffectDone { ticket: read, answer });
    assert_eq!(clinic.kept, 1, "it does not wait for anybody");
    sign_in(&mut clinic, user("n7"));
    assert_eq!(clinic.step(), "find_patient");
    let working = clinic.model.working().unwrap();
    assert!(super::said(&clinic).contains("mul") && working.session.user.id == "n7", "what was typed is there");
}

/// Whoever signs in with a name and a password here has no sign-in there that could end.
#[test]
fn a_password_of_this_computer_is_not_asked_for_again() {
    let mut clinic = Clinic::signed_in();
    clinic.is_remote = true;
    clinic.at_platform = Some(Err(ended()));
    clinic.go_to_confirm_assignment();
    assert!(clinic.model.paused.is_empty());
}

/// Whoever leaves the program signs out with it, though their work stands still.
#[test]
fn whoever_leaves_signs_out() {
    let mut clinic = stopped();
    clinic.keys([Key::Control('c'), Key::Left, Key::Enter]);
    let is_left = |effect: &Effect| match effect {
        Effect::Ask(_, Request::For(session, Task::Station(StationTask::SignOut))) => session.user.id == "n7",
        _ => false,
    };
    assert!(clinic.asked.iter().any(is_left), "{:?}", clinic.asked.last());
}
