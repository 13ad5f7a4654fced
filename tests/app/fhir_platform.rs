//! The care platform on a FHIR server: the whole wizard over it, and what is there afterwards, whatever came between.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use glucodock::config::{FhirSettings, MappingPart, MappingSettings, ServerBase, SignInSettings};
use glucodock::domain::association::IdempotencyKey;
use glucodock::domain::clinic::{Actor, Role, User};
use glucodock::domain::delivery::{DeliveryState, Errand, Jitter, Outcome, Parcel};
use glucodock::domain::meter::MeterIdentity;
use glucodock::domain::patient::{Gender, Likeness, NewPatient, PageCursor, PatientId, Status};
use glucodock::domain::platform_check::Ownership;
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::Reading;
use glucodock::domain::record::Span;
use glucodock::domain::taken_back::TakenBack;
use glucodock::domain::text::Private;
use glucodock::domain::undo::Withdrawals;
use glucodock::engine::effects::Backend;
use glucodock::platform::fhir::{self, FhirClient, FhirSurroundings};
use glucodock::platform::{RemoteError, SignsOfLife, embedded};
use glucodock::station::Station;
use glucodock::store::{By, Store};
use jiff::SignedDuration;
use jiff::civil::date;
use rstest::rstest;
use serde_json::{Value, json};

pub(crate) use super::embedded::answered as wait;
pub(crate) use super::fhir_person::{person, ruth};
use super::fhir_server::{Fault, FhirServer};
use super::headless::{furnish, noon, passes_on};
use super::sign_in_ends::raw;

/// What the platform knows of this computer.
pub(crate) fn surroundings(store: &Arc<Store>) -> FhirSurroundings {
    FhirSurroundings {
        zone: noon().time_zone().clone(),
        now: Arc::new(|| noon().timestamp()),
        uptime: Arc::new(|| Duration::ZERO),
        has_network_time: true,
        range: Arc::new(|_| Some((10, 600))),
        store: Arc::clone(store),
    }
}

/// The station on a store, and the platform on the server.
pub(crate) fn on(base: &str, store: Store) -> Backend {
    on_with(base, store, creating())
}

/// The settings of a server that asks nobody who they are.
pub(crate) fn settings(base: &str) -> FhirSettings {
    FhirSettings {
        base: ServerBase::parse(base, false).unwrap(),
        sign_in: SignInSettings::None,
        ca_file: None,
        certificates: Vec::new(),
        allow_http: false,
        tenant_header: None,
        timeout: std::time::Duration::from_secs(20),
        mapping: creating(),
    }
}

/// What is usual, and patients are created from here.
pub(crate) fn creating() -> MappingSettings {
    let mut mapping = MappingSettings::default();
    mapping.parts.insert(MappingPart::NewPatient);
    mapping
}

/// The same, with other settings of what is written.
pub(crate) fn on_with(base: &str, store: Store, mapping: MappingSettings) -> Backend {
    let settings = FhirSettings { mapping, ..settings(base) };
    let client = FhirClient::new(Arc::new(settings)).unwrap();
    let store = Arc::new(store);
    store.belong_to(By::command("test", noon().timestamp()), &client.directory()).unwrap();
    let station = Station::new(Arc::clone(&store)).withdrawing(Withdrawals::Sent);
    Backend { station, platform: fhir::on(client, surroundings(&store), embedded::on(store)) }
}

pub(crate) fn nora() -> Actor {
    let user = User { id: "1".into(), login: "nora".into(), name: "Nora Test".into(), role: Role::Assistant };
    Actor { user, session: "s".into(), at: noon().timestamp() }
}

pub(crate) const ASSIGN: &str = r#"
type "nora"
key Tab
type "correct horse"
key Enter
wait "Nora Test"
type "adey"
idle
keys Down Enter
plug accu-chek-guide serial=92500000042 readings=250
wait "pending"
keys Enter Tab Enter Down Enter
wait "an identifier"
type "H5550007"
key Enter
type "1968"
keys Enter Enter
wait "250 new readings, 0 already there"
idle
"#;

