//! A link in SCSI commands to a meter that is a USB drive: Mass Storage Bulk-Only Transport 1.0, through libusb.
//!
//! The kernel's driver is detached meanwhile, so that nothing mounts the drive, and no cache puts itself between a
//! question and its answer. Questions are written to the drive's blocks, which would damage a real one: a device that
//! does not name itself as the maker of such meters is refused before anything was written to it.

use std::time::Duration;

use rusb::{Context, DeviceHandle};

use super::usb::endpoints::{Interface, Pair};
use super::usb::failure::failure;
use super::usb::{self, at_least_a_moment};
use crate::host::location::UsbLocation;
use crate::meters::link::{Link, LinkError};

mod wrapper;

use wrapper::{CommandStatus, STATUS_LENGTH};

/// Class, subclass and protocol of the interface: mass storage, SCSI, bulk-only.
const BULK_ONLY: [u8; 3] = [8, 6, 0x50];

/// The vendor that INQUIRY must name: the only maker of meters that are read by SCSI commands.
const MAKER: &[u8; 8] = b"LifeScan";

/// INQUIRY for 36 bytes (SPC-4, 6.4); the vendor is in bytes 8 to 15 of the answer. 36 is the standard data without
/// what a maker adds; the meters' product and revision in it are blank.
const INQUIRY: [u8; 6] = [0x12, 0, 0, 0, 36, 0];

/// How long the meter may take to name itself: a drive that was plugged in just now may still be starting.
const NAMING: Duration = Duration::from_secs(3);

/// How long a request on the control endpoint may take.
const CONTROL: Duration = Duration::from_secs(1);

/// An open drive. Dropping it gives the interface back to the kernel.
#[derive(Debug)]
pub struct ScsiLink {
    handle: DeviceHandle<Context>,
    interface: u8,
    endpoints: Pair,
    tag: u32,
}

impl ScsiLink {
    /// Opens the device at `place` and has it name itself. Blocks for up to two seconds while the system still refuses
    /// it.
    ///
    /// # Errors
    /// [`LinkError::Gone`] if there is no such device, [`LinkError::Denied`], [`LinkError::Busy`], what libusb says, or
    /// [`LinkError::Failed`] for a drive that is no meter.
    pub fn open(context: &Context, place: UsbLocation) -> Result<Self, LinkError> {
        let (handle, (interface, endpoints)) = usb::open(context, place, choose)?;
        let mut link = Self { handle, interface, endpoints, tag: 0 };
        // The kernel's driver may have been stopped in the middle of a command.
        link.reset();
        let answer = link.command(&INQUIRY, &[], 36, NAMING)?;
        if answer.get(8..16) == Some(MAKER) {
            Ok(link)
        } else {
            let reason = "this drive does not name itself as a meter; nothing was written to it".to_owned();
            Err(LinkError::Failed { operation: "opening", reason: reason.into() })
        }
    }

    /// Reset recovery (5.3.4): the request of the class, then both endpoints. If it fails, the next command says so.
    fn reset(&self) {
        let class_interface_out = 0x21;
        let reset = 0xff;
        let interface = u16::from(self.interface);
        let _ = self.handle.write_control(class_interface_out, reset, 0, interface, &[], CONTROL);
        let _ = self.handle.clear_halt(self.endpoints.input.address);
        let _ = self.handle.clear_halt(self.endpoints.output.address);
    }

    fn exchange(&self, wrapped: &[u8], data_out: &[u8], expected: usize, wait: Duration) -> Result<Vec<u8>, LinkError> {
        // Bulk-Only Transport 1.0, 5: the command wrapper, its data one way or the other, the status wrapper.
        self.write(wrapped, wait)?;
        let mut data_in = Vec::new();
        if !data_out.is_empty() {
            self.write(data_out, wait)?;
        } else if expected > 0 {
            data_in = self.read(expected, wait)?;
        }
        // A stall in its place is cleared, and the status asked for once more (6.7.2, figure 2).
        let status = match self.read(STATUS_LENGTH, wait) {
            Ok(status) if !status.is_empty() => status,
            Ok(_) => self.read(STATUS_LENGTH, wait)?,
            Err(error) => return Err(error),
        };
        let moved = if data_out.is_empty() { data_in.len() } else { data_out.len() };
        let announced = if data_out.is_empty() { expected } else { data_out.len() };
        match wrapper::status(self.tag, &status) {
            // The device counts what it did not move. A sum that is not right means that bytes were lost between the
            // two.
            Some(CommandStatus::Done { residue }) if residue == announced - moved => Ok(data_in),
            Some(CommandStatus::Done { .. }) => Err(disagreed("another length of data than arrived")),
            Some(CommandStatus::Refused) => Err(refused()),
            Some(CommandStatus::OutOfPhase) => Err(disagreed("another phase of the command")),
            None => Err(disagreed("another command")),
        }
    }

