//! Accu-Chek meters on USB: Guide, Guide Me, Instant, Aviva and Performa Connect, `ReliOn` Platinum.
//!
//! They are agents of IEEE 11073-20601 with a permanent store. The meter speaks first, soon after the plug, and gives
//! up after a while; so it must be read at once. Order of the conversation: association, configuration, who the meter
//! is, its segments, each segment's entries, release. Nothing in here can erase a memory or set a clock.

mod association;
mod dialogue;
mod entries;
mod memory;
mod models;
mod transfer;

use std::time::Duration;

use self::association::{Identified, identify};
use self::dialogue::Dialogue;
use self::memory::SegmentMemory;
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
        let mut dialogue = Dialogue::new(conversation);
        let known = match identify(&mut dialogue, self.name(), sold_as) {
            Ok(known) => known,
            Err(error) => {
                dialogue.give_up(&error);
                return Err(error);
            }
        };
        let mut memory = SegmentMemory::default();
        // No confirmation is waited for between the plug and here: the meter speaks first, and gives up after a while.
        let outcome = memory.read(&mut dialogue, &known);
        match &outcome {
            Ok(()) => release(&mut dialogue),
            Err(error) => dialogue.give_up(error),
        }
        // Behind the abort, so that a meter whose read was cancelled is told as well.
        conversation.check_cancelled()?;
        account(conversation, known, memory, outcome)
    }
}

/// Ends the conversation in an orderly way. Everything is read by now, so a failure does not matter.
fn release(dialogue: &mut Dialogue<'_, '_>) {
    const RELEASING: &str = "releasing the meter";
    if dialogue.send(&Apdu::ReleaseRequest { reason: 0 }, RELEASING).is_ok() {
        let _ = dialogue.next(RELEASING, RELEASE);
    }
}

fn account(
    conversation: &mut Conversation<'_>,
    known: Identified,
    memory: SegmentMemory,
    outcome: Result<(), MeterError>,
) -> Result<Account, MeterError> {
    let mut gathered = Gathered::default();
    // A clock that cannot be read is remarked; a meter that tells none has nothing to remark.
    if known.tells_clock {
        gathered.note_clock_at(known.clock);
    }
    // That a segment has more entries than it said is remarked there.
    gathered.may_exceed_announcement();
    entries::take(conversation, &mut gathered, memory);
    gathered.close(conversation, known.meter, outcome)
}
