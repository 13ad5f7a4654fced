//! Downloads that wait for a patient.
//!
//! A meter has at most one upload that waits. Reading the meter again while it waits adds the new download to it:
//! each download keeps its own transcript, and each reading knows every download that had it.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::clock_verdict::clock_verdict;
use super::error::StoreError;
use super::readings;
use super::{By, Store, audit, codec, former_owner, meters, not_theirs, repeats, subjects, take_back, told_clock};
use crate::domain::association::{LastResult, Owner, Upload, UploadId};
use crate::domain::download::{Counts, Download, Packet};
use crate::domain::intake_check;
use crate::domain::meter_clock::ClockReading;
use crate::domain::reading::Reading;
use crate::domain::same_result;

impl Store {
    /// Keeps a complete download; on disk when this returns.
    ///
    /// # Errors
    /// [`StoreError::Incomplete`] for a partial download, or the database's; then nothing was kept.
    pub fn quarantine(&self, by: By<'_>, download: &Download) -> Result<Upload, StoreError> {
        // What is missing in a partial download nobody would miss later: the meter is read again instead.
        if !download.is_complete() {
            return Err(StoreError::Incomplete);
        }
        self.write(|transaction| {
            let (_, id) = keep(transaction, by, download)?;
            load(transaction, &UploadId(id.to_string()))
        })
    }

    /// The uploads that wait for a patient, oldest first.
    ///
    /// # Errors
    /// The database's; one upload that cannot be read is one for all, so that none is left out unseen.
    pub fn pending(&self) -> Result<Vec<Upload>, StoreError> {
        let reader = self.reader();
        let mut statement =
            reader.prepare_cached("SELECT id FROM uploads WHERE state = 'pending' ORDER BY read_at, id")?;
        let rows = statement.query_map((), |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(|id| load(&reader, &UploadId(id.to_string()))).collect()
    }

    /// One upload as it stands now, waiting or assigned.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the database's.
    pub fn upload(&self, id: &UploadId) -> Result<Upload, StoreError> {
        load(&self.reader(), id)
    }

    /// The readings of an upload, in the order of [`crate::domain::reading::sort`].
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the database's.
    pub fn readings_of(&self, id: &UploadId) -> Result<Vec<Reading>, StoreError> {
        content(&self.reader(), row(id)?)
    }

    /// Every byte of the conversations behind an upload, oldest conversation first.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], or the database's.
    pub fn transcripts_of(&self, id: &UploadId) -> Result<Vec<Vec<Packet>>, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached("SELECT transcript FROM downloads WHERE upload = ?1 ORDER BY id")?;
        let transcripts = statement.query_map([row(id)?], |row| row.get::<_, Vec<u8>>(0))?;
        transcripts.map(|bytes| codec::packets(&bytes?)).collect()
    }
}

/// Keeps a complete download; gives the rows of its meter and of the upload.
pub(super) fn keep(connection: &Connection, by: By<'_>, download: &Download) -> Result<(i64, i64), StoreError> {
    let meter = meters::row(connection, &download.meter)?;
    let id = pending_row(connection, by, meter, download)?;
    let conversation = conversation_row(connection, by, id, download)?;
    link(connection, (meter, id, conversation), download)?;
    let content = content(connection, id)?;
    refresh(connection, by, id, download, content)?;
    audit::append(connection, by, audit::AuditAction::Quarantined, None, Some(&UploadId(id.to_string())), "")?;
    Ok((meter, id))
}

/// The number behind an upload's key.
pub(super) fn row(id: &UploadId) -> Result<i64, StoreError> {
    match id.0.parse::<i64>() {
        // An upload has one key: +7 and 07 are none.
        Ok(number) if number.to_string() == id.0 => Ok(number),
        Ok(_) | Err(_) => Err(StoreError::NotFound { what: "the upload" }),
    }
}

/// The upload of this meter that waits; a new one if there is none.
fn pending_row(connection: &Connection, by: By<'_>, meter: i64, download: &Download) -> Result<i64, StoreError> {
    let there = connection
        .prepare_cached("SELECT id FROM uploads WHERE meter = ?1 AND state = 'pending'")?
        .query_row([meter], |row| row.get(0))
        .optional()?;
    if let Some(id) = there {
        return Ok(id);
    }
    connection
        .prepare_cached(
            "INSERT INTO uploads (meter, state, identity, read_at, counts, first_time, last_time, warnings)
             VALUES (?1, 'pending', ?2, ?3, ?4, '', '', 0)",
        )?
        .execute(params![
            meter,
            codec::json(&download.meter)?,
            codec::nanoseconds(by.at),
            codec::json(&Counts::default())?
        ])?;
    Ok(connection.last_insert_rowid())
}

