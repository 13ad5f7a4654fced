//! What the database refuses, whoever asks and by whatever statement: tested table by table.

use rusqlite::Connection;

use super::tests::{BY, download};
use super::{DATABASE_FILE, KEY_FILE, Store, key, meters};
use crate::domain::clinic::{Password, Role};
use crate::domain::text::Private;

/// The tables that may be written over, each with its reason.
const LOOSE: [(&str, &str); 7] = [
    ("recents", "a list of at most ten, emptied at sign-out"),
    ("sign_in_failures", "a count that a success clears"),
    ("search_words", "made of the patients, and can be made again"),
    ("sign_ins", "renewed with each token, and forgotten with the sign-in"),
    ("servers", "found out of a server by trying, and can be found out again"),
    ("last_seen", "made of the records, and can be made again"),
    ("low_readings", "made of the records, and can be made again"),
];

/// Times that were corrected, one of a reading that a care platform is yet to be told of, and what it was told of one.
const CORRECTIONS: &str = "
    INSERT INTO time_corrections
        (request_key, kind, meter, subject, first_time, last_time, seconds, reason, user, session, at)
        SELECT 'p', 'corrected', 1, 1, time, time, 60, 'r', '1', '', 0 FROM readings WHERE id = 5;
    INSERT INTO corrected_readings (correction, reading, assignment, time)
        SELECT 1, 5, 5, strftime('%Y-%m-%dT%H:%M:%S', time, '60 seconds') FROM readings WHERE id = 5;
    INSERT INTO time_corrections
        (request_key, kind, meter, subject, first_time, last_time, seconds, reason, user, session, at)
        SELECT 'q', 'corrected', 1, 1, time, time, 60, 'r', '1', '', 0 FROM readings WHERE id = 1;
    INSERT INTO assigned_readings VALUES (4, 5);
    INSERT INTO time_corrections
        (request_key, kind, meter, subject, first_time, last_time, seconds, reason, user, session, at)
        SELECT 'r', 'corrected', 1, 1, time, time, 60, 'r', '1', '', 0 FROM readings WHERE id = 4;
    INSERT INTO outbox (key, line, kind, assignment, state, due, attempts)
        VALUES ('o', 'a', 'readings', 5, 'queued', 0, 0);
    INSERT INTO outbox (key, line, kind, assignment, state, attempts, correction)
        VALUES ('p', 'a', 'correction', 5, 'delivered', 1, 1);
";

