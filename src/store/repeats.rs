//! Readings of a meter without serial number that a record has already.
//!
//! Nothing ties two uploads of such a meter together but its model and what it remembers. So its readings are held
//! against those of the same model that records have, whatever meter brought them there.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::error::StoreError;
use super::readings::{self, Stored};
use super::subjects;
use crate::domain::association::Holding;
use crate::domain::intake_check::is_no_chance;
use crate::domain::reading::Kind;
use crate::domain::same_result;

/// Readings `r` in records, of another meter of this model, that lie in a minute in which this meter has one. `;` is
/// the character behind `:`, so the range holds every second of the minute, and the index by time is used for it. What
/// tells which result it is, is the meter's own time: one that was corrected is looked up by that, for its record has
/// it by another.
const OF_THE_SAME_MINUTE: &str = "r.id IN (
    SELECT o.id FROM readings n
        JOIN records x ON x.time >= substr(n.time, 1, 16) || ':' AND x.time < substr(n.time, 1, 16) || ';'
        JOIN readings o ON o.id = x.reading AND o.time = x.time
        JOIN meters om ON om.id = o.meter
    WHERE n.meter = ?1 AND n.time <> '' AND o.meter <> n.meter
        AND om.model = (SELECT model FROM meters WHERE id = ?1)
    UNION ALL
    SELECT o.id FROM corrected_times c
        JOIN readings o ON o.id = c.reading
        JOIN meters om ON om.id = o.meter
    WHERE o.meter <> ?1 AND om.model = (SELECT model FROM meters WHERE id = ?1)
        AND EXISTS (SELECT 1 FROM readings n WHERE n.meter = ?1 AND n.time <> ''
            AND o.time >= substr(n.time, 1, 16) || ':' AND o.time < substr(n.time, 1, 16) || ';'))";

/// Readings `r` without a time, of a record, of another meter of this model.
fn without_time() -> String {
    let theirs = subjects::with_merged("?2");
    format!(
        "r.id IN (SELECT reading FROM records WHERE subject IN {theirs} AND time = '') AND r.meter <> ?1
         AND r.meter IN (SELECT id FROM meters WHERE model = (SELECT model FROM meters WHERE id = ?1))"
    )
}

/// The readings of a meter that are in no record yet, each with the one that the patient's record has of it, if any.
pub(super) fn repeated(connection: &Connection, meter: i64, subject: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    let new = readings::stored(connection, "r.meter = ?1 AND x.subject IS NULL", [meter])?;
    let mut known = Vec::new();
    for stored in readings::stored(connection, OF_THE_SAME_MINUTE, [meter])? {
        if stored.subject.map(|holder| subjects::present(connection, holder)).transpose()? == Some(subject) {
            known.push(stored);
        }
    }
    known.extend(readings::stored(connection, &without_time(), [meter, subject])?);
    let pairs = same_result::pair(&entries(&known), &entries(&new));
    let both = |(new, pair): (&Stored, Option<usize>)| Some((new.id, known.get(pair?)?.id));
    Ok(new.iter().zip(pairs).filter_map(both).collect())
}

/// The patients who have so many of a meter's readings that it is no chance, those with the most first. Control tests
/// say nothing: their values lie close together. Nor do readings without a time.
pub(super) fn holdings(connection: &Connection, meter: i64) -> Result<Vec<Holding>, StoreError> {
    let mut new = readings::stored(connection, "r.meter = ?1 AND x.subject IS NULL AND r.time <> ''", [meter])?;
    new.retain(|new| new.reading.kind != Kind::Control);
    let mut of_subjects: BTreeMap<i64, Vec<Stored>> = BTreeMap::new();
    for known in readings::stored(connection, OF_THE_SAME_MINUTE, [meter])? {
        if let Some(subject) = known.subject {
            // By who has the record now: two records that were merged are one holder, whose
            // readings count together.
            of_subjects.entry(subjects::present(connection, subject)?).or_default().push(known);
        }
    }
    let comparable = u32::try_from(new.len()).unwrap_or(u32::MAX);
    let mut holdings = Vec::new();
    for (subject, known) in of_subjects {
        let equal = same_result::pair(&entries(&known), &entries(&new)).into_iter().flatten().count();
        let equal = u32::try_from(equal).unwrap_or(u32::MAX);
        if is_no_chance(equal, comparable) {
            let repeated = u32::try_from(repeated(connection, meter, subject)?.len()).unwrap_or(u32::MAX);
            let patient = Box::new(subjects::load(connection, subject)?);
            holdings.push(Holding { patient, readings: equal, repeated });
        }
    }
    holdings.sort_by_key(|holding| std::cmp::Reverse(holding.readings));
    Ok(holdings)
}

fn entries(readings: &[Stored]) -> Vec<same_result::MemoryEntry> {
    readings.iter().map(Stored::entry).collect()
}
