//! A simulated meter on a serial line, put behind a CP2110: it hears and says HID reports.

use std::time::Duration;

use super::SimulatedMeter;
use crate::meters::codec::cp2110::{Feature, from_report, to_reports};
use crate::meters::link::LineSettings;

/// The size of a HID transfer.
const TRANSFER: usize = 64;

/// How a bridge may behave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BridgeHabits {
    /// Every byte from the meter comes in a report of its own.
    pub byte_by_byte: bool,
    /// Every report from the meter is filled up to 64 bytes with zeros.
    pub padded: bool,
}

/// A bridge with a meter behind it.
pub struct SimulatedCp2110 {
    meter: Box<dyn SimulatedMeter>,
    habits: BridgeHabits,
    line: Option<LineSettings>,
    is_enabled: bool,
}

impl SimulatedCp2110 {
    /// Puts the meter behind a bridge.
    #[must_use]
    pub fn new(meter: Box<dyn SimulatedMeter>, habits: BridgeHabits) -> Self {
        Self { meter, habits, line: None, is_enabled: false }
    }

    /// Whether bytes reach the meter and come from it.
    fn carries(&self) -> bool {
        let baud = self.meter.baud();
        self.is_enabled && self.line.is_some_and(|line| baud.is_none_or(|baud| baud == line.baud))
    }

    fn say(&self, transfers: &[Vec<u8>]) -> Vec<Vec<u8>> {
        if !self.carries() {
            return Vec::new();
        }
        let mut reports: Vec<Vec<u8>> = if self.habits.byte_by_byte {
            transfers.concat().into_iter().map(|byte| vec![1, byte]).collect()
        } else {
            transfers.iter().flat_map(|transfer| to_reports(transfer)).collect()
        };
        if self.habits.padded {
            for report in &mut reports {
                report.resize(TRANSFER, 0);
            }
        }
        reports
    }
}

impl SimulatedMeter for SimulatedCp2110 {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.line = None;
        self.is_enabled = false;
        // Nobody has switched the line on: what the meter says is lost.
        self.meter.plugged();
        Vec::new()
    }

    fn hear(&mut self, report: &[u8]) -> Vec<Vec<u8>> {
        let Ok(bytes) = from_report(report) else { return Vec::new() };
        if !self.carries() {
            return Vec::new();
        }
        let said = self.meter.hear(bytes);
        self.say(&said)
    }

    fn hear_feature(&mut self, report: &[u8]) -> Vec<Vec<u8>> {
        match Feature::decode(report) {
            Some(Feature::Configure(line)) => self.line = Some(line),
            Some(Feature::Enable(on)) => self.is_enabled = on,
            // Nothing lies here that could be purged: what the meter says is on its way at once.
            Some(Feature::Purge { .. }) | None => {}
        }
        Vec::new()
    }

    fn wait(&mut self, silence: Duration) -> Vec<Vec<u8>> {
        let said = self.meter.wait(silence);
        self.say(&said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meters::cp2110::Cp2110;
    use crate::meters::link::{Link as _, LinkError};
    use crate::meters::simulator::memory_link::MemoryLink;

    const WAIT: Duration = Duration::from_millis(10);

    /// Says again what it hears.
    struct EchoPort;

    impl SimulatedMeter for EchoPort {
        fn plugged(&mut self) -> Vec<Vec<u8>> {
            vec![b"unheard".to_vec()]
        }

        fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
            vec![bytes.to_vec()]
        }

        fn baud(&self) -> Option<u32> {
            Some(9600)
        }
    }

    #[test]
    fn a_line_behind_the_bridge_is_a_line() {
        for habits in [
            BridgeHabits::default(),
            BridgeHabits { padded: true, ..BridgeHabits::default() },
            BridgeHabits { byte_by_byte: true, padded: true },
        ] {
            let mut hid = MemoryLink::new(Box::new(SimulatedCp2110::new(Box::new(EchoPort), habits)), None);
            let mut line = Cp2110::new(&mut hid);
            line.send(&[7], WAIT).unwrap();
            line.set_line(LineSettings::eight_n_one(19_200)).unwrap();
            line.send(&[8], WAIT).unwrap();
            assert_eq!(line.receive(WAIT), Err(LinkError::TimedOut), "off, or at another rate");
            line.set_line(LineSettings::eight_n_one(9600)).unwrap();
            let all: Vec<u8> = (0..200).collect();
            line.send(&all, WAIT).unwrap();
            let mut heard = Vec::new();
            while heard.len() < all.len() {
                heard.extend(line.receive(WAIT).unwrap());
            }
            assert_eq!(heard, all);
        }
    }
}
