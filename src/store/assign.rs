//! The one transaction that gives a meter and its readings to a person.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use super::{
    By, Store, answers, attempts, audit, clock_said, codec, former_owner, mergers, meter_use, meters, moved_since,
    not_theirs, outbox, quarantine, repeats, subjects, take_back,
};
use crate::domain::association::{Assignment, AssignmentResult, IdempotencyKey};
use crate::domain::ownership::EndingReason;
use crate::domain::patient::Status;
use crate::domain::taken_back::TakenBack;

/// An upload as the assignment finds it.
struct Waiting {
    meter: i64,
    is_pending: bool,
}

impl Store {
    /// Makes the patient the owner of the meter, unless that is so already, and moves the readings of the upload, and
    /// all other readings of the meter that nobody has, into the record. Of a meter that cannot be told from others,
    /// what the record has already of this model is not moved again.
    ///
    /// Where records are merged, it is written down for the subject that owns the meter, else for the one that was
    /// confirmed: who has the record is looked up when it is read, so that a merger that is taken back gives each
    /// their own.
    ///
    /// A repeated call with the same key gives the first result. The same upload assigned again to the same person
    /// under another key changes nothing and says that all is there.
    /// What was taken back is not done again under its key.
    ///
    /// # Errors
    /// [`StoreError::OwnedByAnother`], [`StoreError::NotActive`], [`StoreError::IdentityNotProved`] (also where the
    /// owner's record was merged into one that can be another person's, and nobody typed who that is since),
    /// [`StoreError::NotFound`], [`StoreError::KeyReused`], [`StoreError::UploadChanged`] if anything that the decision
    /// rests on is not as it was seen, [`StoreError::ClockUndecided`] or [`StoreError::HeldByAnother`] if
    /// [`Store::answer_intake`] is missing, [`StoreError::UseUnanswered`] if [`Store::answer_use`] is, or the
    /// database's; then nothing was changed.
    pub fn assign(&self, by: By<'_>, assignment: &Assignment) -> Result<AssignmentResult, StoreError> {
        self.write(|transaction| {
            let upload = quarantine::row(&assignment.upload)?;
            let confirmed = subjects::confirmed(transaction, &assignment.patient)?;
            let subject = subjects::present(transaction, confirmed)?;
            // First of all: a repeated call is told what it did, even if the patient has left care
            // since.
            if let Some(earlier) = earlier_result(transaction, assignment, upload, confirmed)? {
                return Ok(earlier);
            }
            let waiting = waiting(transaction, upload)?;
            if subjects::status(transaction, subject)? != Status::Active {
                return Err(StoreError::NotActive);
            }
            if !waiting.is_pending {
                return assigned_before(transaction, upload, subject);
            }
            let stands = quarantine::load(transaction, &assignment.upload)?;
            if stands.seen() != assignment.seen {
                return Err(StoreError::UploadChanged);
            }
            if stands.former_owner.as_ref().is_some_and(|former| former.why == EndingReason::Lost) {
                return Err(StoreError::MeterLost);
            }
            let owner = meters::given_to(transaction, waiting.meter)?;
            let owner_now = owner.map(|owner| subjects::present(transaction, owner)).transpose()?;
            if owner_now.is_some_and(|owner| owner != subject) {
                return Err(StoreError::OwnedByAnother);
            }
            // Whoever took the owner's place and can be somebody else was confirmed by what was typed, so what comes is
            // theirs, and stays so when the merger is taken back.
            let (own, may_be_added) = match owner {
                None => (confirmed, false),
                Some(owner) if mergers::can_be_owner(transaction, owner)? => (owner, true),
                Some(owner) => (subject, mergers::was_typed_since(transaction, waiting.meter, owner)?),
            };
            // Somebody said that they are not whose they were taken for: who it is is asked, whoever the meter belongs
            // to.
            let was_undone = take_back::taken_back(transaction, waiting.meter)?.is_some_and(TakenBack::is_undone);
            // Nor who has it once somebody said that it was not lost, or not theirs no more.
            let may_be_added =
                may_be_added && !was_undone && !former_owner::is_theirs_again(transaction, waiting.meter)?;
            let identity = attempts::prove(transaction, assignment, (upload, subject), may_be_added)?;
            // Who had it before whoever had it last, and gets it again, gets what was shown.
            let is_back = stands.former_owner.as_ref().is_none_or(|former| former.patient.id == assignment.patient);
            let verdict = stands.clock_verdict.filter(|_| stands.asks_for_clock());
            let kept_back = || not_theirs::kept_back(transaction, waiting.meter, upload, verdict);
            // Before the meter is theirs, both.
            let use_is_answered = meter_use::must_be_answered(transaction, &stands, subject);
            let shown = if is_back { None } else { Some(kept_back()?) };
            let opens_ownership = owner.is_none() && meters::is_identifiable(transaction, waiting.meter)?;
            if opens_ownership {
                meters::open_ownership(transaction, by, waiting.meter, own)?;
            }
            if stands.asks_for_clock() && stands.clock_verdict.is_none() {
                return Err(StoreError::ClockUndecided);
            }
            if stands.held_by_others(&subjects::own(transaction, subject)?.id).next().is_some()
                && !answers::is_shared(transaction, upload, subject, &assignment.seen.held_by)?
            {
                return Err(StoreError::HeldByAnother);
            }
            use_is_answered?;
            let repeated = repeated(transaction, waiting.meter, subject)?;
            let count = u32::try_from(repeated.len()).unwrap_or(u32::MAX);
            // Of the days before the meter was theirs, or nobody knows of which: kept, and in no record.
            let kept_back = shown.map_or_else(kept_back, Ok)?;
            let rows = kept_back.as_ref().map_or_else(Vec::new, not_theirs::KeptBack::rows);
            let left = u32::try_from(rows.len()).unwrap_or(u32::MAX);
            // Counted before anything is moved: afterwards all of them are there.
            let result = AssignmentResult {
                new: count_unassigned(transaction, waiting.meter)?.saturating_sub(count).saturating_sub(left),
                already_there: count_there(transaction, upload, subject)?.saturating_add(count),
            };
            let row = assignment_row(transaction, by, &assignment.key, (upload, waiting.meter, own), result, identity)?;
            // Before the others are moved, which are all that are neither in a record nor kept out.
            keep_out(transaction, row, &repeated)?;
            // All of them, also what is left: a wrong clock is forgotten of none.
            if let Some(verdict) = verdict {
                clock_said::apply(transaction, waiting.meter, upload, verdict)?;
            }
            move_readings(transaction, row, (upload, waiting.meter), &rows)?;
            // In the same transaction: readings in a record here of which the outbox does not know
            // would never reach the platform.
            outbox::put(transaction, by, row, opens_ownership)?;
            let clock =
                verdict.map(codec::word).transpose()?.map_or_else(String::new, |word| format!(", clock {word}"));
            // Where records are merged, the line names who was confirmed; whose it stays when that is taken back can be
            // another.
            let written_for = subjects::own(transaction, own)?.id;
            let written_for = if written_for == assignment.patient {
                String::new()
            } else {
                format!(", written for {}", written_for.0)
            };
            let left = if left == 0 { String::new() } else { format!(", not theirs {left}") };
            audit::append(
                transaction,
                by,
                audit::AuditAction::Assigned,
                Some(&assignment.patient),
                Some(&assignment.upload),
                &format!("new {}, already there {}{left}{clock}{written_for}", result.new, result.already_there),
            )?;
            Ok(result)
        })
    }
}

