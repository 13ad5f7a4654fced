//! The page of numbers behind the patterns says those of the published reference sets, rounded once, in both units.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::path::Path;

use glucodock::app::asked::Asked;
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::reading::{Kind, Meal, Reading};
use glucodock::domain::record::{ChangeMark, PatientRecord, RecordOrigin, RecordTotals};
use glucodock::domain::statistics::{Dashboard, LowHighPolicy, Period};
use glucodock::ui::scene::Block;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::civil::date;
use serde_json::Value;

use crate::clinic::{Clinic, anna};

fn fixture(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/analytics").join(name)).unwrap()
}

fn reading(line: &str) -> Reading {
    let cells: Vec<&str> = line.split(',').collect();
    Reading {
        corrected_from: None,
        index: cells[0].parse().unwrap(),
        time: Some(cells[1].parse().unwrap()),
        measured: match cells[4] {
            "LO" => Measured::Low,
            "HI" => Measured::High,
            _ => Measured::Value(Concentration::mg_per_dl(cells[3].parse().unwrap())),
        },
        kind: if cells[4] == "CTRL" { Kind::Control } else { Kind::Blood },
        meal: Some(match cells[5].split('_').next().unwrap() {
            "before" => Meal::Before,
            "after" => Meal::After,
            "bedtime" => Meal::Bedtime,
            _ => Meal::None,
        }),
        doubts: Vec::new(),
        raw: std::collections::BTreeMap::new(),
    }
}

/// The dashboard of a set over the 90 days up to the last of the greatest.
fn shown(set: &str, policy: LowHighPolicy) -> Clinic {
    let mut readings: Vec<Reading> = fixture(&format!("{set}.csv")).lines().skip(1).map(reading).collect();
    readings.reverse();
    let (patient, totals, mark) = (anna(), RecordTotals::of(&readings), ChangeMark::default());
    let (uploads, meters, beyond, origin) = (Vec::new(), Vec::new(), Vec::new(), RecordOrigin::Here);
    let record =
        PatientRecord { patient, readings, totals, uploads, meters, beyond, origin, elsewhere: Vec::new(), mark };
    let dashboard = Dashboard::of(record, Period::Days90, date(2026, 4, 14));
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4), Key::Char('4'), Key::Char('4')]);
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    let Step::Dashboard(step) = &mut working.step else { panic!("no dashboard") };
    step.content = Asked::Ready(Box::new(dashboard));
    let presses = [LowHighPolicy::Limits, LowHighPolicy::Exclude, LowHighPolicy::Tidepool];
    let presses = presses.iter().position(|own| *own == policy).unwrap();
    // What stands for LO and HI is chosen where they are counted.
    clinic.keys([Key::Char('1')]);
    clinic.keys(std::iter::repeat_n(Key::Char('l'), presses));
    clinic.keys([Key::Char('4'), Key::Char('4')]);
    clinic
}

/// Each fact with its label, and each row of the table.
fn said(clinic: &Clinic) -> (Vec<String>, Vec<Vec<String>>) {
    let (mut facts, mut rows) = (Vec::new(), Vec::new());
    for block in view(&clinic.model, &Words::english()).blocks {
        match block {
            Block::Facts { facts: own, .. } => {
                facts.extend(own.iter().map(|fact| format!("{}: {}", fact.label, fact.value)));
            }
            Block::Table(table) => rows.extend(table.rows.into_iter().map(|(_, cells)| cells)),
            _ => {}
        }
    }
    (facts, rows)
}

#[test]
fn the_numbers_of_the_reference_stand_there_rounded_once() {
    let expected: Value = serde_json::from_str(&fixture("expected.json")).unwrap();
    for policy in LowHighPolicy::ALL {
        let expected = &expected["main"][serde_json::to_value(policy).unwrap().as_str().unwrap()];
        let mut clinic = shown("main", policy);
        let mut counts = Vec::new();
        for (unit, factor, places) in [("mg/dL", 1.0, 0), ("mmol/L", 18.015_59, 1)] {
            let moment = |name: &str| {
                let value = expected["moments"][name].as_f64().unwrap() / factor;
                format!("{value:.places$}")
            };
            let (facts, rows) = said(&clinic);
            let [p05, p25, median, p75, p95] = ["p05", "p25", "median", "p75", "p95"].map(moment);
            let frequency = &expected["frequency"];
            let [a_day, with] = ["per_day_window", "per_day_with_data"].map(|name| frequency[name].as_f64().unwrap());
            let adrr = expected["adrr_days_ge3"].as_f64().unwrap();
            // The file has three of each.
            let stands = |number: f64| format!("counted as {:.places$}", number / factor);
            let [low, high] = match policy {
                LowHighPolicy::Limits => [19.0, 601.0].map(stands),
                LowHighPolicy::Tidepool => [9.0, 601.0].map(stands),
                LowHighPolicy::Exclude => ["in no mean"; 2].map(str::to_owned),
            };
            // 4,805 minutes are 3 days, 8 hours and 5 minutes.
            assert_eq!(
                facts,
                [
                    format!("Percentiles: 5 % {p05}, 25 % {p25}, 50 % {median}, 75 % {p75}, 95 % {p95} {unit}"),
                    format!("ADRR: {adrr:.1}, over {} days with 3 or more readings", expected["adrr_days_used"]),
                    format!("A day: {a_day:.1} over 90 days, {with:.1} over the 87 with readings"),
                    "Without: 3 days; longest gap between two readings 3 d 8 h".to_owned(),
                    format!("LO, HI: 3 LO {low}, 3 HI {high}"),
                ],
                "{policy:?}"
            );
            let names: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
            assert_eq!(names, ["fasting", "before meal", "after meal", "bedtime", "not marked"]);
            assert_eq!(rows[0], ["fasting", "0", "0", "0", "-", "-", "-"], "nothing is guessed");
            let bedtime = expected["meals"]["bedtime"]["mean"].as_f64().unwrap() / factor;
            assert_eq!((&rows[3][1], &rows[3][4]), (&"87".to_owned(), &format!("{bedtime:.places$}")), "{policy:?}");
            counts.push(rows.iter().map(|row| row[1..4].to_vec()).collect::<Vec<_>>());
            clinic.keys([Key::Char('u')]);
        }
        assert_eq!(counts[0], counts[1], "no count changes with the unit");
    }
}

/// What is of too little is not shown, and why is said.
#[test]
fn what_is_of_too_little_is_not_shown() {
    let (facts, rows) = said(&shown("empty", LowHighPolicy::Limits));
    let none = "not shown: there is no number";
    assert_eq!(facts[..2], [format!("Percentiles: {none}"), format!("ADRR: {none}")]);
    assert!(facts[3].starts_with("Without: 90 days") && !facts[3].contains("gap"), "{facts:?}");
    assert!(rows.iter().all(|row| row[4..] == ["-", "-", "-"]), "{rows:?}");
    let (facts, _) = said(&shown("n30", LowHighPolicy::Limits));
    // Every four hours from 1-Feb 7:00 on: five readings, then four days of six, and one.
    assert_eq!(facts[1], "ADRR: not shown: needs 14 days with 3 or more readings, has 5");
}
