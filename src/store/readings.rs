//! Readings as rows: digit for digit what the meter sent first.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use rusqlite::{Connection, Row, params};
use serde::Serialize;

use super::codec;
use super::error::StoreError;
use crate::domain::delivery::NumberedReading;
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::{Doubt, Meal, Reading};
use crate::domain::same_result::MemoryEntry;

/// The columns that [`from_row`] takes, in its order. The last two hold the doubts that came later, and
/// those that do not hold.
pub(super) const COLUMNS: &str =
    "r.meter_index, r.time, r.range, r.digits, r.decimals, r.unit, r.kind, r.meal, r.doubts, r.raw,
    (SELECT group_concat(doubt, ' ') FROM reading_doubts WHERE reading = r.id),
    (SELECT group_concat(doubt, ' ') FROM withdrawn_doubts WHERE reading = r.id)";

/// The columns that [`shown_from_row`] takes, in its order: those of [`COLUMNS`], and the corrected time that stands.
/// For what is shown of a record; which result a reading is, its meter's own time says.
pub(super) const SHOWN: &str =
    "r.meter_index, r.time, r.range, r.digits, r.decimals, r.unit, r.kind, r.meal, r.doubts, r.raw,
    (SELECT group_concat(doubt, ' ') FROM reading_doubts WHERE reading = r.id),
    (SELECT group_concat(doubt, ' ') FROM withdrawn_doubts WHERE reading = r.id),
    (SELECT time FROM corrected_times WHERE reading = r.id)";

/// A stored reading, and what tells which result it is.
pub(super) struct Stored {
    /// Its row.
    pub(super) id: i64,
    /// In whose record it is.
    pub(super) subject: Option<i64>,
    /// As it is stored.
    pub(super) reading: Reading,
    /// The download that had it first.
    pub(super) first_read: Option<i64>,
    /// Whether the download that had it first tells seconds.
    tells_seconds: bool,
}

impl Stored {
    /// What tells which result it is.
    pub(super) const fn entry(&self) -> MemoryEntry {
        MemoryEntry {
            kind: self.reading.kind,
            time: self.reading.time,
            measured: self.reading.measured,
            tells_seconds: self.tells_seconds,
        }
    }
}

/// The stored readings `r`, with the record `x` that has them, for which a condition holds, in the
/// order in which they came.
pub(super) fn stored(
    connection: &Connection,
    condition: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<Stored>, StoreError> {
    let statement = format!(
        "SELECT {COLUMNS}, r.id, x.subject, coalesce((SELECT d.tells_seconds FROM downloads d WHERE d.id =
             (SELECT min(l.download) FROM download_readings l WHERE l.reading = r.id)), 1),
             (SELECT min(l.download) FROM download_readings l WHERE l.reading = r.id)
         FROM readings r LEFT JOIN records x ON x.reading = r.id WHERE {condition} ORDER BY r.id"
    );
    let mut statement = connection.prepare_cached(&statement)?;
    let mut rows = statement.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Stored {
            reading: from_row(row)?,
            id: row.get(12)?,
            subject: row.get(13)?,
            tells_seconds: row.get(14)?,
            first_read: row.get(15)?,
        });
    }
    Ok(found)
}

/// The unit of a number without a scale. The table allows for three ranges only, so such a number stands in the first
/// that needs no unit of glucose, and this word, which is looked at first, tells it from LO.
const UNSCALED: &str = "unscaled";

/// A measured value in columns. LO and HI have no digits and no unit.
pub(super) fn columns(measured: Measured) -> Result<(&'static str, u32, u8, String), StoreError> {
    Ok(match measured {
        Measured::Low => ("low", 0, 0, String::new()),
        Measured::High => ("high", 0, 0, String::new()),
        Measured::Unscaled(number) => ("low", u32::from(number), 0, UNSCALED.to_owned()),
        Measured::Value(value) => ("in", value.digits(), value.decimals(), codec::word(value.unit())?),
    })
}

