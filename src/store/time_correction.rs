//! The times of a span of a meter's readings are corrected in one record, in one transaction, and that is undone: see
//! [`crate::domain::time_correction`]. What the meter told stays where it is.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::correction_offer::{in_record, offer, readings_of, row, standing, terms};
use super::error::StoreError;
use super::told_correction::{MeterInRecord, ToldOfTimes, who_is_told};
use super::{By, Store, audit, codec, quarantine, subjects, told_correction};
use crate::domain::association::UploadId;
use crate::domain::clinic::Role;
use crate::domain::patient::PatientId;
use crate::domain::text::Clean;
use crate::domain::time_correction::{
    ClockCorrection, CorrectionPlan, CorrectionRequest, CorrectionUndoRequest, TimesMoved,
};
use crate::domain::undo::{UndoTerms, Withdrawals};
use crate::domain::validation::LONGEST_REASON;

impl Store {
    /// Corrects the times of a span. A repeated call with the same key gives the first result.
    ///
    /// # Errors
    /// As [`Store::correction_offer`]; [`StoreError::UploadChanged`] if it is not as it was shown, or something speaks
    /// against it by now, [`StoreError::TimesReasonMissing`] or [`StoreError::KeyReused`]; then nothing was changed.
    pub fn correct_times(
        &self,
        by: By<'_>,
        role: Role,
        request: &CorrectionRequest,
        zone: &TimeZone,
        withdrawals: Withdrawals,
    ) -> Result<TimesMoved, StoreError> {
        self.write(|transaction| {
            if let Some(earlier) = earlier_correction(transaction, request)? {
                return Ok(earlier);
            }
            let here = in_record(transaction, &request.upload, &request.seen.patient)?;
            let told = who_is_told(transaction, &here, withdrawals)?;
            let offer = offer(transaction, by, role, &here, &request.upload, zone, told)?;
            // What was shown was a plan against which nothing spoke.
            let plan = CorrectionPlan::of(&offer.readings, request.correction)
                .ok()
                .filter(|plan| plan.seen(&offer.patient.id) == request.seen)
                .ok_or(StoreError::UploadChanged)?;
            let reason = said(&request.reason).ok_or(StoreError::TimesReasonMissing)?;
            let correction = write(transaction, by, &here, request, &reason)?;
            let readings = correct(transaction, &here, correction, plan.correction)?;
            // Each row is checked by the database; that none was left out is checked here.
            if usize::try_from(readings) != Ok(plan.moved.len()) {
                return Err(StoreError::UploadChanged);
            }
            if told == ToldOfTimes::Platform {
                told_correction::put(transaction, by, correction)?;
            }
            let detail = format!("{readings} readings{}: {reason}", in_trail(plan.correction));
            note(transaction, by, audit::AuditAction::TimesCorrected, here.subject, Some(&request.upload), &detail)?;
            Ok(TimesMoved { readings })
        })
    }

    /// Undoes a correction of times: its readings have the meter's own time again. A repeated call with the same key
    /// gives the first result.
    ///
    /// # Errors
    /// [`StoreError::UploadChanged`] if it was undone meanwhile, [`StoreError::TimesToldThere`] if a care platform has
    /// the corrected times and is to change nothing that it was sent, [`StoreError::TimesReasonMissing`],
    /// [`StoreError::UndoRefused`], [`StoreError::KeyReused`], or the database's; then nothing was changed.
    pub fn undo_correction(
        &self,
        by: By<'_>,
        role: Role,
        request: &CorrectionUndoRequest,
        withdrawals: Withdrawals,
    ) -> Result<TimesMoved, StoreError> {
        self.write(|transaction| {
            let number = row(&request.correction)?;
            if let Some(earlier) = earlier_undoing(transaction, request, number)? {
                return Ok(earlier);
            }
            let standing = standing(transaction, number)?.ok_or(StoreError::UploadChanged)?;
            if withdrawals == Withdrawals::Refused && told_correction::is_there(transaction, number)? {
                return Err(StoreError::TimesToldThere);
            }
            let reason = request.reason.as_ref().and_then(said);
            match (terms(transaction, by, role, &standing)?, &reason) {
                (UndoTerms::Refused, _) => return Err(StoreError::UndoRefused),
                (UndoTerms::WithReason, None) => return Err(StoreError::TimesReasonMissing),
                (UndoTerms::WithReason, Some(_)) | (UndoTerms::AtOnce, _) => {}
            }
            let readings = readings_of(transaction, number)?;
            let why = reason.as_ref().map(Clean::as_str);
            // That the record has them by the meter's time again is the database's work.
            transaction
                .prepare_cached(
                    "INSERT INTO time_corrections (request_key, kind, meter, subject, supersedes, reason, user, session,
                         at)
                     SELECT ?2, 'undone', meter, subject, id, ?3, ?4, ?5, ?6 FROM time_corrections WHERE id = ?1",
                )?
                .execute(params![number, request.key.0, why, by.user, by.session, codec::nanoseconds(by.at)])?;
            told_correction::take_back(transaction, by, number, transaction.last_insert_rowid())?;
            let why = why.map_or_else(String::new, |why| format!(": {why}"));
            let detail = format!("{readings} readings{}{why}", in_trail(standing.correction));
            let upload = upload_of(transaction, number)?;
            note(
                transaction,
                by,
                audit::AuditAction::TimeCorrectionUndone,
                standing.subject,
                upload.as_ref(),
                &detail,
            )?;
            Ok(TimesMoved { readings })
        })
    }
}

