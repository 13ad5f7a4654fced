//! The meter's memory: which segments hold readings, which hold meal marks, and reading them in that order.

use std::collections::BTreeSet;
use std::ops::Range;

use super::association::Identified;
use super::dialogue::{Dialogue, malformed};
use super::transfer::{TransferRequest, transfer};
use crate::domain::download::Warning;
use crate::domain::glucose::Unit;
use crate::meters::codec::ieee11073::attribute::Attributes;
use crate::meters::codec::ieee11073::configuration::Configuration;
use crate::meters::codec::ieee11073::nomenclature::{action, attribute, metric};
use crate::meters::codec::ieee11073::segment::{
    ALL_SEGMENTS, HEADER_ABSOLUTE_TIME, Segment, SegmentMap, decode_segments,
};
use crate::meters::error::MeterError;

/// What a failure is told to have interrupted.
const LISTING: &str = "asking for the segments";
/// Bytes of an entry of a segment that does not describe its entries: stamp, value, status.
const USUAL_ENTRY: usize = 12;
/// Bytes of an entry of such a segment that has no status: stamp, value. Two readers of the Accu-Chek Active, which is
/// older than the others, find them so long. The number of entries in an event tells.
const SHORT_ENTRY: usize = 10;
const STAMP: Range<usize> = 0..8;

/// What the entries of a segment are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SegmentContent {
    Glucose,
    Control,
    Meal,
}

/// Where an entry keeps what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) size: usize,
    pub(super) stamp: Option<Range<usize>>,
    pub(super) value: Range<usize>,
    pub(super) status: Option<Range<usize>>,
    /// `None` if the meter does not say, or nothing that is known.
    pub(super) unit: Option<Unit>,
    /// In what the glucose was measured, by its term; `None` if no map says it.
    pub(super) code: Option<u16>,
}

/// A segment that will be read.
#[derive(Debug)]
struct SegmentSource {
    segment: Segment,
    content: SegmentContent,
    layout: Layout,
}

/// The entries of one segment as they came.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) content: SegmentContent,
    pub(super) layout: Layout,
    /// Whether the clock was changed since.
    pub(super) is_clock_adjusted: bool,
    pub(super) entries: Vec<Vec<u8>>,
    /// Whether all entries came.
    pub(super) is_whole: bool,
}

/// What was read, as far as it came.
#[derive(Debug, Default)]
pub(super) struct SegmentMemory {
    /// Readings announced; `None` if a segment does not say.
    pub(super) announced: Option<u32>,
    /// Entries received of segments with readings.
    pub(super) received: u32,
    pub(super) batches: Vec<Batch>,
    /// Segments that hold something and do not say what.
    pub(super) unknown: Vec<UnknownSegment>,
    pub(super) warnings: Vec<Warning>,
}

/// A segment that was not read: it may hold readings.
#[derive(Debug)]
pub(super) struct UnknownSegment {
    pub(super) instance: u16,
    /// What it says of itself.
    pub(super) said: String,
}

impl SegmentMemory {
    /// Reads every segment that holds readings or meal marks. What arrived before an error stays in `self`.
    pub(super) fn read(&mut self, dialogue: &mut Dialogue<'_, '_>, known: &Identified) -> Result<(), MeterError> {
        let info = dialogue.act(known.store, action::SEGMENT_GET_INFO, ALL_SEGMENTS.to_vec(), LISTING)?;
        let segments = decode_segments(&info).map_err(|error| malformed(LISTING, &error))?;
        let sources = self.choose(segments, &known.configuration)?;
        // One segment that does not say leaves the sum unknown: that of the others would pass for
        // the sum of all.
        self.announced = sources
            .iter()
            .filter(|source| source.content != SegmentContent::Meal)
            .map(|source| source.segment.usage_count())
            .try_fold(0_u32, |sum, count| Some(sum.saturating_add(count?)));
        if let Some(announced) = self.announced {
            dialogue.conversation.announce(announced);
        }
        for source in sources {
            self.read_source(dialogue, known.store, source)?;
        }
        Ok(())
    }

