//! The text blocks of a Menarini GlucoMen areo: lines between `[` and `]`, the last one a check value.
//!
//! The check value is CRC-8/MAXIM over everything from `[` to the line end before it, as two upper-case hexadecimal
//! digits. Only the block that says that there are no readings has none.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use super::upper_hexadecimal;
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};

/// Asks for the serial number and the software version.
pub const ASK_INFO: u8 = 0xA2;

/// Asks for the readings.
pub const ASK_READINGS: u8 = 0x80;

/// The block of a meter without readings.
pub const NO_READINGS: [u8; 10] = *b"[\r\n\x90\x3D\r\n]\r\n";

/// The lowest and highest value the meter measures, in mg/dL.
pub const RANGE: std::ops::RangeInclusive<u32> = 20..=600;

const OPENING: &[u8] = b"[\r\n";
const CLOSING: &[u8] = b"\r\n]\r\n";

/// Why bytes are no block, or a line not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// Brackets or line ends are missing, or the check value is not two upper-case hexadecimal digits.
    #[error("the block has no proper start, check value or end")]
    Form,
    /// The check value is not the one of the lines.
    #[error("check value {sent:#04x}, expected {computed:#04x}")]
    Checksum {
        /// What the block says.
        sent: u8,
        /// What its lines give.
        computed: u8,
    },
    /// A line is not made of the fields it should have.
    #[error("the fields of a line are not what they should be")]
    Fields,
    /// A value is no number with the decimals of its unit, and no known word.
    #[error("the value is neither a number in its unit nor a known word")]
    Value,
}

/// CRC-8/MAXIM: polynomial 31, reflected, start 0.
#[must_use]
pub fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        // 0x8C is the polynomial 0x31 with its bits in reverse, for a CRC that shifts to the right.
        (0..8).fold(crc ^ byte, |crc: u8, _| if crc & 1 == 0 { crc >> 1 } else { crc >> 1 ^ 0x8C })
    })
}

/// These lines as a block.
#[must_use]
pub fn encode_block(lines: &[String]) -> Vec<u8> {
    let mut block = OPENING.to_vec();
    for line in lines {
        block.extend_from_slice(line.as_bytes());
        block.extend_from_slice(b"\r\n");
    }
    block.extend(format!("{:02X}", crc8(&block)).bytes());
    block.extend_from_slice(CLOSING);
    block
}

/// Where the first block ends in what has arrived, if it does.
#[must_use]
pub fn end_of_block(bytes: &[u8]) -> Option<usize> {
    bytes.windows(CLOSING.len()).position(|end| end == CLOSING).map(|place| place + CLOSING.len())
}

/// The lines of a block, if its check value is right; none of a meter without readings.
///
/// # Errors
/// [`BlockError`] says what is wrong; nothing of such a block must be used.
pub fn decode_block(block: &[u8]) -> Result<Vec<&str>, BlockError> {
    // Before the check value is looked for, as this block has none: glucometerutils takes 90 3D for one and fails on
    // every empty meter.
    if block == NO_READINGS {
        return Ok(Vec::new());
    }
    let checked = block.strip_suffix(CLOSING).and_then(|block| block.split_last_chunk::<2>());
    let (checked, digits) = checked.ok_or(BlockError::Form)?;
    let sent = upper_hexadecimal::<u8>(digits).ok_or(BlockError::Form)?;
    let computed = crc8(checked);
    if sent != computed {
        return Err(BlockError::Checksum { sent, computed });
    }
    let body = checked.strip_prefix(OPENING).and_then(|body| std::str::from_utf8(body).ok());
    let body = body.filter(|body| body.is_empty() || body.ends_with("\r\n")).ok_or(BlockError::Form)?;
    let lines: Vec<&str> = body.split_terminator("\r\n").collect();
    // A CRC of eight bits lets one damage in 256 pass; a byte that is no text betrays some of
    // these.
    let is_printable = |line: &&str| line.bytes().all(|byte| (0x20..=0x7E).contains(&byte));
    if lines.iter().all(is_printable) { Ok(lines) } else { Err(BlockError::Form) }
}

/// What the meter says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// The serial number.
    pub serial: String,
    /// The version of its software.
    pub version: String,
}

