//! A simulated meter on a line, put behind the HID reports of a GLUCOCARD Shine Connex.

use std::time::Duration;

use crate::meters::codec::isens::report::{from_report, to_reports};
use crate::meters::simulator::SimulatedMeter;

/// A meter that hears and says reports without a bridge.
pub struct SimulatedPlainHid {
    meter: Box<dyn SimulatedMeter>,
}

impl SimulatedPlainHid {
    /// Puts the meter behind reports.
    #[must_use]
    pub fn new(meter: Box<dyn SimulatedMeter>) -> Self {
        Self { meter }
    }
}

fn reports(transfers: &[Vec<u8>]) -> Vec<Vec<u8>> {
    transfers.iter().flat_map(|transfer| to_reports(transfer)).collect()
}

impl SimulatedMeter for SimulatedPlainHid {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        reports(&self.meter.plugged())
    }

    fn hear(&mut self, report: &[u8]) -> Vec<Vec<u8>> {
        from_report(report).map(|bytes| reports(&self.meter.hear(bytes))).unwrap_or_default()
    }

    fn wait(&mut self, silence: Duration) -> Vec<Vec<u8>> {
        reports(&self.meter.wait(silence))
    }
}
