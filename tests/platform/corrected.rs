//! Times that were corrected here: the platform has each reading once, at its new time and with what the meter told,
//! and at the old one again when that is undone. Nothing is deleted, and what others decided there is not written over.

use glucodock::domain::association::{IdempotencyKey, UploadId};
use glucodock::domain::delivery::{DeliveryState, Outcome};
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::patient::{Patient, PatientId};
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Doubt, Kind, Reading};
use glucodock::domain::time_correction::{
    ClockCorrection, CorrectionOffer, CorrectionPlan, CorrectionReach, CorrectionRequest, CorrectionUndoRequest,
};
use glucodock::station::{Station, StationError};
use jiff::SignedDuration;
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::faults::{Tally, carry_as_it_goes, through_faults};
use super::fhir_server::Fault;
use super::made_up::download;
use super::place::{Place, Served, Terminal, at_every_server, letters, nora};
use super::proxy::Mishap;
use super::records::{in_numbers, readings, record, somebody};
use super::undone::{all, assigned, carry_once, count, doctor, observations, small, undo};

at_every_server!(
    what_was_corrected_stands_there_at_its_new_time,
    what_was_doubted_is_told_once_it_is_corrected,
    times_are_right_whatever_happens
);

pub(crate) const HOUR: i64 = 3600;

/// 1-Jan-2020 to 1-Jan-2026: 2192 days, of which 2020 and 2024 are leap years; and ten more.
pub(crate) const RESET: i64 = (2192 + 10) * 24 * HOUR;

pub(crate) fn offer(
    station: &Station,
    upload: &UploadId,
    patient: &PatientId,
) -> Result<CorrectionOffer, StationError> {
    station.correction_offer(&doctor(), upload, patient, &TimeZone::UTC)
}

/// Corrects the times of these two readings and of all between.
pub(crate) fn correct(station: &Station, upload: &UploadId, patient: &Patient, span: [DateTime; 2], seconds: i64) {
    let correction = ClockCorrection { first: span[0], last: span[1], seconds };
    let offer = offer(station, upload, &patient.id).unwrap();
    assert_eq!(offer.reach, CorrectionReach::Platform);
    let seen = CorrectionPlan::of(&offer.readings, correction).unwrap().seen(&patient.id);
    let (upload, key) = (upload.clone(), IdempotencyKey(letters()));
    let request = CorrectionRequest { upload, key, correction, seen, reason: "the clock was wrong".into() };
    station.correct_times(&doctor(), &request, &TimeZone::UTC).unwrap();
}

pub(crate) fn undo_correction(station: &Station, upload: &UploadId, patient: &Patient) {
    let correction = offer(station, upload, &patient.id).unwrap().standing[0].id.clone();
    let request =
        CorrectionUndoRequest { correction, key: IdempotencyKey(letters()), reason: Some("it was right".into()) };
    station.undo_correction(&doctor(), &request).unwrap();
}

/// The span of these readings, and the same readings as they are corrected.
pub(crate) fn corrected(sent: &[Reading], seconds: i64) -> ([DateTime; 2], Vec<Reading>) {
    let times: Vec<DateTime> = sent.iter().filter_map(|reading| reading.time).collect();
    let span = [*times.iter().min().unwrap(), *times.iter().max().unwrap()];
    let of = |reading: &Reading| {
        let time = reading.time.map(|time| time.checked_add(SignedDuration::from_secs(seconds)).unwrap());
        Reading { time, corrected_from: reading.time, ..reading.clone() }
    };
    (span, sent.iter().map(of).collect())
}

/// What a reset clock told: three readings of ten days of 2020, whose times are doubted.
pub(crate) fn after_reset(first: u32) -> Vec<Reading> {
    (0..3)
        .map(|place| Reading {
            corrected_from: None,
            index: first + place,
            time: Some(date(2020, 1, 1 + i8::try_from(place).unwrap()).at(7, 30, 0, 0)),
            measured: Measured::Value(Concentration::mg_per_dl(90 + place)),
            kind: Kind::Blood,
            meal: None,
            doubts: vec![Doubt::TimeBeforeModel],
            raw: [].into(),
        })
        .collect()
}

