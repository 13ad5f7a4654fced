//! What the four bytes of data of a TaiDoc frame mean. Numbers are little-endian.

use jiff::civil::DateTime;

use crate::domain::reading::Meal;

/// A day and a minute as the meter sends them: day, month, year since 2000 in the first two bytes,
/// then minute and hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp(pub [u8; 4]);

impl Stamp {
    /// The time; `None` if there is no such day or minute, as in a meter whose clock was never set. The bits above
    /// minute and hour may carry other things and are passed over.
    #[must_use]
    pub fn decode(self) -> Option<DateTime> {
        let [low, high, minute, hour] = self.0;
        let day = u16::from_le_bytes([low, high]);
        let small = |number: u16| i8::try_from(number).ok();
        DateTime::new(
            2000 + i16::try_from(day >> 9).ok()?,
            small(day >> 5 & 0x0F)?,
            small(day & 0x1F)?,
            small(u16::from(hour & 0x1F))?,
            small(u16::from(minute & 0x3F))?,
            0,
            0,
        )
        .ok()
    }

    /// The stamp of a time, without its seconds; `None` outside the years 2000 to 2127.
    #[must_use]
    pub fn encode(time: DateTime) -> Option<Self> {
        let year = u16::try_from(time.year() - 2000).ok().filter(|year| *year < 128)?;
        let part = |number: i8| u8::try_from(number).ok();
        let day = year << 9 | u16::from(part(time.month())?) << 5 | u16::from(part(time.day())?);
        let [low, high] = day.to_le_bytes();
        Some(Self([low, high, part(time.minute())?, part(time.hour())?]))
    }
}

/// What a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Glucose.
    Glucose,
    /// Ketone. Its scale is not established. Tidepool divides by 30, compares with 8.0 and divides by 10 again, which
    /// cannot all be right.
    Ketone,
    /// Something else, by the meter's number: 6 haematocrit, 8 uric acid, 9 cholesterol, 11 haemoglobin, 12 lactate,
    /// 13 triglycerides.
    Other(u8),
}

/// How a record is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordMark {
    /// A result of a person: [`Meal::None`], [`Meal::Before`] or [`Meal::After`].
    Meal(Meal),
    /// A test with control solution.
    Control,
}

/// The value of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value {
    /// The number as it stands. For glucose mg/dL, whatever the display shows.
    pub number: u16,
    /// The third byte; its meaning is not known, perhaps the temperature.
    pub unknown: u8,
    /// What was measured.
    pub quantity: Quantity,
    /// How it is marked.
    pub mark: RecordMark,
}

impl Value {
    /// Reads the answer. Its last byte has two fields: the upper two bits are the mark, the four below them the
    /// quantity. The lowest two are passed over.
    #[must_use]
    pub fn decode([low, high, unknown, flags]: [u8; 4]) -> Self {
        // Compared whole: Tidepool tests whether all bits of a constant are set, so a ketone (7) passes for haematocrit
        // (6) too.
        let quantity = match flags >> 2 & 0x0F {
            0 => Quantity::Glucose,
            7 => Quantity::Ketone,
            other => Quantity::Other(other),
        };
        let mark = match flags >> 6 {
            0 => RecordMark::Meal(Meal::None),
            1 => RecordMark::Meal(Meal::Before),
            2 => RecordMark::Meal(Meal::After),
            _ => RecordMark::Control,
        };
        Self { number: u16::from_le_bytes([low, high]), unknown, quantity, mark }
    }

    /// The answer. Meals that the family cannot mark are left out.
    #[must_use]
    pub fn encode(self) -> [u8; 4] {
        let quantity = match self.quantity {
            Quantity::Glucose => 0,
            Quantity::Ketone => 7,
            Quantity::Other(number) => number & 0x0F,
        };
        let mark = match self.mark {
            RecordMark::Meal(Meal::Before) => 1,
            RecordMark::Meal(Meal::After) => 2,
            RecordMark::Meal(Meal::None | Meal::Fasting | Meal::Bedtime | Meal::Casual) => 0,
            RecordMark::Control => 3,
        };
        let [low, high] = self.number.to_le_bytes();
        [low, high, self.unknown, mark << 6 | quantity << 2]
    }
}

/// The number of the model: its four digits as packed decimals, the last two first. One that is not decimal is kept as
/// it came: no source says that there is none.
#[must_use]
pub fn model([low, high, _, _]: [u8; 4]) -> String {
    // Two digits for each byte: Tidepool drops the zero of one below 10.
    hex::encode_upper([high, low])
}

