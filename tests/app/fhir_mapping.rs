//! What is written on a FHIR server, and in which way: servers that do not do everything, what the settings want, and
//! records that were merged.

use glucodock::config::{MappingPart, MappingSettings};
use glucodock::domain::association::IdempotencyKey;
use glucodock::domain::delivery::{Content, DeliveryState, Outcome};
use glucodock::domain::patient::PatientId;
use glucodock::domain::record::Span;
use glucodock::platform::SignsOfLife;
use glucodock::store::Store;
use rstest::rstest;
use serde_json::{Value, json};

use super::fhir_platform::{
    ASSIGN, assign, assign_only, carry, carry_with, in_numbers, is_there_once, new_patient, nora, on, on_with, person,
    ruth, wait,
};
use super::fhir_server::FhirServer;
use super::headless::{furnish, noon, passes_on};

const WAIT: &str = r#"
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
idle
"#;

/// Servers that do not do everything: each reading is there once, in whatever way it came, and the way is remembered.
#[rstest]
#[case(&[], false, false, Some(true), "transaction")]
#[case(&[], true, false, Some(false), "transaction")]
#[case(&["batch"], false, false, Some(true), "transaction")]
#[case(&["transaction"], false, true, None, "batch")]
#[case(&["transaction", "batch"], false, true, None, "create")]
#[case(&["transaction", "batch", "condition"], false, true, None, "search-first")]
// The same, of servers that say nothing of it: that they refuse a transaction is no sign that they take one back.
#[case(&["transaction"], false, false, Some(false), "batch")]
#[case(&["transaction", "batch"], false, false, Some(false), "create")]
#[case(&["transaction", "batch", "condition"], false, false, Some(false), "search-first")]
#[case(&["condition"], false, false, Some(true), "search-first")]
fn a_server_gets_readings_in_the_way_that_it_takes_them(
    #[case] refuses: &[&'static str],
    #[case] keeps_halves: bool,
    #[case] says_so: bool,
    #[case] rolls_back: Option<bool>,
    #[case] way: &str,
) {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&[ruth()]);
    {
        let mut shelf = server.shelf.lock().unwrap();
        shelf.refuses = refuses.to_vec();
        shelf.keeps_halves = keeps_halves;
        shelf.metadata = says_so.then(|| {
            let bundles = if refuses.contains(&"batch") { json!([]) } else { json!([{ "code": "batch" }]) };
            let kinds = ["Patient", "Device", "Observation", "DeviceUseStatement", "Provenance"];
            let kinds = kinds.map(|kind| json!({ "type": kind, "conditionalCreate": true }));
            let rest = json!({ "mode": "server", "interaction": bundles, "resource": kinds });
            json!({ "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [rest] })
        });
    }
    assign(folder.path(), &server);
    carry(folder.path(), &server);
    server.shelf.lock().unwrap().resources.retain(|resource| resource["status"] != "entered-in-error");
    is_there_once(folder.path(), &server);
    let learnt = Store::open(folder.path()).unwrap().learnt(&server.server.base).unwrap().unwrap();
    let learnt: Value = serde_json::from_str(&learnt).unwrap();
    assert_eq!((learnt["rolls_back"].as_bool(), learnt["way"].as_str()), (rolls_back, Some(way)));
}

/// Where a transaction is taken back as a whole, whose the meter is, since when and who decided is one; elsewhere the
/// device goes first.
#[test]
fn a_claim_is_one_transaction_where_that_is_taken_back() {
    for keeps_halves in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let server = FhirServer::start(&[ruth()]);
        server.shelf.lock().unwrap().keeps_halves = keeps_halves;
        assign(folder.path(), &server);
        carry(folder.path(), &server);
        let names = |asked: &super::http_server::Asked| asked.body.contains("Patient/7f");
        let claims =
            server.server.asked().into_iter().filter(|asked| asked.target != "/Patient/_search" && names(asked));
        let claim = claims.into_iter().find(|asked| asked.body.contains("\"patient\"")).unwrap();
        let in_one = ["DeviceUseStatement", "Provenance", "ifMatch"].iter().all(|part| claim.body.contains(part));
        assert_eq!((claim.method.as_str(), in_one), if keeps_halves { ("PUT", false) } else { ("POST", true) });
    }
}

