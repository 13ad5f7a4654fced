//! The object that `glucodock read --json` prints. Its form is a contract with scripts.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use super::unscaled::{Unscaled, unscaled};
use super::{CommandError, Exit};
use crate::domain::cable::RememberedCable;
use crate::domain::download::{Completeness, Download, NotTaken, Warning};
use crate::domain::glucose::{Measured, Unit};
use crate::domain::problem::ProblemCode;
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::domain::text::Clean;

#[derive(Debug, Serialize)]
pub(super) struct ReadObject<'a> {
    meter: MeterObject<'a>,
    clock: Option<ClockObject>,
    complete: bool,
    announced: Option<u32>,
    readings: Vec<ReadingObject<'a>>,
    /// Only there if results have no known scale, and so no value: how many of which kind.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unscaled: Vec<Unscaled>,
    /// Only there if records were not understood; `complete` is false then.
    #[serde(skip_serializing_if = "<[NotTaken]>::is_empty")]
    not_taken: &'a [NotTaken],
    warnings: &'a [Warning],
    /// Only there if `complete` is false: why, and how far the read had come.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Missing<'a>>,
    /// Only there if no driver was named and the memory of a generic cable stood in for it: which cable, which model.
    #[serde(skip_serializing_if = "Option::is_none")]
    remembered: Option<&'a RememberedCable>,
}

#[derive(Debug, Serialize)]
struct MeterObject<'a> {
    manufacturer: &'a Clean,
    model: &'a Clean,
    model_number: Option<&'a Clean>,
    serial: &'a Clean,
    firmware: Option<&'a Clean>,
    driver: &'a Clean,
}

#[derive(Debug, Serialize)]
struct ClockObject {
    meter: String,
    host: String,
    offset_seconds: i64,
}

#[derive(Debug, Serialize)]
struct ReadingObject<'a> {
    index: u32,
    /// The meter's own wall clock, without zone.
    time: Option<String>,
    /// The digits as the meter sent them; null for LO and HI.
    value: Option<Box<RawValue>>,
    unit: Option<Unit>,
    range: RangeWord,
    kind: Kind,
    meal: Option<Meal>,
    doubts: &'a [Doubt],
    raw: &'a BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum RangeWord {
    In,
    Low,
    High,
    /// The number is among the raw fields; its scale is not known.
    Unknown,
}

#[derive(Debug, Serialize)]
struct Missing<'a> {
    code: ProblemCode,
    text: &'a Clean,
    done: u32,
    of: Option<u32>,
}

/// The object of a download.
///
/// # Errors
/// If a number cannot be written as JSON.
pub(super) fn object<'a>(
    download: &'a Download,
    remembered: Option<&'a RememberedCable>,
) -> Result<ReadObject<'a>, CommandError> {
    let meter = &download.meter;
    Ok(ReadObject {
        meter: MeterObject {
            manufacturer: &meter.manufacturer,
            model: &meter.model,
            model_number: meter.model_number.as_ref(),
            serial: meter.serial.expose(),
            firmware: meter.firmware.as_ref(),
            driver: &meter.driver,
        },
        clock: download.clock.as_ref().map(|clock| ClockObject {
            meter: clock.meter.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            host: clock.host.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            offset_seconds: clock.offset_seconds(),
        }),
        complete: download.is_complete(),
        announced: download.announced,
        readings: download.readings.iter().map(row).collect::<Result<_, _>>()?,
        unscaled: unscaled(download),
        not_taken: &download.not_taken,
        warnings: &download.warnings,
        problem: match &download.completeness {
            Completeness::Complete => None,
            Completeness::Partial(problem) => {
                Some(Missing { code: problem.code, text: &problem.detail, done: problem.done, of: problem.of })
            }
        },
        remembered,
    })
}

