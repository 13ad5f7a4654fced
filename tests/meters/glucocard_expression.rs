//! GLUCOCARD Expression and EmbraceTALK.

use std::sync::{Arc, Mutex};

use glucodock::domain::download::Direction;
use glucodock::domain::problem::ProblemCode;
use glucodock::meters::drivers::glucocard_expression::GlucocardExpression;
use glucodock::meters::link::LineSettings;
use glucodock::meters::simulator::glucocard_expression::{ExpressionFaults, SimulatedExpression};
use glucodock::meters::simulator::memory_link::MemoryLink;

use super::bench::{
    Shared, Told, assert_one_lost, memory, meter_now, minute, newest_first, partial, read, read_link, told,
};
use super::struck_link::{Harm, Strike, StruckLink};

fn meter(count: usize, faults: ExpressionFaults) -> SimulatedExpression {
    SimulatedExpression::new("000SIM01", memory(count), Box::new(meter_now), faults, None)
}

/// Newest first, to the minute, without meals.
fn expected(count: usize) -> Vec<Told> {
    newest_first(&memory(count), |index, reading| {
        (index, Some(minute(reading.time)), reading.measured, reading.kind, None)
    })
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
        assert_one_lost(&download, 3, &expected(10), ProblemCode::MeterRecords, Some(10));
    }
}

#[test]
fn a_record_in_another_unit_is_not_guessed() {
    let faults = ExpressionFaults { mmol: Some(3), ..ExpressionFaults::default() };
    let download = read(&GlucocardExpression, meter(10, faults)).unwrap();
    assert_eq!((partial(&download).code, download.readings.len()), (ProblemCode::MeterUnsupported, 9));
    assert!(download.not_taken[0].reason.as_str().contains("mmol/L"));
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
    let meter = Arc::new(Mutex::new(Box::new(meter(10, ExpressionFaults::default()))));
    assert!(read(&GlucocardExpression, Shared(Arc::clone(&meter))).unwrap().is_complete());
    assert!(!meter.lock().unwrap().clock_was_set());
}

/// A memory is 300 packets without a number: one more would shift all behind it.
#[test]
fn a_packet_that_comes_twice_is_noticed_and_the_memory_read_again() {
    let plug = |strike| {
        let link = MemoryLink::new(Box::new(meter(10, ExpressionFaults::default())), None);
        StruckLink::new(link, Some(LineSettings::eight_n_one(19_200)), strike)
    };
    let mut sound = plug(None);
    assert!(read_link(&GlucocardExpression, &mut sound, "").unwrap().is_complete());
    // The ping, the serial number, the clock, and a packet for each place.
    assert_eq!(sound.from_meter.transfers.len(), 303);
    for at in &sound.from_meter.transfers[3..14] {
        let strike = Strike { way: Direction::FromMeter, harm: Harm::RepeatTransfer, at: *at };
        let download = read_link(&GlucocardExpression, &mut plug(Some(strike)), "").unwrap();
        assert!(download.is_complete());
        assert_eq!(told(&download), expected(10));
    }
}
