use std::time::Duration;

use jiff::{SignedDuration, Zoned};
use rstest::rstest;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::domain::download::Download;
use crate::domain::reading::Kind;
use crate::host::clock::VirtualClock;
use crate::meters::conversation::{Cancel, Conversation};

struct Bench {
    bus: SimulatedBus,
    clock: Arc<VirtualClock>,
    events: UnboundedReceiver<BusEvent>,
}

fn bench() -> Bench {
    let clock = Arc::new(VirtualClock::new("2026-07-14T12:00:00+02:00[Europe/Berlin]".parse().unwrap()));
    let (sender, events) = unbounded_channel();
    let shared: Arc<dyn Clock> = Arc::<VirtualClock>::clone(&clock);
    let bus = SimulatedBus::new(Catalogue::embedded(), shared, Arc::default(), sender);
    Bench { bus, clock, events }
}

impl Bench {
    fn plug(&self, line: &str) -> AttachmentId {
        self.bus.plug(line.parse().unwrap()).unwrap()
    }

    fn arrived(&mut self) -> Attachment {
        let Ok(BusEvent::Arrived(attachment)) = self.events.try_recv() else { panic!("no arrival") };
        attachment
    }

    /// Opens and reads, as the engine does.
    fn read(&self, id: AttachmentId, driver: Option<&str>) -> Download {
        let mut open = self.bus.open(id, driver).ok().unwrap();
        let now = || -> Zoned { self.clock.now() };
        let mut report = |_| {};
        let mut conversation = Conversation::new(open.link.as_mut(), Cancel::default(), &mut report, &now);
        open.driver.read(&mut conversation, &open.sold_as).unwrap()
    }
}

fn spec(line: &str) -> SimulatedMeterSpec {
    line.parse().unwrap()
}

/// Neither has a serial number: what each holds is its own, beside the other and when it is plugged in again.
#[test]
fn two_meters_without_a_serial_number_keep_their_own_readings() {
    let bench = bench();
    let values = |download: &Download| -> Vec<_> {
        download.readings.iter().map(|reading| (reading.time, reading.measured)).collect()
    };
    let plug = |socket, settings| bench.plug(&format!("sd-codefree cable=10c4:ea60@{socket} {settings}"));
    let (one, other) = (plug("1-1", "readings=5 seed=1"), plug("1-2", "readings=9 seed=2"));
    let twin = plug("1-3", "readings=7 seed=1");
    let read = |id| bench.read(id, Some("sd-codefree"));
    let (of_one, of_other, of_twin) = (read(one), read(other), read(twin));
    assert_eq!([&of_one, &of_other, &of_twin].map(|download| download.readings.len()), [5, 9, 7]);
    assert_eq!(values(&read(one)), values(&of_one));
    assert_eq!(bench.bus.find(&spec("sd-codefree")), [one, other, twin]);
    assert_eq!(bench.bus.find(&spec("sd-codefree cable=10c4:ea60@1-2")), [other]);
    assert!(bench.bus.unplug(other) && bench.bus.unplug(one));
    bench.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(values(&read(plug("1-1", "readings=9 seed=2"))), values(&of_other), "in another socket");
    assert_eq!(values(&read(twin)), values(&of_twin));
}

/// A meter that cannot mark a control test would give it as a patient's blood: it has none.
#[test]
fn a_meter_that_tells_no_control_tests_has_none() {
    let bench = bench();
    for meter in Catalogue::embedded().meters() {
        let seen = bench.bus.plug(spec(&format!("{} control-only readings=3", meter.slug)));
        assert_eq!(seen.is_ok(), meter.tells.control, "{}", meter.slug);
        bench.plug(&format!("{} readings=150 seed=7", meter.slug));
        let held = bench.bus.meters().kept.last().unwrap().memory.readings.clone();
        let controls = held.readings.iter().filter(|reading| reading.kind == Kind::Control).count();
        assert_eq!(controls > 0, meter.tells.control, "{}: {controls}", meter.slug);
    }
}

const ULTRA: Option<&str> = Some("onetouch-ultra2");