/// What numbers use of somebody's record, for somebody who asks elsewhere.
pub(crate) fn there(
    served: &Served,
    patient: &Patient,
) -> Vec<(String, String, Option<glucodock::domain::reading::Meal>)> {
    in_numbers(&record(&Terminal::new(Some(served), None), &patient.id))
}

fn what_was_corrected_stands_there_at_its_new_time(place: Place) {
    let served = place.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let ruth = somebody(&terminal);
    let serial = letters();
    let sent = readings(0, 40);
    let upload = assigned(&terminal, &serial, &sent, &ruth);
    assert_eq!(there(&served, &ruth), in_numbers(&sent));
    // The first is a control test, the second has no time, and the time of the third is doubted.
    let (span, moved) = corrected(&sent[4..], -HOUR);
    let station = &terminal.backend.station;
    correct(station, &upload, &ruth, span, -HOUR);
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    let expected = in_numbers(&[&sent[..4], &moved].concat());
    assert_eq!(there(&served, &ruth), expected);
    // Read again here and elsewhere it is the same: which result it is, the meter's own time says.
    let second = Terminal::new(Some(&served), None);
    assigned(&second, &serial, &sent, &ruth);
    assert_eq!(second.store().undelivered().unwrap(), []);
    assert_eq!(there(&served, &ruth), expected);

    undo_correction(station, &upload, &ruth);
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    assert_eq!(there(&served, &ruth), in_numbers(&sent));
    // The assignment is undone after the correction, and leaves nothing.
    correct(station, &upload, &ruth, span, HOUR);
    assert!(station.undo_offer(&doctor(), &upload).is_err());
    undo_correction(station, &upload, &ruth);
    terminal.carry();
    assert_eq!(there(&served, &ruth), in_numbers(&sent));
}

fn what_was_doubted_is_told_once_it_is_corrected(place: Place) {
    let served = place.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let ruth = somebody(&terminal);
    let reset = after_reset(20);
    let sent = [readings(0, 20), reset.clone()].concat();
    let upload = assigned(&terminal, &letters(), &sent, &ruth);
    let told = in_numbers(&readings(0, 20));
    assert_eq!(there(&served, &ruth), told);
    let (span, moved) = corrected(&reset, RESET);
    let station = &terminal.backend.station;
    for _ in 0..2 {
        correct(station, &upload, &ruth, span, RESET);
        terminal.carry();
        assert_eq!(terminal.store().undelivered().unwrap(), []);
        assert_eq!(there(&served, &ruth), in_numbers(&[readings(0, 20), moved.clone()].concat()));
        undo_correction(station, &upload, &ruth);
        terminal.carry();
        assert_eq!(terminal.store().undelivered().unwrap(), []);
        assert_eq!(there(&served, &ruth), told);
    }
    // With the assignment all of it is withdrawn.
    undo(station, &upload);
    terminal.carry();
    assert_eq!(there(&served, &ruth), []);
}

