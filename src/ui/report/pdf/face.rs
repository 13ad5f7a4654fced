//! The fonts of the pages: how wide their texts are, which characters they have, and in which direction they are
//! written.

use std::fmt::Write as _;
use std::sync::Arc;

use krilla::text::Font;
use rustybuzz::{Direction, UnicodeBuffer};
use ttf_parser::{Face, GlyphId};
use unicode_bidi::{BidiClass, bidi_class};

use crate::domain::font_file::FontFile;

/// `DejaVu` Sans (licence beside it in `assets/fonts`): Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic and
/// more, and the signs of mathematics.
const FONT: &[u8] = include_bytes!("../../../../assets/fonts/DejaVuSans.ttf");

/// The fonts, for whoever sets lines: the embedded one, and others for what it does not have.
pub(super) struct PageFace<'f> {
    own: PageFont<'f>,
    others: Vec<PageFont<'f>>,
}

/// One of them.
struct PageFont<'f> {
    face: Face<'f>,
    shaper: rustybuzz::Face<'f>,
    units: f32,
    drawn: Font,
}

/// Whether a font draws a letter: fonts for want of others have every one, and draw nothing.
#[must_use]
pub fn draws_letter(face: &Face<'_>, letter: char) -> bool {
    let is_drawn = |glyph: &GlyphId| letter.is_whitespace() || face.glyph_bounding_box(*glyph).is_some();
    face.glyph_index(letter).filter(|glyph| glyph.0 > 0).is_some_and(|glyph| is_drawn(&glyph))
}

impl<'f> PageFont<'f> {
    /// A font that can be read, measured and drawn.
    fn of(data: &'f [u8], index: u32, drawn: Option<Font>) -> Option<Self> {
        let (face, shaper) = (Face::parse(data, index).ok()?, rustybuzz::Face::from_slice(data, index)?);
        let units = f32::from(face.units_per_em());
        Some(Self { face, shaper, units, drawn: drawn? })
    }

    fn has(&self, c: char) -> bool {
        self.face.glyph_index(c).is_some_and(|glyph| glyph.0 > 0)
    }

    fn shows(&self, c: char) -> bool {
        draws_letter(&self.face, c)
    }

    fn advance(&self, c: char) -> f32 {
        let glyph = self.face.glyph_index(c).unwrap_or(GlyphId(0));
        f32::from(self.face.glyph_hor_advance(glyph).unwrap_or(0)) / self.units
    }
}

/// A stretch of a line that is written in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DirectedRun<'a> {
    pub(super) text: &'a str,
    pub(super) is_right_to_left: bool,
}

/// A stretch of a line that is written in one direction and one font, where it stands.
pub(super) struct PlacedRun<'a> {
    /// From the edge of the paper, in points.
    pub(super) x: f32,
    pub(super) run: DirectedRun<'a>,
    pub(super) font: &'a Font,
}

