//! Everybody signs in at an authorization server, by a code that is typed on another device, and is asked for with
//! their own token: from the code to the record, renewed on the way, and worth nothing afterwards.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use glucodock::config::{PlatformSettings, SettingsLocation};
use glucodock::domain::association::IdempotencyKey;
use glucodock::domain::clinic::{Actor, Role, User};
use glucodock::domain::delivery::{AttemptsBefore, Content, Outcome, Parcel};
use glucodock::domain::meter::MeterIdentity;
use glucodock::domain::patient::{PatientId, Status};
use glucodock::domain::permission::Permission;
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::record::Span;
use glucodock::domain::sign_in::{DeviceCode, SignInOutcome, SignInProof, SignInStart, Withheld};
use glucodock::domain::text::Private;
use glucodock::domain::undo::Withdrawals;
use glucodock::engine::effects::Backend;
use glucodock::platform::fhir::{self, FhirClient};
use glucodock::platform::{Platform, RemoteError, SignsOfLife, embedded};
use glucodock::station::Station;
use glucodock::store::{By, Store};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use serde_json::{Value, json};

use super::authorization_server::{AuthorizationServer, Known, SentIn, page, refused};
use super::fhir_platform::{person, wait};
use super::fhir_server::FhirServer;
use super::headless::{furnish, noon, passes_by_code};
use super::http_server::Answered;

/// Who comes, and where.
pub(crate) struct SignInPlace {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) authority: AuthorizationServer,
    pub(crate) fhir: FhirServer,
}

impl SignInPlace {
    pub(crate) fn new() -> Self {
        Self::known(Known::Name, "")
    }

    /// This computer has a token of its own, and people sign in with their names and passwords here.
    pub(crate) fn of_this_computer() -> Self {
        let place = Self::known(Known::Secret("geheim", SentIn::Header), "");
        let secret = place.folder.path().join("s");
        fs::write(&secret, "geheim").unwrap();
        fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let settings = format!(
            "[platform]\nkind = \"fhir\"\nbase = \"{}\"\nsign_in = \"secret\"\nclient_id = \"glucodock\"\n\
             issuer = \"{}\"\nsecret_file = \"s\"\ncreate_patients = true\nwithdraw_undone = true\n",
            place.fhir.server.base, place.authority.server.base
        );
        fs::write(place.folder.path().join("settings.toml"), settings).unwrap();
        place
    }

    fn known(known: Known, more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        furnish(folder.path());
        let authority = AuthorizationServer::start(known);
        let desk = Arc::clone(&authority.desk);
        let fhir = FhirServer::start_for(&[person("7f", "Adeyemi", "Ruth", "1968-03-09", "H5550007")], move |asked| {
            AuthorizationServer::lets_in(&desk, asked)
        });
        let settings = format!(
            "[platform]\nkind = \"fhir\"\nbase = \"{}\"\nsign_in = \"device\"\nclient_id = \"glucodock\"\n\
             issuer = \"{}\"\nroles = {{ assistant = [\"nurse\"], clinician = [\"doctor\"] }}\n\
             create_patients = true\nwithdraw_undone = true\n{more}\n",
            fhir.server.base, authority.server.base
        );
        fs::write(folder.path().join("settings.toml"), settings).unwrap();
        Self { folder, authority, fhir }
    }

    pub(crate) fn platform(&self) -> Platform {
        on(self.folder.path(), Store::open(self.folder.path()).unwrap()).platform
    }
}

pub(crate) fn on(folder: &Path, store: Store) -> Backend {
    let PlatformSettings::Fhir(settings) = SettingsLocation::find(None, None, folder).unwrap().read().unwrap().platform
    else {
        panic!("no server")
    };
    let store = Arc::new(store);
    let client = FhirClient::new((*settings).into()).unwrap();
    store.belong_to(By::command("test", at()), &client.directory()).unwrap();
    let station = Station::new(Arc::clone(&store)).withdrawing(Withdrawals::Sent);
    let platform = fhir::on(client, super::fhir_platform::surroundings(&store), embedded::on(store));
    Backend { station, platform }
}

