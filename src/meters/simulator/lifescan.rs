//! What the simulated LifeScan meters with binary frames have in common: memory, clock, unit, and answers.

use super::fault::FaultKind;
use super::readings::{ReadingSet, SimulatedReading};
use super::wanted::{MeterClock, Wanted};
use crate::domain::glucose::Measured;
use crate::domain::reading::{Kind, Meal};
use crate::meters::codec::lifescan_frame::answer::{DONE, REFUSED};
use crate::meters::codec::lifescan_frame::record::{HIGH, LOW, Layout, Record};

/// Why there is no such meter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSuchLifescanMeter {
    /// More readings than it can hold.
    #[error("this meter holds at most {most} readings")]
    TooMany {
        /// How many it can hold.
        most: usize,
    },
    /// A serial number that these meters do not have.
    #[error("the serial number of a OneTouch meter is one to twenty letters and digits")]
    Serial,
}

/// What was asked of a meter that must never be asked. It never obeys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Misdeeds {
    /// Somebody asked the meter to erase its memory.
    pub erase_was_asked: bool,
    /// Somebody asked the meter to set its clock.
    pub clock_was_set: bool,
    /// Somebody wrote to a block of the drive that is no register.
    pub strange_block_was_written: bool,
}

/// What a meter holds and tells, whatever the way in which it is asked.
pub(super) struct Inside {
    pub(super) layout: Layout,
    pub(super) serial: String,
    readings: Vec<SimulatedReading>,
    clock: MeterClock,
    shows_mmol: bool,
    pub(super) misdeeds: Misdeeds,
    count_too_high: u16,
    checksum_at: Option<u64>,
    said: u64,
}

/// How many results a meter had stored before the oldest that it holds.
const FORGOTTEN: usize = 100;

impl Inside {
    /// The inside of the meter that is wanted.
    pub(super) fn new(
        layout: Layout,
        most: usize,
        default_serial: &str,
        wanted: Wanted,
    ) -> Result<Self, NoSuchLifescanMeter> {
        let serial = wanted.serial.unwrap_or_else(|| default_serial.to_owned());
        let ReadingSet { readings } = wanted.memory;
        if readings.len() > most {
            return Err(NoSuchLifescanMeter::TooMany { most });
        }
        if !(1..=20).contains(&serial.len()) || !serial.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(NoSuchLifescanMeter::Serial);
        }
        let of_kind = |kind| wanted.fault.filter(|fault| fault.kind == kind).map(|fault| fault.at);
        Ok(Self {
            layout,
            serial,
            readings,
            clock: wanted.clock,
            shows_mmol: wanted.shows_mmol,
            misdeeds: Misdeeds::default(),
            count_too_high: of_kind(FaultKind::CountHigh).map_or(0, |more| u16::try_from(more).unwrap_or(u16::MAX)),
            checksum_at: of_kind(FaultKind::Checksum),
            said: 0,
        })
    }

    /// How many records the meter says it has.
    pub(super) fn announced(&self) -> u16 {
        u16::try_from(self.readings.len()).unwrap_or(u16::MAX).saturating_add(self.count_too_high)
    }

    /// The data of a record, counted from 0 at the newest.
    pub(super) fn record(&self, index: u16) -> Option<Vec<u8>> {
        let place = self.readings.len().checked_sub(usize::from(index) + 1)?;
        let reading = self.readings.get(place)?;
        let small = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        let record = Record {
            // Seconds of the wall clock, from 1970 in an UltraEasy and from 2000 in the others.
            seconds: self.layout.epoch().seconds(reading.time),
            value: self.value(reading.measured),
            control: u8::from(reading.kind == Kind::Control),
            meal: match reading.meal {
                Some(Meal::Before) => 1,
                Some(Meal::After) => 2,
                Some(Meal::None | Meal::Fasting | Meal::Bedtime | Meal::Casual) | None => 0,
            },
            inverse: small(place + 1),
            // It counts what was ever measured and survives an erase, and so is another number than the place.
            counter: small(place + 1 + FORGOTTEN),
            flags: 0,
        };
        Some(record.encode(self.layout))
    }

    /// The codes of LO and HI are known of the `UltraEasy` only; the others get numbers beyond the range.
    fn value(&self, measured: Measured) -> u32 {
        match (measured, self.layout) {
            (Measured::Value(value), _) => value.digits(),
            (Measured::Unscaled(number), _) => u32::from(number),
            (Measured::Low, Layout::UltraEasy) => LOW,
            (Measured::High, Layout::UltraEasy) => HIGH,
            (Measured::Low, _) => 15,
            (Measured::High, _) => 649,
        }
    }

    /// The data of the clock.
    pub(super) fn clock(&self) -> [u8; 4] {
        self.layout.epoch().seconds((self.clock)()).to_le_bytes()
    }

    /// The data of the unit: 0 mg/dL, 1 mmol/L.
    pub(super) fn unit(&self) -> [u8; 4] {
        u32::from(self.shows_mmol).to_le_bytes()
    }

    /// Remembers that something was asked that must never be asked, and refuses it.
    pub(super) fn refuse(&mut self, message: &[u8]) -> Vec<u8> {
        let (prefix, command) = match message {
            [prefix, command @ ..] => (*prefix, command),
            [] => (0, message),
        };
        self.misdeeds.erase_was_asked |= command.first() == Some(&0x1A);
        self.misdeeds.clock_was_set |= command.starts_with(&[0x20, 0x01]);
        vec![prefix, REFUSED]
    }

    /// Counts what is said, and spoils the check value at `crc` if the fault names one of the bytes.
    pub(super) fn say(&mut self, bytes: &mut [u8], crc: usize) {
        let end = self.said + bytes.len() as u64;
        if self.checksum_at.is_some_and(|at| (self.said..end).contains(&at)) {
            spoil(bytes, crc);
        }
        self.said = end;
    }
}

/// Inverts the lowest bit of the byte at this place.
pub(super) fn spoil(bytes: &mut [u8], place: usize) {
    if let Some(byte) = bytes.get_mut(place) {
        *byte ^= 1;
    }
}

/// An answer that has what was asked for.
pub(super) fn done(prefix: u8, data: &[u8]) -> Vec<u8> {
    [&[prefix, DONE], data].concat()
}
