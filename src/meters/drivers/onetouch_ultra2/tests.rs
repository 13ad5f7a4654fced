mod wires;

use jiff::Zoned;
use jiff::civil::{DateTime, date};

use super::*;
use crate::domain::download::{Completeness, Download};
use crate::domain::glucose::Measured;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::reading::{Doubt, Kind, Meal};
use crate::meters::codec::lifescan_ascii::answers::DisplayUnit;
use crate::meters::conversation::{Cancel, Progress};
use crate::meters::link::Link;
use crate::meters::simulator::fault::Fault;
use crate::meters::simulator::memory_link::MemoryLink;
use crate::meters::simulator::onetouch_ultra2::{SimulatedUltra2, Ultra2Faults};
use crate::meters::simulator::readings::ReadingSet;

/// What counts of a reading: index, time, result, kind, meal.
type Told = (u32, Option<DateTime>, Measured, Kind, Option<Meal>);

fn memory(count: usize) -> ReadingSet {
    ReadingSet::seeded(count, 11, date(2026, 7, 14).at(8, 30, 12, 0))
}

fn meter(count: usize, faults: Ultra2Faults, fault: Option<Fault>) -> SimulatedUltra2 {
    let clock = Box::new(|| date(2026, 7, 14).at(12, 0, 3, 0));
    SimulatedUltra2::new("GMF600DCY", memory(count), clock, faults, fault).unwrap()
}

fn noon() -> Zoned {
    "2026-07-14T12:00:00+02:00[Europe/Berlin]".parse().unwrap()
}

fn read_link(link: &mut dyn Link, report: &mut dyn FnMut(Progress)) -> Result<Download, MeterError> {
    let mut conversation = Conversation::new(link, Cancel::default(), report, &noon);
    OneTouchUltra2.read(&mut conversation, &Clean::default())
}

fn read_with(count: usize, faults: Ultra2Faults, fault: Option<Fault>) -> Result<Download, MeterError> {
    let mut link = MemoryLink::new(Box::new(meter(count, faults, fault)), fault);
    read_link(&mut link, &mut |_| {})
}

/// What must come out of `memory(count)`: newest first on the wire, oldest first in a download.
fn expected(count: usize) -> Vec<Told> {
    let held = memory(count).readings;
    let index = |place: usize| u32::try_from(held.len() - 1 - place).unwrap();
    let meal = |meal| match meal {
        Some(Meal::Before) => Some(Meal::Before),
        Some(Meal::After) => Some(Meal::After),
        _ => Some(Meal::None),
    };
    held.iter()
        .enumerate()
        .map(|(place, reading)| (index(place), Some(reading.time), reading.measured, reading.kind, meal(reading.meal)))
        .collect()
}

fn told(download: &Download) -> Vec<Told> {
    download.readings.iter().map(|r| (r.index, r.time, r.measured, r.kind, r.meal)).collect()
}

fn partial(download: &Download) -> &Problem {
    match &download.completeness {
        Completeness::Partial(problem) => problem,
        Completeness::Complete => panic!("the download claims to be complete"),
    }
}

#[test]
fn a_full_meter_is_read_exactly() {
    for count in [0, 1, 20, 500] {
        let download = read_with(count, Ultra2Faults::default(), None).unwrap();
        assert!(download.is_complete());
        assert_eq!(download.announced, Some(u32::try_from(count).unwrap()));
        assert_eq!(told(&download), expected(count));
        assert_eq!(download.warnings, []);
        assert_eq!(download.meter.serial.expose().as_str(), "GMF600DCY");
        assert_eq!(download.meter.firmware, Some("P02.00.00".into()));
        assert_eq!(download.clock.unwrap().offset_seconds(), 3);
    }
}

#[test]
fn progress_goes_line_by_line() {
    let mut seen = Vec::new();
    let mut link = MemoryLink::new(Box::new(meter(3, Ultra2Faults::default(), None)), None);
    read_link(&mut link, &mut |progress| seen.push((progress.done, progress.of))).unwrap();
    assert_eq!(seen, [(0, Some(3)), (1, Some(3)), (2, Some(3)), (3, Some(3))]);
}

#[test]
fn the_unit_on_the_display_does_not_change_the_values() {
    let meter = meter(20, Ultra2Faults::default(), None).showing(DisplayUnit::MmolPerL);
    let download = read_link(&mut MemoryLink::new(Box::new(meter), None), &mut |_| {}).unwrap();
    assert_eq!(told(&download), expected(20));
}

