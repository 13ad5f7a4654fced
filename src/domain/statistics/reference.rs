//! The numbers against published reference numbers, `fixtures/analytics`.

use std::path::Path;
use std::time::Duration;

use jiff::civil::DateTime;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::{Kind, Meal, Reading};

/// Their order is of no matter to the numbers.
const SETS: [&str; 10] =
    ["main", "thresholds", "n29", "n30", "constant", "one", "empty", "all_lo", "all_hi", "lo_hi_mix"];

fn fixture(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/analytics").join(name)).unwrap()
}

fn readings(set: &str) -> Vec<Reading> {
    let text = fixture(&format!("{set}.csv"));
    text.lines().skip(1).map(reading).collect()
}

fn reading(line: &str) -> Reading {
    let cells: Vec<&str> = line.split(',').collect();
    let [seq, local, _, mg_per_dl, flag, meal] = cells[..] else { panic!("{line}") };
    Reading {
        corrected_from: None,
        index: seq.parse().unwrap(),
        time: Some(local.parse::<DateTime>().unwrap()),
        measured: match flag {
            "LO" => Measured::Low,
            "HI" => Measured::High,
            _ => Measured::Value(Concentration::mg_per_dl(mg_per_dl.parse().unwrap())),
        },
        kind: if flag == "CTRL" { Kind::Control } else { Kind::Blood },
        meal: Some(match meal.split('_').next().unwrap() {
            "before" => Meal::Before,
            "after" => Meal::After,
            "bedtime" => Meal::Bedtime,
            _ => Meal::None,
        }),
        doubts: Vec::new(),
        raw: std::collections::BTreeMap::new(),
    }
}

fn policy(name: &str) -> LowHighPolicy {
    serde_json::from_value(Value::from(name)).unwrap()
}

/// Judges one number against the expected one; nothing against nothing.
fn same(place: &str, found: Option<f64>, expected: &Value) {
    let close = match (found, expected.as_f64()) {
        (Some(found), Some(expected)) => (found - expected).abs() <= 1e-9 * expected.abs().max(1.0),
        (found, expected) => found.is_none() && expected.is_none(),
    };
    assert!(close, "{place}: {found:?}, expected {expected}");
}

fn count(expected: &Value) -> u32 {
    expected.as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
}

fn judge(place: &str, found: &Summary, expected: &Value) {
    assert_eq!(found.count, count(&expected["readings"]), "{place}");
    assert_eq!(found.uncounted.control, count(&expected["control_excluded"]), "{place}");
    assert_eq!((found.low_flags, found.high_flags), (count(&expected["lo"]), count(&expected["hi"])), "{place}");
    judge_moments(place, found, &expected["moments"]);
    judge_ranges(place, found.ranges, expected);
    judge_frequency(place, &found.frequency, &expected["frequency"]);
    same(&format!("{place} adrr"), found.risk.and_then(|risk| risk.adrr), &expected["adrr_days_ge3"]);
    assert_eq!(found.risk.map_or(0, |risk| risk.adrr_days), count(&expected["adrr_days_used"]), "{place}");
    judge_blocks(place, &found.blocks, &expected["blocks_3h"]);
    judge_meals(place, &found.meals, &expected["meals"]);
    // A standard deviation that the reference does not show is not shown, and that of a set of thirty is.
    if let Some(display) = expected.get("display") {
        let to_show = found.distribution.and_then(|distribution| distribution.sd_to_show().ok());
        assert_eq!(to_show.is_some(), !display["sd_mgdl"].is_null(), "{place}");
    }
}

fn judge_moments(place: &str, found: &Summary, expected: &Value) {
    let numbers = found.distribution;
    assert_eq!(numbers.map_or(0, |numbers| numbers.count), count(&expected["n"]), "{place}");
    for (name, found) in [
        ("mean", numbers.map(|numbers| numbers.mean)),
        ("sd_sample", numbers.and_then(|numbers| numbers.sd)),
        ("cv_sample_pct", numbers.and_then(|numbers| numbers.cv())),
        ("p05", numbers.map(|numbers| numbers.p05)),
        ("p25", numbers.map(|numbers| numbers.p25)),
        ("median", numbers.map(|numbers| numbers.median)),
        ("p75", numbers.map(|numbers| numbers.p75)),
        ("p95", numbers.map(|numbers| numbers.p95)),
        ("lbgi", found.risk.map(|risk| risk.lbgi)),
        ("hbgi", found.risk.map(|risk| risk.hbgi)),
    ] {
        same(&format!("{place} {name}"), found, &expected[name]);
    }
}

