use rstest::rstest;

use super::*;
use crate::domain::glucose::{Concentration, Measured, Unit};

const HEAD: &str = "Serial number;Download date;Download time;;;;;;;\r\nU123456789;14.07.2026;08:31;;;;;;;\r\n\
    Date;Time;Result;Unit;Temperature warning;Out of target range;Other;Before meal;After meal;Control test   \r\n";

fn report(rows: &str) -> CsvReport {
    parse(format!("{HEAD}{rows}").as_bytes()).unwrap()
}

fn one(row: &str) -> Result<Reading, ReportReadingError> {
    let rows = report(&format!("{row}\r\n")).rows;
    assert_eq!((rows.len(), rows[0].line), (1, 4));
    rows[0].reading.clone()
}

#[test]
fn control_characters_are_no_mark_and_harmful_ones_stay_out_of_what_is_kept() {
    assert_eq!(one("13.07.2026;21:05;5.7;mmol/l;;\u{1}X;;;;").unwrap_err(), ReportReadingError::Damaged);
    let reading = one("13.07.2026;21:05;5.7;mmol/l;;\u{202E}X;;;;").unwrap();
    assert_eq!(reading.raw["out-of-target-range"], "\u{FFFD}X");
}

/// A sector of the drive that came as zeros, ones or blanks, anywhere: it joins parts of two rows to one and takes
/// those between away. Nothing tells how many there were, so the joined row must.
#[test]
fn a_hole_in_the_file_is_never_passed_over() {
    let rows = (0..60)
        .map(|n| format!("13.07.2026;{:02}:{:02};{}.7;mmol/l;;X;;X;;\r\n", n / 4, n, 3 + n % 9))
        .collect::<Vec<_>>()
        .concat();
    let whole = format!("{HEAD}{rows}").into_bytes();
    let sound = parse(&whole).unwrap();
    assert!(sound.rows.len() == 60 && sound.rows.iter().all(|row| row.reading.is_ok()));
    for fill in [0, 0xFF, b' ', b'\t'] {
        for from in (0..whole.len() - 512).step_by(5) {
            let mut holed = whole.clone();
            holed[from..from + 512].fill(fill);
            let Ok(report) = parse(&holed) else { continue };
            let is_told = !report.is_whole || report.rows.iter().any(|row| row.reading.is_err());
            let readings = |report: &CsvReport| report.rows.iter().map(|row| row.reading.clone()).collect::<Vec<_>>();
            assert!(is_told || readings(&report) == readings(&sound), "{fill:#x} from {from}");
        }
    }
}

#[test]
fn a_row_becomes_a_reading() {
    let reading = one("13.07.2026; 21:05;5.7;mmol/l;;X;;;X;").unwrap();
    assert_eq!(reading.time, Some("2026-07-13T21:05:00".parse().unwrap()));
    assert_eq!(reading.measured, Measured::Value(Concentration::new(57, 1, Unit::MmolPerL)));
    assert_eq!((reading.kind, reading.meal, reading.doubts.len()), (Kind::Blood, Some(Meal::After), 0));
    assert_eq!((reading.raw["time"].as_str(), reading.raw["after-meal"].as_str()), ("21:05", "X"));
    assert!(!reading.raw.contains_key("control-test"));
}

#[test]
fn the_head_names_the_meter_and_the_time() {
    let report = report("");
    assert_eq!((report.serial.as_str(), report.rows.len(), report.is_whole), ("U123456789", 0, true));
    assert_eq!(report.written, "2026-07-14T08:31:00".parse().unwrap());
}

#[test]
fn each_mark_has_its_meaning() {
    let kind = |row: &str| one(row).unwrap().kind;
    assert_eq!(kind("13.07.2026;21:05;103;mg/dl;;;;;;X"), Kind::Control);
    assert_eq!(kind("13.07.2026;21:05;103;mg/dL;;;;;;"), Kind::Blood);
    assert_eq!(one("13.07.2026;21:05;103;mg/dl;X;;;;;").unwrap().doubts, [Doubt::Questionable]);
    assert_eq!(one("13.07.2026;21:05;103;mg/dl;;;;X;;").unwrap().meal, Some(Meal::Before));
    assert_eq!(one("13.07.2026;21:05;103;mg/dl;;;;;;").unwrap().meal, Some(Meal::None));
    assert_eq!(one("13.07.2026;21:05;601;mg/dl;;;;;;").unwrap().doubts, [Doubt::OutsideMeterRange]);
    assert_eq!(one("13.07.2026;21:05;HI;mg/dl;;;;;;").unwrap().measured, Measured::High);
    let contradictory = report("13.07.2026;21:05;103;mg/dl;;;;X;X;\r\n").rows.remove(0);
    assert!(contradictory.is_contradictory);
    assert_eq!(contradictory.reading.unwrap().meal, None);
}

