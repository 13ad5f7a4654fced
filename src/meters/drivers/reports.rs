//! What the drivers over report files have in common: which file to take, and what a clock in a file is worth.

use jiff::civil::DateTime;

use crate::domain::calendar::written_with_time;
use crate::domain::download::Warning;
use crate::domain::meter_clock::{ClockReading, ClockState};
use crate::domain::text::Clean;
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::folder::FileEntry;
use crate::meters::gathered::Gathered;

/// A drive with more reports than this is somebody's archive.
const MOST_REPORTS: usize = 64;

/// Files that a computer leaves on a drive: macOS keeps attributes in a second file of this beginning.
const LEFT_BEHIND: &str = "._";

/// A report and the file it was in.
pub(super) struct ReportFound<R> {
    /// The file.
    pub(super) file: FileEntry,
    /// What it holds.
    pub(super) report: R,
}

/// Reads every file that may be a report.
///
/// # Errors
/// What the drive says, or [`MeterError::Unsupported`] if there are too many.
pub(super) fn read_all<R>(
    conversation: &mut Conversation<'_>,
    is_candidate: impl Fn(&FileEntry) -> bool,
    parse: impl Fn(&[u8]) -> R,
) -> Result<Vec<ReportFound<R>>, MeterError> {
    let mut files = conversation.list_files("listing the files of the drive")?;
    files.retain(|file| !file.name().starts_with(LEFT_BEHIND) && is_candidate(file));
    if files.len() > MOST_REPORTS {
        return Err(MeterError::Unsupported {
            reason: format!(
                "the folder holds {} reports; take the one of the visit to a folder of its own",
                files.len()
            )
            .into(),
        });
    }
    let mut found = Vec::new();
    for file in files {
        let bytes = conversation.read_file(&file, "reading a report")?;
        found.push(ReportFound { report: parse(&bytes), file });
    }
    Ok(found)
}

/// The newest report, and how many older ones, or copies of it, there are.
///
/// # Errors
/// [`MeterError::Unsupported`] if the reports are of several meters: which one belongs to the person cannot be known;
/// or if it cannot be known which of two that differ is the newest. [`MeterError::Malformed`] if there is none.
pub(super) fn newest<R: PartialEq>(
    mut found: Vec<ReportFound<R>>,
    serial: impl Fn(&R) -> &str,
    written: impl Fn(&R) -> Option<DateTime>,
) -> Result<(ReportFound<R>, usize), MeterError> {
    let first = found.first().map(|found| serial(&found.report).to_owned());
    if found.iter().any(|found| Some(serial(&found.report)) != first.as_deref()) {
        let reason = "the folder holds reports of more than one meter; take one of them to a folder of its own";
        return Err(MeterError::Unsupported { reason: reason.into() });
    }
    found.sort_by_key(|found| written(&found.report));
    let reason = || "there is none in the folder".to_owned();
    let newest = found.pop().ok_or_else(|| MeterError::Malformed { what: "the report", reason: reason().into() })?;
    let is_rival = |other: &&ReportFound<R>| {
        let (ours, theirs) = (written(&newest.report), written(&other.report));
        // Stamps go to the minute. Of two reports of one minute the one whose name came later once counted, and the
        // readings of the other were gone without a word.
        (theirs == ours || theirs.is_none()) && other.report != newest.report
    };
    if let Some(rival) = found.iter().find(is_rival) {
        let reason = format!(
            "{} and {} differ, and nothing tells which is newer; take one of them to a folder of its own",
            rival.file.name(),
            newest.file.name()
        );
        return Err(MeterError::Unsupported { reason: reason.into() });
    }
    Ok((newest, found.len()))
}

/// The remark that older reports of the same meter were passed over.
pub(super) fn older(count: usize) -> Option<Warning> {
    (count > 0).then(|| Warning {
        code: "older-report".into(),
        text: Clean::from(format!("{count} older reports of the same meter were not read")),
    })
}

/// The remark that files which might be reports by their names are none. On a reader's own drive they are its pages; in
/// a folder to which somebody copied reports, one of them may be the newest, damaged.
pub(super) fn not_reports(files: &[FileEntry]) -> Option<Warning> {
    let mut copied = files.iter().filter(|file| file.parts().len() == 1);
    let first = copied.next()?;
    let text = match copied.count() {
        0 => format!("{} is no report of a meter and was not read", first.name()),
        more => format!("{} and {more} other files are no reports of a meter and were not read", first.name()),
    };
    Some(Warning { code: "no-report".into(), text: Clean::new(&text, 200) })
}

