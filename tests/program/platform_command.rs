//! `glucodock platform check`: what it asks a server, and what it says helps.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;

use glucodock::store::{By, DirectoryAddress, Store};
use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use serde_json::{Value, json};

use super::fhir_person::ruth;
use super::http_server::{Answered, Asked, Server, fhir};
use super::program::{glucodock, object, on_store, text};

/// What a server says that can do everything.
fn capable() -> Value {
    let every = ["read", "search-type", "create", "update"].map(|code| json!({ "code": code }));
    let types = ["Patient", "Device", "DeviceUseStatement", "Observation", "Provenance"]
        .map(|kind| json!({ "type": kind, "interaction": every, "conditionalCreate": true }));
    json!({
        "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1",
        "software": { "name": "Demo", "version": "2.0" },
        "rest": [{ "mode": "server", "interaction": [{ "code": "transaction" }], "resource": types }],
    })
}

fn outcome(code: &str, text: &str) -> Value {
    let issue = json!({ "severity": "error", "code": code, "details": { "text": text } });
    json!({ "resourceType": "OperationOutcome", "issue": [issue] })
}

/// An empty result whose server's clock differs so much from ours.
fn nobody(skew: SignedDuration) -> Answered {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&(Timestamp::now() + skew)).unwrap();
    let body = json!({ "resourceType": "Bundle", "type": "searchset", "total": 0 });
    Answered::Whole(200, vec![("Content-Type", "application/json".to_owned()), ("Date", date)], body.to_string())
}

/// A server of which nothing can be complained.
fn good(asked: &Asked) -> Answered {
    match (asked.method.as_str(), asked.target.as_str()) {
        ("GET", "/r4/metadata") => fhir(200, &capable()),
        ("POST", "/r4/Patient/_search") if asked.body.starts_with("_id=glucodock-platform-check&_count=1") => {
            nobody(SignedDuration::ZERO)
        }
        ("POST", "/r4/Patient/_search") if asked.body == "_summary=count" => {
            fhir(200, &json!({ "resourceType": "Bundle", "type": "searchset", "total": 1234 }))
        }
        ("POST", "/r4/Patient/_search") => fhir(400, &outcome("invalid", "unknown parameter")),
        _ => fhir(404, &outcome("not-found", "")),
    }
}

/// The check with these settings besides kind and base.
fn check(base: &str, more: &str, form: &[&str]) -> Output {
    check_in(tempfile::tempdir().unwrap().path(), base, more, form)
}

/// The same in a data folder.
fn check_in(data: &Path, base: &str, more: &str, form: &[&str]) -> Output {
    let secret = data.join("secret");
    fs::write(&secret, "geheim\n").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let file = data.join("s.toml");
    fs::write(&file, format!("[platform]\nkind = \"fhir\"\nbase = \"{base}/r4\"\n{more}\n")).unwrap();
    let arguments = [&["platform", "check", "--settings", file.to_str().unwrap()], form].concat();
    glucodock(&arguments).env("GLUCODOCK_DATA", data).output().unwrap()
}

/// Nothing begins in a data folder of another tenant, so the check does not call it good; and it names the tenant that
/// the settings mean, since a server may take any.
#[test]
fn a_data_folder_of_another_tenant_is_told() {
    let (server, folder) = (Server::start(good), tempfile::tempdir().unwrap());
    let directory = DirectoryAddress { base: format!("{}/r4", server.base), tenant: "x-tenant-id: ward".to_owned() };
    let by = By::command("test", Timestamp::UNIX_EPOCH);
    Store::open(folder.path()).unwrap().belong_to(by, &directory).unwrap();
    let settings = |tenant: &str| format!("tenant_header = \"X-Tenant-ID: {tenant}\"");
    let told = object(&check_in(folder.path(), &server.base, &settings("wrad"), &["--json"]));
    assert_eq!((&told["healthy"], &told["tenant"]), (&json!(false), &json!("wrad")));
    let found = finding(&told, "data folder");
    assert!(found["what"].as_str().unwrap().contains("x-tenant-id: ward"), "{found}");
    assert!(found["remedy"].as_str().unwrap().contains("name another data folder with --data"), "{found}");
    let output = check_in(folder.path(), &server.base, &settings("ward"), &[]);
    let said = text(&output.stdout);
    assert!(said.starts_with(&format!("{}/r4 (X-Tenant-ID: ward)\n", server.base)), "{said}");
    assert!(!said.contains("data folder"), "{said}");
}

