//! The times of a meter whose clock was wrong, corrected in one record: the meter's own time stays, everything that is
//! shown and counted follows the corrected one, and undoing it leaves nothing of it but that it was said.

use glucodock::domain::association::{Assignment, IdempotencyKey, Proof, UploadId};
use glucodock::domain::clinic::Role;
use glucodock::domain::patient::{Patient, PatientId};
use glucodock::domain::population::{PopulationFilter, PopulationOrder, PopulationQuery};
use glucodock::domain::reading::{Doubt, Reading};
use glucodock::domain::reading_source::SoughtReading;
use glucodock::domain::record::Span;
use glucodock::domain::time_correction::{
    ClockCorrection, CorrectionNotice, CorrectionOffer, CorrectionPlan, CorrectionRequest, CorrectionUndoRequest,
    TimesMoved,
};
use glucodock::domain::undo::{UndoTerms, Withdrawals};
use glucodock::store::{By, ChainCheck, Store, StoreError};
use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use tempfile::TempDir;

use super::directory::known;
use super::support::{assignment, at, blood, by, create, database, download, person, record, store};
use super::undone::undo;

/// The instant 1,790,000,000 is 21-Sep-2026 14:13:20 by UTC, at which the readings of these tests are read.
const READ_ON: Date = date(2026, 9, 21);

/// A day and a bit: the clock of the meter stood at 01-Jan-2020 when it was 20-Sep-2026.
/// 1-Jan-2020 to 20-Sep-2026: 2192 days to 1-Jan-2026 (2020 and 2024 are leap years), and 262 days of 2026
/// (31 + 28 + 31 + 30 + 31 + 30 + 31 + 31 + 19).
const RESET: i64 = (2192 + 262) * 86_400;

/// A reading of a clock that was reset: on 01-Jan-2020, so many minutes after midnight.
fn reset(index: u32, minute: i64, value: u32) -> Reading {
    let midnight = date(2020, 1, 1).at(0, 0, 0, 0);
    let time = midnight.checked_add(jiff::SignedDuration::from_mins(minute)).unwrap();
    Reading { time: Some(time), doubts: vec![Doubt::TimeBeforeModel], ..blood(index, 0, value) }
}

/// Three readings of a clock that was reset, one without a time, and two of the right time.
fn memory() -> Vec<Reading> {
    vec![
        reset(0, 60, 50),
        reset(1, 120, 60),
        Reading { doubts: vec![Doubt::TimeBeforeModel, Doubt::Questionable], ..reset(2, 1500, 200) },
        Reading { time: None, ..blood(3, 0, 90) },
        blood(4, 600, 110),
        blood(5, 700, 65),
    ]
}

/// Somebody with such a meter in their record.
pub(crate) fn karl() -> (TempDir, Store, Patient, UploadId) {
    let (directory, store) = store();
    let karl = create(&store, &person("Weber", "Karl", "1950-01-01", "M1000001"));
    let upload = store.quarantine(by(1), &download("000-1", memory())).unwrap();
    store.assign(by(2), &assignment(&store, &upload.id, &karl.id, "a")).unwrap();
    (directory, store, karl, upload.id)
}

/// What is shown of the upload to whoever looks at the record that it is in.
fn offer(store: &Store, upload: &UploadId) -> CorrectionOffer {
    let patient = store.upload(upload).unwrap().record.unwrap().id;
    store.correction_offer(by(3), Role::Clinician, upload, &patient, &TimeZone::UTC, Withdrawals::Refused).unwrap()
}

/// What corrects all readings of the reset clock, as it is shown now.
pub(crate) fn request(store: &Store, upload: &UploadId, key: &str) -> CorrectionRequest {
    let correction = ClockCorrection {
        first: date(2020, 1, 1).at(1, 0, 0, 0),
        last: date(2020, 1, 2).at(1, 0, 0, 0),
        seconds: RESET,
    };
    let offer = offer(store, upload);
    let seen = CorrectionPlan::of(&offer.readings, correction).unwrap().seen(&offer.patient.id);
    let (upload, key) = (upload.clone(), IdempotencyKey(key.to_owned()));
    CorrectionRequest { upload, key, correction, seen, reason: "the battery was changed".into() }
}

