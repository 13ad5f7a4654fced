//! What was typed, as terms that a patient must all match.

use jiff::civil::Date;

use super::field::{SearchField, pair};
use crate::domain::name::{is_joint, is_syllable, parts, spellings};
use crate::domain::text::squeeze;
use crate::domain::typed_date::{self, Typed, month_and_year};
use crate::domain::validation::{behind_label, is_label};

/// How many words are read in all the ways in which they can be joined; of more, only as they were typed.
const MOST_JOINED: usize = 6;

/// How many letters words that are joined have at least: shorter ones are the beginnings of two names.
pub(super) const LEAST_JOINED: usize = 3;

/// One thing to look for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Term {
    /// The beginning of an identifier, folded. Empty if this can only be a date or a name.
    pub(super) prefix: String,
    /// The beginning of a name, in each of its spellings.
    pub(super) names: Vec<String>,
    /// What it says of the birth date, if it can be read as one: all that it can mean.
    pub(super) born: Vec<TypedBirth>,
    /// Which words of the index are looked at.
    extent: WordExtent,
}

/// Which of the words that begin with what was typed are looked at in the index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum WordExtent {
    #[default]
    All,
    /// What was typed and no more.
    Whole,
    /// Of family names those that go on; all others.
    BehindWholeFamily,
}

/// What was typed of a birth date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypedBirth {
    /// The day.
    On(Date),
    /// The month of a year alone.
    Within(i16, i8),
    /// The year alone.
    In(i16),
}

impl TypedBirth {
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
            Self::Within(year, month) => (format!("#{year:04}-{month:02}-"), format!("#{year:04}-{month:02}.")),
            Self::In(year) => (format!("#{year:04}-"), format!("#{year:04}.")),
        }
    }
}

impl Term {
    /// What one typed word says: a birth date, or the beginning of a name or an identifier.
    fn of(word: &str) -> Self {
        let born = match typed_date::read(word) {
            Typed::Days(days) => days.into_iter().map(TypedBirth::On).collect(),
            Typed::Month(year, month) => vec![TypedBirth::Within(year, month)],
            Typed::Year(year) => vec![TypedBirth::In(year)],
            Typed::Nothing => return Self { prefix: squeeze(word), ..Self::name(&parts(word).concat()) },
        };
        // 14071961 may be a birth date and a number; 14.07.1961 is no number.
        let is_number = word.chars().all(|c| c.is_ascii_digit());
        Self { prefix: if is_number { word.to_owned() } else { String::new() }, born, ..Self::default() }
    }

    /// The beginning of a name, and of nothing else.
    fn name(written: &str) -> Self {
        Self { names: spellings(written), ..Self::default() }
    }

    /// The beginning of an identifier, and of nothing else.
    fn number(prefix: String) -> Self {
        Self { prefix, ..Self::default() }
    }

    /// The same term for whole words only.
    pub(super) fn whole(&self) -> Self {
        Self { extent: WordExtent::Whole, ..self.clone() }
    }

    /// The same term for whole words only, for each of its spellings by itself.
    pub(super) fn whole_names(&self) -> impl Iterator<Item = Self> {
        self.names.iter().map(|name| Self { names: vec![name.clone()], extent: WordExtent::Whole, ..Self::default() })
    }

    /// The same term for all that is no family name as it was typed.
    pub(super) fn behind_whole_family(&self) -> Self {
        Self { extent: WordExtent::BehindWholeFamily, ..self.clone() }
    }

    /// The pairs of the index that are of this word of a family name and of another word of the name that matches: from
    /// the first text, up to but without the second. `None` if the word itself matches, and all who have it.
    pub(super) fn pair_ranges(&self, family: &str) -> Option<Vec<(String, String)>> {
        if self.names.iter().any(|name| family.starts_with(name.as_str())) {
            return None;
        }
        let names = self.names.iter().filter(|name| !name.is_empty()).map(|name| pair(family, name));
        Some(names.map(|from| (from.clone(), format!("{from}{}", char::MAX))).collect())
    }

    /// Whether an entry of the index can match: false of one that has none of it anywhere.
    pub(super) fn may_be_in(&self, entry: &str) -> bool {
        let is_in = |text: &String| !text.is_empty() && entry.contains(text.as_str());
        !self.born.is_empty() || is_in(&self.prefix) || self.names.iter().any(is_in)
    }

