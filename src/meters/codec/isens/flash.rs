//! Protocol 1 of i-SENS meters: reads of the meter's flash memory, eight bytes a time, without any check value.
//!
//! A question is `8B 1a 2b 1c 2d 1e 2f`: the address in four half bytes, then the length in two; Tidepool always asks
//! for 0A and gets 8 bytes. The answer is `8B 1h 2l` for each byte, h and l being its halves.

use super::record::Stamp;

/// The first byte of a question, and of every byte of an answer.
const READ: u8 = 0x8B;

/// The length that every question names.
const ASKED: u8 = 0x0A;

/// How many bytes the answer holds.
pub const LENGTH: usize = 8;

/// How many bytes a question has.
pub const QUESTION: usize = 7;

/// How many bytes an answer has on the wire.
pub const ANSWER: usize = 3 * LENGTH;

/// Where the production numbers are.
pub const SERIAL_ADDRESS: u16 = 0x1034;

/// A model: its code in the flash, its name, the address of the first record, and how many records it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlashModel {
    /// Three letters with which the serial number begins.
    pub name: &'static str,
    /// Where its records begin.
    pub address: u16,
    /// How many records there is room for.
    pub records: u16,
}

const fn model(name: &'static str, address: u16, records: u16) -> FlashModel {
    FlashModel { name, address, records }
}

/// The models in the order of their codes.
const MODELS: [FlashModel; 18] = [
    model("CSP", 0xC200, 250),
    model("ISP", 0xC200, 250),
    model("GSP", 0xD200, 250),
    model("CNP", 0xE200, 250),
    model("NCP", 0xE200, 250),
    model("HDP", 0xE200, 250),
    model("ACP", 0xE200, 250),
    model("NTP", 0xE200, 250),
    model("ECP", 0xE200, 250),
    model("AQP", 0xE200, 250),
    model("ITP", 0xE200, 250),
    model("CNM", 0xE200, 250),
    model("APP", 0xD200, 500),
    model("CLP", 0xD200, 500),
    model("DAP", 0xE200, 250),
    model("MDP", 0xE200, 250),
    model("CMP", 0xE200, 500),
    model("CVP", 0xE200, 500),
];

impl FlashModel {
    /// Whether the records are known to end at the first one that begins with FF FF.
    #[must_use]
    pub fn marks_its_end(self) -> bool {
        self.name == "CVP"
    }
}

/// The question for the bytes at this address.
#[must_use]
pub fn question(address: u16) -> [u8; QUESTION] {
    let [high, low] = address.to_be_bytes();
    let half = |byte: u8, place: usize| if place == 0 { 0x10 | byte >> 4 } else { 0x20 | byte & 0x0F };
    [READ, half(high, 0), half(high, 1), half(low, 0), half(low, 1), half(ASKED, 0), half(ASKED, 1)]
}

/// The address that a question asks for; `None` for anything else.
#[must_use]
pub fn asked_address(bytes: [u8; QUESTION]) -> Option<u16> {
    let [_, a, b, c, d, _, _] = bytes;
    let byte = |high: u8, low: u8| (high & 0x0F) << 4 | low & 0x0F;
    let address = u16::from_be_bytes([byte(a, b), byte(c, d)]);
    (question(address) == bytes).then_some(address)
}

/// The answer that holds these bytes.
#[must_use]
pub fn answer(bytes: [u8; LENGTH]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| [READ, 0x10 | byte >> 4, 0x20 | byte & 0x0F]).collect()
}

/// The bytes that a whole answer holds; `None` if its form is wrong.
#[must_use]
pub fn decode_answer(bytes: &[u8; ANSWER]) -> Option<[u8; LENGTH]> {
    let (triples, _) = bytes.as_chunks::<3>();
    let mut opened = [0; LENGTH];
    for (place, [read, high, low]) in opened.iter_mut().zip(triples) {
        if *read != READ || high & 0xF0 != 0x10 || low & 0xF0 != 0x20 {
            return None;
        }
        // The 1 of the high half's byte is shifted out.
        *place = high << 4 | low & 0x0F;
    }
    Some(opened)
}

