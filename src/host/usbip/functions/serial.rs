//! A meter behind a serial cable. What the chips of the cables have in common is here; each chip's own requests, as far
//! as the kernel's driver for it uses them, are below.

use std::collections::VecDeque;

use super::PACKET;
use crate::host::usbip::descriptors::{Descriptors, EndpointDescriptor, EndpointKind, InterfaceDescriptor};
use crate::host::usbip::function::{Function, In, Out, SetupPacket};
use crate::host::usbip::wired_meter::{WiredMeter, WiredTransfer};
use crate::meters::catalogue::UsbId;

mod acm;
mod ch340;
mod cp210x;
mod ftdi;
mod line_coding;
mod pl2303;

pub(in crate::host::usbip) use acm::Acm;
pub(in crate::host::usbip) use ch340::Ch340;
pub(in crate::host::usbip) use cp210x::Cp210x;
pub(in crate::host::usbip) use ftdi::Ftdi;
pub(in crate::host::usbip) use pl2303::Pl2303;

/// What is particular about a chip.
pub(in crate::host::usbip) trait Chip: Send {
    /// What the device says it is.
    fn descriptors(&self, id: UsbId) -> Descriptors;

    /// The endpoint from which the bytes of the line are read.
    fn input(&self) -> u8;

    /// The answer to a request for data; `baud` is the speed of the line. `None` stalls it.
    fn ask(&self, setup: SetupPacket, baud: Option<u32>) -> Option<Vec<u8>>;

    /// A request with data, which may set the speed of the line; `false` stalls it.
    fn tell(&mut self, setup: SetupPacket, data: &[u8], baud: &mut Option<u32>) -> bool;

    /// What begins each packet of the line.
    fn head(&self) -> &'static [u8] {
        &[]
    }
}

/// A cable with its meter, which hears only what is sent at its speed.
pub(in crate::host::usbip) struct SerialCable<C> {
    descriptors: Descriptors,
    chip: C,
    meter: WiredMeter,
    waiting: VecDeque<u8>,
    baud: Option<u32>,
    /// Bytes of the line in a packet, at most.
    longest: usize,
}

impl<C: Chip> SerialCable<C> {
    pub(in crate::host::usbip) fn new(id: UsbId, chip: C, meter: WiredMeter) -> Self {
        let descriptors = chip.descriptors(id);
        let packet = descriptors.endpoints().into_iter().find(|(address, _)| *address == chip.input());
        let packet = packet.map_or(0, |(_, packet)| packet);
        // FTDI's two bytes of status are part of the packet, and the driver takes them off each
        // one.
        let longest = packet.saturating_sub(chip.head().len());
        Self { descriptors, chip, meter, waiting: VecDeque::new(), baud: None, longest }
    }

    fn say(&mut self, said: Vec<WiredTransfer>) {
        self.waiting.extend(said.into_iter().flat_map(|said| said.bytes));
    }
}

/// A line works while the two speeds differ by less than two in a hundred. Each byte is timed anew from its start bit;
/// half a bit in ten is the most that its stop bit bears, shared by both ends.
fn is_near(wanted: u32, set: u32) -> bool {
    wanted.abs_diff(set).saturating_mul(50) < wanted
}

/// A device of the maker's own class with these endpoints.
fn describe(id: UsbId, release: u16, names: [&str; 2], endpoints: &[EndpointDescriptor]) -> Descriptors {
    let interface = InterfaceDescriptor { class: [0xff, 0xff, 0xff], string: 2, class_descriptors: &[], endpoints };
    Descriptors::new(id, release, names, &[], &[interface])
}

fn bulk(address: u8) -> EndpointDescriptor {
    EndpointDescriptor { address, kind: EndpointKind::Bulk, packet: PACKET }
}

/// The endpoint at which a chip tells of its modem lines; these here never change.
fn interrupt(address: u8) -> EndpointDescriptor {
    EndpointDescriptor { address, kind: EndpointKind::Interrupt, packet: 16 }
}

impl<C: Chip> Function for SerialCable<C> {
    fn descriptors(&self) -> Descriptors {
        self.descriptors.clone()
    }

    fn configured(&mut self) {
        self.waiting.clear();
        let said = self.meter.plug();
        self.say(said);
    }

    fn control_in(&mut self, setup: SetupPacket) -> Option<Vec<u8>> {
        self.chip.ask(setup, self.baud)
    }

    fn control_out(&mut self, setup: SetupPacket, data: &[u8]) -> bool {
        self.chip.tell(setup, data, &mut self.baud)
    }

    fn packet_out(&mut self, _endpoint: u8, packet: &[u8]) -> Out {
        // At another speed a meter hears noise and answers nothing, so that a driver that forgets to set the line fails
        // here too.
        if self.meter.baud().is_none_or(|baud| self.baud.is_some_and(|set| is_near(baud, set))) {
            let said = self.meter.hear(packet);
            self.say(said);
        }
        Out::Taken
    }

    fn packet_in(&mut self, endpoint: u8) -> In {
        // The endpoint of the modem lines: they do not change, so that there is never anything to
        // tell.
        if endpoint != self.chip.input() {
            return In::Wait;
        }
        let count = self.waiting.len().min(self.longest);
        if count == 0 {
            self.meter.is_waited_for();
            return In::Wait;
        }
        In::Packet(self.chip.head().iter().copied().chain(self.waiting.drain(..count)).collect())
    }

    fn tick(&mut self) {
        let said = self.meter.tick();
        self.say(said);
    }

    fn is_unplugged(&self) -> bool {
        self.meter.is_unplugged()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_that_are_near_are_understood() {
        assert!(is_near(115_200, 115_384) && is_near(9600, 9600));
        assert!(!is_near(9600, 19_200) && !is_near(9600, 0));
    }
}
