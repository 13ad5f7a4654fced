//! `glucodock sync`: what was decided while a server was in trouble is delivered, and each item is told.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};

use serde_json::{Value, json};
use tempfile::TempDir;

pub(super) use super::fhir_person::ruth;
use super::fhir_server::{Fault, FhirServer};
use super::program::{glucodock, object, on_store, text};

/// Somebody of this computer.
pub(super) const SIGN_IN: &str = r#"
type "nora"
key Enter
type "correct horse"
key Enter
wait "Find the patient"
"#;

/// Long before anything that the server is told now.
pub(super) const LONG_AGO: [&str; 4] = ["headless", "--at", "2020-07-14T12:00:00+02:00[Europe/Berlin]", "-"];

/// From the search to an assignment that the server is in no state to hear of.
pub(super) const ASSIGN: &str = r#"
type "adey"
idle
keys Down Enter
plug accu-chek-guide serial=92500000042 readings=20
wait "pending"
keys Enter Tab Enter Down Enter
wait "an identifier"
type "H5550007"
key Enter
type "1968"
keys Enter Enter
wait "20 new readings"
idle
expect "wait for the care platform"
"#;

/// A training store whose platform is this server, with an assignment of long ago that did not arrive.
pub(super) fn assigned(server: &FhirServer, first: Fault) -> TempDir {
    let data = tempfile::tempdir().unwrap();
    let nora = ["users", "add", "--training", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];
    assert!(on_store(data.path(), &nora, "correct horse\n").status.success());
    let settings = format!("[platform]\nkind = \"fhir\"\nbase = \"{}\"\n", server.server.base);
    fs::write(data.path().join("settings.toml"), settings).unwrap();
    server.shelf.lock().unwrap().faults = [vec![Fault::Says(503); 100], vec![first]].concat();
    let played = on_store(data.path(), &LONG_AGO, [SIGN_IN, ASSIGN].concat());
    assert!(played.status.success(), "{}{}", text(&played.stdout), text(&played.stderr));
    data
}

fn server(more: &[Value]) -> FhirServer {
    FhirServer::start(&[&[ruth()], more].concat())
}

fn sync(data: &Path, more: &[&str]) -> Output {
    on_store(data, &[&["sync"], more].concat(), "")
}

/// The exit code, and of each item its kind, state and reason.
fn told(output: &Output) -> (Option<i32>, Vec<(String, String, Value)>) {
    let object = object(output);
    let word = |item: &Value, key: &str| item.get(key).unwrap().as_str().unwrap().to_owned();
    let item = |item: &Value| (word(item, "kind"), word(item, "state"), item.get("reason").unwrap().clone());
    (output.status.code(), object.pointer("/items").unwrap().as_array().unwrap().iter().map(item).collect())
}

fn lines(of: [(&str, &str, Value); 2]) -> Vec<(String, String, Value)> {
    of.map(|(kind, state, reason)| (kind.to_owned(), state.to_owned(), reason)).to_vec()
}

