//! A meter with one bulk endpoint each way: a Personal Healthcare Device, as the Accu-Chek Guide describes itself.

use std::collections::VecDeque;

use super::{PACKET, packets};
use crate::host::usbip::descriptors::{Descriptors, EndpointDescriptor, EndpointKind, InterfaceDescriptor};
use crate::host::usbip::function::{Function, In, Out};
use crate::host::usbip::wired_meter::WiredMeter;
use crate::meters::catalogue::UsbId;

/// The addresses of the endpoints; bit 7 says that one brings data to the host (USB 2.0, table 9-13).
const INPUT: u8 = 0x81;
const OUTPUT: u8 = 0x01;

/// PHDC function descriptor (11073-20601 messages without preamble) and 11073 function descriptor (glucose meter).
const CLASS: [u8; 10] = [4, 0x20, 2, 0, 6, 0x30, 0, 1, 0x11, 0x10];

/// The device.
pub struct Bulk {
    descriptors: Descriptors,
    meter: WiredMeter,
    hearing: Vec<u8>,
    waiting: VecDeque<Vec<u8>>,
}

impl Bulk {
    pub(in crate::host::usbip) fn new(id: UsbId, names: [&str; 2], meter: WiredMeter) -> Self {
        let endpoint = |address| EndpointDescriptor { address, kind: EndpointKind::Bulk, packet: PACKET };
        let interface = InterfaceDescriptor {
            class: [0x0f, 0, 0],
            string: 0,
            class_descriptors: &CLASS,
            endpoints: &[endpoint(INPUT), endpoint(OUTPUT)],
        };
        let descriptors = Descriptors::new(id, 0x0100, names, &[], &[interface]);
        Self { descriptors, meter, hearing: Vec::new(), waiting: VecDeque::new() }
    }
}

impl Function for Bulk {
    fn descriptors(&self) -> Descriptors {
        self.descriptors.clone()
    }

    fn configured(&mut self) {
        self.hearing.clear();
        self.waiting.clear();
        packets(self.meter.plug(), &mut self.waiting);
    }

    fn packet_out(&mut self, _endpoint: u8, packet: &[u8]) -> Out {
        self.hearing.extend(packet);
        // A packet that is not full ends a message; a message of full packets is ended by an empty one.
        if packet.len() < usize::from(PACKET) {
            let message = std::mem::take(&mut self.hearing);
            packets(self.meter.hear(&message), &mut self.waiting);
        }
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
        packets(self.meter.tick(), &mut self.waiting);
    }

    fn is_unplugged(&self) -> bool {
        self.meter.is_unplugged()
    }
}
