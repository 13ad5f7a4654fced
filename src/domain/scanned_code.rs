//! What a barcode scanner read, as the number that it is of: what a scanner puts around it and what a label says
//! beside it are taken off (clinic-safety ID-08). Pure.

mod gs1;

use self::gs1::Elements;
use super::check_digit::is_nhs_number;
use super::patient::Patient;
use super::text::{Clean, squeeze};

/// No label of a patient or a meter holds more characters; a burst that does is no scan.
const LONGEST_SCAN: usize = 200;

/// The character between the elements of a GS1 label, which a scanner sends for FNC1: GS of ASCII.
pub const GS1_SEPARATOR: char = '\u{1d}';

/// How scanners of this computer are set up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScannerRules {
    /// What the scanner puts before each code. What comes without it is no scan, but was typed.
    pub prefix: String,
    /// What it puts behind.
    pub suffix: String,
    /// Whether a number of ten digits is an NHS number, and wrong without its check digit.
    pub nhs_numbers: bool,
}

/// A code that was understood.
#[derive(Clone, PartialEq, Eq)]
pub struct ScannedCode {
    /// The number of a patient that it may be.
    patient: String,
    /// The serial number of a meter that it may be.
    serial: String,
    /// Whether it is no number of a patient, because of its check digit.
    is_misread: bool,
}

/// It holds a number of a patient: what was scanned never shows in a log.
impl std::fmt::Debug for ScannedCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[private]")
    }
}

/// Why a code is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanFault {
    /// Its check digit is wrong, or one of its other digits.
    CheckDigit,
    /// It holds nothing that is a number of anything.
    Unreadable,
}

impl ScannedCode {
    /// Understands what was scanned; nothing if it has not what this computer's scanner puts around a code.
    ///
    /// # Errors
    /// [`ScanFault`].
    #[must_use]
    pub fn of(text: &str, rules: &ScannerRules) -> Option<Result<Self, ScanFault>> {
        let code = text.strip_prefix(&rules.prefix)?.strip_suffix(&rules.suffix)?;
        Some(Self::read(code, rules))
    }

    fn read(code: &str, rules: &ScannerRules) -> Result<Self, ScanFault> {
        let (symbology, code) = symbology(code.trim());
        let elements = if symbology.is_some_and(is_of_gs1) { Elements::read(code)? } else { Elements::default() };
        let plain: String = code.chars().filter(|character| !character.is_control()).collect();
        let number = |element: Option<String>| element.unwrap_or_else(|| plain.trim().to_owned());
        let (patient, serial) = (number(elements.recipient), number(elements.serial));
        if squeeze(&patient).is_empty() || plain.chars().count() > LONGEST_SCAN {
            return Err(ScanFault::Unreadable);
        }
        // Printed in groups it is the same number.
        let digits: String = patient.chars().filter(|character| *character != ' ').collect();
        let is_ten_digits = digits.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_misread = rules.nhs_numbers && is_ten_digits && !is_nhs_number(&digits);
        Ok(Self { patient, serial, is_misread })
    }

    /// Whether it cannot be a number of a patient, because its check digit is wrong. It may be a serial number of a
    /// meter, which has none.
    #[must_use]
    pub const fn is_misread_patient(&self) -> bool {
        self.is_misread
    }

    /// The number of a patient that it may be, as it is searched for.
    #[must_use]
    pub fn patient_number(&self) -> &str {
        &self.patient
    }

    /// Whether it is a number of this patient, however each is written.
    #[must_use]
    pub fn is_of(&self, patient: &Patient) -> bool {
        let own = squeeze(&self.patient);
        patient.identifiers.iter().any(|number| squeeze(number.value.expose().as_str()) == own)
    }

    /// Whether it is this serial number of a meter, however each is written.
    #[must_use]
    pub fn is_serial(&self, serial: &Clean) -> bool {
        let own = squeeze(serial.as_str());
        !own.is_empty() && own == squeeze(&self.serial)
    }
}

/// The AIM identifier in front, if the scanner sends it, and what follows: `]`, a letter for the symbology and a
/// character for its variant (ISO/IEC 15424).
fn symbology(code: &str) -> (Option<[char; 2]>, &str) {
    let mut characters = code.chars();
    match (characters.next(), characters.next(), characters.next()) {
        (Some(']'), Some(letter), Some(variant)) if letter.is_ascii_alphabetic() && variant.is_ascii_alphanumeric() => {
            (Some([letter, variant]), characters.as_str())
        }
        _ => (None, code),
    }
}

/// Whether a symbology holds element strings of GS1: GS1-128, GS1 `DataBar`, GS1 `DataMatrix` and GS1 QR code (GS1
/// General Specifications, 5.1.2).
const fn is_of_gs1(symbology: [char; 2]) -> bool {
    matches!(symbology, ['C', '1'] | ['e', '0'] | ['d', '2'] | ['Q', '3'])
}

#[cfg(test)]
mod tests;
