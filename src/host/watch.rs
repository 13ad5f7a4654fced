//! The background task that notices meters: plugged, unplugged, not permitted, taken. Speaks only on change.
//!
//! A thread of its own, because a look may block a moment in the kernel and must not delay a key. It never opens a
//! meter: opening is the work of [`super::real_bus`]. Two things make it look:
//!
//! - time: twice a second, because nobody announces a mounted drive, a new owner of a device node, or a
//!   pseudo-terminal;
//! - the kernel's announcement of a USB device ([`hotplug`]), where there are any: then at once, and again a little
//!   later, because the serial port or the drive of a meter comes after its device.
//!
//! A look costs next to nothing (`benches/watch.rs` measures it).

use std::time::Duration;

use crate::domain::cable::CableKey;
use crate::domain::meter::{Access, Attachment, AttachmentId, Bridge, Family};
use crate::domain::text::{Clean, NAME_CELLS};
use crate::host::location::PortLocation;
use crate::meters::catalogue::Known;

mod difference;
pub mod hotplug;
pub mod identity;
mod listing;
mod roster;
mod task;
mod turns;
mod usb_list;

pub use difference::{Difference, Plugged, difference};
pub use listing::SystemLister;
pub use roster::{AttachmentIds, MeterInUse, Roster};
pub use task::{Noticing, Watch};

/// The time between two looks that nothing else asks for: where the kernel announces nothing, a meter is in the panel
/// within a second all the same, and two looks a second are not felt by a processor.
pub const PERIOD: Duration = Duration::from_millis(500);

/// What is plugged in there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Something of the catalogue.
    Known(Known<'static>),
    /// A serial port that a person named; any meter may be behind it.
    NamedPort,
}

/// One thing that a look saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Where.
    pub place: PortLocation,
    /// What.
    pub what: What,
    /// Whether it can be read.
    pub access: Access,
    /// For a generic cable that can be told from others of its kind, which one it is.
    pub cable: Option<CableKey>,
}

impl Sighting {
    /// The attachment as the app knows it.
    #[must_use]
    pub fn attachment(&self, id: AttachmentId) -> Attachment {
        let connection = match &self.place {
            PortLocation::Usb(_) => Clean::from("USB"),
            PortLocation::Serial { path, .. } => {
                // The last part alone: the path of a port that a person named may have a name in
                // it.
                let port = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                Clean::new(&format!("serial port {port}"), NAME_CELLS)
            }
        };
        let (name, family) = match self.what {
            What::Known(Known::Meter(meter)) => (meter.name(), meter.family),
            What::Known(Known::Unreadable(meter)) => (meter.name.clone(), meter.family),
            // What is behind a cable nobody knows before it is asked, not even its family.
            What::Known(Known::Cable(cable)) => (cable.name.clone(), Family::Other),
            What::NamedPort => (connection.clone(), Family::Other),
        };
        let bridge = match self.what {
            What::Known(Known::Cable(cable)) => Some(cable.bridge()),
            What::NamedPort => Some(Bridge::SerialCable),
            What::Known(Known::Meter(_) | Known::Unreadable(_)) => None,
        };
        Attachment { id, name, family, connection, access: self.access.clone(), cable: self.cable.clone(), bridge }
    }
}

/// Sees what is plugged in now.
pub trait Lister: Send {
    /// Everything of interest, each place once, without opening anything. Must be cheap: it is asked twice a second.
    fn list(&mut self) -> Vec<Sighting>;
}

#[cfg(test)]
mod tests;
