//! Readings as rows: digit for digit what the meter sent, and when two of them are the same result.

use std::collections::HashMap;

use jiff::civil::DateTime;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::codec;
use super::error::StoreError;
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::{Kind, Reading};

/// The columns that [`from_row`] takes, in its order.
pub(super) const COLUMNS: &str =
    "r.meter_index, r.time, r.range, r.digits, r.decimals, r.unit, r.kind, r.meal, r.doubts, r.raw";

/// Tells equal readings of one download apart by their place among each other, so that two equal results within one
/// second stay two, and the same download read again adds none.
#[derive(Default)]
pub(super) struct Occurrences(HashMap<(Kind, Option<DateTime>, Measured), u32>);

impl Occurrences {
    /// How many equal readings this one follows.
    pub(super) fn next(&mut self, reading: &Reading) -> u32 {
        let seen = self.0.entry((reading.kind, reading.time, reading.measured)).or_default();
        *seen += 1;
        *seen - 1
    }
}

/// A measured value in columns. LO and HI have no digits and no unit.
fn columns(measured: Measured) -> Result<(&'static str, u32, u8, String), StoreError> {
    Ok(match measured {
        Measured::Low => ("low", 0, 0, String::new()),
        Measured::High => ("high", 0, 0, String::new()),
        Measured::Value(value) => ("in", value.digits(), value.decimals(), codec::word(value.unit())?),
    })
}

/// Stores a reading of a meter unless the meter has it already; gives its row either way. What is stored stays: a
/// meal marker or a raw field that differs on a later read is in the transcript of that read only.
pub(super) fn store(
    connection: &Connection,
    meter: i64,
    upload: i64,
    reading: &Reading,
    occurrence: u32,
) -> Result<i64, StoreError> {
    let (range, digits, decimals, unit) = columns(reading.measured)?;
    let kind = codec::word(reading.kind)?;
    let time = reading.time.map_or_else(String::new, |time| time.to_string());
    let there = connection
        .prepare_cached(
            "SELECT id FROM readings WHERE meter = ?1 AND kind = ?2 AND time = ?3 AND range = ?4 AND digits = ?5
             AND decimals = ?6 AND unit = ?7 AND occurrence = ?8",
        )?
        .query_row(params![meter, kind, time, range, digits, decimals, unit, occurrence], |row| row.get(0))
        .optional()?;
    if let Some(id) = there {
        return Ok(id);
    }
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
    let measured = match range.as_str() {
        "low" => Measured::Low,
        "high" => Measured::High,
        "in" => {
            let unit: Unit = codec::from_word(row.get_ref(5)?.as_str().map_err(|_| DAMAGED)?, "unit")?;
            Measured::Value(Concentration::new(row.get(3)?, row.get(4)?, unit))
        }
        _ => return Err(DAMAGED),
    };
    let meal: Option<String> = row.get(7)?;
    Ok(Reading {
        index: row.get(0)?,
        time: if time.is_empty() { None } else { Some(time.parse().map_err(|_| DAMAGED)?) },
        measured,
        kind: codec::from_word(row.get_ref(6)?.as_str().map_err(|_| DAMAGED)?, "kind")?,
        meal: meal.map(|meal| codec::from_word(&meal, "meal")).transpose()?,
        doubts: codec::from_json(row.get_ref(8)?.as_str().map_err(|_| DAMAGED)?, "doubt")?,
        raw: codec::from_json(row.get_ref(9)?.as_str().map_err(|_| DAMAGED)?, "raw field")?,
    })
}

/// The readings that a statement selects by [`COLUMNS`].
pub(super) fn select(
    connection: &Connection,
    statement: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<Reading>, StoreError> {
    let mut statement = connection.prepare_cached(statement)?;
    let mut rows = statement.query(parameters)?;
    let mut readings = Vec::new();
    while let Some(row) = rows.next()? {
        readings.push(from_row(row)?);
    }
    Ok(readings)
}
