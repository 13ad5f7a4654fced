//! A link in HID reports (USB HID 1.11), through libusb: one message is one report as on the wire, without a leading
//! zero where reports have no number.
//!
//! Input reports come over the interrupt endpoint. Output reports leave over the interrupt endpoint if there is one,
//! else, as feature reports always do, by the request `SET_REPORT`. The kernel's driver is detached meanwhile, because
//! its device nodes add a second permission to ask for and swallow reports that arrive before they are opened.

use std::time::Duration;

use rusb::{Context, DeviceHandle, Direction};

use super::usb::endpoints::{Endpoint, Interface};
use super::usb::failure::failure;
use super::usb::{self, at_least_a_moment};
use crate::host::location::UsbLocation;
use crate::meters::link::{Link, LinkError};

mod descriptor;

use descriptor::ReportDescriptor;

/// `bInterfaceClass` of HID (HID 1.11, section 4.1).
const HID: u8 = 3;

/// A request of the class to an interface that brings data (`bmRequestType`), and the request `SET_REPORT` (HID 1.11,
/// section 7.2).
const CLASS_OUT: u8 = 0x21;
const SET_REPORT: u8 = 0x09;

/// Kinds of reports in `wValue` (HID 1.11, section 7.2.1).
const OUTPUT: u8 = 2;
const FEATURE: u8 = 3;

/// Where the reports go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ReportRoute {
    interface: u8,
    input: Endpoint,
    output: Option<Endpoint>,
}

/// An open meter on USB. Dropping it gives the interface back to the kernel.
#[derive(Debug)]
pub struct UsbHidLink {
    handle: DeviceHandle<Context>,
    way: ReportRoute,
    /// Whether reports begin with their number.
    is_numbered: bool,
    /// Room for the longest report: whole packets, or libusb may report an overflow.
    room: usize,
}

impl UsbHidLink {
    /// Opens the device at `place`. Blocks for up to two seconds while the system still refuses it.
    ///
    /// # Errors
    /// [`LinkError::Gone`] if there is no such device, [`LinkError::Denied`], [`LinkError::Busy`], or what libusb says.
    pub fn open(context: &Context, place: UsbLocation) -> Result<Self, LinkError> {
        let (handle, way) = usb::open(context, place, choose)?;
        // A device that does not tell its descriptor may be read all the same: then a report is what a packet holds.
        let described =
            descriptor::read(&handle, way.interface).map(|text| ReportDescriptor::of(&text)).unwrap_or_default();
        let room = room(described.longest_input, usize::from(way.input.packet));
        Ok(Self { handle, way, is_numbered: described.are_numbered, room })
    }

    /// Puts an endpoint in order after a stall, and says what the failure means.
    fn recover(&self, operation: &'static str, endpoint: u8, error: rusb::Error) -> LinkError {
        if error == rusb::Error::Pipe {
            // If even this fails, the next transfer says so.
            let _ = self.handle.clear_halt(endpoint);
        }
        failure(operation, error, "the meter")
    }

    fn set_report(&self, operation: &'static str, kind: u8, report: &[u8], wait: Duration) -> Result<(), LinkError> {
        // An output report has a number only if the descriptor says so; a feature report always names one, 0 for none.
        let number = if self.is_numbered || kind == FEATURE { report.first().copied().unwrap_or(0) } else { 0 };
        // A report without a number has none on the wire either.
        let bytes = if kind == FEATURE && number == 0 { report.get(1..).unwrap_or_default() } else { report };
        let value = u16::from_be_bytes([kind, number]);
        let wait = at_least_a_moment(wait);
        let sent = self.handle.write_control(CLASS_OUT, SET_REPORT, value, u16::from(self.way.interface), bytes, wait);
        whole(sent.map_err(|error| failure(operation, error, "the meter"))?, bytes)
    }
}

impl Link for UsbHidLink {
    fn send(&mut self, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
        let operation = "sending a report";
        // Abbott's meters have no endpoint for it (HID 1.11, 4.4: it is optional).
        let Some(output) = self.way.output else { return self.set_report(operation, OUTPUT, bytes, wait) };
        let sent = self.handle.write_interrupt(output.address, bytes, at_least_a_moment(wait));
        whole(sent.map_err(|error| self.recover(operation, output.address, error))?, bytes)
    }

