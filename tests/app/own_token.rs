//! The token of this computer itself: where it is asked for, with what proof, how long it is used, and what is made of
//! everything that an authorization server may say.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use glucodock::config::{FhirSettings, MappingSettings, OAuthSettings, ServerBase, SignInSettings};
use glucodock::domain::clinic::Password;
use glucodock::domain::problem::{ProblemCode, with_causes};
use glucodock::platform::RemoteError;
use glucodock::platform::fhir::{FhirClient, FhirError, FoundPage};
use glucodock::platform::oauth::{OAuthError, SigningKey, SigningKeyError};
use rstest::rstest;
use serde_json::{Value, json};

use super::authorization_server::{AuthorizationServer, Known, SentIn, page, refused, told};
use super::embedded::answered as wait;
use super::http_server::{Answered, Server, fhir};

/// A secret with letters that a form and a header write otherwise.
const SECRET: &str = "ge heim:+/%é";

/// What must stand in no error.
const SECRETS: [&str; 3] = ["Zarathustra", "ge heim", "token-"];

/// A FHIR server that lets in whoever has a token of this authorization server.
fn guarded(authority: &AuthorizationServer, smart: Option<Value>) -> Server {
    let desk = Arc::clone(&authority.desk);
    Server::start(move |asked| match asked.target.as_str() {
        "/.well-known/smart-configuration" => smart.as_ref().map_or_else(|| page(404), |smart| told(200, smart)),
        _ if AuthorizationServer::lets_in(&desk, asked) => {
            fhir(200, &json!({ "resourceType": "Bundle", "type": "searchset" }))
        }
        _ => page(401),
    })
}

fn registered() -> OAuthSettings {
    OAuthSettings { client_id: "glucodock".to_owned(), issuer: None, scopes: None }
}

fn by_secret(client: OAuthSettings) -> SignInSettings {
    SignInSettings::Secret { client, file: PathBuf::new(), secret: Password::new(SECRET.to_owned()) }
}

fn client(server: &Server, sign_in: SignInSettings) -> FhirClient {
    let base = ServerBase::parse(&server.base, false).unwrap();
    let timeout = Duration::from_mins(1);
    FhirClient::new(Arc::new(FhirSettings {
        base,
        sign_in,
        ca_file: None,
        certificates: Vec::new(),
        allow_http: false,
        tenant_header: None,
        timeout,
        mapping: MappingSettings::default(),
    }))
    .unwrap()
}

async fn find(client: &FhirClient) -> Result<FoundPage, FhirError> {
    client.search("Patient", &[("family", "Zarathustra")]).await
}

/// A client of a server that believes this authorization server.
fn client_of(authority: &AuthorizationServer) -> (FhirClient, Server) {
    let server = guarded(authority, Some(authority.smart_configuration()));
    (client(&server, by_secret(registered())), server)
}

fn known_by_secret() -> AuthorizationServer {
    AuthorizationServer::start(Known::Secret(SECRET, SentIn::Header))
}

/// Why there was no token, and the problem that a person is told of; nothing of it gives anybody away.
fn no_token(client: &FhirClient) -> (OAuthError, ProblemCode) {
    let error = wait(find(client)).unwrap_err();
    let told = format!("{error} {error:?} {}", with_causes(&error));
    assert!(SECRETS.iter().all(|secret| !told.contains(secret)), "{told}");
    let FhirError::SignIn(cause) = error else { panic!("{told}") };
    let again = wait(find(client)).map(drop);
    let problem = RemoteError::from(again.err().unwrap_or(FhirError::NoFhir("it was given at last"))).problem();
    (cause, problem.code)
}

