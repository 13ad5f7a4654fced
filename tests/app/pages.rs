//! Further pages of what was found: however a server names them, nobody stands in an address.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use glucodock::domain::patient::PatientId;
use glucodock::domain::record::Span;
use glucodock::store::Store;
use rstest::rstest;
use serde_json::{Value, json};

use super::fhir_platform::{nora, on, person, ruth, wait};
use super::fhir_server::{FhirServer, PageLinks};

/// So many that they need three pages.
const PEOPLE: usize = 5;

fn reading(place: usize) -> Value {
    json!({
        "resourceType": "Observation", "id": format!("o{place}"), "status": "final",
        "subject": { "reference": "Patient/7f" }, "effectiveDateTime": format!("2026-07-0{}T08:00:00+02:00", place + 1),
        "code": { "coding": [{ "system": "http://loinc.org", "code": "2339-0" }] },
        "valueQuantity": { "value": 100, "code": "mg/dL" },
    })
}

/// A server of so many readings and people of one name, whose pages are of two.
fn server(links: PageLinks) -> FhirServer {
    let people = (0..PEOPLE).map(|place| {
        person(
            &place.to_string(),
            "Zarathustra",
            &format!("Given{place}"),
            &format!("19{place}0-01-01"),
            &format!("H{place}"),
        )
    });
    let resources: Vec<Value> = people.chain([ruth()]).chain((0..PEOPLE).map(reading)).collect();
    let server = FhirServer::start(&resources);
    {
        let mut shelf = server.shelf.lock().unwrap();
        (shelf.page, shelf.links) = (2, links);
    }
    server
}

/// Everybody of the name, page by page; the code of what went wrong, if anything did.
fn everybody(server: &FhirServer) -> Result<usize, &'static str> {
    let folder = tempfile::tempdir().unwrap();
    let backend = on(&server.server.base, Store::open(folder.path()).unwrap());
    let (mut ids, mut from) = (std::collections::BTreeSet::new(), None);
    loop {
        let found = wait(backend.platform.directory.search(&nora(), "zarathustra", from.as_ref(), 2));
        let page = found.map_err(|error| error.problem().code.code())?;
        ids.extend(page.patients.into_iter().map(|patient| patient.id));
        from = page.next;
        if from.is_none() {
            return Ok(ids.len());
        }
    }
}

fn named_in_addresses(server: &FhirServer) -> Vec<String> {
    let addresses = server.server.asked().into_iter().map(|asked| asked.target.to_lowercase());
    addresses.filter(|address| address.contains("zarathustra")).collect()
}

/// Helios puts the whole search into the address of the next page, HAPI a number. Who refuses to be asked for a further
/// page in the body is not asked by the address.
#[rstest]
#[case(PageLinks::Opaque, Ok(PEOPLE))]
#[case(PageLinks::OfTheSearch, Ok(PEOPLE))]
#[case(PageLinks::OfTheSearchByGet, Err("E-PLAT-14"))]
fn nobody_stands_in_the_address_of_a_further_page(
    #[case] links: PageLinks,
    #[case] found: Result<usize, &'static str>,
) {
    let server = server(links);
    assert_eq!(everybody(&server), found);
    assert_eq!(named_in_addresses(&server), Vec::<String>::new());
}

/// Readings are found by the key of a record, which stands in addresses anyway.
#[rstest]
fn every_page_of_a_record_is_read(
    #[values(PageLinks::Opaque, PageLinks::OfTheSearch, PageLinks::OfTheSearchByGet)] links: PageLinks,
) {
    let server = server(links);
    let folder = tempfile::tempdir().unwrap();
    let backend = on(&server.server.base, Store::open(folder.path()).unwrap());
    let record = wait(backend.platform.record.readings(&nora(), &PatientId("Patient/7f".into()), Span::ALL)).unwrap();
    assert_eq!(record.totals.readings as usize, PEOPLE);
}
