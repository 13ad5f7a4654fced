//! A reading as an `Observation`, digit for digit, and back.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Number, Value, json};

use super::super::json::{at, list, text};
use super::codes::{
    DATA_ABSENT, INTERPRETATION, LOINC, MDC, MEAL, READ_CODES, UCUM, coding, concept, glucose, meal, meal_of,
};
use super::device::patient_of;
use super::identifier::Ours;
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::patient::PatientId;
use crate::domain::reading::{Beyond, Doubt, Kind, Meal, Reading};

/// What kind of observation it is.
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";

/// What a reading is about.
#[derive(Debug, Clone, Copy)]
pub(in crate::platform::fhir) struct About<'a> {
    /// Whose it is.
    pub(in crate::platform::fhir) patient: &'a PatientId,
    /// The meter.
    pub(in crate::platform::fhir) device: &'a str,
    /// The unit of the meter, in which LO and HI are said too.
    pub(in crate::platform::fhir) unit: Unit,
    /// The zone on whose clocks the meter's is.
    pub(in crate::platform::fhir) zone: &'a TimeZone,
    /// Whether all of it is for training.
    pub(in crate::platform::fhir) is_training: bool,
}

/// The reading as it goes into a record; nothing for one that no number uses: a control test, no measurement, a time
/// that is doubted. Those stay on this station.
pub(in crate::platform::fhir) fn observation(reading: &Reading, id: &Ours, about: About<'_>) -> Option<Value> {
    let time = reading.time.filter(|_| reading.is_in_numbers())?;
    let unit = reading.measured.concentration().map_or(about.unit, Concentration::unit);
    let mut observation = json!({
        "resourceType": "Observation",
        "identifier": [id.json()],
        "status": "final",
        "category": [
            concept(&[coding(CATEGORY, "laboratory", "Laboratory")]),
            { "coding": [{
                "system": "http://hl7.org/fhir/uv/phd/CodeSystem/PhdObservationCategories", "code": "phd",
            }] },
        ],
        "code": glucose(unit),
        "subject": { "reference": about.patient.0 },
        "effectiveDateTime": with_offset(time, about.zone),
        "device": { "reference": about.device },
    });
    let Value::Object(fields) = &mut observation else { return None };
    match reading.measured {
        Measured::Value(value) => {
            let number: Number = value.to_number().parse().ok()?;
            let unit = value.unit().to_string();
            let quantity = json!({ "value": number, "unit": unit, "system": UCUM, "code": unit });
            fields.insert("valueQuantity".to_owned(), quantity);
        }
        Measured::High => drop(
            fields.insert("dataAbsentReason".to_owned(), absent("positive-infinity", "Positive Infinity (PINF)", "HI")),
        ),
        Measured::Low => drop(
            fields.insert("dataAbsentReason".to_owned(), absent("negative-infinity", "Negative Infinity (NINF)", "LO")),
        ),
        Measured::Unscaled(_) => return None,
    }
    if let Some(beyond) = reading.beyond() {
        let off_scale = match beyond {
            Beyond::Above => coding(INTERPRETATION, ">", "Off scale high"),
            Beyond::Below => coding(INTERPRETATION, "<", "Off scale low"),
        };
        fields.insert("interpretation".to_owned(), json!([concept(&[off_scale])]));
    }
    if let Some(mark) = reading.meal.and_then(meal) {
        let code = concept(&[coding(MDC, MEAL, "MDC_CTXT_GLU_MEAL")]);
        fields.insert("component".to_owned(), json!([{ "code": code, "valueCodeableConcept": mark }]));
    }
    if about.is_training {
        let system = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
        fields.insert("meta".to_owned(), json!({ "security": [coding(system, "HTEST", "test health data")] }));
    }
    Some(observation)
}

fn absent(code: &str, display: &str, shown: &str) -> Value {
    json!({ "coding": [coding(DATA_ABSENT, code, display)], "text": shown })
}

/// The meter's own time, with the offset that clocks here had then: R4 has no time of day without one. Where the clock
/// was put back, the first of the two.
fn with_offset(time: DateTime, zone: &TimeZone) -> String {
    let offset = zone.to_ambiguous_zoned(time).compatible().map(|zoned| zoned.strftime("%:z").to_string());
    format!("{}{}", time.strftime("%Y-%m-%dT%H:%M:%S"), offset.unwrap_or_else(|_| "+00:00".to_owned()))
}

