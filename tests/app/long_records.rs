//! Records that are long: of a dashboard's days alone is asked where the server knows days, no number of pages is too
//! many, and what is not waited for is said.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use glucodock::domain::patient::PatientId;
use glucodock::domain::record::{PatientRecord, RecordExtent, Span};
use glucodock::engine::effects::Backend;
use glucodock::platform::fhir::{self, FhirClient, FhirSurroundings};
use glucodock::platform::{Platform, embedded};
use glucodock::station::Station;
use glucodock::store::{By, Store};
use jiff::SignedDuration;
use jiff::civil::date;
use rstest::rstest;
use serde_json::{Value, json};

use super::fhir_platform::{nora, on, ruth, settings, surroundings, wait};
use super::fhir_server::FhirServer;
use super::headless::noon;

/// A reading each hour, back from noon; so many.
fn hourly(count: u32) -> Vec<Value> {
    let last = date(2026, 9, 20).at(12, 0, 0, 0);
    let reading = |place: u32| {
        let time = last - SignedDuration::from_hours(i64::from(place));
        json!({
            "resourceType": "Observation", "id": format!("o{place}"), "status": "final",
            "code": { "coding": [{ "system": "http://loinc.org", "code": "41653-7" }] },
            "subject": { "reference": "Patient/7f" },
            "effectiveDateTime": format!("{}+02:00", time.strftime("%Y-%m-%dT%H:%M:%S")),
            "valueQuantity": { "value": 100, "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL" },
        })
    };
    std::iter::once(ruth()).chain((0..count).map(reading)).collect()
}

/// What a server says of itself that searches readings by these.
fn searched_by(parameters: &[&str]) -> Value {
    let named: Vec<Value> = parameters.iter().map(|name| json!({ "name": name })).collect();
    let resource = json!({ "type": "Observation", "searchParam": named });
    let rest = json!({ "mode": "server", "interaction": [{ "code": "transaction" }], "resource": [resource] });
    json!({ "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [rest] })
}

fn record(backend: &Backend, span: Span) -> PatientRecord {
    wait(backend.platform.record.readings(&nora(), &PatientId("Patient/7f".into()), span)).unwrap()
}

/// What the searches for readings were.
fn asked(server: &FhirServer) -> Vec<Vec<(String, String)>> {
    let searches = server.server.asked().into_iter().filter(|asked| asked.target == "/Observation/_search");
    searches.map(|asked| url::form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect()).collect()
}

/// A day by the clocks here, whatever zone a reading was measured in.
const fn day() -> Span {
    Span { from: date(2026, 9, 19).at(0, 0, 0, 0), to: date(2026, 9, 20).at(0, 0, 0, 0) }
}

#[rstest]
#[case(&["patient", "date"], false, RecordExtent::Span)]
#[case(&["patient"], false, RecordExtent::Whole)]
#[case(&["date"], true, RecordExtent::Whole)]
fn of_a_dashboards_days_alone_is_asked_where_the_server_knows_days(
    #[case] said: &[&str],
    #[case] refuses: bool,
    #[case] extent: RecordExtent,
) {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&hourly(200));
    {
        let mut shelf = server.shelf.lock().unwrap();
        shelf.metadata = Some(searched_by(said));
        shelf.refuses = if refuses { vec!["date"] } else { Vec::new() };
    }
    let backend = on(&server.server.base, Store::open(folder.path()).unwrap());
    let found = record(&backend, day());
    assert_eq!((found.readings.len(), found.origin.extent()), (24, Some(extent)));
    let dates: Vec<Vec<String>> = asked(&server)
        .into_iter()
        .map(|search| search.into_iter().filter(|(name, _)| name == "date").map(|(_, value)| value).collect())
        .collect();
    // Fourteen hours more on either side: so far is the easternmost zone from UTC.
    let within = vec!["ge2026-09-18T10:00:00Z".to_owned(), "lt2026-09-20T14:00:00Z".to_owned()];
    let wanted = match (extent, refuses) {
        (RecordExtent::Span, _) => vec![within],
        (_, true) => vec![within, vec![]],
        _ => vec![vec![]],
    };
    assert_eq!(dates, wanted);
    // Of all time there is no condition.
    assert_eq!(record(&backend, Span::ALL).readings.len(), 200);
    assert!(asked(&server).last().unwrap().iter().all(|(name, _)| name != "date"));
}

#[test]
fn no_number_of_pages_is_too_many() {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&hourly(230));
    server.shelf.lock().unwrap().page = 2;
    let found = record(&on(&server.server.base, Store::open(folder.path()).unwrap()), Span::ALL);
    assert_eq!((found.readings.len(), found.origin.extent()), (230, Some(RecordExtent::Whole)));
}

/// The newest are those that are shown, and that there are more is said.
#[test]
fn what_is_not_waited_for_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let server = FhirServer::start(&hourly(60));
    {
        let mut shelf = server.shelf.lock().unwrap();
        shelf.page = 10;
        shelf.resources[1..].reverse();
        shelf.metadata = Some(searched_by(&["date"]));
    }
    let store = Arc::new(Store::open(folder.path()).unwrap());
    let client = FhirClient::new(Arc::new(settings(&server.server.base))).unwrap();
    store.belong_to(By::command("test", noon().timestamp()), &client.directory()).unwrap();
    // Each look at the clock is four seconds later.
    let looks = AtomicI64::new(0);
    let now = move || noon().timestamp() + SignedDuration::from_secs(4 * looks.fetch_add(1, Ordering::SeqCst));
    let around = FhirSurroundings { now: Arc::new(now), ..surroundings(&store) };
    let platform: Platform = fhir::on(client, around, embedded::on(Arc::clone(&store)));
    let backend = Backend { station: Station::new(store), platform };
    let week = Span { from: date(2026, 9, 14).at(0, 0, 0, 0), to: date(2026, 9, 21).at(0, 0, 0, 0) };
    let found = record(&backend, week);
    assert_eq!(found.origin.extent(), Some(RecordExtent::Part));
    let count = found.readings.len();
    assert!((10..60).contains(&count) && count.is_multiple_of(10), "{count}");
    assert_eq!(found.readings[0].time, Some(date(2026, 9, 20).at(12, 0, 0, 0)), "the newest are there");
}
