//! The meter that is plugged in: found on the buses of this computer, by its USB id or as the only one.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::unbounded_channel;

use crate::cli::{CommandError, Exit};
use crate::domain::meter::{Access, Attachment};
use crate::host::bus::{BusEvent, MeterBus as _, OpenMeter};
use crate::host::real_bus::RealBus;
use crate::host::watch::{PERIOD, Place};
use crate::meters::catalogue::{Catalogue, UsbId};
use crate::meters::link::LinkError;

/// How long to look for a meter: two looks, because a meter that may not be opened is told only by the second.
const PATIENCE: Duration = PERIOD.saturating_mul(3);

/// Opens the meter with this USB id, or without one the only meter that is plugged in.
pub(super) fn open(id: Option<UsbId>, driver: Option<&str>) -> Result<OpenMeter, CommandError> {
    let failed = |error: &dyn std::error::Error| CommandError::new(Exit::Failed, error.to_string());
    let catalogue = Catalogue::embedded().map_err(|error| failed(&error))?;
    let (sender, mut events) = unbounded_channel();
    let bus = RealBus::start(catalogue, Vec::new(), Arc::default(), sender).map_err(|error| failed(&error))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|error| failed(&error))?;
    let mut found: Vec<Attachment> = Vec::new();
    runtime.block_on(async {
        let wanted = |attachment: &Attachment| match bus.place(attachment.id) {
            Some(Place::Usb(place)) => id.is_none_or(|id| id == place.id),
            Some(Place::Serial { .. }) => id.is_none() && driver.is_some(),
            None => false,
        };
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while found.is_empty() {
            match tokio::time::timeout_at(deadline, events.recv()).await {
                Ok(Some(BusEvent::Arrived(attachment))) if wanted(&attachment) => found.push(attachment),
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => return,
            }
        }
        // What the same look found has been sent by now, or is about to be.
        while let Ok(Some(event)) = tokio::time::timeout(Duration::from_millis(20), events.recv()).await {
            if let BusEvent::Arrived(attachment) = event
                && wanted(&attachment)
            {
                found.push(attachment);
            }
        }
    });
    let meter = match found.as_slice() {
        [] => return Err(none(id)),
        [meter] => meter,
        [_, _, ..] => return Err(several(&found)),
    };
    bus.open(meter.id, driver).map_err(|error| refused(meter, &error))
}

fn none(id: Option<UsbId>) -> CommandError {
    let what = id.map_or_else(|| "meter is attached".to_owned(), |id| format!("meter with the USB id {id} is attached"));
    CommandError::new(Exit::NoMeter, format!("no {what}; see glucodock meters for what is"))
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
        LinkError::Unsupported { .. } if meter.access == Access::Unsupported => {
            CommandError::new(Exit::Failed, format!("{name} cannot be read; see glucodock meters"))
        }
        LinkError::TimedOut | LinkError::Unsupported { .. } | LinkError::Failed { .. } => {
            CommandError::new(Exit::Failed, format!("{name} cannot be opened: {error}"))
        }
    }
}
