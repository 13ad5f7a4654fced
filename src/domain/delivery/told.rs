//! What a person is told of something that was decided here for the care platform: one of four things.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DeliveryLine, DeliveryState, Item, LastAttempt, Outbox};
use crate::domain::association::IdempotencyKey;
use crate::domain::patient::{Patient, PatientId};
use crate::domain::reading::Reading;
use crate::domain::text::Clean;

/// How what was decided stands at the care platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryStanding {
    /// It is in the record there.
    InTheRecord,
    /// It was in the record there already.
    AlreadyThere,
    /// It is safe here and waits for the platform.
    Waits {
        /// When it was decided.
        since: Timestamp,
        /// Why it is not there.
        because: WaitsBecause,
    },
    /// The meter is this person's there: what was decided here is taken back.
    OwnedBy(PatientId),
    /// Somebody undid it: the readings are in nobody's record here, and wait.
    Undone,
}

/// How many readings of an upload never go into a record at a platform: those that no number uses. Control tests are no
/// person's, and a time or a value that is in doubt here would count there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFromPlatform {
    /// They.
    pub kept: u32,
    /// All readings of the upload.
    pub all: u32,
}

impl KeptFromPlatform {
    /// Of these readings.
    pub fn of<'a>(readings: impl IntoIterator<Item = &'a Reading>) -> Self {
        readings.into_iter().fold(Self::default(), |Self { kept, all }, reading| Self {
            kept: kept.saturating_add(u32::from(!reading.is_for_records())),
            all: all.saturating_add(1),
        })
    }

    /// Whether a platform gets none of them.
    #[must_use]
    pub const fn is_all(self) -> bool {
        self.all > 0 && self.kept == self.all
    }
}

/// What is said to whoever follows a delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowedDelivery {
    /// How it stands; nothing if no platform is told of it.
    pub standing: Option<DeliveryStanding>,
    /// Who has the meter, if it is somebody else's and the platform tells who they are.
    pub owner: Option<Box<Patient>>,
    /// What of it is no part of that.
    pub kept: KeptFromPlatform,
}

/// Why something waits for the care platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitsBecause {
    /// It was not its turn yet.
    NotSentYet,
    /// It is being sent.
    UnderWay,
    /// The platform did not answer, for this reason; it is sent again.
    Unanswered(Clean),
    /// The platform wanted it later, for this reason.
    PutOff(Clean),
    /// The platform does not let whoever is signed in do it, for this reason; it is sent again, and when somebody signs
    /// in.
    NotAllowed(Clean),
    /// The platform does not take it, for this reason. A person must look.
    Refused(Clean),
    /// A claim that it builds on was refused, for this reason. A person must look.
    Behind(Clean),
    /// The platform has it in another person's record, since a merger was taken back. A person must put that right.
    Misplaced,
    /// The same, but whether it arrived is not known: no answer came. A person must look, and put it right.
    PerhapsMisplaced,
    /// Something of the same meter is in another person's record there, or may be. A person must put that right.
    BehindMisplaced,
}

impl WaitsBecause {
    /// Whether nothing comes of it before a person has looked at this very thing.
    #[must_use]
    pub const fn needs_a_person(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Misplaced | Self::PerhapsMisplaced)
    }
}

impl DeliveryStanding {
    /// Whether there is no more to be told until time passes or a person does something.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        !matches!(self, Self::Waits { because: WaitsBecause::NotSentYet | WaitsBecause::UnderWay, .. })
    }
}

impl Outbox {
    /// What is told of these items, which were decided at once; nothing without any. They count as already there only
    /// if the platform recorded none of them, as far as is known.
    #[must_use]
    pub fn told(&self, keys: &[IdempotencyKey]) -> Option<DeliveryStanding> {
        let items: Vec<(usize, &Item)> =
            self.items.iter().enumerate().filter(|(_, item)| keys.contains(&item.key)).collect();
        let (_, first) = items.first()?;
        let owner = items.iter().find_map(|(_, item)| match &item.state {
            DeliveryState::Withdrawn(owner) => Some(owner.clone()),
            _ => None,
        });
        if let Some(owner) = owner {
            return Some(DeliveryStanding::OwnedBy(owner));
        }
        let waiting = items.iter().find(|(_, item)| !item.state.is_final());
        Some(match waiting {
            Some((place, item)) => {
                let claims: Vec<&Item> = self.builds_on(*place).collect();
                DeliveryStanding::Waits { since: first.since, because: waits_because(item, &claims) }
            }
            None if items.iter().any(|(_, item)| item.is_recorded_by_this()) => DeliveryStanding::InTheRecord,
            None => DeliveryStanding::AlreadyThere,
        })
    }

    /// What the platform has not recorded and is to record, and why not, oldest first.
    #[must_use]
    pub fn waiting(&self) -> Vec<(&Item, WaitsBecause)> {
        // One pass over all of them: after a day without a server there are many.
        let mut claims: BTreeMap<&DeliveryLine, Vec<&Item>> = BTreeMap::new();
        let mut waiting = Vec::new();
        for item in self.items.iter().filter(|item| !item.state.is_final()) {
            let of_line = claims.entry(&item.line).or_default();
            waiting.push((item, waits_because(item, of_line)));
            if item.is_built_on() {
                of_line.push(item);
            }
        }
        waiting
    }
}

/// Why an item waits that builds on these.
fn waits_because(item: &Item, claims: &[&Item]) -> WaitsBecause {
    match &item.state {
        DeliveryState::Refused(why) => return WaitsBecause::Refused(why.clone()),
        DeliveryState::Misplaced(_) if item.was_recorded() => return WaitsBecause::Misplaced,
        DeliveryState::Misplaced(_) => return WaitsBecause::PerhapsMisplaced,
        _ => {}
    }
    // Before what came of its own attempts: until a person has looked at the claim, neither time
    // nor network changes anything, and to say so would have somebody wait.
    let stopped = claims.iter().find_map(|claim| match &claim.state {
        DeliveryState::Refused(why) => Some(WaitsBecause::Behind(why.clone())),
        DeliveryState::Misplaced(_) => Some(WaitsBecause::BehindMisplaced),
        _ => None,
    });
    let claim = || claims.iter().find(|claim| !claim.state.is_final());
    match stopped {
        Some(because) => because,
        // The claim that it builds on may be what waits.
        None => why_sent_again(item)
            .or_else(|| claim().and_then(|claim| why_sent_again(claim)))
            .or_else(|| (item.last == Some(LastAttempt::UnderWay)).then_some(WaitsBecause::UnderWay))
            .unwrap_or(WaitsBecause::NotSentYet),
    }
}

/// Why an item is sent again, if what came of its last attempt says so.
fn why_sent_again(item: &Item) -> Option<WaitsBecause> {
    match item.last.as_ref()? {
        LastAttempt::Unanswered(why) => Some(WaitsBecause::Unanswered(why.clone())),
        LastAttempt::PutOff(why) => Some(WaitsBecause::PutOff(why.clone())),
        LastAttempt::NotAllowed(why) => Some(WaitsBecause::NotAllowed(why.clone())),
        LastAttempt::UnderWay
        | LastAttempt::Recorded
        | LastAttempt::AlreadyThere
        | LastAttempt::TakenBackBut(_)
        | LastAttempt::Refused => None,
    }
}
