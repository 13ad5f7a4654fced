//! Carries what the station has decided to the care platform, one parcel after the other, beside everything else. It
//! wakes when something was decided, when somebody signed in, when an item is due again, and otherwise not at all. What
//! fails here nobody waits for: the log is told, and whoever is there if the store cannot be written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

use super::super::engine_event::{EngineEvent, Mailbox, mailbox};
use super::super::noted;
use super::super::panics::contain_polls;
use super::{Backend, DEADLINE, Now};
use crate::domain::association::IdempotencyKey;
use crate::domain::delivery::{Errand, Jitter, Next, Outcome, Parcel};
use crate::domain::problem::{Problem, ProblemCode};
use crate::platform::{SignsOfLife, apart};
use crate::station::{Station, StationError};

/// When the outbox is looked at again that could not be read or written: the store may be locked for as long as another
/// program writes.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// When the outbox is looked at again that another program carries: it holds it for one item at a time.
const LET_ANOTHER_GO_ON: Duration = Duration::from_secs(1);

/// Whoever carries.
pub struct Courier {
    /// From where, and to where.
    pub(super) backend: Backend,
    /// Tells when an item is due.
    pub(super) now: Now,
    /// How long it is waited for whether somebody has to sign in, and after [`Courier::stop`] for a parcel.
    pub(super) deadline: Duration,
    /// Is rung when no more is to be carried.
    pub(super) stop: Notify,
    /// Is rung when something was decided or somebody signed in.
    pub(super) bell: Arc<Notify>,
    /// Set when what the platform did not answer is to be delivered now; with the bell.
    pub(super) is_hurried: Arc<AtomicBool>,
    /// Whether the last attempt was not answered.
    pub(super) was_silent: AtomicBool,
    /// Changes with every attempt; true once the program ends.
    pub(super) moved: watch::Sender<bool>,
    /// Where the app hears of it.
    pub(super) mailbox: Mailbox,
}

/// What came of a look at the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// This item was carried; what came of that is noted.
    One(IdempotencyKey),
    /// Nothing is due before this time.
    NothingBefore(Timestamp),
    /// Nothing can be carried until something is decided or somebody signs in.
    Nothing,
    /// Another program carries just now.
    ByAnother,
    /// The outbox could not be read or written, for this reason. What was carried is due again, under the same key.
    NotKept(Problem),
}

impl Courier {
    /// One that carries for a command, of which nobody hears.
    #[must_use]
    pub fn new(backend: Backend, now: Now) -> Self {
        let (moved, (mailbox, _)) = (watch::Sender::new(false), mailbox());
        Self {
            backend,
            now,
            deadline: DEADLINE,
            stop: Notify::new(),
            bell: Arc::default(),
            is_hurried: Arc::default(),
            was_silent: AtomicBool::new(false),
            moved,
            mailbox,
        }
    }

    /// What is under way comes to its end within the time of an answer: a parcel that would take longer is left, and
    /// noted as one of which it is not known how much has arrived.
    pub fn stop(&self) {
        self.stop.notify_one();
    }

    /// Carries for ever. What is under way when this is dropped is carried again: whether it arrived is not known.
    pub(super) async fn carry(self) {
        loop {
            match self.carry_one().await {
                Carried::One(_) => {}
                Carried::NothingBefore(when) => {
                    let wait = when.duration_since((self.now)().timestamp());
                    self.rest_at_most(Duration::try_from(wait).unwrap_or_default()).await;
                }
                Carried::Nothing => {
                    // What is decided meanwhile goes first.
                    tokio::select! {
                        biased;
                        () = self.bell.notified() => {}
                        () = self.announce_and_rest() => {}
                    }
                }
                Carried::ByAnother => self.rest_at_most(LET_ANOTHER_GO_ON).await,
                Carried::NotKept(problem) => {
                    self.tell(problem);
                    self.rest_at_most(LOOK_AGAIN).await;
                }
            }
        }
    }

    /// Carries what is due first, if anything is, and nobody else carries meanwhile.
    pub async fn carry_one(&self) -> Carried {
        let at = (self.now)().timestamp();
        if self.is_hurried.swap(false, Ordering::Relaxed)
            && let Err(problem) = self.at_the_station("hurry", move |station| station.hurry(at)).await
        {
            return Carried::NotKept(problem);
        }
        // Looked at without the lock: most looks find nothing that is due, and no other program has
        // to wait for them.
        match self.at_the_station("next_due", move |station| station.next_due(at)).await {
            Ok(Next::Send(_)) => {}
            Ok(Next::WaitUntil(when)) => return Carried::NothingBefore(when),
            Ok(Next::Rest) => return Carried::Nothing,
            Err(problem) => return Carried::NotKept(problem),
        }
        // An attempt without anybody's token would be put off each time, and longer each time.
        let record = Arc::clone(&self.backend.platform.record);
        let waits_for_sign_in = contain_polls(async move { record.waits_for_sign_in().await });
        // Where that cannot be found out it is tried all the same: the attempt tells more.
        if timeout(self.deadline, waits_for_sign_in).await.is_ok_and(|waits| waits == Ok(true)) {
            return Carried::Nothing;
        }
        // Held until the outcome is noted, or another program would send the same meanwhile. A
        // plain `_` would let go of it here.
        let _alone = match self.at_the_station("carrier", Station::carrier).await {
            Ok(Some(lock)) => lock,
            Ok(None) => return Carried::ByAnother,
            Err(problem) => return Carried::NotKept(problem),
        };
        // Asked again under the lock: another program may have carried it since.
        match self.at_the_station("next_errand", move |station| station.next_errand(at)).await {
            Ok(Errand::Deliver(parcel)) => {
                let key = parcel.key.clone();
                self.deliver(parcel).await.map_or_else(Carried::NotKept, |()| Carried::One(key))
            }
            Ok(Errand::WaitUntil(when)) => Carried::NothingBefore(when),
            Ok(Errand::Rest) => Carried::Nothing,
            Err(problem) => Carried::NotKept(problem),
        }
    }

