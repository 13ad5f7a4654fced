//! What a platform does not let this program do is told when somebody signs in, and not offered then.

use std::fs;

use glucodock::app::action::Action;
use glucodock::app::effect::{Effect, PlatformTask, Request, Task};
use glucodock::app::permitted::is_permitted;
use glucodock::config::MappingSettings;
use glucodock::domain::association::IdempotencyKey;
use glucodock::domain::clinic::{Actor, Role, User};
use glucodock::domain::delivery::Outcome;
use glucodock::domain::patient::PatientId;
use glucodock::domain::permission::Permission;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::record::Span;
use glucodock::domain::sign_in::Withheld;
use glucodock::platform::{Platform, RemoteError, SignsOfLife};
use glucodock::store::Store;
use rstest::rstest;
use serde_json::json;

use super::authorization_server::page;
use super::clinic::Clinic;
use super::device_sign_in::{SignInPlace, find, on, parcel, signed_in};
use super::fhir_platform::{creating, new_patient, nora, on_with, ruth as fhir_ruth, wait};
use super::fhir_server::{Fault, FhirServer};
use super::headless::{furnish, passes_by_code, passes_on};
use super::ruth::ruth;
use super::wizard::code_sign_in::with_withheld;

/// What only the platform does is switched off; what this station does goes on, and is told there when it is let.
#[test]
fn what_is_withheld_is_not_offered() {
    for (permission, is_off) in [
        (Permission::CreatePatients, vec![Action::NewPatient]),
        (Permission::SeeRecords, vec![Action::OpenDashboard]),
        (Permission::KeepReadings, vec![]),
        (Permission::AssignMeters, vec![]),
        (Permission::UndoAssignments, vec![]),
        (Permission::CorrectTimes, vec![]),
    ] {
        let clinic = with_withheld(permission);
        let working = clinic.model.working().unwrap();
        let all =
            [Action::NewPatient, Action::OpenDashboard, Action::WaitingMeters, Action::UndoAssignment, Action::GoOn];
        for action in all.into_iter().chain([Action::Help]) {
            assert_eq!(is_permitted(working, action), !is_off.contains(&action), "{permission:?} {action:?}");
        }
    }
}

/// Through the whole program: the screen says it with the scope that is missing, right after the sign-in.
#[test]
fn what_was_not_granted_is_on_the_screen_after_the_sign_in() {
    for (grants, told, untold) in [
        ("openid user/Patient.rs user/*.cu user/Device.rs", "(Observation.rs)", "(Patient.c)"),
        (
            "openid user/*.rus user/Device.c user/Observation.c user/DeviceUseStatement.c",
            "(Provenance.c)",
            "(Observation.rs)",
        ),
        ("openid user/*.rus user/Device.c user/Observation.c", "(DeviceUseStatement.c)", "(Observation.rs)"),
        ("openid user/*.cruds", "Find the patient", "does not allow"),
    ] {
        let place = SignInPlace::new();
        place.authority.desk.lock().unwrap().grants = Some(grants);
        let folder = place.folder.path().to_owned();
        let script = format!(
            "key Enter\nwait \"WDJB-MJHT\"\nadvance 5s\nwait \"Nora Test\"\nexpect \"{told}\"\nrefuse \"{untold}\"\n\
             type \"adey\"\nwait \"ADEYEMI\"\n"
        );
        passes_by_code(&folder.clone(), Box::new(move |store| on(&folder, store)), &script);
    }
}

/// The token is this computer's, and people sign in with their passwords: what it does not allow is told as well, and a
/// patient is not created.
#[test]
fn what_this_computer_was_not_granted_is_told_to_whoever_signs_in_here() {
    for (grants, told, untold) in [
        (
            "system/Patient.rs system/Device.* system/Observation.* system/Provenance.c",
            "(Patient.c)",
            "(Observation.rs)",
        ),
        ("system/Patient.crs system/*.cu system/Device.rs", "(Observation.rs)", "(Patient.c)"),
        ("system/*.cruds", "Find the patient", "does not allow"),
    ] {
        let place = SignInPlace::of_this_computer();
        place.authority.desk.lock().unwrap().grants = Some(grants);
        let folder = place.folder.path().to_owned();
        let script = format!(
            "type \"nora\"\nkey Tab\ntype \"correct horse\"\nkey Enter\nwait \"Nora Test\"\nidle\nexpect \"{told}\"\n\
             refuse \"{untold}\"\ntype \"adey\"\nwait \"ADEYEMI\"\n"
        );
        passes_on(&folder.clone(), Box::new(move |store| on(&folder, store)), false, &script);
    }
}

