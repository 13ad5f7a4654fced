//! A meter whose times were corrected, and that goes to another patient: a correction was confirmed for one record, so
//! it is undone before anything leaves that; and what came along with a meter is corrected as any other.

use glucodock::domain::association::{IdempotencyKey, UploadId};
use glucodock::domain::clinic::Role;
use glucodock::domain::patient::PatientId;
use glucodock::domain::reading::{Doubt, Reading};
use glucodock::domain::time_correction::{
    ClockCorrection, CorrectionFault, CorrectionOffer, CorrectionPlan, CorrectionRequest, CorrectionUndoRequest,
    TimesMoved,
};
use glucodock::domain::undo::Withdrawals;
use glucodock::store::{Store, StoreError};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::support::{assignment, blood, by, record, store};
use super::transferred::{
    CUT, TODAY, give, is_as_made_anew, on, owned, people, plan, read, request, times, total, transfer, visit,
};
use super::undone::undo;

const HOUR: i64 = 3600;

/// What [`on`] gives is of ten o'clock.
fn ten(day: i64) -> DateTime {
    TODAY.at(10, 0, 0, 0).checked_add(SignedDuration::from_hours(24 * day)).unwrap()
}

fn offer(store: &Store, upload: &UploadId, patient: &PatientId) -> Result<CorrectionOffer, StoreError> {
    store.correction_offer(by(60), Role::Clinician, upload, patient, &TimeZone::UTC, Withdrawals::Refused)
}

/// Corrects what somebody has of these days.
fn correct(
    store: &Store,
    upload: &UploadId,
    patient: &PatientId,
    days: [i64; 2],
    seconds: i64,
    second: i64,
) -> Result<TimesMoved, StoreError> {
    let correction = ClockCorrection { first: ten(days[0]), last: ten(days[1]), seconds };
    let offer = offer(store, upload, patient)?;
    let plan = CorrectionPlan::of(&offer.readings, correction).map_err(|_| StoreError::UploadChanged)?;
    let (upload, key) = (upload.clone(), IdempotencyKey(format!("c{second}")));
    let seen = plan.seen(patient);
    let request = CorrectionRequest { upload, key, correction, seen, reason: "summer time".into() };
    store.correct_times(by(second), Role::Clinician, &request, &TimeZone::UTC, Withdrawals::Refused)
}

/// Undoes what was corrected last of what somebody has.
fn undo_correction(store: &Store, upload: &UploadId, patient: &PatientId, second: i64) -> Result<(), StoreError> {
    let Some(last) = offer(store, upload, patient)?.standing.first().cloned() else { return Ok(()) };
    let key = IdempotencyKey(format!("d{second}"));
    let request = CorrectionUndoRequest { correction: last.id, key, reason: Some("it was right".into()) };
    store.undo_correction(by(second), Role::Clinician, &request, Withdrawals::Refused).map(drop)
}

/// The hour of each reading, from the earliest on.
fn hours(store: &Store, patient: &PatientId) -> Vec<i64> {
    let hour = |reading: &Reading| i64::from(reading.time.unwrap().hour());
    record(store, patient).iter().rev().map(hour).collect()
}

/// Also what would stay: its day by the meter's clock is not the one that the record shows.
#[test]
fn a_correction_is_undone_before_the_meter_goes() {
    for corrected in [[-1, 0], [-3, -2]] {
        let (directory, store) = store();
        let [karl, anna, _] = people(&store);
        let upload = read(&store, 1, (-3..=0).map(on).collect());
        give(&store, &upload, &karl, 2);
        let plan = plan(&store, &karl, &anna, CUT);
        let before = request(&store, &karl, plan.clone(), "t");
        correct(&store, &upload.id, &karl, corrected, HOUR, 4).unwrap();
        let refused = store.transfer_offer(by(5), &plan);
        assert!(matches!(refused, Err(StoreError::TimesCorrected)), "{corrected:?} {refused:?}");
        let refused = store.transfer(by(6), &before);
        assert!(matches!(refused, Err(StoreError::TimesCorrected)), "{corrected:?} {refused:?}");
        assert_eq!((total(&store, &karl), total(&store, &anna)), (4, 0));
        undo_correction(&store, &upload.id, &karl, 7).unwrap();
        assert_eq!(store.transfer(by(8), &before).unwrap().moved, 2);
        is_as_made_anew(directory.path());
    }
}

