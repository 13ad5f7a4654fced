//! Small inputs that were read wrongly once, rebuilt from public reports: what is right stands in each test.

use std::collections::VecDeque;

use glucodock::domain::download::Download;
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Doubt, Kind, Meal};
use glucodock::meters::codec::freestyle_hid::{HidReport, REPORT_LENGTH, TEXT, encode_answer};
use glucodock::meters::codec::freestyle_serial;
use glucodock::meters::drivers::accu_chek_reports::AccuChekReports;
use glucodock::meters::drivers::freestyle_insulinx::FreeStyleInsuLinx;
use glucodock::meters::drivers::freestyle_libre::FreeStyleLibre;
use glucodock::meters::drivers::freestyle_lite::FreeStyleLite;
use glucodock::meters::drivers::freestyle_neo::FreeStyleNeo;
use glucodock::meters::drivers::glucomen_areo::GlucoMenAreo;
use glucodock::meters::drivers::onetouch_ultra2::OneTouchUltra2;
use glucodock::meters::drivers::{Driver, FolderDriver as _};
use glucodock::meters::error::MeterError;
use glucodock::meters::simulator::freestyle_hid::{HidFaults, HidModel, SimulatedFreeStyleHid};
use glucodock::meters::simulator::glucomen_areo::{AreoFaults, SimulatedAreo};
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::onetouch_ultra2::{SimulatedUltra2, Ultra2Faults};
use glucodock::meters::simulator::readings::file::{Form, parse};
use glucodock::meters::simulator::{DriveFile, SimulatedMeter};
use jiff::civil::date;
use rstest::rstest;

use super::bench::{last, memory, meter_now, partial, read, read_link};

