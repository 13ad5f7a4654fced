//! `glucodock audit export`: each line once, in both forms, and a trail that says that it was exported.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it stands")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use super::program::on_store;

/// A store with one user and one patient: two lines.
fn begun() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    let add = ["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];
    assert!(on_store(data.path(), &add, "correct horse battery\n").status.success());
    let anna = r#"{"family":"Tester","given":"Anna","born":"1961-07-14","mrn":"M1000001"}"#;
    assert!(on_store(data.path(), &["patients", "create"], anna).status.success());
    data
}

fn export(data: &Path, more: &[&str]) -> Output {
    on_store(data, &[&["audit", "export"], more].concat(), "")
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    String::from_utf8(bytes.to_vec()).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Those of JSON, of a store for patients.
fn plain(bytes: &[u8]) -> Vec<Value> {
    let mut lines = lines(bytes);
    for line in &mut lines {
        assert_eq!(line.as_object_mut().unwrap().remove("training"), Some(json!(false)));
    }
    lines
}

fn listed(data: &Path) -> Vec<Value> {
    let output = on_store(data, &["audit", "list", "--json"], "");
    let list: Value = serde_json::from_slice(&output.stdout).unwrap();
    list["lines"].as_array().unwrap().clone()
}

#[test]
fn the_lines_are_those_of_the_trail_which_says_that_they_were_exported() {
    let data = begun();
    let before = listed(data.path());
    let output = export(data.path(), &[]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(plain(&output.stdout), before);
    let now = listed(data.path());
    assert_eq!(now[..before.len()], before);
    let last = now.last().unwrap();
    assert_eq!((&last["action"], &last["detail"]), (&json!("trail-exported"), &json!("2 lines")));
    // Whoever asks again has what came since.
    let since = plain(&export(data.path(), &["--after", "2"]).stdout);
    assert_eq!(since, now[2..]);
}

#[test]
fn each_line_is_an_audit_event_of_nobody_s_name() {
    let data = begun();
    let listed = listed(data.path());
    let output = export(data.path(), &["--as", "fhir"]);
    let events = lines(&output.stdout);
    assert_eq!(events.len(), 2);
    for (event, line) in events.iter().zip(&listed) {
        assert_eq!(event["resourceType"], "AuditEvent");
        assert_eq!(event["subtype"][0]["code"], line["action"]);
        assert_eq!(event["entity"][0]["detail"][0]["valueString"], line["hash"]);
    }
    // DICOM PS3.16: a security alert that attributes of a user changed, and a patient record.
    assert_eq!((&events[0]["type"]["code"], &events[0]["subtype"][1]["code"]), (&json!("110113"), &json!("110137")));
    assert_eq!((&events[1]["type"]["code"], &events[1]["action"]), (&json!("110110"), &json!("C")));
    let text = String::from_utf8(output.stdout).unwrap();
    for name in ["Nora", "nora", "Tester", "Anna", "M1000001"] {
        assert!(!text.contains(name), "{text}");
    }
}

#[test]
fn a_file_is_its_owner_s_alone_and_never_written_over_unasked() {
    let (data, folder) = (begun(), tempfile::tempdir().unwrap());
    let file = folder.path().join("trail.ndjson");
    let to = file.to_str().unwrap();
    let written = export(data.path(), &["--to", to, "--json"]);
    let said: Value = serde_json::from_slice(&written.stdout).unwrap();
    assert_eq!((&said["lines"], &said["last"], &said["file"]), (&json!(2), &json!(2), &json!(to)));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(plain(&std::fs::read(&file).unwrap()), listed(data.path())[..2]);
    let refused = export(data.path(), &["--to", to]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("with --force"), "{refused:?}");
    assert_eq!(listed(data.path()).len(), 3, "what was not written is in no line");
    assert!(export(data.path(), &["--to", to, "--force"]).status.success());
    // There is nothing for the object that says what was written to stand beside.
    assert_eq!(export(data.path(), &["--json"]).status.code(), Some(2));
}

/// Whoever collects trails is not to take those of a training store for what became of people.
#[test]
fn each_line_of_a_store_for_training_says_so() {
    let data = tempfile::tempdir().unwrap();
    let add = ["users", "add", "--login", "ada", "--name", "Ada Test", "--role", "administrator", "--training"];
    assert!(on_store(data.path(), &add, "correct horse battery\n").status.success());
    let line = &lines(&export(data.path(), &[]).stdout)[0];
    assert_eq!(line["training"], true);
    let event = &lines(&export(data.path(), &["--as", "fhir"]).stdout)[0];
    assert_eq!(event["meta"]["security"][0]["code"], "HTEST");
    let file = data.path().join("trail");
    let told = export(data.path(), &["--to", file.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&told.stdout).starts_with("TRAINING"), "{told:?}");
}
