//! Shares of a whole: label, count and percent in words and numbers, and a bar that repeats them.

use super::gauge::portion;
use super::rows::{GUTTER, Pen, Row};
use crate::ui::cells;
use crate::ui::scene::{Share, TextRole};

/// The longest bar of one share.
const LONGEST: usize = 40;
/// The longest bar of all shares: with the gutter as wide as the usual terminal.
const LONGEST_OF_ALL: usize = 77;
/// The most columns between two legends.
const WIDEST_GAP: usize = 4;
/// A legend begins with the shade of its part, and a blank.
const SHADE: usize = 2;

/// One bar of all shares above their legends; where these do not fit side by side, one row a share.
pub(crate) fn rows(pen: &Pen<'_>, shares: &[Share]) -> Vec<Row> {
    in_one_bar(pen, shares).unwrap_or_else(|| below_one_another(pen, shares))
}

fn in_one_bar(pen: &Pen<'_>, shares: &[Share]) -> Option<Vec<Row>> {
    let room = pen.room().min(LONGEST_OF_ALL);
    let legends =
        side_by_side(shares, room, |share| &share.label).or_else(|| side_by_side(shares, room, |share| &share.word))?;
    let glyphs = pen.theme.glyphs();
    let (mut bar, mut labels, mut counts) = (Row::default(), Row::default(), Row::default());
    let mut at = GUTTER;
    for (place, ((share, length), legend)) in shares.iter().zip(lengths(shares, room)).zip(legends).enumerate() {
        // Without colour they are told apart by these alone, in the bar and where their names stand.
        let shade = glyphs.shades.get(place).or(glyphs.shades.last()).copied().unwrap_or_default();
        let (style, Legend { column, label, numbers }) = (pen.style(share.role), legend);
        bar = bar.with(at, shade.repeat(length), style);
        labels = labels.with(column, shade, style).with(column + SHADE, label, style);
        counts = counts.with(column + SHADE, numbers, pen.style(TextRole::Heading));
        at += length;
    }
    Some(vec![bar, labels, counts])
}

/// What stands below the bar about one share.
struct Legend {
    column: usize,
    label: String,
    numbers: String,
}

/// The legends side by side, with these labels, if there is room.
fn side_by_side(shares: &[Share], room: usize, label: impl Fn(&Share) -> &String) -> Option<Vec<Legend>> {
    let width = |share: &Share| SHADE + cells::width(label(share)).max(cells::width(&share.numbers));
    let all: usize = shares.iter().map(width).sum();
    let gap = (room.checked_sub(all)? / shares.len().saturating_sub(1).max(1)).min(WIDEST_GAP);
    let mut column = GUTTER;
    let legend = |share: &Share| {
        let legend = Legend { column, label: label(share).clone(), numbers: share.numbers.clone() };
        column += width(share) + gap;
        legend
    };
    // Without a blank between them two legends would be read as one.
    (gap > 0).then(|| shares.iter().map(legend).collect())
}

/// The cells of each share, together as many as there is room for: none for no reading, and at least one for any.
fn lengths(shares: &[Share], room: usize) -> Vec<usize> {
    let total: u64 = shares.iter().map(|share| u64::from(share.count)).sum();
    let of = |share: &Share| {
        let exact = u64::from(share.count) * (room as u64) / total.max(1);
        usize::try_from(exact).unwrap_or(room).max(usize::from(share.count > 0))
    };
    let mut lengths: Vec<usize> = shares.iter().map(of).collect();
    // What rounding took or gave is the longest's: nobody sees it there.
    let sum: usize = lengths.iter().sum();
    if let Some(longest) = lengths.iter_mut().max().filter(|longest| **longest > 0) {
        *longest = (*longest + room).saturating_sub(sum);
    }
    lengths
}

/// One row a share, from top to bottom.
fn below_one_another(pen: &Pen<'_>, shares: &[Share]) -> Vec<Row> {
    let widest = |of: &dyn Fn(&Share) -> String| shares.iter().map(|share| cells::width(&of(share))).max().unwrap_or(0);
    let labels = widest(&|share| share.label.clone());
    let percents = widest(&|share| share.percent.clone());
    let counts = widest(&|share| share.count.to_string());
    let percent_at = GUTTER + labels + 3;
    let count_at = percent_at + percents + 3;
    let bar_at = count_at + counts + 3;
    let length = pen.width.saturating_sub(bar_at).min(LONGEST);
    let row = |share: &Share| {
        let style = pen.style(share.role);
        let count = share.count.to_string();
        // A share of one in two thousand is not nothing. Its bar has at least one cell, as in the
        // single bar.
        let full = if share.count == 0 { 0 } else { portion(length, u64::from(share.per_mille).max(1), 1000) };
        Row::new(pen.theme.sign(share.role), style)
            .with(GUTTER, share.label.clone(), style)
            .with(
                percent_at + percents - cells::width(&share.percent),
                share.percent.clone(),
                pen.style(TextRole::Heading),
            )
            .with(count_at + counts - cells::width(&count), count, pen.style(TextRole::Text))
            .with(bar_at, pen.theme.glyphs().full.repeat(full), style)
            .with(bar_at + full, pen.theme.glyphs().empty.repeat(length - full), pen.style(TextRole::Frame))
    };
    shares.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(counts: &[u32]) -> Vec<Share> {
        let share = |count: &u32| Share {
            label: String::new(),
            word: String::new(),
            count: *count,
            percent: String::new(),
            numbers: String::new(),
            per_mille: 0,
            role: TextRole::Text,
        };
        counts.iter().map(share).collect()
    }

    #[test]
    fn every_share_with_a_count_is_seen_and_the_bar_is_as_long_as_the_room() {
        assert_eq!(lengths(&shares(&[1, 0, 998, 0, 1]), 77), [1, 0, 75, 0, 1]);
        assert_eq!(lengths(&shares(&[0, 0, 5, 0, 0]), 77), [0, 0, 77, 0, 0]);
        assert_eq!(lengths(&shares(&[0, 0, 0, 0, 0]), 77), [0; 5]);
        for counts in [[6, 5, 388, 107, 18], [1, 1, 1, 1, 1], [0, 3, 3, 3, 0], [1, 1, 1, 1, 9999]] {
            assert_eq!(lengths(&shares(&counts), 77).iter().sum::<usize>(), 77, "{counts:?}");
        }
    }
}
