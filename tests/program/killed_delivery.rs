//! The program is killed without warning while the server has in hand what it was sent: whoever carries the outbox next
//! brings each reading into the record once, whether it had arrived or not.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use rstest::rstest;
use serde_json::{Value, json};

use super::fhir_server::FhirServer;
use super::program::{glucodock, object, on_store, text};
use super::sync_command::{ASSIGN, LONG_AGO, SIGN_IN, ruth};

#[rstest]
fn what_was_under_way_when_it_was_killed_is_in_the_record_once(
    #[values(1, 2)] parcel: usize,
    #[values(true, false)] arrives: bool,
) {
    let (held, is_held) = mpsc::channel();
    let (decide, decided) = mpsc::channel();
    let (sent, decided) = (AtomicUsize::new(0), Mutex::new(decided));
    let server = FhirServer::start_for(&[ruth()], move |asked| {
        let is_parcel = asked.method == "POST" && asked.target == "/";
        if !is_parcel || sent.fetch_add(1, Ordering::Relaxed) + 1 != parcel {
            return true;
        }
        held.send(()).unwrap();
        decided.lock().unwrap().recv().unwrap()
    });
    let data = tempfile::tempdir().unwrap();
    let nora = ["users", "add", "--training", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];
    assert!(on_store(data.path(), &nora, "correct horse\n").status.success());
    let settings = format!("[platform]\nkind = \"fhir\"\nbase = \"{}\"\n", server.server.base);
    fs::write(data.path().join("settings.toml"), settings).unwrap();

    // Of long ago, so that what it had in hand is nobody's by now.
    let mut app = glucodock(&LONG_AGO).env("GLUCODOCK_DATA", data.path()).stdin(Stdio::piped()).spawn().unwrap();
    app.stdin.take().unwrap().write_all([SIGN_IN, ASSIGN].concat().as_bytes()).unwrap();
    is_held.recv().unwrap();
    app.kill().unwrap();
    app.wait().unwrap();
    decide.send(arrives).unwrap();

    let output = on_store(data.path(), &["sync"], "");
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(object(&on_store(data.path(), &["pending", "--json"], ""))["undelivered"], json!([]));
    let is_reading = |own: &&Value| own["identifier"][0]["system"].as_str().unwrap().ends_with("/reading");
    let observations = server.all("Observation");
    let readings: Vec<&Value> = observations.iter().filter(is_reading).collect();
    let names: BTreeSet<&str> = readings.iter().map(|own| own["identifier"][0]["value"].as_str().unwrap()).collect();
    assert_eq!((readings.len(), names.len()), (19, 19), "a control test stays here");
    assert!(readings.iter().all(|own| own["subject"]["reference"] == "Patient/7f"), "{readings:?}");
    assert_eq!(server.all("DeviceUseStatement").len(), 1);
}
