//! Somebody before the server answers in its place: a gateway, the page of a network that wants a sign-in, an address
//! that is another one's by now. The server was not reached then, and what is here can be found; what the server itself
//! says no to stays a no.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::sync::{Arc, Mutex};

use glucodock::domain::association::IdempotencyKey;
use glucodock::domain::delivery::{Errand, Outcome};
use glucodock::domain::patient::{Gender, NewPatient, PatientId};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::record::{RecordOrigin, Span};
use glucodock::domain::text::Private;
use glucodock::engine::effects::Backend;
use glucodock::platform::SignsOfLife;
use glucodock::store::Store;
use jiff::SignedDuration;
use jiff::civil::date;
use rstest::rstest;
use serde_json::{Value, json};

use super::fhir_platform::{ASSIGN, nora, on, ruth, wait};
use super::fhir_server::{Fault, FhirServer};
use super::headless::{furnish, noon, passes_on};
use super::http_server::{Answered, Asked, Server, fhir};

/// What answers in the server's place, once it stands there.
type Before = Arc<Mutex<Option<Answered>>>;

/// A server with something before it that lets all through for now.
fn behind() -> (FhirServer, Server, Before) {
    behind_for(|_| true)
}

/// The same, which answers only some questions.
fn behind_for(is_meant: fn(&Asked) -> bool) -> (FhirServer, Server, Before) {
    let (kept, before) = (FhirServer::start(&[ruth()]), Before::default());
    let (shelf, stands) = (Arc::clone(&kept.shelf), Arc::clone(&before));
    let server = Server::start(move |asked| {
        let instead = stands.lock().unwrap().clone().filter(|_| is_meant(asked));
        instead.unwrap_or_else(|| {
            let mut shelf = shelf.lock().unwrap();
            shelf.answer(asked).with_references_in_full(shelf.inner)
        })
    });
    (kept, server, before)
}

/// What changes something: a gateway may look at that alone.
fn writes(asked: &Asked) -> bool {
    asked.method != "GET" && !asked.target.ends_with("/_search")
}

/// What the server says of itself.
fn is_statement(asked: &Asked) -> bool {
    asked.target == "/metadata"
}

/// A page for people.
fn page(status: u16) -> Answered {
    let kind = ("Content-Type", "text/html; charset=utf-8".to_owned());
    Answered::Whole(status, vec![kind], "<html>sign in here</html>".to_owned())
}

fn sent_on() -> Answered {
    Answered::Whole(302, vec![("Location", "https://portal.example/".to_owned())], String::new())
}

fn said(status: u16, kind: &str, body: &str) -> Answered {
    Answered::Whole(status, vec![("Content-Type", kind.to_owned())], body.to_owned())
}

fn outcome(status: u16) -> Answered {
    let issue = json!({ "severity": "error", "code": "forbidden" });
    fhir(status, &json!({ "resourceType": "OperationOutcome", "issue": [issue] }))
}

/// Somebody who may be Ruth.
fn almost_ruth() -> NewPatient {
    NewPatient {
        family: Private::new("Adeyemi".into()),
        given: Private::new("Ruth".into()),
        born: Private::new(date(1968, 3, 12)),
        mrn: Private::new("H9".into()),
        gender: Gender::Female,
        other_identifier: None,
        email: None,
        phone: None,
        reason_despite_look_alike: None,
    }
}

/// A station that has chosen somebody.
fn knowing(server: &Server, folder: &std::path::Path) -> Backend {
    let backend = on(&server.base, Store::open(folder).unwrap());
    let found = wait(backend.platform.directory.search(&nora(), "adeyemi", None, 20)).unwrap();
    backend.station.remember(&nora(), &found.patients[0]).unwrap();
    backend
}

