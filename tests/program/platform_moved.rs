//! A data folder is of one platform: with another one in the settings nothing of it goes out, until somebody shows that
//! it is the same one at another address.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;

use serde_json::json;

use super::fhir_server::{Fault, FhirServer};
use super::program::{object, on_store, text};
use super::sync_command::{assigned, ruth};

/// From now on the settings name this server.
fn name(data: &Path, server: &FhirServer, more: &str) {
    let settings = format!("[platform]\nkind = \"fhir\"\nbase = \"{}/\"\n{more}", server.server.base);
    fs::write(data.join("settings.toml"), settings).unwrap();
}

fn moved(data: &Path, from: &str, more: &[&str]) -> std::process::Output {
    on_store(data, &[&["platform", "moved", "--from", from], more].concat(), "")
}

#[test]
fn what_waits_for_one_server_goes_to_no_other() {
    let former = FhirServer::start(&[ruth()]);
    let data = assigned(&former, Fault::Says(503));
    let stranger = json!({
        "resourceType": "Patient", "id": "7f", "active": true, "birthDate": "1933-01-01",
        "name": [{ "family": "Stranger", "given": ["Noah"] }],
    });
    let other = FhirServer::start(&[stranger]);
    for (server, tenant) in [(&other, ""), (&former, "tenant_header = \"X-Tenant-ID: two\"\n")] {
        name(data.path(), server, tenant);
        for command in [&["sync"] as &[&str], &["headless", "-"]] {
            let output = on_store(data.path(), command, "");
            let complaint = text(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{command:?}: {complaint}");
            assert!(complaint.contains(&format!("of another care platform: {}", former.server.base)), "{complaint}");
            assert!(complaint.contains("platform moved"), "{complaint}");
        }
    }
    name(data.path(), &other, "");
    let refused = moved(data.path(), &former.server.base, &["--json"]);
    assert_eq!(refused.status.code(), Some(5), "{}", text(&refused.stderr));
    let told = object(&refused);
    assert_eq!((&told["moved"], &told["same"], &told["others"]), (&json!(false), &json!(0), &json!(1)), "{told}");
    assert_eq!(told["training"], true);
    let output = moved(data.path(), &former.server.base, &[]);
    let said = text(&output.stdout);
    assert!(said.starts_with("TRAINING") && said.contains("1 are somebody else there"), "{said}");
    assert!(said.contains("nothing was changed") && !said.contains("deyemi"), "{said}");
    assert!(other.all("Observation").is_empty() && other.all("Device").is_empty());
}

#[test]
fn a_server_with_the_same_people_at_another_address_gets_what_waits() {
    let former = FhirServer::start(&[ruth()]);
    let data = assigned(&former, Fault::Says(503));
    let from = former.server.base.clone();
    // She has married since; the name alone may differ.
    let mut ruth = ruth();
    ruth["name"][0]["family"] = json!("Müller");
    let empty = FhirServer::start(&[]);
    let now = FhirServer::start(&[ruth]);
    name(data.path(), &empty, "");
    assert_eq!(object(&moved(data.path(), &from, &["--json"]))["gone_and_waited_for"], 1);
    name(data.path(), &now, "");
    for wrong in ["https://elsewhere.example", &now.server.base] {
        let output = moved(data.path(), wrong, &[]);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains(&from), "{}", text(&output.stderr));
    }
    let output = moved(data.path(), &format!("{from}/"), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("What waits goes there from now on."), "{}", text(&output.stdout));
    let output = on_store(data.path(), &["sync"], "");
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    assert!(now.all("Observation").len() >= 19 && former.all("Observation").is_empty());
    let output = on_store(data.path(), &["audit", "list"], "");
    let trail = text(&output.stdout);
    assert!(trail.contains("directory-moved") && trail.contains(&now.server.base), "{trail}");
    name(data.path(), &former, "");
    assert_eq!(on_store(data.path(), &["sync"], "").status.code(), Some(1), "there is no way back without a word");
}
