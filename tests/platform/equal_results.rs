//! Equal results at one minute are so many results, in however many uploads and at whichever terminal they come.

use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::patient::PatientId;
use glucodock::domain::reading::{Kind, Reading};
use jiff::civil::date;
use proptest::prelude::*;

use super::made_up::download;
use super::place::{Place, Terminal, letters, nora};
use super::records::{in_numbers, record, somebody, visit};

fn result(index: u32, kind: Kind) -> Reading {
    Reading {
        corrected_from: None,
        index,
        time: Some(date(2026, 9, 20).at(8, 0, 0, 0)),
        measured: Measured::Value(Concentration::mg_per_dl(101)),
        kind,
        meal: None,
        doubts: vec![],
        raw: [("index".to_owned(), index.to_string())].into(),
    }
}

fn there(terminal: &Terminal, patient: &PatientId) -> usize {
    in_numbers(&record(terminal, patient)).len()
}

/// A meter that was read after one, after two and after three equal results.
#[test]
fn each_comes_with_the_visit_that_finds_it() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let patient = somebody(&terminal);
    let serial = letters();
    let memory: Vec<Reading> = (0..3).map(|index| result(index, Kind::Blood)).collect();
    for count in 1..=3 {
        visit(&terminal, &serial, &memory[..count], &patient);
        let fresh = Terminal::new(Some(&served), None);
        assert_eq!(there(&fresh, &patient.id), count);
    }
}

/// Every order in which two terminals can read it while its memory grows, control tests of the same value among them.
#[test]
fn two_terminals_bring_each_once_in_every_order() {
    let memory = [
        result(0, Kind::Control),
        result(1, Kind::Blood),
        result(2, Kind::Blood),
        result(3, Kind::Control),
        result(4, Kind::Blood),
    ];
    for lengths in [[2, 3, 5], [2, 5, 5], [3, 3, 5], [5, 5, 5]] {
        let served = Place::Small.serve().unwrap();
        for order in 0..8_u32 {
            let terminals = [(); 2].map(|()| Terminal::new(Some(&served), None));
            let patient = somebody(&terminals[0]);
            let serial = letters();
            for (visit_number, length) in lengths.into_iter().enumerate() {
                let terminal = &terminals[(order >> visit_number) as usize % 2];
                visit(terminal, &serial, &memory[..length], &patient);
                assert_eq!(terminal.store().undelivered().unwrap(), []);
            }
            let fresh = Terminal::new(Some(&served), None);
            assert_eq!(there(&fresh, &patient.id), 3, "{lengths:?}, {order:03b}");
        }
    }
}

/// How often the property is tried.
const CASES: u32 = 40;

/// A meter's memory: results of one minute, each of a kind and with a value.
fn memory(results: &[(Kind, u32)]) -> Vec<Reading> {
    let of = |(index, (kind, value)): (u32, &(Kind, u32))| Reading {
        measured: Measured::Value(Concentration::mg_per_dl(*value)),
        ..result(index, *kind)
    };
    (0..).zip(results).map(of).collect()
}

/// A visit to one of two terminals, when the meter has so many results, newest or oldest first; and whether what waits
/// there is carried, or is left for later.
#[derive(Debug, Clone)]
struct Visit {
    terminal: usize,
    has: usize,
    is_newest_first: bool,
    is_carried: bool,
}

fn visits() -> impl Strategy<Value = (Vec<(Kind, u32)>, Vec<Visit>)> {
    let result = (prop_oneof![4 => Just(Kind::Blood), 1 => Just(Kind::Control)], 100_u32..102);
    prop::collection::vec(result, 1..7).prop_flat_map(|results| {
        let visit = (0..2_usize, 1..=results.len(), any::<bool>(), any::<bool>()).prop_map(
            |(terminal, has, is_newest_first, is_carried)| Visit { terminal, has, is_newest_first, is_carried },
        );
        (Just(results), prop::collection::vec(visit, 1..7))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the order of the uploads, each result that any terminal saw is on the server once.
    #[test]
    fn each_is_there_once_in_whatever_order_uploads_come((results, mut visits) in visits()) {
        let served = Place::Small.serve().unwrap();
        let terminals = [(); 2].map(|()| Terminal::new(Some(&served), None));
        let patient = somebody(&terminals[0]);
        let serial = letters();
        // A meter only gains results.
        let mut had: Vec<usize> = visits.iter().map(|visit| visit.has).collect();
        had.sort_unstable();
        for (visit, has) in visits.iter_mut().zip(had) {
            visit.has = has;
        }
        let most = visits.iter().map(|visit| visit.has).max().unwrap();
        for Visit { terminal, has, is_newest_first, is_carried } in visits {
            let mut kinds = results[..has].to_vec();
            if is_newest_first {
                kinds.reverse();
            }
            let terminal = &terminals[terminal];
            let upload = terminal.backend.station.quarantine(&nora(), &download(&serial, memory(&kinds))).unwrap();
            terminal.assign(&upload.id, &patient, &letters()).unwrap();
            if is_carried {
                terminal.carry();
            }
        }
        for terminal in &terminals {
            terminal.carry();
            prop_assert_eq!(terminal.store().undelivered().unwrap(), []);
        }
        let fresh = Terminal::new(Some(&served), None);
        let sent = memory(&results[..most]);
        prop_assert_eq!(in_numbers(&record(&fresh, &patient.id)), in_numbers(&sent));
    }
}
