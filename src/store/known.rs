//! Who is known here of a care platform's directory: kept as the directory spoke of them last.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::error::StoreError;
use super::{By, Store, codec, directories, heard, mergers, patient_rows, subjects};
use crate::domain::patient::{Patient, PatientId, Status};
use crate::domain::text::Clean;

impl Store {
    /// Keeps what a care platform's directory says of a patient. A patient of this store is known already.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] before [`Store::belong_to`]; [`StoreError::AnotherPerson`] if something was assigned to
    /// somebody of this key who cannot be this person; or the database's, which refuses a key of digits alone: that
    /// would be one of this store.
    pub fn know(&self, patient: &Patient) -> Result<(), StoreError> {
        if patient_rows::is_of_this_store(&self.reader(), patient)? {
            return Ok(());
        }
        self.write(|transaction| {
            // Whoever selects somebody may have looked at them for long: only an answer of the directory says that they
            // are in care again, or have a record of their own again.
            let known = subjects::of_key(transaction, &patient.id)?;
            let before = known.map(|subject| subjects::own(transaction, subject)).transpose()?;
            let status = before.map(|before| before.status).filter(|status| *status != Status::Active);
            keep(transaction, &Patient { status: status.unwrap_or(patient.status), ..patient.clone() })
        })
    }

    /// Notes what the directory says of somebody who was asked for under a key: as who took their place, if that is
    /// another one, and how they stand. Of somebody not known here nothing is kept. `by` says when the directory was
    /// asked: an answer to a question from before another that was answered changes nothing.
    ///
    /// # Errors
    /// [`StoreError::AnotherPerson`] as for [`Store::know`], or the database's.
    pub fn note_directory(&self, by: By<'_>, asked: &PatientId, now: &Patient) -> Result<(), StoreError> {
        // Without the lock of a write first: most of whom a directory tells are not known here.
        if !is_worth_noting(&self.reader(), by.at, asked, now)? {
            return Ok(());
        }
        self.write(|transaction| {
            if !is_worth_noting(transaction, by.at, asked, now)? {
                return Ok(());
            }
            if is_news(transaction, asked, now)? {
                // Before the merger, which needs both: whoever took the place may not have been
                // heard of here.
                keep(transaction, now)?;
                if now.status != Status::Merged {
                    mergers::end(transaction, by, &now.id)?;
                }
                if *asked != now.id
                    && let Some(subject) = subjects::of_key(transaction, asked)?
                    && let Some(into) = subjects::of_key(transaction, &now.id)?
                {
                    mergers::begin(transaction, by, (asked, subject), (&now.id, into))?;
                }
            }
            for id in [asked, &now.id] {
                heard::note(transaction, id, by.at)?;
            }
            Ok(())
        })
    }

    /// Into whose record the directory merged one, as it was heard last; nothing of one that is on its own.
    ///
    /// # Errors
    /// The database's.
    pub fn merged_into(&self, id: &PatientId) -> Result<Option<PatientId>, StoreError> {
        let reader = self.reader();
        let Some(subject) = subjects::of_key(&reader, id)? else { return Ok(None) };
        let into = subjects::merged_into(&reader, subject)?;
        into.map(|into| Ok(subjects::own(&reader, into)?.id)).transpose()
    }

    /// Whose records the directory merged into one, each on whatever way, as it was heard last.
    ///
    /// # Errors
    /// The database's.
    pub fn merged_records(&self, into: &PatientId) -> Result<Vec<PatientId>, StoreError> {
        let reader = self.reader();
        let Some(subject) = subjects::of_key(&reader, into)? else { return Ok(Vec::new()) };
        let theirs = subjects::with_merged("?1");
        let mut statement = reader.prepare_cached(&format!(
            "SELECT key FROM subjects WHERE id IN {theirs} AND id <> ?1 AND key IS NOT NULL ORDER BY id"
        ))?;
        let keys = statement.query_map([subject], |row| Ok(PatientId(row.get(0)?)))?;
        Ok(keys.collect::<Result<_, _>>()?)
    }

    /// What the directory said last of somebody known here; nothing of a patient of this store, or of a stranger.
    ///
    /// # Errors
    /// The database's.
    pub fn known_patient(&self, id: &PatientId) -> Result<Option<Patient>, StoreError> {
        let reader = self.reader();
        subjects::of_key(&reader, id)?.map(|subject| subjects::own(&reader, subject)).transpose()
    }

