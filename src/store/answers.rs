//! What people said of an upload before it was assigned. Added to, never changed; it holds until the
//! meter is read again.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::error::StoreError;
use super::{By, Store, audit, codec, quarantine, subjects};
use crate::domain::association::{DecisionBasis, IntakeAnswer, Upload, UploadId};
use crate::domain::patient::PatientId;

/// The word of an answer that readings are shared.
const SHARED: &str = "shared";

impl Store {
    /// Keeps what a person said of an upload that waits, and writes it into the trail; gives the upload as it stands
    /// now. `read_at` is when the meter was read last of what the person was shown, `seen` what else they were shown.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if no such upload waits, [`StoreError::UploadChanged`] if the meter was read
    /// again since, or somebody else said something of it or got its readings: what was said is not about
    /// that; or the database's.
    pub fn answer_intake(
        &self,
        by: By<'_>,
        id: &UploadId,
        answer: &IntakeAnswer,
        read_at: Timestamp,
        seen: &DecisionBasis,
    ) -> Result<Upload, StoreError> {
        self.write(|transaction| {
            let upload = quarantine::row(id)?;
            let stands = quarantine::load(transaction, id)?;
            if stands.record.is_some() {
                return Err(StoreError::NotFound { what: "the waiting upload" });
            }
            // The time of the read beside all else: a meter that was read again may have the same
            // readings, and a clock of which nothing was said yet.
            if stands.read_at != read_at || stands.seen() != *seen {
                return Err(StoreError::UploadChanged);
            }
            let (word, patient) = match answer {
                IntakeAnswer::Clock(verdict) => (codec::word(*verdict)?, None),
                IntakeAnswer::Shared(patient) => (SHARED.to_owned(), Some(patient)),
            };
            let subject = patient.map(|patient| subjects::confirmed(transaction, patient)).transpose()?;
            transaction
                .prepare_cached(
                    "INSERT INTO intake_answers (upload, last_download, answer, subject, held_by, user, session, at)
                     SELECT u.id, (SELECT max(d.id) FROM downloads d WHERE d.upload = u.id), ?2, ?3, ?4, ?5, ?6, ?7
                     FROM uploads u WHERE u.id = ?1",
                )?
                .execute(params![
                    upload,
                    word,
                    subject,
                    patient.map(|_| codec::json(&seen.held_by)).transpose()?,
                    by.user,
                    by.session,
                    codec::nanoseconds(by.at)
                ])?;
            let action = match answer {
                IntakeAnswer::Clock(_) => audit::AuditAction::ClockJudged,
                IntakeAnswer::Shared(_) => audit::AuditAction::SharedReadingsAccepted,
            };
            audit::append(transaction, by, action, patient, Some(id), &word)?;
            quarantine::load(transaction, id)
        })
    }
}

/// Whether it was said, since the meter was last read, that the readings are this patient's all the same, about
/// everybody who has them now.
pub(super) fn is_shared(
    connection: &Connection,
    upload: i64,
    subject: i64,
    held_by: &BTreeSet<PatientId>,
) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT held_by FROM intake_answers
         WHERE upload = ?1 AND subject IN {} AND held_by IS NOT NULL
             AND last_download = (SELECT max(id) FROM downloads WHERE upload = ?1)",
        subjects::with_merged("?2")
    ))?;
    let answers = statement.query_map([upload, subject], |row| row.get::<_, String>(0))?;
    for about in answers {
        let about: BTreeSet<PatientId> = codec::from_json(&about?, "answer")?;
        // Whoever was said to share them may have left the record since; whoever has come was not spoken of.
        if held_by.is_subset(&about) {
            return Ok(true);
        }
    }
    Ok(false)
}
