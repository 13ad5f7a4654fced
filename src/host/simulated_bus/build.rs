//! From the description of a simulated meter to the meter.

use std::sync::Arc;

use jiff::SignedDuration;

use super::memory::Memory;
use super::spec::SimulatedMeterSpec;
use crate::host::clock::Clock;
use crate::meters::catalogue::Meter;
use crate::meters::simulator::SimulatedMeter;
use crate::meters::simulator::readings::ReadingSet;
use crate::meters::simulator::shelf::{self, Wanted};

/// Makes the meter, with `memory` as far as it holds it.
///
/// # Errors
/// Why there can be no such meter.
pub(super) fn build(
    meter: &Meter,
    spec: &SimulatedMeterSpec,
    memory: &Memory,
    clock: Arc<dyn Clock>,
) -> Result<Box<dyn SimulatedMeter>, String> {
    let readings = newest(&memory.readings, meter.memory);
    let offset = SignedDuration::from_secs(memory.clock_offset_seconds(spec));
    let shows = move || clock.now().datetime().saturating_add(offset);
    let wanted = Wanted {
        slug: meter.slug.clone(),
        serial: spec.serial.clone(),
        memory: readings,
        clock: Box::new(shows),
        fault: spec.fault,
        shows_mmol: spec.mmol,
        clock_was_adjusted: spec.reset_clock,
    };
    shelf::make(&meter.driver, wanted)
}

/// A full memory forgets the oldest.
fn newest(readings: &ReadingSet, memory: Option<u32>) -> ReadingSet {
    let most = memory.and_then(|memory| usize::try_from(memory).ok()).unwrap_or(usize::MAX);
    let forgotten = readings.readings.len().saturating_sub(most);
    ReadingSet { readings: readings.readings.iter().skip(forgotten).cloned().collect() }
}
