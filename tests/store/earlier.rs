//! Stores that an earlier version made open, and lose nothing.

use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use glucodock::domain::association::{AssignmentResult, Owner, UploadId};
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::patient::PatientId;
use glucodock::domain::reading::{Kind, Reading};
use glucodock::store::{ChainCheck, KEY_FILE, Store};

use super::support::{assignment, blood, by, database, download, record};

/// The form of the first version, as it was published.
const FIRST: &str = include_str!("../../assets/migrations/0001-clinic.sql");

/// A patient who owns a meter with one assigned upload of three readings, and another meter that waits. Written by hand in
/// the form of the first version; the JSON is what that version wrote.
const ROWS: &str = r#"
INSERT INTO patients (family, given, born, gender, status, family_folded, given_folded, created_by, created_at)
    VALUES ('Weber', 'Karl', '1950-01-01', 'unknown', 'ACTIVE', 'weber', 'karl', '1', 0);
INSERT INTO identifiers (patient, position, label, value, folded) VALUES (1, 0, 'MRN', 'M1', 'm1');
INSERT INTO meters (key, identifiable, model, serial) VALUES
    ('roche/accuchekguide/0001', 1, 'Accu-Chek Guide', '000-1'),
    ('?aa', 0, 'SD CodeFree', '');
INSERT INTO ownerships (meter, patient, opened_at, opened_by) VALUES (1, 1, 0, '1');
INSERT INTO uploads (meter, state, identity, clock, read_at, counts, first_time, last_time, warnings) VALUES
    (1, 'assigned', '{"manufacturer":"Roche","model":"Accu-Chek Guide","model_number":"925","serial":"000-1","firmware":"v1.9.6","driver":"accu-chek-usb"}',
     NULL, 1, '{"blood":2,"control":1,"other":0,"low":1,"high":0,"duplicates":0,"doubtful":1}', '2026-09-21T00:05:07', '2026-09-21T00:06:00', 0),
    (2, 'pending', '{"manufacturer":"SD Biosensor","model":"SD CodeFree","model_number":null,"serial":"","firmware":null,"driver":"sd-codefree"}',
     '{"meter":"2026-09-23T00:00:00","host":"2026-09-21T00:00:00+02:00[Europe/Berlin]"}', 2,
     '{"blood":1,"control":0,"other":0,"low":0,"high":0,"duplicates":0,"doubtful":0}', '2026-09-21T00:05:00', '2026-09-21T00:05:00', 0);
INSERT INTO downloads (upload, identity, clock, announced, warnings, transcript, user, read_at)
    SELECT id, identity, clock, NULL, '[]', x'0100000000', '1', read_at FROM uploads;
INSERT INTO assignments (request_key, upload, patient, user, at, new, already_there) VALUES ('k', 1, 1, '1', 3, 3, 0);
INSERT INTO readings (meter, kind, time, range, digits, decimals, unit, occurrence, meter_index, meal, doubts, raw,
    first_upload, patient, assignment) VALUES
    (1, 'blood', '2026-09-21T00:05:07', 'in', 103, 0, 'mg/dL', 0, 0, 'before', '["time-uncertain"]', '{"sfloat":"0067"}', 1, 1, 1),
    (1, 'blood', '2026-09-21T00:06:00', 'low', 0, 0, '', 0, 1, NULL, '[]', '{}', 1, 1, 1),
    (1, 'control', '', 'in', 57, 1, 'mmol/L', 0, 2, NULL, '[]', '{}', 1, 1, 1),
    (2, 'blood', '2026-09-21T00:05:00', 'in', 103, 0, 'mg/dL', 0, 0, NULL, '[]', '{}', 2, NULL, NULL);
INSERT INTO download_readings (download, position, reading, meter_index) VALUES (1, 0, 1, 0), (1, 1, 2, 1), (1, 2, 3, 2), (2, 0, 4, 0);
"#;

fn first_version(directory: &Path) {
    let mut key = std::fs::OpenOptions::new();
    key.create_new(true).write(true).mode(0o600);
    std::io::Write::write_all(&mut key.open(directory.join(KEY_FILE)).unwrap(), &[7; 32]).unwrap();
    let connection = database(directory);
    connection.execute_batch(FIRST).unwrap();
    connection.execute_batch(ROWS).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
}

#[test]
fn a_store_of_the_first_version_opens_and_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    first_version(directory.path());
    let store = Store::open(directory.path()).unwrap();
    let patient = PatientId("1".into());

    let readings = store.readings_of(&UploadId("1".into())).unwrap();
    assert_eq!(readings.len(), 3);
    let text = serde_json::to_string(&readings[1]).unwrap();
    assert_eq!(
        text,
        r#"{"index":0,"time":"2026-09-21T00:05:07","measured":{"Value":{"digits":103,"decimals":0,"unit":"mg/dL"}},"kind":"blood","meal":"before","doubts":["time-uncertain"],"raw":{"sfloat":"0067"}}"#
    );
    assert_eq!(record(&store, &patient).len(), 2);
    let waiting = store.pending().unwrap();
    assert_eq!((waiting.len(), &waiting[0].owner, waiting[0].counts.blood), (1, &Owner::Unidentifiable, 1));
    assert_eq!(store.transcripts_of(&UploadId("1".into())).unwrap().len(), 1);
    assert!(matches!(store.verify_audit().unwrap(), ChainCheck::Whole { lines: 0, .. }));

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
