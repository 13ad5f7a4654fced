//! Training stores: what is simulated works on them and on the demo only, and every output says what they are.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const ANNA: &str = r#"{"family":"Tester","given":"Anna","born":"1961-07-14","mrn":"M1000001"}"#;

/// Ends at the sign-in, having looked at it.
const LOOKS: &str = "wait \"Sign in\" 60s\nscreen here\n";

fn glucodock(data: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_glucodock"));
    command.args(arguments).env("GLUCODOCK_DATA", data);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn add(data: &Path, more: &[&str]) -> Output {
    let nora = ["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];
    glucodock(data, &[&nora, more].concat(), "correct horse\n")
}

/// Every file of a data folder with its bytes.
fn bytes(data: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(data)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

/// The times of the audit trail and the wait after wrong passwords hang on the clock; a record on its meters.
#[test]
fn nothing_pretended_comes_into_a_store_for_patients() {
    let data = tempfile::tempdir().unwrap();
    assert!(add(data.path(), &[]).status.success());
    assert!(glucodock(data.path(), &["patients", "create"], ANNA).status.success());
    // What looking writes is written.
    assert!(glucodock(data.path(), &["users", "list"], "").status.success());
    let before = bytes(data.path());
    let plugs = "plug accu-chek-guide readings=5\n";
    let cases: [(&[&str], &str, &str); 5] = [
        (&["headless", "-"], LOOKS, "--speed fast works on training stores"),
        (&["headless", "--at", "2020-01-01T12:00:00+00:00[UTC]", "-"], LOOKS, "--at works on training stores"),
        (&["headless", "--output", "json", "-"], plugs, "--speed fast works on training stores"),
        (&["headless", "--speed", "real", "-"], plugs, "plug works on training stores"),
        (&["headless", "--speed", "real", "--output", "json", "-"], plugs, "plug works on training stores"),
    ];
    for (arguments, script, says) in cases {
        let output = glucodock(data.path(), arguments, script);
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {complaint}");
        assert!(complaint.contains(says) && complaint.contains("users add --training"), "{arguments:?}: {complaint}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    assert_eq!(bytes(data.path()), before, "refused before anything starts");
}

/// A real clock and real meters are no pretence.
#[test]
fn a_script_on_the_real_clock_runs_on_a_store_for_patients() {
    let data = tempfile::tempdir().unwrap();
    assert!(add(data.path(), &[]).status.success());
    let output = glucodock(data.path(), &["headless", "--speed", "real", "-"], LOOKS);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(!text(&output.stdout).contains("TRAINING"), "{}", text(&output.stdout));
}

#[test]
fn a_training_store_says_so_everywhere_and_takes_what_is_simulated() {
    let data = tempfile::tempdir().unwrap();
    let added = add(data.path(), &["--training"]);
    assert!(text(&added.stdout).starts_with("TRAINING: this store is for training."), "{added:?}");
    assert!(glucodock(data.path(), &["patients", "create"], ANNA).status.success());
    for command in [&["users", "list"] as &[&str], &["patients", "search", "tester"], &["pending"]] {
        let told = text(&glucodock(data.path(), command, "").stdout);
        assert!(told.starts_with("TRAINING: this store is for training."), "{command:?}: {told}");
        let told = glucodock(data.path(), &[command, &["--json"]].concat(), "").stdout;
        assert_eq!(serde_json::from_slice::<Value>(&told).unwrap()["training"], true, "{command:?}");
    }
    let script = "type \"nora\"\nkey Enter\ntype \"correct horse\"\nkey Enter\nwait \"Find the patient\"\n\
        expect \"TRAINING\"\ntype \"tester\"\nidle\nkeys Down Enter\nplug accu-chek-guide readings=5\n\
        wait \"The device association is pending\"\nexpect \"TRAINING\"\nresize 120x40\nexpect \"TRAINING - Clinic\"\n\
        key F1\nexpect \"TRAINING\"\n";
    let at = ["headless", "--at", "2026-07-14T12:00:00+02:00[Europe/Berlin]", "-"];
    let output = glucodock(data.path(), &at, script);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn what_a_store_is_for_cannot_be_changed() {
    let data = tempfile::tempdir().unwrap();
    assert!(add(data.path(), &[]).status.success());
    let refused = add(data.path(), &["--training"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("for patients and stays so"), "{}", text(&refused.stderr));
}

#[test]
fn the_demo_says_that_it_is_training() {
    let data = tempfile::tempdir().unwrap();
    let output = glucodock(data.path(), &["headless", "--demo", "-"], "wait \"Sign in\"\nexpect \"TRAINING - \"\n");
    assert!(output.status.success(), "{}", text(&output.stderr));
}
