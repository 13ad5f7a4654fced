//! The answers of one line: serial number, software version, clock, unit, and the head of a dump.

use jiff::civil::DateTime;

use super::record::{Stamp, stamp_fields};
use super::{TextError, after, number, quoted};

/// The unit a meter shows. Values are sent in mg/dL whatever it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisplayUnit {
    /// `MG/DL `, with a space to fill six characters.
    MgPerDl,
    /// `MMOL/L`.
    MmolPerL,
    /// Another word.
    Unknown,
}

impl DisplayUnit {
    const fn text(self) -> &'static str {
        match self {
            Self::MgPerDl => "MG/DL ",
            Self::MmolPerL => "MMOL/L",
            Self::Unknown => "??????",
        }
    }

    /// The values do not depend on it, and the line's checksum proves it: a word that no source has is no
    /// reason to lose them.
    fn parse(text: &str) -> Self {
        [Self::MgPerDl, Self::MmolPerL].into_iter().find(|unit| unit.text() == text).unwrap_or(Self::Unknown)
    }
}

/// The first line of a dump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// How many record lines follow.
    pub count: u16,
    /// The meter's serial number, once more.
    pub serial: String,
    /// What the display shows; the records are in mg/dL nevertheless.
    pub unit: DisplayUnit,
}

impl Header {
    /// Reads `P NNN,"SSSSSSSSS","UUUUUU"`.
    ///
    /// # Errors
    /// [`TextError`] names the field that is wrong.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let (count, rest) = after("P ", text)?.split_once(',').ok_or(TextError::Form)?;
        let (serial, rest) = quoted(rest)?;
        let (unit, rest) = quoted(after(",", rest)?)?;
        if !rest.is_empty() {
            return Err(TextError::Form);
        }
        Ok(Self {
            count: number(count, 3).ok_or(TextError::Count)?,
            serial: serial.to_owned(),
            unit: DisplayUnit::parse(unit),
        })
    }

    /// The header as a meter sends it.
    #[must_use]
    pub fn encode(&self) -> String {
        format!(r#"P {:03},"{}","{}""#, self.count, self.serial, self.unit.text())
    }
}

/// The serial number in the answer to `DM@`, as it came. The specification has nine capital letters and digits, a real
/// Ultra 2 was seen with eight: the line's checksum proves it, not its form. At the end of most stands a letter for the
/// model: `T` is the Ultra, `Y` the Ultra 2; a real Ultra 2 was seen with `V`.
///
/// # Errors
/// [`TextError::Form`] if it does not stand alone between quotes.
pub fn parse_serial(text: &str) -> Result<&str, TextError> {
    let (serial, rest) = quoted(after("@ ", text)?)?;
    if rest.is_empty() { Ok(serial) } else { Err(TextError::Form) }
}

