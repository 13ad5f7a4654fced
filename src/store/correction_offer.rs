//! What whoever corrects the times of a meter's readings is shown: all that the record has of it, and what was
//! corrected already.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::error::StoreError;
use super::told_correction::{MeterInRecord, ToldOfTimes, is_there, who_is_told};
use super::{By, Store, codec, quarantine, readings, subjects};
use crate::domain::association::UploadId;
use crate::domain::clinic::Role;
use crate::domain::held_meter::MeterCorrection;
use crate::domain::patient::PatientId;
use crate::domain::text::Clean;
use crate::domain::time_correction::{
    ClockCorrection, CorrectionId, CorrectionOffer, CorrectionReach, MemoryPlace, StandingCorrection, TimedReading,
    clock_runs,
};
use crate::domain::undo::{UndoTerms, Withdrawals};

/// The readings of a meter in a record that have a time, in the order of the meter's, and from when to when those of
/// the upload are.
#[derive(Default)]
struct MeterReadings {
    timed: Vec<TimedReading>,
    span: Option<(DateTime, DateTime)>,
}

/// A correction that stands, as it was written.
pub(super) struct StandingRow {
    id: i64,
    pub(super) subject: i64,
    /// What was said.
    pub(super) correction: ClockCorrection,
    user: String,
    at: Timestamp,
}

/// The corrections that stand, in the columns that [`standing_from_row`] takes, then the reason and the name of whoever
/// corrected.
const STANDING: &str = "SELECT t.id, t.subject, t.user, t.at, t.first_time, t.last_time, t.seconds, t.reason,
        coalesce((SELECT name FROM users WHERE CAST(id AS TEXT) = t.user), t.user)
    FROM (SELECT * FROM time_corrections c WHERE c.kind = 'corrected'
        AND NOT EXISTS (SELECT 1 FROM time_corrections u WHERE u.supersedes = c.id)) t";

/// Those of a meter in a record, the last first.
const OF_METER: &str = "t.meter = ?1 AND t.subject = ?2 ORDER BY t.id DESC";

impl Store {
    /// The readings of an upload's meter in this patient's record, for whoever corrects their times in this role.
    /// `zone` is the clinic's; `withdrawals` says whether a care platform is told to change what it was told.
    ///
    /// # Errors
    /// [`StoreError::UploadChanged`] if the upload is not in this patient's record, [`StoreError::TimesToldThere`]
    /// unless a correction stands: then it has no readings, and that one can be undone; or the database's.
    pub fn correction_offer(
        &self,
        by: By<'_>,
        role: Role,
        upload: &UploadId,
        patient: &PatientId,
        zone: &TimeZone,
        withdrawals: Withdrawals,
    ) -> Result<CorrectionOffer, StoreError> {
        let mut reader = self.reader();
        // One transaction: what is shown belongs together even while somebody assigns.
        let reader = reader.transaction()?;
        let here = in_record(&reader, upload, patient)?;
        match who_is_told(&reader, &here, withdrawals) {
            Ok(told) => offer(&reader, by, role, &here, upload, zone, told),
            // What was corrected before can be undone all the same: what holds up may be waiting for that.
            Err(StoreError::TimesToldThere) => {
                let offer = offer(&reader, by, role, &here, upload, zone, ToldOfTimes::Platform)?;
                match offer.standing.first() {
                    Some(last) if withdrawals == Withdrawals::Sent || !is_there(&reader, row(&last.id)?)? => {
                        let reach = CorrectionReach::OnlyUndone;
                        Ok(CorrectionOffer { readings: Vec::new(), span: None, reach, ..offer })
                    }
                    _ => Err(StoreError::TimesToldThere),
                }
            }
            Err(error) => Err(error),
        }
    }
}

/// The number behind a correction's key.
pub(super) fn row(id: &CorrectionId) -> Result<i64, StoreError> {
    id.0.parse().map_err(|_| StoreError::NotFound { what: "the correction of times" })
}

