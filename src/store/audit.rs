//! The audit trail: who did what, when, to whose record. Append only, each line chained to the one before it.
//!
//! The database refuses to change or delete a line; the chain shows it if somebody with the key did so by other means.
//! That lines were cut off at the end is shown by [`super::head`], at opening. Lines hold the keys of
//! patients and uploads, never names, numbers or values. The time is that of this computer's clock.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::error::StoreError;
use super::head::FIRST_HASH;
use super::{By, Store, codec, connection};
use crate::domain::association::{AuditEntry, UploadId};
use crate::domain::patient::PatientId;

/// What was done. The word in the trail is the name in lower case with hyphens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum AuditAction {
    SignedIn,
    SignInRefused,
    SignedOut,
    UserAdded,
    UserDisabled,
    UserEnabled,
    RoleChanged,
    PasswordGiven,
    PasswordChanged,
    PatientCreated,
    PatientsImported,
    PatientViewed,
    Quarantined,
    Assigned,
    OwnerRegistered,
    OwnerConflict,
    IdentityMismatch,
    SignInThrottled,
    RestoreAccepted,
    BackupBegun,
    Rekeyed,
    ClockJudged,
    SharedReadingsAccepted,
    MeterUseSaid,
    DeliveryRefused,
    TakenBack,
    Undone,
    TimesCorrected,
    TimeCorrectionUndone,
    DeliveryReleased,
    DirectoryMoved,
    RecordMerged,
    PersonNoted,
    NotedPersonCreated,
    NotedPersonTakenAs,
    NotedPersonDropped,
    RecordExported,
    PopulationViewed,
    Transferred,
    TransferMismatch,
    OwnershipEnded,
    OwnershipEndUndone,
    EndingMismatch,
    TrailExported,
    SerialMismatch,
    WristbandMismatch,
}

impl AuditAction {
    /// What this word of a line means; nothing if it is none that is written.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        codec::from_word(word, "audit action").ok()
    }
}

/// One line of the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditLine {
    /// Its number, from 1.
    pub number: i64,
    /// When, by the clock of the computer.
    pub at: Timestamp,
    /// The key of the user; empty if nobody is known.
    pub user: String,
    /// In which sign-in; empty for a command.
    pub session: String,
    /// What was done.
    pub action: String,
    /// The key of the patient, or empty.
    pub patient: String,
    /// The key of the upload, or empty.
    pub upload: String,
    /// Counts and the like.
    pub detail: String,
    /// The hash of this line and all before it, in hexadecimal.
    pub hash: String,
}

/// What checking the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainCheck {
    /// Every line is as it was written.
    Whole {
        /// How many lines there are.
        lines: u64,
        /// The hash of the last line in hexadecimal; zeros before the first one.
        last: String,
    },
    /// A line is not what was written, or one before it is missing.
    BrokenAt {
        /// The number of the first such line.
        number: i64,
    },
}

/// The hash of a line: over the hash before it, then the time as eight bytes, then each text with its length as
/// eight bytes, all little end first. Lengths keep two fields from being read as one. The sign-in comes last, where
/// there is one: lines of commands, and those of before sign-ins were written down, end without.
fn hash(previous: &[u8], at: i64, texts: [&str; 5], session: &str) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(previous);
    sha.update(at.to_le_bytes());
    for text in texts.into_iter().chain(Some(session).filter(|session| !session.is_empty())) {
        sha.update((text.len() as u64).to_le_bytes());
        sha.update(text.as_bytes());
    }
    sha.finalize().into()
}

/// Writes a line, within the transaction of what it tells.
pub(super) fn append(
    connection: &Connection,
    by: By<'_>,
    action: AuditAction,
    patient: Option<&PatientId>,
    upload: Option<&UploadId>,
    detail: &str,
) -> Result<(), StoreError> {
    // Read under the lock of the write: two programs that read it at once would chain two lines to
    // one.
    let previous: Vec<u8> = connection
        .prepare_cached("SELECT hash FROM audit ORDER BY id DESC LIMIT 1")?
        .query_row((), |row| row.get(0))
        .optional()?
        .unwrap_or_else(|| FIRST_HASH.to_vec());
    let action = codec::word(action)?;
    let patient = patient.map_or("", |patient| &patient.0);
    let upload = upload.map_or("", |upload| &upload.0);
    let at = codec::nanoseconds(by.at);
    let hash = hash(&previous, at, [by.user, &action, patient, upload, detail], by.session);
    connection
        .prepare_cached(
            "INSERT INTO audit (at, user, session, action, patient, upload, detail, previous, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![at, by.user, by.session, action, patient, upload, detail, previous, hash])?;
    Ok(())
}

impl Store {
    /// Writes what a step asks to be written. Signing out also forgets whom this user selected lately.
    ///
    /// # Errors
    /// The database's; then the step must not seem done.
    pub fn audit(&self, by: By<'_>, entry: &AuditEntry) -> Result<(), StoreError> {
        self.write(|transaction| match entry {
            AuditEntry::OwnerConflict { upload, patient } => {
                append(transaction, by, AuditAction::OwnerConflict, Some(patient), Some(upload), "")
            }
            AuditEntry::PatientViewed { patient } => {
                append(transaction, by, AuditAction::PatientViewed, Some(patient), None, "")
            }
            AuditEntry::RecordExported { patient, kind, readings } => {
                let detail = format!("{}, {readings} readings", kind.name());
                append(transaction, by, AuditAction::RecordExported, Some(patient), None, &detail)
            }
            AuditEntry::SerialMismatch { upload } => {
                append(transaction, by, AuditAction::SerialMismatch, None, Some(upload), "")
            }
            AuditEntry::WristbandMismatch { upload, patient } => {
                append(transaction, by, AuditAction::WristbandMismatch, Some(patient), Some(upload), "")
            }
            AuditEntry::TrailExported { lines } => {
                append(transaction, by, AuditAction::TrailExported, None, None, &format!("{lines} lines"))
            }
            AuditEntry::SignedOut => {
                super::recents::forget(transaction, by.user)?;
                append(transaction, by, AuditAction::SignedOut, None, None, "")
            }
        })
    }

    /// The trail, oldest line first.
    ///
    /// # Errors
    /// The database's. Whether the lines are what was written is [`Store::verify_audit`]'s to say.
    pub fn audit_trail(&self) -> Result<Vec<AuditLine>, StoreError> {
        let reader = self.reader();
        let mut statement = reader
            .prepare("SELECT id, at, user, action, patient, upload, detail, hash, session FROM audit ORDER BY id")?;
        let mut rows = statement.query(())?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            lines.push(AuditLine {
                number: row.get(0)?,
                at: codec::timestamp(row.get(1)?)?,
                user: row.get(2)?,
                action: row.get(3)?,
                patient: row.get(4)?,
                upload: row.get(5)?,
                detail: row.get(6)?,
                hash: hex::encode(row.get::<_, Vec<u8>>(7)?),
                session: row.get(8)?,
            });
        }
        Ok(lines)
    }

    /// Checks every line against the chain.
    ///
    /// # Errors
    /// The database's, damaged pages among them. A broken chain is an answer.
    pub fn verify_audit(&self) -> Result<ChainCheck, StoreError> {
        let reader = self.reader();
        // The chain looks at the pages of the trail only; a damaged page elsewhere would go unseen.
        connection::check_pages(&reader)?;
        check_chain(&reader)
    }
}

