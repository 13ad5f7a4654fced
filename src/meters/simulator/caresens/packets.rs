//! Protocol 3 from the meter's side.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{CAPACITY, CareSensFaults, NoSuchIsensMeter};
use crate::domain::glucose::{Measured, Unit};
use crate::domain::reading::{Kind, Meal};
use crate::meters::codec::isens::record::{Record, Stamp, flag};
use crate::meters::codec::isens::{IsensPacket, Packets, command};
use crate::meters::simulator::readings::{ReadingSet, SimulatedReading};
use crate::meters::simulator::wanted::MeterClock;

/// Most records of one answer. With 27 of 9 bytes the length still fits into its one byte.
const BLOCK: usize = 27;

/// Answers packets.
pub(super) struct Answerer {
    serial: String,
    /// Newest first.
    records: Vec<Record>,
    clock: MeterClock,
    faults: CareSensFaults,
    heard: Packets,
    /// Bytes heard since the last whole packet.
    unfinished: usize,
    was_counted: bool,
    clock_was_set: Arc<AtomicBool>,
}

/// An answer, and the complaint that may come instead of it.
type AnswerOrComplaint = (Vec<u8>, Option<Vec<u8>>);

impl Answerer {
    pub(super) fn new(
        serial: &str,
        memory: &ReadingSet,
        clock: MeterClock,
        faults: &CareSensFaults,
    ) -> Result<Self, NoSuchIsensMeter> {
        if memory.readings.len() > CAPACITY {
            return Err(NoSuchIsensMeter::TooMany { most: CAPACITY });
        }
        if !(1..=40).contains(&serial.len()) || !serial.bytes().all(|letter| letter.is_ascii_alphanumeric()) {
            return Err(NoSuchIsensMeter::Serial);
        }
        let newest_first = memory.readings.iter().rev().enumerate();
        let records = newest_first.map(|(position, reading)| record(faults, position, reading));
        Ok(Self {
            serial: serial.to_owned(),
            records: records.collect::<Option<_>>().ok_or(NoSuchIsensMeter::Year)?,
            clock,
            faults: faults.clone(),
            heard: Packets::default(),
            unfinished: 0,
            was_counted: false,
            clock_was_set: Arc::default(),
        })
    }

    pub(super) fn clock_watch(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.clock_was_set)
    }

    pub(super) fn forget(&mut self) {
        self.heard.clear();
        self.unfinished = 0;
    }

    /// Whether no packet is under way, so that a single byte is not part of one.
    pub(super) fn is_between(&self) -> bool {
        self.unfinished == 0
    }

    pub(super) fn hear(&mut self, bytes: &[u8], complaint: Option<[u8; 4]>) -> Vec<AnswerOrComplaint> {
        self.heard.extend(bytes);
        self.unfinished += bytes.len();
        let mut said = Vec::new();
        while let Some(result) = self.heard.next_packet() {
            self.unfinished = 0;
            let answer = match result {
                // Questions must be right even if they ask for records: only the answers are known
                // to come without a valid check value.
                Ok(received) if received.is_checked => self.obey(&received.packet),
                Ok(_) | Err(_) => Some(complain(*b"ECRC")),
            };
            said.extend(answer.map(|answer| (answer, complaint.map(complain))));
        }
        said
    }

    fn obey(&mut self, packet: &IsensPacket) -> Option<Vec<u8>> {
        let payload = match packet.command {
            // Tidepool drops the last byte and trims blanks; one that does neither shows another number.
            command::SERIAL => format!("{} \0", self.serial).into_bytes(),
            command::CLOCK if self.faults.unset_clock => vec![0; 6],
            command::CLOCK => Stamp::encode((self.clock)())?.0.to_vec(),
            command::COUNT => self.count().to_be_bytes().to_vec(),
            command::RECORDS => return Some(self.block(&packet.payload)),
            command::SET_CLOCK => {
                self.clock_was_set.store(true, Ordering::Release);
                return None;
            }
            _ => return Some(complain(*b"CMND")),
        };
        Some(IsensPacket { command: packet.command, payload }.encode())
    }

    fn count(&mut self) -> u16 {
        let more = u16::from(self.faults.measures_meanwhile && self.was_counted);
        self.was_counted = true;
        let held = u16::try_from(self.records.len()).unwrap_or(u16::MAX);
        held.saturating_add(self.faults.count_too_high).saturating_add(more)
    }

    fn block(&self, asked: &[u8]) -> Vec<u8> {
        let [high, low, count] = asked else { return complain(*b"SIZE") };
        let first = usize::from(u16::from_be_bytes([*high, *low]));
        if first == 0 || usize::from(*count) > BLOCK {
            return complain(*b"CMND");
        }
        let records = self.records.iter().skip(first - 1).take(usize::from(*count));
        let payload = records.flat_map(|record| record.encode()).collect();
        let mut bytes = IsensPacket { command: command::RECORDS, payload }.encode();
        if !self.faults.checks_records {
            // What stands there in a real meter is not known; only that it does not fit.
            super::flip(&mut bytes, 1, 0x5A);
            super::flip(&mut bytes, 2, 0xA5);
        }
        bytes
    }
}

