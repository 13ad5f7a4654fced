//! Messages of i-SENS meters (CareSens, ReliOn Premier, GLUCOCARD Shine), protocol 3: packets with a check value.
//!
//! `02 "iSPc" size command[4] payload crc[2] 03`: the size counts what follows it, 7 bytes and the payload. The check
//! value is CRC-16/CCITT-FALSE, big-endian, over the packet without its own two bytes. Answers with records carry no
//! valid one (Tidepool), so whether it is right is told, not demanded, for those.
//!
//! Protocol 1 is in [`flash`], what records mean in [`record`], the HID reports of two models in [`report`].

pub mod flash;
pub mod record;
pub mod report;

/// The first bytes of a packet.
const START: [u8; 5] = *b"\x02iSPc";
/// The last byte of a packet.
const END: u8 = 0x03;

/// What of a packet is neither payload nor counted by its size.
const BEFORE_SIZE: usize = START.len() + 1;

/// What the size counts besides the payload: command, check value, end.
const AROUND_PAYLOAD: usize = 7;

/// What a packet asks or answers.
pub mod command {
    /// The serial number.
    pub const SERIAL: [u8; 4] = *b"RSNB";
    /// Read the clock.
    pub const CLOCK: [u8; 4] = *b"RTIM";
    /// Set the clock. Never sent; known so that a simulated meter notices it.
    pub const SET_CLOCK: [u8; 4] = *b"WTIM";
    /// How many records.
    pub const COUNT: [u8; 4] = *b"NCOT";
    /// Some records: the number of the first, from 1, and how many, at most 27.
    pub const RECORDS: [u8; 4] = *b"GLUE";
    /// What a meter answers if it did not understand: in time, the beginning, the size, the check value, the command.
    pub const COMPLAINTS: [[u8; 4]; 5] = [*b"TOUT", *b"HEAD", *b"SIZE", *b"ECRC", *b"CMND"];
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsensPacket {
    /// What it asks or answers, see [`command`].
    pub command: [u8; 4],
    /// Its content, at most 248 bytes.
    pub payload: Vec<u8>,
}

/// A packet with its check value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The packet.
    pub packet: IsensPacket,
    /// Whether the check value is right. Without it, only answers with records are received at all.
    pub is_checked: bool,
}

/// Why a packet is not to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PacketError {
    /// The packet does not end where its size says.
    #[error("the packet does not end where its size says")]
    End,
    /// The check value is not the one of the packet.
    #[error("check value {sent:#06x}, expected {computed:#06x}")]
    Checksum {
        /// What the packet says.
        sent: u16,
        /// What its bytes give.
        computed: u16,
    },
}

impl IsensPacket {
    /// The packet as bytes. A payload that is too long is cut.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let payload = self.payload.get(..usize::from(u8::MAX) - AROUND_PAYLOAD).unwrap_or(&self.payload);
        let mut bytes = START.to_vec();
        bytes.push(u8::try_from(AROUND_PAYLOAD + payload.len()).unwrap_or(u8::MAX));
        bytes.extend_from_slice(&self.command);
        bytes.extend_from_slice(payload);
        let check = check_value(&bytes);
        bytes.extend_from_slice(&check.to_be_bytes());
        bytes.push(END);
        bytes
    }

    /// Reads a whole packet, from the byte after its size to its end; `start` is what stands before that.
    fn decode(start: &[u8], rest: &[u8]) -> Result<Received, PacketError> {
        let (body, [high, low, END]) = rest.split_last_chunk::<3>().ok_or(PacketError::End)? else {
            return Err(PacketError::End);
        };
        let (command, payload) = body.split_first_chunk::<4>().ok_or(PacketError::End)?;
        let sent = u16::from_be_bytes([*high, *low]);
        // The check value of an answer with records is not valid on real meters (Tidepool), so it is told and the
        // driver asks until two answers agree.
        let computed = check_value(&[start, body].concat());
        let is_checked = sent == computed;
        if !is_checked && *command != command::RECORDS {
            return Err(PacketError::Checksum { sent, computed });
        }
        Ok(Received { packet: Self { command: *command, payload: payload.to_vec() }, is_checked })
    }
}

/// The check value of a packet, given its bytes up to the payload: the end counts too.
fn check_value(bytes: &[u8]) -> u16 {
    let covered: Vec<u8> = bytes.iter().copied().chain([END]).collect();
    super::lifescan_frame::crc16(&covered)
}

/// Cuts what arrives into packets. Bytes before the beginning of one are passed over.
#[derive(Debug, Default)]
pub struct Packets {
    pending: Vec<u8>,
}

impl Packets {
    /// Takes what has arrived.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// Forgets what has arrived and is not yet a packet.
    pub fn clear(&mut self) {
        self.pending.clear();
    }

