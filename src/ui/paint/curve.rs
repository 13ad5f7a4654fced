//! Curves over a day or day by day: shades between percentiles, the median, the lines of the target range, or single
//! points. In dots where the terminal has them, else a character a cell.

mod dots;

use ratatui::style::Style;

use self::dots::{DotCell, Dots};
use super::rows::{GUTTER, Pen, Row};
use crate::domain::statistics::Range;
use crate::ui::cells;
use crate::ui::scene::{Curve, CurveLevel, CurveSlot, TextRole};

/// With fewer rows nobody sees a curve.
const LEAST_ROWS: usize = 7;
/// So many rows it asks for before anything else gives way: from then on the limits of the ranges stand apart.
const WANTED_ROWS: usize = 13;
/// More rows add nothing that is not seen.
const MOST_ROWS: usize = 30;
/// A chart is not wider than this, in columns.
const WIDEST: usize = 144;

/// A chart leaves at most one in so many columns free.
const LEAST_USED: usize = 8;

/// The fewest rows, and as many as it can fill.
pub(crate) fn need(pen: &Pen<'_>, curve: &Curve) -> (usize, usize) {
    let below = below(pen, curve).len() + 1;
    let least = if pen.sparing {
        LEAST_ROWS
    } else if curve.if_room {
        apart(curve)
    } else {
        WANTED_ROWS
    };
    (least + below, MOST_ROWS + below)
}

/// The fewest rows in which the target and the edges of the chart have each a row of its own: a chart that seems to end
/// with the target hides what lies below.
fn apart(curve: &Curve) -> usize {
    let levels = || curve.levels.iter().filter(|level| level.is_named_first);
    let is_apart = |rows: &usize| {
        let scale = Scale::of(curve, *rows);
        let mut places: Vec<usize> = levels().map(|level| scale.row(level.at)).collect();
        places.dedup();
        places.len() == levels().count()
    };
    (LEAST_ROWS..WANTED_ROWS).find(is_apart).unwrap_or(WANTED_ROWS)
}

/// What stands below the chart and its marks: what it shows, and what the shades mean.
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
    /// That of a chart in so many rows.
    fn of(curve: &Curve, rows: usize) -> Self {
        let edge = |level: Option<&CurveLevel>| level.map_or(0.0, |level| level.at);
        Self { lowest: edge(curve.levels.last()), highest: edge(curve.levels.first()), rows }
    }

    /// The same with each row in so many parts.
    fn finer(&self, parts: usize) -> Self {
        Self { rows: self.rows * parts, ..*self }
    }

    /// The row of a number, the highest at 0; numbers beyond an edge stand at it. It is that of the whole number by
    /// which a value has its range: 69.6 mg/dL is as much as 70, and stands nowhere below its line.
    fn row(&self, mg_per_dl: f64) -> usize {
        let mg_per_dl = mg_per_dl.round();
        let part = (self.highest - mg_per_dl) / (self.highest - self.lowest).max(1.0);
        let rows = u16::try_from(self.rows).unwrap_or(u16::MAX);
        let place = (part.clamp(0.0, 1.0) * f64::from(rows)).floor();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 0 to the rows"
        )]
        let row = place as usize;
        row.min(self.rows.saturating_sub(1))
    }

    /// The number in the middle of a row.
    fn middle(&self, row: usize) -> f64 {
        let part = |count: usize| u16::try_from(count).map_or(0.0, f64::from);
        self.highest - (part(row) + 0.5) / part(self.rows).max(1.0) * (self.highest - self.lowest)
    }
}

/// How much of so much room so many parts take. Each is as wide as the others, in columns or in dots, unless that
/// leaves much of the room free: of 45 parts in 71 columns some have two columns, and the others one.
fn across(room: usize, parts: usize) -> usize {
    let alike = (room / parts).max(1) * parts;
    if LEAST_USED * alike < (LEAST_USED - 1) * room { room } else { alike }
}

