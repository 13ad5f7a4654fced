//! Who was noted as a new patient while the care platform did not answer: once it does, it is asked about them one
//! after the other. Nobody waits for it: what comes of it stands in the list of what is left to be done, and is told in
//! passing.

use jiff::{SignedDuration, Timestamp};

use super::asked::Asked;
use super::effect::Ticket;
use crate::domain::association::IdempotencyKey;
use crate::domain::noted_person::NotedPerson;
use crate::domain::problem::{Problem, ProblemCode};

/// When it is asked again about somebody about whom another program on the data folder was asking, or of whom what came
/// could not be read: as soon as a search that was not answered.
const AGAIN: SignedDuration = SignedDuration::from_secs(10);

/// Who was noted, and about whom the platform is asked.
#[derive(Debug, Clone, Default)]
pub struct NotedPeople {
    /// Everybody of whom it is not known yet who they are; loaded with the uploads that wait.
    pub people: Vec<NotedPerson>,
    /// About whom it was asked since it answers: what else it said than an answer, it would say again.
    tried: Vec<IdempotencyKey>,
    /// About whom it did not answer last: the others go first, so that one whom it cannot tell of holds nobody up.
    unanswered: Option<IdempotencyKey>,
    /// Nobody is asked about before this.
    not_before: Option<Timestamp>,
    /// The question that is open.
    asking: Asked<()>,
}

impl NotedPeople {
    /// How many wait for the platform, and about how many a person must decide.
    #[must_use]
    pub fn waiting_and_to_decide(&self) -> (usize, usize) {
        let waiting = self.people.iter().filter(|person| person.standing.question().is_some()).count();
        (waiting, self.people.len() - waiting)
    }

    /// The platform answers again: everybody is asked about.
    pub(super) fn ask_anew(&mut self) {
        self.tried.clear();
        self.not_before = None;
    }

    /// The same in another sign-in, which waits for nothing that was asked in the one before.
    pub(super) fn go_on(&mut self) {
        self.ask_anew();
        self.asking = Asked::Idle;
    }

    /// Whether this was asked, and what came of it is known at this time.
    pub(super) fn take(&mut self, ticket: Ticket, asked: &Result<Box<NotedPerson>, Problem>, at: Timestamp) -> bool {
        if !self.asking.waits_for(ticket) {
            return false;
        }
        self.asking = Asked::Idle;
        match asked {
            Ok(person) => {
                if let Some(known) = self.people.iter_mut().find(|known| known.key == person.key) {
                    known.clone_from(person);
                }
                self.people.retain(|person| person.standing.is_open());
                // Another program asks about somebody. It may be stopped before it has an answer.
                if person.standing.question().is_some() {
                    self.put_off(at);
                }
            }
            // It is asked again as soon as that can help.
            Err(problem) if problem.code == ProblemCode::PlatformUnreachable => self.unanswered = self.tried.pop(),
            // It is of the moment, as a page for signing in to a network is.
            Err(problem) if problem.code == ProblemCode::PlatformUnreadable => self.put_off(at),
            Err(_) => {}
        }
        true
    }

    /// Whoever was asked about last is asked about again, behind the others.
    fn put_off(&mut self, at: Timestamp) {
        self.unanswered = self.tried.pop();
        self.not_before = at.checked_add(AGAIN).ok();
    }

    /// From when on it is to be asked about somebody; nothing without anybody, and while something is asked.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let is_due = !self.asking.is_waiting() && self.next().is_some();
        is_due.then(|| self.not_before.unwrap_or(Timestamp::MIN))
    }

    /// Takes note that this question is about the next one, and gives who that is.
    pub(super) fn begin(&mut self, ticket: Ticket) -> Option<IdempotencyKey> {
        // One at a time: what `take` finds last in the list of those who were tried is who was
        // asked about.
        let key = self.next()?.clone();
        self.asking = Asked::Waiting(ticket);
        self.tried.push(key.clone());
        Some(key)
    }

    fn next(&self) -> Option<&IdempotencyKey> {
        let is_waiting = |person: &&NotedPerson| person.standing.question().is_some();
        let untried = |person: &&NotedPerson| !self.tried.contains(&person.key);
        let waiting = || self.people.iter().filter(is_waiting).filter(untried).map(|person| &person.key);
        // Last, and not never: where they are alone they are asked about all the same.
        waiting().find(|key| self.unanswered.as_ref() != Some(key)).or_else(|| waiting().next())
    }
}
