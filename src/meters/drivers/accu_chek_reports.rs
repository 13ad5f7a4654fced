//! Accu-Chek Mobile: the CSV report on the drive that the meter shows.
//!
//! The report is found as `<model>/Reports/*.csv`, or lies in the folder itself if somebody copied it. Of several
//! reports of one meter the newest is read; reports of several meters are refused.
//!
//! The protocol has no check values. What stands in for them: a file is as long as it was listed, ends with a line end,
//! and every row has the columns that line 3 names. A row with a known value and an impossible date is kept without a
//! time, because the value is right and the doubt is shown; one with more than one mark of a meal is kept without a
//! meal. A row that is not understood makes the download partial.

use super::reports::{self, ReportFound};
use super::{Driver, FolderDriver};
use crate::domain::meter::MeterIdentity;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::codec::reports::mobile_csv::{self, CsvReport, ParseError};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::folder::FileEntry;
use crate::meters::gathered::{Account, Gathered};

/// The meter whose reports these are. Nothing in a report tells the model, and the name of a folder is no one's word:
/// it must not become part of the key under which a meter is owned.
const MODEL: &str = "Accu-Chek Mobile";

/// The folder of the reports on the drive.
const FOLDER: &str = "Reports";

/// Reads the report of an Accu-Chek Mobile.
#[derive(Debug, Clone, Copy)]
pub struct AccuChekReports;

impl Driver for AccuChekReports {
    fn name(&self) -> &'static str {
        "accu-chek-reports"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, _sold_as: &Clean) -> Result<Account, MeterError> {
        let FoundReports { readable, unreadable, others, .. } = reports(conversation)?;
        // Before the newest is looked for, which would only say that there is none.
        if let (true, Some(reason)) = (readable.is_empty(), &unreadable) {
            return Err(MeterError::Malformed { what: "the report", reason: reason.as_str().into() });
        }
        let (ReportFound { file, report }, older) =
            reports::newest(readable, |report| &report.serial, |report| Some(report.written))?;
        let meter = MeterIdentity {
            manufacturer: "Roche".into(),
            model: MODEL.into(),
            model_number: None,
            serial: Private::new(Clean::new(&report.serial, NAME_CELLS)),
            system_id: None,
            firmware: None,
            driver: self.name().into(),
        };
        let mut gathered = Gathered::default();
        gathered.warn_all(reports::older(older));
        gathered.warn_all(reports::not_reports(&others));
        reports::note_clock(conversation, &mut gathered, report.written);
        let mut rows = report.rows;
        // The file that cannot be read may be the newest report, so what is read beside it is never called complete.
        let mut problem = unreadable.map(|error| format!("another report on the drive cannot be read: {error}"));
        if !report.is_whole {
            // Its last row may have lost its end, and with it the mark of a control test.
            rows.pop();
            problem = Some("it ends in the middle of a line".to_owned());
        }
        for row in rows {
            let place = format!("line {} of {}", row.line, file.name());
            if row.is_contradictory {
                gathered.warn("meal-contradiction", &format!("{place}: it has more than one mark of a meal"));
            }
            gathered.take_at(conversation, &place, &row.said, row.reading);
        }
        let outcome = match problem {
            None => Ok(()),
            Some(reason) => Err(MeterError::Malformed { what: "the report", reason: reason.into() }),
        };
        gathered.close(conversation, meter, outcome)
    }
}

impl FolderDriver for AccuChekReports {
    fn recognises(&self, conversation: &mut Conversation<'_>) -> Result<bool, MeterError> {
        let FoundReports { readable, is_probable, .. } = reports(conversation)?;
        // One that is damaged is said to be, by this driver.
        Ok(!readable.is_empty() || is_probable)
    }
}

/// The reports on the drive.
struct FoundReports {
    readable: Vec<ReportFound<CsvReport>>,
    /// Which file in the folder of the reports, or with the head of one, is none, and why. It might be the newest.
    unreadable: Option<String>,
    /// Whether that one has the head of a report; other tables are no sign of this meter, wherever they lie.
    is_probable: bool,
    /// The tables beside the reports that are none: one may have been a report before somebody saved it in another
    /// form.
    others: Vec<FileEntry>,
}

fn reports(conversation: &mut Conversation<'_>) -> Result<FoundReports, MeterError> {
    let is_candidate = |file: &FileEntry| file.has_extension("csv") && (is_at_home(file) || file.parts().len() == 1);
    let mut reports = FoundReports { readable: Vec::new(), unreadable: None, is_probable: false, others: Vec::new() };
    for ReportFound { file, report } in reports::read_all(conversation, is_candidate, mobile_csv::parse)? {
        match report {
            Ok(report) => reports.readable.push(ReportFound { file, report }),
            Err(ParseError { error, has_head }) if has_head || is_at_home(&file) => {
                reports.unreadable = Some(format!("{}: {error}", file.name()));
                reports.is_probable |= has_head;
            }
            // A table of somebody's in a folder of somebody's.
            Err(_) => reports.others.push(file),
        }
    }
    Ok(reports)
}

/// Whether the file lies where the meter puts its reports.
fn is_at_home(file: &FileEntry) -> bool {
    matches!(file.parts().as_slice(), [.., folder, _] if folder.eq_ignore_ascii_case(FOLDER))
}
