//! What the care platform has in another person's record, because it was sent while two records were merged there and
//! the merger was taken back since. It is looked up when it is read: merged again, all is where it belongs.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, params};

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
    /// In whose record it is at the platform.
    pub(super) holder: PatientId,
}

impl Store {
    /// Notes into whose record at the platform an item is sent now. Noted before it is sent, because an answer may be
    /// lost. Of what is not of this outbox there is nothing to note.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] of somebody who is not known here; or the database's.
    pub fn note_record(&self, key: &IdempotencyKey, record: &PatientId, at: jiff::Timestamp) -> Result<(), StoreError> {
        let Some((item, so_far)) = sent_to(&self.reader(), key)? else { return Ok(()) };
        if so_far == record.0 {
            return Ok(());
        }
        self.write(|transaction| {
            let subject = subjects::confirmed(transaction, record)?;
            transaction
                .prepare_cached("INSERT INTO outbox_records (item, subject, at) VALUES (?1, ?2, ?3)")?
                .execute(params![item, subject, codec::nanoseconds(at)])?;
            Ok(())
        })
    }

    /// The readings of others that the platform has in a patient's record, as far as this station sent them there.
    ///
    /// # Errors
    /// The database's.
    pub fn readings_of_others_at(&self, record: &PatientId) -> Result<Vec<Reading>, StoreError> {
        let reader = self.reader();
        let mut theirs = Vec::new();
        for misplaced in misplaced(&reader)?.into_values().filter(|misplaced| misplaced.holder == *record) {
            let told = readings::of_assignment(&reader, misplaced.assignment)?;
            theirs.extend(told.into_iter().map(|numbered| numbered.reading));
        }
        Ok(theirs)
    }
}

/// The items that are misplaced now and that nobody has put right, by their keys.
pub(super) fn misplaced(connection: &Connection) -> Result<BTreeMap<String, MisplacedItem>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT o.key, o.id, a.id, a.subject, r.subject, s.key
         FROM outbox_records r JOIN outbox o ON o.id = r.item JOIN assignments a ON a.id = o.assignment
             JOIN subjects s ON s.id = r.subject
         WHERE o.state = 'delivered' AND r.subject <> a.subject
             AND r.id = (SELECT max(id) FROM outbox_records WHERE item = o.id)
             AND NOT EXISTS (SELECT 1 FROM outbox_put_right WHERE item = o.id)",
    )?;
    let mut rows = statement.query(())?;
    let mut misplaced = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (own, there): (i64, i64) = (row.get(3)?, row.get(4)?);
        if subjects::present(connection, own)? != subjects::present(connection, there)? {
            let holder = PatientId(row.get(5)?);
            misplaced.insert(row.get(0)?, MisplacedItem { item: row.get(1)?, assignment: row.get(2)?, holder });
        }
    }
    Ok(misplaced)
}

/// How many items that were assigned to a subject are misplaced now.
pub(super) fn count_of(connection: &Connection, subject: i64) -> Result<usize, StoreError> {
    let mut of_subject =
        connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM assignments WHERE id = ?1 AND subject = ?2)")?;
    let mut count = 0;
    for misplaced in misplaced(connection)?.into_values() {
        let is_theirs: bool = of_subject.query_row([misplaced.assignment, subject], |row| row.get(0))?;
        count += usize::from(is_theirs);
    }
    Ok(count)
}

/// Somebody has put it right at the platform.
pub(super) fn put_right(
    connection: &Connection,
    by: By<'_>,
    key: &IdempotencyKey,
    reason: &Clean,
) -> Result<(), StoreError> {
    let (item, _) = sent_to(connection, key)?.ok_or(StoreError::NotFound { what: "the item of the outbox" })?;
    connection
        .prepare_cached("INSERT INTO outbox_put_right (item, reason, user, session, at) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![item, reason.as_str(), by.user, by.session, codec::nanoseconds(by.at)])?;
    Ok(())
}

/// The row of an item, and the key of the record that it was sent to last, or is decided for.
fn sent_to(connection: &Connection, key: &IdempotencyKey) -> Result<Option<(i64, String)>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT o.id, coalesce(s.key, s.id)
             FROM outbox o JOIN assignments a ON a.id = o.assignment
                 JOIN subjects s ON s.id = coalesce(
                     (SELECT subject FROM outbox_records WHERE item = o.id ORDER BY id DESC LIMIT 1), a.subject)
             WHERE o.key = ?1",
        )?
        .query_row([&key.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}
