//! Records: what a meter said is in the right one, once, as it was said, whoever asks and however often it is sent.

use glucodock::domain::delivery::KeptFromPlatform;
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::patient::{Patient, PatientId};
use glucodock::domain::reading::{Doubt, Kind, Meal, Reading};
use glucodock::domain::record::Span;
use jiff::civil::date;

use super::made_up::download;
use super::place::{Place, Terminal, at_every_place, letters, meter, mrn, nora, person, wait};

at_every_place!(
    what_a_meter_said_is_read_back,
    of_a_span_of_a_record_all_is_read_back_and_nothing_else,
    a_meter_that_two_want_is_one_s
);

/// Readings of every sort: whole and broken numbers, both units, beyond the scale, with every mark, in summer and in
/// winter, equal ones at one time, and what no record takes.
pub(crate) fn readings(first: u32, count: u32) -> Vec<Reading> {
    let marks =
        [None, Some(Meal::Before), Some(Meal::After), Some(Meal::Fasting), Some(Meal::Bedtime), Some(Meal::Casual)];
    let mut readings: Vec<Reading> = (first..first + count)
        .map(|place| {
            let measured = match place % 8 {
                0 => Measured::Value(Concentration::new(50 + 5 * (place % 3), 1, Unit::MmolPerL)),
                1 => Measured::High,
                2 => Measured::Low,
                _ => Measured::Value(Concentration::mg_per_dl(60 + place % 300)),
            };
            let day = date(2026, 1, 5).at(7, 0, 0, 0);
            let span = jiff::SignedDuration::from_mins(i64::from(place / 2) * 61 * 17);
            Reading {
                corrected_from: None,
                index: place,
                time: Some(day.checked_add(span).unwrap()),
                measured,
                kind: Kind::Blood,
                meal: marks[usize::try_from(place).unwrap() % marks.len()],
                doubts: vec![],
                raw: [("sfloat".to_owned(), format!("{place:04x}"))].into(),
            }
        })
        .collect();
    if let [control, untimed, doubted, ..] = readings.as_mut_slice() {
        control.kind = Kind::Control;
        untimed.time = None;
        doubted.doubts = vec![Doubt::TimeUncertain];
    }
    readings
}

/// What numbers use of readings, to be compared as numbers: a server may write 5 for 5.0.
pub(crate) fn in_numbers(readings: &[Reading]) -> Vec<(String, String, Option<Meal>)> {
    let mut told: Vec<_> = readings
        .iter()
        .filter(|reading| reading.is_in_numbers())
        .map(|reading| {
            let measured = match reading.measured {
                Measured::Value(value) => {
                    let number: f64 = value.to_number().parse().unwrap();
                    format!("{number} {}", value.unit())
                }
                other => format!("{other:?}"),
            };
            (reading.time.unwrap().to_string(), measured, reading.meal.filter(|meal| *meal != Meal::None))
        })
        .collect();
    told.sort();
    told
}

pub(crate) fn record(terminal: &Terminal, patient: &PatientId) -> Vec<Reading> {
    wait(terminal.backend.platform.record.readings(&nora(), patient, Span::ALL)).unwrap().readings
}

pub(crate) fn somebody(terminal: &Terminal) -> Patient {
    terminal.create(&person(&letters(), "Ruth", "1968-03-09", &mrn()), &letters()).unwrap()
}

/// A visit: the meter is read, becomes or is the patient's, and everything is carried.
pub(crate) fn visit(terminal: &Terminal, serial: &str, sent: &[Reading], patient: &Patient) {
    let upload = terminal.backend.station.quarantine(&nora(), &download(serial, sent.to_vec())).unwrap();
    terminal.assign(&upload.id, patient, &letters()).unwrap();
    terminal.carry();
}

/// A control test, one without a time and one whose time is in doubt.
#[test]
fn what_goes_into_no_record_of_a_platform_is_counted() {
    let terminal = Terminal::new(None, None);
    let upload = terminal.backend.station.quarantine(&nora(), &download(&letters(), readings(0, 12))).unwrap();
    let kept = terminal.backend.station.kept_from_platform(&nora(), &upload.id).unwrap();
    assert_eq!((kept, kept.is_all()), (KeptFromPlatform { kept: 3, all: 12 }, false));
}

