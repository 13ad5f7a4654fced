//! A new patient while the care platform does not answer: noted, not created; once it answers, it is asked about them
//! by itself, and where somebody is alike a person decides.

use glucodock::app::effect::{Effect, NotedTask, PlatformTask, Request, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::domain::association::IdempotencyKey;
use glucodock::domain::noted_person::{NotedEvent, WhyUndecided};
use glucodock::domain::patient::{Likeness, LookAlike};
use glucodock::domain::permission::Permission;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::sign_in::Withheld;
use glucodock::domain::text::Clean;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::SignedDuration;

use super::offline_search::offline;
use crate::clinic::{Clinic, anna, now};

fn said(clinic: &Clinic) -> String {
    serde_json::to_string(&view(&clinic.model, &Words::english())).unwrap()
}

/// What was asked about who is noted, in order.
fn asked(clinic: &Clinic) -> Vec<&NotedTask> {
    let about = clinic.asked.iter().filter_map(|effect| match effect {
        Effect::Ask(_, Request::For(_, Task::AboutNoted { what, .. })) => Some(what),
        _ => None,
    });
    about.collect()
}

fn fill_in_required(clinic: &mut Clinic) {
    clinic.keys([Key::Function(2)]);
    for text in ["Test", "Tea", "1-Feb-1999", "M777"] {
        clinic.text(text);
        clinic.keys([Key::Enter]);
    }
}

/// The second page, where only those known here could be compared.
pub(crate) fn noted_at_optional() -> Clinic {
    let mut clinic = offline();
    fill_in_required(&mut clinic);
    clinic
}

/// Somebody was noted by whoever is signed in, and the platform does not answer yet.
pub(crate) fn noted() -> Clinic {
    let mut clinic = offline();
    fill_in_required(&mut clinic);
    clinic.keys([const { Key::Enter }; 4]);
    assert_eq!(clinic.step(), "noted_person");
    clinic
}

/// The platform answers again, ten seconds later.
pub(crate) fn answers_again(clinic: &mut Clinic) {
    clinic.known_only = false;
    clinic.event_at(Event::Deadline, now() + SignedDuration::from_secs(10));
}

/// Somebody was noted, and the platform knows somebody alike.
pub(crate) fn to_decide() -> Clinic {
    let mut clinic = noted();
    clinic.keys([Key::Enter]);
    clinic.about_noted = Ok(NotedEvent::MustDecide(WhyUndecided::Alike));
    clinic.look_alikes = Ok(vec![LookAlike { patient: anna(), likeness: Likeness::SamePerson }]);
    answers_again(&mut clinic);
    clinic
}

/// Whoever had asked is not there any more: the next one hears that there are two records, as nothing else says so.
#[test]
fn that_there_are_two_records_is_told_to_whoever_is_there() {
    let mut clinic = noted();
    clinic.keys([Key::Enter]);
    clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::AboutNoted { .. })));
    answers_again(&mut clinic);
    let [Effect::Ask(ticket, _)] = std::mem::take(&mut clinic.held)[..] else { panic!("{:?}", clinic.held) };
    clinic.keys([Key::Function(10), Key::End, Key::Up, Key::Enter]);
    assert_eq!(clinic.step(), "sign_in");
    let answer = EffectResult::NotedPerson(Err(Problem::new(ProblemCode::CreatedBeside, "staged")));
    clinic.event(Event::EffectDone { ticket, answer });
    assert!(said(&clinic).contains("another record at the care platform has the same identifier"), "{}", said(&clinic));
}

