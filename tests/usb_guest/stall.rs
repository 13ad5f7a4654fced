//! Endpoints that refuse or keep silent: the read ends by itself, says why, and the meter can be read afterwards.

use std::time::Instant;

use glucodock::host::usbip::descriptors::Descriptors;
use glucodock::host::usbip::function::{Function, In, Out, Setup};

use crate::support::{Outcome, assert_all, assert_lost, case, glucodock, plug, port, unplug};

/// What an endpoint does from some packet on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Oddity {
    /// It halts once, and works again when the host has cleared that.
    StallsOnce,
    /// It halts again and again.
    StallsAlways,
    /// It has the host wait for ever.
    Waits,
}

/// A meter with an odd endpoint.
struct Odd {
    meter: Box<dyn Function>,
    endpoint: u8,
    /// Packets that pass before.
    left: u32,
    oddity: Oddity,
    has_stalled: bool,
}

impl Odd {
    fn of(meter: Box<dyn Function>, endpoint: u8, left: u32, oddity: Oddity) -> Box<dyn Function> {
        Box::new(Self { meter, endpoint, left, oddity, has_stalled: false })
    }

    /// Whether this packet passes; else whether it is refused for good.
    fn strikes(&mut self, endpoint: u8) -> Option<Oddity> {
        if endpoint != self.endpoint || (self.oddity == Oddity::StallsOnce && self.has_stalled) {
            return None;
        }
        if self.left > 0 {
            return None;
        }
        self.has_stalled = true;
        Some(self.oddity)
    }

    fn count(&mut self, endpoint: u8) {
        if endpoint == self.endpoint {
            self.left = self.left.saturating_sub(1);
        }
    }
}

impl Function for Odd {
    fn descriptors(&self) -> Descriptors {
        self.meter.descriptors()
    }

    fn configured(&mut self) {
        self.meter.configured();
    }

    fn control_in(&mut self, setup: Setup) -> Option<Vec<u8>> {
        self.meter.control_in(setup)
    }

    fn control_out(&mut self, setup: Setup, data: &[u8]) -> bool {
        self.meter.control_out(setup, data)
    }

    fn packet_out(&mut self, endpoint: u8, packet: &[u8]) -> Out {
        match self.strikes(endpoint) {
            Some(Oddity::Waits) => return Out::Wait,
            Some(Oddity::StallsOnce | Oddity::StallsAlways) => return Out::Stall,
            None => {}
        }
        let out = self.meter.packet_out(endpoint, packet);
        self.count(endpoint);
        out
    }

    fn packet_in(&mut self, endpoint: u8) -> In {
        match self.strikes(endpoint) {
            Some(Oddity::Waits) => return In::Wait,
            Some(Oddity::StallsOnce | Oddity::StallsAlways) => return In::Stall,
            None => {}
        }
        let packet = self.meter.packet_in(endpoint);
        if packet != In::Wait {
            self.count(endpoint);
        }
        packet
    }

    fn tick(&mut self) {
        self.meter.tick();
    }

    fn is_unplugged(&self) -> bool {
        self.meter.is_unplugged()
    }
}

/// Reads a meter whose endpoint is odd from a packet on.
fn read(slug: &str, serial: &str, endpoint: u8, packets: u32, oddity: Oddity) -> Outcome {
    let port = port(slug, serial, 40, |meter| Odd::of(meter, endpoint, packets, oddity));
    let begun = Instant::now();
    let outcome = glucodock(&["read", "--auto"]);
    println!("{slug}, endpoint {endpoint:#04x}, after {packets} packets: {:.1?}: {}", begun.elapsed(), outcome.message);
    unplug(port);
    outcome
}

fn still_reads(slug: &str) {
    let meter = plug(slug, 40, &[]);
    assert_all(&glucodock(&["read", "--auto"]), 40);
    meter.unplug();
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_bulk_endpoint_that_stalls_ends_the_read() {
    let _case = case("stall: bulk endpoints, both ways, once and always");
    for (endpoint, packets) in [(0x81, 0), (0x81, 3), (0x81, 10), (0x01, 0), (0x01, 4)] {
        for oddity in [Oddity::StallsOnce, Oddity::StallsAlways] {
            let outcome = read("accu-chek-guide", "00092500001", endpoint, packets, oddity);
            assert_lost(&outcome, 40);
            assert!(outcome.message.contains("stall"), "{}", outcome.message);
        }
    }
    still_reads("accu-chek-guide");
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_report_endpoint_that_stalls_ends_the_read() {
    let _case = case("stall: interrupt endpoints, both ways, once and always");
    for (endpoint, packets) in [(0x81, 0), (0x81, 3), (0x81, 30), (0x01, 0), (0x01, 4)] {
        for oddity in [Oddity::StallsOnce, Oddity::StallsAlways] {
            let outcome = read("contour-next-one", "000-1234567", endpoint, packets, oddity);
            assert_lost(&outcome, 40);
            assert!(outcome.message.contains("stall"), "{}", outcome.message);
        }
    }
    still_reads("contour-next-one");
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn an_endpoint_that_never_answers_ends_the_read() {
    let _case = case("silence: bulk, HID and SCSI, both ways");
    let silent = [
        ("accu-chek-guide", "00092500001", 0x81, 4),
        ("accu-chek-guide", "00092500001", 0x01, 2),
        ("contour-next-one", "000-1234567", 0x81, 10),
        ("contour-next-one", "000-1234567", 0x01, 2),
        ("onetouch-verio", "000ABC77", 0x81, 40),
    ];
    for (slug, serial, endpoint, packets) in silent {
        let outcome = read(slug, serial, endpoint, packets, Oddity::Waits);
        assert_lost(&outcome, 40);
        assert!(outcome.message.contains("E-LINK-"), "{}", outcome.message);
    }
    still_reads("accu-chek-guide");
    still_reads("contour-next-one");
    still_reads("onetouch-verio");
}
