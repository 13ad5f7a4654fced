//! Somebody who was noted as a new patient while the care platform did not answer. They are no patient: nothing can be
//! assigned to them. Only once the platform has said that nobody is alike, or a person has decided that it is nobody of
//! those who are, one patient is made of them, under the key that was made when they were noted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::association::IdempotencyKey;
use super::patient::{NewPatient, PatientId};

/// Somebody who was noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedPerson {
    /// By which they are told from others, and under which a patient is made of them.
    pub key: IdempotencyKey,
    /// What was typed of them.
    pub new: Box<NewPatient>,
    /// When they were noted.
    pub since: Timestamp,
    /// How it stands with them.
    pub standing: NotedStanding,
}

/// How it stands with somebody who was noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotedStanding {
    /// The platform has not said yet whether somebody is alike.
    Waiting,
    /// The platform was asked to create them, and what came of it is not known.
    Begun,
    /// A person must decide.
    ToDecide(WhyUndecided),
    /// They are this patient.
    Created(PatientId),
    /// Somebody decided that they are this patient, who was there before.
    TakenAs(PatientId),
    /// Somebody took back that they were noted.
    Dropped,
}

/// Why a person must decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyUndecided {
    /// Somebody at the platform is alike, or has their number.
    Alike,
    /// The platform does not take what was typed.
    NotTaken,
}

/// What happens to somebody who was noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotedEvent {
    /// The platform is asked to create them now.
    Begin,
    /// The platform says that nobody was created under their key.
    NotThere,
    /// The platform knows somebody alike, or does not take them: it has created nobody.
    MustDecide(WhyUndecided),
    /// The platform has this patient under their key.
    Created(PatientId),
    /// Somebody decides that they are this patient.
    TakeAs(PatientId),
    /// Somebody takes back that they were noted.
    Drop,
}

/// Why something cannot happen to somebody who was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotedRefusal {
    /// It is decided already who they are.
    Settled,
    /// The platform may have created them: it must say so first.
    Unknown,
}

/// What the platform is asked next about somebody who was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotedQuestion {
    /// Whether a patient was created under their key.
    WasCreated,
    /// Who is alike.
    WhoIsAlike,
}

