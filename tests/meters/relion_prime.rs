//! ReliOn Prime and GLUCOCARD Vital.

use std::sync::{Arc, Mutex};

use glucodock::domain::problem::ProblemCode;
use glucodock::meters::drivers::relion_prime::ReliOnPrime;
use glucodock::meters::simulator::relion_prime::{PrimeFaults, SimulatedPrime};
use jiff::ToSpan as _;
use jiff::civil::date;

use super::bench::{Shared, Told, assert_one_lost, memory, meter_now, minute, newest_first, partial, read, told};

fn meter(count: usize, faults: PrimeFaults) -> SimulatedPrime {
    SimulatedPrime::new("000SIM01", memory(count), Box::new(meter_now), faults, None)
}

/// Newest first, to the minute, without meals.
fn expected(count: usize) -> Vec<Told> {
    newest_first(&memory(count), |index, reading| {
        (index, Some(minute(reading.time)), reading.measured, reading.kind, None)
    })
}

#[test]
fn memories_of_any_size_are_read_exactly() {
    for count in [0, 1, 10, 250] {
        let download = read(&ReliOnPrime, meter(count, PrimeFaults::default())).unwrap();
        assert!(download.is_complete());
        assert_eq!(told(&download), expected(count));
        assert_eq!(download.announced, Some(u32::try_from(count).unwrap()));
        assert_eq!(download.meter.serial.expose().as_str(), "000SIM01");
        assert_eq!(download.clock.unwrap().offset_seconds(), 180);
    }
}

/// Time and date are asked one after the other; a clock that passes midnight in between is no day ahead.
#[test]
fn a_clock_that_passes_midnight_is_of_one_day() {
    let asked = Arc::new(Mutex::new(0));
    for passes_at in 1..6 {
        *asked.lock().unwrap() = 0;
        let asked = Arc::clone(&asked);
        let clock = move || {
            let mut asked = asked.lock().unwrap();
            *asked += 1;
            let midnight = date(2026, 7, 15).at(0, 0, 0, 0);
            if *asked < passes_at { midnight.saturating_sub(1.minute()) } else { midnight }
        };
        let meter = SimulatedPrime::new("000SIM01", memory(1), Box::new(clock), PrimeFaults::default(), None);
        let told = read(&ReliOnPrime, meter).unwrap().clock.unwrap().meter;
        let around = [date(2026, 7, 14).at(23, 59, 0, 0), date(2026, 7, 15).at(0, 0, 0, 0)];
        assert!(around.contains(&told), "midnight at question {passes_at}: {told}");
    }
}

#[test]
fn every_beginning_and_ending_is_borne() {
    for faults in [
        PrimeFaults { enquires: true, ..PrimeFaults::default() },
        PrimeFaults { long_answer: true, ..PrimeFaults::default() },
        PrimeFaults { refused_once: Some(3), ..PrimeFaults::default() },
        PrimeFaults { trailing: b"|\r\n", ..PrimeFaults::default() },
        PrimeFaults { trailing: b"\r\n\x06", ..PrimeFaults::default() },
    ] {
        let download = read(&ReliOnPrime, meter(10, faults.clone())).unwrap();
        assert!(download.is_complete(), "{faults:?}");
        assert_eq!(told(&download), expected(10), "{faults:?}");
    }
}

#[test]
fn a_record_that_stays_away_or_damaged_is_named_and_the_rest_kept() {
    for (faults, code) in [
        (PrimeFaults { refused: Some(3), ..PrimeFaults::default() }, ProblemCode::MeterShort),
        (PrimeFaults { wrong_check: Some(3), ..PrimeFaults::default() }, ProblemCode::MeterRecords),
    ] {
        let download = read(&ReliOnPrime, meter(10, faults)).unwrap();
        assert_one_lost(&download, 3, &expected(10), code, Some(10));
    }
}

#[test]
fn a_count_too_high_is_never_complete() {
    let download = read(&ReliOnPrime, meter(10, PrimeFaults { count_too_high: 2, ..PrimeFaults::default() })).unwrap();
    let problem = partial(&download);
    assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::MeterShort, 10, Some(12)));
}

#[test]
fn two_equal_records_stay_both() {
    let mut memory = memory(3);
    memory.readings[1] = memory.readings[2].clone();
    let meter = SimulatedPrime::new("000SIM01", memory, Box::new(meter_now), PrimeFaults::default(), None);
    let download = read(&ReliOnPrime, meter).unwrap();
    assert!(download.is_complete());
    assert_eq!((download.readings.len(), download.counts().duplicates), (3, 1));
}

#[test]
fn no_clock_is_set() {
    let meter = Arc::new(Mutex::new(Box::new(meter(10, PrimeFaults::default()))));
    assert!(read(&ReliOnPrime, Shared(Arc::clone(&meter))).unwrap().is_complete());
    assert!(!meter.lock().unwrap().clock_was_set());
}
