//! The station and the embedded platform: roles, the dashboard's calendar and the trail they leave.

use glucodock::domain::association::{AuditEntry, DecisionBasis, IdempotencyKey, IntakeAnswer, UploadId};
use glucodock::domain::clinic::{Actor, Role, User};
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::noted_person::NotedEvent;
use glucodock::domain::ownership::OwnershipId;
use glucodock::domain::patient::{NewPatient, Patient, PatientId};
use glucodock::domain::permission::Permission;
use glucodock::domain::reading::{Kind, Reading};
use glucodock::domain::reading_source::SoughtReading;
use glucodock::domain::record::Span;
use glucodock::domain::statistics::{Dashboard, Period};
use glucodock::domain::time_correction::{
    ClockCorrection, CorrectionBasis, CorrectionId, CorrectionNotice, CorrectionRequest, CorrectionUndoRequest,
};
use glucodock::domain::transfer::{TransferAnswers, TransferCounts, TransferOrder, TransferPlan};
use glucodock::domain::undo::{UndoBasis, UndoRequest};
use glucodock::engine::effects::Backend;
use glucodock::platform::{Platform, RemoteError};
use glucodock::station::{Station, StationError};
use glucodock::store::Store;
use jiff::Zoned;
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use tempfile::TempDir;

use super::embedded::{answered, on};
use super::support::{assignment, blood, create, download, person};

/// A station and a platform on one store.
struct Clinic {
    _folder: TempDir,
    station: Station,
    platform: Platform,
}

fn clinic() -> Clinic {
    let folder = tempfile::tempdir().unwrap();
    let Backend { station, platform } = on(Store::open(folder.path()).unwrap());
    Clinic { _folder: folder, station, platform }
}

impl Clinic {
    fn store(&self) -> &Store {
        self.station.store()
    }

    fn create(&self, actor: &Actor, new: &NewPatient, key: &str) -> Patient {
        answered(self.platform.directory.create(actor, new, &IdempotencyKey(key.to_owned()))).unwrap()
    }

    fn assign(&self, actor: &Actor, upload: &UploadId, patient: &PatientId) {
        self.station.assign(actor, &assignment(self.store(), upload, patient, "b")).unwrap();
    }

    /// The dashboard as the engine makes it, on a day in Berlin.
    fn dashboard(&self, actor: &Actor, patient: &PatientId, period: Period) -> Dashboard {
        let until = actor.at.to_zoned(jiff::tz::TimeZone::get("Europe/Berlin").unwrap()).date();
        let record = answered(self.platform.record.readings(actor, patient, period.span_with_before(until))).unwrap();
        Dashboard::of(record, period, until)
    }
}

fn actor(role: Role, at: &str) -> Actor {
    let user = User { id: "1".into(), login: "nurse".into(), name: "Nora Nurse".into(), role };
    Actor { user, session: String::new(), at: at.parse().unwrap() }
}

/// Everybody there can be: whoever may not do something is among them.
const ROLES: [Role; 4] = [Role::Assistant, Role::Clinician, Role::Administrator, Role::Auditor];

/// Each was refused for this very permission.
fn refused_at_station(role: Role, permission: Permission, refusals: &[Option<StationError>]) {
    for (which, refusal) in refusals.iter().enumerate() {
        assert!(
            matches!(refusal, Some(StationError::Forbidden(for_want_of)) if *for_want_of == permission),
            "{role:?} {permission:?} {which}: {refusal:?}"
        );
    }
}

/// Each was refused for this very permission.
fn refused_at_platform(role: Role, permission: Permission, refusals: &[Option<RemoteError>]) {
    for (which, refusal) in refusals.iter().enumerate() {
        assert!(
            matches!(refusal, Some(RemoteError::Forbidden(for_want_of)) if *for_want_of == permission),
            "{role:?} {permission:?} {which}: {refusal:?}"
        );
    }
}

fn transfer_of(plan: &TransferPlan) -> TransferOrder {
    TransferOrder {
        plan: plan.clone(),
        key: IdempotencyKey("a".into()),
        seen: TransferCounts::default(),
        reason: "it is hers".into(),
        answers: TransferAnswers::default(),
    }
}

fn correction_of(upload: &UploadId, patient: &PatientId, time: DateTime) -> CorrectionRequest {
    CorrectionRequest {
        upload: upload.clone(),
        key: IdempotencyKey("a".into()),
        correction: ClockCorrection { first: time, last: time, seconds: 60 },
        seen: CorrectionBasis { patient: patient.clone(), times: vec![], told: CorrectionNotice::default() },
        reason: "a reason".into(),
    }
}