/// The meter's clock at the time of its report against ours. A report says when it was written, not what the clock
/// shows now; where they differ by more than minutes the reader is told.
pub(super) fn note_clock(conversation: &Conversation<'_>, gathered: &mut Gathered, meter: DateTime) {
    let clock = ClockReading { meter, host: conversation.now() };
    if !matches!(clock.state(), ClockState::Right | ClockState::Off) {
        let made = written_with_time(meter);
        let text = format!("the report is of {made}; if it was not made just now, the clock may be right");
        gathered.warn("old-report-or-clock", &text);
    }
    gathered.note_clock_at(Some(clock));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(serial: &'static str, minute: i8) -> ReportFound<(&'static str, DateTime)> {
        let file = FileEntry { path: format!("{serial}-{minute}.csv"), size: 0 };
        ReportFound { file, report: (serial, jiff::civil::date(2026, 7, 14).at(8, minute, 0, 0)) }
    }

    fn chosen(all: Vec<ReportFound<(&'static str, DateTime)>>) -> Result<(String, usize), MeterError> {
        newest(all, |report| report.0, |report| Some(report.1)).map(|(found, older)| (found.file.path, older))
    }

    #[test]
    fn the_newest_report_of_one_meter_is_taken() {
        assert_eq!(chosen(vec![found("A", 30), found("A", 31), found("A", 29)]), Ok(("A-31.csv".to_owned(), 2)));
        assert_eq!(chosen(vec![found("A", 30)]), Ok(("A-30.csv".to_owned(), 0)));
        assert!(matches!(chosen(vec![]), Err(MeterError::Malformed { .. })));
    }

    /// Of the same minute, or of no minute: the name of a file says nothing of its age.
    #[test]
    fn two_reports_that_differ_are_refused_if_none_is_newer() {
        let of = |name: &str, minute: Option<i8>, rows: u32| {
            let written = minute.map(|minute| jiff::civil::date(2026, 7, 14).at(8, minute, 0, 0));
            ReportFound { file: FileEntry { path: name.to_owned(), size: 0 }, report: (written, rows) }
        };
        let chosen = |all: Vec<ReportFound<(Option<DateTime>, u32)>>| {
            newest(all, |_| "A", |report| report.0).map(|(found, older)| (found.report.1, older))
        };
        for rival in [of("a", Some(30), 37), of("z", Some(30), 37), of("a", None, 37)] {
            let refused = chosen(vec![rival, of("m", Some(30), 60)]);
            assert!(
                matches!(&refused, Err(MeterError::Unsupported { reason }) if reason.to_string().contains("differ")),
                "{refused:?}"
            );
        }
        assert!(chosen(vec![of("a", None, 1), of("b", None, 2)]).is_err());
        assert_eq!(
            chosen(vec![of("a", Some(30), 60), of("m", Some(30), 60)]),
            Ok((60, 1)),
            "a copy is no other report"
        );
        assert_eq!(chosen(vec![of("z", Some(29), 37), of("m", Some(30), 60)]), Ok((60, 1)));
    }

    /// Those that lie where somebody put the reports; deeper ones are a reader's own pages.
    #[test]
    fn what_is_no_report_is_told() {
        let files = |paths: &[&str]| {
            let files: Vec<_> = paths.iter().map(|path| FileEntry { path: (*path).to_owned(), size: 1 }).collect();
            not_reports(&files).map(|told| told.text.to_string())
        };
        assert_eq!(files(&[]), None);
        assert_eq!(files(&["SCAN/pages.xml"]), None);
        assert_eq!(files(&["a.csv"]).unwrap(), "a.csv is no report of a meter and was not read");
        let several = "a.csv and 2 other files are no reports of a meter and were not read";
        assert_eq!(files(&["SCAN/p.csv", "a.csv", "b.csv", "c.csv"]).unwrap(), several);
    }

    #[test]
    fn reports_of_two_meters_are_refused() {
        assert!(matches!(chosen(vec![found("A", 30), found("B", 31)]), Err(MeterError::Unsupported { .. })));
    }
}