impl Info {
    /// Five fields: three numbers of unknown meaning, the serial number, the version.
    ///
    /// # Errors
    /// [`BlockError::Fields`].
    pub fn parse(line: &str) -> Result<Self, BlockError> {
        match line.split(',').map(str::trim).collect::<Vec<_>>().as_slice() {
            // A blank serial number is one that the meter has not; its readings are as good.
            [_, _, _, serial, version] => Ok(Self { serial: (*serial).to_owned(), version: (*version).to_owned() }),
            _ => Err(BlockError::Fields),
        }
    }

    /// The line as a meter sends it.
    #[must_use]
    pub fn encode(&self) -> String {
        format!("0,0,0, {}, {}", self.serial, self.version)
    }
}

/// A reading from its line `TYPE,VALUE,UNIT,MARK,YYMMDD,HHMM`; `index` is its place in the block.
///
/// # Errors
/// [`BlockError`] names what is wrong.
pub fn reading(line: &str, index: u32) -> Result<Reading, BlockError> {
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    let [name, value, unit, mark, day, clock] = fields.as_slice() else { return Err(BlockError::Fields) };
    let unit = match *unit {
        "mmol/L" => Unit::MmolPerL,
        "mg/dL" => Unit::MgPerDl,
        _ => return Err(BlockError::Fields),
    };
    // GK models measure ketones under a name that is not published. What is not `Glu` must not
    // become glucose, and need not be lost.
    let kind = if *name == "Glu" { Kind::Blood } else { Kind::Other };
    let measured = measured(value, unit).ok_or(BlockError::Value)?;
    let meal = meal(mark)?;
    let time = stamp(day, clock)?;
    let beyond = |value: Concentration| {
        // A tenth of a mmol/L is 1.8 mg/dL: a meter that measured its limit may show a number up to 0.9 mg/dL beside
        // it.
        let in_mg_per_dl = value.glucose_mg_per_dl();
        in_mg_per_dl < f64::from(*RANGE.start()) - 1.0 || in_mg_per_dl > f64::from(*RANGE.end()) + 1.0
    };
    let doubts = [
        (time.is_none(), Doubt::TimeUncertain),
        (kind == Kind::Blood && measured.concentration().is_some_and(beyond), Doubt::OutsideMeterRange),
        (meal.is_none(), Doubt::KindUncertain),
    ];
    let raw = BTreeMap::from([("line".to_owned(), line.to_owned())]);
    let doubts = doubts.into_iter().filter_map(|(applies, doubt)| applies.then_some(doubt)).collect();
    Ok(Reading { corrected_from: None, index, time, measured, kind, meal, doubts, raw })
}

/// mmol/L with one decimal, mg/dL without, or a word.
fn measured(text: &str, unit: Unit) -> Option<Measured> {
    let is_number = |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = match (text, unit) {
        // No source tells how this meter sends LO and HI; a word is accepted in case that it does so by words.
        ("LO", _) => return Some(Measured::Low),
        ("HI", _) => return Some(Measured::High),
        (text, Unit::MgPerDl) => is_number(text).then(|| text.to_owned())?,
        (text, Unit::MmolPerL) => {
            let (whole, tenth) = text.split_once('.')?;
            (is_number(whole) && is_number(tenth) && tenth.len() == 1).then(|| format!("{whole}{tenth}"))?
        }
    };
    Some(Measured::Value(Concentration::new(digits.parse().ok()?, u8::from(unit == Unit::MmolPerL), unit)))
}

/// One mark at a time; a mark that nobody knows is none of a meal and may be one of a control test.
fn meal(mark: &str) -> Result<Option<Meal>, BlockError> {
    match mark {
        // 01 is the check mark, 08 exercise.
        "00" | "01" | "08" => Ok(Some(Meal::None)),
        "02" => Ok(Some(Meal::Before)),
        "04" => Ok(Some(Meal::After)),
        other if other.len() == 2 && other.bytes().all(|byte| byte.is_ascii_hexdigit()) => Ok(None),
        _ => Err(BlockError::Fields),
    }
}

