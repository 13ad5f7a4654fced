//! Fonts of this computer, for letters that the program's own font does not have: it would be ten times as large with
//! all of them. Only such may be used as may stand in a document that is handed on (OpenType OS/2, fsType).

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use fontdb::{Database, FaceInfo, ID, Style, Weight};
use ttf_parser::{Face, Permissions};

use crate::domain::font_file::FontFile;

/// More fonts than any name has scripts.
const MOST: usize = 4;

/// Which fonts this computer has, looked for once: there may be thousands, and their files are opened for that. What is
/// installed later is found at the next start.
static FONTS: OnceLock<Database> = OnceLock::new();

fn fonts_here() -> Database {
    let mut fonts = Database::new();
    fonts.load_system_fonts();
    fonts
}

/// Whether a font draws a letter.
pub type DrawsLetter = fn(&Face<'_>, char) -> bool;

/// The fonts of this computer that draw these letters, or as many of them as any does: as few fonts as do. The same of
/// the same fonts each time.
#[must_use]
pub fn covering(letters: &BTreeSet<char>, draws: DrawsLetter) -> Vec<FontFile> {
    if letters.is_empty() {
        return Vec::new();
    }
    covering_among(FONTS.get_or_init(fonts_here), letters, draws)
}

fn covering_among(fonts: &Database, letters: &BTreeSet<char>, draws: DrawsLetter) -> Vec<FontFile> {
    let mut able: Vec<AbleFont> = fonts.faces().filter_map(|info| AbleFont::of(fonts, info, letters, draws)).collect();
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
    fn of(fonts: &Database, info: &FaceInfo, letters: &BTreeSet<char>, draws: DrawsLetter) -> Option<Self> {
        let has =
            fonts.with_face_data(info.id, |data, index| has_of(&Face::parse(data, index).ok()?, letters, draws))??;
        let is_usual = info.weight == Weight::NORMAL;
        let rank = (info.monospaced, info.style != Style::Normal, !is_usual, info.post_script_name.clone());
        (!has.is_empty()).then_some(Self { id: info.id, rank, has })
    }
}

/// Which of the letters a font draws; nothing where it may not be handed on, or has pictures in the place of outlines.
fn has_of(face: &Face<'_>, letters: &BTreeSet<char>, draws: DrawsLetter) -> Option<BTreeSet<char>> {
    let is_allowed = face.permissions() != Some(Permissions::Restricted)
        && face.is_subsetting_allowed()
        && face.is_outline_embedding_allowed();
    let tables = face.tables();
    let has_outlines = tables.glyf.is_some() || tables.cff.is_some() || tables.cff2.is_some();
    let is_there = |letter: &&char| draws(face, **letter);
    (is_allowed && has_outlines).then(|| letters.iter().filter(is_there).copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The program's own font, as any font of a computer.
    const OWN: &[u8] = include_bytes!("../../assets/fonts/DejaVuSans.ttf");

    fn has(face: &Face<'_>, letter: char) -> bool {
        face.glyph_index(letter).is_some()
    }

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
        let of = |files: &[Vec<u8>], letters: &str| covering_among(&fonts(files), &letters.chars().collect(), has);
        let own = OWN.to_vec();
        assert_eq!(of(std::slice::from_ref(&own), "שж"), [FontFile { data: Arc::new(own.clone()), index: 0 }]);
        // DejaVu Sans has no Han.
        assert_eq!(of(std::slice::from_ref(&own), "王"), []);
        assert_eq!(of(&[], "ж"), []);
        assert_eq!(of(&[own], "ж王").len(), 1, "those that it has");
    }

    #[test]
    fn a_font_that_must_not_be_handed_on_is_not_used() {
        assert_eq!(covering_among(&fonts(&[restricted()]), &"ж".chars().collect(), has), []);
        let found = covering_among(&fonts(&[restricted(), OWN.to_vec()]), &"ж".chars().collect(), has);
        assert_eq!(found, [FontFile { data: Arc::new(OWN.to_vec()), index: 0 }]);
    }

    #[test]
    fn whoever_wants_no_letter_looks_at_no_font() {
        assert_eq!(covering(&BTreeSet::new(), has), []);
    }
}
