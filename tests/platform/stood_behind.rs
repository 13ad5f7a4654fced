//! Two stations have delivered the same readings of a meter for the same patient: what one of them undoes stays as long
//! as the other stands behind it, and nothing stays that nobody does.

use std::sync::{Arc, Mutex};

use glucodock::domain::association::UploadId;
use glucodock::domain::delivery::{DeliveryState, Errand, LastAttempt, Outcome};
use glucodock::domain::patient::Patient;
use glucodock::domain::taken_back::TakenBack;
use serde_json::{Value, json};

use super::fhir_server::{FhirServer, Shelf};
use super::place::{Place, Served, Terminal, at_every_server, letters, nora, says_all};
use super::records::{in_numbers, readings, record, somebody, visit};
use super::undone::{all, assigned, carry_once, count, elsewhere, observations, undo};

at_every_server!(what_two_stations_delivered_is_there_until_both_undo_it);

/// Two stations that have each read a meter for somebody.
struct Both {
    served: Served,
    stations: [Terminal; 2],
    uploads: [UploadId; 2],
    ruth: Patient,
    serial: String,
}

impl Both {
    fn at(place: Place, settings: &str) -> Self {
        let served = place.serve().unwrap();
        let stations = [(); 2].map(|()| Terminal::with_settings(&served, settings));
        let ruth = somebody(&stations[0]);
        let serial = letters();
        let uploads = stations.each_ref().map(|station| assigned(station, &serial, &readings(0, 20), &ruth));
        Self { served, stations, uploads, ruth, serial }
    }

    fn undo(&self, station: usize) {
        undo(&self.stations[station].backend.station, &self.uploads[station]);
        self.carry(station);
    }

    fn carry(&self, station: usize) {
        self.stations[station].carry();
        assert_eq!(self.stations[station].store().undelivered().unwrap(), []);
    }

    fn of(&self, patient: &Patient) -> (usize, bool) {
        elsewhere(Some(&self.served), &self.stations[0], &self.serial)(&patient.id)
    }
}

fn what_two_stations_delivered_is_there_until_both_undo_it(place: Place) {
    for order in [[0, 1], [1, 0]] {
        let both = Both::at(place, "");
        let other = somebody(&both.stations[0]);
        both.undo(order[0]);
        assert_eq!(both.of(&both.ruth), (17, true), "{order:?}");
        // Whoever undid it may be right, but the other one says otherwise: a person must say.
        both.stations[order[0]].assign(&both.uploads[order[0]], &other, &letters()).unwrap();
        both.carry(order[0]);
        assert_eq!((both.of(&both.ruth), both.of(&other)), ((17, true), (0, false)), "{order:?}");
        both.undo(order[1]);
        assert_eq!(both.of(&both.ruth), (0, false), "{order:?}");
        // It is free for whose it is.
        both.stations[order[1]].assign(&both.uploads[order[1]], &other, &letters()).unwrap();
        both.carry(order[1]);
        assert_eq!((both.of(&both.ruth), both.of(&other)), ((0, false), (17, true)), "{order:?}");
    }
}

/// Of a station's own readings beside those of another one exactly its own are withdrawn.
#[test]
fn exactly_what_one_station_alone_delivered_is_withdrawn() {
    let served = Place::Small.serve().unwrap();
    let [first, second] = [(); 2].map(|()| Terminal::new(Some(&served), None));
    let ruth = somebody(&first);
    let serial = letters();
    assigned(&first, &serial, &readings(0, 20), &ruth);
    let upload = assigned(&second, &serial, &[readings(0, 20), readings(20, 5)].concat(), &ruth);
    let ids = |status: &str| -> Vec<Value> {
        observations(&served).into_iter().filter(|own| own["status"] == status).map(|own| own["id"].clone()).collect()
    };
    let before = ids("final");
    assert_eq!(before.len(), 19, "17, and two of five");
    undo(&second.backend.station, &upload);
    let (key, outcome) = carry_once(&second).unwrap();
    assert_eq!(outcome, Outcome::TakenBackBut(17));
    let withdrawal = second.store().delivery(&key).unwrap().unwrap();
    assert_eq!(withdrawal.state, DeliveryState::Delivered);
    assert_eq!(withdrawal.last, Some(LastAttempt::TakenBackBut(17)), "it is kept with it");
    let waits = second.store().pending().unwrap().pop().unwrap();
    assert_eq!(waits.taken_back, Some(TakenBack::UndoneBut(17)), "whoever decides next is told");
    assert_eq!((ids("final"), ids("entered-in-error")), (before[..17].to_vec(), before[17..].to_vec()));
    assert_eq!(in_numbers(&record(&Terminal::new(Some(&served), None), &ruth.id)).len(), 17);
}

