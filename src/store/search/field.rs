//! The parts of a patient that are searched.

/// Where a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SearchField {
    Family,
    Given,
    /// An identifier or the birth date.
    Number,
}

impl SearchField {
    /// Every part, in the order of their numbers.
    pub(super) const ALL: [Self; 3] = [Self::Family, Self::Given, Self::Number];

    pub(super) const fn number(self) -> i64 {
        match self {
            Self::Family => 1,
            Self::Given => 2,
            Self::Number => 3,
        }
    }
}
