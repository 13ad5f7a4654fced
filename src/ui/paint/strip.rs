//! A small chart of numbers and marks.

use super::rows::{GUTTER, Pen, Row};
use crate::ui::cells;
use crate::ui::scene::{Strip, TextRole};

/// Columns between a label and the cells, between numbers, and before a note.
const GAP: usize = 2;

/// Columns of a note that is cut: its beginning, and the sign that it goes on.
const LEAST_NOTE: usize = 4;

/// Its rows; nothing where they are not wide enough for all cells, and for the beginning of a note.
pub(crate) fn rows(pen: &Pen<'_>, strip: &Strip) -> Option<Vec<Row>> {
    let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
    let labels = widest(&mut strip.rows.iter().map(|row| cells::width(&row.label)));
    let all = || strip.rows.iter().flat_map(|row| &row.cells);
    let cell = widest(&mut all().map(|cell| cells::width(&cell.text)));
    let count = widest(&mut strip.rows.iter().map(|row| row.cells.len()));
    // Marks stand side by side, numbers apart.
    let step = if cell > 1 { cell + GAP } else { 1 };
    let (first, end) = (GUTTER + labels + GAP, GUTTER + labels + GAP + count * step);
    let least = if strip.rows.iter().all(|row| row.note.is_empty()) { end } else { end + GAP + LEAST_NOTE };
    if least > pen.width {
        return None;
    }
    let rows = strip.rows.iter().map(|of| {
        let mut row = Row::default().with(GUTTER, of.label.clone(), pen.style(TextRole::Dim));
        for (place, one) in of.cells.iter().enumerate() {
            let column = first + place * step + cell.saturating_sub(cells::width(&one.text));
            row = row.with(column, one.text.clone(), pen.style(one.role));
        }
        // A note says what its number does not, such as that it is left out: that there is one is seen at least.
        let room = pen.width.saturating_sub(end + GAP);
        row.with(end + GAP, pen.fit(&of.note, room), pen.style(TextRole::Dim))
    });
    Some(rows.collect())
}
