//! The pictures of a report: the ranges as one bar, the curves of the standard day, the small charts.

use super::sheet::{MARGIN, PartRole, Setter, Shade, SheetMark, SheetPart};
use crate::ui::scene::{Block, Curve, CurveSlot, Share, Strip, StripCell, TextRole};

/// The height of the bar of the ranges, in points.
const BAR: f32 = 14.0;
/// The height of the chart of the standard day, in points.
const CHART: f32 = 150.0;
/// From the margin to the chart: the numbers of its lines stand there.
const AXIS: f32 = 30.0;
/// The size of what stands in pictures.
const SIZE: f32 = 8.0;
/// A column of a small chart is at most so wide.
const WIDEST: f32 = 62.0;
/// What stands behind the columns of a small chart is at most so wide, in points; it goes on below.
const WIDEST_NOTE: f32 = 220.0;
/// What is drawn of a reading that stands alone in the standard day is half so wide.
const DOT: f32 = 1.2;

/// The colours of the five ranges, the lowest first.
const RANGES: [Shade; 5] = [Shade::VeryLow, Shade::Low, Shade::Target, Shade::High, Shade::VeryHigh];

fn area(left: f32, top: f32, right: f32, bottom: f32, shade: Shade) -> SheetMark {
    SheetMark::Area { points: vec![(left, top), (right, top), (right, bottom), (left, bottom)], shade }
}

/// The colour of a value's role.
const fn shade(role: TextRole) -> Shade {
    match role {
        TextRole::Problem | TextRole::VeryLow | TextRole::Low => Shade::VeryLow,
        TextRole::Warning | TextRole::High | TextRole::VeryHigh => Shade::VeryHigh,
        TextRole::Dim | TextRole::Disabled | TextRole::Frame => Shade::Pale,
        TextRole::Ok => Shade::Target,
        TextRole::Text | TextRole::Heading | TextRole::Accent | TextRole::Selected | TextRole::Focus => Shade::Ink,
    }
}

/// The least width of a share that is not nothing, in points: what can be seen in print.
const LEAST_PART: f32 = 1.0;

/// How much of a bar each share has. One in two thousand is not nothing; what it has more than its part, the others
/// have less.
fn parts(shares: &[Share], width: f32) -> Vec<f32> {
    let part = |share: &Share| match share.count {
        0 => 0.0,
        _ => (width * f32::from(share.per_mille) / 1000.0).max(LEAST_PART),
    };
    let parts: Vec<f32> = shares.iter().map(part).collect();
    // Thousandths are rounded down: the bar ends where it should all the same.
    let all: f32 = parts.iter().sum();
    if all > 0.0 { parts.into_iter().map(|part| part * width / all).collect() } else { parts }
}

/// The ranges as one bar, below it each with its word, percent and count.
pub(super) fn shares(setter: &mut Setter<'_>, shares: &[Share], said: String) {
    setter.need(BAR + 3.0 * Setter::height(SIZE, 1));
    let (width, top) = (setter.width(), setter.y + 2.0);
    let mut marks = Vec::new();
    let mut left = MARGIN;
    for (part, shade) in parts(shares, width).into_iter().zip(RANGES) {
        if part > 0.0 {
            marks.push(area(left, top, left + part, top + BAR, shade));
        }
        left += part;
    }
    let column = width / f32::from(u16::try_from(shares.len().max(1)).unwrap_or(1));
    setter.y = top + BAR;
    let below = setter.y;
    let mut x = MARGIN;
    for (share, shade) in shares.iter().zip(RANGES) {
        setter.y = below;
        marks.push(area(x, below + 5.0, x + 6.0, below + 11.0, shade));
        let lines = [share.label.clone(), share.numbers.clone()];
        setter.set(&lines, x + 9.0, SIZE, Shade::Ink, &mut marks);
        x += column;
    }
    setter.space(4.0);
    setter.parts.push(SheetPart { role: PartRole::Figure(said), page: setter.page, marks });
}

/// The widths that the rows of small charts need, in points.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StripWidths {
    label: f32,
    cell: f32,
    note: f32,
}

/// A cell that is narrower is a mark.
const MARK: f32 = 13.0;