fn complain(command: [u8; 4]) -> Vec<u8> {
    IsensPacket { command, payload: Vec::new() }.encode()
}

/// A record; `None` if its time cannot be said.
fn record(faults: &CareSensFaults, position: usize, reading: &SimulatedReading) -> Option<Record> {
    let (range, value) = match reading.measured {
        // Which number stands beside a flag is not established: here one beyond the range on its
        // side.
        Measured::Low => (flag::LOW, 15),
        Measured::High => (flag::HIGH, 700),
        Measured::Unscaled(number) => (0, number),
        Measured::Value(value) => (0, u16::try_from(value.digits()).unwrap_or(u16::MAX)),
    };
    let is_ketone = reading.measured.concentration().is_some_and(|value| value.unit() == Unit::MmolPerL);
    let kind = match reading.kind {
        Kind::Control => flag::CONTROL,
        Kind::Ketone => flag::KETONE,
        Kind::Blood | Kind::Sensor | Kind::Other if is_ketone => flag::KETONE,
        Kind::Blood | Kind::Sensor | Kind::Other => 0,
    };
    let meal = match reading.meal {
        Some(Meal::After) => flag::AFTER_MEAL,
        Some(Meal::Fasting) => flag::FASTING,
        Some(Meal::None | Meal::Before | Meal::Bedtime | Meal::Casual) | None => 0,
    };
    let marks = range | kind | meal;
    let usual = if marks == 0 { flag::NORMAL } else { marks };
    let flags = faults.flags.filter(|(place, _)| *place == position).map_or(usual, |(_, flags)| flags);
    let stamp = if faults.unstamped == Some(position) { Stamp([0; 6]) } else { Stamp::encode(reading.time)? };
    Some(Record { stamp, flags, value })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::glucose::Concentration;
    use crate::meters::transcript::hex;

    /// A conversation made by hand after the published layout: the newest record is marked as normal, the
    /// other is HI, 700.
    #[test]
    fn answers_are_those_of_the_specification() {
        let reading = |time, measured| SimulatedReading { time, measured, kind: Kind::Blood, meal: Some(Meal::None) };
        let readings = vec![
            reading(date(2020, 5, 6).at(6, 0, 0, 0), Measured::High),
            reading(date(2020, 5, 6).at(7, 8, 9, 0), Measured::Value(Concentration::mg_per_dl(123))),
        ];
        let faults = CareSensFaults { checks_records: true, ..CareSensFaults::default() };
        let clock = Box::new(|| date(2020, 5, 6).at(7, 8, 9, 0));
        let mut meter = Answerer::new("A1", &ReadingSet { readings }, clock, &faults).unwrap();
        for (question, answer) in [
            ("02 69 53 50 63 07 4E 43 4F 54 BB 7F 03", "02 69 53 50 63 09 4E 43 4F 54 00 02 DC CF 03"),
            ("02 69 53 50 63 07 52 54 49 4D 75 CF 03", "02 69 53 50 63 0D 52 54 49 4D 14 05 06 07 08 09 9F 52 03"),
            (
                "02 69 53 50 63 0A 47 4C 55 45 00 01 1B EA 31 03",
                "02 69 53 50 63 19 47 4C 55 45 14 05 06 07 08 09 20 00 7B 14 05 06 06 00 00 08 02 BC 66 30 03",
            ),
        ] {
            let said = meter.hear(&hex(question).unwrap(), None);
            assert_eq!(said, [(hex(answer).unwrap(), None)]);
        }
    }

    #[test]
    fn no_clock_is_set_and_what_is_not_understood_is_told() {
        let clock = Box::new(|| date(2020, 5, 6).at(7, 8, 9, 0));
        let mut meter = Answerer::new("A1", &ReadingSet::default(), clock, &CareSensFaults::default()).unwrap();
        let watch = meter.clock_watch();
        let set = hex("02 69 53 50 63 0D 57 54 49 4D 14 05 06 07 08 09 16 5C 03").unwrap();
        assert!(meter.hear(&set, None).is_empty() && watch.load(Ordering::Acquire));
        let damaged = hex("02 69 53 50 63 07 4E 43 4F 54 BB 7E 03").unwrap();
        assert_eq!(meter.hear(&damaged, None), [(complain(*b"ECRC"), None)]);
    }
}
