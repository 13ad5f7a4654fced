//! Everything that networks do, a great many times: afterwards each reading is on the server once, under the right
//! patient, and each meter has one owner.
//!
//! Everything comes from a seed. `GLUCODOCK_FAULTS` says how many faults there are at least, `GLUCODOCK_FAULTS_SEED`
//! with which seed the first round begins; each round has its own, which is printed if it fails.
#![expect(clippy::print_stderr, reason = "how much was tried is worth knowing")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use glucodock::domain::delivery::{DeliveryState, Errand, Jitter};
use glucodock::domain::patient::{Patient, Status};
use glucodock::domain::reading::{Meal, Reading};
use glucodock::domain::record::Span;
use glucodock::platform::SignsOfLife;
use jiff::{SignedDuration, Timestamp};

use super::chance::Chance;
use super::made_up::download;
use super::place::{Place, Served, Terminal, at_every_server, letters, meter, mrn, noon, nora, person, wait};
use super::proxy::{Mishap, Proxy};
use super::records::{in_numbers, readings, record, somebody, visit};

at_every_server!(each_reading_is_there_once_whatever_happens, whoever_is_created_is_one_whatever_happens);

/// How many faults there are in a usual run.
const USUAL: usize = 300;

/// How long an answer is waited for, in milliseconds: the longest that one on this computer takes under load.
pub(crate) const PATIENCE: u64 = 400;

/// How many errands a station goes on with the network as it is.
const ERRANDS: usize = 40;

/// What answers in the place of a server that is busy, is looked after, or has somebody else before it.
const SAID: [u16; 12] = [401, 403, 404, 408, 409, 410, 413, 429, 500, 502, 503, 504];

/// How often each fault happened.
pub(crate) type Tally = Arc<Mutex<BTreeMap<String, usize>>>;

/// What happens to the next request; nothing to half of them.
fn fate(chance: &mut Chance) -> Mishap {
    if chance.one_in(2) {
        return Mishap::None;
    }
    // What costs a whole wait is rare.
    if chance.one_in(100) {
        return *chance.pick(&[
            Mishap::Swallowed,
            Mishap::AnswerStalls(0),
            Mishap::AnswerStalls(70),
            Mishap::ArrivesLate,
        ]);
    }
    match chance.below(11) {
        0 => Mishap::Gone,
        10 => Mishap::AnswerDrips(16 + u8::try_from(chance.below(200)).unwrap()),
        1 | 2 => Mishap::AnswerLost,
        3 => Mishap::AnswerCut(u8::try_from(chance.below(100)).unwrap()),
        4 => Mishap::Says(*chance.pick(&SAID)),
        5 => Mishap::SaysLater(*chance.pick(&[429, 503])),
        6 => *chance.pick(&[Mishap::Portal, Mishap::AnswerOfAnother, Mishap::OnlyAnswerOfAnother]),
        7 => Mishap::Twice,
        8 => Mishap::TwiceAtOnce,
        _ => Mishap::AgainLater,
    }
}

/// A name without numbers, for the tally.
fn kind(mishap: Mishap) -> String {
    let name = format!("{mishap:?}");
    name.split('(').next().unwrap().to_owned()
}

pub(crate) fn through_faults(served: &Served, seed: u64, tally: &Tally) -> Proxy {
    let (mut chance, tally) = (Chance::new(seed), Arc::clone(tally));
    Proxy::before(&served.base, move |_| {
        let mishap = fate(&mut chance);
        if mishap != Mishap::None {
            *tally.lock().unwrap().entry(kind(mishap)).or_default() += 1;
        }
        mishap
    })
}

/// Carries errand after errand, an hour apart; now and then the program ends in the middle of one.
pub(crate) fn carry_as_it_goes(folder: &std::path::Path, seed: u64) {
    let (mut chance, mut now) = (Chance::new(seed), noon());
    let mut terminal = Terminal::patient_for(folder, PATIENCE);
    for _ in 0..ERRANDS {
        now += SignedDuration::from_hours(1);
        if !errand(&terminal, now, !chance.one_in(8)) {
            return;
        }
        if chance.one_in(8) {
            drop(terminal);
            terminal = Terminal::patient_for(folder, PATIENCE);
        }
    }
}

/// One errand; false if there is nothing more to do. What came of it may be forgotten.
pub(crate) fn errand(terminal: &Terminal, now: Timestamp, is_noted: bool) -> bool {
    match terminal.backend.station.next_errand(now).unwrap() {
        Errand::Deliver(parcel) => {
            let outcome = wait(terminal.backend.platform.record.deliver(&parcel, &SignsOfLife::default()));
            if is_noted {
                assert!(terminal.backend.station.note_delivery(&parcel.key, outcome, now, Jitter(0)).unwrap());
            }
            true
        }
        Errand::WaitUntil(_) => true,
        Errand::Rest => false,
    }
}

