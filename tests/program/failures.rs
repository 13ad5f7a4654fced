//! A command that fails says so in JSON too, where JSON was asked for: one object, with a code and the field.

use serde_json::{Value, json};

use super::program::PROGRAM;
use super::program::{object, on_store, run, text};
use super::pty::{Pty, Setting};

/// Each sub-command with something that is wrong: exit code, code, field.
#[test]
fn every_sub_command_fails_in_json_with_code_and_field() {
    let data = tempfile::tempdir().unwrap();
    let cases: [(&str, &str, i32, &str, Value); 26] = [
        ("--json", "", 2, "usage", Value::Null),
        ("--json toaster", "", 2, "usage", Value::Null),
        ("--json --site x pending", "", 2, "usage", Value::Null),
        ("users --json", "", 2, "usage", Value::Null),
        ("patients --json", "", 2, "usage", Value::Null),
        ("audit --json", "", 2, "usage", Value::Null),
        ("store --json", "", 2, "usage", Value::Null),
        ("users list --json", "", 1, "failed", Value::Null),
        ("users add --json --name Nora --role assistant", "", 2, "usage", json!("login")),
        ("users add --json --login nora --name Nora --role boss", "", 2, "usage", json!("role")),
        ("users add --json --login 12 --name Nora --role assistant", "", 2, "usage", json!("login")),
        ("users add --json --login nora --name Nora --role assistant", "short\n", 2, "usage", json!("password")),
        ("patients search a --json", "", 1, "failed", Value::Null),
        (
            "patients create --json",
            "{\"family\":\"X\",\"given\":\"Y\",\"born\":\"1961-07-14\"}",
            2,
            "usage",
            json!("mrn"),
        ),
        ("patients create --json", "[]", 2, "usage", Value::Null),
        ("pending --json", "", 1, "failed", Value::Null),
        ("audit list --json", "", 1, "failed", Value::Null),
        ("audit verify --format json", "", 1, "failed", Value::Null),
        ("--format json store accept-restored", "", 1, "failed", Value::Null),
        ("config --json", "", 2, "usage", Value::Null),
        ("config check --json --settings /nowhere/settings.toml", "", 2, "usage", Value::Null),
        ("headless --json --demo -", "jump\nkey Hyper\n", 2, "usage", json!("line 1")),
        ("meters --json --forget-cable nonsense", "", 2, "usage", json!("forget_cable")),
        ("read --json --port /nowhere --driver onetouch-ultra2", "", 3, "no-meter", Value::Null),
        ("simulate --json toaster --pty x", "", 2, "usage", Value::Null),
        ("demo --json", "", 2, "usage", Value::Null),
    ];
    for (line, input, exit, code, field) in cases {
        let arguments: Vec<&str> = line.split(' ').collect();
        let output = on_store(data.path(), &arguments, input);
        assert_eq!(output.status.code(), Some(exit), "{line}: {output:?}");
        let told = object(&output);
        let error = &told["error"];
        assert_eq!((&error["exit"], &error["code"]), (&json!(exit), &json!(code)), "{line}: {told}");
        assert_eq!(error["field"], field, "{line}: {told}");
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{line}: {told}");
        assert!(!output.stderr.is_empty(), "{line}: people are told on stderr");
    }
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0, "nothing was begun");
}

/// The codes of problems are those that the app shows.
#[test]
fn a_store_that_cannot_be_opened_is_told_with_its_code() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("glucodock.key"), [7; 32]).unwrap();
    let output = on_store(data.path(), &["pending", "--json"], "");
    let told = object(&output);
    assert_eq!((output.status.code(), &told["error"]["code"]), (Some(1), &json!("E-STORE-1")));
    assert!(told["error"]["message"].as_str().unwrap().contains("Restore glucodock.db from a backup"), "{told}");
}