/// The serial number from its two halves: sixteen hexadecimal digits, the last byte of each half first.
#[must_use]
pub fn serial(left: [u8; 4], right: [u8; 4]) -> String {
    format!("{:08X}{:08X}", u32::from_le_bytes(left), u32::from_le_bytes(right))
}

/// The halves, left and right, of a serial number of sixteen hexadecimal digits.
#[must_use]
pub fn serial_halves(serial: &str) -> Option<[[u8; 4]; 2]> {
    let mut halves = [[0; 4]; 2];
    hex::decode_to_slice(serial, halves.as_flattened_mut()).ok()?;
    Some(halves.map(|half| u32::from_be_bytes(half).to_le_bytes()))
}

/// How many records there are. The other half of the answer is FFFF when there are none.
#[must_use]
pub const fn count([low, high, _, _]: [u8; 4]) -> u16 {
    u16::from_le_bytes([low, high])
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// Captured stamps, published with glucometerutils.
    #[test]
    fn stamps_are_the_published_ones() {
        for (bytes, time) in [
            ([0x21, 0x24, 0x0E, 0x15], date(2018, 1, 1).at(21, 14, 0, 0)),
            ([0x21, 0x26, 0x0E, 0x15], date(2019, 1, 1).at(21, 14, 0, 0)),
            ([0x04, 0x27, 0x25, 0x0D], date(2019, 8, 4).at(13, 37, 0, 0)),
        ] {
            assert_eq!(Stamp(bytes).decode(), Some(time));
            assert_eq!(Stamp::encode(time), Some(Stamp(bytes)));
        }
        // Month 0: the clock was never set. Hour 31 is none. High bits of minute and hour do not count.
        assert_eq!(Stamp([0, 0, 0, 0]).decode(), None);
        assert_eq!(Stamp([0x21, 0x24, 0x0E, 0x1F]).decode(), None);
        assert_eq!(Stamp([0x21, 0x24, 0xCE, 0xF5]).decode(), Stamp([0x21, 0x24, 0x0E, 0x15]).decode());
        assert_eq!(Stamp::encode(date(1999, 1, 1).at(0, 0, 0, 0)), None);
        assert_eq!(Stamp::encode(date(2128, 1, 1).at(0, 0, 0, 0)), None);
    }

    /// By the table of the specification: the low byte of 112 is 0x70; 0x1C is 7 << 2.
    #[test]
    fn the_flags_are_fields_not_bits() {
        let decoded = |flags| {
            let value = Value::decode([0x70, 0, 0x1A, flags]);
            assert_eq!((value.number, value.unknown), (112, 0x1A));
            (value.quantity, value.mark)
        };
        assert_eq!(decoded(0x00), (Quantity::Glucose, RecordMark::Meal(Meal::None)));
        assert_eq!(decoded(0x40), (Quantity::Glucose, RecordMark::Meal(Meal::Before)));
        assert_eq!(decoded(0x80), (Quantity::Glucose, RecordMark::Meal(Meal::After)));
        assert_eq!(decoded(0xC0), (Quantity::Glucose, RecordMark::Control));
        assert_eq!(decoded(0x1C), (Quantity::Ketone, RecordMark::Meal(Meal::None)));
        assert_eq!(decoded(0x18), (Quantity::Other(6), RecordMark::Meal(Meal::None)));
        assert_eq!(decoded(0xF4), (Quantity::Other(13), RecordMark::Control));
    }

    #[test]
    fn model_and_serial_are_read_backwards() {
        assert_eq!(model([0x77, 0x42, 0, 0]), "4277");
        assert_eq!(model([0x05, 0x42, 9, 9]), "4205", "with the zero that a peer loses");
        assert_eq!(model([0x7A, 0x42, 0, 0]), "427A");
        assert_eq!(serial([4, 3, 2, 1], [8, 7, 6, 5]), "0102030405060708");
        assert_eq!(serial_halves("0102030405060708"), Some([[4, 3, 2, 1], [8, 7, 6, 5]]));
        for wrong in ["", "010203040506070", "+102030405060708", "01020304050607081"] {
            assert_eq!(serial_halves(wrong), None);
        }
        assert_eq!(count([1, 2, 0xFF, 0xFF]), 513);
    }

    proptest! {
        #[test]
        fn any_answer_is_borne(data: [u8; 4]) {
            if let Some(time) = Stamp(data).decode() {
                prop_assert_eq!(Stamp::encode(time).unwrap().decode(), Some(time));
            }
            // The two lowest bits are not kept.
            let value = Value::decode(data);
            prop_assert_eq!(Value::decode(value.encode()), value);
            let _ = model(data);
            let halves = serial_halves(&serial(data, [1, 2, 3, 4])).unwrap();
            prop_assert_eq!(halves, [data, [1, 2, 3, 4]]);
        }
    }
}
