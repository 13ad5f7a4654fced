//! That a meter is a patient's ends: what it sent of their days stays theirs, its next upload asks whose it is, and
//! what it sends later of those days goes to nobody else.

use glucodock::domain::association::{Assignment, AssignmentResult, IdempotencyKey, Owner, Proof, UploadId};
use glucodock::domain::clinic::Role;
use glucodock::domain::ending::{EndingCounts, EndingOrder, EndingPlan, EndingUndoRequest};
use glucodock::domain::held_meter::OwnershipEndReason;
use glucodock::domain::identity_check::{IdentityStanding, TypedAnswer};
use glucodock::domain::not_theirs::NotTheirs;
use glucodock::domain::ownership::{EndingReason, FormerOwner, OwnershipId};
use glucodock::domain::patient::{PatientId, Status};
use glucodock::domain::reading::{Doubt, Reading};
use glucodock::domain::record::Span;
use glucodock::domain::text::Private;
use glucodock::domain::undo::{UndoTerms, Withdrawals};
use glucodock::store::{ChainCheck, RegisteredPatient, Store, StoreError};
use jiff::civil::{Date, date};
use rstest::rstest;

use super::directory::{assign, known};
use super::support::{assignment, at, blood, by, database, person, record, store};
use super::transferred::{CUT, TODAY, give, is_as_made_anew, on, owned, people, read, times, total, transfer, visit};
use super::undone::undo;

const YESTERDAY: Date = CUT;

/// One without a sure time.
fn doubted(day: i64) -> Reading {
    Reading { doubts: vec![Doubt::ClockReset], ..on(day) }
}

fn undated() -> Reading {
    Reading { time: None, ..blood(99, 0, 222) }
}

fn plan(store: &Store, of: &PatientId, why: EndingReason, last_day: Option<Date>) -> EndingPlan {
    EndingPlan { ownership: owned(store, of), why, last_day }
}

/// A request of what is shown now, with what the patient says of themselves.
fn order(store: &Store, of: &PatientId, plan: EndingPlan, key: &str) -> EndingOrder {
    let seen = store.ending_offer(by(50), &plan).map(|offer| offer.counts).unwrap_or_default();
    let patient = store.patient(of).unwrap();
    let answer = TypedAnswer {
        who: patient.identifiers[0].value.clone(),
        born: Private::new(patient.born.expose().year().to_string().into()),
    };
    EndingOrder { plan, key: IdempotencyKey(key.to_owned()), seen, reason: "she gave it back".into(), answer }
}

fn end(
    store: &Store,
    of: &PatientId,
    (why, last_day): (EndingReason, Option<Date>),
    second: i64,
) -> Result<EndingCounts, StoreError> {
    let plan = plan(store, of, why, last_day);
    store.end_ownership(by(second), &order(store, of, plan, &format!("e{second}")))
}

pub(crate) fn returned(store: &Store, of: &PatientId, last_day: Date, second: i64) -> EndingCounts {
    end(store, of, (EndingReason::Returned, Some(last_day)), second).unwrap()
}

/// What ended last of somebody's.
fn ended(store: &Store, of: &PatientId) -> OwnershipId {
    let meters = store.record(of, Span::ALL).unwrap().meters;
    meters.into_iter().find(|meter| meter.end.is_some()).unwrap().ownership
}

pub(crate) fn undo_end(store: &Store, of: &PatientId, second: i64) -> Result<(), StoreError> {
    let key = IdempotencyKey(format!("r{second}"));
    let request = EndingUndoRequest { ownership: ended(store, of), key, reason: Some("it was found".into()) };
    store.undo_ending(by(second), Role::Clinician, &request)
}

