//! The HID reports of a meter without a bridge, used as a line.

use std::time::Duration;

use crate::meters::codec::isens::report::{from_report, to_reports};
use crate::meters::link::{Link, LinkError};

/// A HID link to a GLUCOCARD Shine Connex, used as a line.
pub(super) struct PlainHid<'a> {
    hid: &'a mut dyn Link,
}

impl<'a> PlainHid<'a> {
    pub(super) fn new(hid: &'a mut dyn Link) -> Self {
        Self { hid }
    }
}

impl Link for PlainHid<'_> {
    fn send(&mut self, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
        to_reports(bytes).iter().try_for_each(|report| self.hid.send(report, wait))
    }

    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        let report = self.hid.receive(wait)?;
        from_report(&report).map(<[u8]>::to_vec).ok_or_else(|| LinkError::Failed {
            operation: "reading a report",
            reason: "it is shorter than it says".into(),
        })
    }
}
