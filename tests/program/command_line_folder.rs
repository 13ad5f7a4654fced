//! The real binary: a simulated drive in one process, its reader in another, a folder between them.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Output;

use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};

use super::program::{Simulator, glucodock, object, run, text};

/// A running `glucodock simulate METER --folder`.
fn drive(meter: &str, more: &[&str]) -> Simulator {
    Simulator::start(meter, "--folder", more)
}

fn read(drive: &Simulator, more: &[&str]) -> Output {
    drive.read("--folder", more)
}

#[rstest]
fn a_drive_is_read_by_another_process(
    #[values(("accu-chek-mobile", "accu-chek-reports"), ("smart-pix", "smart-pix"))] names: (&str, &str),
    #[values("0", "1", "10", "2000")] count: &str,
    #[values("mg/dL", "mmol/L")] unit: &str,
) {
    let (meter, driver) = names;
    let mut options = vec!["--readings", count, "--clock-offset", "-3600"];
    options.extend((unit == "mmol/L").then_some("--mmol"));
    let mut drive = drive(meter, &options);
    for more in [&[][..], &["--driver", driver]] {
        let output = read(&drive, more);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let object = object(&output);
        assert_eq!((object["meter"]["driver"].as_str(), object["complete"].as_bool()), (Some(driver), Some(true)));
        let readings = object["readings"].as_array().unwrap();
        assert_eq!(readings.len().to_string(), count);
        assert!(readings.iter().all(|reading| reading["value"].is_null() || reading["unit"] == unit));
        // The clock has no seconds: up to a minute more than an hour.
        let offset = object["clock"]["offset_seconds"].as_i64().unwrap();
        assert!((-3662..=-3598).contains(&offset), "{offset}");
    }
    assert_eq!(drive.end(), Some(0));
    assert!(!drive.path.exists(), "the folder is removed");
}

#[rstest]
#[case(
    "set.csv",
    "time,value,unit,kind,meal\n2026-07-14T08:30:00,5.7,mmol/L,blood,before\n2026-07-14T09:00:00,HI,,,\n"
)]
#[case(
    "set.toml",
    "[[reading]]\ntime = 2026-07-14T08:30:00\nvalue = 103\nmeal = \"before\"\n\n\
    [[reading]]\ntime = 2026-07-14T09:00:00\nvalue = \"HI\"\n"
)]
fn the_readings_of_a_file_come_out_again(#[case] name: &str, #[case] content: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    fs::write(&file, content).unwrap();
    let drive = drive("accu-chek-mobile", &["--readings", file.to_str().unwrap()]);
    let object = object(&read(&drive, &[]));
    let readings = object["readings"].as_array().unwrap();
    assert_eq!(readings.len(), 2);
    let first = readings.first().unwrap();
    assert_eq!((&first["time"], &first["value"]), (&"2026-07-14T08:30:00".into(), &103.into()));
    assert_eq!((&first["meal"], &readings.last().unwrap()["range"]), (&"before".into(), &"high".into()));
}

#[test]
fn a_mistake_in_a_file_of_readings_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("drive");
    let start = |name: &str, content: &str| {
        let file = folder.path().join(name);
        fs::write(&file, content).unwrap();
        let place = place.to_str().unwrap();
        run(&["simulate", "accu-chek-mobile", "--folder", place, "--readings", file.to_str().unwrap()])
    };
    for (name, content, says) in [
        ("a.csv", "time,value\n2026-07-14T08:30:00,low\n", "a.csv:2: the value \"low\""),
        ("b.toml", "[[reading]]\ntime = 2026-07-14T08:30:00\nvalu = 1\n", "b.toml:3: unknown field"),
        ("c.csv", "time,value,kind\n2026-07-14T08:30:00,0.6,ketone\n", "do not measure ketones"),
        ("d.txt", "", "ends in .toml or .csv"),
        ("e.csv", "", "e.csv:1: there is no reading in the file; a meter without readings is had with --readings 0"),
        ("f.csv", "2026-07-14T08:30:00,103\n", "f.csv:1: the first line names the columns"),
        (
            "g.csv",
            "time,value\n2026-07-14T08:30:60,103\n",
            "g.csv:2: the time \"2026-07-14T08:30:60\" is not a day and",
        ),
        ("h.toml", "[[reading]]\ntime = 2026-07-14T08:30:00+02:00\nvalue = 103\n", "h.toml:1: the time"),
        ("i.csv", "time,value\n2026-07-14T08:30:00,601\n", "i.csv:2: the value 601 mg/dL cannot be in it"),
        ("j.csv", "time,value\n1999-07-14T08:30:00,103\n", "j.csv:2: the year 1999 cannot be in it"),
        ("k.toml", "", "k.toml:1: there is no reading in the file"),
    ] {
        let output = start(name, content);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
        assert!(!place.exists());
    }
}

