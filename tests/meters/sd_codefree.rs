//! SD CodeFree.

use std::sync::{Arc, Mutex};

use glucodock::domain::download::Direction;
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Doubt, Kind};
use glucodock::meters::drivers::sd_codefree::SdCodeFree;
use glucodock::meters::link::LineSettings;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::sd_codefree::{CodeFreeFaults, SimulatedCodeFree};

use super::bench::{
    Shared, Told, assert_one_lost, before_or_after, memory, minute, newest_first, partial, read, read_link, told,
};
use super::struck_link::{Harm, Strike, StruckLink};

fn meter(count: usize, faults: CodeFreeFaults) -> SimulatedCodeFree {
    SimulatedCodeFree::new(memory(count), faults, None)
}

/// Newest first on the wire, stamps to the minute, LO and HI as numbers beyond the range, no control marks.
fn expected(count: usize) -> Vec<Told> {
    newest_first(&memory(count), |index, reading| {
        let measured = match reading.measured {
            Measured::Low => Measured::Value(Concentration::mg_per_dl(9)),
            Measured::High => Measured::Value(Concentration::mg_per_dl(601)),
            value @ (Measured::Value(_) | Measured::Unscaled(_)) => value,
        };
        (index, Some(minute(reading.time)), measured, Kind::Blood, Some(before_or_after(reading)))
    })
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
    assert_one_lost(&download, 7, &expected(10), ProblemCode::MeterRecords, Some(10));
    assert_eq!(download.not_taken[0].place.as_str(), "record 8 of 10");
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
    let meter = Arc::new(Mutex::new(Box::new(meter(10, CodeFreeFaults::default()))));
    assert!(read(&SdCodeFree, Shared(Arc::clone(&meter))).unwrap().is_complete());
    assert!(!meter.lock().unwrap().clock_was_set());
}

/// Records have no number: one that comes twice must not be taken for the next one.
#[test]
fn a_record_that_comes_twice_is_noticed() {
    let plug = |strike| {
        let link = MemoryLink::new(Box::new(meter(10, CodeFreeFaults::default())), None);
        StruckLink::new(link, Some(LineSettings::eight_n_one(38_400)), strike)
    };
    let mut sound = plug(None);
    assert!(read_link(&SdCodeFree, &mut sound, "").unwrap().is_complete());
    // The offer, the count, ten records, the end.
    assert_eq!(sound.from_meter.transfers.len(), 13);
    for (place, at) in sound.from_meter.transfers[2..12].iter().enumerate() {
        let strike = Strike { way: Direction::FromMeter, harm: Harm::RepeatTransfer, at: *at };
        let download = read_link(&SdCodeFree, &mut plug(Some(strike)), "").unwrap();
        assert_eq!(partial(&download).code, ProblemCode::MeterAnswer);
        assert_eq!(told(&download), expected(10)[9 - place..]);
    }
}
