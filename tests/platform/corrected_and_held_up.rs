//! What must not go wrong around corrected times: a correction that the platform does not take holds nobody's readings
//! in the wrong record, each result is counted once while two clocks differ, and what another station stands behind
//! stays.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use glucodock::domain::association::IdempotencyKey;
use glucodock::domain::clinic::Role;
use glucodock::domain::delivery::{Content, DeliveryState, Errand, LastAttempt, Outcome};
use glucodock::domain::patient::Patient;
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Doubt, Reading};
use glucodock::domain::time_correction::{CorrectionReach, CorrectionUndoRequest};
use glucodock::domain::undo::Withdrawals;
use glucodock::store::{By, StoreError};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rstest::rstest;
use serde_json::{Value, json};

use super::corrected::{HOUR, RESET, after_reset, correct, corrected, offer, there, undo_correction};
use super::fhir_server::{Fault, FhirServer};
use super::made_up::download;
use super::place::{Place, Served, Terminal, at_every_server, letters, noon, nora, says_all};
use super::records::{in_numbers, readings, record, somebody};
use super::undone::{all, assigned, carry_once, observations, small, undo};

at_every_server!(a_result_is_counted_once_while_two_clocks_differ, what_another_station_stands_behind_stays);

/// What became of somebody's record at the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Retired,
    Gone,
    Deleted,
    SomebodyElse,
    Incomplete,
}

fn befalls(served: &Served, patient: &Patient, fate: Fate) {
    match fate {
        Fate::Retired => served.change(&patient.id.0, |own| own["active"] = json!(false)),
        Fate::Gone => {
            small(served).resources.retain(|own| format!("Patient/{}", own["id"].as_str().unwrap()) != patient.id.0);
        }
        Fate::Deleted => small(served).deleted.push(patient.id.0.clone()),
        Fate::SomebodyElse => served.change(&patient.id.0, |own| {
            own["name"] = json!([{ "family": "Quite", "given": ["Another"] }]);
            own["birthDate"] = json!("1901-02-03");
            own["identifier"] = json!([]);
        }),
        Fate::Incomplete => served.change(&patient.id.0, |own| {
            own.as_object_mut().unwrap().remove("birthDate").unwrap();
        }),
    }
}

/// The upload was given to the wrong person, who is found to be a slip there, after its times were corrected or before
/// that was told: nothing of it stays in that record, and whoever has the meter gets it.
#[rstest]
fn what_was_corrected_leaves_the_record_of_whoever_is_no_patient_any_more(
    #[values(Fate::Retired, Fate::Gone, Fate::Deleted, Fate::SomebodyElse, Fate::Incomplete)] fate: Fate,
    #[values(false, true)] is_told: bool,
) {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (slip, ruth) = (somebody(&terminal), somebody(&terminal));
    let sent = [readings(0, 20), after_reset(20)].concat();
    let upload = assigned(&terminal, &letters(), &sent, &slip);
    let station = &terminal.backend.station;
    let (span, _) = corrected(&sent[20..], RESET);
    correct(station, &upload, &slip, span, RESET);
    let (later, _) = corrected(&sent[4..20], -HOUR);
    correct(station, &upload, &slip, later, -HOUR);
    if is_told {
        terminal.carry();
    }
    befalls(&served, &slip, fate);
    if !is_told {
        let Some((_, Outcome::Refused(_))) = carry_once(&terminal) else { panic!("{fate:?}: it was not refused") };
    }
    undo_correction(station, &upload, &slip);
    undo_correction(station, &upload, &slip);
    undo(station, &upload);
    terminal.assign(&upload, &ruth, &letters()).unwrap();
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), [], "{fate:?}");
    let left = observations(&served);
    let of_slip = |own: &&Value| own["subject"]["reference"] == slip.id.0 && own["status"] != "entered-in-error";
    assert_eq!(left.iter().filter(of_slip).count(), 0, "{fate:?}");
    assert_eq!(there(&served, &ruth), in_numbers(&sent), "{fate:?}");
}

