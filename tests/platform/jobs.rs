//! The whole job by the program itself, on a training store, against a server: from a server that knows nobody to the
//! dashboard; and two terminals with one meter.

use std::path::Path;

use glucodock::domain::patient::Patient;
use glucodock::domain::record::Span;

use super::place::{Place, Served, Terminal, at_every_server, letters, mrn, nora, wait};
use super::program::{on_store, text};
use super::proxy::{Mishap, Proxy};
use super::records::{in_numbers, record, somebody};

at_every_server!(
    from_a_server_that_knows_nobody_to_the_dashboard,
    two_terminals_with_one_meter,
    a_network_that_goes_and_comes_back
);

/// A training store with somebody who works with patients.
pub(crate) fn furnish(folder: &Path, served: &Served) {
    served.write_settings(folder, None, 30);
    let nora = ["--login", "nora", "--name", "Nora Test", "--role", "assistant"];
    let output = on_store(folder, &[&["users", "add", "--training"], &nora[..]].concat(), "correct horse\n");
    assert!(output.status.success(), "{output:?}");
}

/// Plays a script behind the sign-in.
fn play(folder: &Path, script: &str) {
    play_at(folder, "2026-09-21T12:00", script);
}

fn play_at(folder: &Path, at: &str, script: &str) {
    let sign_in = "type \"nora\"\nkey Enter\ntype \"correct horse\"\nkey Enter\nwait \"Find the patient\" 60s\n";
    let output = on_store(folder, &["headless", "--at", at, "-"], format!("{sign_in}{script}"));
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}

/// Behind the selected patient: the meter is read, confirmed, and theirs.
pub(crate) fn assigns(serial: &str, readings: u32, mrn: &str) -> String {
    format!(
        "plug accu-chek-guide serial={serial} readings={readings}
wait \"The device association is pending\" 60s
keys Enter Tab Enter
wait \"Select the patient\" 60s
keys Down Enter
wait \"Confirm the assignment\" 60s
wait \"an identifier\" 60s
type \"{mrn}\"
key Enter
type \"1968\"
keys Enter Enter
"
    )
}

/// Eleven digits that no other meter of a test has.
pub(crate) fn serial() -> String {
    let number = getrandom::u64().unwrap() % 10_000_000_000;
    format!("9{number:010}")
}

/// What is in the record on the server is what the meter said, for a terminal that has never seen it.
fn is_there(folder: &Path, served: &Served, patient: &Patient, readings: u32) {
    let own = Terminal::of(folder);
    own.carry();
    assert_eq!(own.store().undelivered().unwrap(), []);
    let said = own.store().record(&patient.id, Span::ALL).unwrap().readings;
    assert_eq!(said.len(), readings as usize);
    let other = Terminal::new(Some(served), None);
    assert_eq!(in_numbers(&record(&other, &patient.id)), in_numbers(&said));
}

fn from_a_server_that_knows_nobody_to_the_dashboard(place: Place) {
    let served = place.serve().unwrap();
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path(), &served);
    let (family, number, serial) = (letters(), mrn(), serial());
    let create = format!(
        "key F2
wait \"what is required\"
type \"{family}\"
key Enter
type \"Tea\"
key Enter
type \"09-Mar-1968\"
key Enter
type \"{number}\"
key Enter
wait \"what is optional\" 60s
keys Enter Enter Enter Enter
wait \"Upload the data\" 60s
"
    );
    let dashboard = "wait \"new readings, 0 already there\" 60s
