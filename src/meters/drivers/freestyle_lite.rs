//! FreeStyle Lite and Freedom Lite: `$mem` over a serial cable at 19200 baud sends everything.
//!
//! Where the two sources differ:
//! - One lists the command as plain `mem`; the other sends `$mem` CR LF to real meters every day, so that is sent.
//! - One compares the check sum only where it stands, the other not at all. Here a log with records must have it, for
//!   nothing else protects them; only an empty log may come without, and is then read twice.
//! - One knows no flags but 00, the other looks at the last digit of the flags. Here they are bits, as in the sister
//!   meter: bit 0 a control test, bit 1 the time was lost. A control test with both must not pass for blood.
//! - The sources' own limit is 30 s for the whole answer; here each pause is limited, and the answer's length.
//!
//! The first letter of the serial number tells the model: `C` the Freedom Lite, `D` the Lite.

use super::Driver;
use super::freestyle_serial::{clock_of, identity, read_log, set_line, take};
use crate::domain::text::Clean;
use crate::meters::codec::freestyle_serial::entry::Dialect;
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::{Account, Gathered};

/// Reads a FreeStyle Lite or Freedom Lite.
#[derive(Debug, Clone, Copy)]
pub struct FreeStyleLite;

impl Driver for FreeStyleLite {
    fn name(&self) -> &'static str {
        "freestyle-lite"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        set_line(conversation)?;
        // No question for the identity comes first: this meter knows none, the log says whose it is.
        let (log, host) = read_log(conversation, "$mem\r\n")?;
        let mut gathered = Gathered::default();
        gathered.note_clock_at(clock_of(&log, host));
        take(conversation, &mut gathered, &log, Dialect::Lite);
        let meter = identity(self.name(), model(&log.serial, sold_as), &log.serial, &log.version);
        gathered.close(conversation, meter, Ok(()))
    }
}

fn model(serial: &str, sold_as: &Clean) -> Clean {
    match serial.chars().next() {
        Some('C') => "FreeStyle Freedom Lite".into(),
        Some('D') => "FreeStyle Lite".into(),
        _ if sold_as.is_empty() => "FreeStyle Lite".into(),
        _ => sold_as.clone(),
    }
}
