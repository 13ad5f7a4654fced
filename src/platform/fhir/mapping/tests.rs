mod besides;
mod specimens;
mod undone;
mod written;

use std::collections::BTreeMap;

use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::config::{MappingPart, MappingSettings};
use crate::domain::association::IdempotencyKey;
use crate::domain::delivery::{AttemptsBefore, Content, NumberedReading, Parcel};
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::{Gender, Identifier, NewPatient, PatientId, Status};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::domain::text::Private;

fn fixture(name: &str) -> Value {
    let file: std::path::PathBuf = [env!("CARGO_MANIFEST_DIR"), "fixtures/fhir", name].iter().collect();
    let text = std::fs::read_to_string(file).unwrap().replace("VERSION", env!("CARGO_PKG_VERSION"));
    serde_json::from_str(&text).unwrap()
}

fn guide(serial: &str) -> MeterIdentity {
    MeterIdentity {
        manufacturer: "Roche".into(),
        model: "Accu-Chek Guide".into(),
        model_number: Some("925".into()),
        serial: Private::new(serial.into()),
        system_id: Some(Private::new("00-60-19-00-01-0E-92-34".into())),
        firmware: Some("1.7.4".into()),
        driver: "accu-chek-usb".into(),
    }
}

fn parcel(key: &str, serial: &str, readings: &[Reading]) -> Parcel {
    Parcel {
        key: IdempotencyKey(key.to_owned()),
        patient: PatientId("Patient/p1".to_owned()),
        meter: guide(serial),
        read_at: "2026-11-22T06:03:12Z".parse().unwrap(),
        clock: None,
        decided_by: "7".to_owned(),
        decided_at: "2026-11-22T06:05:00Z".parse().unwrap(),
        before: AttemptsBefore::None,
        content: Content::Readings(readings.iter().map(|reading| numbered(reading, 0)).collect()),
    }
}

fn numbered(reading: &Reading, occurrence: u32) -> NumberedReading {
    NumberedReading { reading: reading.clone(), occurrence }
}

fn blood(time: DateTime, measured: Measured, meal: Option<Meal>) -> Reading {
    Reading {
        corrected_from: None,
        index: 0,
        time: Some(time),
        measured,
        kind: Kind::Blood,
        meal,
        doubts: vec![],
        raw: BTreeMap::new(),
    }
}

fn value(digits: u32, decimals: u8, unit: Unit) -> Measured {
    Measured::Value(Concentration::new(digits, decimals, unit))
}

/// What a reading goes out with.
struct Surrounded {
    meter: MeterIdentity,
    time_stamp: Option<&'static str>,
    unit: Unit,
    range: Option<(u32, u32)>,
    settings: MappingSettings,
}

fn writing(part: MappingPart) -> MappingSettings {
    MappingSettings { parts: [part].into(), ..MappingSettings::default() }
}

fn usual() -> Surrounded {
    let (meter, settings) = (guide("92500000042"), MappingSettings::default());
    Surrounded { meter, time_stamp: None, unit: Unit::MgPerDl, range: None, settings }
}

/// What goes out for one reading of one meter.
fn sent(reading: &Reading, is_training: bool) -> Option<Value> {
    sent_with(reading, &usual()).map(|resource| marked(resource, is_training, &[]))
}

fn sent_with(reading: &Reading, with: &Surrounded) -> Option<Value> {
    let patient = PatientId("Patient/p1".to_owned());
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let id = reading_id(&parcel("k", "92500000042", &[]), &numbered(reading, 0));
    let about = About {
        patient: &patient,
        meter: &with.meter,
        device: "Device/meter-1",
        gateway: "Device/gw-1",
        time_stamp: with.time_stamp,
        unit: with.unit,
        range: with.range,
        zone: &zone,
        settings: &with.settings,
    };
    observation(reading, &id, about)
}

