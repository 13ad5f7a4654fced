//! True Metrix.

use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::Kind;
use glucodock::meters::drivers::true_metrix::TrueMetrix;
use glucodock::meters::simulator::true_metrix::{SimulatedTrueMetrix, TrueMetrixFaults};

use super::bench::{Told, assert_one_lost, memory, meter_now, minute, newest_first, partial, read, told};

fn meter(count: usize, faults: TrueMetrixFaults) -> SimulatedTrueMetrix {
    SimulatedTrueMetrix::new("MR2", "000SIM01", memory(count), Box::new(meter_now), faults, None)
}

/// Newest first, to the minute, without meals.
fn expected(count: usize) -> Vec<Told> {
    newest_first(&memory(count), |index, reading| {
        (index, Some(minute(reading.time)), reading.measured, reading.kind, None)
    })
}

#[test]
fn memories_of_any_size_are_read_exactly() {
    for count in [0, 1, 10, 500] {
        let download = read(&TrueMetrix, meter(count, TrueMetrixFaults::default())).unwrap();
        assert!(download.is_complete());
        assert_eq!(told(&download), expected(count));
        assert_eq!(download.counts().control as usize, expected(count).iter().filter(|r| r.3 == Kind::Control).count());
        assert_eq!(download.meter.serial.expose().as_str(), "000SIM01");
        assert_eq!(
            (&download.meter.model_number, &download.meter.firmware),
            (&Some("MR2".into()), &Some("0102".into()))
        );
        assert_eq!(download.clock.unwrap().offset_seconds(), 180);
    }
    assert!(expected(500).iter().any(|reading| reading.3 == Kind::Control));
}

#[test]
fn models_name_themselves() {
    for (code, name) in [("RC2", "True Metrix GO"), ("BLU", "True Metrix AIR"), ("XX9", "the meter")] {
        let faults = TrueMetrixFaults::default();
        let meter = SimulatedTrueMetrix::new(code, "000SIM01", memory(1), Box::new(meter_now), faults, None);
        assert_eq!(read(&TrueMetrix, meter).unwrap().meter.model.as_str(), name);
    }
}

#[test]
fn repetitions_pieces_and_a_sleepy_meter_change_nothing() {
    for faults in [
        TrueMetrixFaults { twice: Some(4), ..TrueMetrixFaults::default() },
        TrueMetrixFaults { echo: true, ..TrueMetrixFaults::default() },
        TrueMetrixFaults { broken_at: Some(5), ..TrueMetrixFaults::default() },
        TrueMetrixFaults { no_firmware: true, deaf: 3, ..TrueMetrixFaults::default() },
    ] {
        let download = read(&TrueMetrix, meter(10, faults.clone())).unwrap();
        assert!(download.is_complete(), "{faults:?}");
        assert_eq!(told(&download), expected(10), "{faults:?}");
    }
}

#[test]
fn two_equal_results_that_the_meter_counts_stay_both() {
    let mut memory = memory(3);
    memory.readings[1] = memory.readings[2].clone();
    let faults = TrueMetrixFaults::default();
    let meter = SimulatedTrueMetrix::new("MR2", "000SIM01", memory, Box::new(meter_now), faults, None);
    let download = read(&TrueMetrix, meter).unwrap();
    assert!(download.is_complete());
    assert_eq!((download.readings.len(), download.counts().duplicates), (3, 1));
}

#[test]
fn a_result_that_stays_damaged_is_named_and_the_rest_kept() {
    let faults = TrueMetrixFaults { wrong_check: Some(3), ..TrueMetrixFaults::default() };
    let download = read(&TrueMetrix, meter(10, faults)).unwrap();
    assert_one_lost(&download, 3, &expected(10), ProblemCode::MeterAnswer, None);
}

#[test]
fn a_result_that_never_comes_is_missed() {
    let faults = TrueMetrixFaults { missing: Some(3), ..TrueMetrixFaults::default() };
    let download = read(&TrueMetrix, meter(10, faults)).unwrap();
    assert_eq!((partial(&download).code, download.readings.len()), (ProblemCode::MeterAnswer, 9));
}

#[test]
fn a_result_damaged_once_is_read_again() {
    let faults = TrueMetrixFaults::default();
    let fault = "checksum@90".parse().unwrap();
    let meter = SimulatedTrueMetrix::new("MR2", "000SIM01", memory(10), Box::new(meter_now), faults, Some(fault));
    let download = read(&TrueMetrix, meter).unwrap();
    assert!(download.is_complete() && download.warnings.is_empty());
    assert_eq!(told(&download), expected(10));
}
