//! The one transaction that ends that a meter is a patient's: see [`crate::domain::ending`]. Nothing is deleted and no
//! reading moves: a row says until which day it was theirs, and why.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use super::meter_days::MeterDays;
use super::ownership::{self, OpenOwnership};
use super::{By, Store, audit, codec, ending_checks, readings, subjects};
use crate::domain::ending::{EndingCounts, EndingOffer, EndingOrder, EndingPlan};
use crate::domain::ownership::EndingReason;
use crate::domain::text::Clean;
use crate::domain::transfer::SideOfCut;
use crate::domain::validation::LONGEST_REASON;

impl Store {
    /// What ending it would leave.
    ///
    /// # Errors
    /// [`StoreError::EndNotTheirs`] if the meter is not theirs any more, [`StoreError::EndAtPlatform`],
    /// [`StoreError::EndDayAhead`] without a day that has come where there is one, [`StoreError::EndBeforeReadings`],
    /// [`StoreError::EndNotInError`], or the database's.
    pub fn ending_offer(&self, by: By<'_>, plan: &EndingPlan) -> Result<EndingOffer, StoreError> {
        let mut reader = self.reader();
        // One transaction: what is shown belongs together even while somebody assigns.
        let reader = reader.transaction()?;
        let (open, counts) = look(&reader, by, plan)?;
        let (model, serial) = ownership::named(&reader, open.meter)?;
        Ok(EndingOffer {
            patient: Box::new(subjects::load(&reader, open.subject)?),
            model,
            serial,
            why: plan.why,
            last_day: plan.last_day,
            counts,
        })
    }

    /// Ends that a meter is a patient's. A repeated call with the same key gives the first result.
    ///
    /// # Errors
    /// As [`Store::ending_offer`]; [`StoreError::UploadChanged`] if it is not as it was shown,
    /// [`StoreError::EndReasonMissing`], [`StoreError::IdentityNotProved`] or [`StoreError::KeyReused`]; then nothing
    /// was changed.
    pub fn end_ownership(&self, by: By<'_>, request: &EndingOrder) -> Result<EndingCounts, StoreError> {
        self.write(|transaction| {
            if let Some(earlier) = earlier_result(transaction, request)? {
                return Ok(earlier);
            }
            let plan = &request.plan;
            let (open, counts) = look(transaction, by, plan)?;
            if counts != request.seen {
                return Err(StoreError::UploadChanged);
            }
            let reason = Clean::new(request.reason.as_str().trim(), LONGEST_REASON);
            if reason.as_str().is_empty() {
                return Err(StoreError::EndReasonMissing);
            }
            let identity = ending_checks::prove(transaction, &open, &request.answer)?;
            let why = codec::word(plan.why)?;
            let at = codec::nanoseconds(by.at);
            transaction
                .prepare_cached(
                    "UPDATE ownerships SET closed_at = ?2, closed_by = ?3, closed_session = ?4, closed_why = 'ended'
                     WHERE id = ?1",
                )?
                .execute(params![open.row, at, by.user, by.session])?;
            transaction
                .prepare_cached(
                    "INSERT INTO endings (request_key, meter, ownership, why, last_day, reason, identity, in_record,
                         last_assignment, user, session, at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, (SELECT coalesce(max(id), 0) FROM assignments), ?9, ?10,
                         ?11)",
                )?
                .execute(params![
                    request.key.0,
                    open.meter,
                    open.row,
                    why,
                    plan.last_day.map(|day| day.to_string()),
                    reason.as_str(),
                    identity,
                    counts.in_record,
                    by.user,
                    by.session,
                    at
                ])?;
            let until = plan.last_day.map_or_else(String::new, |day| format!(" until {day}"));
            let EndingCounts { in_record, kept, free, unsure, .. } = counts;
            let detail =
                format!("{why}{until}, in record {in_record}, kept {kept}, free {free}, unsure {unsure}: {reason}");
            let patient = subjects::own(transaction, open.subject)?.id;
            audit::append(transaction, by, audit::AuditAction::OwnershipEnded, Some(&patient), None, &detail)?;
            Ok(counts)
        })
    }
}

