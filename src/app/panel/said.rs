//! What is said of an attached meter, whoever asks: the device panel, the lists, the upload step. One function of the
//! state of the plug and the patient in hand, so that no two places can say different things.

use super::{Slot, SlotState};
use crate::domain::association::Whereabouts;
use crate::domain::meter::{Access, MeterGuide};
use crate::domain::patient::PatientId;
use crate::domain::problem::ProblemCode;

/// What is said of an attached meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said<'a> {
    /// It is there and is not read: nobody is signed in.
    Recognised,
    /// The operating system does not let this user open it.
    Denied,
    /// Another program holds it.
    Busy,
    /// Somebody must say which meter it is.
    WhichModel,
    /// Somebody must say which meter it is, and this one was read last through the cable. Only ever probable: nobody
    /// has asked it yet.
    Probably(&'a MeterGuide),
    /// Its drive is not mounted.
    NotMounted,
    /// It cannot be read.
    Unsupported,
    /// It is spoken to as this model and has said nothing yet.
    AskingAs(&'a MeterGuide),
    /// It is being read.
    Reading {
        /// Readings received.
        done: u32,
        /// Readings announced, once known.
        of: Option<u32>,
    },
    /// What was read is being put on disk.
    Saving,
    /// What was read is safe.
    Kept {
        /// Where it is.
        place: Whereabouts,
        /// How many readings.
        count: u32,
    },
    /// It was spoken to as this model in vain.
    NoAnswerAs(&'a MeterGuide, ProblemCode),
    /// It could not be read, or not to the end.
    NotRead {
        /// Readings that arrived.
        done: u32,
        /// Why.
        code: ProblemCode,
    },
    /// It was read to the end, and could not be put on disk.
    NotSaved(ProblemCode),
    /// Somebody stopped the read.
    Stopped,
}

/// What is said of this meter to whoever has `in_hand` in hand.
#[must_use]
pub fn said<'a>(slot: &'a Slot, guides: &'a [MeterGuide], in_hand: Option<&PatientId>) -> Said<'a> {
    match &slot.state {
        SlotState::Recognised => match slot.attachment.access {
            Access::Open if slot.is_cable() => slot.proposed(guides).map_or(Said::WhichModel, Said::Probably),
            Access::Open => Said::Recognised,
            Access::Denied => Said::Denied,
            Access::Busy => Said::Busy,
            Access::NotMounted => Said::NotMounted,
            Access::Unsupported => Said::Unsupported,
        },
        SlotState::Reading { done, of, .. } => match slot.asked_as(guides) {
            Some(guide) => Said::AskingAs(guide),
            None => Said::Reading { done: *done, of: *of },
        },
        SlotState::Saving { .. } => Said::Saving,
        SlotState::Stored(upload) => Said::Kept { place: upload.whereabouts(in_hand), count: upload.waiting() },
        SlotState::Failed(problem) => match slot.may_be_another(guides) {
            Some(tried) => Said::NoAnswerAs(tried, problem.code),
            None => Said::NotRead { done: problem.done, code: problem.code },
        },
        SlotState::NotSaved(problem) => Said::NotSaved(problem.code),
        SlotState::Stopped => Said::Stopped,
    }
}

impl Said<'_> {
    /// The first turn: what failed, or needs a person before it can be read.
    pub const NEEDS_A_PERSON: u8 = 0;
    /// The last turn: what is over, or somebody else's.
    pub const OVER: u8 = 4;

    /// Whether it is being read or asked, or what was read is being put on disk.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        matches!(self, Self::AskingAs(_) | Self::Reading { .. } | Self::Saving)
    }

    /// How early it is to be read: what failed or needs a person first, then what is ready, then what goes by itself,
    /// then what is over. So what is counted at the end, where not all fit, is never what went wrong.
    #[must_use]
    pub const fn turn(&self) -> u8 {
        match self {
            Self::Denied
            | Self::Busy
            | Self::WhichModel
            | Self::Probably(_)
            | Self::NotMounted
            | Self::NoAnswerAs(..)
            | Self::NotRead { .. }
            | Self::NotSaved(_) => Self::NEEDS_A_PERSON,
            Self::Kept { place: Whereabouts::Wait | Whereabouts::WaitForThis | Whereabouts::WaitForOwner, .. } => 1,
            Self::AskingAs(_) | Self::Reading { .. } | Self::Saving | Self::Recognised => 2,
            Self::Kept { place: Whereabouts::InThisRecord, .. } | Self::Stopped => 3,
            Self::Kept { .. } | Self::Unsupported => Self::OVER,
        }
    }
}
