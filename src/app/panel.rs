//! The attached meters and what is going on with each. Reading starts by itself for a signed-in user, because some
//! meters speak once after the plug and then give up; what is read waits in quarantine.

mod label;
mod meter_behind_cable;
mod notes;
mod reads;
pub mod said;
mod unsaved;

use jiff::{SignedDuration, Timestamp};

pub use self::label::{Ending, Label};
pub use self::meter_behind_cable::{Chosen, MeterBehindCable};
pub use self::notes::{CutShort, PanelNotes};
use self::reads::Finishing;
pub use self::reads::Kept;
use self::unsaved::Held;
pub use self::unsaved::Unsaved;

use super::effect::{Command, Effect, Request, Task, Ticket};
use super::tickets::Tickets;
use crate::domain::association::{Upload, UploadId};
use crate::domain::clinic::{Session, SessionId};
use crate::domain::meter::{Attachment, AttachmentId};
use crate::domain::patient::PatientId;
use crate::domain::problem::Problem;
use crate::domain::text::Clean;

/// How long a departed meter is still shown: long enough to look up from a cable that was pulled by mistake, and to
/// read which one it was.
const DEPARTED_SHOWN: SignedDuration = SignedDuration::from_secs(10);

/// The attached meters, in the order in which they were plugged in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Panel {
    slots: Vec<Slot>,
    departed: Vec<Departed>,
    /// Reads that an unplugging cut short: told to their patient until that meter comes again.
    cut_short: Vec<CutShort>,
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
    pub cable_meter: MeterBehindCable,
    /// In which session the last read was begun.
    read_in: Option<SessionId>,
    /// For whom it is plugged in: the first patient who was in hand while it was there.
    whose: Option<PatientId>,
    /// What was read of it, until it is on disk.
    held: Option<Held>,
    /// Its number among the attached meters of its name, which it keeps as long as it is plugged in.
    number: u32,
}

/// What is going on with an attached meter: reading and then writing are two questions, the first of which counts as it
/// goes and can be stopped, so that no [`super::asked::Asked`] has it all.
#[derive(Debug, Clone, PartialEq)]
pub enum SlotState {
    /// It is there and has not been read: nobody is signed in, it cannot be opened, or somebody must
    /// say which meter it is.
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
    /// All of it was read, and could not be put on disk.
    NotSaved(Problem),
    /// Somebody stopped the read.
    Stopped,
}

/// A meter that was unplugged a moment ago.
#[derive(Debug, Clone, PartialEq)]
pub struct Departed {
    /// What it is called.
    pub label: Label,
    /// The name of its plug.
    plug: Clean,
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
        // By the name of the plug: its id is another each time it is plugged in.
        self.departed.retain(|departed| departed.plug != attachment.name);
        self.has_come(&attachment.name);
        let id = attachment.id;
        let (cable_meter, number) = (MeterBehindCable::default(), self.free_number(&attachment.name));
        let state = SlotState::Recognised;
        self.slots.push(Slot { attachment, state, cable_meter, read_in: None, whose: None, held: None, number });
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
            if slot.reads_by_itself() {
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
        self.keep_unsaved(id);
        self.slots
            .iter_mut()
            // One conversation at a time: two on one cable would take each other's answers.
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
                effects.push(Effect::Do(Command::CancelRead { ticket }));
                // At once, without waiting for the driver: what it still answers finds no read any
                // more and is dropped.
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
                // That nothing came and nothing is announced is what a driver begins with, and no
                // word of the meter.
                if now_done > 0 || now_of.is_some() {
                    slot.answered();
                }
            }
        }
    }

    /// The state of an upload changed (it was assigned, or its owner was found): the plug that gave it shows that, and
    /// no other. The meter itself would not do: two without a serial number cannot be told apart.
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

    /// The uploads of attached meters that are on disk.
    pub fn on_disk(&self) -> impl Iterator<Item = &Upload> {
        self.slots.iter().filter_map(|slot| match &slot.state {
            SlotState::Stored(upload) => Some(&**upload),
            _ => None,
        })
    }

    /// The uploads that wait as far as is known here.
    pub fn waiting(&self) -> impl Iterator<Item = &Upload> {
        self.on_disk().filter(|upload| upload.record.is_none())
    }

    /// The plug that gave an upload.
    #[must_use]
    pub fn plug_of(&self, id: &UploadId) -> Option<&Slot> {
        self.slots.iter().find(|slot| matches!(&slot.state, SlotState::Stored(upload) if upload.id == *id))
    }

    /// The plugged meters that may be this patient's and are not dealt with: not those that came while somebody
    /// else was in hand.
    pub fn for_patient(&self, patient: &PatientId) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(|slot| slot.is_for(patient))
    }

    /// This patient is in hand: what is plugged in for nobody yet is for them, and what was to be told to somebody
    /// else is told no more.
    pub fn claim(&mut self, patient: &PatientId) {
        // What is somebody's stays theirs: the next patient who is taken in hand must not get the
        // readings of a meter that is still plugged in for the one before.
        for slot in self.slots.iter_mut().filter(|slot| slot.whose.is_none()) {
            slot.whose = Some(patient.clone());
        }
        self.claim_notes(patient);
    }

    /// Whether a read is under way.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        self.slots.iter().any(Slot::is_being_read)
    }
}

impl Slot {
    /// Whether a read of it is under way.
    #[must_use]
    pub const fn is_being_read(&self) -> bool {
        matches!(self.state, SlotState::Reading { .. })
    }

    /// Whether its last read gave nothing that is kept, so that it is to be read again.
    #[must_use]
    pub const fn is_to_be_read_again(&self) -> bool {
        matches!(self.state, SlotState::Failed(_) | SlotState::NotSaved(_) | SlotState::Stopped)
    }

    /// Whether the last read of this plug was begun in this session.
    #[must_use]
    pub fn was_read_in(&self, session: &Session) -> bool {
        self.read_in == Some(session.id)
    }

    /// Whether it may be this patient's: it did not come while somebody else was in hand, and its
    /// readings are in no record.
    #[must_use]
    pub fn is_for(&self, patient: &PatientId) -> bool {
        let is_in_a_record = matches!(&self.state, SlotState::Stored(upload) if upload.record.is_some());
        !is_in_a_record && self.whose.as_ref().is_none_or(|whose| whose == patient)
    }

    /// Whether nobody was in hand yet since it came.
    #[must_use]
    pub const fn is_for_nobody_yet(&self) -> bool {
        self.whose.is_none()
    }

    fn start(&mut self, chosen: Option<Chosen>, session: &Session, tickets: &mut Tickets) -> Effect {
        self.begin(chosen);
        self.held = None;
        self.read_in = Some(session.id);
        let (ticket, driver) = (tickets.next(), self.driver());
        self.state = SlotState::Reading { ticket, session: session.clone(), done: 0, of: None };
        Effect::Ask(ticket, Request::For(session.clone(), Task::ReadMeter { attachment: self.attachment.id, driver }))
    }
}
