//! The entries of a folder: 32 bytes each, and more before them for a name that is not 8 capital letters and 3.

use std::collections::BTreeSet;

use super::VolumeError;

/// Bytes of an entry.
pub(super) const LENGTH: usize = 32;

/// Units of UTF-16 in one entry of a long name.
const PART: usize = 13;

/// Attributes: read only; name of the volume; folder; part of a long name.
const READ_ONLY: u8 = 0x01;
const VOLUME: u8 = 0x08;
const FOLDER: u8 = 0x10;
const LONG_NAME: u8 = 0x0f;

/// The first of January 1980: the drive of a simulated meter has no clock of its own.
const DAY: [u8; 2] = [0x21, 0x00];

/// Letters, filled up with spaces.
pub(super) fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [b' '; N];
    bytes.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
    bytes
}

fn plain(name: [u8; 11], attributes: u8, cluster: u16, size: u32) -> Vec<u8> {
    let mut entry = name.to_vec();
    entry.push(attributes);
    // Created: no time of day; last read.
    entry.extend([0, 0, 0, 0]);
    entry.extend(DAY);
    entry.extend(DAY);
    // The upper half of the cluster, which is FAT32's; written: time and day.
    entry.extend([0, 0, 0, 0]);
    entry.extend(DAY);
    entry.extend(cluster.to_le_bytes());
    entry.extend(size.to_le_bytes());
    entry
}

/// The entry that names the volume.
pub(super) fn label(label: &str) -> Vec<u8> {
    plain(padded(label), VOLUME, 0, 0)
}

/// The two entries with which a folder begins: itself and the one above, 0 for the root.
pub(super) fn dots(own: u16, parent: u16) -> Vec<u8> {
    [plain(padded("."), FOLDER, own, 0), plain(padded(".."), FOLDER, parent, 0)].concat()
}

/// A name of at most 8 letters and at most 3, as it is kept, if it is one.
fn short(name: &str) -> Option<[u8; 11]> {
    let (base, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let is_right = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"_-~".contains(&byte))
    };
    let fits = (1..=8).contains(&base.len()) && ending.len() <= 3 && is_right(base) && is_right(ending);
    fits.then(|| kept(base, ending))
}

fn kept(base: &str, ending: &str) -> [u8; 11] {
    let mut bytes = [b' '; 11];
    bytes.iter_mut().zip(base.bytes().take(8)).for_each(|(to, from)| *to = from);
    bytes.iter_mut().skip(8).zip(ending.bytes()).for_each(|(to, from)| *to = from);
    bytes
}

/// Bytes of the entries of a name.
pub(super) fn length(name: &str) -> usize {
    let parts = if short(name).is_some() { 0 } else { name.encode_utf16().count().div_ceil(PART) };
    LENGTH * (1 + parts)
}

/// The check value that ties a long name to its short one.
fn check(short: [u8; 11]) -> u8 {
    short.iter().fold(0_u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte))
}

/// The short names that a folder has given away.
#[derive(Default)]
pub(super) struct Names(BTreeSet<[u8; 11]>);

impl Names {
    /// The entries of a file or folder.
    ///
    /// # Errors
    /// [`VolumeError::NamesAlike`] if no short name is left for it.
    pub(super) fn entry(
        &mut self,
        name: &str,
        is_folder: bool,
        cluster: u16,
        size: u32,
    ) -> Result<Vec<u8>, VolumeError> {
        let given = short(name);
        let own = match given {
            Some(own) => own,
            None => self.alias(name).ok_or(VolumeError::NamesAlike)?,
        };
        self.0.insert(own);
        let mut entries = if given.is_some() { Vec::new() } else { long(name, check(own)) };
        let attributes = if is_folder { FOLDER } else { READ_ONLY };
        entries.extend(plain(own, attributes, cluster, size));
        Ok(entries)
    }

