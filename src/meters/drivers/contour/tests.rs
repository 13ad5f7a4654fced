use std::sync::atomic::Ordering;

use jiff::Zoned;
use jiff::civil::{DateTime, date};

use super::*;
use crate::domain::download::{Completeness, Download};
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::problem::ProblemCode;
use crate::domain::reading::{Kind, Meal};
use crate::meters::conversation::{Cancel, Progress};
use crate::meters::link::{Link, LinkError};
use crate::meters::simulator::contour::{ContourConfig, ContourQuirks, SimulatedContour};
use crate::meters::simulator::memory_link::MemoryLink;
use crate::meters::simulator::readings::ReadingSet;

/// What counts of a reading: index, time, result, kind, meal.
type Told = (u32, Option<DateTime>, Measured, Kind, Option<Meal>);

fn config(count: usize) -> ContourConfig {
    let last = date(2026, 7, 14).at(8, 30, 12, 0);
    let mut memory = ReadingSet::seeded(count, 3, last);
    for reading in memory.readings.iter_mut().skip(4).step_by(9) {
        reading.kind = Kind::Control;
        reading.measured = Measured::Value(Concentration::mg_per_dl(125));
        reading.meal = Some(Meal::None);
    }
    ContourConfig::next_usb(memory, last)
}

fn noon() -> Zoned {
    "2026-07-14T12:00:00+02:00[Europe/Berlin]".parse().unwrap()
}

fn read_link(driver: &dyn Driver, link: &mut dyn Link) -> Result<Download, MeterError> {
    let mut report = |_| {};
    let mut conversation = Conversation::new(link, Cancel::default(), &mut report, &noon);
    driver.read(&mut conversation, &Clean::default())
}

fn read(config: ContourConfig) -> Result<Download, MeterError> {
    let driver: &dyn Driver = if config.layout == Layout::Hid { &ContourHid } else { &ContourSerial };
    let meter = SimulatedContour::new(config);
    let command = meter.command_watch();
    let result = read_link(driver, &mut MemoryLink::new(Box::new(meter), None));
    assert!(!command.load(Ordering::Acquire), "a remote command was sent");
    result
}

fn with(count: usize, quirks: ContourQuirks) -> Result<Download, MeterError> {
    read(ContourConfig { quirks, ..config(count) })
}

/// What must come out of `config(count)` in mg/dL, with stamps to the minute.
fn expected(count: usize, layout: Layout) -> Vec<Told> {
    let meal = |meal| match meal {
        Some(Meal::Before) => Meal::Before,
        Some(Meal::After) => Meal::After,
        Some(Meal::Fasting) if layout == Layout::Hid => Meal::Fasting,
        _ => Meal::None,
    };
    let held = config(count).memory.readings;
    held.iter()
        .zip(0..)
        .map(|(reading, index)| {
            let minute = reading.time.with().second(0).build().unwrap();
            (index, Some(minute), reading.measured, reading.kind, Some(meal(reading.meal)))
        })
        .collect()
}

fn told(download: &Download) -> Vec<Told> {
    download.readings.iter().map(|r| (r.index, r.time, r.measured, r.kind, r.meal)).collect()
}

fn partial(download: &Download) -> (ProblemCode, u32, Option<u32>) {
    match &download.completeness {
        Completeness::Partial(problem) => (problem.code, problem.done, problem.of),
        Completeness::Complete => panic!("the download claims to be complete"),
    }
}

#[test]
fn every_memory_is_read_exactly() {
    for count in [0, 1, 10, 2000] {
        let download = read(config(count)).unwrap();
        assert!(download.is_complete());
        assert_eq!(download.announced, Some(u32::try_from(count).unwrap()));
        assert_eq!(told(&download), expected(count, Layout::Hid));
        assert_eq!(download.warnings, []);
        assert!(download.readings.iter().all(|reading| reading.doubts.is_empty()));
        assert_eq!(download.meter.model, "Contour Next USB".into());
        assert_eq!(download.meter.serial.expose().as_str(), "0000001");
        assert_eq!(download.meter.firmware, Some("01.10".into()));
        assert_eq!(download.clock.as_ref().unwrap().meter, date(2026, 7, 14).at(8, 30, 0, 0));
    }
}

#[test]
fn every_memory_of_a_serial_meter_is_read_exactly() {
    for count in [0, 1, 10, 480] {
        let download = read(config(count).serial()).unwrap();
        assert!(download.is_complete());
        assert_eq!((download.announced, told(&download)), (None, expected(count, Layout::Serial)));
        assert_eq!(download.meter.serial.expose().as_str(), "7150-0000001");
        let remarks: Vec<_> = download.warnings.iter().map(|warning| warning.code.as_str()).collect();
        assert_eq!(remarks, if count == 0 { &[][..] } else { &["other-records"] });
    }
}

