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
    let want = |part: &Part<'_>| match part {
        Part::One(Block::Choices(list)) => choices::need(pen, list),
        Part::One(Block::Table(block)) => table::need(pen, block),
        part @ (Part::One(_) | Part::Pair(..)) => {
            let rows = drawn(pen, part, labels, 0).rows.len();
            (rows, rows)
        }
    };
    let wants: Vec<(usize, usize)> = parts.iter().map(want).collect();
    let room = height.saturating_sub(gaps.iter().sum());
    let mut all = Sheet::default();
    for ((part, gap), height) in parts.iter().zip(gaps).zip(share(room, &wants)) {
        all.append(Sheet::from(vec![Row::default(); gap]));
        all.append(drawn(pen, part, labels, height));
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

fn drawn(pen: &Pen<'_>, part: &Part<'_>, labels: usize, height: usize) -> Sheet {
    match part {
        Part::One(block) => one(pen, block, labels, height),
        Part::Pair(left, right) => field::pair(pen, left, right),
    }
}

fn one(pen: &Pen<'_>, block: &Block, labels: usize, height: usize) -> Sheet {
    match block {
        Block::Text { role, text } | Block::Notice { role, text } => notice::rows(pen, *role, text).into(),
        Block::Facts { title, facts } => facts::rows(pen, title, facts).into(),
        Block::Field(field) => field::rows(pen, field, labels),
        Block::Choices(list) => choices::rows(pen, list, height),
        Block::Buttons { buttons } => buttons::rows(pen, buttons),
        Block::Gauge { label, done, of } => gauge::rows(pen, label, *done, *of).into(),
        Block::Problem { what, remedy, code } => notice::problem(pen, what, remedy, code).into(),
        Block::Table(block) => table::rows(pen, block, height),
        Block::Shares { shares } => shares::rows(pen, shares).into(),
    }
}
