//! What a device's report descriptor says of its reports (USB HID 1.11, 6.2.2): whether they begin with a number, and
//! how long they are.

use std::collections::BTreeMap;
use std::time::Duration;

use rusb::{Context, DeviceHandle};

/// The longest report descriptor that is looked at: as much as Linux takes (`HID_MAX_DESCRIPTOR_SIZE`).
const LONGEST: usize = 4096;

/// Items, without the two bits for their length (HID 1.11, section 6.2.2): a field of an input report; bits of a field,
/// fields of an item, number of the report, and keeping and fetching these three.
const INPUT: u8 = 0x80;
const REPORT_SIZE: u8 = 0x74;
const REPORT_COUNT: u8 = 0x94;
const REPORT_ID: u8 = 0x84;
const PUSH: u8 = 0xa4;
const POP: u8 = 0xb4;

/// An item in the long form: its length and tag follow (HID 1.11, section 6.2.2.3).
const LONG_ITEM: u8 = 0xfe;

/// The longest report that is believed, in bytes: as much as Linux takes.
const LONGEST_REPORT: u32 = 16 * 1024;

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

/// What a report descriptor says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ReportDescriptor {
    /// Whether reports begin with their number.
    pub(super) are_numbered: bool,
    /// The longest input report, in bytes with its number.
    pub(super) longest_input: usize,
}

/// The global items that tell the length of a report.
#[derive(Debug, Clone, Copy, Default)]
struct Globals {
    size: u32,
    count: u32,
    id: u32,
}

impl ReportDescriptor {
    /// Reads a descriptor; what is cut off at its end counts for nothing.
    pub(super) fn of(descriptor: &[u8]) -> Self {
        let mut now = Globals::default();
        let mut kept = Vec::new();
        let mut are_numbered = false;
        let mut bits: BTreeMap<u32, u32> = BTreeMap::new();
        let mut rest = descriptor;
        while let [prefix, after @ ..] = rest {
            let length = match (*prefix, after.first()) {
                (LONG_ITEM, Some(length)) => 2 + usize::from(*length),
                // The two low bits count the bytes that follow; 3 stands for 4.
                _ => [0, 1, 2, 4].get(usize::from(*prefix & 3)).copied().unwrap_or(0),
            };
            let Some((data, next)) = after.split_at_checked(length) else { break };
            let value = || data.iter().rev().fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
            match *prefix & 0xfc {
                // The long form is no item with a meaning yet.
                _ if *prefix == LONG_ITEM => {}
                REPORT_SIZE => now.size = value(),
                REPORT_COUNT => now.count = value(),
                REPORT_ID => {
                    now.id = value();
                    are_numbered = true;
                }
                PUSH => kept.push(now),
                POP => now = kept.pop().unwrap_or(now),
                INPUT => {
                    let sum = bits.entry(now.id).or_default();
                    // A descriptor is the device's word: sizes beyond all sense must not overflow, and are cut below.
                    *sum = sum.saturating_add(now.size.saturating_mul(now.count));
                }
                _ => {}
            }
            rest = next;
        }
        let longest = bits.into_values().max().unwrap_or(0).div_ceil(8).min(LONGEST_REPORT);
        let longest_input = usize::try_from(longest).unwrap_or_default() + usize::from(are_numbered);
        Self { are_numbered, longest_input }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A maker's page with 64 bytes in and out, as Contour meters have it.
    #[test]
    fn reports_without_a_number() {
        let descriptor = [
            0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x40, 0x09, 0x01,
            0x81, 0x02, 0x95, 0x40, 0x09, 0x01, 0x91, 0x02, 0xc0,
        ];
        assert_eq!(ReportDescriptor::of(&descriptor), ReportDescriptor { are_numbered: false, longest_input: 64 });
        assert_eq!(ReportDescriptor::of(&[]), ReportDescriptor::default());
    }

    #[test]
    fn reports_with_a_number() {
        assert!(ReportDescriptor::of(&[0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x85, 0x01, 0x95, 0x01]).are_numbered);
    }

    /// 0x85 as the value of another item is none.
    #[test]
    fn values_are_not_taken_for_items() {
        assert!(!ReportDescriptor::of(&[0x26, 0x85, 0x85, 0xc0]).are_numbered);
        assert!(!ReportDescriptor::of(&[0x27, 0x85, 0x85, 0x85, 0x85]).are_numbered);
        assert!(!ReportDescriptor::of(&[0xfe, 0x02, 0x10, 0x85, 0x85]).are_numbered);
        assert!(!ReportDescriptor::of(&[0x26, 0x85]).are_numbered);
    }

    /// Two reports: the first of 8 fields of 16 bits and one of 3 bits, 131 bits; the second of 4 fields of 8 bits. The
    /// output report of 100 bytes counts for nothing. With their number the longer one has 18 bytes.
    #[test]
    fn the_longest_input_report_is_summed_up() {
        let descriptor = [
            0xa1, 0x01, 0x85, 0x01, 0x75, 0x10, 0x95, 0x08, 0xa4, 0x81, 0x02, 0x75, 0x03, 0x95, 0x01, 0x81, 0x02, 0xb4,
            0x85, 0x02, 0x75, 0x08, 0x95, 0x04, 0x81, 0x02, 0x95, 0x64, 0x91, 0x02, 0xc0,
        ];
        assert_eq!(ReportDescriptor::of(&descriptor), ReportDescriptor { are_numbered: true, longest_input: 18 });
    }

    #[test]
    fn a_report_without_end_is_not_believed() {
        let endless = [0x77, 0xff, 0xff, 0xff, 0xff, 0x97, 0xff, 0xff, 0xff, 0xff, 0x81, 0x02];
        assert_eq!(ReportDescriptor::of(&endless).longest_input, 16 * 1024);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_descriptor_of_some_kind(bytes: Vec<u8>) {
            prop_assert!(ReportDescriptor::of(&bytes).longest_input <= 16 * 1024 + 1);
        }
    }
}