/// From when to when by the meter's time, and by how much, as the trail says it.
fn in_trail(correction: ClockCorrection) -> String {
    let ClockCorrection { first, last, seconds } = correction;
    format!(" from {first} to {last} by {seconds} s")
}

/// An upload of a correction's readings.
fn upload_of(connection: &Connection, correction: i64) -> Result<Option<UploadId>, StoreError> {
    let upload: Option<i64> = connection
        .prepare_cached(
            "SELECT a.upload FROM corrected_readings c JOIN assignments a ON a.id = c.assignment
             WHERE c.correction = ?1 ORDER BY c.assignment LIMIT 1",
        )?
        .query_row([correction], |row| row.get(0))
        .optional()?
        .flatten();
    Ok(upload.map(|upload| UploadId(upload.to_string())))
}

/// A reason that says something.
fn said(reason: &Clean) -> Option<Clean> {
    let reason = Clean::new(reason.as_str().trim(), LONGEST_REASON);
    (!reason.as_str().is_empty()).then_some(reason)
}

fn note(
    connection: &Connection,
    by: By<'_>,
    action: audit::AuditAction,
    subject: i64,
    upload: Option<&UploadId>,
    detail: &str,
) -> Result<(), StoreError> {
    let patient: PatientId = subjects::own(connection, subject)?.id;
    audit::append(connection, by, action, Some(&patient), upload, detail)
}

/// Writes what was said; gives its row.
fn write(
    connection: &Connection,
    by: By<'_>,
    here: &MeterInRecord,
    request: &CorrectionRequest,
    reason: &Clean,
) -> Result<i64, StoreError> {
    let ClockCorrection { first, last, seconds } = request.correction;
    connection
        .prepare_cached(
            "INSERT INTO time_corrections (request_key, kind, meter, subject, first_time, last_time, seconds, reason,
                 user, session, at)
             VALUES (?1, 'corrected', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            request.key.0,
            here.meter,
            here.subject,
            first.to_string(),
            last.to_string(),
            seconds,
            reason.as_str(),
            by.user,
            by.session,
            codec::nanoseconds(by.at)
        ])?;
    Ok(connection.last_insert_rowid())
}

/// Writes the corrected time of each reading of the span; gives how many. That the record has them by it is the
/// database's work.
fn correct(
    connection: &Connection,
    here: &MeterInRecord,
    correction: i64,
    said: ClockCorrection,
) -> Result<u32, StoreError> {
    let found: Vec<(i64, i64, String)> = connection
        .prepare_cached(
            "SELECT x.reading, x.assignment, r.time FROM records x JOIN readings r ON r.id = x.reading
             WHERE r.meter = ?1 AND x.subject = ?2 AND r.time <> '' AND x.time = r.time",
        )?
        .query_map([here.meter, here.subject], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut write = connection.prepare_cached(
        "INSERT INTO corrected_readings (correction, reading, assignment, time) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let mut count = 0;
    for (reading, assignment, time) in found {
        let time: DateTime = time.parse().map_err(|_| StoreError::Damaged { what: "time" })?;
        if let Some(corrected) = said.corrected(time) {
            write.execute(params![correction, reading, assignment, corrected.to_string()])?;
            count += 1;
        }
    }
    Ok(count)
}

/// The result of the same request made before.
fn earlier_correction(connection: &Connection, request: &CorrectionRequest) -> Result<Option<TimesMoved>, StoreError> {
    let ClockCorrection { first, last, seconds } = request.correction;
    let (upload, subject) = (quarantine::row(&request.upload)?, subjects::row(connection, &request.seen.patient)?);
    let earlier: Option<(i64, bool)> = connection
        .prepare_cached(
            "SELECT id, coalesce(first_time = ?2 AND last_time = ?3 AND seconds = ?4 AND kind = 'corrected'
                 AND meter = (SELECT meter FROM uploads WHERE id = ?5) AND subject = ?6, 0)
             FROM time_corrections WHERE request_key = ?1",
        )?
        .query_row(params![request.key.0, first.to_string(), last.to_string(), seconds, upload, subject], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    match earlier {
        None => Ok(None),
        Some((id, true)) => Ok(Some(TimesMoved { readings: readings_of(connection, id)? })),
        Some((_, false)) => Err(StoreError::KeyReused),
    }
}

/// The result of the same undoing made before.
fn earlier_undoing(
    connection: &Connection,
    request: &CorrectionUndoRequest,
    correction: i64,
) -> Result<Option<TimesMoved>, StoreError> {
    let earlier: Option<Option<i64>> = connection
        .prepare_cached("SELECT supersedes FROM time_corrections WHERE request_key = ?1")?
        .query_row([&request.key.0], |row| row.get(0))
        .optional()?;
    match earlier {
        None => Ok(None),
        Some(of) if of == Some(correction) => Ok(Some(TimesMoved { readings: readings_of(connection, correction)? })),
        Some(_) => Err(StoreError::KeyReused),
    }
}
