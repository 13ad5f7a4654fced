//! A meter as a `Device`, and whose it is.

use serde_json::{Value, json};

use super::super::json::text;
use super::super::references::referred;
use super::codes::{IDENTIFIER_TYPE, MDC, SNOMED, coding, concept};
use super::identifier::{Ours, is_ours};
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::PatientId;
use crate::domain::text::{Clean, NAME_CELLS};

/// What sort of number an identifier of a health device is (HL7 PHD 2.0.1).
const CONTINUA: &str = "http://terminology.hl7.org/CodeSystem/ContinuaDeviceIdentifiers";

/// The system of the system ids of IEEE 11073.
const EUI_64: &str = "urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680";

/// How much of a serial number tells a person's meters from each other.
const SERIAL_END: usize = 4;

/// A meter that is nobody's yet.
pub(in crate::platform::fhir) fn meter(meter: &MeterIdentity) -> Value {
    let mut identifier = Ours::meter(meter).json();
    let mut device = json!({
        "resourceType": "Device",
        "status": "active",
        "manufacturer": meter.manufacturer.as_str(),
        "deviceName": [{ "name": meter.model.as_str(), "type": "user-friendly-name" }],
        "type": {
            "coding": [
                coding(MDC, "65573", "MDC_MOC_VMS_MDS_SIMP"),
                // HL7 PHD wants the type of MDC, US Core one of SNOMED CT.
                coding(SNOMED, "337414009", "Blood glucose meter"),
            ],
            "text": "Blood glucose meter",
        },
        "specialization": [{
            "systemType": concept(&[coding(MDC, "528401", "MDC_DEV_SPEC_PROFILE_GLUCOSE")]),
            "version": "1",
        }],
        // Nothing sets the clock of a meter but its user.
        "property": [{
            "type": concept(&[coding(MDC, "68220", "MDC_TIME_SYNC_PROTOCOL")]),
            "valueCode": [concept(&[coding(MDC, "532224", "MDC_TIME_SYNC_NONE")])],
        }],
    });
    let Value::Object(fields) = &mut device else { return device };
    // R4 has no search by serial number (device.html#search): the device is found by the
    // identifier, whose type says that it is one.
    if meter.is_identifiable() {
        fields.insert("serialNumber".to_owned(), json!(meter.serial.expose().as_str()));
        if let Value::Object(identifier) = &mut identifier {
            let kind = concept(&[coding(IDENTIFIER_TYPE, "SNO", "Serial Number")]);
            identifier.insert("type".to_owned(), kind);
        }
    }
    let system_id = meter.system_id.as_ref().filter(|_| meter.is_identifiable()).map(|id| {
        let kind = json!({ "coding": [{ "system": CONTINUA, "code": "SYSID" }] });
        json!({ "type": kind, "system": EUI_64, "value": id.expose().as_str() })
    });
    let identifiers: Vec<Value> = std::iter::once(identifier).chain(system_id).collect();
    fields.insert("identifier".to_owned(), json!(identifiers));
    if let Some(number) = &meter.model_number {
        fields.insert("modelNumber".to_owned(), json!(number.as_str()));
    }
    if let Some(firmware) = &meter.firmware {
        let kind = concept(&[coding(MDC, "531976", "MDC_ID_PROD_SPEC_FW")]);
        fields.insert("version".to_owned(), json!([{ "type": kind, "value": firmware.as_str() }]));
    }
    device
}

/// By what a meter is called where a person's are listed: its model and the end of its number. Nothing of a device that
/// this program did not make, which may be anything.
pub(in crate::platform::fhir) fn meter_name(device: &Value) -> Option<Clean> {
    if !is_ours(device) {
        return None;
    }
    let (model, serial) = (text(device, "/deviceName/0/name"), text(device, "/serialNumber"));
    let end = serial.chars().count().saturating_sub(SERIAL_END);
    let end: String = serial.chars().skip(end).collect();
    (!model.is_empty() && !end.is_empty()).then(|| Clean::new(&format!("{model} {end}"), NAME_CELLS))
}

/// Whose it is, if it is somebody's.
pub(in crate::platform::fhir) fn owner(device: &Value) -> Option<PatientId> {
    patient_of(device, "/patient")
}

/// The patient to whom a resource refers at this place, as they are called here: `Patient/7f`. Of another server it is
/// a patient whom nobody here is.
pub(in crate::platform::fhir) fn patient_of(resource: &Value, pointer: &str) -> Option<PatientId> {
    referred(resource, pointer).map(PatientId)
}

/// The same device, nobody's.
pub(in crate::platform::fhir) fn unassigned(mut device: Value) -> Value {
    if let Value::Object(fields) = &mut device {
        fields.remove("patient");
    }
    device
}

/// The same device, this person's.
pub(in crate::platform::fhir) fn assigned(mut device: Value, patient: &PatientId) -> Value {
    if let Value::Object(fields) = &mut device {
        fields.insert("patient".to_owned(), json!({ "reference": patient.0 }));
    }
    device
}
