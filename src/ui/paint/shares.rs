//! Shares of a whole: label, percent and count in words and numbers, and a bar that repeats them.

use super::gauge::portion;
use super::rows::{GUTTER, Pen, Row};
use crate::ui::cells;
use crate::ui::scene::{Share, TextRole};

/// The longest bar.
const LONGEST: usize = 40;

/// One row a share, from top to bottom.
pub(crate) fn rows(pen: &Pen<'_>, shares: &[Share]) -> Vec<Row> {
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
