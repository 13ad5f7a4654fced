//! The next visit of somebody whose meter it is: what the platform says now comes before what is added to the record,
//! and without an answer it goes on as it stands at this station.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};

use glucodock::domain::association::IdempotencyKey;
use glucodock::domain::clinic::Role;
use glucodock::domain::patient::{Patient, PatientId};
use glucodock::domain::record::Span;
use glucodock::domain::undo::{UndoRequest, Withdrawals};
use glucodock::store::{By, Store};
use serde_json::{Value, json};

use super::fhir_platform::{assign, assign_only, carry, nora, on, person, ruth, wait};
use super::fhir_server::{Fault, FhirServer, Shelf};
use super::headless::{SIGN_IN, furnish, passes_on};
use super::http_server::Asked;

/// She comes again: of what the meter remembers 246 are known, and 14 are new.
const COMES_AGAIN: &str = r#"
type "adey"
idle
keys Down Enter
plug accu-chek-guide serial=92500000042 readings=260
"#;

/// A server that knows three people, and a station at which the meter became Ruth's.
fn after_a_visit(may: impl Fn(&Asked) + Send + Sync + 'static) -> (tempfile::TempDir, FhirServer) {
    let folder = tempfile::tempdir().unwrap();
    let people = [
        ruth(),
        person("8", "Okafor", "Chidi", "1971-05-02", "H5550008"),
        person("9", "Adeyemi-Bello", "Ruth", "1968-03-09", "H5550009"),
    ];
    let server = FhirServer::start_for(&people, move |asked| {
        may(asked);
        true
    });
    assign(folder.path(), &server);
    carry(folder.path(), &server);
    (folder, server)
}

fn change(server: &FhirServer, kind: &str, id: Option<&str>, change: impl Fn(&mut Value)) {
    let mut shelf = server.shelf.lock().unwrap();
    let own = |own: &&mut Value| {
        own["resourceType"] == kind && id.map_or_else(|| own["patient"].is_object(), |id| own["id"] == id)
    };
    shelf.resources.iter_mut().filter(own).for_each(change);
}

#[track_caller]
fn play(folder: &Path, server: &FhirServer, script: &str) {
    let base = server.server.base.clone();
    passes_on(folder, Box::new(move |store| on(&base, store)), false, &format!("{SIGN_IN}{script}"));
}

fn total(folder: &Path, patient: &str) -> u32 {
    Store::open(folder).unwrap().record(&PatientId(patient.into()), Span::ALL).unwrap().totals.readings
}

#[test]
fn it_is_as_it_was_and_the_new_readings_are_added() {
    let (folder, server) = after_a_visit(|_| {});
    play(folder.path(), &server, &format!("{COMES_AGAIN}wait \"14 new readings, 246 already there\"\n"));
    assert_eq!(total(folder.path(), "Patient/7f"), 264);
}

#[test]
fn a_meter_that_the_platform_gave_to_another_stops() {
    let (folder, server) = after_a_visit(|_| {});
    change(&server, "Device", None, |device| device["patient"] = json!({ "reference": "Patient/8" }));
    play(
        folder.path(),
        &server,
        &format!("{COMES_AGAIN}wait \"This meter belongs to another patient\"\nexpect \"CO\"\n"),
    );
    assert_eq!(total(folder.path(), "Patient/7f"), 250);
    assert_eq!(Store::open(folder.path()).unwrap().pending().unwrap().len(), 1);
}

/// Somebody at the platform took it off her: that it is hers is said here alone, and whose the readings are is asked.
#[test]
fn a_meter_that_the_platform_took_off_its_owner_is_asked_about() {
    let (folder, server) = after_a_visit(|_| {});
    change(&server, "Device", None, |device| {
        device.as_object_mut().unwrap().remove("patient");
    });
    let asked = format!("{COMES_AGAIN}wait \"somebody took this meter off\"\n");
    play(folder.path(), &server, &asked);
    assert_eq!(total(folder.path(), "Patient/7f"), 250);
    let typed = "idle\ntype \"H5550007\"\nkey Enter\ntype \"1968\"\nkeys Enter Enter\n\
         wait \"14 new readings, 246 already there\"\n";
    play(folder.path(), &server, &format!("{asked}{typed}"));
    assert_eq!(total(folder.path(), "Patient/7f"), 264);
    carry(folder.path(), &server);
    assert_eq!(Store::open(folder.path()).unwrap().undelivered().unwrap(), []);
}

