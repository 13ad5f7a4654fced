//! The embedded platform: roles, the dashboard's calendar and the trail it leaves.

use glucodock::domain::association::{AuditEntry, IdempotencyKey, UploadId};
use glucodock::domain::clinic::{Role, User};
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::patient::PatientId;
use glucodock::domain::reading::{Kind, Reading};
use glucodock::domain::statistics::Period;
use glucodock::platform::embedded::Embedded;
use glucodock::platform::{CarePlatform as _, PlatformError, Session};
use tempfile::TempDir;

use super::support::{assignment, blood, download, person};

fn platform() -> (TempDir, Embedded) {
    let directory = tempfile::tempdir().unwrap();
    let platform = Embedded::open(directory.path(), "Test Clinic".into()).unwrap();
    (directory, platform)
}

fn session(role: Role, at: &str) -> Session {
    Session {
        user: User { id: "1".into(), login: "nurse".into(), name: "Nora Nurse".into(), role },
        at: at.parse().unwrap(),
        zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
    }
}

#[test]
fn who_does_not_work_with_patients_sees_none() {
    let (_directory, platform) = platform();
    let nobody = PatientId("1".into());
    for role in [Role::Administrator, Role::Auditor] {
        let session = session(role, "2026-09-21T10:00:00Z");
        let new = person("Weber", "Karl", "1950-01-01", "M1");
        let upload = UploadId("1".into());
        let refusals = [
            platform.search(&session, "a", 0, 1).err(),
            platform.recents(&session).err(),
            platform.remember(&session, &nobody).err(),
            platform.look_alikes(&session, &new).err(),
            platform.create(&session, &new, &IdempotencyKey("a".into())).err(),
            platform.quarantine(&session, &download("000-1", vec![])).err(),
            platform.pending(&session).err(),
            platform.upload(&session, &upload).err(),
            platform.begin_identity_check(&session, &upload, &nobody).err(),
            platform.note_mismatch(&session, &upload, &nobody).err(),
            platform.assign(&session, &assignment(platform.store(), &upload, &nobody, "a")).err(),
            platform.dashboard(&session, &nobody, Period::Days14).err(),
        ];
        for (place, refusal) in refusals.iter().enumerate() {
            assert!(matches!(refusal, Some(PlatformError::Forbidden { .. })), "{role:?} {place}");
        }
    }
    assert_eq!(platform.store().audit_trail().unwrap(), []);
    assert_eq!(platform.site(), "Test Clinic");
}

/// In Berlin it is 22-Sep already. Of 14 days ending then, the first is 9-Sep.
#[test]
fn a_dashboard_looks_back_over_whole_days_of_the_clinic() {
    let (_directory, platform) = platform();
    let session = session(Role::Clinician, "2026-09-21T22:30:00Z");
    let new = person("Weber", "Karl", "1950-01-01", "M1");
    let patient = platform.create(&session, &new, &IdempotencyKey("a".into())).unwrap();
    let timed = |index: u32, time: Option<&str>, kind: Kind, measured: Measured| Reading {
        time: time.map(|time| time.parse().unwrap()),
        kind,
        measured,
        ..blood(index, 0, 0)
    };
    let value = |digits| Measured::Value(Concentration::new(digits, 1, Unit::MmolPerL));
    let readings = vec![
        timed(0, None, Kind::Blood, value(50)),
        timed(1, Some("2026-09-08T23:59:59"), Kind::Blood, value(51)),
        timed(2, Some("2026-09-09T00:00:00"), Kind::Blood, value(52)),
        timed(3, Some("2026-09-21T08:00:00"), Kind::Control, value(90)),
        timed(4, Some("2026-09-22T23:59:59"), Kind::Blood, Measured::Low),
        timed(5, Some("2026-09-23T00:00:00"), Kind::Blood, value(53)),
    ];
    let upload = platform.quarantine(&session, &download("000-1234", readings)).unwrap();
    platform.assign(&session, &assignment(platform.store(), &upload.id, &patient.id, "b")).unwrap();
    let dashboard = platform.dashboard(&session, &patient.id, Period::Days14).unwrap();
    let indices: Vec<u32> = dashboard.readings.iter().map(|reading| reading.index).collect();
    assert_eq!(indices, [4, 3, 2], "newest first");
    assert_eq!(dashboard.until, jiff::civil::date(2026, 9, 22));
    assert_eq!((dashboard.total_readings, dashboard.unit), (6, Unit::MmolPerL));
    assert_eq!((dashboard.summary.count, dashboard.summary.low_flags, dashboard.summary.days_with_readings), (2, 1, 2));
    assert_eq!(platform.dashboard(&session, &patient.id, Period::Days30).unwrap().readings.len(), 4);
    let [past] = dashboard.uploads.as_slice() else { panic!("one upload") };
    assert_eq!((past.new, past.serial_end.expose().as_str(), past.read_at), (6, "1234", session.at));
}

