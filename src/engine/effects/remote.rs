//! Questions to the care platform, on one network thread. Many are under way at once, so that a slow one delays no
//! other; each has a deadline, and what nobody waits for any more is given up.

use std::collections::BTreeMap;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::super::engine_event::{EngineEvent, Mailbox};
use super::super::noted;
use super::super::panics::{self, contain_polls};
use super::calls::CallTag;
use super::delivery::Courier;
use super::{Backend, Now};
use crate::app::effect::Ticket;
use crate::app::event::EffectResult;
use crate::domain::problem::Problem;
use crate::platform::{Platform, RemoteError};

/// On how many threads something blocks at once (the store, a sign-in, the resolver): some more than one person can
/// wait for, and few enough that typing a long name does not start a thread for each letter. What has no thread yet
/// when it is given up is never begun.
const MOST_BLOCKING: usize = 8;

/// What comes of a question.
type Asking = Pin<Box<dyn Future<Output = EffectResult> + Send>>;

/// A question.
struct Question {
    tag: CallTag,
    ask: Box<dyn FnOnce(Backend) -> Asking + Send>,
    /// Wraps why there is no answer.
    failed: Box<dyn FnOnce(Problem) -> EffectResult + Send>,
    /// Is told when it is given up.
    given_up: oneshot::Receiver<()>,
}

/// The thread, and how to talk to it.
pub(super) struct Remote {
    questions: Option<UnboundedSender<Question>>,
    /// Tells each question that was not answered yet that it is given up.
    unanswered: BTreeMap<Ticket, oneshot::Sender<()>>,
    abandoned: watch::Sender<bool>,
    bell: Arc<Notify>,
    /// Set when what the platform did not answer is to be delivered now.
    is_hurried: Arc<AtomicBool>,
    moved: watch::Sender<bool>,
    gone: Receiver<()>,
    mailbox: Mailbox,
}

impl Remote {
    /// Starts the thread. An answer is waited for until the deadline. Questions wait until the platform comes; if none
    /// does, the program is at its end, and nobody waits for answers.
    pub(super) fn start(opened: oneshot::Receiver<Backend>, now: Now, deadline: Duration, mailbox: Mailbox) -> Self {
        let (put, questions) = unbounded_channel();
        let (alive, gone) = channel();
        let (abandoned, abandon) = watch::channel(false);
        let bell = Arc::new(Notify::new());
        let moved = watch::Sender::new(false);
        let is_hurried = Arc::new(AtomicBool::new(false));
        let lane = Lane {
            questions,
            abandon,
            now,
            deadline,
            bell: Arc::clone(&bell),
            is_hurried: Arc::clone(&is_hurried),
            moved: moved.clone(),
            mailbox: mailbox.clone(),
        };
        // Made here, so that without it every question is answered, as without a thread.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(MOST_BLOCKING)
            .on_thread_start(panics::contain_thread)
            .build();
        let started = runtime.and_then(|runtime| {
            let work = move || lane.run(runtime, opened, alive);
            std::thread::Builder::new().name("platform".to_owned()).spawn(work)
        });
        let unanswered = BTreeMap::new();
        Self {
            questions: started.is_ok().then_some(put),
            unanswered,
            abandoned,
            bell,
            is_hurried,
            moved,
            gone,
            mailbox,
        }
    }

    /// Asks.
    pub(super) fn ask<T, Work>(
        &mut self,
        tag: CallTag,
        wrap: fn(Result<T, Problem>) -> EffectResult,
        work: impl FnOnce(Platform) -> Work + Send + 'static,
    ) where
        T: 'static,
        Work: Future<Output = Result<T, RemoteError>> + Send + 'static,
    {
        self.put(tag, wrap, move |backend| work(backend.platform));
    }

    /// Asks what takes both the platform and the station, and hears of every attempt to deliver.
    pub(super) fn ask_with_station<T, Work>(
        &mut self,
        tag: CallTag,
        wrap: fn(Result<T, Problem>) -> EffectResult,
        work: impl FnOnce(Backend, watch::Receiver<bool>) -> Work + Send + 'static,
    ) where
        T: 'static,
        Work: Future<Output = Result<T, RemoteError>> + Send + 'static,
    {
        let moved = self.moved.subscribe();
        self.put(tag, wrap, move |backend| work(backend, moved));
    }