/// From the success message to the dashboard.
const LOOK: &str = r#"
key Enter
idle
expect "ADEYEMI"
expect "250 in all"
"#;

/// Plays the wizard up to the dashboard over this server.
pub(crate) fn assign(folder: &Path, server: &FhirServer) {
    assign_and(folder, server, LOOK);
}

/// The same, over a server that takes nothing yet: all of it is still to be carried.
pub(crate) fn assign_only(folder: &Path, server: &FhirServer) {
    server.shelf.lock().unwrap().faults = vec![Fault::Says(503); 1000];
    assign(folder, server);
    server.shelf.lock().unwrap().faults.clear();
}

/// Plays the wizard up to what is said of the assignment, and then this.
fn assign_and(folder: &Path, server: &FhirServer, then: &str) {
    furnish(folder);
    let base = server.server.base.clone();
    passes_on(folder, Box::new(move |store| on(&base, store)), false, &format!("{ASSIGN}{then}"));
}

/// Carries until nothing is left that can be carried; an hour passes at each look.
pub(crate) fn carry(folder: &Path, server: &FhirServer) {
    carry_with(folder, |store| on(&server.server.base, store));
}

/// The same, over another platform; gives what was carried.
pub(crate) fn carry_with(folder: &Path, platform: impl FnOnce(Store) -> Backend) -> Vec<Parcel> {
    let backend = platform(Store::open(folder).unwrap());
    let mut parcels = Vec::new();
    let mut now = noon().timestamp() + SignedDuration::from_hours(24);
    loop {
        now += SignedDuration::from_hours(1);
        match backend.station.next_errand(now).unwrap() {
            Errand::Deliver(parcel) => {
                let signs = SignsOfLife::default();
                let outcome = wait(backend.platform.record.deliver(&parcel, &signs));
                assert!(signs.were_given(), "it would be taken for one that hangs");
                assert!(backend.station.note_delivery(&parcel.key, outcome, now, Jitter(0)).unwrap());
                parcels.push(*parcel);
            }
            Errand::WaitUntil(_) => {}
            Errand::Rest => return parcels,
        }
    }
}

/// Each question and each answer is a sign of life, from the first to the last of a delivery: between any two questions
/// one was given.
#[test]
fn a_delivery_gives_a_sign_of_life_with_every_answer() {
    let signs = SignsOfLife::default();
    let (given, counted) = (signs.clone(), Arc::new(Mutex::new((0, 0))));
    let counts = Arc::clone(&counted);
    let server = FhirServer::start_for(&[ruth()], move |_| {
        let mut counts = counts.lock().unwrap();
        *counts = (counts.0 + 1, counts.1 + usize::from(given.were_given()));
        true
    });
    let folder = tempfile::tempdir().unwrap();
    assign_only(folder.path(), &server);
    let backend = on(&server.server.base, Store::open(folder.path()).unwrap());
    let later = noon().timestamp() + SignedDuration::from_hours(24);
    for hour in 1..=2 {
        let now = later + SignedDuration::from_hours(hour);
        let Errand::Deliver(parcel) = backend.station.next_errand(now).unwrap() else { panic!("nothing is due") };
        let _ = signs.were_given();
        *counted.lock().unwrap() = (0, 0);
        assert_eq!(wait(backend.platform.record.deliver(&parcel, &signs)), Outcome::Recorded);
        let (asked, with_sign) = *counted.lock().unwrap();
        assert!(asked > 2, "{asked}");
        assert_eq!(with_sign, asked);
        assert!(signs.were_given(), "with the last answer");
        assert!(backend.station.note_delivery(&parcel.key, Outcome::Recorded, now, Jitter(0)).unwrap());
    }
}

