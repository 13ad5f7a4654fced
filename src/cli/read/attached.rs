//! The meter that is plugged in: found on the buses of this computer, by its USB id or as the only one.
//!
//! Behind a generic cable, without a driver named, it is read as what was read through that cable last, and that is
//! said. Another meter may hang on it today: then it does not answer in that language, and nothing is read.

use std::cell::RefCell;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, timeout, timeout_at};

use crate::cli::{CommandError, Exit};
use crate::domain::cable::RememberedCable;
use crate::domain::meter::{Access, Attachment};
use crate::domain::text::Clean;
use crate::host::bus::{BusEvent, MeterBus as _, OpenMeter};
use crate::host::real_bus::RealBus;
use crate::host::watch::{PERIOD, Place, Seen, What};
use crate::meters::catalogue::{Catalogue, Known, Meter, UsbId};
use crate::meters::drivers;
use crate::meters::link::LinkError;

/// How long to look for a meter: a meter that may not be opened is told only by the second look.
const PATIENCE: Duration = PERIOD.saturating_mul(3);

/// How long to wait for what the same look found besides.
const REST: Duration = Duration::from_millis(20);

/// What was opened.
pub(super) struct Opened {
    pub(super) meter: OpenMeter,
    /// The cable whose memory said which driver to take; none where it was named, or the meter has a plug of its own.
    pub(super) remembered: Option<RememberedCable>,
}

/// Opens the meter with this USB id, or without one the only meter that is plugged in. What `cables` remember stands in
/// for a `driver` that is not named.
pub(super) fn open(
    id: Option<UsbId>,
    driver: Option<&str>,
    cables: &[RememberedCable],
) -> Result<Opened, CommandError> {
    let catalogue = Catalogue::embedded().map_err(|error| failed(&error))?;
    let (sender, events) = unbounded_channel();
    let bus = RealBus::start(catalogue, Vec::new(), Arc::default(), sender).map_err(|error| failed(&error))?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(|error| failed(&error))?;
    // Cables of which nobody has said what is behind them: told if there is nothing else.
    let unnamed = RefCell::new(Vec::new());
    let is_wanted = |attachment: &Attachment| {
        let is_here = bus.find(attachment.id).is_some_and(|seen| id.is_none_or(|id| has_id(&seen, id)));
        let is_named =
            attachment.access != Access::AskModel || driver.is_some() || remembered(attachment, cables).is_some();
        if is_here && !is_named {
            unnamed.borrow_mut().push(attachment.name.clone());
        }
        is_here && is_named
    };
    let mut found = runtime.block_on(arrivals(events, &is_wanted));
    if driver.is_none() {
        prefer_meters(&mut found);
    }
    let meter = match found.as_slice() {
        [] => return Err(unnamed.borrow().first().map_or_else(|| none(id), say_which)),
        [meter] => meter,
        [_, _, ..] => return Err(several(&found)),
    };
    let last = remembered(meter, cables).filter(|_| driver.is_none() && meter.access == Access::AskModel);
    let driver = driver.or_else(|| last.map(|(_, model)| model.driver.as_str()));
    let opened = bus.open(meter.id, driver).map_err(|error| refused(meter, &error))?;
    Ok(Opened { meter: opened, remembered: last.map(|(cable, _)| cable.clone()) })
}

/// A remembered cable may be in its socket without a meter: it does not make a meter with a plug of its own one of
/// several.
fn prefer_meters(found: &mut Vec<Attachment>) {
    if found.iter().any(|attachment| attachment.access != Access::AskModel) {
        found.retain(|attachment| attachment.access != Access::AskModel);
    }
}

/// What was read last through a cable, and the meter that this is.
fn remembered<'a>(
    attachment: &Attachment,
    cables: &'a [RememberedCable],
) -> Option<(&'a RememberedCable, &'static Meter)> {
    let key = attachment.cable.as_ref()?;
    let cable = cables.iter().find(|cable| cable.key == *key)?;
    Some((cable, Catalogue::embedded().ok()?.by_slug(&cable.model)?))
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

/// Only a cable is there, and nobody said which meter is behind it.
fn say_which(cable: &Clean) -> CommandError {
    let drivers = drivers::SERIAL.iter().map(|driver| driver.name()).collect::<Vec<_>>().join(", ");
    CommandError::usage(format!("{cable} does not tell which meter is behind it; say so with --driver ({drivers})"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::meter::{AttachmentId, Family};

    fn attachment(id: u64, access: Access, cable: Option<&str>) -> Attachment {
        Attachment {
            id: AttachmentId(id),
            name: "USB serial cable (FTDI)".into(),
            family: Family::Other,
            connection: "serial port ttyUSB0".into(),
            access,
            cable: cable.map(|key| key.parse().unwrap()),
        }
    }

    fn noted(model: &str) -> [RememberedCable; 1] {
        let read_at = "2026-07-14T10:00:00Z".parse().unwrap();
        [RememberedCable { key: "0403:6001@1-2".parse().unwrap(), model: model.to_owned(), read_at }]
    }

    #[test]
    fn only_the_same_cable_is_remembered_and_only_as_a_meter_that_exists() {
        let same = attachment(1, Access::AskModel, Some("0403:6001@1-2"));
        let driver = |attachment: &Attachment, model: &str| {
            remembered(attachment, &noted(model)).map(|(_, meter)| meter.driver.as_str())
        };
        assert_eq!(driver(&same, "contour-plus"), Some("contour-serial"));
        assert_eq!(driver(&same, "no-such-meter"), None);
        assert_eq!(driver(&attachment(1, Access::AskModel, Some("0403:6001@1-3")), "contour-plus"), None);
        assert_eq!(driver(&attachment(1, Access::AskModel, None), "contour-plus"), None);
    }

    #[test]
    fn a_cable_does_not_stand_in_the_way_of_a_meter() {
        let left = |mut found: Vec<Attachment>| -> Vec<u64> {
            prefer_meters(&mut found);
            found.into_iter().map(|attachment| attachment.id.0).collect()
        };
        let meter = |id| attachment(id, Access::Open, None);
        let cable = |id| attachment(id, Access::AskModel, None);
        assert_eq!(left(vec![meter(1), cable(2)]), [1]);
        assert_eq!(left(vec![cable(1), cable(2)]), [1, 2]);
        assert_eq!(left(vec![meter(1), attachment(2, Access::Denied, None), cable(3)]), [1, 2]);
        assert_eq!(left(vec![]), [] as [u64; 0]);
    }

    #[test]
    fn a_cable_without_memory_asks_for_the_driver() {
        let error = say_which(&"USB serial cable (FTDI)".into());
        assert_eq!(error.exit, Exit::Usage);
        assert!(error.message.starts_with("USB serial cable (FTDI) does not tell which meter is behind it"));
        assert!(error.message.contains("--driver (caresens, contour-serial"), "{}", error.message);
    }
}
