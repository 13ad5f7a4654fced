//! Meters that show themselves as a drive: mass storage with a FAT file system, mounted as a desktop does it.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::support::{Plugged, assert_values, case, glucodock, plug, until};

/// Where the drive is mounted: a name that the kernel has to write with escapes.
const PLACE: &str = "/media/ACCU CHEK";

const MOBILE: &str = "173a:2198";

/// Mounts the drive that has just been plugged in; whether the kernel could.
fn mount() -> bool {
    fs::create_dir_all(PLACE).unwrap();
    until("the disk", || Path::new("/dev/sda").exists());
    let mount = ["-t", "vfat", "-o", "ro,utf8", "/dev/sda", PLACE];
    Command::new("mount").args(mount).stderr(Stdio::null()).status().unwrap().success()
}

/// Takes the mount away, whether its drive is still there or not.
fn unmount() {
    assert!(Command::new("umount").args(["-l", PLACE]).status().unwrap().success());
}

fn access() -> String {
    glucodock(&["meters"]).json["meters"][0]["access"].as_str().unwrap_or_default().to_owned()
}

fn begin_read() -> Child {
    Command::new("glucodock")
        .args(["read", "--usb", MOBILE, "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_mobile_is_read_from_its_drive() {
    let _case = case("drive: an Accu-Chek Mobile with 0, 1 and 2000 readings");
    for readings in [0, 1, 2000] {
        let meter = plug("accu-chek-mobile", readings, &["--serial", "U00012345"]);
        assert!(mount());
        let outcome = glucodock(&["read", "--usb", MOBILE]);
        assert_values(&outcome, readings);
        assert_eq!(outcome.json["meter"]["serial"], "U00012345");
        assert_values(&glucodock(&["read", "--auto"]), readings);
        assert_values(&glucodock(&["read", "--folder", PLACE]), readings);
        unmount();
        meter.unplug();
    }
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_drive_that_is_not_mounted_is_seen_and_waited_for() {
    let _case = case("drive: not mounted yet, then mounted");
    let meter = plug("accu-chek-mobile", 12, &[]);
    until("the disk", || Path::new("/dev/sda").exists());
    assert_eq!(access(), "not-mounted");
    let told = Command::new("glucodock").arg("meters").output().unwrap();
    assert!(String::from_utf8_lossy(&told.stdout).contains("its drive is not mounted"), "{told:?}");
    let doctor = glucodock(&["doctor"]);
    let findings = doctor.json["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["what"].as_str().unwrap().contains("not mounted")), "{doctor:?}");
    let reader = begin_read();
    assert!(mount());
    let output = reader.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(access(), "open");
    unmount();
    assert_eq!(access(), "not-mounted");
    meter.unplug();
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_drive_that_was_pulled_is_gone_and_not_empty() {
    let _case = case("drive: pulled while mounted is gone, not empty");
    let meter = plug("accu-chek-mobile", 30, &[]);
    assert!(mount());
    meter.unplug();
    until("the disk's end", || !Path::new("/dev/sda").exists());
    let gone = glucodock(&["read", "--folder", PLACE]);
    assert_eq!((gone.exit, &gone.json), (3, &serde_json::Value::Null), "{gone:?}");
    assert!(gone.message.contains("plug the meter in"), "{gone:?}");
    assert_eq!(glucodock(&["read", "--usb", MOBILE]).exit, 3);
    // Plugged in again, while the old mount is still there.
    let meter = plug("accu-chek-mobile", 30, &[]);
    unmount();
    assert!(mount());
    assert_values(&glucodock(&["read", "--auto"]), 30);
    unmount();
    meter.unplug();
}

/// The report of 2000 readings has 70 KB; the kernel reads some 20 KB to mount the drive.
#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_drive_pulled_while_it_is_read_gives_no_wrong_list() {
    let _case = case("drive: pulled at 8 bytes, by the meter");
    let mut lost = 0;
    for byte in [100, 600, 5_000, 18_000, 24_000, 36_000, 52_000, 68_000] {
        let meter = plug("accu-chek-mobile", 2000, &["--fault", &format!("unplug@{byte}")]);
        if !gone_before_mounted(&meter) {
            let outcome = glucodock(&["read", "--folder", PLACE]);
            assert!([3, 4].contains(&outcome.exit), "{byte}: {outcome:?}");
            assert_ne!(outcome.json["complete"], true, "{byte}");
            assert!(!outcome.message.contains("no report"), "{byte}: {outcome:?}");
            lost += 1;
            unmount();
        }
        meter.unplug();
        until("the disk's end", || !Path::new("/dev/sda").exists());
    }
    println!("pulled while it was read: {lost} times of 8, before it was mounted: {}", 8 - lost);
    assert!(lost >= 3);
    let meter = plug("accu-chek-mobile", 2000, &[]);
    assert!(mount());
    assert_values(&glucodock(&["read", "--auto"]), 2000);
    unmount();
    meter.unplug();
}

/// Whether the kernel could not even mount the drive.
fn gone_before_mounted(meter: &Plugged) -> bool {
    fs::create_dir_all(PLACE).unwrap();
    until("the disk or the departure", || Path::new("/dev/sda").exists() || !meter.folder().exists());
    !meter.folder().exists() || !mount_if_there()
}

fn mount_if_there() -> bool {
    let mount = ["-t", "vfat", "-o", "ro,utf8", "/dev/sda", PLACE];
    Command::new("mount").args(mount).stderr(Stdio::null()).status().unwrap().success()
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_drive_pulled_by_hand_while_it_is_read_gives_all_or_says_so() {
    let _case = case("drive: pulled by hand while it is read");
    for after in [10, 40, 90] {
        let mut meter = plug("accu-chek-mobile", 2000, &[]);
        assert!(mount());
        let mut reader = begin_read();
        thread::sleep(Duration::from_millis(after));
        meter.pull();
        let exit = reader.wait().unwrap().code().unwrap();
        assert!([0, 3, 4].contains(&exit), "{exit}");
        if exit == 0 {
            let mut text = String::new();
            reader.stdout.take().unwrap().read_to_string(&mut text).unwrap();
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(json["readings"].as_array().unwrap().len(), 2000);
        }
        unmount();
        meter.unplug();
        until("the disk's end", || !Path::new("/dev/sda").exists());
    }
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn the_report_of_a_smart_pix_is_read_from_its_drive() {
    let _case = case("drive: a Smart Pix with the report of a meter");
    let reader = plug("smart-pix", 40, &[]);
    assert!(mount());
    assert_values(&glucodock(&["read", "--folder", PLACE]), 40);
    unmount();
    reader.unplug();
}
