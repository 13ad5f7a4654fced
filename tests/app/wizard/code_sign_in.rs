//! Signing in by a code that is typed on another device.

use glucodock::app::code_sign_in::{CodeQuestion, CodeSignIn};
use glucodock::app::effect::{Effect, Request, StationTask, Task, Ticket};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::domain::clinic::{Role, User};
use glucodock::domain::permission::Permission;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::sign_in::{DeviceCode, SignInOutcome, SignInStart, Withheld};
use glucodock::domain::text::Private;
use jiff::{SignedDuration, Timestamp};

use crate::clinic::{Clinic, now};

/// A code that is worth something for ten minutes.
pub(crate) fn code() -> DeviceCode {
    DeviceCode {
        user_code: "WDJB-MJHT".into(),
        uri: "https://login.example.org/device".into(),
        complete_uri: Some("https://login.example.org/device?user_code=WDJB-MJHT".into()),
        expires: later(600),
        interval: 5,
        secret: Private::new("GmRhmhcxhwAzkoEqiMEg".into()),
    }
}

fn later(seconds: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

fn nora(role: Role) -> SignInOutcome {
    let user = User { id: "1".into(), login: "nora".into(), name: "Nurse Nora".into(), role };
    SignInOutcome::SignedIn(user, Vec::new())
}

fn clinic() -> Clinic {
    let mut clinic = Clinic::new();
    clinic.model.signs_in_by_code = true;
    clinic.model.state = AppState::nobody(true);
    clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::BeginSignIn | Request::SignInByCode { .. }));
    clinic
}

/// Nora is signed in, and the platform does not let her do this.
pub(crate) fn with_withheld(permission: Permission) -> Clinic {
    let (mut clinic, ticket) = asking();
    let SignInOutcome::SignedIn(user, _) = nora(Role::Assistant) else { panic!("nobody") };
    let withheld = vec![Withheld::NotGranted { permission, missing: "Patient.c".into() }];
    hear(&mut clinic, ticket, Ok(SignInOutcome::SignedIn(user, withheld)));
    clinic
}

fn sign_in(clinic: &Clinic) -> &CodeSignIn {
    let AppState::SignInByCode(sign_in) = &clinic.model.state else { panic!("{:?}", clinic.model.state) };
    sign_in
}

fn asked(clinic: &mut Clinic) -> Ticket {
    let Some(Effect::Ask(ticket, Request::BeginSignIn | Request::SignInByCode { .. })) = clinic.held.pop() else {
        panic!("not asked")
    };
    ticket
}

fn begin(clinic: &mut Clinic, started: Result<SignInStart, Problem>) {
    clinic.keys([Key::Enter]);
    let ticket = asked(clinic);
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::SignInBegun(started) });
}

/// A code is on the screen, and the time has come to ask whether it was typed; with the ticket of that question.
fn asking() -> (Clinic, Ticket) {
    let mut clinic = clinic();
    begin(&mut clinic, Ok(SignInStart::DeviceCode(Box::new(code()))));
    assert_eq!(clinic.model.deadline(), Some(later(5)), "no earlier than the platform wants");
    clinic.event_at(Event::Deadline, later(4));
    assert!(clinic.held.is_empty(), "not yet");
    clinic.event_at(Event::Deadline, later(5));
    let ticket = asked(&mut clinic);
    assert_eq!(clinic.model.deadline(), None, "one question at a time");
    (clinic, ticket)
}

fn hear(clinic: &mut Clinic, ticket: Ticket, outcome: Result<SignInOutcome, Problem>) {
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::CodeAsked(outcome) });
}

#[test]
fn whoever_types_the_code_elsewhere_is_signed_in_here() {
    let (mut clinic, ticket) = asking();
    hear(&mut clinic, ticket, Ok(nora(Role::Assistant)));
    assert_eq!(clinic.model.working().unwrap().session.user.name.as_str(), "Nurse Nora");
    assert_eq!(clinic.step(), "find_patient");
    // Signing out tells the platform, and leads to the same kind of sign-in, without a code that anybody could type.
    clinic.keys([Key::Function(10), Key::End, Key::Up, Key::Enter]);
    assert_eq!(sign_in(&clinic), &CodeSignIn::Idle);
    assert!(matches!(clinic.asked.last(), Some(Effect::Ask(_, Request::For(_, Task::Station(StationTask::SignOut))))));
}

/// A clock that was a day ahead and is put right: what was later than the code lasts is no time any more.
#[test]
fn a_clock_that_is_set_back_ends_no_code() {
    let mut clinic = clinic();
    clinic.event_at(Event::Deadline, later(86_400));
    clinic.event_at(Event::Deadline, now());
    begin(&mut clinic, Ok(SignInStart::DeviceCode(Box::new(code()))));
    assert_eq!(clinic.model.deadline(), Some(later(5)), "{:?}", sign_in(&clinic));
}

