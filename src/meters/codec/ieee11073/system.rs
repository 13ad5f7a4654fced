//! The medical device system: what a meter says of itself.

use super::DecodeError;
use super::attribute::{Attributes, text, write_text};
use super::mder::{MderReader, Writer, list};
use super::nomenclature::attribute;
use super::time::AbsoluteTime;

/// Manufacturer and model number (`SystemModel`). Texts as sent, without padding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SystemModel {
    /// `Roche`.
    pub manufacturer: String,
    /// `925`.
    pub number: String,
}

/// What a line of the production specification is about. (11073-20601, `ProdSpecEntry`.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Specification {
    /// Serial number.
    Serial,
    /// Version of the hardware.
    Hardware,
    /// Version of the meter's own software.
    Firmware,
    /// Anything else, by its number.
    Other(u16),
}

impl Specification {
    const fn from_number(number: u16) -> Self {
        match number {
            1 => Self::Serial,
            3 => Self::Hardware,
            5 => Self::Firmware,
            other => Self::Other(other),
        }
    }

    const fn number(self) -> u16 {
        match self {
            Self::Serial => 1,
            Self::Hardware => 3,
            Self::Firmware => 5,
            Self::Other(number) => number,
        }
    }
}

/// A line of the production specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductionEntry {
    /// What it is about.
    pub kind: Specification,
    /// A number private to the manufacturer.
    pub component: u16,
    /// `serial-number: 92500000042`.
    pub text: String,
}

impl ProductionEntry {
    /// The text without its label: `92500000042`.
    #[must_use]
    pub fn value(&self) -> &str {
        // Accu-Chek meters put a label in front of each of these texts: `serial-number: 92500000042`.
        self.text.split_once(':').map_or(self.text.as_str(), |(_, value)| value).trim()
    }
}

impl SystemModel {
    /// Reads the value of the attribute.
    ///
    /// # Errors
    /// If its lengths do not agree.
    pub fn decode(value: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = MderReader::new(value, "model");
        let model = Self { manufacturer: text(&mut reader)?, number: text(&mut reader)? };
        reader.finish()?;
        Ok(model)
    }

    /// The value of the attribute.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        write_text(&mut writer, &self.manufacturer);
        write_text(&mut writer, &self.number);
        writer.into_bytes()
    }

    /// The first run of digits of the number: `925`. The names of the models are found by it, as in Tidepool's list.
    #[must_use]
    pub fn digits(&self) -> &str {
        self.number.split(|c: char| !c.is_ascii_digit()).find(|run| !run.is_empty()).unwrap_or_default()
    }
}

/// Reads the value of a production specification.
///
/// # Errors
/// If counts and lengths do not agree.
pub fn production(value: &[u8]) -> Result<Vec<ProductionEntry>, DecodeError> {
    let mut reader = MderReader::new(value, "production specification");
    let entries = list(&mut reader, "production specification", |item| {
        Ok(ProductionEntry { kind: Specification::from_number(item.u16()?), component: item.u16()?, text: text(item)? })
    })?;
    reader.finish()?;
    Ok(entries)
}

/// The value of a production specification.
#[must_use]
pub fn encode_production(entries: &[ProductionEntry]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.list(entries, |item, entry| {
        write_text(item.u16(entry.kind.number()).u16(entry.component), &entry.text);
    });
    writer.into_bytes()
}

/// What a meter says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// Manufacturer and model number.
    pub model: SystemModel,
    /// Its EUI-64 (`MDC_ATTR_SYS_ID`), if it tells one and that can be one: neither all zeros nor all ones.
    pub id: Option<[u8; 8]>,
    /// Serial number and versions.
    pub production: Vec<ProductionEntry>,
    /// The clock, if the meter tells one.
    pub clock: Option<AbsoluteTime>,
}

impl System {
    /// Takes what is known from the attributes of the MDS; what is missing stays empty.
    ///
    /// # Errors
    /// If an attribute that is there is inconsistent.
    pub fn from_attributes(attributes: &Attributes) -> Result<Self, DecodeError> {
        let clock = match attributes.get(attribute::ABSOLUTE_TIME) {
            Some(value) => Some(stamp(value)?),
            None => None,
        };
        Ok(Self {
            model: attributes.get(attribute::MODEL).map_or_else(|| Ok(SystemModel::default()), SystemModel::decode)?,
            production: attributes
                .get(attribute::PRODUCTION_SPECIFICATION)
                .map_or_else(|| Ok(Vec::new()), production)?,
            id: attributes.get(attribute::SYSTEM_ID).and_then(eui_64),
            clock,
        })
    }

