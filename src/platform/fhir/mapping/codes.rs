//! The code systems of the resources, and the codes of each that are used.

use serde_json::{Value, json};

use super::specimen::Specimen;
use crate::domain::glucose::Unit;
use crate::domain::reading::Meal;

/// What was measured.
pub(super) const LOINC: &str = "http://loinc.org";
/// ISO/IEEE 11073-10101, as decimal codes: partition times 65536 plus term.
pub(super) const MDC: &str = "urn:iso:std:iso:11073:10101";
/// SNOMED CT.
pub(super) const SNOMED: &str = "http://snomed.info/sct";
/// Units.
pub(super) const UCUM: &str = "http://unitsofmeasure.org";
/// What a result means: off the scale.
pub(super) const INTERPRETATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
/// Why there is no value.
pub(super) const DATA_ABSENT: &str = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
/// What sort of number an identifier is.
pub(super) const IDENTIFIER_TYPE: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
/// When, with regard to meals and sleep.
const TIMING: &str = "http://terminology.hl7.org/CodeSystem/v3-TimingEvent";

/// The LOINC codes under which a glucose of a meter is taken from a record: those that are written here, and those of
/// others for glucose in blood without a laboratory.
pub(in crate::platform::fhir) const READ_CODES: [&str; 9] =
    ["41653-7", "14743-9", "32016-8", "2339-0", "15074-8", "2340-8", "2341-6", "14770-2", "41604-0"];

/// One code of a system.
pub(in crate::platform::fhir) fn coding(system: &str, code: &str, display: &str) -> Value {
    json!({ "system": system, "code": code, "display": display })
}

/// A concept of these codes.
pub(super) fn concept(codings: &[Value]) -> Value {
    json!({ "coding": codings })
}

/// The question from where a sample is, with its name: `MDC_CTXT_GLU_SAMPLELOCATION`.
pub(super) const SAMPLE_LOCATION: (&str, &str) = ("8417844", "MDC_CTXT_GLU_SAMPLELOCATION");

/// What was measured in a control solution. LOINC has no code of it, and a code of glucose in blood would be one of a
/// patient.
pub(super) fn control() -> Value {
    json!({ "coding": [coding(MDC, "160208", "MDC_CONC_GLU_CONTROL")], "text": "Control solution test" })
}

/// The answer to [`SAMPLE_LOCATION`]: the control solution.
pub(super) fn control_location() -> Value {
    concept(&[coding(MDC, "8417860", "MDC_CTXT_GLU_SAMPLELOCATION_CTRLSOLUTION")])
}

/// What was measured: LOINC by the kind of quantity that the unit is of and by the sample, MDC by the specimen.
pub(super) fn glucose(unit: Unit, specimen: Specimen) -> Value {
    let (code, display) = match (unit, specimen.is_of_finger()) {
        (Unit::MgPerDl, true) => ("41653-7", "Glucose [Mass/volume] in Capillary blood by Glucometer"),
        (Unit::MmolPerL, true) => ("14743-9", "Glucose [Moles/volume] in Capillary blood by Glucometer"),
        (Unit::MgPerDl, false) => ("2339-0", "Glucose [Mass/volume] in Blood"),
        (Unit::MmolPerL, false) => ("15074-8", "Glucose [Moles/volume] in Blood"),
    };
    let codings = [coding(LOINC, code, display), coding(MDC, specimen.code(), specimen.name())];
    json!({ "coding": codings, "text": "Self-monitored blood glucose" })
}

/// The code of the question when the reading was taken with regard to meals: `MDC_CTXT_GLU_MEAL`.
pub(super) const MEAL: &str = "8417864";

/// A code: its system, itself, and what it is called there.
type Code = (&'static str, &'static str, &'static str);

/// The answers to it, with their codes in MDC, SNOMED CT and HL7's timing events where there are such.
const MEALS: [(Meal, &[Code]); 5] = [
    (
        Meal::Before,
        &[
            (MDC, "8417868", "MDC_CTXT_GLU_MEAL_PREPRANDIAL"),
            (SNOMED, "307165006", "Before meal"),
            (TIMING, "AC", "AC"),
        ],
    ),
    (
        Meal::After,
        &[(MDC, "8417872", "MDC_CTXT_GLU_MEAL_POSTPRANDIAL"), (SNOMED, "24863003", "After meal"), (TIMING, "PC", "PC")],
    ),
    (Meal::Fasting, &[(MDC, "8417876", "MDC_CTXT_GLU_MEAL_FASTING"), (SNOMED, "16985007", "Fasting")]),
    (Meal::Casual, &[(MDC, "8417880", "MDC_CTXT_GLU_MEAL_CASUAL")]),
    (Meal::Bedtime, &[(MDC, "8417908", "MDC_CTXT_GLU_MEAL_BEDTIME"), (TIMING, "HS", "HS")]),
];

/// The code that one public list gives to bedtime instead: taken, never written.
const OTHER_BEDTIME: (&str, &str) = (MDC, "8417869");

/// A meal mark as a concept; none for a reading without one. Sources disagree on the code of bedtime, so that it has a
/// text.
pub(super) fn meal(meal: Meal) -> Option<Value> {
    let (_, codes) = MEALS.iter().find(|(own, _)| *own == meal)?;
    let codings: Vec<Value> = codes.iter().map(|(system, code, display)| coding(system, code, display)).collect();
    let mut value = concept(&codings);
    if meal == Meal::Bedtime
        && let Value::Object(value) = &mut value
    {
        value.insert("text".to_owned(), json!("Bedtime"));
    }
    Some(value)
}

/// The meal mark that a code of a system says.
pub(super) fn meal_of(system: &str, code: &str) -> Option<Meal> {
    if (system, code) == OTHER_BEDTIME {
        return Some(Meal::Bedtime);
    }
    let is_it =
        |codes: &[Code]| codes.iter().any(|(own_system, own_code, _)| (*own_system, *own_code) == (system, code));
    MEALS.iter().find(|(_, codes)| is_it(codes)).map(|(meal, _)| *meal)
}
