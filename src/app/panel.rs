//! The attached meters and what is going on with each. Reading starts by itself for a signed-in user, because some
//! meters speak once after the plug and then give up; what is read waits in quarantine.

mod behind;

use jiff::{SignedDuration, Timestamp};

pub use self::behind::{Behind, Chosen};

use super::effect::{Effect, Ticket};
use super::event::Answer;
use super::model::Tickets;
use crate::domain::association::{Upload, UploadId};
use crate::domain::cable::CableKey;
use crate::domain::download::Completeness;
use crate::domain::meter::{Access, Attachment, AttachmentId};
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::text::Clean;

/// How long a departed meter is still shown.
const DEPARTED_SHOWN: SignedDuration = SignedDuration::from_secs(10);

/// The attached meters, in the order in which they were plugged in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Panel {
    slots: Vec<Slot>,
    departed: Vec<Departed>,
    /// What the last unplugging cut short: told until a meter comes.
    cut_short: Option<CutShort>,
    /// Reads and writes whose meter was unplugged before they answered: what was read to the end is still kept.
    finishing: Vec<Finishing>,
    /// Cables that are being remembered.
    remembering: Vec<Ticket>,
}

/// One attached meter.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// The plug.
    pub attachment: Attachment,
    /// What is going on with it.
    pub state: SlotState,
    /// For a generic cable: which meter may be behind it.
    pub behind: Behind,
}

/// What is going on with an attached meter.
#[derive(Debug, Clone, PartialEq)]
pub enum SlotState {
    /// It is there and has not been read: nobody is signed in, it cannot be opened, or somebody must say which meter it is.
    Recognised,
    /// It is being read.
    Reading {
        /// The read.
        ticket: Ticket,
        /// Readings received.
        done: u32,
        /// Readings announced, once known.
        of: Option<u32>,
    },
    /// It was read and is being put on disk.
    Saving {
        /// The write.
        ticket: Ticket,
    },
    /// It was read; the readings are on disk.
    Stored(Box<Upload>),
    /// It could not be read, or not to the end.
    Failed(Problem),
    /// Somebody stopped the read.
    Stopped,
}

/// A meter that was unplugged a moment ago.
#[derive(Debug, Clone, PartialEq)]
pub struct Departed {
    /// Its name.
    pub name: Clean,
    /// When it stops being shown.
    pub until: Timestamp,
}

/// A read that an unplugging cut short.
#[derive(Debug, Clone, PartialEq)]
struct CutShort {
    /// The read, if it may still turn out to have been whole.
    read: Option<Ticket>,
    /// What a person is told.
    problem: Problem,
}

/// A read or a write whose meter was unplugged.
#[derive(Debug, Clone, PartialEq)]
struct Finishing {
    ticket: Ticket,
    /// What is to be remembered of its cable if it was read to the end.
    cable: Option<(CableKey, String)>,
}

/// A panel change that a step may want to know.
#[derive(Debug, Clone, PartialEq)]
pub enum PanelChange {
    /// A meter's readings are on disk.
    Stored(Box<Upload>),
    /// Something that a person is told in passing, under this key in the word files.
    Told(&'static str),
    /// Anything else.
    Other,
}

impl Panel {
    /// The attached meters.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The meters that were unplugged a moment ago.
    #[must_use]
    pub fn departed(&self) -> &[Departed] {
        &self.departed
    }

    /// What the last unplugging cut short.
    #[must_use]
    pub fn cut_short(&self) -> Option<&Problem> {
        self.cut_short.as_ref().map(|cut_short| &cut_short.problem)
    }

    /// When the panel changes by time alone.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        self.departed.iter().map(|departed| departed.until).min()
    }

    /// Drops what need not be shown any more.
    pub fn expire(&mut self, at: Timestamp) {
        self.departed.retain(|departed| departed.until > at);
    }

    /// A meter was plugged in; it is read at once if somebody is signed in.
    pub fn arrived(&mut self, attachment: Attachment, signed_in: bool, tickets: &mut Tickets) -> Vec<Effect> {
        self.departed.retain(|departed| departed.name != attachment.name);
        self.cut_short = None;
        let id = attachment.id;
        self.slots.push(Slot { attachment, state: SlotState::Recognised, behind: Behind::default() });
        let recall = self.recall(id, tickets);
        let reads = if signed_in { self.read_waiting(tickets) } else { Vec::new() };
        recall.into_iter().chain(reads).collect()
    }

