//! An assignment that is undone: at the platform nothing of it counts for the patient any more, nothing is deleted, and
//! what is decided anew of the same readings arrives, whatever came between.

use std::sync::{Arc, Mutex, MutexGuard};

use glucodock::domain::association::{IdempotencyKey, UploadId};
use glucodock::domain::clinic::{Actor, Role, User};
use glucodock::domain::delivery::{DeliveryState, Errand, Jitter, LastAttempt, Outcome};
use glucodock::domain::patient::{Patient, PatientId};
use glucodock::domain::reading::{Kind, Reading};
use glucodock::domain::record::Span;
use glucodock::domain::undo::UndoRequest;
use glucodock::platform::SignsOfLife;
use glucodock::station::Station;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::fhir_server::{Fault, FhirServer, Shelf};
use super::http_server::Asked;
use super::made_up::download;
use super::place::{Place, Served, Terminal, at_every_place, letters, meter, noon, nora, says_all, wait};
use super::records::{in_numbers, readings, record, somebody, visit};

at_every_place!(what_was_undone_goes_to_whose_it_is, what_was_undone_by_mistake_comes_back);

/// Somebody who may undo what others assigned.
pub(crate) fn doctor() -> Actor {
    let user = User { id: "2".into(), login: "doctor".into(), name: "Dora Test".into(), role: Role::Clinician };
    Actor { user, session: "d".into(), at: noon() }
}

pub(crate) fn undo(station: &Station, upload: &UploadId) {
    let offer = station.undo_offer(&doctor(), upload).unwrap();
    let (upload, key) = (upload.clone(), IdempotencyKey(letters()));
    let request = UndoRequest { upload, key, seen: offer.seen(), reason: Some("the wrong row".into()) };
    station.undo(&doctor(), &request).unwrap();
}

/// What is undone, by which program, and at which request of those that are meant.
type UndoneOnTheWay = Arc<Mutex<Option<(Station, UploadId, usize)>>>;

/// A server that somebody undoes an assignment beside: while it gets one of these requests. It refuses these kinds.
pub(crate) fn undone_on_the_way(is_meant: fn(&Asked) -> bool, refuses: &[&'static str]) -> (UndoneOnTheWay, Served) {
    let undoing = UndoneOnTheWay::default();
    let on_the_way = Arc::clone(&undoing);
    let small = FhirServer::start_for(&[], move |asked| {
        let mut waiting = on_the_way.lock().unwrap();
        if let Some((station, upload, left)) = waiting.as_mut().filter(|_| is_meant(asked)) {
            *left -= 1;
            if *left == 0 {
                undo(station, upload);
                *waiting = None;
            }
        }
        true
    });
    let mut shelf = small.shelf.lock().unwrap();
    (shelf.metadata, shelf.refuses) = (Some(says_all()), refuses.to_vec());
    drop(shelf);
    let served = Served { base: small.server.base.clone(), small: Some(small), tenant: None };
    (undoing, served)
}

/// Assigns what a meter says, and carries it.
pub(crate) fn assigned(terminal: &Terminal, serial: &str, sent: &[Reading], patient: &Patient) -> UploadId {
    let upload = terminal.backend.station.quarantine(&nora(), &download(serial, sent.to_vec())).unwrap();
    terminal.assign(&upload.id, patient, &letters()).unwrap();
    terminal.carry();
    upload.id
}

/// What is in a record, and whose the meter is, for somebody who asks elsewhere.
pub(crate) fn elsewhere(
    served: Option<&Served>,
    with: &Terminal,
    serial: &str,
) -> impl Fn(&PatientId) -> (usize, bool) {
    let other = Terminal::new(served, Some(with));
    let serial = serial.to_owned();
    move |patient| {
        let owner = wait(other.backend.platform.record.owner(&nora(), &meter(&serial))).unwrap().owner;
        (in_numbers(&record(&other, patient)).len(), owner.as_ref() == Some(patient))
    }
}

fn what_was_undone_goes_to_whose_it_is(place: Place) {
    let served = place.serve();
    let terminal = Terminal::new(served.as_ref(), None);
    let (ruth, other) = (somebody(&terminal), somebody(&terminal));
    let serial = letters();
    let sent = readings(0, 40);
    let upload = assigned(&terminal, &serial, &sent, &ruth);
    let there = || elsewhere(served.as_ref(), &terminal, &serial);
    assert_eq!((there()(&ruth.id), there()(&other.id)), ((37, true), (0, false)));

    undo(&terminal.backend.station, &upload);
    assert_eq!(record(&terminal, &ruth.id), [], "here at once, whatever the platform has still");
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    assert_eq!((there()(&ruth.id), there()(&other.id)), ((0, false), (0, false)));

    terminal.assign(&upload, &other, &letters()).unwrap();
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    assert_eq!((there()(&ruth.id), there()(&other.id)), ((0, false), (37, true)));
    assert_eq!(in_numbers(&record(&terminal, &other.id)), in_numbers(&sent));
    // The next visit brings what is new, and the rest is there.
    visit(&terminal, &serial, &[sent, readings(40, 10)].concat(), &other);
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    assert_eq!(there()(&other.id), (47 - 3, true));
}

/// It was right after all: the same person again.
fn what_was_undone_by_mistake_comes_back(place: Place) {
    let served = place.serve();
    let terminal = Terminal::new(served.as_ref(), None);
    let ruth = somebody(&terminal);
    let serial = letters();
    let upload = assigned(&terminal, &serial, &readings(0, 20), &ruth);
    for _ in 0..2 {
        undo(&terminal.backend.station, &upload);
        terminal.carry();
        let there = elsewhere(served.as_ref(), &terminal, &serial);
        assert_eq!(there(&ruth.id), (0, false));
        terminal.assign(&upload, &ruth, &letters()).unwrap();
        terminal.carry();
        assert_eq!(terminal.store().undelivered().unwrap(), []);
        let there = elsewhere(served.as_ref(), &terminal, &serial);
        assert_eq!(there(&ruth.id), (17, true));
    }
}

pub(crate) fn small(served: &Served) -> MutexGuard<'_, Shelf> {
    served.small.as_ref().unwrap().shelf.lock().unwrap()
}

