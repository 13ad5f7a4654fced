use jiff::civil::date;

use super::*;
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Kind, Meal};
use crate::meters::simulator::readings::{ReadingSet, SimulatedReading};

fn config() -> ContourConfig {
    let reading = SimulatedReading {
        time: date(2014, 2, 5).at(21, 35, 40, 0),
        measured: Measured::Value(Concentration::mg_per_dl(102)),
        kind: Kind::Blood,
        meal: Some(Meal::None),
    };
    ContourConfig::next_usb(ReadingSet { readings: vec![reading] }, date(2019, 6, 21).at(12, 55, 55, 0))
}

fn say(meter: &mut SimulatedContour, byte: u8) -> Vec<u8> {
    let reports = meter.hear(&contour_report::report(&[byte]));
    reports.iter().flat_map(|report| contour_report::decode(report).unwrap().to_vec()).collect()
}

/// The result is the captured one of section 9 with number 1 for 2, which takes 1 from its number in the frame too
/// (4R|2 is 26, so 3R|1 is 24).
#[test]
fn a_transmission_is_as_published() {
    let mut meter = SimulatedContour::new(config());
    assert!(say(&mut meter, ACK).starts_with(b"\x021H|\\^&||7EyQm2|Bayer7410^01.10\\01.05\\10.03^7410-0000001^"));
    assert_eq!(say(&mut meter, ACK), b"\x022P|1\r\x1753\r\n");
    assert_eq!(say(&mut meter, ACK), b"\x023R|1|^^^Glucose|102|mg/dL^P||M0/T1||201402052135\r\x1724\r\n");
    assert_eq!(say(&mut meter, NAK), b"\x023R|1|^^^Glucose|102|mg/dL^P||M0/T1||201402052135\r\x1724\r\n");
    assert_eq!(say(&mut meter, ACK), b"\x024L|1||N\r\x0383\r\n");
    assert_eq!(say(&mut meter, ACK), [EOT]);
}

#[test]
fn asked_to_start_over_it_shows_its_header_first() {
    let mut meter = SimulatedContour::new(config());
    let header = say(&mut meter, ACK);
    say(&mut meter, ACK);
    assert_eq!(say(&mut meter, EOT), [&[EOT], header.as_slice(), &[ENQ]].concat());
    assert_eq!(say(&mut meter, ACK), header);
}

#[test]
fn a_remote_command_is_refused_and_remembered() {
    let mut meter = SimulatedContour::new(config());
    let watch = meter.command_watch();
    assert_eq!(say(&mut meter, ENQ), [ACK]);
    assert!(!watch.load(Ordering::Acquire));
    assert_eq!(say(&mut meter, b'W'), [NAK]);
    assert!(watch.load(Ordering::Acquire));
}

#[test]
fn a_serial_meter_requests_and_sends_its_average_first() {
    let mut meter = SimulatedContour::new(config().serial());
    assert_eq!(meter.baud(), Some(9600));
    assert_eq!(meter.hear(&[EOT]), [[EOT, ENQ]]);
    assert!(meter.hear(&[ACK])[0].starts_with(b"\x021H|\\^&||-7880|Bayer7150^1.05\\0.00^7150-0000001|||||||P|1|2019"));
    let said: Vec<Vec<u8>> = (0..3).flat_map(|_| meter.hear(&[ACK])).collect();
    assert!(said[1].starts_with(b"\x023R|1|^^^GlucoseA|102|mg/dL^P|0||B||||\r"));
    assert!(said[2].starts_with(b"\x024R|2|^^^Glucose|102|mg/dL^P|3||||||201402052135\r"));
}

/// The code stands in the third field of the last record of a serial meter, in the fourth of one with a plug.
#[test]
fn a_serial_meter_ends_in_the_third_field() {
    let mut meter = SimulatedContour::new(config().serial());
    let said: Vec<Vec<u8>> = (0..5).flat_map(|_| meter.hear(&[ACK])).collect();
    assert!(said[4].starts_with(b"\x025L|1|N\r\x03"));
}

/// A host that opens with NAK gets no header from a serial meter, but a place for remote commands.
#[test]
fn a_refused_serial_meter_takes_remote_commands() {
    let mut meter = SimulatedContour::new(config().serial());
    let watch = meter.command_watch();
    assert_eq!(meter.hear(&[EOT]), [[EOT, ENQ]]);
    assert_eq!(meter.hear(&[NAK]), [[EOT]]);
    assert!(!watch.load(Ordering::Acquire));
    assert_eq!(meter.hear(b"R|"), [[NAK], [NAK]], "nobody has asked whether it takes commands");
    assert!(watch.swap(false, Ordering::AcqRel));
    assert_eq!(meter.hear(&[ENQ]), [[ACK]]);
    assert!(!watch.load(Ordering::Acquire));
    assert_eq!(meter.hear(b"R|"), [[ACK]]);
    assert!(watch.load(Ordering::Acquire));
}

#[test]
fn a_contour_usb_has_a_header_of_its_own() {
    let product = "Bayer7390".to_owned();
    let mut meter = SimulatedContour::new(ContourConfig { product, ..config() });
    let header = String::from_utf8(say(&mut meter, ACK)).unwrap();
    assert!(header.contains("Bayer7390^01.24\\01.04\\09.02.20^7410-0000001^7403-|A=1^C=63^G=1^"), "{header}");
    assert!(header.contains("^Z=1|1||||||1|201906211255\r"), "{header}");
}

#[test]
fn a_full_report_is_followed_by_an_empty_one_if_asked_for() {
    let quirks = ContourQuirks { fills_reports: true, ends_full_reports: true, ..ContourQuirks::default() };
    let mut meter = SimulatedContour::new(ContourConfig { quirks, ..config() });
    for _ in 0..2 {
        meter.hear(&contour_report::report(&[ACK]));
    }
    let reports = meter.hear(&contour_report::report(&[ACK]));
    assert_eq!(reports.iter().map(|report| report[3]).collect::<Vec<_>>(), [60, 0]);
}