    /// The first line of this sort without its label.
    #[must_use]
    pub fn entry(&self, kind: Specification) -> Option<&str> {
        self.production.iter().find(|entry| entry.kind == kind).map(ProductionEntry::value)
    }
}

/// An octet string of eight bytes, its length before it.
fn eui_64(value: &[u8]) -> Option<[u8; 8]> {
    let id: [u8; 8] = value.strip_prefix(&[0, 8])?.try_into().ok()?;
    // This is how memory reads that nobody has written: two meters without an id would pass for
    // one.
    (id != [0; 8] && id != [0xFF; 8]).then_some(id)
}

/// A stamp that is alone in an attribute.
fn stamp(value: &[u8]) -> Result<AbsoluteTime, DecodeError> {
    let mut reader = MderReader::new(value, "clock");
    let stamp = AbsoluteTime(reader.array()?);
    reader.finish()?;
    Ok(stamp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meters::codec::ieee11073::apdu::Apdu;
    use crate::meters::codec::ieee11073::data::{Data, Message};

    /// Section 10, message 6: captured from a Guide, made anonymous by its publisher.
    const ANSWER: &str = "
        E7 00 00 D4 00 D2 00 A4 02 03 00 CC 00 00 00 08 00 C6 09 28 00 0E 00 06 52 6F 63 68 65 00 00 04
        39 32 35 00 09 84 00 0A 00 08 00 60 19 00 00 00 00 42 0A 44 00 02 40 00 09 2D 00 56 00 03 00 52
        00 01 00 00 00 1A 73 65 72 69 61 6C 2D 6E 75 6D 62 65 72 3A 20 39 32 35 30 30 30 30 30 30 34 32
        00 03 10 00 00 12 68 77 2D 72 65 76 69 73 69 6F 6E 3A 20 47 00 00 00 00 00 05 00 00 00 14 66 77
        2D 72 65 76 69 73 69 6F 6E 3A 20 76 31 2E 39 2E 36 00 09 87 00 08 20 26 10 01 21 06 58 00 0A 45
        00 10 C0 00 1F 00 FF FF FF FF 00 64 00 00 00 00 00 00 0A 4B 00 16 00 02 00 12 02 01 00 08 04 01
        00 01 00 02 20 11 02 02 00 02 00 00 0A 5A 00 08 00 01 00 04 10 11 00 02";

    #[test]
    fn a_guide_says_who_it_is() {
        let bytes = crate::meters::transcript::hex(ANSWER).unwrap();
        let Ok(Apdu::Data(Data { message: Message::GetResponse { handle: 0, attributes }, .. })) = Apdu::decode(&bytes)
        else {
            panic!("no answer")
        };
        assert_eq!(attributes.0.len(), 8);
        let system = System::from_attributes(&attributes).unwrap();
        assert_eq!(system.model, SystemModel { manufacturer: "Roche".into(), number: "925".into() });
        assert_eq!(system.id, Some([0x00, 0x60, 0x19, 0x00, 0x00, 0x00, 0x00, 0x42]));
        assert_eq!(system.entry(Specification::Serial), Some("92500000042"));
        assert_eq!(system.entry(Specification::Hardware), Some("G"));
        assert_eq!(system.entry(Specification::Firmware), Some("v1.9.6"));
        assert_eq!(system.clock.unwrap().decode().unwrap().to_string(), "2026-10-01T21:06:58");
        assert_eq!(attributes.get(0x0928), Some(system.model.encode().as_slice()));
        let again = production(&encode_production(&system.production));
        assert_eq!(again.as_deref(), Ok(system.production.as_slice()));
        let data = Data { invoke_id: 0xA4, message: Message::GetResponse { handle: 0, attributes } };
        assert_eq!(Apdu::Data(data).encode(), bytes);
    }

    #[test]
    fn what_cannot_be_a_system_id_is_none() {
        let id = |value: &[u8]| eui_64(value);
        assert_eq!(id(&[0, 8, 1, 2, 3, 4, 5, 6, 7, 8]), Some([1, 2, 3, 4, 5, 6, 7, 8]));
        for none in [&[][..], &[0, 8], &[0, 7, 1, 2, 3, 4, 5, 6, 7], &[0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 9]] {
            assert_eq!(id(none), None, "{none:?}");
        }
        for same in [0, 0xFF] {
            assert_eq!(id(&[[0, 8].as_slice(), &[same; 8]].concat()), None, "{same}");
        }
    }

    #[test]
    fn the_number_of_a_model_is_its_first_run_of_digits() {
        let digits =
            |number: &str| SystemModel { manufacturer: String::new(), number: number.into() }.digits().to_owned();
        assert_eq!(digits("925"), "925");
        assert_eq!(digits("Model 483 B2"), "483");
        assert_eq!(digits("none"), "");
    }
}
