//! Where in what a meter says a reading is. Two meters that differ in this reading alone are read in memory: the first
//! byte that differs lies within it. So nobody needs to know the meter's language.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Zoned;

use super::SimulatedMeter;
use super::memory_link::MemoryLink;
use super::readings::ReadingSet;
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::Kind;
use crate::domain::text::Clean;
use crate::meters::catalogue::Meter;
use crate::meters::conversation::{Cancel, Conversation};
use crate::meters::drivers::{self, Driver};

/// Two values that every meter can send, in every unit.
const VALUES: [u32; 2] = [111, 222];

/// The byte, counted from 0 among all that the meter says while it is read, at which reading `number` is told: counted
/// from 1 in the order in which the meter sends them. `make` makes the meter with the readings that it is given, and
/// with a clock that stands still.
///
/// # Errors
/// Says in words why there is no such reading, or no such meter.
pub fn place_of_reading(
    model: &Meter,
    memory: &ReadingSet,
    number: u64,
    make: &dyn Fn(ReadingSet) -> Result<Box<dyn SimulatedMeter>, String>,
) -> Result<u64, String> {
    let driver = drivers::by_name(&model.driver).ok_or_else(|| format!("{} cannot be read", model.slug))?;
    let said = |meter| said(driver, &model.name(), meter);
    let usual = said(make(memory.clone())?);
    let place = |index: usize| -> Result<Option<u64>, String> {
        let Some(changed) = with_another_value(memory, index) else { return Ok(None) };
        let other = said(make(changed)?);
        Ok(usual.iter().zip(&other).position(|(one, other)| one != other).map(|place| place as u64))
    };
    let mut kept: Vec<usize> = (0..memory.readings.len()).collect();
    let is_control = |index: &usize| memory.readings.get(*index).is_some_and(|reading| reading.kind == Kind::Control);
    // A meter without a mark for control tests may keep none.
    if let Some(control) = kept.iter().find(|index| is_control(index))
        && place(*control)?.is_none()
    {
        kept.retain(|index| !is_control(index));
    }
    if let ([first, ..], [.., last]) = (kept.as_slice(), kept.as_slice())
        && place(*first)? > place(*last)?
    {
        kept.reverse();
    }
    let missing = || format!("the meter sends no reading {number}");
    let index = usize::try_from(number).ok().and_then(|number| kept.get(number.checked_sub(1)?)).ok_or_else(missing)?;
    place(*index)?.ok_or_else(missing)
}

/// The same memory with another value in one reading.
fn with_another_value(memory: &ReadingSet, index: usize) -> Option<ReadingSet> {
    let mut changed = memory.clone();
    let reading = changed.readings.get_mut(index)?;
    let is = |value| reading.measured == Measured::Value(Concentration::mg_per_dl(value));
    let [one, other] = VALUES;
    reading.measured = Measured::Value(Concentration::mg_per_dl(if is(one) { other } else { one }));
    Some(changed)
}

/// Everything that the meter says while it is read, however the read ends.
fn said(driver: &dyn Driver, sold_as: &Clean, meter: Box<dyn SimulatedMeter>) -> Vec<u8> {
    let said = Arc::default();
    let mut link = MemoryLink::new(Box::new(Recorder { meter, said: Arc::clone(&said) }), None);
    let mut report = |_| {};
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &Zoned::now);
    // A meter with odd habits may not be read to its end; what it said until then counts.
    let _ = driver.read(&mut conversation, sold_as);
    let said = said.lock().unwrap_or_else(PoisonError::into_inner);
    said.clone()
}

/// A meter whose every byte is written down.
struct Recorder {
    meter: Box<dyn SimulatedMeter>,
    said: Arc<Mutex<Vec<u8>>>,
}

impl Recorder {
    fn record(&self, said: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).extend(said.iter().flatten());
        said
    }
}

impl SimulatedMeter for Recorder {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        let said = self.meter.plugged();
        self.record(said)
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let said = self.meter.hear(bytes);
        self.record(said)
    }

    fn hear_feature(&mut self, report: &[u8]) -> Vec<Vec<u8>> {
        let said = self.meter.hear_feature(report);
        self.record(said)
    }

    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize) -> Option<Vec<u8>> {
        let data_in = self.meter.command(cdb, data_out, expected)?;
        self.record(vec![data_in]).pop()
    }

    fn wait(&mut self, silence: Duration) -> Vec<Vec<u8>> {
        let said = self.meter.wait(silence);
        self.record(said)
    }

    fn baud(&self) -> Option<u32> {
        self.meter.baud()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{DateTime, date};

    use super::*;
    use crate::meters::catalogue::Catalogue;
    use crate::meters::simulator::shelf;
    use crate::meters::simulator::wanted::Wanted;

    fn last() -> DateTime {
        date(2026, 7, 14).at(8, 30, 12, 0)
    }

    fn ultra2(memory: ReadingSet) -> Result<Box<dyn SimulatedMeter>, String> {
        let wanted = Wanted::new("onetouch-ultra2", memory, last);
        shelf::make("onetouch-ultra2", wanted)
    }

    /// A record of the Ultra 2 is 61 bytes long, and its value stands at byte 33: `P "SAT","03/21/15","16:42:11   ","  105 "`.
    #[test]
    fn the_readings_lie_one_behind_the_other() {
        let model = Catalogue::embedded().by_slug("onetouch-ultra2").unwrap();
        let memory = ReadingSet::seeded(5, 1, last());
        let places: Vec<u64> =
            (1..=5).map(|number| place_of_reading(model, &memory, number, &ultra2).unwrap()).collect();
        for pair in places.windows(2) {
            assert!((59..=63).contains(&(pair[1] - pair[0])), "{places:?}");
        }
        for number in [0, 6] {
            let error = place_of_reading(model, &memory, number, &ultra2).unwrap_err();
            assert_eq!(error, format!("the meter sends no reading {number}"));
        }
    }
}
