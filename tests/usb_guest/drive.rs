//! Meters that show themselves as a drive: mass storage with a FAT file system, mounted as a desktop does it.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::support::{Plugged, assert_values, case, glucodock, plug, until};

/// Where the drive is mounted: a name that the kernel has to write with escapes.
const PLACE: &str = "/media/ACCU CHEK";

const MOBILE: &str = "173a:2198";

/// The disk that the kernel has made of a meter. Its name depends on what else is or was a disk.
fn disk(meter: &Plugged) -> Option<PathBuf> {
    fn below(folder: &Path, depth: u32) -> Option<PathBuf> {
        if folder.ends_with("block") {
            return Some(Path::new("/dev").join(fs::read_dir(folder).ok()?.flatten().next()?.file_name()));
        }
        let folders =
            fs::read_dir(folder).ok()?.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        folders.filter(|_| depth > 0).find_map(|entry| below(&entry.path(), depth - 1))
    }
    below(meter.folder(), 5)
}

/// Mounts the drive of a meter that has just been plugged in, once it is ready.
#[track_caller]
pub(crate) fn mount(meter: &Plugged) {
    until("the mount", || try_mount(meter));
}

fn try_mount(meter: &Plugged) -> bool {
    fs::create_dir_all(PLACE).unwrap();
    let Some(disk) = disk(meter).filter(|disk| disk.exists()) else { return false };
    let mount = Command::new("mount").args(["-t", "vfat", "-o", "ro,utf8"]).arg(disk).arg(PLACE).output().unwrap();
    mount.status.success()
}

/// Takes the mount away, whether its drive is still there or not.
pub(crate) fn unmount() {
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
        mount(&meter);
        let outcome = glucodock(&["read", "--usb", MOBILE]);
        assert_values(&outcome, readings);
        assert_eq!(outcome.json["meter"]["serial"], "U00012345");
        if readings == 1 {
            assert_values(&glucodock(&["read", "--auto"]), readings);
            assert_values(&glucodock(&["read", "--folder", PLACE]), readings);
        }
        unmount();
        meter.unplug();
    }
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_drive_that_is_not_mounted_is_seen_and_waited_for() {
    let _case = case("drive: not mounted yet, then mounted");
    let meter = plug("accu-chek-mobile", 12, &[]);
    until("the disk", || disk(&meter).is_some());
    assert_eq!(access(), "not-mounted");
    let told = Command::new("glucodock").arg("meters").output().unwrap();
    assert!(String::from_utf8_lossy(&told.stdout).contains("its drive is not mounted"), "{told:?}");
    let doctor = glucodock(&["doctor"]);
    let findings = doctor.json["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["what"].as_str().unwrap().contains("not mounted")), "{doctor:?}");
    let reader = begin_read();
    mount(&meter);
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
    mount(&meter);
    meter.unplug();
    let gone = glucodock(&["read", "--folder", PLACE]);
    assert_eq!((gone.exit, &gone.json["error"]["code"]), (3, &"no-meter".into()), "{gone:?}");
    assert!(gone.json["readings"].is_null(), "{gone:?}");
    assert!(gone.message.contains("plug the meter in"), "{gone:?}");
    assert_eq!(glucodock(&["read", "--usb", MOBILE]).exit, 3);
    // Plugged in again, while the old mount is still there.
    let meter = plug("accu-chek-mobile", 30, &[]);
    unmount();
    mount(&meter);
    assert_values(&glucodock(&["read", "--auto"]), 30);
    unmount();
    meter.unplug();
}

/// The report of 2000 readings has 70 KB; the kernel reads some 20 KB to mount the drive.
#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_drive_pulled_while_it_is_read_gives_no_wrong_list() {
    let _case = case("drive: pulled at 5 bytes by the meter");
    let mut lost = 0;
    for byte in [600, 18_000, 24_000, 40_000, 64_000] {
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
    }
    println!("pulled while it was read: {lost} times of 5, before it was mounted: {}", 5 - lost);
    assert!(lost >= 2);
    let meter = plug("accu-chek-mobile", 2000, &[]);
    mount(&meter);
    assert_values(&glucodock(&["read", "--auto"]), 2000);
    unmount();
    meter.unplug();
}

/// Whether the kernel could not even mount the drive.
fn gone_before_mounted(meter: &Plugged) -> bool {
    let mut is_mounted = false;
    until("the mount or the departure", || {
        is_mounted = try_mount(meter);
        is_mounted || !meter.folder().exists()
    });
    !is_mounted
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_drive_pulled_by_hand_while_it_is_read_gives_all_or_says_so() {
    let _case = case("drive: pulled by hand while it is read");
    for after in [20, 90] {
        let mut meter = plug("accu-chek-mobile", 2000, &[]);
        mount(&meter);
        let mut reader = begin_read();
        thread::sleep(Duration::from_millis(after));
        meter.pull();
        let exit = reader.wait().unwrap().code().unwrap();
        let mut said = String::new();
        reader.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!([0, 3, 4].contains(&exit), "{exit}: {said}");
        if exit == 0 {
            let mut text = String::new();
            reader.stdout.take().unwrap().read_to_string(&mut text).unwrap();
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(json["readings"].as_array().unwrap().len(), 2000);
        }
        unmount();
        meter.unplug();
    }
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn the_report_of_a_smart_pix_is_read_from_its_drive() {
    let _case = case("drive: a Smart Pix with the report of a meter");
    let reader = plug("smart-pix", 40, &[]);
    mount(&reader);
    assert_values(&glucodock(&["read", "--folder", PLACE]), 40);
    // No USB id is known to be a Smart Pix's: it is known by its files.
    assert_eq!(glucodock(&["meters"]).json["meters"][0]["name"], "Accu-Chek Smart Pix");
    assert_values(&glucodock(&["read", "--auto"]), 40);
    unmount();
    reader.unplug();
}
