//! The identifiers that this program gives, by which nothing is created twice. None holds anything of a person.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::json::{list, text};
use crate::domain::association::{IdempotencyKey, UploadId};
use crate::domain::delivery::{NumberedReading, Parcel};
use crate::domain::meter::MeterIdentity;
use crate::domain::reading::{Kind, Reading};
use crate::domain::report::FirstRead;
use crate::domain::text::squeeze;

/// What all systems of ours begin with. The domain can never be anybody's (RFC 2606), so that nobody else gives out
/// such identifiers.
const OURS: &str = "https://glucodock.example/sid/";

/// Below it, whom a request created.
const CREATED: &str = "created";

/// Below it, whom a request created and withdrew, because somebody else had the number before.
const WITHDRAWN: &str = "created-and-withdrawn";

/// Below it, a reading, whichever station tells it.
const READING: &str = "reading";

/// Below it, which parcel told something of an assignment.
const ASSIGNMENT: &str = "assignment";

/// Below it, which undoing withdrew a reading.
const UNDONE: &str = "undone";

/// What separates the parts of what is hashed: no part holds it.
const SEPARATOR: char = '\u{1f}';

/// So many hexadecimal digits of a hash are an identifier. 160 bits: two readings do not share one by chance.
const DIGITS: usize = 40;

/// An identifier of ours: its system, and its value there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::platform::fhir) struct Ours {
    system: String,
    value: String,
}

impl Ours {
    fn of(system: &str, value: impl Into<String>) -> Self {
        Self { system: format!("{OURS}{system}"), value: value.into() }
    }

    /// The patient that a request created.
    pub(in crate::platform::fhir) fn created(key: &IdempotencyKey) -> Self {
        Self::of(CREATED, hash(&key.0))
    }

    /// Whether a patient was created by a request of this program, here or at another station.
    pub(in crate::platform::fhir) fn is_created(resource: &Value) -> bool {
        has_system(resource, CREATED)
    }

    /// Whether a patient was created so, and withdrawn.
    pub(in crate::platform::fhir) fn is_withdrawn(resource: &Value) -> bool {
        has_system(resource, WITHDRAWN)
    }

    /// The system of those who were withdrawn, where this is that of whom a request created: another one of that
    /// request, with another number, is not taken for this one.
    pub(super) fn withdrawn_system(system: &str) -> Option<String> {
        (system.strip_prefix(OURS) == Some(CREATED)).then(|| format!("{OURS}{WITHDRAWN}"))
    }

    /// The statement that an assignment makes.
    pub(in crate::platform::fhir) fn assignment(key: &IdempotencyKey) -> Self {
        Self::of(ASSIGNMENT, hash(&key.0))
    }

    /// The parcel that an identifier names, if it is one of ours.
    pub(super) fn parcel(identifier: &Value) -> Option<Self> {
        let value = text(identifier, "/value");
        let is_of_parcel = text(identifier, "/system").strip_prefix(OURS) == Some(ASSIGNMENT);
        (is_of_parcel && !value.is_empty()).then(|| Self::of(ASSIGNMENT, value))
    }

    /// The parcel that made a statement, if it was one of ours.
    pub(in crate::platform::fhir) fn parcel_of(statement: &Value) -> Option<Self> {
        list(statement, "/identifier").iter().find_map(Self::parcel)
    }

    /// What a resource says because an assignment was undone, in the parcel of this key.
    pub(in crate::platform::fhir) fn undone(key: &IdempotencyKey) -> Self {
        Self::of(UNDONE, hash(&key.0))
    }

    /// Whether a resource was withdrawn by this program, here or at another station, because an assignment was undone.
    pub(in crate::platform::fhir) fn is_undone(resource: &Value) -> bool {
        has_system(resource, UNDONE)
    }

    /// By which identifier a resource is a reading that a station of this program told.
    pub(in crate::platform::fhir) fn reading_of(resource: &Value) -> Option<Self> {
        let told = Self::of(READING, "");
        let own = list(resource, "/identifier").iter().find(|own| text(own, "/system") == told.system)?;
        Some(Self { value: text(own, "/value").to_owned(), ..told })
    }