    fn put<T, Work>(
        &mut self,
        tag: CallTag,
        wrap: fn(Result<T, Problem>) -> EffectResult,
        work: impl FnOnce(Backend) -> Work + Send + 'static,
    ) where
        T: 'static,
        Work: Future<Output = Result<T, RemoteError>> + Send + 'static,
    {
        let (stop, given_up) = oneshot::channel();
        self.unanswered.insert(tag.ticket, stop);
        let ask = Box::new(move |backend| {
            let asking = async move {
                wrap(work(backend).await.map_err(|error| noted::failed(tag.name, error.problem(), &error)))
            };
            Box::pin(asking) as Asking
        });
        let question = Question { tag, ask, failed: Box::new(move |problem| wrap(Err(problem))), given_up };
        let left = match &self.questions {
            Some(questions) => questions.send(question).err().map(|error| error.0),
            None => Some(question),
        };
        if let Some(Question { failed, .. }) = left {
            let answer = failed(noted::no_answer(tag.name, "the thread that would ask is not running"));
            self.mailbox.put(EngineEvent::EffectDone { ticket: tag.ticket, answer: Some(answer) });
        }
    }

    /// Gives a question up. It is answered all the same, by that or, if it was too late, by what came.
    pub(super) fn give_up(&mut self, ticket: Ticket) {
        if let Some(give_up) = self.unanswered.remove(&ticket) {
            // It was answered meanwhile if nobody hears this.
            let _ = give_up.send(());
        }
    }

    /// An answer was handled.
    pub(super) fn answered(&mut self, ticket: Ticket) {
        self.unanswered.remove(&ticket);
    }

    /// What the platform did not answer is delivered now.
    pub(super) fn hurry(&self) {
        self.is_hurried.store(true, Ordering::Relaxed);
        self.bell.notify_one();
    }

    /// Rings when the station has decided something that the platform is to be told.
    pub(super) fn bell(&self) -> Arc<Notify> {
        Arc::clone(&self.bell)
    }

    /// Lets what was asked be answered, for at most `limit`; true if it was.
    pub(super) fn finish(&mut self, limit: Duration) -> bool {
        self.questions = None;
        self.is_gone(limit)
    }

    /// Gives up everything, asked or not.
    pub(super) fn abandon(&mut self) {
        self.abandoned.send_replace(true);
        self.questions = None;
    }

    /// Whether the thread has ended, at most `limit` later.
    pub(super) fn is_gone(&self, limit: Duration) -> bool {
        matches!(self.gone.recv_timeout(limit), Err(RecvTimeoutError::Disconnected))
    }
}

/// What the thread holds.
struct Lane {
    questions: UnboundedReceiver<Question>,
    abandon: watch::Receiver<bool>,
    now: Now,
    deadline: Duration,
    bell: Arc<Notify>,
    is_hurried: Arc<AtomicBool>,
    moved: watch::Sender<bool>,
    mailbox: Mailbox,
}

impl Lane {
    fn run(mut self, runtime: Runtime, opened: oneshot::Receiver<Backend>, alive: Sender<()>) {
        let mut abandon = self.abandon.clone();
        runtime.block_on(async {
            tokio::select! {
                biased;
                _ = abandon.wait_for(|is_abandoned| *is_abandoned) => {}
                () = self.ask(opened) => {}
            }
        });
        // The platform is closed at its end, before anybody hears that the thread is gone.
        drop(runtime);
        drop(self);
        drop(alive);
    }