/// What the token of this computer does not allow is not sent half-way, whatever of the way of a parcel it is: it
/// waits, and the reason is told; nothing is asked of the server for it.
#[rstest]
#[case("system/*.rs system/Device.cu system/Observation.c", "", Some("DeviceUseStatement.cu"))]
#[case("system/*.rs system/Device.cu system/DeviceUseStatement.cu system/Observation.c", "", Some("Provenance.c"))]
#[case("system/*.cus system/Device.r", "", Some("Patient.r"))]
#[case("system/*.cru system/Device.s system/DeviceUseStatement.s system/Provenance.s", "", Some("Observation.s"))]
#[case("system/*.cru system/Device.s system/DeviceUseStatement.s system/Observation.s", "", Some("Provenance.s"))]
#[case(
    "system/Patient.rs system/Device.crus system/Observation.cs system/Provenance.cs",
    "device_use_statement = false\n",
    None
)]
#[case("system/*.cruds", "", None)]
fn what_the_token_does_not_allow_to_write_is_not_sent(
    #[case] grants: &'static str,
    #[case] more: &str,
    #[case] missing: Option<&str>,
) {
    let place = SignInPlace::of_this_computer();
    place.authority.desk.lock().unwrap().grants = Some(grants);
    let file = place.folder.path().join("settings.toml");
    let settings = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{settings}{more}")).unwrap();
    let outcome = wait(place.platform().record.deliver(&parcel(), &SignsOfLife::default()));
    let sent = place.fhir.server.asked().iter().any(|asked| !asked.target.starts_with("/.well-known/"));
    assert_eq!(sent, missing.is_none(), "{grants}");
    match (outcome, missing) {
        (Outcome::Recorded, None) => {}
        (Outcome::NotAllowed(problem), Some(missing)) => {
            assert_eq!(problem.code, ProblemCode::NotGranted);
            assert!(problem.detail.as_str().contains(&format!("{missing} was not granted")), "{problem:?}");
        }
        (outcome, _) => panic!("{outcome:?}"),
    }
}

/// Why nobody is created from here: the settings do not say that anybody is, or the server says that it takes nobody.
/// F2 is off with the reason, nobody is noted, and what is asked in spite of that is refused without a word to the
/// server.
#[rstest]
#[case(false, None, "New patients are not created from this station")]
#[case(true, Some(&["read", "search-type"][..]), "takes no new patients from here")]
fn where_patients_are_created_elsewhere_none_is_from_here(
    #[case] may: bool,
    #[case] said: Option<&[&str]>,
    #[case] told: &str,
) {
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path());
    let server = FhirServer::start(&[fhir_ruth()]);
    server.shelf.lock().unwrap().metadata = said.map(|ways| {
        let codes: Vec<_> = ways.iter().map(|code| json!({ "code": code })).collect();
        let rest = json!({ "mode": "server", "resource": [{ "type": "Patient", "interaction": codes }] });
        json!({ "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [rest] })
    });
    let mapping = || if may { creating() } else { MappingSettings::default() };
    let base = server.server.base.clone();
    let script = format!(
        "type \"nora\"\nkey Tab\ntype \"correct horse\"\nkey Enter\nwait \"Nora Test\"\nidle\nexpect \"{told}\"\n\
         refuse \"can allow it\"\ntype \"zzz\"\nwait \"No patient matches\"\nexpect \"found here then\"\n\
         refuse \"create a new patient\"\nkey F2\nidle\nexpect \"No patient matches\"\n"
    );
    let made = mapping();
    passes_on(folder.path(), Box::new(move |store| on_with(&base, store, made.clone())), false, &script);
    let backend = on_with(&server.server.base, Store::open(folder.path()).unwrap(), mapping());
    wait(async {
        let withheld = backend.platform.sign_in.withheld(&nora()).await.unwrap();
        assert_eq!(withheld, [if may { Withheld::NewPatientsThere } else { Withheld::NewPatientsHere }]);
        let (directory, new) = (&backend.platform.directory, new_patient("Neu", "N1"));
        let before = server.server.asked().len();
        let alike = directory.look_alikes(&nora(), &new).await;
        assert!(matches!(alike, Err(RemoteError::CreatesNobody(_))), "{alike:?}");
        let created = directory.create(&nora(), &new, &IdempotencyKey("k".to_owned())).await;
        assert_eq!(created.unwrap_err().problem().code, ProblemCode::NotGranted);
        assert_eq!(server.server.asked().len(), before);
    });
    assert_eq!(server.all("Patient").len(), 1);
}

/// What a server refuses although the token allows it waits, and it is told what was asked, by the types alone.
#[rstest]
#[case(401)]
#[case(403)]
fn what_the_server_does_not_allow_is_told_by_its_types(#[case] status: u16) {
    let place = SignInPlace::of_this_computer();
    place.fhir.shelf.lock().unwrap().faults = vec![Fault::Says(status); 100];
    let Outcome::NotAllowed(problem) = wait(place.platform().record.deliver(&parcel(), &SignsOfLife::default())) else {
        panic!("it is sent")
    };
    let what = format!("the server answers with {status} to a bundle of Device: ");
    assert!(problem.detail.as_str().contains(&what), "{problem:?}");
    place.fhir.shelf.lock().unwrap().faults.clear();
    assert_eq!(wait(place.platform().record.deliver(&parcel(), &SignsOfLife::default())), Outcome::Recorded);
}

/// It is not known while the authorization server is silent: nothing is switched off then, and it is asked again as
/// soon as a search was answered.
#[test]
fn what_is_withheld_is_asked_again_once_the_platform_answers() {
    let mut clinic = Clinic::new();
    clinic.withheld = Err(Problem::new(ProblemCode::PlatformUnreachable, "no answer"));
    clinic.known_only = true;
    clinic.sign_in();
    let asked = |clinic: &Clinic| {
        let is = |effect: &&Effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Platform(PlatformTask::LoadWithheld))))
        };
        clinic.asked.iter().filter(is).count()
    };
    let creates = |clinic: &Clinic| is_permitted(clinic.model.working().unwrap(), Action::NewPatient);
    clinic.text("m");
    assert_eq!((asked(&clinic), creates(&clinic)), (1, true), "a server that is silent is not asked");
    clinic.known_only = false;
    clinic.withheld =
        Ok(vec![Withheld::NotGranted { permission: Permission::CreatePatients, missing: "Patient.c".into() }]);
    clinic.text("u");
    assert_eq!((asked(&clinic), creates(&clinic)), (2, false));
    clinic.text("l");
    assert_eq!(asked(&clinic), 2, "it is known now");
}

