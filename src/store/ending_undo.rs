//! That a meter is a patient's no more is undone: it is theirs again as it was, unless somebody else has it since.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use super::{By, Store, audit, codec, meter_days, ownership, subjects};
use crate::domain::clinic::Role;
use crate::domain::ending::{EndingUndoOffer, EndingUndoRequest};
use crate::domain::ownership::OwnershipId;
use crate::domain::patient::Status;
use crate::domain::text::Clean;
use crate::domain::undo::UndoTerms;
use crate::domain::validation::LONGEST_REASON;

/// An ending that stands.
struct StandingEnding {
    id: i64,
    meter: i64,
    subject: i64,
    ownership: i64,
    user: String,
    at: i64,
}

impl Store {
    /// What undoing the end of an ownership would do, for whoever asks in this role.
    ///
    /// # Errors
    /// [`StoreError::EndNotTheirs`] if it never ended so or that was undone, [`StoreError::EndFollowed`] if somebody
    /// has had the meter since, [`StoreError::NotActive`] if the patient can be given no meter, or the database's.
    pub fn ending_undo_offer(
        &self,
        by: By<'_>,
        role: Role,
        ownership: &OwnershipId,
    ) -> Result<EndingUndoOffer, StoreError> {
        let mut reader = self.reader();
        let reader = reader.transaction()?;
        offer(&reader, by, role, &standing(&reader, ownership)?)
    }

    /// Undoes the end of an ownership. A repeated call with the same key gives the first result.
    ///
    /// # Errors
    /// As [`Store::ending_undo_offer`]; [`StoreError::EndReasonMissing`], [`StoreError::UndoRefused`] or
    /// [`StoreError::KeyReused`]; then nothing was changed.
    pub fn undo_ending(&self, by: By<'_>, role: Role, request: &EndingUndoRequest) -> Result<(), StoreError> {
        self.write(|transaction| {
            if is_done(transaction, request)? {
                return Ok(());
            }
            let standing = standing(transaction, &request.ownership)?;
            let offer = offer(transaction, by, role, &standing)?;
            let reason = request.reason.as_ref().map(|reason| Clean::new(reason.as_str().trim(), LONGEST_REASON));
            let reason = reason.filter(|reason| !reason.as_str().is_empty());
            match (offer.terms, &reason) {
                (UndoTerms::Refused, _) => return Err(StoreError::UndoRefused),
                (UndoTerms::WithReason, None) => return Err(StoreError::EndReasonMissing),
                (UndoTerms::WithReason, Some(_)) | (UndoTerms::AtOnce, _) => {}
            }
            let at = codec::nanoseconds(by.at);
            transaction
                .prepare_cached(
                    "INSERT INTO ownerships (meter, subject, opened_at, opened_by, opened_session, first_day)
                     SELECT meter, subject, ?2, ?3, ?4, first_day FROM ownerships WHERE id = ?1",
                )?
                .execute(params![standing.ownership, at, by.user, by.session])?;
            let opened = transaction.last_insert_rowid();
            let why = reason.as_ref().map(Clean::as_str);
            transaction
                .prepare_cached(
                    "INSERT INTO endings_undone (request_key, ending, opened, reason, user, session, at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![request.key.0, standing.id, opened, why, by.user, by.session, at])?;
            let detail =
                format!("{}{}", codec::word(offer.why)?, why.map_or_else(String::new, |why| format!(": {why}")));
            let patient = subjects::own(transaction, standing.subject)?.id;
            audit::append(transaction, by, audit::AuditAction::OwnershipEndUndone, Some(&patient), None, &detail)
        })
    }
}

/// The ending of an ownership, unless somebody has had the meter since.
fn standing(connection: &Connection, ownership: &OwnershipId) -> Result<StandingEnding, StoreError> {
    let Ok(row) = ownership.0.parse::<i64>() else { return Err(StoreError::EndNotTheirs) };
    let found = connection
        .prepare_cached("SELECT id, meter, subject, user, at FROM standing_endings WHERE ownership = ?1")?
        .query_row([row], |found| {
            let (id, meter, subject) = (found.get(0)?, found.get(1)?, found.get(2)?);
            Ok(StandingEnding { id, meter, subject, ownership: row, user: found.get(3)?, at: found.get(4)? })
        })
        .optional()?;
    if let Some(found) = found {
        return Ok(found);
    }
    let is_followed = connection
        .prepare_cached(
            "SELECT 1 FROM endings e WHERE e.ownership = ?1
                 AND NOT EXISTS (SELECT 1 FROM endings_undone u WHERE u.ending = e.id)",
        )?
        .exists([row])?;
    Err(if is_followed { StoreError::EndFollowed } else { StoreError::EndNotTheirs })
}

fn offer(
    connection: &Connection,
    by: By<'_>,
    role: Role,
    standing: &StandingEnding,
) -> Result<EndingUndoOffer, StoreError> {
    if subjects::status(connection, standing.subject)? != Status::Active {
        return Err(StoreError::NotActive);
    }
    let (why, last_day, reason, name) = connection
        .prepare_cached(
            "SELECT why, last_day, reason,
                 coalesce((SELECT name FROM users WHERE CAST(id AS TEXT) = endings.user), user)
             FROM endings WHERE id = ?1",
        )?
        .query_row([standing.id], |row| {
            let text = |column: usize| row.get::<_, String>(column);
            Ok((text(0)?, row.get::<_, Option<String>>(1)?, text(2)?, text(3)?))
        })?;
    let (model, serial) = ownership::named(connection, standing.meter)?;
    let ended_at = codec::timestamp(standing.at)?;
    let latest = latest_known(connection, standing.at)?.map_or(by.at, |known| known.max(by.at));
    // Before the end by the clock, whatever else is known: the clock was set back behind it.
    let latest = if by.at < ended_at { by.at } else { latest };
    Ok(EndingUndoOffer {
        patient: Box::new(subjects::load(connection, standing.subject)?),
        model,
        serial,
        why: codec::from_word(&why, "reason why a meter is somebody's no more")?,
        last_day: last_day.map(|day| meter_days::day_of(&day)).transpose()?,
        reason: Clean::from(reason),
        ended_at,
        ended_by: Clean::from(name),
        terms: UndoTerms::of(role, standing.user == by.user, ended_at, latest),
    })
}

/// The latest time in the trail since then: this computer's clock has shown it, whatever it shows now.
fn latest_known(connection: &Connection, ended_at: i64) -> Result<Option<Timestamp>, StoreError> {
    let latest: Option<i64> = connection
        .prepare_cached(
            "SELECT max(at) FROM audit WHERE id >
                 (SELECT id FROM audit WHERE action = 'ownership-ended' AND at = ?1 ORDER BY id DESC LIMIT 1)",
        )?
        .query_row([ended_at], |row| row.get(0))?;
    latest.map(codec::timestamp).transpose()
}

/// Whether the same request was made before.
fn is_done(connection: &Connection, request: &EndingUndoRequest) -> Result<bool, StoreError> {
    let earlier: Option<(i64, bool)> = connection
        .prepare_cached(
            "SELECT e.ownership, o.closed_at IS NULL FROM endings_undone u JOIN endings e ON e.id = u.ending
                 JOIN ownerships o ON o.id = u.opened
             WHERE u.request_key = ?1",
        )?
        .query_row([&request.key.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match earlier {
        None => Ok(false),
        Some((ownership, _)) if request.ownership.0 != ownership.to_string() => Err(StoreError::KeyReused),
        Some((_, true)) => Ok(true),
        // It is theirs no more again.
        Some((_, false)) => Err(StoreError::EndNotTheirs),
    }
}
