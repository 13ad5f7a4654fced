//! Endpoints that refuse or keep silent: the read ends by itself, says why, and the meter can be read afterwards.

use std::thread;
use std::time::Instant;

use glucodock::host::usbip::descriptors::Descriptors;
use glucodock::host::usbip::function::{Function, In, Out, SetupPacket};

use crate::support::{Outcome, assert_lost, assert_values, case, glucodock, plug, port, unplug};

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

    /// What happens to this packet, unless it passes.
    fn strikes(&mut self, endpoint: u8) -> Option<Oddity> {
        let has_recovered = self.oddity == Oddity::StallsOnce && self.has_stalled;
        if endpoint != self.endpoint || has_recovered || self.left > 0 {
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

    fn control_in(&mut self, setup: SetupPacket) -> Option<Vec<u8>> {
        self.meter.control_in(setup)
    }

    fn control_out(&mut self, setup: SetupPacket, data: &[u8]) -> bool {
        let set_report = 0x09;
        if setup.request == set_report {
            if self.strikes(0).is_some() {
                return false;
            }
            self.count(0);
        }
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

/// Reads a meter and says how that went.
fn read(slug: &str, id: &str, endpoint: u8, packets: u32) -> Outcome {
    let begun = Instant::now();
    let outcome = glucodock(&["read", "--usb", id]);
    let (message, took) = (outcome.message.trim_end(), begun.elapsed().as_secs_f64());
    println!("{slug}, endpoint {endpoint:#04x} after {packets} packets, {took:.1} s: {message}");
    outcome
}

/// Reads a meter whose endpoint stalls from a packet on.
fn read_stalling(slug: &str, id: &str, endpoint: u8, packets: u32, oddity: Oddity) {
    let port = port(slug, Some("000-1234567"), 40, |meter| Odd::of(meter, endpoint, packets, oddity));
    let outcome = read(slug, id, endpoint, packets);
    assert_lost(&outcome, 40);
    assert!(outcome.message.contains("stall"), "{}", outcome.message);
    unplug(port);
}

fn still_reads(slug: &str, id: &str) {
    let meter = plug(slug, 40, &[]);
    assert_values(&glucodock(&["read", "--usb", id]), 40);
    meter.unplug();
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_bulk_endpoint_that_stalls_ends_the_read() {
    let _case = case("stall: bulk endpoints, both ways");
    for (endpoint, packets, oddity) in
        [(0x81, 0, Oddity::StallsOnce), (0x81, 10, Oddity::StallsAlways), (0x01, 4, Oddity::StallsOnce)]
    {
        read_stalling("accu-chek-guide", "173a:21d5", endpoint, packets, oddity);
    }
    still_reads("accu-chek-guide", "173a:21d5");
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_report_endpoint_that_stalls_ends_the_read() {
    let _case = case("stall: interrupt endpoints, both ways");
    for (endpoint, packets, oddity) in
        [(0x81, 3, Oddity::StallsAlways), (0x81, 30, Oddity::StallsOnce), (0x01, 0, Oddity::StallsAlways)]
    {
        read_stalling("contour-next-one", "1a79:7800", endpoint, packets, oddity);
    }
    still_reads("contour-next-one", "1a79:7800");
    // Without an endpoint for output: the requests with which reports are sent.
    read_stalling("freestyle-neo", "1a61:3850", 0, 3, Oddity::StallsAlways);
    still_reads("freestyle-neo", "1a61:3850");
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn an_endpoint_that_never_answers_ends_the_read() {
    let _case = case("silence: bulk and HID, both ways, at once");
    let silent = [
        ("accu-chek-guide", "173a:21d5", 0x81, 4),
        ("accu-chek-instant", "173a:21d7", 0x01, 2),
        ("contour-next-one", "1a79:7800", 0x81, 10),
        ("contour-next-gen", "1a79:7900", 0x01, 2),
    ];
    let waiting = silent.map(|(slug, id, endpoint, packets)| {
        let port = port(slug, Some("000-1234567"), 40, |meter| Odd::of(meter, endpoint, packets, Oddity::Waits));
        let read = thread::spawn(move || read(slug, id, endpoint, packets));
        (read, port)
    });
    for (read, port) in waiting {
        let outcome = read.join().unwrap();
        assert_lost(&outcome, 40);
        assert!(outcome.message.contains("[E-LINK-3]"), "{}", outcome.message);
        unplug(port);
    }
    for (slug, id, ..) in silent {
        still_reads(slug, id);
    }
}

/// The kernel asks a drive some questions first; these have been answered by then.
#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_drive_that_never_answers_ends_the_read() {
    let _case = case("silence: SCSI");
    let meter = plug("onetouch-verio", 20, &["--fault", "stall@9000"]);
    let outcome = read("onetouch-verio", "2766:0000", 0x81, 140);
    assert_lost(&outcome, 20);
    assert!(outcome.message.contains("[E-LINK-3]"), "{}", outcome.message);
    meter.unplug();
    still_reads("onetouch-verio", "2766:0000");
}
