//! The frames of an SD CodeFree: `53 DIR LEN message XOR AA`.
//!
//! `DIR` is 20 from the meter and 10 to it. `LEN` counts the message, `XOR` and `AA`; `XOR` is the exclusive-or of the
//! bytes of the message. Numbers are big-endian. One published description counts the message one byte shorter; the
//! sizes here are those of the driver that works on meters.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};

/// The meter, switched on, offers to talk.
pub const CHALLENGE: [u8; 7] = [0x53, 0x20, 0x04, 0x10, 0x30, 0x20, 0xAA];

/// The message with which the host takes the offer.
pub const RESPONSE: [u8; 2] = [0x10, 0x40];

/// The message that asks for the next record, and after the last one ends the talk.
pub const FETCH: [u8; 2] = [0x10, 0x60];

/// The message with which the meter ends the talk.
pub const DISCONNECTED: [u8; 2] = [0x10, 0x70];

/// The lowest and highest value the meter measures, in mg/dL.
pub const RANGE: std::ops::RangeInclusive<u16> = 10..=600;

/// The first and the last byte of a message.
const START: u8 = 0x53;
const END: u8 = 0xAA;
/// Length of the message that tells how many records there are.
const COUNT_LENGTH: usize = 22;
/// First byte of that message.
const COUNT: u8 = 0x30;

/// Who sends a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// The meter.
    Meter,
    /// This computer.
    Host,
}

impl Sender {
    const fn byte(self) -> u8 {
        match self {
            Self::Meter => 0x20,
            Self::Host => 0x10,
        }
    }
}

/// Why bytes are no frame, or a frame no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The start, the direction, the length or the end is not that of a frame.
    #[error("the frame has a wrong start, direction, length or end")]
    Form,
    /// The exclusive-or is not the one of the message.
    #[error("check value {sent:#04x}, expected {computed:#04x}")]
    Checksum {
        /// What the frame says.
        sent: u8,
        /// What its message gives.
        computed: u8,
    },
}

/// A message as a frame.
#[must_use]
pub fn encode(from: Sender, message: &[u8]) -> Vec<u8> {
    let length = u8::try_from(message.len() + 2).unwrap_or(u8::MAX);
    let mut frame = vec![START, from.byte(), length];
    frame.extend_from_slice(message);
    frame.extend([exclusive_or(message), END]);
    frame
}

/// The length of the frame that begins with these bytes, once it can be told.
///
/// # Errors
/// [`FrameError::Form`] if no frame of this sender begins like this.
pub fn length(from: Sender, bytes: &[u8]) -> Result<Option<usize>, FrameError> {
    match bytes {
        [] | [START] => Ok(None),
        [START, direction] if *direction == from.byte() => Ok(None),
        // A message of at least one byte, its exclusive-or and the end.
        [START, direction, length, ..] if *direction == from.byte() && *length >= 3 => {
            Ok(Some(usize::from(*length) + 3))
        }
        _ => Err(FrameError::Form),
    }
}

/// The message of a frame.
///
/// # Errors
/// [`FrameError`] says what is wrong; such a message must not be used.
pub fn decode(from: Sender, frame: &[u8]) -> Result<&[u8], FrameError> {
    if length(from, frame)? != Some(frame.len()) {
        return Err(FrameError::Form);
    }
    let Some(([_, _, _, message @ ..], [sent, END])) = frame.split_last_chunk::<2>() else {
        return Err(FrameError::Form);
    };
    let computed = exclusive_or(message);
    if *sent == computed { Ok(message) } else { Err(FrameError::Checksum { sent: *sent, computed }) }
}

fn exclusive_or(message: &[u8]) -> u8 {
    message.iter().fold(0, |sum, byte| sum ^ byte)
}

/// The number of records that a message announces; `None` if it is another message.
#[must_use]
pub fn parse_count(message: &[u8]) -> Option<u16> {
    match message {
        [COUNT, high, low, ..] if message.len() == COUNT_LENGTH => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    }
}

/// The message that announces so many records.
#[must_use]
pub fn encode_count(count: u16) -> Vec<u8> {
    // Filled as published: AA is in the middle of this message, so the end byte alone ends no
    // frame.
    let mut message = vec![END; COUNT_LENGTH];
    let [high, low] = count.to_be_bytes();
    message.splice(..3, [COUNT, high, low]);
    message
}

/// One record: 17 bytes, of which nine are not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record([u8; 17]);

impl Record {
    /// The record of a message; `None` if it has another length.
    #[must_use]
    pub fn from_message(message: &[u8]) -> Option<Self> {
        message.try_into().ok().map(Self)
    }

    /// A record of this minute, value in mg/dL and meal code; the bytes that nobody understands are zero.
    #[must_use]
    pub fn new(time: DateTime, value: u16, meal: u8) -> Self {
        let small = |number: i8| u8::try_from(number).unwrap_or(0);
        let year = u8::try_from(time.year() - 2000).unwrap_or(0);
        let [high, low] = value.to_be_bytes();
        let (month, day, hour, minute) =
            (small(time.month()), small(time.day()), small(time.hour()), small(time.minute()));
        Self([0, 0, year, month, day, hour, minute, high, low, meal, 0, 0, 0, 0, 0, 0, 0])
    }

    /// The message of the record.
    #[must_use]
    pub const fn message(&self) -> &[u8] {
        &self.0
    }