/// A key in a file, as `make` leaves it or from this text.
fn key_file(folder: &std::path::Path, pem: Option<&str>) -> PathBuf {
    let file = folder.join("key.pem");
    match pem {
        None => drop(SigningKey::make(&file).unwrap()),
        Some(pem) => {
            fs::write(&file, pem).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
    file
}

/// The server looks at every claim and at the signature, and takes none twice.
#[rstest]
#[case("ES384", None)]
#[case("ES384", Some(include_str!("../../fixtures/keys/es384.pem")))]
#[case("RS384", Some(include_str!("../../fixtures/keys/rs384.pem")))]
#[case("RS384", Some(include_str!("../../fixtures/keys/rs384-pkcs1.pem")))]
fn a_key_proves_who_this_computer_is(#[case] algorithm: &str, #[case] pem: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let key_file = key_file(folder.path(), pem);
    let key = SigningKey::read(&key_file).unwrap();
    assert_eq!(key.algorithm(), algorithm);
    let authority = AuthorizationServer::start(Known::Key(key.public_set()));
    // Each question needs a token of its own.
    authority.desk.lock().unwrap().lifetime = Some(0);
    let server = guarded(&authority, Some(authority.smart_configuration()));
    let client = client(&server, SignInSettings::Backend { client: registered(), key_file });
    for _ in 0..3 {
        wait(find(&client)).unwrap();
    }
    let forms = authority.forms();
    assert_eq!(forms.len(), 3);
    assert!(forms.iter().all(|form| form["grant_type"] == "client_credentials"));
    assert!(forms[0]["scope"].starts_with("system/Patient.rs system/Observation.crs "), "{forms:?}");
    // Somebody else's key is refused.
    let other = AuthorizationServer::start(Known::Key(json!({ "keys": [] })));
    let server = guarded(&other, Some(other.smart_configuration()));
    let client = FhirClient::clone(&self::client(
        &server,
        SignInSettings::Backend { client: registered(), key_file: folder.path().join("key.pem") },
    ));
    let (error, code) = no_token(&client);
    assert_eq!((error.code(), code), (Some("invalid_client"), ProblemCode::NotGranted));
}

#[test]
fn a_key_is_never_written_over_nor_read_where_others_can() {
    let folder = tempfile::tempdir().unwrap();
    let file = key_file(folder.path(), None);
    let before = fs::read(&file).unwrap();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(matches!(SigningKey::make(&file), Err(SigningKeyError::IsThere)));
    assert_eq!(fs::read(&file).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(SigningKey::read(&file), Err(SigningKeyError::Exposed)));
    assert!(matches!(SigningKey::read(&folder.path().join("none")), Err(SigningKeyError::Missing)));
    for wrong in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
        fs::write(&file, wrong).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(SigningKey::read(&file), Err(SigningKeyError::Unusable(_))), "{wrong}");
    }
}

/// RFC 6749 section 2.3.1: in a header where the server does not say that it takes it in the body only.
#[rstest]
#[case(SentIn::Header, json!(null))]
#[case(SentIn::Header, json!(["client_secret_post", "client_secret_basic"]))]
#[case(SentIn::Body, json!(["client_secret_post", "private_key_jwt"]))]
fn a_secret_is_sent_where_the_server_takes_it(#[case] sent_in: SentIn, #[case] ways: Value) {
    let authority = AuthorizationServer::start(Known::Secret(SECRET, sent_in));
    let mut smart = authority.smart_configuration();
    smart["token_endpoint_auth_methods_supported"] = ways;
    let server = guarded(&authority, Some(smart));
    wait(find(&client(&server, by_secret(registered())))).unwrap();
}

#[test]
fn one_token_serves_many_questions_and_is_asked_for_once() {
    let authority = known_by_secret();
    let (client, server) = client_of(&authority);
    wait(async {
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let client = client.clone();
            asking.spawn(async move { find(&client).await.unwrap().matches.len() });
        }
        while let Some(asked) = asking.join_next().await {
            asked.unwrap();
        }
    });
    assert_eq!(authority.forms().len(), 1);
    let of_fhir = server.asked().into_iter().filter(|asked| asked.target == "/Patient/_search");
    assert!(
        of_fhir.map(|asked| asked.header("authorization").unwrap().to_owned()).all(|said| said == "Bearer token-1")
    );
}

/// A token that is worth nothing any more is replaced once; a server that takes none is not asked for ever.
#[test]
fn a_token_that_is_refused_is_replaced_once() {
    let authority = known_by_secret();
    let (client, server) = client_of(&authority);
    wait(find(&client)).unwrap();
    authority.desk.lock().unwrap().good.clear();
    wait(find(&client)).unwrap();
    assert_eq!(authority.forms().len(), 2);
    let stranger = known_by_secret();
    let smart = authority.smart_configuration();
    let server_of_others = guarded(&stranger, Some(smart));
    let client = self::client(&server_of_others, by_secret(registered()));
    let error = wait(find(&client)).unwrap_err();
    assert!(matches!(error, FhirError::Status { status: 401, .. }), "{error}");
    let asked = server_of_others.asked().into_iter().filter(|asked| asked.target == "/Patient/_search").count();
    assert_eq!((asked, authority.forms().len()), (2, 4));
    drop(server);
}

