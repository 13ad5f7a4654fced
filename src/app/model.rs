//! The whole state of the app.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::effect::Effect;
use crate::domain::text::Clean;

/// What the app is told when it starts.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The clinic's name.
    pub site: Clean,
    /// The time now.
    pub at: Timestamp,
    /// The clinic's time zone.
    pub zone: TimeZone,
    /// The meters of the demo clinic that can be plugged by key; empty outside the demo.
    pub demo: Vec<DemoMeter>,
}

/// A simulated meter of the demo clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoMeter {
    /// Its name and what is special about it: `Accu-Chek Guide, memory full`.
    pub name: Clean,
    /// Whether it is plugged in.
    pub plugged: bool,
}

/// The whole state of the app.
#[derive(Debug, Clone)]
pub struct Model {
    /// The clinic's name.
    pub site: Clean,
    /// The clinic's time zone.
    pub zone: TimeZone,
    /// The meters of the demo clinic.
    pub demo: Vec<DemoMeter>,
}

impl Model {
    /// The state at start, and the first effects.
    #[must_use]
    pub fn new(setup: Setup) -> (Self, Vec<Effect>) {
        (Self { site: setup.site, zone: setup.zone, demo: setup.demo }, Vec::new())
    }

    /// When the app wants to be told that time has passed, if at all.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        None
    }
}
