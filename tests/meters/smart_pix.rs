//! Smart Pix: every report the simulator can write, and a fault at every byte of one.
//!
//! The report has no check values, so a changed digit, and the changed name of the mark of a control test, cannot be
//! seen as damage (the changed name is reported as an attribute nobody knows).
//!
//! | fault at any byte | outcome |
//! |---|---|
//! | drop, repeat, stall, unplug | error |
//! | cut anywhere (in the file itself) | error or partial |
//! | flip of a structural byte (`<`, `>`, `/`, `=`, `"`, names of elements) | error, partial or damaged-record |
//! | flip of a digit or attribute's name | not always seen |

use glucodock::domain::download::Download;
use glucodock::domain::glucose::{Measured, Unit};
use glucodock::domain::reading::{Doubt, Kind};
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers::smart_pix::SmartPix;
use glucodock::meters::drivers::{Driver as _, FOLDER};
use glucodock::meters::error::MeterError;
use glucodock::meters::link::LinkError;
use glucodock::meters::simulator::fault::{Fault, FaultKind};
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::ReadingSet;
use glucodock::meters::simulator::smart_pix::{PixFaults, SimulatedSmartPix};
use glucodock::meters::simulator::{DriveFile, SimulatedMeter};
use jiff::civil::date;
use rstest::rstest;

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

fn read_over(meter: impl SimulatedMeter + 'static, fault: Option<Fault>) -> Result<Download, MeterError> {
    let mut link = MemoryLink::new(Box::new(meter), fault);
    let mut report = |_| {};
    let clock = || "2026-07-14T08:31:20+02:00[Europe/Berlin]".parse().unwrap();
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &clock);
    SmartPix.read(&mut conversation, &"Accu-Chek Smart Pix".into())
}

fn read(count: usize, faults: PixFaults) -> Result<Download, MeterError> {
    read_over(reader(count, Unit::MgPerDl, faults), None)
}

fn codes(download: &Download) -> Vec<&str> {
    download.warnings.iter().map(|warning| warning.code.as_str()).collect()
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
    let download = read_over(reader(count, unit, faults), None).unwrap();
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
    assert!(download.is_complete());
    assert_eq!(codes(&download), ["pump-report", "damaged-record"]);
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

fn bytes() -> Vec<u8> {
    reader(10, Unit::MgPerDl, PixFaults::default()).drive().unwrap().remove(0).bytes
}

#[rstest]
fn a_fault_on_the_way_is_an_error(
    #[values(FaultKind::Drop, FaultKind::Repeat, FaultKind::Stall, FaultKind::Unplug)] kind: FaultKind,
) {
    for at in 0..bytes().len() as u64 {
        let reader = reader(10, Unit::MgPerDl, PixFaults::default());
        let error = read_over(reader, Some(Fault { kind, at })).unwrap_err();
        let is_gone = matches!(error, MeterError::Link { cause: LinkError::Gone, .. });
        assert_eq!(is_gone, kind == FaultKind::Unplug, "{kind:?} at {at}: {error}");
    }
}

#[test]
fn a_cut_report_is_never_taken_for_a_whole_one() {
    let whole = read(10, PixFaults::default()).unwrap();
    // The line end behind the root element is no loss.
    for cut in 3..bytes().len() {
        let Ok(download) = read(10, PixFaults { cut, ..PixFaults::default() }) else { continue };
        assert!(!download.is_complete(), "{cut}");
        assert!(download.readings.iter().all(|reading| whole.readings.contains(reading)), "{cut}");
    }
}

/// A drive with one file.
struct OneFile(Vec<u8>);

impl SimulatedMeter for OneFile {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn hear(&mut self, _bytes: &[u8]) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn drive(&self) -> Option<Vec<DriveFile>> {
        Some(vec![DriveFile { path: "REPORT/XML/G0050042.XML".to_owned(), bytes: self.0.clone() }])
    }
}

/// Each bit of every angle bracket, slash, equals sign, quotation mark and capital letter of an element's name, from
/// the meter on: the list is the whole one, or something says that it is not.
#[test]
fn a_flipped_structural_byte_never_shortens_the_list_silently() {
    let whole = read(10, PixFaults::default()).unwrap();
    let good = bytes();
    let device = good.windows(7).position(|window| window == b"<DEVICE").unwrap();
    let mut tried = 0;
    for at in device..good.len() {
        let is_name = good[at - 1] == b'<' || good[at - 2..at].contains(&b'<');
        if !(b"<>/=\"".contains(&good[at]) || is_name && good[at].is_ascii_uppercase()) {
            continue;
        }
        for bit in 0..8 {
            let mut damaged = good.clone();
            damaged[at] ^= 1 << bit;
            tried += 1;
            let Ok(download) = read_over(OneFile(damaged), None) else { continue };
            if download.is_complete() && codes(&download).is_empty() {
                assert_eq!(download.readings, whole.readings, "{at} bit {bit}");
            }
        }
    }
    assert!(tried > 500, "{tried}");
}