/// What stands on the server: the same resources in a later version, with a note, and who said so.
#[test]
fn nothing_is_deleted_and_who_corrected_it_is_told_once() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let ruth = somebody(&terminal);
    let sent = readings(0, 20);
    let upload = assigned(&terminal, &letters(), &sent, &ruth);
    let (before, provenances) = (observations(&served), all(&served, "Provenance").len());
    let (span, _) = corrected(&sent[4..], -HOUR);
    correct(&terminal.backend.station, &upload, &ruth, span, -HOUR);
    terminal.carry();
    let after = observations(&served);
    assert_eq!((before.len(), after.len(), count(&after, "/status", "corrected")), (17, 17, 16));
    for (was, is) in before.iter().zip(&after).skip(1) {
        for same in ["id", "identifier", "valueQuantity", "subject", "device", "extension", "component"] {
            assert_eq!(was[same], is[same], "{same}");
        }
        let told = was["effectiveDateTime"].as_str().unwrap();
        let note =
            format!("Time corrected by a clinician; the meter's own clock said {}.", told.split('+').next().unwrap());
        assert_eq!(is["note"], json!([{ "text": note }]));
        assert_ne!(was["effectiveDateTime"], is["effectiveDateTime"]);
    }
    let last = all(&served, "Provenance").pop().unwrap();
    assert_eq!(all(&served, "Provenance").len(), provenances + 1);
    assert_eq!((&last["activity"]["text"], last["target"].as_array().unwrap().len()), (&json!("Times corrected"), 16));
    assert_eq!(last["agent"][0]["who"]["identifier"]["value"], "2", "who corrected it, and not who had assigned it");
    assert!(!last.to_string().contains("clock was wrong"), "what was typed stays here");

    undo_correction(&terminal.backend.station, &upload, &ruth);
    terminal.carry();
    let back = observations(&served);
    for (was, is) in before.iter().zip(&back) {
        assert_eq!((&was["effectiveDateTime"], is.get("note")), (&is["effectiveDateTime"], None));
    }
    assert_eq!(all(&served, "Provenance").pop().unwrap()["activity"]["text"], "Correction of times undone");
}

/// Whatever goes wrong with a write, and however often: in the end each reading is there once, at its time.
#[test]
fn lost_answers_and_refusals_leave_each_reading_at_its_time_once() {
    for fault in [Fault::LosesAnswer, Fault::Says(503), Fault::Says(409)] {
        for passes in 0..8 {
            let served = Place::Small.serve().unwrap();
            let terminal = Terminal::new(Some(&served), None);
            let ruth = somebody(&terminal);
            let reset = after_reset(20);
            let sent = [readings(0, 20), reset.clone()].concat();
            let upload = assigned(&terminal, &letters(), &sent, &ruth);
            let station = &terminal.backend.station;
            let (span, moved) = corrected(&reset, RESET);
            correct(station, &upload, &ruth, span, RESET);
            let (later, shifted) = corrected(&sent[4..20], -HOUR);
            correct(station, &upload, &ruth, later, -HOUR);
            (small(&served).passes, small(&served).faults) = (passes, vec![fault; 2]);
            terminal.carry();
            send_again(&terminal);
            let what = format!("{fault:?} after {passes}");
            assert_eq!(terminal.store().undelivered().unwrap(), [], "{what}");
            assert_eq!(there(&served, &ruth), in_numbers(&[&sent[..4], &shifted, &moved].concat()), "{what}");
            assert_eq!(observations(&served).len(), 20, "{what}");

            undo_correction(station, &upload, &ruth);
            undo_correction(station, &upload, &ruth);
            (small(&served).passes, small(&served).faults) = (passes, vec![fault; 2]);
            terminal.carry();
            send_again(&terminal);
            assert_eq!(terminal.store().undelivered().unwrap(), [], "{what}");
            assert_eq!(there(&served, &ruth), in_numbers(&sent), "{what}");
            assert_eq!(observations(&served).len(), 20, "{what}");
        }
    }
}

/// What was refused for an answer that says too much, somebody looks at.
pub(crate) fn send_again(terminal: &Terminal) {
    for item in terminal.store().undelivered().unwrap() {
        if matches!(item.state, DeliveryState::Refused(_)) {
            assert!(terminal.backend.station.release(&nora(), &item.key, &"looked at".into()).unwrap());
        }
    }
    terminal.carry();
}

