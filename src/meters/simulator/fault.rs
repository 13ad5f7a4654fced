//! Faults on the wire from meter to host, at a chosen byte, so that a test can put one at every place.
//!
//! Knows bytes only. Two kinds concern what is said instead of how it travels; a simulated meter applies those itself.

use std::fmt;
use std::str::FromStr;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The byte is lost.
    Drop,
    /// The lowest bit of the byte is inverted.
    Flip,
    /// The byte arrives twice.
    Repeat,
    /// The byte and everything after it never arrive; the link stays.
    Stall,
    /// The cable is pulled before the byte.
    Unplug,
    /// The check value of the message in which the byte lies is wrong; applied by meters that send check values.
    Checksum,
    /// The meter announces this many readings more than it sends; applied by the simulated meter.
    CountHigh,
}

impl FaultKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 7] =
        [Self::Drop, Self::Flip, Self::Repeat, Self::Stall, Self::Unplug, Self::Checksum, Self::CountHigh];

    /// The name on the command line and in scripts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Flip => "flip",
            Self::Repeat => "repeat",
            Self::Stall => "stall",
            Self::Unplug => "unplug",
            Self::Checksum => "checksum",
            Self::CountHigh => "count-high",
        }
    }
}

/// A fault and its place, written `drop@300`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// The byte it happens to: its position from 0 among all bytes from meter to host since the meter was plugged in.
    /// For [`FaultKind::CountHigh`] the number of readings too many.
    pub at: u64,
}

/// Why a text names no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// There is no `@` in the text.
    #[error("a fault is written KIND@POSITION, for example drop@300")]
    NoPosition,
    /// The kind is not known.
    #[error("no fault of kind {kind:?}; the kinds are drop, flip, repeat, stall, unplug, checksum and count-high")]
    UnknownKind {
        /// What stood before the `@`.
        kind: String,
    },
    /// The position is no whole number.
    #[error("the position {position:?} is not a whole number from 0")]
    BadPosition {
        /// What stood behind the `@`.
        position: String,
    },
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (name, position) = text.split_once('@').ok_or(FaultError::NoPosition)?;
        let kind = FaultKind::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| FaultError::UnknownKind { kind: name.to_owned() })?;
        let at = position.parse().map_err(|_| FaultError::BadPosition { position: position.to_owned() })?;
        Ok(Self { kind, at })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.kind.name(), self.at)
    }
}

/// The way from a simulated meter to the host, with at most one fault on it.
#[derive(Debug, Default)]
pub struct FaultyWire {
    fault: Option<Fault>,
    passed: u64,
    end: Option<End>,
}

/// How the way ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Stalled,
    Unplugged,
}

impl FaultyWire {
    /// A wire with this fault, or a good one.
    #[must_use]
    pub const fn new(fault: Option<Fault>) -> Self {
        Self { fault, passed: 0, end: None }
    }

    /// What arrives of one transfer: `None` if not even an empty one does.
    pub fn pass(&mut self, mut transfer: Vec<u8>) -> Option<Vec<u8>> {
        if self.end.is_some() {
            return None;
        }
        let start = self.passed;
        self.passed += transfer.len() as u64;
        let Some((kind, place)) = self.fault_within(start, transfer.len()) else { return Some(transfer) };
        match kind {
            FaultKind::Drop => {
                transfer.remove(place);
            }
            FaultKind::Repeat => {
                if let Some(byte) = transfer.get(place).copied() {
                    transfer.insert(place, byte);
                }
            }
            FaultKind::Flip => {
                if let Some(byte) = transfer.get_mut(place) {
                    *byte ^= 1;
                }
            }
            FaultKind::Stall | FaultKind::Unplug => {
                self.end = Some(if kind == FaultKind::Stall { End::Stalled } else { End::Unplugged });
                transfer.truncate(place);
                return (!transfer.is_empty()).then_some(transfer);
            }
            FaultKind::Checksum | FaultKind::CountHigh => {}
        }
        Some(transfer)
    }

    /// Whether the cable was pulled.
    #[must_use]
    pub fn is_unplugged(&self) -> bool {
        self.end == Some(End::Unplugged)
    }

    /// Whether nothing arrives any more, because the meter stalled or the cable was pulled.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// Bytes that the meter sent so far, lost ones included.
    #[must_use]
    pub const fn passed(&self) -> u64 {
        self.passed
    }

    fn fault_within(&self, start: u64, length: usize) -> Option<(FaultKind, usize)> {
        let fault = self.fault?;
        let place = usize::try_from(fault.at.checked_sub(start)?).ok()?;
        (place < length).then_some((fault.kind, place))
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

    #[test]
    fn a_fault_is_written_as_it_is_read() {
        for text in ["drop@300", "flip@0", "repeat@1", "stall@7", "unplug@8", "checksum@2", "count-high@3"] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_wrong_fault_says_what_is_wrong() {
        let error = |text: &str| text.parse::<Fault>().unwrap_err().to_string();
        assert!(error("drop").contains("KIND@POSITION"));
        assert!(error("burn@3").contains("\"burn\"") && error("burn@3").contains("count-high"));
        assert!(error("drop@-1").contains("\"-1\""));
        assert!(error("drop@").contains("whole number"));
    }
}
