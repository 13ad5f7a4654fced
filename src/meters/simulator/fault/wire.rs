//! The wire between a simulated meter and the host, with at most one fault on it. Knows bytes only.

use super::{Fault, FaultKind};

/// What a wire does to a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Harm {
    Drop,
    Flip,
    Repeat,
    Stall,
    Unplug,
}

/// What the wire does to bytes from the meter.
const FROM_METER: [(FaultKind, Harm); 5] = [
    (FaultKind::Drop, Harm::Drop),
    (FaultKind::Flip, Harm::Flip),
    (FaultKind::Repeat, Harm::Repeat),
    (FaultKind::Stall, Harm::Stall),
    (FaultKind::Unplug, Harm::Unplug),
];

/// What the wire does to bytes to the meter.
const TO_METER: [(FaultKind, Harm); 5] = [
    (FaultKind::ToDrop, Harm::Drop),
    (FaultKind::ToFlip, Harm::Flip),
    (FaultKind::ToRepeat, Harm::Repeat),
    (FaultKind::ToStall, Harm::Stall),
    (FaultKind::ToUnplug, Harm::Unplug),
];

/// The wire between a simulated meter and the host, with at most one fault on it.
#[derive(Debug, Default)]
pub struct FaultyWire {
    fault: Option<Fault>,
    from_meter: WireDirection,
    to_meter: WireDirection,
}

/// One direction.
#[derive(Debug, Default)]
struct WireDirection {
    passed: u64,
    end: Option<End>,
}

/// How a way ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Stalled,
    Unplugged,
}

impl FaultyWire {
    /// A wire with this fault, or a good one.
    #[must_use]
    pub fn new(fault: Option<Fault>) -> Self {
        Self { fault, ..Self::default() }
    }

    /// What arrives of one transfer from the meter: `None` if not even an empty one does.
    pub fn pass(&mut self, transfer: Vec<u8>) -> Option<Vec<u8>> {
        let harm = self.harm(&FROM_METER);
        if self.has_ended() { None } else { self.from_meter.pass(transfer, harm) }
    }

    /// What the meter hears of one transfer from the host: `None` if not even an empty one arrives.
    pub fn pass_to(&mut self, transfer: &[u8]) -> Option<Vec<u8>> {
        let harm = self.harm(&TO_METER);
        // A line that has stalled from the meter still carries what goes to it.
        if self.is_unplugged() || self.to_meter.end.is_some() {
            None
        } else {
            self.to_meter.pass(transfer.to_vec(), harm)
        }
    }

    /// What the fault does in one direction, and at which byte.
    fn harm(&self, harms: &[(FaultKind, Harm)]) -> Option<(Harm, u64)> {
        let fault = self.fault?;
        let (_, harm) = harms.iter().find(|(kind, _)| *kind == fault.kind)?;
        Some((*harm, fault.at))
    }

    /// Whether the cable was pulled.
    #[must_use]
    pub fn is_unplugged(&self) -> bool {
        [&self.from_meter, &self.to_meter].iter().any(|way| way.end == Some(End::Unplugged))
    }

    /// Whether nothing arrives from the meter any more, because it stalled or the cable was pulled.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.from_meter.end.is_some() || self.is_unplugged()
    }

    /// Bytes that the meter sent so far, lost ones included.
    #[must_use]
    pub const fn passed(&self) -> u64 {
        self.from_meter.passed
    }
}

