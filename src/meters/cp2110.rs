//! A serial line behind a CP2110 bridge: a HID link goes in, a serial one comes out, so that one driver serves both.
//!
//! Whether there is a bridge is asked of the link: only HID takes feature reports.

use std::time::Duration;

use super::codec::cp2110::{Feature, from_report, to_reports};
use super::conversation::Conversation;
use super::error::MeterError;
use super::link::{LineSettings, Link, LinkError};
use crate::domain::cause::Cause;

/// For a feature report; the bridge answers at once.
const FEATURE: Duration = Duration::from_secs(2);

const SETTING_UP: &str = "setting up the line";

/// A HID link to a CP2110, used as the serial line behind it.
pub struct Cp2110<'a> {
    hid: &'a mut dyn Link,
}

impl<'a> Cp2110<'a> {
    /// The line behind the bridge at the other end of `hid`. It is silent until [`Link::set_line`] switches it on.
    pub fn new(hid: &'a mut dyn Link) -> Self {
        Self { hid }
    }
}

impl Link for Cp2110<'_> {
    fn send(&mut self, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
        to_reports(bytes).iter().try_for_each(|report| self.hid.send(report, wait))
    }

    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        let report = self.hid.receive(wait)?;
        let data = from_report(&report);
        data.map(<[u8]>::to_vec)
            .map_err(|error| LinkError::Failed { operation: "reading from the bridge", reason: Cause::of(error) })
    }

    /// Sets up the line, switches it on, and forgets what was on it.
    fn set_line(&mut self, settings: LineSettings) -> Result<(), LinkError> {
        let purge = Feature::Purge { to_meter: true, from_meter: true };
        // AN434 in this order: a line that is on with other settings would turn what is on it into noise, and bytes
        // from before must not answer the first question.
        for feature in [Feature::Configure(settings), Feature::Enable(true), purge] {
            self.hid.send_feature(&feature.encode(), FEATURE)?;
        }
        Ok(())
    }
}

/// Over what a serial line is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// A serial port.
    Port,
    /// A CP2110.
    Bridge,
}

/// Lets `work` talk over a serial line that is driven as `settings` say: the link itself, or the line behind a CP2110
/// if the link is HID. Bytes are recorded as they are on the line, so a record does not depend on the medium.
///
/// # Errors
/// If the line cannot be set up, or what `work` says.
pub fn over_line<R>(
    conversation: &mut Conversation<'_>,
    settings: LineSettings,
    work: impl FnOnce(&mut Conversation<'_>, Medium) -> Result<R, MeterError>,
) -> Result<R, MeterError> {
    let failed = |cause| MeterError::Link { during: SETTING_UP, cause };
    match Cp2110::new(conversation.link()).set_line(settings) {
        Err(LinkError::Unsupported { .. }) => {
            conversation.link().set_line(settings).map_err(failed)?;
            work(conversation, Medium::Port)
        }
        Err(cause) => Err(failed(cause)),
        Ok(()) => conversation.through(|hid| Box::new(Cp2110::new(hid)), |line| work(line, Medium::Bridge)),
    }
}
