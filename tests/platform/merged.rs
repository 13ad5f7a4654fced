//! Records that become one at the platform, or are retired there: what this station has of them follows as soon as it
//! hears of it, by whatever question.

use glucodock::domain::association::{Assignment, IdempotencyKey, Owner, Proof};
use glucodock::domain::delivery::{DeliveryState, Errand, Jitter, Outcome, WaitsBecause};
use glucodock::domain::patient::{Patient, Status};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::Reading;
use glucodock::domain::record::{PatientRecord, RecordOrigin, Span};
use glucodock::domain::text::Clean;
use glucodock::platform::SignsOfLife;
use rstest::rstest;
use serde_json::{Value, json};

use super::fhir_server::Fault;
use super::made_up::download;
use super::place::{Place, Served, Terminal, letters, noon, nora, wait};
use super::records::{in_numbers, readings, record, somebody, visit};

pub(crate) fn merge(served: &Served, former: &Patient, into: &Patient) {
    served.change(&former.id.0, |person| {
        person["active"] = json!(false);
        person["link"] = json!([{ "other": { "reference": into.id.0 }, "type": "replaced-by" }]);
    });
    served.change(&into.id.0, |person| {
        person["link"] = json!([{ "other": { "reference": former.id.0 }, "type": "replaces" }]);
    });
}

/// The merger was a mistake.
pub(crate) fn take_apart(served: &Served, former: &Patient, into: &Patient) {
    for id in [&former.id, &into.id] {
        served.change(&id.0, |person| {
            person["active"] = json!(true);
            person.as_object_mut().unwrap().remove("link");
        });
    }
}

/// Who is there under a key now.
pub(crate) fn fetched(terminal: &Terminal, patient: &Patient) -> Patient {
    wait(terminal.backend.platform.directory.fetch(&nora(), &patient.id)).unwrap().unwrap()
}

/// The next readings of a meter, for its owner.
pub(crate) fn append(terminal: &Terminal, serial: &str, sent: &[Reading], patient: &Patient) {
    let upload = terminal.backend.station.quarantine(&nora(), &download(serial, sent.to_vec())).unwrap();
    terminal.backend.station.remember(&nora(), patient).unwrap();
    let (key, seen) = (IdempotencyKey(letters()), upload.seen());
    let own = Assignment { upload: upload.id, patient: patient.id.clone(), key, proof: Proof::Owner, seen };
    terminal.backend.station.assign(&nora(), &own).unwrap();
}

/// Two records of one person, each chosen here before, and a meter of the one.
#[test]
fn the_meter_of_a_merged_record_goes_on_for_its_own_owner() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (former, now) = (somebody(&terminal), somebody(&terminal));
    let serial = letters();
    visit(&terminal, &serial, &readings(0, 20), &former);
    merge(&served, &former, &now);

    // Whoever looks for the one is shown the other, and the station has heard of it.
    let number = former.identifiers[0].value.expose().to_string();
    let found = wait(terminal.backend.platform.directory.search(&nora(), &number, None, 20)).unwrap().patients;
    assert_eq!(found.iter().map(|patient| &patient.id).collect::<Vec<_>>(), [&now.id]);
    let upload = terminal.backend.station.quarantine(&nora(), &download(&serial, readings(20, 20))).unwrap();
    let Owner::Patient(owner) = &upload.owner else { panic!("{:?}", upload.owner) };
    assert_eq!(owner.id, now.id);
    terminal.backend.station.remember(&nora(), &now).unwrap();
    let (key, seen) = (IdempotencyKey(letters()), upload.seen());
    let patient = now.id.clone();
    let own = Assignment { upload: upload.id, patient, key, proof: Proof::Owner, seen };
    assert_eq!(terminal.backend.station.assign(&nora(), &own).unwrap().new, 20);
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    assert_eq!(terminal.store().record(&now.id, Span::ALL).unwrap().totals.readings, 40);
    let there = Terminal::new(Some(&served), None);
    let all = [readings(0, 20), readings(20, 20)].concat();
    assert_eq!(in_numbers(&record(&there, &now.id)), in_numbers(&all));
}

