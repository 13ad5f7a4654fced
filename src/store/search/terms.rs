//! What was typed, as terms that a patient must all match.

use jiff::civil::Date;

use super::entry::Field;
use crate::domain::text::fold;
use crate::store::patients::squeeze;

/// Terms beyond this number are ignored: nobody has so many names.
const MOST_TERMS: usize = 12;

/// One thing to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    /// The beginning of a name or identifier, folded. Empty if this can only be a date.
    pub(super) prefix: String,
    /// The birth date, if it can be read as one.
    pub(super) born: Option<Date>,
    /// Only a whole word matches, not its beginning.
    whole: bool,
}

impl Term {
    fn prefix(prefix: String) -> Self {
        Self { prefix, born: None, whole: false }
    }

    /// The same term for whole words only.
    pub(super) fn whole(&self) -> Self {
        Self { whole: true, ..self.clone() }
    }

    /// The ranges of words of a field that match: from the first text, up to but without the second.
    pub(super) fn ranges(&self, field: Field) -> Vec<(String, String)> {
        let mut ranges = Vec::new();
        if !self.prefix.is_empty() {
            // U+0000 follows the word itself and U+10FFFF all that begins with it; Clean text holds neither.
            let end = if self.whole { '\0' } else { char::MAX };
            ranges.push((self.prefix.clone(), format!("{}{end}", self.prefix)));
        }
        if let (Field::Number, Some(born)) = (field, self.born) {
            ranges.push((date_word(born), format!("{}\0", date_word(born))));
        }
        ranges
    }
}

/// A birth date as a word of the index. No folded word begins with a hash sign.
pub(super) fn date_word(date: Date) -> String {
    format!("#{date}")
}

/// A query with the ways to read it, the likeliest first.
pub(super) struct Query {
    readings: Vec<Vec<Term>>,
}

impl Query {
    /// Takes a query apart. White space separates, and so do hyphens within names; a number that was typed in groups
    /// (943 476 5919, M-12 34) is looked for as a whole if its groups lead nowhere.
    pub(super) fn read(text: &str) -> Self {
        let mut terms = Vec::new();
        for chunk in text.split_whitespace() {
            if let Some(born) = read_date(chunk) {
                let is_number = chunk.chars().all(|c| c.is_ascii_digit());
                let prefix = if is_number { chunk.to_owned() } else { String::new() };
                terms.push(Term { prefix, born: Some(born), whole: false });
            } else {
                terms.extend(words(chunk).into_iter().map(Term::prefix));
            }
        }
        terms.truncate(MOST_TERMS);
        let mut readings = vec![terms];
        let number = squeeze(text);
        if number.chars().any(|c| c.is_ascii_digit()) && readings.iter().any(|terms| terms.len() > 1) {
            readings.push(vec![Term::prefix(number)]);
        }
        Self { readings }
    }

    pub(super) fn readings(&self) -> impl Iterator<Item = &[Term]> {
        self.readings.iter().map(Vec::as_slice)
    }
}

/// The words of a name: folded, apostrophes and full stops dropped, everything else that is no letter or digit
/// separates.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in fold(text).chars() {
        if c.is_alphanumeric() {
            if let Some(word) = words.last_mut() {
                word.push(c);
            }
        } else if !matches!(c, '\'' | '’' | 'ʼ' | '`' | '´' | '.') {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A date in one of the four ways in which people type a birth date.
fn read_date(text: &str) -> Option<Date> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let number = |text: &str, most: usize| -> Option<i16> {
        let is_number = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { text.parse().ok() } else { None }
    };
    let (day, month, year) = if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        (number(text.get(..2)?, 2)?, number(text.get(2..4)?, 2)?, number(text.get(4..)?, 4)?)
    } else {
        let separator = if text.contains('.') { '.' } else { '-' };
        let mut parts = text.split(separator);
        let (Some(first), Some(second), Some(third), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        let named = MONTHS.iter().zip(1..).find(|(name, _)| second.eq_ignore_ascii_case(name)).map(|(_, month)| month);
        match (separator, named, first.len(), third.len()) {
            ('.', None, 1..=2, 4) => (number(first, 2)?, number(second, 2)?, number(third, 4)?),
            ('-', Some(month), 1..=2, 4) => (number(first, 2)?, month, number(third, 4)?),
            ('-', None, 4, 1..=2) => (number(third, 2)?, number(second, 2)?, number(first, 4)?),
            _ => return None,
        }
    };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birth_date_is_read_in_four_ways() {
        let expected = Some(jiff::civil::date(1961, 7, 14));
        for text in ["14-Jul-1961", "14-JUL-1961", "1961-07-14", "1961-7-14", "14.7.1961", "14.07.1961", "14071961"] {
            assert_eq!(read_date(text), expected, "{text}");
        }
        for text in ["", "1961", "14-07-1961", "14.7.61", "32.1.1961", "29.2.1961", "19610714", "1-2-3-4", "M1234567"] {
            assert_eq!(read_date(text), None, "{text}");
        }
        assert_eq!(read_date("29.2.1960"), Some(jiff::civil::date(1960, 2, 29)));
    }

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("O'Brien-Müller"), ["obrien", "muller"]);
        assert_eq!(words("van der  Berg"), ["van", "der", "berg"]);
        assert_eq!(words("St. John"), ["st", "john"]);
        assert!(words(" - ").is_empty());
    }

    #[test]
    fn a_number_in_groups_is_also_read_as_one() {
        let prefixes = |text: &str| -> Vec<Vec<String>> {
            Query::read(text).readings().map(|terms| terms.iter().map(|term| term.prefix.clone()).collect()).collect()
        };
        assert_eq!(prefixes("943 476 5919"), [vec!["943", "476", "5919"], vec!["9434765919"]]);
        assert_eq!(prefixes("Anna Mül"), [vec!["anna", "mul"]]);
        assert_eq!(prefixes("M-123"), [vec!["m", "123"], vec!["m123"]]);
        assert_eq!(prefixes("14071961"), [vec!["14071961"]]);
        assert_eq!(Query::read("14.7.1961").readings().count(), 1);
    }
}
