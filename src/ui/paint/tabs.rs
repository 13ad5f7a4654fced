//! The parts of a step on one line, that which is shown in brackets.

use super::rows::{GUTTER, Pen, Row};
use crate::ui::cells;
use crate::ui::scene::{Tabs, TextRole};

/// The most columns between two names; the brackets stand in them.
const WIDEST_GAP: usize = 2;

/// The line; several where it has no room on one.
pub(crate) fn rows(pen: &Pen<'_>, tabs: &Tabs) -> Vec<Row> {
    let names: Vec<String> = tabs.tabs.iter().map(|tab| format!("{} {}", tab.key, tab.name)).collect();
    let all: usize = names.iter().map(|name| cells::width(name)).sum();
    let between = names.len().saturating_sub(1).max(1);
    let gap = (pen.room().saturating_sub(all) / between).clamp(1, WIDEST_GAP);
    let mut rows = vec![Row::default()];
    // Where they have just room, the first begins a column earlier: the bracket behind the last needs one.
    let is_narrow = all + gap * names.len().saturating_sub(1) == pen.room();
    let begin = if is_narrow { GUTTER - 1 } else { GUTTER };
    let mut at = begin;
    for (place, name) in names.into_iter().enumerate() {
        let width = cells::width(&name);
        if at > begin && at + width > pen.width {
            rows.push(Row::default());
            at = begin;
        }
        let Some(row) = rows.last_mut() else { continue };
        let before = std::mem::take(row);
        *row = if place == tabs.here {
            let style = pen.style(TextRole::Accent);
            // The bracket has no room at the right edge; the colour says it there, and the other
            // bracket.
            let closed = if at + width < pen.width { format!("[{name}]") } else { format!("[{name}") };
            before.with(at - 1, closed, style)
        } else {
            before.with(at, name, pen.style(TextRole::Dim))
        };
        at += width + gap;
    }
    rows
}