pub(crate) fn all(served: &Served, kind: &str) -> Vec<Value> {
    served.small.as_ref().unwrap().all(kind)
}

/// The readings on the server.
pub(crate) fn observations(served: &Served) -> Vec<Value> {
    all(served, "Observation").into_iter().filter(|own| own["identifier"].is_array()).filter(is_reading).collect()
}

pub(crate) fn is_reading(own: &Value) -> bool {
    own["code"]["coding"][0]["code"] != "67975" && own["subject"]["reference"].as_str().unwrap().starts_with("Patient/")
}

pub(crate) fn count(of: &[Value], path: &str, value: &str) -> usize {
    of.iter().filter(|own| own.pointer(path).is_some_and(|found| found == value)).count()
}

/// What stands on the server afterwards: nothing is gone, and it says who undid it, once.
#[test]
fn nothing_is_deleted_and_who_undid_it_is_told_once() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let ruth = somebody(&terminal);
    let upload = assigned(&terminal, &letters(), &readings(0, 20), &ruth);
    let before = (observations(&served), all(&served, "Provenance").len());
    undo(&terminal.backend.station, &upload);
    terminal.carry();
    let after = observations(&served);
    assert_eq!((after.len(), count(&after, "/status", "entered-in-error")), (before.0.len(), before.0.len()));
    assert_eq!(count(&after, "/subject/reference", &ruth.id.0), after.len(), "of whom it was said stays to be seen");
    for (was, is) in before.0.iter().zip(&after) {
        assert_eq!(
            (&was["valueQuantity"], &was["effectiveDateTime"]),
            (&is["valueQuantity"], &is["effectiveDateTime"])
        );
    }
    let [statement] = all(&served, "DeviceUseStatement").try_into().unwrap();
    assert_eq!(
        (&statement["status"], &statement["subject"]["reference"]),
        (&json!("entered-in-error"), &json!(ruth.id.0))
    );
    assert!(all(&served, "Device").iter().all(|device| device["patient"].is_null()));
    let provenances = all(&served, "Provenance");
    assert_eq!(provenances.len(), before.1 + 1);
    let last = provenances.last().unwrap();
    assert_eq!(last["activity"]["text"], "Assignment undone");
    assert_eq!(last["target"].as_array().unwrap().len(), after.len() + 1, "the readings, and since when it was theirs");
    let who = &last["agent"][0]["who"]["identifier"]["value"];
    assert_eq!(who, "2", "who undid it, and not who had assigned it");
    assert!(!last.to_string().contains("wrong row"), "what was typed stays here");
}