fn what_a_meter_said_is_read_back(place: Place) {
    let served = place.serve();
    let terminal = Terminal::new(served.as_ref(), None);
    let patient = somebody(&terminal);
    let serial = letters();
    let sent = readings(0, 40);
    let upload = terminal.backend.station.quarantine(&nora(), &download(&serial, sent.clone())).unwrap();
    assert_eq!(terminal.assign(&upload.id, &patient, &letters()), Ok((40, 0)));
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    let owner = |from: &Terminal| wait(from.backend.platform.record.owner(&nora(), &meter(&serial))).unwrap().owner;
    assert_eq!(owner(&terminal).as_ref(), Some(&patient.id));
    let expected = in_numbers(&sent);
    assert_eq!(expected.len(), 37, "a control test, and two without a sure time");
    assert_eq!(in_numbers(&record(&terminal, &patient.id)), expected);

    // Another station sees the same.
    let other = Terminal::new(served.as_ref(), Some(&terminal));
    assert_eq!(owner(&other).as_ref(), Some(&patient.id));
    assert_eq!(in_numbers(&record(&other, &patient.id)), expected);

    // The meter again with ten more, there.
    let more = [sent, readings(100, 10)].concat();
    let upload = other.backend.station.quarantine(&nora(), &download(&serial, more.clone())).unwrap();
    other.assign(&upload.id, &patient, &letters()).unwrap();
    other.carry();
    assert_eq!(other.store().undelivered().unwrap(), []);
    for from in [&terminal, &other] {
        assert_eq!(in_numbers(&record(from, &patient.id)), in_numbers(&more));
    }
}

/// A dashboard's days, from a station that has none of the readings: both ends, and what is beside them.
fn of_a_span_of_a_record_all_is_read_back_and_nothing_else(place: Place) {
    let served = place.serve();
    let terminal = Terminal::new(served.as_ref(), None);
    let patient = somebody(&terminal);
    let sent = readings(0, 40);
    visit(&terminal, &letters(), &sent, &patient);
    let other = Terminal::new(served.as_ref(), Some(&terminal));
    let ends = [sent[8].time.unwrap(), sent[20].time.unwrap()];
    for (from, to) in [(ends[0], ends[1]), (Span::ALL.from, ends[0]), (ends[1], Span::ALL.to)] {
        let span = Span { from, to };
        let within: Vec<Reading> =
            sent.iter().filter(|own| own.time.is_some_and(|time| from <= time && time < to)).cloned().collect();
        let record = wait(other.backend.platform.record.readings(&nora(), &patient.id, span)).unwrap();
        assert_eq!(in_numbers(&record.readings), in_numbers(&within), "{span:?}");
        assert!(!within.is_empty() && within.len() < sent.len());
    }
}

/// Two stations, one meter, two people: one of them has it, and nothing of it is in the record of the other.
fn a_meter_that_two_want_is_one_s(place: Place) {
    let served = place.serve();
    let one = Terminal::new(served.as_ref(), None);
    let other = Terminal::new(served.as_ref(), Some(&one));
    let (first, second) = (somebody(&one), somebody(&one));
    let serial = letters();
    for (terminal, patient) in [(&one, &first), (&other, &second)] {
        let upload = terminal.backend.station.quarantine(&nora(), &download(&serial, readings(0, 12))).unwrap();
        // The store of one computer refuses the second at once; stations of a server learn it there.
        let assigned = terminal.assign(&upload.id, patient, &letters());
        assert!(assigned.is_ok() || (place == Place::Here && patient.id == second.id), "{assigned:?}");
    }
    std::thread::scope(|scope| {
        for terminal in [&one, &other] {
            scope.spawn(|| terminal.carry());
        }
    });
    let fresh = Terminal::new(served.as_ref(), Some(&one));
    let owner = wait(fresh.backend.platform.record.owner(&nora(), &meter(&serial))).unwrap().owner.unwrap();
    let (owner, loser) = if owner == first.id { (&first, &second) } else { (&second, &first) };
    assert_eq!(in_numbers(&record(&fresh, &owner.id)), in_numbers(&readings(0, 12)));
    assert_eq!(in_numbers(&record(&fresh, &loser.id)), []);
}