/// Somebody there made a second one of a reading, or says of one that it is unknown: that holds no undoing up.
#[test]
fn what_others_did_with_a_reading_holds_no_undoing_up() {
    for is_double in [false, true] {
        let served = Place::Small.serve().unwrap();
        let terminal = Terminal::new(Some(&served), None);
        let ruth = somebody(&terminal);
        let sent = readings(0, 20);
        let upload = assigned(&terminal, &letters(), &sent, &ruth);
        let station = &terminal.backend.station;
        let (span, _) = corrected(&sent[4..], -HOUR);
        correct(station, &upload, &ruth, span, -HOUR);
        terminal.carry();
        let mut one = observations(&served).remove(5);
        if is_double {
            one["id"] = json!("made-by-hand");
            served.small.as_ref().unwrap().put(one);
        } else {
            let reference = format!("Observation/{}", one["id"].as_str().unwrap());
            served.change(&reference, |own| own["status"] = json!("unknown"));
        }
        undo_correction(station, &upload, &ruth);
        terminal.carry();
        assert_eq!(terminal.store().undelivered().unwrap(), [], "{is_double}");
        let times: Vec<String> = there(&served, &ruth).into_iter().map(|(time, ..)| time).collect();
        let own: Vec<String> = in_numbers(&sent).into_iter().map(|(time, ..)| time).collect();
        assert!(times.iter().all(|time| own.contains(time)), "{is_double}: {times:?}");
        undo(station, &upload);
        terminal.carry();
        assert_eq!((terminal.store().undelivered().unwrap(), there(&served, &ruth)), (vec![], vec![]), "{is_double}");
    }
}

/// One that is right there, and another one that staff has marked as wrong: the first is meant.
#[test]
fn of_two_there_the_one_that_is_not_wrong_is_corrected() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let ruth = somebody(&terminal);
    let sent = readings(0, 20);
    let upload = assigned(&terminal, &letters(), &sent, &ruth);
    let mut wrong = observations(&served).remove(5);
    (wrong["id"], wrong["status"]) = (json!("made-by-hand"), json!("entered-in-error"));
    served.small.as_ref().unwrap().put(wrong);
    let (span, moved) = corrected(&sent[4..], -HOUR);
    correct(&terminal.backend.station, &upload, &ruth, span, -HOUR);
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    assert_eq!(there(&served, &ruth), in_numbers(&[&sent[..4], &moved].concat()));
}

/// Which result it is, the meter's own time says: at this station before the platform has the new time and while it has
/// it still, at another one that read the same meter, and in the record of whoever it was taken from.
fn a_result_is_counted_once_while_two_clocks_differ(place: Place) {
    let served = place.serve().unwrap();
    let [terminal, second] = [(); 2].map(|()| Terminal::new(Some(&served), None));
    let ruth = somebody(&terminal);
    let serial = letters();
    let sent = readings(0, 40);
    let upload = assigned(&terminal, &serial, &sent, &ruth);
    assigned(&second, &serial, &sent, &ruth);
    let (span, moved) = corrected(&sent[4..], -HOUR);
    let new = in_numbers(&[&sent[..4], &moved].concat());
    let old = in_numbers(&sent);
    assert_eq!((new.len(), old.len()), (37, 37));
    let station = &terminal.backend.station;
    let seen = |by: &Terminal| in_numbers(&record(by, &ruth.id));
    correct(station, &upload, &ruth, span, -HOUR);
    assert_eq!((seen(&terminal), seen(&second)), (new.clone(), old.clone()));
    terminal.carry();
    // What the other one has read itself has the meter's own time there.
    assert_eq!((seen(&terminal), seen(&second), there(&served, &ruth)), (new.clone(), old.clone(), new.clone()));
    let elsewhere = record(&Terminal::new(Some(&served), None), &ruth.id);
    let told: Vec<_> = elsewhere.iter().filter_map(|reading| reading.corrected_from).collect();
    assert_eq!(told.len(), 36, "what the meter's own clock said is read back");
    assert!(told.contains(&sent[4].time.unwrap()));
    undo_correction(station, &upload, &ruth);
    assert_eq!((seen(&terminal), seen(&second)), (old.clone(), old.clone()));
    undo(station, &upload);
    // Another station stands behind them all, and they are hers; of this one nothing is shown as hers meanwhile.
    assert_eq!(seen(&terminal), []);
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
    assert_eq!((seen(&terminal), seen(&second), there(&served, &ruth)), (old.clone(), old.clone(), old));
}