fn at() -> Timestamp {
    noon().timestamp()
}

async fn code(platform: &Platform) -> DeviceCode {
    let SignInStart::DeviceCode(code) = platform.sign_in.begin(at()).await.unwrap() else { panic!("no code") };
    *code
}

/// What comes of asking once whether this code was typed.
async fn ask(platform: &Platform, code: &DeviceCode, session: &str) -> Result<SignInOutcome, RemoteError> {
    let outcome = platform.sign_in.complete(&SignInProof::DeviceCode(Box::new(code.clone())), session, at()).await;
    if let Err(error) = &outcome {
        let told = format!("{error} {error:?} {:?}", error.problem());
        assert!(["Zarathustra", "token-", "next-"].iter().all(|secret| !told.contains(secret)), "{told}");
    }
    outcome
}

/// What comes of asking once for somebody who has typed their code.
pub(crate) async fn typed(platform: &Platform, session: &str) -> Result<SignInOutcome, RemoteError> {
    let code = code(platform).await;
    ask(platform, &code, session).await
}

/// Somebody who has typed their code.
pub(crate) async fn signed_in(platform: &Platform, session: &str) -> Actor {
    let SignInOutcome::SignedIn(user, _) = typed(platform, session).await.unwrap() else { panic!("not typed") };
    Actor { user, session: session.to_owned(), at: at() }
}

pub(crate) async fn find(platform: &Platform, actor: &Actor) -> Result<usize, RemoteError> {
    platform.directory.search(actor, "adeyemi", None, 20).await.map(|page| page.patients.len())
}

/// From the code to the record: it is not typed at once, and the server wants to be asked less often. What is asked and
/// what is delivered goes with the token of whoever signed in, and is worth nothing when they have left.
#[test]
fn the_whole_job_of_somebody_who_typed_a_code() {
    let place = SignInPlace::new();
    place.authority.desk.lock().unwrap().not_typed =
        vec!["authorization_pending", "slow_down", "authorization_pending"];
    let folder = place.folder.path().to_owned();
    let script = r#"
expect "Press Enter for the code"
key Enter
wait "WDJB-MJHT"
expect "/device"
advance 5s
idle
advance 5s
idle
refuse "Nora Test"
advance 9s
idle
refuse "Nora Test"
advance 1s
idle
advance 10s
wait "Nora Test"
type "adey"
idle
keys Down Enter
plug accu-chek-guide serial=92500000042 readings=50
wait "pending"
keys Enter Tab Enter Down Enter
wait "an identifier"
type "H5550007"
key Enter
type "1968"
keys Enter Enter
wait "50 new readings, 0 already there"
idle
key F10
keys End Up Enter
idle
expect "Press Enter for the code"
"#;
    passes_by_code(&folder.clone(), Box::new(move |store| on(&folder, store)), script);
    let store = Store::open(place.folder.path()).unwrap();
    let here = store.record(&PatientId("Patient/7f".into()), Span::ALL).unwrap().readings;
    let delivered = here.iter().filter(|reading| reading.is_in_numbers()).count();
    let is_reading = |own: &&Value| {
        own["code"]["coding"].as_array().unwrap().iter().any(|code| code["system"] == "http://loinc.org")
    };
    let there = place.fhir.all("Observation");
    assert_eq!(there.iter().filter(is_reading).count(), delivered, "they were delivered while she was there");
    assert!(delivered > 40, "{delivered}");
    let desk = place.authority.desk.lock().unwrap();
    assert!(desk.good.is_empty(), "nothing is worth anything any more: {:?}", desk.good);
    drop(desk);
    let asked = place.fhir.server.asked();
    let signed = asked.iter().filter(|asked| asked.header("authorization") == Some("Bearer token-1")).count();
    let open = asked.iter().filter(|asked| asked.target == "/metadata" || asked.target.starts_with("/.well-known"));
    assert_eq!(signed + open.count(), asked.len(), "all of it with her token");
    let trail = store.audit_trail().unwrap();
    let of_her = |action: &str| trail.iter().filter(|line| line.action == action && line.user == "n7").count();
    assert_eq!((of_her("signed-in"), of_her("signed-out"), of_her("assigned")), (1, 1, 1));
}

