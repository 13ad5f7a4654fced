//! Whether a device's reports begin with a number: its report descriptor says so (USB HID 1.11, 6.2.2).

use std::time::Duration;

use rusb::{Context, DeviceHandle};

/// The longest report descriptor that is looked at.
const LONGEST: usize = 4096;

/// A global item `Report ID`, without the two bits for its length.
const REPORT_ID: u8 = 0x84;

/// An item in the long form: its length and tag follow.
const LONG_ITEM: u8 = 0xfe;

/// Asks the device for the report descriptor of an interface; `None` if it will not tell.
pub(super) fn read(handle: &DeviceHandle<Context>, interface: u8) -> Option<Vec<u8>> {
    let standard_interface_in = 0x81;
    let get_descriptor = 0x06;
    let report_descriptor = 0x2200;
    let mut bytes = vec![0; LONGEST];
    let wait = Duration::from_secs(1);
    let length = handle
        .read_control(standard_interface_in, get_descriptor, report_descriptor, interface.into(), &mut bytes, wait)
        .ok()?;
    bytes.truncate(length);
    Some(bytes)
}

/// Whether the descriptor numbers its reports.
pub(super) fn is_numbered(descriptor: &[u8]) -> bool {
    let mut rest = descriptor;
    while let [prefix, after @ ..] = rest {
        if *prefix & 0xfc == REPORT_ID {
            return true;
        }
        let length = match (*prefix, after.first()) {
            (LONG_ITEM, Some(length)) => 2 + usize::from(*length),
            // The two low bits count the bytes that follow; 3 stands for 4.
            _ => [0, 1, 2, 4].get(usize::from(*prefix & 3)).copied().unwrap_or(0),
        };
        rest = after.get(length..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A maker's page with 64 bytes in and out, as Contour meters have it.
    #[test]
    fn reports_without_a_number() {
        let descriptor = [
            0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x40, 0x09, 0x01,
            0x81, 0x02, 0x95, 0x40, 0x09, 0x01, 0x91, 0x02, 0xc0,
        ];
        assert!(!is_numbered(&descriptor));
        assert!(!is_numbered(&[]));
    }

    #[test]
    fn reports_with_a_number() {
        assert!(is_numbered(&[0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x85, 0x01, 0x95, 0x01]));
    }

    /// 0x85 as the value of another item is none.
    #[test]
    fn values_are_not_taken_for_items() {
        assert!(!is_numbered(&[0x26, 0x85, 0x85, 0xc0]));
        assert!(!is_numbered(&[0x27, 0x85, 0x85, 0x85, 0x85]));
        assert!(!is_numbered(&[0xfe, 0x02, 0x10, 0x85, 0x85]));
        assert!(!is_numbered(&[0x26, 0x85]));
    }
}
