//! Days in rows, the parts of a day side by side, what was measured in each below one another.

use super::columns::Columns;
use super::rows::{GUTTER, Pen, Row, Sheet};
use super::table::{self, rows_shown};
use super::turned::{Stand, Turned, turned};
use crate::app::event::{Page, Scrolled};
use crate::domain::words::key;
use crate::ui::cells;
use crate::ui::scene::{Grid, GridCell, GridRow, TextRole};
use crate::ui::words::Words;

/// Rows that a grid asks for before anything else gives way: two weeks.
const LEAST_SHOWN: usize = 14;

/// Columns between two cells.
const GAP: usize = 1;

/// The rows above the days: which days are shown, and the heads.
const AROUND: usize = 2;

/// Columns between the grid and the readings of a day beside it.
const GAP_BESIDE: usize = 2;

/// The rows of the readings of a day below the grid: a free one, the title, the heads, and six readings, whatever day
/// it is, so that nothing moves with the cursor.
const BELOW: usize = 9;

/// The readings of a day have so many columns at least, or are not there.
const LEAST_BESIDE: usize = 50;

/// How a grid stands at a width.
pub(crate) struct GridPlan {
    /// The width of the first column.
    label: usize,
    /// Whether the day of the week gives way.
    is_short: bool,
    /// The width of each of the others.
    cell: usize,
    /// Whether the time of each reading is shown.
    has_times: bool,
    /// The lines of each row that is made.
    heights: Vec<usize>,
    /// Where the day under the cursor stands beside the others, and how, if it has room.
    beside: Option<(usize, Columns)>,
    /// How it stands below them otherwise, where all days are seen and rows are left.
    below: Option<Columns>,
}

impl GridPlan {
    /// The columns: with times where all have room for them.
    pub(crate) fn new(pen: &Pen<'_>, grid: &Grid) -> Self {
        let each = || grid.rows.iter().flat_map(|row| row.cells.iter().flatten());
        let widest = |has_times| each().map(|cell| cells::width(&text(cell, has_times))).max().unwrap_or(0);
        let heads = grid.head.iter().map(|head| cells::width(head)).max().unwrap_or(0);
        let labels = |is_short| grid.rows.iter().map(move |row| cells::width(label(row, is_short))).max().unwrap_or(0);
        let corner = cells::width(&grid.corner);
        let width = |label: usize, cell: usize| label.max(corner) + grid.head.len() * (GAP + cell);
        let (with_times, without) = (widest(true).max(heads), widest(false).max(heads));
        let has_times = width(labels(false), with_times) <= pen.room();
        let cell = if has_times { with_times } else { without };
        let is_short = width(labels(false), cell) > pen.room();
        let height = |row: &GridRow| row.cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let heights = grid.rows.iter().map(height).collect();
        let plan =
            Self { label: labels(is_short).max(corner), is_short, cell, has_times, heights, beside: None, below: None };
        let left = plan.left(grid.head.len()) + GAP_BESIDE;
        let width = pen.width.checked_sub(left).filter(|width| *width >= LEAST_BESIDE);
        let beside =
            width.zip(grid.day.as_deref()).map(|(width, day)| (left, table::arrange(&Pen { width, ..*pen }, day)));
        // With times in its cells the grid says it already.
        let is_below = beside.is_none() && !has_times;
        let below = grid.day.as_deref().filter(|_| is_below).map(|day| table::arrange(pen, day));
        Self { beside, below, ..plan }
    }

    /// The left edge of a column.
    const fn left(&self, column: usize) -> usize {
        GUTTER + self.label + GAP + column * (self.cell + GAP)
    }

    /// The fewest rows with which the grid is of use, and as many as it can fill.
    pub(crate) fn need(&self, pen: &Pen<'_>, grid: &Grid) -> (usize, usize) {
        let least = grid.total.min(if pen.sparing { 1 } else { LEAST_SHOWN });
        let beside = grid.day.as_deref().zip(self.beside.as_ref());
        let beside = beside.map_or(0, |(day, (_, columns))| table::need(pen, day, columns).1);
        let most = self.all(grid).max(AROUND + least) + if self.below.is_some() { BELOW } else { 0 };
        (AROUND + least, most.max(beside))
    }

    /// The rows with which all days are seen.
    fn all(&self, grid: &Grid) -> usize {
        AROUND + self.heights.iter().sum::<usize>() + grid.total.saturating_sub(self.heights.len())
    }

