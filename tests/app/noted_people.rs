//! A new patient while a FHIR server does not answer, through the whole program and over restarts: of whoever was noted
//! one patient is made at most, whatever is lost, and where somebody is alike a person decides.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use glucodock::domain::association::IdempotencyKey;
use glucodock::domain::noted_person::NotedEvent;
use glucodock::store::{By, Store};
use rstest::rstest;
use serde_json::Value;

use super::fhir_person::person;
use super::fhir_platform::on;
use super::fhir_server::{Fault, FhirServer};
use super::headless::{SIGN_IN, furnish, noon, passes_on};

/// Notes somebody while the server does not answer.
const NOTE: &str = r#"
key F2
type "Test"
key Enter
type "Tea"
key Enter
type "14-Jul-1961"
key Enter
type "M777"
key Enter
wait "Only patients who were chosen at this station before could be compared"
keys Enter Enter Enter Enter
wait "Noted, not created"
expect "TEST, Tea"
key Enter
idle
expect-json /wizard/step "find_patient"
"#;

/// Opens what is to be decided, and looks at who is alike.
const DECIDE: &str = r#"
wait "somebody must decide"
key F3
idle
keys Enter Down Enter
wait "Registered already"
expect "Noted"
"#;

fn plays(folder: &Path, server: &FhirServer, script: &str) {
    let base = server.server.base.clone();
    passes_on(folder, Box::new(move |store| on(&base, store)), false, &format!("{SIGN_IN}{script}"));
}

/// A station at which somebody was noted.
fn noted(server: &FhirServer) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path());
    server.shelf.lock().unwrap().refuses = vec!["everything"];
    plays(folder.path(), server, NOTE);
    server.shelf.lock().unwrap().refuses.clear();
    assert!(server.all("Patient").iter().all(|patient| !is_noted(patient)), "nobody is created");
    folder
}

fn is_noted(patient: &Value) -> bool {
    patient.to_string().contains("M777")
}

/// How many patients there are of whoever was noted.
fn created(server: &FhirServer) -> usize {
    server.all("Patient").iter().filter(|patient| is_noted(patient)).count()
}

fn open(folder: &Path) -> usize {
    Store::open(folder).unwrap().noted_people().unwrap().len()
}

#[test]
fn nobody_is_alike_and_they_are_created_by_the_program_that_is_started_next() {
    let server = FhirServer::start(&[]);
    let folder = noted(&server);
    plays(folder.path(), &server, "wait \"is at the care platform now\"\n");
    assert_eq!((created(&server), open(folder.path())), (1, 0));
    // They are found like anybody else, and nothing is done by itself.
    plays(folder.path(), &server, "wait \"TEST, Tea\"\nexpect-json /wizard/step \"find_patient\"\n");
    let lines = Store::open(folder.path()).unwrap().audit_trail().unwrap();
    let told: Vec<_> = lines.iter().filter(|line| line.action.contains("noted")).collect();
    assert_eq!(told.len(), 2, "{told:?}");
}

/// Done and not heard of; not done; and killed between both, which leaves the same behind.
#[rstest]
#[case::the_answer_is_lost(Fault::LosesAnswer)]
#[case::it_is_not_done(Fault::Says(503))]
fn what_is_lost_is_asked_for_and_makes_no_second_patient(#[case] fault: Fault) {
    let server = FhirServer::start(&[]);
    let folder = noted(&server);
    server.shelf.lock().unwrap().faults = vec![fault];
    plays(folder.path(), &server, "wait \"is at the care platform now\"\n");
    assert_eq!((created(&server), open(folder.path())), (1, 0));
}

/// A program that was killed after it had begun leaves that behind.
#[test]
fn whoever_may_have_been_created_is_looked_for_first() {
    let server = FhirServer::start(&[]);
    let folder = noted(&server);
    let key = {
        let store = Store::open(folder.path()).unwrap();
        let [person] = store.noted_people().unwrap().try_into().unwrap();
        let by = By::command("1", noon().timestamp());
        store.note_happened(by, &person.key, NotedEvent::Begin).unwrap();
        person.key
    };
    let begun = |key: &IdempotencyKey| Store::open(folder.path()).unwrap().noted_person(key).unwrap().standing;
    assert!(begun(&key).is_open());
    plays(folder.path(), &server, "wait \"is at the care platform now\"\n");
    assert_eq!((created(&server), open(folder.path())), (1, 0));
}

/// Registered by somebody else while the server did not answer here.
#[test]
fn where_somebody_alike_appeared_meanwhile_a_person_decides_that_it_is_them() {
    let server = FhirServer::start(&[]);
    let folder = noted(&server);
    server.put(person("9", "Test", "Tea", "1961-07-14", "M1"));
    plays(folder.path(), &server, &format!("{DECIDE}keys Down Enter\nwait \"Upload the data\"\n"));
    assert_eq!((created(&server), open(folder.path())), (0, 0));
}

#[test]
fn where_somebody_alike_is_somebody_else_one_more_is_created_for_a_reason() {
    let server = FhirServer::start(&[]);
    let folder = noted(&server);
    server.put(person("9", "Test", "Tea", "1961-07-14", "M1"));
    let script = "keys Down Down Enter\ntype \"twins\"\nkeys Enter Enter Enter Enter Enter\nwait \"Upload the data\"\n";
    plays(folder.path(), &server, &format!("{DECIDE}{script}"));
    assert_eq!((created(&server), open(folder.path())), (1, 0));
}

/// Somebody else gives their number away a moment before, at a server that looks at no condition and lets nothing be
/// withdrawn: they are there, and whoever asks hears of the other record, also where the answer to the creation was
/// lost. Nothing is left that would go by itself.
#[rstest]
fn whoever_was_created_beside_another_record_is_there_and_it_is_told(#[values(false, true)] is_lost: bool) {
    let server = FhirServer::start(&[]);
    let folder = noted(&server);
    let mut shelf = server.shelf.lock().unwrap();
    (shelf.ignores_conditions, shelf.refuses) = (true, vec!["update"]);
    shelf.overtaken_by = Some(person("9", "Other", "Olga", "1950-01-01", "M777"));
    shelf.faults = is_lost.then_some(Fault::LosesAnswer).into_iter().collect();
    drop(shelf);
    let script = "wait \"another record at the care platform has the same identifier\"\nidle\nrefuse \"by itself\"\n";
    plays(folder.path(), &server, script);
    assert_eq!((created(&server), open(folder.path())), (2, 0));
    plays(folder.path(), &server, "wait \"TEST, Tea\"\n");
}

/// The second station finds whom the first one had created.
#[test]
fn two_stations_that_note_the_same_person_make_one_patient() {
    let server = FhirServer::start(&[]);
    let (one, other) = (noted(&server), noted(&server));
    plays(one.path(), &server, "wait \"is at the care platform now\"\n");
    plays(other.path(), &server, &format!("{DECIDE}keys Down Enter\nwait \"Upload the data\"\n"));
    assert_eq!((created(&server), open(one.path()), open(other.path())), (1, 0, 0));
}
