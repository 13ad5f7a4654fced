//! Accu-Chek Mobile: the CSV report on the drive that the meter shows.
//!
//! The report is found as `<model>/Reports/*.csv`, or lies in the folder itself if somebody copied it. Of several
//! reports of one meter the newest is read; reports of several meters are refused.
//!
//! The protocol has no check values. What stands in for them: a file is as long as it was listed, ends with a line end,
//! and every row has ten columns. A row with a known value and an impossible date is kept without a time, because the
//! value is right and the doubt is shown; one marked both before and after a meal is kept without a meal.

use super::reports::{self, Found};
use super::{Driver, FolderDriver};
use crate::domain::download::{Completeness, Download};
use crate::domain::meter::MeterIdentity;
use crate::domain::reading::sort;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::codec::reports::mobile_csv::{self, Report, ReportError};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::folder::FileEntry;

/// The folder of the reports on the drive.
const FOLDER: &str = "Reports";

/// Reads the report of an Accu-Chek Mobile.
#[derive(Debug, Clone, Copy)]
pub struct AccuChekReports;

impl Driver for AccuChekReports {
    fn name(&self) -> &'static str {
        "accu-chek-reports"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Download, MeterError> {
        let Reports { readable, unreadable } = reports(conversation)?;
        if let (true, Some(error)) = (readable.is_empty(), &unreadable) {
            return Err(MeterError::Malformed { what: "the report", reason: error.to_string() });
        }
        let (Found { file, report }, older) =
            reports::newest(readable, |report| &report.serial, |report| Some(report.written))?;
        let meter = MeterIdentity {
            manufacturer: "Roche".into(),
            model: model(&file, sold_as),
            model_number: None,
            serial: Private::new(Clean::new(&report.serial, NAME_CELLS)),
            firmware: None,
            driver: self.name().into(),
        };
        let (clock, about_clock) = reports::clock(report.written, conversation);
        let mut warnings: Vec<_> = reports::older(older).into_iter().chain(about_clock).collect();
        let mut rows = report.rows;
        let mut problem = unreadable.map(|error| format!("another report on the drive cannot be read: {error}"));
        if !report.is_whole {
            // Its last row may have lost its end, and with it the mark of a control test.
            rows.pop();
            problem = Some("it ends in the middle of a line".to_owned());
        }
        let mut readings = Vec::with_capacity(rows.len());
        for row in rows {
            match row.reading {
                Ok(reading) => {
                    if row.is_contradictory {
                        let text = format!("line {}: marked both before and after a meal", row.line);
                        warnings.push(reports::warning("meal-contradiction", &text));
                    }
                    readings.push(reading);
                }
                Err(error) => {
                    let text = format!("line {}: {error}", row.line);
                    warnings.push(reports::warning("damaged-record", &text));
                }
            }
        }
        let done = u32::try_from(readings.len()).unwrap_or(u32::MAX);
        conversation.received(done);
        sort(&mut readings);
        Ok(Download {
            meter,
            clock: Some(clock),
            announced: None,
            completeness: match problem {
                None => Completeness::Complete,
                Some(reason) => {
                    Completeness::Partial(MeterError::Malformed { what: "the report", reason }.problem(done, None))
                }
            },
            readings,
            warnings,
            transcript: conversation.take_transcript(),
        })
    }
}

impl FolderDriver for AccuChekReports {
    fn recognises(&self, conversation: &mut Conversation<'_>) -> Result<bool, MeterError> {
        Ok(!reports(conversation)?.readable.is_empty())
    }
}

/// The reports on the drive.
struct Reports {
    readable: Vec<Found<Report>>,
    /// Why a file in the folder of the reports is none. It might be the newest.
    unreadable: Option<ReportError>,
}

fn reports(conversation: &mut Conversation<'_>) -> Result<Reports, MeterError> {
    let is_candidate = |file: &FileEntry| file.has_extension("csv") && (is_at_home(file) || file.parts().len() == 1);
    let mut reports = Reports { readable: Vec::new(), unreadable: None };
    for Found { file, report } in reports::read_all(conversation, is_candidate, mobile_csv::parse)? {
        match report {
            Ok(report) => reports.readable.push(Found { file, report }),
            Err(error) if is_at_home(&file) => reports.unreadable = Some(error),
            // A table of somebody's in a folder of somebody's.
            Err(_) => {}
        }
    }
    Ok(reports)
}

/// Whether the file lies where the meter puts its reports.
fn is_at_home(file: &FileEntry) -> bool {
    matches!(file.parts().as_slice(), [.., folder, _] if folder.eq_ignore_ascii_case(FOLDER))
}

/// The folder above that of the reports has the model's name.
fn model(file: &FileEntry, sold_as: &Clean) -> Clean {
    match file.parts().as_slice() {
        [.., model, folder, _] if folder.eq_ignore_ascii_case(FOLDER) => Clean::new(model, NAME_CELLS),
        _ if sold_as.is_empty() => "Accu-Chek Mobile".into(),
        _ => sold_as.clone(),
    }
}
