//! The real binary: a simulated meter in one process, its reader in another, a pty between them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use glucodock::domain::glucose::Measured;
use glucodock::domain::reading::{Kind, Meal};
use glucodock::host::links::serial::SerialLink;
use glucodock::host::pty::Pty;
use glucodock::meters::simulator::readings::ReadingSet;
use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::program::{Simulator, glucodock, object, run, text};

const NEWEST: &str = "2026-07-14T08:30:12";
const SEED: u64 = 42;

/// A running `glucodock simulate onetouch-ultra2`.
fn ultra2(readings: usize, more: &[&str]) -> Simulator {
    let (count, seed) = (readings.to_string(), SEED.to_string());
    let usual = ["--readings", &count, "--seed", &seed, "--newest", NEWEST];
    Simulator::start("onetouch-ultra2", "--pty", &[&usual, more].concat())
}

fn read(simulator: &Simulator) -> Output {
    simulator.read("--port", &["--driver", "onetouch-ultra2"])
}

/// The readings that must come out: oldest first, the index counted from the newest, as the meter sends them.
fn expected(count: usize) -> Vec<Value> {
    let memory = ReadingSet::seeded(count, SEED, NEWEST.parse().unwrap()).readings;
    let mut rows = Vec::new();
    for (place, reading) in memory.iter().enumerate() {
        let (value, range) = match reading.measured {
            Measured::Value(value) => (json!(value.digits()), "in"),
            Measured::Low => (Value::Null, "low"),
            Measured::High => (Value::Null, "high"),
            Measured::Unscaled(_) => (Value::Null, "unknown"),
        };
        let meal = match reading.meal {
            Some(Meal::Before) => "before",
            Some(Meal::After) => "after",
            _ => "none",
        };
        rows.push(json!({
            "index": count - 1 - place,
            "time": reading.time.to_string(),
            "value": value,
            "range": range,
            "kind": if reading.kind == Kind::Control { "control" } else { "blood" },
            "meal": meal,
        }));
    }
    rows
}

/// The same fields of what was printed.
fn printed(object: &Value) -> Vec<Value> {
    let fields = ["index", "time", "value", "range", "kind", "meal"];
    let pick = |row: &Value| fields.iter().map(|field| ((*field).to_owned(), row[*field].clone())).collect();
    object["readings"].as_array().unwrap().iter().map(|row| Value::Object(pick(row))).collect()
}

#[test]
fn a_meter_is_read_exactly_by_another_process() {
    for count in [0, 1, 10, 500] {
        let mut simulator = ultra2(count, &["--clock-offset", "-3600", "--serial", "GMF600DCY"]);
        // Twice: the port stays for the next reader.
        for _ in 0..2 {
            let output = read(&simulator);
            assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
            assert_eq!(text(&output.stderr), "");
            let object = object(&output);
            assert_eq!(object["meter"]["serial"], "GMF600DCY");
            assert_eq!(object["meter"]["driver"], "onetouch-ultra2");
            assert_eq!((&object["complete"], &object["announced"]), (&json!(true), &json!(count)));
            assert_eq!(printed(&object), expected(count));
            let offset = object["clock"]["offset_seconds"].as_i64().unwrap();
            assert!((-3602..=-3598).contains(&offset), "{offset}");
        }
        assert_eq!(simulator.end(), Some(0));
        assert!(simulator.path.symlink_metadata().is_err(), "the port is removed");
    }
}

#[test]
fn the_text_names_the_meter_and_every_reading() {
    let simulator = ultra2(10, &[]);
    let output = run(&["read", "--port", simulator.path.to_str().unwrap(), "--driver", "onetouch-ultra2"]);
    assert_eq!(output.status.code(), Some(0));
    let page = text(&output.stdout);
    assert!(page.starts_with("Meter         OneTouch Ultra 2 (LifeScan)\n"));
    assert!(page.contains("\nReadings      10, all that the meter holds\n"));
    assert!(page.lines().last().unwrap().starts_with("14-Jul-2026 08:30:12 "));
    assert_eq!(page.lines().filter(|line| line.contains("-2026 ") && !line.starts_with("Clock")).count(), 10);
}

/// As a download that goes into a record: what the meter's clock tells of a day that has not come is doubted.
#[test]
fn a_read_by_command_doubts_what_the_app_doubts() {
    let ahead = (2 * 24 + 7) * 3600;
    let simulator =
        Simulator::start("onetouch-ultra2", "--pty", &["--readings", "40", "--clock-offset", &ahead.to_string()]);
    let object = object(&read(&simulator));
    assert!(object["clock"]["offset_seconds"].as_i64().unwrap() > ahead - 300, "{}", object["clock"]);
    let now = jiff::Zoned::now().datetime();
    let (mut doubted, mut sure) = (0, 0);
    for row in object["readings"].as_array().unwrap() {
        let time: jiff::civil::DateTime = row["time"].as_str().unwrap().parse().unwrap();
        let is_doubted = row["doubts"].as_array().unwrap().contains(&json!("time-ahead"));
        // Within some minutes of now, it depends on when the read was.
        if (time.duration_since(now)).abs() > jiff::SignedDuration::from_mins(30) {
            assert_eq!(is_doubted, time > now, "{row}");
        }
        if is_doubted { doubted += 1 } else { sure += 1 }
    }
    assert!(doubted > 3 && sure > 3, "{doubted} {sure}");
}

