//! Frames of TaiDoc meters (TD-42xx and relatives): eight bytes each way, ended by a check sum.
//!
//! `51 | command | d0 d1 d2 d3 | A3 or A5 | sum`: A3 from the host, A5 from the meter; the sum is the low byte of the
//! sum of the seven bytes before it. What the four bytes of data mean is in [`fields`].

pub mod fields;

/// The first byte of every frame.
const START: u8 = 0x51;

/// The length of every frame.
pub const LENGTH: usize = 8;

/// What a frame asks or answers.
pub mod command {
    /// Connect.
    pub const CONNECT: u8 = 0x22;
    /// Read the clock.
    pub const CLOCK: u8 = 0x23;
    /// Which model.
    pub const MODEL: u8 = 0x24;
    /// The time of a record; the data is its index.
    pub const RECORD_TIME: u8 = 0x25;
    /// The value of a record; the data is its index.
    pub const RECORD_VALUE: u8 = 0x26;
    /// The right half of the serial number.
    pub const SERIAL_RIGHT: u8 = 0x27;
    /// The left half of the serial number.
    pub const SERIAL_LEFT: u8 = 0x28;
    /// How many records.
    pub const COUNT: u8 = 0x2B;
    /// Set the clock. Never sent; known so that a simulated meter notices it.
    pub const SET_CLOCK: u8 = 0x33;
    /// Erase the memory. Never sent; known so that a simulated meter notices it.
    pub const ERASE: u8 = 0x52;
    /// Said by the meter unasked: it is ready to talk.
    pub const READY: u8 = 0x54;
}

/// Who says a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// This computer.
    Host,
    /// The meter.
    Meter,
}

impl Sender {
    const fn stop(self) -> u8 {
        match self {
            Self::Host => 0xA3,
            Self::Meter => 0xA5,
        }
    }
}

/// One message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// What it asks or answers, see [`command`].
    pub command: u8,
    /// Its data.
    pub data: [u8; 4],
}

impl Frame {
    /// The frame as bytes.
    #[must_use]
    pub fn encode(self, sender: Sender) -> [u8; LENGTH] {
        let [a, b, c, d] = self.data;
        let mut bytes = [START, self.command, a, b, c, d, sender.stop(), 0];
        let sum = check_sum(bytes);
        if let Some(last) = bytes.last_mut() {
            *last = sum;
        }
        bytes
    }

    /// The frame in these bytes, if it begins, ends and adds up as one of `sender`.
    #[must_use]
    pub fn decode(bytes: [u8; LENGTH], sender: Sender) -> Option<Self> {
        let [start, command, a, b, c, d, stop, sum] = bytes;
        let is_sound = start == START && stop == sender.stop() && sum == check_sum(bytes);
        is_sound.then_some(Self { command, data: [a, b, c, d] })
    }
}

fn check_sum(frame: [u8; LENGTH]) -> u8 {
    frame.iter().take(LENGTH - 1).fold(0, |sum: u8, byte| sum.wrapping_add(*byte))
}

/// Cuts what arrives into frames. What does not fit is passed over byte by byte until a frame does.
#[derive(Debug)]
pub struct Frames {
    sender: Sender,
    pending: Vec<u8>,
}

impl Frames {
    /// Cuts frames of `sender`.
    #[must_use]
    pub const fn of(sender: Sender) -> Self {
        Self { sender, pending: Vec::new() }
    }

    /// Takes what has arrived.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// Forgets what has arrived and is not yet a frame.
    pub fn clear(&mut self) {
        self.pending.clear();
    }

    /// The next whole frame, if it has arrived.
    pub fn next_frame(&mut self) -> Option<Frame> {
        loop {
            // A value may hold the byte 51 as well: only stop byte and sum tell a frame, so what fails is given up byte
            // by byte.
            let start = self.pending.iter().position(|byte| *byte == START).unwrap_or(self.pending.len());
            self.pending.drain(..start);
            let candidate = *self.pending.first_chunk()?;
            if let Some(frame) = Frame::decode(candidate, self.sender) {
                self.pending.drain(..LENGTH);
                return Some(frame);
            }
            self.pending.drain(..1);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Published frames, and some made by hand: all their sums were checked by hand.
    #[test]
    fn frames_are_the_published_ones() {
        let ask = |command| Frame { command, data: [0; 4] }.encode(Sender::Host);
        assert_eq!(ask(command::CONNECT), [0x51, 0x22, 0, 0, 0, 0, 0xA3, 0x16]);
        assert_eq!(ask(command::CLOCK), [0x51, 0x23, 0, 0, 0, 0, 0xA3, 0x17]);
        assert_eq!(ask(command::MODEL), [0x51, 0x24, 0, 0, 0, 0, 0xA3, 0x18]);
        assert_eq!(ask(command::COUNT), [0x51, 0x2B, 0, 0, 0, 0, 0xA3, 0x1F]);
        let model = [0x51, 0x24, 0x77, 0x42, 0, 0, 0xA5, 0xD3];
        assert_eq!(
            Frame::decode(model, Sender::Meter),
            Some(Frame { command: command::MODEL, data: [0x77, 0x42, 0, 0] })
        );
        assert_eq!(Frame::decode(model, Sender::Host), None);
        let ready = Frame { command: command::READY, data: [0; 4] };
        assert_eq!(ready.encode(Sender::Meter), [0x51, 0x54, 0, 0, 0, 0, 0xA5, 0x4A]);
    }

    #[test]
    fn frames_are_found_among_other_bytes_and_in_pieces() {
        let count = Frame { command: command::COUNT, data: [1, 0, 0, 0] };
        let value = Frame { command: command::RECORD_VALUE, data: [0x51, 0, 0x51, 0] };
        let mut frames = Frames::of(Sender::Meter);
        let mut bytes = vec![0, 0xFF, 0x51, 0x51];
        bytes.extend(count.encode(Sender::Meter));
        bytes.extend(value.encode(Sender::Meter));
        let mut found = Vec::new();
        for byte in bytes {
            frames.extend(&[byte]);
            found.extend(frames.next_frame());
        }
        assert_eq!(found, [count, value]);
        frames.extend(&[0x51, 1, 2]);
        frames.clear();
        frames.extend(&count.encode(Sender::Meter)[1..]);
        assert_eq!(frames.next_frame(), None);
    }

    proptest! {
        #[test]
        fn a_frame_is_read_as_it_was_written(command: u8, data: [u8; 4]) {
            let frame = Frame { command, data };
            for sender in [Sender::Host, Sender::Meter] {
                prop_assert_eq!(Frame::decode(frame.encode(sender), sender), Some(frame));
            }
        }

        #[test]
        fn one_wrong_bit_makes_no_frame(command: u8, data: [u8; 4], place in 0..LENGTH, bit in 0_u8..8) {
            let mut bytes = Frame { command, data }.encode(Sender::Meter);
            bytes[place] ^= 1 << bit;
            prop_assert_eq!(Frame::decode(bytes, Sender::Meter), None);
        }

        #[test]
        fn any_bytes_are_borne(bytes: Vec<u8>) {
            let mut frames = Frames::of(Sender::Meter);
            frames.extend(&bytes);
            while frames.next_frame().is_some() {}
        }
    }
}
