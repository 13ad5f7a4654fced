//! Where a reading of a record is from: every read of its meter that had it.

use rusqlite::{Connection, params};

use super::error::StoreError;
use super::{Store, codec, readings, subjects};
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::PatientId;
use crate::domain::reading_source::{ReadingSource, SoughtReading};
use crate::domain::text::{Clean, Private};

/// How much of a serial number is told.
const SERIAL_END: usize = 4;

impl Store {
    /// The reads of a meter that had this reading of a patient's record, the first before the others. None, if the
    /// record has it from elsewhere. Two meters may have sent the same: each reading has its own.
    ///
    /// # Errors
    /// The database's.
    pub fn sources_of(&self, patient: &PatientId, sought: &SoughtReading) -> Result<Vec<ReadingSource>, StoreError> {
        let mut reader = self.reader();
        // One transaction: whose it is and where it is from belong together.
        let reader = reader.transaction()?;
        // Of a patient of a directory nothing may have been read here.
        let row = match subjects::row(&reader, patient) {
            Err(StoreError::NotFound { .. }) => return Ok(Vec::new()),
            row => row?,
        };
        let Some(stored) = stored(&reader, row, sought)? else { return Ok(Vec::new()) };
        let mut statement = reader.prepare_cached(
            "SELECT d.read_at, d.identity, coalesce((SELECT name FROM users WHERE CAST(id AS TEXT) = d.user), d.user),
                 l.meter_index
             FROM download_readings l JOIN downloads d ON d.id = l.download
             WHERE l.reading = ?1 ORDER BY d.read_at, d.id",
        )?;
        let mut rows = statement.query([stored])?;
        let mut sources = Vec::new();
        while let Some(row) = rows.next()? {
            let meter: MeterIdentity = codec::from_json(&row.get::<_, String>(1)?, "meter")?;
            let serial = meter.serial.expose().as_str();
            let hidden = serial.chars().count().saturating_sub(SERIAL_END);
            sources.push(ReadingSource {
                read_at: codec::timestamp(row.get(0)?)?,
                serial_end: Private::new(Clean::from(serial.chars().skip(hidden).collect::<String>())),
                model: meter.model,
                user: Clean::from(row.get::<_, String>(2)?),
                place: row.get(3)?,
            });
        }
        Ok(sources)
    }
}

/// The row of a reading of a subject's record.
fn stored(connection: &Connection, subject: i64, sought: &SoughtReading) -> Result<Option<i64>, StoreError> {
    let SoughtReading { reading, alike_before } = sought;
    let (range, digits, decimals, unit) = readings::columns(reading.measured)?;
    // In the order of the record, where the time and the place in the memory are the same.
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {}, r.id FROM records x JOIN readings r ON r.id = x.reading
         WHERE x.subject IN {} AND x.time = ?2 AND r.kind = ?3 AND r.range = ?4 AND r.digits = ?5
             AND r.decimals = ?6 AND r.unit = ?7 AND r.meter_index = ?8
         ORDER BY r.id DESC",
        readings::SHOWN,
        subjects::with_merged("?1")
    ))?;
    let time = reading.time.map_or_else(String::new, |time| time.to_string());
    let kind = codec::word(reading.kind)?;
    let mut rows = statement.query(params![subject, time, kind, range, digits, decimals, unit, reading.index])?;
    let mut passed = 0;
    while let Some(row) = rows.next()? {
        if !readings::shown_from_row(row)?.was_sent_alike(reading) {
            continue;
        }
        if passed == *alike_before {
            return Ok(Some(row.get(13)?));
        }
        passed += 1;
    }
    Ok(None)
}
