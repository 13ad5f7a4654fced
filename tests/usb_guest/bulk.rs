//! Accu-Chek: bulk transfers.

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::support::{assert_all, assert_lost, case, glucodock, plug};

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn accu_chek_is_read_by_its_usb_id() {
    let _case = case("bulk: an Accu-Chek Guide with 0, 1, 10 and 720 readings");
    for readings in [0, 1, 10, 720] {
        let meter = plug("accu-chek-guide", readings, &["--serial", "00092500042"]);
        let outcome = glucodock(&["read", "--usb", "173a:21d5"]);
        assert_all(&outcome, readings);
        assert_eq!(outcome.json["meter"]["serial"], "00092500042");
        meter.unplug();
    }
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn accu_chek_is_read_as_the_only_meter() {
    let _case = case("bulk: the only meter, found by itself");
    let none = glucodock(&["read", "--auto"]);
    assert_eq!(none.exit, 3, "{none:?}");
    let _meter = plug("accu-chek-instant", 30, &[]);
    assert_all(&glucodock(&["read", "--auto"]), 30);
    let other = glucodock(&["read", "--usb", "173a:21d5"]);
    assert_eq!(other.exit, 3, "{other:?}");
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_pulled_cable_loses_the_meter_and_no_reading_is_wrong() {
    let _case = case("bulk: the cable pulled at 9 moments, replugged and read");
    for byte in [0, 63, 64, 200, 512, 640, 700, 850, 900] {
        let meter = plug("accu-chek-guide", 40, &["--fault", &format!("unplug@{byte}")]);
        assert_lost(&glucodock(&["read", "--usb", "173a:21d5"]), 40);
        meter.unplug();
    }
    let _meter = plug("accu-chek-guide", 40, &[]);
    assert_all(&glucodock(&["read", "--usb", "173a:21d5"]), 40);
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_meter_that_is_killed_while_it_speaks_is_gone() {
    let _case = case("bulk: the meter pulled out by hand while it is read");
    for after in [20, 60, 120] {
        let mut meter = plug("accu-chek-guide", 720, &[]);
        let reader = Command::new("glucodock")
            .args(["read", "--usb", "173a:21d5", "--json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(after));
        meter.pull();
        let output = reader.wait_with_output().unwrap();
        let exit = output.status.code().unwrap();
        // Pulled before it was found: there is no meter. Read before it was pulled: everything is there.
        assert!([0, 3, 4].contains(&exit), "{exit}: {}", String::from_utf8_lossy(&output.stderr));
        if exit == 0 {
            let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(json["readings"].as_array().unwrap().len(), 720);
        }
    }
}
