//! Whether two people are easily confused.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Patient;
use crate::domain::name::{comparable, joined};
use crate::domain::text::{fold, squeeze};
use crate::domain::words::{TextKey, key};

/// How much two people look alike, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    /// Same family name, given name and birth date: most likely the same person.
    SamePerson,
    /// Nearly the same name, same birth date: the same person misspelled.
    SimilarNameAndBirthDate,
    /// Same name, same year of birth.
    NameAndYear,
    /// Nearly the same name, same year of birth.
    SimilarNameAndYear,
    /// A word of the name in common, and the birth date: a twin, or somebody who took another name.
    OneNameAndBirthDate,
    /// An identifier that differs in one character or one swap.
    SimilarNumber,
}

impl Likeness {
    /// Every kind, strongest first.
    pub const ALL: [Self; 6] = [
        Self::SamePerson,
        Self::SimilarNameAndBirthDate,
        Self::NameAndYear,
        Self::SimilarNameAndYear,
        Self::OneNameAndBirthDate,
        Self::SimilarNumber,
    ];

    /// The key of what is said of it: the same as its name in JSON says.
    #[must_use]
    pub const fn words(self) -> TextKey {
        match self {
            Self::SamePerson => key::ALIKE_SAME_PERSON,
            Self::SimilarNameAndBirthDate => key::ALIKE_SIMILAR_NAME_AND_BIRTH_DATE,
            Self::NameAndYear => key::ALIKE_NAME_AND_YEAR,
            Self::SimilarNameAndYear => key::ALIKE_SIMILAR_NAME_AND_YEAR,
            Self::OneNameAndBirthDate => key::ALIKE_ONE_NAME_AND_BIRTH_DATE,
            Self::SimilarNumber => key::ALIKE_SIMILAR_NUMBER,
        }
    }
}

/// How many people who may be taken for one are named at most: more than a person will compare.
pub const MOST_LOOK_ALIKES: usize = 20;

/// Another person who may be taken for this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookAlike {
    /// The other person.
    pub patient: Patient,
    /// In what they are alike.
    pub likeness: Likeness,
}

/// Who may be taken for a new person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedPeople {
    /// Who, most alike first.
    pub alike: Vec<LookAlike>,
    /// Whether only those were compared who are known at this station: the directory does not answer.
    pub known_only: bool,
}

/// How many slips may lie between two family names, and between two given names, that are nearly the same
/// (clinic-safety ID-04: two for the given names). Two in a family name would make one person of Meier and Weber.
pub const MOST_APART: (usize, usize) = (1, 2);

/// Compares the names of two people born in the same year, each family and given name as [`comparable`] gives it.
///
/// Names are compared in both orders: which of two is the family name is often mistaken; and without what lies between
/// their parts. On the same birth date one word in common is enough, because people take, add and drop family names.
#[must_use]
pub fn name_likeness(ours: (&str, &str), theirs: (&str, &str), same_birth_date: bool) -> Option<Likeness> {
    let (family, given) = (joined(ours.0), joined(ours.1));
    let (their_family, their_given) = (joined(theirs.0), joined(theirs.1));
    // Optimal string alignment counts two letters that changed places as one slip, which it is for
    // whoever types; Levenshtein counts it twice.
    let apart = |other: (&str, &str)| (strsim::osa_distance(&family, other.0), strsim::osa_distance(&given, other.1));
    let orders = [apart((&their_family, &their_given)), apart((&their_given, &their_family))];
    if orders.contains(&(0, 0)) {
        return Some(if same_birth_date { Likeness::SamePerson } else { Likeness::NameAndYear });
    }
    if orders.iter().any(|(family, given)| *family <= MOST_APART.0 && *given <= MOST_APART.1) {
        return Some(if same_birth_date { Likeness::SimilarNameAndBirthDate } else { Likeness::SimilarNameAndYear });
    }
    // A family name on one side at least: two people who have only the given name in common, born
    // on one day, are strangers, and a question about each would be answered without reading.
    let shares = |name: &str, other: (&str, &str)| {
        let is_shared = |word: &str| words(other.0).chain(words(other.1)).any(|theirs| theirs == word);
        words(name).any(is_shared)
    };
    let [straight, crossed] = orders;
    let has_equal = straight.0 == 0 || crossed.0 == 0 || crossed.1 == 0;
    let alike = same_birth_date && (has_equal || shares(ours.0, theirs) || shares(theirs.0, ours));
    alike.then_some(Likeness::OneNameAndBirthDate)
}

/// The words of a name that are more than an initial.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().nth(1).is_some())
}

/// Compares two people by name, birth date and first identifier. `None` if they are not easily confused.
#[must_use]
pub fn likeness((family, given, born, identifier): (&str, &str, Date, &str), other: &Patient) -> Option<Likeness> {
    let (family, given) = (comparable(family), comparable(given));
    let (other_family, other_given) =
        (comparable(other.family.expose().as_str()), comparable(other.given.expose().as_str()));
    if born.year() == other.born.expose().year()
        && let Some(likeness) =
            name_likeness((&family, &given), (&other_family, &other_given), born == *other.born.expose())
    {
        return Some(likeness);
    }
    // Of any year of birth: whoever mistypes a number may have anybody's record before them.
    let close_identifier =
        other.identifiers.first().is_some_and(|theirs| is_slip(identifier, theirs.value.expose().as_str()));
    (close_identifier && strsim::osa_distance(&family, &other_family) <= 2).then_some(Likeness::SimilarNumber)
}

/// Whether one number is the other with one slip of the hand, however they are spaced and hyphenated: blanks and
/// hyphens are no slips. The same number in another spelling is told too, because a directory may find it only as it is
/// written; that somebody has this very number is looked at by itself.
fn is_slip(number: &str, other: &str) -> bool {
    let (bare, other_bare) = (squeeze(number), squeeze(other));
    match strsim::osa_distance(&bare, &other_bare) {
        0 => !bare.is_empty() && fold(number) != fold(other),
        distance => distance == 1 && !bare.is_empty() && !other_bare.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("M-1234567", "M1234568", true)]
    #[case("H 555 0007", "H5550001", true)]
    #[case("M1234567", "M1243567", true)]
    #[case("M-1001", "M1001", true)]
    #[case("M1234567", "M1234567", false)]
    #[case("M1234567", "m1234567", false)]
    #[case("M-12-34", "M1243-5", false)]
    #[case("", "7", false)]
    #[case("-", "", false)]
    fn a_number_is_a_slip_away_however_it_is_written(#[case] one: &str, #[case] other: &str, #[case] is_near: bool) {
        assert_eq!((is_slip(one, other), is_slip(other, one)), (is_near, is_near));
    }
}