    /// What is known of a plugged meter changed.
    pub fn changed(&mut self, attachment: Attachment, signed_in: bool, tickets: &mut Tickets) -> Vec<Effect> {
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.attachment.id == attachment.id) {
            slot.attachment = attachment;
        }
        if signed_in { self.read_waiting(tickets) } else { Vec::new() }
    }

    /// A meter was unplugged.
    pub fn left(&mut self, id: AttachmentId, at: Timestamp) {
        let Some(place) = self.slots.iter().position(|slot| slot.attachment.id == id) else { return };
        let slot = self.slots.remove(place);
        let read = slot.ticket();
        self.finishing.extend(read.map(|ticket| Finishing { ticket, cable: slot.to_remember() }));
        let problem = match slot.state {
            SlotState::Reading { done, of, .. } => {
                Some(Problem { done, of, ..Problem::new(ProblemCode::LinkGone, "unplugged while reading") })
            }
            SlotState::Failed(problem) => Some(problem),
            SlotState::Recognised | SlotState::Saving { .. } | SlotState::Stored(_) | SlotState::Stopped => None,
        };
        let until = at.checked_add(DEPARTED_SHOWN).unwrap_or(at);
        self.cut_short = problem.map(|problem| CutShort { read, problem });
        self.departed.push(Departed { name: slot.attachment.name, until });
    }

    /// Starts reading every meter that can be read and has not been: when somebody has signed in.
    pub fn read_waiting(&mut self, tickets: &mut Tickets) -> Vec<Effect> {
        let mut effects = Vec::new();
        for slot in &mut self.slots {
            if slot.state == SlotState::Recognised && slot.attachment.access == Access::Open {
                effects.push(slot.start(None, tickets));
            }
        }
        effects
    }

    /// Reads one meter (again). For a generic cable, `chosen` is the model that a person said is behind it; without one
    /// it is read as what was said before at this plug.
    pub fn read(&mut self, id: AttachmentId, chosen: Option<Chosen>, tickets: &mut Tickets) -> Vec<Effect> {
        self.slots
            .iter_mut()
            .find(|slot| slot.attachment.id == id && !slot.is_busy())
            .map(|slot| slot.start(chosen, tickets))
            .into_iter()
            .collect()
    }

    /// Stops every read under way.
    pub fn stop_reading(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        for slot in &mut self.slots {
            if let SlotState::Reading { ticket, .. } = slot.state {
                effects.push(Effect::CancelRead { ticket });
                slot.state = SlotState::Stopped;
            }
        }
        effects
    }

    /// A read has come further.
    pub fn progress(&mut self, read: Ticket, now_done: u32, now_of: Option<u32>) {
        for slot in &mut self.slots {
            if let SlotState::Reading { ticket, done, of } = &mut slot.state
                && *ticket == read
            {
                (*done, *of) = (now_done, now_of);
            }
        }
    }

    /// An answer came that may be about a meter. `None` if no meter waits for it.
    pub fn answer(
        &mut self,
        ticket: Ticket,
        answer: &Answer,
        tickets: &mut Tickets,
    ) -> Option<(Vec<Effect>, PanelChange)> {
        if let Some(change) = self.cable_answer(ticket, answer) {
            return Some((Vec::new(), change));
        }
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.ticket() == Some(ticket)) else {
            return self.finish(ticket, answer, tickets);
        };
        match answer {
            Answer::Read(Ok(download)) => {
                slot.answered();
                match &download.completeness {
                    Completeness::Complete => {
                        let read = slot.to_remember();
                        let saving = tickets.next();
                        slot.state = SlotState::Saving { ticket: saving };
                        let save = Effect::Quarantine { ticket: saving, download: download.clone() };
                        let remember = self.remember(read, tickets);
                        Some((std::iter::once(save).chain(remember).collect(), PanelChange::Other))
                    }
                    Completeness::Partial(problem) => {
                        slot.state = SlotState::Failed(problem.clone());
                        Some((Vec::new(), PanelChange::Other))
                    }
                }
            }
            Answer::Quarantined(Ok(upload)) => {
                slot.state = SlotState::Stored(upload.clone());
                Some((Vec::new(), PanelChange::Stored(upload.clone())))
            }
            Answer::Read(Err(problem)) | Answer::Quarantined(Err(problem)) => {
                slot.state = SlotState::Failed(problem.clone());
                Some((Vec::new(), PanelChange::Other))
            }
            Answer::SignedIn(_)
            | Answer::Found(_)
            | Answer::Recents(_)
            | Answer::Pending(_)
            | Answer::LookAlikes(_)
            | Answer::Created(_)
            | Answer::Recalled(_)
            | Answer::Upload(_)
            | Answer::Assigned(_)
            | Answer::Dashboard(_)
            | Answer::Noted(_) => None,
        }
    }

    /// An answer for a meter that is not there any more. What was read to its end goes on disk all the same; of the rest,
    /// the count is told.
    fn finish(&mut self, ticket: Ticket, answer: &Answer, tickets: &mut Tickets) -> Option<(Vec<Effect>, PanelChange)> {
        let place = self.finishing.iter().position(|finishing| finishing.ticket == ticket)?;
        let finished = self.finishing.remove(place);
        match answer {
            Answer::Read(Ok(download)) if download.is_complete() => {
                self.cut_short.take_if(|cut_short| cut_short.read == Some(ticket));
                let saving = tickets.next();
                self.finishing.push(Finishing { ticket: saving, cable: None });
                let save = Effect::Quarantine { ticket: saving, download: download.clone() };
                let remember = self.remember(finished.cable, tickets);
                Some((std::iter::once(save).chain(remember).collect(), PanelChange::Other))
            }
            Answer::Read(Ok(download)) => {
                if let Completeness::Partial(problem) = &download.completeness
                    && let Some(cut_short) = self.cut_short.as_mut().filter(|cut_short| cut_short.read == Some(ticket))
                    && problem.done > cut_short.problem.done
                {
                    (cut_short.problem.done, cut_short.problem.of) = (problem.done, problem.of);
                }
                Some((Vec::new(), PanelChange::Other))
            }
            Answer::Quarantined(Ok(upload)) => Some((Vec::new(), PanelChange::Stored(upload.clone()))),
            _ => Some((Vec::new(), PanelChange::Other)),
        }
    }

    /// The state of an upload changed (it was assigned, or its owner was found): the plug that gave it shows that, and no
    /// other. The meter itself would not do: two without a serial number cannot be told apart.
    pub fn refresh(&mut self, upload: &Upload) {
        for slot in &mut self.slots {
            if let SlotState::Stored(stored) = &mut slot.state
                && stored.id == upload.id
            {
                **stored = upload.clone();
            }
        }
    }

    /// The upload of an attached meter, if it is on disk.
    #[must_use]
    pub fn stored(&self, id: &UploadId) -> Option<&Upload> {
        self.slots.iter().find_map(|slot| match &slot.state {
            SlotState::Stored(upload) if upload.id == *id => Some(&**upload),
            _ => None,
        })
    }

    /// Whether a read is under way.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        self.slots.iter().any(|slot| matches!(slot.state, SlotState::Reading { .. }))
    }
}

impl Slot {
    fn start(&mut self, chosen: Option<Chosen>, tickets: &mut Tickets) -> Effect {
        self.begin(chosen);
        let driver = self.driver();
        let ticket = tickets.next();
        self.state = SlotState::Reading { ticket, done: 0, of: None };
        Effect::ReadMeter { ticket, attachment: self.attachment.id, driver }
    }

    const fn ticket(&self) -> Option<Ticket> {
        match self.state {
            SlotState::Reading { ticket, .. } | SlotState::Saving { ticket } => Some(ticket),
            SlotState::Recognised | SlotState::Stored(_) | SlotState::Failed(_) | SlotState::Stopped => None,
        }
    }

    const fn is_busy(&self) -> bool {
        self.ticket().is_some()
    }
}
