//! The transfer of a segment: the request, its result, events with entries, and their acknowledgements.

use super::DecodeError;
use super::mder::{MderReader, Writer};

/// What a meter says to the request for a segment. (11073-20601, `TrigSegmXferRsp`.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferResult {
    /// Events with entries follow.
    Success,
    /// There is no such segment.
    NoSuchSegment,
    /// Not now.
    TryLater,
    /// The segment has no entries.
    Empty,
    /// Any other number: refused.
    Failed(u16),
}

impl TransferResult {
    const fn from_number(number: u16) -> Self {
        match number {
            0 => Self::Success,
            1 => Self::NoSuchSegment,
            2 => Self::TryLater,
            3 => Self::Empty,
            other => Self::Failed(other),
        }
    }

    const fn number(self) -> u16 {
        match self {
            Self::Success => 0,
            Self::NoSuchSegment => 1,
            Self::TryLater => 2,
            Self::Empty => 3,
            Self::Failed(number) => number,
        }
    }
}

/// The answer to the request for a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferAnswer {
    /// The segment asked for.
    pub instance: u16,
    /// Whether it will be sent.
    pub result: TransferResult,
}

impl TransferAnswer {
    /// Reads the information of the answer.
    ///
    /// # Errors
    /// If it is not four bytes long.
    pub fn decode(info: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = MderReader::new(info, "transfer answer");
        let answer = Self { instance: reader.u16()?, result: TransferResult::from_number(reader.u16()?) };
        reader.finish()?;
        Ok(answer)
    }

    /// The information of the answer.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u16(self.instance).u16(self.result.number());
        writer.into_bytes()
    }
}

/// Which entries an event holds, and how the transfer stands. (11073-20601, `SegmDataEventDescr`; the bits are those of
/// `SegmEvtStatus`.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventHeader {
    /// The segment.
    pub instance: u16,
    /// Position of the first entry in the segment, from 0.
    pub first: u32,
    /// Number of entries.
    pub count: u32,
    /// Bits of [`EventHeader::FIRST`] and its like.
    pub status: u16,
}

impl EventHeader {
    /// The first entry of the segment is in this event.
    pub const FIRST: u16 = 0x8000;
    /// The last entry of the segment is in this event.
    pub const LAST: u16 = 0x4000;
    /// The meter ends the transfer.
    pub const AGENT_ABORT: u16 = 0x0800;
    /// The host has received the entries.
    pub const CONFIRM: u16 = 0x0080;
    /// The host ends the transfer.
    pub const MANAGER_ABORT: u16 = 0x0008;

    /// Whether this bit is set.
    #[must_use]
    pub const fn has(self, bit: u16) -> bool {
        self.status & bit != 0
    }

    /// Reads the information of an acknowledgement.
    ///
    /// # Errors
    /// If it is not twelve bytes long.
    pub fn decode(info: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = MderReader::new(info, "acknowledgement");
        let header = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(header)
    }

    /// The acknowledgement of an event with this header: the same entries, confirmed.
    #[must_use]
    pub fn acknowledgement(self) -> Vec<u8> {
        let mut writer = Writer::new();
        // Segment, first entry and count are the event's own: the meter goes on only if they agree with what it sent.
        Self { status: Self::CONFIRM, ..self }.write(&mut writer);
        writer.into_bytes()
    }

    fn read(reader: &mut MderReader<'_>) -> Result<Self, DecodeError> {
        Ok(Self { instance: reader.u16()?, first: reader.u32()?, count: reader.u32()?, status: reader.u16()? })
    }

    fn write(self, writer: &mut Writer) {
        writer.u16(self.instance).u32(self.first).u32(self.count).u16(self.status);
    }
}

/// The information of an event with entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentEvent {
    /// Which entries.
    pub header: EventHeader,
    /// The entries, one after the other.
    pub entries: Vec<u8>,
}

impl SegmentEvent {
    /// Reads the information of the event.
    ///
    /// # Errors
    /// If its lengths do not agree.
    pub fn decode(info: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = MderReader::new(info, "segment data event");
        let header = EventHeader::read(&mut reader)?;
        let entries = reader.block("entries")?.remainder().to_vec();
        reader.finish()?;
        Ok(Self { header, entries })
    }

    /// The information of the event.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.header.write(&mut writer);
        writer.block(|block| {
            block.raw(&self.entries);
        });
        writer.into_bytes()
    }

    /// The entries one by one.
    ///
    /// # Errors
    /// [`DecodeError::Mismatch`] unless they are as many as announced, each of `entry_size` bytes.
    pub fn split(&self, entry_size: usize) -> Result<Vec<&[u8]>, DecodeError> {
        let count = usize::try_from(self.header.count).unwrap_or(usize::MAX);
        let said = count.saturating_mul(entry_size);
        // A map without attributes would give entries of no bytes, into which nothing can be cut.
        if entry_size == 0 || said != self.entries.len() {
            return Err(DecodeError::Mismatch { what: "bytes of entries", said, found: self.entries.len() });
        }
        Ok(self.entries.chunks_exact(entry_size).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The information of section 10, messages 12 and 13.
    const EVENT: &str = "00 00 00 00 00 00 00 00 00 02 80 00 00 18
        20 25 01 01 08 00 00 00 00 67 00 00 20 25 01 15 12 34 56 00 07 FE 00 00";

    #[test]
    fn an_event_is_acknowledged_with_its_own_numbers() {
        let bytes = crate::meters::transcript::hex(EVENT).unwrap();
        let event = SegmentEvent::decode(&bytes).unwrap();
        assert!(event.header.has(EventHeader::FIRST) && !event.header.has(EventHeader::LAST));
        assert_eq!(event.split(12).unwrap()[1][8..], [0x07, 0xFE, 0, 0]);
        assert!(event.split(10).is_err() && event.split(0).is_err());
        assert_eq!(event.encode(), bytes);
        let acknowledgement = event.header.acknowledgement();
        assert_eq!(acknowledgement, [0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0x80]);
        assert_eq!(EventHeader::decode(&acknowledgement).unwrap().count, 2);
    }

    #[test]
    fn the_result_of_a_request_is_a_number_with_a_meaning() {
        assert_eq!(
            TransferAnswer::decode(&[0, 1, 0, 3]),
            Ok(TransferAnswer { instance: 1, result: TransferResult::Empty })
        );
        for number in [0, 1, 2, 3, 512] {
            assert_eq!(TransferResult::from_number(number).number(), number);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_event_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..64), size in 0_usize..20) {
            if let Ok(event) = SegmentEvent::decode(&bytes) {
                let _ = event.split(size);
                prop_assert_eq!(event.encode(), bytes);
            }
        }
    }
}
