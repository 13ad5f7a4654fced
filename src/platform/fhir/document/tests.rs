//! What a document holds, digit for digit, and that the same readings come back.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use serde_json::Value;

use super::super::json::{list, text};
use super::super::mapping::reading as read_back;
use super::*;
use crate::domain::clinic::Purpose;
use crate::domain::glucose::Measured;
use crate::domain::patient::{Gender, Identifier, Patient, Status};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::domain::record::PatientRecord;
use crate::domain::report::{RecordedReading, ReportMaker};
use crate::domain::statistics::{Dashboard, Period};
use crate::domain::text::Private;

const LAST: Date = date(2026, 7, 14);

fn reading(index: u32, hour: i8, measured: Measured, kind: Kind) -> Reading {
    Reading {
        corrected_from: None,
        index,
        time: Some(LAST.at(hour, 5, 0, 0)),
        measured,
        kind,
        meal: Some(Meal::Before),
        doubts: Vec::new(),
        raw: BTreeMap::new(),
    }
}

fn value(digits: u32, decimals: u8, unit: Unit) -> Measured {
    Measured::Value(Concentration::new(digits, decimals, unit))
}

/// Five readings of a meter, of which two are in no number, and one from elsewhere.
fn report(purpose: Purpose, status: Status) -> RecordReport {
    let mut readings = vec![
        reading(0, 7, value(102, 0, Unit::MgPerDl), Kind::Blood),
        reading(1, 8, value(130, 0, Unit::MgPerDl), Kind::Control),
        reading(2, 9, Measured::High, Kind::Blood),
        Reading { doubts: vec![Doubt::ClockWrong], ..reading(3, 10, value(80, 0, Unit::MgPerDl), Kind::Blood) },
        Reading { meal: None, ..reading(4, 11, value(56, 1, Unit::MmolPerL), Kind::Blood) },
        reading(5, 12, value(99, 0, Unit::MgPerDl), Kind::Blood),
    ];
    let meter = MeterIdentity {
        manufacturer: "Roche".into(),
        model: "Accu-Chek Guide".into(),
        model_number: Some("925".into()),
        serial: Private::new("92500000042".into()),
        system_id: None,
        firmware: None,
        driver: "accu-chek-usb".into(),
    };
    let first_read = FirstRead { meter, read_at: Timestamp::UNIX_EPOCH, user: "Nora".into(), place: 0 };
    let recorded = readings.iter().take(5).map(|reading| RecordedReading {
        reading: reading.clone(),
        occurrence: 0,
        first_read: first_read.clone(),
    });
    let recorded = recorded.collect();
    readings.reverse();
    let patient = Patient {
        id: PatientId("7".into()),
        family: Private::new("Tester & <Söhne>".into()),
        given: Private::new("Anna Maria".into()),
        born: Private::new(date(1961, 7, 14)),
        gender: Gender::Female,
        identifiers: vec![Identifier::new("MRN", "M1000001"), Identifier::new("NHS No.", "943 476 5919")],
        status,
        devices: Vec::new(),
        last_upload: None,
    };
    let record = PatientRecord::with(patient, readings);
    let at = LAST.at(12, 30, 0, 0).in_tz("Europe/Berlin").unwrap();
    let station = "b6a8d5d2-5f0e-4d55-8d0f-0a9f3d2c7a11".to_owned();
    let made = ReportMaker { at, user: "Nora".into(), site: "".into(), station, version: "1", purpose };
    RecordReport::of(Dashboard::of(record, Period::Days14, LAST), recorded, made)
}

fn made(report: &RecordReport) -> Value {
    let lines = vec!["TESTER & <SÖHNE>".to_owned(), "2 readings are not among the results".to_owned()];
    let words = DocumentWords { title: "Glucose readings by meter".to_owned(), lines };
    document(report, &words, &|_| Some((10, 600)))
}

fn resources<'v>(document: &'v Value, kind: &'v str) -> Vec<&'v Value> {
    let resources = list(document, "/entry").iter().map(|entry| &entry["resource"]);
    resources.filter(move |resource| resource["resourceType"] == kind).collect()
}

#[test]
fn the_document_is_that_of_the_fixture_and_the_same_each_time() {
    let document = made(&report(Purpose::Patients, Status::Active));
    assert_eq!(document, made(&report(Purpose::Patients, Status::Active)));
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fhir/bundle-document.json");
    let fixture = std::fs::read_to_string(file).unwrap().replace("VERSION", env!("CARGO_PKG_VERSION"));
    assert_eq!(document, serde_json::from_str::<Value>(&fixture).unwrap());
}

/// R4, documents.html and bundle.html: the Composition first, everything there that something refers to, each once.
#[test]
fn everything_that_is_spoken_of_is_in_it() {
    let document = made(&report(Purpose::Patients, Status::Active));
    assert_eq!(list(&document, "/entry")[0]["resource"]["resourceType"], "Composition");
    let mut urns: Vec<&str> = list(&document, "/entry").iter().map(|entry| text(entry, "/fullUrl")).collect();
    let written = document.to_string();
    for reference in written.split("\"reference\":\"").skip(1) {
        let reference = reference.split('"').next().unwrap();
        assert!(urns.contains(&reference), "{reference}");
    }
    let all = urns.len();
    urns.sort_unstable();
    urns.dedup();
    assert_eq!((urns.len(), all), (8, 8), "Composition, Patient, two Devices, four Observations");
    assert!(urns.iter().all(|urn| urn.len() == "urn:uuid:".len() + 36), "{urns:?}");
    assert!(written.contains("TESTER &amp; &lt;SÖHNE&gt;"), "{written}");
}

#[test]
fn the_same_readings_come_back_and_what_is_in_no_number_is_not_sent() {
    let report = report(Purpose::Patients, Status::Active);
    let document = made(&report);
    let patient = PatientId("Patient/p1".to_owned());
    let back: Vec<(Option<jiff::civil::DateTime>, Measured, Option<Meal>)> = resources(&document, "Observation")
        .into_iter()
        .map(|resource| {
            let mut resource = resource.clone();
            resource["subject"]["reference"] = json!("Patient/p1");
            let back = read_back(&resource, &patient, &TimeZone::UTC, 0).unwrap();
            (back.time, back.measured, back.meal)
        })
        .collect();
    let counted = report.readings.iter().map(|entry| &entry.reading).filter(|reading| reading.is_in_numbers());
    let counted: Vec<_> = counted.map(|reading| (reading.time, reading.measured, reading.meal)).collect();
    assert_eq!(back, counted);
    assert_eq!(back.len(), 4);
    let elsewhere = resources(&document, "Observation")[3];
    assert_eq!((elsewhere.get("device"), elsewhere.get("extension")), (None, None));
}

#[test]
fn training_and_death_are_said() {
    let training = made(&report(Purpose::Training, Status::Deceased));
    for resource in list(&training, "/entry").iter().map(|entry| &entry["resource"]).chain([&training]) {
        assert_eq!(text(resource, "/meta/security/0/code"), "HTEST");
    }
    let patient = resources(&training, "Patient")[0];
    assert_eq!((&patient["active"], &patient["deceasedBoolean"]), (&json!(false), &json!(true)));
}
