//! The report of a Smart Pix reader: XML whose root is `IMPORT`, with the meter in `DEVICE` and its readings in `BG`.
//!
//! A document type declaration is passed over and its entities are not expanded, so that a report can neither reach
//! outside nor grow. A report that ends before its root is closed was cut, and says so.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::{ReportReadingError, date_of, decode, is_damaged, is_in_range, measured, minute, unit};
use crate::domain::glucose::Unit;
use crate::domain::reading::{Doubt, Kind, Reading};
use crate::domain::text::harmless;

/// The declaration of the encoding stands within so many bytes.
const DECLARATION: usize = 200;

/// The attributes of a reading that are known; others are kept and reported.
const KNOWN: [&str; 10] = ["Val", "Dt", "Tm", "Flg", "Ctrl", "Carb", "Ins1", "Ins2", "Ins3", "Evt"];

/// A report, as far as it goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct XmlReport {
    /// Whether the root element is `IMPORT`: only then it is a report of a Smart Pix.
    pub is_import: bool,
    /// Whether it is the report of an insulin pump.
    pub is_pump: bool,
    /// The meters in it; a report has one.
    pub devices: Vec<Device>,
    /// What stands among the readings, in the order of the file.
    pub entries: Vec<XmlEntry>,
    /// Attributes of readings whose meaning is not known, each once.
    pub unknown_attributes: Vec<String>,
    /// Why the rest cannot be read; `None` if the report is whole.
    pub cut: Option<String>,
    /// The place of the next reading.
    places: u32,
}

/// One entry among the readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmlEntry {
    /// Its text in the file, without control characters.
    pub said: String,
    /// The reading, nothing for carbohydrates, insulin or an event without glucose, or what is wrong with it.
    pub reading: Result<Option<Reading>, ReportReadingError>,
}

/// What a report says of the meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The short name: `Performa`.
    pub name: String,
    /// The serial number.
    pub serial: String,
    /// What the meter's clock showed when the Smart Pix read it.
    pub clock: Option<DateTime>,
    /// The unit of every reading, if it is known.
    pub unit: Option<Unit>,
}

/// Reads a report. Anything at all gives one; what is no report has no root `IMPORT`.
#[must_use]
pub fn parse(bytes: &[u8]) -> XmlReport {
    let text = text_of(bytes);
    let mut report = XmlReport::default();
    let mut reader = Reader::from_str(&text);
    let mut open: Vec<String> = Vec::new();
    let mut was_closed = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                report.enter(&open, &element);
                open.push(element.name().as_ref().to_owned());
            }
            Ok(Event::Empty(element)) => report.enter(&open, &element),
            Ok(Event::End(_)) => {
                open.pop();
                was_closed |= open.is_empty();
            }
            Ok(Event::Eof) => {
                if !was_closed {
                    report.cut = Some("it ends before its root element does".to_owned());
                }
                return report;
            }
            // Reports have no text: what stands between elements was one, whose first byte was damaged.
            Ok(Event::Text(text)) if text.trim().is_empty() && !is_damaged(&text) => {}
            Ok(Event::Text(_) | Event::CData(_) | Event::GeneralRef(_)) => {
                report.push("", Err(ReportReadingError::NoReading));
            }
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            // The parser's own words could hold a value; the place is enough to find it.
            Err(_) => {
                report.cut = Some(format!("its XML cannot be read beyond byte {}", reader.error_position()));
                return report;
            }
        }
    }
}

impl XmlReport {
    fn enter(&mut self, open: &[String], element: &BytesStart<'_>) {
        let path: Vec<&str> = open.iter().map(String::as_str).collect();
        match (path.as_slice(), element.name().as_ref()) {
            ([], "IMPORT") => self.is_import = true,
            (["IMPORT"], "IP" | "IPDATA") => self.is_pump = true,
            (["IMPORT"], "DEVICE") => self.devices.push(device(element)),
            (["IMPORT", "BGDATA"], "BG") => self.reading(element),
            // One changed letter makes another name of `BG`, so this may have been a reading.
            (["IMPORT", "BGDATA"], _) => self.push(element, Err(ReportReadingError::NoReading)),
            _ => {}
        }
    }

    fn push(&mut self, said: &str, reading: Result<Option<Reading>, ReportReadingError>) {
        if !matches!(reading, Ok(None)) {
            self.places = self.places.saturating_add(1);
        }
        self.entries.push(XmlEntry { said: harmless(said), reading });
    }

