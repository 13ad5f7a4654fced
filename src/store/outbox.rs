//! The outbox of [`crate::domain::delivery`] in the database: what the care platform has not recorded yet.
//!
//! Several programs may carry from one store. Whoever takes an item puts off when it is due, in the same transaction in
//! which it is chosen; so one of them sends it, and it is due again if that one ends without an answer.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use super::{By, Store, audit, codec, readings, subjects};
use crate::domain::association::IdempotencyKey;
use crate::domain::delivery::{
    Content, DeliveryLine, Errand, Item, ItemKind, LEASE, Next, Outbox, Outcome, Parcel, State,
};
use crate::domain::patient::PatientId;

/// Puts what an assignment decided into the outbox: whose the meter is, where that is new, and then the readings. For a
/// patient of this store there is nobody to be told; it is noted as delivered.
pub(super) fn put(
    connection: &Connection,
    by: By<'_>,
    assignment: i64,
    opens_ownership: bool,
) -> Result<(), StoreError> {
    let (key, meter, subject): (String, i64, i64) = connection
        .prepare_cached("SELECT request_key, meter, subject FROM assignments WHERE id = ?1")?
        .query_row([assignment], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let due = subjects::is_of_directory(connection, subject)?.then(|| codec::nanoseconds(by.at));
    let state = if due.is_some() { "queued" } else { "delivered" };
    let mut insert = connection.prepare_cached(
        "INSERT INTO outbox (key, line, kind, assignment, state, due, attempts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)",
    )?;
    for kind in [opens_ownership.then_some(ItemKind::Ownership), Some(ItemKind::Readings)].into_iter().flatten() {
        let kind = codec::word(kind)?;
        insert.execute(params![format!("{key} {kind}"), format!("meter {meter}"), kind, assignment, state, due])?;
    }
    Ok(())
}

impl Store {
    /// What whoever carries parcels does now. An item that is to be delivered is theirs for [`LEASE`].
    ///
    /// # Errors
    /// The database's.
    pub fn next_errand(&self, now: Timestamp) -> Result<Errand, StoreError> {
        let due = Outbox::restored(open_items(&self.reader())?, now).next(now);
        match due {
            Next::WaitUntil(when) => Ok(Errand::WaitUntil(when)),
            Next::Rest => Ok(Errand::Rest),
            Next::Send(_) => self.write(|transaction| take(transaction, now)),
        }
    }

    /// Notes what came of a parcel, and in the trail if the platform does not take it. False if it was noted before.
    ///
    /// # Errors
    /// The database's.
    pub fn note_delivery(&self, key: &IdempotencyKey, outcome: Outcome, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|transaction| {
            let mut outbox = Outbox::with_under_way(open_items(transaction)?, key);
            let is_noted = outbox.after(key, outcome, now);
            if let Some(item) = outbox.item(key).filter(|_| is_noted) {
                keep(transaction, item)?;
                if let State::Refused(_) = item.state {
                    let by = By::command("outbox", now);
                    audit::append(transaction, by, audit::AuditAction::DeliveryRefused, None, None, &key.0)?;
                }
            }
            Ok(is_noted)
        })
    }

    /// What the platform has not recorded yet, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn undelivered(&self) -> Result<Vec<Item>, StoreError> {
        open_items(&self.reader())
    }
}

/// Chooses again, because another program may have been faster, and puts off when the item is due.
fn take(connection: &Connection, now: Timestamp) -> Result<Errand, StoreError> {
    let mut outbox = Outbox::restored(open_items(connection)?, now);
    Ok(match outbox.next(now) {
        Next::WaitUntil(when) => Errand::WaitUntil(when),
        Next::Rest => Errand::Rest,
        Next::Send(key) => {
            if let Some(item) = outbox.item(&key) {
                let lease = now.saturating_add(LEASE).unwrap_or(Timestamp::MAX);
                keep(connection, &Item { state: State::Queued(lease), ..item.clone() })?;
            }
            Errand::Deliver(Box::new(parcel(connection, &key)?))
        }
    })
}

fn open_items(connection: &Connection) -> Result<Vec<Item>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT key, line, kind, state, due, refusal, attempts FROM outbox WHERE state <> 'delivered' ORDER BY id",
    )?;
    let mut rows = statement.query(())?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let due: Option<i64> = row.get(4)?;
        let refusal: Option<String> = row.get(5)?;
        let state = match (due, refusal) {
            (Some(due), None) => State::Queued(codec::timestamp(due)?),
            (None, Some(refusal)) => State::Refused(codec::from_json(&refusal, "refusal")?),
            _ => return Err(StoreError::Damaged { what: "item of the outbox" }),
        };
        items.push(Item {
            key: IdempotencyKey(row.get(0)?),
            line: DeliveryLine(row.get(1)?),
            kind: codec::from_word(&row.get::<_, String>(2)?, "kind")?,
            state,
            attempts: row.get(6)?,
        });
    }
    Ok(items)
}

fn keep(connection: &Connection, item: &Item) -> Result<(), StoreError> {
    let (state, due, refusal) = match &item.state {
        State::Queued(due) => ("queued", Some(codec::nanoseconds(*due)), None),
        // Sent from here: what is kept is that it is put off.
        State::Sending => return Ok(()),
        State::Delivered => ("delivered", None, None),
        State::Refused(refusal) => ("refused", None, Some(codec::json(refusal)?)),
    };
    connection
        .prepare_cached("UPDATE outbox SET state = ?2, due = ?3, refusal = ?4, attempts = ?5 WHERE key = ?1")?
        .execute(params![item.key.0, state, due, refusal, item.attempts])?;
    Ok(())
}

/// What an item tells, from the assignment behind it.
fn parcel(connection: &Connection, key: &IdempotencyKey) -> Result<Parcel, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT o.kind, a.id, a.user, a.at, coalesce(s.key, s.id), u.identity
             FROM outbox o JOIN assignments a ON a.id = o.assignment JOIN subjects s ON s.id = a.subject
                 JOIN uploads u ON u.id = a.upload
             WHERE o.key = ?1",
        )?
        .query_row([&key.0], |row| {
            let text = |column: usize| row.get::<_, String>(column);
            Ok((text(0)?, row.get::<_, i64>(1)?, text(2)?, row.get::<_, i64>(3)?, text(4)?, text(5)?))
        })
        .optional()?;
    let Some((kind, assignment, decided_by, at, patient, identity)) = found else {
        return Err(StoreError::NotFound { what: "the item of the outbox" });
    };
    let content = match codec::from_word(&kind, "kind")? {
        ItemKind::Ownership => Content::Ownership,
        ItemKind::Readings => {
            let statement = format!(
                "SELECT {} FROM assigned_readings g JOIN readings r ON r.id = g.reading
                 WHERE g.assignment = ?1 ORDER BY r.time, r.meter_index, r.id",
                readings::COLUMNS
            );
            Content::Readings(readings::select(connection, &statement, [assignment])?)
        }
    };
    Ok(Parcel {
        key: key.clone(),
        patient: PatientId(patient),
        meter: codec::from_json(&identity, "meter")?,
        decided_by,
        decided_at: codec::timestamp(at)?,
        content,
    })
}