/// What is known here cannot be read while the server is silent: that is told, and not only the silence, which nobody
/// here mends. That another program writes is no such thing.
#[test]
fn a_store_that_fails_while_the_server_is_silent_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&[ruth()]);
    let backend = on(&server.server.base, Store::open(folder.path()).unwrap());
    let platform = &backend.platform;
    let found = wait(platform.directory.search(&nora(), "adeyemi", None, 20)).unwrap().patients.remove(0);
    backend.station.remember(&nora(), &found).unwrap();
    drop(server);
    let told = || {
        [
            wait(platform.directory.search(&nora(), "adeyemi", None, 20)).err(),
            wait(platform.directory.look_alikes(&nora(), &new_patient("Adeyemi", "H777"))).err(),
            wait(platform.record.readings(&nora(), &found.id, Span::ALL)).err(),
        ]
        .map(|error| error.map(|error| error.problem().code))
    };
    assert_eq!(told(), [None; 3]);
    let damage = raw(folder.path());
    damage.execute_batch("UPDATE subjects SET copy = '{' WHERE copy IS NOT NULL").unwrap();
    assert_eq!(told(), [Some(ProblemCode::StoreUnreadable); 3]);
    let nobody = PatientId("Patient/unknown".into());
    let unknown = wait(platform.record.readings(&nora(), &nobody, Span::ALL)).unwrap_err();
    assert_eq!(unknown.problem().code, ProblemCode::PlatformUnreachable, "what is not here is no failure of the store");
}

/// A server that does not answer hides nobody who was chosen here before; who else there is, it alone knows.
#[test]
fn who_was_chosen_here_is_found_while_the_server_does_not_answer() {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&[ruth(), person("8", "Adeyemi", "Obi", "1970-01-02", "H1")]);
    let backend = on(&server.server.base, Store::open(folder.path()).unwrap());
    let search = |query: &str| wait(backend.platform.directory.search(&nora(), query, None, 20)).unwrap();
    let there = search("adeyemi");
    assert_eq!((there.patients.len(), there.known_only), (2, false));
    let chosen = there.patients.into_iter().find(|patient| patient.id.0 == "Patient/7f").unwrap();
    backend.station.remember(&nora(), &chosen).unwrap();
    drop(server);
    for query in ["ade", "h555"] {
        let known = search(query);
        assert_eq!((&known.patients[..], known.known_only), (std::slice::from_ref(&chosen), true), "{query}");
    }
    assert_eq!(search("obi").patients, []);
}

/// What of the record the numbers of a dashboard use, as the meter said it.
pub(crate) fn in_numbers(readings: Vec<Reading>) -> Vec<(String, String, String)> {
    let mut told: Vec<_> = readings
        .into_iter()
        .filter(Reading::is_in_numbers)
        .map(|reading| {
            let meal = reading.meal.filter(|meal| *meal != glucodock::domain::reading::Meal::None);
            (reading.time.unwrap().to_string(), format!("{:?}", reading.measured), format!("{meal:?}"))
        })
        .collect();
    told.sort();
    told
}