/// Whose an observation is.
pub(in crate::platform::fhir) fn subject(observation: &Value) -> Option<PatientId> {
    patient_of(text(observation, "/subject/reference"))
}

/// The reading that a record holds of this person; nothing if it is none, somebody else's, withdrawn, or cannot be said
/// here.
/// `index` is its place in the answer.
pub(in crate::platform::fhir) fn reading(observation: &Value, patient: &PatientId, index: u32) -> Option<Reading> {
    let is_theirs = subject(observation).as_ref() == Some(patient);
    let is_valid = matches!(text(observation, "/status"), "final" | "amended" | "corrected" | "preliminary");
    let is_glucose = list(observation, "/code/coding")
        .iter()
        .any(|coding| text(coding, "/system") == LOINC && READ_CODES.contains(&text(coding, "/code")));
    if !(is_theirs && is_valid && is_glucose) {
        return None;
    }
    let measured = measured(observation)?;
    let is_beyond = off_scale(observation).is_some() && matches!(measured, Measured::Value(_));
    Some(Reading {
        index,
        time: wall_time(text(observation, "/effectiveDateTime")),
        measured,
        kind: Kind::Blood,
        meal: meal_mark(observation),
        doubts: if is_beyond { vec![Doubt::OutsideMeterRange] } else { Vec::new() },
        raw: BTreeMap::new(),
    })
}

fn measured(observation: &Value) -> Option<Measured> {
    let quantity = at(observation, "/valueQuantity");
    match text(quantity, "/comparator") {
        ">" | ">=" => return Some(Measured::High),
        "<" | "<=" => return Some(Measured::Low),
        _ => {}
    }
    if quantity.is_null() {
        let reasons = list(observation, "/dataAbsentReason/coding");
        let says = |code: &str| reasons.iter().any(|reason| text(reason, "/code") == code);
        return match off_scale(observation) {
            _ if says("positive-infinity") => Some(Measured::High),
            _ if says("negative-infinity") => Some(Measured::Low),
            beyond => beyond.map(|beyond| if beyond == Beyond::Above { Measured::High } else { Measured::Low }),
        };
    }
    let code = text(quantity, "/code");
    let unit = if code.is_empty() { text(quantity, "/unit") } else { code };
    let unit = match unit.to_ascii_lowercase().as_str() {
        "mg/dl" => Unit::MgPerDl,
        "mmol/l" => Unit::MmolPerL,
        _ => return None,
    };
    concentration(&at(quantity, "/value").as_number()?.to_string(), unit).map(Measured::Value)
}

/// A number as it stands, digit for digit.
fn concentration(number: &str, unit: Unit) -> Option<Concentration> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}").parse().ok()?;
    let decimals = u8::try_from(fraction.len()).ok().filter(|decimals| *decimals <= 6)?;
    Some(Concentration::new(digits, decimals, unit))
}

fn off_scale(observation: &Value) -> Option<Beyond> {
    let said = list(observation, "/interpretation").iter().flat_map(|said| list(said, "/coding"));
    let mut codes = said.filter(|coding| text(coding, "/system") == INTERPRETATION).map(|coding| text(coding, "/code"));
    codes.find_map(|code| match code {
        ">" => Some(Beyond::Above),
        "<" => Some(Beyond::Below),
        _ => None,
    })
}

/// The time as the clock showed it where it was measured; nothing for a day without a time.
fn wall_time(written: &str) -> Option<DateTime> {
    let zoned = jiff::fmt::temporal::DateTimeParser::new();
    // With an offset it is a moment; what is wanted is what stands before the offset.
    zoned.parse_timestamp(written).ok()?;
    let end = written.rfind(['Z', 'z', '+', '-'])?;
    written.get(..end)?.parse().ok()
}

fn meal_mark(observation: &Value) -> Option<Meal> {
    let is_meal = |component: &&Value| {
        list(component, "/code/coding")
            .iter()
            .any(|coding| text(coding, "/system") == MDC && text(coding, "/code") == MEAL)
    };
    let marked = list(observation, "/component").iter().find(is_meal)?;
    let mut codings = list(marked, "/valueCodeableConcept/coding").iter();
    codings.find_map(|coding| meal_of(text(coding, "/system"), text(coding, "/code")))
}
