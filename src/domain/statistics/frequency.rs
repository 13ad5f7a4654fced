//! How often somebody measures.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::domain::record::Span;

/// How the readings lie over the days that are looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct TestFrequency {
    /// The calendar days that are looked at.
    pub window_days: u32,
    /// Those with at least one reading.
    pub days_with_readings: u32,
    /// Readings a day over all of them; `None` without a day.
    pub a_day: Option<f64>,
    /// Readings a day over those with a reading; `None` without one.
    pub a_day_with_readings: Option<f64>,
    /// The longest time between two readings that follow one another, in minutes by the clocks of the meters; `None`
    /// without two readings.
    pub longest_gap_minutes: Option<i64>,
}

impl TestFrequency {
    /// Days that are looked at without a reading.
    #[must_use]
    pub const fn days_without(&self) -> u32 {
        self.window_days.saturating_sub(self.days_with_readings)
    }
}

/// Counts readings in ascending order of time.
#[derive(Debug, Default)]
pub(super) struct TestDays {
    readings: u32,
    days: u32,
    first: Option<Date>,
    last: Option<DateTime>,
    longest_gap_minutes: Option<i64>,
}

impl TestDays {
    /// One more reading, none earlier than those before. Says whether it begins a day.
    pub(super) fn add(&mut self, time: DateTime) -> bool {
        let begins_day = self.last.is_none_or(|last| last.date() != time.date());
        self.readings += 1;
        self.days += u32::from(begins_day);
        self.first.get_or_insert(time.date());
        if let Some(last) = self.last {
            self.longest_gap_minutes = self.longest_gap_minutes.max(Some(minutes_between(last, time)));
        }
        self.last = Some(time);
        begins_day
    }

    /// Over the days of this span; without one, from the first day with a reading to the last.
    pub(super) fn frequency(&self, span: Option<Span>) -> TestFrequency {
        let of_readings = self.first.zip(self.last).map(|(first, last)| days_between(first, last.date()) + 1);
        let of_span = span.map(|span| days_between(span.from.date(), span.to.date()));
        let window_days = of_span.or(of_readings).unwrap_or(0);
        let a_day = |days: u32| (days > 0).then(|| f64::from(self.readings) / f64::from(days));
        TestFrequency {
            window_days,
            days_with_readings: self.days,
            a_day: a_day(window_days),
            a_day_with_readings: a_day(self.days),
            longest_gap_minutes: self.longest_gap_minutes,
        }
    }
}

/// The whole minutes from a time to one that is not earlier.
fn minutes_between(from: DateTime, to: DateTime) -> i64 {
    if from.date() != to.date() {
        return from.duration_until(to).as_mins();
    }
    // Most follow one on the same day, and a calendar is slow.
    let second =
        |time: DateTime| i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    let part = i64::from(to.subsec_nanosecond() < from.subsec_nanosecond());
    (second(to) - second(from) - part) / 60
}

/// From a day to one that is not earlier.
pub(super) fn days_between(from: Date, to: Date) -> u32 {
    // Days of the calendar have 24 hours here: these dates have no zone, and so no summer time.
    u32::try_from(from.duration_until(to).as_hours() / 24).unwrap_or(0)
}