#[test]
fn a_fault_that_passes_does_not_change_the_result() {
    for fault in ["drop@400", "flip@400", "repeat@400", "checksum@400", "flip@3"] {
        let output = read(&ultra2(10, &["--fault", fault]));
        assert_eq!(output.status.code(), Some(0), "{fault}: {}", text(&output.stderr));
        assert_eq!(printed(&object(&output)), expected(10), "{fault}");
    }
}

/// Byte 400 lies in the fifth record: 118 bytes come before the first, each has 61.
#[rstest]
#[case("stall@400", "E-LINK-3", 4, 10)]
#[case("count-high@2", "E-METER-4", 10, 12)]
#[case("unplug@400", "E-LINK-4", 4, 10)]
fn a_read_that_did_not_finish_says_what_is_missing(
    #[case] fault: &str,
    #[case] code: &str,
    #[case] done: usize,
    #[case] of: u32,
) {
    let output = read(&ultra2(10, &["--fault", fault]));
    assert_eq!(output.status.code(), Some(4));
    let object = object(&output);
    assert_eq!(object["complete"], false);
    assert_eq!(object["problem"]["code"], code);
    let rows = printed(&object);
    let whole = expected(10);
    assert!(rows.iter().all(|row| whole.contains(row)), "a wrong reading");
    // What was on its way when the cable was pulled may be lost with it.
    assert!(rows.len() == done || (code == "E-LINK-4" && rows.len() < done), "{} readings", rows.len());
    assert_eq!(object["problem"]["done"], rows.len());
    let message = match object["announced"].as_u64() {
        Some(announced) => {
            assert_eq!(announced, u64::from(of));
            format!("incomplete: {} of {of} readings", rows.len())
        }
        None => "incomplete: the meter did not come to say".to_owned(),
    };
    assert!(text(&output.stderr).contains(&message), "{}", text(&output.stderr));
}

#[test]
fn a_meter_lost_before_it_is_known_gives_no_result() {
    let output = read(&ultra2(1, &["--fault", "unplug@0"]));
    assert_eq!(output.status.code(), Some(4));
    let told = object(&output);
    assert_eq!((&told["error"]["code"], &told["readings"]), (&json!("E-LINK-4"), &Value::Null), "{told}");
    assert!(text(&output.stderr).contains("[E-LINK-4]"), "{}", text(&output.stderr));
}

#[test]
fn a_reader_that_gives_up_leaves_nothing_for_the_next_one() {
    let simulator = ultra2(60, &["--baud", "38400"]);
    let mut first = File::options().read(true).write(true).open(&simulator.path).unwrap();
    first.write_all(b"\x11\rDMP\r").unwrap();
    first.read_exact(&mut [0; 100]).unwrap();
    drop(first);
    let output = read(&simulator);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(printed(&object(&output)), expected(60));
}

#[test]
fn an_interrupted_read_ends_as_a_failure() {
    let meter = Pty::open().unwrap();
    let reader = glucodock(&["read", "--port", meter.path().to_str().unwrap(), "--driver", "onetouch-ultra2"]);
    let reader = { reader }.spawn().unwrap();
    // As soon as it has asked something, it listens to signals.
    while !meter.wait(Duration::from_millis(100), false).unwrap().can_read {}
    kill_process(Pid::from_child(&reader), Signal::INT).unwrap();
    let output = reader.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("stopped before the meter was read"));
}

#[test]
fn noise_without_end_is_an_error() {
    let meter = Pty::open().unwrap();
    let reader = glucodock(&["read", "--port", meter.path().to_str().unwrap(), "--driver", "onetouch-ultra2"]);
    let mut reader = { reader }.spawn().unwrap();
    let code = loop {
        if let Some(status) = reader.try_wait().unwrap() {
            break status.code();
        }
        let ready = meter.wait(Duration::from_millis(5), true).unwrap();
        if ready.has_reader && ready.can_write {
            meter.write(&[b'P'; 1000]).unwrap();
        }
    };
    assert_eq!(code, Some(4));
}