#[test]
fn a_simulated_meter_is_announced_like_a_real_one() {
    let mut bench = bench();
    let guide_link = bench.plug("accu-chek-guide-link");
    let attachment = bench.arrived();
    assert_eq!(
        (attachment.id, attachment.access.clone(), attachment.must_be_named()),
        (guide_link, Access::Unsupported, false)
    );

    let ultra = bench.plug("onetouch-ultra2");
    let attachment = bench.arrived();
    assert_eq!((attachment.id, attachment.access.clone(), attachment.must_be_named()), (ultra, Access::Open, true));
    assert_eq!(attachment.name.as_str(), "USB serial cable (FTDI)");
    assert_eq!(attachment.connection.as_str(), "simulated");
    assert_eq!(attachment.cable.unwrap().as_str(), "0403:6001@simulated");
    assert_eq!(bench.bus.find(&spec("onetouch-ultra2")), [ultra]);
    assert_eq!(bench.bus.find(&spec("onetouch-ultra2 serial=000")), []);

    let nexus = bench.plug("glucorx-nexus");
    let attachment = bench.arrived();
    assert!(attachment.must_be_named() && attachment.access == Access::Open);
    assert_eq!(attachment.name.as_str(), "HID bridge (CP2110)");
    assert!(bench.bus.open(nexus, None).is_err() && bench.bus.open(nexus, ULTRA).is_err());
    assert_eq!(bench.bus.open(nexus, Some("taidoc")).unwrap().sold_as.as_str(), "GlucoRx Nexus");
    assert!(bench.bus.unplug(nexus));
    assert_eq!(bench.events.try_recv(), Ok(BusEvent::Left(nexus)));

    assert!(bench.bus.unplug(ultra));
    assert_eq!(bench.events.try_recv(), Ok(BusEvent::Left(ultra)));
    assert!(!bench.bus.unplug(ultra));
    assert!(bench.events.try_recv().is_err());
    assert_eq!(bench.bus.plugged(), [(guide_link, "accu-chek-guide-link".to_owned())]);
}

#[test]
fn two_meters_may_hang_on_one_cable_or_on_two() {
    let mut bench = bench();
    let mut key = |line: &str| {
        bench.plug(line);
        let attachment = bench.arrived();
        (attachment.name.to_string(), attachment.cable.unwrap().to_string())
    };
    let prolific = |key: &str| ("USB serial cable (Prolific)".to_owned(), key.to_owned());
    assert_eq!(key("onetouch-ultra2 cable=067b:2303@1-2"), prolific("067b:2303@1-2"));
    assert_eq!(key("glucocard-expression cable=067b:2303@1-2"), prolific("067b:2303@1-2"));
    assert_eq!(key("onetouch-ultra2 cable=067b:2303@1-3"), prolific("067b:2303@1-3"));
}

/// What a meter cannot hold is refused before it is plugged in, and not made to fit without a word.
#[rstest]
#[case("accu-chek-guide readings=721", "Accu-Chek Guide holds at most 720 readings")]
#[case("onetouch-ultra2 readings=501", "OneTouch Ultra 2 holds at most 500 readings")]
#[case("accu-chek-guide clock-offset=-1000000000", "the year 1994 cannot be in it")]
#[case("accu-chek-guide clock-offset=2400000000", "the year 2102 cannot be in it")]
#[case("accu-chek-guide clock-offset=9223372036854775807", "the year 9999 cannot be in it")]
#[case("accu-chek-guide clock-offset=-9223372036854775808", "the year -9999 cannot be in it")]
fn what_a_meter_cannot_hold_is_refused(#[case] line: &str, #[case] says: &str) {
    let bench = bench();
    let spec = spec(line);
    for refused in [bench.bus.check(&spec), bench.bus.plug(spec.clone()).map(drop)] {
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(says), "{refused}");
    }
    assert_eq!(bench.bus.plugged(), []);
}