#[test]
fn the_unit_is_that_of_most_blood_readings() {
    let (_directory, platform) = platform();
    let session = session(Role::Assistant, "2026-09-21T22:30:00Z");
    let new = person("Weber", "Karl", "1950-01-01", "M1");
    let patient = platform.create(&session, &new, &IdempotencyKey("a".into())).unwrap();
    assert_eq!(platform.dashboard(&session, &patient.id, Period::Days14).unwrap().unit, Unit::MgPerDl);
    let mmol = |index, kind| Reading {
        kind,
        measured: Measured::Value(Concentration::new(10 + index, 1, Unit::MmolPerL)),
        ..blood(index, i64::from(index), 0)
    };
    let mut readings = vec![blood(0, 0, 90), blood(1, 1, 95), mmol(2, Kind::Blood)];
    readings.extend((3..9).map(|index| mmol(index, Kind::Ketone)));
    let upload = platform.quarantine(&session, &download("000-1", readings)).unwrap();
    platform.assign(&session, &assignment(platform.store(), &upload.id, &patient.id, "b")).unwrap();
    assert_eq!(platform.dashboard(&session, &patient.id, Period::Days14).unwrap().unit, Unit::MgPerDl);
}

#[test]
fn the_trail_tells_who_did_what_to_whose_record_and_names_nobody() {
    let (_directory, platform) = platform();
    let session = session(Role::Clinician, "2026-09-21T10:00:00Z");
    let new = person("Featherstone", "Karl", "1950-01-01", "M1234");
    let patient = platform.create(&session, &new, &IdempotencyKey("a".into())).unwrap();
    let upload = platform.quarantine(&session, &download("000-777", vec![blood(0, 1, 90)])).unwrap();
    platform.begin_identity_check(&session, &upload.id, &patient.id).unwrap();
    platform.note_mismatch(&session, &upload.id, &patient.id).unwrap();
    let conflict = AuditEntry::OwnerConflict { upload: upload.id.clone(), patient: patient.id.clone() };
    platform.audit(&session, &conflict).unwrap();
    platform.assign(&session, &assignment(platform.store(), &upload.id, &patient.id, "b")).unwrap();
    platform.audit(&session, &AuditEntry::PatientViewed { patient: patient.id.clone() }).unwrap();
    platform.audit(&session, &AuditEntry::SignedOut).unwrap();
    let trail = platform.store().audit_trail().unwrap();
    let lines: Vec<_> = trail
        .iter()
        .map(|line| (line.action.as_str(), line.patient.as_str(), line.upload.as_str(), line.detail.as_str()))
        .collect();
    let (p, u) = (patient.id.0.as_str(), upload.id.0.as_str());
    assert_eq!(
        lines,
        [
            ("patient-created", p, "", ""),
            ("quarantined", "", u, ""),
            ("identity-mismatch", p, u, "attempt 1"),
            ("owner-conflict", p, u, ""),
            ("assigned", p, u, "new 1, already there 0"),
            ("patient-viewed", p, "", ""),
            ("signed-out", "", "", ""),
        ]
    );
    assert!(trail.iter().all(|line| line.user == "1" && line.at == session.at));
    let text = format!("{trail:?}");
    assert!(["Featherstone", "Karl", "M1234", "777"].iter().all(|private| !text.contains(private)));
}

/// A read goes on after its reader signed out. Meanwhile somebody may have been taken off the staff, or got another role.
#[test]
fn a_download_is_kept_for_who_began_the_read_whatever_became_of_them() {
    let (_directory, platform) = platform();
    let mut session = session(Role::Assistant, "2026-09-21T10:00:00Z");
    session.user.id = "99".into();
    let upload = platform.quarantine(&session, &download("000-777", vec![blood(0, 1, 90)])).unwrap();
    assert_eq!(platform.store().pending().unwrap().len(), 1);
    let trail = platform.store().audit_trail().unwrap();
    let kept: Vec<_> = trail.iter().map(|line| (line.action.as_str(), line.user.as_str(), &line.upload)).collect();
    assert_eq!(kept, [("quarantined", "99", &upload.id.0)]);
}