/// The sign-in ends while she confirms whose the meter is: she signs in again, and stands where she was, with nothing
/// typed again but what follows.
#[test]
fn a_sign_in_that_ends_in_the_middle_leads_back_to_where_it_ended() {
    let place = SignInPlace::new();
    place.authority.desk.lock().unwrap().renews = false;
    let folder = place.folder.path().to_owned();
    let desk = Arc::clone(&place.authority.desk);
    // Her sign-in ends when it is asked whose the meter is.
    desk.lock().unwrap().ends_at = Some("/Device");
    let script = r#"
key Enter
wait "WDJB-MJHT"
advance 5s
wait "Nora Test"
type "adey"
idle
keys Down Enter
plug accu-chek-guide serial=92500000042 readings=50
wait "pending"
keys Enter Tab Enter Down Enter
wait "E-SIGN-6"
expect "You come back to where you were"
key Enter
wait "WDJB-MJHT"
advance 5s
wait "an identifier"
type "H5550007"
key Enter
type "1968"
keys Enter Enter
wait "50 new readings, 0 already there"
"#;
    passes_by_code(&folder.clone(), Box::new(move |store| on(&folder, store)), script);
    let trail = Store::open(place.folder.path()).unwrap().audit_trail().unwrap();
    let of_her: Vec<&str> = trail.iter().filter(|line| line.user == "n7").map(|line| line.action.as_str()).collect();
    assert_eq!(of_her.iter().filter(|action| **action == "signed-in").count(), 2, "{of_her:?}");
    assert_eq!(of_her.iter().filter(|action| **action == "assigned").count(), 1, "{of_her:?}");
}

/// A token is renewed before it ends, one at a time: what it is renewed with is worth something once, and shown twice
/// it would cost everybody their sign-in.
#[test]
fn tokens_are_renewed_one_at_a_time() {
    let place = SignInPlace::new();
    place.authority.desk.lock().unwrap().lifetime = Some(0);
    let platform = place.platform();
    wait(async {
        let nora = signed_in(&platform, "one").await;
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let (platform, nora) = (platform.clone(), nora.clone());
            asking.spawn(async move { find(&platform, &nora).await.unwrap() });
        }
        while let Some(found) = asking.join_next().await {
            assert_eq!(found.unwrap(), 1);
        }
        // Another one is got where the server takes it no more.
        place.authority.desk.lock().unwrap().lifetime = Some(300);
        assert_eq!(find(&platform, &nora).await.unwrap(), 1);
        place.authority.desk.lock().unwrap().good.clear();
        assert_eq!(find(&platform, &nora).await.unwrap(), 1);
    });
}

/// The end of a sign-in is told as such: what it is renewed with is worth nothing, its answer was lost, or there is
/// none.
#[rstest]
#[case(vec![refused(400, "invalid_grant")], true, ProblemCode::SignInEnded)]
#[case(vec![page(502)], true, ProblemCode::PlatformUnreachable)]
#[case(vec![], false, ProblemCode::SignInEnded)]
fn the_end_of_a_sign_in_is_told(#[case] faults: Vec<Answered>, #[case] renews: bool, #[case] code: ProblemCode) {
    let place = SignInPlace::new();
    place.authority.desk.lock().unwrap().renews = renews;
    let platform = place.platform();
    wait(async {
        let nora = signed_in(&platform, "one").await;
        {
            let mut desk = place.authority.desk.lock().unwrap();
            desk.good.clear();
            desk.faults = faults;
        }
        match (find(&platform, &nora).await, code) {
            // What only passes is no end: who was chosen here before can be found, which is nobody.
            (found, ProblemCode::PlatformUnreachable) => assert_eq!(found.unwrap(), 0),
            (found, code) => assert_eq!(found.unwrap_err().problem().code, code),
        }
        let again = find(&platform, &nora).await;
        assert_eq!(again.is_ok(), code == ProblemCode::PlatformUnreachable, "{again:?}");
        // Whoever signs in again works on.
        let nora = signed_in(&platform, "two").await;
        assert_eq!(find(&platform, &nora).await.unwrap(), 1);
    });
}

