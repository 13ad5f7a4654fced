//! Whose a meter was on which day of its own clock: walked along all that became of it, from its first owner on.
//! Whether it was given to another patient or became nobody's, what it sends later of the days before is told by this
//! alone.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rusqlite::{Connection, Row};

use super::error::StoreError;

/// From a day on (nothing: from the beginning) it was somebody's, or nobody's, until the next one's day.
#[derive(Clone)]
struct OwnedStretch {
    since: Option<Date>,
    subject: Option<i64>,
}

/// The days of a meter, whoever had it.
#[derive(Clone, Default)]
pub(super) struct MeterDays {
    stretches: Vec<OwnedStretch>,
    /// When it came to whoever has it, where that is not from the beginning.
    came: Option<CameToHolder>,
}

/// When a meter came to whoever has it, or became nobody's.
#[derive(Clone, Copy)]
pub(super) struct CameToHolder {
    /// The last assignment before.
    pub(super) last_assignment: i64,
    /// When, in nanoseconds.
    pub(super) at: i64,
}

/// How an ownership began and what became of it.
struct OwnershipStep {
    id: i64,
    subject: i64,
    /// Why it was closed.
    closed_why: Option<String>,
    /// The day of the transfer with which it began.
    given: Option<(Date, CameToHolder)>,
    /// The last day, where it ended.
    ended: Option<(Date, CameToHolder)>,
    /// The ownership with which it goes on.
    goes_on_with: Option<i64>,
}

impl OwnershipStep {
    fn of(row: &Row<'_>) -> Result<Self, StoreError> {
        let day = |column: usize| row.get::<_, Option<String>>(column)?.map(|day| day_of(&day)).transpose();
        let came = |column: usize| {
            let moments = row.get::<_, Option<i64>>(column)?.zip(row.get(column + 1)?);
            Ok::<_, StoreError>(moments.map(|(last_assignment, at)| CameToHolder { last_assignment, at }))
        };
        Ok(Self {
            id: row.get(0)?,
            subject: row.get(1)?,
            closed_why: row.get(2)?,
            given: day(3)?.zip(came(4)?),
            ended: day(6)?.zip(came(7)?),
            goes_on_with: row.get(9)?,
        })
    }
}

impl MeterDays {
    /// Of a meter; nothing if nobody ever had it but by mistake.
    pub(super) fn of(connection: &Connection, meter: i64) -> Result<Option<Self>, StoreError> {
        let mut statement = connection.prepare_cached(
            "SELECT o.id, o.subject, o.closed_why, t.first_day, t.last_assignment, t.at, e.last_day,
                 e.last_assignment, e.at, p.ownership
             FROM ownerships o LEFT JOIN transfers t ON t.opened = o.id LEFT JOIN endings e ON e.ownership = o.id
                 LEFT JOIN endings_undone u ON u.opened = o.id LEFT JOIN endings p ON p.id = u.ending
             WHERE o.meter = ?1 ORDER BY o.id",
        )?;
        let mut rows = statement.query([meter])?;
        let mut days = Self::default();
        // As it was before each began, and while it was theirs.
        let mut passed: BTreeMap<i64, (Self, Self)> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let step = OwnershipStep::of(row)?;
            let mut before = days.clone();
            if let Some((was, theirs)) = step.goes_on_with.and_then(|ended| passed.get(&ended)) {
                (before, days) = (was.clone(), theirs.clone());
            } else if let Some((first_day, came)) = step.given {
                days.give(step.subject, first_day);
                days.came = Some(came);
            } else {
                days.take(step.subject);
            }
            let theirs = days.clone();
            match (step.closed_why.as_deref(), step.ended) {
                (None | Some("transferred"), _) => {}
                (Some("ended"), Some((last_day, came))) => days.end(last_day, came),
                // It was a mistake from the beginning, also after a transfer and one back: nobody ever had it.
                (Some("undone"), _) if days.since().is_none() => days = Self::default(),
                // It was a mistake, or nobody wrote down until when.
                (Some(_), _) => days = before.clone(),
            }
            passed.insert(step.id, (before, theirs));
        }
        Ok((!days.stretches.is_empty()).then_some(days))
    }

    /// Of a meter that was one person's alone.
    pub(super) fn of_one(subject: i64) -> Self {
        Self { stretches: vec![OwnedStretch { since: None, subject: Some(subject) }], came: None }
    }

    /// From this day on it is somebody's.
    pub(super) fn give(&mut self, subject: i64, first_day: Date) {
        self.go_to(Some(subject), first_day);
    }

    /// Whoever takes it that is nobody's has it from then on; one that somebody has or nobody ever had, from the
    /// beginning.
    pub(super) fn take(&mut self, subject: i64) {
        match self.nobodys_since() {
            Some(since) => self.give(subject, since),
            None => *self = Self::of_one(subject),
        }
    }

    /// After this day it is nobody's.
    fn end(&mut self, last_day: Date, came: CameToHolder) {
        self.go_to(None, last_day.tomorrow().unwrap_or(Date::MAX));
        self.came = Some(came);
    }

    fn go_to(&mut self, subject: Option<i64>, first_day: Date) {
        self.stretches.retain(|stretch| stretch.since.is_none_or(|since| since < first_day));
        if self.stretches.last().is_none_or(|last| last.subject != subject) {
            self.stretches.push(OwnedStretch { since: Some(first_day), subject });
        }
    }

    /// Whose it was on this day; nothing if it was nobody's.
    pub(super) fn on(&self, day: Date) -> Option<i64> {
        let stretch = self.stretches.iter().rev().find(|stretch| stretch.since.is_none_or(|since| since <= day));
        stretch.and_then(|stretch| stretch.subject)
    }

    /// Who has it now; nothing if it is nobody's.
    pub(super) fn holder(&self) -> Option<i64> {
        self.stretches.last().and_then(|last| last.subject)
    }

    /// From which day on it is whoever's has it now, or nobody's; nothing: from the beginning.
    pub(super) fn since(&self) -> Option<Date> {
        self.stretches.last().and_then(|last| last.since)
    }

    /// From which day on it is nobody's; nothing if it is somebody's.
    pub(super) fn nobodys_since(&self) -> Option<Date> {
        self.stretches.last().filter(|last| last.subject.is_none()).and_then(|last| last.since)
    }

    /// When it came to whoever has it, where that is not from the beginning.
    pub(super) const fn came(&self) -> Option<CameToHolder> {
        self.came
    }

    /// Whether from this day on anybody else than these had it.
    pub(super) fn has_others_since(&self, day: Date, people: [i64; 2]) -> bool {
        let ends = self.stretches.iter().skip(1).map(|next| next.since).chain([None]);
        let is_other = |stretch: &OwnedStretch| stretch.subject.is_some_and(|subject| !people.contains(&subject));
        let mut stretches = self.stretches.iter().zip(ends);
        stretches.any(|(stretch, end)| end.is_none_or(|end| end > day) && is_other(stretch))
    }
}

/// A day as it is stored.
pub(super) fn day_of(stored: &str) -> Result<Date, StoreError> {
    stored.parse().map_err(|_| StoreError::Damaged { what: "day" })
}