/// Somebody's meter comes again while their record is merged into another's: the two, and its serial number. What came
/// then is not sent.
fn appended_while_one(served: &Served, terminal: &Terminal) -> (Patient, Patient, String) {
    let (former, now) = (somebody(terminal), somebody(terminal));
    let serial = letters();
    visit(terminal, &serial, &readings(0, 20), &former);
    merge(served, &former, &now);
    assert_eq!(fetched(terminal, &former).id, now.id);
    append(terminal, &serial, &readings(20, 20), &now);
    (former, now, serial)
}

/// What of somebody's meter was assigned while their record was merged, and is delivered after that was taken back.
#[test]
fn what_was_assigned_while_two_were_one_is_delivered_to_whose_the_meter_is() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (former, now, _) = appended_while_one(&served, &terminal);
    take_apart(&served, &former, &now);
    assert_eq!(fetched(&terminal, &former).id, former.id);
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    let there = Terminal::new(Some(&served), None);
    let all = [readings(0, 20), readings(20, 20)].concat();
    for from in [&terminal, &there] {
        assert_eq!(in_numbers(&record(from, &former.id)), in_numbers(&all));
        assert_eq!(in_numbers(&record(from, &now.id)), []);
    }
}

/// And what was delivered meanwhile is in the record of the other: it is seen, nothing goes on, and a person puts it
/// right there.
#[test]
fn what_was_delivered_while_two_were_one_is_seen_once_they_are_apart() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (former, now, serial) = appended_while_one(&served, &terminal);
    terminal.carry();
    take_apart(&served, &former, &now);
    fetched(&terminal, &former);

    let [item] = terminal.store().undelivered().unwrap().try_into().unwrap();
    assert_eq!(item.state, DeliveryState::Misplaced(now.id.clone()));
    let first = [readings(0, 20), readings(20, 20)].concat();
    assert_eq!(in_numbers(&record(&terminal, &former.id)), in_numbers(&first));
    assert_eq!(in_numbers(&record(&terminal, &now.id)), [], "the other's readings are not shown as theirs");
    append(&terminal, &serial, &readings(40, 20), &former);
    terminal.carry();
    let there = Terminal::new(Some(&served), None);
    assert_eq!(in_numbers(&record(&there, &former.id)), in_numbers(&readings(0, 20)));

    let mut shelf = served.small.as_ref().unwrap().shelf.lock().unwrap();
    let wrong = shelf.resources.iter_mut().filter(|own| own["subject"]["reference"] == now.id.0.as_str());
    wrong.for_each(|own| own["subject"]["reference"] = json!(former.id.0));
    drop(shelf);
    assert!(terminal.backend.station.release(&nora(), &item.key, &"moved by the record office".into()).unwrap());
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    let all = [first, readings(40, 20)].concat();
    for from in [&terminal, &there] {
        assert_eq!(in_numbers(&record(from, &former.id)), in_numbers(&all));
        assert_eq!(in_numbers(&record(from, &now.id)), []);
    }
}

/// The next parcel arrives, and its answer is lost on the way. Gives its key.
fn sent_unanswered(served: &Served, terminal: &Terminal) -> IdempotencyKey {
    served.small.as_ref().unwrap().shelf.lock().unwrap().faults = vec![Fault::LosesAnswer];
    let Errand::Deliver(parcel) = terminal.backend.station.next_errand(noon()).unwrap() else { panic!("nothing") };
    let outcome = wait(terminal.backend.platform.record.deliver(&parcel, &SignsOfLife::default()));
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert!(terminal.backend.station.note_delivery(&parcel.key, outcome, noon(), Jitter(0)).unwrap());
    parcel.key
}