/// Each reading as it is written by hand in its file, and the same again when it is read back.
#[test]
fn a_reading_goes_out_digit_for_digit_and_comes_back() {
    let before = value(123, 0, Unit::MgPerDl);
    let fasting = value(50, 1, Unit::MmolPerL);
    for (file, is_training, reading) in [
        (
            "observation-mgdl-before-meal.json",
            false,
            blood(date(2026, 11, 21).at(12, 25, 32, 0), before, Some(Meal::Before)),
        ),
        (
            "observation-mmol-fasting.json",
            false,
            blood(date(2026, 7, 22).at(6, 44, 32, 0), fasting, Some(Meal::Fasting)),
        ),
        ("observation-hi.json", false, blood(date(2026, 11, 20).at(19, 3, 32, 0), Measured::High, None)),
        ("observation-lo-training.json", true, blood(date(2026, 11, 20).at(3, 3, 32, 0), Measured::Low, None)),
    ] {
        let resource = sent(&reading, is_training).unwrap();
        assert_eq!(resource, fixture(file), "{file}");
        let patient = PatientId("Patient/p1".to_owned());
        assert_eq!(super::reading(&resource, &patient, &TimeZone::UTC, 0), Some(reading), "{file}");
        assert_eq!(
            super::reading(&resource, &PatientId("Patient/p".to_owned()), &TimeZone::UTC, 0),
            None,
            "another patient's"
        );
    }
    let text = sent(&blood(date(2026, 7, 22).at(6, 44, 32, 0), fasting, None), false).unwrap().to_string();
    assert!(text.contains(r#""value":5.0}"#) || text.contains(r#""value":5.0,"#), "{text}");
}

/// What no number uses goes into no record: it would be in somebody's averages.
#[test]
fn what_is_no_measurement_of_a_patient_stays_here() {
    let good = blood(date(2026, 11, 21).at(12, 0, 0, 0), value(100, 0, Unit::MgPerDl), None);
    assert!(sent(&good, false).is_some());
    for kind in [Kind::Control, Kind::Ketone, Kind::Sensor, Kind::Other] {
        assert_eq!(sent(&Reading { kind, ..good.clone() }, false), None, "{kind:?}");
    }
    for doubt in Doubt::ALL {
        let doubted = Reading { doubts: vec![doubt], ..good.clone() };
        assert_eq!(sent(&doubted, false).is_some(), !doubt.takes_out(), "{doubt:?}");
    }
    assert_eq!(sent(&Reading { time: None, ..good.clone() }, false), None);
    // A number beyond what the meter can measure is sent as it is, and marked.
    let beyond = Reading { doubts: vec![Doubt::OutsideMeterRange], ..good };
    let beyond = Reading { measured: value(601, 0, Unit::MgPerDl), ..beyond };
    let resource = sent(&beyond, false).unwrap();
    assert_eq!(resource["interpretation"][0]["coding"][0]["code"], ">");
    assert_eq!(super::reading(&resource, &PatientId("Patient/p1".to_owned()), &TimeZone::UTC, 0), Some(beyond));
}

/// What others write, of a glucose that a meter measured.
#[rstest]
#[case(json!({}), Some(value(54, 1, Unit::MmolPerL)))]
#[case(json!({ "valueQuantity": { "value": 5.40, "unit": "mmol/l" } }), Some(value(54, 1, Unit::MmolPerL)))]
#[case(json!({ "valueQuantity": { "value": 97, "code": "mg/dL", "comparator": "<" } }), Some(Measured::Low))]
#[case(json!({ "valueQuantity": { "value": 600, "code": "mg/dL", "comparator": ">" } }), Some(Measured::High))]
#[case(json!({ "valueQuantity": { "value": 97, "code": "g/L" } }), None)]
#[case(json!({ "valueQuantity": { "value": -5, "code": "mg/dL" } }), None)]
#[case(json!({ "valueQuantity": null }), None)]
#[case(json!({ "status": "entered-in-error" }), None)]
#[case(json!({ "status": "cancelled" }), None)]
#[case(json!({ "code": { "coding": [{ "system": "http://loinc.org", "code": "2345-7" }] } }), None)]
#[case(
    json!({ "code": { "coding": [{ "system": "http://loinc.org", "code": "2339-0" }] } }),
    Some(value(54, 1, Unit::MmolPerL))
)]
#[case(
    json!({ "subject": { "reference": "Patient/p1/_history/3" } }),
    Some(value(54, 1, Unit::MmolPerL))
)]
#[case(json!({ "subject": { "reference": "https://hub.example/r4/Patient/p1" } }), None)]
#[case(json!({ "subject": { "reference": "XPatient/p1" } }), None)]
#[case(json!({ "subject": { "reference": "Device/p1" } }), None)]
fn what_others_wrote_is_taken_if_it_is_a_glucose(#[case] change: Value, #[case] expected: Option<Measured>) {
    let mut resource = json!({
        "resourceType": "Observation", "status": "final", "subject": { "reference": "Patient/p1" },
        "code": { "coding": [{ "system": "http://loinc.org", "code": "14743-9" }] },
        "effectiveDateTime": "2026-11-22T06:44:32.5Z",
        "valueQuantity": { "value": "?", "code": "mmol/L" },
    });
    resource["valueQuantity"]["value"] = Value::Number("5.4".parse().unwrap());
    for (key, value) in change.as_object().unwrap() {
        resource[key] = value.clone();
    }
    let read = super::reading(&resource, &PatientId("Patient/p1".to_owned()), &TimeZone::UTC, 3);
    assert_eq!(read.as_ref().map(|read| read.measured), expected);
    if let Some(read) = read {
        assert_eq!((read.index, read.time.unwrap().to_string().as_str()), (3, "2026-11-22T06:44:32.5"));
        resource["effectiveDateTime"] = json!("2026-11-22");
        let without = super::reading(&resource, &PatientId("Patient/p1".to_owned()), &TimeZone::UTC, 3).unwrap();
        assert_eq!(without.time, None, "a day is no time");
    }
}