/// What a later download said of a stored reading, where that differs.
#[derive(Serialize)]
struct SaidOtherwise<'a> {
    time: Option<DateTime>,
    measured: Measured,
    meal: Option<Meal>,
    raw: &'a BTreeMap<String, String>,
}

/// Notes that a download has a reading that is stored already. What is stored stays; what this download says otherwise
/// is returned, for its provenance.
///
/// A doubt of the time is added. Only that the meter's clock was set since does not come upon readings that are in a
/// record: they got there while their clock ran.
pub(super) fn recognise(
    connection: &Connection,
    upload: i64,
    stored: &Stored,
    reading: &Reading,
    is_of_owner: bool,
) -> Result<Option<String>, StoreError> {
    for doubt in reading.doubts.iter().filter(|doubt| doubt.is_of_time() && !stored.reading.doubts.contains(doubt)) {
        // What is in the record of somebody who has the meter no more is not judged by a read for its new owner.
        if is_of_owner && !(stored.subject.is_some() && *doubt == Doubt::TimeUncertain) {
            add_doubt(connection, stored.id, upload, *doubt)?;
        }
    }
    let first = &stored.reading;
    if (first.time, first.measured, first.meal) == (reading.time, reading.measured, reading.meal) {
        return Ok(None);
    }
    let said = SaidOtherwise { time: reading.time, measured: reading.measured, meal: reading.meal, raw: &reading.raw };
    codec::json(&said).map(Some)
}

/// Adds a doubt to a reading, beside those it came with.
pub(super) fn add_doubt(connection: &Connection, reading: i64, upload: i64, doubt: Doubt) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO reading_doubts (reading, doubt, upload) SELECT ?1, ?2, ?3
             WHERE NOT EXISTS (SELECT 1 FROM reading_doubts WHERE reading = ?1 AND doubt = ?2)",
        )?
        .execute(params![reading, codec::word(doubt)?, upload])?;
    Ok(())
}

/// Stores a reading that the meter did not have before; gives its row. Equal ones are told apart by their number.
pub(super) fn store(connection: &Connection, meter: i64, upload: i64, reading: &Reading) -> Result<i64, StoreError> {
    let (range, digits, decimals, unit) = columns(reading.measured)?;
    let kind = codec::word(reading.kind)?;
    // Empty and not NULL, here and in the columns of a value: one NULL is never equal to another, and a result without
    // a time would never be found to be there already.
    let time = reading.time.map_or_else(String::new, |time| time.to_string());
    let occurrence: u32 = connection
        .prepare_cached(
            "SELECT coalesce(max(occurrence) + 1, 0) FROM readings WHERE meter = ?1 AND kind = ?2 AND time = ?3
             AND range = ?4 AND digits = ?5 AND decimals = ?6 AND unit = ?7",
        )?
        .query_row(params![meter, kind, time, range, digits, decimals, unit], |row| row.get(0))?;
    let meal = reading.meal.map(codec::word).transpose()?;
    connection
        .prepare_cached(
            "INSERT INTO readings (meter, kind, time, range, digits, decimals, unit, occurrence, meter_index, meal,
             doubts, raw, first_upload) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            meter,
            kind,
            time,
            range,
            digits,
            decimals,
            unit,
            occurrence,
            reading.index,
            meal,
            codec::json(&reading.doubts)?,
            codec::json(&reading.raw)?,
            upload
        ])?;
    Ok(connection.last_insert_rowid())
}