    /// A short name for a long one: its first letters, and a number.
    fn alias(&self, name: &str) -> Option<[u8; 11]> {
        let (base, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let letters = |text: &str, count| -> String {
            text.chars().filter(char::is_ascii_alphanumeric).take(count).collect::<String>().to_ascii_uppercase()
        };
        let ending = letters(ending, 3);
        let alias = |number: u32| kept(&format!("{}~{number}", letters(base, 6)), &ending);
        (1..=9).map(alias).find(|alias| !self.0.contains(alias))
    }
}

/// The entries of a long name, its last part first.
fn long(name: &str, check: u8) -> Vec<u8> {
    let mut units: Vec<u16> = name.encode_utf16().collect();
    let count = units.len().div_ceil(PART);
    // A zero ends a name that does not fill its last part; what follows has all bits set.
    if units.len() < count * PART {
        units.push(0);
    }
    units.resize(count * PART, 0xffff);
    let parts: Vec<(&[u16], u8)> = units.chunks(PART).zip(1..).collect();
    let mut entries = Vec::new();
    for (part, number) in parts.into_iter().rev() {
        let is_last = usize::from(number) == count;
        let bytes: Vec<u8> = part.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let (first, rest) = bytes.split_at_checked(10).unwrap_or_default();
        let (second, third) = rest.split_at_checked(12).unwrap_or_default();
        entries.push(number | if is_last { 0x40 } else { 0 });
        entries.extend(first);
        entries.extend([LONG_NAME, 0, check]);
        entries.extend(second);
        entries.extend([0, 0]);
        entries.extend(third);
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capital_letters_need_no_long_name() {
        assert_eq!(short("STATUS.TXT"), Some(*b"STATUS  TXT"));
        assert_eq!(short("REPORT"), Some(*b"REPORT     "));
        for name in ["Report.csv", "TOO-LONG-A.TXT", "A.HTML", "A B", ""] {
            assert_eq!(short(name), None, "{name}");
        }
    }

    /// The example of the specification (page 30), `The quick brown.fox`, written out by hand: its short name, its
    /// check value by the algorithm of page 28, and its two parts.
    #[test]
    fn a_long_name_stands_before_its_short_one() {
        let entries = Names::default().entry("The quick brown.fox", false, 7, 300).unwrap();
        assert_eq!(entries.len(), 3 * LENGTH);
        assert_eq!(length("The quick brown.fox"), entries.len());
        let check = check(*b"THEQUI~1FOX");
        let units = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let second = [&[0x42][..], &units("wn.fo"), &[0x0f, 0, check], &units("x\0\u{ffff}\u{ffff}\u{ffff}\u{ffff}")];
        assert_eq!(entries[..26], second.concat());
        assert_eq!(entries[26..32], [0, 0, 0xff, 0xff, 0xff, 0xff]);
        let first = [&[0x01][..], &units("The q"), &[0x0f, 0, check], &units("uick b"), &[0, 0], &units("ro")];
        assert_eq!(entries[32..64], first.concat());
        assert_eq!(entries[64..76], *b"THEQUI~1FOX\x01");
        assert_eq!((&entries[90..92], &entries[92..96]), (&[7, 0][..], &[0x2c, 1, 0, 0][..]));
    }

    /// Worked by hand: 41; e2 after the second letter; then, with nine spaces, 91 e8 94 6a 55 ca 85 e2 91.
    #[test]
    fn the_check_value_rotates_and_adds() {
        assert_eq!(check(*b"AB         "), 0x91);
    }

    #[test]
    fn names_that_are_alike_get_numbers() {
        let mut names = Names::default();
        let own = |entries: Vec<u8>| entries[entries.len() - LENGTH..][..11].to_vec();
        assert_eq!(own(names.entry("Report one.csv", false, 2, 1).unwrap()), b"REPORT~1CSV");
        assert_eq!(own(names.entry("Report two.csv", false, 3, 1).unwrap()), b"REPORT~2CSV");
    }
}
