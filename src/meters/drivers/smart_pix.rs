//! Accu-Chek Smart Pix: the XML reports of meters that the reader has read, on the drive that the reader shows.
//!
//! The reader can be told by files to read a meter. That is not done: only finished reports are read, from the reader's
//! drive (`REPORT/XML` of model 1, `MISC` of model 2) or from a folder they were copied to. The meter is the one in the
//! report, not the reader. Of several reports of one meter the newest is read; reports of several meters are refused,
//! and so are those of insulin pumps.
//!
//! The protocol has no check values. What stands in for them: a file is as long as it was listed, its XML is whole, and
//! everything among the readings is one. The numbers of meal marks (`Flg`) and events (`Evt`) are not established: they
//! are kept as they stand, and the meal of a reading stays unknown.

use super::reports::{self, ReportFound};
use super::{Driver, FolderDriver};
use crate::domain::meter::MeterIdentity;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::codec::reports::smart_pix_xml::{self, Device, XmlReport};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::folder::FileEntry;
use crate::meters::gathered::{Account, Counted, Gathered, MeterRecord};

/// Reads the reports of a Smart Pix.
#[derive(Debug, Clone, Copy)]
pub struct SmartPix;

impl Driver for SmartPix {
    fn name(&self) -> &'static str {
        "smart-pix"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, _sold_as: &Clean) -> Result<Account, MeterError> {
        let PixReports { meters, has_pump, unreadable, others } = reports(conversation)?;
        if meters.is_empty() {
            return Err(nothing_to_read(has_pump, unreadable));
        }
        let (ReportFound { report: (device, report), file }, older) =
            reports::newest(meters, |(device, _)| &device.serial, |(device, _)| device.clock)?;
        let mut gathered = Gathered::default();
        gathered.warn_all(reports::older(older));
        gathered.warn_all(reports::not_reports(&others));
        if has_pump {
            gathered.warn("pump-report", "the report of an insulin pump was not read");
        }
        for name in &report.unknown_attributes {
            let text = format!("readings have the attribute {name}, whose meaning is not known");
            gathered.warn("unknown-attribute", &text);
        }
        match device.clock {
            Some(time) => reports::note_clock(conversation, &mut gathered, time),
            None => gathered.note_clock_at(None),
        }
        for (entry, number) in report.entries.into_iter().zip(1..) {
            let place = format!("entry {number} of {}", file.name());
            let record = entry.reading.map(|reading| {
                let aside = || MeterRecord::Aside("carbohydrates, insulin or events alone".into(), Counted::Always);
                reading.map_or_else(aside, MeterRecord::from)
            });
            gathered.take_at(conversation, &place, &entry.said, record);
        }
        let unreadable = || unreadable.then(|| "another report on the drive cannot be read".to_owned());
        // Without its unit a number means nothing.
        let no_unit = || device.unit.is_none().then(|| "the unit of the meter is neither mg/dL nor mmol/L".to_owned());
        let outcome = match report.cut.or_else(unreadable).or_else(no_unit) {
            Some(reason) => Err(MeterError::Malformed { what: "the report", reason: reason.into() }),
            None => Ok(()),
        };
        let meter = MeterIdentity {
            manufacturer: "Roche".into(),
            model: model(&device.name),
            model_number: None,
            serial: Private::new(Clean::new(&device.serial, NAME_CELLS)),
            system_id: None,
            firmware: None,
            driver: self.name().into(),
        };
        gathered.close(conversation, meter, outcome)
    }
}

impl FolderDriver for SmartPix {
    fn recognises(&self, conversation: &mut Conversation<'_>) -> Result<bool, MeterError> {
        let PixReports { meters, has_pump, .. } = reports(conversation)?;
        Ok(has_pump || !meters.is_empty())
    }
}

/// The reports on the drive.
struct PixReports {
    /// Of meters, each with its meter.
    meters: Vec<ReportFound<(Device, XmlReport)>>,
    has_pump: bool,
    /// Whether a file is there that ought to be a meter's report and cannot be read as one. It might be the newest.
    unreadable: bool,
    /// Files of the kind of a report, from elsewhere, that are none.
    others: Vec<FileEntry>,
}

fn reports(conversation: &mut Conversation<'_>) -> Result<PixReports, MeterError> {
    let mut reports = PixReports { meters: Vec::new(), has_pump: false, unreadable: false, others: Vec::new() };
    for ReportFound { file, mut report } in reports::read_all(conversation, is_candidate, smart_pix_xml::parse)? {
        if report.is_pump {
            reports.has_pump = true;
        } else if !report.is_import {
            if is_of_meter(&file) {
                reports.unreadable = true;
            } else {
                reports.others.push(file);
            }
        } else if report.devices.len() > 1 {
            let reason = "a report holds more than one meter; which readings are whose cannot be known";
            return Err(MeterError::Unsupported { reason: reason.into() });
        } else {
            // Without the number of their meter nobody could tell whose readings these are.
            match report.devices.pop().filter(|device| !device.serial.is_empty()) {
                Some(device) => reports.meters.push(ReportFound { file, report: (device, report) }),
                None => reports.unreadable = true,
            }
        }
    }
    Ok(reports)
}

fn is_candidate(file: &FileEntry) -> bool {
    // The list of the devices that a Smart Pix 2 has read; it holds no readings.
    file.has_extension("xml") && !file.name().eq_ignore_ascii_case("DEVLIST.XML")
}

/// Whether the file has the name and place that a Smart Pix gives the report of a meter.
fn is_of_meter(file: &FileEntry) -> bool {
    let parts = file.parts();
    let is_at_home = match parts.as_slice() {
        [.., report, folder, _] if report.eq_ignore_ascii_case("REPORT") => folder.eq_ignore_ascii_case("XML"),
        [.., folder, _] => folder.eq_ignore_ascii_case("MISC"),
        _ => false,
    };
    is_at_home && file.name().starts_with(['G', 'g'])
}

fn nothing_to_read(has_pump: bool, unreadable: bool) -> MeterError {
    if unreadable {
        let reason = "it does not say which meter it is of".to_owned();
        return MeterError::Malformed { what: "the report", reason: reason.into() };
    }
    if has_pump {
        return MeterError::Unsupported { reason: "this is the report of an insulin pump".into() };
    }
    MeterError::Malformed { what: "the report", reason: "there is none in the folder".into() }
}

/// The name on the meter for the short one in the report, where it is known.
fn model(short: &str) -> Clean {
    match short {
        "" => "Accu-Chek meter".into(),
        "Aviva C" => "Accu-Chek Aviva Combo".into(),
        name if name.to_lowercase().starts_with("accu-chek") => Clean::new(name, NAME_CELLS),
        name => Clean::new(&format!("Accu-Chek {name}"), NAME_CELLS),
    }
}
