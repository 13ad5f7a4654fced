//! Readings of a record whose time is doubted, so that no number of a period can use them.

use serde::{Deserialize, Serialize};

use super::reading::{Doubt, LeftOutFor, Reading};

/// Readings of a record that no number uses, because every number of a period depends on time: by what
/// is wrong with theirs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// A person said that the meter's clock was wrong.
    pub clock_wrong: u32,
    /// Their time had not come when they were read.
    pub ahead: u32,
    /// Their time was before the model was sold.
    pub before_model: u32,
    /// Their time was told by a clock that had been reset, or set since, or it is impossible.
    pub clock_changed: u32,
    /// They have no time.
    pub without_time: u32,
}

impl LeftOut {
    /// Counts the readings that would count if their time were sure, each under the first thing that is wrong with it.
    #[must_use]
    pub fn of<'a>(readings: impl IntoIterator<Item = &'a Reading>) -> Self {
        let mut left_out = Self::default();
        for reading in readings {
            let has = |doubt| reading.doubts.contains(&doubt);
            let why = match reading.left_out_for() {
                None | Some(LeftOutFor::Kind | LeftOutFor::NoMeasurement(_)) => continue,
                Some(LeftOutFor::NoTime) => &mut left_out.without_time,
                // What a person said comes first: it explains whatever else is wrong with the time.
                Some(LeftOutFor::Time(_)) if has(Doubt::ClockWrong) => &mut left_out.clock_wrong,
                Some(LeftOutFor::Time(_)) if has(Doubt::TimeAhead) => &mut left_out.ahead,
                Some(LeftOutFor::Time(_)) if has(Doubt::TimeBeforeModel) => &mut left_out.before_model,
                Some(LeftOutFor::Time(_)) => &mut left_out.clock_changed,
            };
            *why += 1;
        }
        left_out
    }

    /// These and those of another record together.
    #[must_use]
    pub const fn plus(&self, other: &Self) -> Self {
        Self {
            clock_wrong: self.clock_wrong + other.clock_wrong,
            ahead: self.ahead + other.ahead,
            before_model: self.before_model + other.before_model,
            clock_changed: self.clock_changed + other.clock_changed,
            without_time: self.without_time + other.without_time,
        }
    }

    /// How many are left out.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.clock_wrong + self.ahead + self.before_model + self.clock_changed + self.without_time
    }
}
