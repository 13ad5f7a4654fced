//! An export in any of its forms: each is made where its words or codes are.

use crate::domain::report::RecordReport;
use crate::domain::report_kind::ReportKind;
use crate::ui::report::{report_object, report_page, report_table};
use crate::ui::words::Words;

/// The form could not be made, which only a lack of memory explains.
#[derive(Debug, thiserror::Error)]
#[error("the export could not be put into its form")]
pub struct ExportFormError;

/// The report in this form, as bytes of a file.
///
/// # Errors
/// [`ExportFormError`].
pub fn exported(report: &RecordReport, kind: ReportKind) -> Result<Vec<u8>, ExportFormError> {
    match kind {
        ReportKind::Csv => report_table(report).map_err(|_| ExportFormError),
        ReportKind::Json => {
            let mut bytes = serde_json::to_vec(&report_object(report)).map_err(|_| ExportFormError)?;
            bytes.push(b'\n');
            Ok(bytes)
        }
        ReportKind::Text => Ok(report_page(report, Words::shared()).into_bytes()),
    }
}