/// The meter was two hours ahead: what it told was doubted here, and told once it was corrected. Another station read
/// it later, when nothing of it lay ahead any more, and found it there. Undone here, it stays as that one told it.
fn what_another_station_stands_behind_stays(place: Place) {
    let served = place.serve().unwrap();
    let [first, second] = [(); 2].map(|()| Terminal::new(Some(&served), None));
    let ruth = somebody(&first);
    let serial = letters();
    let ahead: Vec<Reading> =
        after_reset(20).into_iter().map(|reading| Reading { doubts: vec![Doubt::TimeAhead], ..reading }).collect();
    let sent = [readings(0, 20), ahead.clone()].concat();
    let upload = assigned(&first, &serial, &sent, &ruth);
    let (span, moved) = corrected(&ahead, -2 * HOUR);
    let station = &first.backend.station;
    correct(station, &upload, &ruth, span, -2 * HOUR);
    first.carry();
    assert_eq!(there(&served, &ruth), in_numbers(&[readings(0, 20), moved].concat()));
    let later: Vec<Reading> = ahead.into_iter().map(|reading| Reading { doubts: vec![], ..reading }).collect();
    let as_told = [readings(0, 20), later].concat();
    assigned(&second, &serial, &as_told, &ruth);
    assert_eq!(second.store().undelivered().unwrap(), []);
    undo_correction(station, &upload, &ruth);
    first.carry();
    assert_eq!(first.store().undelivered().unwrap(), []);
    assert_eq!(there(&served, &ruth), in_numbers(&as_told));
    assert_eq!(in_numbers(&record(&second, &ruth.id)), in_numbers(&as_told));
}

/// The clock was reset, and two stations have read the meter. What the first corrected and told is not corrected at the
/// second as well: the first takes it back, and what the second stood on would be gone.
#[test]
fn what_another_station_corrected_is_not_corrected_once_more() {
    let served = Place::Small.serve().unwrap();
    let [first, second] = [(); 2].map(|()| Terminal::new(Some(&served), None));
    let ruth = somebody(&first);
    let serial = letters();
    let sent = [readings(0, 20), after_reset(20)].concat();
    let [upload, other] = [&first, &second].map(|terminal| assigned(terminal, &serial, &sent, &ruth));
    let (span, moved) = corrected(&sent[20..], RESET);
    correct(&first.backend.station, &upload, &ruth, span, RESET);
    first.carry();
    let right = in_numbers(&[readings(0, 20), moved].concat());
    assert_eq!(there(&served, &ruth), right);
    let before = all(&served, "Observation");
    correct(&second.backend.station, &other, &ruth, span, RESET);
    let Some((_, Outcome::Refused(told))) = carry_once(&second) else { panic!("it was not refused") };
    assert!(told.as_str().contains("another station"), "{told}");
    assert_eq!(all(&served, "Observation"), before);
    undo_correction(&second.backend.station, &other, &ruth);
    second.carry();
    assert_eq!(second.store().undelivered().unwrap(), []);
    assert_eq!((all(&served, "Observation"), there(&served, &ruth)), (before, right));
}

