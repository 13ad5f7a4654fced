//! How a read ends: with the meter still there or unplugged meanwhile, with whoever began it still signed in or not.
//! What was read to its end goes on disk under the person who began the read; if it cannot, that is told until the
//! meter has been read again.

use std::sync::Arc;

use jiff::Timestamp;

use super::unsaved::Held;
use super::{CutShort, DEPARTED_SHOWN, Departed, Ending, Label, Panel, Slot, SlotState, Unsaved};
use crate::app::effect::{Effect, Request, StationTask, Ticket};
use crate::app::tickets::Tickets;
use crate::domain::association::Upload;
use crate::domain::cable::CableKey;
use crate::domain::clinic::{Session, SessionId};
use crate::domain::download::{Completeness, Download};
use crate::domain::meter::AttachmentId;
use crate::domain::patient::PatientId;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::text::Clean;

/// A read or a write whose meter was unplugged.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Finishing {
    ticket: Ticket,
    /// Who began it.
    session: Session,
    /// What the meter is called.
    label: Label,
    /// The name of its plug.
    plug: Clean,
    /// For whom it was plugged in.
    whose: Option<PatientId>,
    /// What is to be remembered of its cable if it was read to the end.
    cable: Option<(CableKey, String)>,
    /// What was read, while it is put on disk.
    held: Option<Held>,
}

impl Finishing {
    /// What was read and could not be put on disk is being put there once more.
    pub(super) fn saving(ticket: Ticket, session: Session, note: Unsaved) -> Self {
        let Unsaved { label, whose, plug, held, .. } = note;
        Self { ticket, session, label, plug, whose, cable: None, held }
    }
}

/// What came of a write into quarantine.
#[derive(Debug, Clone, PartialEq)]
pub enum Kept {
    /// The readings are on disk. Which session began the read, if that is known.
    Stored(Box<Upload>, Option<SessionId>),
    /// They are not; the meter is still there and shows it.
    Failed,
    /// They are not, and the meter is gone.
    Lost(Problem),
}

impl Panel {
    /// A meter was unplugged.
    pub fn left(&mut self, id: AttachmentId, at: Timestamp) {
        let Some(place) = self.slots.iter().position(|slot| slot.attachment.id == id) else { return };
        let label = self.slots.get(place).map(|slot| self.label(slot));
        let slot = self.slots.remove(place);
        let (plug, cable, whose) = (slot.attachment.name.clone(), slot.to_remember(), slot.whose.clone());
        let held = slot.held.clone();
        let label = label.unwrap_or_else(|| Label { name: plug.clone(), ending: Ending::None });
        let cut_short = |read, problem| {
            let (label, whose, plug) = (label.clone(), whose.clone(), plug.clone());
            CutShort { read, label, problem, whose, plug }
        };
        let finishing = |ticket, session| {
            let (label, whose, plug) = (label.clone(), whose.clone(), plug.clone());
            Finishing { ticket, session, label, plug, whose, cable, held: held.clone() }
        };
        match slot.state {
            SlotState::Reading { ticket, session, done, of } => {
                // Told at once, and open still: a driver that had everything before the plug was
                // pulled answers with the whole, and that takes the note back.
                let problem = Problem { done, of, ..Problem::new(ProblemCode::LinkGone, "unplugged while reading") };
                self.cut_short.push(cut_short(Some(ticket), problem));
                self.finishing.push(finishing(ticket, session));
            }
            SlotState::Saving { ticket, session } => self.finishing.push(finishing(ticket, session)),
            // A read that the unplugging ended may have failed before it was known to be one. What is to be done about
            // a meter that was there and gave no answer is over with it.
            SlotState::Failed(problem) if may_be_unplugging(&problem) => self.cut_short.push(cut_short(None, problem)),
            SlotState::NotSaved(problem) => {
                let (label, plug) = (label.clone(), plug.clone());
                self.note_unsaved(Unsaved { label, problem, whose, plug, held });
            }
            SlotState::Recognised | SlotState::Stored(_) | SlotState::Failed(_) | SlotState::Stopped => {}
        }
        let until = at.checked_add(DEPARTED_SHOWN).unwrap_or(at);
        self.departed.push(Departed { label, plug, until });
    }

