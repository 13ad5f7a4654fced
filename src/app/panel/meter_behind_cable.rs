//! The meter behind a generic cable: what was read through the cable last, and what a person said it is today.
//!
//! What is remembered is proposed and never used by itself, because another patient's meter may hang on the cable
//! today. Nor could it put readings under a wrong name: it names a language, and a driver that gets no sound answer
//! in its own language gives no download. Whose meter it is, is looked up under what the meter says of itself, and
//! confirmed by a person with the meter in hand. `tests/meters/wrong_language.rs` lets every driver that reads through
//! a cable meet every meter that may be behind one.

use super::{Panel, Slot, SlotState};
use crate::app::effect::{Effect, Request, Ticket};
use crate::app::tickets::Tickets;
use crate::domain::cable::CableKey;
use crate::domain::meter::{Access, AttachmentId, Bridge, MeterGuide};
use crate::domain::problem::{Problem, ProblemCode};

/// What is known of the meter behind a generic cable. Empty for every other attachment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeterBehindCable {
    /// The question which model was read last, while it is under way. What comes of it is kept beside it and may come
    /// from a read as well; a failure is told in passing and not kept.
    asking: Option<Ticket>,
    /// The slug of the model that was read last through this cable.
    remembered: Option<String>,
    /// What a person had this plug read as.
    chosen: Option<Chosen>,
    /// Whether the meter answered the last read in the language that was spoken.
    has_answered: bool,
}

/// A model that a person chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Its slug in the catalogue.
    pub model: String,
    /// The driver that reads it.
    pub driver: String,
}

impl From<&MeterGuide> for Chosen {
    fn from(guide: &MeterGuide) -> Self {
        Self { model: guide.slug.clone(), driver: guide.driver.clone() }
    }
}

impl Slot {
    /// Whether somebody must say which meter it is, and can be asked: what may not be opened is not asked about.
    #[must_use]
    pub fn is_cable(&self) -> bool {
        self.attachment.must_be_named() && self.attachment.access == Access::Open
    }

    /// Whether it is read as soon as somebody is signed in.
    pub(super) fn reads_by_itself(&self) -> bool {
        let attachment = &self.attachment;
        self.state == SlotState::Recognised && attachment.access == Access::Open && !attachment.must_be_named()
    }

    /// Whether it is a cable whose meter can be read now, again or anew: nothing is under way with it.
    #[must_use]
    pub fn is_free_cable(&self) -> bool {
        self.is_cable() && !self.is_busy()
    }

    /// Whether it is one whose meter waits to be named.
    fn is_waiting_cable(&self) -> bool {
        self.is_free_cable() && !matches!(self.state, SlotState::Stored(_))
    }

    /// What its meter is behind. A port that somebody named is taken for a cable's.
    #[must_use]
    pub fn bridge(&self) -> Bridge {
        self.attachment.bridge.unwrap_or(Bridge::SerialCable)
    }