#[test]
fn what_it_sent_stays_and_what_comes_later_of_those_days_goes_to_nobody_else() {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    let first = read(&store, 1, vec![on(-3), on(-2), doubted(-1)]);
    give(&store, &first, &karl, 2);
    let plan = plan(&store, &karl, EndingReason::Returned, Some(YESTERDAY));
    let offer = store.ending_offer(by(3), &plan).unwrap();
    // The last of a sure time is of the 19th.
    let counts = EndingCounts { in_record: 3, last: Some(date(2026, 9, 19)), kept: 0, free: 0, unsure: 0 };
    assert_eq!((offer.counts, &offer.patient.id, offer.serial.expose().as_str()), (counts, &karl, "000-1"));
    let asked = order(&store, &karl, plan, "e");
    assert_eq!(store.end_ownership(by(4), &asked).unwrap(), counts);
    assert_eq!(store.end_ownership(by(5), &asked).unwrap(), counts, "repeated");
    let mut other = asked.clone();
    other.plan.last_day = Some(TODAY);
    assert!(matches!(store.end_ownership(by(5), &other), Err(StoreError::KeyReused)));

    let karls = store.record(&karl, Span::ALL).unwrap();
    assert_eq!((times(&store, &karl), karls.totals.readings), (vec![-3, -2, -1], 3));
    assert_eq!((karls.patient.devices.len(), karls.meters.len()), (0, 1));
    let end = karls.meters[0].end.clone().unwrap();
    let use_end = end.ended.unwrap();
    assert_eq!((end.why, end.at, end.given_on), (OwnershipEndReason::Ended, at(4), None));
    assert_eq!((use_end.why, use_end.last_day), (EndingReason::Returned, Some(YESTERDAY)));
    assert_eq!((use_end.reason.as_str(), use_end.is_undoable), ("she gave it back", true));
    let line = store.audit_trail().unwrap().pop().unwrap();
    assert_eq!((line.action.as_str(), &line.patient), ("ownership-ended", &karl.0));
    assert_eq!(line.detail, "returned until 2026-09-20, in record 3, kept 0, free 0, unsure 0: she gave it back");

    // The meter comes again, and remembers more than it sent before.
    let memory = vec![on(-5), on(-3), on(-2), doubted(-1), undated(), on(-1), on(0)];
    let upload = read(&store, 6, memory.clone());
    let former = FormerOwner {
        ownership: karls.meters[0].ownership.clone(),
        patient: Box::new(store.patient(&karl).unwrap()),
        last_day: YESTERDAY,
        why: EndingReason::Returned,
    };
    assert_eq!((&upload.owner, upload.former_owner.as_ref()), (&Owner::Nobody, Some(&former)));
    let told = NotTheirs { first_day: TODAY, earlier: 2, unsure: 1 };
    assert_eq!((upload.not_theirs, upload.new_readings, upload.waiting()), (Some(told), 1, 1));
    // Nobody is proposed: whoever it is says so.
    let append = Assignment { proof: Proof::Owner, ..assignment(&store, &upload.id, &karl, "o") };
    assert!(matches!(store.assign(by(7), &append), Err(StoreError::IdentityNotProved)));
    assert_eq!(give(&store, &upload, &anna, 8), AssignmentResult { new: 1, already_there: 0 });
    assert_eq!([times(&store, &karl), times(&store, &anna)], [vec![-3, -2, -1], vec![0]]);
    assert_eq!(store.record(&anna, Span::ALL).unwrap().meters[0].first_day, Some(TODAY));
    // Each later visit leaves it out anew; what is found since the memory was read is hers, whatever its time says.
    let more = memory.into_iter().chain([on(1), Reading { time: None, ..blood(98, 0, 333) }]).collect();
    let (upload, result) = visit(&store, more, &anna, 9);
    assert_eq!((upload.not_theirs, result), (Some(told), AssignmentResult { new: 2, already_there: 1 }));
    assert_eq!((times(&store, &karl), total(&store, &anna)), (vec![-3, -2, -1], 3));
    assert!(!store.record(&karl, Span::ALL).unwrap().meters[0].is_ended_and_nobodys());
    assert!(matches!(store.verify_audit().unwrap(), ChainCheck::Whole { .. }));
    assert!(store.soundness().unwrap().is_sound());
    is_as_made_anew(directory.path());
}

