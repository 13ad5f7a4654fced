use jiff::Timestamp;

use super::*;
use crate::domain::clinic::Credentials;
use crate::domain::text::Private;
use crate::store::NewUser;

fn by(second: i64) -> By<'static> {
    By::command("test", Timestamp::from_second(1_800_000_000 + second).unwrap())
}

fn store_of(staff: &[(&str, Role)]) -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    for (login, role) in staff {
        let password = Password::new(format!("{login} has this one"));
        let new = NewUser { login: (*login).into(), name: "X".into(), role: *role, password, password_is_given: false };
        store.add_user(by(0), &new).unwrap();
    }
    (directory, store)
}

fn sign_in(store: &Store, login: &str, password: &str, new: Option<&str>) -> Result<User, StoreError> {
    let credentials = Credentials {
        login: Private::new(login.into()),
        password: Password::new(password.to_owned()),
        new: new.map(|new| Password::new(new.to_owned())),
    };
    store.sign_in(&credentials, ("s", by(9).at), |role| role != Role::Administrator)
}

/// Somebody in the sign-in of these tests.
fn at_work(user: User) -> Actor {
    Actor { user, session: "s".to_owned(), at: by(9).at }
}

fn trail(store: &Store) -> Vec<(String, String)> {
    let lines = store.audit_trail().unwrap();
    lines.into_iter().filter(|line| line.action != "user-added").map(|line| (line.action, line.detail)).collect()
}

fn told(lines: &[(&str, &str)]) -> Vec<(String, String)> {
    lines.iter().map(|(action, detail)| ((*action).to_owned(), (*detail).to_owned())).collect()
}

#[test]
fn whoever_is_disabled_does_not_sign_in_and_does_nothing_more_where_they_have() {
    let (_directory, store) = store_of(&[("nora", Role::Assistant)]);
    let nora = at_work(sign_in(&store, "nora", "nora has this one", None).unwrap());
    assert!(store.works_still(&nora).is_ok());
    assert!(store.change_staff(by(1), "NORA", &StaffChange::Disabled).unwrap().disabled);
    assert!(matches!(store.works_still(&nora), Err(StoreError::StaffDisabled)));
    let refused = sign_in(&store, "nora", "nora has this one", None);
    assert!(matches!(refused, Err(StoreError::StaffDisabled)));
    // Who does not know the password is not told that there is such a person.
    assert!(matches!(sign_in(&store, "nora", "x", None), Err(StoreError::SignInRefused)));
    let new = sign_in(&store, "nora", "nora has this one", Some("stapler mit brille"));
    assert!(matches!(new, Err(StoreError::StaffDisabled)));
    store.change_staff(by(2), "nora", &StaffChange::Enabled).unwrap();
    // Nobody knows who stands before a screen of before.
    assert!(matches!(store.works_still(&nora), Err(StoreError::SignInOver)));
    assert_eq!(sign_in(&store, "nora", "nora has this one", None).unwrap(), nora.user);
    assert!(store.works_still(&nora).is_ok());
    let expected = [
        ("signed-in", ""),
        ("user-disabled", "user 1"),
        ("sign-in-refused", "disabled"),
        ("sign-in-refused", ""),
        ("sign-in-refused", "disabled"),
        ("user-enabled", "user 1"),
        ("signed-in", ""),
    ];
    assert_eq!(trail(&store), told(&expected));
}

#[test]
fn whose_role_is_another_signs_in_anew() {
    let (_directory, store) = store_of(&[("nora", Role::Clinician)]);
    let nora = at_work(sign_in(&store, "nora", "nora has this one", None).unwrap());
    store.change_staff(by(1), "nora", &StaffChange::Role(Role::Assistant)).unwrap();
    assert!(matches!(store.works_still(&nora), Err(StoreError::SignInOver)));
    let nora = at_work(sign_in(&store, "nora", "nora has this one", None).unwrap());
    assert_eq!(nora.user.role, Role::Assistant);
    assert!(store.works_still(&nora).is_ok());
    assert_eq!(trail(&store)[1], told(&[("role-changed", "user 1, clinician to assistant")])[0]);
}

#[test]
fn a_password_of_somebody_else_is_changed_before_anything_is_done_with_it() {
    let (_directory, store) = store_of(&[("nora", Role::Assistant)]);
    for _ in 0..5 {
        assert!(sign_in(&store, "nora", "forgotten", None).is_err());
    }
    let given = StaffChange::GivenPassword(Password::new("lent by the office".to_owned()));
    assert!(store.change_staff(by(1), "nora", &given).unwrap().password_is_given);
    // The wrong ones of before do not let her wait, and the old one is worth nothing.
    assert!(matches!(sign_in(&store, "nora", "nora has this one", None), Err(StoreError::SignInRefused)));
    assert!(matches!(sign_in(&store, "nora", "lent by the office", None), Err(StoreError::PasswordGiven)));
    for unfit in ["lent by the office", "password", "nora"] {
        let refused = sign_in(&store, "nora", "lent by the office", Some(unfit));
        assert!(matches!(refused, Err(StoreError::PasswordUnfit)), "{unfit}");
    }
    assert!(sign_in(&store, "nora", "lent by the office", Some("stapler mit brille")).is_ok());
    assert!(matches!(sign_in(&store, "nora", "lent by the office", None), Err(StoreError::SignInRefused)));
    assert!(sign_in(&store, "nora", "stapler mit brille", None).is_ok());
    assert!(!store.staff().unwrap()[0].password_is_given);
    let trail = trail(&store);
    let changed = ("password-changed".to_owned(), String::new());
    assert_eq!(trail.iter().filter(|line| **line == changed).count(), 1);
    assert!(trail.iter().all(|(_, detail)| !detail.contains("office") && !detail.contains("stapler")));
}

