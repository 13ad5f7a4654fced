//! Sheet and columns that are read, not chosen from.

use super::columns::{self, Columns};
use super::rows::{GUTTER, Pen, Row, Sheet};
use crate::ui::scene::{Role, Table};
use crate::ui::words::Words;

/// Sheet that a table asks for before anything else gives way.
const LEAST_SHOWN: usize = 3;

/// The fewest rows with which the table is of use, and as many as it can fill.
pub(crate) fn need(pen: &Pen<'_>, table: &Table, columns: &Columns) -> (usize, usize) {
    if table.rows.is_empty() {
        let all = empty(pen, table).len();
        return (all, all);
    }
    let height = lines(columns);
    let around = 1 + height;
    let least = if pen.sparing { 1 } else { LEAST_SHOWN };
    (around + table.total.min(least) * height, around + table.total * height)
}

/// The table in `room` rows.
pub(crate) fn rows(pen: &Pen<'_>, table: &Table, columns: &Columns, room: usize) -> Sheet {
    if table.rows.is_empty() {
        return empty(pen, table).into();
    }
    let height = lines(columns);
    let total = table.total;
    let shown = (room.saturating_sub(1 + height) / height).clamp(1, table.rows.len());
    let offset = table.offset.min(total.saturating_sub(shown));
    let range = [("first", (offset + 1).into()), ("last", (offset + shown).into()), ("total", total.into())];
    let glyphs = pen.theme.glyphs();
    let above = if offset > 0 { glyphs.up } else { " " };
    let below = if offset + shown < total { glyphs.down } else { " " };
    let remark = if shown < total {
        format!("{above}{below} {}", Words::shared().filled("paint-rows-shown", &range))
    } else {
        String::new()
    };
    let mut all = Sheet::from(pen.title(&table.title, &remark));
    if table.focused {
        let style = pen.style(Role::Focus);
        let title = std::mem::take(&mut all.rows).into_iter();
        all.rows = title.map(|row| row.with(0, pen.theme.sign(Role::Focus), style)).collect();
        all.focus = Some(0);
    }
    let head = columns::place(pen, columns, &table.head, pen.room());
    let rule = pen.style(Role::Dim);
    all.rows.extend(head.into_iter().map(|line| aligned(Row::default(), line, rule)));
    for (role, cells) in table.rows.iter().skip(offset.saturating_sub(table.first)).take(shown) {
        let style = pen.style(*role);
        let mut sign = pen.theme.sign(*role);
        let placed = columns::place(pen, columns, cells, pen.room());
        all.rows
            .extend(placed.into_iter().map(|line| aligned(Row::new(std::mem::take(&mut sign), style), line, style)));
    }
    all
}

fn aligned(row: Row, line: Vec<(usize, String)>, style: ratatui::style::Style) -> Row {
    line.into_iter().fold(row, |row, (left, text)| row.with(GUTTER + left, text, style))
}

/// How its columns stand.
pub(crate) fn arrange(pen: &Pen<'_>, table: &Table) -> Columns {
    let rows = std::iter::once(table.head.as_slice()).chain(table.rows.iter().map(|(_, cells)| cells.as_slice()));
    columns::arrange(rows, pen.room(), true)
}

const fn lines(columns: &Columns) -> usize {
    match columns {
        Columns::Aligned(_) | Columns::Stacked(0) => 1,
        Columns::Stacked(height) => *height,
    }
}

fn empty(pen: &Pen<'_>, table: &Table) -> Vec<Row> {
    let mut rows = pen.title(&table.title, "");
    rows.extend(pen.plain(Role::Dim, &table.empty));
    rows
}
