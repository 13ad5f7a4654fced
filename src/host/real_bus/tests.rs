use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::domain::meter::{Access, Attachment};
use crate::host::location::UsbLocation;
use crate::host::watch::{Lister, Sighting};

/// What is plugged in, changed by the test.
#[derive(Clone, Default)]
struct FakeLister(Arc<Mutex<Vec<Sighting>>>);

impl Lister for FakeLister {
    fn list(&mut self) -> Vec<Sighting> {
        self.0.lock().unwrap().clone()
    }
}

struct EmptyLink;

impl Link for EmptyLink {
    fn send(&mut self, _bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        Ok(())
    }

    fn receive(&mut self, _wait: Duration) -> Result<Vec<u8>, LinkError> {
        Err(LinkError::TimedOut)
    }
}

/// Opens anything but serial ports, and notes what and over which link.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<PortLocation>>>, Arc<Mutex<Vec<LinkKind>>>);

impl Opener for Notes {
    fn open(&self, place: &PortLocation, kind: LinkKind) -> Result<Box<dyn Link>, LinkError> {
        self.0.lock().unwrap().push(place.clone());
        self.1.lock().unwrap().push(kind);
        Ok(Box::new(EmptyLink))
    }
}

fn seen(usb: &str) -> Sighting {
    let id = usb.parse().unwrap();
    let known = Catalogue::embedded().by_usb(id).unwrap();
    let place = PortLocation::Usb(UsbLocation { bus: 1, address: 4, id });
    Sighting { place, what: What::Known(known), access: Access::Open, cable: None }
}

struct Bench {
    plugs: FakeLister,
    notes: Notes,
    bus: RealBus,
    events: UnboundedReceiver<BusEvent>,
}

fn bench(plugged: Vec<Sighting>) -> Bench {
    let plugs = FakeLister(Arc::new(Mutex::new(plugged)));
    let notes = Notes::default();
    let (sender, events) = unbounded_channel();
    let catalogue = Catalogue::embedded();
    let lister = Box::new(plugs.clone());
    let watch = Watch::start(lister, Arc::default(), sender, PERIOD, Noticing::Polling).unwrap();
    let bus = RealBus { catalogue, watch, opener: Box::new(notes.clone()), has_usb: true };
    Bench { plugs, notes, bus, events }
}

impl Bench {
    fn arrived(&mut self) -> Attachment {
        let Some(BusEvent::Arrived(attachment)) = self.events.blocking_recv() else { panic!("no arrival") };
        attachment
    }
}

#[test]
fn behind_a_generic_cable_the_named_driver_is_spoken() {
    let mut bench = bench(vec![seen("0403:6001")]);
    let id = bench.arrived().id;
    let open = bench.bus.open(id, Some("onetouch-ultra2")).ok().unwrap();
    assert_eq!((open.driver.name(), open.sold_as.as_str()), ("onetouch-ultra2", "OneTouch Ultra 2"));
    assert_eq!(*bench.notes.0.lock().unwrap(), [seen("0403:6001").place]);
}

#[test]
fn what_cannot_be_spoken_to_is_not_opened() {
    let mut bench = bench(vec![seen("0403:6001"), seen("173a:21db")]);
    let (cable, unreadable) = (bench.arrived().id, bench.arrived().id);
    for (id, driver) in [(cable, None), (cable, Some("klingon")), (unreadable, Some("onetouch-ultra2"))] {
        let error = bench.bus.open(id, driver).err();
        assert!(matches!(error, Some(LinkError::Unsupported { .. })), "{error:?}");
    }
    assert_eq!(bench.bus.open(AttachmentId(99), None).err(), Some(LinkError::Gone));
    assert!(bench.notes.0.lock().unwrap().is_empty());
}

#[test]
fn only_what_a_new_port_may_answer_is_worth_another_attempt() {
    let what = || "ttyUSB0".to_owned();
    for refusal in [LinkError::Denied { what: what() }, LinkError::Busy { what: what() }, LinkError::Gone] {
        assert!(is_passing(&refusal), "{refusal}");
    }
    let unusable = LinkError::Failed { operation: "opening", reason: "no port".into() };
    for refusal in [unusable, LinkError::TimedOut, LinkError::Unsupported { operation: "serial port" }] {
        assert!(!is_passing(&refusal), "{refusal}");
    }
}

#[test]
fn a_meter_that_left_is_gone() {
    let mut bench = bench(vec![seen("0403:6001")]);
    let id = bench.arrived().id;
    bench.plugs.0.lock().unwrap().clear();
    bench.bus.look_now();
    assert_eq!(bench.events.blocking_recv(), Some(BusEvent::Left(id)));
    assert_eq!(bench.bus.open(id, Some("onetouch-ultra2")).err(), Some(LinkError::Gone));
}

/// While the link lives the meter is ours; the kernel calls that busy. Afterwards busy means somebody else.
#[test]
fn our_own_reading_is_not_told_as_busy() {
    let mut bench = bench(vec![seen("0403:6001")]);
    let id = bench.arrived().id;
    let open = bench.bus.open(id, Some("onetouch-ultra2")).ok().unwrap();
    bench.plugs.0.lock().unwrap()[0].access = Access::Busy;
    bench.plugs.0.lock().unwrap().push(seen("067b:2303"));
    bench.bus.look_now();
    // The second cable is told, the first is not told as changed before it.
    assert_ne!(bench.arrived().id, id);
    drop(open);
    bench.bus.look_now();
    let Some(BusEvent::Changed(changed)) = bench.events.blocking_recv() else { panic!("no change") };
    assert_eq!((changed.id, changed.access), (id, Access::Busy));
}

/// A CP2110 may be in a multimeter: nothing is said to it before somebody says that it is a meter, and then only what a
/// meter behind such a chip understands.
#[test]
fn a_generic_hid_chip_is_opened_only_for_a_meter_that_has_one() {
    let mut bench = bench(vec![seen("10c4:ea80")]);
    let id = bench.arrived().id;
    assert!(bench.bus.open(id, None).is_err());
    assert!(bench.bus.open(id, Some("onetouch-ultra2")).is_err());
    assert!(bench.notes.0.lock().unwrap().is_empty());
    let open = bench.bus.open(id, Some("taidoc")).ok().unwrap();
    assert_eq!((open.driver.name(), open.sold_as.as_str()), ("taidoc", "GlucoRx Nexus"));
    assert_eq!(*bench.notes.1.lock().unwrap(), [LinkKind::UsbHid]);
}
