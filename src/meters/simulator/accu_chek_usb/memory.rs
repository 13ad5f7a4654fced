//! The segments of a simulated meter: entries as on the wire, and how the meter describes them.

use super::config::AccuChekConfig;
use crate::domain::glucose::Measured;
use crate::domain::reading::{Kind, Meal};
use crate::meters::codec::ieee11073::attribute::Attributes;
use crate::meters::codec::ieee11073::nomenclature::{attribute, class, meal, metric};
use crate::meters::codec::ieee11073::segment::{HEADER_ABSOLUTE_TIME, MapElement, Segment, SegmentMap};
use crate::meters::codec::ieee11073::sfloat::Sfloat;
use crate::meters::codec::ieee11073::time::AbsoluteTime;
use crate::meters::simulator::readings::SimulatedReading;

/// A segment and its entries.
#[derive(Debug)]
pub(super) struct StoredSegment {
    pub(super) description: Segment,
    pub(super) entries: Vec<Vec<u8>>,
}

/// What a segment consists of: instance, label, class, partition, code, object, attributes in an entry.
struct Form {
    instance: u16,
    label: &'static str,
    class: u16,
    partition: u16,
    code: u16,
    handle: u16,
    attributes: &'static [(u16, u16)],
}

/// What an entry holds of a number, each with its length in bytes.
const NUMBER: &[(u16, u16)] = &[(attribute::BASIC_NUMERIC_VALUE, 2), (attribute::MEASUREMENT_STATUS, 2)];
/// The time of a place of the memory that nothing was stored in.
const UNUSED_STAMP: AbsoluteTime = AbsoluteTime([0x20, 0x14, 0x01, 0x01, 0, 0, 0, 0]);
/// 20 seconds in units of 125 microseconds.
const TRANSFER_TIMEOUT: u32 = 160_000;

/// The four segments of a captured Guide.
const FORMS: [Form; 4] = [
    Form {
        instance: 0,
        label: "PMSegGluc ",
        class: class::NUMERIC,
        partition: metric::PARTITION_SCADA,
        code: metric::GLUCOSE_UNDETERMINED_PLASMA,
        handle: 1,
        attributes: NUMBER,
    },
    Form {
        instance: 1,
        label: "PMSegCtrl ",
        class: class::NUMERIC,
        partition: metric::PARTITION_SCADA,
        code: metric::CONTROL,
        handle: 2,
        attributes: NUMBER,
    },
    Form {
        instance: 2,
        label: "PMSegError",
        class: class::ENUMERATION,
        partition: metric::PARTITION_DISEASE_MANAGEMENT,
        code: metric::DEVICE_STATUS,
        handle: 3,
        attributes: &[(attribute::BASIC_BIT_STRING, 2)],
    },
    Form {
        instance: 3,
        label: "PMSegCMeal",
        class: class::ENUMERATION,
        partition: metric::PARTITION_DISEASE_MANAGEMENT,
        code: metric::MEAL,
        handle: 4,
        attributes: &[(attribute::SIMPLE_OID_VALUE, 2)],
    },
];

/// Everything the meter holds.
pub(super) fn segments(config: &AccuChekConfig) -> Vec<StoredSegment> {
    let quirks = &config.quirks;
    if quirks.has_no_segments {
        return Vec::new();
    }
    let of_kind = |kind| config.readings.readings.iter().filter(move |reading| reading.kind == kind);
    let entries: [Vec<Vec<u8>>; 4] = [
        of_kind(Kind::Blood).enumerate().map(|(position, reading)| blood_entry(config, position, reading)).collect(),
        of_kind(Kind::Control).map(|reading| entry(stamp(reading), sfloat(reading).0, Some(0))).collect(),
        Vec::new(),
        meal_entries(config, of_kind(Kind::Blood)),
    ];
    FORMS
        .iter()
        .zip(entries)
        .filter(|(form, _)| !(quirks.has_no_meals && form.code == metric::MEAL))
        .filter(|(form, _)| !(quirks.has_short_entries && form.instance != 0))
        .map(|(form, entries)| StoredSegment { description: describe(form, &entries, config), entries })
        .collect()
}

fn blood_entry(config: &AccuChekConfig, position: usize, reading: &SimulatedReading) -> Vec<u8> {
    let quirks = &config.quirks;
    let mut stamp = stamp(reading);
    if quirks.damaged_stamp == Some(position) {
        let AbsoluteTime([_, _, month, ..]) = &mut stamp;
        // AA is no number in BCD.
        *month = 0xAA;
    }
    let value = quirks.sfloats.get(&position).copied().unwrap_or(sfloat(reading).0);
    let status = quirks.statuses.get(&position).copied().unwrap_or(0);
    entry(stamp, value, (!quirks.has_short_entries).then_some(status))
}