/// The chart in `room` rows.
pub(crate) fn rows(pen: &Pen<'_>, curve: &Curve, room: usize) -> Vec<Row> {
    if curve.levels.is_empty() {
        return Vec::new();
    }
    let below = below(pen, curve);
    let height = room.saturating_sub(below.len() + 1).clamp(1, MOST_ROWS);
    let labels = curve.levels.iter().map(|level| cells::width(&level.label)).max().unwrap_or(0);
    let left = GUTTER + labels + 1;
    let parts = curve.parts.max(1);
    let glyphs = pen.theme.glyphs();
    let fine = if glyphs.has_dots { dots::ACROSS } else { 1 };
    let across = across(fine * pen.width.saturating_sub(left + 1).min(WIDEST), parts);
    let columns = across.div_ceil(fine);
    let scale = Scale::of(curve, height);
    let dots = glyphs.has_dots.then(|| Dots::new(curve, &scale, across));
    let mut all: Vec<Row> = (0..height)
        .map(|row| {
            let here = || curve.levels.iter().filter(|level| scale.row(level.at) == row);
            let level = here().find(|level| level.is_named_first).or_else(|| here().next());
            let mut drawn = match level {
                Some(level) => {
                    let at = GUTTER + labels - cells::width(&level.label);
                    Row::default().with(at, level.label.clone(), pen.style(TextRole::Dim))
                }
                None => Row::default(),
            };
            let limit = level.map(|level| match &dots {
                Some(_) => dots::limit(&scale, row, level.at),
                None => one(glyphs.horizontal),
            });
            let free = (limit.unwrap_or(' '), pen.style(TextRole::Frame));
            let line = CurveRow { pen, curve, scale: &scale, row, columns, free };
            // Cells of one look are one piece.
            let mut piece: Option<(usize, String, Style)> = None;
            for column in 0..columns {
                let (glyph, style) = match &dots {
                    Some(dots) => line.in_dots(dots, column),
                    None => line.in_characters(column),
                };
                match &mut piece {
                    Some((_, text, look)) if *look == style => text.push(glyph),
                    _ => {
                        if let Some((at, text, look)) = piece.replace((left + column, glyph.to_string(), style)) {
                            drawn = drawn.with(at, text, look);
                        }
                    }
                }
            }
            match piece {
                Some((at, text, look)) => drawn.with(at, text, look),
                None => drawn,
            }
        })
        .collect();
    let slots = curve.slots.len().max(1);
    let mut end = 0;
    all.push(curve.marks.iter().fold(Row::default(), |row, mark| {
        // The last is drawn before the edge; what would stand in another is left out.
        let at =
            (left + (mark.at * across).div_ceil(slots) / fine).min(pen.width.saturating_sub(cells::width(&mark.label)));
        if at < end {
            return row;
        }
        end = at + cells::width(&mark.label) + 1;
        row.with(at, mark.label.clone(), pen.style(TextRole::Dim))
    }));
    all.extend(below);
    all
}

/// The role of a height: that of the range in which it lies.
fn role(mg_per_dl: f64) -> TextRole {
    TextRole::of_range(Range::of_mg_per_dl(mg_per_dl), TextRole::Ok)
}

/// The character of a glyph: each is one.
fn one(glyph: &str) -> char {
    glyph.chars().next().unwrap_or(' ')
}

/// One row of a chart.
struct CurveRow<'a> {
    pen: &'a Pen<'a>,
    curve: &'a Curve,
    scale: &'a Scale,
    row: usize,
    columns: usize,
    /// What stands where nothing else does.
    free: (char, Style),
}

