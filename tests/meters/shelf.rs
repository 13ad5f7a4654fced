//! Every meter of the catalogue, taken from the shelf as scripts and `glucodock simulate` do.

use glucodock::domain::reading::Kind;
use glucodock::meters::catalogue::{Catalogue, LinkKind};
use glucodock::meters::drivers;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::ReadingSet;
use glucodock::meters::simulator::shelf;

use super::bench::{last, read_link, wanted};

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
