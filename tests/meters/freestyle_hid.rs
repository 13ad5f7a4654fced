//! Precision Neo, `InsuLinx` and Libre.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use glucodock::domain::download::Download;
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Doubt, Kind};
use glucodock::meters::drivers::Driver;
use glucodock::meters::drivers::freestyle_insulinx::FreeStyleInsuLinx;
use glucodock::meters::drivers::freestyle_libre::FreeStyleLibre;
use glucodock::meters::drivers::freestyle_neo::FreeStyleNeo;
use glucodock::meters::error::MeterError;
use glucodock::meters::simulator::fault::Fault;
use glucodock::meters::simulator::freestyle_hid::{HidFaults, HidModel, HidOddity, SimulatedFreeStyleHid};
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::ReadingSet;
use jiff::civil::{DateTime, date};
use rstest::rstest;

use super::bench::{minute, partial, read_cancelled, read_link, warned};

const ALL: [HidModel; 3] = [HidModel::InsuLinx, HidModel::Neo, HidModel::Libre];

fn driver(model: HidModel) -> &'static dyn Driver {
    match model {
        HidModel::InsuLinx => &FreeStyleInsuLinx,
        HidModel::Neo => &FreeStyleNeo,
        HidModel::Libre => &FreeStyleLibre,
    }
}

/// What a person with this meter would have in it: ketones but for the `InsuLinx`, and a sensor with the Libre.
fn memory(model: HidModel, count: usize) -> ReadingSet {
    let mut set = ReadingSet::seeded(count, 3, date(2026, 7, 14).at(8, 30, 12, 0));
    for (place, reading) in set.readings.iter_mut().enumerate() {
        match (model, place % 5) {
            (HidModel::InsuLinx, _) => reading.kind = Kind::Blood,
            (HidModel::Neo | HidModel::Libre, 2) => {
                reading.kind = Kind::Ketone;
                // 0.2, 0.7, 1.3 mmol/L are shown for 4, 13, 23 eighteenths.
                let digits = [2, 7, 13][place % 3];
                reading.measured = Measured::Value(Concentration::new(digits, 1, Unit::MmolPerL));
            }
            (HidModel::Libre, 1 | 3) => reading.kind = Kind::Sensor,
            (HidModel::Neo | HidModel::Libre, 4) => reading.kind = Kind::Control,
            (HidModel::Neo | HidModel::Libre, _) => {}
        }
    }
    set
}

fn meter(model: HidModel, set: ReadingSet, mut faults: HidFaults) -> SimulatedFreeStyleHid {
    let clock = Box::new(|| date(2026, 7, 14).at(12, 3, 40, 0));
    faults.scans = (0..set.readings.len()).filter(|place| place % 10 == 3).collect();
    SimulatedFreeStyleHid::new(model, "LCMV123-A4567", set, clock, faults).unwrap()
}

fn read_with(model: HidModel, count: usize, faults: HidFaults, fault: Option<&str>) -> Result<Download, MeterError> {
    let fault: Option<Fault> = fault.map(|fault| fault.parse().unwrap());
    let meter = meter(model, memory(model, count), faults).with_fault(fault);
    let (erase, clock) = (meter.erase_watch(), meter.clock_watch());
    let result = read_link(driver(model), &mut MemoryLink::new(Box::new(meter), fault), "");
    assert!(!erase.load(Ordering::Acquire) && !clock.load(Ordering::Acquire));
    result
}

fn odd(oddity: HidOddity) -> HidFaults {
    HidFaults { oddity: Some(oddity), ..HidFaults::default() }
}

type Told = (Option<DateTime>, Measured, Kind);

/// Stamps of the Neo and the `InsuLinx` have no seconds.
fn expected(model: HidModel, count: usize) -> Vec<Told> {
    let second = |time: DateTime| if model == HidModel::Libre { time } else { minute(time) };
    let readings = memory(model, count).readings;
    readings.iter().map(|one| (Some(second(one.time)), one.measured, one.kind)).collect()
}

fn told(download: &Download) -> Vec<Told> {
    download.readings.iter().map(|one| (one.time, one.measured, one.kind)).collect()
}

#[rstest]
fn a_meter_is_read_exactly(
    #[values(HidModel::InsuLinx, HidModel::Neo, HidModel::Libre)] model: HidModel,
    #[values(0, 1, 10, 1000)] count: usize,
    #[values(false, true)] mmol: bool,
) {
    let meter = meter(model, memory(model, count), HidFaults::default()).showing_mmol(mmol);
    let download = read_link(driver(model), &mut MemoryLink::new(Box::new(meter), None), "").unwrap();
    assert!(download.is_complete());
    assert_eq!(told(&download), expected(model, count));
    assert_eq!((download.announced, download.warnings.len()), (Some(u32::try_from(count).unwrap()), 0));
    // 12:03 without seconds, against noon.
    assert_eq!(download.clock.as_ref().unwrap().offset_seconds(), 180);
    assert_eq!(download.meter.serial.expose().as_str(), "LCMV123-A4567");
    assert_eq!(download.meter.firmware, Some("2.1.2".into()));
    let doubts: BTreeSet<Doubt> = download.readings.iter().flat_map(|reading| reading.doubts.clone()).collect();
    let only_kind = model == HidModel::InsuLinx && count > 0;
    assert_eq!(doubts, only_kind.then_some(Doubt::KindUncertain).into_iter().collect());
}

#[test]
fn a_full_libre_is_read_exactly() {
    let download = read_with(HidModel::Libre, 8640, HidFaults::default(), None).unwrap();
    assert!(download.is_complete());
    assert_eq!(told(&download), expected(HidModel::Libre, 8640));
    let scans = download.readings.iter().filter(|reading| reading.raw["record"] == "scan").count();
    assert_eq!(scans, 864);
    assert!(download.readings.iter().all(|reading| reading.kind != Kind::Sensor || !reading.counts()));
}