/// The reading in a row that begins with [`COLUMNS`].
pub(super) fn from_row(row: &Row<'_>) -> Result<Reading, StoreError> {
    const DAMAGED: StoreError = StoreError::Damaged { what: "reading" };
    let time: String = row.get(1)?;
    let range: String = row.get(2)?;
    let unit = row.get_ref(5)?.as_str().map_err(|_| DAMAGED)?;
    let measured = match range.as_str() {
        "low" if unit == UNSCALED => Measured::Unscaled(row.get(3)?),
        "low" => Measured::Low,
        "high" => Measured::High,
        "in" => {
            let unit: Unit = codec::from_word(unit, "unit")?;
            Measured::Value(Concentration::new(row.get(3)?, row.get(4)?, unit))
        }
        _ => return Err(DAMAGED),
    };
    let meal: Option<String> = row.get(7)?;
    let mut doubts: Vec<Doubt> = codec::from_json(row.get_ref(8)?.as_str().map_err(|_| DAMAGED)?, "doubt")?;
    let later = self::doubts(row, 10)?;
    if !later.is_empty() {
        doubts.extend(later);
        // The same doubt may have come with the reading and again later.
        doubts.sort_unstable();
        doubts.dedup();
    }
    let withdrawn = self::doubts(row, 11)?;
    // Last: what was withdrawn stays so, whatever a later download says anew.
    doubts.retain(|doubt| !withdrawn.contains(doubt));
    Ok(Reading {
        corrected_from: None,
        index: row.get(0)?,
        time: if time.is_empty() { None } else { Some(time.parse().map_err(|_| DAMAGED)?) },
        measured,
        kind: codec::from_word(row.get_ref(6)?.as_str().map_err(|_| DAMAGED)?, "kind")?,
        meal: meal.map(|meal| codec::from_word(&meal, "meal")).transpose()?,
        doubts,
        raw: codec::from_json(row.get_ref(9)?.as_str().map_err(|_| DAMAGED)?, "raw field")?,
    })
}

/// The reading in a row that begins with [`SHOWN`], at the time by which its record has it.
pub(super) fn shown_from_row(row: &Row<'_>) -> Result<Reading, StoreError> {
    let mut reading = from_row(row)?;
    if let Some(corrected) = row.get::<_, Option<String>>(12)? {
        let corrected = corrected.parse().map_err(|_| StoreError::Damaged { what: "time" })?;
        reading.corrected_from = reading.time.replace(corrected);
    }
    Ok(reading)
}

/// The doubts in a column, with blanks between them.
fn doubts(row: &Row<'_>, column: usize) -> Result<Vec<Doubt>, StoreError> {
    let words: Option<String> = row.get(column)?;
    words.iter().flat_map(|words| words.split(' ')).map(|word| codec::from_word(word, "doubt")).collect()
}

/// The readings that an assignment gave, in the order of their times, each with its number among equal ones.
pub(super) fn of_assignment(connection: &Connection, assignment: i64) -> Result<Vec<NumberedReading>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}, r.occurrence FROM assigned_readings g JOIN readings r ON r.id = g.reading
         WHERE g.assignment = ?1 ORDER BY r.time, r.meter_index, r.id"
    ))?;
    let mut rows = statement.query([assignment])?;
    let mut readings = Vec::new();
    while let Some(row) = rows.next()? {
        readings.push(NumberedReading { reading: from_row(row)?, occurrence: row.get(12)? });
    }
    Ok(readings)
}

/// The readings that a statement selects by [`COLUMNS`].
pub(super) fn select(
    connection: &Connection,
    statement: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<Reading>, StoreError> {
    each(connection, statement, parameters, from_row)
}

/// The readings that a statement selects by [`SHOWN`].
pub(super) fn select_shown(
    connection: &Connection,
    statement: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<Reading>, StoreError> {
    each(connection, statement, parameters, shown_from_row)
}

fn each(
    connection: &Connection,
    statement: &str,
    parameters: impl rusqlite::Params,
    of_row: fn(&Row<'_>) -> Result<Reading, StoreError>,
) -> Result<Vec<Reading>, StoreError> {
    let mut statement = connection.prepare_cached(statement)?;
    let mut rows = statement.query(parameters)?;
    let mut readings = Vec::new();
    while let Some(row) = rows.next()? {
        readings.push(of_row(row)?);
    }
    Ok(readings)
}