    /// The ranges of words of a field that match: from the first text, up to but without the second.
    pub(super) fn ranges(&self, field: SearchField) -> Vec<(String, String)> {
        let texts = if field == SearchField::Number { std::slice::from_ref(&self.prefix) } else { &self.names };
        let texts = texts.iter().filter(|text| !text.is_empty());
        // U+0000 follows the word itself and U+10FFFF all that begins with it; Clean text holds neither.
        let [whole_to, all_to] = ['\0', char::MAX];
        let range = |text: &String| match self.extent {
            WordExtent::Whole => (text.clone(), format!("{text}{whole_to}")),
            WordExtent::BehindWholeFamily if field == SearchField::Family => {
                (format!("{text}{whole_to}"), format!("{text}{all_to}"))
            }
            WordExtent::All | WordExtent::BehindWholeFamily => (text.clone(), format!("{text}{all_to}")),
        };
        let mut ranges: Vec<_> = texts.map(range).collect();
        if field == SearchField::Number && self.extent != WordExtent::Whole {
            ranges.extend(self.born.iter().map(|born| born.range()));
        }
        ranges
    }
}

/// A birth date as a word of the index. No folded word begins with a hash sign.
pub(super) fn date_word(date: Date) -> String {
    format!("#{date}")
}

/// Words with all the ways in which they can be read, of which a patient must match one: as they were typed, with
/// neighbours joined into one name, with a month and a year as one date.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    /// The words as they were typed come first.
    pub(super) terms: Vec<Term>,
    /// The places of the terms of each way.
    pub(super) ways: Vec<Vec<usize>>,
}

impl Meaning {
    fn one(term: Term) -> Self {
        Self { terms: vec![term], ways: vec![vec![0]] }
    }

    fn of(words: &[&str]) -> Self {
        let mut terms: Vec<Term> = words.iter().map(|word| Term::of(word)).collect();
        // The run of words from the first to the last one, as a term.
        let mut runs: Vec<(usize, usize, usize)> = (0..words.len()).map(|place| (place, place, place)).collect();
        if words.len() <= MOST_JOINED {
            for first in 0..words.len() {
                for last in first + 1..words.len() {
                    for term in words.get(first..=last).map(joined).unwrap_or_default() {
                        runs.push((first, last, terms.len()));
                        terms.push(term);
                    }
                }
            }
        }
        let mut ways: Vec<(usize, Vec<usize>)> = vec![(0, Vec::new())];
        while let Some(open) = ways.iter().position(|(next, _)| *next < words.len()) {
            let (next, way) = ways.swap_remove(open);
            for (first, last, term) in &runs {
                if *first == next {
                    ways.push((last + 1, way.iter().copied().chain([*term]).collect()));
                }
            }
        }
        let mut ways: Vec<Vec<usize>> = ways.into_iter().map(|(_, way)| way).collect();
        ways.retain(|way| !way.is_empty());
        // Whatever joins fewer words is nearer to what was typed.
        ways.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        Self { terms, ways }
    }
}

/// What neighbours are together: a name in parts, a month of a year.
fn joined(words: &[&str]) -> Vec<Term> {
    let mut terms = Vec::new();
    if words.iter().all(|word| word.chars().all(|c| !c.is_ascii_digit())) {
        let name: String = words.iter().flat_map(|word| parts(word)).collect();
        if name.chars().count() >= LEAST_JOINED || name.chars().any(is_syllable) {
            terms.push(Term::name(&name));
        }
    }
    if let [month, year] = words
        && let Some((year, month)) = month_and_year(month, year)
    {
        terms.push(Term { born: vec![TypedBirth::Within(year, month)], ..Term::default() });
    }
    terms
}

/// A query with what it can mean, the likeliest first.
pub(super) struct Query {
    /// The number that stands behind a word for one, and nothing else: `MRN M7000123`.
    labelled: Option<Meaning>,
    meanings: Vec<Meaning>,
}

