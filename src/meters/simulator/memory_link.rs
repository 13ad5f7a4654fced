//! A simulated meter behind a [`Link`], in this process: no thread, and no waiting unless asked for.
//!
//! Waiting is counted, not slept: a meter that stays silent for ten seconds does so at once. Only with
//! [`MeterPace::Real`], for people who look on, does time pass.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::fault::{Fault, FaultyWire};
use super::{DriveFile, SimulatedMeter};
use crate::meters::folder::{FileEntry, Folder};
use crate::meters::link::{LineSettings, Link, LinkError};

/// How fast a simulated meter speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MeterPace {
    /// At once; waiting in vain costs no time either.
    #[default]
    Instant,
    /// As a meter that is there: each transfer takes a while, and waiting in vain takes as long as was asked.
    Real {
        /// How long one transfer takes.
        per_transfer: Duration,
    },
}

/// Pulls the cable of a [`MemoryLink`] while it is in use. Clones pull the same cable.
#[derive(Debug, Clone, Default)]
pub struct UnplugHandle(Arc<AtomicBool>);

impl UnplugHandle {
    /// Pulls the cable: every operation under way or to come fails with [`LinkError::Gone`].
    pub fn unplug(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether the cable was pulled.
    #[must_use]
    pub fn is_unplugged(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The wire to a simulated meter.
pub struct MemoryLink {
    meter: Box<dyn SimulatedMeter>,
    wire: FaultyWire,
    pace: MeterPace,
    arrived: VecDeque<Vec<u8>>,
    /// What is left of the time the first of `arrived` takes, once somebody waits for it.
    left: Option<Duration>,
    silence: Duration,
    line: Option<LineSettings>,
    unplugged: UnplugHandle,
}

impl MemoryLink {
    /// Plugs the meter in, at [`MeterPace::Instant`].
    #[must_use]
    pub fn new(meter: Box<dyn SimulatedMeter>, fault: Option<Fault>) -> Self {
        let mut link = Self {
            meter,
            wire: FaultyWire::new(fault),
            pace: MeterPace::Instant,
            arrived: VecDeque::new(),
            left: None,
            silence: Duration::ZERO,
            line: None,
            unplugged: UnplugHandle::default(),
        };
        let said = link.meter.plugged();
        link.take(said);
        link
    }

    /// The same link at another pace.
    #[must_use]
    pub fn with_pace(mut self, pace: MeterPace) -> Self {
        self.pace = pace;
        self
    }

    /// The means to pull the cable from elsewhere.
    #[must_use]
    pub fn unplug_handle(&self) -> UnplugHandle {
        self.unplugged.clone()
    }

    /// Bytes that the meter said so far, lost ones included.
    #[must_use]
    pub const fn said(&self) -> u64 {
        self.wire.passed()
    }

    fn take(&mut self, said: Vec<Vec<u8>>) {
        for transfer in said {
            self.arrived.extend(self.wire.pass(transfer));
        }
    }

    /// What the host is told of a transfer that does not reach the meter.
    fn lost(&self) -> Result<(), LinkError> {
        if self.wire.is_unplugged() { Err(LinkError::Gone) } else { Ok(()) }
    }

    /// Whether the line is driven as the meter needs it. A meter that has no line hears everything.
    fn is_understood(&self) -> bool {
        // By the speed alone: meters here tell no parity and no stop bits, which a pty would not
        // carry.
        self.meter.baud().is_none_or(|baud| self.line.is_some_and(|line| line.baud == baud))
    }

    fn check_plugged(&self) -> Result<(), LinkError> {
        if self.unplugged.is_unplugged() { Err(LinkError::Gone) } else { Ok(()) }
    }

    /// The files of the meter's drive, sorted, while it is plugged in.
    fn files(&self) -> Result<Vec<DriveFile>, LinkError> {
        self.check_plugged()?;
        if self.wire.is_unplugged() {
            return Err(LinkError::Gone);
        }
        let drive = self.meter.drive();
        let mut files = drive.ok_or(LinkError::Unsupported { operation: "drive with files" })?;
        // In one order everywhere: a fault names a byte, and must hit the same file each time.
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(files)
    }

    /// The next transfer that has arrived, if it can be had within `wait`.
    fn next(&mut self, wait: Duration) -> Option<Vec<u8>> {
        if let MeterPace::Real { per_transfer } = self.pace
            && !self.arrived.is_empty()
        {
            let left = self.left.unwrap_or(per_transfer);
            let step = left.min(wait);
            thread::sleep(step);
            if step < left {
                self.left = Some(left.saturating_sub(step));
                return None;
            }
            self.left = None;
        }
        self.arrived.pop_front()
    }
}

impl Link for MemoryLink {
    fn send(&mut self, bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        self.check_plugged()?;
        if self.wire.is_unplugged() {
            return Err(LinkError::Gone);
        }
        if self.is_understood() {
            self.silence = Duration::ZERO;
            let Some(heard) = self.wire.pass_to(bytes) else { return self.lost() };
            let said = self.meter.hear(&heard);
            self.take(said);
        }
        Ok(())
    }

    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.check_plugged()?;
        if self.arrived.is_empty() && !self.wire.is_unplugged() {
            if matches!(self.pace, MeterPace::Real { .. }) {
                thread::sleep(wait);
            }
            self.silence = self.silence.saturating_add(wait);
            let said = self.meter.wait(self.silence);
            self.take(said);
        }
        // Only when nothing is left: what arrived before the cable was pulled can still be had.
        if self.arrived.is_empty() && self.wire.is_unplugged() {
            return Err(LinkError::Gone);
        }
        let transfer = self.next(wait);
        self.check_plugged()?;
        transfer.ok_or(LinkError::TimedOut)
    }

    fn set_line(&mut self, settings: LineSettings) -> Result<(), LinkError> {
        self.check_plugged()?;
        self.line = Some(settings);
        Ok(())
    }

    fn send_feature(&mut self, report: &[u8], _wait: Duration) -> Result<(), LinkError> {
        self.check_plugged()?;
        // Only HID takes them, and by this answer a driver knows that there is no bridge in front
        // of the line.
        if self.meter.baud().is_some() {
            return Err(LinkError::Unsupported { operation: "feature reports" });
        }
        if self.wire.is_unplugged() {
            return Err(LinkError::Gone);
        }
        self.silence = Duration::ZERO;
        let Some(heard) = self.wire.pass_to(report) else { return self.lost() };
        let said = self.meter.hear_feature(&heard);
        self.take(said);
        Ok(())
    }

    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize, wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.check_plugged()?;
        if self.wire.is_unplugged() {
            return Err(LinkError::Gone);
        }
        let Some(data_out) = self.wire.pass_to(data_out) else {
            return self.lost().and(Err(LinkError::TimedOut));
        };
        let answer = self.meter.command(cdb, &data_out, expected);
        let Some(data_in) = answer else { return Err(LinkError::Unsupported { operation: "SCSI commands" }) };
        if data_in.is_empty() {
            // A command without data-in, such as a write: there is nothing on the wire that a fault could strike.
            return Ok(data_in);
        }
        self.take(vec![data_in]);
        let arrived = self.next(wait);
        match arrived {
            Some(data_in) => Ok(data_in),
            None if self.wire.is_unplugged() => Err(LinkError::Gone),
            None => Err(LinkError::TimedOut),
        }
    }

    fn folder(&mut self) -> Option<&mut dyn Folder> {
        if self.meter.drive().is_some() { Some(self) } else { None }
    }
}

/// What the drive of the meter holds, listed whole; faults strike the bytes of the files as they are read, one after
/// the other.
impl Folder for MemoryLink {
    fn list(&mut self) -> Result<Vec<FileEntry>, LinkError> {
        let files = self.files()?;
        let entry = |file: DriveFile| FileEntry { path: file.path, size: file.bytes.len() as u64 };
        Ok(files.into_iter().map(entry).collect())
    }

