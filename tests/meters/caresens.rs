//! i-SENS meters: protocol 3 on a serial line, behind a CP2110 and in plain HID reports; protocol 1 on a serial line.

use std::sync::atomic::Ordering;

use glucodock::domain::download::Download;
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Doubt, Kind, Meal};
use glucodock::meters::catalogue::Catalogue;
use glucodock::meters::drivers::caresens::{CareSens, PLAIN_HID};
use glucodock::meters::error::MeterError;
use glucodock::meters::simulator::caresens::{
    CAPACITY, CareSensFaults, DEFAULT_SERIAL, SimulatedCareSens, SimulatedPlainHid,
};
use glucodock::meters::simulator::cp2110::{BridgeHabits, SimulatedCp2110};
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::SimulatedReading;
use jiff::civil::date;
use rstest::rstest;

use super::bench::{Told, memory, newest_first, partial as problem, read_link, told};

/// A serial number that makes a meter of protocol 1.
const PROTOCOL_1: &str = "CVP00A00042";

fn meter(serial: &str, count: usize, faults: CareSensFaults) -> SimulatedCareSens {
    let clock = Box::new(|| date(2026, 7, 14).at(12, 0, 41, 0));
    SimulatedCareSens::new(serial, &memory(count), clock, faults, None).unwrap()
}

fn line(serial: &str, count: usize, faults: CareSensFaults) -> MemoryLink {
    MemoryLink::new(Box::new(meter(serial, count, faults)), None)
}

fn bridge(count: usize, habits: BridgeHabits) -> MemoryLink {
    let meter = meter(DEFAULT_SERIAL, count, CareSensFaults::default());
    MemoryLink::new(Box::new(SimulatedCp2110::new(Box::new(meter), habits)), None)
}

fn read_with(count: usize, faults: CareSensFaults) -> Result<Download, MeterError> {
    let meter = meter(DEFAULT_SERIAL, count, faults);
    let clock = meter.clock_watch();
    let result = read_link(&CareSens, &mut MemoryLink::new(Box::new(meter), None), "ReliOn Premier");
    assert!(!clock.load(Ordering::Acquire));
    result
}

fn read_flash(count: usize, faults: CareSensFaults) -> Result<Download, MeterError> {
    read_link(&CareSens, &mut line(PROTOCOL_1, count, faults), "")
}

fn one(reading: &SimulatedReading, index: u32, meals: &[Meal]) -> Told {
    let meal = reading.meal.filter(|meal| meals.contains(meal)).unwrap_or(Meal::None);
    (index, Some(reading.time), reading.measured, reading.kind, Some(meal))
}

/// Newest first on the wire; marks after a meal and fasting.
fn expected(count: usize) -> Vec<Told> {
    newest_first(&memory(count), |index, reading| one(reading, index, &[Meal::After, Meal::Fasting]))
}

/// Oldest first in the flash; marks after a meal.
fn expected_of_flash(count: usize) -> Vec<Told> {
    memory(count).readings.iter().zip(0..).map(|(reading, place)| one(reading, place, &[Meal::After])).collect()
}

#[track_caller]
fn partial(download: &Download) -> (ProblemCode, u32, Option<u32>) {
    let problem = problem(download);
    (problem.code, problem.done, problem.of)
}

#[rstest]
fn a_memory_of_any_size_is_read_exactly(
    #[values(0, 1, 10, 27, 28, CAPACITY)] count: usize,
    #[values(false, true)] checks_records: bool,
) {
    let faults = CareSensFaults { checks_records, ..CareSensFaults::default() };
    let download = read_with(count, faults).unwrap();
    assert!(download.is_complete(), "{:?}", download.completeness);
    assert_eq!(download.announced, Some(u32::try_from(count).unwrap()));
    assert_eq!((told(&download), download.warnings.len()), (expected(count), 0));
    assert_eq!(download.meter.serial.expose().as_str(), DEFAULT_SERIAL);
    assert_eq!(download.meter.model.as_str(), "ReliOn Premier or GLUCOCARD Shine");
    assert_eq!(download.clock.unwrap().offset_seconds(), 41);
}

