//! Readings that are odd beside the record of their patient go into it once somebody has said who uses the meter, and
//! what was said is kept (clinic-safety DEV-06, DEV-07).

use glucodock::domain::association::{Assignment, AssignmentResult, Proof, Upload, UseAnswer};
use glucodock::domain::oddity::{Oddity, WhoUses};
use glucodock::domain::patient::{Patient, PatientId};
use glucodock::domain::reading::{Doubt, Reading};
use glucodock::store::{Store, StoreError};

use super::support::{assignment, blood, by, create, database, download, person, record, store};
use super::transferred::{CUT, people, transfer};
use super::undone::undo;

const DAY: i64 = 24 * 60;

fn karl(store: &Store) -> Patient {
    create(store, &person("Weber", "Karl", "1950-01-01", "M1"))
}

fn read(store: &Store, serial: &str, readings: Vec<Reading>, second: i64) -> Upload {
    store.quarantine(by(second), &download(serial, readings)).unwrap()
}

/// So many a day of one value, from a day on.
fn series(first: u32, first_day: i64, days: i64, value: u32) -> Vec<Reading> {
    (first..).zip(0..days * 2).map(|(index, test)| blood(index, first_day * DAY + test * DAY / 2, value)).collect()
}

fn answer(store: &Store, upload: &Upload, patient: &PatientId, who: WhoUses) -> UseAnswer {
    let about = store.oddities(&upload.id, patient).unwrap();
    UseAnswer { upload: upload.id.clone(), patient: patient.clone(), who, about }
}

fn say(store: &Store, upload: &Upload, patient: &PatientId, who: WhoUses, second: i64) {
    store.answer_use(by(second), &answer(store, upload, patient, who), upload.read_at).unwrap();
}

fn assign(store: &Store, upload: &Upload, patient: &PatientId, key: &str) -> Result<AssignmentResult, StoreError> {
    store.assign(by(50), &assignment(store, &upload.id, patient, key))
}

fn asked(result: &Result<AssignmentResult, StoreError>) {
    assert!(matches!(result, Err(StoreError::UseUnanswered)), "{result:?}");
}