/// Whoever had it has it again: nobody else had a day of it, so all that it holds is theirs.
#[test]
fn back_with_whoever_had_it_all_its_days_are_theirs() {
    let (directory, store) = store();
    let [karl, ..] = people(&store);
    give(&store, &read(&store, 1, vec![on(-3)]), &karl, 2);
    returned(&store, &karl, YESTERDAY, 3);
    let upload = read(&store, 4, vec![on(-5), on(-3), undated(), on(0)]);
    assert_eq!(upload.not_theirs, Some(NotTheirs { first_day: TODAY, earlier: 1, unsure: 1 }));
    assert_eq!(give(&store, &upload, &karl, 5), AssignmentResult { new: 3, already_there: 1 });
    assert_eq!((times(&store, &karl), total(&store, &karl)), (vec![-5, -3, 0], 4));
    let meters = store.record(&karl, Span::ALL).unwrap().meters;
    assert_eq!((meters[0].first_day, meters[0].end.is_none(), meters[1].end.is_some()), (None, true, true));
    let (upload, result) = visit(&store, vec![on(-6), on(0)], &karl, 6);
    assert_eq!((upload.not_theirs, result.new), (None, 1));
    is_as_made_anew(directory.path());
}

/// By whoever did it, within a quarter of an hour without a reason; later, or by another, with one; by a clinician
/// only.
#[test]
fn the_end_is_undone_and_all_is_as_it_was() {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    give(&store, &read(&store, 1, vec![on(-3)]), &karl, 2);
    let before = store.record(&karl, Span::ALL).unwrap().meters;
    returned(&store, &karl, YESTERDAY, 3);
    let ownership = ended(&store, &karl);
    let terms = |second, role| store.ending_undo_offer(by(second), role, &ownership).unwrap().terms;
    assert_eq!(terms(4, Role::Clinician), UndoTerms::AtOnce);
    assert_eq!(terms(3 + 900, Role::Clinician), UndoTerms::AtOnce);
    assert_eq!(terms(3 + 901, Role::Clinician), UndoTerms::WithReason);
    assert_eq!(terms(3 + 901, Role::Assistant), UndoTerms::Refused);
    let offer = store.ending_undo_offer(by(4), Role::Clinician, &ownership).unwrap();
    assert_eq!((offer.why, offer.last_day, offer.ended_at), (EndingReason::Returned, Some(YESTERDAY), at(3)));
    assert_eq!((&offer.patient.id, offer.reason.as_str()), (&karl, "she gave it back"));

    let key = IdempotencyKey("r".to_owned());
    let request = EndingUndoRequest { ownership, key, reason: None };
    let late = store.undo_ending(by(1000), Role::Clinician, &request);
    assert!(matches!(late, Err(StoreError::EndReasonMissing)), "{late:?}");
    let assistant = store.undo_ending(by(1000), Role::Assistant, &request);
    assert!(matches!(assistant, Err(StoreError::UndoRefused)), "{assistant:?}");
    store.undo_ending(by(5), Role::Clinician, &request).unwrap();
    store.undo_ending(by(6), Role::Clinician, &request).unwrap();
    let after = store.record(&karl, Span::ALL).unwrap().meters;
    assert_eq!((after.len(), after[0].since, &after[0].end), (1, before[0].since, &None));
    assert_eq!((after[0].last_upload, after[0].first_day), (before[0].last_upload, None));
    assert_ne!(after[0].ownership, before[0].ownership);
    let line = store.audit_trail().unwrap().pop().unwrap();
    assert_eq!((line.action.as_str(), line.detail.as_str()), ("ownership-end-undone", "returned"));
    // Once after that it is asked who they are.
    let upload = read(&store, 7, vec![on(-5), on(-3), on(0)]);
    assert_eq!((&upload.former_owner, upload.not_theirs), (&None, None));
    let append = Assignment { proof: Proof::Owner, ..assignment(&store, &upload.id, &karl, "o") };
    assert!(matches!(store.assign(by(7), &append), Err(StoreError::IdentityNotProved)));
    assert_eq!(give(&store, &upload, &karl, 7).new, 2);
    assert_eq!(visit(&store, vec![on(-5), on(-3), on(0)], &karl, 8).1.new, 0);
    let again = store.ending_undo_offer(by(9), Role::Clinician, &request.ownership);
    assert!(matches!(again, Err(StoreError::EndNotTheirs)), "{again:?}");
    // It ends once more, and somebody else gets it.
    returned(&store, &karl, TODAY, 9);
    let upload = read(&store, 10, vec![on(-5), on(-3), on(0), on(1)]);
    assert_eq!(give(&store, &upload, &anna, 11).new, 1);
    assert!(matches!(undo_end(&store, &karl, 12), Err(StoreError::EndFollowed)));
    is_as_made_anew(directory.path());
}

