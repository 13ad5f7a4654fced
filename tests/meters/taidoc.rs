//! TaiDoc meters, on a serial line and behind a CP2110.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use glucodock::domain::download::Download;
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Doubt, Kind};
use glucodock::host::links::serial::SerialLink;
use glucodock::host::pty::Pty;
use glucodock::host::pty::link_path::LinkPath;
use glucodock::host::pty::serve::PtyServer;
use glucodock::meters::codec::taidoc::fields::Quantity;
use glucodock::meters::drivers::taidoc::TaiDoc;
use glucodock::meters::error::MeterError;
use glucodock::meters::simulator::cp2110::{BridgeHabits, SimulatedCp2110};
use glucodock::meters::simulator::fault::{Fault, FaultyWire};
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::taidoc::{CAPACITY, DEFAULT_SERIAL, SimulatedTaiDoc, TaiDocFaults};
use jiff::civil::date;
use rstest::rstest;

use super::bench::{Told, before_or_after, memory, minute, newest_first, partial as problem, read_link, told};

fn meter(count: usize, faults: TaiDocFaults, fault: Option<Fault>) -> SimulatedTaiDoc {
    let clock = Box::new(|| date(2026, 7, 14).at(12, 3, 41, 0));
    SimulatedTaiDoc::new(DEFAULT_SERIAL, &memory(count), clock, faults, fault).unwrap()
}

fn bridge(count: usize, habits: BridgeHabits) -> MemoryLink {
    let meter = meter(count, TaiDocFaults::default(), None);
    MemoryLink::new(Box::new(SimulatedCp2110::new(Box::new(meter), habits)), None)
}

fn read_with(count: usize, faults: TaiDocFaults) -> Download {
    let meter = meter(count, faults, None);
    let (erase, clock) = (meter.erase_watch(), meter.clock_watch());
    let download = read_link(&TaiDoc, &mut MemoryLink::new(Box::new(meter), None), "").unwrap();
    assert!(!erase.load(Ordering::Acquire) && !clock.load(Ordering::Acquire));
    download
}

/// What must come out: the meter keeps minutes, and marks before and after a meal only.
fn expected(count: usize) -> Vec<Told> {
    newest_first(&memory(count), |index, reading| {
        (index, Some(minute(reading.time)), reading.measured, reading.kind, Some(before_or_after(reading)))
    })
}

#[track_caller]
fn partial(download: &Download) -> (ProblemCode, u32, Option<u32>) {
    let problem = problem(download);
    (problem.code, problem.done, problem.of)
}

#[rstest]
fn a_memory_of_any_size_is_read_exactly(#[values(0, 1, 10, CAPACITY)] count: usize) {
    let over_line = read_with(count, TaiDocFaults::default());
    assert!(over_line.is_complete());
    assert_eq!(over_line.announced, Some(u32::try_from(count).unwrap()));
    assert_eq!((told(&over_line), over_line.warnings.len()), (expected(count), 0));
    assert_eq!(over_line.meter.serial.expose().as_str(), DEFAULT_SERIAL);
    assert_eq!(over_line.meter.model.as_str(), "TD-4277");
    // 12:03 on the meter, which has no seconds, and 12:00 here.
    assert_eq!(over_line.clock.as_ref().unwrap().offset_seconds(), 180);
    for habits in [
        BridgeHabits::default(),
        BridgeHabits { byte_by_byte: true, padded: false },
        BridgeHabits { byte_by_byte: true, padded: true },
    ] {
        let over_bridge = read_link(&TaiDoc, &mut bridge(count, habits), "GlucoRx Nexus").unwrap();
        assert_eq!(told(&over_bridge), expected(count), "{habits:?}");
        assert_eq!(over_bridge.meter, over_line.meter);
    }
}

#[test]
fn a_record_of_the_conversation_can_be_played_again() {
    let download = read_link(&TaiDoc, &mut bridge(10, BridgeHabits::default()), "").unwrap();
    let mut replay = glucodock::meters::transcript::ReplayLink::new(download.transcript.clone());
    assert_eq!(read_link(&TaiDoc, &mut replay, "").unwrap(), download);
}

#[rstest]
fn a_fault_that_passes_does_not_change_the_list(
    #[values(0, 3, 5, 6, 9, 26)] answer: usize,
    #[values(0, 1, 2, 3, 4)] kind: usize,
) {
    let place = Some(answer);
    let faults = [
        TaiDocFaults { ready_before: place, ..TaiDocFaults::default() },
        TaiDocFaults { ready_instead: place, ..TaiDocFaults::default() },
        TaiDocFaults { wrong_sum: place, ..TaiDocFaults::default() },
        TaiDocFaults { wrong_command: place, ..TaiDocFaults::default() },
        TaiDocFaults { silent: place, ..TaiDocFaults::default() },
    ];
    let download = read_with(10, faults[kind].clone());
    assert!(download.is_complete(), "{:?}", download.completeness);
    assert_eq!(told(&download), expected(10));
}

#[test]
fn other_ways_to_say_hello_are_understood() {
    for connect_answer in [Some(0x24), Some(0x54)] {
        let download = read_with(10, TaiDocFaults { connect_answer, ..TaiDocFaults::default() });
        assert_eq!(told(&download), expected(10));
    }
    let noise = TaiDocFaults { noise: vec![0, 0x51, 0xFF], ..TaiDocFaults::default() };
    assert_eq!(told(&read_with(10, noise)), expected(10));
}

