//! Drivers against what real meters answered, from public traces. Serial numbers are replaced by
//! others of the same length.
//!
//! The long recordings are read from `GLUCODOCK_VECTORS=FOLDER`, where they are in `real/`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::VecDeque;
use std::time::Duration;

use glucodock::domain::download::Download;
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers::Driver;
use glucodock::meters::drivers::contour::ContourSerial;
use glucodock::meters::drivers::onetouch_ultra2::OneTouchUltra2;
use glucodock::meters::drivers::onetouch_verio_iq::OneTouchVerioIq;
use glucodock::meters::link::{Link, LinkError};
use glucodock::meters::transcript::hex;
use serde_json::Value;

/// What was sent to a meter, and what it answered.
type Exchange = (Vec<u8>, Vec<u8>);

/// A meter that answers what a real one did: to the longest request that it was sent last.
struct Recorded {
    answers: Vec<Exchange>,
    heard: Vec<u8>,
    said: VecDeque<Vec<u8>>,
}

impl Recorded {
    fn new(answers: Vec<Exchange>) -> Self {
        Self { answers, heard: Vec::new(), said: VecDeque::new() }
    }
}

impl Link for Recorded {
    fn send(&mut self, bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        for byte in bytes {
            self.heard.push(*byte);
            let matching = self.answers.iter().filter(|(request, _)| self.heard.ends_with(request));
            if let Some((_, answer)) = matching.max_by_key(|(request, _)| request.len()) {
                self.said.push_back(answer.clone());
                self.heard.clear();
            }
        }
        Ok(())
    }

    fn receive(&mut self, _wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.said.pop_front().ok_or(LinkError::TimedOut)
    }
}

fn read(driver: &dyn Driver, answers: Vec<Exchange>) -> Download {
    let mut link = Recorded::new(answers);
    let clock = || "2026-10-01T21:06:55+02:00[Europe/Berlin]".parse().unwrap();
    let mut report = |_| {};
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &clock);
    driver.read(&mut conversation, &"".into()).unwrap()
}

/// Time and value of each reading, oldest first.
fn told(download: &Download) -> Vec<(String, Measured)> {
    let readings = download.readings.iter();
    readings.map(|reading| (reading.time.unwrap().to_string(), reading.measured)).collect()
}

fn mg_per_dl(value: u32) -> Measured {
    Measured::Value(Concentration::mg_per_dl(value))
}

/// A real OneTouch Ultra, asked by LifeScan's program without a carriage return (Doume/Glucometer). The answer to
/// `DMSU?` is not in the trace.
#[test]
fn a_onetouch_ultra_is_read_whole() {
    let answers = [
        ("DM@", "@ \"REA8LU0RT\" 032B"),
        ("DM?", "?P02.00.01   /  /   034C"),
        ("DMF", "F \"TUE\",\"08/12/14\",\"15:40:22   \" 0608"),
        ("DMP", "P 001,\"REA8LU0RT\",\"MG/DL \" 05DB\r\nP \"SAT\",\"08/09/14\",\"17:21:48   \",\"  091 \", 00 0831"),
        ("DMSU?", "SU?,\"MG/DL \" 02CA"),
    ];
    let answers = answers.map(|(asked, said)| (asked.into(), format!("{said}\r\n").into_bytes())).to_vec();
    let download = read(&OneTouchUltra2, answers);
    assert!(download.is_complete(), "{:?}", download.completeness);
    assert_eq!(download.announced, Some(1));
    assert_eq!(download.meter.model, "OneTouch Ultra".into());
    assert_eq!(download.meter.serial.expose().as_str(), "REA8LU0RT");
    assert_eq!(download.meter.firmware, Some("P02.00.01".into()));
    assert_eq!(told(&download), [("2014-08-09T17:21:48".to_owned(), mg_per_dl(91))]);
    assert!(download.readings.iter().all(|reading| reading.meal.is_none()));
}