/// Whatever goes wrong with a write of the withdrawal, or of what follows it, and however often: in the end each
/// reading is once on the server, under the right patient, and nothing of it under the first.
#[test]
fn lost_answers_and_refusals_leave_each_reading_in_the_right_record_once() {
    for fault in [Fault::LosesAnswer, Fault::Says(503), Fault::Says(409)] {
        for passes in 0..9 {
            let served = Place::Small.serve().unwrap();
            let terminal = Terminal::new(Some(&served), None);
            let (ruth, other) = (somebody(&terminal), somebody(&terminal));
            let serial = letters();
            let upload = assigned(&terminal, &serial, &readings(0, 20), &ruth);
            undo(&terminal.backend.station, &upload);
            terminal.assign(&upload, &other, &letters()).unwrap();
            (small(&served).passes, small(&served).faults) = (passes, vec![fault; 2]);
            terminal.carry();
            let what = format!("{fault:?} after {passes}");
            assert_eq!(terminal.store().undelivered().unwrap(), [], "{what}");
            let left = observations(&served);
            let ours: Vec<&Value> = left.iter().filter(|own| own["subject"]["reference"] == other.id.0).collect();
            assert_eq!((left.len(), ours.len()), (17, 17), "{what}");
            assert!(
                ours.iter().all(|own| own["status"] == "final" && own["identifier"].as_array().unwrap().len() == 1)
            );
            let there = elsewhere(Some(&served), &terminal, &serial);
            assert_eq!((there(&ruth.id), there(&other.id)), ((0, false), (17, true)), "{what}");
        }
    }
}

/// How far the first delivery came before it was undone: its answers were lost, or it was never sent. What it left is
/// withdrawn, and what it did not leave never arrives.
#[test]
fn however_far_the_first_delivery_came() {
    for fault in [Fault::LosesAnswer, Fault::Says(503)] {
        for passes in 0..7 {
            let served = Place::Small.serve().unwrap();
            let terminal = Terminal::whose_time_passes(&served, SignedDuration::from_mins(3));
            let (ruth, other) = (somebody(&terminal), somebody(&terminal));
            let serial = letters();
            let upload = terminal.backend.station.quarantine(&nora(), &download(&serial, readings(0, 20))).unwrap().id;
            terminal.assign(&upload, &ruth, &letters()).unwrap();
            (small(&served).passes, small(&served).faults) = (passes, vec![fault; 50]);
            for _ in 0..3 {
                carry_once(&terminal);
            }
            small(&served).faults.clear();
            undo(&terminal.backend.station, &upload);
            terminal.assign(&upload, &other, &letters()).unwrap();
            terminal.carry();
            let what = format!("{fault:?} after {passes}");
            assert_eq!(terminal.store().undelivered().unwrap(), [], "{what}");
            let there = elsewhere(Some(&served), &terminal, &serial);
            assert_eq!((there(&ruth.id), there(&other.id)), ((0, false), (17, true)), "{what}");
            assert_eq!(observations(&served).len(), 17, "{what}");
        }
    }
}

/// One look at what is to be carried.
pub(crate) fn carry_once(terminal: &Terminal) -> Option<(IdempotencyKey, Outcome)> {
    carry_after(terminal, 0)
}

/// The same, so many hours later.
pub(crate) fn carry_after(terminal: &Terminal, hours: i64) -> Option<(IdempotencyKey, Outcome)> {
    let now = "2099-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours);
    let Errand::Deliver(parcel) = terminal.backend.station.next_errand(now).unwrap() else { return None };
    let outcome = wait(terminal.backend.platform.record.deliver(&parcel, &SignsOfLife::default()));
    terminal.backend.station.note_delivery(&parcel.key, outcome.clone(), now, Jitter(0)).unwrap();
    Some((parcel.key, outcome))
}

