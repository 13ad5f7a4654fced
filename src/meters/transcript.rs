//! Conversations written down as text, and a link that plays one again: a driver is held to what was recorded.
//!
//! One transfer a line: `>` to the meter, `<` from the meter, then its bytes in hexadecimal; `#` begins a remark. A
//! line that begins with white space continues the transfer above.

use std::collections::VecDeque;
use std::time::Duration;

use super::link::{Link, LinkError};
use crate::domain::download::{Direction, Packet};
use crate::domain::text::quoted;

/// Why a text is no transcript.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TranscriptError {
    /// A line begins with something else.
    #[error("line {line}: a transfer begins with > or <")]
    NoDirection {
        /// Counted from 1.
        line: usize,
    },
    /// A line continues a transfer before there is one.
    #[error("line {line}: there is no transfer to continue")]
    NothingToContinue {
        /// Counted from 1.
        line: usize,
    },
    /// Bytes are not in hexadecimal.
    #[error("line {line}: {} is not pairs of hexadecimal digits", quoted(text))]
    BadHex {
        /// Counted from 1.
        line: usize,
        /// What stands there.
        text: String,
    },
}

/// Reads a transcript.
///
/// # Errors
/// The first line that is none.
pub fn parse(text: &str) -> Result<Vec<Packet>, TranscriptError> {
    let mut packets: Vec<Packet> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line_number = number + 1;
        let content = line.split_once('#').map_or(line, |(content, _)| content);
        if content.trim().is_empty() {
            continue;
        }
        let read = |digits: &str| {
            hex(digits).ok_or_else(|| TranscriptError::BadHex { line: line_number, text: digits.trim().to_owned() })
        };
        if let Some(digits) = content.strip_prefix('>') {
            packets.push(Packet { direction: Direction::ToMeter, bytes: read(digits)? });
        } else if let Some(digits) = content.strip_prefix('<') {
            packets.push(Packet { direction: Direction::FromMeter, bytes: read(digits)? });
        } else if content.starts_with(char::is_whitespace) {
            let last = packets.last_mut().ok_or(TranscriptError::NothingToContinue { line: line_number })?;
            last.bytes.extend(read(content)?);
        } else {
            return Err(TranscriptError::NoDirection { line: line_number });
        }
    }
    Ok(packets)
}

/// Writes a transcript that [`parse`] reads, a transfer a line.
#[must_use]
pub fn write(packets: &[Packet]) -> String {
    let mut text = String::new();
    for packet in packets {
        text.push(match packet.direction {
            Direction::ToMeter => '>',
            Direction::FromMeter => '<',
        });
        for byte in &packet.bytes {
            text.push(' ');
            text.push_str(&::hex::encode_upper([*byte]));
        }
        text.push('\n');
    }
    text
}

/// Bytes written as pairs of hexadecimal digits, with or without white space between the pairs.
#[must_use]
pub fn hex(digits: &str) -> Option<Vec<u8>> {
    let words = digits.split_whitespace().map(|word| ::hex::decode(word).ok());
    Some(words.collect::<Option<Vec<_>>>()?.concat())
}

/// A link that plays a transcript: what is sent must be what was recorded, and is answered as recorded.
pub struct ReplayLink {
    ahead: VecDeque<Packet>,
    position: usize,
}

impl ReplayLink {
    /// Plays these transfers.
    #[must_use]
    pub fn new(packets: Vec<Packet>) -> Self {
        Self { ahead: packets.into(), position: 0 }
    }

    /// Transfers that were not reached yet.
    #[must_use]
    pub fn left(&self) -> usize {
        self.ahead.len()
    }

    fn next(&mut self, direction: Direction) -> Option<Packet> {
        let packet = self.ahead.pop_front_if(|packet| packet.direction == direction)?;
        self.position += 1;
        Some(packet)
    }
}

impl Link for ReplayLink {
    fn send(&mut self, bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        let position = self.position;
        let differs = |how: &str| LinkError::Failed {
            operation: "replaying",
            reason: format!("transfer {position} of the transcript {how}").into(),
        };
        match self.next(Direction::ToMeter) {
            Some(packet) if packet.bytes == bytes => Ok(()),
            Some(_) => Err(differs("differs from what was sent")),
            None => Err(differs("is not to the meter")),
        }
    }

    fn receive(&mut self, _wait: Duration) -> Result<Vec<u8>, LinkError> {
        // Where the host is to speak next there is silence, as on a wire: a driver that waits once
        // too often fails by its own limit.
        self.next(Direction::FromMeter).map(|packet| packet.bytes).ok_or(LinkError::TimedOut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_secs(1);

    #[test]
    fn a_transcript_is_read_and_written() {
        let packets = parse("# remark\n> E4 00 # asks\n  0002 0000\n\n<\n< e5\n").unwrap();
        assert_eq!(write(&packets), "> E4 00 00 02 00 00\n<\n< E5\n");
        assert_eq!(parse(&write(&packets)), Ok(packets));
    }

    #[test]
    fn a_wrong_line_is_named() {
        assert_eq!(parse("> 00\nE4 00"), Err(TranscriptError::NoDirection { line: 2 }));
        assert_eq!(parse("  00"), Err(TranscriptError::NothingToContinue { line: 1 }));
        assert_eq!(parse("> 00\n\n< 0 1"), Err(TranscriptError::BadHex { line: 3, text: "0 1".into() }));
        assert_eq!(parse("> é0"), Err(TranscriptError::BadHex { line: 1, text: "é0".into() }));
    }

    #[test]
    fn a_replay_insists_on_what_was_recorded() {
        let mut link = ReplayLink::new(parse("> 01\n< 02\n> 03").unwrap());
        assert_eq!(link.receive(WAIT), Err(LinkError::TimedOut));
        link.send(&[1], WAIT).unwrap();
        assert!(link.send(&[3], WAIT).unwrap_err().to_string().contains("transfer 1"));
        assert_eq!(link.receive(WAIT), Ok(vec![2]));
        assert!(link.send(&[4], WAIT).unwrap_err().to_string().contains("differs"));
        assert_eq!(link.left(), 0);
    }
}