#[test]
fn wrong_use_is_told_with_exit_code_2() {
    let cases: [(&[&str], &str); 13] = [
        (&[], "headless"),
        (&["burn"], "burn"),
        (&["read"], "--port"),
        (&["read", "--port", "/dev/null"], "say so with --model (glucodock meters --supported"),
        (&["read", "--port", "/dev/null"], "or with --driver ("),
        (&["read", "--port", "/dev/null", "--driver", "gm-9"], "does not exist"),
        (&["read", "--port", "/dev/null", "--driver", "accu-chek-usb"], "is not for a serial port"),
        (&["simulate", "gm-9", "--pty", "/nowhere/x"], "onetouch-ultra2"),
        (&["simulate", "onetouch-ultra2"], "--pty"),
        (&["simulate", "onetouch-ultra2", "--pty", "/nowhere/x", "--readings", "501"], "at most 500"),
        (&["simulate", "onetouch-ultra2", "--pty", "/nowhere/x", "--serial", "1-2"], "capital letters and digits"),
        (&["simulate", "onetouch-ultra2", "--pty", "/nowhere/x", "--fault", "burn@3"], "count-high"),
        (&["simulate", "onetouch-ultra2", "--pty", "/nowhere/x", "--baud", "0"], "--baud"),
    ];
    for (arguments, word) in cases {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        assert!(text(&output.stderr).contains(word), "{arguments:?}: {}", text(&output.stderr));
    }
}

/// Holds on any machine: nobody has a meter with this number.
#[test]
fn a_choice_on_usb_is_checked_before_anything_is_looked_for() {
    for choice in ["173a", "173a:21d5:", "173a:21d5@here"] {
        let output = run(&["read", "--usb", choice]);
        assert_eq!(output.status.code(), Some(2), "{choice}");
        assert!(text(&output.stderr).contains("173a:21d5:SERIAL"), "{}", text(&output.stderr));
    }
    let output = run(&["read", "--usb", "173a:21d5:000-NOBODY"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("no meter 173a:21d5:000-NOBODY is attached"), "{}", text(&output.stderr));
    assert!(text(&run(&["read", "--help"]).stdout).contains("--usb <VID:PID[:SERIAL]>"));
}

#[test]
fn help_and_version_are_results() {
    for arguments in [&["--help"][..], &["read", "--help"], &["simulate", "--help"], &["--version"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(0));
        assert!(!output.stdout.is_empty() && output.stderr.is_empty());
    }
}

#[test]
fn a_port_that_cannot_be_read_is_told_with_its_reason() {
    let read_port = |port: &Path| run(&["read", "--port", port.to_str().unwrap(), "--driver", "onetouch-ultra2"]);
    let missing = read_port(Path::new("/dev/no-such-port"));
    assert_eq!(missing.status.code(), Some(3));
    assert!(text(&missing.stderr).contains("there is no port /dev/no-such-port"));
    let pty = Pty::open().unwrap();
    let _held = SerialLink::open(pty.path()).unwrap();
    let busy = read_port(pty.path());
    assert_eq!(busy.status.code(), Some(1));
    assert!(text(&busy.stderr).contains("in use by another program"));
    let no_port = read_port(Path::new("/dev/null"));
    assert_eq!(no_port.status.code(), Some(1));
    assert!(text(&no_port.stderr).contains("cannot be used as a serial port"));
}

#[test]
fn a_file_in_the_way_of_the_port_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("meter");
    std::fs::write(&path, "somebody's").unwrap();
    let output = run(&["simulate", "onetouch-ultra2", "--pty", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("remove it or choose another path"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "somebody's");
}

/// A meter is called as its label says wherever a model can be said; a name of several says which there are.
#[test]
fn a_meter_is_called_by_the_name_on_its_label() {
    let newest = ["--readings", "3", "--newest", NEWEST];
    let simulator = Simulator::start("OneTouch Ultra 2", "--pty", &newest);
    for named in [["--model", "OneTouch Ultra 2"], ["--model", "ultra 2"], ["--driver", "OneTouch Ultra 2"]] {
        let output = simulator.read("--port", &named);
        assert_eq!(output.status.code(), Some(0), "{named:?}: {}", text(&output.stderr));
        assert_eq!(object(&output)["readings"].as_array().unwrap().len(), 3, "{named:?}");
    }
    for (arguments, says) in [
        (vec!["read", "--port", "/dev/null", "--model", "FreeStyle"], "may be several meters; say which: FreeStyle"),
        (vec!["read", "--port", "/dev/null", "--driver", "FreeStyle"], "may be several meters; say which: FreeStyle"),
        (vec!["simulate", "contour", "--socket", "/nowhere/x"], "may be several meters; say which: Contour Next ("),
        (vec!["read", "--port", "/dev/null", "--model", "toaster"], "there is no meter \"toaster\" to read; there are"),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(says), "{arguments:?}: {}", text(&output.stderr));
    }
}
