//! Curves in dots: eight to a cell, where the terminal has them (Unicode, Braille Patterns), so that a line is seen to
//! rise within a row.

use super::Scale;
use crate::ui::scene::{Curve, CurveSlot};

/// Dots of a cell from left to right, and from top to bottom.
pub(super) const ACROSS: usize = 2;
const DOWN: usize = 4;

/// What a dot adds to U+2800, by its row and then its column.
const BITS: [[u8; ACROSS]; DOWN] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// The dot of a limit in a row of cells, at the height that the same number has in a line or a band: a value stands
/// beside its limit, and not on it, in a row that stands for many numbers.
pub(super) fn limit(scale: &Scale, row: usize, number: f64) -> char {
    let place = scale.finer(DOWN).row(number);
    let bit = BITS.get(place % DOWN).and_then(|bits| bits.first()).filter(|_| place / DOWN == row);
    glyph(bit.copied().unwrap_or(0))
}

/// The dots of single numbers in a cell of this row, as high as a line where the cell has room for that.
pub(super) fn points(scale: &Scale, row: usize, numbers: impl Iterator<Item = f64>) -> char {
    let fine = scale.finer(DOWN);
    let tops = numbers.map(|number| fine.row(number)).filter(|place| place / DOWN == row);
    let places = tops.flat_map(|top| [top, top + 1]).filter(|place| place / DOWN == row);
    glyph(places.filter_map(|place| BITS.get(place % DOWN)).flatten().fold(0, |all, bit| all | bit))
}

fn glyph(bits: u8) -> char {
    char::from_u32(0x2800 + u32::from(bits)).unwrap_or(' ')
}

/// The lines and the bands of a chart, cell by cell.
pub(super) struct Dots {
    columns: usize,
    line: Vec<u8>,
    band: Vec<u8>,
    /// The lowest and the highest number of the bands of each column of cells.
    ends: Vec<Option<(f64, f64)>>,
}

/// What a cell shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DotCell {
    /// The median.
    Line(char),
    /// Between two percentiles, or the lowest and the highest value.
    Band(char),
    /// Nothing.
    Free,
}

impl Dots {
    /// Those of a chart that is so many dots wide, in the rows of this scale.
    pub(super) fn new(curve: &Curve, scale: &Scale, across: usize) -> Self {
        let columns = across.div_ceil(ACROSS);
        let cells = vec![0; columns * scale.rows];
        let mut dots = Self { columns, line: cells.clone(), band: cells, ends: vec![None; columns] };
        let fine = scale.finer(DOWN);
        let mut before = None;
        for x in 0..across {
            let place = DotPlace::of(x, across, curve);
            for (ends, of) in [(place.band(curve, |slot| slot.outer), 0), (place.band(curve, |slot| slot.inner), 1)] {
                let Some((low, high)) = ends else { continue };
                dots.reach(x, (low, high));
                let (top, bottom) = (fine.row(high), fine.row(low));
                for y in top..=bottom {
                    // Every eighth dot, or every other: the two bands are told apart without colour. Where one ends is
                    // seen all the same. A bar that stands apart has them all.
                    let is_drawn = match of {
                        _ if !curve.is_joined => true,
                        0 => x % 2 == 0 && ((y + x) % 4 == 0 || y == top || y == bottom),
                        _ => (x + y) % 2 == 0,
                    };
                    if is_drawn {
                        dots.put(false, x, y);
                    }
                }
            }
            let here = place.between(curve, |slot| slot.median).map(|median| fine.row(median));
            if let Some(y) = here {
                // From where the line was: it has no gap where it is steep.
                let from = before.unwrap_or(y);
                for y in from.min(y)..=from.max(y) {
                    dots.put(true, x, y);
                    dots.put(true, x, (y + 1).min(fine.rows.saturating_sub(1)));
                }
            }
            before = here;
        }
        dots
    }

    fn put(&mut self, is_line: bool, x: usize, y: usize) {
        let cells = if is_line { &mut self.line } else { &mut self.band };
        let bit = BITS.get(y % DOWN).and_then(|row| row.get(x % ACROSS)).copied().unwrap_or(0);
        if let Some(cell) = cells.get_mut(y / DOWN * self.columns + x / ACROSS) {
            *cell |= bit;
        }
    }

    /// The bands of a column of dots go from a number to another.
    fn reach(&mut self, x: usize, (low, high): (f64, f64)) {
        if let Some(ends) = self.ends.get_mut(x / ACROSS) {
            let (lowest, highest) = ends.unwrap_or((low, high));
            *ends = Some((lowest.min(low), highest.max(high)));
        }
    }

    /// The lowest and the highest number of the bands in a column of cells.
    pub(super) fn ends(&self, column: usize) -> Option<(f64, f64)> {
        self.ends.get(column).copied().flatten()
    }

    /// What stands in a cell. The line hides the band: beside its dots it would not be seen.
    pub(super) fn cell(&self, row: usize, column: usize) -> DotCell {
        let at = row * self.columns + column;
        match (self.line.get(at), self.band.get(at)) {
            (Some(bits @ 1..), _) => DotCell::Line(glyph(*bits)),
            (_, Some(bits @ 1..)) => DotCell::Band(glyph(*bits)),
            _ => DotCell::Free,
        }
    }
}

/// Where a column of dots stands among the parts of a curve.
struct DotPlace {
    /// The part before its middle or in which it is, and the one behind that.
    parts: [usize; 2],
    /// How far it is from the middle of the first to that of the second, from 0 to 1.
    between: f64,
    /// Whether it is about the middle of a part.
    is_middle: bool,
    /// The part in which it is.
    own: usize,
}

