//! What is remembered of a generic cable, on the kernel's own description of it.

use std::path::Path;

use glucodock::domain::cable::RememberedCable;
use glucodock::host::cables::CableFile;

use crate::support::{Outcome, assert_values, case, glucodock, plug, until};

/// The data folder of this case.
const DATA: &str = "/tmp/cables";

fn read() -> Outcome {
    glucodock(&["read", "--auto", "--data", DATA])
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_remembered_cable_is_read_as_last_time_and_says_so() {
    let _case = case("cable: the meter read last is tried, and said");
    std::fs::create_dir(DATA).unwrap();
    let meter = plug("onetouch-ultra2", 40, &["--serial", "000ABC77Y"]);
    until("the port", || Path::new("/dev/ttyUSB0").exists());
    let unknown = read();
    assert_eq!(unknown.exit, 3, "{unknown:?}");
    assert!(unknown.message.contains("say which meter is behind it with --driver"), "{unknown:?}");

    // The simulated FTDI cable tells no serial number: it is known by its port, which the kernel names.
    let listed = glucodock(&["meters", "--data", DATA]);
    let key = listed.json["meters"][0]["cable"].as_str().unwrap_or_else(|| panic!("{listed:?}")).to_owned();
    let port = meter.folder().file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(key, format!("0403:6001@{port}"));

    let remember = |model: &str| {
        let read_at = "2026-07-14T10:00:00Z".parse().unwrap();
        let cable = RememberedCable { key: key.parse().unwrap(), model: model.to_owned(), read_at };
        CableFile::in_folder(Path::new(DATA)).remember(cable).unwrap();
    };
    remember("onetouch-ultra2");
    let known = read();
    assert_values(&known, 40);
    assert_eq!(
        (&known.json["remembered"]["key"], &known.json["meter"]["serial"]),
        (&key.as_str().into(), &"000ABC77Y".into())
    );
    assert!(known.message.contains("reading as onetouch-ultra2, remembered for the cable"), "{known:?}");

    // Another meter is remembered than hangs on the cable today: it does not answer, and nothing is printed.
    remember("onetouch-ultra-easy");
    let wrong = read();
    assert_eq!((wrong.exit, &wrong.json["error"]["code"]), (4, &"E-LINK-3".into()), "{wrong:?}");
    assert!(wrong.json["readings"].is_null(), "{wrong:?}");
    assert!(wrong.message.contains("it was spoken to as onetouch-ultra-easy, remembered for this cable"), "{wrong:?}");
    let named = glucodock(&["read", "--auto", "--data", DATA, "--driver", "onetouch-ultra2"]);
    assert_values(&named, 40);
    assert!(named.json["remembered"].is_null());
    meter.unplug();
    until("the port's end", || !Path::new("/dev/ttyUSB0").exists());
}