impl<'f> PageFace<'f> {
    /// The embedded font with these others, of which one that cannot be read is left out; nothing if the embedded one
    /// cannot be read, which a test would find.
    pub(super) fn with(others: &'f [FontFile]) -> Option<Self> {
        let own = PageFont::of(FONT, 0, Font::new(FONT.into(), 0))?;
        let other = |file: &'f FontFile| {
            PageFont::of(&file.data, file.index, Font::new(Arc::clone(&file.data).into(), file.index))
        };
        Some(Self { own, others: others.iter().filter_map(other).collect() })
    }

    /// How wide a text is at this size, in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        let of = |(font, text): (&PageFont<'_>, &str)| text.chars().map(|c| font.advance(c)).sum::<f32>();
        self.by_font(text).into_iter().map(of).sum::<f32>() * size
    }

    /// Each stretch of a line that begins here, in the order on the paper.
    pub(super) fn placed<'a>(&'a self, text: &'a str, x: f32, size: f32) -> Vec<PlacedRun<'a>> {
        let (mut x, mut placed) = (x, Vec::new());
        for DirectedRun { text, is_right_to_left } in directed_runs(text) {
            let mut pieces = self.by_font(text);
            if is_right_to_left {
                pieces.reverse();
            }
            for (font, text) in pieces {
                let run = DirectedRun { text, is_right_to_left };
                placed.push(PlacedRun { x, run, font: &font.drawn });
                x += drawn_width(font, run) * size;
            }
        }
        placed
    }

    /// The text cut where its font changes. What is no letter or digit of its own stays in the font of what stands
    /// before it, so that the letters and the marks of one word are one piece.
    fn by_font<'t>(&self, text: &'t str) -> Vec<(&PageFont<'f>, &'t str)> {
        let (mut pieces, mut begun, mut place): (Vec<_>, _, _) = (Vec::new(), 0, None);
        for (at, c) in text.char_indices() {
            let before = place.flatten().filter(|_| !c.is_ascii_alphanumeric());
            let stays = before.filter(|before| self.other(*before).is_some_and(|font| font.shows(c)));
            let now = stays.or_else(|| self.place_for(c));
            if place.is_some_and(|place| place != now) {
                pieces.push((self.font(place.flatten()), text.get(begun..at).unwrap_or_default()));
                begun = at;
            }
            place = Some(now);
        }
        pieces.push((self.font(place.flatten()), text.get(begun..).unwrap_or_default()));
        pieces
    }

    fn other(&self, place: usize) -> Option<&PageFont<'f>> {
        self.others.get(place)
    }

    fn font(&self, place: Option<usize>) -> &PageFont<'f> {
        place.and_then(|place| self.other(place)).unwrap_or(&self.own)
    }

    /// Which of the others has a character that the embedded one does not have.
    fn place_for(&self, c: char) -> Option<usize> {
        if self.own.has(c) { None } else { self.others.iter().position(|font| font.shows(c)) }
    }

    fn has(&self, c: char) -> bool {
        self.own.has(c) || needs_no_picture(c) || self.others.iter().any(|font| font.shows(c))
    }

    /// Whether all of a text can be drawn.
    pub(super) fn draws(&self, text: &str) -> bool {
        text.chars().all(|c| self.has(c))
    }

    /// The text as it can be drawn: a character that no font has is named by its code point.
    pub(super) fn drawable(&self, text: &str) -> String {
        let mut drawable = String::with_capacity(text.len());
        for c in text.chars() {
            if self.has(c) {
                drawable.push(c);
            } else {
                // Writing into a text cannot fail.
                let _ = write!(drawable, "[U+{:04X}]", u32::from(c));
            }
        }
        drawable
    }

    /// The text in lines that are no wider. A word that is wider than a line is cut, and nothing of it is lost.
    pub(super) fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split(' ') {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(&longer, size) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                line.push(c);
                // A character alone stands even where it is wider than the line: an empty line before it helps nobody.
                if self.width(&line, size) > width && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, c.to_string()));
                }
            }
        }
        lines.push(line);
        lines
    }
}

/// How wide it is as it is drawn, by the size of the letters: letters that join are narrower than the same alone.
fn drawn_width(font: &PageFont<'_>, run: DirectedRun<'_>) -> f32 {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(run.text);
    buffer.guess_segment_properties();
    buffer.set_direction(if run.is_right_to_left { Direction::RightToLeft } else { Direction::LeftToRight });
    let shaped = rustybuzz::shape(&font.shaper, &[], buffer);
    // No advance of a font is as large as what an f32 no longer holds exactly.
    let advances = shaped.glyph_positions().iter().map(|glyph| f32::from(i16::try_from(glyph.x_advance).unwrap_or(0)));
    advances.sum::<f32>() / font.units
}

/// What joins or parts letters and is not seen itself.
const fn needs_no_picture(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FE00}'..='\u{FE0F}')
}

