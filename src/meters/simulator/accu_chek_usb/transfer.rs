//! How a simulated meter sends a segment: event by event, the next one only after the right acknowledgement.

use super::{NO_TIME, SimulatedAccuChek, State};
use crate::meters::codec::ieee11073::apdu::Apdu;
use crate::meters::codec::ieee11073::data::{Data, Message};
use crate::meters::codec::ieee11073::nomenclature::event;
use crate::meters::codec::ieee11073::transfer::{EventHeader, SegmentEvent};

/// An event with more entries would not fit into the lengths of its message.
const MOST_ENTRIES_PER_EVENT: usize = 4000;

/// A segment on its way: the event that waits for its acknowledgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SegmentTransfer {
    pub(super) invoke_id: u16,
    header: EventHeader,
    /// Position of its first entry.
    start: usize,
    /// Position of the event.
    event: u32,
    is_repeated: bool,
}

impl SimulatedAccuChek {
    /// The result of a request for a segment, and the first event if there is one.
    pub(super) fn trigger(&mut self, info: &[u8]) -> (u16, Vec<Apdu>) {
        if let Some(refusal) = self.config.quirks.refusal
            && self.refusals > 0
        {
            self.refusals -= 1;
            return (refusal.result, Vec::new());
        }
        let instance = info.first_chunk().map(|instance| u16::from_be_bytes(*instance));
        let Some(segment) = self.segments.iter().find(|segment| Some(segment.description.instance) == instance) else {
            return (1, Vec::new());
        };
        if segment.entries.is_empty() {
            return (3, Vec::new());
        }
        let instance = segment.description.instance;
        (0, self.send_event(instance, 0, 0, false))
    }

    fn send_event(&mut self, instance: u16, start: usize, event: u32, is_repeated: bool) -> Vec<Apdu> {
        let quirks = &self.config.quirks;
        if quirks.aborts_at_event == Some(event) {
            return self.abort(0);
        }
        let segment = self.segments.iter().find(|segment| segment.description.instance == instance);
        let left = segment.and_then(|segment| segment.entries.get(start..)).unwrap_or_default();
        let size = self.config.entries_per_event.clamp(1, MOST_ENTRIES_PER_EVENT).min(left.len());
        let shift = usize::from(quirks.skips_entry_at_event.is_some_and(|from| event >= from));
        let mut status = 0;
        for (bit, is_set) in [
            (EventHeader::FIRST, start == 0),
            (EventHeader::LAST, size == left.len()),
            (EventHeader::AGENT_ABORT, quirks.ends_transfer_at_event == Some(event)),
        ] {
            status |= if is_set { bit } else { 0 };
        }
        let small = |number| u32::try_from(number).unwrap_or(u32::MAX);
        let header = EventHeader { instance, first: small(start + shift), count: small(size), status };
        let info = SegmentEvent { header, entries: left.iter().take(size).flatten().copied().collect() }.encode();
        let invoke_id = self.own_id();
        self.state = State::Operating(Some(SegmentTransfer { invoke_id, header, start, event, is_repeated }));
        let (confirmed, handle, event) = (true, self.config.store_handle, event::SEGMENT_DATA);
        let message = Message::Event { confirmed, handle, time: NO_TIME, event, info };
        vec![Apdu::Data(Data { invoke_id, message })]
    }

    pub(super) fn acknowledged(&mut self, transfer: SegmentTransfer, info: &[u8]) -> Vec<Apdu> {
        let Ok(theirs) = EventHeader::decode(info) else { return self.abort(0) };
        // The manager repeats the header that it was sent, and of the status only that it has it (11073-20601).
        let confirmed = EventHeader { status: EventHeader::CONFIRM, ..transfer.header };
        let ends = theirs.has(EventHeader::MANAGER_ABORT) || transfer.header.has(EventHeader::AGENT_ABORT);
        if theirs != confirmed && !theirs.has(EventHeader::MANAGER_ABORT) {
            return self.abort(0);
        }
        let SegmentTransfer { header, start, event, is_repeated, .. } = transfer;
        if self.config.quirks.repeats_event == Some(event) && !is_repeated {
            return self.send_event(header.instance, start, event, true);
        }
        if ends || header.has(EventHeader::LAST) {
            self.state = State::Operating(None);
            return Vec::new();
        }
        let next = start + usize::try_from(header.count).unwrap_or(usize::MAX);
        self.send_event(header.instance, next, event + 1, false)
    }
}
