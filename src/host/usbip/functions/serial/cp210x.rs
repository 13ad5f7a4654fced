//! Silicon Labs' CP2102, with the requests of AN571, as the kernel's `cp210x` uses them.

use super::{Chip, bulk, describe};
use crate::host::usbip::descriptors::Descriptors;
use crate::host::usbip::function::SetupPacket;
use crate::meters::catalogue::UsbId;

/// The chip.
pub(in crate::host::usbip) struct Cp210x {
    line: u16,
    flow: Vec<u8>,
}

impl Cp210x {
    pub(in crate::host::usbip) fn new() -> Self {
        // Eight data bits, no parity, one stop bit (AN571, SET_LINE_CTL).
        Self { line: 0x0800, flow: vec![0; 16] }
    }
}

impl Chip for Cp210x {
    fn descriptors(&self, id: UsbId) -> Descriptors {
        let names = ["Silicon Labs", "CP2102 USB to UART Bridge Controller"];
        describe(id, 0x0100, names, &[bulk(self.input()), bulk(0x01)])
    }

    fn input(&self) -> u8 {
        0x82
    }

    fn ask(&self, setup: SetupPacket, baud: Option<u32>) -> Option<Vec<u8>> {
        Some(match (setup.request, setup.value) {
            // The part number (a CP2102), line control, modem status, counters, flow control, baud rate.
            (0xff, 0x370b) => vec![0x02],
            (0x04, _) => self.line.to_le_bytes().to_vec(),
            (0x08, _) => vec![0x31],
            (0x10, _) => vec![0; 19],
            (0x14, _) => self.flow.clone(),
            (0x1d, _) => baud.unwrap_or(0).to_le_bytes().to_vec(),
            _ => return None,
        })
    }

    fn tell(&mut self, setup: SetupPacket, data: &[u8], baud: &mut Option<u32>) -> bool {
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
                Ok(bytes) => {
                    *baud = Some(u32::from_le_bytes(bytes));
                    true
                }
                Err(_) => false,
            },
            _ => false,
        }
    }
}