impl StripWidths {
    fn of(setter: &Setter<'_>, strip: &Strip) -> Self {
        let face = setter.face;
        let widest = |text: &str| face.width(text, SIZE) + 5.0;
        // A bar is as wide as a mark.
        let wide = |cell: &StripCell| widest(if cell.height.is_some() { "0" } else { &cell.text });
        let note = strip.rows.iter().map(|row| face.width(&row.note, SIZE) + 8.0).fold(0.0, f32::max);
        Self {
            label: strip.rows.iter().map(|row| face.width(&row.label, SIZE)).fold(0.0, f32::max) + 10.0,
            cell: strip.rows.iter().flat_map(|row| &row.cells).map(wide).fold(0.0, f32::max),
            note: note.min(WIDEST_NOTE),
        }
    }

    const fn are_of_marks(self) -> bool {
        self.cell > 0.0 && self.cell < MARK
    }

    /// Those of all small charts of marks among these: the marks of one day stand below one another in all of them.
    pub(super) fn of_marks(setter: &Setter<'_>, blocks: &[Block]) -> Self {
        let strips = blocks.iter().filter_map(|block| if let Block::Strip(strip) = block { Some(strip) } else { None });
        let marks = strips.map(|strip| Self::of(setter, strip)).filter(|widths| widths.are_of_marks());
        marks.fold(Self::default(), |one, other| Self {
            label: one.label.max(other.label),
            cell: one.cell.max(other.cell),
            note: one.note.max(other.note),
        })
    }
}

/// A small chart: its rows as a table. One of marks has the widths of all of them.
pub(super) fn strip(setter: &mut Setter<'_>, strip: &Strip, of_marks: StripWidths) {
    let face = setter.face;
    let own = StripWidths::of(setter, strip);
    let StripWidths { label, cell: cells, note } = if own.are_of_marks() { of_marks } else { own };
    let count = strip.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let count = f32::from(u16::try_from(count.max(1)).unwrap_or(1));
    let room = (setter.width() - label - note).max(0.0) / count;
    // Marks of days stand as close as letters.
    let column = if cells < MARK { cells.max(8.0).min(room) } else { cells.max(room.min(WIDEST)).min(room) };
    let notes = |text: &str| face.lines(&face.drawable(text), SIZE, note - 8.0);
    let lines = strip.rows.iter().map(|row| notes(&row.note).len()).sum();
    setter.need(Setter::height(SIZE, lines));
    let mut marks = Vec::new();
    for row in &strip.rows {
        let top = setter.y;
        let mut put = |setter: &mut Setter<'_>, x: f32, text: &str, shade: Shade| {
            setter.y = top;
            setter.set(&[face.drawable(text)], x, SIZE, shade, &mut marks);
        };
        put(setter, MARGIN, &row.label, if row.cells.is_empty() { Shade::Ink } else { Shade::Pale });
        let mut x = MARGIN + label;
        let foot = top + Setter::height(SIZE, 1) - 1.0;
        let mut bars = Vec::new();
        for cell in &row.cells {
            if let Some(height) = cell.height {
                let tall = (Setter::height(SIZE, 1) - 2.0) * f32::from(height) / 8.0;
                bars.push(area(x + 0.5, foot - tall, x + column - 0.5, foot, shade(cell.role)));
                x += column;
                continue;
            }
            let inset = (column - face.width(&cell.text, SIZE) - 4.0).max(0.0);
            put(setter, x + inset, &cell.text, shade(cell.role));
            x += column;
        }
        if !row.note.is_empty() {
            setter.y = top;
            setter.set(&notes(&row.note), x + 8.0, SIZE, Shade::Pale, &mut marks);
        }
        marks.extend(bars);
    }
    setter.parts.push(SheetPart { role: PartRole::Figure(strip.said.clone()), page: setter.page, marks });
    setter.space(6.0);
}