#[test]
fn what_came_along_is_corrected_in_the_record_that_has_it_and_does_not_go_back() {
    let (directory, store) = store();
    let [karl, anna, ida] = people(&store);
    let upload = read(&store, 1, (-3..=0).map(on).collect());
    give(&store, &upload, &karl, 2);
    transfer(&store, (&karl, &anna), CUT, 3).unwrap();
    let told = offer(&store, &upload.id, &anna).unwrap();
    assert_eq!((told.readings.len(), told.span), (2, Some((ten(-1), ten(0)))));
    assert_eq!(offer(&store, &upload.id, &karl).unwrap().span, Some((ten(-3), ten(-2))), "each by what they have");
    assert!(matches!(offer(&store, &upload.id, &ida), Err(StoreError::UploadChanged)));

    assert_eq!(correct(&store, &upload.id, &anna, [-3, 0], HOUR, 4).unwrap(), TimesMoved { readings: 2 });
    assert_eq!((hours(&store, &karl), hours(&store, &anna)), (vec![10, 10], vec![11, 11]));
    assert_eq!(offer(&store, &upload.id, &karl).unwrap().standing, [], "it is none of this record");
    is_as_made_anew(directory.path());
    assert!(store.soundness().unwrap().is_sound());
    let back = transfer(&store, (&anna, &karl), CUT, 5);
    assert!(matches!(back, Err(StoreError::TimesCorrected)), "{back:?}");

    undo_correction(&store, &upload.id, &anna, 6).unwrap();
    transfer(&store, (&anna, &karl), CUT, 7).unwrap();
    // Of what came back, too, the upload is what it was before.
    assert_eq!(offer(&store, &upload.id, &karl).unwrap().span, Some((ten(-3), ten(0))));
    correct(&store, &upload.id, &karl, [-1, 0], -HOUR, 8).unwrap();
    let refused = undo(&store, &upload.id, "z", 9);
    assert!(matches!(refused, Err(StoreError::TimesCorrected)), "{refused:?}");
    undo_correction(&store, &upload.id, &karl, 10).unwrap();
    undo(&store, &upload.id, "z", 11).unwrap();
    assert!(record(&store, &karl).is_empty());
    is_as_made_anew(directory.path());
}

/// What a third person's record has of the meter by corrected times concerns neither of the two, and its day is the one
/// of the meter's clock, as that of the transfer.
#[test]
fn a_third_person_s_correction_stays_theirs() {
    let (_directory, store) = store();
    let [karl, anna, ida] = people(&store);
    let upload = read(&store, 1, (-3..=0).map(on).collect());
    give(&store, &upload, &karl, 2);
    transfer(&store, (&karl, &anna), CUT, 3).unwrap();
    // Later than the day from which on the meter goes to Ida, by the clock on the wall alone.
    correct(&store, &upload.id, &karl, [-3, -2], 48 * HOUR, 4).unwrap();
    assert_eq!(transfer(&store, (&anna, &ida), CUT, 5).unwrap().moved, 2);
    assert_eq!(offer(&store, &upload.id, &karl).unwrap().standing.len(), 1);
    assert!(store.soundness().unwrap().is_sound());
    // Karl has some by corrected times, so nothing comes back to him.
    let back = transfer(&store, (&ida, &karl), CUT, 6);
    assert!(matches!(back, Err(StoreError::TimesCorrected)), "{back:?}");
}

/// By the meter's own time, whatever is shown: what it sends again is known, and what it sends of days that were
/// another's is in no record, and is not corrected in one.
#[test]
fn what_is_sent_later_is_decided_by_the_meter_s_time() {
    let (_directory, store) = store();
    let [karl, anna, _] = people(&store);
    let upload = read(&store, 1, vec![on(-3), on(-1), on(0)]);
    give(&store, &upload, &karl, 2);
    transfer(&store, (&karl, &anna), CUT, 3).unwrap();
    correct(&store, &upload.id, &anna, [-1, 0], -72 * HOUR, 4).unwrap();
    assert_eq!(times(&store, &anna), [-4, -3]);
    let (second, result) = visit(&store, vec![on(-3), on(-2), on(-1), on(0)], &anna, 5);
    assert_eq!((result.new, result.already_there), (0, 2));
    assert_eq!((times(&store, &anna), times(&store, &karl)), (vec![-4, -3], vec![-3]));
    let told = offer(&store, &second.id, &anna).unwrap();
    assert_eq!(told.readings.iter().map(|reading| reading.time).collect::<Vec<_>>(), [ten(-1), ten(0)]);
}

