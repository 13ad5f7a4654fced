//! The meters on the two desks. No two readings of two meters have the same time, so that each reading tells
//! where it comes from.

use glucodock::domain::download::{Completeness, Download};
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::meter::{AttachmentId, MeterIdentity};
use glucodock::domain::meter_clock::ClockReading;
use glucodock::domain::reading::{Kind, Reading, sort};
use glucodock::domain::text::Private;
use jiff::civil::{Date, DateTime, date};
use jiff::{SignedDuration, Zoned};

use super::chance::Chance;

/// The day of the first reading of the first meter; each further meter begins so many days later.
pub(super) const FIRST_DAY: Date = date(2026, 1, 1);
const DAYS_OF_A_METER: i32 = 18;

/// More than this no meter holds: its days would not do.
const MOST_READINGS: usize = 24;

/// A meter.
pub(super) struct Meter {
    serial: &'static str,
    place: i32,
    values: Vec<u32>,
    unit: Unit,
    /// The desk and the plug, while it is plugged in.
    pub(super) plugged: Option<(usize, AttachmentId)>,
}

/// Four that can be told apart, and two pairs that cannot: without a serial number, and with zeros.
pub(super) fn meters(chance: &mut Chance) -> Vec<Meter> {
    let serials = ["92500000041", "92500000042", "92500000043", "92500000044", "", "", "0000000", "0000000"];
    (0..)
        .zip(serials)
        .map(|(place, serial)| {
            let values = (0..=chance.below(4)).map(|_| value(chance)).collect();
            Meter { serial, place, values, unit: Unit::MgPerDl, plugged: None }
        })
        .collect()
}

fn value(chance: &mut Chance) -> u32 {
    u32::try_from(40 + chance.below(300)).unwrap()
}

impl Meter {
    /// Whether its serial number ends so.
    pub(super) fn has_number(&self, end: &str) -> bool {
        self.can_be_told_apart() && self.serial.ends_with(end)
    }

    pub(super) fn can_be_told_apart(&self) -> bool {
        self.serial.contains(|digit: char| digit != '0')
    }

    /// One more reading, if there is room for it.
    pub(super) fn measure(&mut self, chance: &mut Chance) {
        if self.values.len() < MOST_READINGS {
            self.values.push(value(chance));
        }
    }

    /// Shows the other unit from now on, its old readings too, as meters do.
    pub(super) const fn switch_unit(&mut self) {
        self.unit = match self.unit {
            Unit::MgPerDl => Unit::MmolPerL,
            Unit::MmolPerL => Unit::MgPerDl,
        };
    }

    fn time(&self, index: i32) -> DateTime {
        let first = FIRST_DAY.to_datetime(jiff::civil::time(7, 3, 0, 0));
        let hours = i64::from(self.place * DAYS_OF_A_METER) * 24 + i64::from(index) * 17;
        first.checked_add(SignedDuration::from_hours(hours)).unwrap()
    }

    /// All that it holds now.
    pub(super) fn download(&self, now: &Zoned) -> Download {
        let mut readings: Vec<Reading> = (0..)
            .zip(&self.values)
            .map(|(index, value)| Reading {
                corrected_from: None,
                index: u32::try_from(index).unwrap(),
                time: Some(self.time(index)),
                measured: Measured::Value(self.shown(*value)),
                kind: Kind::Blood,
                meal: None,
                doubts: vec![],
                raw: std::collections::BTreeMap::new(),
            })
            .collect();
        sort(&mut readings);
        Download {
            meter: MeterIdentity {
                manufacturer: "Roche".into(),
                model: "Accu-Chek Guide".into(),
                model_number: None,
                serial: Private::new(self.serial.into()),
                system_id: None,
                firmware: None,
                driver: "accu-chek-usb".into(),
            },
            clock: Some(ClockReading { meter: now.datetime(), host: now.clone() }),
            announced: u32::try_from(readings.len()).ok(),
            completeness: Completeness::Complete,
            readings,
            not_taken: Vec::new(),
            warnings: vec![],
            transcript: vec![],
        }
    }

    fn shown(&self, value: u32) -> Concentration {
        match self.unit {
            Unit::MgPerDl => Concentration::mg_per_dl(value),
            // 18.0156 mg/dL are 1 mmol/L of glucose; meters show tenths.
            Unit::MmolPerL => Concentration::new((value * 100_000 + 90_078) / 180_156, 1, Unit::MmolPerL),
        }
    }
}

/// Whose reading it is, by the day that its meter told: the place of the meter.
pub(super) fn meter_of(reading: &Reading) -> usize {
    meter_at(reading.meter_time().unwrap())
}

/// Which meter measures then, by its own clock.
pub(super) fn meter_at(time: DateTime) -> usize {
    let days = (time.date() - FIRST_DAY).get_days();
    usize::try_from(days / DAYS_OF_A_METER).unwrap()
}