/// Each reading is there once, under the right patient, and comes back as the meter said it.
pub(crate) fn is_there_once(folder: &Path, server: &FhirServer) {
    let store = Store::open(folder).unwrap();
    assert_eq!(store.undelivered().unwrap(), []);
    let patient = PatientId("Patient/7f".into());
    let here = in_numbers(store.record(&patient, Span::ALL).unwrap().readings);
    let backend = on(&server.server.base, store);
    let record = wait(backend.platform.record.readings(&nora(), &patient, Span::ALL)).unwrap();
    assert!(here.len() > 100, "{}", here.len());
    assert_eq!(record.elsewhere, [], "all of it is from here");
    assert_eq!((record.totals.readings, record.readings.len()), (250, 250), "what is here and there is counted once");
    assert_eq!(in_numbers(record.readings), here);
    // A station that has none of them sees what is there.
    let (_folder, elsewhere) = backend_of(server);
    let record = wait(elsewhere.platform.record.readings(&nora(), &patient, Span::ALL)).unwrap();
    assert_eq!(record.totals.readings as usize, here.len());
    let [there] = record.elsewhere.as_slice() else { panic!("{:?}", record.elsewhere) };
    assert!(there.is_of_station && there.count as usize == here.len(), "{there:?}");
    assert!(there.meter.as_ref().is_some_and(|meter| record.patient.devices.contains(meter)), "{there:?}");
    assert_eq!(there.last, record.readings.iter().filter_map(|reading| reading.time).max());
    assert_eq!(in_numbers(record.readings), here);
    let of = |resources: Vec<Value>, system: &str| -> Vec<Value> {
        let is = |own: &Value| own["identifier"][0]["system"].as_str().unwrap().contains(system);
        resources.into_iter().filter(is).collect()
    };
    let observations = of(server.all("Observation"), "/reading");
    assert_eq!(observations.len(), here.len());
    assert!(observations.iter().all(|resource| resource["subject"]["reference"] == "Patient/7f"));
    let [device] = of(server.all("Device"), "/meter/").try_into().unwrap();
    // A terminal each; that the readings came through is one of them.
    let gateways = of(server.all("Device"), "/gateway");
    let reference = |resource: &Value| {
        format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap())
    };
    assert!(gateways.iter().all(|gateway| gateway.get("note").is_none()), "nothing is left of a trial");
    let through = observations[0]["extension"][0]["valueReference"].clone();
    assert!(gateways.iter().any(|gateway| through == json!({ "reference": reference(gateway) })));
    assert!(observations.iter().all(|resource| resource["extension"][0]["valueReference"] == through));
    let [stamp] = of(server.all("Observation"), "/time-stamp").try_into().unwrap();
    assert_eq!((&stamp["subject"]["reference"], &stamp["device"]), (&json!(reference(&device)), &through));
    assert_eq!(device["patient"], json!({ "reference": "Patient/7f" }));
    let [statement] = server.all("DeviceUseStatement").try_into().unwrap();
    assert_eq!((&statement["subject"], &statement["status"]), (&device["patient"], &json!("active")));
    let [provenance] = server.all("Provenance").try_into().unwrap();
    let targets = [&device, &statement].map(|target| json!({ "reference": reference(target) }));
    assert_eq!(provenance["target"], json!(targets));
    assert_eq!(provenance["agent"][1]["who"], through);
}

#[test]
fn the_whole_wizard_over_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&[ruth()]);
    assign_and(folder.path(), &server, &format!("expect \"are in the record of the care platform\"\n{LOOK}"));
    carry(folder.path(), &server);
    is_there_once(folder.path(), &server);
    let addresses: Vec<String> = server.server.asked().into_iter().map(|asked| asked.target).collect();
    let told = ["adey", "H5550007", "1968", "92500000042"];
    assert!(addresses.iter().all(|address| told.iter().all(|word| !address.contains(word))), "{addresses:?}");
}

/// How a server treats what is to be created only if it is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Conditions {
    /// It says so, and does so.
    Said,
    /// It says nothing, and does so.
    Done,
    /// It says nothing, and leaves the condition out.
    LeftOut,
}

