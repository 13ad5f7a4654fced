//! Accu-Chek meters on USB: Guide, Guide Me, Instant, Aviva and Performa Connect, `ReliOn` Platinum.
//!
//! They are agents of IEEE 11073-20601 with a permanent store. The meter speaks first, soon after the plug, and gives up
//! after a while; so it must be read at once. Order of the conversation: association, configuration, who the meter is,
//! its segments, each segment's entries, release. Nothing in here can erase a memory or set a clock.

mod association;
mod entries;
mod memory;
mod models;
mod session;
mod transfer;

use std::time::Duration;

use self::association::{Identified, identify};
use self::entries::Entries;
use self::memory::Memory;
use self::session::Session;
use super::Driver;
use crate::domain::download::{Completeness, Download};
use crate::domain::text::Clean;
use crate::meters::codec::ieee11073::apdu::Apdu;
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;

/// How long the meter may take to confirm the end; by then everything is read.
const RELEASE: Duration = Duration::from_secs(3);

/// The language of Accu-Chek USB meters.
#[derive(Debug, Clone, Copy)]
pub struct AccuChekUsb;

impl Driver for AccuChekUsb {
    fn name(&self) -> &'static str {
        "accu-chek-usb"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Download, MeterError> {
        let mut session = Session::new(conversation);
        let known = match identify(&mut session, self.name(), sold_as) {
            Ok(known) => known,
            Err(error) => {
                session.give_up(&error);
                return Err(error);
            }
        };
        let mut memory = Memory::default();
        let outcome = memory.read(&mut session, &known);
        match &outcome {
            Ok(()) => release(&mut session),
            Err(error) => session.give_up(error),
        }
        conversation.check_cancelled()?;
        Ok(download(conversation, known, memory, outcome))
    }
}

/// Ends the conversation in an orderly way. Everything is read by now, so a failure does not matter.
fn release(session: &mut Session<'_, '_>) {
    const RELEASING: &str = "releasing the meter";
    if session.send(&Apdu::ReleaseRequest { reason: 0 }, RELEASING).is_ok() {
        let _ = session.next(RELEASING, RELEASE);
    }
}

fn download(
    conversation: &mut Conversation<'_>,
    known: Identified,
    memory: Memory,
    outcome: Result<(), MeterError>,
) -> Download {
    let announced = memory.announced;
    let received = memory.received;
    let Entries { readings, warnings: remarks, lack_unit } = entries::readings(memory);
    let without_unit = || MeterError::Malformed { what: "readings", reason: "their unit is not known".to_owned() };
    let outcome = outcome.and(if lack_unit { Err(without_unit()) } else { Ok(()) });
    let completeness = match outcome {
        Ok(()) => Completeness::Complete,
        Err(error) => Completeness::Partial(error.problem(received, announced)),
    };
    let mut warnings = known.warnings;
    warnings.extend(remarks);
    Download {
        meter: known.meter,
        clock: known.clock,
        announced,
        completeness,
        readings,
        warnings,
        transcript: conversation.take_transcript(),
    }
}
