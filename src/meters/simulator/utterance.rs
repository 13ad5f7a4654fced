//! Counts the bytes a simulated meter says, and tells which of its messages gets the wrong check value that a fault
//! asks for.

use super::fault::{Fault, FaultKind};

/// The place of a wrong check value among all bytes a meter says.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CheckValueOffset {
    checksum_at: Option<u64>,
    said: u64,
}

impl CheckValueOffset {
    /// Of `fault`, what concerns check values.
    pub(super) fn new(fault: Option<Fault>) -> Self {
        Self { checksum_at: amount(fault, FaultKind::Checksum), said: 0 }
    }

    /// Counts a message of `length` bytes, and says whether its check value must be wrong.
    pub(super) fn is_spoiled(&mut self, length: usize) -> bool {
        let start = self.said;
        self.said += length as u64;
        self.checksum_at.is_some_and(|at| (start..self.said).contains(&at))
    }
}

/// How many readings too many a fault wants announced; none without such a fault.
pub(super) fn count_too_high(fault: Option<Fault>) -> u16 {
    amount(fault, FaultKind::CountHigh).map_or(0, |more| u16::try_from(more).unwrap_or(u16::MAX))
}

fn amount(fault: Option<Fault>, kind: FaultKind) -> Option<u64> {
    fault.filter(|fault| fault.kind == kind).map(|fault| fault.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_message_at_the_place_is_spoiled() {
        let mut utterance = CheckValueOffset::new(Some("checksum@7".parse().unwrap()));
        assert_eq!([7, 1, 7].map(|length| utterance.is_spoiled(length)), [false, true, false]);
        assert!(!CheckValueOffset::new(Some("flip@0".parse().unwrap())).is_spoiled(7));
    }

    #[test]
    fn only_its_own_fault_makes_the_count_too_high() {
        assert_eq!(count_too_high(Some("count-high@3".parse().unwrap())), 3);
        assert_eq!(count_too_high(Some("drop@3".parse().unwrap())), 0);
        assert_eq!(count_too_high(None), 0);
    }
}
