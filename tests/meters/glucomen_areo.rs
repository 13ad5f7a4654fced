//! GlucoMen areo.

use std::sync::{Arc, Mutex};

use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Doubt, Kind};
use glucodock::meters::drivers::glucomen_areo::GlucoMenAreo;
use glucodock::meters::simulator::glucomen_areo::{AreoFaults, SimulatedAreo};
use rstest::rstest;

use super::bench::{Shared, Told, before_or_after, memory, minute, newest_first, partial, read, read_link, told};

fn meter(count: usize, unit: Unit, faults: AreoFaults) -> SimulatedAreo {
    SimulatedAreo::new("000A1000001", unit, memory(count), faults, None)
}

/// Newest first, to the minute, without control marks; the tenths of mmol/L are those of the one conversion.
fn expected(count: usize, unit: Unit) -> Vec<Told> {
    newest_first(&memory(count), |index, reading| {
        let measured = match (reading.measured, unit) {
            (Measured::Value(value), Unit::MmolPerL) => {
                let tenths = value.glucose_in(unit).replace('.', "").parse().unwrap();
                Measured::Value(Concentration::new(tenths, 1, unit))
            }
            (measured, _) => measured,
        };
        (index, Some(minute(reading.time)), measured, Kind::Blood, Some(before_or_after(reading)))
    })
}

#[rstest]
fn memories_of_any_size_are_read_exactly(
    #[values(0, 1, 10, 730)] count: usize,
    #[values(Unit::MgPerDl, Unit::MmolPerL)] unit: Unit,
) {
    let download = read(&GlucoMenAreo, meter(count, unit, AreoFaults::default())).unwrap();
    assert!(download.is_complete());
    assert_eq!(told(&download), expected(count, unit));
    assert!(download.readings.iter().all(|reading| reading.doubts.is_empty()));
    assert_eq!(download.meter.serial.expose().as_str(), "000A1000001");
    assert_eq!(download.meter.firmware, Some("1.05".into()));
}

#[test]
fn damage_that_passes_and_pieces_change_nothing() {
    for faults in [
        AreoFaults { wrong_checks: 2, ..AreoFaults::default() },
        AreoFaults { chunk: Some(1), ..AreoFaults::default() },
    ] {
        let download = read(&GlucoMenAreo, meter(10, Unit::MgPerDl, faults)).unwrap();
        assert!(download.is_complete());
        assert_eq!(told(&download), expected(10, Unit::MgPerDl));
    }
}

#[test]
fn damage_that_stays_is_an_error_or_partial() {
    let unknown = AreoFaults { wrong_checks: 3, ..AreoFaults::default() };
    let error = read(&GlucoMenAreo, meter(1, Unit::MgPerDl, unknown)).unwrap_err();
    assert_eq!(error.code(), ProblemCode::MeterAnswer);
    let fault = "checksum@60".parse().unwrap();
    let meter = SimulatedAreo::new("000A1", Unit::MgPerDl, memory(10), AreoFaults::default(), Some(fault));
    assert!(read(&GlucoMenAreo, meter).unwrap().is_complete(), "damaged once, it is read again");
}

#[test]
fn odd_lines_are_kept_or_named() {
    let faults =
        AreoFaults { unknown_mark: Some(1), other_type: Some(2), broken_line: Some(4), ..AreoFaults::default() };
    let download = read(&GlucoMenAreo, meter(10, Unit::MmolPerL, faults)).unwrap();
    let at = |index| download.readings.iter().find(|reading| reading.index == index);
    assert_eq!((at(1).unwrap().meal, at(1).unwrap().doubts.as_slice()), (None, &[Doubt::KindUncertain][..]));
    assert_eq!((at(2).unwrap().kind, at(2).unwrap().counts()), (Kind::Other, false));
    assert_eq!(at(4), None);
    assert_eq!(partial(&download).code, ProblemCode::MeterRecords);
    assert_eq!(download.not_taken[0].place.as_str(), "record 5");
}

#[test]
fn no_clock_is_set() {
    let meter = Arc::new(Mutex::new(Box::new(meter(10, Unit::MgPerDl, AreoFaults::default()))));
    assert!(read(&GlucoMenAreo, Shared(Arc::clone(&meter))).unwrap().is_complete());
    assert!(!meter.lock().unwrap().clock_was_set());
}

#[test]
fn a_read_that_ends_early_says_so() {
    let mut link = glucodock::meters::simulator::memory_link::MemoryLink::new(
        Box::new(meter(10, Unit::MgPerDl, AreoFaults::default())),
        Some("stall@100".parse().unwrap()),
    );
    let download = read_link(&GlucoMenAreo, &mut link, "").unwrap();
    assert_eq!((partial(&download).code, download.readings.len()), (ProblemCode::LinkSilent, 0));
}