    fn read_source(
        &mut self,
        dialogue: &mut Dialogue<'_, '_>,
        store: u16,
        source: SegmentSource,
    ) -> Result<(), MeterError> {
        let SegmentSource { segment, content, layout } = source;
        let announced = segment.usage_count();
        let is_said_empty = announced == Some(0);
        // An empty segment of another sort need not be asked for, unless it has the stamp of an entry. The one with
        // glucose is asked in any case.
        let is_needed = content == SegmentContent::Glucose || !is_said_empty || segment.was_used();
        let request = TransferRequest {
            store,
            instance: segment.instance,
            entry_size: layout.size,
            other_entry_size: segment.map().is_ok_and(|map| map.is_none()).then_some(SHORT_ENTRY),
            pause: segment.transfer_timeout(),
            readings_before: (content != SegmentContent::Meal).then_some(self.received),
        };
        let mut entries = Vec::new();
        let mut outcome = if is_needed { transfer(dialogue, &request, &mut entries) } else { Ok(()) };
        if content != SegmentContent::Glucose && is_said_empty && entries.is_empty() {
            // That it refuses to send nothing is no loss.
            outcome = dialogue.conversation.check_cancelled();
        }
        let received = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        if content != SegmentContent::Meal {
            self.received = self.received.saturating_add(received);
        }
        let is_whole = outcome.is_ok() && announced.is_none_or(|announced| received >= announced);
        let is_clock_adjusted = segment.is_clock_adjusted();
        self.batches.push(Batch { content, layout, is_clock_adjusted, entries, is_whole });
        outcome?;
        if announced.is_none() && received == 0 {
            // Nobody has said that there are none.
            let reason = "a segment does not say how many entries it has, and sends none".to_owned();
            return Err(MeterError::Unsupported { reason: reason.into() });
        }
        let announced = announced.unwrap_or(received);
        if received > announced {
            self.warn("more-than-announced", "a segment has more entries than the meter announced");
        }
        if is_whole {
            Ok(())
        } else if content == SegmentContent::Meal {
            let reason = format!("{received} of {announced} came");
            Err(MeterError::Malformed { what: "meal markers", reason: reason.into() })
        } else {
            Err(MeterError::Short { received, announced })
        }
    }

    /// The segments to read: glucose first, then control tests, then meal marks.
    fn choose(
        &mut self,
        segments: Vec<Segment>,
        configuration: &Configuration,
    ) -> Result<Vec<SegmentSource>, MeterError> {
        let mut sources = Vec::new();
        let mut unrecognised = Vec::new();
        let mut instances = BTreeSet::new();
        for segment in segments {
            if !instances.insert(segment.instance) {
                // Reading both would give the readings of one of them twice.
                return Err(MeterError::Malformed { what: LISTING, reason: "two segments have one number".into() });
            }
            let map = segment.map().map_err(|error| malformed("segment map", &error))?;
            match recognise(&segment, map.as_ref())? {
                Some(content) => match layout(content, map.as_ref(), configuration) {
                    Ok(layout) => {
                        if content != SegmentContent::Meal && map.as_ref().is_some_and(holds_more) {
                            self.warn("entry-unknown", "the entries of a segment hold something that is not known");
                        }
                        sources.push(SegmentSource { segment, content, layout });
                    }
                    // A reading whose meal is not known is as good, so this costs a remark and no
                    // readings.
                    Err(_) if content == SegmentContent::Meal => {
                        self.warn("meal-unreadable", "the meal marks have a form that is not known");
                    }
                    Err(error) => return Err(error),
                },
                None => unrecognised.push((segment, map)),
            }
        }
        if !sources.iter().any(|source| source.content == SegmentContent::Glucose) {
            self.warn("segments-unrecognised", "no segment says that it holds glucose; the first one is read as such");
            let first = unrecognised.iter().position(|(segment, _)| segment.instance == 0);
            let (segment, map) = match first {
                Some(place) => unrecognised.remove(place),
                // A meter that describes no segment at all is asked for the first one all the same.
                None if sources.is_empty() => (undescribed(), None),
                None => {
                    return Err(MeterError::Unsupported { reason: "no segment holds glucose".into() });
                }
            };
            let layout = layout(SegmentContent::Glucose, map.as_ref(), configuration)?;
            sources.push(SegmentSource { segment, content: SegmentContent::Glucose, layout });
        }
        for (segment, map) in unrecognised {
            self.pass_over(&segment, map.as_ref());
        }
        // Empty ones last: should the meter take offence, all that it announced has come.
        let is_empty = |source: &SegmentSource| {
            source.content != SegmentContent::Glucose && source.segment.usage_count() == Some(0)
        };
        sources.sort_by_key(|source| (is_empty(source), source.content, source.segment.instance));
        Ok(sources)
    }

