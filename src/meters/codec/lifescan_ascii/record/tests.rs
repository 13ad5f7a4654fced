use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const SAMPLE: &str = r#"P "SAT","03/21/15","16:45:24   ","  081 ","N","03", 00"#;

fn with_value(value: &str) -> Result<Reading, TextError> {
    reading(&SAMPLE.replace("  081 ", value), 0)
}

/// A published sample: Saturday, 21 March 2015, 81 mg/dL, no meal, mild exercise.
#[test]
fn the_published_record_is_read_field_by_field() {
    let reading = reading(SAMPLE, 4).unwrap();
    assert_eq!(reading.index, 4);
    assert_eq!(reading.time, Some(date(2015, 3, 21).at(16, 45, 24, 0)));
    assert_eq!(reading.measured, Measured::Value(Concentration::mg_per_dl(81)));
    assert_eq!(reading.kind, Kind::Blood);
    assert_eq!(reading.meal, Some(Meal::None));
    assert_eq!(reading.doubts, []);
    let raw: Vec<_> = reading.raw.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(
        raw,
        [
            ("comment", "03"),
            ("date", "03/21/15"),
            ("day", "SAT"),
            ("meal", "N"),
            ("time", "16:45:24   "),
            ("value", "  081 ")
        ]
    );
}

/// The older Ultra sends neither meal nor comment.
#[test]
fn the_older_form_has_no_meal() {
    let reading = reading(r#"P "THU","03/03/05","02:00:40   ","  209 ", 00"#, 0).unwrap();
    assert_eq!(reading.measured, Measured::Value(Concentration::mg_per_dl(209)));
    assert_eq!(reading.meal, None);
    assert!(!reading.raw.contains_key("meal"));
}

/// 20 and 600 are values, beyond them are words.
#[test]
fn numbers_beyond_the_range_are_words() {
    let measured = |value| with_value(value).unwrap().measured;
    assert_eq!(measured("  019 "), Measured::Low);
    assert_eq!(measured("  020 "), Measured::Value(Concentration::mg_per_dl(20)));
    assert_eq!(measured("  600 "), Measured::Value(Concentration::mg_per_dl(600)));
    assert_eq!(measured("  601 "), Measured::High);
    assert_eq!(measured("  649 "), Measured::High);
    assert_eq!(measured(" HIGH "), Measured::High);
    assert_eq!(measured(" REXC "), Measured::High);
}

#[test]
fn control_tests_and_damaged_records_are_marked() {
    let control = with_value("C 111 ").unwrap();
    assert_eq!((control.kind, control.measured), (Kind::Control, Measured::Value(Concentration::mg_per_dl(111))));
    let high = with_value("CHIGH ").unwrap();
    assert_eq!((high.kind, high.measured), (Kind::Control, Measured::High));
    let damaged = with_value("  081?").unwrap();
    assert_eq!(damaged.doubts, [Doubt::DamagedRecord]);
    assert!(!damaged.counts());
}

#[test]
fn a_stamp_that_cannot_be_is_kept_as_doubt() {
    let other_day = reading(&SAMPLE.replace("SAT", "SUN"), 0).unwrap();
    assert_eq!(other_day.doubts, [Doubt::TimeUncertain]);
    assert_eq!(other_day.time, Some(date(2015, 3, 21).at(16, 45, 24, 0)));
    let no_day = reading(&SAMPLE.replace("SAT", "SAM"), 0).unwrap();
    assert_eq!((no_day.time, no_day.doubts, no_day.raw["day"].as_str()), (other_day.time, other_day.doubts, "SAM"));
    let no_such_day = reading(&SAMPLE.replace("03/21/15", "02/30/15"), 0).unwrap();
    assert_eq!((no_such_day.time, no_such_day.doubts), (None, vec![Doubt::TimeUncertain]));
}

#[test]
fn each_wrong_field_is_named() {
    let error = |from: &str, to: &str| reading(&SAMPLE.replace(from, to), 0).unwrap_err();
    for value in ["  81  ", "  0x1 ", "X 081 ", "  081x", "   81 ", "      ", " LOWW ", "", " +081 "] {
        assert_eq!(with_value(value).unwrap_err(), TextError::Value, "{value:?}");
    }
    assert_eq!(error("03/21/15", "3/21/15"), TextError::Stamp);
    assert_eq!(error("03/21/15", "03/21/15/1"), TextError::Stamp);
    assert_eq!(error("16:45:24   ", "16:45:24"), TextError::Stamp);
    assert_eq!(error("\"N\"", "\"X\""), TextError::Meal);
    // No reading depends on the comment.
    assert_eq!(reading(&SAMPLE.replace("\"03\"", "\"3\""), 0).unwrap().raw["comment"], "3");
    assert_eq!(error(", 00", ""), TextError::Form);
    assert_eq!(error(", 00", ", 01"), TextError::Form);
    assert_eq!(error("P ", "Q "), TextError::Form);
}

fn any_record() -> impl Strategy<Value = Record> {
    let time = (2000_i16..2100, 1_i8..=12, 1_i8..=28, 0_i8..24, 0_i8..60, 0_i8..60)
        .prop_map(|(year, month, day, hour, minute, second)| date(year, month, day).at(hour, minute, second, 0));
    let value = prop_oneof![(0_u16..1000).prop_map(Value::Number), Just(Value::High)];
    let meal = prop_oneof![Just(Meal::None), Just(Meal::Before), Just(Meal::After)];
    let marks = proptest::option::of((meal, 0_u16..12));
    (time, value, any::<bool>(), any::<bool>(), marks).prop_map(|(time, value, is_control, is_damaged, marks)| Record {
        stamp: Stamp { time: Some(time), is_consistent: true },
        value,
        is_control,
        is_damaged,
        marks,
    })
}

proptest! {
    #[test]
    fn a_record_is_read_as_it_was_written(record in any_record()) {
        let text = record.encode().unwrap();
        prop_assert_eq!(Fields::cut(&text).unwrap().read(), Ok(record));
    }

    #[test]
    fn any_text_is_borne(text in "P [\" ,:/0-9A-Z?]{0,60}") {
        let _ = reading(&text, 0);
    }
}
