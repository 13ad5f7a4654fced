//! The outbox of [`crate::domain::delivery`] in the database: what the care platform has not recorded yet.
//!
//! Several programs may carry from one store. Whoever takes an item puts off when it is due, in the same transaction in
//! which it is chosen; so one of them sends it, and it is due again if that one ends without an answer.

use jiff::Timestamp;
use rusqlite::{Connection, Params, params};

use super::error::StoreError;
use super::misplaced::{self, MisplacedItem};
use super::parcels::{self, DECIDED_BY};
use super::undo::is_undone;
use super::{By, Store, audit, codec, quarantine, readings, subjects, take_back, withdrawal};
use crate::domain::association::{IdempotencyKey, UploadId};
use crate::domain::delivery::{
    AttemptsBefore, DeliveryLine, DeliveryStanding, DeliveryState, Errand, Item, ItemKind, Jitter, KeptFromPlatform,
    LEASE, LastAttempt, Next, Outbox, Outcome,
};
use crate::domain::patient::PatientId;
use crate::domain::text::Clean;

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
        // One line for each meter: readings wait there for the claim that they build on, and those
        // of other meters go on.
        insert.execute(params![format!("{key} {kind}"), format!("meter {meter}"), kind, assignment, state, due])?;
    }
    Ok(())
}

impl Store {
    /// Whether anything is due, without taking it.
    ///
    /// # Errors
    /// The database's.
    pub fn next_due(&self, now: Timestamp) -> Result<Next, StoreError> {
        Ok(Outbox::restored(open_items(&self.reader())?, now).next(now))
    }

    /// What the platform did not answer, and what it does not let be done by whoever was signed in, is due now. What it
    /// put off waits as long as it said, and what is under way is somebody's who carries it.
    ///
    /// # Errors
    /// The database's.
    pub fn hurry(&self, now: Timestamp) -> Result<(), StoreError> {
        let condition = "o.state = 'queued' AND o.last IN ('unanswered', 'not-allowed')";
        // Looked at first without the lock of a write, which is not taken where nothing waits.
        if items(&self.reader(), condition, ())?.is_empty() {
            return Ok(());
        }
        self.write(|transaction| {
            for item in items(transaction, condition, ())? {
                let DeliveryState::Queued(due) = item.state else { continue };
                // Why it was silent before is no reason any more.
                let last = item.last.filter(|last| !matches!(last, LastAttempt::Unanswered(_)));
                keep(transaction, &Item { state: DeliveryState::Queued(due.min(now)), last, ..item })?;
            }
            Ok(())
        })
    }

    /// What whoever carries parcels does now. An item that is to be delivered is theirs for [`LEASE`].
    ///
    /// # Errors
    /// The database's.
    pub fn next_errand(&self, now: Timestamp) -> Result<Errand, StoreError> {
        match self.next_due(now)? {
            Next::WaitUntil(when) => Ok(Errand::WaitUntil(when)),
            Next::Rest => Ok(Errand::Rest),
            // Chosen again under the lock of a write, which is not taken where nothing is due.
            Next::Send(_) => self.write(|transaction| take(transaction, now)),
        }
    }

    /// Notes what came of a parcel, and in the trail if the platform does not take it. A claim that lost its race is
    /// taken back in the same transaction, with all that rests on it. False if it was noted before.
    ///
    /// # Errors
    /// The database's.
    pub fn note_delivery(
        &self,
        key: &IdempotencyKey,
        outcome: Outcome,
        now: Timestamp,
        jitter: Jitter,
    ) -> Result<bool, StoreError> {
        self.write(|transaction| {
            let before = open_items(transaction)?;
            let mut outbox = Outbox::with_under_way(before.clone(), key);
            let stayed = if let Outcome::TakenBackBut(stayed) = outcome { Some(stayed) } else { None };
            // Of what was undone while it was under way, what came of it changes nothing.
            if is_undone(transaction, key)? || !outbox.after(key, outcome, now, jitter) {
                return Ok(false);
            }
            withdrawal::ends(transaction, key, now, stayed)?;
            // An answer may come after whoever decided it has signed out; who that was stands on
            // the assignment.
            let by = By::command("outbox", now);
            for item in outbox.items().iter().filter(|item| !before.contains(item)) {
                keep(transaction, item)?;
                if let DeliveryState::Refused(_) | DeliveryState::Withdrawn(_) = item.state {
                    audit::append(transaction, by, audit::AuditAction::DeliveryRefused, None, None, &item.key.0)?;
                }
            }
            let is_withdrawn = outbox.item(key).is_some_and(|item| matches!(item.state, DeliveryState::Withdrawn(_)));
            if is_withdrawn {
                take_back::take_back(transaction, by, assignment_of(transaction, key)?)?;
            }
            Ok(true)
        })
    }