/// The drive of an Accu-Chek Mobile with one report: its path and its text.
struct Mobile(&'static str, String);

impl SimulatedMeter for Mobile {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn hear(&mut self, _bytes: &[u8]) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn drive(&self) -> Option<Vec<DriveFile>> {
        Some(vec![DriveFile { path: self.0.to_owned(), bytes: self.1.replace('\n', "\r\n").into_bytes() }])
    }
}

const AT_HOME: &str = "Accu-Chek Mobile/Reports/Diary.csv";

fn mobile(path: &'static str, text: &str) -> Result<Download, MeterError> {
    read(&AccuChekReports, Mobile(path, text.to_owned()))
}

fn mg_per_dl(value: u32) -> Measured {
    Measured::Value(Concentration::mg_per_dl(value))
}

const TEN: &str = "Serial number;Download date;Download time;;;;;;;\nU000000042;14.07.2026;12:00;;;;;;;\n\
    Date;Time;Result;Unit;Temperature warning;Out of target range;Other;Before meal;After meal;Control test   \n";

#[test]
fn a_mobile_with_twelve_columns_tells_fasting_and_bedtime() {
    let report = "Seriennummer;Download-Datum;Download-Zeit;;;;;;;;;\nU000000042;14.07.2026;12:00;;;;;;;;;\n\
        Datum;Uhrzeit;Messwert;Einheit;Temperaturwarnung;Au\u{df}erhalb;Sonstiges;Vor;Nach;\
        N\u{fc}chtern;Schlaf;Kontrolle   \n\
        14.07.2026;11:15;91;mg/dl; ; ; ;X; ; ; ; ;\n14.07.2026;08:15;127;mg/dl; ;X; ; ; ;X; ; ;\n\
        13.07.2026;22:15;101;mg/dl; ; ; ; ; ; ;X; ;\n13.07.2026;08:15;120;mg/dl; ; ; ; ; ; ; ;X;\n";
    let download = mobile(AT_HOME, report).unwrap();
    assert!(download.is_complete(), "{:?}", download.completeness);
    let told: Vec<_> = download.readings.iter().rev().map(|r| (r.measured, r.kind, r.meal, r.doubts.len())).collect();
    assert_eq!(
        told,
        [
            (mg_per_dl(91), Kind::Blood, Some(Meal::Before), 0),
            (mg_per_dl(127), Kind::Blood, Some(Meal::Fasting), 0),
            (mg_per_dl(101), Kind::Blood, Some(Meal::Bedtime), 0),
            (mg_per_dl(120), Kind::Control, Some(Meal::None), 0),
        ]
    );
    assert_eq!(download.readings[0].raw["control-test"], "X");
}

#[test]
fn a_separator_at_the_end_of_each_line_is_no_column() {
    let rows = "14.07.2026;11:15;91;mg/dl; ; ; ;X; ; ;\n13.07.2026;08:15;120;mg/dl; ; ; ; ; ;X;\n";
    let download = mobile(AT_HOME, &format!("{TEN}{rows}")).unwrap();
    assert!(download.is_complete(), "{:?}", download.completeness);
    let told: Vec<_> = download.readings.iter().map(|r| (r.measured, r.kind, r.meal)).collect();
    let control = (mg_per_dl(120), Kind::Control, Some(Meal::None));
    assert_eq!(told, [control, (mg_per_dl(91), Kind::Blood, Some(Meal::Before))]);
    // A doubled separator in one line would move its marks.
    let doubled = format!("{TEN}{rows}12.07.2026;08:15;99;mg/dl; ; ; ; ;X; ; ;\n");
    let download = mobile(AT_HOME, &doubled).unwrap();
    assert_eq!((partial(&download).code, download.readings.len()), (ProblemCode::MeterRecords, 2));
    assert_eq!(download.not_taken[0].reason.as_str(), "it has 12 columns, not 11");
}

#[test]
fn a_mobile_that_says_hi_needs_no_unit_for_it() {
    let rows = "13.07.2026;07:30;HI;;;;;X;;\n12.07.2026;19:02;LO;;;;;;;\n11.07.2026;19:02;103;;;;;;;\n";
    let download = mobile("HidReport.csv", &format!("{TEN}{rows}")).unwrap();
    let measured: Vec<_> = download.readings.iter().map(|reading| reading.measured).collect();
    assert_eq!(measured, [Measured::Low, Measured::High]);
    // The number does: it is told, not guessed.
    let [row] = download.not_taken.as_slice() else { panic!("{:?}", download.not_taken) };
    assert_eq!(row.place.as_str(), "line 6 of HidReport.csv");
    assert_eq!(row.reason.as_str(), "its unit is neither mg/dL nor mmol/L");
    assert_eq!(row.said.as_str(), "11.07.2026;19:02;103;;;;;;;");
}

#[test]
fn the_first_of_january_2000_is_that_of_a_clock_that_was_reset() {
    let rows = "01.01.2000;00:00;101;mg/dl;;;;;;\n13.07.2026;07:30;102;mg/dl;;;;;;\n";
    let download = mobile("HidReport.csv", &format!("{TEN}{rows}")).unwrap();
    let doubts: Vec<_> = download.readings.iter().map(|reading| reading.doubts.as_slice()).collect();
    // And no Mobile was sold then.
    assert_eq!(doubts, [&[Doubt::TimeUncertain, Doubt::TimeBeforeModel][..], &[]]);
    assert_eq!(download.readings[0].time, Some(date(2000, 1, 1).at(0, 0, 0, 0)));
}

#[rstest]
#[case::no_serial("U000000042", "", "HidReport.csv: line 2 has no serial number")]
#[case::no_date("14.07.2026;12:00", ";", "HidReport.csv: line 2 has no date and time of the report")]
fn a_mobile_report_with_a_gap_in_its_head_says_which(#[case] what: &str, #[case] by: &str, #[case] reason: &str) {
    let text = format!("{}13.07.2026;07:30;102;mg/dl;;;;;;\n", TEN.replace(what, by));
    let error = mobile("HidReport.csv", &text).unwrap_err();
    assert_eq!(error.to_string(), format!("the report: {reason}"));
    let mut link = MemoryLink::new(Box::new(Mobile("HidReport.csv", text)), None);
    let (mut report, clock) = (|_| {}, jiff::Zoned::now);
    let mut conversation = glucodock::meters::conversation::Conversation::new(
        &mut link,
        glucodock::meters::conversation::Cancel::default(),
        &mut report,
        &clock,
    );
    assert!(AccuChekReports.recognises(&mut conversation).unwrap(), "so that `read --folder` comes to say it");
}

/// The name of the folder is nobody's word, and part of no key.
#[test]
fn the_identity_of_a_mobile_comes_from_its_report() {
    let text = format!("{TEN}13.07.2026;07:30;102;mg/dl;;;;;;\n");
    let at_home = mobile(AT_HOME, &text).unwrap();
    for path in ["HidReport.csv", "U999999999/Reports/Diary.csv", "Accu-Chek Guide/Reports/Diary.csv"] {
        assert_eq!(mobile(path, &text).unwrap().meter, at_home.meter, "{path}");
    }
    assert_eq!(at_home.meter.model.as_str(), "Accu-Chek Mobile");
}

#[test]
fn a_ketone_hi_of_a_libre_is_a_word() {
    let text = "time,value,unit,kind,meal\n2026-07-10T16:30:00,0.6,mmol/L,ketone,\n2026-07-10T17:30:00,HI,,ketone,\n\
        2026-07-10T18:30:00,8.0,mmol/L,ketone,\n2026-07-10T19:30:00,0.1,mmol/L,ketone,\n2026-07-10T20:30:00,130,,,\n";
    let held = parse(text, Form::Csv, &|_| Ok(())).unwrap();
    let libre =
        SimulatedFreeStyleHid::new(HidModel::Libre, "LCMV123-A4567", held, Box::new(meter_now), HidFaults::default());
    let download = read(&FreeStyleLibre, libre.unwrap()).unwrap();
    assert!(download.is_complete());
    let told: Vec<_> = download.readings.iter().map(|r| (r.measured, r.kind, r.doubts.len())).collect();
    let ketone = |digits| Measured::Value(Concentration::new(digits, 1, Unit::MmolPerL));
    assert_eq!(
        told,
        [
            (ketone(6), Kind::Ketone, 0),
            (Measured::High, Kind::Ketone, 0),
            (ketone(80), Kind::Ketone, 0),
            (ketone(1), Kind::Ketone, 0),
            (mg_per_dl(130), Kind::Blood, 0),
        ]
    );
}

/// A meter that answers each command with these bytes.
struct Says(Vec<u8>);

impl SimulatedMeter for Says {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn hear(&mut self, _bytes: &[u8]) -> Vec<Vec<u8>> {
        vec![self.0.clone()]
    }
}

#[test]
fn a_lite_names_the_line_that_is_not_understood() {
    let log = "\r\nCBMV123-A4567\r\n0.31\r\nJuly 14 2026 12:03:00\r\n003\r\n\
        123  July 14 2026 07:00 19 0x00\r\n108  Juli 13 2026 10:00 19 0x00\r\n110  June 01 2026 10:00 19 0x00\r\n";
    let download = read(&FreeStyleLite, Says(freestyle_serial::encode(log.into()))).unwrap();
    let problem = partial(&download);
    assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::MeterRecords, 2, Some(3)));
    let [row] = download.not_taken.as_slice() else { panic!("{:?}", download.not_taken) };
    assert_eq!(row.place.as_str(), "record 2 of 3");
    assert_eq!(row.said.as_str(), "108 Juli 13 2026 10:00 19 0x00");
    assert_eq!(download.readings.len(), 2);
}

