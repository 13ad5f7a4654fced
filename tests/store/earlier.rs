//! Stores that an earlier version made open, and lose nothing.

use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use glucodock::domain::association::{Assignment, AssignmentResult, Owner, Proof, UploadId};
use glucodock::domain::delivery::{DeliveryState, ItemKind, LastAttempt};
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::identity_check::TypedAnswer;
use glucodock::domain::patient::{Patient, PatientId};
use glucodock::domain::reading::{Kind, Reading};
use glucodock::domain::text::Private;
use glucodock::store::{ChainCheck, KEY_FILE, SoundnessCheck, Store, StoreError};
use jiff::Timestamp;
use rstest::rstest;
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::directory::ruth;
use super::support::{assignment, blood, by, database, download, record};

/// The forms of earlier versions, as they were published.
const FORMS: [&str; 29] = [
    include_str!("../../assets/migrations/0001-clinic.sql"),
    include_str!("../../assets/migrations/0002-search-words.sql"),
    include_str!("../../assets/migrations/0003-purpose.sql"),
    include_str!("../../assets/migrations/0004-identity-attempts.sql"),
    include_str!("../../assets/migrations/0005-guards.sql"),
    include_str!("../../assets/migrations/0006-readings.sql"),
    include_str!("../../assets/migrations/0007-what-was-said.sql"),
    include_str!("../../assets/migrations/0008-search-rings.sql"),
    include_str!("../../assets/migrations/0009-story.sql"),
    include_str!("../../assets/migrations/0010-search-spellings.sql"),
    include_str!("../../assets/migrations/0011-taken-back.sql"),
    include_str!("../../assets/migrations/0012-terminal.sql"),
    include_str!("../../assets/migrations/0013-sign-ins.sql"),
    include_str!("../../assets/migrations/0014-directories.sql"),
    include_str!("../../assets/migrations/0015-mergers.sql"),
    include_str!("../../assets/migrations/0016-not-allowed.sql"),
    include_str!("../../assets/migrations/0017-misplaced.sql"),
    include_str!("../../assets/migrations/0018-heard.sql"),
    include_str!("../../assets/migrations/0019-noted-people.sql"),
    include_str!("../../assets/migrations/0020-put-right-again.sql"),
    include_str!("../../assets/migrations/0021-undone.sql"),
    include_str!("../../assets/migrations/0022-population.sql"),
    include_str!("../../assets/migrations/0023-withdrawn.sql"),
    include_str!("../../assets/migrations/0024-transfers.sql"),
    include_str!("../../assets/migrations/0025-time-corrections.sql"),
    include_str!("../../assets/migrations/0026-large-clinics.sql"),
    include_str!("../../assets/migrations/0027-staff.sql"),
    include_str!("../../assets/migrations/0028-told-corrections.sql"),
    include_str!("../../assets/migrations/0029-endings.sql"),
];

/// A patient who owns a meter with one assigned upload of three readings, and another meter that waits. Written by hand
/// in the form of the first version; the JSON is what that version wrote.
const ROWS: &str = r#"
INSERT INTO patients (family, given, born, gender, status, family_folded, given_folded, created_by, created_at)
    VALUES ('Weber', 'Karl', '1950-01-01', 'unknown', 'ACTIVE', 'weber', 'karl', '1', 0);
INSERT INTO identifiers (patient, position, label, value, folded) VALUES (1, 0, 'MRN', 'M1', 'm1');
INSERT INTO meters (key, identifiable, model, serial) VALUES
    ('roche/accuchekguide/0001', 1, 'Accu-Chek Guide', '000-1'),
    ('?aa', 0, 'SD CodeFree', '');
INSERT INTO ownerships (meter, patient, opened_at, opened_by) VALUES (1, 1, 0, '1');
INSERT INTO uploads (meter, state, identity, clock, read_at, counts, first_time, last_time, warnings) VALUES
    (1, 'assigned', '{"manufacturer":"Roche","model":"Accu-Chek Guide","model_number":"925","serial":"000-1",' ||
     '"firmware":"v1.9.6","driver":"accu-chek-usb"}',
     NULL, 1, '{"blood":2,"control":1,"other":0,"low":1,"high":0,"duplicates":0,"doubtful":1}',
     '2026-09-21T00:05:07', '2026-09-21T00:06:00', 0),
    (2, 'pending', '{"manufacturer":"SD Biosensor","model":"SD CodeFree","model_number":null,"serial":"",' ||
     '"firmware":null,"driver":"sd-codefree"}',
     '{"meter":"2026-09-23T00:00:00","host":"2026-09-21T00:00:00+02:00[Europe/Berlin]"}', 2,
     '{"blood":1,"control":0,"other":0,"low":0,"high":0,"duplicates":0,"doubtful":0}',
     '2026-09-21T00:05:00', '2026-09-21T00:05:00', 0);