/// What an option says is done, or refused: none is passed over without a word.
#[test]
fn no_option_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let (file, place) = (folder.path().join("set.csv"), folder.path().join("drive"));
    fs::write(&file, "time,value\n2026-07-14T08:30:00,103\n").unwrap();
    let (file, place) = (file.to_str().unwrap(), place.to_str().unwrap());
    for (options, says) in [
        (vec!["--readings", file, "--seed", "3"], "--seed and --newest are for readings that are counted"),
        (vec!["--readings", file, "--newest", "2026-07-14T08:30:12"], "--seed and --newest are for readings"),
        (vec!["--newest", "2026-07-14T08:30:12+02:00"], "without a time zone"),
        (vec!["--newest", "2026-07-14T08:30:60"], "seconds from 00 to 59"),
        (vec!["--newest", "2026-07-14"], "a day and a time"),
        (vec!["--readings", "10001"], "a meter holds 0 to 10000 readings"),
        (vec!["--baud", "9600"], "cannot be used with"),
    ] {
        let output = run(&[&["simulate", "accu-chek-mobile", "--folder", place], options.as_slice()].concat());
        assert_eq!(output.status.code(), Some(2), "{options:?}: {}", text(&output.stdout));
        assert!(text(&output.stderr).contains(says), "{options:?}: {}", text(&output.stderr));
    }
}

#[test]
fn a_cut_report_is_incomplete() {
    // The head of the report is shorter than 400 bytes, ten rows are longer than 300.
    let options = ["--readings", "10", "--newest", "2026-07-14T08:30:00", "--fault", "stall@560"];
    let drive = drive("accu-chek-mobile", &options);
    let output = read(&drive, &[]);
    assert_eq!(output.status.code(), Some(4));
    let object = object(&output);
    assert_eq!((&object["complete"], &object["problem"]["code"]), (&false.into(), &"E-METER-2".into()));
    assert!(object["readings"].as_array().unwrap().len() < 10);
}

