//! GLUCOCARD Expression and EmbraceTALK.

use std::sync::{Arc, Mutex};

use glucodock::domain::download::{Direction, Download};
use glucodock::domain::glucose::Measured;
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Kind, Meal};
use glucodock::meters::drivers::glucocard_expression::GlucocardExpression;
use glucodock::meters::simulator::glucocard_expression::{ExpressionFaults, SimulatedExpression};
use jiff::civil::DateTime;

use super::wire_sweep::{HARMS, Shared, memory, meter_now, partial, read, sweep, warned};

type Told = (u32, Option<DateTime>, Measured, Kind, Option<Meal>);

fn meter(count: usize, faults: ExpressionFaults) -> SimulatedExpression {
    SimulatedExpression::new("000SIM01", memory(count), Box::new(meter_now), faults, None)
}

fn told(download: &Download) -> Vec<Told> {
    download.readings.iter().map(|r| (r.index, r.time, r.measured, r.kind, r.meal)).collect()
}

/// Newest first, to the minute, without meals.
fn expected(count: usize) -> Vec<Told> {
    let held = memory(count).readings;
    let of = |(place, reading): (usize, &glucodock::meters::simulator::readings::SimulatedReading)| {
        let time = reading.time.with().second(0).build().unwrap();
        (u32::try_from(count - 1 - place).unwrap(), Some(time), reading.measured, reading.kind, None)
    };
    held.iter().enumerate().map(of).collect()
}

#[test]
fn memories_of_any_size_are_read_exactly() {
    for count in [0, 1, 10, 300] {
        let download = read(&GlucocardExpression, meter(count, ExpressionFaults::default())).unwrap();
        assert!(download.is_complete());
        assert_eq!(told(&download), expected(count));
        assert_eq!(download.meter.serial.expose().as_str(), "000SIM01");
        assert_eq!(download.clock.unwrap().offset_seconds(), 180);
    }
}

#[test]
fn a_meter_that_hears_late_is_read() {
    let download = read(&GlucocardExpression, meter(10, ExpressionFaults { deaf: 2, ..ExpressionFaults::default() }));
    assert_eq!(told(&download.unwrap()), expected(10));
}

#[test]
fn a_record_that_stays_damaged_is_named_and_the_rest_kept() {
    for faults in [
        ExpressionFaults { wrong_sum: Some(3), ..ExpressionFaults::default() },
        ExpressionFaults { wrong_check: Some(3), ..ExpressionFaults::default() },
    ] {
        let download = read(&GlucocardExpression, meter(10, faults)).unwrap();
        assert_eq!((partial(&download).code, partial(&download).done), (ProblemCode::MeterAnswer, 9));
        assert_eq!(warned(&download), ["damaged-record"]);
        let mut without = expected(10);
        without.retain(|reading| reading.0 != 3);
        assert_eq!(told(&download), without);
    }
}

#[test]
fn a_record_in_another_unit_is_not_guessed() {
    let faults = ExpressionFaults { mmol: Some(3), ..ExpressionFaults::default() };
    let download = read(&GlucocardExpression, meter(10, faults)).unwrap();
    assert_eq!((partial(&download).code, download.readings.len()), (ProblemCode::MeterUnsupported, 9));
    assert!(download.warnings[0].text.as_str().contains("mmol/L"));
}

#[test]
fn a_missing_packet_is_missed() {
    let faults = ExpressionFaults { missing: 1, ..ExpressionFaults::default() };
    let download = read(&GlucocardExpression, meter(10, faults)).unwrap();
    assert_eq!(partial(&download).code, ProblemCode::LinkSilent);
    assert_eq!(told(&download), expected(10));
}

#[test]
fn no_clock_is_set() {
    let meter = Arc::new(Mutex::new(meter(10, ExpressionFaults::default())));
    assert!(read(&GlucocardExpression, Shared(Arc::clone(&meter))).unwrap().is_complete());
    assert!(!meter.lock().unwrap().clock_was_set());
}

/// Every packet has a sum and every record a check number: nothing is left out of the sweep.
#[test]
fn no_single_fault_gives_a_wrong_list() {
    let make = || meter(10, ExpressionFaults::default());
    let from = sweep(&GlucocardExpression, make, Direction::FromMeter, &HARMS);
    assert!(from.complete > 2000 && from.partial > 400 && from.failed > 0, "{from:?}");
    let to = sweep(&GlucocardExpression, make, Direction::ToMeter, &HARMS);
    assert!(to.complete > 300 && to.partial > 20 && to.failed > 20, "{to:?}");
}
