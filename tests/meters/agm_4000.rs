//! AGM-4000: EmbracePRO and GlucoZen.auto.

use std::sync::{Arc, Mutex};

use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::Kind;
use glucodock::meters::drivers::agm_4000::Agm4000;
use glucodock::meters::simulator::agm_4000::{AgmFaults, SimulatedAgm};

use super::bench::{Shared, Told, assert_one_lost, before_or_after, memory, minute, newest_first, partial, read, told};

fn meter(count: usize, faults: AgmFaults) -> SimulatedAgm {
    SimulatedAgm::new("000SIM1", memory(count), faults, None)
}

/// Newest first, to the minute.
fn expected(count: usize) -> Vec<Told> {
    newest_first(&memory(count), |index, reading| {
        (index, Some(minute(reading.time)), reading.measured, reading.kind, Some(before_or_after(reading)))
    })
}

#[test]
fn memories_of_any_size_are_read_exactly() {
    for count in [0, 1, 10, 500] {
        let download = read(&Agm4000, meter(count, AgmFaults::default())).unwrap();
        assert!(download.is_complete());
        assert_eq!(told(&download), expected(count));
        assert_eq!(download.announced, Some(u32::try_from(count).unwrap()));
        assert_eq!(download.meter.serial.expose().as_str(), "000SIM1");
        assert!(download.clock.is_none());
    }
    assert!(expected(500).iter().any(|reading| reading.3 == Kind::Control));
}

#[test]
fn an_answer_that_begins_with_zero_is_asked_for_again() {
    let download = read(&Agm4000, meter(10, AgmFaults { zero_first: 2, ..AgmFaults::default() })).unwrap();
    assert!(download.is_complete());
    assert_eq!(told(&download), expected(10));
}

#[test]
fn a_record_that_stays_damaged_is_named_and_the_rest_kept() {
    let download = read(&Agm4000, meter(10, AgmFaults { wrong_check: Some(3), ..AgmFaults::default() })).unwrap();
    assert_one_lost(&download, 3, &expected(10), ProblemCode::MeterRecords, Some(10));
}

#[test]
fn the_record_of_another_index_is_never_taken() {
    let download = read(&Agm4000, meter(10, AgmFaults { other_index: Some(3), ..AgmFaults::default() })).unwrap();
    assert_eq!((partial(&download).code, told(&download)), (ProblemCode::LinkSilent, expected(10)[7..].to_vec()));
}

#[test]
fn a_count_too_high_is_never_complete() {
    let download = read(&Agm4000, meter(10, AgmFaults { count_too_high: 1, ..AgmFaults::default() })).unwrap();
    let problem = partial(&download);
    assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::LinkSilent, 10, Some(11)));
}

#[test]
fn no_clock_is_set() {
    let meter = Arc::new(Mutex::new(Box::new(meter(10, AgmFaults::default()))));
    assert!(read(&Agm4000, Shared(Arc::clone(&meter))).unwrap().is_complete());
    assert!(!meter.lock().unwrap().clock_was_set());
}
