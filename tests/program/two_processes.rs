//! Two programs in processes of their own carry the outbox of one data folder at the same time: each item goes once.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::{Arc, Condvar, Mutex};

use glucodock::store::DATABASE_FILE;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::fhir_server::{Fault, FhirServer};
use super::program::{glucodock, object, on_store, text};
use super::sync_command::{ASSIGN, LONG_AGO, SIGN_IN, ruth};

/// What is carried besides by the app itself: another meter of the same person.
const OTHER_METER: (&str, &str) = ("92500000042", "92500000043");

/// Holds up the first request until both programs are at work.
#[derive(Default)]
struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default, PartialEq)]
enum GateState {
    #[default]
    Open,
    Closed,
    SomebodyWaits,
}

impl Gate {
    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        if *state == GateState::Closed {
            *state = GateState::SomebodyWaits;
            self.changed.notify_all();
        }
        drop(self.changed.wait_while(state, |state| *state != GateState::Open).unwrap());
    }

    fn set(&self, state: GateState) {
        *self.state.lock().unwrap() = state;
        self.changed.notify_all();
    }

    fn until_somebody_waits(&self) {
        let state = self.state.lock().unwrap();
        drop(self.changed.wait_while(state, |state| *state != GateState::SomebodyWaits).unwrap());
    }
}

/// A server behind a gate, and a training store on which something is assigned that it does not have yet.
fn assigned() -> (FhirServer, Arc<Gate>, TempDir) {
    let gate = Arc::new(Gate::default());
    let at_gate = Arc::clone(&gate);
    let server = FhirServer::start_for(&[ruth()], move |_| {
        at_gate.pass();
        true
    });
    let data = tempfile::tempdir().unwrap();
    let nora = ["users", "add", "--training", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];
    assert!(on_store(data.path(), &nora, "correct horse\n").status.success());
    let settings = format!("[platform]\nkind = \"fhir\"\nbase = \"{}\"\n", server.server.base);
    fs::write(data.path().join("settings.toml"), settings).unwrap();
    server.shelf.lock().unwrap().faults = vec![Fault::Says(503); 100];
    let played = on_store(data.path(), &LONG_AGO, [SIGN_IN, ASSIGN].concat());
    assert!(played.status.success(), "{}{}", text(&played.stdout), text(&played.stderr));
    server.shelf.lock().unwrap().faults.clear();
    (server, gate, data)
}

fn start(data: &Path, arguments: &[&str], input: &str) -> Child {
    let mut command = glucodock(arguments);
    let mut child = command.env("GLUCODOCK_DATA", data).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child
}

/// Waits until this program has the data file open.
fn is_at_work(child: &mut Child, data: &Path) {
    let database = data.join(DATABASE_FILE);
    let descriptors = format!("/proc/{}/fd", child.id());
    loop {
        let open = fs::read_dir(&descriptors).into_iter().flatten().flatten();
        if open.filter_map(|entry| fs::read_link(entry.path()).ok()).any(|file| file == database) {
            return;
        }
        assert!(child.try_wait().unwrap().is_none(), "it has ended already");
        std::thread::yield_now();
    }
}

/// How often each reading was sent, by its identifier, and how many of them the server has.
fn readings(server: &FhirServer) -> (BTreeMap<String, usize>, usize) {
    let identifier = |own: &Value| {
        let first = &own["identifier"][0];
        let is_reading = first["system"].as_str().is_some_and(|system| system.ends_with("/reading"));
        is_reading.then(|| first["value"].as_str().unwrap().to_owned())
    };
    let mut sent = BTreeMap::new();
    for asked in server.server.asked().into_iter().filter(|asked| asked.method == "POST" && asked.target == "/") {
        let bundle: Value = serde_json::from_str(&asked.body).unwrap();
        for entry in bundle["entry"].as_array().unwrap() {
            if let Some(identifier) = identifier(&entry["resource"]) {
                *sent.entry(identifier).or_default() += 1;
            }
        }
    }
    (sent, server.all("Observation").iter().filter_map(identifier).count())
}

/// How many readings the record here has, and how many of them are control tests, which stay here. How many of those a
/// simulated meter holds follows from the hours at which it measured, and so from the clock of this machine.
fn in_record(data: &Path) -> (usize, usize) {
    let record = object(&on_store(data, &["export", "H5550007", "--as", "json", "--from", "01-Jan-2020"], ""));
    let readings = record["readings"].as_array().unwrap();
    (readings.len(), readings.iter().filter(|reading| reading["kind"] == "control").count())
}

fn is_all_there_once(server: &FhirServer, data: &Path, meters: usize) {
    assert_eq!(object(&on_store(data, &["pending", "--json"], ""))["undelivered"], json!([]));
    let (sent, there) = readings(server);
    let (all, controls) = in_record(data);
    assert_eq!(all, 20 * meters);
    assert_eq!((sent.len(), there), (all - controls, all - controls));
    assert!(sent.values().all(|times| *times == 1), "{sent:?}");
    assert_eq!(server.all("DeviceUseStatement").len(), meters);
}

#[test]
fn two_syncs_at_once_deliver_each_reading_once() {
    let (server, gate, data) = assigned();
    gate.set(GateState::Closed);
    let first = start(data.path(), &["sync", "--json"], "");
    gate.until_somebody_waits();
    let mut second = start(data.path(), &["sync", "--json"], "");
    is_at_work(&mut second, data.path());
    gate.set(GateState::Open);
    for child in [first, second] {
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    }
    is_all_there_once(&server, data.path(), 1);
}

/// While `sync` carries what was left, somebody assigns another meter in the app.
#[test]
fn the_app_and_a_sync_beside_it_deliver_each_reading_once() {
    let (server, gate, data) = assigned();
    gate.set(GateState::Closed);
    let sync = start(data.path(), &["sync", "--json"], "");
    gate.until_somebody_waits();
    let assign = ASSIGN.replace(OTHER_METER.0, OTHER_METER.1).replace("expect \"wait for the care platform\"", "");
    let script = [SIGN_IN, &assign, "wait \"are in the record of the care\""].concat();
    let mut app = start(data.path(), &["headless", "-"], &script);
    is_at_work(&mut app, data.path());
    gate.set(GateState::Open);
    for child in [sync, app] {
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    }
    // What is left when the app ends is carried by whoever comes next.
    assert_eq!(on_store(data.path(), &["sync"], "").status.code(), Some(0));
    is_all_there_once(&server, data.path(), 2);
}
