//! The commands on the local store, run as a script runs them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it stands")]

use std::path::Path;

use glucodock::domain::association::IdempotencyKey;
use glucodock::domain::cable::RememberedCable;
use glucodock::domain::clinic::{Credentials, Password};
use glucodock::domain::download::{Completeness, Download};
use glucodock::domain::meter::MeterIdentity;
use glucodock::domain::noted_person::{NotedEvent, WhyUndecided};
use glucodock::domain::patient::NewPatient;
use glucodock::domain::text::Private;
use glucodock::host::cables::CableFile;
use glucodock::store::{By, DirectoryAddress, Store};
use serde_json::{Value, json};

use super::program::{object, on_store as glucodock};

fn done(data: &Path, arguments: &[&str], input: &str) -> Value {
    let output = glucodock(data, arguments, input);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(data: &Path, arguments: &[&str], input: &str, code: i32, says: &str) {
    let output = glucodock(data, arguments, input);
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(error.contains(says), "{error}");
    if arguments.contains(&"--json") {
        let told = object(&output);
        assert_eq!(told["error"]["exit"], code, "{told}");
        assert!(told["error"]["message"].as_str().unwrap().contains(says), "{told}");
    } else {
        assert!(output.stdout.is_empty());
    }
}

const ANNA: &str = r#"{"family":"Müller","given":"Anna","born":"1961-07-14","mrn":"M1"}"#;

#[test]
fn looking_makes_no_store() {
    let data = tempfile::tempdir().unwrap();
    for arguments in [&["pending"] as &[&str], &["users", "list"], &["patients", "search", "a"]] {
        refused(data.path(), arguments, "", 1, "there is no store");
    }
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}

#[test]
fn a_user_who_was_added_can_sign_in() {
    let data = tempfile::tempdir().unwrap();
    let add = ["users", "add", "--login", "nurse", "--name", "Nora Nurse", "--role", "assistant", "--json"];
    refused(data.path(), &add, "short\n", 2, "password: Too short: please type at least 8 characters");
    refused(data.path(), &add, "", 2, "password: Too short");
    done(data.path(), &add, "a long password\nnot this line\n");
    // Whoever adds a second one says who they are; it is asked in `staff_command`.
    let nora = ["users", "add", "--login", "nora", "--name", "Nora", "--role", "administrator", "--json"];
    let data = tempfile::tempdir().unwrap();
    done(data.path(), &nora, "a long password\n");
    let add = [&add[..], &["--as", "nora"]].concat();
    done(data.path(), &add, "a long password\na long password\nnot this line\n");
    refused(data.path(), &add, "a long password\na long password\n", 5, "login name is taken");
    // Cyrillic letters that look like it.
    let alike = ["users", "add", "--login", "пurѕе", "--name", "Other", "--role", "assistant", "--json"];
    refused(data.path(), &alike, "a long password\n", 2, "login: Please type letters of one script");
    let taken = object(&glucodock(data.path(), &add, "a long password\na long password\n"));
    assert_eq!((&taken["error"]["field"], &taken["error"]["code"]), (&json!("login"), &json!("E-STORE-2")));
    let users = done(data.path(), &["users", "list", "--json"], "");
    assert_eq!(
        users,
        json!({
            "users": [
                {"id": "1", "login": "nora", "name": "Nora", "role": "administrator", "disabled": false,
                 "password_is_given": false},
                {"id": "2", "login": "nurse", "name": "Nora Nurse", "role": "assistant", "disabled": false,
                 "password_is_given": false},
            ],
            "training": false,
        })
    );
    let credentials = Credentials {
        login: Private::new("nurse".into()),
        password: Password::new("a long password".into()),
        new: None,
    };
    let store = Store::open(data.path()).unwrap();
    assert!(store.sign_in(&credentials, ("", jiff::Timestamp::UNIX_EPOCH), |_| true).is_ok());
    let trail = store.audit_trail().unwrap();
    assert!(trail.first().is_some_and(|line| line.user == "local administrator" && line.action == "user-added"));
}

/// As some shells and editors pipe a text: the mark is no character of the password, at no other place either.
#[test]
fn a_byte_order_mark_gets_into_no_password() {
    let data = tempfile::tempdir().unwrap();
    let add = ["users", "add", "--login", "nurse", "--name", "Nora Nurse", "--role", "assistant", "--json"];
    refused(data.path(), &add, "a long\u{feff} password\n", 2, "password: There are characters in it");
    done(data.path(), &add, "\u{feff}a long password\r\n");
    let password = Password::new("a long password".into());
    let credentials = Credentials { login: Private::new("nurse".into()), password, new: None };
    let store = Store::open(data.path()).unwrap();
    assert!(store.sign_in(&credentials, ("", jiff::Timestamp::UNIX_EPOCH), |_| true).is_ok());
}

#[test]
fn a_patient_who_was_created_is_found() {
    let data = tempfile::tempdir().unwrap();
    let created = done(data.path(), &["patients", "create", "--json"], ANNA);
    assert_eq!(created.pointer("/patients/0/status"), Some(&json!("ACTIVE")));
    refused(data.path(), &["patients", "create", "--reason", "a twin", "--json"], ANNA, 5, "identifier is taken");
    refused(data.path(), &["patients", "create"], "{}", 2, "mrn: is missing");
    assert_eq!(done(data.path(), &["patients", "search", "mull", "--json"], ""), created);
    assert_eq!(done(data.path(), &["patients", "search", "--json"], "mull\n"), created, "query on standard input");
    let text = glucodock(data.path(), &["patients", "search", "mull"], "").stdout;
    assert_eq!(String::from_utf8(text).unwrap(), "MÜLLER, Anna  born 14-Jul-1961  MRN M1  ACTIVE\n");
    assert_eq!(done(data.path(), &["patients", "search", "anna", "mull", "--json"], ""), created, "two words unquoted");
    assert_eq!(done(data.path(), &["--json", "patients", "search", "anna mull"], ""), created, "--json before all");
    let long = "m".repeat(201);
    refused(data.path(), &["patients", "search", &long], "", 2, "query: Too long: please type at most 200 characters");
    refused(data.path(), &["patients", "search", "--json"], &long, 2, "query: Too long");
    for nothing in ["", "  ", "?-"] {
        refused(data.path(), &["patients", "search", nothing], "mull", 2, "a query is needed: a name,");
        refused(data.path(), &["patients", "search"], nothing, 2, "a query is needed: a name,");
    }
}

/// The form shows who looks alike before it creates anybody; so does the command line.
#[test]
fn who_looks_like_somebody_is_created_with_a_reason_only() {
    let data = tempfile::tempdir().unwrap();
    done(data.path(), &["patients", "create", "--json"], ANNA);
    // The same person; nearly the same name in the same year; a number one slip away.
    let in_full = "MÜLLER, Anna  born 14-Jul-1961  MRN M1  ACTIVE  (same name, birth date)\n";
    for (family, born, mrn, says, kind) in [
        ("Muller", "1961-07-14", "X1", in_full, "same-person"),
        ("Muler", "1961-07-14", "X3", "MRN M1  ACTIVE  (close name, birth date)\n", "similar-name-and-birth-date"),
        ("Muler", "1961-01-02", "X2", "MRN M1  ACTIVE  (close name, year)\n", "similar-name-and-year"),
        ("Miller", "1999-01-01", "M2", "MRN M1  ACTIVE  (similar number)\n", "similar-number"),
    ] {
        let other = format!(r#"{{"family":"{family}","given":"Anna","born":"{born}","mrn":"{mrn}"}}"#);
        let output = glucodock(data.path(), &["patients", "create", "--json"], &other);
        assert_eq!(output.status.code(), Some(5), "{family}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("--reason"));
        let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&listed["error"]["code"], &listed["error"]["exit"]), (&json!("E-PLAT-2"), &json!(5)));
        let text = glucodock(data.path(), &["patients", "create"], &other).stdout;
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains(says), "{text}");
        let mut alike = listed["look_alikes"].as_array().unwrap().iter();
        let is_told = |other: &Value| other["patient"]["family"] == "Müller" && other["likeness"] == kind;
        assert!(alike.any(is_told), "{listed}");
        done(data.path(), &["patients", "create", "--json", "--reason", "another person"], &other);
        let all = done(data.path(), &["patients", "search", mrn, "--json"], "");
        assert_eq!(all.pointer("/patients/0/identifiers/0/value"), Some(&json!(mrn)));
    }
}

