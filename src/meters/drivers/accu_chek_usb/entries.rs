//! From entries to readings: values, stamps, doubts, and the meal marks that belong to them.
//!
//! Every meter that was seen sends whole numbers of mg/dL, whatever its display shows. So mg/dL is what a number
//! without a unit is in; but not one with decimals, which nobody sends in mg/dL: it is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::memory::{Batch, SegmentContent, SegmentMemory};
use crate::domain::download::Warning;
use crate::domain::glucose::Measured;
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::domain::text::Clean;
use crate::meters::codec::ieee11073::nomenclature::meal;
use crate::meters::codec::ieee11073::sfloat::{Sfloat, SfloatValue};
use crate::meters::codec::ieee11073::status::MeasurementStatus;
use crate::meters::codec::ieee11073::time::AbsoluteTime;
use crate::meters::conversation::Conversation;
use crate::meters::gathered::Gathered;

/// What a meter of this family may show, in mg/dL: 10 to 600, or 20 to 600.
const METER_RANGE: std::ops::RangeInclusive<f64> = 10.0..=600.0;

/// Why an entry is not taken.
#[derive(Debug, thiserror::Error)]
enum EntryError {
    #[error("it is too short")]
    Short,
    #[error("its value is {0}")]
    NoNumber(&'static str),
    #[error("the unit of its number is not known")]
    Unit,
    #[error("it does not say what its entries are")]
    Segment,
}

/// Takes the entries of a memory, with the remarks on them.
pub(super) fn take(conversation: &mut Conversation<'_>, gathered: &mut Gathered, memory: SegmentMemory) {
    let mut decoded = Decoded { warnings: memory.warnings, ..Decoded::default() };
    let can_mark = memory.batches.iter().any(|batch| batch.content == SegmentContent::Meal && batch.is_whole);
    for batch in &memory.batches {
        // Marks are joined by equal stamps, so that they are on another base harms nothing.
        if batch.is_clock_adjusted && batch.content != SegmentContent::Meal {
            decoded.warn("clock-adjusted", "the meter's clock was changed after a segment was stored".to_owned());
        }
        for (position, entry) in batch.entries.iter().enumerate() {
            if batch.content == SegmentContent::Meal {
                decoded.take_mark(batch, position, entry);
            } else {
                let index = decoded.count();
                let reading = decoded.reading(batch, index, entry);
                decoded.entries.push((stamp(entry, batch.layout.stamp.as_ref()), reading, hex::encode_upper(entry)));
            }
        }
    }
    // A mark that did not come must not pass for "no meal": without all of them the meal stays unknown.
    if can_mark {
        decoded.join_marks();
    }
    if let Some(announced) = memory.announced {
        gathered.announce(conversation, announced);
    }
    for ((_, reading, said), index) in decoded.entries.into_iter().zip(0..) {
        gathered.take(conversation, index, &said, reading);
    }
    for segment in memory.unknown {
        let place = format!("segment {}", segment.instance);
        gathered.take_at(conversation, &place, &segment.said, Err::<Reading, _>(EntryError::Segment));
    }
    gathered.warn_all(decoded.warnings);
}

#[derive(Default)]
struct Decoded {
    /// Entries of readings in the order of sending: the stamp as on the wire, what was understood, and the bytes.
    entries: Vec<(Option<AbsoluteTime>, Result<Reading, EntryError>, String)>,
    /// Marks by the stamp of the reading they belong to.
    marks: BTreeMap<AbsoluteTime, BTreeSet<Meal>>,
    warnings: Vec<Warning>,
}

impl Decoded {
    fn warn(&mut self, code: &str, text: String) {
        self.warnings.push(Warning { code: code.into(), text: Clean::from(text) });
    }

    fn count(&self) -> u32 {
        u32::try_from(self.entries.len()).unwrap_or(u32::MAX)
    }

