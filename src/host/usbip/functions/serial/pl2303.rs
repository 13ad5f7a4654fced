//! Prolific's PL2303TA, as the kernel's `pl2303` uses it.

use super::line_coding::LineCoding;
use super::{Chip, bulk, describe, interrupt};
use crate::host::usbip::descriptors::Descriptors;
use crate::host::usbip::function::SetupPacket;
use crate::meters::catalogue::UsbId;

/// The chip.
#[derive(Default)]
pub(in crate::host::usbip) struct Pl2303(LineCoding);

impl Chip for Pl2303 {
    fn descriptors(&self, id: UsbId) -> Descriptors {
        let endpoints = [interrupt(0x81), bulk(0x02), bulk(self.input())];
        // The release, and that it answers the maker's own request below, tell the kind of chip.
        describe(id, 0x0300, ["Prolific Technology Inc.", "USB-Serial Controller"], &endpoints)
    }

    fn input(&self) -> u8 {
        0x83
    }

    fn ask(&self, setup: SetupPacket, _baud: Option<u32>) -> Option<Vec<u8>> {
        match (setup.request_type, setup.request) {
            // A register.
            (0xc0, 1) => Some(vec![0]),
            _ => self.0.ask(setup),
        }
    }

    fn tell(&mut self, setup: SetupPacket, data: &[u8], baud: &mut Option<u32>) -> bool {
        (setup.request_type, setup.request) == (0x40, 1) || self.0.tell(setup, data, baud)
    }
}