/// What says there whose it is was not delivered yet: that nobody has it there is no news.
#[test]
fn a_meter_of_which_the_platform_was_not_told_yet_is_its_owner_s() {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&[ruth()]);
    assign_only(folder.path(), &server);
    server.shelf.lock().unwrap().faults = vec![Fault::Says(503); 1000];
    play(folder.path(), &server, &format!("{COMES_AGAIN}wait \"14 new readings, 246 already there\"\n"));
}

/// The whole Device may be gone with that.
#[test]
fn a_meter_that_the_platform_has_no_longer_is_asked_about() {
    let (folder, server) = after_a_visit(|_| {});
    change(&server, "Device", None, |device| {
        device.as_object_mut().unwrap().remove("identifier");
    });
    play(folder.path(), &server, &format!("{COMES_AGAIN}wait \"somebody took this meter off\"\n"));
    assert_eq!(total(folder.path(), "Patient/7f"), 250);
}

/// It was undone here, and the platform, which is in trouble, says still that the meter is hers. Another station may
/// say so too, and be right: until it is taken back nobody else gets it, and she does once somebody says who she is.
#[test]
fn a_meter_that_is_being_withdrawn_goes_to_nobody_else() {
    let (folder, server) = after_a_visit(|_| {});
    {
        let store = Store::open(folder.path()).unwrap();
        let upload = store.record(&PatientId("Patient/7f".into()), Span::ALL).unwrap().uploads[0].upload.clone();
        let by = By::command("2", "2026-09-21T10:00:00Z".parse().unwrap());
        let offer = store.undo_offer(by, Role::Clinician, &upload, Withdrawals::Sent).unwrap();
        let (key, reason) = (IdempotencyKey("undone".into()), Some("the wrong row".into()));
        let request = UndoRequest { upload, key, seen: offer.seen(), reason };
        store.undo(by, Role::Clinician, &request, Withdrawals::Sent).unwrap();
    }
    server.shelf.lock().unwrap().faults = vec![Fault::Says(503); 10_000];
    let comes = |name: &str| {
        format!(
            "type \"{name}\"\nidle\nkeys Down Enter\nplug accu-chek-guide serial=92500000042 readings=260\n\
             wait \"The device association is pending\"\nkeys Enter Tab Enter\nwait \"Select the patient\"\n\
             keys Down Enter\n"
        )
    };
    let hers = format!("{}wait \"Confirm the assignment\"\nidle\nexpect \"was undone\"\n", comes("adey"));
    play(folder.path(), &server, &hers);
    assert_eq!(total(folder.path(), "Patient/7f"), 0);
    let another = format!("{}wait \"This meter belongs to another patient\"\nexpect \"RA\"\n", comes("okaf"));
    play(folder.path(), &server, &another);
    assert_eq!((total(folder.path(), "Patient/7f"), total(folder.path(), "Patient/8")), (0, 0));
    server.shelf.lock().unwrap().faults.clear();
    carry(folder.path(), &server);
    let typed = "type \"H5550008\"\nkey Enter\ntype \"1971\"\nkeys Enter Enter\nwait \"264\"\n";
    let asked = format!("{}wait \"Confirm the assignment\"\nidle\n{typed}", comes("okaf"));
    play(folder.path(), &server, &asked);
    carry(folder.path(), &server);
    assert_eq!((total(folder.path(), "Patient/7f"), total(folder.path(), "Patient/8")), (0, 264));
    assert_eq!(Store::open(folder.path()).unwrap().undelivered().unwrap(), []);
    let device = server.all("Device").into_iter().find(|device| device["patient"].is_object()).unwrap();
    assert_eq!(device["patient"]["reference"], "Patient/8");
    let of_ruth = |own: &Value| own["subject"]["reference"] == "Patient/7f" && own["status"] == "final";
    assert!(!server.all("Observation").iter().any(of_ruth));
}

#[test]
fn another_person_under_the_same_key_gets_nothing() {
    let (folder, server) = after_a_visit(|_| {});
    change(&server, "Patient", Some("7f"), |person| {
        person["birthDate"] = json!("1933-01-01");
        person["name"] = json!([{ "family": "Adey", "given": ["Noah"] }]);
        person["identifier"] = json!([]);
    });
    play(
        folder.path(),
        &server,
        &format!("{COMES_AGAIN}wait \"This meter belongs to another patient\"\nexpect \"another person\"\n"),
    );
    assert_eq!(total(folder.path(), "Patient/7f"), 250);
}

