//! Two stations that read one meter, say whose it is, undo that and decide anew, while networks do everything that they
//! do: afterwards the server has each reading once, under whom the stations that have it say, and nothing that none of
//! them says.
//!
//! Everything comes from a seed. `GLUCODOCK_UNDOINGS` says how many rounds there are, `GLUCODOCK_UNDOINGS_SEED` with
//! which seed the first begins; each round has its own, which is printed if it fails.
#![expect(clippy::print_stderr, reason = "how much was tried is worth knowing")]

use std::path::Path;

use glucodock::domain::association::UploadId;
use glucodock::domain::delivery::DeliveryState;
use glucodock::domain::patient::Patient;
use glucodock::domain::record::Span;
use jiff::SignedDuration;
use tempfile::TempDir;

use super::chance::Chance;
use super::faults::{PATIENCE, Tally, Told, errand, through_faults};
use super::made_up::download;
use super::place::{Place, Served, Terminal, letters, meter, noon, nora, wait};
use super::proxy::{Mishap, Proxy};
use super::records::{in_numbers, readings, record, somebody};
use super::undone::{all, undo};

/// How many rounds there are in a usual run.
const USUAL: u64 = 12;

/// How many things a station does in a round, of which about a third are decisions.
const STEPS: usize = 45;

/// How often somebody looks at what was refused, and has it sent again.
const LOOKS: usize = 4;

/// The assignment that would have to be undone first: that of the latest upload in any record.
fn last_assigned(terminal: &Terminal, people: &[Patient]) -> Option<UploadId> {
    let records = people.iter().map(|patient| terminal.store().record(&patient.id, Span::ALL).unwrap());
    let uploads = records.flat_map(|record| record.uploads).map(|past| past.upload);
    uploads.max_by_key(|upload| upload.0.parse::<u64>().unwrap())
}

/// One decision of whoever is at a station, or none where it may not be made.
fn decide(terminal: &Terminal, serial: &str, people: &[Patient], chance: &mut Chance) {
    let station = &terminal.backend.station;
    match chance.below(5) {
        0 => {
            let count = *chance.pick(&[20, 20, 31]);
            station.quarantine(&nora(), &download(serial, readings(0, count))).unwrap();
        }
        1 | 2 => {
            if let Some(upload) = terminal.store().pending().unwrap().pop() {
                // The meter may be the other one's here.
                let _ = terminal.assign(&upload.id, chance.pick(people), &letters());
            }
        }
        _ => {
            if let Some(upload) = last_assigned(terminal, people) {
                undo(station, &upload);
            }
        }
    }
}

/// What a station does, in the middle of which its program ends now and then.
fn work(folder: &Path, serial: &str, people: &[Patient], seed: u64) {
    let (mut chance, mut now) = (Chance::new(seed), noon());
    let mut terminal = Terminal::patient_for(folder, PATIENCE);
    for patient in people {
        terminal.backend.station.remember(&nora(), patient).unwrap();
    }
    for _ in 0..STEPS {
        now += SignedDuration::from_hours(1);
        if chance.one_in(3) {
            decide(&terminal, serial, people, &mut chance);
        } else {
            errand(&terminal, now, !chance.one_in(8));
        }
        if chance.one_in(12) {
            drop(terminal);
            terminal = Terminal::patient_for(folder, PATIENCE);
        }
    }
}

/// What both leave behind once the network is well again, and somebody has looked at what was refused.
fn settle(served: &Served, folders: [&Path; 2], proxies: &[Proxy; 2]) {
    for (folder, proxy) in folders.iter().zip(proxies) {
        proxy.decide_by(|_| Mishap::None);
        served.write_settings(folder, Some(proxy), 30);
    }
    for _ in 0..LOOKS {
        for folder in folders {
            let terminal = Terminal::of(folder);
            terminal.carry();
            for item in terminal.store().undelivered().unwrap() {
                if matches!(item.state, DeliveryState::Refused(_)) {
                    assert!(terminal.backend.station.release(&nora(), &item.key, &"looked at".into()).unwrap());
                }
            }
            terminal.carry();
        }
    }
}

/// Whether everything of one is in the other.
fn is_within(some: &Told, of: &Told) -> bool {
    let mut left = of.clone();
    some.iter().all(|own| left.iter().position(|other| other == own).map(|at| left.remove(at)).is_some())
}

