//! The check of a person for an upload: wrong answers are counted here, where no screen and no station can set them
//! back, and an assignment without a right answer is refused.

use rusqlite::{Connection, params};

use super::error::StoreError;
use super::{By, Store, alike, audit, codec, quarantine, subjects};
use crate::domain::association::{Assignment, Proof, UploadId};
use crate::domain::identity_check::{IdentityCheck, IdentityStanding, Others, TypedAnswer, Verdict, question, verdict};
use crate::domain::patient::PatientId;

/// An upload (`?1`), and where its meter cannot be told from others, all that wait of its model.
const SAME_UPLOADS: &str = "SELECT ?1 UNION SELECT waiting.id
    FROM uploads AS this
    JOIN meters AS nameless ON nameless.id = this.meter AND nameless.identifiable = 0
    JOIN meters AS other ON other.model = nameless.model AND other.identifiable = 0
    JOIN uploads AS waiting ON waiting.meter = other.id AND waiting.state = 'pending'
    WHERE this.id = ?1";

impl Store {
    /// Begins the check of a person for an upload: notes that this person was looked at, and tells how they stand and
    /// who may be taken for them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the database's.
    pub fn begin_identity_check(
        &self,
        by: By<'_>,
        upload: &UploadId,
        patient: &PatientId,
    ) -> Result<IdentityCheck, StoreError> {
        self.write(|transaction| {
            let pair = pair(transaction, upload, patient)?;
            // That somebody was looked at is what lifts the block of another person for this upload
            // (clinic-safety ID-03), so it is kept before anything is answered.
            note(transaction, by, pair, "begun")?;
            check(transaction, pair.1, standing(transaction, pair)?.0)
        })
    }

    /// Notes that what was typed was not this person's, with a line of the audit trail that has the true number of the
    /// answer, and tells how they stand now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the database's.
    pub fn note_mismatch(
        &self,
        by: By<'_>,
        upload: &UploadId,
        patient: &PatientId,
    ) -> Result<IdentityStanding, StoreError> {
        self.write(|transaction| {
            let pair = pair(transaction, upload, patient)?;
            note(transaction, by, pair, "mismatch")?;
            let (standing, mismatches) = standing(transaction, pair)?;
            let detail = format!("attempt {mismatches}");
            audit::append(transaction, by, audit::AuditAction::IdentityMismatch, Some(patient), Some(upload), &detail)?;
            Ok(standing)
        })
    }
}

/// Who may be taken for a person who stands so.
pub(super) fn check(
    connection: &Connection,
    subject: i64,
    standing: IdentityStanding,
) -> Result<IdentityCheck, StoreError> {
    let patient = subjects::load(connection, subject)?;
    let look_alikes = alike::of_patient(connection, &patient)?;
    let shared = alike::shared(connection, &patient)?;
    Ok(IdentityCheck { standing, look_alikes, shared })
}

/// Looks again at why the readings of an upload are this person's, and tells by what the person is known, in the words
/// of the schema. Whether those of the owner's meter may be added without asking is the caller's to say.
pub(super) fn prove(
    connection: &Connection,
    assignment: &Assignment,
    pair: (i64, i64),
    may_be_added: bool,
) -> Result<&'static str, StoreError> {
    let typed = match &assignment.proof {
        Proof::Owner if may_be_added => return Ok("owner"),
        Proof::Owner => return Err(StoreError::IdentityNotProved),
        Proof::Typed(typed) => typed,
    };
    prove_typed(connection, pair.1, standing(connection, pair)?.0, typed)
}

/// Looks again at what was typed of a person who stands so, and tells by what they are known, in the words of the
/// schema.
pub(super) fn prove_typed(
    connection: &Connection,
    subject: i64,
    standing: IdentityStanding,
    typed: &TypedAnswer,
) -> Result<&'static str, StoreError> {
    let patient = subjects::load(connection, subject)?;
    let look_alikes = alike::of_patient(connection, &patient)?;
    let others = Others::Known(&look_alikes, alike::shared(connection, &patient)?);
    let by_identifier = question(&patient, Others::Unknown, standing);
    // Who was asked for an identifier, because the app could not look for others, has answered more than was needed.
    let answered = [question(&patient, others, standing), by_identifier]
        .into_iter()
        .find(|question| verdict(*question, &patient, others, typed) == Verdict::Match);
    match answered {
        Some(answered) if standing != IdentityStanding::Blocked => {
            let by_identifier =
                answered == by_identifier || verdict(by_identifier, &patient, others, typed) == Verdict::Match;
            Ok(if by_identifier { "identifier" } else { "initials" })
        }
        Some(_) | None => Err(StoreError::IdentityNotProved),
    }
}

fn pair(connection: &Connection, upload: &UploadId, patient: &PatientId) -> Result<(i64, i64), StoreError> {
    let upload = quarantine::row(upload)?;
    let exists = connection.prepare_cached("SELECT 1 FROM uploads WHERE id = ?1")?.exists([upload])?;
    if !exists {
        return Err(StoreError::NotFound { what: "the upload" });
    }
    Ok((upload, subjects::confirmed(connection, patient)?))
}

fn note(
    connection: &Connection,
    by: By<'_>,
    (upload, subject): (i64, i64),
    outcome: &'static str,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO identity_attempts (upload, subject, outcome, user, session, at) VALUES (?1, ?2, ?3, ?4, ?5, \
             ?6)",
        )?
        .execute(params![upload, subject, outcome, by.user, by.session, codec::nanoseconds(by.at)])?;
    Ok(())
}

/// How a person stands to an upload, and how many answers were wrong.
fn standing(connection: &Connection, (upload, subject): (i64, i64)) -> Result<(IdentityStanding, u32), StoreError> {
    // A meter without serial number gives a new upload each time it is plugged in. All that wait of one such model
    // count as one, or pulling the plug would set the count back.
    // Whatever key they were asked under, while their records are one.
    let subject = subjects::present(connection, subject)?;
    let theirs = subjects::with_merged("?2");
    let (mismatches, last): (u32, i64) = connection
        .prepare_cached(&format!(
            "SELECT count(*), coalesce(max(id), 0) FROM identity_attempts
             WHERE upload IN ({SAME_UPLOADS}) AND subject IN {theirs} AND outcome = 'mismatch'"
        ))?
        .query_row([upload, subject], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let another = connection
        .prepare_cached(&format!(
            "SELECT 1 FROM identity_attempts WHERE upload IN ({SAME_UPLOADS}) AND subject NOT IN {theirs} AND id > ?3"
        ))?
        .exists([upload, subject, last])?;
    Ok((IdentityStanding::after(mismatches, another), mismatches))
}