pub(crate) fn correct(store: &Store, request: &CorrectionRequest, second: i64) -> Result<TimesMoved, StoreError> {
    store.correct_times(by(second), Role::Clinician, request, &TimeZone::UTC, Withdrawals::Refused)
}

fn undo_last(
    store: &Store,
    upload: &UploadId,
    key: &str,
    by: By<'_>,
    reason: Option<&str>,
) -> Result<TimesMoved, StoreError> {
    let correction = offer(store, upload).standing[0].id.clone();
    let (key, reason) = (IdempotencyKey(key.to_owned()), reason.map(Into::into));
    let request = CorrectionUndoRequest { correction, key, reason };
    store.undo_correction(by, Role::Clinician, &request, Withdrawals::Refused)
}

/// The shown time, the meter's own, and whether the numbers use it, from the earliest on.
fn shown(store: &Store, patient: &PatientId) -> Vec<(String, Option<String>, bool)> {
    let text = |time: DateTime| time.to_string();
    let mut readings = record(store, patient);
    readings.reverse();
    readings
        .iter()
        .map(|reading| (text(reading.time.unwrap()), reading.corrected_from.map(text), reading.is_in_numbers()))
        .collect()
}

fn expected(readings: &[(&str, Option<&str>, bool)]) -> Vec<(String, Option<String>, bool)> {
    readings.iter().map(|(time, from, counts)| ((*time).to_owned(), from.map(str::to_owned), *counts)).collect()
}

const AS_READ: [(&str, Option<&str>, bool); 5] = [
    ("2020-01-01T01:00:00", None, false),
    ("2020-01-01T02:00:00", None, false),
    ("2020-01-02T01:00:00", None, false),
    ("2026-09-21T10:00:00", None, true),
    ("2026-09-21T11:40:00", None, true),
];

const CORRECTED: [(&str, Option<&str>, bool); 5] = [
    ("2026-09-20T01:00:00", Some("2020-01-01T01:00:00"), true),
    ("2026-09-20T02:00:00", Some("2020-01-01T02:00:00"), true),
    ("2026-09-21T01:00:00", Some("2020-01-02T01:00:00"), true),
    ("2026-09-21T10:00:00", None, true),
    ("2026-09-21T11:40:00", None, true),
];