/// One reading that a server does not take holds no other up; it is named, and the rest is there.
#[test]
fn a_reading_that_is_not_taken_holds_no_other_up() {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&[ruth()]);
    assign_only(folder.path(), &server);
    let store = Store::open(folder.path()).unwrap();
    let here = in_numbers(store.record(&PatientId("Patient/7f".into()), Span::ALL).unwrap().readings);
    drop(store);
    let time = here[here.len() / 2].0.clone();
    let offset = noon().strftime("%:z").to_string();
    server.shelf.lock().unwrap().poison = Some(format!("{time}{offset}"));
    let poisoned = here.iter().filter(|(own, ..)| *own == time).count();
    carry(folder.path(), &server);
    let items = Store::open(folder.path()).unwrap().undelivered().unwrap();
    let [item] = items.as_slice() else { panic!("{items:?}") };
    let DeliveryState::Refused(why) = &item.state else { panic!("{item:?}") };
    let said = format!("the platform does not take {poisoned} of {} readings: ", here.len());
    assert!(why.as_str().starts_with(&said) && why.as_str().contains("(422)"), "{why}");
    let readings = server.all("Observation").len() - 1;
    assert_eq!(readings, here.len() - poisoned, "all others, and the time stamp");
    let learnt = Store::open(folder.path()).unwrap().learnt(&server.server.base).unwrap().unwrap();
    assert!(learnt.contains("\"way\":\"transaction\""), "the server is not blamed for it: {learnt}");
}

/// What national profiles forbid or want: each part by its setting, and nothing without.
#[test]
fn what_the_settings_want_is_written_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&[ruth()]);
    furnish(folder.path());
    let mapping = || MappingSettings {
        parts: [
            MappingPart::DeviceUseStatement,
            MappingPart::TimeStampReference,
            MappingPart::PendingTask,
            MappingPart::AuditEvent,
            MappingPart::ControlSolution,
        ]
        .into(),
        profiles: [("Observation".to_owned(), vec!["urn:reading".to_owned()])].into(),
    };
    let base = server.server.base.clone();
    let backend = |store| on_with(&server.server.base, store, mapping());
    passes_on(folder.path(), Box::new(move |store| on_with(&base, store, mapping())), false, WAIT);
    // Whoever carries tells of it while nothing is to be carried.
    let waiting = backend(Store::open(folder.path()).unwrap());
    wait(waiting.platform.record.announce(&waiting.station.store().pending().unwrap()));
    let [task] = server.all("Task").try_into().unwrap();
    assert_eq!((&task["status"], task.get("for")), (&json!("requested"), None));
    drop(waiting);
    let base = server.server.base.clone();
    passes_on(folder.path(), Box::new(move |store| on_with(&base, store, mapping())), false, ASSIGN);
    carry_with(folder.path(), backend);
    assert_eq!(Store::open(folder.path()).unwrap().undelivered().unwrap(), []);
    let [task] = server.all("Task").try_into().unwrap();
    let [statement] = server.all("DeviceUseStatement").try_into().unwrap();
    let named = json!({ "reference": format!("DeviceUseStatement/{}", statement["id"].as_str().unwrap()) });
    assert_eq!((&task["status"], &task["for"]["reference"]), (&json!("completed"), &json!("Patient/7f")));
    assert_eq!(task["output"][0]["valueReference"], named);
    assert!(server.all("Device").iter().all(|device| device.get("patient").is_none()), "it is not to be named there");
    assert_eq!(server.all("AuditEvent").len(), 2, "the assignment and the readings");
    let (stamps, readings): (Vec<_>, Vec<_>) =
        server.all("Observation").into_iter().partition(|own| own["code"]["coding"][0]["code"] == "67975");
    let [stamp] = stamps.try_into().unwrap();
    let told = json!({ "reference": format!("Observation/{}", stamp["id"].as_str().unwrap()) });
    assert!(readings.iter().all(|own| own["extension"][1]["valueReference"] == told));
    assert!(readings.iter().all(|own| own["meta"]["profile"] == json!(["urn:reading"])));
    let (controls, theirs): (Vec<_>, Vec<_>) =
        readings.iter().partition(|own| own["code"]["coding"][0]["code"] == "160208");
    assert!(!controls.is_empty() && controls.iter().all(|own| own["subject"] == stamp["subject"]));
    assert!(theirs.iter().all(|own| own["subject"]["reference"] == "Patient/7f"));
}