impl NotedStanding {
    /// Whether something is left to be done.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        match self {
            Self::Waiting | Self::Begun | Self::ToDecide(_) => true,
            Self::Created(_) | Self::TakenAs(_) | Self::Dropped => false,
        }
    }

    /// What the platform is asked next without a person; nothing where a person must decide, or nothing is left.
    #[must_use]
    pub const fn question(&self) -> Option<NotedQuestion> {
        match self {
            Self::Waiting => Some(NotedQuestion::WhoIsAlike),
            Self::Begun => Some(NotedQuestion::WasCreated),
            Self::ToDecide(_) | Self::Created(_) | Self::TakenAs(_) | Self::Dropped => None,
        }
    }

    /// How it stands after this. The same told again changes nothing.
    ///
    /// # Errors
    /// [`NotedRefusal`]; then nothing happens.
    pub fn after(&self, event: NotedEvent) -> Result<Self, NotedRefusal> {
        Ok(match (self, event) {
            (Self::Created(before), NotedEvent::Created(now)) if *before == now => self.clone(),
            (Self::TakenAs(before), NotedEvent::TakeAs(now)) if *before == now => self.clone(),
            (Self::Waiting | Self::ToDecide(_) | Self::Dropped, NotedEvent::Drop) => Self::Dropped,
            (Self::Created(_) | Self::TakenAs(_) | Self::Dropped, _) => return Err(NotedRefusal::Settled),
            // From wherever it stands: an answer that was lost is made up for by asking again, and
            // what the platform has made under the key is so whatever was thought here.
            (_, NotedEvent::Created(patient)) => Self::Created(patient),
            (_, NotedEvent::Begin) => Self::Begun,
            (_, NotedEvent::MustDecide(why)) => Self::ToDecide(why),
            (Self::Begun, NotedEvent::NotThere) => Self::Waiting,
            // A late or a repeated answer, for which nothing waits.
            (Self::Waiting | Self::ToDecide(_), NotedEvent::NotThere) => self.clone(),
            // The platform may have made the patient already. Taken for somebody else now, one
            // person would have two records; dropped, a record that nobody asked for any more.
            (Self::Begun, NotedEvent::TakeAs(_) | NotedEvent::Drop) => return Err(NotedRefusal::Unknown),
            (Self::Waiting | Self::ToDecide(_), NotedEvent::TakeAs(patient)) => Self::TakenAs(patient),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What happens at a station or at the platform.
    #[derive(Debug, Clone, Copy)]
    enum Turn {
        /// The platform is asked what is to be asked, by whichever program; then as many answers come as said, and the
        /// next one is lost, with what it answered done or not.
        Ask { answers: usize, is_done: bool },
        /// Somebody alike comes to the platform, or is gone.
        Alike(bool),
        /// A person decides that it is somebody else, and the platform is asked to create them.
        DecideNew { is_answered: bool, is_done: bool },
        /// A person decides that it is whoever is there.
        DecideThere,
        /// A person takes it back.
        Drop,
    }

    /// The platform: the patients that were made under the key, and whether somebody is alike.
    #[derive(Debug, Default)]
    struct There {
        made: usize,
        is_alike: bool,
    }

    impl There {
        /// As `If-None-Exist` does: under one key one patient.
        fn create(&mut self) -> PatientId {
            self.made = self.made.max(1);
            PatientId("Patient/new".to_owned())
        }
    }

    /// A transaction at the station. What it refuses changes nothing.
    fn note(standing: &mut NotedStanding, event: NotedEvent) -> bool {
        let after = standing.after(event);
        let happened = after.is_ok();
        *standing = after.unwrap_or_else(|_| standing.clone());
        happened
    }

    fn create(standing: &mut NotedStanding, there: &mut There, is_answered: bool, is_done: bool) {
        if !note(standing, NotedEvent::Begin) || !(is_answered || is_done) {
            return;
        }
        let created = there.create();
        if is_answered {
            assert!(note(standing, NotedEvent::Created(created)));
        }
    }

    fn take(turn: Turn, standing: &mut NotedStanding, there: &mut There) {
        match turn {
            Turn::Alike(is_alike) => there.is_alike = is_alike,
            Turn::DecideThere => drop(note(standing, NotedEvent::TakeAs(PatientId("Patient/other".to_owned())))),
            Turn::Drop => drop(note(standing, NotedEvent::Drop)),
            Turn::DecideNew { is_answered, is_done } => {
                if matches!(standing, NotedStanding::ToDecide(_)) {
                    create(standing, there, is_answered, is_done);
                }
            }
            Turn::Ask { answers, is_done } => {
                for answer in 0..=answers {
                    match standing.question() {
                        _ if answer == answers => return,
                        None => return,
                        Some(NotedQuestion::WasCreated) if there.made > 0 => {
                            note(standing, NotedEvent::Created(there.create()));
                        }
                        Some(NotedQuestion::WasCreated) => drop(note(standing, NotedEvent::NotThere)),
                        Some(NotedQuestion::WhoIsAlike) if there.is_alike => {
                            note(standing, NotedEvent::MustDecide(WhyUndecided::Alike));
                        }
                        Some(NotedQuestion::WhoIsAlike) => create(standing, there, answer + 1 < answers, is_done),
                    }
                }
            }
        }
    }

    fn turn() -> impl Strategy<Value = Turn> {
        prop_oneof![
            4 => (0_usize..4, any::<bool>()).prop_map(|(answers, is_done)| Turn::Ask { answers, is_done }),
            2 => any::<bool>().prop_map(Turn::Alike),
            1 => (any::<bool>(), any::<bool>())
                .prop_map(|(is_answered, is_done)| Turn::DecideNew { is_answered, is_done }),
            1 => Just(Turn::DecideThere),
            1 => Just(Turn::Drop),
        ]
    }

    proptest! {
        /// Whatever is lost, asked again or decided meanwhile: one patient at most, none beside another one who was
        /// decided for, and what is settled stays so.
        #[test]
        fn at_most_one_patient_is_made_of_somebody(turns in prop::collection::vec(turn(), 0..24)) {
            let (mut standing, mut there) = (NotedStanding::Waiting, There::default());
            for turn in turns {
                let before = standing.clone();
                take(turn, &mut standing, &mut there);
                prop_assert!(there.made <= 1);
                prop_assert!(before.is_open() || before == standing, "{before:?} became {standing:?}");
                match &standing {
                    NotedStanding::TakenAs(_) | NotedStanding::Dropped => prop_assert_eq!(there.made, 0),
                    NotedStanding::Created(_) => prop_assert_eq!(there.made, 1),
                    NotedStanding::Waiting | NotedStanding::ToDecide(_) => prop_assert_eq!(there.made, 0),
                    NotedStanding::Begun => {}
                }
            }
            // Once the platform answers everything, it is known, or a person is to decide.
            take(Turn::Ask { answers: 6, is_done: true }, &mut standing, &mut there);
            prop_assert_eq!(standing.question(), None);
        }
    }

    #[test]
    fn what_may_have_been_created_is_neither_taken_for_another_nor_dropped() {
        let patient = || PatientId("Patient/1".to_owned());
        for event in [NotedEvent::TakeAs(patient()), NotedEvent::Drop] {
            assert_eq!(NotedStanding::Begun.after(event), Err(NotedRefusal::Unknown));
        }
        for settled in [NotedStanding::Created(patient()), NotedStanding::TakenAs(patient()), NotedStanding::Dropped] {
            assert_eq!(settled.after(NotedEvent::Begin), Err(NotedRefusal::Settled), "{settled:?}");
            assert_eq!(settled.question(), None);
        }
    }
}
