//! What an item of the outbox carries, from what was decided.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};

use super::error::StoreError;
use super::{codec, readings, told_correction, withdrawal};
use crate::domain::association::IdempotencyKey;
use crate::domain::delivery::{AttemptsBefore, Content, ItemKind, Parcel};
use crate::domain::patient::PatientId;

/// The row of the decision that an item `o` tells: what is withdrawn was decided by who undid it.
pub(super) const DECIDED_BY: &str = "coalesce(
    (SELECT u.id FROM assignments u WHERE u.supersedes = o.assignment AND u.kind = 'undone'
        AND o.kind = 'withdrawal'), o.assignment)";

/// What an item tells, from the assignment behind it.
pub(super) fn parcel(
    connection: &Connection,
    key: &IdempotencyKey,
    before: AttemptsBefore,
    now: Timestamp,
) -> Result<Parcel, StoreError> {
    let found = connection
        .prepare_cached(&format!(
            "SELECT o.kind, a.id, coalesce(t.user, w.user), coalesce(t.at, w.at), coalesce(s.key, s.id), u.identity,
                 coalesce(d.read_at, u.read_at), d.clock
             FROM outbox o JOIN assignments a ON a.id = o.assignment JOIN assignments w ON w.id = {DECIDED_BY}
                 JOIN subjects s ON s.id = a.subject
                 JOIN uploads u ON u.id = a.upload
                 LEFT JOIN time_corrections t ON t.id = o.correction
                 LEFT JOIN downloads d ON d.id = (SELECT max(id) FROM downloads WHERE upload = u.id)
             WHERE o.key = ?1"
        ))?
        .query_row([&key.0], |row| {
            let text = |column: usize| row.get::<_, String>(column);
            let number = |column: usize| row.get::<_, i64>(column);
            let read = (number(6)?, row.get::<_, Option<String>>(7)?);
            Ok((text(0)?, number(1)?, text(2)?, number(3)?, text(4)?, text(5)?, read))
        })
        .optional()?;
    let Some((kind, assignment, decided_by, at, patient, identity, (read_at, clock))) = found else {
        return Err(StoreError::NotFound { what: "the item of the outbox" });
    };
    let content = match codec::from_word(&kind, "kind")? {
        ItemKind::Ownership => Content::Ownership,
        ItemKind::Readings => Content::Readings(readings::of_assignment(connection, assignment)?),
        ItemKind::Withdrawal => {
            Content::Withdrawal(Box::new(withdrawal::withdrawn_parcels(connection, key, assignment, now)?))
        }
        ItemKind::Correction => Content::Correction(Box::new(told_correction::corrected_times(connection, key, now)?)),
    };
    Ok(Parcel {
        key: key.clone(),
        patient: PatientId(patient),
        meter: codec::from_json(&identity, "meter")?,
        read_at: codec::timestamp(read_at)?,
        clock: clock.map(|clock| codec::from_json(&clock, "clock reading")).transpose()?,
        decided_by,
        decided_at: codec::timestamp(at)?,
        before,
        content,
    })
}