/// Answers that are lost, refusals that pass, and servers that take fewer readings at once.
#[rstest]
#[case(0, Conditions::Said, &[Fault::LosesAnswer; 7])]
#[case(0, Conditions::LeftOut, &[Fault::LosesAnswer; 6])]
#[case(0, Conditions::Done, &[Fault::Says(503), Fault::LosesAnswer, Fault::Says(429), Fault::Says(409)])]
#[case(8, Conditions::Said, &[Fault::LosesAnswer])]
#[case(1, Conditions::Done, &[])]
fn whatever_comes_between_each_reading_is_there_once(
    #[case] most_at_once: usize,
    #[case] conditions: Conditions,
    #[case] faults: &[Fault],
) {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&[ruth()]);
    {
        let mut shelf = server.shelf.lock().unwrap();
        shelf.most_at_once = most_at_once;
        shelf.faults = faults.to_vec();
        shelf.page = 60;
        shelf.ignores_conditions = conditions == Conditions::LeftOut;
        shelf.metadata = (conditions == Conditions::Said).then(|| {
            let resource = json!({ "type": "Observation", "conditionalCreate": true });
            let rest = json!({ "mode": "server", "interaction": [{ "code": "transaction" }], "resource": [resource] });
            json!({ "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [rest] })
        });
    }
    assign(folder.path(), &server);
    carry(folder.path(), &server);
    is_there_once(folder.path(), &server);
    assert!(server.shelf.lock().unwrap().faults.is_empty());
}

/// Somebody else has the meter there: the claim stops, and no reading goes behind it.
#[test]
fn a_meter_of_somebody_else_stays_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let system = "https://glucodock.example/sid/meter/roche/accuchekguide";
    let device = json!({
        "resourceType": "Device", "id": "m1", "patient": { "reference": "Patient/other" },
        "identifier": [{ "system": system, "value": "92500000042" }],
    });
    let server = FhirServer::start(&[ruth()]);
    server.put(device.clone());
    let stop = r#"
expect "This meter belongs to another patient"
expect "taken back: none of it counts for this patient"
expect "cannot be told from here"
key Enter
key F3
expect "taken back"
"#;
    assign_and(folder.path(), &server, stop);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.undelivered().unwrap(), [], "it is taken back");
    let [waiting] = store.pending().unwrap().try_into().unwrap();
    assert_eq!(waiting.taken_back, Some(TakenBack::LostRace));
    assert_eq!(store.record(&PatientId("Patient/7f".into()), Span::ALL).unwrap().totals.readings, 0);
    assert_eq!(server.all("Device")[0]["patient"], device["patient"]);
    assert!(server.all("Observation").is_empty() && server.all("DeviceUseStatement").is_empty());
}

/// Two terminals, one of them without an answer, give one meter to two people: the one that the server hears of first
/// has it, and the other takes back what it had decided.
#[test]
fn of_two_terminals_with_one_meter_one_has_it() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = FhirServer::start(&[ruth(), person("8", "Okafor", "Chidi", "1971-05-02", "H5550008")]);
    server.shelf.lock().unwrap().faults = vec![Fault::Says(503); 1000];
    furnish(second.path());
    let of_okafor = ASSIGN.replace("adey", "okaf").replace("H5550007", "H5550008").replace("1968", "1971");
    let base = server.server.base.clone();
    let waits = format!("{of_okafor}\nexpect \"wait for the care platform\"\n");
    passes_on(second.path(), Box::new(move |store| on(&base, store)), false, &waits);
    server.shelf.lock().unwrap().faults.clear();
    assign(first.path(), &server);
    carry(second.path(), &server);
    is_there_once(first.path(), &server);
    let store = Store::open(second.path()).unwrap();
    assert_eq!(store.record(&PatientId("Patient/8".into()), Span::ALL).unwrap().totals.readings, 0);
    let [waiting] = store.pending().unwrap().try_into().unwrap();
    assert!(waiting.taken_back.is_some() && store.undelivered().unwrap().is_empty());
}

