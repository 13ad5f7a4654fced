//! A reading as an `Observation`, digit for digit, and back.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Number, Value, json};

use super::super::json::{at, list, text};
use super::super::references::referred;
use super::codes::{
    DATA_ABSENT, INTERPRETATION, LOINC, MDC, MEAL, READ_CODES, SAMPLE_LOCATION, UCUM, coding, concept, control,
    control_location, glucose, meal, meal_of,
};
use super::device::patient_of;
use super::identifier::Ours;
use super::specimen::Specimen;
use crate::config::{MappingPart, MappingSettings};
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::PatientId;
use crate::domain::reading::{Beyond, Doubt, Kind, Meal, Reading};

/// What a reading came through (an extension of R4 itself).
const GATEWAY_DEVICE: &str = "http://hl7.org/fhir/StructureDefinition/observation-gatewayDevice";

/// Which clocks its time was told by (HL7 PHD 2.0.1).
const TIME_STAMP_REFERENCE: &str = "http://hl7.org/fhir/uv/phd/StructureDefinition/CoincidentTimeStampReference";

/// What kind of observation it is.
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";

/// The status of what should never have been there (FHIR R4, observation.html#status).
const ENTERED_IN_ERROR: &str = "entered-in-error";

/// The status of a reading that was changed to correct an error since it was final.
const CORRECTED: &str = "corrected";

/// How the note begins that says what the meter told.
const TIME_CORRECTED: &str = "Time corrected by a clinician; the meter's own clock said ";

/// What a reading is about.
#[derive(Debug, Clone, Copy)]
pub(in crate::platform::fhir) struct About<'a> {
    /// Whose it is.
    pub(in crate::platform::fhir) patient: &'a PatientId,
    /// The meter as it says itself.
    pub(in crate::platform::fhir) meter: &'a MeterIdentity,
    /// The meter there.
    pub(in crate::platform::fhir) device: &'a str,
    /// This computer there.
    pub(in crate::platform::fhir) gateway: &'a str,
    /// The time stamp of the meter's clock there, if readings are to refer to it.
    pub(in crate::platform::fhir) time_stamp: Option<&'a str>,
    /// The unit of the meter, in which LO and HI are said too.
    pub(in crate::platform::fhir) unit: Unit,
    /// The lowest and highest value that the meter measures, in mg/dL, where that is known.
    pub(in crate::platform::fhir) range: Option<(u32, u32)>,
    /// The zone on whose clocks the meter's is.
    pub(in crate::platform::fhir) zone: &'a TimeZone,
    /// How it is written.
    pub(in crate::platform::fhir) settings: &'a MappingSettings,
}

/// The reading as it goes into a record; nothing for one that no number uses: no measurement, a time that is doubted.
/// Those stay on this station, and a control test does too unless the settings want it; it is never a patient's.
pub(in crate::platform::fhir) fn observation(reading: &Reading, id: &Ours, about: About<'_>) -> Option<Value> {
    let is_control = reading.kind == Kind::Control;
    let time = reading.time.filter(|_| goes_out(reading, about.settings))?;
    let unit = reading.measured.concentration().map_or(about.unit, Concentration::unit);
    // It names the patient, and a control test is nobody's.
    let specimen = Specimen::of(reading, about.meter);
    let told = reading.meter_time().unwrap_or(time);
    let phd = if is_control { None } else { phd_identifier(told, specimen, about) };
    let identifiers: Vec<Value> = std::iter::once(id.json()).chain(phd).collect();
    let mut observation = json!({
        "resourceType": "Observation",
        "extension": extensions(about),
        "identifier": identifiers,
        "status": "final",
        "category": [
            // As HL7 CGM and US Core have it: glucose is none of FHIR's vital signs.
            concept(&[coding(CATEGORY, "laboratory", "Laboratory")]),
            { "coding": [{
                "system": "http://hl7.org/fhir/uv/phd/CodeSystem/PhdObservationCategories", "code": "phd",
            }] },
        ],
        "code": if is_control { control() } else { glucose(unit, specimen) },
        "subject": { "reference": if is_control { about.device } else { about.patient.0.as_str() } },
        "effectiveDateTime": with_offset(time, about.zone),
        "device": { "reference": about.device },
    });
    let Value::Object(fields) = &mut observation else { return None };
    let beyond = reading.beyond();
    let (name, value) = match (reading.measured, beyond.and_then(|beyond| limit(beyond, unit, about.range))) {
        (Measured::Value(value), _) => ("valueQuantity", quantity(&value.to_number().parse().ok()?, unit)),
        // A number with a comparator survives in every reader; a reason for absence may not stand beside it (R4,
        // obs-6).
        (Measured::High | Measured::Low, Some((comparator, limit))) => {
            let mut quantity = quantity(&limit, unit);
            if let Value::Object(quantity) = &mut quantity {
                quantity.insert("comparator".to_owned(), json!(comparator));
            }
            ("valueQuantity", quantity)
        }
        (Measured::High, None) => ("dataAbsentReason", absent("positive-infinity", "Positive Infinity (PINF)", "HI")),
        (Measured::Low, None) => ("dataAbsentReason", absent("negative-infinity", "Negative Infinity (NINF)", "LO")),
        (Measured::Unscaled(_), _) => return None,
    };
    fields.insert(name.to_owned(), value);
    if let Some(beyond) = beyond {
        let off_scale = match beyond {
            Beyond::Above => coding(INTERPRETATION, ">", "Off scale high"),
            Beyond::Below => coding(INTERPRETATION, "<", "Off scale low"),
        };
        fields.insert("interpretation".to_owned(), json!([concept(&[off_scale])]));
    }
    if let Some(told) = reading.corrected_from {
        fields.insert("note".to_owned(), json!([correction_note(told)]));
    }
    let component = if is_control { Some((SAMPLE_LOCATION, control_location())) } else { meal_of_reading(reading) };
    if let Some(((code, name), value)) = component {
        let code = concept(&[coding(MDC, code, name)]);
        fields.insert("component".to_owned(), json!([{ "code": code, "valueCodeableConcept": value }]));
    }
    Some(observation)
}