#[rstest]
fn the_medium_makes_no_difference(#[values(0, 10, 60)] count: usize) {
    for habits in [
        BridgeHabits::default(),
        BridgeHabits { padded: true, ..BridgeHabits::default() },
        BridgeHabits { byte_by_byte: true, padded: true },
    ] {
        let download = read_link(&CareSens, &mut bridge(count, habits), "CareSens N").unwrap();
        assert!(download.is_complete());
        assert_eq!((told(&download), download.meter.model.as_str()), (expected(count), "CareSens N"));
    }
    let meter = meter(DEFAULT_SERIAL, count, CareSensFaults::default());
    let mut plain = MemoryLink::new(Box::new(SimulatedPlainHid::new(Box::new(meter))), None);
    let download = read_link(&CareSens, &mut plain, PLAIN_HID).unwrap();
    assert!(download.is_complete());
    assert_eq!((told(&download), download.meter.model.as_str()), (expected(count), PLAIN_HID));
}

#[test]
fn the_meter_without_a_bridge_is_in_the_catalogue() {
    let meter = Catalogue::embedded().by_slug("glucocard-shine-connex").unwrap();
    assert_eq!((meter.name().as_str(), meter.driver.as_str()), (PLAIN_HID, "caresens"));
}

#[rstest]
fn a_flash_of_any_size_is_read_exactly(#[values(0, 1, 10, 500)] count: usize) {
    let download = read_flash(count, CareSensFaults::default()).unwrap();
    assert!(download.is_complete(), "{:?}", download.completeness);
    assert_eq!((told(&download), download.warnings.len()), (expected_of_flash(count), 0));
    assert_eq!((download.announced, &download.clock), (None, &None), "the protocol tells neither");
    assert_eq!(download.meter.serial.expose().as_str(), PROTOCOL_1);
    assert_eq!(download.meter.model_number, Some("CVP".into()));
}

/// Other models have no mark at the end of their records.
#[rstest]
fn other_models_of_protocol_1_are_read_to_the_last_place(#[values(0, 10, 250)] count: usize) {
    let download = read_link(&CareSens, &mut line("NTP07C00042", count, CareSensFaults::default()), "").unwrap();
    assert_eq!((download.is_complete(), told(&download)), (true, expected_of_flash(count)));
}

#[rstest]
fn a_fault_that_passes_does_not_change_the_list(
    #[values(0, 1, 2, 3, 4, 5)] answer: usize,
    #[values(0, 1, 2, 3, 4)] kind: usize,
    #[values(false, true)] checks_records: bool,
) {
    let place = Some(answer);
    let none = CareSensFaults { checks_records, ..CareSensFaults::default() };
    let faults = [
        CareSensFaults { wrong_check: place, ..none.clone() },
        CareSensFaults { complaint: Some((answer, *b"ECRC")), ..none.clone() },
        CareSensFaults { silent: place, ..none.clone() },
        CareSensFaults { late: place, ..none.clone() },
        CareSensFaults { flipped: place, ..none },
    ];
    let download = read_with(60, faults[kind].clone()).unwrap();
    assert!(download.is_complete(), "{:?}", download.completeness);
    assert_eq!(told(&download), expected(60));
    let flash = read_flash(10, faults[kind].clone()).unwrap();
    assert!(flash.is_complete(), "{:?}", flash.completeness);
    assert_eq!(told(&flash), expected_of_flash(10));
}

#[test]
fn a_meter_that_wakes_slowly_is_read() {
    let faults = |deaf_echoes| CareSensFaults { deaf_echoes, ..CareSensFaults::default() };
    assert_eq!(told(&read_with(10, faults(4)).unwrap()), expected(10));
    assert_eq!(told(&read_flash(10, faults(4)).unwrap()), expected_of_flash(10));
    assert_eq!(read_with(10, faults(5)).unwrap_err().code(), ProblemCode::LinkSilent);
}