/// One round; how many of its stations are left with something that the server does not take, because the other one
/// says otherwise.
fn round(seed: u64, tally: &Tally) -> usize {
    let served = Place::Small.serve().unwrap();
    let people: [Patient; 2] = {
        let terminal = Terminal::new(Some(&served), None);
        [somebody(&terminal), somebody(&terminal)]
    };
    let serial = letters();
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let proxies = [through_faults(&served, seed, tally), through_faults(&served, seed + 1, tally)];
    std::thread::scope(|scope| {
        for (place, (folder, proxy)) in folders.iter().zip(&proxies).enumerate() {
            served.write_settings(folder.path(), Some(proxy), 1);
            let (serial, people) = (&serial, &people);
            scope.spawn(move || work(folder.path(), serial, people, seed + 2 + place as u64));
        }
    });
    settle(&served, folders.each_ref().map(TempDir::path), &proxies);

    for kind in ["Observation", "Device", "DeviceUseStatement"] {
        let mut ids: Vec<String> = all(&served, kind).iter().map(|own| own["identifier"][0].to_string()).collect();
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(count, ids.len(), "seed {seed}: {kind} doubled");
    }
    let fresh = Terminal::new(Some(&served), None);
    let stations = folders.each_ref().map(|folder| Terminal::of(folder.path()));
    let left = stations.each_ref().map(|station| station.store().undelivered().unwrap());
    let told = |terminal: &Terminal, patient: &Patient| {
        in_numbers(&terminal.store().record(&patient.id, Span::ALL).unwrap().readings)
    };
    let owner = wait(fresh.backend.platform.record.owner(&nora(), &meter(&serial))).unwrap().owner;
    for patient in &people {
        let there = in_numbers(&record(&fresh, &patient.id));
        let said = stations.each_ref().map(|station| told(station, patient));
        for (own, left) in said.iter().zip(&left) {
            // What a station has in a record, and has delivered, is in that record.
            assert!(!left.is_empty() || is_within(own, &there), "seed {seed}: missing there\n{own:?}\n{there:?}");
        }
        // And nothing is there that no station says.
        let [first, second] = &said;
        let both = if is_within(first, second) { second } else { first };
        let all: Told = [first.clone(), second.clone()].concat();
        let is_said = is_within(&there, both) || is_within(&there, &all);
        assert!(is_said, "seed {seed}: nobody says so of {:?}\n{there:?}\n{said:?}", patient.id);
    }
    for (station, left) in stations.iter().zip(&left) {
        let here = station.store().ownership(&meter(&serial)).unwrap().owner;
        assert!(here.is_none() || !left.is_empty() || here == owner, "seed {seed}: {here:?} {owner:?}");
    }
    let owners = stations.each_ref().map(|station| station.store().ownership(&meter(&serial)).unwrap().owner);
    let said = |kind: &str| all(&served, kind).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let story = || {
        let trails = stations.each_ref().map(|station| {
            let trail = station.store().audit_trail().unwrap();
            trail.iter().map(|line| format!("{} {}", line.action, line.detail)).collect::<Vec<_>>().join("\n")
        });
        let kinds = ["Device", "DeviceUseStatement", "Provenance"].map(said);
        format!("{}\n{}", trails.join("\n---\n"), kinds.join("\n---\n"))
    };
    assert!(owner.is_none() || owners.contains(&owner), "seed {seed}: {owner:?} of {owners:?}\n{}", story());
    left.iter().filter(|left| !left.is_empty()).count()
}

#[test]
fn what_two_stations_undo_and_decide_anew_is_as_they_say_in_the_end() {
    let number = |variable, usual| std::env::var(variable).map_or(usual, |told| told.parse::<u64>().unwrap());
    let (rounds, first) = (number("GLUCODOCK_UNDOINGS", USUAL), number("GLUCODOCK_UNDOINGS_SEED", 1));
    let (tally, mut disagreed) = (Tally::default(), 0);
    for place in 0..rounds {
        disagreed += round(first + 11 * place, &tally);
    }
    let tally = tally.lock().unwrap();
    let faults = tally.values().sum::<usize>();
    eprintln!(
        "{faults} faults in {rounds} rounds from seed {first}, {disagreed} stations of which disagree: {tally:?}"
    );
}
