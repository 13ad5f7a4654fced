//! The directory: who is created is found, once, and nobody beside somebody who looks the same.

use glucodock::domain::association::IdempotencyKey;
use glucodock::domain::clinic::{Actor, Role, User};
use glucodock::domain::patient::{Likeness, NewPatient, Patient, Status};
use glucodock::domain::permission::Permission;
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::record::Span;
use glucodock::platform::{CreatedPerson, Platform, RemoteError};
use rstest::rstest;

use super::made_up::download;
use super::place::{Place, Terminal, at_every_place, letters, mrn, nora, person, wait};
use super::proxy::{Mishap, Proxy};
use super::records::readings;

at_every_place!(
    who_does_not_work_with_patients_is_told_nothing,
    whoever_is_created_is_found_and_is_one,
    every_page_goes_on_where_the_one_before_ended,
    two_stations_create_one_person_once
);

/// Everybody whom this finds.
fn found(terminal: &Terminal, typed: &str) -> Vec<Patient> {
    let page = wait(terminal.backend.platform.directory.search(&nora(), typed, None, 20)).unwrap();
    assert_eq!(page.next, None, "{typed}");
    page.patients
}

/// Read against clinic-safety SEC-07: who looks after the station, or reads its trail, sees no patient.
fn who_does_not_work_with_patients_is_told_nothing(place: Place) {
    let served = place.serve();
    let terminal = Terminal::new(served.as_ref(), None);
    let new = person(&letters(), "Ruth", "1968-03-09", &mrn());
    let created = terminal.create(&new, &letters()).unwrap();
    let Platform { directory, record, .. } = &terminal.backend.platform;
    let meter = download(&letters(), readings(0, 1)).meter;
    for role in [Role::Administrator, Role::Auditor] {
        let actor = Actor { user: User { role, ..nora().user }, ..nora() };
        let refusals = [
            (Permission::FindPatients, wait(directory.search(&actor, "ruth", None, 20)).err()),
            (Permission::FindPatients, wait(directory.fetch(&actor, &created.id)).err()),
            (Permission::FindPatients, wait(directory.look_alikes(&actor, &new)).err()),
            (Permission::CreatePatients, wait(directory.create(&actor, &new, &IdempotencyKey(letters()))).err()),
            (Permission::CreatePatients, wait(directory.created(&actor, &IdempotencyKey(letters()))).err()),
            (Permission::KeepReadings, wait(record.owner(&actor, &meter)).err()),
            (Permission::SeeRecords, wait(record.readings(&actor, &created.id, Span::ALL)).err()),
        ];
        for (permission, refusal) in refusals {
            assert!(
                matches!(refusal, Some(RemoteError::Forbidden(for_want_of)) if for_want_of == permission),
                "{role:?} {permission:?}: {refusal:?}"
            );
        }
    }
}

fn whoever_is_created_is_found_and_is_one(place: Place) {
    let served = place.serve();
    let terminal = Terminal::new(served.as_ref(), None);
    let (family, number, request) = (letters(), mrn(), letters());
    let new = person(&family, "Ruth", "1968-03-09", &number);
    let created = terminal.create(&new, &format!("{request}1")).unwrap();
    assert_eq!(
        (created.status, created.born.expose(), &created.gender),
        (Status::Active, new.born.expose(), &new.gender)
    );
    assert_eq!(terminal.create(&new, &format!("{request}1")).unwrap().id, created.id, "the same request again");

    for typed in [family.as_str(), &number, &format!("{family} ruth"), &format!("{family} 09-Mar-1968")] {
        let hits = found(&terminal, typed);
        assert_eq!(hits.iter().map(|hit| &hit.id).collect::<Vec<_>>(), [&created.id], "{typed}");
        assert_eq!((hits[0].full_name(), hits[0].status), (created.full_name(), Status::Active));
        assert_eq!(hits[0].identifiers, created.identifiers);
    }
    assert_eq!(found(&terminal, &format!("{family} 10-Mar-1968")), []);
    let fetch = |id| wait(terminal.backend.platform.directory.fetch(&nora(), id)).unwrap();
    assert_eq!(fetch(&created.id), Some(created.clone()));
    let whom = |key: &str| {
        wait(terminal.backend.platform.directory.created(&nora(), &IdempotencyKey(key.to_owned()))).unwrap()
    };
    assert_eq!(
        (whom(&format!("{request}1")), whom(&letters())),
        (Some(CreatedPerson { patient: created.clone(), is_beside: false }), None)
    );

    let taken = terminal.create(&person(&letters(), "Ada", "1970-01-01", &number), &format!("{request}2")).unwrap_err();
    assert_eq!(taken.problem().code, ProblemCode::IdentifierTaken, "it is told at its field: {taken:?}");
    let same = person(&family, "Ruth", "1968-03-09", &mrn());
    let alike = wait(terminal.backend.platform.directory.look_alikes(&nora(), &same)).unwrap().alike;
    let likeness: Vec<_> = alike.iter().map(|other| (&other.patient.id, other.likeness)).collect();
    assert_eq!(likeness, [(&created.id, Likeness::SamePerson)]);
    let refused = terminal.create(&same, &format!("{request}3")).unwrap_err();
    assert_eq!(refused.problem().code, ProblemCode::SamePerson, "who they are is shown then: {refused:?}");
    let twin = terminal
        .create(&NewPatient { reason_despite_look_alike: Some("twins".into()), ..same }, &format!("{request}4"))
        .unwrap();
    assert_ne!(twin.id, created.id);
    let mut ids: Vec<_> = found(&terminal, &family).into_iter().map(|hit| hit.id).collect();
    ids.sort();
    let mut both = vec![created.id, twin.id];
    both.sort();
    assert_eq!(ids, both);
}

