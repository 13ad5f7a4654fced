//! What a patient's record holds.

use rusqlite::{Connection, params};

use super::error::StoreError;
use super::subject_set::SubjectSet;
use super::{Store, codec, held_meters, population, readings, record_marks, subjects};
use crate::domain::association::{PastUpload, UploadId};
use crate::domain::left_out::LeftOut;
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::{Patient, PatientId};
use crate::domain::record::{BeyondSource, PatientRecord, RecordOrigin, RecordTotals, Span, UnitCounts};
use crate::domain::text::{Clean, Private};

/// How much of a serial number stands in a list.
const SERIAL_END: usize = 4;

impl Store {
    /// The record of a patient, with the readings of a span. [`PatientRecord::totals`] count the others too.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the database's.
    pub fn record(&self, patient: &PatientId, span: Span) -> Result<PatientRecord, StoreError> {
        let mut reader = self.reader();
        // One transaction: the numbers belong together even while somebody assigns.
        let reader = reader.transaction()?;
        let row = subjects::row(&reader, patient)?;
        told(&reader, subjects::load(&reader, row)?, &subjects::all_of(&reader, row)?, span)
    }

    /// What is here of a patient under these keys alone, whoever is known here to have been merged into whom.
    ///
    /// # Errors
    /// The database's.
    pub fn record_under(&self, patient: Patient, keys: &[PatientId], span: Span) -> Result<PatientRecord, StoreError> {
        let mut reader = self.reader();
        let reader = reader.transaction()?;
        told(&reader, patient, &subjects::of_keys(&reader, keys)?, span)
    }
}

fn told(reader: &Connection, patient: Patient, people: &SubjectSet, span: Span) -> Result<PatientRecord, StoreError> {
    let theirs = SubjectSet::LISTED;
    let statement = format!(
        "SELECT {} FROM records x JOIN readings r ON r.id = x.reading
             WHERE x.subject IN {theirs} AND x.time >= ?2 AND x.time < ?3
             ORDER BY x.time DESC, r.meter_index DESC, r.id DESC",
        readings::SHOWN
    );
    let doubted = format!(
        "SELECT {} FROM records x JOIN readings r ON r.id = x.reading
             WHERE x.subject IN {theirs} AND (r.time = '' OR r.doubts <> '[]'
                 OR EXISTS (SELECT 1 FROM reading_doubts d WHERE d.reading = r.id))",
        readings::SHOWN
    );
    Ok(PatientRecord {
        patient,
        readings: readings::select_shown(
            reader,
            &statement,
            params![people, span.from.to_string(), span.to.to_string()],
        )?,
        totals: RecordTotals {
            readings: reader
                .prepare_cached(&format!("SELECT count(*) FROM records WHERE subject IN {theirs}"))?
                .query_row([people], |row| row.get(0))?,
            left_out: LeftOut::of(&readings::select_shown(reader, &doubted, [people])?),
            units: units(reader, people)?,
            last: population::last_reading(reader, people)?,
        },
        uploads: past_uploads(reader, people)?,
        meters: held_meters::of(reader, people)?,
        beyond: beyond(reader, people, span)?,
        origin: RecordOrigin::Here,
        elsewhere: Vec::new(),
        mark: record_marks::last(reader)?,
    })
}

/// Counted by the database, so that a record of years is not read for it.
fn units(connection: &Connection, people: &SubjectSet) -> Result<UnitCounts, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT r.unit, count(*) FROM records x JOIN readings r ON r.id = x.reading
         WHERE x.subject IN {} AND r.kind = 'blood' AND r.range = 'in' GROUP BY r.unit",
        SubjectSet::LISTED
    ))?;
    let mut rows = statement.query([people])?;
    let mut counts = UnitCounts::default();
    while let Some(row) = rows.next()? {
        counts.add(codec::from_word(&row.get::<_, String>(0)?, "unit")?, row.get(1)?);
    }
    Ok(counts)
}

