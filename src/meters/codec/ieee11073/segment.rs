//! The segments of a permanent store: how many entries each has, and what an entry consists of.

use std::ops::Range;
use std::time::Duration;

use super::DecodeError;
use super::attribute::{Attributes, text, write_text};
use super::mder::{MderReader, Writer, list};
use super::nomenclature::attribute;
use super::time::AbsoluteTime;

/// The request for all segments: selection type 1, length 2, value 0. (11073-20601, `SegmSelection`; a choice by time
/// is an option that a store may lack.)
pub const ALL_SEGMENTS: [u8; 6] = [0, 1, 0, 2, 0, 0];

/// First and last entry of a segment without entries, as a Guide was captured: 01-Jan-2014.
const NEVER_USED: AbsoluteTime = AbsoluteTime([0x20, 0x14, 0x01, 0x01, 0, 0, 0, 0]);

/// One segment as the store describes it (`SegmentInfo`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its number in later messages.
    pub instance: u16,
    /// What it tells of itself.
    pub attributes: Attributes,
}

/// Reads the answer to a request for segments.
///
/// # Errors
/// If counts and lengths do not agree.
pub fn decode_segments(info: &[u8]) -> Result<Vec<Segment>, DecodeError> {
    let mut reader = MderReader::new(info, "segment information");
    let segments = list(&mut reader, "segment list", |item| {
        Ok(Segment { instance: item.u16()?, attributes: Attributes::read(item)? })
    })?;
    reader.finish()?;
    Ok(segments)
}

/// The answer to a request for segments.
#[must_use]
pub fn encode_segments(segments: &[Segment]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.list(segments, |item, segment| segment.attributes.write(item.u16(segment.instance)));
    writer.into_bytes()
}

impl Segment {
    /// Its name, for example `PMSegGluc`.
    #[must_use]
    pub fn label(&self) -> Option<String> {
        let value = self.attributes.get(attribute::SEGMENT_LABEL)?;
        let label = text(&mut MderReader::new(value, "label")).ok()?;
        Some(label.trim_end().to_owned())
    }

    /// The value of a label attribute.
    #[must_use]
    pub fn encode_label(label: &str) -> Vec<u8> {
        let mut writer = Writer::new();
        write_text(&mut writer, label);
        writer.into_bytes()
    }

    /// What an entry consists of, if the segment says so.
    ///
    /// # Errors
    /// If it says so inconsistently.
    pub fn map(&self) -> Result<Option<SegmentMap>, DecodeError> {
        self.attributes.get(attribute::SEGMENT_MAP).map(SegmentMap::decode).transpose()
    }

    /// How many entries it has, if it says so.
    #[must_use]
    pub fn usage_count(&self) -> Option<u32> {
        self.attributes.u32(attribute::SEGMENT_USAGE_COUNT)
    }

    /// Whether the time of its last entry is one at which something was stored. It must not be in a segment that says
    /// it has no entries.
    #[must_use]
    pub fn was_used(&self) -> bool {
        let end = self.attributes.get(attribute::SEGMENT_END_TIME).and_then(|value| value.try_into().ok());
        end.map(AbsoluteTime).is_some_and(|end| end.decode().is_ok() && end != NEVER_USED)
    }

    /// How long a pause between two events may be; sent in units of 125 microseconds.
    #[must_use]
    pub fn transfer_timeout(&self) -> Option<Duration> {
        let ticks = self.attributes.u32(attribute::TRANSFER_TIMEOUT)?;
        Some(Duration::from_micros(u64::from(ticks) * 125))
    }

    /// Whether the meter's clock was changed since the segment was stored.
    #[must_use]
    pub fn is_clock_adjusted(&self) -> bool {
        // Six bytes in hundredths of a second. Only that there is an adjustment counts: the stamps of such a segment
        // are on another time base, and are marked and not corrected.
        self.attributes.get(attribute::ABSOLUTE_TIME_ADJUST).is_some_and(|value| value.iter().any(|byte| *byte != 0))
    }
}

/// What an entry of a segment consists of (`PmSegmentEntryMap`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentMap {
    /// What stands before the elements: 8000 absolute time, 4000 relative time, 2000 relative time of high resolution.
    pub header: u16,
    /// The objects whose values follow.
    pub elements: Vec<MapElement>,
}

/// The part of an entry that belongs to one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapElement {
    /// Class of the object.
    pub class: u16,
    /// Partition of the code.
    pub partition: u16,
    /// What it measures; see [`super::nomenclature::metric`].
    pub code: u16,
    /// The object.
    pub handle: u16,
    /// The attributes in an entry, each with its length in bytes.
    pub attributes: Vec<(u16, u16)>,
}

