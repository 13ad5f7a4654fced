//! The one transaction that gives a meter, with its readings from a day on, from one patient to another: see
//! [`crate::domain::transfer`]. Nothing is deleted: a row for each assignment whose readings go along says whose they
//! are now, why, and from which day on.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use super::meter_days::MeterDays;
use super::ownership::{self, OpenOwnership};
use super::readings::{self, Stored};
use super::{By, Store, audit, codec, meter_days, meters, outbox, subjects, transfer_checks};
use crate::domain::patient::Status;
use crate::domain::text::{Clean, Private};
use crate::domain::transfer::{SideOfCut, TransferCounts, TransferOffer, TransferOrder, TransferPlan};
use crate::domain::validation::LONGEST_REASON;

/// What would go along, and what would stay.
struct Division {
    open: OpenOwnership,
    /// Who gets it.
    to: i64,
    /// The readings that go along, by the row of `assignments` that gave them.
    moved: BTreeMap<i64, Vec<i64>>,
    counts: TransferCounts,
    /// From which day on the meter is theirs then; nothing: from the beginning, because it comes back to whoever had
    /// it, and nobody else has a day of it.
    first_day: Option<Date>,
}

/// The transfer with which the meter came to whoever has it.
struct EarlierTransfer {
    id: i64,
    from: i64,
    first_day: Date,
}

impl Store {
    /// What a transfer would do.
    ///
    /// # Errors
    /// [`StoreError::MoveNotTheirs`] if the meter is not theirs any more, cannot be told from others, or is to go to
    /// its owner; [`StoreError::NotActive`] if nothing may be written into the other's record;
    /// [`StoreError::MoveAtPlatform`], [`StoreError::MoveDayAhead`], [`StoreError::TimesCorrected`],
    /// [`StoreError::MoveReachesThird`], [`StoreError::MoveRestedOn`], [`StoreError::NotFound`], or the database's.
    pub fn transfer_offer(&self, by: By<'_>, plan: &TransferPlan) -> Result<TransferOffer, StoreError> {
        let mut reader = self.reader();
        // One transaction: what is shown belongs together even while somebody assigns.
        let reader = reader.transaction()?;
        let division = divide(&reader, by, plan)?;
        let (model, serial) = reader
            .prepare_cached("SELECT model, serial FROM meters WHERE id = ?1")?
            .query_row([division.open.meter], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        Ok(TransferOffer {
            from: Box::new(subjects::load(&reader, division.open.subject)?),
            to: Box::new(subjects::load(&reader, division.to)?),
            model: Clean::from(model),
            serial: Private::new(Clean::from(serial)),
            first_day: plan.first_day,
            in_force: division.first_day,
            counts: division.counts,
        })
    }

    /// Transfers a meter. A repeated call with the same key gives the first result.
    ///
    /// # Errors
    /// As [`Store::transfer_offer`]; [`StoreError::UploadChanged`] if it is not as it was shown,
    /// [`StoreError::MoveReasonMissing`], [`StoreError::IdentityNotProved`] of either person, or
    /// [`StoreError::KeyReused`]; then nothing was changed.
    pub fn transfer(&self, by: By<'_>, request: &TransferOrder) -> Result<TransferCounts, StoreError> {
        self.write(|transaction| {
            if let Some(earlier) = earlier_result(transaction, request)? {
                return Ok(earlier);
            }
            let plan = &request.plan;
            let division = divide(transaction, by, plan)?;
            if division.counts != request.seen {
                return Err(StoreError::UploadChanged);
            }
            let reason = Clean::new(request.reason.as_str().trim(), LONGEST_REASON);
            if reason.as_str().is_empty() {
                return Err(StoreError::MoveReasonMissing);
            }
            let (open, to) = (&division.open, division.to);
            let before = transfer_checks::prove(transaction, (open.row, open.subject), &request.answers.from)?;
            let after = transfer_checks::prove(transaction, (open.row, to), &request.answers.to)?;
            let opened = change_owner(transaction, by, &division)?;
            let TransferCounts { moved, stayed, unsure } = division.counts;
            transaction
                .prepare_cached(
                    "INSERT INTO transfers (request_key, meter, closed, opened, first_day, reason, identity_before,
                         identity_after, moved, stayed, unsure, last_assignment, user, session, at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
                         (SELECT coalesce(max(id), 0) FROM assignments), ?12, ?13, ?14)",
                )?
                .execute(params![
                    request.key.0,
                    open.meter,
                    open.row,
                    opened,
                    plan.first_day.to_string(),
                    reason.as_str(),
                    before,
                    after,
                    moved,
                    stayed,
                    unsure,
                    by.user,
                    by.session,
                    codec::nanoseconds(by.at)
                ])?;
            move_readings(transaction, by, request, &division, reason.as_str())?;
            let from = subjects::own(transaction, open.subject)?.id;
            let counts = format!("from {}, moved {moved}, stayed {stayed}, unsure {unsure}", plan.first_day);
            for (patient, other) in [(&from, format!("to {}", plan.to.0)), (&plan.to, format!("of {}", from.0))] {
                let detail = format!("{other}, {counts}: {reason}");
                audit::append(transaction, by, audit::AuditAction::Transferred, Some(patient), None, &detail)?;
            }
            Ok(division.counts)
        })
    }
}

