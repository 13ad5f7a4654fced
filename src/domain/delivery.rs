//! The outbox: what this station has done and the care platform has not recorded yet. A pure state machine; whoever has
//! a network carries the items, one attempt at a time.
//!
//! What is told of one meter stands in one line, and each item builds on the claims before it: no reading reaches a
//! record before the claim that puts it there, and no claim overtakes another. Readings build on no readings. What was
//! refused stays until a person has looked, and with it what builds on it, and nothing else: nothing is dropped, and
//! nothing is sent around a claim (clinic-safety INT-01).
//!
//! ```text
//!             next                Recorded, AlreadyThere
//!   queued ---------> sending ------------------------------> delivered
//!     ^                  |  LostRace, with all behind it
//!     |                  +----------------------------------> withdrawn
//!     |  Later, Unknown, |  Refused
//!     |  NotAllowed,     |
//!     |  restart         +----------------------------------> refused
//!     +------------------+                                       |
//!     +---------------------------- release ---------------------+
//! ```
//!
//! A claim that lost its race is never sent again, nor is what builds on it: what this station had decided is taken
//! back, so that a meter has no second owner.
//!
//! What somebody undid is never sent again either. If any of it was sent, or may have been, one item more withdraws it:
//! behind it in the line, and before all that is decided of the meter later.
//!
//! What was sent while two records were merged at the platform is misplaced once that is taken back: it stands in
//! another person's record there, or, where no answer said so, may stand there. Neither it nor anything that comes
//! later for its meter is sent before a person has seen to it.
//!
//! Whether an attempt that was cut off was recorded is not known. It is made again under the same key, and the platform
//! says [`Outcome::AlreadyThere`] if it was.

mod bundle_size;
mod outcome;
mod parcel;
mod state;
#[cfg(test)]
mod tests;
mod told;

pub use self::bundle_size::BundleSize;
pub use self::outcome::{Outcome, REASON_CELLS};
pub use self::parcel::{
    AttemptsBefore, Content, CorrectedTimes, NumberedReading, Parcel, RetimedReading, WithdrawnParcels,
};
pub use self::state::{DeliveryState, ItemStanding, LastAttempt};
pub use self::told::{DeliveryStanding, FollowedDelivery, KeptFromPlatform, WaitsBecause};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::association::IdempotencyKey;
use super::patient::PatientId;

/// The first wait after an attempt in vain. Each further one doubles it.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(2);

/// The longest wait between two attempts, whatever the platform asks for or how often it failed: a clinic's network
/// that is back is used within a quarter of an hour.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(15);

/// Of a wait that grows with each attempt, so much is certain, and as much again is left to chance: the programs of a
/// clinic whose server comes back do not all ask it in the same second.
const CERTAIN: i32 = 2;

/// How long an attempt has nobody else send the same item: longer than any answer is waited for. Whoever keeps the
/// outbox for several programs puts off by so much when an item is due before it is sent. An attempt of many answers
/// may take longer; until it ends nobody else carries, and after a program was killed its item is due again so soon.
pub const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// Items that tell of the same meter have the same line: each builds on the claims before it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryLine(pub String);

/// What an item tells the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// Whose meter it is.
    Ownership,
    /// Readings of an upload.
    Readings,
    /// That an assignment was undone: what the platform has of it is not the patient's.
    Withdrawal,
    /// That times of readings which the platform has were corrected, or that this was undone.
    Correction,
}

/// What whoever carries parcels does now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// Deliver this one.
    Deliver(Box<Parcel>),
    /// Nothing before this time.
    WaitUntil(Timestamp),
    /// Nothing until something is added.
    Rest,
}

/// Something to be delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The same at every attempt: the platform records it once.
    pub key: IdempotencyKey,
    /// The claims that it builds on come before it in the same line.
    pub line: DeliveryLine,
    /// What it tells.
    pub kind: ItemKind,
    /// How far it has come.
    pub state: DeliveryState,
    /// How often it was sent.
    pub attempts: u32,
    /// When it was decided.
    pub since: Timestamp,
    /// What came of the last attempt, if there was one.
    pub last: Option<LastAttempt>,
}

impl Item {
    /// Whether the platform said that it has it.
    #[must_use]
    pub const fn was_recorded(&self) -> bool {
        matches!(self.last, Some(LastAttempt::Recorded | LastAttempt::AlreadyThere | LastAttempt::TakenBackBut(_)))
    }

    /// Whether the platform recorded it because of this. What is found there after an attempt of which nothing was
    /// heard is what that attempt had done.
    fn is_recorded_by_this(&self) -> bool {
        match self.last {
            Some(LastAttempt::Recorded | LastAttempt::TakenBackBut(_)) => true,
            Some(LastAttempt::AlreadyThere) => self.attempts > 1,
            _ => false,
        }
    }

