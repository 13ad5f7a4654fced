//! A Smart Pix reader that has read a meter, from its own side: a drive with the report, newest reading first.

use std::fmt::Write as _;

use jiff::civil::DateTime;

use super::cases::{Case, only};
use super::readings::{ReadingSet, SimulatedReading};
use super::wanted::{MeterClock, Wanted};
use super::{DriveFile, SimulatedMeter};
use crate::domain::cause::Cause;
use crate::domain::glucose::{Measured, Unit};
use crate::domain::reading::Kind;

/// The serial number of the meter that was read, without another one. The name of the report is made of it.
pub const DEFAULT_SERIAL: &str = "00050042";

/// What is different about a report. Positions count from 0 at the newest reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent oddities, each there or not")]
pub struct PixFaults {
    /// The reader is of model 2, which has other folders and a list of devices.
    pub is_model_2: bool,
    /// Control tests are marked `?` instead of `1`.
    pub control_in_doubt: bool,
    /// This reading has no time of day.
    pub untimed: Option<usize>,
    /// Behind this reading stands an entry of carbohydrates without glucose.
    pub without_glucose: Option<usize>,
    /// This reading has an attribute twice.
    pub damaged: Option<usize>,
    /// The meter's name has a letter beyond ASCII; the file is in ISO-8859-1.
    pub is_latin: bool,
    /// The report has a document type declaration that names a file elsewhere.
    pub has_doctype: bool,
    /// The report of an insulin pump lies beside it.
    pub pump: bool,
    /// It is the only one.
    pub only_pump: bool,
    /// The report of another meter lies beside it.
    pub other_meter: bool,
    /// The report ends so many bytes too early.
    pub cut: usize,
}

/// The cases: both models of the reader, XML that must not be followed, and files of other devices beside the report.
pub(super) const CASES: &[Case<PixFaults>] = &[
    Case::plain("model-2", "the reader is of model 2: other folders, and a list of devices", |faults, _| {
        faults.is_model_2 = true;
    }),
    Case::plain("control-in-doubt", "control tests are marked ? instead of 1", |faults, _| {
        faults.control_in_doubt = true;
    }),
    Case::at("untimed", "reading N has no time of day", |faults, n| faults.untimed = Some(n.place())),
    Case::at("without-glucose", "behind reading N stands an entry of carbohydrates alone", |faults, n| {
        faults.without_glucose = Some(n.place());
    }),
    Case::at("damaged", "reading N has an attribute twice", |faults, n| faults.damaged = Some(n.place())),
    Case::plain("latin", "the meter's name has a letter beyond ASCII, in ISO-8859-1", |faults, _| {
        faults.is_latin = true;
    }),
    Case::plain("doctype", "the report has a document type declaration that names a file elsewhere", |faults, _| {
        faults.has_doctype = true;
    }),
    Case::plain("pump", "the report of an insulin pump lies beside it", |faults, _| faults.pump = true),
    Case::plain("only-pump", "there is the report of an insulin pump only", |faults, _| faults.only_pump = true),
    Case::plain("other-meter", "the report of another meter lies beside it", |faults, _| faults.other_meter = true),
    Case::at("cut", "the report ends N bytes too early", |faults, n| faults.cut = n.place()),
];

/// A simulated Smart Pix with the report of one meter.
pub struct SimulatedSmartPix {
    serial: String,
    unit: Unit,
    memory: ReadingSet,
    clock: MeterClock,
    faults: PixFaults,
}

#[expect(clippy::unnecessary_wraps, reason = "the shelf asks every family so")]
pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let serial = wanted.serial.as_deref().unwrap_or(DEFAULT_SERIAL);
    let unit = if wanted.shows_mmol { Unit::MmolPerL } else { Unit::MgPerDl };
    Ok(Box::new(SimulatedSmartPix::new(serial, unit, wanted.memory, wanted.clock, only(CASES, wanted.fault))))
}

impl SimulatedSmartPix {
    /// A reader that has read a meter with these readings, those of other things than glucose left out.
    #[must_use]
    pub fn new(serial: &str, unit: Unit, mut memory: ReadingSet, clock: MeterClock, faults: PixFaults) -> Self {
        memory.readings.retain(|reading| matches!(reading.kind, Kind::Blood | Kind::Control));
        Self { serial: serial.to_owned(), unit, memory, clock, faults }
    }