/// The finding of this name.
fn finding(told: &Value, check: &str) -> Value {
    let findings = told["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["check"] == check).unwrap_or_else(|| panic!("{check}: {told}")).clone()
}

/// What the check finds of a server that can be worked with.
fn found(server: &Server, more: &str, name: &str) -> Value {
    let output = check(&server.base, more, &["--json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    finding(&object(&output), name)
}

#[test]
fn a_server_that_can_be_worked_with_is_said_so() {
    let server = Server::start(good);
    let output = check(&server.base, "sign_in = \"token\"\nsecret_file = \"secret\"", &[]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = text(&output.stdout);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(
        lines.get(..14).unwrap(),
        [
            format!("{}/r4", server.base).as_str(),
            "ok  It answers as Demo 2.0.",
            "ok  It speaks FHIR 4.0.1.",
            "ok  It can do everything that is needed.",
            "ok  It takes many readings at once.",
            "ok  It says that it creates by condition, so that nothing is there twice; that is not tried.",
            "ok  It does not say whether it keeps versions of a Device; each claim is looked at again.",
            "ok  Patients are created at the platform alone, and not from here (create_patients).",
            "ok  Not tried yet: whether it takes back the whole of a transaction when a part of it fails. It is tried \
             before the first meter is said to be somebody's.",
            "ok  Readings go in transactions of 100, unless that is refused: not tried yet.",
            "ok  It says nothing of how to sign in (no SMART configuration).",
            "ok  It answers a search (sign_in = \"token\").",
            "ok  It refuses a search that it does not understand in full.",
            "ok  It shows 1234 patients.",
        ]
    );
    assert!(lines[14].starts_with("ok  Its clock and this computer's are "), "{said}");
    let asked: Vec<_> = server.asked().iter().map(|asked| format!("{} {}", asked.method, asked.target)).collect();
    let search = "POST /r4/Patient/_search";
    assert_eq!(asked, ["GET /r4/metadata", "GET /r4/.well-known/smart-configuration", search, search, search]);
    assert!(server.asked().iter().all(|asked| asked.header("authorization") == Some("Bearer geheim")));
    // Of what a server may take for all patients, only the number is asked.
    assert_eq!(server.asked()[3].body, "glucodock-platform-check=1&_summary=count");
}

/// Each red line with its advice.
#[rstest]
#[case(
    401,
    "",
    "sign-in",
    &["401 to a search of Patient: login", "write sign_in into the settings", "It says: who are you"]
)]
#[case(
    401,
    "sign_in = \"token\"\nsecret_file = \"secret\"",
    "sign-in",
    &["It does not accept what is in ", "/secret: write a new one"]
)]
#[case(403, "", "sign-in", &["403 to a search of Patient: login", "the right to find patients"])]
#[case(404, "", "sign-in", &["404", "the part of the address before /Patient"])]
#[case(429, "", "sign-in", &["429", "too much to do: try again in a while"])]
#[case(500, "", "sign-in", &["500", "in trouble"])]
fn a_search_that_is_refused_is_told_with_what_helps(
    #[case] status: u16,
    #[case] more: &str,
    #[case] check_name: &str,
    #[case] words: &[&str],
) {
    let server = Server::start(move |asked| {
        if asked.method == "POST" { fhir(status, &outcome("login", "who are you")) } else { good(asked) }
    });
    let output = check(&server.base, more, &["--json"]);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let told = object(&output);
    assert_eq!((&told["healthy"], &told["state"]), (&json!(false), &json!("bad")));
    assert_eq!(told["server"], format!("{}/r4", server.base));
    let finding = finding(&told, check_name);
    assert_eq!(finding["state"], "bad");
    let said = format!("{} {}", finding["what"], finding["remedy"]);
    assert!(words.iter().all(|word| said.contains(word)), "{said}");
    assert!(!said.contains("geheim"), "{said}");
}

