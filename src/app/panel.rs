//! The attached meters and what is going on with each. Reading starts by itself for a signed-in user, because some
//! meters speak once after the plug and then give up; what is read waits in quarantine.

mod behind;
mod reads;

use jiff::{SignedDuration, Timestamp};

pub use self::behind::{Behind, Chosen};
use self::reads::{CutShort, Finishing};
pub use self::reads::{Kept, Unsaved};

use super::effect::{Effect, Ticket};
use super::model::Tickets;
use crate::domain::association::{Upload, UploadId};
use crate::domain::clinic::{Session, SessionId};
use crate::domain::meter::{Access, Attachment, AttachmentId};
use crate::domain::problem::Problem;
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
    /// What was read of meters that were unplugged, and could not be put on disk.
    unsaved: Vec<Unsaved>,
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
    /// In which session the last read was begun.
    read_in: Option<SessionId>,
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
        /// Who began it.
        session: Session,
        /// Readings received.
        done: u32,
        /// Readings announced, once known.
        of: Option<u32>,
    },
    /// It was read and is being put on disk.
    Saving {
        /// The write.
        ticket: Ticket,
        /// Who began the read.
        session: Session,
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
    pub fn arrived(&mut self, attachment: Attachment, session: Option<&Session>, tickets: &mut Tickets) -> Vec<Effect> {
        self.departed.retain(|departed| departed.name != attachment.name);
        self.cut_short = None;
        let id = attachment.id;
        let behind = Behind::default();
        self.slots.push(Slot { attachment, state: SlotState::Recognised, behind, read_in: None });
        let recall = self.recall(id, tickets);
        let reads = session.map_or_else(Vec::new, |session| self.read_waiting(session, tickets));
        recall.into_iter().chain(reads).collect()
    }

    /// What is known of a plugged meter changed.
    pub fn changed(&mut self, attachment: Attachment, session: Option<&Session>, tickets: &mut Tickets) -> Vec<Effect> {
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.attachment.id == attachment.id) {
            slot.attachment = attachment;
        }
        session.map_or_else(Vec::new, |session| self.read_waiting(session, tickets))
    }

    /// Starts reading every meter that can be read and has not been: when somebody has signed in.
    pub fn read_waiting(&mut self, session: &Session, tickets: &mut Tickets) -> Vec<Effect> {
        let mut effects = Vec::new();
        for slot in &mut self.slots {
            if slot.state == SlotState::Recognised && slot.attachment.access == Access::Open {
                effects.push(slot.start(None, session, tickets));
            }
        }
        effects
    }

    /// Reads one meter (again). For a generic cable, `chosen` is the model that a person said is behind it; without one
    /// it is read as what was said before at this plug.
    pub fn read(
        &mut self,
        id: AttachmentId,
        chosen: Option<Chosen>,
        session: &Session,
        tickets: &mut Tickets,
    ) -> Vec<Effect> {
        self.slots
            .iter_mut()
            .find(|slot| slot.attachment.id == id && !slot.is_busy())
            .map(|slot| slot.start(chosen, session, tickets))
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
            if let SlotState::Reading { ticket, done, of, .. } = &mut slot.state
                && *ticket == read
            {
                (*done, *of) = (now_done, now_of);
            }
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
    /// Whether the last read of this plug was begun in this session.
    #[must_use]
    pub fn was_read_in(&self, session: &Session) -> bool {
        self.read_in == Some(session.id)
    }

    fn start(&mut self, chosen: Option<Chosen>, session: &Session, tickets: &mut Tickets) -> Effect {
        self.begin(chosen);
        self.read_in = Some(session.id);
        let (ticket, driver) = (tickets.next(), self.driver());
        self.state = SlotState::Reading { ticket, session: session.clone(), done: 0, of: None };
        Effect::ReadMeter { ticket, session: session.clone(), attachment: self.attachment.id, driver }
    }
}
