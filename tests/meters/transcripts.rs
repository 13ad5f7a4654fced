//! Drivers against conversations that were written down.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use glucodock::domain::download::{Completeness, Download};
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Kind, Meal};
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers::Driver;
use glucodock::meters::drivers::accu_chek_usb::AccuChekUsb;
use glucodock::meters::drivers::onetouch_ultra2::OneTouchUltra2;
use glucodock::meters::transcript::{ReplayLink, parse};

/// Plays a transcript to its end and checks that the download keeps it byte for byte.
fn replay(driver: &dyn Driver, text: &str) -> Download {
    let packets = parse(text).unwrap();
    let mut link = ReplayLink::new(packets.clone());
    let clock = || "2026-10-01T21:06:55+02:00[Europe/Berlin]".parse().unwrap();
    let mut report = |_| {};
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &clock);
    let download = driver.read(&mut conversation, &"a meter".into()).unwrap();
    assert_eq!(link.left(), 0, "the transcript was not played to its end");
    assert_eq!(download.transcript, packets);
    download
}

#[test]
fn three_readings_of_a_guide() {
    let download =
        replay(&AccuChekUsb, include_str!("../../fixtures/transcripts/accu-chek-usb/guide-three-readings.txt"));
    assert_eq!((&download.completeness, download.announced), (&Completeness::Complete, Some(3)));
    assert_eq!(download.meter.serial.expose().as_str(), "92500000042");
    assert_eq!(download.clock.as_ref().unwrap().offset_seconds(), 3);
    let found: Vec<_> = download
        .readings
        .iter()
        .map(|reading| (reading.time.unwrap().to_string(), reading.measured, reading.meal.unwrap()))
        .collect();
    let value = Measured::Value(Concentration::mg_per_dl(103));
    assert_eq!(
        found,
        [
            ("2025-01-01T08:00:00".to_owned(), value, Meal::Before),
            ("2025-01-15T12:34:56".to_owned(), Measured::High, Meal::After),
            ("2025-01-31T19:30:00".to_owned(), Measured::Low, Meal::None),
        ]
    );
    assert!(download.warnings.is_empty());
}

#[test]
fn a_guide_that_aborts() {
    let download = replay(&AccuChekUsb, include_str!("../../fixtures/transcripts/accu-chek-usb/guide-aborted.txt"));
    let Completeness::Partial(problem) = &download.completeness else { panic!("complete") };
    assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::MeterAborted, 2, Some(3)));
    assert_eq!(problem.detail.as_str(), "the meter ended the conversation: buffer overflow");
    assert_eq!(download.readings.len(), 2);
    assert!(download.readings.iter().all(|reading| reading.meal.is_none()));
}

#[test]
fn three_records_of_an_ultra_2() {
    let text = include_str!("../../fixtures/transcripts/onetouch-ultra2/three-records.txt");
    let download = replay(&OneTouchUltra2, text);
    assert_eq!((&download.completeness, download.announced), (&Completeness::Complete, Some(3)));
    assert_eq!(download.meter.serial.expose().as_str(), "GMF600DCY");
    assert_eq!(download.clock.as_ref().unwrap().meter.to_string(), "2015-03-21T17:00:05");
    let found: Vec<_> = download
        .readings
        .iter()
        .map(|reading| (reading.time.unwrap().to_string(), reading.measured, reading.kind, reading.meal.unwrap()))
        .collect();
    let value = |value| Measured::Value(Concentration::mg_per_dl(value));
    assert_eq!(
        found,
        [
            ("2015-03-20T07:05:08".to_owned(), Measured::High, Kind::Blood, Meal::After),
            ("2015-03-21T16:42:00".to_owned(), value(115), Kind::Control, Meal::None),
            ("2015-03-21T16:45:24".to_owned(), value(81), Kind::Blood, Meal::Before),
        ]
    );
}