/// One that ended, and that was undone.
const ENDED: &str = "
    INSERT INTO endings (request_key, meter, ownership, why, last_day, reason, identity, in_record,
        last_assignment, user, session, at)
        VALUES ('e', 1, 2, 'returned', '2026-07-15', 'r', 'initials', 0, 3, '1', '', 0),
            ('g', 2, 3, 'error', NULL, 'r', 'initials', 0, 3, '1', '', 0);
    INSERT INTO ownerships (meter, subject, opened_at, opened_by, opened_session, first_day, closed_at,
        closed_by, closed_session, closed_why)
        VALUES (1, 4, 3, '1', '', '2026-07-14', 4, '1', '', 'ended');
    INSERT INTO endings_undone (request_key, ending, opened, user, session, at)
        VALUES ('v', 1, 4, '1', '', 0);
    INSERT INTO ending_attempts (ownership, outcome, user, session, at) VALUES (2, 'begun', '1', '', 0);";

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
        password_is_given: false,
    };
    store.add_user(super::By { user: "office", ..BY }, &new).unwrap();
    store.terminal().unwrap();
    let issuer = super::TokenIssuer { issuer: "https://a.example".to_owned(), client: "glucodock".to_owned() };
    store.keep_sign_in(&issuer, "1", "one", Some(&Password::new("next".to_owned()))).unwrap();
    let mut first = download();
    for (minute, reading) in (0_i8..).zip(first.readings.iter_mut().take(6)) {
        reading.time = Some(jiff::civil::date(2026, 7, 14).at(8, minute, 0, 0));
    }
    store.quarantine(BY, &first).unwrap();
    // Another one, which waits.
    let mut waiting = download();
    waiting.meter.serial = Private::new("000-2".into());
    waiting.readings.truncate(3);
    store.quarantine(BY, &waiting).unwrap();
    store
        .write(|transaction| {
            transaction.execute_batch(
                "INSERT INTO subjects DEFAULT VALUES;
                 INSERT INTO directories (base, tenant, user, session, at)
                     VALUES ('https://a.example', '', '1', '', 0);
                 INSERT INTO subjects (key, copy) VALUES ('Patient/1', '{}'), ('Patient/2', '{}'), ('Patient/3', '{}');
                 INSERT INTO mergers (subject, into_subject, user, session, at) VALUES (2, 3, '1', '', 0);
                 INSERT INTO noted_people (key, person, user, session, at)
                     VALUES ('one', '{}', '1', '', 0), ('two', '{}', '1', '', 0);
                 INSERT INTO noted_steps (noted, state, patient, user, session, at)
                     VALUES (1, 'created', 'Patient/1', '1', '', 0), (2, 'begun', NULL, '1', '', 0);
                 INSERT INTO patients (id, family, given, born, gender, status, family_folded, given_folded, created_by,
                     created_at, request_key) VALUES (1, 'a', 'b', '2000-01-01', 'other', 'ACTIVE', 'a', 'b', '1', 0, \
                     'k');
                 INSERT INTO identifiers (patient, position, label, value, folded) VALUES (1, 0, 'MRN', 'M1', 'm1');
                 INSERT INTO identifiers (patient, position, label, value, folded) VALUES (1, 1, 'ID', 'I1', 'i1');",
            )?;
            meters::open_ownership(transaction, BY, 1, 1)?;
            transaction.execute_batch(
                "INSERT INTO uploads (meter, state, identity, read_at, counts, first_time, last_time, warnings)
                     VALUES (1, 'assigned', '', 0, '', '', '', 0);
                 INSERT INTO assignments
                     (request_key, kind, meter, upload, subject, supersedes, user, session, at, new, already_there)
                     VALUES ('k', 'assigned', 1, 1, 1, NULL, '1', '', 0, 719, 0),
                         ('l', 'assigned', 1, 3, 1, NULL, '1', '', 0, 0, 0), ('m', 'undone', 1, 3, NULL, 2, '1', '', \
                         0, 0, 0);
                 INSERT INTO assignments
                     (request_key, kind, meter, upload, subject, supersedes, reason, cut, user, session, at, new,
                     already_there)
                     VALUES ('n', 'transferred', 1, 1, 1, 1, 'r', '2026-07-14', '1', '', 0, 0, 0);
                 INSERT INTO assignments
                     (request_key, kind, meter, upload, subject, supersedes, user, session, at, new, already_there)
                     VALUES ('o', 'assigned', 1, 3, 1, NULL, '1', '', 0, 1, 0),
                         ('p', 'undone', 1, 3, NULL, 5, '1', '', 0, 0, 0);
                 INSERT INTO identity_attempts (upload, subject, outcome, user, session, at)
                     VALUES (1, 1, 'begun', '1', '', 0), (2, 1, 'mismatch', '1', '', 0), (2, 1, 'mismatch', '1', '', 0);
                 INSERT INTO outbox (key, line, kind, assignment, state, attempts)
                     VALUES ('k', 'a', 'readings', 1, 'delivered', 1);
                 INSERT INTO outbox_records (item, subject, at) VALUES (1, 2, 0);
                 INSERT INTO outbox_put_right (item, last_record, reason, user, session, at)
                     VALUES (1, 1, 'r', '1', '', 0);
                 INSERT INTO reading_doubts (reading, doubt, upload) VALUES (1, 'clock-wrong', 1);
                 INSERT INTO withdrawn_doubts (reading, doubt, upload) VALUES (1, 'time-ahead', 1);
                 INSERT INTO repeated_readings (reading, same_as, assignment) VALUES (2, 1, 1);
                 INSERT INTO intake_answers (upload, last_download, answer, user, session, at)
                     VALUES (1, 1, 'meter-wrong', '1', '', 0);
                 INSERT INTO use_answers (upload, last_download, meter, subject, answer, about, user, session, at)
                     VALUES (1, 1, 1, 1, 'not-known', '[]', '1', '', 0);
                 INSERT INTO assigned_readings SELECT id, 1 FROM readings WHERE id <> 2 AND meter = 1;
                 INSERT INTO assigned_readings VALUES (4, 3), (5, 3), (6, 3), (5, 5);",
            )?;
            transaction.execute_batch(CORRECTIONS)?;
            transaction.execute_batch(
                "UPDATE uploads SET state = 'assigned' WHERE id = 1;
                 UPDATE ownerships SET closed_at = 1, closed_by = '1', closed_session = '', closed_why = 'transferred';
                 INSERT INTO ownerships (meter, subject, opened_at, opened_by, opened_session, first_day, closed_at,
                     closed_by, closed_session, closed_why)
                     VALUES (1, 4, 1, '1', '', '2026-07-14', 2, '1', '', 'ended'),
                         (2, 4, 1, '1', '', NULL, 2, '1', '', 'ended');
                 INSERT INTO transfers (request_key, meter, closed, opened, first_day, reason, identity_before,
                     identity_after, moved, stayed, unsure, last_assignment, user, session, at)
                     VALUES ('t', 1, 1, 2, '2026-07-14', 'r', 'initials', 'identifier', 0, 0, 0, 3, '1', '', 0);
                 INSERT INTO transfer_attempts (ownership, subject, outcome, user, session, at)
                     VALUES (1, 1, 'begun', '1', '', 0);",
            )?;
            transaction.execute_batch(ENDED)?;
            Ok(())
        })
        .unwrap();
    let loose = Connection::open(directory.path().join(DATABASE_FILE)).unwrap();
    loose.execute_batch(&key::StoreKey::read(&directory.path().join(KEY_FILE)).unwrap().pragma()).unwrap();
    loose.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA recursive_triggers = OFF;").unwrap();
    (directory, store, loose)
}