    /// What the record says. `index` is its place in the memory, newest first.
    ///
    /// How the meter marks LO, HI and control tests is not known: a number outside the range and a meal code beyond the
    /// three known ones are kept and marked.
    #[must_use]
    pub fn reading(&self, index: u32) -> Reading {
        let [_, _, year, month, day, hour, minute, high, low, meal_code, ..] = self.0;
        let value = u16::from_be_bytes([high, low]);
        let time = minute_of(year, [month, day, hour, minute]);
        let meal = match meal_code {
            0x00 => Some(Meal::None),
            0x10 => Some(Meal::Before),
            0x20 => Some(Meal::After),
            _ => None,
        };
        let doubts = [
            (time.is_none(), Doubt::TimeUncertain),
            (!RANGE.contains(&value), Doubt::OutsideMeterRange),
            (meal.is_none(), Doubt::KindUncertain),
        ];
        Reading {
            corrected_from: None,
            index,
            time,
            measured: Measured::Value(Concentration::mg_per_dl(u32::from(value))),
            kind: Kind::Blood,
            meal,
            doubts: doubts.into_iter().filter_map(|(applies, doubt)| applies.then_some(doubt)).collect(),
            raw: BTreeMap::from([("record".to_owned(), hex::encode_upper(self.0))]),
        }
    }
}

fn minute_of(year: u8, month_day_hour_minute: [u8; 4]) -> Option<DateTime> {
    // -1 is in no calendar, so a byte above 127 gives no time.
    let [month, day, hour, minute] = month_day_hour_minute.map(|byte| i8::try_from(byte).unwrap_or(-1));
    // The meter's clock keeps two digits of the year.
    DateTime::new(2000 + i16::from(year), month, day, hour, minute, 0, 0).ok().filter(|_| year < 100)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// The frames of the specification.
    #[test]
    fn frames_are_the_published_ones() {
        assert_eq!(encode(Sender::Meter, &[0x10, 0x30]), CHALLENGE);
        assert_eq!(encode(Sender::Host, &RESPONSE), [0x53, 0x10, 0x04, 0x10, 0x40, 0x50, 0xAA]);
        assert_eq!(encode(Sender::Host, &FETCH), [0x53, 0x10, 0x04, 0x10, 0x60, 0x70, 0xAA]);
        assert_eq!(encode(Sender::Meter, &DISCONNECTED), [0x53, 0x20, 0x04, 0x10, 0x70, 0x60, 0xAA]);
        assert_eq!(decode(Sender::Meter, &CHALLENGE), Ok(&[0x10, 0x30][..]));
        assert_eq!(decode(Sender::Host, &CHALLENGE), Err(FrameError::Form));
    }

    /// 0x30 ^ 0x01 ^ 0x2C = 0x1D, and nineteen times AA leaves AA: 0xB7. LEN is 22 + 2 = 0x18.
    #[test]
    fn the_count_is_big_endian() {
        let frame = encode(Sender::Meter, &encode_count(300));
        assert_eq!(frame.get(..6), Some(&[0x53, 0x20, 0x18, 0x30, 0x01, 0x2C][..]));
        assert_eq!(frame.get(25..), Some(&[0xB7, 0xAA][..]));
        assert_eq!(parse_count(decode(Sender::Meter, &frame).unwrap()), Some(300));
        assert_eq!(parse_count(&[0x30, 1, 2]), None);
    }

    #[test]
    fn what_is_not_known_is_marked_and_kept() {
        let odd = Record::new(date(2024, 2, 29).at(23, 45, 0, 0), 9, 0x30).reading(4);
        assert_eq!(odd.doubts, [Doubt::OutsideMeterRange, Doubt::KindUncertain]);
        assert_eq!((odd.index, odd.meal), (4, None));
        let mut record = Record::new(date(2024, 2, 29).at(23, 45, 0, 0), 100, 0x20);
        assert_eq!(record.reading(0).meal, Some(Meal::After));
        record.0[2] = 23;
        assert_eq!((record.reading(0).time, record.reading(0).doubts), (None, vec![Doubt::TimeUncertain]));
    }

    proptest! {
        #[test]
        fn a_record_goes_round(
            minute in 0_i32..1_500_000,
            value: u16,
            meal in prop::sample::select(vec![0_u8, 0x10, 0x20]),
        ) {
            let since = jiff::SignedDuration::from_mins(i64::from(minute));
            let time = date(2000, 1, 1).at(0, 0, 0, 0).saturating_add(since);
            let frame = encode(Sender::Meter, Record::new(time, value, meal).message());
            let reading = Record::from_message(decode(Sender::Meter, &frame).unwrap()).unwrap().reading(0);
            prop_assert_eq!(reading.time, Some(time));
            prop_assert_eq!(reading.measured, Measured::Value(Concentration::mg_per_dl(u32::from(value))));
        }

        #[test]
        fn one_wrong_bit_is_noticed(
            message in prop::collection::vec(any::<u8>(), 1..40),
            place: usize,
            bit in 0_u8..8,
        ) {
            let mut frame = encode(Sender::Meter, &message);
            let place = place % frame.len();
            frame[place] ^= 1 << bit;
            prop_assert!(decode(Sender::Meter, &frame).is_err());
        }

        #[test]
        fn any_bytes_are_borne(bytes: Vec<u8>) {
            let _ = (decode(Sender::Meter, &bytes), parse_count(&bytes));
            let _ = Record::from_message(&bytes).map(|record| record.reading(0));
        }
    }
}
