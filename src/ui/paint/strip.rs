//! A small chart of numbers and marks.

use super::rows::{GUTTER, Pen, Row};
use crate::ui::cells;
use crate::ui::scene::{Block, Strip, StripCell, StripKind, TextRole};

/// Columns between a label and the cells, between numbers, and before a note.
const GAP: usize = 2;

/// Columns of a note that is cut: its beginning, and the sign that it goes on.
const LEAST_NOTE: usize = 4;

/// What stands in a cell.
fn shown<'a>(pen: &Pen<'_>, cell: &'a StripCell) -> &'a str {
    let bars = &pen.theme.glyphs().bars;
    let bar = |height: u8| bars.get(usize::from(height.saturating_sub(1))).copied().or(bars.last().copied());
    cell.height.and_then(bar).unwrap_or(&cell.text)
}

/// The widest cell of a strip.
fn widest(pen: &Pen<'_>, strip: &Strip) -> usize {
    let all = strip.rows.iter().flat_map(|row| &row.cells);
    all.map(|cell| cells::width(shown(pen, cell))).max().unwrap_or(0)
}

fn labels(strip: &Strip) -> usize {
    strip.rows.iter().map(|row| cells::width(&row.label)).max().unwrap_or(0)
}

/// The columns that the labels of all strips of marks need: so the marks of a day stand below one another.
pub(crate) fn labels_of_marks(pen: &Pen<'_>, blocks: &[Block]) -> usize {
    let marks = blocks.iter().filter_map(|block| match block {
        Block::Strip(strip) if widest(pen, strip) == 1 => Some(labels(strip)),
        _ => None,
    });
    marks.max().unwrap_or(0)
}

/// Whether bars are drawn in it.
pub(crate) fn has_bars(strip: &Strip) -> bool {
    strip.rows.iter().flat_map(|row| &row.cells).any(|cell| cell.height.is_some())
}

/// What a picture shows, for above it.
pub(crate) fn caption(pen: &Pen<'_>, strip: &Strip) -> Vec<Row> {
    // A strip without cells says it itself.
    let is_picture = strip.kind == StripKind::Chart && strip.rows.iter().any(|row| !row.cells.is_empty());
    if is_picture { pen.plain(TextRole::Text, &strip.said) } else { Vec::new() }
}

/// Its rows; nothing where they are not wide enough for all cells, and for the beginning of a note.
pub(crate) fn rows(pen: &Pen<'_>, strip: &Strip, labels_of_marks: usize) -> Option<Vec<Row>> {
    let cell = widest(pen, strip);
    let labels = if cell == 1 { labels_of_marks.max(labels(strip)) } else { labels(strip) };
    let count = strip.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
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
            let text = shown(pen, one);
            let column = first + place * step + cell.saturating_sub(cells::width(text));
            row = row.with(column, text.to_owned(), pen.style(one.role));
        }
        // A note says what its number does not, such as that it is left out: that there is one is seen at least.
        let room = pen.width.saturating_sub(end + GAP);
        row.with(end + GAP, pen.fit(&of.note, room), pen.style(TextRole::Dim))
    });
    Some(rows.collect())
}