#[test]
fn somebody_is_always_left_who_looks_after_the_staff() {
    let (_directory, store) = store_of(&[("ada", Role::Administrator), ("bea", Role::Administrator)]);
    store.change_staff(by(1), "ada", &StaffChange::Disabled).unwrap();
    for change in [StaffChange::Disabled, StaffChange::Role(Role::Auditor)] {
        let refused = store.change_staff(by(2), "bea", &change);
        assert!(matches!(refused, Err(StoreError::LastAdministrator)), "{change:?}");
    }
    assert!(!store.staff().unwrap()[1].disabled);
    store.change_staff(by(3), "ada", &StaffChange::Enabled).unwrap();
    assert!(store.change_staff(by(4), "bea", &StaffChange::Disabled).is_ok());
}

#[test]
fn what_is_so_already_is_no_change() {
    let (_directory, store) = store_of(&[("nora", Role::Clinician)]);
    store.change_staff(by(1), "nora", &StaffChange::Enabled).unwrap();
    store.change_staff(by(1), "nora", &StaffChange::Role(Role::Clinician)).unwrap();
    assert_eq!(trail(&store), []);
    let missing = store.change_staff(by(1), "nobody", &StaffChange::Disabled);
    assert!(matches!(missing, Err(StoreError::NotFound { .. })));
}

/// Between their password and what they want changed lies any time: a prompt that was left open.
#[test]
fn who_is_no_administrator_any_more_changes_nobody() {
    let (_directory, store) = store_of(&[("ada", Role::Administrator), ("bea", Role::Administrator)]);
    let ada = By { user: "1", ..by(3) };
    store.change_staff(by(1), "ada", &StaffChange::Disabled).unwrap();
    let given = StaffChange::GivenPassword(Password::new("lent by the office".to_owned()));
    for change in [given, StaffChange::Enabled] {
        assert!(matches!(store.change_staff(ada, "bea", &change), Err(StoreError::NoAdministrator)), "{change:?}");
    }
    let eve = NewUser {
        login: "eve".into(),
        name: "X".into(),
        role: Role::Administrator,
        password: Password::new("gulasch regen tapete".to_owned()),
        password_is_given: false,
    };
    assert!(matches!(store.add_user(ada, &eve), Err(StoreError::NoAdministrator)));
    let first = By { user: FIRST_OF_STAFF, ..by(4) };
    assert!(matches!(store.add_user(first, &eve), Err(StoreError::NoAdministrator)), "they are not the first");
    assert!(!store.staff().unwrap()[1].password_is_given);
}

/// Whoever stands at a prompt that was opened with the password of before is not who has the new one.
#[test]
fn another_password_ends_what_an_administrator_has_open() {
    let (_directory, store) = store_of(&[("ada", Role::Administrator), ("bea", Role::Administrator)]);
    let sign_in = |session, password: &str| {
        let password = Password::new(password.to_owned());
        let credentials = Credentials { login: Private::new("ada".into()), password, new: None };
        store.sign_in(&credentials, (session, by(1).at), |_| true)
    };
    sign_in("open", "ada has this one").unwrap();
    let given = StaffChange::GivenPassword(Password::new("lent by the office".to_owned()));
    store.change_staff(by(2), "ada", &given).unwrap();
    let open = By { user: "1", session: "open", ..by(3) };
    let refused = store.change_staff(open, "bea", &StaffChange::Disabled);
    assert!(matches!(refused, Err(StoreError::NoAdministrator)));
    let credentials = Credentials {
        login: Private::new("ada".into()),
        password: Password::new("lent by the office".to_owned()),
        new: Some(Password::new("gulasch regen tapete".to_owned())),
    };
    store.sign_in(&credentials, ("own", by(4).at), |_| true).unwrap();
    sign_in("anew", "gulasch regen tapete").unwrap();
    let anew = By { user: "1", session: "anew", ..by(5) };
    assert!(store.change_staff(anew, "bea", &StaffChange::Disabled).is_ok());
}

#[test]
fn a_password_that_is_given_is_none_that_is_guessed_first() {
    let (_directory, store) = store_of(&[("nora", Role::Assistant)]);
    let given = StaffChange::GivenPassword(Password::new("password1".to_owned()));
    assert!(matches!(store.change_staff(by(1), "nora", &given), Err(StoreError::PasswordUnfit)));
}
