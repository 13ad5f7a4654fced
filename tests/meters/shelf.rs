//! Every meter of the catalogue, taken from the shelf as scripts and `glucodock simulate` do.

use glucodock::meters::catalogue::{Catalogue, LinkKind};
use glucodock::meters::drivers;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::ReadingSet;
use glucodock::meters::simulator::shelf::{self, Wanted};
use jiff::civil::date;

use super::fault_sweep::read;

#[test]
fn every_meter_of_the_catalogue_is_read_from_the_shelf() {
    let last = date(2026, 7, 14).at(8, 30, 12, 0);
    for meter in Catalogue::embedded().unwrap().meters().iter().filter(|meter| meter.link != LinkKind::Folder) {
        let wanted = Wanted {
            slug: meter.slug.clone(),
            serial: None,
            memory: ReadingSet::seeded(10, 3, last),
            clock: Box::new(move || last),
            fault: None,
            shows_mmol: false,
            clock_was_adjusted: false,
        };
        let mut link = MemoryLink::new(shelf::make(&meter.driver, wanted).unwrap(), None);
        let driver = drivers::by_name(&meter.driver).unwrap();
        let download = read(driver, &mut link, meter.name().as_str()).unwrap();
        assert!(download.is_complete(), "{}: {:?}", meter.slug, download.completeness);
        assert_eq!(download.readings.len(), 10, "{}", meter.slug);
        assert!(download.meter.serial.expose().as_str().contains("000"), "{}: no made-up serial number", meter.slug);
    }
}