/// Two stations read a meter whose clock was reset, and doubt it. What the first corrects counts at the second one,
/// too, at its new time; the second cannot correct the same as long as that stands, and can afterwards. No reading is
/// lost.
#[test]
fn what_another_station_has_corrected_is_seen_and_not_corrected_once_more() {
    let served = Place::Small.serve().unwrap();
    let [first, second] = [(); 2].map(|()| Terminal::new(Some(&served), None));
    let ruth = somebody(&first);
    let serial = letters();
    let sent = [readings(0, 20), after_reset(20)].concat();
    let uploads = [&first, &second].map(|terminal| assigned(terminal, &serial, &sent, &ruth));
    let (span, moved) = corrected(&sent[20..], RESET);
    let (told, right) = (in_numbers(&sent), in_numbers(&[&sent[..20], &moved].concat()));
    assert_eq!((told.len(), right.len()), (17, 20));
    let seen = |by: &Terminal| in_numbers(&record(by, &ruth.id));
    correct(&first.backend.station, &uploads[0], &ruth, span, RESET);
    assert_eq!((seen(&first), seen(&second)), (right.clone(), told.clone()));
    first.carry();
    assert_eq!((seen(&first), seen(&second), there(&served, &ruth)), (right.clone(), right.clone(), right.clone()));
    correct(&second.backend.station, &uploads[1], &ruth, span, RESET);
    let Some((key, Outcome::Refused(why))) = carry_once(&second) else { panic!("it was not refused") };
    assert!(why.as_str().contains("another station"), "{why}");
    // Undone at the first one nothing of it is shown there at once, whatever the server has still.
    undo_correction(&first.backend.station, &uploads[0], &ruth);
    assert_eq!(seen(&first), told);
    first.carry();
    assert_eq!((seen(&first), there(&served, &ruth)), (told.clone(), told.clone()));
    assert!(second.backend.station.release(&nora(), &key, &"undone there".into()).unwrap());
    second.carry();
    assert_eq!(second.store().undelivered().unwrap(), []);
    assert_eq!((seen(&first), seen(&second), there(&served, &ruth)), (right.clone(), right.clone(), right));
    undo_correction(&second.backend.station, &uploads[1], &ruth);
    second.carry();
    assert_eq!((seen(&first), seen(&second), there(&served, &ruth)), (told.clone(), told.clone(), told));
}

/// Two stations correct the same at once, of whom it was not: the one that comes second stands behind nothing, so that
/// nothing is left when both have undone it all.
#[test]
fn what_two_correct_at_once_nobody_has_once_both_have_undone_it() {
    type Correcting = Arc<Mutex<Option<Terminal>>>;
    let correcting: Correcting = Arc::default();
    let on_the_way = Arc::clone(&correcting);
    let small = FhirServer::start_for(&[], move |asked| {
        let is_creation = asked.method == "POST" && asked.body.contains("Time corrected by a clinician");
        let faster = if is_creation { on_the_way.lock().unwrap().take() } else { None };
        if let Some(faster) = faster {
            faster.carry();
        }
        true
    });
    small.shelf.lock().unwrap().metadata = Some(says_all());
    let served = Served { base: small.server.base.clone(), small: Some(small), tenant: None };
    let [first, second] = [(); 2].map(|()| Terminal::new(Some(&served), None));
    let slip = somebody(&first);
    let serial = letters();
    let sent = [readings(0, 20), after_reset(20)].concat();
    let uploads = [&first, &second].map(|terminal| assigned(terminal, &serial, &sent, &slip));
    let (span, _) = corrected(&sent[20..], RESET);
    for (terminal, upload) in [&first, &second].into_iter().zip(&uploads) {
        correct(&terminal.backend.station, upload, &slip, span, RESET);
    }
    *correcting.lock().unwrap() = Some(Terminal::of(second.folder()));
    let Some((_, Outcome::Refused(why))) = carry_once(&first) else { panic!("it was not refused") };
    assert!(correcting.lock().unwrap().is_none() && why.as_str().contains("another station"), "{why}");
    assert_eq!(second.store().undelivered().unwrap(), []);
    for (terminal, upload) in [&first, &second].into_iter().zip(&uploads) {
        undo_correction(&terminal.backend.station, upload, &slip);
        undo(&terminal.backend.station, upload);
        terminal.carry();
        assert_eq!(terminal.store().undelivered().unwrap(), []);
    }
    let left = observations(&served);
    assert!(left.iter().all(|own| own["status"] == "entered-in-error"), "{left:?}");
}