/// The answer was lost of what is in the record of the other: that it may be there is seen once they are apart, by
/// whatever question that is heard, and nothing more of the meter goes before a person has put it right there.
#[test]
fn what_was_delivered_unanswered_while_two_were_one_is_seen_once_they_are_apart() {
    for is_heard_by_delivery in [false, true] {
        let served = Place::Small.serve().unwrap();
        let terminal = Terminal::new(Some(&served), None);
        let (former, now, serial) = appended_while_one(&served, &terminal);
        let key = sent_unanswered(&served, &terminal);
        take_apart(&served, &former, &now);
        append(&terminal, &serial, &readings(40, 20), if is_heard_by_delivery { &now } else { &former });
        if !is_heard_by_delivery {
            fetched(&terminal, &former);
        }
        terminal.carry();
        let misplaced = || terminal.store().work_list().unwrap().undelivered;
        let waits = [WaitsBecause::PerhapsMisplaced, WaitsBecause::BehindMisplaced];
        assert_eq!(misplaced().into_iter().map(|item| item.because).collect::<Vec<_>>(), waits);
        let there = Terminal::new(Some(&served), None);
        assert_eq!(in_numbers(&record(&there, &former.id)), in_numbers(&readings(0, 20)));
        assert_eq!(in_numbers(&record(&terminal, &now.id)), [], "the other's readings are not shown as theirs");

        let mut shelf = served.small.as_ref().unwrap().shelf.lock().unwrap();
        let wrong = shelf.resources.iter_mut().filter(|own| own["subject"]["reference"] == now.id.0.as_str());
        wrong.for_each(|own| own["subject"]["reference"] = json!(former.id.0));
        drop(shelf);
        assert!(terminal.backend.station.release(&nora(), &key, &"moved by the record office".into()).unwrap());
        terminal.carry();
        assert_eq!(terminal.store().undelivered().unwrap(), []);
        let all = [readings(0, 20), readings(20, 20), readings(40, 20)].concat();
        for from in [&terminal, &there] {
            assert_eq!(in_numbers(&record(from, &former.id)), in_numbers(&all));
            assert_eq!(in_numbers(&record(from, &now.id)), []);
        }
    }
}

/// The merger was taken back, and nobody has asked for the one yet: the other's dashboard is right at once, and the
/// meters beside their name are.
#[test]
fn whoever_took_the_place_is_shown_without_the_other_as_soon_as_they_are_apart() {
    for is_searched in [false, true] {
        let served = Place::Small.serve().unwrap();
        let terminal = Terminal::new(Some(&served), None);
        let (former, now) = (somebody(&terminal), somebody(&terminal));
        visit(&terminal, &letters(), &readings(0, 20), &former);
        merge(&served, &former, &now);
        assert_eq!(fetched(&terminal, &former).id, now.id);
        assert_eq!(in_numbers(&record(&terminal, &now.id)), in_numbers(&readings(0, 20)));
        take_apart(&served, &former, &now);
        if is_searched {
            assert_eq!(fetched(&terminal, &now).devices, Vec::<Clean>::new());
            assert_eq!(terminal.store().merged_records(&now.id).unwrap(), []);
        }
        let shown = wait(terminal.backend.platform.record.readings(&nora(), &now.id, Span::ALL)).unwrap();
        assert_eq!((shown.readings, shown.uploads, shown.patient.devices), (vec![], vec![], vec![]));
        assert_eq!(in_numbers(&record(&terminal, &former.id)), in_numbers(&readings(0, 20)));
    }
}

/// A record that somebody can be told by is missing its birth date or family name, where a merger leads to or by
/// itself: nothing is lost, a person is told what is to be done, and then it goes.
#[test]
fn what_is_meant_for_an_incomplete_record_is_refused_until_that_is_completed() {
    for (is_merged, missing) in [(true, "birthDate"), (true, "name"), (false, "birthDate")] {
        let served = Place::Small.serve().unwrap();
        let terminal = Terminal::new(Some(&served), None);
        let former = somebody(&terminal);
        let now = somebody(&Terminal::new(Some(&served), None));
        let upload = terminal.backend.station.quarantine(&nora(), &download(&letters(), readings(0, 20))).unwrap();
        terminal.assign(&upload.id, &former, &letters()).unwrap();
        if is_merged {
            merge(&served, &former, &now);
        }
        let incomplete = if is_merged { &now } else { &former };
        let mut kept = json!(null);
        served.change(&incomplete.id.0, |person| kept = person.as_object_mut().unwrap().remove(missing).unwrap());
        terminal.carry();
        let [claim, _] = terminal.store().undelivered().unwrap().try_into().unwrap();
        let DeliveryState::Refused(why) = &claim.state else { panic!("{claim:?}") };
        assert!(why.as_str().ends_with("have it completed there, then send this again"), "{why}");
        served.change(&incomplete.id.0, |person| person[missing] = kept);
        assert!(terminal.backend.station.release(&nora(), &claim.key, &"completed".into()).unwrap());
        terminal.carry();
        assert_eq!(terminal.store().undelivered().unwrap(), []);
        let there = Terminal::new(Some(&served), None);
        assert_eq!(in_numbers(&record(&there, &incomplete.id)), in_numbers(&readings(0, 20)));
    }
}

