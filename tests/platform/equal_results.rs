//! Equal results at one minute are so many results, in however many uploads and at whichever terminal they come.

use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::patient::PatientId;
use glucodock::domain::reading::{Kind, Reading};
use jiff::civil::date;

use super::place::{Place, Terminal, letters};
use super::records::{in_numbers, record, somebody, visit};

fn result(index: u32, kind: Kind) -> Reading {
    Reading {
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