#[rstest]
#[case("accu-chek-guide readings=720", None, 720)]
#[case("accu-chek-mobile readings=720", None, 720)]
#[case("smart-pix readings=720", None, 720)]
#[case("accu-chek-guide-me readings=1", None, 1)]
#[case("accu-chek-instant readings=33", None, 33)]
#[case("accu-chek-aviva-connect readings=750", None, 750)]
#[case("relion-platinum readings=0", None, 0)]
#[case("glucorx-nexus readings=30", Some("taidoc"), 30)]
#[case("onetouch-ultra2 readings=30", ULTRA, 30)]
#[case("onetouch-ultra2 readings=0", ULTRA, 0)]
#[case("onetouch-ultra2 readings=500", ULTRA, 500)]
fn a_simulated_meter_is_read_to_its_end(#[case] line: &str, #[case] driver: Option<&str>, #[case] count: usize) {
    let bench = bench();
    let id = bench.plug(line);
    let download = bench.read(id, driver);
    assert!(download.is_complete(), "{:?}", download.completeness);
    assert_eq!(download.readings.len(), count);
    // The newest was measured 37 minutes before the plug.
    let newest = download.readings.last().and_then(|reading| reading.time);
    assert!(newest.is_none_or(|newest| newest.to_string().starts_with("2026-07-14T11:23")), "{newest:?}");
}

#[test]
fn the_description_is_what_is_read() {
    let bench = bench();
    let id = bench.plug("onetouch-ultra2 serial=000ABC77Y readings=20 clock-offset=-3600 control-only");
    let download = bench.read(id, ULTRA);
    assert_eq!(download.meter.serial.expose().as_str(), "000ABC77Y");
    assert_eq!(download.clock.as_ref().unwrap().offset_seconds(), -3600);
    assert_eq!((download.counts().control, download.counts().blood), (20, 0));
}

#[test]
fn an_accu_chek_meter_is_what_its_plug_said() {
    let mut bench = bench();
    // A Smart Pix is not the meter that it has read.
    let meters = Catalogue::embedded().by_family(Family::AccuChek).filter(|meter| meter.slug != "smart-pix");
    for meter in meters {
        let id = bench.plug(&format!("{} readings=20 clock-offset=180", meter.slug));
        let attachment = bench.arrived();
        assert!(!attachment.must_be_named() && attachment.access == Access::Open);
        assert_eq!(attachment.name, meter.name());
        let download = bench.read(id, None);
        assert!(download.meter.model.as_str().starts_with(meter.name().as_str()), "{}", download.meter.model);
        assert!(download.meter.is_identifiable() && download.meter.serial.expose().as_str().starts_with("000"));
        assert_eq!(download.clock.unwrap().offset_seconds().unsigned_abs().abs_diff(180) / 60, 0);
    }
}

#[test]
fn a_changed_battery_leaves_the_clock_far_behind() {
    let bench = bench();
    let id = bench.plug("accu-chek-guide serial=92500000042 readings=30 reset-clock");
    let download = bench.read(id, None);
    assert_eq!(download.meter.serial.expose().as_str(), "92500000042");
    assert_eq!(download.clock.as_ref().unwrap().meter, jiff::civil::date(2016, 1, 2).at(2, 0, 0, 0));
    assert!(download.is_complete());
}

#[rstest]
#[case("fault=stall@300")]
#[case("fault=unplug@300")]
#[case("fault=count-high@2")]
fn a_fault_strikes_at_every_reading_of_the_plug(#[case] fault: &str) {
    let bench = bench();
    let faulty = bench.plug(&format!("onetouch-ultra2 readings=30 {fault}"));
    for _ in 0..2 {
        assert!(!bench.read(faulty, ULTRA).is_complete());
    }
    bench.bus.unplug(faulty);
    let sound = bench.plug("onetouch-ultra2 readings=30");
    assert!(bench.read(sound, ULTRA).is_complete());
}

/// The driver asks again for what came damaged, so the result may be whole; then it is right.
#[test]
fn a_lost_byte_changes_no_reading() {
    let bench = bench();
    let damaged = bench.plug("onetouch-ultra2 readings=30 fault=drop@300");
    let first = bench.read(damaged, ULTRA);
    bench.bus.unplug(damaged);
    let sound = bench.plug("onetouch-ultra2 readings=30");
    let second = bench.read(sound, ULTRA);
    assert!(!first.is_complete() || first.readings == second.readings);
    assert_ne!(first.transcript, second.transcript);
}

#[test]
fn a_meter_keeps_its_readings_between_two_plugs_and_measures_on() {
    let bench = bench();
    let first = bench.plug("onetouch-ultra2 readings=30");
    let before = bench.read(first, ULTRA).readings;
    bench.bus.unplug(first);
    bench.clock.advance(SignedDuration::from_hours(24 * 14));

    let second = bench.plug("onetouch-ultra2 readings=30");
    let again = bench.read(second, ULTRA).readings;
    assert_ne!(first, second);
    assert_eq!(again, before);
    bench.bus.unplug(second);

    let third = bench.plug("onetouch-ultra2 readings=40");
    let after = bench.read(third, ULTRA).readings;
    let old = |readings: &[crate::domain::reading::Reading]| {
        readings.iter().take(30).map(|reading| (reading.time, reading.measured)).collect::<Vec<_>>()
    };
    assert_eq!((after.len(), old(&after)), (40, old(&before)));
}

