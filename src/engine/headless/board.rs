//! The simulated bus as a script sees it.

use std::sync::Arc;

use super::harness::PlugBoard;
use crate::domain::cause::Cause;
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
    fn check(&self, description: &str) -> Result<(), Cause> {
        let spec = description.parse::<SimulatedMeterSpec>().map_err(Cause::of)?;
        self.0.check(&spec).map_err(Cause::of)
    }

    fn plug(&self, description: &str) -> Result<(), Cause> {
        let spec = description.parse::<SimulatedMeterSpec>().map_err(Cause::of)?;
        self.0.plug(spec).map(drop).map_err(Cause::of)
    }

    fn unplug(&self, description: &str) -> Result<(), Cause> {
        let spec = description.parse::<SimulatedMeterSpec>().map_err(Cause::of)?;
        match self.0.find(&spec).as_slice() {
            [id] if self.0.unplug(*id) => Ok(()),
            [] | [_] => Err(format!("no {description} is plugged in").into()),
            several => {
                Err(format!("{} {description} are plugged in: say which by its serial= or cable=", several.len())
                    .into())
            }
        }
    }
}