/// The answer to a renewal is lost: the server gave another one, and knows the first no more.
#[test]
fn a_renewal_whose_answer_is_lost_ends_the_sign_in_and_nothing_else() {
    let place = SignInPlace::new();
    let platform = place.platform();
    wait(async {
        let nora = signed_in(&platform, "one").await;
        place.authority.desk.lock().unwrap().good.clear();
        place.authority.desk.lock().unwrap().faults = vec![Answered::Cut(200, Vec::new(), "{\"access".to_owned(), 3)];
        assert_eq!(find(&platform, &nora).await.unwrap(), 0, "only who was chosen here before can be found");
        assert_eq!(find(&platform, &nora).await.unwrap(), 1, "the server had not done it");
    });
}

/// Nobody gets in without a role that is written in the settings; of several the one that may do more holds.
#[rstest]
#[case(json!({ "sub": "n7", "roles": ["nurse"] }), Some(Role::Assistant))]
#[case(json!({ "sub": "n7", "roles": ["nurse", "doctor"] }), Some(Role::Clinician))]
#[case(json!({ "sub": "n7", "roles": "doctor" }), Some(Role::Clinician))]
#[case(json!({ "sub": "n7", "roles": ["Doctor", "porter"] }), None)]
#[case(json!({ "sub": "n7" }), None)]
fn nobody_gets_in_without_a_role(#[case] claims: Value, #[case] role: Option<Role>) {
    let place = SignInPlace::new();
    place.authority.desk.lock().unwrap().claims = claims;
    let platform = place.platform();
    let outcome = wait(async { ask(&platform, &code(&platform).await, "one").await });
    match (outcome, role) {
        (Ok(SignInOutcome::SignedIn(user, _)), Some(role)) => assert_eq!((user.role, user.id.as_str()), (role, "n7")),
        (Err(RemoteError::NoRole), None) => {
            assert!(place.authority.desk.lock().unwrap().good.is_empty(), "nobody is to hold a token");
            let trail = Store::open(place.folder.path()).unwrap().audit_trail().unwrap();
            assert_eq!(trail.last().unwrap().action, "sign-in-refused");
        }
        other => panic!("{other:?}"),
    }
}

/// A claim inside of another, and who somebody is on the FHIR server.
#[test]
fn somebody_is_who_their_claims_say() {
    let place = SignInPlace::known(
        Known::Secret("geheim", SentIn::Header),
        "role_claim = \"realm.roles\"\nsecret_file = \"s\"",
    );
    let secret = place.folder.path().join("s");
    fs::write(&secret, "geheim").unwrap();
    fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    place.authority.desk.lock().unwrap().claims = json!({
        "sub": "n7", "name": "Nora\u{1b}[31m Test", "realm": { "roles": ["nurse"] },
        "fhirUser": format!("{}/Practitioner/12", place.fhir.server.base),
    });
    let platform = place.platform();
    let user = wait(signed_in(&platform, "one")).user;
    let told = User { id: "Practitioner/12".into(), login: "n7".into(), role: Role::Assistant, ..user.clone() };
    assert_eq!(user, told);
    assert!(!user.name.as_str().contains('\u{1b}'), "{user:?}");
}