    /// Whether what comes later in its line waits for it. What is to be taken back or corrected goes before what is
    /// decided anew of the same readings: sent later it would take that back.
    fn is_built_on(&self) -> bool {
        self.kind != ItemKind::Readings || self.is_misplaced()
    }

    const fn is_misplaced(&self) -> bool {
        matches!(self.state, DeliveryState::Misplaced(_))
    }
}

/// The random part of a wait: nothing of what is left to chance at zero, all of it at the greatest number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jitter(pub u16);

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Send this one now. It is noted as under way.
    Send(IdempotencyKey),
    /// Nothing before this time.
    WaitUntil(Timestamp),
    /// Nothing until an answer comes, something is added or a person decides.
    Rest,
}

/// The items of a station, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outbox {
    items: Vec<Item>,
}

impl Outbox {
    /// The outbox as it was kept. What was under way when the program ended is queued again: what
    /// came of it is unknown.
    #[must_use]
    pub fn restored(mut items: Vec<Item>, now: Timestamp) -> Self {
        for item in &mut items {
            if item.state == DeliveryState::Sending {
                item.state = DeliveryState::Queued(now);
            }
        }
        Self { items }
    }

    /// The items of a line of which one is under way here, and the others as they were kept.
    #[must_use]
    pub fn with_under_way(mut items: Vec<Item>, under_way: &IdempotencyKey) -> Self {
        for item in items.iter_mut().filter(|item| item.key == *under_way) {
            // A merger may have been taken back since it was sent: its answer counts all the same.
            let is_under_way = match item.state {
                DeliveryState::Queued(_) => true,
                DeliveryState::Misplaced(_) => item.last == Some(LastAttempt::UnderWay),
                _ => false,
            };
            if is_under_way {
                item.state = DeliveryState::Sending;
            }
        }
        Self { items }
    }

    /// These items as they are.
    #[must_use]
    pub const fn of(items: Vec<Item>) -> Self {
        Self { items }
    }

    /// All items, oldest first.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Adds an item behind all others, to be sent as soon as it is its turn. One whose key is there
    /// already is the same.
    pub fn add(&mut self, key: IdempotencyKey, line: DeliveryLine, kind: ItemKind, now: Timestamp) {
        if self.item(&key).is_none() {
            self.items.push(Item {
                key,
                line,
                kind,
                state: DeliveryState::Queued(now),
                attempts: 0,
                since: now,
                last: None,
            });
        }
    }

    /// What is to be done at this time. Of the items that may be sent, the one that was to be sent first goes first, so
    /// that one that fails again and again holds no other up.
    pub fn next(&mut self, now: Timestamp) -> Next {
        // No wait is longer: what is due later was put off before this computer's clock was set back.
        let latest = later(now, LONGEST_WAIT);
        let due = |item: &Item| match item.state {
            DeliveryState::Queued(due) => Some(if due > latest { now } else { due }),
            _ => None,
        };
        let place = (0..self.items.len())
            .filter(|&place| self.is_next_in_its_line(place))
            .filter_map(|place| Some((self.items.get(place).and_then(due)?, place)))
            // Of two that are due at the same moment the older one, whose place is the smaller.
            .min();
        match place {
            None => Next::Rest,
            Some((due, _)) if due > now => Next::WaitUntil(due),
            Some((_, place)) => self.items.get_mut(place).map_or(Next::Rest, |item| {
                item.state = DeliveryState::Sending;
                item.attempts = item.attempts.saturating_add(1);
                // Kept before anything is sent. If the program is killed now, it is not known
                // whether the platform has it, and nobody may say that it was not sent.
                item.last = Some(LastAttempt::UnderWay);
                Next::Send(item.key.clone())
            }),
        }
    }

    /// Notes what came of an attempt. False if none of this item was under way: a late or repeated
    /// answer changes nothing.
    pub fn after(&mut self, key: &IdempotencyKey, outcome: Outcome, now: Timestamp, jitter: Jitter) -> bool {
        let under_way = |item: &Item| item.key == *key && item.state == DeliveryState::Sending;
        let Some(place) = self.items.iter().position(under_way) else { return false };
        // With the claim in one step: were it noted alone and the program then killed, the readings
        // behind it would be sent to whoever lost the meter.
        if let Outcome::LostRace(owner) = &outcome {
            self.withdraw(place, owner);
        }
        let Some(item) = self.items.get_mut(place) else { return false };
        item.last = Some(outcome.as_last());
        item.state = match outcome {
            Outcome::Recorded | Outcome::AlreadyThere | Outcome::TakenBackBut(_) => DeliveryState::Delivered,
            Outcome::LostRace(owner) => DeliveryState::Withdrawn(owner),
            Outcome::Refused(why) => DeliveryState::Refused(why),
            // A platform may name a time that is past, or one next week.
            Outcome::Later(Some(when), _) => DeliveryState::Queued(when.clamp(now, later(now, LONGEST_WAIT))),
            Outcome::Later(None, why) | Outcome::NotAllowed(why) | Outcome::Unknown(why) => {
                let asked = SignedDuration::from_secs(why.wait_seconds.unwrap_or(0).into()).min(LONGEST_WAIT);
                DeliveryState::Queued(later(now, wait_after(item.attempts, jitter).max(asked)))
            }
        };
        true
    }

