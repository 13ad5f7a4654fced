//! How a simulated Accu-Chek meter is set up, and in what ways it may misbehave.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use crate::meters::simulator::cases::{Case, only};
use crate::meters::simulator::fault::{Fault, FaultKind};
use crate::meters::simulator::hampered::piece_size;
use crate::meters::simulator::readings::ReadingSet;

/// A simulated meter's identity, clock and memory.
#[derive(Debug, Clone)]
pub struct AccuChekConfig {
    /// The number that names the model: `925` is a Guide.
    pub model_number: String,
    /// The serial number; a real one begins with the model number.
    pub serial: String,
    /// The version of the meter's software: `v1.9.6`.
    pub firmware: String,
    /// What its clock shows when it is made.
    pub clock: DateTime,
    /// What it holds: blood and control tests; other kinds are left out. Values are sent in mg/dL.
    pub readings: ReadingSet,
    /// Entries in one event; at least one, at most 4000 are sent.
    pub entries_per_event: usize,
    /// Handle of the permanent store.
    pub store_handle: u16,
    /// Number of the first message that the meter numbers.
    pub first_invoke_id: u16,
    /// In what it differs from a good meter.
    pub quirks: Quirks,
}

impl AccuChekConfig {
    /// A Guide as the published captures show it, with these readings and 32 entries in an event.
    #[must_use]
    pub fn guide(readings: ReadingSet, clock: DateTime) -> Self {
        Self {
            model_number: "925".to_owned(),
            serial: "92500000042".to_owned(),
            firmware: "v1.9.6".to_owned(),
            clock,
            readings,
            entries_per_event: 32,
            store_handle: 5,
            first_invoke_id: 0xA3,
            quirks: Quirks::default(),
        }
    }
}

/// What a transfer request is answered with, instead of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferRefusal {
    /// The result: 1 no such segment, 2 try later, 3 empty, 512 other failure.
    pub result: u16,
    /// How many requests are answered so.
    pub times: u32,
}

/// In what a simulated meter differs from a good one. Positions count from 0.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own; any of them may be on")]
pub struct Quirks {
    /// An empty transfer comes before each message.
    pub empty_transfers: bool,
    /// Messages are cut into transfers of this many bytes; one that ends at such a border is followed by an empty one.
    pub transfer_size: Option<usize>,
    /// The association is asked for a second time although it was answered.
    pub asks_association_twice: bool,
    /// The conversation is aborted instead of sending the event at this position.
    pub aborts_at_event: Option<u32>,
    /// The event at this position says that the meter ends the transfer.
    pub ends_transfer_at_event: Option<u32>,
    /// Requests for a segment are refused.
    pub refusal: Option<TransferRefusal>,
    /// From the event at this position on, entries are numbered one too high.
    pub skips_entry_at_event: Option<u32>,
    /// The event at this position is sent a second time after its acknowledgement.
    pub repeats_event: Option<u32>,
    /// The blood reading at this position has an impossible stamp.
    pub damaged_stamp: Option<usize>,
    /// SFLOATs that stand instead of the values of blood readings.
    pub sfloats: BTreeMap<usize, u16>,
    /// Measurement statuses of blood readings; others have 0.
    pub statuses: BTreeMap<usize, u16>,
    /// The unit code of glucose, if not mg/dL. Values are sent as they are.
    pub unit_code: Option<u16>,
    /// Segments do not say what their entries consist of.
    pub has_no_maps: bool,
    /// Entries end with their value, as those of an Accu-Chek Active: without status, and so without control tests.
    pub has_short_entries: bool,
    /// Segments have neither map nor label.
    pub has_nameless_segments: bool,
    /// The list of segments is empty.
    pub has_no_segments: bool,
    /// No permanent store is among the objects.
    pub has_no_store: bool,
    /// There is no segment with meal marks.
    pub has_no_meals: bool,
    /// The clock cannot be set.
    pub has_fixed_clock: bool,
    /// There is a meal mark that belongs to no reading.
    pub has_stray_meal: bool,
    /// The clock was changed after the readings were stored.
    pub is_clock_adjusted: bool,
    /// This many blood readings more are announced than are there.
    pub announces_more: u32,
}

/// The cases: what IEEE 11073-20601 lets an agent do otherwise, and where it may break off.
pub(in super::super) const CASES: &[Case<Quirks>] = &[
    Case::plain("empty-transfers", "an empty transfer comes before each message", |faults, _| {
        faults.empty_transfers = true;
    }),
    Case::plain("associates-twice", "the association is asked for again although it was answered", |faults, _| {
        faults.asks_association_twice = true;
    }),
    Case::at("aborts-at", "the conversation is aborted instead of sending event N", |faults, n| {
        faults.aborts_at_event = Some(n.amount());
    }),
    Case::at("ends-at", "event N says that the meter ends the transfer", |faults, n| {
        faults.ends_transfer_at_event = Some(n.amount());
    }),
    Case::at("busy", "the first N requests for a segment are answered with \"try later\"", |faults, n| {
        faults.refusal = Some(TransferRefusal { result: 2, times: n.amount() });
    }),
    Case::plain("refuses", "every request for a segment is refused", |faults, _| {
        faults.refusal = Some(TransferRefusal { result: 512, times: u32::MAX });
    }),
    Case::at("skips-entry", "from event N on, entries are numbered one too high", |faults, n| {
        faults.skips_entry_at_event = Some(n.amount());
    }),
    Case::at("twice", "event N is sent again after its acknowledgement", |faults, n| {
        faults.repeats_event = Some(n.amount());
    }),
    Case::at("damaged", "blood reading N has an impossible stamp", |faults, n| faults.damaged_stamp = Some(n.place())),
    Case::at("no-number", "blood reading N has a value that is no number", |faults, n| {
        faults.sfloats = [(n.place(), 0x07FF)].into();
    }),
    Case::plain("unknown-unit", "the unit of the readings is one that nobody knows", |faults, _| {
        faults.unit_code = Some(0x0FFF);
    }),
    Case::plain("no-maps", "segments do not say what their entries consist of", |faults, _| faults.has_no_maps = true),
    Case::plain("nameless-segments", "segments have neither map nor label", |faults, _| {
        faults.has_nameless_segments = true;
    }),
    Case::plain("no-segments", "the list of segments is empty", |faults, _| faults.has_no_segments = true),
    Case::plain("no-store", "no permanent store is among the objects", |faults, _| faults.has_no_store = true),
    Case::plain("no-meals", "there is no segment with meal marks", |faults, _| faults.has_no_meals = true),
    Case::plain("fixed-clock", "the clock cannot be set", |faults, _| faults.has_fixed_clock = true),
    Case::plain("stray-meal", "there is a meal mark that belongs to no reading", |faults, _| {
        faults.has_stray_meal = true;
    }),
    Case::plain("clock-adjusted", "the clock was changed after the readings were stored", |faults, _| {
        faults.is_clock_adjusted = true;
    }),
];

impl From<Fault> for Quirks {
    /// What a fault means for what the meter says; faults of the wire mean nothing here, and this protocol has no
    /// check values that could be wrong.
    fn from(fault: Fault) -> Self {
        let more = if fault.kind == FaultKind::CountHigh { fault.at } else { 0 };
        Self {
            announces_more: u32::try_from(more).unwrap_or(u32::MAX),
            transfer_size: piece_size(Some(fault)),
            ..only(CASES, Some(fault))
        }
    }
}
