//! What a meter sent of the days before it was its owner's: the meter was another patient's then. It is kept, and goes
//! into no record by itself; nor does what has no sure time, of which nobody knows on which side of that day it lies.
//! Of a meter that is nobody's since a day, it is the same for whoever gets it next.

use jiff::civil::Date;
use rusqlite::Connection;

use super::error::StoreError;
use super::meter_days::MeterDays;
use super::readings::{self, Stored};
use super::{clock_said, codec, meters, told_clock};
use crate::domain::intake_check::ClockVerdict;
use crate::domain::meter::{MeterIdentity, ReadWay};
use crate::domain::not_theirs::NotTheirs;

/// Readings of a meter that nobody has and that are not its owner's.
pub(super) struct KeptBack {
    first_day: Date,
    /// Their rows.
    earlier: Vec<i64>,
    unsure: Vec<i64>,
    /// How many beside them are its owner's.
    pub(super) theirs: u32,
}

impl KeptBack {
    /// Their rows.
    pub(super) fn rows(&self) -> Vec<i64> {
        self.earlier.iter().chain(&self.unsure).copied().collect()
    }

    /// How many there are.
    pub(super) fn counts(&self) -> NotTheirs {
        let count = |rows: &[i64]| u32::try_from(rows.len()).unwrap_or(u32::MAX);
        NotTheirs { first_day: self.first_day, earlier: count(&self.earlier), unsure: count(&self.unsure) }
    }
}

/// Of the readings of a meter that nobody has, those that are not its owner's, as their times stand once this was said
/// of the meter's clock; nothing if the meter is its owner's from the beginning, or nobody ever had it.
pub(super) fn kept_back(
    connection: &Connection,
    meter: i64,
    upload: i64,
    verdict: Option<ClockVerdict>,
) -> Result<Option<KeptBack>, StoreError> {
    let owner = meters::given_to(connection, meter)?;
    let Some(days) = MeterDays::of(connection, meter)? else { return Ok(None) };
    // It came back, and nobody else has had it since the beginning.
    let Some(first_day) = days.since() else { return Ok(None) };
    let known_until = known_until(connection, meter, &days)?;
    let told = told_clock::told_clocks(connection, upload)?;
    let mut kept = KeptBack { first_day, earlier: Vec::new(), unsure: Vec::new(), theirs: 0 };
    for mut stored in readings::stored(connection, "r.meter = ?1 AND x.subject IS NULL", [meter])? {
        clock_said::foresee(&mut stored, &told, verdict);
        match stored.reading.time.filter(|_| stored.reading.has_sure_time()) {
            Some(time) if days.on(time.date()) == owner => kept.theirs += 1,
            Some(_) => kept.earlier.push(stored.id),
            None if is_found_since(connection, &stored, known_until)? => kept.theirs += 1,
            None => kept.unsure.push(stored.id),
        }
    }
    Ok(Some(kept))
}

/// The last read over the cable of the first upload that was assigned to whoever has the meter since it came to them:
/// all that was in its memory then is known.
fn known_until(connection: &Connection, meter: i64, days: &MeterDays) -> Result<Option<i64>, StoreError> {
    let (Some(owner), Some(came)) = (days.holder(), days.came()) else { return Ok(None) };
    let mut reads = connection.prepare_cached(
        "SELECT d.id, d.identity FROM downloads d WHERE d.upload = (
             SELECT a.upload FROM assignments a
             WHERE a.meter = ?1 AND a.id > ?2 AND a.subject = ?3 AND a.kind = 'assigned'
                 AND NOT EXISTS (SELECT 1 FROM assignments u WHERE u.supersedes = a.id AND u.kind = 'undone')
             ORDER BY a.id LIMIT 1)
             -- What was read before it was theirs tells nothing of what was measured until then.
             AND d.read_at > ?4
         ORDER BY d.id DESC",
    )?;
    let mut rows = reads.query([meter, came.last_assignment, owner, came.at])?;
    while let Some(row) = rows.next()? {
        if way(&row.get::<_, String>(1)?)? == ReadWay::Cable {
            return Ok(Some(row.get(0)?));
        }
    }
    Ok(None)
}

/// Whether a reading was first found after the memory was read whole for whoever has the meter: whatever its time says,
/// it was measured since. A file may tell of less than the memory, and of days long gone.
fn is_found_since(connection: &Connection, stored: &Stored, known_until: Option<i64>) -> Result<bool, StoreError> {
    let (Some(known_until), Some(first_read)) = (known_until, stored.first_read) else { return Ok(false) };
    if first_read <= known_until {
        return Ok(false);
    }
    let identity: String = connection
        .prepare_cached("SELECT identity FROM downloads WHERE id = ?1")?
        .query_row([first_read], |row| row.get(0))?;
    Ok(way(&identity)? == ReadWay::Cable)
}

fn way(identity: &str) -> Result<ReadWay, StoreError> {
    Ok(codec::from_json::<MeterIdentity>(identity, "meter")?.way())
}
