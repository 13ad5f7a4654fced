//! Who may open a meter: nobody but root without the rules, the person at the computer with them.

use std::process::Command;

use crate::support::{Outcome, assert_all, case, glucodock, outcome, plug, until};

/// Runs the program as a person who is not root.
fn as_nurse(arguments: &str) -> Outcome {
    let command = format!("/tests/glucodock {arguments} --json");
    outcome(Command::new("su").args(["nurse", "-s", "/bin/sh", "-c", &command]))
}

fn udevadm(arguments: &[&str]) {
    assert!(Command::new("udevadm").args(arguments).status().unwrap().success());
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn the_rules_give_the_meter_to_the_person() {
    let _case = case("permission: denied, then granted by the udev rules");
    let meter = plug("accu-chek-guide", 10, &[]);
    let denied = as_nurse("read --auto");
    assert_eq!(denied.exit, 1, "{denied:?}");
    assert!(denied.message.contains("no permission"), "{denied:?}");
    let listed = as_nurse("meters");
    assert_eq!(listed.json["meters"][0]["access"], "denied");
    let sick = as_nurse("doctor");
    assert_eq!((sick.exit, &sick.json["healthy"]), (1, &false.into()), "{sick:?}");
    meter.unplug();

    std::fs::copy("/tests/70-glucodock.rules", "/etc/udev/rules.d/70-glucodock.rules").unwrap();
    assert!(Command::new("systemd-udevd").arg("--daemon").status().unwrap().success());
    udevadm(&["settle"]);
    let meter = plug("accu-chek-guide", 10, &[]);
    assert_all(&as_nurse("read --auto"), 10);
    let healthy = as_nurse("doctor");
    assert!(
        healthy.json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|finding| { finding["check"] == "meter" && finding["state"] == "good" }),
        "{healthy:?}"
    );
    meter.unplug();
    udevadm(&["control", "--exit"]);
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_meter_that_another_program_holds_is_busy() {
    let _case = case("busy: another program holds the interface");
    let meter = plug("accu-chek-guide", 10, &[]);
    let device = rusb::devices()
        .unwrap()
        .iter()
        .find(|device| device.device_descriptor().is_ok_and(|descriptor| descriptor.vendor_id() == 0x173a));
    let handle = device.unwrap().open().unwrap();
    handle.claim_interface(0).unwrap();
    let held = meter.folder().join(format!("{}:1.0/driver", meter.folder().file_name().unwrap().to_str().unwrap()));
    until("the claim", || held.exists());
    assert_eq!(glucodock(&["meters"]).json["meters"][0]["access"], "busy");
    let refused = glucodock(&["read", "--auto"]);
    assert_eq!(refused.exit, 1, "{refused:?}");
    assert!(refused.message.contains("in use by another program"), "{refused:?}");
    handle.release_interface(0).unwrap();
    assert_all(&glucodock(&["read", "--auto"]), 10);
    meter.unplug();
}
