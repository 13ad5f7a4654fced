//! `glucodock config`, and that the app looks at its settings before anything else.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;

use serde_json::json;

use super::program::{glucodock, object, on_store, text};

fn config(data: &Path, arguments: &str) -> Output {
    on_store(data, &arguments.split(' ').collect::<Vec<_>>(), "")
}

#[test]
fn settings_are_written_checked_and_shown() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("new");
    let file = data.join("settings.toml");
    let absent = config(&data, "config check");
    assert_eq!((absent.status.code(), text(&absent.stderr)), (Some(0), ""));
    assert_eq!(text(&absent.stdout), format!("There is no {}: everything is as by default.\n", file.display()));
    let shown = object(&config(&data, "config show --json"));
    let export = json!({ "folder": data.join("exports"), "paper": "a4" });
    let dashboard = json!({ "unit": "as sent" });
    let lock = json!({ "after_minutes": 5 });
    let scanner = json!({ "prefix": "", "suffix": "", "nhs_numbers": false });
    let platform = json!({ "kind": "embedded" });
    let all = json!({ "file": null, "platform": platform, "export": export, "dashboard": dashboard, "lock": lock,
        "scanner": scanner });
    assert_eq!(shown, all);
    assert!(!data.exists(), "looking makes nothing");

    let written = object(&config(&data, "config init --json"));
    assert_eq!(written, json!({ "file": file }));
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&data), mode(&file)), (0o700, 0o600));
    fs::write(&file, "# mine\n").unwrap();
    let again = config(&data, "config init");
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("is there already, and stays as it is"), "{}", text(&again.stderr));
    assert_eq!(fs::read_to_string(&file).unwrap(), "# mine\n");

    let said = "[platform]\nkind = \"fhir\"\nbase = \"http://127.0.0.1:8088/\"\ntimeout_seconds = 5\n\
                audit_event = true\n[platform.profiles]\nDevice = \"urn:a\"\nObservation = [\"urn:b\", \"urn:c\"]\n\
                [export]\nfolder = \"stick\"\npaper = \"letter\"\n[dashboard]\nunit = \"mmol/L\"\n\
                [lock]\nafter_minutes = 2\n[scanner]\nprefix = \"~\"\nnhs_numbers = true\n";
    fs::write(&file, said).unwrap();
    let checked = object(&config(&data, "config check --json"));
    assert_eq!(checked, json!({ "file": file, "valid": true, "complaints": [] }));
    let shown = config(&data, "config show");
    let lines = [
        ("kind", "\"fhir\""),
        ("base", "\"http://127.0.0.1:8088\""),
        ("sign_in", "\"none\""),
        ("allow_http", "false"),
        ("timeout_seconds", "5"),
        ("profiles", "{ Device = [\"urn:a\"], Observation = [\"urn:b\",\"urn:c\"] }"),
        ("create_patients", "false"),
        ("device_patient", "true"),
        ("device_use_statement", "true"),
        ("time_stamp_reference", "false"),
        ("phd_identifier", "false"),
        ("pending_task", "false"),
        ("audit_event", "true"),
        ("control_solution", "false"),
        ("withdraw_undone", "false"),
    ];
    let lines = lines.map(|(key, value)| format!("{key:20}  = {value}")).join("\n");
    let export = format!("[export]\nfolder  = \"{}\"\npaper   = \"letter\"\n", data.join("stick").display());
    let export = format!("{export}\n[dashboard]\nunit  = \"mmol/L\"\n\n[lock]\nafter_minutes  = 2\n");
    let export = format!("{export}\n[scanner]\nprefix       = \"~\"\nsuffix       = \"\"\nnhs_numbers  = true\n");
    assert_eq!(text(&shown.stdout), format!("# {}\n[platform]\n{lines}\n\n{export}", file.display()));
    // What is shown can be written.
    let copy = root.path().join("copy.toml");
    fs::write(&copy, &shown.stdout).unwrap();
    let copied = object(&config(&data, &format!("config show --json --settings {}", copy.display())));
    let shown = object(&config(&data, "config show --json"));
    for table in ["platform", "export", "dashboard", "lock", "scanner"] {
        assert_eq!(copied[table], shown[table]);
    }
}

#[test]
fn every_complaint_has_file_line_and_remedy() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("settings.toml");
    fs::write(&file, "[platform]\nkind = \"fhir\"\nsign_in = \"pin\"\n").unwrap();
    for command in ["check", "show"] {
        let output = config(data.path(), &format!("config {command} --json"));
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let told = object(&output);
        assert_eq!((&told["valid"], &told["file"]), (&json!(false), &json!(file)));
        let complaint = json!({
            "line": 2, "key": "platform.base", "what": "kind is \"fhir\", and platform.base is missing",
            "remedy": "Write base = \"https://...\", the address of the server.",
        });
        assert_eq!(told["complaints"][0], complaint);
        assert_eq!(told["error"]["field"], "platform.base");
        let lines: Vec<&str> = text(&output.stderr).lines().map(str::trim).collect();
        let shown = file.display();
        assert_eq!(
            lines,
            [
                format!(
                    "glucodock: {shown}:2: kind is \"fhir\", and platform.base is missing. Write base \
                     = \"https://...\", the \
                     address of the server."
                ),
                format!(
                    "{shown}:3: there is no sign_in \"pin\". Write \"none\", \"basic\", \"token\", \"secret\", \
                     \"backend\" or \"device\"."
                ),
            ]
        );
    }
}

/// A computer whose settings cannot be followed does not work on something else instead.
#[test]
fn the_app_starts_only_as_its_settings_say() {
    let data = tempfile::tempdir().unwrap();
    let wrong = data.path().join("wrong.toml");
    fs::write(&wrong, "[platform]\nkind = \"cloud\"\n").unwrap();
    let certificates = data.path().join("ca.toml");
    let table = "[platform]\nkind = \"fhir\"\nbase = \"https://fhir.example.org\"\nca_file = \"ca.pem\"\n";
    fs::write(&certificates, table).unwrap();
    fs::write(data.path().join("ca.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    for (file, exit, says) in
        [(&wrong, 2, "wrong.toml:2: there is no kind \"cloud\""), (&certificates, 5, "see: glucodock platform check")]
    {
        for arguments in [&["--settings", file.to_str().unwrap()] as &[&str], &[]] {
            for command in [&[] as &[&str], &["headless", "-"]] {
                let mut program = glucodock(&[command, arguments].concat());
                program.env("GLUCODOCK_DATA", data.path());
                if arguments.is_empty() {
                    program.env("GLUCODOCK_SETTINGS", file);
                }
                let output = program.output().unwrap();
                assert_eq!(output.status.code(), Some(exit), "{output:?}");
                assert!(text(&output.stderr).contains(says), "{output:?}");
            }
        }
    }
    let absent = glucodock(&["config", "check", "--settings", "/nowhere.toml"]).output().unwrap();
    assert_eq!(absent.status.code(), Some(2));
    assert!(text(&absent.stderr).contains("/nowhere.toml: the settings cannot be read"), "{absent:?}");
    // What the system said stands there once.
    assert_eq!(text(&absent.stderr).matches("No such file").count(), 1, "{absent:?}");
}
