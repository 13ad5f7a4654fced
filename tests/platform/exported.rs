//! An exported document on a real server: it is taken as it is, and what is in it gives the same readings back.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::place::{HELIOS, HELIOS_POSTGRESQL, MEDPLUM, Place, Served};

/// What the unit tests of the mapping hold an export against, digit for digit.
const DOCUMENT: &str = include_str!("../../fixtures/fhir/bundle-document.json");

/// Sends something and gives the status and the answer. Plain HTTP/1.0: such a server is on this computer, and closes
/// the line behind its answer.
fn ask(served: &Served, method: &str, path: &str, body: &str) -> (u16, Value) {
    let address = served.base.strip_prefix("http://").unwrap();
    let (address, root) =
        address.split_once('/').map_or((address, String::new()), |(host, root)| (host, format!("/{root}")));
    let mut line = TcpStream::connect(address).unwrap();
    let tenant = served.tenant.as_ref().map_or_else(String::new, |tenant| format!("{tenant}\r\n"));
    let length = body.len();
    write!(
        line,
        "{method} {root}/{path} HTTP/1.0\r\nHost: {address}\r\nContent-Type: application/fhir+json\r\n\
         Accept: application/fhir+json\r\n{tenant}Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

/// Of each reading: when, and its value or that it has none.
fn readings<'a>(resources: impl Iterator<Item = &'a Value>) -> BTreeMap<String, (Value, Value)> {
    let readings = resources.filter(|resource| resource["resourceType"] == "Observation");
    readings
        .map(|reading| {
            let at = reading["effectiveDateTime"].as_str().unwrap().to_owned();
            (at, (reading["valueQuantity"].clone(), reading["component"].clone()))
        })
        .collect()
}

/// What a server said that it created, as `Observation/17`.
fn created(answers: &Value) -> Vec<String> {
    let locations = answers["entry"].as_array().unwrap().iter().map(|entry| entry["response"]["location"].as_str());
    let path = |location: &str| {
        let parts: Vec<&str> = location.split('/').take_while(|part| *part != "_history").collect();
        parts[parts.len() - 2..].join("/")
    };
    locations.map(|location| path(location.unwrap())).collect()
}

/// The document is kept as it is; what is in it is created, and each reading comes back as it was sent, of the patient
/// who was created with it. Of what else is on the server nothing is looked at.
fn is_taken_and_given_back(place: Place) {
    let served = place.serve().unwrap();
    let text = DOCUMENT.replace("VERSION", env!("CARGO_PKG_VERSION"));
    let document: Value = serde_json::from_str(&text).unwrap();
    let (status, kept) = ask(&served, "POST", "Bundle", &text);
    assert_eq!(status, 201, "{kept}");
    assert_eq!(kept["entry"], document["entry"]);

    let entries = document["entry"].as_array().unwrap();
    let to_create = entries.iter().map(|entry| {
        let kind = &entry["resource"]["resourceType"];
        let request = json!({ "method": "POST", "url": kind });
        json!({ "fullUrl": entry["fullUrl"], "resource": entry["resource"], "request": request })
    });
    let taken_in = json!({ "resourceType": "Bundle", "type": "transaction", "entry": to_create.collect::<Vec<_>>() });
    let (status, answers) = ask(&served, "POST", "", &taken_in.to_string());
    assert_eq!(status, 200, "{answers}");
    let created = created(&answers);
    assert_eq!(created.len(), entries.len(), "{answers}");
    let patient = created.iter().find(|path| path.starts_with("Patient/")).unwrap();
    let found: Vec<Value> = created
        .iter()
        .filter(|path| path.starts_with("Observation/"))
        .map(|path| {
            let (status, found) = ask(&served, "GET", path, "");
            assert_eq!(status, 200, "{path}: {found}");
            assert_eq!(found["subject"]["reference"].as_str(), Some(patient.as_str()), "{found}");
            found
        })
        .collect();
    let sent = readings(entries.iter().map(|entry| &entry["resource"]));
    assert_eq!((readings(found.iter()), sent.len()), (sent, 4));
}

#[test]
#[ignore = "needs GLUCODOCK_FHIR_HELIOS: tests/servers/run helios"]
fn a_document_is_taken_and_gives_its_readings_back_on_helios() {
    is_taken_and_given_back(HELIOS);
}

#[test]
#[ignore = "needs GLUCODOCK_FHIR_HELIOS_POSTGRESQL: tests/servers/run helios-postgresql"]
fn a_document_is_taken_and_gives_its_readings_back_on_postgresql() {
    is_taken_and_given_back(HELIOS_POSTGRESQL);
}

#[test]
#[ignore = "needs GLUCODOCK_FHIR_MEDPLUM: tests/servers/run medplum"]
fn a_document_is_taken_and_gives_its_readings_back_on_medplum() {
    is_taken_and_given_back(MEDPLUM);
}