/// Whether Ruth, who was chosen here before, is found and her record opened while the FHIR server does not answer.
async fn is_told_here(platform: &Platform, actor: &Actor) -> [Result<usize, RemoteError>; 2] {
    let ruth = PatientId("Patient/7f".into());
    let record = platform.record.readings(actor, &ruth, Span::ALL).await;
    [find(platform, actor).await, record.map(|record| record.readings.len())]
}

/// Who may search and open records there may be told what is here while the server does not answer, and nobody else:
/// not without the scope, whether the token has run out by then or not, not with another role, and not once they left.
#[rstest]
#[case("openid user/*.cruds", [true, true])]
#[case("openid user/Patient.r user/Observation.rs", [false, true])]
#[case("openid user/Patient.rs user/Observation.c", [true, false])]
#[case("openid", [true, true])]
fn what_is_known_here_is_told_to_who_may_see_it_there(#[case] grants: &'static str, #[case] told: [bool; 2]) {
    for lifetime in [300, 0] {
        let place = SignInPlace::new();
        {
            let mut desk = place.authority.desk.lock().unwrap();
            (desk.grants, desk.lifetime) = (Some(grants), Some(lifetime));
        }
        let platform = place.platform();
        let station = on(place.folder.path(), Store::open(place.folder.path()).unwrap()).station;
        wait(async {
            station.remember(&nora(), &ruth("Patient/7f", "H5550007")).unwrap();
            let actor = signed_in(&platform, "one").await;
            place.fhir.shelf.lock().unwrap().faults = vec![Fault::Says(503); 100];
            // Without a token nothing can be asked, either.
            place.authority.desk.lock().unwrap().faults = vec![page(503); 100];
            let here = is_told_here(&platform, &actor).await;
            for ((told, answer), permission) in
                told.into_iter().zip(here).zip([Permission::FindPatients, Permission::SeeRecords])
            {
                match answer {
                    Ok(found) => assert!(told && (found == 1 || permission == Permission::SeeRecords), "{grants}"),
                    Err(RemoteError::NotGranted { permission: not, .. }) => {
                        assert_eq!((told, not), (false, permission));
                    }
                    Err(error) => panic!("{grants}: {error}"),
                }
            }
            let auditor = Actor { user: User { role: Role::Auditor, ..actor.user.clone() }, ..actor.clone() };
            for answer in is_told_here(&platform, &auditor).await {
                assert!(matches!(answer, Err(RemoteError::Forbidden(_))), "{answer:?}");
            }
            let _ = platform.sign_in.end(&actor).await;
            for answer in is_told_here(&platform, &actor).await {
                assert!(matches!(answer, Err(RemoteError::SignInEnded)), "{answer:?}");
            }
        });
    }
}
