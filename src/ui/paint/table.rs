//! Rows and columns that are read, not chosen from.

use super::columns::{self, Columns};
use super::rows::{GUTTER, Pen, Row, Sheet};
use super::turned::{Stand, Turned, turned};
use crate::app::event::{Page, Scrolled};
use crate::domain::words::key;
use crate::ui::cells;
use crate::ui::scene::{Table, TextRole};
use crate::ui::words::Words;

/// Rows that a table asks for before anything else gives way.
const LEAST_SHOWN: usize = 8;

/// The fewest rows with which the table is of use, and as many as it can fill.
pub(crate) fn need(pen: &Pen<'_>, table: &Table, columns: &Columns) -> (usize, usize) {
    if table.rows.is_empty() {
        let all = empty(pen, table).len();
        return (all, all);
    }
    let heights = heights(table, columns);
    let around = around(pen, table, columns);
    // A short one is seen whole, with the remarks for which a row takes more lines.
    let least = if table.total <= LEAST_SHOWN && !pen.sparing {
        heights.iter().sum()
    } else {
        table.total.min(if pen.sparing { 1 } else { LEAST_SHOWN }) * lines(columns)
    };
    let most = heights.iter().sum::<usize>() + table.total.saturating_sub(heights.len()) * lines(columns);
    (around + least, around + most.max(least))
}

/// The table in `room` rows.
pub(crate) fn rows(pen: &Pen<'_>, table: &Table, columns: &Columns, room: usize) -> Sheet {
    if table.rows.is_empty() {
        return empty(pen, table).into();
    }
    let total = table.total;
    let heights = heights(table, columns);
    let Table { first, offset, selected, .. } = *table;
    let stand = Stand { heights: &heights, first, total, offset, selected };
    let Turned { top, shown, above: page_above } = turned(&stand, room.saturating_sub(around(pen, table, columns)));
    let offset = table.first + top;
    let glyphs = pen.theme.glyphs();
    let above = if offset > 0 { glyphs.up } else { " " };
    let below = if offset + shown < total { glyphs.down } else { " " };
    let remark = if shown < total {
        format!("{above}{below} {}", rows_shown(offset + 1, offset + shown, total))
    } else {
        String::new()
    };
    let dim = pen.style(TextRole::Dim);
    let head = columns::place(pen, columns, &table.head, pen.room());
    let head = head.into_iter().map(|line| aligned(Row::default(), line, dim));
    let mut all = if has_title(pen, table, columns) {
        let mut all = Sheet::from(pen.title(&table.title, &remark));
        all.rows.extend(head);
        all
    } else {
        let at = pen.width.saturating_sub(cells::width(&remark));
        Sheet::from(head.map(|row| row.with(at, remark.clone(), dim)).collect::<Vec<_>>())
    };
    all.page = table.focused.then_some(Page { rows: shown, table: Some(Scrolled { top: offset, above: page_above }) });
    all.holds_back = shown < total;
    if table.focused {
        // The row under the cursor is marked instead.
        if let Some(first) = all.rows.first_mut().filter(|_| table.selected.is_none()) {
            let style = pen.style(TextRole::Focus);
            *first = std::mem::take(first).with(0, pen.theme.sign(TextRole::Focus), style);
        }
        // Its rows are made to fit, so what must be seen of it begins with its head.
        all.focus = Some(0);
    }
    for (place, (of_row, cells)) in (table.first..).zip(&table.rows).skip(top).take(shown) {
        let is_here = table.focused && table.selected == Some(place);
        let role = if is_here { TextRole::Selected } else { *of_row };
        let style = pen.style(role);
        // The cursor does not hide what the row is: its sign stands behind that of the cursor.
        let own = if is_here { pen.theme.sign(*of_row) } else { "" };
        let mut sign = format!("{}{own}", pen.theme.sign(role));
        for line in placed(pen, columns, cells) {
            let row = aligned(Row::new(&std::mem::take(&mut sign), style), line, style);
            all.rows.push(if is_here { row.filled(style) } else { row });
        }
    }
    all.fill(room, shown < total);
    all
}

/// How many lines each row takes.
fn heights(table: &Table, columns: &Columns) -> Vec<usize> {
    let rest = |cells: &[String]| cut_last(columns, cells).map_or(0, |(_, lines)| lines.len().saturating_sub(1));
    table.rows.iter().map(|(_, cells)| lines(columns) + rest(cells)).collect()
}

/// The last cell of a row in lines, with its left edge, if it is too wide for its column: it holds the remarks, all of
/// which must be read.
fn cut_last(columns: &Columns, cells: &[String]) -> Option<(usize, Vec<String>)> {
    let Columns::Aligned(placed) = columns else { return None };
    let (column, cell) = placed.last().zip(cells.last()).filter(|_| placed.len() == cells.len())?;
    (column.cuts && cells::width(cell) > column.width).then(|| (column.left, cells::wrap(cell, column.width)))
}

/// The lines of a row.
fn placed(pen: &Pen<'_>, columns: &Columns, cells: &[String]) -> Vec<Vec<(usize, String)>> {
    let mut lines = columns::place(pen, columns, cells, pen.room());
    if let Some((left, wrapped)) = cut_last(columns, cells) {
        for (place, text) in wrapped.into_iter().enumerate() {
            match lines.get_mut(place).map(|line| (line.pop(), line)) {
                Some((_, line)) => line.push((left, text)),
                None => lines.push(vec![(left, text)]),
            }
        }
    }
    lines
}

/// `6 to 14 of 90`.
pub(crate) fn rows_shown(first: usize, last: usize, total: usize) -> String {
    let range = [("first", first.into()), ("last", last.into()), ("total", total.into())];
    Words::shared().filled(key::PAINT_ROWS_SHOWN, &range)
}

/// Whether the title has a row of its own. Where rows are short the heads of the columns say enough, and which rows are
/// shown stands beside them.
fn has_title(pen: &Pen<'_>, table: &Table, columns: &Columns) -> bool {
    let Columns::Aligned(placed) = columns else { return true };
    let heads = placed.last().zip(table.head.last()).map_or(0, |(column, head)| column.left + cells::width(head));
    let widest = 3 + cells::width(&rows_shown(table.total, table.total, table.total));
    !pen.tight || GUTTER + heads + 2 + widest > pen.width
}

/// The rows above those of the table.
fn around(pen: &Pen<'_>, table: &Table, columns: &Columns) -> usize {
    lines(columns) + usize::from(has_title(pen, table, columns))
}

fn aligned(row: Row, line: Vec<(usize, String)>, style: ratatui::style::Style) -> Row {
    line.into_iter().fold(row, |row, (left, text)| row.with(GUTTER + left, text, style))
}

/// How its columns stand.
pub(crate) fn arrange(pen: &Pen<'_>, table: &Table) -> Columns {
    let rows = std::iter::once(table.head.as_slice()).chain(table.rows.iter().map(|(_, cells)| cells.as_slice()));
    columns::arrange(rows, pen.room(), (true, None))
}

const fn lines(columns: &Columns) -> usize {
    match columns {
        Columns::Aligned(_) | Columns::Stacked(0) => 1,
        Columns::Stacked(height) => *height,
    }
}

fn empty(pen: &Pen<'_>, table: &Table) -> Vec<Row> {
    let mut rows = pen.title(&table.title, "");
    rows.extend(pen.plain(TextRole::Dim, &table.empty));
    rows
}
