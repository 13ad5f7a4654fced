//! HID reports: over both interrupt endpoints (Contour), by control requests (FreeStyle), numbered (CP2110).

use std::path::Path;

use crate::support::{assert_all, assert_lost, assert_values, case, glucodock, plug, until};

/// Which of the kernel's drivers has the meter.
fn kernel_driver(folder: &Path) -> Option<String> {
    let interface = format!("{}:1.0/driver", folder.file_name()?.to_str()?);
    Some(std::fs::read_link(folder.join(interface)).ok()?.file_name()?.to_str()?.to_owned())
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_contour_is_read_and_given_back_to_the_kernel() {
    let _case = case("HID: a Contour Next One with 0, 1 and 50 readings");
    for readings in [0, 1, 50] {
        let meter = plug("contour-next-one", readings, &[]);
        until("the kernel's HID driver", || kernel_driver(meter.folder()).as_deref() == Some("usbhid"));
        assert_all(&glucodock(&["read", "--usb", "1a79:7800"]), readings);
        assert_eq!(kernel_driver(meter.folder()).as_deref(), Some("usbhid"));
        meter.unplug();
    }
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_pulled_cable_loses_the_contour_and_no_reading_is_wrong() {
    let _case = case("HID: the cable pulled at 6 moments, replugged and read");
    for byte in [0, 64, 300, 900, 1500, 2400] {
        let meter = plug("contour-next-one", 40, &["--fault", &format!("unplug@{byte}")]);
        assert_lost(&glucodock(&["read", "--auto"]), 40);
        meter.unplug();
    }
    let _meter = plug("contour-next-one", 40, &[]);
    assert_all(&glucodock(&["read", "--auto"]), 40);
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn meters_without_an_output_endpoint_are_asked_by_control_requests() {
    let _case = case("HID: FreeStyle Precision Neo and Libre, asked by SET_REPORT");
    for (slug, id) in [("freestyle-neo", "1a61:3850"), ("freestyle-libre", "1a61:3650")] {
        let meter = plug(slug, 30, &[]);
        assert_values(&glucodock(&["read", "--usb", id]), 30);
        meter.unplug();
    }
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_meter_behind_a_bridge_of_reports_is_read() {
    let _case = case("HID: a GlucoRx Nexus behind its CP2110, set up by feature reports");
    let meter = plug("glucorx-nexus", 30, &[]);
    assert_values(&glucodock(&["read", "--usb", "10c4:ea80", "--driver", "taidoc"]), 30);
    meter.unplug();
}
