//! Protocol 1 from the meter's side.

use super::{CareSensFaults, NoSuchIsensMeter};
use crate::domain::glucose::Measured;
use crate::domain::reading::{Kind, Meal};
use crate::meters::codec::isens::flash::{
    FlashModel, HIGH, LENGTH, LOW, QUESTION, Record, SERIAL_ADDRESS, answer, asked_address, identity, may_begin,
};
use crate::meters::codec::isens::record::Stamp;
use crate::meters::simulator::readings::{ReadingSet, SimulatedReading};

/// What is read where nothing was stored.
const EMPTY: [u8; LENGTH] = [0xFF; LENGTH];

/// A flash memory that can be read.
pub(super) struct Flash {
    numbers: [u8; LENGTH],
    model: FlashModel,
    /// Oldest first, as they were stored.
    records: Vec<[u8; LENGTH]>,
    heard: Vec<u8>,
}

impl Flash {
    pub(super) fn new(
        numbers: [u8; LENGTH],
        memory: &ReadingSet,
        faults: &CareSensFaults,
    ) -> Result<Self, NoSuchIsensMeter> {
        let (model, _) = identity(numbers).ok_or(NoSuchIsensMeter::Serial)?;
        let most = usize::from(model.records);
        if memory.readings.len() > most {
            return Err(NoSuchIsensMeter::TooMany { most });
        }
        let stored = |(position, reading)| record(faults, position, reading);
        let records =
            memory.readings.iter().enumerate().map(stored).collect::<Option<_>>().ok_or(NoSuchIsensMeter::Year)?;
        Ok(Self { numbers, model, records, heard: Vec::new() })
    }

    pub(super) fn forget(&mut self) {
        self.heard.clear();
    }

    /// Whether no question is under way.
    pub(super) fn is_between(&self) -> bool {
        self.heard.is_empty()
    }

    /// Answers whole questions; bytes that fit none are passed over.
    pub(super) fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.heard.extend_from_slice(bytes);
        let mut said = Vec::new();
        loop {
            let start = self.heard.iter().position(|byte| may_begin(*byte)).unwrap_or(self.heard.len());
            self.heard.drain(..start);
            let Some(question) = self.heard.first_chunk::<QUESTION>() else { return said };
            match asked_address(*question) {
                Some(address) => {
                    self.heard.drain(..QUESTION);
                    said.push(answer(self.at(address)));
                }
                None => drop(self.heard.drain(..1)),
            }
        }
    }

    fn at(&self, address: u16) -> [u8; LENGTH] {
        if address == SERIAL_ADDRESS {
            return self.numbers;
        }
        let offset = address.checked_sub(self.model.address).map(usize::from);
        let place = offset.filter(|offset| offset % LENGTH == 0).map(|offset| offset / LENGTH);
        place.and_then(|place| self.records.get(place)).copied().unwrap_or(EMPTY)
    }
}

fn record(faults: &CareSensFaults, position: usize, reading: &SimulatedReading) -> Option<[u8; LENGTH]> {
    let value = match reading.measured {
        Measured::Low => LOW,
        Measured::High => HIGH,
        Measured::Unscaled(number) => number,
        Measured::Value(value) => u16::try_from(value.digits()).unwrap_or(u16::MAX),
    };
    let stamp = if faults.unstamped == Some(position) { Stamp([0; 6]) } else { Stamp::encode(reading.time)? };
    let is_control = reading.kind == Kind::Control;
    let is_after_meal = reading.meal == Some(Meal::After);
    Some(Record { stamp, value, is_control, is_after_meal }.encode())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::glucose::Concentration;
    use crate::meters::codec::isens::flash::production_numbers;
    use crate::meters::transcript::hex;

    /// Made by hand after the published layout.
    #[test]
    fn answers_are_those_of_the_specification() {
        let reading = SimulatedReading {
            time: date(2020, 5, 6).at(7, 8, 9, 0),
            measured: Measured::Value(Concentration::mg_per_dl(123)),
            kind: Kind::Blood,
            meal: None,
        };
        let numbers = production_numbers("CVP2AB12345").unwrap();
        let mut flash =
            Flash::new(numbers, &ReadingSet { readings: vec![reading] }, &CareSensFaults::default()).unwrap();
        let said = flash.hear(&[0x8B, 0x1E, 0x22, 0x10, 0x20, 0x10, 0x2A]);
        assert_eq!(said, [hex("8B11248B10258B10268B10278B10288B10298B172B8B1020").unwrap()]);
        assert_eq!(flash.hear(&[0x8B, 0x1E, 0x22, 0x10, 0x28, 0x10, 0x2A]), [answer(EMPTY)]);
        assert_eq!(flash.hear(&[0x8B, 0x11, 0x20, 0x13, 0x24, 0x10, 0x2A]), [answer(numbers)]);
    }
}
