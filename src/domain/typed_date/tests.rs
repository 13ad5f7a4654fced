//! What is read as which date.

use jiff::civil::date;

use super::*;

#[test]
fn a_day_with_one_meaning_is_that_day() {
    let expected = Typed::Days(vec![date(1961, 7, 14)]);
    for typed in [
        "14-Jul-1961",
        "14-JUL-1961",
        "14-july-1961",
        "14Jul1961",
        "1961-07-14",
        "1961-7-14",
        "14.7.1961",
        "14.07.1961",
        "14/07/1961",
        "14/7/1961",
        "07/14/1961",
        "14-07-1961",
        "14071961",
        "07141961",
        "19610714",
        "14/Jul/1961",
        "14.Juli.1961",
    ] {
        assert_eq!(read(typed), expected, "{typed}");
    }
    assert_eq!(read("29.2.1960"), Typed::Days(vec![date(1960, 2, 29)]));
}

#[test]
fn what_has_two_meanings_has_both() {
    for typed in ["07/08/1961", "7-8-1961", "07081961"] {
        assert_eq!(read(typed), Typed::Days(vec![date(1961, 7, 8), date(1961, 8, 7)]), "{typed}");
    }
    for typed in ["14.7.61", "14/07/61", "07/14/61", "14-Jul-61"] {
        assert_eq!(read(typed), Typed::Days(vec![date(1961, 7, 14), date(2061, 7, 14)]), "{typed}");
    }
    // Only one of the two years has the day.
    assert_eq!(read("29.2.00"), Typed::Days(vec![date(2000, 2, 29)]));
}

#[test]
fn what_is_unclear_is_so_among_the_days_that_have_been() {
    let today = date(2026, 7, 14);
    let expected = vec![date(1961, 7, 8), date(1961, 8, 7)];
    assert_eq!(unclear("mueller 07/08/1961", today), Some(("07/08/1961".to_owned(), expected)));
    assert_eq!(unclear("07/08/20", today).map(|(_, days)| days.len()), Some(4));
    for typed in ["14.7.61", "14/07/1961", "08/08/1961", "1961", "07/08/2026 x", ""] {
        assert_eq!(unclear(typed, today), None, "{typed}");
    }
    assert_eq!(["14/07/1961", "07/08/1961", "14.7.61"].map(only), [Some(date(1961, 7, 14)), None, None]);
}

#[test]
fn a_date_of_three_words_is_one_word() {
    for (text, expected) in [
        ("14 jul 1966", vec!["14-jul-1966"]),
        ("Ann 14 July 1966 x", vec!["Ann", "14-July-1966", "x"]),
        ("14. Jul. 66", vec!["14-Jul-66"]),
        ("14. 7. 1966", vec!["14.7.1966"]),
        // No day, no month, no such day, a number in groups: no date.
        ("jul 1966", vec!["jul", "1966"]),
        ("14 jux 1966", vec!["14", "jux", "1966"]),
        ("31 feb 1966", vec!["31", "feb", "1966"]),
        ("943 476 5919", vec!["943", "476", "5919"]),
        ("10 12 1966", vec!["10", "12", "1966"]),
        ("14 jul", vec!["14", "jul"]),
        ("", vec![]),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
    assert_eq!(read("14-sept-1966"), Typed::Days(vec![date(1966, 9, 14)]));
}

#[test]
fn a_year_of_two_digits_is_told() {
    for typed in ["7.7.79", " 7 jul 09", "7/8/79", "29.2.00", "14-Jul-61", "79"] {
        assert!(lacks_century(typed), "{typed}");
    }
    for typed in ["7.7.1979", "07/08/1961", "14071961", "1961", "7", "779", "14.7.6", "x", "Ann 7.7.79", ""] {
        assert!(!lacks_century(typed), "{typed}");
    }
}

#[test]
fn a_year_alone_is_a_year() {
    assert_eq!(read("1961"), Typed::Year(1961));
    for typed in ["0999", "1899", "2100", "9999"] {
        assert_eq!(read(typed), Typed::Nothing, "{typed}");
    }
}

#[test]
fn a_month_of_a_year_is_that_month() {
    for typed in ["08/1985", "8/1985", "08.1985", "8-1985", "1985-08", "Aug-1985", "august/1985", "aug1985", "AUG.1985"]
    {
        assert_eq!(read(typed), Typed::Month(1985, 8), "{typed}");
    }
    for name in ["aug", "Aug.", "augu", "AUGUST"] {
        assert_eq!(month_and_year(name, "1985"), Some((1985, 8)), "{name}");
    }
    assert_eq!(month_and_year("Sept", "1985"), Some((1985, 9)));
    // Names that begin as a month do; no year of birth.
    for (name, year) in
        [("maria", "1985"), ("julian", "1985"), ("augustin", "1985"), ("au", "1985"), ("aug", "85"), ("8", "1985")]
    {
        assert_eq!(month_and_year(name, year), None, "{name} {year}");
    }
}

#[test]
fn a_record_takes_a_day_in_the_ways_with_one_meaning() {
    let expected = Some(date(1961, 7, 14));
    for typed in [
        "14-Jul-1961",
        "14 jul 1961",
        "14july1961",
        "14Jul1961",
        "14. Juli 1961",
        "1961-07-14",
        "19610714",
        "14.7.1961",
        "14. 7. 1961",
        " 14.07.1961 ",
    ] {
        assert_eq!(plain(typed), expected, "{typed}");
    }
    for typed in [
        "07/14/1961",
        "14/07/1961",
        "14-07-1961",
        "14071961",
        "14 7 1961",
        "14-Jul-61",
        "31-Feb-1961",
        "",
        "14-Jux-1961",
        "1961-07",
        "Jul-1961",
        "0061-07-14",
    ] {
        assert_eq!(plain(typed), None, "{typed}");
    }
}

#[test]
fn anything_else_is_no_date() {
    for typed in [
        "",
        "14",
        "140761",
        "196107",
        "18850808",
        "08081885",
        "19611307",
        "13/1985",
        "08/85",
        "8/12345",
        "1899-08",
        "maria-1985",
        "14.7.-1961",
        "14-7-961",
        "14.7.196",
        "14.7.6",
        "1-2-3-4",
        "32.1.1961",
        "29.2.1961",
        "M1234567",
        "anna",
        "14-Jux-1961",
        "14.7",
        "61-07-14",
        "14/7.1961",
    ] {
        assert_eq!(read(typed), Typed::Nothing, "{typed}");
    }
}
