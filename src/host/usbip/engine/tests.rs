//! Transfers against packets, as a bus moves them.

use super::*;
use crate::host::usbip::descriptors::{self, EndpointKind, InterfaceDescriptor};
use crate::meters::catalogue::UsbId;

const NOTHING: [u8; 0] = [];

/// Gives back each message, and stalls after the message `S`.
struct Echo {
    hearing: Vec<u8>,
    waiting: VecDeque<Vec<u8>>,
    stalls: bool,
}

impl Function for Echo {
    fn descriptors(&self) -> Descriptors {
        let endpoint = |address| descriptors::EndpointDescriptor { address, kind: EndpointKind::Bulk, packet: 8 };
        let endpoints = [endpoint(0x81), endpoint(0x01)];
        let interface =
            InterfaceDescriptor { class: [255, 0, 0], string: 0, class_descriptors: &[], endpoints: &endpoints };
        Descriptors::new(UsbId { vendor: 1, product: 2 }, 0, ["a", "b"], &[], &[interface])
    }

    fn configured(&mut self) {
        self.waiting.push_back(b"hello".to_vec());
    }

    fn packet_out(&mut self, _endpoint: u8, packet: &[u8]) -> Out {
        if packet == b"not now" {
            return Out::Wait;
        }
        self.hearing.extend(packet);
        if packet.len() < 8 {
            let message = std::mem::take(&mut self.hearing);
            self.stalls = message == b"S";
            self.waiting.extend(message.chunks(8).map(<[u8]>::to_vec));
        }
        Out::Taken
    }

    fn packet_in(&mut self, _endpoint: u8) -> In {
        if std::mem::take(&mut self.stalls) {
            return In::Stall;
        }
        self.waiting.pop_front().map_or(In::Wait, In::Packet)
    }
}

fn engine() -> Engine {
    Engine::new(Box::new(Echo { hearing: Vec::new(), waiting: VecDeque::new(), stalls: false }))
}

fn read(sequence: u32, length: usize) -> UsbipRequest {
    UsbipRequest::Submit {
        sequence,
        endpoint: 0x81,
        is_in: true,
        length,
        setup: [0; 8],
        data: Vec::new(),
        ends_with_empty: false,
    }
}

fn write(sequence: u32, data: &[u8], ends_with_empty: bool) -> UsbipRequest {
    let (length, data) = (data.len(), data.to_vec());
    UsbipRequest::Submit { sequence, endpoint: 0x01, is_in: false, length, setup: [0; 8], data, ends_with_empty }
}

fn control(sequence: u32, setup: [u8; 8]) -> UsbipRequest {
    let (is_in, length) = (setup[0] & 0x80 != 0, usize::from(setup[6]));
    UsbipRequest::Submit { sequence, endpoint: 0, is_in, length, setup, data: Vec::new(), ends_with_empty: false }
}

/// What the engine answers to a request.
fn answer(engine: &mut Engine, request: UsbipRequest) -> Vec<u8> {
    engine.take(request);
    engine.take_replies()
}

#[test]
fn a_read_waits_for_data_and_ends_on_a_short_packet() {
    let mut engine = engine();
    assert_eq!(answer(&mut engine, read(1, 64)), NOTHING);
    let written = answer(&mut engine, write(2, b"0123456789", false));
    let expected = [submit_reply(2, 0, 10, &[]), submit_reply(1, 0, 10, b"0123456789")].concat();
    assert_eq!(written, expected);
}

#[test]
fn a_full_last_packet_leaves_the_read_waiting_unless_it_is_full() {
    let mut engine = engine();
    let _ = answer(&mut engine, write(1, b"01234567", true));
    assert_eq!(answer(&mut engine, read(2, 16)), NOTHING);
    let given_up = answer(&mut engine, UsbipRequest::Unlink { sequence: 3, target: 2 });
    assert_eq!(given_up, [submit_reply(2, -104, 8, b"01234567"), unlink_reply(3)].concat());
    let _ = answer(&mut engine, write(4, b"01234567", true));
    assert_eq!(answer(&mut engine, read(5, 8)), submit_reply(5, 0, 8, b"01234567"));
}

