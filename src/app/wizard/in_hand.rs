//! Who is in hand at a step, and what of the way was done by then.

use super::Step;
use super::done::Done;
use super::intake_question::IntakeSubject;
use super::noted_person::NotedFrom;
use crate::app::panel::{Slot, SlotState};
use crate::app::wizard::dashboard::CameFrom;
use crate::domain::patient::PatientId;

/// How many steps the way has.
pub const STEPS: usize = 6;

/// The steps of the way, and where a screen stands on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// Which step the screen belongs to, from 0; none for a screen beside the way.
    pub here: Option<usize>,
    /// Which steps were done. A step that was not needed was not done.
    pub done: [bool; STEPS],
}

impl Way {
    const fn at(here: usize, done: [bool; STEPS]) -> Self {
        Self { here: Some(here), done }
    }
}

impl Step {
    /// The patient in hand.
    #[must_use]
    pub fn patient_in_hand(&self) -> Option<&PatientId> {
        match self {
            Self::FindPatient(_)
            | Self::CreatePatient(_)
            | Self::WaitingMeters(_)
            | Self::Undelivered(_)
            | Self::Undo(_)
            | Self::Transfer(_)
            | Self::TimeCorrection(_)
            | Self::Ending(_)
            | Self::NotedPerson(_)
            | Self::Population(_) => None,
            Self::Upload(step) => Some(&step.patient.id),
            Self::IntakeQuestion(step) => Some(&step.patient.id),
            Self::AssociationPending(step) => step.proposed.as_ref().map(|patient| &patient.id),
            Self::ConfirmDevice(step) => step.proposed.as_ref().map(|patient| &patient.id),
            Self::SelectPatient(step) => step.proposed.as_ref().map(|patient| &patient.id),
            Self::ConfirmAssignment(step) => Some(&step.patient.id),
            Self::OtherOwner(step) => Some(&step.patient.id),
            Self::Done(step) => Some(&step.patient.id),
            Self::Dashboard(step) => Some(&step.patient.id),
        }
    }

    /// The patient for whom meters are plugged in at this step. A meter that comes when the work for somebody is done
    /// may be the next one's already.
    #[must_use]
    pub fn patient_served(&self) -> Option<&PatientId> {
        match self {
            Self::OtherOwner(_) | Self::Done(_) | Self::Dashboard(_) => None,
            // All others lead to an assignment, for which this meter may be meant.
            _ => self.patient_in_hand(),
        }
    }

    /// Whether this step is about an attached meter: about what was read of it, or about what hangs on its cable.
    #[must_use]
    pub fn has_in_hand(&self, slot: &Slot) -> bool {
        let upload = match self {
            Self::FindPatient(step) => step.upload.as_deref(),
            Self::CreatePatient(step) => step.found.upload.as_deref(),
            Self::Upload(step) => return step.is_about(slot),
            Self::IntakeQuestion(step) => Some(&step.upload),
            Self::AssociationPending(step) => Some(&step.upload),
            Self::ConfirmDevice(step) => Some(&step.upload),
            Self::SelectPatient(step) => Some(&step.upload),
            Self::ConfirmAssignment(step) => Some(&step.upload),
            Self::OtherOwner(step) => Some(&step.upload),
            Self::Done(step) => Some(&step.upload),
            Self::NotedPerson(step) => match &step.came_from {
                NotedFrom::Form(found) => found.upload.as_deref(),
                NotedFrom::List(..) => None,
            },
            Self::WaitingMeters(_)
            | Self::Dashboard(_)
            | Self::Undelivered(_)
            | Self::Undo(_)
            | Self::Transfer(_)
            | Self::TimeCorrection(_)
            | Self::Ending(_)
            | Self::Population(_) => None,
        };
        match (&slot.state, upload) {
            (SlotState::Stored(stored), Some(upload)) => stored.id == upload.id,
            _ => false,
        }
    }

    /// Where this screen stands on the way, and what was done of it.
    #[must_use]
    pub const fn way(&self) -> Way {
        match self {
            Self::FindPatient(step) => Way::at(0, [false, step.upload.is_some(), false, false, false, false]),
            Self::CreatePatient(step) => Way::at(0, [false, step.found.upload.is_some(), false, false, false, false]),
            Self::WaitingMeters(_) => Way::at(0, [false; STEPS]),
            Self::Upload(_) | Self::OtherOwner(_) => Way::at(1, [true, false, false, false, false, false]),
            Self::AssociationPending(step) => Way::at(1, [step.proposed.is_some(), false, false, false, false, false]),
            Self::IntakeQuestion(step) => match &step.question {
                IntakeSubject::Clock => Way::at(1, [true, false, false, false, false, false]),
                IntakeSubject::Shared => Way::at(3, [true, true, true, false, false, false]),
                // Nobody is asked who the owner of the meter is, nor selected.
                IntakeSubject::Use(question) if question.is_of_owner() => {
                    Way::at(1, [true, false, false, false, false, false])
                }
                IntakeSubject::Use(_) => Way::at(4, [true, true, true, true, false, false]),
            },
            Self::ConfirmDevice(step) => Way::at(2, [step.proposed.is_some(), true, false, false, false, false]),
            Self::SelectPatient(step) => Way::at(3, [step.proposed.is_some(), true, true, false, false, false]),
            Self::ConfirmAssignment(_) => Way::at(4, [true, true, true, true, false, false]),
            Self::Done(step) => Way::at(5, step.done()),
            Self::Dashboard(step) => match &step.came_from {
                CameFrom::Search(_) | CameFrom::Population(_) => {
                    Way { here: None, done: [true, false, false, false, false, false] }
                }
                CameFrom::Done(done) => Way { here: None, done: *done },
            },
            Self::Undelivered(_)
            | Self::NotedPerson(_)
            | Self::Undo(_)
            | Self::Transfer(_)
            | Self::TimeCorrection(_)
            | Self::Ending(_)
            | Self::Population(_) => Way { here: None, done: [false; STEPS] },
        }
    }
}

impl Done {
    /// Which steps were done: of a meter that was this person's already, neither it nor the person was confirmed.
    #[must_use]
    pub const fn done(&self) -> [bool; STEPS] {
        let confirmed = !self.was_known;
        [true, true, confirmed, confirmed, confirmed, false]
    }
}