/// 103 mg/dL are 5.717 mmol/L, shown as 5.7; both families send what they show.
#[test]
fn the_unit_is_that_of_the_record() {
    for config in [config(50), config(50).serial()] {
        let layout = config.layout;
        let download = read(ContourConfig { unit: Unit::MmolPerL, ..config }).unwrap();
        assert!(download.is_complete());
        for (reading, (_, time, measured, kind, meal)) in download.readings.iter().zip(expected(50, layout)) {
            assert_eq!((reading.time, reading.kind, reading.meal), (time, kind, meal));
            match (reading.measured, measured) {
                (Measured::Value(shown), Measured::Value(held)) => {
                    assert_eq!((shown.unit(), shown.decimals()), (Unit::MmolPerL, 1));
                    assert_eq!(shown.to_number(), held.glucose_in(Unit::MmolPerL));
                }
                (shown, held) => assert_eq!(shown, held),
            }
            assert!(reading.doubts.is_empty());
        }
        assert_eq!(download.readings.len(), 50);
    }
}

#[test]
fn stamps_with_seconds_are_kept() {
    let one = ContourConfig { product: "Contour7800".to_owned(), serial: "7801-0000001".to_owned(), ..config(10) };
    let download = read(one).unwrap();
    let held = config(10).memory.readings;
    assert!(download.readings.iter().zip(held).all(|(reading, held)| reading.time == Some(held.time)));
    assert_eq!(download.meter.model, "Contour Next One".into());
    let unknown = ContourConfig { product: "Contour7999".to_owned(), ..config(1) };
    assert_eq!(read(unknown).unwrap().meter.model, "Contour7999".into());
}

#[test]
fn what_passes_changes_nothing() {
    let sound = ContourQuirks::default();
    for (name, quirks) in [
        ("asks first", ContourQuirks { asks_first: true, ..sound.clone() }),
        ("deaf to ACK", ContourQuirks { deaf_openers: 1, ..sound.clone() }),
        ("deaf to ACK and EOT", ContourQuirks { deaf_openers: 2, ..sound.clone() }),
        ("hears the last NAK", ContourQuirks { deaf_openers: 9, ..sound.clone() }),
        ("damaged header", ContourQuirks { damaged: Some((0, 6)), ..sound.clone() }),
        ("damaged result", ContourQuirks { damaged: Some((5, 6)), ..sound.clone() }),
        ("damaged end", ContourQuirks { damaged: Some((22, 6)), ..sound.clone() }),
        ("a result twice", ContourQuirks { twice: Some(5), ..sound.clone() }),
        ("full reports", ContourQuirks { fills_reports: true, ..sound.clone() }),
        ("full and empty reports", ContourQuirks { fills_reports: true, ends_full_reports: true, ..sound.clone() }),
        ("ordered controls", ContourQuirks { orders_controls: true, ..sound.clone() }),
    ] {
        let download = with(20, quirks).unwrap();
        assert!(download.is_complete(), "{name}");
        assert_eq!(told(&download), expected(20, Layout::Hid), "{name}");
        assert_eq!(download.warnings, [], "{name}");
    }
}

#[test]
fn a_transmission_that_does_not_end_well_is_partial() {
    let sound = ContourQuirks::default();
    for (quirks, told_code, done, of) in [
        (ContourQuirks { count_too_high: 2, ..sound.clone() }, ProblemCode::MeterShort, 20, 22),
        (ContourQuirks { damaged: Some((5, 7)), ..sound.clone() }, ProblemCode::MeterAnswer, 3, 20),
        (ContourQuirks { skips_number: Some(5), ..sound.clone() }, ProblemCode::MeterAnswer, 3, 20),
        (ContourQuirks { cancelled: Some(5), ..sound.clone() }, ProblemCode::MeterAborted, 3, 20),
        (ContourQuirks { has_no_end: true, ..sound.clone() }, ProblemCode::MeterAborted, 20, 20),
        (ContourQuirks { ends_badly: true, ..sound.clone() }, ProblemCode::MeterAborted, 20, 20),
    ] {
        let name = format!("{quirks:?}");
        let download = with(20, quirks).unwrap();
        assert_eq!(partial(&download), (told_code, done, Some(of)), "{name}");
        assert_eq!(told(&download), expected(20, Layout::Hid)[..done as usize], "{name}");
    }
}

#[test]
fn a_meter_that_never_hears_is_silent() {
    let error = with(1, ContourQuirks { deaf_openers: 10, ..ContourQuirks::default() }).unwrap_err();
    assert_eq!(error.code(), ProblemCode::LinkSilent);
}

