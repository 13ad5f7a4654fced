//! A meter behind a serial cable: a CP2102 with the requests of Silicon Labs' AN571, or an FT232R, as far as the kernel's
//! drivers `cp210x` and `ftdi_sio` use them.

use std::collections::VecDeque;

use super::PACKET;
use crate::host::usbip::descriptors::{Descriptors, Endpoint, Interface, Kind};
use crate::host::usbip::desk::{Desk, Said};
use crate::host::usbip::function::{Function, In, Out, Setup};
use crate::meters::catalogue::UsbId;

/// The line behind the cable: the meter hears only what is sent at its speed.
struct Line {
    desk: Desk,
    waiting: VecDeque<u8>,
    baud: Option<u32>,
}

impl Line {
    const fn new(desk: Desk) -> Self {
        Self { desk, waiting: VecDeque::new(), baud: None }
    }

    fn say(&mut self, said: Vec<Said>) {
        self.waiting.extend(said.into_iter().flat_map(|said| said.bytes));
    }

    fn plug(&mut self) {
        self.waiting.clear();
        let said = self.desk.plug();
        self.say(said);
    }

    fn hear(&mut self, bytes: &[u8]) {
        if self.desk.baud().is_none_or(|baud| self.baud.is_some_and(|set| is_near(baud, set))) {
            let said = self.desk.hear(bytes);
            self.say(said);
        }
    }

    fn tick(&mut self) {
        let said = self.desk.tick();
        self.say(said);
    }

    /// At most `longest` bytes behind `head`, or nothing yet.
    fn packet(&mut self, head: &[u8], longest: usize) -> In {
        let count = self.waiting.len().min(longest);
        if count == 0 {
            self.desk.is_waited_for();
            return In::Wait;
        }
        In::Packet(head.iter().copied().chain(self.waiting.drain(..count)).collect())
    }
}

/// A line works while the two speeds differ by less than two in a hundred.
fn is_near(wanted: u32, set: u32) -> bool {
    wanted.abs_diff(set).saturating_mul(50) < wanted
}

fn describe(id: UsbId, release: u16, names: [&str; 2], input: u8, output: u8) -> Descriptors {
    let endpoint = |address| Endpoint { address, kind: Kind::Bulk, packet: PACKET };
    let endpoints = [endpoint(input), endpoint(output)];
    let interface = Interface { class: [0xff, 0xff, 0xff], string: 2, class_descriptors: &[], endpoints: &endpoints };
    Descriptors::new(id, release, names, &[], &interface)
}

/// A CP2102 with its meter.
pub struct Cp210x {
    descriptors: Descriptors,
    cable: Line,
    line: u16,
    flow: Vec<u8>,
}

impl Cp210x {
    pub(in crate::host::usbip) fn new(id: UsbId, desk: Desk) -> Self {
        let names = ["Silicon Labs", "CP2102 USB to UART Bridge Controller"];
        let descriptors = describe(id, 0x0100, names, 0x82, 0x01);
        Self { descriptors, cable: Line::new(desk), line: 0x0800, flow: vec![0; 16] }
    }
}

impl Function for Cp210x {
    fn descriptors(&self) -> Descriptors {
        self.descriptors.clone()
    }

    fn configured(&mut self) {
        self.cable.plug();
    }

    fn control_in(&mut self, setup: Setup) -> Option<Vec<u8>> {
        Some(match (setup.request, setup.value) {
            // The part number (a CP2102), line control, modem status, counters, flow control, baud rate.
            (0xff, 0x370b) => vec![0x02],
            (0x04, _) => self.line.to_le_bytes().to_vec(),
            (0x08, _) => vec![0x31],
            (0x10, _) => vec![0; 19],
            (0x14, _) => self.flow.clone(),
            (0x1d, _) => self.cable.baud.unwrap_or(0).to_le_bytes().to_vec(),
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
                    self.cable.baud = Some(u32::from_le_bytes(baud));
                    true
                }
                Err(_) => false,
            },
            _ => false,
        }
    }

    fn packet_out(&mut self, _endpoint: u8, packet: &[u8]) -> Out {
        self.cable.hear(packet);
        Out::Taken
    }

    fn packet_in(&mut self, _endpoint: u8) -> In {
        self.cable.packet(&[], PACKET.into())
    }

    fn tick(&mut self) {
        self.cable.tick();
    }

    fn is_unplugged(&self) -> bool {
        self.cable.desk.is_unplugged()
    }
}

/// An FT232R with its meter.
pub struct Ftdi {
    descriptors: Descriptors,
    cable: Line,
}

impl Ftdi {
    pub(in crate::host::usbip) fn new(id: UsbId, names: [&str; 2], desk: Desk) -> Self {
        // The release tells the kind of chip.
        Self { descriptors: describe(id, 0x0600, names, 0x81, 0x02), cable: Line::new(desk) }
    }
}

/// The speed for a divisor of FTDI's 3 MHz clock (FTDI AN232B-05): 14 bits, and 3 bits for eighths in an order of their
/// own.
fn ftdi_baud(value: u16, index: u16) -> Option<u32> {
    let eighths = [0, 4, 2, 1, 3, 5, 6, 7].get(usize::from(value >> 14 | (index & 1) << 2)).copied()?;
    let divisor = u32::from(value & 0x3fff) * 8 + eighths;
    match divisor {
        0 => Some(3_000_000),
        8 => Some(2_000_000),
        _ => 24_000_000_u32.checked_div(divisor),
    }
}

impl Function for Ftdi {
    fn descriptors(&self) -> Descriptors {
        self.descriptors.clone()
    }

    fn configured(&mut self) {
        self.cable.plug();
    }

    fn control_in(&mut self, setup: Setup) -> Option<Vec<u8>> {
        // Modem status, latency timer, a word of the memory.
        match setup.request {
            5 => Some(vec![0x31, 0x60]),
            10 => Some(vec![16]),
            0x90 => Some(vec![0xff, 0xff]),
            _ => None,
        }
    }

    fn control_out(&mut self, setup: Setup, _data: &[u8]) -> bool {
        let set_baud_rate = 3;
        if setup.request == set_baud_rate {
            self.cable.baud = ftdi_baud(setup.value, setup.index);
        }
        setup.request <= 9
    }

    fn packet_out(&mut self, _endpoint: u8, packet: &[u8]) -> Out {
        self.cable.hear(packet);
        Out::Taken
    }

    /// Two bytes of modem and line status begin each packet.
    fn packet_in(&mut self, _endpoint: u8) -> In {
        let status = [0x31, 0x60];
        self.cable.packet(&status, usize::from(PACKET) - status.len())
    }

    fn tick(&mut self) {
        self.cable.tick();
    }

    fn is_unplugged(&self) -> bool {
        self.cable.desk.is_unplugged()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Divisors of table 3 of AN232B-05: 9600 baud is 312.5, 19200 is 156.25, 115200 is 26.
    #[test]
    fn the_divisor_tells_the_speed() {
        assert_eq!(ftdi_baud(0x4138, 0), Some(9600));
        assert_eq!(ftdi_baud(0x809c, 0), Some(19_200));
        assert_eq!(ftdi_baud(26, 0), Some(115_384));
        assert_eq!((ftdi_baud(0, 0), ftdi_baud(1, 0)), (Some(3_000_000), Some(2_000_000)));
    }

    #[test]
    fn speeds_that_are_near_are_understood() {
        assert!(is_near(115_200, 115_384) && is_near(9600, 9600));
        assert!(!is_near(9600, 19_200) && !is_near(9600, 0));
    }
}
