//! The meter that is plugged in: found on the buses of this computer, by its USB id or as the only one.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, timeout, timeout_at};

use crate::cli::{CommandError, Exit};
use crate::domain::meter::{Access, Attachment};
use crate::host::bus::{BusEvent, MeterBus as _, OpenMeter};
use crate::host::real_bus::RealBus;
use crate::host::watch::{PERIOD, Place, Seen, What};
use crate::meters::catalogue::{Catalogue, Known, UsbId};
use crate::meters::link::LinkError;

/// How long to look for a meter: a meter that may not be opened is told only by the second look.
const PATIENCE: Duration = PERIOD.saturating_mul(3);

/// How long to wait for what the same look found besides.
const REST: Duration = Duration::from_millis(20);

/// Opens the meter with this USB id, or without one the only meter that is plugged in.
pub(super) fn open(id: Option<UsbId>, driver: Option<&str>) -> Result<OpenMeter, CommandError> {
    let catalogue = Catalogue::embedded().map_err(|error| failed(&error))?;
    let (sender, events) = unbounded_channel();
    let bus = RealBus::start(catalogue, Vec::new(), Arc::default(), sender).map_err(|error| failed(&error))?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(|error| failed(&error))?;
    let is_wanted = |attachment: &Attachment| {
        // Behind a cable, somebody must have said what it is.
        let is_known = attachment.access != Access::AskModel || driver.is_some();
        is_known && bus.find(attachment.id).is_some_and(|seen| id.is_none_or(|id| has_id(&seen, id)))
    };
    let found = runtime.block_on(arrivals(events, is_wanted));
    let meter = match found.as_slice() {
        [] => return Err(none(id)),
        [meter] => meter,
        [_, _, ..] => return Err(several(&found)),
    };
    bus.open(meter.id, driver).map_err(|error| refused(meter, &error))
}

/// Whether it is on USB with this id, or at a serial port of USB with this id.
fn has_id(seen: &Seen, id: UsbId) -> bool {
    match (&seen.place, seen.what) {
        (Place::Usb(place), _) => place.id == id,
        (Place::Serial { .. }, What::Known(Known::Meter(meter))) => meter.ids.contains(&id),
        (Place::Serial { .. }, What::Known(Known::Cable(cable))) => cable.ids.contains(&id),
        (Place::Serial { .. }, What::Known(Known::Unreadable(_)) | What::NamedPort) => false,
    }
}

/// What arrives within [`PATIENCE`] and is wanted: all that the first look with any found.
async fn arrivals(mut events: UnboundedReceiver<BusEvent>, is_wanted: impl Fn(&Attachment) -> bool) -> Vec<Attachment> {
    let mut found = Vec::new();
    let end = Instant::now() + PATIENCE;
    loop {
        let event =
            if found.is_empty() { timeout_at(end, events.recv()).await } else { timeout(REST, events.recv()).await };
        match event {
            Ok(Some(BusEvent::Arrived(attachment))) if is_wanted(&attachment) => found.push(attachment),
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => return found,
        }
    }
}

fn failed(error: &dyn Error) -> CommandError {
    CommandError::new(Exit::Failed, error.to_string())
}

fn none(id: Option<UsbId>) -> CommandError {
    let what = id.map_or_else(|| "meter".to_owned(), |id| format!("meter with the USB id {id}"));
    CommandError::new(Exit::NoMeter, format!("no {what} is attached; see glucodock meters for what is"))
}

fn several(found: &[Attachment]) -> CommandError {
    let names = found.iter().map(|meter| meter.name.as_str()).collect::<Vec<_>>().join(", ");
    CommandError::usage(format!("more than one meter is attached ({names}); unplug all but one, or name it with --usb"))
}

fn refused(meter: &Attachment, error: &LinkError) -> CommandError {
    let name = &meter.name;
    match error {
        LinkError::Gone => CommandError::new(Exit::NoMeter, format!("{name} was unplugged")),
        LinkError::Denied { .. } => CommandError::new(
            Exit::Failed,
            format!("no permission to open {name}; glucodock doctor says what to install"),
        ),
        LinkError::Busy { .. } => CommandError::new(
            Exit::Failed,
            format!("{name} is in use by another program; end that program and try again"),
        ),
        LinkError::TimedOut | LinkError::Unsupported { .. } | LinkError::Failed { .. } => {
            CommandError::new(Exit::Failed, format!("{name} cannot be opened: {error}"))
        }
    }
}
