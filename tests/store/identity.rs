//! The check of a person for an upload: counted in the store, for all stations, and never set back.

use std::path::Path;

use glucodock::domain::association::{Assignment, IdempotencyKey, Proof, Upload};
use glucodock::domain::identity_check::{IdentityStanding, TypedAnswer};
use glucodock::domain::patient::{Likeness, Patient, PatientId};
use glucodock::domain::text::Private;
use glucodock::store::{Store, StoreError};

use crate::support::{blood, by, create, download, person, record, store};

fn typed(upload: &Upload, patient: &PatientId, who: &str, born: &str) -> Assignment {
    let typed = TypedAnswer { who: Private::new(who.into()), born: Private::new(born.into()) };
    let key = IdempotencyKey(format!("{} {} {who} {born}", upload.id.0, patient.0));
    Assignment {
        upload: upload.id.clone(),
        patient: patient.clone(),
        key,
        proof: Proof::Typed(typed),
        seen: upload.seen(),
    }
}

/// Anna, somebody else, and a meter that waits.
fn clinic(store: &Store) -> (Patient, Patient, Upload) {
    let anna = create(store, &person("Müller", "Anna", "1961-07-14", "M-1001"));
    let omar = create(store, &person("Example", "Omar", "1972-01-02", "M-2002"));
    let upload = store.quarantine(by(1), &download("000-1", vec![blood(0, 5, 103), blood(1, 6, 99)])).unwrap();
    (anna, omar, upload)
}

fn mismatch(store: &Store, upload: &Upload, patient: &Patient) -> IdentityStanding {
    store.note_mismatch(by(2), &upload.id, &patient.id).unwrap()
}

fn begin(store: &Store, upload: &Upload, patient: &Patient) -> IdentityStanding {
    store.begin_identity_check(by(2), &upload.id, &patient.id).unwrap().standing
}

#[test]
fn a_right_answer_is_needed_and_looked_at_again() {
    let (_directory, store) = store();
    let (anna, omar, upload) = clinic(&store);
    for refused in [
        typed(&upload, &anna.id, "am", "1962"),
        typed(&upload, &anna.id, "eo", "1972"),
        typed(&upload, &anna.id, "", ""),
        typed(&upload, &anna.id, "m2002", "1961"),
        Assignment { proof: Proof::Owner, ..typed(&upload, &anna.id, "am", "1961") },
        typed(&upload, &omar.id, "am", "1961"),
    ] {
        assert!(matches!(store.assign(by(3), &refused), Err(StoreError::IdentityNotProved)), "{refused:?}");
    }
    assert_eq!(record(&store, &anna.id).len(), 0);
    assert_eq!(store.pending().unwrap().len(), 1);
    store.assign(by(3), &typed(&upload, &anna.id, "am", "1961")).unwrap();
    assert_eq!(record(&store, &anna.id).len(), 2);
    // From now on the meter is hers, and nothing has to be typed.
    let again = store.quarantine(by(4), &download("000-1", vec![blood(0, 9, 88)])).unwrap();
    let owned = Assignment { proof: Proof::Owner, ..typed(&again, &anna.id, "", "") };
    assert_eq!(store.assign(by(5), &owned).unwrap().new, 1);
}

#[test]
fn wrong_answers_are_counted_by_upload_and_patient_for_all_stations_and_restarts() {
    let (directory, store) = store();
    let (anna, omar, upload) = clinic(&store);
    let other_meter = store.quarantine(by(1), &download("000-2", vec![blood(0, 5, 90)])).unwrap();
    let other_station = Store::open(directory.path()).unwrap();
    assert_eq!(begin(&store, &upload, &anna), IdentityStanding::Open);
    assert_eq!(mismatch(&store, &upload, &anna), IdentityStanding::OneMoreTry);
    assert_eq!(begin(&other_station, &upload, &anna), IdentityStanding::OneMoreTry);
    assert_eq!(mismatch(&other_station, &upload, &anna), IdentityStanding::Blocked);
    assert_eq!(begin(&store, &upload, &anna), IdentityStanding::Blocked);
    drop((store, other_station));
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(begin(&store, &upload, &anna), IdentityStanding::Blocked);
    // Another meter, another person: counts of their own.
    assert_eq!(begin(&store, &other_meter, &anna), IdentityStanding::Open);
    assert_eq!(mismatch(&store, &other_meter, &omar), IdentityStanding::OneMoreTry);
    let trail = store.audit_trail().unwrap();
    let noted: Vec<_> = trail
        .iter()
        .filter(|line| line.action == "identity-mismatch")
        .map(|line| (line.patient.as_str(), line.upload.as_str(), line.detail.as_str()))
        .collect();
    let (first, second) = (upload.id.0.as_str(), other_meter.id.0.as_str());
    assert_eq!(
        noted,
        [
            (anna.id.0.as_str(), first, "attempt 1"),
            (anna.id.0.as_str(), first, "attempt 2"),
            (omar.id.0.as_str(), second, "attempt 1")
        ]
    );
}