#[rstest]
#[case("31.06.2026;21:05")]
#[case("13.07.2026;24:05")]
#[case("2026-07-13;21:05")]
#[case(";")]
fn a_stamp_that_cannot_be_leaves_the_value(#[case] stamp: &str) {
    let reading = one(&format!("{stamp};103;mg/dl;;;;;;")).unwrap();
    assert_eq!((reading.time, reading.doubts), (None, vec![Doubt::TimeUncertain]));
}

#[rstest]
#[case("13.07.2026;21:05;103;mg/dl;;;;;", ReportReadingError::Columns { found: 9, expected: 10 })]
#[case("13.07.2026;21:05;103;mg/dl;;;;;;;X", ReportReadingError::Columns { found: 11, expected: 10 })]
#[case("13.07.2026;21:05;103;;;;;;;", ReportReadingError::Unit)]
#[case("13.07.2026;21:05;;mg/dl;;;;;;", ReportReadingError::Result)]
#[case("13.07.2026;21:05;103;mg/l;;;;;;", ReportReadingError::Unit)]
fn a_damaged_row_says_what_is_wrong(#[case] row: &str, #[case] error: ReportReadingError) {
    assert_eq!(one(row), Err(error));
}

#[rstest]
#[case("", ReportError::NoHead)]
#[case("a;b\r\nU1;14.07.2026;08:31\r\n", ReportError::NoHead)]
#[case("a;b\r\n;14.07.2026;08:31\r\nDate\r\n", ReportError::NoSerial)]
#[case("a;b\r\nU1;14.07.2026;\r\nDate\r\n", ReportError::NoStamp)]
#[case("a;b\r\nU1;14.07.2026;08:31\r\nDate;Time\r\n", ReportError::Columns { found: 2 })]
#[case("a;b\r\nU1;14.07.2026;08:31\r\n13.07.2026;21:05;103;mg/dl;;;;;;\r\n", ReportError::HeadLineEnd)]
#[case("a;b\r\nU1;14.07.2026;08:31;;;;;;;\u{b}Date;Time\r\n13.07;21:05;1;mg/dl;;;;;;\r\n", ReportError::HeadLineEnd)]
fn a_file_that_is_no_report_is_refused(#[case] text: &str, #[case] error: ReportError) {
    assert_eq!(parse(text.as_bytes()).unwrap_err().error, error);
}

/// A changed carriage return would be text in the last column, which marks a control test.
#[rstest]
#[case::changed("13.07.2026;21:05;103;mg/dl;;;;;;M\n")]
#[case::unseen("13.07.2026;21:05;103;mg/dl;;;;;;\u{8d}\n")]
#[case::lost("13.07.2026;21:05;103;mg/dl;;;;;;\n")]
fn a_row_that_ends_unlike_the_others_is_damaged(#[case] row: &str) {
    let sound = "12.07.2026;21:05;104;mg/dl;;;;;;\r\n";
    let rows = report(&format!("{sound}{row}{sound}")).rows;
    assert_eq!(rows[1].reading, Err(ReportReadingError::LineEnd));
    assert!(rows[0].reading.is_ok() && rows[2].reading.is_ok());
    // Somebody may have saved it with line feeds only.
    let text = format!("{HEAD}{sound}").replace('\r', "");
    assert!(parse(text.as_bytes()).unwrap().rows[0].reading.is_ok());
}

#[test]
fn a_file_that_was_cut_is_noticed() {
    assert!(!report("13.07.2026;21:05;103;mg/dl;;;;;;").is_whole);
    assert!(!parse(HEAD.trim_end().as_bytes()).unwrap().is_whole);
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, rows in "[0-9;:.\r\n\"XHILOmg/d]{0,200}") {
        let _ = parse(&bytes);
        let _ = parse(format!("{HEAD}{rows}").as_bytes());
    }
}