/// What was sent and is not found may still arrive. It is waited for as long as an answer may take, and no longer.
#[test]
fn what_may_still_arrive_is_waited_for() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let ruth = somebody(&terminal);
    let serial = letters();
    let upload = assigned(&terminal, &serial, &readings(0, 20), &ruth);
    // Of what was recorded, one is not found: a search lags behind.
    let late = {
        let mut small = small(&served);
        let place = small.resources.iter().position(|own| own["status"] == "final" && is_reading(own)).unwrap();
        small.resources.remove(place)
    };
    undo(&terminal.backend.station, &upload);
    let Some((key, Outcome::Later(Some(until), why))) = carry_once(&terminal) else { panic!("it was not put off") };
    assert!(until >= noon() + SignedDuration::from_mins(4));
    assert!(why.detail.as_str().contains("some of what was sent may still arrive"), "{why:?}");
    assert_eq!(count(&observations(&served), "/status", "entered-in-error"), 16, "what is there is withdrawn at once");
    served.small.as_ref().unwrap().put(late);
    carry_once(&terminal).unwrap();
    assert!(terminal.store().delivery(&key).unwrap().unwrap().state == DeliveryState::Delivered);
    assert_eq!(count(&observations(&served), "/status", "entered-in-error"), 17);
    assert_eq!(in_numbers(&record(&Terminal::new(Some(&served), None), &ruth.id)), []);

    // What never comes holds nothing up for ever.
    let terminal = Terminal::whose_time_passes(&served, SignedDuration::from_mins(3));
    let upload = assigned(&terminal, &letters(), &readings(0, 20), &ruth);
    small(&served).resources.retain(|own| own["status"] != "final" || !is_reading(own));
    undo(&terminal.backend.station, &upload);
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
}

/// Somebody at the platform changed it since: that is theirs, and stays.
#[test]
fn what_others_decided_there_stays() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (ruth, other) = (somebody(&terminal), somebody(&terminal));
    let serial = letters();
    let upload = assigned(&terminal, &serial, &readings(0, 20), &ruth);
    let ids: Vec<String> =
        observations(&served).iter().map(|own| format!("Observation/{}", own["id"].as_str().unwrap())).collect();
    // One was given to whose it is, one was marked as wrong; and the meter was given away.
    served.change(&ids[0], |own| own["subject"]["reference"] = json!(other.id.0));
    served.change(&ids[1], |own| own["status"] = json!("entered-in-error"));
    let device = all(&served, "Device").into_iter().find(|device| device["patient"].is_object()).unwrap();
    let device = format!("Device/{}", device["id"].as_str().unwrap());
    served.change(&device, |own| own["patient"]["reference"] = json!(other.id.0));
    let by_staff =
        all(&served, "Observation").into_iter().find(|own| ids[1].ends_with(own["id"].as_str().unwrap())).unwrap();
    undo(&terminal.backend.station, &upload);
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    let left = observations(&served);
    assert_eq!(count(&left, "/status", "entered-in-error"), 16);
    assert_eq!(
        (left[0]["subject"]["reference"].as_str(), left[0]["status"].as_str()),
        (Some(other.id.0.as_str()), Some("final"))
    );
    assert_eq!(left[1], by_staff, "not touched");
    let there = elsewhere(Some(&served), &terminal, &serial);
    assert_eq!((there(&ruth.id), there(&other.id)), ((0, false), (1, true)));

    // Given to the one who has the meter there: what staff had marked as wrong of the first comes with the others.
    terminal.assign(&upload, &other, &letters()).unwrap();
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    assert_eq!(elsewhere(Some(&served), &terminal, &serial)(&other.id), (17, true));
}

/// What somebody at the platform marked as wrong of a patient stays so, whoever reads the meter again for them.
#[test]
fn what_staff_marked_as_wrong_is_not_brought_back_by_another_read() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let ruth = somebody(&terminal);
    let serial = letters();
    assigned(&terminal, &serial, &readings(0, 20), &ruth);
    let first = format!("Observation/{}", observations(&served)[0]["id"].as_str().unwrap());
    served.change(&first, |own| own["status"] = json!("entered-in-error"));
    let second = Terminal::new(Some(&served), None);
    assigned(&second, &serial, &readings(0, 20), &ruth);
    assert_eq!(second.store().undelivered().unwrap(), []);
    assert_eq!(count(&observations(&served), "/status", "entered-in-error"), 1);
}

