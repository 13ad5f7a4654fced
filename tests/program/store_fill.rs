//! `glucodock store fill`: a training store with made-up people and readings.

use std::io::{BufRead as _, BufReader};
use std::path::Path;

use super::program::{glucodock, object, on_store, text};

const FILL: [&str; 9] = ["store", "fill", "--patients", "300", "--readings", "2000", "--seed", "5", "--json"];

fn json(data: &Path, command: &[&str]) -> serde_json::Value {
    let output = on_store(data, command, "");
    assert!(output.status.success(), "{command:?}: {output:?}");
    object(&output)
}

#[test]
fn a_training_store_is_filled_once_and_is_whole() {
    let data = tempfile::tempdir().unwrap();
    let output = on_store(data.path(), &FILL, "");
    assert!(output.status.success(), "{output:?}");
    let made = object(&output);
    assert_eq!((&made["patients"], &made["readings"], &made["seed"]), (&300.into(), &2000.into(), &5.into()));
    assert_eq!(made["training"], true);
    assert!(made["bytes"].as_u64().unwrap() > 100_000, "{made}");
    assert!(text(&output.stderr).contains("300 of 300 patients") && text(&output.stderr).contains("users add"));
    // By the rooms that readings have: each of them has a line, one meter waits, and whose it is is known.
    let meters = made["meters"].as_u64().unwrap();
    let trail = json(data.path(), &["audit", "list", "--json"]).to_string();
    let lines = |action: &str| u64::try_from(trail.matches(&format!("\"{action}\"")).count()).unwrap();
    assert_eq!((lines("owner-registered"), lines("quarantined"), lines("assigned")), (meters, meters, meters - 1));
    assert!(on_store(data.path(), &["audit", "verify"], "").status.success());
    let pending = json(data.path(), &["pending", "--json"]).to_string();
    assert_eq!(pending.matches("000-").count(), 1, "{pending}");

    let again = on_store(data.path(), &FILL, "");
    assert_eq!(again.status.code(), Some(2), "{again:?}");
    assert_eq!(object(&again)["error"]["field"], "data");
    assert!(text(&again.stderr).contains("--data DIR"), "{again:?}");
}

#[test]
fn the_same_seed_makes_the_same_people() {
    let people = |seed: &str| {
        let data = tempfile::tempdir().unwrap();
        let fill = ["store", "fill", "--patients", "40", "--readings", "0", "--seed", seed];
        assert!(on_store(data.path(), &fill, "").status.success());
        // By the first letter of all numbers.
        json(data.path(), &["patients", "search", "M", "--limit", "100", "--json"])
    };
    assert_eq!(people("5"), people("5"));
    assert_ne!(people("5"), people("6"));
}

#[test]
fn a_store_for_patients_is_never_filled() {
    let data = tempfile::tempdir().unwrap();
    let person = r#"{"family":"Tester","given":"Anna","born":"1961-07-14","mrn":"M1000001"}"#;
    assert!(on_store(data.path(), &["patients", "create"], person).status.success());
    let refused = on_store(data.path(), &FILL, "");
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(text(&refused.stderr).contains("is for patients and stays so"), "{refused:?}");
}

/// Killed without warning between two writes or within one: what is there is whole.
#[test]
fn a_filling_that_is_killed_leaves_a_store_that_opens() {
    let data = tempfile::tempdir().unwrap();
    let fill = ["store", "fill", "--patients", "500", "--readings", "400000", "--data", data.path().to_str().unwrap()];
    let mut child = glucodock(&fill).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert_eq!(said, "500 of 500 patients\n");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(on_store(data.path(), &["audit", "verify"], "").status.success());
    let trail = json(data.path(), &["audit", "list", "--json"]).to_string();
    assert!(trail.contains("patients-imported"), "{trail}");
}
