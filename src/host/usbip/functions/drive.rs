//! The SCSI side of a drive that holds files and cannot be written to (SPC-4, SBC-3), as far as a kernel asks it.

use crate::host::usbip::volume::{BLOCK, BLOCKS, Volume};
use crate::meters::simulator::SimulatedMeter;

/// A drive.
pub struct Drive {
    names: [String; 2],
    volume: Volume,
}

impl Drive {
    /// A drive of this maker and product with these files.
    #[must_use]
    pub fn new(names: [&str; 2], volume: Volume) -> Self {
        Self { names: names.map(str::to_owned), volume }
    }

    /// Standard INQUIRY data: a removable disk after SPC-2, whose answers have format 2.
    fn inquiry(&self) -> Vec<u8> {
        let [maker, product] = &self.names;
        let filled = |text: &str, length: usize| -> Vec<u8> {
            let letters = text.bytes().map(|byte| if byte.is_ascii() { byte } else { b'?' });
            letters.chain(std::iter::repeat(b' ')).take(length).collect()
        };
        let mut data = vec![0x00, 0x80, 4, 2, 31, 0, 0, 0];
        data.extend(filled(maker, 8));
        data.extend(filled(product, 16));
        data.extend(b"1.00");
        data
    }

    fn capacity() -> Vec<u8> {
        // The number of the last block, not how many there are (SBC-3, READ CAPACITY).
        let last = BLOCKS - 1;
        [last.to_be_bytes(), u32::try_from(BLOCK).unwrap_or(u32::MAX).to_be_bytes()].concat()
    }
}

impl SimulatedMeter for Drive {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn hear(&mut self, _bytes: &[u8]) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn command(&mut self, cdb: &[u8], _data_out: &[u8], expected: usize) -> Option<Vec<u8>> {
        let mut data = match *cdb {
            // INQUIRY, without pages of details.
            [0x12, 0, ..] => self.inquiry(),
            // MODE SENSE of 6 and 10 bytes: no pages, write protected.
            [0x1a, ..] => vec![3, 0, 0x80, 0],
            [0x5a, ..] => vec![0, 6, 0, 0x80, 0, 0, 0, 0],
            // READ CAPACITY; READ of 10 bytes.
            [0x25, ..] => Self::capacity(),
            [0x28, _, a, b, c, d, _, high, low, ..] => {
                self.volume.blocks(u32::from_be_bytes([a, b, c, d]), u16::from_be_bytes([high, low]))?
            }
            _ => return None,
        };
        data.truncate(expected);
        Some(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drive() -> Drive {
        Drive::new(["Röche", "Accu-Chek Mobile Plus"], Volume::new("METER", Vec::new()).unwrap())
    }

    #[test]
    fn a_drive_names_itself_and_its_size() {
        let mut drive = drive();
        let named = drive.command(&[0x12, 0, 0, 0, 36, 0], &[], 36).unwrap();
        assert_eq!(named, [&[0, 0x80, 4, 2, 31, 0, 0, 0][..], b"R??che  Accu-Chek Mobile1.00"].concat());
        assert_eq!(drive.command(&[0x25], &[], 8).unwrap(), [0, 0, 0x7f, 0xff, 0, 0, 2, 0]);
        assert_eq!(drive.command(&[0x12, 1, 0, 0, 36, 0], &[], 36), None);
    }

    #[test]
    fn blocks_are_read_and_never_written() {
        let mut drive = drive();
        let read = |first: u8, count: u8| [0x28, 0, 0, 0, 0, first, 0, 0, count, 0];
        assert_eq!(drive.command(&read(0, 1), &[], 512).unwrap()[510..], [0x55, 0xaa]);
        assert_eq!(drive.command(&read(0, 2), &[], 512).unwrap().len(), 512);
        assert_eq!(drive.command(&[0x28, 0, 0, 0, 0x80, 0, 0, 0, 1, 0], &[], 512), None);
        assert_eq!(drive.command(&[0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0], &[0; 512], 0), None);
        assert_eq!(drive.command(&[0x1a, 0, 0x3f, 0, 192, 0], &[], 192).unwrap()[2], 0x80);
    }
}
