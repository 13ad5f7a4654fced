//! SD CodeFree.

use std::sync::{Arc, Mutex};

use glucodock::domain::download::{Direction, Download};
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Doubt, Kind, Meal};
use glucodock::meters::drivers::sd_codefree::SdCodeFree;
use glucodock::meters::simulator::sd_codefree::{CodeFreeFaults, SimulatedCodeFree};
use jiff::civil::DateTime;

use super::wire_sweep::{HARMS, Shared, memory, partial, read, sweep, warned};

type Told = (u32, Option<DateTime>, Measured, Kind, Option<Meal>);

fn meter(count: usize, faults: CodeFreeFaults) -> SimulatedCodeFree {
    SimulatedCodeFree::new(memory(count), faults, None)
}

fn told(download: &Download) -> Vec<Told> {
    download.readings.iter().map(|r| (r.index, r.time, r.measured, r.kind, r.meal)).collect()
}

/// Newest first on the wire, stamps to the minute, LO and HI as numbers beyond the range, no control marks.
fn expected(count: usize) -> Vec<Told> {
    let held = memory(count).readings;
    let of = |(place, reading): (usize, &glucodock::meters::simulator::readings::SimulatedReading)| {
        let measured = match reading.measured {
            Measured::Low => Measured::Value(Concentration::mg_per_dl(9)),
            Measured::High => Measured::Value(Concentration::mg_per_dl(601)),
            value @ Measured::Value(_) => value,
        };
        let meal = match reading.meal {
            meal @ Some(Meal::Before | Meal::After) => meal,
            _ => Some(Meal::None),
        };
        let time = reading.time.with().second(0).build().unwrap();
        (u32::try_from(count - 1 - place).unwrap(), Some(time), measured, Kind::Blood, meal)
    };
    held.iter().enumerate().map(of).collect()
}

#[test]
fn memories_of_any_size_are_read_exactly() {
    for count in [0, 1, 10, 500] {
        let download = read(&SdCodeFree, meter(count, CodeFreeFaults::default())).unwrap();
        assert!(download.is_complete());
        assert_eq!(download.announced, Some(u32::try_from(count).unwrap()));
        assert_eq!(told(&download), expected(count));
        assert!(!download.meter.is_identifiable() && download.clock.is_none());
    }
}

#[test]
fn a_number_beyond_the_range_is_marked() {
    let download = read(&SdCodeFree, meter(20, CodeFreeFaults::default())).unwrap();
    let marked = download.readings.iter().filter(|reading| reading.doubts == [Doubt::OutsideMeterRange]).count();
    let held = memory(20).readings;
    let beyond = held.iter().filter(|reading| matches!(reading.measured, Measured::Low | Measured::High)).count();
    assert!(beyond >= 2);
    assert_eq!(marked, beyond);
}

#[test]
fn zeros_repeated_offers_and_a_late_reply_are_borne() {
    for faults in [
        CodeFreeFaults { leading_zeros: 3, ..CodeFreeFaults::default() },
        CodeFreeFaults { second_offer: true, ..CodeFreeFaults::default() },
        CodeFreeFaults { deaf_offers: 2, leading_zeros: 1, second_offer: true, ..CodeFreeFaults::default() },
    ] {
        let download = read(&SdCodeFree, meter(10, faults.clone())).unwrap();
        assert!(download.is_complete(), "{faults:?}");
        assert_eq!(told(&download), expected(10), "{faults:?}");
    }
}

#[test]
fn a_meter_that_never_hears_is_an_error() {
    let deaf = CodeFreeFaults { deaf_offers: 1000, ..CodeFreeFaults::default() };
    assert_eq!(read(&SdCodeFree, meter(1, deaf)).unwrap_err().code(), ProblemCode::LinkSilent);
}

#[test]
fn a_record_with_a_wrong_check_value_is_named_and_the_rest_kept() {
    let faults = CodeFreeFaults { wrong_check: Some(7), ..CodeFreeFaults::default() };
    let download = read(&SdCodeFree, meter(10, faults)).unwrap();
    let problem = partial(&download);
    assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::MeterShort, 9, Some(10)));
    assert_eq!(warned(&download), ["damaged-record"]);
    assert!(download.warnings[0].text.as_str().starts_with("record 8 of 10: "));
    let mut without = expected(10);
    without.retain(|reading| reading.0 != 7);
    assert_eq!(told(&download), without);
}

#[test]
fn an_unknown_meal_code_is_kept_and_marked() {
    let faults = CodeFreeFaults { unknown_meal: Some(2), ..CodeFreeFaults::default() };
    let download = read(&SdCodeFree, meter(10, faults)).unwrap();
    assert!(download.is_complete());
    let odd = download.readings.iter().find(|reading| reading.index == 2).unwrap();
    assert_eq!((odd.meal, odd.doubts.as_slice()), (None, &[Doubt::KindUncertain][..]));
}

#[test]
fn a_count_too_high_is_never_complete() {
    let faults = CodeFreeFaults { count_too_high: 2, ..CodeFreeFaults::default() };
    let download = read(&SdCodeFree, meter(10, faults)).unwrap();
    let problem = partial(&download);
    assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::MeterShort, 10, Some(12)));
}

#[test]
fn no_clock_is_set() {
    let meter = Arc::new(Mutex::new(meter(10, CodeFreeFaults::default())));
    assert!(read(&SdCodeFree, Shared(Arc::clone(&meter))).unwrap().is_complete());
    assert!(!meter.lock().unwrap().clock_was_set());
}

/// Every message has a check value, and the frame around it is fixed: nothing is left out of the sweep.
#[test]
fn no_single_fault_gives_a_wrong_list() {
    let make = || meter(10, CodeFreeFaults::default());
    let from = sweep(&SdCodeFree, make, Direction::FromMeter, &HARMS);
    assert!(from.partial > 1000 && from.failed > 100 && from.complete > 0, "{from:?}");
    let to = sweep(&SdCodeFree, make, Direction::ToMeter, &HARMS);
    assert!(to.partial > 500 && to.failed > 50, "{to:?}");
}