/// What was decided while the server was away finds out at its delivery.
#[test]
fn a_delivery_tells_the_station_who_was_merged_and_who_was_retired() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let [former, now, retired, gone] = [(); 4].map(|()| somebody(&terminal));
    let serials = [(); 3].map(|()| letters());
    for (serial, patient) in serials.iter().zip([&former, &retired, &gone]) {
        terminal.backend.station.remember(&nora(), patient).unwrap();
        let upload = terminal.backend.station.quarantine(&nora(), &download(serial, readings(0, 20))).unwrap();
        terminal.assign(&upload.id, patient, &letters()).unwrap();
    }
    merge(&served, &former, &now);
    served.change(&retired.id.0, |person| person["active"] = json!(false));
    let id = gone.id.0.clone();
    let mut shelf = served.small.as_ref().unwrap().shelf.lock().unwrap();
    shelf.resources.retain(|person| format!("Patient/{}", person["id"].as_str().unwrap()) != id);
    drop(shelf);
    terminal.carry();
    let store = terminal.store();
    assert_eq!(store.record(&former.id, Span::ALL).unwrap().patient.id, now.id);
    for patient in [&retired, &gone] {
        assert_eq!(store.known_patient(&patient.id).unwrap().unwrap().status, Status::Inactive);
    }
    let there = Terminal::new(Some(&served), None);
    assert_eq!(in_numbers(&record(&there, &now.id)), in_numbers(&readings(0, 20)));
}

/// A record that is not there any more and has no link: what waits for it is refused with what to do, nothing of it is
/// shown as if it were there, and nobody can choose the person. Restored, it goes on where it was.
#[rstest]
fn a_record_that_is_gone_refuses_what_waits_and_goes_on_once_it_is_restored(#[values(404, 410)] status: u16) {
    let served = Place::Small.serve().unwrap();
    let shelf = || served.small.as_ref().unwrap().shelf.lock().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let patient = somebody(&terminal);
    let serial = letters();
    visit(&terminal, &serial, &readings(0, 20), &patient);
    append(&terminal, &serial, &readings(20, 20), &patient);
    let is_it = |own: &Value| format!("Patient/{}", own["id"].as_str().unwrap()) == patient.id.0;
    let mut taken = Vec::new();
    if status == 410 {
        shelf().deleted.push(patient.id.0.clone());
    } else {
        taken = shelf().resources.extract_if(.., |own| is_it(own)).collect();
    }

    terminal.carry();
    let [item] = terminal.store().undelivered().unwrap().try_into().unwrap();
    let DeliveryState::Refused(why) = &item.state else { panic!("{item:?}") };
    assert!(why.as_str().ends_with("have it restored there, then send this again"), "{why}");
    let platform = &terminal.backend.platform;
    let shown = wait(platform.record.readings(&nora(), &patient.id, Span::ALL)).unwrap_err();
    assert_eq!(shown.problem().code, ProblemCode::NoRecord);
    assert_eq!(wait(platform.directory.fetch(&nora(), &patient.id)).unwrap(), None);
    let number = patient.identifiers[0].value.expose().to_string();
    let search = || wait(platform.directory.search(&nora(), &number, None, 20)).unwrap();
    assert_eq!(search().patients, []);
    // Without the server nobody is hidden who was chosen here, and nobody can choose them.
    shelf().refuses = vec!["everything"];
    let known = search();
    assert_eq!(known.patients.iter().map(|known| known.status).collect::<Vec<_>>(), [Status::Inactive]);
    assert!(known.known_only && !known.patients[0].is_selectable());

    shelf().refuses.clear();
    shelf().deleted.clear();
    shelf().resources.append(&mut taken);
    assert!(terminal.backend.station.release(&nora(), &item.key, &"restored by the record office".into()).unwrap());
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    assert_eq!(search().patients[0].status, Status::Active);
    let there = Terminal::new(Some(&served), None);
    let all = [readings(0, 20), readings(20, 20)].concat();
    assert_eq!(in_numbers(&record(&there, &patient.id)), in_numbers(&all));
}