/// What is there now is seen when the confirm screen opens: whose the meter is, in which version,
/// and who the person is.
#[test]
fn a_person_and_the_owner_of_a_meter_are_told_as_they_are_now() {
    let merged = json!({ "link": [{ "type": "replaced-by", "other": { "reference": "Patient/7f" } }] });
    let mut gone = person("8", "Adeyemi", "Ruth", "1968-03-09", "H5550009");
    gone["link"] = merged["link"].clone();
    let system = "https://glucodock.example/sid/meter/roche/accuchekguide";
    let device = |id: &str, serial: &str| {
        let identifier = json!([{ "system": system, "value": serial }]);
        json!({
            "resourceType": "Device", "id": id, "patient": { "reference": "Patient/7f" }, "identifier": identifier,
            "meta": { "versionId": "4" },
        })
    };
    let twice = [device("m2", "92500000043"), device("m3", "92500000043")];
    let server = FhirServer::start(&[&[ruth(), gone, device("m1", "92500000042")], &twice[..]].concat());
    let (_folder, backend) = backend_of(&server);
    let fetch = |id: &str| wait(backend.platform.directory.fetch(&nora(), &PatientId(id.into()))).unwrap();
    assert_eq!(fetch("Patient/7f").map(|found| (found.full_name(), found.status)).unwrap().1, Status::Active);
    assert_eq!(fetch("Patient/8").unwrap().id, PatientId("Patient/7f".into()), "who took their place");
    assert_eq!(fetch("Patient/9"), None);
    let ownership = |serial: &str| {
        let meter = MeterIdentity {
            manufacturer: "Roche".into(),
            model: "Accu-Chek Guide".into(),
            model_number: None,
            serial: Private::new(serial.into()),
            system_id: None,
            firmware: None,
            driver: "accu-chek-usb".into(),
        };
        wait(backend.platform.record.owner(&nora(), &meter))
    };
    let owned = ownership("92500000042").unwrap();
    assert_eq!(owned.owner, Some(PatientId("Patient/7f".into())));
    assert!(owned.version.is_some(), "a claim is made against it");
    assert_eq!(ownership("92500000044").unwrap(), Ownership::default());
    assert!(ownership("92500000043").is_err(), "two resources of one meter say nothing");
}

/// A reading that is under another patient there is nobody else's: a person must look.
#[test]
fn a_reading_of_another_patient_is_not_taken_for_this_one_s() {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&[ruth()]);
    assign(folder.path(), &server);
    carry(folder.path(), &server);
    for resource in &mut server.shelf.lock().unwrap().resources {
        if resource["resourceType"] == "Observation" {
            resource["subject"]["reference"] = json!("Patient/other");
        }
    }
    // The same meter with the same readings, on another station.
    let other = tempfile::tempdir().unwrap();
    assign(other.path(), &server);
    carry(other.path(), &server);
    let items = Store::open(other.path()).unwrap().undelivered().unwrap();
    let [item] = items.as_slice() else { panic!("{items:?}") };
    let DeliveryState::Refused(why) = &item.state else { panic!("{item:?}") };
    assert_eq!(why.as_str(), "the platform has a reading of this meter under another patient");
}

/// Nothing is written to a record that another one took the place of, that was retired, or that nobody knows.
#[rstest]
#[case(
    json!({ "link": [{ "type": "replaced-by", "other": { "reference": "Patient/8" } }] }),
    "was merged into another one that is not there: have that put right there"
)]
#[case(json!({ "id": "gone" }), "has no record of this patient any more: have it restored")]
#[case(json!({ "active": false }), "is INACTIVE at the platform")]
fn nothing_is_written_to_a_record_that_is_none(#[case] change: Value, #[case] why: &str) {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&[ruth()]);
    // It comes about between the assignment and the delivery.
    server.shelf.lock().unwrap().faults = vec![Fault::Says(503); 1000];
    assign(folder.path(), &server);
    {
        let mut shelf = server.shelf.lock().unwrap();
        shelf.faults.clear();
        for (key, value) in change.as_object().unwrap() {
            shelf.resources[0][key] = value.clone();
        }
    }
    carry(folder.path(), &server);
    let items = Store::open(folder.path()).unwrap().undelivered().unwrap();
    let DeliveryState::Refused(said) = &items[0].state else { panic!("{items:?}") };
    assert!(said.as_str().contains(why), "{said}");
    assert!(server.all("Device").is_empty() && server.all("Observation").is_empty());
}

