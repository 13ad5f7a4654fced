//! A person as a `Patient`, and back.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::super::json::{at, list, text};
use super::super::references::is_id;
use super::codes::{IDENTIFIER_TYPE, coding, concept};
use super::device::patient_of;
use super::identifier::Ours;
use crate::domain::association::IdempotencyKey;
use crate::domain::patient::{Gender, Identifier, NewPatient, Patient, PatientId, Status};
use crate::domain::text::{Clean, NAME_CELLS, Private, squeeze};

/// What the clinic's own number is called.
const MRN: &str = "MRN";

/// How much of what a number is called is kept, in terminal cells.
const LABEL_CELLS: usize = 20;

/// The person; nothing if they cannot be told from others here: without a family name, or without a whole birth date,
/// which the confirm screen asks for.
pub(in crate::platform::fhir) fn patient(resource: &Value) -> Option<Patient> {
    if text(resource, "/resourceType") != "Patient" {
        return None;
    }
    let id = text(resource, "/id");
    if !is_id(id) {
        return None;
    }
    let name = name(resource)?;
    let given: Vec<&str> = list(name, "/given").iter().filter_map(Value::as_str).collect();
    let family = Clean::with_ellipsis(text(name, "/family"), NAME_CELLS);
    if family.as_str().is_empty() {
        return None;
    }
    // FHIR allows for 1961-07 and for 1961 (R4, datatypes, date), neither of which is a whole date.
    let born: Date = text(resource, "/birthDate").parse().ok()?;
    Some(Patient {
        id: PatientId(format!("Patient/{id}")),
        family: Private::new(family),
        given: Private::new(Clean::with_ellipsis(&given.join(" "), NAME_CELLS)),
        born: Private::new(born),
        gender: gender(text(resource, "/gender")),
        identifiers: identifiers(resource),
        status: status(resource),
        devices: Vec::new(),
        last_upload: None,
    })
}

/// The name that is used now: the official one, else the usual one, else any that is not of the past.
fn name(resource: &Value) -> Option<&Value> {
    let current = || {
        let is_past = |name: &&Value| {
            matches!(text(name, "/use"), "old" | "maiden" | "nickname") || !text(name, "/period/end").is_empty()
        };
        list(resource, "/name").iter().filter(move |name| !is_past(name))
    };
    let of_use = |wanted: &str| current().find(|name| text(name, "/use") == wanted);
    of_use("official").or_else(|| of_use("usual")).or_else(|| current().next())
}

fn gender(code: &str) -> Gender {
    match code {
        "female" => Gender::Female,
        "male" => Gender::Male,
        "other" => Gender::Other,
        _ => Gender::Unknown,
    }
}

fn status(resource: &Value) -> Status {
    let deceased =
        at(resource, "/deceasedBoolean") == &Value::Bool(true) || at(resource, "/deceasedDateTime").is_string();
    // First, because a record that was merged away is mostly inactive as well, and this says more.
    if replaced_by(resource).is_some() {
        Status::Merged
    } else if deceased {
        Status::Deceased
    } else if at(resource, "/active") == &Value::Bool(false) {
        Status::Inactive
    } else {
        Status::Active
    }
}

/// Whose record took the place of this one, if it was merged into another.
pub(in crate::platform::fhir) fn replaced_by(resource: &Value) -> Option<PatientId> {
    let link = list(resource, "/link").iter().find(|link| text(link, "/type") == "replaced-by")?;
    patient_of(link, "/other")
}

/// Whose records were merged into this one.
pub(in crate::platform::fhir) fn replaces(resource: &Value) -> Vec<PatientId> {
    let links = list(resource, "/link").iter().filter(|link| text(link, "/type") == "replaces");
    links.filter_map(|link| patient_of(link, "/other")).collect()
}

/// The numbers that are used now. Those that this program gave tell nobody anything.
fn used(resource: &Value) -> impl Iterator<Item = &Value> {
    list(resource, "/identifier").iter().filter(|own| {
        let is_past = text(own, "/use") == "old" || !text(own, "/period/end").is_empty();
        !is_past && !text(own, "/value").is_empty() && !Ours::is_system(text(own, "/system"))
    })
}

/// The clinic's own number; nothing if there is none.
pub(in crate::platform::fhir) fn mrn(resource: &Value) -> Option<&str> {
    used(resource).find(|own| is_mrn(own)).map(|own| text(own, "/value"))
}

/// Whether a resource of a patient has this number, whatever it is called there.
pub(in crate::platform::fhir) fn has_number(resource: &Value, number: &str) -> bool {
    let wanted = squeeze(number);
    used(resource).any(|own| squeeze(text(own, "/value")) == wanted)
}

/// The numbers that are used now, the clinic's own first.
fn identifiers(resource: &Value) -> Vec<Identifier> {
    let mut used: Vec<&Value> = used(resource).collect();
    // The sort is stable: all others stay in the order of the server.
    used.sort_by_key(|own| !is_mrn(own));
    let identifiers = used.into_iter().filter_map(|own| {
        // One that cannot be shown whole identifies nobody.
        let value = Clean::whole(text(own, "/value"), NAME_CELLS)?;
        Some(Identifier { label: label(own), value: Private::new(value) })
    });
    identifiers.collect()
}

