//! `AbsoluteTime`: a wall clock as eight binary-coded decimals, without a zone.

use std::fmt;

use jiff::civil::DateTime;

use super::DecodeError;

/// Century, year, month, day, hour, minute, second and hundredths, two decimal digits each, as on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AbsoluteTime(pub [u8; 8]);

impl AbsoluteTime {
    /// The stamp of this time; what is finer than hundredths is cut off.
    #[must_use]
    pub fn of(time: DateTime) -> Self {
        let year = i32::from(time.year());
        let hundredths = time.subsec_nanosecond() / 10_000_000;
        let fields = [
            year / 100,
            year % 100,
            i32::from(time.month()),
            i32::from(time.day()),
            i32::from(time.hour()),
            i32::from(time.minute()),
            i32::from(time.second()),
            hundredths,
        ];
        // Each field is below 100; a year before Christ has no stamp and becomes 0000.
        Self(fields.map(|field| u8::try_from(field / 10 * 16 + field % 10).unwrap_or(0)))
    }

    /// The time of this stamp.
    ///
    /// # Errors
    /// [`DecodeError::ImpossibleTime`] if a digit is above nine or the calendar has no such moment.
    pub fn decode(self) -> Result<DateTime, DecodeError> {
        let fields = self.0.map(two_digits);
        let [
            Some(century),
            Some(year),
            Some(month),
            Some(day),
            Some(hour),
            Some(minute),
            Some(second),
            Some(hundredth),
        ] = fields
        else {
            return Err(DecodeError::ImpossibleTime);
        };
        DateTime::new(
            i16::from(century) * 100 + i16::from(year),
            month,
            day,
            hour,
            minute,
            second,
            i32::from(hundredth) * 10_000_000,
        )
        .map_err(|_| DecodeError::ImpossibleTime)
    }
}

impl fmt::Display for AbsoluteTime {
    /// The bytes in hexadecimal, as for a raw field.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode_upper(self.0))
    }
}

fn two_digits(byte: u8) -> Option<i8> {
    let (tens, ones) = (byte >> 4, byte & 0x0F);
    if tens > 9 || ones > 9 {
        return None;
    }
    i8::try_from(tens * 10 + ones).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// The clock of the captured answer of a Guide; section 6.1.
    #[test]
    fn a_captured_clock_is_read() {
        let stamp = AbsoluteTime([0x20, 0x26, 0x10, 0x01, 0x21, 0x06, 0x58, 0x00]);
        assert_eq!(stamp.decode(), Ok(date(2026, 10, 1).at(21, 6, 58, 0)));
        assert_eq!(AbsoluteTime::of(date(2026, 10, 1).at(21, 6, 58, 0)), stamp);
        assert_eq!(stamp.to_string(), "2026100121065800");
    }

    #[test]
    fn an_impossible_stamp_is_an_error() {
        for bytes in [
            [0x20, 0x26, 0x13, 0x01, 0x00, 0x00, 0x00, 0x00],
            [0x20, 0x26, 0x02, 0x29, 0x00, 0x00, 0x00, 0x00],
            [0x20, 0x26, 0x01, 0x01, 0x24, 0x00, 0x00, 0x00],
            [0x20, 0x26, 0x01, 0x0A, 0x00, 0x00, 0x00, 0x00],
            [0x20, 0x26, 0x01, 0xA1, 0x00, 0x00, 0x00, 0x00],
            [0x20, 0x26, 0x01, 0x01, 0x00, 0x00, 0x60, 0x00],
        ] {
            assert_eq!(AbsoluteTime(bytes).decode(), Err(DecodeError::ImpossibleTime), "{bytes:02X?}");
        }
    }

    proptest! {
        #[test]
        fn a_stamp_is_a_time_that_gives_the_stamp_again_or_an_error(bytes: [u8; 8]) {
            if let Ok(time) = AbsoluteTime(bytes).decode() {
                prop_assert_eq!(AbsoluteTime::of(time), AbsoluteTime(bytes));
            }
        }

        #[test]
        fn every_time_to_the_hundredth_survives(seconds in 0_i64..7_000_000_000, hundredths in 0_i64..100) {
            let time = date(1900, 1, 1).at(0, 0, 0, 0)
                + jiff::SignedDuration::from_millis(seconds * 1000 + hundredths * 10);
            prop_assert_eq!(AbsoluteTime::of(time).decode(), Ok(time));
        }
    }
}