fn judge_ranges(place: &str, found: RangeCounts, expected: &Value) {
    let names = ["very_low", "low", "target", "high", "very_high"];
    for ((range, found_count), name) in found.each().zip(names) {
        assert_eq!(found_count, count(&expected["counts"][name]), "{place} {name}");
        same(&format!("{place} {name} %"), found.percent(range), &expected["percent"][name]);
    }
    let sides = (count(&expected["counts"]["below_70"]), count(&expected["counts"]["above_180"]));
    assert_eq!((found.below_70(), found.above_180()), sides, "{place}");
}

fn judge_frequency(place: &str, found: &TestFrequency, expected: &Value) {
    assert_eq!(found.window_days, count(&expected["window_days"]), "{place}");
    assert_eq!(found.days_with_readings, count(&expected["days_with_readings"]), "{place}");
    assert_eq!(found.days_without(), count(&expected["days_without"]), "{place}");
    same(&format!("{place} a day"), found.a_day, &expected["per_day_window"]);
    same(&format!("{place} a day with"), found.a_day_with_readings, &expected["per_day_with_data"]);
    let minutes = |gap| Duration::from_mins(u64::try_from(gap).unwrap()).as_secs_f64() / 60.0;
    // The reference has a zero where there is no second reading, so no time between two.
    let expected_gap = expected["max_gap_minutes"].as_f64().filter(|gap| *gap > 0.0);
    same(
        &format!("{place} gap"),
        found.longest_gap_minutes.map(minutes),
        &expected_gap.map_or(Value::Null, Value::from),
    );
}

fn judge_blocks(place: &str, found: &[PartNumbers; BLOCKS], expected: &Value) {
    for (number, found) in found.iter().enumerate() {
        let name = format!("{:02}-{:02}", number * 3, number * 3 + 3);
        let (place, expected) = (format!("{place} {name}"), &expected[&name]);
        assert_eq!(found.ranges.total(), count(&expected["n"]), "{place}");
        assert_eq!(found.ranges.below_70(), count(&expected["below_70"]), "{place}");
        assert_eq!(found.ranges.above_180(), count(&expected["above_180"]), "{place}");
        same(&place, found.distribution.map(|numbers| numbers.mean), &expected["mean"]);
        same(&place, found.distribution.map(|numbers| numbers.median), &expected["median"]);
    }
}

/// The reference tells breakfast, lunch and dinner apart, which meters do not: three means by their counts are one. How
/// many values are left out of which mean is not said there, so that means without LO and HI are not compared.
fn judge_meals(place: &str, found: &MealNumbers, expected: &Value) {
    for (start, found) in [("before_", found.before), ("after_", found.after), ("bedtime", found.bedtime)] {
        let meals = expected.as_object().unwrap().iter().filter(|(name, _)| name.starts_with(start));
        let meals: Vec<&Value> = meals.map(|(_, meal)| meal).collect();
        let total: u32 = meals.iter().map(|meal| count(&meal["n"])).sum();
        assert_eq!(found.ranges.total(), total, "{place} {start}");
        if total > 0 && found.distribution.is_some_and(|numbers| numbers.count == total) {
            let sum: f64 = meals.iter().map(|meal| f64::from(count(&meal["n"])) * meal["mean"].as_f64().unwrap()).sum();
            same(start, found.distribution.map(|numbers| numbers.mean), &Value::from(sum / f64::from(total)));
        }
        let in_target = |meal: &&Value| f64::from(count(&meal["n"])) * meal["percent_in_target"].as_f64().unwrap();
        let expected: f64 = meals.iter().map(in_target).sum::<f64>() / 100.0;
        assert!((f64::from(found.ranges.of(Range::Target)) - expected).abs() < 1e-6, "{place} {start}");
    }
}

