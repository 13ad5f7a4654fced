//! ASTM E1381 frames, which carry the records of ASTM E1394: a line of text with a number and a checksum each.
//!
//! `STX number text CR (ETB|ETX) C1 C2 CR LF`. The number is a digit 0 to 7 that counts on from frame to frame; ETX
//! marks the last frame; C1 C2 are the sum of the bytes from the number through ETB or ETX, modulo 256, as two capital
//! hexadecimal digits. The sender waits behind each frame: ACK asks for the next one, NAK for the same one again.

pub mod header;
pub mod result;

use super::upper_hexadecimal;

/// Start of a frame.
pub const STX: u8 = 0x02;
/// End of the text of the last frame.
pub const ETX: u8 = 0x03;
/// End of a transmission.
pub const EOT: u8 = 0x04;
/// A request to transmit.
pub const ENQ: u8 = 0x05;
/// The frame is sound: go on.
pub const ACK: u8 = 0x06;
/// The frame is damaged: once more.
pub const NAK: u8 = 0x15;
/// End of the text of a frame that others follow.
pub const ETB: u8 = 0x17;
/// The transmission is broken off.
pub const CAN: u8 = 0x18;

const CR: u8 = b'\r';
const LF: u8 = b'\n';

/// A frame without its wrapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its number, 0 to 7.
    pub number: u8,
    /// One record.
    pub text: String,
    /// Whether it is the last one.
    pub is_last: bool,
}

/// Why bytes are no frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Start, number or end is missing.
    #[error("it is not built as a frame")]
    Shape,
    /// Something in the text is not printable ASCII.
    #[error("its text has a byte that is not text")]
    Text,
    /// The checksum does not match.
    #[error("checksum {sent:02X}, expected {computed:02X}")]
    Checksum {
        /// The checksum sent.
        sent: u8,
        /// The checksum of the bytes.
        computed: u8,
    },
}

/// A record, or a field of one, that is not as E1394 has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RecordError(pub &'static str);

impl Frame {
    /// Reads a frame, from STX through LF.
    ///
    /// # Errors
    /// [`FrameError`] if it is damaged.
    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        let inner = bytes.strip_prefix(&[STX]).ok_or(FrameError::Shape)?;
        let inner = inner.strip_suffix(&[CR, LF]).ok_or(FrameError::Shape)?;
        let (summed, digits) = inner.split_last_chunk::<2>().ok_or(FrameError::Shape)?;
        let sent = upper_hexadecimal::<u8>(digits).ok_or(FrameError::Shape)?;
        let computed = checksum(summed);
        if sent != computed {
            return Err(FrameError::Checksum { sent, computed });
        }
        let (body, end) = summed.split_last_chunk::<2>().ok_or(FrameError::Shape)?;
        let is_last = match *end {
            [CR, ETX] => true,
            [CR, ETB] => false,
            _ => return Err(FrameError::Shape),
        };
        let (number, text) = body.split_first().ok_or(FrameError::Shape)?;
        if !matches!(number, b'0'..=b'7') {
            return Err(FrameError::Shape);
        }
        // A sum of eight bits lets one damaged frame in 256 pass; control characters betray some of these. A record is
        // plain text.
        if !text.iter().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(FrameError::Text);
        }
        Ok(Self { number: number - b'0', text: text.iter().copied().map(char::from).collect(), is_last })
    }

    /// The frame as sent. Only the last three bits of the number count.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![STX, b'0' + self.number % 8];
        bytes.extend(self.text.as_bytes());
        bytes.extend([CR, if self.is_last { ETX } else { ETB }]);
        let sum = checksum(bytes.get(1..).unwrap_or_default());
        bytes.extend(format!("{sum:02X}").as_bytes());
        bytes.extend([CR, LF]);
        bytes
    }
}

/// The sum of bytes modulo 256.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// A stamp of 12 digits (to the minute) or 14 (to the second), as wall clock; `None` if there is no such time. Only
/// some meters send seconds: the Contour Next Link 2.4 and the Contour Next One.
#[must_use]
pub fn time(digits: &str) -> Option<jiff::civil::DateTime> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(digits.len(), 12 | 14) {
        return None;
    }
    let year = digits.get(..4)?.parse().ok()?;
    let two = |place: usize| digits.get(place..place + 2).and_then(|text| text.parse::<i8>().ok());
    let second = if digits.len() == 14 { two(12)? } else { 0 };
    jiff::civil::DateTime::new(year, two(4)?, two(6)?, two(8)?, two(10)?, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// Contour specifications, sections 3 and frame layer: `5L|1||N` ends in 84, `2P|1` in 53.
    #[test]
    fn published_frames_are_read_and_written() {
        let last = Frame { number: 5, text: "L|1||N".to_owned(), is_last: true };
        assert_eq!(last.encode(), b"\x025L|1||N\r\x0384\r\n");
        assert_eq!(Frame::decode(b"\x025L|1||N\r\x0384\r\n"), Ok(last));
        let patient = Frame { number: 2, text: "P|1".to_owned(), is_last: false };
        assert_eq!(patient.encode(), b"\x022P|1\r\x1753\r\n");
        assert_eq!(Frame::decode(b"\x022P|1\r\x1753\r\n"), Ok(patient));
    }

    #[test]
    fn what_is_no_frame_says_why() {
        let reason = |bytes: &[u8]| Frame::decode(bytes).unwrap_err();
        assert_eq!(reason(b"\x022P|1\r\x1754\r\n"), FrameError::Checksum { sent: 0x54, computed: 0x53 });
        assert_eq!(reason(b"\x022P|1\r\x175g\r\n"), FrameError::Shape);
        assert_eq!(reason(b"2P|1\r\x1753\r\n"), FrameError::Shape);
        assert_eq!(reason(b"\x022P|1\r\x1753\r"), FrameError::Shape);
        // 8P|1 with its right sum, and a frame with an escape character in it.
        assert_eq!(reason(b"\x028P|1\r\x1759\r\n"), FrameError::Shape);
        assert_eq!(reason(b"\x022P\x1b1\r\x17F2\r\n"), FrameError::Text);
        assert_eq!(reason(b""), FrameError::Shape);
    }

    #[test]
    fn stamps_have_minutes_or_seconds() {
        assert_eq!(time("201909221304"), Some(date(2019, 9, 22).at(13, 4, 0, 0)));
        assert_eq!(time("20190621125555"), Some(date(2019, 6, 21).at(12, 55, 55, 0)));
        for wrong in ["201902301304", "2019092213", "2019092213045", "+01909221304", "", "２０１９"] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn frames_come_back(number in 0_u8..8, text in "[ -~]{0,200}", is_last: bool) {
            let frame = Frame { number, text, is_last };
            prop_assert_eq!(Frame::decode(&frame.encode()), Ok(frame));
        }

        #[test]
        fn a_changed_bit_is_noticed(text in "[ -~]{0,80}", place: prop::sample::Index, bit in 0_u8..8) {
            let mut bytes = Frame { number: 3, text, is_last: false }.encode();
            let place = place.index(bytes.len());
            bytes[place] ^= 1 << bit;
            prop_assert!(Frame::decode(&bytes).is_err());
        }

        #[test]
        fn noise_does_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            let _ = Frame::decode(&bytes);
        }
    }
}
