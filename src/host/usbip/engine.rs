//! The device side of one USB connection: transfers wait at their endpoints until packets complete them. Pure: requests
//! of the host go in, answers come out.

use std::collections::{BTreeMap, VecDeque};

use super::descriptors::Descriptors;
use super::function::{Function, In, Out, SetupPacket};
use super::wire::{UsbipRequest, submit_reply, unlink_reply};

/// Status of a transfer, by the numbers of the kernel (errno.h): the endpoint is halted (`-EPIPE`).
const STALLED: i32 = -32;
/// Status of a transfer: the packet is longer than the room that is left (`-EOVERFLOW`).
const OVERFLOWED: i32 = -75;
/// Status of a transfer that the host gave up (`-ECONNRESET`).
const GIVEN_UP: i32 = -104;

/// A transfer that is not complete.
#[derive(Debug)]
struct OpenTransfer {
    sequence: u32,
    /// Room for the device's data, or the length of the host's.
    length: usize,
    /// What the device has sent, or what the host sends.
    data: Vec<u8>,
    /// How much of the host's data the device has taken.
    taken: usize,
    ends_with_empty: bool,
}

/// An endpoint other than 0.
#[derive(Debug)]
struct OpenEndpoint {
    packet: usize,
    waiting: VecDeque<OpenTransfer>,
    is_halted: bool,
}

/// One device and the transfers that wait for it.
pub struct Engine {
    function: Box<dyn Function>,
    descriptors: Descriptors,
    endpoints: BTreeMap<u8, OpenEndpoint>,
    configuration: u8,
    replies: Vec<u8>,
}

impl Engine {
    /// The connection to this device.
    #[must_use]
    pub fn new(function: Box<dyn Function>) -> Self {
        let descriptors = function.descriptors();
        let endpoint = |packet| OpenEndpoint { packet, waiting: VecDeque::new(), is_halted: false };
        let endpoints =
            descriptors.endpoints().into_iter().map(|(address, packet)| (address, endpoint(packet))).collect();
        Self { function, descriptors, endpoints, configuration: 0, replies: Vec::new() }
    }

    /// What the device says it is.
    #[must_use]
    pub const fn descriptors(&self) -> &Descriptors {
        &self.descriptors
    }