#[test]
fn protocol_2_is_refused_and_an_answer_without_sense_passed_over() {
    let echo = |echo| CareSensFaults { echo: Some(echo), ..CareSensFaults::default() };
    assert_eq!(read_with(1, echo(0x2F)).unwrap_err().code(), ProblemCode::MeterUnsupported);
    assert_eq!(read_with(1, echo(0x41)).unwrap_err().code(), ProblemCode::LinkSilent);
    // Behind HID any answer will do.
    let meter = meter(DEFAULT_SERIAL, 10, echo(0x41));
    let mut hid = MemoryLink::new(Box::new(SimulatedCp2110::new(Box::new(meter), BridgeHabits::default())), None);
    assert_eq!(told(&read_link(&CareSens, &mut hid, "").unwrap()), expected(10));
}

#[test]
fn what_never_is_the_same_twice_is_not_believed() {
    let restless = CareSensFaults { restless: true, ..CareSensFaults::default() };
    // The first answer, the serial number, is untouched; everything after it is changed.
    let download = read_with(10, restless.clone()).unwrap();
    assert_eq!((partial(&download), download.readings.len()), ((ProblemCode::MeterAnswer, 0, Some(10)), 0));
    assert_eq!(read_flash(10, restless).unwrap_err().code(), ProblemCode::MeterAnswer);
}

#[test]
fn marks_and_kinds_of_single_records_arrive() {
    let with = |flags| CareSensFaults { flags: Some((0, flags)), ..CareSensFaults::default() };
    let newest = |flags| read_with(5, with(flags)).unwrap().readings.pop().unwrap();
    let digits = memory(5).readings[4].measured.concentration().unwrap().digits();
    assert_eq!(newest(0x01).kind, Kind::Control);
    let ketone = newest(0x40);
    assert_eq!(ketone.measured, Measured::Value(Concentration::new(digits, 1, Unit::MmolPerL)));
    assert_eq!((ketone.kind, ketone.doubts.contains(&Doubt::OutsideMeterRange)), (Kind::Ketone, digits > 80));
    assert_eq!(newest(0x08).measured, Measured::High);
    assert_eq!(newest(0x04).measured, Measured::Low);
    let damaged = read_with(5, with(0x0C)).unwrap();
    assert_eq!(partial(&damaged), (ProblemCode::MeterRecords, 4, Some(5)));
    assert_eq!(damaged.not_taken[0].reason.as_str(), "it is marked both low and high");
}

#[test]
fn impossible_times_are_doubts() {
    let faults = CareSensFaults { unset_clock: true, unstamped: Some(2), ..CareSensFaults::default() };
    let download = read_with(5, faults.clone()).unwrap();
    assert!(download.is_complete() && download.clock.is_none());
    let codes: Vec<_> = download.warnings.iter().map(|warning| warning.code.as_str()).collect();
    assert_eq!(codes, ["clock-unreadable", "time-unreadable"]);
    // Unknown times come first.
    assert_eq!((download.readings[0].index, download.readings[0].time), (2, None));
    assert_eq!(download.readings[0].doubts, [Doubt::TimeUncertain]);
    assert_eq!(read_flash(5, faults).unwrap().readings[0].doubts, [Doubt::TimeUncertain]);
}

#[test]
fn a_count_that_cannot_be_met_or_changes_is_partial() {
    let high = read_with(10, CareSensFaults { count_too_high: 2, ..CareSensFaults::default() }).unwrap();
    assert_eq!(partial(&high).1, 0, "a block that is too short is not believed");
    let grown = read_with(10, CareSensFaults { measures_meanwhile: true, ..CareSensFaults::default() }).unwrap();
    assert_eq!(partial(&grown).0, ProblemCode::MeterAnswer);
}

#[test]
fn a_record_of_the_conversation_can_be_played_again() {
    let download = read_with(30, CareSensFaults::default()).unwrap();
    let mut replay = glucodock::meters::transcript::ReplayLink::new(download.transcript.clone());
    assert_eq!(read_link(&CareSens, &mut replay, "").unwrap(), download);
}
