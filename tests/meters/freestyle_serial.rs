//! FreeStyle Lite and Precision Xtra.

use std::sync::atomic::Ordering;
use std::time::Duration;

use glucodock::domain::download::Download;
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Doubt, Kind};
use glucodock::meters::codec::freestyle_serial::entry::Dialect;
use glucodock::meters::drivers::Driver;
use glucodock::meters::drivers::freestyle_lite::FreeStyleLite;
use glucodock::meters::drivers::freestyle_optium::FreeStyleOptium;
use glucodock::meters::error::MeterError;
use glucodock::meters::link::{LineSettings, Link, LinkError};
use glucodock::meters::simulator::fault::Fault;
use glucodock::meters::simulator::freestyle_serial::{FreeStyleFaults, FreeStyleOddity, SimulatedFreeStyle};
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::{ReadingSet, SimulatedReading};
use jiff::civil::{DateTime, date};
use rstest::rstest;

use super::bench::{minute, partial, read_cancelled, read_link};

/// With the published serial number of each model.
fn meter(dialect: Dialect, memory: ReadingSet, faults: FreeStyleFaults) -> SimulatedFreeStyle {
    let serial = if dialect == Dialect::Lite { "CMMA123-A4567" } else { "XCMA123-B4567" };
    let clock = Box::new(|| date(2026, 7, 14).at(12, 0, 7, 0));
    SimulatedFreeStyle::new(dialect, serial, memory, clock, faults).unwrap()
}

fn driver(dialect: Dialect) -> &'static dyn Driver {
    if dialect == Dialect::Lite { &FreeStyleLite } else { &FreeStyleOptium }
}

fn memory(count: usize) -> ReadingSet {
    ReadingSet::seeded(count, 3, date(2026, 7, 14).at(8, 30, 0, 0))
}

fn read_with(dialect: Dialect, count: usize, faults: FreeStyleFaults) -> Result<Download, MeterError> {
    read_set(dialect, memory(count), faults, None)
}

fn read_set(
    dialect: Dialect,
    memory: ReadingSet,
    faults: FreeStyleFaults,
    fault: Option<&str>,
) -> Result<Download, MeterError> {
    let fault: Option<Fault> = fault.map(|fault| fault.parse().unwrap());
    let meter = meter(dialect, memory, faults).with_fault(fault);
    let (erase, clock) = (meter.erase_watch(), meter.clock_watch());
    let result = read_link(driver(dialect), &mut MemoryLink::new(Box::new(meter), fault), "");
    assert!(!erase.load(Ordering::Acquire) && !clock.load(Ordering::Acquire));
    result
}

type Told = (u32, Option<DateTime>, Measured, Kind);

fn expected(set: &ReadingSet) -> Vec<Told> {
    let last = set.readings.len();
    let told = |(place, reading): (usize, &SimulatedReading)| {
        (u32::try_from(last - 1 - place).unwrap(), Some(minute(reading.time)), reading.measured, reading.kind)
    };
    set.readings.iter().enumerate().map(told).collect()
}

fn told(download: &Download) -> Vec<Told> {
    download.readings.iter().map(|r| (r.index, r.time, r.measured, r.kind)).collect()
}

#[rstest]
fn a_meter_is_read_exactly(
    #[values(Dialect::Lite, Dialect::Optium)] dialect: Dialect,
    #[values(0, 1, 10, 450, 999)] count: usize,
    #[values(false, true)] mmol: bool,
) {
    let meter = meter(dialect, memory(count), FreeStyleFaults::default()).showing_mmol(mmol);
    let download = read_link(driver(dialect), &mut MemoryLink::new(Box::new(meter), None), "").unwrap();
    assert!(download.is_complete());
    assert_eq!(told(&download), expected(&memory(count)));
    assert_eq!((download.announced, download.warnings.len()), (Some(u32::try_from(count).unwrap()), 0));
    assert_eq!(download.clock.as_ref().unwrap().offset_seconds(), 7);
    let (model, serial, version) = match dialect {
        Dialect::Lite => ("FreeStyle Freedom Lite", "CMMA123-A4567", "0.31 -P"),
        Dialect::Optium => ("Precision Xtra", "XCMA123-B4567", "1.21"),
    };
    assert_eq!(download.meter.model, model.into());
    assert_eq!(download.meter.serial.expose().as_str(), serial);
    assert_eq!(download.meter.firmware, Some(version.into()));
}

