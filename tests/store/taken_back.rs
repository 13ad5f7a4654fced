//! A claim that lost its race at the care platform: what was decided here is taken back in one transaction, and
//! nothing of what was written is gone.

use glucodock::domain::association::{Assignment, AssignmentResult, IntakeAnswer, Owner, Proof, Upload};
use glucodock::domain::delivery::{
    AttemptsBefore, DeliveryStanding, Errand, ItemKind, Jitter, Next, Outcome, Parcel, WaitsBecause,
};
use glucodock::domain::download::Download;
use glucodock::domain::held_meter::{OwnershipEnd, OwnershipEndReason};
use glucodock::domain::intake_check::ClockVerdict;
use glucodock::domain::meter_clock::ClockReading;
use glucodock::domain::patient::PatientId;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::record::Span;
use glucodock::domain::taken_back::TakenBack;
use glucodock::store::{Store, StoreError};
use rstest::rstest;

use super::directory::{assign, for_person, known, lose, memory, read, take};
use super::support::{assignment, at, by, database, download, record, store};

fn devices(store: &Store, patient: &PatientId) -> usize {
    let [upload] = store.pending().unwrap().try_into().unwrap();
    store.begin_identity_check(by(90), &upload.id, patient).unwrap();
    store.record(patient, Span::ALL).unwrap().patient.devices.len()
}