/// What says who somebody is must be of this server, for this program and of now; otherwise nobody is signed in.
#[test]
fn who_somebody_is_must_be_said_by_this_server_to_this_program() {
    let soon = (at() + SignedDuration::from_mins(5)).as_second();
    for (change, is_good) in [
        (json!({}), true),
        (json!({ "aud": ["other", "glucodock"] }), true),
        (json!({ "aud": "other" }), false),
        (json!({ "iss": "https://elsewhere.example" }), false),
        (json!({ "exp": (at() - SignedDuration::from_mins(6)).as_second() }), false),
    ] {
        let place = SignInPlace::new();
        let mut claims = json!({ "iss": place.authority.server.base, "aud": "glucodock", "sub": "n7", "exp": soon });
        claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        place.authority.desk.lock().unwrap().id_claims = Some(claims);
        let platform = place.platform();
        let outcome = wait(async { ask(&platform, &code(&platform).await, "one").await });
        assert_eq!(outcome.is_ok(), is_good, "{change}: {outcome:?}");
        assert_eq!(place.authority.desk.lock().unwrap().good.is_empty(), !is_good, "nobody is to hold a token");
    }
    // What is said of somebody else says nothing.
    let place = SignInPlace::new();
    let own = json!({ "iss": place.authority.server.base, "aud": "glucodock", "sub": "other", "exp": soon });
    place.authority.desk.lock().unwrap().id_claims = Some(own);
    let platform = place.platform();
    let outcome = wait(async { ask(&platform, &code(&platform).await, "one").await });
    assert!(matches!(outcome, Err(RemoteError::NoRole)), "{outcome:?}");
}

/// Everything that may be said of a code. What ends it and what does not is told apart.
#[rstest]
#[case(refused(400, "expired_token"), ProblemCode::SignInCodeExpired)]
#[case(refused(400, "invalid_grant"), ProblemCode::SignInCodeExpired)]
#[case(refused(400, "access_denied"), ProblemCode::SignInCodeDenied)]
#[case(refused(401, "invalid_client"), ProblemCode::NotGranted)]
#[case(page(502), ProblemCode::PlatformUnreachable)]
#[case(page(404), ProblemCode::PlatformUnreadable)]
#[case(page(200), ProblemCode::PlatformUnreadable)]
#[case(Answered::Cut(200, Vec::new(), "{}".to_owned(), 1), ProblemCode::PlatformUnreachable)]
#[case(Answered::Whole(200, Vec::new(), String::new()), ProblemCode::PlatformUnreadable)]
fn what_is_said_of_a_code_is_told_apart(#[case] answer: Answered, #[case] code: ProblemCode) {
    let place = SignInPlace::new();
    let platform = place.platform();
    wait(async {
        let shown = self::code(&platform).await;
        assert_eq!((shown.interval, shown.user_code.as_str()), (5, "WDJB-MJHT"), "five where nothing is said");
        place.authority.desk.lock().unwrap().faults = vec![answer];
        assert_eq!(ask(&platform, &shown, "one").await.unwrap_err().problem().code, code);
        assert!(matches!(ask(&platform, &shown, "one").await, Ok(SignInOutcome::SignedIn(..))), "it is asked again");
    });
}

/// RFC 8628 section 3.5: `authorization_pending` keeps the interval, `slow_down` makes it five seconds longer; some
/// servers say so with 403.
#[test]
fn the_interval_grows_when_the_server_wants_it() {
    let place = SignInPlace::new();
    let platform = place.platform();
    wait(async {
        let shown = code(&platform).await;
        for (answer, interval) in [
            (refused(400, "authorization_pending"), 5),
            (refused(403, "authorization_pending"), 5),
            (refused(400, "slow_down"), 10),
        ] {
            place.authority.desk.lock().unwrap().faults = vec![answer];
            let SignInOutcome::NotYet(next) = ask(&platform, &shown, "one").await.unwrap() else { panic!("typed") };
            assert_eq!(*next, DeviceCode { interval, ..shown.clone() });
        }
    });
}

