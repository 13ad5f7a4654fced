//! Which meter this is, and whether we may talk to it.

mod placeholder;

pub(super) use self::placeholder::NO_NUMBER;
pub use self::placeholder::is_placeholder;

use serde::{Deserialize, Serialize};

use super::cable::CableKey;
use super::text::{Clean, Private, squeeze};

/// The two choices of the upload step: Roche's own meters, and all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Family {
    /// An Accu-Chek meter.
    #[serde(rename = "accu-chek")]
    AccuChek,
    /// Any other meter.
    #[serde(rename = "other")]
    Other,
}

/// What a meter says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterIdentity {
    /// Who made it, as the meter or the catalogue says: `Roche`.
    pub manufacturer: Clean,
    /// The name it is sold under: `Accu-Chek Guide`.
    pub model: Clean,
    /// The manufacturer's number of the model, where the meter tells one: `925`.
    pub model_number: Option<Clean>,
    /// The serial number, all digits of it.
    pub serial: Private<Clean>,
    /// Its system id where it tells one (IEEE 11073-20601, an EUI-64): upper-case hexadecimal bytes with dashes between
    /// them. No other meter of any make has it, but it stands on no label, so that nothing here is told by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_id: Option<Private<Clean>>,
    /// Version of the meter's own software, where the meter tells one.
    pub firmware: Option<Clean>,
    /// The driver that read it: `accu-chek-usb`.
    pub driver: Clean,
}

/// How the readings of a meter came to a computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadWay {
    /// The meter was asked, over its cable or in its cradle.
    Cable,
    /// From files that the meter or its reader wrote: reports.
    File,
}

impl ReadWay {
    /// The drivers that read files and ask no meter.
    pub const OF_FILES: [&str; 2] = ["accu-chek-reports", "smart-pix"];
}

impl MeterIdentity {
    /// How its readings came.
    #[must_use]
    pub fn way(&self) -> ReadWay {
        if ReadWay::OF_FILES.contains(&self.driver.as_str()) { ReadWay::File } else { ReadWay::Cable }
    }

    /// The key under which ownership is kept. Two models may share a serial number, so the model is part of it.
    #[must_use]
    pub fn key(&self) -> MeterKey {
        // No part can have a slash in it any more, so that no two meters run together to one key.
        MeterKey(Private::new(format!(
            "{}/{}/{}",
            squeeze(self.manufacturer.as_str()),
            squeeze(self.model.as_str()),
            squeeze(self.serial.expose().as_str())
        )))
    }

    /// Whether the serial number can tell this meter from another, or is a placeholder for none.
    #[must_use]
    pub fn is_identifiable(&self) -> bool {
        !is_placeholder(self.serial.expose().as_str(), self.model_number.as_ref().map_or("", Clean::as_str))
    }

    /// The last four characters of the serial number, by which people tell two meters of a model apart; none if the
    /// serial number is a placeholder.
    #[must_use]
    pub fn serial_end(&self) -> Option<String> {
        if !self.is_identifiable() {
            return None;
        }
        let characters: Vec<char> = self.serial.expose().as_str().chars().filter(|c| !c.is_whitespace()).collect();
        let from = characters.len().saturating_sub(SERIAL_END);
        Some(characters.into_iter().skip(from).collect())
    }

    /// The serial number as it is shown: digits in groups of four from the end, so that they can be compared with a
    /// label by eye. One with letters has groups of its own and stays as it is.
    #[must_use]
    pub fn grouped_serial(&self) -> String {
        let characters: Vec<char> = self.serial.expose().as_str().chars().collect();
        if !characters.iter().all(char::is_ascii_digit) {
            return characters.into_iter().collect();
        }
        let first = characters.len() % 4;
        let mut grouped = String::new();
        for (position, character) in characters.iter().enumerate() {
            if position > 0 && position % 4 == first {
                grouped.push(' ');
            }
            grouped.push(*character);
        }
        grouped
    }
}

/// So many characters of a serial number are its end: what two people can call to each other without a slip. The whole
/// number is on the screen on which it is confirmed (clinic-safety section 2).
const SERIAL_END: usize = 4;

/// Manufacturer, model and serial number in one normal form: the identity under which a meter is owned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MeterKey(Private<String>);

impl MeterKey {
    /// The key as text, for the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.expose()
    }
}

/// One plug of one meter: as long as it stays in, and never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AttachmentId(pub u64);

