//! Fonts of this computer, for letters that the program's own font does not have: it would be ten times as large with
//! all of them. Only such may be used as may stand in a document that is handed on (OpenType OS/2, fsType).

use std::collections::BTreeSet;
use std::sync::Arc;

use fontdb::{Database, FaceInfo, ID, Style, Weight};
use ttf_parser::{Face, Permissions};

use crate::domain::font_file::FontFile;

/// More fonts than any name has scripts.
const MOST: usize = 4;

/// The fonts of this computer that have these letters, or as many of them as any has: as few fonts as do. The same of
/// the same fonts each time.
#[must_use]
pub fn covering(letters: &BTreeSet<char>) -> Vec<FontFile> {
    if letters.is_empty() {
        return Vec::new();
    }
    let mut fonts = Database::new();
    fonts.load_system_fonts();
    covering_among(&fonts, letters)
}

fn covering_among(fonts: &Database, letters: &BTreeSet<char>) -> Vec<FontFile> {
    let mut able: Vec<AbleFont> = fonts.faces().filter_map(|info| AbleFont::of(fonts, info, letters)).collect();
    able.sort_by(|one, other| one.rank.cmp(&other.rank));
    let (mut left, mut found) = (letters.clone(), Vec::new());
    while !left.is_empty() && found.len() < MOST {
        // Of several with as many of them, the first by rank: `max_by_key` gives the last.
        let best = able.iter().rev().max_by_key(|font| font.has.intersection(&left).count());
        let Some(best) = best.filter(|font| !font.has.is_disjoint(&left)) else { break };
        left.retain(|letter| !best.has.contains(letter));
        let file = |data: &[u8], index| FontFile { data: Arc::new(data.to_vec()), index };
        found.extend(fonts.with_face_data(best.id, file));
    }
    found
}

/// A font that has some of the letters and may be used.
struct AbleFont {
    id: ID,
    /// Upright letters of usual weight before others; then by name, so that it is the same font each time.
    rank: (bool, bool, bool, String),
    has: BTreeSet<char>,
}

impl AbleFont {
    fn of(fonts: &Database, info: &FaceInfo, letters: &BTreeSet<char>) -> Option<Self> {
        let has = fonts.with_face_data(info.id, |data, index| has_of(&Face::parse(data, index).ok()?, letters))??;
        let is_usual = info.weight == Weight::NORMAL;
        let rank = (info.monospaced, info.style != Style::Normal, !is_usual, info.post_script_name.clone());
        (!has.is_empty()).then_some(Self { id: info.id, rank, has })
    }
}

/// Which of the letters a font has; nothing where it may not be handed on, or has pictures in the place of outlines.
fn has_of(face: &Face<'_>, letters: &BTreeSet<char>) -> Option<BTreeSet<char>> {
    let is_allowed = face.permissions() != Some(Permissions::Restricted)
        && face.is_subsetting_allowed()
        && face.is_outline_embedding_allowed();
    let tables = face.tables();
    let has_outlines = tables.glyf.is_some() || tables.cff.is_some() || tables.cff2.is_some();
    // Fonts for want of others have every letter, and draw nothing.
    let is_drawn = |letter: char, glyph| letter.is_whitespace() || face.glyph_bounding_box(glyph).is_some();
    let glyph = |letter| face.glyph_index(letter).filter(|glyph| glyph.0 > 0);
    let is_there = |letter: &&char| glyph(**letter).is_some_and(|glyph| is_drawn(**letter, glyph));
    (is_allowed && has_outlines).then(|| letters.iter().filter(is_there).copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The program's own font, as any font of a computer.
    const OWN: &[u8] = include_bytes!("../../assets/fonts/DejaVuSans.ttf");

    fn fonts(files: &[Vec<u8>]) -> Database {
        let mut fonts = Database::new();
        for file in files {
            fonts.load_font_data(file.clone());
        }
        fonts
    }

    /// The same font, which must not be handed on (fsType 2 at byte 8 of the table OS/2).
    fn restricted() -> Vec<u8> {
        let mut data = OWN.to_vec();
        let entry = data.windows(4).position(|tag| tag == b"OS/2").unwrap();
        let at = u32::from_be_bytes(data[entry + 8..entry + 12].try_into().unwrap());
        let at = usize::try_from(at).unwrap() + 8;
        data[at..at + 2].copy_from_slice(&2_u16.to_be_bytes());
        data
    }

    #[test]
    fn a_font_is_found_by_its_letters_and_none_where_none_has_them() {
        let of = |files: &[Vec<u8>], letters: &str| covering_among(&fonts(files), &letters.chars().collect());
        let own = OWN.to_vec();
        assert_eq!(of(std::slice::from_ref(&own), "שж"), [FontFile { data: Arc::new(own.clone()), index: 0 }]);
        // DejaVu Sans has no Han.
        assert_eq!(of(std::slice::from_ref(&own), "王"), []);
        assert_eq!(of(&[], "ж"), []);
        assert_eq!(of(&[own], "ж王").len(), 1, "those that it has");
    }

    #[test]
    fn a_font_that_must_not_be_handed_on_is_not_used() {
        assert_eq!(covering_among(&fonts(&[restricted()]), &"ж".chars().collect()), []);
        let found = covering_among(&fonts(&[restricted(), OWN.to_vec()]), &"ж".chars().collect());
        assert_eq!(found, [FontFile { data: Arc::new(OWN.to_vec()), index: 0 }]);
    }

    /// A font that has every letter, and draws none of them: each begins where the next one begins.
    fn blank() -> Vec<u8> {
        let mut data = OWN.to_vec();
        let entry = data.windows(4).position(|tag| tag == b"loca").unwrap();
        let number = |at: usize| usize::try_from(u32::from_be_bytes(data[at..at + 4].try_into().unwrap())).unwrap();
        let (at, length) = (number(entry + 8), number(entry + 12));
        data[at..at + length].fill(0);
        data
    }

    #[test]
    fn a_font_that_draws_nothing_is_not_used() {
        assert_eq!(covering_among(&fonts(&[blank()]), &"ж".chars().collect()), []);
        let found = covering_among(&fonts(&[blank(), OWN.to_vec()]), &"ж".chars().collect());
        assert_eq!(found, [FontFile { data: Arc::new(OWN.to_vec()), index: 0 }]);
    }

    #[test]
    fn whoever_wants_no_letter_looks_at_no_font() {
        assert_eq!(covering(&BTreeSet::new()), []);
    }
}