    /// Whether a resource says that other assignments were undone as well.
    pub(in crate::platform::fhir) fn is_undone_by_others(&self, resource: &Value) -> bool {
        let of_undoing = |own: &&Value| text(own, "/system").strip_prefix(OURS) == Some(UNDONE);
        list(resource, "/identifier").iter().filter(of_undoing).any(|own| text(own, "/value") != self.value)
    }

    /// Takes off an observation's identifiers which undoings withdrew it.
    pub(super) fn without_undoings(identifiers: &mut Vec<Value>) {
        identifiers.retain(|own| text(own, "/system").strip_prefix(OURS) != Some(UNDONE));
    }

    /// A meter: by its serial number, in the system of its model. One without a number of its own stands for its model.
    pub(in crate::platform::fhir) fn meter(meter: &MeterIdentity) -> Self {
        let model = [&meter.manufacturer, &meter.model].map(|part| hex_unless_plain(&squeeze(part.as_str()))).join("/");
        if meter.is_identifiable() {
            // Squeezed as in the key of ownership: a blank or a hyphen makes no other meter.
            Self::of(&format!("meter/{model}"), squeeze(meter.serial.expose().as_str()))
        } else {
            Self::of("meter-model", model)
        }
    }

    /// This computer, by its UUID.
    pub(in crate::platform::fhir) fn gateway(uuid: &str) -> Self {
        Self::of("gateway", uuid)
    }

    /// What a transaction is tried with.
    pub(super) fn probe(gateway: &str) -> Self {
        Self::of("trial", hash(gateway))
    }

    /// What the clocks showed when readings were read: told by the parcel that they came in.
    pub(super) fn time_stamp(key: &IdempotencyKey) -> Self {
        Self::of("time-stamp", hash(&key.0))
    }

    /// An export of a record.
    pub(in crate::platform::fhir) fn document(of: &str) -> Self {
        Self::of("document", hash(of))
    }

    /// That an upload of a terminal waits.
    pub(super) fn pending(terminal: &str, upload: &UploadId) -> Self {
        Self::of("pending", hash(&format!("{terminal}{SEPARATOR}{}", upload.0)))
    }

    /// Whoever works here, as the key of a user.
    pub(in crate::platform::fhir) fn user(id: &str) -> Self {
        Self::of("user", id)
    }

    /// A patient of a store of its own, by their key there.
    pub(in crate::platform::fhir) fn own_patient(station: &str, key: &str) -> Self {
        Self::of("patient", format!("{station}/{key}"))
    }

    /// An upload of a station.
    pub(in crate::platform::fhir) fn upload(station: &str, key: &str) -> Self {
        Self::of("upload", format!("{station}/{key}"))
    }

    /// A line of the audit trail of a station.
    pub(in crate::platform::fhir) fn audit_line(station: &str, number: i64) -> Self {
        Self::of("audit-line", format!("{station}/{number}"))
    }

    /// What was done, in the word of the audit trail.
    pub(in crate::platform::fhir) fn audit_action(word: &str) -> Self {
        Self::of("audit-action", word)
    }

    /// As a code of its system.
    pub(in crate::platform::fhir) fn coding(&self) -> Value {
        json!({ "system": self.system, "code": self.value })
    }

    /// As it stands in a resource.
    pub(in crate::platform::fhir) fn json(&self) -> Value {
        json!({ "system": self.system, "value": self.value })
    }

    /// As it is searched for (FHIR R4, search.html#token; what means something there is escaped).
    pub(in crate::platform::fhir) fn token(&self) -> String {
        format!("{}|{}", self.system, escaped(&self.value))
    }

    /// As the condition of a create: a query string. Never with the type before it, which servers take for something
    /// else. Medplum's router makes a duplicate of it, Helios refuses it.
    pub(in crate::platform::fhir) fn condition(&self) -> String {
        format!("identifier={}%7C{}", self.system, encoded(&self.value))
    }

