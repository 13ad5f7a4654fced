//! Who is created is created once: on servers that do not do everything, and where two terminals give one number to two
//! people at the same moment.

use std::sync::{Arc, Barrier};

use glucodock::domain::association::IdempotencyKey;
use glucodock::domain::patient::{NewPatient, Patient, Status};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::text::Private;
use glucodock::platform::{CreatedPerson, RemoteError};
use rstest::rstest;
use serde_json::{Value, json};

use super::fhir_server::Shelf;
use super::http_server::Asked;
use super::place::{Place, Served, Terminal, at_every_place, letters, mrn, nora, person, says_all, wait};
use super::proxy::{Mishap, Proxy};

at_every_place!(of_two_people_with_one_number_one_is_created);

/// What a small server does not do.
const LESS: [&[&str]; 5] =
    [&[], &["transaction"], &["transaction", "batch"], &["condition"], &["transaction", "condition"]];

/// How often two are created at once at a server that nobody holds up: each time another of them may be first.
const ROUNDS: u8 = 2;

/// How often somebody is created anew while no answer comes.
const MOST_TRIES: u8 = 10;

fn shelf(served: &Served, change: impl FnOnce(&mut Shelf)) {
    change(&mut served.small.as_ref().unwrap().shelf.lock().unwrap());
}

/// What a server says that does these alone.
fn says(refuses: &[&str]) -> Value {
    let mut said = says_all();
    let offered = ["transaction", "batch"].into_iter().filter(|code| !refuses.contains(code));
    said["rest"][0]["interaction"] = offered.map(|code| json!({ "code": code })).collect();
    said
}

fn code(refused: &RemoteError) -> ProblemCode {
    refused.problem().code
}

/// Those who can be chosen by this number.
fn with_number(terminal: &Terminal, number: &str) -> Vec<Patient> {
    wait(terminal.backend.platform.directory.search(&nora(), number, None, 20)).unwrap().patients
}

/// Creates them as somebody does who tries again: a server that plays other tests besides may be slow.
fn patiently(terminal: &Terminal, new: &NewPatient) -> Result<Patient, RemoteError> {
    let key = letters();
    let mut created = terminal.create(new, &key);
    for _ in 0..MOST_TRIES {
        if !matches!(created, Err(RemoteError::Unreachable(_))) {
            break;
        }
        created = terminal.create(new, &key);
    }
    created
}

/// Both at once; whoever was created, or why not.
fn both(terminals: [&Terminal; 2], people: [&NewPatient; 2]) -> [Result<Patient, RemoteError>; 2] {
    let start = Barrier::new(2);
    std::thread::scope(|scope| {
        let begun = [0, 1].map(|which| {
            let (terminal, new, start) = (terminals[which], people[which], &start);
            scope.spawn(move || {
                start.wait();
                patiently(terminal, new)
            })
        });
        begun.map(|created| created.join().unwrap())
    })
}

/// One of them is there, and the other one is told that the number is taken. Where both were made in the same moment
/// by the server's clock neither is, and either can be created then.
fn one_is_there(created: &[Result<Patient, RemoteError>; 2], terminal: &Terminal, number: &str) {
    let there = with_number(terminal, number);
    let ids: Vec<_> = there.iter().map(|patient| &patient.id).collect();
    let made: Vec<_> = created.iter().flatten().map(|patient| &patient.id).collect();
    assert_eq!(ids, made, "{created:?}");
    assert!(there.len() <= 1 && there.iter().all(|patient| patient.status == Status::Active), "{there:?}");
    for refused in created.iter().filter_map(|created| created.as_ref().err()) {
        // The same person may be found before their number is.
        let is_told = matches!(code(refused), ProblemCode::IdentifierTaken | ProblemCode::SamePerson);
        assert!(is_told, "{refused:?}");
    }
}

fn of_two_people_with_one_number_one_is_created(place: Place) {
    let served = place.serve();
    let one = Terminal::new(served.as_ref(), None);
    let other = Terminal::new(served.as_ref(), Some(&one));
    for round in 0..ROUNDS {
        let number = mrn();
        // The same person twice, and two people of whom one has the number by mistake.
        let ruth = person(&letters(), "Ruth", "1968-03-09", &number);
        let second = if round % 2 == 0 { ruth.clone() } else { person(&letters(), "Ada", "1970-01-01", &number) };
        let created = both([&one, &other], [&ruth, &second]);
        one_is_there(&created, &one, &number);
        if created.iter().all(Result::is_err) {
            one.create(&ruth, &letters()).unwrap();
            assert_eq!(with_number(&one, &number).len(), 1);
        }
    }
}

