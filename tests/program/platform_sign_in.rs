//! `glucodock platform keys`, and what `platform check` says of a token and of what it allows.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;

use rstest::rstest;
use serde_json::{Value, json};

use super::authorization_server::{AuthorizationServer, Known, SentIn, page, told};
use super::http_server::{Server, fhir};
use super::program::{object, on_store, text};

fn run(data: &Path, command: &str) -> Output {
    on_store(data, &command.split(' ').collect::<Vec<_>>(), "")
}

/// A FHIR server that takes the tokens of this authorization server.
fn guarded(authority: &AuthorizationServer) -> Server {
    let (smart, desk) = (authority.smart_configuration(), Arc::clone(&authority.desk));
    Server::start(move |asked| match asked.target.as_str() {
        "/metadata" => fhir(200, &json!({ "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1" })),
        "/.well-known/smart-configuration" => told(200, &smart),
        _ if !AuthorizationServer::lets_in(&desk, asked) => page(401),
        _ if asked.body.starts_with("_id=") => fhir(200, &json!({ "resourceType": "Bundle", "type": "searchset" })),
        _ => fhir(400, &Value::Null),
    })
}

fn settings(data: &Path, server: &Server, more: &str) {
    let base = &server.base;
    let text = format!("[platform]\nkind = \"fhir\"\nbase = \"{base}\"\nclient_id = \"glucodock\"\n{more}\n");
    fs::write(data.join("settings.toml"), text).unwrap();
    fs::write(data.join("secret"), "geheim\n").unwrap();
    fs::set_permissions(data.join("secret"), fs::Permissions::from_mode(0o600)).unwrap();
}

fn finding(told: &Value, check: &str) -> Value {
    let findings = told["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["check"] == check).unwrap_or_else(|| panic!("{check}: {told}")).clone()
}

/// From nothing to a server that can be worked with: the key is made, its public half registered, and a token got.
#[test]
fn a_key_is_made_registered_and_used() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("new");
    let none = run(&data, "platform keys");
    assert_eq!(none.status.code(), Some(1), "{none:?}");
    assert!(text(&none.stderr).contains("glucodock platform keys --new"), "{none:?}");
    assert!(!data.exists(), "looking makes nothing");

    let fresh = run(&data, "platform keys --new");
    assert_eq!(fresh.status.code(), Some(0), "{fresh:?}");
    let set: Value = serde_json::from_slice(&fresh.stdout).unwrap();
    let key = &set["keys"][0];
    assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&json!("EC"), &json!("P-384"), &json!("ES384")));
    assert_eq!(key["d"], Value::Null, "the private half stays here");
    let file = data.join("platform-key.pem");
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&data), mode(&file)), (0o700, 0o600));

    let before = fs::read(&file).unwrap();
    let again = run(&data, "platform keys --new --json");
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    assert!(text(&again.stderr).contains("there is a key already. Leave out --new"), "{again:?}");
    assert_eq!(fs::read(&file).unwrap(), before);
    let shown = object(&run(&data, "platform keys --json"));
    assert_eq!((&shown["jwks"], &shown["algorithm"], &shown["file"]), (&set, &json!("ES384"), &json!(file)));

    let authority = AuthorizationServer::start(Known::Key(set));
    let server = guarded(&authority);
    settings(&data, &server, "sign_in = \"backend\"\ncreate_patients = true");
    let output = run(&data, "platform check --json");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told = object(&output);
    assert_eq!(finding(&told, "sign-in")["what"], "It answers a search (sign_in = \"backend\").");
    assert_eq!(
        finding(&told, "scopes")["what"],
        "The token allows everything that is needed (Device.crus DeviceUseStatement.crus Observation.crs Patient.crus \
         Provenance.cs)."
    );
    let shown = object(&run(&data, "config show --json"));
    assert_eq!(shown["platform"]["key_file"], json!(file));
}

