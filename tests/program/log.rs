//! The log of the real binary: what is in it, and above all what is not.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use glucodock::domain::glucose::Concentration;
use glucodock::domain::record::Span;
use glucodock::store::Store;
use tempfile::TempDir;

use super::program::{Simulator, feed, glucodock, text};

const PASSWORD: &str = "correct horse battery";

/// A station: a folder for its data and one for its state.
struct Station {
    data: TempDir,
    state: TempDir,
}

impl Station {
    /// With a training store and one user.
    fn begun() -> Self {
        let station = Self { data: tempfile::tempdir().unwrap(), state: tempfile::tempdir().unwrap() };
        let add =
            ["users", "add", "--login", "norarose", "--name", "Nora Rosenqvist", "--role", "assistant", "--training"];
        assert!(station.run(&add, &format!("{PASSWORD}\n")).status.success());
        station
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = glucodock(arguments);
        command.env("GLUCODOCK_DATA", self.data.path()).env_remove("GLUCODOCK_LOG");
        feed(command.env("XDG_STATE_HOME", self.state.path()), input)
    }

    fn folder(&self) -> PathBuf {
        self.state.path().join("glucodock/log")
    }

    /// What was logged, without time, level and process.
    fn logged(&self) -> Vec<String> {
        let told = |line: &str| line.split_whitespace().skip(3).collect::<Vec<_>>().join(" ");
        whole(&self.folder()).lines().map(told).collect()
    }
}

fn whole(folder: &Path) -> String {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

/// Everything that a day brings: a wrong password, a search, a read, wrong answers, an assignment, a meter of somebody
/// else, a cable that is pulled.
const DAY: &str = r#"
patient "Zimmerli-Quast" "Annegret" 1961-07-14 M7654321
patient "Oduya" "Chinwe" 1975-03-09 M8765432
type "norarose"
key Enter
type "jkwxvy pqz"
key Enter
wait "E-SIGN-1"
type "correct horse battery"
key Enter
wait "Find the patient"
type "zimmerli"
idle
keys Down Enter
plug accu-chek-guide serial=92518273645 readings=7
wait "The device association is pending"
keys Enter Tab Enter
wait "Select the patient"
keys Down Enter
wait "Confirm the assignment"
type "qz"
key Enter
type "1999"
keys Enter Enter
wait "What was typed does not match this patient."
type "az"
key Enter
type "1961"
keys Enter Enter
wait "is now assigned"
key F7
wait "Find the patient"
unplug accu-chek-guide
type "oduya"
idle
keys Down Enter
wait "Upload the data"
plug accu-chek-guide serial=92518273645 readings=7
wait "This meter belongs to another patient"
key Enter
wait "Find the patient"
unplug accu-chek-guide
type "oduya"
idle
keys Down Enter
plug accu-chek-guide-me serial=92511112222 readings=60 fault=unplug@1100
idle
expect "[E-LINK-4]"
key F10
wait "Menu"
keys End Up Enter
wait "Type your name and your password"
"#;

/// The values of a person's record, as they are written.
fn values(data: &Path, name: &str) -> BTreeSet<String> {
    let store = Store::open(data).unwrap();
    let person = store.search(name, None, 2).unwrap().patients.remove(0).id;
    let readings = store.record(&person, Span::ALL).unwrap().readings;
    readings.iter().filter_map(|reading| reading.measured.concentration()).map(Concentration::to_number).collect()
}

/// The field of this name in a line.
fn field<'a>(line: &'a str, name: &str) -> &'a str {
    line.split(' ')
        .find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
        .unwrap_or_else(|| panic!("{name} in {line}"))
}

