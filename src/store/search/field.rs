//! The parts of a patient that are searched.

/// Where a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SearchField {
    Family,
    Given,
    /// An identifier or the birth date.
    Number,
    /// A word of the family name with another word of the name. It is read beside the others, and not as one of them.
    FamilyAndOther,
}

impl SearchField {
    /// Every part in which a word stands by itself, in the order of their numbers.
    pub(super) const ALL: [Self; 3] = [Self::Family, Self::Given, Self::Number];

    pub(super) const fn number(self) -> i64 {
        match self {
            Self::Family => 1,
            Self::Given => 2,
            Self::Number => 3,
            Self::FamilyAndOther => 4,
        }
    }
}

/// Separates the parts of an entry. It sorts before every letter, so that a short name comes before a longer one, and
/// no folded word contains it.
pub(super) const PART: char = '\u{1F}';

/// What two words are as one of the index. The beginning of the second gives the beginning of the pair.
pub(super) fn pair(family: &str, other: &str) -> String {
    format!("{family}{PART}{other}")
}