/// Two stations told readings of one meter, so that the correction is refused; then the patient comes again. The way on
/// is to undo it, and that is offered.
#[test]
fn what_was_refused_can_be_undone_once_the_patient_has_come_again() {
    let served = Place::Small.serve().unwrap();
    let [first, second] = [(); 2].map(|()| Terminal::new(Some(&served), None));
    let ruth = somebody(&first);
    let serial = letters();
    let sent = readings(0, 20);
    assigned(&first, &serial, &sent, &ruth);
    let upload = assigned(&second, &serial, &sent, &ruth);
    let station = &second.backend.station;
    let (span, _) = corrected(&sent[4..], HOUR);
    correct(station, &upload, &ruth, span, HOUR);
    let Some((_, Outcome::Refused(_))) = carry_once(&second) else { panic!("it was not refused") };
    let again = assigned(&second, &serial, &readings(0, 30), &ruth);
    assert_eq!(second.store().undelivered().unwrap().len(), 2);
    for upload in [&upload, &again] {
        let offer = offer(station, upload, &ruth.id).unwrap();
        assert_eq!((offer.reach, offer.readings.len(), offer.standing.len()), (CorrectionReach::OnlyUndone, 0, 1));
    }
    undo_correction(station, &again, &ruth);
    second.carry();
    assert_eq!(second.store().undelivered().unwrap(), []);
    assert_eq!(there(&served, &ruth), in_numbers(&readings(0, 30)));
    assert_eq!(offer(station, &again, &ruth.id).unwrap().reach, CorrectionReach::Platform);
    // Nothing stands any more that could be undone.
    let waits = second.backend.station.quarantine(&nora(), &download(&serial, readings(0, 40))).unwrap().id;
    second.assign(&waits, &ruth, &letters()).unwrap();
    let refused = offer(station, &waits, &ruth.id).unwrap_err().problem().code;
    assert_eq!(refused, ProblemCode::TimesToldThere);
}

/// A server that lets nothing be changed, and settings that do not either: the correction waits, or is refused with
/// why; undone, nothing is left to be changed back, and what is read later goes on.
#[test]
fn where_nothing_may_be_changed_an_undoing_lets_the_meter_go_on() {
    for is_by_settings in [false, true] {
        let is_closed = Arc::new(AtomicBool::new(false));
        let closed = Arc::clone(&is_closed);
        let small = FhirServer::start_for(&[], move |asked| {
            let is_change = asked.method == "PUT" || asked.body.contains("\"PUT\"");
            !(closed.load(Ordering::Relaxed) && is_change && asked.body.contains("effectiveDateTime"))
        });
        small.shelf.lock().unwrap().metadata = Some(says_all());
        let served = Served { base: small.server.base.clone(), small: Some(small), tenant: None };
        let folder = tempfile::tempdir().unwrap();
        let file = served.write_settings(folder.path(), None, 30);
        let terminal = Terminal::of(folder.path());
        let ruth = somebody(&terminal);
        let serial = letters();
        let sent = readings(0, 20);
        let upload = assigned(&terminal, &serial, &sent, &ruth);
        let (span, _) = corrected(&sent[4..], HOUR);
        correct(&terminal.backend.station, &upload, &ruth, span, HOUR);
        let terminal = if is_by_settings {
            drop(terminal);
            let text = std::fs::read_to_string(&file).unwrap();
            std::fs::write(&file, text.replace("withdraw_undone = true\n", "")).unwrap();
            Terminal::of(folder.path())
        } else {
            is_closed.store(true, Ordering::Relaxed);
            terminal
        };
        let before = observations(&served);
        let (key, outcome) = carry_once(&terminal).unwrap();
        match outcome {
            Outcome::Refused(why) if is_by_settings => assert!(why.as_str().contains("withdraw_undone"), "{why}"),
            Outcome::NotAllowed(_) if !is_by_settings => {}
            outcome => panic!("{outcome:?}"),
        }
        assert_eq!(observations(&served), before);
        assert!(terminal.store().delivery(&key).unwrap().unwrap().attempts > 0);
        let station = &terminal.backend.station;
        let again = station.quarantine(&nora(), &download(&serial, readings(0, 30))).unwrap().id;
        terminal.assign(&again, &ruth, &letters()).unwrap();
        undo_correction(station, &again, &ruth);
        terminal.carry();
        assert_eq!(terminal.store().undelivered().unwrap(), [], "{is_by_settings}");
        assert_eq!(there(&served, &ruth), in_numbers(&readings(0, 30)), "{is_by_settings}");
    }
}