/// A picture of half an address would open another page.
#[test]
fn an_address_that_cannot_be_shown_in_full_is_not_shown() {
    let place = SignInPlace::new();
    let platform = place.platform();
    wait(async {
        let whole = code(&platform).await.complete_uri.unwrap();
        assert!(whole.as_str().ends_with("/device?user_code=WDJB-MJHT"), "{whole}");
        place.authority.desk.lock().unwrap().more_of_page = format!("&state={}", "a".repeat(200));
        assert_eq!(code(&platform).await.complete_uri, None);
    });
}

/// That a meter is Ruth's.
pub(crate) fn parcel() -> Parcel {
    Parcel {
        key: IdempotencyKey("k ownership".into()),
        patient: PatientId("Patient/7f".into()),
        meter: MeterIdentity {
            manufacturer: "Roche".into(),
            model: "Accu-Chek Guide".into(),
            model_number: None,
            serial: Private::new("00000000042".into()),
            firmware: None,
            driver: "accu-chek-usb".into(),
            system_id: None,
        },
        decided_by: "n7".into(),
        decided_at: at(),
        clock: None,
        read_at: at(),
        before: AttemptsBefore::None,
        content: Content::Ownership,
    }
}

/// With whoever is signed in it is delivered; without anybody it waits.
#[test]
fn what_is_to_be_delivered_waits_for_somebody() {
    let place = SignInPlace::new();
    let platform = place.platform();
    let parcel = parcel();
    wait(async {
        assert!(matches!(platform.record.deliver(&parcel, &SignsOfLife::default()).await, Outcome::NotAllowed(_)));
        let nora = signed_in(&platform, "one").await;
        assert_eq!(platform.record.deliver(&parcel, &SignsOfLife::default()).await, Outcome::Recorded);
        platform.sign_in.end(&nora).await.unwrap();
        assert!(matches!(platform.record.deliver(&parcel, &SignsOfLife::default()).await, Outcome::NotAllowed(_)));
    });
}

/// Of a record that is not shown it may come back with somebody else's sign-in; of one that was deleted the server says
/// so, and a person must see to it.
#[test]
fn only_a_record_that_the_server_says_was_deleted_refuses_what_waits_for_somebody() {
    let place = SignInPlace::new();
    let backend = on(place.folder.path(), Store::open(place.folder.path()).unwrap());
    let (platform, ruth) = (&backend.platform, PatientId("Patient/7f".into()));
    let known = || backend.station.store().known_patient(&ruth).unwrap().unwrap().status;
    wait(async {
        let nora = signed_in(platform, "one").await;
        let found = platform.directory.fetch(&nora, &ruth).await.unwrap().unwrap();
        backend.station.store().know(&found).unwrap();
        let shelf = || place.fhir.shelf.lock().unwrap();
        let taken = shelf().resources.remove(0);
        assert_eq!(taken["id"], "7f");
        let outcome = platform.record.deliver(&parcel(), &SignsOfLife::default()).await;
        assert!(matches!(outcome, Outcome::NotAllowed(_)), "{outcome:?}");
        assert_eq!(known(), Status::Active);
        shelf().resources.push(taken);
        shelf().deleted.push(ruth.0.clone());
        let Outcome::Refused(why) = platform.record.deliver(&parcel(), &SignsOfLife::default()).await else {
            panic!("it waits for somebody")
        };
        assert!(why.as_str().contains("was deleted at the platform: have it restored there"), "{why}");
        assert_eq!(known(), Status::Inactive);
        shelf().deleted.clear();
        assert_eq!(platform.record.deliver(&parcel(), &SignsOfLife::default()).await, Outcome::Recorded);
    });
}

