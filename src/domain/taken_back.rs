//! That an upload waits again which was in a record.

use serde::{Deserialize, Serialize};

/// Why an upload waits again that was assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TakenBack {
    /// The meter was somebody else's at the care platform already.
    LostRace,
    /// Somebody undid the assignment.
    Undone,
    /// Somebody undid it, and at the care platform so many of its readings stay in that record: another station has
    /// delivered them too, and stands behind them.
    UndoneBut(u32),
}

impl TakenBack {
    /// Whether somebody undid it.
    #[must_use]
    pub const fn is_undone(self) -> bool {
        matches!(self, Self::Undone | Self::UndoneBut(_))
    }
}
