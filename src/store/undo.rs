//! An assignment is undone by somebody who works here, in one transaction: its readings leave the record, the upload
//! waits again, the meter is nobody's if the assignment had made it somebody's, and the care platform is told to take
//! back what it has of it. See [`crate::domain::undo`].

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use super::{By, Store, audit, codec, misplaced, moved_since, quarantine, subjects, take_back};
use crate::domain::association::{IdempotencyKey, UploadId};
use crate::domain::clinic::Role;
use crate::domain::text::Clean;
use crate::domain::undo::{UndoOffer, UndoRequest, UndoTerms, Undone, Withdrawals};
use crate::domain::validation::LONGEST_REASON;

/// An assignment that stands.
struct StandingAssignment {
    assignment: i64,
    meter: i64,
    /// Whose record it gave the readings to, as it was written down.
    subject: i64,
}

impl Store {
    /// What undoing the assignment of an upload would do, for whoever asks in this role.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the upload is not assigned, [`StoreError::LaterAssignment`] if what was decided
    /// later of its meter is to be undone first, [`StoreError::EndSince`], [`StoreError::TimesCorrected`],
    /// [`StoreError::MisplacedThere`], [`StoreError::ToldThere`], or the database's.
    pub fn undo_offer(
        &self,
        by: By<'_>,
        role: Role,
        upload: &UploadId,
        withdrawals: Withdrawals,
    ) -> Result<UndoOffer, StoreError> {
        let mut reader = self.reader();
        // One transaction: what is shown belongs together even while somebody assigns.
        let reader = reader.transaction()?;
        let standing = standing(&reader, quarantine::row(upload)?)?;
        offer(&reader, by, role, upload, &standing)?.allowed_by(withdrawals)
    }

    /// Undoes the assignment of an upload. A repeated call with the same key gives the first result.
    ///
    /// # Errors
    /// As [`Store::undo_offer`]; [`StoreError::UploadChanged`] if it is not as it was shown,
    /// [`StoreError::ReasonMissing`], [`StoreError::UndoRefused`] or [`StoreError::KeyReused`]; then nothing was
    /// changed.
    pub fn undo(
        &self,
        by: By<'_>,
        role: Role,
        request: &UndoRequest,
        withdrawals: Withdrawals,
    ) -> Result<Undone, StoreError> {
        self.write(|transaction| {
            let upload = quarantine::row(&request.upload)?;
            if let Some(earlier) = earlier_result(transaction, request, upload)? {
                return Ok(earlier);
            }
            let standing = standing(transaction, upload)?;
            let offer = offer(transaction, by, role, &request.upload, &standing)?.allowed_by(withdrawals)?;
            if offer.seen() != request.seen {
                return Err(StoreError::UploadChanged);
            }
            let reason = request.reason.as_ref().map(|reason| Clean::new(reason.as_str().trim(), LONGEST_REASON));
            let reason = reason.filter(|reason| !reason.as_str().is_empty());
            match (offer.terms, &reason) {
                (UndoTerms::Refused, _) => return Err(StoreError::UndoRefused),
                (UndoTerms::WithReason, None) => return Err(StoreError::ReasonMissing),
                (UndoTerms::WithReason, Some(_)) | (UndoTerms::AtOnce, _) => {}
            }
            let why = reason.as_ref().map(Clean::as_str);
            take_back::supersede(transaction, by, standing.assignment, &request.key.0, why)?;
            if offer.ends_ownership {
                take_back::end_ownership(transaction, by, standing.meter)?;
            }
            take_back::wait_again(transaction, upload)?;
            // In the same transaction: what the platform has and nobody withdraws would stay in the wrong record.
            tell_no_more(transaction, by, standing.assignment)?;
            let patient = subjects::own(transaction, standing.subject)?.id;
            let meter = if offer.ends_ownership { ", the meter is nobody's" } else { "" };
            let why = why.map_or_else(String::new, |why| format!(": {why}"));
            let detail = format!("{} readings{meter}{why}", offer.readings);
            let action = audit::AuditAction::Undone;
            audit::append(transaction, by, action, Some(&patient), Some(&request.upload), &detail)?;
            Ok(Undone { readings: offer.readings, ended_ownership: offer.ends_ownership })
        })
    }

    /// Whether somebody undid, since it was taken, what an item tells: nothing more of it is to be sent.
    ///
    /// # Errors
    /// The database's.
    pub fn is_undone(&self, key: &IdempotencyKey) -> Result<bool, StoreError> {
        is_undone(&self.reader(), key)
    }
}

/// Whether somebody undid what an item tells.
pub(super) fn is_undone(connection: &Connection, key: &IdempotencyKey) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM outbox WHERE key = ?1 AND state = 'undone')")?
        .query_row([&key.0], |row| row.get(0))?)
}

