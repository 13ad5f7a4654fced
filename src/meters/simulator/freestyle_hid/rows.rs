//! The rows that the meters list, written field by field as the specification has them.

use jiff::civil::DateTime;

use super::{HidFaults, HidModel};
use crate::domain::glucose::Measured;
use crate::domain::reading::Kind;
use crate::meters::codec::freestyle_hid::row::stored;
use crate::meters::simulator::readings::{ReadingSet, SimulatedReading};

/// The number of the oldest record: near where 16 bits end, for the list goes on beyond.
pub(super) const FIRST_ID: usize = 65_530;

/// The rows of `$result?`, newest first.
pub(super) fn results(model: HidModel, memory: &ReadingSet, faults: &HidFaults) -> Vec<String> {
    let mut rows = Vec::new();
    for (place, reading) in memory.readings.iter().enumerate() {
        if let Some((_, seconds)) = faults.clock_change.filter(|(at, _)| *at == place && model == HidModel::Neo) {
            let old = old_time(reading, seconds);
            rows.push(format!("6,{},{},1,{}", FIRST_ID + place, minutes(reading.time), minutes(old)));
        }
        rows.extend(result(model, FIRST_ID + place, reading));
    }
    // Morning long-acting, eight units.
    let insulin = memory.readings.last().map(|last| format!("10,1,{},1,0,8", minutes(last.time)));
    rows.extend(insulin.into_iter().cycle().take(faults.insulin));
    rows.reverse();
    rows
}

fn result(model: HidModel, id: usize, reading: &SimulatedReading) -> Option<String> {
    let is_ketone = reading.kind == Kind::Ketone;
    let value = match reading.measured {
        Measured::Low => "LO".to_owned(),
        Measured::High => "HI".to_owned(),
        Measured::Unscaled(number) => number.to_string(),
        Measured::Value(value) => stored(value, is_ketone).to_string(),
    };
    let time = minutes(reading.time);
    let blood = u8::from(reading.kind != Kind::Control);
    match (model, reading.kind) {
        (HidModel::InsuLinx, Kind::Blood) => Some(format!("0,{id},{time},0,0,0,0,0,0,{value},0,0")),
        (HidModel::Neo, Kind::Ketone) => Some(format!("9,{id},{time},1,{value},1")),
        (HidModel::Neo, Kind::Blood | Kind::Control) => {
            Some(format!("7,{id},{time},1,{value},0,{blood},0,0,0,0,0,0,0,0"))
        }
        _ => None,
    }
}

/// The rows of `$arresult?`, oldest first.
pub(super) fn libre_results(memory: &ReadingSet, faults: &HidFaults) -> Vec<String> {
    let mut rows = Vec::new();
    for (place, reading) in memory.readings.iter().enumerate() {
        // Twice as far apart, so that a change of the clock has its number between two readings.
        let id = FIRST_ID + 2 * place;
        if let Some((_, seconds)) = faults.clock_change.filter(|(at, _)| *at == place) {
            let old = old_time(reading, seconds);
            rows.push(format!("{},5,{},1,{},0", id - 1, seconds_too(reading.time), seconds_too(old)));
        }
        let kind = match reading.kind {
            Kind::Sensor if faults.scans.contains(&place) => 2,
            Kind::Ketone => 1,
            Kind::Blood | Kind::Control => 0,
            Kind::Sensor | Kind::Other => continue,
        };
        let (mark, value) = match reading.measured {
            Measured::Low if kind == 2 => (1, 40),
            Measured::Low => (1, 20),
            // No mark stands for HI: a sensor shows the end of its scale, a strip a number beyond
            // it.
            Measured::High if kind == 2 => (0, 500),
            Measured::High => (0, 501),
            Measured::Unscaled(number) => (0, u32::from(number)),
            Measured::Value(value) => (0, stored(value, kind == 1)),
        };
        let errors = if faults.invalid == Some(place) { 0x8000 } else { 0 };
        let (record, sensor) = (if reading.kind == Kind::Control { 4 } else { 2 }, u8::from(kind == 2));
        let time = seconds_too(reading.time);
        rows.push(format!(
            "{id},{record},{time},1,{kind},0,{mark},{value},{sensor},{},0,0,0,0,0,0,0,3,0,0,0,0,0,{errors},\
             \"a, b\",\"\",\"\",\"\",\"\",\"\"",
            3 * sensor
        ));
    }
    rows
}

/// The rows of `$history?`, oldest first.
pub(super) fn libre_history(memory: &ReadingSet, faults: &HidFaults) -> Vec<String> {
    let mut rows = Vec::new();
    for (place, reading) in memory.readings.iter().enumerate() {
        if reading.kind != Kind::Sensor || faults.scans.contains(&place) {
            continue;
        }
        let value = match reading.measured {
            Measured::Low => 40,
            Measured::High => 500,
            Measured::Unscaled(number) => u32::from(number),
            Measured::Value(value) => stored(value, false),
        };
        let errors = if faults.invalid == Some(place) { 0x8000 } else { 0 };
        let (id, time, first) = (FIRST_ID + 2 * place, seconds_too(reading.time), u8::from(rows.is_empty()));
        // A sensor lasts fourteen days.
        let age = 60 + 15 * (place % 1340);
        rows.push(format!("{id},12,{time},1,0,0,0,{first},{value},{age},{errors}"));
    }
    rows
}

/// What the clock would have shown, had it not been put forward before this reading.
fn old_time(reading: &SimulatedReading, seconds: i64) -> DateTime {
    reading.time.saturating_sub(jiff::SignedDuration::from_secs(seconds))
}

/// Month, day, year of the century, hour, minute.
fn minutes(time: DateTime) -> String {
    format!("{},{},{},{},{}", time.month(), time.day(), time.year() % 100, time.hour(), time.minute())
}

/// The same, and the second.
fn seconds_too(time: DateTime) -> String {
    format!("{},{}", minutes(time), time.second())
}
