//! The meters that are or were somebody's.

use rusqlite::Connection;

use super::error::StoreError;
use super::subject_set::SubjectSet;
use super::{codec, correction_offer, meter_days};
use crate::domain::held_meter::{EndedUse, GivenOn, HeldMeter, OwnershipEnd};
use crate::domain::ownership::OwnershipId;
use crate::domain::text::{Clean, Private};

/// Those of these subjects: those that are theirs first, the newest first. The last upload of one is that of the time
/// in which it was theirs, or of what came along with it when it was given to them: whoever has had it twice has two
/// rows, and each its own.
pub(super) fn of(connection: &Connection, people: &SubjectSet) -> Result<Vec<HeldMeter>, StoreError> {
    let theirs = SubjectSet::LISTED;
    let mut statement = connection.prepare_cached(&format!(
        // Of one that ended, and that was undone, there is only what goes on.
        "SELECT m.model, substr(m.serial, -4), f.opened_at, o.closed_at, o.closed_why,
             (SELECT max(u.read_at) FROM assignments a JOIN uploads u ON u.id = a.upload
              WHERE a.meter = m.id AND a.subject IN {theirs} AND (a.kind = 'assigned' OR (a.kind = 'transferred'
                      AND EXISTS (SELECT 1 FROM records x WHERE x.assignment = a.id)))
                  AND a.at >= f.opened_at AND (o.closed_at IS NULL OR a.at < o.closed_at)
                  AND NOT EXISTS (SELECT 1 FROM assignments b WHERE b.supersedes = a.id AND b.kind = 'undone')),
             o.id, o.first_day, t.first_day, t.reason, o.meter, o.subject, e.why, e.last_day, e.reason,
             EXISTS (SELECT 1 FROM standing_endings s WHERE s.id = e.id)
         FROM ownerships o JOIN meters m ON m.id = o.meter LEFT JOIN transfers t ON t.closed = o.id
             LEFT JOIN endings e ON e.ownership = o.id LEFT JOIN ownership_origins g ON g.opened = o.id
             JOIN ownerships f ON f.id = coalesce(g.origin, o.id)
         WHERE o.subject IN {theirs} AND NOT EXISTS (SELECT 1 FROM endings_undone u WHERE u.ending = e.id)
         ORDER BY o.closed_at IS NOT NULL, f.opened_at DESC, o.id DESC"
    ))?;
    let mut rows = statement.query([people])?;
    let mut meters = Vec::new();
    while let Some(row) = rows.next()? {
        let closed: Option<(i64, String)> = row.get::<_, Option<i64>>(3)?.zip(row.get::<_, Option<String>>(4)?);
        let day = |column: usize| row.get::<_, Option<String>>(column)?.map(|day| meter_days::day_of(&day)).transpose();
        let reason = row.get::<_, Option<String>>(9)?.map(Clean::from);
        let given_on = day(8)?.zip(reason).map(|(first_day, reason)| GivenOn { first_day, reason });
        let ended = row.get::<_, Option<String>>(12)?.zip(row.get::<_, Option<String>>(14)?);
        let (last_day, is_undoable) = (day(13)?, row.get(15)?);
        let ended = ended.map(|(why, reason)| {
            let why = codec::from_word(&why, "reason why a meter is somebody's no more")?;
            Ok::<_, StoreError>(EndedUse { why, last_day, reason: Clean::from(reason), is_undoable })
        });
        let ended = ended.transpose()?;
        let end = closed.map(|(at, why)| {
            let why = codec::from_word(&why, "reason why a meter is somebody's no more")?;
            Ok::<_, StoreError>(OwnershipEnd { at: codec::timestamp(at)?, why, given_on, ended })
        });
        meters.push(HeldMeter {
            ownership: OwnershipId(row.get::<_, i64>(6)?.to_string()),
            first_day: day(7)?,
            model: Clean::from(row.get::<_, String>(0)?),
            serial_end: Private::new(Clean::from(row.get::<_, String>(1)?)),
            since: codec::timestamp(row.get(2)?)?,
            last_upload: row.get::<_, Option<i64>>(5)?.map(codec::timestamp).transpose()?,
            end: end.transpose()?,
            corrections: correction_offer::of_meter(connection, row.get(10)?, row.get(11)?)?,
        });
    }
    Ok(meters)
}