fn conversation_row(connection: &Connection, by: By<'_>, upload: i64, download: &Download) -> Result<i64, StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO downloads (upload, identity, clock, announced, warnings, transcript, user, session, read_at,
             tells_seconds) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            upload,
            codec::json(&download.meter)?,
            download.clock.as_ref().map(codec::json).transpose()?,
            download.announced,
            codec::json(&download.warnings)?,
            codec::transcript(&download.transcript)?,
            by.user,
            by.session,
            codec::nanoseconds(by.at),
            same_result::tell_seconds(&download.readings)
        ])?;
    Ok(connection.last_insert_rowid())
}

/// Ties each reading of a download to the stored one that is the same result, and stores those that are new.
fn link(
    connection: &Connection,
    (meter, upload, conversation): (i64, i64, i64),
    download: &Download,
) -> Result<(), StoreError> {
    // Of the meter and not of this upload: what was assigned of its memory before comes again with
    // each read.
    let known = readings::stored(connection, "r.meter = ?1", [meter])?;
    let entries: Vec<_> = known.iter().map(readings::Stored::entry).collect();
    let pairs = same_result::pair(&entries, &same_result::entries(&download.readings));
    let owner = meters::given_to(connection, meter)?.map(|owner| subjects::present(connection, owner)).transpose()?;
    let is_of_owner = |stored: &readings::Stored| match (stored.subject, owner) {
        (Some(holder), Some(owner)) => Ok::<_, StoreError>(subjects::present(connection, holder)? == owner),
        (None, _) => Ok(true),
        // Nobody has the meter: whoever has the reading had it before.
        (Some(_), None) => Ok(false),
    };
    let mut link = connection.prepare_cached(
        "INSERT INTO download_readings (download, position, reading, meter_index, said) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (position, (reading, pair)) in (0_i64..).zip(download.readings.iter().zip(pairs)) {
        let (row, said) = match pair.and_then(|place| known.get(place)) {
            Some(stored) => {
                (stored.id, readings::recognise(connection, upload, stored, reading, is_of_owner(stored)?)?)
            }
            None => (readings::store(connection, meter, upload, reading)?, None),
        };
        link.execute(params![conversation, position, row, reading.index, said])?;
    }
    Ok(())
}

/// All readings that the downloads of an upload had, each once.
fn content(connection: &Connection, upload: i64) -> Result<Vec<Reading>, StoreError> {
    let statement = format!(
        "SELECT {} FROM readings r WHERE r.id IN
             (SELECT l.reading FROM downloads d JOIN download_readings l ON l.download = d.id WHERE d.upload = ?1)
         ORDER BY r.time, r.meter_index, r.id",
        readings::COLUMNS
    );
    readings::select(connection, &statement, [upload])
}

/// The results of the last time that an upload has, each once.
fn last_results(connection: &Connection, upload: i64) -> Result<Vec<LastResult>, StoreError> {
    let statement = format!(
        "SELECT {} FROM readings r
         WHERE r.time <> '' AND r.time = (SELECT last_time FROM uploads WHERE id = ?1) AND r.id IN
             (SELECT l.reading FROM downloads d JOIN download_readings l ON l.download = d.id WHERE d.upload = ?1)
         ORDER BY r.id",
        readings::COLUMNS
    );
    let mut results = Vec::new();
    for Reading { kind, measured, .. } in readings::select(connection, &statement, [upload])? {
        let result = LastResult { kind, measured };
        if !results.contains(&result) {
            results.push(result);
        }
    }
    Ok(results)
}