fn is_mrn(own: &Value) -> bool {
    list(own, "/type/coding").iter().any(|coding| text(coding, "/code") == "MR")
}

fn label(own: &Value) -> Clean {
    if is_mrn(own) {
        return MRN.into();
    }
    let said = ["/type/text", "/type/coding/0/display", "/type/coding/0/code"].map(|place| text(own, place));
    Clean::new(said.into_iter().find(|said| !said.is_empty()).unwrap_or("ID"), LABEL_CELLS)
}

/// The person as they are created, and the identifier by which that happens once.
pub(in crate::platform::fhir) fn new_patient(new: &NewPatient, key: &IdempotencyKey) -> (Ours, Value) {
    let ours = Ours::created(key);
    let mrn = json!({
        "type": concept(&[coding(IDENTIFIER_TYPE, "MR", "Medical record number")]),
        "value": new.mrn.expose().as_str(),
    });
    let other = new.other_identifier.iter().map(
        |Identifier { label, value }| json!({ "type": { "text": label.as_str() }, "value": value.expose().as_str() }),
    );
    let identifiers: Vec<Value> = [ours.json(), mrn].into_iter().chain(other).collect();
    // R4 has given names one by one.
    let given: Vec<&str> = new.given.expose().as_str().split_whitespace().collect();
    let phone = new.phone.iter().map(|phone| json!({ "system": "phone", "value": phone.expose().as_str() }));
    let email = new.email.iter().map(|email| json!({ "system": "email", "value": email.expose().as_str() }));
    let telecom: Vec<Value> = phone.chain(email).collect();
    let mut resource = json!({
        "resourceType": "Patient",
        "identifier": identifiers,
        "active": true,
        "name": [{ "use": "official", "family": new.family.expose().as_str(), "given": given }],
        "gender": new.gender,
        "birthDate": new.born.expose().to_string(),
    });
    if let (Value::Object(fields), false) = (&mut resource, telecom.is_empty()) {
        fields.insert("telecom".to_owned(), json!(telecom));
    }
    (ours, resource)
}

/// The record of somebody created just now, as it is in nobody's way any more: inactive, and its numbers of the past.
/// Where the same person has another record, that one takes its place.
pub(in crate::platform::fhir) fn withdrawn_patient(mut resource: Value, successor: Option<&PatientId>) -> Value {
    let Value::Object(fields) = &mut resource else { return resource };
    fields.insert("active".to_owned(), json!(false));
    let identifiers = fields.get_mut("identifier").and_then(Value::as_array_mut);
    for own in identifiers.into_iter().flatten().filter_map(Value::as_object_mut) {
        let system = own.get("system").and_then(Value::as_str).and_then(Ours::withdrawn_system);
        own.extend(system.map(|system| ("system".to_owned(), json!(system))));
        own.insert("use".to_owned(), json!("old"));
    }
    if let Some(successor) = successor {
        let link = json!([{ "other": { "reference": successor.0 }, "type": "replaced-by" }]);
        fields.insert("link".to_owned(), link);
    }
    resource
}

/// Whether a record was withdrawn so, and nobody has taken it up since.
pub(in crate::platform::fhir) fn is_withdrawn(resource: &Value) -> bool {
    Ours::is_withdrawn(resource) && at(resource, "/active") == &Value::Bool(false)
}

/// A person who is known already, with all their numbers.
pub(in crate::platform::fhir) fn known_patient(patient: &Patient) -> Value {
    let identifiers: Vec<Value> = patient
        .identifiers
        .iter()
        .map(|Identifier { label, value }| {
            let kind = if label.as_str() == MRN {
                concept(&[coding(IDENTIFIER_TYPE, "MR", "Medical record number")])
            } else {
                json!({ "text": label.as_str() })
            };
            json!({ "type": kind, "value": value.expose().as_str() })
        })
        .collect();
    let given: Vec<&str> = patient.given.expose().as_str().split_whitespace().collect();
    let mut resource = json!({
        "resourceType": "Patient",
        "active": patient.is_selectable(),
        "name": [{ "use": "official", "family": patient.family.expose().as_str() }],
        "gender": patient.gender,
        "birthDate": patient.born.expose().to_string(),
    });
    if let Value::Object(fields) = &mut resource {
        // An empty list is none (R4, json.html).
        if !identifiers.is_empty() {
            fields.insert("identifier".to_owned(), json!(identifiers));
        }
        if let (Some(name), false) = (fields.get_mut("name").and_then(|name| name.get_mut(0)), given.is_empty())
            && let Value::Object(name) = name
        {
            name.insert("given".to_owned(), json!(given));
        }
        if patient.status == Status::Deceased {
            fields.insert("deceasedBoolean".to_owned(), json!(true));
        }
    }
    resource
}
