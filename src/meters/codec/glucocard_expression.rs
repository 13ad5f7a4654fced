//! The packets of a GLUCOCARD Expression or EmbraceTALK: start, operation, eight bytes, sum.
//!
//! Start is AA to the meter and DD from it; the sum is the low byte of operation and payload. Numbers are
//! little-endian.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Kind, Reading};

/// Length of a packet.
pub const PACKET: usize = 11;
/// How many packets answer [`READ_ALL`]: one for each place of the memory, used or not.
pub const PLACES: u32 = 300;

/// Asks whether somebody is there.
pub const PING: u8 = 0x00;
/// Asks for the clock.
pub const CLOCK: u8 = 0x07;
/// Asks for the serial number.
pub const SERIAL: u8 = 0x0F;
/// Asks for the whole memory.
pub const READ_ALL: u8 = 0x10;

/// The payload of a place without a record.
pub const EMPTY: [u8; 8] = [0xFF; 8];

/// From this value down the meter shows LO, and from the other up HI (Tidepool).
pub const LOW: u16 = 20;
/// See [`LOW`].
pub const HIGH: u16 = 600;

/// Who sends a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// The meter.
    Meter,
    /// This computer.
    Host,
}

impl Sender {
    /// The first byte of its packets.
    #[must_use]
    pub const fn start(self) -> u8 {
        match self {
            Self::Meter => 0xDD,
            Self::Host => 0xAA,
        }
    }
}

/// Why bytes are no packet, or a payload no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PacketError {
    /// Not eleven bytes with the right start.
    #[error("the packet has a wrong start or length")]
    Form,
    /// The sum of the packet, or the check number of the record, is not the one of its bytes.
    #[error("check value {sent:#06x}, expected {computed:#06x}")]
    Checksum {
        /// What it says.
        sent: u16,
        /// What its bytes give.
        computed: u16,
    },
    /// The record is in mmol/L; how such a value is scaled is not known.
    #[error("it is in mmol/L, and how the meter stores that is not published; write it down from the meter's display")]
    Unit,
}

fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte))
}

/// A packet.
#[must_use]
pub fn encode(from: Sender, operation: u8, payload: [u8; 8]) -> Vec<u8> {
    let mut packet = vec![from.start(), operation];
    packet.extend(payload);
    packet.push(sum(&payload).wrapping_add(operation));
    packet
}

/// Operation and payload of a packet.
///
/// # Errors
/// [`PacketError`] says what is wrong; such a packet must not be used.
pub fn decode(from: Sender, packet: &[u8]) -> Result<(u8, [u8; 8]), PacketError> {
    let packet: [u8; PACKET] = packet.try_into().map_err(|_| PacketError::Form)?;
    let [start, operation, payload @ .., sent] = packet;
    if start != from.start() {
        return Err(PacketError::Form);
    }
    let computed = sum(&payload).wrapping_add(operation);
    if sent == computed {
        Ok((operation, payload))
    } else {
        Err(PacketError::Checksum { sent: u16::from(sent), computed: u16::from(computed) })
    }
}

/// Day, hour and minute in one number: bits 0 to 4, 5 to 9 and 10 to 15.
const fn unpack(packed: u16) -> [u16; 3] {
    [packed & 31, packed >> 5 & 31, packed >> 10]
}

fn pack(time: DateTime) -> [u8; 2] {
    let of = |number: i8| u16::try_from(number).unwrap_or(0);
    (of(time.day()) | of(time.hour()) << 5 | of(time.minute()) << 10).to_le_bytes()
}

fn moment(year: u8, month: u8, packed: u16) -> Option<DateTime> {
    // -1 is in no calendar, so what does not fit gives no time.
    let [day, hour, minute] = unpack(packed).map(|number| i8::try_from(number).unwrap_or(-1));
    DateTime::new(2000 + i16::from(year), i8::try_from(month).ok()?, day, hour, minute, 0, 0).ok()
}

/// The clock; `None` if it shows no time that exists. The month is in the low half of its byte here.
#[must_use]
pub fn parse_clock(payload: [u8; 8]) -> Option<DateTime> {
    let [year, month, low, high, ..] = payload;
    moment(year & 0x7F, month & 0x0F, u16::from_le_bytes([low, high]))
}

/// The payload that tells the clock.
#[must_use]
pub fn encode_clock(time: DateTime) -> [u8; 8] {
    let [low, high] = pack(time);
    let (year, month) = (time.year().rem_euclid(100), time.month());
    [u8::try_from(year).unwrap_or(0), u8::try_from(month).unwrap_or(0), low, high, 0, 0, 0, 0]
}

/// The serial number: eight characters, sent from the last to the first. The packet's check value proves them; what is
/// no text is kept as its digits in hexadecimal.
#[must_use]
pub fn parse_serial(mut payload: [u8; 8]) -> String {
    if payload == EMPTY {
        return String::new();
    }
    payload.reverse();
    let text = std::str::from_utf8(&payload).ok().map(|text| text.trim_matches(['\0', ' ']));
    match text.filter(|text| text.bytes().all(|byte| (0x20..0x7F).contains(&byte))) {
        Some(text) => text.to_owned(),
        None => format!("{:016X}", u64::from_be_bytes(payload)),
    }
}

/// The payload that tells a serial number of at most eight characters.
#[must_use]
pub fn encode_serial(serial: &str) -> [u8; 8] {
    let mut payload = [b' '; 8];
    for (place, byte) in payload.iter_mut().zip(serial.bytes()) {
        *place = byte;
    }
    payload.reverse();
    payload
}

