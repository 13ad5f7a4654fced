//! Birth dates as people type them, with all that they can mean: the one grammar of dates in the house.
//!
//! A record takes only what is written in a way that has one meaning ([`plain`]); a search takes all, with all their
//! meanings ([`read`]).

use std::borrow::Cow;

use jiff::civil::Date;
use jiff::fmt::strtime;

/// The ways to write a day that have one meaning wherever somebody comes from: with the month in letters, with the year
/// first, with dots, which are day first everywhere.
const PLAIN: [&str; 3] = ["%d-%b-%Y", "%Y-%m-%d", "%d.%m.%Y"];

/// The ways whose meaning is known only from the digits, if at all: slashes and hyphens are day first in most places
/// and month first in some, and a year of two digits is of one of two centuries.
const UNSURE: [&str; 8] =
    ["%d/%m/%Y", "%d-%m-%Y", "%m/%d/%Y", "%m-%d-%Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%b-%y"];

/// The ways to write a day in eight digits. The year first is never one of the others: a year of [`YEARS`] in the place
/// of theirs would be a month of 19 or 20.
const EIGHT_DIGITS: [&str; 3] = ["%Y%m%d", "%d%m%Y", "%m%d%Y"];

/// The ways to write a month of a year.
const MONTHS: [&str; 5] = ["%b-%Y", "%m/%Y", "%m.%Y", "%m-%Y", "%Y-%m"];

/// The months in letters. A day and a year make a month of anything that begins as one; beside a year alone it has to
/// be one, or the beginning of one: Maria and Julian are names.
const NAMES: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// How many letters a month has at least, which are those by which it is known: two would leave March and May, June and
/// July, alike.
const MONTH_LETTERS: usize = 3;

/// Years that are taken for a year of birth when they stand alone, with a month, or within eight digits.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2099;

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A day, or one of several: `07/08/1961`. Never empty; in the order of the calendar.
    Days(Vec<Date>),
    /// A month of a year: the year and the month, from 1 on.
    Month(i16, i8),
    /// A year alone.
    Year(i16),
    /// No date.
    Nothing,
}

/// Reads a date of one word: `14-Jul-1961`, `1961-07-14`, `14.7.1961`, `14/07/1961`, `14.7.61`, `14071961`, `19610714`,
/// `Jul-1961`, `07/1961`, `1961`. A year of two digits is one of this century and of the last: who is not born yet is
/// nobody's patient, so a search may look for both.
#[must_use]
pub fn read(typed: &str) -> Typed {
    // Most of what is typed is a name, and every date has a year.
    if !typed.bytes().any(|byte| byte.is_ascii_digit()) {
        return Typed::Nothing;
    }
    let is_digits = typed.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits && typed.len() == 4 {
        return match typed.parse() {
            Ok(year) if YEARS.contains(&year) => Typed::Year(year),
            _ => Typed::Nothing,
        };
    }
    let usual = usual(typed);
    let mut days: Vec<Date> = if is_digits {
        eight_digits(typed, &EIGHT_DIGITS)
    } else {
        PLAIN.iter().chain(&UNSURE).flat_map(|way| in_way(way, &usual)).collect()
    };
    days.sort_unstable();
    days.dedup();
    if !days.is_empty() {
        return Typed::Days(days);
    }
    month(&usual).map_or(Typed::Nothing, |(year, month)| Typed::Month(year, month))
}

/// The day that a date means which can be read in one way only.
#[must_use]
pub fn only(typed: &str) -> Option<Date> {
    match read(typed) {
        Typed::Days(days) => <[Date; 1]>::try_from(days).ok().map(|[day]| day),
        Typed::Month(..) | Typed::Year(_) | Typed::Nothing => None,
    }
}

/// Reads a day that is written in a way with one meaning: `14-Jul-1961`, `14 jul 1961`, `14july1961`, `1961-07-14`,
/// `19610714`, or `14.7.1961`. Digits with slashes are refused, even where only one day has them: with the next day
/// they mean two things.
#[must_use]
pub fn plain(typed: &str) -> Option<Date> {
    let usual = usual(typed);
    let year_first = eight_digits(&usual, &["%Y%m%d"]);
    year_first.into_iter().chain(PLAIN.iter().flat_map(|way| in_way(way, &usual))).next()
}

/// The month of a year in two words: `August 1985`, `aug. 1985`, `sept 1985`.
#[must_use]
pub fn month_and_year(name: &str, year: &str) -> Option<(i16, i8)> {
    let name = name.trim_end_matches(['.', ',']);
    if !name.chars().all(char::is_alphabetic) || year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    month(&usual(&format!("{name}-{year}")))
}

