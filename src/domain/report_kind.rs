//! The forms in which a record is exported.

use jiff::Zoned;
use serde::{Deserialize, Serialize};

use super::text::Clean;

/// In which form a record is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReportKind {
    /// A table of the readings, one a line (RFC 4180).
    Csv,
    /// One JSON object with everything.
    Json,
    /// An HL7 FHIR R4 document, for another record system.
    Fhir,
    /// Plain text, to paste into a record.
    Text,
    /// One or two pages to print (ISO 32000).
    Pdf,
}

impl ReportKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Csv, Self::Json, Self::Fhir, Self::Text, Self::Pdf];

    /// Its name, as a command and the audit trail have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Fhir => "fhir",
            Self::Text => "text",
            Self::Pdf => "pdf",
        }
    }

    /// What the name of its file ends with.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Fhir => "fhir.json",
            Self::Text => "txt",
            Self::Pdf => "pdf",
        }
    }

    /// A name for the file of an export that is made at this time. Nothing of a person is in it: names of files are
    /// seen in listings, backups and mails (clinic-safety SEC-09).
    #[must_use]
    pub fn file_name(self, at: &Zoned) -> String {
        // Digits and hyphens only, the year first: such names sort by time, and FAT, which most
        // sticks have, takes no colon.
        format!("glucodock-{}.{}", at.strftime("%Y%m%d-%H%M%S"), self.extension())
    }
}

/// The paper of an export.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Paper {
    /// 210 by 297 mm (ISO 216).
    #[default]
    A4,
    /// 8.5 by 11 inches.
    Letter,
}

impl Paper {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::A4, Self::Letter];

    /// Its name in settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::Letter => "letter",
        }
    }

    /// Its width and height in points, of which an inch has 72.
    #[must_use]
    pub const fn size(self) -> (f32, f32) {
        match self {
            Self::A4 => (595.28, 841.89),
            Self::Letter => (612.0, 792.0),
        }
    }
}

/// Where the exports of the app go, as a person is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportTarget {
    /// The folder.
    pub folder: Clean,
    /// The paper of pages.
    pub paper: Paper,
}

/// An export that is in its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenExport {
    /// The name of the file, without its folder. Nothing of a person is in it.
    pub file: Clean,
    /// Its form.
    pub kind: ReportKind,
    /// How many readings are in it.
    pub readings: u32,
    /// How many bytes it has.
    pub bytes: usize,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_name_of_a_file_says_nothing_of_anybody() {
        let at = date(2026, 7, 4).at(9, 5, 7, 0).in_tz("Europe/Berlin").unwrap();
        assert_eq!(ReportKind::Csv.file_name(&at), "glucodock-20260704-090507.csv");
        for kind in ReportKind::ALL {
            assert_eq!(kind.file_name(&at), format!("glucodock-20260704-090507.{}", kind.extension()));
        }
    }
}
