//! Who was noted as a new patient while the care platform did not answer, as [`crate::domain::noted_person`] has it.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::error::StoreError;
use super::{By, Store, audit, codec, directories, files};
use crate::domain::association::IdempotencyKey;
use crate::domain::noted_person::{NotedEvent, NotedPerson, NotedRefusal, NotedStanding};
use crate::domain::patient::{NewPatient, PatientId};

/// The file that whoever asks the platform about who was noted has locked; nothing is in it.
const NOTED_FILE: &str = "glucodock.noted";

/// What is told of each: who was noted, and how it stands since.
const COLUMNS: &str = "n.key, n.person, n.at, s.state, s.patient, s.why
     FROM noted_people n LEFT JOIN noted_steps s ON s.id = (SELECT max(id) FROM noted_steps WHERE noted = n.id)";

/// That nobody else asks the platform about who was noted, for as long as it lives; whoever is killed holds nothing.
#[derive(Debug)]
pub struct NotedLock(#[expect(dead_code, reason = "held for its drop alone")] File);

impl Store {
    /// Notes somebody as a new patient of the care platform, whose directory does not answer. A repeated call with the
    /// same key changes nothing and gives them as they stand.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] before [`Store::belong_to`]: only a directory is asked later; [`StoreError::KeyReused`]
    /// for another person; or the database's.
    pub fn note_person(&self, by: By<'_>, new: &NewPatient, key: &IdempotencyKey) -> Result<NotedPerson, StoreError> {
        self.write(|transaction| {
            directories::must_be_said(transaction)?;
            if let Some(before) = find(transaction, key)? {
                return if *before.new == *new { Ok(before) } else { Err(StoreError::KeyReused) };
            }
            transaction
                .prepare_cached(
                    "INSERT INTO noted_people (key, person, user, session, at) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![key.0, codec::json(new)?, by.user, by.session, codec::nanoseconds(by.at)])?;
            // By the key alone: nobody's name stands in the trail, and a patient key they do not
            // have yet.
            audit::append(transaction, by, audit::AuditAction::PersonNoted, None, None, &key.0)?;
            load(transaction, key)
        })
    }

    /// Everybody who was noted and of whom it is not known yet who they are, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn noted_people(&self) -> Result<Vec<NotedPerson>, StoreError> {
        let reader = self.reader();
        let open = "s.state IS NULL OR s.state NOT IN ('created', 'taken-as', 'dropped')";
        let mut statement = reader.prepare_cached(&format!("SELECT {COLUMNS} WHERE {open} ORDER BY n.id"))?;
        let rows = statement.query_map((), columns)?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(person).collect()
    }

    /// Somebody who was noted, as they stand now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the database's.
    pub fn noted_person(&self, key: &IdempotencyKey) -> Result<NotedPerson, StoreError> {
        load(&self.reader(), key)
    }

    /// Keeps what happened to somebody who was noted, in the trail too once it is known who they are, and gives them as
    /// they stand now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for nobody, and for somebody of whom another program has settled who they are;
    /// [`StoreError::MayBeCreated`] where the platform must say first whether it has created them; or the database's.
    pub fn note_happened(
        &self,
        by: By<'_>,
        key: &IdempotencyKey,
        event: NotedEvent,
    ) -> Result<NotedPerson, StoreError> {
        self.write(|transaction| {
            let before = load(transaction, key)?;
            let standing = before.standing.after(event).map_err(|refusal| match refusal {
                NotedRefusal::Settled => StoreError::NotFound { what: "somebody who was noted and still waits" },
                NotedRefusal::Unknown => StoreError::MayBeCreated,
            })?;
            if standing != before.standing {
                put(transaction, by, key, &standing)?;
            }
            Ok(NotedPerson { standing, ..before })
        })
    }

    /// Waits so long for the right to ask the platform about who was noted; nothing while another program does.
    ///
    /// # Errors
    /// [`StoreError::File`].
    pub fn noted_lock(&self, patience: Duration) -> Result<Option<NotedLock>, StoreError> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true).mode(0o600);
        let file = options
            .open(self.directory.join(NOTED_FILE))
            .map_err(StoreError::file("opening the file of noted people"))?;
        match files::lock(&file, patience) {
            Ok(()) => Ok(Some(NotedLock(file))),
            Err(StoreError::Busy) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn put(connection: &Connection, by: By<'_>, key: &IdempotencyKey, standing: &NotedStanding) -> Result<(), StoreError> {
    let (state, patient, why) = match standing {
        NotedStanding::Waiting => ("waiting", None, None),
        NotedStanding::Begun => ("begun", None, None),
        NotedStanding::ToDecide(why) => ("to-decide", None, Some(codec::word(why)?)),
        NotedStanding::Created(patient) => ("created", Some(patient), None),
        NotedStanding::TakenAs(patient) => ("taken-as", Some(patient), None),
        NotedStanding::Dropped => ("dropped", None, None),
    };
    connection
        .prepare_cached(
            "INSERT INTO noted_steps (noted, state, patient, why, user, session, at)
             SELECT id, ?2, ?3, ?4, ?5, ?6, ?7 FROM noted_people WHERE key = ?1",
        )?
        .execute(params![
            key.0,
            state,
            patient.map(|patient| &patient.0),
            why,
            by.user,
            by.session,
            codec::nanoseconds(by.at)
        ])?;
    let told = match standing {
        NotedStanding::Created(_) => audit::AuditAction::NotedPersonCreated,
        NotedStanding::TakenAs(_) => audit::AuditAction::NotedPersonTakenAs,
        NotedStanding::Dropped => audit::AuditAction::NotedPersonDropped,
        NotedStanding::Waiting | NotedStanding::Begun | NotedStanding::ToDecide(_) => return Ok(()),
    };
    audit::append(connection, by, told, patient, None, &key.0)
}

fn load(connection: &Connection, key: &IdempotencyKey) -> Result<NotedPerson, StoreError> {
    find(connection, key)?.ok_or(StoreError::NotFound { what: "somebody who was noted" })
}

fn find(connection: &Connection, key: &IdempotencyKey) -> Result<Option<NotedPerson>, StoreError> {
    let found = connection
        .prepare_cached(&format!("SELECT {COLUMNS} WHERE n.key = ?1"))?
        .query_row([&key.0], columns)
        .optional()?;
    found.map(person).transpose()
}

/// What a row of [`COLUMNS`] has: key, person, time, and of the newest step state, patient and why.
type NotedColumns = (String, String, i64, Option<String>, Option<String>, Option<String>);

fn columns(row: &Row<'_>) -> rusqlite::Result<NotedColumns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
}

fn person((key, new, since, state, patient, why): NotedColumns) -> Result<NotedPerson, StoreError> {
    let patient = patient.map(PatientId);
    let standing = match (state.as_deref(), patient, why) {
        (None | Some("waiting"), None, None) => NotedStanding::Waiting,
        (Some("begun"), None, None) => NotedStanding::Begun,
        (Some("to-decide"), None, Some(why)) => NotedStanding::ToDecide(codec::from_word(&why, "reason")?),
        (Some("created"), Some(patient), None) => NotedStanding::Created(patient),
        (Some("taken-as"), Some(patient), None) => NotedStanding::TakenAs(patient),
        (Some("dropped"), None, None) => NotedStanding::Dropped,
        _ => return Err(StoreError::Damaged { what: "noted person" }),
    };
    Ok(NotedPerson {
        key: IdempotencyKey(key),
        new: Box::new(codec::from_json(&new, "noted person")?),
        since: codec::timestamp(since)?,
        standing,
    })
}