#[test]
fn a_blocked_person_gets_nothing_until_another_was_looked_at_and_an_identifier_is_typed() {
    let (_directory, store) = store();
    let (anna, omar, upload) = clinic(&store);
    let refused = |who: &str| {
        let result = store.assign(by(3), &typed(&upload, &anna.id, who, "1961"));
        matches!(result, Err(StoreError::IdentityNotProved))
    };
    mismatch(&store, &upload, &anna);
    mismatch(&store, &upload, &anna);
    assert!(refused("am") && refused("M-1001"));
    assert_eq!(begin(&store, &upload, &omar), IdentityStanding::Open);
    assert_eq!(begin(&store, &upload, &anna), IdentityStanding::IdentifierNeeded);
    assert!(refused("am"));
    // One more wrong answer, and another person has to be looked at again.
    assert_eq!(mismatch(&store, &upload, &anna), IdentityStanding::Blocked);
    assert!(refused("M-1001"));
    begin(&store, &upload, &omar);
    assert_eq!(record(&store, &anna.id).len(), 0);
    store.assign(by(4), &typed(&upload, &anna.id, "m 1001", "1961")).unwrap();
    assert_eq!(record(&store, &anna.id).len(), 2);
}

#[test]
fn somebody_similar_who_was_registered_meanwhile_is_not_overlooked() {
    let (_directory, store) = store();
    let (anna, _, upload) = clinic(&store);
    create(&store, &person("Muller", "Anne", "1961-03-02", "M-1002"));
    let assign = |born: &str| store.assign(by(3), &typed(&upload, &anna.id, "am", born));
    assert!(matches!(assign("1961"), Err(StoreError::IdentityNotProved)), "the year is right for both");
    assign("14-Jul-1961").unwrap();
}

/// Li and Lee are no look-alikes, but initials and year are right for both: the answer must be right for one only.
#[test]
fn an_answer_that_is_right_for_another_active_patient_proves_nobody() {
    let (directory, store) = store();
    let (_, omar, upload) = clinic(&store);
    let assign =
        |patient: &Patient, who: &str, born: &str| store.assign(by(3), &typed(&upload, &patient.id, who, born));
    let not_proved = |result: Result<_, StoreError>| matches!(result, Err(StoreError::IdentityNotProved));
    let hussein = create(&store, &person("Hussein", "Zahra", "1980-02-03", "M-3001"));
    assert!(store.begin_identity_check(by(2), &upload.id, &hussein.id).unwrap().look_alikes.is_empty());
    // Somebody who gets no readings is in nobody's way.
    let gone = create(&store, &person("Hernandez", "Zacharias", "1980-05-06", "M-3002"));
    raw(directory.path()).execute("UPDATE patients SET status = 'INACTIVE' WHERE id = ?1", [&gone.id.0]).unwrap();
    create(&store, &person("Heller", "Zoe", "1981-02-03", "M-3004"));
    create(&store, &person("Abel", "Zoe", "1980-02-03", "M-3005"));
    let husain = create(&store, &person("Zimmer", "Henriette", "1980-07-08", "M-3003"));
    assert!(not_proved(assign(&hussein, "zh", "1980")) && not_proved(assign(&husain, "zh", "1980")));
    create(&store, &person("Ødegaard", "Lars", "1972-01-02", "M-3006"));
    create(&store, &person("Exner", "Olga", "1972-01-02", "M-3007"));
    assert!(not_proved(assign(&omar, "oe", "1972")) && not_proved(assign(&omar, "oe", "2-Jan-1972")));
    store.assign(by(4), &typed(&upload, &hussein.id, "zh", "3-Feb-1980")).unwrap();
    let other = store.quarantine(by(5), &download("000-2", vec![blood(0, 5, 90)])).unwrap();
    store.assign(by(6), &typed(&other, &omar.id, "m2002", "1972")).unwrap();
}

#[test]
fn the_check_names_who_is_similar_but_not_the_person() {
    let (_directory, store) = store();
    let (anna, _, upload) = clinic(&store);
    let twin = create(&store, &person("Müller", "Hanna", "1961-07-14", "M-1003"));
    let check = store.begin_identity_check(by(2), &upload.id, &anna.id).unwrap();
    let named: Vec<_> = check.look_alikes.iter().map(|other| &other.patient.id).collect();
    assert_eq!(named, [&twin.id]);
}