#[test]
fn a_meter_with_habits_is_read_exactly() {
    for model in ALL {
        for oddity in [HidOddity::KeepAlives, HidOddity::LateFragment, HidOddity::SplitEnd] {
            let download = read_with(model, 10, odd(oddity), None).unwrap();
            assert!(download.is_complete());
            assert_eq!(told(&download), expected(model, 10), "{model:?} {oddity:?}");
        }
    }
}

#[test]
fn a_meter_that_cannot_be_read_says_why() {
    for model in ALL {
        let error = |oddity| read_with(model, 10, odd(oddity), None).unwrap_err();
        assert_eq!(error(HidOddity::Encrypted).code(), ProblemCode::MeterUnsupported);
        assert!(error(HidOddity::Encrypted).to_string().contains("cipher"));
        assert!(matches!(error(HidOddity::Refuses), MeterError::Refused { .. }));
        assert!(matches!(error(HidOddity::WrongChecksum), MeterError::Checksum { .. }));
        assert!(matches!(error(HidOddity::OnlyKeepAlives), MeterError::Silent { .. }));
    }
}

#[test]
fn a_damaged_row_is_named_and_the_rest_kept() {
    for model in ALL {
        let faults = HidFaults { damaged_row: Some(1), ..HidFaults::default() };
        let download = read_with(model, 10, faults, None).unwrap();
        // A Libre has the row in both of its lists.
        let lost = if model == HidModel::Libre { 2 } else { 1 };
        let good = expected(model, 10);
        assert_eq!(partial(&download).code, ProblemCode::MeterRecords);
        assert_eq!(download.readings.len(), 10 - lost, "{model:?} {:?}", download.not_taken);
        assert!(told(&download).iter().all(|one| good.contains(one)));
        assert_eq!(download.not_taken.len(), lost, "{model:?}");
    }
}

#[test]
fn counts_that_cannot_be_met_are_partial() {
    for model in ALL {
        let high = read_with(model, 10, HidFaults::default(), Some("count-high@2")).unwrap();
        assert_eq!(partial(&high).code, ProblemCode::MeterShort, "{model:?}");
        assert!(told(&high).iter().all(|one| expected(model, 10).contains(one)));
        let low = read_with(model, 10, odd(HidOddity::CountTooLow), None).unwrap();
        assert_eq!(partial(&low).code, ProblemCode::MeterAnswer, "{model:?}");
    }
}

#[test]
fn a_damaged_memory_is_shown_and_never_complete() {
    for model in ALL {
        let download = read_with(model, 10, odd(HidOddity::WrongRecordSum), None).unwrap();
        assert_eq!(partial(&download).code, ProblemCode::MeterAnswer);
        assert!(!download.readings.is_empty());
    }
}

#[test]
fn a_sum_that_is_wrong_once_is_read_again() {
    for model in ALL {
        for at in (0..2000).step_by(64) {
            let download = read_with(model, 10, HidFaults::default(), Some(&format!("checksum@{at}"))).unwrap();
            assert_eq!((download.is_complete(), told(&download)), (true, expected(model, 10)));
        }
    }
}

#[test]
fn a_lost_clock_and_insulin_are_remarks() {
    let faults = HidFaults { insulin: 3, ..odd(HidOddity::ClockLost) };
    let download = read_with(HidModel::Neo, 10, faults, None).unwrap();
    assert!(download.is_complete() && download.clock.is_none());
    assert_eq!((download.announced, told(&download)), (Some(13), expected(HidModel::Neo, 10)));
    assert_eq!(warned(&download), ["clock-unreadable", "other-records"]);
    assert!(download.warnings[1].text.as_str().ends_with("insulin (3)"), "{:?}", download.warnings);
}

#[test]
fn stamps_from_before_the_clock_was_set_are_doubted() {
    for model in [HidModel::Neo, HidModel::Libre] {
        let changed = |seconds| {
            let faults = HidFaults { clock_change: Some((6, seconds)), ..HidFaults::default() };
            let download = read_with(model, 10, faults, None).unwrap();
            assert_eq!(told(&download), expected(model, 10));
            assert_eq!(download.announced, Some(11));
            download.readings.iter().map(|reading| !reading.doubts.is_empty()).collect::<Vec<_>>()
        };
        assert_eq!(changed(3600), [vec![true; 6], vec![false; 4]].concat(), "{model:?}");
        assert_eq!(changed(60), [false; 10], "{model:?}");
    }
}

#[test]
fn a_reading_that_a_libre_calls_invalid_does_not_count() {
    let faults = HidFaults { invalid: Some(0), ..HidFaults::default() };
    let download = read_with(HidModel::Libre, 10, faults, None).unwrap();
    assert_eq!(download.readings[0].doubts, [Doubt::Invalid]);
    assert!(download.readings[0].kind == Kind::Blood && !download.readings[0].counts());
}

#[test]
fn progress_counts_rows_and_a_cancelled_read_ends_as_such() {
    let meter = meter(HidModel::Neo, memory(HidModel::Neo, 100), HidFaults::default());
    let mut link = MemoryLink::new(Box::new(meter), None);
    let (result, seen) = read_cancelled(&FreeStyleNeo, &mut link, 20);
    assert_eq!(result, Err(MeterError::Cancelled));
    let seen: Vec<_> = seen.iter().map(|progress| progress.done).collect();
    assert!(seen.len() > 5 && seen.is_sorted() && (20..24).contains(seen.last().unwrap()), "{seen:?}");
}
