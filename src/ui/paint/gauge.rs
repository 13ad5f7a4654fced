//! How far something has come: numbers first, the bar after.

use super::rows::{GUTTER, Pen, Row};
use crate::domain::words::key;
use crate::ui::cells;
use crate::ui::scene::TextRole;
use crate::ui::words::Words;

/// The longest bar: a longer one is no easier to read, and each step of it costs bytes on a slow line.
const LONGEST: usize = 40;

/// The row of a gauge. Without a known end there is a count and no bar.
pub(crate) fn rows(pen: &Pen<'_>, label: &str, done: u32, of: Option<u32>) -> Vec<Row> {
    let text = pen.style(TextRole::Text);
    let row = Row::default().with(GUTTER, label, pen.style(TextRole::Dim));
    let at = GUTTER + cells::width(label) + 2;
    let Some(of) = of else {
        return vec![row.with(at, done.to_string(), pen.style(TextRole::Heading))];
    };
    let numbers = Words::shared().filled(key::PAINT_COUNT_OF, &[("done", done.into()), ("of", of.into())]);
    // The bar starts where it will start when all has arrived, so that it does not move.
    let widest = Words::shared().filled(key::PAINT_COUNT_OF, &[("done", of.into()), ("of", of.into())]);
    let bar_at = at + cells::width(&widest).max(cells::width(&numbers)) + 3;
    let row = row.with(at, numbers, pen.style(TextRole::Heading));
    let percent = 100 * u64::from(done.min(of)) / u64::from(of.max(1));
    let percent = Words::shared().filled(key::PERCENT, &[("percent", percent.to_string().into())]);
    let length = pen.width.saturating_sub(bar_at + 8).min(LONGEST);
    // The numbers say it all; the bar repeats them, and gives way where it would be too short to be read.
    if length < 8 {
        return vec![row];
    }
    let full = portion(length, u64::from(done), u64::from(of.max(1)));
    let glyphs = pen.theme.glyphs();
    let row = row
        .with(bar_at, glyphs.full.repeat(full), pen.style(TextRole::Accent))
        .with(bar_at + full, glyphs.empty.repeat(length - full), pen.style(TextRole::Frame))
        .with(bar_at + length + 2, percent, text);
    vec![row]
}

/// The cells of a bar that are full. Full only when all is there, empty only when nothing is.
pub(crate) fn portion(length: usize, part: u64, whole: u64) -> usize {
    if part >= whole {
        return length;
    }
    let exact = usize::try_from(part * (length as u64) / whole.max(1)).unwrap_or(length);
    if part == 0 { 0 } else { exact.clamp(1.min(length), length.saturating_sub(1).max(1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_full_only_at_the_end() {
        assert_eq!(portion(20, 0, 720), 0);
        assert_eq!(portion(20, 1, 720), 1);
        assert_eq!(portion(20, 360, 720), 10);
        assert_eq!(portion(20, 719, 720), 19);
        assert_eq!(portion(20, 720, 720), 20);
    }
}
