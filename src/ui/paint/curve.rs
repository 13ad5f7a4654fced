//! Curves over a day: shades between percentiles, the median, the lines of the target range, or single points.

use ratatui::style::Style;

use super::rows::{GUTTER, Pen, Row};
use crate::domain::statistics::Range;
use crate::ui::cells;
use crate::ui::scene::{Curve, CurveSlot, TextRole};

/// With fewer rows nobody sees a curve.
const LEAST_ROWS: usize = 7;
/// So many rows it asks for before anything else gives way: from then on the limits of the ranges stand apart.
const WANTED_ROWS: usize = 13;
/// More rows add nothing that is not seen.
const MOST_ROWS: usize = 26;
/// The hours of a day: the chart is as many columns wide, or a multiple.
const HOURS: usize = 24;
/// An hour is not wider than this, in columns.
const WIDEST_HOUR: usize = 5;
/// Hours between two that are named.
const NAMED: usize = 3;

/// The fewest rows, and as many as it can fill.
pub(crate) fn need(pen: &Pen<'_>, curve: &Curve) -> (usize, usize) {
    let below = below(pen, curve).len() + 1;
    (if pen.sparing { LEAST_ROWS } else { WANTED_ROWS } + below, MOST_ROWS + below)
}

/// What stands below the chart and its hours: what it shows, and what the shades mean.
fn below(pen: &Pen<'_>, curve: &Curve) -> Vec<Row> {
    let mut rows = pen.plain(TextRole::Text, &curve.said);
    rows.extend(pen.plain(TextRole::Dim, &curve.legend));
    rows
}

/// Where a number stands in a chart of so many rows between two edges.
struct Scale {
    lowest: f64,
    highest: f64,
    rows: usize,
}

impl Scale {
    /// The row of a number, the highest at 0; numbers beyond an edge stand at it.
    fn row(&self, mg_per_dl: f64) -> usize {
        let part = (self.highest - mg_per_dl) / (self.highest - self.lowest).max(1.0);
        let rows = u16::try_from(self.rows).unwrap_or(u16::MAX);
        // Truncation after `floor` of a number between 0 and the rows loses nothing.
        let place = (part.clamp(0.0, 1.0) * f64::from(rows)).floor();
        (0..self.rows).rev().find(|row| u16::try_from(*row).is_ok_and(|row| f64::from(row) <= place)).unwrap_or(0)
    }

    /// The number in the middle of a row.
    fn middle(&self, row: usize) -> f64 {
        let part = |count: usize| u16::try_from(count).map_or(0.0, f64::from);
        self.highest - (part(row) + 0.5) / part(self.rows).max(1.0) * (self.highest - self.lowest)
    }
}

/// The chart in `room` rows.
pub(crate) fn rows(pen: &Pen<'_>, curve: &Curve, room: usize) -> Vec<Row> {
    let (Some(top), Some(bottom)) = (curve.levels.first(), curve.levels.last()) else { return Vec::new() };
    let below = below(pen, curve);
    let height = room.saturating_sub(below.len() + 1).clamp(1, MOST_ROWS);
    let labels = curve.levels.iter().map(|level| cells::width(&level.label)).max().unwrap_or(0);
    let left = GUTTER + labels + 1;
    let hour = (pen.width.saturating_sub(left + 1) / HOURS).clamp(1, WIDEST_HOUR);
    let scale = Scale { lowest: bottom.at, highest: top.at, rows: height };
    let glyphs = pen.theme.glyphs();
    let mut all: Vec<Row> = (0..height)
        .map(|row| {
            let level = curve.levels.iter().find(|level| scale.row(level.at) == row);
            let mut drawn = match level {
                Some(level) => {
                    let at = GUTTER + labels - cells::width(&level.label);
                    Row::default().with(at, level.label.clone(), pen.style(TextRole::Dim))
                }
                None => Row::default(),
            };
            let across = if level.is_some() { glyphs.horizontal } else { " " };
            let here = pen.style(role(scale.middle(row)));
            for (column, (glyph, style)) in
                cells_of(pen, curve, &scale, row, hour * HOURS, (across, here)).into_iter().enumerate()
            {
                drawn = drawn.with(left + column, glyph, style);
            }
            drawn
        })
        .collect();
    let hours = (0..=HOURS).step_by(NAMED);
    all.push(hours.fold(Row::default(), |row, named| {
        let text = format!("{named:02}");
        // The last is drawn before the edge.
        let at = (left + named * hour).min(pen.width.saturating_sub(cells::width(&text)));
        row.with(at, text, pen.style(TextRole::Dim))
    }));
    all.extend(below);
    all
}

/// The role of a height: that of the range in which it lies.
const fn role_of(range: Range) -> TextRole {
    match range {
        Range::VeryLow | Range::VeryHigh => TextRole::Problem,
        Range::Low | Range::High => TextRole::Warning,
        Range::Target => TextRole::Ok,
    }
}

fn role(mg_per_dl: f64) -> TextRole {
    role_of(Range::of_mg_per_dl(mg_per_dl))
}

/// The cells of one row.
fn cells_of(
    pen: &Pen<'_>,
    curve: &Curve,
    scale: &Scale,
    row: usize,
    columns: usize,
    (across, here): (&'static str, Style),
) -> Vec<(&'static str, Style)> {
    let glyphs = pen.theme.glyphs();
    let within =
        |span: Option<(f64, f64)>| span.is_some_and(|(low, high)| (scale.row(high)..=scale.row(low)).contains(&row));
    let cell = |column: usize| {
        let slot = curve.slots.get(column * curve.slots.len() / columns.max(1)).unwrap_or(&EMPTY);
        // From the front to the back: what stands before the other hides it.
        if slot.median.is_some_and(|median| scale.row(median) == row) {
            (glyphs.full, here)
        } else if slot.points.iter().any(|point| scale.row(*point) == row) && is_first(curve, column, columns) {
            (glyphs.bullet, here)
        } else if within(slot.inner) {
            (glyphs.band, here)
        } else if within(slot.outer) {
            (glyphs.empty, here)
        } else {
            (across, pen.style(TextRole::Frame))
        }
    };
    (0..columns).map(cell).collect()
}

/// A part of the day without anything.
static EMPTY: CurveSlot = CurveSlot { outer: None, inner: None, median: None, points: Vec::new() };

/// Whether a column is the first of its part of the day: a point is drawn once.
fn is_first(curve: &Curve, column: usize, columns: usize) -> bool {
    let slot = |column: usize| column * curve.slots.len() / columns.max(1);
    column == 0 || slot(column - 1) != slot(column)
}
