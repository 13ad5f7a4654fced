//! Whoever leaves has left: what they were given is ended here or made worth nothing there, whatever fails on the way,
//! and nobody else goes on with it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::time::Duration;

use glucodock::domain::clinic::Actor;
use glucodock::domain::delivery::Outcome;
use glucodock::domain::problem::ProblemCode;
use glucodock::platform::{Platform, SignsOfLife};
use glucodock::store::{DATABASE_FILE, KEY_FILE, Store};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::authorization_server::page;
use super::device_sign_in::{SignInPlace, find, on, parcel, signed_in, typed};
use super::fhir_platform::wait;
use super::headless::passes_by_code;

/// A guard against waiting for ever: far longer than it takes.
const LONG: Duration = Duration::from_mins(5);

/// A server that takes nothing back: only what this program does counts.
fn without_revocation() -> SignInPlace {
    let place = SignInPlace::new();
    place.authority.desk.lock().unwrap().metadata.insert("revocation_endpoint", Value::Null);
    place
}

/// Somebody else signs in.
async fn paul(place: &SignInPlace, platform: &Platform, session: &str) -> Actor {
    place.authority.desk.lock().unwrap().claims = json!({ "sub": "p8", "name": "Paul Test", "roles": ["nurse"] });
    signed_in(platform, session).await
}

/// With which tokens the FHIR server was asked since it was asked so often.
fn tokens(place: &SignInPlace, since: usize) -> Vec<String> {
    let asked = place.fhir.server.asked();
    let mut tokens: Vec<_> = asked.iter().skip(since).filter_map(|one| one.header("authorization")).collect();
    tokens.dedup();
    tokens.into_iter().map(str::to_owned).collect()
}

fn waits(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::NotAllowed(_))
}

/// `sync` beside the app: when somebody else is signed in, it goes on with what is theirs; without anybody, not at all.
#[test]
fn what_goes_on_beside_the_app_goes_on_with_whoever_is_there_now() {
    let place = without_revocation();
    let (app, sync) = (place.platform(), place.platform());
    wait(async {
        let nora = signed_in(&app, "one").await;
        assert_eq!(sync.record.deliver(&parcel(), &SignsOfLife::default()).await, Outcome::Recorded);
        assert_eq!(tokens(&place, 0), ["Bearer token-2"], "renewed, for itself");
        let before = place.fhir.server.asked().len();
        app.sign_in.end(&nora).await.unwrap();
        assert!(sync.record.waits_for_sign_in().await);
        assert!(waits(&sync.record.deliver(&parcel(), &SignsOfLife::default()).await));
        assert_eq!(tokens(&place, before), [""; 0], "without anybody nothing is asked");
        paul(&place, &app, "two").await;
        assert_eq!(sync.record.deliver(&parcel(), &SignsOfLife::default()).await, Outcome::AlreadyThere);
        assert_eq!(tokens(&place, before), ["Bearer token-4"], "his, and not what was hers");
    });
}

/// The first has not left: whoever signed in last is gone on with.
#[test]
fn whoever_signed_in_last_is_gone_on_with() {
    let place = without_revocation();
    let (app, other, sync) = (place.platform(), place.platform(), place.platform());
    wait(async {
        signed_in(&app, "one").await;
        assert_eq!(sync.record.deliver(&parcel(), &SignsOfLife::default()).await, Outcome::Recorded);
        let before = place.fhir.server.asked().len();
        let paul = paul(&place, &other, "two").await;
        assert_eq!(sync.record.deliver(&parcel(), &SignsOfLife::default()).await, Outcome::AlreadyThere);
        assert_eq!(tokens(&place, before), ["Bearer token-4"]);
        // He signs in anew: what was renewed with the sign-in before is not.
        other.sign_in.end(&paul).await.unwrap();
        signed_in(&other, "three").await;
        let before = place.fhir.server.asked().len();
        assert_eq!(sync.record.deliver(&parcel(), &SignsOfLife::default()).await, Outcome::AlreadyThere);
        assert_eq!(tokens(&place, before), ["Bearer token-6"]);
    });
}

/// A sign-in that has ended does not come to life again because its person signs in elsewhere: when they leave there,
/// nothing goes on here.
#[test]
fn a_sign_in_that_has_ended_is_over() {
    let place = without_revocation();
    let (app, other) = (place.platform(), place.platform());
    wait(async {
        let nora = signed_in(&app, "one").await;
        place.authority.desk.lock().unwrap().forget_family();
        assert_eq!(find(&app, &nora).await.unwrap_err().problem().code, ProblemCode::SignInEnded);
        let there = signed_in(&other, "two").await;
        assert_eq!(find(&app, &nora).await.unwrap_err().problem().code, ProblemCode::SignInEnded);
        assert_eq!(
            app.record.deliver(&parcel(), &SignsOfLife::default()).await,
            Outcome::Recorded,
            "with her sign-in there"
        );
        other.sign_in.end(&there).await.unwrap();
        let before = place.fhir.server.asked().len();
        assert!(waits(&app.record.deliver(&parcel(), &SignsOfLife::default()).await));
        assert_eq!(tokens(&place, before), [""; 0]);
    });
}