    /// Somebody of the directory to whom something was assigned here, as they are known here.
    ///
    /// # Errors
    /// The database's.
    pub fn patient_with_a_story(&self, id: &PatientId) -> Result<Option<Patient>, StoreError> {
        with_a_story(&self.reader(), id)
    }

    /// The names of the meters that are here somebody's under these keys of the directory alone; none of a stranger.
    ///
    /// # Errors
    /// The database's.
    pub fn devices_under(&self, keys: &[PatientId]) -> Result<Vec<Clean>, StoreError> {
        let reader = self.reader();
        Ok(patient_rows::visits(&reader, &subjects::of_keys(&reader, keys)?)?.devices)
    }

    /// Notes that the directory has nobody under a key any more, by what it was asked at this time: nothing is assigned
    /// to them while it cannot be asked. An answer to a question from before another that was answered changes nothing.
    ///
    /// # Errors
    /// The database's.
    pub fn note_gone(&self, asked_at: Timestamp, id: &PatientId) -> Result<(), StoreError> {
        // Without the lock of a write first: most of those of whom a directory has nobody are not known here.
        if subjects::of_key(&self.reader(), id)?.is_none() {
            return Ok(());
        }
        self.write(|transaction| {
            let Some(subject) = subjects::of_key(transaction, id)? else { return Ok(()) };
            if heard::has_later(transaction, id, asked_at)? {
                return Ok(());
            }
            // Also where it is no news: an earlier answer that says otherwise comes too late from now on.
            heard::note(transaction, id, asked_at)?;
            match subjects::own(transaction, subject)? {
                known if known.status == Status::Active => {
                    subjects::replace(transaction, &Patient { status: Status::Inactive, ..known })
                }
                _ => Ok(()),
            }
        })
    }
}

/// Whether an answer to what was asked at this time says of somebody known here what is not known yet, or is later than
/// what is, and no later one was heard.
fn is_worth_noting(
    connection: &Connection,
    asked_at: Timestamp,
    asked: &PatientId,
    now: &Patient,
) -> Result<bool, StoreError> {
    if subjects::of_key(connection, asked)?.is_none() {
        return Ok(false);
    }
    let mut is_later = is_news(connection, asked, now)?;
    for id in [asked, &now.id] {
        if heard::has_later(connection, id, asked_at)? {
            return Ok(false);
        }
        is_later |= heard::is_of_another_time(connection, id, asked_at)?;
    }
    Ok(is_later)
}

/// Whether the directory says of somebody known here what it did not say before.
fn is_news(connection: &Connection, asked: &PatientId, now: &Patient) -> Result<bool, StoreError> {
    let Some(subject) = subjects::of_key(connection, asked)? else { return Ok(false) };
    let into = subjects::merged_into(connection, subject)?;
    if *asked == now.id {
        let before = subjects::own(connection, subject)?;
        return Ok(into.is_some() || before.status != now.status || !before.is_told_like(now));
    }
    Ok(into.is_none() || into != subjects::of_key(connection, &now.id)?)
}

/// Keeps what the directory says of a patient.
fn keep(connection: &Connection, patient: &Patient) -> Result<(), StoreError> {
    directories::must_be_said(connection)?;
    if let Some(before) = with_a_story(connection, &patient.id)?
        && !before.can_be_still(patient)
    {
        return Err(StoreError::AnotherPerson);
    }
    connection
        .prepare_cached(
            "INSERT INTO subjects (key, copy) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM subjects WHERE key = ?1)",
        )?
        .execute(params![patient.id.0, codec::json(patient)?])?;
    subjects::replace(connection, patient)
}

/// Somebody of a directory to whom something was ever assigned, or to whoever their place was taken from, as they were
/// known then.
fn with_a_story(connection: &Connection, id: &PatientId) -> Result<Option<Patient>, StoreError> {
    let Some(subject) = subjects::of_key(connection, id)? else { return Ok(None) };
    let has_story = connection
        .prepare_cached(&format!(
            "SELECT EXISTS (SELECT 1 FROM assignments WHERE subject IN {theirs})
                 OR EXISTS (SELECT 1 FROM ownerships WHERE subject IN {theirs} AND closed_at IS NULL)",
            theirs = subjects::with_merged("?1")
        ))?
        .query_row([subject], |row| row.get::<_, bool>(0))?;
    if has_story { subjects::own(connection, subject).map(Some) } else { Ok(None) }
}