impl DotPlace {
    fn of(x: usize, columns: usize, curve: &Curve) -> Self {
        let slots = curve.slots.len().max(1);
        // Twice as fine as columns and parts, so that their middles are whole numbers.
        let at = (2 * x + 1) * slots;
        let (behind, whole) = (at.saturating_sub(columns), 2 * columns);
        let first = behind / whole;
        let part = |number: usize| u32::try_from(number).map_or(0.0, f64::from);
        let within = at % whole;
        Self {
            parts: [first, (first + 1).min(slots - 1)],
            between: part(behind % whole) / part(whole),
            // A quarter of the part, and one dot at least.
            is_middle: 4 * within.abs_diff(columns) <= columns.max(4 * slots),
            own: (at / whole).min(slots - 1),
        }
    }

    /// A number on the way from one part to the next; beside a part without one it is that of the nearer.
    fn between(&self, curve: &Curve, of: impl Fn(&CurveSlot) -> Option<f64>) -> Option<f64> {
        let [before, behind] = self.parts.map(|part| curve.slots.get(part).and_then(&of));
        match (before, behind) {
            (Some(before), Some(behind)) => Some(before + (behind - before) * self.between),
            (Some(number), None) if self.between < 0.5 => Some(number),
            (None, Some(number)) if self.between >= 0.5 => Some(number),
            _ => None,
        }
    }

    /// The two ends of a band: on their way too where it goes on from part to part, else about the middle of each.
    fn band(&self, curve: &Curve, of: impl Fn(&CurveSlot) -> Option<(f64, f64)>) -> Option<(f64, f64)> {
        if curve.is_joined {
            let low = self.between(curve, |slot| Some(of(slot)?.0));
            return low.zip(self.between(curve, |slot| Some(of(slot)?.1)));
        }
        curve.slots.get(self.own).and_then(of).filter(|_| self.is_middle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(medians: &[Option<f64>]) -> Curve {
        let slot = |median: &Option<f64>| CurveSlot { median: *median, ..CurveSlot::default() };
        Curve {
            said: String::new(),
            legend: String::new(),
            slots: medians.iter().map(slot).collect(),
            levels: Vec::new(),
            marks: Vec::new(),
            parts: medians.len(),
            is_joined: true,
            if_room: false,
        }
    }

    fn drawn(curve: &Curve, columns: usize, rows: usize) -> Vec<String> {
        let dots = Dots::new(curve, &Scale { lowest: 0.0, highest: 80.0, rows }, columns * ACROSS);
        let cell = |row, column| match dots.cell(row, column) {
            DotCell::Line(glyph) | DotCell::Band(glyph) => glyph,
            DotCell::Free => ' ',
        };
        (0..rows).map(|row| (0..columns).map(|column| cell(row, column)).collect()).collect()
    }

    /// One row is four dots of 20 each, from 80 down to 0: 50 lies in the second, and the line is two dots thick.
    #[test]
    fn a_level_line_is_two_dots_thick_and_ends_half_way_to_where_nothing_is() {
        assert_eq!(drawn(&curve(&[Some(50.0), Some(50.0)]), 2, 1), ["⠶⠶"]);
        assert_eq!(drawn(&curve(&[Some(50.0), None]), 2, 1), ["⠶ "]);
        assert_eq!(drawn(&curve(&[None, None]), 2, 1), ["  "]);
        // What is below the chart stands at its edge.
        assert_eq!(drawn(&curve(&[Some(-5.0)]), 1, 1), ["⣀"]);
    }

    /// Four rows of dots of 20 each: 50 is in the second of the one row, 10 in the last.
    #[test]
    fn a_number_alone_is_as_high_as_in_a_line() {
        let scale = Scale { lowest: 0.0, highest: 80.0, rows: 1 };
        assert_eq!(limit(&scale, 0, 50.0), '⠂');
        assert_eq!(points(&scale, 0, [50.0].into_iter()), '⠶');
        assert_eq!(points(&scale, 0, [70.0, 10.0].into_iter()), '⣛');
        assert_eq!(points(&Scale { rows: 2, ..scale }, 1, [50.0, 10.0].into_iter()), '⣀');
    }

    #[test]
    fn a_rise_has_no_gap() {
        let rows = drawn(&curve(&[Some(5.0), Some(75.0)]), 2, 2);
        // From the last of eight dots to the first, each of the columns begins where the one before it ended.
        assert!(rows.iter().all(|row| row.chars().any(|glyph| glyph != ' ')), "{rows:?}");
    }

    #[test]
    fn a_band_is_drawn_between_its_ends_and_only_about_the_middle_where_days_stand_apart() {
        let mut one = curve(&[None, None]);
        for slot in &mut one.slots {
            slot.inner = Some((0.0, 79.0));
        }
        assert_eq!(drawn(&one, 4, 1), ["⢕⢕⢕⢕"]);
        one.is_joined = false;
        let apart = drawn(&one, 12, 1);
        // Of the twelve dots of each part the four in the middle.
        assert_eq!(apart, ["  ⣿⣿    ⣿⣿  "]);
        // Of four dots the two in the middle, of three the one: no day is without its bar.
        let halves = |columns, across| {
            let dots = Dots::new(&one, &Scale { lowest: 0.0, highest: 80.0, rows: 1 }, across);
            (0..columns).map(|column| dots.cell(0, column)).collect::<Vec<_>>()
        };
        let (left, right) = (DotCell::Band('⡇'), DotCell::Band('⢸'));
        assert_eq!(halves(4, 8), [right, left, right, left]);
        assert_eq!(halves(3, 6), [right, DotCell::Free, left]);
    }
}
