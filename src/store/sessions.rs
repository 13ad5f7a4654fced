//! That every row tells the session that caused it: tested table by table.

use std::collections::BTreeSet;

use jiff::civil::date;
use rusqlite::Connection;

use super::tests::download;
use super::{By, DirectoryAddress, Store};
use crate::domain::association::{Assignment, IdempotencyKey, Proof};
use crate::domain::identity_check::TypedAnswer;
use crate::domain::noted_person::NotedEvent;
use crate::domain::patient::{Gender, NewPatient, PatientId};
use crate::domain::text::Private;

/// Tables whose rows are caused by a row of another table, which has the session: by the column that names that row.
const THROUGH: [(&str, &str, &str); 13] = [
    ("assigned_readings", "assignment", "assignments"),
    ("corrected_readings", "correction", "time_corrections"),
    ("download_readings", "download", "downloads"),
    ("identifiers", "patient", "patients"),
    ("outbox", "assignment", "assignments"),
    ("outbox_records", "item", "outbox"),
    ("records", "assignment", "assignments"),
    ("repeated_readings", "assignment", "assignments"),
    ("search_words", "patient", "patients"),
    // An upload is made by its first download, and each of its rows by one of them or by an answer about it.
    ("readings", "first_upload", "uploads"),
    ("reading_doubts", "upload", "uploads"),
    ("withdrawn_doubts", "upload", "uploads"),
    // The other way round: the row that causes it names it.
    ("uploads", "upload", "downloads"),
];

/// Rows of the tables above that have another cause, where this column names one.
const ELSE_THROUGH: [(&str, &str, &str); 1] = [("outbox", "correction", "time_corrections")];

/// Tables whose rows have no session, with the reason.
const WITHOUT: [(&str, &str); 10] = [
    ("last_seen", "what the records say of somebody; each of their rows has its session"),
    ("low_readings", "what the records say of a reading; each of their rows has its session"),
    ("meters", "a meter is known by its uploads, each of which has its sessions"),
    ("purpose", "the store is made by the start of a program, before anybody signs in"),
    ("recents", "a list of each person that every session of theirs goes on with, emptied at sign-out"),
    ("servers", "what was found out of a server by trying, whoever was there"),
    ("sign_in_failures", "a failed sign-in makes no session"),
    ("subjects", "a key and what a directory says of it; what is done with it has its session"),
    ("terminal", "this computer's own number, made when it is first needed"),
    ("users", "what was changed of somebody, the trail has with its session"),
];

fn texts(connection: &Connection, statement: &str) -> BTreeSet<String> {
    let mut statement = connection.prepare(statement).unwrap();
    statement.query_map((), |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

fn tables(connection: &Connection) -> BTreeSet<String> {
    texts(connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
}

/// The columns of a table that hold a session and cannot be left out: but for the end of what has not ended.
fn session_columns(connection: &Connection, table: &str) -> BTreeSet<String> {
    texts(
        connection,
        &format!(
            "SELECT name FROM pragma_table_info('{table}')
             WHERE [notnull] AND (name = 'session' OR name LIKE '%\\_session' ESCAPE '\\')"
        ),
    )
}

fn read<T>(store: &Store, look: impl FnOnce(&Connection) -> T) -> T {
    store.write(|transaction| Ok(look(transaction))).unwrap()
}

#[test]
fn every_table_tells_a_session_or_why_not() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    read(&store, |connection| {
        let tables = tables(connection);
        let (mut said, mut with): (BTreeSet<String>, BTreeSet<String>) = (BTreeSet::new(), BTreeSet::new());
        for table in &tables {
            if !session_columns(connection, table).is_empty() {
                with.insert(table.clone());
            }
        }
        said.extend(with.iter().cloned());
        for (table, column, other) in THROUGH.into_iter().chain(ELSE_THROUGH) {
            let forward = format!("SELECT [table] FROM pragma_foreign_key_list('{table}') WHERE [from] = '{column}'");
            let back = format!("SELECT [table] FROM pragma_foreign_key_list('{other}') WHERE [from] = '{column}'");
            let leads_there = texts(connection, &forward).contains(other) || texts(connection, &back).contains(table);
            assert!(leads_there, "{table}.{column} does not lead to {other}");
            let has_one = with.contains(other) || THROUGH.iter().any(|(through, ..)| *through == other);
            assert!(has_one, "{other} tells no session");
            let is_else = ELSE_THROUGH.contains(&(table, column, other));
            assert!(said.insert(table.to_owned()) != is_else, "{table} is answered for twice");
        }
        for (table, _) in WITHOUT {
            assert!(said.insert(table.to_owned()), "{table} is answered for twice");
        }
        assert_eq!(said, tables);
    });
}

#[test]
fn what_a_session_causes_has_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let by = By { user: "1", session: "session 7", at: jiff::Timestamp::UNIX_EPOCH };
    let new = NewPatient {
        family: Private::new("Weber".into()),
        given: Private::new("Karl".into()),
        born: Private::new(date(1950, 1, 1)),
        mrn: Private::new("M1234".into()),
        gender: Gender::Unknown,
        other_identifier: None,
        email: None,
        phone: None,
        reason_despite_look_alike: None,
    };
    let patient = store.create_patient(by, &new, &IdempotencyKey("patient".to_owned())).unwrap();
    let there = crate::domain::patient::Patient { id: PatientId("Patient/1".to_owned()), ..patient.clone() };
    store.belong_to(by, &DirectoryAddress { base: "https://a.example".to_owned(), tenant: String::new() }).unwrap();
    store.know(&there).unwrap();
    let noted = IdempotencyKey("noted".to_owned());
    store.note_person(by, &new, &noted).unwrap();
    store.note_happened(by, &noted, NotedEvent::Drop).unwrap();
    let upload = store.quarantine(by, &download()).unwrap();
    store.begin_identity_check(by, &upload.id, &patient.id).unwrap();
    let proof = Proof::Typed(TypedAnswer {
        who: patient.identifiers.first().unwrap().value.clone(),
        born: Private::new("1950".into()),
    });
    let key = IdempotencyKey("assignment".to_owned());
    let assignment = Assignment { upload: upload.id.clone(), patient: patient.id, key, proof, seen: upload.seen() };
    store.assign(by, &assignment).unwrap();
    read(&store, |connection| {
        let mut written = BTreeSet::new();
        for table in tables(connection) {
            for column in session_columns(connection, &table) {
                let sessions = texts(connection, &format!("SELECT DISTINCT {column} FROM {table}"));
                assert!(sessions.iter().all(|session| session == by.session), "{table}.{column}: {sessions:?}");
                written.extend((!sessions.is_empty()).then(|| table.clone()));
            }
        }
        let all = ["assignments", "audit", "directories", "downloads", "identity_attempts", "noted_people"];
        let all = all.into_iter().chain(["noted_steps", "ownerships", "patients"]);
        assert_eq!(written, all.map(str::to_owned).collect());
    });
}
