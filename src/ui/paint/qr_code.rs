//! A QR code (ISO/IEC 18004) in half cells: two rows of its modules are one row of the screen, so that a module is
//! about as wide as it is tall.

use qrcode::{Color, EcLevel, QrCode};

use super::rows::{GUTTER, Pen, Row};
use crate::ui::scene::TextRole;

/// How many light modules are kept free on each side: ISO/IEC 18004 section 6.3.8.
const QUIET: usize = 4;

/// The caption and the code below it; nothing where the terminal has no colours or characters for it, the screen is not
/// wide enough, or the text is too long for any code.
pub(crate) fn rows(pen: &Pen<'_>, caption: &str, text: &str) -> Option<Vec<Row>> {
    let (style, [neither, upper, lower, both]) = pen.theme.picture()?;
    // The lowest level of correction makes the fewest modules, and a screen has no dirt on it.
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let width = code.width() + 2 * QUIET;
    if width > pen.room() {
        return None;
    }
    let modules = code.to_colors();
    let is_dark = |x: usize, y: usize| {
        let (Some(x), Some(y)) = (x.checked_sub(QUIET), y.checked_sub(QUIET)) else { return false };
        x < code.width() && modules.get(y * code.width() + x) == Some(&Color::Dark)
    };
    let row = |y: usize| {
        let cell = |x| match (is_dark(x, y), is_dark(x, y + 1)) {
            (false, false) => neither,
            (true, false) => upper,
            (false, true) => lower,
            (true, true) => both,
        };
        Row::default().with(GUTTER, (0..width).map(cell).collect::<String>(), style)
    };
    let mut rows = pen.plain(TextRole::Text, caption);
    // Every code has an odd number of modules a side, so the last row has no lower half. It is
    // light there, as the margin is.
    rows.extend((0..width).step_by(2).map(row));
    Some(rows)
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::{Buffer, Cell};
    use ratatui::layout::Rect;
    use ratatui::style;

    use super::super::rows::Sheet;
    use super::*;
    use crate::ui::glyphs::GlyphSet;
    use crate::ui::theme::{Colours, Theme};

    const ADDRESS: &str = "https://login.example.org/device?user_code=WDJB-MJHT";

    fn drawn(theme: &Theme, width: usize, text: &str) -> Option<Vec<Row>> {
        rows(&Pen { theme, width, tight: false, sparing: false }, "Scan this", text)
    }

    /// What a camera sees below the caption: whether each half of each cell is dark, from the characters and colours.
    fn seen(rows: Vec<Row>) -> Vec<Vec<bool>> {
        let area = Rect::new(0, 0, 100, u16::try_from(rows.len()).unwrap());
        let mut buffer = Buffer::empty(area);
        Sheet::from(rows).draw(&mut buffer, area);
        let is_dark = |colour| match colour {
            style::Color::Black => true,
            style::Color::White => false,
            other => panic!("{other:?}"),
        };
        let half = |cell: &Cell, is_upper: bool| match (cell.symbol(), is_upper) {
            ("█", _) | ("▀", true) | ("▄", false) => is_dark(cell.fg),
            (" " | "▀" | "▄", _) => is_dark(cell.bg),
            (other, _) => panic!("{other:?}"),
        };
        let mut halves = Vec::new();
        for y in 1..area.height {
            let row = (0..area.width).map(|x| &buffer[(x, y)]);
            let cells: Vec<&Cell> = row.filter(|cell| cell.bg != style::Color::Reset).collect();
            halves.extend([true, false].map(|is_upper| cells.iter().map(|cell| half(cell, is_upper)).collect()));
        }
        halves
    }

    #[test]
    fn what_is_drawn_is_the_code_in_a_quiet_zone_of_four_modules() {
        let theme = Theme::new(Colours::Sixteen, GlyphSet::Unicode);
        for text in ["A", ADDRESS, &ADDRESS.repeat(3)] {
            let code = QrCode::with_error_correction_level(text, EcLevel::L).unwrap();
            let seen = seen(drawn(&theme, 100, text).unwrap());
            let width = code.width() + 8;
            assert_eq!(seen.len(), width + 1, "the rows are odd, and half a cell is left below them");
            for (y, row) in seen.iter().enumerate() {
                assert_eq!(row.len(), width);
                for (x, dark) in row.iter().enumerate() {
                    let is_inside = (4..width - 4).contains(&x) && (4..width - 4).contains(&y);
                    assert_eq!(*dark, is_inside && code[(x - 4, y - 4)] == Color::Dark, "{text} {x} {y}");
                }
            }
        }
    }

    #[test]
    fn there_is_none_without_colours_characters_or_room() {
        let theme = Theme::new(Colours::Sixteen, GlyphSet::Unicode);
        assert!(drawn(&theme, GUTTER + 37, ADDRESS).is_some());
        assert!(drawn(&theme, GUTTER + 36, ADDRESS).is_none());
        assert!(drawn(&theme, 10_000, &"a".repeat(3000)).is_none(), "more than any code holds");
        assert!(drawn(&Theme::new(Colours::Mono, GlyphSet::Unicode), 100, ADDRESS).is_none());
        assert!(drawn(&Theme::new(Colours::Sixteen, GlyphSet::Ascii), 100, ADDRESS).is_none());
    }
}