/// Where nothing is attached there is a list, and why it is empty.
#[test]
fn help_and_version_are_no_failures() {
    for arguments in [&["--json", "--help"] as &[&str], &["--version", "--json"], &["patients", "create", "--help"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(!output.stdout.starts_with(b"{"), "{arguments:?}");
    }
    let help = String::from_utf8(run(&["patients", "create", "--help"]).stdout).unwrap();
    assert!(
        help.contains("glucodock patients create <<'END'\n") && help.contains("1961-07-14, 14-Jul-1961 or 14.7.1961"),
        "{help}"
    );
}

/// Whoever starts the command without its input is told what to type, and is not left before a silent terminal.
#[test]
fn a_person_at_a_terminal_is_told_what_to_type() {
    let data = tempfile::tempdir().unwrap();
    for (command, says) in [("create", "Type a JSON object"), ("search", "Type what to look for")] {
        let mut setting = Setting::new(&[PROGRAM, "patients", command]);
        setting.environment.push(("GLUCODOCK_DATA", data.path().display().to_string()));
        let mut pty = Pty::start(&setting).unwrap();
        pty.wait_for(says).unwrap();
        pty.send(b"\x04").unwrap();
        assert_ne!(pty.exit_code().unwrap(), 0);
    }
}

/// What is not UTF-8 is told with its place and what to do: each file and each standard input that is text.
#[test]
fn text_that_is_not_utf_8_is_told_with_its_line_and_the_remedy() {
    let data = tempfile::tempdir().unwrap();
    // M\u{fc}ller as an old editor saves it, in line 2.
    let latin = b"# one\nwait \"M\xfcller\"\n";
    let (script, csv, toml) = ("a.journey", "set.csv", "set.toml");
    for name in [script, csv, toml] {
        std::fs::write(data.path().join(name), latin).unwrap();
    }
    let path = |name: &str| data.path().join(name).display().to_string();
    let (script, csv, toml) = (path(script), path(csv), path(toml));
    let add = "users add --login nora --name Nora --role assistant";
    for (line, input, place, field) in [
        ("headless --demo -", &latin[..], "standard input, line 2", "line 2"),
        (&format!("headless --demo {script}"), b"", &format!("{script}, line 2"), "line 2"),
        ("patients create", latin, "standard input, line 2", "line 2"),
        ("patients search", b"M\xfcller\n", "standard input, line 1", "line 1"),
        (add, b"correct h\xf6rse\n", "standard input, line 1", "password"),
        (
            &format!("simulate accu-chek-mobile --folder {} --readings {csv}", path("x")),
            b"",
            &format!("{csv}, line 2"),
            "line 2",
        ),
        (
            &format!("simulate accu-chek-mobile --folder {} --readings {toml}", path("x")),
            b"",
            &format!("{toml}, line 2"),
            "line 2",
        ),
    ] {
        let arguments: Vec<&str> = line.split(' ').chain(["--json"]).collect();
        let output = on_store(data.path(), &arguments, input);
        assert_eq!(output.status.code(), Some(2), "{line}: {output:?}");
        let said = text(&output.stderr);
        assert!(said.starts_with(&format!("glucodock: {place}: this is not UTF-8")), "{line}: {said}");
        assert!(said.contains("save it as UTF-8") && !said.contains("ller"), "{line}: {said}");
        assert_eq!(object(&output)["error"]["field"], json!(field), "{line}");
    }
    assert!(!data.path().join("glucodock.db").exists() && !data.path().join("x").exists(), "nothing was begun");
}

/// An editor's mark of UTF-8 at the beginning is no part of the text.
#[test]
fn a_byte_order_mark_is_passed_over() {
    let data = tempfile::tempdir().unwrap();
    let output = on_store(data.path(), &["headless", "--demo", "-"], "\u{feff}# one\nidle\n");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let anna = "\u{feff}{\"family\":\"Example\",\"given\":\"Anna\",\"born\":\"1961-07-14\",\"mrn\":\"M1234567\"}";
    let output = on_store(data.path(), &["patients", "create", "--json"], anna);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}