#[rstest]
#[case::swallowed(FreeStyleFaults { swallowed: 2, ..FreeStyleFaults::default() })]
#[case::echoed(FreeStyleFaults { echoed: 1, ..FreeStyleFaults::default() })]
#[case::framed(FreeStyleFaults { oddity: Some(FreeStyleOddity::Framed), ..FreeStyleFaults::default() })]
#[case::other_line_feed(FreeStyleFaults { oddity: Some(FreeStyleOddity::OtherLineFeed), ..FreeStyleFaults::default() })]
fn a_meter_with_habits_is_read_exactly(
    #[values(Dialect::Lite, Dialect::Optium)] dialect: Dialect,
    #[case] faults: FreeStyleFaults,
) {
    let download = read_with(dialect, 10, faults).unwrap();
    assert!(download.is_complete());
    assert_eq!(told(&download), expected(&memory(10)));
}

#[rstest]
fn an_empty_log_may_come_without_a_sum(#[values(Dialect::Lite, Dialect::Optium)] dialect: Dialect) {
    let faults = FreeStyleFaults { oddity: Some(FreeStyleOddity::EmptyWithoutSum), ..FreeStyleFaults::default() };
    let download = read_with(dialect, 0, faults).unwrap();
    assert_eq!((download.is_complete(), download.announced), (true, Some(0)));
}

#[test]
fn ketones_keep_their_kind_and_unit() {
    let mut set = memory(4);
    set.readings[1].kind = Kind::Ketone;
    set.readings[1].measured = Measured::Value(Concentration::new(17, 2, Unit::MmolPerL));
    set.readings[2].kind = Kind::Ketone;
    set.readings[2].measured = Measured::High;
    let download = read_set(Dialect::Optium, set.clone(), FreeStyleFaults::default(), None).unwrap();
    assert_eq!(told(&download), expected(&set));
    // 0.17 mmol/L is 3 eighteenths, to two decimals.
    assert_eq!(download.readings[1].raw["value"], "003");
    assert!(!download.readings[1].counts());
}

#[test]
fn a_time_that_was_lost_is_doubted() {
    let faults = FreeStyleFaults { time_lost: Some(2), ..FreeStyleFaults::default() };
    let download = read_with(Dialect::Lite, 10, faults).unwrap();
    let doubted: Vec<_> = download.readings.iter().filter(|reading| !reading.doubts.is_empty()).collect();
    assert_eq!((doubted.len(), doubted[0].index), (1, 2));
    assert_eq!(doubted[0].doubts, [Doubt::TimeUncertain]);
}

#[rstest]
fn a_damaged_record_is_named_and_the_rest_kept(#[values(Dialect::Lite, Dialect::Optium)] dialect: Dialect) {
    let faults = FreeStyleFaults { damaged: Some(3), ..FreeStyleFaults::default() };
    let download = read_with(dialect, 10, faults).unwrap();
    let mut rest = expected(&memory(10));
    rest.retain(|reading| reading.0 != 3);
    let problem = partial(&download);
    assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::MeterRecords, 9, Some(10)));
    assert_eq!(told(&download), rest);
    let [row] = download.not_taken.as_slice() else { panic!("{:?}", download.not_taken) };
    assert_eq!(row.place.as_str(), "record 4 of 10");
    assert!(row.reason.as_str().starts_with("the value"), "{row:?}");
}

#[rstest]
fn a_count_that_cannot_be_met_is_partial(#[values(Dialect::Lite, Dialect::Optium)] dialect: Dialect) {
    let high = read_set(dialect, memory(10), FreeStyleFaults::default(), Some("count-high@2")).unwrap();
    let problem = partial(&high);
    assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::MeterShort, 10, Some(12)));
    let low = read_with(
        dialect,
        10,
        FreeStyleFaults { oddity: Some(FreeStyleOddity::CountTooLow), ..FreeStyleFaults::default() },
    )
    .unwrap();
    assert_eq!(partial(&low).code, ProblemCode::MeterAnswer);
}