/// The result of the same request made before. Where that was of records that were one and are not any more, what was
/// written down then is somebody else's now.
fn earlier_result(
    connection: &Connection,
    assignment: &Assignment,
    upload: i64,
    confirmed: i64,
) -> Result<Option<AssignmentResult>, StoreError> {
    let earlier = connection
        .prepare_cached(
            "SELECT upload, subject, new, already_there,
                 EXISTS (SELECT 1 FROM assignments u WHERE u.supersedes = a.id AND u.kind = 'undone'), id
             FROM assignments a WHERE request_key = ?1 AND kind = 'assigned'",
        )?
        .query_row([&assignment.key.0], |row| {
            let result = AssignmentResult { new: row.get(2)?, already_there: row.get(3)? };
            let of = (row.get::<_, i64>(0)?, row.get::<_, i64>(1)?);
            Ok((of, result, row.get::<_, bool>(4)?, row.get::<_, i64>(5)?))
        })
        .optional()?;
    let Some(((of, to), result, is_undone, row)) = earlier else { return Ok(None) };
    if of != upload || !mergers::were_ever_one(connection, to, confirmed)? {
        return Err(StoreError::KeyReused);
    }
    if is_undone
        || moved_since::moved_since(connection, row)?
        || subjects::present(connection, to)? != subjects::present(connection, confirmed)?
    {
        return Err(StoreError::OwnedByAnother);
    }
    Ok(Some(result))
}

