//! Which meter this is, and whether we may talk to it.

use serde::{Deserialize, Serialize};

use super::cable::CableKey;
use super::text::{Clean, Private, fold, squeeze};

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

impl MeterIdentity {
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

/// So many zeros behind letters are no number: a number such as `A100` may end in fewer.
const LEAST_ZEROS: usize = 4;

/// Words that stand where a serial number would.
pub(super) const NO_NUMBER: [&str; 24] = [
    "blank",
    "default",
    "demo",
    "dummy",
    "empty",
    "invalid",
    "na",
    "nil",
    "no",
    "none",
    "not",
    "null",
    "number",
    "sample",
    "serial",
    "serialno",
    "serialnum",
    "serialnumber",
    "set",
    "sn",
    "test",
    "undefined",
    "unknown",
    "unset",
];

/// So many digits that only count up are those of a keyboard: `123` may be the number of an early meter.
const LEAST_COUNTED: usize = 4;

/// So many digits behind letters that only count up are those of a keyboard, as in `SN12345678`: `A1234` may be a number.
const LEAST_COUNTED_BEHIND_LETTERS: usize = 6;

/// Whether a serial number is none: nothing but punctuation; zeros and F, as memory that was never written has them;
/// one digit or letter, alone or repeated; digits that count up from 0 or 1; words such as `No SerialNum`; or nothing
/// of these behind the number of the model or another prefix.
///
/// Such a meter owns nothing and stops nobody, whichever driver read it; the text is kept as the meter told it.
#[must_use]
pub fn is_placeholder(serial: &str, model_number: &str) -> bool {
    let folded = fold(serial);
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let said: String = words.iter().copied().filter(|word| !NO_NUMBER.contains(word)).collect();
    let model: String = fold(model_number).chars().filter(|c| c.is_alphanumeric()).collect();
    // Behind the dash stood the number: it was not read, or there is none. What is left is the
    // model.
    let is_prefix_only = folded.trim_end().ends_with('-');
    // Meters such as the Contour put the number of the model before their own (`7390-1163170`):
    // only what is behind it tells one from another.
    let own = said.strip_prefix(model.as_str()).unwrap_or(&said);
    // Zeros behind the letter of a product line (`U00000000`) tell as little as zeros alone.
    let digits = own.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_counted = digits.len() >= LEAST_COUNTED_BEHIND_LETTERS && counts_up(digits);
    let is_zero = is_many_zeros(digits) || words.last().is_some_and(|last| words.len() > 1 && is_many_zeros(last));
    is_prefix_only
        || is_zero
        || is_counted
        || is_made_of_words(&words.concat())
        || tells_nothing(&said)
        || tells_nothing(own)
}

fn is_many_zeros(text: &str) -> bool {
    text.len() >= LEAST_ZEROS && text.bytes().all(|byte| byte == b'0')
}

/// Whether a text is nothing but words for no number, such as `noserial`.
fn is_made_of_words(text: &str) -> bool {
    text.is_empty() || NO_NUMBER.iter().any(|word| text.strip_prefix(word).is_some_and(is_made_of_words))
}

/// Whether a text is `1234` and so on, or `0123` and so on, round over the nine as often as it is long.
fn counts_up(text: &str) -> bool {
    let from =
        |first: usize| text.bytes().zip(b"0123456789".iter().cycle().skip(first)).all(|(byte, digit)| byte == *digit);
    text.len() >= LEAST_COUNTED && (from(0) || from(1))
}

/// Whether letters and digits are those of memory that was never written, or one of them repeated.
fn tells_nothing(text: &str) -> bool {
    // Otherwise the x of `0xFFFFFFFF` would make a serial number of erased memory.
    let text = text.strip_prefix("0x").unwrap_or(text);
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return true };
    let is_repeated = characters.all(|c| c == first);
    is_repeated || counts_up(text) || text.chars().all(|c| matches!(c, '0' | 'f'))
}

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
    use proptest::prelude::*;
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

    #[rstest]
    #[case::empty("", "", true)]
    #[case::spaces("   ", "", true)]
    #[case::punctuation("---/.", "", true)]
    #[case::zeros("000-000", "", true)]
    #[case::nearly_zeros("000-001", "", false)]
    #[case::erased("FFFFFFFFFFFFFFFF", "", true)]
    #[case::erased_in_part("00000000ffffffff", "", true)]
    #[case::hexadecimal("0xFFFFFFFF", "", true)]
    #[case::one_digit_repeated("9999999", "", true)]
    #[case::one_letter_repeated("XXXX-XXXX", "", true)]
    #[case::nearly_repeated("99999998", "", false)]
    #[case::words("No SerialNum", "", true)]
    #[case::zeros_and_words("00000000 (No SerialNum)", "", true)]
    #[case::a_word("UNKNOWN", "", true)]
    #[case::words_without_a_gap("NOSERIAL", "", true)]
    #[case::zeros_behind_a_prefix("7390-0000000", "", true)]
    #[case::a_number_behind_a_prefix_of_zeros("0000-1163170", "", false)]
    #[case::a_word_and_a_number("NO1163170", "", false)]
    #[case::not_available("n/a", "", true)]
    #[case::one_digit("1", "", true)]
    #[case::one_letter("A", "", true)]
    #[case::one_digit_in_zeros("00000001", "", false)]
    #[case::two_digits("17", "", false)]
    #[case::counted("1234567890", "", true)]
    #[case::counted_from_zero("0123-4567", "", true)]
    #[case::nearly_counted("12345679", "", false)]
    #[case::counted_behind_letters("SN12345678", "", true)]
    #[case::counted_behind_a_letter("A123456", "", true)]
    #[case::too_few_behind_a_letter("A12345", "", false)]
    #[case::nearly_counted_behind_letters("SN12345679", "", false)]
    #[case::counted_behind_the_model("92512345678", "925", true)]
    #[case::a_test("TEST", "", true)]
    #[case::a_number_behind_a_word("S/N 1163170", "", false)]
    #[case::only_the_model("7390-", "7390", true)]
    #[case::only_a_prefix("7390-", "", true)]
    #[case::zeros_behind_the_model("7390-0000000", "7390", true)]
    #[case::nothing_behind_the_model("7390", "7390", true)]
    #[case::contour("7390-1163170", "7390", false)]
    #[case::guide("92500000042", "925", false)]
    #[case::ultra2("GMF600DCY", "", false)]
    #[case::freestyle("CBMV123-A4567", "", false)]
    #[case::taidoc("4279115010000123", "4279", false)]
    fn a_placeholder_is_known_by_rule(#[case] serial: &str, #[case] model_number: &str, #[case] is: bool) {
        assert_eq!(is_placeholder(serial, model_number), is);
        let mut meter = meter(serial);
        meter.model_number = (!model_number.is_empty()).then(|| model_number.into());
        assert_eq!(meter.is_identifiable(), !is);
        assert_eq!(meter.serial.expose(), &Clean::new(serial, 80), "the text is kept");
    }

    proptest! {
        #[test]
        fn what_has_nothing_but_one_character_is_a_placeholder(
            c in "[0-9A-Za-z]",
            count in 2_usize..20,
            dash in 0_usize..20,
        ) {
            let mut serial = c.repeat(count);
            serial.insert(dash.min(count), '-');
            prop_assert!(is_placeholder(&serial, ""));
        }

        #[test]
        fn a_number_with_different_digits_is_none(serial in "[2-9][0-9]{3,12}") {
            let is_repeated = serial.chars().all(|c| serial.starts_with(c));
            prop_assert_eq!(is_placeholder(&serial, ""), is_repeated);
        }

        #[test]
        fn no_text_makes_it_panic(serial in ".{0,40}", model in ".{0,10}") {
            let _ = is_placeholder(&serial, &model);
        }
    }
}
