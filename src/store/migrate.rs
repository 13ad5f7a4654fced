//! The forms of the database, and how one of an earlier version is brought to the present one.
//!
//! A store of a newer version is refused with its number, so that nothing of it is written in an older form. Before a
//! store is brought to a newer form, a copy of it as it was is kept beside it.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;
use rusqlite_migration::{HookError, M, Migrations};

use super::error::StoreError;
use super::files::Syncs;
use super::key::StoreKey;
use super::search;

/// The forms of the database, oldest first. A published one is never edited. What SQL cannot do is done by ours, in the
/// transaction in which the forms are applied.
static MIGRATIONS: LazyLock<[M<'static>; 30]> = LazyLock::new(|| {
    [
        M::up(include_str!("../../assets/migrations/0001-clinic.sql")),
        M::up(include_str!("../../assets/migrations/0002-search-words.sql")),
        M::up(include_str!("../../assets/migrations/0003-purpose.sql")),
        M::up(include_str!("../../assets/migrations/0004-identity-attempts.sql")),
        M::up(include_str!("../../assets/migrations/0005-guards.sql")),
        M::up(include_str!("../../assets/migrations/0006-readings.sql")),
        M::up(include_str!("../../assets/migrations/0007-what-was-said.sql")),
        M::up(include_str!("../../assets/migrations/0008-search-rings.sql")),
        M::up(include_str!("../../assets/migrations/0009-story.sql")).foreign_key_check(),
        M::up_with_hook(include_str!("../../assets/migrations/0010-search-spellings.sql"), |transaction| {
            search::rebuild(transaction).map_err(HookError::from)
        }),
        M::up(include_str!("../../assets/migrations/0011-taken-back.sql")).foreign_key_check(),
        M::up(include_str!("../../assets/migrations/0012-terminal.sql")),
        M::up(include_str!("../../assets/migrations/0013-sign-ins.sql")),
        M::up(include_str!("../../assets/migrations/0014-directories.sql")),
        M::up(include_str!("../../assets/migrations/0015-mergers.sql")),
        M::up(include_str!("../../assets/migrations/0016-not-allowed.sql")),
        M::up(include_str!("../../assets/migrations/0017-misplaced.sql")),
        M::up(include_str!("../../assets/migrations/0018-heard.sql")),
        M::up(include_str!("../../assets/migrations/0019-noted-people.sql")),
        M::up(include_str!("../../assets/migrations/0020-put-right-again.sql")),
        M::up(include_str!("../../assets/migrations/0021-undone.sql")).foreign_key_check(),
        M::up(include_str!("../../assets/migrations/0022-population.sql")),
        M::up(include_str!("../../assets/migrations/0023-withdrawn.sql")),
        M::up(include_str!("../../assets/migrations/0024-transfers.sql")),
        M::up(include_str!("../../assets/migrations/0025-time-corrections.sql")),
        M::up_with_hook(include_str!("../../assets/migrations/0026-large-clinics.sql"), |transaction| {
            search::rebuild(transaction).map_err(HookError::from)
        }),
        M::up(include_str!("../../assets/migrations/0027-staff.sql")),
        M::up(include_str!("../../assets/migrations/0028-told-corrections.sql")).foreign_key_check(),
        M::up(include_str!("../../assets/migrations/0029-endings.sql")),
        M::up(include_str!("../../assets/migrations/0030-meter-use.sql")),
    ]
});

/// The copy while it is being made: a name under which nobody takes it for whole.
const COPYING: &str = "glucodock.copying";

/// How many pages are copied at once; all that are there, because nobody can write meanwhile.
pub(super) const ALL_PAGES: i32 = i32::MAX;

/// The number of migrations that the database has.
pub(super) fn form(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Whether the database has the form that this version works with.
pub(super) fn is_present(connection: &Connection) -> Result<bool, StoreError> {
    Ok(usize::try_from(form(connection)?) == Ok(MIGRATIONS.len()))
}

/// Refuses a database of a newer version.
pub(super) fn is_known(connection: &Connection) -> Result<(), StoreError> {
    let found = form(connection)?;
    if usize::try_from(found).is_ok_and(|form| form <= MIGRATIONS.len()) {
        return Ok(());
    }
    Err(StoreError::NewerSchema { found, known: MIGRATIONS.len() })
}

/// Brings a database to the present form. One that was made by an earlier version is copied first.
pub(super) fn migrate(
    connection: &mut Connection,
    directory: &Path,
    key: &StoreKey,
    syncs: Syncs,
) -> Result<(), StoreError> {
    use rusqlite_migration::Error;
    if is_present(connection)? {
        return Ok(());
    }
    let form = form(connection)?;
    if form > 0 {
        keep_copy(connection, directory, form, key, syncs)?;
    }
    // Tables that others point to are made anew; what points where is checked by the migration itself.
    connection.pragma_update(None, "foreign_keys", false)?;
    let migrated = Migrations::from_slice(MIGRATIONS.as_slice()).to_latest(connection).map_err(|error| match error {
        Error::RusqliteError { err, .. } => err.into(),
        other => StoreError::Migration(other),
    });
    connection.pragma_update(None, "foreign_keys", true)?;
    migrated
}

/// Keeps the store as it is, under the same key: `glucodock.db.form-7` of the seventh form.
fn keep_copy(
    connection: &Connection,
    directory: &Path,
    form: i64,
    key: &StoreKey,
    syncs: Syncs,
) -> Result<(), StoreError> {
    const COPY: &str = "copying the data file before it is brought to a newer form";
    let copying = directory.join(COPYING);
    // The rest of a copy that was cut short may be open to others.
    std::fs::remove_file(&copying)
        .or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })
        .map_err(StoreError::file(COPY))?;
    let file =
        OpenOptions::new().create_new(true).write(true).mode(0o600).open(&copying).map_err(StoreError::file(COPY))?;
    copy_pages(connection, &copying, key).inspect_err(|_| {
        // Half a copy would take the room that there is too little of.
        let _ = std::fs::remove_file(&copying);
    })?;
    syncs.file(&file).map_err(StoreError::file(COPY))?;
    let named = directory.join(format!("{}.form-{form}", super::DATABASE_FILE));
    std::fs::rename(&copying, named).and_then(|()| syncs.folder(directory)).map_err(StoreError::file(COPY))
}

/// Copies the database into an empty file, under the same key.
pub(super) fn copy_pages(connection: &Connection, into: &Path, key: &StoreKey) -> Result<(), StoreError> {
    let mut copy = Connection::open(into)?;
    copy.execute_batch(&key.pragma())?;
    Backup::new(connection, &mut copy)?.run_to_completion(ALL_PAGES, Duration::ZERO, None)?;
    copy.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// A database of the present form with nothing in it.
#[cfg(test)]
pub(super) fn empty_database() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    Migrations::from_slice(MIGRATIONS.as_slice()).to_latest(&mut connection).unwrap();
    connection
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_apply_to_an_empty_database() {
        Migrations::from_slice(MIGRATIONS.as_slice()).validate().unwrap();
    }
}