/// A reference may lead to another server, where the same id is of somebody else.
#[test]
fn a_merger_into_a_record_of_another_server_leads_to_nobody_here() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (former, stranger) = (somebody(&terminal), somebody(&terminal));
    let serial = letters();
    terminal.backend.station.remember(&nora(), &former).unwrap();
    let upload = terminal.backend.station.quarantine(&nora(), &download(&serial, readings(0, 20))).unwrap();
    terminal.assign(&upload.id, &former, &letters()).unwrap();
    served.change(&former.id.0, |person| {
        let elsewhere = format!("https://hub.example/fhir/{}", stranger.id.0);
        person["link"] = json!([{ "other": { "reference": elsewhere }, "type": "replaced-by" }]);
    });
    terminal.carry();
    let there = Terminal::new(Some(&served), None);
    assert_eq!(record(&there, &stranger.id), []);
    assert_ne!(terminal.store().undelivered().unwrap(), [], "it waits here for a person");
    assert_eq!(terminal.store().merged_into(&former.id).unwrap(), None);
    assert_eq!(terminal.store().record(&former.id, Span::ALL).unwrap().totals.readings, 20);
}

/// A server behind something that ends TLS writes an address of its own before its references, and says it.
#[test]
fn a_server_that_writes_its_inner_address_is_still_itself() {
    let served = Place::Small.serve().unwrap();
    let owner = somebody(&Terminal::new(Some(&served), None));
    let serial = letters();
    let inner = "http://inside.example:8080/fhir";
    let terminal = Terminal::new(Some(&served), None);
    visit(&terminal, &serial, &readings(0, 20), &owner);
    let mut shelf = served.small.as_ref().unwrap().shelf.lock().unwrap();
    shelf.metadata.as_mut().unwrap()["implementation"] = json!({ "description": "A", "url": inner });
    shelf.inner = Some(inner);
    drop(shelf);
    // Each is a program that has just begun, and has asked the server nothing yet.
    let there = Terminal::new(Some(&served), None);
    assert_eq!(in_numbers(&record(&there, &owner.id)), in_numbers(&readings(0, 20)));
    let there = Terminal::new(Some(&served), None);
    let meter = download(&serial, readings(0, 20)).meter;
    let told = format!("{:?}", wait(there.backend.platform.record.owner(&nora(), &meter)).unwrap());
    assert!(told.contains(&format!("{:?}", owner.id.0)) && !told.contains("inside"), "{told}");
    let there = Terminal::new(Some(&served), None);
    visit(&there, &serial, &readings(20, 20), &owner);
    assert_eq!(there.store().undelivered().unwrap(), []);
    let sent = [readings(0, 20), readings(20, 20)].concat();
    let there = Terminal::new(Some(&served), None);
    assert_eq!(in_numbers(&record(&there, &owner.id)), in_numbers(&sent));
}

/// A meter whose device names somebody of another server is somebody's.
#[test]
fn a_meter_of_somebody_elsewhere_is_not_free() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (first, namesake) = (somebody(&terminal), somebody(&terminal));
    let serial = letters();
    visit(&terminal, &serial, &readings(0, 20), &first);
    let mut shelf = served.small.as_ref().unwrap().shelf.lock().unwrap();
    for device in shelf.resources.iter_mut().filter(|device| device["patient"]["reference"] == first.id.0.as_str()) {
        device["patient"]["reference"] = json!(format!("https://hub.example/fhir/{}", namesake.id.0));
    }
    drop(shelf);
    let there = Terminal::new(Some(&served), None);
    let meter = download(&serial, readings(0, 20)).meter;
    let owner = wait(there.backend.platform.record.owner(&nora(), &meter)).unwrap();
    let told = format!("{owner:?}");
    assert!(told.contains("hub.example"), "{told}");
}

