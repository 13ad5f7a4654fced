//! The kinds of USB device that a simulated meter can be.

pub mod bulk;
pub mod drive;
pub mod hid;
pub mod serial;
pub mod storage;

use std::collections::VecDeque;

use super::wired_meter::WiredTransfer;

/// The longest packet of a full-speed device (USB 2.0, sections 5.7.3 and 5.8.3).
const PACKET: u16 = 64;

/// Puts a transfer into packets. One that fills its last packet is ended by an empty one; of one whose end is lost, the
/// packets that were whole arrive.
fn packets(said: Vec<WiredTransfer>, queue: &mut VecDeque<Vec<u8>>) {
    for WiredTransfer { bytes, is_cut } in said {
        let packets = bytes.chunks(PACKET.into());
        // A short packet ends a transfer (USB 2.0, 5.8.3): were the rest of a cut one sent as such,
        // the host would take the part for the whole message.
        queue.extend(packets.filter(|packet| !is_cut || packet.len() == usize::from(PACKET)).map(<[u8]>::to_vec));
        if !is_cut && bytes.len().is_multiple_of(PACKET.into()) {
            queue.push_back(Vec::new());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfers_end_on_a_packet_that_is_not_full() {
        let lengths = |length, is_cut| {
            let mut queue = VecDeque::new();
            packets(vec![WiredTransfer { bytes: vec![1; length], is_cut }], &mut queue);
            queue.iter().map(Vec::len).collect::<Vec<_>>()
        };
        assert_eq!(lengths(0, false), [0]);
        assert_eq!(lengths(63, false), [63]);
        assert_eq!(lengths(64, false), [64, 0]);
        assert_eq!(lengths(130, false), [64, 64, 2]);
        assert_eq!(lengths(130, true), [64, 64]);
        assert_eq!(lengths(64, true), [64]);
        assert_eq!(lengths(3, true), [0; 0]);
    }
}