/// Where nothing that was sent is to be changed, what the platform has is not undone here alone; what it never took is.
#[test]
fn what_the_platform_has_is_not_undone_here_alone() {
    for is_there in [false, true] {
        let served = Place::Small.serve().unwrap();
        let terminal = Terminal::new(Some(&served), None);
        let ruth = somebody(&terminal);
        let sent = readings(0, 20);
        let upload = assigned(&terminal, &letters(), &sent, &ruth);
        let station = &terminal.backend.station;
        let (span, _) = corrected(&sent[4..], HOUR);
        correct(station, &upload, &ruth, span, HOUR);
        if is_there {
            terminal.carry();
        } else {
            served.change(&ruth.id.0, |own| own["active"] = json!(false));
            carry_once(&terminal).unwrap();
        }
        let correction = offer(station, &upload, &ruth.id).unwrap().standing[0].id.clone();
        let by = By { user: "2", session: "d", at: noon() };
        let shown = terminal.store().correction_offer(
            by,
            Role::Clinician,
            &upload,
            &ruth.id,
            &TimeZone::UTC,
            Withdrawals::Refused,
        );
        let request =
            CorrectionUndoRequest { correction, key: IdempotencyKey(letters()), reason: Some("it was right".into()) };
        let undone = terminal.store().undo_correction(by, Role::Clinician, &request, Withdrawals::Refused);
        if is_there {
            assert!(matches!(shown, Err(StoreError::TimesToldThere)), "{shown:?}");
            assert!(matches!(undone, Err(StoreError::TimesToldThere)), "{undone:?}");
        } else {
            assert_eq!(shown.unwrap().reach, CorrectionReach::OnlyUndone);
            assert_eq!(undone.unwrap().readings, 16);
        }
    }
}

/// The meter was given to somebody else there: that is asked before the first change, and nothing is changed.
#[test]
fn whose_the_meter_is_is_asked_before_anything_is_changed() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let (ruth, other) = (somebody(&terminal), somebody(&terminal));
    let doubted: Vec<Reading> =
        readings(20, 3).into_iter().map(|reading| Reading { doubts: vec![Doubt::ClockReset], ..reading }).collect();
    let sent = [readings(0, 20), doubted].concat();
    let upload = assigned(&terminal, &letters(), &sent, &ruth);
    let device = all(&served, "Device").into_iter().find(|device| device["patient"].is_object()).unwrap();
    let device = format!("Device/{}", device["id"].as_str().unwrap());
    served.change(&device, |own| own["patient"]["reference"] = json!(other.id.0));
    let before = all(&served, "Observation");
    let provenances = all(&served, "Provenance");
    let (span, _) = corrected(&sent[4..], HOUR);
    correct(&terminal.backend.station, &upload, &ruth, span, HOUR);
    let Some((_, Outcome::Refused(why))) = carry_once(&terminal) else { panic!("it was not refused") };
    assert!(why.as_str().contains("another patient's"), "{why}");
    assert_eq!((all(&served, "Observation"), all(&served, "Provenance")), (before, provenances));
    undo_correction(&terminal.backend.station, &upload, &ruth);
    terminal.carry();
    assert_eq!(terminal.store().undelivered().unwrap(), []);
}

/// The answer was lost, and at a sign-in it is forgotten why: it is no answer for that, and what may still arrive is
/// waited for when the correction is undone.
#[test]
fn a_sign_in_makes_no_answer_of_a_silence() {
    let served = Place::Small.serve().unwrap();
    let terminal = Terminal::new(Some(&served), None);
    let ruth = somebody(&terminal);
    let sent = readings(0, 20);
    let upload = assigned(&terminal, &letters(), &sent, &ruth);
    let (span, _) = corrected(&sent[4..], HOUR);
    correct(&terminal.backend.station, &upload, &ruth, span, HOUR);
    small(&served).faults = vec![Fault::IsLate; 9];
    let (key, outcome) = carry_once(&terminal).unwrap();
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    small(&served).faults.clear();
    let now: Timestamp = "2099-01-01T00:00:00Z".parse().unwrap();
    terminal.store().hurry(now).unwrap();
    let item = terminal.store().delivery(&key).unwrap().unwrap();
    assert_eq!(
        (item.attempts, item.last, matches!(item.state, DeliveryState::Queued(_))),
        (1, None::<LastAttempt>, true)
    );
    undo_correction(&terminal.backend.station, &upload, &ruth);
    let Errand::Deliver(parcel) = terminal.backend.station.next_errand(now).unwrap() else { panic!("nothing is due") };
    let Content::Correction(times) = &parcel.content else { panic!("{parcel:?}") };
    assert!(times.is_undone && !times.is_answered);
}
