//! A meter behind a CP2102 serial cable: the requests of Silicon Labs' AN571 that the kernel's `cp210x` driver makes.

use std::collections::VecDeque;

use super::PACKET;
use crate::host::usbip::descriptors::{Descriptors, Endpoint, Interface, Kind};
use crate::host::usbip::desk::{Desk, Said};
use crate::host::usbip::function::{Function, In, Out, Setup};
use crate::meters::catalogue::UsbId;

const INPUT: u8 = 0x82;
const OUTPUT: u8 = 0x01;

/// The cable with its meter.
pub struct Cp210x {
    descriptors: Descriptors,
    desk: Desk,
    waiting: VecDeque<u8>,
    baud: u32,
    line: u16,
    flow: Vec<u8>,
}

impl Cp210x {
    pub(in crate::host::usbip) fn new(id: UsbId, desk: Desk) -> Self {
        let endpoint = |address| Endpoint { address, kind: Kind::Bulk, packet: PACKET };
        let endpoints = [endpoint(INPUT), endpoint(OUTPUT)];
        let interface = Interface { class: [0xff, 0, 0], string: 2, class_descriptors: &[], endpoints: &endpoints };
        let names = ["Silicon Labs", "CP2102 USB to UART Bridge Controller"];
        let descriptors = Descriptors::new(id, 0x0100, names, &[], &interface);
        Self { descriptors, desk, waiting: VecDeque::new(), baud: 0, line: 0x0800, flow: vec![0; 16] }
    }

    fn say(&mut self, said: Vec<Said>) {
        self.waiting.extend(said.into_iter().flat_map(|said| said.bytes));
    }
}

impl Function for Cp210x {
    fn descriptors(&self) -> Descriptors {
        self.descriptors.clone()
    }

    fn configured(&mut self) {
        self.waiting.clear();
        let said = self.desk.plug();
        self.say(said);
    }

    fn control_in(&mut self, setup: Setup) -> Option<Vec<u8>> {
        Some(match (setup.request, setup.value) {
            // The part number (a CP2102), line control, modem status, counters, flow control, baud rate.
            (0xff, 0x370b) => vec![0x02],
            (0x04, _) => self.line.to_le_bytes().to_vec(),
            (0x08, _) => vec![0x31],
            (0x10, _) => vec![0; 19],
            (0x14, _) => self.flow.clone(),
            (0x1d, _) => self.baud.to_le_bytes().to_vec(),
            _ => return None,
        })
    }

    fn control_out(&mut self, setup: Setup, data: &[u8]) -> bool {
        match setup.request {
            // Switch the UART on; modem lines; purge; special characters.
            0x00 | 0x07 | 0x12 | 0x19 => true,
            0x03 => {
                self.line = setup.value;
                true
            }
            0x13 => {
                self.flow = data.to_vec();
                true
            }
            0x1e => match <[u8; 4]>::try_from(data) {
                Ok(baud) => {
                    self.baud = u32::from_le_bytes(baud);
                    true
                }
                Err(_) => false,
            },
            _ => false,
        }
    }

    fn packet_out(&mut self, _endpoint: u8, packet: &[u8]) -> Out {
        // On another baud rate the meter hears nothing that it understands.
        if self.desk.baud().is_none_or(|baud| baud == self.baud) {
            let said = self.desk.hear(packet);
            self.say(said);
        }
        Out::Taken
    }

    fn packet_in(&mut self, _endpoint: u8) -> In {
        let count = self.waiting.len().min(PACKET.into());
        if count == 0 {
            self.desk.is_waited_for();
            return In::Wait;
        }
        In::Packet(self.waiting.drain(..count).collect())
    }

    fn tick(&mut self) {
        let said = self.desk.tick();
        self.say(said);
    }

    fn is_unplugged(&self) -> bool {
        self.desk.is_unplugged()
    }
}