#[test]
fn nobody_at_the_address_is_told_and_nothing_else_is_asked() {
    let base = Server::start(good).base.clone();
    let output = check(&base, "", &["--json"]);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let told = object(&output);
    assert_eq!(told["findings"].as_array().unwrap().len(), 1);
    let connection = finding(&told, "connection");
    assert!(connection["remedy"].as_str().unwrap().contains("can be reached from here"), "{connection}");
}

/// A server that does not answer, or not to the end.
#[rstest]
#[case(Answered::Never, "no whole answer within 1 s", "timeout_seconds")]
#[case(Answered::Stalled(200, Vec::new(), "{}".to_owned(), 1), "no whole answer within 1 s", "timeout_seconds")]
#[case(Answered::Cut(200, Vec::new(), "{}".to_owned(), 1), "the connection failed", "can be reached from here")]
#[case(Answered::HungUp, "the connection failed", "can be reached from here")]
fn half_an_answer_and_none_are_told(#[case] answer: Answered, #[case] what: &str, #[case] remedy: &str) {
    let server = Server::start(move |_| answer.clone());
    let output = check(&server.base, "timeout_seconds = 1", &["--json"]);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let connection = finding(&object(&output), "connection");
    assert!(connection["what"].as_str().unwrap().contains(what), "{connection}");
    assert!(connection["remedy"].as_str().unwrap().contains(remedy), "{connection}");
}

#[test]
fn a_page_that_is_no_fhir_is_told() {
    let page = |_: &Asked| Answered::Whole(200, vec![("Content-Type", "text/html".to_owned())], "<html>".to_owned());
    let output = check(&Server::start(page).base, "", &["--json"]);
    let connection = finding(&object(&output), "connection");
    assert_eq!(output.status.code(), Some(5));
    assert!(connection["what"].as_str().unwrap().contains("its content type is not JSON"), "{connection}");
    assert!(connection["remedy"].as_str().unwrap().contains("base in the settings is right"), "{connection}");
}

/// What a server says it cannot, which version it speaks, and how its clock goes.
#[test]
fn what_a_server_lacks_is_told() {
    let changed = |change: fn(&mut Value), skew: SignedDuration| {
        let server = Server::start(move |asked| match (asked.method.as_str(), asked.target.as_str()) {
            ("GET", "/r4/metadata") => {
                let mut said = capable();
                change(&mut said);
                fhir(200, &said)
            }
            ("POST", _) => nobody(skew),
            _ => good(asked),
        });
        let output = check(&server.base, "", &["--json"]);
        (output.status.code(), object(&output))
    };
    let hour = SignedDuration::from_hours(1);
    let (code, told) = changed(|said| said["fhirVersion"] = json!("5.0.0"), hour);
    assert_eq!(code, Some(5));
    assert_eq!(finding(&told, "version")["what"], "It speaks FHIR 5.0.0, and R4 (4.0) is needed.");
    let clock = finding(&told, "clock");
    assert_eq!(clock["state"], "bad");
    assert!(clock["what"].as_str().unwrap().ends_with(" s ahead of this computer's."), "{clock}");
    assert_eq!(finding(&told, "search")["state"], "good", "what it leaves out is looked at here");

    let minute = -SignedDuration::from_mins(1);
    let (code, told) = changed(|said| said["rest"][0]["interaction"] = json!([]), minute);
    assert_eq!((code, &finding(&told, "bundles")["state"]), (Some(0), &json!("warning")));
    let way = finding(&told, "delivery");
    assert_eq!(way["what"], "Readings go one at a time, by condition, unless that is refused: not tried yet.");
    assert!(told["findings"].as_array().unwrap().iter().all(|finding| finding["check"] != "roll-back"), "{told}");
    assert!(finding(&told, "bundles")["what"].as_str().unwrap().contains("does not offer transactions"), "{told}");
    assert_eq!(finding(&told, "clock")["state"], "warning");

    let (code, told) = changed(|said| said["rest"][0]["resource"][0]["interaction"] = json!([]), SignedDuration::ZERO);
    assert_eq!(code, Some(5));
    assert_eq!(finding(&told, "capabilities")["what"], "It says that it cannot: find patients; read patients.");
}

