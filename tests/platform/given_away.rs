//! A meter that is somebody else's at the platform, whatever this station thinks: nothing of it is written there.

use std::sync::MutexGuard;

use glucodock::domain::association::{Assignment, IdempotencyKey, Proof};
use glucodock::domain::delivery::DeliveryState;
use glucodock::domain::record::Span;
use glucodock::domain::taken_back::TakenBack;
use jiff::SignedDuration;
use rstest::rstest;
use serde_json::json;

use super::fhir_server::Shelf;
use super::made_up::download;
use super::place::{Place, Served, Terminal, letters, nora};
use super::records::{in_numbers, readings, record, somebody, visit};

/// The system of the numbers of the meters that these tests make up.
const METERS: &str = "https://glucodock.example/sid/meter/roche/accuchekguide";

fn small(served: &Served) -> MutexGuard<'_, Shelf> {
    served.small.as_ref().unwrap().shelf.lock().unwrap()
}

/// It became the patient's here, and then somebody at the platform gave it to another.
#[test]
fn readings_of_a_meter_that_was_given_away_there_are_not_written() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (patient, other) = (somebody(&terminal), somebody(&terminal));
    let serial = letters();
    visit(&terminal, &serial, &readings(0, 20), &patient);
    for device in &mut small(&served).resources {
        if device["resourceType"] == "Device" && device["patient"].is_object() {
            device["patient"]["reference"] = json!(other.id.0);
        }
    }
    visit(&terminal, &serial, &readings(20, 20), &patient);
    let [item] = terminal.store().undelivered().unwrap().try_into().unwrap();
    let DeliveryState::Refused(why) = &item.state else { panic!("{item:?}") };
    assert_eq!(why.as_str(), "the meter is another patient's at the platform");
    let there = Terminal::new(Some(&served), None);
    assert_eq!(in_numbers(&record(&there, &patient.id)), in_numbers(&readings(0, 20)));
    assert_eq!(in_numbers(&record(&there, &other.id)), []);
}

/// Somebody at the platform took it off whoever had it: what was added to them unasked since is not theirs by that,
/// before somebody has given it back.
#[rstest]
#[case::by_the_device("")]
#[case::by_the_statement("device_patient = false\n")]
fn readings_that_were_added_unasked_are_not_written_once_it_was_taken_off_them(#[case] said_by: &str) {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::with_settings(&served, said_by);
    let patient = somebody(&terminal);
    let serial = letters();
    visit(&terminal, &serial, &readings(0, 20), &patient);
    let give_back = |status: &str, owner: Option<&str>| {
        for resource in &mut small(&served).resources {
            match resource["resourceType"].as_str() {
                Some("Device") if resource["identifier"][0]["value"] == json!(serial) => {
                    if let Some(owner) = owner {
                        resource["patient"] = json!({ "reference": owner });
                    } else if let Some(device) = resource.as_object_mut() {
                        device.remove("patient");
                    }
                }
                Some("DeviceUseStatement") => resource["status"] = json!(status),
                _ => {}
            }
        }
    };
    give_back("completed", None);
    let upload = terminal.backend.station.quarantine(&nora(), &download(&serial, readings(20, 20))).unwrap();
    let (seen, key) = (terminal.store().upload(&upload.id).unwrap().seen(), IdempotencyKey(letters()));
    let append = Assignment { upload: upload.id, patient: patient.id.clone(), key, proof: Proof::Owner, seen };
    terminal.backend.station.assign(&nora(), &append).unwrap();
    terminal.carry();
    let [item] = terminal.store().undelivered().unwrap().try_into().unwrap();
    let DeliveryState::Refused(why) = &item.state else { panic!("{item:?}") };
    assert!(why.as_str().starts_with("the platform says since that this meter is nobody's"), "{why:?}");
    let there = Terminal::new(Some(&served), None);
    assert_eq!(in_numbers(&record(&there, &patient.id)), in_numbers(&readings(0, 20)));
    // Somebody there looked, and it is theirs.
    give_back("active", Some(&patient.id.0));
    assert!(terminal.backend.station.release(&nora(), &item.key, &"given back there".into()).unwrap());
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    let sent = [readings(0, 20), readings(20, 20)].concat();
    assert_eq!(in_numbers(&record(&terminal, &patient.id)), in_numbers(&sent));
}

/// Somebody at the platform gives it to another while its readings are on their way in several bundles, which take
/// their time: what is behind stays.
#[test]
fn what_is_still_to_be_sent_when_the_meter_is_given_away_there_is_not_written() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::whose_time_passes(&served, SignedDuration::from_secs(10));
    let (patient, other) = (somebody(&terminal), somebody(&terminal));
    let serial = letters();
    visit(&terminal, &serial, &readings(0, 20), &patient);
    let before = served.small.as_ref().unwrap().all("Observation").len();
    small(&served).given_away = Some((2, other.id.0.clone()));
    visit(&terminal, &serial, &readings(20, 400), &patient);
    let [item] = terminal.store().undelivered().unwrap().try_into().unwrap();
    let DeliveryState::Refused(why) = &item.state else { panic!("{item:?}") };
    assert_eq!(why.as_str(), "the meter is another patient's at the platform");
    assert_eq!(served.small.as_ref().unwrap().all("Observation").len(), before + 200, "two bundles of a hundred");
}

/// Whose it is there may be kept from this station: it is somebody else's all the same, and taken back here.
#[test]
fn a_meter_of_somebody_who_is_hidden_is_taken_back() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let patient = somebody(&terminal);
    let serial = letters();
    served.small.as_ref().unwrap().put(json!({
        "resourceType": "Device", "id": "m1", "patient": { "reference": "Patient/hidden" },
        "identifier": [{ "system": METERS, "value": serial }],
    }));
    small(&served).hidden = vec!["Patient/hidden".to_owned()];
    visit(&terminal, &serial, &readings(0, 20), &patient);
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    let [waiting] = terminal.store().pending().unwrap().try_into().unwrap();
    assert_eq!(waiting.taken_back, Some(TakenBack::LostRace));
    assert_eq!(terminal.store().record(&patient.id, Span::ALL).unwrap().totals.readings, 0);
    assert!(served.small.as_ref().unwrap().all("Observation").is_empty());
}

/// Whoever is signed in now may write no time stamp: it is left out, and the readings go.
#[test]
fn a_time_stamp_that_is_forbidden_meanwhile_holds_no_reading_up() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let patient = somebody(&terminal);
    let serial = letters();
    visit(&terminal, &serial, &readings(0, 20), &patient);
    small(&served).refuses = vec!["stamp"];
    visit(&terminal, &serial, &readings(20, 20), &patient);
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    let sent = [readings(0, 20), readings(20, 20)].concat();
    assert_eq!(in_numbers(&record(&terminal, &patient.id)), in_numbers(&sent));
}
