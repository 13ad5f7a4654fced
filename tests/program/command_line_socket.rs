//! The real binary: a simulated USB meter in one process, its reader in another, a Unix socket between them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::Output;
use std::time::Duration;

use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::reading::Kind;
use glucodock::host::links::socket::SocketLink;
use glucodock::meters::link::Link as _;
use glucodock::meters::simulator::readings::ReadingSet;
use serde_json::{Value, json};

use super::program::{Simulator, run, text};

const NEWEST: &str = "2026-07-14T08:30:12";
const SEED: u64 = 42;

/// A running `glucodock simulate METER --socket`, and the driver that reads it.
struct Meter {
    simulator: Simulator,
    driver: &'static str,
}

impl Meter {
    fn start(meter: &str, driver: &'static str, readings: usize, more: &[&str]) -> Self {
        let (count, seed) = (readings.to_string(), SEED.to_string());
        let usual = ["--readings", &count, "--seed", &seed, "--newest", NEWEST];
        Self { simulator: Simulator::start(meter, "--socket", &[&usual, more].concat()), driver }
    }

    fn read(&self) -> Output {
        self.simulator.read("--socket", &["--driver", self.driver])
    }
}

fn accu_chek(readings: usize, more: &[&str]) -> Meter {
    Meter::start("accu-chek-guide", "accu-chek-usb", readings, more)
}

/// Time, value, range and kind of what must come out, oldest first.
fn expected(count: usize) -> Vec<Value> {
    let memory = ReadingSet::seeded(count, SEED, NEWEST.parse().unwrap()).readings;
    let row = |reading: &glucodock::meters::simulator::readings::SimulatedReading| {
        let (value, range) = match reading.measured {
            Measured::Value(value) => (json!(value.digits()), "in"),
            Measured::Low => (Value::Null, "low"),
            Measured::High => (Value::Null, "high"),
            Measured::Unscaled(_) => (Value::Null, "unknown"),
        };
        let kind = if reading.kind == Kind::Control { "control" } else { "blood" };
        json!({ "time": reading.time.to_string(), "value": value, "range": range, "kind": kind })
    };
    memory.iter().map(row).collect()
}

/// The same fields of what was printed.
fn printed(object: &Value) -> Vec<Value> {
    let fields = ["time", "value", "range", "kind"];
    let pick = |row: &Value| fields.iter().map(|field| ((*field).to_owned(), row[*field].clone())).collect();
    object["readings"].as_array().unwrap().iter().map(|row| Value::Object(pick(row))).collect()
}