/// What there is of the meter, unless it cannot be ended so.
fn look(connection: &Connection, by: By<'_>, plan: &EndingPlan) -> Result<(OpenOwnership, EndingCounts), StoreError> {
    let Some(open) = ownership::if_open(connection, &plan.ownership)? else { return Err(StoreError::EndNotTheirs) };
    if ownership::is_told(connection, open.meter)? || subjects::is_of_directory(connection, open.subject)? {
        return Err(StoreError::EndAtPlatform);
    }
    if plan.why.has_last_day() != plan.last_day.is_some() {
        return Err(StoreError::EndDayAhead);
    }
    // The meter's day may have begun where this computer's has not: no clock is more than a day before another.
    let latest = by.at.to_zoned(TimeZone::UTC).date().tomorrow().unwrap_or(Date::MAX);
    let counts = count(connection, &open, plan)?;
    // One whose own clock is ahead, and was said to be right, has readings of days that have not come here.
    if plan.last_day.is_some_and(|day| Some(day) > counts.last.max(Some(latest))) {
        return Err(StoreError::EndDayAhead);
    }
    let since = MeterDays::of(connection, open.meter)?.and_then(|days| days.since());
    if plan.why == EndingReason::Error {
        // What is wrong in a record is undone or goes to whose it is: no reading stays behind.
        let is_theirs_by_mistake = counts.in_record == 0 && since.is_none();
        return if is_theirs_by_mistake { Ok((open, counts)) } else { Err(StoreError::EndNotInError) };
    }
    let earliest = since.into_iter().chain(counts.last).max();
    if earliest.zip(plan.last_day).is_some_and(|(earliest, day)| day < earliest) {
        return Err(StoreError::EndBeforeReadings);
    }
    Ok((open, counts))
}

/// What there is of the meter's readings, in the record and in none.
fn count(connection: &Connection, open: &OpenOwnership, plan: &EndingPlan) -> Result<EndingCounts, StoreError> {
    let corrected = corrected(connection, open)?;
    let next_day = plan.last_day.map_or(Date::MIN, |day| day.tomorrow().unwrap_or(Date::MAX));
    let mut counts = EndingCounts::default();
    for stored in readings::stored(connection, "r.meter = ?1", [open.meter])? {
        match stored.subject {
            Some(holder) if holder == open.subject => {
                counts.in_record += 1;
                // By the meter's own clock, as all its days are, also where the record has a corrected time.
                let is_sure = stored.reading.has_sure_time() || corrected.contains(&stored.id);
                counts.last = counts.last.max(stored.reading.time.filter(|_| is_sure).map(DateTime::date));
            }
            Some(_) => {}
            None if plan.last_day.is_none() => counts.free += 1,
            None => match SideOfCut::of(&stored.reading, next_day) {
                SideOfCut::Before => counts.kept += 1,
                SideOfCut::Since => counts.free += 1,
                SideOfCut::Unsure => counts.unsure += 1,
            },
        }
    }
    Ok(counts)
}

/// The readings of the meter that the record has by corrected times.
fn corrected(connection: &Connection, open: &OpenOwnership) -> Result<BTreeSet<i64>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT x.reading FROM readings r JOIN records x ON x.reading = r.id
             JOIN corrected_times c ON c.reading = r.id
         WHERE r.meter = ?1 AND x.subject = ?2",
    )?;
    let rows = statement.query_map([open.meter, open.subject], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(rows)
}

/// The result of the same request made before.
fn earlier_result(connection: &Connection, request: &EndingOrder) -> Result<Option<EndingCounts>, StoreError> {
    let earlier: Option<(i64, String, Option<String>, bool)> = connection
        .prepare_cached(
            "SELECT ownership, why, last_day, EXISTS (SELECT 1 FROM endings_undone u WHERE u.ending = e.id)
             FROM endings e WHERE request_key = ?1",
        )?
        .query_row([&request.key.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let Some((ownership, why, last_day, is_undone)) = earlier else { return Ok(None) };
    let plan = &request.plan;
    let is_same = plan.ownership.0 == ownership.to_string()
        && codec::word(plan.why)? == why
        && plan.last_day.map(|day| day.to_string()) == last_day;
    match (is_same, is_undone) {
        (true, false) => Ok(Some(request.seen)),
        // Somebody undid it: what was done then is not so any more.
        (true, true) => Err(StoreError::EndNotTheirs),
        (false, _) => Err(StoreError::KeyReused),
    }
}
