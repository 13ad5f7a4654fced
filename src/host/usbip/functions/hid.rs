//! A meter that speaks in HID reports (USB HID 1.11). The reports are those of the meter's protocol: what the report
//! descriptor says of them matters to no driver that reads meters.

use std::collections::VecDeque;

use super::PACKET;
use crate::host::usbip::descriptors::{Descriptors, EndpointDescriptor, EndpointKind, InterfaceDescriptor};
use crate::host::usbip::function::{Function, In, Out, SetupPacket};
use crate::host::usbip::wired_meter::{WiredMeter, WiredTransfer};
use crate::meters::catalogue::UsbId;

/// The addresses of the endpoints; bit 7 says that one brings data to the host (USB 2.0, table 9-13).
const INPUT: u8 = 0x81;
const OUTPUT: u8 = 0x01;

/// Usage page of the maker; 64 bytes in and 64 bytes out.
const REPORTS: [u8; 27] = [
    0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x40, 0x09, 0x01, 0x81,
    0x02, 0x95, 0x40, 0x09, 0x01, 0x91, 0x02, 0xc0,
];

/// The HID descriptor: version 1.11, one report descriptor of 27 bytes.
const CLASS: [u8; 9] = [9, 0x21, 0x11, 0x01, 0, 1, 0x22, 27, 0];

/// The device.
pub struct Hid {
    descriptors: Descriptors,
    meter: WiredMeter,
    waiting: VecDeque<Vec<u8>>,
}

impl Hid {
    pub(in crate::host::usbip) fn new(id: UsbId, names: [&str; 2], has_output: bool, meter: WiredMeter) -> Self {
        let endpoint = |address| EndpointDescriptor { address, kind: EndpointKind::Interrupt, packet: PACKET };
        let both = [endpoint(INPUT), endpoint(OUTPUT)];
        let [input, _] = &both;
        let endpoints = if has_output { &both[..] } else { std::slice::from_ref(input) };
        let interface = InterfaceDescriptor { class: [3, 0, 0], string: 0, class_descriptors: &CLASS, endpoints };
        let descriptors = Descriptors::new(id, 0x0100, names, &[], &[interface]);
        Self { descriptors, meter, waiting: VecDeque::new() }
    }

    /// A report is one packet: of one that was cut, nothing arrives.
    fn say(&mut self, said: Vec<WiredTransfer>) {
        self.waiting.extend(said.into_iter().filter(|said| !said.is_cut).map(|said| said.bytes));
    }
}

impl Function for Hid {
    fn descriptors(&self) -> Descriptors {
        self.descriptors.clone()
    }

    fn configured(&mut self) {
        self.waiting.clear();
        let said = self.meter.plug();
        self.say(said);
    }

    fn control_in(&mut self, setup: SetupPacket) -> Option<Vec<u8>> {
        let [_, kind] = setup.value.to_le_bytes();
        let report_descriptor = 0x22;
        (setup.request_type == 0x81 && setup.request == 6 && kind == report_descriptor).then(|| REPORTS.to_vec())
    }

    fn control_out(&mut self, setup: SetupPacket, data: &[u8]) -> bool {
        let [_, kind] = setup.value.to_le_bytes();
        match (setup.request_type, setup.request, kind) {
            // SET_REPORT of an output report and of a feature report; SET_IDLE.
            (0x21, 0x09, 2) => {
                let said = self.meter.hear(data);
                self.say(said);
                true
            }
            (0x21, 0x09, 3) => {
                let said = self.meter.hear_feature(data);
                self.say(said);
                true
            }
            (0x21, 0x0a, _) => true,
            _ => false,
        }
    }

    fn packet_out(&mut self, _endpoint: u8, packet: &[u8]) -> Out {
        let said = self.meter.hear(packet);
        self.say(said);
        Out::Taken
    }

    fn packet_in(&mut self, _endpoint: u8) -> In {
        let Some(packet) = self.waiting.pop_front() else {
            self.meter.is_waited_for();
            return In::Wait;
        };
        In::Packet(packet)
    }

    fn tick(&mut self) {
        let said = self.meter.tick();
        self.say(said);
    }

    fn is_unplugged(&self) -> bool {
        self.meter.is_unplugged()
    }
}