INSERT INTO downloads (upload, identity, clock, announced, warnings, transcript, user, read_at)
    SELECT id, identity, clock, NULL, '[]', x'0100000000', '1', read_at FROM uploads;
INSERT INTO assignments (request_key, upload, patient, user, at, new, already_there) VALUES ('k', 1, 1, '1', 3, 3, 0);
INSERT INTO readings (meter, kind, time, range, digits, decimals, unit, occurrence, meter_index, meal, doubts, raw,
    first_upload, patient, assignment) VALUES
    (1, 'blood', '2026-09-21T00:05:07', 'in', 103, 0, 'mg/dL', 0, 0, 'before', '["time-uncertain"]',
     '{"sfloat":"0067"}', 1, 1, 1),
    (1, 'blood', '2026-09-21T00:06:00', 'low', 0, 0, '', 0, 1, NULL, '[]', '{}', 1, 1, 1),
    (1, 'control', '', 'in', 57, 1, 'mmol/L', 0, 2, NULL, '[]', '{}', 1, 1, 1),
    (2, 'blood', '2026-09-21T00:05:00', 'in', 103, 0, 'mg/dL', 0, 0, NULL, '[]', '{}', 2, NULL, NULL);
INSERT INTO download_readings (download, position, reading, meter_index) VALUES
    (1, 0, 1, 0), (1, 1, 2, 1), (1, 2, 3, 2), (2, 0, 4, 0);
"#;

/// What later versions wrote besides.
const LATER_ROWS: &str = "
INSERT INTO identity_attempts (upload, patient, outcome, user, at) VALUES
    (1, 1, 'begun', '1', 1), (2, 1, 'begun', '1', 2), (2, 1, 'mismatch', '1', 3);
INSERT INTO reading_doubts (reading, doubt, upload) VALUES (2, 'clock-wrong', 1);
INSERT INTO intake_answers (upload, last_download, answer, patient, user, at) VALUES
    (2, 2, 'meter-wrong', NULL, '1', 4), (2, 2, 'shared', 1, '1', 5);
INSERT INTO recents (user, patient, used) VALUES ('1', 1, 1);
";

/// The audit lines of every version: their time, then user, action, patient, upload and detail.
const AUDIT: [(i64, [&str; 5]); 2] =
    [(1, ["1", "patient-created", "1", "", "no look-alikes"]), (3, ["1", "assigned", "1", "1", "3 new"])];

/// The hash of a line after this one as the first version made it: over the hash before, the time, each text
/// behind its length.
fn chained(previous: &[u8], at: i64, texts: [&str; 5]) -> Vec<u8> {
    let mut bytes = [previous, &at.to_le_bytes()].concat();
    for text in texts {
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend(text.as_bytes());
    }
    Sha256::digest(&bytes).to_vec()
}

/// Writes the audit lines as every version did, and gives the hash of the last.
fn write_audit(connection: &Connection) -> Vec<u8> {
    AUDIT.iter().fold(vec![0; 32], |previous, (at, texts)| {
        let hash = chained(&previous, *at, *texts);
        let [user, action, patient, upload, detail] = texts;
        connection
            .execute(
                "INSERT INTO audit (at, user, action, patient, upload, detail, previous, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                (at, user, action, patient, upload, detail, &previous, &hash),
            )
            .unwrap();
        hash
    })
}

/// A store as the version with this form left it.
fn version(directory: &Path, form: usize) {
    let mut key = std::fs::OpenOptions::new();
    key.create_new(true).write(true).mode(0o600);
    std::io::Write::write_all(&mut key.open(directory.join(KEY_FILE)).unwrap(), &[7; 32]).unwrap();
    let connection = database(directory);
    connection.execute_batch(FORMS[0]).unwrap();
    connection.execute_batch(ROWS).unwrap();
    let last = write_audit(&connection);
    for later in &FORMS[1..form.min(8)] {
        connection.execute_batch(later).unwrap();
    }
    if form >= 5 {
        let head = format!("glucodock head 1\n{:020}\n{}\n", AUDIT.len(), hex::encode(last));
        std::fs::write(directory.join("glucodock.head"), head).unwrap();
    }
    if form >= 6 {
        connection.execute_batch(LATER_ROWS).unwrap();
    }
    // Tables that others point to are made anew.
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    for later in FORMS[..form].iter().skip(8) {
        connection.execute_batch(later).unwrap();
    }
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    connection.pragma_update(None, "user_version", i64::try_from(form).unwrap()).unwrap();
}