/// What is known of a meter from its plug alone, before it was asked anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// This plug.
    pub id: AttachmentId,
    /// The name in the catalogue, or what the bus says: `Accu-Chek Guide`, `USB serial cable (FTDI)`.
    pub name: Clean,
    /// Accu-Chek or other.
    pub family: Family,
    /// How it is attached, for people: `USB`, `serial port ttyUSB0`, `simulated`.
    pub connection: Clean,
    /// Whether it can be read, and if not, why.
    pub access: Access,
    /// Which generic cable it hangs on, if it does and the cable can be told from others of its kind.
    pub cable: Option<CableKey>,
    /// What stands between it and USB, if that tells nothing of the meter.
    pub bridge: Option<Bridge>,
}

impl Attachment {
    /// Whether its plug tells nothing of the meter, so that a person must say which model it is before it is spoken to:
    /// what is said in the language of one model may be a command to another, or to something that is no meter.
    #[must_use]
    pub const fn must_be_named(&self) -> bool {
        self.bridge.is_some()
    }
}

/// What stands between a meter and USB where many meters, and other things, bear one USB id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bridge {
    /// A serial cable, or the chip of one inside the meter.
    SerialCable,
    /// A chip inside the meter that speaks in HID reports.
    HidChip,
}

/// Whether an attached meter may be opened. One that is seen but cannot be opened is shown with the reason. Which model
/// it is, is another question: see [`Attachment::must_be_named`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Ready: it may be opened.
    Open,
    /// The operating system does not let this user open it.
    Denied,
    /// Another program holds it.
    Busy,
    /// A meter that shows itself as a drive, which is not mounted.
    NotMounted,
    /// A known meter that cannot be read, with the key of the reason in the catalogue.
    Unsupported,
}

/// How a person connects one model, from the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterGuide {
    /// The short name in the catalogue: `onetouch-ultra2`.
    pub slug: String,
    /// The name it is sold under.
    pub name: Clean,
    /// The other names it is sold under.
    pub other_names: Vec<Clean>,
    /// Accu-Chek or other.
    pub family: Family,
    /// The driver that reads it.
    pub driver: String,
    /// Which cable it needs.
    pub cable: Clean,
    /// What to do, step by step.
    pub steps: Vec<Clean>,
    /// What it is attached through, if that tells nothing of the meter, so that a person must say
    /// that it is this model.
    pub bridge: Option<Bridge>,
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn meter(serial: &str) -> MeterIdentity {
        MeterIdentity {
            manufacturer: "Roche".into(),
            model: "Accu-Chek Guide".into(),
            model_number: None,
            serial: Private::new(serial.into()),
            system_id: None,
            firmware: None,
            driver: "accu-chek-usb".into(),
        }
    }

    #[rstest]
    #[case("92500000042", Some("0042"))]
    #[case("00000109Y", Some("109Y"))]
    #[case("A1", Some("A1"))]
    #[case("MAGW 412-N4 105", Some("4105"))]
    #[case("00000000", None)]
    #[case("", None)]
    #[case("No SerialNum", None)]
    fn two_meters_are_told_apart_by_the_end_of_their_numbers(#[case] serial: &str, #[case] end: Option<&str>) {
        assert_eq!(meter(serial).serial_end().as_deref(), end);
    }

    #[test]
    fn a_serial_is_grouped_from_its_end() {
        assert_eq!(meter("92500000042").grouped_serial(), "925 0000 0042");
        assert_eq!(meter("12345678").grouped_serial(), "1234 5678");
        assert_eq!(meter("000SIM77Y").grouped_serial(), "000SIM77Y");
    }

    #[test]
    fn the_key_ignores_spelling_but_not_the_model() {
        assert_eq!(meter("ABC-1 2").key(), meter("abc12").key());
        let mut other = meter("abc12");
        other.model = "Accu-Chek Instant".into();
        assert_ne!(other.key(), meter("abc12").key());
    }

    #[test]
    fn a_placeholder_is_kept_as_it_was_told_and_identifies_nothing() {
        for (serial, model_number, is) in [("7390-0000000", Some("7390"), false), ("7390-1163170", Some("7390"), true)]
        {
            let mut meter = meter(serial);
            meter.model_number = model_number.map(Clean::from);
            assert_eq!(meter.is_identifiable(), is);
            assert_eq!(meter.serial.expose(), &Clean::new(serial, 80));
        }
    }
}