/// The meter of an upload in the record of a patient, who is whoever was looked at: the upload may be in another record
/// by now.
pub(super) fn in_record(
    connection: &Connection,
    upload: &UploadId,
    patient: &PatientId,
) -> Result<MeterInRecord, StoreError> {
    let (upload, subject) = (quarantine::row(upload)?, subjects::row(connection, patient)?);
    connection
        .prepare_cached(
            "SELECT a.meter, a.subject FROM assignments a
             WHERE a.upload = ?1 AND a.subject = ?2 AND a.kind IN ('assigned', 'transferred')
                 AND NOT EXISTS (SELECT 1 FROM assignments u WHERE u.supersedes = a.id AND u.kind = 'undone')
             ORDER BY a.id DESC LIMIT 1",
        )?
        .query_row([upload, subject], |row| Ok(MeterInRecord { meter: row.get(0)?, subject: row.get(1)? }))
        .optional()?
        .ok_or(StoreError::UploadChanged)
}

pub(super) fn offer(
    connection: &Connection,
    by: By<'_>,
    role: Role,
    here: &MeterInRecord,
    upload: &UploadId,
    zone: &TimeZone,
    told: ToldOfTimes,
) -> Result<CorrectionOffer, StoreError> {
    let MeterReadings { timed, span } = timed(connection, here, quarantine::row(upload)?, zone)?;
    let undated = connection
        .prepare_cached(
            "SELECT count(*) FROM records x JOIN readings r ON r.id = x.reading
             WHERE r.meter = ?1 AND x.subject = ?2 AND r.time = ''",
        )?
        .query_row([here.meter, here.subject], |row| row.get(0))?;
    let identity: String = connection
        .prepare_cached("SELECT identity FROM uploads WHERE id = ?1")?
        .query_row([quarantine::row(upload)?], |row| row.get(0))?;
    Ok(CorrectionOffer {
        upload: upload.clone(),
        patient: Box::new(subjects::load(connection, here.subject)?),
        meter: codec::from_json(&identity, "meter")?,
        span,
        readings: timed,
        undated,
        standing: all_standing(connection, by, role, here)?,
        reach: match told {
            ToldOfTimes::Nobody => CorrectionReach::Here,
            ToldOfTimes::Platform => CorrectionReach::Platform,
        },
    })
}

/// The readings that have a time, in the order of the meter's, and from when to when those of the upload are.
fn timed(
    connection: &Connection,
    here: &MeterInRecord,
    upload: i64,
    zone: &TimeZone,
) -> Result<MeterReadings, StoreError> {
    let runs = runs(connection, here.meter)?;
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {}, a.upload, f.read_at,
             (SELECT max(e.read_at) FROM downloads e JOIN uploads u ON u.id = e.upload
              WHERE u.meter = r.meter AND e.id < f.id),
             l.download, l.meter_index, r.id
         FROM records x JOIN readings r ON r.id = x.reading JOIN assignments a ON a.id = x.assignment
             JOIN downloads f ON f.id = (SELECT min(download) FROM download_readings WHERE reading = r.id)
             JOIN download_readings l ON l.reading = r.id
                 AND l.download = (SELECT max(download) FROM download_readings WHERE reading = r.id)
         WHERE r.meter = ?1 AND x.subject = ?2 AND r.time <> ''
         GROUP BY r.id ORDER BY r.time, r.meter_index, r.id",
        readings::SHOWN
    ))?;
    let on_the_wall = |at| Ok::<_, StoreError>(codec::timestamp(at)?.to_zoned(zone.clone()).datetime());
    let mut rows = statement.query([here.meter, here.subject])?;
    let mut found = MeterReadings::default();
    while let Some(row) = rows.next()? {
        let reading = readings::shown_from_row(row)?;
        let (Some(shown), Some(time)) = (reading.time, reading.meter_time()) else { continue };
        if row.get::<_, Option<i64>>(13)? == Some(upload) {
            found.span = Some(found.span.map_or((time, time), |(first, _)| (first, time)));
        }
        found.timed.push(TimedReading {
            time,
            shown,
            read_at: on_the_wall(row.get(14)?)?,
            missing_at: row.get::<_, Option<i64>>(15)?.map(on_the_wall).transpose()?,
            last_read: row.get(16)?,
            place: row.get(17)?,
            clock_run: runs.get(&row.get(18)?).copied().unwrap_or_default(),
            is_doubted: reading.doubts.iter().any(|doubt| doubt.is_of_time()),
            kind: reading.kind,
            measured: reading.measured,
        });
    }
    Ok(found)
}

