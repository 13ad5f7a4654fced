//! What is written only where the settings ask for it: the servers take it, and the readings are the same.

use std::fs::File;
use std::io::Write as _;

use glucodock::domain::meter_clock::ClockReading;
use glucodock::domain::text::Private;
use serde_json::Value;

use super::made_up::download;
use super::place::{Place, Served, Terminal, at_every_server, letters, nora, wait};
use super::records::{in_numbers, readings, record, somebody};

at_every_server!(everything_that_can_be_asked_for_is_taken);

/// Every part that is off by itself. The profile of readings is one that a server knows under this name or not at all.
const EVERYTHING: &str = "
time_stamp_reference = true
phd_identifier = true
pending_task = true
audit_event = true
control_solution = true
[platform.profiles]
Observation = \"http://hl7.org/fhir/uv/phd/StructureDefinition/PhdNumericObservation\"
Device = \"http://hl7.org/fhir/uv/phd/StructureDefinition/PhdDevice\"
";

fn everything_that_can_be_asked_for_is_taken(place: Place) {
    let served = place.serve().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let settings = served.write_settings(folder.path(), None, 30);
    File::options().append(true).open(settings).unwrap().write_all(EVERYTHING.as_bytes()).unwrap();
    let terminal = Terminal::of(folder.path());
    let patient = somebody(&terminal);

    let sent = readings(0, 40);
    let mut download = download(&letters(), sent.clone());
    let number = getrandom::u64().unwrap();
    download.meter.system_id = Some(Private::new(format!("{number:016X}").into()));
    let host = nora().at.to_zoned(jiff::tz::TimeZone::UTC);
    download.clock = Some(ClockReading { meter: host.datetime(), host });
    let upload = terminal.backend.station.quarantine(&nora(), &download).unwrap();
    wait(terminal.backend.platform.record.announce(std::slice::from_ref(&upload)));
    terminal.assign(&upload.id, &patient, &letters()).unwrap();
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    assert_eq!(in_numbers(&record(&terminal, &patient.id)), in_numbers(&sent));

    let observations = found(&served, "Observation", &[("patient", &patient.id.0), ("_count", "200")]);
    assert_eq!(observations.len(), 37, "a control test, and two without a sure time, are nobody's");
    for own in &observations {
        assert_eq!(own["identifier"].as_array().unwrap().len(), 2, "ours, and that of HL7 PHD: {own}");
        let extensions = own["extension"].as_array().unwrap();
        let names = |extension: &Value| extension["url"].as_str().unwrap().ends_with("CoincidentTimeStampReference");
        assert!(extensions.iter().any(names), "{own}");
        let is_off_scale = own["valueQuantity"]["comparator"].is_string() || own["valueQuantity"].is_null();
        assert_eq!(own["meta"]["profile"].is_array(), !is_off_scale, "{own}");
    }
    let meter = observations[0]["device"]["reference"].as_str().unwrap();
    let tasks = found(&served, "Task", &[("focus", meter)]);
    assert_eq!(tasks.iter().map(|task| task["status"].as_str().unwrap()).collect::<Vec<_>>(), ["completed"]);
    assert_eq!(tasks[0]["for"]["reference"], *patient.id.0);
}

/// What the server finds, asked as anybody may ask it.
fn found(served: &Served, kind: &str, conditions: &[(&str, &str)]) -> Vec<Value> {
    let conditions = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(conditions).finish();
    let mut request = reqwest::Client::new()
        .post(format!("{}/{kind}/_search", served.base))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(conditions);
    if let Some((name, value)) = served.tenant.as_ref().and_then(|tenant| tenant.split_once(": ")) {
        request = request.header(name, value);
    }
    let text = wait(async { request.send().await?.text().await }).unwrap();
    let mut bundle: Value = serde_json::from_str(&text).unwrap();
    let Value::Array(mut entries) = bundle["entry"].take() else { panic!("{text}") };
    entries.retain(|entry| entry["search"]["mode"] == "match");
    entries.iter_mut().map(|entry| entry["resource"].take()).collect()
}