/// Every meal mark comes back, and the other code of bedtime means the same.
#[test]
fn meal_marks_come_back() {
    let patient = PatientId("Patient/p1".to_owned());
    for mark in [Meal::Before, Meal::After, Meal::Fasting, Meal::Bedtime, Meal::Casual] {
        let marked = blood(date(2026, 1, 1).at(8, 0, 0, 0), value(100, 0, Unit::MgPerDl), Some(mark));
        let mut resource = sent(&marked, false).unwrap();
        assert_eq!(super::reading(&resource, &patient, &TimeZone::UTC, 0), Some(marked.clone()));
        if mark == Meal::Bedtime {
            assert_eq!(resource["component"][0]["valueCodeableConcept"]["text"], "Bedtime");
            resource["component"][0]["valueCodeableConcept"] =
                json!({ "coding": [{ "system": "urn:iso:std:iso:11073:10101", "code": "8417869" }] });
            assert_eq!(super::reading(&resource, &patient, &TimeZone::UTC, 0), Some(marked));
        }
    }
    let unmarked = blood(date(2026, 1, 1).at(8, 0, 0, 0), value(100, 0, Unit::MgPerDl), Some(Meal::None));
    assert_eq!(sent(&unmarked, false).unwrap().get("component"), None);
}

/// The same reading has the same identifier whoever sends it and to whom; two equal ones have two.
#[test]
fn a_reading_is_told_by_what_the_meter_says() {
    let one = blood(date(2026, 1, 1).at(8, 0, 0, 0), value(100, 0, Unit::MgPerDl), None);
    let with = |kind| Reading { kind, ..one.clone() };
    let readings = [
        numbered(&one, 0),
        numbered(&one, 1),
        numbered(&Reading { measured: value(101, 0, Unit::MgPerDl), ..one.clone() }, 0),
        numbered(&with(Kind::Control), 0),
        numbered(&with(Kind::Ketone), 0),
        numbered(&with(Kind::Sensor), 0),
        numbered(&with(Kind::Other), 0),
    ];
    let ids = |key: &str, serial: &str| {
        let parcel = parcel(key, serial, &[]);
        readings.iter().map(|numbered| reading_id(&parcel, numbered)).collect::<Vec<_>>()
    };
    let first = ids("a", "92500000042");
    assert_eq!(first, ids("b", "92500000042"));
    let marked = numbered(&Reading { meal: Some(Meal::After), index: 9, ..one }, 0);
    assert_eq!(reading_id(&parcel("c", "92500000042", &[]), &marked), first[0], "a mark may come later");
    let mut all = [first, ids("a", "92500000043"), ids("a", "00000000"), ids("b", "00000000")].concat();
    let count = all.len();
    all.sort_by_key(Ours::token);
    all.dedup();
    assert_eq!(all.len(), count, "a meter without a number is told by the assignment");
}

#[test]
fn a_meter_is_told_by_its_number_and_somebody_s() {
    let ours = guide("92500000042");
    let device = meter(&ours);
    assert_eq!(device, fixture("device-meter.json"));
    assert!(Ours::meter(&ours).is_of(&device));
    assert_eq!(
        Ours::meter(&ours).condition(),
        "identifier=https://glucodock.example/sid/meter/roche/accuchekguide%7C92500000042"
    );
    assert_eq!(owner(&device), None);
    let theirs = assigned(device, &PatientId("Patient/p1".to_owned()));
    assert_eq!(theirs["patient"], json!({ "reference": "Patient/p1" }));
    assert_eq!(owner(&theirs), Some(PatientId("Patient/p1".to_owned())));
    let unnumbered = meter(&guide("00000000"));
    assert_eq!(unnumbered["identifier"][0]["value"], "roche/accuchekguide");
    assert_eq!(unnumbered.get("serialNumber"), None);
}

#[test]
fn who_decided_and_since_when_is_said() {
    let parcel = parcel("abc ownership", "92500000042", &[]);
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let (ours, statement) = use_statement(&parcel, &parcel.patient, "Device/meter-1", &zone);
    assert_eq!(statement, fixture("device-use-statement.json"));
    assert!(ours.is_of(&statement));
    let provenance =
        provenance(&parcel, &parcel.patient, &["Device/meter-1", "DeviceUseStatement/dus-1"], "Device/gw-1", &zone);
    assert_eq!(provenance, fixture("provenance-assignment.json"));
}