/// From a store for training everything says so.
#[test]
fn what_is_for_training_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&[ruth()]);
    let store = Store::open_for_training(folder.path()).unwrap();
    let backend = on(&server.server.base, store);
    let new = new_patient("Okonkwo", "H7770001");
    wait(backend.platform.directory.create(&nora(), &new, &IdempotencyKey("k1".into()))).unwrap();
    drop(backend);
    assign(folder.path(), &server);
    carry(folder.path(), &server);
    let made = server.shelf.lock().unwrap().resources.split_off(1);
    let kinds: std::collections::BTreeSet<_> = made.iter().map(|own| own["resourceType"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 5, "{kinds:?}");
    assert!(made.iter().all(|own| own["meta"]["security"][0]["code"] == "HTEST"));
}

/// Where devices name nobody the statements decide: of two stations at once one has the meter, whoever comes first.
#[test]
fn without_device_patient_a_meter_has_one_owner_too() {
    let mapping = || MappingSettings { parts: [MappingPart::DeviceUseStatement].into(), ..MappingSettings::default() };
    let server = FhirServer::start(&[ruth(), person("8", "Baker", "Ann", "1968-11-01", "H5550008")]);
    let folder = tempfile::tempdir().unwrap();
    assign_only(folder.path(), &server);
    let parcels = carry_with(folder.path(), |store| on_with(&server.server.base, store, mapping()));
    let device = server.all("DeviceUseStatement")[0]["device"].clone();
    // Two at once: the other's came a moment later, before this one looked again.
    let statement = |id: &str, time: &str| {
        json!({
            "resourceType": "DeviceUseStatement", "id": id, "status": "active", "device": device,
            "subject": { "reference": "Patient/8" }, "meta": { "versionId": "1", "lastUpdated": time },
        })
    };
    for (time, is_ours) in [("2027-01-01T00:00:00Z", true), ("2025-01-01T00:00:00Z", false)] {
        {
            let mut shelf = server.shelf.lock().unwrap();
            shelf.resources.retain(|own| own["id"] != "other");
            shelf.resources.push(statement("other", time));
        }
        let backend = on_with(&server.server.base, Store::open(folder.path()).unwrap(), mapping());
        let outcome = wait(backend.platform.record.deliver(&parcels[0], &SignsOfLife::default()));
        let lost = Outcome::LostRace(PatientId("Patient/8".into()));
        assert_eq!(outcome, if is_ours { Outcome::AlreadyThere } else { lost });
        let active = server.all("DeviceUseStatement").into_iter().filter(|own| own["status"] == "active").count();
        assert_eq!(active, if is_ours { 2 } else { 1 }, "the later one is withdrawn by whoever made it");
    }
}

/// And whose it is does not depend on the order in which the server tells the statements.
#[test]
fn without_device_patient_the_first_statement_says_whose_a_meter_is() {
    let mapping = || MappingSettings { parts: [MappingPart::DeviceUseStatement].into(), ..MappingSettings::default() };
    let server = FhirServer::start(&[ruth(), person("8", "Baker", "Ann", "1968-11-01", "H5550008")]);
    let folder = tempfile::tempdir().unwrap();
    assign_only(folder.path(), &server);
    let parcels = carry_with(folder.path(), |store| on_with(&server.server.base, store, mapping()));
    let own = server.all("DeviceUseStatement")[0].clone();
    let backend = on_with(&server.server.base, Store::open(folder.path()).unwrap(), mapping());
    for (time, owner) in [("2027-01-01T00:00:00Z", "Patient/7f"), ("2025-01-01T00:00:00Z", "Patient/8")] {
        let mut other = own.clone();
        other["id"] = json!("other");
        other["subject"] = json!({ "reference": "Patient/8" });
        other["meta"]["lastUpdated"] = json!(time);
        for told in [[&own, &other], [&other, &own]] {
            let mut shelf = server.shelf.lock().unwrap();
            shelf.resources.retain(|resource| resource["resourceType"] != "DeviceUseStatement");
            shelf.resources.extend(told.map(Clone::clone));
            drop(shelf);
            let found = wait(backend.platform.record.owner(&nora(), &parcels[0].meter)).unwrap().owner;
            assert_eq!(found, Some(PatientId(owner.into())), "{time}");
        }
    }
}