    /// Asks until no more questions come and all are answered, and carries meanwhile what is to be delivered.
    async fn ask(&mut self, opened: oneshot::Receiver<Backend>) {
        let Ok(backend) = opened.await else { return };
        let lane = Courier {
            backend: backend.clone(),
            now: Arc::clone(&self.now),
            deadline: self.deadline,
            stop: Notify::new(),
            bell: Arc::clone(&self.bell),
            is_hurried: Arc::clone(&self.is_hurried),
            was_silent: AtomicBool::new(false),
            moved: self.moved.clone(),
            mailbox: self.mailbox.clone(),
        };
        // It has no end of its own: it goes on while questions are waited for here, and stops where
        // it is dropped.
        let mut delivery = pin!(lane.carry());
        let mut under_way = JoinSet::new();
        loop {
            tokio::select! {
                question = self.questions.recv() => match question {
                    Some(question) => {
                        let (backend, mailbox) = (backend.clone(), self.mailbox.clone());
                        // A task of its own: one that waits half a minute for a server holds up no
                        // other.
                        under_way.spawn(answer(question, backend, self.deadline, mailbox));
                    }
                    None => break,
                },
                // Taken out as they end: the set would grow with each letter that is searched for.
                Some(_) = under_way.join_next() => {}
                () = &mut delivery => {}
            }
        }
        // Nothing is carried any more, and whoever follows it is told how it stands.
        self.moved.send_replace(true);
        while under_way.join_next().await.is_some() {}
    }
}

/// Asks one question, and puts its one answer into the mailbox.
async fn answer(question: Question, backend: Backend, deadline: Duration, mailbox: Mailbox) {
    let Question { tag: CallTag { name, ticket }, ask, failed, given_up } = question;
    let given_up = async {
        // At the end of the program nobody gives anything up any more, and what is under way is finished.
        if given_up.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    // For whatever never comes back. A server's own limit (`timeout_seconds` of the settings) is
    // usually shorter, and its answer says more of why.
    let asking = timeout(deadline, contain_polls(async move { ask(backend).await }));
    let answer = tokio::select! {
        biased;
        // Before an answer that is there as well: what a search found after it was given up is
        // nobody's any more.
        () = given_up => None,
        asked = asking => Some(match asked {
            Ok(Ok(answer)) => answer,
            // Whether what was asked for was done is unknown, as when a platform does not answer.
            Ok(Err(panic)) => failed(noted::no_answer(name, &panic.to_string())),
            Err(_) => failed(noted::no_answer(name, &format!("no answer within {} s", deadline.as_secs()))),
        }),
    };
    mailbox.put(EngineEvent::EffectDone { ticket, answer });
}

#[cfg(test)]
mod tests {
    use super::super::super::engine_event::mailbox;
    use super::super::super::test_surroundings::{TestPlatform, backend, clock, now};
    use super::*;
    use crate::domain::problem::ProblemCode;

    fn hanging(deadline: Duration) -> (Remote, super::super::super::engine_event::Inbox) {
        let (put, inbox) = mailbox();
        let (opened, platform) = oneshot::channel();
        let mut remote = Remote::start(platform, now(&clock()), deadline, put);
        assert!(opened.send(backend(&Arc::new(TestPlatform::default()))).is_ok());
        remote.ask(CallTag { name: "search_patients", ticket: Ticket(1) }, EffectResult::Found, |_| {
            std::future::pending()
        });
        (remote, inbox)
    }

    #[test]
    fn a_question_without_an_answer_ends_at_its_deadline() {
        let (mut remote, mut inbox) = hanging(Duration::ZERO);
        let Some(EngineEvent::EffectDone { ticket: Ticket(1), answer: Some(EffectResult::Found(Err(problem))) }) =
            inbox.blocking_next()
        else {
            panic!("no problem")
        };
        assert_eq!(problem.code, ProblemCode::PlatformUnreachable);
        assert_eq!(problem.detail.as_str(), "no answer within 0 s");
        assert!(remote.finish(Duration::from_mins(1)));
    }

    #[test]
    fn what_is_abandoned_is_not_waited_for() {
        let (mut remote, mut inbox) = hanging(Duration::MAX);
        remote.abandon();
        assert!(remote.is_gone(Duration::from_mins(1)));
        assert!(inbox.try_next().is_none(), "nobody waits for an answer");
    }
}