/// Bit of a header with an absolute time of 8 bytes.
pub const HEADER_ABSOLUTE_TIME: u16 = 0x8000;
const HEADER_RELATIVE_TIME: u16 = 0x4000;
const HEADER_HIGH_RESOLUTION_TIME: u16 = 0x2000;

impl SegmentMap {
    fn decode(value: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = MderReader::new(value, "segment map");
        let header = reader.u16()?;
        let elements = list(&mut reader, "segment map", |item| {
            Ok(MapElement {
                class: item.u16()?,
                partition: item.u16()?,
                code: item.u16()?,
                handle: item.u16()?,
                attributes: list(item, "segment map", |pair| Ok((pair.u16()?, pair.u16()?)))?,
            })
        })?;
        reader.finish()?;
        Ok(Self { header, elements })
    }

    /// The value of the attribute.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u16(self.header).list(&self.elements, |item, element| {
            item.u16(element.class).u16(element.partition).u16(element.code).u16(element.handle);
            item.list(&element.attributes, |pair, (id, length)| {
                pair.u16(*id).u16(*length);
            });
        });
        writer.into_bytes()
    }

    /// Bytes of the header of an entry.
    #[must_use]
    pub fn header_size(&self) -> usize {
        [(HEADER_ABSOLUTE_TIME, 8), (HEADER_RELATIVE_TIME, 4), (HEADER_HIGH_RESOLUTION_TIME, 8)]
            .into_iter()
            .filter(|(bit, _)| self.header & bit != 0)
            .map(|(_, size)| size)
            .sum()
    }

    /// Bytes of an entry.
    #[must_use]
    pub fn entry_size(&self) -> usize {
        self.header_size() + self.lengths().map(|(_, length)| length).sum::<usize>()
    }

    /// Where the first value of this attribute stands in an entry.
    #[must_use]
    pub fn place(&self, id: u16) -> Option<Range<usize>> {
        let mut start = self.header_size();
        for (attribute, length) in self.lengths() {
            if attribute == id {
                return Some(start..start + length);
            }
            start += length;
        }
        None
    }

    fn lengths(&self) -> impl Iterator<Item = (u16, usize)> {
        self.elements.iter().flat_map(|element| &element.attributes).map(|(id, length)| (*id, usize::from(*length)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Section 10, message 8, the first segment: captured from a Guide.
    const SEGMENT: &str = "
        00 01 00 72 00 00 00 09 00 6C 09 22 00 02
        00 00 0A 4E 00 1A 80 00 00 01 00 14 00 06 00 02 72 70 00 01 00 02 00 08 0A 4C 00 02 09 47 00 02
        09 53 00 02 00 00 0A 58 00 0C 00 0A 50 4D 53 65 67 47 6C 75 63 20 0A 62 00 06 00 00 00 00 00 00
        09 92 00 08 20 25 01 01 08 00 00 00 09 8A 00 08 20 25 01 31 19 30 00 00 09 7B 00 04 00 00 02 7E
        0A 64 00 04 00 02 71 00";

    #[test]
    fn a_guide_describes_its_glucose_segment() {
        let bytes = crate::meters::transcript::hex(SEGMENT).unwrap();
        let segments = decode_segments(&bytes).unwrap();
        let segment = &segments[0];
        assert_eq!((segments.len(), segment.instance), (1, 0));
        assert_eq!(segment.label().as_deref(), Some("PMSegGluc"));
        assert_eq!(segment.usage_count(), Some(638));
        assert_eq!(segment.transfer_timeout(), Some(Duration::from_secs(20)));
        assert!(!segment.is_clock_adjusted() && segment.was_used());
        let map = segment.map().unwrap().unwrap();
        assert_eq!((map.elements[0].code, map.elements[0].handle), (29296, 1));
        assert_eq!((map.entry_size(), map.place(0x0A4C), map.place(0x0947)), (12, Some(8..10), Some(10..12)));
        assert_eq!(map.place(0x0A49), None);
        assert_eq!(segment.attributes.get(0x0A4E), Some(map.encode().as_slice()));
        assert_eq!(encode_segments(&segments), bytes);
    }

    #[test]
    fn the_header_of_an_entry_depends_on_its_bits() {
        let size = |header| SegmentMap { header, elements: vec![] }.header_size();
        assert_eq!([0, 0x8000, 0x4000, 0x2000, 0xE000].map(size), [0, 8, 4, 8, 20]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_segments_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..96)) {
            let _ = decode_segments(&bytes);
            if let Ok(map) = SegmentMap::decode(&bytes) {
                prop_assert_eq!(map.encode(), bytes);
            }
        }
    }
}