key Enter
wait \"60 in all\" 60s
";
    play(folder.path(), &[create, assigns(&serial, 60, &number), dashboard.to_owned()].concat());
    let directory = Terminal::of(folder.path()).backend.platform.directory;
    let patient = wait(directory.search(&nora(), &number, None, 20)).unwrap().patients.remove(0);
    is_there(folder.path(), &served, &patient, 60);

    // The next visit: the meter is theirs, and ten readings are new.
    let again = format!(
        "type \"{number}\"
idle
keys Down Enter
wait \"Upload the data\" 60s
plug accu-chek-guide serial={serial} readings=70
wait \"already there\" 60s
idle
key Enter
wait \" in all\" 60s
"
    );
    play(folder.path(), &again);
    let own = Terminal::of(folder.path());
    let readings = own.store().record(&patient.id, Span::ALL).unwrap().readings.len();
    assert!(readings >= 70, "{readings}");
    drop(own);
    is_there(folder.path(), &served, &patient, u32::try_from(readings).unwrap());
}

fn two_terminals_with_one_meter(place: Place) {
    let served = place.serve().unwrap();
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let serial = serial();
    let people = folders.each_ref().map(|folder| {
        furnish(folder.path(), &served);
        somebody(&Terminal::of(folder.path()))
    });
    std::thread::scope(|scope| {
        for (folder, patient) in folders.iter().zip(&people) {
            let number = patient.identifiers[0].value.expose().to_string();
            let script = format!("type \"{number}\"\nidle\nkeys Down Enter\nwait \"Upload the data\" 60s\n")
                + &assigns(&serial, 50, &number)
                + "idle\nidle\n";
            scope.spawn(move || play(folder.path(), &script));
        }
    });
    for folder in &folders {
        Terminal::of(folder.path()).carry();
    }
    let fresh = Terminal::new(Some(&served), None);
    let mut with = people.iter().filter(|patient| !record(&fresh, &patient.id).is_empty());
    let owner = with.next().unwrap();
    assert_eq!(with.next(), None, "one has it");
    let place = people.iter().position(|patient| patient.id == owner.id).unwrap();
    let said = Terminal::of(folders[place].path()).store().record(&owner.id, Span::ALL).unwrap().readings;
    assert_eq!(said.len(), 50);
    assert_eq!(in_numbers(&record(&fresh, &owner.id)), in_numbers(&said));
}

/// The network goes while the meter is on the desk, and comes back when the program is started the next day.
fn a_network_that_goes_and_comes_back(place: Place) {
    let served = place.serve().unwrap();
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path(), &served);
    let patient = somebody(&Terminal::of(folder.path()));
    let mut is_gone = false;
    let proxy = Proxy::before(&served.base, move |asked| {
        is_gone |= asked.target.contains("Device");
        if is_gone { Mishap::Gone } else { Mishap::None }
    });
    served.write_settings(folder.path(), Some(&proxy), 30);
    let number = patient.identifiers[0].value.expose().to_string();
    let script = format!("type \"{number}\"\nidle\nkeys Down Enter\nwait \"Upload the data\" 60s\n")
        + &assigns(&serial(), 50, &number)
        + "wait \"are safe here and wait for the care platform\" 60s
expect \"the care platform does not answer\"
key Enter
wait \"50 in all\" 60s
expect \"The care platform does not answer. Shown is only what this station has\"
";
    play(folder.path(), &script);
    assert_eq!(Terminal::of(folder.path()).store().undelivered().unwrap().len(), 2);
    let fresh = Terminal::new(Some(&served), None);
    assert_eq!(record(&fresh, &patient.id), []);

    proxy.decide_by(|_| Mishap::None);
    // It goes by itself beside whatever somebody does; a script that ends before it is through leaves the rest.
    play_at(folder.path(), "2026-09-22T12:00", &format!("type \"{number}\"\nidle\n"));
    let output = on_store(folder.path(), &["sync"], "");
    assert!(output.status.success(), "{output:?}");
    let own = Terminal::of(folder.path());
    assert_eq!(own.store().undelivered().unwrap(), []);
    let said = own.store().record(&patient.id, Span::ALL).unwrap().readings;
    assert_eq!(said.len(), 50);
    assert_eq!(in_numbers(&record(&fresh, &patient.id)), in_numbers(&said));
}