/// Of which meter an observation is, and which station told it: references as they stand there, empty where there is
/// none.
pub(in crate::platform::fhir) fn told_by(observation: &Value) -> (&str, &str) {
    let gateway = list(observation, "/extension").iter().find(|own| text(own, "/url") == GATEWAY_DEVICE);
    let station = gateway.map_or("", |gateway| text(gateway, "/valueReference/reference"));
    (text(observation, "/device/reference"), station)
}

/// Whether a reading goes into a record there.
pub(in crate::platform::fhir) fn goes_out(reading: &Reading, settings: &MappingSettings) -> bool {
    if reading.kind == Kind::Control {
        let is_whole = reading.time.is_some() && !matches!(reading.measured, Measured::Unscaled(_));
        settings.writes(MappingPart::ControlSolution) && is_sound(reading) && is_whole
    } else {
        reading.is_for_records()
    }
}

/// The same reading, which was entered in error: what it is not of any more is told by the undoing that says so.
pub(in crate::platform::fhir) fn revoked(observation: Value, undone: &Ours) -> Value {
    with_status(marked_undone(observation, undone), ENTERED_IN_ERROR)
}

/// The same reading at another time: the corrected one, with what the meter told, or that again. Whoever has it sees by
/// its status that it was changed since it was final (FHIR R4, valueset-observation-status.html).
pub(in crate::platform::fhir) fn retimed(mut observation: Value, after: &Reading, zone: &TimeZone) -> Value {
    let (Value::Object(fields), Some(time)) = (&mut observation, after.time) else { return observation };
    fields.insert("effectiveDateTime".to_owned(), json!(with_offset(time, zone)));
    let notes = fields.remove("note").unwrap_or_default();
    let kept = notes.as_array().into_iter().flatten().filter(|note| told_in(note).is_none()).cloned();
    let notes: Vec<Value> = kept.chain(after.corrected_from.map(correction_note)).collect();
    if !notes.is_empty() {
        fields.insert("note".to_owned(), json!(notes));
    }
    with_status(observation, CORRECTED)
}

/// What is said of a reading whose time was corrected.
fn correction_note(told: DateTime) -> Value {
    json!({ "text": format!("{TIME_CORRECTED}{told}.") })
}

/// What the meter told, of a note that says that it was corrected.
fn told_in(note: &Value) -> Option<DateTime> {
    text(note, "/text").strip_prefix(TIME_CORRECTED)?.strip_suffix('.')?.parse().ok()
}

/// At what time a reading stands there, by clocks here.
pub(in crate::platform::fhir) fn time_there(observation: &Value, zone: &TimeZone) -> Option<DateTime> {
    wall_time(text(observation, "/effectiveDateTime"), zone)
}

/// Whether a reading was changed since it was final.
pub(in crate::platform::fhir) fn is_corrected(observation: &Value) -> bool {
    text(observation, "/status") == CORRECTED
}

/// The same reading, behind which another station stands after all.
pub(in crate::platform::fhir) fn upheld(observation: Value) -> Value {
    with_status(observation, "final")
}

fn with_status(mut observation: Value, status: &str) -> Value {
    if let Value::Object(fields) = &mut observation {
        fields.insert("status".to_owned(), json!(status));
    }
    observation
}

/// The same reading, behind which whoever created it does not stand any more.
pub(in crate::platform::fhir) fn marked_undone(mut observation: Value, undone: &Ours) -> Value {
    if !undone.is_of(&observation)
        && let Some(Value::Array(identifiers)) = observation.get_mut("identifier")
    {
        identifiers.push(undone.json());
    }
    observation
}

/// The same reading, behind which this gateway stands now in the place of whoever created it.
pub(in crate::platform::fhir) fn taken_over(mut observation: Value, gateway: &str) -> Value {
    let Value::Object(fields) = &mut observation else { return observation };
    if let Some(Value::Array(identifiers)) = fields.get_mut("identifier") {
        Ours::without_undoings(identifiers);
    }
    let extensions = fields.entry("extension").or_insert_with(|| json!([]));
    if let Value::Array(extensions) = extensions {
        extensions.retain(|extension| text(extension, "/url") != GATEWAY_DEVICE);
        extensions.push(extension(GATEWAY_DEVICE, gateway));
    }
    observation
}

