//! The blocks of a step or an overlay, one below the other.

use super::rows::{Pen, Row, Sheet};
use super::{buttons, choices, facts, field, gauge, notice, shares, table};
use crate::ui::layout::share;
use crate::ui::scene::{Block, Field};

/// What stands beside nothing else.
enum Part<'a> {
    /// A block.
    One(&'a Block),
    /// Two fields side by side, where rows are short.
    Pair(&'a Field, &'a Field),
}

/// The blocks as rows. Lists and tables share what is left of `height`; if even the least of all is more than that,
/// there are more rows than `height`.
pub(crate) fn rows(pen: &Pen<'_>, blocks: &[Block], height: usize) -> Sheet {
    let fields = blocks.iter().filter_map(|block| if let Block::Field(field) = block { Some(field) } else { None });
    let labels = field::label_width(fields);
    let parts = parts(pen, blocks);
    let gaps = gaps(pen, &parts);
    // What is neither a list nor a table has the rows that it has.
    let made: Vec<Option<Sheet>> = parts.iter().map(|part| fixed(pen, part, labels)).collect();
    let want = |(part, made): (&Part<'_>, &Option<Sheet>)| match (part, made) {
        (_, Some(sheet)) => (sheet.rows.len(), sheet.rows.len()),
        (Part::One(Block::Choices(list)), None) => choices::need(pen, list),
        (Part::One(Block::Table(block)), None) => table::need(pen, block),
        (Part::One(_) | Part::Pair(..), None) => (0, 0),
    };
    let wants: Vec<(usize, usize)> = parts.iter().zip(&made).map(want).collect();
    let room = height.saturating_sub(gaps.iter().sum());
    let mut all = Sheet::default();
    for (((part, made), gap), height) in parts.iter().zip(made).zip(gaps).zip(share(room, &wants)) {
        all.append(Sheet::from(vec![Row::default(); gap]));
        all.append(made.unwrap_or_else(|| listed(pen, part, height)));
    }
    all
}

fn parts<'a>(pen: &Pen<'_>, blocks: &'a [Block]) -> Vec<Part<'a>> {
    let beside = pen.tight && pen.room() >= field::ROOM_FOR_TWO;
    let mut parts = Vec::new();
    let mut rest = blocks;
    while let [first, below @ ..] = rest {
        if let (true, [Block::Field(left), Block::Field(right), after @ ..]) = (beside, rest) {
            parts.push(Part::Pair(left, right));
            rest = after;
        } else {
            parts.push(Part::One(first));
            rest = below;
        }
    }
    parts
}

/// Free rows above each part: none above the first and between things of a kind that belong together.
fn gaps(pen: &Pen<'_>, parts: &[Part<'_>]) -> Vec<usize> {
    let between = |above: &Part<'_>, below: &Part<'_>| {
        let together = matches!(
            (above, below),
            (Part::One(Block::Field(_)), Part::One(Block::Field(_)))
                | (Part::One(Block::Notice { .. }), Part::One(Block::Notice { .. }))
        );
        usize::from(!together && !pen.tight)
    };
    let pairs = parts.iter().zip(parts.iter().skip(1));
    std::iter::once(0).chain(pairs.map(|(above, below)| between(above, below))).collect()
}

/// A part whose rows do not depend on the room; nothing for a list or a table.
fn fixed(pen: &Pen<'_>, part: &Part<'_>, labels: usize) -> Option<Sheet> {
    let block = match part {
        Part::Pair(left, right) => return Some(field::pair(pen, left, right)),
        Part::One(block) => block,
    };
    Some(match block {
        Block::Text { role, text } | Block::Notice { role, text } => notice::rows(pen, *role, text).into(),
        Block::Facts { title, facts } => facts::rows(pen, title, facts).into(),
        Block::Field(field) => field::rows(pen, field, labels),
        Block::Buttons { buttons } => buttons::rows(pen, buttons),
        Block::Gauge { label, done, of } => gauge::rows(pen, label, *done, *of).into(),
        Block::Problem { what, remedy, code } => notice::problem(pen, what, remedy, code).into(),
        Block::Shares { shares } => shares::rows(pen, shares).into(),
        Block::Choices(_) | Block::Table(_) => return None,
    })
}

/// A list or a table in so many rows.
fn listed(pen: &Pen<'_>, part: &Part<'_>, height: usize) -> Sheet {
    match part {
        Part::One(Block::Choices(list)) => choices::rows(pen, list, height),
        Part::One(Block::Table(block)) => table::rows(pen, block, height),
        Part::One(_) | Part::Pair(..) => Sheet::default(),
    }
}
