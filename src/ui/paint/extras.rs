//! What is drawn below the rest only where there is room for it: it says nothing that is not said elsewhere.

use super::rows::{Pen, Row, Sheet};
use super::{curve, strip};
use crate::ui::layout::share;
use crate::ui::scene::{Block, Curve, StripKind};

/// So many rows the rest has at least: on a usual terminal they are a list's.
const LEFT_FOR_THE_REST: usize = 14;

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
    Strip(Vec<Row>),
}

fn lines<'a>(pen: &Pen<'_>, extras: &'a [Block]) -> Vec<ExtraPart<'a>> {
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
        ExtraPart::Strip(rows) => (rows.len(), rows.len()),
    }
}

/// The rows with which the first of them has room, the free one above it among them; none if it has not.
pub(crate) fn need(pen: &Pen<'_>, extras: &[Block], height: usize) -> usize {
    // Where no row is free between blocks there is none for these.
    let first = if pen.tight { None } else { lines(pen, extras).first().map(|line| wants(pen, line).0 + 1) };
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
        .take_while(|(_, (least, _))| left.checked_sub(least + 1).inspect(|rest| left = *rest).is_some())
        .collect();
    let each: Vec<(usize, usize)> = lines.iter().map(|(_, wants)| *wants).collect();
    let shares = share(room.saturating_sub(lines.len()), &each);
    all.unseen = extras.len() - lines.len();
    for ((line, _), height) in lines.into_iter().zip(shares) {
        all.rows.push(Row::default());
        all.append(match line {
            ExtraPart::Curve(curve) => curve::rows(pen, curve, height).into(),
            ExtraPart::Strip(rows) => rows.into(),
        });
    }
    all
}