/// However far the correction came before it was undone: its answers were lost, or it was never sent.
#[test]
fn however_far_the_correction_came_undoing_it_leaves_nothing() {
    for fault in [Fault::LosesAnswer, Fault::Says(503)] {
        for passes in 0..7 {
            let served = Place::Small.serve().unwrap();
            let terminal = Terminal::whose_time_passes(&served, SignedDuration::from_mins(3));
            let ruth = somebody(&terminal);
            let reset = after_reset(20);
            let sent = [readings(0, 20), reset.clone()].concat();
            let upload = assigned(&terminal, &letters(), &sent, &ruth);
            let station = &terminal.backend.station;
            let (span, _) = corrected(&reset, RESET);
            correct(station, &upload, &ruth, span, RESET);
            let (later, _) = corrected(&sent[4..20], -HOUR);
            correct(station, &upload, &ruth, later, -HOUR);
            (small(&served).passes, small(&served).faults) = (passes, vec![fault; 50]);
            for _ in 0..3 {
                carry_once(&terminal);
            }
            small(&served).faults.clear();
            undo_correction(station, &upload, &ruth);
            undo_correction(station, &upload, &ruth);
            terminal.carry();
            let what = format!("{fault:?} after {passes}");
            assert_eq!(terminal.store().undelivered().unwrap(), [], "{what}");
            assert_eq!(there(&served, &ruth), in_numbers(&sent), "{what}");
        }
    }
}

/// What was never sent is not sent any more, and its undoing is none of the server's.
#[test]
fn what_is_undone_before_it_was_sent_the_server_never_hears_of() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let ruth = somebody(&terminal);
    let sent = readings(0, 20);
    let upload = assigned(&terminal, &letters(), &sent, &ruth);
    let before = (all(&served, "Observation"), all(&served, "Provenance"));
    let (span, _) = corrected(&sent[4..], HOUR);
    correct(&terminal.backend.station, &upload, &ruth, span, HOUR);
    undo_correction(&terminal.backend.station, &upload, &ruth);
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    terminal.carry();
    assert_eq!((all(&served, "Observation"), all(&served, "Provenance")), before);
}

/// Before the platform has all of it, nothing is corrected: it would be told by its old time later.
#[test]
fn what_is_not_there_yet_is_not_corrected() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let ruth = somebody(&terminal);
    let upload = terminal.backend.station.quarantine(&nora(), &download(&letters(), readings(0, 20))).unwrap().id;
    terminal.assign(&upload, &ruth, &letters()).unwrap();
    let refused = offer(&terminal.backend.station, &upload, &ruth.id).unwrap_err().problem().code;
    assert_eq!(refused, ProblemCode::TimesToldThere);
    terminal.carry();
    offer(&terminal.backend.station, &upload, &ruth.id).unwrap();
    // Of a meter without a number nobody can say which it is.
    let upload = assigned(&terminal, "", &readings(0, 20), &ruth);
    let refused = offer(&terminal.backend.station, &upload, &ruth.id).unwrap_err().problem().code;
    assert_eq!(refused, ProblemCode::TimesToldThere);
}

/// Somebody at the platform changed one of them since: nothing at all is changed, and why is told. Undone here, theirs
/// stays as it is.
#[test]
fn what_others_decided_there_is_not_written_over() {
    type Change = fn(&mut Value, &str);
    let changes: [(Change, &str); 4] = [
        (|own, _| own["effectiveDateTime"] = json!("2026-02-03T04:05:06+01:00"), "changed the time"),
        (|own, _| own["status"] = json!("entered-in-error"), "marked a reading"),
        (|own, other| own["subject"]["reference"] = json!(other), "under another patient"),
        (|own, _| own["status"] = json!("preliminary"), "not final"),
    ];
    for (change, why) in changes {
        let served = Place::Small.serve().unwrap();
        let terminal = Terminal::new(Some(&served), None);
        let (ruth, other) = (somebody(&terminal), somebody(&terminal));
        let sent = readings(0, 20);
        let upload = assigned(&terminal, &letters(), &sent, &ruth);
        let reference = format!("Observation/{}", observations(&served)[5]["id"].as_str().unwrap());
        served.change(&reference, |own| change(own, &other.id.0));
        let before = all(&served, "Observation");
        let (span, _) = corrected(&sent[4..], HOUR);
        correct(&terminal.backend.station, &upload, &ruth, span, HOUR);
        let Some((key, Outcome::Refused(told))) = carry_once(&terminal) else { panic!("{why}") };
        assert!(told.as_str().contains(why), "{told}");
        assert_eq!(all(&served, "Observation"), before, "{why}");
        let item = terminal.store().delivery(&key).unwrap().unwrap();
        assert!(matches!(item.state, DeliveryState::Refused(_)));
        undo_correction(&terminal.backend.station, &upload, &ruth);
        terminal.carry();
        assert_eq!(terminal.store().undelivered().unwrap(), [], "{why}");
        assert_eq!(all(&served, "Observation"), before, "{why}");
    }
}

