//! One record: two questions, one reading.

use std::collections::BTreeMap;

use super::questions::{Questions, TaiDocQuestion};
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::meters::codec::taidoc::command;
use crate::meters::codec::taidoc::fields::{Quantity, RecordMark, Stamp, Value};
use crate::meters::error::MeterError;
use crate::meters::gathered::{Counted, Gathered, MeterRecord};

/// Below, the meter shows LO (mg/dL).
const LOWEST: u16 = 20;

/// Above, the meter shows HI (mg/dL).
const HIGHEST: u16 = 600;

const TIME: TaiDocQuestion = TaiDocQuestion { command: command::RECORD_TIME, during: "reading the records" };
const VALUE: TaiDocQuestion = TaiDocQuestion { command: command::RECORD_VALUE, during: "reading the records" };

/// Why a record is not taken: it may be one of glucose, damaged in the meter.
#[derive(Debug, thiserror::Error)]
#[error("it is of a quantity that is not known ({0})")]
struct UnknownQuantity(u8);

/// Asks for the record of this index, 0 being the newest.
pub(super) fn read(questions: &mut Questions<'_, '_>, gathered: &mut Gathered, index: u16) -> Result<(), MeterError> {
    let [low, high] = index.to_le_bytes();
    let time = questions.ask(&TIME, [low, high, 0, 0])?;
    let value = questions.ask(&VALUE, [low, high, 0, 0])?;
    let index = u32::from(index);
    let said = format!("{} {}", hex::encode_upper(time), hex::encode_upper(value));
    if time == [0; 4] && value == [0; 4] {
        // What the meter is believed to answer for an index that it does not have.
        let empty = MeterError::Refused { what: "a record", reason: "it is empty".into() };
        gathered.refuse(questions.conversation, index, &empty);
        return Ok(());
    }
    let record = record(index, time, value);
    if matches!(&record, Ok(MeterRecord::Reading(reading)) if reading.time.is_none()) {
        gathered
            .warn("time-unreadable", &format!("the time stamp of record {} is impossible", index.saturating_add(1)));
    }
    gathered.take(questions.conversation, index, &said, record);
    Ok(())
}

fn record(index: u32, time: [u8; 4], value: [u8; 4]) -> Result<MeterRecord, UnknownQuantity> {
    let decoded = Value::decode(value);
    let (kind_of_blood, measured) = match decoded.quantity {
        Quantity::Glucose => (Kind::Blood, measured(decoded.number)),
        Quantity::Ketone => (Kind::Ketone, Measured::Unscaled(decoded.number)),
        Quantity::Other(number) => {
            let name = quantity_name(number).ok_or(UnknownQuantity(number))?;
            return Ok(MeterRecord::Aside(name.into(), Counted::Always));
        }
    };
    let stamp = Stamp(time).decode();
    let (kind, meal) = match decoded.mark {
        RecordMark::Meal(meal) => (kind_of_blood, Some(meal)),
        // One field holds both marks: a control test cannot have that of a meal.
        RecordMark::Control => (Kind::Control, Some(Meal::None)),
    };
    Ok(MeterRecord::from(Reading {
        corrected_from: None,
        index,
        time: stamp,
        measured,
        kind,
        meal,
        doubts: if stamp.is_none() { vec![Doubt::TimeUncertain] } else { Vec::new() },
        raw: BTreeMap::from([
            ("time".to_owned(), hex::encode_upper(time)),
            ("value".to_owned(), hex::encode_upper(value)),
        ]),
    }))
}

/// What else the meters measure (Tidepool).
const fn quantity_name(number: u8) -> Option<&'static str> {
    Some(match number {
        6 => "haematocrit",
        8 => "uric acid",
        9 => "cholesterol",
        11 => "haemoglobin",
        12 => "lactate",
        13 => "triglycerides",
        _ => return None,
    })
}

fn measured(number: u16) -> Measured {
    match number {
        ..LOWEST => Measured::Low,
        LOWEST..=HIGHEST => Measured::Value(Concentration::mg_per_dl(u32::from(number))),
        _ => Measured::High,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_themselves_are_values() {
        let value = |number| Measured::Value(Concentration::mg_per_dl(number));
        assert_eq!([19, 20, 600, 601].map(measured), [Measured::Low, value(20), value(600), Measured::High]);
    }
}