/// The stretches of a line in the order in which they stand on the paper.
///
/// Right-to-left letters and what stands between two of them are one stretch. All else keeps its place and its
/// direction, numbers above all: in running text a number behind a Hebrew word goes to its left (Unicode UAX 9, rule
/// N1), but a line here is a row of fields, and a number or a date that changes its place belongs to another field.
pub(super) fn directed_runs(text: &str) -> Vec<DirectedRun<'_>> {
    let mut runs = Vec::new();
    let mut rest = text;
    while let Some(from) = rest.find(is_right_to_left) {
        let to = from + right_to_left_bytes(rest.get(from..).unwrap_or_default());
        let (before, stretch) = (rest.get(..from).unwrap_or_default(), rest.get(from..to).unwrap_or_default());
        if !before.is_empty() {
            runs.push(DirectedRun { text: before, is_right_to_left: false });
        }
        // A font joins Arabic letters only where all of a piece is Arabic.
        let pieces = by_script(stretch);
        runs.extend(pieces.into_iter().rev().map(|text| DirectedRun { text, is_right_to_left: true }));
        rest = rest.get(to..).unwrap_or_default();
    }
    if !rest.is_empty() {
        runs.push(DirectedRun { text: rest, is_right_to_left: false });
    }
    runs
}

fn is_right_to_left(c: char) -> bool {
    matches!(bidi_class(c), BidiClass::R | BidiClass::AL)
}

/// How long the stretch is with which a text begins: up to the last right-to-left letter before anything else that has
/// a direction, and the marks on it.
fn right_to_left_bytes(text: &str) -> usize {
    let mut end = 0;
    for (place, c) in text.char_indices() {
        match bidi_class(c) {
            BidiClass::R | BidiClass::AL => end = place + c.len_utf8(),
            BidiClass::NSM if end == place => end = place + c.len_utf8(),
            BidiClass::NSM | BidiClass::WS | BidiClass::ON | BidiClass::CS => {}
            _ => break,
        }
    }
    end
}

/// A right-to-left stretch cut where Arabic and other letters meet.
fn by_script(stretch: &str) -> Vec<&str> {
    let (mut pieces, mut begun, mut is_arabic) = (Vec::new(), 0, None);
    for (place, c) in stretch.char_indices().filter(|(_, c)| is_right_to_left(*c)) {
        let now = bidi_class(c) == BidiClass::AL;
        if is_arabic.is_some_and(|before| before != now) {
            pieces.push(stretch.get(begun..place).unwrap_or_default());
            begun = place;
        }
        is_arabic = Some(now);
    }
    pieces.push(stretch.get(begun..).unwrap_or_default());
    pieces
}

