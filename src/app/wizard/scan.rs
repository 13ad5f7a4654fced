//! A number that was scanned. It stands for one of the two identifiers by which somebody is known, never for both
//! (clinic-safety ID-08).

use crate::domain::scanned_code::ScannedCode;

/// What was scanned.
#[derive(Clone)]
pub struct Scan {
    /// As a number.
    pub code: ScannedCode,
    /// As it was typed.
    pub text: String,
}

/// It may be a number of a patient.
impl std::fmt::Debug for Scan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[private]")
    }
}

/// How what was scanned last stands to what is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanMatch {
    /// Nothing was scanned.
    NotScanned,
    /// It is the number of what is on the screen.
    Match,
    /// It is another number: nothing is confirmed.
    Mismatch,
}

impl ScanMatch {
    /// After a scan that could not be read: a match holds no more, a mismatch does.
    #[must_use]
    pub const fn unread(self) -> Self {
        match self {
            Self::NotScanned | Self::Match => Self::NotScanned,
            Self::Mismatch => Self::Mismatch,
        }
    }
}