#[test]
fn whoever_is_new_is_noted_and_not_created_while_it_does_not_answer() {
    let mut clinic = offline();
    clinic.text("zz");
    assert!(said(&clinic).contains("note a new patient"), "{}", said(&clinic));
    clinic.keys([Key::Control('u')]);
    clinic.keys([Key::Function(2)]);
    assert!(said(&clinic).contains("created there only once it has said that nobody is alike"), "{}", said(&clinic));
    clinic.keys([Key::Escape]);
    fill_in_required(&mut clinic);
    assert!(said(&clinic).contains("Only patients who were chosen at this station before could be compared"));
    clinic.keys([const { Key::Enter }; 4]);
    assert_eq!(clinic.step(), "noted_person");
    assert!(said(&clinic).contains("Noted, not created") && said(&clinic).contains("TEST, Tea"), "{}", said(&clinic));
    let [NotedTask::Note(new)] = asked(&clinic)[..] else { panic!("{:?}", asked(&clinic)) };
    assert_eq!((new.mrn.expose().as_str(), &new.reason_despite_look_alike), ("M777", &None));
    let is_creation = |effect: &Effect| {
        matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::CreatePatient { .. }))))
    };
    assert!(!clinic.asked.iter().any(is_creation));
    // They are nobody to work for: it goes on with the search, and the list has them.
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "find_patient");
    assert!(said(&clinic).contains("1 noted"), "{}", said(&clinic));
    clinic.keys([Key::Function(3), Key::Enter]);
    assert_eq!(clinic.step(), "noted_person");
    assert!(said(&clinic).contains("asked whether somebody is alike once it answers"), "{}", said(&clinic));
}

/// As long as it does not answer it is asked now and then, one question at a time, and nothing is told of it.
#[test]
fn once_it_answers_and_nobody_is_alike_they_are_created_and_that_is_told() {
    let mut clinic = noted();
    clinic.keys([Key::Enter]);
    let mut at = now();
    for asks in 1..=2 {
        at += SignedDuration::from_secs(10);
        assert_eq!(clinic.model.deadline(), Some(at));
        clinic.event_at(Event::Deadline, at);
        assert_eq!(asked(&clinic).len(), 1 + asks);
        assert!(!said(&clinic).contains("is at the care platform now") && clinic.noted_people.len() == 1);
    }
    clinic.known_only = false;
    at += SignedDuration::from_secs(10);
    clinic.event_at(Event::Deadline, at);
    assert!(said(&clinic).contains("Somebody who was noted is at the care platform now"), "{}", said(&clinic));
    assert!(said(&clinic).contains("answers again") && !said(&clinic).contains("1 noted"), "{}", said(&clinic));
    assert!(clinic.model.working().unwrap().noted.people.is_empty());
    assert_eq!(asked(&clinic).len(), 4, "it is asked no more");
    // Nothing was assigned to anybody by itself.
    assert_eq!(clinic.step(), "find_patient");
}

/// One of whom nothing is told is asked about again, but behind the others.
#[test]
fn one_about_whom_it_does_not_answer_holds_nobody_up() {
    let mut clinic = noted();
    clinic.keys([Key::Enter]);
    fill_in_required(&mut clinic);
    clinic.keys([const { Key::Enter }; 5]);
    assert_eq!(clinic.noted_people.len(), 2);
    for tick in 1..=3 {
        clinic.event_at(Event::Deadline, now() + SignedDuration::from_secs(10 * tick));
    }
    let asked: Vec<_> = clinic.asked.iter().filter_map(about_whom).collect();
    let [first, second, third] = asked[..] else { panic!("{asked:?}") };
    assert!(first != second && first == third, "{asked:?}");
}

/// Another program on the data folder asks about them, and is stopped; or a page comes in place of an answer, as of a
/// network that wants to be signed in to: it goes on by itself.
#[test]
fn whoever_could_not_be_asked_about_is_asked_about_again() {
    let unreadable = Problem::new(ProblemCode::PlatformUnreadable, "it is no JSON");
    for first in [Ok(NotedEvent::NotThere), Err(unreadable)] {
        let mut clinic = noted();
        clinic.keys([Key::Enter]);
        clinic.about_noted = first;
        answers_again(&mut clinic);
        let asks = asked(&clinic).len();
        clinic.about_noted = Ok(NotedEvent::Created(anna().id));
        let again = now() + SignedDuration::from_secs(20);
        clinic.event_at(Event::Deadline, again - SignedDuration::from_secs(1));
        assert_eq!(asked(&clinic).len(), asks, "not at once: it would be asked over and over");
        assert!(clinic.model.deadline().is_some_and(|deadline| deadline <= again));
        clinic.event_at(Event::Deadline, again);
        assert_eq!(asked(&clinic).len(), asks + 1);
        assert!(said(&clinic).contains("is at the care platform now"), "{}", said(&clinic));
    }
}