/// Creates two people with one number, each when both have seen that nobody has it.
fn held_until_both_looked(served: &Served, people: [&NewPatient; 2]) -> [Result<Patient, RemoteError>; 2] {
    let looked = Arc::new(Barrier::new(2));
    let folders = [0, 1].map(|_| tempfile::tempdir().unwrap());
    let proxies = [0, 1].map(|_| {
        let (looked, mut is_held) = (Arc::clone(&looked), true);
        Proxy::before(&served.base, move |asked: &Asked| {
            if is_held && asked.method == "POST" && !asked.target.ends_with("_search") {
                is_held = false;
                looked.wait();
            }
            Mishap::None
        })
    });
    for (folder, proxy) in folders.iter().zip(&proxies) {
        served.write_settings(folder.path(), Some(proxy), 30);
    }
    let terminals = folders.each_ref().map(|folder| Terminal::of(folder.path()));
    both([&terminals[0], &terminals[1]], people)
}

/// At a server that looks at the number itself, and at those that create without a look.
#[rstest]
fn whoever_is_second_is_withdrawn(
    #[values(false, true)] ignores_conditions: bool,
    #[values(0, 1, 2, 3, 4)] less: usize,
    #[values(false, true)] is_same: bool,
) {
    let served = Place::Small.serve().unwrap();
    shelf(&served, |shelf| {
        shelf.ignores_conditions = ignores_conditions;
        shelf.refuses = LESS[less].to_vec();
        shelf.metadata = None;
    });
    let number = mrn();
    let ruth = person(&letters(), "Ruth", "1968-03-09", &number);
    let ada = person(&letters(), "Ada", "1970-01-01", &number);
    let created = held_until_both_looked(&served, [&ruth, if is_same { &ruth } else { &ada }]);
    let terminal = Terminal::new(Some(&served), None);
    one_is_there(&created, &terminal, &number);
    let [first] = with_number(&terminal, &number).try_into().unwrap();
    let people = served.small.as_ref().unwrap().all("Patient");
    let withdrawn: Vec<_> = people.iter().filter(|own| own["active"] == false).collect();
    assert_eq!(people.len() - withdrawn.len(), 1, "{people:?}");
    for own in withdrawn {
        // Only of the same person the one record takes the place of the other.
        let link = json!([{ "type": "replaced-by", "other": { "reference": first.id.0 } }]);
        assert_eq!(own.get("link"), is_same.then_some(&link));
        assert!(own["identifier"].as_array().unwrap().iter().all(|own| own["use"] == "old"), "{own}");
    }
    // Whoever was withdrawn is in nobody's way: with the right number they are created.
    if !is_same {
        let second = if created[0].is_ok() { ada } else { ruth };
        let right = NewPatient { mrn: Private::new(mrn().as_str().into()), ..second };
        assert_eq!(wait(terminal.backend.platform.directory.look_alikes(&nora(), &right)).unwrap().alike, []);
        terminal.create(&right, &letters()).unwrap();
    }
}

/// Each request makes one person, in whatever way the server takes them, however often it is sent.
#[rstest]
fn a_person_is_created_once_in_the_way_that_a_server_takes(
    #[values(0, 1, 2, 3, 4)] less: usize,
    #[values(false, true)] says_so: bool,
) {
    let served = Place::Small.serve().unwrap();
    shelf(&served, |shelf| {
        shelf.refuses = LESS[less].to_vec();
        shelf.metadata = says_so.then(|| says(LESS[less]));
    });
    let terminal = Terminal::new(Some(&served), None);
    let (new, key) = (person(&letters(), "Ruth", "1968-03-09", &mrn()), letters());
    let created = terminal.create(&new, &key).unwrap();
    assert_eq!(terminal.create(&new, &key).unwrap().id, created.id);
    let taken = person(&letters(), "Ada", "1970-01-01", new.mrn.expose().as_str());
    assert_eq!(code(&terminal.create(&taken, &letters()).unwrap_err()), ProblemCode::IdentifierTaken);
    assert_eq!(served.small.as_ref().unwrap().all("Patient").len(), 1);
    let whom = |key: &str| wait(terminal.backend.platform.directory.created(&nora(), &IdempotencyKey(key.to_owned())));
    assert_eq!(whom(&key).unwrap().unwrap(), CreatedPerson { patient: created, is_beside: false });
}

