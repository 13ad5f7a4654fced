//! `--usb VID:PID`, `VID:PID:SERIAL` and `VID:PID@WAY`: which of the meters on USB.

use std::fmt;
use std::str::FromStr;

use crate::domain::text::{Clean, NAME_CELLS, Private, quoted};
use crate::host::watch::identity::Identity;
use crate::meters::catalogue::UsbId;

/// How many characters an id has: `173a:21d5`.
const ID: usize = 9;

/// Which meter on USB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UsbChoice {
    pub(super) id: UsbId,
    which: Which,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Which {
    /// Whichever has the id; there must be one only.
    Any,
    /// The one with this serial number on USB.
    Serial(Private<Clean>),
    /// The one that is plugged in there.
    Way(Clean),
}

/// Why a text does not say which meter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is none of 173a:21d5, 173a:21d5:SERIAL and 173a:21d5@1-2.3 (bus and ports)", quoted(text))]
pub(super) struct UsbChoiceError {
    text: String,
}

impl UsbChoice {
    /// The shortest choice that means this device only, among others with its id.
    pub(super) fn of(id: UsbId, identity: &Identity, others: &[Identity]) -> Self {
        // Makers have been seen to give one serial number to every device.
        let is_alone = |serial: &&Private<Clean>| !others.iter().any(|other| other.serial.as_ref() == Some(*serial));
        let which = match (identity.serial.as_ref().filter(is_alone), &identity.way) {
            _ if others.is_empty() => Which::Any,
            (Some(serial), _) => Which::Serial(serial.clone()),
            (None, Some(way)) => Which::Way(way.clone()),
            (None, None) => Which::Any,
        };
        Self { id, which }
    }

    /// Whether a device with the id is meant.
    pub(super) fn means(&self, identity: &Identity) -> bool {
        match &self.which {
            Which::Any => true,
            Which::Serial(serial) => identity.serial.as_ref() == Some(serial),
            Which::Way(way) => identity.way.as_ref() == Some(way),
        }
    }
}

/// As it is written after `--usb`.
impl fmt::Display for UsbChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.which {
            Which::Any => write!(f, "{}", self.id),
            Which::Serial(serial) => write!(f, "{}:{}", self.id, serial.expose()),
            Which::Way(way) => write!(f, "{}@{way}", self.id),
        }
    }
}

impl FromStr for UsbChoice {
    type Err = UsbChoiceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = || {
            let (id, rest) = text.split_at_checked(ID)?;
            let which = match (rest.chars().next(), rest.get(1..).unwrap_or_default().trim()) {
                (None, _) => Which::Any,
                (Some(':'), serial) if !serial.is_empty() => {
                    Which::Serial(Private::new(Clean::new(serial, NAME_CELLS)))
                }
                (Some('@'), way) if is_way(way) => Which::Way(Clean::new(way, NAME_CELLS)),
                (Some(_), _) => return None,
            };
            Some(Self { id: id.parse().ok()?, which })
        };
        parsed().ok_or_else(|| UsbChoiceError { text: text.to_owned() })
    }
}

/// `1-2.3`: the bus, and the ports from its root hub on.
fn is_way(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|digit| digit.is_ascii_digit());
    text.split_once('-').is_some_and(|(bus, ports)| is_number(bus) && ports.split('.').all(is_number))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn identity(serial: Option<&str>, way: &str) -> Identity {
        let serial = serial.map(|serial| Private::new(Clean::from(serial)));
        Identity { id: None, serial, way: Some(Clean::from(way)) }
    }

    #[rstest]
    #[case::any("173a:21d5", "173a:21d5")]
    #[case::capitals("173A:21D5", "173a:21d5")]
    #[case::serial("173a:21d5:00092500042", "173a:21d5:00092500042")]
    #[case::serial_with_marks("1a79:7410:7350-0001@A:B", "1a79:7410:7350-0001@A:B")]
    #[case::way("173a:21d5@1-2.3", "173a:21d5@1-2.3")]
    #[case::way_without_a_hub("173a:21d5@12-4", "173a:21d5@12-4")]
    fn a_choice_is_read_and_written(#[case] text: &str, #[case] written: &str) {
        assert_eq!(text.parse::<UsbChoice>().unwrap().to_string(), written);
    }

    #[rstest]
    fn anything_else_is_refused(
        #[values(
            "",
            "173a",
            "173a:21d",
            "173a:21dg",
            "173a:21d5:",
            "173a:21d5: ",
            "173a:21d5 1",
            "173a:21d5@",
            "173a:21d5@1",
            "173a:21d5@1-",
            "173a:21d5@1-2.",
            "173a:21d5@usb1",
            "173ä:21d5",
            "000173a:21d5"
        )]
        text: &str,
    ) {
        let refused = text.parse::<UsbChoice>().unwrap_err();
        assert!(refused.to_string().contains("173a:21d5:SERIAL"), "{refused}");
    }

    #[test]
    fn a_choice_means_what_it_names() {
        let choice = |text: &str| text.parse::<UsbChoice>().unwrap();
        let (first, nameless) = (identity(Some("000-1"), "1-1"), identity(None, "1-2"));
        let meant = |text: &str| (choice(text).means(&first), choice(text).means(&nameless));
        assert_eq!(meant("173a:21d5"), (true, true));
        assert_eq!(meant("173a:21d5:000-1"), (true, false));
        assert_eq!(meant("173a:21d5:000-2"), (false, false));
        assert_eq!(meant("173a:21d5@1-2"), (false, true));
    }

    #[test]
    fn a_way_to_choose_leads_to_one_device() {
        let id: UsbId = "173a:21d5".parse().unwrap();
        let chosen = |of: &Identity, others: &[Identity]| UsbChoice::of(id, of, others).to_string();
        let (first, second) = (identity(Some("000-1"), "1-1"), identity(Some("000-2"), "1-2"));
        assert_eq!(chosen(&first, &[]), "173a:21d5");
        assert_eq!(chosen(&first, std::slice::from_ref(&second)), "173a:21d5:000-1");
        // Makers have been seen to give every device one number.
        assert_eq!(chosen(&first, &[identity(Some("000-1"), "1-3")]), "173a:21d5@1-1");
        assert_eq!(chosen(&identity(None, "1-4"), &[second]), "173a:21d5@1-4");
    }

    #[test]
    fn a_serial_number_stays_out_of_a_log() {
        let debug = format!("{:?}", "173a:21d5:000-1".parse::<UsbChoice>().unwrap());
        assert!(!debug.contains("000-1"), "{debug}");
    }
}
