//! From the description of a simulated meter to the meter.

use std::sync::Arc;

use jiff::SignedDuration;

use super::memory::Memory;
use super::spec::SimulatedMeterSpec;
use crate::domain::cause::Cause;
use crate::host::clock::Clock;
use crate::meters::catalogue::Meter;
use crate::meters::simulator::SimulatedMeter;
use crate::meters::simulator::fault::{Fault, FaultKind};
use crate::meters::simulator::readings::ReadingSet;
use crate::meters::simulator::rehearsal::place_behind_reading;
use crate::meters::simulator::shelf;
use crate::meters::simulator::wanted::{MeterClock, Wanted};

/// Makes the meter, with `memory` as far as it holds it.
///
/// # Errors
/// Why there can be no such meter.
pub(super) fn build(
    meter: &Meter,
    spec: &SimulatedMeterSpec,
    memory: &Memory,
    clock: Arc<dyn Clock>,
) -> Result<Box<dyn SimulatedMeter>, Cause> {
    make(meter, spec, memory.readings.clone(), spec.fault, shown(spec, memory, clock))
}

/// What goes wrong on the wire of the meter that [`build`] makes: a fault behind a reading becomes one at a byte.
///
/// # Errors
/// Why there can be no such fault.
pub(super) fn wire_fault(
    meter: &Meter,
    spec: &SimulatedMeterSpec,
    memory: &Memory,
    clock: Arc<dyn Clock>,
) -> Result<Option<Fault>, Cause> {
    let Some(Fault { kind: FaultKind::UnplugReading, at: number }) = spec.fault else { return Ok(spec.fault) };
    // A clock that stands: the meter is read many times over to find the place, and would tell
    // another time, in other bytes, at each.
    let now = shown(spec, memory, clock)();
    let still = |readings| make(meter, spec, readings, None, Box::new(move || now));
    let at = place_behind_reading(meter, &memory.readings, number, &still)?;
    Ok(Some(Fault { kind: FaultKind::Unplug, at }))
}

/// The meter's own clock.
fn shown(spec: &SimulatedMeterSpec, memory: &Memory, clock: Arc<dyn Clock>) -> MeterClock {
    let offset = SignedDuration::from_secs(memory.clock_offset_seconds(spec));
    Box::new(move || clock.now().datetime().saturating_add(offset))
}

fn make(
    meter: &Meter,
    spec: &SimulatedMeterSpec,
    memory: ReadingSet,
    fault: Option<Fault>,
    clock: MeterClock,
) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let wanted = Wanted {
        slug: meter.slug.clone(),
        serial: spec.serial.clone(),
        memory,
        clock,
        fault,
        shows_mmol: spec.mmol,
        wears_sensor: true,
        clock_was_adjusted: spec.reset_clock,
    };
    shelf::make(&meter.driver, wanted)
}
