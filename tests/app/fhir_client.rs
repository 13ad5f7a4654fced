//! One connection to a FHIR server: what goes out, and what is made of everything that may come back.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::error::Error as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use glucodock::config::{
    CertificateFingerprint, FhirSettings, MappingSettings, ServerBase, SignInSettings, TenantHeader,
};
use glucodock::domain::clinic::Password;
use glucodock::domain::problem::with_causes;
use glucodock::platform::RemoteError;
use glucodock::platform::fhir::{FhirClient, FhirError, FoundPage, MOST_BYTES};
use rstest::rstest;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use super::embedded::answered as wait;
use super::http_server::{Answered, Asked, Server, Wire, fhir};

/// What a person may be known by, and what must stand in no address, log or error.
const SECRETS: [&str; 3] = ["Zarathustra", "M7654321", "geheim"];

fn settings(base: &str) -> FhirSettings {
    FhirSettings {
        base: ServerBase::parse(base, false).unwrap(),
        sign_in: SignInSettings::None,
        ca_file: None,
        certificates: Vec::new(),
        allow_http: false,
        tenant_header: None,
        timeout: Duration::from_mins(1),
        mapping: MappingSettings::default(),
    }
}

fn client(server: &Server) -> FhirClient {
    FhirClient::new(Arc::new(settings(&server.base))).unwrap()
}

fn find(client: &FhirClient) -> Result<FoundPage, FhirError> {
    wait(client.search("Patient", &[("family", SECRETS[0]), ("identifier", SECRETS[1])]))
}

/// An error with everything below it says nothing of a person or a secret, however it is printed.
fn checked(error: FhirError) -> FhirError {
    let told = format!("{error} {} {error:?} {:?}", with_causes(&error), error.source());
    assert!(SECRETS.iter().all(|secret| !told.contains(secret)), "{told}");
    error
}

fn bundle(entries: &[Value]) -> Value {
    json!({ "resourceType": "Bundle", "type": "searchset", "entry": entries })
}

fn patient(id: &str, mode: &str) -> Value {
    json!({ "resource": { "resourceType": "Patient", "id": id }, "search": { "mode": mode } })
}

#[test]
fn a_search_names_nobody_in_an_address_and_is_to_be_understood_in_full() {
    let server = Server::start(|_| fhir(200, &bundle(&[])));
    let found = find(&client(&server)).unwrap();
    assert!(found.matches.is_empty() && found.next.is_none());
    let [asked] = server.asked().try_into().unwrap();
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/Patient/_search"));
    assert_eq!(asked.body, "family=Zarathustra&identifier=M7654321");
    assert_eq!(asked.header("prefer"), Some("handling=strict"));
    assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(asked.header("accept"), Some("application/fhir+json, application/json;q=0.9"));
    assert_eq!(asked.header("authorization"), None);
}

#[test]
fn who_asks_and_for_whom_is_told_as_the_settings_say() {
    let secret = || Password::new("geheim".to_owned());
    let basic = SignInSettings::Basic { user: "gluco".to_owned(), file: PathBuf::new(), password: secret() };
    let token = SignInSettings::Token { file: PathBuf::new(), token: secret() };
    // RFC 7617 section 2 and RFC 6750 section 2.1; the base64 is from coreutils.
    for (sign_in, told) in [(basic, "Basic Z2x1Y286Z2VoZWlt"), (token, "Bearer geheim")] {
        let server = Server::start(|_| fhir(200, &bundle(&[])));
        let tenant_header = Some(TenantHeader::parse("X-Tenant-ID: clinic").unwrap());
        let settings = Arc::new(FhirSettings { sign_in, tenant_header, ..settings(&server.base) });
        let client = FhirClient::new(settings).unwrap();
        find(&client).unwrap();
        let [asked] = server.asked().try_into().unwrap();
        assert_eq!(asked.header("authorization"), Some(told));
        assert_eq!(asked.header("x-tenant-id"), Some("clinic"));
        assert!(!format!("{client:?}").contains("geheim"));
    }
}

