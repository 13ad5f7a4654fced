//! Every meter that can be simulated, by the name under which it is asked for.

use jiff::civil::DateTime;

use super::SimulatedMeter;
use super::fault::Fault;
use super::onetouch_ultra2::{self, SimulatedUltra2, Ultra2Faults};
use super::readings::ReadingSet;

/// Tells a simulated meter's wall clock.
pub type MeterClock = Box<dyn Fn() -> DateTime + Send>;

/// What a simulated meter is to be like.
pub struct Wanted {
    /// Its serial number; without one it gets the family's, which begins with 000.
    pub serial: Option<String>,
    /// Its memory.
    pub memory: ReadingSet,
    /// Its clock.
    pub clock: MeterClock,
    /// What goes wrong. The meter applies what concerns what is said; the wire, the rest.
    pub fault: Option<Fault>,
}

/// A meter that can be simulated.
pub struct Model {
    /// Its name: `onetouch-ultra2`.
    pub name: &'static str,
    /// How many readings it can hold.
    pub capacity: usize,
    make: fn(Wanted) -> Result<Box<dyn SimulatedMeter>, String>,
}

impl Model {
    /// Makes one.
    ///
    /// # Errors
    /// Says in words what about it cannot be.
    pub fn make(&self, wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, String> {
        (self.make)(wanted)
    }
}

/// Every model.
pub const ALL: &[Model] =
    &[Model { name: "onetouch-ultra2", capacity: onetouch_ultra2::CAPACITY, make: onetouch_ultra2 }];

/// The model of this name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Model> {
    ALL.iter().find(|model| model.name == name)
}

fn onetouch_ultra2(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, String> {
    let Wanted { serial, memory, clock, fault } = wanted;
    let serial = serial.as_deref().unwrap_or(onetouch_ultra2::DEFAULT_SERIAL);
    match SimulatedUltra2::new(serial, memory, clock, Ultra2Faults::default(), fault) {
        Ok(meter) => Ok(Box::new(meter)),
        Err(error) => Err(error.to_string()),
    }
}