/// Whatever a delivery does is looked at, as the settings want it; what can be left out is named by its setting, and
/// what nothing depends on is no more than a warning.
#[rstest]
#[case(2, &["read", "create"], "", "bad", "somebody's; say until when", "device_use_statement = false")]
#[case(2, &["read"], "device_use_statement = false", "good", "everything that is needed", "")]
#[case(1, &["search-type", "create", "update"], "", "bad", "cannot: read whose a meter is.", "do that.")]
#[case(4, &["create"], "", "bad", "cannot: find who decided.", "let this computer do that.")]
#[case(0, &["read", "search-type", "update"], "", "good", "everything that is needed", "")]
#[case(0, &["read", "search-type"], "pending_task = true", "warning", "find which meters wait", "pending_task = false")]
#[case(0, &["read", "search-type"], "audit_event = true", "warning", "be told what was done", "audit_event = false")]
fn whatever_a_delivery_does_is_looked_at(
    #[case] place: usize,
    #[case] can: &'static [&'static str],
    #[case] more: &str,
    #[case] state: &str,
    #[case] what: &str,
    #[case] remedy: &str,
) {
    let server = Server::start(move |asked| match asked.target.as_str() {
        "/r4/metadata" => {
            let mut said = capable();
            let codes: Vec<Value> = can.iter().map(|code| json!({ "code": code })).collect();
            said["rest"][0]["resource"][place]["interaction"] = json!(codes);
            fhir(200, &said)
        }
        _ => good(asked),
    });
    let found = finding(&object(&check(&server.base, more, &["--json"])), "capabilities");
    assert_eq!(found["state"], state, "{found}");
    assert!(found["what"].as_str().unwrap().contains(what), "{found}");
    assert!(found["remedy"].as_str().unwrap_or_default().contains(remedy), "{found}");
}

/// Whether F2 will do anything is told before anybody presses it.
#[rstest]
#[case("", &["create"], "good", "at the platform alone")]
#[case("create_patients = true", &["create"], "good", "can be created from here")]
#[case("create_patients = true", &[], "warning", "takes no new patients")]
fn whether_patients_are_created_from_here_is_told(
    #[case] more: &str,
    #[case] can: &'static [&'static str],
    #[case] state: &str,
    #[case] what: &str,
) {
    let server = Server::start(move |asked| match asked.target.as_str() {
        "/r4/metadata" => {
            let mut said = capable();
            let codes = ["read", "search-type"].iter().chain(can).map(|code| json!({ "code": code }));
            said["rest"][0]["resource"][0]["interaction"] = codes.collect();
            fhir(200, &said)
        }
        _ => good(asked),
    });
    let found = found(&server, more, "new-patients");
    assert_eq!(found["state"], state, "{found}");
    assert!(found["what"].as_str().unwrap().contains(what), "{found}");
}

