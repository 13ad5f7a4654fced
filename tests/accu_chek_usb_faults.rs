//! A fault at every byte that a simulated Accu-Chek meter sends: the result is exactly right, an error, or partial and
//! says so; never wrong, never silently short.
//!
//! The protocol has no check values. USB has; so a changed byte does not reach a driver, and of flips only the structure
//! is tested here.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::atomic::Ordering;

use glucodock::domain::download::{Completeness, Direction, Download};
use glucodock::domain::reading::Kind;
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers::Driver;
use glucodock::meters::drivers::accu_chek_usb::AccuChekUsb;
use glucodock::meters::error::MeterError;
use glucodock::meters::simulator::accu_chek_usb::{AccuChekConfig, Quirks, SimulatedAccuChek};
use glucodock::meters::simulator::fault::{Fault, FaultKind};
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::ReadingSet;
use jiff::civil::date;
use proptest::prelude::*;
use rstest::rstest;

fn config() -> AccuChekConfig {
    let last = date(2026, 7, 14).at(8, 30, 12, 0);
    let mut readings = ReadingSet::seeded(24, 5, last);
    for reading in readings.readings.iter_mut().step_by(9) {
        reading.kind = Kind::Control;
    }
    AccuChekConfig { entries_per_event: 4, ..AccuChekConfig::guide(readings, last) }
}

fn read(config: AccuChekConfig, fault: Option<Fault>) -> Result<Download, MeterError> {
    let meter = SimulatedAccuChek::new(config);
    let erase = meter.erase_watch();
    let mut link = MemoryLink::new(Box::new(meter), fault);
    let mut report = |_| {};
    let clock = || "2026-07-14T08:31:00+02:00[Europe/Berlin]".parse().unwrap();
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &clock);
    let result = AccuChekUsb.read(&mut conversation, &"an Accu-Chek".into());
    assert!(!erase.load(Ordering::Acquire));
    result
}

/// The good download, and how many bytes the meter sent for it.
fn good() -> (Download, u64) {
    let download = read(config(), None).unwrap();
    assert!(download.is_complete());
    assert_eq!(download.readings.len(), 24);
    assert!(download.readings.iter().any(|reading| reading.kind == Kind::Control));
    let from_meter = download.transcript.iter().filter(|packet| packet.direction == Direction::FromMeter);
    let bytes = from_meter.map(|packet| packet.bytes.len() as u64).sum();
    (download, bytes)
}

#[rstest]
fn a_fault_at_any_byte_never_gives_a_wrong_list(
    #[values(FaultKind::Drop, FaultKind::Repeat, FaultKind::Stall, FaultKind::Unplug)] kind: FaultKind,
    #[values((None, 1), (Some(64), 7))] (transfer_size, step): (Option<usize>, usize),
) {
    let (right, bytes) = good();
    let (mut complete, mut partial, mut failed) = (0, 0, 0);
    for at in (0..bytes).step_by(step) {
        let quirks = Quirks { transfer_size, ..Quirks::default() };
        match read(AccuChekConfig { quirks, ..config() }, Some(Fault { kind, at })) {
            Err(_) => failed += 1,
            Ok(download) => {
                assert_eq!(download.meter, right.meter, "{kind:?} at {at}");
                if download.is_complete() {
                    complete += 1;
                    assert_eq!(download.readings, right.readings, "{kind:?} at {at}");
                } else {
                    partial += 1;
                    for reading in &download.readings {
                        let same = right.readings.iter().find(|other| other.index == reading.index).unwrap();
                        assert_eq!((reading.time, reading.measured), (same.time, same.measured), "{kind:?} at {at}");
                        assert_eq!((reading.kind, &reading.raw), (same.kind, &same.raw), "{kind:?} at {at}");
                        assert!(reading.meal.is_none(), "{kind:?} at {at}");
                    }
                }
            }
        }
    }
    // A fault in the answer to the release, six bytes, comes too late to matter; before the meter has said who it is,
    // every fault is an error.
    assert_eq!(complete, (0..bytes).step_by(step).filter(|at| at + 6 >= bytes).count());
    assert!(failed > 400 / step && partial > 800 / step, "{failed} failed, {partial} partial");
}

/// A changed byte cannot be noticed where it is a value. It must not hang or panic, nor make readings vanish.
#[test]
fn a_flipped_bit_makes_no_reading_vanish() {
    let (_, bytes) = good();
    for at in 0..bytes {
        let Ok(download) = read(config(), Some(Fault { kind: FaultKind::Flip, at })) else { continue };
        let dropped = download.warnings.iter().filter(|warning| warning.code.as_str() == "record-dropped").count();
        match &download.completeness {
            Completeness::Complete => assert_eq!(download.readings.len() + dropped, 24, "flip at {at}"),
            Completeness::Partial(problem) => assert!(problem.done <= 24, "flip at {at}"),
        }
    }
}

#[test]
fn too_high_a_count_is_partial() {
    let fault: Fault = "count-high@3".parse().unwrap();
    let download = read(AccuChekConfig { quirks: fault.into(), ..config() }, Some(fault)).unwrap();
    assert_eq!(download.announced, Some(27));
    assert!(!download.is_complete());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A meter that says anything at all is an error in the end.
    #[test]
    fn noise_is_an_error(transfers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..20)) {
        let packets = transfers.into_iter().map(|bytes| {
            glucodock::domain::download::Packet { direction: Direction::FromMeter, bytes }
        });
        let mut link = glucodock::meters::transcript::ReplayLink::new(packets.collect());
        let mut report = |_| {};
        let clock = || "2026-07-14T08:31:00+02:00[Europe/Berlin]".parse().unwrap();
        let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &clock);
        prop_assert!(AccuChekUsb.read(&mut conversation, &"an Accu-Chek".into()).is_err());
    }
}
