//! The one font of the pages: how wide its texts are, which characters it has, and in which direction they are written.

use std::fmt::Write as _;

use rustybuzz::{Direction, UnicodeBuffer};
use ttf_parser::{Face, GlyphId};
use unicode_bidi::{BidiClass, bidi_class};

/// `DejaVu` Sans (licence beside it in `assets/fonts`): Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic and
/// more, and the signs of mathematics.
pub(super) const FONT: &[u8] = include_bytes!("../../../../assets/fonts/DejaVuSans.ttf");

/// The font, for whoever sets lines.
pub(super) struct PageFace {
    face: Face<'static>,
    shaper: rustybuzz::Face<'static>,
    units: f32,
}

/// A stretch of a line that is written in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DirectedRun<'a> {
    pub(super) text: &'a str,
    pub(super) is_right_to_left: bool,
}

impl PageFace {
    /// The embedded font; nothing if it cannot be read, which a test would find.
    pub(super) fn embedded() -> Option<Self> {
        let (face, shaper) = (Face::parse(FONT, 0).ok()?, rustybuzz::Face::from_slice(FONT, 0)?);
        let units = f32::from(face.units_per_em());
        Some(Self { face, shaper, units })
    }

    /// How wide a text is at this size, in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.advance(c)).sum::<f32>() * size / self.units
    }

    /// Where each stretch of a line stands that begins here, in the order on the paper, in points.
    pub(super) fn placed<'a>(&self, text: &'a str, x: f32, size: f32) -> Vec<(f32, DirectedRun<'a>)> {
        let (mut x, mut placed) = (x, Vec::new());
        for run in directed_runs(text) {
            placed.push((x, run));
            x += self.drawn_width(run) * size / self.units;
        }
        placed
    }

    /// How wide it is as it is drawn: letters that join are narrower than the same alone.
    fn drawn_width(&self, run: DirectedRun<'_>) -> f32 {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(run.text);
        buffer.guess_segment_properties();
        buffer.set_direction(if run.is_right_to_left { Direction::RightToLeft } else { Direction::LeftToRight });
        let shaped = rustybuzz::shape(&self.shaper, &[], buffer);
        // No advance of a font is as large as what an f32 no longer holds exactly.
        shaped.glyph_positions().iter().map(|glyph| f32::from(i16::try_from(glyph.x_advance).unwrap_or(0))).sum()
    }

    fn advance(&self, c: char) -> f32 {
        let glyph = self.face.glyph_index(c).unwrap_or(GlyphId(0));
        f32::from(self.face.glyph_hor_advance(glyph).unwrap_or(0))
    }

    /// The text as it can be drawn: a character that the font does not have is named by its code point.
    pub(super) fn drawable(&self, text: &str) -> String {
        let mut drawable = String::with_capacity(text.len());
        for c in text.chars() {
            if self.face.glyph_index(c).is_some() {
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
        let face = PageFace::embedded().unwrap();
        let line = "HADDAD, ليلى, born 14-Jul-1961, MRN 1000234";
        let placed = face.placed(line, 42.0, 12.0);
        assert_eq!(placed.len(), 3);
        assert!(placed.windows(2).all(|pair| pair[0].0 < pair[1].0), "{placed:?}");
        let (last_at, last) = placed[2];
        assert!((last_at + face.width(last.text, 12.0) - 42.0) <= face.width(line, 12.0), "no wider than it is set");
        // Joined letters are narrower than the same alone.
        let name = DirectedRun { text: "ليلى", is_right_to_left: true };
        assert!(face.drawn_width(name) * 12.0 / face.units < face.width(name.text, 12.0));
    }

    #[test]
    fn nothing_of_a_text_is_lost_between_lines() {
        let face = PageFace::embedded().unwrap();
        let text = "Mean 156 mg/dL, Łódź Αννα Анна Donaudampfschifffahrtsgesellschaftskapitän";
        let lines = face.lines(text, 9.0, 80.0);
        assert!(lines.len() > 3 && lines.iter().all(|line| face.width(line, 9.0) <= 80.0), "{lines:?}");
        let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
        assert_eq!(letters(&lines.concat()), letters(text));
    }

    #[test]
    fn what_cannot_be_drawn_is_named() {
        let face = PageFace::embedded().unwrap();
        for name in ["Müller-Åß", "Αννα", "Анна", "Żółć", "Nguyễn", "שרה", "ليلى"] {
            assert_eq!(face.drawable(name), name);
        }
        assert_eq!(face.drawable("王 A"), "[U+738B] A");
    }
}
