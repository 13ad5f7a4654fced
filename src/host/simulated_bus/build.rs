//! From the description of a simulated meter to the meter.

use std::sync::Arc;

use jiff::SignedDuration;

use super::memory::Memory;
use super::spec::SimulatedMeterSpec;
use crate::host::clock::Clock;
use crate::meters::catalogue::Meter;
use crate::meters::codec::lifescan_ascii::answers::DisplayUnit;
use crate::meters::simulator::SimulatedMeter;
use crate::meters::simulator::accu_chek_usb::{AccuChekConfig, Quirks, SimulatedAccuChek};
use crate::meters::simulator::onetouch_ultra2::{self, SimulatedUltra2, Ultra2Faults};
use crate::meters::simulator::readings::ReadingSet;

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
    match meter.driver.as_str() {
        "accu-chek-usb" => {
            let number = accu_chek_number(&meter.slug).ok_or_else(|| format!("{} cannot be simulated", meter.slug))?;
            let quirks = spec.fault.map(Quirks::from).unwrap_or_default();
            Ok(Box::new(SimulatedAccuChek::new(AccuChekConfig {
                model_number: number.to_owned(),
                serial: spec.serial.clone().unwrap_or_else(|| format!("000{number}00001")),
                quirks: Quirks { is_clock_adjusted: spec.reset_clock, ..quirks },
                ..AccuChekConfig::guide(readings, shows())
            })))
        }
        "onetouch-ultra2" => {
            let serial = spec.serial.as_deref().unwrap_or(onetouch_ultra2::DEFAULT_SERIAL);
            let unit = if spec.mmol { DisplayUnit::MmolPerL } else { DisplayUnit::MgPerDl };
            let made = SimulatedUltra2::new(serial, readings, Box::new(shows), Ultra2Faults::default(), spec.fault);
            Ok(Box::new(made.map_err(|error| error.to_string())?.showing(unit)))
        }
        driver => Err(format!("meters that speak {driver} cannot be simulated")),
    }
}

/// A number that an Accu-Chek meter of this slug reports as its model: one of the numbers that the driver knows.
fn accu_chek_number(slug: &str) -> Option<&'static str> {
    Some(match slug {
        "accu-chek-guide" => "925",
        "accu-chek-guide-me" => "897",
        "accu-chek-instant" => "972",
        "accu-chek-aviva-connect" => "483",
        "relion-platinum" => "982",
        _ => return None,
    })
}

/// A full memory forgets the oldest.
fn newest(readings: &ReadingSet, memory: Option<u32>) -> ReadingSet {
    let most = memory.and_then(|memory| usize::try_from(memory).ok()).unwrap_or(usize::MAX);
    let forgotten = readings.readings.len().saturating_sub(most);
    ReadingSet { readings: readings.readings.iter().skip(forgotten).cloned().collect() }
}
