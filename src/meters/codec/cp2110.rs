//! Silicon Labs CP2110: a serial line inside HID reports (application note AN434).
//!
//! Data goes both ways in interrupt reports whose id is the number of bytes, 1 to 63, and whose content is these bytes.
//! Feature reports set up and switch on the line. Unlike the data, the baud rate is big-endian.

use crate::meters::link::{LineSettings, Parity};

/// Most bytes of one data report.
pub const MOST: usize = 63;

/// Feature report that switches the line on or off.
const ENABLE: u8 = 0x41;

/// Feature report that empties the bridge's buffers.
const PURGE: u8 = 0x43;

/// Feature report that sets up the line.
const CONFIGURE: u8 = 0x50;

/// Why a report holds no data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// The first byte is no number of bytes.
    #[error("the report's id is not a number of bytes from 1 to 63")]
    Id,
    /// Fewer bytes than the id says.
    #[error("the report is shorter than its id says")]
    Short,
}

/// What a feature report asks of the bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// Drive the line like this.
    Configure(LineSettings),
    /// Switch the line on or off.
    Enable(bool),
    /// Forget what waits to be sent, or to be read.
    Purge {
        /// Bytes on their way to the meter.
        to_meter: bool,
        /// Bytes from the meter.
        from_meter: bool,
    },
}

impl Feature {
    /// The report, its id first.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        match self {
            Self::Configure(line) => {
                let parity = match line.parity {
                    Parity::None => 0,
                    Parity::Odd => 1,
                    Parity::Even => 2,
                };
                let [a, b, c, d] = line.baud.to_be_bytes();
                // No flow control, eight data bits.
                vec![CONFIGURE, a, b, c, d, parity, 0, 3, u8::from(line.two_stop_bits)]
            }
            Self::Enable(on) => vec![ENABLE, u8::from(on)],
            Self::Purge { to_meter, from_meter } => {
                vec![PURGE, u8::from(to_meter) | u8::from(from_meter) << 1]
            }
        }
    }

    /// What a report asks; `None` for other reports, and for a line that no meter of ours has. Bytes behind the report
    /// are padding.
    #[must_use]
    pub fn decode(report: &[u8]) -> Option<Self> {
        match report {
            [CONFIGURE, a, b, c, d, parity, 0, 3, stop, ..] => {
                let parity = match parity {
                    0 => Parity::None,
                    1 => Parity::Odd,
                    2 => Parity::Even,
                    _ => return None,
                };
                // AN434 calls 1 a long stop bit; with eight data bits that is two.
                let two_stop_bits = match stop {
                    0 => false,
                    1 => true,
                    _ => return None,
                };
                Some(Self::Configure(LineSettings {
                    baud: u32::from_be_bytes([*a, *b, *c, *d]),
                    parity,
                    two_stop_bits,
                }))
            }
            [ENABLE, on @ (0 | 1), ..] => Some(Self::Enable(*on == 1)),
            [PURGE, which @ 1..=3, ..] => Some(Self::Purge { to_meter: which & 1 != 0, from_meter: which & 2 != 0 }),
            _ => None,
        }
    }
}

/// The data reports that carry these bytes, each as full as it can be. They are not padded: the id tells the length.
#[must_use]
pub fn to_reports(bytes: &[u8]) -> Vec<Vec<u8>> {
    let report = |part: &[u8]| {
        let mut report = Vec::with_capacity(part.len() + 1);
        report.push(u8::try_from(part.len()).unwrap_or(u8::MAX));
        report.extend_from_slice(part);
        report
    };
    bytes.chunks(MOST).map(report).collect()
}

/// The bytes that a data report carries. What follows them, up to the 64 bytes of a transfer, is padding. pySerial
/// demands that a report has no more than its id counts, and its reader ends on the padding.
///
/// # Errors
/// [`ReportError`] if the report cannot be a data report.
pub fn from_report(report: &[u8]) -> Result<&[u8], ReportError> {
    let (id, rest) = report.split_first().ok_or(ReportError::Id)?;
    let length = usize::from(*id);
    // From 64 on ids are those of feature reports (AN434), which never come unasked.
    if !(1..=MOST).contains(&length) {
        return Err(ReportError::Id);
    }
    rest.get(..length).ok_or(ReportError::Short)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Published with pySerial and in the specifications of both meter families behind this bridge.
    #[test]
    fn features_are_the_published_bytes() {
        let configure = |baud| Feature::Configure(LineSettings::eight_n_one(baud));
        assert_eq!(configure(19_200).encode(), [0x50, 0, 0, 0x4B, 0, 0, 0, 3, 0]);
        assert_eq!(configure(9600).encode(), [0x50, 0, 0, 0x25, 0x80, 0, 0, 3, 0]);
        assert_eq!(Feature::Enable(true).encode(), [0x41, 1]);
        assert_eq!(Feature::Purge { to_meter: true, from_meter: true }.encode(), [0x43, 3]);
    }

    #[test]
    fn every_feature_is_read_as_it_was_written() {
        for parity in [Parity::None, Parity::Odd, Parity::Even] {
            for two_stop_bits in [false, true] {
                let feature = Feature::Configure(LineSettings { baud: 38_400, parity, two_stop_bits });
                assert_eq!(Feature::decode(&feature.encode()), Some(feature));
            }
        }
        for feature in [
            Feature::Enable(false),
            Feature::Enable(true),
            Feature::Purge { to_meter: true, from_meter: false },
            Feature::Purge { to_meter: false, from_meter: true },
        ] {
            assert_eq!(Feature::decode(&feature.encode()), Some(feature));
        }
        for other in [&[][..], &[0x46], &[0x41, 2], &[0x43, 0], &[0x50, 0, 0, 0x4B, 0, 3, 0, 3, 0]] {
            assert_eq!(Feature::decode(other), None);
        }
    }

    #[test]
    fn only_the_bytes_that_the_id_counts_are_data() {
        let mut padded = [0; 64];
        padded[..3].copy_from_slice(&[2, 0x51, 0x22]);
        assert_eq!(from_report(&padded), Ok(&[0x51, 0x22][..]));
        assert_eq!(from_report(&[1, 0x80]), Ok(&[0x80][..]));
        assert_eq!(from_report(&[2, 0x80]), Err(ReportError::Short));
        for wrong in [&[][..], &[0, 1], &[64, 1]] {
            assert_eq!(from_report(wrong), Err(ReportError::Id));
        }
    }

    proptest! {
        #[test]
        fn bytes_survive_the_reports(bytes: Vec<u8>) {
            let reports = to_reports(&bytes);
            prop_assert!(reports.iter().all(|report| (2..=64).contains(&report.len())));
            let back: Vec<u8> = reports.iter().flat_map(|report| from_report(report).unwrap().to_vec()).collect();
            prop_assert_eq!(back, bytes);
        }

        #[test]
        fn any_report_is_borne(report: Vec<u8>) {
            let _ = (from_report(&report), Feature::decode(&report));
        }
    }
}
