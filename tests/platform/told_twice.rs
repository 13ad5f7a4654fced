//! One result that is told twice, in other digits or under one identifier: a dashboard has it once, and a person hears
//! of what a server has more than once.

use glucodock::domain::delivery::LastAttempt;
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::reading::{Doubt, Kind, Reading};
use jiff::civil::date;
use serde_json::json;

use super::fhir_server::Fault;
use super::made_up::download;
use super::place::{Place, Terminal, at_every_place, letters, nora};
use super::records::{in_numbers, readings, record, somebody, visit};
use super::undone::{all, small};

at_every_place!(what_two_displays_show_is_one_result, what_is_doubted_at_one_station_is_in_no_number_of_it);

/// A test a day at eight, as a display shows it.
fn tests(unit: Unit, numbers: &[(u32, u8)]) -> Vec<Reading> {
    let first = date(2026, 7, 1).at(8, 0, 0, 0);
    let test = |(day, (digits, decimals)): (usize, &(u32, u8))| Reading {
        corrected_from: None,
        index: u32::try_from(day).unwrap(),
        time: Some(first.checked_add(jiff::Span::new().days(i64::try_from(day).unwrap())).unwrap()),
        measured: Measured::Value(Concentration::new(*digits, *decimals, unit)),
        kind: Kind::Blood,
        meal: None,
        doubts: vec![],
        raw: [("index".to_owned(), day.to_string())].into(),
    };
    numbers.iter().enumerate().map(test).collect()
}

/// 90, 126, 181 and 300 mg/dL; a display in mmol/L shows a eighteenth of them, rounded.
fn in_both() -> (Vec<Reading>, Vec<Reading>) {
    let mg = tests(Unit::MgPerDl, &[(90, 0), (126, 0), (181, 0), (300, 0)]);
    (mg, tests(Unit::MmolPerL, &[(50, 1), (70, 1), (100, 1), (167, 1)]))
}

fn what_two_displays_show_is_one_result(place: Place) {
    let served = place.serve();
    let one = Terminal::new(served.as_ref(), None);
    let other = Terminal::new(served.as_ref(), Some(&one));
    let (patient, serial) = (somebody(&one), letters());
    let (mg, mmol) = in_both();
    visit(&one, &serial, &mg, &patient);
    visit(&other, &serial, &mmol, &patient);
    let fresh = Terminal::new(served.as_ref(), Some(&one));
    for terminal in [&one, &other, &fresh] {
        assert_eq!(record(terminal, &patient.id).len(), 4);
    }
}

/// One station read it without a doubt, and delivered it. The other one doubts its time: there it stands once, and is
/// counted by nothing.
fn what_is_doubted_at_one_station_is_in_no_number_of_it(place: Place) {
    let served = place.serve();
    let one = Terminal::new(served.as_ref(), None);
    let other = Terminal::new(served.as_ref(), Some(&one));
    let (patient, serial) = (somebody(&one), letters());
    let (mg, _) = in_both();
    visit(&one, &serial, &mg, &patient);
    let doubted = mg.iter().cloned().map(|reading| Reading { doubts: vec![Doubt::TimeAhead], ..reading });
    visit(&other, &serial, &doubted.collect::<Vec<_>>(), &patient);
    let shown = record(&other, &patient.id);
    assert_eq!((shown.len(), in_numbers(&shown).len()), (4, 0), "{shown:?}");
}

/// A server says that it creates by condition, and does not look at any. What an attempt told whose answer was lost is
/// looked for before it is sent again, wherever that answer was lost.
#[test]
fn what_may_be_there_is_looked_for_where_conditions_are_claimed_and_ignored() {
    for passes in 0..8 {
        let served = Place::Small.serve().unwrap();
        let terminal = Terminal::new(Some(&served), None);
        let (patient, serial) = (somebody(&terminal), letters());
        let sent = readings(0, 120);
        {
            let mut shelf = small(&served);
            shelf.ignores_conditions = true;
            (shelf.passes, shelf.faults) = (passes, vec![Fault::LosesAnswer; 3]);
        }
        visit(&terminal, &serial, &sent, &patient);
        assert_eq!(terminal.store().undelivered().unwrap(), [], "after {passes}");
        for kind in ["Observation", "Device", "DeviceUseStatement"] {
            let mut ids: Vec<String> = all(&served, kind).iter().map(|own| own["identifier"].to_string()).collect();
            let told = ids.len();
            ids.sort();
            ids.dedup();
            assert_eq!(told, ids.len(), "{kind} twice after {passes}");
        }
        let there = record(&Terminal::new(Some(&served), None), &patient.id);
        assert_eq!(in_numbers(&there), in_numbers(&sent), "after {passes}");
    }
}

/// Two stations may have created it in the same moment.
#[test]
fn what_a_server_has_twice_is_shown_once_and_told() {
    let served = Place::Small.serve().unwrap();
    let small = served.small.as_ref().unwrap();
    let one = Terminal::new(Some(&served), None);
    let (patient, serial) = (somebody(&one), letters());
    let (mg, _) = in_both();
    visit(&one, &serial, &mg[..1], &patient);
    let mut again =
        small.all("Observation").into_iter().find(|own| own["subject"]["reference"] == patient.id.0).unwrap();
    again["id"] = json!("once-more");
    small.put(again);
    let other = Terminal::new(Some(&served), None);
    assert_eq!(record(&other, &patient.id).len(), 1);
    let upload = other.backend.station.quarantine(&nora(), &download(&serial, mg.clone())).unwrap();
    other.assign(&upload.id, &patient, &letters()).unwrap();
    other.carry();
    let left = other.store().undelivered().unwrap();
    let told = left.iter().find(|item| item.last == Some(LastAttempt::Refused)).unwrap();
    assert!(format!("{:?}", told.state).contains("has more than once 1 of 4 readings"), "{told:?}");
    // Those beside it are there.
    assert_eq!(record(&Terminal::new(Some(&served), None), &patient.id).len(), 4);
}