    /// What builds on the claim at this place is taken back with it.
    fn withdraw(&mut self, claim: usize, owner: &PatientId) {
        let Some(line) = self.items.get(claim).map(|item| item.line.clone()) else { return };
        let behind =
            // What is misplaced stays so: it is in a third person's record there, whoever has the
            // meter, and a person must put it right. What is withdrawn or corrected was told before.
            self.items.iter_mut().skip(claim).filter(|item| {
                let is_of_another = matches!(item.kind, ItemKind::Withdrawal | ItemKind::Correction);
                item.line == line && !is_of_another && item.state.can_be_withdrawn()
            });
        for item in behind {
            item.state = DeliveryState::Withdrawn(owner.clone());
        }
    }

    /// A person has looked at a refused item and wants it tried again, or has put right where a misplaced one stands:
    /// one of which it is not known whether it arrived is sent then. False if it is neither.
    pub fn release(&mut self, key: &IdempotencyKey, now: Timestamp) -> bool {
        let Some(item) = self.items.iter_mut().find(|item| item.key == *key) else { return false };
        item.state = match item.state {
            // It is there, and a person says that it stands right there: to send it again could only
            // add it once more.
            DeliveryState::Misplaced(_) if item.was_recorded() => DeliveryState::Delivered,
            DeliveryState::Refused(_) | DeliveryState::Misplaced(_) => DeliveryState::Queued(now),
            _ => return false,
        };
        true
    }

    /// How an item stands.
    #[must_use]
    pub fn standing(&self, key: &IdempotencyKey) -> Option<ItemStanding<'_>> {
        let place = self.items.iter().position(|item| item.key == *key)?;
        let item = self.items.get(place)?;
        Some(match &item.state {
            DeliveryState::Sending => ItemStanding::Sending,
            DeliveryState::Delivered => ItemStanding::Delivered,
            DeliveryState::Refused(refusal) => ItemStanding::Refused(refusal),
            DeliveryState::Withdrawn(owner) => ItemStanding::Withdrawn(owner),
            DeliveryState::Undone => ItemStanding::Undone,
            DeliveryState::Misplaced(holder) => ItemStanding::Misplaced(holder),
            DeliveryState::Queued(_) => self
                .builds_on(place)
                .find(|before| matches!(before.state, DeliveryState::Refused(_) | DeliveryState::Misplaced(_)))
                .map_or(ItemStanding::Queued, |claim| ItemStanding::Blocked(&claim.key)),
        })
    }

    /// The item with this key.
    #[must_use]
    pub fn item(&self, key: &IdempotencyKey) -> Option<&Item> {
        self.items.iter().find(|item| item.key == *key)
    }

    /// The claims on which the item at this place builds, and what is misplaced of its meter.
    fn builds_on(&self, place: usize) -> impl Iterator<Item = &Item> {
        let line = self.items.get(place).map(|item| &item.line);
        self.items.iter().take(place).filter(move |before| Some(&before.line) == line && before.is_built_on())
    }

    /// Whether an item, or what it builds on, stands in another person's record, or may: then it is not to be sent.
    #[must_use]
    pub fn rests_on_misplaced(&self, key: &IdempotencyKey) -> bool {
        let place = self.items.iter().position(|item| item.key == *key);
        let own = place.and_then(|place| Some((self.items.get(place)?, self.builds_on(place))));
        own.is_some_and(|(item, mut before)| item.is_misplaced() || before.any(Item::is_misplaced))
    }

    fn is_next_in_its_line(&self, place: usize) -> bool {
        self.builds_on(place).all(|claim| claim.state.is_final())
    }
}

/// How long to wait after so many attempts in vain.
fn wait_after(attempts: u32, jitter: Jitter) -> SignedDuration {
    // Beyond this doubling the longest wait is reached, and nothing can overflow.
    let doublings = attempts.saturating_sub(1).min(10);
    let longest = FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT);
    let certain = longest / CERTAIN;
    certain + (longest - certain) * i32::from(jitter.0) / i32::from(u16::MAX)
}

fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.saturating_add(wait).unwrap_or(Timestamp::MAX)
}