/// A date with its month in three letters and hyphens between its parts if it has letters, and without
/// spaces behind its dots.
fn usual(typed: &str) -> String {
    let typed = typed.trim();
    if !typed.chars().any(char::is_alphabetic) {
        return typed.split(". ").map(str::trim_start).collect::<Vec<_>>().join(".");
    }
    let mut parts: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in typed.chars() {
        if c.is_alphanumeric() {
            if parts.is_empty() || !last.is_alphanumeric() || last.is_alphabetic() != c.is_alphabetic() {
                parts.push(String::new());
            }
            if let Some(part) = parts.last_mut() {
                part.extend(c.to_lowercase());
            }
        } else if !matches!(c, '-' | '.' | ' ' | ',' | '/') {
            return String::new();
        }
        last = c;
    }
    let has_day = parts.len() > 2;
    for part in &mut parts {
        let is_month = |name: &str| {
            let beginning = name.get(..MONTH_LETTERS).unwrap_or(name);
            // Juli and augustus are months beside a day and a year; beside a year alone so would be
            // Julian and Augustin, who are looked for by name and year of birth.
            let is_of = name.starts_with(part.as_str()) || part == "sept" || has_day;
            part.starts_with(beginning) && is_of
        };
        if let Some(name) = NAMES.into_iter().find(|name| is_month(name)) {
            *part = name.chars().take(MONTH_LETTERS).collect();
        }
    }
    parts.join("-")
}

/// The words of a text. A date of three words is one of them, joined as [`read`] takes it: `14 Jul 1961`, `14. 7.
/// 1961`. A month and a year without a day stay two words: May and April are names, too ([`month_and_year`]).
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
    // Three bare numbers are not joined: `943 476 5919` is a national number written in groups.
    } else if day.ends_with('.') && month.ends_with('.') {
        format!("{day}{month}{year}")
    } else {
        return None;
    };
    // Only if there is such a day: otherwise the words may be anything, and each is looked for
    // alone.
    matches!(read(&joined), Typed::Days(_)).then_some(joined)
}

/// The first word of a text that is a date which can be read in several ways, and those days. Nobody was born on a day
/// to come, so such days are none of them.
#[must_use]
pub fn unclear(text: &str, today: Date) -> Option<(String, Vec<Date>)> {
    words(text).into_iter().find_map(|word| {
        let Typed::Days(mut days) = read(&word) else { return None };
        days.retain(|day| *day <= today);
        (days.len() > 1).then(|| (word.into_owned(), days))
    })
}

/// Whether the year of a date was typed with two digits, or stands alone as two. These do not say which century, even
/// where only one of the days has been: a person may be more than a hundred years old.
#[must_use]
pub fn lacks_century(typed: &str) -> bool {
    let words = words(typed);
    let [word] = words.as_slice() else { return false };
    // Of two digits alone nothing is read as a date, but whoever types them means a year.
    let is_alone = word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    let has_year = word.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 4);
    is_alone || (!has_year && read(word) != Typed::Nothing)
}

/// The dates that a text means in one way to write it.
fn in_way(way: &str, typed: &str) -> Vec<Date> {
    // The library knows one century only for each year of two digits.
    let is_short = way.ends_with("%y");
    match Date::strptime(way, typed) {
        Ok(date) if is_short && digits_of_year(way, typed) == 2 => {
            let in_century = |century| Date::new(century + date.year() % 100, date.month(), date.day()).ok();
            [1900, 2000].into_iter().filter_map(in_century).collect()
        }
        // A year that is filled up with zeros, as 0061, is one of two digits.
        Ok(date) if !is_short && digits_of_year(way, typed) == 4 && date.year() >= 1000 => vec![date],
        Ok(_) | Err(_) => Vec::new(),
    }
}

/// How many digits the year has: the library takes a year of any length.
fn digits_of_year(way: &str, typed: &str) -> usize {
    if way.starts_with("%Y") {
        typed.split('-').next().unwrap_or_default().len()
    } else {
        typed.bytes().rev().take_while(u8::is_ascii_digit).count()
    }
}

/// The days that eight digits mean: without separators only the whole form is no other number by chance.
fn eight_digits(typed: &str, ways: &[&str]) -> Vec<Date> {
    if typed.len() != 8 || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let days = ways.iter().filter_map(|way| Date::strptime(way, typed).ok());
    days.filter(|day| YEARS.contains(&day.year())).collect()
}

/// The month of a year, with the month as [`usual`] has it.
fn month(usual: &str) -> Option<(i16, i8)> {
    MONTHS.iter().find_map(|way| {
        let parsed = strtime::parse(way, usual).ok().filter(|_| digits_of_year(way, usual) == 4)?;
        parsed.year().filter(|year| YEARS.contains(year)).zip(parsed.month())
    })
}

#[cfg(test)]
mod tests;