    fn reading(&mut self, element: &BytesStart<'_>) {
        if is_damaged(element) {
            self.push(element, Err(ReportReadingError::Damaged));
            return;
        }
        let Some(attributes) = attributes(element) else {
            self.push(element, Err(ReportReadingError::Attributes));
            return;
        };
        // `D` is the number of the meter within the file, 1 in all published samples: nothing to report.
        for name in attributes.keys().filter(|name| !KNOWN.contains(&name.as_str()) && *name != "D") {
            if !self.unknown_attributes.contains(name) {
                self.unknown_attributes.push(name.clone());
            }
        }
        // Three dashes: carbohydrates or insulin without glucose.
        if attributes.get("Val").is_some_and(|value| value.trim() == "---") {
            self.push(element, Ok(None));
            return;
        }
        let unit = self.devices.first().and_then(|device| device.unit);
        let reading = reading(attributes, unit, self.places);
        self.push(element, reading.map(Some));
    }
}

fn reading(
    attributes: BTreeMap<String, String>,
    unit: Option<Unit>,
    index: u32,
) -> Result<Reading, ReportReadingError> {
    let text = |name: &str| attributes.get(name).map(|text| text.trim()).unwrap_or_default();
    let measured = measured(text("Val"), unit)?;
    let day = day(text("Dt"));
    // Some rows have a day and no time.
    let time = match text("Tm") {
        "" => None,
        text => minute(text),
    };
    // Without a time the day is kept, from midnight on, as the readers of these files do.
    let stamp = day
        .filter(|_| time.is_some() || text("Tm").is_empty())
        .map(|day| day.to_datetime(time.unwrap_or(Time::midnight())));
    let doubts =
        [(time.is_none() || stamp.is_none(), Doubt::TimeUncertain), (!is_in_range(measured), Doubt::OutsideMeterRange)];
    Ok(Reading {
        corrected_from: None,
        index,
        time: stamp,
        measured,
        // Numbers above 0 and a question mark have been seen on control tests; whatever else may stand there is no
        // patient's value for certain.
        kind: if matches!(text("Ctrl"), "" | "0") { Kind::Blood } else { Kind::Control },
        meal: None,
        doubts: doubts.into_iter().filter(|(has, _)| *has).map(|(_, doubt)| doubt).collect(),
        raw: attributes.into_iter().map(|(name, text)| (harmless(&name), harmless(&text))).collect(),
    })
}

fn device(element: &BytesStart<'_>) -> Device {
    let attributes = attributes(element).unwrap_or_default();
    let text = |name: &str| attributes.get(name).map(|text| text.trim()).unwrap_or_default();
    Device {
        name: text("Name").to_owned(),
        serial: text("SN").to_owned(),
        clock: day(text("Dt")).and_then(|day| Some(day.to_datetime(minute(text("Tm"))?))),
        unit: unit(text("BGUnit")).ok(),
    }
}

/// The attributes of an element; `None` if one cannot be read, stands twice, or needs an entity of the document.
fn attributes(element: &BytesStart<'_>) -> Option<BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for attribute in element.attributes() {
        let attribute = attribute.ok()?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
        all.insert(attribute.key.as_ref().to_owned(), value.into_owned());
    }
    Some(all)
}

/// A date as `2026-07-14`.
fn day(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() { None } else { date_of(year, month, day) }
}

