//! From lists of rows to readings, with a doubt for every stamp from before the clock was set.

use std::collections::BTreeMap;

use super::ask;
use crate::domain::reading::{Doubt, Reading};
use crate::meters::codec::freestyle_hid::RecordTable;
use crate::meters::codec::freestyle_hid::row::{ClockChange, RowError};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::{Counted, Gathered, MeterRecord};

/// A clock that was off by less was right (as in the clock's own check), so its stamps are.
const SMALL_CHANGE_SECONDS: i64 = 120;

/// What a row turned out to be. The first number says how late in the meter's life it was stored; larger is later.
pub(in super::super) enum Sort {
    Reading(i64, Box<Reading>),
    ClockChange(i64, ClockChange),
    /// No reading, by this name.
    Other(&'static str),
}

/// A list of records of a meter.
pub(in super::super) struct List {
    /// The command that asks for it.
    pub(in super::super) command: &'static str,
    pub(in super::super) during: &'static str,
    /// Reads a row; the number is its place among the rows of all lists.
    pub(in super::super) parse: fn(&str, u32) -> Result<Sort, RowError>,
}

/// What has been learned so far; it stays if the conversation ends early.
#[derive(Default)]
pub(in super::super) struct ListsFound {
    pub(super) gathered: Gathered,
    /// When the reading of each index was stored.
    stored: BTreeMap<u32, i64>,
    changes: Vec<(i64, ClockChange)>,
    rows: u32,
}

impl ListsFound {
    /// Reads one list. Rows that are damaged under right sums are damaged in the meter: they are named, the rest stays.
    pub(super) fn read(&mut self, conversation: &mut Conversation<'_>, list: &List) -> Result<(), MeterError> {
        let table = ask(conversation, list.command, list.during, RecordTable::decode)?;
        self.gathered.announce(conversation, table.announced);
        for row in &table.rows {
            let index = self.rows;
            self.rows = self.rows.saturating_add(1);
            let record = (list.parse)(row, index).map(|sort| match sort {
                Sort::Reading(stored, reading) => {
                    self.stored.insert(index, stored);
                    MeterRecord::Reading(reading)
                }
                Sort::ClockChange(stored, change) => {
                    self.changes.push((stored, change));
                    MeterRecord::Aside("changes of the clock".into(), Counted::Always)
                }
                Sort::Other(name) => MeterRecord::Aside(name.into(), Counted::Always),
            });
            self.gathered.take(conversation, index, row, record);
        }
        // The rows stay: the answer came as the meter sent it. But its memory is damaged, and
        // nothing tells where.
        if let Some((got, expected)) = table.wrong_sum {
            return Err(MeterError::Checksum { what: list.during, got, expected });
        }
        // Each list for itself: too many here must not hide too few there.
        self.gathered.check_count()
    }

    /// Draws the conclusions, once all has been read that could be.
    pub(super) fn finish(mut self) -> Gathered {
        for reading in self.gathered.readings_mut() {
            let is_known = reading.doubts.contains(&Doubt::TimeUncertain);
            let stored = self.stored.get(&reading.index);
            if !is_known && stored.is_some_and(|stored| is_on_another_base(&self.changes, *stored)) {
                reading.doubts.push(Doubt::TimeUncertain);
                reading.doubts.sort_unstable();
            }
        }
        self.gathered
    }
}

/// Whether the clock has been set by more than a little, in all, since something was stored. A summer hour that came
/// and went cancels out.
fn is_on_another_base(changes: &[(i64, ClockChange)], stored: i64) -> bool {
    // One change without both of its times leaves the sum unknown, and everything stored before it in doubt.
    let since = changes.iter().filter(|(changed, _)| *changed > stored).map(|(_, change)| change.seconds);
    since.sum::<Option<i64>>().is_none_or(|seconds| seconds.abs() > SMALL_CHANGE_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_stored_before_a_real_change_is_doubted() {
        let change = |at, seconds| (at, ClockChange { seconds });
        let changes = [change(10, Some(3600)), change(20, Some(-3600)), change(30, Some(60))];
        let base = |stored| is_on_another_base(&changes, stored);
        assert_eq!([base(5), base(15), base(25), base(35)], [false, true, false, false]);
        assert!(is_on_another_base(&[change(10, None)], 5));
        assert!(!is_on_another_base(&[change(10, None)], 15));
    }
}
