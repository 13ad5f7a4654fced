//! Smart Pix: every report the simulator can write.

use glucodock::domain::download::Download;
use glucodock::domain::glucose::{Measured, Unit};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Doubt, Kind};
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers::smart_pix::SmartPix;
use glucodock::meters::drivers::{Driver as _, FOLDER};
use glucodock::meters::error::MeterError;
use glucodock::meters::simulator::SimulatedMeter;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::ReadingSet;
use glucodock::meters::simulator::smart_pix::{PixFaults, SimulatedSmartPix};
use jiff::civil::date;
use rstest::rstest;

use super::bench::{partial, warned};

fn memory(count: usize) -> ReadingSet {
    let mut memory = ReadingSet::seeded(count, 5, date(2026, 7, 14).at(8, 30, 0, 0));
    if let Some(newest) = memory.readings.last_mut() {
        newest.kind = Kind::Control;
    }
    memory
}

fn reader(count: usize, unit: Unit, faults: PixFaults) -> SimulatedSmartPix {
    let clock = Box::new(|| date(2026, 7, 14).at(8, 31, 0, 0));
    SimulatedSmartPix::new("00050042", unit, memory(count), clock, faults)
}

fn read_over(meter: impl SimulatedMeter + 'static) -> Result<Download, MeterError> {
    let mut link = MemoryLink::new(Box::new(meter), None);
    let mut report = |_| {};
    let clock = || "2026-07-14T08:31:20+02:00[Europe/Berlin]".parse().unwrap();
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &clock);
    SmartPix.read(&mut conversation, &"Accu-Chek Smart Pix".into())
}

fn read(count: usize, faults: PixFaults) -> Result<Download, MeterError> {
    read_over(reader(count, Unit::MgPerDl, faults))
}

#[rstest]
fn every_reading_arrives(
    #[values(0, 1, 10, 1000)] count: usize,
    #[values(Unit::MgPerDl, Unit::MmolPerL)] unit: Unit,
    #[values(false, true)] is_odd: bool,
) {
    let faults = PixFaults {
        is_model_2: is_odd,
        control_in_doubt: is_odd,
        has_doctype: is_odd,
        is_latin: is_odd,
        ..PixFaults::default()
    };
    let download = read_over(reader(count, unit, faults)).unwrap();
    assert!(download.is_complete() && download.warnings.is_empty(), "{:?}", download.warnings);
    assert_eq!(download.meter.serial.expose().as_str(), "00050042");
    let model = if is_odd { "Accu-Chek Perförma" } else { "Accu-Chek Performa" };
    assert_eq!(download.meter.model.as_str(), model);
    assert_eq!(download.clock.as_ref().unwrap().meter, date(2026, 7, 14).at(8, 31, 0, 0));
    let set = memory(count).readings;
    assert_eq!(download.readings.len(), count);
    for (read, held) in download.readings.iter().zip(&set) {
        assert_eq!(read.time.unwrap(), held.time.with().second(0).build().unwrap());
        match (read.measured, held.measured) {
            (Measured::Value(read), Measured::Value(held)) => {
                assert_eq!((read.to_number(), read.unit()), (held.glucose_in(unit), unit));
            }
            (read, held) => assert_eq!(read, held),
        }
        assert_eq!((read.kind, read.meal), (held.kind, None));
    }
}

#[test]
fn odd_entries_are_told_apart() {
    let faults =
        PixFaults { untimed: Some(1), without_glucose: Some(2), damaged: Some(4), pump: true, ..PixFaults::default() };
    let download = read(10, faults).unwrap();
    let problem = partial(&download);
    assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::MeterRecords, 10, Some(11)));
    assert_eq!(warned(&download), ["pump-report", "other-records"]);
    assert!(download.warnings[1].text.as_str().ends_with("(1)"));
    assert_eq!(download.readings.len(), 9);
    let untimed = download.readings.iter().find(|reading| reading.index == 1).unwrap();
    assert_eq!(untimed.doubts, [Doubt::TimeUncertain]);
    assert_eq!(untimed.time.unwrap().time(), jiff::civil::Time::midnight());
}

#[test]
fn what_cannot_be_one_persons_is_refused() {
    let refused = |faults| matches!(read(10, faults), Err(MeterError::Unsupported { .. }));
    assert!(refused(PixFaults { other_meter: true, ..PixFaults::default() }));
    assert!(refused(PixFaults { only_pump: true, ..PixFaults::default() }));
}

#[test]
fn only_its_own_driver_recognises_a_report() {
    for faults in [PixFaults::default(), PixFaults { is_model_2: true, ..PixFaults::default() }] {
        let mut link = MemoryLink::new(Box::new(reader(1, Unit::MgPerDl, faults)), None);
        let mut report = |_| {};
        let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &jiff::Zoned::now);
        let recognising: Vec<_> = FOLDER
            .iter()
            .filter(|driver| driver.recognises(&mut conversation).unwrap())
            .map(|driver| driver.name())
            .collect();
        assert_eq!(recognising, ["smart-pix"]);
    }
}
