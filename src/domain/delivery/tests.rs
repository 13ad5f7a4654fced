mod orders;

use rstest::rstest;

use super::*;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::text::Clean;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_784_000_000 + seconds).unwrap()
}

/// Every wait as long as it may be.
const ALL: Jitter = Jitter(u16::MAX);

fn key(number: usize) -> IdempotencyKey {
    IdempotencyKey(number.to_string())
}

/// An outbox with one item, which was sent so often.
fn sent(times: u32) -> Outbox {
    let mut outbox = Outbox::default();
    outbox.add(key(0), DeliveryLine("meter".to_owned()), ItemKind::Ownership, at(0));
    for attempt in 1..=times {
        assert_eq!(outbox.next(Timestamp::MAX), Next::Send(key(0)));
        if attempt < times {
            assert!(outbox.after(&key(0), Outcome::unanswered("silent"), at(0), ALL));
        }
    }
    outbox
}

fn not_allowed() -> Outcome {
    Outcome::NotAllowed(Problem::new(ProblemCode::NotGranted, "Device.u was not granted"))
}

fn state(outbox: &Outbox) -> DeliveryState {
    outbox.items()[0].state.clone()
}

#[rstest]
#[case::recorded(Outcome::Recorded, DeliveryState::Delivered)]
#[case::already_there(Outcome::AlreadyThere, DeliveryState::Delivered)]
#[case::lost(
    Outcome::LostRace(PatientId("p".to_owned())),
    DeliveryState::Withdrawn(PatientId("p".to_owned()))
)]
#[case::refused(Outcome::Refused("422".into()), DeliveryState::Refused("422".into()))]
#[case::later_at_a_time(Outcome::put_off(Some(at(160)), "busy"), DeliveryState::Queued(at(160)))]
#[case::later_in_the_past(Outcome::put_off(Some(at(-9)), "busy"), DeliveryState::Queued(at(100)))]
#[case::later_than_we_wait(Outcome::put_off(Some(at(86_400)), "busy"), DeliveryState::Queued(at(1000)))]
#[case::later_without_a_time(Outcome::put_off(None, "busy"), DeliveryState::Queued(at(102)))]
#[case::not_allowed(not_allowed(), DeliveryState::Queued(at(102)))]
#[case::no_answer(Outcome::unanswered("silent"), DeliveryState::Queued(at(102)))]
fn an_attempt_ends_so(#[case] outcome: Outcome, #[case] expected: DeliveryState) {
    let mut outbox = sent(1);
    assert!(outbox.after(&key(0), outcome.clone(), at(100), ALL));
    assert_eq!(state(&outbox), expected);
    assert!(!outbox.after(&key(0), outcome, at(100), ALL), "an answer that comes twice");
    assert_eq!(state(&outbox), expected);
}

#[test]
fn each_wait_is_twice_the_one_before_up_to_a_quarter_of_an_hour() {
    let waits = |jitter| [1, 2, 3, 4, 8, 9, 10, 11, 1000, u32::MAX].map(|times| wait_after(times, jitter).as_secs());
    assert_eq!(waits(ALL), [2, 4, 8, 16, 256, 512, 900, 900, 900, 900]);
    assert_eq!(waits(Jitter(0)), [1, 2, 4, 8, 128, 256, 450, 450, 450, 450], "half of it is left to chance");
}

#[test]
fn what_builds_on_a_refused_item_is_blocked_until_a_person_releases_it() {
    let mut outbox = Outbox::default();
    let line = |name: &str| DeliveryLine(name.to_owned());
    outbox.add(key(0), line("a"), ItemKind::Ownership, at(0));
    outbox.add(key(1), line("a"), ItemKind::Readings, at(0));
    outbox.add(key(2), line("b"), ItemKind::Readings, at(0));
    outbox.add(key(1), line("b"), ItemKind::Readings, at(9));
    assert_eq!(outbox.items().len(), 3, "a key that is there already");
    assert_eq!(outbox.next(at(1)), Next::Send(key(0)));
    assert_eq!(outbox.next(at(1)), Next::Send(key(2)), "another line does not wait");
    assert_eq!(outbox.next(at(1)), Next::Rest);
    assert!(outbox.after(&key(0), Outcome::Refused("422".into()), at(2), ALL));
    assert!(outbox.after(&key(2), Outcome::Recorded, at(2), ALL));
    assert_eq!(outbox.standing(&key(0)), Some(ItemStanding::Refused(&"422".into())));
    assert_eq!(outbox.standing(&key(1)), Some(ItemStanding::Blocked(&key(0))));
    assert_eq!(outbox.standing(&key(2)), Some(ItemStanding::Delivered));
    assert_eq!(outbox.standing(&key(3)), None);
    assert_eq!(outbox.next(Timestamp::MAX), Next::Rest);
    assert!(!outbox.release(&key(1), at(3)) && !outbox.release(&key(2), at(3)), "neither is refused");
    assert!(outbox.release(&key(0), at(3)));
    assert_eq!(outbox.standing(&key(1)), Some(ItemStanding::Queued));
    assert_eq!(outbox.next(at(3)), Next::Send(key(0)));
    assert!(outbox.after(&key(0), Outcome::Recorded, at(4), ALL));
    assert_eq!(outbox.next(at(4)), Next::Send(key(1)));
    assert_eq!(outbox.items()[0].attempts, 2);
}