impl UndoOffer {
    /// The same, unless the platform would have to withdraw something and is not to.
    fn allowed_by(self, withdrawals: Withdrawals) -> Result<Self, StoreError> {
        match withdrawals {
            Withdrawals::Refused if self.is_at_platform => Err(StoreError::ToldThere),
            Withdrawals::Refused | Withdrawals::Sent => Ok(self),
        }
    }
}

/// Takes out of the outbox what an assignment told that is undone: nothing of it is sent any more. What of it the
/// platform was never sent it does not hear of; where any was sent, or may have been, it is to be withdrawn there.
fn tell_no_more(connection: &Connection, by: By<'_>, assignment: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE outbox SET state = 'undone', due = NULL, refusal = NULL
             -- That a correction was undone is told before: the platform has its times.
             WHERE assignment = ?1 AND state IN ('queued', 'refused') AND kind <> 'correction'",
        )?
        .execute([assignment])?;
    // An attempt is counted before anything is sent: what was never attempted was never sent.
    connection
        .prepare_cached(
            "INSERT INTO outbox (key, line, kind, assignment, state, due, attempts)
             SELECT a.request_key || ' withdrawal', 'meter ' || a.meter, 'withdrawal', a.id, 'queued', ?2, 0
             FROM assignments a
             WHERE a.id = ?1 AND EXISTS (SELECT 1 FROM outbox WHERE assignment = a.id AND attempts > 0)",
        )?
        .execute(params![assignment, codec::nanoseconds(by.at)])?;
    Ok(())
}

/// The assignment of an upload that stands.
fn standing(connection: &Connection, upload: i64) -> Result<StandingAssignment, StoreError> {
    connection
        .prepare_cached(
            "SELECT a.id, a.meter, a.subject FROM assignments a WHERE a.upload = ?1 AND a.kind = 'assigned'
                 AND NOT EXISTS (SELECT 1 FROM assignments u WHERE u.supersedes = a.id AND u.kind = 'undone')",
        )?
        .query_row([upload], |row| {
            Ok(StandingAssignment { assignment: row.get(0)?, meter: row.get(1)?, subject: row.get(2)? })
        })
        .optional()?
        .ok_or(StoreError::NotFound { what: "an assignment of this upload" })
}

fn offer(
    connection: &Connection,
    by: By<'_>,
    role: Role,
    upload: &UploadId,
    standing: &StandingAssignment,
) -> Result<UndoOffer, StoreError> {
    let StandingAssignment { assignment, meter, subject } = *standing;
    // First: what rests on it may have to stay, too.
    if moved_since::moved_since(connection, assignment)? {
        return Err(StoreError::MoveSince);
    }
    if has_ended_since(connection, standing)? {
        return Err(StoreError::EndSince);
    }
    if rests_on(connection, assignment, meter)? {
        return Err(StoreError::LaterAssignment);
    }
    if has_corrected_times(connection, assignment)? {
        return Err(StoreError::TimesCorrected);
    }
    if misplaced::is_misplaced(connection, assignment)? {
        return Err(StoreError::MisplacedThere);
    }
    let (user, name, at, identity, read_at, readings, ends_ownership, is_at_platform) = connection
        .prepare_cached(
            "SELECT a.user, coalesce((SELECT name FROM users WHERE CAST(id AS TEXT) = a.user), a.user), a.at,
                 u.identity, u.read_at, 
                 (SELECT count(*) FROM assigned_readings g JOIN records x ON x.reading = g.reading
                     WHERE g.assignment = a.id),
                 -- Of an assignment from before the outbox was kept, by the moment of both.
                 EXISTS (SELECT 1 FROM ownerships w WHERE w.meter = a.meter AND w.closed_at IS NULL
                     -- Another one's, or one that holds from another day on, is none that it made.
                     AND w.subject = a.subject AND w.first_day IS (SELECT f.first_day FROM ownerships f
                         WHERE f.meter = a.meter AND f.subject = a.subject AND f.opened_at = a.at)
                     -- Nor one that a transfer gave back where others had the meter before: their days stay theirs.
                     AND (w.first_day IS NULL OR NOT EXISTS (
                         SELECT 1 FROM transfers t WHERE t.opened =
                             coalesce((SELECT g.origin FROM ownership_origins g WHERE g.opened = w.id), w.id))) AND (
                     EXISTS (SELECT 1 FROM outbox o WHERE o.assignment = a.id AND o.kind = 'ownership')
                     OR (w.opened_at = a.at AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.assignment = a.id)))),
                 EXISTS (SELECT 1 FROM outbox o WHERE o.assignment = a.id AND o.attempts > 0)
             FROM assignments a JOIN uploads u ON u.id = a.upload WHERE a.id = ?1",
        )?
        .query_row([assignment], |row| {
            let text = |column: usize| row.get::<_, String>(column);
            let whether = |column: usize| row.get::<_, bool>(column);
            let moments = (row.get::<_, i64>(2)?, row.get::<_, i64>(4)?);
            Ok((text(0)?, text(1)?, moments.0, text(3)?, moments.1, row.get(5)?, whether(6)?, whether(7)?))
        })?;
    let assigned_at = codec::timestamp(at)?;
    let latest = latest_known(connection, upload)?.map_or(by.at, |known| known.max(by.at));
    // Before the assignment by the clock, whatever else is known: the clock was set back behind it.
    let latest = if by.at < assigned_at { by.at } else { latest };
    Ok(UndoOffer {
        upload: upload.clone(),
        patient: Box::new(subjects::load(connection, subject)?),
        meter: codec::from_json(&identity, "meter")?,
        read_at: codec::timestamp(read_at)?,
        assigned_at,
        assigned_by: Clean::from(name),
        readings,
        ends_ownership,
        is_at_platform,
        terms: UndoTerms::of(role, user == by.user, assigned_at, latest),
    })
}