#[test]
fn the_meter_of_a_record_that_was_merged_goes_on_under_the_other() {
    let (folder, server) = after_a_visit(|_| {});
    // The directory shows the former one no more, and the station has not heard of it.
    change(&server, "Patient", Some("7f"), |person| {
        person["name"] = json!([{ "family": "Zz", "given": ["Ruth"] }]);
        person["link"] = json!([{ "other": { "reference": "Patient/9" }, "type": "replaced-by" }]);
    });
    play(
        folder.path(),
        &server,
        &format!("{COMES_AGAIN}wait \"14 new readings, 246 already there\"\nexpect \"ADEYEMI-BELLO\"\n"),
    );
    carry(folder.path(), &server);
    assert_eq!(total(folder.path(), "Patient/9"), 264);
    assert_eq!(Store::open(folder.path()).unwrap().undelivered().unwrap(), []);
}

/// The record was merged into one that can be another person's: who that is, is asked once.
#[test]
fn the_meter_of_a_record_that_was_merged_into_somebody_elses_waits_for_what_they_type() {
    let (folder, server) = after_a_visit(|_| {});
    change(&server, "Patient", Some("7f"), |person| {
        person["link"] = json!([{ "other": { "reference": "Patient/8" }, "type": "replaced-by" }]);
    });
    let comes = |readings: u32| {
        let meter = format!("plug accu-chek-guide serial=92500000042 readings={readings}");
        format!("type \"okaf\"\nidle\nkeys Down Enter\n{meter}\n")
    };
    let (asked, again) = (comes(260), comes(270));
    let typed = "wait \"were merged into this one\"\nexpect \"OKAFOR\"\nidle\ntype \"H5550008\"\nkey Enter\n\
         type \"1971\"\nkeys Enter Enter\nwait \"14 new readings, 246 already there\"\n";
    play(folder.path(), &server, &format!("{asked}wait \"were merged into this one\"\n"));
    assert_eq!(total(folder.path(), "Patient/8"), 250);
    play(folder.path(), &server, &format!("{asked}{typed}"));
    play(folder.path(), &server, &format!("{again}wait \"already there\"\n"));
    assert_eq!(Store::open(folder.path()).unwrap().pending().unwrap(), []);
}

#[test]
fn without_an_answer_it_goes_on_as_it_stands_here() {
    let (folder, server) = after_a_visit(|_| {});
    let base = server.server.base.clone();
    drop(server);
    let script = format!("{SIGN_IN}{COMES_AGAIN}wait \"14 new readings, 246 already there\"\n");
    passes_on(folder.path(), Box::new(move |store| on(&base, store)), false, &script);
    assert_eq!(total(folder.path(), "Patient/7f"), 264);
}

/// The server takes its time, and nobody has to wait for it.
#[test]
fn whoever_does_not_want_to_wait_goes_on() {
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let at_gate = Arc::clone(&gate);
    let (folder, server) = after_a_visit(move |asked| {
        let (is_closed, opened) = &*at_gate;
        if asked.target == "/Patient/7f" {
            drop(opened.wait_while(is_closed.lock().unwrap(), |is_closed| *is_closed).unwrap());
        }
    });
    let base = server.server.base.clone();
    let script = format!(
        "{SIGN_IN}type \"adey\"\nwait \"ADEYEMI, Ruth\" 60s\nkeys Down Enter\n\
         plug accu-chek-guide serial=92500000042 readings=260\nwait \"Asking the care platform\" 60s\n\
         expect \"do not wait\"\nkey F8\nwait \"14 new readings, 246 already there\" 60s\n"
    );
    *gate.0.lock().unwrap() = true;
    let opening = Opening(Arc::clone(&gate));
    passes_on(folder.path(), Box::new(move |store| on(&base, store)), true, &script);
    drop(opening);
    assert_eq!(total(folder.path(), "Patient/7f"), 264);
}

/// The same after a visit, and once this is asked for, somebody has changed what is there.
fn and_then(
    target: &'static str,
    change: impl Fn(&mut Shelf) + Send + Sync + 'static,
) -> (tempfile::TempDir, FhirServer) {
    let shelf: Arc<Mutex<Option<Arc<Mutex<Shelf>>>>> = Arc::default();
    let reached = Arc::clone(&shelf);
    let (folder, server) = after_a_visit(move |asked| {
        if let Some(shelf) = reached.lock().unwrap().take_if(|_| asked.target == target) {
            change(&mut shelf.lock().unwrap());
        }
    });
    *shelf.lock().unwrap() = Some(Arc::clone(&server.shelf));
    (folder, server)
}

fn is(own: &Value, id: &str) -> bool {
    own["resourceType"] == "Patient" && own["id"] == id
}

