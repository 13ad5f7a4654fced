//! The parts of a step on one line, that which is shown in brackets.

use super::rows::{GUTTER, Pen, Row};
use crate::ui::cells;
use crate::ui::scene::{Tab, Tabs, TextRole};

/// The most columns between two names; the brackets stand in them.
const WIDEST_GAP: usize = 2;

/// The line; several where it has no room on one.
pub(crate) fn rows(pen: &Pen<'_>, tabs: &Tabs) -> Vec<Row> {
    let called = |is_short: bool| -> Vec<String> {
        let name = |tab: &Tab| if is_short && !tab.short.is_empty() { tab.short.clone() } else { tab.name.clone() };
        tabs.tabs.iter().map(|tab| format!("{} {}", tab.key, name(tab))).collect()
    };
    let wide = |names: &[String]| names.iter().map(|name| cells::width(name)).sum::<usize>();
    let between = tabs.tabs.len().saturating_sub(1).max(1);
    let names = Some(called(false)).filter(|names| wide(names) + between <= pen.room());
    let names = names.unwrap_or_else(|| called(true));
    let all = wide(&names);
    let gap = (pen.room().saturating_sub(all) / between).clamp(1, WIDEST_GAP);
    let mut rows = vec![Row::default()];
    // Where they have just room, the first begins earlier: the bracket behind the last needs a column, and the one
    // before the first.
    let all = all + gap * names.len().saturating_sub(1);
    let begin = pen.width.saturating_sub(all + 1).clamp(1, GUTTER);
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