fn every_page_goes_on_where_the_one_before_ended(place: Place) {
    let served = place.serve();
    let terminal = Terminal::new(served.as_ref(), None);
    let (family, request) = (letters(), letters());
    let mut created: Vec<_> = (0..7_u8)
        .map(|place| {
            // Not alike: other names, other years.
            let given = ["Ada", "Ben", "Cem", "Dora", "Eve", "Finn", "Gus"][usize::from(place)];
            let new = person(&family, given, &format!("19{}0-0{}-11", place + 2, place + 1), &mrn());
            terminal.create(&new, &format!("{request}{place}")).unwrap().id
        })
        .collect();
    let (mut hits, mut from, mut pages) = (Vec::new(), None, 0);
    loop {
        let directory = &terminal.backend.platform.directory;
        let page = wait(directory.search(&nora(), &family, from.as_ref(), 3)).unwrap();
        hits.extend(page.patients.into_iter().map(|hit| hit.id));
        (from, pages) = (page.next, pages + 1);
        if from.is_none() {
            break;
        }
    }
    assert_eq!(hits.len(), created.len(), "each once");
    hits.sort();
    created.sort();
    assert_eq!(hits, created);
    assert!((1..=4).contains(&pages), "{pages}");
}

/// A key of a request is nobody's name: of another station it is another request.
fn two_stations_create_one_person_once(place: Place) {
    let served = place.serve();
    let one = Terminal::new(served.as_ref(), None);
    let another = Terminal::new(served.as_ref(), Some(&one));
    let new = person(&letters(), "Ruth", "1968-03-09", &mrn());
    let created = one.create(&new, &letters()).unwrap();
    let key = IdempotencyKey(letters());
    let refused = wait(another.backend.platform.directory.create(&nora(), &new, &key)).unwrap_err();
    assert_eq!(refused.problem().code, ProblemCode::IdentifierTaken, "{refused:?}");
    assert_eq!(wait(another.backend.platform.directory.fetch(&nora(), &created.id)).unwrap(), Some(created));
}

/// On the way an answer may be mixed up with another one, and somebody else may say that there is nobody.
#[rstest]
#[case(Mishap::AnswerOfAnother)]
#[case(Mishap::Says(404))]
#[case(Mishap::Says(410))]
#[case(Mishap::Portal)]
fn nobody_is_taken_for_another_one_s_answer(#[case] mishap: Mishap) {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let people = ["Ada", "Ben"]
        .map(|given| terminal.create(&person(&letters(), given, "1968-03-09", &mrn()), &letters()).unwrap().id);
    let proxy = Proxy::before(&served.base, |_| Mishap::None);
    let folder = tempfile::tempdir().unwrap();
    served.write_settings(folder.path(), Some(&proxy), 30);
    let through = Terminal::of(folder.path());
    let fetch = |place: usize| wait(through.backend.platform.directory.fetch(&nora(), &people[place]));
    assert_eq!(fetch(0).unwrap().unwrap().id, people[0]);
    proxy.decide_by(move |_| mishap);
    assert!(fetch(1).is_err(), "{:?}", fetch(1));
}