    /// The next whole packet, if it has arrived. A damaged one is an error once, and gone.
    pub fn next_packet(&mut self) -> Option<Result<Received, PacketError>> {
        loop {
            // `zip` ends with the shorter one, so a beginning of which only the first bytes have
            // arrived is kept as well.
            let is_start = |bytes: &[u8]| bytes.iter().zip(START).all(|(byte, start)| *byte == start);
            let place = (0..self.pending.len()).find(|place| self.pending.get(*place..).is_some_and(is_start));
            self.pending.drain(..place.unwrap_or(self.pending.len()));
            let (start, rest) = self.pending.split_at_checked(BEFORE_SIZE)?;
            let size = usize::from(start.last().copied().unwrap_or_default());
            // No packet is so short, so these bytes only look like the beginning of one.
            if size < AROUND_PAYLOAD {
                self.pending.drain(..1);
                continue;
            }
            let result = IsensPacket::decode(start, rest.get(..size)?);
            self.pending.drain(..BEFORE_SIZE + size);
            return Some(result);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::meters::transcript::hex;

    fn packet(command: [u8; 4], payload: &[u8]) -> IsensPacket {
        IsensPacket { command, payload: payload.to_vec() }
    }

    fn opened(bytes: &[u8]) -> Option<Result<Received, PacketError>> {
        let mut packets = Packets::default();
        packets.extend(bytes);
        packets.next_packet()
    }

    /// Published frames of another meter with the same check value that end in 03 too (a OneTouch UltraEasy).
    #[test]
    fn the_check_value_is_the_published_one() {
        assert_eq!(check_value(&[0x02, 0x06, 0x06]), 0x41CD);
        assert_eq!(check_value(&[0x02, 0x06, 0x08]), 0x62C2);
        assert_eq!(check_value(&[0x02, 0x09, 0x03, 0x05, 0x0D, 0x02]), 0x9F08);
    }

    /// Packets made by hand after the published layout; their check values were computed elsewhere.
    #[test]
    fn packets_are_those_of_the_specification() {
        for (bytes, packet) in [
            ("02 69 53 50 63 07 52 53 4E 42 B1 4C 03", packet(*b"RSNB", &[])),
            ("02 69 53 50 63 07 4E 43 4F 54 BB 7F 03", packet(*b"NCOT", &[])),
            ("02 69 53 50 63 09 4E 43 4F 54 00 02 DC CF 03", packet(*b"NCOT", &[0, 2])),
            ("02 69 53 50 63 07 52 54 49 4D 75 CF 03", packet(*b"RTIM", &[])),
            ("02 69 53 50 63 0D 52 54 49 4D 14 05 06 07 08 09 9F 52 03", packet(*b"RTIM", &[20, 5, 6, 7, 8, 9])),
            ("02 69 53 50 63 0A 47 4C 55 45 00 01 1B EA 31 03", packet(*b"GLUE", &[0, 1, 27])),
        ] {
            let bytes = hex(bytes).unwrap();
            assert_eq!(packet.encode(), bytes);
            assert_eq!(opened(&bytes), Some(Ok(Received { packet, is_checked: true })));
        }
    }

    #[test]
    fn only_records_may_lack_the_check_value() {
        let mut records = packet(*b"GLUE", &[1; 9]).encode();
        let place = records.len() - 2;
        records[place] ^= 1;
        assert!(opened(&records).unwrap().is_ok_and(|received| !received.is_checked));
        let mut count = packet(*b"NCOT", &[0, 2]).encode();
        count[11] ^= 1;
        assert!(matches!(opened(&count), Some(Err(PacketError::Checksum { sent: 0xDCCF, .. }))));
        let place = records.len() - 1;
        records[place] = 4;
        assert_eq!(opened(&records), Some(Err(PacketError::End)));
    }

    #[test]
    fn packets_are_found_among_other_bytes_and_in_pieces() {
        let sent = packet(*b"NCOT", &[0, 2]);
        let mut bytes = b"\x2E\x02iS\x02iSPc\x06".to_vec();
        bytes.extend(sent.encode());
        let mut packets = Packets::default();
        let mut found = Vec::new();
        for byte in bytes {
            packets.extend(&[byte]);
            found.extend(packets.next_packet());
        }
        assert_eq!(found, [Ok(Received { packet: sent, is_checked: true })]);
    }

    proptest! {
        #[test]
        fn a_packet_is_read_as_it_was_written(
            command: [u8; 4],
            payload in prop::collection::vec(any::<u8>(), 0..=248),
        ) {
            let packet = IsensPacket { command, payload };
            prop_assert_eq!(opened(&packet.encode()), Some(Ok(Received { packet, is_checked: true })));
        }

        #[test]
        fn one_wrong_bit_is_noticed(
            payload in prop::collection::vec(any::<u8>(), 0..60),
            place: usize,
            bit in 0_u8..8,
        ) {
            let mut bytes = packet(*b"RTIM", &payload).encode();
            let place = place % bytes.len();
            bytes[place] ^= 1 << bit;
            let is_believed = matches!(opened(&bytes), Some(Ok(Received { is_checked: true, .. })));
            prop_assert!(!is_believed);
        }

        #[test]
        fn any_bytes_are_borne(bytes: Vec<u8>) {
            let mut packets = Packets::default();
            packets.extend(&bytes);
            while packets.next_packet().is_some() {}
        }
    }
}