/// Whether an answer may begin with this byte.
#[must_use]
pub const fn may_begin(byte: u8) -> bool {
    byte == READ
}

/// Model and serial number from the production numbers: product count, mass production count, model code and program
/// version, little-endian. `None` if the model is not known or the version has no letter.
#[must_use]
pub fn identity(bytes: [u8; LENGTH]) -> Option<(FlashModel, String)> {
    let (numbers, _) = bytes.as_chunks::<2>();
    let [product, mass, code, version] = *numbers.first_chunk::<4>()?;
    let [product, mass, code, version] = [product, mass, code, version].map(u16::from_le_bytes);
    let model = *MODELS.get(usize::from(code))?;
    let letter =
        u8::try_from(version).ok().filter(|version| *version < 26).map(|version| char::from(b'A' + version))?;
    // Only of the CVP it is known that it counts in hexadecimal.
    let mass = if model.name == "CVP" { format!("{mass:02X}") } else { format!("{mass:02}") };
    Some((model, format!("{}{mass}{letter}{product:05}", model.name)))
}

/// The production numbers of a serial number; `None` if it is none.
#[must_use]
pub fn production_numbers(serial: &str) -> Option<[u8; LENGTH]> {
    let (name, rest) = serial.split_at_checked(3)?;
    let code = MODELS.iter().position(|model| model.name == name)?;
    let (mass, rest) = rest.split_at_checked(rest.len().checked_sub(6)?)?;
    let (letter, product) = rest.split_at_checked(1)?;
    // `parse` and `from_str_radix` take a leading plus sign for part of a number.
    let is_of_digits = mass.bytes().chain(product.bytes()).all(|digit| digit.is_ascii_hexdigit());
    let mass = u16::from_str_radix(mass, if name == "CVP" { 16 } else { 10 }).ok().filter(|_| is_of_digits)?;
    let version = u16::from(letter.bytes().next()?.checked_sub(b'A')?);
    let numbers = [product.parse().ok()?, mass, u16::try_from(code).ok()?, version];
    let mut bytes = [0; LENGTH];
    for (place, number) in bytes.as_chunks_mut::<2>().0.iter_mut().zip(numbers) {
        *place = u16::to_le_bytes(number);
    }
    identity(bytes).filter(|(_, said)| said == serial).map(|_| bytes)
}

/// A result that the meter shows as LO.
pub const LOW: u16 = 10;

/// A result that the meter shows as HI.
pub const HIGH: u16 = 700;

/// Added to the value of a test with control solution.
const CONTROL: u16 = 20_000;

/// Added to a value after a meal.
const AFTER_MEAL: u16 = 10_000;

/// A record: stamp, and the value, little-endian, with its marks added to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// When.
    pub stamp: Stamp,
    /// mg/dL, or [`LOW`] or [`HIGH`].
    pub value: u16,
    /// A test with control solution.
    pub is_control: bool,
    /// After a meal.
    pub is_after_meal: bool,
}

impl Record {
    /// Reads a record; `None` where none was ever stored.
    #[must_use]
    pub const fn decode(bytes: [u8; LENGTH]) -> Option<Self> {
        let [year, month, day, hour, minute, second, low, high] = bytes;
        if year == 0xFF && month == 0xFF {
            return None;
        }
        let mut value = u16::from_le_bytes([low, high]);
        // Control first, because its offset is the larger of the two: a control test may carry both.
        let is_control = value > CONTROL;
        if is_control {
            value -= CONTROL;
        }
        let is_after_meal = value > AFTER_MEAL;
        if is_after_meal {
            value -= AFTER_MEAL;
        }
        Some(Self { stamp: Stamp([year, month, day, hour, minute, second]), value, is_control, is_after_meal })
    }

