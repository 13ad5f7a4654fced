//! Where readings are from, and what is said of those that are not in it.

use std::collections::BTreeMap;

use jiff::civil::date;

use super::*;
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::patient::{Gender, Patient, PatientId, Status};
use crate::domain::reading::{Doubt, Kind};
use crate::domain::record::{PatientRecord, RecordTotals};
use crate::domain::statistics::Period;
use crate::domain::text::Private;

fn reading(hour: i8, value: u32) -> Reading {
    Reading {
        corrected_from: None,
        index: 0,
        time: Some(date(2026, 7, 14).at(hour, 0, 0, 0)),
        measured: Measured::Value(Concentration::mg_per_dl(value)),
        kind: Kind::Blood,
        meal: None,
        doubts: Vec::new(),
        raw: BTreeMap::new(),
    }
}

fn recorded(reading: &Reading, serial: &str) -> RecordedReading {
    let meter = MeterIdentity {
        manufacturer: "Roche".into(),
        model: "Accu-Chek Guide".into(),
        model_number: None,
        serial: Private::new(serial.into()),
        system_id: None,
        firmware: None,
        driver: "accu-chek-usb".into(),
    };
    let first_read = FirstRead { meter, read_at: Timestamp::UNIX_EPOCH, user: "Nora".into(), place: 3 };
    RecordedReading { reading: reading.clone(), occurrence: 0, first_read }
}

/// Of these readings, newest first, in a record of so many.
fn report(readings: Vec<Reading>, total: u32, recorded: Vec<RecordedReading>) -> RecordReport {
    let patient = Patient {
        id: PatientId("1".into()),
        family: Private::new("Tester".into()),
        given: Private::new("Anna".into()),
        born: Private::new(date(1961, 7, 14)),
        gender: Gender::Unknown,
        identifiers: Vec::new(),
        status: Status::Active,
        devices: Vec::new(),
        last_upload: None,
    };
    let record = PatientRecord::with(patient, readings);
    let totals = RecordTotals { readings: total, ..record.totals };
    let record = PatientRecord { totals, ..record };
    let at = date(2026, 7, 14).at(12, 0, 0, 0).in_tz("Europe/Berlin").unwrap();
    let made = ReportMaker {
        at,
        user: "x".into(),
        site: "".into(),
        station: String::new(),
        version: "1",
        purpose: Purpose::Patients,
    };
    RecordReport::of(Dashboard::of(record, Period::Days14, date(2026, 7, 14)), recorded, made)
}

fn serials(report: &RecordReport) -> Vec<Option<&str>> {
    let sources = report.readings.iter().map(|entry| entry.source.as_ref());
    sources.map(|source| source.map(|(_, read)| read.meter.serial.expose().as_str())).collect()
}

#[test]
fn each_reading_has_its_own_source_and_none_is_lost_without_one() {
    let (early, late) = (reading(7, 100), reading(9, 120));
    let elsewhere = reading(8, 140);
    let known = vec![recorded(&late, "B"), recorded(&early, "A")];
    let report = report(vec![late.clone(), elsewhere.clone(), early.clone()], 5, known);
    let readings: Vec<&Reading> = report.readings.iter().map(|entry| &entry.reading).collect();
    assert_eq!(readings, [&early, &elsewhere, &late], "the first before the others");
    assert_eq!(serials(&report), [Some("A"), None, Some("B")]);
    assert_eq!(report.outside(), 2);
}

/// Two meters may have the same result at the same time and place of their memories.
#[test]
fn equal_results_of_two_meters_have_a_source_each() {
    let plain = reading(7, 100);
    let doubted = Reading { doubts: vec![Doubt::Questionable], ..plain.clone() };
    let known = vec![recorded(&plain, "A"), recorded(&doubted, "B")];
    let report = report(vec![doubted, plain.clone(), plain], 3, known);
    assert_eq!(serials(&report), [None, Some("A"), Some("B")]);
}
