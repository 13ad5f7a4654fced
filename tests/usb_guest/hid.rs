//! HID reports: over both interrupt endpoints (Contour), by control requests (FreeStyle), numbered (CP2110).

use std::collections::VecDeque;
use std::path::Path;

use glucodock::host::usbip::descriptors::Descriptors;
use glucodock::host::usbip::function::{Function, In, Out, SetupPacket};
use glucodock::meters::catalogue::{Catalogue, LinkKind, Meter};

use crate::support::{
    Outcome, assert_all, assert_lost, assert_values, case, glucodock, held, plug, port, unplug, until,
};

/// Reads the only meter; the driver is named where the USB id is that of a chip that others have, too.
fn read(model: &Meter) -> Outcome {
    let mut arguments = vec!["read", "--auto"];
    if model.ids.is_empty() {
        arguments.extend(["--driver", &model.driver]);
    }
    glucodock(&arguments)
}

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

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_pulled_cable_loses_any_meter_that_speaks_in_reports() {
    let _case = case("HID: Neo, Libre and CP2110, the cable pulled and replugged");
    for (slug, byte) in [("freestyle-neo", 900), ("freestyle-libre", 1500), ("glucorx-nexus", 100)] {
        let meter = plug(slug, 30, &["--fault", &format!("unplug@{byte}")]);
        let model = Catalogue::embedded().by_slug(slug).unwrap();
        assert_lost(&read(model), 30);
        meter.unplug();
        let meter = plug(slug, 30, &[]);
        assert_values(&read(model), 30);
        meter.unplug();
    }
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn every_meter_of_the_shelf_that_speaks_in_reports_is_read() {
    let _case = case("HID: every meter of the catalogue");
    let meters = Catalogue::embedded().meters().iter().filter(|meter| meter.link == LinkKind::UsbHid);
    let mut done = Vec::new();
    for model in meters {
        let meter = port(&model.slug, None, 10, |meter| meter);
        let outcome = read(model);
        assert_eq!((outcome.exit, &outcome.json["complete"]), (0, &true.into()), "{}: {outcome:?}", model.slug);
        assert_eq!(outcome.json["meter"]["driver"].as_str().unwrap(), model.driver, "{}", model.slug);
        // A meter without a mark for control tests may keep none.
        let blood = held(10).iter().filter(|(_, _, kind)| kind == "blood").count();
        let came = outcome.json["readings"].as_array().unwrap().len();
        assert!((blood..=10).contains(&came), "{}: {came} of {blood} to 10", model.slug);
        done.push(model.slug.as_str());
        unplug(meter);
    }
    println!("read over HID: {}", done.join(", "));
    assert!(done.len() >= 17, "{}", done.len());
}

/// A meter whose packets are shorter than its reports.
struct Narrow {
    meter: Box<dyn Function>,
    heard: Vec<u8>,
    waiting: VecDeque<Vec<u8>>,
}

impl Narrow {
    const PACKET: usize = 16;
    const REPORT: usize = 64;
}

impl Function for Narrow {
    fn descriptors(&self) -> Descriptors {
        let mut described = self.meter.descriptors();
        // Of an interrupt endpoint's descriptor, the packets of 64 bytes.
        for place in 0..described.configuration.len().saturating_sub(6) {
            if let [7, 5, _, 3, packet, 0, 1] = &mut described.configuration[place..place + 7] {
                *packet = u8::try_from(Self::PACKET).unwrap();
            }
        }
        described
    }

    fn configured(&mut self) {
        self.meter.configured();
    }

    fn control_in(&mut self, setup: SetupPacket) -> Option<Vec<u8>> {
        self.meter.control_in(setup)
    }

    fn control_out(&mut self, setup: SetupPacket, data: &[u8]) -> bool {
        self.meter.control_out(setup, data)
    }

    fn packet_out(&mut self, endpoint: u8, packet: &[u8]) -> Out {
        self.heard.extend(packet);
        if packet.len() < Self::PACKET || self.heard.len() == Self::REPORT {
            let report = std::mem::take(&mut self.heard);
            return self.meter.packet_out(endpoint, &report);
        }
        Out::Taken
    }

    fn packet_in(&mut self, endpoint: u8) -> In {
        if self.waiting.is_empty() {
            let In::Packet(report) = self.meter.packet_in(endpoint) else { return In::Wait };
            self.waiting.extend(report.chunks(Self::PACKET).map(<[u8]>::to_vec));
        }
        self.waiting.pop_front().map_or(In::Wait, In::Packet)
    }

    fn tick(&mut self) {
        self.meter.tick();
    }
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn reports_longer_than_a_packet_come_whole() {
    let _case = case("HID: reports of 64 bytes in packets of 16");
    let narrow = |meter| Box::new(Narrow { meter, heard: Vec::new(), waiting: VecDeque::new() }) as Box<dyn Function>;
    let meter = port("contour-next-one", Some("000-1234567"), 30, narrow);
    assert_all(&glucodock(&["read", "--auto"]), 30);
    unplug(meter);
}