#[test]
fn marks_of_single_records_arrive() {
    let faults = Ultra2Faults { control: Some(0), damaged: Some(1), high: Some(2), ..Ultra2Faults::default() };
    let download = read_with(3, faults, None).unwrap();
    assert!(download.is_complete());
    let at = |index| download.readings.iter().find(|reading| reading.index == index).unwrap();
    assert_eq!(at(0).kind, Kind::Control);
    assert_eq!(at(1).doubts, [Doubt::DamagedRecord]);
    assert_eq!(at(2).measured, Measured::High);
    assert_eq!(at(2).raw["value"], " HIGH ");
}

#[test]
fn a_meter_that_wakes_slowly_or_echoes_is_read() {
    for faults in [
        Ultra2Faults { deaf_wake_ups: 4, ..Ultra2Faults::default() },
        Ultra2Faults { echo: true, ..Ultra2Faults::default() },
    ] {
        assert_eq!(told(&read_with(20, faults, None).unwrap()), expected(20));
    }
}

#[test]
fn a_meter_that_sleeps_on_or_is_switched_on_says_so() {
    let asleep = Ultra2Faults { deaf_wake_ups: 5, ..Ultra2Faults::default() };
    assert_eq!(read_with(1, asleep, None).unwrap_err().code(), ProblemCode::LinkSilent);
    let switched_on = Ultra2Faults { only_zero: true, ..Ultra2Faults::default() };
    let error = read_with(1, switched_on, None).unwrap_err();
    assert!(
        matches!(&error, MeterError::Refused { reason, .. } if reason.to_string().contains("switched on")),
        "{error}"
    );
}

/// `V` with eight characters is a real Ultra 2 (insulaudit's log), `O` nobody has seen.
#[test]
fn any_serial_number_is_read_and_its_last_letter_tells_the_model() {
    for (serial, model) in [
        ("GMF600DCY", "OneTouch Ultra 2"),
        ("REALU2PV", "OneTouch Ultra 2"),
        ("12345678O", "OneTouch Ultra 2"),
        ("REA8LU0RT", "OneTouch Ultra"),
    ] {
        let clock = Box::new(|| date(2026, 7, 14).at(12, 0, 0, 0));
        let meter = SimulatedUltra2::new(serial, memory(1), clock, Ultra2Faults::default(), None).unwrap();
        let download = read_link(&mut MemoryLink::new(Box::new(meter), None), &mut |_| {}).unwrap();
        assert!(download.is_complete(), "{serial}");
        assert_eq!(download.meter.serial.expose().as_str(), serial);
        assert_eq!(download.meter.model, model.into());
    }
}

#[test]
fn a_record_that_stays_damaged_is_named_and_left_out() {
    let faults = Ultra2Faults { wrong_checksum: Some(7), ..Ultra2Faults::default() };
    let download = read_with(20, faults, None).unwrap();
    let problem = partial(&download);
    assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::MeterRecords, 19, Some(20)));
    let [row] = &download.not_taken[..] else { panic!("{:?}", download.not_taken) };
    assert_eq!(row.place.as_str(), "record 8 of 20");
    assert!(row.reason.as_str().starts_with("a record: checksum"), "{}", row.reason);
    let mut without = expected(20);
    without.retain(|reading| reading.0 != 7);
    assert_eq!(told(&download), without);
}

#[test]
fn a_line_damaged_once_is_read_again() {
    let fault = "checksum@400".parse().unwrap();
    let download = read_with(20, Ultra2Faults::default(), Some(fault)).unwrap();
    assert!(download.is_complete());
    assert_eq!(told(&download), expected(20));
    assert_eq!(download.warnings, []);
}

#[test]
fn a_count_too_high_is_never_complete() {
    let download = read_with(20, Ultra2Faults { count_too_high: 1, ..Ultra2Faults::default() }, None).unwrap();
    let problem = partial(&download);
    assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::MeterShort, 20, Some(21)));
}

#[test]
fn a_record_sent_twice_is_noticed() {
    let download = read_with(20, Ultra2Faults { twice: Some(3), ..Ultra2Faults::default() }, None).unwrap();
    assert_eq!(partial(&download).code, ProblemCode::MeterAnswer);
}

#[test]
fn a_cancelled_read_ends_as_such() {
    let cancel = Cancel::default();
    let stop = cancel.clone();
    let mut link = MemoryLink::new(Box::new(meter(20, Ultra2Faults::default(), None)), None);
    let mut report = move |progress: Progress| {
        if progress.done == 5 {
            stop.cancel();
        }
    };
    let mut conversation = Conversation::new(&mut link, cancel, &mut report, &noon);
    assert_eq!(OneTouchUltra2.read(&mut conversation, &Clean::default()), Err(MeterError::Cancelled));
}
