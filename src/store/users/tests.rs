use super::*;
use crate::domain::text::Private;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn typed(login: &str, password: &str) -> Credentials {
    Credentials { login: Private::new(login.into()), password: Password::new(password.into()), new: None }
}

fn store() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let nurse = NewUser {
        login: "nurse".into(),
        name: "Nora Nurse".into(),
        role: Role::Assistant,
        password: Password::new("right".into()),
        password_is_given: false,
    };
    store.add_user(By::command("test", at(0)), &nurse).unwrap();
    let again = store.add_user(By::command("test", at(0)), &NewUser { login: "NURSE".into(), ..nurse });
    assert!(matches!(again, Err(StoreError::LoginTaken)));
    (directory, store)
}

#[test]
fn the_right_password_signs_in_and_a_wrong_one_does_not() {
    let (_directory, store) = store();
    assert_eq!(store.sign_in(&typed("Nurse", "right"), ("", at(1)), |_| true).unwrap().name.as_str(), "Nora Nurse");
    for (login, password) in [("nurse", "Right"), ("nurse", ""), ("nobody", "right"), ("", "")] {
        assert!(matches!(
            store.sign_in(&typed(login, password), ("", at(2)), |_| true),
            Err(StoreError::SignInRefused)
        ));
    }
}

#[test]
fn a_role_that_is_not_admitted_is_refused_and_is_so_in_the_trail() {
    let (_directory, store) = store();
    let admits = |role| role != Role::Assistant;
    assert!(matches!(store.sign_in(&typed("nurse", "x"), ("", at(1)), admits), Err(StoreError::SignInRefused)));
    assert!(matches!(store.sign_in(&typed("nurse", "right"), ("", at(2)), admits), Err(StoreError::RoleRefused)));
    let line = |detail: &str| ("sign-in-refused".to_owned(), "1".to_owned(), detail.to_owned());
    assert_eq!(actions(&store), [line(""), line("role")]);
    let failures: i64 =
        store.reader().query_row("SELECT count(*) FROM sign_in_failures", (), |row| row.get(0)).unwrap();
    assert_eq!(failures, 0, "the password was right");
}

#[test]
fn a_login_that_looks_like_another_one_is_taken() {
    let (_directory, store) = store();
    for login in ["Nurse", "nürse", "nur\u{455}e", "nur\u{455}\u{435}"] {
        let user = NewUser {
            login: login.into(),
            name: "Other".into(),
            role: Role::Assistant,
            password: Password::new("right".into()),
            password_is_given: false,
        };
        let added = store.add_user(By::command("test", at(0)), &user);
        assert!(matches!(added, Err(StoreError::LoginTaken)), "{login}");
    }
    assert_eq!(store.staff().unwrap().len(), 1);
}

#[test]
fn guessing_is_slowed_down_even_for_names_that_do_not_exist() {
    let (_directory, store) = store();
    for login in ["nurse", "nobody"] {
        for _ in 0..5 {
            assert!(matches!(
                store.sign_in(&typed(login, "x"), ("", at(10)), |_| true),
                Err(StoreError::SignInRefused)
            ));
        }
        let throttled = |seconds| move |error| matches!(error, StoreError::Throttled { seconds: s } if s == seconds);
        assert!(store.sign_in(&typed(login, "right"), ("", at(10)), |_| true).is_err_and(throttled(30)));
        assert!(store.sign_in(&typed(login, "right"), ("", at(39)), |_| true).is_err_and(throttled(1)));
        assert!(matches!(store.sign_in(&typed(login, "x"), ("", at(40)), |_| true), Err(StoreError::SignInRefused)));
        assert!(store.sign_in(&typed(login, "right"), ("", at(40)), |_| true).is_err_and(throttled(60)));
    }
    assert!(
        store.sign_in(&typed("nurse", "right"), ("", at(-100_000)), |_| true).is_ok(),
        "a clock set back locks nobody out"
    );
    assert!(matches!(store.sign_in(&typed("nurse", "x"), ("", at(101)), |_| true), Err(StoreError::SignInRefused)));
    assert!(store.sign_in(&typed("nurse", "right"), ("", at(101)), |_| true).is_ok(), "a success forgets the failures");
}

fn actions(store: &Store) -> Vec<(String, String, String)> {
    let lines = store.audit_trail().unwrap();
    lines.into_iter().skip(1).map(|line| (line.action, line.user, line.detail)).collect()
}