/// Somebody else is found to have the number later on. Whether they were created is asked without changing anything; a
/// request that is sent again withdraws whom nobody works with yet, and nobody else.
#[test]
fn whoever_is_worked_with_is_not_withdrawn() {
    let served = Place::Small.serve().unwrap();
    let small = served.small.as_ref().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (new, key) = (person(&letters(), "Ruth", "1968-03-09", &mrn()), letters());
    let created = terminal.create(&new, &key).unwrap();
    small.put(json!({
        "resourceType": "Patient", "id": "of-the-clinic", "active": true, "birthDate": "1970-01-01",
        "name": [{ "family": letters(), "given": ["Ada"] }], "identifier": [{ "value": new.mrn.expose().as_str() }],
    }));
    let device = json!({ "resourceType": "Device", "id": "d", "patient": { "reference": created.id.0 } });
    small.put(device);
    let whom = || wait(terminal.backend.platform.directory.created(&nora(), &IdempotencyKey(key.clone())));
    let beside = || whom().unwrap().map(|there| (there.patient.id, there.is_beside));
    let ours =
        || small.all("Patient").into_iter().find(|own| created.id.0.ends_with(own["id"].as_str().unwrap())).unwrap();
    assert_eq!(code(&terminal.create(&new, &key).unwrap_err()), ProblemCode::CreatedBeside);
    assert_eq!(beside(), Some((created.id.clone(), true)));
    assert_eq!(ours()["active"], true);
    shelf(&served, |shelf| shelf.resources.retain(|own| own["resourceType"] != "Device"));
    assert_eq!(beside(), Some((created.id.clone(), true)));
    assert_eq!(ours()["active"], true);
    assert_eq!(code(&terminal.create(&new, &key).unwrap_err()), ProblemCode::IdentifierTaken);
    assert_eq!(ours()["active"], false);
    assert_eq!(beside(), None);
}

/// Where nothing may be withdrawn both records stay. Whoever was second is told that they were created beside another
/// record, and not that nobody was; asked again it is the same, and who was created can be asked for.
#[rstest]
fn whoever_cannot_be_withdrawn_is_told_to_be_there(#[values(0, 1, 2, 3, 4)] less: usize) {
    let served = Place::Small.serve().unwrap();
    shelf(&served, |shelf| {
        (shelf.ignores_conditions, shelf.metadata) = (true, None);
        shelf.refuses = [LESS[less], &["update"]].concat();
    });
    let number = mrn();
    let ruth = person(&letters(), "Ruth", "1968-03-09", &number);
    let rival = person(&letters(), "Ada", "1970-01-01", &number);
    let key = letters();
    shelf(&served, |shelf| {
        shelf.overtaken_by = Some(json!({
            "resourceType": "Patient", "id": "of-the-clinic", "active": true, "birthDate": "1970-01-01",
            "name": [{ "family": rival.family.expose().as_str(), "given": ["Ada"] }],
            "identifier": [{ "value": number }],
        }));
    });
    let terminal = Terminal::new(Some(&served), None);
    for _ in 0..2 {
        assert_eq!(code(&terminal.create(&ruth, &key).unwrap_err()), ProblemCode::CreatedBeside);
    }
    assert_eq!(served.small.as_ref().unwrap().all("Patient").len(), 2);
    let there = wait(terminal.backend.platform.directory.created(&nora(), &IdempotencyKey(key))).unwrap().unwrap();
    assert_eq!((there.patient.family, there.is_beside), (ruth.family, true));
    assert_eq!(with_number(&terminal, &number).len(), 2);
}

/// The server looks at the number among those too whom it does not show: with one it does nothing, with two it refuses
/// the whole (FHIR R4, http.html#ccreate). No further record is tried in another way.
#[rstest]
#[case(&["kept-1"])]
#[case(&["kept-1", "kept-2"])]
fn nobody_is_created_beside_whom_the_server_keeps_to_itself(#[case] kept: &[&'static str]) {
    let served = Place::Small.serve().unwrap();
    let small = served.small.as_ref().unwrap();
    let new = person(&letters(), "Ruth", "1968-03-09", &mrn());
    for id in kept {
        let number = json!([{ "value": new.mrn.expose().as_str() }]);
        small.put(json!({ "resourceType": "Patient", "id": id, "active": true, "identifier": number }));
    }
    shelf(&served, |shelf| shelf.unfound = kept.to_vec());
    let terminal = Terminal::new(Some(&served), None);
    assert_eq!(code(&terminal.create(&new, &letters()).unwrap_err()), ProblemCode::IdentifierTaken);
    assert_eq!(small.all("Patient").len(), kept.len());
}

/// A server that does twice what comes twice at once has one of them afterwards who can be chosen.
#[test]
fn what_is_sent_twice_creates_one_person() {
    let served = Place::Small.serve().unwrap();
    shelf(&served, |shelf| (shelf.ignores_conditions, shelf.metadata) = (true, None));
    let folder = tempfile::tempdir().unwrap();
    let proxy = Proxy::before(&served.base, |asked: &Asked| {
        if asked.method == "POST" && asked.target == "/" { Mishap::TwiceAtOnce } else { Mishap::None }
    });
    served.write_settings(folder.path(), Some(&proxy), 30);
    let (terminal, new) = (Terminal::of(folder.path()), person(&letters(), "Ruth", "1968-03-09", &mrn()));
    let created = terminal.create(&new, &letters()).unwrap();
    assert_eq!(served.small.as_ref().unwrap().all("Patient").len(), 2);
    let there = with_number(&terminal, new.mrn.expose().as_str());
    assert_eq!(there.iter().map(|patient| &patient.id).collect::<Vec<_>>(), [&created.id]);
}