    /// Accounts for a segment that is not read: it is empty, or it holds what is known by name to be no reading, or
    /// nobody knows what it holds.
    fn pass_over(&mut self, segment: &Segment, map: Option<&SegmentMap>) {
        let count = segment.usage_count();
        if let Some(name) = no_reading(segment, map) {
            // Errors of the meter are nothing that anybody has entered or measured.
            if let Some(count) = count.filter(|count| *count > 0 && name != ERRORS) {
                self.warn("other-records", &format!("left out, because they are no readings: {name} ({count})"));
            }
            return;
        }
        if count == Some(0) && !segment.was_used() {
            return;
        }
        let entries = count.map_or_else(|| "entries".to_owned(), |count| format!("{count} entries"));
        let label = segment.label().unwrap_or_default();
        let said = if label.is_empty() { entries } else { format!("{entries} named {label}") };
        self.unknown.push(UnknownSegment { instance: segment.instance, said });
    }

    fn warn(&mut self, code: &str, text: &str) {
        self.warnings.push(Warning { code: code.into(), text: text.into() });
    }
}

/// The first segment of a meter that describes none.
fn undescribed() -> Segment {
    Segment { instance: 0, attributes: Attributes::default() }
}

/// What a segment holds, by the codes of its map, else by its label. One bit is between the codes of a control test and
/// of glucose; so where both are known they must agree.
fn recognise(segment: &Segment, map: Option<&SegmentMap>) -> Result<Option<SegmentContent>, MeterError> {
    // Which segments there are, and in which order, differs by model; the number of a segment says nothing.
    let by_code = map.into_iter().flat_map(|map| &map.elements).find_map(|element| match element.code {
        metric::CONTROL => Some(SegmentContent::Control),
        metric::MEAL => Some(SegmentContent::Meal),
        code if metric::GLUCOSE.contains(&code) => Some(SegmentContent::Glucose),
        _ => None,
    });
    let label = segment.label().unwrap_or_default().to_lowercase();
    let by_label =
        [("gluc", SegmentContent::Glucose), ("ctrl", SegmentContent::Control), ("meal", SegmentContent::Meal)]
            .into_iter()
            .find(|(part, _)| label.contains(part))
            .map(|(_, content)| content);
    if by_code.is_some() && by_label.is_some() && by_code != by_label {
        let reason = "the name and the code of a segment contradict each other".to_owned();
        return Err(MeterError::Malformed { what: LISTING, reason: reason.into() });
    }
    Ok(by_code.or(by_label))
}

/// The name of the meter's own errors, among what is no reading.
const ERRORS: &str = "errors of the meter";

/// What a segment holds that is known to be no reading, by the codes of its map, else by its label.
fn no_reading(segment: &Segment, map: Option<&SegmentMap>) -> Option<&'static str> {
    let name = |code| match code {
        metric::DEVICE_STATUS => Some(ERRORS),
        metric::EXERCISE => Some("exercise"),
        metric::CARBOHYDRATES => Some("carbohydrates"),
        metric::MEDICATION => Some("medication"),
        _ => None,
    };
    match map {
        // One code that is not known is enough: it may be a reading.
        Some(map) => {
            let mut names = map.elements.iter().map(|element| name(element.code));
            let first = names.next()??;
            names.all(|name| name.is_some()).then_some(first)
        }
        None => segment.label()?.to_lowercase().contains("error").then_some(ERRORS),
    }
}

/// Whether an entry has more than a number and its status: something about the reading would be passed over.
fn holds_more(map: &SegmentMap) -> bool {
    let mut ids = map.elements.iter().flat_map(|element| &element.attributes).map(|(id, _)| *id);
    ids.any(|id| ![attribute::BASIC_NUMERIC_VALUE, attribute::MEASUREMENT_STATUS].contains(&id))
}

