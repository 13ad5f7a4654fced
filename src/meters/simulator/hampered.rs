//! A simulated meter of any family that starts slowly, or says everything in small pieces.

use std::time::Duration;

use super::fault::{Fault, FaultKind};
use super::{DriveFile, SimulatedMeter};

/// Puts a meter into the state that the fault asks for; a fault of another kind leaves it as it is.
pub(super) fn hamper(meter: Box<dyn SimulatedMeter>, fault: Option<Fault>) -> Box<dyn SimulatedMeter> {
    match fault {
        Some(Fault { kind: FaultKind::SlowStart, at }) => Box::new(SlowStarter { meter, deaf: at, to_come: at }),
        Some(_) | None => in_pieces(meter, fault),
    }
}

/// The meter, saying everything in pieces if the fault asks for that.
pub(super) fn in_pieces(meter: Box<dyn SimulatedMeter>, fault: Option<Fault>) -> Box<dyn SimulatedMeter> {
    match piece_size(fault) {
        Some(size) => Box::new(Chunked { meter, size }),
        None => meter,
    }
}

/// The size of the pieces in which a meter is to say everything, if the fault asks for that.
pub(super) fn piece_size(fault: Option<Fault>) -> Option<usize> {
    let size = fault.filter(|fault| fault.kind == FaultKind::Chunks)?.at;
    Some(usize::try_from(size).unwrap_or(usize::MAX).max(1))
}

/// Hears nothing of the first transfers, and until then says nothing either.
struct SlowStarter {
    meter: Box<dyn SimulatedMeter>,
    deaf: u64,
    /// How many transfers it does not hear after a plug.
    to_come: u64,
}

impl SlowStarter {
    /// Whether it is up. Something came that it would have heard.
    const fn is_up(&mut self) -> bool {
        let is_up = self.to_come == 0;
        self.to_come = self.to_come.saturating_sub(1);
        is_up
    }
}

impl SimulatedMeter for SlowStarter {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.to_come = self.deaf;
        let said = self.meter.plugged();
        if self.to_come == 0 { said } else { Vec::new() }
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        if self.is_up() { self.meter.hear(bytes) } else { Vec::new() }
    }

    fn hear_feature(&mut self, report: &[u8]) -> Vec<Vec<u8>> {
        if self.is_up() { self.meter.hear_feature(report) } else { Vec::new() }
    }

    /// A drive that is not up yet has no data.
    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize) -> Option<Vec<u8>> {
        if self.is_up() { self.meter.command(cdb, data_out, expected) } else { Some(Vec::new()) }
    }

    fn drive(&self) -> Option<Vec<DriveFile>> {
        self.meter.drive()
    }

    fn wait(&mut self, silence: Duration) -> Vec<Vec<u8>> {
        self.meter.wait(silence)
    }

    fn baud(&self) -> Option<u32> {
        self.meter.baud()
    }
}

/// Says everything in pieces of one size.
struct Chunked {
    meter: Box<dyn SimulatedMeter>,
    size: usize,
}

impl Chunked {
    fn pieces(&self, said: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        let mut pieces = Vec::new();
        for transfer in said {
            if transfer.is_empty() {
                // On USB an empty transfer ends a message, and must not be lost.
                pieces.push(transfer);
            } else {
                pieces.extend(transfer.chunks(self.size).map(<[u8]>::to_vec));
            }
        }
        pieces
    }
}

impl SimulatedMeter for Chunked {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        let said = self.meter.plugged();
        self.pieces(said)
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let said = self.meter.hear(bytes);
        self.pieces(said)
    }

    fn hear_feature(&mut self, report: &[u8]) -> Vec<Vec<u8>> {
        let said = self.meter.hear_feature(report);
        self.pieces(said)
    }

    fn wait(&mut self, silence: Duration) -> Vec<Vec<u8>> {
        let said = self.meter.wait(silence);
        self.pieces(said)
    }

    fn baud(&self) -> Option<u32> {
        self.meter.baud()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says `hello` when plugged in, and gives back what it hears.
    struct Parrot;

    impl SimulatedMeter for Parrot {
        fn plugged(&mut self) -> Vec<Vec<u8>> {
            vec![b"hello".to_vec()]
        }

        fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
            vec![bytes.to_vec()]
        }

        fn command(&mut self, cdb: &[u8], _data_out: &[u8], _expected: usize) -> Option<Vec<u8>> {
            Some(cdb.to_vec())
        }
    }

    fn hampered(fault: &str) -> Box<dyn SimulatedMeter> {
        hamper(Box::new(Parrot), Some(fault.parse().unwrap()))
    }

    #[test]
    fn a_slow_starter_misses_the_first_transfers_after_each_plug() {
        let mut meter = hampered("slow-start@2");
        for _ in 0..2 {
            assert!(meter.plugged().is_empty());
            assert!(meter.hear(b"a").is_empty());
            assert_eq!(meter.command(b"b", &[], 9), Some(Vec::new()));
            assert_eq!(meter.hear(b"c"), [b"c"]);
            assert_eq!(meter.command(b"d", &[], 9), Some(b"d".to_vec()));
        }
    }

    #[test]
    fn pieces_are_never_empty_nor_too_long() {
        let mut meter = hampered("chunks@2");
        assert_eq!(meter.plugged(), [b"he".as_slice(), b"ll", b"o"]);
        assert_eq!(meter.hear(b""), [b""]);
        assert_eq!(hampered("chunks@0").hear(b"ab"), [b"a", b"b"]);
    }

    #[test]
    fn other_faults_leave_the_meter_alone() {
        assert_eq!(hampered("drop@1").plugged(), [b"hello"]);
        assert_eq!(hamper(Box::new(Parrot), None).plugged(), [b"hello"]);
    }
}