pub(crate) type Told = Vec<(String, String, Option<Meal>)>;

fn all(lots: &[&[Reading]]) -> Told {
    let mut told: Told = lots.iter().flat_map(|readings| in_numbers(readings)).collect();
    told.sort();
    told
}

/// Two stations, two people; a meter of each, one that both want, and one that both read for the same person.
fn round(place: Place, seed: u64, count: u32, tally: &Tally) {
    // Now and then more than go at once.
    let count = if place == Place::Small && seed.is_multiple_of(4) { 6 * count } else { count };
    let served = place.serve().unwrap();
    let people: [Patient; 2] = {
        let terminal = Terminal::new(Some(&served), None);
        [somebody(&terminal), somebody(&terminal)]
    };
    let [contested, shared] = [letters(), letters()];
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let lots = [readings(0, count), readings(0, count + 7)];
    for (place, folder) in folders.iter().enumerate() {
        served.write_settings(folder.path(), None, 30);
        let terminal = Terminal::of(folder.path());
        for (serial, patient) in
            [(letters(), &people[place]), (contested.clone(), &people[place]), (shared.clone(), &people[0])]
        {
            let lot = if serial == shared { &lots[place] } else { &lots[0] };
            let upload = terminal.backend.station.quarantine(&nora(), &download(&serial, lot.clone())).unwrap();
            terminal.assign(&upload.id, patient, &letters()).unwrap();
        }
    }
    let proxies = [through_faults(&served, seed, tally), through_faults(&served, seed + 1, tally)];
    std::thread::scope(|scope| {
        for (place, (folder, proxy)) in folders.iter().zip(&proxies).enumerate() {
            served.write_settings(folder.path(), Some(proxy), 1);
            scope.spawn(move || carry_as_it_goes(folder.path(), seed + 2 + place as u64));
        }
    });
    // What is still under way comes first.
    for (folder, proxy) in folders.iter().zip(&proxies) {
        proxy.decide_by(|_| Mishap::None);
        served.write_settings(folder.path(), Some(proxy), 30);
        let terminal = Terminal::of(folder.path());
        terminal.carry();
        // What was refused for an answer that was another one's, somebody looks at and sends again.
        for item in terminal.store().undelivered().unwrap() {
            if matches!(item.state, DeliveryState::Refused(_)) {
                *tally.lock().unwrap().entry("(sent again by a person)".to_owned()).or_default() += 1;
                assert!(terminal.backend.station.release(&nora(), &item.key, &"looked at".into()).unwrap());
            }
        }
        terminal.carry();
    }
    let fresh = Terminal::new(Some(&served), None);
    let owner = wait(fresh.backend.platform.record.owner(&nora(), &meter(&contested))).unwrap().owner.unwrap();
    let has_contested = people.each_ref().map(|person| person.id == owner);
    for folder in &folders {
        assert_eq!(Terminal::of(folder.path()).store().undelivered().unwrap(), [], "seed {seed}");
    }
    let own = lots[0].as_slice();
    let mut expected = [vec![own, lots[1].as_slice()], vec![own]];
    for (place, expected) in expected.iter_mut().enumerate() {
        if has_contested[place] {
            expected.push(own);
        }
        let there = in_numbers(&record(&fresh, &people[place].id));
        assert_eq!(there, all(expected), "seed {seed}, person {place}");
    }
    if let Some(small) = &served.small {
        let ids = |kind: &str, system: &str| {
            let mut ids: Vec<_> = small.all(kind).iter().map(|own| own["identifier"].to_string()).collect();
            let all = ids.len();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), all, "seed {seed}: {kind} doubled");
            ids.into_iter().filter(|id| id.contains(system)).count()
        };
        assert_eq!(ids("Observation", "/reading"), expected.iter().map(|lots| all(lots).len()).sum::<usize>());
        assert_eq!((ids("Device", "/meter/"), ids("Device", "/gateway")), (4, 2), "seed {seed}");
        let all_devices = small.all("Device").len();
        assert_eq!(all_devices, 6, "seed {seed}: nothing is left of a trial");
        assert_eq!(ids("DeviceUseStatement", ""), 4, "seed {seed}: one says it of each meter");
    }
}

fn each_reading_is_there_once_whatever_happens(place: Place) {
    let count = if place == Place::Small { 20 } else { 8 };
    let number = |variable, usual| std::env::var(variable).map_or(usual, |told| told.parse::<u64>().unwrap());
    let (wanted, mut seed) = (number("GLUCODOCK_FAULTS", USUAL as u64), number("GLUCODOCK_FAULTS_SEED", 1));
    let tally = Tally::default();
    let (mut rounds, first) = (0, seed);
    while (tally.lock().unwrap().values().sum::<usize>() as u64) < wanted {
        round(place, seed, count, &tally);
        (seed, rounds) = (seed + 11, rounds + 1);
    }
    let tally = tally.lock().unwrap();
    eprintln!("{} faults in {rounds} rounds from seed {first}: {tally:?}", tally.values().sum::<usize>());
}

