//! Asks the care platform about somebody who was noted as a new patient while it did not answer, and has them created
//! there: of all programs on a store one at a time, and what happens is kept before the next is asked.

use std::time::Duration;

use super::super::noted;
use super::Backend;
use super::calls::{CallTag, CallThread};
use super::remote::Remote;
use crate::app::effect::NotedTask;
use crate::app::event::EffectResult;
use crate::domain::association::IdempotencyKey;
use crate::domain::clinic::Actor;
use crate::domain::noted_person::{NotedEvent, NotedPerson, NotedQuestion, NotedStanding, WhyUndecided};
use crate::domain::patient::{NewPatient, Patient};
use crate::domain::problem::ProblemCode;
use crate::platform::{CreatedPerson, RemoteError, apart};
use crate::station::{Station, StationError};

/// How long whoever has decided waits for another program that asks about somebody: shorter than any question is
/// waited for, and longer than a server needs for the few questions about one person.
const WHILE_ANOTHER_ASKS: Duration = Duration::from_secs(15);

/// Begins what is asked about somebody who was noted.
pub(super) fn start(
    remote: &mut Remote,
    station: &CallThread<Station>,
    actor: Actor,
    call: CallTag,
    key: IdempotencyKey,
    what: NotedTask,
) {
    let note = |actor: Actor, key: IdempotencyKey, event: NotedEvent| {
        station.ask(call, EffectResult::Noted, move |station| station.note_happened(&actor, &key, event).map(drop));
    };
    match what {
        NotedTask::Note(new) => station
            .ask(call, EffectResult::NotedPerson, move |station| station.note_person(&actor, &new, &key).map(Box::new)),
        NotedTask::Ask => {
            remote.ask_with_station(call, EffectResult::NotedPerson, move |backend, _| ask(backend, actor, key));
        }
        NotedTask::Create(new) => {
            remote.ask_with_station(call, EffectResult::Created, move |backend, _| create(backend, actor, *new, key));
        }
        NotedTask::TakeAs(patient) => note(actor, key, NotedEvent::TakeAs(patient)),
        NotedTask::Drop => note(actor, key, NotedEvent::Drop),
    }
}

/// Asks what is to be asked about somebody until a person must decide or it is known who they are. While another
/// program asks, they are told as they stand.
async fn ask(backend: Backend, actor: Actor, key: IdempotencyKey) -> Result<Box<NotedPerson>, RemoteError> {
    let about = AboutNoted { backend, actor, key };
    // Held to the end: two programs that ask about one person could make them twice.
    let Some(_alone) = about.at_the_station(|station, _, _| station.noted_lock()).await? else {
        return about.person().await.map(Box::new);
    };
    loop {
        let person = about.person().await?;
        match person.standing.question() {
            None => return Ok(Box::new(person)),
            // Before anything else: nothing was heard of an attempt that may have made them, and
            // another one would make them twice.
            Some(NotedQuestion::WasCreated) => {
                if let Some(created) = about.was_created().await? {
                    alone(created)?;
                }
            }
            Some(NotedQuestion::WhoIsAlike) => {
                let found = about.backend.platform.directory.look_alikes(&about.actor, &person.new).await?;
                // Those known here are some of all. Nobody is created because nobody alike is among
                // them.
                if found.known_only {
                    return Err(RemoteError::Unreachable("only those known here could be compared".into()));
                }
                if found.alike.is_empty() {
                    match about.create(&person.new).await {
                        Ok(_) => {}
                        // What it said stands with them: a person must decide.
                        Err(error) if refused(&error).is_some() => {}
                        Err(error) => return Err(error),
                    }
                } else {
                    about.happened(NotedEvent::MustDecide(WhyUndecided::Alike)).await?;
                }
            }
        }
    }
}