#[rstest]
#[case(page(200))]
#[case(sent_on())]
#[case(said(200, "application/json", "{}"))]
#[case(said(200, "application/json", "<html>"))]
#[case(said(200, "text/plain", "ok"))]
#[case(page(400))]
#[case(page(403))]
#[case(page(404))]
#[case(said(404, "application/json", "{\"message\":\"no route\"}"))]
#[case(Answered::Whole(404, vec![], String::new()))]
#[case(Answered::Whole(407, vec![], String::new()))]
#[case(page(502))]
#[case(page(504))]
#[case(page(511))]
fn what_is_here_is_found_where_something_else_answers(#[case] instead: Answered) {
    let folder = tempfile::tempdir().unwrap();
    let (_kept, server, before) = behind();
    let backend = knowing(&server, folder.path());
    *before.lock().unwrap() = Some(instead);
    let platform = &backend.platform;
    let known = wait(platform.directory.search(&nora(), "adeyemi", None, 20)).unwrap();
    assert_eq!((known.patients.len(), known.known_only), (1, true));
    let alike = wait(platform.directory.look_alikes(&nora(), &almost_ruth())).unwrap();
    assert_eq!((alike.alike.len(), alike.known_only), (1, true));
    let record = wait(platform.record.readings(&nora(), &known.patients[0].id, Span::ALL)).unwrap();
    assert_eq!(record.origin, RecordOrigin::WithoutPlatform);
}

/// It is the server's own no, whose reason a person must hear.
#[rstest]
#[case(outcome(403))]
#[case(outcome(404))]
#[case(outcome(400))]
#[case(said(403, "application/json", "{\"message\":\"not yours\"}"))]
#[case(Answered::Whole(403, vec![], String::new()))]
#[case(Answered::Whole(401, vec![], String::new()))]
#[case(page(401))]
#[case(outcome(200))]
fn what_the_server_itself_refuses_is_told(#[case] instead: Answered) {
    let folder = tempfile::tempdir().unwrap();
    let (_kept, server, before) = behind();
    let backend = knowing(&server, folder.path());
    *before.lock().unwrap() = Some(instead);
    assert!(wait(backend.platform.directory.search(&nora(), "adeyemi", None, 20)).is_err());
    let id = PatientId("Patient/7f".to_owned());
    assert!(wait(backend.platform.record.readings(&nora(), &id, Span::ALL)).is_err());
}

/// A page in place of an answer refuses no reading: it is sent again.
#[rstest]
#[case(page(400))]
#[case(page(403))]
#[case(page(404))]
#[case(page(422))]
#[case(page(200))]
fn what_is_delivered_is_not_refused_by_a_page(#[case] instead: Answered, #[values(false, true)] of_writes: bool) {
    let folder = tempfile::tempdir().unwrap();
    let (kept, server, before) = if of_writes { behind_for(writes) } else { behind() };
    furnish(folder.path());
    kept.shelf.lock().unwrap().faults = vec![Fault::Says(503); 1000];
    let base = server.base.clone();
    passes_on(folder.path(), Box::new(move |store| on(&base, store)), false, ASSIGN);
    *before.lock().unwrap() = Some(instead);
    let backend = on(&server.base, Store::open(folder.path()).unwrap());
    let due = noon().timestamp() + SignedDuration::from_hours(24);
    let Errand::Deliver(parcel) = backend.station.next_errand(due).unwrap() else { panic!("nothing is due") };
    let came = wait(backend.platform.record.deliver(&parcel, &SignsOfLife::default()));
    let Outcome::Unknown(why) = came else { panic!("{came:?}") };
    assert_eq!(why.code, ProblemCode::PlatformUnreadable);
}

/// Where a server behind a gateway believes that it is.
const INNER: &str = "http://inside.example:8080/fhir";

fn measured_there() -> Value {
    json!({
        "resourceType": "Observation", "id": "1", "status": "final", "subject": { "reference": "Patient/7f" },
        "code": { "coding": [{ "system": "http://loinc.org", "code": "2339-0" }] },
        "effectiveDateTime": "2026-07-13T08:00:00+02:00",
        "valueQuantity": { "value": 103, "system": "http://unitsofmeasure.org", "code": "mg/dL" },
    })
}