/// How often something is asked again while the network is as it is.
const ASKED_AGAIN: usize = 12;

/// How many people are created through the faults of a network.
const PEOPLE: u64 = 4;

/// Somebody who creates, searches and opens records through all that: whoever is created under one key is one, nobody
/// is found who was not looked for, and no record shows a reading twice or of anybody else.
fn whoever_is_created_is_one_whatever_happens(place: Place) {
    let tally = Tally::default();
    let first: u64 = std::env::var("GLUCODOCK_FAULTS_SEED").map_or(1, |told| told.parse().unwrap());
    for seed in (first..).step_by(11).take(usize::try_from(PEOPLE).unwrap()) {
        let served = place.serve().unwrap();
        let (family, number, key) = (letters(), mrn(), letters());
        let new = person(&family, "Ruth", "1968-03-09", &number);
        let lot = readings(0, 12);
        let other = {
            let terminal = Terminal::new(Some(&served), None);
            let other = somebody(&terminal);
            visit(&terminal, &letters(), &lot, &other);
            other
        };
        let folder = tempfile::tempdir().unwrap();
        let proxy = through_faults(&served, seed, &tally);
        served.write_settings(folder.path(), Some(&proxy), 1);
        let terminal = Terminal::patient_for(folder.path(), PATIENCE);
        let directory = &terminal.backend.platform.directory;
        let mut told = Vec::new();
        for _ in 0..ASKED_AGAIN {
            told.extend(terminal.create(&new, &key).ok().map(|patient| patient.id));
            for typed in [&number, &family] {
                if let Ok(page) = wait(directory.search(&nora(), typed, None, 20)) {
                    let is_meant = |found: &Patient| found.family.expose().as_str().eq_ignore_ascii_case(&family);
                    assert!(page.patients.iter().all(is_meant), "seed {seed}: {typed} finds somebody else");
                }
            }
            if let Ok(record) = wait(terminal.backend.platform.record.readings(&nora(), &other.id, Span::ALL)) {
                let (shown, mut left) = (in_numbers(&record.readings), all(&[lot.as_slice()]));
                for reading in shown {
                    let at = left.iter().position(|own| *own == reading);
                    left.remove(at.unwrap_or_else(|| panic!("seed {seed}: {reading:?} is nobody's, or there twice")));
                }
            }
        }
        drop(terminal);
        proxy.decide_by(|_| Mishap::None);
        // Now it is waited for as long as a slow server takes.
        served.write_settings(folder.path(), Some(&proxy), 30);
        let terminal = Terminal::of(folder.path());
        told.push(terminal.create(&new, &key).unwrap().id);
        told.dedup();
        let found = wait(terminal.backend.platform.directory.search(&nora(), &number, None, 20)).unwrap();
        let active: Vec<_> = found.patients.into_iter().filter(|found| found.status == Status::Active).collect();
        assert_eq!(active.iter().map(|found| found.id.clone()).collect::<Vec<_>>(), told, "seed {seed}");
        let record = wait(terminal.backend.platform.record.readings(&nora(), &other.id, Span::ALL)).unwrap();
        assert_eq!(in_numbers(&record.readings), all(&[lot.as_slice()]), "seed {seed}");
    }
    let tally = tally.lock().unwrap();
    eprintln!("{} faults of asking from seed {first}: {tally:?}", tally.values().sum::<usize>());
}

/// More readings than go at once; what takes the second lot says that it was taken, but that was the first.
#[test]
fn readings_are_there_only_if_it_is_they_that_were_taken() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let patient = somebody(&terminal);
    let lot = readings(0, 220);
    let upload = terminal.backend.station.quarantine(&nora(), &download(&letters(), lot.clone())).unwrap();
    terminal.assign(&upload.id, &patient, &letters()).unwrap();
    let mut lots = 0;
    let proxy = Proxy::before(&served.base, move |asked| {
        let is_lot = asked.body.matches("\"Observation\"").count() > 90;
        lots += usize::from(is_lot);
        if is_lot && lots == 2 { Mishap::OnlyAnswerOfAnother } else { Mishap::None }
    });
    let folder = terminal.folder();
    served.write_settings(folder, Some(&proxy), 30);
    let through = Terminal::of(folder);
    through.carry();
    assert_eq!(through.store().undelivered().unwrap(), []);
    let fresh = Terminal::new(Some(&served), None);
    assert_eq!(in_numbers(&record(&fresh, &patient.id)), in_numbers(&lot));
}
