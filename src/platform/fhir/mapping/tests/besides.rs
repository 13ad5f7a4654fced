//! What is written besides readings: tasks, trails, and what becomes of what is there.

use super::*;
use crate::domain::association::{Owner, Upload, UploadId};
use crate::domain::download::Counts;

/// A meter of which 214 readings wait for a patient.
fn waiting() -> Upload {
    Upload {
        id: UploadId("3".to_owned()),
        meter: guide("92500000042"),
        clock: None,
        read_at: "2026-11-22T06:03:12Z".parse().unwrap(),
        counts: Counts { blood: 214, ..Counts::default() },
        new_readings: 214,
        first: None,
        last: None,
        last_results: vec![],
        warnings: 0,
        owner: Owner::Nobody,
        clock_verdict: None,
        held: vec![],
        record: None,
        taken_back: None,
        not_theirs: None,
        former_owner: None,
    }
}

#[test]
fn a_meter_that_waits_is_a_task_until_it_is_somebody_s() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let uuid = "b6a8d5d2-5f0e-4d55-8d0f-0a9f3d2c7a11";
    let (ours, task) = pending_task(&waiting(), uuid, "Device/meter-1", "Device/gw-1", &zone);
    assert_eq!(task, fixture("task-pending.json"));
    assert!(ours.is_of(&task));
    let patient = PatientId("Patient/p1".to_owned());
    let done = completed_task(task.clone(), &patient, Some("DeviceUseStatement/dus-1"));
    assert_eq!(done, fixture("task-completed.json"));
    assert_eq!(completed_task(task, &patient, None).get("output"), None);
}

#[test]
fn a_trail_says_what_was_done() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let patient = PatientId("Patient/p1".to_owned());
    let of = |content| {
        let parcel = Parcel { content, ..parcel("abc", "92500000042", &[]) };
        audit_event(&parcel, &patient, "Device/meter-1", "Device/gw-1", &zone)
    };
    assert_eq!(of(Content::Ownership), fixture("audit-event.json"));
    assert_eq!(of(Content::Readings(vec![]))["action"], "C");
}

#[test]
fn what_is_there_becomes_something_else() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let theirs = assigned(meter(&guide("92500000042")), &PatientId("Patient/p1".to_owned()));
    assert_eq!(theirs, fixture("device-meter-assigned.json"));
    let parcel = parcel("abc ownership", "92500000042", &[]);
    let statement = || fixture("device-use-statement.json");
    assert_eq!(ended(statement(), &parcel, &zone), fixture("device-use-statement-ended.json"));
    assert_eq!(withdrawn(statement()), fixture("device-use-statement-withdrawn.json"));
    assert_eq!(probe("Device/gw-1").1, fixture("device-trial.json"));
}
