//! Meters behind serial cables: the kernel's drivers `ftdi_sio`, `cp210x`, `pl2303`, `ch341` and `cdc_acm`.

use std::path::Path;

use crate::support::{assert_all, assert_lost, case, glucodock, held, plug, until};

#[track_caller]
fn port_appears() {
    until("the port", || Path::new("/dev/ttyUSB0").exists());
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_meter_behind_a_cable_is_read() {
    let _case = case("serial: a OneTouch Ultra 2 behind an FTDI cable");
    let meter = plug("onetouch-ultra2", 40, &["--serial", "000ABC77Y"]);
    port_appears();
    let outcome = glucodock(&["read", "--port", "/dev/ttyUSB0", "--driver", "onetouch-ultra2"]);
    assert_eq!(outcome.exit, 0, "{outcome:?}");
    assert_eq!(outcome.json["readings"].as_array().unwrap().len(), held(40).len());
    assert_eq!(outcome.json["meter"]["serial"], "000ABC77Y");
    let listed = glucodock(&["meters"]);
    assert_eq!(listed.json["meters"][0]["port"], "/dev/ttyUSB0");
    let found = glucodock(&["read", "--auto", "--driver", "onetouch-ultra2"]);
    assert_eq!(found.exit, 0, "{found:?}");
    meter.unplug();
    until("the port's end", || !Path::new("/dev/ttyUSB0").exists());
    assert_eq!(glucodock(&["read", "--port", "/dev/ttyUSB0", "--driver", "onetouch-ultra2"]).exit, 3);
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_pulled_cable_is_noticed_on_a_serial_port() {
    let _case = case("serial: the cable pulled in the middle of the dump");
    let meter = plug("onetouch-ultra2", 40, &["--fault", "unplug@900"]);
    port_appears();
    assert_lost(&glucodock(&["read", "--port", "/dev/ttyUSB0", "--driver", "onetouch-ultra2"]), 40);
    meter.unplug();
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_meter_with_a_serial_chip_inside_is_found_by_its_id() {
    let _case = case("serial: a OneTouch Verio IQ, a CP210x inside");
    let meter = plug("onetouch-verio-iq", 30, &[]);
    port_appears();
    assert_all(&glucodock(&["read", "--auto"]), 30);
    meter.unplug();
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_meter_behind_any_cable_is_read() {
    let _case = case("serial: behind CP210x, PL2303, CH340 and CDC-ACM");
    for (cable, node) in
        [("cp210x", "/dev/ttyUSB0"), ("pl2303", "/dev/ttyUSB0"), ("ch340", "/dev/ttyUSB0"), ("cdc-acm", "/dev/ttyACM0")]
    {
        let meter = plug("onetouch-ultra2", 40, &["--cable", cable]);
        until(cable, || Path::new(node).exists());
        let outcome = glucodock(&["read", "--port", node, "--driver", "onetouch-ultra2"]);
        assert_eq!(outcome.exit, 0, "{cable}: {outcome:?}");
        assert_eq!(outcome.json["readings"].as_array().unwrap().len(), held(40).len(), "{cable}");
        meter.unplug();
        until("the port's end", || !Path::new(node).exists());
    }
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_pulled_cdc_line_is_noticed() {
    let _case = case("serial: a CDC-ACM line pulled in the middle of the dump");
    let meter = plug("onetouch-ultra2", 40, &["--cable", "cdc-acm", "--fault", "unplug@900"]);
    until("the port", || Path::new("/dev/ttyACM0").exists());
    assert_lost(&glucodock(&["read", "--port", "/dev/ttyACM0", "--driver", "onetouch-ultra2"]), 40);
    meter.unplug();
}
