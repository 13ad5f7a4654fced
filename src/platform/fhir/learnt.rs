//! What was found out of a server by trying, and is kept in the store, so that it is not tried again at each start: in
//! which way it takes readings, whether it takes time stamps beside them, and whether it takes back what was done when
//! a later part fails.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::super::apart;
use super::capabilities::Capabilities;
use crate::domain::delivery::BundleSize;
use crate::store::Store;

/// A way in which readings are written, from the quickest to the one that every server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryWay {
    /// Transactions of a hundred.
    Transaction,
    /// Transactions of eight: so many conditions are taken where more need too strict an isolation. Medplum refuses the
    /// ninth entry.
    SmallTransaction,
    /// Batches of fifty, each entry by itself.
    Batch,
    /// Transactions of one entry, in which no server was seen to double what is sent twice at once.
    SingleTransaction,
    /// Creates of one resource with a condition in a header.
    Create,
    /// Creates of one resource without a condition, each looked for before.
    SearchFirst,
}

impl DeliveryWay {
    /// All ways, in the order in which they are tried.
    pub(super) const ALL: [Self; 6] = [
        Self::Transaction,
        Self::SmallTransaction,
        Self::Batch,
        Self::SingleTransaction,
        Self::Create,
        Self::SearchFirst,
    ];

    /// The way that is tried first at a server that says this of itself.
    pub(super) fn first(said: &Capabilities) -> Self {
        // A server that says nothing of itself is begun with the quickest: it goes down from there.
        if !said.denies_transactions() {
            Self::Transaction
        } else if said.offers_batches() {
            Self::Batch
        } else {
            Self::Create
        }
    }

    /// How many readings go at once.
    #[must_use]
    pub const fn at_once(self) -> usize {
        match self {
            Self::Transaction => 100,
            Self::SmallTransaction => 8,
            Self::Batch | Self::SearchFirst => 50,
            Self::SingleTransaction | Self::Create => 1,
        }
    }

    /// The way that is tried where this one is refused.
    pub(super) fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|way| *way > self)
    }
}

/// What was found out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Learnt {
    /// What the server said of its software then: another version may do otherwise.
    pub(super) software: String,
    /// The way in which it took readings.
    pub(super) way: Option<DeliveryWay>,
    /// Whether it takes back what was done when a later entry of a transaction fails.
    pub(super) rolls_back: Option<bool>,
    /// Whether it took what the clocks showed when a meter was read. Until that is known, that goes alone: refused
    /// among readings, it would send them down the ladder of ways.
    pub(super) takes_time_stamps: bool,
    /// How many resources go at once, since one answer or more came too late.
    pub(super) bundles: BundleSize,
}

/// What is known of one server.
pub(super) struct ServerMemory {
    base: String,
    store: Arc<Store>,
    known: Mutex<Option<Learnt>>,
}

impl ServerMemory {
    /// Of the server at this address; nothing is looked up yet.
    pub(super) fn of(base: String, store: Arc<Store>) -> Self {
        Self { base, store, known: Mutex::new(None) }
    }

    /// What was found out of the server that says this of its software; of another version nothing is known. Where it
    /// was not heard, it is taken for the one that it was.
    pub(super) async fn learnt(&self, software: Option<&str>) -> Learnt {
        let mut known = self.known.lock().await;
        let kept = match known.take() {
            Some(kept) => kept,
            // What cannot be read is found out again.
            None => self.look_up().await.unwrap_or_default(),
        };
        let kept = match software {
            Some(software) if kept.software != software => {
                Learnt { software: software.to_owned(), ..Learnt::default() }
            }
            _ => kept,
        };
        known.insert(kept).clone()
    }

    /// How many resources go at once, where a server would take so many.
    pub(super) async fn at_once(&self, taken: usize) -> usize {
        self.known.lock().await.as_ref().map_or(BundleSize::default(), |known| known.bundles).at_once(taken)
    }

    async fn look_up(&self) -> Option<Learnt> {
        let (store, base) = (Arc::clone(&self.store), self.base.clone());
        let kept = apart(move || store.learnt(&base)).await.ok()??;
        serde_json::from_str(&kept).ok()
    }

    /// Notes something more. What cannot be kept is found out again at the next start.
    pub(super) async fn note(&self, change: impl FnOnce(&mut Learnt)) {
        let mut known = self.known.lock().await;
        let mut learnt = known.clone().unwrap_or_default();
        change(&mut learnt);
        // Each parcel notes how many went at once, and mostly nothing is new in that.
        if known.as_ref() != Some(&learnt)
            && let Ok(text) = serde_json::to_string(&learnt)
        {
            let (store, base) = (Arc::clone(&self.store), self.base.clone());
            let _ = apart(move || store.learn(&base, &text)).await;
        }
        *known = Some(learnt);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
    }

    #[test]
    fn what_was_found_out_is_known_after_a_restart_until_the_server_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(folder.path()).unwrap());
        let memory = || ServerMemory::of("https://h.example".to_owned(), Arc::clone(&store));
        let first = memory();
        assert_eq!(wait(first.learnt(Some("A 1"))), Learnt { software: "A 1".to_owned(), ..Learnt::default() });
        wait(first.note(|learnt| learnt.way = Some(DeliveryWay::Batch)));
        wait(first.note(|learnt| learnt.rolls_back = Some(false)));
        let known = Learnt {
            software: "A 1".to_owned(),
            way: Some(DeliveryWay::Batch),
            rolls_back: Some(false),
            ..Learnt::default()
        };
        assert_eq!(wait(first.learnt(Some("A 1"))), known);
        assert_eq!(wait(memory().learnt(Some("A 1"))), known);
        assert_eq!(wait(memory().learnt(None)), known, "it was not heard");
        assert_eq!(wait(memory().learnt(Some("A 2"))), Learnt { software: "A 2".to_owned(), ..Learnt::default() });
        store.learn("https://h.example", "not JSON").unwrap();
        assert_eq!(wait(memory().learnt(Some("A 1"))).way, None);
    }

    #[test]
    fn every_way_has_another_behind_it_but_the_last() {
        let mut ways = vec![DeliveryWay::Transaction];
        while let Some(next) = ways.last().and_then(|way| way.next()) {
            ways.push(next);
        }
        assert_eq!(ways, DeliveryWay::ALL);
    }
}