#[test]
fn an_unreadable_clock_does_not_cost_the_readings() {
    let log = "\r\nCBMV123-A4567\r\n0.31\r\nwhat time is it\r\n001\r\n123  July 14 2026 07:00 19 0x00\r\n";
    let download = read(&FreeStyleLite, Says(freestyle_serial::encode(log.into()))).unwrap();
    assert_eq!((download.is_complete(), download.clock.as_ref(), download.readings.len()), (true, None, 1));
    assert_eq!(download.warnings[0].code.as_str(), "clock-unreadable");
}

#[test]
fn an_areo_with_a_blank_serial_number_is_read_without_one() {
    let areo = SimulatedAreo::new("", Unit::MgPerDl, memory(10), AreoFaults::default(), None);
    let download = read(&GlucoMenAreo, areo).unwrap();
    assert_eq!((download.is_complete(), download.readings.len()), (true, 10));
    assert!(download.meter.serial.expose().is_empty() && !download.meter.is_identifiable());
}

#[test]
fn an_ultra2_with_an_unknown_meal_mark_gives_the_other_records() {
    let faults = Ultra2Faults { odd_mark: Some(3), ..Ultra2Faults::default() };
    let meter = SimulatedUltra2::new("GMF600DCY", memory(10), Box::new(meter_now), faults, None).unwrap();
    let download = read(&OneTouchUltra2, meter).unwrap();
    let problem = partial(&download);
    assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::MeterRecords, 9, Some(10)));
    let [row] = download.not_taken.as_slice() else { panic!("{:?}", download.not_taken) };
    assert!(row.place.as_str() == "record 4 of 10" && row.said.as_str().contains(r#","X","#), "{row:?}");
}

/// A FreeStyle whose first answers are those to earlier questions: each answer comes one question late.
struct Late {
    meter: SimulatedFreeStyleHid,
    stale: VecDeque<&'static str>,
}

impl SimulatedMeter for Late {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.meter.plugged()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let answers = self.meter.hear(bytes);
        let is_text = HidReport::parse(bytes).is_ok_and(|report| report.kind == TEXT);
        let Some(stale) = is_text.then(|| self.stale.pop_front()).flatten() else { return answers };
        let answer = encode_answer(format!("{stale}\r\n").as_bytes());
        let mut report = vec![TEXT, u8::try_from(answer.len()).unwrap()];
        report.extend(answer);
        report.resize(REPORT_LENGTH, 0);
        vec![report]
    }
}

#[rstest]
fn a_stale_answer_is_no_serial_number(
    #[values("12,34", "7,14,26", "1.25", "2.55-Q Rev 3")] stale: &'static str,
    #[values(HidModel::Neo, HidModel::Libre, HidModel::InsuLinx)] model: HidModel,
) {
    let driver: &dyn Driver = match model {
        HidModel::Neo => &FreeStyleNeo,
        HidModel::Libre => &FreeStyleLibre,
        HidModel::InsuLinx => &FreeStyleInsuLinx,
    };
    let late = |stale: &[&'static str]| {
        let mut held = memory(5);
        held.readings.iter_mut().for_each(|reading| (reading.kind, reading.meal) = (Kind::Blood, None));
        let clock = Box::new(last);
        let meter = SimulatedFreeStyleHid::new(model, "LCMV123-A4567", held, clock, HidFaults::default()).unwrap();
        let stale = stale.iter().copied().collect();
        read_link(driver, &mut MemoryLink::new(Box::new(Late { meter, stale }), None), "")
    };
    let download = late(&[stale]).unwrap();
    assert_eq!(download.meter.serial.expose().as_str(), "LCMV123-A4567");
    assert!(download.is_complete());
    // What is another each time is nobody's.
    let error = late(&["A1", "B2", "C3", "D4"]).unwrap_err();
    assert_eq!(error.to_string(), "asking for the serial number: the answer is another each time");
}
