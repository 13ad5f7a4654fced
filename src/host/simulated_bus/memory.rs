//! What a simulated meter keeps while it is unplugged: its readings, and how far its clock is off.

use jiff::civil::{DateTime, date};
use jiff::{SignedDuration, Zoned};

use super::spec::SimulatedMeterSpec;
use crate::domain::reading::{Kind, Meal};
use crate::meters::catalogue::Meter;
use crate::meters::simulator::readings::{OffTheClock, ReadingSet};

/// How long before it is plugged in for the first time a meter has measured last.
const SINCE_LAST: SignedDuration = SignedDuration::from_mins(37);

/// The time between two readings after the battery was changed.
const AFTER_RESET: SignedDuration = SignedDuration::from_hours(6);

/// The memory of one meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Memory {
    /// Its readings, oldest first as measured; after a change of battery the stamps jump back.
    pub(super) readings: ReadingSet,
    /// Meter minus host, in seconds, if a change of battery has set the clock back.
    reset_offset: Option<i64>,
}

impl Memory {
    /// The memory of a meter that is seen for the first time, at `now`.
    pub(super) fn new(meter: &Meter, spec: &SimulatedMeterSpec, now: &Zoned) -> Self {
        let clock = shifted(now, spec.is_off_by());
        let readings = measured(meter, spec, spec.holds(), spec.made_from(), clock);
        let mut memory = Self { readings, reset_offset: None };
        if spec.reset_clock {
            memory.reset(now);
        }
        memory
    }

    /// Brings the memory up to `now`, at a later plug. What was measured stays; if more readings are asked for, the
    /// new ones lie between the last one and now.
    pub(super) fn measure_on(&mut self, meter: &Meter, spec: &SimulatedMeterSpec, now: &Zoned) {
        let had = self.readings.readings.len();
        let more = spec.holds().saturating_sub(had);
        let clock = shifted(now, self.clock_offset_seconds(spec));
        // Another seed for those that are new, or they would repeat the oldest ones.
        let seed = spec.made_from().wrapping_add(u64::try_from(had).unwrap_or(0));
        let mut added = measured(meter, spec, more, seed, clock);
        let last = self.readings.readings.last().map(|reading| reading.time);
        if let (Some(last), Some(first)) = (last, added.readings.first())
            && first.time <= last
        {
            // Their usual distance does not fit in: they were measured more often.
            let parts = i64::try_from(more).unwrap_or(i64::MAX).saturating_add(1);
            let step = SignedDuration::from_secs(last.duration_until(clock).as_secs() / parts);
            let mut time = last;
            for reading in &mut added.readings {
                time = time.saturating_add(step);
                reading.time = time;
            }
        }
        self.readings.readings.extend(added.readings);
    }

    /// Checks that its clock, and the times of its readings, are in years that meters' clocks have: many would show
    /// another one.
    ///
    /// # Errors
    /// [`OffTheClock`] with the first year that is none.
    pub(super) fn is_on_the_clock(&self, spec: &SimulatedMeterSpec, now: &Zoned) -> Result<(), OffTheClock> {
        self.readings.is_on_the_clock(shifted(now, self.clock_offset_seconds(spec)))
    }

    /// The meter's clock minus ours, in seconds.
    pub(super) fn clock_offset_seconds(&self, spec: &SimulatedMeterSpec) -> i64 {
        self.reset_offset.unwrap_or_else(|| spec.is_off_by())
    }

    /// Somebody sets the clock: what it says follows from what is said of it again.
    pub(super) const fn set_clock(&mut self) {
        self.reset_offset = None;
    }

    /// Lets the battery have been changed before the newest tenth of the readings was measured.
    fn reset(&mut self, now: &Zoned) {
        let all = self.readings.readings.len();
        let mut time = date(2016, 1, 1).at(8, 0, 0, 0);
        for reading in self.readings.readings.iter_mut().skip(all - all.div_ceil(10)) {
            reading.time = time;
            time = time.saturating_add(AFTER_RESET);
        }
        self.reset_offset = Some(now.datetime().duration_until(time).as_secs());
    }
}

/// A meter's clock that is off by so many seconds.
fn shifted(now: &Zoned, seconds: i64) -> DateTime {
    now.datetime().saturating_add(SignedDuration::from_secs(seconds))
}

