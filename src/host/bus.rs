//! The meters attached to this computer, real or simulated, as one thing that can be watched and opened.

use crate::domain::meter::{Attachment, AttachmentId};
use crate::domain::text::Clean;
use crate::meters::drivers::Driver;
use crate::meters::link::{Link, LinkError};

/// Something changed on a bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BusEvent {
    /// A meter was plugged in.
    Arrived(Attachment),
    /// What is known of a plugged meter changed.
    Changed(Attachment),
    /// A meter was unplugged.
    Left(AttachmentId),
}

/// A meter that was opened for reading.
pub struct OpenMeter {
    /// The wire to it.
    pub link: Box<dyn Link>,
    /// The language it speaks.
    pub driver: &'static dyn Driver,
    /// The name it is sold under, from the catalogue.
    pub sold_as: Clean,
}

/// Where meters are attached.
///
/// The watching side speaks only on change, through the sender it was made with.
pub trait MeterBus: Send + Sync {
    /// Opens a plugged meter. `driver` names the driver for a generic cable.
    ///
    /// # Errors
    /// [`LinkError::Gone`] if it was unplugged meanwhile, [`LinkError::Denied`], [`LinkError::Busy`], or the system's.
    fn open(&self, id: AttachmentId, driver: Option<&str>) -> Result<OpenMeter, LinkError>;
}
