//! Every script of `fixtures/journeys` in the real binary, on the demo clinic, at two sizes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where the clock of every journey starts.
const START: &str = "2026-07-14T12:00:00+02:00[Europe/Berlin]";

fn journeys() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/journeys");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 15, "journeys are missing: {files:?}");
    files
}

fn play(script: &Path, size: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_glucodock"))
        .args(["headless", "--demo", "--at", START, "--size", size])
        .args(more)
        .arg(script)
        .output()
        .unwrap()
}

#[track_caller]
fn passes(output: &Output, what: &str) {
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{what}:\n{complaints}");
    assert_eq!(complaints, "", "{what}");
}

#[test]
fn every_journey_passes_at_80_by_24() {
    for file in journeys() {
        passes(&play(&file, "80x24", &[]), &file.display().to_string());
    }
}

#[test]
fn every_journey_passes_at_120_by_40_without_colour() {
    for file in journeys() {
        passes(&play(&file, "120x40", &["--mono", "--ascii"]), &file.display().to_string());
    }
}

/// Design section 4: the state in JSON never holds a password, nor does anything else that is printed.
#[test]
fn no_journey_prints_a_password() {
    for file in journeys() {
        let output = play(&file, "80x24", &["--output", "json"]);
        passes(&output, &file.display().to_string());
        let printed = String::from_utf8(output.stdout).unwrap();
        let after_sign_in = printed.lines().filter(|line| !line.contains("\"step\":\"sign_in\""));
        for line in after_sign_in {
            assert!(!line.contains("demo-nurse") && !line.contains("not this"), "{}: {line}", file.display());
        }
    }
}

/// Unplugging at any moment: a script for each tenth of a full memory.
#[test]
fn an_unplug_at_any_tenth_assigns_nothing_and_says_what_to_do() {
    for tenth in 0..10 {
        // The meter sends 32 readings at a time.
        let done = 720 * tenth / 10 / 32 * 32;
        let script = format!(
            r#"
type "nurse"
key Enter
type "demo-nurse"
key Enter
wait "Find the patient"
type "nowak"
idle
keys Down Enter
plug accu-chek-guide serial=00000000301 readings=720
wait "{done} of 720"
unplug accu-chek-guide
idle
expect "unplugged {}"
expect "Nothing was assigned."
expect "Plug it in again"
expect-json /wizard/step "upload"
refuse "pending"
refuse "quarantined"
advance 1m
expect "Plug it in again"
key Esc
refuse "waits for a patient"
type "nowak"
idle
keys Down F4
wait "Dashboard"
idle
expect "0 in all"
key F7
type "nowak"
idle
keys Down Enter
plug accu-chek-guide serial=00000000301 readings=720
wait "The device association is pending"
expect "720 readings"
"#,
            if done == 0 { "before it sent a reading".to_owned() } else { format!("after {done} of 720 readings") }
        );
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("unplug.journey");
        std::fs::write(&file, script).unwrap();
        passes(&play(&file, "80x24", &[]), &format!("unplugged after {done} readings"));
    }
}

/// The same with the cable cut by the byte, where no progress marks the place.
#[test]
fn a_cable_cut_at_any_byte_assigns_nothing() {
    for byte in [0, 1, 53, 54, 300, 500, 1100, 5000, 9000] {
        let script = format!(
            r#"
type "nurse"
key Enter
type "demo-nurse"
key Enter
wait "Find the patient"
type "nowak"
idle
keys Down Enter
plug accu-chek-guide serial=00000000302 readings=720 fault=unplug@{byte}
idle
expect "Nothing was assigned."
expect "[E-LINK-4]"
expect-json /wizard/step "upload"
refuse "pending"
"#
        );
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cut.journey");
        std::fs::write(&file, script).unwrap();
        passes(&play(&file, "80x24", &[]), &format!("cut at byte {byte}"));
    }
}

#[test]
fn a_wrong_script_is_refused_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.journey");
    std::fs::write(&file, "key Enter\nfly away\n").unwrap();
    let output = play(&file, "80x24", &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("line 2"));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_failing_step_names_its_line_and_shows_the_screen() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("failing.journey");
    std::fs::write(&file, "idle\nexpect \"something that is not there\"\n").unwrap();
    let output = play(&file, "80x24", &[]);
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(complaints.contains("line 2") && complaints.contains("Sign in"), "{complaints}");
}
