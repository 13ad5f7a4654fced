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

/// One meter by the name on its label, however it is written; of a name of several, all.
#[test]
fn a_meter_is_found_by_the_name_on_its_label() {
    for name in ["OneTouch Ultra 2", "onetouch ultra2", "ultra 2", "onetouch-ultra2"] {
        let listed = json(&meters(&[name, "--json"]));
        let slugs: Vec<_> = listed["meters"].as_array().unwrap().iter().map(|meter| meter["slug"].clone()).collect();
        assert_eq!(slugs, ["onetouch-ultra2"], "{name}");
    }
    let text = String::from_utf8(meters(&["Ultra 2"]).stdout).unwrap();
    assert!(text.contains("onetouch-ultra2: OneTouch Ultra 2\n") && text.contains("\n1. "), "{text}");
    assert!(!text.contains("Accu-Chek"), "{text}");
    let several = json(&meters(&["Contour Plus B", "--json"]));
    assert_eq!(several["meters"].as_array().unwrap().len(), 1, "{several}");
    let refused = meters(&["toaster"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&refused.stderr)
            .contains("there is no meter \"toaster\" to read; there are accu-chek-")
    );
}