fn row(reading: &Reading) -> Result<ReadingObject<'_>, CommandError> {
    let concentration = reading.measured.concentration();
    let value = match concentration {
        None => None,
        Some(concentration) => Some(
            RawValue::from_string(concentration.to_number())
                .map_err(|error| CommandError::new(Exit::Failed, format!("a value is no number: {error}")))?,
        ),
    };
    Ok(ReadingObject {
        index: reading.index,
        time: reading.time.map(|time| time.strftime("%Y-%m-%dT%H:%M:%S").to_string()),
        value,
        unit: concentration.map(crate::domain::glucose::Concentration::unit),
        range: match reading.measured {
            Measured::Value(_) => RangeWord::In,
            Measured::Low => RangeWord::Low,
            Measured::High => RangeWord::High,
            Measured::Unscaled(_) => RangeWord::Unknown,
        },
        kind: reading.kind,
        meal: reading.meal,
        doubts: &reading.doubts,
        raw: &reading.raw,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::glucose::Concentration;
    use crate::domain::meter::MeterIdentity;
    use crate::domain::meter_clock::ClockReading;
    use crate::domain::text::Private;

    fn download() -> Download {
        Download {
            meter: MeterIdentity {
                manufacturer: "Roche".into(),
                model: "Accu-Chek Guide".into(),
                model_number: Some("925".into()),
                serial: Private::new("92500000042".into()),
                system_id: None,
                firmware: Some("v1.9.6".into()),
                driver: "accu-chek-usb".into(),
            },
            clock: Some(ClockReading {
                meter: "2026-10-01T21:06:58".parse().unwrap(),
                host: "2026-10-01T21:06:55.4+02:00[Europe/Berlin]".parse().unwrap(),
            }),
            announced: Some(638),
            completeness: Completeness::Complete,
            readings: vec![Reading {
                corrected_from: None,
                index: 0,
                time: Some("2025-01-01T08:00:00".parse().unwrap()),
                measured: Measured::Value(Concentration::mg_per_dl(103)),
                kind: Kind::Blood,
                meal: Some(Meal::Before),
                doubts: vec![],
                raw: [("sfloat", "0067"), ("status", "0000")].map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
            }],
            not_taken: vec![],
            warnings: vec![],
            transcript: vec![],
        }
    }

    fn json(download: &Download) -> String {
        serde_json::to_string(&object(download, None).unwrap()).unwrap()
    }

    /// The example of the contract, with the offset that the full second of `host` hides.
    #[test]
    fn the_object_is_the_one_of_the_contract() {
        assert_eq!(
            json(&download()),
            concat!(
                r#"{"meter":{"manufacturer":"Roche","model":"Accu-Chek Guide","model_number":"925","#,
                r#""serial":"92500000042","firmware":"v1.9.6","driver":"accu-chek-usb"},"#,
                r#""clock":{"meter":"2026-10-01T21:06:58","host":"2026-10-01T21:06:55+02:00","offset_seconds":2},"#,
                r#""complete":true,"announced":638,"readings":[{"index":0,"time":"2025-01-01T08:00:00","#,
                r#""value":103,"unit":"mg/dL","range":"in","kind":"blood","meal":"before","doubts":[],"#,
                r#""raw":{"sfloat":"0067","status":"0000"}}],"warnings":[]}"#
            )
        );
    }

    #[test]
    fn digits_stay_as_sent_and_words_have_no_number() {
        let mut download = download();
        download.readings[0].measured = Measured::Value(Concentration::new(100, 1, Unit::MmolPerL));
        assert!(json(&download).contains(r#""value":10.0,"unit":"mmol/L","range":"in""#));
        download.readings[0].measured = Measured::High;
        assert!(json(&download).contains(r#""value":null,"unit":null,"range":"high""#));
        download.readings[0].measured = Measured::Unscaled(23);
        assert!(json(&download).contains(r#""value":null,"unit":null,"range":"unknown""#));
        download.readings[0].meal = None;
        assert!(json(&download).contains(r#""meal":null"#));
    }

    #[test]
    fn what_stood_in_for_the_driver_is_said() {
        let read_at = "2026-07-14T10:00:00Z".parse().unwrap();
        let key = "0403:6001:CABLE-000-1".parse().unwrap();
        let cable = RememberedCable { key, model: "onetouch-ultra2".to_owned(), read_at };
        let json = serde_json::to_string(&object(&download(), Some(&cable)).unwrap()).unwrap();
        let end = concat!(
            r#","remembered":{"key":"0403:6001:CABLE-000-1","model":"onetouch-ultra2","#,
            r#""read_at":"2026-07-14T10:00:00Z"}}"#
        );
        assert!(json.ends_with(end), "{json}");
    }

    #[test]
    fn what_is_missing_is_said() {
        let mut download = download();
        let mut problem = crate::domain::problem::Problem::new(ProblemCode::LinkGone, "the device is gone");
        (problem.done, problem.of) = (412, Some(720));
        download.completeness = Completeness::Partial(problem);
        let json = json(&download);
        assert!(json.contains(r#""complete":false"#));
        assert!(json.ends_with(r#""problem":{"code":"E-LINK-4","text":"the device is gone","done":412,"of":720}}"#));
    }
}