    /// Somebody has looked at an item that the platform did not take, and wants it tried again; or has put right there
    /// one that is misplaced. For a reason that goes into the trail. False if it is neither, or is on its way just now:
    /// whoever looked there could not see yet what arrives.
    ///
    /// # Errors
    /// The database's.
    pub fn release(&self, by: By<'_>, key: &IdempotencyKey, reason: &Clean) -> Result<bool, StoreError> {
        // Held until it is written down, so that nobody begins to carry meanwhile. A delivery lasts as long as it goes
        // on, which may be longer than its lease.
        let nobody_carries = self.carrier()?;
        self.write(|transaction| {
            let mut outbox = Outbox::of(open_items(transaction)?);
            let is_misplaced = outbox.item(key).is_some_and(|item| matches!(item.state, DeliveryState::Misplaced(_)));
            // Of a program that was killed the last attempt stands there as under way: it counts only while it may
            // still be carried, or what it had sent may still arrive.
            let is_on_its_way = outbox.item(key).is_some_and(|item| item.last == Some(LastAttempt::UnderWay))
                && (nobody_carries.is_none() || is_leased(transaction, key, by.at)?);
            if is_on_its_way || !outbox.release(key, by.at) {
                return Ok(false);
            }
            if is_misplaced {
                misplaced::put_right(transaction, by, key, reason)?;
            }
            // What was delivered stays so, wherever it stands; and what was undone is never sent again.
            let is_undone = is_undone(transaction, key)?;
            if let Some(item) = outbox.item(key).filter(|item| !is_undone && item.state != DeliveryState::Delivered) {
                keep(transaction, item)?;
            }
            let detail = format!("{}: {reason}", key.0);
            audit::append(transaction, by, audit::AuditAction::DeliveryReleased, None, None, &detail)?;
            Ok(true)
        })
    }

    /// What the platform has not recorded yet, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn undelivered(&self) -> Result<Vec<Item>, StoreError> {
        open_items(&self.reader())
    }

    /// One item as it stands, delivered or not; nothing if there is none of this key.
    ///
    /// # Errors
    /// The database's.
    pub fn delivery(&self, key: &IdempotencyKey) -> Result<Option<Item>, StoreError> {
        Ok(items(&self.reader(), "o.key = ?1", [&key.0])?.pop())
    }

    /// How what was decided last of an upload stands at the care platform; nothing if no platform is told of it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the database's.
    pub fn told(&self, upload: &UploadId) -> Result<Option<DeliveryStanding>, StoreError> {
        let reader = self.reader();
        // Delivered without any attempt is what no platform is told of (`put`). That it is withdrawn or corrected is no
        // part of it.
        let own = reader
            .prepare_cached(
                "SELECT o.key, o.line, o.state = 'withdrawn',
                     EXISTS (SELECT 1 FROM assignments u WHERE u.supersedes = o.assignment AND u.kind = 'undone')
                 FROM outbox o
                 WHERE o.assignment = (SELECT max(id) FROM assignments WHERE upload = ?1 AND kind = 'assigned')
                     AND NOT (o.state = 'delivered' AND o.last IS NULL) AND o.kind NOT IN ('withdrawal', 'correction')
                 ORDER BY o.id",
            )?
            .query_map([quarantine::row(upload)?], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get::<_, bool>(2)?, row.get::<_, bool>(3)?))
            })?
            .collect::<Result<Vec<(String, String, bool, bool)>, _>>()?;
        let Some((_, line, _, is_superseded)) = own.first() else { return Ok(None) };
        if *is_superseded && !own.iter().any(|(_, _, is_lost, _)| *is_lost) {
            return Ok(Some(DeliveryStanding::Undone));
        }
        let of_line = items(&reader, "line = ?1", [line])?;
        let keys: Vec<_> = own.iter().map(|(key, ..)| IdempotencyKey(key.clone())).collect();
        Ok(Outbox::of(of_line).told(&keys))
    }
}