/// The settings win over what the FHIR server says; its issuer adds what it leaves out.
#[test]
fn it_is_found_out_where_tokens_are_given_out() {
    let authority = known_by_secret();
    let issuer = || Some(ServerBase::parse(&authority.server.base, false).unwrap());
    let elsewhere = json!({ "token_endpoint": "http://127.0.0.1:9/token", "capabilities": ["permission-v1"] });
    for (smart, issuer) in [
        (Some(authority.smart_configuration()), None),
        (Some(json!({ "issuer": authority.server.base })), None),
        (Some(elsewhere), issuer()),
        (None, issuer()),
    ] {
        let is_first_form = smart.as_ref().is_some_and(|smart| smart["capabilities"] == json!(["permission-v1"]));
        let server = guarded(&authority, smart);
        let client = client(&server, by_secret(OAuthSettings { issuer, ..registered() }));
        wait(find(&client)).unwrap();
        let asked = authority.forms().pop().unwrap()["scope"].clone();
        assert_eq!(asked.starts_with("system/Patient.read"), is_first_form, "{asked}");
        let open = server.asked().into_iter().find(|asked| asked.target.starts_with("/.well-known")).unwrap();
        assert_eq!(open.header("authorization"), None, "it is asked before there is a token");
    }
    let scopes = Some("api://clinic/.default".to_owned());
    let server = guarded(&authority, Some(authority.smart_configuration()));
    wait(find(&client(&server, by_secret(OAuthSettings { scopes, ..registered() })))).unwrap();
    assert_eq!(authority.forms().pop().unwrap()["scope"], "api://clinic/.default");
}

