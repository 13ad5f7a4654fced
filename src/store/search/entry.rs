//! What the search knows of a patient, and how well it matches.

use super::IndexedPerson;
use super::field::{PART, SearchField, pair};
use super::terms::{Term, date_word};
use crate::domain::name::{beginnings, spellings};
use crate::domain::text::squeeze;

/// [`PART`] as text.
const SEPARATOR: &str = "\u{1F}";

/// Separates the words of a part.
const WORD: char = ' ';

/// How well a patient matches, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// A whole identifier was typed or scanned, with or without the letters before its digits.
    WholeNumber,
    /// The whole family name was typed.
    WholeFamily,
    Family,
    Given,
    Number,
}

impl Rank {
    /// Every rank, best first.
    pub(super) const ALL: [Self; 5] = [Self::WholeNumber, Self::WholeFamily, Self::Family, Self::Given, Self::Number];

    /// Whether all of a word must have been typed.
    pub(super) const fn is_whole(self) -> bool {
        matches!(self, Self::WholeNumber | Self::WholeFamily)
    }

    /// Where the words stand that make this rank.
    pub(super) const fn field(self) -> SearchField {
        match self {
            Self::WholeFamily | Self::Family => SearchField::Family,
            Self::Given => SearchField::Given,
            Self::WholeNumber | Self::Number => SearchField::Number,
        }
    }
}

/// The words of one patient. Of a name each part is a word, together with all that is behind it, in each of its
/// spellings: what is typed of a compound name begins one of them, joined or apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry<T> {
    /// The whole family name.
    family: T,
    given: T,
    born: T,
    identifiers: T,
    /// The words of the family name but the first.
    further: T,
}

impl Entry<String> {
    pub(super) fn of(person: &IndexedPerson<'_>) -> Self {
        let word = |written: &String| spellings(written).join(" ");
        let words = |written: &[String]| written.iter().map(word).collect::<Vec<_>>().join(" ");
        let family = beginnings(person.family);
        // The first beginning is the whole name; the others are what stands behind each of its parts.
        let (whole, further) = family.split_at(family.len().min(1));
        let numbers: Vec<String> =
            person.numbers.iter().map(|number| squeeze(number)).filter(|number| !number.is_empty()).collect();
        Self {
            family: words(whole),
            further: words(further),
            given: words(&beginnings(person.given)),
            born: date_word(person.born),
            identifiers: numbers.join(" "),
        }
    }

    /// The entry as one text that sorts by family name, given name and birth date.
    pub(super) fn to_text(&self) -> String {
        [&self.family, &self.given, &self.born, &self.identifiers, &self.further].map(String::as_str).join(SEPARATOR)
    }

    /// Every word under which the patient is found, with its place; identifiers whole and without the letters before
    /// their first digit.
    pub(super) fn words(&self) -> impl Iterator<Item = (SearchField, &str)> {
        let family = [&self.family, &self.further].into_iter().flat_map(|part| part.split(WORD));
        let given = self.given.split(WORD);
        let identifiers = self.identifiers.split(WORD).flat_map(|word| [word, digits_on(word)]);
        // A birth date begins with a hash sign here, so that no number is taken for one.
        let numbers = identifiers.chain([self.born.as_str()]);
        let of = |field: SearchField| move |word| (field, word);
        let words = family
            .map(of(SearchField::Family))
            .chain(given.map(of(SearchField::Given)))
            .chain(numbers.map(of(SearchField::Number)));
        words.filter(|(_, word)| !word.is_empty())
    }

    /// Each word of the family name with each other word of the name: who is called Smith is many, and of them the
    /// Johns are found without a look at the others.
    pub(super) fn pairs(&self) -> impl Iterator<Item = String> {
        let names: Vec<(SearchField, &str)> = self.words().filter(|(field, _)| *field != SearchField::Number).collect();
        let families: Vec<&str> =
            names.iter().filter(|(field, _)| *field == SearchField::Family).map(|(_, word)| *word).collect();
        families.into_iter().flat_map(move |family| {
            let others = names.clone().into_iter().filter(move |(_, other)| *other != family);
            others.map(move |(_, other)| pair(family, other))
        })
    }
}

/// An identifier from its first digit on: people type `1234567` for `M1234567`.
fn digits_on(identifier: &str) -> &str {
    identifier.trim_start_matches(|c: char| c.is_ascii_lowercase())
}