#[test]
fn only_matches_count() {
    let answer = bundle(&[
        patient("a", "match"),
        patient("b", "include"),
        json!({ "resource": { "resourceType": "OperationOutcome" }, "search": { "mode": "outcome" } }),
        json!({ "resource": { "resourceType": "OperationOutcome" } }),
        json!({ "resource": { "resourceType": "Patient", "id": "c" } }),
    ]);
    for content_type in ["application/fhir+json", "application/json", "Application/FHIR+JSON; fhirVersion=4.0"] {
        let (kind, body) = (content_type.to_owned(), answer.to_string());
        let server = Server::start(move |_| Answered::Whole(200, vec![("Content-Type", kind.clone())], body.clone()));
        let found = find(&client(&server)).unwrap();
        let ids: Vec<_> = found.matches.iter().map(|found| found["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["a", "c"]);
    }
    let server = Server::start(|_| fhir(200, &json!({ "resourceType": "Bundle" })));
    assert!(find(&client(&server)).unwrap().matches.is_empty(), "a bundle may have no entries");
}

/// Pages are followed as they are named, on this server only.
#[test]
fn pages_are_followed_on_the_same_server_only() {
    let with_next = |next: Value| {
        let mut page = bundle(&[patient("a", "match")]);
        page["link"] = json!([{ "relation": "self", "url": "x" }, { "relation": "next", "url": next }]);
        page
    };
    let server = Server::start(move |asked| match asked.target.as_str() {
        "/r4/Patient/_search" => fhir(200, &with_next(json!("?_getpages=1&_cursor=a%7Cb"))),
        "/r4/?_getpages=1&_cursor=a%7Cb" => {
            fhir(200, &with_next(json!(format!("http://{}/x?2", asked.header("host").unwrap()))))
        }
        "/x?2" => fhir(200, &bundle(&[patient("b", "match")])),
        "/r4/Device/_search" => fhir(200, &with_next(json!("https://127.0.0.1/Device?page=2"))),
        "/r4/Task/_search" => fhir(200, &with_next(json!(7))),
        "/r4/Group/_search" | "/r4/self" => fhir(200, &with_next(json!("self"))),
        other => panic!("{other}"),
    });
    let settings = settings(&format!("{}/r4", server.base));
    let client = FhirClient::new(Arc::new(settings)).unwrap();
    let first = find(&client).unwrap().next.unwrap();
    let second = wait(client.page_at("Patient", &first)).unwrap();
    assert_eq!(second.matches[0]["id"], "a");
    let third = wait(client.page_at("Patient", &second.next.unwrap())).unwrap();
    assert_eq!((third.matches[0]["id"].as_str(), third.next), (Some("b"), None));
    for (kind, said) in [("Device", "the page is on another server"), ("Task", "the next page has no address")] {
        let error = wait(client.search(kind, &[])).unwrap_err();
        assert!(matches!(&error, FhirError::NoFhir(what) if *what == said), "{error:?}");
    }
    let round = wait(client.search("Group", &[])).unwrap().next.unwrap();
    let error = wait(client.page_at("Group", &round)).unwrap_err();
    assert_eq!(error.to_string(), "the answer is no FHIR: a page leads to itself");
}

/// Every status that says no, with what becomes of it.
#[rstest]
#[case(400, "Refused")]
#[case(401, "Unauthorized")]
#[case(403, "NotAllowed")]
#[case(404, "Refused")]
#[case(405, "Refused")]
#[case(408, "Unreachable")]
#[case(409, "Conflict")]
#[case(410, "Refused")]
#[case(412, "Conflict")]
#[case(422, "Refused")]
#[case(429, "Throttled")]
#[case(500, "Unreachable")]
#[case(503, "Unreachable")]
#[case(504, "Unreachable")]
fn a_refusal_is_told_by_its_codes(#[case] status: u16, #[case] remote: &str) {
    let outcome = json!({ "resourceType": "OperationOutcome", "issue": [
        { "severity": "error", "code": "invalid", "expression": ["Patient.name[0]"], "diagnostics": "no Zarathustra \
            here" },
        { "severity": "error", "code": "not-found", "details": { "text": "M7654321 is nobody\u{1b}[2J" } },
    ] });
    let server = Server::start(move |_| fhir(status, &outcome));
    let error = checked(find(&client(&server)).unwrap_err());
    let said = "to a search of Patient: invalid at Patient.name[0]; not-found";
    assert_eq!(error.to_string(), format!("the server answers with {status} {said}"));
    assert_eq!(error.status(), Some(status));
    let FhirError::Status { outcome, .. } = &error else { panic!("{error:?}") };
    assert_eq!(outcome.issues()[1].sentence.expose().as_str(), "M7654321 is nobody\u{FFFD}[2J");
    let told = RemoteError::from(error);
    assert!(format!("{told:?}").starts_with(remote), "{told:?}");
    assert!(SECRETS.iter().all(|secret| !told.problem().detail.as_str().contains(secret)), "{told:?}");
}

/// What a gateway before the server says is no `OperationOutcome`, and is a refusal all the same.
#[rstest]
#[case("text/html", "<html>Zarathustra</html>")]
#[case("application/json", "{\"error\": \"Zarathustra\"}")]
#[case("application/json", "Zarathustra")]
#[case("application/fhir+json", "")]
fn a_refusal_needs_no_reason(#[case] content_type: &'static str, #[case] body: &'static str) {
    let server = Server::start(move |_| Answered::Whole(502, vec![("Content-Type", content_type.into())], body.into()));
    let error = checked(find(&client(&server)).unwrap_err());
    assert_eq!(error.to_string(), "the server answers with 502 to a search of Patient");
}

#[rstest]
#[case(429, "7", None, Some(7))]
#[case(503, "120", None, Some(120))]
#[case(500, "7", None, Some(7))]
#[case(502, "7", None, Some(7))]
#[case(504, "7", None, Some(7))]
#[case(503, "99999999999", None, Some(900))]
#[case(429, "Sat, 28 Nov 2026 17:43:13 GMT", Some("Sat, 28 Nov 2026 17:42:43 GMT"), Some(30))]
#[case(429, "Sat, 28 Nov 2026 17:42:13 GMT", Some("Sat, 28 Nov 2026 17:42:43 GMT"), None)]
#[case(429, "Sun, 29 Nov 2026 17:42:43 GMT", Some("Sat, 28 Nov 2026 17:42:43 GMT"), Some(900))]
#[case(429, "soon", None, None)]
fn a_server_that_wants_patience_says_how_much(
    #[case] status: u16,
    #[case] retry_after: &'static str,
    #[case] date: Option<&'static str>,
    #[case] seconds: Option<u32>,
) {
    let server = Server::start(move |_| {
        let date = date.map(|date| ("Date", date.to_owned()));
        Answered::Whole(
            status,
            [Some(("Retry-After", retry_after.to_owned())), date].into_iter().flatten().collect(),
            String::new(),
        )
    });
    let error = find(&client(&server)).unwrap_err();
    assert!(matches!(error, FhirError::Status { retry_after, .. } if retry_after == seconds), "{error:?}");
    let told = RemoteError::from(error);
    let wanted = seconds.unwrap_or(30);
    assert!(matches!(told, RemoteError::Throttled { seconds, .. } if seconds == wanted), "{told:?}");
}

/// Answers that are none.
#[rstest]
#[case("text/html", "<html>sign in</html>".to_owned(), "the answer is no FHIR: its content type is not JSON")]
#[case("application/json", "{}".to_owned(), "the answer is no FHIR: there is no resource in it")]
#[case("application/json", "[Zarathustra".to_owned(), "the answer is no JSON: it breaks off in line 1, column 2")]
#[case("application/json", "{\"a\":".to_owned(), "the answer is no JSON: it ends too early in line 1, column 5")]
#[case("application/json", "[".repeat(10_000), "the answer is no JSON: it breaks off in line 1, column 128")]
#[case("application/json", " ".repeat(MOST_BYTES + 1), "the answer is longer than 16777216 bytes")]
fn an_answer_that_is_none_is_refused(#[case] content_type: &'static str, #[case] body: String, #[case] said: &str) {
    let server =
        Server::start(move |_| Answered::Whole(200, vec![("Content-Type", content_type.into())], body.clone()));
    let error = checked(find(&client(&server)).unwrap_err());
    assert_eq!(with_causes(&error), said);
    assert!(matches!(RemoteError::from(error), RemoteError::OfAnother(_) | RemoteError::Malformed(_)));
}

/// However many bytes of an answer came before the connection ended, it is no answer.
#[test]
fn half_an_answer_is_none() {
    let whole = bundle(&[patient("a", "match")]).to_string();
    for sent in [0, 1, whole.len() / 2, whole.len() - 1] {
        let body = whole.clone();
        let server = Server::start(move |_| {
            Answered::Cut(200, vec![("Content-Type", "application/json".into())], body.clone(), sent)
        });
        let error = checked(find(&client(&server)).unwrap_err());
        assert!(matches!(error, FhirError::Connection(_)), "{sent}: {error:?}");
        assert!(matches!(RemoteError::from(error), RemoteError::Unreachable(_)));
    }
}

#[rstest]
#[case(Answered::Never)]
#[case(Answered::Stalled(200, vec![("Content-Type", "application/json".into())], "{}".into(), 1))]
fn an_answer_is_waited_for_so_long_and_no_longer(#[case] answer: Answered) {
    let server = Server::start(move |_| answer.clone());
    let settings = FhirSettings { timeout: Duration::from_millis(20), ..settings(&server.base) };
    let error = checked(find(&FhirClient::new(Arc::new(settings)).unwrap()).unwrap_err());
    assert!(matches!(error, FhirError::TooLate { .. }), "{error:?}");
    assert!(matches!(RemoteError::from(error), RemoteError::Unreachable(_)));
}

/// Nobody listens any more, or whoever does hangs up.
#[rstest]
#[case(false)]
#[case(true)]
fn nobody_at_the_address_is_said(#[case] listens: bool) {
    let server = Server::start(|_| Answered::HungUp);
    let base = server.base.clone();
    let _server = listens.then_some(server);
    let error = checked(find(&FhirClient::new(Arc::new(settings(&base))).unwrap()).unwrap_err());
    assert!(matches!(error, FhirError::Connection(_)), "{error:?}");
}

/// A server hangs up on a kept connection just as it is used again: a question is asked once more, and once only.
#[rstest]
#[case(1, true)]
#[case(2, false)]
fn a_question_that_was_hung_up_on_is_asked_once_more(#[case] times: usize, #[case] is_answered: bool) {
    let left = AtomicUsize::new(times);
    let server = Server::start(move |_| {
        let is_hung_up = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if is_hung_up { Answered::HungUp } else { fhir(200, &bundle(&[patient("7", "match")])) }
    });
    assert_eq!(find(&client(&server)).is_ok(), is_answered);
    assert_eq!(server.asked().len(), 2);
}

/// What is meant for this server goes to no other, and a question with a body is not made another one.
#[rstest]
#[case(307, "{base}/moved", Ok(2))]
#[case(308, "/moved", Ok(2))]
#[case(301, "/moved", Err(false))]
#[case(302, "/moved", Err(false))]
#[case(303, "/moved", Err(false))]
#[case(307, "http://127.0.0.2:9/moved", Err(true))]
#[case(307, "https://fhir.example.org/", Err(true))]
#[case(307, "", Ok(0))]
fn a_server_may_send_on_to_itself_only(
    #[case] status: u16,
    #[case] place: &'static str,
    #[case] result: Result<usize, bool>,
) {
    let server = Server::start(move |asked| {
        let base = format!("http://{}", asked.header("host").unwrap());
        if asked.target == "/moved" {
            return fhir(200, &bundle(&[]));
        }
        Answered::Whole(status, vec![("Location", place.replace("{base}", &base))], String::new())
    });
    match (find(&client(&server)), result) {
        (Ok(_), Ok(asked)) => {
            assert_eq!(server.asked().len(), asked);
            assert_eq!(server.asked()[1].body, "family=Zarathustra&identifier=M7654321");
        }
        // It sends on to where it was asked already.
        (Err(FhirError::NoFhir("the server sends on and on")), Ok(0)) => assert_eq!(server.asked().len(), 4),
        (Err(FhirError::SentOn { elsewhere, .. }), Err(is_elsewhere)) => {
            assert_eq!((elsewhere, server.asked().len()), (is_elsewhere, 1));
        }
        (other, expected) => panic!("{other:?}, not {expected:?}"),
    }
}

#[test]
fn what_a_server_can_is_asked_once() {
    let server =
        Server::start(|_| fhir(200, &json!({ "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1" })));
    let client = client(&server);
    for client in [&client, &client.clone()] {
        assert_eq!(wait(client.capabilities()).unwrap().fhir_version.as_str(), "4.0.1");
    }
    let [asked] = server.asked().try_into().unwrap();
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("GET", "/metadata"));
    let server = Server::start(|_| fhir(404, &json!({})));
    assert!(wait(super::fhir_client::client(&server).capabilities()).unwrap().says_nothing());
}

/// A server with the certificate of `fixtures/tls`.
fn over_tls() -> Server {
    let pem = |name: &str| std::fs::read(tls(name)).unwrap();
    let certificates = CertificateDer::pem_slice_iter(&pem("server.pem")).collect::<Result<Vec<_>, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(&pem("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(versions.with_no_client_auth().with_single_cert(certificates, key).unwrap());
    let wire = move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).ok()?;
        Some(Box::new(StreamOwned::new(connection, stream)) as Box<dyn Wire>)
    };
    Server::start_over("https", wire, |_| fhir(200, &bundle(&[])))
}

fn tls(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures/tls", name].iter().collect()
}

/// Only a server whose certificate is of the authority that the settings name is talked to.
#[rstest]
#[case("ours-ca.pem", true)]
#[case("other-ca.pem", false)]
fn a_server_is_known_by_its_authority(#[case] authority: &str, #[case] is_talked_to: bool) {
    let server = over_tls();
    let settings = FhirSettings { ca_file: Some(tls(authority)), ..settings(&server.base) };
    let found = find(&FhirClient::new(Arc::new(settings)).unwrap());
    assert_eq!(found.is_ok(), is_talked_to, "{found:?}");
    assert_eq!(server.asked().len(), usize::from(is_talked_to));
    if let Err(error) = found {
        let error = checked(error);
        assert!(with_causes(&error).contains("UnknownIssuer"), "{}", with_causes(&error));
    }
}

/// What `openssl x509 -in fixtures/tls/server.pem -noout -fingerprint -sha256` prints.
const OF_THE_SERVER: &str =
    "1D:42:A2:FB:20:70:97:53:81:EE:89:90:D1:70:3F:54:8B:0E:E0:03:1C:89:36:B7:8A:F8:5C:D0:96:8E:BF:30";

/// That of `other-ca.pem`.
const OF_ANOTHER: &str =
    "53:EB:3A:6F:66:04:C6:26:73:FC:42:3B:D5:A8:1F:E7:F7:FA:52:F4:44:64:3A:41:E6:88:07:15:25:44:1B:EE";

/// A server that is known by its certificate is talked to whoever signed that, and no other one is, whoever signed
/// its.
#[rstest]
#[case::it(&[OF_THE_SERVER], None, true)]
#[case::it_or_the_next(&[OF_ANOTHER, OF_THE_SERVER], None, true)]
#[case::of_an_unknown_authority(&[OF_THE_SERVER], Some("other-ca.pem"), true)]
#[case::another(&[OF_ANOTHER], None, false)]
#[case::another_of_a_known_authority(&[OF_ANOTHER], Some("ours-ca.pem"), false)]
fn a_server_is_known_by_its_certificate(
    #[case] known: &[&str],
    #[case] authority: Option<&str>,
    #[case] is_talked_to: bool,
) {
    let server = over_tls();
    let certificates = known.iter().map(|text| CertificateFingerprint::parse(text).unwrap()).collect();
    let settings = FhirSettings { certificates, ca_file: authority.map(tls), ..settings(&server.base) };
    let found = find(&FhirClient::new(Arc::new(settings)).unwrap());
    assert_eq!(found.is_ok(), is_talked_to, "{found:?}");
    assert_eq!(server.asked().len(), usize::from(is_talked_to));
    if let Err(error) = found {
        let error = checked(error);
        assert!(with_causes(&error).contains("ApplicationVerificationFailure"), "{}", with_causes(&error));
    }
}

#[test]
fn certificates_that_are_none_are_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    let settings = FhirSettings { ca_file: Some(file), ..settings("https://127.0.0.1:9") };
    let error = checked(FhirClient::new(Arc::new(settings)).unwrap_err());
    assert!(matches!(error, FhirError::Certificates(_) | FhirError::Settings(_)), "{error:?}");
}

