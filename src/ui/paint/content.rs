//! The blocks of a step or an overlay, one below the other.

use super::rows::{Pen, Row, Sheet};
use super::{buttons, choices, facts, field, gauge, notice, shares, table};
use crate::ui::layout::share;
use crate::ui::scene::Block;

/// The blocks as rows. Lists and tables share what is left of `height`; if even the least of all is more than that,
/// there are more rows than `height`.
pub(crate) fn rows(pen: &Pen<'_>, blocks: &[Block], height: usize) -> Sheet {
    let fields = blocks.iter().filter_map(|block| if let Block::Field(field) = block { Some(field) } else { None });
    let labels = field::label_width(fields);
    let gaps = gaps(pen, blocks);
    let wants: Vec<(usize, usize)> = blocks
        .iter()
        .map(|block| {
            if let Block::Choices(list) = block {
                choices::need(pen, list)
            } else if let Block::Table(block) = block {
                table::need(pen, block)
            } else {
                let rows = one(pen, block, labels, 0).rows.len();
                (rows, rows)
            }
        })
        .collect();
    let room = height.saturating_sub(gaps.iter().sum());
    let mut all = Sheet::default();
    for ((block, gap), height) in blocks.iter().zip(gaps).zip(share(room, &wants)) {
        all.append(Sheet::from(vec![Row::default(); gap]));
        all.append(one(pen, block, labels, height));
    }
    all
}

/// Free rows above each block: none above the first and between things of a kind that belong together.
fn gaps(pen: &Pen<'_>, blocks: &[Block]) -> Vec<usize> {
    let between = |above: &Block, below: &Block| {
        let together =
            matches!((above, below), (Block::Field(_), Block::Field(_)) | (Block::Notice { .. }, Block::Notice { .. }));
        usize::from(!together && !pen.tight)
    };
    let pairs = blocks.iter().zip(blocks.iter().skip(1));
    std::iter::once(0).chain(pairs.map(|(above, below)| between(above, below))).collect()
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
