//! An Accu-Chek Mobile from the meter's side: a drive with the report of its readings, newest first.

use std::fmt::Write as _;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::cases::{Case, only};
use super::readings::{ReadingSet, SimulatedReading};
use super::wanted::{MeterClock, Wanted};
use super::{DriveFile, SimulatedMeter};
use crate::domain::cause::Cause;
use crate::domain::glucose::{Measured, Unit};
use crate::domain::reading::{Kind, Meal};

/// The serial number without another one: real ones are a `U` and digits, and the zeros in front say that this is none.
pub const DEFAULT_SERIAL: &str = "000U00042";

/// Where the report stands.
const REPORT: &str = "Accu-Chek Mobile/Reports/Report.csv";

/// The names of the columns, in English and in German.
const ENGLISH: &str =
    "Date;Time;Result;Unit;Temperature warning;Out of target range;Other;Before meal;After meal;Control test";
const GERMAN: &str = "Datum;Uhrzeit;Ergebnis;Einheit;Temperaturwarnung;Außerhalb Zielbereich;Sonstiges;\
    Vor der Mahlzeit;Nach der Mahlzeit;Kontrolltest";

/// How many spaces follow the names of the columns. So it stands in the reports of real meters; a reader that does not
/// trim would take them for a part of the last name.
const SPACES: usize = 197;

/// In what encoding the report is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a mark.
    #[default]
    Utf8,
    /// UTF-8 with a byte order mark.
    Marked,
    /// Windows-1252.
    Windows1252,
}

/// What is different about a report. Positions count from 0 at the newest reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent oddities, each there or not")]
pub struct ReportFaults {
    /// The encoding.
    pub encoding: Encoding,
    /// The columns are named in German.
    pub german: bool,
    /// Numbers have a decimal comma.
    pub comma: bool,
    /// This row is marked both before and after a meal.
    pub both_meals: Option<usize>,
    /// This row lacks its last column.
    pub short_row: Option<usize>,
    /// This row has no result.
    pub no_result: Option<usize>,
    /// This row was measured when it was too cold.
    pub cold: Option<usize>,
    /// An older report, without the newest reading, lies beside it.
    pub older_report: bool,
    /// A report of another meter lies beside it.
    pub other_meter: bool,
    /// The report ends so many bytes too early.
    pub cut: usize,
}

/// The cases: how a report is written in other countries, rows that contradict themselves, and files that lie beside
/// it.
pub(super) const CASES: &[Case<ReportFaults>] = &[
    Case::plain("marked", "the report is UTF-8 with a byte order mark", |faults, _| faults.encoding = Encoding::Marked),
    Case::plain("windows-1252", "the columns are named in German, in Windows-1252", |faults, _| {
        (faults.german, faults.encoding) = (true, Encoding::Windows1252);
    }),
    Case::plain("german", "the columns are named in German", |faults, _| faults.german = true),
    Case::plain("comma", "numbers have a decimal comma, which is seen in mmol/L only", |faults, _| faults.comma = true),
    Case::at("both-meals", "row N is marked both before and after a meal", |faults, n| {
        faults.both_meals = Some(n.place());
    }),
    Case::at("damaged", "row N lacks its last column", |faults, n| faults.short_row = Some(n.place())),
    Case::at("no-result", "row N has no result", |faults, n| faults.no_result = Some(n.place())),
    Case::at("cold", "row N was measured when it was too cold", |faults, n| faults.cold = Some(n.place())),
    Case::plain("older-report", "an older report, without the newest reading, lies beside it", |faults, _| {
        faults.older_report = true;
    }),
    Case::plain("other-meter", "the report of another meter lies beside it", |faults, _| faults.other_meter = true),
    Case::at("cut", "the report ends N bytes too early", |faults, n| faults.cut = n.place()),
];

/// A simulated Accu-Chek Mobile.
pub struct SimulatedMobile {
    serial: String,
    unit: Unit,
    memory: ReadingSet,
    clock: MeterClock,
    faults: ReportFaults,
}

#[expect(clippy::unnecessary_wraps, reason = "the shelf asks every family so")]
pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let serial = wanted.serial.as_deref().unwrap_or(DEFAULT_SERIAL);
    let unit = if wanted.shows_mmol { Unit::MmolPerL } else { Unit::MgPerDl };
    Ok(Box::new(SimulatedMobile::new(serial, unit, wanted.memory, wanted.clock, only(CASES, wanted.fault))))
}

impl SimulatedMobile {
    /// A meter with these readings, those of other things than glucose left out.
    #[must_use]
    pub fn new(serial: &str, unit: Unit, mut memory: ReadingSet, clock: MeterClock, faults: ReportFaults) -> Self {
        memory.readings.retain(|reading| matches!(reading.kind, Kind::Blood | Kind::Control));
        Self { serial: serial.to_owned(), unit, memory, clock, faults }
    }