/// The answer to `DM@`.
#[must_use]
pub fn encode_serial(serial: &str) -> String {
    format!(r#"@ "{serial}""#)
}

/// The version and its date in the answer to `DM?`: `P02.00.00 30/08/06`.
///
/// # Errors
/// [`TextError::Form`] if the answer does not begin with a question mark or says nothing.
pub fn parse_version(text: &str) -> Result<&str, TextError> {
    let version = after("?", text)?.trim();
    if version.is_empty() { Err(TextError::Form) } else { Ok(version) }
}

/// The answer to `DM?`.
#[must_use]
pub fn encode_version(version: &str) -> String {
    format!("?{version}")
}

/// The meter's clock in the answer to `DMF`; `None` if the date or time does not exist.
///
/// # Errors
/// [`TextError`] names the field that is wrong.
pub fn parse_clock(text: &str) -> Result<Option<DateTime>, TextError> {
    let ([day, date, time], rest) = stamp_fields(after("F ", text)?)?;
    if !rest.is_empty() {
        return Err(TextError::Form);
    }
    Ok(Stamp::parse(day, date, time)?.time)
}

/// The answer to `DMF`.
#[must_use]
pub fn encode_clock(clock: DateTime) -> String {
    format!("F {}", Stamp::encode(clock))
}

/// The unit in the answer to `DMSU?`.
///
/// # Errors
/// [`TextError::Form`] if it does not stand alone between quotes.
pub fn parse_unit(text: &str) -> Result<DisplayUnit, TextError> {
    let (unit, rest) = quoted(after("SU?,", text)?)?;
    if rest.is_empty() { Ok(DisplayUnit::parse(unit)) } else { Err(TextError::Form) }
}

/// The answer to `DMSU?`.
#[must_use]
pub fn encode_unit(unit: DisplayUnit) -> String {
    format!(r#"SU?,"{}""#, unit.text())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Published samples of an Ultra 2.
    #[test]
    fn published_answers_are_read_and_written() {
        let header = Header { count: 3, serial: "GMF600DCY".into(), unit: DisplayUnit::MgPerDl };
        assert_eq!(Header::parse(r#"P 003,"GMF600DCY","MG/DL ""#), Ok(header.clone()));
        assert_eq!(header.encode(), r#"P 003,"GMF600DCY","MG/DL ""#);
        assert_eq!(parse_serial(r#"@ "GMF600DCY""#), Ok("GMF600DCY"));
        assert_eq!(encode_serial("GMF600DCY"), r#"@ "GMF600DCY""#);
        assert_eq!(parse_version("?P02.00.00 30/08/06"), Ok("P02.00.00 30/08/06"));
        assert_eq!(encode_version("P02.00.00 30/08/06"), "?P02.00.00 30/08/06");
        let clock = date(2013, 8, 3).at(22, 12, 0, 0);
        assert_eq!(parse_clock(r#"F "SAT","08/03/13","22:12:00   ""#), Ok(Some(clock)));
        assert_eq!(encode_clock(clock), r#"F "SAT","08/03/13","22:12:00   ""#);
        assert_eq!(parse_unit(r#"SU?,"MMOL/L""#), Ok(DisplayUnit::MmolPerL));
        assert_eq!(encode_unit(DisplayUnit::MgPerDl), r#"SU?,"MG/DL ""#);
    }

    /// Of a real Ultra 2 with 500 readings, recorded; its letters replaced.
    #[test]
    fn a_serial_number_is_kept_as_it_came() {
        assert_eq!(parse_serial(r#"@ "REALU2PV""#), Ok("REALU2PV"));
        assert_eq!(parse_serial(r#"@ """#), Ok(""));
        let header = Header::parse(r#"P 500,"REALU2PV","MG/DL ""#).unwrap();
        assert_eq!((header.count, header.serial.as_str()), (500, "REALU2PV"));
    }

    #[test]
    fn each_wrong_field_is_named() {
        assert_eq!(Header::parse(r#"P 03,"GMF600DCY","MG/DL ""#), Err(TextError::Count));
        assert_eq!(Header::parse(r#"P +03,"GMF600DCY","MG/DL ""#), Err(TextError::Count));
        assert_eq!(Header::parse(r#"P 003,GMF600DCY,"MG/DL ""#), Err(TextError::Form));
        let unit = |text: &str| Header::parse(text).unwrap().unit;
        assert_eq!(unit(r#"P 003,"GMF600DCY","MG/DL""#), DisplayUnit::Unknown);
        assert_eq!(Header::parse(r#"P 003,"GMF600DCY","MG/DL ","#), Err(TextError::Form));
        assert_eq!(parse_serial(r#"@ "GMF600DCY"x"#), Err(TextError::Form));
        assert_eq!(parse_serial(r"@ GMF600DCY"), Err(TextError::Form));
        assert_eq!(parse_version("?"), Err(TextError::Form));
        assert_eq!(parse_clock(r#"F "SAX","08/03/13","22:12:00   ""#), Ok(Some(date(2013, 8, 3).at(22, 12, 0, 0))));
        assert_eq!(parse_clock(r#"F "SAT","08/03/13","22:12:00""#), Err(TextError::Stamp));
        assert_eq!(parse_clock(r#"F "SAT","13/03/13","22:12:00   ""#), Ok(None));
        assert_eq!(parse_unit(r#"SU?,"MG/ML ""#), Ok(DisplayUnit::Unknown));
        assert_eq!(parse_unit(r#"SU?,"MG/DL "x"#), Err(TextError::Form));
    }
}
