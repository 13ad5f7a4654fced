//! Birth dates as people type them into a search, with all that they can mean.

use std::borrow::Cow;

use jiff::civil::Date;

use super::calendar;

/// The ways to write a day. Those with a month in letters and those that begin with the year have one meaning; dots are
/// day first everywhere; slashes and hyphens between digits are day first in most places and month first in some.
const WAYS: [&str; 14] = [
    "%Y-%m-%d", "%d-%b-%Y", "%d-%B-%Y", "%d.%b.%Y", "%d%b%Y", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%m/%d/%Y",
    "%m-%d-%Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%b-%y",
];

/// Years that are taken for a year of birth when they stand alone.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2099;

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A day, or one of several: `07/08/1961`. Never empty; in the order of the calendar.
    Days(Vec<Date>),
    /// A year alone.
    Year(i16),
    /// No date.
    Nothing,
}

/// Reads a date without spaces: `14-Jul-1961`, `1961-07-14`, `14.7.1961`, `14/07/1961`, `14.7.61`, `14071961`, `1961`.
/// A year of two digits is one of this century and of the last: who is not born yet is nobody's patient, so a search may
/// look for both.
#[must_use]
pub fn read(typed: &str) -> Typed {
    let is_digits = typed.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits && typed.len() == 4 {
        return match typed.parse() {
            Ok(year) if YEARS.contains(&year) => Typed::Year(year),
            _ => Typed::Nothing,
        };
    }
    let mut days: Vec<Date> = if is_digits {
        // Without separators only the whole form is no other number by chance.
        if typed.len() == 8 { Date::strptime("%d%m%Y", typed).into_iter().collect() } else { Vec::new() }
    } else {
        WAYS.iter().flat_map(|way| in_way(way, typed)).collect()
    };
    if days.is_empty() && !is_digits {
        // The month in letters, shorter or longer than the library has it: Sept.
        days.extend(calendar::parse(typed));
    }
    days.sort_unstable();
    days.dedup();
    if days.is_empty() { Typed::Nothing } else { Typed::Days(days) }
}

/// The day that a date means which can be read in one way only.
#[must_use]
pub fn only(typed: &str) -> Option<Date> {
    match read(typed) {
        Typed::Days(days) => <[Date; 1]>::try_from(days).ok().map(|[day]| day),
        Typed::Year(_) | Typed::Nothing => None,
    }
}

/// The words of a text. A date of three words is one of them, joined as [`read`] takes it: `14 Jul 1961`, `14. 7. 1961`. A
/// month and a year without a day are no date: May and April are names, too.
#[must_use]
pub fn words(text: &str) -> Vec<Cow<'_, str>> {
    let mut rest: Vec<&str> = text.split_whitespace().collect();
    let mut words = Vec::new();
    rest.reverse();
    while let Some(word) = rest.pop() {
        let date = match rest.as_slice() {
            [.., year, month] => in_three_words(word, month, year),
            _ => None,
        };
        if date.is_some() {
            rest.truncate(rest.len() - 2);
        }
        words.push(date.map_or(Cow::Borrowed(word), Cow::Owned));
    }
    words
}

/// The date of three words, with a month in letters or with full stops behind day and month.
fn in_three_words(day: &str, month: &str, year: &str) -> Option<String> {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let bare = |text: &str| text.trim_end_matches(['.', ',']).to_owned();
    let (bare_day, bare_month) = (bare(day), bare(month));
    if !number(&bare_day) || !number(year) {
        return None;
    }
    let joined = if bare_month.chars().all(char::is_alphabetic) {
        format!("{bare_day}-{bare_month}-{year}")
    } else if day.ends_with('.') && month.ends_with('.') {
        format!("{day}{month}{year}")
    } else {
        return None;
    };
    matches!(read(&joined), Typed::Days(_)).then_some(joined)
}

/// The first word of a text that is a date which can be read in several ways, and those days. Nobody was born on a day to
/// come, so such days are none of them.
#[must_use]
pub fn unclear(text: &str, today: Date) -> Option<(String, Vec<Date>)> {
    words(text).into_iter().find_map(|word| {
        let Typed::Days(mut days) = read(&word) else { return None };
        days.retain(|day| *day <= today);
        (days.len() > 1).then(|| (word.into_owned(), days))
    })
}

/// Whether the year of a date was typed with two digits, or stands alone as two. These do not say which century, even where
/// only one of the days has been: a person may be more than a hundred years old.
#[must_use]
pub fn lacks_century(typed: &str) -> bool {
    let words = words(typed);
    let [word] = words.as_slice() else { return false };
    let is_alone = word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    let has_year = word.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 4);
    is_alone || (!has_year && read(word) != Typed::Nothing)
}

/// The dates that a text means in one way to write it.
fn in_way(way: &str, typed: &str) -> Vec<Date> {
    // The library takes a year of any length, and knows one century only for each year of two digits.
    let year = if way.starts_with("%Y") {
        typed.split('-').next().unwrap_or_default().len()
    } else {
        typed.bytes().rev().take_while(u8::is_ascii_digit).count()
    };
    let is_short = way.ends_with("%y");
    match Date::strptime(way, typed) {
        Ok(date) if is_short && year == 2 => {
            let in_century = |century| Date::new(century + date.year() % 100, date.month(), date.day()).ok();
            [1900, 2000].into_iter().filter_map(in_century).collect()
        }
        Ok(date) if !is_short && year == 4 => vec![date],
        Ok(_) | Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
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
        ] {
            assert_eq!(read(typed), expected, "{typed}");
        }
        assert_eq!(read("29.2.1960"), Typed::Days(vec![date(1960, 2, 29)]));
    }

    #[test]
    fn what_has_two_meanings_has_both() {
        for typed in ["07/08/1961", "7-8-1961"] {
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
    fn anything_else_is_no_date() {
        for typed in [
            "",
            "14",
            "140761",
            "196107",
            "14-7-961",
            "14.7.196",
            "14.7.6",
            "1-2-3-4",
            "32.1.1961",
            "29.2.1961",
            "19610714",
            "M1234567",
            "anna",
            "14-Jux-1961",
            "14.7",
            "Jul-1961",
            "61-07-14",
            "14/7.1961",
        ] {
            assert_eq!(read(typed), Typed::Nothing, "{typed}");
        }
    }
}
