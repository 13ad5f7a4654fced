//! What the database refuses, whoever asks and by whatever statement: tested table by table.

use rusqlite::Connection;

use super::tests::{BY, download};
use super::{DATABASE_FILE, KEY_FILE, Store, key, meters};
use crate::domain::clinic::{Password, Role};

/// The tables that may be written over, each with its reason.
const LOOSE: [(&str, &str); 3] = [
    ("recents", "a list of at most ten, emptied at sign-out"),
    ("sign_in_failures", "a count that a success clears"),
    ("search_words", "made of the patients, and can be made again"),
];

/// A store with a row in every table, and a connection to it that has neither `recursive_triggers` nor foreign keys,
/// as another program with the key would have it.
fn filled() -> (tempfile::TempDir, Store, Connection) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let new = super::NewUser {
        login: "nurse".into(),
        name: "Nora Nurse".into(),
        role: Role::Assistant,
        password: Password::new("right password".into()),
    };
    store.add_user(BY, &new).unwrap();
    store.quarantine(BY, &download()).unwrap();
    store
        .write(|transaction| {
            transaction.execute_batch(
                "INSERT INTO patients (family, given, born, gender, status, family_folded, given_folded, created_by,
                     created_at, request_key) VALUES ('a', 'b', '2000-01-01', 'other', 'ACTIVE', 'a', 'b', '1', 0, 'k');
                 INSERT INTO identifiers (patient, position, label, value, folded) VALUES (1, 0, 'MRN', 'M1', 'm1');",
            )?;
            meters::open_ownership(transaction, BY, 1, 1)?;
            transaction.execute_batch(
                "INSERT INTO assignments (request_key, upload, patient, user, at, new, already_there)
                     VALUES ('k', 1, 1, '1', 0, 720, 0);
                 INSERT INTO identity_attempts (upload, patient, outcome, user, at) VALUES (1, 1, 'begun', '1', 0);
                 INSERT INTO reading_doubts (reading, doubt, upload) VALUES (1, 'clock-wrong', 1);
                 INSERT INTO repeated_readings (reading, same_as, assignment) VALUES (2, 1, 1);
                 INSERT INTO intake_answers (upload, last_download, answer, user, at)
                     VALUES (1, 1, 'meter-wrong', '1', 0);
                 UPDATE readings SET patient = 1, assignment = 1 WHERE id <> 2;
                 UPDATE uploads SET state = 'assigned';
                 UPDATE ownerships SET closed_at = 1, closed_by = '1';",
            )?;
            Ok(())
        })
        .unwrap();
    let loose = Connection::open(directory.path().join(DATABASE_FILE)).unwrap();
    loose.execute_batch(&key::Key::read(&directory.path().join(KEY_FILE)).unwrap().pragma()).unwrap();
    loose.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA recursive_triggers = OFF;").unwrap();
    (directory, store, loose)
}

fn names(connection: &Connection, statement: &str) -> Vec<String> {
    let mut statement = connection.prepare(statement).unwrap();
    statement.query_map((), |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn no_row_of_any_table_is_replaced_deleted_or_changed() {
    let (_directory, _store, loose) = filled();
    let tables =
        names(&loose, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name");
    let guarded: Vec<_> = tables.iter().filter(|table| LOOSE.iter().all(|(loose, _)| loose != table)).collect();
    assert_eq!(tables.len(), guarded.len() + LOOSE.len(), "every exception exists");
    for table in guarded {
        let rows = || {
            let count: i64 = loose.query_row(&format!("SELECT count(*) FROM {table}"), (), |row| row.get(0)).unwrap();
            count
        };
        let before = rows();
        assert!(before > 0, "{table} has no row to try it on");
        let columns = names(&loose, &format!("SELECT name FROM pragma_table_info('{table}')")).join(", ");
        let (first, _) = columns.split_once(", ").unwrap();
        let mut statements = vec![
            format!("DELETE FROM {table}"),
            format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1"),
            format!("REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table} LIMIT 1"),
            format!("UPDATE OR REPLACE {table} SET {first} = {first} + 1"),
        ];
        if first == "id" {
            // A new number in the place of a row with the same unique values.
            let rest = columns.split_once(", ").unwrap().1;
            let unique = names(
                &loose,
                &format!(
                    "SELECT name FROM pragma_index_list('{table}') WHERE [unique] AND NOT partial AND origin <> 'pk'"
                ),
            );
            if !unique.is_empty() {
                statements.push(format!("REPLACE INTO {table} ({rest}) SELECT {rest} FROM {table} LIMIT 1"));
            }
        }
        for statement in statements {
            let error = loose.execute(&statement, ()).expect_err(&statement);
            let code = error.sqlite_error().map(|failure| failure.extended_code);
            assert_eq!(code, Some(rusqlite::ffi::SQLITE_CONSTRAINT_TRIGGER), "{statement}: {error}");
            assert_eq!(rows(), before);
        }
    }
}

#[test]
fn what_may_be_done_once_is_not_done_twice() {
    let (_directory, _store, loose) = filled();
    for statement in [
        "UPDATE ownerships SET closed_at = NULL, closed_by = NULL",
        "UPDATE ownerships SET closed_at = 2",
        "UPDATE ownerships SET patient = 2",
        "UPDATE uploads SET state = 'pending'",
        "UPDATE uploads SET counts = '{}'",
        "UPDATE uploads SET meter = 2",
        "UPDATE assignments SET patient = 2",
        "UPDATE downloads SET transcript = x''",
        "UPDATE download_readings SET reading = 1",
        "UPDATE readings SET patient = 2",
        "UPDATE readings SET patient = 1, assignment = 1 WHERE id = 2",
        "UPDATE downloads SET tells_seconds = 1",
        "UPDATE download_readings SET said = ''",
        "UPDATE audit SET detail = ''",
        // Before the first line, and beside the chain.
        "INSERT INTO audit (id, at, user, action, patient, upload, detail, previous, hash)
             SELECT -1, at, user, action, patient, upload, detail, (SELECT hash FROM audit ORDER BY id DESC), x'00' FROM audit LIMIT 1",
        "INSERT INTO audit (at, user, action, patient, upload, detail, previous, hash)
             SELECT at, user, action, patient, upload, detail, zeroblob(32), x'00' FROM audit LIMIT 1",
    ] {
        let error = loose.execute(statement, ()).expect_err(statement);
        let code = error.sqlite_error().map(|failure| failure.extended_code);
        assert_eq!(code, Some(rusqlite::ffi::SQLITE_CONSTRAINT_TRIGGER), "{statement}: {error}");
    }
}
