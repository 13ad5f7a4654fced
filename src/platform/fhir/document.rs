//! An export as a FHIR document (R4, documents.html): a Bundle that holds all it speaks of, the Composition first. The
//! same resources that a server is sent, made by the same mapping; the same report makes the same document.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::mapping::{About, Ours, document_reading_id, gateway, known_patient, marked, meter, observation};
use crate::config::MappingSettings;
use crate::domain::glucose::{Concentration, Unit};
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::PatientId;
use crate::domain::report::{FirstRead, RecordReport, ReportReading};

/// How a moment is written: to a second, with its offset (R4, datatypes.html#instant).
pub(super) const INSTANT: &str = "%Y-%m-%dT%H:%M:%S%:z";

/// The system of what kind of document it is.
const LOINC: &str = "http://loinc.org";

/// A document of results: LOINC, "Laboratory report". There is no code of a report of a meter's readings.
const LABORATORY_REPORT: &str = "11502-2";

/// What a document says to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentWords {
    /// What it is called. Nothing of the person: titles stand in lists.
    pub title: String,
    /// What it says without its entries, line by line, what is left out of them too.
    pub lines: Vec<String>,
}

/// The document. Readings that no number uses are not in it, as they are not sent to a server either; `range` tells
/// what meters measure.
#[must_use]
pub fn document(
    report: &RecordReport,
    words: &DocumentWords,
    range: &dyn Fn(&MeterIdentity) -> Option<(u32, u32)>,
) -> Value {
    let (made, patient) = (&report.made, &report.dashboard.patient);
    let is_training = made.purpose.is_training();
    let station = made.station.as_str();
    let own = |what: &str| urn(&format!("{station}\u{1f}{}\u{1f}{what}", patient.id.0));
    let (patient_urn, gateway_urn) = (own("patient"), own("gateway"));
    let meters: BTreeMap<String, &MeterIdentity> = report
        .readings
        .iter()
        .filter_map(|entry| entry.source.as_ref())
        .map(|(_, read)| (meter_urn(&read.meter), &read.meter))
        .collect();
    let unit = report.readings.iter().find_map(|entry| entry.reading.measured.concentration());
    let settings = MappingSettings::default();
    let named = Named {
        patient: &PatientId(patient_urn.clone()),
        gateway: &gateway_urn,
        unit: unit.map_or(report.dashboard.unit, Concentration::unit),
        settings: &settings,
    };
    let mut equal: BTreeMap<String, u32> = BTreeMap::new();
    let observations: Vec<(String, Value)> = report
        .readings
        .iter()
        .filter_map(|entry| {
            let (id, resource) = observed(report, entry, &named, range)?;
            // What is from elsewhere has no number among equal results.
            let number = equal.entry(id.token()).and_modify(|number| *number += 1).or_default();
            Some((urn(&format!("{}\u{1f}{number}", id.token())), resource))
        })
        .collect();
    let at = made.at.strftime(INSTANT).to_string();
    let references: Vec<Value> = observations.iter().map(|(urn, _)| json!({ "reference": urn })).collect();
    let mut section = json!({ "title": words.title, "text": narrative(&words.lines) });
    if let (Value::Object(section), false) = (&mut section, references.is_empty()) {
        section.insert("entry".to_owned(), json!(references));
    }
    let composition = json!({
        "resourceType": "Composition",
        "status": "final",
        "type": { "coding": [{ "system": LOINC, "code": LABORATORY_REPORT, "display": "Laboratory report" }] },
        "subject": { "reference": patient_urn },
        "date": at,
        "author": [{ "reference": gateway_urn }, { "display": made.user.as_str() }],
        "title": words.title,
        "section": [section],
    });
    let first = [
        (own(&format!("composition\u{1f}{at}")), composition),
        (patient_urn, known_patient(patient)),
        (gateway_urn.clone(), gateway(station, false).1),
    ];
    let meters = meters.into_iter().map(|(urn, identity)| (urn, meter(identity)));
    let entries: Vec<Value> = first
        .into_iter()
        .chain(meters)
        .chain(observations)
        .map(|(urn, resource)| json!({ "fullUrl": urn, "resource": marked(resource, is_training, &[]) }))
        .collect();
    let bundle = json!({
        "resourceType": "Bundle",
        "identifier": Ours::document(&format!("{station}\u{1f}{}\u{1f}{at}", patient.id.0)).json(),
        "type": "document",
        "timestamp": at,
        "entry": entries,
    });
    marked(bundle, is_training, &[])
}

/// What all observations of a document speak of.
struct Named<'a> {
    patient: &'a PatientId,
    gateway: &'a str,
    unit: Unit,
    settings: &'a MappingSettings,
}

/// A reading as a resource, with its identifier.
fn observed(
    report: &RecordReport,
    entry: &ReportReading,
    named: &Named<'_>,
    range: &dyn Fn(&MeterIdentity) -> Option<(u32, u32)>,
) -> Option<(Ours, Value)> {
    let read = entry.source.as_ref().map(|(_, read)| read);
    let nobody = nobody();
    let meter = read.map_or(&nobody, |read: &FirstRead| &read.meter);
    let about = About {
        patient: named.patient,
        meter,
        device: &meter_urn(meter),
        gateway: named.gateway,
        time_stamp: None,
        unit: named.unit,
        range: read.and_then(|read| range(&read.meter)),
        zone: report.made.at.time_zone(),
        settings: named.settings,
    };
    let id = document_reading_id(&entry.reading, entry.source.as_ref());
    let mut resource = observation(&entry.reading, &id, about)?;
    if let (Value::Object(fields), None) = (&mut resource, read) {
        // What only the care platform has came through no meter and no computer that is known here.
        for unknown in ["device", "extension", "identifier"] {
            fields.remove(unknown);
        }
    }
    Some((id, resource))
}

/// Stands for the meter of a reading that is from elsewhere: nothing of it is written.
fn nobody() -> MeterIdentity {
    let none = || crate::domain::text::Clean::default();
    MeterIdentity {
        manufacturer: none(),
        model: none(),
        model_number: None,
        serial: crate::domain::text::Private::new(none()),
        system_id: None,
        firmware: None,
        driver: none(),
    }
}

fn meter_urn(meter: &MeterIdentity) -> String {
    urn(&format!("meter\u{1f}{}", meter.key().as_str()))
}

/// A UUID made of a text (RFC 9562 section 5.8): the same for the same text.
fn urn(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let digits = hex::encode(hash);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("urn:uuid:{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
}

/// The lines as XHTML (R4, narrative.html).
fn narrative(lines: &[String]) -> Value {
    let paragraphs: Vec<String> = lines.iter().map(|line| format!("<p>{}</p>", escaped_text(line))).collect();
    let paragraphs = paragraphs.concat();
    json!({ "status": "generated", "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{paragraphs}</div>") })
}

fn escaped_text(line: &str) -> String {
    line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