/// Nobody is given what is lost before it was found: then it is whose it was.
#[test]
fn a_lost_meter_is_nobody_s_before_a_clinician_says_so() {
    let (_directory, store) = store();
    let [karl, anna, _] = people(&store);
    give(&store, &read(&store, 1, vec![on(-3)]), &karl, 2);
    end(&store, &karl, (EndingReason::Lost, Some(YESTERDAY)), 3).unwrap();
    let upload = read(&store, 4, vec![on(-3), on(0)]);
    for patient in [&karl, &anna] {
        let refused = store.assign(by(5), &assignment(&store, &upload.id, patient, &format!("lost {}", patient.0)));
        assert!(matches!(refused, Err(StoreError::MeterLost)), "{refused:?}");
    }
    assert_eq!((times(&store, &karl), times(&store, &anna)), (vec![-3], vec![]));
    undo_end(&store, &karl, 6).unwrap();
    // What whoever found it measured is nobody's before somebody says whose it is.
    let append = Assignment { proof: Proof::Owner, ..assignment(&store, &upload.id, &karl, "o") };
    assert!(matches!(store.assign(by(7), &append), Err(StoreError::IdentityNotProved)));
    assert_eq!(give(&store, &store.upload(&upload.id).unwrap(), &karl, 8).new, 1);
}

/// In error is only what has left nothing in the record: all that it holds is whoever's has it next.
#[test]
fn in_error_nothing_of_it_is_in_the_record() {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    store.register_owner(by(1), &super::support::meter("000-1"), &karl).unwrap();
    let upload = read(&store, 2, vec![on(-3), undated()]);
    let counts = end(&store, &karl, (EndingReason::Error, None), 3).unwrap();
    assert_eq!(counts, EndingCounts { free: 2, ..EndingCounts::default() });
    let waits = store.upload(&upload.id).unwrap();
    assert_eq!((waits.owner, waits.former_owner, waits.not_theirs), (Owner::Nobody, None, None));
    assert_eq!(waits.counts.total(), 2);
    assert_eq!(give(&store, &store.upload(&upload.id).unwrap(), &anna, 4).new, 2);
    assert_eq!(store.record(&anna, Span::ALL).unwrap().meters[0].first_day, None);
    let in_error = end(&store, &anna, (EndingReason::Error, None), 5);
    assert!(matches!(in_error, Err(StoreError::EndNotInError)), "{in_error:?}");
    undo(&store, &upload.id, "u", 6).unwrap();
    // Whose it never was may have it again.
    undo_end(&store, &karl, 7).unwrap();
    assert_eq!(store.record(&karl, Span::ALL).unwrap().meters[0].end, None);
    is_as_made_anew(directory.path());
}