/// A reason helps against likeness only; that a number is taken is said before anybody who is alike.
#[test]
fn a_taken_mrn_is_told_before_any_likeness_and_offers_no_reason() {
    let data = tempfile::tempdir().unwrap();
    done(data.path(), &["patients", "create", "--json"], ANNA);
    for taken in [ANNA.to_owned(), ANNA.replace("Müller", "Nobody").replace("M1", "m-1")] {
        refuse_taken(data.path(), &taken);
    }
}

fn refuse_taken(data: &Path, taken: &str) {
    let output = glucodock(data, &["patients", "create"], taken);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(5), "{error}");
    assert!(error.contains("the identifier is taken") && !error.contains("--reason"), "{error}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, "MÜLLER, Anna  born 14-Jul-1961  MRN M1  ACTIVE  (has this MRN)\n");
    let told = object(&glucodock(data, &["patients", "create", "--json"], taken));
    assert_eq!((&told["error"]["field"], &told["error"]["exit"]), (&json!("mrn"), &json!(5)), "{told}");
    assert_eq!(told["holder"]["family"], "Müller", "{told}");
    assert!(told.get("look_alikes").is_none(), "{told}");
}

/// Of another identifier that is taken it is said whose it is, too, and that it is this field.
#[test]
fn a_taken_other_identifier_says_whose_it_is() {
    let data = tempfile::tempdir().unwrap();
    let with = |person: &str| person.replace('}', r#","other_identifier":{"label":"ID","value":"X-4711"}}"#);
    done(data.path(), &["patients", "create", "--json"], &with(ANNA));
    let other = with(&ANNA.replace("Müller", "Nobody").replace("M1", "M2").replace("1961", "1972"));
    let output = glucodock(data.path(), &["patients", "create"], &other);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert_eq!(said, "MÜLLER, Anna  born 14-Jul-1961  MRN M1  ACTIVE  (has this other identifier)\n");
    let told = object(&glucodock(data.path(), &["patients", "create", "--json"], &other));
    assert_eq!(told["error"]["field"], json!("other_identifier"), "{told}");
    assert_eq!(told["holder"]["family"], "Müller", "{told}");
}

/// What the form refuses is refused here, with the field's name, and nothing is made shorter to fit.
#[test]
fn what_the_form_refuses_the_command_line_refuses() {
    let data = tempfile::tempdir().unwrap();
    let long = "N".repeat(61);
    for (from, to, says) in [
        ("1961-07-14", "2999-01-01", "born: This date is in the future"),
        ("1961-07-14", "1850-01-01", "born: This date is before 1900"),
        ("M1", "Room 12", "mrn: Rooms, beds and queues are no identifiers"),
        ("M1", "Q 1!", "mrn: Rooms, beds and queues are no identifiers"),
        ("M1", "R12", "mrn: Rooms, beds and queues are no identifiers"),
        (r#""mrn":"M1""#, r#""mrn":"M1","mrn":"M2""#, "mrn: is there twice"),
        (r#","mrn":"M1""#, "", "mrn: is missing"),
        (r#""mrn":"M1""#, r#""mrn":"M1","gender":"f""#, "gender: is none of female, male, other, unknown"),
        (r#""born":"1961-07-14""#, r#""born":19610714"#, "born: is no text"),
        ("M1", "1234567890123456789012345678", "mrn: Please type 1 to 25"),
        ("Müller", "12", "family: Please type a name with at least one letter"),
        ("Müller", &long, "family: Too long: please type at most 60 characters"),
        (
            r#""M1""#,
            r#""M1","other_identifier":{"label":"mrn","value":"M2"}"#,
            "other_identifier: A patient has one MRN",
        ),
    ] {
        refused(data.path(), &["patients", "create"], &ANNA.replace(from, to), 2, says);
    }
    for (login, name, password, says) in [
        ("nora", "Nora", "tab\tin the middle", "password: There are characters in it"),
        ("nora", "Nora", &"p".repeat(129), "password: Too long: please type at most 128"),
        ("nora", "12", "correct horse", "name: Please type a name"),
        (&"n".repeat(41), "Nora", "correct horse", "login: Too long"),
        ("no\tra", "Nora", "correct horse", "login: There are characters in it"),
        ("no\u{200b}ra", "Nora", "correct horse", "login: There are characters in it"),
        ("n\u{43e}ra", "Nora", "correct horse", "login: Please type letters of one script"),
        ("nora", &format!("Nora{}", "\u{301}".repeat(300)), "correct horse", "name: More marks on one letter"),
    ] {
        let add = ["users", "add", "--login", login, "--name", name, "--role", "assistant"];
        refused(data.path(), &add, &format!("{password}\n"), 2, says);
    }
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0, "refused before a store is begun");
}

/// What came from a meter: nothing but who it is.
fn download(model: &str, serial: &str) -> Download {
    let meter = MeterIdentity {
        manufacturer: "Example".into(),
        model: model.into(),
        model_number: None,
        serial: Private::new(serial.into()),
        system_id: None,
        firmware: None,
        driver: "example".into(),
    };
    Download {
        meter,
        clock: None,
        announced: None,
        completeness: Completeness::Complete,
        readings: vec![],
        not_taken: Vec::new(),
        warnings: vec![],
        transcript: vec![],
    }
}

/// A meter that no number tells from others is assigned upload by upload: the list says so, as the app does.
#[test]
fn a_meter_without_a_number_is_listed_as_one() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    for (second, serial) in ["", "0000000000", "00000000101"].into_iter().enumerate() {
        let at = jiff::Timestamp::from_second(i64::try_from(second).unwrap()).unwrap();
        store.quarantine(By::command("1", at), &download("SD CodeFree", serial)).unwrap();
    }
    let text = String::from_utf8(glucodock(data.path(), &["pending"], "").stdout).unwrap();
    let lines: Vec<&str> = text.lines().skip(1).collect();
    for (line, says) in lines.iter().zip(["no serial number", "no serial number", "000 0000 0101"]) {
        assert!(line.contains(&format!("SD CodeFree  {says:<16}         0         0")), "{text}");
    }
    assert_eq!(lines.len(), 3, "{text}");
    let listed = done(data.path(), &["pending", "--json"], "");
    assert_eq!(listed["pending"][0]["adds_nothing"], false);
    let told: Vec<_> =
        listed["pending"].as_array().unwrap().iter().map(|one| [&one["serial"], &one["identifiable"]]).collect();
    assert_eq!(json!(told), json!([["", false], ["0000000000", false], ["00000000101", true]]));
}

/// Who it is, stands in no list that is printed.
#[test]
fn who_was_noted_as_a_new_patient_is_listed_by_key() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let by = By::command("1", jiff::Timestamp::UNIX_EPOCH);
    store.belong_to(by, &DirectoryAddress { base: "https://a.example".to_owned(), tenant: String::new() }).unwrap();
    let new: NewPatient = serde_json::from_value(json!({
        "family": "Test", "given": "Tea", "born": "1961-07-14", "mrn": "M7", "gender": "unknown"
    }))
    .unwrap();
    let key = IdempotencyKey("first".to_owned());
    store.note_person(by, &new, &key).unwrap();
    let says = |what: [&str; 3]| {
        let text = String::from_utf8(glucodock(data.path(), &["pending"], "").stdout).unwrap();
        assert!(what.iter().all(|said| text.contains(said)) && !text.contains("Tea"), "{text}");
        let listed = done(data.path(), &["pending", "--json"], "");
        assert_eq!((&listed["noted"][0]["key"], &listed["noted"][0]["state"]), (&json!("first"), &json!(what[1])));
    };
    let head = "Noted as new patients, not at the care platform yet:";
    says([head, "waiting", "has not said yet whether somebody is alike"]);
    store.note_happened(by, &key, NotedEvent::MustDecide(WhyUndecided::Alike)).unwrap();
    says([head, "to decide", "somebody at the platform is alike"]);
    store.note_happened(by, &key, NotedEvent::Begin).unwrap();
    says([head, "waiting", "whether the platform has created them is not known"]);
}

#[test]
fn meters_that_wait_are_listed() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    let download = download("Accu-Chek Guide", "00000000101");
    assert_eq!(
        done(data.path(), &["pending", "--json"], ""),
        json!({"noted": [], "pending": [], "training": false, "undelivered": []})
    );
    store.quarantine(By::command("1", jiff::Timestamp::UNIX_EPOCH), &download).unwrap();
    let pending = done(data.path(), &["pending", "--json"], "");
    assert_eq!(pending.pointer("/pending/0/serial"), Some(&json!("00000000101")));
    let other = tempfile::tempdir().unwrap();
    let text = glucodock(other.path(), &["pending", "--data", data.path().to_str().unwrap()], "").stdout;
    assert!(String::from_utf8(text).unwrap().contains("Accu-Chek Guide  000 0000 0101"));
}

#[test]
fn remembered_cables_are_listed_and_forgotten() {
    let data = tempfile::tempdir().unwrap();
    assert_eq!(done(data.path(), &["meters", "--cables", "--json"], ""), json!({ "cables": [] }));
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0, "looking makes no file");
    let file = CableFile::in_folder(data.path());
    for (key, model) in [("0403:6001:CABLE-000-1", "onetouch-ultra2"), ("067b:2303@1-2.3", "a-meter-of-tomorrow")] {
        let read_at = "2026-07-14T10:00:00Z".parse().unwrap();
        file.remember(RememberedCable { key: key.parse().unwrap(), model: model.to_owned(), read_at }).unwrap();
    }
    let listed = done(data.path(), &["meters", "--cables", "--json"], "");
    let ultra = json!({
        "key": "0403:6001:CABLE-000-1", "cable": "USB serial cable (FTDI)", "model": "onetouch-ultra2",
        "name": "OneTouch Ultra 2", "driver": "onetouch-ultra2", "read_at": "2026-07-14T10:00:00Z"
    });
    assert_eq!((&listed["cables"][0], &listed["cables"][1]["name"]), (&ultra, &Value::Null));
    let text = String::from_utf8(glucodock(data.path(), &["meters", "--cables"], "").stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[1], "0403:6001:CABLE-000-1  OneTouch Ultra 2     14-Jul-2026");
    assert!(lines[2].starts_with("067b:2303@1-2.3        a-meter-of-tomorrow") && lines.len() == 3, "{text}");

    let forget = |key| ["meters", "--forget-cable", key, "--json"];
    refused(data.path(), &forget("ftdi"), "", 2, "is no cable such as 0403:6001:CABLE-000-1 or 067b:2303@1-2.3");
    refused(data.path(), &forget("0403:6001@1-1"), "", 1, "see glucodock meters --cables");
    assert_eq!(
        done(data.path(), &forget("0403:6001:CABLE-000-1"), ""),
        json!({ "forgotten": "0403:6001:CABLE-000-1" })
    );
    refused(data.path(), &forget("0403:6001:CABLE-000-1"), "", 1, "no cable 0403:6001:CABLE-000-1 is remembered");
    assert_eq!(file.list().unwrap().len(), 1);

    std::fs::write(file.path(), "what is this").unwrap();
    for arguments in [&["meters", "--cables"] as &[&str], &forget("067b:2303@1-2.3")] {
        refused(
            data.path(),
            arguments,
            "",
            1,
            "cables.toml is damaged: line 1 is not readable; nothing else depends on it",
        );
    }
    assert_eq!(std::fs::read_to_string(file.path()).unwrap(), "what is this");
}

