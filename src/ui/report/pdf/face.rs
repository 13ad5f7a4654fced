//! The one font of the pages: how wide its texts are, and which characters it has.

use std::fmt::Write as _;

use ttf_parser::{Face, GlyphId};

/// `DejaVu` Sans (licence beside it in `assets/fonts`): Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic and
/// more, and the signs of mathematics.
pub(super) const FONT: &[u8] = include_bytes!("../../../../assets/fonts/DejaVuSans.ttf");

/// The font, for whoever sets lines.
pub(super) struct PageFace {
    face: Face<'static>,
    units: f32,
}

impl PageFace {
    /// The embedded font; nothing if it cannot be read, which a test would find.
    pub(super) fn embedded() -> Option<Self> {
        let face = Face::parse(FONT, 0).ok()?;
        let units = f32::from(face.units_per_em());
        Some(Self { face, units })
    }

    /// How wide a text is at this size, in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.advance(c)).sum::<f32>() * size / self.units
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

#[cfg(test)]
mod tests {
    use super::*;

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