/// The check number of a record: the sum of year, unit, control mark, month, day, hour, minute and value.
fn check(year_and_unit: u8, month_and_control: u8, packed: u16, value: u16) -> u16 {
    // Unit and control mark count as numbers of their own, 0 or 1, not as the bits that they are in
    // their bytes.
    let of_bytes = [year_and_unit & 0x7F, year_and_unit >> 7, month_and_control & 1, month_and_control >> 4];
    let parts = of_bytes.map(u16::from).into_iter().chain(unpack(packed)).chain([value]);
    parts.fold(0, u16::wrapping_add)
}

/// The payload of a record in mg/dL.
#[must_use]
pub fn encode_record(time: DateTime, value: u16, is_control: bool) -> [u8; 8] {
    let [clock_year, clock_month, low, high, ..] = encode_clock(time);
    let (year, month) = (clock_year | 0x80, clock_month << 4 | u8::from(is_control));
    let [value_low, value_high] = value.to_le_bytes();
    let [check_low, check_high] = check(year, month, u16::from_le_bytes([low, high]), value).to_le_bytes();
    [year, month, low, high, value_low, value_high, check_low, check_high]
}

/// A reading from the payload of a record; `index` is its place in the memory.
///
/// # Errors
/// [`PacketError::Checksum`] or [`PacketError::Unit`].
pub fn reading(payload: [u8; 8], index: u32) -> Result<Reading, PacketError> {
    let [year, month, low, high, value_low, value_high, check_low, check_high] = payload;
    let packed = u16::from_le_bytes([low, high]);
    let value = u16::from_le_bytes([value_low, value_high]);
    let (sent, computed) = (u16::from_le_bytes([check_low, check_high]), check(year, month, packed, value));
    if sent != computed {
        return Err(PacketError::Checksum { sent, computed });
    }
    // Only under a right check value, which covers this bit: a damaged record must not pass for one in another unit.
    // Tidepool refuses these as well; no source tells their scale.
    if year & 0x80 == 0 {
        return Err(PacketError::Unit);
    }
    // The month is in the high half of its byte here and in the low half in the answer with the clock; the low half of
    // a record marks control solution.
    let time = moment(year & 0x7F, month >> 4, packed);
    Ok(Reading {
        corrected_from: None,
        index,
        time,
        measured: match value {
            ..=LOW => Measured::Low,
            HIGH.. => Measured::High,
            value => Measured::Value(Concentration::mg_per_dl(u32::from(value))),
        },
        kind: if month & 1 == 0 { Kind::Blood } else { Kind::Control },
        meal: None,
        doubts: super::time_doubt(time),
        raw: BTreeMap::from([("record".to_owned(), hex::encode_upper(payload))]),
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// The packets of the specification.
    #[test]
    fn packets_are_the_published_ones() {
        assert_eq!(encode(Sender::Host, PING, [0; 8]), [0xAA, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(encode(Sender::Meter, PING, [1, 0, 0, 0, 0, 0, 0, 0]), [0xDD, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(encode(Sender::Host, READ_ALL, [0; 8]), [0xAA, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0x10]);
        let record = [0xDD, 0x10, 0x94, 0x50, 0xE6, 0x20, 0x7B, 0x00, 0xAA, 0x00, 0x1F];
        assert_eq!(encode(Sender::Meter, READ_ALL, encode_record(date(2020, 5, 6).at(7, 8, 0, 0), 123, false)), record);
        assert_eq!(encode(Sender::Meter, READ_ALL, EMPTY).last(), Some(&0x08));
        assert_eq!(decode(Sender::Host, &record), Err(PacketError::Form));
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        let mut record = encode_record(date(2020, 5, 6).at(7, 8, 0, 0), 56, false);
        record[0] &= 0x7F;
        assert_eq!(reading(record, 0), Err(PacketError::Checksum { sent: 0x67, computed: 0x66 }));
        record[6] -= 1;
        assert_eq!(reading(record, 0), Err(PacketError::Unit));
        for (value, measured) in
            [(20, Measured::Low), (21, Measured::Value(Concentration::mg_per_dl(21))), (600, Measured::High)]
        {
            let found = reading(encode_record(date(2020, 5, 6).at(7, 8, 0, 0), value, true), 0).unwrap();
            assert_eq!((found.measured, found.kind), (measured, Kind::Control));
        }
    }

    #[test]
    fn a_serial_number_comes_backwards() {
        assert_eq!(parse_serial(*b"87654321"), "12345678");
        assert_eq!(parse_serial(encode_serial("000-12")), "000-12");
        assert_eq!([parse_serial(EMPTY), parse_serial([0; 8])], ["", ""]);
        assert_eq!(parse_serial(*b"7/54.21\xE9"), "E931322E34352F37");
    }

    proptest! {
        #[test]
        fn a_record_goes_round(minute in 0_i32..50_000_000, value in 21_u16..600, control: bool) {
            let since = jiff::SignedDuration::from_mins(i64::from(minute));
            let time = date(2000, 1, 1).at(0, 0, 0, 0).saturating_add(since);
            let found = reading(encode_record(time, value, control), 0).unwrap();
            let measured = Measured::Value(Concentration::mg_per_dl(u32::from(value)));
            prop_assert_eq!((found.time, found.measured), (Some(time), measured));
            prop_assert_eq!(parse_clock(encode_clock(time)), Some(time));
        }

        #[test]
        fn one_wrong_bit_is_noticed(operation: u8, payload: [u8; 8], place in 0_usize..11, bit in 0_u8..8) {
            let mut packet = encode(Sender::Meter, operation, payload);
            packet[place] ^= 1 << bit;
            prop_assert!(decode(Sender::Meter, &packet).is_err());
        }

        #[test]
        fn any_bytes_are_borne(bytes: Vec<u8>, payload: [u8; 8]) {
            let _ = (decode(Sender::Meter, &bytes), reading(payload, 0), parse_clock(payload), parse_serial(payload));
        }
    }
}