fn names(connection: &Connection, statement: &str) -> Vec<String> {
    let mut statement = connection.prepare(statement).unwrap();
    statement.query_map((), |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// The tables that are guarded.
fn guarded(loose: &Connection) -> Vec<String> {
    let all = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
    let mut tables = names(loose, all);
    let before = tables.len();
    tables.retain(|table| LOOSE.iter().all(|(loose, _)| loose != table));
    assert_eq!(before, tables.len() + LOOSE.len(), "every exception exists");
    tables
}

/// What would delete, replace or change a row of a table.
fn against(loose: &Connection, table: &str) -> Vec<String> {
    let columns = names(loose, &format!("SELECT name FROM pragma_table_info('{table}')")).join(", ");
    let (first, rest) = columns.split_once(", ").unwrap();
    let mut statements = vec![
        format!("DELETE FROM {table}"),
        format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table} ORDER BY 1 DESC LIMIT 1"),
        format!("REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table} ORDER BY 1 DESC LIMIT 1"),
        format!("UPDATE OR REPLACE {table} SET {first} = {first} + 1"),
    ];
    if first == "id" {
        // A new number in the place of a row with the same unique values.
        let unique = "SELECT name FROM pragma_index_list('TABLE') WHERE [unique] AND NOT partial AND origin <> 'pk'";
        if !names(loose, &unique.replace("TABLE", table)).is_empty() {
            statements
                .push(format!("REPLACE INTO {table} ({rest}) SELECT {rest} FROM {table} ORDER BY id DESC LIMIT 1"));
        }
    }
    statements
}

/// What may be done once, or not at all.
const REFUSED: &[&str] = &[
    "UPDATE ownerships SET closed_at = NULL, closed_by = NULL, closed_session = NULL, closed_why = NULL",
    "UPDATE ownerships SET closed_at = 2",
    "UPDATE ownerships SET subject = 2",
    "UPDATE uploads SET state = 'pending'",
    "UPDATE uploads SET counts = '{}'",
    "UPDATE uploads SET meter = 1 WHERE id = 2",
    "UPDATE assignments SET subject = 2",
    "UPDATE downloads SET transcript = x''",
    "UPDATE download_readings SET reading = 1",
    "UPDATE readings SET digits = 1, time = '2026-07-14T08:00:00'",
    "UPDATE records SET subject = 2 WHERE reading = 1",
    // What nobody assigned; of another meter; what is in a record already; what is kept out; once more.
    "INSERT INTO records (reading, subject, time, assignment) SELECT 2, 1, time, 1 FROM readings WHERE id = 2",
    "INSERT INTO assigned_readings SELECT id, 2 FROM readings WHERE meter = 2 LIMIT 1",
    "INSERT INTO assigned_readings VALUES (1, 2)",
    "INSERT INTO assigned_readings VALUES (2, 2)",
    "INSERT OR REPLACE INTO assigned_readings VALUES (6, 3)",
    // Of corrected time; by another time than the one that stands; what its correction does not say; what the platform
    // is yet to be told; of a correction of another meter.
    "INSERT INTO assigned_readings VALUES (5, 6)",
    "UPDATE records SET time = (SELECT time FROM readings WHERE id = 5) WHERE reading = 5",
    "INSERT INTO corrected_readings (correction, reading, assignment, time)
         SELECT 2, 1, 1, strftime('%Y-%m-%dT%H:%M:%S', time, '61 seconds') FROM readings WHERE id = 1",
    "INSERT INTO corrected_readings (correction, reading, assignment, time)
         SELECT 3, 4, 5, strftime('%Y-%m-%dT%H:%M:%S', time, '60 seconds') FROM readings WHERE id = 4",
    "INSERT INTO time_corrections (request_key, kind, meter, subject, supersedes, user, session, at)
         VALUES ('s', 'undone', 2, 1, 1, '1', '', 0)",
    "INSERT INTO repeated_readings (reading, same_as, assignment) VALUES (1, 3, 1)",
    "INSERT OR REPLACE INTO identifiers SELECT * FROM identifiers WHERE position = 1",
    "INSERT INTO identifiers (patient, position, label, value, folded) VALUES (1, 2, 'mrn', 'M2', 'm2')",
    // After two wrong answers; an upload that is in a record; what was decided of another meter.
    "INSERT INTO assignments (request_key, kind, meter, upload, subject, user, session, at, new, already_there)
         VALUES ('another', 'assigned', 2, 2, 1, '1', '', 0, 3, 0)",
    "INSERT INTO assignments (request_key, kind, meter, upload, subject, user, session, at, new, already_there)
         VALUES ('another', 'assigned', 1, 1, 1, '1', '', 0, 3, 0)",
    "INSERT INTO assignments (request_key, kind, meter, supersedes, user, session, at, new, already_there)
         VALUES ('another', 'undone', 2, 1, '1', '', 0, 3, 0)",
    // Of two meters; what nobody gave; to whom it belongs already; undone twice.
    "INSERT INTO transfers (request_key, meter, closed, opened, first_day, reason, identity_before, identity_after,
         moved, stayed, unsure, last_assignment, user, session, at)
         VALUES ('other', 1, 2, 3, '2026-07-14', 'r', 'initials', 'initials', 0, 0, 0, 3, '1', '', 0)",
    "INSERT INTO assigned_readings VALUES (2, 4)",
    "INSERT INTO assigned_readings VALUES (3, 4)",
    "INSERT INTO assignments (request_key, kind, meter, upload, supersedes, user, session, at, new, already_there)
         VALUES ('another', 'undone', 1, 3, 2, '1', '', 0, 0, 0)",
    "INSERT INTO patients (id, family, given, born, gender, status, family_folded, given_folded, created_by, created_at)
         SELECT 2, family, given, born, gender, status, family_folded, given_folded, created_by, 0 FROM patients",
    "UPDATE patients SET session = 'x'",
    "UPDATE downloads SET session = 'x'",
    // Into one that has no record of its own any more; of a patient of this store.
    "INSERT INTO mergers (subject, into_subject, user, session, at) VALUES (4, 2, '1', '', 0)",
    "INSERT INTO mergers (subject, into_subject, user, session, at) VALUES (4, 1, '1', '', 0)",
    // Of an ownership that was transferred, and of the one of another meter.
    "INSERT INTO endings (request_key, meter, ownership, why, last_day, reason, identity, in_record, last_assignment,
         user, session, at) VALUES ('f', 1, 1, 'lost', '2026-07-15', 'r', 'initials', 0, 3, '1', '', 0)",
    "INSERT INTO endings_undone (request_key, ending, opened, user, session, at) VALUES ('w', 2, 1, '1', '', 0)",
    // Whoever is a patient already; whoever may be one.
    "INSERT INTO noted_steps (noted, state, user, session, at) VALUES (1, 'begun', '1', '', 0)",
    "INSERT INTO noted_steps (noted, state, user, session, at) VALUES (2, 'dropped', '1', '', 0)",
    "UPDATE subjects SET key = 'x'",
    "UPDATE outbox SET state = 'queued', due = 0",
    // Of an assignment that stands.
    "INSERT INTO outbox (key, line, kind, assignment, state, attempts)
         VALUES ('w', 'a', 'withdrawal', 1, 'delivered', 0)",
    "UPDATE outbox SET last = 'put-off', why = 'x'",
    "UPDATE outbox SET ended = 1",
    "UPDATE downloads SET tells_seconds = 1",
    "UPDATE download_readings SET said = ''",
    "UPDATE audit SET detail = ''",
    // Before the first line, and beside the chain.
    "INSERT INTO audit (id, at, user, action, patient, upload, detail, previous, hash)
         SELECT -1, at, user, action, patient, upload, detail, (SELECT hash FROM audit ORDER BY id DESC), x'00' FROM \
         audit LIMIT 1",
    "INSERT INTO audit (at, user, action, patient, upload, detail, previous, hash)
         SELECT at, user, action, patient, upload, detail, zeroblob(32), x'00' FROM audit LIMIT 1",
];