#[test]
fn a_write_without_an_empty_packet_is_no_whole_message() {
    let mut engine = engine();
    assert_eq!(answer(&mut engine, write(1, b"01234567", false)), submit_reply(1, 0, 8, &[]));
    assert_eq!(answer(&mut engine, read(2, 16)), NOTHING);
    let ended = answer(&mut engine, write(3, b"", false));
    // The device has heard 8 bytes and gives them back as one full packet: the read waits on.
    assert_eq!(ended, submit_reply(3, 0, 0, &[]));
}

#[test]
fn a_packet_that_finds_no_room_overflows() {
    let mut engine = engine();
    let _ = answer(&mut engine, write(1, b"0123", false));
    assert_eq!(answer(&mut engine, read(2, 3)), submit_reply(2, -75, 3, b"012"));
}

#[test]
fn a_stall_lasts_until_it_is_cleared() {
    let mut engine = engine();
    let _ = answer(&mut engine, write(1, b"S", false));
    assert_eq!(answer(&mut engine, read(2, 8)), submit_reply(2, -32, 0, &[]));
    assert_eq!(answer(&mut engine, read(3, 8)), submit_reply(3, -32, 0, &[]));
    assert_eq!(answer(&mut engine, control(4, [0x82, 0, 0, 0, 0x81, 0, 2, 0])), submit_reply(4, 0, 2, &[1, 0]));
    assert_eq!(answer(&mut engine, control(5, [0x02, 1, 0, 0, 0x81, 0, 0, 0])), submit_reply(5, 0, 0, &[]));
    assert_eq!(answer(&mut engine, read(6, 8)), submit_reply(6, 0, 1, b"S"));
}

#[test]
fn a_write_that_is_not_taken_waits_until_it_is_given_up() {
    let mut engine = engine();
    assert_eq!(answer(&mut engine, write(1, b"01234567not now", false)), NOTHING);
    engine.tick();
    assert_eq!(engine.take_replies(), NOTHING);
    let given_up = answer(&mut engine, UsbipRequest::Unlink { sequence: 2, target: 1 });
    assert_eq!(given_up, [submit_reply(1, -104, 8, &[]), unlink_reply(2)].concat());
}

#[test]
fn the_device_speaks_once_it_is_configured() {
    let mut engine = engine();
    assert_eq!(answer(&mut engine, read(1, 64)), NOTHING);
    let configured = answer(&mut engine, control(2, [0, 9, 1, 0, 0, 0, 0, 0]));
    assert_eq!(configured, [submit_reply(2, 0, 0, &[]), submit_reply(1, 0, 5, b"hello")].concat());
    assert_eq!(answer(&mut engine, control(3, [0x80, 8, 0, 0, 0, 0, 1, 0])), submit_reply(3, 0, 1, &[1]));
}

#[test]
fn what_is_unknown_is_stalled_and_what_is_long_is_cut() {
    let mut engine = engine();
    assert_eq!(answer(&mut engine, control(1, [0xc0, 1, 0, 0, 0, 0, 4, 0])), submit_reply(1, -32, 0, &[]));
    assert_eq!(answer(&mut engine, control(2, [0x40, 1, 0, 0, 0, 0, 0, 0])), submit_reply(2, -32, 0, &[]));
    assert_eq!(answer(&mut engine, control(3, [0x80, 6, 0, 1, 0, 0, 2, 0])), submit_reply(3, 0, 2, &[18, 1]));
    let elsewhere = UsbipRequest::Submit {
        sequence: 4,
        endpoint: 0x83,
        is_in: true,
        length: 8,
        setup: [0; 8],
        data: Vec::new(),
        ends_with_empty: false,
    };
    assert_eq!(answer(&mut engine, elsewhere), submit_reply(4, -32, 0, &[]));
}

#[test]
fn a_waiting_transfer_can_be_failed() {
    let mut engine = engine();
    assert!(!engine.fail(0x81, -71));
    assert_eq!(answer(&mut engine, read(1, 8)), NOTHING);
    assert!(engine.fail(0x81, -71));
    assert_eq!(engine.take_replies(), submit_reply(1, -71, 0, &[]));
}
