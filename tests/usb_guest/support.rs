//! Plugs meters in, runs the program, and says how long each case took.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use glucodock::domain::glucose::Measured;
use glucodock::host::usbip;
use glucodock::host::usbip::function::Function;
use glucodock::host::usbip::vhci::Port;
use glucodock::meters::catalogue::Catalogue;
use glucodock::meters::simulator::fault::FaultyWire;
use glucodock::meters::simulator::readings::{ReadingSet, SimulatedReading};
use glucodock::meters::simulator::shelf;
use glucodock::meters::simulator::wanted::Wanted;
use jiff::civil::{DateTime, date};
use serde_json::Value;

/// A guard against hanging, by the guest's clock: nothing takes so long.
const PATIENCE: Duration = Duration::from_mins(2);

/// Prints the case with its time when it ends.
pub(crate) struct Case {
    name: &'static str,
    begun: Instant,
}

/// Begins a case.
pub(crate) fn case(name: &'static str) -> Case {
    Case { name, begun: Instant::now() }
}

impl Drop for Case {
    fn drop(&mut self) {
        let how = if thread::panicking() { "FAILED" } else { "ok" };
        let seconds = self.begun.elapsed().as_secs_f64();
        println!("\ncase {:<60} {seconds:5.1} s {how}", self.name);
    }
}

/// Waits until something is so.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what} did not happen");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Prints how long a plug or an unplug took to be noticed, and fails if that was more than a second.
#[track_caller]
pub(crate) fn within_a_second(what: &str, took: Duration) {
    println!("\ntime {what}: {:.3} s (limit 1.000 s)", took.as_secs_f64());
    assert!(took <= Duration::from_secs(1), "{what}: {took:?}");
}

/// The time of the newest reading of every simulated meter.
pub(crate) fn newest() -> DateTime {
    date(2026, 7, 14).at(8, 30, 12, 0)
}

/// A meter of the shipped program, plugged in.
pub(crate) struct Plugged {
    process: Child,
    /// Kept open, because the meter says so when a fault unplugs it.
    _says: BufReader<ChildStdout>,
    folder: PathBuf,
}

/// Plugs a meter in and waits until the kernel has configured it.
#[track_caller]
pub(crate) fn plug(slug: &str, readings: usize, more: &[&str]) -> Plugged {
    let mut process = Command::new("glucodock")
        .args(["simulate", slug, "--attach", "--readings", &readings.to_string(), "--seed", "7"])
        .args(["--newest", &newest().to_string()])
        .args(more)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut says = BufReader::new(process.stdout.take().unwrap());
    says.read_line(&mut line).unwrap();
    let place = line.trim().strip_prefix("ready usb ").unwrap_or_else(|| panic!("{line:?}"));
    let folder = PathBuf::from("/sys/bus/usb/devices").join(place);
    let configured = folder.join("bConfigurationValue");
    until("the configuration", || std::fs::read_to_string(&configured).is_ok_and(|value| value.trim() == "1"));
    Plugged { process, _says: says, folder }
}

impl Plugged {
    /// Where the kernel describes the device.
    pub(crate) fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// Pulls the cable.
    pub(crate) fn unplug(self) {
        drop(self);
    }

    /// Pulls the cable and does not wait.
    pub(crate) fn pull(&mut self) {
        let _ = self.process.kill();
    }
}

impl Drop for Plugged {
    fn drop(&mut self) {
        self.pull();
        let _ = self.process.wait();
        let folder = self.folder.clone();
        if !thread::panicking() {
            until("the departure", || !folder.exists());
        }
    }
}

/// A meter plugged in by this process, its device changed by `dress`; the kernel may not have configured it yet.
#[track_caller]
pub(crate) fn plugged(
    slug: &str,
    serial: Option<&str>,
    readings: usize,
    dress: impl FnOnce(Box<dyn Function>) -> Box<dyn Function>,
) -> Port {
    let catalogue = Catalogue::embedded();
    let model = catalogue.by_slug(slug).unwrap();
    let memory = ReadingSet::seeded(readings, 7, newest());
    let wanted = Wanted { serial: serial.map(str::to_owned), ..Wanted::new(slug, memory, newest) };
    let meter = shelf::make(&model.driver, wanted).unwrap();
    let device = usbip::device(catalogue, model, None, meter, FaultyWire::default()).unwrap();
    Port::plug(dress(device), Arc::new(AtomicBool::new(false))).unwrap()
}