fn backend_of(server: &FhirServer) -> (tempfile::TempDir, Backend) {
    let folder = tempfile::tempdir().unwrap();
    let backend = on(&server.server.base, Store::open(folder.path()).unwrap());
    (folder, backend)
}

/// What is typed becomes conditions; what a server leaves out of them is looked at here.
#[rstest]
#[case("adey", &["7f"], "name=adey&_count=20")]
#[case("ruth 09-Mar-1968", &["7f"], "name=ruth&birthdate=1968-03-09&_count=20")]
#[case("1968", &["7f", "8a"], "birthdate=1968&_count=20")]
#[case("mar-1968", &["7f"], "birthdate=1968-03&_count=20")]
#[case("H5550007", &["7f"], "identifier=H5550007&_count=20")]
#[case("a|b 1,2", &[], "name=a%5C%7Cb&identifier=1%5C%2C2&_count=20")]
fn patients_are_found_by_what_is_typed(#[case] typed: &str, #[case] ids: &[&str], #[case] asked: &str) {
    let others = [
        person("8a", "Baker", "Ann", "1968-11-01", "H5550008"),
        // Without a whole birth date nobody can be confirmed.
        person("8b", "Baker", "Bea", "1968", "H5550009"),
    ];
    let server = FhirServer::start(&[&[ruth()], others.as_slice()].concat());
    let (_folder, backend) = backend_of(&server);
    let page = wait(backend.platform.directory.search(&nora(), typed, None, 20)).unwrap();
    let found: Vec<_> = page.patients.iter().map(|patient| patient.id.0.clone()).collect();
    assert_eq!(found, ids.iter().map(|id| format!("Patient/{id}")).collect::<Vec<_>>());
    assert_eq!(server.server.asked()[0].body, asked);
    assert_eq!(page.next, None);
}