/// A meter that was lent: what the second station undoes opens nothing of the first one's to a third record.
#[test]
fn what_another_station_delivered_does_not_come_into_a_third_record() {
    let both = Both::at(Place::Small, "");
    let otto = somebody(&both.stations[0]);
    both.undo(1);
    // Staff gives the meter to him.
    let device = all(&both.served, "Device").into_iter().find(|device| device["patient"].is_object()).unwrap();
    let device = format!("Device/{}", device["id"].as_str().unwrap());
    both.served.change(&device, |own| own["patient"]["reference"] = json!(otto.id.0));
    let [statement] = all(&both.served, "DeviceUseStatement").try_into().unwrap();
    let statement = format!("DeviceUseStatement/{}", statement["id"].as_str().unwrap());
    both.served.change(&statement, |own| own["status"] = json!("completed"));
    both.stations[1].assign(&both.uploads[1], &otto, &letters()).unwrap();
    both.stations[1].carry();
    let [item] = both.stations[1].store().undelivered().unwrap().try_into().unwrap();
    assert!(matches!(item.state, DeliveryState::Refused(_)), "{item:?}");
    assert_eq!((both.of(&both.ruth).0, both.of(&otto).0), (17, 0));
}

/// Who stands behind it is said once, by both: however often it is sent.
#[test]
fn who_stands_behind_it_is_said_once() {
    let both = Both::at(Place::Small, "");
    let verified = || -> Vec<Value> {
        let verified = all(&both.served, "Provenance").into_iter();
        verified.filter(|own| own["agent"][0]["type"]["coding"][0]["code"] == "verifier").collect()
    };
    let said = verified();
    assert_eq!(said.len(), 2, "of the readings, and of whose the meter is");
    assert_eq!(said.iter().map(|own| own["target"].as_array().unwrap().len()).collect::<Vec<_>>(), [1, 17]);
    // The same parcel once more, as after an answer that was lost.
    let third = Terminal::new(Some(&both.served), None);
    let upload =
        third.backend.station.quarantine(&nora(), &super::made_up::download(&both.serial, readings(0, 20))).unwrap();
    third.assign(&upload.id, &both.ruth, &letters()).unwrap();
    let now = "2099-01-01T00:00:00Z".parse().unwrap();
    while let Errand::Deliver(parcel) = third.backend.station.next_errand(now).unwrap() {
        for _ in 0..2 {
            let signs = glucodock::platform::SignsOfLife::default();
            let outcome = super::place::wait(third.backend.platform.record.deliver(&parcel, &signs));
            assert_eq!(outcome, Outcome::AlreadyThere);
        }
        let jitter = glucodock::domain::delivery::Jitter(0);
        third.backend.station.note_delivery(&parcel.key, Outcome::AlreadyThere, now, jitter).unwrap();
    }
    assert_eq!(verified().len(), 4);
}