/// What would go along and what would stay, unless it cannot be done.
fn divide(connection: &Connection, by: By<'_>, plan: &TransferPlan) -> Result<Division, StoreError> {
    let open = ownership::open(connection, &plan.ownership)?;
    let to = subjects::confirmed(connection, &plan.to)?;
    if is_at_platform(connection, &open, to)? {
        return Err(StoreError::MoveAtPlatform);
    }
    if to == open.subject
        || !meters::is_identifiable(connection, open.meter)?
        || subjects::status(connection, open.subject)? == Status::Merged
    {
        return Err(StoreError::MoveNotTheirs);
    }
    if subjects::status(connection, to)? != Status::Active {
        return Err(StoreError::NotActive);
    }
    if has_corrected_times(connection, open.meter, [open.subject, to])? {
        return Err(StoreError::TimesCorrected);
    }
    // The meter's day may have begun where this computer's has not: no clock is more than a day before another.
    let latest = by.at.to_zoned(TimeZone::UTC).date().tomorrow().unwrap_or(Date::MAX);
    if plan.first_day > latest {
        return Err(StoreError::MoveDayAhead);
    }
    let mut days = MeterDays::of(connection, open.meter)?.unwrap_or_else(|| MeterDays::of_one(open.subject));
    if days.has_others_since(plan.first_day, [open.subject, to])
        || reaches_third(connection, &open, to, plan.first_day)?
    {
        return Err(StoreError::MoveReachesThird);
    }
    let before = before(connection, &open)?.filter(|before| before.from == to && plan.first_day <= before.first_day);
    let came_along = match &before {
        Some(before) => came_along(connection, before)?,
        None => Vec::new(),
    };
    let mut moved: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let mut counts = TransferCounts::default();
    for (stored, assignment) in held(connection, &open)? {
        match SideOfCut::of(&stored.reading, plan.first_day) {
            // What came with the meter goes back with it, whatever was doubted of it since.
            SideOfCut::Unsure if came_along.contains(&stored.id) => {
                moved.entry(assignment).or_default().push(stored.id);
                counts.moved += 1;
            }
            SideOfCut::Since => {
                moved.entry(assignment).or_default().push(stored.id);
                counts.moved += 1;
            }
            SideOfCut::Before => counts.stayed += 1,
            SideOfCut::Unsure => counts.unsure += 1,
        }
    }
    if is_rested_on(connection, &moved)? {
        return Err(StoreError::MoveRestedOn);
    }
    days.give(to, plan.first_day);
    let first_day = days.since();
    Ok(Division { open, to, moved, counts, first_day })
}

/// The readings of the meter that its owner has, each with the row that gave it.
fn held(connection: &Connection, open: &OpenOwnership) -> Result<Vec<(Stored, i64)>, StoreError> {
    let all = readings::stored(connection, "r.meter = ?1 AND x.subject = ?2", [open.meter, open.subject])?;
    let mut row_of = connection.prepare_cached("SELECT assignment FROM records WHERE reading = ?1")?;
    all.into_iter()
        .map(|stored| {
            let row = row_of.query_row([stored.id], |row| row.get(0))?;
            Ok((stored, row))
        })
        .collect()
}

/// Whether a care platform is concerned: it was told of the meter, or has one of the two people.
fn is_at_platform(connection: &Connection, open: &OpenOwnership, to: i64) -> Result<bool, StoreError> {
    Ok(ownership::is_told(connection, open.meter)?
        || subjects::is_of_directory(connection, open.subject)?
        || subjects::is_of_directory(connection, to)?)
}

/// Whether the record of either of the two has readings of the meter by corrected times: that was confirmed for this
/// record, and a day of the meter's clock is not the one that it shows.
fn has_corrected_times(connection: &Connection, meter: i64, people: [i64; 2]) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT 1 FROM readings r JOIN records x ON x.reading = r.id JOIN corrected_times c ON c.reading = r.id
             WHERE r.meter = ?1 AND x.subject IN (?2, ?3)",
        )?
        .exists(params![meter, people[0], people[1]])?)
}

/// Whether somebody else than the two has a reading of the meter from that day of its clock on.
fn reaches_third(connection: &Connection, open: &OpenOwnership, to: i64, first_day: Date) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT 1 FROM readings r JOIN records x ON x.reading = r.id
             WHERE r.meter = ?1 AND x.subject NOT IN (?2, ?3) AND r.time >= ?4",
        )?
        .exists(params![open.meter, open.subject, to, first_day.to_string()])?)
}