#[test]
fn a_new_patient_goes_out_and_comes_back() {
    let new = NewPatient {
        family: Private::new("Adeyemi".into()),
        given: Private::new("Ruth Ife".into()),
        born: Private::new(date(1968, 3, 9)),
        gender: Gender::Female,
        mrn: Private::new("H5550007".into()),
        other_identifier: Some(Identifier { label: "NHS No.".into(), value: Private::new("943 476 5919".into()) }),
        email: Some(Private::new("ruth@example.org".into())),
        phone: Some(Private::new("+44 20 7946 0001".into())),
        reason_despite_look_alike: None,
    };
    let (ours, mut resource) = new_patient(&new, &IdempotencyKey("key-1".to_owned()));
    assert_eq!(resource, fixture("patient-new.json"));
    assert!(ours.is_of(&resource) && !is_withdrawn(&resource));
    assert_eq!((mrn(&resource), has_number(&resource, "h555-0007")), (Some("H5550007"), true));
    let withdrawn = withdrawn_patient(resource.clone(), Some(&PatientId("Patient/8".to_owned())));
    assert_eq!(withdrawn, fixture("patient-withdrawn.json"));
    assert!(is_withdrawn(&withdrawn) && !ours.is_of(&withdrawn), "the same request may create another one");
    assert_eq!((mrn(&withdrawn), has_number(&withdrawn, "943 476 5919")), (None, false));
    resource["id"] = json!("7f");
    let back = patient(&resource).unwrap();
    assert_eq!((back.family, back.given, back.born, back.gender), (new.family, new.given, new.born, new.gender));
    let told: Vec<_> = back.identifiers.iter().map(|own| format!("{} {}", own.label, own.value.expose())).collect();
    assert_eq!(told, ["MRN H5550007", "NHS No. 943 476 5919"]);
}

#[test]
fn a_patient_is_known_by_the_present_name_and_numbers() {
    let found = patient(&fixture("patient-of-a-server.json")).unwrap();
    assert_eq!(found.id, PatientId("Patient/7f".to_owned()));
    assert_eq!(found.full_name(), "ADEYEMI, Ruth Ife");
    let told: Vec<_> = found.identifiers.iter().map(|own| format!("{} {}", own.label, own.value.expose())).collect();
    assert_eq!(told, ["MRN H5550007", "National unique indi 900 100"]);
    assert_eq!(found.status, Status::Active);
}

/// The beginning of a name is marked as one; the beginning of a number would be another number.
#[test]
fn of_what_is_too_long_a_name_is_marked_and_a_number_left_out() {
    let mut resource = fixture("patient-of-a-server.json");
    resource["name"] = json!([{ "family": "x".repeat(81), "given": ["Ruth"] }]);
    resource["identifier"] = json!([{ "value": "9".repeat(81) }, { "value": "8".repeat(80) }]);
    let found = patient(&resource).unwrap();
    assert_eq!(found.family.expose().as_str(), format!("{}\u{2026}", "x".repeat(79)));
    let numbers: Vec<_> = found.identifiers.iter().map(|own| own.value.expose().as_str()).collect();
    assert_eq!(numbers, ["8".repeat(80)]);
}

#[rstest]
#[case(json!({ "active": false }), Some(Status::Inactive))]
#[case(json!({ "active": null }), Some(Status::Active))]
#[case(json!({ "deceasedBoolean": true }), Some(Status::Deceased))]
#[case(json!({ "deceasedBoolean": false }), Some(Status::Active))]
#[case(json!({ "deceasedDateTime": "2026-01-01" }), Some(Status::Deceased))]
#[case(
    json!({ "active": false, "link": [{ "type": "replaced-by", "other": { "reference": "Patient/9" } }] }),
    Some(Status::Merged)
)]
#[case(json!({ "link": [{ "type": "replaces", "other": { "reference": "Patient/9" } }] }), Some(Status::Active))]
#[case(json!({ "birthDate": "1968-03" }), None)]
#[case(json!({ "birthDate": null }), None)]
#[case(json!({ "name": [{ "text": "Ruth" }] }), None)]
#[case(json!({ "id": "../Device" }), None)]
#[case(json!({ "resourceType": "Person" }), None)]
fn who_can_be_chosen_is_told_by_the_resource(#[case] change: Value, #[case] status: Option<Status>) {
    let mut resource = fixture("patient-of-a-server.json");
    for (key, value) in change.as_object().unwrap() {
        resource[key] = value.clone();
    }
    assert_eq!(patient(&resource).map(|patient| patient.status), status);
}
