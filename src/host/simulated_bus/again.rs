//! What a line may say of a simulated meter that was plugged in before.
//!
//! What it does not say is as it was. What it says is so from then on, or the line is refused: nothing is passed over.

use super::memory::Memory;
use super::spec::{SimulatedMeterSpec, SpecError};

/// The meter as it is from now on. A clock that is set leaves the day on which the battery was changed behind.
///
/// # Errors
/// [`SpecError::Otherwise`] for what cannot have become of the meter meanwhile.
pub(super) fn again(
    was: &SimulatedMeterSpec,
    memory: &mut Memory,
    line: SimulatedMeterSpec,
) -> Result<SimulatedMeterSpec, SpecError> {
    let refuse = |reason: String| Err(SpecError::Otherwise { reason });
    let holds = memory.readings.readings.len();
    if let Some(fewer) = line.readings.filter(|readings| *readings < holds) {
        return refuse(format!(
            "it holds {holds} readings already, and a meter forgets none: readings={fewer} cannot be"
        ));
    }
    if let Some(seed) = line.seed.filter(|seed| *seed != was.made_from()) {
        return refuse(format!("its readings are those of seed={}, and seed={seed} has others", was.made_from()));
    }
    if line.control_only && !was.control_only {
        return refuse("it was not control-only, and keeps what it holds".to_owned());
    }
    if line.reset_clock && !was.reset_clock {
        return refuse("its clock was not reset-clock, and what it holds has its times already".to_owned());
    }
    let is_set = line.clock_offset_seconds.is_some_and(|offset| Some(offset) != was.clock_offset_seconds);
    if line.reset_clock && is_set {
        return refuse("its clock is reset-clock: clock-offset without that word sets it".to_owned());
    }
    let reset_clock = was.reset_clock && (line.reset_clock || line.clock_offset_seconds.is_none());
    if !reset_clock {
        memory.set_clock();
    }
    Ok(SimulatedMeterSpec {
        readings: Some(line.readings.unwrap_or(holds)),
        seed: was.seed,
        clock_offset_seconds: line.clock_offset_seconds.or(was.clock_offset_seconds),
        control_only: was.control_only,
        // There is no word for mg/dL, so that a line cannot say that the unit was switched back.
        mmol: was.mmol || line.mmol,
        reset_clock,
        // What belongs to the plug and not to the meter is as this line says: the fault, the
        // access, the cable, the pace.
        ..line
    })
}