#[test]
fn who_may_not_do_it_is_refused_it_by_name() {
    let clinic = clinic();
    let Clinic { station, platform: Platform { sign_in: _, directory, record }, .. } = &clinic;
    let somebody = create(station.store(), &person("Example", "Omar", "1972-01-02", "M9"));
    let nobody = PatientId("1".into());
    let period = Period::Days14;
    let at: Zoned = "2026-09-21T12:00:00+02:00[Europe/Berlin]".parse().unwrap();
    let seen = station.store().record(&somebody.id, period.span_with_before(at.date())).unwrap();
    let board = Dashboard::of(seen, period, at.date());
    let new = person("Weber", "Karl", "1950-01-01", "M1");
    let upload = UploadId("1".into());
    let sought = SoughtReading { reading: super::directory::memory(1).remove(0), alike_before: 0 };
    let answer = IntakeAnswer::Shared(nobody.clone());
    let key = IdempotencyKey("a".into());
    let seen = UndoBasis { patient: nobody.clone(), assigned_at: jiff::Timestamp::UNIX_EPOCH, readings: 0 };
    let plan = TransferPlan { ownership: OwnershipId("1".into()), to: nobody.clone(), first_day: date(2026, 7, 14) };
    let transfer = transfer_of(&plan);
    let undo = UndoRequest { upload: upload.clone(), key: key.clone(), seen, reason: None };
    let correction = correction_of(&upload, &nobody, at.datetime());
    let back = CorrectionUndoRequest { correction: CorrectionId("1".into()), key: key.clone(), reason: None };
    for role in ROLES {
        let actor = actor(role, "2026-09-21T10:00:00Z");
        let may_not = |permission: Permission| !role.allows(permission);
        if may_not(Permission::FindPatients) {
            let of_station = [station.recents(&actor).err(), station.remember(&actor, &somebody).err()];
            refused_at_station(role, Permission::FindPatients, &of_station);
            let of_platform = [
                answered(directory.search(&actor, "a", None, 1)).err(),
                answered(directory.look_alikes(&actor, &new)).err(),
            ];
            refused_at_platform(role, Permission::FindPatients, &of_platform);
        }
        if may_not(Permission::KeepReadings) {
            let of_station = [
                station.quarantine(&actor, &download("000-1", vec![])).err(),
                station.work_list(&actor).err(),
                station.upload(&actor, &upload).err(),
                station.told(&actor, &upload).err(),
            ];
            refused_at_station(role, Permission::KeepReadings, &of_station);
        }
        if may_not(Permission::SeeRecords) {
            let of_station = [station.sources_of(&actor, &nobody, &sought).err()];
            refused_at_station(role, Permission::SeeRecords, &of_station);
            let of_platform = [answered(record.readings(&actor, &nobody, Span::ALL)).err()];
            refused_at_platform(role, Permission::SeeRecords, &of_platform);
        }
        if may_not(Permission::ExportRecords) {
            let of_station = [station.report(&actor, board.clone(), at.clone(), "Clinic".into()).err()];
            refused_at_station(role, Permission::ExportRecords, &of_station);
        }
        if may_not(Permission::AssignMeters) {
            let of_station = [
                station.begin_identity_check(&actor, &upload, &nobody).err(),
                station.note_mismatch(&actor, &upload, &nobody).err(),
                station.answer_intake(&actor, &upload, &answer, actor.at, &DecisionBasis::default()).err(),
                station.assign(&actor, &assignment(station.store(), &upload, &nobody, "a")).err(),
                station.release(&actor, &key, &"a reason".into()).err(),
                station.undo_offer(&actor, &upload).err(),
                station.undo(&actor, &undo).err(),
            ];
            refused_at_station(role, Permission::AssignMeters, &of_station);
        }
        if may_not(Permission::TransferMeters) {
            let of_station = [
                station.transfer_offer(&actor, &plan).err(),
                station.begin_transfer_check(&actor, &plan.ownership, &nobody).err(),
                station.note_transfer_mismatch(&actor, &plan.ownership, &nobody).err(),
                station.transfer(&actor, &transfer).err(),
            ];
            refused_at_station(role, Permission::TransferMeters, &of_station);
        }
        if may_not(Permission::CorrectTimes) {
            let of_station = [
                station.correction_offer(&actor, &upload, &nobody, &TimeZone::UTC).err(),
                station.correct_times(&actor, &correction, &TimeZone::UTC).err(),
                station.undo_correction(&actor, &back).err(),
            ];
            refused_at_station(role, Permission::CorrectTimes, &of_station);
        }
        if may_not(Permission::CreatePatients) {
            let of_station = [
                station.note_person(&actor, &new, &key).err(),
                station.noted_person(&actor, &key).err(),
                station.note_happened(&actor, &key, NotedEvent::Drop).err(),
            ];
            refused_at_station(role, Permission::CreatePatients, &of_station);
            let of_platform =
                [answered(directory.create(&actor, &new, &key)).err(), answered(directory.created(&actor, &key)).err()];
            refused_at_platform(role, Permission::CreatePatients, &of_platform);
        }
    }
    let trail = station.store().audit_trail().unwrap();
    assert_eq!(
        trail.iter().map(|line| line.action.as_str()).collect::<Vec<_>>(),
        ["patient-created"],
        "somebody alone"
    );
}