/// The meter is somebody's whose record takes nothing any more: that is said, and nobody else can be selected.
#[test]
fn a_record_that_is_gone_or_retired_is_said_at_once() {
    for (is_gone, words) in [(true, "has no record of this"), (false, "not ACTIVE")] {
        let (folder, server) = and_then("/Patient/7f", move |shelf| {
            if is_gone {
                shelf.resources.retain(|own| !is(own, "7f"));
            } else {
                shelf.resources.iter_mut().filter(|own| is(own, "7f")).for_each(|own| own["active"] = json!(false));
            }
        });
        play(folder.path(), &server, &format!("{COMES_AGAIN}wait \"{words}\"\nexpect \"put the record right\"\n"));
        assert_eq!(total(folder.path(), "Patient/7f"), 250);
        assert_eq!(Store::open(folder.path()).unwrap().pending().unwrap().len(), 1);
    }
}

/// The record in hand is merged into the owner's, who is the same person then; or somebody else, who is asked.
#[test]
fn whoever_was_merged_into_the_owner_is_the_owner() {
    for (typed, id, target, words) in [
        ("adeyemi-b", "9", "/Patient/9", "14 new readings, 246 already there"),
        ("okaf", "8", "/Patient/8", "were merged into this one"),
    ] {
        let (folder, server) = and_then(target, move |shelf| {
            let link = json!([{ "other": { "reference": "Patient/7f" }, "type": "replaced-by" }]);
            shelf.resources.iter_mut().filter(|own| is(own, id)).for_each(|own| own["link"] = link.clone());
        });
        let comes = "idle\nkeys Down Enter\nplug accu-chek-guide serial=92500000042 readings=260\n";
        let script = format!("type \"{typed}\"\n{comes}wait \"{words}\"\nexpect \"ADEYEMI, Ruth\"\n");
        play(folder.path(), &server, &script);
        assert_eq!(total(folder.path(), "Patient/7f"), if id == "9" { 264 } else { 250 });
    }
}

/// The station hears of a merger while a dashboard is on its way: it shows whom the platform named in its answer, with
/// what is theirs under that name, and nobody and nothing else.
#[test]
fn a_dashboard_shows_nothing_of_somebody_whom_the_platform_does_not_name() {
    let heard: Arc<Mutex<Option<(PathBuf, Patient)>>> = Arc::default();
    let meanwhile = Arc::clone(&heard);
    let (folder, server) = after_a_visit(move |asked| {
        if let Some((folder, other)) = meanwhile.lock().unwrap().take_if(|_| asked.target.starts_with("/Observation")) {
            let by = By::command("another program", "2100-01-01T00:00:00Z".parse().unwrap());
            let merged = Store::open(&folder).unwrap().note_directory(by, &PatientId("Patient/7f".into()), &other);
            merged.unwrap();
        }
    });
    let backend = on(&server.server.base, Store::open(folder.path()).unwrap());
    let id = |id: &str| PatientId(format!("Patient/{id}"));
    let other = wait(backend.platform.directory.fetch(&nora(), &id("8"))).unwrap().unwrap();
    backend.station.remember(&nora(), &other).unwrap();
    let read = || wait(backend.platform.record.readings(&nora(), &id("7f"), Span::ALL));
    assert_eq!(read().unwrap().totals.readings, 250);
    *heard.lock().unwrap() = Some((folder.path().to_owned(), other));
    let shown = read().unwrap();
    assert_eq!((shown.patient.id, shown.totals.readings), (id("7f"), 250));
    assert!(heard.lock().unwrap().is_none(), "it was heard in between");
}

/// Opens the gate at the end of a test, however it ends.
struct Opening(Arc<(Mutex<bool>, Condvar)>);

impl Drop for Opening {
    fn drop(&mut self) {
        *self.0.0.lock().unwrap() = false;
        self.0.1.notify_all();
    }
}

/// Which meters are somebody's is told where it helps to see who they are: also of a search's hit, and of what another
/// station assigned.
#[test]
fn the_meters_of_a_patient_are_named_on_the_confirm_screen_and_the_dashboard() {
    let (folder, server) = after_a_visit(|_| {});
    let second = "type \"adey\"\nidle\nkeys Down Enter\nplug accu-chek-guide serial=92500000043 readings=5\n\
         wait \"pending\"\nkeys Enter Tab Enter Down Enter\nwait \"an identifier\"\nidle\n\
         expect \"Accu-Chek Guide 0042\"\n";
    let other = tempfile::tempdir().unwrap();
    furnish(other.path());
    for folder in [&folder, &other] {
        play(folder.path(), &server, second);
    }
    let dashboard = "type \"adey\"\nidle\nkeys Down F4\nidle\ntype \"5\"\nexpect \"Accu-Chek Guide 0042\"\n";
    play(other.path(), &server, dashboard);
}