/// `None` for digits that are no date or time.
fn stamp(day: &str, clock: &str) -> Result<Option<DateTime>, BlockError> {
    let digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(day, 6) || !digits(clock, 4) {
        return Err(BlockError::Fields);
    }
    let mut pairs = day.as_bytes().chunks(2).chain(clock.as_bytes().chunks(2)).map(|pair| {
        let number = std::str::from_utf8(pair).ok().and_then(|pair| pair.parse::<i8>().ok());
        number.ok_or(BlockError::Fields)
    });
    let mut next = || pairs.next().unwrap_or(Err(BlockError::Fields));
    let (year, month, day, hour, minute) = (next()?, next()?, next()?, next()?, next()?);
    Ok(DateTime::new(2000 + i16::from(year), month, day, hour, minute, 0, 0).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The catalogue's check value of CRC-8/MAXIM, and the examples of the specification.
    #[test]
    fn check_values_are_the_published_ones() {
        assert_eq!(crc8(b"123456789"), 0xA1);
        assert_eq!(crc8(b"[\r\nGlu,5.6,mmol/L,02,230314,0730\r\n"), 0x24);
        assert_eq!(encode_block(&["2402292345".to_owned()]), b"[\r\n2402292345\r\nD0\r\n]\r\n");
    }

    #[test]
    fn a_line_becomes_a_reading_in_its_own_unit() {
        let found = reading("Glu,5.6,mmol/L,02,230314,0730", 3).unwrap();
        assert_eq!(found.measured, Measured::Value(Concentration::new(56, 1, Unit::MmolPerL)));
        assert_eq!((found.index, found.kind, found.meal), (3, Kind::Blood, Some(Meal::Before)));
        assert_eq!(found.time.unwrap().to_string(), "2023-03-14T07:30:00");
        let high = reading("Glu,HI,mg/dL,08,230314,0730", 0).unwrap();
        assert_eq!((high.measured, high.meal), (Measured::High, Some(Meal::None)));
        let odd = reading("Glu,19,mg/dL,40,230230,0730", 0).unwrap();
        assert_eq!((odd.time, odd.meal), (None, None));
        assert_eq!(odd.doubts, [Doubt::TimeUncertain, Doubt::KindUncertain]);
        assert_eq!(reading("Ket,0.4,mmol/L,00,230314,0730", 0).unwrap().kind, Kind::Other);
    }

    #[test]
    fn a_line_that_says_something_else_is_refused() {
        for (line, error) in [
            ("Glu,56,mmol/L,02,230314,0730", BlockError::Value),
            ("Glu,5.67,mmol/L,02,230314,0730", BlockError::Value),
            ("Glu,5.6,mg/dL,02,230314,0730", BlockError::Value),
            ("Glu,,mg/dL,02,230314,0730", BlockError::Value),
            ("Glu,100,mg/dl,02,230314,0730", BlockError::Fields),
            ("Glu,100,mg/dL,2,230314,0730", BlockError::Fields),
            ("Glu,100,mg/dL,02,23031,0730", BlockError::Fields),
            ("Glu,100,mg/dL,02,230314", BlockError::Fields),
        ] {
            assert_eq!(reading(line, 0), Err(error), "{line}");
        }
    }

    #[test]
    fn no_readings_has_no_check_value() {
        assert_eq!(decode_block(&NO_READINGS), Ok(Vec::new()));
        assert_eq!(decode_block(&encode_block(&[])), Ok(Vec::new()));
        assert_eq!(end_of_block(&NO_READINGS), Some(10));
        assert_eq!(end_of_block(b"[\r\n12\r\n]\r"), None);
    }

    #[test]
    fn lower_case_is_refused() {
        let block = encode_block(&["2402292345".to_owned()]);
        let lower: Vec<u8> = block.iter().map(|byte| if *byte == b'D' { b'd' } else { *byte }).collect();
        assert_eq!(decode_block(&lower), Err(BlockError::Form));
    }

    proptest! {
        #[test]
        fn a_block_goes_round(lines in prop::collection::vec("[ -Z^-~]{1,40}", 0..9)) {
            let block = encode_block(&lines);
            prop_assert_eq!(end_of_block(&block), Some(block.len()));
            prop_assert_eq!(decode_block(&block).unwrap(), lines);
        }

        #[test]
        fn one_wrong_bit_is_noticed(
            lines in prop::collection::vec("[ -Z^-~]{1,40}", 1..9),
            place: usize,
            bit in 0_u8..8,
        ) {
            let mut block = encode_block(&lines);
            let place = place % block.len();
            block[place] ^= 1 << bit;
            prop_assert!(decode_block(&block).is_err());
        }

        #[test]
        fn any_text_is_borne(bytes: Vec<u8>, line in "\\PC{0,60}") {
            let _ = (decode_block(&bytes), end_of_block(&bytes), reading(&line, 0), Info::parse(&line));
        }
    }
}