/// The text of the file, by the encoding that it declares.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    let start = String::from_utf8_lossy(bytes.get(..DECLARATION.min(bytes.len())).unwrap_or_default());
    let declared = start
        .split_once("?>")
        .and_then(|(declaration, _)| declaration.split_once("encoding="))
        .and_then(|(_, rest)| rest.get(1..)?.split(['"', '\'']).next())
        // `ISO-8859-1` gives Windows-1252, as on the web (WHATWG Encoding); letters are the same in
        // both.
        .and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    match declared {
        Some(encoding) => encoding.decode(bytes).0,
        None => decode(bytes),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::domain::glucose::{Concentration, Measured};

    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\r\n<IMPORT>\r\n\
        <ACSPIX Type=\"2106\" Ver=\"3.01.03\" SN=\"1\"/>\r\n\
        <DEVICE  Name=\"Performa\" SN=\"50003006\" Dt=\"2008-05-13\" Tm=\"10:12\" BGUnit=\"mmol/L\"/>\r\n<BGDATA>\r\n";

    fn report(rows: &str) -> XmlReport {
        parse(format!("{HEAD}{rows}</BGDATA>\r\n</IMPORT>\r\n").as_bytes())
    }

    fn one(row: &str) -> Result<Reading, ReportReadingError> {
        let mut entries = report(row).entries;
        assert_eq!(entries.len(), 1, "{row}");
        entries.remove(0).reading.map(|reading| reading.expect("no reading"))
    }

    /// The sample lines of the specification.
    #[test]
    fn the_published_lines_are_read() {
        let device = report("").devices.remove(0);
        assert_eq!((device.name.as_str(), device.serial.as_str()), ("Performa", "50003006"));
        assert_eq!((device.clock, device.unit), (Some("2008-05-13T10:12".parse().unwrap()), Some(Unit::MmolPerL)));
        let first = one("<BG Val=\"5.1\" Dt=\"2005-06-07\" Tm=\"18:01\" D=\"1\"/>").unwrap();
        assert_eq!(first.time, Some("2005-06-07T18:01".parse().unwrap()));
        assert_eq!(first.measured, Measured::Value(Concentration::new(51, 1, Unit::MmolPerL)));
        assert_eq!((first.kind, first.meal, first.doubts.len()), (Kind::Blood, None, 0));
        let carbohydrates = report("<BG Val=\"---\" Dt=\"2010-12-09\" Tm=\"22:57\" Carb=\"45\" D=\"1\"/>").entries;
        assert_eq!(carbohydrates[0].reading, Ok(None));
        let marked = one("<BG Val=\"12.4\" Dt=\"2012-11-03\" Tm=\"11:57\" Flg=\"M3\" Carb=\"3\" D=\"1\"/>").unwrap();
        assert_eq!((marked.raw["Flg"].as_str(), marked.raw["Carb"].as_str(), marked.meal), ("M3", "3", None));
        assert_eq!(one("<BG Val=\"18.6\" Dt=\"2012-11-03\" Tm=\"13:03\" Evt=\"74\"/>").unwrap().raw["Evt"], "74");
    }

    #[rstest]
    #[case("", Kind::Blood)]
    #[case("Ctrl=\"0\"", Kind::Blood)]
    #[case("Ctrl=\"\"", Kind::Blood)]
    #[case("Ctrl=\"1\"", Kind::Control)]
    #[case("Ctrl=\"?\"", Kind::Control)]
    fn control_tests_are_told_apart(#[case] mark: &str, #[case] kind: Kind) {
        let row = format!("<BG Val=\"5.1\" Dt=\"2005-06-07\" Tm=\"18:01\" {mark}/>");
        assert_eq!(one(&row).unwrap().kind, kind);
    }

    #[test]
    fn words_and_missing_times_are_kept() {
        assert_eq!(one("<BG Val=\"HI\" Dt=\"2005-06-07\" Tm=\"18:01\"/>").unwrap().measured, Measured::High);
        assert_eq!(one("<BG Val=\"LO\" Dt=\"2005-06-07\" Tm=\"18:01\"/>").unwrap().measured, Measured::Low);
        let untimed = one("<BG Val=\"5.1\" Dt=\"2005-06-07\"/>").unwrap();
        assert_eq!(untimed.time, Some("2005-06-07T00:00".parse().unwrap()));
        assert_eq!(untimed.doubts, [Doubt::TimeUncertain]);
        for stamp in ["Dt=\"2005-06-31\" Tm=\"18:01\"", "Dt=\"2005-06-07\" Tm=\"25:01\"", "Tm=\"18:01\""] {
            let reading = one(&format!("<BG Val=\"5.1\" {stamp}/>")).unwrap();
            assert_eq!((reading.time, reading.doubts), (None, vec![Doubt::TimeUncertain]), "{stamp}");
        }
    }

    #[rstest]
    #[case("<BG Dt=\"2005-06-07\"/>", ReportReadingError::Result)]
    #[case("<BG Val=\"5.1\" Val=\"5.2\"/>", ReportReadingError::Attributes)]
    #[case("<BG Val=\"&five;\"/>", ReportReadingError::Attributes)]
    #[case("<BF Val=\"5.1\" Dt=\"2005-06-07\"/>", ReportReadingError::NoReading)]
    fn a_damaged_reading_says_what_is_wrong(#[case] row: &str, #[case] error: ReportReadingError) {
        assert_eq!(one(row), Err(error));
    }

    #[test]
    fn no_entity_of_the_document_is_expanded() {
        let text = "<?xml version=\"1.0\"?><!DOCTYPE IMPORT SYSTEM \"http://localhost/x.dtd\" [<!ENTITY five \"5.1\">]>\
            <IMPORT><DEVICE SN=\"1\" BGUnit=\"mmol/L\"/><BGDATA><BG Val=\"&five;\" Dt=\"2005-06-07\" Tm=\"18:01\"/>\
            <BG Val=\"5.2\" Dt=\"2005-06-07\" Tm=\"18:01\"/></BGDATA></IMPORT>";
        let report = parse(text.as_bytes());
        assert_eq!((report.cut, report.entries.len()), (None, 2));
        assert_eq!(report.entries[0].reading, Err(ReportReadingError::Attributes));
        assert!(report.entries[1].reading.is_ok());
    }

    #[test]
    fn the_declared_encoding_is_obeyed() {
        let text = b"<?xml version='1.0' encoding='ISO-8859-1'?><IMPORT><DEVICE Name='Ger\xE4t'/></IMPORT>";
        assert_eq!(parse(text).devices[0].name, "Gerät");
        assert_eq!(parse("<IMPORT><DEVICE Name='Gerät'/></IMPORT>".as_bytes()).devices[0].name, "Gerät");
    }

    #[test]
    fn a_report_that_was_cut_is_noticed_wherever_it_was() {
        let whole = format!("{HEAD}<BG Val=\"5.1\" Dt=\"2005-06-07\" Tm=\"18:01\"/></BGDATA></IMPORT>");
        assert_eq!(parse(whole.as_bytes()).cut, None);
        for length in 0..whole.len() {
            assert!(parse(&whole.as_bytes()[..length]).cut.is_some(), "{length}");
        }
    }

    #[test]
    fn a_pump_and_another_file_are_told_apart() {
        let pump = parse(b"<IMPORT><IP Name=\"Spirit\" SN=\"1\"/><IPDATA/></IMPORT>");
        assert!(pump.is_import && pump.is_pump && pump.devices.is_empty());
        let list = parse(b"<DEVICELIST><DEVICE SERIALNR=\"1\"/></DEVICELIST>");
        assert!(!list.is_import && list.devices.is_empty());
    }

    #[test]
    fn an_attribute_nobody_knows_is_reported_once() {
        let row = "<BG Val=\"5.1\" Dt=\"2005-06-07\" Tm=\"18:01\" Csrl=\"1\"/>";
        assert_eq!(report(&row.repeat(2)).unknown_attributes, ["Csrl"]);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, rows in "[-<>/=\"&;BGValDtTm 0-9.!\\[\\]]{0,200}") {
            let _ = parse(&bytes);
            let _ = report(&rows);
        }
    }

    /// As for the reports of a Mobile: a hole joins two elements to one, or swallows whole ones.
    #[test]
    fn a_hole_in_the_file_is_never_passed_over() {
        let readings = (0..60)
            .map(|n| {
                format!(
                    "<BG Val=\"{}\" Dt=\"2026-07-13\" Tm=\"{:02}:{:02}\" Ctrl=\"{}\" D=\"1\"/>\r\n",
                    90 + n,
                    n / 4,
                    n,
                    n % 2
                )
            })
            .collect::<Vec<_>>()
            .concat();
        let head = "<?xml version=\"1.0\"?>\r\n<IMPORT>\r\n<DEVICE Name=\"Aviva\" SN=\"U42\" Dt=\"2026-07-14\" \
            Tm=\"08:31\" BGUnit=\"mg/dL\"/>\r\n";
        let whole = format!("{head}<BGDATA>\r\n{readings}</BGDATA>\r\n</IMPORT>\r\n").into_bytes();
        let of = |report: &XmlReport| report.entries.iter().map(|entry| entry.reading.clone()).collect::<Vec<_>>();
        let sound = parse(&whole);
        assert!(of(&sound).len() == 60 && of(&sound).iter().all(Result::is_ok) && sound.cut.is_none());
        for fill in [0, 0xFF, b' ', b'\t', b'\n'] {
            for from in (0..whole.len() - 512).step_by(5) {
                let mut holed = whole.clone();
                holed[from..from + 512].fill(fill);
                let report = parse(&holed);
                let is_told = report.cut.is_some() || of(&report).iter().any(Result::is_err) || !report.is_import;
                assert!(is_told || of(&report) == of(&sound), "{fill:#x} from {from}");
            }
        }
    }
}
