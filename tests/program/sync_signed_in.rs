//! `glucodock sync` where people sign in by a code on another device: it delivers for whoever signed in last and has
//! not left, although the program that they signed in with is gone.

use std::fs;
use std::sync::Arc;

use serde_json::json;

use super::authorization_server::{AuthorizationServer, Known, refused};
use super::fhir_server::{Fault, FhirServer};
use super::program::{object, on_store, text};
use super::sync_command::{ASSIGN, LONG_AGO, ruth};

/// Somebody who types the code elsewhere.
const SIGN_IN: &str = r#"
key Enter
wait "WDJB-MJHT"
advance 5s
wait "Nora Test"
"#;

#[test]
fn it_goes_on_for_somebody_whose_program_is_gone() {
    let authority = AuthorizationServer::start(Known::Name);
    let desk = Arc::clone(&authority.desk);
    let fhir = FhirServer::start_for(&[ruth()], move |asked| AuthorizationServer::lets_in(&desk, asked));
    let data = tempfile::tempdir().unwrap();
    // It makes the store; people of it do not sign in here.
    let nora = ["users", "add", "--training", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];
    assert!(on_store(data.path(), &nora, "correct horse\n").status.success());
    let settings = format!(
        "[platform]\nkind = \"fhir\"\nbase = \"{}\"\nsign_in = \"device\"\nclient_id = \"glucodock\"\n\
         issuer = \"{}\"\nroles = {{ assistant = [\"nurse\"] }}\n",
        fhir.server.base, authority.server.base
    );
    fs::write(data.path().join("settings.toml"), settings).unwrap();
    fhir.shelf.lock().unwrap().faults = vec![Fault::Says(503); 100];
    let played = on_store(data.path(), &LONG_AGO, [SIGN_IN, ASSIGN].concat());
    assert!(played.status.success(), "{}{}", text(&played.stdout), text(&played.stderr));
    fhir.shelf.lock().unwrap().faults.clear();

    // The check asks with it, too, says whose it is, and shows nothing of it.
    let output = on_store(data.path(), &["platform", "check"], "");
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    for wanted in ["It is asked with the sign-in of n7, which is kept here.", "It answers a search", "The token allows"]
    {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    for secret in ["next-", "token-", "Nora"] {
        assert!(!said.contains(secret), "{said}");
    }

    let sync = || on_store(data.path(), &["sync", "--json"], "");
    let output = sync();
    let all = text(&output.stdout);
    assert_eq!((output.status.code(), all.matches("\"delivered\"").count()), (Some(0), 2), "{all}");
    let renewals = || authority.forms().iter().filter(|form| form["grant_type"] == "refresh_token").count();
    assert_eq!(renewals(), 2, "each with a token of its own");

    // What everything is renewed with is nowhere to be read.
    let mut folders = vec![data.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            for secret in [&b"next-"[..], b"token-", b"Zarathustra"] {
                assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{}", path.display());
            }
        }
    }
    // Nothing is left to deliver, and nobody is asked for a token.
    assert_eq!(object(&sync())["items"], json!([]));
    assert_eq!(renewals(), 2);
    // It has ended there meanwhile: that is told, and is no fault of the server.
    authority.desk.lock().unwrap().faults = vec![refused(400, "invalid_grant")];
    for told in ["The sign-in that was kept here has ended", "Nobody is signed in with whose rights"] {
        let output = on_store(data.path(), &["platform", "check"], "");
        let said = text(&output.stdout);
        assert_eq!((output.status.code(), said.contains(told)), (Some(0), true), "{said}");
    }
}