/// Where devices name nobody the statements decide as well whose readings are: nothing is written of a meter that
/// somebody else was given there.
#[test]
fn without_device_patient_no_reading_of_another_s_meter_is_written() {
    let mapping = || MappingSettings { parts: [MappingPart::DeviceUseStatement].into(), ..MappingSettings::default() };
    let server = FhirServer::start(&[ruth(), person("8", "Baker", "Ann", "1968-11-01", "H5550008")]);
    let folder = tempfile::tempdir().unwrap();
    assign_only(folder.path(), &server);
    let parcels = carry_with(folder.path(), |store| on_with(&server.server.base, store, mapping()));
    let readings = parcels.iter().find(|parcel| parcel.content != Content::Ownership).unwrap();
    let own = server.all("DeviceUseStatement")[0].clone();
    let backend = on_with(&server.server.base, Store::open(folder.path()).unwrap(), mapping());
    for (own_status, status, time, is_written) in [
        ("active", "active", "2025-01-01T00:00:00Z", false),
        ("active", "active", "2027-01-01T00:00:00Z", true),
        ("completed", "active", "2027-01-01T00:00:00Z", false),
        ("completed", "completed", "2025-01-01T00:00:00Z", true),
    ] {
        {
            let mut shelf = server.shelf.lock().unwrap();
            let goes =
                |own: &Value| own["resourceType"] == "Observation" || own["resourceType"] == "DeviceUseStatement";
            shelf.resources.retain(|own| !goes(own));
            let mut own = own.clone();
            own["status"] = json!(own_status);
            let mut other = own.clone();
            other["id"] = json!("other");
            other["identifier"] = json!([]);
            other["status"] = json!(status);
            other["subject"] = json!({ "reference": "Patient/8" });
            other["meta"]["lastUpdated"] = json!(time);
            shelf.resources.extend([other, own]);
        }
        let outcome = wait(backend.platform.record.deliver(readings, &SignsOfLife::default()));
        let refused = Outcome::Refused("the meter is another patient's at the platform".into());
        assert_eq!(outcome, if is_written { Outcome::Recorded } else { refused }, "{own_status} {status} {time}");
        assert_eq!(server.all("Observation").is_empty(), !is_written);
    }
}

/// What is somebody's whose record was merged meanwhile goes to that one, and nothing to the one that was replaced. It
/// is found and shown under that one.
#[test]
fn a_merged_record_s_readings_go_where_it_went() {
    let folder = tempfile::tempdir().unwrap();
    let survivor = person("8", "Adeyemi", "Ruth", "1968-03-09", "H5550009");
    let server = FhirServer::start(&[ruth(), survivor]);
    assign_only(folder.path(), &server);
    let reference = |id: &str| json!({ "reference": format!("Patient/{id}") });
    {
        let mut shelf = server.shelf.lock().unwrap();
        shelf.resources[0]["active"] = json!(false);
        shelf.resources[0]["link"] = json!([{ "type": "replaced-by", "other": reference("8") }]);
        shelf.resources[1]["link"] = json!([{ "type": "replaces", "other": reference("7f") }]);
    }
    carry(folder.path(), &server);
    assert_eq!(Store::open(folder.path()).unwrap().undelivered().unwrap(), []);
    let written = [server.all("Observation"), server.all("Device"), server.all("DeviceUseStatement")].concat();
    assert!(written.iter().all(|resource| !resource.to_string().contains("Patient/7f")));
    let backend = on(&server.server.base, Store::open(folder.path()).unwrap());
    let found = wait(backend.platform.directory.search(&nora(), "adey", None, 20)).unwrap().patients;
    assert_eq!(found.iter().map(|patient| patient.id.0.as_str()).collect::<Vec<_>>(), ["Patient/8"], "once");
    for id in ["Patient/7f", "Patient/8"] {
        let record = wait(backend.platform.record.readings(&nora(), &PatientId(id.into()), Span::ALL)).unwrap();
        assert_eq!((record.patient.id.0.as_str(), record.totals.readings), ("Patient/8", 250), "{id}");
    }
    // Only one of the two says it: they are two people.
    server.shelf.lock().unwrap().resources[0]["link"] = json!([]);
    let record = wait(backend.platform.record.readings(&nora(), &PatientId("Patient/8".into()), Span::ALL)).unwrap();
    assert!(record.totals.readings < 250, "what is here of the other is not shown");
}
