//! What is written when an assignment is undone, and by whom else it is stood behind.

use super::*;

#[test]
fn who_stands_behind_it_and_who_undid_it_is_said() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let parcel = |key: &str| parcel(key, "92500000042", &[]);
    let patient = PatientId("Patient/p1".to_owned());
    let readings = ["Observation/1", "Observation/2"];
    let said = verified(&parcel("abc readings"), &patient, &readings, "Device/gw-1", &zone);
    assert_eq!(said, fixture("provenance-verified.json"));
    let ours = ["abc readings", "abc ownership"].map(|key| Ours::assignment(&IdempotencyKey(key.to_owned())));
    let targets = ["Observation/1", "Observation/2", "DeviceUseStatement/dus-1"];
    let undone = nullified(&parcel("abc withdrawal"), &ours, &targets, "Device/gw-1", &zone);
    assert_eq!(undone, fixture("provenance-undone.json"));
    let support = Support::of("Observation/2", std::slice::from_ref(&said));
    assert!(support.says(&ours[0]) && support.others(&ours[1]).eq([&patient]));
    assert_eq!(Support::of("Observation/2", &[said, undone]).others(&ours[1]).count(), 0);
}

#[test]
fn a_reading_says_which_undoing_took_it_out_and_who_stands_behind_it_now() {
    let seen = || fixture("observation-mgdl-before-meal.json");
    let mark = Ours::undone(&IdempotencyKey("abc withdrawal".to_owned()));
    let marked = marked_undone(seen(), &mark);
    assert_eq!(marked, fixture("observation-undone-elsewhere-right.json"));
    assert_eq!(marked_undone(marked.clone(), &mark), marked, "once");
    let undone = revoked(seen(), &mark);
    assert_eq!(undone, fixture("observation-undone.json"));
    assert_eq!(upheld(undone.clone()), marked);
    assert!(Ours::is_undone(&marked) && !Ours::is_undone(&seen()));
    assert!(!mark.is_undone_by_others(&marked));
    let twice = marked_undone(marked.clone(), &Ours::undone(&IdempotencyKey("another".to_owned())));
    assert!(mark.is_undone_by_others(&twice));

    let gateway = came_through(&seen()).unwrap();
    let over = taken_over(twice, "Device/other");
    assert_eq!((came_through(&over).as_deref(), Ours::is_undone(&over)), (Some("Device/other"), false));
    assert_eq!(taken_over(over, &gateway)["identifier"], seen()["identifier"]);
    assert_eq!(came_through(&json!({})), None);
}
