//! Conversations with the simulated meters of the shelf: every meter of the catalogue, so that a new family is here as
//! soon as it is there.

use jiff::civil::{DateTime, date};

use super::played::{Event, Recorder};
use crate::domain::download::Download;
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::Kind;
use crate::meters::catalogue::{Catalogue, LinkKind, Meter};
use crate::meters::conversation::{Cancel, Conversation};
use crate::meters::drivers::Driver;
use crate::meters::error::MeterError;
use crate::meters::link::Link;
use crate::meters::simulator::SimulatedMeter;
use crate::meters::simulator::memory_link::MemoryLink;
use crate::meters::simulator::readings::{ReadingSet, SimulatedReading};
use crate::meters::simulator::shelf;
use crate::meters::simulator::wanted::Wanted;

/// What a simulated meter of a conversation is to be like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// How many readings it holds.
    pub(crate) readings: usize,
    /// Whether its display shows mmol/L.
    pub(crate) shows_mmol: bool,
    /// Whether one of the readings is a ketone, in a family that measures it.
    pub(crate) has_ketone: bool,
}

/// The newest reading and the clock of every simulated meter.
pub(crate) const NEWEST: DateTime = date(2026, 7, 14).at(8, 30, 12, 0);

/// The meters that this driver reads.
pub(crate) fn meters(driver: &str) -> impl Iterator<Item = &'static Meter> {
    Catalogue::embedded().by_driver(driver)
}

/// A simulated meter; `None` if the family cannot be like this.
#[must_use]
pub(crate) fn simulated(meter: &Meter, memory: Memory) -> Option<Box<dyn SimulatedMeter>> {
    let mut set = ReadingSet::seeded(memory.readings, 3, NEWEST);
    if let (true, Some(newest)) = (memory.has_ketone, set.readings.last_mut()) {
        let measured = Measured::Value(Concentration::new(15, 1, Unit::MmolPerL));
        *newest = SimulatedReading { measured, kind: Kind::Ketone, ..newest.clone() };
    }
    let wanted = |slug: &str| Wanted { shows_mmol: memory.shows_mmol, ..Wanted::new(slug, set.clone(), || NEWEST) };
    shelf::make(&meter.driver, wanted(&meter.slug)).ok()
}

/// Reads over `link`, at half past eight in summer.
///
/// # Errors
/// What the driver says.
pub(crate) fn read(driver: &dyn Driver, link: &mut dyn Link, sold_as: &str) -> Result<Download, MeterError> {
    let now = || NEWEST.in_tz("Europe/Berlin").unwrap_or_else(|error| panic!("{error}"));
    let mut report = |_| {};
    driver.read(&mut Conversation::new(link, Cancel::default(), &mut report, &now), &sold_as.into())
}

/// What comes from a meter while it is read, and what becomes of it. The files of a drive come as path, content, path,
/// content.
#[must_use]
pub(crate) fn recorded(driver: &dyn Driver, meter: &Meter, memory: Memory) -> Option<(Vec<Event>, Download)> {
    let simulated = simulated(meter, memory)?;
    let files = simulated.drive();
    let mut link = Recorder::new(MemoryLink::new(simulated, None));
    if meter.link == LinkKind::Folder {
        let download = read(driver, &mut MemoryLink::new(self::simulated(meter, memory)?, None), "a meter").ok()?;
        let events = files?.into_iter().flat_map(|file| [file.path.into_bytes(), file.bytes].map(Event::Transfer));
        return Some((events.collect(), download));
    }
    let download = read(driver, &mut link, meter.name().as_str()).ok()?;
    Some((link.events, download))
}
