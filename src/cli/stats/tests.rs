//! The unit, the days and the meter's limits: what is asked for, and what it changes.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::domain::glucose::Unit;
use crate::meters::catalogue::Catalogue;

fn options(unit: Option<UnitOption>, lo_hi: LowHighOption, window_days: Option<i64>) -> StatsOptions {
    let (store, settings) = Default::default();
    StatsOptions { file: PathBuf::from("-"), store, settings, unit, lo_hi, window_days }
}

fn object(options: &StatsOptions, text: &str) -> Value {
    let file =
        if text.starts_with('{') { read_readings::parse(text, "a.json") } else { csv_readings::parse(text, "a.csv") };
    let unit = options.unit.map(UnitOption::unit);
    serde_json::to_value(numbers_object(&computed(options, unit, file.ok().unwrap()))).unwrap()
}

/// One reading in the JSON of a read.
fn read(meter: &str, readings: &str) -> String {
    format!(r#"{{"meter":{meter},"complete":true,"announced":1,"readings":[{readings}],"warnings":[]}}"#)
}

const GUIDE: &str = r#"{"model":"Accu-Chek Guide","driver":"accu-chek-usb","serial":"1"}"#;

fn reading(value: &str, unit: &str, range: &str, more: &str) -> String {
    let start = r#"{"index":0,"time":"2025-01-01T08:00:00","#;
    format!(r#"{start}"value":{value},"unit":{unit},"range":"{range}","kind":"blood",{more},"raw":{{}}}}"#)
}

const PLAIN: &str = r#""meal":"before","doubts":[]"#;

#[test]
fn what_a_read_says_is_what_is_counted() {
    let readings = [
        reading("5.0", r#""mmol/L""#, "in", PLAIN),
        reading("null", "null", "high", PLAIN),
        reading("100", r#""mg/dL""#, "in", r#""meal":null,"doubts":["time-ahead"]"#),
        reading("null", "null", "unknown", PLAIN),
    ];
    let usual = options(None, LowHighOption::Limits, None);
    let object = object(&usual, &read(GUIDE, &readings.join(",")));
    assert_eq!((&object["readings"], &object["target"], &object["very_high"]), (&2.into(), &1.into(), &1.into()));
    let uncounted = (&object["uncounted"]["time_doubted"], &object["uncounted"]["invalid"]);
    assert_eq!(uncounted, (&1.into(), &1.into()));
    assert_eq!(object["meals"]["before"]["readings"], 2);
    assert_eq!((&object["unit"], &object["complete"]), (&"mg/dL".into(), &true.into()));
}

/// The catalogue knows what a meter measures; of a meter that it does not know, what most of them do.
#[test]
fn what_stands_for_lo_is_below_what_the_meter_measures() {
    let stands = |meter: &str| {
        let low = reading("null", "null", "low", PLAIN);
        object(&options(None, LowHighOption::Limits, None), &read(meter, &low))["lo_hi"]["lo_mg_per_dl"].clone()
    };
    let known = Catalogue::embedded().range_of("accu-chek-usb", &Clean::from("Accu-Chek Guide")).unwrap();
    assert_eq!(stands(GUIDE), known.0 - 1);
    assert_eq!(stands(r#"{"model":"Toaster","driver":"toaster"}"#), 19);
    let ten = Catalogue::embedded().meters().iter().find(|meter| meter.range.0 == 10).unwrap();
    let meter = serde_json::json!({ "model": ten.name().as_str(), "driver": ten.driver });
    assert_eq!(stands(&meter.to_string()), 9);
}

/// What would stand for it depends on the meter of a reading that is not there.
#[test]
fn nothing_stands_for_a_lo_that_is_not_there() {
    let high = reading("null", "null", "high", PLAIN);
    let object = object(&options(None, LowHighOption::Limits, None), &read(GUIDE, &high));
    assert_eq!((&object["lo_hi"]["lo"], &object["lo_hi"]["lo_mg_per_dl"]), (&0.into(), &serde_json::Value::Null));
    assert_eq!((&object["lo_hi"]["hi"], &object["lo_hi"]["hi_mg_per_dl"]), (&1.into(), &601.into()));
}

#[test]
fn what_is_something_else_is_told_with_what_helps() {
    let told = |text: &str| read_readings::parse(text, "a.json").err().unwrap().to_string();
    let fhir = told(r#"{"resourceType":"Bundle","type":"document","entry":[]}"#);
    assert!(fhir.starts_with("a.json: this is a FHIR document") && fhir.contains("--as csv or --as json"), "{fhir}");
    for other in ["[]", "{}", "3"] {
        assert!(told(other).contains("glucodock export --as json prints, as it is"), "{}", told(other));
    }
}

#[test]
fn what_is_no_read_is_told_with_its_place() {
    let told = |text: &str| read_readings::parse(text, "a.json").err().unwrap().to_string();
    assert!(told("{\n\"meter\": 3}").starts_with("a.json:2: "), "{}", told("{\n\"meter\": 3}"));
    for (wrong, says) in [
        (reading("null", r#""mg/dL""#, "in", PLAIN), "no value with its unit"),
        (reading("9", r#""mg/dL""#, "low", PLAIN), "there is a value"),
        (reading("-9", r#""mg/dL""#, "in", PLAIN), "no number that a meter sends"),
        (reading("1e3", r#""mg/dL""#, "in", PLAIN), "no number that a meter sends"),
        (reading("9", r#""mg/dL""#, "in", PLAIN).replace("08:00:00", "08"), "no time of a meter's clock"),
    ] {
        let told = told(&read(GUIDE, &[reading("9", r#""mg/dL""#, "in", PLAIN), wrong].join(",")));
        assert!(told.starts_with("a.json: readings[1]: ") && told.contains(says), "{told}");
        assert!(told.ends_with("as it is"), "{told}");
    }
}

#[test]
fn a_window_ends_on_the_last_day_and_leaves_out_what_is_before() {
    let text = "local,mgdl,flag\n2026-01-01T08:00,100,\n2026-01-09T23:59,110,\n2026-01-10T00:00,120,\n\
        2026-01-11T08:00,130,\n2026-01-12T08:00,99,CTRL\n";
    let of = |window| {
        let object = object(&options(None, LowHighOption::Limits, window), text);
        let days = (object["first_day"].clone(), object["last_day"].clone(), object["window_days"].clone());
        (days, object["readings"].clone(), object["outside_window"].clone(), object["readings_a_day"].clone())
    };
    let last = Value::from("2026-01-11");
    assert_eq!(of(None), (("2026-01-01".into(), last.clone(), 11.into()), 4.into(), 0.into(), (4.0 / 11.0).into()));
    assert_eq!(of(Some(2)), (("2026-01-10".into(), last.clone(), 2.into()), 2.into(), 2.into(), 1.0.into()));
    assert_eq!(of(Some(40)), (("2025-12-03".into(), last, 40.into()), 4.into(), 0.into(), 0.1.into()));
}

/// What no number uses is counted as what it is, wherever its time lies.
#[test]
fn a_control_test_before_the_window_is_a_control_test() {
    let text = "local,mgdl,flag\n2026-01-01T08:00,99,CTRL\n2026-01-10T00:00,120,\n";
    for window in [None, Some(1)] {
        let object = object(&options(None, LowHighOption::Limits, window), text);
        assert_eq!((&object["outside_window"], &object["uncounted"]["control"]), (&0.into(), &1.into()), "{window:?}");
    }
}

/// A quotation mark that stands alone swallows lines: none is lost, and none is mixed with another, without a word.
#[test]
fn a_line_that_goes_on_in_the_next_is_refused() {
    for text in [
        "local,mgdl,flag\n2026-01-01T08:00,100,\"\n2026-01-02T08:00,110,\n2026-01-03T08:00,120,\n",
        "seq,local,utc,mgdl\n1,2026-01-01T08:00,\"x,100\n2,2026-01-02T08:00,y\",300\n",
        "seq,local,utc,mgdl\r\n1,2026-01-01T08:00,\"x,100\r\n2,2026-01-02T08:00,y\",300\r\n",
    ] {
        let told = csv_readings::parse(text, "a.csv").err().unwrap().to_string();
        assert!(told.starts_with("a.csv:2: ") && told.contains("goes on into the next line"), "{told}");
    }
}

#[test]
fn of_nothing_there_is_no_number() {
    let object = object(&options(None, LowHighOption::Limits, None), "local,mgdl\n");
    assert_eq!((&object["readings"], &object["mean"], &object["first_day"]), (&0.into(), &Value::Null, &Value::Null));
    assert_eq!((&object["percent"]["target"], &object["suppressed"]), (&Value::Null, &Value::Array(vec![])));
}

fn any_line() -> impl Strategy<Value = String> {
    let cells = prop_oneof![8 => (1_u32..=999).prop_map(|value| format!("{value},")), 1 => Just(",LO".to_owned()),
        1 => Just(",HI".to_owned()), 1 => Just("100,CTRL".to_owned())];
    (cells, 1_i8..29, 0_i8..24).prop_map(|(cells, day, hour)| format!("2026-01-{day:02}T{hour:02}:00,{cells}"))
}

proptest! {
    /// Whoever switches the unit sees the same counts, days and risks, and the same values by the one factor.
    #[test]
    fn the_unit_changes_no_count(lines in proptest::collection::vec(any_line(), 0..60), policy in 0_usize..3) {
        let policy = [LowHighOption::Limits, LowHighOption::Tidepool, LowHighOption::Exclude][policy];
        let text = format!("local,mgdl,flag\n{}\n", lines.join("\n"));
        let of = |unit| object(&options(Some(unit), policy, None), &text);
        let (mass, mut substance) = (of(UnitOption::MgPerDl), of(UnitOption::MmolPerL));
        let factor = crate::domain::glucose::MG_PER_DL_IN_MMOL_PER_L;
        for metric in ["mean", "sd", "median", "p05", "p25", "p75", "p95"] {
            let (mass, substance) = (mass[metric].as_f64(), substance[metric].as_f64());
            prop_assert_eq!(mass.is_some(), substance.is_some());
            let apart = mass.unwrap_or(0.0) - factor * substance.unwrap_or(0.0);
            prop_assert!(apart.abs() < 1e-9, "{}: {}", metric, apart);
            let written = Unit::MmolPerL.written(mass.unwrap_or(0.0)).parse::<f64>().unwrap();
            prop_assert!((written - substance.unwrap_or(0.0)).abs() <= 0.05 + 1e-9);
        }
        let meals_and_blocks = |object: &Value| {
            let blocks = object["blocks"].as_array().unwrap().iter();
            blocks.map(|block| [&block["low"], &block["target"], &block["high"]].map(Clone::clone)).collect::<Vec<_>>()
        };
        prop_assert_eq!(meals_and_blocks(&mass), meals_and_blocks(&substance));
        for metric in ["unit", "mean", "sd", "median", "p05", "p25", "p75", "p95", "meals", "blocks"] {
            substance[metric] = mass[metric].clone();
        }
        prop_assert_eq!(mass, substance);
    }
}
