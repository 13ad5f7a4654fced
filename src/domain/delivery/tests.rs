use proptest::prelude::*;
use rstest::rstest;

use super::*;

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
            assert!(outbox.after(&key(0), Outcome::Unknown, at(0), ALL));
        }
    }
    outbox
}

fn state(outbox: &Outbox) -> State {
    outbox.items()[0].state.clone()
}

#[rstest]
#[case::recorded(Outcome::Recorded, State::Delivered)]
#[case::already_there(Outcome::AlreadyThere, State::Delivered)]
#[case::lost(
    Outcome::LostRace(PatientId("p".to_owned())),
    State::Withdrawn(PatientId("p".to_owned()))
)]
#[case::refused(Outcome::Refused("422".into()), State::Refused("422".into()))]
#[case::later_at_a_time(Outcome::Later(Some(at(160))), State::Queued(at(160)))]
#[case::later_in_the_past(Outcome::Later(Some(at(-9))), State::Queued(at(100)))]
#[case::later_than_we_wait(Outcome::Later(Some(at(86_400))), State::Queued(at(1000)))]
#[case::later_without_a_time(Outcome::Later(None), State::Queued(at(102)))]
#[case::no_answer(Outcome::Unknown, State::Queued(at(102)))]
fn an_attempt_ends_so(#[case] outcome: Outcome, #[case] expected: State) {
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

/// Readings that the platform does not take hold up neither those of a later upload of that meter, nor whose it is next:
/// only a claim that is refused does.
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
    let table: [(&[Outcome], Option<DeliveryStanding>); 9] = [
        (&[], waits(WaitsBecause::NotSentYet)),
        (&[Outcome::Unknown], waits(WaitsBecause::Unanswered)),
        (&[Outcome::Later(None)], waits(WaitsBecause::PutOff)),
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

/// What may happen to an outbox and its platform.
#[derive(Debug, Clone)]
enum Step {
    /// Something more is to be delivered, in one of three lines.
    Add(u8, ItemKind),
    /// So many seconds go by.
    Pass(u16),
    /// The next item is sent, and this comes of it.
    Send(Fate),
    /// The program ends and starts again, whatever is under way.
    Restart,
    /// An answer that was given comes once more.
    Repeat,
    /// A person releases whatever was refused.
    Release,
}

/// What a platform does with an item, and what is heard of it.
#[derive(Debug, Clone)]
enum Fate {
    /// It is recorded, unless it was, and the answer says so.
    Answered,
    /// It is recorded, and the answer is lost.
    AnswerLost,
    /// It does not arrive.
    Lost,
    /// It arrives, and no answer comes before the program ends.
    Hanging,
    Later(Option<i64>),
    LostRace,
    Refused,
}

fn step() -> impl Strategy<Value = Step> {
    let fate = prop_oneof![
        4 => Just(Fate::Answered),
        2 => Just(Fate::AnswerLost),
        2 => Just(Fate::Lost),
        1 => Just(Fate::Hanging),
        2 => proptest::option::of(-100..5_000_i64).prop_map(Fate::Later),
        1 => Just(Fate::LostRace),
        1 => Just(Fate::Refused),
    ];
    let kind = prop_oneof![1 => Just(ItemKind::Ownership), 2 => Just(ItemKind::Readings)];
    prop_oneof![
        3 => (0..3_u8, kind).prop_map(|(line, kind)| Step::Add(line, kind)),
        3 => (0..2_000_u16).prop_map(Step::Pass),
        6 => fate.prop_map(Step::Send),
        1 => Just(Step::Restart),
        1 => Just(Step::Repeat),
        1 => Just(Step::Release),
    ]
}

/// The outbox, the platform it delivers to, and the time.
#[derive(Default)]
struct World {
    outbox: Outbox,
    /// The line and the kind of each key that was added, in the order of adding.
    added: Vec<(u8, ItemKind)>,
    /// The keys in the order in which the platform recorded them.
    recorded: Vec<IdempotencyKey>,
    /// The answers that were heard.
    heard: Vec<(IdempotencyKey, Outcome)>,
    seconds: i64,
}

impl World {
    fn now(&self) -> Timestamp {
        at(self.seconds)
    }

    fn record(&mut self, key: &IdempotencyKey) -> Outcome {
        if self.recorded.contains(key) {
            return Outcome::AlreadyThere;
        }
        self.recorded.push(key.clone());
        Outcome::Recorded
    }

    fn hear(&mut self, key: &IdempotencyKey, outcome: Outcome) {
        assert!(self.outbox.after(key, outcome.clone(), self.now(), ALL));
        self.heard.push((key.clone(), outcome));
    }

    fn send(&mut self, fate: &Fate) {
        let before = self.outbox.clone();
        match self.outbox.next(self.now()) {
            Next::Rest => {}
            Next::WaitUntil(due) => {
                assert!(due > self.now());
                assert_eq!(self.outbox, before, "nothing is noted of a wait");
                assert!(matches!(before.clone().next(due), Next::Send(_)), "at its time it is sent");
            }
            Next::Send(key) => self.arrive(&before, &key, fate),
        }
    }

    fn arrive(&mut self, before: &Outbox, key: &IdempotencyKey, fate: &Fate) {
        let place = before.items().iter().position(|item| item.key == *key).unwrap();
        let item = &before.items()[place];
        assert!(matches!(item.state, State::Queued(due) if due <= self.now()), "{item:?}");
        assert_eq!(self.outbox.items()[place].attempts, item.attempts + 1);
        let is_claim = |other: &&Item| other.line == item.line && other.kind == ItemKind::Ownership;
        for other in before.items()[..place].iter().filter(is_claim) {
            let is_over = self.recorded.contains(&other.key) || matches!(other.state, State::Withdrawn(_));
            assert!(is_over, "{key:?} was sent before what it builds on: {other:?}");
        }
        match fate {
            Fate::Answered => {
                let outcome = self.record(key);
                self.hear(key, outcome);
            }
            Fate::AnswerLost => {
                self.record(key);
                self.hear(key, Outcome::Unknown);
            }
            Fate::Lost => self.hear(key, Outcome::Unknown),
            Fate::Hanging => {
                self.record(key);
            }
            Fate::Later(seconds) => self.hear(key, Outcome::Later(seconds.map(|ahead| at(self.seconds + ahead)))),
            // Readings race for nothing.
            Fate::LostRace if item.kind == ItemKind::Readings => self.hear(key, Outcome::Refused("409".into())),
            // What it has recorded is nobody else's.
            Fate::LostRace if self.recorded.contains(key) => self.hear(key, Outcome::AlreadyThere),
            Fate::LostRace => self.hear(key, Outcome::LostRace(PatientId("other".to_owned()))),
            Fate::Refused => self.hear(key, Outcome::Refused("422".into())),
        }
    }

    fn restart(&mut self) {
        self.outbox = Outbox::restored(self.outbox.items().to_vec(), self.now());
        assert!(self.outbox.items().iter().all(|item| item.state != State::Sending));
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Add(line, kind) => {
                let number = self.added.len();
                self.outbox.add(key(number), DeliveryLine(line.to_string()), *kind, self.now());
                self.added.push((*line, *kind));
            }
            Step::Pass(seconds) => self.seconds += i64::from(*seconds),
            Step::Send(fate) => self.send(fate),
            Step::Restart => self.restart(),
            Step::Repeat => {
                if let Some((key, outcome)) = self.heard.last().cloned() {
                    let before = self.outbox.clone();
                    let is_under_way =
                        before.items().iter().any(|item| item.key == key && item.state == State::Sending);
                    if !is_under_way {
                        assert!(!self.outbox.after(&key, outcome, self.now(), ALL));
                        assert_eq!(self.outbox, before);
                    }
                }
            }
            Step::Release => self.release(),
        }
        self.check();
    }

    fn release(&mut self) {
        let keys: Vec<_> = self.outbox.items().iter().map(|item| item.key.clone()).collect();
        for key in keys {
            let is_refused = matches!(self.outbox.standing(&key), Some(ItemStanding::Refused(_)));
            assert_eq!(self.outbox.release(&key, self.now()), is_refused);
        }
    }

    /// What is true at any time.
    fn check(&self) {
        let keys: Vec<_> = self.outbox.items().iter().map(|item| item.key.clone()).collect();
        assert_eq!(keys, (0..self.added.len()).map(key).collect::<Vec<_>>(), "nothing is lost, and the order is kept");
        for item in self.outbox.items() {
            if item.state == State::Delivered {
                assert!(self.recorded.contains(&item.key), "delivered, and the platform has it not: {item:?}");
            }
            if let State::Queued(due) = item.state {
                assert!(due <= self.now() + LONGEST_WAIT, "nothing waits longer: {item:?}");
            }
            if let State::Withdrawn(_) = item.state {
                assert!(!self.recorded.contains(&item.key), "taken back, and the platform has it: {item:?}");
            }
            self.check_told(item);
        }
        for (place, recorded) in self.recorded.iter().enumerate() {
            assert!(!self.recorded[..place].contains(recorded), "recorded twice: {recorded:?}");
            for claim in self.claims_before(recorded) {
                let is_withdrawn = matches!(self.outbox.items()[claim].state, State::Withdrawn(_));
                let is_before = self.recorded[..place].contains(&key(claim));
                assert!(is_withdrawn || is_before, "{recorded:?} came before the claim {claim}");
            }
        }
    }

    /// The claims in the line of an item that were added before it.
    fn claims_before(&self, item: &IdempotencyKey) -> impl Iterator<Item = usize> {
        let number: usize = item.0.parse().unwrap();
        let line = self.added[number].0;
        (0..number).filter(move |claim| self.added[*claim] == (line, ItemKind::Ownership))
    }

    /// What is told of an item is true.
    fn check_told(&self, item: &Item) {
        let is_there = self.recorded.contains(&item.key);
        match self.outbox.told(std::slice::from_ref(&item.key)).unwrap() {
            DeliveryStanding::InTheRecord | DeliveryStanding::AlreadyThere => assert!(is_there, "{item:?}"),
            DeliveryStanding::OwnedBy(_) => assert!(!is_there, "{item:?}"),
            DeliveryStanding::Waits { because, .. } => {
                assert!(!item.state.is_final(), "{item:?}");
                let is_refused = matches!(item.state, State::Refused(_));
                assert_eq!(is_refused, matches!(because, WaitsBecause::Refused(_)), "{item:?}");
            }
        }
    }

    /// Nobody looks at what is refused, and the platform takes everything else from now on.
    fn deliver_the_rest(&mut self) {
        self.restart();
        for _ in 0..=2 * self.added.len() {
            match self.outbox.next(self.now()) {
                Next::Send(key) => {
                    let outcome = self.record(&key);
                    self.hear(&key, outcome);
                }
                Next::WaitUntil(due) => self.seconds += due.duration_since(self.now()).as_secs(),
                Next::Rest => break,
            }
        }
        self.check();
    }

    fn is_refused(&self, number: usize) -> bool {
        matches!(self.outbox.items()[number].state, State::Refused(_))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Whatever comes of attempts, in whatever order, over restarts and repeated answers: each item is recorded once, none
    /// before the claims that it builds on, and nothing is lost. Only what lost its race is never recorded. What is
    /// refused holds up what builds on it, and nothing else.
    #[test]
    fn every_item_is_recorded_once_and_waits_for_nothing_but_its_claims(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = World::default();
        for step in &steps {
            world.step(step);
        }
        world.deliver_the_rest();
        for (number, item) in world.outbox.items().iter().enumerate() {
            let waits = world.is_refused(number) || world.claims_before(&item.key).any(|claim| world.is_refused(claim));
            prop_assert_eq!(item.state.is_final(), !waits, "{:?} in {:?}", item, world.outbox);
        }
        // Somebody looks at all of it.
        world.release();
        world.deliver_the_rest();
        let is_withdrawn = |item: &&Item| matches!(item.state, State::Withdrawn(_));
        let withdrawn = world.outbox.items().iter().filter(is_withdrawn).count();
        prop_assert_eq!(world.recorded.len() + withdrawn, world.added.len());
    }
}