/// Holds on any machine: with a damaged memory, what is attached is listed all the same.
#[test]
fn a_damaged_memory_of_cables_keeps_nothing_from_working() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(CableFile::in_folder(data.path()).path(), "what is this").unwrap();
    let output = glucodock(data.path(), &["meters", "--json"], "");
    assert!(matches!(output.status.code(), Some(0 | 3)));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cables.toml is damaged"));
    assert!(serde_json::from_slice::<Value>(&output.stdout).unwrap()["meters"].is_array());
}

/// A station whose notes were damaged while it was off: it starts, says so once a cable comes, and begins new notes.
#[test]
fn damaged_notes_on_cables_are_told_and_begun_anew() {
    let data = tempfile::tempdir().unwrap();
    let add = ["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant", "--training", "--json"];
    done(data.path(), &add, "correct horse\n");
    done(data.path(), &["patients", "create", "--json"], ANNA);
    let file = CableFile::in_folder(data.path());
    std::fs::write(file.path(), "what is this").unwrap();
    let script = r#"
type "nora"
key Enter
type "correct horse"
key Enter
wait "Find the patient"
type "mull"
idle
keys Down Enter
plug onetouch-ultra2 readings=5 cable=0403:6001:CABLE-000-1
idle
expect "The notes on cables cannot be read. Please say which meter this is."
expect "say which meter it is"
key F9
type "onetouch ultra 2"
keys Enter Enter
wait "The device association is pending"
"#;
    let played = glucodock(data.path(), &["headless", "-"], script);
    assert!(played.status.success(), "{}", String::from_utf8_lossy(&played.stderr));
    let cables = file.list().unwrap();
    assert_eq!(cables.len(), 1);
    assert_eq!((cables[0].key.as_str(), cables[0].model.as_str()), ("0403:6001:CABLE-000-1", "onetouch-ultra2"));
    let aside = data.path().join("cables.toml.damaged-1");
    assert_eq!(std::fs::read_to_string(aside).unwrap(), "what is this");
}

/// A pipe that never ends must not fill the memory: a line is no longer than a person types.
#[test]
fn a_password_without_an_end_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let add = ["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];
    refused(data.path(), &add, &"x".repeat(20_000), 2, "a line of standard input is longer than 16384 bytes");
    assert!(!data.path().join("glucodock.db").exists());
}
