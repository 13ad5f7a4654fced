//! People as HL7 FHIR R4 Patients: in a Bundle, or one after the other (NDJSON). Read resource by resource, however
//! many there are.

use std::fmt;

use jiff::civil::Date;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::bounded::{Bounded, ReadWatch};
use super::listed::{EachListed, ImportEntry, LineFault, ReadingFault, WrittenPerson};
use crate::domain::patient::{Gender, Status};

/// The type of the clinic's own number (HL7 v2 table 0203).
const MRN_CODE: &str = "MR";

/// Reads what stands in the file. Whether it was read to its end.
pub(super) fn read(file: Bounded, reason: &str, today: Date, each: EachListed<'_>) -> Result<bool, ReadingFault> {
    let watch = file.watch();
    let mut json = serde_json::Deserializer::from_reader(file);
    let mut reading = ResourceReading { watch: &watch, reason, today, each, stopped: None, has_begun: false };
    loop {
        watch.next_piece();
        reading.has_begun = false;
        let read = TopLevel(&mut reading).deserialize(&mut json);
        match (read, reading.stopped.take()) {
            (_, Some(Stopped::Failed(fault))) => return Err(fault),
            (_, Some(Stopped::Enough)) => return Ok(false),
            (Ok(()), None) => {}
            // Nothing but the end of the file was there.
            (Err(error), None) if error.is_eof() && !reading.has_begun => return Ok(true),
            (Err(error), None) => return Err(broken(&watch, error)),
        }
    }
}

/// The message of the parser may quote what it read: where it stands is told.
fn broken(watch: &ReadWatch, error: serde_json::Error) -> ReadingFault {
    let (line, column, is_io) = (error.line(), error.column(), error.is_io());
    if is_io {
        return ReadingFault::at(watch.line(), &error.into());
    }
    let line = u64::try_from(line).unwrap_or(u64::MAX);
    let what = if error.is_eof() { "the file ends within it" } else { "it is no JSON of a FHIR Bundle or Patient" };
    ReadingFault::Line(LineFault::new(line, format!("{what} (column {column})")))
}

/// Why the rest of the file is not read.
enum Stopped {
    Enough,
    Failed(ReadingFault),
}

struct ResourceReading<'a, 'e> {
    watch: &'a ReadWatch,
    reason: &'a str,
    today: Date,
    each: EachListed<'e>,
    stopped: Option<Stopped>,
    /// Whether a resource has begun.
    has_begun: bool,
}

impl ResourceReading<'_, '_> {
    /// Hands a resource on; false if no more is wanted.
    fn take(&mut self, line: u64, resource: &Value) -> bool {
        let listed = listed(resource, line, self.reason, self.today);
        self.stopped = match (self.each)(listed, self.watch.bytes()) {
            Ok(true) => None,
            Ok(false) => Some(Stopped::Enough),
            Err(error) => Some(Stopped::Failed(error.into())),
        };
        self.watch.next_piece();
        self.stopped.is_none()
    }
}

/// A Bundle or a Patient.
struct TopLevel<'r, 'a, 'e>(&'r mut ResourceReading<'a, 'e>);

impl<'de> DeserializeSeed<'de> for TopLevel<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TopLevel<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a resource")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reading = self.0;
        reading.has_begun = true;
        let line = reading.watch.line();
        let (mut fields, mut is_bundle) = (Map::new(), false);
        while let Some(name) = map.next_key::<String>()? {
            if name == "entry" {
                is_bundle = true;
                map.next_value_seed(BundleEntries(reading))?;
            } else if is_bundle {
                map.next_value::<IgnoredAny>()?;
            } else if fields.insert(name, map.next_value::<Value>()?).is_some() {
                return Err(A::Error::custom("a field stands there twice"));
            }
        }
        let is_empty_bundle = fields.get("resourceType").and_then(Value::as_str) == Some("Bundle");
        if is_bundle || is_empty_bundle || reading.take(line, &Value::Object(fields)) {
            Ok(())
        } else {
            Err(A::Error::custom("stopped"))
        }
    }
}

/// The entries of a Bundle.
struct BundleEntries<'r, 'a, 'e>(&'r mut ResourceReading<'a, 'e>);