/// A record that was merged is not even kept there. Where people sign in by a code it may only be hidden from them:
/// what is meant for it goes to the one that took its place if that one says so still, and waits otherwise.
#[test]
fn what_is_meant_for_a_merged_record_that_is_gone_goes_on_if_the_other_says_so() {
    for says_so in [true, false] {
        let place = SignInPlace::new();
        place.fhir.put(person("8c", "Adeyemi", "Ruth", "1968-03-09", "H5550008"));
        let backend = on(place.folder.path(), Store::open(place.folder.path()).unwrap());
        let platform = &backend.platform;
        let link = |id: &str, kind: &str| json!([{ "other": { "reference": format!("Patient/{id}") }, "type": kind }]);
        let change = |id: &str, change: &dyn Fn(&mut Value)| {
            let mut shelf = place.fhir.shelf.lock().unwrap();
            shelf.resources.iter_mut().filter(|own| own["id"] == id).for_each(change);
        };
        wait(async {
            let nora = signed_in(platform, "one").await;
            let [former, now] = ["Patient/7f", "Patient/8c"].map(|id| PatientId(id.into()));
            for id in [&former, &now] {
                let found = platform.directory.fetch(&nora, id).await.unwrap().unwrap();
                backend.station.store().know(&found).unwrap();
            }
            change("7f", &|person| person["link"] = link("8c", "replaced-by"));
            if says_so {
                change("8c", &|person| person["link"] = link("7f", "replaces"));
            }
            assert_eq!(platform.directory.fetch(&nora, &former).await.unwrap().unwrap().id, now);
            place.fhir.shelf.lock().unwrap().resources.retain(|own| own["id"] != "7f");
            let outcome = platform.record.deliver(&parcel(), &SignsOfLife::default()).await;
            let named: Vec<Value> = place.fhir.all("Device").iter().map(|device| device["patient"].clone()).collect();
            if says_so {
                assert_eq!(outcome, Outcome::Recorded);
                assert!(named.contains(&json!({ "reference": "Patient/8c" })), "{named:?}");
            } else {
                assert!(matches!(outcome, Outcome::NotAllowed(_)), "{outcome:?}");
                assert!(named.iter().all(Value::is_null), "{named:?}");
            }
        });
    }
}

/// What is withheld for want of a scope.
fn by_scope(withheld: &Withheld) -> Option<(Permission, &str)> {
    match withheld {
        Withheld::NotGranted { permission, missing } => Some((*permission, missing.as_str())),
        Withheld::NewPatientsHere | Withheld::NewPatientsThere => None,
    }
}

/// What was not granted is not tried: it is told by name.
#[test]
fn what_was_not_granted_is_told_by_name() {
    let place = SignInPlace::new();
    place.authority.desk.lock().unwrap().grants = Some("openid user/Patient.rs user/Observation.c");
    let platform = place.platform();
    wait(async {
        let code = code(&platform).await;
        let SignInOutcome::SignedIn(user, withheld) = ask(&platform, &code, "one").await.unwrap() else {
            panic!("not typed")
        };
        // When she signs in, and again when it is asked for.
        let told: Vec<_> = withheld.iter().filter_map(by_scope).collect();
        let expected = [
            (Permission::CreatePatients, "Patient.c"),
            (Permission::KeepReadings, "Device.rs"),
            (Permission::AssignMeters, "Device.crus"),
            (Permission::UndoAssignments, "Observation.u"),
            (Permission::CorrectTimes, "Observation.u"),
            (Permission::SeeRecords, "Observation.rs"),
        ];
        assert_eq!(told, expected);
        let nora = Actor { user, session: "one".to_owned(), at: at() };
        assert_eq!(find(&platform, &nora).await.unwrap(), 1);
        let record = platform.record.readings(&nora, &PatientId("Patient/7f".into()), Span::ALL).await;
        let Err(RemoteError::NotGranted { permission: Permission::SeeRecords, missing }) = record else {
            panic!("{record:?}")
        };
        assert_eq!(missing, "Observation.rs");
    });
}