impl Store {
    /// How many readings of an upload go into no record at a platform, whatever is delivered.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if that is no upload, or the database's.
    pub fn kept_from_platform(&self, upload: &UploadId) -> Result<KeptFromPlatform, StoreError> {
        let of_upload = "r.id IN (SELECT l.reading FROM downloads d JOIN download_readings l ON l.download = d.id
             WHERE d.upload = ?1)";
        let stored = readings::stored(&self.reader(), of_upload, [quarantine::row(upload)?])?;
        Ok(KeptFromPlatform::of(stored.iter().map(|stored| &stored.reading)))
    }
}

/// The assignment that an item tells of.
fn assignment_of(connection: &Connection, key: &IdempotencyKey) -> Result<i64, StoreError> {
    Ok(connection
        .prepare_cached("SELECT assignment FROM outbox WHERE key = ?1")?
        .query_row([&key.0], |row| row.get(0))?)
}

/// Whether an attempt that was begun may still be carried by a program that lives.
fn is_leased(connection: &Connection, key: &IdempotencyKey, now: Timestamp) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM outbox WHERE key = ?1 AND due > ?2)")?
        .query_row(params![key.0, codec::nanoseconds(now)], |row| row.get(0))?)
}

/// Chooses again, because another program may have been faster, and puts off when the item is due.
fn take(connection: &Connection, now: Timestamp) -> Result<Errand, StoreError> {
    let items = open_items(connection)?;
    let mut outbox = Outbox::restored(items.clone(), now);
    Ok(match outbox.next(now) {
        Next::WaitUntil(when) => Errand::WaitUntil(when),
        Next::Rest => Errand::Rest,
        Next::Send(key) => {
            let before = items.iter().find(|item| item.key == key).map_or(AttemptsBefore::None, AttemptsBefore::of);
            if let Some(item) = outbox.item(&key) {
                let lease = now.saturating_add(LEASE).unwrap_or(Timestamp::MAX);
                keep(connection, &Item { state: DeliveryState::Queued(lease), ..item.clone() })?;
            }
            let parcel = parcels::parcel(connection, &key, before, now)?;
            withdrawal::begins(connection, &key)?;
            Errand::Deliver(Box::new(parcel))
        }
    })
}

pub(super) fn open_items(connection: &Connection) -> Result<Vec<Item>, StoreError> {
    let misplaced: Vec<i64> = misplaced::misplaced(connection)?.into_values().map(|misplaced| misplaced.item).collect();
    let condition = "o.state IN ('queued', 'refused') OR o.id IN (SELECT value FROM json_each(?1))";
    items(connection, condition, [codec::json(&misplaced)?])
}

