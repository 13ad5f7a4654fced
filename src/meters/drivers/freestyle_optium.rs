//! Precision Xtra and FreeStyle Optium: `$colq` says who the meter is, `$xmem` sends everything, at 19200 baud.
//!
//! `$colq` comes first, because it is short: it finds a meter whose first command is swallowed, and tells the identity
//! under which a log that then fails can be reported. It has no check sum, so it must be heard twice alike, and the log
//! must name the same serial number. Version and clock are taken from the log, which has a sum.
//!
//! Where the two sources differ:
//! - One sends `$xmem` only, the other also `$colq`; both describe both. See above for why both are used.
//! - A ketone HI is more than 8.0 mmol/L to one, 10.0 to the other; here HI stays HI. One rounds a ketone to two
//!   decimals, the other drops it: two decimals keep every raw value apart.
//! - One looks at the last digit of the flags, the other fails on any but 00. Here they are bits: bit 0 a control test,
//!   bit 1 the time was lost.
//! - One does not cut the sum to 16 bits, and fails on 40 records and more. It has 16 bits.

use super::Driver;
use super::freestyle_serial::{ATTEMPTS, About, Answer, Command, Records, ask, read_log, set_line};
use crate::domain::download::Download;
use crate::domain::meter_clock::ClockReading;
use crate::domain::text::Clean;
use crate::meters::codec::freestyle_serial::entry::Dialect;
use crate::meters::codec::freestyle_serial::status::{Status, is_whole_status};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;

const IDENTIFYING: &str = "asking which meter this is";

const STATUS: Command = Command { text: "$colq\r\n", during: IDENTIFYING, is_whole: is_whole_status };

/// Reads a Precision Xtra or FreeStyle Optium.
#[derive(Debug, Clone, Copy)]
pub struct FreeStyleOptium;

impl Driver for FreeStyleOptium {
    fn name(&self) -> &'static str {
        "freestyle-optium"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Download, MeterError> {
        set_line(conversation)?;
        let (status, clock) = identify(conversation)?;
        let mut about = About {
            driver: self.name(),
            model: if sold_as.is_empty() { "Precision Xtra".into() } else { sold_as.clone() },
            serial: status.serial,
            version: status.version,
            clock,
            announced: None,
        };
        let records = match read_log(conversation, "$xmem\r\n") {
            Err(MeterError::Cancelled) => return Err(MeterError::Cancelled),
            Err(error) => Records { error: Some(error), ..Records::default() },
            Ok((log, _)) if log.serial != about.serial => {
                // Somebody has put the cable into another meter meanwhile.
                let reason = "it comes from another meter than the one asked before".to_owned();
                let error = MeterError::Malformed { what: "the log", reason };
                Records { error: Some(error), ..Records::default() }
            }
            Ok((log, host)) => {
                let mut records = Records::decode(conversation, &log, Dialect::Optium);
                about.clock = About::clock_of(&log, host, &mut records.warnings);
                about.announced = Some(log.announced);
                about.version = log.version;
                records
            }
        };
        Ok(about.download(conversation, records))
    }
}

/// Asks until the same serial number has come twice in a row.
fn identify(conversation: &mut Conversation<'_>) -> Result<(Status, Option<ClockReading>), MeterError> {
    let open = |answer: &Answer| {
        let status = Status::open(&answer.bytes)?;
        let clock = status.clock.map(|meter| ClockReading { meter, host: answer.began.clone() });
        Ok((status, clock))
    };
    let mut last = ask(conversation, &STATUS, open)?;
    for _ in 0..ATTEMPTS {
        let again = ask(conversation, &STATUS, open)?;
        if again.0.serial == last.0.serial {
            return Ok(again);
        }
        last = again;
    }
    let reason = "the serial number came differently each time".to_owned();
    Err(MeterError::Malformed { what: IDENTIFYING, reason })
}
