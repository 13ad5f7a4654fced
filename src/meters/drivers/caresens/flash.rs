//! Protocol 1: the flash memory, eight bytes a time, each place read until two answers agree.

use std::collections::BTreeMap;

use super::records::{raw, remark_on_time};
use super::wire::{ATTEMPTS, MOST_BYTES, Wire, agreed, is_worth_a_repeat, noise};
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::meters::codec::isens::flash::{
    ANSWER, FlashModel, HIGH, LENGTH, LOW, Record, SERIAL_ADDRESS, decode_answer, identity as identity_of, may_begin,
    question,
};
use crate::meters::error::MeterError;
use crate::meters::gathered::Gathered;

/// What a failure is told to have interrupted.
const IDENTIFYING: &str = "asking for the serial number";
const READING: &str = "reading the records";

/// What the meter can measure, in mg/dL.
const RANGE: std::ops::RangeInclusive<u16> = 20..=600;

/// Reads the production numbers.
pub(super) fn identity(wire: &mut Wire<'_, '_>) -> Result<(FlashModel, String), MeterError> {
    let bytes = agreed("the serial number", || read_place(wire, SERIAL_ADDRESS, IDENTIFYING))?;
    identity_of(bytes).ok_or_else(|| MeterError::Unsupported { reason: "its model is not known".into() })
}

/// Reads the records. How many there are is known at the end only.
pub(super) fn read(wire: &mut Wire<'_, '_>, gathered: &mut Gathered, model: FlashModel) -> Result<(), MeterError> {
    let step = u16::try_from(LENGTH).unwrap_or(u16::MAX);
    for place in 0..model.records {
        let address = model.address.saturating_add(place.saturating_mul(step));
        match Record::decode(agreed("a record", || read_place(wire, address, READING))?) {
            Some(record) => {
                let reading = reading(gathered.seen(), record);
                remark_on_time(gathered, &reading);
                gathered.keep(wire.conversation, reading);
            }
            None if model.marks_its_end() => break,
            None => {}
        }
    }
    Ok(())
}

fn reading(index: u32, record: Record) -> Reading {
    let mut doubts = Vec::new();
    let time = record.stamp.decode();
    if time.is_none() {
        doubts.push(Doubt::TimeUncertain);
    }
    let measured = match record.value {
        LOW => Measured::Low,
        HIGH => Measured::High,
        value => {
            if !RANGE.contains(&value) {
                doubts.push(Doubt::OutsideMeterRange);
            }
            Measured::Value(Concentration::mg_per_dl(u32::from(value)))
        }
    };
    Reading {
        corrected_from: None,
        index,
        time,
        measured,
        kind: if record.is_control { Kind::Control } else { Kind::Blood },
        meal: Some(if record.is_after_meal { Meal::After } else { Meal::None }),
        doubts,
        raw: BTreeMap::from([raw(&record.encode())]),
    }
}

/// Asks for the bytes at an address, up to four times.
fn read_place(wire: &mut Wire<'_, '_>, address: u16, during: &'static str) -> Result<[u8; LENGTH], MeterError> {
    let mut attempt = 1;
    loop {
        match read_place_once(wire, address, during) {
            Err(error) if is_worth_a_repeat(&error) && attempt < ATTEMPTS => attempt += 1,
            other => return other,
        }
        wire.settle(during)?;
    }
}

fn read_place_once(wire: &mut Wire<'_, '_>, address: u16, during: &'static str) -> Result<[u8; LENGTH], MeterError> {
    wire.send(&question(address), during)?;
    let mut pending: Vec<u8> = Vec::new();
    let mut heard = 0;
    loop {
        // A late answer to the first byte may come before.
        let start = pending.iter().position(|byte| may_begin(*byte)).unwrap_or(pending.len());
        pending.drain(..start);
        if let Some(answer) = pending.first_chunk::<ANSWER>() {
            // With more than was asked for, a late answer is among the bytes, and none says its
            // address.
            let opened = decode_answer(answer).filter(|_| pending.len() == ANSWER);
            return opened.ok_or_else(|| MeterError::Malformed {
                what: during,
                reason: "the answer is not eight bytes in halves".into(),
            });
        }
        if heard > MOST_BYTES {
            return Err(noise(during));
        }
        let arrived = wire.receive(during)?;
        heard += arrived.len().max(1);
        pending.extend(arrived);
    }
}
