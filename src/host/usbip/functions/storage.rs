//! A meter that is a drive: SCSI commands over USB Mass Storage, Bulk-Only Transport 1.0.

use std::collections::VecDeque;

use super::PACKET;
use crate::host::usbip::descriptors::{Descriptors, EndpointDescriptor, EndpointKind, InterfaceDescriptor};
use crate::host::usbip::function::{Function, In, Out, SetupPacket};
use crate::host::usbip::wired_meter::{WiredMeter, WiredTransfer};
use crate::meters::catalogue::UsbId;

/// The addresses of the endpoints; bit 7 says that one brings data to the host (USB 2.0, table 9-13).
const INPUT: u8 = 0x81;
const OUTPUT: u8 = 0x02;

/// The last block and the block size of a drive of 1440 KiB, for a host that asks.
const CAPACITY: [u8; 8] = [0, 0, 0x0b, 0x3f, 0, 0, 2, 0];

/// Sense data of a command that was refused: illegal request, invalid command.
const SENSE: [u8; 18] = [0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0];

/// A command whose data are still to come.
#[derive(Debug)]
struct StorageCommand {
    tag: [u8; 4],
    length: usize,
    cdb: Vec<u8>,
    data_out: Vec<u8>,
}

/// The device.
pub struct Storage {
    descriptors: Descriptors,
    meter: WiredMeter,
    pending: Option<StorageCommand>,
    waiting: VecDeque<Vec<u8>>,
}

impl Storage {
    /// `interface` is the string of its interface.
    pub(in crate::host::usbip) fn new(id: UsbId, names: [&str; 2], interface: &str, meter: WiredMeter) -> Self {
        let endpoint = |address| EndpointDescriptor { address, kind: EndpointKind::Bulk, packet: PACKET };
        let endpoints = [endpoint(INPUT), endpoint(OUTPUT)];
        let storage =
            InterfaceDescriptor { class: [8, 6, 0x50], string: 3, class_descriptors: &[], endpoints: &endpoints };
        let descriptors = Descriptors::new(id, 0x0100, names, &[interface], &[storage]);
        Self { descriptors, meter, pending: None, waiting: VecDeque::new() }
    }

    /// A command block wrapper: `USBC`, tag, length of the data, direction, LUN, length of the command, the command.
    fn begin(&mut self, wrapper: &[u8]) -> Out {
        // Valid only with this length and signature (Bulk-Only Transport 1.0, 6.2.1).
        let (Some((header, block)), 31) = (wrapper.split_at_checked(15), wrapper.len()) else { return Out::Stall };
        let [b'U', b'S', b'B', b'C', t0, t1, t2, t3, l0, l1, l2, l3, flags, _, count] = *header else {
            return Out::Stall;
        };
        let length = usize::try_from(u32::from_le_bytes([l0, l1, l2, l3])).unwrap_or(usize::MAX);
        let cdb = block.iter().take(usize::from(count)).copied().collect();
        let command = StorageCommand { tag: [t0, t1, t2, t3], length, cdb, data_out: Vec::new() };
        // Without data the bit of the direction means nothing (Bulk-Only Transport 1.0, 5.1).
        if flags & 0x80 == 0 && length > 0 {
            self.pending = Some(command);
        } else {
            self.act(&command);
        }
        Out::Taken
    }

    fn act(&mut self, command: &StorageCommand) {
        let expected = if command.data_out.is_empty() { command.length } else { 0 };
        let said = self.meter.command(&command.cdb, &command.data_out, expected).or_else(|| of_any_drive(&command.cdb));
        let (said, status) = said.map_or_else(|| (Vec::new(), 1), |said| (said, 0));
        let mut moved = command.data_out.len();
        for WiredTransfer { mut bytes, is_cut } in said {
            bytes.truncate(expected);
            moved = bytes.len();
            let is_whole = |packet: &&[u8]| !is_cut || packet.len() == usize::from(PACKET);
            self.waiting.extend(bytes.chunks(PACKET.into()).filter(is_whole).map(<[u8]>::to_vec));
        }
        if self.meter.is_cut_off() {
            // Neither the end of the data nor the status arrives.
            return;
        }
        // The host expects more, and full packets do not end a transfer.
        if expected > moved && moved.is_multiple_of(PACKET.into()) {
            self.waiting.push_back(Vec::new());
        }
        let residue = u32::try_from(command.length.saturating_sub(moved)).unwrap_or(u32::MAX);
        let mut wrapper = b"USBS".to_vec();
        wrapper.extend(command.tag);
        wrapper.extend(residue.to_le_bytes());
        wrapper.push(status);
        self.waiting.push_back(wrapper);
    }
}

/// What every drive answers; the kernel asks it of a drive that it finds.
fn of_any_drive(cdb: &[u8]) -> Option<Vec<WiredTransfer>> {
    let data: &[u8] = match cdb.first()? {
        // TEST UNIT READY, START STOP UNIT, PREVENT REMOVAL, SYNCHRONIZE CACHE.
        0x00 | 0x1b | 0x1e | 0x35 => return Some(Vec::new()),
        0x03 => &SENSE,
        // MODE SENSE(6): no pages, not write protected. READ CAPACITY.
        0x1a => &[3, 0, 0, 0],
        0x25 => &CAPACITY,
        _ => return None,
    };
    Some(vec![WiredTransfer { bytes: data.to_vec(), is_cut: false }])
}

impl Function for Storage {
    fn descriptors(&self) -> Descriptors {
        self.descriptors.clone()
    }

    fn configured(&mut self) {
        self.pending = None;
        self.waiting.clear();
        // A drive says nothing unasked.
        let _ = self.meter.plug();
    }

    fn control_in(&mut self, setup: SetupPacket) -> Option<Vec<u8>> {
        let highest_unit = 0xfe;
        (setup.request_type == 0xa1 && setup.request == highest_unit).then(|| vec![0])
    }

    fn control_out(&mut self, setup: SetupPacket, _data: &[u8]) -> bool {
        let reset = 0xff;
        let is_reset = setup.request_type == 0x21 && setup.request == reset;
        if is_reset {
            self.pending = None;
            self.waiting.clear();
        }
        is_reset
    }

    fn packet_out(&mut self, _endpoint: u8, packet: &[u8]) -> Out {
        let Some(mut command) = self.pending.take() else { return self.begin(packet) };
        command.data_out.extend(packet);
        if command.data_out.len() >= command.length {
            self.act(&command);
        } else {
            self.pending = Some(command);
        }
        Out::Taken
    }

    fn packet_in(&mut self, _endpoint: u8) -> In {
        let Some(packet) = self.waiting.pop_front() else {
            self.meter.is_waited_for();
            return In::Wait;
        };
        In::Packet(packet)
    }

    fn is_unplugged(&self) -> bool {
        self.meter.is_unplugged()
    }
}