#[test]
fn what_waits_is_tried_once_or_until_it_is_there() {
    let server = server(&[]);
    let data = assigned(&server, Fault::LosesAnswer);
    let output = sync(data.path(), &["--once", "--json"]);
    let put_off = json!("the platform does not answer: the server answers with 503 to a bundle of Device: processing");
    let waits = lines([("ownership", "waiting", put_off), ("readings", "waiting", json!("not sent yet"))]);
    assert_eq!(told(&output), (Some(5), waits), "{}", text(&output.stderr));
    let [first, second] = object(&output)["items"].as_array().unwrap().clone().try_into().unwrap();
    assert_eq!((&first["attempts"], &second["attempts"]), (&json!(2), &json!(0)), "once here, once before");
    assert!(first["next_try"].is_string() && first["key"].as_str().unwrap().ends_with(" ownership"), "{first}");

    // Without --once it waits for the next try by itself.
    server.shelf.lock().unwrap().faults.clear();
    let output = sync(data.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let said = text(&output.stdout);
    assert_eq!(said.matches("delivered").count(), 2, "{said}");
    for nobodys in ["deyemi", "H5550007", "0042"] {
        assert!(!said.contains(nobodys), "{said}");
    }
    let is_reading = |own: &&Value| own["identifier"][0]["system"].as_str().unwrap().ends_with("/reading");
    let readings = server.all("Observation").iter().filter(is_reading).count();
    assert_eq!(readings, 19, "a control test stays here");
    let output = sync(data.path(), &["--json"]);
    assert_eq!((told(&output), object(&output)["server"].clone()), ((Some(0), vec![]), json!(true)));
}

#[test]
fn what_is_refused_waits_for_somebody_who_releases_it() {
    let server = server(&[]);
    let data = assigned(&server, Fault::Says(503));
    // In whatever way it is sent.
    server.shelf.lock().unwrap().faults = vec![Fault::Says(422); 20];
    let output = sync(data.path(), &["--json"]);
    let (code, items) = told(&output);
    assert_eq!(code, Some(5));
    let states: Vec<&str> = items.iter().map(|(_, state, _)| state.as_str()).collect();
    assert_eq!(states, ["refused", "behind"], "{items:?}");
    let key = object(&output)["items"][0]["key"].as_str().unwrap().to_owned();
    assert_eq!(object(&output)["items"][1]["behind"], key.as_str());

    // Whoever looks at what is left to be done sees it, and by which key it is sent again.
    let pending = object(&on_store(data.path(), &["pending", "--json"], ""));
    let [claim, readings] = pending["undelivered"].as_array().unwrap().clone().try_into().unwrap();
    assert_eq!([&claim["state"], &readings["state"]], ["refused", "behind"]);
    assert_eq!((&claim["key"], &claim["kind"], &readings["readings"]), (&json!(key), &json!("ownership"), &json!(20)));
    assert_eq!(claim["reason"], readings["reason"]);
    let output = on_store(data.path(), &["pending"], "");
    let said = text(&output.stdout);
    assert!(said.contains("No meter waits for a patient.") && said.contains("refused"), "{said}");
    assert!(said.contains(&key) && said.contains("sync --release") && !said.contains("deyemi"), "{said}");

    for wrong in [&["--release", "nobody", "--reason", "looked"] as &[&str], &["--release", &key]] {
        assert_eq!(sync(data.path(), wrong).status.code(), Some(2), "{wrong:?}");
    }
    server.shelf.lock().unwrap().faults.clear();
    let output = sync(data.path(), &["--release", &key, "--reason", "the server was repaired", "--json"]);
    assert_eq!(told(&output).0, Some(0), "{}", text(&output.stderr));
    let pending = object(&on_store(data.path(), &["pending", "--json"], ""));
    assert_eq!(pending["undelivered"], json!([]));
    let trail = on_store(data.path(), &["audit", "list"], "");
    assert!(text(&trail.stdout).contains("the server was repaired"), "{}", text(&trail.stdout));
}

/// Whose meter it is there is what counts: here it is taken back, and waits for a patient again.
#[test]
fn a_lost_race_is_told_and_leaves_the_meter_waiting() {
    let server = server(&[]);
    let data = assigned(&server, Fault::Says(503));
    server.put(json!({
        "resourceType": "Device", "id": "m1", "patient": { "reference": "Patient/other" },
        "identifier": [{
            "system": "https://glucodock.example/sid/meter/roche/accuchekguide", "value": "92500000042",
        }],
    }));
    server.shelf.lock().unwrap().faults.clear();
    let output = sync(data.path(), &["--json"]);
    let reason = json!("the meter is another patient's there");
    let taken_back = lines([("ownership", "taken-back", reason.clone()), ("readings", "taken-back", reason)]);
    assert_eq!(told(&output), (Some(5), taken_back));
    let pending = object(&on_store(data.path(), &["pending", "--json"], ""));
    assert_eq!(pending["pending"][0]["taken_back"], true, "{pending}");
    let said = on_store(data.path(), &["pending"], "");
    assert!(text(&said.stdout).contains("taken back"), "{}", text(&said.stdout));
    assert!(server.all("Observation").is_empty());
}

/// To the last upload of the person, on their dashboard, and its undoing.
const TO_UNDO: &str = r#"
type "adey"
idle
keys Down F4
wait "Dashboard"
idle
keys 6 z
"#;

/// What the server may have is withdrawn there, and the meter waits.
const UNDO: &str = r#"
wait "Taken out"
expect "20 readings"
expect "marks them as entered in error"
keys Tab Enter
wait "Undone. Nothing is deleted"
idle
expect "undone"
"#;

/// What the server may have stays.
const REFUSED: &str = r#"
wait "[E-UNDO-5]"
refuse "Taken out"
expect "Nothing was changed."
"#;

#[test]
fn what_is_undone_is_withdrawn_there_and_waits_here() {
    let server = server(&[]);
    // One that looks at conditions: an answer that was lost leaves nothing that could be there a second time.
    let of = |kind: &str| {
        let codes = ["read", "search-type", "create", "update"].map(|code| json!({ "code": code }));
        json!({ "type": kind, "conditionalCreate": true, "interaction": codes })
    };
    let kinds = ["Patient", "Device", "DeviceUseStatement", "Observation", "Provenance"].map(of);
    let rest = json!([{ "mode": "server", "interaction": [{ "code": "transaction" }], "resource": kinds }]);
    let said = json!({ "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": rest });
    server.shelf.lock().unwrap().metadata = Some(said);
    let data = assigned(&server, Fault::LosesAnswer);
    server.shelf.lock().unwrap().faults.clear();
    assert_eq!(sync(data.path(), &["--once"]).status.code(), Some(0));
    assert_eq!(server.all("DeviceUseStatement").len(), 1);
    server.shelf.lock().unwrap().faults = vec![Fault::Says(503); 100];
    // Without a word in the settings nothing is withdrawn, and so nothing is undone that the server may have.
    let refused = on_store(data.path(), &LONG_AGO, [SIGN_IN, TO_UNDO, REFUSED].concat());
    assert!(refused.status.success(), "{}{}", text(&refused.stdout), text(&refused.stderr));
    let settings = data.path().join("settings.toml");
    let written = fs::read_to_string(&settings).unwrap() + "withdraw_undone = true\n";
    fs::write(&settings, written).unwrap();
    let played = on_store(data.path(), &LONG_AGO, [SIGN_IN, TO_UNDO, UNDO].concat());
    assert!(played.status.success(), "{}{}", text(&played.stdout), text(&played.stderr));

    let pending = object(&on_store(data.path(), &["pending", "--json"], ""));
    let [waiting] = pending["pending"].as_array().unwrap().clone().try_into().unwrap();
    assert_eq!((&waiting["undone"], &waiting["taken_back"]), (&json!(true), &json!(false)));
    let [withdrawal] = pending["undelivered"].as_array().unwrap().clone().try_into().unwrap();
    assert_eq!((&withdrawal["kind"], &withdrawal["readings"]), (&json!("withdrawal"), &json!(20)));
    let said = on_store(data.path(), &["pending"], "");
    let said = text(&said.stdout);
    assert!(said.contains("its assignment was undone") && said.contains("withdrawal of 20 readings"), "{said}");
    assert!(!said.contains("deyemi"), "{said}");

    server.shelf.lock().unwrap().faults.clear();
    let output = sync(data.path(), &["--json"]);
    assert_eq!(told(&output), (Some(0), vec![("withdrawal".to_owned(), "delivered".to_owned(), Value::Null)]));
    let readings = server.all("Observation").into_iter().filter(|own| own["subject"]["reference"] == "Patient/7f");
    let states: Vec<Value> = readings.map(|own| own["status"].clone()).collect();
    assert_eq!(states, vec![json!("entered-in-error"); 19], "a control test stays here");
    assert!(server.all("Device").iter().all(|device| device["patient"].is_null()));
    let trail = on_store(data.path(), &["audit", "list"], "");
    assert!(text(&trail.stdout).contains("undone"), "{}", text(&trail.stdout));
}

/// Ctrl-C during a delivery lets it come to its end, so that what came of it is known, and begins no other.
#[test]
fn ctrl_c_stops_behind_the_delivery_under_way() {
    let gate = Arc::new((Mutex::new(Gate::Open), Condvar::new()));
    let at_gate = Arc::clone(&gate);
    let server = FhirServer::start_for(&[ruth()], move |_| {
        let (state, changed) = &*at_gate;
        let mut state = state.lock().unwrap();
        if *state == Gate::Closed {
            *state = Gate::SomebodyWaits;
            changed.notify_all();
        }
        drop(changed.wait_while(state, |state| *state != Gate::Open).unwrap());
        true
    });
    let data = assigned(&server, Fault::Says(503));
    server.shelf.lock().unwrap().faults.clear();
    let (state, changed) = &*gate;
    *state.lock().unwrap() = Gate::Closed;
    let mut command = glucodock(&["sync"]);
    command.env("GLUCODOCK_DATA", data.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(changed.wait_while(state.lock().unwrap(), |state| *state != Gate::SomebodyWaits).unwrap());
    let process = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    let mut said = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    while !said.contains("Stopping behind the delivery under way") {
        assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "{said}");
    }
    *state.lock().unwrap() = Gate::Open;
    changed.notify_all();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", text(&output.stdout));
    let undelivered = object(&on_store(data.path(), &["pending", "--json"], ""));
    let [readings] = undelivered["undelivered"].as_array().unwrap().clone().try_into().unwrap();
    assert_eq!((&readings["kind"], &readings["state"]), (&json!("readings"), &json!("waiting")), "the claim is there");
    assert_eq!(sync(data.path(), &[]).status.code(), Some(0));
}

/// What holds up the answers of a server.
#[derive(PartialEq)]
enum Gate {
    Open,
    Closed,
    SomebodyWaits,
}

/// The settings name no server any more: what was decided for one waits, and nothing is taken for delivered.
#[test]
fn without_a_server_nothing_is_delivered() {
    let server = server(&[]);
    let data = assigned(&server, Fault::Says(503));
    fs::remove_file(data.path().join("settings.toml")).unwrap();
    let output = sync(data.path(), &["--json"]);
    assert_eq!((told(&output).0, object(&output)["server"].clone()), (Some(5), json!(false)));
    let states: Vec<_> = told(&output).1.into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(states, ["waiting", "waiting"]);
}