/// What a meter has measured up to `clock`, as it tells it.
fn measured(meter: &Meter, spec: &SimulatedMeterSpec, count: usize, seed: u64, clock: DateTime) -> ReadingSet {
    let mut readings = ReadingSet::seeded(count, seed, clock.saturating_sub(SINCE_LAST));
    if spec.control_only {
        make_control(&mut readings);
    } else if !meter.tells.control {
        readings.make_controls_blood();
    }
    readings
}

fn make_control(set: &mut ReadingSet) {
    for reading in &mut set.readings {
        reading.kind = Kind::Control;
        reading.meal = Some(Meal::None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meters::simulator::readings::SimulatedReading;

    fn time(text: &str) -> Zoned {
        text.parse().unwrap()
    }

    fn noon() -> Zoned {
        time("2026-07-14T12:00:00+02:00[Europe/Berlin]")
    }

    fn guide() -> &'static Meter {
        crate::meters::catalogue::Catalogue::embedded().by_slug("accu-chek-guide").unwrap()
    }

    fn spec(settings: &str) -> SimulatedMeterSpec {
        format!("accu-chek-guide {settings}").parse().unwrap()
    }

    fn stamps(memory: &Memory) -> Vec<DateTime> {
        memory.readings.readings.iter().map(|reading: &SimulatedReading| reading.time).collect()
    }

    #[test]
    fn the_last_reading_is_recent_by_the_meters_own_clock() {
        let memory = Memory::new(guide(), &spec("readings=30 clock-offset=-3600"), &noon());
        assert_eq!(stamps(&memory).len(), 30);
        assert_eq!(stamps(&memory).last(), Some(&date(2026, 7, 14).at(10, 23, 0, 0)));
        assert_eq!(memory.clock_offset_seconds(&spec("clock-offset=-3600")), -3600);
    }

    #[test]
    fn a_later_plug_changes_nothing_unless_more_is_asked_for() {
        let mut memory = Memory::new(guide(), &spec("readings=30"), &noon());
        let first = memory.clone();
        memory.measure_on(guide(), &spec("readings=30"), &time("2026-08-14T12:00:00+02:00[Europe/Berlin]"));
        memory.measure_on(guide(), &spec("readings=3"), &time("2026-08-15T12:00:00+02:00[Europe/Berlin]"));
        assert_eq!(memory, first);
    }

    #[test]
    fn new_readings_follow_the_old_ones_in_order() {
        let mut memory = Memory::new(guide(), &spec("readings=30"), &noon());
        let first = stamps(&memory);
        for (readings, later) in
            [(40, "2026-07-24T12:00:00+02:00[Europe/Berlin]"), (90, "2026-07-25T12:00:00+02:00[Europe/Berlin]")]
        {
            memory.measure_on(guide(), &spec(&format!("readings={readings}")), &time(later));
            let all = stamps(&memory);
            assert_eq!((all.len(), &all[..30]), (readings, first.as_slice()));
            assert!(all.is_sorted_by(|earlier, later| earlier < later));
            assert!(*all.last().unwrap() < time(later).datetime());
        }
    }

    #[test]
    fn a_meter_for_control_solution_has_nothing_else() {
        let memory = Memory::new(guide(), &spec("readings=50 control-only"), &noon());
        assert!(memory.readings.readings.iter().all(|reading| reading.kind == Kind::Control));
    }

    #[test]
    fn after_a_change_of_battery_the_newest_readings_are_in_2016() {
        let mut memory = Memory::new(guide(), &spec("readings=25 reset-clock"), &noon());
        let years: Vec<i16> = stamps(&memory).iter().map(|stamp| stamp.year()).collect();
        assert_eq!(years.iter().filter(|year| **year == 2016).count(), 3);
        assert!(years[22..].iter().all(|year| *year == 2016));
        // 01-Jan-2016 08:00, 14:00 and 20:00; the clock now shows 02-Jan-2016 02:00.
        let shows = date(2016, 1, 2).at(2, 0, 0, 0);
        assert_eq!(shifted(&noon(), memory.clock_offset_seconds(&spec(""))), shows);
        memory.measure_on(guide(), &spec("readings=26"), &time("2026-07-15T12:00:00+02:00[Europe/Berlin]"));
        assert_eq!(stamps(&memory).last(), Some(&date(2016, 1, 3).at(1, 23, 0, 0)));
    }
}