/// The same, configured.
#[track_caller]
pub(crate) fn port(
    slug: &str,
    serial: Option<&str>,
    readings: usize,
    dress: impl FnOnce(Box<dyn Function>) -> Box<dyn Function>,
) -> Port {
    let port = plugged(slug, serial, readings, dress);
    until("the configuration", || is_configured(&port));
    port
}

/// Whether the kernel has given the device a configuration.
pub(crate) fn is_configured(port: &Port) -> bool {
    let value = port.folder().unwrap().join("bConfigurationValue");
    std::fs::read_to_string(value).is_ok_and(|value| value.trim() == "1")
}

/// Pulls the cable of a meter plugged in by this process, and waits until the kernel has noticed.
#[track_caller]
pub(crate) fn unplug(port: Port) {
    let folder = port.folder().unwrap();
    port.unplug().unwrap();
    until("the departure", || !folder.exists());
}

/// How the program ended: exit code, what it printed, what it complained of.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) exit: i32,
    pub(crate) json: Value,
    pub(crate) message: String,
}

/// Runs the program and waits for its end.
pub(crate) fn glucodock(arguments: &[&str]) -> Outcome {
    outcome(Command::new("glucodock").args(arguments).arg("--json"))
}

/// Runs a command that prints JSON.
pub(crate) fn outcome(command: &mut Command) -> Outcome {
    let output = command.output().unwrap();
    Outcome {
        exit: output.status.code().unwrap_or(-1),
        json: serde_json::from_slice(&output.stdout).unwrap_or(Value::Null),
        message: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Time, value and kind of a reading as `read --json` prints them.
type Facts = (String, Option<String>, String);

fn truth(reading: &SimulatedReading) -> Facts {
    let value = match reading.measured {
        Measured::Value(value) => Some(value.to_string().split(' ').next().unwrap_or_default().to_owned()),
        Measured::Low | Measured::High => None,
        Measured::Unscaled(number) => panic!("{number} without a scale"),
    };
    (reading.time.to_string(), value, format!("{:?}", reading.kind).to_lowercase())
}

fn printed(json: &Value) -> Vec<Facts> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let fact = |reading: &Value| {
        let value = (!reading["value"].is_null()).then(|| reading["value"].to_string());
        (text(&reading["time"]), value, text(&reading["kind"]))
    };
    json["readings"].as_array().map(|readings| readings.iter().map(fact).collect()).unwrap_or_default()
}

/// What a meter of that many readings holds; stamps cut to minutes where the meter has none finer.
pub(crate) fn held(readings: usize) -> Vec<Facts> {
    ReadingSet::seeded(readings, 7, newest()).readings.iter().map(truth).collect()
}

/// Fails unless everything that the meter holds was printed, and nothing else.
#[track_caller]
pub(crate) fn assert_all(outcome: &Outcome, readings: usize) {
    assert_eq!((outcome.exit, &outcome.json["complete"]), (0, &Value::Bool(true)), "{}", outcome.message);
    assert_eq!(printed(&outcome.json), held(readings));
}

/// The same for meters whose stamps have no seconds and whose readings bear other marks: minutes and values.
#[track_caller]
pub(crate) fn assert_values(outcome: &Outcome, readings: usize) {
    assert_eq!((outcome.exit, &outcome.json["complete"]), (0, &Value::Bool(true)), "{}", outcome.message);
    assert_eq!(brief(printed(&outcome.json)), brief(held(readings)));
}

fn brief(facts: Vec<Facts>) -> Vec<(String, Option<String>)> {
    facts.into_iter().map(|(time, value, _)| (time.chars().take(16).collect(), value)).collect()
}

/// Fails unless the program said that something is missing and printed nothing that the meter does not hold.
#[track_caller]
pub(crate) fn assert_lost(outcome: &Outcome, readings: usize) {
    assert_eq!(outcome.exit, 4, "{outcome:?}");
    assert_ne!(outcome.json["complete"], Value::Bool(true));
    let (held, printed) = (brief(held(readings)), brief(printed(&outcome.json)));
    assert!(printed.iter().all(|reading| held.contains(reading)), "a reading that the meter does not hold");
}