/// Undone at one station in the moment in which another one says that it stands behind it: it stays, once.
#[test]
fn what_is_undone_in_the_moment_in_which_another_station_finds_it_stays() {
    for (when, is_of_statement) in [("verifier", false), ("verifier", true), ("reading|", false)] {
        type Undoing = Arc<Mutex<Option<(Terminal, UploadId)>>>;
        let undoing: Undoing = Arc::default();
        let on_the_way = Arc::clone(&undoing);
        let small = FhirServer::start_for(&[], move |asked| {
            let body = asked.body.replace("%7C", "|");
            let is_meant = body.contains(when) && (when != "verifier" || body.contains("DeviceUse") == is_of_statement);
            let taken = if is_meant { on_the_way.lock().unwrap().take() } else { None };
            if let Some((terminal, upload)) = taken {
                undo(&terminal.backend.station, &upload);
                terminal.carry();
            }
            true
        });
        small.shelf.lock().unwrap().metadata = Some(says_all());
        let served = Served { base: small.server.base.clone(), small: Some(small), tenant: None };
        let [first, second] = [(); 2].map(|()| Terminal::new(Some(&served), None));
        let ruth = somebody(&first);
        let serial = letters();
        let upload = assigned(&first, &serial, &readings(0, 20), &ruth);
        *undoing.lock().unwrap() = Some((Terminal::of(first.folder()), upload));
        visit(&second, &serial, &readings(0, 20), &ruth);
        assert!(undoing.lock().unwrap().is_none(), "it came to that");
        assert_eq!(second.store().undelivered().unwrap(), []);
        let there = elsewhere(Some(&served), &first, &serial);
        assert_eq!(there(&ruth.id), (17, true), "{when} {is_of_statement}");
        assert_eq!(observations(&served).len(), 17);
    }
}

/// A second station finds it just before the first one's withdrawal is done: it stays, or comes back.
#[test]
fn what_another_station_finds_just_before_it_is_withdrawn_comes_back() {
    type Visiting = Arc<Mutex<Option<(Terminal, String, Patient)>>>;
    let visiting: Visiting = Arc::default();
    let on_the_way = Arc::clone(&visiting);
    let small = FhirServer::start_for(&[], move |asked| {
        let is_meant = asked.body.contains("Observation/") && asked.body.contains("\"entered-in-error\"");
        let taken = if is_meant { on_the_way.lock().unwrap().take() } else { None };
        if let Some((second, serial, ruth)) = taken {
            visit(&second, &serial, &readings(0, 20), &ruth);
        }
        true
    });
    small.shelf.lock().unwrap().metadata = Some(says_all());
    let served = Served { base: small.server.base.clone(), small: Some(small), tenant: None };
    let [first, second] = [(); 2].map(|()| Terminal::new(Some(&served), None));
    let ruth = somebody(&first);
    let serial = letters();
    let upload = assigned(&first, &serial, &readings(0, 20), &ruth);
    *visiting.lock().unwrap() = Some((Terminal::of(second.folder()), serial.clone(), ruth.clone()));
    undo(&first.backend.station, &upload);
    let (_, outcome) = carry_once(&first).unwrap();
    assert_eq!(outcome, Outcome::TakenBackBut(17));
    assert_eq!(second.store().undelivered().unwrap(), []);
    assert_eq!(elsewhere(Some(&served), &first, &serial)(&ruth.id).0, 17);

    // Who delivers it next stands behind it in the place of who created it.
    let third = Terminal::new(Some(&served), None);
    visit(&third, &serial, &readings(0, 20), &ruth);
    assert_eq!(third.store().undelivered().unwrap(), []);
    let undone = |own: &Value| own["identifier"].as_array().unwrap().len() > 1;
    assert_eq!(observations(&served).iter().filter(|own| undone(own)).count(), 0);
}