/// Each version that was published; the sixth form is the last before the store told a story.
#[rstest]
fn a_store_of_an_earlier_version_opens_and_loses_nothing(
    #[values(
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
    )]
    form: usize,
) {
    let directory = tempfile::tempdir().unwrap();
    version(directory.path(), form);
    let store = Store::open(directory.path()).unwrap();
    let patient = PatientId("1".into());

    let readings = store.readings_of(&UploadId("1".into())).unwrap();
    assert_eq!(readings.len(), 3);
    let text = serde_json::to_string(&readings[1]).unwrap();
    assert_eq!(
        text,
        concat!(
            r#"{"index":0,"time":"2026-09-21T00:05:07","measured":{"Value":{"digits":103,"decimals":0,"#,
            r#""unit":"mg/dL"}},"kind":"blood","meal":"before","doubts":["time-uncertain"],"raw":{"sfloat":"0067"}}"#
        )
    );
    assert_eq!(record(&store, &patient).len(), 2);
    let owner = store.upload(&UploadId("1".into())).unwrap();
    let (Owner::Patient(owner), Some(holder)) = (owner.owner, owner.record) else { panic!("no owner or no record") };
    assert_eq!((&owner.id, &holder.id, owner.devices.len()), (&patient, &patient, 1));
    let waiting = store.pending().unwrap();
    assert_eq!((waiting.len(), &waiting[0].owner, waiting[0].counts.blood), (1, &Owner::Unidentifiable, 1));
    assert_eq!(store.transcripts_of(&UploadId("1".into())).unwrap().len(), 1);
    assert!(matches!(store.verify_audit().unwrap(), ChainCheck::Whole { lines: 2, .. }));
    let trail = store.audit_trail().unwrap();
    for (line, (at, texts)) in trail.iter().zip(AUDIT) {
        let found = [&line.user, &line.action, &line.patient, &line.upload, &line.detail].map(String::as_str);
        assert_eq!(
            (line.at, found, line.session.as_str()),
            (Timestamp::from_nanosecond(at.into()).unwrap(), texts, "")
        );
    }

    // What the first version stored is known again in another unit and without seconds.
    let mmol = |digits| Measured::Value(Concentration::new(digits, 1, Unit::MmolPerL));
    let again = vec![
        Reading { measured: mmol(57), ..blood(0, 5, 0) },
        Reading { measured: Measured::Low, ..blood(1, 6, 0) },
        Reading { measured: mmol(57), time: None, kind: Kind::Control, ..blood(2, 0, 0) },
        Reading { measured: mmol(61), ..blood(3, 9, 0) },
    ];
    let upload = store.quarantine(by(9), &download("000-1", again)).unwrap();
    let result = store.assign(by(10), &assignment(&store, &upload.id, &patient, "a")).unwrap();
    assert_eq!(result, AssignmentResult { new: 1, already_there: 3 });
}