    /// The grid in `room` rows.
    pub(crate) fn rows(&self, pen: &Pen<'_>, grid: &Grid, room: usize) -> Sheet {
        match grid.day.as_deref().zip(self.below.as_ref()) {
            Some((day, columns)) if room >= self.all(grid) + BELOW => {
                let mut all = self.days(pen, grid, room - BELOW);
                all.rows.push(Row::default());
                // It has no cursor and is no page.
                all.append(Sheet { page: None, ..table::rows(pen, day, columns, BELOW - 1) });
                all
            }
            _ => self.days(pen, grid, room),
        }
    }

    fn days(&self, pen: &Pen<'_>, grid: &Grid, room: usize) -> Sheet {
        let Grid { first, total, offset, selected, focused, .. } = *grid;
        let stand = Stand { heights: &self.heights, first, total, offset, selected: Some(selected) };
        let Turned { top, shown, above } = turned(&stand, room.saturating_sub(AROUND));
        let seen = first + top;
        let glyphs = pen.theme.glyphs();
        let up = if seen > 0 { glyphs.up } else { " " };
        let down = if seen + shown < total { glyphs.down } else { " " };
        let remark = if shown < total {
            format!("{up}{down} {}", rows_shown(seen + 1, seen + shown, total))
        } else {
            String::new()
        };
        let mut all = Sheet::from(pen.title(&grid.said, &remark));
        // A row is kept for the title also where there is nothing to say: `AROUND` counts it.
        all.rows.resize(1, Row::default());
        all.rows.push(self.head(pen, grid));
        all.page = focused.then_some(Page { rows: shown, table: Some(Scrolled { top: seen, above }) });
        all.holds_back = shown < total;
        for (place, row) in (first..).zip(&grid.rows).skip(top).take(shown) {
            let is_here = focused && place == selected;
            if is_here {
                all.focus = Some(all.rows.len());
            }
            let left = room.saturating_sub(all.rows.len());
            all.rows.extend(self.day(pen, row, is_here, left.max(1)));
        }
        all.fill(room, shown < total);
        match grid.day.as_deref().zip(self.beside.as_ref()) {
            Some((day, (left, columns))) => {
                let pen = Pen { width: pen.width.saturating_sub(*left), ..*pen };
                all.beside(table::rows(&pen, day, columns, room), *left)
            }
            None => all,
        }
    }

    fn head(&self, pen: &Pen<'_>, grid: &Grid) -> Row {
        let style = pen.style(TextRole::Dim);
        let row = Row::default().with(GUTTER, grid.corner.clone(), style);
        grid.head.iter().enumerate().fold(row, |row, (column, head)| row.with(self.left(column), head.clone(), style))
    }

    /// The lines of one day, in `room` rows: where a column has more, its last line says how many.
    fn day(&self, pen: &Pen<'_>, row: &GridRow, is_here: bool, room: usize) -> Vec<Row> {
        let label_role = if is_here { TextRole::Selected } else { TextRole::Text };
        let all = row.cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let height = all.min(room);
        let is_last = |line: usize| height < all && line + 1 == height;
        let line = |line: usize| {
            let drawn = if line == 0 {
                let sign = if is_here { pen.theme.sign(TextRole::Selected) } else { "" };
                let style = pen.style(label_role);
                Row::new(sign, style).with(GUTTER, label(row, self.is_short), style)
            } else {
                Row::default()
            };
            row.cells.iter().enumerate().fold(drawn, |drawn, (column, cells)| match cells.get(line) {
                Some(_) if is_last(line) && cells.len() > height => {
                    let more = Words::shared().filled(key::PAINT_MORE, &[("count", (cells.len() - line).into())]);
                    drawn.with(self.left(column), pen.fit(&more, self.cell), pen.style(TextRole::Heading))
                }
                Some(cell) => drawn.with(self.left(column), text(cell, self.has_times), pen.style(cell.role)),
                None => drawn,
            })
        };
        (0..height).map(line).collect()
    }
}

/// Which day it is, without the day of the week where that has no room.
fn label(row: &GridRow, is_short: bool) -> &str {
    let short = row.label.split_once(' ').map(|(day, _)| day).filter(|_| is_short);
    short.unwrap_or(&row.label)
}

/// One reading, with its time if that is shown.
fn text(cell: &GridCell, has_time: bool) -> String {
    if has_time { format!("{} {}", cell.time, cell.text) } else { cell.text.clone() }
}
