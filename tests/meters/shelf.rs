//! Every meter of the catalogue, taken from the shelf as scripts and `glucodock simulate` do.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use glucodock::domain::reading::Kind;
use glucodock::meters::catalogue::{Catalogue, LinkKind};
use glucodock::meters::drivers;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::ReadingSet;
use glucodock::meters::simulator::shelf;
use glucodock::meters::simulator::wanted::Wanted;
use jiff::SignedDuration;

use super::bench::{Shared, last, read_link, wanted};

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

/// A meter that is left plugged in, as `glucodock simulate` leaves it: whenever it is read, it tells its clock as it is then.
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