impl WireDirection {
    fn pass(&mut self, mut transfer: Vec<u8>, harm: Option<(Harm, u64)>) -> Option<Vec<u8>> {
        let start = self.passed;
        self.passed += transfer.len() as u64;
        let place = |at: u64| usize::try_from(at.checked_sub(start)?).ok().filter(|place| *place < transfer.len());
        let Some((harm, place)) = harm.and_then(|(harm, at)| Some((harm, place(at)?))) else { return Some(transfer) };
        match harm {
            Harm::Drop => {
                transfer.remove(place);
            }
            Harm::Repeat => {
                if let Some(byte) = transfer.get(place).copied() {
                    transfer.insert(place, byte);
                }
            }
            Harm::Flip => {
                if let Some(byte) = transfer.get_mut(place) {
                    // One bit: the least that a sum or a CRC must notice.
                    *byte ^= 1;
                }
            }
            Harm::Stall | Harm::Unplug => {
                self.end = Some(if harm == Harm::Stall { End::Stalled } else { End::Unplugged });
                transfer.truncate(place);
                // What went before the byte is on its way, and arrives.
                return (!transfer.is_empty()).then_some(transfer);
            }
        }
        Some(transfer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrives(fault: &str) -> Vec<Option<Vec<u8>>> {
        let mut wire = FaultyWire::new(Some(fault.parse().unwrap()));
        [vec![10, 11, 12], vec![], vec![13, 14]].into_iter().map(|transfer| wire.pass(transfer)).collect()
    }

    #[test]
    fn each_fault_strikes_the_byte_it_names() {
        let good = [Some(vec![10, 11, 12]), Some(vec![]), Some(vec![13, 14])];
        assert_eq!(arrives("drop@1"), [Some(vec![10, 12]), Some(vec![]), Some(vec![13, 14])]);
        assert_eq!(arrives("drop@3"), [Some(vec![10, 11, 12]), Some(vec![]), Some(vec![14])]);
        assert_eq!(arrives("flip@4"), [Some(vec![10, 11, 12]), Some(vec![]), Some(vec![13, 15])]);
        assert_eq!(arrives("repeat@2"), [Some(vec![10, 11, 12, 12]), Some(vec![]), Some(vec![13, 14])]);
        assert_eq!(arrives("stall@1"), [Some(vec![10]), None, None]);
        assert_eq!(arrives("unplug@3"), [Some(vec![10, 11, 12]), Some(vec![]), None]);
        assert_eq!(arrives("drop@5"), good);
        assert_eq!(arrives("checksum@1"), good);
    }

    fn heard(fault: &str) -> Vec<Option<Vec<u8>>> {
        let mut wire = FaultyWire::new(Some(fault.parse().unwrap()));
        [vec![10, 11, 12], vec![], vec![13, 14]].into_iter().map(|transfer| wire.pass_to(&transfer)).collect()
    }

    #[test]
    fn each_direction_has_its_faults_and_its_bytes() {
        let good = [Some(vec![10, 11, 12]), Some(vec![]), Some(vec![13, 14])];
        assert_eq!(heard("to-drop@1"), [Some(vec![10, 12]), Some(vec![]), Some(vec![13, 14])]);
        assert_eq!(heard("to-flip@4"), [Some(vec![10, 11, 12]), Some(vec![]), Some(vec![13, 15])]);
        assert_eq!(heard("to-repeat@2"), [Some(vec![10, 11, 12, 12]), Some(vec![]), Some(vec![13, 14])]);
        assert_eq!(heard("to-stall@1"), [Some(vec![10]), None, None]);
        assert_eq!(heard("drop@1"), good);
        assert_eq!(arrives("to-drop@1"), good);
    }

    #[test]
    fn a_stall_stops_one_direction_and_an_unplug_both() {
        let mut wire = FaultyWire::new(Some("to-stall@0".parse().unwrap()));
        assert_eq!(wire.pass_to(b"a"), None);
        assert_eq!(wire.pass(b"b".to_vec()), Some(b"b".to_vec()));
        assert!(!wire.is_unplugged() && !wire.has_ended());
        let mut wire = FaultyWire::new(Some("to-unplug@0".parse().unwrap()));
        assert_eq!(wire.pass_to(b"a"), None);
        assert_eq!(wire.pass(b"b".to_vec()), None);
        assert!(wire.is_unplugged() && wire.has_ended());
    }
}
