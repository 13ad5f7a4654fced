//! Class-specific descriptors of USB Personal Healthcare devices (USB PHDC 1.0, section 5): what a device will speak,
//! read from its interface before it is opened. Numbers in USB descriptors are little-endian.

/// What the interface of a personal healthcare device says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Healthcare {
    /// What the messages are: 2 is IEEE 11073-20601.
    pub data_code: Option<u8>,
    /// Whether messages may have a preamble of metadata.
    pub has_metadata_preamble: bool,
    /// The specializations of 11073: 4113 is a glucose meter.
    pub specializations: Vec<u16>,
}

/// The types of the two descriptors (USB Personal Healthcare Device Class 1.0).
const FUNCTION: u8 = 0x20;
const PHD_FUNCTION: u8 = 0x30;

impl Healthcare {
    /// Takes what is known from the descriptors that follow the interface; others, and what is cut off, are passed
    /// over.
    #[must_use]
    pub fn from_descriptors(mut bytes: &[u8]) -> Self {
        let mut known = Self::default();
        // A descriptor counts its own length and type, so a shorter one is damaged; one of length 0
        // would be looked at for ever.
        while let Some(length) = bytes.first().copied().map(usize::from).filter(|length| *length >= 2) {
            let Some((descriptor, rest)) = bytes.split_at_checked(length) else { break };
            bytes = rest;
            match descriptor {
                [_, FUNCTION, data_code, capability, ..] => {
                    known.data_code = Some(*data_code);
                    known.has_metadata_preamble = capability & 1 != 0;
                }
                [_, PHD_FUNCTION, _reserved, count, codes @ ..] => {
                    let (pairs, _) = codes.as_chunks();
                    known.specializations =
                        pairs.iter().take(usize::from(*count)).map(|pair| u16::from_le_bytes(*pair)).collect();
                }
                _ => {}
            }
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The descriptors of a Guide, section 2.1 of the protocol's specification.
    #[test]
    fn a_guide_speaks_11073_without_preamble() {
        let bytes = [0x04, 0x20, 0x02, 0x00, 0x06, 0x30, 0x00, 0x01, 0x11, 0x10];
        let known = Healthcare::from_descriptors(&bytes);
        assert_eq!(known, Healthcare { data_code: Some(2), has_metadata_preamble: false, specializations: vec![4113] });
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(Healthcare::from_descriptors(&bytes).specializations.len() < 128);
        }
    }
}
