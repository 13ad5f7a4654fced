//! The cursor of a list. No row is under it until somebody moves it there.

use super::action::Action;

/// How far PgUp and PgDn move, in rows.
const PAGE: usize = 8;

/// Which row of a list is under the cursor, if any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor(pub Option<usize>);

impl Cursor {
    /// Moves within `rows` rows. Returns whether the action was one that moves.
    pub fn act(&mut self, action: Action, rows: usize) -> bool {
        let Some(last) = rows.checked_sub(1) else {
            self.0 = None;
            return matches!(action, Action::Up | Action::Down | Action::PageUp | Action::PageDown);
        };
        let moved = match (action, self.0) {
            (Action::Down, None) | (Action::First | Action::PageUp, _) if self.0.is_none() => 0,
            (Action::Down, Some(row)) => row.saturating_add(1).min(last),
            (Action::Up, Some(row)) => row.saturating_sub(1),
            (Action::Up, None) | (Action::Last, _) => last,
            (Action::First, Some(_)) => 0,
            (Action::PageDown, row) => row.map_or(0, |row| row.saturating_add(PAGE).min(last)),
            (Action::PageUp, Some(row)) => row.saturating_sub(PAGE),
            _ => return false,
        };
        self.0 = Some(moved);
        true
    }

    /// Whether the cursor stands on the first row, or on none.
    #[must_use]
    pub fn is_at_top(self) -> bool {
        self.0.is_none_or(|row| row == 0)
    }

    /// Takes the cursor out of the list.
    pub fn leave(&mut self) {
        self.0 = None;
    }
}