    fn reading(&mut self, batch: &Batch, index: u32, entry: &[u8]) -> Result<Reading, EntryError> {
        let layout = &batch.layout;
        let sfloat = two_bytes(entry, &layout.value).map(Sfloat).ok_or(EntryError::Short)?;
        let status = layout.status.as_ref().and_then(|place| two_bytes(entry, place)).map(MeasurementStatus);
        let number = sfloat.decode();
        let measured = match number {
            // HI and LO have no number: which limit the meter has is not transmitted, and it differs (10 or 20 mg/dL at
            // the lower end).
            SfloatValue::PositiveInfinity => Some(Measured::High),
            SfloatValue::NegativeInfinity => Some(Measured::Low),
            SfloatValue::Finite { .. }
            | SfloatValue::NotANumber
            | SfloatValue::NotAtThisResolution
            | SfloatValue::Reserved => layout.unit.and_then(|unit| number.concentration(unit)).map(Measured::Value),
        };
        if layout.unit.is_none() && matches!(number, SfloatValue::Finite { .. }) {
            // A whole number may be one of mmol/L too.
            return Err(EntryError::Unit);
        }
        let measured = measured.ok_or_else(|| EntryError::NoNumber(number.name()))?;
        let stamp = stamp(entry, layout.stamp.as_ref());
        let time = stamp.and_then(|stamp| stamp.decode().ok());
        let mut doubts = status.unwrap_or_default().doubts();
        if batch.is_clock_adjusted || time.is_none() {
            doubts.push(Doubt::TimeUncertain);
        }
        if measured.concentration().is_some_and(|value| !METER_RANGE.contains(&value.glucose_mg_per_dl())) {
            doubts.push(Doubt::OutsideMeterRange);
        }
        doubts.sort_unstable();
        let mut raw = BTreeMap::from([("sfloat".to_owned(), sfloat.to_string())]);
        raw.extend(status.map(|status| ("status".to_owned(), status.to_string())));
        // Of the map of the segment: in what the glucose was measured.
        raw.extend(layout.code.map(|code| ("type".to_owned(), format!("{code:04X}"))));
        if time.is_none() {
            raw.extend(stamp.map(|stamp| ("time".to_owned(), stamp.to_string())));
            self.warn("time-unreadable", format!("the time stamp of record {} is impossible", index.saturating_add(1)));
        }
        // Control tests are in a segment of their own, never among the others.
        let kind = if batch.content == SegmentContent::Control { Kind::Control } else { Kind::Blood };
        Ok(Reading { corrected_from: None, index, time, measured, kind, meal: None, doubts, raw })
    }

    fn take_mark(&mut self, batch: &Batch, position: usize, entry: &[u8]) {
        let stamp = stamp(entry, batch.layout.stamp.as_ref());
        let mark = match two_bytes(entry, &batch.layout.value) {
            Some(meal::BEFORE) => Some(Meal::Before),
            Some(meal::AFTER) => Some(Meal::After),
            Some(meal::FASTING) => Some(Meal::Fasting),
            Some(meal::CASUAL) => Some(Meal::Casual),
            Some(meal::BEDTIME) => Some(Meal::Bedtime),
            Some(_) | None => None,
        };
        match (stamp, mark) {
            (Some(stamp), Some(mark)) => {
                self.marks.entry(stamp).or_default().insert(mark);
            }
            _ => self.warn("meal-unknown", format!("meal mark {position} is not known")),
        }
    }

    /// Gives each blood reading the mark with the same stamp.
    fn join_marks(&mut self) {
        let mut warnings = Vec::new();
        let mut readings_of: BTreeMap<AbsoluteTime, u32> = BTreeMap::new();
        let readings = self.entries.iter_mut().filter_map(|(stamp, reading, _)| Some((*stamp, reading.as_mut().ok()?)));
        for (stamp, reading) in readings {
            // Marks were read whole, so a reading without one has none.
            reading.meal = Some(Meal::None);
            let Some((stamp, marks)) = stamp.and_then(|stamp| Some((stamp, self.marks.get(&stamp)?))) else { continue };
            if reading.kind != Kind::Blood {
                continue;
            }
            *readings_of.entry(stamp).or_default() += 1;
            // The meal segment names no entry of the other: only the stamp ties them, and two different marks of one
            // second say nothing.
            if let (1, Some(mark)) = (marks.len(), marks.first()) {
                reading.meal = Some(*mark);
            }
        }
        for (stamp, marks) in &self.marks {
            let readings = readings_of.get(stamp).copied().unwrap_or(0);
            let (code, text) = match (readings, marks.len()) {
                (1, 1) => continue,
                (0, _) => ("meal-without-reading", "a meal mark has no reading"),
                (_, 1) => ("meal-shared", "several readings of one second have the same meal mark"),
                _ => ("meal-unclear", "different meal marks have the same time; none was used"),
            };
            warnings.push(Warning { code: code.into(), text: text.into() });
        }
        self.warnings.extend(warnings);
    }
}

fn two_bytes(entry: &[u8], place: &Range<usize>) -> Option<u16> {
    entry.get(place.clone())?.try_into().ok().map(u16::from_be_bytes)
}

fn stamp(entry: &[u8], place: Option<&Range<usize>>) -> Option<AbsoluteTime> {
    entry.get(place?.clone())?.try_into().ok().map(AbsoluteTime)
}