#[test]
fn a_whole_day_is_logged_and_nobody_is_in_it() {
    let station = Station::begun();
    let played = station.run(&["headless", "--at", "2026-07-14T12:00:00+02:00[Europe/Berlin]", "-"], DAY);
    assert!(played.status.success(), "{}", text(&played.stderr));
    let taken = r#"{"family": "Oduya", "given": "Amara", "born": "1980-02-03", "mrn": "M8765432"}"#;
    assert!(!station.run(&["patients", "create"], taken).status.success());
    assert!(station.run(&["patients", "search", "zimmerli"], "").status.success());
    let meter = Simulator::start("onetouch-verio", "--socket", &["--serial", "ZQXJ1234"]);
    let socket = meter.path.to_str().unwrap();
    let read = station.run(&["read", "--socket", socket, "--model", "onetouch-verio"], "");
    assert!(read.status.success(), "{}", text(&read.stderr));

    let (log, lines) = (whole(&station.folder()).to_lowercase(), station.logged());
    let folders = [station.data.path().to_str().unwrap(), socket].map(str::to_lowercase);
    let names = [
        "zimmerli",
        "quast",
        "annegret",
        "oduya",
        "chinwe",
        "amara",
        "zqxj",
        "norarose",
        "rosenqvist",
        "horse",
        "jkwxvy",
    ];
    for whose in names.into_iter().chain(folders.iter().map(String::as_str)) {
        assert!(!log.contains(whose), "{whose} is in\n{log}");
    }
    let mut numbers = values(station.data.path(), "zimmerli");
    assert!(numbers.len() > 3, "{numbers:?}");
    let others = [
        "m7654321",
        "7654321",
        "m8765432",
        "8765432",
        "1961",
        "1975",
        "1980",
        "1999",
        "jul",
        "92518273645",
        "925",
        "1827",
        "3645",
        "92511112222",
        "2222",
        "az",
        "qz",
        "nora",
    ];
    numbers.extend(others.map(str::to_owned));
    for line in &lines {
        let line = line.to_lowercase();
        let words: BTreeSet<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '.').collect();
        let told: Vec<_> = numbers.iter().filter(|number| words.contains(number.as_str())).collect();
        assert!(told.is_empty(), "{told:?} in {line}");
    }

    // What should be there is, in this order.
    let mut left = lines.iter();
    let mut next = |begin: &str| {
        left.find(|line| line.starts_with(begin)).unwrap_or_else(|| panic!("no {begin} (any more) in\n{lines:#?}"))
    };
    let version = env!("CARGO_PKG_VERSION");
    next(&format!("started version={version} command=users"));
    next("ended exit=0");
    next(&format!("started version={version} command=headless"));
    next(r#"call failed call=sign_in code=E-SIGN-1 error="name or password is wrong""#);
    let user = field(next("signed in user="), "user");
    next(r#"meter plugged in attachment=1 model="Accu-Chek Guide""#);
    next("read begun attachment=1");
    next("read ended attachment=1 driver=accu-chek-usb readings=7 announced=7");
    let kept = next("readings in quarantine");
    assert_eq!((field(kept, "user"), field(kept, "readings"), field(kept, "new")), (user, "7", "7"));
    let wrong = next("answers were not this patient's");
    let assigned = next("readings assigned");
    for name in ["user", "upload", "patient"] {
        assert_eq!(field(wrong, name), field(assigned, name), "{name}");
        assert!(field(assigned, name).len() == 8, "{assigned}");
    }
    assert_eq!((field(assigned, "user"), field(assigned, "upload")), (user, field(kept, "upload")));
    assert_eq!((field(assigned, "new"), field(assigned, "known")), ("7", "0"));
    next("meter removed attachment=1");
    let other = next("meter of somebody else met");
    assert_ne!(field(other, "patient"), field(assigned, "patient"));
    let pulled = next("read ended early attachment=3 driver=accu-chek-usb readings=0 announced=60 code=E-LINK-4");
    assert!(pulled.contains("error=\"") && pulled.contains("the device is gone"), "{pulled}");
    assert_eq!(field(next("signed out"), "user"), user);
    next("ended exit=0");
    next(&format!("started version={version} command=patients"));
    next(r#"command failed code=E-PLAT-5 exit=5 error="the identifier is taken""#);
    next("ended exit=5");
    next(&format!("started version={version} command=read"));
    next("read begun driver=onetouch-verio model=\"OneTouch Verio\"");
    next("read ended driver=onetouch-verio readings=");
    next("ended exit=0");
}

#[test]
fn the_log_is_for_this_user_alone_and_its_key_lies_beside_it() {
    let station = Station::begun();
    let state = station.state.path().join("glucodock");
    let files: Vec<_> = fs::read_dir(station.folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    assert!(file.file_name().unwrap().to_str().unwrap().starts_with("glucodock.2"), "{file:?}");
    assert_eq!((mode(&state), mode(&station.folder()), mode(file)), (0o700, 0o700, 0o600));
    assert_eq!((mode(&state.join("log.key")), fs::read(state.join("log.key")).unwrap().len()), (0o600, 32));
}

#[test]
fn nothing_is_logged_of_a_demonstration_or_where_it_is_switched_off() {
    let station = Station { data: tempfile::tempdir().unwrap(), state: tempfile::tempdir().unwrap() };
    for quiet in [
        &["headless", "--demo", "-"] as &[&str],
        &["doctor"],
        &["meters", "--supported"],
        &["simulate", "sd-codefree", "--faults"],
        &["users", "list", "--log", "off"],
        &["--log=off", "users", "list"],
    ] {
        station.run(quiet, "wait \"Sign in\"\n");
        assert_eq!(fs::read_dir(station.state.path()).unwrap().count(), 0, "{quiet:?}");
    }
}

#[test]
fn the_folder_can_be_named_and_one_that_cannot_be_does_not_stop_the_work() {
    let station = Station::begun();
    let elsewhere = tempfile::tempdir().unwrap();
    let folder = elsewhere.path().join("state");
    assert!(station.run(&["users", "list", "--log", folder.to_str().unwrap()], "").status.success());
    assert!(whole(&folder.join("log")).contains("command=users"));
    assert_eq!(station.logged().iter().filter(|line| line.starts_with("started")).count(), 1);

    let file = elsewhere.path().join("file");
    fs::write(&file, "").unwrap();
    let output = station.run(&["users", "list", "--log", file.to_str().unwrap()], "");
    let said = text(&output.stderr);
    assert!(output.status.success() && said.contains("glucodock: there is no log: making the folder"), "{said}");
}

#[test]
fn the_details_of_a_failure_are_told_when_they_are_asked_for() {
    let station = Station::begun();
    fs::write(station.data.path().join("glucodock.key"), "short").unwrap();
    let usual = station.run(&["users", "list"], "");
    assert_eq!(text(&usual.stderr).lines().count(), 1, "{}", text(&usual.stderr));
    for verbose in [["--verbose", "users", "list"], ["users", "list", "--verbose"]] {
        let output = station.run(&verbose, "");
        let said = text(&output.stderr);
        assert!(said.starts_with(text(&usual.stderr)), "{said}");
        let log = station.folder();
        let version = env!("CARGO_PKG_VERSION");
        let details = format!(
            "  code: E-STORE-1\n  detail: the key file glucodock.key is damaged\n  version: {version}\n  log: {}\n",
            log.display()
        );
        assert!(said.ends_with(&details), "{said}");
    }
    let last = station.logged().pop().unwrap();
    assert_eq!(last, "ended exit=1");
}