/// What had been noted of uploads and people is there after the rooms were made anew, row by row.
#[test]
fn what_later_versions_noted_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    version(directory.path(), 8);
    drop(Store::open(directory.path()).unwrap());
    let connection = database(directory.path());
    let rows = |query: &str| -> Vec<String> {
        let mut statement = connection.prepare(query).unwrap();
        statement.query_map((), |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(rows("SELECT id || key FROM subjects WHERE key IS NOT NULL"), [""; 0]);
    assert_eq!(
        rows("SELECT upload || ' ' || subject || ' ' || outcome || ' ' || user || ' ' || at FROM identity_attempts"),
        ["1 1 begun 1 1", "2 1 begun 1 2", "2 1 mismatch 1 3"]
    );
    assert_eq!(
        rows(
            "SELECT upload || ' ' || last_download || ' ' || answer || ' ' || coalesce(subject, '-') FROM \
             intake_answers"
        ),
        ["2 2 meter-wrong -", "2 2 shared 1"]
    );
    assert_eq!(
        rows(
            "SELECT kind || ' ' || request_key || ' ' || meter || ' ' || upload || ' ' || subject || ' ' || new FROM \
             assignments"
        ),
        ["assigned k 1 1 1 3"]
    );
    assert_eq!(rows("SELECT reading || ' ' || subject || ' ' || assignment FROM records"), ["1 1 1", "2 1 1", "3 1 1"]);
    assert_eq!(rows("SELECT meter || ' ' || subject || ' ' || opened_at FROM ownerships"), ["1 1 0"]);
    assert_eq!(rows("SELECT user || ' ' || subject || ' ' || used FROM recents"), ["1 1 1"]);
    assert_eq!(rows("SELECT reading || ' ' || doubt FROM reading_doubts"), ["2 clock-wrong"]);
    // Numbers go on where they were: none is given twice.
    assert_eq!(
        rows(
            "SELECT name || ' ' || seq FROM sqlite_sequence WHERE name IN ('readings', 'assignments', 'subjects') \
             ORDER BY name"
        ),
        ["assignments 1", "readings 4", "subjects 1"]
    );
}

/// What an earlier version had to deliver is delivered; a claim that was refused because of another owner is made
/// again.
#[test]
fn what_was_to_be_delivered_stays_so() {
    let directory = tempfile::tempdir().unwrap();
    version(directory.path(), 10);
    database(directory.path())
        .execute_batch(
            r#"INSERT INTO assignments
                   (request_key, kind, meter, upload, subject, supersedes, user, session, at, new, already_there)
                   VALUES ('u', 'undone', 1, 1, NULL, 1, '1', '', 0, 0, 0), ('b', 'assigned', 1, 1, 1, NULL, '1', '', 5,
                   0, 0);
               INSERT INTO outbox (key, line, kind, assignment, state, due, refusal, attempts) VALUES
                   ('k ownership', 'm', 'ownership', 1, 'delivered', NULL, NULL, 1),
                   ('k readings', 'm', 'readings', 1, 'refused', NULL, '{"because":"422"}', 2),
                   ('b ownership', 'n', 'ownership', 3, 'refused', NULL, '{"owned-by":"Patient/9"}', 3),
                   ('b readings', 'n', 'readings', 3, 'queued', 7, NULL, 0);"#,
        )
        .unwrap();
    let items = Store::open(directory.path()).unwrap().undelivered().unwrap();
    let found: Vec<_> = items.into_iter().map(|item| (item.key.0, item.state, item.attempts)).collect();
    let queued = |nanosecond| DeliveryState::Queued(jiff::Timestamp::from_nanosecond(nanosecond).unwrap());
    let expected = [
        ("k readings".to_owned(), DeliveryState::Refused("422".into()), 2),
        ("b ownership".to_owned(), queued(0), 3),
        ("b readings".to_owned(), queued(7), 0),
    ];
    assert_eq!(found, expected);
}

/// Before an earlier store is changed it is copied as it is, and the copy opens with the same key; one of today is not.
#[test]
fn a_store_is_copied_before_it_is_brought_to_a_newer_form() {
    let directory = tempfile::tempdir().unwrap();
    version(directory.path(), 6);
    // As a machine that lost its power in the middle of an earlier copy left it.
    std::fs::write(directory.path().join("glucodock.copying"), "half a page").unwrap();
    drop(Store::open(directory.path()).unwrap());
    let copy = directory.path().join("glucodock.db.form-6");
    let kept = std::fs::read(&copy).unwrap();
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&copy.metadata().unwrap()) & 0o777, 0o600);
    assert!(!directory.path().join("glucodock.copying").exists());
    drop(Store::open(directory.path()).unwrap());
    assert_eq!(std::fs::read(&copy).unwrap(), kept, "made once");

    // Put in the place of the store, as docs/store.md says, it is what it was.
    for name in ["glucodock.db-wal", "glucodock.db-shm"] {
        let _ = std::fs::remove_file(directory.path().join(name));
    }
    std::fs::rename(&copy, directory.path().join("glucodock.db")).unwrap();
    let connection = database(directory.path());
    let number = |query: &str| connection.query_row(query, (), |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(number("PRAGMA user_version"), 6);
    assert_eq!(number("SELECT count(*) FROM readings WHERE patient = 1"), 3);
    drop(connection);
    assert_eq!(record(&Store::open(directory.path()).unwrap(), &PatientId("1".into())).len(), 2);
}