#[test]
fn a_span_is_corrected_beside_what_the_meter_told_and_back() {
    let (directory, store, karl, upload) = karl();
    let told = offer(&store, &upload);
    let [first, last] = [date(2020, 1, 1).at(1, 0, 0, 0), READ_ON.at(11, 40, 0, 0)];
    assert_eq!((told.readings.len(), told.undated, told.span), (5, 1, Some((first, last))));
    assert_eq!(told.readings[0].read_at, READ_ON.at(14, 13, 21, 0), "by the clock of the clinic's zone");
    assert_eq!((told.patient.id.clone(), told.standing.len()), (karl.id.clone(), 0));
    assert_eq!(shown(&store, &karl.id), expected(&AS_READ));

    let request = request(&store, &upload, "c");
    let notice = CorrectionNotice { doubted: 3, ..CorrectionNotice::default() };
    assert_eq!((request.seen.times.len(), request.seen.told), (3, notice));
    assert_eq!(correct(&store, &request, 4).unwrap(), TimesMoved { readings: 3 });
    assert_eq!(correct(&store, &request, 5).unwrap(), TimesMoved { readings: 3 }, "repeated");
    assert_eq!(shown(&store, &karl.id), expected(&CORRECTED));
    let past = store.record(&karl.id, Span::ALL).unwrap();
    assert_eq!((past.totals.readings, past.totals.left_out.total(), past.totals.left_out.without_time), (6, 1, 1));
    // What was doubted stays written down.
    let doubts: Vec<_> = past.readings.iter().map(|reading| reading.doubts.len()).collect();
    assert_eq!(doubts, [0, 0, 2, 1, 1]);
    let of_day = |day| {
        let span = Span { from: date(2026, 9, day).at(0, 0, 0, 0), to: date(2026, 9, day + 1).at(0, 0, 0, 0) };
        store.record(&karl.id, span).unwrap().readings.len()
    };
    assert_eq!((of_day(20), of_day(21)), (2, 3));

    let standing = &offer(&store, &upload).standing;
    let said = (standing[0].readings, standing[0].correction, standing[0].reason.as_str(), standing[0].at);
    assert_eq!(said, (3, request.correction, "the battery was changed", at(4)));
    let line = store.audit_trail().unwrap().pop().unwrap();
    let told = (line.action.as_str(), line.patient.as_str(), line.upload.as_str(), line.detail.as_str());
    let span = format!("from 2020-01-01T01:00:00 to 2020-01-02T01:00:00 by {RESET} s");
    let detail = format!("3 readings {span}: the battery was changed");
    assert_eq!(told, ("times-corrected", karl.id.0.as_str(), upload.0.as_str(), detail.as_str()));

    assert_eq!(undo_last(&store, &upload, "u", by(6), None).unwrap(), TimesMoved { readings: 3 });
    assert_eq!(shown(&store, &karl.id), expected(&AS_READ));
    assert_eq!(offer(&store, &upload).standing, []);
    let line = store.audit_trail().unwrap().pop().unwrap();
    let told = (line.action.as_str(), line.upload.as_str(), line.detail);
    assert_eq!(told, ("time-correction-undone", upload.0.as_str(), format!("3 readings {span}")));
    assert!(matches!(store.verify_audit().unwrap(), ChainCheck::Whole { .. }));
    // What was said stays written, and what the meter told was never another.
    let connection = database(directory.path());
    let count = |what: &str| connection.query_row(what, (), |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(
        (count("SELECT count(*) FROM time_corrections"), count("SELECT count(*) FROM corrected_readings")),
        (2, 3)
    );
    assert_eq!(count("SELECT count(*) FROM readings WHERE time LIKE '2020-01-%'"), 3);
    assert_eq!(count("SELECT count(*) FROM records x JOIN readings r ON r.id = x.reading WHERE x.time <> r.time"), 0);
    // Said again, it is done again, under another key only.
    drop(connection);
    assert_eq!(correct(&store, &request, 7).unwrap(), TimesMoved { readings: 3 }, "the old answer");
    assert_eq!(shown(&store, &karl.id), expected(&AS_READ), "and nothing more");
    assert_eq!(correct(&store, &super::corrected::request(&store, &upload, "d"), 8).unwrap().readings, 3);
    assert_eq!(shown(&store, &karl.id), expected(&CORRECTED));
}

/// What the meter holds is what it was: a correction makes nothing new of it, here or in another record.
#[test]
fn what_is_read_again_is_the_same_and_inherits_nothing() {
    let (_directory, store, karl, upload) = karl();
    correct(&store, &request(&store, &upload, "c"), 4).unwrap();
    let mut more = memory();
    // The clock was reset once more, and nobody said anything of that.
    more.push(reset(6, 1440 + 61, 77));
    let again = store.quarantine(by(5), &download("000-1", more)).unwrap();
    assert_eq!(again.new_readings, 1);
    let append = Assignment { proof: Proof::Owner, ..assignment(&store, &again.id, &karl.id, "b") };
    let result = store.assign(by(6), &append).unwrap();
    assert_eq!((result.new, result.already_there), (1, 6));
    let mut expected = expected(&CORRECTED);
    expected.insert(0, ("2020-01-02T01:01:00".to_owned(), None, false));
    assert_eq!(shown(&store, &karl.id), expected);
    // The new one is corrected by itself; together with what is corrected it is not.
    let told = offer(&store, &again.id);
    let minute = date(2020, 1, 2).at(1, 1, 0, 0);
    assert_eq!(told.span, Some((minute, minute)));
    let wider = ClockCorrection { first: date(2020, 1, 1).at(2, 0, 0, 0), last: minute, seconds: RESET };
    let plan = CorrectionPlan::of(&told.readings, wider).unwrap();
    assert_eq!((plan.moved.len(), plan.told.stay), (1, 2));
    let alone = ClockCorrection { first: minute, last: minute, seconds: RESET };
    assert_eq!(CorrectionPlan::of(&told.readings, alone).unwrap().moved.len(), 1);
}

/// A meter without a number: what another one of its model has in the record is found by the meter's own time.
#[test]
fn what_a_meter_without_a_number_sends_again_is_found_by_its_own_time() {
    let (_directory, store) = store();
    let karl = create(&store, &person("Weber", "Karl", "1950-01-01", "M1000001"));
    let memory: Vec<Reading> = (0..20).map(|index| reset(index, i64::from(index) * 7, 100 + index)).collect();
    let first = store.quarantine(by(1), &download("", memory.clone())).unwrap();
    store.assign(by(2), &assignment(&store, &first.id, &karl.id, "a")).unwrap();
    let (from, to) = (memory[0].time.unwrap(), memory[9].time.unwrap());
    let offer = offer(&store, &first.id);
    let correction = ClockCorrection { first: from, last: to, seconds: RESET };
    let seen = CorrectionPlan::of(&offer.readings, correction).unwrap().seen(&karl.id);
    let (upload, key) = (first.id, IdempotencyKey("c".to_owned()));
    let request = CorrectionRequest { upload, key, correction, seen, reason: "the battery was changed".into() };
    assert_eq!(correct(&store, &request, 3).unwrap().readings, 10);
    let second = store.quarantine(by(4), &download("", memory)).unwrap();
    assert_eq!(second.held.iter().map(|held| held.readings).collect::<Vec<_>>(), [20]);
    let result = store.assign(by(5), &assignment(&store, &second.id, &karl.id, "b")).unwrap();
    assert_eq!((result.new, result.already_there), (0, 20));
    // And what happens to lie where a corrected one lies now is another result.
    let shifted: Vec<Reading> = (0..5)
        .map(|index| {
            let there = reset(index, i64::from(index) * 7, 100 + index);
            Reading { time: correction.corrected(there.time.unwrap()), doubts: vec![], ..there }
        })
        .collect();
    let third = store.quarantine(by(6), &download("", shifted)).unwrap();
    assert_eq!(third.held, []);
}

#[test]
fn the_clinic_s_list_follows_at_every_step() {
    let (directory, store, karl, upload) = karl();
    let row = || {
        let query = PopulationQuery {
            order: PopulationOrder::Lows,
            filter: PopulationFilter::All,
            today: date(2026, 9, 22),
            from: None,
        };
        let row = store.population(by(100), &query).unwrap().rows.remove(0);
        (row.low, row.very_low, row.last_reading.map(|time| time.to_string()))
    };
    let last = Some("2026-09-21T11:40:00".to_owned());
    // 65 alone; of 2020 and doubted are 50 and 60.
    assert_eq!(row(), (1, 0, last.clone()));
    as_made_anew(directory.path());
    correct(&store, &request(&store, &upload, "c"), 4).unwrap();
    assert!(store.soundness().unwrap().is_sound());
    assert_eq!(row(), (3, 1, last.clone()));
    as_made_anew(directory.path());
    undo_last(&store, &upload, "u", by(5), None).unwrap();
    assert_eq!(row(), (1, 0, last));
    as_made_anew(directory.path());

    // What was the last reading is an hour earlier now, and back again.
    let time = READ_ON.at(11, 40, 0, 0);
    let earlier = ClockCorrection { first: time, last: time, seconds: -3600 };
    let seen = CorrectionPlan::of(&offer(&store, &upload).readings, earlier).unwrap().seen(&karl.id);
    let key = IdempotencyKey("d".to_owned());
    let request =
        CorrectionRequest { upload: upload.clone(), key, correction: earlier, seen, reason: "summer time".into() };
    correct(&store, &request, 6).unwrap();
    assert_eq!(row().2.as_deref(), Some("2026-09-21T10:40:00"));
    as_made_anew(directory.path());
    undo_last(&store, &upload, "v", by(7), None).unwrap();
    assert_eq!(row().2.as_deref(), Some("2026-09-21T11:40:00"));
    as_made_anew(directory.path());
}

/// What is kept beside the story is what it says.
fn as_made_anew(directory: &std::path::Path) {
    let connection = database(directory);
    let differs = |one: &str, two: &str| {
        let both = format!("SELECT count(*) FROM (SELECT * FROM ({one}) EXCEPT SELECT * FROM ({two}))");
        connection.query_row(&both, (), |row| row.get::<_, i64>(0)).unwrap()
    };
    let kept = "SELECT reading, subject, day, very_low FROM low_readings";
    let made = "SELECT reading, subject, day, very_low FROM counted_lows";
    assert_eq!((differs(kept, made), differs(made, kept)), (0, 0));
    let kept = "SELECT subject, last_reading FROM last_seen";
    let made =
        "SELECT s.id, coalesce((SELECT max(time) FROM counted_records c WHERE c.subject = s.id), '') FROM subjects s";
    assert_eq!((differs(kept, made), differs(made, kept)), (0, 0));
}

/// An export has both times, and the page of a reading finds where it is from.
#[test]
fn what_is_exported_has_both_times() {
    let (_directory, store, karl, upload) = karl();
    correct(&store, &request(&store, &upload, "c"), 4).unwrap();
    let recorded = store.recorded(&karl.id, Span::ALL).unwrap();
    let times: Vec<_> = recorded
        .iter()
        .map(|recorded| {
            (recorded.reading.time.unwrap().to_string(), recorded.reading.meter_time().unwrap().to_string())
        })
        .collect();
    assert_eq!(times[0], ("2026-09-20T01:00:00".to_owned(), "2020-01-01T01:00:00".to_owned()));
    assert_eq!(times[4], ("2026-09-21T11:40:00".to_owned(), "2026-09-21T11:40:00".to_owned()));
    for reading in record(&store, &karl.id) {
        let place = reading.index;
        let sources = store.sources_of(&karl.id, &SoughtReading { reading, alike_before: 0 }).unwrap();
        assert_eq!(sources.iter().map(|source| source.place).collect::<Vec<_>>(), [place]);
    }
}

#[test]
fn an_assignment_with_corrected_times_is_undone_after_the_correction() {
    let (_directory, store, karl, upload) = karl();
    correct(&store, &request(&store, &upload, "c"), 4).unwrap();
    let refused = store.undo_offer(by(5), Role::Clinician, &upload, Withdrawals::Refused);
    assert!(matches!(refused, Err(StoreError::TimesCorrected)), "{refused:?}");
    undo_last(&store, &upload, "u", by(6), None).unwrap();
    let seen_before = request(&store, &upload, "late").seen;
    undo(&store, &upload, "z", 7).unwrap();
    assert!(record(&store, &karl.id).is_empty());
    // Whoever has it next begins with what the meter told.
    let anna = create(&store, &person("Lang", "Anna", "1961-02-03", "M2"));
    store.assign(by(8), &assignment(&store, &upload, &anna.id, "b")).unwrap();
    assert_eq!(shown(&store, &anna.id), expected(&AS_READ));
    // Whoever looks at Karl's record still corrects nothing in Anna's.
    let gone = store.correction_offer(by(9), Role::Clinician, &upload, &karl.id, &TimeZone::UTC, Withdrawals::Refused);
    assert!(matches!(gone, Err(StoreError::UploadChanged)), "{gone:?}");
    let stale = CorrectionRequest { seen: seen_before, ..request(&store, &upload, "late") };
    assert!(matches!(correct(&store, &stale, 10), Err(StoreError::UploadChanged)));
    assert_eq!(shown(&store, &anna.id), expected(&AS_READ));
}

/// Two people correct, or undo, at once: the second has seen what is no more.
#[test]
fn of_two_at_once_one_wins() {
    let (_directory, store, karl, upload) = karl();
    let [one, two] = ["c", "d"].map(|key| request(&store, &upload, key));
    correct(&store, &one, 4).unwrap();
    assert!(matches!(correct(&store, &two, 5), Err(StoreError::UploadChanged)));
    // Something was assigned meanwhile that lies between.
    undo_last(&store, &upload, "u", by(6), None).unwrap();
    let before = request(&store, &upload, "e");
    let mut more = memory();
    more.push(blood(6, -60 * 12, 88));
    let again = store.quarantine(by(7), &download("000-1", more)).unwrap();
    let append = Assignment { proof: Proof::Owner, ..assignment(&store, &again.id, &karl.id, "b") };
    store.assign(by(8), &append).unwrap();
    assert!(matches!(correct(&store, &before, 9), Err(StoreError::UploadChanged)));
    assert_eq!(request(&store, &upload, "e").seen.told.between, 1);

    correct(&store, &request(&store, &upload, "f"), 10).unwrap();
    let correction = offer(&store, &upload).standing[0].id.clone();
    let of = |key: &str| {
        let (correction, key) = (correction.clone(), IdempotencyKey(key.to_owned()));
        CorrectionUndoRequest { correction, key, reason: None }
    };
    let undo = |key: &str| store.undo_correction(by(11), Role::Clinician, &of(key), Withdrawals::Refused);
    assert_eq!(undo("v").unwrap(), TimesMoved { readings: 3 });
    assert_eq!(undo("v").unwrap(), TimesMoved { readings: 3 }, "repeated");
    assert!(matches!(undo("w"), Err(StoreError::UploadChanged)));
    assert!(matches!(undo("f"), Err(StoreError::KeyReused)), "the key of the correction");
    let other = CorrectionRequest { key: IdempotencyKey("v".to_owned()), ..one.clone() };
    assert!(matches!(correct(&store, &other, 12), Err(StoreError::KeyReused)));
    // The key and the span of one meter are no answer for another.
    let second = store.quarantine(by(13), &download("000-2", memory())).unwrap();
    store.assign(by(14), &assignment(&store, &second.id, &karl.id, "second")).unwrap();
    let other = CorrectionRequest { upload: second.id, ..one };
    assert!(matches!(correct(&store, &other, 15), Err(StoreError::KeyReused)));
}

/// As of everything that is undone: one's own within 15 minutes without a reason, else with one. A correction itself
/// always has one.
#[test]
fn a_reason_is_given() {
    let (_directory, store, karl, upload) = karl();
    for nothing in ["", "   "] {
        let request = CorrectionRequest { reason: nothing.into(), ..request(&store, &upload, "c") };
        assert!(matches!(correct(&store, &request, 4), Err(StoreError::TimesReasonMissing)));
    }
    assert_eq!(offer(&store, &upload).standing, [], "nothing was changed");
    correct(&store, &request(&store, &upload, "c"), 10).unwrap();
    let terms = |user: &str, second: i64| {
        let by = By { user, session: "", at: at(second) };
        store
            .correction_offer(by, Role::Clinician, &upload, &karl.id, &TimeZone::UTC, Withdrawals::Refused)
            .unwrap()
            .standing[0]
            .terms
    };
    // Made at second 10.
    assert_eq!(
        [terms("1", 910), terms("1", 911), terms("1", 9)],
        [UndoTerms::AtOnce, UndoTerms::WithReason, UndoTerms::WithReason]
    );
    assert_eq!(terms("2", 11), UndoTerms::WithReason);
    let other = By { user: "2", session: "another sign-in", at: at(11) };
    for nothing in [None, Some("  ")] {
        assert!(matches!(undo_last(&store, &upload, "u", other, nothing), Err(StoreError::TimesReasonMissing)));
    }
    undo_last(&store, &upload, "u", other, Some("the wrong day")).unwrap();
    let line = store.audit_trail().unwrap().pop().unwrap();
    let span = format!("from 2020-01-01T01:00:00 to 2020-01-02T01:00:00 by {RESET} s");
    assert_eq!((line.detail, line.session.as_str()), (format!("3 readings {span}: the wrong day"), "another sign-in"));
}

/// What a care platform keeps is not corrected here alone.
#[test]
fn what_a_platform_is_told_is_refused() {
    let (_directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    let upload = store.quarantine(by(1), &download("000-1", memory())).unwrap();
    super::directory::assign(&store, &upload.id, &ruth, "a").unwrap();
    let refused =
        store.correction_offer(by(3), Role::Clinician, &upload.id, &ruth, &TimeZone::UTC, Withdrawals::Refused);
    assert!(matches!(refused, Err(StoreError::TimesToldThere)), "{refused:?}");
}

/// Whatever statement comes: only what a correction says, once, and nothing of it leaves the record.
#[test]
fn the_database_lets_nothing_else_stand() {
    let (directory, store, _karl, upload) = karl();
    correct(&store, &request(&store, &upload, "c"), 4).unwrap();
    drop(store);
    let connection = database(directory.path());
    let reading: i64 =
        connection.query_row("SELECT reading FROM corrected_readings ORDER BY reading", (), |row| row.get(0)).unwrap();
    let own = "INSERT INTO time_corrections
        (request_key, kind, meter, subject, first_time, last_time, seconds, reason, user, session, at)
        VALUES ('x', 'corrected', 1, 1, '2026-09-21T10:00:00', '2026-09-21T11:40:00', -3600, 'r', '1', '', 0)";
    connection.execute(own, ()).unwrap();
    let add = |correction: i64, of: &str, time: &str| {
        connection.execute(
            &format!(
                "INSERT INTO corrected_readings (correction, reading, assignment, time)
                 SELECT {correction}, r.id, 1, '{time}' FROM readings r WHERE r.time = '{of}'"
            ),
            (),
        )
    };
    for (correction, of, time) in [
        // Of another number of seconds, of another span, what is corrected already.
        (2, "2026-09-21T10:00:00", "2026-09-21T09:00:01"),
        (2, "2020-01-01T01:00:00", "2020-01-01T00:00:00"),
        (1, "2020-01-01T01:00:00", "2026-09-20T01:00:00"),
        (1, "2026-09-21T10:00:00", "2033-06-10T10:00:00"),
    ] {
        let refused = add(correction, of, time).unwrap_err().to_string();
        assert_eq!(refused, "a corrected time is what its correction says", "{of} {time}");
    }
    add(2, "2026-09-21T10:00:00", "2026-09-21T09:00:00").unwrap();
    for statement in [
        "UPDATE records SET time = '2026-09-22T00:00:00'".to_owned(),
        format!("UPDATE records SET time = (SELECT time FROM readings WHERE id = {reading}) WHERE reading = {reading}"),
        "UPDATE corrected_readings SET time = '2026-09-22T00:00:00'".to_owned(),
        "DELETE FROM corrected_readings".to_owned(),
        "DELETE FROM time_corrections".to_owned(),
        "UPDATE readings SET time = '2026-09-22T00:00:00'".to_owned(),
        format!("INSERT INTO assigned_readings VALUES ({reading}, 99)"),
    ] {
        assert!(connection.execute(&statement, ()).is_err(), "{statement}");
    }
    let moved: i64 = connection
        .query_row(
            "SELECT count(*) FROM records x JOIN corrected_times c USING (reading) WHERE x.time = c.time",
            (),
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(moved, 4);
}