/// The record that was merged is not even kept there: what is meant for it goes to the one that took its place.
#[test]
fn what_is_meant_for_a_merged_record_that_is_gone_goes_to_the_one_that_took_its_place() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (former, now) = (somebody(&terminal), somebody(&terminal));
    let serial = letters();
    let upload = terminal.backend.station.quarantine(&nora(), &download(&serial, readings(0, 20))).unwrap();
    terminal.assign(&upload.id, &former, &letters()).unwrap();
    merge(&served, &former, &now);
    assert_eq!(fetched(&terminal, &former).id, now.id);
    let mut shelf = served.small.as_ref().unwrap().shelf.lock().unwrap();
    shelf.resources.retain(|person| format!("Patient/{}", person["id"].as_str().unwrap()) != former.id.0);
    drop(shelf);
    assert_eq!(fetched(&terminal, &former).id, now.id);
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    let there = Terminal::new(Some(&served), None);
    assert_eq!(in_numbers(&record(&there, &now.id)), in_numbers(&readings(0, 20)));
}

/// What the server keeps from this station of a record that was merged here: it is somebody else's until that is said
/// of it again, and that something is left out is said.
#[test]
fn what_is_here_of_a_merged_record_that_is_kept_from_us_is_not_shown_as_the_other_s() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (former, now) = (somebody(&terminal), somebody(&terminal));
    visit(&terminal, &letters(), &readings(0, 20), &former);
    merge(&served, &former, &now);
    assert_eq!(fetched(&terminal, &former).id, now.id);
    let shown = || wait(terminal.backend.platform.record.readings(&nora(), &now.id, Span::ALL)).unwrap();
    let unconfirmed = |shown: &PatientRecord| match shown.origin {
        RecordOrigin::Platform { unconfirmed, .. } => unconfirmed,
        other => panic!("{other:?}"),
    };
    let whole = shown();
    assert_eq!((in_numbers(&whole.readings), unconfirmed(&whole)), (in_numbers(&readings(0, 20)), 0));

    take_apart(&served, &former, &now);
    let hide = |hidden: &[&str]| {
        let hidden = hidden.iter().map(|reference| (*reference).to_owned()).collect();
        served.small.as_ref().unwrap().shelf.lock().unwrap().hidden = hidden;
    };
    hide(&[&former.id.0]);
    assert_eq!(fetched(&terminal, &now).devices, Vec::<Clean>::new());
    let part = shown();
    assert_eq!(unconfirmed(&part), 20);
    assert_eq!((part.readings, part.uploads, part.totals.readings), (vec![], vec![], 0));
    assert_eq!((part.meters, part.patient.devices), (vec![], vec![]));

    hide(&[]);
    assert_eq!(unconfirmed(&shown()), 0, "it is heard that they are apart: nothing is theirs");
    assert_eq!(in_numbers(&record(&terminal, &former.id)), in_numbers(&readings(0, 20)));
}

/// What came through unanswered is under the record that was its own then, and goes on where that was merged.
#[test]
fn what_is_there_under_a_record_that_was_merged_on_is_this_patient_s() {
    for is_merged_before in [true, false] {
        let served = Place::Small.serve().unwrap();
        let terminal = Terminal::new(Some(&served), None);
        let [former, now, last] = [(); 3].map(|()| somebody(&terminal));
        let serial = letters();
        visit(&terminal, &serial, &readings(0, 20), &former);
        if is_merged_before {
            merge(&served, &former, &now);
            assert_eq!(fetched(&terminal, &former).id, now.id);
        }
        append(&terminal, &serial, &readings(20, 20), if is_merged_before { &now } else { &former });
        sent_unanswered(&served, &terminal);

        merge(&served, &former, &now);
        merge(&served, &now, &last);
        served.change(&now.id.0, |person| {
            let replaces = json!({ "other": { "reference": former.id.0 }, "type": "replaces" });
            person["link"].as_array_mut().unwrap().push(replaces);
        });
        terminal.carry();
        assert_eq!(terminal.store().undelivered().unwrap(), []);
        let there = Terminal::new(Some(&served), None);
        let all = in_numbers(&[readings(0, 20), readings(20, 20)].concat());
        for from in [&terminal, &there] {
            assert_eq!(in_numbers(&record(from, &last.id)), all);
        }
    }
}