/// Of Bayer's interface specification: a meter that sends no average. Its first result is a reading.
#[test]
fn the_first_result_of_a_contour_is_kept() {
    let frame = |text: &str, end: u8| {
        let body = [text.as_bytes(), &[b'\r', end]].concat();
        let sum = body.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        [&[2][..], &body, format!("{sum:02X}\r\n").as_bytes()].concat()
    };
    let records = [
        frame("1H|\\^&||-7880|Bayer7150^1.05\\0.00^7150-SAM2193|||||||P|1|200305121635", 0x17),
        frame("2P|1", 0x17),
        frame("3R|1|^^^Glucose|113|mg/dL^P|||A||||200205311013", 0x17),
        frame("4L|1|N", 0x03),
    ];
    let mut link = InTurn(records.into_iter().collect(), false);
    let clock = || "2026-10-01T21:06:55+02:00[Europe/Berlin]".parse().unwrap();
    let mut report = |_| {};
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &clock);
    let download = ContourSerial.read(&mut conversation, &"".into()).unwrap();
    assert!(download.is_complete(), "{:?}", download.completeness);
    assert_eq!(told(&download), [("2002-05-31T10:13:00".to_owned(), mg_per_dl(113))]);
    assert_eq!(download.warnings, []);
}

/// Says one thing more after each that it is sent.
struct InTurn(VecDeque<Vec<u8>>, bool);

impl Link for InTurn {
    fn send(&mut self, _bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        self.1 = true;
        Ok(())
    }

    fn receive(&mut self, _wait: Duration) -> Result<Vec<u8>, LinkError> {
        if std::mem::take(&mut self.1) {
            self.0.pop_front().ok_or(LinkError::TimedOut)
        } else {
            Err(LinkError::TimedOut)
        }
    }
}

/// A recording of the folder: what was answered, and what must come of it.
fn recording(name: &str) -> (Vec<Exchange>, Vec<Value>) {
    let folder = std::env::var_os("GLUCODOCK_VECTORS").unwrap();
    let path = std::path::Path::new(&folder).join("real").join(name);
    let whole: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let bytes = |text: &Value| hex(text.as_str().unwrap()).unwrap();
    let answers = whole["answers"].as_array().unwrap().iter().map(|pair| (bytes(&pair[0]), bytes(&pair[1]))).collect();
    (answers, whole["expected"].as_array().unwrap().clone())
}

/// Time and value of an expectation, under these keys.
fn wanted(
    expected: &[Value],
    time: impl Fn(&Value) -> &Value,
    value: impl Fn(&Value) -> &Value,
) -> Vec<(String, Measured)> {
    let one = |row: &Value| {
        let value = u32::try_from(value(row).as_u64().unwrap()).unwrap();
        (time(row).as_str().unwrap().to_owned(), mg_per_dl(value))
    };
    let mut all: Vec<_> = expected.iter().map(one).collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

/// A real Ultra 2 whose serial number has eight characters and ends in V (insulaudit).
#[test]
#[ignore = "needs the recordings: GLUCODOCK_VECTORS=FOLDER"]
fn a_full_ultra_2_is_read_whole() {
    let (answers, expected) = recording("onetouch-ultra2-500.json");
    let download = read(&OneTouchUltra2, answers);
    assert!(download.is_complete(), "{:?}", download.completeness);
    assert_eq!((download.announced, expected.len()), (Some(500), 500));
    assert_eq!(download.meter.serial.expose().as_str(), "REALU2PV");
    let mut found = told(&download);
    found.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(found, wanted(&expected, |row| &row[0], |row| &row[1]));
}

/// A real Verio IQ (Doume/Glucometer).
#[test]
#[ignore = "needs the recordings: GLUCODOCK_VECTORS=FOLDER"]
fn a_verio_iq_is_read_whole() {
    let (answers, expected) = recording("onetouch-verio-iq-11.json");
    let download = read(&OneTouchVerioIq, answers);
    assert!(download.is_complete(), "{:?}", download.completeness);
    assert_eq!((download.announced, expected.len()), (Some(11), 11));
    assert_eq!(told(&download), wanted(&expected, |row| &row["time"], |row| &row["mgdl"]));
}