/// The memory is one, whoever has what is in it: between two readings of Anna's lies one of a clock that had gone back,
/// and that is in Karl's record.
#[test]
fn a_clock_that_went_back_in_another_s_readings_parts_a_span() {
    let (_directory, store) = store();
    let [karl, anna, _] = people(&store);
    let midnight = TODAY.at(0, 0, 0, 0);
    let reset = Reading { time: Some(midnight), doubts: vec![Doubt::ClockReset], ..blood(100, 0, 88) };
    let of_index = |index: u32, reading: Reading| Reading { index, ..reading };
    let memory = vec![of_index(0, on(-1)), of_index(1, on(0)), of_index(2, reset), of_index(3, on(1))];
    let upload = read(&store, 1, memory);
    give(&store, &upload, &karl, 2);
    let counts = transfer(&store, (&karl, &anna), CUT, 3).unwrap();
    assert_eq!((counts.moved, counts.unsure), (3, 1));
    let told = offer(&store, &upload.id, &anna).unwrap();
    let of = |days: [i64; 2]| {
        let correction = ClockCorrection { first: ten(days[0]), last: ten(days[1]), seconds: -HOUR };
        CorrectionPlan::of(&told.readings, correction).map(|plan| plan.moved.len())
    };
    assert_eq!(of([-1, 1]), Err(CorrectionFault::TurnsRound { before: ten(0), next: ten(1) }));
    assert_eq!((of([-1, 0]), of([1, 1])), (Ok(2), Ok(1)));
    // What was another's in between, by a clock that ran on, parts nothing.
    transfer(&store, (&anna, &karl), TODAY, 4).unwrap();
    transfer(&store, (&karl, &anna), TODAY.tomorrow().unwrap(), 5).unwrap();
    let told = offer(&store, &upload.id, &anna).unwrap();
    assert_eq!(
        told.readings.iter().map(|reading| (reading.time, reading.clock_run)).collect::<Vec<_>>(),
        [(ten(-1), 0), (ten(1), 1)]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is read, assigned, undone, transferred, corrected and taken back, in whatever order, and whatever of it
    /// is refused: nothing but the errors that have their words, and everything agrees at each step.
    #[test]
    fn whatever_is_done_the_store_is_sound(
        moves in prop::collection::vec((0_u8..8, 0_usize..3, -6_i64..2, -60_i64..60), 1..18),
    ) {
        let (directory, store) = store();
        let people = people(&store);
        let mut memory: Vec<Reading> = vec![on(-8)];
        let mut uploads: Vec<UploadId> = Vec::new();
        for (second, (what, who, day, hours)) in (10_i64..).step_by(10).zip(moves) {
            let owner = people.iter().find(|id| owned(&store, id).0 != "0").cloned();
            let last = uploads.last().cloned();
            let done = match (what, last, owner) {
                (0 | 1, _, owner) => {
                    if !memory.contains(&on(day)) {
                        memory.push(on(day));
                    }
                    let upload = read(&store, second, memory.clone());
                    let patient = owner.unwrap_or_else(|| people[who].clone());
                    let assignment = assignment(&store, &upload.id, &patient, &format!("a{second}"));
                    store.assign(by(second), &assignment).unwrap();
                    uploads.push(upload.id);
                    Ok(())
                }
                (2, Some(upload), _) => {
                    match store.undo_offer(by(second), Role::Clinician, &upload, Withdrawals::Sent) {
                        Ok(_) => undo(&store, &upload, &format!("u{second}"), second).map(drop),
                        Err(refused) => Err(refused),
                    }
                }
                (3, _, Some(owner)) => {
                    let first_day = TODAY.saturating_add(jiff::Span::new().days(day.min(0)));
                    transfer(&store, (&owner, &people[who]), first_day, second).map(drop)
                }
                (4, Some(upload), _) => undo_correction(&store, &upload, &people[who], second),
                (5.., Some(upload), _) => {
                    correct(&store, &upload, &people[who], [day - 2, day], hours * HOUR, second).map(drop)
                }
                _ => Ok(()),
            };
            if let Err(refused) = done {
                let has_words = matches!(
                    refused,
                    StoreError::TimesCorrected
                        | StoreError::UploadChanged
                        | StoreError::MoveSince
                        | StoreError::MoveNotTheirs
                        | StoreError::MoveReachesThird
                        | StoreError::LaterAssignment
                        | StoreError::NotFound { .. }
                );
                prop_assert!(has_words, "{refused:?}");
            }
            is_as_made_anew(directory.path());
            prop_assert!(store.soundness().unwrap().is_sound());
        }
    }
}