/// What another station told is not changed from here.
#[test]
fn what_another_station_told_is_corrected_there() {
    let served = Place::Small.serve().unwrap();
    let first = Terminal::new(Some(&served), None);
    let ruth = somebody(&first);
    let serial = letters();
    let sent = readings(0, 20);
    assigned(&first, &serial, &sent, &ruth);
    let second = Terminal::new(Some(&served), None);
    // The last two are told by the second.
    let upload = assigned(&second, &serial, &readings(0, 22), &ruth);
    let before = all(&served, "Observation");
    let (span, _) = corrected(&sent[4..], HOUR);
    correct(&second.backend.station, &upload, &ruth, span, HOUR);
    let Some((_, Outcome::Refused(told))) = carry_once(&second) else { panic!("it was not refused") };
    assert!(told.as_str().contains("another station"), "{told}");
    assert_eq!(all(&served, "Observation"), before);
    undo_correction(&second.backend.station, &upload, &ruth);
    second.carry();
    assert_eq!(second.store().undelivered().unwrap(), []);
    assert_eq!(all(&served, "Observation"), before);
    // Its own ones are.
    let own = readings(0, 22)[20].time.unwrap();
    correct(&second.backend.station, &upload, &ruth, [own, own], HOUR);
    second.carry();
    assert_eq!(second.store().undelivered().unwrap(), []);
    assert_eq!(count(&observations(&served), "/status", "corrected"), 2);
}

/// Faults of every sort on the way of corrections and of their undoing.
fn times_are_right_whatever_happens(place: Place) {
    let tally = Tally::default();
    // A router in one thread looks through all that it ever took at each question: what is left there makes all tests
    // behind this one slower.
    let rounds = if matches!(place, Place::At("GLUCODOCK_FHIR_MEDPLUM")) { 1 } else { 3 };
    for seed in 1..=rounds {
        let served = place.serve().unwrap();
        let folder = tempfile::tempdir().unwrap();
        served.write_settings(folder.path(), None, 30);
        let terminal = Terminal::of(folder.path());
        let ruth = somebody(&terminal);
        let reset = after_reset(20);
        let sent = [readings(0, 20), reset.clone()].concat();
        let upload = assigned(&terminal, &letters(), &sent, &ruth);
        let (span, moved) = corrected(&reset, RESET);
        let (later, shifted) = corrected(&sent[4..20], -HOUR);
        correct(&terminal.backend.station, &upload, &ruth, span, RESET);
        correct(&terminal.backend.station, &upload, &ruth, later, -HOUR);
        drop(terminal);
        let settled = |seed: u64| {
            let proxy = through_faults(&served, seed, &tally);
            served.write_settings(folder.path(), Some(&proxy), 1);
            carry_as_it_goes(folder.path(), seed);
            proxy.decide_by(|_| Mishap::None);
            served.write_settings(folder.path(), Some(&proxy), 30);
            let terminal = Terminal::of(folder.path());
            terminal.carry();
            send_again(&terminal);
            assert_eq!(terminal.store().undelivered().unwrap(), [], "seed {seed}");
            terminal
        };
        let terminal = settled(10 * seed);
        assert_eq!(there(&served, &ruth), in_numbers(&[&sent[..4], &shifted, &moved].concat()), "seed {seed}");
        undo_correction(&terminal.backend.station, &upload, &ruth);
        undo_correction(&terminal.backend.station, &upload, &ruth);
        drop(terminal);
        settled(10 * seed + 5);
        assert_eq!(there(&served, &ruth), in_numbers(&sent), "seed {seed}");
    }
}
