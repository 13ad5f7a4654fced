//! A server that was set up anew counts its records from one again: the key of somebody known here is then somebody
//! else's. Nothing that was assigned to the one goes to the other.

use glucodock::domain::delivery::{DeliveryState, Errand, Outcome};
use glucodock::domain::patient::Patient;
use glucodock::domain::record::Span;
use glucodock::domain::text::Private;
use glucodock::platform::SignsOfLife;
use glucodock::store::{By, DirectoryAddress};
use serde_json::json;

use super::made_up::download;
use super::place::{Place, Served, Terminal, letters, noon, nora, wait};
use super::records::{in_numbers, readings, record, somebody, visit};

/// From now on the record is of somebody else, of whom nothing is as it was.
fn give_away(served: &Served, patient: &Patient) {
    served.change(&patient.id.0, |person| {
        person["name"] = json!([{ "family": "Stranger", "given": ["Noah"] }]);
        person["birthDate"] = json!("1933-01-01");
        person["identifier"] = json!([{ "type": { "coding": [{ "code": "MR" }] }, "value": letters() }]);
    });
}

#[test]
fn what_waits_for_one_does_not_go_to_another_under_the_same_key() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let patient = somebody(&terminal);
    let serial = letters();
    visit(&terminal, &serial, &readings(0, 20), &patient);
    give_away(&served, &patient);
    visit(&terminal, &serial, &readings(20, 20), &patient);
    let [item] = terminal.store().undelivered().unwrap().try_into().unwrap();
    let DeliveryState::Refused(why) = &item.state else { panic!("{item:?}") };
    assert!(why.as_str().starts_with("the platform has another person"), "{why}");
    let there = Terminal::new(Some(&served), None);
    assert_eq!(in_numbers(&record(&there, &patient.id)), in_numbers(&readings(0, 20)));
}

/// Whoever finds the other one there cannot be given what is the first one's here, nor take that one's place.
#[test]
fn another_person_does_not_take_the_place_of_one_whose_readings_are_here() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let patient = somebody(&terminal);
    visit(&terminal, &letters(), &readings(0, 20), &patient);
    let stranger = Patient { family: Private::new("Stranger".into()), ..patient.clone() };
    terminal.backend.station.remember(&nora(), &stranger).unwrap();
    let stranger = Patient { born: Private::new(jiff::civil::date(1933, 1, 1)), identifiers: vec![], ..stranger };
    let refused = terminal.backend.station.remember(&nora(), &stranger).unwrap_err();
    assert_eq!(refused.problem().code.code(), "E-PLAT-13");
    assert_eq!(terminal.store().known_patient(&patient.id).unwrap().unwrap().born, patient.born);
}

/// The key became another person's, and that one's record was merged into a third: nothing follows it there.
#[test]
fn nothing_follows_the_merger_of_another_person_s_record() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (patient, third) = (somebody(&terminal), somebody(&terminal));
    let serial = letters();
    visit(&terminal, &serial, &readings(0, 20), &patient);
    give_away(&served, &patient);
    served.change(&patient.id.0, |person| {
        person["link"] = json!([{ "other": { "reference": third.id.0 }, "type": "replaced-by" }]);
    });
    visit(&terminal, &serial, &readings(20, 20), &patient);
    let [item] = terminal.store().undelivered().unwrap().try_into().unwrap();
    let DeliveryState::Refused(why) = &item.state else { panic!("{item:?}") };
    assert!(why.as_str().starts_with("the platform has another person"), "{why}");
    let there = Terminal::new(Some(&served), None);
    assert_eq!(in_numbers(&record(&there, &third.id)), []);
    let here = terminal.store().record(&patient.id, Span::ALL).unwrap();
    assert_eq!(here.patient.id, patient.id, "and no merger is noted");
}

/// Somebody showed beside a program that runs that the platform moved: it sends nothing to the former address.
#[test]
fn a_program_that_began_before_a_move_delivers_nothing_more() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let patient = somebody(&terminal);
    let serial = letters();
    let upload = terminal.backend.station.quarantine(&nora(), &download(&serial, readings(0, 20))).unwrap();
    terminal.assign(&upload.id, &patient, &letters()).unwrap();
    let store = terminal.store();
    let (from, to) = (store.directory().unwrap().unwrap(), "https://moved.example".to_owned());
    let to = DirectoryAddress { base: to, tenant: String::new() };
    store.directory_moved(By::command("test", noon()), &from, &to).unwrap();
    let Errand::Deliver(parcel) = terminal.backend.station.next_errand(noon()).unwrap() else { panic!("nothing") };
    let outcome = wait(terminal.backend.platform.record.deliver(&parcel, &SignsOfLife::default()));
    assert!(matches!(outcome, Outcome::Later(None, _)), "{outcome:?}");
    assert!(served.small.as_ref().unwrap().all("Device").is_empty());
}
