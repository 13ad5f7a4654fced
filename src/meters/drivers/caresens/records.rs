//! From records to readings.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::DateTime;

use super::Found;
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::{Doubt, Kind, Meal, Reading, is_time_doubtful};
use crate::meters::codec::isens::record::{Record, Stamp, flag};

/// Below, the meter shows LO (mg/dL).
const LOWEST: u16 = 20;

/// Above, the meter shows HI (mg/dL).
const HIGHEST: u16 = 600;

/// The highest ketone the meter can measure, in tenths of mmol/L.
const HIGHEST_KETONE: u16 = 80;

/// Takes the record of this index, 0 being the first the meter sends.
pub(super) fn take_record(found: &mut Found, index: u32, record: Record) {
    if record.has(flag::LOW | flag::HIGH) {
        found.warn("damaged-record", &format!("record {} is marked both low and high", index + 1));
        return;
    }
    let mut doubts = Vec::new();
    let time = stamped(found, index, record.stamp, &mut doubts);
    let is_ketone = record.has(flag::KETONE);
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
    let meal = if record.has(flag::AFTER_MEAL) {
        Meal::After
    } else if record.has(flag::FASTING) {
        Meal::Fasting
    } else {
        Meal::None
    };
    let raw = BTreeMap::from([raw(&record.encode())]);
    found.readings.push(Reading { index, time, measured, kind, meal: Some(meal), doubts, raw });
}

/// The time of a record; one that does not exist is a doubt and a warning.
pub(super) fn stamped(found: &mut Found, index: u32, stamp: Stamp, doubts: &mut Vec<Doubt>) -> Option<DateTime> {
    let time = stamp.decode();
    if is_time_doubtful(time) {
        doubts.push(Doubt::TimeUncertain);
    }
    if time.is_none() {
        found.warn("time-unreadable", &format!("the time stamp of record {} is impossible", index + 1));
    }
    time
}

/// The record as it stood on the wire.
pub(super) fn raw(bytes: &[u8]) -> (String, String) {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02X}");
    }
    ("record".to_owned(), digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(flags: u8, value: u16) -> Option<Reading> {
        let mut found = Found::default();
        take_record(&mut found, 0, Record { stamp: Stamp([20, 5, 6, 7, 8, 9]), flags, value });
        assert_eq!(found.readings.is_empty(), found.warnings.len() == 1);
        found.readings.pop()
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
        assert_eq!(taken(0x40, 81).unwrap().doubts, [Doubt::OutsideMeterRange]);
    }

    #[test]
    fn the_limits_themselves_are_values() {
        let said = |value| taken(0x20, value).unwrap().measured;
        let mg = |value| Measured::Value(Concentration::mg_per_dl(value));
        assert_eq!([19, 20, 600, 601].map(said), [Measured::Low, mg(20), mg(600), Measured::High]);
    }
}