/// A tenant that is spelled wrong is another one, and empty.
#[rstest]
#[case(json!(0), "tenant_header = \"X-Tenant-ID: wrad\"", "warning", "spelled right (X-Tenant-ID: wrad)")]
#[case(json!(0), "", "warning", "(tenant_header)")]
#[case(json!(7), "", "good", "")]
#[case(Value::Null, "", "good", "")]
fn how_many_patients_are_shown_is_told(
    #[case] total: Value,
    #[case] more: &str,
    #[case] state: &str,
    #[case] remedy: &str,
) {
    let server = Server::start(move |asked| {
        let found = json!({ "resourceType": "Bundle", "type": "searchset", "total": total });
        if asked.body == "_summary=count" { fhir(200, &found) } else { good(asked) }
    });
    let found = found(&server, more, "patients");
    assert_eq!(found["state"], state, "{found}");
    assert!(found["remedy"].as_str().unwrap_or_default().contains(remedy), "{found}");
}

/// What it says of conditions and versions.
#[rstest]
#[case("conditionalCreate", json!(false), "conditional-create", "warning", "is there twice: Device.", "searched for")]
#[case("versioning", json!("no-version"), "if-match", "warning", "It keeps no versions of a Device", "keep versions")]
#[case("versioning", json!("versioned"), "if-match", "good", "only one can say whose it is", "")]
#[case("versioning", json!("versioned-update"), "if-match", "good", "only one can say whose it is", "")]
fn what_it_says_of_a_device_is_told(
    #[case] key: &'static str,
    #[case] value: Value,
    #[case] check_name: &str,
    #[case] state: &str,
    #[case] what: &str,
    #[case] remedy: &str,
) {
    let server = Server::start(move |asked| match asked.target.as_str() {
        "/r4/metadata" => {
            let mut said = capable();
            said["rest"][0]["resource"][1][key] = value.clone();
            fhir(200, &said)
        }
        _ => good(asked),
    });
    let finding = found(&server, "", check_name);
    assert_eq!(finding["state"], state);
    assert!(finding["what"].as_str().unwrap().contains(what), "{finding}");
    assert!(finding["remedy"].as_str().unwrap_or_default().contains(remedy), "{finding}");
}

/// What was found out by trying stands in the store, and is told until the server says that its software is another.
#[rstest]
#[case("Demo 2.0", "small-transaction", true, "good", "in transactions of 8: so they came", "good", "It takes back")]
#[case("Demo 2.0", "batch", false, "good", "in batches of 50: so they came", "warning", "It does not take back")]
#[case("Demo 2.0", "search-first", true, "warning", "each searched for before: so", "good", "It takes back")]
#[case("Demo 1.0", "batch", false, "good", "transactions of 100, unless that is refused", "good", "Not tried yet")]
fn what_was_found_out_by_trying_is_told(
    #[case] software: &str,
    #[case] way: &str,
    #[case] rolls_back: bool,
    #[case] state: &str,
    #[case] how: &str,
    #[case] roll_back_state: &str,
    #[case] roll_back: &str,
) {
    let server = Server::start(good);
    let folder = tempfile::tempdir().unwrap();
    let base = format!("{}/r4", server.base);
    let learnt = json!({ "software": software, "way": way, "rolls_back": rolls_back });
    Store::open(folder.path()).unwrap().learn(&base, &learnt.to_string()).unwrap();
    let settings = format!("[platform]\nkind = \"fhir\"\nbase = \"{base}\"\n");
    fs::write(folder.path().join("settings.toml"), settings).unwrap();
    let output = glucodock(&["platform", "check", "--json"]).env("GLUCODOCK_DATA", folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told = object(&output);
    for (name, state, what) in [("delivery", state, how), ("roll-back", roll_back_state, roll_back)] {
        let finding = finding(&told, name);
        assert_eq!(finding["state"], state, "{finding}");
        assert!(finding["what"].as_str().unwrap().contains(what), "{finding}");
        assert_eq!(finding["remedy"].is_string(), state == "warning", "{finding}");
    }
}

/// A store that cannot be opened hides what was found out, and nothing else.
#[test]
fn a_store_that_cannot_be_opened_is_told_beside_the_rest() {
    let server = Server::start(good);
    let folder = tempfile::tempdir().unwrap();
    drop(Store::open(folder.path()).unwrap());
    fs::write(folder.path().join("glucodock.key"), "none").unwrap();
    let settings = format!("[platform]\nkind = \"fhir\"\nbase = \"{}/r4\"\n", server.base);
    fs::write(folder.path().join("settings.toml"), settings).unwrap();
    let output = glucodock(&["platform", "check"]).env("GLUCODOCK_DATA", folder.path()).output().unwrap();
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(said.contains("ok  It answers as Demo 2.0.\n"), "{said}");
    assert!(said.contains("!   What was found out of it before cannot be read in the store: "), "{said}");
}

/// Servers of SMART 1 say in their capability statement where tokens are given out.
#[test]
fn a_capability_statement_that_names_a_token_endpoint_is_told() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/r4/metadata" => {
            let url = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";
            let token = json!({ "url": "token", "valueUri": "https://login.example.org/token" });
            let mut said = capable();
            said["rest"][0]["security"] = json!({ "extension": [{ "url": url, "extension": [token] }] });
            fhir(200, &said)
        }
        _ => good(asked),
    });
    let output = check(&server.base, "", &["--json"]);
    let discovery = finding(&object(&output), "discovery");
    assert_eq!(discovery["state"], "warning", "nobody signs in there yet");
    assert!(discovery["what"].as_str().unwrap().contains("where tokens are given out (SMART 1)"), "{discovery}");
}