/// The embedded font with one of its signs (hexagram 1, U+4DC0) in the place of a letter that it does not have.
#[cfg(test)]
pub(super) fn with_han(letter: char) -> FontFile {
    let mut data = FONT.to_vec();
    // A group of the table `cmap` in format 12: its first and its last code point, and the glyph of the first.
    let group = [0x4DC0_u32.to_be_bytes(), 0x4DFF_u32.to_be_bytes()].concat();
    let at = data.windows(8).position(|bytes| bytes == group.as_slice()).unwrap_or_default();
    let code = u32::from(letter).to_be_bytes();
    data.splice(at..at + 8, [code, code].concat());
    // Another font has another sum in its table `head`, by which fonts are told apart.
    let entry = data.windows(4).position(|tag| tag == b"head").unwrap_or_default();
    let table = data.get(entry + 8..entry + 12).and_then(|at| at.try_into().ok()).map_or(0, u32::from_be_bytes);
    if let Some(byte) = usize::try_from(table).ok().and_then(|table| data.get_mut(table + 8)) {
        *byte ^= 0xFF;
    }
    FontFile { data: Arc::new(data), index: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands on the paper from left to right, right-to-left stretches marked.
    fn on_paper(text: &str) -> Vec<(&str, bool)> {
        directed_runs(text).into_iter().map(|run| (run.text, run.is_right_to_left)).collect()
    }

    /// A line is a row of fields: whatever the name, date, age and number stand where they stand, digit for digit.
    #[test]
    fn no_number_changes_its_place_beside_a_name_from_right_to_left() {
        for (name, stretch) in [("כהן, שרה", "כהן, שרה"), ("HADDAD, ليلى", "ليلى"), ("פרץ, بشير", "פרץ, بشير")]
        {
            let line = format!("{name}, born 14-Jul-1961 (65 y), MRN 1000234");
            let runs = on_paper(&line);
            assert_eq!(runs.last(), Some(&(", born 14-Jul-1961 (65 y), MRN 1000234", false)), "{line}");
            let hebrew_and_arabic = name.starts_with('פ');
            let turned: Vec<&str> = runs.iter().filter(|(_, turned)| *turned).map(|(text, _)| *text).collect();
            let expected = if hebrew_and_arabic { vec!["بشير", "פרץ, "] } else { vec![stretch] };
            assert_eq!(turned, expected, "{line}");
            // Nothing is lost or doubled.
            assert_eq!(runs.iter().map(|(text, _)| text.len()).sum::<usize>(), line.len());
        }
        assert_eq!(on_paper("שרה 2, 100"), [("שרה", true), (" 2, 100", false)]);
        assert_eq!(on_paper("by ליאת (ward 3)"), [("by ", false), ("ליאת", true), (" (ward 3)", false)]);
        assert_eq!(on_paper("Mean 156 mg/dL"), [("Mean 156 mg/dL", false)]);
        assert_eq!(on_paper(""), []);
    }

    #[test]
    fn each_stretch_begins_where_the_one_before_ends() {
        let face = PageFace::with(&[]).unwrap();
        let line = "HADDAD, ليلى, born 14-Jul-1961, MRN 1000234";
        let placed = face.placed(line, 42.0, 12.0);
        assert_eq!(placed.len(), 3);
        assert!(placed.windows(2).all(|pair| pair[0].x < pair[1].x));
        let last = &placed[2];
        let end = last.x + face.width(last.run.text, 12.0);
        assert!(end - 42.0 <= face.width(line, 12.0), "no wider than it is set");
        // Joined letters are narrower than the same alone.
        let name = DirectedRun { text: "ليلى", is_right_to_left: true };
        assert!(drawn_width(&face.own, name) * 12.0 < face.width(name.text, 12.0));
    }

    #[test]
    fn nothing_of_a_text_is_lost_between_lines() {
        let face = PageFace::with(&[]).unwrap();
        let text = "Mean 156 mg/dL, Łódź Αννα Анна Donaudampfschifffahrtsgesellschaftskapitän";
        let lines = face.lines(text, 9.0, 80.0);
        assert!(lines.len() > 3 && lines.iter().all(|line| face.width(line, 9.0) <= 80.0), "{lines:?}");
        let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
        assert_eq!(letters(&lines.concat()), letters(text));
    }

    #[test]
    fn what_cannot_be_drawn_is_named() {
        let face = PageFace::with(&[]).unwrap();
        for name in ["Müller-Åß", "Αννα", "Анна", "Żółć", "Nguyễn", "שרה", "ليلى"] {
            assert_eq!(face.drawable(name), name);
        }
        assert_eq!(face.drawable("王 A"), "[U+738B] A");
        assert!(face.draws("Анна") && !face.draws("王"));
    }

    /// What one font does not have another one draws, and a line is cut nowhere else.
    #[test]
    fn each_letter_is_drawn_by_a_font_that_has_it() {
        let others = [with_han('王')];
        let face = PageFace::with(&others).unwrap();
        assert!(face.draws("王") && !face.draws("明"));
        assert_eq!(face.drawable("王明"), "王[U+660E]");
        let pieces = |text| face.by_font(text).into_iter().map(|(_, text)| text.to_owned()).collect::<Vec<_>>();
        assert_eq!(pieces("Dr 王 王, born 1961"), ["Dr ", "王 王, ", "born 1961"]);
        assert_eq!(pieces("王"), ["王"]);
        assert_eq!(pieces(""), [""]);
        let placed = face.placed("MRN 王 12", 10.0, 12.0);
        assert!(placed.windows(2).all(|pair| pair[0].x < pair[1].x));
        let runs: Vec<&str> = placed.iter().map(|placed| placed.run.text).collect();
        assert_eq!(runs, ["MRN ", "王 ", "12"]);
        let whole = face.width("MRN 王 12", 12.0);
        let parts: f32 = ["MRN ", "王 ", "12"].map(|part| face.width(part, 12.0)).iter().sum();
        assert!((whole - parts).abs() < 0.01 && whole > 30.0, "{whole} {parts}");
    }
}