fn object(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_usb_bulk_meter_is_read_exactly_by_another_process() {
    for count in [0, 1, 10, 720] {
        let mut meter = accu_chek(count, &["--serial", "00092500042"]);
        // Twice: connecting again is plugging in again.
        for _ in 0..2 {
            let output = meter.read();
            assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
            let object = object(&output);
            assert_eq!(object["meter"]["serial"], "00092500042");
            assert_eq!(object["complete"], true);
            assert_eq!(printed(&object), expected(count));
        }
        assert_eq!(meter.simulator.end(), Some(0));
        assert!(meter.simulator.path.symlink_metadata().is_err(), "the socket is removed");
    }
}

/// A Contour keeps stamps to the minute. What it shows in mmol/L is rounded to a tenth.
#[test]
fn a_hid_meter_is_read_exactly_by_another_process() {
    for (count, more) in [(0, &[][..]), (1, &["--mmol"]), (10, &[]), (2000, &["--mmol"])] {
        let mut meter = Meter::start("contour-next-usb", "contour-hid", count, more);
        let output = meter.read();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let object = object(&output);
        assert_eq!((&object["complete"], &object["announced"]), (&json!(true), &json!(count)));
        let mut rows = expected(count);
        for row in &mut rows {
            let time: jiff::civil::DateTime = row["time"].as_str().unwrap().parse().unwrap();
            row["time"] = json!(time.strftime("%Y-%m-%dT%H:%M:00").to_string());
            if let Some(value) = row["value"].as_u64().filter(|_| !more.is_empty()) {
                let held = Concentration::mg_per_dl(u32::try_from(value).unwrap());
                row["value"] = serde_json::from_str(&held.glucose_in(Unit::MmolPerL)).unwrap();
            }
        }
        assert_eq!(printed(&object), rows);
        assert_eq!(meter.simulator.end(), Some(0));
    }
}

/// The association request of 11073-20601 begins with E2 00.
#[test]
fn a_meter_that_speaks_first_does_so_when_a_reader_connects() {
    let meter = accu_chek(1, &[]);
    for _ in 0..2 {
        let mut link = SocketLink::open(&meter.simulator.path).unwrap();
        let first = link.receive(Duration::from_mins(1)).unwrap();
        assert_eq!(first[..2], [0xE2, 0x00]);
    }
}

#[test]
fn a_meter_unplugged_while_it_is_read_gives_a_partial_result() {
    let output = accu_chek(100, &["--fault", "unplug@1200"]).read();
    assert_eq!(output.status.code(), Some(4));
    let object = object(&output);
    assert_eq!(object["complete"], false);
    assert_eq!(object["problem"]["code"], "E-LINK-4");
    let whole = expected(100);
    assert!(printed(&object).iter().all(|row| whole.contains(row)), "a wrong reading");
}

#[test]
fn wrong_use_is_told_with_exit_code_2() {
    let cases: [(&[&str], &str); 9] = [
        (&["simulate", "accu-chek-guide"], "--socket"),
        (&["simulate", "accu-chek-guide", "--socket", "/nowhere/x", "--pty", "/nowhere/y"], "cannot be used with"),
        (&["simulate", "accu-chek-guide", "--pty", "/nowhere/x"], "for a serial port"),
        (&["simulate", "onetouch-ultra2", "--socket", "/nowhere/x"], "for a socket"),
        (&["simulate", "accu-chek-guide", "--socket", "/nowhere/x", "--baud", "9600"], "cannot be used with"),
        (&["read", "--socket", "/nowhere/x"], "--driver (accu-chek-usb"),
        (&["read", "--socket", "/nowhere/x", "--driver", "gm-9"], "does not exist"),
        (&["read", "--socket", "/nowhere/x", "--driver", "onetouch-ultra2"], "is not for a socket"),
        (&["read", "--socket", "/x", "--port", "/y", "--driver", "accu-chek-usb"], "cannot be used with"),
    ];
    for (arguments, word) in cases {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        assert!(text(&output.stderr).contains(word), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn a_socket_that_nobody_serves_is_no_meter() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("meter");
    let output = run(&["read", "--socket", path.to_str().unwrap(), "--driver", "accu-chek-usb"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("there is no meter behind"));
}

#[test]
fn a_file_in_the_way_of_the_socket_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("meter");
    std::fs::write(&path, "somebody's").unwrap();
    let output = run(&["simulate", "accu-chek-guide", "--socket", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("remove it or choose another path"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "somebody's");
}

/// A number without a scale is no value. It is kept, and whoever reads is told: the read is whole all the same.
#[test]
fn a_ketone_without_a_scale_is_told() {
    let meter = Meter::start("glucorx-nexus", "taidoc", 5, &["--fault", "ketone-record@2"]);
    let output = meter.read();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let told = object(&output);
    assert_eq!((&told["complete"], &told["unscaled"]), (&json!(true), &json!([{ "kind": "ketone", "count": 1 }])));
    let says = "1 ketone result has no known scale: kept with its raw number, without a value";
    assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
    let path = meter.simulator.path.to_str().unwrap();
    let page = run(&["read", "--socket", path, "--driver", "taidoc"]);
    assert!(text(&page.stderr).contains(says) && text(&page.stdout).contains("no scale: "), "{page:?}");
    let sound = Meter::start("glucorx-nexus", "taidoc", 5, &[]).read();
    assert!(object(&sound).get("unscaled").is_none() && !text(&sound.stderr).contains("scale"), "{sound:?}");
}
