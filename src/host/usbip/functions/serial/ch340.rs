//! WCH's CH340, as the kernel's `ch341` uses it: the maker publishes no list of its requests.

use super::{Chip, bulk, describe, interrupt};
use crate::host::usbip::descriptors::{Descriptors, EndpointDescriptor};
use crate::host::usbip::function::SetupPacket;
use crate::meters::catalogue::UsbId;

/// Requests: version, set up, write and read two registers, modem lines.
const VERSION: u8 = 0x5f;
const SET_UP: u8 = 0xa1;
const WRITE: u8 = 0x9a;
const READ: u8 = 0x95;
const MODEM: u8 = 0xa4;

/// The registers of the speed: divisor and prescaler.
const SPEED: u16 = 0x1312;

/// The chip's clock, in hertz.
const CLOCK: u32 = 48_000_000;

/// The chip.
pub(in crate::host::usbip) struct Ch340;

/// The speed for the values of the two registers: the prescaler in bits 0 to 2, the negative divisor in the upper byte.
fn speed(value: u16) -> Option<u32> {
    let [low, high] = value.to_le_bytes();
    let (step, is_fine) = (low & 3, low >> 2 & 1);
    let shift = 12_u32.checked_sub(3 * u32::from(step) + u32::from(is_fine))?;
    (CLOCK >> shift).checked_div(0x100 - u32::from(high))
}

impl Chip for Ch340 {
    fn descriptors(&self, id: UsbId) -> Descriptors {
        let short = |address| EndpointDescriptor { packet: 32, ..bulk(address) };
        let endpoints = [short(self.input()), short(0x02), EndpointDescriptor { packet: 8, ..interrupt(0x81) }];
        describe(id, 0x0254, ["QinHeng Electronics", "USB Serial"], &endpoints)
    }

    fn input(&self) -> u8 {
        0x82
    }

    fn ask(&self, setup: SetupPacket, _baud: Option<u32>) -> Option<Vec<u8>> {
        match setup.request {
            // Data bits, parity and stop bits the kernel's driver sets only of chips from version
            // 0x30 on.
            VERSION => Some(vec![0x31, 0]),
            READ => Some(vec![0, 0]),
            _ => None,
        }
    }

    fn tell(&mut self, setup: SetupPacket, _data: &[u8], baud: &mut Option<u32>) -> bool {
        if (setup.request, setup.value) == (WRITE, SPEED) {
            *baud = speed(setup.index);
        }
        matches!(setup.request, SET_UP | WRITE | MODEM)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked by hand: 48 MHz divided by 8 and by 52 or 104; by 64 and by 78, with a bit of another meaning
    /// set; by 4 and by 256.
    #[test]
    fn the_registers_tell_the_speed() {
        assert_eq!(speed(0xcc03), Some(115_384));
        assert_eq!(speed(0x9803), Some(57_692));
        assert_eq!(speed(0xb282), Some(9_615));
        assert_eq!(speed(0x0007), Some(46_875));
    }
}