/// The copy is a backup as any other: it is looked at as far as that form goes, and restored.
#[test]
fn the_copy_of_an_earlier_form_is_restored_as_a_backup() {
    let directory = tempfile::tempdir().unwrap();
    version(directory.path(), 6);
    drop(Store::open(directory.path()).unwrap());
    let copy = directory.path().join("glucodock.db.form-6");
    let looked = Store::soundness_of_backup(directory.path(), &copy, None).unwrap();
    assert!(looked.is_sound());
    let found: Vec<_> = looked.found.iter().map(|(check, _)| *check).collect();
    assert_eq!(found, [SoundnessCheck::Pages, SoundnessCheck::Tables, SoundnessCheck::References]);
    assert_eq!((looked.earlier_form, looked.last), (Some(6), None));
    let fresh = tempfile::tempdir().unwrap();
    let key = directory.path().join(KEY_FILE);
    let restored = Store::restore(fresh.path(), &copy, Some(&key), by(9)).unwrap();
    assert_eq!((restored.noted, restored.last), (None, 2));
    let store = Store::open(fresh.path()).unwrap();
    assert_eq!(record(&store, &PatientId("1".into())).len(), 2);
    assert!(store.soundness().unwrap().is_sound());
}

/// Where there is no room or no right to copy, nothing is changed.
#[test]
fn a_store_that_cannot_be_copied_is_not_changed() {
    let directory = tempfile::tempdir().unwrap();
    version(directory.path(), 6);
    std::fs::create_dir(directory.path().join("glucodock.copying")).unwrap();
    assert!(matches!(Store::open(directory.path()), Err(StoreError::File { .. })));
    let connection = database(directory.path());
    assert_eq!(connection.query_row("PRAGMA user_version", (), |row| row.get::<_, i64>(0)).unwrap(), 6);
}

/// The words under which an earlier version found people are made anew: all names of an old store are found as those of
/// a new one, and nobody twice.
#[rstest]
fn people_of_an_earlier_version_are_found_in_all_spellings(#[values(1, 7, 9, 25)] form: usize) {
    let directory = tempfile::tempdir().unwrap();
    version(directory.path(), form);
    let connection = database(directory.path());
    let people = ["O''Neill", "Al-Hussein", "Özdemir-Şahin", "Иванов", "Παπαδόπουλος", "陈伟", "Müller", "Åberg"];
    for (id, family) in (100..).zip(people) {
        let subject = if form >= 9 { format!("INSERT INTO subjects (id) VALUES ({id});") } else { String::new() };
        let session = if form >= 9 { ("session, ", "'', ") } else { ("", "") };
        connection
            .execute_batch(&format!(
                "{subject}
                 INSERT INTO patients (id, family, given, born, gender, status, family_folded, given_folded, created_by,
                     {}created_at) VALUES ({id}, '{family}', 'Zoe', '1985-08-08', 'other', 'ACTIVE', 'x', 'zoe', '1', \
                     {}0);
                 INSERT INTO identifiers (patient, position, label, value, folded) VALUES ({id}, 0, 'MRN', 'M{id}', \
                 'm{id}');
                 INSERT INTO search_words (field, inactive, word, entry, patient)
                     VALUES (1, 0, 'oldword', 'oldword\u{1F}zoe\u{1F}#1985-08-08\u{1F}m{id}', {id});",
                session.0, session.1
            ))
            .unwrap();
    }
    drop(connection);
    let store = Store::open(directory.path()).unwrap();
    let found = |query: &str| -> Vec<String> {
        let page = store.search(query, None, 50).unwrap();
        page.patients.iter().map(|patient| patient.id.0.clone()).collect()
    };
    for (query, id) in [
        ("o neill", "100"),
        ("oneill", "100"),
        ("alhussein", "101"),
        ("al hussein", "101"),
        ("oezdemir sahin", "102"),
        ("ozdemirsahin", "102"),
        ("ivanov", "103"),
        ("papadopoulos", "104"),
        ("chen", "105"),
        ("陈", "105"),
        ("mueller", "106"),
        ("aaberg", "107"),
        ("m103", "103"),
        ("103", "103"),
        ("weber", "1"),
        ("1.1.1950", "1"),
    ] {
        assert_eq!(found(query), [id], "{query}");
    }
    assert_eq!(found("19850808").len(), people.len());
    assert!(found("oldword").is_empty());
    // It was done once: the next opening changes nothing.
    drop(store);
    let copies = || std::fs::read_dir(directory.path()).unwrap().count();
    let before = copies();
    assert_eq!(Store::open(directory.path()).unwrap().search("ivanov", None, 9).unwrap().patients.len(), 1);
    assert_eq!(copies(), before);
}