/// A gateway that says when to ask again, and not what became of what was sent.
#[test]
fn what_is_unknown_is_tried_again_when_that_is_wanted_and_within_a_quarter_of_an_hour() {
    for (asked, waited) in [(None, 2), (Some(1), 2), (Some(60), 60), (Some(u32::MAX), 900)] {
        let mut outbox = Outbox::default();
        outbox.add(key(0), DeliveryLine("meter".to_owned()), ItemKind::Ownership, at(0));
        assert_eq!(outbox.next(at(0)), Next::Send(key(0)));
        let Outcome::Unknown(why) = Outcome::unanswered("504") else { panic!("it is") };
        let outcome = Outcome::Unknown(Problem { wait_seconds: asked, ..why });
        assert!(outbox.after(&key(0), outcome, at(0), ALL));
        assert_eq!(outbox.next(at(0)), Next::WaitUntil(at(waited)), "{asked:?}");
        assert_eq!(outbox.items()[0].last, Some(LastAttempt::Unanswered("504".into())));
    }
}

/// Put off before this computer's clock was set back by a day: nothing waits longer than the longest wait.
#[test]
fn what_is_due_later_than_anything_waits_is_due() {
    let mut outbox = Outbox::default();
    outbox.add(key(0), DeliveryLine("meter".to_owned()), ItemKind::Ownership, at(86_400));
    assert_eq!(outbox.next(at(86_400 - 15 * 60)), Next::WaitUntil(at(86_400)));
    assert_eq!(outbox.next(at(0)), Next::Send(key(0)));
}

/// Readings that the platform does not take hold up neither those of a later upload of that meter, nor whose it is
/// next: only a claim that is refused does.
#[test]
fn refused_readings_hold_nothing_up() {
    let mut outbox = Outbox::default();
    let kinds = [ItemKind::Ownership, ItemKind::Readings, ItemKind::Readings, ItemKind::Ownership, ItemKind::Readings];
    for (number, kind) in kinds.into_iter().enumerate() {
        outbox.add(key(number), DeliveryLine("meter".to_owned()), kind, at(0));
    }
    for number in 0..5 {
        assert_eq!(outbox.next(at(1)), Next::Send(key(number)));
        let outcome = if number == 1 { Outcome::Refused("412".into()) } else { Outcome::Recorded };
        assert!(outbox.after(&key(number), outcome, at(1), ALL));
    }
    assert_eq!(outbox.standing(&key(1)), Some(ItemStanding::Refused(&"412".into())));
    assert_eq!(outbox.told(&[key(2)]), Some(DeliveryStanding::InTheRecord));
    assert_eq!(outbox.next(Timestamp::MAX), Next::Rest);
}

/// A claim that lost its race is taken back with all that stands behind it, for good; what is decided afterwards of the
/// same meter goes its own way.
#[test]
fn what_builds_on_a_lost_race_is_never_sent() {
    let mut outbox = Outbox::default();
    let line = || DeliveryLine("meter".to_owned());
    outbox.add(key(0), line(), ItemKind::Ownership, at(0));
    outbox.add(key(1), line(), ItemKind::Readings, at(0));
    outbox.add(key(2), line(), ItemKind::Readings, at(1));
    assert_eq!(outbox.next(at(1)), Next::Send(key(0)));
    let owner = PatientId("p".to_owned());
    assert!(outbox.after(&key(0), Outcome::LostRace(owner.clone()), at(2), ALL));
    for number in 0..3 {
        assert_eq!(outbox.standing(&key(number)), Some(ItemStanding::Withdrawn(&owner)));
        assert!(!outbox.release(&key(number), at(3)), "there is nothing to look at any more");
    }
    assert_eq!(outbox.next(Timestamp::MAX), Next::Rest);
    outbox.add(key(3), line(), ItemKind::Ownership, at(4));
    assert_eq!(outbox.next(at(4)), Next::Send(key(3)));
}