/// A second station undoes in the moment in which the first does: nothing stays that nobody stands behind.
#[test]
fn what_two_undo_at_once_is_withdrawn_by_the_last() {
    for order in [[0, 1], [1, 0]] {
        for moment in 0..4 {
            type Undoing = Arc<Mutex<Option<(Terminal, UploadId, usize)>>>;
            let undoing: Undoing = Arc::default();
            let on_the_way = Arc::clone(&undoing);
            let small = FhirServer::start_for(&[], move |asked| {
                let mut waiting = on_the_way.lock().unwrap();
                let is_write = asked.method == "PUT" || !asked.target.ends_with("_search");
                if let Some((_, _, left)) = waiting.as_mut().filter(|_| is_write) {
                    if *left > 0 {
                        *left -= 1;
                    } else if let Some((terminal, upload, _)) = waiting.take() {
                        drop(waiting);
                        undo(&terminal.backend.station, &upload);
                        terminal.carry();
                    }
                }
                true
            });
            small.shelf.lock().unwrap().metadata = Some(says_all());
            let served = Served { base: small.server.base.clone(), small: Some(small), tenant: None };
            let stations = [(); 2].map(|()| Terminal::new(Some(&served), None));
            let ruth = somebody(&stations[0]);
            let serial = letters();
            let uploads = stations.each_ref().map(|station| assigned(station, &serial, &readings(0, 20), &ruth));
            let [one, other] = order;
            *undoing.lock().unwrap() = Some((Terminal::of(stations[other].folder()), uploads[other].clone(), moment));
            undo(&stations[one].backend.station, &uploads[one]);
            stations[one].carry();
            let left = undoing.lock().unwrap().take();
            if let Some((terminal, upload, _)) = left {
                undo(&terminal.backend.station, &upload);
                terminal.carry();
            }
            for station in &stations {
                assert_eq!(station.store().undelivered().unwrap(), [], "{order:?} {moment}");
            }
            assert_eq!(count(&observations(&served), "/status", "final"), 0, "{order:?} {moment}");
            let there = elsewhere(Some(&served), &stations[0], &serial);
            assert_eq!(there(&ruth.id), (0, false), "{order:?} {moment}");
            assert!(all(&served, "DeviceUseStatement").iter().all(|own| own["status"] == "entered-in-error"));
        }
    }
}

/// Whose the meter is stays said as long as a station says it, whether statements are written or not.
#[test]
fn whose_a_meter_is_stays_as_long_as_a_station_says_so() {
    for settings in ["", "device_use_statement = false\n", "device_patient = false\n"] {
        for order in [[0, 1], [1, 0]] {
            let both = Both::at(Place::Small, settings);
            let owner = || {
                let fresh = Terminal::with_settings(&both.served, settings);
                let meter = super::place::meter(&both.serial);
                super::place::wait(fresh.backend.platform.record.owner(&nora(), &meter)).unwrap().owner
            };
            assert_eq!(owner().as_ref(), Some(&both.ruth.id), "{settings} {order:?}");
            both.undo(order[0]);
            assert_eq!(owner().as_ref(), Some(&both.ruth.id), "{settings} {order:?}");
            // What is read there next goes into her record still.
            let more = [readings(0, 20), readings(20, 10)].concat();
            visit(&both.stations[order[1]], &both.serial, &more, &both.ruth);
            assert_eq!(both.stations[order[1]].store().undelivered().unwrap(), [], "{settings} {order:?}");
            let uploads = both.stations[order[1]].store();
            let record = uploads.record(&both.ruth.id, glucodock::domain::record::Span::ALL).unwrap();
            let last =
                record.uploads.iter().map(|upload| upload.upload.clone()).find(|id| *id != both.uploads[order[1]]);
            undo(&both.stations[order[1]].backend.station, &last.unwrap());
            both.carry(order[1]);
            both.undo(order[1]);
            assert_eq!(owner(), None, "{settings} {order:?}");
            assert_eq!(count(&observations(&both.served), "/status", "final"), 0, "{settings} {order:?}");
        }
    }
}

/// A reading that tells no gateway is nobody's own: it is withdrawn as before, unless another station stands behind it.
#[test]
fn what_tells_no_gateway_is_withdrawn_unless_another_station_stands_behind_it() {
    let strip = |shelf: &mut Shelf| {
        for own in &mut shelf.resources {
            own.as_object_mut().unwrap().remove("extension");
        }
    };
    for is_delivered_twice in [false, true] {
        let served = Place::Small.serve().unwrap();
        let [first, second] = [(); 2].map(|()| Terminal::new(Some(&served), None));
        let ruth = somebody(&first);
        let serial = letters();
        let upload = assigned(&first, &serial, &readings(0, 20), &ruth);
        strip(&mut served.small.as_ref().unwrap().shelf.lock().unwrap());
        if is_delivered_twice {
            assigned(&second, &serial, &readings(0, 20), &ruth);
        }
        undo(&first.backend.station, &upload);
        first.carry();
        assert_eq!(first.store().undelivered().unwrap(), []);
        assert_eq!(count(&observations(&served), "/status", "final"), if is_delivered_twice { 17 } else { 0 });
    }
}