/// The items of which this is true, oldest first.
fn items(connection: &Connection, condition: &str, parameters: impl Params) -> Result<Vec<Item>, StoreError> {
    let statement = format!(
        "SELECT o.key, o.line, o.kind, o.state, o.due, o.refusal, o.owner, o.attempts,
             coalesce((SELECT at FROM time_corrections WHERE id = o.correction), a.at), o.last, o.why, o.stayed
         FROM outbox o JOIN assignments a ON a.id = {DECIDED_BY} WHERE {condition} ORDER BY o.id"
    );
    let mut misplaced = misplaced::misplaced(connection)?;
    let mut statement = connection.prepare_cached(&statement)?;
    let mut rows = statement.query(parameters)?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let (word, due): (String, Option<i64>) = (row.get(3)?, row.get(4)?);
        let (refusal, owner): (Option<String>, Option<String>) = (row.get(5)?, row.get(6)?);
        let key: String = row.get(0)?;
        let state = match (word.as_str(), due, refusal, owner) {
            ("delivered", None, None, None) => DeliveryState::Delivered,
            ("queued", Some(due), None, None) => DeliveryState::Queued(codec::timestamp(due)?),
            ("refused", None, Some(why), None) => DeliveryState::Refused(Clean::from(why)),
            ("withdrawn", None, None, Some(owner)) => DeliveryState::Withdrawn(PatientId(owner)),
            ("undone", None, None, None) => DeliveryState::Undone,
            _ => return Err(StoreError::Damaged { what: "item of the outbox" }),
        };
        let holder = misplaced.remove(&key).and_then(MisplacedItem::into_holder);
        items.push(Item {
            key: IdempotencyKey(key),
            line: DeliveryLine(row.get(1)?),
            kind: codec::from_word(&row.get::<_, String>(2)?, "kind")?,
            state: holder.map_or(state, DeliveryState::Misplaced),
            attempts: row.get(7)?,
            since: codec::timestamp(row.get(8)?)?,
            last: last_attempt(row.get(9)?, row.get(10)?, row.get(11)?)?,
        });
    }
    Ok(items)
}

fn keep(connection: &Connection, item: &Item) -> Result<(), StoreError> {
    let (state, due, refusal, owner) = match &item.state {
        DeliveryState::Queued(due) => ("queued", Some(codec::nanoseconds(*due)), None, None),
        // Sent from here: what is kept is that it is put off. And that it is misplaced follows from other rows.
        DeliveryState::Sending | DeliveryState::Misplaced(_) => return Ok(()),
        DeliveryState::Delivered => ("delivered", None, None, None),
        DeliveryState::Refused(why) => ("refused", None, Some(why.as_str()), None),
        DeliveryState::Withdrawn(owner) => ("withdrawn", None, None, Some(owner.0.as_str())),
        DeliveryState::Undone => ("undone", None, None, None),
    };
    let (last, why) = item.last.as_ref().map(kept_attempt).unzip();
    connection
        .prepare_cached(
            "UPDATE outbox SET state = ?2, due = ?3, refusal = ?4, owner = ?5, attempts = ?6, last = ?7, why = ?8
             WHERE key = ?1",
        )?
        .execute(params![item.key.0, state, due, refusal, owner, item.attempts, last, why.flatten()])?;
    Ok(())
}

/// What came of the last attempt, as it is kept: a word, and a reason where it is sent again.
fn kept_attempt(last: &LastAttempt) -> (&'static str, Option<&str>) {
    match last {
        LastAttempt::UnderWay => ("under-way", None),
        // How many stay is kept beside it (`withdrawal::ends`).
        LastAttempt::Recorded | LastAttempt::TakenBackBut(_) => ("recorded", None),
        LastAttempt::AlreadyThere => ("already-there", None),
        LastAttempt::PutOff(why) => ("put-off", Some(why.as_str())),
        LastAttempt::NotAllowed(why) => ("not-allowed", Some(why.as_str())),
        LastAttempt::Unanswered(why) => ("unanswered", Some(why.as_str())),
        LastAttempt::Refused => ("refused", None),
    }
}

fn last_attempt(
    word: Option<String>,
    why: Option<String>,
    stayed: Option<u32>,
) -> Result<Option<LastAttempt>, StoreError> {
    let Some(word) = word else { return Ok(None) };
    Ok(Some(match (word.as_str(), why.map(Clean::from)) {
        ("under-way", None) => LastAttempt::UnderWay,
        ("recorded", None) => stayed.map_or(LastAttempt::Recorded, LastAttempt::TakenBackBut),
        ("already-there", None) => LastAttempt::AlreadyThere,
        ("put-off", Some(why)) => LastAttempt::PutOff(why),
        ("not-allowed", Some(why)) => LastAttempt::NotAllowed(why),
        ("unanswered", Some(why)) => LastAttempt::Unanswered(why),
        ("refused", None) => LastAttempt::Refused,
        _ => return Err(StoreError::Damaged { what: "item of the outbox" }),
    }))
}
