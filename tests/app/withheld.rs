//! What a platform does not let this program do is told when somebody signs in, and not offered then.

use glucodock::app::action::Action;
use glucodock::app::permitted::is_permitted;
use glucodock::domain::permission::Permission;

use super::device_sign_in::{Place, on};
use super::headless::passes_by_code;
use super::wizard::code_sign_in::with_withheld;

/// What only the platform does is switched off; what this station does goes on, and is told there when it is let.
#[test]
fn what_is_withheld_is_not_offered() {
    for (permission, is_off) in [
        (Permission::CreatePatients, vec![Action::NewPatient]),
        (Permission::SeeRecords, vec![Action::OpenDashboard]),
        (Permission::KeepReadings, vec![]),
        (Permission::AssignMeters, vec![]),
    ] {
        let clinic = with_withheld(permission);
        let working = clinic.model.working().unwrap();
        for action in [Action::NewPatient, Action::OpenDashboard, Action::WaitingMeters, Action::GoOn, Action::Help] {
            assert_eq!(is_permitted(working, action), !is_off.contains(&action), "{permission:?} {action:?}");
        }
    }
}

/// Through the whole program: the screen says it with the scope that is missing, right after the sign-in.
#[test]
fn what_was_not_granted_is_on_the_screen_after_the_sign_in() {
    for (grants, told, untold) in [
        ("openid user/Patient.rs user/*.cu user/Device.rs", "(Observation.rs)", "(Patient.c)"),
        ("openid user/*.rus user/Device.c user/Observation.c", "(Provenance.c)", "(Observation.rs)"),
        ("openid user/*.cruds", "Find the patient", "does not allow"),
    ] {
        let place = Place::new();
        place.authority.desk.lock().unwrap().grants = Some(grants);
        let folder = place.folder.path().to_owned();
        let script = format!(
            "key Enter\nwait \"WDJB-MJHT\"\nadvance 5s\nwait \"Nora Test\"\nexpect \"{told}\"\nrefuse \"{untold}\"\n\
             type \"adey\"\nwait \"ADEYEMI\"\n"
        );
        passes_by_code(&folder.clone(), Box::new(move |store| on(&folder, store)), &script);
    }
}