    /// One attempt, whose outcome is noted. It may take as long as it goes on: a server may need a second for each of
    /// two thousand readings, and whoever began anew after half a minute would never come to the end. One that gives no
    /// sign of life is left, or everything behind it would wait for it, here and in other programs.
    async fn deliver(&self, parcel: Box<Parcel>) -> Result<(), Problem> {
        let record = Arc::clone(&self.backend.platform.record);
        let (key, patient) = (parcel.key.clone(), parcel.patient.clone());
        let (signs, limit) = (SignsOfLife::default(), record.silent_after());
        let given = signs.clone();
        let delivering = contain_polls(async move { record.deliver(&parcel, &given).await });
        let outcome = tokio::select! {
            biased;
            // First of the two: an outcome that has come counts, whatever else was told at the same
            // moment.
            delivered = delivering => delivered.unwrap_or_else(|panic| Outcome::unanswered(&panic.to_string())),
            () = self.stopped() => Outcome::unanswered("stopped before all of it was delivered"),
            () = silence(&signs, limit) => Outcome::unanswered("given up: it went on no longer"),
        };
        noted::delivered(&patient, &outcome);
        // The first answer after a silence: whatever else it did not answer waits for no time any more.
        if matches!(outcome, Outcome::Unknown(_)) {
            self.was_silent.store(true, Ordering::Relaxed);
        } else if outcome.is_answer() && self.was_silent.swap(false, Ordering::Relaxed) {
            self.is_hurried.store(true, Ordering::Relaxed);
        }
        let at = (self.now)().timestamp();
        let is_lost = matches!(outcome, Outcome::LostRace(_));
        let has_stayed = matches!(outcome, Outcome::TakenBackBut(_));
        // If it cannot be noted, it is due again after a while, under the same key.
        // Without chance every wait is the longest of its kind.
        let jitter = Jitter(getrandom::u32().map_or(u16::MAX, |random| (random >> 16) as u16));
        let note = move |station: &Station| station.note_delivery(&key, outcome, at, jitter);
        let noted = self.at_the_station("note_delivery", note).await;
        // After it was noted: whoever follows it reads how it stands in the store.
        self.moved.send_replace(false);
        if noted? {
            self.mailbox.put(EngineEvent::Delivered { patient, is_lost, has_stayed });
        }
        Ok(())
    }

    /// Tells whoever is there that the store cannot be written. That another program writes for long passes.
    fn tell(&self, problem: Problem) {
        if problem.code == ProblemCode::StoreUnwritable {
            self.mailbox.put(EngineEvent::OutboxNotKept(problem));
        }
    }

    /// Comes when it was told to stop, and a short delivery had the time to end.
    async fn stopped(&self) {
        self.stop.notified().await;
        sleep(self.deadline).await;
    }

    /// Tells others of the meters that wait, where that is wanted, and rests.
    async fn announce_and_rest(&self) {
        let record = Arc::clone(&self.backend.platform.record);
        if record.announces()
            && let Ok(waiting) = self.at_the_station("waiting", Station::waiting).await
        {
            // What is wrong with it is nobody's loss.
            let _ = contain_polls(async move { record.announce(&waiting).await }).await;
        }
        std::future::pending::<()>().await;
    }

    async fn rest_at_most(&self, wait: Duration) {
        tokio::select! {
            () = sleep(wait) => {}
            () = self.bell.notified() => {}
        }
    }

    /// Asks the station on a thread of its own: it waits for the disk, and no answer of the platform waits for that.
    async fn at_the_station<T: Send + 'static>(
        &self,
        call: &'static str,
        ask: impl FnOnce(&Station) -> Result<T, StationError> + Send + 'static,
    ) -> Result<T, Problem> {
        let station = self.backend.station.clone();
        match contain_polls(apart(move || ask(&station))).await {
            Ok(asked) => asked.map_err(|error| noted::failed(call, error.problem(), &error)),
            Err(panic) => Err(noted::no_answer(call, &panic.to_string())),
        }
    }
}

/// Comes when no sign of life was given for so long, and before it was twice as long.
async fn silence(signs: &SignsOfLife, limit: Duration) {
    loop {
        sleep(limit).await;
        // What has come by now counts, also where it is only looked at after this.
        yield_now().await;
        if !signs.were_given() {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
