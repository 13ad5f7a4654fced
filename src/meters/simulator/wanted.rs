//! What somebody who makes a simulated meter can wish for.

use std::fmt;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::fault::Fault;
use super::readings::ReadingSet;

/// Tells a simulated meter's wall clock.
pub type MeterClock = Box<dyn Fn() -> DateTime + Send>;

/// A simulated meter's wall clock, in a meter that would let it be set.
pub struct SettableClock {
    tells: MeterClock,
    /// By how much it was set away from what it told.
    set_by: SignedDuration,
}

impl SettableClock {
    /// The clock, not yet set.
    #[must_use]
    pub const fn new(tells: MeterClock) -> Self {
        Self { tells, set_by: SignedDuration::ZERO }
    }

    /// A clock that stands still at this time.
    #[must_use]
    pub fn still(at: DateTime) -> Self {
        Self::new(Box::new(move || at))
    }

    /// What it shows now.
    #[must_use]
    pub fn now(&self) -> DateTime {
        (self.tells)().saturating_add(self.set_by)
    }

    /// Sets it; it goes on from there.
    pub fn set(&mut self, to: DateTime) {
        self.set_by = to.duration_since((self.tells)());
    }
}

impl fmt::Debug for SettableClock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("SettableClock").field(&self.now()).finish()
    }
}

/// What a simulated meter is to be like.
pub struct Wanted {
    /// The model by its slug in the catalogue, for families whose models differ on the wire.
    pub slug: String,
    /// Its serial number; without one it gets the family's, which begins with 000, or has it behind the
    /// letters of the model.
    pub serial: Option<String>,
    /// Its memory.
    pub memory: ReadingSet,
    /// Its clock.
    pub clock: MeterClock,
    /// What goes wrong. The meter applies what concerns what is said; the wire, the rest.
    pub fault: Option<Fault>,
    /// Whether its display shows mmol/L.
    pub shows_mmol: bool,
    /// Whether its user wears a sensor: a meter that reads one tells most of the blood readings in its
    /// memory as the sensor's.
    pub wears_sensor: bool,
    /// Whether its clock was adjusted after some of the readings, for families that tell.
    pub clock_was_adjusted: bool,
}

impl Wanted {
    /// A meter with which nothing is wrong, that shows mg/dL and has its family's serial number. Its
    /// user wears a sensor.
    #[must_use]
    pub fn new(slug: &str, memory: ReadingSet, clock: impl Fn() -> DateTime + Send + 'static) -> Self {
        Self {
            slug: slug.to_owned(),
            serial: None,
            memory,
            clock: Box::new(clock),
            fault: None,
            shows_mmol: false,
            wears_sensor: true,
            clock_was_adjusted: false,
        }
    }
}
