//! The keys that work now, the most important first.

use super::rows::{GUTTER, Pen, Row};
use crate::ui::cells;
use crate::ui::scene::{Hint, TextRole};

/// Columns between two keys.
const GAP: usize = 3;
/// Rows at most. What does not fit is in the help.
const ROWS: usize = 2;

/// The rows of the hint line. A key that cannot act now is marked; the help says why.
pub(crate) fn rows(pen: &Pen<'_>, hints: &[Hint]) -> Vec<Row> {
    let mut rows = vec![Row::default()];
    let mut at = GUTTER;
    for hint in hints {
        let off = hint.disabled.is_some();
        let mark = if off { format!("{} ", pen.theme.sign(TextRole::Disabled)) } else { String::new() };
        let key = format!("{mark}{}", hint.key);
        let action_at = cells::width(&key) + 1;
        let width = action_at + cells::width(&hint.action);
        if at > GUTTER && at + width > pen.width {
            if rows.len() == ROWS {
                break;
            }
            rows.push(Row::default());
            at = GUTTER;
        }
        let key_role = if off { TextRole::Disabled } else { TextRole::Focus };
        let action_role = if off { TextRole::Disabled } else { TextRole::Text };
        if let Some(row) = rows.last_mut() {
            let action = pen.fit(&hint.action, pen.width.saturating_sub(at + action_at));
            *row = std::mem::take(row).with(at, key, pen.style(key_role)).with(
                at + action_at,
                action,
                pen.style(action_role),
            );
        }
        at += width + GAP;
    }
    rows
}