/// A server of SMART 1 may say it in its capability statement alone, and takes the scopes of that version.
#[rstest]
#[case(None)]
#[case(Some(json!({})))]
#[case(Some(json!({ "capabilities": ["launch-standalone"], "issuer": "http://127.0.0.1:9" })))]
fn what_a_configuration_does_not_say_the_capability_statement_does(#[case] smart: Option<Value>) {
    let authority = known_by_secret();
    let (desk, token) = (Arc::clone(&authority.desk), format!("{}/token", authority.server.base));
    let is_first_form = smart.is_none();
    let server = Server::start(move |asked| match asked.target.as_str() {
        "/.well-known/smart-configuration" => smart.as_ref().map_or_else(|| page(404), |smart| told(200, smart)),
        "/metadata" => {
            let url = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";
            let uris = json!({ "url": url, "extension": [{ "url": "token", "valueUri": token }] });
            let rest = json!({ "mode": "server", "security": { "extension": [uris] } });
            fhir(200, &json!({ "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [rest] }))
        }
        "/Patient/_search" if AuthorizationServer::lets_in(&desk, asked) => {
            fhir(200, &json!({ "resourceType": "Bundle", "type": "searchset" }))
        }
        _ => page(404),
    });
    wait(find(&client(&server, by_secret(registered())))).unwrap();
    let asked = authority.forms().pop().unwrap()["scope"].clone();
    assert_eq!(asked.starts_with("system/Patient.read"), is_first_form, "{asked}");
    let open = server.asked().into_iter().find(|asked| asked.target == "/metadata").unwrap();
    assert_eq!(open.header("authorization"), None, "it is asked before there is a token");
}

/// RFC 8414 section 3.1: before the issuer's own path. Section 3.3: it must speak for itself.
#[test]
fn an_issuer_is_asked_in_both_places_and_must_speak_for_itself() {
    let authority = known_by_secret();
    let token_endpoint = format!("{}/token", authority.server.base);
    for (is_itself, place) in [
        (true, "/.well-known/oauth-authorization-server/realms/one"),
        (false, "/realms/one/.well-known/openid-configuration"),
    ] {
        let token_endpoint = token_endpoint.clone();
        let issuer = Server::start(move |asked| {
            if asked.target != place {
                return page(404);
            }
            let own =
                format!("http://{}/realms/{}", asked.header("host").unwrap(), if is_itself { "one" } else { "two" });
            told(200, &json!({ "issuer": own, "token_endpoint": token_endpoint }))
        });
        let base = ServerBase::parse(&format!("{}/realms/one", issuer.base), false).unwrap();
        let server = guarded(&authority, None);
        let client = client(&server, by_secret(OAuthSettings { issuer: Some(base), ..registered() }));
        if is_itself {
            wait(find(&client)).unwrap();
        } else {
            let (error, _) = no_token(&client);
            assert_eq!(
                error.to_string(),
                "the answer of the authorization server cannot be used: it speaks for another issuer"
            );
        }
    }
}

#[test]
fn without_anybody_who_says_where_no_token_is_asked_for() {
    let authority = known_by_secret();
    let readable = json!({ "token_endpoint": "http://login.example.org/token" });
    for (smart, told) in [
        (None, "nobody says where tokens are given out"),
        (Some(json!({})), "nobody says where tokens are given out"),
        (Some(readable), "the authorization server is named without TLS"),
    ] {
        let server = guarded(&authority, smart);
        let (error, code) = no_token(&client(&server, by_secret(registered())));
        assert_eq!((error.to_string().as_str(), code), (told, ProblemCode::NotGranted));
        assert!(
            server.asked().iter().all(|asked| asked.target.starts_with("/.well-known") || asked.target == "/metadata"),
            "nothing else is asked"
        );
    }
}

/// Everything that may come in place of a token, and what a person is told of it. The next question asks anew.
#[rstest]
#[case(refused(400, "invalid_scope"), "says invalid_scope", ProblemCode::NotGranted)]
#[case(refused(401, "invalid_client"), "says invalid_client", ProblemCode::NotGranted)]
#[case(refused(403, "access\u{1b}[31m denied"), "says access31mdenied", ProblemCode::NotGranted)]
#[case(page(502), "answers with 502", ProblemCode::PlatformUnreachable)]
#[case(page(404), "answers with 404", ProblemCode::PlatformUnreadable)]
#[case(page(200), "it is no JSON", ProblemCode::PlatformUnreadable)]
#[case(told(200, &json!({ "token_type": "Bearer" })), "it is no token", ProblemCode::PlatformUnreadable)]
#[case(
    told(200, &json!({ "access_token": "a", "token_type": "mac" })),
    "tokens of another type than bearer",
    ProblemCode::PlatformUnreadable
)]
#[case(
    told(200, &json!({ "access_token": "a\r\nb", "token_type": "Bearer" })),
    "that cannot be sent",
    ProblemCode::PlatformUnreadable
)]
#[case(
    Answered::Whole(302, vec![("Location", "http://127.0.0.1:9/".to_owned())], String::new()),
    "with 302",
    ProblemCode::PlatformUnreadable
)]
#[case(
    Answered::Cut(200, Vec::new(), "{\"access_token\"".to_owned(), 5),
    "the connection",
    ProblemCode::PlatformUnreachable
)]
#[case(
    Answered::Whole(429, vec![("Retry-After", "7".to_owned())], String::new()),
    "answers with 429",
    ProblemCode::PlatformUnreachable
)]
fn what_comes_in_place_of_a_token_is_told(#[case] fault: Answered, #[case] said: &str, #[case] wanted: ProblemCode) {
    let authority = known_by_secret();
    authority.desk.lock().unwrap().faults = vec![fault.clone(), fault];
    let (client, server) = client_of(&authority);
    let (error, code) = no_token(&client);
    assert_eq!(code, wanted);
    assert!(error.to_string().contains(said) && error.to_string().contains("authorization server"), "{error}");
    assert!(server.asked().iter().all(|asked| asked.target.starts_with("/.well-known")), "nothing is sent without it");
    wait(find(&client)).unwrap();
}

/// Left out, the granted scope is the asked one (RFC 6749 section 5.1).
#[test]
fn what_was_granted_is_known() {
    for (grants, is_silent, missing) in [
        (None, false, vec![]),
        (Some("system/Patient.r"), true, vec![]),
        (
            Some("system/*.rs system/Observation.c system/Device.cu"),
            false,
            vec!["DeviceUseStatement.cu", "Provenance.c"],
        ),
    ] {
        let authority = known_by_secret();
        {
            let mut desk = authority.desk.lock().unwrap();
            (desk.grants, desk.is_silent_of_scopes) = (grants, is_silent);
        }
        let (client, _server) = client_of(&authority);
        assert_eq!(wait(client.granted()).unwrap().missing(&MappingSettings::default()), missing);
    }
}
