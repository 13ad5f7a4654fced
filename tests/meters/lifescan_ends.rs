//! LifeScan's binary meters from end to end: from one process to another over a serial line, on the simulated bus, and
//! over links that make no sense.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use glucodock::domain::meter::Access;
use glucodock::host::bus::MeterBus as _;
use glucodock::host::clock::VirtualClock;
use glucodock::host::simulated_bus::SimulatedBus;
use glucodock::host::watch::AttachmentIds;
use glucodock::meters::catalogue::Catalogue;
use glucodock::meters::codec::lifescan_frame::control::LinkControl;
use glucodock::meters::codec::lifescan_frame::{Frame, block};
use glucodock::meters::drivers;
use glucodock::meters::link::{Link, LinkError};
use proptest::prelude::*;
use rstest::rstest;

use super::bench::{now, read_link};

/// A `glucodock simulate` that ends with the test.
struct Simulator(Child);

impl Drop for Simulator {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn simulate(meter: &str, readings: &str, more: &[&str], path: &Path) -> Simulator {
    let mut child = Command::new(env!("CARGO_BIN_EXE_glucodock"))
        .args(["simulate", meter, "--readings", readings, "--newest", "2026-07-14T08:30:12", "--pty"])
        .arg(path)
        .args(more)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
    assert!(ready.starts_with("ready "), "{ready}");
    Simulator(child)
}

#[rstest]
fn one_process_reads_another(
    #[values(("onetouch-ultra-easy", "500"), ("onetouch-verio-iq", "750"))] (meter, full): (&str, &str),
    #[values(&[], &["--mmol"])] unit: &[&str],
) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("meter");
    for readings in ["0", "1", "10", full] {
        let simulator = simulate(meter, readings, unit, &path);
        let output = Command::new(env!("CARGO_BIN_EXE_glucodock"))
            .env("GLUCODOCK_LOG", "off")
            .args(["read", "--json", "--driver", meter, "--port"])
            .arg(&path)
            .output()
            .unwrap();
        drop(simulator);
        // The simulator was killed, so its link stays behind.
        std::fs::remove_file(&path).unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&object["complete"], &object["meter"]["driver"]), (&true.into(), &meter.into()));
        assert_eq!(object["readings"].as_array().unwrap().len().to_string(), readings);
    }
}

#[rstest]
#[case("onetouch-ultra-easy", "OneTouch UltraEasy")]
#[case("onetouch-verio-iq", "OneTouch Verio IQ")]
#[case("onetouch-verio", "OneTouch Verio")]
#[case("onetouch-verio-flex", "OneTouch Verio Flex")]
#[case("onetouch-verio-reflect", "OneTouch Verio Reflect")]
#[case("onetouch-select-plus", "OneTouch Select Plus")]
#[case("onetouch-select-plus-flex", "OneTouch Select Plus Flex")]
#[case("onetouch-ultra-plus-flex", "OneTouch Ultra Plus Flex")]
fn a_meter_on_the_simulated_bus_is_what_the_catalogue_says(#[case] slug: &str, #[case] name: &str) {
    let catalogue = Catalogue::embedded();
    let meter = catalogue.by_slug(slug).unwrap();
    let (events, mut arrivals) = tokio::sync::mpsc::unbounded_channel();
    let clock = Arc::new(VirtualClock::new(now()));
    let bus = SimulatedBus::new(catalogue, clock, Arc::new(AttachmentIds::default()), events);
    let id = bus.plug(format!("{slug} readings=10").parse().unwrap()).unwrap();
    let glucodock::host::bus::BusEvent::Arrived(attachment) = arrivals.try_recv().unwrap() else {
        panic!("no arrival")
    };
    assert_eq!(attachment.access, Access::Open);
    assert_eq!(attachment.must_be_named(), !meter.cables.is_empty());
    let asked = attachment.must_be_named().then_some(meter.driver.as_str());
    let mut open = bus.open(id, asked).unwrap();
    let download = read_link(open.driver, open.link.as_mut(), "").unwrap();
    assert!(download.is_complete());
    assert_eq!((download.readings.len(), download.meter.model.as_str()), (10, name));
}

/// Answers each question with the next of these.
struct Script {
    answers: VecDeque<Vec<u8>>,
    due: VecDeque<Vec<u8>>,
}

impl Link for Script {
    fn send(&mut self, _bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        self.due.extend(self.answers.pop_front());
        Ok(())
    }

    fn receive(&mut self, _wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.due.pop_front().ok_or(LinkError::TimedOut)
    }

    fn command(&mut self, cdb: &[u8], data_out: &[u8], _: usize, _: Duration) -> Result<Vec<u8>, LinkError> {
        assert!(data_out.is_empty() && cdb[0] != 0x2A, "a drive that was not found to be a meter was written to");
        self.answers.pop_front().ok_or(LinkError::TimedOut)
    }
}

/// Bytes, or sound frames with any message: the second kind reaches further into a driver.
fn answers() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let frame = (0_u8..16, prop::collection::vec(any::<u8>(), 0..20))
        .prop_map(|(control, message)| Frame { control: LinkControl::from(control), message }.encode());
    let done = prop::collection::vec(any::<u8>(), 0..20)
        .prop_map(|data| Frame { control: 0.into(), message: [&[3, 6][..], &data].concat() }.encode());
    let block = prop::collection::vec(any::<u8>(), 0..20).prop_map(|message| block::encode(&message));
    let bytes = prop::collection::vec(any::<u8>(), 0..40);
    prop::collection::vec(prop_oneof![frame, done, block, bytes], 0..40)
}

proptest! {
    #[test]
    fn nonsense_is_never_a_complete_download(answers in answers()) {
        for driver in ["onetouch-ultra-easy", "onetouch-verio", "onetouch-verio-iq"] {
            let mut link = Script { answers: answers.clone().into(), due: VecDeque::new() };
            let result = read_link(drivers::by_name(driver).unwrap(), &mut link, "");
            prop_assert!(!result.is_ok_and(|download| download.is_complete()), "{driver}");
        }
    }
}
