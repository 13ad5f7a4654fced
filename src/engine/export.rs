//! An export in any of its forms, each made where its words or codes are, and its way into a file: the same for the
//! command and for the app.

use std::path::Path;

use serde::Serialize;

use crate::domain::association::AuditEntry;
use crate::domain::meter::MeterIdentity;
use crate::domain::report::RecordReport;
use crate::domain::report_kind::{Paper, ReportKind, WrittenExport};
use crate::domain::text::Clean;
use crate::domain::words::key;
use crate::host::export_file::{ExportFileError, ExportFolder, PreparedExport};
use crate::host::fonts;
use crate::meters::catalogue::Catalogue;
use crate::platform::fhir::{DocumentWords, document};
use crate::ui::report::{
    draws_letter, letters_wanted, report_lines, report_object, report_page, report_pdf_anyway, report_table,
};
use crate::ui::words::Words;

/// The form could not be made, which only a lack of memory explains.
#[derive(Debug, thiserror::Error)]
#[error("the export could not be put into its form")]
pub struct ExportFormError;

/// Where the exports of the app go, and on which paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportDestination {
    /// The folder.
    pub folder: ExportFolder,
    /// The paper of pages.
    pub paper: Paper,
}

/// Why an export is not in its file.
#[derive(Debug, thiserror::Error)]
pub enum ExportWriteError<E> {
    /// The trail took no line of it.
    #[error(transparent)]
    NotNoted(E),
    /// The file could not be written.
    #[error(transparent)]
    File(#[from] ExportFileError),
}

/// An export in its form, which nobody has yet.
#[derive(Debug)]
pub struct FormedExport {
    /// All of it.
    pub bytes: Vec<u8>,
    /// The line of the trail, which is written before anybody has it: what was handed out cannot be taken back.
    pub entry: AuditEntry,
    kind: ReportKind,
    readings: u32,
}

impl FormedExport {
    /// The report in this form; pages are of this paper.
    ///
    /// # Errors
    /// [`ExportFormError`].
    pub fn of(report: &RecordReport, kind: ReportKind, paper: Paper) -> Result<Self, ExportFormError> {
        let bytes = exported(report, kind, paper)?;
        let readings = u32::try_from(report.readings.len()).unwrap_or(u32::MAX);
        let entry = AuditEntry::RecordExported { patient: report.dashboard.patient.id.clone(), kind, readings };
        Ok(Self { bytes, entry, kind, readings })
    }

    /// Puts it into a file once `note` has written the line of the trail: whole, or not at all.
    ///
    /// # Errors
    /// [`ExportWriteError`]; then nothing of it is left.
    pub fn write<E>(
        self,
        file: &Path,
        overwrites: bool,
        note: impl FnOnce(&AuditEntry) -> Result<(), E>,
    ) -> Result<WrittenExport, ExportWriteError<E>> {
        // All of it is on the disk before the trail has its line, and has no name before that: what could not be
        // written is not called exported, and nothing is handed out of which the trail knows nothing.
        let prepared = PreparedExport::write(file, &self.bytes, overwrites)?;
        note(&self.entry).map_err(ExportWriteError::NotNoted)?;
        prepared.finish()?;
        let name = file.file_name().unwrap_or_default();
        let name = Clean::from(name.to_string_lossy().into_owned());
        Ok(WrittenExport { file: name, kind: self.kind, readings: self.readings, bytes: self.bytes.len() })
    }
}

/// The report in this form, as bytes of a file; pages are of this paper.
///
/// # Errors
/// [`ExportFormError`].
fn exported(report: &RecordReport, kind: ReportKind, paper: Paper) -> Result<Vec<u8>, ExportFormError> {
    let words = Words::shared();
    match kind {
        ReportKind::Csv => report_table(report).map_err(|_| ExportFormError),
        ReportKind::Json => json(&report_object(report)),
        ReportKind::Fhir => {
            let range = |meter: &MeterIdentity| Catalogue::embedded().range_of(meter.driver.as_str(), &meter.model);
            let said = DocumentWords { title: words.text(key::REPORT_TITLE), lines: report_lines(report, words) };
            json(&document(report, &said, &range))
        }
        ReportKind::Text => Ok(report_page(report, words).into_bytes()),
        ReportKind::Pdf => {
            let fonts = fonts::covering(&letters_wanted(report), draws_letter);
            report_pdf_anyway(report, words, paper, &fonts).map_err(|_| ExportFormError)
        }
    }
}

/// One line of JSON.
fn json(value: &impl Serialize) -> Result<Vec<u8>, ExportFormError> {
    let mut bytes = serde_json::to_vec(value).map_err(|_| ExportFormError)?;
    bytes.push(b'\n');
    Ok(bytes)
}