    fn report(&self, serial: &str, clock: DateTime) -> String {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\r\n");
        if self.faults.has_doctype {
            text.push_str("<!DOCTYPE IMPORT SYSTEM \"import.dtd\">\r\n");
        }
        let name = if self.faults.is_latin { "Perförma" } else { "Performa" };
        let clock = clock.strftime("Dt=\"%Y-%m-%d\" Tm=\"%H:%M\"");
        let unit = self.unit;
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "<IMPORT>\r\n<ACSPIX Type=\"2106\" Ver=\"3.01.03\" SN=\"000-7\"/>\r\n\
             <DEVICE  Name=\"{name}\" SN=\"{serial}\" {clock} BGUnit=\"{unit}\"/>\r\n<BGDATA>\r\n"
        );
        for (position, reading) in self.memory.readings.iter().rev().enumerate() {
            text.push_str(&self.row(position, reading));
        }
        text.push_str("</BGDATA>\r\n</IMPORT>\r\n");
        text
    }

    fn row(&self, position: usize, reading: &SimulatedReading) -> String {
        let is = |place: Option<usize>| place == Some(position);
        let value = match reading.measured {
            Measured::Low => "LO".to_owned(),
            Measured::High => "HI".to_owned(),
            Measured::Unscaled(number) => number.to_string(),
            Measured::Value(value) => value.glucose_in(self.unit),
        };
        let day = reading.time.strftime("%Y-%m-%d");
        let time = reading.time.strftime("%H:%M");
        let time = if is(self.faults.untimed) { String::new() } else { format!(" Tm=\"{time}\"") };
        let control = match reading.kind {
            Kind::Control if self.faults.control_in_doubt => " Ctrl=\"?\"",
            Kind::Control => " Ctrl=\"1\"",
            Kind::Blood | Kind::Ketone | Kind::Sensor | Kind::Other => "",
        };
        let again = if is(self.faults.damaged) { " Val=\"1\"" } else { "" };
        let mut row = format!("<BG Val=\"{value}\" Dt=\"{day}\"{time}{control}{again} D=\"1\"/>\r\n");
        if is(self.faults.without_glucose) {
            let _ = write!(row, "<BG Val=\"---\" Dt=\"{day}\"{time} Carb=\"45\" D=\"1\"/>\r\n");
        }
        row
    }

    fn file(&self, letter: char, serial: &str, text: &str) -> DriveFile {
        // As model 2 names its files: the kind of device, and the serial number without its first character.
        let number: String = serial.chars().skip(1).collect();
        let folder = if self.faults.is_model_2 { "MISC" } else { "REPORT/XML" };
        // What the declaration calls ISO-8859-1 is this here as on the web (WHATWG Encoding):
        // letters are the same in both.
        let mut bytes = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        bytes.truncate(bytes.len().saturating_sub(self.faults.cut));
        DriveFile { path: format!("{folder}/{letter}{number}.XML"), bytes }
    }

    fn list(&self) -> DriveFile {
        let serial = &self.serial;
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\r\n<DEVICELIST>\r\n\
             <DEVICE SERIALNR=\"{serial}\" CLASS=\"BG\" NAME=\"Performa\"/>\r\n</DEVICELIST>\r\n"
        );
        DriveFile { path: "MISC/DEVLIST.XML".to_owned(), bytes: text.into_bytes() }
    }
}

impl SimulatedMeter for SimulatedSmartPix {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn hear(&mut self, _bytes: &[u8]) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn drive(&self) -> Option<Vec<DriveFile>> {
        let now = (self.clock)();
        let mut files = Vec::new();
        if !self.faults.only_pump {
            files.push(self.file('G', &self.serial, &self.report(&self.serial, now)));
        }
        if self.faults.pump || self.faults.only_pump {
            // `IP` instead of `DEVICE`: that alone tells the report of a pump.
            let text = "<IMPORT><IP Name=\"Spirit\" SN=\"00010099\"/><IPDATA></IPDATA></IMPORT>\r\n";
            files.push(self.file('I', "00010099", text));
        }
        if self.faults.other_meter {
            files.push(self.file('G', "00050099", &self.report("00050099", now)));
        }
        if self.faults.is_model_2 {
            files.push(self.list());
        }
        let status = b"Smart Pix\r\n\r\n3.01 NOSCAN BGREPORT\r\n".to_vec();
        files.push(DriveFile { path: "MISC/STATUS.TXT".to_owned(), bytes: status });
        Some(files)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::glucose::Concentration;

    /// The sample lines of the specification, B.
    #[test]
    fn the_report_is_as_specified() {
        let reading = SimulatedReading {
            time: date(2005, 6, 7).at(18, 1, 20, 0),
            measured: Measured::Value(Concentration::new(51, 1, Unit::MmolPerL)),
            kind: Kind::Blood,
            meal: None,
        };
        let memory = ReadingSet { readings: vec![reading] };
        let clock = Box::new(|| date(2008, 5, 13).at(10, 12, 0, 0));
        let faults = PixFaults::default();
        let meter = SimulatedSmartPix::new("50003006", Unit::MmolPerL, memory, clock, faults);
        let files = meter.drive().unwrap();
        assert_eq!(files[0].path, "REPORT/XML/G0003006.XML");
        let text = String::from_utf8(files[0].bytes.clone()).unwrap();
        let device = "<DEVICE  Name=\"Performa\" SN=\"50003006\" Dt=\"2008-05-13\" Tm=\"10:12\" BGUnit=\"mmol/L\"/>";
        assert!(text.contains(device), "{text}");
        assert!(text.contains("<BG Val=\"5.1\" Dt=\"2005-06-07\" Tm=\"18:01\" D=\"1\"/>"), "{text}");
    }
}
