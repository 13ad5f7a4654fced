//! Made-up people, meters and readings for training stores, as many as are wanted.
//!
//! Nothing is remembered: person number 7 of a seed is always the same, whoever was made before, so that a store of a
//! million people is made piece by piece and its contents can be told from the seed alone. Names are as common as in
//! life (Zipf's law), because a flat choice would hide what makes people easily confused: most families share their
//! name, some have twins, some have a number that differs from another in two digits that changed places.

mod chance;
mod meters;
mod people;

pub use self::meters::MadeUpMeter;
pub use self::people::MadeUpPerson;

use jiff::Zoned;

use self::chance::Chance;
use self::people::NameTable;

/// What every serial number of a made-up meter begins with: no maker gives such numbers.
pub const SERIAL_PREFIX: &str = "000-";

/// So many people share a twentieth of a million numbers at most; more would need longer ones.
pub const MOST_PEOPLE: u32 = 10_000_000;

/// More readings than any clinic has of meters.
pub const MOST_READINGS: u32 = 100_000_000;

/// A clinic that nobody goes to.
pub struct MadeUpClinic {
    seed: u64,
    people: u32,
    /// How many readings each meter has.
    meters: Vec<u16>,
    until: Zoned,
    names: NameTable,
}

impl MadeUpClinic {
    /// A clinic of so many people, whose meters have so many readings together, at most [`MOST_PEOPLE`] and
    /// [`MOST_READINGS`]. The last meter was read just before `until`. Nobody has readings where there is nobody.
    #[must_use]
    pub fn new(seed: u64, people: u32, readings: u32, until: Zoned) -> Self {
        let people = people.min(MOST_PEOPLE);
        let readings = if people == 0 { 0 } else { readings.min(MOST_READINGS) };
        let meters = meters::sizes(Chance::of(seed), readings);
        Self { seed, people, meters, until, names: NameTable::new(Chance::of(seed)) }
    }

    /// How many people there are.
    #[must_use]
    pub const fn people(&self) -> u32 {
        self.people
    }

    /// How many meters there are, numbered from 0 in the order in which they were read.
    #[must_use]
    pub fn meters(&self) -> u32 {
        u32::try_from(self.meters.len()).unwrap_or(u32::MAX)
    }

    /// Who has this number, from 0.
    #[must_use]
    pub fn person(&self, number: u32) -> MadeUpPerson {
        people::person(Chance::of(self.seed), &self.names, number, self.until.date())
    }

    /// The meter with this number, and what it gave when it was read.
    #[must_use]
    pub fn meter(&self, number: u32) -> MadeUpMeter {
        meters::meter(self, number)
    }
}

#[cfg(test)]
mod tests;