#[test]
fn a_log_that_stays_damaged_gives_nothing() {
    let wrong = || FreeStyleFaults { oddity: Some(FreeStyleOddity::WrongChecksum), ..FreeStyleFaults::default() };
    let no_end = || FreeStyleFaults { oddity: Some(FreeStyleOddity::NoEnd), ..FreeStyleFaults::default() };
    let refuses = || FreeStyleFaults { oddity: Some(FreeStyleOddity::Refuses), ..FreeStyleFaults::default() };
    assert!(matches!(read_with(Dialect::Lite, 10, wrong()), Err(MeterError::Checksum { .. })));
    assert!(matches!(read_with(Dialect::Lite, 10, no_end()), Err(MeterError::Silent { .. })));
    assert!(matches!(read_with(Dialect::Lite, 10, refuses()), Err(MeterError::Refused { .. })));
    assert!(matches!(read_with(Dialect::Optium, 10, refuses()), Err(MeterError::Refused { .. })));
    let partly = read_with(Dialect::Optium, 10, wrong()).unwrap();
    assert_eq!((partial(&partly).code, partly.readings.len()), (ProblemCode::MeterAnswer, 0));
    assert_eq!(partly.meter.serial.expose().as_str(), "XCMA123-B4567");
}

#[test]
fn readings_of_another_meter_are_never_taken() {
    let faults = FreeStyleFaults { oddity: Some(FreeStyleOddity::OtherSerial), ..FreeStyleFaults::default() };
    let download = read_with(Dialect::Optium, 10, faults).unwrap();
    assert_eq!((partial(&download).code, download.readings.len()), (ProblemCode::MeterAnswer, 0));
}

#[rstest]
fn a_sum_that_is_wrong_once_is_read_again(#[values(Dialect::Lite, Dialect::Optium)] dialect: Dialect) {
    let download = read_set(dialect, memory(10), FreeStyleFaults::default(), Some("checksum@450")).unwrap();
    assert_eq!((download.is_complete(), told(&download)), (true, expected(&memory(10))));
}

#[test]
fn progress_counts_records_and_a_cancelled_read_ends_as_such() {
    let mut link = MemoryLink::new(Box::new(meter(Dialect::Lite, memory(40), FreeStyleFaults::default())), None);
    let (result, seen) = read_cancelled(&FreeStyleLite, &mut link, 20);
    assert_eq!(result, Err(MeterError::Cancelled));
    let seen: Vec<_> = seen.iter().map(|progress| (progress.done, progress.of)).collect();
    assert_eq!(seen[0], (0, Some(40)));
    assert!(seen.len() > 5 && seen.is_sorted() && (20..24).contains(&seen.last().unwrap().0));
}
/// A meter of another language that says a few bytes every second, as an SD CodeFree does until somebody replies.
#[derive(Default)]
struct Dripping {
    /// Time that passed on the line, and how much of it since the last bytes.
    waited: Duration,
    quiet: Duration,
}

impl Link for Dripping {
    fn send(&mut self, _bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        Ok(())
    }

    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.waited += wait;
        self.quiet += wait;
        if self.quiet < Duration::from_millis(900) {
            return Err(LinkError::TimedOut);
        }
        self.quiet = Duration::ZERO;
        Ok(b"S\x04\x10\x30\x20\xaa".to_vec())
    }

    fn set_line(&mut self, _settings: LineSettings) -> Result<(), LinkError> {
        Ok(())
    }
}

#[rstest]
fn what_only_drips_is_given_up_within_two_minutes(#[values(Dialect::Lite, Dialect::Optium)] dialect: Dialect) {
    let mut link = Dripping::default();
    let error = read_link(driver(dialect), &mut link, "").unwrap_err();
    assert_eq!(error.code(), ProblemCode::MeterAnswer, "{error}");
    assert!(link.waited < Duration::from_mins(2), "{:?}", link.waited);
}