    fn read(&mut self, file: &FileEntry) -> Result<Vec<u8>, LinkError> {
        let found = self.files()?.into_iter().find(|known| known.path == file.path).ok_or(LinkError::Gone)?;
        if let MeterPace::Real { per_transfer } = self.pace {
            thread::sleep(per_transfer);
        }
        let arrived = self.wire.pass(found.bytes);
        self.check_plugged()?;
        if self.wire.is_unplugged() {
            return Err(LinkError::Gone);
        }
        arrived.ok_or(LinkError::TimedOut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_millis(100);

    /// Says 1, 2, 3 when plugged in, gives back what it hears, and says 9 once after a second of silence.
    struct Parrot {
        baud: Option<u32>,
        has_complained: bool,
    }

    impl SimulatedMeter for Parrot {
        fn plugged(&mut self) -> Vec<Vec<u8>> {
            vec![vec![1, 2, 3]]
        }

        fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
            vec![bytes.to_vec()]
        }

        fn wait(&mut self, silence: Duration) -> Vec<Vec<u8>> {
            let speaks = silence >= Duration::from_secs(1) && !self.has_complained;
            self.has_complained |= speaks;
            if speaks { vec![vec![9]] } else { Vec::new() }
        }

        fn baud(&self) -> Option<u32> {
            self.baud
        }
    }

    fn link(fault: Option<&str>) -> MemoryLink {
        let fault = fault.map(|text| text.parse().unwrap());
        MemoryLink::new(Box::new(Parrot { baud: None, has_complained: false }), fault)
    }

    #[test]
    fn the_meter_speaks_and_answers() {
        let mut link = link(None);
        link.send(&[7], WAIT).unwrap();
        assert_eq!(link.receive(WAIT), Ok(vec![1, 2, 3]));
        assert_eq!(link.receive(WAIT), Ok(vec![7]));
        assert_eq!(link.receive(WAIT), Err(LinkError::TimedOut));
    }

    #[test]
    fn silence_adds_up_over_several_waits() {
        let mut link = link(None);
        link.receive(WAIT).unwrap();
        for _ in 0..9 {
            assert_eq!(link.receive(WAIT), Err(LinkError::TimedOut));
        }
        assert_eq!(link.receive(WAIT), Ok(vec![9]));
        assert_eq!(link.receive(WAIT), Err(LinkError::TimedOut));
    }

    #[test]
    fn a_pulled_cable_ends_everything() {
        let mut link = link(Some("unplug@2"));
        assert_eq!(link.receive(WAIT), Ok(vec![1, 2]));
        assert_eq!(link.receive(WAIT), Err(LinkError::Gone));
        assert_eq!(link.send(&[7], WAIT), Err(LinkError::Gone));
    }

    #[test]
    fn a_stalled_meter_never_speaks_again() {
        let mut link = link(Some("stall@2"));
        assert_eq!(link.receive(WAIT), Ok(vec![1, 2]));
        link.send(&[7], WAIT).unwrap();
        assert_eq!(link.receive(Duration::from_hours(1)), Err(LinkError::TimedOut));
    }

    #[test]
    fn somebody_else_can_pull_the_cable() {
        let mut link = link(None);
        let handle = link.unplug_handle();
        handle.clone().unplug();
        assert!(handle.is_unplugged());
        assert_eq!(link.receive(WAIT), Err(LinkError::Gone));
        assert_eq!(link.send(&[7], WAIT), Err(LinkError::Gone));
        assert_eq!(link.set_line(LineSettings::eight_n_one(9600)), Err(LinkError::Gone));
    }

    #[test]
    fn a_meter_on_another_baud_rate_hears_nothing() {
        let mut link = MemoryLink::new(Box::new(Parrot { baud: Some(9600), has_complained: true }), None);
        link.receive(WAIT).unwrap();
        link.set_line(LineSettings::eight_n_one(19_200)).unwrap();
        link.send(&[7], WAIT).unwrap();
        assert_eq!(link.receive(WAIT), Err(LinkError::TimedOut));
        link.set_line(LineSettings::eight_n_one(9600)).unwrap();
        link.send(&[7], WAIT).unwrap();
        assert_eq!(link.receive(WAIT), Ok(vec![7]));
    }

    #[test]
    fn at_a_real_pace_a_transfer_takes_its_time() {
        let pace = MeterPace::Real { per_transfer: Duration::from_millis(3) };
        let mut link = link(None).with_pace(pace);
        let wait = Duration::from_millis(1);
        assert_eq!(link.receive(wait), Err(LinkError::TimedOut));
        assert_eq!(link.receive(wait), Err(LinkError::TimedOut));
        assert_eq!(link.receive(wait), Ok(vec![1, 2, 3]));
    }
}