/// Whether readings of a meter without a serial number are in no record because one that would go is in it.
fn is_rested_on(connection: &Connection, moved: &BTreeMap<i64, Vec<i64>>) -> Result<bool, StoreError> {
    let readings: Vec<i64> = moved.values().flatten().copied().collect();
    Ok(connection
        .prepare_cached("SELECT 1 FROM kept_out WHERE same_as IN (SELECT value FROM json_each(?1))")?
        .exists([codec::json(&readings)?])?)
}

/// The transfer with which a meter came to its owner, if it did.
fn before(connection: &Connection, open: &OpenOwnership) -> Result<Option<EarlierTransfer>, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT t.id, c.subject, t.first_day FROM transfers t JOIN ownerships c ON c.id = t.closed
             -- Where it was ended and that was undone, of the one that it goes on with.
             WHERE t.opened = coalesce((SELECT origin FROM ownership_origins WHERE opened = ?1), ?1)",
        )?
        .query_row([open.row], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))
        .optional()?;
    let Some((id, from, first_day)) = found else { return Ok(None) };
    Ok(Some(EarlierTransfer { id, from, first_day: meter_days::day_of(&first_day)? }))
}

/// The readings that went along with a transfer.
fn came_along(connection: &Connection, before: &EarlierTransfer) -> Result<Vec<i64>, StoreError> {
    let mut statement = connection.prepare_cached(
        // It was the last of the meter: whatever was transferred since its last assignment went along with it.
        "SELECT g.reading FROM transfers t
             JOIN assignments a ON a.kind = 'transferred' AND a.meter = t.meter AND a.id > t.last_assignment
             JOIN assigned_readings g ON g.assignment = a.id
         WHERE t.id = ?1",
    )?;
    let readings = statement.query_map([before.id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(readings)
}

/// Closes the one ownership and opens the other; gives the row of that.
fn change_owner(connection: &Connection, by: By<'_>, division: &Division) -> Result<i64, StoreError> {
    let at = codec::nanoseconds(by.at);
    connection
        .prepare_cached(
            "UPDATE ownerships SET closed_at = ?2, closed_by = ?3, closed_session = ?4, closed_why = 'transferred'
             WHERE id = ?1",
        )?
        .execute(params![division.open.row, at, by.user, by.session])?;
    connection
        .prepare_cached(
            "INSERT INTO ownerships (meter, subject, opened_at, opened_by, opened_session, first_day)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            division.open.meter,
            division.to,
            at,
            by.user,
            by.session,
            division.first_day.map(|day| day.to_string())
        ])?;
    Ok(connection.last_insert_rowid())
}

/// Writes whose the readings are now that go along. That they stand in the record then is the database's work.
fn move_readings(
    connection: &Connection,
    by: By<'_>,
    request: &TransferOrder,
    division: &Division,
    reason: &str,
) -> Result<(), StoreError> {
    for (place, (assignment, readings)) in (1..).zip(&division.moved) {
        connection
            .prepare_cached(
                "INSERT INTO assignments (request_key, kind, meter, upload, subject, supersedes, reason, cut, user,
                     session, at, new, already_there)
                 SELECT ?2, 'transferred', meter, upload, ?3, id, ?4, ?5, ?6, ?7, ?8, ?9, 0 FROM assignments
                 WHERE id = ?1",
            )?
            .execute(params![
                assignment,
                format!("{} moved {place}", request.key.0),
                division.to,
                reason,
                request.plan.first_day.to_string(),
                by.user,
                by.session,
                codec::nanoseconds(by.at),
                u32::try_from(readings.len()).unwrap_or(u32::MAX)
            ])?;
        let row = connection.last_insert_rowid();
        let mut give =
            connection.prepare_cached("INSERT INTO assigned_readings (reading, assignment) VALUES (?1, ?2)")?;
        for reading in readings {
            give.execute([*reading, row])?;
        }
        outbox::put(connection, by, row, false)?;
    }
    Ok(())
}

/// The result of the same request made before.
fn earlier_result(connection: &Connection, request: &TransferOrder) -> Result<Option<TransferCounts>, StoreError> {
    let earlier = connection
        .prepare_cached(
            "SELECT t.closed, o.subject, t.first_day, t.moved, t.stayed, t.unsure, o.closed_at IS NULL
             FROM transfers t JOIN ownerships o ON o.id = t.opened WHERE t.request_key = ?1",
        )?
        .query_row([&request.key.0], |row| {
            let counts = TransferCounts { moved: row.get(3)?, stayed: row.get(4)?, unsure: row.get(5)? };
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?, counts, row.get::<_, bool>(6)?))
        })
        .optional()?;
    let Some((closed, subject, first_day, counts, stands)) = earlier else { return Ok(None) };
    let plan = &request.plan;
    let is_same = plan.ownership.0 == closed.to_string()
        && subjects::confirmed(connection, &plan.to)? == subject
        && plan.first_day.to_string() == first_day;
    match (is_same, stands) {
        (true, true) => Ok(Some(counts)),
        // Somebody gave it on, or back: what was done then is not so any more.
        (true, false) => Err(StoreError::MoveNotTheirs),
        (false, _) => Err(StoreError::KeyReused),
    }
}