/// Why it is refused; then nothing is changed.
#[rstest]
#[case::before_the_last_reading("early", "EndBeforeReadings")]
#[case::day_ahead("ahead", "EndDayAhead")]
#[case::no_day("no day", "EndDayAhead")]
#[case::a_day_of_what_never_was("error with a day", "EndDayAhead")]
#[case::error_with_readings("error", "EndNotInError")]
#[case::not_theirs_any_more("gone", "EndNotTheirs")]
#[case::no_reason("reason", "EndReasonMissing")]
#[case::something_else_typed("typed", "IdentityNotProved")]
#[case::it_is_not_as_shown("seen", "UploadChanged")]
fn it_is_refused(#[case] what: &str, #[case] code: &str) {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    give(&store, &read(&store, 1, vec![on(-3), on(-1)]), &karl, 2);
    let mut asked = order(&store, &karl, plan(&store, &karl, EndingReason::Replaced, Some(YESTERDAY)), "e");
    match what {
        "early" => asked.plan.last_day = Some(date(2026, 9, 19)),
        "ahead" => asked.plan.last_day = Some(date(2026, 9, 23)),
        "no day" => asked.plan.last_day = None,
        "error with a day" => asked.plan.why = EndingReason::Error,
        "error" => (asked.plan.why, asked.plan.last_day) = (EndingReason::Error, None),
        "gone" => drop(transfer(&store, (&karl, &anna), CUT, 4).unwrap()),
        "reason" => asked.reason = "  ".into(),
        "typed" => asked.answer = TypedAnswer::default(),
        "seen" => asked.seen.in_record += 1,
        other => panic!("{other}"),
    }
    let rows = || {
        let connection = database(directory.path());
        ["assignments", "ownerships", "endings", "records", "audit"].map(|table| {
            connection.query_row(&format!("SELECT count(*) FROM {table}"), (), |row| row.get::<_, i64>(0)).unwrap()
        })
    };
    let before = rows();
    let refused = store.end_ownership(by(9), &asked).unwrap_err();
    assert_eq!(format!("{refused:?}"), code);
    assert_eq!(rows(), before);
}

