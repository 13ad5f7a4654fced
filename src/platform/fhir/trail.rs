//! The audit trail of a store as FHIR R4 resources (auditevent.html), one for each line, for whoever collects such
//! trails: what was done by the DICOM codes that R4 binds (PS3.16, CID 400 to 403), who did it, and about whom, by
//! their keys here.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::document::INSTANT;
use super::mapping::{Ours, about_patient, about_thing, coding, marked};
use crate::domain::patient::PatientId;
use crate::store::{AuditAction, AuditLine};

/// The codes of DICOM (R4, codesystem-dicom-dcim.html).
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";

/// How an action is told: its kind, more exactly where there is a code for that, what it did to what it is about, and
/// how it ended.
struct ToldAction {
    kind: (&'static str, &'static str),
    exactly: Option<(&'static str, &'static str)>,
    /// Create, read, update or execute (R4, valueset-audit-event-action.html).
    action: &'static str,
    /// 0 success, 4 a minor failure, 8 a serious one (R4, valueset-audit-event-outcome.html).
    outcome: &'static str,
}

impl ToldAction {
    const fn of(kind: (&'static str, &'static str), action: &'static str) -> Self {
        Self { kind, exactly: None, action, outcome: "0" }
    }

    const fn exactly(self, code: (&'static str, &'static str)) -> Self {
        Self { exactly: Some(code), ..self }
    }

    const fn ended(self, outcome: &'static str) -> Self {
        Self { outcome, ..self }
    }
}

/// Something else was done with the program.
const ACTIVITY: (&str, &str) = ("110100", "Application Activity");
/// Somebody looked at the trail.
const USED: (&str, &str) = ("110101", "Audit Log Used");
/// Data left the program.
const EXPORT: (&str, &str) = ("110106", "Export");
/// Data came in.
const IMPORT: (&str, &str) = ("110107", "Import");
/// Something became of the record of a patient.
const RECORD: (&str, &str) = ("110110", "Patient Record");
/// Somebody looked for patients.
const QUERY: (&str, &str) = ("110112", "Query");
/// Something became of who may do what.
const SECURITY: (&str, &str) = ("110113", "Security Alert");
/// Somebody said who they are, or that they go.
const AUTHENTICATION: (&str, &str) = ("110114", "User Authentication");
/// They came.
const LOGIN: (&str, &str) = ("110122", "Login");
/// They went.
const LOGOUT: (&str, &str) = ("110123", "Logout");
/// What keeps the data safe was changed.
const CONFIGURATION: (&str, &str) = ("110131", "Security Configuration");
/// A role was changed.
const ROLES: (&str, &str) = ("110136", "Security Roles Changed");
/// A user, or a password, was changed.
const USERS: (&str, &str) = ("110137", "User Security Attributes Changed");

/// How this is told. A word that nobody wrote is in no sound trail; it is told as what it is all the same.
const fn told(action: Option<AuditAction>) -> ToldAction {
    let Some(action) = action else { return ToldAction::of(ACTIVITY, "E") };
    match action {
        AuditAction::SignedIn => ToldAction::of(AUTHENTICATION, "E").exactly(LOGIN),
        AuditAction::SignInRefused => ToldAction::of(AUTHENTICATION, "E").exactly(LOGIN).ended("4"),
        AuditAction::SignInThrottled => ToldAction::of(AUTHENTICATION, "E").exactly(LOGIN).ended("8"),
        AuditAction::SignedOut => ToldAction::of(AUTHENTICATION, "E").exactly(LOGOUT),
        AuditAction::UserAdded => ToldAction::of(SECURITY, "C").exactly(USERS),
        AuditAction::UserDisabled
        | AuditAction::UserEnabled
        | AuditAction::PasswordGiven
        | AuditAction::PasswordChanged => ToldAction::of(SECURITY, "U").exactly(USERS),
        AuditAction::RoleChanged => ToldAction::of(SECURITY, "U").exactly(ROLES),
        AuditAction::RestoreAccepted | AuditAction::Rekeyed | AuditAction::DirectoryMoved => {
            ToldAction::of(SECURITY, "U").exactly(CONFIGURATION)
        }
        AuditAction::BackupBegun | AuditAction::RecordExported => ToldAction::of(EXPORT, "R"),
        AuditAction::TrailExported => ToldAction::of(USED, "R"),
        AuditAction::PatientsImported | AuditAction::Quarantined => ToldAction::of(IMPORT, "C"),
        AuditAction::PatientViewed => ToldAction::of(RECORD, "R"),
        AuditAction::PopulationViewed => ToldAction::of(QUERY, "R"),
        AuditAction::PatientCreated | AuditAction::PersonNoted | AuditAction::NotedPersonCreated => {
            ToldAction::of(RECORD, "C")
        }
        AuditAction::OwnerConflict
        | AuditAction::IdentityMismatch
        | AuditAction::TransferMismatch
        | AuditAction::EndingMismatch
        | AuditAction::SerialMismatch
        | AuditAction::WristbandMismatch
        | AuditAction::DeliveryRefused => ToldAction::of(RECORD, "U").ended("4"),
        AuditAction::Assigned
        | AuditAction::OwnerRegistered
        | AuditAction::ClockJudged
        | AuditAction::SharedReadingsAccepted
        | AuditAction::MeterUseSaid
        | AuditAction::TakenBack
        | AuditAction::Undone
        | AuditAction::TimesCorrected
        | AuditAction::TimeCorrectionUndone
        | AuditAction::DeliveryReleased
        | AuditAction::RecordMerged
        | AuditAction::NotedPersonTakenAs
        | AuditAction::NotedPersonDropped
        | AuditAction::Transferred
        | AuditAction::OwnershipEnded
        | AuditAction::OwnershipEndUndone => ToldAction::of(RECORD, "U"),
    }
}

