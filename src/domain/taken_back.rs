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
}