    /// The model that was read last through this cable, if it still is one that a cable may carry.
    #[must_use]
    pub fn remembered<'a>(&self, guides: &'a [MeterGuide]) -> Option<&'a MeterGuide> {
        let slug = self.cable_meter.remembered.as_ref().filter(|_| self.is_cable())?;
        guides.iter().find(|guide| guide.bridge == Some(self.bridge()) && guide.slug == *slug)
    }

    /// The model to propose: the one read last, as long as nothing was read at this plug.
    #[must_use]
    pub fn proposed<'a>(&self, guides: &'a [MeterGuide]) -> Option<&'a MeterGuide> {
        self.remembered(guides).filter(|_| self.state == SlotState::Recognised)
    }

    /// The model as which a person had it read at this plug.
    #[must_use]
    pub fn chosen<'a>(&self, guides: &'a [MeterGuide]) -> Option<&'a MeterGuide> {
        let chosen = self.cable_meter.chosen.as_ref()?;
        guides.iter().find(|guide| guide.slug == chosen.model)
    }

    /// The model as which it is spoken to, while it has not said a thing about its readings.
    #[must_use]
    pub fn asked_as<'a>(&self, guides: &'a [MeterGuide]) -> Option<&'a MeterGuide> {
        let is_silent = matches!(self.state, SlotState::Reading { done: 0, of: None, .. });
        self.chosen(guides).filter(|_| is_silent && self.is_cable())
    }

    /// The model as which it was spoken to in vain: it gave no answer, or somebody got tired of waiting for one (some
    /// drivers wait minutes for a meter to be switched on).
    #[must_use]
    pub fn may_be_another<'a>(&self, guides: &'a [MeterGuide]) -> Option<&'a MeterGuide> {
        let in_vain = match &self.state {
            SlotState::Failed(problem) => is_no_answer(problem) && problem.done == 0,
            SlotState::Stopped => true,
            SlotState::Recognised
            | SlotState::Reading { .. }
            | SlotState::Saving { .. }
            | SlotState::Stored(_)
            | SlotState::NotSaved(_) => false,
        };
        self.chosen(guides).filter(|_| in_vain && self.is_cable() && !self.cable_meter.has_answered)
    }

    /// Whether the last read ended because nothing at all was answered.
    #[must_use]
    pub const fn is_silent(&self) -> bool {
        matches!(&self.state, SlotState::Failed(problem) if matches!(problem.code, ProblemCode::LinkSilent))
    }

    /// What is said on the wire of this plug, for the effect.
    pub(super) fn driver(&self) -> Option<String> {
        self.cable_meter.chosen.as_ref().map(|chosen| chosen.driver.clone())
    }

    /// A read begins, as the `chosen` model if one is given, else as before.
    pub(super) fn begin(&mut self, chosen: Option<Chosen>) {
        if chosen.is_some() {
            self.cable_meter.chosen = chosen;
        }
        // Of each read by itself: the meter that answered the last one may be unplugged from its
        // cable by now, and nobody sees that from here.
        self.cable_meter.has_answered = false;
    }

    /// The meter told readings, or how many there are: it speaks the language that was chosen.
    pub(super) const fn answered(&mut self) {
        self.cable_meter.has_answered = true;
    }

    /// What is to be remembered once this plug is read to its end: a model that a person chose, for a known cable.
    pub(super) fn to_remember(&self) -> Option<(CableKey, String)> {
        let chosen = self.cable_meter.chosen.as_ref()?;
        Some((self.attachment.cable.clone()?, chosen.model.clone()))
    }
}