/// Creates somebody of whom a person has decided that they are nobody of those who are alike. What was typed may have
/// been put right since they were noted.
async fn create(
    backend: Backend,
    actor: Actor,
    new: NewPatient,
    key: IdempotencyKey,
) -> Result<Box<Patient>, RemoteError> {
    let about = AboutNoted { backend, actor, key };
    let _alone = about.at_the_station(|station, _, _| station.noted_lock_within(WHILE_ANOTHER_ASKS)).await?;
    // Read under the lock: another program may have come further while this one waited for it.
    if about.person().await?.standing == NotedStanding::Begun
        && let Some(created) = about.was_created().await?
    {
        return alone(created).map(Box::new);
    }
    about.create(&new).await.map(Box::new)
}

/// Who it is about, who asks, and whom.
struct AboutNoted {
    backend: Backend,
    actor: Actor,
    key: IdempotencyKey,
}

impl AboutNoted {
    /// On a thread of its own: it waits for the disk.
    async fn at_the_station<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Station, &Actor, &IdempotencyKey) -> Result<T, StationError> + Send + 'static,
    ) -> Result<T, RemoteError> {
        let (station, actor, key) = (self.backend.station.clone(), self.actor.clone(), self.key.clone());
        match apart(move || work(&station, &actor, &key)).await {
            Ok(done) => Ok(done),
            Err(StationError::Forbidden(permission)) => Err(RemoteError::Forbidden(permission)),
            Err(StationError::Store(error)) => Err(RemoteError::Store(error)),
        }
    }

    async fn person(&self) -> Result<NotedPerson, RemoteError> {
        self.at_the_station(Station::noted_person).await
    }

    async fn happened(&self, event: NotedEvent) -> Result<(), RemoteError> {
        self.at_the_station(move |station, actor, key| station.note_happened(actor, key, event)).await.map(drop)
    }

    /// Whether an attempt of which nothing was heard has created them.
    async fn was_created(&self) -> Result<Option<CreatedPerson>, RemoteError> {
        let created = self.backend.platform.directory.created(&self.actor, &self.key).await?;
        match &created {
            Some(created) => self.is_created(&created.patient).await?,
            None => self.happened(NotedEvent::NotThere).await?,
        }
        Ok(created)
    }

    /// That it is tried is kept first: if nothing is heard of it, it is asked for before anything else.
    async fn create(&self, new: &NewPatient) -> Result<Patient, RemoteError> {
        self.happened(NotedEvent::Begin).await?;
        match self.backend.platform.directory.create(&self.actor, new, &self.key).await {
            Ok(patient) => {
                self.is_created(&patient).await?;
                Ok(patient)
            }
            // They are there, of which nothing more is to be asked: whoever asked is told that another record is too.
            Err(error @ RemoteError::CreatedBeside) => {
                // What cannot be asked just now is asked before anything else; that there are two is told now.
                let _ = self.was_created().await;
                Err(error)
            }
            Err(error) => {
                if let Some(why) = refused(&error) {
                    // What it refused may have been the last question, after it had created them.
                    if let Some(created) = self.was_created().await? {
                        return alone(created);
                    }
                    self.happened(NotedEvent::MustDecide(why)).await?;
                }
                Err(error)
            }
        }
    }

    /// Whoever asked finds them among their recent patients.
    async fn is_created(&self, patient: &Patient) -> Result<(), RemoteError> {
        noted::created(&self.actor, patient);
        self.happened(NotedEvent::Created(patient.id.clone())).await?;
        let patient = patient.clone();
        self.at_the_station(move |station, actor, _| station.remember(actor, &patient)).await
    }
}

/// Whoever was created, unless another record has the same identifier: a person is told of that one too, though the
/// answer that would have said so was lost.
fn alone(created: CreatedPerson) -> Result<Patient, RemoteError> {
    if created.is_beside { Err(RemoteError::CreatedBeside) } else { Ok(created.patient) }
}

/// Why the platform has created nobody, if it said so; nothing where that is not known.
fn refused(error: &RemoteError) -> Option<WhyUndecided> {
    match (error, error.problem().code) {
        (RemoteError::Conflict(_), _) | (_, ProblemCode::IdentifierTaken | ProblemCode::SamePerson) => {
            Some(WhyUndecided::Alike)
        }
        (RemoteError::Refused(_), _) => Some(WhyUndecided::NotTaken),
        _ => None,
    }
}
