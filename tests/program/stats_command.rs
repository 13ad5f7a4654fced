//! `glucodock stats`: the numbers of a file, in both forms, and what a wrong one is told.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use super::program::{Simulator, feed, glucodock, object, text};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/analytics").join(name)
}

fn stats(file: &str, more: &[&str]) -> Output {
    let path = fixture(file);
    glucodock(&[&["stats", path.to_str().unwrap()], more].concat()).output().unwrap()
}

/// Every reference set with everything that may stand for LO and HI, unrounded and in both units.
#[test]
fn the_numbers_of_the_reference_sets_come_out() {
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(fixture("expected.json")).unwrap()).unwrap();
    for (set, policies) in expected.as_object().unwrap() {
        for (policy, expected) in policies.as_object().unwrap() {
            for (unit, factor) in [("mg/dL", 1.0), ("mmol/L", 18.015_59)] {
                let found = object(&stats(&format!("{set}.csv"), &["--json", "--lo-hi", policy, "--unit", unit]));
                assert_eq!(found["unit"], unit);
                for name in ["very_low", "low", "target", "high", "very_high"] {
                    assert_eq!(found[name], expected["counts"][name], "{set} {policy} {name}");
                }
                let moments = &expected["moments"];
                for (name, expected, factor) in [
                    ("mean", &moments["mean"], factor),
                    ("sd", &moments["sd_sample"], factor),
                    ("cv", &moments["cv_sample_pct"], 1.0),
                    ("median", &moments["median"], factor),
                    ("p05", &moments["p05"], factor),
                    ("p25", &moments["p25"], factor),
                    ("p75", &moments["p75"], factor),
                    ("p95", &moments["p95"], factor),
                    ("lbgi", &moments["lbgi"], 1.0),
                    ("hbgi", &moments["hbgi"], 1.0),
                    ("adrr", &expected["adrr_days_ge3"], 1.0),
                ] {
                    let (found, expected) = (found[name].as_f64(), expected.as_f64().map(|value| value / factor));
                    assert_eq!(found.is_some(), expected.is_some(), "{set} {policy} {name}");
                    let apart = found.unwrap_or(0.0) - expected.unwrap_or(0.0);
                    assert!(apart.abs() <= 1e-9 * expected.unwrap_or(0.0).max(1.0), "{set} {policy} {name}: {apart}");
                }
            }
        }
    }
}

#[test]
fn people_read_rounded_numbers_and_why_one_is_not_shown() {
    let output = stats("main.csv", &["--lo-hi", "tidepool"]);
    let told = text(&output.stdout);
    for line in [
        "Days        90 days, 15-Jan-2026 to 14-Apr-2026\n",
        "Readings    524; not counted: 4 control tests\n",
        "LO and HI   3 LO as 9 mg/dL, 3 HI as 601 mg/dL\n",
        "A day       5.8, and 6.0 on the 87 days with readings\n",
        "Without     3 days; the longest time between two readings is 3 d 8 h 5 min\n",
        "Mean        156 mg/dL\n",
        "SD          60 mg/dL\n",
        "CV          38.4 %\n",
        "LBGI, HBGI  2.1, 5.8\n",
        "In range 70-180  388  74 %\n",
    ] {
        assert!(told.contains(line), "{line}{told}");
    }
    let few = stats("n29.csv", &[]);
    let reason = "not shown: only 29 of the 30 readings with a number that it needs\n";
    assert!(text(&few.stdout).contains(&format!("SD          {reason}CV          {reason}")), "{few:?}");
    // As on the dashboard: of three readings there is no risk to tell.
    let three = "local,mgdl\n2026-01-15T06:40,123\n2026-01-16T06:40,60\n2026-01-17T06:40,260\n";
    let three = feed(&mut glucodock(&["stats", "-"]), three.as_bytes());
    let told = text(&three.stdout);
    assert!(told.contains("LBGI, HBGI  not shown: needs 14 values on 7 days\n"), "{told}");
    let empty = stats("empty.csv", &[]);
    assert_eq!(text(&empty.stdout), "Days      none\nReadings  0\nMean      not shown: there is no number\n");
}

