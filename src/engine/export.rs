//! An export in any of its forms: each is made where its words or codes are.

use serde::Serialize;

use crate::domain::meter::MeterIdentity;
use crate::domain::report::RecordReport;
use crate::domain::report_kind::{Paper, ReportKind};
use crate::domain::words::key;
use crate::meters::catalogue::Catalogue;
use crate::platform::fhir::{DocumentWords, document};
use crate::ui::report::{report_lines, report_object, report_page, report_pdf, report_table};
use crate::ui::words::Words;

/// The form could not be made, which only a lack of memory explains.
#[derive(Debug, thiserror::Error)]
#[error("the export could not be put into its form")]
pub struct ExportFormError;

/// The report in this form, as bytes of a file; pages are of this paper.
///
/// # Errors
/// [`ExportFormError`].
pub fn exported(report: &RecordReport, kind: ReportKind, paper: Paper) -> Result<Vec<u8>, ExportFormError> {
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
        ReportKind::Pdf => report_pdf(report, words, paper).map_err(|_| ExportFormError),
    }
}

/// One line of JSON.
fn json(value: &impl Serialize) -> Result<Vec<u8>, ExportFormError> {
    let mut bytes = serde_json::to_vec(value).map_err(|_| ExportFormError)?;
    bytes.push(b'\n');
    Ok(bytes)
}
