//! Accu-Chek Mobile: every report the simulator can write.

use glucodock::domain::download::Download;
use glucodock::domain::glucose::{Measured, Unit};
use glucodock::domain::meter_clock::ClockState;
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Doubt, Kind, Meal};
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers::accu_chek_reports::AccuChekReports;
use glucodock::meters::drivers::{Driver as _, FOLDER};
use glucodock::meters::error::MeterError;
use glucodock::meters::simulator::accu_chek_reports::{Encoding, ReportFaults, SimulatedMobile};
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::ReadingSet;
use glucodock::meters::simulator::{DriveFile, SimulatedMeter};
use jiff::civil::date;
use rstest::rstest;

use super::bench::{partial, warned};

fn memory(count: usize) -> ReadingSet {
    ReadingSet::seeded(count, 5, date(2026, 7, 14).at(8, 30, 0, 0))
}

fn meter(count: usize, unit: Unit, faults: ReportFaults) -> SimulatedMobile {
    let mut memory = memory(count);
    if let Some(newest) = memory.readings.last_mut() {
        newest.kind = Kind::Control;
    }
    SimulatedMobile::new("U000000042", unit, memory, Box::new(|| date(2026, 7, 14).at(8, 31, 0, 0)), faults)
}

fn read_over(meter: impl SimulatedMeter + 'static) -> Result<Download, MeterError> {
    let mut link = MemoryLink::new(Box::new(meter), None);
    let mut report = |_| {};
    let clock = || "2026-07-14T08:31:20+02:00[Europe/Berlin]".parse().unwrap();
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &clock);
    AccuChekReports.read(&mut conversation, &"Accu-Chek Mobile".into())
}

fn read(count: usize, faults: ReportFaults) -> Result<Download, MeterError> {
    read_over(meter(count, Unit::MgPerDl, faults))
}

#[rstest]
fn every_reading_arrives(
    #[values(0, 1, 10, 5000)] count: usize,
    #[values(Unit::MgPerDl, Unit::MmolPerL)] unit: Unit,
    #[values(Encoding::Utf8, Encoding::Marked, Encoding::Windows1252)] encoding: Encoding,
) {
    let faults = ReportFaults { encoding, german: true, comma: true, ..ReportFaults::default() };
    let download = read_over(meter(count, unit, faults)).unwrap();
    assert!(download.is_complete() && download.warnings.is_empty(), "{:?}", download.warnings);
    assert_eq!(download.meter.serial.expose().as_str(), "U000000042");
    assert_eq!(download.meter.model.as_str(), "Accu-Chek Mobile");
    assert_eq!(download.clock.as_ref().unwrap().state(), ClockState::Right);
    let set = memory(count).readings;
    assert_eq!(download.readings.len(), count);
    for (place, (read, held)) in download.readings.iter().zip(&set).enumerate() {
        assert_eq!(read.time.unwrap(), held.time.with().second(0).build().unwrap());
        match (read.measured, held.measured) {
            (Measured::Value(read), Measured::Value(held)) => {
                assert_eq!((read.to_number(), read.unit()), (held.glucose_in(unit), unit));
            }
            (read, held) => assert_eq!(read, held),
        }
        let kind = if place + 1 == count { Kind::Control } else { held.kind };
        assert_eq!(read.kind, kind);
        let meal = held.meal.filter(|meal| matches!(meal, Meal::Before | Meal::After));
        assert_eq!(read.meal, Some(meal.unwrap_or(Meal::None)));
    }
}

#[test]
fn damaged_rows_are_reported_one_by_one_and_the_others_stay() {
    let faults = ReportFaults { short_row: Some(2), no_result: Some(5), ..ReportFaults::default() };
    let download = read(10, faults).unwrap();
    let problem = partial(&download);
    assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::MeterRecords, 8, Some(10)));
    // The head has three lines and the newest row is the fourth.
    let named: Vec<_> = download.not_taken.iter().map(|row| format!("{}: {}", row.place, row.reason)).collect();
    assert_eq!(
        named,
        [
            "line 6 of Report.csv: it has 9 columns, not 10",
            "line 9 of Report.csv: its result is neither a number nor HI nor LO"
        ]
    );
    let whole = read(10, ReportFaults::default()).unwrap();
    let rest: Vec<_> = whole.readings.into_iter().filter(|reading| ![2, 5].contains(&reading.index)).collect();
    assert_eq!(download.readings, rest);
}

#[test]
fn marks_are_kept_or_doubted() {
    let faults = ReportFaults { both_meals: Some(3), cold: Some(4), ..ReportFaults::default() };
    let download = read(10, faults).unwrap();
    assert_eq!(warned(&download), ["meal-contradiction"]);
    let at = |index| download.readings.iter().find(|reading| reading.index == index).unwrap();
    assert_eq!(at(3).meal, None);
    assert_eq!(at(4).doubts, [Doubt::Questionable]);
}

#[test]
fn of_two_reports_the_newest_is_read() {
    let download = read(10, ReportFaults { older_report: true, ..ReportFaults::default() }).unwrap();
    assert_eq!((download.readings.len(), download.is_complete()), (10, true));
    assert_eq!(warned(&download), ["older-report"]);
}

#[test]
fn reports_of_two_meters_are_refused() {
    let result = read(10, ReportFaults { other_meter: true, ..ReportFaults::default() });
    assert!(matches!(result, Err(MeterError::Unsupported { .. })));
}

#[test]
fn only_its_own_driver_recognises_a_report() {
    let mut link = MemoryLink::new(Box::new(meter(1, Unit::MgPerDl, ReportFaults::default())), None);
    let mut report = |_| {};
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &jiff::Zoned::now);
    let names: Vec<_> = FOLDER
        .iter()
        .filter(|driver| driver.recognises(&mut conversation).unwrap())
        .map(|driver| driver.name())
        .collect();
    assert_eq!(names, ["accu-chek-reports"]);
}

/// A drive with these files.
struct Files(Vec<DriveFile>);

impl SimulatedMeter for Files {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn hear(&mut self, _bytes: &[u8]) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn drive(&self) -> Option<Vec<DriveFile>> {
        Some(self.0.clone())
    }
}

fn read_files(files: Vec<DriveFile>) -> Result<Download, MeterError> {
    read_over(Files(files))
}

#[test]
fn a_damaged_report_at_home_makes_the_read_partial() {
    let mut drive = meter(10, Unit::MgPerDl, ReportFaults::default()).drive().unwrap();
    let mut other = drive[0].clone();
    other.path = other.path.replace("Report.csv", "Newer.csv");
    other.bytes.truncate(60);
    drive.push(other);
    let download = read_files(drive.clone()).unwrap();
    assert!(!download.is_complete());
    // Outside the folder of the reports it is somebody's table.
    drive[1].path = "Newer.csv".to_owned();
    assert!(read_files(drive).unwrap().is_complete());
}
