//! Many terminals at once on one server: each has its meters, and some want the same one. How long a confirmation takes
//! and how much goes through is printed; that no meter has two owners and no reading is there twice is what is tested.
//!
//! `GLUCODOCK_TERMINALS` says how many there are.
#![expect(clippy::print_stderr, reason = "the figures are what it is run for")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use glucodock::domain::patient::Patient;
use glucodock::domain::record::Span;
use rstest::rstest;

use super::jobs::{assigns, furnish, serial};
use super::place::{HELIOS_POSTGRESQL, Place, Terminal, meter, nora, wait};
use super::program::glucodock;
use super::records::{in_numbers, record, somebody};

/// How many there are in a usual run.
const USUAL: usize = 6;

/// How many readings each meter has.
const READINGS: u32 = 50;

/// One in so many pairs of terminals wants one meter for two people.
const FIGHTS: usize = 5;

/// The last keys of a script confirm; behind its last line it is said what became of it.
const SAID: &str = "wait \"care platform\" 120s\nidle\n";

/// What the screen says then.
const STOPPED: &str = "This meter belongs to another patient";

/// Plays it, and says how long it took from the confirmation until something was said. Nothing where the meter was
/// another's at the platform before anybody could confirm.
fn confirm(folder: &Path, script: &str) -> Option<Duration> {
    let arguments = ["headless", "--output", "json", "--speed", "real", "-"];
    let mut child = glucodock(&arguments).env("GLUCODOCK_DATA", folder).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let lines: Vec<(Instant, String)> =
        BufReader::new(child.stdout.take().unwrap()).lines().map(|line| (Instant::now(), line.unwrap())).collect();
    let ended = child.wait_with_output().unwrap();
    if !ended.status.success() && lines.last().is_some_and(|(_, last)| last.contains(STOPPED)) {
        return None;
    }
    assert!(ended.status.success(), "{}\n{}", lines.last().unwrap().1, String::from_utf8_lossy(&ended.stderr));
    let [.., before, _being_told, said] = lines.as_slice() else { panic!("{} lines", lines.len()) };
    Some(said.0 - before.0)
}

struct TerminalDesk {
    folder: tempfile::TempDir,
    patient: Patient,
    serial: String,
}

#[rstest]
#[case::on_a_small_server(Place::Small)]
#[ignore = "needs GLUCODOCK_FHIR_HELIOS_POSTGRESQL: tests/servers/run helios-postgresql"]
#[case::on_postgresql(HELIOS_POSTGRESQL)]
fn many_terminals_at_once(#[case] place: Place) {
    let count = std::env::var("GLUCODOCK_TERMINALS").map_or(USUAL, |told| told.parse().unwrap());
    let served = place.serve().unwrap();
    let mut desks: Vec<TerminalDesk> = (0..count)
        .map(|_| {
            let folder = tempfile::tempdir().unwrap();
            furnish(folder.path(), &served);
            let patient = somebody(&Terminal::of(folder.path()));
            TerminalDesk { folder, patient, serial: serial() }
        })
        .collect();
    for pair in desks.chunks_mut(2).step_by(FIGHTS) {
        if let [one, other] = pair {
            other.serial.clone_from(&one.serial);
        }
    }
    let began = Instant::now();
    let mut waits: Vec<Duration> = std::thread::scope(|scope| {
        let playing: Vec<_> = desks
            .iter()
            .map(|TerminalDesk { folder, patient, serial }| {
                let number = patient.identifiers[0].value.expose();
                let script = format!(
                    "type \"nora\"\nkey Enter\ntype \"correct horse\"\nkey Enter\nwait \"Find the patient\" 120s\n\
                     type \"{number}\"\nidle\nkeys Down Enter\nwait \"Upload the data\" 120s\n"
                ) + &assigns(serial, READINGS, number.as_str())
                    + SAID;
                scope.spawn(move || confirm(folder.path(), &script))
            })
            .collect();
        playing.into_iter().filter_map(|playing| playing.join().unwrap()).collect()
    });
    for TerminalDesk { folder, .. } in &desks {
        let terminal = Terminal::of(folder.path());
        terminal.carry();
        assert_eq!(terminal.store().undelivered().unwrap(), []);
    }
    let took = began.elapsed();

    let fresh = Terminal::new(Some(&served), None);
    let (mut there, mut lost) = (0, 0);
    for TerminalDesk { folder, patient, serial } in &desks {
        let owner = wait(fresh.backend.platform.record.owner(&nora(), &meter(serial))).unwrap().owner.unwrap();
        let said = Terminal::of(folder.path()).store().record(&patient.id, Span::ALL).unwrap().readings;
        let on_server = record(&fresh, &patient.id);
        assert_eq!(in_numbers(&on_server), in_numbers(&said), "each once, in the record of its person");
        assert_eq!(said.len(), if owner == patient.id { READINGS as usize } else { 0 });
        there += on_server.len();
        lost += usize::from(owner != patient.id);
    }
    let fights = desks.chunks(2).step_by(FIGHTS).filter(|pair| pair.len() == 2).count();
    assert_eq!(lost, fights, "of two who want one meter, one has it");
    waits.sort();
    let at = |hundredths: usize| waits[(waits.len() * hundredths / 100).min(waits.len() - 1)].as_millis();
    let rate = there as u128 * 1000 / took.as_millis();
    eprintln!(
        "{count} terminals, {fights} meters wanted by two: {there} readings in {:.1} s ({rate} a second); from the \
         confirmation until it is said what became of it: {} ms in the middle, {} ms for 99 in 100",
        took.as_secs_f64(),
        at(50),
        at(99)
    );
}