/// A line as a resource; `station` is the UUID of this computer. The hash goes with it, by which the line is found
/// again in the trail and the chain can be followed. What was typed as a reason stays here: it may name somebody.
#[must_use]
pub fn audit_resource(line: &AuditLine, station: &str, is_training: bool) -> Value {
    let ToldAction { kind, exactly, action, outcome } = told(AuditAction::of_word(&line.action));
    let code = |(code, display): (&str, &str)| coding(DICOM, code, display);
    let computer = json!({ "identifier": Ours::gateway(station).json() });
    let user = match line.user.as_str() {
        "" => json!({ "display": "nobody who is known" }),
        key => json!({ "identifier": Ours::user(key).json() }),
    };
    let mut subtypes = vec![Ours::audit_action(&line.action).coding()];
    subtypes.extend(exactly.map(code));
    let mut own = about_thing(&json!({ "identifier": Ours::audit_line(station, line.number).json() }));
    if let Value::Object(own) = &mut own {
        own.insert("detail".to_owned(), json!([{ "type": "hash", "valueString": line.hash }]));
    }
    let mut entities = vec![own];
    if !line.patient.is_empty() {
        entities.push(about_patient(&person(station, &line.patient)));
    }
    if !line.upload.is_empty() {
        entities.push(about_thing(&json!({ "identifier": Ours::upload(station, &line.upload).json() })));
    }
    let event = json!({
        "resourceType": "AuditEvent",
        "type": code(kind),
        "subtype": subtypes,
        "action": action,
        "recorded": line.at.to_zoned(TimeZone::UTC).strftime(INSTANT).to_string(),
        "outcome": outcome,
        "agent": [{ "who": user, "requestor": true }],
        "source": { "observer": computer },
        "entity": entities,
    });
    marked(event, is_training, &[])
}

/// A person by their key: of a care platform's directory that is a reference there.
fn person(station: &str, key: &str) -> Value {
    if PatientId(key.to_owned()).is_of_directory() {
        json!({ "reference": key })
    } else {
        json!({ "identifier": Ours::own_patient(station, key).json() })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn line(action: &str, patient: &str) -> AuditLine {
        AuditLine {
            number: 12,
            at: Timestamp::from_second(1_784_023_200).unwrap(),
            user: "3".into(),
            session: "5".into(),
            action: action.into(),
            patient: patient.into(),
            upload: String::new(),
            detail: "typed by somebody".into(),
            hash: "ab".repeat(32),
        }
    }

    /// R4, auditevent.html: type, recorded, agent with requestor, and source with observer must be there.
    #[test]
    fn a_line_is_a_whole_resource_without_what_was_typed() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fhir/audit-line.json");
        let expected: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let event = audit_resource(&line("patient-viewed", "7"), "a-station", true);
        assert_eq!(event, expected);
        assert!(!event.to_string().contains("typed by somebody"), "{event}");
    }

    #[test]
    fn who_is_of_a_platform_is_a_reference_there_and_nobody_is_nobody() {
        let event = audit_resource(&line("assigned", "Patient/12"), "a-station", false);
        assert_eq!(event["entity"][1]["what"]["reference"], "Patient/12");
        let event =
            audit_resource(&AuditLine { user: String::new(), ..line("sign-in-refused", "") }, "a-station", false);
        assert_eq!((&event["outcome"], &event["entity"][1]), (&"4".into(), &Value::Null));
        assert_eq!(event["subtype"][1]["code"], "110122");
        assert!(event["agent"][0]["who"]["identifier"].is_null(), "{event}");
    }
}