/// The meters that sent what lies beyond what they measure, in the order of the record: for each such result, the meter
/// of the first read that had it.
fn beyond(connection: &Connection, people: &SubjectSet, span: Span) -> Result<Vec<BeyondSource>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {}, d.identity FROM records x JOIN readings r ON r.id = x.reading
             JOIN downloads d ON d.id = (SELECT min(l.download) FROM download_readings l WHERE l.reading = r.id)
         WHERE x.subject IN {} AND x.time >= ?2 AND x.time < ?3
             AND (r.range IN ('low', 'high') OR r.doubts <> '[]')
         ORDER BY x.time DESC, r.meter_index DESC, r.id DESC",
        readings::SHOWN,
        SubjectSet::LISTED
    ))?;
    let mut rows = statement.query(params![people, span.from.to_string(), span.to.to_string()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let reading = readings::shown_from_row(row)?;
        let (Some(time), Some(beyond)) = (reading.time, reading.beyond()) else { continue };
        let meter: MeterIdentity = codec::from_json(&row.get::<_, String>("identity")?, "meter")?;
        let (index, driver, model) = (reading.index, meter.driver, meter.model);
        found.push(BeyondSource { time, beyond, index, driver, model });
    }
    Ok(found)
}

/// What a record has of each upload. Readings may have gone along with a meter that was transferred: they are counted
/// where they are, and once where they came back.
fn past_uploads(connection: &Connection, people: &SubjectSet) -> Result<Vec<PastUpload>, StoreError> {
    let theirs = SubjectSet::LISTED;
    let gone = "(SELECT count(*) FROM assigned_readings g JOIN records x ON x.reading = g.reading
                 WHERE g.assignment = a.id AND x.subject <> a.subject)";
    let came = "(SELECT count(*) FROM records x JOIN assignments t ON t.id = x.assignment
                 WHERE t.kind = 'transferred' AND t.upload = a.upload AND t.subject = a.subject AND NOT EXISTS (
                     SELECT 1 FROM assigned_readings g JOIN assignments f ON f.id = g.assignment
                     WHERE g.reading = x.reading AND f.kind = 'assigned' AND f.subject = a.subject
                         AND NOT EXISTS (
                             SELECT 1 FROM assignments n WHERE n.supersedes = f.id AND n.kind = 'undone')))";
    let mut statement = connection.prepare_cached(&format!(
        "SELECT u.read_at, u.identity, iif(a.kind = 'transferred', {came}, a.new - {gone}),
             coalesce((SELECT name FROM users WHERE CAST(id AS TEXT) = a.user), a.user), a.already_there, u.id,
             a.kind = 'transferred'
         FROM assignments a JOIN uploads u ON u.id = a.upload
         WHERE a.subject IN {theirs} AND (a.kind = 'assigned' OR (a.kind = 'transferred' AND {came} > 0
                 AND NOT EXISTS (SELECT 1 FROM assignments t WHERE t.kind = 'transferred' AND t.upload = a.upload
                     AND t.subject = a.subject AND t.id > a.id)))
             AND NOT EXISTS (SELECT 1 FROM assignments u WHERE u.supersedes = a.id AND u.kind = 'undone')
         ORDER BY u.read_at DESC, u.id DESC, a.id DESC"
    ))?;
    let mut rows = statement.query([people])?;
    let mut uploads = Vec::new();
    while let Some(row) = rows.next()? {
        let meter: MeterIdentity = codec::from_json(&row.get::<_, String>(1)?, "meter")?;
        let serial = meter.serial.expose().as_str();
        let hidden = serial.chars().count().saturating_sub(SERIAL_END);
        let end: String = serial.chars().skip(hidden).collect();
        uploads.push(PastUpload {
            upload: UploadId(row.get::<_, i64>(5)?.to_string()),
            read_at: codec::timestamp(row.get(0)?)?,
            way: meter.way(),
            model: meter.model,
            serial_end: Private::new(Clean::from(end)),
            new: row.get(2)?,
            already_there: row.get(4)?,
            user: Clean::from(row.get::<_, String>(3)?),
            is_transferred: row.get(6)?,
        });
    }
    Ok(uploads)
}
