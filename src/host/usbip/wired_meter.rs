//! A simulated meter at the end of its cable: what it says is kept until the host asks for it, after the faults of the
//! wire.

use std::time::Instant;

use crate::meters::simulator::SimulatedMeter;
use crate::meters::simulator::fault::FaultyWire;

/// One transfer of the meter as far as it arrives.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WiredTransfer {
    /// The bytes.
    pub(super) bytes: Vec<u8>,
    /// Whether the wire ended within it, so that its end never arrives.
    pub(super) is_cut: bool,
}

/// The meter and its wire.
pub(super) struct WiredMeter {
    meter: Box<dyn SimulatedMeter>,
    wire: FaultyWire,
    last_heard: Instant,
    is_unplugged: bool,
}

impl WiredMeter {
    /// Puts the meter there.
    pub(super) fn new(meter: Box<dyn SimulatedMeter>, wire: FaultyWire) -> Self {
        Self { meter, wire, last_heard: Instant::now(), is_unplugged: false }
    }

    /// The meter was plugged in.
    pub(super) fn plug(&mut self) -> Vec<WiredTransfer> {
        self.last_heard = Instant::now();
        let said = self.meter.plugged();
        self.pass(said)
    }

    /// The host sent a transfer.
    pub(super) fn hear(&mut self, bytes: &[u8]) -> Vec<WiredTransfer> {
        self.last_heard = Instant::now();
        let said = self.wire.pass_to(bytes).map_or_else(Vec::new, |heard| self.meter.hear(&heard));
        self.pass(said)
    }

    /// The host sent a feature report.
    pub(super) fn hear_feature(&mut self, report: &[u8]) -> Vec<WiredTransfer> {
        self.last_heard = Instant::now();
        let said = self.wire.pass_to(report).map_or_else(Vec::new, |heard| self.meter.hear_feature(&heard));
        self.pass(said)
    }

    /// The host sent a SCSI command: the data-in, or `None` if the meter knows no such command.
    pub(super) fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize) -> Option<Vec<WiredTransfer>> {
        self.last_heard = Instant::now();
        // A command that is lost has no answer; the host waits for it in vain.
        let Some(data_out) = self.wire.pass_to(data_out) else { return Some(Vec::new()) };
        let data_in = self.meter.command(cdb, &data_out, expected)?;
        let said = if data_in.is_empty() { Vec::new() } else { vec![data_in] };
        Some(self.pass(said))
    }

    /// Nobody spoke for a while.
    pub(super) fn tick(&mut self) -> Vec<WiredTransfer> {
        let said = self.meter.wait(self.last_heard.elapsed());
        self.pass(said)
    }

    /// The baud rate of the meter's line, for meters on a line.
    pub(super) fn baud(&self) -> Option<u32> {
        self.meter.baud()
    }

    /// The host asks for more than has arrived. This is when a fault pulls the cable: before, the host may not even
    /// have begun to listen.
    pub(super) fn is_waited_for(&mut self) {
        self.is_unplugged = self.wire.is_unplugged();
    }

    /// Whether nothing that the meter says arrives any more.
    pub(super) fn is_cut_off(&self) -> bool {
        self.wire.has_ended()
    }

    /// Whether a fault has pulled the cable.
    pub(super) const fn is_unplugged(&self) -> bool {
        self.is_unplugged
    }

    fn pass(&mut self, said: Vec<Vec<u8>>) -> Vec<WiredTransfer> {
        let mut arriving = Vec::new();
        for transfer in said {
            if let Some(bytes) = self.wire.pass(transfer) {
                arriving.push(WiredTransfer { bytes, is_cut: self.wire.has_ended() });
            }
        }
        arriving
    }
}