    /// A read ended. `None` if nobody waits for what it gave: somebody stopped it.
    pub fn read_ended(
        &mut self,
        ticket: Ticket,
        result: Result<Box<Download>, Problem>,
        tickets: &mut Tickets,
    ) -> Option<Vec<Effect>> {
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.ticket() == Some(ticket)) else {
            return self.unplugged_read_ended(ticket, result, tickets);
        };
        let SlotState::Reading { session, .. } = &slot.state else { return None };
        // Whoever began the read, signed in or not by now: under another name it would be another
        // person's work.
        let session = session.clone();
        if result.is_ok() {
            slot.answered();
        }
        match whole(result) {
            Ok(download) => {
                let (download, saving, read) = (Arc::<Download>::from(download), tickets.next(), slot.to_remember());
                slot.state = SlotState::Saving { ticket: saving, session: session.clone() };
                slot.held = Some(Held { session: session.clone(), download: Arc::clone(&download) });
                let save = Effect::Ask(saving, Request::of(session, StationTask::Quarantine { download }));
                Some(std::iter::once(save).chain(self.remember(read, tickets)).collect())
            }
            Err(problem) => {
                slot.state = SlotState::Failed(problem);
                Some(Vec::new())
            }
        }
    }

    /// A read ended whose meter was unplugged. What was read to its end goes on disk all the same; of the rest, the
    /// count is told.
    fn unplugged_read_ended(
        &mut self,
        ticket: Ticket,
        result: Result<Box<Download>, Problem>,
        tickets: &mut Tickets,
    ) -> Option<Vec<Effect>> {
        let place = self.finishing.iter().position(|finishing| finishing.ticket == ticket)?;
        let finished = self.finishing.remove(place);
        match whole(result) {
            Ok(download) => {
                self.cut_short.retain(|cut_short| cut_short.read != Some(ticket));
                let (download, saving) = (Arc::<Download>::from(download), tickets.next());
                let (session, cable) = (finished.session.clone(), finished.cable.clone());
                let held = Some(Held { session: session.clone(), download: Arc::clone(&download) });
                self.finishing.push(Finishing { ticket: saving, cable: None, held, ..finished });
                let save = Effect::Ask(saving, Request::of(session, StationTask::Quarantine { download }));
                Some(std::iter::once(save).chain(self.remember(cable, tickets)).collect())
            }
            Err(problem) => {
                if let Some(cut_short) = self.cut_short.iter_mut().find(|cut_short| cut_short.read == Some(ticket))
                    // Progress is told with pauses; the driver knows how many came.
                    && problem.done > cut_short.problem.done
                {
                    (cut_short.problem.done, cut_short.problem.of) = (problem.done, problem.of);
                }
                Some(Vec::new())
            }
        }
    }

    /// What a plug gave, and is not on disk, is kept while the plug is read anew: the meter may be pulled before it has
    /// told as much again, and behind a cable another one may be plugged in by now.
    pub(super) fn keep_unsaved(&mut self, id: AttachmentId) {
        let Some(slot) = self.slots.iter().find(|slot| slot.attachment.id == id) else { return };
        let SlotState::NotSaved(problem) = &slot.state else { return };
        let (problem, whose, plug) = (problem.clone(), slot.whose.clone(), slot.attachment.name.clone());
        self.note_unsaved(Unsaved { label: self.label(slot), problem, whose, plug, held: slot.held.clone() });
    }

    /// Puts on disk, at another try, what was read of meters that are gone. Until that is known the note is away.
    pub fn save_again(&mut self, tickets: &mut Tickets) -> Vec<Effect> {
        let mut effects = Vec::new();
        let unsaved = std::mem::take(&mut self.unsaved);
        for note in unsaved {
            let Some(Held { session, download }) = note.held.clone() else {
                self.unsaved.push(note);
                continue;
            };
            let ticket = tickets.next();
            self.finishing.push(Finishing::saving(ticket, session.clone(), note));
            effects.push(Effect::Ask(ticket, Request::of(session, StationTask::Quarantine { download })));
        }
        effects
    }

    /// A write into quarantine ended.
    pub fn kept(&mut self, ticket: Ticket, result: Result<Box<Upload>, Problem>) -> Kept {
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.ticket() == Some(ticket))
            && let SlotState::Saving { session, .. } = &slot.state
        {
            let session = Some(session.id);
            return match result {
                Ok(upload) => {
                    slot.state = SlotState::Stored(upload.clone());
                    let (stored, plug) = (slot.held.take(), slot.attachment.name.clone());
                    self.drop_unsaved(stored.as_ref(), &plug);
                    Kept::Stored(upload, session)
                }
                Err(problem) => {
                    slot.state = SlotState::NotSaved(problem);
                    let (held, plug) = (slot.held.clone(), slot.attachment.name.clone());
                    self.drop_unsaved(held.as_ref(), &plug);
                    Kept::Failed
                }
            };
        }
        let place = self.finishing.iter().position(|finishing| finishing.ticket == ticket);
        let finished = place.map(|place| self.finishing.remove(place));
        match (result, finished) {
            (Ok(upload), finished) => {
                if let Some(Finishing { held, plug, .. }) = &finished {
                    self.drop_unsaved(held.as_ref(), plug);
                }
                Kept::Stored(upload, finished.map(|finished| finished.session.id))
            }
            (Err(problem), finished) => {
                let told = problem.clone();
                if let Some(Finishing { label, whose, plug, held, .. }) = finished {
                    self.note_unsaved(Unsaved { label, problem, whose, plug, held });
                }
                Kept::Lost(told)
            }
        }
    }
}

/// The download, if it is all that the meter holds.
fn whole(result: Result<Box<Download>, Problem>) -> Result<Box<Download>, Problem> {
    let download = result?;
    // Part of a meter would look like all of it in a record, with a gap that nobody sees. The meter
    // keeps what it has, so the read is repeated instead.
    match &download.completeness {
        Completeness::Complete => Ok(download),
        Completeness::Partial(problem) => Err(problem.clone()),
    }
}

/// Whether a read may have failed because the cable was pulled.
const fn may_be_unplugging(problem: &Problem) -> bool {
    matches!(problem.code, ProblemCode::LinkGone | ProblemCode::LinkFailed)
}

impl Slot {
    pub(super) const fn ticket(&self) -> Option<Ticket> {
        match self.state {
            SlotState::Reading { ticket, .. } | SlotState::Saving { ticket, .. } => Some(ticket),
            SlotState::Recognised
            | SlotState::Stored(_)
            | SlotState::Failed(_)
            | SlotState::NotSaved(_)
            | SlotState::Stopped => None,
        }
    }

    pub(super) const fn is_busy(&self) -> bool {
        self.ticket().is_some()
    }
}