/// Each red line of signing in with its advice.
#[rstest]
#[case("sign_in = \"backend\"", None, &["no key to sign in with", "there is no key", "platform keys --new"])]
#[case("sign_in = \"secret\"\nsecret_file = \"secret\"", Some("other"), &["invalid_client", "/secret.", "Zarathustra"])]
#[case(
    "sign_in = \"secret\"\nsecret_file = \"secret\"\nissuer = \"http://127.0.0.1:9\"",
    Some("geheim"),
    &["failed", "can be reached"]
)]
fn without_a_token_it_is_said_what_helps(
    #[case] more: &str,
    #[case] secret: Option<&'static str>,
    #[case] words: &[&str],
) {
    let data = tempfile::tempdir().unwrap();
    let authority = AuthorizationServer::start(Known::Secret(secret.unwrap_or_default(), SentIn::Header));
    let server = guarded(&authority);
    settings(data.path(), &server, more);
    let output = run(data.path(), "platform check --json");
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let finding = finding(&object(&output), "sign-in");
    let said = format!("{} {}", finding["what"], finding["remedy"]);
    assert!(words.iter().all(|word| said.contains(word)), "{said}");
    assert!(!said.contains("geheim"), "{said}");
    assert!(server.asked().iter().all(|asked| asked.target != "/Patient/_search"), "nothing is asked without it");
}

/// A token that allows less than is needed: what is missing is named, and what to ask for.
#[rstest]
#[case("system/*.cruds", 0, "good", "The token allows everything that is needed")]
#[case("openid", 0, "good", "is not said in the way of SMART")]
#[case(
    "system/*.cu system/Patient.rs system/Device.rs system/Observation.rs system/DeviceUseStatement.rs system/*.s",
    0,
    "good",
    "everything"
)]
#[case(
    "system/Patient.rs system/Device.* system/Observation.* system/DeviceUseStatement.* system/Provenance.cs",
    0,
    "warning",
    "does not allow: Patient.cu ("
)]
#[case(
    "system/*.rs",
    5,
    "bad",
    "does not allow: Patient.cu, Observation.c, Device.cu, DeviceUseStatement.cu, Provenance.c"
)]
fn what_a_token_does_not_allow_is_named(
    #[case] grants: &'static str,
    #[case] exit: i32,
    #[case] state: &str,
    #[case] said: &str,
) {
    let data = tempfile::tempdir().unwrap();
    let authority = AuthorizationServer::start(Known::Secret("geheim", SentIn::Body));
    authority.desk.lock().unwrap().grants = Some(grants);
    let server = guarded(&authority);
    settings(data.path(), &server, "sign_in = \"secret\"\nsecret_file = \"secret\"\ncreate_patients = true");
    let output = run(data.path(), "platform check --json");
    assert_eq!(output.status.code(), Some(exit), "{output:?}");
    assert_eq!(authority.forms().len(), 1, "one token is enough");
    let scopes = finding(&object(&output), "scopes");
    assert_eq!(scopes["state"], state);
    assert!(scopes["what"].as_str().unwrap().contains(said), "{scopes}");
    if state != "good" {
        let remedy = scopes["remedy"].as_str().unwrap();
        assert!(remedy.ends_with("system/DeviceUseStatement.crus system/Provenance.cs"), "{remedy}");
    }
}

/// What a right is needed for with one setting alone is missing with that setting alone.
#[rstest]
#[case("", "Observation.crs", "Device.crus", None)]
#[case("withdraw_undone = true", "Observation.crs", "Device.crus", Some("Observation.u"))]
#[case("withdraw_undone = true", "Observation.crus", "Device.crus", None)]
#[case("", "Observation.crs", "Device.crs", Some("Device.u"))]
#[case("device_patient = false", "Observation.crs", "Device.crs", None)]
fn a_right_that_only_a_setting_needs_is_missing_only_with_it(
    #[case] more: &str,
    #[case] reading: &str,
    #[case] device: &str,
    #[case] missing: Option<&str>,
) {
    let data = tempfile::tempdir().unwrap();
    let authority = AuthorizationServer::start(Known::Secret("geheim", SentIn::Body));
    let others = "system/Patient.rs system/DeviceUseStatement.crus system/Provenance.cs";
    authority.desk.lock().unwrap().grants = Some(format!("system/{reading} system/{device} {others}").leak());
    let server = guarded(&authority);
    settings(data.path(), &server, &format!("sign_in = \"secret\"\nsecret_file = \"secret\"\n{more}"));
    let output = run(data.path(), "platform check --json");
    assert_eq!(output.status.code(), Some(if missing.is_some() { 5 } else { 0 }), "{output:?}");
    let scopes = finding(&object(&output), "scopes");
    let said = missing.map_or("everything that is needed".to_owned(), |missing| format!("does not allow: {missing} ("));
    assert!(scopes["what"].as_str().unwrap().contains(&said), "{scopes}");
}

