//! The transfer of one segment: asked for, received event by event, each acknowledged.

use std::time::Duration;

use super::dialogue::{Dialogue, malformed, unexpected};
use crate::meters::codec::ieee11073::apdu::Apdu;
use crate::meters::codec::ieee11073::data::{Data, Message};
use crate::meters::codec::ieee11073::nomenclature::{action, event};
use crate::meters::codec::ieee11073::transfer::{EventHeader, SegmentEvent, TransferAnswer, TransferResult};
use crate::meters::error::MeterError;

/// The shortest wait for the next event. A Guide says that it needs as much itself (160,000 units of 125 microseconds).
const EVENT: Duration = Duration::from_secs(20);
/// The longest wait for the next event, however long a pause the meter claims to need.
const LONGEST_EVENT: Duration = Duration::from_mins(2);
/// How long to wait before asking again a meter that is busy. Nothing is published about how long it stays so; a person
/// who waits bears some seconds in all.
const TRY_AGAIN: Duration = Duration::from_millis(1500);
/// How often a busy meter is asked again. Tidepool does not ask again.
const TRIES: u32 = 3;
/// Messages other than new events that are passed over during a transfer: repeats and strays.
const STRAY_MESSAGES: u32 = 64;
/// More entries than any meter of this family holds; a transfer that goes on beyond is not one.
const MOST_ENTRIES: u32 = 65_536;

const ASKING: &str = "asking for a segment";
const RECEIVING: &str = "receiving a segment";

/// What is to be transferred.
pub(super) struct TransferRequest {
    /// Handle of the permanent store.
    pub(super) store: u16,
    /// Which segment.
    pub(super) instance: u16,
    /// Bytes of an entry.
    pub(super) entry_size: usize,
    /// Bytes of an entry if it is not so many, for a segment that does not describe its entries.
    pub(super) other_entry_size: Option<usize>,
    /// How long a pause between two events the meter says it needs.
    pub(super) pause: Option<Duration>,
    /// Readings received before, if these entries are readings and count for the progress.
    pub(super) readings_before: Option<u32>,
}

/// Transfers a segment into `entries`. What arrived before an error stays there.
pub(super) fn transfer(
    dialogue: &mut Dialogue<'_, '_>,
    request: &TransferRequest,
    entries: &mut Vec<Vec<u8>>,
) -> Result<(), MeterError> {
    for _ in 0..=TRIES {
        let info = request.instance.to_be_bytes().to_vec();
        let info = dialogue.act(request.store, action::SEGMENT_TRIGGER_TRANSFER, info, ASKING)?;
        let answer = TransferAnswer::decode(&info).map_err(|error| malformed(ASKING, &error))?;
        if answer.instance != request.instance {
            return Err(unexpected(ASKING));
        }
        match answer.result {
            TransferResult::Success => return receive(dialogue, request, entries),
            // The caller compares with what was announced.
            TransferResult::NoSuchSegment | TransferResult::Empty => return Ok(()),
            TransferResult::TryLater => pause(dialogue)?,
            TransferResult::Failed(number) => {
                return Err(MeterError::Refused { what: ASKING, reason: format!("result {number}").into() });
            }
        }
    }
    Err(MeterError::Refused { what: ASKING, reason: "try again later".into() })
}

/// Lets a busy meter alone for a while.
fn pause(dialogue: &mut Dialogue<'_, '_>) -> Result<(), MeterError> {
    match dialogue.next("waiting before asking again", TRY_AGAIN) {
        Ok(_) | Err(MeterError::Silent { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

fn receive(
    dialogue: &mut Dialogue<'_, '_>,
    request: &TransferRequest,
    entries: &mut Vec<Vec<u8>>,
) -> Result<(), MeterError> {
    let wait = request.pause.unwrap_or(EVENT).clamp(EVENT, LONGEST_EVENT);
    let mut expected = 0;
    let mut strays = 0;
    loop {
        let Apdu::Data(Data { invoke_id, message: Message::Event { handle, time, event, info, .. } }) =
            dialogue.next(RECEIVING, wait)?
        else {
            count_stray(&mut strays)?;
            continue;
        };
        if event != event::SEGMENT_DATA {
            count_stray(&mut strays)?;
            continue;
        }
        let data = SegmentEvent::decode(&info).map_err(|error| malformed(RECEIVING, &error))?;
        // Entries of other segments may be of the same length: a test with control solution would
        // pass for a reading of blood.
        if (handle, data.header.instance) != (request.store, request.instance) {
            return Err(unexpected(RECEIVING));
        }
        let other = || data.split(request.other_entry_size?).ok();
        let new = data.split(request.entry_size).or_else(|error| other().ok_or(error));
        let new = new.map_err(|error| malformed(RECEIVING, &error))?;
        // Tidepool looks at neither index nor length, and would take a lost event for none.
        let is_new = check_place(data.header, expected)?;
        if is_new {
            // Kept before it is acknowledged: it stays, should the meter be gone by then.
            entries.extend(new.into_iter().map(<[u8]>::to_vec));
            // Bounded by `check_place`, so the sum cannot overflow.
            expected += data.header.count;
        } else {
            count_stray(&mut strays)?;
        }
        let info = data.header.acknowledgement();
        // Repeats are acknowledged as well: the meter sends the next event only after it has heard this.
        let message = Message::EventResponse { handle, time, event, info };
        dialogue.send(&Apdu::Data(Data { invoke_id, message }), "acknowledging entries")?;
        if let Some(before) = request.readings_before {
            dialogue.conversation.received(before.saturating_add(expected));
        }
        // Behind the acknowledgement, which the meter awaits for this event too.
        if data.header.has(EventHeader::AGENT_ABORT) {
            return Err(MeterError::Aborted { reason: "the transfer was ended".into() });
        }
        if is_new && data.header.has(EventHeader::LAST) {
            return Ok(());
        }
    }
}

/// Whether an event continues where the last one ended. A repeat of an earlier one does not; a gap is an error.
fn check_place(header: EventHeader, expected: u32) -> Result<bool, MeterError> {
    let wrong = |reason: &str| MeterError::Malformed { what: RECEIVING, reason: reason.into() };
    let end = header.first.checked_add(header.count).filter(|end| *end <= MOST_ENTRIES);
    let end = end.ok_or_else(|| wrong("more entries than a meter can hold"))?;
    if header.first == expected && header.count == 0 && !header.has(EventHeader::LAST | EventHeader::AGENT_ABORT) {
        return Err(wrong("an event without entries"));
    }
    if header.first == expected {
        Ok(true)
    } else if end <= expected {
        Ok(false)
    } else {
        Err(wrong("entries are missing between two events"))
    }
}

fn count_stray(strays: &mut u32) -> Result<(), MeterError> {
    *strays += 1;
    if *strays > STRAY_MESSAGES { Err(unexpected(RECEIVING)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_continues_repeats_or_leaves_a_gap() {
        let place = |first, count, expected| {
            check_place(EventHeader { instance: 0, first, count, status: 0 }, expected)
                .map_err(|error| error.to_string())
        };
        assert_eq!(place(0, 5, 0), Ok(true));
        assert_eq!(place(5, 5, 5), Ok(true));
        assert_eq!(place(0, 5, 5), Ok(false));
        assert!(place(6, 5, 5).unwrap_err().contains("missing"));
        assert!(place(4, 5, 5).unwrap_err().contains("missing"));
        assert!(place(4, 2, 5).unwrap_err().contains("missing"));
        assert!(place(5, 0, 5).unwrap_err().contains("without entries"));
        assert!(place(u32::MAX, 2, 5).unwrap_err().contains("more entries"));
    }
}
