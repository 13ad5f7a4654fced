//! What follows for readings from what was said of their meter's clock. It is about those that a
//! disputed read found first.

use rusqlite::{Connection, params};

use super::error::StoreError;
use super::quarantine::{self, ToldClock};
use super::{codec, readings};
use crate::domain::intake_check::{self, ClockVerdict};
use crate::domain::reading::Doubt;

/// Applies a verdict to the readings that an assignment moved.
pub(super) fn apply(
    connection: &Connection,
    assignment: i64,
    upload: i64,
    verdict: ClockVerdict,
) -> Result<(), StoreError> {
    let told = quarantine::told_clocks(connection, upload)?;
    // Each read by the clock that it told: a meter may have been set right between two reads of one
    // upload, and then only the readings of one of them are in question.
    let (disputed, undisputed): (Vec<_>, Vec<_>) =
        told.into_iter().partition(|told| intake_check::must_ask(Some(&told.clock)));
    match verdict {
        ClockVerdict::MeterWrong => doubt(connection, assignment, upload, &undisputed),
        ClockVerdict::MeterRight => measure_anew(connection, assignment, upload, &disputed),
    }
}

/// Doubts every time but those that a read with a right clock found first.
fn doubt(connection: &Connection, assignment: i64, upload: i64, undisputed: &[ToldClock]) -> Result<(), StoreError> {
    let right: Vec<i64> = undisputed.iter().map(|told| told.download).collect();
    let right = codec::json(&right)?;
    let [wrong, uncertain] = [codec::word(Doubt::ClockWrong)?, codec::word(Doubt::TimeUncertain)?];
    // A doubt that was withdrawn stays so. Of an assignment that was undone the clock may have been said to be right;
    // said to be wrong again, its times are doubted otherwise, and are in no number as well.
    for (doubt, is_withdrawn) in [(&wrong, false), (&uncertain, true)] {
        connection
            .prepare_cached(
                "INSERT INTO reading_doubts (reading, doubt, upload)
                 SELECT x.reading, ?2, ?3 FROM records x WHERE x.assignment = ?1
                     AND (SELECT min(l.download) FROM download_readings l WHERE l.reading = x.reading)
                         NOT IN (SELECT value FROM json_each(?4))
                     AND NOT EXISTS (SELECT 1 FROM reading_doubts d WHERE d.reading = x.reading AND d.doubt = ?2)
                     AND ?6 = EXISTS (SELECT 1 FROM withdrawn_doubts w WHERE w.reading = x.reading AND w.doubt = ?5)",
            )?
            .execute(params![assignment, doubt, upload, right, wrong, is_withdrawn])?;
    }
    Ok(())
}

/// The meter's clock was right, so it is the one that says which times have not come yet: what lies ahead of ours alone
/// is doubted no longer, and what lies ahead of the meter's is.
fn measure_anew(
    connection: &Connection,
    assignment: i64,
    upload: i64,
    disputed: &[ToldClock],
) -> Result<(), StoreError> {
    let mut withdraw = connection.prepare_cached(
        "INSERT INTO withdrawn_doubts (reading, doubt, upload) SELECT ?1, ?2, ?3
         WHERE NOT EXISTS (SELECT 1 FROM withdrawn_doubts WHERE reading = ?1 AND doubt = ?2)",
    )?;
    for told in disputed {
        let found = readings::stored(
            connection,
            "x.assignment = ?1 AND ?2 = (SELECT min(l.download) FROM download_readings l WHERE l.reading = r.id)",
            [assignment, told.download],
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
