//! The meter's side of each conversation, with faults to inject. For training, demonstrations and tests.
//!
//! A simulated meter is a state machine without threads or clock: bytes go in, transfers come out. The same one
//! stands behind a memory link, a pty or a real bus.

pub mod accu_chek_reports;
pub mod accu_chek_usb;
pub mod agm_4000;
pub mod caresens;
pub mod cases;
pub mod contour;
pub mod cp2110;
pub mod fault;
pub mod freestyle_hid;
pub mod freestyle_serial;
pub mod glucocard_expression;
pub mod glucomen_areo;
mod hampered;
mod lifescan;
pub mod memory_link;
pub mod onetouch_ultra2;
pub mod onetouch_ultra_easy;
pub mod onetouch_verio;
pub mod onetouch_verio_iq;
pub mod readings;
pub mod rehearsal;
pub mod relion_prime;
pub mod sd_codefree;
pub mod shelf;
pub mod smart_pix;
pub mod taidoc;
pub mod true_metrix;
mod utterance;
pub mod wanted;

use std::time::Duration;

/// A file on the drive of a simulated meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriveFile {
    /// Its path below the drive, parts separated by `/`.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A simulated meter of one family.
pub trait SimulatedMeter: Send {
    /// The meter was plugged in: what it says unasked.
    fn plugged(&mut self) -> Vec<Vec<u8>>;

    /// The host sent one transfer, or some bytes of a serial line: what the meter answers, transfer by transfer.
    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>>;

    /// The host sent a HID feature report, its id first: what the meter answers, report by report.
    fn hear_feature(&mut self, report: &[u8]) -> Vec<Vec<u8>> {
        let _ = report;
        Vec::new()
    }

    /// The host sent a SCSI command with its data: the data-in, at most `expected` bytes. `None` for a meter that is no
    /// mass storage.
    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize) -> Option<Vec<u8>> {
        let _ = (cdb, data_out, expected);
        None
    }

    /// The files that the meter shows as a drive. `None` for a meter that is no drive.
    fn drive(&self) -> Option<Vec<DriveFile>> {
        None
    }

    /// Nothing was heard for `silence` in all: what the meter says of its own accord by now.
    fn wait(&mut self, silence: Duration) -> Vec<Vec<u8>> {
        let _ = silence;
        Vec::new()
    }

    /// The baud rate of the meter's line, for meters on a serial line.
    fn baud(&self) -> Option<u32> {
        None
    }
}