/// A server without links to further pages, which counts more than it gives, is asked for what is behind; one that then
/// gives nothing is not believed.
#[test]
fn results_behind_a_page_without_a_link_are_not_lost() {
    let people = ["a", "b", "c", "d", "e"];
    let gives = |most: usize| {
        move |asked: &Asked| {
            let (mut offset, mut count) = (0, 0);
            for (name, value) in url::form_urlencoded::parse(asked.body.as_bytes()) {
                match name.as_ref() {
                    "_offset" => offset = value.parse().unwrap(),
                    "_count" => count = value.parse().unwrap(),
                    _ => assert_eq!((name.as_ref(), value.as_ref()), ("name", "baker & sons")),
                }
            }
            let given: Vec<Value> =
                people.iter().take(most).skip(offset).take(count).map(|id| patient(id, "match")).collect();
            let mut page = bundle(&given);
            page["total"] = json!(people.len());
            fhir(200, &page)
        }
    };
    let all = |most: usize| {
        let server = Server::start(gives(most));
        let client = client(&server);
        wait(async move {
            let mut found = client.search("Patient", &[("name", "baker & sons"), ("_count", "2")]).await?;
            let mut pages = vec![found.matches.len()];
            while let Some(next) = found.next {
                assert!(!format!("{next:?}").contains("baker"), "a name is told to nobody: {next:?}");
                let next = client.named_page(&next.address())?;
                found = client.page_at("Patient", &next).await?;
                pages.push(found.matches.len());
            }
            Ok::<_, FhirError>(pages)
        })
    };
    assert_eq!(all(5).unwrap(), [2, 2, 1]);
    let error = all(4).unwrap_err();
    assert_eq!(with_causes(&error), "the answer is no FHIR: it counts more results than it gives");
}