impl CurveRow<'_> {
    fn slot(&self, column: usize) -> usize {
        column * self.curve.slots.len() / self.columns.max(1)
    }

    fn slot_of(&self, column: usize) -> &CurveSlot {
        self.curve.slots.get(self.slot(column)).unwrap_or(&EMPTY)
    }

    /// The look of a band in this row: that of its end where it ends here, else that of the row. A row stands for many
    /// numbers, and a band that ends at 72 in the row of 70 has nothing below 70.
    fn band(&self, ends: Option<(f64, f64)>) -> Style {
        let end = ends.into_iter().flat_map(|(low, high)| [low, high]).find(|end| self.scale.row(*end) == self.row);
        self.pen.style(role(end.unwrap_or_else(|| self.scale.middle(self.row))))
    }

    /// The lowest reading that stands here alone. It is drawn once, in the middle of its part.
    fn point(&self, column: usize) -> Option<f64> {
        self.points(column).filter(|point| self.scale.row(*point) == self.row).min_by(f64::total_cmp)
    }

    /// The readings that stand alone in a column, in whatever row.
    fn points(&self, column: usize) -> impl Iterator<Item = f64> + '_ {
        self.slot_of(column).points.iter().copied().filter(move |_| self.is_middle(column))
    }

    fn is_middle(&self, column: usize) -> bool {
        let slots = self.curve.slots.len().max(1);
        let own = self.slot(column);
        // The columns of a part begin at the first that is not before it.
        let (first, next) = ((own * self.columns).div_ceil(slots), ((own + 1) * self.columns).div_ceil(slots));
        column == first + (next - first).saturating_sub(1) / 2
    }

    fn in_dots(&self, dots: &Dots, column: usize) -> (char, Style) {
        match (dots.cell(self.row, column), self.point(column)) {
            (DotCell::Line(glyph), _) => (glyph, self.pen.style(TextRole::Heading)),
            (_, Some(point)) => (dots::points(self.scale, self.row, self.points(column)), self.pen.style(role(point))),
            (DotCell::Band(glyph), None) => (glyph, self.band(dots.ends(column))),
            (DotCell::Free, None) => self.free,
        }
    }

    fn in_characters(&self, column: usize) -> (char, Style) {
        let (glyphs, slot) = (self.pen.theme.glyphs(), self.slot_of(column));
        let row = |mg_per_dl| self.scale.row(mg_per_dl);
        let within = |span: (f64, f64)| {
            let is_drawn = self.curve.is_joined || self.is_middle(column);
            is_drawn && (row(span.1)..=row(span.0)).contains(&self.row)
        };
        // From the front to the back: what stands before the other hides it.
        if slot.median.is_some_and(|median| row(median) == self.row) {
            (one(glyphs.full), self.pen.style(TextRole::Heading))
        } else if let Some(point) = self.point(column) {
            (one(glyphs.bullet), self.pen.style(role(point)))
        } else if slot.inner.is_some_and(within) {
            (one(glyphs.band), self.band(slot.outer.or(slot.inner)))
        } else if slot.outer.is_some_and(within) {
            (one(glyphs.empty), self.band(slot.outer))
        } else {
            self.free
        }
    }
}

/// A part of the day without anything.
static EMPTY: CurveSlot = CurveSlot { outer: None, inner: None, median: None, points: Vec::new() };

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A chart of these levels.
    fn scale(highest: f64, rows: usize) -> Scale {
        Scale { lowest: 0.0, highest, rows }
    }

    /// Whatever the height of a chart and wherever it ends: what is in the target stands on its side of the lines, or
    /// on them, and what is not on the other; to a tenth of a mg/dL, as values in mmol/L and percentiles are.
    #[test]
    fn every_value_stands_on_its_side_of_every_limit() {
        // In dots a row is four.
        let limits = [(54.0, Range::VeryLow), (70.0, Range::Low), (180.0, Range::Target), (250.0, Range::High)];
        let tops = [300.0, 400.0, 500.0, 600.0];
        let heights = (LEAST_ROWS..=MOST_ROWS).flat_map(|rows| [rows, 4 * rows]);
        for (rows, highest) in heights.flat_map(|rows| tops.map(|top| (rows, top))) {
            let scale = scale(highest, rows);
            let mut before = rows;
            for tenths in 0..=6000_u32 {
                let value = f64::from(tenths) / 10.0;
                let row = scale.row(value);
                assert!(row <= before, "{value} stands below less in {rows} rows up to {highest}");
                before = row;
                for (limit, last_below) in limits {
                    // 54 and 70 are the least of what lies above, 180 and 250 the most of what lies below.
                    let is_below = Range::of_mg_per_dl(value) <= last_below;
                    let line = scale.row(limit);
                    let is_right = if is_below { row >= line } else { row <= line };
                    assert!(is_right, "{value} at {limit} in {rows} rows up to {highest}: {row}, {line}");
                }
            }
        }
    }

    proptest! {
        /// Charts take the room that they have, and each part has a column of its own in which it is drawn once.
        #[test]
        fn a_chart_uses_its_width_and_draws_each_part_once(parts in 1_usize..=45, room in 45_usize..=WIDEST) {
            let columns = across(room, parts);
            prop_assert!(columns <= room && 8 * columns >= 7 * room, "{columns} of {room}");
            let middles = |own: usize| {
                let (first, next) = ((own * columns).div_ceil(parts), ((own + 1) * columns).div_ceil(parts));
                (first < next).then_some(first + (next - first).saturating_sub(1) / 2)
            };
            let drawn: Vec<usize> = (0..parts).filter_map(middles).collect();
            prop_assert_eq!(drawn.len(), parts);
            prop_assert!(drawn.is_sorted() && drawn.iter().all(|column| *column < columns));
        }
    }
}