#[test]
fn pulling_the_cable_ends_the_reading_under_way() {
    let bench = bench();
    let id = bench.plug("onetouch-ultra2");
    let mut open = bench.bus.open(id, ULTRA).ok().unwrap();
    assert_eq!(open.link.receive(Duration::ZERO), Err(LinkError::TimedOut));
    bench.bus.unplug(id);
    assert_eq!(open.link.receive(Duration::ZERO), Err(LinkError::Gone));
    assert_eq!(open.link.send(&[1], Duration::ZERO), Err(LinkError::Gone));
    assert_eq!(bench.bus.open(id, ULTRA).err(), Some(LinkError::Gone));
}

#[test]
fn one_reading_at_a_time() {
    let bench = bench();
    let id = bench.plug("onetouch-ultra2");
    let open = bench.bus.open(id, ULTRA).ok().unwrap();
    assert!(matches!(bench.bus.open(id, ULTRA).err(), Some(LinkError::Busy { .. })));
    drop(open);
    assert!(bench.bus.open(id, ULTRA).is_ok());
}

#[test]
fn what_may_not_be_opened_is_not() {
    let bench = bench();
    let denied = bench.plug("onetouch-ultra2 access=denied");
    let busy = bench.plug("onetouch-ultra2 access=busy");
    let cable = bench.plug("onetouch-ultra2");
    let unreadable = bench.plug("accu-chek-guide-link");
    assert!(matches!(bench.bus.open(denied, ULTRA).err(), Some(LinkError::Denied { .. })));
    assert!(matches!(bench.bus.open(busy, ULTRA).err(), Some(LinkError::Busy { .. })));
    assert!(matches!(bench.bus.open(cable, None).err(), Some(LinkError::Unsupported { .. })));
    assert!(matches!(bench.bus.open(unreadable, None).err(), Some(LinkError::Unsupported { .. })));
}

#[test]
fn an_impossible_meter_is_not_plugged() {
    let mut bench = bench();
    let wrong_serial: SimulatedMeterSpec = "onetouch-ultra2 serial=A-1".parse().unwrap();
    assert!(matches!(bench.bus.plug(wrong_serial), Err(SpecError::Impossible { .. })));
    for line in ["glucomen-areo cable=0403:6001:000CAB1", "accu-chek-guide cable=0403:6001:000CAB1"] {
        let wrong_cable: SimulatedMeterSpec = line.parse().unwrap();
        assert!(matches!(bench.bus.plug(wrong_cable), Err(SpecError::Impossible { .. })), "{line}");
    }
    assert!(matches!(bench.bus.plug(SimulatedMeterSpec::new("none")), Err(SpecError::UnknownModel { .. })));
    assert!(bench.events.try_recv().is_err());
    assert!(bench.bus.plugged().is_empty());
}

#[test]
fn of_two_buses_the_one_that_knows_the_plug_answers() {
    let ids = Arc::<AttachmentIds>::default();
    let (sender, _events) = unbounded_channel();
    let clock: Arc<dyn Clock> = Arc::new(crate::host::clock::SystemClock);
    let make = || {
        let catalogue = Catalogue::embedded();
        Arc::new(SimulatedBus::new(catalogue, Arc::clone(&clock), Arc::clone(&ids), sender.clone()))
    };
    let (first, second) = (make(), make());
    let plug = |bus: &SimulatedBus| bus.plug(SimulatedMeterSpec::new("onetouch-ultra2")).unwrap();
    let (on_first, on_second) = (plug(&first), plug(&second));
    assert_ne!(on_first, on_second);
    let both = BothBuses::new(first, second);
    assert!(both.open(on_first, ULTRA).is_ok());
    assert!(both.open(on_second, ULTRA).is_ok());
    assert_eq!(both.open(AttachmentId(99), ULTRA).err(), Some(LinkError::Gone));
}