impl<'a> Entry<&'a str> {
    fn parse(text: &'a str) -> Self {
        let mut parts = text.split(PART);
        let mut part = || parts.next().unwrap_or_default();
        Self { family: part(), given: part(), born: part(), identifiers: part(), further: part() }
    }

    /// Whether this is a word of the family name.
    pub(super) fn has_family_word(text: &'a str, word: &str) -> bool {
        let entry = Self::parse(text);
        [entry.family, entry.further].into_iter().flat_map(|part| part.split(WORD)).any(|own| own == word)
    }

    /// The best rank of any way in which all terms match an entry.
    pub(super) fn rank_in(text: &'a str, ways: &[Vec<&Term>]) -> Option<Rank> {
        // Most rows under one word have nothing of the others: to take each apart costs more than to read it.
        let may_match = ways.iter().any(|terms| terms.iter().all(|term| term.may_be_in(text)));
        if may_match { Self::parse(text).rank(ways) } else { None }
    }

    /// The best rank of any way in which all terms match.
    fn rank(&self, ways: &[Vec<&Term>]) -> Option<Rank> {
        ways.iter().filter_map(|terms| self.rank_of_all(terms)).min()
    }

    /// The best rank of any term, if all terms match.
    fn rank_of_all(&self, terms: &[&Term]) -> Option<Rank> {
        let mut best = None;
        for term in terms {
            let rank = self.rank_of(term)?;
            best = Some(best.map_or(rank, |best: Rank| best.min(rank)));
        }
        best
    }

    fn rank_of(&self, term: &Term) -> Option<Rank> {
        let is_any = |part: &str, is: &dyn Fn(&str, &str) -> bool| {
            !term.names.is_empty() && part.split(WORD).any(|word| term.names.iter().any(|name| is(word, name)))
        };
        let begins = |word: &str, name: &str| word.starts_with(name);
        let number = |is: &dyn Fn(&str) -> bool| {
            !term.prefix.is_empty() && self.identifiers.split(WORD).any(|word| is(word) || is(digits_on(word)))
        };
        if number(&|word| word == term.prefix) {
            Some(Rank::WholeNumber)
        } else if is_any(self.family, &|word, name| word == name) {
            Some(Rank::WholeFamily)
        } else if is_any(self.family, &begins) || is_any(self.further, &begins) {
            Some(Rank::Family)
        } else if is_any(self.given, &begins) {
            Some(Rank::Given)
        } else if number(&|word| word.starts_with(&term.prefix)) || term.born.iter().any(|born| born.is_of(self.born)) {
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
    #[case("1234567", Some(Rank::WholeNumber))]
    #[case("M-1234567", Some(Rank::WholeNumber))]
    #[case("m1234567 muller", Some(Rank::WholeNumber))]
    #[case("123456", Some(Rank::Number))]
    #[case("1961", Some(Rank::Number))]
    #[case("14/07/1961", Some(Rank::Number))]
    #[case("14.7.61", Some(Rank::Number))]
    #[case("maria 1962", None)]
    fn a_patient_matches_as_well_as_the_best_word_if_all_match(#[case] query: &str, #[case] rank: Option<Rank>) {
        assert_eq!(ranked(query, ("Müller", "Anna Maria", "1961-07-14", "M1234567")), rank);
    }

    /// How well the first meaning of a query matches.
    fn ranked(query: &str, (family, given, born, number): (&str, &str, &str, &str)) -> Option<Rank> {
        let entry =
            Entry::of(&IndexedPerson { family, given, born: born.parse().unwrap(), numbers: &[number] }).to_text();
        let query = Query::read(query);
        let meaning = &query.meanings()[0];
        let ways: Vec<Vec<&Term>> =
            meaning.ways.iter().map(|way| way.iter().map(|place| &meaning.terms[*place]).collect()).collect();
        Entry::rank_in(&entry, &ways)
    }

    #[test]
    fn a_family_name_of_several_words_is_whole_with_all_of_them() {
        let rank = |query: &str| ranked(query, ("van der Berg", "Jan", "2000-01-01", "1"));
        for query in ["van der berg", "Vanderberg", "van-der-berg", "jan van der berg", "vander berg jan"] {
            assert_eq!(rank(query), Some(Rank::WholeFamily), "{query}");
        }
        for query in ["berg", "van der be", "vanderb", "derberg"] {
            assert_eq!(rank(query), Some(Rank::Family), "{query}");
        }
        assert_eq!(rank("vanberg"), None);
    }
}