#[test]
fn every_number_of_every_reference_set_is_the_published_one() {
    let expected: Value = serde_json::from_str(&fixture("expected.json")).unwrap();
    assert_eq!(expected.as_object().unwrap().len(), SETS.len());
    for set in SETS {
        let (readings, expected) = (readings(set), expected[set].as_object().unwrap());
        assert_eq!(expected.len(), LowHighPolicy::ALL.len());
        for (name, expected) in expected {
            let counting = Counting { policy: policy(name), ..Counting::default() };
            judge(&format!("{set} {name}"), &summarise(&readings, &counting), expected);
        }
    }
}

/// Every whole number that a meter can show: its class, and how it is written in the other unit.
#[test]
fn every_number_of_a_meter_has_its_published_class() {
    let mut tried = 0;
    for line in fixture("classes.csv").lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [mg_per_dl, class, mmol_per_l] = cells[..] else { panic!("{line}") };
        let value = Concentration::mg_per_dl(mg_per_dl.parse().unwrap());
        let range = serde_json::to_value(Range::of(Measured::Value(value))).unwrap();
        assert_eq!(range, Value::from(class), "{line}");
        assert_eq!(value.glucose_in(Unit::MmolPerL), mmol_per_l, "{line}");
        tried += 1;
    }
    assert_eq!(tried, 601);
}

/// Any reading that counts, of a meter in either unit.
fn any_reading() -> impl Strategy<Value = Reading> {
    let value = prop_oneof![
        8 => (10_u32..=600).prop_map(|value| Measured::Value(Concentration::mg_per_dl(value))),
        8 => (5_u32..=340).prop_map(|value| Measured::Value(Concentration::new(value, 1, Unit::MmolPerL))),
        1 => Just(Measured::Low),
        1 => Just(Measured::High),
    ];
    (value, 0_i64..60 * 24 * 30).prop_map(|(measured, minute)| Reading {
        measured,
        time: Some(jiff::civil::date(2026, 1, 1).at(0, 0, 0, 0).saturating_add(jiff::Span::new().minutes(minute))),
        ..reading("0,2026-01-01T00:00,,100,,")
    })
}

proptest! {
    /// What stands for LO and HI, and in which order meters were read, moves no reading into another range; and no
    /// number leaves the values that it is of.
    #[test]
    fn counts_depend_on_values_alone(mut readings in proptest::collection::vec(any_reading(), 0..80)) {
        let of = |readings: &[Reading], policy| summarise(readings, &Counting { policy, ..Counting::default() });
        let first = of(&readings, LowHighPolicy::Limits);
        prop_assert_eq!(first.ranges.total(), first.count);
        for policy in LowHighPolicy::ALL {
            let summary = of(&readings, policy);
            prop_assert_eq!((summary.count, summary.ranges, summary.frequency),
                (first.count, first.ranges, first.frequency));
            if let Some(numbers) = summary.distribution {
                let ascending =
                    [9.0, numbers.p05, numbers.p25, numbers.median, numbers.p75, numbers.p95, 613.0];
                prop_assert!(ascending.is_sorted(), "{ascending:?}");
                prop_assert!((9.0..=613.0).contains(&numbers.mean), "{}", numbers.mean);
            }
        }
        readings.reverse();
        let reversed = of(&readings, LowHighPolicy::Limits);
        prop_assert_eq!((first.ranges, first.frequency), (reversed.ranges, reversed.frequency));
        let medians = [first, reversed].map(|summary| summary.distribution.map(|numbers| numbers.median));
        prop_assert_eq!(medians[0], medians[1]);
    }

    /// A number that is shown in the other unit would be in the same class there, but for the two that are rounded over
    /// an edge: so what is shown is never what is classified.
    #[test]
    fn what_is_shown_in_the_other_unit_is_no_other_class(value in 10_u32..=600) {
        let sent = Concentration::mg_per_dl(value);
        let shown: u32 = sent.glucose_in(Unit::MmolPerL).replace('.', "").parse().unwrap();
        let again = Range::of(Measured::Value(Concentration::new(shown, 1, Unit::MmolPerL)));
        let is_edge = [181, 251].contains(&value);
        prop_assert_eq!(again == Range::of(Measured::Value(sent)), !is_edge, "{}", value);
    }
}
