//! What people said of an upload before it was assigned. Added to, never changed; it holds until the meter is read again.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use super::{By, Store, audit, codec, patients, quarantine};
use crate::domain::association::{IntakeAnswer, Upload, UploadId};
use crate::domain::intake_check::ClockVerdict;

/// The word of an answer that readings are shared.
const SHARED: &str = "shared";

impl Store {
    /// Keeps what a person said of an upload that waits, and writes it into the trail; gives the upload as it stands now.
    /// `read_at` is when the meter was read last of what the person was shown.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if no such upload waits, [`StoreError::UploadChanged`] if the meter was read again since:
    /// what was said is not about that; or the database's.
    pub fn answer_intake(
        &self,
        by: By<'_>,
        id: &UploadId,
        answer: &IntakeAnswer,
        read_at: Timestamp,
    ) -> Result<Upload, StoreError> {
        self.write(|transaction| {
            let upload = quarantine::row(id)?;
            let (word, patient) = match answer {
                IntakeAnswer::Clock(verdict) => (codec::word(*verdict)?, None),
                IntakeAnswer::Shared(patient) => (SHARED.to_owned(), Some(patient)),
            };
            let row = patient.map(|patient| patients::row(transaction, patient)).transpose()?;
            let kept = transaction
                .prepare_cached(
                    "INSERT INTO intake_answers (upload, last_download, answer, patient, user, at)
                     SELECT u.id, (SELECT max(d.id) FROM downloads d WHERE d.upload = u.id), ?2, ?3, ?4, ?5
                     FROM uploads u WHERE u.id = ?1 AND u.state = 'pending' AND u.read_at = ?6",
                )?
                .execute(params![upload, word, row, by.user, codec::nanoseconds(by.at), codec::nanoseconds(read_at)])?;
            if kept == 0 {
                return Err(why_not(transaction, upload)?);
            }
            let action = match answer {
                IntakeAnswer::Clock(_) => audit::Action::ClockJudged,
                IntakeAnswer::Shared(_) => audit::Action::SharedReadingsAccepted,
            };
            audit::append(transaction, by, action, patient, Some(id), &word)?;
            quarantine::load(transaction, id)
        })
    }
}

/// Why an answer to this upload is none: the meter was read again, or nothing waits.
fn why_not(connection: &Connection, upload: i64) -> Result<StoreError, StoreError> {
    let waits = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM uploads WHERE id = ?1 AND state = 'pending')")?
        .query_row([upload], |row| row.get(0))?;
    Ok(if waits { StoreError::UploadChanged } else { StoreError::NotFound { what: "the waiting upload" } })
}

/// What was said last of the meter's clock, since it was last read.
pub(super) fn clock_verdict(connection: &Connection, upload: i64) -> Result<Option<ClockVerdict>, StoreError> {
    let word: Option<String> = connection
        .prepare_cached(
            "SELECT answer FROM intake_answers
             WHERE upload = ?1 AND patient IS NULL
                 AND last_download = (SELECT max(id) FROM downloads WHERE upload = ?1)
             ORDER BY id DESC LIMIT 1",
        )?
        .query_row([upload], |row| row.get(0))
        .optional()?;
    word.map(|word| codec::from_word(&word, "answer")).transpose()
}

/// Whether it was said, since the meter was last read, that the readings are this patient's all the same.
pub(super) fn is_shared(connection: &Connection, upload: i64, patient: i64) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM intake_answers
             WHERE upload = ?1 AND patient = ?2
                 AND last_download = (SELECT max(id) FROM downloads WHERE upload = ?1))",
        )?
        .query_row([upload, patient], |row| row.get(0))?)
}