/// What was put off before its reason was kept waits on, for a reason that is not known.
#[test]
fn what_was_put_off_without_a_reason_waits_on() {
    let directory = tempfile::tempdir().unwrap();
    version(directory.path(), 15);
    database(directory.path())
        .execute_batch(
            "INSERT INTO outbox (key, line, kind, assignment, state, due, attempts, last) VALUES
                 ('k ownership', 'm', 'ownership', 1, 'queued', 7, 3, 'unanswered'),
                 ('k readings', 'm', 'readings', 1, 'queued', 8, 2, 'put-off');",
        )
        .unwrap();
    let items = Store::open(directory.path()).unwrap().undelivered().unwrap();
    let last: Vec<_> = items.into_iter().map(|item| (item.key.0, item.attempts, item.last)).collect();
    let expected = [
        ("k ownership".to_owned(), 3, Some(LastAttempt::Unanswered("".into()))),
        ("k readings".to_owned(), 2, Some(LastAttempt::PutOff("".into()))),
    ];
    assert_eq!(last, expected);
}

/// A merger from before it was kept what was assigned before it: the person is asked once more, and not each time.
#[test]
fn whoever_took_a_place_before_that_was_kept_is_asked_once() {
    let directory = tempfile::tempdir().unwrap();
    version(directory.path(), 16);
    let [former, now] = ["Patient/a", "Patient/b"].map(|id| {
        let family = Private::new(if id == "Patient/a" { "Adeyemi" } else { "Okafor" }.into());
        let born = Private::new(jiff::civil::date(if id == "Patient/a" { 1968 } else { 1971 }, 3, 9));
        Patient { family, born, ..ruth(id) }
    });
    let copy = |patient: &Patient| serde_json::to_string(patient).unwrap();
    let connection = database(directory.path());
    connection
        .execute(
            "INSERT INTO directories (base, tenant, user, session, at) VALUES ('https://a.example', '', '', '', 0)",
            (),
        )
        .unwrap();
    for (id, patient) in [(100, &former), (101, &now)] {
        connection
            .execute("INSERT INTO subjects (id, key, copy) VALUES (?1, ?2, ?3)", (id, &patient.id.0, copy(patient)))
            .unwrap();
    }
    connection
        .execute("INSERT INTO mergers (subject, into_subject, user, session, at) VALUES (100, 101, '', '', 0)", ())
        .unwrap();
    drop(connection);
    let store = Store::open(directory.path()).unwrap();
    let mut readings = 0;
    let mut visit = |for_whom: &Patient, is_typed: bool| {
        readings += 1;
        let memory = (0..readings).map(|place| blood(place, i64::from(place), 90 + place)).collect();
        let upload = store.quarantine(by(9), &download("000-7", memory)).unwrap();
        store.begin_identity_check(by(9), &upload.id, &for_whom.id).unwrap();
        let typed = TypedAnswer { who: Private::new("HPatient-b".into()), born: Private::new("1971".into()) };
        let proof = if is_typed { Proof::Typed(typed) } else { Proof::Owner };
        let key = format!("{readings}{is_typed}");
        store.assign(by(10), &Assignment { proof, ..assignment(&store, &upload.id, &for_whom.id, &key) })
    };
    visit(&former, true).unwrap();
    assert!(matches!(visit(&now, false), Err(StoreError::IdentityNotProved)));
    visit(&now, true).unwrap();
    for _ in 0..2 {
        assert_eq!(visit(&now, false).unwrap().new, 1);
    }
}

