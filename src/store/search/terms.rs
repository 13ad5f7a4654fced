//! What was typed, as terms that a patient must all match.

use jiff::civil::Date;

use super::field::Field;
use crate::domain::text::{fold, respell, squeeze};
use crate::domain::typed_date::{self, Typed};
use crate::domain::validation::{behind_label, is_label};

/// One thing to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    /// The beginning of an identifier, folded. Empty if this can only be a date.
    pub(super) prefix: String,
    /// The beginning of a name, folded and respelled.
    pub(super) name: String,
    /// What it says of the birth date, if it can be read as one: all that it can mean.
    pub(super) born: Vec<Born>,
    /// Only a whole word matches, not its beginning.
    whole: bool,
}

/// What was typed of a birth date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Born {
    /// The day.
    On(Date),
    /// The year alone.
    In(i16),
}

impl Born {
    /// Whether a word of the index says such a birth date.
    pub(super) fn is_of(self, word: &str) -> bool {
        let (from, to) = self.range();
        *from <= *word && *word < *to
    }

    /// The words of the index that say such a birth date: from the first text, up to but without the second.
    fn range(self) -> (String, String) {
        match self {
            Self::On(date) => (date_word(date), format!("{}\0", date_word(date))),
            // A full stop follows the hyphen.
            Self::In(year) => (format!("#{year:04}-"), format!("#{year:04}.")),
        }
    }
}

impl Term {
    fn prefix(prefix: String) -> Self {
        Self { name: respell(&prefix), prefix, born: Vec::new(), whole: false }
    }

    /// The beginning of an identifier, and of nothing else.
    fn number(prefix: String) -> Self {
        Self { prefix, name: String::new(), born: Vec::new(), whole: false }
    }

    /// The same term for whole words only.
    pub(super) fn whole(&self) -> Self {
        Self { whole: true, ..self.clone() }
    }

    /// The ranges of words of a field that match: from the first text, up to but without the second.
    pub(super) fn ranges(&self, field: Field) -> Vec<(String, String)> {
        let mut ranges = Vec::new();
        let text = if field == Field::Number { &self.prefix } else { &self.name };
        if !text.is_empty() {
            // U+0000 follows the word itself and U+10FFFF all that begins with it; Clean text holds neither.
            let end = if self.whole { '\0' } else { char::MAX };
            ranges.push((text.clone(), format!("{text}{end}")));
        }
        if field == Field::Number {
            ranges.extend(self.born.iter().map(|born| born.range()));
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
    /// The number that stands behind a word for one, and nothing else: `MRN M7000123`.
    labelled: Option<[Term; 1]>,
    readings: Vec<Vec<Term>>,
}

impl Query {
    /// Takes a query apart. White space separates, and so do hyphens within names; a number that was typed in groups
    /// (943 476 5919, M-12 34) is looked for as a whole if its groups lead nowhere, and so is what is typed without words
    /// such as MRN.
    pub(super) fn read(text: &str) -> Self {
        let words = typed_date::words(text);
        let of = |words: &[&str]| words.iter().flat_map(|word| terms_of(word)).collect::<Vec<_>>();
        let all: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        let mut readings = vec![of(&all)];
        let number = squeeze(text);
        if number.chars().any(|c| c.is_ascii_digit()) && readings.iter().any(|terms| terms.len() > 1) {
            readings.push(vec![Term::prefix(number)]);
        }
        let unlabelled: Vec<&str> = all.iter().copied().filter(|word| !is_label(word)).collect();
        // What stands alone behind such a word is a number and nothing else, not a year of birth.
        let labelled = behind_label(text).map(|number| [Term::number(squeeze(number))]);
        let least = if labelled.is_some() { 2 } else { 1 };
        if (least..all.len()).contains(&unlabelled.len()) {
            readings.push(of(&unlabelled));
        }
        Self { labelled, readings }
    }

    /// A number that was said to be one. Whoever has it comes first, before all who are found otherwise: Id is a name, too.
    pub(super) fn labelled(&self) -> Option<&[Term]> {
        self.labelled.as_ref().map(<[Term; 1]>::as_slice)
    }

    pub(super) fn readings(&self) -> impl Iterator<Item = &[Term]> {
        self.readings.iter().map(Vec::as_slice)
    }
}

/// What one typed word says: a birth date, or words of names and identifiers.
fn terms_of(word: &str) -> Vec<Term> {
    let born: Vec<Born> = match typed_date::read(word) {
        Typed::Days(days) => days.into_iter().map(Born::On).collect(),
        Typed::Year(year) => vec![Born::In(year)],
        Typed::Nothing => Vec::new(),
    };
    if born.is_empty() {
        return words(word).into_iter().map(Term::prefix).collect();
    }
    let is_number = word.chars().all(|c| c.is_ascii_digit());
    vec![Term { born, ..Term::prefix(if is_number { word.to_owned() } else { String::new() }) }]
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

#[cfg(test)]
mod tests {
    use super::*;

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
        let year = Query::read("1961");
        assert_eq!(
            year.readings().next().unwrap(),
            [Term { born: vec![Born::In(1961)], ..Term::prefix("1961".into()) }]
        );
    }
}
