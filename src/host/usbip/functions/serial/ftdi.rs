//! FTDI's FT232R, as the kernel's `ftdi_sio` uses it.

use super::{Chip, bulk, describe};
use crate::host::usbip::descriptors::Descriptors;
use crate::host::usbip::function::SetupPacket;
use crate::meters::catalogue::UsbId;

/// The chip, in a cable that bears this maker's name.
pub(in crate::host::usbip) struct Ftdi {
    maker: String,
}

impl Ftdi {
    pub(in crate::host::usbip) fn new(maker: &str) -> Self {
        Self { maker: maker.to_owned() }
    }
}

/// The speed for a divisor of FTDI's 3 MHz clock (FTDI AN232B-05): 14 bits, and 3 bits for eighths in an order of their
/// own.
fn speed(value: u16, index: u16) -> Option<u32> {
    let eighths = [0, 4, 2, 1, 3, 5, 6, 7].get(usize::from(value >> 14 | (index & 1) << 2)).copied()?;
    let divisor = u32::from(value & 0x3fff) * 8 + eighths;
    // The divisors 0 and 1 stand for speeds of their own (AN232B-05); 8 is 1, in eighths.
    match divisor {
        0 => Some(3_000_000),
        8 => Some(2_000_000),
        _ => 24_000_000_u32.checked_div(divisor),
    }
}

impl Chip for Ftdi {
    fn descriptors(&self, id: UsbId) -> Descriptors {
        // The release tells the kind of chip.
        describe(id, 0x0600, [&self.maker, "FT232R USB UART"], &[bulk(self.input()), bulk(0x02)])
    }

    fn input(&self) -> u8 {
        0x81
    }

    fn ask(&self, setup: SetupPacket, _baud: Option<u32>) -> Option<Vec<u8>> {
        // Modem status, latency timer, a word of the memory.
        match setup.request {
            5 => Some(vec![0x31, 0x60]),
            10 => Some(vec![16]),
            0x90 => Some(vec![0xff, 0xff]),
            _ => None,
        }
    }

    fn tell(&mut self, setup: SetupPacket, _data: &[u8], baud: &mut Option<u32>) -> bool {
        let set_baud_rate = 3;
        if setup.request == set_baud_rate {
            *baud = speed(setup.value, setup.index);
        }
        setup.request <= 9
    }

    /// Modem and line status.
    fn head(&self) -> &'static [u8] {
        // Clear to send, data set ready; nothing waits to be sent.
        &[0x31, 0x60]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Divisors of table 3 of AN232B-05: 9600 baud is 312.5, 19200 is 156.25, 115200 is 26.
    #[test]
    fn the_divisor_tells_the_speed() {
        assert_eq!(speed(0x4138, 0), Some(9600));
        assert_eq!(speed(0x809c, 0), Some(19_200));
        assert_eq!(speed(26, 0), Some(115_384));
        assert_eq!((speed(0, 0), speed(1, 0)), (Some(3_000_000), Some(2_000_000)));
    }
}
