//! From records to readings.

use std::collections::BTreeMap;

use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::meters::codec::isens::record::{Record, flag};
use crate::meters::gathered::Gathered;

/// Below, the meter shows LO (mg/dL).
const LOWEST: u16 = 20;

/// Above, the meter shows HI (mg/dL).
const HIGHEST: u16 = 600;

/// The highest ketone the meter can measure, in tenths of mmol/L. Tidepool takes 8.1 for HI.
const HIGHEST_KETONE: u16 = 80;

/// Why a record is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is marked both low and high")]
pub(super) struct LowAndHigh;

/// The reading of a record, whose place is `index`, 0 being the first the meter sends.
pub(super) fn decode(index: u32, record: Record) -> Result<Reading, LowAndHigh> {
    if record.has(flag::LOW | flag::HIGH) {
        return Err(LowAndHigh);
    }
    let mut doubts = Vec::new();
    let time = record.stamp.decode();
    if time.is_none() {
        doubts.push(Doubt::TimeUncertain);
    }
    let is_ketone = record.has(flag::KETONE);
    // The flags first: the number beside one of them is none that was measured.
    let measured = if record.has(flag::HIGH) {
        Measured::High
    } else if record.has(flag::LOW) {
        Measured::Low
    } else if is_ketone {
        if record.value > HIGHEST_KETONE {
            doubts.push(Doubt::OutsideMeterRange);
        }
        Measured::Value(Concentration::new(u32::from(record.value), 1, Unit::MmolPerL))
    } else {
        match record.value {
            ..LOWEST => Measured::Low,
            LOWEST..=HIGHEST => Measured::Value(Concentration::mg_per_dl(u32::from(record.value))),
            _ => Measured::High,
        }
    };
    let kind = match (record.has(flag::CONTROL), is_ketone) {
        (true, _) => Kind::Control,
        (false, true) => Kind::Ketone,
        (false, false) => Kind::Blood,
    };
    let meal = match (record.has(flag::AFTER_MEAL), record.has(flag::FASTING)) {
        (true, false) => Some(Meal::After),
        (false, true) => Some(Meal::Fasting),
        (false, false) => Some(Meal::None),
        // Which of the two is meant nobody but the person knows.
        (true, true) => None,
    };
    let raw = BTreeMap::from([raw(&record.encode())]);
    Ok(Reading { corrected_from: None, index, time, measured, kind, meal, doubts, raw })
}

/// A remark on a reading whose stamp is impossible.
pub(super) fn remark_on_time(gathered: &mut Gathered, reading: &Reading) {
    if reading.time.is_none() {
        let number = reading.index.saturating_add(1);
        gathered.warn("time-unreadable", &format!("the time stamp of record {number} is impossible"));
    }
}

/// A remark on a reading whose marks contradict each other.
pub(super) fn remark_on_meal(gathered: &mut Gathered, reading: &Reading) {
    if reading.meal.is_none() {
        let number = reading.index.saturating_add(1);
        gathered.warn("meal-unclear", &format!("record {number} has marks of different meals; none was used"));
    }
}

/// The record as it stood on the wire.
pub(super) fn raw(bytes: &[u8]) -> (String, String) {
    ("record".to_owned(), hex::encode_upper(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meters::codec::isens::record::Stamp;

    fn taken(flags: u8, value: u16) -> Option<Reading> {
        decode(0, Record { stamp: Stamp([20, 5, 6, 7, 8, 9]), flags, value }).ok()
    }

    #[test]
    fn flags_say_what_a_record_is() {
        let mg = |value| Measured::Value(Concentration::mg_per_dl(value));
        let said =
            |flags, value| taken(flags, value).map(|reading| (reading.measured, reading.kind, reading.meal.unwrap()));
        assert_eq!(said(0x20, 123), Some((mg(123), Kind::Blood, Meal::None)));
        assert_eq!(said(0x82, 123), Some((mg(123), Kind::Blood, Meal::After)));
        assert_eq!(said(0x10, 123), Some((mg(123), Kind::Blood, Meal::Fasting)));
        assert_eq!(said(0x01, 123), Some((mg(123), Kind::Control, Meal::None)));
        assert_eq!(said(0x84, 15), Some((Measured::Low, Kind::Blood, Meal::None)));
        assert_eq!(said(0x08, 700), Some((Measured::High, Kind::Blood, Meal::None)));
        assert_eq!(said(0x0C, 100), None);
        let ketone = Measured::Value(Concentration::new(4, 1, Unit::MmolPerL));
        assert_eq!(said(0x40, 4), Some((ketone, Kind::Ketone, Meal::None)));
        assert_eq!(said(0x48, 4), Some((Measured::High, Kind::Ketone, Meal::None)));
        assert_eq!(said(0x41, 4), Some((ketone, Kind::Control, Meal::None)));
        assert_eq!(taken(0x92, 123).unwrap().meal, None, "after a meal, and fasting");
        assert_eq!(taken(0x40, 81).unwrap().doubts, [Doubt::OutsideMeterRange]);
    }

    #[test]
    fn the_limits_themselves_are_values() {
        let said = |value| taken(0x20, value).unwrap().measured;
        let mg = |value| Measured::Value(Concentration::mg_per_dl(value));
        assert_eq!([19, 20, 600, 601].map(said), [Measured::Low, mg(20), mg(600), Measured::High]);
    }
}