/// Nobody is signed in who could search: it is looked whether codes are given out.
#[test]
fn people_can_sign_in_where_codes_are_given_out() {
    let roles = "sign_in = \"device\"\nroles = { clinician = [\"doctor\"] }\nissuer = ";
    let authority = AuthorizationServer::start(Known::Name);
    let server = guarded(&authority);
    for (endpoint, exit, said) in [
        (json!("http://127.0.0.1:9/code"), 0, "People sign in by a code that they type on another device."),
        (Value::Null, 5, "The authorization server gives out no codes for another device."),
    ] {
        authority.desk.lock().unwrap().metadata.insert("device_authorization_endpoint", endpoint);
        let data = tempfile::tempdir().unwrap();
        settings(data.path(), &server, &format!("{roles}\"{}\"", authority.server.base));
        let output = run(data.path(), "platform check --json");
        assert_eq!((output.status.code(), &finding(&object(&output), "sign-in")["what"]), (Some(exit), &json!(said)));
        let said = output.stdout.clone();
        assert!(text(&said).contains("Nobody is signed in with whose rights"), "{}", text(&said));
        let shown = object(&run(data.path(), "config show --json"));
        assert_eq!(shown["platform"]["roles.clinician"], json!(["doctor"]));
    }
}

/// A SMART configuration that leaves out where tokens are given out: the capability statement may say it, else it is
/// said what to set.
#[rstest]
#[case(true, 0, "its capability statement does (SMART 1)", "")]
#[case(false, 5, "does not say where tokens are given out.", "issuer = \"https://...\"")]
fn a_configuration_without_a_token_endpoint_is_told(
    #[case] is_in_statement: bool,
    #[case] exit: i32,
    #[case] said: &str,
    #[case] remedy: &str,
) {
    let data = tempfile::tempdir().unwrap();
    let authority = AuthorizationServer::start(Known::Secret("geheim", SentIn::Header));
    let (desk, token) = (Arc::clone(&authority.desk), format!("{}/token", authority.server.base));
    let server = Server::start(move |asked| match asked.target.as_str() {
        "/metadata" => {
            let url = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";
            let uris = json!({ "url": url, "extension": [{ "url": "token", "valueUri": token }] });
            let extensions = if is_in_statement { json!([uris]) } else { json!([]) };
            let rest = json!({ "mode": "server", "security": { "extension": extensions } });
            fhir(200, &json!({ "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [rest] }))
        }
        "/.well-known/smart-configuration" => told(200, &json!({ "capabilities": ["permission-v2"] })),
        _ if !AuthorizationServer::lets_in(&desk, asked) => page(401),
        _ if asked.body.starts_with("_id=") => fhir(200, &json!({ "resourceType": "Bundle", "type": "searchset" })),
        _ => fhir(400, &Value::Null),
    });
    settings(data.path(), &server, "sign_in = \"secret\"\nsecret_file = \"secret\"");
    let output = run(data.path(), "platform check --json");
    assert_eq!(output.status.code(), Some(exit), "{output:?}");
    let discovery = finding(&object(&output), "discovery");
    assert!(discovery["what"].as_str().unwrap().contains(said), "{discovery}");
    assert!(discovery["remedy"].as_str().unwrap_or_default().contains(remedy), "{discovery}");
}
