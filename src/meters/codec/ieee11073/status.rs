//! `MeasurementStatus`: what the meter itself thinks of a result (11073-20601).

use std::fmt;

use crate::domain::reading::Doubt;

/// The two bytes as sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct MeasurementStatus(pub u16);

impl MeasurementStatus {
    /// Bit of an invalid result.
    pub const INVALID: u16 = 0x8000;
    /// Bit of a questionable result.
    pub const QUESTIONABLE: u16 = 0x4000;
    /// Bit of a result that is not available.
    pub const NOT_AVAILABLE: u16 = 0x2000;
    /// Bit of a result from a test.
    pub const TEST_DATA: u16 = 0x0800;
    /// Bit of a result from a demonstration.
    pub const DEMO_DATA: u16 = 0x0400;

    /// The doubts that follow, in ascending order. Other bits are met on valid results and give none.
    #[must_use]
    pub fn doubts(self) -> Vec<Doubt> {
        [
            // Two published readers drop every result whose status is not 0. On older meters valid results were seen
            // with low bits set, so that loses readings; here everything is kept, and these bits mark.
            (Self::INVALID, Doubt::Invalid),
            (Self::QUESTIONABLE, Doubt::Questionable),
            (Self::NOT_AVAILABLE, Doubt::NotAvailable),
            (Self::TEST_DATA | Self::DEMO_DATA, Doubt::TestData),
        ]
        .into_iter()
        .filter(|(bits, _)| self.0 & bits != 0)
        .map(|(_, doubt)| doubt)
        .collect()
    }
}

impl fmt::Display for MeasurementStatus {
    /// The two bytes in hexadecimal, as for a raw field.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bits_that_matter_give_a_doubt() {
        assert_eq!(MeasurementStatus(0xC000).doubts(), [Doubt::Invalid, Doubt::Questionable]);
        assert_eq!(MeasurementStatus(0x2000).doubts(), [Doubt::NotAvailable]);
        assert_eq!(MeasurementStatus(0x0800).doubts(), [Doubt::TestData]);
        assert_eq!(MeasurementStatus(0x0C00).doubts(), [Doubt::TestData]);
        // Calibration, validated, early indication, ongoing, and the low bits seen on older meters.
        for bits in [0x1000, 0x0080, 0x0040, 0x0020, 0x0015, 0x0055] {
            assert_eq!(MeasurementStatus(bits).doubts(), []);
        }
        assert_eq!(MeasurementStatus(0x00C0).to_string(), "00C0");
    }
}