/// Each station has the same identifiers: what one withdrew arrives when another assigns it.
#[test]
fn another_station_may_assign_what_was_withdrawn_here() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (ruth, other) = (somebody(&terminal), somebody(&terminal));
    let serial = letters();
    let upload = assigned(&terminal, &serial, &readings(0, 20), &ruth);
    undo(&terminal.backend.station, &upload);
    terminal.carry();
    let second = Terminal::new(Some(&served), None);
    assigned(&second, &serial, &readings(0, 20), &other);
    assert_eq!(second.store().undelivered().unwrap(), []);
    let there = elsewhere(Some(&served), &terminal, &serial);
    assert_eq!((there(&ruth.id), there(&other.id)), ((0, false), (17, true)));
}

/// A meter without a number has no owner, and each of its assignments has identifiers of its own.
#[test]
fn a_meter_without_a_number_is_undone_too() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (ruth, other) = (somebody(&terminal), somebody(&terminal));
    let upload = assigned(&terminal, "", &readings(0, 20), &ruth);
    undo(&terminal.backend.station, &upload);
    terminal.assign(&upload, &other, &letters()).unwrap();
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    let fresh = Terminal::new(Some(&served), None);
    assert_eq!(in_numbers(&record(&fresh, &ruth.id)), []);
    assert_eq!(in_numbers(&record(&fresh, &other.id)), in_numbers(&readings(0, 20)));
}

/// A server that does not let it be changed: it waits, is told why, and nothing that is decided anew goes round it.
#[test]
fn what_may_not_be_changed_there_is_told_and_waits() {
    for (status, is_refused) in [(403, false), (422, true), (500, false), (405, false)] {
        let served = Place::Small.serve().unwrap();
        let terminal = Terminal::new(Some(&served), None);
        let (ruth, other) = (somebody(&terminal), somebody(&terminal));
        let upload = assigned(&terminal, &letters(), &readings(0, 20), &ruth);
        undo(&terminal.backend.station, &upload);
        terminal.assign(&upload, &other, &letters()).unwrap();
        small(&served).faults = vec![Fault::Says(status); 100];
        carry_once(&terminal).unwrap();
        let waiting = terminal.store().undelivered().unwrap();
        assert_eq!(waiting.len(), 3, "{status}");
        assert_eq!(matches!(waiting[0].state, DeliveryState::Refused(_)), is_refused, "{status}: {:?}", waiting[0]);
        let is_not_allowed = matches!(waiting[0].last, Some(LastAttempt::NotAllowed(_)));
        assert_eq!(is_not_allowed, status == 403, "{status}: {:?}", waiting[0]);
        assert!(waiting[1..].iter().all(|item| item.attempts == 0), "{status}");
        assert_eq!(in_numbers(&record(&terminal, &ruth.id)), [], "{status}: not shown as hers meanwhile");
        small(&served).faults.clear();
        if is_refused {
            let reason = "the server was repaired".into();
            assert!(terminal.backend.station.release(&nora(), &waiting[0].key, &reason).unwrap());
        }
        terminal.carry();
        assert_eq!(terminal.store().undelivered().unwrap(), [], "{status}");
        assert_eq!(in_numbers(&record(&Terminal::new(Some(&served), None), &other.id)).len(), 17, "{status}");
    }
}

