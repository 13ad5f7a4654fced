//! The readings of each day.

use jiff::civil::Date;

use super::frequency::days_between;
use super::range::{Range, RangeCounts};
use crate::domain::record::Span;

/// Counts readings day by day, from the first day of a span on; without one from that of the first reading.
#[derive(Debug)]
pub(super) struct DaySums {
    first: Option<Date>,
    /// The day behind the last of the span.
    end: Option<Date>,
    days: Vec<RangeCounts>,
    /// The last day that was counted in, and its place.
    last: Option<(Date, usize)>,
}

impl DaySums {
    /// Those of no reading.
    pub(super) fn new(span: Option<Span>) -> Self {
        Self {
            first: span.map(|span| span.from.date()),
            end: span.map(|span| span.to.date()),
            days: Vec::new(),
            last: None,
        }
    }

    /// One more reading; one outside of the span is in none.
    pub(super) fn add(&mut self, day: Date, range: Range) {
        let first = *self.first.get_or_insert(day);
        // A reading outside of the span would stand in the row of another day, or make the list as
        // long as the meter's clock was wrong.
        if day < first || self.end.is_some_and(|end| end <= day) {
            return;
        }
        let place = match self.last {
            // Readings come day by day, and a calendar is slow.
            Some((last, place)) if last == day => place,
            _ => usize::try_from(days_between(first, day)).unwrap_or(usize::MAX),
        };
        self.last = Some((day, place));
        if self.days.len() <= place {
            self.days.resize(place.saturating_add(1), RangeCounts::default());
        }
        if let Some(counts) = self.days.get_mut(place) {
            counts.add(range);
        }
    }

    /// The days from the first on, `count` of them.
    pub(super) fn days(mut self, count: u32) -> Vec<RangeCounts> {
        // Also without a reading on the last of them: each has its mark in the chart of days.
        self.days.resize(usize::try_from(count).unwrap_or(usize::MAX), RangeCounts::default());
        self.days
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn each_reading_is_in_its_day_or_outside_of_all() {
        let [before, first, last, behind] = [9, 10, 12, 13].map(|day| date(2026, 7, day));
        let at_midnight = |day: Date| day.at(0, 0, 0, 0);
        let mut sums = DaySums::new(Some(Span { from: at_midnight(first), to: at_midnight(behind) }));
        for (day, range) in [(before, Range::Low), (first, Range::Target), (last, Range::High), (behind, Range::Low)] {
            sums.add(day, range);
        }
        let days = sums.days(3);
        let told: Vec<(u32, u32)> = days.iter().map(|day| (day.total(), day.above_180())).collect();
        assert_eq!(told, [(1, 0), (0, 0), (1, 1)]);
    }
}
