//! What a simulated USB device does with what the host sends; the bus itself is [`super::engine`].

use super::descriptors::Descriptors;

/// The eight bytes of a control request (USB 2.0, 9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetupPacket {
    /// `bmRequestType`: direction, kind, recipient.
    pub request_type: u8,
    /// `bRequest`.
    pub request: u8,
    /// `wValue`.
    pub value: u16,
    /// `wIndex`.
    pub index: u16,
    /// `wLength`.
    pub length: u16,
}

impl SetupPacket {
    /// Reads the eight bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 8]) -> Self {
        let [request_type, request, value0, value1, index0, index1, length0, length1] = bytes;
        Self {
            request_type,
            request,
            value: u16::from_le_bytes([value0, value1]),
            index: u16::from_le_bytes([index0, index1]),
            length: u16::from_le_bytes([length0, length1]),
        }
    }
}

/// What an endpoint answers when the host asks for a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum In {
    /// One packet, not longer than the endpoint allows; a shorter one ends the transfer.
    Packet(Vec<u8>),
    /// Nothing yet.
    Wait,
    /// The endpoint is halted.
    Stall,
}

/// What an endpoint answers to a packet of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Out {
    /// Taken.
    Taken,
    /// Not now: the host is to try again.
    Wait,
    /// The endpoint is halted.
    Stall,
}

/// One simulated device. The engine answers the standard requests from its descriptors.
pub trait Function: Send {
    /// What the device says it is.
    fn descriptors(&self) -> Descriptors;

    /// The host has chosen the configuration: the device may speak.
    fn configured(&mut self);

    /// A request of the device's class or maker that asks for data; `None` stalls it.
    fn control_in(&mut self, setup: SetupPacket) -> Option<Vec<u8>> {
        let _ = setup;
        None
    }

    /// A request of the device's class or maker that brings data; `false` stalls it.
    fn control_out(&mut self, setup: SetupPacket, data: &[u8]) -> bool {
        let _ = (setup, data);
        false
    }

    /// A packet of the host.
    fn packet_out(&mut self, endpoint: u8, packet: &[u8]) -> Out;

    /// The host asks for a packet.
    fn packet_in(&mut self, endpoint: u8) -> In;

    /// Time has passed.
    fn tick(&mut self) {}

    /// Whether a fault has pulled the cable.
    fn is_unplugged(&self) -> bool {
        false
    }
}