fn layout(
    content: SegmentContent,
    map: Option<&SegmentMap>,
    configuration: &Configuration,
) -> Result<Layout, MeterError> {
    let Some(map) = map else {
        let (size, status) = if content == SegmentContent::Meal { (10, None) } else { (USUAL_ENTRY, Some(10..12)) };
        // Nothing ties the entries to an object; where all objects measure in one unit, it is theirs.
        let unit = configuration.only_unit();
        return Ok(Layout { size, stamp: Some(STAMP), value: 8..10, status, unit, code: None });
    };
    let wanted =
        if content == SegmentContent::Meal { attribute::SIMPLE_OID_VALUE } else { attribute::BASIC_NUMERIC_VALUE };
    let two_bytes = |id| map.place(id).filter(|place| place.len() == 2);
    let value = two_bytes(wanted)
        .ok_or_else(|| MeterError::Unsupported { reason: "the entries of a segment have another form".into() })?;
    let handle = map.elements.iter().find(|element| element.attributes.iter().any(|(id, _)| *id == wanted));
    Ok(Layout {
        // From the map and not fixed: 12 bytes for glucose and 10 for meals on a Guide.
        size: map.entry_size(),
        // A relative time cannot be a date without the meter's own clock at that moment, so such entries have no stamp.
        stamp: (map.header & HEADER_ABSOLUTE_TIME != 0).then_some(STAMP),
        value,
        status: two_bytes(attribute::MEASUREMENT_STATUS),
        unit: handle.and_then(|element| configuration.unit(element.handle)),
        code: handle.map(|element| element.code).filter(|code| metric::GLUCOSE.contains(code)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meters::codec::ieee11073::segment::MapElement;
    use crate::meters::codec::ieee11073::time::AbsoluteTime;

    fn map(code: u16, attributes: Vec<(u16, u16)>) -> SegmentMap {
        let element = MapElement { class: 6, partition: metric::PARTITION_SCADA, code, handle: 2, attributes };
        SegmentMap { header: HEADER_ABSOLUTE_TIME, elements: vec![element] }
    }

    fn named(label: &str) -> Segment {
        let attributes = Attributes::default().with(attribute::SEGMENT_LABEL, Segment::encode_label(label));
        Segment { instance: 1, attributes }
    }

    /// 71D0 is a control test and 71C0 is glucose: one bit apart.
    #[test]
    fn name_and_code_of_a_segment_must_agree() {
        let told = |label, code| recognise(&named(label), Some(&map(code, Vec::new())));
        assert_eq!(told("PMSegCtrl ", 0x71D0), Ok(Some(SegmentContent::Control)));
        assert_eq!(told("PMSegOther", 0x71C0), Ok(Some(SegmentContent::Glucose)));
        assert_eq!(told("PMSegCtrl ", 0x71D1), Ok(Some(SegmentContent::Control)));
        assert_eq!(recognise(&named("PMSegGluc "), None), Ok(Some(SegmentContent::Glucose)));
        assert_eq!(told("PMSegError", 0x71D8), Ok(None));
        let error = told("PMSegCtrl ", 0x71C0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "asking for the segments: the name and the code of a segment contradict each other"
        );
    }

    #[test]
    fn an_attribute_that_is_not_known_is_noticed() {
        let known = vec![(attribute::BASIC_NUMERIC_VALUE, 2), (attribute::MEASUREMENT_STATUS, 2)];
        assert!(!holds_more(&map(0x7270, known)));
        assert!(holds_more(&map(0x7270, vec![(attribute::BASIC_NUMERIC_VALUE, 2), (0x0946, 2)])));
    }

    #[test]
    fn an_empty_segment_with_the_stamp_of_an_entry_contradicts_itself() {
        let ending = |stamp: AbsoluteTime| Segment {
            instance: 1,
            attributes: Attributes::default().with(attribute::SEGMENT_END_TIME, stamp.0),
        };
        assert!(ending(AbsoluteTime([0x20, 0x25, 1, 0x31, 0x19, 0x30, 0, 0])).was_used());
        assert!(!ending(AbsoluteTime([0x20, 0x14, 1, 1, 0, 0, 0, 0])).was_used());
        assert!(!ending(AbsoluteTime([0; 8])).was_used() && !named("PMSegCtrl ").was_used());
    }
}
