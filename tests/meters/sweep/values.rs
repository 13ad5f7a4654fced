//! Which bytes from the meter are values, in the protocols that have no check value of their own: a changed one cannot
//! be told from another value. All others are structure, and a changed one must be noticed or do no harm.

use std::collections::BTreeSet;

use glucodock::domain::download::{Direction, Download};
use glucodock::meters::codec::ieee11073::nomenclature::{attribute, event};

/// Every byte from the meter, one after the other.
pub(super) fn received(good: &Download) -> Vec<u8> {
    let packets = good.transcript.iter().filter(|packet| packet.direction == Direction::FromMeter);
    packets.flat_map(|packet| packet.bytes.clone()).collect()
}

fn number(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

/// The entries of each event, the clock, and what the meter says of its model and make.
pub(super) fn accu_chek_usb(good: &Download) -> BTreeSet<usize> {
    const DATA: u16 = 0xE700;
    const EVENT: u16 = 0x0101;
    const GET_RESPONSE: u16 = 0x0203;
    const TOLD: [u16; 3] = [attribute::MODEL, attribute::PRODUCTION_SPECIFICATION, attribute::ABSOLUTE_TIME];
    let bytes = received(good);
    let mut values = BTreeSet::new();
    let mut start = 0;
    while start < bytes.len() {
        let end = start + 4 + usize::from(number(&bytes, start + 2));
        let choice = if number(&bytes, start) == DATA { number(&bytes, start + 8) } else { 0 };
        if choice == EVENT && number(&bytes, start + 18) == event::SEGMENT_DATA {
            // Behind the header of the event: instance, first, count, status, and the length of the entries.
            values.extend(start + 36..end);
        }
        if choice == GET_RESPONSE {
            // Behind the handle, the number of attributes and their length.
            let mut at = start + 18;
            while at < end {
                let length = usize::from(number(&bytes, at + 2));
                if TOLD.contains(&number(&bytes, at)) {
                    values.extend(at + 4..at + 4 + length);
                }
                at += 4 + length;
            }
        }
        start = end;
    }
    values
}

/// All but the separators of columns and the line ends.
pub(super) fn accu_chek_reports(good: &Download) -> BTreeSet<usize> {
    let bytes = received(good);
    (0..bytes.len()).filter(|at| !b";\r\n".contains(&bytes[*at])).collect()
}

/// All but angle brackets, slashes, equals signs, quotation marks and the names of elements.
pub(super) fn smart_pix(good: &Download) -> BTreeSet<usize> {
    let bytes = received(good);
    let is_name = |at: usize| {
        let start = bytes[..at].iter().rposition(|byte| !byte.is_ascii_uppercase());
        bytes[at].is_ascii_uppercase() && start.is_some_and(|start| b"</".contains(&bytes[start]))
    };
    (0..bytes.len()).filter(|at| !b"<>/=\"".contains(&bytes[*at]) && !is_name(*at)).collect()
}
