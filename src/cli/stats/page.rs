//! What `glucodock stats` prints for people: each number rounded once, half to even, and why one is not shown.

use crate::cli::output::{Side, aligned};
use crate::domain::calendar;
use crate::domain::glucose::Unit;
use crate::domain::statistics::{
    ComputedNumbers, LEAST_DAYS_WITH, LEAST_READINGS, LowHighPolicy, Range, TooFew, Uncounted,
};
use crate::ui::numbers::part_row;
use crate::ui::words::Words;

/// The whole page.
pub(super) fn page(computed: &ComputedNumbers) -> String {
    let mut page = facts(computed);
    let summary = &computed.summary;
    if summary.count > 0 {
        page.push('\n');
        page.push_str(&ranges(computed));
        page.push('\n');
        page.push_str(&parts(computed));
    }
    page
}

fn facts(computed: &ComputedNumbers) -> String {
    let ComputedNumbers { summary, unit, .. } = computed;
    let frequency = summary.frequency;
    let mut facts = vec![("Days", days(computed)), ("Readings", readings(computed))];
    if let (Some(a_day), Some(with)) = (frequency.a_day, frequency.a_day_with_readings) {
        let days = of_days(frequency.days_with_readings);
        facts.push(("A day", format!("{a_day:.1}, and {with:.1} on the {days} with readings")));
        let without = of_days(frequency.days_without());
        let gap = frequency.longest_gap_minutes.map(gap);
        let gap = gap.map_or_else(String::new, |gap| format!("; the longest time between two readings is {gap}"));
        facts.push(("Without", format!("{without}{gap}")));
    }
    // Always told: what stands for six of them among five hundred readings moves the coefficient of
    // variation from 31 to 38 %.
    if summary.low_flags + summary.high_flags > 0 {
        facts.push(("LO and HI", low_high(computed)));
    }
    let shown = |mg_per_dl: f64| unit.written(mg_per_dl);
    match summary.distribution {
        None => facts.push(("Mean", "not shown: there is no number".to_owned())),
        Some(numbers) => {
            let with_unit = |mg_per_dl: f64| format!("{} {unit}", shown(mg_per_dl));
            facts.push(("Mean", with_unit(numbers.mean)));
            facts.push(("SD", numbers.sd_to_show().map_or_else(not_shown, with_unit)));
            facts.push(("CV", numbers.cv_to_show().map_or_else(not_shown, |cv| format!("{cv:.1} %"))));
            facts.push(("Median", with_unit(numbers.median)));
            let between = |low, high| format!("{} to {} {unit}", shown(low), shown(high));
            facts.push(("25 to 75 %", between(numbers.p25, numbers.p75)));
            facts.push(("5 to 95 %", between(numbers.p05, numbers.p95)));
        }
    }
    let is_enough = summary.count >= LEAST_READINGS && summary.frequency.days_with_readings >= LEAST_DAYS_WITH;
    match summary.risk {
        Some(risk) if is_enough => {
            facts.push(("LBGI, HBGI", format!("{:.1}, {:.1}", risk.lbgi, risk.hbgi)));
            facts.push(("ADRR", risk.adrr_to_show().map_or_else(not_shown, |adrr| format!("{adrr:.1}"))));
        }
        Some(_) => {
            let needs = format!("not shown: needs {LEAST_READINGS} values on {LEAST_DAYS_WITH} days");
            facts.push(("LBGI, HBGI", needs));
        }
        None => {}
    }
    let rows: Vec<[String; 2]> = facts.into_iter().map(|(label, value)| [label.to_owned(), value]).collect();
    aligned(&[Side::Left, Side::Left], &rows)
}

fn not_shown(too_few: TooFew) -> String {
    format!("not shown: {too_few}")
}

fn days(computed: &ComputedNumbers) -> String {
    let Some((first, last)) = computed.days else { return "none".to_owned() };
    let days = of_days(computed.summary.frequency.window_days);
    format!("{days}, {} to {}", calendar::written(first), calendar::written(last))
}

fn of_days(count: u32) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

fn readings(computed: &ComputedNumbers) -> String {
    let Uncounted { control, other_kind, invalid, time_doubted } = computed.summary.uncounted;
    let before = u32::try_from(computed.outside_window).unwrap_or(u32::MAX);
    let uncounted = [
        (control, "control tests"),
        (other_kind, "of another kind than blood glucose"),
        (invalid, "without a valid result"),
        (time_doubted, "of doubted time"),
        (before, "before these days"),
    ];
    let told: Vec<String> =
        uncounted.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let count = computed.summary.count;
    if told.is_empty() { count.to_string() } else { format!("{count}; not counted: {}", told.join(", ")) }
}

fn low_high(computed: &ComputedNumbers) -> String {
    let ComputedNumbers { summary, counting, stand_ins, unit, .. } = computed;
    let stands = |number: Option<u32>, count: u32| match number {
        Some(number) => format!(" as {} {unit}", unit.written(f64::from(number))),
        None if count == 0 || counting.policy == LowHighPolicy::Exclude => String::new(),
        None => " as the next number beyond what each meter measures".to_owned(),
    };
    let [low, high] = *stand_ins;
    let (low, high) = (stands(low, summary.low_flags), stands(high, summary.high_flags));
    let told = format!("{} LO{low}, {} HI{high}", summary.low_flags, summary.high_flags);
    if counting.policy == LowHighPolicy::Exclude { format!("{told}; counted, and in no other number") } else { told }
}

/// A time between two readings: `3 d 8 h 5 min`.
fn gap(minutes: i64) -> String {
    let parts = [(minutes / 1440, "d"), (minutes / 60 % 24, "h"), (minutes % 60, "min")];
    let told: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    if told.is_empty() { "0 min".to_owned() } else { told.join(" ") }
}

fn ranges(computed: &ComputedNumbers) -> String {
    let (words, summary, unit) = (Words::shared(), &computed.summary, computed.unit);
    let row = |(range, count): (Range, u32)| {
        // With the counts: shares that are each rounded by itself need not make 100 %.
        [words.range(range, unit), count.to_string(), words.percent(count, summary.count)]
    };
    aligned(&[Side::Left, Side::Right, Side::Right], &summary.ranges.each().map(row).collect::<Vec<_>>())
}

fn parts(computed: &ComputedNumbers) -> String {
    let ComputedNumbers { summary, unit, .. } = computed;
    let meals = &summary.meals;
    let by_meal = [
        ("before a meal", &meals.before),
        ("after a meal", &meals.after),
        ("fasting", &meals.fasting),
        ("bedtime", &meals.bedtime),
        ("not marked", &meals.unmarked),
    ];
    let by_meal = by_meal.into_iter().filter(|_| meals.are_marked());
    let by_time = summary.blocks.iter().enumerate().map(|(block, part)| {
        let from = 3 * block;
        (format!("{from:02}:00 to {:02}:59", from + 2), part)
    });
    let named = by_meal.map(|(name, part)| (name.to_owned(), part)).chain(by_time);
    let head = ["", "readings", "<70", ">180", "mean", "median", "25 to 75 %"];
    let head = match unit {
        Unit::MgPerDl => head,
        // Other words for the same counts: the unit that is shown moves no value into another range.
        Unit::MmolPerL => ["", "readings", "<3.9", ">10.0", "mean", "median", "25 to 75 %"],
    };
    let rows =
        named.filter(|(_, part)| part.ranges.total() > 0).map(|(name, part)| part_row(name, part, *unit, " to "));
    let rows: Vec<[String; 7]> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    let right = Side::Right;
    aligned(&[Side::Left, right, right, right, right, right, right], &rows)
}
