//! The simulated bus as a script sees it.

use std::sync::Arc;

use super::harness::PlugBoard;
use crate::host::simulated_bus::{SimulatedBus, SimulatedMeterSpec};

/// Plugs and unplugs simulated meters by what a script says.
pub struct SimulatedBoard(Arc<SimulatedBus>);

impl SimulatedBoard {
    /// The board of this bus.
    #[must_use]
    pub const fn new(bus: Arc<SimulatedBus>) -> Self {
        Self(bus)
    }
}

impl PlugBoard for SimulatedBoard {
    fn check(&self, description: &str) -> Result<(), String> {
        description.parse::<SimulatedMeterSpec>().map(drop).map_err(|error| error.to_string())
    }

    fn plug(&self, description: &str) -> Result<(), String> {
        let spec = description.parse::<SimulatedMeterSpec>().map_err(|error| error.to_string())?;
        self.0.plug(spec).map(drop).map_err(|error| error.to_string())
    }

    fn unplug(&self, name: &str) -> Result<(), String> {
        let plugged = self.0.find(name).is_some_and(|id| self.0.unplug(id));
        if plugged { Ok(()) } else { Err(format!("no {name} is plugged in")) }
    }
}
