//! How far the audit trail had come when a record was looked at, and whether somebody has changed the record since: on
//! another terminal, in another program, or at another step of this one.
//!
//! Whatever changes a record writes its line into the trail, in the same transaction. So nothing is counted or
//! compared: the lines since are looked at, which are few.

use rusqlite::{Connection, params};

use super::error::StoreError;
use super::subject_set::SubjectSet;
use super::{Store, subjects};
use crate::domain::patient::PatientId;
use crate::domain::record::ChangeMark;

/// The last line of the trail that may have changed the record of these subjects (`?1`), or of the patient with this
/// key (`?3`), behind this line (`?2`). A merger may be about whoever is no longer one of them. A read of a meter goes
/// into no record, and may doubt times of what its meter has in one.
const CHANGE: &str = "SELECT max(a.id) FROM audit a WHERE a.id > ?2 AND (
        a.action = 'record-merged'
        OR (a.action NOT IN ('patient-viewed', 'record-exported') AND (a.patient = ?3 OR a.patient IN
            (SELECT coalesce(s.key, CAST(s.id AS TEXT)) FROM subjects s
             WHERE s.id IN (SELECT value FROM json_each(?1)))))
        OR (a.action = 'quarantined' AND EXISTS
            (SELECT 1 FROM uploads u JOIN assignments g ON g.meter = u.meter
             WHERE u.id = CAST(a.upload AS INTEGER) AND g.subject IN (SELECT value FROM json_each(?1)))))";

impl Store {
    /// Up to where the record of a patient was changed, if somebody has changed it since it was looked at. Looks and
    /// exports change nothing.
    ///
    /// # Errors
    /// The database's.
    pub fn changed_since(&self, patient: &PatientId, mark: ChangeMark) -> Result<Option<ChangeMark>, StoreError> {
        let mut reader = self.reader();
        // One transaction: whose record it is and what became of it belong together.
        let reader = reader.transaction()?;
        changed_since(&reader, patient, mark)
    }
}

/// Up to where the trail has come.
pub(super) fn last(connection: &Connection) -> Result<ChangeMark, StoreError> {
    let mut statement = connection.prepare_cached("SELECT coalesce(max(id), 0) FROM audit")?;
    Ok(ChangeMark(statement.query_row((), |row| row.get(0))?))
}

/// [`Store::changed_since`], within a transaction.
pub(super) fn changed_since(
    connection: &Connection,
    patient: &PatientId,
    mark: ChangeMark,
) -> Result<Option<ChangeMark>, StoreError> {
    let people = match subjects::row(connection, patient) {
        Ok(row) => subjects::all_of(connection, row)?,
        // Of a patient of a directory nothing may be here.
        Err(StoreError::NotFound { .. }) => SubjectSet::of(&[])?,
        Err(error) => return Err(error),
    };
    let mut statement = connection.prepare_cached(CHANGE)?;
    let change: Option<i64> = statement.query_row(params![people, mark.0, patient.0], |row| row.get(0))?;
    Ok(change.map(ChangeMark))
}