fn about_whom(effect: &Effect) -> Option<&IdempotencyKey> {
    match effect {
        Effect::Ask(_, Request::For(_, Task::AboutNoted { key, what: NotedTask::Ask })) => Some(key),
        _ => None,
    }
}

#[test]
fn where_somebody_is_alike_a_person_decides_that_it_is_them() {
    let mut clinic = to_decide();
    assert!(said(&clinic).contains("knows people like somebody who was noted"), "{}", said(&clinic));
    assert!(said(&clinic).contains("1 to decide"), "{}", said(&clinic));
    let asks = asked(&clinic).len();
    clinic.keys([Key::Function(3), Key::Enter]);
    assert!(said(&clinic).contains("Somebody must decide"), "{}", said(&clinic));
    clinic.keys([Key::Enter]);
    assert!(said(&clinic).contains("Nothing is answered") || clinic.step() == "noted_person", "nothing is marked");
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "create_patient");
    assert!(said(&clinic).contains("Noted 14-Jul-2026") && said(&clinic).contains("MÜLLER, Anna"), "{}", said(&clinic));
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "upload", "work goes on for her");
    assert_eq!(asked(&clinic)[asks..], [&NotedTask::TakeAs(anna().id)]);
    assert!(clinic.model.working().unwrap().noted.people.is_empty());
}

#[test]
fn somebody_else_is_created_for_a_reason_under_the_key_of_the_note() {
    let mut clinic = to_decide();
    let key = clinic.noted_people[0].key.clone();
    clinic.keys([Key::Function(3), Key::Enter, Key::Down, Key::Enter, Key::Down, Key::Down, Key::Enter]);
    clinic.text("twin");
    clinic.keys([const { Key::Enter }; 5]);
    let created = clinic.asked.iter().find_map(|effect| match effect {
        Effect::Ask(_, Request::For(_, Task::AboutNoted { key, what: NotedTask::Create(new) })) => Some((key, new)),
        _ => None,
    });
    let (with, new) = created.unwrap();
    assert_eq!((with, new.reason_despite_look_alike.as_ref().map(Clean::as_str)), (&key, Some("twin")));
    assert_eq!(clinic.step(), "upload");
    assert!(clinic.model.working().unwrap().noted.people.is_empty());
}

/// Nothing is decided among those who are known here.
#[test]
fn nothing_is_decided_while_it_does_not_answer() {
    let mut clinic = to_decide();
    clinic.known_only = true;
    clinic.keys([Key::Function(3), Key::Enter, Key::Down, Key::Enter]);
    assert!(said(&clinic).contains("E-PLAT-1"), "{}", said(&clinic));
    clinic.keys([Key::Escape]);
    assert_eq!(clinic.step(), "waiting_meters");
}

#[test]
fn what_was_noted_by_mistake_is_taken_back() {
    let mut clinic = noted();
    clinic.keys([Key::Enter, Key::Function(3), Key::Enter, Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "waiting_meters");
    assert_eq!(asked(&clinic).last(), Some(&&NotedTask::Drop));
    assert!(clinic.model.working().unwrap().noted.people.is_empty());
    answers_again(&mut clinic);
    assert_eq!(asked(&clinic).last(), Some(&&NotedTask::Drop), "nobody is asked about");
}

/// What the platform refuses otherwise it would refuse again: it is asked once more when somebody else signs in.
#[test]
fn it_is_asked_once_in_a_sign_in_and_only_for_who_may_create() {
    let mut clinic = noted();
    clinic.about_noted = Err(Problem::new(ProblemCode::NotGranted, "Patient.c"));
    clinic.keys([Key::Enter]);
    answers_again(&mut clinic);
    let asks = asked(&clinic).len();
    clinic.keys([Key::Function(5), Key::Function(3), Key::Escape]);
    assert_eq!(asked(&clinic).len(), asks);
    clinic.sign_out();
    clinic.sign_in();
    assert_eq!(asked(&clinic).len(), asks + 1);
    clinic.sign_out();
    clinic.withheld =
        Ok(vec![Withheld::NotGranted { permission: Permission::CreatePatients, missing: "Patient.c".into() }]);
    clinic.sign_in();
    assert_eq!(asked(&clinic).len(), asks + 1);
}
