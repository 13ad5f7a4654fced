//! What follows for readings from what was said of their meter's clock. It is about those that a
//! disputed read found first.

use rusqlite::{Connection, params};

use super::error::StoreError;
use super::readings::Stored;
use super::told_clock::{self, ToldClock};
use super::{codec, readings};
use crate::domain::intake_check::{self, ClockVerdict};
use crate::domain::reading::Doubt;

/// The readings `r` of a meter (`?1`) that an assignment may move: nobody has them, and they are not kept out.
const FREE: &str = "r.meter = ?1 AND NOT EXISTS (SELECT 1 FROM records y WHERE y.reading = r.id)
    AND NOT EXISTS (SELECT 1 FROM kept_out q WHERE q.reading = r.id)";

/// Applies a verdict to the readings of a meter that nobody has, before they go into a record or are left out of it.
pub(super) fn apply(connection: &Connection, meter: i64, upload: i64, verdict: ClockVerdict) -> Result<(), StoreError> {
    let told = told_clock::told_clocks(connection, upload)?;
    // Each read by the clock that it told: a meter may have been set right between two reads of one
    // upload, and then only the readings of one of them are in question.
    let (disputed, undisputed): (Vec<_>, Vec<_>) =
        told.into_iter().partition(|told| intake_check::must_ask(Some(&told.clock)));
    match verdict {
        ClockVerdict::MeterWrong => doubt(connection, meter, upload, &undisputed),
        ClockVerdict::MeterRight => measure_anew(connection, meter, upload, &disputed),
    }
}

/// Doubts every time but those that a read with a right clock found first.
fn doubt(connection: &Connection, meter: i64, upload: i64, undisputed: &[ToldClock]) -> Result<(), StoreError> {
    let right: Vec<i64> = undisputed.iter().map(|told| told.download).collect();
    let right = codec::json(&right)?;
    let [wrong, uncertain] = [codec::word(Doubt::ClockWrong)?, codec::word(Doubt::TimeUncertain)?];
    // A doubt that was withdrawn stays so. Of an assignment that was undone the clock may have been said to be right;
    // said to be wrong again, its times are doubted otherwise, and are in no number as well.
    for (doubt, is_withdrawn) in [(&wrong, false), (&uncertain, true)] {
        connection
            .prepare_cached(&format!(
                "INSERT INTO reading_doubts (reading, doubt, upload)
                 SELECT r.id, ?2, ?3 FROM readings r WHERE {FREE}
                     AND (SELECT min(l.download) FROM download_readings l WHERE l.reading = r.id)
                         NOT IN (SELECT value FROM json_each(?4))
                     AND NOT EXISTS (SELECT 1 FROM reading_doubts d WHERE d.reading = r.id AND d.doubt = ?2)
                     AND ?6 = EXISTS (SELECT 1 FROM withdrawn_doubts w WHERE w.reading = r.id AND w.doubt = ?5)"
            ))?
            .execute(params![meter, doubt, upload, right, wrong, is_withdrawn])?;
    }
    Ok(())
}

/// The meter's clock was right, so it is the one that says which times have not come yet: what lies ahead of ours alone
/// is doubted no longer, and what lies ahead of the meter's is.
fn measure_anew(connection: &Connection, meter: i64, upload: i64, disputed: &[ToldClock]) -> Result<(), StoreError> {
    let mut withdraw = connection.prepare_cached(
        "INSERT INTO withdrawn_doubts (reading, doubt, upload) SELECT ?1, ?2, ?3
         WHERE NOT EXISTS (SELECT 1 FROM withdrawn_doubts WHERE reading = ?1 AND doubt = ?2)",
    )?;
    for told in disputed {
        let found = readings::stored(
            connection,
            &format!("{FREE} AND ?2 = (SELECT min(l.download) FROM download_readings l WHERE l.reading = r.id)"),
            [meter, told.download],
        )?;
        for stored in found {
            // Of an assignment that was taken back the contrary may have been said.
            if stored.reading.doubts.contains(&Doubt::ClockWrong) {
                withdraw.execute(params![stored.id, codec::word(Doubt::ClockWrong)?, upload])?;
            }
            let Some(time) = stored.reading.time else { continue };
            let is_doubted = stored.reading.doubts.contains(&Doubt::TimeAhead);
            match (is_doubted, intake_check::is_ahead(time, told.clock.meter)) {
                (true, false) => {
                    withdraw.execute(params![stored.id, codec::word(Doubt::TimeAhead)?, upload])?;
                }
                (false, true) => readings::add_doubt(connection, stored.id, upload, Doubt::TimeAhead)?,
                (true, true) | (false, false) => {}
            }
        }
    }
    Ok(())
}

/// The doubts of a reading that nobody has, as they will stand once a verdict is applied.
pub(super) fn foresee(stored: &mut Stored, told: &[ToldClock], verdict: Option<ClockVerdict>) {
    let Some(verdict) = verdict else { return };
    let of_its_read = told.iter().find(|told| Some(told.download) == stored.first_read);
    let is_disputed = of_its_read.is_some_and(|told| intake_check::must_ask(Some(&told.clock)));
    let doubts = &mut stored.reading.doubts;
    match (verdict, of_its_read) {
        // Every time but those that a read with a right clock found first.
        (ClockVerdict::MeterWrong, read) if read.is_none() || is_disputed => doubts.push(Doubt::ClockWrong),
        (ClockVerdict::MeterRight, Some(read)) if is_disputed => {
            doubts.retain(|doubt| !matches!(doubt, Doubt::ClockWrong | Doubt::TimeAhead));
            if stored.reading.time.is_some_and(|time| intake_check::is_ahead(time, read.clock.meter)) {
                doubts.push(Doubt::TimeAhead);
            }
        }
        (ClockVerdict::MeterWrong | ClockVerdict::MeterRight, _) => {}
    }
}
