//! Accu-Chek meters on USB: Guide, Guide Me, Instant, Aviva and Performa Connect, `ReliOn` Platinum.
//!
//! They are agents of IEEE 11073-20601 with a permanent store. The meter speaks first, soon after the plug, and gives
//! up after a while; so it must be read at once. Order of the conversation: association, configuration, who the meter
//! is, its segments, each segment's entries, release. Nothing in here can erase a memory or set a clock.

mod association;
mod entries;
mod memory;
mod models;
mod session;
mod transfer;

use std::time::Duration;

use self::association::{Identified, identify};
use self::memory::Memory;
use self::session::Session;
use super::Driver;
use crate::domain::text::Clean;
use crate::meters::codec::ieee11073::apdu::Apdu;
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::{Account, Gathered};

/// How long the meter may take to confirm the end; by then everything is read.
const RELEASE: Duration = Duration::from_secs(3);

/// The language of Accu-Chek USB meters.
#[derive(Debug, Clone, Copy)]
pub struct AccuChekUsb;

impl Driver for AccuChekUsb {
    fn name(&self) -> &'static str {
        "accu-chek-usb"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
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
        account(conversation, known, memory, outcome)
    }
}

/// Ends the conversation in an orderly way. Everything is read by now, so a failure does not matter.
fn release(session: &mut Session<'_, '_>) {
    const RELEASING: &str = "releasing the meter";
    if session.send(&Apdu::ReleaseRequest { reason: 0 }, RELEASING).is_ok() {
        let _ = session.next(RELEASING, RELEASE);
    }
}

fn account(
    conversation: &mut Conversation<'_>,
    known: Identified,
    memory: Memory,
    outcome: Result<(), MeterError>,
) -> Result<Account, MeterError> {
    let mut gathered = Gathered::default();
    if known.tells_clock {
        gathered.note_clock_at(known.clock);
    }
    // That a segment has more entries than it said is remarked there.
    gathered.may_exceed_announcement();
    entries::take(conversation, &mut gathered, memory);
    gathered.close(conversation, known.meter, outcome)
}
