//! Who was noted as a new patient of a care platform that did not answer.

use std::time::Duration;

use glucodock::domain::association::IdempotencyKey;
use glucodock::domain::noted_person::{NotedEvent, NotedStanding, WhyUndecided};
use glucodock::domain::patient::{Likeness, PatientId};
use glucodock::store::{DirectoryAddress, Store, StoreError};

use super::directory::known;
use super::support::{by, person, store};

fn key(key: &str) -> IdempotencyKey {
    IdempotencyKey(key.to_owned())
}

fn of_directory(store: &Store) {
    let directory = DirectoryAddress { base: "https://a.example".to_owned(), tenant: String::new() };
    store.belong_to(by(0), &directory).unwrap();
}

fn told(store: &Store) -> Vec<String> {
    let lines = store.audit_trail().unwrap().into_iter();
    lines.filter(|line| line.action.contains("noted")).map(|line| format!("{} {}", line.action, line.patient)).collect()
}

#[test]
fn somebody_is_noted_once_and_for_a_directory_only() {
    let (_directory, store) = store();
    let new = person("Test", "Tea", "1961-07-14", "M7");
    assert!(matches!(store.note_person(by(1), &new, &key("a")), Err(StoreError::NotFound { .. })));
    of_directory(&store);
    let noted = store.note_person(by(1), &new, &key("a")).unwrap();
    assert_eq!((&*noted.new, noted.since, &noted.standing), (&new, by(1).at, &NotedStanding::Waiting));
    assert_eq!(store.note_person(by(2), &new, &key("a")).unwrap(), noted);
    let other = person("Other", "Olga", "1961-07-14", "M8");
    assert!(matches!(store.note_person(by(3), &other, &key("a")), Err(StoreError::KeyReused)));
    assert_eq!(store.work_list().unwrap().noted, [noted]);
    assert_eq!(told(&store), ["person-noted "]);
    // They are nobody who can be found or selected, and nobody's number is theirs.
    assert!(store.known_patients("test", 20).unwrap().patients.is_empty());
}

/// Each program that is started goes on where the last one was.
#[test]
fn what_happens_is_kept_through_every_restart() {
    let (directory, mut store) = store();
    of_directory(&store);
    let taken = PatientId("Patient/9".to_owned());
    for name in ["a", "b"] {
        store.note_person(by(1), &person("Test", "Tea", "1961-07-14", name), &key(name)).unwrap();
    }
    let steps = [
        (NotedEvent::Begin, NotedStanding::Begun),
        (NotedEvent::NotThere, NotedStanding::Waiting),
        (NotedEvent::MustDecide(WhyUndecided::NotTaken), NotedStanding::ToDecide(WhyUndecided::NotTaken)),
        (NotedEvent::MustDecide(WhyUndecided::Alike), NotedStanding::ToDecide(WhyUndecided::Alike)),
        (NotedEvent::TakeAs(taken.clone()), NotedStanding::TakenAs(taken.clone())),
    ];
    for (second, (event, standing)) in (2..).zip(steps) {
        if standing == NotedStanding::Waiting {
            let dropped = store.note_happened(by(second), &key("a"), NotedEvent::Drop);
            assert!(matches!(dropped, Err(StoreError::MayBeCreated)), "{dropped:?}");
        }
        assert_eq!(store.note_happened(by(second), &key("a"), event).unwrap().standing, standing);
        drop(store);
        store = Store::open(directory.path()).unwrap();
        assert_eq!(store.noted_person(&key("a")).unwrap().standing, standing);
    }
    let begun = store.note_happened(by(20), &key("a"), NotedEvent::Begin);
    assert!(matches!(begun, Err(StoreError::NotFound { .. })), "{begun:?}");
    let open = store.noted_people().unwrap();
    assert_eq!(open.iter().map(|person| person.key.0.as_str()).collect::<Vec<_>>(), ["b"]);
    store.note_happened(by(21), &key("b"), NotedEvent::Drop).unwrap();
    assert!(store.noted_people().unwrap().is_empty());
    let lines = ["person-noted ", "person-noted ", "noted-person-taken-as Patient/9", "noted-person-dropped "];
    assert_eq!(told(&store), lines);
}

#[test]
fn one_program_at_a_time_asks_about_them() {
    let (directory, store) = store();
    let other = Store::open(directory.path()).unwrap();
    let alone = store.noted_lock(Duration::ZERO).unwrap();
    assert!(alone.is_some() && other.noted_lock(Duration::ZERO).unwrap().is_none());
    drop(alone);
    assert!(other.noted_lock(Duration::ZERO).unwrap().is_some());
}

#[test]
fn who_is_known_here_and_alike_is_found_without_the_directory() {
    let (_directory, store) = store();
    let known = known(&store, "Patient/a");
    let same = store.known_patient(&known).unwrap().unwrap();
    let new = |family: &str| person(family, same.given.expose().as_str(), &same.born.expose().to_string(), "Z77");
    let alike = store.known_look_alikes(&new(same.family.expose().as_str())).unwrap();
    let alike: Vec<_> = alike.iter().map(|other| (&other.patient.id, other.likeness)).collect();
    assert_eq!(alike, [(&known, Likeness::SamePerson)]);
    assert!(store.known_look_alikes(&person("Nilsson", "Asa", "1999-02-01", "Z78")).unwrap().is_empty());
}
