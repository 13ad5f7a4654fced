//! Stamps and records of i-SENS meters.

use jiff::civil::DateTime;

/// How many bytes a record of protocol 3 has.
pub const LENGTH: usize = 9;

/// A time: year since 2000, month, day, hour, minute, second, a byte each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp(pub [u8; 6]);

impl Stamp {
    /// The time; `None` if there is no such one.
    #[must_use]
    pub fn decode(self) -> Option<DateTime> {
        let [year, rest @ ..] = self.0;
        // -1 is in no calendar, so a byte above 127 gives no time.
        let [month, day, hour, minute, second] = rest.map(|byte| i8::try_from(byte).unwrap_or(-1));
        DateTime::new(2000 + i16::from(year), month, day, hour, minute, second, 0).ok()
    }

    /// The stamp of a time; `None` outside the years 2000 to 2099.
    #[must_use]
    pub fn encode(time: DateTime) -> Option<Self> {
        let year = u8::try_from(time.year() - 2000).ok().filter(|year| *year < 100)?;
        let part = |number: i8| u8::try_from(number).ok();
        Some(Self([
            year,
            part(time.month())?,
            part(time.day())?,
            part(time.hour())?,
            part(time.minute())?,
            part(time.second())?,
        ]))
    }
}

/// Marks of a record of protocol 3: bits of its seventh byte.
pub mod flag {
    /// A test with control solution.
    pub const CONTROL: u8 = 0x01;
    /// After a meal.
    pub const AFTER_MEAL: u8 = 0x02;
    /// Below the meter's range.
    pub const LOW: u8 = 0x04;
    /// Above the meter's range.
    pub const HIGH: u8 = 0x08;
    /// Fasting.
    pub const FASTING: u8 = 0x10;
    /// Nothing is marked.
    pub const NORMAL: u8 = 0x20;
    /// A ketone.
    pub const KETONE: u8 = 0x40;
}

/// A record of protocol 3: stamp, flags, and the value, big-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// When.
    pub stamp: Stamp,
    /// Bits of [`flag`].
    pub flags: u8,
    /// mg/dL; for a ketone tenths of mmol/L.
    pub value: u16,
}

impl Record {
    /// Reads a record.
    #[must_use]
    pub const fn decode(bytes: [u8; LENGTH]) -> Self {
        let [year, month, day, hour, minute, second, flags, high, low] = bytes;
        let stamp = Stamp([year, month, day, hour, minute, second]);
        Self { stamp, flags, value: u16::from_be_bytes([high, low]) }
    }

    /// The record as bytes.
    #[must_use]
    pub const fn encode(self) -> [u8; LENGTH] {
        let [year, month, day, hour, minute, second] = self.stamp.0;
        let [high, low] = self.value.to_be_bytes();
        [year, month, day, hour, minute, second, self.flags, high, low]
    }

    /// Whether all bits of `flags` are set.
    #[must_use]
    pub const fn has(self, flags: u8) -> bool {
        self.flags & flags == flags
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// Two records made by hand after the published layout.
    #[test]
    fn records_are_those_of_the_specification() {
        let normal = Record::decode([0x14, 5, 6, 7, 8, 9, 0x20, 0, 0x7B]);
        assert_eq!(normal.stamp.decode(), Some(date(2020, 5, 6).at(7, 8, 9, 0)));
        assert_eq!((normal.flags, normal.value), (flag::NORMAL, 123));
        let high = Record::decode([0x14, 5, 6, 6, 0, 0, 8, 2, 0xBC]);
        assert!(high.has(flag::HIGH) && !high.has(flag::LOW) && high.value == 700);
    }

    #[test]
    fn an_impossible_time_is_none() {
        assert_eq!(Stamp([20, 2, 30, 0, 0, 0]).decode(), None);
        assert_eq!(Stamp([20, 0, 1, 0, 0, 0]).decode(), None);
        assert_eq!(Stamp([255; 6]).decode(), None);
        assert_eq!(Stamp::encode(date(2100, 1, 1).at(0, 0, 0, 0)), None);
    }

    proptest! {
        #[test]
        fn any_record_is_borne(bytes: [u8; LENGTH]) {
            let record = Record::decode(bytes);
            prop_assert_eq!(record.encode(), bytes);
            if let Some(time) = record.stamp.decode().filter(|time| time.year() < 2100) {
                prop_assert_eq!(Stamp::encode(time), Some(record.stamp));
            }
        }
    }
}
