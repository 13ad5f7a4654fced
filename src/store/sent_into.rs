//! Into whose record at the care platform an item of the outbox is sent: kept before it is sent, because the merger
//! that leads there may be taken back, and the answer may be lost.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use super::{Store, codec, outbox, subjects};
use crate::domain::association::IdempotencyKey;
use crate::domain::delivery::Outbox;
use crate::domain::patient::PatientId;

impl Store {
    /// Whether an item, or something that it builds on, stands in another person's record at the platform, or may: then
    /// it is not sent.
    ///
    /// # Errors
    /// The database's.
    pub fn rests_on_misplaced(&self, key: &IdempotencyKey) -> Result<bool, StoreError> {
        rests_on_misplaced(&self.reader(), key)
    }

    /// Notes into whose record at the platform an item is sent now, and says whether it may be. It may not where it, or
    /// something that it builds on, stands in another person's record or may stand there: that may have become known by
    /// the very question whose record it is. Of what is not of this outbox there is nothing to note.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] of somebody who is not known here; or the database's.
    pub fn note_record(
        &self,
        key: &IdempotencyKey,
        record: &PatientId,
        at: jiff::Timestamp,
    ) -> Result<bool, StoreError> {
        let is_to_be_noted = |connection: &Connection| {
            Ok::<_, StoreError>(match sent_to(connection, key)? {
                Some((item, so_far)) if so_far != record.0 => Some(item),
                _ => None,
            })
        };
        let may_be_sent = |connection: &Connection| Ok::<_, StoreError>(!rests_on_misplaced(connection, key)?);
        {
            // Without the lock of a write: nearly every parcel goes into the record that is noted
            // already.
            let reader = self.reader();
            if !may_be_sent(&reader)? {
                return Ok(false);
            }
            if is_to_be_noted(&reader)?.is_none() {
                return Ok(true);
            }
        }
        self.write(|transaction| {
            if !may_be_sent(transaction)? {
                return Ok(false);
            }
            if let Some(item) = is_to_be_noted(transaction)? {
                let subject = subjects::confirmed(transaction, record)?;
                transaction
                    .prepare_cached("INSERT INTO outbox_records (item, subject, at) VALUES (?1, ?2, ?3)")?
                    .execute(params![item, subject, codec::nanoseconds(at)])?;
            }
            Ok(true)
        })
    }
}

fn rests_on_misplaced(connection: &Connection, key: &IdempotencyKey) -> Result<bool, StoreError> {
    Ok(Outbox::of(outbox::open_items(connection)?).rests_on_misplaced(key))
}

/// The row of an item, and the key of the record that it was sent to last since somebody put it right, or is decided
/// for.
fn sent_to(connection: &Connection, key: &IdempotencyKey) -> Result<Option<(i64, String)>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT o.id, coalesce(s.key, s.id)
             FROM outbox o JOIN assignments a ON a.id = o.assignment
                 JOIN subjects s ON s.id = coalesce(
                     (SELECT subject FROM outbox_records
                      WHERE item = o.id
                          AND id > (SELECT coalesce(max(last_record), 0) FROM outbox_put_right WHERE item = o.id)
                      ORDER BY id DESC LIMIT 1), a.subject)
             WHERE o.key = ?1",
        )?
        .query_row([&key.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}
