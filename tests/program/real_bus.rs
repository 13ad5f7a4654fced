//! The real bus from end to end: a port appears, is announced, opened and read over the kernel's own terminal layer,
//! and its departure is announced. The meter at its other end is simulated.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use glucodock::domain::meter::Access;
use glucodock::host::bus::{BusEvent, MeterBus as _};
use glucodock::host::pty::Pty;
use glucodock::host::pty::link_path::LinkPath;
use glucodock::host::pty::serve::PtyServer;
use glucodock::host::real_bus::RealBus;
use glucodock::meters::catalogue::Catalogue;
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::link::LinkError;
use glucodock::meters::simulator::fault::FaultyWire;
use glucodock::meters::simulator::onetouch_ultra2::{SimulatedUltra2, Ultra2Faults};
use glucodock::meters::simulator::readings::ReadingSet;
use jiff::Zoned;
use jiff::civil::date;
use tokio::sync::mpsc::unbounded_channel;

#[test]
fn a_named_port_is_announced_read_and_missed() {
    let folder = tempfile::tempdir().unwrap();
    let port = folder.path().join("ttyMETER");
    let (sender, mut events) = unbounded_channel();
    let bus = RealBus::start(Catalogue::embedded(), vec![port.clone()], Arc::default(), sender).unwrap();

    let pty = Pty::open().unwrap();
    let now = date(2026, 7, 14).at(12, 0, 0, 0);
    let memory = ReadingSet::seeded(25, 1, now);
    let clock = Box::new(move || now);
    let stop = Arc::new(AtomicBool::new(false));
    let asked_to_stop = Arc::clone(&stop);
    let plug = LinkPath::make(&port, pty.path()).unwrap();
    let desk = thread::spawn(move || {
        let mut meter = SimulatedUltra2::new("000ABC77Y", memory, clock, Ultra2Faults::default(), None).unwrap();
        PtyServer::new(pty, plug, &mut meter, FaultyWire::new(None), None).serve(&asked_to_stop)
    });

    // Other meters may be at the machine that runs this test.
    let attachment = loop {
        bus.look_now();
        let Some(BusEvent::Arrived(attachment)) = events.blocking_recv() else { continue };
        if attachment.name.as_str() == "serial port ttyMETER" {
            break attachment;
        }
    };
    assert!(attachment.access == Access::Open && attachment.must_be_named());
    assert!(matches!(bus.open(attachment.id, None).err(), Some(LinkError::Unsupported { .. })));

    let mut open = bus.open(attachment.id, Some("onetouch-ultra2")).ok().unwrap();
    let mut report = |_| {};
    let mut conversation = Conversation::new(open.link.as_mut(), Cancel::default(), &mut report, &Zoned::now);
    let download = open.driver.read(&mut conversation, &open.sold_as).unwrap();
    drop(open);
    assert!(download.is_complete(), "{:?}", download.completeness);
    assert_eq!((download.readings.len(), download.meter.serial.expose().as_str()), (25, "000ABC77Y"));

    stop.store(true, Ordering::Release);
    desk.join().unwrap().unwrap();
    bus.look_now();
    while events.blocking_recv().unwrap() != BusEvent::Left(attachment.id) {}
    assert_eq!(bus.open(attachment.id, Some("onetouch-ultra2")).err(), Some(LinkError::Gone));
}