/// Whether a guard refuses a statement.
fn is_refused(loose: &Connection, statement: &str) -> bool {
    let code = loose.execute(statement, ()).err().and_then(|error| Some(error.sqlite_error()?.extended_code));
    code == Some(rusqlite::ffi::SQLITE_CONSTRAINT_TRIGGER)
}

#[test]
fn no_row_of_any_table_is_replaced_deleted_or_changed() {
    let (_directory, _store, loose) = filled();
    for table in guarded(&loose) {
        let rows = || {
            let count: i64 = loose.query_row(&format!("SELECT count(*) FROM {table}"), (), |row| row.get(0)).unwrap();
            count
        };
        let before = rows();
        assert!(before > 0, "{table} has no row to try it on");
        for statement in against(&loose, &table) {
            assert!(is_refused(&loose, &statement), "{statement}");
            assert_eq!(rows(), before);
        }
    }
}

#[test]
fn what_may_be_done_once_is_not_done_twice() {
    let (_directory, _store, loose) = filled();
    for statement in REFUSED {
        assert!(is_refused(&loose, statement), "{statement}");
    }
}

/// Each guard guards what no other does: without it, one of these statements is not refused. So
/// none can be lost unseen.
#[test]
fn every_guard_is_seen_at_work() {
    let (_directory, _store, loose) = filled();
    let mut statements: Vec<String> = REFUSED.iter().map(|statement| (*statement).to_owned()).collect();
    statements.extend(guarded(&loose).iter().flat_map(|table| against(&loose, table)));
    let guards =
        names(&loose, "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(%' ORDER BY name");
    assert!(guards.len() > 50, "{}", guards.len());
    let is_idle = |guard: &&String| {
        loose.execute_batch(&format!("BEGIN; DROP TRIGGER {guard}")).unwrap();
        let is_idle = statements.iter().all(|statement| {
            loose.execute_batch("SAVEPOINT one").unwrap();
            let is_refused = is_refused(&loose, statement);
            loose.execute_batch("ROLLBACK TO one; RELEASE one").unwrap();
            is_refused
        });
        loose.execute_batch("ROLLBACK").unwrap();
        is_idle
    };
    let idle: Vec<_> = guards.iter().filter(is_idle).collect();
    assert!(idle.is_empty(), "{idle:?}");
}