#[test]
fn marks_and_quantities_of_single_records_arrive() {
    let faults = TaiDocFaults {
        control: Some(0),
        quantity: Some((1, Quantity::Ketone)),
        unstamped: Some(2),
        unset_clock: true,
        ..TaiDocFaults::default()
    };
    let download = read_with(4, faults);
    assert!(download.is_complete(), "{:?}", download.completeness);
    let by_index = |index| download.readings.iter().find(|reading| reading.index == index);
    assert_eq!(by_index(0).unwrap().kind, Kind::Control);
    // The number of a ketone is kept, and is no value: nobody has published its scale.
    let ketone = by_index(1).unwrap();
    let number = expected(4).iter().find(|reading| reading.0 == 1).unwrap().2.concentration().unwrap().digits();
    assert_eq!((ketone.kind, ketone.measured), (Kind::Ketone, Measured::Unscaled(u16::try_from(number).unwrap())));
    assert!(!ketone.counts() && ketone.measured.concentration().is_none());
    let unstamped = by_index(2).unwrap();
    assert_eq!((unstamped.time, unstamped.doubts.as_slice()), (None, &[Doubt::TimeUncertain][..]));
    let codes: Vec<_> = download.warnings.iter().map(|warning| warning.code.as_str()).collect();
    assert_eq!(codes, ["clock-unreadable", "time-unreadable"]);
    assert_eq!(download.clock, None);
    let other = read_with(2, TaiDocFaults { quantity: Some((0, Quantity::Other(9))), ..TaiDocFaults::default() });
    assert_eq!((other.readings.len(), other.warnings[0].code.as_str()), (1, "other-records"));
    assert!(other.is_complete() && other.warnings[0].text.as_str().ends_with("cholesterol (1)"));
}

/// The values are mg/dL on every model; LO and HI have no number.
#[test]
fn the_unit_is_that_of_the_protocol() {
    let download = read_with(20, TaiDocFaults::default());
    let mut results = download.readings.iter().map(|reading| reading.measured);
    assert!(results.clone().any(|measured| measured == Measured::Low));
    assert!(results.clone().any(|measured| measured == Measured::High));
    assert!(results.all(|measured| match measured {
        Measured::Value(value) => value == Concentration::mg_per_dl(value.digits()),
        Measured::Low | Measured::High => true,
        Measured::Unscaled(_) => false,
    }));
}

#[test]
fn a_count_that_cannot_be_met_is_partial() {
    let download = read_with(10, TaiDocFaults { count_too_high: 2, ..TaiDocFaults::default() });
    assert_eq!(partial(&download), (ProblemCode::MeterShort, 10, Some(12)));
    assert_eq!((told(&download), download.not_taken.len()), (expected(10), 2));
}

#[test]
fn a_result_measured_meanwhile_makes_the_list_partial() {
    let download = read_with(10, TaiDocFaults { measures_meanwhile: true, ..TaiDocFaults::default() });
    assert_eq!(partial(&download).0, ProblemCode::MeterAnswer);
}

#[test]
fn a_silent_or_noisy_meter_is_an_error() {
    struct Deaf;
    impl glucodock::meters::simulator::SimulatedMeter for Deaf {
        fn plugged(&mut self) -> Vec<Vec<u8>> {
            Vec::new()
        }
        fn hear(&mut self, _: &[u8]) -> Vec<Vec<u8>> {
            Vec::new()
        }
        fn wait(&mut self, _: Duration) -> Vec<Vec<u8>> {
            vec![vec![0x51; 16]]
        }
        fn baud(&self) -> Option<u32> {
            Some(19_200)
        }
    }
    let error = read_link(&TaiDoc, &mut MemoryLink::new(Box::new(Deaf), None), "").unwrap_err();
    assert!(matches!(error, MeterError::Malformed { .. }), "{error}");
    let mute = TaiDocFaults { silent: Some(0), ..TaiDocFaults::default() };
    let fault = "stall@0".parse().unwrap();
    let mut link = MemoryLink::new(Box::new(meter(1, mute, None)), Some(fault));
    assert_eq!(read_link(&TaiDoc, &mut link, "").unwrap_err().code(), ProblemCode::LinkSilent);
}

/// The frames' length is known, so no timeout is waited out: a reader that did would need at least half a second.
#[test]
fn a_meter_on_a_pty_is_read_without_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("meter");
    let pty = Pty::open().unwrap();
    let plug = LinkPath::make(&path, pty.path()).unwrap();
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let asked = std::sync::Arc::clone(&stop);
    let desk = std::thread::spawn(move || {
        let mut meter = meter(CAPACITY, TaiDocFaults::default(), None);
        PtyServer::new(pty, plug, &mut meter, FaultyWire::new(None), None).serve(&asked)
    });
    let mut link = SerialLink::open(&path).unwrap();
    let started = Instant::now();
    let download = read_link(&TaiDoc, &mut link, "").unwrap();
    let took = started.elapsed();
    stop.store(true, Ordering::Release);
    desk.join().unwrap().unwrap();
    assert_eq!(told(&download), expected(CAPACITY));
    // Against what the waits alone would take: a quarter of an hour here.
    let waits = Duration::from_millis(500) * u32::try_from(CAPACITY).unwrap();
    assert!(took < waits / 4, "{took:?} of {waits:?}");
}
