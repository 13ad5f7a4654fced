//! A scene and its cells for the harness: the scene as JSON, the cells as rows of text and of roles.

use ratatui::buffer::{Buffer, Cell, CellWidth as _};
use ratatui::style::Style;
use serde_json::Value;

use super::scene::{Scene, TextRole};
use super::theme::Theme;

/// The scene as JSON. Its names are those of the fields in [`super::scene`].
#[must_use]
pub fn scene_json(scene: &Scene) -> Value {
    serde_json::to_value(scene).unwrap_or(Value::Null)
}

/// The cells as text, a string per row, without the empty cells at its end.
#[must_use]
pub fn rows(buffer: &Buffer) -> Vec<String> {
    each_row(buffer, |cell| cell.symbol().to_owned())
}

/// The cells as roles, a letter each, so that a change of colours is seen in a comparison. Roles that look the same
/// in this theme have the same letter, that of the first of them:
///
/// `.` text, `d` dim, `h` heading, `a` accent, `s` selected, `f` focus, `o` ok, `w` warning and high, `p` problem
/// and very low, which look alike, `b` low, `v` very high,
/// `x` disabled, `l` frame, `?` none of them.
#[must_use]
pub fn roles(buffer: &Buffer, theme: &Theme) -> Vec<String> {
    each_row(buffer, |cell| {
        // The colour of a blank is not seen, an attribute such as reverse is.
        let letter = if cell.symbol() == " " && cell.modifier.is_empty() { ' ' } else { letter(cell, theme) };
        letter.to_string().repeat(usize::from(cell.symbol().cell_width().max(1)))
    })
}

/// The letter of each role in the picture of the roles.
const LETTERS: [(TextRole, char); 15] = [
    (TextRole::Text, '.'),
    (TextRole::Dim, 'd'),
    (TextRole::Heading, 'h'),
    (TextRole::Accent, 'a'),
    (TextRole::Selected, 's'),
    (TextRole::Focus, 'f'),
    (TextRole::Ok, 'o'),
    (TextRole::Warning, 'w'),
    (TextRole::Problem, 'p'),
    (TextRole::VeryLow, 'p'),
    (TextRole::Low, 'b'),
    (TextRole::High, 'w'),
    (TextRole::VeryHigh, 'v'),
    (TextRole::Disabled, 'x'),
    (TextRole::Frame, 'l'),
];

fn letter(cell: &Cell, theme: &Theme) -> char {
    let looks_like = |style: Style| {
        // A style says nothing of what it leaves as it is. On an empty cell both are complete and
        // can be compared.
        let mut drawn = Cell::default();
        drawn.set_style(style);
        drawn.style() == cell.style()
    };
    let found = LETTERS.into_iter().find(|(role, _)| looks_like(theme.style(*role)));
    found.map_or('?', |(_, letter)| letter)
}

fn each_row(buffer: &Buffer, said: impl Fn(&Cell) -> String) -> Vec<String> {
    let area = buffer.area;
    (area.top()..area.bottom())
        .map(|y| {
            let mut row = String::new();
            let mut x = area.left();
            while let Some(cell) = buffer.cell((x, y)) {
                row.push_str(&said(cell));
                // The cells behind a wide character are part of it.
                x += cell.symbol().cell_width().max(1);
            }
            row.trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;
    use crate::ui::glyphs::GlyphSet;
    use crate::ui::theme::Colours;

    #[test]
    fn wide_characters_are_not_followed_by_a_gap() {
        let theme = Theme::new(Colours::Sixteen, GlyphSet::Unicode);
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 2));
        buffer.set_string(1, 0, "山田 A", theme.style(TextRole::Heading));
        buffer.set_string(0, 1, "ok", theme.style(TextRole::Ok));
        assert_eq!(rows(&buffer), [" 山田 A", "ok"]);
        assert_eq!(roles(&buffer, &theme), [" hhhhhh", "oo"]);
    }
}
