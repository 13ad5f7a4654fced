//! The meter's clock against ours. Home meters are often wrong, and past readings keep the error.

use jiff::Zoned;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

/// The meter's clock and ours, read at the same moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockReading {
    /// What the meter's clock showed; a wall clock without zone.
    pub meter: DateTime,
    /// What this computer's clock showed, with its zone.
    pub host: Zoned,
}

/// How far a meter's clock is off, in the steps at which a person is told (clinic-safety TIME-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClockState {
    /// At most two minutes.
    Right,
    /// More than two minutes.
    Off,
    /// More than fifteen minutes, the limit at which the peers warn.
    FarOff,
    /// More than a day: the date is wrong.
    WrongDate,
}

impl ClockReading {
    /// Meter minus host in seconds: positive when the meter is ahead.
    #[must_use]
    pub fn offset_seconds(&self) -> i64 {
        // Wall clock against wall clock: a meter knows no zone and no summer time, so that it
        // agrees with the clock on the wall of the room it is read in, or with none.
        self.host.datetime().duration_until(self.meter).as_secs()
    }

    /// How far off the clock is.
    #[must_use]
    pub fn state(&self) -> ClockState {
        match self.offset_seconds().unsigned_abs() {
            0..=120 => ClockState::Right,
            121..=900 => ClockState::Off,
            901..=86_400 => ClockState::FarOff,
            _ => ClockState::WrongDate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(meter: &str) -> ClockReading {
        ClockReading {
            meter: meter.parse().unwrap(),
            host: "2026-07-14T12:00:00+02:00[Europe/Berlin]".parse().unwrap(),
        }
    }

    #[test]
    fn an_offset_is_meter_minus_host() {
        assert_eq!(reading("2026-07-14T12:00:03").offset_seconds(), 3);
        assert_eq!(reading("2026-07-14T10:59:00").offset_seconds(), -3660);
    }

    #[test]
    fn each_limit_belongs_to_the_milder_side() {
        assert_eq!(reading("2026-07-14T12:02:00").state(), ClockState::Right);
        assert_eq!(reading("2026-07-14T12:02:01").state(), ClockState::Off);
        assert_eq!(reading("2026-07-14T11:45:00").state(), ClockState::Off);
        assert_eq!(reading("2026-07-14T11:44:59").state(), ClockState::FarOff);
        assert_eq!(reading("2026-07-15T12:00:00").state(), ClockState::FarOff);
        assert_eq!(reading("2016-01-01T00:00:00").state(), ClockState::WrongDate);
    }
}
