//! The watch and the links from inside: how soon a meter is noticed, two meters, and what real controllers do first.

use std::sync::Arc;
use std::time::{Duration, Instant};

use glucodock::domain::meter::AttachmentId;
use glucodock::host::bus::{BusEvent, MeterBus as _};
use glucodock::host::real_bus::RealBus;
use glucodock::meters::catalogue::Catalogue;
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::link::LinkError;
use jiff::Zoned;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::support::{assert_all, case, glucodock, plug, port, unplug, until, within_a_second};

fn bus() -> (RealBus, UnboundedReceiver<BusEvent>) {
    let (sender, events) = unbounded_channel();
    (RealBus::start(Catalogue::embedded(), Vec::new(), Arc::default(), sender).unwrap(), events)
}

fn arrival(events: &mut UnboundedReceiver<BusEvent>) -> AttachmentId {
    loop {
        if let BusEvent::Arrived(attachment) = events.blocking_recv().unwrap() {
            return attachment.id;
        }
    }
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_meter_is_noticed_within_a_second() {
    let _case = case("watch: plug and unplug noticed within a second, 5 times");
    let (_bus, mut events) = bus();
    let (mut slowest_arrival, mut slowest_departure) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..5 {
        let port = port("accu-chek-guide", Some("00092500001"), 3, |meter| meter);
        let begun = Instant::now();
        let id = arrival(&mut events);
        slowest_arrival = slowest_arrival.max(begun.elapsed());
        let folder = port.folder().unwrap();
        let begun = Instant::now();
        port.unplug().unwrap();
        while events.blocking_recv().unwrap() != BusEvent::Left(id) {}
        slowest_departure = slowest_departure.max(begun.elapsed());
        until("the departure", || !folder.exists());
    }
    within_a_second("plug: configured by the kernel to noticed by the watch, slowest of 5", slowest_arrival);
    within_a_second("unplug: cable pulled to noticed by the watch, slowest of 5", slowest_departure);
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn two_meters_are_kept_apart() {
    let _case = case("two meters: of two models, and two of one model");
    let guide = plug("accu-chek-guide", 12, &[]);
    let instant = plug("accu-chek-instant", 17, &[]);
    let both = glucodock(&["read", "--auto"]);
    assert_eq!(both.exit, 2, "{both:?}");
    assert_all(&glucodock(&["read", "--usb", "173a:21d5"]), 12);
    assert_all(&glucodock(&["read", "--usb", "173a:21d7"]), 17);
    guide.unplug();
    instant.unplug();

    let (bus, mut events) = bus();
    let mut serials = Vec::new();
    let guide = |serial| port("accu-chek-guide", Some(serial), 3, |meter| meter);
    let ports = [guide("00092500001"), guide("00092500002")];
    for _ in &ports {
        let mut open = bus.open(arrival(&mut events), None).ok().unwrap();
        let mut report = |_| {};
        let mut conversation = Conversation::new(open.link.as_mut(), Cancel::default(), &mut report, &Zoned::now);
        let download = open.driver.read(&mut conversation, &open.sold_as).unwrap();
        assert!(download.is_complete());
        serials.push(download.meter.serial.expose().as_str().to_owned());
    }
    serials.sort();
    assert_eq!(serials, ["00092500001", "00092500002"]);
    let folders: Vec<_> = ports.iter().map(|port| port.folder().unwrap()).collect();
    drop(ports);
    until("the departure", || folders.iter().all(|folder| !folder.exists()));
}

#[test]
#[ignore = "needs the USB guest: tests/usb-vm/run"]
fn a_transfer_error_before_the_unplug_is_a_lost_meter() {
    let _case = case("EPROTO before the disconnection, as real controllers report it");
    let (bus, mut events) = bus();
    let mut port = port("accu-chek-guide", Some("00092500001"), 3, |meter| meter);
    let id = arrival(&mut events);
    let mut open = bus.open(id, None).ok().unwrap();
    // The first offer to talk.
    assert!(!open.link.receive(Duration::from_mins(1)).unwrap().is_empty());
    let reader = std::thread::spawn(move || (open.link.receive(Duration::from_mins(1)), open));
    until("the transfer", || port.fail(0x81, -71).unwrap());
    let (result, mut open) = reader.join().unwrap();
    assert_eq!(result, Err(LinkError::Gone));
    unplug(port);
    assert_eq!(open.link.receive(Duration::from_millis(100)), Err(LinkError::Gone));
    assert_eq!(open.link.send(&[1, 2, 3], Duration::from_millis(100)), Err(LinkError::Gone));
}
