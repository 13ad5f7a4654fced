//! The check of the patient before their meter is nobody's. It is counted beside those of uploads and of transfers: it
//! lifts no block of these.

use rusqlite::{Connection, params};

use super::error::StoreError;
use super::ownership::{self, OpenOwnership};
use super::{By, Store, attempts, audit, codec, subjects};
use crate::domain::identity_check::{IdentityCheck, IdentityStanding, TypedAnswer};
use crate::domain::ownership::OwnershipId;

impl Store {
    /// Begins the check of whoever has a meter: notes that they were looked at, and tells how they stand and who may be
    /// taken for them.
    ///
    /// # Errors
    /// [`StoreError::EndNotTheirs`] if the meter is theirs no more, or the database's.
    pub fn begin_ending_check(&self, by: By<'_>, ownership: &OwnershipId) -> Result<IdentityCheck, StoreError> {
        self.write(|transaction| {
            let open = open(transaction, ownership)?;
            note(transaction, by, &open, "begun")?;
            attempts::check(transaction, open.subject, standing(transaction, &open)?.0)
        })
    }

    /// Notes that what was typed was not this person's, also in the trail, and tells how they stand now.
    ///
    /// # Errors
    /// [`StoreError::EndNotTheirs`] if the meter is theirs no more, or the database's.
    pub fn note_ending_mismatch(&self, by: By<'_>, ownership: &OwnershipId) -> Result<IdentityStanding, StoreError> {
        self.write(|transaction| {
            let open = open(transaction, ownership)?;
            note(transaction, by, &open, "mismatch")?;
            let (standing, mismatches) = standing(transaction, &open)?;
            let detail = format!("attempt {mismatches}");
            let patient = subjects::own(transaction, open.subject)?.id;
            audit::append(transaction, by, audit::AuditAction::EndingMismatch, Some(&patient), None, &detail)?;
            Ok(standing)
        })
    }
}

/// Looks again at what was typed, and tells by what the patient is known, in the words of the schema.
pub(super) fn prove(
    connection: &Connection,
    open: &OpenOwnership,
    typed: &TypedAnswer,
) -> Result<&'static str, StoreError> {
    attempts::prove_typed(connection, open.subject, standing(connection, open)?.0, typed)
}

fn open(connection: &Connection, ownership: &OwnershipId) -> Result<OpenOwnership, StoreError> {
    ownership::if_open(connection, ownership)?.ok_or(StoreError::EndNotTheirs)
}

fn note(connection: &Connection, by: By<'_>, open: &OpenOwnership, outcome: &'static str) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO ending_attempts (ownership, outcome, user, session, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![open.row, outcome, by.user, by.session, codec::nanoseconds(by.at)])?;
    Ok(())
}

/// How the patient stands, and how many answers were wrong.
fn standing(connection: &Connection, open: &OpenOwnership) -> Result<(IdentityStanding, u32), StoreError> {
    let (mismatches, is_begun_anew): (u32, bool) = connection
        .prepare_cached(
            "SELECT w.mismatches, EXISTS (
                 SELECT 1 FROM ending_attempts b WHERE b.ownership = ?1 AND b.outcome = 'begun' AND b.id > w.last)
             FROM (SELECT count(*) AS mismatches, coalesce(max(id), 0) AS last FROM ending_attempts
                   WHERE ownership = ?1 AND outcome = 'mismatch') w",
        )?
        .query_row([open.row], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((IdentityStanding::after(mismatches, is_begun_anew), mismatches))
}
