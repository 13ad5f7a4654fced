//! Generic cables, and which meter was last read through each.
//!
//! The USB id of a generic cable says nothing of the meter behind it, so a person says which it is, and that is
//! remembered for the cable. What is remembered is a proposal and nothing more: tomorrow another patient's meter may
//! hang on the same cable. It chooses a language to try, never a meter: which meter it is, is what the meter itself
//! says in that language, and a meter that does not speak it is not read.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::text::quoted;

/// Characters that a serial number needs to tell cables apart, leading zeros not counted: `CP210x` chips leave their
/// factory with `0001`, others with zeros alone.
const LEAST_SERIAL: usize = 4;

/// The longest serial number or port.
const LONGEST: usize = 64;

/// Which cable this is: `0403:6001:CABLE-000-1` by its serial number, or `067b:2303@1-2.3` by the
/// port it is plugged into.
///
/// A serial number goes with the cable wherever it is plugged in, so it is taken where the cable has one. Many have
/// none (PL2303, CH340), or all the same one (`CP210x` as delivered). What tells those apart is the place: a clinic
/// leaves its cables in their sockets. The USB id alone would let two such cables of one station overwrite each
/// other's meter; a cable moved to another socket only costs a question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CableKey(String);

/// A text that is no [`CableKey`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is no cable such as 0403:6001:CABLE-000-1 or 067b:2303@1-2.3", quoted(text))]
pub struct CableKeyError {
    text: String,
}

impl CableKey {
    /// The cable of this USB id (`0403:6001`), with the serial number it tells, in this port: the kernel's path through
    /// the hubs (`1-2.3`). `None` if neither tells it from others of its kind.
    #[must_use]
    pub fn new(id: &str, serial: Option<&str>, port: Option<&str>) -> Option<Self> {
        let id = id.to_ascii_lowercase();
        let by_serial =
            serial.map(str::trim).filter(|serial| is_telling(serial)).map(|serial| format!("{id}:{serial}"));
        let by_port = || port.map(|port| format!("{id}@{port}"));
        // Through the same rule as what is read back: a serial number that a device made up must
        // not be remembered in a form that cannot be read again.
        by_serial.or_else(by_port)?.parse().ok()
    }

    /// The USB id: `0403:6001`.
    #[must_use]
    pub fn usb_id(&self) -> &str {
        self.0.get(..9).unwrap_or_default()
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a serial number tells this cable from others of its kind.
fn is_telling(serial: &str) -> bool {
    serial.trim_start_matches('0').chars().count() >= LEAST_SERIAL && is_serial(serial)
}

/// Anything that a person can read and type: cables come from everywhere.
fn is_serial(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic() || c == ' ') && text.trim() == text
}

fn is_port(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
}

fn is_usb_id(text: &str) -> bool {
    let four = |part: &str| part.len() == 4 && part.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    text.split_once(':').is_some_and(|(vendor, product)| four(vendor) && four(product))
}

impl FromStr for CableKey {
    type Err = CableKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_at_checked(9).filter(|(id, _)| is_usb_id(&id.to_ascii_lowercase()));
        let is_right = parts.is_some_and(|(_, rest)| {
            rest.strip_prefix(':').is_some_and(is_serial) || rest.strip_prefix('@').is_some_and(is_port)
        });
        match parts.filter(|_| is_right) {
            Some((id, rest)) => Ok(Self(format!("{}{rest}", id.to_ascii_lowercase()))),
            None => Err(CableKeyError { text: text.to_owned() }),
        }
    }
}

impl TryFrom<String> for CableKey {
    type Error = CableKeyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CableKey> for String {
    fn from(key: CableKey) -> Self {
        key.0
    }
}

impl fmt::Display for CableKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What is remembered of a cable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedCable {
    /// Which cable.
    pub key: CableKey,
    /// The slug of the model, as the person chose it, that was read through it last, to the end: `onetouch-ultra2`.
    pub model: String,
    /// When.
    pub read_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::ftdi(Some("CABLE-000-1"), "0403:6001:CABLE-000-1")]
    #[case::spaces_around(Some(" CABLE-000-1 "), "0403:6001:CABLE-000-1")]
    #[case::none(None, "0403:6001@1-2.3")]
    #[case::empty(Some(""), "0403:6001@1-2.3")]
    #[case::as_every_cp210x_is_delivered(Some("0001"), "0403:6001@1-2.3")]
    #[case::zeros(Some("00000000"), "0403:6001@1-2.3")]
    #[case::nearly_zeros(Some("000000123"), "0403:6001@1-2.3")]
    #[case::hostile(Some("A9\u{1b}[2J007"), "0403:6001@1-2.3")]
    fn a_serial_number_counts_if_it_tells_cables_apart(#[case] serial: Option<&str>, #[case] key: &str) {
        let made = CableKey::new("0403:6001", serial, Some("1-2.3")).unwrap();
        assert_eq!(made.as_str(), key);
        assert_eq!(made.usb_id(), "0403:6001");
        assert_eq!(key.parse(), Ok(made));
    }

    #[test]
    fn what_nothing_tells_apart_has_no_key() {
        assert_eq!(CableKey::new("0403:6001", Some("0001"), None), None);
        assert_eq!(CableKey::new("ftdi", Some("CABLE-000-1"), None), None);
        assert_eq!(CableKey::new("0403:6001", None, Some("../../etc")), None);
    }

    #[rstest]
    #[case("")]
    #[case("0403:6001")]
    #[case("0403:6001:")]
    #[case("0403:6001@")]
    #[case("0403-6001:CABLE-000-1")]
    #[case("0403:60g1:CABLE-000-1")]
    #[case("0403:6001@1 2")]
    #[case("0403:600é:CABLE-000-1")]
    fn other_texts_are_refused(#[case] text: &str) {
        let error = text.parse::<CableKey>().unwrap_err().to_string();
        assert!(error.contains("is no cable such as 0403:6001:CABLE-000-1"), "{error}");
    }

    #[test]
    fn letters_of_the_id_are_small_as_lsusb_prints_them() {
        assert_eq!("067B:2303@1-2".parse::<CableKey>().unwrap().as_str(), "067b:2303@1-2");
    }
}
