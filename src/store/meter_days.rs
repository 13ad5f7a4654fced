//! Whose a meter was on which day of its own clock: walked along the transfers that led to whoever has it now.

use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension as _};

use super::error::StoreError;

/// From a day on (nothing: from the beginning) it was somebody's, until the next one's day.
struct OwnedStretch {
    since: Option<Date>,
    subject: i64,
}

/// The days of a meter, whoever had it.
pub(super) struct MeterDays(Vec<OwnedStretch>);

impl MeterDays {
    /// Of a meter as its open ownership has it; nothing if it never was transferred to whoever has it.
    pub(super) fn of(connection: &Connection, meter: i64) -> Result<Option<Self>, StoreError> {
        let open: Option<i64> = connection
            .prepare_cached("SELECT id FROM ownerships WHERE meter = ?1 AND closed_at IS NULL")?
            .query_row([meter], |row| row.get(0))
            .optional()?;
        let Some(mut opened) = open else { return Ok(None) };
        let mut back = Vec::new();
        let mut step = connection.prepare_cached(
            "SELECT t.closed, t.first_day, o.subject, c.subject FROM transfers t
                 JOIN ownerships o ON o.id = t.opened JOIN ownerships c ON c.id = t.closed WHERE t.opened = ?1",
        )?;
        // It comes to an end: an ownership is closed and opened by one transfer at most.
        while let Some((closed, first_day, to, from)) = step
            .query_row([opened], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?, row.get::<_, i64>(3)?))
            })
            .optional()?
        {
            back.push((day_of(&first_day)?, to, from));
            opened = closed;
        }
        let Some((_, _, first)) = back.last() else { return Ok(None) };
        let mut days = Self(vec![OwnedStretch { since: None, subject: *first }]);
        for (first_day, to, _) in back.into_iter().rev() {
            days.give(to, first_day);
        }
        Ok(Some(days))
    }

    /// Of a meter that was one person's alone.
    pub(super) fn of_one(subject: i64) -> Self {
        Self(vec![OwnedStretch { since: None, subject }])
    }

    /// From this day on it is somebody's.
    pub(super) fn give(&mut self, subject: i64, first_day: Date) {
        self.0.retain(|stretch| stretch.since.is_none_or(|since| since < first_day));
        if self.0.last().is_none_or(|last| last.subject != subject) {
            self.0.push(OwnedStretch { since: Some(first_day), subject });
        }
    }

    /// Whose it was on this day.
    pub(super) fn on(&self, day: Date) -> Option<i64> {
        let stretch = self.0.iter().rev().find(|stretch| stretch.since.is_none_or(|since| since <= day));
        stretch.map(|stretch| stretch.subject)
    }

    /// From which day on it is whoever's has it now; nothing: from the beginning.
    pub(super) fn since(&self) -> Option<Date> {
        self.0.last().and_then(|last| last.since)
    }

    /// Whether from this day on anybody else than these had it.
    pub(super) fn has_others_since(&self, day: Date, people: [i64; 2]) -> bool {
        let ends = self.0.iter().skip(1).map(|next| next.since).chain([None]);
        let mut stretches = self.0.iter().zip(ends);
        stretches.any(|(stretch, end)| end.is_none_or(|end| end > day) && !people.contains(&stretch.subject))
    }
}

/// A day as it is stored.
pub(super) fn day_of(stored: &str) -> Result<Date, StoreError> {
    stored.parse().map_err(|_| StoreError::Damaged { what: "day" })
}
