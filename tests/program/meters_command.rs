//! `glucodock meters` as a script sees it: stdout, stderr and exit code.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::process::{Command, Output};

fn meters(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_glucodock"))
        .env("GLUCODOCK_LOG", "off")
        .arg("meters")
        .args(arguments)
        .output()
        .unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_supported_meter_is_listed() {
    let text = meters(&["--supported"]);
    assert_eq!(text.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&text.stdout).contains("Accu-Chek Guide              173a:21d5 usb-bulk"));

    let listed = json(&meters(&["--supported", "--json"]));
    let slugs: Vec<_> = listed["meters"].as_array().unwrap().iter().map(|meter| meter["slug"].as_str()).collect();
    assert!(slugs.contains(&Some("accu-chek-guide")) && slugs.contains(&Some("onetouch-ultra2")));
}

/// Holds on any machine: 3 and a sentence where nothing is attached, 0 where something is.
#[test]
fn the_exit_code_says_whether_a_meter_is_attached() {
    let output = meters(&["--json"]);
    let is_empty = json(&output)["meters"].as_array().unwrap().is_empty();
    assert_eq!(output.status.code(), Some(if is_empty { 3 } else { 0 }));
    assert_eq!(String::from_utf8_lossy(&output.stderr).contains("no meter is attached"), is_empty);
}