    /// The report with all but the `newest` readings, by a meter of this number, at this time.
    fn report(&self, serial: &str, written: DateTime, newest: usize) -> String {
        let names = if self.faults.german { GERMAN } else { ENGLISH };
        let written = written.strftime("%d.%m.%Y;%H:%M");
        let mut text = format!(
            "Serial number;Download date;Download time;;;;;;;\r\n{serial};{written};;;;;;;\r\n{names}{:SPACES$}\r\n",
            ""
        );
        for (position, reading) in self.memory.readings.iter().rev().enumerate().skip(newest) {
            text.push_str(&self.row(position, reading));
            text.push_str("\r\n");
        }
        text
    }

    fn row(&self, position: usize, reading: &SimulatedReading) -> String {
        let is = |place: Option<usize>| place == Some(position);
        let result = match reading.measured {
            _ if is(self.faults.no_result) => String::new(),
            // How a real report writes these two is not established; other reports of the maker
            // write words.
            Measured::Low => "LO".to_owned(),
            Measured::High => "HI".to_owned(),
            Measured::Unscaled(number) => number.to_string(),
            Measured::Value(value) => value.glucose_in(self.unit),
        };
        let result = if self.faults.comma { result.replace('.', ",") } else { result };
        let unit = match self.unit {
            Unit::MgPerDl => "mg/dl",
            Unit::MmolPerL => "mmol/l",
        };
        let mark = |is_set: bool| if is_set { "X" } else { "" };
        let meal = |meal: Meal| mark(reading.meal == Some(meal) || is(self.faults.both_meals));
        let mut row = reading.time.strftime("%d.%m.%Y;%H:%M").to_string();
        let control = mark(reading.kind == Kind::Control);
        let (cold, before, after) = (mark(is(self.faults.cold)), meal(Meal::Before), meal(Meal::After));
        // Writing to a String cannot fail.
        let _ = write!(row, ";{result};{unit};{cold};;;{before};{after}");
        // The last column is the one that marks a control test: a row without it may be one.
        if is(self.faults.short_row) { row } else { format!("{row};{control}") }
    }

    fn encoded(&self, text: &str) -> Vec<u8> {
        let mut bytes = match self.faults.encoding {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Marked => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            Encoding::Windows1252 => encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
        };
        bytes.truncate(bytes.len().saturating_sub(self.faults.cut));
        bytes
    }
}

impl SimulatedMeter for SimulatedMobile {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn hear(&mut self, _bytes: &[u8]) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn drive(&self) -> Option<Vec<DriveFile>> {
        let now = (self.clock)();
        let file = |path: &str, text: &str| DriveFile { path: path.to_owned(), bytes: self.encoded(text) };
        let mut files = vec![file(REPORT, &self.report(&self.serial, now, 0))];
        let beside = |name: &str| REPORT.replace("Report.csv", name);
        if self.faults.older_report {
            // Stamps of a report go to the minute, and the newest one counts: these two must
            // differ.
            let yesterday = now.saturating_sub(SignedDuration::from_hours(24));
            files.push(file(&beside("Earlier.csv"), &self.report(&self.serial, yesterday, 1)));
        }
        if self.faults.other_meter {
            files.push(file(&beside("Other.csv"), &self.report("000U00099", now, 0)));
        }
        Some(files)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::glucose::Concentration;

    /// The lines of the specification, A.
    #[test]
    fn the_report_is_as_specified() {
        let reading = |minute, mg_per_dl, kind, meal| SimulatedReading {
            time: date(2026, 7, 13).at(21, minute, 40, 0),
            measured: Measured::Value(Concentration::mg_per_dl(mg_per_dl)),
            kind,
            meal: Some(meal),
        };
        let memory = ReadingSet {
            readings: vec![
                reading(5, 103, Kind::Blood, Meal::After),
                reading(6, 120, Kind::Control, Meal::None),
                reading(7, 100, Kind::Ketone, Meal::None),
            ],
        };
        let clock = Box::new(|| date(2026, 7, 14).at(8, 31, 12, 0));
        let faults = ReportFaults::default();
        let meter = SimulatedMobile::new("U123456789", Unit::MmolPerL, memory, clock, faults);
        let files = meter.drive().unwrap();
        assert_eq!((files.len(), files[0].path.as_str()), (1, "Accu-Chek Mobile/Reports/Report.csv"));
        let expected = format!(
            "Serial number;Download date;Download time;;;;;;;\r\nU123456789;14.07.2026;08:31;;;;;;;\r\n\
             Date;Time;Result;Unit;Temperature warning;Out of target range;Other;Before meal;After meal;Control \
             test{}\r\n13.07.2026;21:06;6.7;mmol/l;;;;;;X\r\n13.07.2026;21:05;5.7;mmol/l;;;;;X;\r\n",
            " ".repeat(197)
        );
        assert_eq!(String::from_utf8(files[0].bytes.clone()).unwrap(), expected);
    }
}
