//! What a sign-in by a code is renewed with is one for all programs on a store: it is shown once, whoever shows it, and
//! goes with its sign-in.

use std::fs;
use std::sync::Arc;

use glucodock::domain::delivery::Outcome;
use glucodock::domain::patient::Status;
use glucodock::domain::problem::ProblemCode;
use glucodock::platform::SignsOfLife;
use glucodock::store::Store;

use super::device_sign_in::{SignInPlace, find, parcel, signed_in};
use super::fhir_platform::wait;

/// Two programs renew at once, again and again: nothing is shown twice, or the server would take everything back.
#[test]
fn two_programs_renew_one_after_the_other() {
    let place = SignInPlace::new();
    place.authority.desk.lock().unwrap().lifetime = Some(0);
    let (app, sync) = (place.platform(), place.platform());
    let parcel = Arc::new(parcel());
    wait(async {
        let nora = signed_in(&app, "one").await;
        let mut asking = tokio::task::JoinSet::new();
        for number in 0..20 {
            let (app, sync, nora, parcel) = (app.clone(), sync.clone(), nora.clone(), Arc::clone(&parcel));
            asking.spawn(async move {
                if number % 2 == 0 {
                    assert_eq!(find(&app, &nora).await.unwrap(), 1);
                } else {
                    let outcome = sync.record.deliver(&parcel, &SignsOfLife::default()).await;
                    assert!(matches!(outcome, Outcome::Recorded | Outcome::AlreadyThere), "{outcome:?}");
                }
            });
        }
        while let Some(done) = asking.join_next().await {
            done.unwrap();
        }
    });
    let forms = place.authority.forms();
    let mut shown: Vec<_> = forms.iter().filter_map(|form| form.get("refresh_token")).collect();
    let all = shown.len();
    shown.sort();
    shown.dedup();
    assert!(all >= 20 && shown.len() == all, "{all} renewals, {} of them with something new", shown.len());
}

/// The program ends without a word: another one delivers for her, but nobody works in her name.
#[test]
fn a_sign_in_outlives_its_program_for_what_is_to_be_delivered() {
    let place = SignInPlace::new();
    let nora = wait(async { signed_in(&place.platform(), "one").await });
    let next = place.platform();
    wait(async {
        assert_eq!(find(&next, &nora).await.unwrap_err().problem().code, ProblemCode::SignInEnded);
        assert_eq!(next.record.deliver(&parcel(), &SignsOfLife::default()).await, Outcome::Recorded);
    });
    // Another authorization server is not shown what this one gave out.
    let elsewhere = SignInPlace::new();
    let settings = fs::read_to_string(elsewhere.folder.path().join("settings.toml")).unwrap();
    let settings = settings.replace(&elsewhere.fhir.server.base, &place.fhir.server.base);
    fs::write(place.folder.path().join("settings.toml"), settings).unwrap();
    let asked = wait(async { place.platform().record.deliver(&parcel(), &SignsOfLife::default()).await });
    assert!(matches!(asked, Outcome::NotAllowed(_)), "{asked:?}");
    assert_eq!(elsewhere.authority.forms().len(), 0);
}

/// Whoever signs out has left in every program: with what another one was given meanwhile, too.
#[test]
fn whoever_leaves_has_left_in_every_program() {
    let place = SignInPlace::new();
    let (app, sync) = (place.platform(), place.platform());
    wait(async {
        let nora = signed_in(&app, "one").await;
        assert_eq!(sync.record.deliver(&parcel(), &SignsOfLife::default()).await, Outcome::Recorded);
        app.sign_in.end(&nora).await.unwrap();
        assert!(place.authority.desk.lock().unwrap().good.is_empty());
        assert!(matches!(sync.record.deliver(&parcel(), &SignsOfLife::default()).await, Outcome::NotAllowed(_)));
        // For whoever signs in then it goes on by itself.
        let nora = signed_in(&app, "two").await;
        assert_eq!(sync.record.deliver(&parcel(), &SignsOfLife::default()).await, Outcome::AlreadyThere);
        assert_eq!(find(&app, &nora).await.unwrap(), 1);
    });
}

/// The same person at two terminals: the end of the earlier sign-in is not that of the later one.
#[test]
fn the_end_of_an_earlier_sign_in_is_not_that_of_a_later_one() {
    let place = SignInPlace::new();
    let (app, other) = (place.platform(), place.platform());
    wait(async {
        let here = signed_in(&app, "one").await;
        let there = signed_in(&other, "two").await;
        app.sign_in.end(&here).await.unwrap();
        place.authority.desk.lock().unwrap().good.clear();
        assert_eq!(find(&other, &there).await.unwrap(), 1);
        assert_eq!(find(&app, &here).await.unwrap_err().problem().code, ProblemCode::SignInEnded);
    });
}

/// Nobody waits for a renewal any more: what the server gave out is kept all the same.
#[test]
fn a_renewal_that_nobody_waits_for_is_not_lost() {
    let place = SignInPlace::new();
    let platform = place.platform();
    wait(async {
        let nora = signed_in(&platform, "one").await;
        place.authority.desk.lock().unwrap().good.clear();
        let renewals = || place.authority.forms().iter().filter(|form| form.contains_key("refresh_token")).count();
        let asked = async {
            while renewals() == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = asked => {}
            found = find(&platform, &nora) => assert_eq!(found.unwrap(), 1),
        }
        assert_eq!(find(&platform, &nora).await.unwrap(), 1);
    });
}

/// To whoever is signed in a server may say that nobody is there whom it only keeps from them: it is asked again, and
/// nobody is taken for retired.
#[test]
fn whom_a_server_does_not_show_to_somebody_is_not_gone() {
    let place = SignInPlace::new();
    let platform = place.platform();
    let nora = wait(async { signed_in(&platform, "one").await });
    let found = wait(platform.directory.search(&nora, "adeyemi", None, 20)).unwrap().patients;
    let store = Store::open(place.folder.path()).unwrap();
    store.know(&found[0]).unwrap();
    place.fhir.shelf.lock().unwrap().resources.clear();
    let outcome = wait(async { platform.record.deliver(&parcel(), &SignsOfLife::default()).await });
    assert!(matches!(outcome, Outcome::NotAllowed(_)), "{outcome:?}");
    assert_eq!(store.known_patient(&found[0].id).unwrap().unwrap().status, Status::Active);
}
