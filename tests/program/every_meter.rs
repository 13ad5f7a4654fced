//! Every driver through the real command line: `glucodock simulate` in one process, `glucodock read --json` in another,
//! for an empty memory, one reading, ten, and a full memory, and with a display in mmol/L.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use glucodock::domain::glucose::Measured;
use glucodock::domain::reading::Kind;
use glucodock::meters::catalogue::{Catalogue, LinkKind, Meter};
use glucodock::meters::simulator::readings::ReadingSet;
use glucodock::meters::simulator::shelf;
use glucodock::meters::simulator::wanted::Wanted;
use jiff::civil::DateTime;
use rstest::rstest;
use serde_json::Value;

use super::program::{Simulator, object};

const PROGRAM: &str = env!("CARGO_BIN_EXE_glucodock");
const NEWEST: &str = "2026-07-14T08:30:12";
/// A full memory, where the catalogue does not know how many readings that is.
const FULL: u32 = 500;

/// The first meter of each driver on each link.
fn meters() -> Vec<&'static Meter> {
    let mut seen = BTreeSet::new();
    let all = Catalogue::embedded().meters();
    all.iter().filter(|meter| seen.insert((meter.driver.clone(), meter.link.name()))).collect()
}

struct Simulated(Child);

impl Drop for Simulated {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const fn places(link: LinkKind) -> (&'static str, &'static str) {
    match link {
        LinkKind::Serial => ("--pty", "--port"),
        LinkKind::Folder => ("--folder", "--folder"),
        LinkKind::UsbBulk | LinkKind::UsbHid | LinkKind::Scsi => ("--socket", "--socket"),
    }
}

/// Reads the simulated meter once, through two processes.
fn read(meter: &Meter, readings: u32, mmol: bool, folder: &Path) -> Value {
    let place = folder.join(format!("{}-{readings}-{mmol}", meter.slug));
    let (there, here) = places(meter.link);
    let mut command = Command::new(PROGRAM);
    command.args(["simulate", &meter.slug, "--seed", "7", "--newest", NEWEST]);
    command.args(["--readings", &readings.to_string(), there]).arg(&place).stdout(Stdio::piped());
    if mmol {
        command.arg("--mmol");
    }
    let mut child = command.spawn().unwrap();
    let mut ready = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
    let _simulated = Simulated(child);
    assert!(ready.starts_with("ready"), "{}: {ready:?}", meter.slug);
    let [name, value] =
        if meter.link == LinkKind::Folder { ["--driver", &meter.driver] } else { ["--model", &meter.slug] };
    let output = Command::new(PROGRAM)
        .env("GLUCODOCK_LOG", "off")
        .args(["read", "--json", name, value, here])
        .arg(&place)
        .output()
        .unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{} with {readings} readings: {complaints}", meter.slug);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The blood readings that were stored, and all of them: a meter without a mark for control tests may keep none.
fn stored(readings: u32) -> (ReadingSet, usize) {
    let newest: DateTime = NEWEST.parse().unwrap();
    let set = ReadingSet::seeded(usize::try_from(readings).unwrap(), 7, newest);
    let blood = set.readings.iter().filter(|reading| reading.kind == Kind::Blood).count();
    (set, blood)
}

/// In two halves, for two processors.
#[rstest]
fn every_driver_reads_its_meter_from_process_to_process(#[values(0, 1)] half: usize) {
    let folder = tempfile::tempdir().unwrap();
    let meters = meters();
    assert!(meters.len() >= 22, "{} drivers", meters.len());
    for meter in meters.into_iter().skip(half).step_by(2) {
        for readings in [0, 1, 10, meter.memory.unwrap_or(FULL)] {
            let read = read(meter, readings, false, folder.path());
            let what = format!("{} with {readings} readings", meter.slug);
            assert_eq!(read["complete"], true, "{what}");
            let found = read["readings"].as_array().unwrap();
            let (set, blood) = stored(readings);
            assert!((blood..=set.readings.len()).contains(&found.len()), "{what}: {} came", found.len());
            for stored in set.readings.iter().filter(|stored| stored.kind == Kind::Blood) {
                let Measured::Value(value) = stored.measured else { continue };
                let minute = stored.time.strftime("%Y-%m-%dT%H:%M").to_string();
                let is_here = found.iter().any(|reading| {
                    reading["time"].as_str().is_some_and(|time| time.starts_with(&minute))
                        && reading["value"].as_f64() == Some(value.value())
                        && reading["unit"] == "mg/dL"
                });
                assert!(is_here, "{what}: {value} at {minute} is not among them");
            }
        }
    }
}

/// What docs/simulators.md says of every row of the catalogue: `simulate METER` in one place, `read
/// --model METER` in it.
#[test]
fn every_row_of_the_catalogue_is_read_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let all = Catalogue::embedded().meters();
    assert!(all.len() >= 40, "{} meters", all.len());
    for meter in all {
        let read = read(meter, 3, false, folder.path());
        assert_eq!(
            (&read["complete"], &read["meter"]["driver"]),
            (&true.into(), &meter.driver.as_str().into()),
            "{}",
            meter.slug
        );
    }
}

/// Whether its simulator shows mmol/L. One that does not says that nobody knows how such a meter sends it.
fn shows_mmol(meter: &Meter) -> bool {
    let make = |shows_mmol| {
        let newest: DateTime = NEWEST.parse().unwrap();
        let wanted =
            Wanted { shows_mmol, ..Wanted::new(&meter.slug, ReadingSet::seeded(1, 7, newest), move || newest) };
        shelf::make(&meter.driver, wanted).map(drop)
    };
    assert_eq!(make(false), Ok(()), "{}", meter.slug);
    match make(true) {
        Ok(()) => true,
        Err(reason) => {
            assert!(reason.to_string().contains("mmol/L is not known"), "{}: {reason}", meter.slug);
            false
        }
    }
}

#[test]
fn a_display_in_mmol_changes_no_count() {
    let folder = tempfile::tempdir().unwrap();
    for meter in meters().into_iter().filter(|meter| shows_mmol(meter)) {
        let read = read(meter, 10, true, folder.path());
        let (set, blood) = stored(10);
        let found = read["readings"].as_array().unwrap();
        assert_eq!(read["complete"], true, "{}", meter.slug);
        assert!((blood..=set.readings.len()).contains(&found.len()), "{}: {} came", meter.slug, found.len());
    }
}

/// What a simulated meter says of a file of readings.
fn of_file(meter: &Meter, lines: &str, more: &[&str]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("set.csv");
    std::fs::write(&file, format!("time,value,unit,kind\n{lines}")).unwrap();
    let (there, here) = places(meter.link);
    let simulated = Simulator::start(&meter.slug, there, &[&["--readings", file.to_str().unwrap()], more].concat());
    let [name, value] =
        if meter.link == LinkKind::Folder { ["--driver", &meter.driver] } else { ["--model", &meter.slug] };
    let output = simulated.read(here, &[name, value]);
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {complaints}", meter.slug);
    object(&output).get("readings").and_then(Value::as_array).unwrap().clone()
}

/// Only what is counted is a person's who wears a sensor; what a file says is blood is blood.
#[test]
fn a_libre_reader_keeps_the_kinds_of_a_file() {
    let libre = Catalogue::embedded().by_slug("freestyle-libre").unwrap();
    let lines: Vec<String> = (1..=8).map(|day| format!("2026-07-0{day}T08:30:12,10{day},,blood")).collect();
    let kinds: Vec<Value> =
        of_file(libre, &lines.join("\n"), &[]).iter().map(|reading| reading["kind"].clone()).collect();
    assert_eq!(kinds, vec![Value::from("blood"); 8]);
    let folder = tempfile::tempdir().unwrap();
    let counted = read(libre, 10, false, folder.path());
    assert!(counted["readings"].as_array().unwrap().iter().any(|reading| reading["kind"] == "sensor"), "{counted}");
}

/// docs/simulators.md and the help of `--mmol` name the meters that give the digits of a file in mmol/L again; of the
/// others 9.4 mmol/L comes as the nearest mg/dL.
#[test]
fn the_meters_that_send_mmol_are_those_of_the_page() {
    let mut same = BTreeSet::new();
    for meter in meters().into_iter().filter(|meter| shows_mmol(meter)) {
        let found = of_file(meter, "2026-07-14T10:31:05,9.4,mmol/L,\n", &["--mmol"]);
        let told: Vec<_> = found.iter().map(|reading| (reading["value"].as_f64(), reading["unit"].as_str())).collect();
        if told == [(Some(9.4), Some("mmol/L"))] {
            same.insert(meter.driver.as_str());
        } else {
            assert_eq!(told, [(Some(169.0), Some("mg/dL"))], "{}", meter.slug);
        }
    }
    let expected =
        ["accu-chek-reports", "contour-hid", "contour-serial", "glucomen-areo", "smart-pix"].into_iter().collect();
    assert_eq!(same, expected);
    let help = String::from_utf8(super::program::run(&["simulate", "--help"]).stdout).unwrap();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let page = include_str!("../../docs/simulators.md").split_whitespace().collect::<Vec<_>>().join(" ");
    let named = "Contour, GlucoMen areo, Accu-Chek Mobile, Smart Pix";
    assert!(help.contains(named), "{help}");
    assert!(page.contains(named));
}