fn waiting(connection: &Connection, upload: i64) -> Result<Waiting, StoreError> {
    connection
        .prepare_cached("SELECT meter, state = 'pending' FROM uploads WHERE id = ?1")?
        .query_row([upload], |row| Ok(Waiting { meter: row.get(0)?, is_pending: row.get(1)? }))
        .optional()?
        .ok_or(StoreError::NotFound { what: "the upload" })
}

/// The answer for an upload that somebody assigned meanwhile.
fn assigned_before(connection: &Connection, upload: i64, subject: i64) -> Result<AssignmentResult, StoreError> {
    let holder =
        quarantine::holder(connection, upload)?.map(|holder| subjects::present(connection, holder)).transpose()?;
    if holder != Some(subject) {
        return Err(StoreError::OwnedByAnother);
    }
    Ok(AssignmentResult { new: 0, already_there: count_there(connection, upload, subject)? })
}

/// The readings of a meter that cannot be told from others which the record has already, each with the one there.
fn repeated(connection: &Connection, meter: i64, subject: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    if meters::is_identifiable(connection, meter)? {
        return Ok(Vec::new());
    }
    repeats::repeated(connection, meter, subject)
}

/// Readings of the meter that are in nobody's record.
fn count_unassigned(connection: &Connection, meter: i64) -> Result<u32, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT count(*) FROM readings r WHERE r.meter = ?1
             AND NOT EXISTS (SELECT 1 FROM records x WHERE x.reading = r.id)",
        )?
        .query_row([meter], |row| row.get(0))?)
}

/// Readings of the upload that are in a record, from this meter or from another of its model.
fn count_there(connection: &Connection, upload: i64, subject: i64) -> Result<u32, StoreError> {
    let theirs = subjects::with_merged("?2");
    Ok(connection
        .prepare_cached(&format!(
            "SELECT count(*) FROM readings r
             WHERE r.id IN
                 (SELECT l.reading FROM downloads d JOIN download_readings l ON l.download = d.id WHERE d.upload = ?1)
                 AND (EXISTS (SELECT 1 FROM records x WHERE x.reading = r.id AND x.subject IN {theirs}) OR EXISTS (
                     SELECT 1 FROM kept_out q JOIN records x ON x.reading = q.same_as
                     WHERE q.reading = r.id AND x.subject IN {theirs}))"
        ))?
        .query_row([upload, subject], |row| row.get(0))?)
}

/// Writes that an upload of a meter is given to a subject; gives the row that says so.
pub(super) fn assignment_row(
    connection: &Connection,
    by: By<'_>,
    key: &IdempotencyKey,
    (upload, meter, subject): (i64, i64, i64),
    result: AssignmentResult,
    identity: &str,
) -> Result<i64, StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO assignments
                 (request_key, kind, meter, upload, subject, identity, user, session, at, new, already_there)
             VALUES (?1, 'assigned', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            key.0,
            meter,
            upload,
            subject,
            identity,
            by.user,
            by.session,
            codec::nanoseconds(by.at),
            result.new,
            result.already_there
        ])?;
    Ok(connection.last_insert_rowid())
}

/// Notes which readings are in the record already.
fn keep_out(connection: &Connection, assignment: i64, repeated: &[(i64, i64)]) -> Result<(), StoreError> {
    let mut note = connection
        .prepare_cached("INSERT INTO repeated_readings (reading, same_as, assignment) VALUES (?1, ?2, ?3)")?;
    for (reading, same_as) in repeated {
        note.execute([*reading, *same_as, assignment])?;
    }
    Ok(())
}

/// Gives the readings that nobody has to the record of an assignment, but for those that are left. That they stand in
/// the record then is the database's work.
pub(super) fn move_readings(
    connection: &Connection,
    assignment: i64,
    (upload, meter): (i64, i64),
    left: &[i64],
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO assigned_readings (reading, assignment) SELECT r.id, ?2 FROM readings r WHERE r.meter = ?1
             AND NOT EXISTS (SELECT 1 FROM records x WHERE x.reading = r.id)
             AND NOT EXISTS (SELECT 1 FROM kept_out q WHERE q.reading = r.id)
             AND r.id NOT IN (SELECT value FROM json_each(?3))",
        )?
        .execute(params![meter, assignment, codec::json(&left)?])?;
    connection.prepare_cached("UPDATE uploads SET state = 'assigned' WHERE id = ?1")?.execute([upload])?;
    Ok(())
}
