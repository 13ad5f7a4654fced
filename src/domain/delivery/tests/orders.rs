//! An outbox in any order of what may happen to it, beside a platform that is played.

use proptest::prelude::*;

use super::super::*;
use super::{ALL, at, key};

/// What may happen to an outbox and its platform.
#[derive(Debug, Clone)]
enum OutboxStep {
    /// Something more is to be delivered, in one of three lines.
    Add(u8, ItemKind),
    /// So many seconds go by.
    Pass(u16),
    /// The next item is sent, and this comes of it.
    Send(ParcelFate),
    /// The program ends and starts again, whatever is under way.
    Restart,
    /// An answer that was given comes once more.
    Repeat,
    /// A person releases whatever was refused.
    Release,
}

/// What a platform does with an item, and what is heard of it.
#[derive(Debug, Clone)]
enum ParcelFate {
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

fn step() -> impl Strategy<Value = OutboxStep> {
    let fate = prop_oneof![
        4 => Just(ParcelFate::Answered),
        2 => Just(ParcelFate::AnswerLost),
        2 => Just(ParcelFate::Lost),
        1 => Just(ParcelFate::Hanging),
        2 => proptest::option::of(-100..5_000_i64).prop_map(ParcelFate::Later),
        1 => Just(ParcelFate::LostRace),
        1 => Just(ParcelFate::Refused),
    ];
    let kind = prop_oneof![1 => Just(ItemKind::Ownership), 2 => Just(ItemKind::Readings)];
    prop_oneof![
        3 => (0..3_u8, kind).prop_map(|(line, kind)| OutboxStep::Add(line, kind)),
        3 => (0..2_000_u16).prop_map(OutboxStep::Pass),
        6 => fate.prop_map(OutboxStep::Send),
        1 => Just(OutboxStep::Restart),
        1 => Just(OutboxStep::Repeat),
        1 => Just(OutboxStep::Release),
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

    fn send(&mut self, fate: &ParcelFate) {
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

    fn arrive(&mut self, before: &Outbox, key: &IdempotencyKey, fate: &ParcelFate) {
        let place = before.items().iter().position(|item| item.key == *key).unwrap();
        let item = &before.items()[place];
        assert!(matches!(item.state, DeliveryState::Queued(due) if due <= self.now()), "{item:?}");
        assert_eq!(self.outbox.items()[place].attempts, item.attempts + 1);
        let is_claim = |other: &&Item| other.line == item.line && other.kind == ItemKind::Ownership;
        for other in before.items()[..place].iter().filter(is_claim) {
            let is_over = self.recorded.contains(&other.key) || matches!(other.state, DeliveryState::Withdrawn(_));
            assert!(is_over, "{key:?} was sent before what it builds on: {other:?}");
        }
        match fate {
            ParcelFate::Answered => {
                let outcome = self.record(key);
                self.hear(key, outcome);
            }
            ParcelFate::AnswerLost => {
                self.record(key);
                self.hear(key, Outcome::unanswered("silent"));
            }
            ParcelFate::Lost => self.hear(key, Outcome::unanswered("silent")),
            ParcelFate::Hanging => {
                self.record(key);
            }
            ParcelFate::Later(seconds) => {
                self.hear(key, Outcome::put_off(seconds.map(|ahead| at(self.seconds + ahead)), "busy"));
            }
            // Readings race for nothing.
            ParcelFate::LostRace if item.kind == ItemKind::Readings => self.hear(key, Outcome::Refused("409".into())),
            // What it has recorded is nobody else's.
            ParcelFate::LostRace if self.recorded.contains(key) => self.hear(key, Outcome::AlreadyThere),
            ParcelFate::LostRace => self.hear(key, Outcome::LostRace(PatientId("other".to_owned()))),
            ParcelFate::Refused => self.hear(key, Outcome::Refused("422".into())),
        }
    }

    fn restart(&mut self) {
        self.outbox = Outbox::restored(self.outbox.items().to_vec(), self.now());
        assert!(self.outbox.items().iter().all(|item| item.state != DeliveryState::Sending));
    }

    fn step(&mut self, step: &OutboxStep) {
        match step {
            OutboxStep::Add(line, kind) => {
                let number = self.added.len();
                self.outbox.add(key(number), DeliveryLine(line.to_string()), *kind, self.now());
                self.added.push((*line, *kind));
            }
            OutboxStep::Pass(seconds) => self.seconds += i64::from(*seconds),
            OutboxStep::Send(fate) => self.send(fate),
            OutboxStep::Restart => self.restart(),
            OutboxStep::Repeat => {
                if let Some((key, outcome)) = self.heard.last().cloned() {
                    let before = self.outbox.clone();
                    let is_under_way =
                        before.items().iter().any(|item| item.key == key && item.state == DeliveryState::Sending);
                    if !is_under_way {
                        assert!(!self.outbox.after(&key, outcome, self.now(), ALL));
                        assert_eq!(self.outbox, before);
                    }
                }
            }
            OutboxStep::Release => self.release(),
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
            if item.state == DeliveryState::Delivered {
                assert!(self.recorded.contains(&item.key), "delivered, and the platform has it not: {item:?}");
            }
            if let DeliveryState::Queued(due) = item.state {
                assert!(due <= self.now() + LONGEST_WAIT, "nothing waits longer: {item:?}");
            }
            if let DeliveryState::Withdrawn(_) = item.state {
                assert!(!self.recorded.contains(&item.key), "taken back, and the platform has it: {item:?}");
            }
            self.check_told(item);
        }
        let waiting = self.outbox.waiting();
        let open: Vec<&IdempotencyKey> = waiting.iter().map(|(item, _)| &item.key).collect();
        let is_open = |item: &&Item| !item.state.is_final();
        assert_eq!(open, self.outbox.items().iter().filter(is_open).map(|item| &item.key).collect::<Vec<_>>());
        for (item, because) in &waiting {
            let told = self.outbox.told(std::slice::from_ref(&item.key));
            assert_eq!(told, Some(DeliveryStanding::Waits { since: item.since, because: because.clone() }));
        }
        for (place, recorded) in self.recorded.iter().enumerate() {
            assert!(!self.recorded[..place].contains(recorded), "recorded twice: {recorded:?}");
            for claim in self.claims_before(recorded) {
                let is_withdrawn = matches!(self.outbox.items()[claim].state, DeliveryState::Withdrawn(_));
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
            DeliveryStanding::Undone => panic!("nothing is undone here: {item:?}"),
            DeliveryStanding::Waits { because, .. } => {
                assert!(!item.state.is_final(), "{item:?}");
                let is_refused = matches!(item.state, DeliveryState::Refused(_));
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
        matches!(self.outbox.items()[number].state, DeliveryState::Refused(_))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Whatever comes of attempts, in whatever order, over restarts and repeated answers: each item is recorded once,
    /// none before the claims that it builds on, and nothing is lost. Only what lost its race is never recorded. What
    /// is refused holds up what builds on it, and nothing else.
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
        let is_withdrawn = |item: &&Item| matches!(item.state, DeliveryState::Withdrawn(_));
        let withdrawn = world.outbox.items().iter().filter(is_withdrawn).count();
        prop_assert_eq!(world.recorded.len() + withdrawn, world.added.len());
    }
}
