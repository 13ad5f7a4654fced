//! The trend over a period: what was measured on each of its days, or on a few days that stand together.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::counted::CountedReadings;
use super::frequency::days_between;
use super::parts::LEAST_FOR_MEDIAN;
use super::period::Period;

/// What was measured on a day, or on the days that have one mark together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct TrendPoint {
    /// The median in mg/dL; as in a block of the standard day there is none of fewer than [`LEAST_FOR_MEDIAN`] values.
    pub median: Option<f64>,
    /// The lowest and the highest value in mg/dL; `None` without any.
    pub extremes: Option<(f64, f64)>,
}

/// The points of a period that ends with `until`, from the first on, of values with their days; values of other days
/// are in none. Each is of as many days as [`Period::days_per_mark`], the last of them complete.
pub(super) fn trend(counted: &CountedReadings, period: Period, until: Date) -> Vec<TrendPoint> {
    let together = usize::from(period.days_per_mark());
    let days = usize::try_from(period.days()).unwrap_or(0);
    let mut marks: Vec<Vec<f64>> = vec![Vec::new(); days.div_ceil(together)];
    // Once for all of a day that stand together: a calendar is slow.
    for of_day in counted.by_time().chunk_by(|one, other| one.time.date() == other.time.date()) {
        let day = of_day.first().map(|reading| reading.time.date());
        let Some(day) = day.filter(|day| *day <= until) else { continue };
        let back = usize::try_from(days_between(day, until)).unwrap_or(usize::MAX);
        if back < days
            && let Some(mark) = marks.iter_mut().rev().nth(back / together)
        {
            mark.extend(of_day.iter().filter_map(|reading| reading.mg_per_dl));
        }
    }
    marks.iter_mut().map(|values| TrendPoint::of(values)).collect()
}

impl TrendPoint {
    fn of(values: &mut [f64]) -> Self {
        let lowest = values.iter().copied().reduce(f64::min);
        let highest = values.iter().copied().reduce(f64::max);
        let is_enough = u32::try_from(values.len()).is_ok_and(|count| count >= LEAST_FOR_MEDIAN);
        Self { median: median(values).filter(|_| is_enough), extremes: lowest.zip(highest) }
    }
}

/// The value in the middle, or half way between the two that are: the percentile of type 7. It is found without putting
/// all in order, because of a record with many readings each key would pay for that.
fn median(values: &mut [f64]) -> Option<f64> {
    let (middle, is_odd) = (values.len() / 2, values.len() % 2 == 1);
    if values.is_empty() {
        return None;
    }
    let (below, at, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let at = *at;
    if is_odd {
        return Some(at);
    }
    let below = below.iter().copied().reduce(f64::max)?;
    Some(below + (at - below) * 0.5)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::distribution::percentile;
    use super::*;

    fn july(day: i8) -> Date {
        date(2026, 7, day)
    }

    #[test]
    fn each_value_is_in_its_day_and_a_median_is_of_three() {
        let values = [(8, 100.0), (8, 140.0), (8, 90.0), (9, 60.0), (9, 80.0), (14, 200.0), (7, 1.0), (15, 1.0)];
        let values = values.map(|(day, value)| (july(day).at(8, 0, 0, 0), value));
        let points = trend(&CountedReadings::of_values(values), Period::Days7, july(14));
        let of = |median, extremes| TrendPoint { median, extremes };
        let none = TrendPoint::default();
        let first = of(Some(100.0), Some((90.0, 140.0)));
        let [second, last] = [(60.0, 80.0), (200.0, 200.0)].map(|extremes| of(None, Some(extremes)));
        assert_eq!(points, [first, second, none, none, none, none, last]);
    }

    /// Of ninety days two stand together; of 91 days three do, the first of which is alone.
    #[test]
    fn the_last_mark_has_all_of_its_days() {
        let one = |day: Date| CountedReadings::of_values([(day.at(8, 0, 0, 0), 120.0); 3]);
        let at = |period, day: Date| {
            let points = trend(&one(day), period, july(14));
            (points.len(), points.iter().position(|point| point.median.is_some()))
        };
        assert_eq!(at(Period::Days90, july(14)), (45, Some(44)));
        assert_eq!(at(Period::Days90, july(13)), (45, Some(44)));
        assert_eq!(at(Period::Days90, july(12)), (45, Some(43)));
        assert_eq!(at(Period::Other(91), july(12)), (31, Some(30)));
        assert_eq!(at(Period::Other(91), july(14).saturating_sub(jiff::Span::new().days(90))), (31, Some(0)));
        assert_eq!(at(Period::Other(91), july(14).saturating_sub(jiff::Span::new().days(91))), (31, None));
    }

    #[test]
    fn the_median_is_the_percentile_of_type_7() {
        let sets: [&[f64]; 5] = [&[], &[5.0], &[9.0, 1.0], &[3.0, 9.0, 1.0], &[80.0, 10.0, 40.0, 20.0]];
        for set in sets {
            let mut sorted = set.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            assert_eq!(median(&mut set.to_vec()), percentile(&sorted, 50), "{set:?}");
        }
    }
}
