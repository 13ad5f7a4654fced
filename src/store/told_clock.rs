//! What the reads of an upload told of their meter's clock.

use rusqlite::Connection;

use super::codec;
use super::error::StoreError;
use crate::domain::meter_clock::ClockReading;

/// A read of an upload that told the meter's clock.
pub(super) struct ToldClock {
    /// The read.
    pub(super) download: i64,
    /// What it told.
    pub(super) clock: ClockReading,
    /// Whether it was the first to find any of its readings.
    found_new: bool,
}

/// The reads of an upload that told a clock, oldest first.
pub(super) fn told_clocks(connection: &Connection, upload: i64) -> Result<Vec<ToldClock>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, clock, EXISTS (
             SELECT 1 FROM download_readings l WHERE l.download = downloads.id
                 AND NOT EXISTS (SELECT 1 FROM download_readings e WHERE e.reading = l.reading AND e.download < \
                 l.download))
         FROM downloads WHERE upload = ?1 AND clock IS NOT NULL ORDER BY id",
    )?;
    let mut rows = statement.query([upload])?;
    let mut told = Vec::new();
    while let Some(row) = rows.next()? {
        let clock = codec::from_json(&row.get::<_, String>(1)?, "clock reading")?;
        told.push(ToldClock { download: row.get(0)?, clock, found_new: row.get(2)? });
    }
    Ok(told)
}

/// The clock that may have to be asked about, whatever was set right between two reads: of the reads that found a
/// reading first, the one in which the meter's clock and ours were furthest apart, the latest of equals. What had been
/// found before stands as the clock of then told it. Where no read found anything new, all of them are looked at.
pub(super) fn furthest(connection: &Connection, upload: i64) -> Result<Option<ClockReading>, StoreError> {
    let told = told_clocks(connection, upload)?;
    let all = !told.iter().any(|told| told.found_new);
    let looked_at = told.into_iter().filter(|told| all || told.found_new).map(|told| told.clock);
    Ok(looked_at.max_by_key(|clock| clock.offset_seconds().unsigned_abs()))
}