/// What the server says of itself cannot be had. Its readings can, where none of them names whose it is by an address;
/// where that is so, it cannot be told whether it is the server's own.
#[rstest]
#[case(page(404))]
#[case(page(503))]
#[case(outcome(500))]
#[case(outcome(403))]
#[case(said(200, "application/json", "{}"))]
#[case(Answered::HungUp)]
fn a_dashboard_needs_no_statement_but_for_foreign_addresses(#[case] instead: Answered) {
    let folder = tempfile::tempdir().unwrap();
    let (kept, server, before) = behind_for(is_statement);
    kept.put(measured_there());
    let backend = knowing(&server, folder.path());
    *before.lock().unwrap() = Some(instead);
    let ruth = PatientId("Patient/7f".to_owned());
    let record = || wait(backend.platform.record.readings(&nora(), &ruth, Span::ALL));
    let there = record().unwrap();
    assert!(matches!(there.origin, RecordOrigin::Platform { elsewhere: 1, .. }), "{:?}", there.origin);
    kept.shelf.lock().unwrap().inner = Some(INNER);
    let is_shown = record().is_ok_and(|there| there.origin != RecordOrigin::WithoutPlatform);
    assert!(!is_shown, "it would be shown without the reading that is there");
}

/// A gateway has no route to the statement at first: what it says is not the server's word for as long as the program
/// runs.
#[test]
fn a_gateway_s_word_is_not_kept_for_the_server_s() {
    let folder = tempfile::tempdir().unwrap();
    let (kept, server, before) = behind_for(is_statement);
    kept.put(measured_there());
    let mut shelf = kept.shelf.lock().unwrap();
    shelf.metadata = Some(json!({ "resourceType": "CapabilityStatement", "implementation": { "url": INNER } }));
    drop(shelf);
    let backend = knowing(&server, folder.path());
    *before.lock().unwrap() = Some(page(404));
    let ruth = PatientId("Patient/7f".to_owned());
    let record = || wait(backend.platform.record.readings(&nora(), &ruth, Span::ALL)).unwrap();
    assert_eq!(record().readings.len(), 1);
    kept.shelf.lock().unwrap().inner = Some(INNER);
    *before.lock().unwrap() = None;
    assert_eq!(record().readings.len(), 1, "it is the server's own address");
}

/// Whether somebody is worked with cannot be told while the server's own address is not known: what is asked for in
/// vain for that is no answer to whether anything is there, and whoever was created stays.
#[rstest]
#[case(page(404))]
#[case(page(403))]
#[case(Answered::HungUp)]
fn nobody_is_withdrawn_by_what_a_gateway_says_of_the_statement(#[case] instead: Answered) {
    let folder = tempfile::tempdir().unwrap();
    let (kept, server, before) = behind_for(is_statement);
    let (new, key) =
        (NewPatient { mrn: Private::new("M77001".into()), ..almost_ruth() }, IdempotencyKey("k".to_owned()));
    let created =
        wait(on(&server.base, Store::open(folder.path()).unwrap()).platform.directory.create(&nora(), &new, &key));
    let PatientId(reference) = created.unwrap().id;
    kept.put(json!({
        "resourceType": "Patient", "id": "of-the-clinic", "active": true, "birthDate": "1970-01-01",
        "name": [{ "family": "Okafor", "given": ["Ada"] }], "identifier": [{ "value": "M77001" }],
    }));
    kept.put(json!({ "resourceType": "Device", "id": "d", "patient": { "reference": reference } }));
    kept.shelf.lock().unwrap().inner = Some(INNER);
    *before.lock().unwrap() = Some(instead);
    let again = on(&server.base, Store::open(folder.path()).unwrap());
    let refused = wait(again.platform.directory.create(&nora(), &new, &key)).unwrap_err();
    assert_ne!(refused.problem().code, ProblemCode::IdentifierTaken, "{refused}");
    let id = reference.rsplit('/').next().unwrap().to_owned();
    let ours = kept.all("Patient").into_iter().find(|own| own["id"] == id.as_str()).unwrap();
    assert_eq!(ours["active"], true);
}
