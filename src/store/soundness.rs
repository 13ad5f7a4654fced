//! Whether all that is stored is as it was written and agrees with itself: the store itself, or a backup of it.

use std::path::Path;

use rusqlite::Connection;

use super::audit::{self, ChainCheck};
use super::error::StoreError;
use super::key::StoreKey;
use super::{KEY_FILE, Store, connection, migrate, purpose, unchanged};
use crate::domain::clinic::Purpose;

/// Readings that stand in a record and by the last decision on them should not, and those that should and do not.
const MISPLACED: &str = "SELECT
    (SELECT count(*) FROM records x JOIN assignments a ON a.id = x.assignment
     WHERE a.subject IS NOT x.subject
         OR x.assignment IS NOT (SELECT max(g.assignment) FROM assigned_readings g WHERE g.reading = x.reading))
    + (SELECT count(*) FROM
         (SELECT reading, max(assignment) AS assignment FROM assigned_readings GROUP BY reading) g
         JOIN assignments a ON a.id = g.assignment
     WHERE a.subject IS NOT NULL AND NOT EXISTS (SELECT 1 FROM records x WHERE x.reading = g.reading))";

/// Readings whose record has them by another time than the meter told or a correction that stands says.
const MISTIMED: &str = "SELECT count(*) FROM records x JOIN readings r ON r.id = x.reading
    WHERE x.time <> coalesce((SELECT c.time FROM corrected_times c WHERE c.reading = r.id), r.time)";

/// Readings that no download has told.
const UNTOLD: &str = "SELECT count(*) FROM readings r
    WHERE NOT EXISTS (SELECT 1 FROM download_readings l WHERE l.reading = r.id)";

/// What the clinic's list has and the records have not, and the other way round: lows, and last readings.
const OTHER_LIST: &str = "SELECT
    (SELECT count(*) FROM (SELECT reading, subject, day, very_low FROM counted_lows
        EXCEPT SELECT reading, subject, day, very_low FROM low_readings))
    + (SELECT count(*) FROM (SELECT reading, subject, day, very_low FROM low_readings
        EXCEPT SELECT reading, subject, day, very_low FROM counted_lows))
    + (SELECT count(*) FROM last_seen s
        LEFT JOIN (SELECT subject, max(time) AS time FROM counted_records GROUP BY subject) r ON r.subject = s.subject
     WHERE s.last_reading <> coalesce(r.time, ''))";

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoundnessCheck {
    /// Every page is as it was written.
    Pages,
    /// The tables agree with their indexes and their rules.
    Tables,
    /// What one row names in another table is there.
    References,
    /// No line of the audit trail was changed or taken out.
    Trail,
    /// Each reading is in the record that the last decision on it says, by its meter's time or the corrected one, and
    /// came from a download.
    Records,
    /// The clinic's list says what the records say.
    ClinicList,
}

impl SoundnessCheck {
    /// All of them, in the order in which they are looked at: what comes later rests on what comes before.
    pub const ALL: [Self; 6] =
        [Self::Pages, Self::Tables, Self::References, Self::Trail, Self::Records, Self::ClinicList];

    /// Whether it can be looked at in a database of an earlier form.
    const fn is_of_any_form(self) -> bool {
        matches!(self, Self::Pages | Self::Tables | Self::References)
    }

    /// Whether it is as it should be.
    fn holds(self, connection: &Connection) -> Result<bool, StoreError> {
        let count = |sql: &str| connection.query_row(sql, (), |row| row.get::<_, i64>(0));
        Ok(match self {
            Self::Pages => match connection::check_pages(connection) {
                Err(StoreError::DataDamaged) => false,
                other => other.map(|()| true)?,
            },
            Self::Tables => {
                connection.query_row("PRAGMA integrity_check(1)", (), |row| row.get::<_, String>(0))? == "ok"
            }
            Self::References => connection.prepare("PRAGMA foreign_key_check")?.query(())?.next()?.is_none(),
            Self::Trail => matches!(audit::check_chain(connection)?, ChainCheck::Whole { .. }),
            Self::Records => count(MISPLACED)? == 0 && count(MISTIMED)? == 0 && count(UNTOLD)? == 0,
            Self::ClinicList => count(OTHER_LIST)? == 0,
        })
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Soundness {
    /// What was looked at, and whether it is as it should be. It ends with the first that is not: what comes later
    /// rests on it.
    pub found: Vec<(SoundnessCheck, bool)>,
    /// The number and the hash of the last line of the audit trail, in hexadecimal: to be compared with what was noted
    /// elsewhere. Nothing where the trail was not looked at.
    pub last: Option<(i64, String)>,
    /// The form of the database, if it is an earlier one: some can be looked at only once it is brought to the present
    /// one.
    pub earlier_form: Option<i64>,
    /// What the store is for.
    pub purpose: Purpose,
}

impl Soundness {
    /// Whether all that was looked at is as it should be.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.found.iter().all(|(_, holds)| *holds)
    }

    fn of(connection: &Connection) -> Result<Self, StoreError> {
        let form = migrate::form(connection)?;
        let is_present = migrate::is_present(connection)?;
        let mut found = Vec::new();
        for check in SoundnessCheck::ALL.into_iter().filter(|check| is_present || check.is_of_any_form()) {
            let holds = check.holds(connection)?;
            found.push((check, holds));
            if !holds {
                break;
            }
        }
        let has_trail = found.iter().any(|(check, holds)| *check == SoundnessCheck::Trail && *holds);
        let last = if has_trail { Some(super::Mark::last(connection)?) } else { None };
        Ok(Self {
            found,
            last: last.map(|last| (last.number, hex::encode(last.hash))),
            earlier_form: (!is_present).then_some(form),
            purpose: purpose::of_form(connection)?,
        })
    }
}

impl Store {
    /// Looks at everything that is stored.
    ///
    /// # Errors
    /// The database's. What is not as it should be is an answer.
    pub fn soundness(&self) -> Result<Soundness, StoreError> {
        let mut reader = self.reader();
        // One state of the database, whoever writes meanwhile.
        Soundness::of(&*reader.transaction()?)
    }

    /// Looks at everything in a backup, and makes no file beside it. The key is that of the data folder, unless another
    /// one is given.
    ///
    /// # Errors
    /// [`StoreError::BackupUnreadable`] if it does not open, [`StoreError::BackupMissing`],
    /// [`StoreError::NewerSchema`], or those of a key file.
    pub fn soundness_of_backup(directory: &Path, file: &Path, key: Option<&Path>) -> Result<Soundness, StoreError> {
        unchanged::is_file(file)?;
        let own = directory.join(KEY_FILE);
        let key = match key {
            Some(given) => StoreKey::read_given(given)?,
            None if !own.exists() => return Err(StoreError::NoKeyGiven),
            None => StoreKey::read(&own)?,
        };
        let copy = unchanged::open(file, &key)?;
        migrate::is_known(&copy)?;
        Soundness::of(&copy)
    }
}
