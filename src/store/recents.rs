//! Whom a user created or selected lately: at most ten, of this user only, forgotten at sign-out.

use rusqlite::{Connection, params};

use super::error::StoreError;
use super::{By, Store, subjects};
use crate::domain::patient::{Patient, PatientId};

/// How many are kept (clinic-safety ID-07).
const KEPT: u32 = 10;

/// Puts a patient at the top of a user's list.
pub(super) fn remember(connection: &Connection, user: &str, subject: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO recents (user, subject, used)
             VALUES (?1, ?2, (SELECT coalesce(max(used), 0) + 1 FROM recents WHERE user = ?1))
             ON CONFLICT (user, subject) DO UPDATE SET used = excluded.used",
        )?
        .execute(params![user, subject])?;
    connection
        .prepare_cached(
            "DELETE FROM recents WHERE user = ?1 AND subject NOT IN
                 (SELECT subject FROM recents WHERE user = ?1 ORDER BY used DESC LIMIT ?2)",
        )?
        .execute(params![user, KEPT])?;
    Ok(())
}

pub(super) fn forget(connection: &Connection, user: &str) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM recents WHERE user = ?1")?.execute([user])?;
    Ok(())
}

impl Store {
    /// The patients this user created or selected lately, newest first, at most ten.
    ///
    /// # Errors
    /// The database's, and a copy of one of these patients that cannot be read.
    pub fn recents(&self, user: &str) -> Result<Vec<Patient>, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached("SELECT subject FROM recents WHERE user = ?1 ORDER BY used DESC")?;
        let rows = statement.query_map([user], |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
        let mut present = Vec::with_capacity(rows.len());
        for subject in rows {
            // Two on the list may be one by now: their records were merged.
            let subject = subjects::present(&reader, subject)?;
            if !present.contains(&subject) {
                present.push(subject);
            }
        }
        present.into_iter().map(|subject| subjects::load(&reader, subject)).collect()
    }

    /// Notes that a user selected a patient.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the database's.
    pub fn remember(&self, by: By<'_>, patient: &PatientId) -> Result<(), StoreError> {
        self.write(|transaction| remember(transaction, by.user, subjects::confirmed(transaction, patient)?))
    }
}