fn meal_entries<'a>(config: &AccuChekConfig, readings: impl Iterator<Item = &'a SimulatedReading>) -> Vec<Vec<u8>> {
    let mut entries: Vec<Vec<u8>> =
        readings.filter_map(|reading| Some(entry(stamp(reading), meal_code(reading.meal?)?, None))).collect();
    if config.quirks.has_stray_meal {
        entries.insert(0, entry(UNUSED_STAMP, meal::BEFORE, None));
    }
    entries
}

const fn meal_code(mark: Meal) -> Option<u16> {
    match mark {
        Meal::None => None,
        Meal::Before => Some(meal::BEFORE),
        Meal::After => Some(meal::AFTER),
        Meal::Fasting => Some(meal::FASTING),
        Meal::Bedtime => Some(meal::BEDTIME),
        Meal::Casual => Some(meal::CASUAL),
    }
}

/// Stamps of this family have whole seconds.
fn stamp(reading: &SimulatedReading) -> AbsoluteTime {
    let AbsoluteTime([century, year, month, day, hour, minute, second, _]) = AbsoluteTime::of(reading.time);
    AbsoluteTime([century, year, month, day, hour, minute, second, 0])
}

fn sfloat(reading: &SimulatedReading) -> Sfloat {
    match reading.measured {
        Measured::Low => Sfloat::LOW,
        Measured::High => Sfloat::HIGH,
        Measured::Unscaled(number) => {
            i16::try_from(number).ok().and_then(|number| Sfloat::finite(number, 0)).unwrap_or(Sfloat::HIGH)
        }
        Measured::Value(value) => {
            // The conversion saturates; what does not fit into the number is beyond any meter's range.
            #[expect(clippy::cast_possible_truncation, reason = "a float becomes the nearest integer that fits")]
            let whole = value.glucose_mg_per_dl().round() as i16;
            Sfloat::finite(whole, 0).unwrap_or(Sfloat::HIGH)
        }
    }
}

fn entry(stamp: AbsoluteTime, value: u16, status: Option<u16>) -> Vec<u8> {
    let mut bytes = stamp.0.to_vec();
    bytes.extend(value.to_be_bytes());
    bytes.extend(status.map(u16::to_be_bytes).into_iter().flatten());
    bytes
}

fn describe(form: &Form, entries: &[Vec<u8>], config: &AccuChekConfig) -> Segment {
    let quirks = &config.quirks;
    let map = SegmentMap {
        header: HEADER_ABSOLUTE_TIME,
        elements: vec![MapElement {
            class: form.class,
            partition: form.partition,
            code: form.code,
            handle: form.handle,
            attributes: form.attributes.to_vec(),
        }],
    };
    let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let more = if form.instance == 0 { quirks.announces_more } else { 0 };
    let edge = |entry: Option<&Vec<u8>>| entry.and_then(|entry| entry.get(..8)).unwrap_or(&UNUSED_STAMP.0).to_vec();
    let adjust: [u8; 6] = if quirks.is_clock_adjusted { [0, 0, 0, 5, 0x7E, 0x40] } else { [0; 6] };
    let mut attributes = Attributes::default().with(attribute::INSTANCE_NUMBER, form.instance.to_be_bytes());
    if !quirks.has_no_maps && !quirks.has_nameless_segments {
        attributes = attributes.with(attribute::SEGMENT_MAP, map.encode());
    }
    attributes = attributes.with(attribute::OPERATIONAL_STATE, [0, 0]);
    if !quirks.has_nameless_segments {
        attributes = attributes.with(attribute::SEGMENT_LABEL, Segment::encode_label(form.label));
    }
    let attributes = attributes
        .with(attribute::ABSOLUTE_TIME_ADJUST, adjust)
        .with(attribute::SEGMENT_START_TIME, edge(entries.first()))
        .with(attribute::SEGMENT_END_TIME, edge(entries.last()))
        .with(attribute::SEGMENT_USAGE_COUNT, count.saturating_add(more).to_be_bytes())
        .with(attribute::TRANSFER_TIMEOUT, TRANSFER_TIMEOUT.to_be_bytes());
    Segment { instance: form.instance, attributes }
}