    /// A report longer than a packet comes in several (USB HID 1.11, 8.4); the last one ends it by being short, or by
    /// filling the longest report.
    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        let input = self.way.input;
        let mut report = vec![0; self.room];
        let received = self.handle.read_interrupt(input.address, &mut report, at_least_a_moment(wait));
        let length = received.map_err(|error| self.recover("receiving a report", input.address, error))?;
        report.truncate(length);
        if is_part(length, self.room, usize::from(input.packet)) {
            let reason = "only a part of a report arrived".to_owned();
            return Err(LinkError::Failed { operation: "receiving a report", reason: reason.into() });
        }
        Ok(report)
    }

    fn send_feature(&mut self, report: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.set_report("sending a feature report", FEATURE, report, wait)
    }
}

/// The bytes to ask for, so that the longest report comes whole.
fn room(longest: usize, packet: usize) -> usize {
    longest.max(packet).next_multiple_of(packet.max(1))
}

/// Whether the end of a report is missing: neither a short packet nor the full length ended it.
const fn is_part(length: usize, room: usize, packet: usize) -> bool {
    length > 0 && length < room && length.is_multiple_of(packet)
}

/// Part of a report means nothing to a meter.
fn whole(sent: usize, report: &[u8]) -> Result<(), LinkError> {
    if sent == report.len() { Ok(()) } else { Err(LinkError::TimedOut) }
}

/// The first HID interface that has an interrupt endpoint for input.
fn choose(interfaces: &[Interface]) -> Result<(u8, ReportRoute), LinkError> {
    let way = interfaces.iter().filter(|interface| interface.class.first() == Some(&HID)).find_map(|interface| {
        let input = interface.interrupt(Direction::In)?;
        Some(ReportRoute { interface: interface.number, input, output: interface.interrupt(Direction::Out) })
    });
    let none = || LinkError::Failed { operation: "opening", reason: "the device sends no HID reports".into() };
    way.map(|way| (way.interface, way)).ok_or_else(none)
}

#[cfg(test)]
mod tests {
    use rusb::TransferType;

    use super::*;

    fn interface(number: u8, class: u8, addresses: &[u8]) -> Interface {
        let endpoint = |&address| Endpoint { address, kind: TransferType::Interrupt, packet: 64 };
        Interface { number, class: [class, 0, 0], endpoints: addresses.iter().map(endpoint).collect() }
    }

    #[test]
    fn the_first_interface_with_input_reports_is_taken() {
        let (number, way) = choose(&[interface(0, 8, &[0x81]), interface(1, 3, &[0x82, 0x02])]).unwrap();
        assert_eq!((number, way.interface, way.input.address), (1, 1, 0x82));
        assert_eq!(way.output.map(|output| output.address), Some(0x02));
        let (_, way) = choose(&[interface(0, 3, &[0x81])]).unwrap();
        assert_eq!(way.output, None);
    }

    #[test]
    fn anything_else_is_refused() {
        for interfaces in [vec![], vec![interface(0, 0xff, &[0x81])], vec![interface(0, 3, &[0x01])]] {
            assert!(choose(&interfaces).unwrap_err().to_string().contains("no HID reports"));
        }
    }

    #[test]
    fn there_is_room_for_whole_packets() {
        assert_eq!((room(64, 64), room(0, 64), room(8, 64)), (64, 64, 64));
        assert_eq!((room(64, 16), room(65, 64), room(20, 8)), (64, 128, 24));
    }

    #[test]
    fn a_report_ends_with_a_short_packet_or_when_it_is_full() {
        for (length, room, is_missing) in
            [(64, 64, false), (10, 64, false), (48, 64, true), (50, 64, false), (0, 64, false)]
        {
            assert_eq!(is_part(length, room, 16), is_missing, "{length} of {room}");
        }
    }

    #[test]
    fn a_part_of_a_report_is_not_sent() {
        assert_eq!(whole(64, &[0; 64]), Ok(()));
        assert_eq!(whole(63, &[0; 64]), Err(LinkError::TimedOut));
    }
}
