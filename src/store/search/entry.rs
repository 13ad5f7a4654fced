//! What the search knows of a patient, and how well it matches.

use super::field::Field;
use super::terms::{Term, date_word, words};
use crate::domain::patient::NewPatient;
use crate::domain::text::{respell, squeeze};
use crate::store::patient_rows::identifiers;

/// Separates the parts of an entry. It sorts before every letter, so that a short name comes before a longer one, and
/// no folded word contains it.
const PART: char = '\u{1F}';

/// Separates the words of a part.
const WORD: char = ' ';

/// How well a patient matches, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The whole family name was typed.
    WholeFamily,
    Family,
    Given,
    Number,
}

impl Rank {
    pub(super) const ALL: [Self; 4] = [Self::WholeFamily, Self::Family, Self::Given, Self::Number];

    /// Where the words stand that make this rank.
    pub(super) const fn field(self) -> Field {
        match self {
            Self::WholeFamily | Self::Family => Field::Family,
            Self::Given => Field::Given,
            Self::Number => Field::Number,
        }
    }
}

/// The words of one patient.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry<T> {
    family: T,
    given: T,
    born: T,
    identifiers: T,
}

impl Entry<String> {
    pub(super) fn of(person: &NewPatient) -> Self {
        let words = |text: &str| words(text).join(" ");
        let numbers: Vec<String> = identifiers(person)
            .map(|identifier| squeeze(identifier.value.expose().as_str()))
            .filter(|number| !number.is_empty())
            .collect();
        Self {
            family: words(person.family.expose().as_str()),
            given: words(person.given.expose().as_str()),
            born: date_word(*person.born.expose()),
            identifiers: numbers.join(" "),
        }
    }

    /// The entry as one text that sorts by family name, given name and birth date.
    pub(super) fn to_text(&self) -> String {
        format!("{}{PART}{}{PART}{}{PART}{}", self.family, self.given, self.born, self.identifiers)
    }

    /// Every word under which the patient is found, with its place: names as they are respelled, identifiers whole and
    /// without the letters before their first digit.
    pub(super) fn words(&self) -> impl Iterator<Item = (Field, String)> {
        let family = self.family.split(WORD).map(|word| (Field::Family, respell(word)));
        let given = self.given.split(WORD).map(|word| (Field::Given, respell(word)));
        let identifiers = self.identifiers.split(WORD).flat_map(|word| [word, digits_on(word)]);
        let numbers = identifiers.chain([self.born.as_str()]).map(|word| (Field::Number, word.to_owned()));
        family.chain(given).chain(numbers).filter(|(_, word)| !word.is_empty())
    }
}

/// An identifier from its first digit on: people type `1234567` for `M1234567`.
fn digits_on(identifier: &str) -> &str {
    identifier.trim_start_matches(|c: char| c.is_ascii_lowercase())
}

impl<'a> Entry<&'a str> {
    pub(super) fn parse(text: &'a str) -> Self {
        let mut parts = text.split(PART);
        let mut part = || parts.next().unwrap_or_default();
        Self { family: part(), given: part(), born: part(), identifiers: part() }
    }

    /// The best rank of any term, if all terms match.
    pub(super) fn rank(&self, terms: &[Term]) -> Option<Rank> {
        let mut best = None;
        for term in terms {
            let rank = self.rank_of(term)?;
            best = Some(best.map_or(rank, |best: Rank| best.min(rank)));
        }
        let is_whole = best == Some(Rank::Family)
            && self.family.split(WORD).all(|word| terms.iter().any(|term| term.name == respell(word)));
        if is_whole { Some(Rank::WholeFamily) } else { best }
    }

    fn rank_of(&self, term: &Term) -> Option<Rank> {
        let name_begins =
            |part: &str| !term.name.is_empty() && part.split(WORD).any(|word| respell(word).starts_with(&term.name));
        let begins = |word: &str| !term.prefix.is_empty() && word.starts_with(&term.prefix);
        let number_begins = |part: &str| part.split(WORD).any(|word| begins(word) || begins(digits_on(word)));
        if name_begins(self.family) {
            Some(Rank::Family)
        } else if name_begins(self.given) {
            Some(Rank::Given)
        } else if number_begins(self.identifiers) || term.born.iter().any(|born| born.is_of(self.born)) {
            Some(Rank::Number)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::terms::Query;
    use super::*;

    #[rstest]
    #[case("muller", Some(Rank::WholeFamily))]
    #[case("Müller ann", Some(Rank::WholeFamily))]
    #[case("an mul", Some(Rank::Family))]
    #[case("maria", Some(Rank::Given))]
    #[case("M12", Some(Rank::Number))]
    #[case("14.7.1961", Some(Rank::Number))]
    #[case("maria 14-Jul-1961", Some(Rank::Given))]
    #[case("muller peter", None)]
    #[case("15.7.1961", None)]
    #[case("mueller", Some(Rank::WholeFamily))]
    #[case("muell", Some(Rank::Family))]
    #[case("1234567", Some(Rank::Number))]
    #[case("1961", Some(Rank::Number))]
    #[case("14/07/1961", Some(Rank::Number))]
    #[case("14.7.61", Some(Rank::Number))]
    #[case("maria 1962", None)]
    fn a_patient_matches_as_well_as_the_best_word_if_all_match(#[case] query: &str, #[case] rank: Option<Rank>) {
        let entry = "muller\u{1F}anna maria\u{1F}#1961-07-14\u{1F}m1234567";
        let query = Query::read(query);
        assert_eq!(Entry::parse(entry).rank(query.readings().next().unwrap()), rank);
    }

    #[test]
    fn a_family_name_of_several_words_is_whole_with_all_of_them() {
        let entry = Entry::parse("van der berg\u{1F}jan\u{1F}#2000-01-01\u{1F}1");
        let rank = |query: &str| entry.rank(Query::read(query).readings().next().unwrap());
        assert_eq!(rank("van der berg"), Some(Rank::WholeFamily));
        assert_eq!(rank("berg"), Some(Rank::Family));
    }
}
