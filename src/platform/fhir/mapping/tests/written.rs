//! What is written with a reading, by the settings and the surroundings.

use super::*;
use crate::domain::meter_clock::ClockReading;

/// What a meter's memory begins and ends at is said where it is known, in the unit of the meter; HI and LO come back.
#[test]
fn lo_and_hi_have_the_limit_of_the_meter() {
    let hi = blood(date(2026, 11, 20).at(19, 3, 32, 0), Measured::High, None);
    let with_limit = |unit| Surrounded { range: Some((10, 600)), unit, ..usual() };
    let resource = sent_with(&hi, &with_limit(Unit::MgPerDl)).unwrap();
    assert_eq!(resource, fixture("observation-hi-limit.json"));
    let patient = PatientId("Patient/p1".to_owned());
    assert_eq!(super::reading(&resource, &patient, &TimeZone::UTC, 0), Some(hi));
    let lo = blood(date(2026, 11, 20).at(3, 3, 32, 0), Measured::Low, None);
    let resource = sent_with(&lo, &with_limit(Unit::MmolPerL)).unwrap();
    assert_eq!(resource, fixture("observation-lo-limit.json"));
    assert_eq!(super::reading(&resource, &patient, &TimeZone::UTC, 0), Some(lo));
}

/// Tests with control solution are the meter's, and are in no record when it is read.
#[test]
fn a_control_test_is_the_meter_s_where_it_is_wanted() {
    let settings = writing(MappingPart::ControlSolution);
    let control = Reading {
        kind: Kind::Control,
        ..blood(date(2026, 11, 19).at(9, 0, 0, 0), value(112, 0, Unit::MgPerDl), Some(Meal::Before))
    };
    let with = Surrounded { settings, ..usual() };
    let wanted = |reading: &Reading| sent_with(reading, &with);
    let resource = wanted(&control).unwrap();
    assert_eq!(resource, fixture("observation-control.json"));
    assert_eq!(super::reading(&resource, &PatientId("Patient/p1".to_owned()), &TimeZone::UTC, 0), None);
    for doubt in Doubt::ALL {
        let doubted = Reading { doubts: vec![doubt], ..control.clone() };
        assert_eq!(wanted(&doubted).is_some(), !doubt.takes_out(), "{doubt:?}");
    }
    assert_eq!(wanted(&Reading { kind: Kind::Ketone, ..control }), None);
}

/// All that the settings may add to a reading, and what it claims.
#[test]
fn a_reading_says_what_the_settings_want() {
    let settings = writing(MappingPart::PhdIdentifier);
    let before = blood(date(2026, 11, 21).at(12, 25, 32, 0), value(123, 0, Unit::MgPerDl), Some(Meal::Before));
    let with = Surrounded { settings, time_stamp: Some("Observation/stamp-1"), ..usual() };
    let all = |reading: &Reading| sent_with(reading, &with);
    let resource = all(&before).unwrap();
    let profiles = ["https://example.org/StructureDefinition/reading".to_owned()];
    assert_eq!(marked(resource, true, &profiles), fixture("observation-all-settings.json"));
    // A profile of HL7 PHD wants another interpretation than HI has.
    let phd = ["http://hl7.org/fhir/uv/phd/StructureDefinition/PhdNumericObservation".to_owned()];
    let hi = marked(all(&Reading { measured: Measured::High, ..before.clone() }).unwrap(), false, &phd);
    assert_eq!(
        (hi.get("meta"), &marked(all(&before).unwrap(), false, &phd)["meta"]),
        (None, &json!({ "profile": phd }))
    );
    // Without a system id there is no such identifier.
    let meter = MeterIdentity { system_id: None, ..guide("92500000042") };
    let bare = sent_with(&before, &Surrounded { meter, ..with }).unwrap();
    assert_eq!(bare["identifier"].as_array().unwrap().len(), 1);
}

#[test]
fn this_computer_is_the_gateway() {
    let uuid = "b6a8d5d2-5f0e-4d55-8d0f-0a9f3d2c7a11";
    let (ours, device) = gateway(uuid, true);
    assert_eq!(device, fixture("device-gateway.json"));
    assert!(ours.is_of(&device) && is_present(&device));
    let (_, unknown) = gateway(uuid, false);
    assert_eq!(unknown.get("property"), None);
    let mut earlier = device;
    earlier["version"][0]["value"] = json!("0.0.1");
    assert!(!is_present(&earlier) && !is_present(&json!({})));
    let (_, mut noted) = gateway(uuid, true);
    noted["note"] = json!([{ "text": "a trial" }]);
    assert!(!is_present(&noted), "the trial was cut off");
}

/// The meter's clock beside ours, ours with its offset; the meter's offset is ours.
#[test]
fn what_the_clocks_showed_is_said() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let host = "2026-11-22T07:03:12+01:00[Europe/Berlin]".parse().unwrap();
    let clock = ClockReading { meter: date(2026, 11, 22).at(6, 49, 40, 0), host };
    let told = Parcel { clock: Some(clock), ..parcel("abc readings", "92500000042", &[]) };
    let (ours, stamp) = time_stamp(&told, "Device/meter-1", "Device/gw-1", &zone);
    assert_eq!(stamp, fixture("time-stamp.json"));
    assert!(ours.is_of(&stamp));
    let untold = Parcel { clock: None, ..told };
    let (_, stamp) = time_stamp(&untold, "Device/meter-1", "Device/gw-1", &zone);
    assert_eq!(stamp, fixture("time-stamp-unknown.json"));
}
