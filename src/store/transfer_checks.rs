//! The checks of the two people before a meter goes from one to the other. They are counted beside those of uploads:
//! looking at two people for a transfer lifts no block of an upload, and an upload none of a transfer.

use rusqlite::{Connection, params};

use super::error::StoreError;
use super::{By, Store, attempts, audit, codec, ownership, subjects};
use crate::domain::identity_check::{IdentityStanding, TypedAnswer};
use crate::domain::ownership::OwnershipId;
use crate::domain::patient::PatientId;
use crate::domain::transfer::TransferChecks;

impl Store {
    /// Begins the checks of whoever has a meter and of whoever gets it: notes that both were looked at, and tells how
    /// they stand and who may be taken for them.
    ///
    /// # Errors
    /// [`StoreError::MoveNotTheirs`] if the meter is theirs no more, [`StoreError::NotFound`], or the database's.
    pub fn begin_transfer_check(
        &self,
        by: By<'_>,
        ownership: &OwnershipId,
        to: &PatientId,
    ) -> Result<TransferChecks, StoreError> {
        self.write(|transaction| {
            let open = ownership::open(transaction, ownership)?;
            let pairs = [(open.row, subjects::confirmed(transaction, to)?), (open.row, open.subject)];
            // Both before either is told: whoever was blocked is asked anew once the transfer is begun anew.
            for pair in pairs {
                note(transaction, by, pair, "begun")?;
            }
            let [to, from] = pairs.map(|pair| attempts::check(transaction, pair.1, standing(transaction, pair)?.0));
            Ok(TransferChecks { from: from?, to: to? })
        })
    }

    /// Notes that what was typed was not this person's, also in the trail, and tells how they stand now.
    ///
    /// # Errors
    /// [`StoreError::MoveNotTheirs`] if the meter is theirs no more, [`StoreError::NotFound`], or the database's.
    pub fn note_transfer_mismatch(
        &self,
        by: By<'_>,
        ownership: &OwnershipId,
        patient: &PatientId,
    ) -> Result<IdentityStanding, StoreError> {
        self.write(|transaction| {
            let open = ownership::open(transaction, ownership)?;
            let pair = (open.row, subjects::confirmed(transaction, patient)?);
            note(transaction, by, pair, "mismatch")?;
            let (standing, mismatches) = standing(transaction, pair)?;
            let detail = format!("attempt {mismatches}");
            audit::append(transaction, by, audit::AuditAction::TransferMismatch, Some(patient), None, &detail)?;
            Ok(standing)
        })
    }
}

/// Looks again at what was typed of a person, and tells by what they are known, in the words of the schema.
pub(super) fn prove(
    connection: &Connection,
    pair: (i64, i64),
    typed: &TypedAnswer,
) -> Result<&'static str, StoreError> {
    attempts::prove_typed(connection, pair.1, standing(connection, pair)?.0, typed)
}

fn note(connection: &Connection, by: By<'_>, pair: (i64, i64), outcome: &'static str) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO transfer_attempts (ownership, subject, outcome, user, session, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![pair.0, pair.1, outcome, by.user, by.session, codec::nanoseconds(by.at)])?;
    Ok(())
}

/// How a person stands to the transfer of a meter, and how many answers were wrong.
fn standing(connection: &Connection, (ownership, subject): (i64, i64)) -> Result<(IdentityStanding, u32), StoreError> {
    let (mismatches, last): (u32, i64) = connection
        .prepare_cached(
            "SELECT count(*), coalesce(max(id), 0) FROM transfer_attempts
             WHERE ownership = ?1 AND subject = ?2 AND outcome = 'mismatch'",
        )?
        .query_row([ownership, subject], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let is_begun_anew = connection
        .prepare_cached(
            "SELECT 1 FROM transfer_attempts WHERE ownership = ?1 AND subject <> ?2 AND outcome = 'begun' AND id > ?3",
        )?
        .exists([ownership, subject, last])?;
    Ok((IdentityStanding::after(mismatches, is_begun_anew), mismatches))
}
