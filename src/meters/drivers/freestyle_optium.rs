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
use super::freestyle_serial::{MeterCommand, TimedAnswer, ask, clock_of, identity, read_log, set_line, take};
use super::identity::twice_alike;
use crate::domain::meter_clock::ClockReading;
use crate::domain::text::Clean;
use crate::meters::codec::freestyle_serial::entry::Dialect;
use crate::meters::codec::freestyle_serial::status::{MeterStatus, is_whole_status};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::{Account, Gathered, sold_under};

/// What a failure is told to have interrupted.
const IDENTIFYING: &str = "asking which meter this is";

/// Asks who the meter is.
const STATUS: MeterCommand = MeterCommand { text: "$colq\r\n", during: IDENTIFYING, is_whole: is_whole_status };

/// Reads a Precision Xtra or FreeStyle Optium.
#[derive(Debug, Clone, Copy)]
pub struct FreeStyleOptium;

impl Driver for FreeStyleOptium {
    fn name(&self) -> &'static str {
        "freestyle-optium"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        set_line(conversation)?;
        let (status, clock) = identify(conversation)?;
        let mut gathered = Gathered::default();
        let mut version = status.version;
        let outcome = match read_log(conversation, "$xmem\r\n") {
            Err(error) => {
                // Better than none, though the answer it stood in has no check sum.
                gathered.note_clock_at(clock);
                Err(error)
            }
            Ok((log, _)) if log.serial != status.serial => {
                gathered.note_clock_at(clock);
                // Somebody has put the cable into another meter meanwhile.
                let reason = "it comes from another meter than the one asked before".to_owned();
                Err(MeterError::Malformed { what: "the log", reason: reason.into() })
            }
            Ok((log, host)) => {
                gathered.note_clock_at(clock_of(&log, host));
                take(conversation, &mut gathered, &log, Dialect::Optium);
                version = log.version;
                Ok(())
            }
        };
        let model = sold_under(sold_as, "Precision Xtra");
        gathered.close(conversation, identity(self.name(), model, &status.serial, &version), outcome)
    }
}

/// What must come twice alike.
#[derive(PartialEq)]
struct OptiumIdentity {
    serial: String,
    version: String,
}

/// Asks until the same serial number and version have come twice in a row.
fn identify(conversation: &mut Conversation<'_>) -> Result<(OptiumIdentity, Option<ClockReading>), MeterError> {
    let open = |answer: &TimedAnswer| {
        let status = MeterStatus::decode(&answer.bytes)?;
        let clock = status.clock.map(|meter| ClockReading { meter, host: answer.began.clone() });
        Ok((status, clock))
    };
    let mut clock = None;
    let status = twice_alike(IDENTIFYING, || {
        let (status, shown) = ask(conversation, &STATUS, open)?;
        clock = shown;
        Ok(OptiumIdentity { serial: status.serial, version: status.version })
    })?;
    Ok((status, clock))
}