/// The code was typed, and whoever waits gives up before it is known who typed it: nothing is left of that, and the
/// trail says so.
#[test]
fn a_sign_in_of_which_nobody_hears_is_ended() {
    let place = SignInPlace::new();
    let platform = place.platform();
    let store = Store::open(place.folder.path()).unwrap();
    let last_of_her = || {
        let trail = store.audit_trail().unwrap();
        trail.into_iter().rfind(|line| line.user == "n7").map(|line| line.action)
    };
    wait(async {
        let given = async {
            while place.authority.forms().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = given => {}
            _ = typed(&platform, "one") => panic!("nobody was to hear of it"),
        }
        let is_over = async {
            while last_of_her().as_deref() != Some("signed-out") {
                tokio::task::yield_now().await;
            }
        };
        timeout(LONG, is_over).await.expect("the trail says that she is signed out");
        assert!(place.authority.desk.lock().unwrap().good.is_empty(), "nobody holds a token");
        assert!(platform.record.waits_for_sign_in().await, "and nobody is signed in");
    });
}

/// The store cannot be written when somebody leaves: they have left all the same, in this program, and there.
#[test]
fn whoever_leaves_while_the_store_cannot_be_written_has_left() {
    let refuse = "CREATE TRIGGER full BEFORE DELETE ON sign_ins BEGIN SELECT RAISE(ABORT, 'full'); END";
    for place in [SignInPlace::new(), without_revocation()] {
        let platform = place.platform();
        wait(async {
            let nora = signed_in(&platform, "one").await;
            raw(place.folder.path()).execute_batch(refuse).unwrap();
            let is_revoked = !place.authority.desk.lock().unwrap().metadata.contains_key("revocation_endpoint");
            assert!(platform.sign_in.end(&nora).await.is_err(), "it is told");
            assert_eq!(place.authority.desk.lock().unwrap().good.is_empty(), is_revoked);
            let before = place.fhir.server.asked().len();
            let outcome = platform.record.deliver(&parcel(), &SignsOfLife::default()).await;
            assert!(matches!(outcome, Outcome::Later(..)), "{outcome:?}");
            assert_eq!(find(&platform, &nora).await.unwrap_err().problem().code, ProblemCode::SignInEnded);
            assert_eq!(tokens(&place, before), [""; 0]);
            // The store takes it when it is asked next, for every program.
            raw(place.folder.path()).execute_batch("DROP TRIGGER full").unwrap();
            assert!(platform.record.waits_for_sign_in().await);
            assert!(place.platform().record.waits_for_sign_in().await);
        });
    }
}

/// The data file of a store, past the store.
pub(crate) fn raw(folder: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(folder.join(DATABASE_FILE)).unwrap();
    let key = std::fs::read(folder.join(KEY_FILE)).unwrap();
    connection.execute_batch(&format!("PRAGMA key = \"x'{}'\";", hex::encode(key))).unwrap();
    connection
}

/// Through the whole program: whoever signs out is told on the next screen that the server could not be told.
#[test]
fn whoever_signs_out_is_told_what_of_it_was_not_done() {
    for (faults, told) in [(vec![], false), (vec![page(503)], true)] {
        let place = SignInPlace::new();
        place.authority.desk.lock().unwrap().revocation_faults = faults;
        let folder = place.folder.path().to_owned();
        let expect = if told { "expect" } else { "refuse" };
        let script = format!(
            "key Enter\nwait \"WDJB-MJHT\"\nadvance 5s\nwait \"Nora Test\"\nidle\nkeys F10 End Up Enter\nidle\n\
             expect \"Press Enter for the code\"\n{expect} \"the care platform could not be told\"\n"
        );
        passes_by_code(&folder.clone(), Box::new(move |store| on(&folder, store)), &script);
    }
}

/// The server does not take the one back: the other goes all the same, and what was not done is told.
#[test]
fn that_one_token_is_not_taken_back_keeps_nobody_from_giving_back_the_other() {
    let place = SignInPlace::new();
    let platform = place.platform();
    wait(async {
        let nora = signed_in(&platform, "one").await;
        place.authority.desk.lock().unwrap().revocation_faults = vec![page(503)];
        let ended = platform.sign_in.end(&nora).await;
        assert_eq!(ended.unwrap_err().problem().code, ProblemCode::PlatformUnreachable);
        assert!(place.authority.desk.lock().unwrap().good.is_empty(), "the token itself is worth nothing");
        assert!(place.platform().record.waits_for_sign_in().await, "and here nothing is left of it");
    });
}
