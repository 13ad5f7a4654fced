//! In what a glucose was measured, as meters say it.

use super::*;

/// Read against the list of codes of ISO/IEEE 11073-10101 (terms 29112 to 29296 of partition 2) and the names of LOINC:
/// of a fingertip unless a vessel is named.
#[rstest]
#[case("accu-chek-usb", "type", "7270", "160368", "41653-7")]
#[case("accu-chek-usb", "type", "71BC", "160188", "41653-7")]
#[case("accu-chek-usb", "type", "71B8", "160184", "41653-7")]
#[case("accu-chek-usb", "type", "71C4", "160196", "2339-0")]
#[case("accu-chek-usb", "type", "71C8", "160200", "2339-0")]
#[case("accu-chek-usb", "type", "726C", "160364", "41653-7")]
#[case("accu-chek-usb", "type", "71D0", "160188", "41653-7")]
#[case("accu-chek-usb", "status", "7270", "160188", "41653-7")]
#[case("contour-hid", "method", "P", "160188", "41653-7")]
#[case("contour-hid", "method", "B", "160184", "41653-7")]
#[case("contour-serial", "method", "D", "160184", "41653-7")]
#[case("contour-serial", "method", "C", "160188", "41653-7")]
#[case("contour-serial", "method", "", "160188", "41653-7")]
#[case("taidoc", "type", "7270", "160188", "41653-7")]
fn the_specimen_is_what_the_meter_says(
    #[case] driver: &str,
    #[case] field: &str,
    #[case] said: &str,
    #[case] mdc: &str,
    #[case] loinc: &str,
) {
    let noon = date(2026, 11, 21).at(12, 0, 0, 0);
    let mut with = usual();
    with.meter.driver = driver.into();
    let reading = |unit| {
        let raw = [(field.to_owned(), said.to_owned())].into();
        Reading { raw, ..blood(noon, value(100, 0, unit), None) }
    };
    let codes = |unit| {
        let resource = sent_with(&reading(unit), &with).unwrap();
        [0, 1].map(|place| resource["code"]["coding"][place]["code"].as_str().unwrap().to_owned())
    };
    assert_eq!(codes(Unit::MgPerDl), [loinc, mdc]);
    let in_moles = if loinc == "41653-7" { "14743-9" } else { "15074-8" };
    assert_eq!(codes(Unit::MmolPerL), [in_moles, mdc]);
    // Whatever it was measured in, it is found in a record, and is the same reading: what was sent before stays.
    let resource = sent_with(&reading(Unit::MgPerDl), &with).unwrap();
    let patient = PatientId("Patient/p1".to_owned());
    assert!(super::super::reading(&resource, &patient, &TimeZone::UTC, 0).is_some());
    let id = |reading: &Reading| reading_id(&parcel("k", "92500000042", &[]), &numbered(reading, 0)).token();
    let plain = Reading { raw: BTreeMap::new(), ..reading(Unit::MgPerDl) };
    assert_eq!(id(&reading(Unit::MgPerDl)), id(&plain));
}