/// A meter whose readings are far from the other one's: it is asked, nothing goes in before, and the answer is kept.
#[test]
fn odd_readings_go_in_once_it_was_said_who_uses_the_meter() {
    let (directory, store) = store();
    let karl = karl(&store);
    let first = read(&store, "000-1", vec![blood(0, 0, 80), blood(1, 600, 90)], 1);
    assert_eq!(store.oddities(&first.id, &karl.id).unwrap(), []);
    assert_eq!(assign(&store, &first, &karl.id, "a").unwrap().new, 2);

    let other = read(&store, "000-2", vec![blood(0, 3, 180), blood(1, 900, 90)], 2);
    let odd = vec![Oddity::MetersDisagree { readings: 1 }];
    assert_eq!(store.oddities(&other.id, &karl.id).unwrap(), odd);
    asked(&assign(&store, &other, &karl.id, "b"));
    assert_eq!((record(&store, &karl.id).len(), store.pending().unwrap().len()), (2, 1), "nothing went in");
    assert_eq!(store.patient(&karl.id).unwrap().devices.len(), 1, "nor is the meter theirs");

    // What was shown to somebody before it was read again, or of something else, is no answer.
    let mut stale = answer(&store, &other, &karl.id, WhoUses::OnePerson);
    stale.about = vec![Oddity::OthersUseIt];
    let refused = store.answer_use(by(3), &stale, other.read_at);
    assert!(matches!(refused, Err(StoreError::UploadChanged)), "{refused:?}");
    let shown = answer(&store, &other, &karl.id, WhoUses::OnePerson);
    let refused = store.answer_use(by(3), &shown, first.read_at);
    assert!(matches!(refused, Err(StoreError::UploadChanged)), "{refused:?}");
    asked(&assign(&store, &other, &karl.id, "b"));

    say(&store, &other, &karl.id, WhoUses::OnePerson, 4);
    let line = store.audit_trail().unwrap().pop().unwrap();
    assert_eq!(
        (line.action.as_str(), &line.patient, line.detail.as_str()),
        ("meter-use-said", &karl.id.0, "one-person")
    );
    assert_eq!(assign(&store, &other, &karl.id, "b").unwrap().new, 2);
    let (answer, about): (String, String) = database(directory.path())
        .query_row("SELECT answer, about FROM use_answers", (), |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!((answer.as_str(), about.as_str()), ("one-person", r#"[{"meters-disagree":{"readings":1}}]"#));
    let gone = store.answer_use(by(5), &shown, other.read_at);
    assert!(matches!(gone, Err(StoreError::NotFound { .. })), "{gone:?}");
}

/// An answer is of one person, and holds until the meter is read again.
#[test]
fn an_answer_is_of_one_person_and_one_read() {
    let (_directory, store) = store();
    let [karl, anna, _] = people(&store);
    for (serial, patient) in [("000-1", &karl), ("000-3", &anna)] {
        let first = read(&store, serial, vec![blood(0, 0, 80)], 1);
        assign(&store, &first, patient, serial).unwrap();
    }
    let other = read(&store, "000-2", vec![blood(0, 3, 180)], 2);
    say(&store, &other, &karl, WhoUses::NotKnown, 3);
    asked(&assign(&store, &other, &anna, "b"));
    let again = read(&store, "000-2", vec![blood(0, 3, 180)], 4);
    asked(&assign(&store, &again, &karl, "c"));
    say(&store, &again, &karl, WhoUses::NotKnown, 5);
    assert_eq!(assign(&store, &again, &karl, "c").unwrap().new, 1);
}

/// It was said that others use it, too: each later read of it is asked about, until somebody says otherwise; also where
/// nobody is asked who the patient is.
#[test]
fn once_others_use_a_meter_it_is_asked_each_time() {
    let (_directory, store) = store();
    let karl = karl(&store).id;
    let disagreeing = read(&store, "000-1", vec![blood(0, 0, 80)], 1);
    assign(&store, &disagreeing, &karl, "a").unwrap();
    let first = read(&store, "000-2", vec![blood(0, 3, 180)], 2);
    say(&store, &first, &karl, WhoUses::MorePeople, 3);
    assert_eq!(store.oddities(&first.id, &karl).unwrap().len(), 1, "what was just said is not odd by itself");
    assign(&store, &first, &karl, "b").unwrap();

    let visit = |second: i64, readings: Vec<Reading>, who: Option<WhoUses>| {
        let upload = read(&store, "000-2", readings, second);
        let key = format!("v{second}");
        let append = Assignment { proof: Proof::Owner, ..assignment(&store, &upload.id, &karl, &key) };
        if let Some(who) = who {
            asked(&store.assign(by(second), &append));
            assert_eq!(store.oddities(&upload.id, &karl).unwrap(), [Oddity::OthersUseIt]);
            say(&store, &upload, &karl, who, second);
        }
        store.assign(by(second), &append).unwrap().new
    };
    assert_eq!(visit(10, vec![blood(1, DAY, 90)], Some(WhoUses::MorePeople)), 1);
    assert_eq!(visit(20, vec![blood(2, 2 * DAY, 90)], Some(WhoUses::OnePerson)), 1);
    // Nothing new is nothing to ask about.
    assert_eq!(visit(30, vec![blood(2, 2 * DAY, 90)], None), 0);
    assert_eq!(visit(40, vec![blood(3, 3 * DAY, 90)], None), 1);
}

/// Who cannot say who uses a meter says nothing against what was said before.
#[test]
fn that_nobody_can_say_ends_no_answer() {
    let (_directory, store) = store();
    let karl = karl(&store).id;
    let disagreeing = read(&store, "000-1", vec![blood(0, 0, 80)], 1);
    assign(&store, &disagreeing, &karl, "a").unwrap();
    let first = read(&store, "000-2", vec![blood(0, 3, 180)], 2);
    say(&store, &first, &karl, WhoUses::MorePeople, 3);
    assign(&store, &first, &karl, "b").unwrap();
    for (day, second) in [(1, 10), (2, 20)] {
        let upload = read(&store, "000-2", vec![blood(u32::try_from(day).unwrap(), day * DAY, 90)], second);
        let append = Assignment { proof: Proof::Owner, ..assignment(&store, &upload.id, &karl, &format!("v{second}")) };
        asked(&store.assign(by(second), &append));
        assert_eq!(store.oddities(&upload.id, &karl).unwrap(), [Oddity::OthersUseIt]);
        say(&store, &upload, &karl, WhoUses::NotKnown, second);
        assert_eq!(store.assign(by(second), &append).unwrap().new, 1);
    }
}

/// Of a meter without a serial number each read is a meter of its own; what was said of one of its model holds for what
/// is read next for the same person, and for nobody else.
#[test]
fn what_was_said_of_a_meter_without_a_number_holds_for_the_next_of_its_model() {
    let (_directory, store) = store();
    let [karl, anna, _] = people(&store);
    let disagreeing = read(&store, "000-1", vec![blood(0, 0, 80)], 1);
    assign(&store, &disagreeing, &karl, "a").unwrap();
    let first = read(&store, "", vec![blood(0, 3, 180)], 2);
    say(&store, &first, &karl, WhoUses::MorePeople, 3);
    assign(&store, &first, &karl, "b").unwrap();
    let next = read(&store, "", vec![blood(1, DAY, 90)], 4);
    assert_eq!(store.oddities(&next.id, &karl).unwrap(), [Oddity::OthersUseIt]);
    assert_eq!(store.oddities(&next.id, &anna).unwrap(), []);
    // Nor for a meter that has one.
    let numbered = read(&store, "000-4", vec![blood(1, 2 * DAY, 90)], 5);
    assert_eq!(store.oddities(&numbered.id, &karl).unwrap(), []);
}

/// A number beyond what the meter measures is no value: it disagrees with nothing.
#[test]
fn what_lies_beyond_the_meter_is_no_value() {
    let (_directory, store) = store();
    let karl = karl(&store).id;
    let first = read(&store, "000-1", vec![blood(0, 0, 80)], 1);
    assign(&store, &first, &karl, "a").unwrap();
    let mut beyond = blood(0, 3, 1023);
    beyond.doubts.push(Doubt::OutsideMeterRange);
    let other = read(&store, "000-2", vec![beyond], 2);
    assert_eq!(store.oddities(&other.id, &karl).unwrap(), []);
}

/// A median that moved, as somebody else's would: by what the record has, also after corrections and mergers of it.
#[test]
fn a_median_that_moved_is_asked_about() {
    let (_directory, store) = store();
    let karl = karl(&store).id;
    let first = read(&store, "000-1", series(0, 0, 8, 100), 1);
    assert_eq!(assign(&store, &first, &karl, "a").unwrap().new, 16);
    let upload = read(&store, "000-1", series(16, 9, 6, 190), 2);
    let append = Assignment { proof: Proof::Owner, ..assignment(&store, &upload.id, &karl, "b") };
    asked(&store.assign(by(3), &append));
    assert_eq!(store.oddities(&upload.id, &karl).unwrap(), [Oddity::MedianMoved { before: 100, now: 190 }]);
    say(&store, &upload, &karl, WhoUses::OnePerson, 4);
    assert_eq!(store.assign(by(5), &append).unwrap().new, 12);
}

/// A meter without a number gives again what the record has: nothing of that is counted twice.
#[test]
fn what_the_record_has_already_is_not_counted_again() {
    let (_directory, store) = store();
    let karl = karl(&store).id;
    let memory: Vec<Reading> = (0..20).map(|place| blood(place, i64::from(place) * 20, 100)).collect();
    for key in ["a", "b"] {
        let upload = read(&store, "", memory.clone(), 1);
        assert_eq!(store.oddities(&upload.id, &karl).unwrap(), []);
        assign(&store, &upload, &karl, key).unwrap();
    }
    let fuller: Vec<Reading> = (0..31).map(|place| blood(place, i64::from(place) * 20, 100)).collect();
    let upload = read(&store, "", fuller, 2);
    let day = blood(0, 0, 100).time.unwrap().date();
    assert_eq!(store.oddities(&upload.id, &karl).unwrap(), [Oddity::ManyTests { day, tests: 31 }]);
}

/// What stays out of the record, because the meter was another patient's then, is not asked about.
#[test]
fn what_is_not_theirs_is_not_asked_about() {
    let (_directory, store) = store();
    let [karl, anna, _] = people(&store);
    let hers = read(&store, "000-9", vec![blood(0, -4 * DAY, 80), blood(1, DAY, 80)], 1);
    assign(&store, &hers, &anna, "a").unwrap();
    let his = read(&store, "000-1", vec![blood(0, -6 * DAY, 100)], 2);
    assign(&store, &his, &karl, "b").unwrap();
    transfer(&store, (&karl, &anna), CUT, 3).unwrap();
    // Of his days one that is far from what her other meter showed.
    let upload = read(&store, "000-1", vec![blood(0, -6 * DAY, 100), blood(1, -4 * DAY + 2, 300)], 4);
    assert_eq!(store.oddities(&upload.id, &anna).unwrap(), []);
    let upload = read(&store, "000-1", vec![blood(2, DAY + 2, 300)], 5);
    assert_eq!(store.oddities(&upload.id, &anna).unwrap(), [Oddity::MetersDisagree { readings: 1 }]);
}

/// What was undone waits again, and is asked about as before.
#[test]
fn what_was_undone_is_asked_about_again_only_if_it_was_read_again() {
    let (_directory, store) = store();
    let karl = karl(&store).id;
    let first = read(&store, "000-1", vec![blood(0, 0, 80)], 1);
    assign(&store, &first, &karl, "a").unwrap();
    let other = read(&store, "000-2", vec![blood(0, 3, 180)], 2);
    say(&store, &other, &karl, WhoUses::OnePerson, 3);
    assign(&store, &other, &karl, "b").unwrap();
    undo(&store, &other.id, "u", 60).unwrap();
    assert_eq!(assign(&store, &other, &karl, "c").unwrap().new, 1);
}