/// One of four things is told of what was decided at once.
#[test]
fn one_of_four_things_is_told() {
    let both = [key(0), key(1)];
    let waits = |because| Some(DeliveryStanding::Waits { since: at(0), because });
    let reason = || Clean::from("422");
    let owner = PatientId("p".to_owned());
    // What comes of the attempts, one after the other, and what is told then.
    let table: [(&[Outcome], Option<DeliveryStanding>); 10] = [
        (&[], waits(WaitsBecause::NotSentYet)),
        (&[Outcome::unanswered("silent")], waits(WaitsBecause::Unanswered("silent".into()))),
        (&[Outcome::put_off(None, "busy")], waits(WaitsBecause::PutOff("busy".into()))),
        (&[not_allowed()], waits(WaitsBecause::NotAllowed("Device.u was not granted".into()))),
        (&[Outcome::Refused(reason())], waits(WaitsBecause::Refused(reason()))),
        (&[Outcome::LostRace(owner.clone())], Some(DeliveryStanding::OwnedBy(owner))),
        (&[Outcome::Recorded], waits(WaitsBecause::NotSentYet)),
        (&[Outcome::Recorded, Outcome::Refused(reason())], waits(WaitsBecause::Refused(reason()))),
        (&[Outcome::AlreadyThere, Outcome::Recorded], Some(DeliveryStanding::InTheRecord)),
        (&[Outcome::AlreadyThere, Outcome::AlreadyThere], Some(DeliveryStanding::AlreadyThere)),
    ];
    for (outcomes, expected) in table {
        let mut outbox = Outbox::default();
        outbox.add(key(0), DeliveryLine("m".to_owned()), ItemKind::Ownership, at(0));
        outbox.add(key(1), DeliveryLine("m".to_owned()), ItemKind::Readings, at(0));
        outbox.add(key(2), DeliveryLine("m".to_owned()), ItemKind::Readings, at(7));
        for outcome in outcomes {
            let Next::Send(sent) = outbox.next(Timestamp::MAX) else { panic!("nothing is sent: {outbox:?}") };
            let during = outbox.told(&both);
            assert!(during.is_some_and(|told| !told.is_settled()), "it is under way");
            assert!(outbox.after(&sent, outcome.clone(), at(9), ALL));
        }
        assert_eq!(outbox.told(&both), expected, "{outcomes:?}");
        let of_later_upload = match outcomes {
            [Outcome::Refused(_)] => Some(WaitsBecause::Behind(reason())),
            [Outcome::Recorded, Outcome::Refused(_)] => Some(WaitsBecause::NotSentYet),
            _ => None,
        };
        if let Some(because) = of_later_upload {
            assert_eq!(outbox.told(&[key(2)]), Some(DeliveryStanding::Waits { since: at(7), because }));
        }
        assert_eq!(outbox.told(&[key(9)]), None);
    }
}

/// What may be in another's record is not sent before a person has looked; what is there for sure never again.
#[test]
fn what_is_misplaced_holds_up_its_line_and_is_sent_again_only_if_it_may_be_nowhere() {
    for (last, because, released) in [
        (LastAttempt::Recorded, WaitsBecause::Misplaced, DeliveryState::Delivered),
        (LastAttempt::Unanswered("silent".into()), WaitsBecause::PerhapsMisplaced, DeliveryState::Queued(at(9))),
        (LastAttempt::Refused, WaitsBecause::PerhapsMisplaced, DeliveryState::Queued(at(9))),
    ] {
        let mut outbox = Outbox::default();
        for number in 0..3 {
            let line = DeliveryLine(if number < 2 { "meter" } else { "another" }.to_owned());
            outbox.add(key(number), line, ItemKind::Readings, at(0));
        }
        let mut items = outbox.items().to_vec();
        items[0] =
            Item { state: DeliveryState::Misplaced(PatientId("p".into())), last: Some(last), ..items[0].clone() };
        let mut outbox = Outbox::of(items);
        let rests: Vec<bool> = (0..4).map(|number| outbox.rests_on_misplaced(&key(number))).collect();
        assert_eq!(rests, [true, true, false, false]);
        let waiting: Vec<WaitsBecause> = outbox.waiting().into_iter().map(|(_, because)| because).collect();
        assert_eq!(waiting, [because, WaitsBecause::BehindMisplaced, WaitsBecause::NotSentYet]);
        assert!(waiting[0].needs_a_person() && !waiting[1].needs_a_person());
        assert_eq!(outbox.next(at(1)), Next::Send(key(2)));
        assert_eq!(outbox.next(at(1)), Next::Rest);
        assert!(outbox.release(&key(0), at(9)));
        assert_eq!(state(&outbox), released);
        assert!(!outbox.rests_on_misplaced(&key(1)));
    }
}
