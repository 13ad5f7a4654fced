//! What a meter sends of the days before it was its owner's.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What an upload holds of its meter that is not its owner's: the meter was another patient's then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotTheirs {
    /// From which day of its own clock the meter is its owner's.
    pub first_day: Date,
    /// Readings of the days before.
    pub earlier: u32,
    /// Readings without a sure time.
    pub unsure: u32,
}

impl NotTheirs {
    /// How many there are.
    #[must_use]
    pub const fn total(self) -> u32 {
        self.earlier + self.unsure
    }
}
