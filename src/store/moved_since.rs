//! That readings went along with their meter since they were assigned.

use rusqlite::Connection;

use super::error::StoreError;

/// Whether a reading that an assignment gave is in the record of somebody else now.
pub(super) fn moved_since(connection: &Connection, assignment: i64) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM assignments a JOIN assigned_readings g ON g.assignment = a.id
                     JOIN records x ON x.reading = g.reading
                 WHERE a.id = ?1 AND x.subject <> a.subject)",
        )?
        .query_row([assignment], |row| row.get(0))?)
}