    fn write(&self, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
        let endpoint = self.endpoints.output.address;
        match self.handle.write_bulk(endpoint, bytes, at_least_a_moment(wait)) {
            Ok(sent) if sent == bytes.len() => Ok(()),
            Ok(_) => Err(LinkError::TimedOut),
            Err(error) => Err(failure("sending a command", error, "the meter")),
        }
    }

    /// One phase of at most `length` bytes. A stall ends it without data.
    fn read(&self, length: usize, wait: Duration) -> Result<Vec<u8>, LinkError> {
        let input = self.endpoints.input;
        // A multiple of the packets, or libusb may report an overflow.
        let mut bytes = vec![0; length.next_multiple_of(usize::from(input.packet))];
        match self.handle.read_bulk(input.address, &mut bytes, at_least_a_moment(wait)) {
            Ok(count) if count <= length => {
                bytes.truncate(count);
                Ok(bytes)
            }
            Ok(_) => Err(disagreed("more data than were asked for")),
            Err(rusb::Error::Pipe) => {
                self.handle
                    .clear_halt(input.address)
                    .map_err(|error| failure("clearing a stall", error, "the meter"))?;
                Ok(Vec::new())
            }
            Err(error) => Err(failure("receiving an answer", error, "the meter")),
        }
    }
}

impl Link for ScsiLink {
    fn send(&mut self, _bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        Err(LinkError::Unsupported { operation: "messages" })
    }

    fn receive(&mut self, _wait: Duration) -> Result<Vec<u8>, LinkError> {
        Err(LinkError::Unsupported { operation: "messages" })
    }

    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize, wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.tag = self.tag.wrapping_add(1);
        let wrapped = wrapper::command(self.tag, cdb, data_out, expected);
        let wrapped = wrapped.ok_or(LinkError::Unsupported { operation: "SCSI command of that length" })?;
        let result = self.exchange(&wrapped, data_out, expected, wait);
        match &result {
            Ok(_) | Err(LinkError::Gone) => {}
            Err(error) if *error == refused() => {}
            // What is left of this command must not be taken for the answer to the next one.
            Err(_) => self.reset(),
        }
        result
    }
}

fn refused() -> LinkError {
    LinkError::Failed { operation: "a SCSI command", reason: "the meter refused it".into() }
}

fn disagreed(reason: &str) -> LinkError {
    LinkError::Failed { operation: "a SCSI command", reason: format!("the meter speaks of {reason}").into() }
}

/// The first interface of the bulk-only transport.
fn choose(interfaces: &[Interface]) -> Result<(u8, (u8, Pair)), LinkError> {
    let storage = interfaces.iter().find(|interface| interface.class == BULK_ONLY);
    let none = || LinkError::Failed { operation: "opening", reason: "the device is no drive".into() };
    let storage = storage.ok_or_else(none)?;
    Ok((storage.number, (storage.number, storage.bulk_pair()?)))
}

#[cfg(test)]
mod tests {
    use rusb::TransferType;

    use super::*;
    use crate::host::links::usb::endpoints::Endpoint;

    fn interface(number: u8, class: [u8; 3]) -> Interface {
        let endpoint = |address| Endpoint { address, kind: TransferType::Bulk, packet: 64 };
        Interface { number, class, endpoints: vec![endpoint(0x81), endpoint(0x02)] }
    }

    #[test]
    fn only_a_drive_of_this_transport_is_taken() {
        let (number, (_, pair)) = choose(&[interface(0, [3, 0, 0]), interface(1, BULK_ONLY)]).unwrap();
        assert_eq!((number, pair.input.address, pair.output.address), (1, 0x81, 0x02));
        for class in [[8, 6, 0x62], [8, 4, 0x50], [0xff, 6, 0x50]] {
            assert!(choose(&[interface(0, class)]).unwrap_err().to_string().contains("no drive"));
        }
        assert!(choose(&[]).is_err());
    }
}