impl Query {
    /// Takes a query apart. White space separates, and whatever does not join the parts of a name; these too, if that
    /// leads nowhere (Jones-Smith for Smith-Jones). A number that was typed in groups (943 476 5919) is looked for as a
    /// whole if its groups lead nowhere, and so is what is typed without words such as MRN.
    pub(super) fn read(text: &str) -> Self {
        let words = typed_date::words(text);
        let all: Vec<&str> = words.iter().flat_map(|word| separated(word)).collect();
        let apart = |words: &[&str]| words.iter().flat_map(|word| apart(word)).collect::<Vec<_>>();
        let of = |words: &[&str]| Meaning::of(words);
        let mut meanings = vec![of(&all)];
        let mut add = |meaning: Meaning| {
            if !meanings.contains(&meaning) {
                meanings.push(meaning);
            }
        };
        let in_parts = apart(&all);
        let in_parts: Vec<&str> = in_parts.iter().map(String::as_str).collect();
        if in_parts != all {
            add(of(&in_parts));
        }
        let number = squeeze(text);
        if number.chars().any(|c| c.is_ascii_digit()) && in_parts.len() > 1 {
            add(Meaning::one(Term::number(number)));
        }
        let unlabelled: Vec<&str> = all.iter().copied().filter(|word| !is_label(word)).collect();
        // What stands alone behind such a word is a number and nothing else, not a year of birth.
        let labelled = behind_label(text).map(|number| Meaning::one(Term::number(squeeze(number))));
        let least = if labelled.is_some() { 2 } else { 1 };
        if (least..all.len()).contains(&unlabelled.len()) {
            add(of(&unlabelled));
        }
        Self { labelled, meanings }
    }

    /// A number that was said to be one. Whoever has it comes first, before all who are found
    /// otherwise: Id is a name, too.
    pub(super) const fn labelled(&self) -> Option<&Meaning> {
        self.labelled.as_ref()
    }

    pub(super) fn meanings(&self) -> &[Meaning] {
        &self.meanings
    }
}

/// A word that is not a date at what neither is in a name nor joins its parts: `Müller,Anna`. Without letters and
/// digits it is none.
pub(in crate::store) fn separated(word: &str) -> Vec<&str> {
    if typed_date::read(word) != Typed::Nothing {
        return vec![word];
    }
    let is_between = |c: char| c.is_ascii_punctuation() && !is_joint(c);
    word.split(is_between).filter(|word| word.contains(char::is_alphanumeric)).collect()
}

/// A word in the parts that stand joined in it.
fn apart(word: &str) -> Vec<String> {
    if typed_date::read(word) == Typed::Nothing { parts(word) } else { vec![word.to_owned()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The terms of each way to read what a query means first.
    fn ways(text: &str) -> Vec<Vec<String>> {
        let query = Query::read(text);
        let meaning = &query.meanings()[0];
        let text = |place: &usize| {
            let term = &meaning.terms[*place];
            term.names.first().cloned().unwrap_or_else(|| format!("{:?}", term.born))
        };
        meaning.ways.iter().map(|way| way.iter().map(text).collect()).collect()
    }

    #[test]
    fn neighbours_are_read_apart_and_joined() {
        assert_eq!(ways("o neill"), [vec!["o", "neill"], vec!["oneill"]]);
        assert_eq!(ways("O'Neill"), [vec!["oneill"]]);
        assert_eq!(ways("a b"), [vec!["a", "b"]]);
        assert_eq!(
            ways("van der berg"),
            [vec!["van", "der", "berg"], vec!["van", "derberg"], vec!["vander", "berg"], vec!["vanderberg"]]
        );
        assert_eq!(ways("a b c d e f g").len(), 1, "no more than can be looked up");
        assert_eq!(ways("aug 1985"), [vec!["aug", "[In(1985)]"], vec!["[Within(1985, 8)]"]]);
        assert_eq!(ways("Müller,Anna"), [vec!["muller", "anna"], vec!["mulleranna"]]);
        assert_eq!(ways(" - "), Vec::<Vec<String>>::new());
    }

    #[test]
    fn a_number_in_groups_is_also_read_as_one() {
        let prefixes = |text: &str| -> Vec<Vec<String>> {
            let of =
                |meaning: &Meaning| meaning.ways[0].iter().map(|place| meaning.terms[*place].prefix.clone()).collect();
            Query::read(text).meanings().iter().map(of).collect()
        };
        assert_eq!(prefixes("943 476 5919"), [vec!["943", "476", "5919"], vec!["9434765919"]]);
        assert_eq!(prefixes("Anna Mül"), [vec!["anna", "mul"]]);
        assert_eq!(prefixes("M-123"), [vec!["m123"], vec!["m", "123"], vec!["m123"]]);
        assert_eq!(prefixes("14071961"), [vec!["14071961"]]);
        assert_eq!(Query::read("14.7.1961").meanings().len(), 1);
        assert_eq!(Query::read("1961").meanings()[0].terms[0].born, [TypedBirth::In(1961)]);
        assert_eq!(Query::read("08/1985").meanings()[0].terms[0].born, [TypedBirth::Within(1985, 8)]);
    }
}