/// The curves of the standard day over their lines.
pub(super) fn curve(setter: &mut Setter<'_>, curve: &Curve) {
    let (Some(high), Some(low)) = (curve.levels.first(), curve.levels.last()) else { return };
    setter.need(CHART + 3.0 * Setter::height(SIZE, 1));
    let (top, bottom) = (setter.y + 6.0, setter.y + CHART);
    let (left, right) = (MARGIN + AXIS, MARGIN + setter.width());
    #[expect(clippy::cast_possible_truncation, reason = "a place on paper needs no more digits than it has")]
    let y = |at: f64| {
        let share = ((at - low.at) / (high.at - low.at)).clamp(0.0, 1.0) as f32;
        bottom - share * (bottom - top)
    };
    let slots = f32::from(u16::try_from(curve.slots.len().max(1)).unwrap_or(1));
    let x = |place: usize| {
        let place = f32::from(u16::try_from(place).unwrap_or(0));
        left + (place + 0.5) / slots * (right - left)
    };
    let mut marks = Vec::new();
    if let [_, _, upper, lower, ..] = curve.levels.as_slice() {
        marks.push(area(left, y(upper.at), right, y(lower.at), Shade::TargetBand));
    }
    let bands: [(BandEnds, Shade); 2] = [(|slot| slot.outer, Shade::Tails), (|slot| slot.inner, Shade::Quartiles)];
    for (band, shade) in bands {
        for run in runs(&curve.slots, band) {
            let upper = run.iter().map(|(place, (_, high))| (x(*place), y(*high)));
            let lower = run.iter().rev().map(|(place, (low, _))| (x(*place), y(*low)));
            marks.push(SheetMark::Area { points: upper.chain(lower).collect(), shade });
        }
    }
    for level in &curve.levels {
        let at = y(level.at);
        marks.push(SheetMark::Line { points: vec![(left, at), (right, at)], shade: Shade::Rule, width: 0.5 });
        let inset = AXIS - 5.0 - setter.face.width(&level.label, SIZE);
        let words = (MARGIN + inset, at + SIZE * 0.35);
        marks.push(SheetMark::Words { at: words, size: SIZE, shade: Shade::Pale, text: level.label.clone() });
    }
    for run in runs(&curve.slots, |slot| slot.median.map(|median| (median, median))) {
        let points = run.iter().map(|(place, (median, _))| (x(*place), y(*median))).collect();
        marks.push(SheetMark::Line { points, shade: Shade::Median, width: 1.6 });
    }
    for (place, slot) in curve.slots.iter().enumerate() {
        for point in &slot.points {
            let (x, y) = (x(place), y(*point));
            marks.push(area(x - DOT, y - DOT, x + DOT, y + DOT, Shade::Median));
        }
    }
    for hour in (0..=24_u8).step_by(3) {
        let text = format!("{hour}:00");
        let at = left + f32::from(hour) / 24.0 * (right - left);
        // The last one ends with the chart: in the middle of its mark it would reach into the margin.
        let inset = setter.face.width(&text, SIZE) / if hour == 24 { 1.0 } else { 2.0 };
        marks.push(SheetMark::Words { at: (at - inset, bottom + 11.0), size: SIZE, shade: Shade::Pale, text });
    }
    setter.y = bottom + 14.0;
    setter.parts.push(SheetPart { role: PartRole::Figure(curve.said.clone()), page: setter.page, marks });
    setter.paragraph(PartRole::Paragraph, &curve.said, SIZE, Shade::Ink);
    setter.paragraph(PartRole::Paragraph, &curve.legend, SIZE, Shade::Pale);
}

/// Between which ends a band of curves lies at a place.
type BandEnds = fn(&CurveSlot) -> Option<(f64, f64)>;

/// A part of a chart without gaps: each place with what stands there.
type BandRun = Vec<(usize, (f64, f64))>;

/// The parts of a band without gaps.
fn runs(slots: &[CurveSlot], band: impl Fn(&CurveSlot) -> Option<(f64, f64)>) -> Vec<BandRun> {
    let mut runs: Vec<BandRun> = Vec::new();
    let mut is_open = false;
    for (place, slot) in slots.iter().enumerate() {
        match (band(slot), runs.last_mut()) {
            (Some(ends), Some(run)) if is_open => run.push((place, ends)),
            (Some(ends), _) => runs.push(vec![(place, ends)]),
            (None, _) => {}
        }
        is_open = band(slot).is_some();
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(count: u32, per_mille: u16) -> Share {
        let [label, word, percent, numbers] = [const { String::new() }; 4];
        Share { label, word, count, percent, numbers, per_mille, role: TextRole::Text }
    }

    #[test]
    fn a_share_of_one_in_two_thousand_is_seen_and_the_bar_has_its_width() {
        let parts = parts(&[share(1, 0), share(0, 0), share(1999, 999)], 500.0);
        assert!(parts[0] > 0.9 && parts[0] < 1.1, "{parts:?}");
        assert!(parts[1] == 0.0 && parts[2] > 498.0, "{parts:?}");
        assert!((parts.iter().sum::<f32>() - 500.0).abs() < 0.01, "{parts:?}");
    }

    #[test]
    fn a_bar_of_nothing_has_no_parts() {
        assert_eq!(parts(&[share(0, 0), share(0, 0)], 500.0), [0.0, 0.0]);
    }
}
