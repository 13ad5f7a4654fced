//! What somebody else did between the showing of an upload and a decision about it: the decision is about what was
//! shown, or it is none.

use glucodock::domain::association::{IntakeAnswer, Upload};
use glucodock::domain::download::Download;
use glucodock::domain::intake_check::{self, ClockVerdict};
use glucodock::domain::meter_clock::ClockReading;
use glucodock::domain::reading::{Doubt, Reading};
use glucodock::store::{Store, StoreError};
use rstest::rstest;

use super::support::{assignment, blood, by, create, download, person, record, store};

/// A day in the meter's memory, read when this computer's clock showed noon of 21-Sep-2026.
fn read_at(clock: &str, times: &[&str]) -> Download {
    let readings: Vec<Reading> = (0..)
        .zip(times)
        .map(|(place, time)| Reading { time: Some(time.parse().unwrap()), ..blood(place, 0, 100 + place) })
        .collect();
    let host: jiff::Zoned = "2026-09-21T12:00:00+02:00[Europe/Berlin]".parse().unwrap();
    let now = host.datetime();
    let mut download =
        Download { clock: Some(ClockReading { meter: clock.parse().unwrap(), host }), ..download("000-1", readings) };
    intake_check::mark(&mut download, now, None);
    download
}

fn answer(store: &Store, shown: &Upload, verdict: ClockVerdict) -> Result<Upload, StoreError> {
    store.answer_intake(by(5), &shown.id, &IntakeAnswer::Clock(verdict), shown.read_at, &shown.seen())
}

/// Two stations with one upload: the second answer is refused to whoever did not see the first, and who confirmed with
/// the first does not assign with the second.
#[test]
fn a_clock_that_was_judged_otherwise_meanwhile_is_not_what_was_confirmed() {
    let (_directory, store) = store();
    let anna = create(&store, &person("First", "Anna", "1961-07-14", "M1"));
    let shown = store.quarantine(by(1), &read_at("2026-09-24T12:00:00", &["2026-09-20T08:00:00"])).unwrap();
    answer(&store, &shown, ClockVerdict::MeterWrong).unwrap();
    let confirmed = assignment(&store, &shown.id, &anna.id, "a");
    let without_looking = answer(&store, &shown, ClockVerdict::MeterRight);
    assert!(matches!(without_looking, Err(StoreError::UploadChanged)));

    let looked_again = store.upload(&shown.id).unwrap();
    answer(&store, &looked_again, ClockVerdict::MeterRight).unwrap();
    assert!(matches!(store.assign(by(6), &confirmed), Err(StoreError::UploadChanged)));
    assert_eq!((record(&store, &anna.id), store.pending().unwrap().len()), (vec![], 1));
    store.assign(by(7), &assignment(&store, &shown.id, &anna.id, "b")).unwrap();
    assert_eq!(record(&store, &anna.id)[0].doubts, []);
}

/// Whose readings they are was asked about one other person; now a third has them too.
#[test]
fn readings_that_a_third_person_got_meanwhile_are_asked_about_anew() {
    let (_directory, store) = store();
    let names = [("First", "Anna", "M1"), ("Second", "Berta", "M2"), ("Third", "Carla", "M3")];
    let [anna, berta, carla] =
        names.map(|(family, given, mrn)| create(&store, &person(family, given, "1961-07-14", mrn)));
    let memory = || (0..20).map(|place| blood(place, i64::from(place) * 11, 80 + place)).collect::<Vec<_>>();
    let waiting = || store.quarantine(by(1), &download("", memory())).unwrap();
    let (of_anna, of_berta, of_carla) = (waiting(), waiting(), waiting());
    store.assign(by(2), &assignment(&store, &of_anna.id, &anna.id, "a")).unwrap();
    let is_shared = |shown: &Upload, patient| {
        store.answer_intake(by(3), &shown.id, &IntakeAnswer::Shared(patient), shown.read_at, &shown.seen())
    };

    let shown = store.upload(&of_berta.id).unwrap();
    let shown_elsewhere = store.upload(&of_carla.id).unwrap();
    is_shared(&shown, berta.id.clone()).unwrap();
    let confirmed = assignment(&store, &shown.id, &berta.id, "b");
    is_shared(&shown_elsewhere, carla.id.clone()).unwrap();
    store.assign(by(4), &assignment(&store, &of_carla.id, &carla.id, "c")).unwrap();

    assert!(matches!(store.assign(by(5), &confirmed), Err(StoreError::UploadChanged)));
    assert!(matches!(is_shared(&shown, berta.id.clone()), Err(StoreError::UploadChanged)));
    assert_eq!(record(&store, &berta.id), []);
    let looked_again = store.upload(&shown.id).unwrap();
    assert_eq!(looked_again.held_by_others(&berta.id).count(), 2);
    // What was said of the first alone is no answer about both.
    let not_asked = store.assign(by(6), &assignment(&store, &shown.id, &berta.id, "d"));
    assert!(matches!(not_asked, Err(StoreError::HeldByAnother)));
    is_shared(&looked_again, berta.id.clone()).unwrap();
    assert_eq!(store.assign(by(7), &assignment(&store, &shown.id, &berta.id, "e")).unwrap().new, 20);
}

/// Which times have not come yet is said by the clock that is right. This computer's was wrong: it is three days
/// behind, or ahead, and the meter's has a reading of its own future.
#[rstest]
#[case::behind("2026-09-24T12:00:00", ["2026-09-20T08:00:00", "2026-09-23T08:00:00", "2026-09-25T08:00:00"])]
#[case::ahead("2026-09-18T12:00:00", ["2026-09-17T08:00:00", "2026-09-18T12:10:00", "2026-09-20T08:00:00"])]
fn what_lies_ahead_is_said_by_the_clock_that_is_right(#[case] clock: &str, #[case] times: [&str; 3]) {
    let (_directory, store) = store();
    let anna = create(&store, &person("First", "Anna", "1961-07-14", "M1"));
    let shown = store.quarantine(by(1), &read_at(clock, &times)).unwrap();
    answer(&store, &shown, ClockVerdict::MeterRight).unwrap();
    store.assign(by(6), &assignment(&store, &shown.id, &anna.id, "a")).unwrap();
    // Read again by the same wrong clock of ours, the same is known.
    for _ in 0..2 {
        let mut there = record(&store, &anna.id);
        there.reverse();
        let doubts: Vec<_> = there.into_iter().map(|reading| reading.doubts).collect();
        assert_eq!(doubts, [vec![], vec![], vec![Doubt::TimeAhead]]);
        store.quarantine(by(8), &read_at(clock, &times)).unwrap();
    }
}