#[test]
fn until_it_is_typed_it_is_asked_again_as_often_as_the_platform_wants() {
    let (mut clinic, ticket) = asking();
    let slower = Box::new(DeviceCode { interval: 30, ..code() });
    hear(&mut clinic, ticket, Ok(SignInOutcome::NotYet(slower)));
    assert_eq!(clinic.model.deadline(), Some(later(35)));
    clinic.event_at(Event::Deadline, later(35));
    let ticket = asked(&mut clinic);
    hear(&mut clinic, ticket, Ok(nora(Role::Clinician)));
    assert_eq!(clinic.step(), "find_patient");
}

/// Somebody may be typing it just then: a network that fails costs no code.
#[test]
fn an_answer_that_does_not_come_costs_no_code_and_is_asked_for_less_often() {
    let (mut clinic, ticket) = asking();
    hear(&mut clinic, ticket, Err(Problem::new(ProblemCode::PlatformUnreachable, "no answer")));
    assert_eq!(clinic.model.deadline(), Some(later(15)), "twice as long as before");
    clinic.event_at(Event::Deadline, later(15));
    let ticket = asked(&mut clinic);
    let throttled = Problem { wait_seconds: Some(60), ..Problem::new(ProblemCode::PlatformUnreachable, "too much") };
    hear(&mut clinic, ticket, Err(throttled));
    assert_eq!(clinic.model.deadline(), Some(later(75)), "as long as the platform says");
    clinic.event_at(Event::Deadline, later(75));
    let ticket = asked(&mut clinic);
    hear(&mut clinic, ticket, Err(Problem::new(ProblemCode::PlatformUnreadable, "a page for the network")));
    assert!(clinic.model.deadline().is_some(), "what cannot be read says nothing of the code either");
}

#[test]
fn a_code_that_is_worth_nothing_any_more_is_not_shown() {
    for code in [ProblemCode::SignInCodeExpired, ProblemCode::SignInCodeDenied] {
        let (mut clinic, ticket) = asking();
        hear(&mut clinic, ticket, Err(Problem::new(code, "refused")));
        assert!(matches!(sign_in(&clinic), CodeSignIn::Failed(problem) if problem.code == code));
        begin(&mut clinic, Ok(SignInStart::DeviceCode(Box::new(self::code()))));
        assert!(matches!(sign_in(&clinic), CodeSignIn::Shown { question: CodeQuestion::At(_), .. }), "a new one");
    }
    // Its time ran out while it was shown: no platform has to say so.
    let mut clinic = clinic();
    begin(&mut clinic, Ok(SignInStart::DeviceCode(Box::new(code()))));
    clinic.event_at(Event::Deadline, later(601));
    assert!(matches!(sign_in(&clinic), CodeSignIn::Failed(problem) if problem.code == ProblemCode::SignInCodeExpired));
    assert_eq!(clinic.model.deadline(), None);
}

#[test]
fn an_answer_to_a_code_that_was_given_up_signs_nobody_in() {
    let (mut clinic, ticket) = asking();
    clinic.keys([Key::Escape]);
    assert_eq!(sign_in(&clinic), &CodeSignIn::Idle);
    hear(&mut clinic, ticket, Ok(nora(Role::Assistant)));
    assert_eq!(sign_in(&clinic), &CodeSignIn::Idle);
    assert_left(&clinic, ticket);
    // A new code, and the late answer to the old one.
    let (mut clinic, old) = asking();
    clinic.keys([Key::Escape]);
    begin(&mut clinic, Ok(SignInStart::DeviceCode(Box::new(code()))));
    hear(&mut clinic, old, Ok(nora(Role::Assistant)));
    assert!(clinic.model.working().is_none());
    assert_left(&clinic, old);
}

/// The platform is told that nobody works in the sign-in that this question became.
fn assert_left(clinic: &Clinic, question: Ticket) {
    let Some(Effect::Ask(_, Request::For(session, Task::Station(StationTask::SignOut)))) = clinic.asked.last() else {
        panic!("{:?}", clinic.asked)
    };
    assert_eq!(session.id.0, question.0);
}

#[test]
fn a_role_without_patients_is_not_admitted_whatever_the_platform_says() {
    let (mut clinic, ticket) = asking();
    hear(&mut clinic, ticket, Ok(nora(Role::Auditor)));
    assert!(
        matches!(sign_in(&clinic), CodeSignIn::Failed(problem) if problem.code == ProblemCode::RoleWithoutPatients)
    );
    assert_left(&clinic, ticket);
}

#[test]
fn a_platform_that_wants_a_password_after_all_gets_one() {
    let mut clinic = clinic();
    begin(&mut clinic, Ok(SignInStart::Password));
    assert!(matches!(clinic.model.state, AppState::SignIn(_)));
}

#[test]
fn without_a_code_it_is_said_why() {
    let mut clinic = clinic();
    begin(&mut clinic, Err(Problem::new(ProblemCode::PlatformUnreachable, "no answer")));
    assert!(
        matches!(sign_in(&clinic), CodeSignIn::Failed(problem) if problem.code == ProblemCode::PlatformUnreachable)
    );
}

#[test]
fn the_secret_of_a_code_is_in_no_debug_text() {
    let (clinic, _) = asking();
    let all = format!("{:?} {:?}", clinic.asked, clinic.model.state);
    assert!(all.contains("WDJB-MJHT") && !all.contains("GmRhm"), "{all}");
}