#[test]
fn every_attempt_is_in_the_trail_and_the_throttled_ones_too() {
    let (_directory, store) = store();
    for second in 0..6 {
        assert!(store.sign_in(&typed("nurse", "x"), ("", at(second)), |_| true).is_err());
    }
    for _ in 0..6 {
        assert!(store.sign_in(&typed("nobody", "x"), ("", at(9)), |_| true).is_err());
    }
    assert!(store.sign_in(&typed("nurse", "right"), ("", at(34)), |_| true).is_ok());
    let line = |action: &str, user: &str, detail: &str| (action.to_owned(), user.to_owned(), detail.to_owned());
    let mut expected = vec![line("sign-in-refused", "1", ""); 5];
    expected.push(line("sign-in-throttled", "1", "29 s left"));
    expected.extend(vec![line("sign-in-refused", "", ""); 5]);
    expected.push(line("sign-in-throttled", "", "30 s left"));
    expected.push(line("signed-in", "1", ""));
    assert_eq!(actions(&store), expected);
}

/// What a kill leaves of an attempt is what stands when the turn was taken and nothing was answered yet: nothing.
#[test]
fn an_attempt_that_was_cut_short_is_no_failure() {
    let (directory, store) = store();
    for _ in 0..20 {
        let cut_short = Store::open(directory.path()).unwrap();
        drop(cut_short.take_turn().unwrap());
        let failures: i64 =
            cut_short.reader().query_row("SELECT count(*) FROM sign_in_failures", (), |row| row.get(0)).unwrap();
        assert_eq!(failures, 0);
    }
    assert!(store.sign_in(&typed("nurse", "right"), ("", at(1)), |_| true).is_ok());
    // Between the password and the answer: a check that ends without one counts for nothing either.
    store.write(|transaction| Ok(transaction.execute("UPDATE users SET password_hash = 'cut'", ())?)).unwrap();
    assert!(matches!(store.sign_in(&typed("nurse", "right"), ("", at(2)), |_| true), Err(StoreError::Damaged { .. })));
    let failures: i64 =
        store.reader().query_row("SELECT count(*) FROM sign_in_failures", (), |row| row.get(0)).unwrap();
    assert_eq!(failures, 0);
}

/// Guesses from many threads and two openings of the store: no more of them are looked at than one after the other.
#[test]
fn many_at_once_gain_nothing() {
    let (directory, store) = store();
    let other = Store::open(directory.path()).unwrap();
    let refused = std::sync::atomic::AtomicU32::new(0);
    std::thread::scope(|scope| {
        for store in [&store, &other, &store, &other, &store, &other, &store, &other] {
            let refused = &refused;
            scope.spawn(move || {
                for _ in 0..2 {
                    match store.sign_in(&typed("nurse", "x"), ("", at(5)), |_| true) {
                        Err(StoreError::SignInRefused) => {
                            refused.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        }
                        Err(StoreError::Throttled { seconds: 30 }) => {}
                        unexpected => panic!("{unexpected:?}"),
                    }
                }
            });
        }
    });
    assert_eq!(refused.into_inner(), throttle::FREE_FAILURES);
    assert_eq!(actions(&store).len(), 16);
}

#[test]
fn the_hash_says_how_it_was_made_and_holds_no_password() {
    let (_directory, store) = store();
    let hash: String = store.reader().query_row("SELECT password_hash FROM users", (), |row| row.get(0)).unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=9216,t=4,p=1$"), "{hash}");
    assert!(!hash.contains("right"));
}

/// What the store made of "right" with its former setting: `printf right | argon2 'salt-of-old-store!' -id -t 2 -k
/// 19456 -p 1 -e`.
const OLD: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdC1vZi1vbGQtc3RvcmUh$jszYgIQLUgDBwQ3HR3oNPE75H3F3yiNVVE9UqsiQhSQ";

#[test]
fn a_hash_of_the_former_setting_signs_in_and_is_made_anew() {
    let (_directory, store) = store();
    let hash =
        || -> String { store.reader().query_row("SELECT password_hash FROM users", (), |row| row.get(0)).unwrap() };
    store.write(|transaction| Ok(transaction.execute("UPDATE users SET password_hash = ?1", [OLD])?)).unwrap();
    assert!(matches!(store.sign_in(&typed("nurse", "wrong"), ("", at(1)), |_| true), Err(StoreError::SignInRefused)));
    assert_eq!(hash(), OLD, "nothing is known of the right password yet");
    assert!(matches!(store.sign_in(&typed("nurse", "right"), ("", at(2)), |_| false), Err(StoreError::RoleRefused)));
    let made = hash();
    assert!(made.starts_with("$argon2id$v=19$m=9216,t=4,p=1$"), "{made}");
    for second in 3..5 {
        store.sign_in(&typed("nurse", "right"), ("", at(second)), |_| true).unwrap();
        assert_eq!(hash(), made, "made anew once only");
    }
    assert!(matches!(store.sign_in(&typed("nurse", "wrong"), ("", at(5)), |_| true), Err(StoreError::SignInRefused)));
}