/// With the key of the file in hand, past our own code.
fn raw(directory: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(directory.join(glucodock::store::DATABASE_FILE)).unwrap();
    let key = std::fs::read(directory.join(glucodock::store::KEY_FILE)).unwrap();
    connection.execute_batch(&format!("PRAGMA key = \"x'{}'\";", hex::encode(key))).unwrap();
    connection
}

#[test]
fn the_database_itself_keeps_the_count_and_asks_for_an_identifier() {
    let (directory, store) = store();
    let (anna, _, upload) = clinic(&store);
    mismatch(&store, &upload, &anna);
    mismatch(&store, &upload, &anna);
    let raw = raw(directory.path());
    for statement in [
        "DELETE FROM identity_attempts",
        "UPDATE identity_attempts SET outcome = 'begun'",
        "INSERT OR REPLACE INTO identity_attempts (id, upload, subject, outcome, user, session, at)
             SELECT id, upload, subject, 'begun', user, session, at FROM identity_attempts",
        "INSERT INTO assignments (request_key, kind, meter, upload, subject, user, session, at, new, already_there)
             VALUES ('k', 'assigned', 1, 1, 1, '1', '', 0, 2, 0)",
        "INSERT INTO assignments
                 (request_key, kind, meter, upload, subject, user, session, at, new, already_there, identity)
             VALUES ('k', 'assigned', 1, 1, 1, '1', '', 0, 2, 0, 'initials')",
    ] {
        let refused = raw.execute(statement, ()).unwrap_err().to_string();
        assert!(refused.contains("never") || refused.contains("needed"), "{statement}: {refused}");
    }
    assert_eq!(begin(&store, &upload, &anna), IdentityStanding::Blocked);
}

/// A meter without serial number gives a new upload each time it is plugged in: the count goes with the model.
#[test]
fn pulling_the_plug_of_a_nameless_meter_sets_no_count_back() {
    let (_directory, store) = store();
    let anna = create(&store, &person("Müller", "Anna", "1961-07-14", "M1"));
    let read = |value: u32| {
        store.quarantine(by(0), &download("0000000000", vec![blood(0, 1, value), blood(1, 2, 90)])).unwrap()
    };
    let first = read(80);
    for second in 1..=2 {
        store.note_mismatch(by(second), &first.id, &anna.id).unwrap();
    }
    let again = read(81);
    assert_ne!(first.id, again.id);
    let check = store.begin_identity_check(by(3), &again.id, &anna.id).unwrap();
    assert_eq!(check.standing, IdentityStanding::Blocked);
    let assigned = store.assign(by(4), &typed(&again, &anna.id, "am", "1961"));
    assert!(matches!(assigned, Err(StoreError::IdentityNotProved)));
}

/// What is assigned is what was shown: a meter that is read again meanwhile holds more than was confirmed.
#[test]
fn an_upload_that_grew_since_it_was_shown_is_not_assigned() {
    let (_directory, store) = store();
    let anna = create(&store, &person("Müller", "Anna", "1961-07-14", "M1"));
    let shown = store.quarantine(by(0), &download("S1", vec![blood(0, 1, 80)])).unwrap();
    let assignment = typed(&shown, &anna.id, "am", "1961");
    let grown = store.quarantine(by(1), &download("S1", vec![blood(0, 1, 80), blood(1, 2, 90)])).unwrap();
    assert_eq!(shown.id, grown.id);
    assert!(matches!(store.assign(by(2), &assignment), Err(StoreError::UploadChanged)));
    assert_eq!(store.pending().unwrap().len(), 1, "nothing was moved");
    let looked_again = Assignment { seen: grown.seen(), ..assignment };
    assert_eq!(store.assign(by(3), &looked_again).unwrap().new, 2);
}

/// Which of two names is the family name is often mistaken; a family name is added or written in look-alike letters.
#[test]
fn names_in_another_order_added_or_in_other_letters_are_alike() {
    let (_directory, store) = store();
    create(&store, &person("Okafor", "Chidi", "1975-03-02", "M1"));
    for (family, given, expected) in [
        ("Chidi", "Okafor", Likeness::SamePerson),
        ("ОКаfоr", "Chidi", Likeness::SamePerson),
        ("Okafor-Weber", "Chidi", Likeness::OneNameAndBirthDate),
        ("Weber", "Okafor", Likeness::OneNameAndBirthDate),
    ] {
        let alike = store.look_alikes(&person(family, given, "1975-03-02", "Z9")).unwrap();
        assert_eq!(alike.first().map(|other| other.likeness), Some(expected), "{family}, {given}");
    }
    assert!(store.look_alikes(&person("Weber", "Karla", "1975-03-02", "Z9")).unwrap().is_empty());
}
