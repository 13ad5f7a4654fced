//! What the care platform has in another person's record, because it was sent while two records were merged there and
//! the merger was taken back since; or may have there, where no answer said whether it arrived. It is looked up when it
//! is read: merged again, all is where it belongs.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::error::StoreError;
use super::{By, Store, codec, readings, subjects};
use crate::domain::association::IdempotencyKey;
use crate::domain::patient::PatientId;
use crate::domain::reading::Reading;
use crate::domain::text::Clean;

/// An item of the outbox that is misplaced.
pub(super) struct MisplacedItem {
    /// Its row.
    pub(super) item: i64,
    /// The assignment that it tells of.
    assignment: i64,
    /// In whose records it is at the platform, or may be; the one that it was sent to last stands last.
    holders: Vec<PatientId>,
    /// Whether the platform said that it has it.
    is_sure: bool,
}

impl MisplacedItem {
    /// In whose record it is, or may be: where it was sent last.
    pub(super) fn into_holder(mut self) -> Option<PatientId> {
        self.holders.pop()
    }
}

/// How many items are misplaced.
#[derive(Default)]
pub(super) struct MisplacedCount {
    /// The platform said of so many that it has them.
    pub(super) sure: usize,
    /// Of so many no answer said whether they arrived.
    pub(super) perhaps: usize,
}

impl Store {
    /// The readings that are not this patient's and that the platform has in their record, or may have there, as far
    /// as this station sent them there: those of others, and those of what was undone and is not withdrawn there yet.
    ///
    /// # Errors
    /// The database's.
    pub fn readings_of_others_at(&self, record: &PatientId) -> Result<Vec<Reading>, StoreError> {
        let reader = self.reader();
        let mut theirs = Vec::new();
        for misplaced in misplaced(&reader)?.into_values().filter(|misplaced| misplaced.holders.contains(record)) {
            let told = readings::of_assignment(&reader, misplaced.assignment)?;
            theirs.extend(told.into_iter().map(|numbered| numbered.reading));
        }
        for assignment in undone_at(&reader, record)? {
            let told = readings::of_assignment(&reader, assignment)?;
            theirs.extend(told.into_iter().map(|numbered| numbered.reading));
        }
        Ok(theirs)
    }
}

/// The assignments that were undone and of which the platform has, or may have, readings in this record still.
fn undone_at(connection: &Connection, record: &PatientId) -> Result<Vec<i64>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT o.assignment FROM outbox o JOIN assignments a ON a.id = o.assignment
         WHERE o.kind = 'withdrawal' AND o.state <> 'delivered' AND (SELECT id FROM subjects WHERE key = ?1) IN (
             SELECT a.subject UNION ALL
             SELECT r.subject FROM outbox i JOIN outbox_records r ON r.item = i.id WHERE i.assignment = a.id)",
    )?;
    let assignments = statement.query_map([&record.0], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(assignments)
}

/// The items that are misplaced now and that nobody has put right, by their keys. Each record that one was sent to may
/// have it: what came through unanswered stays where it is when that record is merged on. What was taken back is
/// nowhere.
pub(super) fn misplaced(connection: &Connection) -> Result<BTreeMap<String, MisplacedItem>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT o.key, o.id, a.id, a.subject, r.subject, s.key, o.state = 'delivered'
         FROM outbox_records r JOIN outbox o ON o.id = r.item JOIN assignments a ON a.id = o.assignment
             JOIN subjects s ON s.id = r.subject
         WHERE o.state <> 'withdrawn' AND r.subject <> a.subject
             -- What was undone, and is withdrawn wherever it was sent, is in nobody's record.
             AND NOT EXISTS (SELECT 1 FROM outbox w
                 WHERE w.assignment = a.id AND w.kind = 'withdrawal' AND w.state = 'delivered')
             AND r.id > (SELECT coalesce(max(last_record), 0) FROM outbox_put_right WHERE item = o.id)
         ORDER BY r.id",
    )?;
    let mut rows = statement.query(())?;
    let mut misplaced = BTreeMap::new();
    while let Some(row) = rows.next()? {
        // By who has both records now. What was put right covers what was sent until then: sent
        // into another's record again, an item is misplaced again.
        let (own, there): (i64, i64) = (row.get(3)?, row.get(4)?);
        if subjects::present(connection, own)? != subjects::present(connection, there)? {
            let (item, assignment, is_sure) = (row.get(1)?, row.get(2)?, row.get(6)?);
            let new = || MisplacedItem { item, assignment, holders: Vec::new(), is_sure };
            let found: &mut MisplacedItem = misplaced.entry(row.get(0)?).or_insert_with(new);
            found.holders.push(PatientId(row.get(5)?));
        }
    }
    Ok(misplaced)
}

/// Whether anything that tells of an assignment is misplaced now.
pub(super) fn is_misplaced(connection: &Connection, assignment: i64) -> Result<bool, StoreError> {
    Ok(misplaced(connection)?.into_values().any(|misplaced| misplaced.assignment == assignment))
}

/// How many items that were assigned to a subject are misplaced now.
pub(super) fn count_of(connection: &Connection, subject: i64) -> Result<MisplacedCount, StoreError> {
    let mut of_subject =
        connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM assignments WHERE id = ?1 AND subject = ?2)")?;
    let mut count = MisplacedCount::default();
    for misplaced in misplaced(connection)?.into_values() {
        let is_theirs: bool = of_subject.query_row([misplaced.assignment, subject], |row| row.get(0))?;
        *(if misplaced.is_sure { &mut count.sure } else { &mut count.perhaps }) += usize::from(is_theirs);
    }
    Ok(count)
}

/// Somebody has put right at the platform what was sent of it so far.
pub(super) fn put_right(
    connection: &Connection,
    by: By<'_>,
    key: &IdempotencyKey,
    reason: &Clean,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO outbox_put_right (item, last_record, reason, user, session, at)
             SELECT o.id, max(r.id), ?2, ?3, ?4, ?5
             FROM outbox o JOIN outbox_records r ON r.item = o.id WHERE o.key = ?1 GROUP BY o.id",
        )?
        .execute(params![key.0, reason.as_str(), by.user, by.session, codec::nanoseconds(by.at)])?;
    Ok(())
}
