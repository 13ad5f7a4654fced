//! New patients, look-alikes and the list of recent ones.

use glucodock::domain::association::{AuditEntry, IdempotencyKey};
use glucodock::domain::patient::{Identifier, Likeness, NewPatient, Status};
use glucodock::domain::text::Private;
use glucodock::store::StoreError;

use super::support::{by, create, person, store, with_status};

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey(text.to_owned())
}

#[test]
fn a_new_patient_is_active_and_complete() {
    let (_directory, store) = store();
    let other = Identifier { label: "NHS No.".into(), value: Private::new("999 123 4560".into()) };
    let new =
        NewPatient { other_identifier: Some(other.clone()), ..person("Ó Súil", "Máire", "1992-02-29", "M-1 a") };
    let patient = create(&store, &new);
    assert_eq!(patient.status, Status::Active);
    assert_eq!((&patient.family, &patient.given, &patient.born), (&new.family, &new.given, &new.born));
    let mrn = Identifier { label: "MRN".into(), value: new.mrn.clone() };
    assert_eq!(patient.identifiers, [mrn, other]);
    assert_eq!(store.patient(&patient.id).unwrap(), patient);
    assert_eq!(create(&store, &new), patient, "the same key gives the same patient");
    assert_eq!(store.search("suil", None, 9).unwrap().patients, [patient]);
}

#[test]
fn an_identifier_belongs_to_one_patient_however_it_is_written() {
    let (_directory, store) = store();
    create(&store, &person("First", "Anna", "1961-07-14", "M-12ä"));
    for (number, mrn) in ["M-12ä", "m12a", "M 12 A"].into_iter().enumerate() {
        let new = person("Second", "Berta", "1972-07-14", mrn);
        let taken = store.create_patient(by(1), &new, &key(&number.to_string()));
        assert!(matches!(taken, Err(StoreError::IdentifierTaken)), "{mrn}");
    }
    assert_eq!(store.search("second", None, 9).unwrap().patients, [], "nothing half done");
    // Another label is another number.
    let other = Identifier { label: "NHS No.".into(), value: Private::new("M12a".into()) };
    create(&store, &NewPatient { other_identifier: Some(other), ..person("Second", "Berta", "1972-07-14", "M3") });
}

#[test]
fn the_same_person_again_needs_a_reason() {
    let (_directory, store) = store();
    create(&store, &person("Müller", "Anna", "1961-07-14", "M1"));
    let twin = person("MULLER", "anna", "1961-07-14", "M777777");
    assert!(matches!(store.create_patient(by(1), &twin, &key("a")), Err(StoreError::SamePerson)));
    let empty = NewPatient { reason_despite_look_alike: Some("".into()), ..twin.clone() };
    assert!(matches!(store.create_patient(by(1), &empty, &key("a")), Err(StoreError::SamePerson)));
    assert_eq!(store.search("muller", None, 9).unwrap().patients.len(), 1);
    let reasoned = NewPatient { reason_despite_look_alike: Some("two sisters".into()), ..twin };
    store.create_patient(by(1), &reasoned, &key("a")).unwrap();
    assert_eq!(store.search("muller", None, 9).unwrap().patients.len(), 2);
}

#[test]
fn look_alikes_are_found_in_every_way_and_the_likeliest_come_first() {
    let (_directory, store) = store();
    for (family, given, born, mrn) in [
        ("Mueller", "Peter", "1950-01-01", "M1234576"), // two digits swapped
        ("Müller", "Beate", "1961-07-14", "X3"),        // a twin
        ("Muler", "Ann", "1961-02-01", "X2"),           // nearly the same name, same year
        ("Müller", "Anna", "1961-07-14", "X1"),         // the same person
        ("Müller", "Anna", "1962-07-14", "X4"),         // another year
        ("Schmidt", "Anna", "1961-07-14", "M1234568"),  // one digit, but another name
        ("Miller", "Zoe", "1999-09-09", "M123456"),     // one digit missing
    ] {
        create(&store, &person(family, given, born, mrn));
    }
    with_status(&store, person("Muller", "Anna", "1961-07-14", "X9"), Status::Inactive);
    let alike = store.look_alikes(&person("Müller", "Anna", "1961-07-14", "M1234567")).unwrap();
    let found: Vec<_> = alike
        .iter()
        .map(|other| (other.patient.identifiers[0].value.expose().as_str().to_owned(), other.likeness))
        .collect();
    let expected = [
        ("X1", Likeness::SamePerson),
        ("X9", Likeness::SamePerson),
        ("X2", Likeness::SimilarNameAndYear),
        ("X3", Likeness::OneNameAndBirthDate),
        ("M123456", Likeness::SimilarNumber),
        ("M1234576", Likeness::SimilarNumber),
    ];
    let mut found_sorted = found.clone();
    found_sorted.sort_by_key(|(_, likeness)| *likeness);
    assert_eq!(found, found_sorted);
    let mut names: Vec<_> = found.iter().map(|(mrn, likeness)| (mrn.as_str(), *likeness)).collect();
    names.sort_unstable_by_key(|(mrn, likeness)| (*likeness, (*mrn).to_owned()));
    assert_eq!(names, expected);
}

#[test]
fn recent_patients_are_ten_newest_first_of_this_user_and_gone_at_sign_out() {
    let (_directory, store) = store();
    let ids: Vec<_> = (0..12)
        .map(|number| {
            create(
                &store,
                &person("Weber", &format!("K{number}"), &format!("19{}-01-01", 50 + number), &format!("M{number}")),
            )
            .id
        })
        .collect();
    store.remember(by(1), &ids[5]).unwrap();
    store.remember(by(1), &ids[0]).unwrap();
    let recent =
        |user: &str| -> Vec<_> { store.recents(user).unwrap().into_iter().map(|patient| patient.id).collect() };
    let expected: Vec<_> = [0, 5, 11, 10, 9, 8, 7, 6, 4, 3].map(|number: usize| ids[number].clone()).into();
    assert_eq!(recent("1"), expected);
    assert_eq!(recent("2"), []);
    store.audit(by(2), &AuditEntry::SignedOut).unwrap();
    assert_eq!(recent("1"), []);
}