/// Whether nothing sensible came back: what a meter does that is spoken to in another language, or is switched off.
const fn is_no_answer(problem: &Problem) -> bool {
    match problem.code {
        ProblemCode::LinkSilent
        | ProblemCode::MeterAborted
        | ProblemCode::MeterAnswer
        | ProblemCode::MeterRefused
        | ProblemCode::MeterShort
        | ProblemCode::MeterUnsupported => true,
        ProblemCode::LinkDenied
        | ProblemCode::LinkBusy
        | ProblemCode::LinkGone
        | ProblemCode::LinkFailed
        | ProblemCode::MeterUnidentified
        | ProblemCode::MeterRecords
        | ProblemCode::SignInRefused
        | ProblemCode::SignInThrottled
        | ProblemCode::SignInCodeExpired
        | ProblemCode::SignInCodeDenied
        | ProblemCode::StaffDisabled
        | ProblemCode::PasswordToChange
        | ProblemCode::PasswordUnfit
        | ProblemCode::SignInOver
        | ProblemCode::RoleWithoutPatients
        | ProblemCode::PlatformUnreachable
        | ProblemCode::PlatformRefused
        | ProblemCode::PlatformUnreadable
        | ProblemCode::PatientIncomplete
        | ProblemCode::CreatedBeside
        | ProblemCode::NoRecord
        | ProblemCode::NotGranted
        | ProblemCode::AnotherPerson
        | ProblemCode::SignInEnded
        | ProblemCode::SamePerson
        | ProblemCode::AlreadyAssigned
        | ProblemCode::PatientNotActive
        | ProblemCode::IdentifierTaken
        | ProblemCode::NotFound
        | ProblemCode::IdentityNotProved
        | ProblemCode::ClockUndecided
        | ProblemCode::HeldByAnother
        | ProblemCode::RecordChanged
        | ProblemCode::UseUnanswered
        | ProblemCode::UndoLaterFirst
        | ProblemCode::UndoReasonMissing
        | ProblemCode::UndoRefused
        | ProblemCode::UndoMisplaced
        | ProblemCode::UndoToldThere
        | ProblemCode::MoveAtPlatform
        | ProblemCode::MoveNotTheirs
        | ProblemCode::MoveReachesThird
        | ProblemCode::MoveRestedOn
        | ProblemCode::MoveReasonMissing
        | ProblemCode::MoveDayAhead
        | ProblemCode::MoveSince
        | ProblemCode::EndNotTheirs
        | ProblemCode::EndAtPlatform
        | ProblemCode::EndBeforeReadings
        | ProblemCode::EndNotInError
        | ProblemCode::EndReasonMissing
        | ProblemCode::EndDayAhead
        | ProblemCode::EndFollowed
        | ProblemCode::MeterLost
        | ProblemCode::EndSince
        | ProblemCode::TimesToldThere
        | ProblemCode::TimesCorrected
        | ProblemCode::TimesReasonMissing
        | ProblemCode::UploadChanged
        | ProblemCode::ExportFolder
        | ProblemCode::ExportExists
        | ProblemCode::ExportUnwritable
        | ProblemCode::StoreUnreadable
        | ProblemCode::StoreUnwritable
        | ProblemCode::StoreLocked
        | ProblemCode::StoreReadOnly
        | ProblemCode::StoreReplaced => false,
    }
}

impl Panel {
    /// Asks which model was read last through the cable of this plug.
    pub(super) fn recall(&mut self, id: AttachmentId, tickets: &mut Tickets) -> Option<Effect> {
        let slot = self.slots.iter_mut().find(|slot| slot.attachment.id == id)?;
        let cable = slot.attachment.cable.clone()?;
        let ticket = tickets.next();
        slot.cable_meter.asking = Some(ticket);
        Some(Effect::Ask(ticket, Request::RecallCable { cable }))
    }

    /// Has it remembered what was read through a cable, here and outside.
    pub(super) fn remember(&mut self, read: Option<(CableKey, String)>, tickets: &mut Tickets) -> Option<Effect> {
        let (cable, model) = read?;
        for slot in self.slots.iter_mut().filter(|slot| slot.attachment.cable.as_ref() == Some(&cable)) {
            slot.cable_meter.remembered = Some(model.clone());
        }
        let ticket = tickets.next();
        Some(Effect::Ask(ticket, Request::RememberCable { cable, model }))
    }

    /// Which model was read last through a cable. `None` if its plug was pulled meanwhile.
    pub fn recalled(&mut self, ticket: Ticket, model: Result<Option<String>, Problem>) -> Option<Result<(), Problem>> {
        let slot = self.slots.iter_mut().find(|slot| slot.cable_meter.asking == Some(ticket))?;
        slot.cable_meter.asking = None;
        Some(model.map(|model| slot.cable_meter.remembered = model))
    }

    /// The cable of this kind behind which a meter waits to be named: the first that was not read to its end.
    #[must_use]
    pub fn waiting_cable(&self, bridge: Bridge) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.is_waiting_cable() && slot.bridge() == bridge)
    }

    /// The cables whose meter can be named now: those that wait for it, then those that were read to the end, each in
    /// the order of plugging.
    #[must_use]
    pub fn nameable_cables(&self) -> Vec<&Slot> {
        let free = self.slots.iter().filter(|slot| slot.is_free_cable());
        let (waiting, read): (Vec<_>, Vec<_>) = free.partition(|slot| slot.is_waiting_cable());
        waiting.into_iter().chain(read).collect()
    }
}