    /// The record as bytes.
    #[must_use]
    pub const fn encode(self) -> [u8; LENGTH] {
        let [year, month, day, hour, minute, second] = self.stamp.0;
        let control = if self.is_control { CONTROL } else { 0 };
        let after_meal = if self.is_after_meal { AFTER_MEAL } else { 0 };
        let [low, high] = self.value.saturating_add(control).saturating_add(after_meal).to_le_bytes();
        [year, month, day, hour, minute, second, low, high]
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::meters::transcript::hex;

    /// Made by hand after the published layout.
    #[test]
    fn questions_and_answers_are_those_of_the_specification() {
        assert_eq!(question(SERIAL_ADDRESS), [0x8B, 0x11, 0x20, 0x13, 0x24, 0x10, 0x2A]);
        assert_eq!(question(0xE200), [0x8B, 0x1E, 0x22, 0x10, 0x20, 0x10, 0x2A]);
        let bytes = hex("8B1124 8B1025 8B1026 8B1027 8B1028 8B1029 8B172B 8B1020").unwrap();
        let record = Record::decode(decode_answer(bytes.as_slice().try_into().unwrap()).unwrap()).unwrap();
        assert_eq!(record.stamp.decode(), Some(date(2020, 5, 6).at(7, 8, 9, 0)));
        assert_eq!((record.value, record.is_control, record.is_after_meal), (123, false, false));
        let mut wrong: [u8; ANSWER] = bytes.as_slice().try_into().unwrap();
        wrong[4] = 0x20;
        assert_eq!(decode_answer(&wrong), None);
    }

    /// 30123 is 20000 for control, 10000 for after a meal, and 123.
    #[test]
    fn marks_are_added_to_the_value() {
        let record = |value: u16| {
            let [low, high] = value.to_le_bytes();
            Record::decode([20, 5, 6, 7, 8, 9, low, high]).unwrap()
        };
        let said = |value| (record(value).value, record(value).is_control, record(value).is_after_meal);
        assert_eq!(said(30_123), (123, true, true));
        assert_eq!(said(20_700), (HIGH, true, false));
        assert_eq!(said(10_010), (LOW, false, true));
        assert_eq!(Record::decode([0xFF; 8]), None);
    }

    #[test]
    fn the_serial_number_is_put_together_from_production_numbers() {
        let bytes = [0x39, 0x30, 0x2A, 0, 0x11, 0, 1, 0];
        let (model, serial) = identity(bytes).unwrap();
        assert_eq!((model.name, model.address, model.records), ("CVP", 0xE200, 500));
        assert_eq!(serial, "CVP2AB12345");
        assert_eq!(production_numbers("CVP2AB12345"), Some(bytes));
        let (model, serial) = identity([1, 0, 7, 0, 0x0C, 0, 0, 0]).unwrap();
        assert_eq!((model.name, model.records, serial.as_str()), ("APP", 500, "APP07A00001"));
        assert_eq!(production_numbers("APP07A00001"), Some([1, 0, 7, 0, 0x0C, 0, 0, 0]));
        assert_eq!(identity([1, 0, 7, 0, 0x12, 0, 0, 0]), None, "no such model");
        assert_eq!(identity([1, 0, 7, 0, 0x11, 0, 26, 0]), None, "no such letter");
        for wrong in ["", "CVP", "XYZ01A00001", "CVP1A1", "CVPé", "CVP+AB12345", "CVP2AB+2345", "APP+7A00001"] {
            assert_eq!(production_numbers(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn everything_is_read_as_it_was_written(address: u16, bytes: [u8; LENGTH]) {
            prop_assert_eq!(asked_address(question(address)), Some(address));
            let sent: [u8; ANSWER] = answer(bytes).try_into().unwrap();
            prop_assert_eq!(decode_answer(&sent), Some(bytes));
            if let Some(record) = Record::decode(bytes) {
                prop_assert_eq!(Record::decode(record.encode()), Some(record));
            }
            let _ = identity(bytes);
        }

        #[test]
        fn any_question_is_borne(bytes: [u8; QUESTION]) {
            if let Some(address) = asked_address(bytes) {
                prop_assert_eq!(question(address), bytes);
            }
        }
    }
}
