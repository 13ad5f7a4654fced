//! The Libre reader's binary tables: check values, factory configuration, history records (abbott.md section 5.2).
//!
//! Numbers are little endian. No meter of the catalogue needs this language: the driver has the same values by text,
//! which every Libre reader and the `InsuLinx` speak. So it is no part of the program; it stands here as the second
//! witness of what a history record holds.

use jiff::SignedDuration;
use jiff::civil::{DateTime, date};

/// The reader marked its time as valid.
const TIME_VALID: u8 = 0x80;

/// The type of a history record.
const HISTORY: u8 = 12;

/// Why bytes are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BinaryError {
    /// Too few or too many bytes.
    #[error("the length is not that of the record")]
    Length,
    /// Another table or type.
    #[error("this is another kind of record")]
    Kind,
    /// The check value is not that of the bytes.
    #[error("checksum {sent:#x}, expected {computed:#x}")]
    Checksum {
        /// What the bytes say.
        sent: u32,
        /// What they give.
        computed: u32,
    },
}

/// The check value of a frame: CRC with polynomial 04C11DB7, begun at FFFFFFFF, over 32-bit little-endian words, zero
/// bytes added to the last.
#[must_use]
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for chunk in bytes.chunks(4) {
        let mut word = [0; 4];
        for (place, byte) in word.iter_mut().zip(chunk) {
            *place = *byte;
        }
        crc ^= u32::from_le_bytes(word);
        for _ in 0..32 {
            crc = (crc << 1) ^ if crc & 0x8000_0000 == 0 { 0 } else { 0x04C1_1DB7 };
        }
    }
    crc
}

/// The check value of a record: CRC with the reflected polynomial 8408, begun at FFFF, its bits in reverse at the end.
#[must_use]
pub(crate) fn crc16(bytes: &[u8]) -> u16 {
    let mut crc = u16::MAX;
    for byte in bytes {
        crc ^= u16::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ if crc & 1 == 0 { 0 } else { 0x8408 };
        }
    }
    crc.reverse_bits()
}

/// The reader's factory configuration: table 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FactoryConfig {
    /// Whether the display shows mg/dL.
    pub(crate) shows_mg_per_dl: bool,
    /// Seconds from 1970 to the reader's own time zero, on its wall clock.
    pub(crate) time_conversion: u32,
}

impl FactoryConfig {
    /// Reads the table, its number first.
    ///
    /// # Errors
    /// [`BinaryError`] if it is another table or its check value is wrong.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, BinaryError> {
        let (table, rest) = bytes.split_first().ok_or(BinaryError::Length)?;
        if *table != 1 {
            return Err(BinaryError::Kind);
        }
        let (body, crc) = rest.split_last_chunk::<4>().ok_or(BinaryError::Length)?;
        let (sent, computed) = (u32::from_le_bytes(*crc), crc32(body));
        if sent != computed {
            return Err(BinaryError::Checksum { sent, computed });
        }
        let unit = body.get(133).ok_or(BinaryError::Length)?;
        let conversion = body.get(156..160).and_then(|bytes| bytes.try_into().ok()).ok_or(BinaryError::Length)?;
        Ok(Self { shows_mg_per_dl: *unit == 1, time_conversion: u32::from_le_bytes(conversion) })
    }
}

/// A value that the sensor stored by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HistoryRecord {
    /// The lower 16 bits of its number.
    pub(crate) number: u16,
    /// The stamp, and whether the reader calls it valid.
    pub(crate) time: (DateTime, bool),
    /// Glucose in mg/dL.
    pub(crate) mg_per_dl: u16,
    /// Age of the sensor in minutes.
    pub(crate) sensor_minutes: u16,
    /// Errors of quality; 0 is none.
    pub(crate) errors: u16,
}

impl HistoryRecord {
    /// Reads a record of table 6, the table's number first.
    ///
    /// # Errors
    /// [`BinaryError`] if it is another record or its check value is wrong.
    pub(crate) fn parse(bytes: &[u8], config: FactoryConfig) -> Result<Self, BinaryError> {
        let record: &[u8; 21] = bytes.try_into().map_err(|_| BinaryError::Length)?;
        let [table, n0, n1, kind, flags, t0, t1, t2, t3, o0, o1, o2, o3, v0, v1, a0, a1, e0, e1, c0, c1] = *record;
        if (table, kind) != (6, HISTORY) {
            return Err(BinaryError::Kind);
        }
        let sent = u16::from_le_bytes([c0, c1]);
        let computed = crc16(record.get(1..19).unwrap_or_default());
        if sent != computed {
            return Err(BinaryError::Checksum { sent: u32::from(sent), computed: u32::from(computed) });
        }
        let seconds = i64::from(config.time_conversion)
            + i64::from(u32::from_le_bytes([t0, t1, t2, t3]))
            + i64::from(i32::from_le_bytes([o0, o1, o2, o3]));
        let time = date(1970, 1, 1).at(0, 0, 0, 0).saturating_add(SignedDuration::from_secs(seconds));
        Ok(Self {
            number: u16::from_le_bytes([n0, n1]),
            time: (time, flags & TIME_VALID != 0),
            mg_per_dl: u16::from_le_bytes([v0, v1]) & 0x03FF,
            sensor_minutes: u16::from_le_bytes([a0, a1]),
            errors: u16::from_le_bytes([e0, e1]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The captured record of the specification.
    const RECORD: [u8; 21] = [
        0x06, 0xA4, 0x90, 0x0C, 0x80, 0x53, 0x5B, 0x10, 0x05, 0xDC, 0xCD, 0xFF, 0xFF, 0x4B, 0x00, 0xE0, 0x1F, 0x00,
        0x00, 0x45, 0xF8,
    ];

    const CONFIG: FactoryConfig = FactoryConfig { shows_mg_per_dl: true, time_conversion: 1_356_912_000 };

    #[test]
    fn check_values_are_the_captured_ones() {
        assert_eq!(crc32(&[0x34]), 0x0032_C637);
        assert_eq!(crc32(&[0x81, 0x31, 0x06]), 0x4CF1_A7D9);
        assert_eq!(crc16(&RECORD[1..19]), 0xF845);
    }

    #[test]
    fn the_captured_record_is_read() {
        let record = HistoryRecord::parse(&RECORD, CONFIG).unwrap();
        assert_eq!((record.number, record.mg_per_dl, record.sensor_minutes, record.errors), (37_028, 75, 8160, 0));
        assert_eq!(record.time, (date(2015, 9, 10).at(3, 53, 19, 0), true));
    }

    #[test]
    fn a_changed_bit_is_found() {
        for place in 1..RECORD.len() {
            for bit in 0..8 {
                let mut record = RECORD;
                record[place] ^= 1 << bit;
                assert!(HistoryRecord::parse(&record, CONFIG).is_err(), "bit {bit} of byte {place}");
            }
        }
        assert_eq!(HistoryRecord::parse(&RECORD[1..], CONFIG), Err(BinaryError::Length));
        assert_eq!(FactoryConfig::parse(&[2, 0, 0, 0, 0]), Err(BinaryError::Kind));
    }
}
