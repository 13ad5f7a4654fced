//! The meter's clock against ours when it was read: a coincident time stamp (HL7 PHD 2.0.1). Whoever doubts the times
//! of readings looks at it.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::codes::{DATA_ABSENT, MDC, coding, concept};
use super::identifier::Ours;
use crate::domain::delivery::Parcel;

/// How a moment is written: to a second, with its offset (FHIR R4, datatypes.html#dateTime).
pub(super) const MOMENT: &str = "%Y-%m-%dT%H:%M:%S%:z";

/// What the clocks of the parcel's meter and of this computer showed at one moment, and its identifier. A meter that
/// does not tell its clock has a reason instead.
pub(in crate::platform::fhir) fn time_stamp(
    parcel: &Parcel,
    meter: &str,
    gateway: &str,
    zone: &TimeZone,
) -> (Ours, Value) {
    let ours = Ours::time_stamp(&parcel.key);
    let host = parcel.clock.as_ref().map_or_else(|| parcel.read_at.to_zoned(zone.clone()), |clock| clock.host.clone());
    let mut stamp = json!({
        "resourceType": "Observation",
        "identifier": [ours.json()],
        "status": "final",
        "code": concept(&[coding(MDC, "67975", "MDC_ATTR_TIME_ABS")]),
        "subject": { "reference": meter },
        "effectiveDateTime": host.strftime(MOMENT).to_string(),
        "device": { "reference": gateway },
    });
    let (name, value) = match &parcel.clock {
        // The meter knows no zone: the offset is ours.
        Some(clock) => {
            let shown = clock.meter.strftime("%Y-%m-%dT%H:%M:%S").to_string();
            ("valueDateTime", json!(format!("{shown}{}", clock.host.strftime("%:z"))))
        }
        None => ("dataAbsentReason", concept(&[coding(DATA_ABSENT, "unknown", "Unknown")])),
    };
    if let Value::Object(fields) = &mut stamp {
        fields.insert(name.to_owned(), value);
    }
    (ours, stamp)
}