/// Somebody changes a reading between the look at it and its withdrawal: it is looked at again, and their change stays.
#[test]
fn what_is_changed_in_the_same_moment_is_looked_at_again() {
    type Changing = Arc<Mutex<Option<(Arc<Mutex<Shelf>>, String)>>>;
    let changing: Changing = Arc::default();
    let on_the_way = Arc::clone(&changing);
    let small = FhirServer::start_for(&[], move |asked| {
        if asked.body.contains("entered-in-error")
            && let Some((shelf, other)) = on_the_way.lock().unwrap().take()
        {
            let mut shelf = shelf.lock().unwrap();
            let mut own = shelf.resources.iter_mut().filter(|own| own["status"] == "final" && is_reading(own));
            let (given, noted) = (own.next().unwrap(), own.next().unwrap());
            given["subject"]["reference"] = json!(other);
            noted["note"] = json!([{ "text": "seen" }]);
            for changed in [given, noted] {
                changed["meta"]["versionId"] = json!("7");
            }
        }
        true
    });
    small.shelf.lock().unwrap().metadata = Some(says_all());
    let shelf = Arc::clone(&small.shelf);
    let served = Served { base: small.server.base.clone(), small: Some(small), tenant: None };
    let terminal = Terminal::new(Some(&served), None);
    let (ruth, other) = (somebody(&terminal), somebody(&terminal));
    let upload = assigned(&terminal, &letters(), &readings(0, 20), &ruth);
    *changing.lock().unwrap() = Some((shelf, other.id.0.clone()));
    undo(&terminal.backend.station, &upload);
    let (_, outcome) = carry_once(&terminal).unwrap();
    assert_eq!(outcome, Outcome::Recorded);
    let left = observations(&served);
    assert_eq!(count(&left, "/status", "entered-in-error"), 16);
    assert_eq!(count(&left, "/subject/reference", &other.id.0), 1);
    let noted = left.iter().find(|own| own["note"].is_array()).unwrap();
    assert_eq!(noted["status"], "entered-in-error");
}

/// Undone at one program while another one carries it from the same store: the readings that follow are not sent, and
/// those that went are withdrawn.
#[test]
fn what_is_undone_while_it_is_carried_is_not_sent_to_the_end() {
    let is_of_readings = |asked: &Asked| asked.target == "/" && asked.body.contains("\"Observation\"");
    let (undoing, served) = undone_on_the_way(is_of_readings, &[]);
    let terminal = Terminal::new(Some(&served), None);
    let other_program = Terminal::of(terminal.folder());
    let ruth = somebody(&terminal);
    visit(&terminal, &letters(), &readings(0, 5), &ruth);
    let before = observations(&served).len();
    let serial = letters();
    let upload = terminal.backend.station.quarantine(&nora(), &download(&serial, readings(0, 500))).unwrap().id;
    terminal.assign(&upload, &ruth, &letters()).unwrap();
    *undoing.lock().unwrap() = Some((other_program.backend.station.clone(), upload, 2));
    carry_once(&terminal).unwrap();
    let (key, outcome) = carry_once(&terminal).unwrap();
    assert!(key.0.ends_with(" readings") && matches!(outcome, Outcome::Later(None, _)), "{key:?} {outcome:?}");
    let sent = observations(&served).len() - before;
    assert!((100..=200).contains(&sent), "{sent}: two bundles of five");
    assert_eq!(terminal.store().delivery(&key).unwrap().unwrap().state, DeliveryState::Undone);
    let (key, outcome) = carry_once(&terminal).unwrap();
    assert!(key.0.ends_with(" withdrawal") && matches!(outcome, Outcome::Later(Some(_), _)), "{outcome:?}");
    assert_eq!(count(&observations(&served), "/status", "entered-in-error"), sent);
    let there = elsewhere(Some(&served), &terminal, &serial);
    assert_eq!(there(&ruth.id), (2, false), "those of the other meter");
}

/// A control test that the settings send is the meter's and nobody's: it stays, and holds nothing up.
#[test]
fn a_control_test_stays_with_the_meter() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let settings = terminal.folder().join(glucodock::config::SETTINGS_FILE);
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, format!("{text}control_solution = true\n")).unwrap();
    let terminal = Terminal::of(terminal.folder());
    let (ruth, other) = (somebody(&terminal), somebody(&terminal));
    let serial = letters();
    let upload = assigned(&terminal, &serial, &readings(0, 20), &ruth);
    let controls = || -> Vec<Value> {
        let is_control = |own: &Value| {
            own["identifier"].is_array() && !is_reading(own) && own["code"]["coding"][0]["code"] != "67975"
        };
        all(&served, "Observation").into_iter().filter(is_control).collect()
    };
    let before = controls();
    assert!(before.len() == readings(0, 20).iter().filter(|own| own.kind == Kind::Control).count());
    undo(&terminal.backend.station, &upload);
    terminal.assign(&upload, &other, &letters()).unwrap();
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    assert_eq!(controls(), before);
    assert_eq!(terminal.store().record(&other.id, Span::ALL).unwrap().totals.readings, 20);
    assert_eq!(elsewhere(Some(&served), &terminal, &serial)(&other.id), (17, true));
}