#[test]
fn a_result_without_a_known_unit_is_named_and_the_rest_kept() {
    let download = with(20, ContourQuirks { strange_unit: Some(8), ..ContourQuirks::default() }).unwrap();
    assert_eq!(partial(&download), (ProblemCode::MeterRecords, 19, Some(20)));
    let mut without = expected(20, Layout::Hid);
    without.retain(|reading| reading.0 != 7);
    assert_eq!(told(&download), without);
    let [row] = &download.not_taken[..] else { panic!("{:?}", download.not_taken) };
    assert_eq!((row.place.as_str(), row.reason.as_str()), ("result 8", "its unit is not known"));
    assert!(row.said.as_str().starts_with("R|8|^^^Glucose|"), "{}", row.said);
}

#[test]
fn entries_of_the_logbook_are_left_out_with_a_remark() {
    let download = with(10, ContourQuirks { has_logbook: true, ..ContourQuirks::default() }).unwrap();
    assert!(download.is_complete());
    assert_eq!(download.announced, Some(12));
    let values = |told: Vec<Told>| told.into_iter().map(|told| (told.1, told.2, told.3)).collect::<Vec<_>>();
    assert_eq!(values(told(&download)), values(expected(10, Layout::Hid)));
    let remarks: Vec<_> = download.warnings.iter().map(|warning| warning.text.as_str()).collect();
    assert_eq!(
        remarks,
        [
            "left out, because they are no readings: carbohydrates (1)",
            "left out, because they are no readings: insulin (1)"
        ]
    );
}

/// Tidepool takes the C of ZC for control solution.
#[test]
fn three_hours_after_food_is_no_control_test() {
    let mut config = config(1);
    config.quirks.three_hours_after = Some(1);
    config.memory.readings[0].kind = Kind::Blood;
    config.memory.readings[0].meal = None;
    let download = read(config).unwrap();
    let reading = &download.readings[0];
    assert_eq!((reading.kind, reading.raw["markers"].as_str()), (Kind::Blood, "ZC/M0/T1"));
    assert_eq!(reading.meal, Some(Meal::After));
}

/// A meter that another program left in the middle of its memory starts anew.
#[test]
fn a_meter_in_the_middle_of_a_transmission_starts_over() {
    let mut link = MemoryLink::new(Box::new(SimulatedContour::new(config(20))), None);
    for _ in 0..9 {
        link.send(&crate::meters::codec::contour_report::report(&[6]), std::time::Duration::ZERO).unwrap();
    }
    while link.receive(std::time::Duration::ZERO).is_ok() {}
    let download = read_link(&ContourHid, &mut link).unwrap();
    assert!(download.is_complete());
    assert_eq!(told(&download), expected(20, Layout::Hid));
}

/// After a transmission the meter answers EOT to everything but EOT.
#[test]
fn a_meter_is_read_again_without_a_plug_and_without_a_long_wait() {
    let mut link = MemoryLink::new(Box::new(SimulatedContour::new(config(20))), None);
    for _ in 0..2 {
        let download = read_link(&ContourHid, &mut link).unwrap();
        assert!(download.is_complete());
        assert_eq!(told(&download), expected(20, Layout::Hid));
    }
}

proptest::proptest! {
    /// A meter that says anything at all is an error in the end.
    #[test]
    fn noise_is_an_error(transfers in proptest::collection::vec(proptest::collection::vec(0_u8.., 0..80), 0..40)) {
        for driver in [&ContourHid as &dyn Driver, &ContourSerial] {
            proptest::prop_assert!(read_link(driver, &mut Noise(transfers.clone())).is_err());
        }
    }
}

/// Says one thing after the other, whatever it hears.
struct Noise(Vec<Vec<u8>>);

impl Link for Noise {
    fn send(&mut self, _bytes: &[u8], _wait: std::time::Duration) -> Result<(), LinkError> {
        Ok(())
    }

    fn receive(&mut self, _wait: std::time::Duration) -> Result<Vec<u8>, LinkError> {
        self.0.pop().ok_or(LinkError::TimedOut)
    }
}

#[test]
fn a_cancelled_read_ends_as_such() {
    let cancel = Cancel::default();
    let stop = cancel.clone();
    let mut link = MemoryLink::new(Box::new(SimulatedContour::new(config(20))), None);
    let mut report = move |progress: Progress| {
        if progress.done == 5 {
            stop.cancel();
        }
    };
    let mut conversation = Conversation::new(&mut link, cancel, &mut report, &noon);
    assert_eq!(ContourHid.read(&mut conversation, &Clean::default()), Err(MeterError::Cancelled));
}
