//! What is drawn below the rest only where there is room for it: it says nothing that is not said elsewhere.

use super::rows::{Pen, Row, Sheet};
use super::{curve, strip};
use crate::ui::layout::share;
use crate::ui::scene::{Block, Curve, StripKind};

/// So many rows the rest has at least: on a usual terminal they are a list's.
const LEFT_FOR_THE_REST: usize = 14;
/// Two charts stand side by side where each has so many columns: in fewer the days below it have no room.
const CHART: usize = 56;

/// Whether a block is one of these.
pub(crate) fn is_extra(block: &Block) -> bool {
    match block {
        Block::Curve(curve) => curve.if_room,
        Block::Strip(strip) => strip.kind == StripKind::IfRoom,
        _ => false,
    }
}

/// The place among some blocks from which on there are no others.
pub(crate) fn begin(blocks: &[Block]) -> usize {
    blocks.iter().rposition(|block| !is_extra(block)).map_or(0, |last| last + 1)
}

/// What stands below one another.
enum ExtraPart<'a> {
    Curve(&'a Curve),
    /// The second on the right of the first.
    Curves(&'a Curve, &'a Curve),
    Strip(Vec<Row>),
}

/// The two charts that stand side by side, if these do.
fn pair<'a>(pen: &Pen<'_>, extras: &'a [Block]) -> Option<(&'a Curve, &'a Curve)> {
    match extras {
        [Block::Curve(left), Block::Curve(right)] if pen.width / 2 >= CHART => Some((left, right)),
        _ => None,
    }
}

/// Whether charts stand side by side. They are worth more than numbers that are told elsewhere, and these give way.
pub(crate) fn stand_beside(pen: &Pen<'_>, extras: &[Block]) -> bool {
    pair(pen, extras).is_some()
}

/// The pen of one of two that stand side by side.
fn half<'a>(pen: &Pen<'a>) -> Pen<'a> {
    Pen { width: pen.width / 2, ..*pen }
}

fn lines<'a>(pen: &Pen<'_>, extras: &'a [Block]) -> Vec<ExtraPart<'a>> {
    if let Some((left, right)) = pair(pen, extras) {
        return vec![ExtraPart::Curves(left, right)];
    }
    let line = |block: &'a Block| match block {
        Block::Curve(curve) => Some(ExtraPart::Curve(curve)),
        Block::Strip(block) => strip::rows(pen, block, 0).map(ExtraPart::Strip),
        _ => None,
    };
    extras.iter().filter_map(line).collect()
}

/// The fewest rows of a line, and as many as it can fill.
fn wants(pen: &Pen<'_>, line: &ExtraPart<'_>) -> (usize, usize) {
    match line {
        ExtraPart::Curve(curve) => curve::need(pen, curve),
        ExtraPart::Curves(left, right) => {
            let needs = [left, right].map(|curve| curve::need(&half(pen), curve));
            let [(least, most), (other_least, other_most)] = needs;
            (least.max(other_least), most.max(other_most))
        }
        ExtraPart::Strip(rows) => (rows.len(), rows.len()),
    }
}

/// Free rows above each line.
fn gap(pen: &Pen<'_>) -> usize {
    usize::from(!pen.tight)
}

/// The rows with which the first of them has room, the free one above it among them; none if it has not.
pub(crate) fn need(pen: &Pen<'_>, extras: &[Block], height: usize) -> usize {
    // Where no row is free between blocks there is none for these, but for charts side by side.
    let is_free = !pen.tight || stand_beside(pen, extras);
    let first = lines(pen, extras).first().filter(|_| is_free).map(|line| wants(pen, line).0 + gap(pen));
    first.filter(|first| height >= first + LEFT_FOR_THE_REST).unwrap_or(0)
}

/// As many of them as have room in so many rows, the first before the others.
pub(crate) fn rows(pen: &Pen<'_>, extras: &[Block], room: usize) -> Sheet {
    let mut all = Sheet::default();
    let mut left = room;
    let lines: Vec<(ExtraPart<'_>, (usize, usize))> = lines(pen, extras)
        .into_iter()
        .map(|line| {
            let wants = wants(pen, &line);
            (line, wants)
        })
        .take_while(|(_, (least, _))| left.checked_sub(least + gap(pen)).inspect(|rest| left = *rest).is_some())
        .collect();
    let each: Vec<(usize, usize)> = lines.iter().map(|(_, wants)| *wants).collect();
    let shares = share(room.saturating_sub(lines.len() * gap(pen)), &each);
    let drawn = lines.iter().map(|(line, _)| if matches!(line, ExtraPart::Curves(..)) { 2 } else { 1 });
    all.unseen = extras.len() - drawn.sum::<usize>();
    for ((line, _), height) in lines.into_iter().zip(shares) {
        all.append(Sheet::from(vec![Row::default(); gap(pen)]));
        all.append(match line {
            ExtraPart::Curve(curve) => curve::rows(pen, curve, height).into(),
            ExtraPart::Curves(left, right) => {
                let [left, right] = [left, right].map(|curve| Sheet::from(curve::rows(&half(pen), curve, height)));
                left.beside(right, pen.width / 2)
            }
            ExtraPart::Strip(rows) => rows.into(),
        });
    }
    all
}