#[test]
fn more_patients_are_on_the_next_page_of_this_server() {
    let people: Vec<Value> =
        (0..5).map(|place| person(&format!("p{place}"), "Baker", "Ann", "1968-11-01", &format!("H{place}"))).collect();
    let server = FhirServer::start(&people);
    let (_folder, backend) = backend_of(&server);
    let (mut found, mut from) = (Vec::new(), None);
    loop {
        let page = wait(backend.platform.directory.search(&nora(), "baker", from.as_ref(), 2)).unwrap();
        found.extend(page.patients.into_iter().map(|patient| patient.id.0));
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    assert_eq!(found, (0..5).map(|place| format!("Patient/p{place}")).collect::<Vec<_>>());
    let elsewhere = PageCursor("http://127.0.0.1:9/page".into());
    let refused = wait(backend.platform.directory.search(&nora(), "baker", Some(&elsewhere), 2)).unwrap_err();
    assert!(matches!(refused, RemoteError::Malformed(_)), "{refused:?}");
    let auditor = Actor { user: User { role: Role::Auditor, ..nora().user }, ..nora() };
    let refused = wait(backend.platform.directory.search(&auditor, "baker", None, 2)).unwrap_err();
    assert!(matches!(refused, RemoteError::Forbidden(_)), "{refused:?}");
}

pub(crate) fn new_patient(family: &str, mrn: &str) -> NewPatient {
    NewPatient {
        family: Private::new(family.into()),
        given: Private::new("Ruth".into()),
        born: Private::new(date(1968, 3, 9)),
        mrn: Private::new(mrn.into()),
        gender: Gender::Female,
        other_identifier: None,
        email: None,
        phone: None,
        reason_despite_look_alike: None,
    }
}

/// A patient is created once, and not beside one who looks the same without a reason.
#[test]
fn a_patient_is_created_once() {
    let server = FhirServer::start(&[ruth()]);
    let (_folder, backend) = backend_of(&server);
    let directory = &backend.platform.directory;
    let new = new_patient("Okonkwo", "H7770001");
    let key = IdempotencyKey("k1".into());
    server.shelf.lock().unwrap().faults.push(Fault::LosesAnswer);
    assert!(matches!(wait(directory.create(&nora(), &new, &key)), Err(RemoteError::Unreachable(_))));
    let created = wait(directory.create(&nora(), &new, &key)).unwrap();
    assert_eq!((created.status, created.main_identifier().as_str()), (Status::Active, "MRN H7770001"));
    assert_eq!(wait(directory.create(&nora(), &new, &key)).unwrap().id, created.id);
    assert_eq!(server.all("Patient").len(), 2);

    let create = |new: &NewPatient, key: &str| wait(directory.create(&nora(), new, &IdempotencyKey(key.into())));
    let taken = create(&new_patient("Other", "H7770001"), "k2").unwrap_err();
    assert_eq!(taken.problem().code, ProblemCode::IdentifierTaken);
    let same = new_patient("Adeyemi", "H7770002");
    let alike = wait(directory.look_alikes(&nora(), &same)).unwrap().alike;
    let likeness: Vec<_> = alike.iter().map(|other| (other.patient.id.0.as_str(), other.likeness)).collect();
    assert_eq!(likeness[0], ("Patient/7f", Likeness::SamePerson));
    assert_eq!(create(&same, "k3").unwrap_err().problem().code, ProblemCode::SamePerson);
    let same = NewPatient { reason_despite_look_alike: Some("twins".into()), ..same };
    assert!(create(&same, "k3").is_ok());
    assert_eq!(server.all("Patient").len(), 3);
}

/// A time zone says which moment a meter's time was; what is shown is the meter's time again.
#[test]
fn a_record_is_read_by_the_meter_s_own_times() {
    let reading = |time: &str, id: &str| {
        json!({
            "resourceType": "Observation", "id": id, "status": "final", "subject": { "reference": "Patient/7f" },
            "code": { "coding": [{ "system": "http://loinc.org", "code": "2339-0" }] }, "effectiveDateTime": time,
            "valueQuantity": { "value": 100, "code": "mg/dL" },
        })
    };
    let server = FhirServer::start(&[
        ruth(),
        reading("2026-07-01T23:30:00+02:00", "a"),
        reading("2026-07-02T00:30:00-05:00", "b"),
        reading("2026-07-03T00:00:00Z", "c"),
        // A moment without a zone of its own: here it was after midnight.
        reading("2026-07-01T22:45:00Z", "d"),
        // Others write meanwhile, and one slides to the next page: it is the same.
        reading("2026-07-02T00:30:00-05:00", "b"),
    ]);
    server.shelf.lock().unwrap().page = 2;
    let (_folder, backend) = backend_of(&server);
    let span = Span { from: date(2026, 7, 2).at(0, 0, 0, 0), to: date(2026, 7, 3).at(0, 0, 0, 0) };
    let record = wait(backend.platform.record.readings(&nora(), &PatientId("Patient/7f".into()), span)).unwrap();
    let times: Vec<_> = record.readings.iter().map(|reading| reading.time.unwrap().to_string()).collect();
    assert_eq!(
        (times, record.totals.readings),
        (["2026-07-02T00:45:00", "2026-07-02T00:30:00"].map(str::to_owned).to_vec(), 4)
    );
    let nobody = wait(backend.platform.record.readings(&nora(), &PatientId("Patient/x".into()), span)).unwrap_err();
    assert_eq!(nobody.problem().code, ProblemCode::NoRecord);
    server.put(json!({ "resourceType": "Patient", "id": "y", "active": true }));
    let nameless = wait(backend.platform.record.readings(&nora(), &PatientId("Patient/y".into()), span)).unwrap_err();
    assert_eq!(nameless.problem().code, ProblemCode::PatientIncomplete);
}