#[test]
fn a_lost_race_leaves_no_owner_and_no_reading_in_the_record() {
    let (directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    let upload = read(&store, 1, 3);
    assert_eq!(assign(&store, &upload.id, &ruth, "a").unwrap(), AssignmentResult { new: 3, already_there: 0 });
    let told = || store.told(&upload.id).unwrap();
    assert_eq!(told(), Some(DeliveryStanding::Waits { since: at(6), because: WaitsBecause::NotSentYet }));
    let held = || {
        let [meter] = store.record(&ruth, Span::ALL).unwrap().meters.try_into().unwrap();
        (meter.since, meter.last_upload, meter.end)
    };
    assert_eq!(held(), (at(6), Some(upload.read_at), None));
    let claim = take(&store, 7);
    assert_eq!(told(), Some(DeliveryStanding::Waits { since: at(6), because: WaitsBecause::UnderWay }));
    lose(&store, &claim, 8);
    assert_eq!(
        held(),
        (at(6), None, Some(OwnershipEnd { at: at(8), why: OwnershipEndReason::Undone, given_on: None, ended: None }))
    );

    assert_eq!(told(), Some(DeliveryStanding::OwnedBy(PatientId("Patient/owner".into()))));
    assert_eq!(store.undelivered().unwrap(), []);
    assert_eq!(store.next_errand(jiff::Timestamp::MAX).unwrap(), Errand::Rest);
    assert_eq!((record(&store, &ruth).len(), devices(&store, &ruth)), (0, 0));
    let past = store.record(&ruth, Span::ALL).unwrap();
    assert_eq!((past.totals.readings, past.uploads.len()), (0, 0));
    let [waiting] = store.pending().unwrap().try_into().unwrap();
    assert_eq!((&waiting.id, &waiting.owner, &waiting.record), (&upload.id, &Owner::Nobody, &None));
    assert_eq!(waiting.taken_back, Some(TakenBack::LostRace));
    assert_eq!(store.readings_of(&upload.id).unwrap(), memory(3));
    let actions: Vec<_> = store.audit_trail().unwrap().into_iter().map(|line| line.action).collect();
    assert_eq!(
        actions[..5],
        ["quarantined", "assigned", "delivery-refused", "delivery-refused", "taken-back"],
        "the claim and what builds on it"
    );
    // What was decided stays written.
    let connection = database(directory.path());
    let rows: i64 =
        connection.query_row("SELECT count(*) FROM assignments WHERE kind = 'assigned'", (), |row| row.get(0)).unwrap();
    assert_eq!(rows, 1);

    // Repeated under its key, it is not done again; decided anew for its owner, it goes its way.
    let again = store.assign(by(9), &for_person(&store, &upload.id, &ruth, "a"));
    assert!(matches!(again, Err(StoreError::OwnedByAnother)), "{again:?}");
    let owner = known(&store, "Patient/owner");
    assert_eq!(assign(&store, &upload.id, &owner, "b").unwrap(), AssignmentResult { new: 3, already_there: 0 });
    assert_eq!((record(&store, &owner).len(), record(&store, &ruth).len()), (3, 0));
    assert_eq!(store.upload(&upload.id).unwrap().taken_back, None);
    for kind in [ItemKind::Ownership, ItemKind::Readings] {
        let parcel = take(&store, 20);
        assert_eq!((parcel.patient, kind), (owner.clone(), parcel.content.kind()));
        assert!(store.note_delivery(&parcel.key, Outcome::AlreadyThere, at(20), Jitter(0)).unwrap());
    }
    assert_eq!(told(), Some(DeliveryStanding::AlreadyThere));
}

/// Of several programs on a store one carries; who ends lets go.
#[test]
fn one_program_carries_at_a_time() {
    let (directory, store) = store();
    let elsewhere = Store::open(directory.path()).unwrap();
    let alone = store.carrier().unwrap();
    assert!(alone.is_some() && elsewhere.carrier().unwrap().is_none());
    drop(alone);
    // A process that another test starts has a copy of the lock for a moment.
    while elsewhere.carrier().unwrap().is_none() {
        std::thread::yield_now();
    }
}

/// Whoever signs in has what was not answered tried at once; what was put off waits as long as the platform said, and
/// what is under way is somebody else's.
#[test]
fn a_sign_in_hurries_what_was_not_answered() {
    let (_directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    let upload = read(&store, 0, 3);
    assign(&store, &upload.id, &ruth, "a").unwrap();
    let due = |second| matches!(store.next_due(at(second)).unwrap(), Next::Send(_));
    let claim = take(&store, 10);
    store.hurry(at(11)).unwrap();
    assert!(!due(11), "it is under way");
    assert!(store.note_delivery(&claim.key, Outcome::unanswered("silent"), at(11), Jitter(u16::MAX)).unwrap());
    assert!(!due(11));
    store.hurry(at(11)).unwrap();
    assert!(due(11));
    let because = WaitsBecause::NotSentYet;
    let waits = DeliveryStanding::Waits { since: at(6), because };
    assert_eq!(store.told(&upload.id).unwrap(), Some(waits), "that it was silent is no reason any more");
    let claim = take(&store, 11);
    assert!(store.note_delivery(&claim.key, Outcome::put_off(Some(at(60)), "busy"), at(12), Jitter(0)).unwrap());
    store.hurry(at(13)).unwrap();
    assert!(!due(13) && due(60), "the platform said when");
    let claim = take(&store, 60);
    let problem = Problem::new(ProblemCode::NotGranted, "Device.u was not granted");
    assert!(store.note_delivery(&claim.key, Outcome::NotAllowed(problem), at(60), Jitter(u16::MAX)).unwrap());
    let because = WaitsBecause::NotAllowed("Device.u was not granted".into());
    assert_eq!(store.told(&upload.id).unwrap(), Some(DeliveryStanding::Waits { since: at(6), because }));
    assert!(!due(61));
    store.hurry(at(61)).unwrap();
    assert!(due(61), "whoever signs in now may be allowed to");
}

/// What is known of the attempts before goes with a parcel: also of one that is hurried, and of one whose program
/// ended.
#[test]
fn what_is_known_of_the_attempts_before_goes_with_a_parcel() {
    let (_directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    let upload = read(&store, 1, 3);
    assign(&store, &upload.id, &ruth, "a").unwrap();
    let first = take(&store, 7);
    assert_eq!(first.before, AttemptsBefore::None);
    let hour = 3_600;
    assert_eq!(take(&store, hour).before, AttemptsBefore::Unknown, "the program ended in the middle of it");
    assert!(store.note_delivery(&first.key, Outcome::unanswered("silent"), at(hour), Jitter(u16::MAX)).unwrap());
    store.hurry(at(hour + 1)).unwrap();
    assert_eq!(take(&store, hour + 1).before, AttemptsBefore::CutOff, "it was silent before");
}

/// What the platform does not take stays, in front of what builds on it, until somebody has looked at it.
#[test]
fn what_is_refused_waits_for_a_person() {
    let (_directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    let upload = read(&store, 1, 3);
    assign(&store, &upload.id, &ruth, "a").unwrap();
    let claim = take(&store, 7);
    let refused = Outcome::Refused("no such patient".into());
    assert!(!store.release(by(8), &claim.key, &"looked".into()).unwrap(), "it is under way");
    assert!(store.note_delivery(&claim.key, refused, at(8), Jitter(0)).unwrap());
    let because = WaitsBecause::Refused("no such patient".into());
    assert_eq!(store.told(&upload.id).unwrap(), Some(DeliveryStanding::Waits { since: at(6), because }));
    assert_eq!(store.next_errand(jiff::Timestamp::MAX).unwrap(), Errand::Rest);
    assert_eq!(record(&store, &ruth).len(), 3, "it is the patient's all the same");
    assert!(store.release(by(9), &claim.key, &"the patient was registered".into()).unwrap());
    assert!(!store.release(by(9), &claim.key, &"again".into()).unwrap());
    assert!(!claim.is_repeated());
    assert_eq!(take(&store, 9), Parcel { before: AttemptsBefore::CutOff, ..claim });
    let last = store.audit_trail().unwrap().pop().unwrap();
    assert_eq!((last.action.as_str(), last.user.as_str()), ("delivery-released", "1"));
    assert_eq!(last.detail, "a ownership: the patient was registered");
}

/// The meter was read again before the platform answered: what came later rests on the claim, too.
#[rstest]
#[case::and_added(true)]
#[case::and_waits(false)]
fn what_came_later_because_of_the_claim_is_taken_back_too(#[case] is_added: bool) {
    let (_directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    let first = read(&store, 1, 3);
    assign(&store, &first.id, &ruth, "a").unwrap();
    let claim = take(&store, 7);
    let second = read(&store, 10, 5);
    assert_ne!(first.id, second.id);
    if is_added {
        let append = Assignment { proof: Proof::Owner, ..assignment(&store, &second.id, &ruth, "b") };
        assert_eq!(store.assign(by(11), &append).unwrap().new, 2);
    }
    lose(&store, &claim, 12);
    assert_eq!(store.undelivered().unwrap(), []);
    assert_eq!(record(&store, &ruth).len(), 0);
    let [waiting] = store.pending().unwrap().try_into().unwrap();
    assert_eq!(
        (&waiting.id, &waiting.owner, waiting.taken_back),
        (&second.id, &Owner::Nobody, Some(TakenBack::LostRace))
    );
    let owner = known(&store, "Patient/owner");
    assert_eq!(assign(&store, &second.id, &owner, "c").unwrap().new, 5, "every reading of the meter");
    assert_eq!(record(&store, &owner).len(), 5);
}

/// What was said of the clock stands, and may be said otherwise once the meter was read again.
#[rstest]
fn what_was_said_of_the_clock_is_no_obstacle(
    #[values(ClockVerdict::MeterWrong, ClockVerdict::MeterRight)] first: ClockVerdict,
    #[values(ClockVerdict::MeterWrong, ClockVerdict::MeterRight)] second: ClockVerdict,
) {
    let (_directory, store) = store();
    let (ruth, owner) = (known(&store, "Patient/7f"), known(&store, "Patient/owner"));
    let host: jiff::Zoned = "2026-09-21T12:00:00+02:00[Europe/Berlin]".parse().unwrap();
    let clock = ClockReading { meter: "2026-09-25T12:00:00".parse().unwrap(), host };
    let read = |second| {
        let download = Download { clock: Some(clock.clone()), ..download("000-1", memory(3)) };
        store.quarantine(by(second), &download).unwrap()
    };
    let answer = |upload: &Upload, verdict| {
        store.answer_intake(by(5), &upload.id, &IntakeAnswer::Clock(verdict), upload.read_at, &upload.seen()).unwrap();
    };
    let upload = read(1);
    answer(&upload, first);
    assign(&store, &upload.id, &ruth, "a").unwrap();
    lose(&store, &take(&store, 7), 8);
    let upload = read(20);
    answer(&upload, second);
    assert_eq!(assign(&store, &upload.id, &owner, "b").unwrap().new, 3);
    let doubted = record(&store, &owner).iter().filter(|reading| !reading.is_in_numbers()).count();
    assert_eq!(doubted, if second == ClockVerdict::MeterWrong { 3 } else { 0 }, "{first:?} {second:?}");
}