/// How often the meter's clock had gone back before each of its readings, whoever has them.
fn runs(connection: &Connection, meter: i64) -> Result<BTreeMap<i64, u32>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT r.id, r.time, l.download, l.meter_index, r.kind FROM readings r
             JOIN download_readings l ON l.reading = r.id
                 AND l.download = (SELECT max(download) FROM download_readings WHERE reading = r.id)
         WHERE r.meter = ?1 AND r.time <> '' GROUP BY r.id",
    )?;
    let mut rows = statement.query([meter])?;
    let (mut readings, mut memory) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let kind = codec::from_word(&row.get::<_, String>(4)?, "kind")?;
        readings.push(row.get::<_, i64>(0)?);
        memory.push(MemoryPlace { time: time(row, 1)?, last_read: row.get(2)?, place: row.get(3)?, kind });
    }
    Ok(readings.into_iter().zip(clock_runs(&memory)).collect())
}

/// The corrections of a meter's readings in a record that stand, the last first.
fn all_standing(
    connection: &Connection,
    by: By<'_>,
    role: Role,
    here: &MeterInRecord,
) -> Result<Vec<StandingCorrection>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{STANDING} WHERE {OF_METER}"))?;
    let mut rows = statement.query([here.meter, here.subject])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let standing = standing_from_row(row)?;
        found.push(StandingCorrection {
            id: CorrectionId(standing.id.to_string()),
            correction: standing.correction,
            readings: readings_of(connection, standing.id)?,
            at: standing.at,
            by: Clean::from(row.get::<_, String>(8)?),
            reason: Clean::from(row.get::<_, String>(7)?),
            terms: terms(connection, by, role, &standing)?,
        });
    }
    Ok(found)
}

fn time(row: &Row<'_>, column: usize) -> Result<DateTime, StoreError> {
    row.get::<_, String>(column)?.parse().map_err(|_| StoreError::Damaged { what: "time" })
}

fn standing_from_row(row: &Row<'_>) -> Result<StandingRow, StoreError> {
    let at = codec::timestamp(row.get(3)?)?;
    let correction = ClockCorrection { first: time(row, 4)?, last: time(row, 5)?, seconds: row.get(6)? };
    Ok(StandingRow { correction, id: row.get(0)?, subject: row.get(1)?, user: row.get(2)?, at })
}

/// The corrections of a meter's readings in a record that stand, the last first, for whoever looks at the meter.
pub(super) fn of_meter(connection: &Connection, meter: i64, subject: i64) -> Result<Vec<MeterCorrection>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{STANDING} WHERE {OF_METER}"))?;
    let mut rows = statement.query([meter, subject])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let standing = standing_from_row(row)?;
        found.push(MeterCorrection {
            correction: standing.correction,
            readings: readings_of(connection, standing.id)?,
            reason: Clean::from(row.get::<_, String>(7)?),
        });
    }
    Ok(found)
}

/// The correction of this number, if it stands.
pub(super) fn standing(connection: &Connection, correction: i64) -> Result<Option<StandingRow>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{STANDING} WHERE t.id = ?1"))?;
    let mut rows = statement.query([correction])?;
    rows.next()?.map(standing_from_row).transpose()
}

/// On which terms somebody may undo a correction: those of everything that is undone. The latest time in the trail
/// since counts, whatever this computer's clock shows now.
pub(super) fn terms(
    connection: &Connection,
    by: By<'_>,
    role: Role,
    standing: &StandingRow,
) -> Result<UndoTerms, StoreError> {
    let latest: Option<i64> = connection
        .prepare_cached(
            "SELECT max(at) FROM audit WHERE id > (
                 SELECT id FROM audit WHERE action = 'times-corrected' AND user = ?1 AND at = ?2
                 ORDER BY id DESC LIMIT 1)",
        )?
        .query_row(params![standing.user, codec::nanoseconds(standing.at)], |row| row.get(0))?;
    let latest = latest.map(codec::timestamp).transpose()?.map_or(by.at, |known| known.max(by.at));
    // Before the correction by the clock, whatever else is known: the clock was set back behind it.
    let latest = if by.at < standing.at { by.at } else { latest };
    Ok(UndoTerms::of(role, standing.user == by.user, standing.at, latest))
}

/// Of how many readings a correction gave another time.
pub(super) fn readings_of(connection: &Connection, correction: i64) -> Result<u32, StoreError> {
    Ok(connection
        .prepare_cached("SELECT count(*) FROM corrected_readings WHERE correction = ?1")?
        .query_row([correction], |row| row.get(0))?)
}