impl<'de> DeserializeSeed<'de> for BundleEntries<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for BundleEntries<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let reading = self.0;
        loop {
            reading.watch.next_piece();
            let line = reading.watch.line();
            let Some(entry) = entries.next_element::<Value>()? else { return Ok(()) };
            let resource = entry.get("resource").unwrap_or(&Value::Null);
            if !reading.take(line, resource) {
                return Err(A::Error::custom("stopped"));
            }
        }
    }
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Whether a name or a number is used no more. A period goes on until the end of the day, month or year that is written
/// (FHIR R4, Period.end).
fn is_past(own: &Value, today: Date) -> bool {
    let end = text(own, "/period/end");
    let today = today.to_string();
    let is_over = !end.is_empty() && end.bytes().take(today.len()).lt(today.bytes().take(end.len()));
    matches!(text(own, "/use"), "old" | "maiden" | "nickname") || is_over
}

fn listed(resource: &Value, line: u64, reason: &str, today: Date) -> ImportEntry {
    let wrong = |what: &str| ImportEntry::Wrong(vec![LineFault::new(line, what)]);
    match text(resource, "/resourceType") {
        "Patient" => {}
        "" => return wrong("it is no FHIR resource: resourceType is missing"),
        _ => return ImportEntry::LeftOut,
    }
    if list(resource, "/link").iter().any(|link| text(link, "/type") == "replaced-by") {
        return wrong("link: this record was merged into another one; import that one alone");
    }
    let names = || list(resource, "/name").iter().filter(|name| !is_past(name, today));
    let of_use = |wanted: &str| names().find(|name| text(name, "/use") == wanted);
    let Some(name) = of_use("official").or_else(|| of_use("usual")).or_else(|| names().next()) else {
        return wrong("name: there is none that is used now");
    };
    let given: Vec<&str> = list(name, "/given").iter().filter_map(Value::as_str).collect();
    let numbers = || {
        let used = list(resource, "/identifier").iter().filter(|own| !is_past(own, today));
        used.filter(|own| !text(own, "/value").is_empty())
    };
    let is_mrn = |own: &Value| list(own, "/type/coding").iter().any(|coding| text(coding, "/code") == MRN_CODE);
    let mut mrns = numbers().filter(|own| is_mrn(own));
    let (mrn, second) = (mrns.next(), mrns.next());
    let Some(mrn) = mrn else {
        return wrong("identifier: there is none of the type MR (medical record number) that is used now");
    };
    if second.is_some() {
        return wrong("identifier: there are two of the type MR; a patient has one MRN");
    }
    let others: Vec<&Value> = numbers().filter(|own| !is_mrn(own)).collect();
    let other = others.first().map(|own| {
        let said = ["/type/text", "/type/coding/0/display", "/type/coding/0/code"].map(|place| text(own, place));
        let label = said.into_iter().find(|said| !said.is_empty()).unwrap_or("ID");
        (label.to_owned(), text(own, "/value").to_owned())
    });
    let telecom = |system: &str| {
        let used = list(resource, "/telecom").iter().filter(|own| !is_past(own, today));
        used.filter(|own| text(own, "/system") == system).map(|own| text(own, "/value")).next().unwrap_or_default()
    };
    let written = WrittenPerson {
        family: text(name, "/family").to_owned(),
        given: given.join(" "),
        born: text(resource, "/birthDate").to_owned(),
        mrn: text(mrn, "/value").to_owned(),
        gender: match text(resource, "/gender") {
            "female" => Some(Gender::Female),
            "male" => Some(Gender::Male),
            "other" => Some(Gender::Other),
            _ => None,
        },
        other,
        email: telecom("email").to_owned(),
        phone: telecom("phone").to_owned(),
    };
    match written.check(line, reason, today) {
        Ok(person) => ImportEntry::Person {
            line,
            person: Box::new(person),
            status: status(resource),
            further_numbers: others.len().saturating_sub(1) as u64,
        },
        Err(faults) => ImportEntry::Wrong(faults),
    }
}

fn status(resource: &Value) -> Status {
    let is_dead = resource.get("deceasedBoolean") == Some(&Value::Bool(true))
        || resource.get("deceasedDateTime").is_some_and(Value::is_string);
    if is_dead {
        Status::Deceased
    } else if resource.get("active") == Some(&Value::Bool(false)) {
        Status::Inactive
    } else {
        Status::Active
    }
}
