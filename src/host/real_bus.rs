//! The real meters attached to this computer: watched in the background, opened on demand.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rusb::UsbContext as _;
use tokio::sync::mpsc::UnboundedSender;

use super::bus::{BusEvent, MeterBus, OpenMeter};
use super::links::guarded::GuardedLink;
use super::links::scsi::ScsiLink;
use super::links::serial::SerialLink;
use super::links::usb_bulk::UsbBulkLink;
use super::links::usb_hid::UsbHidLink;
use super::location::{PortLocation, UsbLocation};
use super::mounts;
use super::retry::NEW_DEVICE;
use super::watch::{AttachmentIds, Noticing, PERIOD, Sighting, SystemLister, Watch, What};
use crate::domain::meter::AttachmentId;
use crate::domain::text::{Clean, NAME_CELLS};
use crate::meters::catalogue::{Catalogue, Known, LinkKind, Meter};
use crate::meters::drivers::{self, Driver};
use crate::meters::link::{Link, LinkError};

/// Opens what was seen at a place, for a meter that is spoken to over this kind of link.
trait Opener: Send + Sync {
    fn open(&self, place: &PortLocation, kind: LinkKind) -> Result<Box<dyn Link>, LinkError>;
}

/// Opens devices of this computer.
struct SystemOpener {
    usb: Option<rusb::Context>,
}

impl Opener for SystemOpener {
    fn open(&self, place: &PortLocation, kind: LinkKind) -> Result<Box<dyn Link>, LinkError> {
        let place = match place {
            PortLocation::Usb(place) => *place,
            PortLocation::Serial { path, .. } => {
                let opened = NEW_DEVICE.attempt(is_passing, |_| SerialLink::open(path), std::thread::sleep);
                return Ok(Box::new(opened?));
            }
        };
        let context = || self.context_with(place).ok_or(LinkError::Gone);
        match kind {
            LinkKind::UsbBulk => Ok(Box::new(UsbBulkLink::open(&context()?, place)?)),
            LinkKind::UsbHid => Ok(Box::new(UsbHidLink::open(&context()?, place)?)),
            LinkKind::Scsi => Ok(Box::new(ScsiLink::open(&context()?, place)?)),
            // To claim it would take it from the kernel, and its drive from the desktop.
            LinkKind::Folder => Ok(Box::new(mounts::open(place)?)),
            LinkKind::Serial => Err(LinkError::Unsupported { operation: "serial port" }),
        }
    }
}

/// Whether the refusal of a port may pass by itself.
const fn is_passing(refusal: &LinkError) -> bool {
    matches!(refusal, LinkError::Denied { .. } | LinkError::Busy { .. } | LinkError::Gone)
}

impl SystemOpener {
    /// A libusb context that knows of the device: a new one where the kernel's announcements do not reach libusb.
    fn context_with(&self, place: UsbLocation) -> Option<rusb::Context> {
        let is_there =
            |device: rusb::Device<rusb::Context>| (device.bus_number(), device.address()) == (place.bus, place.address);
        // In a container no announcement arrives, and libusb keeps the list that it made at its start for ever.
        let knows = |context: &&rusb::Context| context.devices().is_ok_and(|list| list.iter().any(is_there));
        self.usb.as_ref().filter(knows).cloned().or_else(|| rusb::Context::new().ok())
    }
}

/// Opens what a look saw on this computer, without a watch.
///
/// # Errors
/// As [`RealBus::open`].
pub fn open_seen(
    catalogue: &Catalogue,
    lister: &SystemLister,
    seen: &Sighting,
    driver: Option<&str>,
) -> Result<OpenMeter, LinkError> {
    open(catalogue, &SystemOpener { usb: lister.usb() }, seen, driver)
}

fn open(
    catalogue: &Catalogue,
    opener: &dyn Opener,
    seen: &Sighting,
    driver: Option<&str>,
) -> Result<OpenMeter, LinkError> {
    let (driver, sold_as) = language(catalogue, seen.what, driver)?;
    let kind = match seen.what {
        What::Known(Known::Meter(meter)) => meter.link,
        What::Known(Known::Cable(cable)) => cable.link,
        // One that cannot be read was refused above, with its language; a port that a person named
        // is one.
        What::Known(Known::Unreadable(_)) | What::NamedPort => LinkKind::Serial,
    };
    Ok(OpenMeter { link: opener.open(&seen.place, kind)?, driver, sold_as })
}

