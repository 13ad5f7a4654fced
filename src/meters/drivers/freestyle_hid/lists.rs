//! From lists of rows to readings, with a doubt for every stamp from before the clock was set.

use std::collections::BTreeMap;

use super::ask;
use crate::domain::download::{Completeness, Warning};
use crate::domain::problem::Problem;
use crate::domain::reading::{Doubt, Reading, sort};
use crate::domain::text::Clean;
use crate::meters::codec::freestyle_hid::Table;
use crate::meters::codec::freestyle_hid::row::{ClockChange, RowError};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;

/// A clock that was off by less was right (as in the clock's own check), so its stamps are.
const SMALL_CHANGE_SECONDS: i64 = 120;

/// What a row turned out to be. The first number says how late in the meter's life it was stored; larger is later.
pub(in super::super) enum Sort {
    Reading(i64, Box<Reading>),
    ClockChange(i64, ClockChange),
    Other(u32),
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
pub(in super::super) struct Found {
    pub(super) announced: Option<u32>,
    pub(super) readings: Vec<Reading>,
    pub(super) warnings: Vec<Warning>,
    /// When each of `readings` was stored, in the same order.
    stored: Vec<i64>,
    changes: Vec<(i64, ClockChange)>,
    /// How many rows there were of each type that holds neither glucose nor ketone.
    others: BTreeMap<u32, u32>,
    rows: u32,
    problem: Option<Problem>,
}

impl Found {
    pub(super) fn warn(&mut self, code: &str, text: &str) {
        self.warnings.push(Warning { code: code.into(), text: Clean::new(text, 200) });
    }

    /// Reads one list. Rows that are damaged under right sums are damaged in the meter: they are named, the rest stays.
    pub(super) fn read(&mut self, conversation: &mut Conversation<'_>, list: &List) -> Result<(), MeterError> {
        let table = ask(conversation, list.command, list.during, Table::open)?;
        let announced = self.announced.unwrap_or(0).saturating_add(table.announced);
        self.announced = Some(announced);
        conversation.announce(announced);
        for row in &table.rows {
            let index = self.rows;
            self.rows = self.rows.saturating_add(1);
            match (list.parse)(row, index) {
                Ok(Sort::Reading(stored, reading)) => {
                    self.stored.push(stored);
                    self.readings.push(*reading);
                }
                Ok(Sort::ClockChange(stored, change)) => self.changes.push((stored, change)),
                Ok(Sort::Other(kind)) => *self.others.entry(kind).or_default() += 1,
                Err(error) => {
                    let text = format!("record {} of {announced}: {error}", index.saturating_add(1));
                    self.warn("damaged-record", &text);
                }
            }
        }
        conversation.received(self.rows.min(announced));
        if let Some((got, expected)) = table.wrong_sum {
            return Err(MeterError::Checksum { what: list.during, got, expected });
        }
        let came = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
        if came < table.announced {
            return Err(MeterError::Short { received: self.rows, announced });
        }
        if came > table.announced {
            let reason = "more records came than were announced".to_owned();
            return Err(MeterError::Malformed { what: list.during, reason });
        }
        Ok(())
    }

    /// Draws the conclusions, once all has been read that could be.
    pub(super) fn finish(&mut self, error: Option<MeterError>) {
        let done = u32::try_from(self.readings.len()).unwrap_or(u32::MAX);
        self.problem = error.map(|error| error.problem(done, self.announced));
        for (reading, stored) in self.readings.iter_mut().zip(&self.stored) {
            let is_known = reading.doubts.contains(&Doubt::TimeUncertain);
            if !is_known && is_on_another_base(&self.changes, *stored) {
                reading.doubts.push(Doubt::TimeUncertain);
                reading.doubts.sort_unstable();
            }
        }
        for (kind, count) in std::mem::take(&mut self.others) {
            let text = format!("{count} records of type {kind} hold neither glucose nor ketone");
            self.warn("other-records", &text);
        }
        sort(&mut self.readings);
    }

    pub(super) fn completeness(&self) -> Completeness {
        self.problem.clone().map_or(Completeness::Complete, Completeness::Partial)
    }
}

/// Whether the clock has been set by more than a little, in all, since something was stored. A summer hour that came
/// and went cancels out.
fn is_on_another_base(changes: &[(i64, ClockChange)], stored: i64) -> bool {
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