/// What a meter was read for is counted as it came, by a pipe.
#[test]
fn what_was_read_is_counted() {
    let simulator = Simulator::start("onetouch-ultra2", "--pty", &["--readings", "60", "--seed", "7"]);
    let read = simulator.read("--port", &["--driver", "onetouch-ultra2"]);
    assert!(read.status.success(), "{read:?}");
    let readings = object(&read)["readings"].as_array().unwrap().clone();
    let found = feed(&mut glucodock(&["stats", "-", "--json"]), &read.stdout);
    assert!(found.status.success(), "{found:?}");
    let found = object(&found);
    let counted = found["readings"].as_u64().unwrap();
    let uncounted: u64 = found["uncounted"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(usize::try_from(counted + uncounted).unwrap(), readings.len());
    let controls = readings.iter().filter(|reading| reading["kind"] == "control").count();
    assert_eq!(found["uncounted"]["control"], controls);
}

#[test]
fn a_wrong_file_is_told_with_its_line_and_what_helps() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.csv");
    std::fs::write(&file, "local,mgdl,flag\n2026-01-15T06:40,123,\n2026-01-15,7,\n2026-01-15T07:00,,low\n").unwrap();
    let output = glucodock(&["stats", file.to_str().unwrap(), "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let error = &object(&output)["error"];
    assert_eq!((&error["code"], &error["fields"][0]["field"]), (&"usage".into(), &"line 3".into()));
    let told = text(&output.stderr);
    assert!(told.contains("a.csv:3: local is \"2026-01-15\"; write a day and a time"), "{told}");
    assert!(told.contains("a.csv:4: flag is \"low\"; write LO, HI or CTRL"), "{told}");

    for (input, says) in [("{", "standard input:1: "), ("x,y\n", "standard input:1: the column \"x\" is not known")] {
        let output = feed(&mut glucodock(&["stats", "-"]), input);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(text(&output.stderr).contains(says) && output.stdout.is_empty(), "{output:?}");
    }
    let absent = glucodock(&["stats", "/nowhere/a.csv"]).output().unwrap();
    assert_eq!(absent.status.code(), Some(2), "{absent:?}");
    assert!(text(&absent.stderr).contains("a.csv cannot be read: there is no such file"), "{absent:?}");
    let unit = stats("main.csv", &["--unit", "g/L"]);
    assert_eq!(unit.status.code(), Some(2), "{unit:?}");
}

/// What was typed wins over what the settings say, and that over the unit in which most values were sent.
#[test]
fn the_unit_is_that_of_the_settings_unless_one_is_typed() {
    let data = tempfile::tempdir().unwrap();
    let settings = data.path().join("settings.toml");
    let unit = |more: &[&str]| {
        let path = fixture("main.csv");
        let arguments = [&["stats", path.to_str().unwrap(), "--json", "--data", data.path().to_str().unwrap()], more];
        let found = object(&glucodock(&arguments.concat()).output().unwrap());
        (found["unit"].as_str().unwrap().to_owned(), found["very_low"].as_u64().unwrap())
    };
    assert_eq!(unit(&[]).0, "mg/dL", "as sent");
    std::fs::write(&settings, "[dashboard]\nunit = \"mmol/L\"\n").unwrap();
    assert_eq!(unit(&[]).0, "mmol/L");
    assert_eq!(unit(&["--unit", "mg/dL"]).0, "mg/dL");
    assert_eq!(unit(&[]).1, unit(&["--unit", "mg/dL"]).1, "no count changes");
    std::fs::write(&settings, "[dashboard]\nunit = \"mmol\"\n").unwrap();
    let wrong = stats("main.csv", &["--settings", settings.to_str().unwrap()]);
    assert_eq!(wrong.status.code(), Some(2));
    let told =
        "settings.toml:2: dashboard.unit: there is no unit \"mmol\". Write \"mg/dL\", \"mmol/L\" or \"as sent\".";
    assert!(text(&wrong.stderr).contains(told), "{wrong:?}");
    assert_eq!(unit(&["--unit", "mmol/L"]).0, "mmol/L", "nobody needs what they do not ask for");
}