/// Brings the summary of an upload up to its newest download.
fn refresh(
    connection: &Connection,
    by: By<'_>,
    upload: i64,
    download: &Download,
    content: Vec<Reading>,
) -> Result<(), StoreError> {
    let text = |time: Option<jiff::civil::DateTime>| time.map_or_else(String::new, |time| time.to_string());
    // Of all reads of the upload and not of the last one: what is assigned is all that waits, and a
    // person must be shown that.
    let first = text(content.iter().filter_map(|reading| reading.time).min());
    let last = text(content.iter().filter_map(|reading| reading.time).max());
    let clock = told_clock::furthest(connection, upload)?.as_ref().map(codec::json).transpose()?;
    let all = Download { readings: content, transcript: Vec::new(), ..download.clone() };
    connection
        .prepare_cached(
            "UPDATE uploads SET identity = ?2, clock = ?3, read_at = ?4, counts = ?5, first_time = ?6, last_time = ?7,
             warnings = ?8 WHERE id = ?1",
        )?
        .execute(params![
            upload,
            codec::json(&download.meter)?,
            clock,
            codec::nanoseconds(by.at),
            codec::json(&all.counts())?,
            first,
            last,
            u32::try_from(download.warnings.len()).unwrap_or(u32::MAX)
        ])?;
    Ok(())
}

/// One upload with the present owner of its meter.
pub(super) fn load(connection: &Connection, id: &UploadId) -> Result<Upload, StoreError> {
    let number = row(id)?;
    let mut statement = connection.prepare_cached(
        "SELECT identity, clock, read_at, counts, first_time, last_time, warnings, meter,
             (SELECT count(*) FROM readings WHERE first_upload = uploads.id), state = 'pending'
         FROM uploads WHERE id = ?1",
    )?;
    let mut rows = statement.query([number])?;
    let Some(row) = rows.next()? else {
        return Err(StoreError::NotFound { what: "the upload" });
    };
    let (meter, is_pending): (i64, bool) = (row.get(7)?, row.get(9)?);
    let owner = meters::owner(connection, meter)?;
    let holder = if is_pending { None } else { holder(connection, number)? };
    let record = holder.map(|subject| subjects::load(connection, subject)).transpose()?.map(Box::new);
    let held =
        if is_pending && owner == Owner::Unidentifiable { repeats::holdings(connection, meter)? } else { Vec::new() };
    let last_results = if owner == Owner::Unidentifiable { last_results(connection, number)? } else { Vec::new() };
    let clock: Option<ClockReading> =
        row.get::<_, Option<String>>(1)?.map(|clock| codec::from_json(&clock, "clock reading")).transpose()?;
    let clock_verdict = clock_verdict(connection, number)?;
    let asked = clock_verdict.filter(|_| intake_check::must_ask(clock.as_ref()));
    let former_owner =
        if is_pending && owner == Owner::Nobody { former_owner::former_owner(connection, meter)? } else { None };
    let not_theirs = if is_pending { not_theirs::kept_back(connection, meter, number, asked)? } else { None };
    // Of a meter that was another patient's, what nobody has may be from any upload, and not all of it is its owner's.
    let new_readings = match &not_theirs {
        Some(kept) => kept.theirs,
        None => row.get(8)?,
    };
    Ok(Upload {
        id: id.clone(),
        meter: codec::from_json(&row.get::<_, String>(0)?, "meter")?,
        clock,
        read_at: codec::timestamp(row.get(2)?)?,
        counts: codec::from_json(&row.get::<_, String>(3)?, "count")?,
        first: time(row, 4)?,
        last: time(row, 5)?,
        last_results,
        warnings: row.get(6)?,
        owner,
        new_readings,
        clock_verdict,
        held,
        record,
        taken_back: if is_pending { take_back::taken_back(connection, meter)? } else { None },
        not_theirs: not_theirs.map(|kept| kept.counts()).filter(|kept| kept.total() > 0),
        former_owner,
    })
}

/// In whose record an upload is that was assigned: of whoever was given it, while they have any of it; else of whoever
/// has it now. What was decided before it was undone counts for nothing.
pub(super) fn holder(connection: &Connection, upload: i64) -> Result<Option<i64>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT subject FROM assignments a WHERE upload = ?1 AND subject IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM assignments u WHERE u.upload = ?1 AND u.kind = 'undone' AND u.id > a.id)
             ORDER BY EXISTS (SELECT 1 FROM assigned_readings g JOIN records x ON x.reading = g.reading
                     WHERE g.assignment = a.id AND x.subject = a.subject) DESC,
                 kind = 'assigned' DESC, id DESC LIMIT 1",
        )?
        .query_row([upload], |row| row.get(0))
        .optional()?)
}

fn time(row: &Row<'_>, column: usize) -> Result<Option<jiff::civil::DateTime>, StoreError> {
    let text: String = row.get(column)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| StoreError::Damaged { what: "time" })
}