/// A server that says nothing of itself is tried, and one that wants to be signed in at is told apart
/// from one that does not.
#[test]
fn a_server_that_says_little_is_tried() {
    let server = Server::start(|asked| match (asked.method.as_str(), asked.target.as_str()) {
        ("GET", "/r4/.well-known/smart-configuration") => fhir(
            200,
            &json!({ "token_endpoint": "https://h.example/token", "grant_types_supported": ["client_credentials"] }),
        ),
        ("GET", _) => fhir(404, &Value::Null),
        _ => good(asked),
    });
    let output = check(&server.base, "", &["--json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told = object(&output);
    assert_eq!(finding(&told, "capabilities")["state"], "warning");
    assert_eq!(finding(&told, "discovery")["what"], "It gives out tokens itself (SMART): client_credentials.");
    assert_eq!(finding(&told, "sign-in")["state"], "good");
}

#[test]
fn without_a_server_there_is_nothing_to_look_at() {
    let folder = tempfile::tempdir().unwrap();
    let output = glucodock(&["platform", "check"]).env("GLUCODOCK_DATA", folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        text(&output.stdout),
        "ok  Patients and records are in the store of this computer: there is no server to be looked at.\n"
    );
}

/// The binary finds patients on the server that its settings name, and signs in staff of its own store.
#[test]
fn the_app_works_on_the_server_of_its_settings() {
    let data = tempfile::tempdir().unwrap();
    let add = ["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant", "--training"];
    let added = on_store(data.path(), &add, "correct horse\n");
    assert_eq!(added.status.code(), Some(0), "{added:?}");
    let server = Server::start(|asked| {
        assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/r4/Patient/_search"));
        fhir(200, &json!({ "resourceType": "Bundle", "entry": [{ "resource": ruth() }] }))
    });
    let settings = format!("[platform]\nkind = \"fhir\"\nbase = \"{}/r4\"\n", server.base);
    fs::write(data.path().join("settings.toml"), settings).unwrap();
    let script = "type \"nora\"\nkey Tab\ntype \"correct horse\"\nkey Enter\nwait \"Nora Test\"\ntype \"adey\"\n\
                  wait \"ADEYEMI, Ruth\"\nexpect \"H5550007\"\n";
    let output = on_store(data.path(), &["headless", "-"], script);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(server.asked().iter().any(|asked| asked.body.starts_with("name=adey&")));
}
