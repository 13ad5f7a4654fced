//! What a store holds, as it says itself, in lines as those beside `fixtures/stores` are, which were read of its tables
//! without this program.

use glucodock::domain::association::{Upload, UploadId};
use glucodock::domain::glucose::Measured;
use glucodock::domain::meter_clock::ClockReading;
use glucodock::domain::patient::Patient;
use glucodock::domain::reading::Reading;
use glucodock::domain::record::Span;
use glucodock::store::{StaffMember, Store};
use serde::Serialize;

/// All of it: users, patients, whose which meter is, uploads, every value and the trail.
pub(crate) fn holds(store: &Store) -> Vec<String> {
    let mut lines = Vec::new();
    for StaffMember { user, .. } in store.staff().unwrap() {
        lines.push(format!("user|{}|{}|{}|{}", user.id, user.login, user.name, word(&user.role)));
    }
    let patients = patients(store);
    for patient in &patients {
        for number in &patient.identifiers {
            let (family, given) = (patient.family.expose(), patient.given.expose());
            let (born, status) = (patient.born.expose(), word(&patient.status));
            let (id, label, value) = (&patient.id.0, &number.label, number.value.expose());
            lines.push(format!("patient|{id}|{family}|{given}|{born}|{status}|{label}|{value}"));
        }
    }
    let uploads = uploads(store);
    for (upload, _) in &uploads {
        if let Some(owner) = store.ownership(&upload.meter).unwrap().owner {
            let held = store.record(&owner, Span::ALL).unwrap().meters;
            let (model, serial) = (&upload.meter.model, upload.meter.serial.expose());
            let [held] = held.as_slice() else { panic!("{held:?}") };
            assert!(held.model == *model && serial.as_str().ends_with(held.serial_end.expose().as_str()), "{held:?}");
            lines.push(format!("owner|{model}|{serial}|{}|{}", owner.0, held.since.as_nanosecond()));
        }
    }
    for (upload, state) in &uploads {
        let (model, serial) = (&upload.meter.model, upload.meter.serial.expose());
        let ClockReading { meter, host } = upload.clock.as_ref().unwrap();
        let (id, read_at) = (&upload.id.0, upload.read_at.as_nanosecond());
        lines.push(format!("upload|{id}|{state}|{model}|{serial}|{read_at}|{meter}|{host}|{}", record(upload)));
    }
    for (upload, _) in &uploads {
        let mut readings = store.readings_of(&upload.id).unwrap();
        readings.sort_by_key(|reading| reading.index);
        let before = lines.len();
        lines.extend(readings.iter().map(|reading| line(&upload.id.0, record(upload), reading)));
        if let Some(patient) = &upload.record {
            // What a record shows is what was read, and nothing else.
            let mut shown = store.record(&patient.id, Span::ALL).unwrap().readings;
            shown.sort_by_key(|reading| reading.index);
            let shown: Vec<String> = shown.iter().map(|reading| line(&upload.id.0, record(upload), reading)).collect();
            assert_eq!(lines[before..], shown);
        }
    }
    for told in store.audit_trail().unwrap() {
        let (number, at) = (told.number, told.at.as_nanosecond());
        let rest = [&told.user, &told.action, &told.patient, &told.upload, &told.detail, &told.hash];
        lines.push(format!("audit|{number}|{at}|{}", rest.map(String::as_str).join("|")));
    }
    lines
}

/// Two people are in each of these stores.
fn patients(store: &Store) -> Vec<Patient> {
    let mut found = Vec::new();
    for name in ["muller", "okafor"] {
        found.extend(store.search(name, None, 9).unwrap().patients);
    }
    found.sort_by(|one, other| one.id.cmp(&other.id));
    found
}

/// Every upload with its state, oldest first: those that wait, and those of each record.
fn uploads(store: &Store) -> Vec<(Upload, &'static str)> {
    let waiting = store.pending().unwrap();
    let waits = |upload: &Upload| waiting.iter().any(|waiting| waiting.id == upload.id);
    let all = (1..).map_while(|id: u32| store.upload(&UploadId(id.to_string())).ok());
    all.map(|upload| if waits(&upload) { (upload, "pending") } else { (upload, "assigned") }).collect()
}

fn record(upload: &Upload) -> &str {
    upload.record.as_ref().map_or("", |patient| &patient.id.0)
}

fn line(upload: &str, record: &str, reading: &Reading) -> String {
    let measured = match reading.measured {
        Measured::Value(value) => {
            format!("in|{}|{}|{}", value.digits(), value.decimals(), word(&value.unit()))
        }
        Measured::Low => "low|0|0|".to_owned(),
        Measured::High => "high|0|0|".to_owned(),
        Measured::Unscaled(raw) => panic!("{raw}"),
    };
    let meal = reading.meal.map_or_else(String::new, |meal| word(&meal));
    let (doubts, raw) = (serde_json::to_string(&reading.doubts), serde_json::to_string(&reading.raw));
    let (index, kind, time) = (reading.index, word(&reading.kind), reading.time.unwrap());
    format!("reading|{upload}|{record}|{index}|{kind}|{time}|{measured}|{meal}|{}|{}", doubts.unwrap(), raw.unwrap())
}

/// The word by which something is kept.
fn word(of: &impl Serialize) -> String {
    serde_json::to_value(of).unwrap().as_str().unwrap().to_lowercase().replace("mg/dl", "mg/dL")
}