/// In Berlin it is 22-Sep already. Of 14 days ending then, the first is 9-Sep.
#[test]
fn a_dashboard_looks_back_over_whole_days_of_the_clinic() {
    let clinic = clinic();
    let actor = actor(Role::Clinician, "2026-09-21T22:30:00Z");
    let new = person("Weber", "Karl", "1950-01-01", "M1");
    let patient = clinic.create(&actor, &new, "a");
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
    let upload = clinic.station.quarantine(&actor, &download("000-1234", readings)).unwrap();
    clinic.assign(&actor, &upload.id, &patient.id);
    let dashboard = clinic.dashboard(&actor, &patient.id, Period::Days14);
    let indices: Vec<u32> = dashboard.readings.iter().map(|reading| reading.index).collect();
    assert_eq!(indices, [4, 3, 2], "newest first");
    assert_eq!(dashboard.until, jiff::civil::date(2026, 9, 22));
    assert_eq!((dashboard.total_readings, dashboard.unit), (6, Unit::MmolPerL));
    assert_eq!(
        (dashboard.summary.count, dashboard.summary.low_flags, dashboard.summary.frequency.days_with_readings),
        (2, 1, 2)
    );
    assert_eq!(clinic.dashboard(&actor, &patient.id, Period::Days30).readings.len(), 4);
    let [past] = dashboard.uploads.as_slice() else { panic!("one upload") };
    assert_eq!((past.new, past.serial_end.expose().as_str(), past.read_at), (6, "1234", actor.at));
}

#[test]
fn the_unit_is_that_of_most_blood_readings() {
    let clinic = clinic();
    let actor = actor(Role::Assistant, "2026-09-21T22:30:00Z");
    let new = person("Weber", "Karl", "1950-01-01", "M1");
    let patient = clinic.create(&actor, &new, "a");
    assert_eq!(clinic.dashboard(&actor, &patient.id, Period::Days14).unit, Unit::MgPerDl);
    let mmol = |index, kind| Reading {
        kind,
        measured: Measured::Value(Concentration::new(10 + index, 1, Unit::MmolPerL)),
        ..blood(index, i64::from(index), 0)
    };
    let mut readings = vec![blood(0, 0, 90), blood(1, 1, 95), mmol(2, Kind::Blood)];
    readings.extend((3..9).map(|index| mmol(index, Kind::Ketone)));
    let upload = clinic.station.quarantine(&actor, &download("000-1", readings)).unwrap();
    clinic.assign(&actor, &upload.id, &patient.id);
    assert_eq!(clinic.dashboard(&actor, &patient.id, Period::Days14).unit, Unit::MgPerDl);
}

#[test]
fn the_trail_tells_who_did_what_to_whose_record_and_names_nobody() {
    let clinic = clinic();
    let actor = actor(Role::Clinician, "2026-09-21T10:00:00Z");
    let new = person("Featherstone", "Karl", "1950-01-01", "M1234");
    let patient = clinic.create(&actor, &new, "a");
    let upload = clinic.station.quarantine(&actor, &download("000-777", vec![blood(0, 1, 90)])).unwrap();
    clinic.station.begin_identity_check(&actor, &upload.id, &patient.id).unwrap();
    clinic.station.note_mismatch(&actor, &upload.id, &patient.id).unwrap();
    let conflict = AuditEntry::OwnerConflict { upload: upload.id.clone(), patient: patient.id.clone() };
    clinic.station.audit(&actor, &conflict).unwrap();
    clinic.assign(&actor, &upload.id, &patient.id);
    clinic.station.audit(&actor, &AuditEntry::PatientViewed { patient: patient.id.clone() }).unwrap();
    clinic.station.audit(&actor, &AuditEntry::SignedOut).unwrap();
    let trail = clinic.store().audit_trail().unwrap();
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
    assert!(trail.iter().all(|line| line.user == "1" && line.at == actor.at));
    let text = format!("{trail:?}");
    assert!(["Featherstone", "Karl", "M1234", "777"].iter().all(|private| !text.contains(private)));
}

/// A read goes on after its reader signed out. Meanwhile somebody may have been taken off the staff,
/// or got another role.
#[test]
fn a_download_is_kept_for_who_began_the_read_whatever_became_of_them() {
    let clinic = clinic();
    let mut actor = actor(Role::Assistant, "2026-09-21T10:00:00Z");
    actor.user.id = "99".into();
    let upload = clinic.station.quarantine(&actor, &download("000-777", vec![blood(0, 1, 90)])).unwrap();
    assert_eq!(clinic.store().pending().unwrap().len(), 1);
    let trail = clinic.store().audit_trail().unwrap();
    let kept: Vec<_> = trail.iter().map(|line| (line.action.as_str(), line.user.as_str(), &line.upload)).collect();
    assert_eq!(kept, [("quarantined", "99", &upload.id.0)]);
}