/// Follows the chain from the first line to the last.
pub(super) fn check_chain(connection: &Connection) -> Result<ChainCheck, StoreError> {
    let mut statement = connection.prepare(
        "SELECT id, at, user, action, patient, upload, detail, previous, hash, session FROM audit ORDER BY id",
    )?;
    let mut rows = statement.query(())?;
    let mut before = FIRST_HASH.to_vec();
    let mut lines = 0;
    while let Some(row) = rows.next()? {
        let text = |column: usize| row.get::<_, String>(column);
        let (user, action, patient, upload, detail) = (text(2)?, text(3)?, text(4)?, text(5)?, text(6)?);
        let (previous, stored): (Vec<u8>, Vec<u8>) = (row.get(7)?, row.get(8)?);
        let right = hash(&previous, row.get(1)?, [&user, &action, &patient, &upload, &detail], &text(9)?);
        lines += 1;
        // Both: a line that was changed does not give its own hash, and behind one that was
        // taken out the hash before is missing.
        if previous != before || stored != right {
            return Ok(ChainCheck::BrokenAt { number: row.get(0)? });
        }
        before = stored;
    }
    Ok(ChainCheck::Whole { lines, last: hex::encode(before) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        for (second, user) in (1..).zip(["1", "2", "1", "3"]) {
            let by = By { user, session: "", at: Timestamp::from_second(second).unwrap() };
            store.audit(by, &AuditEntry::PatientViewed { patient: PatientId("7".into()) }).unwrap();
        }
        (directory, store)
    }

    /// Written out by hand: 32 zeros, the time, then length and bytes of each text.
    #[test]
    fn a_hash_covers_what_the_documentation_says() {
        let mut bytes = vec![0; 32];
        bytes.extend([5, 0, 0, 0, 0, 0, 0, 0]);
        for text in ["ab", "c", "", "", "d"] {
            bytes.extend([u8::try_from(text.len()).unwrap(), 0, 0, 0, 0, 0, 0, 0]);
            bytes.extend(text.bytes());
        }
        let by_hand: [u8; 32] = Sha256::digest(&bytes).into();
        assert_eq!(hash(&FIRST_HASH, 5, ["ab", "c", "", "", "d"], ""), by_hand);
        assert_ne!(hash(&FIRST_HASH, 5, ["a", "bc", "", "", "d"], ""), by_hand);
        // A sign-in comes last, with its length as well.
        bytes.extend([2, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend(b"7a");
        let by_hand: [u8; 32] = Sha256::digest(&bytes).into();
        assert_eq!(hash(&FIRST_HASH, 5, ["ab", "c", "", "", "d"], "7a"), by_hand);
    }

    #[test]
    fn the_database_refuses_to_change_or_delete_a_line() {
        let (_directory, store) = filled();
        for statement in ["UPDATE audit SET user = 'x' WHERE id = 2", "DELETE FROM audit WHERE id = 4"] {
            let refused = store.write(|transaction| Ok(transaction.execute(statement, ())?));
            assert!(matches!(refused, Err(StoreError::Database { .. })), "{statement}");
        }
        let lines = store.audit_trail().unwrap();
        assert_eq!(lines.len(), 4);
        assert_eq!(store.verify_audit().unwrap(), ChainCheck::Whole { lines: 4, last: lines[3].hash.clone() });
    }

    #[test]
    fn the_chain_shows_a_line_that_was_changed_or_taken_out_behind_our_back() {
        for (statement, broken) in [
            ("UPDATE audit SET user = 'x' WHERE id = 2", 2),
            ("UPDATE audit SET at = at + 1 WHERE id = 4", 4),
            ("DELETE FROM audit WHERE id = 3", 4),
            ("DELETE FROM audit WHERE id = 1", 2),
        ] {
            let (_directory, store) = filled();
            store
                .write(|transaction| {
                    transaction
                        .execute_batch("DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_deleted;")?;
                    Ok(transaction.execute(statement, ())?)
                })
                .unwrap();
            assert_eq!(store.verify_audit().unwrap(), ChainCheck::BrokenAt { number: broken }, "{statement}");
        }
    }
}