/// What a platform was told of a meter ends there.
#[test]
fn a_meter_of_a_platform_does_not_end_from_here() {
    let (_directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    let upload = read(&store, 1, vec![on(-3)]);
    assign(&store, &upload.id, &ruth, "a").unwrap();
    let offer = store.ending_offer(by(7), &plan(&store, &ruth, EndingReason::Lost, Some(TODAY)));
    assert!(matches!(offer, Err(StoreError::EndAtPlatform)), "{offer:?}");
}

/// Somebody confirms while somebody else ends, and the other way round: what was shown is not so any more.
#[test]
fn of_two_at_once_one_wins_and_the_other_is_told() {
    let (_directory, store) = store();
    let [karl, anna, _] = people(&store);
    give(&store, &read(&store, 1, vec![on(-3)]), &karl, 2);
    // A meter that holds nothing else, so that no count tells it.
    let upload = read(&store, 3, vec![on(-3)]);
    let shown_before = assignment(&store, &upload.id, &karl, "a");
    returned(&store, &karl, YESTERDAY, 4);
    assert!(matches!(store.assign(by(5), &shown_before), Err(StoreError::UploadChanged)));
    // What was shown while it was nobody's.
    let shown_between = assignment(&store, &upload.id, &anna, "b");
    undo_end(&store, &karl, 6).unwrap();
    assert!(matches!(store.assign(by(7), &shown_between), Err(StoreError::UploadChanged)));
    // And while it was his, with something that came since.
    let asked = order(&store, &karl, plan(&store, &karl, EndingReason::Returned, Some(TODAY)), "e");
    give(&store, &read(&store, 8, vec![on(-3), on(0)]), &karl, 8);
    assert!(matches!(store.end_ownership(by(9), &asked), Err(StoreError::UploadChanged)));
    // What waits is told: of his days, and of later ones.
    read(&store, 10, vec![on(-4), on(-3), on(0), on(1), undated()]);
    let counts = returned(&store, &karl, TODAY, 11);
    assert_eq!(counts, EndingCounts { in_record: 2, last: Some(TODAY), kept: 1, free: 1, unsure: 1 });
}

/// The last first: what is undone of an ended ownership would be kept for them.
#[test]
fn an_assignment_of_before_the_end_is_undone_after_the_end_is() {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    let first = read(&store, 1, vec![on(-3)]);
    give(&store, &first, &karl, 2);
    returned(&store, &karl, YESTERDAY, 3);
    let offer = |upload: &UploadId, second| store.undo_offer(by(second), Role::Clinician, upload, Withdrawals::Sent);
    assert!(matches!(offer(&first.id, 4), Err(StoreError::EndSince)));
    let second = read(&store, 5, vec![on(-3), on(0)]);
    give(&store, &second, &anna, 6);
    // Hers: the meter is nobody's again, and was his.
    assert!(undo(&store, &second.id, "u", 7).unwrap().ended_ownership);
    let waits = store.upload(&second.id).unwrap();
    assert_eq!(
        (&waits.owner, waits.former_owner.map(|former| former.patient.id)),
        (&Owner::Nobody, Some(karl.clone()))
    );
    assert_eq!(waits.new_readings, 1);
    assert!(matches!(offer(&first.id, 8), Err(StoreError::EndSince)));
    undo_end(&store, &karl, 9).unwrap();
    let undone = undo(&store, &first.id, "v", 10).unwrap();
    assert_eq!((undone.readings, undone.ended_ownership), (1, true));
    // As if it never had been anybody's.
    let waits = store.pending().unwrap().remove(0);
    assert_eq!((&waits.former_owner, waits.not_theirs), (&None, None));
    assert_eq!(give(&store, &waits, &anna, 11).new, 2);
    assert_eq!((times(&store, &karl), times(&store, &anna)), (vec![], vec![-3, 0]));
    is_as_made_anew(directory.path());
}

/// Somebody else has it: what is undone of before goes to nobody, and nothing of theirs rests on it.
#[test]
fn what_is_undone_while_another_has_it_is_not_theirs() {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    let first = read(&store, 1, vec![on(-3)]);
    give(&store, &first, &karl, 2);
    returned(&store, &karl, YESTERDAY, 3);
    give(&store, &read(&store, 4, vec![on(-3), on(0)]), &anna, 5);
    let undone = undo(&store, &first.id, "u", 6).unwrap();
    assert_eq!((undone.readings, undone.ended_ownership), (1, false));
    // Something of the meter was undone last: who it is, is asked.
    let upload = read(&store, 7, vec![on(-3), on(0), on(1)]);
    assert_eq!((upload.not_theirs.unwrap().earlier, give(&store, &upload, &anna, 8).new), (1, 1));
    assert_eq!((times(&store, &karl), times(&store, &anna)), (vec![], vec![0, 1]));
    is_as_made_anew(directory.path());
}

/// One rule for both: a meter that was given on, ended, and given on again.
#[test]
fn transfers_and_ends_are_one_walk_along_its_days() {
    let (directory, store) = store();
    let [karl, anna, ida] = people(&store);
    let eighteenth = date(2026, 9, 18);
    give(&store, &read(&store, 1, vec![on(-5), on(-3), on(-2)]), &karl, 2);
    transfer(&store, (&karl, &anna), eighteenth, 3).unwrap();
    assert_eq!([&karl, &anna].map(|id| times(&store, id)), [vec![-5], vec![-3, -2]]);
    // Not before it was hers, nor before her last reading.
    for day in [date(2026, 9, 17), eighteenth] {
        let refused = end(&store, &anna, (EndingReason::Returned, Some(day)), 4);
        assert!(matches!(refused, Err(StoreError::EndBeforeReadings)), "{day}: {refused:?}");
    }
    returned(&store, &anna, YESTERDAY, 5);
    let memory = vec![on(-6), on(-5), on(-4), on(-3), on(-2), on(-1), on(0)];
    let upload = read(&store, 6, memory.clone());
    assert_eq!(upload.not_theirs, Some(NotTheirs { first_day: TODAY, earlier: 3, unsure: 0 }));
    assert_eq!(give(&store, &upload, &ida, 7).new, 1);
    // From a day on which it was Anna's it does not go from Ida to Karl.
    for (day, is_refused) in [(YESTERDAY, true), (TODAY, false)] {
        let plan = super::transferred::plan(&store, &ida, &karl, day);
        let offer = store.transfer_offer(by(8), &plan);
        assert_eq!(matches!(offer, Err(StoreError::MoveReachesThird)), is_refused, "{day}: {offer:?}");
    }
    // Back with Anna from the same day she has all since the 18th.
    transfer(&store, (&ida, &anna), TODAY, 9).unwrap();
    let (upload, result) = visit(&store, memory, &anna, 10);
    assert_eq!((upload.not_theirs, result.new), (Some(NotTheirs { first_day: eighteenth, earlier: 2, unsure: 0 }), 1));
    assert_eq!([&karl, &anna, &ida].map(|id| times(&store, id)), [vec![-5], vec![-3, -2, -1, 0], vec![]]);
    // An end that was undone changes nothing of what goes back.
    returned(&store, &anna, TODAY, 11);
    undo_end(&store, &anna, 12).unwrap();
    assert_eq!(store.record(&anna, Span::ALL).unwrap().meters[0].first_day, Some(eighteenth));
    assert_eq!(transfer(&store, (&anna, &ida), TODAY, 13).unwrap().moved, 1);
    is_as_made_anew(directory.path());
}

/// Who had it first is asked about no more once it was given on and back: their days are still nobody else's.
#[rstest]
#[case::given_on_and_back(false)]
#[case::and_ended_and_that_undone(true)]
fn what_was_the_first_owner_s_stays_so_whatever_is_undone_of_the_next(#[case] is_ended: bool) {
    let (directory, store) = store();
    let [karl, anna, ida] = people(&store);
    give(&store, &read(&store, 1, vec![on(-3)]), &karl, 2);
    returned(&store, &karl, YESTERDAY, 3);
    let hers = read(&store, 4, vec![on(-3), on(0), on(1)]);
    assert_eq!(give(&store, &hers, &anna, 5).new, 2);
    transfer(&store, (&anna, &ida), TODAY, 6).unwrap();
    transfer(&store, (&ida, &anna), TODAY, 7).unwrap();
    if is_ended {
        returned(&store, &anna, date(2026, 9, 22), 8);
        undo_end(&store, &anna, 9).unwrap();
    }
    let undone = undo(&store, &hers.id, "u", 10).unwrap();
    assert_eq!((undone.readings, undone.ended_ownership), (2, false));
    let upload = read(&store, 11, vec![on(-4), on(-3), on(0), on(1)]);
    assert_eq!(upload.not_theirs, Some(NotTheirs { first_day: TODAY, earlier: 1, unsure: 0 }));
    assert_eq!(give(&store, &upload, &anna, 12).new, 2);
    assert_eq!([&karl, &anna, &ida].map(|id| times(&store, id)), [vec![-3], vec![0, 1], vec![]]);
    is_as_made_anew(directory.path());
}

/// The first owner's assignment was the mistake: nobody ever had it, also not whom it was lent to.
#[test]
fn once_the_first_assignment_is_undone_after_a_way_there_and_back_nobody_ever_had_it() {
    let (directory, store) = store();
    let [karl, anna, ida] = people(&store);
    let first = read(&store, 1, vec![on(-3), on(0)]);
    give(&store, &first, &karl, 2);
    transfer(&store, (&karl, &anna), CUT, 3).unwrap();
    transfer(&store, (&anna, &karl), CUT, 4).unwrap();
    let undone = undo(&store, &first.id, "u", 5).unwrap();
    assert_eq!((undone.readings, undone.ended_ownership), (2, true));
    let waits = store.upload(&first.id).unwrap();
    assert_eq!((&waits.owner, waits.not_theirs, waits.new_readings), (&Owner::Nobody, None, 2));
    assert_eq!(give(&store, &waits, &ida, 6).new, 2);
    assert_eq!([&karl, &anna, &ida].map(|id| times(&store, id)), [vec![], vec![], vec![-3, 0]]);
    is_as_made_anew(directory.path());
}

/// Two wrong answers, and it begins anew; then an identifier is asked for.
#[test]
fn wrong_answers_are_counted_and_lift_no_other_block() {
    let (_directory, store) = store();
    let [karl, ..] = people(&store);
    give(&store, &read(&store, 1, vec![on(-3)]), &karl, 2);
    let ownership = owned(&store, &karl);
    let begin = || store.begin_ending_check(by(3), &ownership).unwrap().standing;
    assert_eq!(begin(), IdentityStanding::Open);
    assert_eq!(store.note_ending_mismatch(by(4), &ownership).unwrap(), IdentityStanding::OneMoreTry);
    assert_eq!(store.note_ending_mismatch(by(5), &ownership).unwrap(), IdentityStanding::Blocked);
    let plan = EndingPlan { ownership: ownership.clone(), why: EndingReason::Lost, last_day: Some(TODAY) };
    let asked = order(&store, &karl, plan, "e");
    assert!(matches!(store.end_ownership(by(6), &asked), Err(StoreError::IdentityNotProved)));
    assert_eq!(begin(), IdentityStanding::IdentifierNeeded);
    store.end_ownership(by(7), &asked).unwrap();
    let trail = store.audit_trail().unwrap();
    let wrong: Vec<_> = trail.iter().filter(|line| line.action == "ending-mismatch").collect();
    assert_eq!(wrong.iter().map(|line| line.detail.as_str()).collect::<Vec<_>>(), ["attempt 1", "attempt 2"]);
    assert!(wrong.iter().all(|line| line.patient == karl.0));
}

/// Whoever is not ACTIVE any more may have had one, and gets none again.
#[test]
fn of_whoever_left_it_ends_and_is_not_undone() {
    let (_directory, store) = store();
    let new = person("Alt", "Otto", "1940-01-01", "M1000009");
    let registered = RegisteredPatient { person: new, status: Status::Inactive, merged_into: None };
    let otto = store.import_patients(by(0), &[registered]).unwrap().remove(0);
    store.register_owner(by(1), &super::support::meter("000-1"), &otto).unwrap();
    returned(&store, &otto, TODAY, 2);
    assert!(matches!(undo_end(&store, &otto, 3), Err(StoreError::NotActive)));
    assert!(record(&store, &otto).is_empty());
}

/// What is read while nobody has it judges nothing in the record of whoever had it.
#[test]
fn a_read_of_a_meter_that_nobody_has_doubts_nothing_of_the_one_before() {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    give(&store, &read(&store, 1, vec![on(-3), on(-2)]), &karl, 2);
    returned(&store, &karl, YESTERDAY, 3);
    let ahead = |day| Reading { doubts: vec![Doubt::TimeAhead], ..on(day) };
    let upload = read(&store, 4, vec![ahead(-3), ahead(-2), ahead(0)]);
    assert!(record(&store, &karl).iter().all(Reading::has_sure_time));
    give(&store, &upload, &anna, 5);
    assert!(record(&store, &karl).iter().all(Reading::has_sure_time));
    is_as_made_anew(directory.path());
}

/// Whoever had it before the last one gets what was shown: what is theirs of then comes with their next visit.
#[test]
fn whoever_had_it_before_the_last_one_gets_what_was_shown() {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    give(&store, &read(&store, 1, vec![on(-6)]), &karl, 2);
    returned(&store, &karl, date(2026, 9, 17), 3);
    give(&store, &read(&store, 4, vec![on(-6), on(-2)]), &anna, 5);
    returned(&store, &anna, YESTERDAY, 6);
    let memory = vec![on(-7), on(-6), on(-2), on(0)];
    let upload = read(&store, 7, memory.clone());
    assert_eq!((upload.not_theirs.unwrap().earlier, upload.new_readings), (1, 1));
    assert_eq!(give(&store, &upload, &karl, 8).new, 1);
    assert_eq!((times(&store, &karl), times(&store, &anna)), (vec![-6, 0], vec![-2]));
    let (upload, result) = visit(&store, memory, &karl, 9);
    assert_eq!((upload.new_readings, result.new), (1, 1));
    assert_eq!(times(&store, &karl), [-7, -6, 0]);
    is_as_made_anew(directory.path());
}

/// Only a read since it was nobody's tells what was measured until then.
#[test]
fn what_was_read_before_the_end_proves_nothing_of_what_comes_later() {
    let (_directory, store) = store();
    let [karl, anna, _] = people(&store);
    give(&store, &read(&store, 1, vec![on(-3)]), &karl, 2);
    let waits = read(&store, 3, vec![on(-3), on(-1)]);
    // Measured by Karl after that, by a clock without a date.
    returned(&store, &karl, date(2026, 9, 19), 4);
    give(&store, &store.upload(&waits.id).unwrap(), &anna, 5);
    let (upload, result) = visit(&store, vec![on(-3), on(-1), undated(), on(0)], &anna, 6);
    assert_eq!((upload.not_theirs.map(|kept| kept.unsure), result.new), (Some(1), 1));
    assert_eq!((times(&store, &anna), total(&store, &anna)), (vec![-1, 0], 2));
}
