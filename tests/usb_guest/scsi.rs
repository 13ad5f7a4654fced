//! OneTouch Verio: SCSI commands over the bulk-only transport, after the kernel's storage driver had the device.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use glucodock::host::usbip;
use glucodock::host::usbip::vhci::Port;
use glucodock::meters::catalogue::Catalogue;
use glucodock::meters::simulator::SimulatedMeter;
use glucodock::meters::simulator::fault::FaultyWire;

use crate::support::{assert_all, assert_lost, case, glucodock, plug, until};

/// Whether the kernel has made a block device of a drive.
fn has_disk() -> bool {
    Path::new("/dev/sda").exists()
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_verio_is_read() {
    let _case = case("SCSI: a OneTouch Verio with 0, 1 and 50 readings");
    for readings in [0, 1, 50] {
        let meter = plug("onetouch-verio", readings, &[]);
        assert_all(&glucodock(&["read", "--usb", "2766:0000"]), readings);
        meter.unplug();
    }
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_verio_is_taken_from_the_kernel() {
    let _case = case("SCSI: taken from the kernel's disk driver, and given back");
    let meter = plug("onetouch-verio", 20, &[]);
    until("the disk", has_disk);
    assert_all(&glucodock(&["read", "--auto"]), 20);
    assert_all(&glucodock(&["read", "--auto"]), 20);
    until("the disk's return", has_disk);
    meter.unplug();
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_pulled_cable_loses_the_verio_and_no_reading_is_wrong() {
    let _case = case("SCSI: the cable pulled at 5 moments");
    for byte in [0, 700, 2000, 4000, 9000] {
        let meter = plug("onetouch-verio", 20, &["--fault", &format!("unplug@{byte}")]);
        let outcome = glucodock(&["read", "--auto"]);
        // Pulled already by the kernel's own questions: there is no meter.
        if outcome.exit != 3 {
            assert_lost(&outcome, 20);
        }
        meter.unplug();
    }
}

/// A drive with the ids of a Verio that is none.
struct Stick(Arc<AtomicBool>);

impl SimulatedMeter for Stick {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn hear(&mut self, _bytes: &[u8]) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize) -> Option<Vec<u8>> {
        if !data_out.is_empty() {
            self.0.store(true, Ordering::Release);
        }
        let mut data = match cdb.first()? {
            0x12 => [&[0, 0x80, 4, 2, 31, 0, 0, 0][..], b"Somebody", b"Stick           1.00"].concat(),
            0x28 => vec![0; expected],
            _ => return None,
        };
        data.truncate(expected);
        Some(data)
    }
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_drive_that_is_no_meter_is_never_written_to() -> io::Result<()> {
    let _case = case("SCSI: a drive that is no meter is refused unwritten");
    let was_written = Arc::new(AtomicBool::new(false));
    let catalogue = Catalogue::embedded();
    let model = catalogue.by_slug("onetouch-verio").unwrap();
    let stick = Box::new(Stick(Arc::clone(&was_written)));
    let device = usbip::device(catalogue, model, None, stick, FaultyWire::default()).unwrap();
    let port = Port::plug(device, Arc::default())?;
    until("the disk", has_disk);
    let refused = glucodock(&["read", "--auto"]);
    assert_eq!(refused.exit, 1, "{refused:?}");
    assert!(refused.message.contains("does not name itself as a meter"), "{refused:?}");
    let folder = port.folder()?;
    port.unplug()?;
    until("the departure", || !folder.exists());
    assert!(!was_written.load(Ordering::Acquire));
    Ok(())
}
