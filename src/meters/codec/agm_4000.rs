//! The packets of an Allmedicus AGM-4000: `80 size ~size command data.. ckl ckh`.
//!
//! `size` counts command and data. `ckl` is the complement of the exclusive-or of 80, `~size` and every other byte of
//! the data from the first on; `ckh` that of `size`, the command and the rest. Numbers are big-endian.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};

/// Asks for the number of records.
pub const COUNT: u8 = 0x00;
/// Asks for the record of an index.
pub const RECORD: u8 = 0x01;
/// Asks for the serial number.
pub const SERIAL: u8 = 0x09;

/// The value that stands for LO: one below the range of 20 to 600 mg/dL (Tidepool).
pub const LOW: u16 = 19;
/// The value that stands for HI: one above that range (Tidepool).
pub const HIGH: u16 = 601;

/// The first byte of every message.
const START: u8 = 0x80;
/// Start, size, its complement and two check values.
const AROUND: usize = 5;

/// Why bytes are no packet, or data not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PacketError {
    /// The start, the size or its complement is wrong, or the bytes end early.
    #[error("the packet has a wrong start or size")]
    Form,
    /// The check values are not those of the packet.
    #[error("check values {sent:#06x}, expected {computed:#06x}")]
    Checksum {
        /// What the packet says, `ckl` in the high byte.
        sent: u16,
        /// What its bytes give.
        computed: u16,
    },
    /// The data have another length, or are no characters where they should be.
    #[error("the data are not what they should be")]
    Data,
}

fn checks(size: u8, command: u8, data: &[u8]) -> [u8; 2] {
    let every_other = |from| data.iter().skip(from).step_by(2).fold(0, |sum, byte| sum ^ byte);
    [!(START ^ !size ^ every_other(0)), !(size ^ command ^ every_other(1))]
}

/// A packet.
#[must_use]
pub fn encode(command: u8, data: &[u8]) -> Vec<u8> {
    let size = u8::try_from(data.len() + 1).unwrap_or(u8::MAX);
    let mut packet = vec![START, size, !size, command];
    packet.extend_from_slice(data);
    packet.extend(checks(size, command, data));
    packet
}

/// The length of the packet that begins with these bytes, once it can be told.
///
/// # Errors
/// [`PacketError::Form`] if no packet begins like this.
pub fn length(bytes: &[u8]) -> Result<Option<usize>, PacketError> {
    match bytes {
        [] | [START] => Ok(None),
        // The size counts the command, so a packet of size 0 cannot be.
        [START, size] if *size > 0 => Ok(None),
        [START, size, complement, ..] if *size > 0 && *complement == !size => Ok(Some(usize::from(*size) + AROUND)),
        _ => Err(PacketError::Form),
    }
}

/// Command and data of the packet at the start of a report, whatever fills the report up.
///
/// # Errors
/// [`PacketError`] says what is wrong; such a packet must not be used.
pub fn decode(report: &[u8]) -> Result<(u8, &[u8]), PacketError> {
    let length = length(report)?.ok_or(PacketError::Form)?;
    let packet = report.get(..length).ok_or(PacketError::Form)?;
    let Some(([_, size, _, command, data @ ..], sent)) = packet.split_last_chunk::<2>() else {
        return Err(PacketError::Form);
    };
    let computed = checks(*size, *command, data);
    if *sent == computed {
        Ok((*command, data))
    } else {
        Err(PacketError::Checksum { sent: u16::from_be_bytes(*sent), computed: u16::from_be_bytes(computed) })
    }
}

/// The number of records.
///
/// # Errors
/// [`PacketError::Data`].
pub fn parse_count(data: &[u8]) -> Result<u16, PacketError> {
    data.try_into().map(u16::from_be_bytes).map_err(|_| PacketError::Data)
}

/// The serial number: seven characters.
///
/// # Errors
/// [`PacketError::Data`].
pub fn parse_serial(data: &[u8]) -> Result<&str, PacketError> {
    let text = std::str::from_utf8(data).ok().filter(|text| text.len() == 7).ok_or(PacketError::Data)?;
    let text = text.trim_matches(['\0', ' ']);
    let right = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if right { Ok(text) } else { Err(PacketError::Data) }
}

/// What a record says about the moment of the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordEvent {
    /// Nothing.
    Normal = 0,
    /// After a meal.
    AfterMeal = 1,
    /// Before a meal.
    BeforeMeal = 2,
    /// A test with control solution.
    Control = 3,
}

/// The data of a record.
#[must_use]
pub fn encode_record(index: u16, time: DateTime, value: u16, event: RecordEvent) -> [u8; 8] {
    let of = |number: i8| u8::try_from(number).unwrap_or(0);
    let year = u8::try_from(time.year().rem_euclid(100)).unwrap_or(0);
    let [index_high, index_low] = index.to_be_bytes();
    let [value_high, value_low] = value.to_be_bytes();
    let (month, hour) = (of(time.month()), of(time.hour()));
    [
        index_high,
        index_low,
        year << 1 | month >> 3,
        month << 5 | of(time.day()),
        value_high & 3,
        value_low,
        (event as u8) << 6 | hour >> 2,
        hour << 6 | of(time.minute()),
    ]
}