/// What was withdrawn, and what waits of it, goes on as it was: row by row, with the numbers that came next, and with
/// where it was sent.
#[rstest]
fn what_was_withdrawn_is_kept_row_by_row(#[values(21, 22, 23, 24, 25, 26, 27)] form: usize) {
    let directory = tempfile::tempdir().unwrap();
    version(directory.path(), form);
    let connection = database(directory.path());
    let (ends, [first, last, none]) = match form {
        ..23 => ("", ["", "", ""]),
        _ => (", ended, stayed", [", 8, NULL", ", 9, 2", ", NULL, NULL"]),
    };
    connection
        .execute_batch(&format!(
            "INSERT INTO subjects (key, copy) VALUES ('Patient/7', '{{}}');
             INSERT INTO assignments
                 (request_key, kind, meter, upload, subject, supersedes, user, session, at, new, already_there)
                 VALUES ('u', 'undone', 1, 1, NULL, 1, '1', 's', 4, 0, 0), ('b', 'assigned', 1, 1, 1, NULL, '1', 's', 5,
                     0, 3), ('v', 'undone', 1, 1, NULL, 3, '1', 's', 6, 0, 0), ('c', 'assigned', 1, 1, 1, NULL, '1',
                     's', 7, 0, 3);
             INSERT INTO outbox
                 (key, line, kind, assignment, state, due, refusal, owner, attempts, last, why{ends}) VALUES
                 ('k ownership', 'm', 'ownership', 1, 'delivered', NULL, NULL, NULL, 1, 'recorded', NULL{first}),
                 ('k readings', 'm', 'readings', 1, 'undone', NULL, NULL, NULL, 2, 'unanswered', 'silent'{first}),
                 ('u withdrawal', 'm', 'withdrawal', 1, 'delivered', NULL, NULL, NULL, 2, 'recorded', NULL{last}),
                 ('b ownership', 'm', 'ownership', 3, 'withdrawn', NULL, NULL, 'Patient/9', 1, NULL, NULL{none}),
                 ('b readings', 'm', 'readings', 3, 'delivered', NULL, NULL, NULL, 1, 'already-there', NULL{first}),
                 ('v withdrawal', 'm', 'withdrawal', 3, 'refused', NULL, 'not taken (422)', NULL, 3, 'refused',
                     NULL{first}),
                 ('c readings', 'm', 'readings', 4, 'queued', 7, NULL, NULL, 4, 'put-off', 'busy'{first});
             INSERT INTO outbox_records (item, subject, at) VALUES (1, 2, 6), (5, 2, 6);
             INSERT INTO outbox_put_right (item, last_record, reason, user, session, at)
                 VALUES (1, 1, 'r', '1', 's', 8);"
        ))
        .unwrap();
    let columns = "id, key, line, kind, assignment, state, due, refusal, owner, attempts, last, why";
    let columns: Vec<&str> =
        columns.split(", ").chain(["ended", "stayed"].into_iter().filter(|_| form >= 23)).collect();
    let quoted: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
    let rows = |connection: &Connection| -> Vec<String> {
        let all = format!(
            "SELECT {} FROM outbox UNION ALL SELECT item || ' ' || subject || ' ' || at FROM outbox_records
             UNION ALL SELECT item || ' ' || last_record || ' ' || reason FROM outbox_put_right
             UNION ALL SELECT 'next ' || seq FROM sqlite_sequence WHERE name = 'outbox'",
            quoted.join(" || ' ' || ")
        );
        let mut statement = connection.prepare(&all).unwrap();
        statement.query_map((), |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let before = rows(&connection);
    assert_eq!(before.len(), 7 + 2 + 1 + 1);
    drop(connection);
    let store = Store::open(directory.path()).unwrap();
    let items = store.undelivered().unwrap();
    let found: Vec<_> = items.into_iter().map(|item| (item.key.0, item.kind, item.state, item.attempts)).collect();
    let queued = DeliveryState::Queued(Timestamp::from_nanosecond(7).unwrap());
    let expected = [
        ("v withdrawal".to_owned(), ItemKind::Withdrawal, DeliveryState::Refused("not taken (422)".into()), 3),
        ("c readings".to_owned(), ItemKind::Readings, queued, 4),
    ];
    // Sent into another record: nobody has put right what was assigned last.
    let is_waiting = |(key, ..): &&(String, ItemKind, DeliveryState, u32)| !key.starts_with("b readings");
    assert_eq!(found.iter().filter(is_waiting).cloned().collect::<Vec<_>>(), expected);
    assert!(store.soundness().unwrap().is_sound());
    drop(store);
    let connection = database(directory.path());
    assert_eq!(rows(&connection), before);
    // As in a store that was made today.
    let made = tempfile::tempdir().unwrap();
    drop(Store::open(made.path()).unwrap());
    let schema = |connection: &Connection| -> Vec<(String, String)> {
        let of = "SELECT name, replace(sql, '\"', '') FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name";
        let mut statement = connection.prepare(of).unwrap();
        statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap().collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(schema(&connection), schema(&database(made.path())));
}
