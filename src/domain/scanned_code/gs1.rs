//! The element strings of GS1 (General Specifications, 3.2 and 7.8): an identifier of two to four digits before each
//! value. Values of a fixed length stand next to each other, the others end with a separator.

use super::{GS1_SEPARATOR, ScanFault};
use crate::domain::check_digit::has_gs1_check_digit;

/// How long identifier and value together are, by the first two digits of the identifier: these have no separator
/// behind them (General Specifications, figure 7.8.5-2).
const FIXED: [(&str, usize); 22] = [
    ("00", 20),
    ("01", 16),
    ("02", 16),
    ("03", 16),
    ("04", 18),
    ("11", 8),
    ("12", 8),
    ("13", 8),
    ("14", 8),
    ("15", 8),
    ("16", 8),
    ("17", 8),
    ("18", 8),
    ("19", 8),
    ("20", 4),
    ("31", 10),
    ("32", 10),
    ("33", 10),
    ("34", 10),
    ("35", 10),
    ("36", 10),
    ("41", 16),
];

/// What is looked for in a label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Elements {
    /// (8018): the number of who receives a service, such as a patient.
    pub(super) recipient: Option<String>,
    /// (21): the serial number of an item.
    pub(super) serial: Option<String>,
}

impl Elements {
    /// Reads them; what is not looked for is passed over.
    ///
    /// # Errors
    /// [`ScanFault::CheckDigit`] of a GTIN (01), an SSCC (00) or a service relation number (8018) whose last digit is
    /// wrong, and [`ScanFault::Unreadable`] where an element is cut off.
    pub(super) fn read(code: &str) -> Result<Self, ScanFault> {
        let mut found = Self::default();
        let mut rest = code.trim_start_matches(GS1_SEPARATOR);
        while !rest.is_empty() {
            let fixed = FIXED.iter().find(|(start, _)| rest.starts_with(start));
            let element = match fixed {
                Some((_, length)) => rest.get(..*length).ok_or(ScanFault::Unreadable)?,
                None => rest.split(GS1_SEPARATOR).next().unwrap_or_default(),
            };
            rest = rest.get(element.len()..).unwrap_or_default().trim_start_matches(GS1_SEPARATOR);
            found.take(element)?;
        }
        Ok(found)
    }

    fn take(&mut self, element: &str) -> Result<(), ScanFault> {
        let checked = |value: &str| if has_gs1_check_digit(value) { Ok(()) } else { Err(ScanFault::CheckDigit) };
        if let Some(value) = element.strip_prefix("8018") {
            checked(value)?;
            self.recipient = Some(value.to_owned());
        } else if let Some(value) = element.strip_prefix("01").or_else(|| element.strip_prefix("00")) {
            checked(value)?;
        } else if let Some(value) = element.strip_prefix("21") {
            self.serial = Some(value.to_owned());
        }
        Ok(())
    }
}
