//! Whoever is disabled, or gets another role, does nothing further in a sign-in that they have; and no reading is lost
//! by it.

use glucodock::domain::association::IdempotencyKey;
use glucodock::domain::clinic::{Actor, Credentials, Password, Role};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::record::Span;
use glucodock::domain::sign_in::{SignInOutcome, SignInProof};
use glucodock::domain::text::Private;
use glucodock::engine::effects::Backend;
use glucodock::store::{By, NewUser, StaffChange, Store};
use rstest::rstest;

use super::embedded::{answered, on};
use super::support::{at, blood, create, download, person};

const PASSWORD: &str = "stapler mit brille";

fn office(second: i64) -> By<'static> {
    By::command("office", at(second))
}

/// Nora, a clinician who is signed in.
fn signed_in(backend: &Backend) -> Actor {
    let nora = NewUser {
        login: "nora".into(),
        name: "Nora Test".into(),
        role: Role::Clinician,
        password: Password::new(PASSWORD.to_owned()),
        password_is_given: false,
    };
    backend.station.store().add_user(office(0), &nora).unwrap();
    let password = Password::new(PASSWORD.to_owned());
    let credentials = Credentials { login: Private::new("nora".into()), password, new: None };
    let proof = SignInProof::Password(credentials);
    let outcome = answered(backend.platform.sign_in.complete(&proof, "s", at(1))).unwrap();
    let SignInOutcome::SignedIn(user, _) = outcome else { panic!("{outcome:?}") };
    Actor { user, session: "s".to_owned(), at: at(2) }
}

fn given() -> StaffChange {
    StaffChange::GivenPassword(Password::new("lent by the office".to_owned()))
}

#[rstest]
#[case::disabled(&StaffChange::Disabled, ProblemCode::StaffDisabled)]
#[case::another_password(&given(), ProblemCode::SignInOver)]
#[case::another_role(&StaffChange::Role(Role::Assistant), ProblemCode::SignInOver)]
fn nothing_further_is_done_in_a_sign_in_of_before(#[case] change: &StaffChange, #[case] code: ProblemCode) {
    let folder = tempfile::tempdir().unwrap();
    let backend = on(Store::open(folder.path()).unwrap());
    let nora = signed_in(&backend);
    let Backend { station, platform } = &backend;
    let store = station.store();
    let patient = create(store, &person("Example", "Omar", "1972-01-02", "M9"));
    assert!(station.recents(&nora).is_ok());
    assert!(answered(platform.directory.search(&nora, "omar", None, 5)).is_ok());
    store.change_staff(office(3), "nora", change).unwrap();
    let lines = store.audit_trail().unwrap().len();

    let of_station = [
        station.recents(&nora).map(drop),
        station.work_list(&nora).map(drop),
        station.remember(&nora, &patient),
        station.release(&nora, &IdempotencyKey("a".into()), &"a reason".into()).map(drop),
    ];
    for answer in of_station {
        assert_eq!(answer.unwrap_err().problem().code, code);
    }
    let new = person("Weber", "Karl", "1950-01-01", "M1");
    let of_platform = [
        answered(platform.directory.search(&nora, "omar", None, 5)).map(drop),
        answered(platform.directory.fetch(&nora, &patient.id)).map(drop),
        answered(platform.directory.create(&nora, &new, &IdempotencyKey("b".into()))).map(drop),
        answered(platform.record.readings(&nora, &patient.id, Span::ALL)).map(drop),
    ];
    for answer in of_platform {
        assert_eq!(answer.unwrap_err().problem().code, code);
    }
    assert_eq!(store.audit_trail().unwrap().len(), lines, "nothing was done");

    // A meter that is in her hand is read to its end: its readings wait for somebody else.
    let kept = station.quarantine(&nora, &download("000-1", vec![blood(1, 0, 100)])).unwrap();
    assert_eq!(kept.new_readings, 1);
}