#[test]
fn what_is_no_drive_is_told_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let missing = folder.path().join("none");
    for (arguments, code, says) in [
        (vec!["read", "--folder", missing.to_str().unwrap()], 3, "there is no folder"),
        (vec!["read", "--folder", path], 3, "no report of a meter is in"),
        (vec!["read", "--folder", path, "--data", path], 2, "cannot be used with"),
        (vec!["read", "--folder", path, "--driver", "onetouch-ultra2"], 2, "is not for a folder"),
        (vec!["read", "--folder", path, "--driver", "smart-pix"], 4, "there is none in the folder"),
        (vec!["simulate", "smart-pix", "--folder", path], 1, "remove it or choose another path"),
        (vec!["simulate", "onetouch-ultra2", "--folder", missing.to_str().unwrap()], 2, "for a folder; there are"),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(says), "{arguments:?}: {}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "");
    }
    let both = tempfile::tempdir().unwrap();
    fs::write(both.path().join("a.csv"), "h\r\nU1;14.07.2026;08:30\r\na;b;c;d;e;f;g;h;i;j\r\n").unwrap();
    fs::write(both.path().join("b.xml"), "<IMPORT><DEVICE SN=\"1\"/></IMPORT>").unwrap();
    let output = run(&["read", "--folder", both.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--driver accu-chek-reports or smart-pix"), "{}", text(&output.stderr));
    let pulled = run(&["simulate", "smart-pix", "--folder", missing.to_str().unwrap(), "--fault", "unplug@3"]);
    assert_eq!(pulled.status.code(), Some(2));
    assert!(text(&pulled.stderr).contains("no fault of kind \"unplug\"; there are drop@N"));
}

/// Reports that somebody copied to a folder: one that was saved in another form since, and may have been the newest, is
/// not passed over without a word.
#[rstest]
#[case("accu-chek-mobile", "saved.csv", "Serial,Date\r\nU1,14/07/2026\r\n")]
#[case("smart-pix", "saved.xml", "<html><body>a report</body></html>")]
fn what_lies_beside_a_report_and_is_none_is_told(#[case] meter: &str, #[case] name: &str, #[case] content: &str) {
    let drive = drive(meter, &["--readings", "5"]);
    let folder = tempfile::tempdir().unwrap();
    let mut folders = vec![drive.path.clone()];
    while let Some(from) = folders.pop() {
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
            }
        }
    }
    let read = || object(&run(&["read", "--json", "--folder", folder.path().to_str().unwrap()]));
    let codes = |object: &serde_json::Value| {
        let warnings = object["warnings"].as_array().unwrap().iter();
        warnings.map(|warning| warning["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(!codes(&read()).contains(&"no-report".to_owned()));
    fs::write(folder.path().join(name), content).unwrap();
    let told = read();
    assert!(codes(&told).contains(&"no-report".to_owned()) && told.to_string().contains(name), "{told}");
}

/// A drive and a serial cable offered over USB/IP on loopback: the list that a host asks for (kernel documentation,
/// `usbip_protocol.rst`) names the device and its interfaces. What a kernel makes of them is tried in
/// `tests/usb-vm/run`.
#[rstest]
#[case::drive(&["accu-chek-mobile"], [0x17, 0x3a, 0x21, 0x98], &[[8, 6, 0x50, 0]])]
#[case::smart_pix(&["smart-pix"], [0x12, 0x09, 0, 1], &[[8, 6, 0x50, 0]])]
#[case::cable(&["onetouch-ultra2", "--cable", "cdc-acm"], [0x12, 0x09, 0, 1], &[[2, 2, 1, 0], [10, 0, 0, 0]])]
fn a_meter_is_offered_as_a_usb_device(#[case] meter: &[&str], #[case] id: [u8; 4], #[case] interfaces: &[[u8; 4]]) {
    let arguments = [&["simulate"], meter, &["--usbip=127.0.0.1:0", "--readings", "5"]].concat();
    let mut child = glucodock(&arguments).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.strip_prefix("ready usbip ").and_then(|rest| rest.trim().strip_suffix(" 1-1")).unwrap();
    let mut host = TcpStream::connect(address).unwrap();
    host.write_all(&[0x01, 0x11, 0x80, 0x05, 0, 0, 0, 0]).unwrap();
    let mut list = vec![0; 12 + 312 + 4 * interfaces.len()];
    host.read_exact(&mut list).unwrap();
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(list[12 + 300..12 + 304], id);
    assert_eq!(usize::from(list[12 + 311]), interfaces.len());
    assert_eq!(list[12 + 312..], interfaces.concat());
}

#[rstest]
#[case::unknown(&["onetouch-ultra2", "--attach", "--cable", "rs232"], "cp210x, ftdi, pl2303, ch340 and cdc-acm")]
#[case::not_on_usb(&["onetouch-ultra2", "--pty", "/tmp/none/x", "--cable", "ftdi"], "cannot be used with")]
#[case::plug_of_its_own(&["accu-chek-guide", "--attach", "--cable", "ftdi"], "has a plug of its own")]
fn a_cable_that_cannot_be_is_refused(#[case] meter: &[&str], #[case] says: &str) {
    let output = run(&[&["simulate"], meter].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
}
