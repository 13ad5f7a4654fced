//! One record: two questions, one reading.

use std::collections::BTreeMap;

use super::Found;
use super::questions::{Question, Questions};
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Doubt, Kind, Meal, Reading, is_time_doubtful};
use crate::meters::codec::taidoc::command;
use crate::meters::codec::taidoc::fields::{Mark, Quantity, Stamp, Value};
use crate::meters::error::MeterError;

/// Below, the meter shows LO (mg/dL).
const LOWEST: u16 = 20;

/// Above, the meter shows HI (mg/dL).
const HIGHEST: u16 = 600;

const TIME: Question = Question { command: command::RECORD_TIME, during: "reading the records" };
const VALUE: Question = Question { command: command::RECORD_VALUE, during: "reading the records" };

impl Found {
    /// Asks for the record of this index, 0 being the newest.
    pub(super) fn read_record(&mut self, questions: &mut Questions<'_, '_>, index: u16) -> Result<(), MeterError> {
        let [low, high] = index.to_le_bytes();
        let time = questions.ask(&TIME, [low, high, 0, 0])?;
        let value = questions.ask(&VALUE, [low, high, 0, 0])?;
        let name = format!("record {}", u32::from(index) + 1);
        if time == [0; 4] && value == [0; 4] {
            self.warn("damaged-record", &format!("{name} is empty"));
            return Ok(());
        }
        let decoded = Value::decode(value);
        match decoded.quantity {
            Quantity::Glucose => {}
            Quantity::Ketone => {
                self.others += 1;
                self.warn("ketone-without-scale", &format!("{name} is a ketone result; its scale is not known"));
                return Ok(());
            }
            Quantity::Other(number) => {
                self.others += 1;
                self.warn("other-quantity", &format!("{name} is no glucose, but the meter's quantity {number}"));
                return Ok(());
            }
        }
        let stamp = Stamp(time).decode();
        if stamp.is_none() {
            self.warn("time-unreadable", &format!("the time stamp of {name} is impossible"));
        }
        let (kind, meal) = match decoded.mark {
            Mark::Meal(meal) => (Kind::Blood, Some(meal)),
            Mark::Control => (Kind::Control, Some(Meal::None)),
        };
        self.readings.push(Reading {
            index: u32::from(index),
            time: stamp,
            measured: measured(decoded.number),
            kind,
            meal,
            doubts: if is_time_doubtful(stamp) { vec![Doubt::TimeUncertain] } else { Vec::new() },
            raw: BTreeMap::from([("time".to_owned(), hexadecimal(time)), ("value".to_owned(), hexadecimal(value))]),
        });
        Ok(())
    }
}

fn measured(number: u16) -> Measured {
    match number {
        ..LOWEST => Measured::Low,
        LOWEST..=HIGHEST => Measured::Value(Concentration::mg_per_dl(u32::from(number))),
        _ => Measured::High,
    }
}

fn hexadecimal([a, b, c, d]: [u8; 4]) -> String {
    format!("{a:02X}{b:02X}{c:02X}{d:02X}")
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
