//! Training stores: what is simulated works on them and on the demo only, and every output says what they are.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use super::program::on_store as glucodock;

const ANNA: &str = r#"{"family":"Tester","given":"Anna","born":"1961-07-14","mrn":"M1000001"}"#;

/// Ends at the sign-in, having looked at it.
const LOOKS: &str = "wait \"Sign in\" 60s\nscreen here\n";

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn add(data: &Path, more: &[&str]) -> Output {
    let nora = ["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];
    glucodock(data, &[&nora, more].concat(), "correct horse\n")
}

/// Every file of a data folder with its bytes.
fn bytes(data: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(data)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

/// The times of the audit trail and the wait after wrong passwords hang on the clock; a record on its meters.
#[test]
fn nothing_pretended_comes_into_a_store_for_patients() {
    let data = tempfile::tempdir().unwrap();
    assert!(add(data.path(), &[]).status.success());
    assert!(glucodock(data.path(), &["patients", "create"], ANNA).status.success());
    // What looking writes is written.
    assert!(glucodock(data.path(), &["users", "list"], "").status.success());
    let before = bytes(data.path());
    let plugs = "plug accu-chek-guide readings=5\n";
    let people = "user anna Anna assistant \"correct horse\"\npatient Tester Anna 1961-07-14 M7\n";
    let cases: [(&[&str], &str, &str); 6] = [
        (&["headless", "--speed", "real", "-"], people, "user works on training stores"),
        (&["headless", "-"], LOOKS, "--speed fast works on training stores"),
        (&["headless", "--at", "2020-01-01T12:00:00+00:00[UTC]", "-"], LOOKS, "--at works on training stores"),
        (&["headless", "--output", "json", "-"], plugs, "--speed fast works on training stores"),
        (&["headless", "--speed", "real", "-"], plugs, "plug works on training stores"),
        (&["headless", "--speed", "real", "--output", "json", "-"], plugs, "plug works on training stores"),
    ];
    for (arguments, script, says) in cases {
        let output = glucodock(data.path(), arguments, script);
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {complaint}");
        assert!(complaint.contains(says) && complaint.contains("users add --training"), "{arguments:?}: {complaint}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    assert_eq!(bytes(data.path()), before, "refused before anything starts");
}

/// A real clock and real meters are no pretence.
#[test]
fn a_script_on_the_real_clock_runs_on_a_store_for_patients() {
    let data = tempfile::tempdir().unwrap();
    assert!(add(data.path(), &[]).status.success());
    let output = glucodock(data.path(), &["headless", "--speed", "real", "-"], LOOKS);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(!text(&output.stdout).contains("TRAINING"), "{}", text(&output.stdout));
}

#[test]
fn a_training_store_says_so_everywhere_and_takes_what_is_simulated() {
    let data = tempfile::tempdir().unwrap();
    let added = add(data.path(), &["--training"]);
    assert!(text(&added.stdout).starts_with("TRAINING: this store is for training."), "{added:?}");
    assert!(glucodock(data.path(), &["patients", "create"], ANNA).status.success());
    let script = "type \"nora\"\nkey Enter\ntype \"correct horse\"\nkey Enter\nwait \"Find the patient\"\n\
        expect \"TRAINING\"\ntype \"tester\"\nidle\nkeys Down Enter\nplug accu-chek-guide readings=5\n\
        wait \"The device association is pending\"\nexpect \"TRAINING\"\nresize 120x40\nexpect \"TRAINING - Clinic\"\n\
        key F1\nexpect \"TRAINING\"\n";
    let at = ["headless", "--at", "2026-07-14T12:00:00+02:00[Europe/Berlin]", "-"];
    let output = glucodock(data.path(), &at, script);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// Every command that prints something of a store, and what it is given to read.
const OF_A_STORE: [(&[&str], &str); 16] = [
    (&["audit", "list"], ""),
    (&["audit", "verify"], ""),
    (&["export", "M1000001"], ""),
    (&["patients", "create"], r#"{"family":"Other","given":"Berta","born":"1972-03-04","mrn":"M2000002"}"#),
    (&["patients", "import", "fixtures/import/people.csv"], ""),
    (&["patients", "search", "tester"], ""),
    (&["pending"], ""),
    (&["store", "accept-restored"], ""),
    (&["store", "verify"], ""),
    (&["sync"], ""),
    (
        &["users", "add", "--as", "ada", "--login", "mia", "--name", "Mia Test", "--role", "auditor"],
        "correct horse\nwrong stapler\n",
    ),
    (&["users", "list"], ""),
    (&["users", "disable", "mia", "--as", "ada"], "correct horse\n"),
    (&["users", "enable", "mia", "--as", "ada"], "correct horse\n"),
    (&["users", "password", "mia", "--as", "ada"], "correct horse\nright battery\n"),
    (&["users", "role", "mia", "--role", "clinician", "--as", "ada"], "correct horse\n"),
];

/// These take a data folder and print nothing of its store: the app's screens, what was read through a cable, and the
/// settings, which name the care platform and the unit of the numbers of a file. The doctor says in its own line what
/// the store is for; that a platform moved is looked at in `platform_moved`, because it needs one.
const OF_NO_STORE: [&str; 11] = [
    "config check",
    "config init",
    "config show",
    "doctor",
    "headless",
    "meters",
    "platform check",
    "platform keys",
    "platform moved",
    "read",
    "stats",
];

/// It begins a store of its own, and has a test of its own.
const FILLS: &str = "store fill";

/// These name a file besides: `audit_export` and `store_backup` look at them, on stores of both kinds.
const NAME_A_FILE: [&str; 4] = ["audit export", "store backup", "store rekey", "store restore"];

#[test]
fn every_command_says_what_its_store_is_for() {
    for (training, form) in [(true, "text"), (true, "json"), (false, "text"), (false, "json")] {
        let data = tempfile::tempdir().unwrap();
        let ada = ["users", "add", "--login", "ada", "--name", "Ada Test", "--role", "administrator"];
        let more: &[&str] = if training { &["--training"] } else { &[] };
        assert!(glucodock(data.path(), &[&ada, more].concat(), "correct horse\n").status.success());
        assert!(glucodock(data.path(), &["patients", "create"], ANNA).status.success());
        for (command, input) in OF_A_STORE {
            let output = glucodock(data.path(), &[command, &["--format", form]].concat(), input);
            assert!(output.status.success(), "{command:?}: {output:?}");
            if form == "json" {
                let told: Value = serde_json::from_slice(&output.stdout).unwrap();
                assert_eq!(told["training"], training, "{command:?}: {told}");
            } else {
                let told = text(&output.stdout);
                assert_eq!(told.starts_with("TRAINING: this store is for training."), training, "{command:?}: {told}");
            }
        }
    }
}

/// The commands that take a data folder, as the help names them.
fn commands_with_a_data_folder(of: &[&str], found: &mut Vec<String>) {
    let nowhere = Path::new("/nonexistent");
    let help = text(&glucodock(nowhere, &[of, &["--help"]].concat(), "").stdout);
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<&str> = commands.filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    if names.is_empty() && help.contains("--data <DIR>") {
        found.push(of.join(" "));
    }
    for name in names.into_iter().filter(|name| !name.is_empty() && *name != "help") {
        commands_with_a_data_folder(&[of, &[name]].concat(), found);
    }
}

/// A new command on a store has its place in one of the lists above.
#[test]
fn every_command_on_a_store_is_looked_at() {
    let mut found = Vec::new();
    commands_with_a_data_folder(&[], &mut found);
    let words = |(command, _): &(&[&str], &str)| {
        let is_group = !matches!(command, ["export" | "pending" | "sync", ..]);
        command.iter().take(1 + usize::from(is_group)).copied().collect::<Vec<_>>().join(" ")
    };
    let mut expected: Vec<String> = OF_A_STORE.iter().map(words).chain(OF_NO_STORE.map(str::to_owned)).collect();
    expected.extend([FILLS].into_iter().chain(NAME_A_FILE).map(str::to_owned));
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

/// What no simulated meter can be is told with its line before anything runs, and what would do instead.
#[test]
fn a_script_is_told_of_an_impossible_meter_before_it_runs() {
    let script = "screen before\nplug sd-codefree cable=0403:6001:C1\nplug accu-chek-guide cable=0403:6001:C1\n\
        plug sd-codefree control-only\nplug glucocard-expression serial=1\nunplug accu-check\n";
    let data = tempfile::tempdir().unwrap();
    let output = glucodock(data.path(), &["headless", "--demo", "-"], script);
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    for says in [
        "line 2: there is no such meter: SD CodeFree is never behind the cable 0403:6001:C1; its cables have the USB \
         ids \
         10c4:ea60, 10c4:ea61, ",
        "line 3: there is no such meter: Accu-Chek Guide is never behind the cable 0403:6001:C1; it is behind no cable \
         that another meter has",
        "line 4: there is no such meter: SD CodeFree does not tell",
        "line 5: there is no such meter: the serial number of a GLUCOCARD Expression is",
        "line 6: there is no simulated meter \"accu-check\"",
    ] {
        assert!(complaint.contains(says), "{says}: {complaint}");
    }
}

/// A script brings its own people, by the rules of the command line.
#[test]
fn a_script_adds_a_user_and_a_patient() {
    let script = "user anna \"Anna Example\" clinician \"correct horse\"\n\
        patient \"Nightingale\" Flora 12-May-1950 M7654321\n\
        type \"anna\"\nkey Enter\ntype \"correct horse\"\nkey Enter\nwait \"Find the patient\"\n\
        type \"nightin\"\nwait \"NIGHTINGALE, Flora\"\n";
    let data = tempfile::tempdir().unwrap();
    assert!(add(data.path(), &["--training"]).status.success());
    for target in [&["--demo"] as &[&str], &[]] {
        let output = glucodock(data.path(), &[&["headless"], target, &["-"]].concat(), script);
        assert!(output.status.success(), "{target:?}: {}", text(&output.stderr));
    }
    let again = glucodock(data.path(), &["headless", "-"], script);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).starts_with("line 1: the login name is taken"), "{}", text(&again.stderr));
    let wrong = "user 12 Anna clinician \"correct horse\"\npatient Nightingale Flora 2999-05-12 R12\nkey Hyper\n";
    let refused = glucodock(data.path(), &["headless", "-"], wrong);
    let complaint = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{complaint}");
    for says in ["line 1: login: Please type", "line 2: born: This date", "mrn: Rooms, beds", "line 3: there is no key"]
    {
        assert!(complaint.contains(says), "{complaint}");
    }
}

/// Whoever looks like somebody who is there needs a reason, and the trail says that one was given where one was.
#[test]
fn a_script_needs_a_reason_for_people_who_look_alike() {
    let data = tempfile::tempdir().unwrap();
    assert!(add(data.path(), &["--training"]).status.success());
    let first = "patient Nightingale Flora 12-May-1950 M7654321\n";
    let second = "patient Nightingale Flora 12-May-1950 M7654322";
    let refused = glucodock(data.path(), &["headless", "-"], format!("{first}{second}\n"));
    assert_eq!(refused.status.code(), Some(1));
    let complaint = text(&refused.stderr);
    assert!(complaint.starts_with("line 2: nobody was created"), "{complaint}");
    assert!(complaint.contains("NIGHTINGALE, Flora") && complaint.contains("M7654321"), "{complaint}");
    let taken = glucodock(data.path(), &["headless", "-"], first);
    assert_eq!(taken.status.code(), Some(1));
    let complaint = text(&taken.stderr);
    assert!(complaint.starts_with("line 1: the identifier is taken"), "{complaint}");
    assert!(complaint.contains("NIGHTINGALE, Flora") && !complaint.contains("write why"), "{complaint}");
    let created = glucodock(data.path(), &["headless", "-"], format!("{second} \"another person, passport seen\"\n"));
    assert!(created.status.success(), "{}", text(&created.stderr));
    let trail = text(&glucodock(data.path(), &["audit", "list"], "").stdout);
    let reasons: Vec<bool> = trail
        .lines()
        .filter(|line| line.contains("patient-created"))
        .map(|line| line.ends_with("with a reason for a new person"))
        .collect();
    assert_eq!(reasons, [false, true], "{trail}");
}

#[test]
fn the_start_of_the_clock_is_written_with_a_zone_or_without() {
    let data = tempfile::tempdir().unwrap();
    for at in ["2026-07-14T12:00", "2026-07-14T12:00:00+02:00[Europe/Berlin]"] {
        let output = glucodock(data.path(), &["headless", "--demo", "--at", at, "-"], "wait \"Sign in\"\n");
        assert!(output.status.success(), "{at}: {}", text(&output.stderr));
    }
    let refused = glucodock(data.path(), &["headless", "--demo", "--at", "14.7.2026", "-"], "");
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("write 2026-07-14T12:00"), "{}", text(&refused.stderr));
}

#[test]
fn what_a_store_is_for_cannot_be_changed() {
    let data = tempfile::tempdir().unwrap();
    assert!(add(data.path(), &[]).status.success());
    let refused = add(data.path(), &["--training"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("for patients and stays so"), "{}", text(&refused.stderr));
}

#[test]
fn the_demo_says_that_it_is_training() {
    let data = tempfile::tempdir().unwrap();
    let output = glucodock(data.path(), &["headless", "--demo", "-"], "wait \"Sign in\"\nexpect \"TRAINING - \"\n");
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// What a script says of a meter that was plugged in before is so from then on, or the line is refused: nothing is
/// passed over in silence.
#[test]
fn a_meter_that_is_plugged_again_is_as_the_line_says_or_the_line_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let play = |again: &str| {
        let meter = "accu-chek-guide serial=00000000777";
        let script = format!("plug {meter} readings=9 seed=3\nidle\nunplug {meter}\nplug {meter} {again}\n");
        glucodock(data.path(), &["headless", "--demo", "-"], script)
    };
    for again in ["", "readings=9 seed=3", "readings=12 clock-offset=300 mmol fault=drop@300 access=busy pace=20ms"] {
        let output = play(again);
        assert!(output.status.success(), "{again}: {}", text(&output.stderr));
    }
    for (again, says) in [
        ("readings=8", "it holds 9 readings already, and a meter forgets none: readings=8"),
        ("seed=4", "its readings are those of seed=3"),
        ("readings=12 seed=4", "its readings are those of seed=3"),
        ("control-only", "it was not control-only"),
        ("reset-clock", "its clock was not reset-clock"),
    ] {
        let output = play(again);
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{again}: {complaint}");
        assert!(complaint.starts_with("line 4: ") && complaint.contains(says), "{again}: {complaint}");
    }
}

/// A word that says nothing of the meter, or nothing of which plug is pulled, is a mistake.
#[test]
fn a_word_that_would_be_passed_over_is_refused_before_the_script_runs() {
    let script = "plug accu-chek-guide-link readings=5\nplug accu-chek-guide-link access=open serial=000\n\
        plug accu-chek-guide\nunplug accu-chek-guide readings=5\nunplug accu-chek-guide serial=1 mmol\n";
    let data = tempfile::tempdir().unwrap();
    let output = glucodock(data.path(), &["headless", "--demo", "-"], script);
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    for says in [
        "line 1: there is no such meter: nothing is read from a simulated Accu-Chek Guide Link",
        "line 4: \"readings=5\" does not say which plug is pulled: unplug METER [serial=...] [cable=...]",
        "line 5: \"mmol\" does not say which plug is pulled",
    ] {
        assert!(complaint.contains(says), "{says}: {complaint}");
    }
    assert!(!complaint.contains("line 2") && !complaint.contains("line 3"), "{complaint}");
}