    /// The answers that are to be sent to the host by now.
    pub fn take_replies(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.replies)
    }

    /// Whether a fault has pulled the cable.
    #[must_use]
    pub fn is_unplugged(&self) -> bool {
        self.function.is_unplugged()
    }

    /// Takes a request of the host.
    pub fn take(&mut self, request: UsbipRequest) {
        match request {
            UsbipRequest::Submit { sequence, endpoint: 0, is_in, length, setup, data, .. } => {
                self.control(sequence, SetupPacket::new(setup), is_in, length, &data);
            }
            UsbipRequest::Submit { sequence, endpoint, length, data, ends_with_empty, .. } => {
                match self.endpoints.get_mut(&endpoint) {
                    Some(to) => {
                        to.waiting.push_back(OpenTransfer { sequence, length, data, taken: 0, ends_with_empty });
                    }
                    None => self.replies.extend(submit_reply(sequence, STALLED, 0, &[])),
                }
            }
            UsbipRequest::Unlink { sequence, target } => self.give_up(sequence, target),
        }
        self.serve();
    }

    /// Lets the device notice that time has passed.
    pub fn tick(&mut self) {
        self.function.tick();
        self.serve();
    }

    /// Ends the oldest transfer that waits at an endpoint with a status of the kernel, such as -71 (`EPROTO`), which a
    /// real controller reports between the pulling of a cable and its noticing. Whether one was waiting.
    pub fn fail(&mut self, endpoint: u8, status: i32) -> bool {
        let waiting = self.endpoints.get_mut(&endpoint).and_then(|endpoint| endpoint.waiting.pop_front());
        let Some(transfer) = waiting else { return false };
        self.complete(endpoint, &transfer, status);
        true
    }

    /// Moves packets until every endpoint waits.
    fn serve(&mut self) {
        let addresses: Vec<u8> = self.endpoints.keys().copied().collect();
        loop {
            // Round again after each packet: what one endpoint has taken may be what another one
            // answers.
            let mut moved = false;
            for address in &addresses {
                while let Some(mut transfer) = self.next_waiting(*address) {
                    match self.step(*address, &mut transfer) {
                        PacketOutcome::Wait => {
                            self.put_back(*address, transfer);
                            break;
                        }
                        PacketOutcome::Moved => {
                            moved = true;
                            self.put_back(*address, transfer);
                        }
                        PacketOutcome::Complete(status) => {
                            moved = true;
                            self.complete(*address, &transfer, status);
                        }
                    }
                }
            }
            if !moved {
                return;
            }
        }
    }

    fn next_waiting(&mut self, address: u8) -> Option<OpenTransfer> {
        self.endpoints.get_mut(&address)?.waiting.pop_front()
    }

    fn put_back(&mut self, address: u8, transfer: OpenTransfer) {
        if let Some(endpoint) = self.endpoints.get_mut(&address) {
            endpoint.waiting.push_front(transfer);
        }
    }

    /// Moves one packet of a transfer.
    fn step(&mut self, address: u8, transfer: &mut OpenTransfer) -> PacketOutcome {
        let Some(endpoint) = self.endpoints.get_mut(&address) else { return PacketOutcome::Complete(STALLED) };
        if endpoint.is_halted {
            return PacketOutcome::Complete(STALLED);
        }
        let longest = endpoint.packet;
        let step = if is_in(address) {
            match self.function.packet_in(address) {
                In::Wait => PacketOutcome::Wait,
                In::Stall => PacketOutcome::Complete(STALLED),
                In::Packet(packet) => {
                    let room = transfer.length.saturating_sub(transfer.data.len());
                    transfer.data.extend(packet.iter().take(room));
                    // A controller reports this as babble, and the host's kernel does not bear an answer longer than it
                    // asked for.
                    if packet.len() > room {
                        PacketOutcome::Complete(OVERFLOWED)
                    } else if packet.len() < longest || transfer.data.len() == transfer.length {
                        // A packet that is not full ends a transfer, and so does the last one it
                        // has room for (USB 2.0, 5.8.3).
                        PacketOutcome::Complete(0)
                    } else {
                        PacketOutcome::Moved
                    }
                }
            }
        } else {
            let left = transfer.data.get(transfer.taken..).unwrap_or_default();
            let packet = left.get(..longest).unwrap_or(left);
            match self.function.packet_out(address, packet) {
                Out::Stall => PacketOutcome::Complete(STALLED),
                Out::Wait => PacketOutcome::Wait,
                Out::Taken => {
                    let is_short = packet.len() < longest;
                    transfer.taken += packet.len();
                    let is_all = transfer.taken == transfer.data.len() && !transfer.ends_with_empty;
                    if is_short || is_all { PacketOutcome::Complete(0) } else { PacketOutcome::Moved }
                }
            }
        };
        // USB 2.0, 5.8.5: a halt lasts until the host clears it.
        if step == PacketOutcome::Complete(STALLED)
            && let Some(endpoint) = self.endpoints.get_mut(&address)
        {
            endpoint.is_halted = true;
        }
        step
    }

    fn complete(&mut self, address: u8, transfer: &OpenTransfer, status: i32) {
        let reply = if is_in(address) {
            submit_reply(transfer.sequence, status, transfer.data.len(), &transfer.data)
        } else {
            submit_reply(transfer.sequence, status, transfer.taken, &[])
        };
        self.replies.extend(reply);
    }

    /// A real controller keeps the bytes that have moved already. The answer to an unlink cannot carry them, so the
    /// transfer is completed first; the kernel reports it as given up all the same.
    fn give_up(&mut self, sequence: u32, target: u32) {
        let found = self.endpoints.iter_mut().find_map(|(address, endpoint)| {
            let place = endpoint.waiting.iter().position(|transfer| transfer.sequence == target)?;
            Some((*address, endpoint.waiting.remove(place)?))
        });
        if let Some((address, transfer)) = found {
            self.complete(address, &transfer, GIVEN_UP);
        }
        self.replies.extend(unlink_reply(sequence));
    }

    fn control(&mut self, sequence: u32, setup: SetupPacket, is_in: bool, length: usize, data: &[u8]) {
        let reply = if is_in {
            match self.answer(setup) {
                Some(mut bytes) => {
                    // Never more than was asked for, whatever there is (USB 2.0, 9.3.5).
                    bytes.truncate(length.min(setup.length.into()));
                    submit_reply(sequence, 0, bytes.len(), &bytes)
                }
                None => submit_reply(sequence, STALLED, 0, &[]),
            }
        } else {
            let is_taken = self.standard_out(setup).unwrap_or_else(|| self.function.control_out(setup, data));
            let (status, moved) = if is_taken { (0, data.len()) } else { (STALLED, 0) };
            submit_reply(sequence, status, moved, &[])
        };
        self.replies.extend(reply);
    }

    /// The answer to a request for data: to the standard ones (USB 2.0, 9.4) from the descriptors, to others the
    /// device's own.
    fn answer(&mut self, setup: SetupPacket) -> Option<Vec<u8>> {
        let [number, kind] = setup.value.to_le_bytes();
        match (setup.request_type, setup.request, kind) {
            // GET_DESCRIPTOR: device, configuration, string.
            (0x80, 6, 1) => Some(self.descriptors.device.clone()),
            (0x80, 6, 2) if number == 0 => Some(self.descriptors.configuration.clone()),
            (0x80, 6, 3) => self.descriptors.string(number),
            // Among them the device qualifier, which a device of full speed alone must not have
            // (USB 2.0, 9.6.2): the kernel asks a device of version 2.00 for it.
            (0x80, 6, _) => None,
            // GET_CONFIGURATION; GET_STATUS of device, interface and endpoint; GET_INTERFACE.
            (0x80, 8, _) => Some(vec![self.configuration]),
            (0x80 | 0x81, 0, _) => Some(vec![0, 0]),
            (0x82, 0, _) => {
                let [address, _] = setup.index.to_le_bytes();
                let is_halted = self.endpoints.get(&address).is_some_and(|endpoint| endpoint.is_halted);
                Some(vec![u8::from(is_halted), 0])
            }
            (0x81, 10, _) => Some(vec![0]),
            _ => self.function.control_in(setup),
        }
    }

    /// The other standard requests; `None` for one of another kind.
    fn standard_out(&mut self, setup: SetupPacket) -> Option<bool> {
        let [address, _] = setup.index.to_le_bytes();
        Some(match (setup.request_type, setup.request) {
            // SET_CONFIGURATION.
            (0x00, 9) => {
                let [configuration, _] = setup.value.to_le_bytes();
                self.configuration = configuration;
                // USB 2.0, 9.1.1.5: choosing a configuration ends every halt.
                self.endpoints.values_mut().for_each(|endpoint| endpoint.is_halted = false);
                // 0 takes the configuration away (USB 2.0, 9.4.7): a meter that speaks first has
                // nobody to speak to.
                if configuration != 0 {
                    self.function.configured();
                }
                true
            }
            // SET_INTERFACE; CLEAR_FEATURE and SET_FEATURE of an endpoint and of the device.
            (0x01, 11) => setup.value == 0,
            (0x02, 1 | 3) if setup.value == 0 => match self.endpoints.get_mut(&address) {
                Some(endpoint) => {
                    endpoint.is_halted = setup.request == 3;
                    true
                }
                None => false,
            },
            (0x00, 1 | 3) => true,
            _ => return None,
        })
    }
}

/// What became of one packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PacketOutcome {
    /// The device has nothing to say yet.
    Wait,
    /// It moved; the transfer goes on.
    Moved,
    /// The transfer is over, with this status of the kernel.
    Complete(i32),
}

const fn is_in(address: u8) -> bool {
    address & 0x80 != 0
}

#[cfg(test)]
mod tests;