/// Whether the meter is nobody's since: it was theirs by this assignment until then, and what is undone of it would be
/// kept for them.
fn has_ended_since(connection: &Connection, standing: &StandingAssignment) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT 1 FROM standing_endings
             WHERE meter = ?1 AND subject = ?2 AND last_assignment >= ?3 AND last_day IS NOT NULL",
        )?
        .exists([standing.meter, standing.subject, standing.assignment])?)
}

/// Whether something that was decided later rests on an assignment: of its meter, or of another one without a serial
/// number of which a reading was kept out because this one's is in the record.
fn rests_on(connection: &Connection, assignment: i64, meter: i64) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM assignments a WHERE a.meter = ?2 AND a.id > ?1 AND a.kind = 'assigned'
                     -- What the meter was given to another patient for does not rest on it.
                     AND NOT EXISTS (
                         SELECT 1 FROM transfers t JOIN assignments b ON b.id = ?1
                         WHERE t.meter = ?2 AND t.last_assignment >= ?1 AND t.last_assignment < a.id
                             AND a.subject <> b.subject)
                     -- Nor what came when it had been nobody's meanwhile.
                     AND NOT EXISTS (
                         SELECT 1 FROM endings e JOIN assignments b ON b.id = ?1
                         WHERE e.meter = ?2 AND e.last_assignment >= ?1 AND e.last_assignment < a.id
                             AND a.subject <> b.subject)
                     AND NOT EXISTS (SELECT 1 FROM assignments u WHERE u.supersedes = a.id AND u.kind = 'undone')
             ) OR EXISTS (
                 SELECT 1 FROM assigned_readings g JOIN records x ON x.reading = g.reading
                     JOIN kept_out q ON q.same_as = x.reading
                 WHERE g.assignment = ?1 AND q.assignment <> ?1
             )",
        )?
        .query_row([assignment, meter], |row| row.get(0))?)
}

/// Whether a record has readings of an assignment by corrected times, also of what went to somebody else and came back:
/// that was confirmed for this record, and is undone first.
fn has_corrected_times(connection: &Connection, assignment: i64) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM assigned_readings g JOIN corrected_times c ON c.reading = g.reading
                 WHERE g.assignment = ?1)",
        )?
        .query_row([assignment], |row| row.get(0))?)
}

/// The latest time in the trail since an upload was assigned: this computer's clock has shown it, whatever it shows
/// now.
fn latest_known(connection: &Connection, upload: &UploadId) -> Result<Option<Timestamp>, StoreError> {
    let latest: Option<i64> = connection
        .prepare_cached(
            "SELECT max(at) FROM audit WHERE id >
                 (SELECT id FROM audit WHERE action = 'assigned' AND upload = ?1 ORDER BY id DESC LIMIT 1)",
        )?
        .query_row([&upload.0], |row| row.get(0))?;
    latest.map(codec::timestamp).transpose()
}

/// The result of the same request made before.
fn earlier_result(connection: &Connection, request: &UndoRequest, upload: i64) -> Result<Option<Undone>, StoreError> {
    let earlier: Option<(Option<i64>, String, Undone)> = connection
        .prepare_cached(
            "SELECT u.upload, u.kind, (SELECT count(*) FROM assigned_readings WHERE assignment = u.id),
                 EXISTS (SELECT 1 FROM ownerships w
                     WHERE w.meter = u.meter AND w.closed_why = 'undone' AND w.closed_at = u.at
                         AND w.closed_by = u.user)
             FROM assignments u WHERE u.request_key = ?1",
        )?
        .query_row([&request.key.0], |row| {
            Ok((row.get(0)?, row.get(1)?, Undone { readings: row.get(2)?, ended_ownership: row.get(3)? }))
        })
        .optional()?;
    match earlier {
        None => Ok(None),
        Some((of, kind, undone)) if of == Some(upload) && kind == "undone" => Ok(Some(undone)),
        Some(_) => Err(StoreError::KeyReused),
    }
}