    /// Whether a resource has it.
    pub(in crate::platform::fhir) fn is_of(&self, resource: &Value) -> bool {
        let mut own = list(resource, "/identifier").iter();
        own.any(|own| text(own, "/system") == self.system && text(own, "/value") == self.value)
    }

    /// Whether a system is one of ours.
    pub(super) fn is_system(system: &str) -> bool {
        system.starts_with(OURS)
    }
}

/// The identifier of a reading of a parcel: the same whoever sends it and however often, and without the patient, so
/// that it stays the same when a wrong assignment is corrected. Of equal results at one time each has a number of its
/// own, which is the station's; as many as a meter holds have the same numbers at every station, so that each is there
/// once.
///
/// A meter without a serial number cannot be told from others of its model: what it holds is told by the assignment.
pub(in crate::platform::fhir) fn reading_id(parcel: &Parcel, numbered: &NumberedReading) -> Ours {
    let meter = parcel.meter.key();
    let source = if parcel.meter.is_identifiable() { meter.as_str() } else { parcel.key.0.as_str() };
    numbered_id(source, &numbered.reading, numbered.occurrence)
}

/// The identifier of a reading of a document: that under which it was sent to a server too, if its meter can be told
/// from others. What such a meter holds is told by when it was read; what is from elsewhere by itself.
pub(in crate::platform::fhir) fn document_reading_id(reading: &Reading, source: Option<&(u32, FirstRead)>) -> Ours {
    match source {
        Some((occurrence, read)) if read.meter.is_identifiable() => {
            numbered_id(read.meter.key().as_str(), reading, *occurrence)
        }
        Some((occurrence, read)) => {
            let source = format!("{}{SEPARATOR}{}", read.meter.key().as_str(), read.read_at);
            numbered_id(&source, reading, *occurrence)
        }
        None => numbered_id("elsewhere", reading, 0),
    }
}

fn numbered_id(source: &str, reading: &Reading, occurrence: u32) -> Ours {
    // The meter's own time and never a corrected one, which differs by seconds between two computers (HL7 PHD 2.0.1).
    let time = reading.meter_time().map_or_else(String::new, |time| time.to_string());
    let value = reading.measured.concentration().map_or_else(
        || format!("{:?}", reading.measured),
        |value| format!("{}{SEPARATOR}{}", value.to_number(), value.unit()),
    );
    // Numbers are given within a kind. What is not of blood says so, or it would be taken for an equal result that is.
    let kind = match reading.kind {
        Kind::Blood => "",
        Kind::Control => "control",
        Kind::Ketone => "ketone",
        Kind::Sensor => "sensor",
        Kind::Other => "other",
    };
    let order = format!("{occurrence}{kind}");
    Ours::of(READING, hash(&[source, &time, &value, &order].join(&SEPARATOR.to_string())))
}

/// Whether a resource has an identifier of ours, and so was made by this program.
pub(in crate::platform::fhir) fn is_ours(resource: &Value) -> bool {
    list(resource, "/identifier").iter().any(|own| Ours::is_system(text(own, "/system")))
}

/// The condition that nobody has this number, under whatever system.
pub(in crate::platform::fhir) fn number_condition(number: &str) -> String {
    format!("identifier={}", encoded(number))
}

fn encoded(value: &str) -> String {
    url::form_urlencoded::byte_serialize(escaped(value).as_bytes()).collect()
}

/// Whether a resource has an identifier of this system of ours.
fn has_system(resource: &Value, system: &str) -> bool {
    list(resource, "/identifier").iter().any(|own| text(own, "/system").strip_prefix(OURS) == Some(system))
}

/// The backslash before what separates values (FHIR R4, search.html#escaping).
pub(in crate::platform::fhir) fn escaped(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '\\' | ',' | '|' | '$') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn hash(text: &str) -> String {
    let mut digits = hex::encode(Sha256::digest(text.as_bytes()));
    digits.truncate(DIGITS);
    digits
}

/// A name as it can stand in an address.
fn hex_unless_plain(name: &str) -> String {
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric()) { name.to_owned() } else { hex::encode(name) }
}