/// The buses of this computer. Dropping it ends the watch; links that are open stay open.
pub struct RealBus {
    catalogue: &'static Catalogue,
    watch: Watch,
    opener: Box<dyn Opener>,
    has_usb: bool,
}

impl RealBus {
    /// Starts to watch USB and the serial ports, those in `named` whatever is behind them; what changes is sent to
    /// `events`, beginning with what is plugged in already. Works, and stays silent, on a machine without USB.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        catalogue: &'static Catalogue,
        named: Vec<PathBuf>,
        ids: Arc<AttachmentIds>,
        events: UnboundedSender<BusEvent>,
    ) -> io::Result<Self> {
        Self::start_by(Noticing::Announcements, catalogue, named, ids, events)
    }

    /// Starts in this way of noticing, or by polling where it cannot be had.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start_by(
        wished: Noticing,
        catalogue: &'static Catalogue,
        named: Vec<PathBuf>,
        ids: Arc<AttachmentIds>,
        events: UnboundedSender<BusEvent>,
    ) -> io::Result<Self> {
        let lister = SystemLister::new(catalogue, named);
        let usb = lister.usb();
        let has_usb = usb.is_some();
        let opener = Box::new(SystemOpener { usb });
        let watch = Watch::start(Box::new(lister), ids, events, PERIOD, wished)?;
        Ok(Self { catalogue, watch, opener, has_usb })
    }

    /// How it notices what is plugged in.
    #[must_use]
    pub const fn noticing(&self) -> Noticing {
        self.watch.noticing()
    }

    /// Whether this computer has USB at all.
    #[must_use]
    pub const fn has_usb(&self) -> bool {
        self.has_usb
    }

    /// What is plugged in under this number, as of the last look.
    #[must_use]
    pub fn find(&self, id: AttachmentId) -> Option<Sighting> {
        self.watch.roster().find(id)
    }

    /// Looks now instead of at the next turn.
    pub fn look_now(&self) {
        self.watch.look_now();
    }
}

impl MeterBus for RealBus {
    /// Blocks for up to two seconds while the system still refuses a meter that has just arrived, and for up to ten
    /// until the drive of one is mounted.
    fn open(&self, id: AttachmentId, driver: Option<&str>) -> Result<OpenMeter, LinkError> {
        let roster = self.watch.roster();
        let seen = roster.find(id).ok_or(LinkError::Gone)?;
        // Before the opening, or a look in between would tell that another program holds the meter.
        let hold = roster.hold(id);
        let opened = open(self.catalogue, self.opener.as_ref(), &seen, driver)?;
        Ok(OpenMeter { link: Box::new(GuardedLink::new(opened.link, hold)), ..opened })
    }
}

/// Which language to speak to what was seen, and the name it is sold under. A meter with an id of its own decides
/// itself; behind a generic cable or a named port it is the `asked` driver.
pub(super) fn language(
    catalogue: &Catalogue,
    what: What,
    asked: Option<&str>,
) -> Result<(&'static dyn Driver, Clean), LinkError> {
    let (name, sold_as) = match (what, asked) {
        (What::Known(Known::Meter(meter)), _) => (meter.driver.as_str(), meter.name()),
        (What::Known(Known::Unreadable(_)), _) => return Err(LinkError::Unsupported { operation: "readable data" }),
        (What::Known(Known::Cable(_)) | What::NamedPort, None) => {
            return Err(LinkError::Unsupported { operation: "meter of its own, and none was named" });
        }
        (What::Known(Known::Cable(cable)), Some(asked)) => {
            let meter = catalogue.read_behind(cable, asked);
            let meter = meter.ok_or(LinkError::Unsupported { operation: "meter of that kind behind this cable" })?;
            (asked, meter.name())
        }
        (What::NamedPort, Some(asked)) => {
            // A driver may read meters with a plug of their own too; those are never behind a serial port.
            let is_behind_port = |meter: &&Meter| meter.link == LinkKind::Serial && !meter.cables.is_empty();
            let sold_as = catalogue.by_driver(asked).find(is_behind_port).map(Meter::name);
            (asked, sold_as.unwrap_or_else(|| Clean::new(asked, NAME_CELLS)))
        }
    };
    let driver = drivers::by_name(name).ok_or(LinkError::Unsupported { operation: "driver of that name" })?;
    Ok((driver, sold_as))
}

#[cfg(test)]
mod tests;
