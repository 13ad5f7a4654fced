//! Every meter of the catalogue, taken from the shelf as scripts and `glucodock simulate` do.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use glucodock::domain::reading::Kind;
use glucodock::meters::catalogue::{Catalogue, LinkKind, Meter};
use glucodock::meters::conversation::{Cancel, Conversation, Progress};
use glucodock::meters::drivers;
use glucodock::meters::simulator::fault::{Fault, FaultKind};
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::ReadingSet;
use glucodock::meters::simulator::rehearsal::place_behind_reading;
use glucodock::meters::simulator::shelf;
use glucodock::meters::simulator::wanted::Wanted;
use jiff::SignedDuration;

use super::bench::{Shared, last, now, read_link, wanted};

#[test]
fn every_meter_of_the_catalogue_is_read_from_the_shelf() {
    for meter in Catalogue::embedded().meters().iter().filter(|meter| meter.link != LinkKind::Folder) {
        let mut memory = ReadingSet::seeded(10, 3, last());
        // A meter that cannot tell control tests keeps none.
        memory.readings.retain(|reading| reading.kind == Kind::Blood);
        let stored = memory.readings.len();
        let mut link = MemoryLink::new(shelf::make(&meter.driver, wanted(&meter.slug, memory)).unwrap(), None);
        let driver = drivers::by_name(&meter.driver).unwrap();
        let download = read_link(driver, &mut link, meter.name().as_str()).unwrap();
        assert!(download.is_complete(), "{}: {:?}", meter.slug, download.completeness);
        assert_eq!(download.readings.len(), stored, "{}", meter.slug);
        let serial = download.meter.serial.expose().as_str();
        assert!(serial.is_empty() || serial.contains("000"), "{}: no made-up serial number", meter.slug);
    }
}

/// A meter that is left plugged in, as `glucodock simulate` leaves it: whenever it is read, it tells its
/// clock as it is then.
#[test]
fn a_meters_clock_goes_on_while_it_is_plugged_in() {
    let mut told = 0;
    for meter in Catalogue::embedded().meters().iter().filter(|meter| meter.link != LinkKind::Folder) {
        let mut memory = ReadingSet::seeded(10, 3, last());
        memory.readings.retain(|reading| reading.kind == Kind::Blood);
        let start = last().saturating_add(SignedDuration::from_mins(37));
        let minutes = Arc::new(AtomicI64::new(0));
        let passed = Arc::clone(&minutes);
        let clock = move || start.saturating_add(SignedDuration::from_mins(passed.load(Ordering::Acquire)));
        let wanted = Wanted { clock: Box::new(clock), ..wanted(&meter.slug, memory) };
        let made = Arc::new(Mutex::new(shelf::make(&meter.driver, wanted).unwrap()));
        let driver = drivers::by_name(&meter.driver).unwrap();
        let read = || {
            let mut link = MemoryLink::new(Box::new(Shared(Arc::clone(&made))), None);
            let download = read_link(driver, &mut link, meter.name().as_str()).unwrap();
            download.clock.map(|clock| clock.meter)
        };
        let Some(first) = read() else { continue };
        minutes.store(95, Ordering::Release);
        let second = read().unwrap();
        let gone = second.duration_since(first);
        assert_eq!(gone, SignedDuration::from_mins(95), "{}: from {first} to {second}", meter.slug);
        told += 1;
    }
    assert!(told > 30, "only {told} meters told their clock");
}

/// What came of a meter whose cable is pulled at this byte: so many readings by what the driver told of its progress,
/// and so many in what it gave.
fn come_until(meter: &Meter, memory: &ReadingSet, at: u64) -> (u32, usize) {
    let made = shelf::make(&meter.driver, wanted(&meter.slug, memory.clone())).unwrap();
    let mut link = MemoryLink::new(made, Some(Fault { kind: FaultKind::Unplug, at }));
    let mut come = 0;
    let mut report = |progress: Progress| come = come.max(progress.done);
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &now);
    let read = drivers::by_name(&meter.driver).unwrap().read(&mut conversation, &meter.name());
    let kept = read.map_or(0, |download| {
        assert!(!download.is_complete(), "{}: nothing was cut at byte {at}", meter.slug);
        download.readings.len()
    });
    (come, kept)
}

/// Drivers of meters that send more than one reading in a message or a report.
const IN_MESSAGES: [&str; 5] = ["accu-chek-usb", "caresens", "freestyle-libre", "glucomen-areo", "true-metrix"];

/// Drivers that keep nothing of a list or a group whose check at the end did not come, whatever came of it.
const PROVED_AS_A_WHOLE: [&str; 7] = [
    "caresens",
    "freestyle-insulinx",
    "freestyle-libre",
    "freestyle-lite",
    "freestyle-neo",
    "freestyle-optium",
    "true-metrix",
];

/// `unplug-reading@N` pulls the cable when N readings have come: no sooner, whatever the meter says before them (an
/// average of all of them, or how many there are), and no later. A meter that sends several in one message has no such
/// place for each N, and says so.
#[test]
fn the_cable_is_pulled_behind_exactly_so_many_readings() {
    let (mut told, mut in_messages) = (0, BTreeSet::new());
    for meter in Catalogue::embedded().meters() {
        if !shelf::faults(meter).iter().any(|told| told.name == FaultKind::UnplugReading.name()) {
            continue;
        }
        let mut memory = ReadingSet::seeded(24, 3, last());
        memory.readings.retain(|reading| reading.kind == Kind::Blood);
        let make = |memory| shelf::make(&meter.driver, wanted(&meter.slug, memory));
        for number in [1, 2, 7, 20] {
            let place = place_behind_reading(meter, &memory, number, &make);
            let at = match place {
                Ok(at) => at,
                Err(reason) => {
                    let is_said = reason.to_string().contains("as one: the cable can be pulled behind reading");
                    assert!(is_said, "{}: {reason}", meter.slug);
                    in_messages.insert(meter.driver.as_str());
                    continue;
                }
            };
            let (come, kept) = come_until(meter, &memory, at);
            let is_proved_as_a_whole = PROVED_AS_A_WHOLE.contains(&meter.driver.as_str());
            let counted = if is_proved_as_a_whole { u64::from(come) } else { kept as u64 };
            assert_eq!(counted, number, "{}: of them {kept} are kept", meter.slug);
            told += 1;
        }
    }
    assert!(told > 100, "only {told}");
    assert_eq!(in_messages, BTreeSet::from(IN_MESSAGES));
}