/// The gateway through which a reading came, if it says so.
pub(in crate::platform::fhir) fn came_through(observation: &Value) -> Option<String> {
    let named = list(observation, "/extension").iter().find(|extension| text(extension, "/url") == GATEWAY_DEVICE)?;
    referred(named, "/valueReference")
}

/// Whether a resource says that it should never have been there.
pub(in crate::platform::fhir) fn is_entered_in_error(resource: &Value) -> bool {
    text(resource, "/status") == ENTERED_IN_ERROR
}

/// Whether it is a measurement at a time that nobody doubts.
fn is_sound(reading: &Reading) -> bool {
    !reading.doubts.iter().any(|doubt| reading.is_taken_out_by(*doubt))
}

/// The question when a reading was taken with regard to meals, and its answer.
fn meal_of_reading(reading: &Reading) -> Option<((&'static str, &'static str), Value)> {
    reading.meal.and_then(meal).map(|mark| ((MEAL, "MDC_CTXT_GLU_MEAL"), mark))
}

fn extension(url: &str, reference: &str) -> Value {
    json!({ "url": url, "valueReference": { "reference": reference } })
}

/// What it came through, and by which clock.
fn extensions(about: About<'_>) -> Vec<Value> {
    let time_stamp = about.time_stamp.map(|reference| extension(TIME_STAMP_REFERENCE, reference));
    std::iter::once(extension(GATEWAY_DEVICE, about.gateway)).chain(time_stamp).collect()
}

/// The identifier of HL7 PHD 2.0.1 in the form of its examples: system id, patient, type of measurement and the meter's
/// own time. Without a system id there is none.
fn phd_identifier(time: DateTime, specimen: Specimen, about: About<'_>) -> Option<Value> {
    let id = about.meter.system_id.as_ref().filter(|_| about.settings.writes(MappingPart::PhdIdentifier))?;
    let id = id.expose().as_str().replace('-', "");
    let patient = about.patient.0.rsplit('/').next().unwrap_or_default();
    let value = format!("{id}-{patient}-{}-{}.00", specimen.code(), time.strftime("%Y%m%d%H%M%S"));
    Some(json!({ "system": "http://hl7.org/fhir/uv/phd/StructureDefinition/PhdBaseObservation", "value": value }))
}

fn quantity(value: &Number, unit: Unit) -> Value {
    let unit = unit.to_string();
    json!({ "value": value, "unit": unit, "system": UCUM, "code": unit })
}

/// The end of the meter's range that was passed, in its unit.
fn limit(beyond: Beyond, unit: Unit, range: Option<(u32, u32)>) -> Option<(&'static str, Number)> {
    let (low, high) = range?;
    let (comparator, end) = match beyond {
        Beyond::Below => ("<", low),
        Beyond::Above => (">", high),
    };
    Some((comparator, Concentration::mg_per_dl(end).glucose_in(unit).parse().ok()?))
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
fn subject(observation: &Value) -> Option<PatientId> {
    patient_of(observation, "/subject")
}

/// The reading that a record holds of this person; nothing if it is none, somebody else's, withdrawn, or cannot be said
/// here.
/// `index` is its place in the answer, and `zone` is that of the clocks here.
pub(in crate::platform::fhir) fn reading(
    observation: &Value,
    patient: &PatientId,
    zone: &TimeZone,
    index: u32,
) -> Option<Reading> {
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
        corrected_from: list(observation, "/note").iter().find_map(told_in),
        index,
        time: wall_time(text(observation, "/effectiveDateTime"), zone),
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
        // The number is the limit, which nobody measured: in no mean may it count.
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
    // HL7 PHD's own example has mmol/l as the unit and mmol/L as the code: the code counts.
    let unit = if code.is_empty() { text(quantity, "/unit") } else { code };
    let unit = match unit.to_ascii_lowercase().as_str() {
        "mg/dl" => Unit::MgPerDl,
        "mmol/l" => Unit::MmolPerL,
        _ => return None,
    };
    Concentration::from_number(&at(quantity, "/value").as_number()?.to_string(), unit).map(Measured::Value)
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

/// The time as the clock showed it where it was measured; nothing for a day without a time. Of a moment in UTC (`Z`),
/// as programs and servers write who know no zone, as clocks here showed it: beside that a morning would be a night.
fn wall_time(written: &str, zone: &TimeZone) -> Option<DateTime> {
    let moment = jiff::fmt::temporal::DateTimeParser::new().parse_timestamp(written).ok()?;
    if written.ends_with(['Z', 'z']) {
        return Some(moment.to_zoned(zone.clone()).datetime());
    }
    // With an offset it is a moment too; what is wanted is what stands before the offset.
    written.get(..written.rfind(['+', '-'])?)?.parse().ok()
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