/// The index of a record and its reading.
///
/// # Errors
/// [`PacketError::Data`].
pub fn parse_record(data: &[u8]) -> Result<(u16, Reading), PacketError> {
    let data: [u8; 8] = data.try_into().map_err(|_| PacketError::Data)?;
    let [index_high, index_low, year, day, value_high, value_low, event, minute] = data;
    let index = u16::from_be_bytes([index_high, index_low]);
    // Ten bits hold the value. What the other six of its first byte say is not published.
    let value = u16::from_be_bytes([value_high & 3, value_low]);
    // Month and hour lie across two bytes: the high bits end the byte before, the low bits begin
    // the next.
    let month = (year & 1) << 3 | day >> 5;
    let hour = (event & 7) << 2 | minute >> 6;
    // -1 is in no calendar, so what does not fit gives a reading without a time.
    let [month, day, hour, minute] = [month, day & 31, hour, minute & 63].map(|part| i8::try_from(part).unwrap_or(-1));
    let time = DateTime::new(2000 + i16::from(year >> 1), month, day, hour, minute, 0, 0).ok();
    // These two numbers alone stand for words (Tidepool). Another one beyond the range is kept as
    // it is, with a doubt: no source says that it means LO or HI.
    let measured = match value {
        LOW => Measured::Low,
        HIGH => Measured::High,
        value => Measured::Value(Concentration::mg_per_dl(u32::from(value))),
    };
    let mut doubts = super::time_doubt(time);
    if !(LOW..=HIGH).contains(&value) {
        doubts.push(Doubt::OutsideMeterRange);
    }
    let (kind, meal) = match event >> 6 {
        1 => (Kind::Blood, Meal::After),
        2 => (Kind::Blood, Meal::Before),
        3 => (Kind::Control, Meal::None),
        _ => (Kind::Blood, Meal::None),
    };
    let raw = BTreeMap::from([("record".to_owned(), hex::encode_upper(data))]);
    Ok((
        index,
        Reading { corrected_from: None, index: u32::from(index), time, measured, kind, meal: Some(meal), doubts, raw },
    ))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// The packets of the specification.
    #[test]
    fn packets_are_the_published_ones() {
        assert_eq!(encode(COUNT, &[]), [0x80, 0x01, 0xFE, 0x00, 0x81, 0xFE]);
        assert_eq!(encode(COUNT, &[0, 2]), [0x80, 0x03, 0xFC, 0x00, 0x00, 0x02, 0x83, 0xFE]);
        assert_eq!(encode(RECORD, &[0, 0]), [0x80, 0x03, 0xFC, 0x01, 0x00, 0x00, 0x83, 0xFD]);
        let data = encode_record(0, date(2020, 5, 6).at(7, 8, 0, 0), 123, RecordEvent::Normal);
        let record = [0x80, 0x09, 0xF6, 0x01, 0x00, 0x00, 0x28, 0xA6, 0x00, 0x7B, 0x01, 0xC8, 0xA0, 0xE2];
        assert_eq!(encode(RECORD, &data), record);
        assert_eq!(decode(&[&record[..], &[0; 50]].concat()), Ok((RECORD, &data[..])));
        assert_eq!(parse_count(&[1, 2]), Ok(258));
    }

    #[test]
    fn events_and_limits_are_kept_apart() {
        let of = |value, event| {
            parse_record(&encode_record(3, date(2026, 12, 31).at(23, 59, 0, 0), value, event)).unwrap().1
        };
        assert_eq!(
            (of(19, RecordEvent::Normal).measured, of(601, RecordEvent::Normal).measured),
            (Measured::Low, Measured::High)
        );
        assert_eq!(
            (of(99, RecordEvent::AfterMeal).meal, of(99, RecordEvent::BeforeMeal).meal),
            (Some(Meal::After), Some(Meal::Before))
        );
        assert_eq!((of(99, RecordEvent::Control).kind, of(99, RecordEvent::Normal).kind), (Kind::Control, Kind::Blood));
        assert_eq!(of(700, RecordEvent::Normal).doubts, [Doubt::OutsideMeterRange]);
    }

    #[test]
    fn a_serial_number_is_seven_characters() {
        assert_eq!(parse_serial(b"000SIM1"), Ok("000SIM1"));
        for wrong in [&b"000SIM"[..], b"\0\0\0\0\0\0\0", b"000\x1bIM1"] {
            assert_eq!(parse_serial(wrong), Err(PacketError::Data));
        }
    }

    proptest! {
        #[test]
        fn a_record_goes_round(minute in 0_i32..50_000_000, index: u16, value in 20_u16..=600) {
            let since = jiff::SignedDuration::from_mins(i64::from(minute));
            let time = date(2000, 1, 1).at(0, 0, 0, 0).saturating_add(since);
            let (found, reading) = parse_record(&encode_record(index, time, value, RecordEvent::Normal)).unwrap();
            prop_assert_eq!((found, reading.time), (index, Some(time)));
            prop_assert_eq!(reading.measured, Measured::Value(Concentration::mg_per_dl(u32::from(value))));
        }

        #[test]
        fn one_wrong_bit_is_noticed(
            command: u8,
            data in prop::collection::vec(any::<u8>(), 0..9),
            place: usize,
            bit in 0_u8..8,
        ) {
            let mut packet = encode(command, &data);
            let place = place % packet.len();
            packet[place] ^= 1 << bit;
            prop_assert!(decode(&packet).is_err());
        }

        #[test]
        fn any_bytes_are_borne(bytes: Vec<u8>) {
            let _ = (decode(&bytes), length(&bytes), parse_record(&bytes), parse_serial(&bytes), parse_count(&bytes));
        }
    }
}
